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
    """Differences as dots (x, y), with their mean and its interval. ``zero`` is in the middle and the scale goes
    from -``reach`` to ``reach``; ``left_out`` dots are not drawn."""

    zero: float
    low: float
    mean: float
    high: float
    dots: tuple[tuple[float, float], ...]
    reach: float
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
    reach = max(map(abs, (*values, interval.low, interval.high)))
    drawn = sorted(values)[:: -(-len(values) // _MOST_DOTS)]
    dots = tuple((_place(value, -reach, reach), 8.0 + 6.0 * (n * 3 % 7)) for n, value in enumerate(drawn))
    low, mean, high = (_place(v, -reach, reach) for v in (interval.low, interval.estimate, interval.high))
    return Strip(WIDTH / 2, low, mean, high, dots, reach, len(values) - len(drawn))


def _place(value: float, least: float, most: float) -> float:
    span = most - least
    return round(_MARGIN + (value - least) / span * (WIDTH - 2 * _MARGIN), 1) if span else WIDTH / 2
