"""The model without a language model: it composes a draft from the sources' own sentences, word for word.

Deterministic and extractive: every sentence of the reply and every point of More Info stands letter for letter
in the reply of its source, or is left out; only an urgent sign's fixed sentence, which comes first, stands in none.
What no source speaks of is listed as missing. With an embedder, what sentences mean counts beside their words; the
same request with the same embedder gives the same draft.
"""

import json
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz

from drafter.chat import Embed, Outcome, Partial, Request
from drafter.chat.candidates import Candidate, candidates_of
from drafter.chat.cues import Kind, is_asked, questions_back, terms
from drafter.chat.selecting import choose, fitted, known, lead_of, ranked, reply_of
from drafter.chat.shape import DraftShape
from drafter.domain import Source, content_hash
from drafter.text import excerpt, sentences

_MOST_MORE_INFO = {"en": 350, "zh-Hant": 700, "zh-Hans": 700}
_MOST_POINTS = 5
_FEWEST_WORDS = 15
"""A remark of fewer words is not a reply."""
_MOST_TO_ASK = 2


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


class Offline:
    """Composes from the sources alone; needs no network and holds no state."""

    name = "offline"

    def __init__(self, embed: Embed | None = None) -> None:
        self._embed = embed
        # Other weights give other drafts, which a batch must not take for the same.
        self.parameters: Mapping[str, Any] = {
            "weights": content_hash(*sorted((way, *values.items()) for way, values in fitted().items())),
            "by_meaning": embed is not None,
        }

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        started = time.monotonic()
        shape = compose(request, self._embed)
        value = shape.model_dump()
        for length in range(1, len(shape.reply) + 1):
            yield Partial({"salutation": shape.salutation, "reply": value["reply"][:length]})
        yield Partial(value)
        text = json.dumps(value, ensure_ascii=False)
        yield Outcome("ok", text, finish_reason="stop", seconds=time.monotonic() - started)


def compose(request: Request, embed: Embed | None = None) -> DraftShape:
    """The draft for one request. ``embed`` must read English."""
    frame = _frames()[request.language]
    request = known(request, embed)
    candidates = candidates_of(request)
    lead = lead_of(request, candidates)
    scored = ranked(candidates, request, lead, embed)
    reply = reply_of(scored, request, lead)
    if sum(len(one.words) for one in reply) < _FEWEST_WORDS:
        # A greeting alone would look like a reply.
        alone = {} if request.safety else {"salutation": "", "closing": ""}
        return DraftShape.model_validate(_empty(frame) | alone | {"reply": _safety(request)})
    # The reply's own sentences come first, so that More Info carries the reply's plan.
    others = [(score, one) for score, one in scored if one.related or one.follows is not None]
    points = choose(others, _MOST_MORE_INFO[request.language], 4 * _MOST_POINTS, first=reply)
    sections = _sections(points, frame)
    used = sorted({number for section in sections for point in section["points"] for number in point["sources"]})
    introduction = frame.introduction.format(n=len(used)) if len(used) > 1 else frame.introduction_of_one
    plan = next((one for one in reply if one.kind == "plan" and one.follows is None), reply[0])
    return DraftShape.model_validate(
        _empty(frame)
        | {
            "reply": [
                *_safety(request),
                *(_cited(one) | {"kind": one.kind, "quotes": [one.text]} for one in reply),
            ],
            "introduction": [{"text": introduction, "sources": used}],
            "sections": sections,
            "conclusion": [_cited(plan)],
            "missing": _missing(request, [one for _, one in scored], frame),
            "to_ask": _to_ask(request, reply),
            "department": _most_common(one.source.exchange.department for one in reply),
            "topics": list(dict.fromkeys(t for one in reply for t in one.source.exchange.topics))[:5],
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
        "to_ask": [],
    }


def _safety(request: Request) -> list[dict[str, Any]]:
    """The one sentence that stands in no source."""
    return [{"text": request.safety, "sources": [], "kind": "safety_net", "quotes": []}] if request.safety else []


def _cited(one: Candidate) -> dict[str, Any]:
    return {"text": one.text, "sources": [one.source.number]}


def _sections(points: Sequence[Candidate], frame: _Frame) -> list[dict[str, Any]]:
    by_kind: dict[Kind, list[Candidate]] = {kind: [] for kind in frame.headings}
    places: dict[tuple[int, int], Kind] = {}
    for point in points:
        if point.follows is None:
            kind = point.section
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
            "points": [{"label": _label(c.source, frame), **_cited(c)} for c in by_kind[kind]],
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


def _missing(request: Request, candidates: Sequence[Candidate], frame: _Frame) -> list[str]:
    """The parts of the question that no usable sentence speaks of."""
    parts: list[str] = []
    for part in sentences(request.question):
        repeated = any(fuzz.ratio(part.casefold(), known.casefold()) >= 90 for known in parts)
        if is_asked(part) and not repeated and not _covered(part, candidates):
            parts.append(part)
    return [frame.unanswered.format(part=excerpt(part, 160)) for part in parts]


def _covered(part: str, candidates: Sequence[Candidate]) -> bool:
    """True when one sentence holds a third of the part's terms, or all together hold half of them."""
    own = set(terms(part))
    held = [own & c.terms for c in candidates]
    # A part without terms of its own ("What should I do?") asks for what the reply as a whole says.
    return not own or any(3 * len(h) >= len(own) for h in held) or 2 * len(set().union(*held)) >= len(own)


def _to_ask(request: Request, reply: Sequence[Candidate]) -> list[str]:
    """What the quoted doctors asked back, where anybody may be asked it."""
    quoted = {one.source.number for one in reply}
    asked = (q for s in request.sources if s.number in quoted for q in questions_back(s.reply, request.question))
    return list(dict.fromkeys(asked))[:_MOST_TO_ASK]


def _most_common(departments: Iterable[str | None]) -> str | None:
    counts = Counter(department for department in departments if department)
    return max(counts, key=lambda department: counts[department]) if counts else None
