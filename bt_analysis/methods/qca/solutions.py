"""Minimisation: a truth table in, its conservative, parsimonious and intermediate solution with all tied models out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_

from bt_analysis.methods.qca.covers import smallest_covers
from bt_analysis.methods.qca.models import Analysis, Model, Solution, Space
from bt_analysis.methods.qca.primes import Primes
from bt_analysis.methods.qca.terms import ANY, Term
from bt_analysis.methods.qca.truth_table import TruthTable

Expected = Mapping[str, int | Sequence[int]]
"""Condition → level (or levels) that should help the outcome; a condition that is left out: no expectation."""

MOST_PAIRS = 500
"""Sets of easy counterfactuals that are worked out for one table, at most."""

MOST_LOOKED = 50_000
"""Pairs of a conservative and a parsimonious model that are looked at for one table, at most."""

MOST_MODELS = 10_000
"""With more intermediate models than this, no further sets of easy counterfactuals are worked out."""

Pairs = dict[tuple[int, int], tuple[Model, ...]]
"""(number of the conservative model, of the parsimonious model), from 0 → the intermediate models of that pair."""


def analyse(
    table: TruthTable, expected: Expected | None = None, *, excluded: Sequence[Term] = (), most: int = MOST_PAIRS
) -> Analysis:
    """Minimise a truth table in three ways.

    Parameters
    ----------
    table : TruthTable
        Of an outcome, or of its absence.
    expected : mapping, optional
        Directional expectations: condition → level that should help; left out: none, and the intermediate solution is
        the conservative one.
    excluded : sequence of tuple of int
        Configurations that may not be used as remainders.
    most : int
        Sets of easy counterfactuals that are worked out at most. With more of these, or more than
        :data:`MOST_LOOKED` pairs or :data:`MOST_MODELS` models, the intermediate solution is marked as not complete.
        Only with many tied models, as pure noise gives them, is that reached.

    Returns
    -------
    Analysis
        With all tied models: a model is minimal when none has fewer terms.

    Raises
    ------
    ValueError
        When an expectation is about no condition, or about a level that it does not have; when a configuration that
        is excluded does not exist, or is explained.

    Notes
    -----
    Intermediate, per pair of a conservative model and a parsimonious model: of each conservative term that is a special
    case of a parsimonious term, conditions that are not in the latter and go against the expectation are left out; the
    remainders that the parsimonious model uses and that lie within what is then left are easy counterfactuals, and the
    table is minimised again with these (Ragin & Sonnett 2005; as R's QCA 3.25).
    """
    work = _Work(table, _expectations(table, expected or {}), most)
    against = [*table.configurations("0"), *_remainders(table, excluded)]
    conservative = work.solve("conservative", None)
    parsimonious = work.solve("parsimonious", against)
    pairs, complete = work.intermediate(conservative, parsimonious)
    solved = [*work.chosen.values()] if work.expected else [conservative] if pairs else []
    models = {model.terms: model for solution in solved for model in solution.models}
    primes = dict.fromkeys(one for solution in solved for one in solution.prime_terms)
    between = Solution("intermediate", tuple(models.values()), tuple(primes), complete, table)
    return Analysis(table, conservative, parsimonious, between, pairs)


def contradictory_assumptions(one: Solution, negated: Solution) -> set[Term]:
    """Find remainders that are taken to have the outcome, and in the other analysis not to have it.

    Parameters
    ----------
    one : Solution
        Of the outcome.
    negated : Solution
        The same kind, of its absence.

    Returns
    -------
    set of tuple of int
        Configurations; give them as ``excluded`` to leave them out.
    """
    mine = reduce(or_, (model.assumed for model in one.models), 0)
    theirs = reduce(or_, (model.assumed for model in negated.models), 0)
    return set(Space(one.models[0].table.levels).members(mine & theirs)) if mine & theirs else set()


@dataclass
class _Work:
    """What is computed once for a table."""

    table: TruthTable
    expected: dict[int, frozenset[int]]
    most: int
    solved: dict[int, Solution] = field(default_factory=dict)
    chosen: dict[tuple[Term, ...], Solution] = field(default_factory=dict)
    known: dict[tuple[Term, Term], int] = field(default_factory=dict)

    @cached_property
    def explain(self) -> list[Term]:
        return self.table.configurations("1")

    @cached_property
    def finder(self) -> Primes:
        return Primes(self.table.levels, self.explain)

    @cached_property
    def space(self) -> Space:
        return Space(self.table.levels)

    @cached_property
    def explained(self) -> int:
        return sum(1 << self.space.number(one) for one in self.explain)

    def solve(self, kind: str, exclude: Sequence[Term] | None) -> Solution:
        """Find the models of one solution."""
        if not self.explain:
            return Solution(kind, (), (), complete=True, table=self.table)
        return self.choose(kind, self.finder.primes(exclude=exclude))

    def choose(self, kind: str, primes: Sequence[Term]) -> Solution:
        """Choose the fewest prime implicants in all ways; a model takes all remainders within it."""
        found = smallest_covers(self.finder.chart(primes), len(self.explain))
        beyond = [self.space.mask(prime) & ~self.explained for prime in primes]
        models = tuple(
            Model(tuple(primes[at] for at in choice), reduce(or_, [beyond[at] for at in choice], 0), self.table)
            for choice in found.choices
        )
        return Solution(kind, models, tuple(primes), found.complete, self.table)

    def intermediate(self, conservative: Solution, parsimonious: Solution) -> tuple[Pairs, bool]:
        """Minimise with the easy counterfactuals of every pair of models; pairs with the same ones share the answer."""
        complete = conservative.complete and parsimonious.complete
        if not self.expected:
            every = range(len(parsimonious.models))
            return {(c, p): (strict,) for c, strict in enumerate(conservative.models) for p in every}, complete
        easy, all_easy = self.easy(conservative, parsimonious)
        sets = list(dict.fromkeys(easy.values()))
        found = set[tuple[Term, ...]]()
        for mask, primes in zip(sets, map(tuple, self.finder.of_each(sets)), strict=True):
            if primes not in self.chosen:
                if len(found) > MOST_MODELS:
                    break
                self.chosen[primes] = self.choose("intermediate", primes)
                found.update(model.terms for model in self.chosen[primes].models)
            self.solved[mask] = self.chosen[primes]
        complete = complete and all_easy and len(self.solved) == len(sets)
        pairs = {pair: self.solved[mask].models for pair, mask in easy.items() if mask in self.solved}
        return pairs, complete and all(one.complete for one in self.chosen.values())

    def easy(self, conservative: Solution, parsimonious: Solution) -> tuple[dict[tuple[int, int], int], bool]:
        """Find the easy counterfactuals of every pair of models, and whether these are all pairs."""
        generals = dict.fromkeys(term for model in parsimonious.models for term in model.terms)
        sets, found, looked = set[int](), dict[tuple[int, int], int](), 0
        for c, strict in enumerate(conservative.models):
            near = {one: reduce(or_, (self.near(own, one) for own in strict.terms)) for one in generals}
            for p, short in enumerate(parsimonious.models):
                within = short.assumed & reduce(or_, [near[one] for one in short.terms])
                sets.add(within)
                if len(sets) > self.most or looked == MOST_LOOKED:
                    return found, False
                found[c, p] = within
                looked += 1
        return found, True

    def near(self, strict: Term, general: Term) -> int:
        """Return what lies within the part of a conservative term that a parsimonious term and expectations leave."""
        if (strict, general) not in self.known:
            special = all(mine in (ANY, theirs) for mine, theirs in zip(general, strict, strict=True))
            kept = tuple(
                ANY if general[at] == ANY and level not in self.expected.get(at, {level}) else level
                for at, level in enumerate(strict)
            )
            self.known[strict, general] = self.space.mask(kept) if special else 0
        return self.known[strict, general]


def _expectations(table: TruthTable, expected: Expected) -> dict[int, frozenset[int]]:
    told = {}
    for name, given in expected.items():
        wanted = frozenset(given if isinstance(given, Sequence) else [int(given)])
        at = table.conditions.index(name) if name in table.conditions else -1
        if at < 0 or not wanted <= set(range(table.levels[at])):
            raise ValueError(
                f"got expectation {name} = {sorted(wanted)}; expected one of {', '.join(table.conditions)}, with a "
                "level it has: 1 (present) or 0 (absent)."
            )
        told[at] = wanted
    return told


def _remainders(table: TruthTable, excluded: Sequence[Term]) -> list[Term]:
    explained = set(table.configurations("1"))
    for one in excluded:
        exists = len(one) == len(table.levels) and all(0 <= at < n for at, n in zip(one, table.levels, strict=True))
        if not exists or tuple(one) in explained:
            raise ValueError(
                f"got {one} to exclude; expected a level per condition ({', '.join(table.conditions)}) of a "
                "configuration that is not explained. Leave it out."
            )
    return [tuple(one) for one in excluded]
