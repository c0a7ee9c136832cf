"""A run for people and for programs: a table, one JSON and one HTML file that asks nothing of the network."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from drafter.batch import NO_MODEL
from drafter.errors import BadInput
from drafter.evaluation.charts import Bar, Strip, bars, strip
from drafter.evaluation.compare import Comparison, ComparisonLine, compare
from drafter.evaluation.run import ArmRun, EvalRun, ItemResult, run_data
from drafter.evaluation.scorers import Measure
from drafter.evaluation.statistics import Interval, bootstrap_mean, wilson

_MOST_ITEMS = 10


@dataclass(frozen=True)
class Summary:
    """One measure in one arm. ``interval`` is None when no item could be scored."""

    measure: Measure
    n: int
    unscored: int
    interval: Interval | None


@dataclass(frozen=True)
class ConcernRate:
    """How many of an arm's drafts have a concern of this code."""

    code: str
    count: int
    drafts: int
    interval: Interval


@dataclass(frozen=True)
class Table:
    """Cells as text, for a terminal or a page; the first column is left-aligned, the others are figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def summarise(run: EvalRun, arm: ArmRun) -> tuple[Summary, ...]:
    """Each measure's mean over the scored items with a bootstrap interval, for rates a Wilson interval."""
    return tuple(_summary(measure, arm) for measure in run.measures)


def _summary(measure: Measure, arm: ArmRun) -> Summary:
    values = list(arm.values(measure.name).values())
    unscored = len(arm.results) - len(values)
    if not values:
        return Summary(measure, 0, unscored, None)
    interval = wilson(round(sum(values)), len(values)) if measure.rate else bootstrap_mean(values)
    return Summary(measure, len(values), unscored, interval)


def concern_rates(arm: ArmRun) -> tuple[ConcernRate, ...]:
    """Every concern that a draft of the arm has, the most frequent first."""
    drafts = [result for result in arm.results if not result.failure]
    codes = sorted({code for result in drafts for code in result.concerns})
    counts = {code: sum(code in result.concerns for result in drafts) for code in codes}
    return tuple(
        ConcernRate(code, counts[code], len(drafts), wilson(counts[code], len(drafts)))
        for code in sorted(codes, key=lambda code: (-counts[code], code))
    )


def comparisons(run: EvalRun) -> tuple[Comparison, ...]:
    """Every other arm against the first."""
    return tuple(compare(run.arms[0], arm, run.measures) for arm in run.arms[1:])


def notices(run: EvalRun) -> tuple[str, ...]:
    """What a reader must know before the figures."""
    offline = [arm for arm in run.arms if arm.offline]
    found = []
    if offline:
        arms = "" if len(offline) == len(run.arms) else f" ({', '.join(arm.label for arm in offline)})"
        found.append(NO_MODEL.replace(":", f"{arms}:", 1))
    if len({arm.prompts for arm in offline}) > 1:
        found.append("Without a language model nothing reads the prompts: arms that differ only in them are equal.")
    if run.reused:
        found.append(f"{run.reused} drafts were made by an earlier run with the same settings.")
    return tuple(found)


