"""Intervals and tests against values computed by hand."""

import math

import numpy as np
import pytest

from drafter.evaluation.statistics import bootstrap_mean, mcnemar, wilson


def test_wilson_agrees_with_values_computed_by_hand() -> None:
    z2 = 1.959963984540054**2
    assert wilson(170, 170).low == pytest.approx(170 / (170 + z2))  # for k = n the formula shrinks to n / (n + z2)
    assert wilson(0, 10).high == pytest.approx(z2 / (10 + z2))
    assert (wilson(8, 10).low, wilson(8, 10).high) == pytest.approx((0.49016, 0.94332), abs=1e-5)
    assert (wilson(0, 10).low, wilson(170, 170).high) == pytest.approx((0.0, 1.0))


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 4)])
def test_wilson_refuses_what_is_not_a_rate(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        wilson(successes, n)


def test_mcnemar_agrees_with_the_binomial_tail() -> None:
    assert mcnemar(9, 1) == 2 * (1 + 10) / 1024
    assert mcnemar(1, 9) == mcnemar(9, 1)
    assert mcnemar(6, 0) == 2 / 64
    assert mcnemar(5, 5) == 1.0
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(3000, 3000) == 1.0


def test_two_values_have_the_bootstrap_distribution_that_can_be_written_down() -> None:
    # The mean of two draws from {0, 1} is 0, 0.5 or 1 with 1/4, 1/2 and 1/4.
    found = bootstrap_mean([0.0, 1.0])
    assert (found.estimate, found.low, found.high) == (0.5, 0.0, 1.0)
    assert found.p == pytest.approx(0.5, abs=0.03)


def test_for_many_values_the_interval_is_that_of_the_normal_approximation() -> None:
    values = np.random.default_rng(1).normal(0.3, 1.0, 1500)
    error = 1.96 * values.std() / math.sqrt(len(values))
    found = bootstrap_mean(values.tolist())
    assert found.low == pytest.approx(values.mean() - error, abs=0.1 * error)
    assert found.high == pytest.approx(values.mean() + error, abs=0.1 * error)
    assert found.excludes_zero
    assert found.p == 1 / 10_000


def test_equal_values_give_an_interval_without_width() -> None:
    same = bootstrap_mean([0.1] * 30)
    assert same.estimate == pytest.approx(0.1)
    assert (same.low, same.high, same.p) == (0.1, 0.1, 1e-4)
    nothing = bootstrap_mean([0.0] * 30)
    assert (nothing.low, nothing.high, nothing.p, nothing.excludes_zero) == (0.0, 0.0, 1.0, False)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [0.2, -0.1, 0.4, 0.0, 0.3, -0.2]
    assert bootstrap_mean(values, seed=3) == bootstrap_mean(values, seed=3)
    assert bootstrap_mean(values, seed=3) != bootstrap_mean(values, seed=4)


def test_no_difference_is_rarely_called_one() -> None:
    called = 0
    for seed in range(100):
        differences = np.random.default_rng(seed).normal(0, 1, 100)
        called += bootstrap_mean(differences.tolist(), resamples=2000, seed=seed).excludes_zero
    assert called <= 10


def test_a_mean_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_mean([])
