"""The model without a language model: it composes a draft from the sources' own sentences, word for word.

Deterministic and extractive: every sentence of the reply and every point of More Info stands letter for letter
in the reply of its source, or is left out. What no source speaks of is listed as missing.
"""

import json
import math
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz

from drafter.chat import Outcome, Partial, Request
from drafter.chat.cues import Kind, bare, is_asked, is_plan, is_warning, kind_of, leans_back, terms, unfit
from drafter.chat.shape import DraftShape
from drafter.domain import Language, Source
from drafter.text import excerpt, is_chinese, sentences, word_count, words

_MOST_SENTENCES = 6
_MOST_WORDS = {"en": 120, "zh-Hant": 240, "zh-Hans": 240}
_MOST_MORE_INFO = {"en": 350, "zh-Hant": 700, "zh-Hans": 700}
_MOST_POINTS = 5
_LONGEST_SENTENCE = {"en": 50, "zh-Hant": 120, "zh-Hans": 120}
_SHORTEST_SENTENCE = 4
_FEWEST_WORDS = 15
"""A remark of fewer words is not a reply."""
_COMPARED = 60
_ALIKE = 75.0
"""Two sentences at or above this token-set ratio (0 to 100) say the same."""

_RELEVANT = {"en": 0.17, "zh-Hant": 0.12, "zh-Hans": 0.12}
"""A source of less relevance (0 to 1, see ``_relevance``) is not about the question."""
_BESIDE_THE_BEST = 0.55
"""Nor is one that has less than this share of the best source's relevance."""
_BESIDE_THE_LEAD = 0.85
"""A source with this share of the leading source's retrieval score may add advice to the reply."""
_NEAR_THE_LEAD = 0.6
"""One with less than this share is left out of More Info as well."""


@dataclass(frozen=True)
class _Frame:
    """The words around the sources' sentences in one language."""

    salutation: str
    closing: str
    introduction: str
    introduction_of_one: str
    headings: Mapping[Kind, str]
    label: str
    label_with_year: str
    label_without_department: str
    unanswered: str
    nothing: str


@cache
def _frames() -> Mapping[str, _Frame]:
    words = tomllib.loads(files("drafter.chat").joinpath("frames.toml").read_text(encoding="utf-8"))
    return {language: _Frame(**frame) for language, frame in words.items()}


@dataclass(frozen=True)
class _Candidate:
    """A sentence of a source that may be said to this asker. ``score`` is comparable within one draft only."""

    text: str
    source: Source
    position: int
    terms: frozenset[str]
    score: float
    follows: int | None = None
    """Position of the sentence before it, when this one cannot be understood without that."""
    leads: bool = True
    may_reply: bool = True
    """False where it would bring another patient's explanation into the reply; More Info may still hold it."""

    @cached_property
    def folded(self) -> str:
        return " ".join(words(self.text))

    @property
    def key(self) -> tuple[int, int]:
        return self.source.number, self.position


class Offline:
    """Composes from the sources alone; needs no network and holds no state."""

    name = "offline"
    parameters: Mapping[str, Any] = {}

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        started = time.monotonic()
        shape = compose(request)
        value = shape.model_dump()
        for length in range(1, len(shape.reply) + 1):
            yield Partial({"salutation": shape.salutation, "reply": value["reply"][:length]})
        yield Partial(value)
        text = json.dumps(value, ensure_ascii=False)
        yield Outcome("ok", text, finish_reason="stop", seconds=time.monotonic() - started)


def compose(request: Request) -> DraftShape:
    """The draft for one request; the same for the same request, everywhere."""
    frame = _frames()[request.language]
    weights = _weights(request)
    candidates = _candidates(request, weights)
    reply = _reply(candidates, request.language)
    if not reply:
        # A greeting alone would look like a reply.
        return DraftShape.model_validate(_empty(frame) | {"salutation": "", "closing": ""})
    points = _points(candidates, reply, request.language)
    sections = _sections(points, frame)
    used = sorted({number for section in sections for point in section["points"] for number in point["sources"]})
    introduction = frame.introduction.format(n=len(used)) if len(used) > 1 else frame.introduction_of_one
    plan = next((c for c in reply if is_plan(c.text) and c.follows is None), reply[0])
    return DraftShape.model_validate(
        _empty(frame)
        | {
            "reply": [_sentence(c) for c in reply],
            "introduction": [{"text": introduction, "sources": used}],
            "sections": sections,
            "conclusion": [_sentence(plan)],
            "missing": _missing(request, candidates, frame),
            "department": _most_common(c.source.exchange.department for c in reply),
            "topics": list(dict.fromkeys(t for c in reply for t in c.source.exchange.topics))[:5],
        }
    )


