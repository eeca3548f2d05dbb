"""What change can be seen? Standard errors in; the smallest change that stands out of the noise out.

A change between two waves stands out when it is larger than chance alone often makes it. Who took part can only move
the figure of a whole area by as much as their share of it, so each of them must change by the rest of the factor.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike


def minimum_detectable(standard_error: float, level: float = 0.05, power: float = 0.80) -> float:
    """Return the smallest change between two waves that would most likely be noticed.

    Parameters
    ----------
    standard_error : float
        Of one wave, in any unit.
    level : float
        Chance of seeing a change that is not there, two-sided.
    power : float
        Chance of seeing a change that is.

    Returns
    -------
    float
        The minimum detectable change, in the unit of ``standard_error``.

    Raises
    ------
    ValueError
        When the standard error is negative.

    Notes
    -----
    (z(1 − level/2) + z(power)) · √2 · SE, with both quantiles of the normal distribution in two decimals, as textbooks
    print them: 1.96 + 0.84 = 2.80 (Bloom 1995, "Minimum detectable effects"; Cohen 1988, chapter 2).
    """
    if standard_error < 0:
        raise ValueError(f"standard error {standard_error:g} is negative; expected 0 or more.")
    quantile = NormalDist().inv_cdf
    return (round(quantile(1 - level / 2), 2) + round(quantile(power), 2)) * math.sqrt(2) * standard_error


def survey_se(p: float, n: float) -> float:
    """Return the standard error of a share in a survey.

    Parameters
    ----------
    p : float
        The share, from 0 to 1.
    n : float
        People who answered.

    Returns
    -------
    float
        Its standard error, as a share.

    Raises
    ------
    ValueError
        When p is no share, or nobody answered.

    Notes
    -----
    √(p(1 − p)/n) (Cochran 1977, §3.2). A share of 0 or 1 has no spread by this formula; it is then taken as if one of
    the n had answered otherwise.
    """
    if not 0 <= p <= 1 or n <= 0:
        raise ValueError(f"share {p:g} of {n:g} answers; expected a share from 0 to 1 of at least one answer.")
    inside = min(max(p, min(1 / n, 0.5)), max(1 - 1 / n, 0.5))
    return math.sqrt(inside * (1 - inside) / n)


def standard_error_of_change(changes: ArrayLike) -> float:
    """Return the standard error of one wave that shows in how areas without any reason to change did change.

    Parameters
    ----------
    changes : array_like
        Change between two waves, of one area each; missing ones are left out.

    Returns
    -------
    float
        In the unit of ``changes``; not a number for fewer than two of them.

    Notes
    -----
    s/√2, with s the standard deviation of the changes: the variance of a difference is that of both waves together.
    """
    known = np.asarray(changes, dtype=float)
    known = known[~np.isnan(known)]
    return float(known.std(ddof=1)) / math.sqrt(2) if known.size > 1 else math.nan


def needed_per_participant(change: float, reach: float) -> float:
    """Return how much each participant must change for the area to change.

    Parameters
    ----------
    change : float
        Of the area, in any unit.
    reach : float
        Participants as a share of those whom the figure is about, from 0 to 1.

    Returns
    -------
    float
        change/reach, in the unit of ``change``; infinite when nobody took part.

    Raises
    ------
    ValueError
        When the reach is no share.

    Notes
    -----
    The change of an area is the mean over everybody in it. When the others stay as they are it is reach times the
    change of a participant.
    """
    if not 0 <= reach <= 1:
        raise ValueError(f"reach {reach:g} is no share; expected 0 to 1, and not a percentage.")
    return change / reach if reach else math.inf
