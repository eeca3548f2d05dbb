"""What the mean of a scale tells of a share on it that is hidden: figures of one wave in, the means that do so out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis.instruments import load, measures
from bt_analysis.instruments.definitions import Scale
from bt_analysis.instruments.measures import Measure
from bt_analysis.methods import mean_tells

DECIMALS = 1
"""Of the ends of the interval of a mean: with more, people could be counted from them."""

PROTECTION = 5
"""How far off, in people, a hidden number must seem."""

_WAVE = ["collective_id", "population", "wave_id", "row_start", "row_end", "period_start", "period_end"]


def telling(rows: pd.DataFrame, counts: pd.Series[float], fewest: pd.Series[float], min_cell: int) -> pd.Series[bool]:
    """Tell which means give a share on their own scale away that is hidden.

    Parameters
    ----------
    rows : DataFrame
        Measurements with an instrument, in periods.
    counts : Series
        Of a share, the people in it.
    fewest : Series
        The fewest people that each figure tells of, so far.
    min_cell : int
        People below which a figure is hidden.

    Returns
    -------
    Series of bool
        True for a mean from which, with its interval and the shares that are shown, a hidden number of people follows
        to within ``PROTECTION``, or that nearly nobody or everybody is beyond a line of which there is no share.
    """
    of_id = {one.indicator_id: one for instrument in load().values() for one in measures.of(instrument)}
    told: list[Any] = []
    rows = rows.assign(count=counts, few=fewest)
    for _, figures in rows[rows["n_valid"].notna()].groupby(_WAVE, dropna=False):
        by_id = figures.drop_duplicates("indicator_id").set_index("indicator_id")
        for at, mean in figures.iterrows():
            measure = of_id.get(str(mean["indicator_id"]))
            if measure is not None and not measure.cutoff and _tells(mean, measure, by_id, of_id, min_cell):
                told.append(at)
    return pd.Series(rows.index.isin(told), index=rows.index)


def _tells(
    mean: pd.Series, measure: Measure, figures: pd.DataFrame, of_id: dict[str, Measure], min_cell: int
) -> bool:  # fmt: skip
    n, lines = int(mean["n_valid"]), dict(_lines(measure, of_id))
    there = figures[figures.index.isin(list(lines)) & figures["n_valid"].eq(n) & figures["count"].notna()]
    shown = there["few"].ge(min_cell)
    known = tuple((lines[str(name)], int(count)) for name, count in there.loc[shown, "count"].items())
    for name, kind in lines.items():
        if shown.get(name, False):
            continue
        found = _range(n, measure, float(mean["value"]), _half(mean, measure.scale), _frame(mean), kind, known)
        count = there["count"].get(name)
        if found is None:
            continue
        if count is None and (found[1] < PROTECTION or found[0] > n - PROTECTION):
            return True
        if count is not None and mean_tells.too_close(int(count), n, found, PROTECTION):
            return True
    return False


def _lines(measure: Measure, of_id: dict[str, Measure]) -> Iterator[tuple[str, tuple[bool, ...]]]:
    """Yield the shares on the scale of a mean, with which of its scores are in each."""
    scores = pd.Series(_scores(measure.scale))
    for name, other in of_id.items():
        if other.cutoff and (other.instrument.id, other.scale.id) == (measure.instrument.id, measure.scale.id):
            yield name, tuple(other.cutoff.holds(scores).tolist())


def _scores(scale: Scale) -> np.ndarray:
    """Return every score that one person can have."""
    step = 1 / len(scale.items) if scale.rule == "mean" else scale.times
    return np.asarray(scale.min + step * np.arange(round((scale.max - scale.min) / step) + 1))


def _half(mean: pd.Series, scale: Scale) -> tuple[float, float] | None:
    """Return between what half the length of an interval lies, as it is published; of one end where one is cut off."""
    ends = rounded(mean[["ci_low"]].astype("Float64").astype(float), mean[["ci_high"]].astype("Float64").astype(float))
    low, high = (float(one.iloc[0]) for one in ends)
    sides = [mean["value"] - low] * (low > scale.min) + [high - mean["value"]] * (high < scale.max)
    if not sides or np.isnan(sides).any():
        return None
    return max(sides) - 10.0**-DECIMALS, min(sides)


def _frame(mean: pd.Series) -> float | None:
    return None if pd.isna(mean["n_frame"]) else float(mean["n_frame"])


@cache
def _range(
    n: int, measure: Measure, mean: float, half: tuple[float, float] | None, frame: float | None,
    kind: tuple[bool, ...], known: tuple[tuple[tuple[bool, ...], int], ...],
) -> tuple[int, int] | None:  # fmt: skip
    squares = None if half is None or n < 2 else mean_tells.squares_of(n, (mean, mean), half, frame)
    return mean_tells.count_range(n, _scores(measure.scale), kind, (n * mean, n * mean), squares, known)


def rounded(low: pd.Series[float], high: pd.Series[float]) -> tuple[pd.Series[float], pd.Series[float]]:
    """Round the ends of the interval of a mean outwards.

    Parameters
    ----------
    low, high : Series
        Ends; missing where there is no interval.

    Returns
    -------
    tuple of Series
        The ends in ``DECIMALS`` decimals.
    """
    times, hair = 10.0**DECIMALS, 1e-9
    return (low * times + hair).apply(np.floor) / times, (high * times - hair).apply(np.ceil) / times
