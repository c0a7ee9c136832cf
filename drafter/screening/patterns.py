"""The layer of conjunctive patterns and of numbers with their units: rules of the pack, with spans."""

from collections.abc import Iterator
from typing import NamedTuple

from drafter.domain import Assertion, Layer
from drafter.screening.assertion import State
from drafter.screening.measurements import READERS
from drafter.screening.pack import Category, Rule, Term, pack
from drafter.screening.phrases import Occurrence
from drafter.screening.reading import Reading

RANK: dict[Assertion, int] = {"present": 0, "possible": 1, "denied": 2}


class Noticed(NamedTuple):
    """A sign of a category at ``start:end`` of the text that was read."""

    category: str
    start: int
    end: int
    assertion: Assertion
    layer: Layer


def by_patterns(reading: Reading) -> Iterator[Noticed]:
    """At most one for each category: the best supported."""
    for category in pack().categories.values():
        if found := _best(category, reading):
            yield found


def _best(category: Category, reading: Reading) -> Noticed | None:
    best: Noticed | None = None
    for rule in category.rules:
        for found in _matches(rule, category, reading):
            if best is None or RANK[found.assertion] < RANK[best.assertion]:
                best = found
            if best.assertion == "present":
                return best
    return best or _denial(category, reading)


def _denial(category: Category, reading: Reading) -> Noticed | None:
    for name in category.shown_denied:
        for span in reading.found(name):
            if reading.state(span) == "denied":
                return Noticed(category.name, *span, "denied", "pattern")
    return None


def _matches(rule: Rule, category: Category, reading: Reading) -> Iterator[Noticed]:
    signs = reading.any_of(rule.near[0])
    others = [reading.any_of(term) for term in rule.near[1:]]
    if not all(others):
        return
    for sign in signs:
        assertion = _assertion(reading.state(sign), category)
        if assertion is None or _excepted(rule, reading, sign) or not _in_context(rule, reading, sign):
            continue
        companions = [_near(sign, spans, reading) for spans in others]
        if all(companions):
            spans = [sign, *(c for c in companions if c)]
            start, end = min(s for s, _ in spans), max(e for _, e in spans)
            yield Noticed(category.name, start, end, assertion, _layer(rule, reading, sign))


def _layer(rule: Rule, reading: Reading, sign: Occurrence) -> Layer:
    readers = {reader for name in rule.near[0] for reader in pack().readers[name]}
    return "number" if any(sign in READERS[reader](reading.text) for reader in readers) else "pattern"


def _assertion(state: State, category: Category) -> Assertion | None:
    """Where an ambulance or a life is at stake a denial takes nothing away: in doubt the sign is a possible one,
    else it is shown as denied."""
    if state == "doubtful":
        return "possible" if category.gravest else "denied"
    if state == "denied":
        return "denied" if category.gravest else None
    return None if state == "elsewhere" else "present"


def _in_context(rule: Rule, reading: Reading, sign: Occurrence) -> bool:
    return all(_stands(term, reading, sign, about_now_only=False) for term in rule.anywhere) and all(
        _stands(term, reading, sign, about_now_only=True) for term in rule.anywhere_now
    )


def _stands(term: Term, reading: Reading, sign: Occurrence, *, about_now_only: bool) -> bool:
    spans = reading.any_of(term)
    return any(reading.state(s, about_now_only=about_now_only, beside=sign) == "present" for s in spans)


def _excepted(rule: Rule, reading: Reading, sign: Occurrence) -> bool:
    """Whether the sign's own sentence says one of the rule's exceptions."""
    start, end = reading.assertions.sentence_span(*sign)
    return any(start <= s and e <= end for s, e in reading.any_of(rule.unless))


def _near(sign: Occurrence, spans: list[Occurrence], reading: Reading) -> Occurrence | None:
    """The nearest present one that does not lie within the sign itself."""
    close = [
        s for s in spans if s != sign and s[0] - sign[1] <= reading.window and sign[0] - s[1] <= reading.window
    ]
    close.sort(key=lambda s: max(s[0] - sign[1], sign[0] - s[1]))
    return next((s for s in close if reading.state(s, beside=sign) in ("present", "doubtful")), None)
