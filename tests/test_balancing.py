"""Weights that balance: by hand, when there is no solution, and a published case."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods.balancing import effective_size, entropy_weights, standardised_differences
from tests.published import table

# --- exact balance -------------------------------------------------------------------------------------------------


def test_two_areas_can_be_mixed_in_one_way() -> None:
    found = entropy_weights([[0.0], [1.0]], [0.25])  # 0·¾ + 1·¼
    assert found.weight == pytest.approx([0.75, 0.25], abs=1e-5)
    assert found.balanced


def test_of_all_weights_that_balance_the_most_even_ones() -> None:
    # w ∝ 2^x on 0, 1, 2 is 1/7, 2/7, 4/7, with mean (0·1 + 1·2 + 2·4)/7
    found = entropy_weights([[0.0], [1.0], [2.0]], [10 / 7])
    assert found.weight == pytest.approx([1 / 7, 2 / 7, 4 / 7], abs=1e-5)


def test_areas_that_balance_already_count_as_much() -> None:
    found = entropy_weights([[1.0, 5.0], [3.0, 5.0], [2.0, 8.0]], [2, 6])
    assert found.weight == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("target", [[1.5], [-0.1]])
def test_outside_all_areas_nothing_balances_and_all_count_as_much(target: list[float]) -> None:
    found = entropy_weights([[0.0], [1.0]], target)
    assert not found.balanced
    assert found.weight.tolist() == [0.5, 0.5]


def test_inside_every_feature_and_outside_the_areas() -> None:
    # (0.9, 0.9) lies within 0 … 1 on both, and beyond the line from (0, 1) to (1, 0).
    triangle = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    assert not entropy_weights(triangle, [0.9, 0.9]).balanced
    assert entropy_weights(triangle, [0.2, 0.3]).weight == pytest.approx([0.5, 0.2, 0.3], abs=1e-5)


def test_features_that_repeat_each_other_do_no_harm() -> None:
    rows = np.array([[0.0], [1.0], [2.0]])
    found = entropy_weights(np.hstack([rows, 3 * rows + 1, rows]), [10 / 7, 3 * 10 / 7 + 1, 10 / 7])
    assert found.weight == pytest.approx([1 / 7, 2 / 7, 4 / 7], abs=1e-5)


def test_a_feature_that_is_the_same_everywhere() -> None:
    assert entropy_weights([[0.0, 3.0], [1.0, 3.0]], [0.25, 3.0]).weight == pytest.approx([0.75, 0.25], abs=1e-5)
    assert not entropy_weights([[0.0, 3.0], [1.0, 3.0]], [0.25, 4.0]).balanced


def test_a_stack_gives_what_each_table_gives_alone() -> None:
    rng = np.random.default_rng(3)
    tables, targets = rng.normal(size=(20, 12, 3)), rng.normal(size=(20, 3))
    stack = entropy_weights(tables, targets)
    assert 0 < stack.balanced.sum() < 20  # some have no solution, and stop none of the others
    for at in range(20):
        alone = entropy_weights(tables[at], targets[at])
        assert stack.weight[at] == pytest.approx(alone.weight, abs=1e-4)
        assert stack.balanced[at] == alone.balanced


def test_rows_that_are_not_used_have_no_weight() -> None:
    found = entropy_weights([[[0.0], [1.0], [500.0]], [[1.0], [2.0], [3.0]]], [[0.25], [1.5]], [[1, 1, 0], [0, 0, 0]])
    assert found.weight[0] == pytest.approx([0.75, 0.25, 0], abs=1e-5)
    assert found.weight[1].tolist() == [0, 0, 0]
    assert found.balanced.tolist() == [True, False]


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_a_mix_of_the_areas_is_always_reached(seed: int, features: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(15, features)) * 10.0 ** rng.integers(-3, 4, features)
    target = rng.dirichlet(np.ones(15)) @ rows
    found = entropy_weights(rows, target)
    assert found.balanced
    assert found.weight @ rows == pytest.approx(target, abs=1e-5 * rows.std(axis=0).max())
    assert found.weight.min() > 0
    assert found.weight.sum() == pytest.approx(1)


# --- balance that may give way -------------------------------------------------------------------------------------


def test_with_slack_an_area_outside_has_weights_too() -> None:
    # Rows 1 and −1, target 3, standard deviation 1: x = −2 and −4. Weight ⅘ on the first leaves −2·⅘ − 4·⅕ = −2.4,
    # and λ = 2.4/slack must give w₁/w₂ = exp(2λ) = 4, so λ = ln 2.
    found = entropy_weights([[1.0], [-1.0]], [3.0], slack=2.4 / math.log(2))
    assert found.weight == pytest.approx([0.8, 0.2], abs=1e-5)
    assert found.balanced


def test_more_slack_means_evener_weights_and_a_larger_difference() -> None:
    rng = np.random.default_rng(4)
    rows, target = rng.normal(size=(50, 8)), np.full(8, 0.7)
    found = [entropy_weights(rows, target, slack=slack).weight for slack in (0.01, 0.1, 1.0, 100.0)]
    sizes = [effective_size(weight) for weight in found]
    differences = [float(np.linalg.norm(weight @ rows - target)) for weight in found]
    assert sizes == sorted(sizes)
    assert differences == sorted(differences)
    assert sizes[-1] == pytest.approx(50, abs=0.5)


def test_without_room_slack_hardly_matters_where_balance_is_possible() -> None:
    found = entropy_weights([[0.0], [1.0], [2.0]], [10 / 7], slack=1e-6)
    assert found.weight == pytest.approx([1 / 7, 2 / 7, 4 / 7], abs=1e-5)


# --- measures ------------------------------------------------------------------------------------------------------


def test_effective_size() -> None:
    assert effective_size([0.2] * 5) == pytest.approx(5)
    assert effective_size([2, 1, 1]) == pytest.approx(4**2 / (4 + 1 + 1))
    assert effective_size([1, 0, 0]) == 1


def test_differences_in_standard_deviations() -> None:
    found = standardised_differences([3, 10, 4], [1, 16, 4], [4, 3, 0])
    assert found[:2] == pytest.approx([(3 - 1) / 4, (10 - 16) / 3])
    assert math.isnan(found[2])


def test_training_and_earnings_of_lalonde() -> None:
    people = table("lalonde.csv")
    treated, earned = people["treat"].to_numpy() == 1, people["re78"].to_numpy()
    people = people.assign(black=people["race"] == "black", hispan=people["race"] == "hispan")
    names = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
    features = people[names].to_numpy(dtype=float)
    found = entropy_weights(features[~treated], features[treated].mean(axis=0))
    assert earned[treated].mean() - earned[~treated].mean() == pytest.approx(-635.026, abs=0.01)
    assert found.balanced
    assert earned[treated].mean() - found.weight @ earned[~treated] == pytest.approx(1273.262, abs=0.01)
    assert effective_size(found.weight) == pytest.approx(98.458, abs=0.01)
