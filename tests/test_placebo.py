"""Permutation inference: published ranks, sums by hand, its rates of error, and why a test by cluster is none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods.comparison import Floats
from bt_analysis.methods.fixed_effects import cluster_errors, within
from bt_analysis.methods.placebo import interval, moving_block, p_value, rmspe_ratio
from bt_analysis.methods.synthetic_control import simplex_weights, synthetic_control
from tests import prop99
from tests.published import reference

# --- published ------------------------------------------------------------------------------------------------------


def test_california_among_its_placebos_is_the_published_rank() -> None:
    states, numbers = prop99.load(), reference("prop99")
    ratios = np.array([
        rmspe_ratio(synthetic_control(states.paths, state, prop99.BEFORE, states.others(state)).gap, prop99.BEFORE)
        for state in range(len(states.paths))
    ])  # fmt: skip
    ours = ratios[states.california]
    assert ratios.size == numbers["placebo_units"]
    assert ours == pytest.approx(numbers["rmspe_ratio_california"], abs=5e-4)
    assert (ratios >= ours).sum() == numbers["placebo_rank"]
    assert p_value(ours, ratios[states.donors]) == pytest.approx(numbers["placebo_p"], abs=5e-5)  # 3/39


def test_california_by_moving_blocks_is_the_published_p_value() -> None:
    states, numbers = prop99.load(), reference("prop99")
    ours, theirs = states.paths[states.california], states.paths[states.donors]
    residuals = ours - simplex_weights(theirs.T, ours) @ theirs
    found = moving_block(residuals, prop99.BEFORE)
    assert found == pytest.approx(numbers["conformal_moving_block_p_null0"], abs=5e-5)  # 3/31


# --- by hand --------------------------------------------------------------------------------------------------------


def test_a_p_value_by_hand() -> None:
    assert p_value(-3.0, [1.0, -3.0, 5.0, 0.0]) == (1 + 2) / (1 + 4)
    assert p_value(9.0, [1.0, -3.0, 5.0, 0.0]) == 1 / 5
    assert p_value(0.0, [0.0]) == 1


@pytest.mark.parametrize(("placebos", "called"), [(18, 0), (19, 1), (30, 1), (38, 1), (39, 2), (80, 4), (500, 25)])
def test_with_few_placebos_less_than_the_level_is_called(placebos: int, called: int) -> None:
    # Any of 1 + N equal areas may be the one that is looked at: ⌊0.05·(1 + N)⌋ of them are called.
    sizes = np.arange(1.0, placebos + 2) * np.resize([1, -1], placebos + 1)
    found = [p_value(one, np.delete(sizes, at)) for at, one in enumerate(sizes)]
    assert sum(p <= 0.05 for p in found) == called
    held = [interval(one, np.delete(sizes, at), 0.05) for at, one in enumerate(sizes)]
    assert sum(not low <= 0 <= high for low, high in held) == called


def test_equal_effects_count_as_large_though_the_computer_makes_one_smaller() -> None:
    assert 0.1 + 0.2 > 0.3
    assert p_value(0.1 + 0.2, [0.3, 0.1]) == (1 + 1) / (1 + 2)
    assert p_value(0.3001, [0.3, 0.1]) == 1 / (1 + 2)


def test_an_interval_by_hand() -> None:
    # 19 placebos at 5%: k = ⌈0.95·20⌉ = 19, the largest; at 10%: k = 18.
    placebos = [float(size) * (-1) ** size for size in range(1, 20)]
    assert interval(2.0, placebos, 0.05) == (2 - 19, 2 + 19)
    assert interval(2.0, placebos, 0.10) == (2 - 18, 2 + 18)
    # 39 placebos: k = 38 of 39, one may be larger.
    assert interval(0.0, [float(size) for size in range(39)], 0.05) == (-37, 37)


def test_too_few_placebos_have_no_ends() -> None:
    assert interval(2.0, np.arange(18.0), 0.05) == (-math.inf, math.inf)  # k = ⌈0.95·19⌉ = 19 of 18
    assert interval(2.0, np.arange(19.0), 0.05) == (2 - 18, 2 + 18)


def test_the_order_statistic_is_not_moved_by_rounding() -> None:
    assert (1 - 0.176) * 125 > 103  # the computer's way of saying 103
    assert interval(0.0, np.arange(1.0, 125.0), 0.176) == (-103, 103)


def test_a_ratio_by_hand() -> None:
    assert rmspe_ratio([3.0, 4.0, 10.0], 2) == pytest.approx(10 / math.sqrt((9 + 16) / 2))
    assert rmspe_ratio([0.0, 0.0, 1.0], 2) == math.inf
    assert rmspe_ratio([0.0, 0.0, 0.0], 2) == 1


def test_moving_blocks_by_hand() -> None:
    # Of 5 blocks of 2 years round the circle, the last has 9 + 8; only itself is as large.
    assert moving_block([1.0, 2.0, 3.0, -9.0, 8.0], 3) == 1 / 5
    # 3 + 4 at the end; 4 + 5 round the corner, 3 + 4 again in the middle: 3 of 5 are as large.
    assert moving_block([5.0, 1.0, 4.0, 3.0, 4.0], 3) == pytest.approx(
        np.mean([3 + 4 >= 7, 4 + 5 >= 7, 5 + 1 >= 7, 1 + 4 >= 7, 4 + 3 >= 7])
    )


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=13), st.data())
def test_moving_blocks_cannot_go_below_one_in_the_number_of_years(residuals: list[float], data: st.DataObject) -> None:
    first_after = data.draw(st.integers(1, len(residuals) - 1))
    assert 1 / len(residuals) <= moving_block(residuals, first_after) <= 1


@given(
    st.integers(-60, 60),
    st.lists(st.integers(-60, 60), min_size=1, max_size=60),
    st.sampled_from([0.05, 0.1, 0.2]),
)
def test_interval_and_p_value_agree(effect: int, placebos: list[int], level: float) -> None:
    # Halves, so that no placebo is exactly as large as the effect.
    low, high = interval(effect + 0.5, np.array(placebos, dtype=float), level)
    assert (low <= 0 <= high) == (p_value(effect + 0.5, np.array(placebos, dtype=float)) > level + 1e-12)
    assert (low + high) / 2 == pytest.approx(effect + 0.5) or math.isinf(high)


@given(st.floats(-50, 50), st.lists(st.floats(-50, 50), min_size=1, max_size=40))
def test_either_way_and_any_order_are_the_same(effect: float, placebos: list[float]) -> None:
    assert p_value(effect, placebos) == p_value(-effect, [-placebo for placebo in reversed(placebos)])
    assert 1 / (1 + len(placebos)) <= p_value(effect, placebos) <= 1


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "placebos", "message"),
    [
        (1.0, [], r"placebos are \(0,\); expected a row of one or more"),
        (1.0, [[1.0]], r"placebos are \(1, 1\)"),
        (1.0, [2.0, math.nan], "1 of 2 placebos are missing"),
        (math.nan, [2.0], "effect is nan and 0 of 1 placebos are missing"),
    ],
)
def test_what_has_no_p_value_is_refused(effect: float, placebos: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        p_value(effect, placebos)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=message):
        interval(effect, placebos, 0.05)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [0.0, 1.0, 0.95, math.nan, -0.05])
def test_a_level_is_the_chance_to_miss(level: float) -> None:
    with pytest.raises(ValueError, match=r"expected the chance to miss, above 0 and below 0\.5"):
        interval(1.0, [1.0], level)


def test_an_infinite_effect_has_no_interval() -> None:
    assert p_value(math.inf, [1.0, math.inf]) == 2 / 3  # a ratio after a perfect fit
    with pytest.raises(ValueError, match="effect has 1 values that are missing or infinite"):
        interval(math.inf, [1.0], 0.05)


@pytest.mark.parametrize("first_after", [0, 3, -1])
def test_years_on_one_side_only_are_refused(first_after: int) -> None:
    for measure in (rmspe_ratio, moving_block):
        with pytest.raises(ValueError, match=f"first_after is {first_after} in"):
            measure([1.0, 2.0, 3.0], first_after)
        with pytest.raises(ValueError, match="has 1 values that are missing"):
            measure([1.0, math.nan, 3.0], 1)


# --- why not a test by cluster --------------------------------------------------------------------------------------

DRAWS, CONTROLS, YEARS, BEFORE = 400, 100, 8, 5


def one_draw(rng: np.random.Generator) -> tuple[bool, bool]:
    """Let nothing happen to 1 of 101 areas, and say whether either test finds an effect at 5%."""
    paths = rng.normal(size=(CONTROLS + 1, YEARS)) + rng.normal(size=(CONTROLS + 1, 1))
    changes: Floats = paths[:, BEFORE:].mean(axis=1) - paths[:, :BEFORE].mean(axis=1)
    effect, placebos = changes[0] - changes[1:].mean(), leave_one_out(changes[1:])
    unit, year = (grid.ravel() for grid in np.indices(paths.shape))
    fit = within(paths.ravel(), ((unit == 0) & (year >= BEFORE)).astype(float), [unit, year])
    assert fit.coefficients[0] == pytest.approx(effect)
    t = fit.coefficients[0] / cluster_errors(fit, unit, "nested_not_counted")[0]
    return abs(t) > 1.984, p_value(effect, placebos) <= 0.05  # Student's t, 100 degrees of freedom


def leave_one_out(changes: Floats) -> Floats:
    """Return what each control shows beside all other controls."""
    others: Floats = (changes.sum() - changes) / (changes.size - 1)
    return changes - others


def test_with_one_treated_a_test_by_cluster_cries_wolf_and_permutation_does_not() -> None:
    rng = np.random.default_rng(1989)
    by_cluster, by_permutation = np.mean([one_draw(rng) for _ in range(DRAWS)], axis=0)
    assert by_cluster > 0.80  # meant to be 5%
    assert by_permutation <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / DRAWS)
    assert by_permutation >= 0.05 - 3 * math.sqrt(0.05 * 0.95 / DRAWS)  # and it can still see something


def test_an_interval_of_95_percent_holds_the_truth_that_often() -> None:
    rng = np.random.default_rng(2010)
    truth, held = 1.5, 0
    for _ in range(DRAWS):
        changes = rng.normal(size=CONTROLS + 1)
        low, high = interval(truth + changes[0] - changes[1:].mean(), leave_one_out(changes[1:]), 0.05)
        held += low <= truth <= high
    assert held / DRAWS == pytest.approx(0.95, abs=3 * math.sqrt(0.05 * 0.95 / DRAWS))
