"""From which nearness on a draft may rest on past replies: found from held-out questions of one's own archive."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import get_args

from drafter.abstaining.nearness import Group, group_of, nearness, scale_of
from drafter.abstaining.off_topic import OFF_TOPIC
from drafter.abstaining.policy import Calibration, Kept, Threshold
from drafter.archive import Archive
from drafter.chat import Embed
from drafter.domain import Deidentified, Exchange, Question
from drafter.errors import BadInput
from drafter.retrieval import Retriever
from drafter.screening import deidentify, screen
from drafter.text import advice_of, language_of

FEWEST = 100
"""Questions of a language without which it gets no threshold: a twentieth of fewer is a handful."""
_COVERAGES = (1.0, 0.98, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """A question's nearness, and how like the nearest reply is to the doctor's own, on the same scale: the cosine
    of their vectors, or of their weighted terms."""

    nearness: float
    likeness: float


def calibrate(
    archive: Archive,
    retriever: Retriever,
    embed: Embed,
    *,
    limit: int,
    sources: int,
    refuse: float,
    now: datetime,
    progress: Progress | None = None,
) -> Calibration:
    """Search up to ``limit`` questions of each language without the replies to their own words, and set the
    threshold so that at most the share ``refuse`` of them (0 to 1) falls below it. Nothing is sent to a language
    model.

    ``embed`` is the retriever's embedder, ``sources`` how many past replies a draft has; ``progress`` is told how
    many of how many questions are searched.

    Raises:
        BadInput: no language has 100 questions.
        IndexUnusable: the past replies cannot be searched.
    """
    held = sampled((exchange for _, exchange in archive.iter_exchanges()), limit)
    enough = {group: exchanges for group, exchanges in held.items() if len(exchanges) >= FEWEST}
    if not enough:
        most = max((len(exchanges) for exchanges in held.values()), default=0)
        raise BadInput(
            f"The archive has {most:,} different questions in one language, and at least {FEWEST} are needed to "
            "find out how near is near enough: import more; until then no draft is withheld for distance."
        )
    total, done = sum(map(len, enough.values())), 0
    thresholds: dict[Group, Threshold] = {}
    for group, exchanges in enough.items():
        asked: list[Asked] = []
        for exchange in exchanges:
            done += 1
            if (one := _held_out(exchange, archive, retriever, embed, sources)) is not None:
                asked.append(one)
            if progress:
                progress(done, total)
        scale = scale_of(screen(exchanges[0].question), retriever)
        others = list(_off_topic(group, retriever, sources))
        least = threshold([one.nearness for one in asked], refuse)
        thresholds[group] = Threshold(
            scale=scale,
            least=least,
            questions=len(asked),
            refused=cross_refused([one.nearness for one in asked], refuse),
            off_topic=len(others),
            off_topic_refused=sum(near < least for near in others),
            curve=tuple(curve(asked)),
        )
    return Calibration(
        retriever.embedder_identity, retriever.build, now, archive.count_exchanges(), refuse, thresholds
    )


def sampled(exchanges: Iterable[Exchange], limit: int) -> dict[Group, list[Exchange]]:
    """So many of each language at random but the same each time, no two of the same words."""
    draw = random.Random(0)  # noqa: S311  # no secret
    kept: dict[Group, list[Exchange]] = {group: [] for group in get_args(Group)}
    seen = dict.fromkeys(kept, 0)
    threads: set[str] = set()
    for exchange in exchanges:
        group, thread = group_of(language_of(exchange.question.text)), exchange.question.thread
        if thread in threads or not exchange.reply:
            continue
        threads.add(thread)
        seen[group] += 1
        # Algorithm R (Vitter 1985): every question is kept with the same probability, however many there are.
        if len(kept[group]) < limit:
            kept[group].append(exchange)
        elif (place := draw.randrange(seen[group])) < limit:
            kept[group][place] = exchange
    return kept


def threshold(nearnesses: Sequence[float], refuse: float) -> float:
    """The highest place, to four digits, below which at most the share ``refuse`` of them lies; 0 for none."""
    if not nearnesses:
        return 0.0
    in_order = sorted(nearnesses)
    return floor(in_order[min(floor(refuse * len(in_order)), len(in_order) - 1)] * 10_000) / 10_000


def cross_refused(nearnesses: Sequence[float], refuse: float) -> int:
    """How many fall below the threshold that the other half gives: what may be expected of questions to come."""
    halves = nearnesses[::2], nearnesses[1::2]
    return sum(
        near < threshold(other, refuse) for own, other in zip(halves, halves[::-1], strict=True) for near in own
    )


def curve(asked: Sequence[Asked]) -> Iterator[Kept]:
    """Coverage against the likeness of the nearest reply: what a higher threshold would gain (El-Yaniv and Wiener
    2010)."""
    nearest_first = sorted(asked, key=lambda one: -one.nearness)
    for coverage in _COVERAGES:
        kept = nearest_first[: max(1, round(coverage * len(nearest_first)))]
        yield Kept(coverage, kept[-1].nearness, sum(one.likeness for one in kept) / len(kept))


def _held_out(exchange: Exchange, archive: Archive, retriever: Retriever, embed: Embed, limit: int) -> Asked | None:
    question = exchange.question
    try:
        screening = screen(question)
    except BadInput:
        return None  # too long to be asked today
    found = retriever.find(
        screening.text,
        limit=limit,
        leave_out=archive.thread_ids(question.thread),
        department=question.department,
    )
    near = nearness(screening, found, retriever)
    if near is None:
        return None
    nearest, own = found[0].reply if found else Deidentified(""), deidentify(advice_of(exchange.reply))
    if scale_of(screening, retriever) == "words":
        return Asked(near, retriever.likeness(own, [nearest])[0])
    vectors = embed([own, nearest])
    return Asked(near, float(vectors[0] @ vectors[1]))


def _off_topic(group: Group, retriever: Retriever, limit: int) -> Iterator[float]:
    for text in OFF_TOPIC:
        screening = screen(Question(text))
        if group_of(screening.language) == group:
            near = nearness(screening, retriever.find(screening.text, limit=limit), retriever)
            yield near or 0.0
