"""Effects of one family in; what they show together, as far as their number allows, out.

Fewer than five: side by side. Five to nine: points, their range, and what leaving one out does. From ten on they are
put together, and what the next neighbourhood would see comes first.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pandas as pd

from bt_analysis.analysis.learning.poolable import LEVEL
from bt_analysis.analysis.learning.pooled_model import TWO, Model, model
from bt_analysis.methods.pooling import measures
from bt_analysis.methods.pooling.bayes import believe
from bt_analysis.methods.pooling.moderators import small_studies
from bt_analysis.methods.pooling.pooled import excludes_zero
from bt_analysis.settings import LearningSettings

BESIDE, POINTS, POOLED = "naast_elkaar", "punten", "samen"
"""What is done with effects, by how many collectives there are."""

UNKNOWN, ALSO_NEW, ON_AVERAGE = "onbekend", "ook_nieuw", "gemiddeld"
"""What a pooled change comes to: not to be seen; in a new neighbourhood as well; on average, but not everywhere."""

UP, DOWN, MIXED = "alle_hoger", "alle_lager", "wisselend"
"""What points without a pooled claim have in common."""

RANGE, NEW, MEAN, TAU, I2, CHANCE = "bereik", "nieuw", "gemiddelde", "tau", "i2", "kans_nieuw_hoger"
"""Names of figures of a family."""

Three = tuple[float, float, float]
Ends = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Together:
    """What the effects of one family show together.

    Parameters
    ----------
    rows : DataFrame
        Effects in order of collectives, with ``shrunken``, ``shrunken_low``, ``shrunken_high`` (missing when they are
        not put together), ``flips`` (without this collective the conclusion is another) and ``exception``.
    stage : str
        ``naast_elkaar``, ``punten`` or ``samen``.
    collectives_n : int
        Collectives with an effect.
    figures : dict of str to tuple
        Name → value, lower end, upper end: in the unit of the reader.
    levels : str
        As of :class:`.pooled_model.Model`.
    clusters_n : int
        Collectives or gemeenten; with two levels, effects.
    p : float
        Of no change on average; missing when nothing was tested.
    signs : str
        What the points have in common, of 5 to 9 collectives.
    lopsided_p : float
        Whether small measurements tell something else than large ones; missing when that cannot be tested,
        as of shares.
    without : DataFrame
        A row per collective that is left out, as index: low, high, p, new_low and new_high. Empty when nothing was
        tested.
    """

    rows: pd.DataFrame
    stage: str
    collectives_n: int
    figures: dict[str, Three] = field(default_factory=dict)
    levels: str = TWO
    clusters_n: int = 0
    p: float = math.nan
    signs: str = ""
    lopsided_p: float = math.nan
    without: pd.DataFrame = field(default_factory=pd.DataFrame)

    def conclusion(self, adjusted_p: float, level: float) -> str:
        """Say in a word what a pooled change comes to.

        Parameters
        ----------
        adjusted_p : float
            p, corrected for all families of the report.
        level : float
            Share of reports without any change that may be called changed.

        Returns
        -------
        str
            ``ook_nieuw`` when the prediction interval leaves 0 out as well, ``gemiddeld`` when only the mean does,
            ``onbekend`` otherwise: never that there is no effect. Empty of what is no pooled change.
        """
        if math.isnan(self.p):
            return ""
        return _comes_to(adjusted_p, self.figures[MEAN][1:], self.figures[NEW][1:], level)[0]

    def flipping(self, adjusted_p: float, without: pd.Series, level: float) -> Together:
        """Tell which collectives decide by themselves what a pooled change comes to.

        Parameters
        ----------
        adjusted_p : float
            p, corrected for all families of the report.
        without : Series
            The same in a report without a collective, per collective.
        level : float
            As of :meth:`conclusion`.

        Returns
        -------
        Together
            With ``flips`` of its rows: without this collective the conclusion, or its direction, is another.
        """
        if self.without.empty:
            return self
        whole = _comes_to(adjusted_p, self.figures[MEAN][1:], self.figures[NEW][1:], level)
        other = [
            str(name)
            for name, one in self.without.iterrows()
            if _comes_to(float(without[str(name)]), (one["low"], one["high"]), (one["new_low"], one["new_high"]), level)
            != whole
        ]
        return replace(self, rows=self.rows.assign(flips=self.rows["collective_id"].isin(other)))


def _comes_to(p: float, mean: Ends, new: Ends, level: float) -> tuple[str, int]:
    """Return the conclusion and on which side of 0 it lies."""
    if not (p <= level and excludes_zero(mean)):
        return UNKNOWN, 0
    return ALSO_NEW if excludes_zero(new) else ON_AVERAGE, _side(*mean)


def stage(collectives_n: int, learning: LearningSettings) -> str:
    """Say what may be done with so many collectives.

    Parameters
    ----------
    collectives_n : int
        Collectives with an effect.
    learning : LearningSettings
        ``side_by_side_below`` and ``pooled_from``.

    Returns
    -------
    str
        ``naast_elkaar``, ``punten`` or ``samen``.
    """
    if collectives_n < learning.side_by_side_below:
        return BESIDE
    return POINTS if collectives_n < learning.pooled_from else POOLED


def put(family: pd.DataFrame, learning: LearningSettings) -> Together:
    """Put the effects of one family together, as far as their number allows.

    Parameters
    ----------
    family : DataFrame
        Effects of one kind, indicator, unit and population, as :func:`.poolable.effects` gives them.
    learning : LearningSettings
        From how many collectives on what is done.

    Returns
    -------
    Together
        Points, or what they are together.
    """
    rows = family.sort_values(["collective_id", "group_type"], ignore_index=True)
    rows = rows.assign(shrunken=math.nan, shrunken_low=math.nan, shrunken_high=math.nan, flips=False, exception=False)
    values, n = rows["value"].astype(float), int(rows["collective_id"].nunique())
    beside: dict[str, Three] = {RANGE: (float(values.median()), float(values.min()), float(values.max()))}
    done = stage(n, learning)
    if done == POOLED:
        return _pooled(rows, n, beside, learning)
    if done == BESIDE or _is_level(rows):
        return Together(rows, done, n, beside)
    whole = _signs(values)
    without = {name: _signs(values[rows["collective_id"].ne(name)]) for name in rows["collective_id"].unique()}
    return Together(rows.assign(flips=rows["collective_id"].map(without).ne(whole)), done, n, beside, signs=whole)


def _is_level(rows: pd.DataFrame) -> bool:
    return bool(rows["kind"].iloc[0] == LEVEL)


def _signs(values: pd.Series) -> str:
    return UP if (values > 0).all() else DOWN if (values < 0).all() else MIXED


def _pooled(rows: pd.DataFrame, n: int, beside: dict[str, Three], learning: LearningSettings) -> Together:
    found, back = model(rows, learning.places_from), _back(rows)
    figures = beside | {
        NEW: (back(found.mean), back(found.new[0]), back(found.new[1])),
        MEAN: (back(found.mean), back(found.ends[0]), back(found.ends[1])),
        TAU: (found.tau, *found.tau_ends),
        I2: (found.i2, math.nan, math.nan),
    }
    guesses = found.guesses[["value", "low", "high"]].map(back)
    told = rows.assign(
        shrunken=guesses["value"], shrunken_low=guesses["low"], shrunken_high=guesses["high"],
        exception=_exceptions(rows, found),
    )  # fmt: skip
    whole = Together(told, POOLED, n, figures, found.levels, found.clusters_n, lopsided_p=_lopsided(rows))
    if _is_level(rows):
        return whole
    return replace(whole, figures=figures | _chance(rows, learning.prior_points), p=found.p, without=found.without)


def _back(rows: pd.DataFrame) -> Callable[[float], float]:
    """Return how a figure comes back to the unit of the reader."""
    if _is_level(rows) and rows["unit"].iloc[0] == "%":
        return lambda value: float(measures.percentage(value))
    return float


def _side(low: float, high: float) -> int:
    return int(low > 0) - int(high < 0)


def _exceptions(rows: pd.DataFrame, found: Model) -> pd.Series:
    """Tell which effects surely lie outside what a new one may be, or on the other side of 0 than a mean that is sure.

    Surely: their own interval does.
    """
    half = 1.959964 * rows["v"].astype(float) ** 0.5
    low, high = rows["y"].astype(float) - half, rows["y"].astype(float) + half
    outside = (low > found.new[1]) | (high < found.new[0])
    side = 0 if _is_level(rows) else _side(*found.ends)
    other = (high < 0) if side > 0 else (low > 0) if side < 0 else outside
    return outside | other


def _chance(rows: pd.DataFrame, scale: float) -> dict[str, Three]:
    """Return the chance that a new one goes up, in per cent; of one percentage per collective: these have a prior."""
    if rows["unit"].iloc[0] != "%" or rows["collective_id"].duplicated().any():
        return {}
    found = believe(rows["y"].astype(float), rows["v"].astype(float), "half_normal", scale)
    return {CHANCE: (100 * found.new_above_zero, math.nan, math.nan)}


def _lopsided(rows: pd.DataFrame) -> float:
    # The standard error of a share follows from the share itself: that would always look lopsided.
    if rows["unit"].iloc[0] == "%":
        return math.nan
    variance = rows["v"].astype(float)
    if variance.max() <= 1.01 * variance.min():
        return math.nan
    return small_studies(rows["y"].astype(float), variance).coefficients[1].p
