"""Practice for reviewers: drafts of invented cases with a planted error or none, in training mode only.

Nothing here is a ``Draft``, so nothing here can be kept, approved or exported as one.
"""

from drafter.drills.drawing import Drill, draw, name_of, shown
from drafter.drills.judging import Marks, desk_sees, next_round, submit
from drafter.drills.pack import KINDS, Case, Kind, Planting, cases, is_practice
from drafter.drills.rates import Rate, Tally, by_clinician, by_kind, seen_by_the_desk, tally

__all__ = [
    "KINDS",
    "Case",
    "Drill",
    "Kind",
    "Marks",
    "Planting",
    "Rate",
    "Tally",
    "by_clinician",
    "by_kind",
    "cases",
    "desk_sees",
    "draw",
    "is_practice",
    "name_of",
    "next_round",
    "seen_by_the_desk",
    "shown",
    "submit",
    "tally",
]
