"""Bringing a database to the newest version of the tables."""

import time
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError

from drafter.archive.connecting import Store, translated, where
from drafter.errors import ArchiveError

_FOLDER = Path(__file__).parent / "migrations"
# Not Alembic's usual name: a PostgreSQL database may be shared with another program that uses Alembic.
VERSION_TABLE = "drafter_version"
_LOCK = 0x44524654


@cache
def revisions() -> tuple[str, ...]:
    """All versions of the tables that this code knows, oldest first: the numbers that the files begin with."""
    return tuple(sorted(path.stem.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py")))


def migrate(store: Store) -> None:
    """Bring the database to the newest version; several processes may do so at once.

    Raises:
        ArchiveError: it was written by a newer Drafter, belongs to another program or cannot be used.
    """
    with store.reading() as connection:
        version = _version(connection)
    # Alembic costs 0.15 s to import, so it is left alone unless there is something to do.
    if version == revisions()[-1]:
        return
    with translated(store.engine.url):
        _keep_wal(store.engine)
    with store.writing(durable=True) as connection:
        lock_writers(connection)
        # Read again: another process may have brought it to the newest version while this one waited.
        if _version(connection) != revisions()[-1]:
            _upgrade(connection)


def lock_writers(connection: Connection) -> None:
    """On PostgreSQL, wait for every other transaction that took this lock; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _version(connection: Connection) -> str | None:
    """The version as the database states it; None for an empty database."""
    tables = sa.inspect(connection)
    if not tables.has_table(VERSION_TABLE):
        if connection.dialect.name == "sqlite" and tables.get_table_names():
            raise ArchiveError(
                f"{where(connection.engine.url)} is a database of another program: "
                "point DRAFTER_HOME to another folder."
            )
        return None
    version = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608  # a constant
    if version is not None and version not in revisions():
        raise ArchiveError(
            f"The archive {where(connection.engine.url)} was written by a newer Drafter (version {version}): "
            "update Drafter or point DRAFTER_HOME to another folder."
        )
    return version


def _keep_wal(engine: Engine) -> None:
    """Set SQLite's write-ahead log, which stays set: readers and the writer do not wait for each other."""
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + 30
    while True:
        with engine.connect().execution_options(outside_transaction=True) as connection:
            try:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            except OperationalError as error:
                # SQLite refuses this at once, without its busy timeout, while another process does the same.
                if "locked" not in str(error.orig) or time.monotonic() > deadline:
                    raise
            else:
                return
        time.sleep(0.02)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
