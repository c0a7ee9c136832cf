"""One message as the layers read it: each concept looked for once, each occurrence's state asked for once."""

import re

from drafter.screening.assertion import Assertions, State
from drafter.screening.measurements import READERS
from drafter.screening.pack import Term, pack
from drafter.screening.phrases import Occurrence

_NEAR, _NEAR_HAN = 150, 60
"""How far two signs of one rule may stand apart, in characters."""
_HAN = re.compile("[\u4e00-\u9fff]")


class Reading:
    """Of a folded text (see folding.fold)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.assertions = Assertions(text)
        self.window = _NEAR_HAN if len(_HAN.findall(text)) > len(text) / 4 else _NEAR
        self._said = pack().phrases.find(text)
        self._found: dict[str, list[Occurrence]] = {}
        self._states: dict[tuple[Occurrence, bool, Occurrence | None], State] = {}

    @property
    def said(self) -> list[str]:
        """The concepts that may occur: those with words that do, and those read from numbers."""
        return [name for name, readers in pack().readers.items() if readers or name in self._said]

    def found(self, name: str) -> list[Occurrence]:
        if name not in self._found:
            spans = [span for reader in pack().readers[name] for span in READERS[reader](self.text)]
            self._found[name] = sorted(self._said.get(name, []) + spans)
        return self._found[name]

    def any_of(self, names: Term) -> list[Occurrence]:
        return sorted({span for name in names for span in self.found(name)})

    def state(self, span: Occurrence, *, about_now_only: bool = True, beside: Occurrence | None = None) -> State:
        key = (span, about_now_only, beside)
        if key not in self._states:
            self._states[key] = self.assertions.of(*span, about_now_only=about_now_only, beside=beside)
        return self._states[key]
