"""The sentences of past replies that may be said to this asker, and what is known of each."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from rapidfuzz.distance import LCSseq

from drafter.chat import Embed, Request
from drafter.chat.cues import Kind, bare, is_plan, is_warning, kind_of, leans_back, names_care, terms, unfit
from drafter.chat.kinds import centre, fitted_centres, nearest_kind
from drafter.domain import Language, SentenceKind, Source
from drafter.text import is_chinese, sentences, word_count, words

_LONGEST: Mapping[Language, int] = {"en": 50, "zh-Hant": 120, "zh-Hans": 120}
_SHORTEST = 4
"""Words of a sentence (characters in Chinese)."""


@dataclass(frozen=True)
class Candidate:
    """A sentence of a source, unchanged. ``features`` are what it is scored by, ``follows`` is the position of the
    sentence without which it cannot be understood."""

    text: str
    source: Source
    position: int
    terms: frozenset[str]
    features: Mapping[str, float]
    follows: int | None = None
    related: bool = True
    """Whether it repeats words of the question."""
    section: Kind = "cause"

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(words(self.text))

    @property
    def key(self) -> tuple[int, int]:
        return self.source.number, self.position

    @cached_property
    def kind(self) -> SentenceKind:
        if is_warning(self.text):
            return "safety_net"
        return "plan" if is_plan(self.text) else "answer"


def term_weights(request: Request) -> dict[str, float]:
    """How much each term of the question tells: inverse document frequency over the sources (Robertson's, kept
    positive), and more when the question repeats it.

    A term that no source holds counts 1: in so few documents its frequency would say that chance words ("last
    Sunday") matter most.
    """
    held = [set(terms(f"{s.question}\n{s.reply}")) for s in request.sources]

    def inverse_frequency(term: str) -> float:
        holding = sum(term in document for document in held)
        return math.log(1 + (len(held) + 1) / (holding + 0.5)) if holding else 1.0

    counts = Counter(terms(request.question))
    return {term: inverse_frequency(term) * (1 + math.log(count)) for term, count in counts.items()}


def relevance(source: Source, weights: Mapping[str, float]) -> float:
    """How much a source is about the question, 0 to 1: the mean of how much of the question it speaks of and
    how alike the two questions are (Ochiai). A long reply that only touches on the matter has little of the
    second."""
    asked = set(terms(source.question))
    spoken_of = _share((*asked, *terms(source.reply)), weights)
    shared = len(asked & weights.keys()) / len(asked) if asked else 0.0
    return (spoken_of + math.sqrt(_share(asked, weights) * shared)) / 2


def _share(found: Iterable[str], weights: Mapping[str, float]) -> float:
    """Share of the question's weight that stands in ``found``, 0 to 1."""
    total = sum(weights.values())
    return sum(weights.get(term, 0.0) for term in set(found)) / total if total else 0.0


def cosine(source: Source) -> float | None:
    """How near the source is to the question in meaning, as the search found it; None when it did not look."""
    rankings = source.why.rankings if source.why else ()
    return next((ranked.score for ranked in rankings if ranked.name == "dense"), None)


def candidates_of(request: Request) -> list[Candidate]:
    """Every sentence of a source of the question's language that may be said, in the order of sources and
    positions."""
    weights = term_weights(request)
    near = [s for s in request.sources if is_chinese(s.reply) == (request.language != "en")]
    replies = {source.number: words(source.reply) for source in near}
    highest = max((source.score for source in near), default=0.0) or 1.0
    return [
        replace(one, features=_features(one, weights, replies, highest))
        for source in near
        for one in _usable(source, request)
    ]


def _usable(source: Source, request: Request) -> Iterator[Candidate]:
    asked = set(terms(request.question))
    previous: int | None = None
    for position, text in enumerate(map(bare, sentences(source.reply))):
        leans = leans_back(text)
        if not _fits(text, request) or (leans and previous is None):
            previous = None
            continue
        held = frozenset(terms(text))
        related = len(held & asked) >= (1 if is_warning(text) else 2)
        follows, section = previous if leans else None, kind_of(text) or "cause"
        yield Candidate(text, source, position, held, {}, follows, related, section)
        previous = position


def _fits(text: str, request: Request) -> bool:
    return _SHORTEST <= word_count(text) <= _LONGEST[request.language] and unfit(text, request.question) is None


def _features(
    one: Candidate, weights: Mapping[str, float], replies: Mapping[int, Sequence[str]], highest: float
) -> dict[str, float]:
    others = [reply for number, reply in replies.items() if number != one.source.number]
    total, count = sum(weights.values()), len(one.words)
    return {
        # The question's terms in it, cosine-like (Ochiai with weights).
        "asked": sum(weights.get(t, 0.0) for t in one.terms) / math.sqrt(max(1, len(one.terms)) * (total or 1.0)),
        # How high its source came, age and department counted.
        "source": one.source.score / highest,
        # Agreement: share of its words that the other replies have in the same order, in the mean.
        "echoed": sum(LCSseq.similarity(one.words, o) for o in others) / (count * max(1, len(others))),
        "length": math.log(count),
        "topical": len(one.terms) / count,
        "plan": float(is_plan(one.text)),
        "warning": float(is_warning(one.text)),
    }


def with_meaning(candidates: Sequence[Candidate], question: str, embed: Embed) -> list[Candidate]:
    """The candidates with two more features, cosines to the question and to the mean of all of them, and with
    their sections by meaning."""
    # Apart: a batch takes as long for each text as for its longest.
    asked, said = embed([question])[0], embed([one.text for one in candidates])
    # Rounded: processors differ in the last digits of a vector, and a draft must not.
    near, central = np.round(said @ asked, 2), np.round(said @ centre(said), 2)
    # Other vectors, as of a test's embedder, have no fitted centroids.
    centres = fitted_centres()
    fits = said.shape[1] == len(centres["cause"])
    kinds = [
        nearest_kind(v, kind_of(c.text), centres, may_be_care=names_care(c.text)) if fits else c.section
        for v, c in zip(said, candidates, strict=True)
    ]
    return [
        replace(
            one,
            features={**one.features, "meaning": float(near[n]), "central": float(central[n])},
            section=kinds[n],
        )
        for n, one in enumerate(candidates)
    ]
