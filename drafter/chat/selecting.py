"""Which candidates make the reply, and in which order. The weights are fitted: ``python -m tests.fit_offline``."""

import statistics
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Literal

from rapidfuzz import fuzz

from drafter.chat import Embed, Request
from drafter.chat.candidates import Candidate, cosine, relevance, term_weights, with_meaning
from drafter.domain import Source
from drafter.text import word_count

_MOST_SENTENCES = 10
_LEAST_WORDS = {"en": 30, "zh-Hant": 60, "zh-Hans": 60}
_MOST_WORDS = {"en": 150, "zh-Hant": 260, "zh-Hans": 260}
_LENGTH = 1.1
"""Words of the reply for each word of the sources' replies, whose median is how long a reply usually is."""
_EMBEDDED = 12
"""The best candidates by words, whose meaning is looked at too: each costs milliseconds."""
_LEAST_MEANING = 0.4
"""A sentence of another reply than the leading one whose cosine to the question is less is not said."""
_REPEATS = 1.5
"""What a candidate loses when all its terms have been said; the scores' own spread is about 1."""
_ALIKE = 75.0
"""Two sentences at or above this token-set ratio (0 to 100) say the same."""

_AS_NEAR = 0.85
"""Share of the nearest source's score from which a source may add to the reply by words alone."""
_BESIDE_THE_BEST = 0.7
"""Share of the best source's relevance from which a source is about the same matter."""

Weights = Mapping[str, float]
Way = Literal["en", "zh", "en-meaning"]
"""What is gone by: English or Chinese words, or English words and meaning."""


@cache
def fitted() -> Mapping[str, Weights]:
    """The weights of the features for each way, and under "abstain" the least relevance (for "en-meaning" the least
    cosine of the search), 0 to 1, that a draft needs."""
    text = files("drafter.chat").joinpath("weights.toml").read_text(encoding="utf-8")
    weights: Mapping[str, Weights] = tomllib.loads(text)
    return weights


def known(request: Request, embed: Embed | None) -> Request:
    """The request without sources that are not near the question; when none is, there is no draft."""
    least = fitted()["abstain"]
    if _way(request, embed) == "en-meaning" and any(cosine(source) is not None for source in request.sources):
        near = [source for source in request.sources if (cosine(source) or 0.0) >= least["en-meaning"]]
        return replace(request, sources=tuple(near))
    # Words tell whether any source is on the matter, but too little of each single one.
    weights = term_weights(request)
    best = max((relevance(source, weights) for source in request.sources), default=0.0)
    return request if best >= least[_way(request, None)] else replace(request, sources=())


def _way(request: Request, embed: Embed | None) -> Way:
    # The default embedder reads no Chinese.
    if request.language != "en":
        return "zh"
    return "en-meaning" if embed else "en"


def lead_of(request: Request, candidates: Sequence[Candidate]) -> int:
    """The number of the source that leads the reply: near the question, and with enough that may be said. 0 without
    sources."""
    sayable = Counter({source.number: 0 for source in request.sources})
    for one in candidates:
        sayable[one.source.number] += len(one.words)

    def worth(source: Source) -> tuple[float, int]:
        enough = min(sayable[source.number], _LEAST_WORDS[request.language]) / _LEAST_WORDS[request.language]
        return enough * source.score, -source.number

    return max(request.sources, key=worth).number if request.sources else 0


def ranked(
    candidates: Sequence[Candidate], request: Request, lead: int, embed: Embed | None
) -> list[tuple[float, Candidate]]:
    """With their scores, best first. By meaning, the best by words are scored anew, the leading reply's before all
    others, and the rest left out."""
    by_words = _scored(candidates, fitted()[_way(request, None)])
    if embed is None or _way(request, embed) != "en-meaning" or not by_words:
        return by_words
    by_words.sort(key=lambda pair: pair[1].source.number != lead)
    near = with_meaning([one for _, one in by_words[:_EMBEDDED]], request.question, embed)
    same = _same_matter(request) | {lead}
    kept = (o for o in near if o.source.number == lead or o.features["meaning"] >= _LEAST_MEANING)
    return _scored([one for one in kept if one.source.number in same], fitted()["en-meaning"])


