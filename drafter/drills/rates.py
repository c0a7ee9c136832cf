"""How often planted errors are caught, with Wilson's interval, and how often good sentences are marked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drafter.archive import DrillAnswer
from drafter.drills.drawing import shown
from drafter.drills.judging import desk_sees
from drafter.drills.pack import KINDS, Kind, cases

_FEW = 20
"""Below this number a rate is told as a range alone."""


@dataclass(frozen=True)
class Rate:
    """``hits`` of ``n``."""

    hits: int
    n: int

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.hits + other.hits, self.n + other.n)

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % score interval (Wilson 1927), from 0 to 1; None when n is 0."""
        from drafter.evaluation.statistics import wilson

        found = wilson(self.hits, self.n) if self.n else None
        return (found.low, found.high) if found else None

    @property
    def sentence(self) -> str:
        """For people, also when n is small."""
        if self.interval is None:
            return "none yet"
        low, high = (round(100 * end) for end in self.interval)
        if self.n < _FEW:
            return f"{self.hits} of {self.n}; with so few this could be anywhere from {low} to {high} %"
        return f"{self.hits} of {self.n}, {self.hits / self.n:.0%} (95 % interval {low} to {high} %)"


@dataclass(frozen=True)
class Tally:
    """``caught`` is of the drafts with an error. ``alarmed`` is of the untouched drafts: how many had a mark all
    the same. ``false_alarms`` counts the good sentences that were marked, in all drafts."""

    caught: Rate
    alarmed: Rate
    false_alarms: int


def tally(answers: Iterable[DrillAnswer]) -> Tally:
    given = tuple(answers)
    planted = [one for one in given if one.kind]
    untouched = [one for one in given if not one.kind]
    return Tally(
        Rate(sum(bool(one.caught) for one in planted), len(planted)),
        Rate(sum(one.false_alarms > 0 for one in untouched), len(untouched)),
        sum(one.false_alarms for one in given),
    )


def by_kind(answers: Iterable[DrillAnswer]) -> Mapping[Kind, Rate]:
    """Of every kind of error, none left out, how many were caught."""
    given = tuple(answers)
    return {kind: tally(one for one in given if one.kind == kind).caught for kind in KINDS}


def by_clinician(answers: Iterable[DrillAnswer]) -> Mapping[str, Tally]:
    """By name."""
    given = tuple(answers)
    names = sorted({one.clinician for one in given})
    return {name: tally(one for one in given if one.clinician == name) for name in names}


def seen_by_the_desk() -> Mapping[Kind, Rate]:
    """Of every kind, in how many of all planted errors the desk's own checks raise a concern."""
    found: dict[Kind, list[bool]] = {kind: [] for kind in KINDS}
    for case in cases():
        for planting in case.plantings:
            found[planting.kind].append(bool(desk_sees(shown(case, planting))))
    return {kind: Rate(sum(seen), len(seen)) for kind, seen in found.items()}
