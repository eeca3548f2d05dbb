"""Intervals for figures of a survey: answers of some people in, ends of an interval for all of them out.

When a survey asks a large part of a group that is known to the person, little is left to be unsure of: the finite
population correction narrows the interval, to nothing when everybody answered.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from bt_analysis.methods.intervals import wilson


def mean_interval(values: ArrayLike, population: float | None = None, level: float = 0.95) -> tuple[float, float]:
    """Return the t-interval of a mean.

    Parameters
    ----------
    values : array_like
        One value per person who answered; no missing ones.
    population : float, optional
        People in all; not given: many more than answered.
    level : float
        Level of confidence.

    Returns
    -------
    tuple of float
        Lower and upper end; not a number for fewer than two values.

    Raises
    ------
    ValueError
        When more people answered than there are.

    Notes
    -----
    mean ± t · s/√n · √(1 − n/N), with s² = Σ(x − mean)²/(n − 1), t the quantile of Student's t with n − 1 degrees of
    freedom, and N the population; without N the last factor is 1 (Cochran 1977, §2.6).
    """
    from scipy.stats import t  # noqa: PLC0415 - takes a second, and bt check needs none of it

    numbers = np.asarray(values, dtype=float)
    left = 1 - _share_asked(numbers.size, population)
    if numbers.size < 2:
        return math.nan, math.nan
    half = float(t.ppf((1 + level) / 2, numbers.size - 1)) * float(numbers.std(ddof=1)) * math.sqrt(left / numbers.size)
    return float(numbers.mean()) - half, float(numbers.mean()) + half


def welch_interval(
    values: ArrayLike, others: ArrayLike, population: float | None = None, other_population: float | None = None,
    level: float = 0.95,
) -> tuple[float, float]:  # fmt: skip
    """Return Welch's interval of the difference between the means of two groups of different people.

    Parameters
    ----------
    values, others : array_like
        One value per person who answered; no missing ones.
    population, other_population : float, optional
        People in all whom each group was asked of; not given: many more than answered.
    level : float
        Level of confidence.

    Returns
    -------
    tuple of float
        Lower and upper end of mean(values) − mean(others); not a number when a group has fewer than two values.

    Raises
    ------
    ValueError
        When more people answered than there are.

    Notes
    -----
    v = s²/n · (1 − n/N) of each group; difference ± t · √(v₁ + v₂), t with (v₁ + v₂)² / (v₁²/(n₁ − 1) + v₂²/(n₂ − 1))
    degrees of freedom (Welch 1947).
    """
    from scipy.stats import t  # noqa: PLC0415 - takes a second, and bt check needs none of it

    groups = [np.asarray(one, dtype=float) for one in (values, others)]
    left = [
        1 - _share_asked(one.size, whole) for one, whole in zip(groups, (population, other_population), strict=True)
    ]
    gap = float(groups[0].mean() - groups[1].mean()) if all(one.size for one in groups) else math.nan
    if min(one.size for one in groups) < 2:
        return math.nan, math.nan
    parts = [float(one.var(ddof=1)) / one.size * rest for one, rest in zip(groups, left, strict=True)]
    if sum(parts) == 0:
        return gap, gap
    freedom = sum(parts) ** 2 / sum(part**2 / (one.size - 1) for part, one in zip(parts, groups, strict=True))
    half = float(t.ppf((1 + level) / 2, freedom)) * math.sqrt(sum(parts))
    return gap - half, gap + half


def share_interval(count: float, n: float, population: float | None = None, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share, corrected for a finite population.

    Parameters
    ----------
    count : float
        People who have the property.
    n : float
        People who answered.
    population : float, optional
        People in all; not given: many more than answered.
    level : float
        Level of confidence.

    Returns
    -------
    tuple of float
        Lower and upper end, both from 0 to 1; not a number when nobody answered.

    Raises
    ------
    ValueError
        When more people answered than there are, or have the property than answered.

    Notes
    -----
    Wilson's interval of count/n at n′ = n · (N − 1)/(N − n) answers instead of n; without N, at n. When n = N the share
    is known.
    """
    asked = _share_asked(n, population)
    if asked == 1 and n > 0:
        return count / n, count / n
    wider = 1.0 if population is None else (population - 1) / (population - n)
    low, high = wilson([count * wider], [n * wider], level)
    return float(low[0]), float(high[0])


def _share_asked(n: float, population: float | None) -> float:
    """Return which part of the population answered; 0 when it is not known."""
    if population is None:
        return 0.0
    if n > population:
        raise ValueError(f"{n:g} people answered out of {population:g}; expected no more than there are.")
    return n / population if population else 0.0
