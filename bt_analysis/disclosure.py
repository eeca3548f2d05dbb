"""May it be shown? Estimates about people in; the same estimates with small groups suppressed out, and a log.

Every figure about people passes here before it is written to ``analysed/``. A cell is a number of people that a figure
rests on. Cells below the minimum are suppressed, and then as many others as are needed to keep the suppressed ones from
being worked out by subtraction: groups add up to their total, and years add up to the whole period.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from bt_analysis.settings import DisclosureSettings

BELOW_MINIMUM = "cell_below_minimum"
COMPLEMENT = "complement"

WORKING_COLUMNS = ("cell", "cell_n", "coverage")
"""Columns that only gates and disclosure control read; they never leave this module."""

_CELL = ["collective_id", "cell", "group_type", "group_value", "period_start", "period_end"]
_HIDDEN = ["value", "ci_low", "ci_high", "n"]


def protect(estimates: pd.DataFrame, disclosure: DisclosureSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Suppress what could identify people.

    Parameters
    ----------
    estimates : DataFrame
        Estimates with ``cell`` (what is counted; empty: no people are) and ``cell_n`` (how many).
    disclosure : DisclosureSettings
        ``min_cell``: smallest number of people that may be shown.

    Returns
    -------
    estimates : DataFrame
        The same rows without the working columns; a suppressed row has gate ``onderdrukt``, no value, interval or
        n, and the reason ``cell_below_minimum`` or ``complement``.
    log : DataFrame
        One row is a suppressed cell: collective_id, cell, group_type, group_value, period_start, period_end, reason.
        It holds no counts.

    Notes
    -----
    A cell of fewer than ``min_cell`` people is suppressed, zero included; so are all groups of a total that is
    suppressed. Then, along every line of cells that add up (the groups of a total; the years of a period), the
    smallest cell still shown is suppressed too, until the line hides none, or two or more that hold ``min_cell`` people
    together.
    """
    cells = estimates[estimates["cell"] != ""].dropna(subset="cell_n").drop_duplicates(_CELL)[[*_CELL, "cell_n"]]
    cells = cells.reset_index(drop=True).assign(reason="")
    cells.loc[cells["cell_n"] < disclosure.min_cell, "reason"] = BELOW_MINIMUM
    lines = _lines(cells)
    changed = True
    while changed:
        changed = any([_close(cells, line, disclosure.min_cell) for line in lines])
    hidden = cells[cells["reason"] != ""]
    marked = estimates.merge(hidden[[*_CELL, "reason"]], on=_CELL, how="left", validate="many_to_one")
    suppressed = marked["reason"].notna().to_numpy()
    out = estimates.drop(columns=list(WORKING_COLUMNS)).reset_index(drop=True)
    out.loc[suppressed, _HIDDEN] = float("nan")
    out.loc[suppressed, "gate"] = "onderdrukt"
    out.loc[suppressed, "gate_reason"] = marked.loc[suppressed, "reason"].to_numpy()
    out.loc[suppressed, "missing_reason"] = "suppressed"
    return out, hidden[[*_CELL, "reason"]].reset_index(drop=True)


class _Line(NamedTuple):
    """Cells that add up, as positions: the parts and the cell that is their sum."""

    parts: list[int]
    total: list[int]
    # The figures of groups are shares of their total, so they would give a hidden total away; those of years are not.
    total_in_parts: bool


def _lines(cells: pd.DataFrame) -> list[_Line]:
    """List what adds up: the groups of a total, and the years of a period."""
    lines = []
    years = cells["period_end"].dt.year - cells["period_start"].dt.year
    for _, group in cells.groupby(["collective_id", "cell", "group_type", "period_start", "period_end"], sort=False):
        is_total = group["group_value"] == ""
        if (~is_total).any():
            lines.append(_Line(group.index[~is_total].tolist(), group.index[is_total].tolist(), True))
    for _, group in cells.groupby(["collective_id", "cell", "group_type", "group_value"], sort=False):
        whole = group.index[years[group.index] > 0].tolist()
        parts = group.index[years[group.index] == 0].tolist()
        if whole and parts:
            lines.append(_Line(parts, whole, False))
    return lines


def _close(cells: pd.DataFrame, line: _Line, min_cell: int) -> bool:
    """Suppress more cells of a line when what it hides could be worked out; tell whether that was needed."""
    hidden = [cell for cell in line.parts if cells.at[cell, "reason"]]
    shown = [cell for cell in line.parts if not cells.at[cell, "reason"]]
    if any(cells.at[cell, "reason"] for cell in line.total):
        if line.total_in_parts:
            cells.loc[shown, "reason"] = COMPLEMENT
            return bool(shown)
        enough = bool(hidden) or not shown
    else:
        enough = not hidden or (len(hidden) >= 2 and cells.loc[hidden, "cell_n"].sum() >= min_cell)
    candidates = shown or [cell for cell in line.total if not cells.at[cell, "reason"]]
    if enough or not candidates:
        return False
    cells.at[cells.loc[candidates, "cell_n"].idxmin(), "reason"] = COMPLEMENT
    return True
