"""Rates of small areas: counts in, rates with less chance in them out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def empirical_bayes(events: ArrayLike, base: ArrayLike, family: Literal["poisson", "binomial"] = "poisson") -> Floats:
    """Smooth rates towards the rate of all areas together: the fewer people, the more.

    Parameters
    ----------
    events : array_like
        Count above the line in each area.
    base : array_like
        Count below the line, above 0.
    family : str
        ``poisson`` for rare events; ``binomial`` for shares of any size.

    Returns
    -------
    array of float
        Smoothed rates, as fractions.

    Raises
    ------
    ValueError
        When a base is 0 or less, or events are negative.

    Notes
    -----
    m = Σe/Σb; s² = Σ b(r − m)²/Σb − v/b̄ with v = m (poisson) or m(1 − m) (binomial), and 0 when that is negative;
    rate = m + (r − m) · s²/(s² + v/b). Marshall, Applied Statistics 40 (1991); equals ``EBest`` of R's spdep.
    """
    e, b = np.asarray(events, dtype=float), np.asarray(base, dtype=float)
    wrong = ~((b > 0) & (e >= 0))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"area {at} has {e[at]} of {b[at]}; expected 0 or more of more than 0. Leave the area out.")
    mean, rate = e.sum() / b.sum(), e / b
    chance = mean if family == "poisson" else mean * (1 - mean)
    between = max(0.0, float((b * (rate - mean) ** 2).sum() / b.sum() - chance / b.mean()))
    if between == 0:
        return np.full(len(e), mean)
    return np.asarray(mean + (rate - mean) * between / (between + chance / b))


def standardised_rates(events: ArrayLike, base: ArrayLike) -> Floats:
    """Standardise rates by how uncertain each is, for a Moran's I that is not about numbers of people.

    Parameters
    ----------
    events, base : array_like
        As in :func:`empirical_bayes`.

    Returns
    -------
    array of float
        Standard scores.

    Notes
    -----
    (r − m)/√v with v = s² + m/b, and m/b where that is negative (Assunção and Reis, Statistics in Medicine 18, 1999).
    """
    from esda.moran import assuncao_rate  # noqa: PLC0415 - takes a second, and bt check needs none of it

    return np.asarray(assuncao_rate(np.asarray(events, dtype=float), np.asarray(base, dtype=float)), dtype=float)
