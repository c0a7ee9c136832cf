"""Fits what decides an offline draft, and writes drafter/chat/weights.toml; with --kinds, drafter/chat/kinds.json.

    python -m tests.fit_offline --english FILE.jsonl ... --chinese FILE.jsonl ...
    python -m tests.fit_offline --kinds

Only the development half of the threads is used (see tests/bench_offline.py). Of every sentence that could be said
to a held-out asker it is known how much of it stands in the doctor's own reply (share of its words in common order)
and how near it comes in meaning (cosine). Ridge regression predicts both, in spreads, the first counted twice: the
draft is measured by both, and meaning alone would choose the longest sentences.
"""

import argparse
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from rapidfuzz.distance import LCSseq

from drafter.abstaining.off_topic import OFF_TOPIC
from drafter.chat import Embed, Request
from drafter.chat.candidates import Candidate, candidates_of, cosine, relevance, term_weights, with_meaning
from drafter.chat.cues import Kind
from drafter.chat.kinds import centre
from drafter.domain import Question
from drafter.text import words
from tests.bench import ROOT
from tests.bench_offline import advice_only, drafter_of, held_out
from vectorstore.embedders.minilm import open_minilm

KINDS = Path(__file__).with_name("kinds.toml")
WEIGHTS = Path(__file__).parent.parent / "drafter" / "chat" / "weights.toml"
_SHRINKAGE = 0.03
_WORDS, _MEANING = 2.0, 1.0
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """A question, as the offline model gets it, and the doctor's own reply to it."""

    request: Request
    reply: str


def held_of(corpora: Sequence[Path], questions: int) -> tuple[list[Held], list[Request], Embed]:
    """Of all corpora: the development half, what is asked about other matters, and the embedder."""
    held: list[Held] = []
    strange: list[Request] = []
    for corpus in corpora:
        with drafter_of(corpus) as (drafter, embedder):
            now = datetime.now(UTC)
            for exchange in held_out(drafter, "development", questions, seed=0):
                held.append(Held(drafter.prepare(exchange.question, now).request, advice_only(exchange.reply)))
            strange += [drafter.prepare(Question(text), now).request for text in OFF_TOPIC]
    # A Chinese archive says nothing about English ones, nor the other way round.
    language = held[0].request.language
    strange = [request for request in strange if (request.language == "en") == (language == "en")]
    return held, strange, embedder.embed


def rows_of(held: Held, embed: Embed, *, meaning: bool) -> tuple[list[dict[str, float]], Matrix]:
    """The features of each candidate and what it was worth, both as differences from the question's mean."""
    found: list[Candidate] = candidates_of(held.request)
    if len(found) < 2 or not held.reply:
        return [], np.zeros((0, 2))
    if meaning:
        found = with_meaning(found, held.request.question, embed)
    vectors = embed([held.reply, *(one.text for one in found)])
    own = words(held.reply)
    common = [LCSseq.similarity(own, one.words) / len(one.words) for one in found]
    return [dict(one.features) for one in found], np.array([common, vectors[1:] @ vectors[0]], np.float64).T


def fit(rows: Sequence[tuple[list[dict[str, float]], Matrix]]) -> dict[str, float]:
    """Ridge regression on differences within each question, every question counting the same."""
    names = list(next(features for features, _ in rows if features)[0])
    inputs, worth, counts = [], [], []
    for features, values in rows:
        if features:
            table = np.array([[one[name] for name in names] for one in features])
            inputs.append(table - table.mean(axis=0))
            worth.append(values - values.mean(axis=0))
            counts.append(np.full(len(table), 1 / len(table)))
    x, y, each = np.vstack(inputs), np.vstack(worth), np.concatenate(counts)[:, None]
    spread = x.std(axis=0) + 1e-9
    target = y / y.std(axis=0) @ np.array([_WORDS, _MEANING])
    x = x / spread
    solved = np.linalg.solve((x * each).T @ x + _SHRINKAGE * np.eye(len(names)), (x * each).T @ target)
    return {name: round(float(weight), 2) for name, weight in zip(names, solved / spread, strict=True)}


