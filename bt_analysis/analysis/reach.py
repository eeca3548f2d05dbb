"""Whom did we reach? Participations, different people, and their share of the inhabitants."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.settings import Settings

_KEYS = ["collective_id", "period_start", "period_end"]


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Count participations and bound the number of different people.

    Parameters
    ----------
    joined : Joined
        Reads participation (rows of group_type ``totaal``), activity, context and work_area.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        ``cbs.publisher`` is named in the source; below ``gates.min_coverage`` the share of inhabitants is not given.

    Returns
    -------
    DataFrame
        One row is a collective, a period and one of contacts_n (participations), unique_n (different people) and
        reach_pct (different people as % of the inhabitants of the work area).

    Notes
    -----
    The same person may take part in several activities, so unique people do not add up: with more than one record the
    number lies between the largest record and the sum of all. The value given is that lower bound; ci_low and ci_high
    are the bounds, not an interval of confidence. A record without unique_n leaves the number unknown. Participations
    rest on people: where the number of different people is known, that is what disclosure control looks at.
    """
    rows = _totals(joined, periods)
    grouped = rows.groupby(_KEYS, as_index=False).agg(
        contacts_n=("contacts_n", lambda values: values.sum(min_count=1)),
        contacts_recorded=("contacts_n", "count"),
        unique_max=("unique_n", "max"),
        unique_sum=("unique_n", lambda values: values.sum(skipna=False)),
        records=("activity_id", "size"),
    )
    crossing = rows[rows["crosses"]].groupby(_KEYS, as_index=False)
    rest = crossing.agg(contacts_rest=("contacts_n", "sum"), unique_rest=("unique_n", "sum"))
    grouped = grouped.merge(rest, on=_KEYS, how="left", validate="1:1")
    known = grouped["unique_sum"].notna()
    # The two bounds give away how many people the other records hold, so that number is a cell as well.
    others = (grouped["unique_sum"] - grouped["unique_max"]).where(grouped["records"] > 1)
    base = grouped.assign(
        cell_n=pd.concat([grouped["unique_max"].where(known), others], axis=1).min(axis=1),
        ci_low=grouped["unique_max"].where(known),
        ci_high=grouped["unique_sum"],
        value=grouped["unique_max"].where(known),
        missing_reason=known.map({True: None, False: "not_recorded"}),
        gate_reason=(known & (grouped["records"] > 1)).map({True: "may_count_twice", False: ""}),
        method="bounds: largest record to sum of records",
        source="collective: participation",
        cell_value=grouped["unique_sum"],
        cell_rest_n=grouped["unique_rest"],
        n=grouped["records"],
        n_unit="records",
    )
    contacts = base.assign(
        indicator_id="contacts_n", value=grouped["contacts_n"],
        cell_n=grouped["unique_max"].where(known, grouped["contacts_n"]), ci_low=None, ci_high=None,
        cell_value=grouped["contacts_n"],
        unit="deelnames", method="count", cell="contacts",
        cell_rest_n=grouped["unique_rest"].where(known, grouped["contacts_rest"]),
        gate_reason=(grouped["contacts_recorded"] < grouped["records"]).map({True: "not_all_recorded", False: ""}),
        missing_reason=grouped["contacts_n"].notna().map({True: None, False: "not_recorded"}),
    )  # fmt: skip
    unique = base.assign(indicator_id="unique_n", unit="personen", cell="unique")
    inhabitants = _inhabitants(joined, periods)
    inhabitants["source_cbs"] = settings.cbs.publisher + " " + inhabitants["source_cbs"]
    parts = [contacts, unique, _share(base, inhabitants, settings.gates.min_coverage)]
    return estimates(pd.concat(parts, ignore_index=True), question="reach", population="deelnemers")


def _totals(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    owner = joined.activity.set_index("activity_id")["collective_id"]
    totals = joined.participation[joined.participation["group_type"] == "totaal"]
    totals = totals.assign(collective_id=totals["activity_id"].map(owner))
    return reporting.within(totals, periods, "period_start", "period_end")


def _inhabitants(joined: Joined, periods: pd.DataFrame) -> pd.DataFrame:
    """Inhabitants per collective and period, and whether regions of its work area are missing from them."""
    people = joined.context[
        joined.context["indicator_id"].eq("population")
        & joined.context["population"].eq("gebied")
        & joined.context["value"].notna()
    ]
    there = reporting.with_area(periods, joined.work_area)[[*_KEYS, "work_area_id"]]
    areas = reporting.of_nearest_year(people.merge(there, on="work_area_id", validate="many_to_many"), _KEYS)
    areas["source_cbs"] = areas["table_id"] + " · " + areas["source_key"] + " · " + areas["modified"].str[:10]
    areas = areas.assign(inhabitants=areas["value"], partly=areas["areas_used_n"] < areas["areas_n"])
    return areas[[*_KEYS, "work_area_id", "inhabitants", "partly", "coverage", "source_cbs"]]


def _share(unique: pd.DataFrame, inhabitants: pd.DataFrame, min_coverage: float) -> pd.DataFrame:
    both = unique.merge(inhabitants, on=_KEYS, validate="one_to_one")
    both = both[both["inhabitants"] > 0]
    # People of the whole area over the inhabitants of part of it would be too large a share; more people than
    # inhabitants live elsewhere.
    thin = (both["coverage"] < min_coverage) | (both["value"].astype(float) > both["inhabitants"])
    columns = ["value", "ci_low", "ci_high"]
    both[columns] = both[columns].astype(float).mask(thin, axis=0)
    both["missing_reason"] = both["missing_reason"].mask(thin, "unknown")
    percent = {column: (100 * both[column].astype(float) / both["inhabitants"]).clip(upper=100) for column in columns}
    partly = both["partly"].map({True: ";areas_without_figure", False: ""})
    return both.assign(
        **percent, indicator_id="reach_pct", unit="%", n=both["inhabitants"], n_unit="population", cell="unique",
        source=both["source"] + " / " + both["source_cbs"],
        gate_reason=(both["gate_reason"].astype(str) + partly).str.lstrip(";"),
    )  # fmt: skip
