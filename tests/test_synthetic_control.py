"""Synthetic control: published results, what must hold for any panel, and odd panels."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.methods.comparison import Floats
from bt_analysis.methods.synthetic_control import (
    MOST_DONORS,
    TIE_BREAK,
    simplex_weights,
    synthetic_control,
    with_predictors,
)
from tests import prop99
from tests.published import reference, table

# --- weights ---------------------------------------------------------------------------------------------------------


def test_weights_by_hand() -> None:
    # (4, 6) lies a quarter of the way from (3, 5) to (7, 9).
    assert simplex_weights([[3.0, 7.0], [5.0, 9.0]], [4.0, 6.0]) == pytest.approx([3 / 4, 1 / 4], abs=1e-6)


def test_outside_the_donors_the_nearest_one_has_all_weight() -> None:
    assert simplex_weights([[3.0, 7.0], [5.0, 9.0]], [9.0, 11.0]) == pytest.approx([0, 1], abs=1e-6)


def test_a_ridge_by_hand() -> None:
    # Donors 0 and 1, treated 1, w on the second: (w − 1)² + r²·(w² + (1 − w)²), so w = (1 + r²)/(1 + 2r²).
    assert simplex_weights([[0.0, 1.0]], [1.0], ridge=1.0) == pytest.approx([1 / 3, 2 / 3], abs=1e-6)
    assert simplex_weights([[0.0, 1.0]], [1.0], ridge=3.0) == pytest.approx([9 / 19, 10 / 19], abs=1e-6)


def test_of_equally_good_weights_the_most_even_ones() -> None:
    assert simplex_weights([[5.0, 5.0, 5.0]], [7.0]) == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert simplex_weights([[5.0, 5.0]], [5.0]) == pytest.approx([1 / 2, 1 / 2])
    # 2 = (1 + 3)/2 = 2; even of all three: 1/3 each gives 2 too.
    assert simplex_weights([[1.0, 3.0, 2.0]], [2.0]) == pytest.approx([1 / 3, 1 / 3, 1 / 3], abs=1e-6)


def test_a_donor_far_out_leaves_the_others_as_they_are() -> None:
    near, ours = [[3.0, 7.0], [5.0, 9.0]], [4.0, 6.0]
    with_far = np.column_stack([near, [1e6, -1e6]])
    assert simplex_weights(with_far, ours) == pytest.approx([*simplex_weights(near, ours), 0], abs=1e-5)


@pytest.mark.parametrize(
    ("A", "b", "message"),
    [
        (np.zeros((2, 0)), [1.0, 2.0], "with a donor or more"),
        ([[1.0, 2.0]], [1.0, 2.0], r"A is \(1, 2\) and b \(2,\)"),
        ([1.0, 2.0], [1.0, 2.0], r"A is \(2,\)"),
        ([[1.0, math.nan]], [1.0], "A has 1 values that are missing or infinite, the first at 0, 1"),
        ([[1.0, 2.0]], [math.inf], "b has 1 values"),
        (np.ones((2, MOST_DONORS + 1)), [1.0, 2.0], "A has 2001 donors; expected 2000 or fewer"),
    ],
)
def test_weights_of_nothing_are_refused(A: object, b: object, message: str) -> None:  # noqa: N803 - the textbook's name
    with pytest.raises(ValueError, match=message):
        simplex_weights(A, b)  # type: ignore[arg-type]


@pytest.mark.parametrize("ridge", [-1.0, math.nan, math.inf])
def test_a_ridge_below_nought_is_refused(ridge: float) -> None:
    with pytest.raises(ValueError, match="expected 0 or more"):
        simplex_weights([[1.0, 2.0]], [1.0], ridge)


# --- what holds for any panel ----------------------------------------------------------------------------------------


@st.composite
def panels(draw: st.DrawFn) -> tuple[Floats, int]:
    """Draw a panel whose first row is treated, and how many years lie before."""
    units, years = draw(st.integers(2, 9)), draw(st.integers(3, 8))
    # Whole tenths: percentages as published, so that ties and equal paths come up.
    values = draw(st.lists(st.integers(-400, 400), min_size=units * years, max_size=units * years))
    return np.array(values, dtype=float).reshape(units, years) / 10, draw(st.integers(2, years - 1))


@given(panels())
def test_weights_are_weights_and_fit_no_worse_than_the_best_donor(drawn: tuple[Floats, int]) -> None:
    paths, before = drawn
    donors, ours = paths[1:, :before], paths[0, :before]
    weights = simplex_weights(donors.T, ours)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)
    distances = donors - ours
    slack = (TIE_BREAK * np.abs(distances).max()) ** 2  # what evenness may cost
    assert ((weights @ distances) ** 2).sum() <= (distances**2).sum(axis=1).min() + slack + 1e-9


@given(panels())
def test_no_weights_nearby_fit_better(drawn: tuple[Floats, int]) -> None:
    # At the optimum the slope towards every donor is at least that along the weights themselves.
    paths, before = drawn
    distances = (paths[1:, :before] - paths[0, :before]).T
    weights = simplex_weights(distances, np.zeros(before))
    furthest = sorted(np.abs(distances).max(axis=0).tolist())
    penalty = (TIE_BREAK * (furthest[len(furthest) // 2] or furthest[-1])) ** 2
    slope = distances.T @ (distances @ weights) + penalty * weights
    assert (slope >= weights @ slope - 1e-7 * max(1.0, np.abs(distances).max() ** 2)).all()


@given(panels(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_donors_changes_nothing(drawn: tuple[Floats, int], random: object, demeaned: bool) -> None:
    paths, before = drawn
    order = list(range(1, len(paths)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = synthetic_control(paths, 0, before, list(range(1, len(paths))), demeaned=demeaned)
    other = synthetic_control(paths, 0, before, order, demeaned=demeaned)
    assert other.effect == pytest.approx(one.effect, abs=1e-6)
    assert other.weights == pytest.approx(one.weights[[row - 1 for row in order]], abs=1e-6)


@given(panels(), st.booleans())
def test_what_all_have_in_common_in_a_year_changes_nothing(drawn: tuple[Floats, int], demeaned: bool) -> None:
    paths, before = drawn
    donors = range(1, len(paths))
    common = np.linspace(-30, 50, paths.shape[1]) ** 2 / 10
    one = synthetic_control(paths, 0, before, list(donors), demeaned=demeaned)
    other = synthetic_control(paths + common, 0, before, list(donors), demeaned=demeaned)
    assert other.effect == pytest.approx(one.effect, abs=1e-5)


@given(panels())
def test_demeaned_the_level_of_each_unit_changes_nothing(drawn: tuple[Floats, int]) -> None:
    paths, before = drawn
    donors = list(range(1, len(paths)))
    level = np.arange(len(paths))[:, None] * 17.5 - 40
    one = synthetic_control(paths, 0, before, donors, demeaned=True)
    assert synthetic_control(paths + level, 0, before, donors, demeaned=True).effect == pytest.approx(
        one.effect, abs=1e-5
    )


@given(panels(), st.sampled_from([-2.0, 1e-6, 0.01, 1000.0, 1e9]), st.booleans())
def test_another_unit_of_measurement_gives_the_same_in_that_unit(
    drawn: tuple[Floats, int], factor: float, demeaned: bool
) -> None:
    paths, before = drawn
    donors = list(range(1, len(paths)))
    one = synthetic_control(paths, 0, before, donors, demeaned=demeaned)
    other = synthetic_control(paths * factor, 0, before, donors, demeaned=demeaned)
    assert other.effect / factor == pytest.approx(one.effect, abs=1e-5)
    assert other.pre_rmse / abs(factor) == pytest.approx(one.pre_rmse, abs=1e-5)


def test_a_copy_of_the_treated_is_found_and_the_effect_with_it() -> None:
    rng = np.random.default_rng(1)
    paths = 50 + rng.normal(size=(9, 8)).cumsum(axis=1)
    paths[4] = paths[0]
    paths[0, 5:] -= 3
    found = synthetic_control(paths, 0, 5, list(range(1, 9)))
    assert found.weights[4 - 1] == pytest.approx(1, abs=1e-3)
    assert found.effect == pytest.approx(-3, abs=1e-3)
    assert found.pre_rmse == pytest.approx(0, abs=1e-3)


def test_one_year_before_demeaned_is_the_mean_of_all_changes() -> None:
    paths: list[list[float]] = [[5.0, 9.0], [1.0, 2.0], [7.0, 10.0]]
    assert synthetic_control(paths, 0, 1, [1, 2], demeaned=True).effect == pytest.approx((9 - 5) - (1 + 3) / 2)


# --- published: cigarettes in California -----------------------------------------------------------------------------


def test_california_is_the_published_result() -> None:
    states, numbers = prop99.load(), reference("prop99")["outcome_only"]
    found = synthetic_control(states.paths, states.california, prop99.BEFORE, states.donors)
    assert found.effect == pytest.approx(numbers["sc_simplex"], abs=numbers["tol"])
    assert found.pre_rmse**2 == pytest.approx(numbers["sc_simplex_pre_mspe"], abs=5e-5)
    weights = dict(zip(states.sales.index[states.donors], found.weights.tolist(), strict=True))
    for state, weight in weights.items():
        assert weight == pytest.approx(numbers["sc_weights"].get(state, 0.0), abs=numbers["weights_tol"]), state


def test_california_demeaned_is_the_published_result() -> None:
    states, numbers = prop99.load(), reference("prop99")["outcome_only"]
    found = synthetic_control(states.paths, states.california, prop99.BEFORE, states.donors, demeaned=True)
    assert found.effect == pytest.approx(numbers["demeaned_sc"], abs=numbers["tol"])


def test_the_published_weights_give_the_published_fit_and_effect() -> None:
    states, numbers = prop99.load(), reference("prop99")["with_predictors_ADH2010"]
    weights = np.array([numbers["weights"].get(state, 0.0) for state in states.sales.index[states.donors]])
    gap = states.paths[states.california] - weights @ states.paths[states.donors]
    assert (gap[: prop99.BEFORE] ** 2).mean() == pytest.approx(numbers["pre_mspe_of_published_weights"], abs=5e-5)
    assert gap[prop99.BEFORE :].mean() == pytest.approx(numbers["att_of_published_weights"], abs=5e-4)
    assert gap[-1] == pytest.approx(numbers["gap_2000"], abs=0.02)


@pytest.mark.parametrize("seed", [20, 1989])
def test_the_predictors_of_2010_lead_to_the_weights_of_2010(seed: int) -> None:
    states, numbers = prop99.load(), reference("prop99")["with_predictors_ADH2010"]
    averages = table("prop99_predictors.csv").set_index("state").loc[states.sales.index]
    predictors = averages.join(states.sales[[1975, 1980, 1988]]).to_numpy()
    found = with_predictors(states.paths, predictors, states.california, prop99.BEFORE, states.donors, seed=seed)
    assert found.pre_rmse**2 <= 3.09
    # A better optimum than the printed one exists: .160 .068 .202 .236 .335.
    better = {"Colorado": 0.160, "Connecticut": 0.068, "Montana": 0.202, "Nevada": 0.236, "Utah": 0.335}
    for state, weight in zip(states.sales.index[states.donors], found.weights.tolist(), strict=True):
        assert weight == pytest.approx(numbers["weights"].get(state, 0.0), abs=numbers["weights_tol"]), state
        assert weight == pytest.approx(better.get(state, 0.0), abs=0.002), state
    assert found.importance.min() >= 0
    assert found.importance.sum() == pytest.approx(1)


# --- predictors ------------------------------------------------------------------------------------------------------


def test_a_predictor_that_says_nothing_gets_no_importance() -> None:
    # The path of the treated is that of donor 1; the first predictor says so, the second points to donor 2.
    paths: list[list[float]] = [[1.0, 2, 3, 9], [1, 2, 3, 4], [9, 7, 5, 1]]
    predictors = [[5.0, 8.0], [5.0, 1.0], [2.0, 8.0]]
    found = with_predictors(paths, predictors, 0, 3, [1, 2], seed=1)
    assert found.weights == pytest.approx([1, 0], abs=1e-3)
    assert found.importance[0] > 0.99
    assert found.effect == pytest.approx(9 - 4, abs=0.01)


def test_the_same_seed_gives_the_same_search() -> None:
    rng = np.random.default_rng(3)
    paths, predictors = rng.normal(size=(6, 6)), rng.normal(size=(6, 3))
    one, other = (with_predictors(paths, predictors, 0, 4, range(1, 6), seed=8) for _ in range(2))
    assert one.importance.tolist() == other.importance.tolist()


def test_predictors_are_of_one_treated() -> None:
    with pytest.raises(TypeError, match="list"):
        with_predictors(np.ones((4, 3)), np.ones((4, 1)), [0, 1], 2, [2, 3], seed=1)  # type: ignore[arg-type]


def test_a_predictor_that_is_the_same_everywhere_or_missing() -> None:
    paths: list[list[float]] = [[1.0, 2, 3], [1, 2, 3], [9, 7, 5]]
    assert with_predictors(paths, [[4.0], [4.0], [4.0]], 0, 2, [1, 2], seed=1).weights == pytest.approx([0.5, 0.5])
    with pytest.raises(ValueError, match="predictors of treated and donors has 1 values that are missing"):
        with_predictors(paths, [[4.0], [math.nan], [4.0]], 0, 2, [1, 2], seed=1)
    with pytest.raises(ValueError, match=r"predictors are \(2, 1\); expected 3 units"):
        with_predictors(paths, [[4.0], [4.0]], 0, 2, [1, 2], seed=1)


# --- against another way to the same optimum -------------------------------------------------------------------------


@settings(max_examples=10)
@given(panels())
def test_weights_are_those_of_a_general_optimiser(drawn: tuple[Floats, int]) -> None:
    from scipy.optimize import minimize

    paths, before = drawn
    distances = (paths[1:, :before] - paths[0, :before]).T
    start = np.full(len(paths) - 1, 1 / (len(paths) - 1))
    general = minimize(
        lambda weights: ((distances @ weights) ** 2).sum(),
        start,
        jac=lambda weights: 2 * distances.T @ (distances @ weights),
        method="SLSQP",
        bounds=[(0, 1)] * start.size,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
    )
    ours = simplex_weights(distances, np.zeros(before))
    assert ((distances @ ours) ** 2).sum() <= general.fun + 1e-5 * max(1.0, (distances**2).max())
