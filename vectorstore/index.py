"""Searching a build and the tail together."""

import os
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore import builds
from vectorstore.dense import DenseIndex, open_embedded
from vectorstore.errors import DamagedIndex, IndexUnusable, WrongEmbedder, WrongPlace
from vectorstore.fusion import Scores, best, fused
from vectorstore.lexical import NOTHING, LexicalIndex, Statistics, chinese_share, likeness, query_weights
from vectorstore.server import ChromaServer, open_on_server, place_of, server_named
from vectorstore.tail import Tail
from vectorstore.values import Embedder, Match, Ranking, Vectors
from vectorstore.vectors import query_vectors

_PASSING = (
    "disk is full",
    "readonly database",
    "database is locked",
    "unable to open database",
    "os error 28",
    "os error 30",
)
"""Words of SQLite and of the system about a disk, not about a build: Chroma adds a row when it is opened."""


@dataclass(frozen=True)
class _Query:
    """``pool`` is how many of each ranking are wanted, none of them in ``exclude``."""

    text: str
    vector: NDArray[np.float32]
    pool: int
    exclude: frozenset[str]

    def pooled(self, scores: Scores) -> Scores:
        # Rounded, because the same text scores a ten-millionth apart in the build and in the tail.
        return best({i: round(score, 5) for i, score in scores.items() if i not in self.exclude}, self.pool)


class _Opened:
    """One build open for reading, held against the sweep until it is closed."""

    def __init__(self, folder: Path, embedder: Embedder, server: ChromaServer | None) -> None:
        self._folder = folder
        self._server = server
        self.name, lock = builds.in_use(folder)
        self.users = 0
        self._release = weakref.finalize(self, os.close, lock)
        build = builds.build_folder(folder, self.name)
        self.manifest = builds.read_manifest(build)
        self._check(embedder)
        with self._reading_dense():
            self._dense = self._open_dense(build)
            self._close_dense = weakref.finalize(self, self._dense.close)
        with _damage_named(folder):
            self._lexical = LexicalIndex(build / "tantivy", terms=self.manifest.terms)
        self.statistics = self._lexical.statistics

    def _check(self, embedder: Embedder) -> None:
        stored = self.manifest
        if stored.embedder != embedder.identity:
            raise WrongEmbedder(
                f"The index was built with the embedder {stored.embedder}, but {embedder.identity} is in use."
            )
        if (stored.server, stored.collection) != place_of(self._server, embedder):
            raise WrongPlace(f"The index keeps its vectors {_place(stored)}, but the settings name another place.")

    def _open_dense(self, build: Path) -> DenseIndex:
        stored = self.manifest
        if self._server is None or stored.collection is None:
            return open_embedded(build / "chroma")
        dense = open_on_server(self._server, stored.collection)
        if dense.rows < stored.rows:
            raise DamagedIndex(
                f"The Chroma server at {stored.server} holds {dense.rows:,} of {stored.rows:,} vectors."
            )
        return dense

    def dense(self, vectors: Vectors, count: int) -> list[dict[str, float]]:
        with self._reading_dense():
            return self._dense.best(vectors, count)

    def lexical(self, weights: Mapping[str, float], count: int) -> dict[str, float]:
        with _damage_named(self._folder):
            return self._lexical.best(weights, count)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        with self._reading_dense():
            return self._dense.vectors(ids)

    def faults(self) -> list[str]:
        """What is wrong with it, a sentence each. Reads every file."""
        build = builds.build_folder(self._folder, self.name)
        changed = builds.changed_files(build, self.manifest)
        found = [f"{name} is not as it was written." for name in changed]
        rows = self.manifest.rows
        if self._lexical.rows != rows:
            found.append(f"The lexical part holds {self._lexical.rows:,} documents instead of {rows:,}.")
        with self._reading_dense():
            vectors = len(set(self._dense.ids()))
        if vectors < rows:
            found.append(f"The dense part holds {vectors:,} documents instead of {rows:,}.")
        return found

    def _reading_dense(self) -> AbstractContextManager[None]:
        return server_named(self._server) if self._server else _damage_named(self._folder)

    def close(self) -> None:
        self._close_dense()
        self._release()


