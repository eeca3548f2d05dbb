"""Areas: the codes of work areas in; the regions of the reference division that they name, and what has none, out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bt_analysis import regions


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
    work_areas: pd.DataFrame, region_names: pd.DataFrame, successors: Mapping[int, pd.Series], population: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Match the codes of work areas to the regions of the reference division.

    Parameters
    ----------
    work_areas : DataFrame
        Monitoring table ``work_area``.
    region_names : DataFrame
        harmonised_regions; gives the reference division and its year.
    successors : mapping of int to Series of str
        Division year → per regiocode of that year its code in the reference division when it is the same area there,
        ``""`` when it is not.
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
    A code of another division year counts as the region that the same area is now, also when it was renamed; otherwise
    it is listed as ``lost_in_division_change``, or ``no_division_year`` when that year's table was not fetched.
    """
    year = int(region_names["division_year"].iloc[0])
    known = set(region_names["regiocode"])
    codes = area_codes(work_areas)
    named = zip(codes["area_code"], codes["area_year"], strict=True)
    found = [_now(str(code), int(of_year), known, successors) for code, of_year in named]
    codes["now"], codes["reason"] = [code for code, _ in found], [reason for _, reason in found]
    matched = codes[codes["reason"] == ""].drop(columns=["area_code", "reason"]).rename(columns={"now": "area_code"})
    weights = matched.assign(area_year=year, weight=1.0, method="exact").drop_duplicates(["work_area_id", "area_code"])
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


NAMED = ": "
"""What stands between why an area was not joined and its name."""


def named(unmatched: pd.DataFrame, labels: Mapping[int, pd.Series]) -> pd.DataFrame:
    """Name the areas that found no region, as nobody knows a neighbourhood by its code.

    Parameters
    ----------
    unmatched : DataFrame
        analysed_unmatched.
    labels : mapping of int to Series of str
        Division year → name per regiocode of that year.

    Returns
    -------
    DataFrame
        The same rows; ``detail`` of a code ends with the last name that it had, after :data:`NAMED`.
    """
    known: dict[str, str] = {}
    for year in sorted(labels):
        known |= {str(code): str(name) for code, name in labels[year].items()}
    coded = unmatched["table"].eq("work_area") & unmatched["item"].isin(known)
    names = unmatched["detail"] + NAMED + unmatched["item"].map(known).astype("str")
    return unmatched.assign(detail=unmatched["detail"].mask(coded, names))


def _now(code: str, year: int, known: set[str], successors: Mapping[int, pd.Series]) -> tuple[str, str]:
    """Return the code of an area in the reference division, or why it has none."""
    if year not in successors:
        return "", "no_division_year"
    now = successors[year]
    if code not in now.index:
        return "", "unknown_region"
    return (now[code], "") if now[code] in known else ("", "lost_in_division_change")


def needed(weights: pd.DataFrame, region_names: pd.DataFrame) -> set[str]:
    """List the regions whose figures work areas need.

    Parameters
    ----------
    weights : DataFrame
        joined_area_weight.
    region_names : DataFrame
        harmonised_regions.

    Returns
    -------
    set of str
        The country, the regions of the work areas, the gemeenten these lie in, and the wijken and buurten inside them.
    """
    own = set(weights["area_code"])
    inside = region_names["regiocode"].str[2:].str.startswith(tuple(code[2:] for code in own))
    return {regions.COUNTRY, *own, *map(regions.gemeente, own), *region_names.loc[inside, "regiocode"]}
