"""The record: questions, exchanges, drafts, reviews and runs, in SQLite or PostgreSQL. All SQL is here."""

from drafter.archive.archive import Archive, open_archive
from drafter.archive.values import AddedCount, BatchResult, BatchRun, DrillAnswer, EvaluationRun, QuestionState

__all__ = [
    "AddedCount",
    "Archive",
    "BatchResult",
    "BatchRun",
    "DrillAnswer",
    "EvaluationRun",
    "QuestionState",
    "open_archive",
]
