"""Waiting times whatever the data: the curve against a slow sum, and what must not depend on order, unit or split."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods.survival import Waiting, kaplan_meier

CASES = st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40)
"""Days that a case was followed, and whether it happened then."""

Case = tuple[int, bool]


def of(cases: list[Case]) -> Waiting:
    return kaplan_meier([day for day, _ in cases], [happened for _, happened in cases])


def by_hand(cases: list[Case], day: int) -> float:
    """Multiply, one day at a time, the share of those still waiting in which it did not happen."""
    share = 1.0
    for at in range(day + 1):
        waiting = sum(followed >= at for followed, _ in cases)
        happened = sum(followed == at and done for followed, done in cases)
        share *= 1 - happened / waiting if waiting else 1.0
    return share


@given(CASES, st.integers(0, 60))
def test_the_curve_is_the_product_of_days_and_says_nothing_after_the_last_unless_none_is_left(
    cases: list[Case], day: int
) -> None:
    share = of(cases).still(day)[0]
    if day > max(followed for followed, _ in cases) and by_hand(cases, 60) > 0:
        assert math.isnan(share)  # some were still waiting when nobody was followed any longer
    else:
        assert share == pytest.approx(by_hand(cases, day), abs=1e-9)


@given(CASES)
def test_everybody_is_counted_once(cases: list[Case]) -> None:
    found = of(cases)
    assert found.happened.sum() == sum(done for _, done in cases)
    if not len(found.times):
        return
    left_before = found.n - found.at_risk[0]  # were followed no longer from before the first time on
    assert left_before + found.happened.sum() + found.censored.sum() == found.n
    # Who is at risk at a time is who was there at the time before, without those who left since.
    assert (found.at_risk[1:] == (found.at_risk - found.happened - found.censored)[:-1]).all()


@given(CASES)
def test_the_curve_only_falls_and_stays_within_its_interval(cases: list[Case]) -> None:
    found = of(cases)
    assert (np.diff(found.waiting, prepend=1.0) < 0).all()
    assert (np.diff(found.times) > 0).all()
    known = ~np.isnan(found.low)
    assert (found.low[known] <= found.waiting[known]).all()
    assert (found.waiting[known] <= found.high[known]).all()
    assert ((found.waiting[~known] < 1e-9) | (found.waiting[~known] == 1)).all()  # only an end has no interval


@given(CASES)
def test_the_median_is_the_first_day_on_which_half_had_it(cases: list[Case]) -> None:
    found = of(cases)
    halves = [day for day in range(61) if by_hand(cases, day) <= 0.5 + 1e-9]
    assert found.median == (halves[0] if halves else math.inf)
    assert found.median_low <= found.median <= found.median_high


@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_nothing(cases: list[Case], random: object) -> None:
    other = list(cases)
    random.shuffle(other)  # type: ignore[attr-defined]
    first, second = of(cases), of(other)
    assert first.waiting.tolist() == second.waiting.tolist()
    assert (first.median, first.median_low, first.median_high) == (second.median, second.median_low, second.median_high)


@given(CASES, st.sampled_from([2, 7, 24]))
def test_in_another_unit_it_takes_as_many_times_longer(cases: list[Case], times: int) -> None:
    days = of(cases)
    hours = of([(day * times, done) for day, done in cases])
    assert hours.waiting.tolist() == days.waiting.tolist()
    assert (hours.times == times * days.times).all()
    assert hours.median == times * days.median


@given(CASES)
def test_who_leaves_on_the_first_day_before_anything_happens_moves_no_curve(cases: list[Case]) -> None:
    later = [(day + 1, done) for day, done in cases]
    assert of([*later, (0, False), (0, False)]).waiting.tolist() == pytest.approx(of(later).waiting.tolist())


@given(CASES)
def test_waiting_longer_never_makes_the_share_that_waits_smaller(cases: list[Case]) -> None:
    # Nobody's answer comes earlier when those who still wait are followed until the end.
    end = max(day for day, _ in cases)
    longer = of([(day if done else end, done) for day, done in cases])
    found = of(cases)
    for day in found.times:
        assert longer.still(day)[0] >= found.still(day)[0] - 1e-9


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_all_on_one_day_is_a_step_to_nothing(n: int) -> None:
    found = of([(30, True)] * n)
    assert (found.waiting.tolist(), found.median, found.at_risk.tolist()) == ([0], 30, [n])
    assert found.still(29)[0] == 1
    assert found.median_low == 30


def test_a_tie_of_an_answer_and_a_last_look_counts_the_last_look_as_waiting() -> None:
    # On day 30 one of two has an answer; the other, last seen on that day, was still at risk: 1 − 1/2.
    found = of([(30, True), (30, False)])
    assert (found.waiting.tolist(), found.at_risk.tolist(), found.censored.tolist()) == ([0.5], [2], [1])


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_a_surer_interval_is_wider(level: float) -> None:
    days = list(range(1, 21))
    narrow, wide = kaplan_meier(days, [True] * 20, level), kaplan_meier(days, [True] * 20, level + 0.005)
    inner = slice(0, -1)  # of nobody left there is no interval
    assert (wide.low[inner] < narrow.low[inner]).all()
    assert (wide.high[inner] > narrow.high[inner]).all()
