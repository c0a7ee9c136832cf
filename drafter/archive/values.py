"""What the archive gives back beside the nouns of ``drafter.domain``."""

from dataclasses import dataclass
from datetime import datetime

from drafter.domain import Failure, Question, QuestionStatus


@dataclass(frozen=True)
class AddedCount:
    """How many of the given exchanges were new and how many the archive already held."""

    added: int
    known: int


@dataclass(frozen=True)
class QuestionState:
    """A question and where its handling stands.

    ``urgency`` is 3 (ambulance or safety path), 2 (emergency department), 1 (possible sign only) or 0 (none
    noticed). ``version`` grows by one with every review: the optimistic lock.
    """

    question: Question
    status: QuestionStatus
    urgency: int
    version: int
    added_at: datetime


@dataclass(frozen=True)
class BatchResult:
    """What became of one row: the id of its draft, or its failure.

    ``key`` identifies the work (question, prompts, model, parameters), ``row_id`` the row of the input file.
    """

    key: str
    row_id: str
    draft_id: str | None = None
    failure: Failure | None = None


@dataclass(frozen=True)
class BatchRun:
    """One call of a batch. ``done`` and ``failed`` count the rows that this run itself recorded."""

    id: str
    label: str
    started_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    failed: int


@dataclass(frozen=True)
class EvaluationRun:
    """One stored evaluation, without its report."""

    id: str
    label: str
    created_at: datetime


@dataclass(frozen=True)
class DrillAnswer:
    """What a clinician marked in one round of practice, and how right that was.

    ``drill_id`` is a hash of what was shown, ``kind`` the kind of error planted in it, None for an untouched draft;
    ``caught`` is None then too. ``marked`` are the places (from 0, in reading order) of the sentences said to be
    wrong, ``false_alarms`` how many good ones are among them, and one more when a sentence is wrongly ``missing``.
    """

    clinician: str
    round: int
    drill_id: str
    case: str
    kind: str | None
    caught: bool | None
    false_alarms: int
    marked: tuple[int, ...]
    missing: bool
    answered_at: datetime
