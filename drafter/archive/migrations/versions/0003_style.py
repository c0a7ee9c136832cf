"""The newest replies of a department and of a doctor are found by an index."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_exchanges_department_language", "exchanges", ["department", "language", "sequence"])
    op.create_index("ix_exchanges_doctor_language", "exchanges", ["doctor", "language", "sequence"])
