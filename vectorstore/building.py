"""A new build: anew from a stream of documents, or as a copy of the build that serves with documents added."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from vectorstore import builds
from vectorstore.dense import DenseWriter, embedded_writer
from vectorstore.errors import BuildFailed, DamagedIndex
from vectorstore.lexical import LexicalWriter, lexical_writer
from vectorstore.server import ChromaServer, place_of, server_writer
from vectorstore.values import Document, Embedder, VectorCache
from vectorstore.vectors import document_vectors, stacked

_AT_A_TIME = 256
"""Documents in memory; enough that texts of like length meet in a batch, few enough that progress shows."""


class Builder:
    """The one process that may write the index now; see ``open_builder``."""

    def __init__(
        self,
        folder: Path,
        name: str,
        embedder: Embedder,
        vectors: VectorCache | None,
        server: ChromaServer | None,
    ) -> None:
        self._folder = folder
        self._name = name
        self._embedder = embedder
        self._vectors = vectors
        self._server = server
        self._place = place_of(server, embedder)
        self._base = self._readable_base()

    @property
    def base(self) -> Mapping[str, Any] | None:
        """The stamp of the build that ``build`` can add to, None when it must be built anew."""
        return self._base.stamp if self._base else None

    def build(
        self,
        documents: Iterable[Document],
        *,
        anew: bool,
        overwrite: bool = False,
        stamp: Mapping[str, Any] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> str:
        """Writes a build of ``documents`` alone, or of the build that serves with ``documents`` added, then makes
        it the one that serves; returns its name. Vectors that a Chroma server holds already are written again
        only with ``overwrite``. ``progress`` is told how many of ``documents`` are done.

        Raises:
            EmbedderUnavailable: the embedder cannot answer.
            ServerUnavailable: the Chroma server cannot.
            DamagedIndex: the Chroma server lost the vectors meanwhile.
            BuildFailed: the folder cannot be written.
        """
        base = None if anew else self._base
        previous = builds.current_name(self._folder)
        with _failures_named(self._folder), builds.started(self._folder, self._name) as build:
            if base and previous:
                _copy(builds.build_folder(self._folder, previous), build)
            with self._dense_writer(build, overwrite=overwrite) as dense:
                rows, terms = self._write(build, dense, documents, progress)
            server, collection = self._place
            manifest = builds.Manifest(
                schema=builds.SCHEMA,
                embedder=self._embedder.identity,
                dimension=self._embedder.dimension,
                rows=rows + (base.rows if base else 0),
                terms=terms + (base.terms if base else 0),
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                files=builds.file_marks(build),
                stamp=stamp or {},
                server=server,
                collection=collection,
            )
            builds.finish(self._folder, self._name, manifest)
        builds.sweep(self._folder, keep=previous)
        return self._name

    def _readable_base(self) -> builds.Manifest | None:
        name = builds.current_name(self._folder)
        try:
            base = builds.read_manifest(builds.build_folder(self._folder, name)) if name else None
        except DamagedIndex:
            return None
        if base and (base.embedder, base.server, base.collection) != (self._embedder.identity, *self._place):
            return None
        return base

    def _dense_writer(self, build: Path, *, overwrite: bool) -> AbstractContextManager[DenseWriter]:
        if self._server:
            return server_writer(self._server, self._embedder, overwrite=overwrite)
        return embedded_writer(build / "chroma", {"embedder": self._embedder.identity, "schema": builds.SCHEMA})

    def _write(
        self,
        build: Path,
        dense: DenseWriter,
        documents: Iterable[Document],
        progress: Callable[[int], None] | None,
    ) -> tuple[int, int]:
        """How many documents and how many terms were written."""
        rows = 0
        with lexical_writer(build / "tantivy") as lexical:
            for chunk in _chunks(documents):
                self._add(chunk, dense, lexical)
                rows += len(chunk)
                if progress is not None:
                    progress(rows)
        return rows, lexical.terms

    def _add(self, documents: list[Document], dense: DenseWriter, lexical: LexicalWriter) -> None:
        for document in documents:
            lexical.add(document.id, " ".join(document.texts.values()))
        dense.add(*stacked(document_vectors(documents, self._embedder, self._vectors), self._embedder.dimension))


@contextmanager
def open_builder(
    folder: Path,
    embedder: Embedder,
    *,
    vectors: VectorCache | None = None,
    server: ChromaServer | None = None,
) -> Iterator[Builder]:
    """Only one process builds at a time. Killed at any moment, it leaves the index before it serving.

    Raises:
        IndexBusy: another process is building; the sentence names it.
        BuildFailed: the folder cannot be written.
    """
    with ExitStack() as held:
        with _failures_named(folder):
            name = held.enter_context(builds.claimed(folder))
            builds.sweep(folder, keep=None)
        yield Builder(folder, name, embedder, vectors, server)


def build_index(
    folder: Path,
    documents: Iterable[Document],
    embedder: Embedder,
    *,
    vectors: VectorCache | None = None,
    progress: Callable[[int], None] | None = None,
    stamp: Mapping[str, Any] | None = None,
    server: ChromaServer | None = None,
) -> str:
    """Builds beside the index that serves, from ``documents`` alone, then swaps; returns the build's name.

    ``stamp`` is kept in the manifest. Raises as ``open_builder`` and ``Builder.build`` do.
    """
    with open_builder(folder, embedder, vectors=vectors, server=server) as builder:
        return builder.build(documents, anew=True, stamp=stamp, progress=progress)


def _copy(base: Path, build: Path) -> None:
    def copy(source: str, target: str) -> None:
        # A reader that opens the base at this moment adds a row to the SQLite file.
        if source.endswith(".sqlite3"):
            with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
                old.backup(new)
        else:
            shutil.copyfile(source, target)

    unfit = shutil.ignore_patterns("manifest.json", "*.lock", "*.sqlite3-*")
    shutil.copytree(base, build, copy_function=copy, ignore=unfit, dirs_exist_ok=True)


def _chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    stream = iter(documents)
    while chunk := list(islice(stream, _AT_A_TIME)):
        yield chunk


@contextmanager
def _failures_named(folder: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (OSError, ChromaError, sqlite3.Error) as error:
        raise BuildFailed(f"The index could not be written to {folder}: {str(error).rstrip('.')}.") from error
