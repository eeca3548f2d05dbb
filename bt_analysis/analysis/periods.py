"""Reporting periods: which periods a collective can be reported on, and which rows fall in each."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

_LABEL = re.compile(r"(\d{4})(?:-(\d{4}))?")


def bounds(period: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day of a period.

    Parameters
    ----------
    period : str
        A year or a span of years: ``"2024"`` or ``"2023-2024"``.

    Returns
    -------
    tuple of Timestamp
        First and last day, both inside the period.

    Raises
    ------
    ValueError
        When the text is no period, or its years run backwards.
    """
    found = _LABEL.fullmatch(period)
    first, last = (found[1], found[2] or found[1]) if found else ("1", "0")
    if last < first:
        raise ValueError(f"period {period!r} cannot be read; expected a year or a span, such as 2024 or 2023-2024.")
    return pd.Timestamp(int(first), 1, 1), pd.Timestamp(int(last), 12, 31)


def span(labels: Iterable[str]) -> str:
    """Name the period from the first day of some periods to the last.

    Parameters
    ----------
    labels : iterable of str
        Periods, at least one.

    Returns
    -------
    str
        As ``2024`` or ``2023-2024``.
    """
    years = [day.year for label in labels for day in bounds(label)]
    return str(min(years)) if min(years) == max(years) else f"{min(years)}-{max(years)}"


