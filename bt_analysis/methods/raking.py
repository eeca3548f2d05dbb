"""Raking: groups of respondents and the sizes these groups have in the population in, a weight per respondent out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bt_analysis.methods.balancing import effective_size


class RakingError(ValueError):
    """No weights fit all margins; the message says which one does not."""


class Margin(NamedTuple):
    """How many there are of each group of one kind, such as ages.

    Parameters
    ----------
    codes : ndarray of int
        Group of each respondent: its place in ``targets``.
    targets : ndarray of float
        Size of each group in the population; margins of one population have the same sum.
    """

    codes: NDArray[np.int64]
    targets: NDArray[np.float64]


class Raked(NamedTuple):
    """Weights, and what weighting costs.

    Parameters
    ----------
    weights : ndarray
        One per respondent; they add up to the population.
    design_effect : float
        Kish's: how many times as large the variance of a mean is by weighting; 1 without.
    largest : float
        The largest weight, as a multiple of the mean weight.
    n_effective : float
        How many respondents without weights would tell as much.
    rounds : int
        Passes over the margins.
    """

    weights: NDArray[np.float64]
    design_effect: float
    largest: float
    n_effective: float
    rounds: int


def rake(margins: Sequence[Margin], weights: ArrayLike, rounds: int = 1000, tolerance: float = 1e-10) -> Raked:
    """Weigh respondents so that their groups are as large as in the population, along every margin at once.

    Parameters
    ----------
    margins : sequence of Margin
        At least one.
    weights : array_like
        To begin with: 1 for each respondent, or the weight of a sample's design.
    rounds : int
        Passes over the margins, at most.
    tolerance : float
        Largest relative difference from a margin that counts as none.

    Returns
    -------
    Raked
        The weights, with Kish's design effect.

    Raises
    ------
    RakingError
        When a group of the population has no respondents, margins do not have the same sum, or no weights were found.

    Notes
    -----
    Iterative proportional fitting (Deming and Stephan 1940): margin after margin, w ← w · target(g) / Σ w(g), until all
    fit. Design effect n · Σw² / (Σw)², effective number n / design effect (Kish 1965, §11.7).
    """
    found = np.asarray(weights, dtype=float)
    _check(margins, found)
    for done in range(1, rounds + 1):
        for codes, targets in margins:
            sums = np.bincount(codes, found, minlength=len(targets))
            found = found * np.divide(targets, sums, out=np.zeros_like(targets, dtype=float), where=sums > 0)[codes]
        if _apart(margins, found) <= tolerance:
            alike = effective_size(found)
            return Raked(found, found.size / alike, float(found.max() / found.mean()), alike, done)
    raise RakingError(
        f"after {rounds} rounds a group is still {_apart(margins, found):.2g} of its size away from its margin; "
        f"expected at most {tolerance:g}. Margins contradict each other here: put small groups together."
    )


def _check(margins: Sequence[Margin], weights: NDArray[np.float64]) -> None:
    totals = [float(targets.sum()) for _, targets in margins]
    if not totals or not np.allclose(totals, totals[0], rtol=1e-6):
        raise RakingError(f"margins add up to {totals}; expected the same sum for each. Scale them to one population.")
    for at, (codes, targets) in enumerate(margins):
        empty = np.flatnonzero((np.bincount(codes, weights, minlength=len(targets)) <= 0) & (targets > 0))
        if len(empty):
            raise RakingError(
                f"margin {at}: group {empty[0]} has no respondents and {targets[empty[0]]:g} people; expected at least "
                "one respondent. Put it together with another group."
            )


def _apart(margins: Sequence[Margin], weights: NDArray[np.float64]) -> float:
    """Return how far the worst group is from its size, as a share of it."""
    return max(
        float(np.abs(np.bincount(codes, weights, minlength=len(targets))[targets > 0] / targets[targets > 0] - 1).max())
        for codes, targets in margins
    )
