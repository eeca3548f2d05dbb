"""Effects of one family in; one model of them, with two or three levels, out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bt_analysis.methods.pooling import levels, pooled, shrunken

TWO, IN_COLLECTIVES, IN_PLACES = "twee", "collectieven", "gemeenten"
"""Levels: effects; effects in collectives; collectives in gemeenten."""


_MANY = 100
Ends = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Model:
    """What effects are together, on the scale on which they are put together.

    Parameters
    ----------
    levels : str
        ``twee``, ``collectieven`` or ``gemeenten``.
    clusters_n : int
        Collectives or gemeenten; with two levels, effects.
    mean : float
        Mean effect.
    ends : tuple of float
        Its interval: Hartung and Knapp with two levels; with three from how far clusters lie apart, never shorter than
        the model says.
    new : tuple of float
        Prediction interval, with the same standard error and t.
    p : float
        Of a mean of 0.
    tau : float
        Standard deviation of true effects.
    tau_ends : tuple of float
        Q-profile interval of it; missing with three levels.
    i2 : float
        Per cent of variance that is between true effects.
    guesses : DataFrame
        A row per effect: value, low and high of what it truly is, given all others.
    without : DataFrame
        A row per collective that is left out, as index: low, high, p, new_low and new_high.
    """

    levels: str
    clusters_n: int
    mean: float
    ends: Ends
    new: Ends
    p: float
    tau: float
    tau_ends: Ends
    i2: float
    guesses: pd.DataFrame
    without: pd.DataFrame


def model(rows: pd.DataFrame, places_from: int) -> Model:
    """Put effects together with as many levels as they have.

    Parameters
    ----------
    rows : DataFrame
        Effects with ``y``, ``v``, ``collective_id`` and ``place``; of at least three collectives.
    places_from : int
        Gemeenten from which they are a level of their own.

    Returns
    -------
    Model
        Effects of one collective, or collectives of one gemeente, are not separate proofs: with several of these there
        are three levels.

    Notes
    -----
    A collective whose gemeente is not known counts as one in a gemeente of its own. Above 100 collectives in
    gemeenten, the variances are not estimated anew without each: one of so many hardly changes them.
    """
    deep, clusters = _levels(rows, places_from)
    return _two(rows) if deep == TWO else _three(rows, deep, clusters)


def _levels(rows: pd.DataFrame, places_from: int) -> tuple[str, pd.Series]:
    """Return the levels, and the cluster of each effect."""
    own = rows["collective_id"]
    if own.duplicated().any():
        return IN_COLLECTIVES, own
    places = rows["place"].where(rows["place"].ne(""), "?" + own)
    known = rows.loc[rows["place"].ne(""), "place"]
    return IN_PLACES if known.duplicated().any() and places.nunique() >= places_from else TWO, places


def _numbers(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return rows["y"].to_numpy(dtype=float), rows["v"].to_numpy(dtype=float)


def _two(rows: pd.DataFrame) -> Model:
    y, v = _numbers(rows)
    one = pooled.pool(y, v)
    knapp, (low, high) = one.hartung_knapp, one.tau2_interval
    return Model(
        TWO, len(rows), knapp.value, (knapp.low, knapp.high), one.predictions[pooled.T_LESS_ONE], knapp.p,
        math.sqrt(one.tau2), (math.sqrt(low), math.sqrt(high)), one.i2, shrunken.shrunken(y, v), _without(rows),
    )  # fmt: skip


def _three(rows: pd.DataFrame, deep: str, clusters: pd.Series) -> Model:
    one = levels.three_levels(*_numbers(rows), clusters)
    mean = one.robust
    anew = deep == IN_COLLECTIVES or len(rows) <= _MANY
    without = levels.left_out(one, rows["collective_id"], anew=anew).set_index("group")
    return Model(
        deep, one.clusters, mean.value, (mean.low, mean.high), one.predictions[levels.ROBUST], mean.p,
        math.sqrt(one.between + one.within), (math.nan, math.nan), one.i2, levels.guesses(one), without,
    )  # fmt: skip


def _without(rows: pd.DataFrame) -> pd.DataFrame:
    return shrunken.one_left_out(*_numbers(rows)).set_index(pd.Index(rows["collective_id"], name="group"))
