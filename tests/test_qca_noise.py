"""Pure noise, which gives more tied models than anybody reads: fast, all of them as far as the caps, and honest."""

import itertools
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods import qca
from bt_analysis.methods.qca import fit, solutions
from bt_analysis.methods.qca.covers import smallest_covers
from bt_analysis.methods.qca.models import Space
from bt_analysis.methods.qca.primes import Primes

PRESENT = dict.fromkeys("ABCDEFGH", 1)


def noise(seed: int, cases: int = 60, conditions: int = 8) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    data = pd.DataFrame(draw.integers(0, 2, (cases, conditions)), columns=list("ABCDEFGH")[:conditions])
    return data.assign(Y=draw.integers(0, 2, cases))


def analysed(data: pd.DataFrame, most: int = solutions.MOST_PAIRS) -> qca.Analysis:
    table = qca.truth_table(data, "Y", incl_cut=0.8)
    return qca.analyse(table, dict.fromkeys(table.conditions, 1), most=most)


# Speed and caps


@pytest.mark.parametrize("seed", [0, 2, 15, 19])
def test_noise_of_eight_conditions_and_sixty_cases_takes_less_than_a_second(seed: int) -> None:
    # The heaviest of twenty seeds; all kinds of solutions with the fit of every model and term. Time of this process
    # alone: others on the machine do not count.
    taken = []
    for _ in range(2):
        start = time.process_time()
        found = analysed(noise(seed))
        told = [solution.fits() for solution in found.solutions]
        taken.append(time.process_time() - start)
    assert min(taken) < 1
    for solution, rows in zip(found.solutions, told, strict=True):
        assert rows["model"].nunique() == len(solution.models)


def test_a_solution_that_was_cut_short_says_so() -> None:
    found = analysed(noise(19))
    assert len(found.parsimonious.models) == 5_000
    assert not found.parsimonious.complete
    # Intermediate models come of pairs: when these are not all there, neither are those.
    assert not found.intermediate.complete
    assert found.conservative.complete


def test_a_cap_on_the_sets_of_counterfactuals() -> None:
    whole, short = analysed(noise(5)), analysed(noise(5), most=3)
    assert whole.intermediate.complete
    assert not short.intermediate.complete
    assert short.intermediate.names < whole.intermediate.names
    assert set(short.pairs) < set(whole.pairs)
    assert all(models == whole.pairs[pair] for pair, models in short.pairs.items())


def test_a_cap_on_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = analysed(noise(11))
    assert (len(whole.intermediate.models), whole.intermediate.complete) == (432, True)
    monkeypatch.setattr(solutions, "MOST_MODELS", 100)
    short = analysed(noise(11))
    assert 100 < len(short.intermediate.models) < 432
    assert not short.intermediate.complete


def test_a_cap_on_the_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solutions, "MOST_LOOKED", 7)
    short = analysed(noise(5))
    assert len(short.pairs) == 7
    assert not short.intermediate.complete


def test_the_same_data_give_the_same_models_in_the_same_order() -> None:
    one, other = (analysed(noise(7)) for _ in range(2))
    for left, right in zip(one.solutions, other.solutions, strict=True):
        assert [model.terms for model in left.models] == [model.terms for model in right.models]


# Fit of all models at once


def test_fits_by_hand() -> None:
    # Terms A and B of three cases: A has n and o, B has o and z; Y has n and o.
    members = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    y = np.array([1.0, 1.0, 0.0])
    found = fit.of_models(members, np.array([[0, 1], [1, 0]]), y)
    # Together all three cases, of which two have Y.
    assert found.consistency.tolist() == pytest.approx([2 / 3, 2 / 3])
    assert found.pri.tolist() == pytest.approx([2 / 3, 2 / 3])
    assert found.coverage.tolist() == pytest.approx([1, 1])
    # Only A has n: without it 1 of 2 is covered. Without B nothing is lost.
    assert found.unique.tolist() == [[0.5, 0.0], [0.0, 0.5]]


def test_a_fit_that_cannot_be_told_is_missing() -> None:
    found = fit.of_models(np.zeros((1, 2)), np.array([[0]]), np.zeros(2))
    assert np.isnan([found.consistency[0], found.pri[0], found.coverage[0], found.unique[0, 0]]).all()


def test_pri_takes_off_what_fits_the_absence_as_well() -> None:
    x, y = np.array([[0.8, 0.6, 0.3]]), np.array([0.9, 0.4, 0.5])
    found = fit.of_models(x, np.array([[0]]), y)
    # min(x, y) = .8, .4, .3; min(x, y, 1 − y) = .1, .4, .3; x = .8, .6, .3.
    assert found.consistency[0] == pytest.approx(1.5 / 1.7)
    assert found.pri[0] == pytest.approx((1.5 - 0.8) / (1.7 - 0.8))
    assert found.coverage[0] == pytest.approx(1.5 / 1.8)


