"""Importing files and folders into the archive."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

from drafter.archive import Archive
from drafter.domain import Exchange, Question
from drafter.errors import BadInput, DrafterError
from drafter.importing.formats import format_of
from drafter.importing.records import BadRecord, Found, ImportReport, Skipped, Unreadable

_BATCH = 1000  # exchanges written at a time


def read_file(path: Path) -> Iterator[Found]:
    """Everything in a file, in order: exchanges, waiting questions, bad and skipped records.

    Raises:
        BadInput: the file cannot be opened or is of no known format.
    """
    yield from format_of(path).read(path)


def import_paths(
    paths: Sequence[Path],
    archive: Archive,
    *,
    quarantine: Path,
    progress: Callable[[int], None] | None,
    urgency: Callable[[Question], int],
    now: datetime,
) -> ImportReport:
    """Bring files, and all files below folders, into the archive; what is there already is left alone.

    ``progress`` is told how many records are done so far. A bad record goes to the JSON Lines file
    ``quarantine``, once however often it is imported. What was written stays when the import is stopped.

    Raises:
        BadInput: a path does not exist, or the quarantine cannot be written.
        ArchiveError: the archive cannot be written.
    """
    started = time.perf_counter()
    files = _files_of(paths, leave_out=quarantine)
    with ExitStack() as stack:
        run = _Run(archive, _Quarantine(quarantine, now, stack), urgency, now, progress)
        for path, named in files:
            run.file(path, named=named)
        run.write()
    return run.report(time.perf_counter() - started)


@dataclass
class _Run:
    """The counts of an import under way, and the exchanges that wait to be written."""

    archive: Archive
    quarantine: "_Quarantine"
    urgency: Callable[[Question], int]
    now: datetime
    progress: Callable[[int], None] | None
    files: int = 0
    added: int = 0
    known: int = 0
    waiting: int = 0
    skipped: int = 0
    quarantined: int = 0
    ignored: list[Path] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    batch: list[Exchange] = field(default_factory=list)

    def file(self, path: Path, *, named: bool) -> None:
        try:
            known_format = format_of(path)
        except BadInput as error:
            if named:
                self.unreadable.append(Unreadable(path, str(error)))
            else:
                self.ignored.append(path)
            return
        self.files += 1
        try:
            for found in known_format.read(path):
                self.take(found, path)
        except (OSError, UnicodeError) as error:
            self.bad(BadRecord(path, f"Reading stopped here: {error}."))

    def take(self, found: Found, path: Path) -> None:
        match found:
            case Exchange():
                self.batch.append(found)
                if len(self.batch) >= _BATCH:
                    self.write()
            case Question():
                self.ask(found, path)
            case Skipped():
                self.skipped += 1
            case BadRecord():
                self.bad(found)

    def ask(self, question: Question, path: Path) -> None:
        try:
            urgency = self.urgency(question)
        except DrafterError as error:
            # A question that cannot be screened cannot be drafted either: somebody must look at it.
            self.bad(BadRecord(path, str(error), excerpt=question.text[:200]))
            return
        new = self.archive.add_question(question, urgency=urgency, added_at=self.now)
        self.waiting += new
        self.known += not new
        self.tell()

    def bad(self, record: BadRecord) -> None:
        self.quarantine.add(record)
        self.quarantined += 1

    def write(self) -> None:
        if self.batch:
            count = self.archive.add_exchanges(self.batch)
            self.added += count.added
            self.known += count.known
            self.batch.clear()
        self.tell()

    def tell(self) -> None:
        if self.progress:
            self.progress(self.read + self.quarantined)

    @property
    def read(self) -> int:
        return self.added + self.known + self.waiting + self.skipped

    def report(self, seconds: float) -> ImportReport:
        return ImportReport(
            files=self.files,
            read=self.read,
            added=self.added,
            known=self.known,
            waiting=self.waiting,
            skipped=self.skipped,
            quarantined=self.quarantined,
            ignored=tuple(self.ignored),
            unreadable=tuple(self.unreadable),
            seconds=seconds,
        )


class _Quarantine:
    """The JSON Lines file of bad records; opened when the first comes, and each is written once."""

    def __init__(self, path: Path, now: datetime, stack: ExitStack) -> None:
        self._path = path
        self._now = now
        self._stack = stack
        self._file: TextIO | None = None
        self._known: set[str] = set()

    def add(self, record: BadRecord) -> None:
        row = {
            "file": str(record.file.resolve()),
            "line": record.line,
            "record": record.record,
            "reason": record.reason,
            "excerpt": record.excerpt,
        }
        key = json.dumps(row, ensure_ascii=False)
        try:
            file = self._file or self._open()
            if key not in self._known:
                self._known.add(key)
                dated = row | {"quarantined_at": self._now.isoformat()}
                file.write(json.dumps(dated, ensure_ascii=False) + "\n")
        except OSError as error:
            raise BadInput(f"{self._path} cannot be written: {error.strerror or error}.") from error

    def _open(self) -> TextIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists():
            self._known = set(_written_before(self._path))
        # Excerpts are patients' words: for the owner's eyes only.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = self._stack.enter_context(os.fdopen(descriptor, "a", encoding="utf-8", buffering=1))
        return self._file


def _written_before(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                row = json.loads(line)
            except ValueError:
                continue  # a line cut off by a kill
            if isinstance(row, dict):
                row.pop("quarantined_at", None)
                yield json.dumps(row, ensure_ascii=False)


def _files_of(paths: Sequence[Path], *, leave_out: Path) -> list[tuple[Path, bool]]:
    """Every file once, folders walked in sorted order; True for those that were named themselves."""
    found: dict[Path, tuple[Path, bool]] = {}
    for path in paths:
        if not path.exists():
            raise BadInput(f"{path} does not exist.")
        for file in _inside(path) if path.is_dir() else [path]:
            found.setdefault(file.resolve(), (file, not path.is_dir()))
    found.pop(leave_out.resolve(), None)
    return list(found.values())


def _inside(folder: Path) -> list[Path]:
    """The files below ``folder``, but for hidden ones such as a version control's."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(f for f in files if not any(part.startswith(".") for part in f.relative_to(folder).parts))
