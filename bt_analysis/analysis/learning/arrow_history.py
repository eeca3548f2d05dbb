"""What changed in the theory of change since the last run: statuses of today and of before in, both beside another out.

A run is compared with the newest run of an earlier day, so that a second run on the same day tells the same.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

NAME = "arrow_status"
"""What a run is asked to remember statuses by."""

_KEY = ["collective_id", "arrow_id"]
_KEPT = [*_KEY, "status", "since", "day"]


def beside_earlier(statuses: pd.DataFrame, remembered: pd.DataFrame | None, today: dt.date) -> pd.DataFrame:
    """Set each status beside that of the last run of an earlier day.

    Parameters
    ----------
    statuses : DataFrame
        With collective_id, arrow_id and status.
    remembered : DataFrame or None
        What earlier runs kept: as :func:`to_remember` gives; None or without rows: there was none.
    today : date
        Day of this run.

    Returns
    -------
    DataFrame
        The same rows with previous_status (empty: not there then), previous_on (day of that run; empty: there was
        none) and since: the day of the first run that gave this status.
    """
    before = _baseline(remembered, today)
    days = before["day"].max() if len(before) else pd.NaT
    old = before[[*_KEY, "status", "since"]].rename(columns={"status": "previous_status", "since": "begun"})
    table = statuses.merge(old, how="left", on=_KEY, validate="one_to_one")
    now = pd.Series(pd.Timestamp(today), index=table.index, dtype="datetime64[us]")
    return table.assign(
        previous_status=table["previous_status"].fillna("").astype("str"),
        previous_on=pd.Series(days, index=table.index, dtype="datetime64[us]"),
        since=table["begun"].where(table["previous_status"].eq(table["status"]), now).astype("datetime64[us]"),
    ).drop(columns="begun")


def to_remember(told: pd.DataFrame, remembered: pd.DataFrame | None, today: dt.date) -> pd.DataFrame:
    """Say what the next run needs.

    Parameters
    ----------
    told : DataFrame
        As :func:`beside_earlier` gives.
    remembered : DataFrame or None
        What earlier runs kept.
    today : date
        Day of this run.

    Returns
    -------
    DataFrame
        One row is a status on a day: collective_id, arrow_id, status, since, day; of today, and of the earlier run that
        today was compared with.
    """
    now = told.assign(day=pd.Series(pd.Timestamp(today), index=told.index, dtype="datetime64[us]"))[_KEPT]
    return pd.concat([_baseline(remembered, today), now], ignore_index=True)


def changes(told: pd.DataFrame) -> pd.DataFrame:
    """Count the arrows that went from one status to another since the last run.

    Parameters
    ----------
    told : DataFrame
        As :func:`beside_earlier` gives.

    Returns
    -------
    DataFrame
        One row per collective_id, previous_status and status that differ: arrows_n. An arrow that was not there before
        has not changed.
    """
    moved = told[told["previous_status"].ne("") & told["previous_status"].ne(told["status"])]
    return moved.groupby(["collective_id", "previous_status", "status"], as_index=False).agg(
        arrows_n=("arrow_id", "size")
    )


def _baseline(remembered: pd.DataFrame | None, today: dt.date) -> pd.DataFrame:
    if remembered is None or remembered.empty:
        text = pd.Series(dtype="str")
        days = pd.Series(dtype="datetime64[us]")
        return pd.DataFrame({name: days if name in ("since", "day") else text for name in _KEPT})
    earlier = remembered[pd.to_datetime(remembered["day"]).lt(pd.Timestamp(today))]
    return earlier.loc[earlier["day"].eq(earlier["day"].max()), _KEPT]
