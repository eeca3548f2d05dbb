"""Minimisation: a truth table in, its conservative, parsimonious and intermediate solution with all tied models out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_

from bt_analysis.methods.qca import terms
from bt_analysis.methods.qca.covers import smallest_covers
from bt_analysis.methods.qca.models import Analysis, Model, Solution, Space
from bt_analysis.methods.qca.primes import prime_implicants
from bt_analysis.methods.qca.terms import ANY, Term
from bt_analysis.methods.qca.truth_table import TruthTable

Expected = Mapping[str, int | Sequence[int]]
"""Condition → level (or levels) that should help the outcome; a condition that is left out: no expectation."""

MOST_PAIRS = 2_000
"""Sets of easy counterfactuals that are worked out for one table, at most."""


def analyse(table: TruthTable, expected: Expected | None = None, *, excluded: Sequence[Term] = ()) -> Analysis:
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

    Returns
    -------
    Analysis
        With all tied models: a model is minimal when none has fewer terms.

    Raises
    ------
    ValueError
        When an expectation is about no condition, or about a level that it does not have.

    Notes
    -----
    Intermediate, per pair of a conservative model and a parsimonious model: of each conservative term that is a special
    case of a parsimonious term, conditions that are not in the latter and go against the expectation are left out; the
    remainders that the parsimonious model uses and that lie within what is then left are easy counterfactuals, and the
    table is minimised again with these (Ragin & Sonnett 2005; as R's QCA 3.25).
    """
    work = _Work(table, _expectations(table, expected or {}))
    against = [*table.configurations("0"), *excluded]
    conservative = work.solve("conservative", None)
    parsimonious = work.solve("parsimonious", against)
    pairs, complete = work.intermediate(conservative, parsimonious)
    solved = [*work.solved.values()] if work.expected else [conservative]
    models = {model.terms: model for group in pairs.values() for model in group}
    primes = dict.fromkeys(one for solution in solved for one in solution.primes)
    between = Solution("intermediate", tuple(models.values()), tuple(primes), complete)
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
    solved: dict[int, Solution] = field(default_factory=dict)
    known: dict[tuple[Term, Term], int] = field(default_factory=dict)

    @cached_property
    def explain(self) -> list[Term]:
        return self.table.configurations("1")

    @cached_property
    def space(self) -> Space:
        return Space(self.table.levels)

    @cached_property
    def explained(self) -> int:
        return sum(1 << self.space.number(one) for one in self.explain)

    def solve(self, kind: str, exclude: Sequence[Term] | None, also: Sequence[Term] = ()) -> Solution:
        """Find the models of one solution."""
        if not self.explain:
            return Solution(kind, (), (), complete=True)
        primes = prime_implicants(self.table.levels, self.explain, exclude=exclude, also=also)
        rows = [self.space.number(one) for one in self.explain]
        masks = [self.space.mask(prime) for prime in primes]
        chart = [sum(1 << at for at, row in enumerate(rows) if mask >> row & 1) for mask in masks]
        found = smallest_covers(chart, len(rows))
        models = tuple(self.model([primes[at] for at in choice]) for choice in found.choices)
        names = tuple(terms.name(prime, self.table.conditions, self.table.levels) for prime in primes)
        return Solution(kind, models, names, found.complete)

    def model(self, chosen: Sequence[Term]) -> Model:
        """Make a model, with the remainders within it: all it covers that is not explained by a case."""
        return Model(tuple(chosen), self.reach(chosen) & ~self.explained, self.table)

    def reach(self, chosen: Sequence[Term]) -> int:
        """Return the configurations within at least one of some terms."""
        return reduce(or_, map(self.space.mask, chosen), 0)

    def intermediate(
        self, conservative: Solution, parsimonious: Solution
    ) -> tuple[dict[tuple[int, int], tuple[Model, ...]], bool]:
        """Minimise with the easy counterfactuals of every pair of models; pairs with the same ones share the answer."""
        complete = conservative.complete and parsimonious.complete
        pairs: dict[tuple[int, int], tuple[Model, ...]] = {}
        for c, strict in enumerate(conservative.models):
            for p, short in enumerate(parsimonious.models):
                if not self.expected:
                    pairs[c, p] = (strict,)
                    continue
                near = (self.near(one, general) for one in strict.terms for general in short.terms)
                easy = short.assumed & reduce(or_, near, 0)
                if easy not in self.solved:
                    if len(self.solved) >= MOST_PAIRS:
                        return pairs, False
                    self.solved[easy] = self.solve("intermediate", None, self.space.members(easy))
                pairs[c, p] = self.solved[easy].models
                complete = complete and self.solved[easy].complete
        return pairs, complete

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
        wanted = frozenset([given] if isinstance(given, int) else given)
        at = table.conditions.index(name) if name in table.conditions else -1
        if at < 0 or not wanted <= set(range(table.levels[at])):
            raise ValueError(
                f"got expectation {name} = {sorted(wanted)}; expected one of {', '.join(table.conditions)}, with a "
                "level it has: 1 (present) or 0 (absent)."
            )
        told[at] = wanted
    return told
