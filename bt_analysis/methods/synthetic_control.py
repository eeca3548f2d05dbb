"""Synthetic control: paths of units in, the weighted donors that moved like the treated before it started out."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bt_analysis.methods.comparison import (
    Comparison,
    Floats,
    Indices,
    centred,
    check_finite,
    compare,
    panel,
    without_rounding,
)

# Of equally good sets of weights the most even is taken, so that the order of donors decides nothing. Relative to how
# far the middle donor lies from the treated, as one that lies far out must not even out all others.
TIE_BREAK = 1e-4

# 2,000 donors take seven seconds, 14,000 an hour; and so many fit any path, so that the fit says nothing.
MOST_DONORS = 2_000


@dataclass(frozen=True)
class PredictorComparison(Comparison):
    """A `Comparison` whose weights were found by way of predictors.

    Parameters
    ----------
    importance : array
        One per predictor, ≥ 0, sum 1: the diagonal of V. Not identified: other values give nearly the same fit.
    """

    importance: Floats


def simplex_weights(A: ArrayLike, b: ArrayLike, ridge: float = 0.0) -> Floats:  # noqa: N803 - the textbook's names
    """Return the weights, none below 0 and together 1, that bring the columns of A nearest to b.

    Parameters
    ----------
    A : array_like
        Years (or predictors) × donors.
    b : array_like
        Of what was treated, as many as A has rows.
    ridge : float
        Penalty on uneven weights, in the unit of A.

    Returns
    -------
    array
        One weight per donor; the same whatever the order of the donors.

    Raises
    ------
    ValueError
        When A has no columns or more than `MOST_DONORS`, the sizes differ, or a value is missing.

    Notes
    -----
    min ‖Aw − b‖² + ridge²·‖w‖² with w ≥ 0, Σw = 1. As Σw = 1, Aw − b = Dw with D = A − b·1ᵀ. The u ≥ 0 that
    minimises ‖Du‖² + (1ᵀu − 1)² gives it exactly, as w = u/Σu: along u = t·w its least is ‖Dw‖²/(1 + ‖Dw‖²), which
    grows with ‖Dw‖², by non-negative least squares (Lawson and Hanson 1974). The ridge is never below
    `TIE_BREAK` times the median of the largest |D| of each donor.
    """
    from scipy.optimize import nnls  # noqa: PLC0415 - takes half a second, and bt check needs none of it

    distances = _distances(A, b)
    if not np.isfinite(ridge) or ridge < 0:
        raise ValueError(f"ridge is {ridge}; expected 0 or more, in the unit of A.")
    donors = distances.shape[1]
    furthest = np.sort(np.abs(distances).max(axis=0, initial=0.0))
    scale = max(furthest[donors // 2] or furthest[-1], ridge) or 1.0
    even = np.hypot(ridge / scale, TIE_BREAK) * np.eye(donors)
    stacked = np.vstack([distances / scale, even, np.ones((1, donors))])
    target = np.zeros(len(stacked))
    target[-1] = 1.0
    found, _ = nnls(stacked, target, maxiter=30 * donors)
    return np.asarray(found / found.sum(), dtype=float)


def synthetic_control(
    paths: ArrayLike,
    treated: int | Sequence[int],
    first_after: int,
    donors: Sequence[int] | Indices,
    *,
    demeaned: bool = False,
) -> Comparison:
    """Compare with the weighted donors whose path before is nearest.

    Parameters
    ----------
    paths : array_like
        Units × years.
    treated : int or sequence of int
        Row or rows of what was treated; several are averaged.
    first_after : int
        Column of the first year after.
    donors : sequence of int
        Rows to compare with. Screen them first: with more donors than years before, any path is fitted.
    demeaned : bool
        Fit the movement around the mean of the years before instead of the level, and compare changes.

    Returns
    -------
    Comparison
        Weights, path, gap, fit before and mean gap after.

    Raises
    ------
    ValueError
        As `comparison.panel`.

    Notes
    -----
    Weights minimise Σ(y_treated − Σw·y_donor)² over the years before (Abadie, Diamond and Hainmueller 2010, outcomes
    only); demeaned, both sides less their own mean of those years (Ferman and Pinto 2021).
    """
    rows = panel(paths, treated, first_after, donors)
    ours, theirs = rows.treated[: rows.before], rows.donors[:, : rows.before]
    if not demeaned:
        return compare(rows, simplex_weights(theirs.T, ours))
    weights = simplex_weights(centred(theirs, 1).T, centred(ours, 0))
    return compare(rows, weights, level=np.full(rows.before, 1 / rows.before))


def with_predictors(
    paths: ArrayLike,
    predictors: ArrayLike,
    treated: int,
    first_after: int,
    donors: Sequence[int] | Indices,
    *,
    seed: int,
) -> PredictorComparison:
    """Compare with the donors that are alike in predictors, each as important as serves the fit of the path best.

    Parameters
    ----------
    paths : array_like
        Units × years.
    predictors : array_like
        Units × predictors, in any unit: each is divided by its standard deviation over the units that take part.
    treated : int
        Row of what was treated.
    first_after : int
        Column of the first year after.
    donors : sequence of int
        Rows to compare with.
    seed : int
        Of the global search.

    Returns
    -------
    PredictorComparison
        As `synthetic_control`, with the importance of each predictor.

    Raises
    ------
    ValueError
        As `comparison.panel`, and when predictors are missing or of other units.

    Notes
    -----
    Inner: w(V) minimises Σ_k v_k·(x_k,treated − Σw·x_k,donor)². Outer: V minimises the mean square of the gap before,
    by differential evolution over v = 10^u, −4 ≤ u ≤ 0 (Abadie, Diamond and Hainmueller 2010). V is not identified:
    several give nearly the same fit, and the search says which one it took.
    """
    from scipy.optimize import differential_evolution  # noqa: PLC0415 - takes half a second, and bt check needs none

    rows = panel(paths, operator.index(treated), first_after, donors)
    ours, theirs = _standardised(predictors, len(np.asarray(paths)), treated, donors)

    def weights(exponents: Floats) -> Floats:
        root = np.sqrt(10.0**exponents)
        return simplex_weights((theirs * root).T, ours * root)

    def misfit(exponents: Floats) -> float:
        return compare(rows, weights(exponents)).pre_rmse ** 2

    search = differential_evolution(misfit, [(-4.0, 0.0)] * ours.size, seed=seed, **SEARCH)
    importance = 10.0**search.x
    best = compare(rows, weights(search.x))
    return PredictorComparison(
        best.weights, best.path, best.gap, best.pre_rmse, best.effect, importance / importance.sum()
    )


SEARCH = {"popsize": 10, "maxiter": 150, "tol": 1e-6, "polish": False}
"""How the importance of predictors is searched for."""


def _distances(A: ArrayLike, b: ArrayLike) -> Floats:  # noqa: N803 - the textbook's names
    theirs: Floats = np.asarray(A, dtype=float)
    ours: Floats = np.asarray(b, dtype=float)
    if theirs.ndim != 2 or theirs.shape[1] == 0 or ours.shape != theirs.shape[:1]:
        raise ValueError(
            f"A is {theirs.shape} and b {ours.shape}; expected years × donors and as many years, with a donor or more."
        )
    if theirs.shape[1] > MOST_DONORS:
        raise ValueError(
            f"A has {theirs.shape[1]} donors; expected {MOST_DONORS} or fewer. Take those that are most alike first."
        )
    check_finite("A", theirs)
    check_finite("b", ours)
    largest = max(np.abs(theirs).max(initial=0.0), np.abs(ours).max(initial=0.0))
    return without_rounding(theirs - ours[:, None], largest)


def _standardised(
    predictors: ArrayLike, units: int, treated: int, donors: Sequence[int] | Indices
) -> tuple[Floats, Floats]:
    table = np.asarray(predictors, dtype=float)
    if table.ndim != 2 or len(table) != units or table.shape[1] == 0:
        raise ValueError(f"predictors are {table.shape}; expected {units} units × one predictor or more.")
    taking_part = table[np.append(np.asarray(donors, dtype=np.intp), treated)]
    check_finite("predictors of treated and donors", taking_part)
    spread = taking_part.std(axis=0)
    spread[spread == 0] = 1.0  # the same everywhere: every set of weights meets it
    return taking_part[-1] / spread, taking_part[:-1] / spread