class Index:
    """The build that serves, plus whatever tail a search brings along. Thread-safe; see ``open_index``."""

    def __init__(
        self, folder: Path, embedder: Embedder, server: ChromaServer | None, *, may_be_missing: bool
    ) -> None:
        self._folder = folder
        self._server = server
        self._embedder = embedder
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self.refresh(may_be_missing=may_be_missing)

    @property
    def build(self) -> str | None:
        """The name of the open build, None when nothing has been built yet."""
        return self._opened.name if self._opened else None

    @property
    def manifest(self) -> builds.Manifest | None:
        return self._opened.manifest if self._opened else None

    @property
    def stamp(self) -> Mapping[str, Any]:
        return self._opened.manifest.stamp if self._opened else {}

    def refresh(self, *, may_be_missing: bool = True) -> bool:
        """Opens the build that serves now, if it is another one; says whether it was. Searches under way
        finish on the build they began with. Raises as ``open_index`` does."""
        with self._lock:
            name = builds.current_name(self._folder)
            if name == self.build and (name or may_be_missing):
                return False
            self._replace(_Opened(self._folder, self._embedder, self._server))
        return True

    def near(
        self,
        text: str,
        *,
        limit: int,
        rewrite: str | None = None,
        tail: Tail | None = None,
        exclude: frozenset[str] = frozenset(),
        ranking: Ranking = Ranking(),  # noqa: B008  # frozen
    ) -> tuple[Match, ...]:
        """The documents nearest to ``text``, best first, in the same order every time.

        ``rewrite`` says the same in other words and counts as much as ``text``; ``tail`` holds what came after the
        build, ``exclude`` ids that must not be returned.

        Raises:
            EmbedderUnavailable: the query cannot be embedded.
            DamagedIndex: the build cannot be read.
            ServerUnavailable: the Chroma server cannot.
        """
        texts = [text, rewrite] if rewrite else [text]
        vectors = query_vectors(texts, self._embedder)
        pool = max(ranking.pool, limit)
        queries = [_Query(*one, pool, exclude) for one in zip(texts, vectors, strict=True)]
        with self._using() as opened:
            dense = _dense(queries, vectors, opened, tail)
            lexical = [_lexical(query, opened, tail) for query in queries]
        rankings: dict[str, tuple[float, Scores]] = {}
        for query, name, near, worded in zip(queries, ("", " of the rewrite"), dense, lexical, strict=False):
            rankings[f"dense{name}"] = ranking.dense, near
            rankings[f"lexical{name}"] = self._lexical_weight(query.text, ranking), worded
        return fused(rankings, limit)

    def _lexical_weight(self, text: str, ranking: Ranking) -> float:
        foreign = 0.0 if self._embedder.reads_chinese else chinese_share(text)
        return (1 - foreign) * ranking.lexical + foreign * ranking.lexical_foreign

    def likeness(self, text: str, others: Sequence[str], *, tail: Tail | None = None) -> tuple[float, ...]:
        """The cosine of ``text`` and each of ``others``, 0 to 1, as sets of terms weighted by their idf over build
        and tail. Unlike a search's scores it is comparable between texts. Raises as ``near`` does."""
        with self._using() as opened:
            statistics = _statistics(opened, tail)
            return tuple(likeness(text, other, statistics) for other in others)

    def vectors(self, ids: Sequence[str], tail: Tail | None = None) -> dict[str, NDArray[np.float32]]:
        """The unit vectors of those of ``ids`` that have one. Raises as ``near`` does."""
        rows = dict(zip(tail.ids, tail.rows, strict=True)) if tail else {}
        of_tail = {i: rows[i] for i in ids if i in rows}
        with self._using() as opened:
            return (opened.vectors([i for i in ids if i not in of_tail]) if opened else {}) | of_tail

    def faults(self) -> list[str]:
        """What is wrong with the open build, a sentence each; reads every file of it. Raises as ``near`` does."""
        with self._using() as opened:
            return opened.faults() if opened else []

    def close(self) -> None:
        """Gives the build up; searching again needs ``refresh``."""
        with self._lock:
            self._replace(None)

    def _replace(self, fresh: _Opened | None) -> None:
        """Called with the lock held."""
        old, self._opened = self._opened, fresh
        if old is not None and not old.users:
            old.close()

    @contextmanager
    def _using(self) -> Iterator[_Opened | None]:
        """The open build, kept open until the block ends even when another build takes its place. One that turns
        out to be damaged is given up, so that ``refresh`` opens it again: a Chroma server may have been mended."""
        with self._lock:
            opened = self._opened
            if opened:
                opened.users += 1
        try:
            yield opened
        except DamagedIndex:
            with self._lock:
                if opened is self._opened:
                    self._opened = None
            raise
        finally:
            if opened:
                with self._lock:
                    opened.users -= 1
                    if opened is not self._opened and not opened.users:
                        opened.close()


def open_index(
    folder: Path, embedder: Embedder, *, server: ChromaServer | None = None, may_be_missing: bool = False
) -> Index:
    """The index in ``folder`` for reading. ``may_be_missing``: before the first build only tails are searched.

    Raises:
        MissingIndex: nothing has been built yet.
        WrongEmbedder: the build holds another embedder's vectors.
        WrongPlace: the build's vectors are on another Chroma server, or on none.
        ServerUnavailable: the Chroma server cannot be reached.
        DamagedIndex: the build cannot be read.
    """
    return Index(folder, embedder, server, may_be_missing=may_be_missing)


def _place(manifest: builds.Manifest) -> str:
    if manifest.server is None:
        return "in its own folder"
    return f"in {manifest.collection} on the Chroma server at {manifest.server}"


def _dense(queries: Sequence[_Query], vectors: Vectors, opened: _Opened | None, tail: Tail | None) -> list[Scores]:
    most = max(query.pool + len(query.exclude) for query in queries)
    found = opened.dense(vectors, most) if opened else [{} for _ in queries]
    if tail:
        found = [of | tail.best_dense(query.vector, most) for query, of in zip(queries, found, strict=True)]
    return [query.pooled(of) for query, of in zip(queries, found, strict=True)]


def _statistics(opened: _Opened | None, tail: Tail | None) -> Statistics:
    of_build = opened.statistics if opened else NOTHING
    return of_build.joined(tail.statistics) if tail else of_build


def _lexical(query: _Query, opened: _Opened | None, tail: Tail | None) -> Scores:
    statistics = _statistics(opened, tail)
    weights = query_weights(query.text, statistics)
    if not weights:
        return {}
    most = query.pool + len(query.exclude)
    found = opened.lexical(weights, most) if opened else {}
    if tail:
        found |= tail.best_lexical(weights, statistics.terms / statistics.documents, most)
    return query.pooled(found)


@contextmanager
def _damage_named(folder: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, OSError) as error:
        said = " ".join(str(error).split())
        # Some errors quote the whole file.
        sentence = f"The index in {folder} cannot be read: {said[:200].rstrip('.')}."
        passing = any(sign in said for sign in _PASSING)
        raise IndexUnusable(sentence) if passing else DamagedIndex(sentence) from error
