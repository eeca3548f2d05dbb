"""Weights that make similar areas like one area on average: features in, weights and differences out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

STEPS = 60  # Newton needs about ten; when it needs more than this there is no solution
SMALLEST_STEP = 2.0**-20
CLOSE = 1e-6  # standard deviations between the weighted mean and the target


@dataclass(frozen=True)
class EntropyWeights:
    """Weights, and whether they balance.

    Parameters
    ----------
    weight : array
        Weights of the last axis, 0 or more, that sum to 1; equal ones where no weights balance.
    balanced : array of bool
        Whether the weighted means are the target; False where the target lies outside what the rows can be mixed to.
    """

    weight: Floats
    balanced: Mask


def entropy_weights(
    features: ArrayLike, target: ArrayLike, use: ArrayLike | None = None, *, slack: float = 0.0
) -> EntropyWeights:
    """Return the weights nearest to equal ones that give the features a wanted mean.

    Parameters
    ----------
    features : array_like
        A row per area, a column per feature; or a stack of such tables, all solved at once.
    target : array_like
        The wanted mean per feature; one such row per table of a stack.
    use : array_like of bool, optional
        Which rows may have weight; not given: all. A table whose rows may have none has weights of 0.
    slack : float
        How much balance may give way to even weights; 0: none, so that there may be no solution.

    Returns
    -------
    EntropyWeights
        A weight per row, and whether they balance; without the first axis when one table was given.

    Notes
    -----
    Hainmueller (2012): of all weights with Σw·x = target and Σw = 1 those with the smallest Σw·log w. They are
    w ∝ exp((x − target)·λ), with λ the minimum of log Σ exp((x − target)·λ), found by Newton's method with halving.
    When the target lies outside the convex hull of the rows there is no minimum. With slack, slack/2·|λ|² is added (x
    in standard deviations of the rows used): then there always is one, it leaves a difference of slack·λ, and balanced
    says that it was found. It minimises Σw·log w + |difference|²/(2·slack).
    """
    table, wanted = np.asarray(features, dtype=float), np.asarray(target, dtype=float)
    single = table.ndim == 2
    stack = table[None] if single else table
    used = np.ones(stack.shape[:2], dtype=bool) if use is None else np.asarray(use, dtype=bool).reshape(stack.shape[:2])
    weight, balanced = _solve(_centred(stack, wanted.reshape(len(stack), -1), used), used, slack)
    return EntropyWeights(weight[0], balanced[0]) if single else EntropyWeights(weight, balanced)


def effective_size(weight: ArrayLike) -> float:
    """Return how many equally weighted areas the weighted ones are worth.

    Parameters
    ----------
    weight : array_like
        Weights of 0 or more.

    Returns
    -------
    float
        Kish's effective size, from 1 to the number of weights.

    Notes
    -----
    (Σw)² / Σw² (Kish 1965).
    """
    values = np.asarray(weight, dtype=float)
    return float(values.sum() ** 2 / (values**2).sum())


def standardised_differences(mean: ArrayLike, target: ArrayLike, spread: ArrayLike) -> Floats:
    """Return how far means are from where they should be, in standard deviations.

    Parameters
    ----------
    mean, target : array_like
        A value per feature: what it is, and what it should be.
    spread : array_like
        Standard deviation per feature.

    Returns
    -------
    array
        (mean − target) / spread; not a number for a feature without spread.
    """
    scale = np.asarray(spread, dtype=float)
    known = np.where(scale > 0, scale, np.nan)
    difference: Floats = (np.asarray(mean, dtype=float) - np.asarray(target, dtype=float)) / known
    return difference


def _centred(stack: Floats, target: Floats, used: Mask) -> Floats:
    """Return differences from the target, in standard deviations of the rows used; 0 for rows that are not."""
    shifted = np.where(used[..., None], stack - target[:, None, :], 0.0)
    count = np.maximum(used.sum(axis=1), 1)[:, None]
    mean = shifted.sum(axis=1) / count
    spread = np.sqrt((np.where(used[..., None], shifted - mean[:, None, :], 0.0) ** 2).sum(axis=1) / count)
    return shifted / np.where(spread > 1e-12, spread, 1.0)[:, None, :]


def _solve(centred: Floats, used: Mask, slack: float) -> tuple[Floats, Mask]:
    """Minimise the dual of each table; tables that are done, or have no solution, drop out."""
    size, _, features = centred.shape
    multiplier = np.zeros((size, features))
    open_ = np.flatnonzero(used.any(axis=1))
    balanced = np.zeros(size, dtype=bool)
    for _ in range(STEPS):
        if not len(open_):
            break
        part, at = centred[open_], multiplier[open_]
        value, weight = _dual(part, used[open_], at, slack)
        mean = np.einsum("mnk,mn->mk", part, weight)
        gradient = mean + slack * at
        done = np.abs(gradient).max(axis=1) < CLOSE
        balanced[open_[done]] = True
        step = _newton(part, weight, mean, gradient, slack)
        length = _step_length(part, used[open_], at, step, value, slack, np.einsum("mk,mk->m", gradient, step))
        multiplier[open_] = np.where(done[:, None], at, at + length[:, None] * step)
        open_ = open_[~done & (length > 0)]
    weight = _dual(centred, used, multiplier, slack)[1]
    equal = used / np.maximum(used.sum(axis=1), 1)[:, None]
    return np.where(balanced[:, None], weight, equal), balanced


def _dual(centred: Floats, used: Mask, multiplier: Floats, slack: float) -> tuple[Floats, Floats]:
    """Return log Σ exp(x·λ) of each table, and the weights that go with it."""
    exponent = np.where(used, np.einsum("mnk,mk->mn", centred, multiplier), -np.inf)
    top = np.where(used.any(axis=1), exponent.max(axis=1, initial=-1e300), 0.0)
    raised = np.exp(exponent - top[:, None])
    total = np.maximum(raised.sum(axis=1), np.finfo(float).tiny)
    return top + np.log(total) + slack / 2 * (multiplier**2).sum(axis=1), raised / total[:, None]


def _newton(centred: Floats, weight: Floats, mean: Floats, gradient: Floats, slack: float) -> Floats:
    """Return the step to where the dual would be flat if it were a parabola."""
    second = np.einsum("mnk,mn,mnl->mkl", centred, weight, centred, optimize=True)
    second -= mean[:, :, None] * mean[:, None, :]
    features = centred.shape[2]
    # Features that repeat each other leave flat directions; a little curvature makes the step along them 0.
    little = slack + 1e-10 * np.maximum(np.trace(second, axis1=1, axis2=2), 1e-6)
    step: Floats = -np.linalg.solve(second + little[:, None, None] * np.eye(features), gradient[..., None])[..., 0]
    return step


def _step_length(
    centred: Floats, used: Mask, multiplier: Floats, step: Floats, value: Floats, slack: float, slope: Floats
) -> Floats:
    """Halve the step of each table until the dual falls enough (Armijo); 0 where it never does."""
    length = np.ones(len(centred))
    left = np.arange(len(centred))
    while len(left):
        tried = multiplier[left] + length[left, None] * step[left]
        reached = _dual(centred[left], used[left], tried, slack)[0]
        falls = reached <= value[left] + 1e-4 * length[left] * slope[left] + 1e-12
        left = left[~falls]
        length[left] /= 2
        length[left[length[left] < SMALLEST_STEP]] = 0.0
        left = left[length[left] > 0]
    return length
