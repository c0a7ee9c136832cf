"""What runs came to, for people and for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from drafter.evaluation.report import Table
from drafter.evaluation.retrieval.metrics import MEASURES
from drafter.evaluation.retrieval.running import Run, Values
from drafter.evaluation.retrieval.tasks import Task
from drafter.evaluation.statistics import Interval, bootstrap_mean


@dataclass(frozen=True)
class Difference:
    """Mean of ``second`` minus ``first`` in one measure over the same queries, with its 95 % paired bootstrap
    interval."""

    first: str
    second: str
    measure: str
    interval: Interval


def differences(runs: Sequence[Run]) -> tuple[Difference, ...]:
    """Every pair of runs; the one that was named later, or the peer, is the first: what the second gains on it."""
    return tuple(
        Difference(first.name, second.name, measure, _paired(first.values[measure], second.values[measure]))
        for second, first in combinations(runs, 2)
        for measure in MEASURES
    )


def _paired(first: Sequence[float], second: Sequence[float]) -> Interval:
    return bootstrap_mean([b - a for a, b in zip(first, second, strict=True)])


def report_data(task: Task, runs: Sequence[Run], embedder: str) -> dict[str, Any]:
    """One object for programs; the form is described in docs/evaluation.md. Figures have four digits."""
    return {
        "exchanges": len(task.items),
        "queries": len(task.queries),
        "embedder": embedder,
        "documents_per_second": round(_rate(task, runs[0]), 1),
        "configurations": {run.name: _run_data(run) for run in runs},
        "comparisons": [
            {
                "first": one.first,
                "second": one.second,
                "metric": one.measure,
                "difference": round(one.interval.estimate, 4),
                "low": round(one.interval.low, 4),
                "high": round(one.interval.high, 4),
            }
            for one in differences(runs)
        ],
        "notes": list(task.notes),
    }


def _run_data(run: Run) -> dict[str, Any]:
    plain = _intervals(run.values)
    return {
        **plain,
        "condensed": plain if run.condensed is run.values else _intervals(run.condensed),
        "index_seconds": round(run.index_seconds, 2),
        "query_ms": {"p50": round(_milliseconds(run, 50), 2), "p95": round(_milliseconds(run, 95), 2)},
    }


def _intervals(values: Values) -> dict[str, dict[str, float]]:
    found = {measure: bootstrap_mean(values[measure]) for measure in MEASURES}
    return {
        measure: {"mean": round(one.estimate, 4), "low": round(one.low, 4), "high": round(one.high, 4)}
        for measure, one in found.items()
    }


def _milliseconds(run: Run, percent: int) -> float:
    return float(np.percentile(run.query_seconds, percent)) * 1000


def _rate(task: Task, run: Run) -> float:
    return len(task.items) / run.index_seconds


def quality_table(task: Task, runs: Sequence[Run]) -> Table:
    """Each measure's mean with its 95 % interval; condensed lists where documents are unjudged."""
    return Table(("", *(run.name for run in runs)), tuple(_quality_rows(task, runs)))


def _quality_rows(task: Task, runs: Sequence[Run]) -> Iterator[tuple[str, ...]]:
    for measure in MEASURES:
        yield (measure, *(_cell(bootstrap_mean(run.values[measure])) for run in runs))
    for measure in () if task.complete else MEASURES[:-1]:  # of condensed lists every document is judged
        yield (f"condensed {measure}", *(_cell(bootstrap_mean(run.condensed[measure])) for run in runs))


def _cell(interval: Interval) -> str:
    return f"{interval.estimate:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def comparison_table(runs: Sequence[Run]) -> Table:
    found = differences(runs)
    rows = tuple(
        (
            f"{one.second} minus {one.first}",
            one.measure,
            f"{one.interval.estimate:+.3f} [{one.interval.low:+.3f}, {one.interval.high:+.3f}]",
            "" if one.interval.excludes_zero else "no clear difference",
        )
        for one in found
    )
    return Table(("", "measure", "mean difference", ""), rows)


def speed_table(task: Task, runs: Sequence[Run]) -> Table:
    rows = tuple(
        (
            run.name,
            f"{run.index_seconds:.1f}",
            f"{_rate(task, run):.1f}",
            f"{_milliseconds(run, 50):.1f}",
            f"{_milliseconds(run, 95):.1f}",
        )
        for run in runs
    )
    return Table(("", "index, s", "exchanges/s", "query p50, ms", "p95, ms"), rows)