def _same_matter(request: Request) -> set[int]:
    """Numbers of the sources that speak of what is asked about nearly as much as the best one."""
    weights = term_weights(request)
    about = {source.number: relevance(source, weights) for source in request.sources}
    return {number for number, share in about.items() if share >= _BESIDE_THE_BEST * max(about.values())}


def _scored(candidates: Sequence[Candidate], weights: Weights) -> list[tuple[float, Candidate]]:
    scored = [(round(sum(w * one.features[name] for name, w in weights.items()), 6), one) for one in candidates]
    # Of equal ones the newer reply counts first.
    return sorted(scored, key=lambda pair: (-pair[0], -(pair[1].source.year or 0), pair[1].key))


def usual_length(request: Request) -> float:
    """Words that a reply should have: as many as past replies to such questions."""
    lengths = [word_count(source.reply) for source in request.sources]
    median = statistics.median(lengths) if lengths else 0
    return min(max(_LENGTH * median, _LEAST_WORDS[request.language]), _MOST_WORDS[request.language])


def choose(
    scored: Sequence[tuple[float, Candidate]], budget: float, most: int, *, first: Sequence[Candidate] = ()
) -> list[Candidate]:
    """``first``, then again and again the one with the best score less what is said already (maximal marginal
    relevance), in about ``budget`` words; a sentence that leans on another only after that."""
    chosen = list(first)
    length = sum(len(one.words) for one in chosen)
    waiting = [pair for pair in scored if pair[1] not in chosen]
    while waiting and len(chosen) < most:
        keys = {one.key for one in chosen}
        ready = [p for p in waiting if p[1].follows is None or (p[1].source.number, p[1].follows) in keys]
        if not ready:
            break
        best = max(ready, key=lambda pair: pair[0] - _REPEATS * _said(pair[1], chosen))
        waiting.remove(best)
        one = best[1]
        if one.follows is None and _said_whole(one, chosen):
            continue
        longer = length + len(one.words)
        if chosen and abs(longer - budget) > abs(length - budget):
            break
        chosen.append(one)
        length = longer
    return chosen


def _said(one: Candidate, chosen: Sequence[Candidate]) -> float:
    """The largest share of its terms, 0 to 1, that one of the chosen holds (of the shorter one's terms)."""
    shares = (len(one.terms & c.terms) / max(1, min(len(one.terms), len(c.terms))) for c in chosen)
    return max(shares, default=0.0)


def _said_whole(one: Candidate, chosen: Sequence[Candidate]) -> bool:
    text = " ".join(one.words)
    return any(fuzz.token_set_ratio(text, " ".join(c.words)) >= _ALIKE for c in chosen)


def reply_of(scored: Sequence[tuple[float, Candidate]], request: Request, lead: int) -> list[Candidate]:
    """The sentences of the reply in their order. One source leads, because explanations of different patients'
    complaints do not add up to one; others add advice and warnings only."""
    scored = [pair for pair in scored if pair[1].source.number == lead or _adds(pair[1], request)]
    # Places are kept for the best advice and the best warning: a reply without them is none.
    heads = [one for _, one in scored if one.follows is None]
    kept = [next((one for one in heads if one.kind == kind), None) for kind in ("plan", "safety_net")]
    chosen = choose(scored, usual_length(request), _MOST_SENTENCES, first=[one for one in kept if one])
    return _in_order(chosen, lead)


def _adds(one: Candidate, request: Request) -> bool:
    if one.kind == "answer":
        return False
    if "meaning" in one.features:
        return True  # what is not near in meaning was left out already
    nearest = max(source.score for source in request.sources)
    return one.related and one.source.score >= _AS_NEAR * nearest


def _in_order(chosen: Sequence[Candidate], lead: int) -> list[Candidate]:
    """The leading reply in its doctor's order, then what others add, then what to watch for: taken apart, sentences
    lose their sense, and what leans on one stays behind it."""
    by_key = {one.key: one for one in chosen}

    def order(one: Candidate) -> tuple[int, int, int]:
        head = one
        while head.follows is not None:
            head = by_key[head.source.number, head.follows]
        return 2 if head.kind == "safety_net" else int(head.source.number != lead), *one.key

    return sorted(chosen, key=order)
