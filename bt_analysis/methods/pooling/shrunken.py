"""Effects in; what each most likely truly is, given all others, out; and what becomes of it when one is left out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy  # scipy.stats is loaded when first used: bt check need not wait
from numpy.typing import ArrayLike

from bt_analysis.methods.pooling.effects import Array, Effects, Fit, checked
from bt_analysis.methods.pooling.heterogeneity import Method, tau2
from bt_analysis.methods.pooling.pooled import critical

_ROUNDS = 200
_STILL = 1e-12
_AT_ONCE = 1_000
"""Effects of which each is left out in one go; memory is this many times the number of effects."""


def shrunken(
    effects: ArrayLike, variances: ArrayLike, method: Method = "REML", level: float = 0.95
) -> pd.DataFrame:  # fmt: skip
    """Return the best guess of each true effect.

    Parameters
    ----------
    effects : array_like
        Effects, all in one unit.
    variances : array_like
        Their sampling variances; above 0.
    method : str
        How τ² is estimated.
    level : float
        Level of confidence.

    Returns
    -------
    DataFrame
        One row is an effect, in the order given: value, se, low, high and ``own_weight``, the part of the guess that
        is its own figure; the rest is the mean of all.

    Raises
    ------
    ValueError
        When there are fewer than two effects, or they cannot be used.

    Notes
    -----
    λ = τ²/(v + τ²); guess λy + (1 − λ)μ with variance λv + (1 − λ)²·se(μ)², and a normal interval (empirical Bayes:
    Raudenbush and Bryk 1985). That τ² was estimated is not in the interval; :mod:`.bayes` has it.
    """
    given = checked(effects, variances)
    fit = Fit(given, tau2(given, method))
    own = fit.tau2 / (given.v + fit.tau2)
    value = own * given.y + (1 - own) * float(fit.beta[0])
    se = np.sqrt(own * given.v + (1 - own) ** 2 * float(fit.cov[0, 0]))
    half = critical(np.inf, level) * se
    return pd.DataFrame({"value": value, "se": se, "low": value - half, "high": value + half, "own_weight": own})


def one_left_out(effects: ArrayLike, variances: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Put effects together again and again by REML, leaving one out each time.

    Parameters
    ----------
    effects : array_like
        At least three effects, all in one unit.
    variances : array_like
        Their sampling variances; above 0.
    level : float
        Level of confidence.

    Returns
    -------
    DataFrame
        One row is the effect left out, in the order given: value, low, high and p (Hartung and Knapp, factor not below
        1), new_low and new_high (prediction interval with t, k − 1 of those left), and tau2.

    Raises
    ------
    ValueError
        When there are fewer than three effects, or they cannot be used.

    Notes
    -----
    Many rows are fitted together: with hundreds of effects one after another takes seconds. Not all of thousands are:
    a table of effects beside effects would grow with their square.
    """
    given = checked(effects, variances)
    if given.k < 3:
        raise ValueError(f"got {given.k} effects; expected at least 3 to leave one out. Show them side by side.")
    parts = np.array_split(np.arange(given.k), -(-given.k // _AT_ONCE))
    return pd.concat([_without_each(given, places, level) for places in parts], ignore_index=True)


def _without_each(given: Effects, places: npt.NDArray[np.intp], level: float) -> pd.DataFrame:
    """Put effects together without each of some of them."""
    y, v, k = given.y, given.v, given.k
    present = places[:, None] != np.arange(k)
    left = _without_one(given, places)
    w = present / (v[None, :] + left[:, None])
    total = w.sum(axis=1)
    mean = w @ y / total
    factor = np.maximum(1.0, (w * (y[None, :] - mean[:, None]) ** 2).sum(axis=1) / (k - 2))
    se2 = factor / total
    c = critical(k - 2, level)
    half, new = c * np.sqrt(se2), c * np.sqrt(se2 + left)
    return pd.DataFrame(
        {
            "value": mean, "low": mean - half, "high": mean + half,
            "p": 2 * scipy.stats.t.sf(np.abs(mean) / np.sqrt(se2), k - 2),
            "new_low": mean - new, "new_high": mean + new, "tau2": left,
        }
    )  # fmt: skip


def _without_one(given: Effects, places: npt.NDArray[np.intp]) -> Array:
    """Return REML's τ² without each of some effects, by Fisher scoring from that of all; where that halts, a search."""
    y, v = given.y, given.v
    present = places[:, None] != np.arange(given.k)
    at: Array = np.full(len(places), tau2(given))
    for _ in range(_ROUNDS):
        w = present / (v[None, :] + at[:, None])
        one, two, three = ((w**power).sum(axis=1) for power in (1, 2, 3))
        mean = w @ y / one
        squares = (w**2 * (y[None, :] - mean[:, None]) ** 2).sum(axis=1)
        information = two - 2 * three / one + (two / one) ** 2
        following = np.maximum(0.0, at + (squares - (one - two / one)) / information)
        moved, at = np.abs(following - at), following
        if (moved <= _STILL * (v.mean() + at)).all():
            break
    for row in np.flatnonzero(moved > _STILL * (v.mean() + at)):
        at[row] = tau2(given.without(int(places[row])))
    return at
