"""Means and totals of a sample drawn by lot: values of those drawn in, an estimate for all with its error out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Estimate(NamedTuple):
    """A figure of a whole population.

    Parameters
    ----------
    value : float
        The estimate.
    se : float
        Its standard error; not a number when too few were drawn to tell.
    """

    value: float
    se: float


def mean(values: ArrayLike, population: float | None = None) -> Estimate:
    """Estimate the mean of a population from a simple random sample.

    Parameters
    ----------
    values : array_like
        One per unit drawn.
    population : float, optional
        Units in all; not given: many more than were drawn.

    Returns
    -------
    Estimate
        In the unit of the values.

    Raises
    ------
    ValueError
        When more were drawn than there are, or none were.

    Notes
    -----
    mean ± √((1 − n/N) · s²/n), s² with n − 1 (Cochran 1977, §2.6). Without N the factor 1 − n/N is 1.
    """
    drawn = _drawn(values, population)
    left = 1.0 if population is None else 1 - drawn.size / population
    return Estimate(float(drawn.mean()), math.sqrt(left * _variance(drawn) / drawn.size))


def stratified_mean(values: ArrayLike, strata: ArrayLike, sizes: Mapping[str, float]) -> Estimate:
    """Estimate the mean of a population from simple random samples of its strata.

    Parameters
    ----------
    values : array_like
        One per unit drawn.
    strata : array_like
        Stratum of each.
    sizes : mapping of str to float
        Units in each stratum of the population.

    Returns
    -------
    Estimate
        In the unit of the values.

    Raises
    ------
    ValueError
        When strata were drawn from that have no size or the other way round, or more were drawn than there are.

    Notes
    -----
    Σ N(h)/N · mean(h), with variance Σ (N(h)/N)² · (1 − n(h)/N(h)) · s²(h)/n(h) (Cochran 1977, §5.3).
    """
    whole = stratified_total(values, strata, sizes)
    population = sum(sizes.values())
    return Estimate(whole.value / population, whole.se / population)


def stratified_total(values: ArrayLike, strata: ArrayLike, sizes: Mapping[str, float]) -> Estimate:
    """Estimate the sum over a population from simple random samples of its strata.

    Parameters
    ----------
    values : array_like
        One per unit drawn.
    strata : array_like
        Stratum of each.
    sizes : mapping of str to float
        Units in each stratum of the population.

    Returns
    -------
    Estimate
        In the unit of the values, added up.

    Raises
    ------
    ValueError
        When strata were drawn from that have no size or the other way round, or more were drawn than there are.

    Notes
    -----
    Σ N(h) · mean(h), with variance Σ N(h)² · (1 − n(h)/N(h)) · s²(h)/n(h) (Cochran 1977, §5.3).
    """
    drawn, of = np.asarray(values, dtype=float), np.asarray(strata).astype(str)
    if set(of) != set(sizes):
        differ = ", ".join(sorted(set(of) ^ set(sizes)))
        raise ValueError(f"strata {differ} are only in the sample or only in the sizes; expected each in both.")
    parts = [(size, mean(drawn[of == stratum], size)) for stratum, size in sizes.items()]
    return Estimate(
        sum(size * part.value for size, part in parts), math.sqrt(sum((size * part.se) ** 2 for size, part in parts))
    )


def _drawn(values: ArrayLike, population: float | None) -> NDArray[np.float64]:
    drawn = np.asarray(values, dtype=float)
    if drawn.size == 0 or (population is not None and drawn.size > population):
        raise ValueError(f"{drawn.size} units were drawn of {population}; expected at least 1, and no more than all.")
    return drawn


def _variance(drawn: NDArray[np.float64]) -> float:
    return float(drawn.var(ddof=1)) if drawn.size > 1 else math.nan
