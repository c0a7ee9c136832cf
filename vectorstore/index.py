"""Searching a build and the tail together."""

import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vectorstore import builds
from vectorstore.dense import DenseIndex
from vectorstore.errors import DamagedIndex, WrongEmbedder
from vectorstore.fusion import Scores, best, fused
from vectorstore.lexical import NOTHING, LexicalIndex, query_weights
from vectorstore.tail import Tail
from vectorstore.values import Embedder, Match
from vectorstore.views import DENSE_WEIGHTS, LEXICAL_WEIGHT, VIEWS

_POOL = 200
"""Best of each ranking that are fused; min-max scaling of 100 to 200 was found best."""


class _Opened:
    """One build open for reading, held against the sweep until it is closed."""

    def __init__(self, folder: Path) -> None:
        self.name, lock = builds.in_use(folder)
        self.users = 0
        self._release = weakref.finalize(self, os.close, lock)
        build = builds.build_folder(folder, self.name)
        self.manifest = builds.read_manifest(build)
        with _damage_named(folder):
            self.dense = DenseIndex(build / "chroma")
            self._close_client = weakref.finalize(self, self.dense.client.close)
            self.lexical = LexicalIndex(build / "tantivy", terms=self.manifest.terms)

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
            fresh = self._open()
            old, self._opened = self._opened, fresh
            unused = old is not None and not old.users
        if old is not None and unused:
            old.close()
        return True

    def _open(self) -> _Opened:
        opened = _Opened(self._folder)
        stored = opened.manifest.embedder
        if stored != self._embedder.identity:
            opened.close()
            raise WrongEmbedder(
                f"The index was built with the embedder {stored}, but {self._embedder.identity} is in use."
            )
        return opened

    def near(
        self, text: str, *, limit: int, tail: Tail | None = None, exclude: frozenset[str] = frozenset()
    ) -> tuple[Match, ...]:
        """The documents nearest to ``text``, best first, in the same order every time.

        ``tail`` holds what came after the build, ``exclude`` ids that must not be returned.

        Raises:
            EmbedderUnavailable: the query cannot be embedded.
            DamagedIndex: the build cannot be read.
        """
        vector = self._embedder.embed([text])[0]
        with self._using() as opened:
            dense = {view: self._dense(opened, tail, view, vector, exclude) for view in VIEWS}
            lexical = self._lexical(opened, tail, text, exclude)
        rankings = [(DENSE_WEIGHTS[view], dense[view]) for view in VIEWS]
        scores = fused([*rankings, (LEXICAL_WEIGHT, lexical)])
        return tuple(
            Match(i, score, dense["together"].get(i, 0.0), lexical.get(i, 0.0))
            for i, score in best(scores, limit).items()
        )

    def _dense(
        self, opened: _Opened | None, tail: Tail | None, view: str, vector: Any, exclude: frozenset[str]
    ) -> Scores:
        found = opened.dense.best(view, vector, _POOL + len(exclude)) if opened else {}
        if tail:
            found |= tail.best_dense(view, vector)
        return best(_without(found, exclude), _POOL)

    def _lexical(self, opened: _Opened | None, tail: Tail | None, text: str, exclude: frozenset[str]) -> Scores:
        of_build = opened.lexical.statistics if opened else NOTHING
        statistics = of_build.joined(tail.statistics) if tail else of_build
        weights = query_weights(text, statistics)
        if not weights:
            return {}
        found = opened.lexical.best(weights, _POOL + len(exclude)) if opened else {}
        if tail:
            found |= tail.best_lexical(weights, statistics.terms / statistics.documents)
        return best(_without(found, exclude), _POOL)

    @contextmanager
    def _using(self) -> Iterator[_Opened | None]:
        """The open build, kept open until the block ends even when another build takes its place."""
        with self._lock:
            opened = self._opened
            if opened:
                opened.users += 1
        try:
            with _damage_named(self._folder):
                yield opened
        finally:
            if opened:
                with self._lock:
                    opened.users -= 1
                    unused = opened is not self._opened and not opened.users
                if unused:
                    opened.close()

    def close(self) -> None:
        """Gives the build up; searching again needs ``refresh``."""
        with self._lock:
            opened, self._opened = self._opened, None
            unused = opened is not None and not opened.users
        if opened is not None and unused:
            opened.close()


def open_index(folder: Path, embedder: Embedder, *, may_be_missing: bool = False) -> Index:
    """The index in ``folder`` for reading. ``may_be_missing``: before the first build only tails are searched.

    Raises:
        MissingIndex: nothing has been built yet.
        WrongEmbedder: the build holds another embedder's vectors.
        DamagedIndex: the build cannot be read.
    """
    return Index(folder, embedder, may_be_missing=may_be_missing)


def _without(scores: Mapping[str, float], exclude: frozenset[str]) -> dict[str, float]:
    return {i: score for i, score in scores.items() if i not in exclude}


@contextmanager
def _damage_named(folder: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, OSError) as error:
        raise DamagedIndex(f"The index in {folder} cannot be read: {error}.") from error
