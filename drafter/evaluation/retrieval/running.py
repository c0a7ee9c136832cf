"""One system over one task: what it found, and how long that took."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from drafter.evaluation.retrieval.measuring import Progress, Search, System
from drafter.evaluation.retrieval.metrics import MEASURES, condensed, measures
from drafter.evaluation.retrieval.tasks import Task

DEPTH = 100
"""Documents asked for: condensed lists are cut at ten only after the unjudged ones were dropped."""

Values = Mapping[str, tuple[float, ...]]
"""By measure, one value for each query, in the queries' order."""


@dataclass(frozen=True)
class Run:
    """One configuration over all queries. ``condensed`` is the same object as ``values`` where nothing is
    unjudged; ``query_seconds`` has one duration for each query."""

    name: str
    values: Values
    condensed: Values
    index_seconds: float
    query_seconds: tuple[float, ...]


def run_system(system: System, task: Task, *, indexing: Progress, searching: Progress) -> tuple[Run, ...]:
    """One run for each configuration. ``indexing`` is told how many exchanges are indexed, ``searching`` how many
    queries a configuration is done with.

    Raises:
        IndexUnusable: the index cannot be built or searched.
        BadInput: a query cannot be screened.
    """
    texts = [system.text(query) for query in task.queries]
    began = time.perf_counter()
    with system.open(task, indexing) as searches:
        seconds = time.perf_counter() - began
        return tuple(
            _run(name, task, _searched(search, task, texts, searching), seconds)
            for name, search in searches.items()
        )


def _searched(search: Search, task: Task, texts: list[str], searching: Progress) -> list[tuple[list[str], float]]:
    """The ranking of each query and the seconds it took; a first search, not timed, loads what loads late."""
    search(texts[0], task.queries[0].excluded, DEPTH)
    found: list[tuple[list[str], float]] = []
    for query, text in zip(task.queries, texts, strict=True):
        began = time.perf_counter()
        ranking = search(text, query.excluded, DEPTH)
        found.append((list(ranking), time.perf_counter() - began))
        searching(len(found))
    return found


def _run(name: str, task: Task, found: list[tuple[list[str], float]], index_seconds: float) -> Run:
    pairs = [(ranking, query.known) for (ranking, _), query in zip(found, task.queries, strict=True)]
    plain = _values([measures(ranking, known) for ranking, known in pairs])
    dense = (
        plain
        if task.complete
        else _values([measures(condensed(ranking, known), known) for ranking, known in pairs])
    )
    return Run(name, plain, dense, index_seconds, tuple(seconds for _, seconds in found))


def _values(rows: list[dict[str, float]]) -> Values:
    return {measure: tuple(row[measure] for row in rows) for measure in MEASURES}
