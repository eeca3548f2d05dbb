"""Counts that add up to figures that are published: the rows of a group are shown all, or not at all.

Who knows the figure of a group and all but one of its rows knows the last row too. When no row of a group is shown, its
rows tell nothing that the figure does not tell, and that one was protected before.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis import schema
from bt_analysis.bundles import protection
from bt_analysis.bundles.protection import Tables
from bt_analysis.pages.content import SHOWN
from bt_analysis.schema import REASON_SUFFIX

ROUNDED_TO = 5
"""Counts of groups of participants are multiples of this."""

_GROUPS = {"contribution": ["role"], "participation": ["group_type"]}
"""What the rows of a table are grouped by."""


def all_or_nothing(tables: Tables, figures: Tables, min_cell: int) -> dict[str, pd.DataFrame]:
    """Protect participation and contribution.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Monitoring tables of one collective.
    figures : mapping of str to DataFrame
        Its analysed tables, already protected.
    min_cell : int
        Smallest number of people that may be shown.

    Returns
    -------
    dict of str to DataFrame
        Those two, as far as the collective keeps them. The measures of a group of rows (a role; a kind of group) are
        suppressed together: when one row rests on fewer people, or when a figure of the group is not shown. Of groups
        of participants the counts are rounded to fives, and who came for the first time is left out: with exact counts
        the people in no group are the difference with the total.
    """
    hidden = {"contribution": _roles(figures["analysed_estimates"]), "participation": _kinds(figures)}
    out = {}
    for name, by in _GROUPS.items():
        if name in tables:
            table, descriptor = tables[name], schema.load(name)
            few = protection.small(table, descriptor, min_cell) | table[by[0]].isin(hidden[name])
            together = few.groupby([table[column] for column in by]).transform("any")
            out[name] = protection.suppressed(table, descriptor, together.astype(bool))
    return out | ({"participation": _rounded(out["participation"])} if "participation" in out else {})


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    groups = table["group_type"] != "totaal"
    rounded = {
        name: table[name].where(~groups, ((table[name] + 2) // ROUNDED_TO * ROUNDED_TO).astype(table[name].dtype))
        for name in ("contacts_n", "unique_n")
    }
    first = {
        "first_time_n": table["first_time_n"].mask(groups),
        f"first_time_n{REASON_SUFFIX}": table[f"first_time_n{REASON_SUFFIX}"].mask(
            groups & table["first_time_n"].notna(), "suppressed"
        ),
    }
    return table.assign(**rounded, **first)


def _roles(estimates: pd.DataFrame) -> set[str]:
    """Return the roles of which a figure is not shown; all of them when it is that of the whole."""
    return _not_shown(estimates[estimates["question"] == "hours"], "group_value")


def _kinds(figures: Tables) -> set[str]:
    """Return the kinds of group of which a figure is not shown."""
    estimates = figures["analysed_estimates"]
    return _not_shown(estimates[estimates["question"].isin(["reach", "representation"])], "group_type")


def _not_shown(rows: pd.DataFrame, column: str) -> set[str]:
    closed = rows[~rows["gate"].isin(SHOWN) & rows["missing_reason"].eq("suppressed")]
    if (closed["group_value"] == "").any():
        return set(rows[column])
    return set(closed[column])
