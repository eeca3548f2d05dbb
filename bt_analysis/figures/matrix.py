"""The coverage matrix: fill rates per indicator and year in, one figure of what there is out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bt_analysis.figures.axes import ink, tiles
from bt_analysis.pages.drawing import Figure, canvas_with_axes, finish

_SIGNS = {"not_in_table": "", "not_yet_published": "…", "not_at_this_level": "–"}
_ROW_IN = 0.2
_NEARLY_ALL, _FULL = 90, 130  # per cent; the second gets the darkest blue, so that 100% is not black


def coverage_matrix(coverage: pd.DataFrame, level: str = "buurt") -> Figure:
    """Draw for which part of the regions each indicator has a figure, year by year.

    Parameters
    ----------
    coverage : DataFrame
        As :func:`bt_analysis.indicators.coverage` gives.
    level : str
        land, gemeente, wijk or buurt.

    Returns
    -------
    Figure
        A row per indicator and a column per year, the per cent of regions in each cell; darker is fuller. Indicators
        that stand in none of the tables are counted below it. A tile when there is nothing to draw.
    """
    rows = coverage[coverage["level"].eq(level)]
    known = rows[rows.groupby("indicator_id")["status"].transform(lambda status: (status != "not_in_table").any())]
    if known.empty:
        return Figure("Nothing to draw.", f"No table that was fetched holds one of these indicators per {level}.")
    ids, years = list(dict.fromkeys(known["indicator_id"])), sorted(set(known["year"]))
    filled = known.pivot(index="indicator_id", columns="year", values="filled_pct").reindex(ids)
    status = known.pivot(index="indicator_id", columns="year", values="status").reindex(ids)
    canvas, axes = canvas_with_axes(1.0 + _ROW_IN * len(ids))
    _draw(axes, filled.to_numpy(dtype=float), status.to_numpy())
    axes.set_xticks(range(len(years)), [str(year) for year in years])
    axes.set_yticks(range(len(ids)), ids)
    full = int(filled.ge(_NEARLY_ALL).all(axis="columns").sum())
    absent = rows["indicator_id"].nunique() - len(ids)
    title = (
        f"{full} of {len(ids)} indicators are known for at least {_NEARLY_ALL}% of the regions ({level}) in every year"
    )
    told = "; ".join(f"{key}: {_said(filled.loc[key], status.loc[key])}" for key in ids)
    note = (
        "In a cell: % of regions with a figure, rounded down. Empty: not in that year's table; … not yet published; "
        f"– not at this level. {absent} other indicators stand in none of these tables."
    )
    return finish(canvas, title, told, note=note)


def _draw(axes: Axes, filled: np.ndarray, status: np.ndarray) -> None:
    absent = np.isin(status.astype(str), list(_SIGNS))
    tiles(axes, np.where(absent, np.nan, filled), _FULL)
    for (row, column), reason in np.ndenumerate(status):
        text = _SIGNS.get(str(reason), str(int(filled[row, column])))
        colour = ink(float("nan") if absent[row, column] else float(filled[row, column]) / _FULL)
        axes.text(column, row, text, ha="center", va="center", fontsize=7.5, color=colour)
    axes.tick_params(labelsize=7.5, top=False, labeltop=True)
    axes.hlines(np.arange(len(status) - 1) + 0.5, -0.5, status.shape[1] - 0.5, color="white", linewidth=1)


def _said(filled: pd.Series, status: pd.Series) -> str:
    return ", ".join(
        f"{year} {reason.replace('_', ' ')}" if reason in _SIGNS else f"{year} {int(share)}%"
        for year, share, reason in zip(filled.index, filled, status, strict=True)
    )
