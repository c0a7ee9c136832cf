"""Where the marks of the report's charts stand, in the units of an SVG ``WIDTH`` wide. No drawing, no text."""

from collections.abc import Sequence
from dataclasses import dataclass

from drafter.evaluation.statistics import Interval

WIDTH = 600.0
_MARGIN = 6.0
_MOST_DOTS = 400


@dataclass(frozen=True)
class Bar:
    """A bar from ``start`` to ``end`` with a whisker from ``low`` to ``high``."""

    start: float
    end: float
    low: float
    high: float


@dataclass(frozen=True)
class Strip:
    """Differences as dots (x, y) on a scale whose zero is at ``zero``, with their mean and its interval. ``least``
    and ``most`` are the values at the scale's ends; ``left_out`` dots are not drawn."""

    zero: float
    low: float
    mean: float
    high: float
    dots: tuple[tuple[float, float], ...]
    least: float
    most: float
    left_out: int


def bars(intervals: Sequence[Interval | None]) -> tuple[Bar | None, ...]:
    """One bar for each interval, all on one scale that begins at zero (or below it for negative values)."""
    known = [i for i in intervals if i]
    least = min(0.0, *(i.low for i in known)) if known else 0.0
    most = max(0.0, *(i.high for i in known)) if known else 0.0
    return tuple(_bar(i, least, most) if i else None for i in intervals)


def _bar(interval: Interval, least: float, most: float) -> Bar:
    return Bar(*(_place(v, least, most) for v in (0.0, interval.estimate, interval.low, interval.high)))


def strip(values: Sequence[float], interval: Interval) -> Strip:
    """Dots are spread over the height in turns, so that equal values can be told apart; beyond 400 values every
    n-th one in order of size is drawn."""
    least, most = min(0.0, *values, interval.low), max(0.0, *values, interval.high)
    step = -(-len(values) // _MOST_DOTS)
    drawn = sorted(values)[::step]
    dots = tuple((_place(value, least, most), 8.0 + 6.0 * (n * 3 % 7)) for n, value in enumerate(drawn))
    zero, low, mean, high = (_place(v, least, most) for v in (0.0, interval.low, interval.estimate, interval.high))
    return Strip(zero, low, mean, high, dots, least, most, len(values) - len(drawn))


def _place(value: float, least: float, most: float) -> float:
    span = most - least
    middle = WIDTH / 2 if least < 0 else _MARGIN
    return round(_MARGIN + (value - least) / span * (WIDTH - 2 * _MARGIN), 1) if span else middle
