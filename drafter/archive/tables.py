"""The tables, in types that SQLite and PostgreSQL share. Changing one needs a migration; a test compares them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC: SQLite stores none of a datetime's zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Named constraints, because a later migration can only drop what has a name.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


_ID = String(255)


def _sequence() -> Column[int]:
    # SQLite counts up by itself only in a column whose type is INTEGER.
    return Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _question_columns(department: str) -> tuple[Column[Any], ...]:
    return (
        Column("title", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column(department, Text),
        Column("asked_on", Date),
        Column("asker_name", Text),
        Column("asker_sex", Text),
        Column("asker_age", Text),
    )


questions = Table(
    "questions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("thread", _ID, nullable=False, index=True),
    *_question_columns("department"),
    Column("status", String(16), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("waiting_since", Date, nullable=False),
    Column("added_at", Instant, nullable=False),
)
_ORDER = (questions.c.urgency.desc(), questions.c.waiting_since, questions.c.added_at, questions.c.id)
Index("ix_questions_worklist", questions.c.status, *_ORDER)
Index("ix_questions_department", questions.c.status, questions.c.department, *_ORDER)

exchanges = Table(
    "exchanges",
    metadata,
    _sequence(),
    Column("id", _ID, nullable=False, unique=True),
    Column("thread", _ID, nullable=False, index=True),
    *_question_columns("question_department"),
    Column("reply", Text, nullable=False),
    Column("doctor", Text),
    Column("department", Text),
    Column("hospital", Text),
    Column("replied_on", Date),
    Column("signature", Text, nullable=False),
    Column("more_info", Text, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("collection", Text),
    Column("url", Text),
    Column("license", Text),
    Column("language", String(16), nullable=False),
    Column("truncated", Boolean, nullable=False),
    Column("drafted_by", Text),
    # No foreign key, which Alembic adds on SQLite only by copying the table: ``supersede`` checks the id.
    Column("superseded_by", _ID),
    # A number is never used twice, so "everything after this one" stays true for the index.
    sqlite_autoincrement=True,
)

# How a department and a doctor write is asked for with every draft.
Index("ix_exchanges_department_language", exchanges.c.department, exchanges.c.language, exchanges.c.sequence)
Index("ix_exchanges_doctor_language", exchanges.c.doctor, exchanges.c.language, exchanges.c.sequence)

# No foreign key to questions: a batch or a Python caller drafts questions that nobody put on the worklist.
drafts = Table(
    "drafts",
    metadata,
    _sequence(),
    Column("id", _ID, nullable=False, unique=True),
    Column("question_id", _ID, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("model", Text, nullable=False),
    Column("prompts", JSON, nullable=False),
    Column("payload", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index(None, drafts.c.question_id, drafts.c.created_at)

concerns = Table(
    "concerns",
    metadata,
    Column("draft_id", _ID, ForeignKey("drafts.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("key", _ID, nullable=False),
    Column("code", _ID, nullable=False, index=True),
    Column("severity", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("place", String(16), nullable=False),
    Column("quote", Text, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    _sequence(),
    Column("id", _ID, nullable=False, unique=True),
    Column("question_id", _ID, ForeignKey("questions.id"), nullable=False, index=True),
    Column("draft_id", _ID, ForeignKey("drafts.id")),
    Column("clinician_name", Text, nullable=False),
    Column("clinician_department", Text),
    Column("clinician_hospital", Text),
    Column("decision", String(16), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("reply", Text, nullable=False),
    Column("more_info", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seen", JSON, nullable=False),
    Column("editing_load", Float),
    sqlite_autoincrement=True,
)

approvals = Table(
    "approvals",
    metadata,
    Column("review_id", _ID, ForeignKey("reviews.id"), primary_key=True),
    Column("exchange_id", _ID, ForeignKey("exchanges.id"), nullable=False, index=True),
    Column("question_id", _ID, ForeignKey("questions.id"), nullable=False),
    Column("approved_at", Instant, nullable=False, index=True),
)

vectors = Table(
    "vectors",
    metadata,
    Column("embedder", _ID, primary_key=True),
    Column("hash", _ID, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

batch_runs = Table(
    "batch_runs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("label", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("total", Integer, nullable=False),
)

batch_rows = Table(
    "batch_rows",
    metadata,
    Column("key", _ID, primary_key=True),
    Column("run_id", _ID, ForeignKey("batch_runs.id"), nullable=False, index=True),
    Column("row_id", Text, nullable=False),
    Column("draft_id", _ID, ForeignKey("drafts.id")),
    Column("failure", Text),
)

evaluation_runs = Table(
    "evaluation_runs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("label", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("report", Text, nullable=False),
)

# Results are kept while a run is under way, before its report exists, so that it can be resumed.
evaluation_results = Table(
    "evaluation_results",
    metadata,
    Column("key", _ID, primary_key=True),
    Column("run_id", _ID, nullable=False, index=True),
    Column("payload", Text, nullable=False),
)

# Practice stands apart: nothing here refers to a question, a draft or a review, and nothing refers to it.
drill_answers = Table(
    "drill_answers",
    metadata,
    _sequence(),
    Column("clinician_name", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("drill_id", _ID, nullable=False),
    Column("case_name", Text, nullable=False),
    Column("kind", String(16)),
    Column("caught", Boolean),
    Column("false_alarms", Integer, nullable=False),
    Column("marked", JSON, nullable=False),
    Column("missing", Boolean, nullable=False),
    Column("answered_at", Instant, nullable=False),
    UniqueConstraint("clinician_name", "round"),
)
