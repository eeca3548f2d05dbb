"""Fit of a set to an outcome: memberships in, consistency, PRI and coverage out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Memberships = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """How far cases in a set also have the outcome, and how much of the outcome that is.

    Parameters
    ----------
    consistency : float
        Share of the set that lies within the outcome (inclS); missing when no case is in the set.
    pri : float
        The same without what lies within the absence of the outcome as well.
    coverage : float
        Share of the outcome that lies within the set (covS); missing when no case has the outcome.
    unique : float
        The part of that which no other term of its model covers; of a whole model the same as coverage.
    """

    consistency: float
    pri: float
    coverage: float
    unique: float


def sufficiency(x: Memberships, y: Memberships) -> Fit:
    """Tell how well a set fits within an outcome.

    Parameters
    ----------
    x, y : ndarray
        Membership of the set and of the outcome, per case.

    Returns
    -------
    Fit
        With unique coverage as if it were the only term.

    Notes
    -----
    consistency = Σ min(x, y) / Σ x; PRI = (Σ min(x, y) − Σ min(x, y, 1 − y)) / (Σ x − Σ min(x, y, 1 − y)); coverage =
    Σ min(x, y) / Σ y (Ragin 2006; Schneider & Wagemann 2012).
    """
    shared = np.minimum(x, y)
    both = float(np.minimum(shared, 1 - y).sum())
    common, inside, outcome = float(shared.sum()), float(x.sum()), float(y.sum())
    coverage = _share(common, outcome)
    return Fit(_share(common, inside), _share(common - both, inside - both), coverage, coverage)


@dataclass(frozen=True)
class ModelFits:
    """Fit of many models, all with the same number of terms.

    Parameters
    ----------
    consistency, pri, coverage : ndarray
        One per model.
    unique : ndarray
        One row per model, one column per term: its unique coverage.
    """

    consistency: Memberships
    pri: Memberships
    coverage: Memberships
    unique: Memberships


def of_models(members: Memberships, chosen: NDArray[np.intp], y: Memberships) -> ModelFits:
    """Tell how well models fit, all at once.

    Parameters
    ----------
    members : ndarray
        One row per term, one column per case: who is in it.
    chosen : ndarray
        One row per model: the rows of its terms, at least one.
    y : ndarray
        Membership of the outcome.

    Returns
    -------
    ModelFits
        In the order of ``chosen``.

    Notes
    -----
    Membership of a model is the largest of its terms. Unique coverage = coverage of the model − coverage of the model
    without the term.
    """
    top, second = np.zeros((2, len(chosen), len(y)))
    for term in chosen.T:
        x = members[term]
        second = np.maximum(second, np.minimum(top, x))
        top = np.maximum(top, x)
    common = np.minimum(top, y)
    both = np.minimum(common, 1 - y).sum(axis=1)
    inside, shared, outcome = top.sum(axis=1), common.sum(axis=1), np.full(len(chosen), y.sum())
    # Without a term, the largest membership is the second largest where this term has the largest.
    without = [np.minimum(np.where(members[term] == top, second, top), y).sum(axis=1) for term in chosen.T]
    unique = _shares((shared - np.array(without)).T, outcome[:, None])
    # Floating point may leave −1e-17 where a term adds nothing.
    unique[np.abs(unique) < 1e-12] = 0.0
    return ModelFits(_shares(shared, inside), _shares(shared - both, inside - both), _shares(shared, outcome), unique)


def _shares(part: Memberships, whole: Memberships) -> Memberships:
    found = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    np.divide(part, whole, out=found, where=np.broadcast_to(whole > 1e-12, found.shape))
    return found


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 1e-12 else float("nan")
