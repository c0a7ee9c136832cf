"""Answers to practice drafts, apart from everything else."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drill_answers",
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("clinician_name", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("drill_id", sa.String(255), nullable=False),
        sa.Column("case_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16)),
        sa.Column("caught", sa.Boolean()),
        sa.Column("false_alarms", sa.Integer(), nullable=False),
        sa.Column("marked", sa.JSON(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_drill_answers"),
        sa.UniqueConstraint("clinician_name", "round", name="uq_drill_answers_clinician_name_round"),
    )
