"""Qualitative comparative analysis against a second route: merging by Quine and McCluskey, and Petrick's product.

The other route (test_qca_brute_force) looks at every term and every choice; this one is how textbooks do it by hand,
for conditions of any number of levels. Easy counterfactuals are decided here per remainder, as Ragin and Sonnett (2005)
tell them: a remainder is easy when it differs from a path of the conservative solution only in conditions that the
parsimonious path does not name, and that are there in a way in which they are not expected to help.
"""

import itertools
from collections.abc import Collection, Mapping, Set

import numpy as np
import pandas as pd
import pytest

from bt_analysis.methods import qca

ANY = -1
Term = tuple[int, ...]
Models = set[frozenset[Term]]


def contains(term: Term, one: Term) -> bool:
    return all(a in (ANY, b) for a, b in zip(term, one, strict=True))


def merged(levels: tuple[int, ...], start: Collection[Term]) -> set[Term]:
    """Merge terms that differ in one condition, when there is one for each of its levels, until nothing merges."""
    now, primes = set(start), set[Term]()
    while now:
        used, following = set[Term](), set[Term]()
        for term, at in itertools.product(now, range(len(levels))):
            if term[at] == ANY:
                continue
            family = {(*term[:at], level, *term[at + 1 :]) for level in range(levels[at])}
            if family <= now:
                used |= family
                following.add((*term[:at], ANY, *term[at + 1 :]))
        primes |= now - used
        now = following
    return primes


def petrick(explain: Collection[Term], primes: Collection[Term]) -> Models:
    """Multiply out who covers what, row by row; keep the products of the fewest terms."""
    products: Models = {frozenset()}
    for row in explain:
        able = [term for term in primes if contains(term, row)]
        grown = {product if product & set(able) else product | {term} for product in products for term in able}
        # A product that holds another one is needless.
        products = {one for one in grown if not any(other < one for other in grown)}
    fewest = min(map(len, products))
    return {one for one in products if len(one) == fewest}


def minimised(levels: tuple[int, ...], explain: Set[Term], may: Set[Term]) -> Models:
    primes = [term for term in merged(levels, explain | may) if any(contains(term, row) for row in explain)]
    return petrick(sorted(explain), primes)


def easy(strict: frozenset[Term], short: frozenset[Term], helps: Mapping[int, Set[int]], free: Set[Term]) -> set[Term]:
    def may_differ(at: int, path: Term, general: Term) -> bool:
        return general[at] == ANY and at in helps and path[at] not in helps[at]

    return {
        one
        for one in free
        if any(contains(general, one) for general in short)
        and any(
            all(
                path[at] in (ANY, one[at]) or may_differ(at, path, general) for at in range(len(one))
            )
            for path, general in itertools.product(strict, short)
            if contains(general, path)
        )
    }  # fmt: skip


def by_hand(table: qca.TruthTable, helps: Mapping[int, Set[int]]) -> tuple[Models, Models, Models]:
    every = set(itertools.product(*map(range, table.levels)))
    explain = set(table.configurations("1"))
    free = every - explain - set(table.configurations("0"))
    strict, short = minimised(table.levels, explain, set()), minimised(table.levels, explain, free)
    between = [
        minimised(table.levels, explain, easy(one, other, helps, free))
        for one, other in itertools.product(strict, short)
    ]
    return strict, short, set().union(*between)


def drawn(seed: int, levels: tuple[int, ...], cases: int, noise: float = 0.1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    columns = list("ABCDE")[: len(levels)]
    data = pd.DataFrame({name: draw.integers(0, n, cases) for name, n in zip(columns, levels, strict=True)})
    for name, n in zip(columns, levels, strict=True):
        data.loc[0, name] = n - 1  # so that all levels are there
    rule = ((data["A"] == levels[0] - 1) & (data["B"] == 0)) | (data["C"] == 1)
    return data.assign(Y=np.where(draw.random(cases) < noise, 1 - rule, rule))


def agrees(data: pd.DataFrame, expected: Mapping[str, int | list[int]], *, absent: bool) -> int:
    table = qca.truth_table(data, "Y", absent=absent)
    helps = {
        table.conditions.index(name): {level} if isinstance(level, int) else set(level)
        for name, level in expected.items()
    }
    found = qca.analyse(table, expected)
    for solution, models in zip(found.solutions, by_hand(table, helps), strict=True):
        assert solution.complete
        assert {frozenset(model.terms) for model in solution.models} == models, solution.kind
    return len(found.intermediate.models)


@pytest.mark.parametrize("absent", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_conditions_of_many_levels(seed: int, absent: bool) -> None:
    levels = [(3, 2, 3), (3, 3, 2), (2, 4, 3), (3, 2, 2, 3)][seed % 4]
    expected = {"A": [1, 2] if levels[0] == 3 else 1, "B": 0, "C": [1]}
    agrees(drawn(seed, levels, 14), expected, absent=absent)


@pytest.mark.parametrize("absent", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_easy_counterfactuals_of_five_conditions(seed: int, absent: bool) -> None:
    expected = {"A": int(not absent), "B": int(absent), "C": int(not absent)} | ({"D": 1} if seed % 2 else {})
    agrees(drawn(100 + seed, (2,) * 5, 13), expected, absent=absent)


def test_some_of_these_sets_have_easy_and_difficult_counterfactuals() -> None:
    differ = 0
    for seed in range(10):
        found = qca.analyse(qca.truth_table(drawn(100 + seed, (2,) * 5, 13), "Y"), {"A": 1, "B": 0, "C": 1})
        kinds = [frozenset(solution.names) for solution in found.solutions]
        differ += len(set(kinds)) == 3
    assert differ >= 5


def test_pairs_of_tied_models_each_have_their_own_intermediate_models() -> None:
    tied = 0
    for seed in range(10):
        data = drawn(100 + seed, (2,) * 5, 13)
        table = qca.truth_table(data, "Y")
        found = qca.analyse(table, {"A": 1, "B": 0, "C": 1})
        free = set(itertools.product(*map(range, table.levels))) - set(table.configurations("1"))
        free -= set(table.configurations("0"))
        helps = {0: {1}, 1: {0}, 2: {1}}
        for (c, p), models in found.pairs.items():
            strict, short = found.conservative.models[c], found.parsimonious.models[p]
            own = easy(frozenset(strict.terms), frozenset(short.terms), helps, free)
            expected = minimised(table.levels, set(table.configurations("1")), own)
            assert {frozenset(model.terms) for model in models} == expected
        assert len(found.pairs) == len(found.conservative.models) * len(found.parsimonious.models)
        tied += len(found.pairs) > 1
    assert tied >= 3


def test_an_easy_counterfactual_of_three_levels() -> None:
    # Explained 20, against 00; 10, 01, 11 and 21 never seen. A[2]*B[0] → parsimonious A[2], as 00 is against.
    data = pd.DataFrame({"A": [2, 0, 1], "B": [0, 0, 0], "Y": [1, 0, 0]})
    table = qca.truth_table(data, "Y")
    assert [str(one) for one in qca.analyse(table).parsimonious.models] == ["A[2]"]
    # B present should help: 21 is easy. B absent should help: it is not.
    assert [str(one) for one in qca.analyse(table, {"B": 1}).intermediate.models] == ["A[2]"]
    assert [str(one) for one in qca.analyse(table, {"B": 0}).intermediate.models] == ["A[2]*B[0]"]
    # Either will do: nothing that B is goes against what is expected.
    assert [str(one) for one in qca.analyse(table, {"B": [0, 1]}).intermediate.models] == ["A[2]*B[0]"]
