"""Searching a build and the tail together."""

import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore import builds
from vectorstore.dense import DenseIndex
from vectorstore.errors import DamagedIndex, IndexUnusable, WrongEmbedder
from vectorstore.fusion import Scores, best, fused
from vectorstore.lexical import NOTHING, LexicalIndex, query_weights
from vectorstore.tail import Tail
from vectorstore.values import Embedder, Match
from vectorstore.views import DENSE_WEIGHTS, LEXICAL_WEIGHT, VIEWS

_PASSING = (
    "disk is full",
    "readonly database",
    "database is locked",
    "unable to open database",
    "os error 28",
    "os error 30",
)
"""Words of SQLite and of the system about a disk, not about a build: Chroma adds a row when it is opened."""
_POOL = 100
"""Best of each ranking that are fused, at least; 200 was no better and costs Chroma twice the time."""


@dataclass(frozen=True)
class _Query:
    """``pool`` is how many of each ranking are wanted, none of them in ``exclude``."""

    text: str
    vector: NDArray[np.float32]
    pool: int
    exclude: frozenset[str]

    @property
    def look_at(self) -> int:
        return self.pool + len(self.exclude)

    def pooled(self, scores: Scores) -> Scores:
        # Rounded, because the same text scores a ten-millionth apart in the build and in the tail.
        return best({i: round(score, 5) for i, score in scores.items() if i not in self.exclude}, self.pool)


class _Opened:
    """One build open for reading, held against the sweep until it is closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name, lock = builds.in_use(folder)
        self.users = 0
        self._release = weakref.finalize(self, os.close, lock)
        build = builds.build_folder(folder, self.name)
        self.manifest = builds.read_manifest(build)
        with _damage_named(folder):
            self._dense = DenseIndex(build / "chroma")
            self._close_client = weakref.finalize(self, self._dense.client.close)
            self._lexical = LexicalIndex(build / "tantivy", terms=self.manifest.terms)
        self.statistics = self._lexical.statistics

    def dense(self, view: str, query: _Query) -> dict[str, float]:
        with _damage_named(self._folder):
            return self._dense.best(view, query.vector, query.look_at)

    def lexical(self, weights: Mapping[str, float], query: _Query) -> dict[str, float]:
        with _damage_named(self._folder):
            return self._lexical.best(weights, query.look_at)

    def close(self) -> None:
        self._close_client()
        self._release()


class Index:
    """The build that serves, plus whatever tail a search brings along. Thread-safe; see ``open_index``."""

    def __init__(self, folder: Path, embedder: Embedder, *, may_be_missing: bool) -> None:
        self._folder = folder
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
            opened = _Opened(self._folder)
            if (stored := opened.manifest.embedder) != self._embedder.identity:
                opened.close()
                raise WrongEmbedder(
                    f"The index was built with the embedder {stored}, but {self._embedder.identity} is in use."
                )
            self._replace(opened)
        return True

    def near(
        self, text: str, *, limit: int, tail: Tail | None = None, exclude: frozenset[str] = frozenset()
    ) -> tuple[Match, ...]:
        """The documents nearest to ``text``, best first, in the same order every time.

        ``tail`` holds what came after the build, ``exclude`` ids that must not be returned.

        Raises:
            EmbedderUnavailable: the query cannot be embedded.
            DamagedIndex: the build cannot be read.
        """
        query = _Query(text, self._embedder.embed([text])[0], max(_POOL, limit), exclude)
        with self._using() as opened:
            dense = {view: _dense(query, view, opened, tail) for view in VIEWS}
            lexical = _lexical(query, opened, tail)
        # Where no document has a question, the views that there are share the dense rankings' whole weight.
        whole = sum(DENSE_WEIGHTS[view] for view in VIEWS if dense[view]) or 1.0
        rankings = [(DENSE_WEIGHTS[view] / whole, dense[view]) for view in VIEWS]
        scores = fused([*rankings, (LEXICAL_WEIGHT, lexical)])
        return tuple(
            Match(i, score, dense["together"].get(i, 0.0), lexical.get(i, 0.0))
            for i, score in best(scores, limit).items()
        )

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
        """The open build, kept open until the block ends even when another build takes its place."""
        with self._lock:
            opened = self._opened
            if opened:
                opened.users += 1
        try:
            yield opened
        finally:
            if opened:
                with self._lock:
                    opened.users -= 1
                    if opened is not self._opened and not opened.users:
                        opened.close()


def open_index(folder: Path, embedder: Embedder, *, may_be_missing: bool = False) -> Index:
    """The index in ``folder`` for reading. ``may_be_missing``: before the first build only tails are searched.

    Raises:
        MissingIndex: nothing has been built yet.
        WrongEmbedder: the build holds another embedder's vectors.
        DamagedIndex: the build cannot be read.
    """
    return Index(folder, embedder, may_be_missing=may_be_missing)


def _dense(query: _Query, view: str, opened: _Opened | None, tail: Tail | None) -> Scores:
    found = opened.dense(view, query) if opened else {}
    return query.pooled(found | tail.best_dense(view, query.vector) if tail else found)


def _lexical(query: _Query, opened: _Opened | None, tail: Tail | None) -> Scores:
    of_build = opened.statistics if opened else NOTHING
    statistics = of_build.joined(tail.statistics) if tail else of_build
    weights = query_weights(query.text, statistics)
    if not weights:
        return {}
    found = opened.lexical(weights, query) if opened else {}
    if tail:
        found |= tail.best_lexical(weights, statistics.terms / statistics.documents)
    return query.pooled(found)


@contextmanager
def _damage_named(folder: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, OSError) as error:
        sentence = f"The index in {folder} cannot be read: {str(error).rstrip('.')}."
        passing = any(sign in sentence for sign in _PASSING)
        raise IndexUnusable(sentence) if passing else DamagedIndex(sentence) from error
