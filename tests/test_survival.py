"""Waiting times: the worked example every handbook uses, a curve by hand, and waits whose median nobody can know."""

import math

import numpy as np
import pytest

from bt_analysis.methods.survival import kaplan_meier

# Weeks in remission of 21 leukaemia patients who got 6-mercaptopurine (Freireich and others 1963); a + was still in
# remission when last seen. 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_the_curve_of_freireich() -> None:
    found = kaplan_meier(WEEKS, RELAPSED)
    # 18/21, then × 16/17, × 14/15, × 11/12, × 10/11, × 6/7, × 5/6
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert np.round(found.waiting, 3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.happened.tolist() == [3, 1, 1, 1, 1, 1, 1]
    # 6+ · 9+ · 10+ 11+ · none · 17+ 19+ 20+ · none · 25+ 32+ 32+ 34+ 35+
    assert found.censored.tolist() == [1, 1, 2, 0, 3, 0, 5]
    assert (found.n, found.happened.sum(), found.followed) == (21, 9, 35)


def test_the_median_of_freireich_is_23_weeks_and_its_interval_has_no_upper_end() -> None:
    found = kaplan_meier(WEEKS, RELAPSED)
    assert (found.median, found.median_low, found.median_high) == (23, 13, math.inf)  # as SAS: 13 to .


def test_the_interval_of_a_share_is_on_the_scale_of_log_minus_log() -> None:
    low, high = kaplan_meier(WEEKS, RELAPSED).low[0], kaplan_meier(WEEKS, RELAPSED).high[0]
    # S = 18/21, s = S·√(3/(21·18)) = .0764; power = exp(1.96·.0764/(S·log S)) = .3221: S^(1/.3221) to S^.3221
    assert (round(low, 3), round(high, 3)) == (0.620, 0.952)


def test_without_anything_censored_it_is_the_ordinary_share() -> None:
    found = kaplan_meier([1, 2, 3, 4], [True] * 4)
    assert found.waiting.tolist() == pytest.approx([0.75, 0.5, 0.25, 0])
    assert found.median == 2  # from then on it had happened in half of them
    assert math.isnan(found.low[-1])  # nothing is left to be unsure about


def test_a_median_that_was_not_reached_is_infinite_and_not_the_last_day() -> None:
    found = kaplan_meier([10, 20, 30, 40], [True, False, False, False])
    assert found.waiting.tolist() == [0.75]
    assert found.median == math.inf


def test_nothing_happened_yet() -> None:
    found = kaplan_meier([5, 8], [False, False])
    assert (found.n, found.median, found.followed) == (2, math.inf, 8)
    assert found.still(8)[0] == 1.0
    assert not len(found.times)


def test_the_share_after_some_time() -> None:
    found = kaplan_meier(WEEKS, RELAPSED)
    assert found.still(5)[0] == 1.0  # before the first
    assert round(found.still(10)[0], 3) == 0.753  # from the day itself on
    assert round(found.still(35)[0], 3) == 0.448
    assert math.isnan(found.still(36)[0])  # nobody was followed for so long


def test_an_answer_on_the_same_day_counts() -> None:
    found = kaplan_meier([0, 0, 10, 10], [True, True, False, False])
    assert found.times.tolist() == [0]
    assert found.waiting.tolist() == [0.5]


@pytest.mark.parametrize("durations", [[], [-1.0, 2.0], [math.nan]])
def test_durations_that_cannot_be(durations: list[float]) -> None:
    with pytest.raises(ValueError, match="expected at least one, and none below 0"):
        kaplan_meier(durations, [True] * len(durations))


def test_ten_random_sets_agree_with_the_product_written_out() -> None:
    rng = np.random.default_rng(5)
    for _ in range(10):
        time, event = rng.integers(1, 30, 40), rng.random(40) < 0.6
        found = kaplan_meier(time, event)
        share = 1.0
        for at, value in zip(found.times, found.waiting, strict=True):
            share *= 1 - ((time == at) & event).sum() / (time >= at).sum()
            assert value == pytest.approx(share)
