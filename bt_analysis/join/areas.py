"""Areas: the codes of work areas matched to regions, and the figures of those regions put together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bt_analysis import regions
from bt_analysis.indicators import Indicator

_SOURCE = ["table_id", "source_key", "modified"]
_SET = ["work_area_id", "population", "year"]


def area_codes(work_areas: pd.DataFrame) -> pd.DataFrame:
    """Spell out the codes of work areas.

    Parameters
    ----------
    work_areas : DataFrame
        One row per work area (monitoring table ``work_area``); ``area_codes`` holds codes with ; between them.

    Returns
    -------
    DataFrame
        One row is a code of a work area: work_area_id, collective_id, area_code, area_year.
    """
    codes = work_areas.assign(area_code=work_areas["area_codes"].map(regions.codes_in)).explode("area_code")
    codes = codes.dropna(subset="area_code")
    # A code that is named twice would count its inhabitants twice.
    return codes[["work_area_id", "collective_id", "area_code", "area_year"]].drop_duplicates(ignore_index=True)


def area_weights(
    work_areas: pd.DataFrame, region_names: pd.DataFrame, same_since: Mapping[int, pd.Series], population: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Match the codes of work areas to the regions of the reference division.

    Parameters
    ----------
    work_areas : DataFrame
        Monitoring table ``work_area``.
    region_names : DataFrame
        harmonised_regions; gives the reference division and its year.
    same_since : mapping of int to Series of bool
        Division year → per regiocode of the reference division whether it had this code and boundary in that year.
    population : Series
        Inhabitants per regiocode in the reference year.

    Returns
    -------
    weights : DataFrame
        joined_area_weight: one row is a region that counts for a work area, weight 1.
    unmatched : DataFrame
        analysed_unmatched: one row is a code without a region, and why.

    Notes
    -----
    A code of another division year only counts when its boundary is known to be the same; otherwise it is listed
    as ``lost_in_division_change``, or ``no_division_year`` when that year's table was not fetched.
    """
    year = int(region_names["division_year"].iloc[0])
    known = set(region_names["regiocode"])
    codes = area_codes(work_areas)
    named = zip(codes["area_code"], codes["area_year"], strict=True)
    codes["reason"] = [_why_unmatched(str(code), int(of_year), known, same_since) for code, of_year in named]
    matched = codes[codes["reason"] == ""].drop(columns="reason")
    weights = matched.assign(area_year=year, weight=1.0, method="exact")
    people = weights["area_code"].map(population).astype(float)
    total = people.groupby(weights["work_area_id"]).transform("sum")
    weights["share_of_workarea_population"] = (people / total.where(total > 0)).clip(upper=1.0)
    lost = codes[codes["reason"] != ""]
    unmatched = pd.DataFrame(
        {
            "table": "work_area",
            "collective_id": lost["collective_id"],
            "item": lost["area_code"],
            "reason": lost["reason"],
            "detail": [f"division {code_year} → {year}" for code_year in lost["area_year"]],
        }
    )
    return weights.drop(columns="collective_id").reset_index(drop=True), unmatched.reset_index(drop=True)


def _why_unmatched(code: str, year: int, known: set[str], same_since: Mapping[int, pd.Series]) -> str:
    if year not in same_since:
        return "no_division_year"
    same = same_since[year]
    if bool(same.get(code, False)) and code in known:
        return ""
    return "lost_in_division_change" if code in same.index else "unknown_region"


