"""`make bench`: the speed figures that docs/performance.md quotes, printed in one run.

    python -m tests.bench [FILE.jsonl]

FILE holds past exchanges; without it the QuestionDoctors corpus beside the checkout, or else the sample archive.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from drafter.checking import check
from drafter.domain import Question
from drafter.importing import import_paths, sample_path
from drafter.opening import archive_of, embedder_of, open_drafter
from drafter.retrieval import build_index
from drafter.screening import screen
from drafter.settings import Settings

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "data" / "dev" / "corpus" / "questiondoctors.jsonl"
QUESTIONS = [
    "My knee hurts when I climb stairs and clicks when I bend it. Do I need a scan?",
    "I have had heartburn every night for a month. Which tablets may I take, and for how long?",
    "My son, four years old, has had a fever since yesterday but drinks well. When should we see a doctor?",
    "Both my hands tingle at night and I drop things. What could this be, and who should I see?",
]


def best(runs: int, work: Callable[[], object]) -> float:
    """Shortest wall time of ``runs`` runs, in seconds."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def process(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=ROOT)


def show(name: str, value: str) -> None:
    print(f"{name:<58}{value}", flush=True)


def main(corpus: Path) -> None:
    bare, helped = best(5, process("-c", "pass")), best(5, process("-m", "drafter", "--help"))
    show("drafter --help", f"{helped:.2f} s, {helped / bare:.1f} times a bare Python")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home)
        models = ROOT / "build" / "test-models"
        models.mkdir(parents=True, exist_ok=True)
        (home / "models").symlink_to(models)
        with archive_of(settings) as archive:
            report = import_paths(
                [corpus], archive, quarantine=home / "bad.jsonl", progress=None,
                urgency=lambda question: screen(question).urgency, now=datetime.now(UTC),
            )  # fmt: skip
            rate = report.added / report.seconds
            show(f"import into the archive, {report.added} exchanges", f"{rate:,.0f} exchanges a second")
            built = build_index(archive, embedder_of(settings), settings.index_folder, progress=None)
            show("index: embed and build", f"{built.exchanges / built.seconds:,.0f} exchanges a second")
        measure_drafts(settings)
        measure_parts(settings)


def measure_parts(settings: Settings) -> None:
    """Screening and checking by themselves, of a question of about 600 words."""
    drafter = open_drafter(settings)
    drafter = replace(drafter, keep=False)
    question = Question(body=" ".join(QUESTIONS * 9))
    draft = drafter.draft(question)
    show("screening a question of 600 words", f"{1000 * best(10, lambda: screen(question)):.0f} ms")
    show("checking its draft", f"{1000 * best(10, lambda: check(draft)):.0f} ms")
    drafter.archive.close()
    show("opening an archive", f"{1000 * best(10, lambda: archive_of(settings).close()):.0f} ms")


def measure_drafts(settings: Settings) -> None:
    drafter = open_drafter(settings)
    start = time.perf_counter()
    drafter.draft(Question(body=QUESTIONS[0]))
    show("first offline draft of a process", f"{time.perf_counter() - start:.2f} s")
    taken = []
    for n in range(40):
        start = time.perf_counter()
        drafter.draft(Question(body=f"{QUESTIONS[n % len(QUESTIONS)]} ({n})"))
        taken.append(1000 * (time.perf_counter() - start))
    cuts = statistics.quantiles(taken, n=20)
    show("question to stored offline draft, median and p95", f"{cuts[9]:.0f} ms, {cuts[18]:.0f} ms")
    drafter.archive.close()


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    main(given if given.exists() else sample_path())
