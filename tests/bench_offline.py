"""How much an offline draft looks like the doctor's own reply, beside simpler ways to use the same sources.

    python -m tests.bench_offline --corpus FILE.jsonl [--questions N] [--seed S] [--split test|development|all]

The corpus becomes an archive of its own. Every question is answered without its own thread: what other doctors
replied to the very same words is no source. Half of the threads, by a hash of their words, are the development
split on which the model's numbers were chosen; figures are quoted from the other half.

Every arm is scored as advice alone, against the doctor's advice: sentences that greet, thank, sign, book or link
are left out of all of them and of the doctor's reply by one rule, because they match each other for nothing (a site
that puts the same link under every reply gives a copied reply a third of its ROUGE-L). "As found" leaves them in.
"""

import argparse
import hashlib
import math
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from drafter.chat import Outcome
from drafter.chat.candidates import candidates_of
from drafter.chat.cues import bare, unfit
from drafter.chat.shape import DraftShape, PointShape, StatementShape
from drafter.domain import Exchange, Source, join_sentences
from drafter.drafting import Drafter, Prepared
from drafter.evaluation.statistics import bootstrap_mean
from drafter.importing import import_paths
from drafter.opening import archive_of, embedder_of, open_drafter
from drafter.retrieval import build_index
from drafter.settings import Settings
from drafter.text import advice_of, sentences, words
from tests.bench import ROOT, show
from vectorstore import Embedder

Split = Literal["test", "development", "all"]
Matrix = NDArray[np.float64]


@contextmanager
def drafter_of(corpus: Path) -> Iterator[tuple[Drafter, Embedder]]:
    """A Drafter over an archive that holds the corpus and nothing else, which keeps no drafts, and its embedder."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, model="offline")
        models = ROOT / "build" / "test-models"
        models.mkdir(parents=True, exist_ok=True)
        (home / "models").symlink_to(models)
        with archive_of(settings) as archive:
            import_paths(
                [corpus], archive, quarantine=home / "bad.jsonl", progress=None, urgency=lambda _: 0,
                now=datetime.now(UTC),
            )  # fmt: skip
            embedder = embedder_of(settings)
            build_index(archive, embedder, settings.index_folder, progress=None)
        drafter = replace(open_drafter(settings), keep=False, leave_out_own_thread=True)
        yield drafter, embedder
        drafter.archive.close()


def held_out(drafter: Drafter, split: Split, limit: int, seed: int) -> list[Exchange]:
    """One exchange of each thread, at random but the same each time for the same seed."""
    threads = {exchange.question.thread: exchange for _, exchange in drafter.archive.iter_exchanges()}
    chosen = [threads[thread] for thread in sorted(threads) if split in ("all", split_of(thread))]
    return random.Random(seed).sample(chosen, min(limit, len(chosen)))


def split_of(thread: str) -> Split:
    return "development" if hashlib.sha256(thread.encode()).digest()[0] % 2 else "test"


@dataclass(frozen=True)
class Case:
    """A held-out question, the doctor's own reply to it, and what was drafted. ``seconds`` of wall time and of
    processor time, of all cores, are of sources and draft together; ``draft_seconds`` of the draft alone."""

    reference: str
    prepared: Prepared
    shape: DraftShape
    seconds: float
    processor_seconds: float
    draft_seconds: float

    @property
    def sources(self) -> tuple[Source, ...]:
        return self.prepared.sources

    @property
    def draft(self) -> str:
        return join_sentences(tuple(sentence.text for sentence in self.shape.reply))


def drafted(drafter: Drafter, exchange: Exchange) -> Case:
    began, worked = time.perf_counter(), time.process_time()
    prepared = drafter.prepare(exchange.question, datetime.now(UTC))
    *_, outcome = drafter.model.complete(prepared.request)
    assert isinstance(outcome, Outcome)
    shape = DraftShape.model_validate_json(outcome.text)
    taken, work = time.perf_counter() - began, time.process_time() - worked
    return Case(advice_of(exchange.reply), prepared, shape, taken, work, outcome.seconds)


def advice_only(reply: str) -> str:
    """The reply without courtesies, signature, offers to book and links; its other sentences unchanged."""
    found = [sentence for sentence in map(bare, sentences(reply)) if sentence]
    return join_sentences(tuple(sentence for sentence in found if unfit(sentence, reply) not in _NO_ADVICE))


_NO_ADVICE = ("courtesy", "signature", "booking", "link")


def nearest(case: Case) -> str:
    return str(case.sources[0].reply)


def lead(case: Case) -> str:
    """The nearest reply's first sentences, in as many words as the draft."""
    return _cut(sentences(case.sources[0].reply), len(words(case.draft)))


