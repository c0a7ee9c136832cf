"""Nearest vectors, by Chroma's embedded database inside one build's folder.

Chroma's files break silently when one process writes while another has them open, so a build is written once,
by one process, and only then read.

Left alone, Chroma keeps the last rows in a log, and whoever opens the database writes them into the files of its
graph: readers would write, several at once. So the builder has the log folded in before anybody reads. After that
opening a build adds one row to a SQLite table and changes nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.values import Vectors
from vectorstore.views import VIEWS

MOST_AT_ONCE = 5_000
"""Chroma takes at most 5,461 rows in one call."""
_HNSW = {"space": "cosine", "ef_search": 400, "sync_threshold": 50_000}
_FOLD_AT_ONCE = {"hnsw": {"sync_threshold": 1}}


class DenseWriter:
    """Adds vectors to a new database; see ``dense_writer``."""

    def __init__(self, collections: Mapping[str, Any]) -> None:
        self._collections = collections

    def add(self, view: str, ids: Sequence[str], vectors: Vectors) -> None:
        for start in range(0, len(ids), MOST_AT_ONCE):
            stop = start + MOST_AT_ONCE
            self._collections[view].add(ids=list(ids[start:stop]), embeddings=vectors[start:stop])


@contextmanager
def dense_writer(folder: Path, metadata: Mapping[str, Any]) -> Iterator[DenseWriter]:
    """The block's rows are in the graph, not only in its log, once it was left without an error."""
    client = _client(folder)
    try:
        collections = {
            view: client.create_collection(
                view, metadata=dict(metadata), configuration={"hnsw": _HNSW}, embedding_function=None
            )
            for view in VIEWS
        }
        yield DenseWriter(collections)
        for collection in collections.values():
            collection.modify(configuration=_FOLD_AT_ONCE)
    finally:
        client.close()
    _fold_in_the_log(folder)


def _fold_in_the_log(folder: Path) -> None:
    index = DenseIndex(folder)
    try:
        index.touch()
    finally:
        index.client.close()


class DenseIndex:
    """A database written by ``dense_writer``, open for reading by any number of threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.client = _client(folder)
        with ExitStack() as unless_whole:
            unless_whole.callback(self.client.close)
            self._collections = {view: self.client.get_collection(view, embedding_function=None) for view in VIEWS}
            self._rows = {view: collection.count() for view, collection in self._collections.items()}
            unless_whole.pop_all()

    def touch(self) -> None:
        """One query in each collection: Chroma reads its log, and its graph, when first asked."""
        for collection in self._collections.values():
            rows = collection.get(limit=1, include=["embeddings"])["embeddings"]
            if len(rows):
                collection.query(query_embeddings=rows, n_results=1, include=[])

    def best(self, view: str, vector: NDArray[np.float32], count: int) -> dict[str, float]:
        """Cosines of the ``count`` nearest by id."""
        count = min(count, self._rows[view])
        if not count:
            return {}
        found = self._collections[view].query(query_embeddings=[vector], n_results=count, include=["distances"])
        return {i: 1 - d for i, d in zip(found["ids"][0], found["distances"][0], strict=True)}


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
