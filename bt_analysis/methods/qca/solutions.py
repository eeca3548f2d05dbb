"""Solutions of a truth table: conservative, parsimonious and intermediate, each with all models that are as short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bt_analysis.methods.qca import terms
from bt_analysis.methods.qca.covers import smallest_covers
from bt_analysis.methods.qca.fit import Fit, model_fit
from bt_analysis.methods.qca.primes import prime_implicants
from bt_analysis.methods.qca.terms import ANY, Term
from bt_analysis.methods.qca.truth_table import TruthTable

Expected = Mapping[str, int | Sequence[int]]
"""Condition → level (or levels) that should help the outcome; a condition that is left out: no expectation."""


@dataclass(frozen=True)
class Model:
    """One way to explain the outcome.

    Parameters
    ----------
    terms : tuple of tuple of int
        Its terms, as levels per condition.
    names : tuple of str
        The same, written.
    fit : Fit
        Of the whole model.
    term_fits : tuple of Fit
        Of each term, with its unique coverage in this model.
    """

    terms: tuple[Term, ...]
    names: tuple[str, ...]
    fit: Fit
    term_fits: tuple[Fit, ...]

    def __str__(self) -> str:
        return " + ".join(self.names)


@dataclass(frozen=True)
class Solution:
    """All models of one kind that are equally short.

    Parameters
    ----------
    kind : str
        ``conservative``, ``parsimonious`` or ``intermediate``.
    models : tuple of Model
        Tied models; none when no configuration has the outcome.
    primes : tuple of str
        Prime implicants that models were chosen from.
    complete : bool
        False when there are more tied models than were listed.
    assumptions : tuple of frozenset
        Per model the remainders that it takes to have the outcome.
    """

    kind: str
    models: tuple[Model, ...]
    primes: tuple[str, ...]
    complete: bool
    assumptions: tuple[frozenset[Term], ...]

    @property
    def names(self) -> set[frozenset[str]]:
        """Terms per model, without order."""
        return {frozenset(model.names) for model in self.models}


@dataclass(frozen=True)
class Analysis:
    """Three solutions of one truth table.

    Parameters
    ----------
    table : TruthTable
        What was minimised.
    conservative, parsimonious, intermediate : Solution
        Without remainders; with every remainder that helps; with those that also fit the expectations. The models of
        the intermediate solution are those of all pairs together, each once.
    pairs : dict
        (number of the conservative model, of the parsimonious model), from 0 → the intermediate models of that pair.
    """

    table: TruthTable
    conservative: Solution
    parsimonious: Solution
    intermediate: Solution
    pairs: dict[tuple[int, int], tuple[Model, ...]] = field(default_factory=dict)

    @property
    def solutions(self) -> tuple[Solution, Solution, Solution]:
        """The three, in order."""
        return self.conservative, self.parsimonious, self.intermediate


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
    explain, against = table.configurations("1"), [*table.configurations("0"), *excluded]
    conservative = work.solve("conservative", explain)
    parsimonious = work.solve("parsimonious", explain, exclude=against)
    pairs, primes, complete = work.intermediate(explain, conservative, parsimonious)
    models = {frozenset(model.terms): model for group in pairs.values() for model in group}
    told = tuple(models.values())
    between = Solution("intermediate", told, primes, complete, tuple(work.assumed(model.terms) for model in told))
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
    return set().union(*one.assumptions) & set().union(*negated.assumptions)


@dataclass
class _Work:
    """What is computed once for a table."""

    table: TruthTable
    expected: dict[int, frozenset[int]]
    solved: dict[frozenset[Term], Solution] = field(default_factory=dict)

    def solve(
        self, kind: str, explain: Sequence[Term], exclude: Sequence[Term] | None = None, also: Sequence[Term] = ()
    ) -> Solution:
        table = self.table
        if not explain:
            return Solution(kind, (), (), complete=True, assumptions=())
        primes = prime_implicants(table.levels, explain, exclude=exclude, also=also)
        chart = [sum(1 << row for row, one in enumerate(explain) if covers(prime, one)) for prime in primes]
        choices = smallest_covers(chart, len(explain))
        models = tuple(self.model([primes[at] for at in choice]) for choice in choices.choices)
        names = tuple(terms.name(prime, table.conditions, table.levels) for prime in primes)
        assumptions = tuple(self.assumed(model.terms) for model in models)
        return Solution(kind, models, names, choices.complete, assumptions)

    def model(self, chosen: Sequence[Term]) -> Model:
        table = self.table
        whole, singles = model_fit(
            [terms.membership(table.values, term, table.levels) for term in chosen], table.y
        )
        names = tuple(terms.name(term, table.conditions, table.levels) for term in chosen)
        return Model(tuple(chosen), names, whole, tuple(singles))

    def assumed(self, chosen: Sequence[Term]) -> frozenset[Term]:
        """Return remainders within some terms: all they cover that is not explained by a case."""
        explained = set(self.table.configurations("1"))
        return frozenset(one for term in chosen for one in _expand(term, self.table.levels)) - explained

    def intermediate(
        self, explain: Sequence[Term], conservative: Solution, parsimonious: Solution
    ) -> tuple[dict[tuple[int, int], tuple[Model, ...]], tuple[str, ...], bool]:
        pairs, primes, complete = {}, {}, True
        for c, strict in enumerate(conservative.models):
            for p, short in enumerate(parsimonious.models):
                if not self.expected:
                    pairs[c, p] = (strict,)
                    primes |= dict.fromkeys(strict.names)
                    continue
                within = [term for one in strict.terms for term in self.kept(one, short.terms)]
                easy = frozenset(
                    one for one in parsimonious.assumptions[p] if any(covers(term, one) for term in within)
                )
                if easy not in self.solved:
                    self.solved[easy] = self.solve("intermediate", explain, also=sorted(easy))
                solution = self.solved[easy]
                pairs[c, p] = solution.models
                primes |= dict.fromkeys(solution.primes)
                complete = complete and solution.complete
        done = complete and conservative.complete and parsimonious.complete
        return pairs, tuple(primes), done

    def kept(self, strict: Term, short: Sequence[Term]) -> Iterator[Term]:
        """Yield what is left of a conservative term beside each parsimonious term it is a special case of."""
        for general in short:
            if covers(general, strict):
                yield tuple(
                    ANY if general[at] == ANY and at in self.expected and level not in self.expected[at] else level
                    for at, level in enumerate(strict)
                )


def covers(term: Term, other: Term) -> bool:
    """Tell whether a term holds wherever another does.

    Parameters
    ----------
    term, other : tuple of int
        Terms, or configurations.

    Returns
    -------
    bool
        True when all that ``term`` names is the same in ``other``.
    """
    return all(mine in (ANY, theirs) for mine, theirs in zip(term, other, strict=True))


def _expand(term: Term, levels: Sequence[int]) -> list[Term]:
    """List the configurations within a term."""
    found: list[Term] = [()]
    for level, count in zip(term, levels, strict=True):
        found = [(*start, one) for start in found for one in (range(count) if level == ANY else (level,))]
    return found


def _expectations(table: TruthTable, expected: Expected) -> dict[int, frozenset[int]]:
    told = {}
    for name, given in expected.items():
        wanted = frozenset([given] if isinstance(given, int) else given)
        at = table.conditions.index(name) if name in table.conditions else -1
        if at < 0 or not wanted <= set(range(table.levels[at])):
            raise ValueError(
                f"got expectation {name} = {sorted(wanted)}; expected one of {', '.join(table.conditions)}, with a level it "
                "has: 1 (present) or 0 (absent)."
            )
        told[at] = wanted
    return told