def lexrank(case: Case) -> str:
    """Continuous LexRank (Erkan and Radev 2004) of all sentences of the sources, in as many words as the draft."""
    return _summary([sentence for source in case.sources for sentence in sentences(source.reply)], case)


def lexrank_of_sayable(case: Case) -> str:
    """The same over the sentences that may be said to somebody else: what the model may choose from."""
    return _summary([one.text for one in candidates_of(case.prepared.request)], case)


def _summary(found: Sequence[str], case: Case) -> str:
    ranks = _lexrank([words(sentence) for sentence in found])
    order = sorted(range(len(found)), key=lambda n: -ranks[n])
    return _cut([found[n] for n in order], len(words(case.draft)))


def _lexrank(texts: Sequence[Sequence[str]], damping: float = 0.85) -> Matrix:
    """The stationary distribution of a walk between sentences by their TF-IDF cosine."""
    holding = Counter(term for text in texts for term in set(text))
    vocabulary = {term: n for n, term in enumerate(holding)}
    weights = np.zeros((len(texts), len(vocabulary)))
    for row, text in enumerate(texts):
        for term, count in Counter(text).items():
            weights[row, vocabulary[term]] = count * (1 + math.log(len(texts) / holding[term]))
    norms = np.linalg.norm(weights, axis=1, keepdims=True)
    unit = weights / np.where(norms, norms, 1)
    alike = unit @ unit.T + 1e-12
    walk = damping * alike / alike.sum(axis=1, keepdims=True) + (1 - damping) / len(texts)
    ranks: Matrix = np.full(len(texts), 1 / len(texts))
    for _ in range(100):
        ranks = ranks @ walk
    return ranks


def _cut(found: Sequence[str], budget: int) -> str:
    """Whole sentences, the last one that which comes nearest to the budget; at least one."""
    taken: list[str] = []
    length = 0
    for sentence in found:
        more = len(words(sentence))
        if taken and abs(length + more - budget) > abs(length - budget):
            break
        taken.append(sentence)
        length += more
    return join_sentences(tuple(taken))


ARMS: Mapping[str, Callable[[Case], str]] = {
    "offline draft": lambda case: case.draft,
    "nearest reply, whole": nearest,
    "nearest reply, its lead": lead,
    "LexRank": lexrank,
    "LexRank, if sayable": lexrank_of_sayable,
}


def rouge_l(reference: str, written: str) -> float:
    one, two = words(reference), words(written)
    return 2 * LCSseq.similarity(one, two) / max(1, len(one) + len(two))


def rouge_1(reference: str, written: str) -> float:
    one, two = Counter(words(reference)), Counter(words(written))
    return 2 * (one & two).total() / max(1, one.total() + two.total())


def cosines(embedder: Embedder, references: Sequence[str], written: Sequence[str]) -> list[float]:
    one, two = embedder.embed(references), embedder.embed(written)
    return [float(cosine) for cosine in (one * two).sum(axis=1)]


