"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TEXT = sa.Text()
_SHORT = sa.String(16)
_DAY = sa.Date()
_INSTANT = sa.DateTime(timezone=True)
_NUMBER = sa.Integer()
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _questions()
    _exchanges()
    _drafts()
    _reviews()
    _vectors()
    _batches()
    _evaluations()


def _questions() -> None:
    op.create_table(
        "questions",
        _id("id"),
        _id("thread"),
        *_asked("department"),
        _column("status", _SHORT),
        _column("urgency", _NUMBER),
        _column("version", _NUMBER),
        _column("waiting_since", _DAY),
        _column("added_at", _INSTANT),
        _key("questions", "id"),
    )
    order: list[Any] = [sa.literal_column("urgency DESC"), "waiting_since", "added_at", "id"]
    op.create_index("ix_questions_thread", "questions", ["thread"])
    op.create_index("ix_questions_worklist", "questions", ["status", *order])
    op.create_index("ix_questions_department", "questions", ["status", "department", *order])


def _exchanges() -> None:
    op.create_table(
        "exchanges",
        *_numbered("exchanges"),
        _id("thread"),
        *_asked("question_department"),
        _column("reply", _TEXT),
        *_optional("doctor", "department", "hospital"),
        sa.Column("replied_on", _DAY),
        _column("signature", _TEXT),
        _column("more_info", _TEXT),
        _column("topics", sa.JSON()),
        _column("origin", _SHORT),
        *_optional("collection", "url", "license"),
        _column("language", _SHORT),
        _column("truncated", sa.Boolean()),
        *_optional("drafted_by"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exchanges_thread", "exchanges", ["thread"])


def _drafts() -> None:
    op.create_table(
        "drafts",
        *_numbered("drafts"),
        _id("question_id"),
        _column("created_at", _INSTANT),
        _column("model", _TEXT),
        _column("prompts", sa.JSON()),
        _column("payload", _TEXT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_drafts_question_id_created_at", "drafts", ["question_id", "created_at"])
    op.create_table(
        "concerns",
        _id("draft_id"),
        sa.Column("position", _NUMBER, autoincrement=False, nullable=False),
        _id("key"),
        _id("code"),
        _column("severity", _SHORT),
        _column("message", _TEXT),
        _column("place", _SHORT),
        _column("quote", _TEXT),
        _key("concerns", "draft_id", "position"),
        _reference("concerns", "draft_id", "drafts.id"),
    )
    op.create_index("ix_concerns_code", "concerns", ["code"])


def _reviews() -> None:
    op.create_table(
        "reviews",
        *_numbered("reviews"),
        _id("question_id"),
        _id("draft_id", nullable=True),
        _column("clinician_name", _TEXT),
        *_optional("clinician_department", "clinician_hospital"),
        _column("decision", _SHORT),
        _column("decided_at", _INSTANT),
        _column("reply", _TEXT),
        _column("more_info", _TEXT),
        _column("reason", _TEXT),
        _column("seen", sa.JSON()),
        sa.Column("editing_load", sa.Float()),
        _reference("reviews", "question_id", "questions.id"),
        _reference("reviews", "draft_id", "drafts.id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reviews_question_id", "reviews", ["question_id"])
    op.create_table(
        "approvals",
        _id("review_id"),
        _id("exchange_id"),
        _id("question_id"),
        _column("approved_at", _INSTANT),
        _key("approvals", "review_id"),
        _reference("approvals", "review_id", "reviews.id"),
        _reference("approvals", "exchange_id", "exchanges.id"),
        _reference("approvals", "question_id", "questions.id"),
    )
    op.create_index("ix_approvals_exchange_id", "approvals", ["exchange_id"])
    op.create_index("ix_approvals_approved_at", "approvals", ["approved_at"])


def _vectors() -> None:
    op.create_table(
        "vectors",
        _id("embedder"),
        _id("hash"),
        _column("vector", sa.LargeBinary()),
        _key("vectors", "embedder", "hash"),
    )


def _batches() -> None:
    op.create_table(
        "batch_runs",
        _id("id"),
        _column("label", _TEXT),
        _column("started_at", _INSTANT),
        sa.Column("finished_at", _INSTANT),
        _column("total", _NUMBER),
        _key("batch_runs", "id"),
    )
    op.create_table(
        "batch_rows",
        _id("key"),
        _id("run_id"),
        _column("row_id", _TEXT),
        _id("draft_id", nullable=True),
        *_optional("failure"),
        _key("batch_rows", "key"),
        _reference("batch_rows", "run_id", "batch_runs.id"),
        _reference("batch_rows", "draft_id", "drafts.id"),
    )
    op.create_index("ix_batch_rows_run_id", "batch_rows", ["run_id"])


def _evaluations() -> None:
    op.create_table(
        "evaluation_runs",
        _id("id"),
        _column("label", _TEXT),
        _column("created_at", _INSTANT),
        _column("report", _TEXT),
        _key("evaluation_runs", "id"),
    )
    op.create_table(
        "evaluation_results",
        _id("key"),
        _id("run_id"),
        _column("payload", _TEXT),
        _key("evaluation_results", "key"),
    )
    op.create_index("ix_evaluation_results_run_id", "evaluation_results", ["run_id"])


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _optional(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, _TEXT) for name in names]


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(255), nullable=nullable)


def _asked(department: str) -> list[sa.Column[Any]]:
    return [
        _column("title", _TEXT),
        _column("body", _TEXT),
        sa.Column(department, _TEXT),
        sa.Column("asked_on", _DAY),
        *_optional("asker_name", "asker_sex", "asker_age"),
    ]


def _numbered(table: str) -> list[Any]:
    return [
        sa.Column("sequence", _SEQUENCE, autoincrement=True, nullable=False),
        _id("id"),
        _key(table, "sequence"),
        sa.UniqueConstraint("id", name=f"uq_{table}_id"),
    ]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
