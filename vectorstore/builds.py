"""Builds on disk: immutable folders, a pointer to the one that serves, and locks that the kernel frees.

FOLDER/CURRENT                 name of the build that serves, replaced in one step
FOLDER/.build.lock             held by the one process that builds; its pid stands inside
FOLDER/builds/NAME/manifest    written last: a build without one is unfinished
FOLDER/builds/NAME/.use.lock   shared by every process that reads the build
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vectorstore.errors import DamagedIndex, IndexBusy, MissingIndex

SCHEMA = 2
"""Grows when a build written by this code could not be read by the code before."""
_TRIES = 5


@dataclass(frozen=True)
class Manifest:
    """What a build was made of.

    ``terms`` counts all terms of its documents, ``files`` has size and SHA-256 of every file that must not change,
    ``stamp`` is the caller's own. The vectors are in the build's own folder, or, with ``server``, in a
    ``collection`` of the Chroma server at that URL.
    """

    schema: int
    embedder: str
    dimension: int
    rows: int
    terms: int
    created_at: str
    files: Mapping[str, Sequence[Any]]
    stamp: Mapping[str, Any]
    server: str | None = None
    collection: str | None = None


def build_folder(folder: Path, name: str) -> Path:
    return folder / "builds" / name


def current_name(folder: Path) -> str | None:
    """The name of the build that serves, None when there is none yet."""
    try:
        return (folder / "CURRENT").read_text().strip() or None
    except FileNotFoundError:
        return None


def file_marks(build: Path) -> dict[str, tuple[int, str]]:
    """Size in bytes and SHA-256 by path."""
    return {name: (path.stat().st_size, _sha256(path)) for name, path in _lasting_files(build).items()}


def _lasting_files(build: Path) -> dict[str, Path]:
    """Opening Chroma's SQLite file adds a row to it, so that one is left out."""
    passing = {".sqlite3", ".lock", ".sqlite3-journal", ".sqlite3-wal", ".sqlite3-shm"}
    files = (path for path in build.rglob("*") if path.is_file() and path.suffix not in passing)
    return {str(path.relative_to(build)): path for path in files if path.name != "manifest.json"}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changed_files(build: Path, manifest: Manifest) -> list[str]:
    """Names of files that are not, to the last byte, as they were written. Reads them all."""
    found = _lasting_files(build)
    return [name for name, (_, sha) in manifest.files.items() if name not in found or _sha256(found[name]) != sha]


def changed_in_current(folder: Path) -> list[str]:
    """The same of the build that serves, without opening it; raises as ``read_manifest`` does."""
    name = current_name(folder)
    build = build_folder(folder, name) if name else None
    return changed_files(build, read_manifest(build)) if build else []


def read_manifest(build: Path) -> Manifest:
    """Raises DamagedIndex when the manifest cannot be read or does not fit the files.

    A copy that broke off would not be noticed otherwise: Chroma searches half a graph without a word.
    """
    try:
        manifest = Manifest(**json.loads((build / "manifest.json").read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise DamagedIndex(
            f"The index in {build.parent.parent} is damaged: its manifest cannot be read."
        ) from error
    if manifest.schema != SCHEMA:
        raise DamagedIndex(f"The index in {build.parent.parent} was written by another version of this program.")
    found = {name: path.stat().st_size for name, path in _lasting_files(build).items()}
    if wrong := [name for name, (size, _) in manifest.files.items() if found.get(name) != size]:
        raise DamagedIndex(f"The index in {build.parent.parent} is damaged: {wrong[0]} is not as it was written.")
    return manifest


@contextmanager
def claimed(folder: Path) -> Iterator[str]:
    """Only one process builds at a time: the block runs with the lock held, and is given a new build's name.

    Raises:
        IndexBusy: another process is building; the sentence names its pid.
    """
    (folder / "builds").mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / ".build.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 200, 0).decode().strip() or "unknown"
            raise IndexBusy(
                f"The index is being built by another process ({holder}): wait until it has finished."
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"pid {os.getpid()}, since {datetime.now(UTC):%H:%M:%S} UTC\n".encode(), 0)
        yield f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    finally:
        os.close(lock)


@contextmanager
def started(folder: Path, name: str) -> Iterator[Path]:
    """A new build's folder; removed again when the block fails, because the disk may be full."""
    build = build_folder(folder, name)
    build.mkdir()
    (build / ".use.lock").touch()
    with ExitStack() as unless_whole:
        unless_whole.callback(shutil.rmtree, build, ignore_errors=True)
        yield build
        unless_whole.pop_all()


def finish(folder: Path, name: str, manifest: Manifest) -> None:
    """Makes the build whole, then the one that serves."""
    _write(build_folder(folder, name) / "manifest.json", json.dumps(asdict(manifest), indent=1))
    _write(folder / "CURRENT", name)


def _write(path: Path, text: str) -> None:
    # One name, because only the one builder writes: what a killed one left is written over.
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def in_use(folder: Path) -> tuple[str, int]:
    """The build that serves, with a shared lock on it (a file descriptor; closing it gives the build up).

    Raises:
        MissingIndex: nothing has been built yet.
        DamagedIndex: the build that should serve is not there.
    """
    for _ in range(_TRIES):
        name = current_name(folder)
        if name is None:
            raise MissingIndex(f"There is no index in {folder} yet.")
        build = build_folder(folder, name)
        with suppress(FileNotFoundError):
            lock = os.open(build / ".use.lock", os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_SH)
            # Between reading CURRENT and the lock, two builds may have come and the sweep may have gone by.
            if (build / "manifest.json").exists():
                return name, lock
            os.close(lock)
    raise DamagedIndex(f"The index in {folder} is damaged: its build {name} is not there.")


def sweep(folder: Path, *, keep: str | None) -> None:
    """Removes unfinished builds and all finished ones but CURRENT and ``keep``, unless somebody reads them.

    Only for the holder of the builder's lock.
    """
    kept = {current_name(folder), keep}
    for build in (folder / "builds").iterdir():
        if build.name not in kept and build.is_dir():
            _remove_unused(build)


def _remove_unused(build: Path) -> None:
    try:
        lock = os.open(build / ".use.lock", os.O_RDONLY)
    except FileNotFoundError:
        shutil.rmtree(build, ignore_errors=True)
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(build, ignore_errors=True)
    finally:
        os.close(lock)
