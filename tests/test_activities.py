"""Activities and how often they were held."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import activities
from bt_analysis.settings import Settings


def ask(make: Any, defaults: Settings, *rows: dict[str, Any], periods: tuple[str, ...] = ("2024",)) -> Any:
    numbered = [{"activity_id": f"tuin-{at}"} | row for at, row in enumerate(rows)]
    joined = make.joined(activity=make.monitoring("activity", *numbered))
    return activities.estimate(joined, make.periods(*periods), defaults)


def test_activities_and_sessions_are_counted(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, {"sessions_n": 10}, {"sessions_n": 4}, {"sessions_n": 1})
    count, sessions = make.one(found, "activities_n"), make.one(found, "sessions_n")
    assert (count["value"], count["unit"], count["n"]) == (3, "activiteiten", 3)
    assert (sessions["value"], sessions["unit"], sessions["n"]) == (10 + 4 + 1, "keren", 3)
    assert sessions["gate_reason"] == ""
    assert set(found["cell"]) == {""}  # events, not people


def test_sessions_that_were_not_all_recorded_have_a_reservation(make: Any, defaults: Settings) -> None:
    sessions = make.one(ask(make, defaults, {"sessions_n": 10}, {}), "sessions_n")
    assert (sessions["value"], sessions["n"], sessions["gate_reason"]) == (10, 1, "not_all_recorded")


def test_sessions_nobody_recorded_are_missing_and_not_zero(make: Any, defaults: Settings) -> None:
    found = ask(make, defaults, {}, {})
    sessions = make.one(found, "sessions_n")
    assert sessions["value"] != sessions["value"]
    assert (sessions["missing_reason"], sessions["gate_reason"]) == ("not_recorded", "")
    assert make.one(found, "activities_n")["value"] == 2
    assert pd.isna(make.one(found, "activities_n")["missing_reason"])


def test_zero_sessions_are_zero(make: Any, defaults: Settings) -> None:
    assert make.one(ask(make, defaults, {"sessions_n": 0}), "sessions_n")["value"] == 0


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        ("2023-02-01", "2023-03-01", {"2023": 1, "2024": 0, "whole": 1}),
        ("2023-12-01", "2024-01-15", {"2023": 0, "2024": 0, "whole": 1}),
        ("2023-12-01", None, {"2023": 0, "2024": 0, "whole": 1}),
    ],
)
def test_an_activity_that_crosses_new_year_counts_in_the_whole_only(
    make: Any, defaults: Settings, start: str, end: str | None, years: dict[str, int]
) -> None:
    found = ask(make, defaults, {"start": start, "end": end}, periods=("2023", "2024", "2023-2024"))
    counts = found[found["indicator_id"] == "activities_n"]
    got = dict.fromkeys(years, 0)
    for row in counts.itertuples():
        got[str(row.period_start.year) if row.period_start.year == row.period_end.year else "whole"] = int(row.value)
    assert got == years


def test_without_activities_there_are_no_rows(make: Any, defaults: Settings) -> None:
    assert ask(make, defaults).empty
