"""What a mean tells of a count: worked examples, and every division of a few people gone through."""

import itertools

import numpy as np
import pytest

from bt_analysis.methods.mean_tells import count_range, squares_of, too_close
from bt_analysis.methods.surveys import mean_interval

SCORES = np.arange(7)


def test_three_points_of_ten_people_are_one_lonely_person_at_most() -> None:
    assert count_range(10, SCORES, SCORES >= 2, (3, 3)) == (0, 1)


def test_the_squares_tell_more() -> None:
    # Three points with squares that add up to 3 are three times one point.
    assert count_range(10, SCORES, SCORES >= 2, (3, 3), (3, 3)) == (0, 0)
    assert count_range(10, SCORES, SCORES >= 1, (3, 3), (3, 3)) == (3, 3)
    assert count_range(10, SCORES, SCORES >= 2, (3, 3), (5, 9)) == (1, 1)  # 1 + 2, or 3


def test_what_else_is_known_counts() -> None:
    assert count_range(10, SCORES, SCORES >= 5, (12, 12)) == (0, 2)
    assert count_range(10, SCORES, SCORES >= 5, (12, 12), known=[(SCORES >= 2, 6)]) == (0, 0)  # six times two


def test_sums_that_no_people_have_give_no_range() -> None:
    assert count_range(10, SCORES, SCORES >= 2, (61, 61)) is None


@pytest.mark.parametrize("seed", range(10))
def test_it_is_what_going_through_every_division_finds(seed: int) -> None:
    people = np.random.default_rng(seed).integers(0, 4, 6)
    every = np.array(list(itertools.product(range(4), repeat=6)))
    fits = every[(every.sum(axis=1) == people.sum()) & ((every**2).sum(axis=1) == (people**2).sum())]
    counts = (fits >= 2).sum(axis=1)
    total, squares = float(people.sum()), float((people**2).sum())
    found = count_range(6, np.arange(4), np.arange(4) >= 2, (total, total), (squares, squares))
    assert found == (counts.min(), counts.max())


@pytest.mark.parametrize(
    ("count", "found", "told"),
    [
        (4, (0, 9), False),
        (4, (0, 8), True),
        (4, (1, 9), True),
        (8, (3, 13), False),
        (8, (4, 13), True),
        (18, (13, 20), False),
        (18, (13, 19), True),
        (4, None, False),
    ],
)
def test_five_people_either_way_of_twenty_must_seem_possible(
    count: int, found: tuple[int, int] | None, *, told: bool
) -> None:
    assert too_close(count, 20, found, 5) == told


@pytest.mark.parametrize("frame", [None, 40.0])
def test_an_interval_tells_the_sum_of_the_squares(frame: float | None) -> None:
    values = [0.0, 1, 1, 4, 6, 3, 2, 2, 0, 5]  # squares: 96
    low, high = mean_interval(values, frame)
    half, mean = (high - low) / 2, (high + low) / 2
    assert squares_of(10, (mean, mean), (half, half), frame) == pytest.approx((96, 96))
    wider = squares_of(10, (mean - 0.1, mean + 0.1), (half - 0.1, half + 0.1), frame)
    assert wider[0] < 96 < wider[1]


def test_where_all_people_answered_an_interval_tells_nothing() -> None:
    assert squares_of(10, (3, 3), (0, 0), 10) == (0, np.inf)


def test_a_mean_that_may_be_nought_has_squares_from_the_spread_alone() -> None:
    low, _ = squares_of(10, (-0.1, 0.1), (0, 1))
    assert low == 0
