"""A process that searches all the time, and notes what it found and when."""

import json
import random
import resource
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from drafter.errors import DrafterError
from drafter.opening import archive_of, retriever_of
from drafter.retrieval import Retriever
from drafter.screening import deidentify
from drafter.settings import read_settings
from tests.soak.plan import DRAFTER, SOURCES, Place, invented, rows, varied


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
        reader.run()
