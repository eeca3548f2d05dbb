"""Search for patterns by hand, and against a plain loop over all ways to deal out the outcome."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from bt_analysis.methods.luck import perfect_by_luck
from bt_analysis.methods.pattern_search import adds, search, without_one

NAN = float("nan")


def table(**columns: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=float)


# The chance of luck


def test_eight_cases_four_successes_ten_conditions() -> None:
    # Of 70 ways to pick four of eight, one separates and one mirrors: 1 − (1 − 2/70)^10 = 25%.
    assert perfect_by_luck(8, 4, [4] * 10) == pytest.approx(1 - (1 - 2 / 70) ** 10)
    assert round(100 * perfect_by_luck(8, 4, [4] * 10)) == 25


def test_conditions_of_other_sizes() -> None:
    # Three successes of six: a condition of three fits or mirrors in 2 of 20; one of two cannot.
    assert perfect_by_luck(6, 3, [3]) == pytest.approx(2 / 20)
    assert perfect_by_luck(6, 3, [2]) == 0
    # Two of six: one of two can only fit (1 of 15), one of four can only mirror.
    assert perfect_by_luck(6, 2, [2, 4]) == pytest.approx(1 - (1 - 1 / 15) ** 2)
    assert perfect_by_luck(6, 0, [0, 6]) == 0


def test_impossible_numbers_are_named() -> None:
    with pytest.raises(ValueError, match="got 8 cases, 9 successes"):
        perfect_by_luck(8, 9, [4])


# The search


def test_a_perfect_condition_of_six() -> None:
    found = search(table(a=[1, 1, 1, 0, 0, 0]), [1, 1, 1, 0, 0, 0], draws=99, seed=1)
    assert found.exact
    # φ = 1, so z = √5; 2 of 20 ways are as far from chance.
    assert found.z.tolist() == pytest.approx([math.sqrt(5)])
    assert found.p.tolist() == pytest.approx([2 / 20])


def test_the_mirror_counts_as_much() -> None:
    found = search(table(a=[0, 0, 0, 1, 1, 1]), [1, 1, 1, 0, 0, 0], draws=99, seed=1)
    assert found.z.tolist() == pytest.approx([-math.sqrt(5)])
    assert found.p.tolist() == pytest.approx([2 / 20])


def test_more_conditions_make_luck_likelier() -> None:
    y = [1, 1, 1, 1, 0, 0, 0, 0]
    one = search(table(a=[1, 1, 1, 1, 0, 0, 0, 0]), y, draws=99, seed=1)
    # A second condition that splits otherwise: two more ways of the 70 have a perfect one; pairs have no perfect one.
    two = search(table(a=[1, 1, 1, 1, 0, 0, 0, 0], b=[1, 1, 0, 0, 1, 1, 0, 0]), y, draws=99, seed=1)
    assert one.p[0] == pytest.approx(2 / 70)
    assert two.p[0] == pytest.approx(4 / 70)
    assert [two.name(at) for at in range(len(two.parts))] == ["a", "b", "a*b", "a*~b", "~a*b", "~a*~b"]


def test_against_a_plain_loop() -> None:
    draw = np.random.default_rng(4)
    conditions = pd.DataFrame(draw.choice([0, 1, NAN], (9, 3), p=[0.45, 0.45, 0.1]), columns=list("abc"))
    y = [1, 0, 1, 1, 0, 0, 1, 0, 0]
    values = conditions.to_numpy(float)
    found = search(conditions, y, draws=99, seed=1)

    def z(pattern: tuple[tuple[int, int], ...], outcome: tuple[int, ...]) -> float:
        rows = [
            (all(values[case, one] == level for one, level in pattern), outcome[case])
            for case in range(9)
            if not any(math.isnan(values[case, one]) for one, _ in pattern)
        ]
        x, o = np.array(rows, dtype=float).T
        return 0.0 if x.std() == 0 or o.std() == 0 else float(np.corrcoef(x, o)[0, 1]) * math.sqrt(len(rows) - 1)

    assert found.z.tolist() == pytest.approx([z(pattern, tuple(y)) for pattern in found.parts])
    ways = [way for way in itertools.product((0, 1), repeat=9) if sum(way) == 4]
    best = [max(abs(z(pattern, way)) for pattern in found.parts) for way in ways]
    expected = [sum(one >= abs(own) - 1e-9 for one in best) / len(ways) for own in found.z]
    assert found.p.tolist() == pytest.approx(expected)


def test_many_cases_are_drawn_by_lot_and_the_seed_decides() -> None:
    draw = np.random.default_rng(5)
    conditions = pd.DataFrame(draw.integers(0, 2, (24, 4)).astype(float))
    y = draw.permutation([1] * 12 + [0] * 12).tolist()
    first, same = (search(conditions, y, draws=199, seed=9) for _ in range(2))
    assert not first.exact
    assert first.p.tolist() == same.p.tolist()
    # (1 + b) / (1 + 199): never 0.
    assert first.p.min() >= 1 / 200


def test_patterns_of_one_case_are_not_looked_at() -> None:
    assert search(table(a=[1, 0, 0, 0]), [1, 0, 0, 0], draws=9, seed=1).parts == ()
    assert search(table(a=[1, 1, 0, 0]), [1, 0, 0, 0], draws=9, seed=1).parts == (((0, 1),),)


def test_unknown_is_in_no_pattern() -> None:
    found = search(table(a=[1, 1, NAN, 0, 0]), [1, 1, 1, 0, 0], draws=9, seed=1)
    assert found.known.sum() == 4
    assert found.z.tolist() == pytest.approx([math.sqrt(3)])


def test_an_outcome_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="of which 1 are not 0 or 1"):
        search(table(a=[1, 0]), [1, 2], draws=9, seed=1)


# Leaving one out


def test_leaving_one_out_is_the_search_without_it() -> None:
    draw = np.random.default_rng(6)
    conditions = pd.DataFrame(draw.integers(0, 2, (9, 3)).astype(float), columns=list("abc"))
    y = conditions["a"].astype(int).to_numpy().copy()
    y[0] = 1 - y[0]
    found = search(conditions, y.tolist(), draws=99, seed=1)
    at = found.parts.index(((0, 1),))
    told = without_one(found, [at])[0]
    for case in range(9):
        rest = [other for other in range(9) if other != case]
        again = search(conditions.iloc[rest], y[rest].tolist(), draws=99, seed=1)
        # The search without the case may look at fewer patterns: those that only it made large enough.
        if len(again.parts) == len(found.parts):
            assert told[case] == pytest.approx(again.p[at])


def test_a_pattern_that_turns_is_no_pattern() -> None:
    found = search(table(a=[1, 1, 0, 0, 0]), [1, 0, 1, 0, 0], draws=9, seed=1)
    # a: 1 of 2 with, 1 of 3 without; without case 0 it turns.
    assert without_one(found, [0])[0, 0] == 1


# Pairs


def test_a_pair_is_needed_when_neither_will_do() -> None:
    # Both there: always; one of them: never.
    conditions = table(a=[1] * 8 + [1] * 8 + [0] * 8, b=[1] * 8 + [0] * 8 + [1] * 4 + [0] * 4)
    y = [1] * 8 + [0] * 16
    found = search(conditions, y, draws=499, seed=1)
    pair = found.parts.index(((0, 1), (1, 1)))
    assert found.p[pair] <= 0.01
    assert adds(conditions, found, pair, draws=499, seed=1) <= 0.01


def test_a_pair_is_not_needed_when_one_will_do() -> None:
    draw = np.random.default_rng(2)
    conditions = table(a=[1] * 12 + [0] * 12, b=draw.permutation([1] * 12 + [0] * 12).tolist())
    y = [1] * 12 + [0] * 12
    found = search(conditions, y, draws=499, seed=1)
    pair = found.parts.index(((0, 1), (1, 1)))
    assert adds(conditions, found, pair, draws=499, seed=1) == 1
