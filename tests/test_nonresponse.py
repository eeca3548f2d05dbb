"""What people who did not answer can change: the worked example of the programme, and its ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods.nonresponse import differing_by, worst_case
from bt_analysis.methods.surveys import share_interval


def pct(ends: tuple[float, float]) -> tuple[int, int]:
    return round(100 * ends[0]), round(100 * ends[1])


def test_62_of_400_people_of_whom_36_say_yes() -> None:
    share = 36 / 62
    assert round(100 * share) == 58
    assert pct(share_interval(36, 62, 400)) == (47, 69)
    assert pct(worst_case(share, 62, 400)) == (9, 94)  # 36/400 and (36 + 338)/400
    assert pct(differing_by(share, 62, 400, 0.2)) == (41, 75)  # 58.06 ± 0.845 × 20
    assert pct(differing_by(share, 62, 400, 0.1)) == (50, 67)  # 58.06 ± 8.45


def test_30_of_50_from_120() -> None:
    assert pct(share_interval(30, 50, 120)) == (49, 70)
    assert pct(share_interval(30, 50)) == (46, 72)


def test_worst_case_counts_people() -> None:
    low, high = worst_case(36 / 62, 62, 400)
    assert (low, high) == pytest.approx((36 / 400, (36 + 400 - 62) / 400))


def test_a_difference_by_points_is_no_wider_than_the_worst_case_and_stops_at_0_and_100() -> None:
    # 90% of 10 of 100: those who did not answer are 70% to 100%, not 110%
    low, high = differing_by(0.9, 10, 100, 0.2)
    assert (low, high) == pytest.approx((0.1 * 0.9 + 0.9 * 0.7, 0.1 * 0.9 + 0.9 * 1))
    assert differing_by(0.9, 10, 100, 1.0) == pytest.approx(worst_case(0.9, 10, 100))


def test_when_everybody_answered_there_is_nothing_to_be_unsure_of() -> None:
    assert worst_case(0.4, 50, 50) == differing_by(0.4, 50, 50, 0.2) == (0.4, 0.4)


def test_when_nobody_answered_anything_can_be() -> None:
    assert worst_case(0.5, 0, 50) == (0, 1)


@pytest.mark.parametrize(("share", "n", "population"), [(1.1, 5, 10), (-0.1, 5, 10), (0.5, 11, 10), (0.5, 0, 0)])
def test_what_cannot_be_is_refused(share: float, n: float, population: float) -> None:
    with pytest.raises(ValueError, match=r"expected a share from 0 to 1, and no more answers than people"):
        worst_case(share, n, population)


def test_nobody_and_everybody_are_shares_too() -> None:
    # 20 of 50 answered, all of them yes: between 20/50 and everybody; when none said yes, between nobody and 30/50.
    assert worst_case(1, 20, 50) == (0.4, 1)
    assert worst_case(0, 20, 50) == (0, 0.6)
    # One of two answered, and those who did not differ by at most 20 points: 0.5 · 1 + 0.5 · 0.8.
    assert differing_by(1, 1, 2, 0.2) == pytest.approx((0.9, 1))


def test_people_who_answer_alike_leave_the_share_as_it_is() -> None:
    assert differing_by(0.25, 8, 400, 0) == (0.25, 0.25)


@given(st.floats(0, 1), st.integers(1, 500), st.integers(0, 500), st.floats(0, 1))
def test_ranges_hold_the_share_and_lie_within_each_other(share: float, n: int, silent: int, delta: float) -> None:
    low, high = differing_by(share, n, n + silent, delta)
    least, most = worst_case(share, n, n + silent)
    assert 0 <= least <= low + 1e-12
    assert low <= share + 1e-12
    assert share <= high + 1e-12
    assert high <= most + 1e-12


def test_a_negative_difference_is_refused() -> None:
    with pytest.raises(ValueError, match=r"delta is -0\.2; expected 0 or more"):
        differing_by(0.5, 5, 10, -0.2)
