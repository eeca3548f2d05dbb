"""What a minimisation gives: models, the solutions they belong to and the whole analysis of a table, with their fit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from bt_analysis.methods.qca import terms
from bt_analysis.methods.qca.fit import Fit, of_models
from bt_analysis.methods.qca.terms import Term
from bt_analysis.methods.qca.truth_table import TruthTable

_AT_ONCE = 2_000  # models whose fit is worked out in one go: a few megabytes


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
        known = [self.table.of_term(term) for term in self.terms]
        found = of_models(np.array([x for x, _ in known]), np.arange(len(known))[None], self.table.y)
        whole = Fit(*(float(one[0]) for one in (found.consistency, found.pri, found.coverage, found.coverage)))
        return whole, tuple(
            replace(fit, unique=float(own)) for (_, fit), own in zip(known, found.unique[0], strict=True)
        )

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
    prime_terms : tuple of tuple of int
        Prime implicants that models were chosen from.
    complete : bool
        False when there are more tied models than were listed.
    table : TruthTable
        What was minimised.
    """

    kind: str
    models: tuple[Model, ...]
    prime_terms: tuple[Term, ...]
    complete: bool
    table: TruthTable = field(repr=False, compare=False)

    @cached_property
    def primes(self) -> tuple[str, ...]:
        """Prime implicants, written."""
        return tuple(terms.name(term, self.table.conditions, self.table.levels) for term in self.prime_terms)

    @property
    def names(self) -> set[frozenset[str]]:
        """Terms per model, without order."""
        return {frozenset(model.names) for model in self.models}

    def fits(self, most: int | None = None) -> pd.DataFrame:
        """Tell how well models fit, all at once.

        Parameters
        ----------
        most : int, optional
            Only the first so many models; left out: all.

        Returns
        -------
        DataFrame
            One row is a term of a model, or the whole of it: model (from 1, in order of ``models``), term (empty for
            the whole, which comes first), consistency, pri, coverage and unique.
        """
        models = self.models[:most]
        every = list(dict.fromkeys(term for model in models for term in model.terms))
        place = {term: at for at, term in enumerate(every)}
        known = [self.table.of_term(term) for term in every]
        members = np.array([x for x, _ in known])
        alone = np.array([(one.consistency, one.pri, one.coverage) for _, one in known])
        names = np.array([terms.name(term, self.table.conditions, self.table.levels) for term in every], dtype=object)
        parts = []
        for size in sorted({len(model.terms) for model in models}):
            own = [at for at, model in enumerate(models) if len(model.terms) == size]
            for first in range(0, len(own), _AT_ONCE):
                at = np.array(own[first : first + _AT_ONCE])
                chosen = np.array([[place[term] for term in models[one].terms] for one in at])
                found = of_models(members, chosen, self.table.y)
                whole = np.stack([found.consistency, found.pri, found.coverage, found.coverage], axis=1)
                singles = np.concatenate([alone[chosen], found.unique[:, :, None]], axis=2)
                rows = np.concatenate([whole[:, None], singles], axis=1).reshape(-1, 4)
                told = pd.DataFrame(rows, columns=["consistency", "pri", "coverage", "unique"])
                written = np.concatenate([np.full((len(at), 1), "", dtype=object), names[chosen]], axis=1)
                told.insert(0, "term", written.ravel())
                told.insert(0, "model", np.repeat(at + 1, size + 1))
                parts.append(told)
        if not parts:
            return pd.DataFrame(columns=["model", "term", "consistency", "pri", "coverage", "unique"])
        return pd.concat(parts).sort_values("model", kind="stable", ignore_index=True)


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
