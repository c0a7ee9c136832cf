"""`make bench-processes`: readers, an importer, a builder and approvals over one DRAFTER_HOME, and kills.

    python -m tests.bench_processes [--minutes 10] [--readers 8] [--kills 50] [--seed 1] [--pause 0]

Every process is a real one. Readers search in a loop through the retriever, with ``pause`` seconds between, and now
and then by `drafter search`; an importer imports invented exchanges file by file; a builder runs `drafter index
build` and `rebuild`; a clinician approves a reply about once a second. At random moments one of them is killed as
by `kill -9`, and started again. Exit code 1 when a bar fails. DRAFTER_ARCHIVE_URL names another archive, which must
be empty.

An approval is stale for a reader while searches that began after its commit do not find it. The figures give beside
it, the time from the commit to the end of the search that found it: it holds the waiting for a core, and for the
search before it, as well.
"""

import argparse
import json
import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from drafter.archive import Archive
from drafter.domain import Clinician, Question
from drafter.errors import DrafterError
from drafter.opening import archive_of, embedder_of, retriever_of
from drafter.retrieval import Retriever, build_index
from drafter.reviewing import approve, edited
from drafter.screening import deidentify, screen
from drafter.settings import read_settings
from tests.bench import ROOT, show

SECOND = 1.0
"""An approval may be stale so long."""
SOURCES = 5
IMPORTED = 50
"""Exchanges in a file."""
DOCTOR = Clinician("Dr. Ines Invented", "Orthopedics", "Sample Hospital")
SYLLABLES = [first + second for first in "bdfgklmnprtvz" for second in "aiou"]
PLACES = (
    "knee",
    "heel",
    "shoulder",
    "wrist",
    "neck",
    "lower back",
    "ear",
    "elbow",
    "hip",
    "left ankle",
    "jaw",
    "thumb",
)
TROUBLES = ("hurts", "is stiff", "tingles", "feels numb", "is swollen", "itches", "burns", "clicks", "is tender")
WHEN = (
    "when I climb stairs",
    "after a long walk",
    "in the morning",
    "at night",
    "since I moved house",
    "after work",
)
ASKED = ("Should I rest it?", "Is it worth a visit?", "Which exercise is good?", "May I go on running?")
ADVICE = (
    "Rest it for a week and then begin again slowly.",
    "Cold packs of ten minutes are enough at first.",
    "A scan is rarely needed so early.",
    "Stretch it gently, three times a day.",
    "Good shoes with a soft sole take the load off.",
    "If it has not settled within six weeks, see your family doctor.",
    "Swimming is kinder to it than running.",
    "Raise it in the evening so that the swelling can go down.",
    "A bandage does no harm but does not heal it either.",
    "Change the height of your chair and your screen.",
    "Such complaints mostly pass by themselves.",
    "Sleep on the other side for some nights.",
)


def rare_word(kind: str, number: int) -> str:
    """One that stands in no other text."""
    rng = random.Random(f"{kind} {number}")
    return "".join(rng.choices(SYLLABLES, k=5)) + SYLLABLES[number % len(SYLLABLES)]


def invented(kind: str, number: int) -> tuple[str, str]:
    """A question and its reply."""
    rng = random.Random(f"text {kind} {number}")
    word = rare_word(kind, number)
    place, trouble, when, asked = (rng.choice(of) for of in (PLACES, TROUBLES, WHEN, ASKED))
    question = f"My {place} {trouble} {when}, and a neighbour calls that {word}. {asked}"
    return question, f"Against {word}: {' '.join(rng.sample(ADVICE, rng.randint(2, 5)))}"


@dataclass(frozen=True)
class Plan:
    """All but ``pause`` that is in seconds is varied by a third. ``command_every`` is each reader's own."""

    minutes: float = 10.0
    readers: int = 8
    kills: int = 50
    seed: int = 1
    import_every: float = 5.0
    approve_every: float = 1.0
    build_every: float = 2.0
    command_every: float = 60.0
    pause: float = 0.0
    start_with: int = 500


