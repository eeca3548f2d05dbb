"""Which rows of a table to withhold: numbers and the sums they are in go in; what must be hidden, and the rule, out.

A row holds one or more numbers (people and participations; hours) and is hidden with all of them or not at all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bt_analysis.methods.linked_cells import Flags, Floats
from bt_analysis.methods.suppression import NotProtectable, suppress

SMALL, SECONDARY, BLOCK = "threshold", "secondary", "block"
"""Rules: it rests on too few people; it would give another row away; no row is shown, as hiding fewer is not enough."""


class Line(NamedTuple):
    """Rows that add up to something that may be known.

    Parameters
    ----------
    rows : list of int
        Places of the rows.
    hidden : tuple of bool
        Per measure: whether their sum is shown nowhere.
    """

    rows: list[int]
    hidden: tuple[bool, ...]


class Measure(NamedTuple):
    """One number of every row.

    Parameters
    ----------
    values : ndarray
        The number, 0 or more.
    known : ndarray of bool
        Rows whose number is known from elsewhere, so that hiding it protects nothing.
    width : float
        How far below and above its value a hidden number must seem possible.
    """

    values: Floats
    known: Flags
    width: float


def rules(small: Flags, lines: list[Line], measures: list[Measure]) -> list[str]:
    """Decide which rows are hidden.

    Parameters
    ----------
    small : ndarray of bool
        Rows that may not be shown.
    lines : list of Line
        What the rows add up to.
    measures : list of Measure
        The numbers of the rows; a row that is hidden for one of them is hidden for all.

    Returns
    -------
    list of str
        Per row the rule that hides it: ``threshold``, ``secondary`` or ``block``; empty when it is shown.

    Notes
    -----
    A hidden number need not seem more than the smallest shown sum it is in: that tells as much by itself.
    """
    hidden, settled = small.copy(), False
    try:
        while not settled:
            before = hidden.copy()
            for at, measure in enumerate(measures):
                hidden |= _hidden(hidden, lines, at, measure)
            settled = bool((before == hidden).all())
    except NotProtectable:
        return [SMALL if row else BLOCK for row in small]
    return [SMALL if few else SECONDARY if row else "" for few, row in zip(small, hidden, strict=True)]


def _hidden(hidden: Flags, lines: list[Line], at: int, measure: Measure) -> Flags:
    """Return which rows one measure needs to be hidden, given those that are."""
    n, closed = len(hidden), np.array([line.hidden[at] for line in lines], dtype=bool)
    parts = np.zeros((len(lines), n))
    for row, line in enumerate(lines):
        parts[row, line.rows] = 1
    sums = parts @ measure.values
    smallest = np.where((parts > 0) & ~closed[:, None], sums[:, None], np.inf).min(axis=0, initial=np.inf)
    chosen: Flags = suppress(
        np.r_[measure.values, sums],
        np.r_[hidden & ~measure.known, closed],
        np.hstack([parts, -np.eye(len(lines))]),
        measure.width,
        shown=np.r_[measure.known, ~closed],
        upper=np.r_[smallest, np.full(len(lines), np.inf)],
    )
    return chosen[:n]
