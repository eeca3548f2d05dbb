"""Calibration: raw figures in, how far each case belongs to a set (0 … 1) out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import scipy  # scipy.special is loaded when first used: a third of a second that few commands need
from numpy.typing import ArrayLike, NDArray

CERTAIN = 0.95
"""Membership at the anchor of inclusion; log(.95/.05) = log(19)."""

SKEWED = 0.2
"""With fewer than this share of cases inside a set, or outside it, the set is skewed."""


def calibrate(
    raw: ArrayLike, exclusion: float, crossover: float, inclusion: float, certain: float = CERTAIN
) -> NDArray[np.float64]:
    """Turn raw figures into membership of a fuzzy set, by the direct method.

    Parameters
    ----------
    raw : array_like
        One figure per case; a missing one stays missing.
    exclusion, crossover, inclusion : float
        Figures at which a case is out (membership .05), neither in nor out (.5), and in (.95). In a set of cases with
        little of something they descend: exclusion 15, crossover 9.5, inclusion 5.
    certain : float
        Membership at inclusion.

    Returns
    -------
    ndarray
        Membership per case.

    Raises
    ------
    ValueError
        When the anchors neither rise nor fall, or ``certain`` is not between .5 and 1.

    Notes
    -----
    m = 1 / (1 + exp(−log(19) · (x − c) / d)), with d = i − c on the side of inclusion and c − e on the other
    (Ragin 2008, Redesigning Social Inquiry, ch. 5; the logistic form of Duşa).
    """
    if not (exclusion < crossover < inclusion or exclusion > crossover > inclusion):
        raise ValueError(
            f"got anchors {exclusion}, {crossover}, {inclusion}; expected exclusion, crossover and inclusion that all "
            "rise or all fall. Put the crossover between the other two."
        )
    if not 0.5 < certain < 1:
        raise ValueError(f"got certain = {certain}; expected more than 0.5 and less than 1.")
    x = np.asarray(raw, dtype=float)
    towards = math.copysign(1, inclusion - crossover) * (x - crossover) >= 0
    distance = np.where(towards, inclusion - crossover, crossover - exclusion)
    return np.asarray(scipy.special.expit(math.log(certain / (1 - certain)) * (x - crossover) / distance))


def crisp(raw: ArrayLike, *thresholds: float) -> NDArray[np.int64]:
    """Turn raw figures into levels: below the first threshold 0, from it on 1, from the second on 2, and so on.

    Parameters
    ----------
    raw : array_like
        One figure per case.
    *thresholds : float
        At least one; a case at a threshold is above it.

    Returns
    -------
    ndarray
        A level per case; with one threshold 0 or 1.

    Raises
    ------
    ValueError
        When there is no threshold or no case, a figure is missing, or a threshold leaves no case on one side.
    """
    x = np.asarray(raw, dtype=float)
    if not thresholds or not len(x) or np.isnan(x).any():
        raise ValueError(
            f"got {len(thresholds)} thresholds and {len(x)} cases, with {int(np.isnan(x).sum())} missing figures; "
            "expected at least one threshold, and a figure for every case. Leave out cases without a figure."
        )
    outside = [one for one in thresholds if not x.min() <= one <= x.max()]
    if outside:
        raise ValueError(f"got threshold {outside[0]}; expected one between {x.min()} and {x.max()}, as the cases are.")
    return np.searchsorted(np.sort(thresholds), x, side="right").astype(np.int64)


def skewness(data: pd.DataFrame) -> pd.DataFrame:
    """Tell how many cases are in each set, and which sets nearly all cases or nearly none are in.

    Parameters
    ----------
    data : DataFrame
        One row per case, one column per set, 0 … 1.

    Returns
    -------
    DataFrame
        One row per set: set, in_n (membership above .5), cases_n, in_share, skewed.

    Notes
    -----
    A set is skewed when fewer than 20% of cases are inside it, or outside it (Schneider & Wagemann 2012).
    """
    inside, cases = (data > 0.5).sum(), data.notna().sum()
    share = inside / cases
    return pd.DataFrame(
        {
            "set": data.columns,
            "in_n": inside.to_numpy(),
            "cases_n": cases.to_numpy(),
            "in_share": share.to_numpy(),
            "skewed": ((share < SKEWED) | (share > 1 - SKEWED)).to_numpy(),
        }
    )
