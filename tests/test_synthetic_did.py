"""Synthetic difference-in-differences: published results, what must hold for any panel, and its regularisation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods.comparison import Floats, panel
from bt_analysis.methods.differences import matched_did
from bt_analysis.methods.synthetic_did import regularisation, synthetic_did
from tests import prop99
from tests.published import reference


@st.composite
def panels(draw: st.DrawFn) -> tuple[Floats, int]:
    """Draw a panel whose first row is treated, and how many years lie before."""
    units, years = draw(st.integers(2, 9)), draw(st.integers(3, 8))
    values = draw(st.lists(st.integers(-400, 400), min_size=units * years, max_size=units * years))
    return np.array(values, dtype=float).reshape(units, years) / 10, draw(st.integers(2, years - 1))


def effect(paths: Floats, before: int) -> float:
    return synthetic_did(paths, 0, before, list(range(1, len(paths)))).effect


# --- published -------------------------------------------------------------------------------------------------------


def test_california_is_the_published_result() -> None:
    states, numbers = prop99.load(), reference("prop99")["outcome_only"]
    found = synthetic_did(states.paths, states.california, prop99.BEFORE, states.donors)
    assert found.effect == pytest.approx(numbers["sdid"], abs=numbers["tol"])
    # Only the last three years before count: 1986, 1987 and 1988 (figure 1 of the paper).
    assert np.flatnonzero(found.time_weights > 1e-3).tolist() == [1986 - 1970, 1987 - 1970, 1988 - 1970]
    assert found.time_weights[16:] == pytest.approx([0.366, 0.206, 0.427], abs=0.002)
    assert found.weights.max() < 0.13  # and many states, none of them much


# --- its parts -------------------------------------------------------------------------------------------------------


def test_the_regularisation_by_hand() -> None:
    paths: list[list[float]] = [[0.0, 0, 0, 0, 0], [1, 2, 5, 5, 5], [4, 4, 6, 6, 6], [9.0, 9, 9, 9, 9]]
    # Steps of donors before: 1, 3, 0, 2, mean 1.5; σ² = (.25 + 2.25 + 2.25 + .25)/4. One treated, two years after.
    sigma = math.sqrt((0.25 + 2.25 + 2.25 + 0.25) / 4)
    assert synthetic_did(paths, 0, 3, [1, 2]).zeta == pytest.approx((1 * 2) ** 0.25 * sigma)
    assert regularisation(panel(paths, [0, 3], 3, [1, 2])) == pytest.approx((2 * 2) ** 0.25 * sigma)


def test_the_effect_is_a_difference_of_weighted_differences() -> None:
    rng = np.random.default_rng(2)
    paths = rng.normal(size=(7, 9)).cumsum(axis=1)
    found = synthetic_did(paths, [0, 1], 6, [2, 3, 4, 5, 6])
    ours, theirs = paths[:2].mean(axis=0), found.weights @ paths[2:]
    by_hand = (ours[6:].mean() - found.time_weights @ ours[:6]) - (theirs[6:].mean() - found.time_weights @ theirs[:6])
    assert found.effect == pytest.approx(by_hand)
    assert found.gap[:6] @ found.time_weights == pytest.approx(0, abs=1e-12)  # the paths meet there
    assert found.time_weights.shape == (6,)
    assert found.weights.shape == (5,)


def test_the_weights_are_the_optimum_of_the_paper() -> None:
    """As a regression with the intercepts written out, solved by a general optimiser."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(4)
    paths = 20 + rng.normal(size=(6, 8)).cumsum(axis=1)
    found = synthetic_did(paths, 0, 6, [1, 2, 3, 4, 5])

    def units(given: Floats) -> float:
        misfit = given[0] + given[1:] @ paths[1:, :6] - paths[0, :6]
        return float((misfit**2).sum() + found.zeta**2 * 6 * (given[1:] ** 2).sum())

    def years(given: Floats) -> float:
        misfit = given[0] + paths[1:, :6] @ given[1:] - paths[1:, 6:].mean(axis=1)
        return float((misfit**2).sum())

    for objective, ours in ((units, found.weights), (years, found.time_weights)):
        n = ours.size
        best = minimize(
            objective,
            np.r_[0.0, np.full(n, 1 / n)],
            method="SLSQP",
            bounds=[(None, None), *[(0, 1)] * n],
            constraints={"type": "eq", "fun": lambda given: given[1:].sum() - 1},
            options={"ftol": 1e-13, "maxiter": 1000},
        )
        assert ours == pytest.approx(best.x[1:], abs=1e-3)


