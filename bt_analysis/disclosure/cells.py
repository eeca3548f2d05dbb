"""Cells: estimates in; the numbers of people they rest on out, and which of those add up.

A cell is a collective, what is counted, a group (the empty one is the total) and a period. Cells of one collective, one
thing counted and one kind of group form a block: no sum goes beyond it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

KEY = ["collective_id", "cell", "group_type", "group_value", "period_start", "period_end"]
BLOCK = KEY[:3]
SIZES = ["cell_n", "cell_value", "cell_total_n", "cell_top_pct", "cell_rest_n"]

FIGURES = ["figure", "figure_n", "figure_each"]
"""Of a cell without ``cell_value``: its figure times its n, that n, and the most of the product that is one of them."""

HAIR = 1e-6
"""Sums that differ by less than this share are the same: hours are no whole numbers."""


def of(estimates: pd.DataFrame) -> pd.DataFrame:
    """List the cells that estimates rest on.

    Parameters
    ----------
    estimates : DataFrame
        Estimates with their working columns.

    Returns
    -------
    DataFrame
        One row is a cell: ``KEY``, ``SIZES`` and ``FIGURES``, in order of key. Where estimates of one cell differ, the
        fewest people count. What shares are of is a cell also where no figure tells it (``told`` is False), because the
        shares of all groups are 100% together.
    """
    people = estimates[estimates["cell"].ne("") & estimates["cell_n"].notna()]
    alone = people["cell_value"].isna()
    people = people.assign(
        figure=(people["value"] * people["n"]).where(alone), figure_n=people["n"].where(alone),
        figure_each=pd.Series(np.inf, people.index).mask(people["unit"].eq("%"), 100.0).where(alone),
    )  # fmt: skip
    sizes = {size: (size, "first") for size in [*SIZES, *FIGURES]}
    found = people.groupby(KEY, as_index=False).agg(
        **{**sizes, "cell_n": ("cell_n", "min"), "cell_top_pct": ("cell_top_pct", "max")}
    )
    both = pd.concat([found.assign(told=True), _of_shares(found).assign(told=False)], ignore_index=True)
    return both.astype({"told": bool}).sort_values(KEY, ignore_index=True)


def _of_shares(cells: pd.DataFrame) -> pd.DataFrame:
    """List the totals that shares are of where no figure tells them: all shares together are 100%."""
    periods = [*BLOCK, "period_start", "period_end"]
    groups = cells[cells["cell_total_n"].notna()].drop_duplicates(periods)
    totals = groups.assign(
        group_value="", cell_n=groups["cell_total_n"], cell_value=groups["cell_total_n"], cell_total_n=float("nan"),
        cell_top_pct=float("nan"), cell_rest_n=float("nan"), **dict.fromkeys(FIGURES, float("nan")),
    )  # fmt: skip
    there = cells.loc[cells["group_value"].eq(""), periods].drop_duplicates()
    told = totals[periods].merge(there, on=periods, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    return totals[~told]


def people(cells: pd.DataFrame) -> pd.Series:
    """Tell how many people each cell is, for comparing it with itself at another time.

    Parameters
    ----------
    cells : DataFrame
        As :func:`of` gives.

    Returns
    -------
    Series
        The count itself where figures are shares of people, otherwise the different people that are sure.
    """
    return cells["cell_value"].where(cells["cell_total_n"].notna(), cells["cell_n"])


def changes(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Tell in several ways how many people a cell changed by, for comparing it with itself at another time.

    Parameters
    ----------
    now, before : DataFrame
        As :func:`of` gives, the same cells in the same order.

    Returns
    -------
    DataFrame
        One row is a cell: ``people``, the people of ``n``, and as many average people as would make up for what the sum
        or the figure changed by. A percentage or mean of as many people can still tell what one of them answered, and a
        sum of hours what one of them gave: a figure that is no percentage may have changed by any amount through one
        person, or through those who came or went. Missing where there is nothing to compare.
    """
    each = (before["cell_value"] / before["cell_n"]).abs()
    of, figure = ((now[name] - before[name]).abs() for name in ("figure_n", "figure"))
    any_amount = of.clip(lower=1.0).where(figure > HAIR, figure)
    return pd.DataFrame(
        {
            "people": (people(now) - people(before)).abs(),
            "of": of,
            "sum": (now["cell_value"] - before["cell_value"]).abs() / each.where(each.gt(0)),
            "figure": any_amount.where(np.isinf(before["figure_each"]), figure / before["figure_each"]),
        }
    )


class Sum(NamedTuple):
    """Cells that add up, by their place in a block.

    Parameters
    ----------
    parts : list of int
        Groups of a total, years of a period, or a shorter period and the years outside it.
    total : int
        The cell that is their sum.
    of_groups : bool
        Whether the parts are groups.
    """

    parts: list[int]
    total: int
    of_groups: bool


def sums(block: pd.DataFrame) -> list[Sum]:
    """List what adds up in a block: groups to their total, and years to a longer period.

    Parameters
    ----------
    block : DataFrame
        Cells of one block; those without ``cell_value`` add up to nothing.

    Returns
    -------
    list of Sum
        Places count from 0, whatever the index of the block.
    """
    added_up, told = block["cell_value"].notna(), block["told"].to_list()
    columns = (block[name].to_list() for name in ("group_value", "period_start", "period_end"))
    # Plain tuples: a country has many blocks, and each is small.
    listed = [key for key, adds_up in zip(enumerate(zip(*columns, strict=True)), added_up, strict=True) if adds_up]
    found = []
    for total, (group, first, last) in listed:
        groups = [at for at, (other, start, end) in listed if other and (start, end) == (first, last)]
        if not group and groups:
            found.append(Sum(groups, total, of_groups=True))
        if not told[total]:  # what shares are of is known per period, as far as anybody knows it
            continue
        inside = [
            (at, start, end) for at, (other, start, end) in listed if other == group and first <= start and end <= last
        ]
        years = [part for part in inside if part[1].year == part[2].year]
        if years and first.year < last.year:
            found.append(Sum([at for at, _, _ in years], total, of_groups=False))
        for at, start, end in inside:
            if at != total and start.year < end.year:
                after = [year for year, begin, close in years if begin > end or close < start]
                found.append(Sum([at, *after], total, of_groups=False))
    return found
