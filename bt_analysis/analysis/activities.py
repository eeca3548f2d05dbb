"""What did we do together? Activities and how often they were held."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined, estimates
from bt_analysis.settings import Settings


def estimate(joined: Joined, periods: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Count the activities of every collective in every period.

    Parameters
    ----------
    joined : Joined
        Reads activity.
    periods : DataFrame
        Reporting periods per collective.
    settings : Settings
        Not used.

    Returns
    -------
    DataFrame
        One row is a collective, a period and one of activities_n (activities that lie in the period) and sessions_n
        (times they were held, over the activities that recorded it). Collectives without activities have no rows.

    Notes
    -----
    Plain counts of the collective's own records; events, not people, so no cell of people lies behind them.
    """
    rows = reporting.within(joined.activity, periods, "start", "end")
    keys = ["collective_id", "period_start", "period_end"]
    counted = rows.groupby(keys, as_index=False).agg(
        activities_n=("activity_id", "size"),
        sessions_n=("sessions_n", lambda values: values.sum(min_count=1)),
        recorded_n=("sessions_n", "count"),
    )
    long = counted.melt(
        id_vars=[*keys, "recorded_n"], value_vars=["activities_n", "sessions_n"], var_name="indicator_id"
    )
    is_sessions = long["indicator_id"].eq("sessions_n")
    total = long.groupby(keys)["value"].transform("first")
    missing = long["value"].isna()
    return estimates(
        long.assign(
            unit=is_sessions.map({True: "keren", False: "activiteiten"}),
            n=long["recorded_n"].where(is_sessions, total),
            gate_reason=(is_sessions & ~missing & (long["recorded_n"] < total)).map(
                {True: "not_all_recorded", False: ""}
            ),
            missing_reason=missing.map({True: "not_recorded", False: None}),
        ),
        question="activities",
        population="collectief",
        method="count",
        n_unit="activities",
        source="collective: activity",
    )