@given(st.data())
def test_unique_coverage_is_what_is_lost_without_the_term(data: st.DataObject) -> None:
    share = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 1.0])
    cases, terms_n = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    members = np.array(data.draw(st.lists(st.lists(share, min_size=cases, max_size=cases), min_size=terms_n,
                                          max_size=terms_n)))  # fmt: skip
    y = np.array(data.draw(st.lists(share, min_size=cases, max_size=cases)))
    found = fit.of_models(members, np.arange(terms_n)[None], y)
    if y.sum() == 0:
        assert np.isnan(found.coverage).all()
        return
    for at in range(terms_n):
        rest = np.delete(members, at, axis=0).max(axis=0, initial=0.0)
        lost = found.coverage[0] - np.minimum(rest, y).sum() / y.sum()
        assert found.unique[0, at] == pytest.approx(lost, abs=1e-9)
        assert found.unique[0, at] >= 0


@pytest.mark.parametrize("seed", range(5))
def test_all_at_once_is_the_same_as_one_by_one(seed: int) -> None:
    draw = np.random.default_rng(seed)
    data = pd.DataFrame(draw.choice([0.05, 0.2, 0.4, 0.6, 0.8, 0.95], (20, 4)), columns=list("ABCD"))
    found = analysed(data.assign(Y=draw.random(20).round(2)))
    for solution in found.solutions:
        rows = solution.fits()
        for number, model in enumerate(solution.models, 1):
            own = rows[rows["model"].eq(number)]
            assert own["term"].tolist() == ["", *model.names]
            wanted = [[one.consistency, one.pri, one.coverage, one.unique] for one in (model.fit, *model.term_fits)]
            assert own[["consistency", "pri", "coverage", "unique"]].to_numpy() == pytest.approx(np.array(wanted))


def test_every_model_has_its_own_unique_coverage() -> None:
    # A row that A and B both cover, beside one that only C does: A + C and B + C are tied.
    data = pd.DataFrame({"A": [1, 0, 0], "B": [1, 0, 0], "C": [0, 1, 0], "Y": [1, 1, 0]}, index=["n", "o", "z"])
    short = qca.analyse(qca.truth_table(data, "Y")).parsimonious
    assert short.names == {frozenset({"A", "C"}), frozenset({"B", "C"})}
    assert short.fits().set_index(["model", "term"])["unique"].to_dict() == {
        (1, ""): 1, (1, "A"): 0.5, (1, "C"): 0.5, (2, ""): 1, (2, "B"): 0.5, (2, "C"): 0.5,
    }  # fmt: skip
    assert short.fits(1)["model"].unique().tolist() == [1]


def test_no_model_has_no_fit() -> None:
    data = pd.DataFrame({"A": [1, 0], "Y": [0, 0]})
    rows = qca.analyse(qca.truth_table(data, "Y")).parsimonious.fits()
    assert rows.empty
    assert list(rows.columns) == ["model", "term", "consistency", "pri", "coverage", "unique"]


# Covers


@given(st.lists(st.integers(0, 2**6 - 1), min_size=1, max_size=9), st.integers(1, 6))
def test_covers_against_every_choice(masks: list[int], rows: int) -> None:
    chart = [mask & (1 << rows) - 1 for mask in masks]
    every = (1 << rows) - 1
    expected: list[tuple[int, ...]] = []
    for size in range(1, len(chart) + 1):
        expected = [
            choice
            for choice in itertools.combinations(range(len(chart)), size)
            if sum(1 << row for row in range(rows) if any(chart[at] >> row & 1 for at in choice)) == every
        ]
        if expected:
            break
    found = smallest_covers(chart, rows)
    assert found.choices == tuple(expected)
    assert found.complete


@given(st.lists(st.integers(1, 2**5 - 1), min_size=1, max_size=9), st.integers(1, 5))
def test_a_short_list_of_covers_is_part_of_the_long_one(masks: list[int], most: int) -> None:
    whole, short = smallest_covers(masks, 5), smallest_covers(masks, 5, most=most)
    assert set(short.choices) <= set(whole.choices)
    assert len(short.choices) == min(most, len(whole.choices))
    assert short.complete == (len(whole.choices) <= most)


def test_a_chart_of_which_the_greedy_choice_is_too_large() -> None:
    # Greedy takes the four in the middle first and then needs two more; two of three rows each are enough.
    chart = [0b000111, 0b111000, 0b011110]
    assert smallest_covers(chart, 6).choices == ((0, 1),)


# Sets of counterfactuals together


@given(st.integers(0, 10_000))
def test_prime_implicants_of_sets_together_and_apart(seed: int) -> None:
    draw = np.random.default_rng(seed)
    levels = (2, 3, 2)
    space = Space(levels)
    explain, may = np.split(draw.permutation(12)[:7], [4])
    finder = Primes(levels, [space.configuration(int(number)) for number in explain])
    sets = [sum(1 << int(number) for number in may[:n]) for n in range(4)]
    expected = [finder.primes(also=space.members(one)) for one in sets]
    assert finder.of_each(sets) == expected
    assert finder.of_each([]) == []
    chart = finder.chart(expected[0])
    for mask, prime in zip(chart, expected[0], strict=True):
        within = [space.mask(prime) >> int(number) & 1 for number in explain]
        assert [mask >> at & 1 for at in range(4)] == within
