"""What is indexed, what is searched for, and what ought to be found."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import log

from drafter.domain import Deidentified, Question
from drafter.errors import BadInput
from drafter.evaluation.retrieval.metrics import Judgements
from drafter.evaluation.retrieval.sets import Item, Qrels, QueryText
from drafter.screening import screen


@dataclass(frozen=True)
class Query:
    """``typed`` is the text as found; ``excluded`` are documents that must not be returned."""

    id: str
    typed: str
    known: Judgements
    excluded: frozenset[str]

    @cached_property
    def text(self) -> Deidentified:
        """What is searched for: the text as screening leaves it. Raises BadInput naming the query."""
        try:
            return screen(Question(self.typed)).text
        except BadInput as error:
            raise BadInput(f"The query {self.id} cannot be searched for: {error}") from error


@dataclass(frozen=True)
class Task:
    """``items`` all have a reply. ``replies_only``: the words of no question are in the index.

    ``notes`` are sentences about what was left out.
    """

    items: tuple[Item, ...]
    queries: tuple[Query, ...]
    replies_only: bool
    notes: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether no document is unjudged, so that condensed lists are the lists themselves."""
        return all(query.known.complete for query in self.queries)


def own_reply_task(exchanges: Sequence[Item], queries: Sequence[Item], kind: QueryText) -> Task:
    """Each query must find its own reply among replies alone.

    The thread's other replies answer the very same words, so they are neither right nor wrong: they are not
    returned. A query that is not among the exchanges is added to them.

    Raises:
        BadInput: no query has a reply.
    """
    items = _with_reply(exchanges)
    known = {item.id for item in items}
    items = (*items, *_with_reply(item for item in queries if item.id not in known))
    targets, threads = {item.id for item in items}, _threads(items)
    found = tuple(
        Query(
            query.id,
            query.query(kind),
            Judgements({query.id: 1.0}, frozenset({query.id}), complete=True),
            threads[query.thread] - {query.id},
        )
        for query in queries
        if query.id in targets and query.query(kind)
    )
    if not found:
        raise BadInput(f"No query has both a reply and a {kind}: there is nothing that it could find.")
    return Task(items, found, True, _left_out(queries, found, f"have no reply or no {kind}"))


def judged_task(
    exchanges: Sequence[Item], queries: Sequence[Item], qrels: Qrels, kind: QueryText, *, relevant_from: int = 1
) -> Task:
    """Question and reply are indexed; grades are gains, and ``relevant_from`` is the least relevant grade.

    Documents of the query's own id or thread are not returned and their grades do not count. Queries without a
    relevant document are left out: every ranking of them is equally good.

    Raises:
        BadInput: the judgements are about none of the queries, or about none of the exchanges.
    """
    items = _with_reply(exchanges)
    ids, threads = {item.id for item in items}, _threads(items)
    if not any(query.qid in qrels or query.id in qrels for query in queries):
        raise BadInput("The judgements are about none of the queries: their ids must be a query's id or extra.qid.")
    found = []
    for query in queries:
        excluded = threads[query.thread] | {query.id}
        grades = qrels.get(query.qid) or qrels.get(query.id) or {}
        gains = {document: max(0.0, float(grade)) for document, grade in grades.items() if document not in excluded}
        relevant = frozenset(document for document in gains if grades[document] >= relevant_from)
        if relevant and query.query(kind):
            found.append(Query(query.id, query.query(kind), Judgements(gains, relevant), excluded))
    judged = {document for query in found for document in query.known.gains}
    if not judged & ids:
        raise BadInput(
            "The judgements name no relevant document among the exchanges: their ids must be an exchange's id."
        )
    notes = _left_out(queries, found, f"have no {kind}, or no judged document of grade {relevant_from} or more")
    if missing := len(judged - ids):
        notes += (f"{missing:,} judged documents are not among the exchanges and count as not found.",)
    return Task(items, tuple(found), False, notes)


def tag_task(exchanges: Sequence[Item], queries: Sequence[Item], kind: QueryText) -> Task:
    """Leave one thread out: each query must find exchanges on its topic, its own thread never returned.

    Question and reply are indexed. The gain of a document is the share of the query's tags that it bears, each
    tag weighted by its idf, ln(n / df) over the exchanges: 0 without a common tag, 1 with all of them. A document
    with any gain is relevant; queries without such a document are left out.

    Raises:
        BadInput: no query has a tag in common with an exchange.
    """
    items = _with_reply(exchanges)
    threads = _threads(items)
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        for tag in item.tags:
            bearers[tag].add(item.id)
    idf = {tag: log(len(items) / len(ids)) for tag, ids in bearers.items()}
    found = []
    for query in queries:
        excluded = threads[query.thread] | {query.id}
        gains = _gains(query, bearers, idf, excluded)
        if gains and query.query(kind):
            known = Judgements(gains, frozenset(gains), complete=True)
            found.append(Query(query.id, query.query(kind), known, excluded))
    if not found:
        raise BadInput(f"No query has both a {kind} and a tag in common with an exchange of another thread.")
    return Task(items, tuple(found), False, _left_out(queries, found, f"have no {kind} or no tag in common"))


def _gains(
    query: Item, bearers: Mapping[str, set[str]], idf: Mapping[str, float], excluded: frozenset[str]
) -> dict[str, float]:
    """Positive gains by document; a tag that every exchange bears, or none, says nothing."""
    shared: Counter[str] = Counter()
    tags = sorted(tag for tag in query.tags if idf.get(tag))  # sorted: sums must not differ between runs
    for tag in tags:
        for document in bearers[tag] - excluded:
            shared[document] += idf[tag]  # type: ignore[assignment]  # a Counter of weights
    whole = sum(idf[tag] for tag in tags)
    return {document: gain / whole for document, gain in shared.items()}


def sampled(task: Task, limit: int | None, *, seed: int = 0) -> Task:
    """So many queries at random, the same ones each time, in their order; everything stays in the index."""
    if limit is None or limit >= len(task.queries):
        return task
    chosen = sorted(random.Random(seed).sample(range(len(task.queries)), limit))  # noqa: S311  # no secret
    return replace(task, queries=tuple(task.queries[n] for n in chosen))


def _with_reply(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(item for item in items if item.exchange is not None)


def _threads(items: Iterable[Item]) -> Mapping[str, frozenset[str]]:
    threads: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for item in items:
        threads[item.thread] |= {item.id}
    return threads


def _left_out(queries: Sequence[Item], found: Sequence[Query], why: str) -> tuple[str, ...]:
    count = len(queries) - len(found)
    return (f"{count:,} of {len(queries):,} queries {why}: they are left out.",) if count else ()