def test_equally_moving_donors_count_alike() -> None:
    # No noise, so no regularisation: what is left is the tie, and that is even.
    found = synthetic_did(np.array([[1.0, 2, 3, 9], [4, 5, 6, 7], [0, 1, 2, 3]]), 0, 3, [1, 2])
    assert found.zeta == 0
    assert found.weights == pytest.approx([0.5, 0.5])
    assert found.effect == pytest.approx((9 - 3) - (7 - 6))


def test_with_one_donor_and_two_years_before_it_is_a_difference_of_differences() -> None:
    # One donor says nothing about years, so both count alike: (20 − 11) − (10 − 8.5).
    found = synthetic_did([[10.0, 12.0, 20.0], [8.0, 9.0, 10.0]], 0, 2, [1])
    assert found.time_weights == pytest.approx([0.5, 0.5])
    assert found.effect == pytest.approx((20 - 11) - (10 - 8.5))


def test_one_year_before_is_too_few() -> None:
    with pytest.raises(ValueError, match="first_after is 1 in 3 years; expected 2 … 2"):
        synthetic_did(np.ones((2, 3)), 0, 1, [1])


# --- what holds for any panel ----------------------------------------------------------------------------------------


@given(panels())
def test_both_sets_of_weights_are_weights(drawn: tuple[Floats, int]) -> None:
    paths, before = drawn
    found = synthetic_did(paths, 0, before, list(range(1, len(paths))))
    for weights in (found.weights, found.time_weights):
        assert (weights >= 0).all()
        assert weights.sum() == pytest.approx(1)


@given(panels())
def test_levels_of_units_and_years_change_nothing(drawn: tuple[Floats, int]) -> None:
    paths, before = drawn
    level = np.arange(len(paths))[:, None] * 17.5 - 40
    # A shock to everybody before the start is in ζ; a steady trend is not, nor what everybody sees after it.
    common = np.arange(paths.shape[1]) * 1.7
    common[before:] += 31
    assert effect(paths + level, before) == pytest.approx(effect(paths, before), abs=1e-5)
    assert effect(paths + common, before) == pytest.approx(effect(paths, before), abs=1e-5)


def test_a_shock_to_everybody_is_in_the_regularisation_as_in_the_paper() -> None:
    paths: list[list[float]] = [[0.0, 0, 0, 0], [1, 1, 1, 1], [3, 3, 3, 3]]
    shock = [0.0, 4, 4, 4]
    assert synthetic_did(paths, 0, 3, [1, 2]).zeta == 0
    # Steps of both donors 4 and 0, so σ = 2; one treated, one year after.
    assert synthetic_did(np.add(paths, shock), 0, 3, [1, 2]).zeta == pytest.approx(2)


@given(panels(), st.sampled_from([-2.0, 1e-6, 0.01, 1000.0, 1e9]))
def test_another_unit_of_measurement_gives_the_same_in_that_unit(drawn: tuple[Floats, int], factor: float) -> None:
    paths, before = drawn
    assert effect(paths * factor, before) / factor == pytest.approx(effect(paths, before), abs=1e-5)


@given(panels(), st.randoms(use_true_random=False))
def test_the_order_of_donors_changes_nothing(drawn: tuple[Floats, int], random: object) -> None:
    paths, before = drawn
    order = list(range(1, len(paths)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert synthetic_did(paths, 0, before, order).effect == pytest.approx(effect(paths, before), abs=1e-6)


@given(panels(), st.integers(-50, 50))
def test_an_effect_that_is_added_is_found_on_top(drawn: tuple[Floats, int], added: int) -> None:
    paths, before = drawn
    moved = paths.copy()
    moved[0, before:] += added
    assert effect(moved, before) == pytest.approx(effect(paths, before) + added, abs=1e-6)


def test_with_equal_weights_it_would_be_the_matched_difference() -> None:
    # Donors that all move alike and years that tell alike leave nothing to choose.
    paths = np.array([[3.0, 3, 8, 8], [1, 1, 2, 2], [5, 5, 6, 6]])
    assert effect(paths, 2) == pytest.approx(matched_did(paths, 0, 2, [1, 2]).effect)
