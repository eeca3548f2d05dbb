"""What a minimisation gives: models, the solutions they belong to and the whole analysis of a table, with their fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from bt_analysis.methods.qca import terms
from bt_analysis.methods.qca.fit import Fit, model_fit
from bt_analysis.methods.qca.terms import Term
from bt_analysis.methods.qca.truth_table import TruthTable


@dataclass(frozen=True)
class Model:
    """One way to explain the outcome.

    Parameters
    ----------
    terms : tuple of tuple of int
        Its terms, as levels per condition.
    assumed : int
        Bit mask of the remainders that it takes to have the outcome, numbered as :func:`Space.number` does.
    table : TruthTable
        What it explains.
    """

    terms: tuple[Term, ...]
    assumed: int = field(repr=False)
    table: TruthTable = field(repr=False, compare=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its terms, written."""
        return tuple(terms.name(term, self.table.conditions, self.table.levels) for term in self.terms)

    @cached_property
    def fits(self) -> tuple[Fit, tuple[Fit, ...]]:
        """Fit of the whole model, and of each term with its unique coverage; worked out when it is asked for."""
        members = [terms.membership(self.table.values, term, self.table.levels) for term in self.terms]
        whole, singles = model_fit(members, self.table.y)
        return whole, tuple(singles)

    @property
    def fit(self) -> Fit:
        """Of the whole model."""
        return self.fits[0]

    @property
    def term_fits(self) -> tuple[Fit, ...]:
        """Of each term, with its unique coverage in this model."""
        return self.fits[1]

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
    """

    kind: str
    models: tuple[Model, ...]
    primes: tuple[str, ...]
    complete: bool

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


class Space:
    """All configurations that there could be, numbered; sets of them are bit masks.

    Parameters
    ----------
    levels : tuple of int
        How many levels each condition has.
    """

    def __init__(self, levels: tuple[int, ...]) -> None:
        self.levels = levels
        self._axes = [self._axis(at) for at in range(len(levels))]
        size = 1
        for level in levels:
            size *= level
        self.whole = (1 << size) - 1
        self._known: dict[Term, int] = {}

    def mask(self, term: Term) -> int:
        """Return the configurations within a term.

        Parameters
        ----------
        term : tuple of int
            A level per condition, or ``ANY``.

        Returns
        -------
        int
            Bit ``i`` is set when configuration number ``i`` is within it.
        """
        if term not in self._known:
            mask = self.whole
            for at, level in enumerate(term):
                if level != terms.ANY:
                    mask &= self._axes[at][level]
            self._known[term] = mask
        return self._known[term]

    def number(self, configuration: Term) -> int:
        """Return the number of a configuration: the last condition counts fastest, from 0.

        Parameters
        ----------
        configuration : tuple of int
            A level per condition.

        Returns
        -------
        int
            As row numbers of R's QCA, less one.
        """
        number = 0
        for level, count in zip(configuration, self.levels, strict=True):
            number = number * count + level
        return number

    def configuration(self, number: int) -> Term:
        """Return the configuration with a number.

        Parameters
        ----------
        number : int
            As :func:`Space.number` gives it.

        Returns
        -------
        tuple of int
            A level per condition.
        """
        found: list[int] = []
        for count in reversed(self.levels):
            number, level = divmod(number, count)
            found.insert(0, level)
        return tuple(found)

    def members(self, mask: int) -> list[Term]:
        """List the configurations in a mask.

        Parameters
        ----------
        mask : int
            A set of configurations.

        Returns
        -------
        list of tuple of int
            In order of their number.
        """
        found = []
        while mask:
            low = mask & -mask
            found.append(self.configuration(low.bit_length() - 1))
            mask ^= low
        return found

    def _axis(self, at: int) -> list[int]:
        """Give per level of one condition the configurations that have it."""
        inner = 1
        for count in self.levels[at + 1 :]:
            inner *= count
        outer = 1
        for count in self.levels[:at]:
            outer *= count
        block = (1 << inner) - 1
        step = inner * self.levels[at]
        return [
            sum(block << (turn * step + level * inner) for turn in range(outer)) for level in range(self.levels[at])
        ]
