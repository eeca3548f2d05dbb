"""What do the collectives show together? Sums over collectives, of what may be shown of each."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.tables import ESTIMATE_COLUMNS, estimates

_SUMMED = {"activities_n": "activities", "contacts_n": "reach", "hours_total": "hours"}


def estimate(protected: pd.DataFrame, whole_periods: pd.DataFrame) -> pd.DataFrame:
    """Add up activities, participations and hours over the collectives.

    Parameters
    ----------
    protected : DataFrame
        Estimates of the collectives after disclosure control.
    whole_periods : DataFrame
        One row per collective: collective_id and its longest period, period_start and period_end.

    Returns
    -------
    DataFrame
        One row is a sum over collectives, collective_id empty; n = collectives that are in it. It only holds figures
        that are shown per collective as well, so nothing suppressed can be worked out from it.

    Notes
    -----
    Σ value; the bounds are Σ ci_low and Σ ci_high. Collectives without the figure, or whose figure is suppressed, are
    left out, and n says how many are in.
    """
    keys = ["collective_id", "period_start", "period_end"]
    rows = protected[protected["indicator_id"].isin(_SUMMED)].merge(
        whole_periods[keys], on=keys, validate="many_to_one"
    )
    rows = rows[rows["gate"].isin(["ok", "voorbehoud"])]
    if rows.empty:
        return estimates(rows.drop(columns="claim_id"))[ESTIMATE_COLUMNS]
    sums = rows.groupby(["question", "indicator_id", "population", "group_type", "unit"], as_index=False).agg(
        value=("value", "sum"), ci_low=("ci_low", lambda v: v.sum(min_count=1)),
        ci_high=("ci_high", lambda v: v.sum(min_count=1)), n=("collective_id", "nunique"),
        gate=("gate", lambda gates: "voorbehoud" if "voorbehoud" in set(gates) else "ok"),
        gate_reason=("gate_reason", lambda reasons: ";".join(sorted(set(";".join(reasons).split(";")) - {""}))),
        held_on=("held_on", "max"),
    )  # fmt: skip
    return estimates(
        sums,
        period_start=whole_periods["period_start"].min(),
        period_end=whole_periods["period_end"].max(),
        n_unit="collectives",
        method="sum over collectives",
        source="collectives: own records",
    )[ESTIMATE_COLUMNS]
