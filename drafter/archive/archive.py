"""The archive as one object."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from drafter.archive.batches import Batches
from drafter.archive.connecting import make_engine, make_folder, read_url
from drafter.archive.drafts import Drafts
from drafter.archive.drills import Drills
from drafter.archive.evaluations import Evaluations
from drafter.archive.exchanges import Exchanges
from drafter.archive.migrating import migrate
from drafter.archive.questions import Questions
from drafter.archive.reviews import Reviews
from drafter.archive.vectors import Vectors


class Archive(Questions, Exchanges, Drafts, Reviews, Vectors, Batches, Evaluations, Drills):
    """The record. Thread-safe, and several processes may use the same database at once.

    Every method raises ArchiveError when the database cannot be read or written; a write that fails leaves
    nothing behind. Texts come back exactly as they were given, instants in UTC.
    """

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_archive(url: str, *, busy_timeout: float = 30.0) -> Archive:
    """The archive at a SQLAlchemy URL, made or brought to the newest version of its tables where needed.

    ``busy_timeout`` is how many seconds a write waits for another program's before it gives up.

    Raises:
        ArchiveError: the URL, its folder, file, server or driver cannot be used, or a newer Drafter wrote it.
    """
    place = read_url(url)
    make_folder(place)
    archive = Archive(make_engine(place, busy_timeout=busy_timeout))
    with ExitStack() as unless_whole:
        unless_whole.callback(archive.close)
        migrate(archive)
        unless_whole.pop_all()
    return archive
