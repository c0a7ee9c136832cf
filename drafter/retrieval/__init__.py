"""Masked question -> numbered Sources.

The archive is the record; the index is built from it and never changes. What was added since the build is the
tail: read from the archive, embedded once, searched exactly, so that an approved reply is found at once by
every process, and only ``rebuild_index`` ever writes an index.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path

from drafter.archive import Archive
from drafter.domain import Deidentified, Exchange, Source
from drafter.errors import IndexUnusable
from drafter.retrieval.choosing import PLAIN, Preferences, find_sources
from drafter.retrieval.documents import document_of
from vectorstore import Document, Embedder, Index, Tail, build_index, make_tail, open_index
from vectorstore.errors import DamagedIndex, MissingIndex, StoreError, WrongEmbedder

__all__ = [
    "LONGEST_TAIL",
    "ArchivedVectors",
    "BuildReport",
    "Preferences",
    "Retriever",
    "document_of",
    "find_sources",
    "rebuild_index",
]

LONGEST_TAIL = 2_000
"""Exchanges since the build that are searched exactly; so many may be searched without any build."""


@dataclass(frozen=True)
class BuildReport:
    """``embedded`` counts the texts that were new to the vector cache; an exchange has two."""

    build: str
    exchanges: int
    seconds: float
    embedded: int

    @property
    def sentence(self) -> str:
        rate = self.exchanges / max(self.seconds, 1e-9)
        return (
            f"Indexed {self.exchanges:,} exchanges in {self.seconds:.1f} s ({rate:,.0f} a second); "
            f"{self.embedded:,} texts were embedded anew."
        )


class ArchivedVectors:
    """The archive's vectors as the cache that ``vectorstore`` wants; ``added`` counts new ones."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.added = 0

    def get(self, embedder: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        return self._archive.vectors(embedder, hashes)

    def put(self, embedder: str, vectors: Mapping[str, bytes]) -> None:
        self._archive.add_vectors(embedder, vectors)
        self.added += len(vectors)


class Retriever:
    """Finds sources in the index of one folder and one archive. Thread-safe; opens the index when first asked."""

    def __init__(
        self, index_folder: Path, embedder: Embedder, archive: Archive, preferences: Preferences = PLAIN
    ) -> None:
        self.preferences = preferences
        self._folder = index_folder
        self._embedder = embedder
        self._archive = archive
        self._vectors = ArchivedVectors(archive)
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._tail: Tail | None = None
        self._tail_base = self._tail_end = 0
        """Sequence numbers: of the build the tail belongs to, and of the last exchange in it."""

    @property
    def embedder_identity(self) -> str:
        return self._embedder.identity

    @property
    def build(self) -> str:
        """The build that was searched last; "none" before the first build."""
        return self._index.build or "none" if self._index else "none"

    def find(
        self,
        text: Deidentified,
        *,
        limit: int,
        leave_out: frozenset[str] = frozenset(),
        department: str | None = None,
        only_department: bool = False,
        today: date | None = None,
    ) -> tuple[Source, ...]:
        """The nearest past exchanges, those added a moment ago included; none when the archive is empty.

        Replies of ``department`` count a little more, old ones on ``today`` less, as ``preferences`` say; with
        ``only_department`` no other is looked at.
        Of what came since the build, the newest 2,000 are searched; ``status`` says when there are more.

        Raises:
            BadInput: ``only_department`` without a department.
            IndexUnusable: the index is of another embedder, damaged, or missing for a large archive, or the
                embedder cannot answer; the sentence says what to do.
        """
        last = self._archive.last_sequence()
        if not last:
            return ()
        with _sentences():
            index, tail = self._up_to(last)
            return find_sources(
                text,
                index,
                self._archive,
                limit=limit,
                tail=tail,
                leave_out=leave_out,
                preferences=self.preferences,
                department=department,
                only_department=only_department,
                today=today,
            )

    @property
    def complete(self) -> bool:
        """Whether the index holds the whole archive and can be searched with this embedder."""
        try:
            index = open_index(self._folder, self._embedder)
        except (MissingIndex, WrongEmbedder, DamagedIndex):
            return False
        sequence = index.stamp.get("sequence")
        index.close()
        return bool(sequence == self._archive.last_sequence())

    def status(self) -> str:
        """A few lines for a person: what the index was built from and what came since. Raises IndexUnusable."""
        last, count = self._archive.last_sequence(), self._archive.count_exchanges()
        with _sentences(), self._lock:
            index = self._opened()
        if index.manifest is None:
            return f"No index has been built yet; the archive holds {count:,} exchanges."
        since = max(0, last - int(index.stamp.get("sequence", 0)))
        left_out = (
            f", of which the oldest {since - LONGEST_TAIL:,} are not searched" if since > LONGEST_TAIL else ""
        )
        return (
            f"Build {index.build} of {index.manifest.created_at}: {index.manifest.rows:,} exchanges.\n"
            f"Embedder {index.manifest.embedder}, {index.manifest.dimension} dimensions.\n"
            f"Added since: {since:,}{left_out}."
        )

    def _up_to(self, last: int) -> tuple[Index, Tail | None]:
        """The index that serves, and what the archive holds beyond it up to the sequence number ``last``."""
        with self._lock:
            index = self._opened()
            if index.build is None and last > LONGEST_TAIL:
                raise MissingIndex("The archive has not been indexed yet.")
            base = int(index.stamp.get("sequence", 0))
            if base > last and base > (last := self._archive.last_sequence()):
                raise DamagedIndex("The index holds more than the archive: it was built from another one.")
            if base != self._tail_base or last - self._tail_end > LONGEST_TAIL:
                self._tail_base, self._tail_end, self._tail = base, max(base, last - LONGEST_TAIL), None
            if last > self._tail_end:
                added = make_tail(self._documents(self._tail_end, last), self._embedder, self._vectors)
                self._tail = self._tail.joined(added) if self._tail else added
                self._tail_end = last
            return index, self._tail

    def _documents(self, after: int, last: int) -> list[Document]:
        return [document_of(exchange) for exchange in _exchanges(self._archive, after, last)]

    def _opened(self) -> Index:
        if self._index is None:
            self._index = open_index(self._folder, self._embedder, may_be_missing=True)
        else:
            self._index.refresh()
        return self._index


def rebuild_index(
    archive: Archive, embedder: Embedder, folder: Path, *, progress: Callable[[int], None] | None = None
) -> BuildReport:
    """Builds the index anew from the archive, in constant memory; the old one serves until the new one is ready.

    ``progress`` is told how many exchanges are done. Texts whose vectors the archive holds are not embedded again.

    Raises:
        IndexUnusable: another process is building, the folder cannot be written, or the embedder cannot answer.
    """
    began = time.monotonic()
    last = archive.last_sequence()
    vectors = ArchivedVectors(archive)
    read = 0

    def documents() -> Iterator[Document]:
        nonlocal read
        for exchange in _exchanges(archive, 0, last):
            read += 1
            yield document_of(exchange)

    with _sentences():
        build = build_index(
            folder, documents(), embedder, vectors=vectors, progress=progress, stamp={"sequence": last}
        )
    return BuildReport(build, read, time.monotonic() - began, vectors.added)


def _exchanges(archive: Archive, after: int, last: int) -> Iterator[Exchange]:
    """Sources with sequence numbers above ``after``, up to ``last``."""
    for _, exchange in takewhile(lambda row: row[0] <= last, archive.iter_exchanges(after=after)):
        yield exchange


@contextmanager
def _sentences() -> Iterator[None]:
    """The store's errors as Drafter's, with the command that helps."""
    try:
        yield
    except (MissingIndex, WrongEmbedder, DamagedIndex) as error:
        raise IndexUnusable(f"{error} Run `drafter index rebuild` to build it anew.") from error
    except StoreError as error:
        raise IndexUnusable(str(error)) from error
