"""Intervals and tests. The unit is the question: values are paired by it, and resampled by it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Z95 = 1.959963984540054
_CHUNK = 2_000_000  # indices drawn at a time: 16 MB


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; ``p`` is two-sided, None where nothing was tested."""

    estimate: float
    low: float
    high: float
    p: float | None = None

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


def bootstrap_mean(values: Sequence[float], *, resamples: int = 10_000, seed: int = 0) -> Interval:
    """The mean with its percentile bootstrap interval (Efron 1979). Of paired differences this is the paired
    bootstrap, and ``p`` is twice the smaller share of resampled means on one side of zero, at least
    1/``resamples``.

    Raises:
        ValueError: without values.
    """
    if not values:
        raise ValueError("a mean needs at least one value")
    data = np.asarray(values, dtype=np.float64)
    means = _resampled_means(data, resamples, np.random.default_rng(seed))
    low, high = np.percentile(means, [2.5, 97.5])
    share = 2 * min(float(np.mean(means <= 0)), float(np.mean(means >= 0)))
    return Interval(float(data.mean()), float(low), float(high), min(1.0, max(share, 1 / resamples)))


def _resampled_means(data: NDArray[np.float64], resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    if np.all(data == data[0]):  # rounding must not push the mean of equal values to one side of zero
        return np.full(resamples, data[0])
    step = max(1, _CHUNK // len(data))
    parts = [
        data[rng.integers(0, len(data), size=(min(step, resamples - done), len(data)))].mean(axis=1)
        for done in range(0, resamples, step)
    ]
    return np.concatenate(parts)


def wilson(successes: int, n: int) -> Interval:
    """A rate with its 95 % score interval (Wilson 1927), which stays within 0 and 1 and holds for small n.

    Raises:
        ValueError: n is not positive, or the successes are not among them.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a rate")
    rate, square = successes / n, _Z95**2
    centre = (rate + square / (2 * n)) / (1 + square / n)
    half = _Z95 * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n)) / (1 + square / n)
    return Interval(rate, max(0.0, centre - half), min(1.0, centre + half))


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p of McNemar's test: of the pairs that differ, how many succeeded in one arm only."""
    n, smaller = only_first + only_second, min(only_first, only_second)
    ways = tail = 1
    for k in range(smaller):
        ways = ways * (n - k) // (k + 1)  # exact: n over k + 1
        tail += ways
    return min(1.0, tail / (1 << n) * 2)
