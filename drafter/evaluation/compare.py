"""Is the second arm better than the first? Question by question, with an interval and in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from pydantic_core import from_json

from drafter.archive import Archive
from drafter.errors import BadInput
from drafter.evaluation.run import ArmRun, EvalRun, read_run
from drafter.evaluation.scorers import Measure
from drafter.evaluation.statistics import Interval, bootstrap_mean, mcnemar

Verdict = Literal["better", "worse", "different", "no clear difference", "too few pairs"]

FEWEST_PAIRS = 6
"""Below this, values that all differ one way happen by chance more than once in twenty: 2 * 0.5**5 > 0.05."""


@dataclass(frozen=True)
class ComparisonLine:
    """One measure in both arms over the items that both scored. ``interval`` is of the mean of second minus
    first, None without a pair; ``unpaired`` counts items that only one arm scored."""

    measure: Measure
    n: int
    first: float | None
    second: float | None
    interval: Interval | None
    verdict: Verdict
    unpaired: int
    differences: tuple[tuple[str, float], ...]

    @property
    def more(self) -> int:
        """Items that have more in the second arm."""
        return sum(difference > 0 for _, difference in self.differences)

    @property
    def less(self) -> int:
        return sum(difference < 0 for _, difference in self.differences)


@dataclass(frozen=True)
class Comparison:
    """The second arm against the first. ``notes`` say what limits the comparison."""

    first: str
    second: str
    lines: tuple[ComparisonLine, ...]
    notes: tuple[str, ...]

    @property
    def findings(self) -> str:
        """Every clear result, without the names of the arms."""
        clear = [f"{line.verdict} on {line.measure.name}" for line in self.lines if line.verdict in _CLEAR]
        return ", ".join(clear) or "no clear difference"

    @property
    def sentence(self) -> str:
        return f"{self.second} against {self.first}: {self.findings}."


_CLEAR = ("better", "worse", "different")


def compare(first: ArmRun, second: ArmRun, measures: Sequence[Measure], *, seed: int = 0) -> Comparison:
    """Each measure's paired difference, second minus first: 10,000 bootstrap resamples of the items, 95 %.

    A difference is called when its interval excludes zero, for rates also only when McNemar's exact p is below
    0.05. Each measure is judged by itself: with eight of them, one in three comparisons of an arm with itself
    would call something if chance alone were at work.
    """
    lines = tuple(_line(measure, first, second, seed) for measure in measures)
    return Comparison(first.label, second.label, lines, tuple(_notes(first, second)))


def _line(measure: Measure, first: ArmRun, second: ArmRun, seed: int) -> ComparisonLine:
    one, two = first.values(measure.name), second.values(measure.name)
    paired = [item_id for item_id in one if item_id in two]
    unpaired = len(one.keys() ^ two.keys())
    if not paired:
        return ComparisonLine(measure, 0, None, None, None, "too few pairs", unpaired, ())
    differences = [two[item_id] - one[item_id] for item_id in paired]
    interval = bootstrap_mean(differences, seed=seed)
    if measure.rate:
        p = mcnemar(sum(d < 0 for d in differences), sum(d > 0 for d in differences))
        interval = Interval(interval.estimate, interval.low, interval.high, p)
    n = len(paired)
    return ComparisonLine(
        measure,
        n,
        sum(one[i] for i in paired) / n,
        sum(two[i] for i in paired) / n,
        interval,
        _verdict(measure, n, interval),
        unpaired,
        tuple(zip(paired, differences, strict=True)),
    )


def _verdict(measure: Measure, n: int, interval: Interval) -> Verdict:
    if n < FEWEST_PAIRS:
        return "too few pairs"
    by_chance = measure.rate and interval.p is not None and interval.p >= 0.05
    if not interval.excludes_zero or by_chance:
        return "no clear difference"
    if measure.higher_is_better is None:
        return "different"
    return "better" if (interval.estimate > 0) == measure.higher_is_better else "worse"


def _notes(first: ArmRun, second: ArmRun) -> list[str]:
    one, two = ({result.item_id for result in arm.results} for arm in (first, second))
    notes = []
    if alone := len(one ^ two):
        notes.append(f"{alone} items stand in one arm only and were not paired.")
    for arm in (first, second):
        if arm.failed:
            notes.append(f"{arm.failed} of {len(arm.results)} items failed in {arm.label} and were not paired.")
    return notes


def open_run(archive: Archive, name: str) -> EvalRun:
    """A run by its id, or by the path of its JSON report.

    Raises:
        BadInput: the file is not a report.
        ArchiveError: no such run.
    """
    path = Path(name)
    try:
        data = from_json(path.read_bytes()) if path.is_file() else archive.evaluation(name)
        return read_run(data)
    except (ValidationError, ValueError, OSError) as error:
        raise BadInput(f"{name} is not an evaluation report: write one with drafter eval run --json.") from error


def compare_named(archive: Archive, first: str, second: str | None = None, *, seed: int = 0) -> Comparison:
    """Two arms, each named RUN or RUN#LABEL, where RUN is a run's id or the path of its JSON report; without
    ``second`` the two arms of ``first``.

    Raises:
        BadInput: a name leaves open which arm is meant, or the two have no item in common.
        ArchiveError: no such run.
    """
    if second is None:
        run = open_run(archive, first)
        if len(run.arms) != 2:
            raise BadInput(f"{first} has {_labels(run)}: name the two to compare as {first}#LABEL.")
        return compare(*run.arms, run.measures, seed=seed)
    (run, one), (other, two) = _named(archive, first), _named(archive, second)
    if not {r.item_id for r in one.results} & {r.item_id for r in two.results}:
        raise BadInput(f"{first} and {second} have no item in common: compare runs over the same set.")
    found = compare(one, two, run.measures, seed=seed)
    if run.set_hash == other.set_hash:
        return found
    note = f"The sets differ ({run.set_name} {run.set_hash}, {other.set_name} {other.set_hash})."
    return replace(found, notes=(note, *found.notes))


def _named(archive: Archive, name: str) -> tuple[EvalRun, ArmRun]:
    run_name, _, label = (name, "", "") if Path(name).is_file() else name.partition("#")
    run = open_run(archive, run_name)
    arms = [arm for arm in run.arms if not label or arm.label == label]
    if len(arms) != 1:
        raise BadInput(f"{run_name} has {_labels(run)}: name one as {run_name}#LABEL.")
    return run, arms[0]


def _labels(run: EvalRun) -> str:
    return f"{len(run.arms)} arms ({', '.join(arm.label for arm in run.arms)})"