def with_days(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the first and last day of the period that each row names.

    Parameters
    ----------
    rows : DataFrame
        With ``period``.

    Returns
    -------
    DataFrame
        The same rows with ``period_start`` and ``period_end``.
    """
    days = [bounds(period) for period in rows["period"]]
    dtype = "datetime64[us]"
    return rows.assign(
        period_start=pd.Series([first for first, _ in days], index=rows.index, dtype=dtype),
        period_end=pd.Series([last for _, last in days], index=rows.index, dtype=dtype),
    )


def longest(collectives: pd.DataFrame) -> pd.DataFrame:
    """Keep the longest period of each collective.

    Parameters
    ----------
    collectives : DataFrame
        analysed_collectives.

    Returns
    -------
    DataFrame
        One row per collective.
    """
    length = collectives["period"].map(lambda period: bounds(period)[1] - bounds(period)[0])
    by_length = collectives.assign(length=length).sort_values(["collective_id", "length", "period"])
    return by_length.drop_duplicates("collective_id", keep="last").drop(columns="length").reset_index(drop=True)


def of_collectives(
    activity: pd.DataFrame,
    collective: pd.DataFrame,
    default_year: int,
    participation: pd.DataFrame | None = None,
    measurement: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the periods that each collective can be reported on.

    Parameters
    ----------
    activity : DataFrame
        Monitoring table; ``end`` may be missing.
    collective : DataFrame
        Monitoring table; a collective without activities gets one period.
    default_year : int
        Year for collectives that recorded nothing of any day.
    participation : DataFrame, optional
        Monitoring table; its last days tell how far activities that still run have been recorded.
    measurement : DataFrame, optional
        Monitoring table; its days stand in for those of activities, for a collective that recorded none.

    Returns
    -------
    DataFrame
        One row is a collective and a period: collective_id, period, period_start, period_end, whole. Each calendar
        year from the first day of an activity to the last recorded one, and, when there are more, all of them
        together (``whole`` is True for the longest).
    """
    rows = []
    of_activities = _first_and_last(_ran(activity, participation), "start", "until")
    measured = {} if measurement is None else _first_and_last(measurement, "period_start", "period_end")
    for collective_id in collective["collective_id"]:
        first, last = of_activities.get(collective_id) or measured.get(collective_id) or (default_year, default_year)
        years = range(first, last + 1)
        labels = [str(year) for year in years] + ([f"{years[0]}-{years[-1]}"] if len(years) > 1 else [])
        rows += [(collective_id, label, *bounds(label), label == labels[-1]) for label in labels]
    return pd.DataFrame(rows, columns=["collective_id", "period", "period_start", "period_end", "whole"])


def _ran(activity: pd.DataFrame, participation: pd.DataFrame | None) -> pd.DataFrame:
    """Add the last day that is recorded of each activity, ``until``."""
    last = activity["end"].fillna(activity["start"])
    if participation is not None:
        of_each = participation.groupby("activity_id")["period_end"].max().reindex(activity["activity_id"])
        recorded = pd.Series(of_each.to_numpy(), index=activity.index)
        last = last.where(recorded.isna() | (last >= recorded), recorded)
    return activity.assign(until=last)


def _first_and_last(rows: pd.DataFrame, start: str, end: str) -> dict[str, tuple[int, int]]:
    """Return collective → years of its first and last day; no collective without rows."""
    days = rows.groupby("collective_id").agg({start: "min", end: "max"})
    return {str(name): (first.year, last.year) for name, first, last in days.itertuples()}


def within(frame: pd.DataFrame, periods: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    """Put each row under every period that it lies wholly inside.

    Parameters
    ----------
    frame : DataFrame
        Rows with collective_id, and a first and last day in the columns ``start`` and ``end``.
    periods : DataFrame
        As :func:`of_collectives` gives.
    start, end : str
        Names of the two columns.

    Returns
    -------
    DataFrame
        One row is a row of ``frame`` in a period, with period_start and period_end of that period. A row that crosses
        a year's end is in the longer period only (``crosses``): it cannot be split honestly. A row without a last day
        still runs: it lasts until the last day of the collective's periods.
    """
    own = frame.rename(columns={"period_start": "row_start", "period_end": "row_end"}).assign(row=range(len(frame)))
    start, end = (
        f"row_{name.removeprefix('period_')}" if name.startswith("period_") else name for name in (start, end)
    )
    both = own.merge(
        periods[["collective_id", "period_start", "period_end"]], on="collective_id", validate="many_to_many"
    )
    today = both["collective_id"].map(periods.groupby("collective_id")["period_end"].max())
    inside = (both[start] >= both["period_start"]) & (both[end].fillna(today) <= both["period_end"])
    of_year = inside & both["period_start"].dt.year.eq(both["period_end"].dt.year)
    both["crosses"] = ~of_year.groupby(both["row"]).transform("any").astype(bool)
    return both[inside].drop(columns="row").reset_index(drop=True)


def with_area(periods: pd.DataFrame, work_area: pd.DataFrame) -> pd.DataFrame:
    """Add the work area that a collective had in each period.

    Parameters
    ----------
    periods : DataFrame
        As :func:`of_collectives` gives.
    work_area : DataFrame
        Monitoring table; a collective may have moved.

    Returns
    -------
    DataFrame
        The periods with ``work_area_id``: the last work area that began before the period's end, or the first one when
        all began later. A period of a collective without work areas is left out.
    """
    both = periods.merge(work_area[["collective_id", "work_area_id", "valid_from"]], on="collective_id")
    began = both["valid_from"] <= both["period_end"]
    # Days before the end count up; those after it come behind all of them.
    days = (both["period_end"] - both["valid_from"]).dt.days
    both = both.assign(days=days.where(began, 1_000_000 - days)).sort_values("days", kind="stable")
    return both.drop_duplicates(["collective_id", "period_start", "period_end"]).drop(columns=["valid_from", "days"])


def of_nearest_year(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Keep, for every period, the figures of the year that fits it best.

    Parameters
    ----------
    rows : DataFrame
        Figures with ``year`` and the ``period_end`` of the period they would be used for.
    keys : list of str
        Columns that tell apart what gets a year of its own.

    Returns
    -------
    DataFrame
        The rows of the last year that is not after the period; of the first year when all are after it.
    """
    late = rows["year"] - rows["period_end"].dt.year
    # Years after the period count as further away than any year before it.
    distance = (-late).where(late <= 0, late + 1000)
    nearest = distance.groupby([rows[key] for key in keys]).transform("min")
    kept: pd.DataFrame = rows[distance == nearest]
    return kept
