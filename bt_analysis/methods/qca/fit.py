"""Fit of a set to an outcome: memberships in, consistency, PRI and coverage out."""

from __future__ import annotations

from collections.abc import Sequence
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


def model_fit(terms: Sequence[Memberships], y: Memberships) -> tuple[Fit, list[Fit]]:
    """Tell how well the terms of a model fit, together and one by one.

    Parameters
    ----------
    terms : sequence of ndarray
        Membership of each term, per case; at least one.
    y : ndarray
        Membership of the outcome.

    Returns
    -------
    tuple of Fit and list of Fit
        Of the model (the largest membership of its terms), and of each term with its unique coverage.

    Notes
    -----
    Unique coverage = coverage of the model − coverage of the model without the term.
    """
    whole = sufficiency(np.maximum.reduce(list(terms)), y)
    singles = []
    for at, term in enumerate(terms):
        rest = [other for number, other in enumerate(terms) if number != at]
        others = sufficiency(np.maximum.reduce(rest), y).coverage if rest else 0.0
        alone = sufficiency(term, y)
        # Floating point may leave −1e-17 where a term adds nothing.
        unique = whole.coverage - others
        singles.append(Fit(alone.consistency, alone.pri, alone.coverage, 0.0 if abs(unique) < 1e-12 else unique))
    return whole, singles


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 1e-12 else float("nan")
