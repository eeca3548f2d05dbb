"""Effects and a prior on how far they differ in; what is then believed of their mean and of a new one, out: no lots.

For effects with known standard errors everything is normal once τ is known, so one sum over τ is the exact answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
import scipy  # scipy.optimize and scipy.special are loaded when first used: bt check need not wait
from numpy.typing import ArrayLike

from bt_analysis.methods.pooling.effects import Array, Effects, checked

Prior = Literal["half_normal", "uniform"]
"""What is believed of τ beforehand; ``uniform``: any τ ≥ 0 alike."""

_PANELS, _NODES = 64, 16
_REACH = 1e8
_NOTHING = 1e-17


@dataclass(frozen=True, eq=False)
class Believed:
    """What is believed after seeing the effects.

    Parameters
    ----------
    prior, scale : str and float
        Prior of τ, and its scale in the unit of the effects (of ``uniform``: where it ends, or infinite).
    mean, sd, low, high : float
        Of the mean effect: middle interval.
    above_zero : float
        Chance that the mean effect is above 0.
    new_mean, new_sd, new_low, new_high : float
        The same of the true effect of a new one.
    new_above_zero : float
        Chance that the true effect of a new one is above 0. With two to four effects a wide prior leaves so much room
        that sd, and the mean of τ, are infinite; intervals never are.
    tau_mean, tau_median, tau_low, tau_high : float
        Of τ.
    effects : DataFrame
        One row is an effect, in the order given: mean, sd, low, high of what it truly is.
    """

    prior: Prior
    scale: float
    mean: float
    sd: float
    low: float
    high: float
    above_zero: float
    new_mean: float
    new_sd: float
    new_low: float
    new_high: float
    new_above_zero: float
    tau_mean: float
    tau_median: float
    tau_low: float
    tau_high: float
    effects: pd.DataFrame


def believe(
    effects: ArrayLike, variances: ArrayLike, prior: Prior = "half_normal", scale: float = math.inf,
    level: float = 0.95,
) -> Believed:  # fmt: skip
    """Put effects together by Bayes' rule, exactly, on a grid over τ.

    Parameters
    ----------
    effects : array_like
        Effects, all in one unit.
    variances : array_like
        Their sampling variances; above 0.
    prior : str
        ``half_normal`` or ``uniform``. Of the mean any value is alike beforehand.
    scale : float
        Scale of the first prior, in the unit of the effects; of ``uniform`` its end, infinite when not given.
    level : float
        Probability inside the intervals.

    Returns
    -------
    Believed
        Means and middle intervals.

    Raises
    ------
    ValueError
        When there is no such prior, its scale is wanting, or there are too few effects for it: an endless uniform prior
        needs three.

    Notes
    -----
    p(τ | y) ∝ prior(τ) · √V · Π(v + τ²)^−½ · exp(−½ Σ w (y − m)²), w = 1/(v + τ²), V = 1/Σw, m = V Σwy; given τ the
    mean is N(m, V) and a new one N(m, V + τ²) (Gelman et al., Bayesian Data Analysis, ch. 5). Summed by Gauss'
    rule over log τ.
    """
    given = checked(effects, variances)
    _right(given, prior, scale)
    tau, weight = _posterior(given, prior, scale)
    w = 1 / (given.v + tau[:, None] ** 2)
    variance = 1 / w.sum(axis=1)
    middle = variance * (w @ given.y)
    mean = _Mixture(middle, variance, weight)
    new = _Mixture(middle, variance + tau**2, weight)
    own = tau[:, None] ** 2 * w
    true = own * given.y + (1 - own) * middle[:, None]
    spread = own * given.v + (1 - own) ** 2 * variance[:, None]
    each = [_Mixture(true[:, place], spread[:, place], weight).told(level) for place in range(given.k)]
    of_tau = np.cumsum(weight)
    ends = [float(np.interp(share, of_tau - weight / 2, tau)) for share in ((1 - level) / 2, 0.5, (1 + level) / 2)]
    moments = _moments(given.k, prior, scale)
    told = [(one[0], one[1] if moments > 2 else math.inf, *one[2:]) for one in (mean.told(level), new.told(level))]
    return Believed(
        prior, scale, *told[0], mean.above_zero(), *told[1], new.above_zero(),
        float(weight @ tau) if moments > 1 else math.inf, ends[1], ends[0], ends[2],
        pd.DataFrame(each, columns=["mean", "sd", "low", "high"]),
    )  # fmt: skip


def density(given: Effects, tau: Array, prior: Prior, scale: float) -> Array:
    """Return the logarithm of how far each τ is believed, but for a constant.

    Parameters
    ----------
    given : Effects
        Checked effects without moderators.
    tau : ndarray
        Values ≥ 0.
    prior : str
        Prior of τ.
    scale : float
        Its scale.

    Returns
    -------
    ndarray
        One per τ.
    """
    w = 1 / (given.v + tau[:, None] ** 2)
    total = w.sum(axis=1)
    middle = (w @ given.y) / total
    squares = (w * (given.y - middle[:, None]) ** 2).sum(axis=1)
    likely: Array = 0.5 * (np.log(w).sum(axis=1) - np.log(total) - squares)
    return likely + _PRIORS[prior](tau, scale)


_PRIORS: dict[str, Callable[[Array, float], Array]] = {
    "half_normal": lambda tau, scale: -0.5 * (tau / scale) ** 2,
    "uniform": lambda tau, scale: np.where(tau <= scale, 0.0, -np.inf),
}


def _moments(k: int, prior: Prior, scale: float) -> float:
    """Return below which power the mean of τ to that power is finite: its belief falls as τ^−(k − 1) or faster."""
    return k - 2 if prior == "uniform" and math.isinf(scale) else math.inf


def _right(given: Effects, prior: str, scale: float) -> None:
    if prior not in get_args(Prior):
        raise ValueError(f"got prior {prior!r}; expected one of {', '.join(get_args(Prior))}.")
    if not scale > 0 or (math.isinf(scale) and prior != "uniform"):
        raise ValueError(f"got scale {scale} for prior {prior}; expected a size of τ in the unit of the effects.")
    if prior == "uniform" and math.isinf(scale) and given.k < 3:
        raise ValueError(f"got {given.k} effects; expected 3 for an endless uniform prior. Give its scale an end.")


def _posterior(given: Effects, prior: Prior, scale: float) -> tuple[Array, Array]:
    """Return nodes of τ and how far each is believed; together 1. What weighs nothing is left out."""
    sizes = [float(np.std(given.y)), float(np.sqrt(given.v.min())), float(np.sqrt(given.v.max())), scale]
    sizes = [one for one in sizes if 0 < one < math.inf]
    last = scale if prior == "uniform" and math.isfinite(scale) else _REACH * max(sizes)
    edges = np.linspace(math.log(min(sizes) / _REACH), math.log(last), _PANELS + 1)
    at, own = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    log_tau = (edges[:-1, None] + half * (at + 1)).ravel()
    log = density(given, np.exp(log_tau), prior, scale) + np.log((half * own).ravel()) + log_tau
    weight = np.exp(log - log.max())
    kept = weight > _NOTHING
    return np.exp(log_tau[kept]), weight[kept] / weight[kept].sum()


@dataclass(frozen=True, eq=False)
class _Mixture:
    """Normal distributions, one per τ, that are believed with weights."""

    mean: Array
    variance: Array
    weight: Array

    def below(self, value: float) -> float:
        return float(self.weight @ scipy.special.ndtr((value - self.mean) / np.sqrt(self.variance)))

    def above_zero(self) -> float:
        return 1 - self.below(0.0)

    def told(self, level: float) -> tuple[float, float, float, float]:
        """Return mean, standard deviation and the ends of the middle interval."""
        centre = float(self.weight @ self.mean)
        sd = math.sqrt(float(self.weight @ (self.variance + (self.mean - centre) ** 2)))
        return centre, sd, self._quantile((1 - level) / 2, centre, sd), self._quantile((1 + level) / 2, centre, sd)

    def _quantile(self, share: float, centre: float, sd: float) -> float:
        reach = 4.0
        while self.below(centre - reach * sd) > share or self.below(centre + reach * sd) < share:
            reach *= 2
        return float(
            scipy.optimize.brentq(
                lambda one: self.below(one) - share, centre - reach * sd, centre + reach * sd, rtol=1e-10
            )
        )
