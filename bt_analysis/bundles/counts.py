"""Counts that add up to published figures: records of a collective in; what of them may stand beside those out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bt_analysis import schema
from bt_analysis.analysis.measurements import GROUP_TYPE
from bt_analysis.analysis.periods import with_days
from bt_analysis.bundles import protection
from bt_analysis.bundles.protection import Tables
from bt_analysis.disclosure import counts
from bt_analysis.pages.content import SHOWN
from bt_analysis.settings import DisclosureSettings

PROTECTED = {"participation": counts.protect_participation, "contribution": counts.protect_contribution}
"""Tables of records whose counts add up, and what protects them beside what went out before."""


def beside_figures(
    tables: Tables,
    figures: Tables,
    *,
    suppressed: pd.DataFrame,
    disclosure: DisclosureSettings,
    earlier: Mapping[str, pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    """Protect participation, contribution and measurement, as far as a collective keeps them.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Monitoring tables of one collective.
    figures : mapping of str to DataFrame
        Its analysed tables, already protected.
    suppressed : DataFrame
        Cells of those figures that are not shown (analysed_suppressed).
    disclosure : DisclosureSettings
        Smallest cell, protection and rounding.
    earlier : mapping of str to DataFrame
        The tables of the collective's last bundle: what went out in it is known.

    Returns
    -------
    dict of str to DataFrame
        Those three; see :mod:`bt_analysis.disclosure.counts` for what is hidden of the first two. A measurement goes
        along when its figure is shown as a number, and as it is today.
    """
    periods = with_days(figures["analysed_collectives"][["collective_id", "period"]])
    out = {
        name: protect(tables[name], tables["activity"], periods, suppressed, disclosure, earlier.get(name))[0]
        for name, protect in PROTECTED.items()
        if name in tables
    }
    if "measurement" in tables:
        estimates = figures["analysed_estimates"]
        out["measurement"] = _as_shown(tables["measurement"], estimates, disclosure.min_cell)
    return out


def _as_shown(table: pd.DataFrame, estimates: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Suppress measurements of few people, and those whose own figure is hidden, told in words or held back."""
    shown = estimates["gate"].isin(SHOWN) & estimates["value"].notna() & estimates["held_on"].isna()
    ids = estimates.loc[shown & estimates["question"].eq("measurements"), "group_type"].str.removeprefix(GROUP_TYPE)
    descriptor = schema.load("measurement")
    # What belongs to no collective is a figure of an area, and has no estimate.
    closed = table["collective_id"].notna() & ~table["measurement_id"].isin(ids)
    return protection.suppressed(table, descriptor, closed | protection.small(table, descriptor, min_cell))
