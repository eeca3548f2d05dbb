"""Prime implicants: configurations that must, and that must not, be covered in; every shortest term out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bt_analysis.methods.qca import terms
from bt_analysis.methods.qca.terms import ANY, Term

MOST_TERMS = 50_000_000
"""Terms that are looked at, at most: 16 conditions of two levels."""

_AT_ONCE = 4_000_000  # terms of all sets together that are looked at in one go: a few megabytes


class Primes:
    """Shortest terms for some configurations to explain, with any choice of what must stay out.

    Parameters
    ----------
    levels : sequence of int
        How many levels each condition has.
    explain : sequence of tuple of int
        Configurations with the outcome.

    Raises
    ------
    ValueError
        When there are so many conditions that the terms cannot all be looked at.
    """

    def __init__(self, levels: Sequence[int], explain: Sequence[Term]) -> None:
        size = float(np.prod([float(level + 1) for level in levels]))
        if size > MOST_TERMS:
            raise ValueError(
                f"got {len(levels)} conditions, which make {size:.0f} terms; expected at most {MOST_TERMS}. "
                "Use fewer conditions: 4 or 5 for 20 to 30 cases."
            )
        self.levels = tuple(levels)
        self._wanted = _mark(levels, explain)
        self._covers = _within(self._wanted)
        self._explain = list(explain)

    def primes(self, *, exclude: Sequence[Term] | None = None, also: Sequence[Term] = ()) -> list[Term]:
        """Find the shortest terms that cover something to explain and nothing that must stay out.

        Parameters
        ----------
        exclude : sequence of tuple of int, optional
            Configurations that no term may cover: all others may be used as remainders. Left out: everything that is
            neither explained nor in ``also``.
        also : sequence of tuple of int
            Remainders that may be used when ``exclude`` is left out.

        Returns
        -------
        list of tuple of int
            In order of :func:`bt_analysis.methods.qca.terms.order`; those that cover only remainders are left out.

        Notes
        -----
        The answer of Quine and McCluskey, by counting: every term is a corner, edge, … or the whole of a grid with one
        more place (``ANY``) per condition. A term is an implicant when it covers no configuration that must stay out,
        and prime when leaving out any of its conditions makes it none. Holds for any number of levels.
        """
        out = ~(self._wanted | _mark(self.levels, also)) if exclude is None else _mark(self.levels, exclude)
        return self._shortest(out[None])[0]

    def of_each(self, sets: Sequence[int]) -> list[list[Term]]:
        """Find the shortest terms once per set of remainders that may be used; all sets in one go.

        Parameters
        ----------
        sets : sequence of int
            Bit masks of configurations: bit ``i`` for number ``i``, the last condition counting fastest.

        Returns
        -------
        list of list of tuple of int
            Per set as :meth:`primes` gives them.
        """
        at_once = max(1, _AT_ONCE // self._covers.size)
        found: list[list[Term]] = []
        for first in range(0, len(sets), at_once):
            marked = np.array([_unpack(self.levels, mask) for mask in sets[first : first + at_once]])
            found += self._shortest(~(marked | self._wanted))
        return found

    def chart(self, primes: Sequence[Term]) -> list[int]:
        """Tell which configurations to explain each term covers.

        Parameters
        ----------
        primes : sequence of tuple of int
            Terms.

        Returns
        -------
        list of int
            Bit ``i`` is set when it covers configuration ``i`` of ``explain``.
        """
        rows, chosen = np.array(self._explain), np.array(primes).reshape(len(primes), len(self.levels))
        covered = np.ones((len(primes), len(rows)), dtype=bool)
        for axis in range(len(self.levels)):
            covered &= (chosen[:, [axis]] == ANY) | (chosen[:, [axis]] == rows[:, axis])
        return [int.from_bytes(row, "little") for row in np.packbits(covered, axis=1, bitorder="little")]

    def _shortest(self, out: NDArray[np.bool_]) -> list[list[Term]]:
        """Find the shortest terms of grids of what must stay out, one grid per place of the first axis."""
        implicant = ~_within(out, 1)
        prime = implicant & self._covers
        for axis, level in enumerate(self.levels, 1):
            # Along this axis the last place is ANY; where that is an implicant too, a named level is not needed.
            before: tuple[slice, ...] = (slice(None),) * axis
            prime[(*before, slice(0, level))] &= ~implicant[(*before, slice(level, level + 1))]
        found = np.argwhere(prime)
        ends = np.searchsorted(found[:, 0], np.arange(1, len(out)))
        terms_ = found[:, 1:]
        terms_[terms_ == np.array(self.levels)] = ANY
        return [sorted((tuple(one) for one in own.tolist()), key=terms.order) for own in np.split(terms_, ends)]


def _mark(levels: Sequence[int], configurations: Sequence[Term]) -> NDArray[np.bool_]:
    grid = np.zeros(tuple(levels), dtype=bool)
    if len(configurations):
        grid[tuple(np.array(configurations).T)] = True
    return grid


def _unpack(levels: Sequence[int], mask: int) -> NDArray[np.bool_]:
    size = int(np.prod(levels))
    bits = np.frombuffer(mask.to_bytes(size // 8 + 1, "little"), dtype=np.uint8)
    return np.unpackbits(bits, bitorder="little")[:size].astype(bool).reshape(tuple(levels))


def _within(grid: NDArray[np.bool_], first: int = 0) -> NDArray[np.bool_]:
    """Tell of every term whether it covers a marked configuration; axes before the first are no conditions."""
    for axis in range(first, grid.ndim):
        grid = np.concatenate([grid, grid.any(axis=axis, keepdims=True)], axis=axis)
    return grid
