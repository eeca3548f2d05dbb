"""Intervals for figures of a survey, with and without the correction for a known number of people."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_ind

from bt_analysis.methods.surveys import mean_interval, share_interval, welch_interval

VALUES = [2.0, 4.0, 4.0, 6.0]  # mean 4; squares of distances 4 + 0 + 0 + 4, so s² = 8/3
T_3 = 3.182446  # 97.5% quantile of Student's t with 3 degrees of freedom


def test_a_mean_without_a_known_number_of_people() -> None:
    half = T_3 * math.sqrt(8 / 3) / math.sqrt(4)
    assert mean_interval(VALUES) == pytest.approx((4 - half, 4 + half), abs=1e-5)


def test_a_mean_of_four_out_of_ten() -> None:
    half = T_3 * math.sqrt(8 / 3) / math.sqrt(4) * math.sqrt(1 - 4 / 10)
    assert mean_interval(VALUES, 10) == pytest.approx((4 - half, 4 + half), abs=1e-5)


def test_when_everybody_answered_the_mean_is_known() -> None:
    assert mean_interval(VALUES, 4) == pytest.approx((4, 4))


@pytest.mark.parametrize("values", [[], [3.0]])
def test_one_value_or_none_has_no_interval(values: list[float]) -> None:
    assert all(math.isnan(end) for end in mean_interval(values))


def test_the_published_example_of_a_corrected_share() -> None:
    # 30 of 50 answers: 46–72%; when they are 50 of 120 people: 49–70%.
    assert share_interval(30, 50) == pytest.approx((0.462, 0.724), abs=0.001)
    assert share_interval(30, 50, 120) == pytest.approx((0.49, 0.70), abs=0.005)


def test_a_share_by_hand() -> None:
    # 5 of 10, N = 19: n′ = 10 · 18/9 = 20, so Wilson's interval of 10 of 20.
    assert share_interval(5, 10, 19) == pytest.approx(share_interval(10, 20))


def test_when_everybody_answered_the_share_is_known() -> None:
    assert share_interval(3, 12, 12) == (0.25, 0.25)


def test_of_nobody_there_is_no_share() -> None:
    assert all(math.isnan(end) for end in share_interval(0, 0))
    assert all(math.isnan(end) for end in share_interval(0, 0, 20))


def test_more_answers_than_people_are_refused() -> None:
    with pytest.raises(ValueError, match="13 people answered out of 12; expected no more than there are"):
        share_interval(3, 13, 12)
    with pytest.raises(ValueError, match="4 people answered out of 3"):
        mean_interval(VALUES, 3)


@given(st.integers(1, 60), st.data())
def test_knowing_how_many_there_are_never_widens_an_interval(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    population = data.draw(st.integers(n, 10 * n))
    low, high = share_interval(count, n)
    narrow_low, narrow_high = share_interval(count, n, population)
    assert low - 1e-9 <= narrow_low <= count / n + 1e-9
    assert count / n - 1e-9 <= narrow_high <= high + 1e-9


# Two groups


def test_two_groups_have_the_interval_of_welch() -> None:
    others = [1.0, 5.0, 3.0, 3.0, 1.0]
    expected = ttest_ind(VALUES, others, equal_var=False).confidence_interval()
    assert welch_interval(VALUES, others) == pytest.approx((expected.low, expected.high))


def test_two_groups_of_a_known_number_of_people_by_hand() -> None:
    # variances (8/3)/4 × (1 − 4/10) and (8/3)/4 × (1 − 4/8)
    parts = (8 / 3 / 4 * 0.6, 8 / 3 / 4 * 0.5)
    low, high = welch_interval(VALUES, [value + 1 for value in VALUES], 10, 8)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 3 + parts[1] ** 2 / 3)
    half = t.ppf(0.975, freedom) * math.sqrt(sum(parts))
    assert (low, high) == pytest.approx((-1 - half, -1 + half))


def test_where_everybody_of_both_groups_answered_the_difference_is_known() -> None:
    assert welch_interval(VALUES, [1.0, 2.0], 4, 2) == pytest.approx((2.5, 2.5))


def test_one_person_is_no_group() -> None:
    assert all(math.isnan(end) for end in welch_interval([1.0], VALUES))


def test_more_answers_than_people_are_refused_in_either_group() -> None:
    with pytest.raises(ValueError, match="4 people answered out of 3"):
        welch_interval(VALUES, VALUES, 10, 3)
