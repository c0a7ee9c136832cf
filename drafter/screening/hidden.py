"""Characters that a reader cannot see but a model reads: taken out and counted."""

import re
import unicodedata
from dataclasses import dataclass

# Zero-width, bidirectional, invisible operators, fillers, interlinear and tag characters, and the variation
# selectors that pictures do not use. U+FE0F and joiners inside pictures are not hidden: see _drop.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e01ef]"
)
_CONTROL = re.compile("\x1b\\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]|\r(?=\n)")
_UNWANTED = re.compile(f"(?:{_HIDDEN.pattern})|(?:{_CONTROL.pattern})")
# Letters that only look different: full width, and the mathematical alphabets.
_DISGUISED = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff]")


@dataclass(frozen=True)
class Visible:
    """A text as a reader sees it. ``origins[i]`` is where character ``i`` stands in the text as typed."""

    text: str
    hidden: int = 0
    origins: tuple[int, ...] | None = None

    def origin(self, offset: int) -> int:
        """Where a start offset into ``text`` stands in the text as typed."""
        return offset if self.origins is None else self.origins[offset]

    def origin_end(self, offset: int) -> int:
        """The same for an end offset (exclusive)."""
        return self.origin(offset - 1) + 1


def visible(typed: str) -> Visible:
    """``typed`` without hidden and control characters; look-alike letters as plain ones, length kept."""
    hidden = 0
    kept: list[int] = []
    last = 0
    for match in _UNWANTED.finditer(typed):
        if _joins_pictures(typed, match):
            continue
        hidden += bool(_HIDDEN.match(match[0]))
        kept.extend(range(last, match.start()))
        last = match.end()
    if not last:
        return Visible(_undisguised(typed))
    kept.extend(range(last, len(typed)))
    return Visible(_undisguised("".join(typed[i] for i in kept)), hidden, tuple(kept))


def _undisguised(text: str) -> str:
    return _DISGUISED.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _joins_pictures(typed: str, match: re.Match[str]) -> bool:
    """A joiner between two pictures makes one picture of them; it hides nothing."""
    before, after = (
        typed[max(0, match.start() - 2) : match.start()].rstrip("\ufe0f")[-1:],
        typed[match.end() : match.end() + 1],
    )
    return match[0] in "\u200c\u200d" and all(part and ord(part) >= 0x2190 for part in (before, after))