class BertScore:
    """F1 of greedy token matching (Zhang et al. 2020) with MiniLM's last layer; neither idf nor rescaling."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        from vectorstore.embedders.minilm import write_as_published

        write_as_published(folder / "published")
        self._tokenizer = Tokenizer.from_file(str(folder / "published" / "tokenizer.json"))
        self._tokenizer.enable_truncation(256)
        self._tokenizer.no_padding()
        self._session = onnxruntime.InferenceSession(folder / "published" / "model.onnx")
        self._known: dict[str, Matrix] = {}

    def __call__(self, reference: str, written: str) -> float:
        alike = self._tokens(reference) @ self._tokens(written).T
        recall, precision = alike.max(axis=1).mean(), alike.max(axis=0).mean()
        return float(2 * precision * recall / (precision + recall))

    def _tokens(self, text: str) -> Matrix:
        if text not in self._known:
            ids = np.array([self._tokenizer.encode(text).ids], np.int64)
            feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            names = {given.name for given in self._session.get_inputs()}
            states = self._session.run(None, {name: feed[name] for name in names})[0][0]
            # Without the marks of beginning and end, which match each other in every pair.
            kept = states[1:-1] if len(states) > 2 else states
            self._known[text] = kept / np.linalg.norm(kept, axis=1, keepdims=True)
        return self._known[text]


Scores = Mapping[str, Mapping[str, Sequence[float]]]
"""Values in the order of the cases, by arm, by measure."""


def scored(cases: Sequence[Case], embedder: Embedder, bert_score: Callable[[str, str], float] | None) -> Scores:
    found = {name: [arm(case) for case in cases] for name, arm in ARMS.items()}
    texts = {name: list(map(advice_only, written)) for name, written in found.items()}
    references = [advice_only(case.reference) for case in cases]

    def each(score: Callable[[str, str], float]) -> Mapping[str, Sequence[float]]:
        return {name: list(map(score, references, written)) for name, written in texts.items()}

    scores: dict[str, Mapping[str, Sequence[float]]] = {"ROUGE-L": each(rouge_l), "ROUGE-1": each(rouge_1)}
    scores["cosine"] = {name: cosines(embedder, references, written) for name, written in texts.items()}
    if bert_score:
        scores["BERTScore"] = each(bert_score)
    as_found = [case.reference for case in cases]
    scores["as found: ROUGE-L"] = {name: list(map(rouge_l, as_found, written)) for name, written in found.items()}
    scores["as found: cosine"] = {name: cosines(embedder, as_found, written) for name, written in found.items()}
    scores["words"] = {name: [len(words(text)) for text in written] for name, written in texts.items()}
    return scores


def is_verbatim(case: Case) -> bool:
    replies = {source.number: source.reply for source in case.sources}
    said: list[StatementShape | PointShape] = [*case.shape.reply, *case.shape.conclusion]
    said += [point for section in case.shape.sections for point in section.points]
    return all(one.sources and all(one.text in replies[n] for n in one.sources) for one in said)


def report(cases: Sequence[Case], embedder: Embedder, bert_score: Callable[[str, str], float] | None) -> None:
    cases = [case for case in cases if case.sources and advice_only(case.reference)]
    written = [case for case in cases if case.draft]
    show("questions", f"{len(cases):,}, drafts {len(written):,}, abstained {1 - len(written) / len(cases):.0%}")
    for name, taken in (
        ("the draft alone, wall time", [case.draft_seconds for case in cases]),
        ("sources and draft, wall time", [case.seconds for case in cases]),
        ("sources and draft, processor time", [case.processor_seconds for case in cases]),
    ):
        cuts = statistics.quantiles([1000 * seconds for seconds in taken], n=20)
        show(f"{name}, median and p95", f"{cuts[9]:.0f} ms, {cuts[18]:.0f} ms")
    show("drafts whose every sentence is verbatim", f"{sum(map(is_verbatim, written))} of {len(written)}")
    show("words of the doctor's reply, mean", f"{statistics.mean(len(words(c.reference)) for c in written):.0f}")
    first, *others = ARMS
    print(f"\n{'':<19}{'arm':<26}{'mean':>7}   offline draft minus this [95 % interval]")
    for measure, values in scored(written, embedder, bert_score).items():
        print(f"{measure:<19}{first:<26}{statistics.mean(values[first]):>7.3f}")
        for name in others:
            gain = bootstrap_mean([a - b for a, b in zip(values[first], values[name], strict=True)])
            span = f"{gain.estimate:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
            print(f"{'':<19}{name:<26}{statistics.mean(values[name]):>7.3f}   {span}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, required=True, help="JSON Lines of past exchanges")
    parser.add_argument("--questions", type=int, default=1_000, help="at most so many, at random but the same")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--split", choices=("test", "development", "all"), default="test")
    parser.add_argument("--no-bert-score", action="store_true", help="leave out the slowest measure")
    given = parser.parse_args()
    measure(given.corpus, given.questions, given.seed, given.split, by_tokens=not given.no_bert_score)


def measure(corpus: Path, questions: int, seed: int = 0, split: Split = "test", *, by_tokens: bool = True) -> None:
    """Draft at most so many held-out questions of the corpus and print the figures."""
    with tempfile.TemporaryDirectory() as folder, drafter_of(corpus) as (drafter, embedder):
        bert_score = BertScore(Path(folder)) if by_tokens else None
        asked = held_out(drafter, split, questions, seed)
        drafted(drafter, asked[0])  # what a process does once is not timed
        report([drafted(drafter, exchange) for exchange in asked], embedder, bert_score)


if __name__ == "__main__":
    main()
