"""Addresses counted in two divisions: a crosswalk in, the pieces that an old and a new area have in common out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.harmonise.flags import among
from bt_analysis.harmonise.overlay import SLIVER

_ENDS = ["from_code", "to_code"]


def pieces(crosswalk: pd.DataFrame, from_year: int, to_year: int, kept: pd.Index) -> pd.DataFrame:
    """Look up which addresses of each old area lie in which new one.

    Parameters
    ----------
    crosswalk : DataFrame
        One row is an area in one year and one in another: from_year, to_year, from_code, to_code, addresses. It lists
        the regions that changed; either year of a pair may be the older.
    from_year, to_year : int
        The pair of years.
    kept : Index of str
        Regiocodes that both divisions have.

    Returns
    -------
    DataFrame
        One row per pair of areas: from_code, to_code, amount, from_covered, to_covered (both 1). Empty when the
        crosswalk does not have this pair of years.

    Notes
    -----
    Addresses that two areas have in common are the same from both ends, so a pair of years that is only listed the
    other way round serves too. A region that is not listed, of a level that is, is unchanged. A part below 1% of the
    smaller of both areas is left out.
    """
    counted = _of_years(crosswalk, from_year, to_year)
    smaller = pd.concat([counted.groupby(end)["amount"].transform("sum") for end in _ENDS], axis=1).min(axis=1)
    levels = counted["from_code"].str[:2].unique()
    listed = pd.concat([counted[end] for end in _ENDS])
    unlisted = kept[kept.str[:2].isin(levels) & ~among(kept, listed)]
    same = pd.DataFrame({"from_code": unlisted, "to_code": unlisted, "amount": 1.0})
    both = pd.concat([counted[counted["amount"] > SLIVER * smaller], same], ignore_index=True)
    return both.assign(from_covered=1.0, to_covered=1.0)


def renamed(crosswalk: pd.DataFrame, year: int) -> pd.Series:
    """Look up which regions are, under another code, one region of the year before.

    Parameters
    ----------
    crosswalk : DataFrame
        As for :func:`pieces`.
    year : int
        The later year.

    Returns
    -------
    Series of str
        New code → old code.
    """
    counted = pieces(crosswalk, year - 1, year, pd.Index([], dtype="str"))
    alone = ~counted.duplicated("from_code", keep=False) & ~counted.duplicated("to_code", keep=False)
    other = counted["from_code"] != counted["to_code"]
    return counted[alone & other].set_index("to_code")["from_code"]


def _of_years(crosswalk: pd.DataFrame, from_year: int, to_year: int) -> pd.DataFrame:
    """Return the counts of a pair of years, turned round when they are only listed so; ``addresses`` as amount."""
    rows = crosswalk[crosswalk["from_year"].eq(from_year) & crosswalk["to_year"].eq(to_year)]
    if rows.empty:
        rows = crosswalk[crosswalk["from_year"].eq(to_year) & crosswalk["to_year"].eq(from_year)]
        rows = rows.rename(columns={"from_code": "to_code", "to_code": "from_code"})
    return rows[[*_ENDS, "addresses"]].rename(columns={"addresses": "amount"}).astype({"amount": float})
