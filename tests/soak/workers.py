"""The processes by what they are: kept going, killed and started again."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drafter.archive import Archive
from drafter.domain import Question
from drafter.reviewing import approve, edited
from drafter.screening import screen
from tests.bench import ROOT
from tests.soak.plan import DOCTOR, DRAFTER, IMPORTED, Place, Plan, invented, varied


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
