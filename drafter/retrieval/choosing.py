"""From ranked matches to numbered Sources: what is too old, too alike, or of another department counts less."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from math import exp2

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from drafter.archive import Archive
from drafter.domain import Deidentified, Exchange, Ranked, Source, Why
from drafter.errors import BadInput
from drafter.retrieval.documents import document_of
from vectorstore import Index, Match, Ranking, Tail

Vector = NDArray[np.float32]
"""Of unit length."""
Vectors = NDArray[np.float32]
"""n x d, in the order of what they belong to."""

LEAST_DECAY = 0.25
"""What age leaves of a score at least, so that an old reply with no newer rival is still found."""
_SAME_REPLY = 95
_SAME_REPLY_IN_THREAD = 85
"""Percent of likeness above which a reply is the same one again."""
_DAYS_A_YEAR = 365.25
_POOL = 3
"""Candidates that are looked at for each source that is wanted, when they are chosen to differ."""
_ONE_DEPARTMENT = 1_000
"""Best matches among which those of one department are looked for."""


@dataclass(frozen=True)
class Preferences:
    """What counts beside likeness to the question.

    ``source_half_life``: years after which a dated reply counts half; None for no decay.
    ``department_boost``: added to the score, which is 0 to 1, of replies of the question's department.
    ``diversity``: 0 to 1, how much a source's likeness to better ones counts against it; 0 for the score alone.
    """

    source_half_life: float | None = None
    department_boost: float = 0.05
    diversity: float = 0.0


PLAIN = Preferences()


@dataclass(frozen=True)
class Candidate:
    """An exchange and its match; ``vector``, of question and reply together, is what likeness is measured by."""

    exchange: Exchange
    match: Match
    vector: Vector | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Chosen:
    """``score`` is 0 to 1."""

    candidate: Candidate
    why: Why

    @property
    def exchange(self) -> Exchange:
        return self.candidate.exchange

    @property
    def score(self) -> float:
        return min(1.0, self.points)

    @property
    def points(self) -> float:
        """What they are ranked by: a boost must still count for a score of 1."""
        return self.why.fused * self.why.decay + self.why.boost


def find_sources(
    text: Deidentified,
    index: Index,
    archive: Archive,
    *,
    limit: int,
    rewrite: Deidentified | None = None,
    tail: Tail | None = None,
    leave_out: frozenset[str] = frozenset(),
    ranking: Ranking = Ranking(),  # noqa: B008  # frozen
    preferences: Preferences = PLAIN,
    department: str | None = None,
    only_department: bool = False,
    today: date | None = None,
) -> tuple[Source, ...]:
    """The past exchanges to draft from, best first, numbered from 1. Truncated and superseded ones never are.

    ``department`` is the question's; with ``only_department`` others are left out, and the best 1,000 matches are
    looked through for it. ``rewrite`` is as for ``Index.near``.

    Raises:
        BadInput: ``only_department`` without a department.
    """
    if only_department and not _folded(department):
        raise BadInput("Name the department that alone is to be searched.")
    # Near-identical replies fall out below, so more are looked at than are wanted.
    look_at = _ONE_DEPARTMENT if only_department else 3 * limit + 20
    matches = index.near(text, rewrite=rewrite, limit=look_at, tail=tail, exclude=leave_out, ranking=ranking)
    exchanges = archive.sources([match.id for match in matches])
    if only_department:
        exchanges = {i: e for i, e in exchanges.items() if in_department(e, department)}
    known = index.vectors(list(exchanges), tail) if preferences.diversity else {}
    candidates = [Candidate(exchanges[m.id], m, known.get(m.id)) for m in matches if m.id in exchanges]
    chosen = choose(candidates, limit=limit, preferences=preferences, department=department, today=today)
    return tuple(_source(number, one) for number, one in enumerate(chosen, start=1))


def choose(
    candidates: Sequence[Candidate],
    *,
    limit: int,
    preferences: Preferences = PLAIN,
    department: str | None = None,
    today: date | None = None,
) -> tuple[Chosen, ...]:
    """At most ``limit`` of the candidates, best first; of near-identical replies only the best.

    Ranked by ``fused * decay + boost``; equal ones as they were given. Where every candidate has a vector, which
    ones are among them is decided by maximal marginal relevance, and their order still by the score.
    Nothing is too old without ``today``, the day on which the question is answered.
    """
    weighed = [Chosen(one, _why(one, preferences, department, today)) for one in candidates]
    ranked = sorted(weighed, key=lambda one: -one.points)
    pool = list(islice(_distinct(ranked), _POOL * limit if preferences.diversity else limit))
    vectors = [vector for one in pool if (vector := one.candidate.vector) is not None]
    if len(pool) <= limit or len(vectors) < len(pool):
        return tuple(pool[:limit])
    return tuple(_diverse(pool, np.stack(vectors), limit, preferences.diversity))


def decay(age: float | None, half_life: float | None) -> float:
    """What a reply of ``age`` years counts, 0.25 to 1: ``0.5 ** (age / half_life)``, at least a quarter.

    1 without a date or without a half-life.
    """
    if age is None or half_life is None:
        return 1.0
    return max(LEAST_DECAY, exp2(-age / half_life))


def in_department(exchange: Exchange, department: str | None) -> bool:
    """Whether the exchange is of this department, upper and lower case and white space at the ends aside; its own
    department counts, or else its question's."""
    wanted = _folded(department)
    return bool(wanted) and _folded(exchange.department or exchange.question.department) == wanted


