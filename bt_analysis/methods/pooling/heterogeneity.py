"""Effects in; how far the true effects differ, τ², by four methods, and its interval, out."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
import scipy  # scipy.optimize and scipy.stats are loaded when first used: bt check need not wait

from bt_analysis.methods.pooling.effects import Array, Effects, Fit

Method = Literal["DL", "PM", "ML", "REML"]
"""DerSimonian–Laird, Paule–Mandel, maximum likelihood, restricted maximum likelihood."""

_GRID = 80
_HAIR = 1e-12


def tau2(effects: Effects, method: Method = "REML") -> float:
    """Estimate the variance between the true effects.

    Parameters
    ----------
    effects : Effects
        Checked effects.
    method : str
        ``DL``, ``PM``, ``ML`` or ``REML``.

    Returns
    -------
    float
        τ² ≥ 0, in the unit of the effects squared; 0 when the effects differ no more than chance makes them.

    Raises
    ------
    ValueError
        When there is no such method.

    Notes
    -----
    DL: (Q − (k − p)) / tr P with weights 1/v. PM: the τ² at which Q(τ²) = k − p. ML and REML: the largest likelihood
    over all τ² ≥ 0, looked for on a grid first, since it may have several tops.
    """
    if method not in get_args(Method):
        raise ValueError(f"got method {method!r}; expected one of {', '.join(get_args(Method))}.")
    if method == "DL":
        fit = Fit(effects, 0.0)
        return max(0.0, (fit.q - effects.df) / fit.trace)
    if method == "PM":
        return _where(effects, effects.df)
    return _likeliest(effects, restricted=method == "REML")


def standard_error(effects: Effects, at: float, method: Method = "REML") -> float:
    """Return the standard error of τ².

    Parameters
    ----------
    effects : Effects
        Checked effects.
    at : float
        The estimate.
    method : str
        How it was made.

    Returns
    -------
    float
        From the expected information; of little worth near 0, where :func:`profile` is to be used.

    Notes
    -----
    REML √(2 / tr PP); ML √(2 / Σw²); PM √(2k² / (k − p)) / Σw; DL from the variance of Q (Viechtbauer 2005).
    """
    fit, none = Fit(effects, at), Fit(effects, 0.0)
    if method == "REML":
        return math.sqrt(2 / fit.trace_squared)
    if method == "ML":
        return math.sqrt(2 / float((fit.weights**2).sum()))
    if method == "PM":
        return math.sqrt(2 * effects.k**2 / effects.df) / float(fit.weights.sum())
    return math.sqrt(2 * effects.df + 4 * at * none.trace + 2 * at**2 * none.trace_squared) / none.trace


def profile(effects: Effects, level: float = 0.95) -> tuple[float, float]:
    """Return the Q-profile interval of τ².

    Parameters
    ----------
    effects : Effects
        Checked effects.
    level : float
        Level of confidence.

    Returns
    -------
    tuple of float
        The two τ² at which Q(τ²) is a quantile of χ² with k − p degrees of freedom. (0, 0) when the effects lie closer
        together than chance allows: then no τ² fits.

    Notes
    -----
    Q(τ²) = Σ (y − Xβ)² / (v + τ²) falls as τ² grows (Viechtbauer 2007).
    """
    upper, lower = (float(scipy.stats.chi2.ppf(share, effects.df)) for share in ((1 + level) / 2, (1 - level) / 2))
    return _where(effects, upper), _where(effects, lower)


def typical_variance(effects: Effects) -> float:
    """Return the sampling variance that τ² is set beside in I² and H².

    Parameters
    ----------
    effects : Effects
        Checked effects.

    Returns
    -------
    float
        (k − p) / tr P with weights 1/v (Higgins and Thompson 2002; with moderators, metafor).
    """
    return effects.df / Fit(effects, 0.0).trace


def log_likelihood(effects: Effects, at: float, *, restricted: bool) -> float:
    """Return the logarithm of the likelihood of τ².

    Parameters
    ----------
    effects : Effects
        Checked effects.
    at : float
        τ².
    restricted : bool
        Of the effects freed from their means (REML), or of the effects (ML).

    Returns
    -------
    float
        With all constants: comparable with what metafor prints.
    """
    free = effects.df if restricted else effects.k
    value = float(_minus(effects, np.array([at]), restricted=restricted)[0])
    own = 0.5 * float(np.linalg.slogdet(effects.x.T @ effects.x)[1]) if restricted else 0.0
    return own - value - 0.5 * free * math.log(2 * math.pi)


def _minus(effects: Effects, at: Array, *, restricted: bool) -> Array:
    """Return minus the log likelihood without constants at many τ² at once."""
    y, x = effects.y, effects.x
    w = 1 / (effects.v[None, :] + at[:, None])
    inner = np.einsum("gk,kp,kq->gpq", w, x, x, optimize=True)
    beta = np.linalg.solve(inner, ((w * y) @ x)[:, :, None])[:, :, 0]
    squares = (w * (y - beta @ x.T) ** 2).sum(axis=1)
    value: Array = 0.5 * (squares - np.log(w).sum(axis=1))
    return value + 0.5 * np.linalg.slogdet(inner)[1] if restricted else value


def _likeliest(effects: Effects, *, restricted: bool) -> float:
    left = effects.y - effects.x @ np.linalg.lstsq(effects.x, effects.y, rcond=None)[0]
    spread = float(np.ptp(left))
    # So close together that no variance is likelier than none, or so that only rounding keeps them apart.
    if spread <= _HAIR * float(np.abs(effects.y).max()) or spread**2 <= _HAIR * float(effects.v.min()):
        return 0.0
    highest = 4 * effects.k / effects.df * spread**2
    grid = np.r_[0.0, np.geomspace(1e-7 * highest, highest, _GRID)]
    values = _minus(effects, grid, restricted=restricted)
    best = int(values.argmin())
    ends = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = scipy.optimize.minimize_scalar(
        lambda one: float(_minus(effects, np.array([one]), restricted=restricted)[0]),
        bounds=ends, method="bounded", options={"xatol": 1e-10 * ends[1]},
    )  # fmt: skip
    # A search halts a hair above 0 when 0 is best; what explains that hair would then explain 100% of it.
    return 0.0 if values[0] <= found.fun or found.x <= _HAIR * float(effects.v.min()) else float(found.x)


def _where(effects: Effects, target: float) -> float:
    """Return the τ² at which Q(τ²) is a number; 0 when it is smaller everywhere."""

    def beyond(at: float) -> float:
        return Fit(effects, at).q - target

    if beyond(0.0) <= 0:
        return 0.0
    high = float(effects.v.mean())
    while beyond(high) > 0:
        high *= 4
    return float(scipy.optimize.brentq(beyond, 0.0, high, xtol=1e-14 * high, rtol=1e-13))
