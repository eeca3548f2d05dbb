"""Work areas given by postcodes or drawn on a map: which regions count for them, for which part, and how that is known.

A region's part is that of its addresses, else of its inhabitants, else of its surface. What rests on surface is marked,
because people do not live evenly over a region.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from bt_analysis import regions

WHOLE = 0.99
"""From this share of its surface a region lies inside a drawn area whole: two maps never agree to the metre."""

SLIVER = 0.01
"""Below this share of a region, its part is taken for a difference between maps, or for a stray address …"""

GOOD_PART = 0.1
"""… unless that part is at least this share of the work area, as of a garden in a large polder."""

_COUNTS = {"addresses_n": "addresses", "inhabitants": "population"}
_COLUMNS = ["work_area_id", "area_code", "weight", "method"]
_LOST = ["work_area_id", "item", "reason", "detail"]
# Reasons that leave the rest of the work area as it is.
_IN_PART = ("sliver", "partly_outside")


def weights(
    work_areas: pd.DataFrame,
    population: pd.Series,
    year: int,
    *,
    addresses: pd.DataFrame | None = None,
    polygons: gpd.GeoDataFrame | None = None,
    outlines: gpd.GeoDataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weigh the regions of work areas that are given by postcodes or drawn on a map.

    Parameters
    ----------
    work_areas : DataFrame
        Monitoring table ``work_area``; rows of definition_type codes are passed over.
    population : Series
        Inhabitants per regiocode of the reference division.
    year : int
        Year of the reference division.
    addresses : DataFrame, optional
        As :func:`of_postcodes` takes it, in the reference division; else places that have a ``postcode`` will do.
    polygons, outlines, places : GeoDataFrame, optional
        As :func:`of_polygons` takes them, in the reference division.

    Returns
    -------
    weights : DataFrame
        joined_area_weight: one row is a region that counts for a work area.
    unmatched : DataFrame
        analysed_unmatched: one row is what found no region (table work_area), or a part that does not count (table
        work_area_part), and why.
    """
    counts = _located(places, outlines) if addresses is None else addresses
    by_post = of_postcodes(work_areas[work_areas["definition_type"].eq("postcodes")], counts)
    drawn = of_polygons(work_areas[work_areas["definition_type"].eq("polygon")], polygons, outlines, places)
    found, lost = (pd.concat(both, ignore_index=True) for both in zip(by_post, drawn, strict=True))
    people = found["area_code"].map(population).astype(float) * found["weight"]
    total = people.groupby(found["work_area_id"]).transform("sum")
    found = found.assign(area_year=year, share_of_workarea_population=(people / total.where(total > 0)).clip(upper=1.0))
    owner = work_areas.set_index("work_area_id")["collective_id"]
    table = np.where(lost["reason"].isin(_IN_PART), "work_area_part", "work_area")
    unmatched = lost.assign(table=table, collective_id=lost["work_area_id"].map(owner))
    # The areas of two periods may miss the same thing, which is told once.
    unmatched = unmatched.drop_duplicates(["table", "collective_id", "item", "reason"], ignore_index=True)
    found = found[["work_area_id", "area_code", "area_year", "weight", "method", "share_of_workarea_population"]]
    return found, unmatched[["table", "collective_id", "item", "reason", "detail"]]


