"""Groups: how many inhabitants of each work area belong to the groups that participation is recorded in."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bt_analysis import regions
from bt_analysis.indicators import Indicator

_COLUMNS = [
    "work_area_id",
    "year",
    "group_type",
    "group_value",
    "group_label",
    "persons_n",
    "coverage",
    "table_id",
    "modified",
]


def composition(
    statistics: pd.DataFrame,
    weights: pd.DataFrame,
    joined_context: pd.DataFrame,
    region_names: pd.DataFrame,
    catalogue: Mapping[str, Indicator],
) -> pd.DataFrame:
    """Count the inhabitants of each work area by group, in the groups that participation is recorded in.

    Parameters
    ----------
    statistics, weights, joined_context, region_names : DataFrame
        harmonised_statistics, joined_area_weight, joined_context, harmonised_regions.
    catalogue : mapping of str to Indicator
        Its indicators with a ``group`` are the sizes of groups.

    Returns
    -------
    DataFrame
        joined_composition: one row is a group of inhabitants of a work area in a year. Groups of the types
        leeftijd and geslacht come from the figures of the work area; groups of the type buurt are the buurten that
        lie inside it; groups of the type wijk are their wijken, where a buurt code counts under its own wijk.
    """
    sizes = {i.id: i.group for i in catalogue.values() if i.group and i.group[0] != "totaal"}
    own = joined_context[joined_context["population"].eq("gebied") & joined_context["indicator_id"].isin(sizes)]
    own = own[own["value"].notna()]
    grouped = own.assign(
        group_type=own["indicator_id"].map(lambda key: sizes[key][0]),
        group_value=own["indicator_id"].map(lambda key: sizes[key][1]),
        group_label=None,
        persons_n=own["value"],
    )
    names = region_names.set_index("regiocode")["regiocode_label"]
    people = joined_context[joined_context["population"].eq("gebied") & joined_context["indicator_id"].eq("population")]
    whole = people[people["year"] == people["division_year"]].set_index("work_area_id")["coverage"]
    places = pd.concat([_wijken(statistics, weights, names), _buurten(statistics, weights, names)])
    places = places.assign(coverage=places["work_area_id"].map(whole).fillna(0.0))
    return pd.concat([grouped[_COLUMNS], places[_COLUMNS]], ignore_index=True)


def outside(
    participation: pd.DataFrame, activity: pd.DataFrame, composition: pd.DataFrame, work_areas: pd.DataFrame
) -> pd.DataFrame:
    """List the collectives with participants who live outside their work area, so that none is lost without a word.

    Parameters
    ----------
    participation, activity : DataFrame
        Monitoring tables.
    composition : DataFrame
        joined_composition; its groups of the types buurt and wijk are what lies inside a work area.
    work_areas : DataFrame
        Monitoring table ``work_area``; tells whose a work area is.

    Returns
    -------
    DataFrame
        analysed_unmatched: one row is a collective; how many buurten or wijken they come from, and not which, because
        there may be one person behind each.
    """
    rows = participation[participation["group_type"] == "buurt"]
    home = rows["activity_id"].map(activity.set_index("activity_id")["collective_id"])
    of_area = work_areas.set_index("work_area_id")["collective_id"]
    here = composition[composition["group_type"].isin(["buurt", "wijk"])]
    inside = set(zip(here["work_area_id"].map(of_area), here["group_value"], strict=True))
    places = pd.DataFrame({"collective_id": home, "place": rows["group_value"]}).drop_duplicates()
    away = [place not in inside for place in places.itertuples(index=False, name=None)]
    places = places[pd.Series(away, index=places.index, dtype=bool)]
    counted = places.groupby("collective_id", as_index=False).agg(places=("place", "size"))
    return pd.DataFrame(
        {
            "table": "participation",
            "collective_id": counted["collective_id"],
            "item": "participants from outside",
            "reason": "outside_work_area",
            "detail": [f"{number} buurten or wijken" for number in counted["places"]],
        }
    )


def _wijken(statistics: pd.DataFrame, weights: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Inhabitants per wijk of a work area: as published for a whole wijk, else the sum of the buurten inside."""
    level_of = {"gemeente": "wijk", "wijk": "wijk", "buurt": "buurt"}
    inside = _within(statistics, weights, level_of)
    inside = inside[inside["value"].notna()].assign(group_value="WK" + inside["regiocode"].str[2:8])
    sums = inside.groupby(["work_area_id", "year", "group_value", "table_id", "modified"], as_index=False)
    out = sums.agg(persons_n=("value", "sum"))
    return out.assign(group_type="wijk", group_label=out["group_value"].map(names))


def _buurten(statistics: pd.DataFrame, weights: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Inhabitants per buurt of a work area; also a buurt without a figure lies inside, and is not empty."""
    inside = _within(statistics, weights, {"gemeente": "buurt", "wijk": "buurt", "buurt": "buurt"})
    inside = inside.assign(group_value=inside["regiocode"], persons_n=inside["value"])
    return inside.assign(group_type="buurt", group_label=inside["regiocode"].map(names))


def _within(statistics: pd.DataFrame, weights: pd.DataFrame, level_of: Mapping[str, str]) -> pd.DataFrame:
    """Inhabitants of the regions inside each work area, at the level that goes with the level of its codes."""
    people = statistics[
        statistics["indicator_id"].eq("population") & statistics["year"].eq(statistics["division_year"])
    ]
    people = people.assign(level=people["regiocode"].map(regions.level))
    parts = [people.head(0).assign(work_area_id="")]
    for work_area_id, code, weight in weights[["work_area_id", "area_code", "weight"]].itertuples(index=False):
        # "GM0363" holds every "WK0363…" and "BU0363…"; a wijk and a buurt hold themselves.
        digits = code[2:]
        held = people["level"].eq(level_of[regions.level(code)]) & people["regiocode"].str[2 : 2 + len(digits)].eq(
            digits
        )
        # Of a region that lies inside for a part, that part of its inhabitants is taken to live there.
        # (An empty table that is assigned a longer column grows to its length: multiply what is held, not all.)
        inside = people[held]
        parts.append(inside.assign(work_area_id=work_area_id, value=inside["value"] * weight))
    return pd.concat(parts, ignore_index=True)
