"""Raking: margins are met, the structure inside is kept, and what cannot fit is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods.raking import Margin, RakingError, rake
from tests.published import table


def margin(codes: list[int], *targets: float) -> Margin:
    return Margin(np.array(codes), np.array(targets, dtype=float))


def test_one_margin_is_weighting_by_group() -> None:
    # 3 of group 0 stand for 60, 1 of group 1 for 40
    found = rake([margin([0, 0, 0, 1], 60, 40)], np.ones(4))
    assert found.weights.tolist() == pytest.approx([20, 20, 20, 40])
    # n Σw² / (Σw)² = 4 × (3 × 400 + 1600) / 10 000
    assert found.design_effect == pytest.approx(4 * 2800 / 10_000)
    assert found.n_effective == pytest.approx(4 / 1.12)
    assert found.largest == pytest.approx(40 / 25)
    assert found.rounds == 1


def test_respondents_as_the_population_weigh_the_same() -> None:
    found = rake([margin([0, 0, 1, 1], 50, 50), margin([0, 1, 0, 1], 50, 50)], np.ones(4))
    assert found.weights.tolist() == [25] * 4
    assert (found.design_effect, found.n_effective, found.largest) == (1, 4, 1)


def test_two_margins_are_met_and_odds_between_them_stay() -> None:
    ages, sexes = [0, 0, 0, 1, 1, 1, 1, 0], [0, 1, 1, 0, 0, 0, 1, 0]
    found = rake([margin(ages, 30, 70), margin(sexes, 55, 45)], np.ones(8))
    cells = np.zeros((2, 2))
    np.add.at(cells, (ages, sexes), found.weights)
    assert cells.sum(axis=1).tolist() == pytest.approx([30, 70])
    assert cells.sum(axis=0).tolist() == pytest.approx([55, 45])
    # Fitting keeps the odds ratio of the respondents: (2 × 1) / (2 × 3)
    assert cells[0, 0] * cells[1, 1] / (cells[0, 1] * cells[1, 0]) == pytest.approx(2 * 1 / (2 * 3))


def test_schools_weighted_to_kind_and_target() -> None:
    schools = table("apisrs.csv")
    kinds = pd.Categorical(schools["stype"], ["E", "H", "M"]).codes.astype(np.int64)
    met = pd.Categorical(schools["sch.wide"], ["No", "Yes"]).codes.astype(np.int64)
    margins = [Margin(kinds, np.array([4421.0, 755, 1018])), Margin(met, np.array([1072.0, 5122]))]
    found = rake(margins, schools["pw"])
    for codes, targets in margins:
        assert np.bincount(codes, found.weights).tolist() == pytest.approx(targets.tolist(), rel=1e-9)
    # Weights are a factor per kind times a factor per target: the one solution of iterative fitting.
    factors = np.log(found.weights / schools["pw"].to_numpy())
    step = [
        float(factors[(kinds == kind) & (met == 1)][0] - factors[(kinds == kind) & (met == 0)][0]) for kind in range(3)
    ]
    assert step == pytest.approx([step[0]] * 3)
    assert all(np.ptp(factors[(kinds == kind) & (met == target)]) < 1e-12 for kind in range(3) for target in range(2))
    assert 1 < found.design_effect < 1.1
    assert found.n_effective == pytest.approx(200 / found.design_effect)


def test_weights_of_a_design_are_kept_inside_a_group() -> None:
    assert rake([margin([0, 0, 1], 40, 60)], [1, 3, 5]).weights.tolist() == pytest.approx([10, 30, 60])


def test_a_group_nobody_answered_for_is_refused() -> None:
    with pytest.raises(RakingError, match=r"margin 1: group 1 has no respondents and 5 people"):
        rake([margin([0, 1], 5, 5), margin([0, 0], 5, 5)], np.ones(2))


def test_an_empty_group_of_nobody_is_no_problem() -> None:
    assert rake([margin([0, 0], 10, 0)], np.ones(2)).weights.tolist() == [5, 5]


def test_margins_of_different_populations_are_refused() -> None:
    with pytest.raises(RakingError, match=r"margins add up to \[10\.0, 11\.0\]; expected the same sum"):
        rake([margin([0, 1], 5, 5), margin([0, 1], 5, 6)], np.ones(2))
    with pytest.raises(RakingError, match=r"margins add up to \[\]"):
        rake([], np.ones(2))


def test_margins_that_contradict_each_other_are_refused() -> None:
    # The same two people cannot be 5 and 5 as well as 2 and 8.
    with pytest.raises(RakingError, match=r"after 50 rounds a group is still"):
        rake([margin([0, 1], 5, 5), margin([0, 1], 2, 8)], np.ones(2), rounds=50)


def test_kish_by_hand() -> None:
    # One person weighs 1 and one 3: n · Σw²/(Σw)² = 2 · (1 + 9)/16 = 1.25, as much as 2/1.25 = 1.6 people tell.
    found = rake([margin([0, 1], 1, 3)], np.ones(2))
    assert (found.design_effect, found.n_effective, found.largest) == (1.25, 1.6, 1.5)


def test_groups_of_less_than_one_person_are_brought_to_their_size_too() -> None:
    # Margins may be shares: 0.3 and 0.7 of a population of 1.
    assert rake([margin([0, 0, 1], 0.3, 0.7)], np.ones(3)).weights.tolist() == pytest.approx([0.15, 0.15, 0.7])
    with pytest.raises(RakingError, match=r"after 50 rounds a group is still"):
        rake([margin([0, 1], 0.5, 0.5), margin([0, 1], 0.2, 0.8)], np.ones(2), rounds=50)


@given(st.lists(st.integers(0, 2), min_size=6, max_size=40), st.lists(st.floats(1, 1000), min_size=3, max_size=3))
def test_whatever_the_groups_weights_add_up_and_cost_something(codes: list[int], targets: list[float]) -> None:
    every = [0, 1, 2, *codes]
    found = rake([margin(every, *targets)], np.ones(len(every)))
    sums = np.bincount(every, found.weights)
    assert sums.tolist() == pytest.approx(targets)
    assert 1 - 1e-9 <= found.design_effect <= len(every)
    assert found.n_effective * found.design_effect == pytest.approx(len(every))
    assert found.largest >= 1 - 1e-9