def _empty(frame: _Frame) -> dict[str, Any]:
    return {
        "salutation": frame.salutation,
        "reply": [],
        "closing": frame.closing,
        "introduction": [],
        "sections": [],
        "conclusion": [],
        "missing": [frame.nothing],
    }


def _sentence(candidate: _Candidate) -> dict[str, Any]:
    return {"text": candidate.text, "sources": [candidate.source.number]}


def _weights(request: Request) -> dict[str, float]:
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


def _share(found: Iterable[str], weights: Mapping[str, float]) -> float:
    """Share of the question's weight that stands in ``found``, 0 to 1."""
    total = sum(weights.values())
    return sum(weights.get(term, 0.0) for term in set(found)) / total if total else 0.0


def _candidates(request: Request, weights: Mapping[str, float]) -> list[_Candidate]:
    """Every usable sentence of every source that is about the question, best first."""
    relevance = {source.number: _relevance(source, weights) for source in request.sources}
    least = max(_RELEVANT[request.language], _BESIDE_THE_BEST * max(relevance.values(), default=0.0))
    chinese = request.language != "en"
    near = [s for s in request.sources if relevance[s.number] >= least and is_chinese(s.reply) == chinese]
    if not near:
        return []
    lead = max(near, key=lambda s: (_worth(s, request) * (relevance[s.number] + s.score), -s.number))
    near = [s for s in near if s.score >= _NEAR_THE_LEAD * lead.score]
    found = [c for s in near for c in _usable(s, lead, relevance[s.number], request, weights)]
    found.sort(key=lambda c: (-c.score, c.key))
    # Agreement compares every pair, so only sentences that can still be chosen take part.
    first, rest = found[:_COMPARED], found[_COMPARED:]
    return sorted((*(_agreed(c, first) for c in first), *rest), key=lambda c: (-c.score, c.key))


def _worth(source: Source, request: Request) -> float:
    """How much of a reply the source alone can give, 0 to 1: three sentences that may be said are enough.

    One source leads, because explanations of different patients' complaints do not add up to one.
    """
    usable = sum(_fits(bare(sentence), request) for sentence in sentences(source.reply))
    return min(usable, 3) / 3


def _usable(
    source: Source, lead: Source, about: float, request: Request, weights: Mapping[str, float]
) -> Iterator[_Candidate]:
    leads = source is lead
    beside = source.score >= _BESIDE_THE_LEAD * lead.score
    previous: int | None = None
    for position, text in enumerate(map(bare, sentences(source.reply))):
        held = frozenset(terms(text))
        leans = leans_back(text)
        # The leading source's advice counts even where it repeats no word of the question.
        related = leads or leans or len(held & weights.keys()) >= (1 if is_warning(text) else 2)
        if not related or not _fits(text, request) or (leans and previous is None):
            previous = None
            continue
        # The sentence's own words, what its source is about, advice, and what a doctor says first.
        score = (
            _share(held, weights) + 0.6 * about + 0.3 * source.score + 0.15 * is_plan(text) + 0.1 / (1 + position)
        )
        may_reply = leads or (beside and (is_plan(text) or is_warning(text)))
        yield _Candidate(text, source, position, held, score, previous if leans else None, leads, may_reply)
        previous = position


def _fits(text: str, request: Request) -> bool:
    fitting = _SHORTEST_SENTENCE <= word_count(text) <= _LONGEST_SENTENCE[request.language]
    return fitting and unfit(text, request.question) is None


def _relevance(source: Source, weights: Mapping[str, float]) -> float:
    """How much a source is about the question, 0 to 1: the mean of how much of the question it speaks of and
    how alike the two questions are (Ochiai). A long reply that only touches on the matter has little of the
    second."""
    asked = set(terms(source.question))
    spoken_of = _share((*asked, *terms(source.reply)), weights)
    shared = len(asked & weights.keys()) / len(asked) if asked else 0.0
    return (spoken_of + math.sqrt(_share(asked, weights) * shared)) / 2


def _agreed(candidate: _Candidate, others: Sequence[_Candidate]) -> _Candidate:
    """The candidate with a bonus for every other source that says much the same, three at most."""
    if not candidate.terms:
        return candidate
    agreeing = {
        other.source.number
        for other in others
        if other.source.number != candidate.source.number
        and len(candidate.terms & other.terms) >= max(2, 0.4 * min(len(candidate.terms), len(other.terms)))
    }
    return replace(candidate, score=candidate.score + 0.08 * min(3, len(agreeing)))