def best_relevance(request: Request) -> float:
    weights = term_weights(request)
    return max((relevance(source, weights) for source in request.sources), default=0.0)


def best_cosine(request: Request) -> float:
    return max((cosine(source) or 0.0 for source in request.sources), default=0.0)


def threshold(real: Sequence[float], strange: Sequence[float]) -> float:
    """Where the share of real questions at or above it, counted twice, most exceeds that of questions about other
    matters (Youden's J, 1950, weighted); of all places within a fiftieth of that the lowest. Twice, because nearly
    all questions of a desk are real ones, and a draft about another matter is seen at once."""
    places = np.arange(0, 1, 0.01)
    gain = [2 * np.mean(np.array(real) >= at) - np.mean(np.array(strange) >= at) for at in places]
    return round(float(places[np.array(gain) >= max(gain) - 0.02][0]), 2)


def abstaining(real: Sequence[Request], strange: Sequence[Request]) -> float:
    """The least relevance by words; says what it costs."""
    return _told("by words", list(map(best_relevance, real)), list(map(best_relevance, strange)))


def abstaining_by_meaning(real: Sequence[Request], strange: Sequence[Request]) -> float:
    """The least cosine of the search."""
    return _told("by meaning", list(map(best_cosine, real)), list(map(best_cosine, strange)))


def _told(name: str, real: Sequence[float], strange: Sequence[float]) -> float:
    least = threshold(real, strange)
    kept, false = (np.mean(np.array(values) >= least) for values in (real, strange))
    print(f"{name}: at least {least}: drafts for {kept:.1%} of {len(real)}, false ones for {false:.1%}")
    return least


def write(fitted: Mapping[str, Mapping[str, float]]) -> None:
    lines = ["# What decides an offline draft. Fitted, not chosen: python -m tests.fit_offline (docs/decisions.md)"]
    for table, values in fitted.items():
        lines += ["", f"[{table}]", *(f"{name} = {value}" for name, value in values.items())]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def labelled() -> dict[Kind, list[str]]:
    """Invented sentences of each section of More Info."""
    return TypeAdapter(dict[Kind, list[str]]).validate_python(tomllib.loads(KINDS.read_text(encoding="utf-8")))


def write_kinds(embed: Embed) -> None:
    centres = {kind: [round(float(x), 4) for x in centre(embed(texts))] for kind, texts in labelled().items()}
    WEIGHTS.with_name("kinds.json").write_text(json.dumps(centres) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--english", type=Path, nargs="+", default=[])
    parser.add_argument("--chinese", type=Path, nargs="+", default=[])
    parser.add_argument("--questions", type=int, default=500, help="at most so many of each file")
    parser.add_argument("--kinds", action="store_true", help="fit the sections' centroids and nothing else")
    given = parser.parse_args()
    if given.kinds:
        write_kinds(open_minilm(ROOT / "build" / "test-models").embed)
        return
    english, strange_english, embed = held_of(given.english, given.questions)
    chinese, strange_chinese, _ = held_of(given.chinese, given.questions)
    write(
        {
            "abstain": {
                "en": abstaining([held.request for held in english], strange_english),
                "zh": abstaining([held.request for held in chinese], strange_chinese),
                "en-meaning": abstaining_by_meaning([held.request for held in english], strange_english),
            },
            "en": fit([rows_of(held, embed, meaning=False) for held in english]),
            "en-meaning": fit([rows_of(held, embed, meaning=True) for held in english]),
            # The default embedder reads no Chinese, so only words tell what a sentence was worth.
            "zh": fit([rows_of(held, embed, meaning=False) for held in chinese]),
        }
    )


if __name__ == "__main__":
    main()
