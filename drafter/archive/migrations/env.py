"""Alembic's entry: runs on the connection and inside the transaction that ``drafter.archive.migrating`` opened."""

from alembic import context

from drafter.archive.migrating import VERSION_TABLE
from drafter.archive.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # SQLite changes a table by copying it.
    render_as_batch=True,
)
context.run_migrations()
