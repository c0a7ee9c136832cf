"""A batch: every row validated first, each result committed to the ledger before it is counted, the files written
once at the end. Stopped at any moment and started again, it drafts only what is missing."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TextIO
from uuid import uuid4

from drafter.archive import Archive
from drafter.batch.ledger import Ledger, fingerprint
from drafter.batch.pool import Clock, draft_many, utc_now
from drafter.batch.records import draft_row, failure_record
from drafter.batch.rows import BadRow, read_rows
from drafter.domain import Draft, Failure
from drafter.drafting import Drafter
from drafter.errors import BadInput

DOWN_AFTER = 10
"""Calls in a row that find no server, each after its own retries, before a batch stops."""

Ending = Literal["complete", "interrupted", "unavailable"]


@dataclass(frozen=True)
class Progress:
    """Rows so far: ``done`` drafted by this call, ``reused`` drafted before, ``failed`` with the bad rows."""

    rows: int
    done: int
    reused: int
    failed: int
    seconds: float


@dataclass(frozen=True)
class BatchReport:
    """How a batch went: ``rows`` = done + reused + failed + missing, of which ``missing`` were not started.

    ``reused`` rows had a draft before this call, ``done`` rows got one by it; rows that ask the very same
    question share one.
    """

    run_id: str
    rows: int
    done: int
    reused: int
    failed: int
    missing: int
    seconds: float
    ending: Ending
    out: Path
    failures: Path
    offline: bool
    fell_back: int = 0
    """Rows that another model wrote than the first one that was asked."""
    abstained: int = 0
    """Rows among ``done`` and ``reused`` that hold no draft but why there is none."""

    @property
    def stopped(self) -> bool:
        """True when a person stopped it. A server that is down shows in ``ending`` and ``failed``."""
        return self.ending == "interrupted"

    @property
    def sentence(self) -> str:
        """What happened and what to do now."""
        reused = f" ({self.reused:,} of them done before)" if self.reused else ""
        drafted = self.done + self.reused - self.abstained
        said = [f"{drafted:,} of {self.rows:,} rows have a draft{reused} in {self.out}"]
        if self.abstained:
            said.append(f"for {self.abstained:,} none was written and their rows there say why")
        if self.failed:
            said.append(f"{self.failed:,} failed, with their reasons in {self.failures}")
        if self.ending == "unavailable":
            said.append(
                f"the model's server could not be reached {DOWN_AFTER} times in a row, so the batch stopped"
            )
        if self.missing:
            said.append(f"{self.missing:,} were not started")
        if self.failed or self.missing:
            said.append("the same command again does only what is missing")
        if self.offline:
            said.append("no language model was used")
        if self.fell_back:
            said.append(f"{self.fell_back:,} were written by a fallback, as their rows say")
        return "; ".join(said) + "."


def failures_file(out: Path) -> Path:
    return out.with_name(f"{out.name}.failures.jsonl")


def run_batch(
    drafter: Drafter,
    archive: Archive,
    source: Path,
    out: Path,
    *,
    concurrency: int = 8,
    clock: Clock = utc_now,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> BatchReport:
    """Draft every row of ``source`` into ``out`` (JSON Lines, in the input's order), failures beside it.

    A row is done when the ledger holds a draft for its question with the same prompts, model, parameters, number
    of sources and embedder; nothing is called for it then, whichever run or file it came from. Failures are
    tried again by the next call. Ctrl-C and ``stop`` let the running drafts finish, then both files are written.

    Raises:
        BadInput: ``source`` cannot be read or ``out`` cannot be written; nothing was called.
        DrafterError: what would fail every row (archive, index); what is done stays in the ledger.
    """
    started, begun = clock(), time.monotonic()
    _check_out(source, out)
    drafter = replace(drafter, archive=archive, keep=True)  # the ledger refers to stored drafts
    ledger = Ledger(archive, f"b-{uuid4().hex[:16]}", fingerprint(drafter))
    rows = _survey(ledger, source)
    archive.start_batch(ledger.run_id, label=source.name, started_at=started, total=rows.total())
    tally: Counter[str] = Counter()

    def show() -> None:
        if progress:
            seconds = time.monotonic() - begun
            failed = tally["failed"] + rows["bad"]
            progress(Progress(rows.total(), tally["done"], rows["drafted"], failed, seconds))

    show()
    stop = stop or threading.Event()
    results = draft_many(
        drafter,
        ledger.missing(read_rows(source)),
        clock=clock,
        concurrency=concurrency,
        on_result=ledger.record,
        stop=stop,
    )
    ending = _watch(results, tally, stop, show)
    written, failed, tell = _write(ledger, source, out)
    if ending == "complete":
        archive.finish_batch(ledger.run_id, clock())
    return BatchReport(
        run_id=ledger.run_id,
        rows=rows.total(),
        done=written - rows["drafted"],
        reused=rows["drafted"],
        failed=failed,
        missing=rows.total() - written - failed,
        seconds=time.monotonic() - begun,
        ending=ending,
        out=out,
        failures=failures_file(out),
        offline=drafter.model.name == "offline",
        fell_back=tell["fell_back"],
        abstained=tell["abstained"],
    )


def _check_out(source: Path, out: Path) -> None:
    """Before the first call: that nothing can be written must not be learnt after the last one."""
    if out.is_dir():
        raise BadInput(f"{out} is a folder: name a file for the drafts.")
    if out.exists() and source.exists() and out.samefile(source):
        raise BadInput(f"{out} is the file of questions: name another one for the drafts.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _part_of(out) as part:
            part.touch()
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}.") from error


def _survey(ledger: Ledger, source: Path) -> Counter[str]:
    """How many rows are bad, drafted before, and waiting; reading them all is what validates them."""
    counts: Counter[str] = Counter()
    for row, result in ledger.read(read_rows(source)):
        drafted = result is not None and result.draft_id is not None
        counts["bad" if isinstance(row, BadRow) else "drafted" if drafted else "waiting"] += 1
    return counts


def _watch(
    results: Generator[tuple[str, Draft | Failure], None, None],
    tally: Counter[str],
    stop: threading.Event,
    show: Callable[[], None],
) -> Ending:
    """Count the results as they come; end early when asked to, or when no server answers."""
    unanswered = 0
    try:
        for _, result in results:
            tally["failed" if isinstance(result, Failure) else "done"] += 1
            down = isinstance(result, Failure) and result.kind == "ModelUnavailable"
            unanswered = unanswered + 1 if down else 0
            show()
            if unanswered >= DOWN_AFTER:
                results.close()
                return "unavailable"
    except KeyboardInterrupt:
        return "interrupted"
    return "interrupted" if stop.is_set() else "complete"


def _write(ledger: Ledger, source: Path, out: Path) -> tuple[int, int, Counter[str]]:
    """Both files from the ledger, in the input's order; how many drafts and failures they hold, and how many of the
    drafts a fallback wrote or are none."""
    drafts = failures = 0
    tell: Counter[str] = Counter()
    with _replacing(out) as good, _replacing(failures_file(out)) as bad:
        for row, result in ledger.read(read_rows(source)):
            if result and result.draft_id and not isinstance(row, BadRow):
                draft = ledger.archive.draft(result.draft_id)
                drafts += 1
                tell["fell_back"] += bool(draft.provenance.fallbacks)
                tell["abstained"] += bool(draft.abstained)
                _write_line(good, draft_row(row.id, draft))
            elif isinstance(row, BadRow) or (result and result.failure):
                failures += 1
                _write_line(bad, failure_record(row, result.failure if result else None))
    if not failures:
        failures_file(out).unlink()
    return drafts, failures, tell


def _write_line(file: TextIO, record: Mapping[str, Any]) -> None:
    file.write(json.dumps(record, ensure_ascii=False) + "\n")


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A file that takes the place of ``path`` when it is whole."""
    with _part_of(path) as part:
        with part.open("w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


@contextmanager
def _part_of(path: Path) -> Iterator[Path]:
    """A name beside ``path`` that is gone afterwards, whatever happens."""
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
