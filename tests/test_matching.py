"""Which areas are most alike: distances by hand, ties, and a published case of matching."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.covariance import LedoitWolf

from bt_analysis.methods.matching import NOBODY, nearest, one_to_one, standard_deviations, whitening
from tests.published import table

CORNERS = [[0.0, 0.0], [2.0, 0.0], [0.0, 6.0], [2.0, 6.0]]  # unrelated; variances 4/3 and 12
LINE = [[0.0], [1.0], [3.0], [-1.0], [10.0]]


def distance(features: list[list[float]], one: int, other: int, *, shrink: bool = False) -> float:
    values = np.array(features)
    return float(np.linalg.norm((values[one] - values[other]) @ whitening(values, shrink=shrink)))


# --- the distance --------------------------------------------------------------------------------------------------


def test_unrelated_features_count_in_standard_deviations() -> None:
    # √((2 − 0)²/(4/3) + (6 − 0)²/12) = √(3 + 3)
    assert distance(CORNERS, 0, 3) == pytest.approx(math.sqrt(6))


def test_features_that_go_together_count_once() -> None:
    features = [[1.0, 1.0], [-1.0, -1.0], [0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]
    sums = np.array(features)
    assert (sums**2).sum(axis=0).tolist() == [4, 4]
    assert (sums[:, 0] * sums[:, 1]).sum() == 2
    # Variances 4/7, covariance 2/7, so r = ½. From (1, 1) to (−1, −1) each differs 2, in standard deviations √7;
    # (√7, √7) [[1, ½], [½, 1]]⁻¹ (√7, √7)' = 2·7·(1 − ½)/(1 − ¼) = 28/3, where unrelated features would give 14.
    assert distance(features, 0, 1) == pytest.approx(math.sqrt(28 / 3))


def test_the_unit_of_a_feature_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    features = rng.normal(size=(40, 4)) @ rng.normal(size=(4, 4))
    other_units = features * [1000, 1, 0.01, 5] + [7, 0, -3, 1]
    for shrink in (True, False):
        one = features @ whitening(features, shrink=shrink)
        other = other_units @ whitening(other_units, shrink=shrink)
        assert np.linalg.norm(one[0] - one[1:], axis=1) == pytest.approx(np.linalg.norm(other[0] - other[1:], axis=1))


def test_the_shrunk_covariance_is_that_of_ledoit_and_wolf() -> None:
    rng = np.random.default_rng(2)
    features = rng.normal(size=(30, 5)) @ rng.normal(size=(5, 5))
    scaled = (features - features.mean(axis=0)) / features.std(axis=0, ddof=1)
    root = whitening(features) * features.std(axis=0, ddof=1)[:, None]
    assert np.linalg.inv(root @ root.T) == pytest.approx(LedoitWolf().fit(scaled).covariance_)


def test_a_feature_that_is_the_same_everywhere_is_left_out() -> None:
    with_constant = [[*row, 0.1] for row in CORNERS]
    assert whitening(with_constant)[2].tolist() == [0, 0, 0]
    assert distance(with_constant, 0, 3) == pytest.approx(math.sqrt(6))
    assert standard_deviations([[0.1, 1], [0.1, 2], [0.1, 3]]).tolist() == [0, 1]


def test_features_that_repeat_each_other_can_be_shrunk() -> None:
    twice = [[row[0], row[0], row[1]] for row in CORNERS]
    assert np.isfinite(whitening(twice)).all()
    with pytest.raises(ValueError, match="3 features cannot be inverted, so one repeats others; leave it out"):
        whitening(twice, shrink=False)


def test_when_nothing_differs_there_is_no_distance() -> None:
    with pytest.raises(ValueError, match="None of 2 features differs between 3 areas"):
        whitening([[1.0, 2.0]] * 3)


# --- the nearest ---------------------------------------------------------------------------------------------------


def test_others_come_from_near_to_far_and_never_oneself() -> None:
    found = nearest(LINE, [0, 4], range(5), 3)
    assert found.index.tolist() == [[1, 3, 2], [2, 1, 0]]
    assert found.distance.tolist() == [[1, 1, 3], [7, 9, 10]]


def test_of_equals_the_first_in_order_comes_first() -> None:
    assert nearest(LINE, [0], [1, 3], 1).index.tolist() == [[1]]
    assert nearest(LINE, [0], [3, 1], 1).index.tolist() == [[3]]


def test_who_is_not_allowed_is_not_taken() -> None:
    allowed = np.array([[True, False, True, False, True]])
    assert nearest(LINE, [0], range(5), 2, allowed).index.tolist() == [[2, 4]]


def test_when_there_are_not_enough_the_rest_is_nobody() -> None:
    allowed = np.array([[False, True, False, False, False], [True, True, True, True, True]])
    found = nearest(LINE, [0, 1], range(5), 9, allowed)
    assert found.index.tolist() == [[1, *[NOBODY] * 4], [0, 2, 3, 4, NOBODY]]
    assert found.distance[0].tolist() == [1, *[math.inf] * 4]


def test_none_asked_none_given() -> None:
    assert nearest(LINE, [0, 1], range(5), 0).index.shape == (2, 0)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12),
    st.integers(1, 12),
)
def test_the_nearest_are_those_of_sorting_everything(points: list[tuple[int, int]], count: int) -> None:
    found = nearest(points, range(len(points)), range(len(points)), count)
    for own, row in enumerate(found.index):
        order = sorted(
            (other for other in range(len(points)) if other != own),
            key=lambda other: (math.dist(points[own], points[other]), other),
        )
        assert [one for one in row.tolist() if one != NOBODY] == order[:count]


# --- one to one ----------------------------------------------------------------------------------------------------


def test_one_to_one_takes_a_control_more_than_once() -> None:
    features = [[0.0], [0.2], [5.0], [0.1], [9.0]]
    treated = [True, True, True, False, False]
    assert one_to_one(features, treated).tolist() == [3, 3, 4]


@pytest.mark.parametrize("within_groups", [False, True])
def test_training_and_earnings_of_lalonde(*, within_groups: bool) -> None:
    people = table("lalonde.csv")
    treated, earned = people["treat"].to_numpy() == 1, people["re78"].to_numpy()
    features = people[["age", "educ", "married", "nodegree", "re74", "re75"]].to_numpy(dtype=float)
    controls = one_to_one(features, treated, within_groups=within_groups)
    assert earned[treated].mean() - earned[controls].mean() == pytest.approx(730.8749, abs=0.01)
    assert len(set(controls.tolist())) == 92
