"""`make bench-scale`: time and memory of a search in a large archive, printed in one run.

    python -m tests.bench_scale COUNT [--home FOLDER]

Fills an archive with COUNT exchanges whose texts are recombined sentences of the corpora beside the checkout, or
of the sample, and whose vectors are real ones with noise; then searches it in a fresh process, with the real
embedder for the questions. Such an archive measures time and memory, never quality. With --home it is kept and
used again.
"""

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from drafter.domain import Deidentified, Exchange, Question
from drafter.importing import sample_path
from drafter.opening import archive_of, embedder_of
from drafter.retrieval import Retriever, build_index
from drafter.screening import screen
from drafter.settings import Settings
from tests.bench import ROOT, show
from vectorstore import Embedder
from vectorstore.dense import open_embedded
from vectorstore.values import Vectors

CORPORA = ROOT.parent / "shared" / "data" / "dev" / "corpus"
ENGLISH = ("questiondoctors", "icliniq", "ehealthforum")
QUERIES = 300


class Noisy:
    """The real embedder for up to ``REAL`` texts (a question), real vectors with noise for a batch of documents."""

    REAL = 20

    def __init__(self, real: Embedder, texts: Sequence[str]) -> None:
        self._real = real
        self._bases = real.embed(texts)
        self.identity = f"{real.identity}/noisy"
        self.dimension = real.dimension
        self.window = real.window
        self.reads_chinese = real.reads_chinese

    def embed(self, texts: Sequence[str]) -> Vectors:
        if len(texts) <= self.REAL:
            return self._real.embed(texts)
        marks = np.array([zlib.crc32(text.encode()) for text in texts])
        noise = np.random.default_rng(marks[0]).normal(scale=0.03, size=(len(texts), self.dimension))
        rows = self._bases[marks % len(self._bases)] + noise.astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def records() -> list[dict[str, str]]:
    files = [CORPORA / f"{name}.jsonl" for name in ENGLISH]
    if not files[0].exists():
        files = sorted(sample_path().glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return [row for row in rows if row.get("question") and row.get("reply")]


def sentences(texts: Sequence[str]) -> list[str]:
    return [part for text in texts for part in re.split(r"(?<=[.!?])\s+", text) if len(part) > 20]


def exchanges(count: int, rows: Sequence[dict[str, str]]) -> Iterator[Exchange]:
    rng = random.Random(7)
    questions, replies = sentences([row["question"] for row in rows]), sentences([row["reply"] for row in rows])
    for n in range(count):
        question = " ".join(rng.sample(questions, rng.randint(1, 5)))
        reply = " ".join(rng.sample(replies, rng.randint(2, 6)))
        yield Exchange(Question(f"{question} It began {n} days ago."), reply, doctor=f"Dr. {n % 97}")


def fill(settings: Settings, embedder: Embedder, count: int, rows: Sequence[dict[str, str]]) -> None:
    with archive_of(settings) as archive:
        missing = count - archive.count_exchanges()
        start = time.perf_counter()
        if missing:
            archive.add_exchanges(exchanges(count, rows))
            show("archive", f"{count / (time.perf_counter() - start):,.0f} exchanges a second")

        def progress(done: int) -> None:
            if done % 25_600 == 0:
                print(f"  {done:,} indexed, {time.perf_counter() - start:,.0f} s", file=sys.stderr, flush=True)

        start = time.perf_counter()
        report = build_index(archive, embedder, settings.index_folder, progress=progress)
        if report.build:
            show("index, with ready vectors", f"{report.exchanges / report.seconds:,.0f} exchanges a second")
            show("memory of the builder at its peak", f"{memory('VmHWM'):,.0f} MB")


def memory(field: str) -> float:
    """MB."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1000 if found else float("nan")


def times(work: Callable[[Deidentified], object], texts: Sequence[Deidentified]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    taken = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        taken.append(1000 * (time.perf_counter() - start))
    cuts = statistics.quantiles(taken, n=20)
    return cuts[9], cuts[18]


def measure(settings: Settings, embedder: Embedder, rows: Sequence[dict[str, str]]) -> None:
    asked = random.Random(3).sample([row["question"] for row in rows], min(QUERIES, len(rows)))
    texts = [screen(Question(text)).text for text in asked]
    with archive_of(settings) as archive:
        retriever = Retriever(settings.index_folder, embedder, archive)
        start = time.perf_counter()
        retriever.find(texts[0], limit=5)
        show("first search of a process", f"{time.perf_counter() - start:.2f} s")
        whole = times(lambda text: retriever.find(text, limit=5), texts)
        show("search: embed, two rankings, fuse, fetch; median, p95", f"{whole[0]:.1f} ms, {whole[1]:.1f} ms")
        show("memory of the reader", f"{memory('VmRSS'):,.0f} MB")
        with_embedding = times(lambda text: embedder.embed([text]), texts)
        show("  of it embedding the question", f"{with_embedding[0]:.1f} ms, {with_embedding[1]:.1f} ms")
        dense = open_embedded(settings.index_folder / "builds" / retriever.build / "chroma")
        bare = times(lambda text: dense.best(embedder.embed([text]), 10), texts)
        show("bare Chroma query of the same, with embedding", f"{bare[0]:.1f} ms, {bare[1]:.1f} ms")
        show("  ratio", f"{whole[0] / bare[0]:.1f}, {whole[1] / bare[1]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--read", action="store_true", help="only the searches, as the fresh process does")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = (given.home or Path(folder)).absolute()
        home.mkdir(parents=True, exist_ok=True)
        models = ROOT / "build" / "test-models"
        models.mkdir(parents=True, exist_ok=True)
        if not (home / "models").exists():
            (home / "models").symlink_to(models)
        settings, rows = Settings(home=home), records()
        embedder = Noisy(embedder_of(settings), sentences([row["reply"] for row in rows])[:1_000])
        if given.read:
            measure(settings, embedder, rows)
            return
        show("exchanges", f"{given.count:,}")
        fill(settings, embedder, given.count, rows)
        command = [sys.executable, "-m", "tests.bench_scale", str(given.count), "--home", str(home), "--read"]
        subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
