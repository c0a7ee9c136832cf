"""What a reviewer marked against what was planted, and what the desk's own checks would have said."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from drafter.archive import Archive, DrillAnswer
from drafter.checking import check
from drafter.domain import Clinician, Concern, Draft, Provenance
from drafter.drills.drawing import Drill, draw, name_of, shown
from drafter.errors import Conflict, NotAllowed


@dataclass(frozen=True)
class Marks:
    """What a reviewer says of a drill: the places (from 0) of its wrong passages, that a needed sentence is
    missing, or that nothing is wrong."""

    wrong: frozenset[int] = frozenset()
    missing: bool = False
    nothing: bool = False


def next_round(archive: Archive, clinician: Clinician) -> int:
    """The round, from 1, that the clinician has not answered yet."""
    return len(archive.drill_answers(name_of(clinician))) + 1


def submit(archive: Archive, marks: Marks, *, clinician: Clinician, number: int, now: datetime) -> DrillAnswer:
    """Judge and keep the clinician's one answer to the round ``number``.

    Raises:
        NotAllowed: nothing is marked, or marks contradict each other.
        Conflict: this is not the round to be answered next, because it was answered already.
        ArchiveError: the answer cannot be kept.
    """
    drill = draw(clinician, number)
    _refuse_contradiction(marks, drill)
    if number != next_round(archive, clinician):
        raise Conflict(
            f"Round {number} is not open: it was answered before, in another tab perhaps. Reload the page."
        )
    answer = DrillAnswer(
        clinician=name_of(clinician),
        round=number,
        drill_id=drill.id,
        case=drill.case.name,
        kind=drill.planting.kind if drill.planting else None,
        caught=_caught(drill, marks),
        false_alarms=_false_alarms(drill, marks),
        marked=tuple(sorted(marks.wrong)),
        missing=marks.missing,
        answered_at=now,
    )
    archive.record_drill_answer(answer)
    return answer


def _refuse_contradiction(marks: Marks, drill: Drill) -> None:
    found = bool(marks.wrong) or marks.missing
    if marks.nothing and found:
        raise NotAllowed("You marked something and said that nothing is wrong: take one of them back.")
    if not (marks.nothing or found):
        raise NotAllowed("Mark what is wrong, or say that nothing is wrong.")
    if not marks.wrong <= set(range(len(drill.passages))):
        raise NotAllowed("A sentence is marked that this draft does not have: reload the page.")


def _caught(drill: Drill, marks: Marks) -> bool | None:
    if drill.planting is None:
        return None
    return marks.missing if drill.planting.says is None else drill.planting.at in marks.wrong


def _false_alarms(drill: Drill, marks: Marks) -> int:
    """How many good sentences are marked; a sentence said to be missing where none is counts as one."""
    planting = drill.planting
    left_out = planting is not None and planting.says is None
    planted = {planting.at} if planting and not left_out else set()
    return len(marks.wrong - planted) + (marks.missing and not left_out)


def desk_sees(drill: Drill) -> tuple[Concern, ...]:
    """The concerns that the planted error raises on the desk: those of a kind and place that the untouched draft
    has fewer of."""
    known = Counter((one.code, one.place) for one in _concerns(shown(drill.case, None)))
    new: list[Concern] = []
    for concern in _concerns(drill):
        if known[concern.code, concern.place]:
            known[concern.code, concern.place] -= 1
        else:
            new.append(concern)
    return tuple(new)


def _concerns(drill: Drill) -> tuple[Concern, ...]:
    # The checks read a draft. This one is gone when they have, and no archive ever sees it.
    nobody = Provenance(model="", prompts=(), messages_hash="", embedder="", index_build="", sources=())
    asked = drill.question.asked_on
    assert asked is not None, "every case has a day"
    at = datetime(asked.year, asked.month, asked.day, tzinfo=UTC)
    return check(
        Draft(
            "", drill.question, drill.screening, drill.sources, drill.reply, drill.more_info, nobody, created_at=at
        )
    )
