"""Correspondence between divisions: what is known of two years in, which old area goes to which new one out.

Three kinds of evidence, the best first: addresses counted in both divisions (where people live), CBS's flags of changed
divisions, and the outlines (where land lies). An area that one of them decides is not asked of the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from bt_analysis.harmonise import addresses
from bt_analysis.harmonise.flags import Division, among, trace
from bt_analysis.harmonise.overlay import overlay

WHOLE = 0.99
"""An area lies wholly in another when at least this share of it does."""

_MOSTLY = 0.5  # maps of some years leave out water that others have; less than this is no matter of water

COMPARABLE = ("same", "renamed", "merged")
"""Reasons of a region whose figure is that of the very same area."""
APPORTIONED = ("apportioned_addresses", "apportioned_surface")
"""Reasons of a region whose figure is an estimate from parts of areas."""
LOST = ("boundary_changed", "code_changed", "no_flag", "year_missing", "new_area")
"""Reasons of a region that gets no figure of the other year: its boundary changed; its code did, or is gone; CBS gave
no flag; the table of a year between is absent; no area of the other year was there."""


@dataclass(frozen=True, eq=False)
class Correspondence:
    """What of the areas of one division year goes to which area of another.

    Parameters
    ----------
    from_year, to_year : int
        Division year of the figures, and the one they are brought to; either may be the older.
    links : DataFrame
        One row is an old area and a new area that takes a share of it: ``from_code, to_code, weight`` (sums to 1 per
        old area) and ``method`` (same, renamed, addresses, surface).
    regions : DataFrame
        One row is a region of the new division: ``regiocode, comparable, reason`` (one of :data:`COMPARABLE`,
        :data:`APPORTIONED`, :data:`LOST`). A lost region may have links, of areas that are not all there is of it.
    uncovered : DataFrame
        One row is an old area of which less than 99% is known to lie in new areas: ``from_code, covered`` (0 when it
        has no links).

    Raises
    ------
    ValueError
        When the weights of an old area are no shares, or do not sum to 1.

    Notes
    -----
    The way back is not this table turned round: a village that went wholly into a town has weight 1 on the way there,
    while of the town only the part that was the village goes back. Make it from its own evidence, by asking for
    ``correspondence(to_year, from_year, …)``.
    """

    from_year: int
    to_year: int
    links: pd.DataFrame
    regions: pd.DataFrame
    uncovered: pd.DataFrame

    def __post_init__(self) -> None:
        weight = self.links["weight"]
        # A weight that is no share must not hide in a sum: pandas adds a missing one as 0.
        sums = weight.where(weight.between(0, 1 + 1e-9), np.inf).groupby(self.links["from_code"]).sum()
        wrong = sums[~np.isclose(sums, 1.0, rtol=0, atol=1e-9)]
        if len(wrong):
            raise ValueError(
                f"weights of {wrong.index[0]} ({self.from_year} → {self.to_year}) sum to {wrong.iloc[0]:.6f}; expected "
                f"shares from 0 to 1 that sum to 1 ({len(wrong)} of {len(sums)} areas have others). Give every old "
                "area all of its parts."
            )

    @property
    def lost_n(self) -> int:
        """How many regions of the new division get no figures."""
        return int(self.regions["reason"].isin(LOST).sum())


def correspondence(
    from_year: int,
    to_year: int,
    tables: Mapping[int, Division],
    crosswalk: pd.DataFrame | None = None,
    boundaries: Mapping[int, gpd.GeoDataFrame] | None = None,
) -> Correspondence:
    """Find out what of each area of one division year goes to which area of another.

    Parameters
    ----------
    from_year, to_year : int
        Division year of the figures, and the one they are brought to; either may be the older.
    tables : mapping of int to Division
        Year → KWB table, for the regions there are and CBS's flags; all years between are needed to follow the flags.
    crosswalk : DataFrame, optional
        Addresses counted in two divisions: from_year, to_year, from_code, to_code, addresses. Of a pair of years and a
        level that it has, it lists the regions that changed; every other region is unchanged then.
    boundaries : mapping of int to GeoDataFrame, optional
        Year → outlines: regiocode, geometry; levels may be mixed.

    Returns
    -------
    Correspondence
        With one row in ``regions`` per region of ``to_year``.

    Raises
    ------
    ValueError
        When of one of the years there is neither a table nor outlines.

    Notes
    -----
    weight = addresses (or m²) that the old and the new area have in common / those that the old one has in common with
    any new area. A part below 1% of the smaller of both areas is left out first: one address that was moved must not
    make a gemeente of a thousand others incomparable. A region is the same or renamed when one area lies in it
    for at least 99% and makes at least 99% of it; merged when several such areas make it up; else it is apportioned.
    A region that was for the most part in no old area is a new_area. Some water at its edge that was not drawn before
    makes it apportioned.
    """
    drawn = boundaries or {}
    old, new = (_codes(year, tables, drawn) for year in (from_year, to_year))
    kept = old.intersection(new)
    # The country is the country, however it is divided.
    found = _one_to_one(kept if from_year == to_year else kept[kept.str.startswith("NL")])
    if crosswalk is not None:
        found = _with(found, addresses.pieces(crosswalk, from_year, to_year, kept), "addresses")
    followed, reasons = _followed(from_year, to_year, tables, crosswalk)
    found = _with(found, followed, "flags")
    if {from_year, to_year} <= set(drawn):
        found = _with(found, _cut(drawn[from_year], drawn[to_year], found), "surface")
        levels = drawn[from_year]["regiocode"].str[:2].unique()
        asked = among(new, drawn[to_year]["regiocode"]) & new.str[:2].isin(levels)
        reasons = reasons.reindex(new).mask(asked, "new_area")
    links, regions = _judged(found, _why_lost(reasons, new))
    return Correspondence(from_year, to_year, links, regions, _uncovered(found, old))


def _codes(year: int, tables: Mapping[int, Division], boundaries: Mapping[int, gpd.GeoDataFrame]) -> pd.Index:
    """Return the regions of a year, from its table or else its outlines."""
    if year in tables:
        codes = tables[year].rows[tables[year].region_column]
    elif year in boundaries:
        codes = boundaries[year]["regiocode"].drop_duplicates()
    else:
        raise ValueError(
            f"the division of {year} has neither a table nor outlines; got those of {sorted({*tables, *boundaries})}. "
            "Fetch them (bt fetch --years)."
        )
    index: pd.Index = pd.Index(codes, name="regiocode", dtype="str")
    return index


def _one_to_one(old: pd.Index | pd.Series, new: pd.Index | pd.Series | None = None) -> pd.DataFrame:
    """Return pieces that say: this old area is that new one."""
    ends = {"from_code": list(old), "to_code": list(old if new is None else new)}
    return pd.DataFrame(ends, dtype="str").assign(amount=1.0, from_covered=1.0, to_covered=1.0, source="flags")


def _with(found: pd.DataFrame, more: pd.DataFrame, source: str) -> pd.DataFrame:
    """Add the pieces of areas on which nothing better has spoken."""
    spoken = among(more["from_code"], found["from_code"]) | among(more["to_code"], found["to_code"])
    return pd.concat([found, more[~spoken].assign(source=source)], ignore_index=True)


def _followed(
    from_year: int, to_year: int, tables: Mapping[int, Division], crosswalk: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the pieces that CBS's flags prove, and per region of the newer division how far it could be followed."""
    older, newer = sorted((from_year, to_year))
    if newer not in tables:
        return _one_to_one(pd.Index([])), pd.Series("year_missing", index=pd.Index([], dtype="str"))
    span = range(older + 1, newer + 1)
    renames = {} if crosswalk is None else {year: addresses.renamed(crosswalk, year) for year in span}
    traced = trace(tables, older, newer, renames)
    before = traced["before"].dropna()
    ends = (before, before.index) if to_year == newer else (before.index, before)
    return _one_to_one(*ends), traced["reason"]


