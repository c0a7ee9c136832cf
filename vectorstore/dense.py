"""Nearest vectors, by Chroma: its embedded database inside one build's folder; ``server`` has the other kind.

Chroma's embedded files break silently when one process writes while another has them open, so a build is written
once, by one process, and only then read. A server has no such limits.

Left alone, embedded Chroma keeps the last rows in a log, and whoever opens the database writes them into the files
of its graph: readers would write, several at once. So the builder has the log folded in before anybody reads. After
that opening a build adds one row to a SQLite table and changes nothing else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vectorstore.values import Vectors

_T = TypeVar("_T")

MOST_AT_ONCE = 5_000
"""Chroma takes at most 5,461 rows in one call."""
HNSW = {"space": "cosine", "ef_search": 200}
_WHILE_WRITING, _AT_ONCE = 50_000, 1
"""Rows in the log before it is folded into the graph."""
COLLECTION = "documents"
"""Of an embedded database."""


class DenseWriter:
    """Adds vectors to a database; see ``embedded_writer`` and ``server.server_writer``."""

    def __init__(self, add: Any) -> None:
        self._add = add

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        for start in range(0, len(ids), MOST_AT_ONCE):
            stop = start + MOST_AT_ONCE
            self._add(ids=list(ids[start:stop]), embeddings=vectors[start:stop])


@contextmanager
def embedded_writer(folder: Path, metadata: Mapping[str, Any]) -> Iterator[DenseWriter]:
    """Adds to the database in ``folder``, which is made where it is missing. The block's rows are in the graph, not
    only in its log, once it was left without an error."""
    with closing(_embedded(folder)) as client:
        collection = _made(client, COLLECTION, metadata)
        _patiently(lambda: collection.modify(configuration={"hnsw": {"sync_threshold": _WHILE_WRITING}}))
    with closing(_embedded(folder)) as client:
        collection = client.get_collection(COLLECTION, embedding_function=None)
        yield DenseWriter(collection.add)
        _patiently(lambda: collection.modify(configuration={"hnsw": {"sync_threshold": _AT_ONCE}}))
    # The threshold counts from the next opening; the first question then has the log folded in.
    with closing(open_embedded(folder)) as index:
        _patiently(index.touch)


def _made(client: Any, name: str, metadata: Mapping[str, Any]) -> Any:
    return client.get_or_create_collection(
        name, metadata=dict(metadata), configuration={"hnsw": HNSW}, embedding_function=None
    )


def open_embedded(folder: Path) -> "DenseIndex":
    return _patiently(lambda: _open_embedded(folder))


def _open_embedded(folder: Path) -> "DenseIndex":
    client = _embedded(folder)
    with ExitStack() as unless_whole:
        unless_whole.callback(client.close)
        index = DenseIndex(client.get_collection(COLLECTION, embedding_function=None), client.close)
        unless_whole.pop_all()
    return index


class DenseIndex:
    """One collection open for reading by any number of threads and processes."""

    def __init__(self, collection: Any, close: Callable[[], None]) -> None:
        self._collection = collection
        self.close = close
        self.rows = int(collection.count())

    def touch(self) -> None:
        """One query: Chroma reads its log, and its graph, when first asked."""
        rows = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        if len(rows):
            self.best(rows[:1], 1)

    def best(self, vectors: Vectors, count: int) -> list[dict[str, float]]:
        """For each row of ``vectors`` the cosines of its ``count`` nearest by id."""
        count = min(count, self.rows)
        if not count:
            return [{} for _ in vectors]
        found = self._collection.query(query_embeddings=list(vectors), n_results=count, include=["distances"])
        return [
            {i: 1 - distance for i, distance in zip(ids, distances, strict=True)}
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Those of ``ids`` that are there."""
        found = self._collection.get(ids=list(ids), include=["embeddings"]) if ids else {"ids": []}
        return {
            i: np.asarray(row, np.float32) for i, row in zip(found["ids"], found.get("embeddings", ()), strict=True)
        }

    def ids(self) -> Iterator[str]:
        """All of them, by the page: Chroma cannot hand out more than about 32,000 rows at once."""
        for start in range(0, self.rows, 10_000):
            yield from self._collection.get(limit=10_000, offset=start, include=[])["ids"]


def _patiently(work: Callable[[], _T]) -> _T:
    """Again after a moment where SQLite refused: it does so at once, whatever its busy timeout, when a connection
    that has read wants to write while another is about to commit, and Chroma's pool does that to itself."""
    from tenacity import Retrying, retry_if_exception_message, stop_after_delay, wait_exponential

    locked = retry_if_exception_message(match=".*database is locked")
    return Retrying(retry=locked, wait=wait_exponential(0.05, max=1), stop=stop_after_delay(10), reraise=True)(work)


def _embedded(folder: Path) -> Any:
    import chromadb

    return chromadb.PersistentClient(path=str(folder), settings=chroma_settings())


def chroma_settings(**more: Any) -> Any:
    """Chroma reads the environment too; it must not make it tell anybody anything."""
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False, chroma_otel_granularity="none", **more)
