"""What is shown to whom in which round: drawn by a seed, so that a reload shows the same and no two people do."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from drafter.domain import (
    Clinician,
    MoreInfo,
    Question,
    Reply,
    Screening,
    Sentence,
    Source,
    content_hash,
)
from drafter.drills.pack import Case, Planting, cases
from drafter.errors import NotAllowed
from drafter.screening import screen

_T = TypeVar("_T")


@dataclass(frozen=True)
class Drill:
    """One case as it is shown: with ``planting`` in it, or untouched. Not a ``Draft``: no archive can keep it."""

    case: Case
    planting: Planting | None
    reply: Reply
    more_info: MoreInfo

    @cached_property
    def id(self) -> str:
        """``t-`` and a hash of what is shown."""
        return "t-" + content_hash(self.case.name, self.question.text, *(p.text for p in self.passages))

    @property
    def question(self) -> Question:
        return self.case.question

    @property
    def sources(self) -> tuple[Source, ...]:
        return self.case.sources

    @cached_property
    def screening(self) -> Screening:
        return screen(self.question)

    @property
    def passages(self) -> tuple[Sentence, ...]:
        """What can be marked, in reading order: the sentences of the reply, then the points of More Info."""
        return (*self.reply.sentences, *self.more_info.passages())


def shown(case: Case, planting: Planting | None) -> Drill:
    """The case with this error in it."""
    if planting is None:
        return Drill(case, None, case.reply, case.more_info)
    at, count = planting.at, len(case.reply.sentences)
    if at < count:
        said = [replace(s, text=planting.says or "") if n == at else s for n, s in enumerate(case.reply.sentences)]
        return Drill(
            case, planting, replace(case.reply, sentences=tuple(s for s in said if s.text)), case.more_info
        )
    (section,) = case.more_info.sections
    points = [replace(p, text=planting.says or "") if n == at - count else p for n, p in enumerate(section.points)]
    kept = replace(section, points=tuple(p for p in points if p.text))
    return Drill(case, planting, case.reply, replace(case.more_info, sections=(kept,)))


def draw(clinician: Clinician, number: int) -> Drill:
    """What this clinician sees in this round (from 1).

    Each walk through the cases has an order of the clinician's own, and shows of each case another of its
    versions, the untouched one among them, until all were shown.

    Raises:
        NotAllowed: the clinician has no name, by which the order is drawn.
    """
    who = name_of(clinician)
    walk, place = divmod(number - 1, len(cases()))
    case = _shuffled(cases(), who, "order", walk)[place]
    versions: list[Planting | None] = _shuffled((None, *case.plantings), who, case.name)
    return shown(case, versions[walk % len(versions)])


def name_of(clinician: Clinician) -> str:
    name = " ".join(clinician.name.split())
    if not name:
        raise NotAllowed("Nobody's name is given: enter the name of the clinician who practises.")
    return name


def _shuffled(given: Sequence[_T], *seed: object) -> list[_T]:
    """In an order that the seed decides, in every process alike."""
    return random.Random(content_hash(*seed)).sample(given, len(given))  # noqa: S311  # an order, no secret
