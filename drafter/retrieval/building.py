"""Keeping the index up to date with the archive: the only writer of an index."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drafter import errors
from drafter.archive import Archive
from drafter.errors import IndexUnusable
from drafter.retrieval.documents import ArchivedVectors, documents
from vectorstore import ChromaServer, Embedder, open_builder, open_index
from vectorstore.builds import changed_in_current
from vectorstore.errors import (
    DamagedIndex,
    IndexBusy,
    MissingIndex,
    ServerUnavailable,
    StoreError,
    WrongEmbedder,
    WrongPlace,
)


@dataclass(frozen=True)
class BuildReport:
    """``build`` is None when there was nothing to do. ``embedded`` counts the texts that were new to the vector
    cache; an exchange has two."""

    build: str | None
    exchanges: int
    seconds: float
    embedded: int

    @property
    def sentence(self) -> str:
        if self.build is None:
            return "The index already holds the whole archive."
        rate = self.exchanges / max(self.seconds, 1e-9)
        exchanges = "1 exchange" if self.exchanges == 1 else f"{self.exchanges:,} exchanges"
        embedded = "1 text was" if self.embedded == 1 else f"{self.embedded:,} texts were"
        return f"Indexed {exchanges} in {self.seconds:.1f} s ({rate:,.0f} a second); {embedded} embedded anew."


def build_index(
    archive: Archive,
    embedder: Embedder,
    folder: Path,
    *,
    server: ChromaServer | None = None,
    anew: bool = False,
    progress: Callable[[int], None] | None = None,
) -> BuildReport:
    """Brings the index up to date in constant memory: what the archive gained is added to a copy of the build that
    serves, which serves on until the new one is ready.

    It is built from nothing with ``anew``, and where there is no build to add to: none yet, damaged, of another
    embedder, of another Chroma server or of a longer archive. ``progress`` is told how many exchanges are done.
    Texts whose vectors the archive holds are not embedded again.

    Raises:
        IndexUnusable: another process is building, the folder or server cannot be written, or the embedder cannot
            answer.
    """
    began = time.monotonic()
    vectors = ArchivedVectors(archive)
    with sentences(), open_builder(folder, embedder, vectors=vectors, server=server) as builder:
        last = archive.last_sequence()
        base = 0 if anew else _base(builder.base, archive)
        if base == last and base:
            return BuildReport(None, 0, time.monotonic() - began, 0)
        read = 0

        def count(done: int) -> None:
            nonlocal read
            read = done
            if progress:
                progress(done)

        added = documents(archive, after=base, last=last)
        stamp = {"sequence": last, "last": archive.exchange_id_at(last)}
        name = builder.build(added, anew=not base, overwrite=anew, stamp=stamp, progress=count)
    return BuildReport(name, read, time.monotonic() - began, vectors.added)


def verify_index(archive: Archive, embedder: Embedder, folder: Path, *, server: ChromaServer | None) -> list[str]:
    """What is wrong with the index, a sentence each; none when it is whole. Reads every file of it.

    Raises:
        IndexUnusable: it cannot even be opened.
    """
    with sentences():
        try:
            faults, stamp = _faults(folder, embedder, server)
        except DamagedIndex:
            # It cannot even be opened: which file is to blame?
            if changed := changed_in_current(folder):
                return [f"{name} is not as it was written." for name in changed]
            raise
    return faults if is_of(stamp, archive) else [*faults, "It was built from another archive."]


def _faults(folder: Path, embedder: Embedder, server: ChromaServer | None) -> tuple[list[str], Mapping[str, Any]]:
    """What the index says is wrong with it, and the stamp it was built with."""
    index = open_index(folder, embedder, server=server)
    try:
        return index.faults(), index.stamp
    finally:
        index.close()


def is_of(stamp: Mapping[str, Any], archive: Archive) -> bool:
    """Whether a build with this stamp was built from this archive, as it is or as it was."""
    sequence = int(stamp.get("sequence", 0))
    return not sequence or archive.exchange_id_at(sequence) == stamp.get("last")


def _base(stamp: Mapping[str, Any] | None, archive: Archive) -> int:
    """The sequence number up to which a build can be taken over, 0 when it cannot be."""
    return int(stamp.get("sequence", 0)) if stamp and is_of(stamp, archive) else 0


@contextmanager
def sentences() -> Iterator[None]:
    """The store's errors as Drafter's, with the command that helps."""
    try:
        yield
    except (MissingIndex, WrongPlace) as error:
        raise IndexUnusable(f"{error} Run `drafter index build`.") from error
    except ServerUnavailable as error:
        raise IndexUnusable(
            f"{error} Check that it runs and that DRAFTER_CHROMA_URL and DRAFTER_CHROMA_TOKEN fit."
        ) from error
    except (WrongEmbedder, DamagedIndex) as error:
        raise IndexUnusable(f"{error} Run `drafter index rebuild` to build it anew.") from error
    except IndexBusy as error:
        raise errors.IndexBusy(str(error)) from error
    except StoreError as error:
        raise IndexUnusable(str(error)) from error