def context(
    statistics: pd.DataFrame, weights: pd.DataFrame, work_areas: pd.DataFrame, catalogue: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Put together the figures of each work area, of the gemeente(n) it lies in, and of the country.

    Parameters
    ----------
    statistics : DataFrame
        harmonised_statistics.
    weights : DataFrame
        joined_area_weight.
    work_areas : DataFrame
        Monitoring table ``work_area``; tells how many codes each work area has, matched or not.
    catalogue : mapping of str to Indicator
        How the regions of an indicator are put together.

    Returns
    -------
    DataFrame
        joined_context: one row is a work area, whose figure it is (gebied, gemeente, land), a year, an indicator.

    Notes
    -----
    additive: Σ value · weight. share: factor · Σ numerator / Σ denominator over the regions that have both.
    mean: Σ value · base · weight / Σ base · weight, with the base the indicator names (a single region keeps its
    own value); a region without a base has no part in it. coverage = inhabitants of regions that have a value /
    inhabitants of all regions, in the year of the figure or, where these are not known, the reference year; codes that
    matched no region count as regions of the mean size.
    """
    members = _members(weights)
    # Named once, because the additive parts of a share are looked up for every region and year again.
    wide = statistics.pivot(index=["regiocode", "year"], columns="indicator_id", values="value")
    parts = [
        _combine(indicator, statistics[statistics["indicator_id"] == indicator.id], members, wide)
        for indicator in catalogue.values()
    ]
    joined = pd.concat(parts, ignore_index=True)
    asked = area_codes(work_areas).groupby("work_area_id").size()
    in_area = joined["population"].eq("gebied")
    asked_n = joined.loc[in_area, "work_area_id"].map(asked).astype("int64")
    joined.loc[in_area, "coverage"] *= (joined.loc[in_area, "areas_n"] / asked_n).clip(upper=1.0)
    joined.loc[in_area, "areas_n"] = asked_n
    return joined.assign(division_year=int(weights["area_year"].iloc[0]) if len(weights) else 0)


def _members(weights: pd.DataFrame) -> pd.DataFrame:
    """One row per region that counts for a work area itself, for its gemeente(n) or for the country."""
    own = weights[["work_area_id", "area_code", "weight"]].assign(population="gebied")
    around = own.assign(area_code=own["area_code"].map(regions.gemeente), weight=1.0, population="gemeente")
    country = own.assign(area_code=regions.COUNTRY, weight=1.0, population="land")
    return pd.concat([own, around, country]).drop_duplicates(ignore_index=True)


def _combine(indicator: Indicator, figures: pd.DataFrame, members: pd.DataFrame, wide: pd.DataFrame) -> pd.DataFrame:
    """Put the regions of every member set together for one indicator; one row per set and year."""
    rows = members.merge(figures, left_on="area_code", right_on="regiocode", how="inner", validate="many_to_many")
    place = pd.MultiIndex.from_frame(rows[["regiocode", "year"]])
    now = pd.MultiIndex.from_frame(rows[["regiocode", "division_year"]])
    people = wide["population"].reindex(place).to_numpy()
    rows["people"] = np.where(np.isnan(people), wide["population"].reindex(now).to_numpy(), people) * rows["weight"]
    rows["has"] = rows["value"].notna()
    if indicator.kind == "mean":
        alone = rows.groupby(_SET)["value"].transform("size") == 1
        rows["has"] &= rows["n_base"].notna() | alone
    if indicator.kind == "share":
        above = wide[indicator.numerator].reindex(place).to_numpy()
        rows["above"] = np.where(rows["has"], above, 0.0) * rows["weight"]
        rows["below"] = rows["n_base"].where(rows["has"], 0.0) * rows["weight"]
    else:
        base = 1.0 if indicator.kind == "additive" else rows["n_base"]
        rows["below"] = (base * rows["weight"]).where(rows["has"], 0.0) if indicator.kind == "mean" else 1.0
        rows["above"] = (rows["value"] * (rows["below"] if indicator.kind == "mean" else rows["weight"])).fillna(0.0)
    return _summed(indicator, rows)


def _summed(indicator: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(
        people_with=rows["people"].where(rows["has"], 0.0),
        base_with=rows["n_base"].where(rows["has"]),
        single=rows["value"],
    )
    sums = rows.groupby(_SET, as_index=False).agg(
        above=("above", "sum"), below=("below", "sum"), people=("people", "sum"), people_with=("people_with", "sum"),
        n_base=("base_with", "sum"), areas_n=("has", "size"), areas_used_n=("has", "sum"), single=("single", "first"),
        missing_reason=("missing_reason", "first"), base_id=("base_id", "first"),
        **{name: (name, "first") for name in _SOURCE},
    )  # fmt: skip
    used = sums["areas_used_n"] > 0
    ratio = sums["above"] / sums["below"].where(sums["below"] > 0)
    if indicator.kind == "additive":
        value = sums["above"]
    elif indicator.kind == "share":
        value = indicator.factor * ratio
    else:
        value = ratio.where(sums["areas_n"] > 1, sums["single"])
    coverage = (sums["people_with"] / sums["people"].where(sums["people"] > 0)).where(used, 0.0).clip(0, 1)
    return sums[[*_SET, "n_base", "areas_n", "areas_used_n", *_SOURCE]].assign(
        indicator_id=indicator.id,
        unit=indicator.unit,
        value=value.where(used),
        missing_reason=sums["missing_reason"].where(value.where(used).isna(), None),
        coverage=coverage,
        weight_method="sum" if indicator.kind == "additive" else sums["base_id"],
    )
