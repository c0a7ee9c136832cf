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