def number(value: float | None) -> str:
    """Three significant digits, thousands apart."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


def summary_table(run: EvalRun) -> Table:
    """A line for each measure: mean and interval of each arm, and how many were scored when not all were."""
    by_arm = [summarise(run, arm) for arm in run.arms]
    lines = [(m.name, *(_cell(summaries[i]) for summaries in by_arm)) for i, m in enumerate(run.measures)]
    failed = ("failed", *(f"{arm.failed} of {len(arm.results)}" for arm in run.arms))
    return Table(("", *(arm.label for arm in run.arms)), (*lines, failed))


def _cell(summary: Summary) -> str:
    if summary.interval is None:
        return "unscored"
    i = summary.interval
    scored = f", {summary.n} scored" if summary.unscored else ""
    return f"{number(i.estimate)} ({number(i.low)} to {number(i.high)}){scored}"


def comparison_table(comparison: Comparison) -> Table:
    """A line for each measure: pairs, both means, difference with its 95 % interval, p and verdict on the second
    arm."""
    columns = ("", "n", comparison.first, comparison.second, "difference (95 %)", "p", "verdict")
    return Table(columns, tuple(_comparison_row(line) for line in comparison.lines))


def _comparison_row(line: ComparisonLine) -> tuple[str, ...]:
    i = line.interval
    if i is None:
        return (line.measure.name, "0", "-", "-", "-", "-", line.verdict)
    p = "-" if i.p is None else f"{i.p:.4f}" if i.p < 0.1 else f"{i.p:.2f}"
    difference = f"{signed(i.estimate)} ({signed(i.low)} to {signed(i.high)})"
    return (line.measure.name, str(line.n), number(line.first), number(line.second), difference, p, line.verdict)


def report_data(run: EvalRun) -> dict[str, Any]:
    """The report in JSON values, which ``compare_named`` reads back.

    * ``schema``: "drafter-evaluation/1"
    * ``run_id``, ``set_name``, ``set_hash``, ``created_at`` (ISO 8601), ``seconds``, ``reused`` (drafts of an
      earlier run), ``notices`` (sentences that must stand beside the figures)
    * ``measures``: [{``name``, ``higher_is_better`` (null: neither), ``explanation``, ``rate``}]
    * ``arms``: [{``label``, ``model``, ``prompts``, ``parameters``, ``offline``, ``results``: [{``item_id``,
      ``question`` (masked excerpt), ``reply``, ``scores``: {name: {``value`` (null: unscored), ``reason``}},
      ``concerns`` (codes), ``failure`` ("" if none)}], ``summaries``: [{``name``, ``n``, ``unscored``, ``mean``,
      ``low``, ``high``}], ``concern_rates``: [{``code``, ``count``, ``drafts``, ``low``, ``high``}]}]
    * ``comparisons``, each arm against the first: [{``first``, ``second``, ``notes``, ``lines``: [{``name``,
      ``n``, ``unpaired``, ``first``, ``second``, ``difference`` (second minus first), ``low``, ``high``, ``p``,
      ``verdict``}]}]

    ``low`` and ``high`` are the ends of 95 % intervals; figures are null where nothing could be scored.
    """
    data = run_data(run)
    arms = [
        kept | {"summaries": [_summary_data(s) for s in summarise(run, arm)], "concern_rates": _rates_data(arm)}
        for kept, arm in zip(data.pop("arms"), run.arms, strict=True)
    ]
    own = {"schema": "drafter-evaluation/1", **data, "notices": list(notices(run)), "arms": arms}
    return own | {"comparisons": [_comparison_data(c) for c in comparisons(run)]}


def _summary_data(summary: Summary) -> dict[str, Any]:
    return {
        "name": summary.measure.name,
        "n": summary.n,
        "unscored": summary.unscored,
        **_interval_data("mean", summary.interval),
    }


def _rates_data(arm: ArmRun) -> list[dict[str, Any]]:
    return [
        {"code": r.code, "count": r.count, "drafts": r.drafts, "low": r.interval.low, "high": r.interval.high}
        for r in concern_rates(arm)
    ]


def _comparison_data(comparison: Comparison) -> dict[str, Any]:
    lines = [
        {
            "name": line.measure.name,
            "n": line.n,
            "unpaired": line.unpaired,
            "first": line.first,
            "second": line.second,
            **_interval_data("difference", line.interval),
            "p": line.interval.p if line.interval else None,
            "verdict": line.verdict,
        }
        for line in comparison.lines
    ]
    return {"first": comparison.first, "second": comparison.second, "notes": list(comparison.notes), "lines": lines}


def _interval_data(name: str, interval: Interval | None) -> dict[str, float | None]:
    if interval is None:
        return {name: None, "low": None, "high": None}
    return {name: interval.estimate, "low": interval.low, "high": interval.high}


def report_html(run: EvalRun) -> str:
    """One page without scripts and without requests, light or dark as the reader's system is."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "signed": signed}
    source = files("drafter.evaluation").joinpath("report.html.j2").read_text(encoding="utf-8")
    compared = comparisons(run)
    return environment.from_string(source).render(
        run=run,
        notices=notices(run),
        cards=list(_cards(run)),
        comparisons=[(c, [(line, _strip(line)) for line in c.lines]) for c in compared],
        pairs=[(c, list(_widest(run, c))) for c in compared],
        concerns=_concern_rows(run),
        failures=[(arm, r) for arm in run.arms for r in arm.results if r.failure][:50],
    )


def write_json(run: EvalRun, path: Path) -> None:
    _write(path, json.dumps(report_data(run), ensure_ascii=False, indent=1) + "\n")


def write_html(run: EvalRun, path: Path) -> None:
    _write(path, report_html(run))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}. The run itself is in the archive.") from error


def _cards(run: EvalRun) -> Iterator[tuple[Measure, list[tuple[Summary, Bar | None]]]]:
    """Each measure with every arm's summary and bar."""
    by_arm = [summarise(run, arm) for arm in run.arms]
    for measure, summaries in zip(run.measures, zip(*by_arm, strict=True), strict=True):
        yield measure, list(zip(summaries, bars([s.interval for s in summaries]), strict=True))


def _strip(line: ComparisonLine) -> Strip | None:
    return strip([value for _, value in line.differences], line.interval) if line.interval else None


def _widest(run: EvalRun, comparison: Comparison) -> Iterator[tuple[float, ItemResult, ItemResult]]:
    """The items whose first measure differs most, with both results."""
    line = comparison.lines[0]
    one, two = (
        {result.item_id: result for arm in run.arms if arm.label == label for result in arm.results}
        for label in (comparison.first, comparison.second)
    )
    for item_id, difference in sorted(line.differences, key=lambda pair: (-abs(pair[1]), pair[0]))[:_MOST_ITEMS]:
        if difference:
            yield difference, one[item_id], two[item_id]


def _concern_rows(run: EvalRun) -> list[tuple[str, list[ConcernRate | None]]]:
    by_arm = [{rate.code: rate for rate in concern_rates(arm)} for arm in run.arms]
    codes = sorted({code for rates in by_arm for code in rates})
    return [(code, [rates.get(code) for rates in by_arm]) for code in codes]
