"""Uncertain sums: triangular factors, effects that fade, and quantiles, against what can be worked out otherwise."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bt_analysis.methods import monte_carlo

# Points


def test_points_fill_the_cube_evenly_and_are_the_same_every_time() -> None:
    points = monte_carlo.points(4, seed=7)
    assert points.shape == (2**12, 4)
    assert points.min() > 0
    assert points.max() < 1
    assert points.mean(axis=0) == pytest.approx([0.5] * 4, abs=1e-4)
    assert np.array_equal(points, monte_carlo.points(4, seed=7))
    assert not np.array_equal(points, monte_carlo.points(4, seed=8))


def test_points_of_two_factors_have_nothing_to_do_with_each_other() -> None:
    points = monte_carlo.points(3, seed=1)
    assert np.asarray(np.corrcoef(points.T))[np.triu_indices(3, 1)] == pytest.approx([0, 0, 0], abs=0.01)


# Triangular distributions


def test_quantiles_of_a_triangle_by_hand() -> None:
    # low 0, mode 1, high 4: c = 1/4. Below c: √(p·4·1); above: 4 − √((1−p)·4·3).
    assert monte_carlo.triangular(0.25, 0, 1, 4) == pytest.approx(1)
    assert monte_carlo.triangular(0.16, 0, 1, 4) == pytest.approx(np.sqrt(0.16 * 4))  # 0.8
    assert monte_carlo.triangular(0.75, 0, 1, 4) == pytest.approx(4 - np.sqrt(0.25 * 12))  # 2.268
    assert monte_carlo.triangular([0.0, 1.0], 0, 1, 4) == pytest.approx([0, 4])


@given(
    st.lists(st.floats(-50, 50), min_size=3, max_size=3, unique=True).map(sorted),
    st.floats(0.001, 0.999),
)
def test_quantiles_are_those_of_scipy(ends: list[float], share: float) -> None:
    low, mode, high = ends
    known = stats.triang((mode - low) / (high - low), loc=low, scale=high - low).ppf(share)
    assert float(monte_carlo.triangular(share, low, mode, high)) == pytest.approx(known, rel=1e-6, abs=1e-6)


def test_a_triangle_may_lean_wholly_to_one_side_or_be_a_point() -> None:
    share = np.array([0.1, 0.5, 0.9])
    assert monte_carlo.triangular(share, 2, 2, 2).tolist() == [2, 2, 2]
    assert monte_carlo.triangular(share, 0, 0, 1) == pytest.approx(1 - np.sqrt(1 - share))
    assert monte_carlo.triangular(share, 0, 1, 1) == pytest.approx(np.sqrt(share))


def test_one_row_of_ends_serves_many_shares_and_the_other_way_round() -> None:
    many = monte_carlo.triangular(np.array([[0.2, 0.5]]), np.array([[0.0], [1.0]]), 1.0, np.array([[4.0], [3.0]]))
    assert many.shape == (2, 2)
    assert many[0, 1] == pytest.approx(4 - np.sqrt(0.5 * 12))


def test_a_mode_outside_its_ends_is_refused() -> None:
    with pytest.raises(ValueError, match=r"got low, mode, high = 2, 1, 3; expected low ≤ mode ≤ high"):
        monte_carlo.triangular(0.5, 2, 1, 3)
    with pytest.raises(ValueError, match=r"1, 9, 3"):
        monte_carlo.triangular(0.5, [0, 1], [1, 9], [2, 3])


# Effects that fade


@pytest.mark.parametrize(
    ("duration", "drop_off", "expected"),
    [
        (1, 0.2, 1),
        (3, 0.2, 1 + 0.8 + 0.64),
        (3, 0, 3),
        (2.5, 0.2, 1 + 0.8 + 0.5 * 0.64),  # half of the third year
        (0.5, 0.9, 0.5),
        (0, 0.2, 0),
        (4, 1, 1),  # all of it is gone after a year
        (3.5, 1, 1),  # and of half a year later nothing is left
        (2, 1e-15, 2),
    ],
)
def test_years_together(duration: float, drop_off: float, expected: float) -> None:
    assert monte_carlo.years_together(duration, drop_off) == pytest.approx(expected)


@pytest.mark.parametrize("drop_off", [1e-10, 1e-8, 1e-6, 1e-5, 1e-4])
def test_an_effect_that_hardly_fades_does_fade(drop_off: float) -> None:
    # 30 − (0 + 1 + … + 29)·d, and 29·30/2 = 435; what is left of the squares is less than 4060·d².
    found = float(monte_carlo.years_together(30, drop_off))
    assert found == pytest.approx(30 - 435 * drop_off + 4060 * drop_off**2, rel=1e-7)


@given(st.integers(0, 30), st.floats(0, 1))
def test_years_together_are_the_sum_written_out(years: int, drop_off: float) -> None:
    expected = sum((1 - drop_off) ** t for t in range(years))
    assert float(monte_carlo.years_together(years, drop_off)) == pytest.approx(expected, rel=1e-6)


# Products against what can be worked out otherwise


def product(*triangles: tuple[float, float, float], seed: int = 3) -> np.ndarray:
    points = monte_carlo.points(len(triangles), seed)
    drawn = [monte_carlo.triangular(points[:, at], *ends) for at, ends in enumerate(triangles)]
    return np.asarray(np.prod(drawn, axis=0))


def moments(low: float, mode: float, high: float) -> tuple[float, float]:
    """Return mean and mean square of a triangular distribution, as textbooks have them."""
    mean = (low + mode + high) / 3
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    return mean, variance + mean**2


@pytest.mark.parametrize(
    "triangles",
    [
        [(1, 2, 3)],
        [(1, 2, 3), (80, 100, 140)],
        [(0, 1, 6), (10, 10, 60), (0.4, 0.5, 0.9)],
        [(1, 1, 1), (0, 5, 5)],
    ],
)
def test_mean_and_spread_of_a_product_are_products_of_moments(triangles: list[tuple[float, float, float]]) -> None:
    # Factors are independent: E[XY] = E[X]·E[Y], and E[(XY)²] = E[X²]·E[Y²].
    drawn = product(*triangles)
    mean, square = np.prod([moments(*ends) for ends in triangles], axis=0)
    assert drawn.mean() == pytest.approx(mean, rel=5e-4)
    assert (drawn**2).mean() == pytest.approx(square, rel=2e-3)


def cdf_of_product(x: float, one: Any, other: Any, steps: int = 20_001) -> float:
    """Return P(XY ≤ x) by a numerical convolution: the mean of P(Y ≤ x / u) over the density of X."""
    low, high = one.support()
    u = np.linspace(low, high, steps)[1:-1]
    return float(np.trapezoid(other.cdf(x / u) * one.pdf(u), u))


def test_quantiles_of_a_product_of_two_triangles_are_those_of_a_convolution() -> None:
    first, second = (1.0, 2.0, 3.0), (80.0, 100.0, 140.0)
    known = [stats.triang((m - a) / (b - a), loc=a, scale=b - a) for a, m, b in (first, second)]
    low, median, high = monte_carlo.middle_of(product(first, second), 0.9)
    assert cdf_of_product(float(low), *known) == pytest.approx(0.05, abs=0.002)
    assert cdf_of_product(float(median), *known) == pytest.approx(0.5, abs=0.002)
    assert cdf_of_product(float(high), *known) == pytest.approx(0.95, abs=0.002)


@pytest.mark.parametrize("seed", range(5))
def test_another_seed_moves_the_ends_by_less_than_a_per_cent(seed: int) -> None:
    triangles = ((0.5, 1.0, 3.0), (60.0, 85.0, 120.0), (0.4, 0.5, 0.6))
    here, there = (monte_carlo.middle_of(product(*triangles, seed=one), 0.9) for one in (100, seed))
    assert np.array(here) == pytest.approx(np.array(there), rel=0.01)


def test_the_middle_of_draws_by_row() -> None:
    drawn = np.array([np.arange(101.0), 10 * np.arange(101.0)])
    low, median, high = monte_carlo.middle_of(drawn, 0.9)
    assert low == pytest.approx([5, 50])
    assert median == pytest.approx([50, 500])
    assert high == pytest.approx([95, 950])


# Rounding


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (3450 * 14.40, 3450 * 38, (50_000, 131_000)),  # 49 680 and 131 100, the numbers of the programme
        (49_680, 99_940, (49_700, 99_900)),
        (1_234_567, 2_345_678, (1_230_000, 2_350_000)),
        (0, 131_100, (0, 131_000)),
        (12.4, 55.6, (12, 56)),  # no step is finer than a euro
        (0.2, 0.4, (0, 0)),
        (999_400, 999_600, (999_000, 1_000_000)),
    ],
)
def test_both_ends_are_rounded_to_figures_of_the_upper_one(low: float, high: float, told: tuple[float, float]) -> None:
    assert tuple(float(end) for end in monte_carlo.to_figures(low, high)) == told


def test_ends_that_are_missing_stay_missing() -> None:
    low, high = monte_carlo.to_figures([np.nan, 5200.0], [np.nan, 13_060.0])
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert (low[1], high[1]) == (5200, 13_100)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_rounding_never_turns_a_range_round_nor_moves_it_far(one: float, other: float) -> None:
    low, high = sorted((one, other))
    first, last = monte_carlo.to_figures(low, high)
    assert first <= last
    assert abs(last - high) <= max(0.5, 0.0051 * high)
    assert abs(first - low) <= max(0.5, 0.0051 * high)


def test_ends_may_be_told_to_fewer_figures() -> None:
    low, high = monte_carlo.to_figures([24_230, 840], [56_170, 1260], figures=2)
    assert low.tolist() == [24_000, 800]
    assert high.tolist() == [56_000, 1300]


# Values from outside


@pytest.mark.parametrize("share", [0.0, 1e-12, 0.3, 1 - 1e-12, 1.0])
def test_a_quantile_never_leaves_its_triangle(share: float) -> None:
    for low, mode, high in [(0, 0, 1e-300), (-1e9, 0, 1e9), (5, 5, 5), (1, 1 + 1e-15, 2)]:
        assert low <= float(monte_carlo.triangular(share, low, mode, high)) <= high


@given(st.floats(0, 1), st.floats(0, 1), st.tuples(*[st.floats(0, 1e6)] * 3).map(sorted))
def test_a_larger_share_is_never_a_smaller_value(one: float, other: float, ends: list[float]) -> None:
    low, high = sorted([one, other])
    first, second = (float(monte_carlo.triangular(share, *ends)) for share in (low, high))
    assert first <= second + 1e-9 * ends[2]


@pytest.mark.parametrize("missing", range(3))
def test_an_end_that_is_missing_is_refused_and_not_drawn(missing: int) -> None:
    ends = [1.0, 2.0, 3.0]
    ends[missing] = np.nan
    with pytest.raises(ValueError, match="nan"):
        monte_carlo.triangular(0.5, *ends)


@given(st.floats(0, 40), st.floats(0, 40), st.floats(0, 1))
def test_longer_is_never_worth_less_and_at_most_its_years(one: float, other: float, drop_off: float) -> None:
    short, long = sorted([one, other])
    worth = [float(monte_carlo.years_together(years, drop_off)) for years in (short, long)]
    assert worth[0] <= worth[1] + 1e-9
    assert worth[1] <= long + 1e-6


@given(st.floats(0, 10), st.floats(0, 1), st.floats(0, 1))
def test_what_fades_faster_is_never_worth_more(duration: float, one: float, other: float) -> None:
    slow, fast = sorted([one, other])
    worth = [float(monte_carlo.years_together(duration, drop_off)) for drop_off in (slow, fast)]
    assert worth[0] >= worth[1] - 1e-6


def test_the_middle_of_a_single_draw_is_that_draw() -> None:
    low, median, high = monte_carlo.middle_of(np.array([[7.0], [9.0]]))
    assert [low.tolist(), median.tolist(), high.tolist()] == [[7, 9]] * 3


@pytest.mark.parametrize(("level", "ends"), [(0.9, (5, 95)), (0.5, (25, 75)), (0.0, (50, 50)), (1.0, (0, 100))])
def test_as_much_is_left_out_below_as_above(level: float, ends: tuple[float, float]) -> None:
    low, median, high = monte_carlo.middle_of(np.arange(101.0)[None, :], level)
    assert (float(low[0]), float(high[0])) == pytest.approx(ends)
    assert float(median[0]) == 50


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.2, 0.4, (0, 0)),  # no finer than a euro
        (0.0, 999.4, (0, 999)),
        (0.0, 1000.0, (0, 1000)),
        (4.0, 1004.0, (0, 1000)),  # from a thousand on in tens
        (6.0, 1006.0, (10, 1010)),
        (499.0, 1e5, (0, 100_000)),
        (501.0, 1e5, (1000, 100_000)),
    ],
)
def test_edges_of_the_step_of_a_range(low: float, high: float, told: tuple[float, float]) -> None:
    assert np.array(monte_carlo.to_figures(low, high)).tolist() == list(told)
