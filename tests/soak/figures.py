"""What a run came to."""

import os
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import show
from tests.soak.plan import SECOND, Place, rows
from tests.soak.workers import Herd


@dataclass(frozen=True)
class Peaks:
    """The most that was seen: MB of SQLite's log and of the index folder, builds in it."""

    log: float = 0
    index: float = 0
    builds: int = 0

    def seen(self, home: Path) -> "Peaks":
        builds = list((home / "index" / "builds").iterdir())
        return Peaks(
            max(self.log, megabytes([home / "archive.db-wal"])),
            max(self.index, megabytes((home / "index").rglob("*"))),
            max(self.builds, len(builds)),
        )


def megabytes(paths: Iterator[Path] | list[Path]) -> float:
    def size(path: Path) -> int:
        try:
            return path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # swept meanwhile
            return 0

    return sum(map(size, paths)) / 1e6


@dataclass(frozen=True)
class Figures:
    """Seconds, if not said otherwise. ``missed`` counts searches that began after a commit and did not find it,
    ``stale`` is how long after the commit the last of them began. ``cores`` is how many this run had on average."""

    searches: int
    took: Sequence[float]
    first: Sequence[float]
    commands: Sequence[float]
    approvals: int
    findings: int
    until: Sequence[float]
    missed: int
    stale: float
    never_found: int
    errors: Sequence[str]
    lost: Sequence[str]
    kills: Counter[str]
    counts: Counter[str]
    peaks: Peaks
    builds_left: int
    memory: float
    files: int
    builds_seen: int
    cores: float

    def failures(self) -> list[str]:
        bars = (
            (self.errors, f"{len(self.errors)} errors"),
            (self.lost, f"{len(self.lost)} lost"),
            (self.stale > SECOND, f"an approval was stale for {self.stale:.2f} s"),
            (self.never_found, f"{self.never_found} times an approval was looked for and never found"),
            (self.builds_left > 2, f"{self.builds_left} builds are left"),
        )
        return [sentence for failed, sentence in bars if failed]


def measured(place: Place, herd: Herd, lost: list[str], peaks: Peaks, home: Path, cores: float) -> Figures:
    approvals = rows(place.approvals.read_text())
    every = [row for _, notes in place.notes() for row in notes]
    looked = [row for row in every if "after" in row]
    missed = [row for row in looked if not row["found"]]
    commands = [row for row in every if "command" in row]
    not_by_command = [f"drafter search did not find approval {r['approval']}" for r in commands if not r["found"]]
    ends = [row for row in every if "memory" in row]
    return Figures(
        searches=sum("took" in row for row in every),
        took=[row["took"] for row in every if "took" in row],
        first=[row["first"] for row in every if "first" in row],
        commands=[row["command"] for row in commands],
        approvals=len(approvals),
        findings=sum(row["found"] for row in looked),
        until=[row["until"] for row in looked if row["found"] and not row["before"]],
        missed=len(missed),
        stale=max((row["after"] for row in missed if not row["before"]), default=0.0),
        never_found=sum(never_found(notes) for _, notes in place.notes()),
        errors=[*herd.errors, *not_by_command, *(row["error"] for row in every if "error" in row)],
        lost=lost,
        kills=herd.kills,
        counts=herd.counts,
        peaks=peaks,
        builds_left=len(list((home / "index" / "builds").iterdir())),
        memory=max((row["memory"] / 1000 for row in ends), default=0),
        files=max((row["files"] for row in ends), default=0),
        builds_seen=max((row["builds"] for row in ends), default=0),
        cores=cores,
    )


def never_found(notes: list[dict[str, Any]]) -> int:
    """Of the approvals that this reader looked for, before it was killed or all was over."""
    looked = {row["approval"] for row in notes if "after" in row}
    return len(looked - {row["approval"] for row in notes if "after" in row and row["found"]})


def quantiles(values: Sequence[float]) -> str:
    """Median, 95th percentile and the most."""
    if len(values) < 2:
        return "none"
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return f"{cuts[9]:.3f}, {cuts[18]:.3f}, {max(values):.3f} s"


def print_table(figures: Figures) -> None:
    counts = figures.counts
    show("searches", f"{figures.searches:,}")
    show("a search: median, p95, most", quantiles(figures.took))
    show("the first search of a reader", quantiles(figures.first))
    show("`drafter search` from start to end: median, p95, most", quantiles(figures.commands))
    show("  of these", f"{len(figures.commands):,}")
    show("approvals", f"{figures.approvals:,}")
    show("  found by a reader", f"{figures.findings:,} times")
    show("searches begun after an approval that did not find it", f"{figures.missed:,}")
    show("longest that an approval was stale", f"{figures.stale:.2f} s")
    show("approval to the end of the search that found it", quantiles(figures.until))
    share = sum(until > SECOND for until in figures.until) / max(1, len(figures.until))
    show("  later than a second, with the waiting for a core", f"{share:.2%}")
    for what in ("build", "rebuild", "import"):
        outcomes = (f"{counts[f'{what} {how}']} {how}" for how in ("finished", "killed", "busy"))
        show(f"`drafter {what if what == 'import' else f'index {what}'}`", ", ".join(outcomes))
    show("exchanges imported", f"{counts['acknowledged']:,}")
    show("in the archive at the end", f"{counts['in the archive at the end']:,}")
    show("cores that this run had, of this machine's", f"{figures.cores:.1f} of {os.cpu_count()}")
    show("kills", ", ".join(f"{count} {victim}" for victim, count in sorted(figures.kills.items())))
    show("most builds at once, left at the end", f"{figures.peaks.builds}, {figures.builds_left}")
    show("index folder at its largest", f"{figures.peaks.index:,.0f} MB")
    show("SQLite's log at its largest", f"{figures.peaks.log:,.1f} MB")
    reader = f"{figures.memory:,.0f} MB, {figures.files}, {figures.builds_seen}"
    show("a reader's memory, open files, builds seen; most", reader)
    show("looked for at the end, lost", f"{counts['looked for at the end']:,}, {len(figures.lost)}")
    show("errors", f"{len(figures.errors)}")
    for sentence in [*figures.errors[:10], *figures.lost[:10]]:
        print(f"  {sentence.strip()}")
