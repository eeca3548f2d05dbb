"""Answers with an order: who moved, and permutation tests by hand."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binomtest

from bt_analysis.methods.ordinal import DRAWS, moved, paired_p, two_samples_p

SEED = 1


def test_shares_of_who_moved() -> None:
    assert moved([1, 2, 3, 4], [2, 3, 3, 1]) == (2 / 4, 1 / 4, 1 / 4)


def test_all_of_five_moved_up() -> None:
    # Of 2 ** 5 ways of turning round, two are as far: all up and all down.
    assert paired_p([1, 1, 2, 2, 3], [2, 3, 3, 4, 5], SEED) == 2 / 2**5


def test_who_stayed_the_same_does_not_count() -> None:
    assert paired_p([1, 1, 2, 2, 3, 4, 4], [2, 3, 3, 4, 5, 4, 4], SEED) == 2 / 2**5
    assert paired_p([1, 2], [1, 2], SEED) == 1


def test_of_ups_and_downs_it_is_the_sign_test() -> None:
    before, after = [1] * 9, [2, 3, 2, 2, 5, 2, 2, 0, 0]  # seven up, two down
    assert paired_p(before, after, SEED) == pytest.approx(binomtest(7, 9).pvalue)


def test_with_sizes_of_changes_when_asked() -> None:
    # Changes 1, 2, 3, -1: a sum as far from 0 as 5 needs 1+2+3−1 = 5 or 7, and the same downward.
    ways = [sum(s) for s in np.stack(np.meshgrid(*[[-d, d] for d in (1, 2, 3, 1)]), -1).reshape(-1, 4)]
    expected = np.mean(np.abs(ways) >= 5)
    got = paired_p([0, 0, 0, 1], [1, 2, 3, 0], SEED, statistic=lambda changes: changes.sum(axis=1))
    assert got == pytest.approx(expected)


def test_of_many_people_ways_are_drawn_by_lot() -> None:
    before, after = [1] * 40, [2] * 26 + [0] * 14
    got = paired_p(before, after, SEED)
    assert got == pytest.approx(binomtest(26, 40).pvalue, abs=0.02)
    assert got == paired_p(before, after, SEED)
    assert paired_p([1] * 40, [2] * 40, SEED) == 1 / (DRAWS + 1)


def test_two_groups_with_ties_by_going_through_all_divisions() -> None:
    one, two = [1, 2, 2], [2, 3, 3, 3]
    ranks = [1, 3, 3, 3, 6, 6, 6]
    sums = [abs(sum(ranks[at] for at in chosen) - 3 * 4) for chosen in combinations(range(7), 3)]
    expected = np.mean([one >= 5 for one in sums])  # 1 + 3 + 3 lies 5 below 12
    assert two_samples_p(one, two, SEED) == pytest.approx(expected, abs=0.01)


def test_groups_that_answer_alike_do_not_differ() -> None:
    assert two_samples_p([2, 2], [2, 2, 2], SEED) == 1
    assert two_samples_p([1, 2, 3], [1, 2, 3], SEED) == 1


def test_no_shift_is_a_false_alarm_in_one_of_twenty() -> None:
    rng = np.random.default_rng(5)
    found = [two_samples_p(rng.integers(1, 6, 12), rng.integers(1, 6, 15), SEED) <= 0.05 for _ in range(200)]
    assert np.mean(found) < 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5


@pytest.mark.parametrize(("before", "after"), [([], []), ([1, 2], [1])])
def test_without_pairs_there_is_nothing_to_test(before: list[int], after: list[int]) -> None:
    with pytest.raises(ValueError, match=rf"{len(before)} answers before and {len(after)} after"):
        paired_p(before, after, SEED)


def test_an_empty_group_is_refused() -> None:
    with pytest.raises(ValueError, match=r"groups of 0 and 1 people"):
        two_samples_p([], [1], SEED)