def spelt_out(work_areas: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Write beside postcodes and drawings the codes of the regions they were found to lie in.

    Parameters
    ----------
    work_areas : DataFrame
        Monitoring table ``work_area``.
    weights : DataFrame
        joined_area_weight.

    Returns
    -------
    DataFrame
        The same rows, where those that were not defined by codes have ``area_codes`` (empty when none was found) and
        ``area_year`` of their regions in the reference division, so that all that follows reads one kind of work area.
    """
    found = weights.groupby("work_area_id").agg(codes=("area_code", ";".join), year=("area_year", "first"))
    of_area = found.reindex(work_areas["work_area_id"]).set_axis(work_areas.index)
    change = work_areas["definition_type"].ne("codes")
    years = of_area["year"].astype("Int64").fillna(work_areas["area_year"])
    return work_areas.assign(
        area_codes=work_areas["area_codes"].mask(change, of_area["codes"].fillna("")),
        area_year=work_areas["area_year"].mask(change, years),
    )


def of_postcodes(work_areas: pd.DataFrame, addresses: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weigh regions by the addresses that have one of a list of postcodes.

    Parameters
    ----------
    work_areas : DataFrame
        work_area_id, and postcodes of four digits or with their letters (``"8011;8012 AB"``).
    addresses : DataFrame or None
        One row is a postcode (all PC6, or all PC4) and a region it has addresses in: postcode, regiocode, addresses_n,
        or else inhabitants. It holds every postcode of the regions, also those outside the work areas.

    Returns
    -------
    weights : DataFrame
        One row is a region of a work area: work_area_id, area_code, weight, method (addresses or population).
    lost : DataFrame
        One row is a postcode without addresses, or a region of which too little is meant: work_area_id, item, reason,
        detail.

    Notes
    -----
    weight = Σ n in the region with one of the postcodes / Σ n in the region, where n is addresses or else inhabitants.
    """
    lists = work_areas["postcodes"].map(regions.postcodes_in, na_action="ignore")
    wanted = work_areas[["work_area_id"]].assign(item=lists).explode("item").dropna()
    if addresses is None or wanted.empty:
        return _none(), wanted.assign(reason="no_addresses", detail="geen adressen per postcode")[_LOST]
    longest = addresses["postcode"].str.len().max()
    four = addresses.assign(item=addresses["postcode"].str[:4])
    named = four if longest == 4 else pd.concat([four, addresses.assign(item=addresses["postcode"])])
    met = wanted.merge(named, on="item", validate="many_to_many")
    missing = wanted[~wanted["item"].isin(named["item"])]
    reasons = np.where(missing["item"].str.len() > longest, "no_addresses", "unknown_postcode")
    lost = missing.assign(reason=reasons, detail="geen adressen met deze postcode")
    if met.empty:
        return _none(), lost[_LOST]
    # 8011 and 8011AB in one list name the same addresses.
    met = met.drop_duplicates(["work_area_id", "postcode", "regiocode"])
    column = _counting(addresses)
    inside = met.groupby(["work_area_id", "regiocode"], as_index=False)[column].sum()
    inside = inside[inside[column] > 0]
    inside = inside.assign(
        area_code=inside["regiocode"],
        weight=inside[column] / inside["regiocode"].map(addresses.groupby("regiocode")[column].sum()),
        of_area=inside[column] / inside.groupby("work_area_id")[column].transform("sum"),
        method=_COUNTS[column],
    )
    return _without_slivers(inside, lost[_LOST])


def of_polygons(
    work_areas: pd.DataFrame,
    polygons: gpd.GeoDataFrame | None,
    outlines: gpd.GeoDataFrame | None,
    places: gpd.GeoDataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weigh regions by the part of them that lies inside a drawn area.

    Parameters
    ----------
    work_areas : DataFrame
        work_area_id and polygon_file.
    polygons : GeoDataFrame or None
        One row is a drawn work area: work_area_id, geometry.
    outlines : GeoDataFrame or None
        One row is a region: regiocode, geometry; in the same metres.
    places : GeoDataFrame, optional
        One row is a place smaller than a region, a point or an outline: geometry, and addresses_n or else inhabitants.

    Returns
    -------
    weights : DataFrame
        One row is a region of a work area: work_area_id, area_code, weight, method.
    lost : DataFrame
        One row is a drawing that (partly) lies in no region, or a region of which too little is meant: work_area_id,
        item, reason, detail.

    Notes
    -----
    A region that lies inside for 99% of its surface counts whole (method ``exact``). Of another, weight = Σ n of its
    places inside / Σ n of its places (``addresses`` or ``population``), provided that every place lies inside or
    outside whole; else the share of its surface (``surface``).
    """
    drawn = work_areas[["work_area_id", "polygon_file"]].rename(columns={"polygon_file": "item"})
    if outlines is None or polygons is None:
        return _none(), drawn.assign(reason="no_boundaries", detail="geen grenzen van de indeling")[_LOST]
    drawn = polygons[["work_area_id", "geometry"]].merge(drawn, on="work_area_id", validate="one_to_one")
    parts, lost = [_none().assign(of_area=0.0)], [pd.DataFrame(columns=_LOST)]
    for work_area_id, polygon, item in drawn[["work_area_id", "geometry", "item"]].itertuples(index=False):
        met = _pieces(polygon, outlines)
        counted = _counted(polygon, outlines.loc[met.index], places)
        exact = met["share"] >= WHOLE
        met = met.assign(
            work_area_id=work_area_id,
            weight=counted["share"].fillna(met["share"].clip(upper=1.0)).mask(exact, 1.0),
            method=counted["method"].fillna("surface").mask(exact, "exact"),
        )
        parts.append(met)
        outside = 1 - met["of_area"].sum()
        if outside > SLIVER:
            reason = "outside_regions" if met.empty else "partly_outside"
            lost.append(pd.DataFrame([(work_area_id, item, reason, f"{outside:.0%} van het vlak")], columns=_LOST))
    return _without_slivers(pd.concat(parts, ignore_index=True), pd.concat(lost, ignore_index=True))


def _pieces(polygon: BaseGeometry, outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return per region that a polygon meets the share of the region inside, and its share of the polygon."""
    met = outlines.iloc[np.sort(outlines.sindex.query(polygon, predicate="intersects"))]
    surface = met.geometry.intersection(polygon).area
    met = met[surface > 0]
    surface = surface[surface > 0]
    return pd.DataFrame(
        {"area_code": met["regiocode"], "share": surface / met.geometry.area, "of_area": surface / polygon.area}
    )


def _counted(polygon: BaseGeometry, met: gpd.GeoDataFrame, places: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Return per region the share of its addresses or inhabitants inside, missing where that cannot be told."""
    unknown = pd.DataFrame({"share": np.nan, "method": None}, index=met.index)
    if places is None or met.empty:
        return unknown
    column = _counting(places)
    spots = places[[column, "geometry"]].set_geometry(places.geometry.representative_point())
    home = gpd.sjoin(spots, met[["geometry"]], predicate="within").rename(columns={"index_right": "region"})
    shapes = places.geometry.loc[home.index]
    surface = shapes.area
    inside = (shapes.intersection(polygon).area / surface.where(surface > 0)).fillna(
        shapes.within(polygon).astype(float)
    )
    cut = inside.between(SLIVER, WHOLE, inclusive="neither").groupby(home["region"]).any()
    sums = pd.DataFrame({"n": home[column], "inside": home[column] * (inside >= WHOLE)}).groupby(home["region"]).sum()
    share = (sums["inside"] / sums["n"].where(sums["n"] > 0))[~cut]
    return unknown.assign(
        share=share.reindex(met.index), method=pd.Series(_COUNTS[column], index=share.dropna().index).reindex(met.index)
    )


def _located(places: gpd.GeoDataFrame | None, outlines: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    """Count per postcode and region what is counted per place, when places say their postcode."""
    if places is None or outlines is None or "postcode" not in places:
        return None
    home = gpd.sjoin(places, outlines[["regiocode", "geometry"]], predicate="within")
    counts = pd.DataFrame(home[["postcode", "regiocode", _counting(places)]])
    return counts.groupby(["postcode", "regiocode"], as_index=False).sum()


def _counting(table: pd.DataFrame) -> str:
    return next(name for name in _COUNTS if name in table)


def _without_slivers(found: pd.DataFrame, lost: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out the regions of which next to nothing is meant, unless that is a good part of the work area."""
    small = (found["weight"] < SLIVER) & (found["of_area"] < GOOD_PART)
    slivers = found[small].rename(columns={"area_code": "item"})
    detail = [f"{weight:.2%} van het gebied" for weight in slivers["weight"]]
    kept = found.loc[~small & (found["weight"] > 0), _COLUMNS].reset_index(drop=True)
    return kept, pd.concat([lost, slivers.assign(reason="sliver", detail=detail)[_LOST]], ignore_index=True)


def _none() -> pd.DataFrame:
    return pd.DataFrame({"work_area_id": [], "area_code": [], "weight": [], "method": []}).astype(
        {"work_area_id": "str", "area_code": "str", "weight": "float64", "method": "str"}
    )
