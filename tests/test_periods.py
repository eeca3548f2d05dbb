"""Reporting periods: calendar years, the whole of them, and what falls in which."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import periods as reporting


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2023-2024", "2023-01-01", "2024-12-31"),
        ("2023-2023", "2023-01-01", "2023-12-31"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: str, first: str, last: str) -> None:
    assert reporting.bounds(period) == (pd.Timestamp(first), pd.Timestamp(last))


@pytest.mark.parametrize("period", ["", "24", "2024-2023", "2023-24", "2024 ", "2023-2024-2025", "now"])
def test_another_text_is_no_period(period: str) -> None:
    with pytest.raises(ValueError, match="cannot be read; expected a year or a span, such as 2024 or 2023-2024"):
        reporting.bounds(period)


def test_the_longest_period_wins_and_the_latest_of_equals(page: Any) -> None:
    table = page.collectives(*({"period": one} for one in ("2024", "2023", "2023-2024", "2022")))
    assert list(reporting.longest(table)["period"]) == ["2023-2024"]
    assert list(reporting.longest(table[table["period"] != "2023-2024"])["period"]) == ["2024"]  # 366 days
    assert list(reporting.longest(table)) == list(table)


def test_days_are_added_to_the_rows_that_name_a_period() -> None:
    rows = pd.DataFrame({"collective_id": ["zon", "tuin"], "period": ["2023-2024", "2022"]}, index=[7, 3])
    out = reporting.with_days(rows)
    assert out["period_start"].tolist() == [pd.Timestamp("2023-01-01"), pd.Timestamp("2022-01-01")]
    assert out["period_end"].tolist() == [pd.Timestamp("2024-12-31"), pd.Timestamp("2022-12-31")]
    assert out.index.tolist() == [7, 3]
    assert list(rows) == ["collective_id", "period"]
    # Without rows the days are days as well, so that tables can be put together.
    assert out.dtypes.to_dict() == reporting.with_days(rows.head(0)).dtypes.to_dict()


@pytest.mark.parametrize(
    ("labels", "whole"),
    [
        (["2024"], "2024"),
        (["2024", "2024"], "2024"),
        (["2024", "2021-2022"], "2021-2024"),
        (["2020", "2019"], "2019-2020"),
    ],
)
def test_periods_together_span_from_the_first_day_to_the_last(labels: list[str], whole: str) -> None:
    assert reporting.span(labels) == whole


def labels(make: Any, *activities: dict[str, Any], **more: Any) -> list[str]:
    table = reporting.of_collectives(
        make.monitoring("activity", *activities), make.monitoring("collective", {}), 2024, **more
    )
    assert table["whole"].tolist() == [False] * (len(table) - 1) + [True]
    found: list[str] = table["period"].tolist()
    return found


def test_every_year_an_activity_touches_and_all_of_them_together(make: Any) -> None:
    got = labels(
        make,
        {"start": "2021-11-01", "end": "2022-02-01"},
        {"activity_id": "b", "start": "2024-01-01", "end": "2024-05-01"},
    )
    assert got == ["2021", "2022", "2023", "2024", "2021-2024"]


def test_one_year_is_its_own_whole(make: Any) -> None:
    assert labels(make, {"start": "2023-02-01", "end": "2023-03-01"}) == ["2023"]


def test_a_collective_without_activities_has_the_default_year(make: Any) -> None:
    assert labels(make) == ["2024"]


def test_what_was_measured_gives_the_years_of_a_collective_without_activities(make: Any) -> None:
    days = {"collective_id": ["tuin", "elsewhere"], "period_start": ["2022-01-01", "2019-01-01"],
            "period_end": ["2023-12-31", "2019-12-31"]}  # fmt: skip
    measured = pd.DataFrame(days).astype({"period_start": "datetime64[us]", "period_end": "datetime64[us]"})
    assert labels(make, measurement=measured) == ["2022", "2023", "2022-2023"]
    assert labels(make, measurement=measured.iloc[1:]) == ["2024"]
    assert labels(make, {"start": "2021-02-01", "end": "2021-03-01"}, measurement=measured) == ["2021"]


def test_an_activity_that_still_runs_lasts_as_far_as_its_records(make: Any) -> None:
    running = {"start": "2022-05-01", "end": None}
    assert labels(make, running) == ["2022"]
    visits = make.monitoring("participation", {"period_start": "2023-01-01", "period_end": "2023-12-31"})
    assert labels(make, running, participation=visits) == ["2022", "2023", "2022-2023"]
    others = make.monitoring("participation", {"activity_id": "elsewhere", "period_end": "2024-12-31"})
    assert labels(make, running, participation=others) == ["2022"]
    assert labels(make, running, participation=make.monitoring("participation")) == ["2022"]


def test_each_collective_has_its_own_periods(make: Any) -> None:
    activity = make.monitoring(
        "activity", {"start": "2023-01-01", "end": "2024-02-01"},
        {"activity_id": "b", "collective_id": "huis", "start": "2022-01-01", "end": "2022-02-01"},
    )  # fmt: skip
    table = reporting.of_collectives(activity, make.monitoring("collective", {}, {"collective_id": "huis"}), 2024)
    assert list(zip(table["collective_id"], table["period"], strict=True)) == [
        ("tuin", "2023"), ("tuin", "2024"), ("tuin", "2023-2024"), ("huis", "2022"),
    ]  # fmt: skip


def fall(make: Any, start: str, end: str | None, *periods: str) -> tuple[list[str], list[bool]]:
    frame = make.monitoring("activity", {"start": start, "end": end})
    rows = reporting.within(frame, make.periods(*periods), "start", "end")
    years = [f"{row.period_start:%Y}-{row.period_end:%Y}" for row in rows.itertuples()]
    return years, rows["crosses"].tolist()


def test_a_row_falls_in_its_year_and_in_the_whole(make: Any) -> None:
    got = fall(make, "2023-01-01", "2023-12-31", "2023", "2024", "2023-2024")
    assert got == (["2023-2023", "2023-2024"], [False, False])


def test_a_row_that_crosses_new_year_is_in_the_whole_only(make: Any) -> None:
    assert fall(make, "2023-12-31", "2024-01-01", "2023", "2024", "2023-2024") == (["2023-2024"], [True])


def test_a_row_without_a_last_day_still_runs(make: Any) -> None:
    assert fall(make, "2023-03-01", None, "2023", "2024", "2023-2024") == (["2023-2024"], [True])
    assert fall(make, "2024-03-01", None, "2023", "2024", "2023-2024") == (["2024-2024", "2023-2024"], [False, False])
    assert fall(make, "2024-03-01", None, "2024") == (["2024-2024"], [False])


def test_a_row_outside_every_period_is_in_none(make: Any) -> None:
    assert fall(make, "2021-03-01", "2021-04-01", "2023", "2024", "2023-2024") == ([], [])


def test_own_period_columns_keep_their_dates_under_another_name(make: Any) -> None:
    frame = make.monitoring("participation", {}).assign(collective_id="tuin")
    rows = reporting.within(frame, make.periods("2023", "2024", "2023-2024"), "period_start", "period_end")
    assert rows["row_start"].tolist() == [pd.Timestamp("2024-01-01")] * 2
    assert rows["period_start"].tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2023-01-01")]


def test_rows_of_one_collective_do_not_fall_in_periods_of_another(make: Any) -> None:
    frame = make.monitoring("activity", {}, {"activity_id": "b", "collective_id": "huis"})
    assert reporting.within(frame, make.periods("2024"), "start", "end")["activity_id"].tolist() == ["tuin-1"]


def test_an_empty_table_stays_empty(make: Any) -> None:
    rows = reporting.within(make.monitoring("activity"), make.periods("2024"), "start", "end")
    assert rows.empty
    assert {"period_start", "period_end", "crosses"} <= set(rows.columns)


def test_the_work_area_of_a_period_is_the_last_that_began(make: Any) -> None:
    areas = make.monitoring(
        "work_area",
        {"work_area_id": "second", "valid_from": "2024-03-01"},
        {"work_area_id": "first", "valid_from": "2022-01-01"},
        {"work_area_id": "other", "collective_id": "huis", "valid_from": "2010-01-01"},
    )
    found = reporting.with_area(make.periods("2021", "2023", "2024", "2021-2024"), areas).sort_values("period_end")
    assert found.set_index("period")["work_area_id"].to_dict() == {
        "2021": "first", "2023": "first", "2024": "second", "2021-2024": "second",
    }  # fmt: skip
    assert reporting.with_area(make.periods("2024"), areas.head(0)).empty