@dataclass(frozen=True)
class Place:
    """What the processes share outside of DRAFTER_HOME."""

    folder: Path

    @property
    def approvals(self) -> Path:
        return self.folder / "approvals.jsonl"

    @property
    def stop(self) -> Path:
        return self.folder / "stop"

    def notes(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """What each reader process wrote, by its name, and how it ended."""
        for path in sorted(self.folder.glob("reader-*.jsonl")):
            end = path.with_suffix(".ended")
            yield path.stem, rows(path.read_text()) + rows(end.read_text() if end.exists() else "")


def rows(text: str) -> list[dict[str, Any]]:
    """Of JSON Lines; a last line cut off by a kill is left out."""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def varied(rng: random.Random, seconds: float) -> float:
    return rng.uniform(2 / 3, 4 / 3) * seconds


# One reader: a process of its own.


@dataclass
class Reader:
    place: Place
    retriever: Retriever
    notes: TextIO
    rng: random.Random
    command_every: float
    pause: float
    read: int = 0
    last: dict[str, Any] | None = None
    waiting: list[dict[str, Any]] = field(default_factory=list)
    builds: set[str] = field(default_factory=set)

    def run(self) -> None:
        # What was approved before this process began must be found too, though nobody waited for it.
        self.look()
        self.waiting = [row | {"before": True} for row in self.waiting[-3:]]
        began = time.monotonic()
        self.retriever.find(deidentify(invented("first", 0)[0]), limit=SOURCES)
        self.note(ready=time.monotonic(), first=time.monotonic() - began)
        command: Command | None = None
        due = time.monotonic() + self.rng.uniform(0, self.command_every)
        while not self.place.stop.exists():
            self.look()
            if command and command.ended:
                self.note(**command.outcome())
                command = None
            if self.last and not command and time.monotonic() > due:
                command, due = Command(self.last), time.monotonic() + varied(self.rng, self.command_every)
            self.one_search()
            time.sleep(self.pause)
        if command:
            self.note(**command.outcome())
        self.note(
            builds=len(self.builds),
            memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            files=len(list(Path("/proc/self/fd").iterdir())),
        )

    def look(self) -> None:
        """For approvals that were committed."""
        with self.place.approvals.open() as file:
            file.seek(self.read)
            text = file.read()
        whole = text[: text.rfind("\n") + 1]
        self.read += len(whole)
        for row in rows(whole):
            self.waiting.append(row)
            self.last = row

    def one_search(self) -> None:
        if not self.waiting:
            self.search(invented(self.rng.choice(("first", "imported")), self.rng.randrange(400))[0])
            return
        row = self.waiting.pop(0)
        began = time.monotonic()
        found = row["id"] in self.search(row["question"])
        late = began - row["committed"]
        after = {"after": late, "until": time.monotonic() - row["committed"]}
        self.note(approval=row["number"], found=found, before=row.get("before", False), **after)
        if not found:
            self.waiting.append(row)

    def search(self, text: str) -> list[str]:
        began = time.perf_counter()
        try:
            found = self.retriever.find(deidentify(text), limit=SOURCES)
        except DrafterError as error:
            self.note(error=f"{type(error).__name__}: {error}")
            return []
        self.note(took=time.perf_counter() - began)
        self.builds.add(self.retriever.build)
        if not found:
            self.note(error="Nothing was found.")
        return [source.exchange.id for source in found]

    def note(self, **values: object) -> None:
        print(json.dumps(values), file=self.notes, flush=True)


class Command:
    """`drafter search` under way."""

    def __init__(self, row: dict[str, Any]) -> None:
        self._row = row
        self._began = time.monotonic()
        arguments = [*DRAFTER, "search", row["question"], "--json", "--limit", str(SOURCES)]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def outcome(self) -> dict[str, Any]:
        said, wrong = self._process.communicate()
        took = time.monotonic() - self._began
        if self._process.returncode:
            return {"error": f"drafter search: {wrong[-300:]}"}
        found = self._row["id"] in [source["id"] for source in json.loads(said)]
        return {"command": took, "found": found, "approval": self._row["number"]}


def be_reader(place: Place, name: str, command_every: float, pause: float) -> None:
    """The work of a reader process."""
    settings = read_settings()
    with archive_of(settings) as archive, (place.folder / f"{name}.jsonl").open("a") as notes:
        reader = Reader(place, retriever_of(settings, archive), notes, random.Random(name), command_every, pause)
        try:
            reader.run()
        except Exception:
            reader.note(error=traceback.format_exc()[-500:])
            raise


# The others.

DRAFTER = [sys.executable, "-m", "drafter"]


@dataclass(frozen=True)
class Ended:
    code: int
    said: str
    killed: bool

    @property
    def busy(self) -> bool:
        return "built by another process" in self.said


class Herd:
    """Processes by what they are, and the kills among them."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self._lock = threading.Lock()
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._killed: set[int] = set()
        self.kills: Counter[str] = Counter()
        self.errors: list[str] = []
        self.counts: Counter[str] = Counter()

    def run(self, name: str, arguments: Sequence[str]) -> Ended:
        process = subprocess.Popen(
            arguments, env=self._environment, cwd=self._place.folder, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        with self._lock:
            self._running[name] = process
        assert process.stderr is not None
        said = process.stderr.read()
        with self._lock:
            # Reaped with the lock held, so that no other process of this number can be killed.
            del self._running[name]
            code = process.wait()
            killed = process.pid in self._killed
            self._killed.discard(process.pid)
        process.stderr.close()
        return Ended(code, said, killed and code == -signal.SIGKILL)

    def kill(self, name: str) -> bool:
        """False when it does not run just now."""
        with self._lock:
            process = self._running.get(name)
            if process is None or process.pid in self._killed:
                return False
            self._killed.add(process.pid)
            process.kill()
            self.kills[name.partition("-")[0]] += 1
        return True

    def wait_for_readers(self, plan: Plan) -> None:
        """Starting eight of them at once takes the time of starting them, which is not what is measured."""
        while sum("ready" in row for _, notes in self._place.notes() for row in notes) < plan.readers:
            if self.over or self.errors:
                return
            time.sleep(0.2)

    @property
    def over(self) -> bool:
        return self._place.stop.exists()

    def wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.over and time.monotonic() < end:
            time.sleep(0.02)


def keep_reader(herd: Herd, place: Place, number: int, plan: Plan) -> None:
    life = 0
    while not herd.over:
        life += 1
        name = f"reader-{number}-{life}"
        script = [sys.executable, "-m", "tests.bench_processes", "--as-reader", str(place.folder), "--name", name]
        script += ["--command-every", str(plan.command_every), "--pause", str(plan.pause)]
        ended = herd.run(f"reader-{number}", script)
        (place.folder / f"{name}.ended").write_text(f'{{"ended": {time.monotonic()}}}\n')
        if ended.code and not ended.killed:
            herd.errors.append(f"{name} ended with {ended.code}: {ended.said[-500:]}")


def keep_building(herd: Herd, plan: Plan) -> None:
    rng = random.Random(f"builder {plan.seed}")
    while not herd.over:
        what = "rebuild" if rng.random() < 0.2 else "build"
        ended = herd.run("builder", [*DRAFTER, "index", what])
        outcome = "killed" if ended.killed else "busy" if ended.busy else "finished" if not ended.code else "failed"
        herd.counts[f"{what} {outcome}"] += 1
        if outcome == "failed":
            herd.errors.append(f"index {what} ended with {ended.code}: {ended.said[-500:]}")
        herd.wait(varied(rng, plan.build_every))


def keep_importing(herd: Herd, place: Place, plan: Plan) -> None:
    rng = random.Random(f"importer {plan.seed}")
    number = 0
    while not herd.over:
        file = place.folder / f"import-{number}.jsonl"
        write_file(file, "imported", range(number * IMPORTED, (number + 1) * IMPORTED))
        index = "--index" if rng.random() < 0.3 else "--no-index"
        ended = herd.run("importer", [*DRAFTER, "import", str(file), index])
        acknowledged = "Imported from 1 file" in ended.said
        herd.counts["import killed" if ended.killed else "import busy" if ended.busy else "import finished"] += 1
        if ended.code and not ended.killed and not ended.busy:
            herd.errors.append(f"import ended with {ended.code}: {ended.said[-500:]}")
        if acknowledged:
            number += 1
            herd.counts["acknowledged"] += IMPORTED
            herd.wait(varied(rng, plan.import_every))
        # Else the same file comes again, as a person would do it.


def keep_approving(herd: Herd, place: Place, plan: Plan, archive: Archive) -> None:
    rng = random.Random(f"clinician {plan.seed}")
    number = 0
    with place.approvals.open("a") as log:
        while not herd.over:
            row = approved(archive, number)
            committed = time.monotonic()
            print(json.dumps(row | {"committed": committed}), file=log, flush=True)
            number += 1
            herd.wait(varied(rng, plan.approve_every))


def approved(archive: Archive, number: int) -> dict[str, Any]:
    text, reply = invented("approved", number)
    question, now = Question(text), datetime.now(UTC)
    archive.add_question(question, urgency=screen(question).urgency, added_at=now)
    seen = frozenset(concern.key for concern in edited(question, None, reply, "", now=now).concerns)
    _, exchange = approve(
        archive, state=archive.question_state(question.id), draft=None, reply=reply, more_info="",
        clinician=DOCTOR, seen=seen, now=now,
    )  # fmt: skip
    return {"number": number, "id": exchange.id, "question": text}


def keep_killing(herd: Herd, plan: Plan) -> None:
    """At random moments, and a builder or importer at a random moment of its work."""
    rng = random.Random(f"killer {plan.seed}")
    seconds = 60 * plan.minutes
    began = time.monotonic()
    for moment in sorted(rng.uniform(0.05 * seconds, 0.97 * seconds) for _ in range(plan.kills)):
        herd.wait(began + moment - time.monotonic())
        victim = rng.choices(("builder", "importer", "reader"), (5, 2, 3))[0]
        name = f"reader-{rng.randrange(plan.readers)}" if victim == "reader" else victim
        while not herd.over and not herd.kill(name):
            herd.wait(rng.uniform(0, 1.5))


def write_file(path: Path, kind: str, numbers: range) -> None:
    records = [dict(zip(("question", "reply"), invented(kind, number), strict=True)) for number in numbers]
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))


# The whole.


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


def soak(plan: Plan, home: Path, folder: Path) -> Figures:
    """Runs it all over ``home``, which DRAFTER_HOME names; ``folder`` takes what is shared beside it."""
    place = Place(folder)
    place.approvals.touch()
    settings = read_settings()
    with archive_of(settings) as archive:
        begin_with(archive, plan, folder)
        build_index(archive, embedder_of(settings), settings.index_folder)
        herd, peaks = Herd(place), Peaks()
        used, began = processor_seconds(), time.monotonic()
        work: list[Callable[[], None]] = [
            *(lambda number=number: keep_reader(herd, place, number, plan) for number in range(plan.readers)),
            lambda: keep_building(herd, plan),
            lambda: keep_importing(herd, place, plan),
            lambda: keep_approving(herd, place, plan, archive),
            lambda: keep_killing(herd, plan),
        ]
        with ThreadPoolExecutor(len(work)) as pool, stopping(place):
            running = [pool.submit(one) for one in work[: plan.readers]]
            herd.wait_for_readers(plan)
            running += [pool.submit(one) for one in work[plan.readers :]]
            end = time.monotonic() + 60 * plan.minutes
            while time.monotonic() < end and not any(one.done() and one.exception() for one in running):
                peaks = peaks.seen(home)
                time.sleep(min(1.0, max(0.0, end - time.monotonic())))
        for one in running:
            one.result()
        cores = (processor_seconds() - used) / (time.monotonic() - began)
        lost = missing(archive, herd, place, plan)
    return measured(place, herd, lost, peaks, home, cores)


def processor_seconds() -> float:
    """Of this process and of all that ended below it."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


@contextmanager
def stopping(place: Place) -> Iterator[None]:
    try:
        yield
    finally:
        place.stop.touch()


def begin_with(archive: Archive, plan: Plan, folder: Path) -> None:
    from drafter.importing import import_paths

    file = folder / "first.jsonl"
    write_file(file, "first", range(plan.start_with))
    import_paths(
        [file], archive, quarantine=folder / "bad.jsonl", progress=None, urgency=lambda _: 0, now=datetime.now(UTC)
    )


def missing(archive: Archive, herd: Herd, place: Place, plan: Plan) -> list[str]:
    """After a last build: what is not in the archive, what is there twice, and what the index does not find."""
    said = ""
    for arguments in (("index", "build"), ("index", "verify")):
        ended = herd.run("last", [*DRAFTER, *arguments])
        while ended.busy:  # a builder that a reader began in the background
            time.sleep(1)
            ended = herd.run("last", [*DRAFTER, *arguments])
        if ended.code:
            said += f"index {arguments[1]} ended with {ended.code}: {ended.said[-500:]} "
    herd.errors.extend([said] if said else [])
    approvals = rows(place.approvals.read_text())
    kept = Counter(exchange.question.body for _, exchange in archive.iter_exchanges())
    wanted = [invented("first", n)[0] for n in range(plan.start_with)]
    wanted += [invented("imported", n)[0] for n in range(herd.counts["acknowledged"])]
    wanted += [row["question"] for row in approvals]
    found = {text: count for text, count in kept.items() if count == 1}
    lost = [f"not once in the archive: {text}" for text in wanted if text not in found]
    settings = read_settings()
    retriever = retriever_of(settings, archive)
    if retriever.status()["added since"]:
        lost.append("The last build does not hold the whole archive.")
    looked_for = [*wanted[:: max(1, len(wanted) // 300)], *(row["question"] for row in approvals)]
    for text in looked_for:
        sources = retriever.find(deidentify(text), limit=SOURCES)
        if text not in {source.exchange.question.body for source in sources}:
            lost.append(f"not found: {text}")
    herd.counts["looked for at the end"] = len(looked_for)
    herd.counts["in the archive at the end"] = sum(kept.values())
    return lost


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


def main() -> None:
    options = argparse.ArgumentParser()
    for name, default in asdict(Plan()).items():
        options.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    options.add_argument("--as-reader", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--name", help=argparse.SUPPRESS)
    given = vars(options.parse_args())
    reader, name = given.pop("as_reader"), given.pop("name")
    if reader:
        be_reader(Place(reader), name, given["command_every"], given["pause"])
        return
    plan = Plan(**given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # the processes are to end too
    with tempfile.TemporaryDirectory() as folder:
        home, beside = Path(folder) / "home", Path(folder) / "beside"
        models = ROOT / "build" / "test-models"
        for path in (home, beside, models):
            path.mkdir(parents=True, exist_ok=True)
        (home / "models").symlink_to(models)
        os.environ["DRAFTER_HOME"] = str(home)
        figures = soak(plan, home, beside)
    print_table(figures)
    if failures := figures.failures():
        sys.exit(f"A bar fails: {'; '.join(failures)}.")
    print("All bars hold: no errors, nothing lost, nothing stale for longer than a second.")


if __name__ == "__main__":
    main()
