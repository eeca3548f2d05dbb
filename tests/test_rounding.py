"""Rounded and withheld counts: worked examples of what the true counts can be."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods import rounding
from bt_analysis.methods.rounding import Interval

NAN, INF = float("nan"), float("inf")


def ends(pair: tuple[np.ndarray, np.ndarray]) -> list[tuple[float, float]]:
    return list(zip(pair[0].tolist(), pair[1].tolist(), strict=True))


# One figure


def test_rounding_by_lot_leaves_less_than_a_whole_step() -> None:
    assert ends(rounding.bounds([30, 5, 0], 5, "random")) == [(30 - 4, 30 + 4), (5 - 4, 5 + 4), (0, 0 + 4)]


def test_rounding_to_the_nearest_leaves_half_a_step() -> None:
    assert ends(rounding.bounds([30.0, 0.0], 5)) == [(30 - 2.5, 30 + 2.5), (0, 2.5)]
    low, high = rounding.bounds([2.1], 0.1)  # one decimal
    assert (low[0], high[0]) == (pytest.approx(2.1 - 0.05), pytest.approx(2.1 + 0.05))


def test_a_figure_that_may_be_negative_is_not_cut_off_at_nothing() -> None:
    assert ends(rounding.bounds([-1.0], 1.0, lowest=-INF)) == [(-1.5, -0.5)]


def test_every_figure_has_its_own_step_and_an_exact_one_none() -> None:
    assert ends(rounding.bounds([50, 1_240], [5, 0], "random")) == [(46, 54), (1_240, 1_240)]


def test_an_unknown_kind_of_rounding_is_refused() -> None:
    with pytest.raises(ValueError, match="rounding 'up'; expected 'nearest' or 'random'"):
        rounding.bounds([1], 5, "up")


def test_a_secret_count_is_at_most_the_largest_that_is_kept_secret() -> None:
    assert ends(rounding.withheld([NAN, 10], [NAN, 6], [NAN, 14], up_to=7)) == [(0, 7), (6, 14)]
    assert ends(rounding.withheld([NAN, 10], [NAN, 6], [NAN, 14], up_to=INF)) == [(0, INF), (6, 14)]
    assert ends(rounding.withheld([NAN, NAN], [NAN, NAN], [NAN, NAN], up_to=[7, INF])) == [(0, 7), (0, INF)]


# A whole and its parts


def test_anloo() -> None:
    # 2018: wijk Anloo 50; its buurten Anloo 30 and Verspreide huizen 15, each rounded by itself.
    whole, parts = rounding.bounds([50.0], 5), rounding.bounds([30.0, 15.0], 5)
    assert ends(rounding.tighten(*whole, *parts)) == [(30.0, 32.5), (15.0, 17.5)]
    assert ends(rounding.tighten_whole(*whole, *parts, group=[0, 0])) == [(47.5, 50.0)]


def test_a_secret_count_is_at_most_the_rest_of_its_whole() -> None:
    # 100 in all, of which one part has at least 60 and another at least 20: at most 100 - 60 - 20 = 20 are left.
    low, high = rounding.tighten(100, 100, [60, 20, 0], [70, 30, INF])
    assert high[2] == 100 - 60 - 20
    assert low[2] == 100 - 70 - 30
    # Two secret parts: neither is at least anything, as the other may be all that is left.
    assert ends(rounding.tighten(100, 100, [60, 0, 0], [70, INF, INF])) == [(60, 70), (0, 40), (0, 40)]


def test_people_who_are_placed_in_no_part_only_leave_an_upper_bound() -> None:
    low, high = rounding.tighten(50, 50, [26, 11], [34, 19], complete=False)
    assert low.tolist() == [26, 11]  # and not 50 - 19 = 31: some of the 50 may live in neither
    assert high.tolist() == [34, 19]
    assert rounding.tighten(40, 40, [26, 11], [34, 19], complete=False)[1].tolist() == [40 - 11, 40 - 26]


def test_the_reverse_keeps_the_upper_bound_of_a_whole_that_holds_more_than_its_parts() -> None:
    narrowed = rounding.tighten_whole([40.0], [60.0], [26.0, 16.0], [34.0, 24.0], [0, 0], complete=False)
    assert ends(narrowed) == [(26 + 16, 60)]


def test_a_whole_without_parts_keeps_its_bounds() -> None:
    assert ends(rounding.tighten_whole([40, 7], [60, 9], [45.0], [50.0], [0])) == [(45, 50), (7, 9)]


def test_figures_that_contradict_each_other_are_left_alone() -> None:
    # Parts of at least 70 do not fit in a whole of 50.
    assert ends(rounding.tighten(50, 50, [40, 30], [44, 34])) == [(40, 44), (30, 34)]


def test_a_whole_without_a_figure_narrows_nothing() -> None:
    assert ends(rounding.tighten(NAN, NAN, [26, 11], [34, 19])) == [(26, 34), (11, 19)]


def test_without_parts_nothing_is_narrowed() -> None:
    none = np.empty((0, 2))
    assert rounding.tighten([[9, 9]], [[9, 9]], none, none, group=[])[0].shape == (0, 2)
    assert rounding.tighten_whole([[1, 2]], [[3, 4]], none, none, group=[])[1].tolist() == [[3, 4]]


def test_columns_are_figures_and_groups_are_wholes() -> None:
    whole = [[47.5, 10.0], [0.0, 0.0]], [[52.5, 10.0], [3.0, INF]]
    parts = [[27.5, 4.0], [0.0, 0.0], [12.5, 4.0]], [[32.5, 9.0], [9.0, 9.0], [17.5, 9.0]]
    low, high = rounding.tighten(*whole, *parts, group=[0, 1, 0])
    assert low.tolist() == [[30, 4], [0, 0], [15, 4]]
    assert high.tolist() == [[32.5, 6], [3, 9], [17.5, 6]]


@given(st.lists(st.integers(0, 60), min_size=2, max_size=6), st.data())
def test_the_truth_always_lies_within(counts: list[int], data: st.DataObject) -> None:
    def published(count: int) -> int:
        return count if count % 5 == 0 else count - count % 5 + data.draw(st.sampled_from([0, 5]))

    parts = rounding.bounds([published(count) for count in counts], 5, "random")
    whole = rounding.bounds([float(published(sum(counts)))], 5, "random")
    low, high = rounding.tighten(*whole, *parts)
    assert (low <= counts).all()
    assert (high >= counts).all()
    assert (high - low <= parts[1] - parts[0]).all()


def test_a_ratio_has_the_bounds_of_its_counts() -> None:
    above = Interval(np.array([20.0, 5.0]), np.array([16.0, 1.0]), np.array([24.0, 9.0]))
    below = Interval(np.array([100.0, 0.0]), np.array([96.0, 0.0]), np.array([104.0, 4.0]))
    value, low, high = rounding.divided(above, below, 100)
    assert (value[0], low[0], high[0]) == (100 * 20 / 100, 100 * 16 / 104, 100 * 24 / 96)
    assert np.isnan(value[1])
    assert low[1] == 100 * 1 / 4
    assert np.isnan(high[1])  # of nobody, perhaps


# Means


def alone(*parts: tuple[float, float, float, float]) -> list[float]:
    """Return the bounds of the mean of parts: low, high, weight_low, weight_high."""
    lows, highs, least, most = np.array(parts, dtype=float).T
    low, high = rounding.averaged(lows, highs, least, most, np.zeros(len(parts), dtype=np.intp))
    return [float(low[0]), float(high[0])]


def test_a_mean_is_as_unsure_as_its_weights() -> None:
    # Two buurten of 10 households (6 … 14) of 3 and of 1 person.
    assert alone((3, 3, 6, 14), (1, 1, 6, 14)) == [(6 * 3 + 14 * 1) / 20, (14 * 3 + 6 * 1) / 20]


def test_known_weights_leave_the_bounds_of_the_parts() -> None:
    assert alone((2, 4, 30, 30), (1, 3, 10, 10)) == [(30 * 2 + 10 * 1) / 40, (30 * 4 + 10 * 3) / 40]


def test_weights_that_may_be_nothing_leave_the_lowest_and_the_highest_part() -> None:
    assert alone((3, 3, 0, 4), (2, 2, 0, 4), (1, 1, 0, 4)) == [1, 3]


def test_a_part_that_weighs_nothing_needs_no_mean_and_any_other_does() -> None:
    assert alone((3, 3, 6, 14), (NAN, NAN, 0, 0)) == [3, 3]
    assert np.isnan(alone((3, 3, 6, 14), (NAN, NAN, 0, 4))).all()
    assert np.isnan(alone((3, 3, 6, 14), (1, 1, NAN, NAN))).all()


def test_means_of_wholes_side_by_side_and_without_parts() -> None:
    low, high = rounding.averaged(
        [[3.0], [1.0], [5.0]], [[3.0], [1.0], [6.0]], [[6.0]] * 3, [[14.0]] * 3, np.array([0, 0, 1])
    )
    assert low.tolist() == [[(6 * 3 + 14 * 1) / 20], [5]]
    assert high.tolist() == [[(14 * 3 + 6 * 1) / 20], [6]]
    none = np.empty((0, 2))
    assert rounding.averaged(none, none, none, none, np.array([], dtype=np.intp))[0].shape == (0, 2)


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=7))
def test_no_weights_within_their_bounds_give_a_mean_outside(parts: list[tuple[float, int, int]]) -> None:
    values, weights, slack = (np.array(each, dtype=float) for each in zip(*parts, strict=True))
    least, most = np.maximum(weights - slack, 0.5), weights + slack
    low, high = rounding.averaged(values, values, least, most, np.zeros(len(values), dtype=np.intp))
    # The highest mean takes the largest weights of the largest values: one of these.
    order = np.argsort(values)
    found = [
        np.average(values, weights=np.where(np.isin(np.arange(len(values)), order[cut:]), most, least))
        for cut in range(len(values) + 1)
    ]
    assert high[0] == pytest.approx(max(found))
    assert low[0] <= np.average(values, weights=weights) + 1e-9


def test_all_cells_of_the_country_are_quick() -> None:
    rng = np.random.default_rng(1)
    group = rng.integers(0, 3_000, 14_000)
    low = rng.integers(0, 900, (14_000, 13)).astype(float)
    total = np.zeros((3_000, 13))
    np.add.at(total, group, low)
    before = time.perf_counter()
    rounding.tighten(total, total + 9, low, low + 8, group)
    assert time.perf_counter() - before < 1.0  # about 0.02 s; room for a busy machine
