"""Qualitative comparative analysis against an independent route: every term, and every choice of terms, looked at."""

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from bt_analysis.methods import qca

ANY = -1
Term = tuple[int, ...]
Models = set[frozenset[Term]]


def within(term: Term, configuration: Term) -> bool:
    return all(a in (ANY, b) for a, b in zip(term, configuration, strict=True))


def shortest(levels: tuple[int, ...], explain: list[Term], against: set[Term]) -> list[Term]:
    """All terms that touch something to explain and nothing against, less those that a shorter one makes needless."""
    every = itertools.product(*([ANY, *range(count)] for count in levels))
    good = [
        term
        for term in every
        if any(within(term, one) for one in explain) and not any(within(term, one) for one in against)
    ]
    return [term for term in good if not any(other != term and within(other, term) for other in good)]


def choices(explain: list[Term], primes: list[Term]) -> Models:
    """All choices of the smallest number of terms that explain everything."""
    for size in range(1, len(explain) + 1):
        found = {
            frozenset(choice)
            for choice in itertools.combinations(primes, size)
            if all(any(within(term, one) for term in choice) for one in explain)
        }
        if found:
            return found
    raise AssertionError("nothing explains all rows")


def route(table: qca.TruthTable, expected: dict[str, int]) -> tuple[Models, Models, Models]:
    """Conservative, parsimonious and intermediate models, from the definitions."""
    levels = table.levels
    every = set(itertools.product(*(range(count) for count in levels)))
    explain, against = table.configurations("1"), set(table.configurations("0"))
    strict = choices(explain, shortest(levels, explain, every - set(explain)))
    short = choices(explain, shortest(levels, explain, against))
    wanted = {table.conditions.index(name): level for name, level in expected.items()}
    between: Models = set()
    for one, other in itertools.product(strict, short):
        assumed = {c for c in every - set(explain) if any(within(term, c) for term in other)}
        loose = []
        for term, general in itertools.product(one, other):
            if within(general, term):
                kept = [
                    level
                    for at, level in enumerate(term)
                    if general[at] != ANY or at not in wanted or wanted[at] == level
                ]
                parts = iter(kept)
                loose.append(
                    tuple(
                        next(parts) if general[at] != ANY or at not in wanted or wanted[at] == level else ANY
                        for at, level in enumerate(term)
                    )
                )
        easy = {c for c in assumed if any(within(term, c) for term in loose)}
        between |= choices(explain, shortest(levels, explain, every - set(explain) - easy))
    return strict, short, between


def crisp(seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(draw.integers(0, 2, (9 + seed % 4, 4)), columns=list("ABCD"))
    # Noise on a rule gives contradictions and ties.
    rule = (table["A"] & table["B"]) | (table["C"] & (1 - table["D"]))
    return table.assign(Y=np.where(draw.random(len(table)) < 0.15, 1 - rule, rule))


def fuzzy(seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(draw.choice([0.05, 0.2, 0.4, 0.6, 0.8, 0.95], (12, 4)), columns=list("ABCD"))
    rule = np.maximum(np.minimum(table["A"], table["B"]), np.minimum(table["C"], 1 - table["D"]))
    return table.assign(Y=np.clip(rule + draw.normal(0, 0.1, len(table)), 0, 1).round(2))


def many_valued(seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    table = pd.DataFrame({"A": draw.integers(0, 3, 12), "B": draw.integers(0, 2, 12), "C": draw.integers(0, 3, 12)})
    return table.assign(Y=((table["A"] == 2) | ((table["C"] == 1) & (table["B"] == 0))).astype(int))


SETS = (
    [(crisp(seed), 1.0) for seed in range(6)]
    + [(fuzzy(seed), 0.8) for seed in range(6)]
    + [(many_valued(seed), 1.0) for seed in range(3)]
)


@pytest.mark.parametrize("absent", [False, True])
@pytest.mark.parametrize("number", range(len(SETS)))
def test_all_models_of_all_solutions(number: int, absent: bool) -> None:
    data, cut = SETS[number]
    table = qca.truth_table(data, "Y", incl_cut=cut, absent=absent)
    if not table.configurations("1") or not table.configurations("0"):
        pytest.skip("no configuration of one kind: nothing to minimise")
    expected = {"A": 0 if absent else 1, "C": 1, "B": 1 - number % 2}
    found = qca.analyse(table, expected)
    for solution, models in zip(found.solutions, route(table, expected), strict=True):
        assert {frozenset(model.terms) for model in solution.models} == models, solution.kind


def test_some_of_these_sets_have_tied_models() -> None:
    tied = [
        len(solution.models) > 1
        for data, cut in SETS
        for solution in qca.analyse(qca.truth_table(data, "Y", incl_cut=cut), {"A": 1}).solutions
    ]
    assert sum(tied) >= 5


@pytest.mark.parametrize("number", range(len(SETS)))
def test_fit_by_its_formulas(number: int) -> None:
    data, cut = SETS[number]
    found = qca.analyse(qca.truth_table(data, "Y", incl_cut=cut))
    y = data["Y"].to_numpy(float)
    for model in found.parsimonious.models:
        members = [by_hand(data, term, found.table.levels) for term in model.terms]
        x = np.max(members, axis=0)
        both = sum(min(a, b, 1 - b) for a, b in zip(x, y, strict=True))
        common = sum(min(a, b) for a, b in zip(x, y, strict=True))
        assert model.fit.consistency == pytest.approx(common / sum(x))
        assert model.fit.pri == pytest.approx((common - both) / (sum(x) - both))
        assert model.fit.coverage == pytest.approx(common / sum(y))
        for at, fit in enumerate(model.term_fits):
            rest = np.max([*members[:at], *members[at + 1 :], np.zeros(len(y))], axis=0)
            # What a term alone covers: covered with it, less covered without it.
            alone = sum(min(a, b) for a, b in zip(x, y, strict=True)) - sum(
                min(a, b) for a, b in zip(rest, y, strict=True)
            )
            assert fit.unique == pytest.approx(alone / sum(y))


def by_hand(data: pd.DataFrame, term: Term, levels: tuple[int, ...]) -> NDArray[np.float64]:
    parts = []
    for at, level in enumerate(term):
        column = data.iloc[:, at].to_numpy(float)
        if level != ANY:
            parts.append((column == level) * 1.0 if levels[at] > 2 else column if level else 1 - column)
    return np.asarray(np.min(parts, axis=0))
