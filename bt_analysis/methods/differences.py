"""Difference-in-differences: four groups of answers, or one path beside weighted others, in; an effect out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bt_analysis.methods.comparison import Comparison, Floats, Indices, check_finite, compare, panel


@dataclass(frozen=True)
class FourMeans:
    """Two groups before and after.

    Parameters
    ----------
    mean, standard_error, n : array
        2 × 2: others and treated, before and after.
    effect : float
        Change of the treated minus change of the others.
    ols_se : float
        Standard error with one variance for all four.
    hc1_se : float
        Standard error with a variance for each of the four.
    """

    mean: Floats
    standard_error: Floats
    n: Floats
    effect: float
    ols_se: float
    hc1_se: float


def four_means(outcome: ArrayLike, treated: ArrayLike, after: ArrayLike) -> FourMeans:
    """Return the means of two groups before and after, and the difference of their changes.

    Parameters
    ----------
    outcome : array_like
        One per answer.
    treated, after : array_like
        One per answer, true or false.

    Returns
    -------
    FourMeans
        Means, effect and two standard errors, both for answers that are independent: someone who answers twice, or
        answers from a few areas only, make the real uncertainty another one.

    Raises
    ------
    ValueError
        When sizes differ, a value is missing, or one of the four groups has fewer than 2 answers.

    Notes
    -----
    Of y on treated, after and their product: ols² = Σr²/(n − 4) · Σ 1/n_g and hc1² = n/(n − 4) · Σ_g Σr²/n_g², with r
    the distance from the own mean and g the four groups (Card and Krueger 1994; MacKinnon and White 1985).
    """
    groups = _four_groups(outcome, treated, after)
    n = np.array([group.size for group in groups], dtype=float)
    mean = np.array([group.mean() for group in groups])
    squares = np.array([((group - group.mean()) ** 2).sum() for group in groups])
    spare = n.sum() - 4
    return FourMeans(
        mean=mean.reshape(2, 2),
        standard_error=np.sqrt(squares / (n - 1) / n).reshape(2, 2),
        n=n.reshape(2, 2),
        effect=float((mean[3] - mean[2]) - (mean[1] - mean[0])),
        ols_se=float(np.sqrt(squares.sum() / spare * (1 / n).sum())),
        hc1_se=float(np.sqrt(n.sum() / spare * (squares / n**2).sum())),
    )


def matched_did(
    paths: ArrayLike,
    treated: int | Sequence[int],
    first_after: int,
    donors: Sequence[int] | Indices,
    weights: ArrayLike | None = None,
) -> Comparison:
    """Compare the change with the weighted mean change of others.

    Parameters
    ----------
    paths : array_like
        Units × years.
    treated : int or sequence of int
        Row or rows of what was treated; several are averaged.
    first_after : int
        Column of the first year after.
    donors : sequence of int
        Rows to compare with.
    weights : array_like, optional
        One per donor, ≥ 0, sum 1, found by matching or balancing; without them all donors count alike.

    Returns
    -------
    Comparison
        Its path lies on that of the treated at the mean of the years before.

    Raises
    ------
    ValueError
        As `comparison.panel`, and when weights are no weights.

    Notes
    -----
    (ȳ_treated,after − ȳ_treated,before) − Σw·(ȳ_donor,after − ȳ_donor,before).
    """
    rows = panel(paths, treated, first_after, donors)
    count = len(rows.donors)
    used = np.full(count, 1 / count) if weights is None else _checked(np.asarray(weights, dtype=float), count)
    return compare(rows, used, level=np.full(rows.before, 1 / rows.before))


def _four_groups(outcome: ArrayLike, treated: ArrayLike, after: ArrayLike) -> list[Floats]:
    values = np.asarray(outcome, dtype=float)
    columns = {"treated": np.asarray(treated), "after": np.asarray(after)}
    for name, column in columns.items():
        if values.ndim != 1 or column.shape != values.shape:
            raise ValueError(f"outcome is {values.shape} and {name} {column.shape}; expected one of each per answer.")
        other = set(np.unique(column).tolist()) - {0, 1}
        if other:
            raise ValueError(f"{name} holds {min(other)!r}; expected true and false, or 1 and 0.")
    check_finite("outcome", values)
    ours, late = (column.astype(bool) for column in columns.values())
    groups = [values[(ours == group) & (late == period)] for group in (False, True) for period in (False, True)]
    sizes = [group.size for group in groups]
    if min(sizes) < 2:
        raise ValueError(
            f"others before and after, treated before and after have {sizes} answers; expected 2 or more in each."
        )
    return groups


def _checked(weights: Floats, donors: int) -> Floats:
    if weights.shape != (donors,):
        raise ValueError(f"weights are {weights.shape}; expected one for each of {donors} donors.")
    check_finite("weights", weights)
    if weights.min() < 0 or abs(weights.sum() - 1) > 1e-6:
        raise ValueError(
            f"weights go down to {weights.min():.6g} and add up to {weights.sum():.6g}; expected none below 0 and "
            "a sum of 1. Divide them by their sum."
        )
    return weights
