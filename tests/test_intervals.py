"""Intervals of shares, against published values."""

import numpy as np
import pytest
from scipy.stats import beta

from bt_analysis.methods.intervals import jeffreys, wilson


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_values(count: int, n: int, low: float, high: float) -> None:
    got = wilson([count], [n])
    assert round(float(got[0][0]), 4) == low
    assert round(float(got[1][0]), 4) == high


def test_wilson_is_its_formula() -> None:
    p, n, z = 8 / 20, 20, 1.959963984540054
    half = z * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    low, high = wilson([8], [20])
    assert low[0] == pytest.approx((p + z**2 / (2 * n) - half) / (1 + z**2 / n))
    assert high[0] == pytest.approx((p + z**2 / (2 * n) + half) / (1 + z**2 / n))


def test_jeffreys_is_two_quantiles_of_a_beta_distribution() -> None:
    low, high = jeffreys([8], [20])
    assert low[0] == pytest.approx(beta.ppf(0.025, 8 + 0.5, 20 - 8 + 0.5))
    assert high[0] == pytest.approx(beta.ppf(0.975, 8 + 0.5, 20 - 8 + 0.5))


def test_nobody_asked_gives_no_interval_and_leaves_the_others() -> None:
    for method in (wilson, jeffreys):
        low, high = method([0, 5], [0, 10])
        assert np.isnan(low[0])
        assert np.isnan(high[0])
        assert 0 < low[1] < 0.5 < high[1] < 1


def test_nobody_and_everybody_stay_between_0_and_1() -> None:
    for method in (wilson, jeffreys):
        low, high = method([0, 20], [20, 20])
        assert 0 <= low[0] < high[0] < 0.2
        assert 0.8 < low[1] < high[1] <= 1


def test_a_higher_level_is_wider() -> None:
    narrow, wide = wilson([8], [20], level=0.8), wilson([8], [20], level=0.99)
    assert wide[0][0] < narrow[0][0]
    assert narrow[1][0] < wide[1][0]


def test_no_counts_give_no_intervals() -> None:
    low, high = wilson([], [])
    assert low.shape == high.shape == (0,)


@pytest.mark.parametrize("count", [-1, 21])
def test_a_count_outside_its_n_is_refused(count: int) -> None:
    for method in (wilson, jeffreys):
        with pytest.raises(ValueError, match=r"1 counts lie outside 0 … n, the first is .*; expected 0 ≤ count ≤ n"):
            method([3, count], [20, 20])
