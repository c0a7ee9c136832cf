"""Engines and transactions, and every database error as one sentence."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError, StatementError

from drafter.errors import ArchiveError

_EXAMPLES = "sqlite:////folder/archive.db or postgresql://user:password@host/name"


class Store:
    """Holds the engine and opens transactions; the parts of ``Archive`` derive from it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; on SQLite it never waits for a writer."""
        with translated(self.engine.url), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Connection]:
        """One transaction, all or nothing. ``durable`` survives a power cut, at some milliseconds a commit."""
        with translated(self.engine.url), self.engine.connect() as connection:
            connection = connection.execution_options(write=True, durable=durable)  # noqa: PLW2901  # same one, marked
            with connection.begin():
                yield connection


def read_url(text: str) -> URL:
    """The database URL; plain ``postgresql://`` means psycopg 3.

    Raises:
        ArchiveError: it is no URL of a SQLite file or a PostgreSQL database.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        # Without the text: it may hold a password.
        raise ArchiveError(
            f"DRAFTER_ARCHIVE_URL cannot be read as a database URL: it looks like {_EXAMPLES}."
        ) from error
    backend = url.drivername.partition("+")[0]
    if backend in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ArchiveError(f"The archive cannot be kept in {backend}: use {_EXAMPLES}.")
    if url.database in {None, "", ":memory:"}:
        raise ArchiveError(
            "The archive needs a file, because memory is lost at the end: use sqlite:////folder/archive.db."
        )
    return url.set(drivername="sqlite")


def make_engine(url: URL, *, busy_timeout: float) -> Engine:
    """An engine that has not connected yet. ``busy_timeout`` is the seconds a write waits for another one."""
    options: dict[str, Any] = {
        "json_serializer": json.JSONEncoder(ensure_ascii=False).encode,
        "pool_timeout": busy_timeout,
    }
    if url.get_backend_name() == "sqlite":
        # Autocommit at the driver, so that "begin" below decides how a transaction starts.
        arguments: dict[str, Any] = {"timeout": busy_timeout, "isolation_level": None}
        engine = sa.create_engine(url, connect_args=arguments, pool_size=16, **options)
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine
    try:
        return sa.create_engine(
            url, connect_args={"connect_timeout": 10}, pool_size=16, pool_pre_ping=True, **options
        )
    except ModuleNotFoundError as error:
        raise ArchiveError(
            "The archive's URL names PostgreSQL, whose driver is not installed: pip install 'drafter[postgresql]'."
        ) from error


def make_folder(url: URL) -> None:
    """The folder of a SQLite file, readable by its owner alone: it will hold patients' questions."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"The archive's folder {folder} cannot be made ({error.strerror}): "
            "point DRAFTER_HOME to a folder that you may write to."
        ) from error


def _on_connect(connection: Any, record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=ON")


def _on_begin(connection: Connection) -> None:
    # A plain BEGIN that reads before it writes is refused at once when another process wrote in between,
    # whatever the busy timeout; BEGIN IMMEDIATE waits its turn.
    options = connection.get_execution_options()
    if options.get("outside_transaction"):
        return
    if not options.get("write"):
        connection.exec_driver_sql("BEGIN")
        return
    # In WAL mode NORMAL loses the last commits in a power cut, never in a crash of the process: fine for what
    # can be made again (drafts, imports, vectors). A clinician's decision cannot be: it is written with FULL.
    connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options.get('durable') else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Every database error inside as an ArchiveError of one sentence."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise ArchiveError(
            f"A text holds characters that are not valid Unicode, such as {error.object[error.start]!a}, "
            "so nothing was written: repair the file it came from."
        ) from error
    except SQLAlchemyError as error:
        raise ArchiveError(_sentence(error, url)) from error


_SENTENCES = (
    (
        "database or disk is full",
        "The disk of the archive {where} is full, so nothing was written: free some space.",
    ),
    (
        "is locked",
        "The archive {where} is held by another task, so nothing was written: wait for it to end and try again.",
    ),
    (
        "readonly database",
        "The archive {where} is read-only: make it writable or point DRAFTER_HOME to another folder.",
    ),
    (
        "unable to open database file",
        "The archive {where} cannot be opened: make its folder writable or point DRAFTER_HOME to another.",
    ),
    (
        "not a database",
        "{where} is not a Drafter archive: move it away or point DRAFTER_HOME to another folder.",
    ),
    ("malformed", "The archive {where} is damaged: put a backup in its place."),
    ("disk i/o error", "The disk of the archive {where} failed to read or write: check the disk."),
    (
        "foreign key constraint",
        "What was to be written refers to something that is not in the archive {where}, so nothing was written.",
    ),
    ("queuepool limit", "The archive {where} is busy with too many tasks at once: lower DRAFTER_CONCURRENCY."),
)


def where(url: URL) -> str:
    """The archive's place without any password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)


def _sentence(error: SQLAlchemyError, url: URL) -> str:
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    said = " ".join(str(cause).split())
    for words, sentence in _SENTENCES:
        if words in said.casefold():
            return sentence.format(where=where(url))
    if isinstance(error, IntegrityError):
        return f"The archive {where(url)} refused an entry that contradicts another one ({said})."
    if url.get_backend_name() != "sqlite" and getattr(error, "connection_invalidated", False):
        return f"The archive {where(url)} closed the connection: check that the server runs, then try again."
    return f"The archive {where(url)} cannot be read or written: {said}."
