"""Intervals of shares, against published values."""

import numpy as np
import pytest
from scipy.stats import beta

from bt_analysis.methods.intervals import clopper_pearson, difference, jeffreys, newcombe, wilson


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


# Clopper and Pearson, and Newcombe: the published values of Statist. Med. 1998;17:857 and 873


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_clopper_and_pearson_give_the_published_values(count: int, n: int, low: float, high: float) -> None:
    got = clopper_pearson([count], [n])
    assert float(got[0][0]) == pytest.approx(low, abs=0.0001)
    assert float(got[1][0]) == pytest.approx(high, abs=0.0001)


def test_clopper_and_pearson_are_two_quantiles_and_0_or_1_at_the_ends() -> None:
    low, high = clopper_pearson([0, 8, 20, 0], [20, 20, 20, 0])
    assert (low[0], high[2]) == (0, 1)
    assert high[0] == pytest.approx(1 - 0.025 ** (1 / 20))  # nobody of 20: (1 − high) ** 20 = 0.025
    assert low[1] == pytest.approx(beta.ppf(0.025, 8, 20 - 8 + 1))
    assert high[1] == pytest.approx(beta.ppf(0.975, 8 + 1, 20 - 8))
    assert np.isnan([low[3], high[3]]).all()


def test_clopper_and_pearson_lie_outside_wilson() -> None:
    exact, score = clopper_pearson([15], [148]), wilson([15], [148])
    assert exact[0][0] < score[0][0]
    assert exact[1][0] > score[1][0]


def test_the_difference_of_56_of_70_and_48_of_80_is_as_published() -> None:
    low, high = newcombe(56, 70, 48, 80)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=0.0001)


def test_the_other_way_round_is_the_same_with_another_sign() -> None:
    low, high = newcombe(56, 70, 48, 80)
    assert newcombe(48, 80, 56, 70) == pytest.approx((-high, -low))


def test_a_difference_is_its_formula() -> None:
    low, high = difference(0.5, (0.4, 0.7), 0.3, (0.2, 0.4))
    assert low == pytest.approx(0.5 - 0.3 - (0.1**2 + 0.1**2) ** 0.5)
    assert high == pytest.approx(0.5 - 0.3 + (0.2**2 + 0.1**2) ** 0.5)


def test_what_is_known_adds_nothing_to_the_width() -> None:
    assert difference(0.5, (0.4, 0.7), 0.3, (0.3, 0.3)) == pytest.approx((0.1, 0.4))


def test_an_empty_group_has_no_difference() -> None:
    assert np.isnan(newcombe(0, 0, 48, 80)).all()
    assert np.isnan(newcombe(48, 80, 0, 0)).all()
