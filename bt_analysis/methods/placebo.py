"""Permutation inference: an effect and what the method finds where nothing happened in; p value and interval out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from bt_analysis.methods.comparison import Floats, check_finite

# Published figures are rounded, so that effects are often equal; the computer may make one a hair smaller.
AS_LARGE = 1 - 1e-9


def p_value(effect: float, placebos: ArrayLike) -> float:
    """Return how often units where nothing happened show an effect as large, either way.

    Parameters
    ----------
    effect : float
        What the method finds for the treated.
    placebos : array_like
        What the same method, in the same steps, finds for each unit that was not treated. Any measure of size
        whose absolute value counts; ratios of `rmspe_ratio` too.

    Returns
    -------
    float
        Never below 1/(1 + N), as the treated counts as one of the units.

    Raises
    ------
    ValueError
        When there are no placebos, or a value is missing.

    Notes
    -----
    (1 + #{|placebo| ≥ |effect|})/(1 + N). Where nothing happened it is α or less in at most ⌊α·(1 + N)⌋/(1 + N) of
    tries: for 5%, 3.2% with 30 placebos and 4.9% with 80.
    """
    sizes = _sizes(effect, placebos)
    return float((1 + (sizes >= abs(effect) * AS_LARGE).sum()) / (1 + sizes.size))


def interval(effect: float, placebos: ArrayLike, level: float) -> tuple[float, float]:
    """Return the effects that the placebos do not contradict.

    Parameters
    ----------
    effect : float
        What the method finds for the treated.
    placebos : array_like
        What the same method finds for each unit that was not treated.
    level : float
        Chance that the interval misses: 0.05 for an interval of 95%.

    Returns
    -------
    tuple of float
        Lower and upper end. Both are infinite when there are fewer than 1/level − 1 placebos: 19 for 0.05.

    Raises
    ------
    ValueError
        When there are no placebos, a value is missing, or level is not a small chance.

    Notes
    -----
    effect ± the k-th smallest |placebo|, k = ⌈(1 − level)·(N + 1)⌉ (split conformal: Vovk, Gammerman and Shafer 2005).
    It holds 0 exactly when `p_value` is above level, unless |effect| equals a |placebo|.
    """
    if not 0 < level < 0.5:
        raise ValueError(f"level is {level}; expected the chance to miss, above 0 and below 0.5: 0.05 for 95%.")
    sizes = np.sort(_sizes(effect, placebos))
    check_finite("effect", np.atleast_1d(float(effect)))
    # N + 1, as the treated is one of the units: where nothing happened it is as likely to have any rank among them, so
    # the chance that it lies above the k-th of N is (N + 1 − k)/(N + 1). The plain quantile of N would miss more often.
    # Without rounding, 0.824·125 comes out a hair above 103 and asks for one more.
    rank = math.ceil(round((1 - level) * (sizes.size + 1), 9))
    half = float(sizes[rank - 1]) if rank <= sizes.size else math.inf
    return effect - half, effect + half


def rmspe_ratio(gap: ArrayLike, first_after: int) -> float:
    """Return how much larger the gap is after than before.

    Parameters
    ----------
    gap : array_like
        One per year: treated minus comparison.
    first_after : int
        Column of the first year after.

    Returns
    -------
    float
        Infinite when the fit before is perfect and the gap after is not; 1 when there is no gap at all.

    Raises
    ------
    ValueError
        When a gap is missing, or no year lies before or after.

    Notes
    -----
    √(mean gap² after / mean gap² before) (Abadie, Diamond and Hainmueller 2010).
    """
    gaps = _years(gap, first_after)
    before, after = (float(np.sqrt(np.mean(part**2))) for part in (gaps[:first_after], gaps[first_after:]))
    if before == 0:
        return 1.0 if after == 0 else math.inf
    return after / before


def moving_block(residuals: ArrayLike, first_after: int) -> float:
    """Return how often a block of years as long as the years after shows residuals as large.

    Parameters
    ----------
    residuals : array_like
        One per year: treated minus comparison, with the comparison fitted on ALL years as though nothing happened.
    first_after : int
        Column of the first year after.

    Returns
    -------
    float
        A p value; never below 1/T for T years, so 13 years cannot give less than 0.077: a second opinion, no headline.

    Raises
    ------
    ValueError
        When a residual is missing, or no year lies before or after.

    Notes
    -----
    Share of the T cyclic shifts with Σ|residual| in the last T₁ years ≥ that of the years as they are
    (Chernozhukov, Wüthrich and Zhu 2021, moving block).
    """
    sizes = np.abs(_years(residuals, first_after))
    sums = np.array([np.roll(sizes, shift)[first_after:].sum() for shift in range(sizes.size)])
    return float(np.mean(sums >= sums[0] * AS_LARGE))


def _sizes(effect: float, placebos: ArrayLike) -> Floats:
    sizes: Floats = np.abs(np.asarray(placebos, dtype=float))
    if sizes.ndim != 1 or sizes.size == 0:
        raise ValueError(
            f"placebos are {sizes.shape}; expected a row of one or more. Without placebos there is no p value."
        )
    if np.isnan(effect) or np.isnan(sizes).any():
        raise ValueError(
            f"effect is {effect} and {int(np.isnan(sizes).sum())} of {sizes.size} placebos are missing; expected "
            "numbers. Leave out placebos that could not be made, and say how many."
        )
    return sizes


def _years(values: ArrayLike, first_after: int) -> Floats:
    years = np.asarray(values, dtype=float)
    if years.ndim != 1 or not 0 < first_after < years.size:
        raise ValueError(
            f"first_after is {first_after} in {years.shape} years; expected a year or more before and after."
        )
    check_finite("the gap", years)
    return years
