"""May it be shown? Estimates about people in; the same estimates with small groups suppressed out, and a log.

Every figure about people passes here before it is written to ``analysed/``. A cell is a number of people that a figure
rests on. Cells below the minimum are suppressed, and then as many others as are needed to keep the suppressed ones from
being worked out by subtraction: groups add up to their total, and years add up to the whole period.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.linalg import null_space

from bt_analysis.settings import DisclosureSettings

BELOW_MINIMUM = "cell_below_minimum"
COMPLEMENT = "complement"

WORKING_COLUMNS = ("cell", "cell_n", "cell_rest_n", "coverage")
"""Columns that only gates and disclosure control read; they never leave this module."""

_CELL = ["collective_id", "cell", "group_type", "group_value", "period_start", "period_end"]
_HIDDEN = ["value", "ci_low", "ci_high", "n"]


def protect(estimates: pd.DataFrame, disclosure: DisclosureSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Suppress what could identify people.

    Parameters
    ----------
    estimates : DataFrame
        Estimates with ``cell`` (what is counted; empty: no people are), ``cell_n`` (how many) and ``cell_rest_n``
        (how many of them are in a longer period and in none of its years; they are a cell that is never shown).
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
    together and that the rule itself does not give away (of 10 people in a suppressed and a complementary cell, the
    second has 10). Last, as long as the lines together fix a suppressed cell (it has no part in the null space of
    their equations), the smallest cell still shown beside it is suppressed.
    """
    people = estimates[estimates["cell"] != ""].dropna(subset="cell_n").drop_duplicates(_CELL)
    cells = people[[*_CELL, "cell_n", "cell_rest_n"]].reset_index(drop=True).assign(reason="")
    cells.loc[cells["cell_n"] < disclosure.min_cell, "reason"] = BELOW_MINIMUM
    for block in _blocks(cells, _lines(cells, disclosure.min_cell)):
        while any(_close(cells, line, disclosure.min_cell) for line in block) or _untie(cells, block):
            pass
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
    # People in the total and in no part, when they are few; nobody is shown them.
    rest: list[float]


def _lines(cells: pd.DataFrame, min_cell: int) -> list[_Line]:
    """List what adds up: the groups of a total, and the years of a period."""
    lines = []
    years = cells["period_end"].dt.year - cells["period_start"].dt.year
    for _, group in cells.groupby(["collective_id", "cell", "group_type", "period_start", "period_end"], sort=False):
        is_total = group["group_value"] == ""
        if (~is_total).any():
            lines.append(_Line(group.index[~is_total].tolist(), group.index[is_total].tolist(), True, []))
    for _, group in cells.groupby(["collective_id", "cell", "group_type", "group_value"], sort=False):
        whole = group.index[years[group.index] > 0].tolist()
        parts = group.index[years[group.index] == 0].tolist()
        if whole and parts:
            few = group.loc[whole, "cell_rest_n"].between(0, min_cell, inclusive="neither")
            lines.append(_Line(parts, whole, False, group.loc[whole, "cell_rest_n"][few].tolist()))
    return lines


def _blocks(cells: pd.DataFrame, lines: list[_Line]) -> list[list[_Line]]:
    """Put the lines that share cells together: those of one collective, kind of cell and kind of group."""
    blocks: dict[tuple[str, ...], list[_Line]] = {}
    for line in lines:
        block = tuple(str(cells.at[line.parts[0], column]) for column in _CELL[:3])
        blocks.setdefault(block, []).append(line)
    return list(blocks.values())


def _close(cells: pd.DataFrame, line: _Line, min_cell: int) -> bool:
    """Suppress more cells of a line when what it hides could be worked out; tell whether that was needed."""
    hidden = [cell for cell in line.parts if cells.at[cell, "reason"]]
    shown = [cell for cell in line.parts if not cells.at[cell, "reason"]]
    if any(cells.at[cell, "reason"] for cell in line.total):
        if line.total_in_parts:
            cells.loc[shown, "reason"] = COMPLEMENT
            return bool(shown)
        enough = bool(hidden) or bool(line.rest) or not shown
    else:
        sizes = [*cells.loc[hidden, "cell_n"], *line.rest]
        enough = not sizes or (len(sizes) >= 2 and sum(sizes) >= min_cell and not _told(sizes, min_cell))
    candidates = shown or [cell for cell in line.total if not cells.at[cell, "reason"]]
    if enough or not candidates:
        return False
    cells.at[cells.loc[candidates, "cell_n"].idxmin(), "reason"] = COMPLEMENT
    return True


def _told(sizes: list[float], min_cell: int) -> bool:
    """Tell whether the sum of suppressed cells and the rule they were suppressed by leave one cell a single size."""
    small = np.array(sizes) < min_cell
    low, high = np.where(small, 0, min_cell), np.where(small, min_cell - 1, np.inf)
    total = sum(sizes)
    most = [min(top, total - (low.sum() - bottom)) for bottom, top in zip(low, high, strict=True)]
    least = [max(low[at], total - np.delete(high, at).sum()) for at in range(len(sizes))]
    return bool((np.array(most) <= np.array(least)).any())


def _untie(cells: pd.DataFrame, block: list[_Line]) -> bool:
    """Suppress one more cell when the lines of a block together fix a suppressed one; tell whether that was needed."""
    members = sorted({cell for line in block for cell in (*line.parts, *line.total)})
    hidden = [cell for cell in members if cells.at[cell, "reason"]]
    shown = [cell for cell in members if not cells.at[cell, "reason"]]
    if not hidden or not shown:
        return False
    sums = np.zeros((len(block), len(hidden) + len(block)))
    for row, line in enumerate(block):
        sums[row, : len(hidden)] = [(cell in line.parts) - (cell in line.total) for cell in hidden]
        sums[row, len(hidden) + row] = len(line.rest)
    fixed = np.abs(null_space(sums)).max(axis=1, initial=0) < 1e-9
    told = {cell for cell, is_fixed in zip(hidden, fixed[: len(hidden)], strict=True) if is_fixed}
    lines = [
        line
        for line, rest_fixed in zip(block, fixed[len(hidden) :], strict=True)
        if told & {*line.parts, *line.total} or (line.rest and rest_fixed)
    ]
    if not lines:
        return False
    beside = {cell for line in lines for cell in (*line.parts, *line.total)}
    candidates = [cell for cell in shown if cell in beside] or shown
    cells.at[cells.loc[candidates, "cell_n"].idxmin(), "reason"] = COMPLEMENT
    return True