def _reply(candidates: Sequence[_Candidate], language: Language) -> list[_Candidate]:
    """The best sentences that fit the length, without saying anything twice: those of the leading reply, then
    advice of others, then what would be urgent; a sentence that leans on another stays behind it."""
    # A place is kept for the best warning, which seldom repeats the question's words and would lose it.
    candidates = [c for c in candidates if c.may_reply]
    warnings = [c for c in candidates if c.follows is None and is_warning(c.text)][:1]
    chosen = _choose(candidates, _MOST_SENTENCES, _MOST_WORDS[language], first=warnings)
    heads = {c.key: c for c in chosen}

    def order(candidate: _Candidate) -> tuple[int, int, int]:
        head = candidate
        while head.follows is not None:
            head = heads[(head.source.number, head.follows)]
        # The leading reply keeps its doctor's order: taken apart, its sentences lose their sense.
        rank = 2 if is_warning(head.text) else 1 - head.leads
        return rank, *candidate.key

    ordered = sorted(chosen, key=order)
    return ordered if sum(word_count(c.text) for c in ordered) >= _FEWEST_WORDS else []


def _choose(
    candidates: Sequence[_Candidate], most: int, budget: int, *, first: Sequence[_Candidate] = ()
) -> list[_Candidate]:
    """``first``, then the best of the others, at most ``most`` sentences and about ``budget`` words in all."""
    chosen = list(first)
    budget -= sum(word_count(c.text) for c in first)
    waiting = [c for c in candidates if c not in chosen]
    while waiting and len(chosen) < most:
        keys = {c.key for c in chosen}
        ready = (c for c in waiting if c.follows is None or (c.source.number, c.follows) in keys)
        best = next(ready, None)
        if best is None:
            break
        waiting.remove(best)
        if best.follows is None and _said(best, chosen):
            continue
        if (length := word_count(best.text)) <= budget:
            budget -= length
            chosen.append(best)
    return chosen


def _said(candidate: _Candidate, chosen: Sequence[_Candidate]) -> bool:
    return any(fuzz.token_set_ratio(candidate.folded, c.folded) >= _ALIKE for c in chosen)


def _points(candidates: Sequence[_Candidate], reply: Sequence[_Candidate], language: Language) -> list[_Candidate]:
    """The reply's own sentences and then others, so that More Info carries the reply's plan."""
    return _choose(candidates, 4 * _MOST_POINTS, _MOST_MORE_INFO[language], first=reply)


def _sections(points: Sequence[_Candidate], frame: _Frame) -> list[dict[str, Any]]:
    by_kind: dict[Kind, list[_Candidate]] = {kind: [] for kind in frame.headings}
    places: dict[tuple[int, int], Kind] = {}
    for point in points:
        if point.follows is None:
            kind = kind_of(point.text) or "cause"
            if len(by_kind[kind]) < _MOST_POINTS:
                by_kind[kind].append(point)
                places[point.key] = kind
        # What leans on another sentence stands right behind it, whatever it speaks of.
        elif head := places.get((point.source.number, point.follows)):
            keys = [c.key for c in by_kind[head]]
            by_kind[head].insert(keys.index((point.source.number, point.follows)) + 1, point)
            places[point.key] = head
    return [
        {
            "heading": heading,
            "points": [{"label": _label(c.source, frame), **_sentence(c)} for c in by_kind[kind]],
        }
        for kind, heading in frame.headings.items()
        if by_kind[kind]
    ]


def _label(source: Source, frame: _Frame) -> str:
    department = source.exchange.department
    if not department:
        return frame.label_without_department.format(number=source.number)
    label = frame.label_with_year if source.year else frame.label
    return label.format(department=department, year=source.year)


def _missing(request: Request, candidates: Sequence[_Candidate], frame: _Frame) -> list[str]:
    """The parts of the question that no usable sentence speaks of."""
    parts: list[str] = []
    for part in sentences(request.question):
        repeated = any(fuzz.ratio(part.casefold(), known.casefold()) >= 90 for known in parts)
        if is_asked(part) and not repeated and not _covered(part, candidates):
            parts.append(part)
    return [frame.unanswered.format(part=excerpt(part, 160)) for part in parts]


def _covered(part: str, candidates: Sequence[_Candidate]) -> bool:
    """True when one sentence holds a third of the part's terms, or all together hold half of them."""
    own = set(terms(part))
    held = [own & c.terms for c in candidates]
    # A part without terms of its own ("What should I do?") asks for what the reply as a whole says.
    return not own or any(3 * len(h) >= len(own) for h in held) or 2 * len(set().union(*held)) >= len(own)


def _most_common(departments: Iterable[str | None]) -> str | None:
    counts = Counter(department for department in departments if department)
    return max(counts, key=lambda department: counts[department]) if counts else None
