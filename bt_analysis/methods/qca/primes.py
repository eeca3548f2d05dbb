"""Prime implicants: configurations that must, and that must not, be covered in; every shortest term out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bt_analysis.methods.qca import terms
from bt_analysis.methods.qca.terms import ANY, Term

MOST_TERMS = 50_000_000
"""Terms that are looked at, at most: 16 conditions of two levels."""


def prime_implicants(
    levels: Sequence[int], explain: Sequence[Term], *, exclude: Sequence[Term] | None = None, also: Sequence[Term] = ()
) -> list[Term]:
    """Find the shortest terms that cover something to explain and nothing that must stay out.

    Parameters
    ----------
    levels : sequence of int
        How many levels each condition has.
    explain : sequence of tuple of int
        Configurations with the outcome.
    exclude : sequence of tuple of int, optional
        Configurations that no term may cover: all others may be used as remainders. Left out: everything that is
        neither in ``explain`` nor in ``also``.
    also : sequence of tuple of int
        Remainders that may be used when ``exclude`` is left out.

    Returns
    -------
    list of tuple of int
        In order of :func:`bt_analysis.methods.qca.terms.order`; those that cover only remainders are left out.

    Raises
    ------
    ValueError
        When there are so many conditions that the terms cannot all be looked at.

    Notes
    -----
    The answer of Quine and McCluskey, by counting: every term is a corner, edge, … or the whole of a grid with one
    more place (``ANY``) per condition. A term is an implicant when it covers no configuration that must stay out, and
    prime when leaving out any of its conditions makes it none. Holds for any number of levels.
    """
    size = float(np.prod([float(level + 1) for level in levels]))
    if size > MOST_TERMS:
        raise ValueError(
            f"got {len(levels)} conditions, which make {size:.0f} terms; expected at most {MOST_TERMS}. "
            "Use fewer conditions: 4 or 5 for 20 to 30 cases."
        )
    wanted = _mark(levels, explain)
    out = ~(wanted | _mark(levels, also)) if exclude is None else _mark(levels, exclude)
    implicant, covers = ~_within(out), _within(wanted)
    prime = implicant & covers
    for axis, level in enumerate(levels):
        # Along this axis the last place is ANY; where that is an implicant too, a named level is not needed.
        shorter = np.take(implicant, [level], axis=axis)
        named = tuple(slice(0, level) if at == axis else slice(None) for at in range(len(levels)))
        prime[named] &= ~shorter
    found = np.argwhere(prime)
    told = [tuple(ANY if place == levels[at] else int(place) for at, place in enumerate(one)) for one in found]
    return sorted(told, key=terms.order)


def _mark(levels: Sequence[int], configurations: Sequence[Term]) -> NDArray[np.bool_]:
    grid = np.zeros(tuple(levels), dtype=bool)
    for one in configurations:
        grid[one] = True
    return grid


def _within(grid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell of every term whether it covers a marked configuration."""
    for axis in range(grid.ndim):
        grid = np.concatenate([grid, grid.any(axis=axis, keepdims=True)], axis=axis)
    return grid
