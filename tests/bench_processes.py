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
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from drafter.archive import Archive
from drafter.opening import archive_of, embedder_of, retriever_of
from drafter.retrieval import build_index
from drafter.screening import deidentify
from drafter.settings import read_settings
from tests.bench import ROOT
from tests.soak.figures import Figures, Peaks, measured, print_table
from tests.soak.plan import DRAFTER, SOURCES, Place, Plan, invented, rows
from tests.soak.readers import be_reader
from tests.soak.workers import (
    Herd,
    keep_approving,
    keep_building,
    keep_importing,
    keep_killing,
    keep_reader,
    write_file,
)


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
