"""Time until something happens: durations, some not over yet, in; Kaplan and Meier's curve and its median out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_HAIR = 1e-9
"""How far above ½ a share still is ½: a product of shares is off by a hair."""


@dataclass(frozen=True)
class Waiting:
    """Kaplan and Meier's estimate of how long it takes.

    Parameters
    ----------
    n : int
        Cases, those that are not over yet included.
    followed : float
        Longest time that a case was followed; the curve says nothing about longer ones.
    times : array of float
        Times at which it happened in one case or more, from short to long.
    waiting : array of float
        Share, from 0 to 1, of cases in which it had not happened just after each time.
    low, high : array of float
        Ends of the pointwise interval of that share.
    at_risk : array of int
        Cases that were still followed just before each time.
    happened, censored : array of int
        Cases in which it happened at each time; cases that were followed no longer from this time on and before the
        next.
    median : float
        Shortest time after which it had happened in half of the cases; infinite when that was not reached.
    median_low, median_high : float
        Ends of its interval; infinite when they were not reached.
    """

    n: int
    followed: float
    times: Floats
    waiting: Floats
    low: Floats
    high: Floats
    at_risk: NDArray[np.int64]
    happened: NDArray[np.int64]
    censored: NDArray[np.int64]
    median: float
    median_low: float
    median_high: float

    def still(self, time: float) -> tuple[float, float, float]:
        """Return the share in which it had not happened after some time.

        Parameters
        ----------
        time : float
            In the unit of the durations.

        Returns
        -------
        tuple of float
            Share from 0 to 1, and the ends of its interval; not a number when no case was followed for so long, save
            when it had happened in all before: then nobody is left to wait for.
        """
        over = len(self.waiting) > 0 and self.waiting[-1] <= 0
        if time > self.followed and not over:
            return math.nan, math.nan, math.nan
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return 1.0, math.nan, math.nan
        return float(self.waiting[place]), float(self.low[place]), float(self.high[place])


def kaplan_meier(durations: ArrayLike, happened: ArrayLike, level: float = 0.95) -> Waiting:
    """Estimate how long it takes until something happens, when it did not happen yet in some cases.

    Parameters
    ----------
    durations : array_like
        Time that each case was followed: until it happened, or until nobody looked any more.
    happened : array_like of bool
        Whether it happened. False is not "never": it did not happen as long as the case was followed.
    level : float
        Level of confidence of the intervals.

    Returns
    -------
    Waiting
        The curve and its median.

    Raises
    ------
    ValueError
        When there is no case, or a duration is missing or negative.

    Notes
    -----
    S(t) = Π (1 − d/n) over the times up to t at which it happened, with d cases in which it happened and n cases still
    followed just before (Kaplan and Meier 1958), by statsmodels. The median is the first time at which S is ½ or less.
    Intervals from Greenwood's standard error s of S on the scale of log(−log S): S^exp(±z·s/(S·log S)); where S is 0
    there is none. The interval of the median goes from the first time at which the lower end of S is ½ or less to the
    first at which the upper end is (Brookmeyer and Crowley 1982).
    """
    from statsmodels.duration.survfunc import SurvfuncRight  # noqa: PLC0415 - slow to import, and few need it

    time = np.asarray(durations, dtype=np.float64)
    event = np.asarray(happened, dtype=bool)
    if not len(time) or not (time >= 0).all():
        raise ValueError(f"got {len(time)} durations, {int((~(time >= 0)).sum())} of them negative or missing; "
                         "expected at least one, and none below 0.")  # fmt: skip
    if not event.any():
        none = np.empty(0, dtype=np.float64)
        count = np.empty(0, dtype=np.int64)
        unknown = (math.inf, math.inf, math.inf)
        return Waiting(len(time), float(time.max()), none, none, none, none, count, count, count, *unknown)
    found = SurvfuncRight(time, event)
    times, share = np.asarray(found.surv_times, dtype=np.float64), np.asarray(found.surv_prob, dtype=np.float64)
    low, high = _ends(share, np.asarray(found.surv_prob_se, dtype=np.float64), level)
    gone = np.searchsorted(times, time[~event], side="right") - 1
    return Waiting(
        n=len(time), followed=float(time.max()), times=times, waiting=share, low=low,
        high=high, at_risk=np.asarray(found.n_risk, dtype=np.int64),
        happened=np.asarray(found.n_events, dtype=np.int64),
        censored=np.bincount(gone[gone >= 0], minlength=len(times)).astype(np.int64),
        median=_first(times, share <= 0.5 + _HAIR), median_low=_first(times, np.where(share > 0, low, 0) <= 0.5),
        median_high=_first(times, high <= 0.5),
    )  # fmt: skip


def _ends(share: Floats, error: Floats, level: float) -> tuple[Floats, Floats]:
    from scipy.stats import norm  # noqa: PLC0415 - as above

    z = float(norm.ppf((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.exp(z * error / (share * np.log(share)))
        low, high = share ** (1 / power), share**power
    known = (share > 0) & (share < 1)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _first(times: Floats, holds: NDArray[np.bool_]) -> float:
    return float(times[holds.argmax()]) if holds.any() else math.inf
