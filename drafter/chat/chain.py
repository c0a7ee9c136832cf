"""Models that stand in for each other, in an order the clinic chose."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

from drafter.chat import ChatModel, Outcome, Partial, Request
from drafter.chat.shape import DraftShape
from drafter.domain import Usage

_JUDGED = ("refused", "filtered")
_WHY: Mapping[str, str] = {
    "refused": "it refused.",
    "filtered": "a content filter stopped it.",
    "truncated": "it stopped before the end.",
    "invalid": "its words were not a draft.",
}
"""For whoever reads the next model's draft: the outcome's own sentence tells what to do without one."""


class Chain:
    """Asks the next model when one writes no draft; every outcome says who wrote it and why not those before.

    What broke (unavailable, truncated, invalid) says nothing about the question, so the next model is asked. A
    refusal or a content filter is a judgement about the question: somebody wrote of self-harm, or wants a dose for
    another's child. To ask one language model after the other until one complies would take that warning from the
    clinician and hand them the very draft that was withheld. So after one of them only ``offline`` is asked, which
    writes nothing of its own and gives what colleagues answered; and the reviewer is told in either case.

    Each model keeps its own bounds on calls and time, so the longest wait is the sum of theirs. The words of a
    model that failed are withdrawn by a ``Partial`` that is empty again, with a notice.
    """

    def __init__(self, models: Sequence[ChatModel]) -> None:
        self.name = ", else ".join(model.name for model in models)
        self._models = tuple(models)

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"models": {model.name: dict(model.parameters) for model in self._models}}

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        started, usage, attempts = time.monotonic(), Usage(), 0
        # ``offline`` only drafts; it has no line to search by.
        waiting = [model for model in self._models if request.schema is DraftShape or model.name != "offline"]
        problems: tuple[str, ...] = ()
        while True:
            model = waiting.pop(0)
            outcome = yield from _passed_on(model, request)
            usage, attempts = usage + outcome.usage, attempts + outcome.attempts
            if outcome.status in _JUDGED:
                waiting = [other for other in waiting if other.name == "offline"]
            if outcome.status == "ok" or not waiting:
                break
            problems += (f"{model.name} did not write this draft: {_WHY.get(outcome.status, outcome.detail)}",)
            yield Partial(notice=f"{problems[-1]} {waiting[0].name} is asked now.")
        yield replace(
            outcome,
            usage=usage,
            attempts=attempts,
            seconds=time.monotonic() - started,
            model=model.name,
            fallbacks=problems,
            detail=" ".join((outcome.detail, *problems)) if outcome.detail else "",
        )


def _passed_on(model: ChatModel, request: Request) -> Any:
    """The model's partial values; returns its outcome."""
    # Closed explicitly: an abandoned chain must stop the server that is at work now.
    with closing(cast("Any", model.complete(request))) as steps:
        for step in steps:
            if isinstance(step, Outcome):
                return step
            yield step
    raise AssertionError("a model ends with an outcome")
