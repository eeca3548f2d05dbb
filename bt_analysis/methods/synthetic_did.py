"""Synthetic difference-in-differences: paths of units in, weights of donors and of years before and an effect out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bt_analysis.methods.comparison import Comparison, Floats, Indices, Panel, centred, compare, panel
from bt_analysis.methods.synthetic_control import simplex_weights


@dataclass(frozen=True)
class SyntheticDid(Comparison):
    """A `Comparison` of changes: its path lies on the treated at the weighted mean of the years before.

    Parameters
    ----------
    time_weights : array
        One per year before, ≥ 0, sum 1: how much each counts as the level from which change is measured.
    zeta : float
        Regularisation of the weights of donors, in the unit of the paths.
    """

    time_weights: Floats
    zeta: float


def synthetic_did(
    paths: ArrayLike, treated: int | Sequence[int], first_after: int, donors: Sequence[int] | Indices
) -> SyntheticDid:
    """Compare changes, with donors that moved alike and years before that tell most about the years after.

    Parameters
    ----------
    paths : array_like
        Units × years.
    treated : int or sequence of int
        Row or rows of what was treated, all from the same year; several are averaged.
    first_after : int
        Column of the first year after; 2 or more, as one year before shows no movement.
    donors : sequence of int
        Rows to compare with.

    Returns
    -------
    SyntheticDid
        Weights of donors and years, path, gap, fit before and mean gap after.

    Raises
    ------
    ValueError
        As `comparison.panel`.

    Notes
    -----
    With N₁ treated, N₀ donors, T₀ years before and T₁ after (Arkhangelsky, Athey, Hirshberg, Imbens and Wager 2021):

    - ω minimises Σ_t(ω₀ + Σω·y_donor − ȳ_treated)² + ζ²·T₀·‖ω‖² over the years before, ω ≥ 0, Σω = 1;
    - ζ = (N₁·T₁)^¼·σ, σ² = mean of (Δ − Δ̄)² over the N₀·(T₀ − 1) yearly changes of donors before;
    - λ minimises Σ_donors(λ₀ + Σλ·y_before − ȳ_after)², λ ≥ 0, Σλ = 1;
    - effect = (ȳ_treated,after − Σλ·y_treated) − Σω·(ȳ_donor,after − Σλ·y_donor).
    """
    rows = panel(paths, treated, first_after, donors, at_least=2)
    zeta = regularisation(rows)
    before = rows.donors[:, : rows.before]
    ours = rows.treated[: rows.before]
    unit_weights = simplex_weights(centred(before, 1).T, centred(ours, 0), ridge=zeta * rows.before**0.5)
    after = rows.donors[:, rows.before :].mean(axis=1)
    time_weights = simplex_weights(centred(before, 0), centred(after, 0))
    found = compare(rows, unit_weights, level=time_weights)
    return SyntheticDid(found.weights, found.path, found.gap, found.pre_rmse, found.effect, time_weights, zeta)


def regularisation(rows: Panel) -> float:
    """Return ζ, the penalty that keeps weights of donors from resting on a few.

    Parameters
    ----------
    rows : Panel
        What is compared.

    Returns
    -------
    float
        In the unit of the paths; 0 when all donors move alike.

    Notes
    -----
    (N₁·T₁)^¼·σ: see `synthetic_did`. σ divides by N₀·(T₀ − 1), as the paper does; its R package by one less. What all
    donors have in common in one year is in σ too, so that a shock to everybody evens the weights out.
    """
    steps = np.diff(rows.donors[:, : rows.before], axis=1)
    return float((rows.n_treated * rows.after) ** 0.25 * steps.std())
