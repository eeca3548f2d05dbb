"""Primary rules: cells in; which of them may not be shown by themselves, and by which rule, out."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from bt_analysis.analysis.tables import AREA
from bt_analysis.settings import DisclosureSettings


def threshold(cells: pd.DataFrame, disclosure: DisclosureSettings) -> pd.Series:
    """Find cells of fewer people than ``min_cell``; nobody is few as well.

    Parameters
    ----------
    cells : DataFrame
        As :func:`bt_analysis.disclosure.cells.of` gives.
    disclosure : DisclosureSettings
        The minimum.

    Returns
    -------
    Series
        True for such a cell.
    """
    return (cells["cell_n"] < disclosure.min_cell) & ~cells["cell"].str.startswith(AREA)


def group(cells: pd.DataFrame, disclosure: DisclosureSettings) -> pd.Series:
    """Find shares of 0% or 100%: they tell something of every one of the people.

    Parameters
    ----------
    cells : DataFrame
        As :func:`bt_analysis.disclosure.cells.of` gives.
    disclosure : DisclosureSettings
        Not used: nobody and everybody are so at any setting.

    Returns
    -------
    Series
        True for such a cell.
    """
    del disclosure
    return cells["cell_total_n"].notna() & (cells["cell_value"].eq(0) | cells["cell_value"].ge(cells["cell_total_n"]))


def complement(cells: pd.DataFrame, disclosure: DisclosureSettings) -> pd.Series:
    """Find shares that leave fewer people than ``min_cell`` who are not in the group.

    Parameters
    ----------
    cells : DataFrame
        As :func:`bt_analysis.disclosure.cells.of` gives.
    disclosure : DisclosureSettings
        The minimum.

    Returns
    -------
    Series
        True for such a cell.
    """
    return cells["cell_total_n"] - cells["cell_value"] < disclosure.min_cell


def dominance(cells: pd.DataFrame, disclosure: DisclosureSettings) -> pd.Series:
    """Find sums of which a few people gave nearly all: each of them can guess what the other gave.

    Parameters
    ----------
    cells : DataFrame
        As :func:`bt_analysis.disclosure.cells.of` gives.
    disclosure : DisclosureSettings
        ``dominance_pct``; ``dominance_n`` people were counted where the cells were made.

    Returns
    -------
    Series
        True for such a cell.
    """
    return cells["cell_top_pct"] >= disclosure.dominance_pct


def small_area(cells: pd.DataFrame, disclosure: DisclosureSettings) -> pd.Series:
    """Find work areas, no sums of whole regions, where fewer people than ``min_cell`` are estimated to live.

    Parameters
    ----------
    cells : DataFrame
        As :func:`bt_analysis.disclosure.cells.of` gives.
    disclosure : DisclosureSettings
        The minimum.

    Returns
    -------
    Series
        True for such a cell.
    """
    return (cells["cell_n"] < disclosure.min_cell) & cells["cell"].str.startswith(AREA)


RULES: dict[str, Callable[[pd.DataFrame, DisclosureSettings], pd.Series]] = {
    "threshold": threshold,
    "group": group,
    "complement": complement,
    "dominance": dominance,
    "small_area": small_area,
}
"""Rule code → rule; a cell gets the code of the first one that it breaks."""


def broken(cells: pd.DataFrame, disclosure: DisclosureSettings) -> pd.Series:
    """Tell which rule each cell breaks.

    Parameters
    ----------
    cells : DataFrame
        As :func:`bt_analysis.disclosure.cells.of` gives.
    disclosure : DisclosureSettings
        The thresholds.

    Returns
    -------
    Series
        The code of the first rule that the cell breaks; empty when it breaks none.
    """
    codes = pd.Series("", index=cells.index, dtype=object)
    for code, rule in RULES.items():
        codes = codes.mask(codes.eq("") & rule(cells, disclosure), code)
    return codes