def _why(candidate: Candidate, preferences: Preferences, department: str | None, today: date | None) -> Why:
    match, exchange = candidate.match, candidate.exchange
    replied_on = exchange.replied_on
    # A reply may be later than the question it is found for: then it is new.
    age = max(0.0, (today - replied_on).days / _DAYS_A_YEAR) if today and replied_on else None
    return Why(
        fused=match.score,
        rankings=tuple(Ranked(name, part.score, part.rank, part.share) for name, part in match.parts.items()),
        age=age,
        decay=decay(age, preferences.source_half_life),
        boost=preferences.department_boost if in_department(exchange, department) else 0.0,
    )


def _distinct(ranked: Iterable[Chosen]) -> Iterator[Chosen]:
    """Without replies that are nearly the same as a better one."""
    seen: list[Exchange] = []
    for one in ranked:
        if not any(_same_reply(one.exchange, other) for other in seen):
            seen.append(one.exchange)
            yield one


def _diverse(pool: Sequence[Chosen], vectors: Vectors, limit: int, diversity: float) -> list[Chosen]:
    """The best, then again and again the one with the greatest marginal relevance, in the order of ``pool``.

    Maximal marginal relevance (Carbonell and Goldstein 1998), lambda = 1 - diversity: lambda * score - diversity *
    the greatest cosine to one that is already chosen.
    """
    # Rounded, because a text's vector in a build and in the tail differ by a ten-millionth.
    alike = np.round(vectors @ vectors.T, 5)
    gain = (1 - diversity) * np.array([one.points for one in pool])
    chosen = [0]
    nearest = alike[0]
    while len(chosen) < limit:
        marginal = gain - diversity * nearest
        marginal[chosen] = -np.inf
        chosen.append(int(marginal.argmax()))
        nearest = np.maximum(nearest, alike[chosen[-1]])
    return [pool[i] for i in sorted(chosen)]


def _same_reply(one: Exchange, other: Exchange) -> bool:
    same_thread = one.question.thread == other.question.thread
    least = _SAME_REPLY_IN_THREAD if same_thread else _SAME_REPLY
    return fuzz.ratio(one.reply, other.reply, score_cutoff=least) > 0


def _folded(department: str | None) -> str:
    return (department or "").strip().casefold()


def _source(number: int, one: Chosen) -> Source:
    texts = document_of(one.exchange).texts
    question, reply = Deidentified(texts["question"]), Deidentified(texts["reply"])
    return Source(number, one.exchange, one.score, question, reply, one.why)
