"""One new build from a stream of documents."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from vectorstore import builds
from vectorstore.dense import DenseWriter, dense_writer
from vectorstore.errors import BuildFailed
from vectorstore.lexical import LexicalWriter, lexical_writer
from vectorstore.values import Document, Embedder, VectorCache
from vectorstore.vectors import vectors_of
from vectorstore.views import VIEWS, views_of

_AT_A_TIME = 256
"""Documents in memory; enough that texts of like length meet in a batch, few enough that progress shows."""


def build_index(
    folder: Path,
    documents: Iterable[Document],
    embedder: Embedder,
    *,
    vectors: VectorCache | None = None,
    progress: Callable[[int], None] | None = None,
    stamp: Mapping[str, Any] | None = None,
) -> str:
    """Builds beside the index that serves, then swaps; returns the build's name.

    ``progress`` is told how many documents are done; ``stamp`` is kept in the manifest. Killed at any moment,
    this leaves the index before it serving.

    Raises:
        IndexBusy: another process is building.
        EmbedderUnavailable: the embedder cannot answer.
        BuildFailed: the folder cannot be written.
    """
    with _failures_named(folder), builds.claimed(folder) as name:
        previous = builds.current_name(folder)
        builds.sweep(folder, keep=None)
        with builds.started(folder, name) as build:
            rows, terms = _write(build, documents, embedder, vectors, progress)
            manifest = builds.Manifest(
                schema=builds.SCHEMA,
                embedder=embedder.identity,
                dimension=embedder.dimension,
                rows=rows,
                terms=terms,
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                files=builds.file_sizes(build),
                stamp=stamp or {},
            )
            builds.finish(folder, name, manifest)
        builds.sweep(folder, keep=previous)
    return name


def _write(
    build: Path,
    documents: Iterable[Document],
    embedder: Embedder,
    vectors: VectorCache | None,
    progress: Callable[[int], None] | None,
) -> tuple[int, int]:
    """How many documents and how many terms were written."""
    rows = 0
    metadata = {"embedder": embedder.identity, "schema": builds.SCHEMA}
    with dense_writer(build / "chroma", metadata) as dense, lexical_writer(build / "tantivy") as lexical:
        for chunk in _chunks(documents):
            _add(chunk, dense, lexical, embedder, vectors)
            rows += len(chunk)
            if progress is not None:
                progress(rows)
    return rows, lexical.terms


def _add(
    documents: list[Document],
    dense: DenseWriter,
    lexical: LexicalWriter,
    embedder: Embedder,
    vectors: VectorCache | None,
) -> None:
    texts = [(document.id, views_of(document)) for document in documents]
    for i, views in texts:
        lexical.add(i, views.get("together", ""))
    wanted = [(view, i, views[view]) for view in VIEWS for i, views in texts if view in views]
    rows = vectors_of([text for _, _, text in wanted], embedder, vectors)
    for view in VIEWS:
        places = [place for place, (of, _, _) in enumerate(wanted) if of == view]
        dense.add(view, [wanted[place][1] for place in places], rows[places])


def _chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    stream = iter(documents)
    while chunk := list(islice(stream, _AT_A_TIME)):
        yield chunk


@contextmanager
def _failures_named(folder: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (OSError, ChromaError) as error:
        raise BuildFailed(f"The index could not be written to {folder}: {str(error).rstrip('.')}.") from error
