"""Warnings about lessons: lessons with their days in; where failures seem to be left out, out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS, Cases
from bt_analysis.settings import Settings

NEGATIVE = ("werkte_niet", "schade")
"""Valences of a lesson of something that did not work."""

NO_NEGATIVE, FEW_NEGATIVE, UNDATED = "no_negative", "few_negative", "undated"

_PERIOD = ["collective_id", "period_start", "period_end"]


def of(listed: pd.DataFrame, rows: pd.DataFrame, cases: Cases, settings: Settings) -> pd.DataFrame:
    """Warn where lessons hold little or nothing that did not work.

    Parameters
    ----------
    listed : DataFrame
        All lessons, as :func:`bt_analysis.analysis.learning.lessons.listing` gives them.
    rows : DataFrame
        The same in their reporting periods, as :func:`bt_analysis.analysis.learning.lessons.placed` gives them.
    cases : Cases
        Their periods, and the day of this run.
    settings : Settings
        ``learning.negative_share``.

    Returns
    -------
    DataFrame
        One row is a warning (analysed_lesson_warnings): per collective that tells lessons and reporting period, and
        with an empty collective_id of all together.

    Notes
    -----
    - ``no_negative``: none of the lessons of a calendar year did not work. Each year of the period is asked from the
      year of the first lesson on; of a year that is not over, the twelve months until the day of this run. A year
      without any lesson has none of something that did not work either.
    - ``few_negative``: lessons that did not work < ``negative_share`` × lessons, in the whole period.
    - ``undated``: lessons without a day are in no year.
    """
    all_rows = pd.concat([listed, listed.assign(collective_id=ACROSS)], ignore_index=True)
    first, last = cases.span
    everyone: dict[str, Any] = {"collective_id": ACROSS, "period_start": first, "period_end": last}
    here = pd.concat([rows, listed.assign(**everyone)], ignore_index=True)
    telling = cases.periods.loc[cases.periods["collective_id"].isin(listed["collective_id"]), _PERIOD]
    periods = pd.concat([telling, pd.DataFrame([everyone])], ignore_index=True)
    if listed.empty:
        return periods.iloc[:0]
    parts = [
        _without_failures(periods, all_rows, pd.Timestamp(cases.today)),
        _too_few(here, settings.learning.negative_share),
        _without_day(here),
    ]
    return pd.concat(parts, ignore_index=True).sort_values([*_PERIOD, "warning", "first_day"], ignore_index=True)


def _without_failures(periods: pd.DataFrame, lessons: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Find the years of each period, from the first lesson on, in which nothing is told that did not work."""
    began = lessons.groupby("collective_id")["recorded_on"].min().dt.year
    span = zip(periods["period_start"].dt.year, periods["period_end"].dt.year, strict=True)
    spans = pd.Series([list(range(first, last + 1)) for first, last in span], index=periods.index, dtype=object)
    years = periods.assign(year=spans).explode("year")
    years = years[(years["year"] >= years["collective_id"].map(began)) & (years["year"] <= today.year)]
    years = years.assign(
        first_day=pd.to_datetime([f"{year}-01-01" for year in years["year"]]),
        last_day=pd.to_datetime([f"{year}-12-31" for year in years["year"]]),
    )
    running = years["last_day"] > today
    years["first_day"] = years["first_day"].mask(running, today - pd.DateOffset(years=1) + pd.DateOffset(days=1))
    years["last_day"] = years["last_day"].mask(running, today)
    window = ["collective_id", "first_day", "last_day"]
    days = years[window].drop_duplicates()
    inside = days.merge(lessons[["collective_id", "recorded_on", "valence"]], on="collective_id")
    inside = inside[inside["recorded_on"].between(inside["first_day"], inside["last_day"])]
    counts = _counted(inside, window)
    found = years.drop(columns="year").merge(counts, on=window, how="left")
    found = found.fillna({"lessons_n": 0, "negative_n": 0})
    return found[found["negative_n"].eq(0)].assign(warning=NO_NEGATIVE)


def _too_few(here: pd.DataFrame, share: float) -> pd.DataFrame:
    counts = _counted(here, _PERIOD)
    return _of_period(counts[counts["negative_n"] < share * counts["lessons_n"]], FEW_NEGATIVE)


def _without_day(here: pd.DataFrame) -> pd.DataFrame:
    return _of_period(_counted(here[here["recorded_on"].isna()], _PERIOD), UNDATED)


def _counted(lessons: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    failed = lessons[keys].assign(failed=lessons["valence"].isin(NEGATIVE))
    return failed.groupby(keys)["failed"].agg(lessons_n="size", negative_n="sum").reset_index()


def _of_period(rows: pd.DataFrame, warning: str) -> pd.DataFrame:
    return rows.assign(warning=warning, first_day=rows["period_start"], last_day=rows["period_end"])
