"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL spell alike and standard SQL does not have."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def _insert(connection: Connection, table: sa.Table) -> "postgresql.Insert | sqlite.Insert":
    # Inline: without asking PostgreSQL for the new sequence number, which would hide the row count.
    if connection.dialect.name == "postgresql":
        # Here, because PostgreSQL's dialect costs 0.1 s to import and most archives are SQLite.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).inline()
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table).inline()


def insert_or_ignore(connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """True when the row was new."""
    statement = _insert(connection, table).on_conflict_do_nothing()
    return connection.execute(statement, row, execution_options={"preserve_rowcount": True}).rowcount > 0


def insert_all_or_ignore(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))


def insert_or_replace(
    connection: Connection,
    table: sa.Table,
    row: Mapping[str, Any],
    *,
    where: sa.ColumnElement[bool] | None = None,
) -> None:
    """Insert, or take the new values where the primary key is known and ``where`` holds of the row there."""
    statement = _insert(connection, table)
    key = [column.name for column in table.primary_key]
    new = {name: statement.excluded[name] for name in row if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=new, where=where), row)