def _cut(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Overlay the areas on which nothing has spoken, each level with itself."""
    left = [old[~among(old["regiocode"], found["from_code"])], new[~among(new["regiocode"], found["to_code"])]]
    parts = [
        overlay(*(areas[areas["regiocode"].str.startswith(level)] for areas in left)) for level in ("GM", "WK", "BU")
    ]
    return pd.concat(parts, ignore_index=True)


def _why_lost(reasons: pd.Series, new: pd.Index) -> pd.Series:
    """Return for every new region why it has no figure, should nothing be found of it."""
    usual = next(iter(reasons.mode()), "year_missing")
    # With figures newer than the reference division a code may be gone, and then no flag tells why.
    gone = usual if usual in ("no_flag", "year_missing") else "code_changed"
    lost = reasons.reindex(new).fillna(gone)
    # The flags followed this code, but from an area of which something better says that it went elsewhere.
    return lost.replace({"renamed": "code_changed", "same": "boundary_changed"})


def _judged(found: pd.DataFrame, lost: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the links with their weights, and what they make of every region of the new division."""
    weight = found["amount"] / found.groupby("from_code")["amount"].transform("sum")
    whole = weight.ge(WHOLE) & found["from_covered"].ge(WHOLE)
    exact = found["amount"].where(whole, 0.0)
    own = whole & found["from_code"].eq(found["to_code"])
    into = found.assign(exact=exact, wholes=whole, own=own).groupby("to_code").agg(
        amount=("amount", "sum"), exact=("exact", "sum"), wholes=("wholes", "sum"), own=("own", "any"),
        covered=("to_covered", "first"), source=("source", "first"),
    )  # fmt: skip
    made = "apportioned_" + into["source"]
    complete = into["exact"].ge(WHOLE * into["amount"]) & into["covered"].ge(WHOLE)
    made[complete & into["wholes"].gt(1)] = "merged"
    made[complete & into["wholes"].eq(1)] = "renamed"
    made[complete & into["wholes"].eq(1) & into["own"]] = "same"
    made[into["covered"].lt(_MOSTLY)] = "new_area"
    reason = made.reindex(lost.index).fillna(lost)
    regions = pd.DataFrame(
        {"regiocode": lost.index, "comparable": reason.isin(COMPARABLE).array, "reason": reason.array}
    )
    single = found["to_code"].map(made).where(whole)
    method = single.where(single.isin(["same", "renamed"]), found["source"])
    return found[["from_code", "to_code"]].assign(weight=weight, method=method), regions


def _uncovered(found: pd.DataFrame, old: pd.Index) -> pd.DataFrame:
    covered = found.groupby("from_code")["from_covered"].first().reindex(old, fill_value=0.0)
    return covered[covered < WHOLE].rename_axis("from_code").rename("covered").reset_index()
