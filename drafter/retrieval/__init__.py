"""Masked question -> numbered Sources.

The archive is the record; the index is built from it and never changes. What was added since the build is the
tail: read from the archive, searched exactly, so that an approved reply is found at once by every process, and only
``build_index`` ever writes an index.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from drafter.archive import Archive
from drafter.domain import Deidentified, Source
from drafter.retrieval.background import start_builder
from drafter.retrieval.building import BuildReport, build_index, is_of, sentences, verify_index
from drafter.retrieval.choosing import PLAIN, Preferences, find_sources
from drafter.retrieval.documents import ArchivedVectors, document_of
from drafter.retrieval.recent import Recent
from vectorstore import ChromaServer, Embedder, Index, Ranking, Tail, open_index
from vectorstore.errors import DamagedIndex, MissingIndex

__all__ = [
    "BuildReport",
    "Preferences",
    "Retriever",
    "build_index",
    "document_of",
    "find_sources",
    "longest_tail",
    "start_builder",
    "verify_index",
]

_ASK_AGAIN = 300.0
"""Seconds after which a build that is due is asked for again: the one that was begun may have been killed."""


def longest_tail(rows: int) -> int:
    """How many exchanges since the build are searched exactly; so many may be searched without any build. At half
    of it a new build is due."""
    return max(2_000, min(rows // 20, 5_000))


class Retriever:
    """Finds sources in the index of one folder and one archive. Thread-safe; opens the index when first asked.

    ``on_long_tail`` is called when a new build is due, and again when five minutes later it still is.
    """

    def __init__(
        self,
        index_folder: Path,
        embedder: Embedder,
        archive: Archive,
        preferences: Preferences = PLAIN,
        *,
        server: ChromaServer | None = None,
        ranking: Ranking = Ranking(),  # noqa: B008  # frozen
        on_long_tail: Callable[[], object] | None = None,
    ) -> None:
        self.preferences = preferences
        self._folder = index_folder
        self._embedder = embedder
        self._archive = archive
        self._server = server
        self.ranking = ranking
        self._on_long_tail = on_long_tail
        self._recent = Recent(archive, embedder, ArchivedVectors(archive))
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._known: str | None = None
        """The last build that was seen to be of this archive."""
        self._told: tuple[str, float] | None = None
        """For which build a new one was asked for, and when."""

    @property
    def embedder_identity(self) -> str:
        return self._embedder.identity

    @property
    def reads_chinese(self) -> bool:
        """Whether the embedder does, so that meaning tells how near a Chinese reply is."""
        return self._embedder.reads_chinese

    @property
    def build(self) -> str:
        """The build that was searched last; "none" before the first build."""
        return self._index.build or "none" if self._index else "none"

    def find(
        self,
        text: Deidentified,
        *,
        limit: int,
        rewrite: Deidentified | None = None,
        leave_out: frozenset[str] = frozenset(),
        department: str | None = None,
        only_department: bool = False,
        today: date | None = None,
    ) -> tuple[Source, ...]:
        """The nearest past exchanges, those added a moment ago included; none when the archive is empty.

        ``rewrite`` is the question once more in other words, and counts as much. Replies of ``department`` count a
        little more, old ones on ``today`` less, as ``preferences`` say; with ``only_department`` no other is looked
        at. Of what came since the build, the newest 2,000 are searched, of a large archive up to 5,000; ``status``
        says when there are more.

        Raises:
            BadInput: ``only_department`` without a department.
            IndexUnusable: the index is of another embedder, damaged, or missing for a large archive, or the
                embedder or the Chroma server cannot answer; the sentence says what to do.
        """
        last = self._archive.last_sequence()
        if not last:
            return ()
        with sentences():
            index, tail = self._up_to(last)
            return find_sources(
                text,
                index,
                self._archive,
                limit=limit,
                rewrite=rewrite,
                tail=tail,
                leave_out=leave_out,
                ranking=self.ranking,
                preferences=self.preferences,
                department=department,
                only_department=only_department,
                today=today,
            )

    def likeness(self, text: Deidentified, others: Sequence[str]) -> tuple[float, ...]:
        """How like each of ``others`` is to ``text`` in words, 0 to 1, as ``Index.likeness`` tells; 0 when the
        archive is empty. Raises IndexUnusable as ``find`` does."""
        last = self._archive.last_sequence()
        if not last:
            return tuple(0.0 for _ in others)
        with sentences():
            index, tail = self._up_to(last)
            return index.likeness(text, others, tail=tail)

    def status(self) -> dict[str, object]:
        """What the index was built from and what came since. Raises IndexUnusable."""
        last, count = self._archive.last_sequence(), self._archive.count_exchanges()
        excerpts = count - self._archive.count_exchanges(sources_only=True)
        with sentences(), self._lock:
            index = self._opened()
        manifest = index.manifest
        since = max(0, last - int(index.stamp.get("sequence", 0)))
        unsearched = max(0, since - longest_tail(manifest.rows if manifest else 0))
        return {
            "build": index.build,
            "built": manifest.created_at if manifest else None,
            "exchanges": manifest.rows if manifest else 0,
            "embedder": self._embedder.identity,
            "dimension": self._embedder.dimension,
            "vectors": (manifest.server if manifest else None) or "in the index",
            "in the archive": count,
            "of these excerpts": excerpts,
            "added since": since,
            "of these not searched": unsearched,
        }

    def _up_to(self, last: int) -> tuple[Index, Tail | None]:
        """The index that serves, and what the archive holds beyond it up to the sequence number ``last``."""
        with self._lock:
            index = self._opened()
            most = longest_tail(index.manifest.rows if index.manifest else 0)
            if index.build is None and last > most:
                raise MissingIndex("The archive has not been indexed yet.")
            if index.build != self._known and not is_of(index.stamp, self._archive):
                raise DamagedIndex("The index was built from another archive.")
            self._known = index.build
            base = int(index.stamp.get("sequence", 0))
            # Without any build the tail is all there is, and it is small.
            tail = self._recent.tail(base, last, most=most, embed_all=index.build is None)
            self._tell_of_a_long_tail(index, last - base, most)
            return index, tail

    def _tell_of_a_long_tail(self, index: Index, since: int, most: int) -> None:
        if self._on_long_tail is None or since <= most // 2:
            return
        build, now = index.build or "none", time.monotonic()
        if self._told is None or self._told[0] != build or now - self._told[1] > _ASK_AGAIN:
            self._told = build, now
            self._on_long_tail()

    def _opened(self) -> Index:
        if self._index is None:
            self._index = open_index(self._folder, self._embedder, server=self._server, may_be_missing=True)
        else:
            self._index.refresh()
        return self._index
