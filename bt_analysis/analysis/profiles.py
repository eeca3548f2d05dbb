"""Who are they, and what do they keep? What a report tells of a collective apart from its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import pandas as pd

from bt_analysis import regions, schema
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined

URBANITY_BOUNDS = (500, 1000, 1500, 2500)
"""Addresses per km² around a home at which CBS's class of urbanity changes: 5 (below 500) … 1 (2,500 and more)."""

_ACTIVITY = ["collective_id", "activity_id", "title", "domain", "activity_type", "start", "end", "sessions_n"]


def collectives(
    joined: Joined, periods: pd.DataFrame, names: Mapping[int, pd.Series], refused: pd.DataFrame, *, synthetic: bool
) -> pd.DataFrame:
    """Describe every collective in each of its periods.

    Parameters
    ----------
    joined : Joined
        Reads the monitoring tables and context.
    periods : DataFrame
        Reporting periods per collective.
    names : mapping of int to Series
        Division year → name per regiocode; a code means nothing without its year.
    refused : DataFrame
        Collectives whose newest delivery has problems: collective_id, problems_n and accepted_on, the day of the
        earlier one that is used.
    synthetic : bool
        Whether the data are made up.

    Returns
    -------
    DataFrame
        One row is a collective in a reporting period (analysed_collectives).

    Notes
    -----
    urbanity = CBS's class of the address density of the surroundings, averaged over the work area's inhabitants.
    """
    label = [
        ", ".join(str(names[year].get(code, code)) if year in names else code for code in regions.codes_in(text))
        for text, year in zip(joined.work_area["area_codes"], joined.work_area["area_year"], strict=True)
    ]
    areas = joined.work_area[["work_area_id"]].assign(
        work_area_label=label, urbanity=joined.work_area["work_area_id"].map(_urbanity(joined.context))
    )
    there = reporting.with_area(periods, joined.work_area)[["collective_id", "period", "work_area_id"]]
    frame = periods[["collective_id", "period"]].merge(there, how="left", validate="one_to_one")
    frame = frame.merge(areas, on="work_area_id", how="left", validate="many_to_one")
    frame = frame.merge(
        joined.collective[["collective_id", "name", "primary_domain"]], on="collective_id", validate="many_to_one"
    )
    frame = frame.merge(refused, on="collective_id", how="left", validate="many_to_one")
    frame = frame.assign(
        problems_n=frame["problems_n"].fillna(0).astype("int64"),
        accepted_on=frame["accepted_on"].fillna("").astype("str"),
    )
    return frame.assign(tables_kept=frame["collective_id"].map(_kept(joined)), synthetic=synthetic)


def activities(joined: Joined) -> pd.DataFrame:
    """List the activities, without figures about people.

    Parameters
    ----------
    joined : Joined
        Reads activity.

    Returns
    -------
    DataFrame
        One row is an activity (analysed_activities).
    """
    return joined.activity[_ACTIVITY].sort_values(["collective_id", "start", "activity_id"], ignore_index=True)


def _urbanity(context: pd.DataFrame) -> pd.Series:
    density = context[
        context["indicator_id"].eq("address_density_per_km2")
        & context["population"].eq("gebied")
        & context["value"].notna()
    ]
    newest = density.sort_values("year").drop_duplicates("work_area_id", keep="last").set_index("work_area_id")["value"]
    classes = 5 - np.searchsorted(URBANITY_BOUNDS, newest.to_numpy(dtype=float), side="right")
    return pd.Series(classes, index=newest.index, dtype="Int64")


def _kept(joined: Joined) -> dict[str, str]:
    """Return per collective the names of the monitoring tables that hold rows of it."""
    owners_of = {
        "activity_id": joined.activity.set_index("activity_id")["collective_id"],
        "experiment_id": joined.experiment.set_index("experiment_id")["collective_id"],
    }
    kept: dict[str, list[str]] = {}
    # What was defined to be measured, or asked, belongs to no collective: its measurements and experiments do.
    read = {field.name for field in fields(Joined)} - {"indicator", "research_question"}
    for name in filter(read.__contains__, schema.MONITORING):
        table = getattr(joined, name)
        by = next(column for column in ("collective_id", *owners_of) if column in table)
        owners = table[by] if by == "collective_id" else table[by].map(owners_of[by])
        for collective_id in owners.dropna().unique():
            kept.setdefault(str(collective_id), []).append(name)
    return {collective_id: ";".join(tables) for collective_id, tables in kept.items()}
