"""Agreement of people who code the same things: their codes in; how often they agree, and beyond chance, out.

Where everybody gave everything the same one code, agreement beyond chance does not exist: that is said, not computed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bt_analysis.methods.intervals import wilson

ONE_CODE = "one_code"
"""Everything got the same code, so nothing tells agreement from habit."""
NOTHING_TWICE = "nothing_twice"
"""Nothing was coded by two people."""

_HAIR = 1e-9
"""Half of an interval below which there is none: it is a sum of rounding errors."""


@dataclass(frozen=True)
class Agreement:
    """How far coders agree, with how sure that is.

    Parameters
    ----------
    n : int
        Things that two coders or more gave a code.
    value : float
        From 0 (no more than by chance) to 1; below 0 is less than by chance. Not a number when it does not exist.
    low, high : float
        Ends of its interval; not a number when it does not exist.
    undefined : str
        Why it does not exist: ``one_code``, ``nothing_twice``, or empty when it does.
    """

    n: int
    value: float
    low: float
    high: float
    undefined: str = ""


def percent(codes: pd.DataFrame) -> Agreement:
    """Return the share of things on which all who coded them agree.

    Parameters
    ----------
    codes : DataFrame
        One row per thing, one column per coder; missing where a coder gave no code.

    Returns
    -------
    Agreement
        Share from 0 to 1, with Wilson's interval. Not corrected for chance: with few codes it is high of itself.
    """
    twice = _twice(codes)
    if twice.empty:
        return Agreement(0, math.nan, math.nan, math.nan, NOTHING_TWICE)
    same = int(twice.nunique(axis="columns").eq(1).sum())
    low, high = wilson([same], [len(twice)])
    return Agreement(len(twice), same / len(twice), float(low[0]), float(high[0]))


def cohen_kappa(first: pd.Series, second: pd.Series, level: float = 0.95) -> Agreement:
    """Return Cohen's kappa of two coders.

    Parameters
    ----------
    first, second : Series
        Codes of the same things, in the same order; a thing without both is left out.
    level : float
        Level of confidence.

    Returns
    -------
    Agreement
        Undefined when both gave everything one and the same code: chance alone would then agree always.

    Notes
    -----
    κ = (p − e) / (1 − e), with p the share on which both agree and e the share on which they would by chance, from how
    often each uses a code (Cohen 1960), by scikit-learn. Interval: κ ± z·s with the standard error of Fleiss, Cohen and
    Everitt (1969), by statsmodels, within −1 and 1. Who agree on everything have no such error, nor has a coder who
    gave everything one code: then the ends are the κ at the ends of Wilson's interval of p.
    """
    from scipy.stats import norm  # noqa: PLC0415 - these take a second, and few need them
    from sklearn.metrics import cohen_kappa_score, confusion_matrix  # noqa: PLC0415
    from statsmodels.stats.inter_rater import cohens_kappa  # noqa: PLC0415

    numbers = _numbered(pd.DataFrame({"first": first.to_numpy(), "second": second.to_numpy()}).dropna())
    n = len(numbers)
    if not n:
        return Agreement(0, math.nan, math.nan, math.nan, NOTHING_TWICE)
    if len(np.unique(numbers)) < 2:
        return Agreement(n, math.nan, math.nan, math.nan, ONE_CODE)
    value = float(cohen_kappa_score(numbers[:, 0], numbers[:, 1]))
    table = confusion_matrix(numbers[:, 0], numbers[:, 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        error = float(norm.ppf((1 + level) / 2)) * float(cohens_kappa(table).std_kappa)
    if error > _HAIR:
        return Agreement(n, value, max(-1.0, value - error), min(1.0, value + error))
    chance = float((table.sum(axis=0) * table.sum(axis=1)).sum()) / n**2
    return Agreement(n, value, *_ends(int(np.trace(table)), n, chance))


def krippendorff_alpha(
    codes: pd.DataFrame, draws: int = 500, seed: int = 1, level: float = 0.95
) -> Agreement:  # fmt: skip
    """Return Krippendorff's alpha of any number of coders, for codes without an order.

    Parameters
    ----------
    codes : DataFrame
        One row per thing, one column per coder; missing where a coder gave no code.
    draws, seed : int
        Times that things are drawn again for the interval, and the seed of it.
    level : float
        Level of confidence.

    Returns
    -------
    Agreement
        n counts the things coded twice or more; only those tell of agreement.

    Notes
    -----
    α = 1 − D/E, with D the disagreement seen and E that by chance, nominal (Krippendorff 2004), by ``krippendorff``.
    The interval is from the bootstrap over things: the middle ``level`` of the draws in which α exists. Where all agree
    on everything every draw gives 1: then the lower end is the α at the lower end of Wilson's interval of the share.
    """
    import krippendorff  # noqa: PLC0415 - few need it

    numbers = _numbered(_twice(codes))
    n = len(numbers)
    if not n:
        return Agreement(0, math.nan, math.nan, math.nan, NOTHING_TWICE)

    def alpha(rows: np.ndarray) -> float:
        drawn = numbers[rows]
        if len(np.unique(drawn[~np.isnan(drawn)])) < 2:
            return math.nan
        return float(krippendorff.alpha(reliability_data=drawn.T, level_of_measurement="nominal"))

    value = alpha(np.arange(n))
    if math.isnan(value):
        return Agreement(n, math.nan, math.nan, math.nan, ONE_CODE)
    if value == 1.0:
        used = np.unique(numbers[~np.isnan(numbers)], return_counts=True)[1]
        return Agreement(n, value, *_ends(n, n, float((used**2).sum() / used.sum() ** 2)))
    drawn = np.random.default_rng(seed).integers(0, n, size=(draws, n))
    low, high = np.nanquantile([alpha(rows) for rows in drawn], [(1 - level) / 2, (1 + level) / 2])
    return Agreement(n, value, float(low), float(high))


def _ends(same: int, n: int, chance: float) -> tuple[float, float]:
    """Return the agreement beyond chance at the ends of the interval of the share of n things with the same codes."""
    low, high = wilson([same], [n])
    return max(-1.0, (float(low[0]) - chance) / (1 - chance)), min(1.0, (float(high[0]) - chance) / (1 - chance))


def _twice(codes: pd.DataFrame) -> pd.DataFrame:
    return codes[codes.notna().sum(axis="columns").ge(2)]


def _numbered(codes: pd.DataFrame) -> np.ndarray:
    """Give each code a number; not a number where there is none."""
    flat = pd.Series(codes.to_numpy(dtype=object).ravel(), dtype=object)
    places, _ = pd.factorize(flat, sort=False)
    numbers = np.where(places < 0, np.nan, places).astype(np.float64)
    return numbers.reshape(codes.shape)
