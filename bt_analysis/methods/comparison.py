"""What every comparison of one unit's path with others takes and gives: paths of units in, path beside path out."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# Differences as small as this, relative to the largest value, come of rounding in the computer and say nothing.
ROUNDING = 1e-13


@dataclass(frozen=True)
class Comparison:
    """The path of what was treated beside the path made of its donors.

    Parameters
    ----------
    weights : array
        One per donor, in the order the donors were given; ≥ 0, sum 1.
    path : array
        One per year: what the donors show, at the level at which the method compares.
    gap : array
        One per year: treated minus `path`.
    pre_rmse : float
        Root mean square of the gap in the years before.
    effect : float
        Mean of the gap in the years after.
    """

    weights: Floats
    path: Floats
    gap: Floats
    pre_rmse: float
    effect: float


@dataclass(frozen=True)
class Panel:
    """The rows of a panel that take part in a comparison, checked.

    Parameters
    ----------
    treated : array
        One value per year: the mean of the treated units.
    donors : array
        Donors × years.
    n_treated : int
        Treated units.
    before : int
        Years before, the first columns.
    """

    treated: Floats
    donors: Floats
    n_treated: int
    before: int

    @property
    def after(self) -> int:
        """Years after, the last columns."""
        return self.treated.size - self.before


def panel(
    paths: ArrayLike, treated: int | Sequence[int], first_after: int, donors: Sequence[int] | Indices, at_least: int = 1
) -> Panel:
    """Return the rows of treated and donors, or say what is wrong with them.

    Parameters
    ----------
    paths : array_like
        Units × years; rows that take no part may have missing values.
    treated : int or sequence of int
        Row or rows of what was treated; several are averaged.
    first_after : int
        Column of the first year after.
    donors : sequence of int
        Rows to compare with.
    at_least : int
        Years before that the method needs.

    Returns
    -------
    Panel
        Mean path of the treated, paths of the donors, and how many years lie before.

    Raises
    ------
    ValueError
        When there are no donors, a row is not there or on both sides, a value is missing, or years are too few.
    """
    table = np.asarray(paths, dtype=float)
    if table.ndim != 2:
        raise ValueError(f"paths have {table.ndim} dimensions; expected 2: units × years.")
    ours, theirs = _rows("treated", treated, len(table)), _rows("donors", donors, len(table))
    used = np.concatenate([ours, theirs])
    _check_once(used, ours, theirs)
    if not at_least <= operator.index(first_after) < table.shape[1]:
        raise ValueError(
            f"first_after is {first_after} in {table.shape[1]} years; expected {at_least} … {table.shape[1] - 1}, "
            f"so that {at_least} or more lie before and at least one after. Add years, or do not compare."
        )
    unknown = ~np.isfinite(table[used]).all(axis=1)
    if unknown.any():  # only then, as this is asked of every placebo
        row = used[unknown][0]
        check_finite(f"the path in row {row}", table[row])
    return Panel(table[ours].mean(axis=0), table[theirs], ours.size, int(first_after))


def compare(rows: Panel, weights: Floats, level: Floats | None = None) -> Comparison:
    """Lay the weighted path of the donors beside that of the treated.

    Parameters
    ----------
    rows : Panel
        What is compared.
    weights : array
        One per donor.
    level : array, optional
        Weights of the years before at whose mean both paths are laid on each other; without them the path stays
        as high as it is.

    Returns
    -------
    Comparison
        Paths, gap, fit before and mean difference after.
    """
    path = weights @ rows.donors
    if level is not None:
        path = path + level @ (rows.treated - path)[: rows.before]
    gap = without_rounding(rows.treated - path, max(np.abs(rows.treated).max(), np.abs(rows.donors).max()))
    pre_rmse = float(np.sqrt(np.mean(gap[: rows.before] ** 2)))
    return Comparison(weights, path, gap, pre_rmse, float(gap[rows.before :].mean()))


def centred(values: Floats, axis: int) -> Floats:
    """Take the mean along an axis out, and what is left by rounding alone.

    Parameters
    ----------
    values : array
        Numbers.
    axis : int
        Along which the mean is taken.

    Returns
    -------
    array
        0 where a value equals its mean: rounding would leave 1e-17 there, and weights would be fitted to that.
    """
    return without_rounding(values - values.mean(axis=axis, keepdims=True), np.abs(values).max(initial=0.0))


def without_rounding(differences: Floats, largest: float) -> Floats:
    """Set differences that come of rounding in the computer to 0.

    Parameters
    ----------
    differences : array
        Of numbers from -largest to largest.
    largest : float
        The largest of those numbers, without its sign.

    Returns
    -------
    array
        The differences, 0 where they are `ROUNDING` times the largest number or less.
    """
    return np.where(np.abs(differences) <= ROUNDING * largest, 0.0, differences)


def check_finite(what: str, values: Floats) -> None:
    """Refuse missing and infinite values.

    Parameters
    ----------
    what : str
        Name of the values, for the sentence.
    values : array
        Numbers.

    Raises
    ------
    ValueError
        When one of them is no finite number.
    """
    wrong = ~np.isfinite(values)
    if wrong.any():
        at = ", ".join(str(int(index)) for index in np.argwhere(wrong)[0])
        raise ValueError(
            f"{what} has {int(wrong.sum())} values that are missing or infinite, the first at {at}; expected finite "
            "numbers. Leave out what is not known; it is not filled in here."
        )


def _rows(name: str, given: int | Sequence[int] | Indices, units: int) -> Indices:
    rows = np.atleast_1d(np.asarray(given))
    if rows.size == 0:
        raise ValueError(f"{name} is empty; expected at least one row. Without it there is nothing to compare.")
    if rows.ndim != 1 or not np.issubdtype(rows.dtype, np.integer):
        raise ValueError(
            f"{name} holds {rows.dtype} in {rows.ndim} dimensions; expected row numbers. A mask: np.flatnonzero."
        )
    if rows.min() < 0 or rows.max() >= units:
        raise ValueError(
            f"{name} holds row {rows.min()} … {rows.max()}; expected 0 … {units - 1}, as there are {units} units."
        )
    return rows.astype(np.intp)


def _check_once(used: Indices, ours: Indices, theirs: Indices) -> None:
    if np.unique(used).size == used.size:  # one look, as this is asked of every placebo
        return
    both = np.intersect1d(ours, theirs)
    if both.size:
        raise ValueError(f"row {both[0]} is treated and a donor; expected two different sets. Leave it out of donors.")
    rows, times = np.unique(used, return_counts=True)
    raise ValueError(f"row {rows[times > 1][0]} is given {times.max()} times; expected each row once.")
