"""CBS's flags of changed divisions: tables of successive years in, which region is still the same place out.

The flag compares a year with the year before, so it is followed from year to year: a code alone proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_REASON_OF_FLAG = {"1": "same", "2": "code_changed", "3": "boundary_changed"}
"""1: code and boundary are those of the year before; 2: the code changed, the boundary did not; 3: the boundary did."""


class Division(Protocol):
    """What a table of one year must offer to follow its regions."""

    @property
    def rows(self) -> pd.DataFrame:
        """One row per region; codes stripped of their padding."""

    @property
    def region_column(self) -> str:
        """Column of ``rows`` that holds the regiocode."""


def trace(
    tables: Mapping[int, Division],
    older: int,
    newer: int,
    renames: Mapping[int, pd.Series] | None = None,
) -> pd.DataFrame:
    """Follow the regions of a newer division back to an older one.

    Parameters
    ----------
    tables : mapping of int to Division
        Year → table with CBS's flag of changed divisions; every year of the span must be there.
    older, newer : int
        The two years; ``newer`` must be among the tables.
    renames : mapping of int to Series, optional
        Year → for regions of that year that another source proves to be one region of the year before: its old code.

    Returns
    -------
    DataFrame
        One row per regiocode of the newer division (index): ``before``, its code in the older one (NA when it cannot
        be followed), and ``reason``: same, renamed, or why not: code_changed, boundary_changed, new_area, no_flag,
        year_missing.

    Notes
    -----
    The reason is the first obstacle on the way back. The country is always the same.
    """
    codes, renames = _codes(tables[newer]), renames or {}
    now = pd.Series(codes, index=codes, dtype="str")
    reason = pd.Series("same", index=codes, dtype="str")
    for year in range(newer, older, -1):
        going = reason.isin(["same", "renamed"])
        if not {year - 1, year} <= set(tables):
            reason = reason.mask(going, "year_missing")
            break
        happened = now.map(changes(tables[year], tables[year - 1]))
        found = _renamed(
            now[happened.eq("code_changed")], now[happened.eq("same")], _codes(tables[year - 1]), renames.get(year)
        )
        now.update(found)
        happened[found.index] = "renamed"
        # A region that was renamed in one year stays renamed, however often it is the same in others.
        reason = reason.mask(going & happened.ne("same"), happened)
    reason[reason.index.str.startswith("NL")] = "same"
    return pd.DataFrame({"before": now.where(reason.isin(["same", "renamed"])), "reason": reason})


def changes(table: Division, before: Division) -> pd.Series:
    """Tell what happened to every region since the year before.

    Parameters
    ----------
    table : Division
        A table with CBS's flag of changed divisions.
    before : Division
        The table of the year before.

    Returns
    -------
    Series of str
        One entry per regiocode: same, code_changed, boundary_changed, new_area (no region had this code, and the flag
        does not say that it was renumbered) or no_flag.

    Notes
    -----
    The country is the same. A gemeente has no flag up to 2021: it is the same when it has the buurten of the year
    before, all unchanged (a gemeente that takes another in keeps its own code and gets that one's buurten with flag 2).
    """
    codes = _codes(table)
    reason = _flags(table).map(_REASON_OF_FLAG).fillna("no_flag")
    unflagged = codes[codes.str.startswith("GM") & reason.eq("no_flag").to_numpy()]
    if len(unflagged):
        reason.update(_by_buurten(reason, before).reindex(unflagged).dropna())
    reason[reason.isin(["same", "boundary_changed"]) & ~among(codes, _codes(before))] = "new_area"
    reason[codes.str.startswith("NL")] = "same"
    return reason


def comparable(tables: Mapping[int, Division], year: int, reference_year: int) -> pd.Series:
    """Tell which regions had the same boundary and code in two years, by CBS's flags alone.

    Parameters
    ----------
    tables : mapping of int to Division
        Year → KWB table.
    year, reference_year : int
        The two years; either may be the older.

    Returns
    -------
    Series of bool
        One entry per regiocode of the older division.
    """
    older, newer = sorted((year, reference_year))
    same = trace(tables, older, newer)["reason"].eq("same")
    return same.reindex(_codes(tables[older]), fill_value=False)


def unchanged(table: Division, before: Division) -> pd.Series:
    """Tell which regions have the code and boundary of the year before.

    Parameters
    ----------
    table : Division
        A KWB table with CBS's flag of changed divisions.
    before : Division
        The KWB table of the year before.

    Returns
    -------
    Series of bool
        One entry per regiocode; all but the country False when the table has no such flag.
    """
    return changes(table, before).eq("same")


def among(codes: pd.Index | pd.Series, known: pd.Index | pd.Series) -> NDArray[np.bool_]:
    """Tell which codes are among others.

    Parameters
    ----------
    codes, known : Index or Series of str
        The codes to tell of, and the others; each may name a code twice.

    Returns
    -------
    array of bool
        One entry per code.

    Notes
    -----
    Looks codes up in a table, as ``isin`` of pandas does for all types but text: 17,000 in 17,000 in 2 ms, not 200.
    """
    return pd.Index(known).unique().get_indexer(pd.Index(codes)) >= 0


def _renamed(changed: pd.Series, same: pd.Series, before: pd.Index, renames: pd.Series | None) -> pd.Series:
    """Return the old codes, of the year before, of regions of which only the code changed."""
    if renames is None:
        return changed[:0]
    found = changed.map(renames).dropna()
    # A code that is still that of the same area has not become another one.
    return found[among(found, before) & ~among(found, same)]


def _codes(table: Division) -> pd.Index:
    codes: pd.Index = pd.Index(table.rows[table.region_column], name="regiocode", dtype="str")
    return codes


def _flags(table: Division) -> pd.Series:
    """Return CBS's flag of every region as text; NA everywhere when the table has none."""
    names = [name for name in table.rows.columns if name.startswith("Indelingswijziging")]
    flags = table.rows[names[0]].to_numpy() if names else np.nan
    return pd.Series(flags, index=_codes(table)).astype("str")


def _by_buurten(reason: pd.Series, before: Division) -> pd.Series:
    """Return what happened to each gemeente, read from what happened to its buurten."""
    buurten = reason[reason.index.str.startswith("BU")]
    then = _codes(before)
    then = then[then.str.startswith("BU")]
    now = pd.DataFrame(
        {
            "all": 1,
            "kept": buurten.eq("same") & among(buurten.index, then),
            "unknown": buurten.eq("no_flag"),
        }
    ).groupby("GM" + buurten.index.str[2:6])
    counts = now.sum().astype(int)
    counts["then"] = pd.Series("GM" + then.str[2:6]).value_counts().reindex(counts.index, fill_value=0)
    same = counts["kept"].eq(counts["all"]) & counts["all"].eq(counts["then"])
    decided = pd.Series("boundary_changed", index=counts.index).mask(same, "same")
    return decided.mask(counts["unknown"].gt(0), "no_flag")
