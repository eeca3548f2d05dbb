"""Counting what collectives recorded: rows per period and for all together, against a count of every row by hand."""

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import ACROSS, counting
from bt_analysis.analysis.periods import bounds
from tests import learning_cases

PERIODS = {"zon": ("2022", "2023", "2024", "2022-2024"), "tuin": ("2024",), "hof": ("2023",)}
LONGEST = {"zon": "2022-2024", "tuin": "2024", "hof": "2023"}


def rows(*given: tuple[str, str | None, str | None]) -> pd.DataFrame:
    """Type rows: whose, first day, last day."""
    first, last = (pd.to_datetime(pd.Series([row[at] for row in given], dtype="str")) for at in (1, 2))
    return pd.DataFrame({
        "key": [f"r{at}" for at in range(len(given))], "first": first, "last": last,
        "collective_id": pd.Series([row[0] for row in given], dtype="str"),
    })  # fmt: skip


def where(found: pd.DataFrame, key: str = "r0") -> list[str]:
    """Name the periods that a row of a collective is in, as years."""
    own = found[found["key"].eq(key) & found["collective_id"].ne(ACROSS)]
    named = {
        "-".join(dict.fromkeys((str(start.year), str(end.year))))
        for start, end in zip(own["period_start"], own["period_end"], strict=True)
    }
    return sorted(named)


# Whose row


@pytest.mark.parametrize(
    ("code", "recorded", "owner"),
    [
        ("zon--o1", None, "zon"),
        ("zon--o--1", None, "zon"),  # the first mark divides
        ("zon-2--o1", None, "zon-2"),
        ("o1", None, ACROSS),
        ("--o1", None, ACROSS),  # nothing stands in front
        ("zon--o1", "tuin", "tuin"),  # what was recorded counts
        ("o1", "tuin", "tuin"),
    ],
)
def test_the_owner_is_what_was_recorded_or_else_stands_in_front_of_the_code(
    code: str, recorded: str | None, owner: str
) -> None:
    given_rows = pd.DataFrame({"code": [code], "collective_id": pd.Series([recorded], dtype="str")})
    assert counting.owned(given_rows, "code")["collective_id"].tolist() == [owner]
    assert given_rows["collective_id"].isna().tolist() == [recorded is None]  # the input stays as it was


# In which periods


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2023-01-01", None, ["2022-2024", "2023"]),  # the first day of a year
        ("2022-12-31", None, ["2022", "2022-2024"]),  # the day before
        ("2021-12-31", None, []),
        ("2025-01-01", None, []),
        (None, None, ["2022-2024"]),
    ],
)
def test_a_row_of_one_day_is_in_each_period_that_holds_the_day(
    first: str | None, last: str | None, expected: list[str]
) -> None:
    assert where(counting.everywhere(rows(("zon", first, last)), learning_cases.of(PERIODS), "first")) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2022-06-01", "2023-01-01", ["2022", "2022-2024", "2023"]),  # its last day is the first of a year
        ("2022-06-01", "2022-12-31", ["2022", "2022-2024"]),
        ("2021-01-01", "2021-12-31", []),  # over before anything is reported
        ("2024-12-31", None, ["2022-2024", "2024"]),  # it goes on
        ("2021-01-01", None, ["2022", "2022-2024", "2023", "2024"]),
        (None, "2023-05-01", ["2022-2024"]),  # when it began is not known: no year is sure
    ],
)
def test_a_row_of_more_days_is_in_each_period_that_it_touches(
    first: str | None, last: str | None, expected: list[str]
) -> None:
    found = counting.everywhere(rows(("zon", first, last)), learning_cases.of(PERIODS), "first", "last")
    assert where(found) == expected


def test_all_together_have_every_row_once_also_of_days_in_no_period() -> None:
    found = counting.everywhere(
        rows(("zon", "2010-01-01", None), ("hof", "2023-02-01", None)), learning_cases.of(PERIODS), "first"
    )
    together = found[found["collective_id"].eq(ACROSS)]
    assert together["key"].tolist() == ["r0", "r1"]
    assert set(together["period_start"]) == {pd.Timestamp(2022, 1, 1)}  # of zon, the first to begin
    assert set(together["period_end"]) == {pd.Timestamp(2024, 12, 31)}


def test_a_row_of_nobody_in_the_report_is_only_for_all_together() -> None:
    found = counting.everywhere(rows(("elders", "2024-02-01", None)), learning_cases.of(PERIODS), "first")
    assert found["collective_id"].tolist() == [ACROSS]


@pytest.mark.parametrize("periods", [PERIODS, {}])
def test_no_rows_or_no_collectives_give_an_empty_table_with_periods(periods: Any) -> None:
    cases = learning_cases.of(PERIODS)
    if not periods:
        cases = dataclasses.replace(cases, collectives=cases.collectives.iloc[:0])
    given_rows = rows() if periods else rows(("zon", "2024-02-01", None))
    found = counting.everywhere(given_rows, cases, "first")
    assert found.empty
    assert {"key", *counting.PERIOD} <= set(found)


DAYS = st.one_of(st.none(), st.dates(dt.date(2021, 6, 1), dt.date(2025, 6, 30)).map(str))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from([*PERIODS, "elders"]), DAYS, DAYS), min_size=1, max_size=6), st.booleans())
def test_rows_are_where_a_look_at_every_period_puts_them(
    typed: list[tuple[str, str | None, str | None]], lasting: bool
) -> None:
    table = rows(*typed)
    found = counting.everywhere(table, learning_cases.of(PERIODS), "first", "last" if lasting else "")
    for at, (owner, first, last) in enumerate(typed):
        expected = []
        for period in PERIODS.get(owner, ()):
            start, end = (str(day.date()) for day in bounds(period))
            if first is None:
                inside = period == LONGEST[owner]
            elif not lasting:
                inside = start <= first <= end
            else:
                inside = first <= end and (last is None or last >= start)
            expected += [period] if inside else []
        assert where(found, f"r{at}") == sorted(expected)
    assert found["collective_id"].eq(ACROSS).sum() == len(typed)


# Counts


def test_n_is_how_many_there_are_of_all_kinds_in_that_period() -> None:
    table = rows(*[("zon", "2022-02-01", None)] * 3, ("zon", "2023-02-01", None)).assign(kind=["a", "a", "b", "b"])
    found = counting.counted(counting.everywhere(table, learning_cases.of(PERIODS), "first"), ["kind"])
    year = found[found["collective_id"].eq("zon") & found["period_end"].eq(pd.Timestamp(2022, 12, 31))]
    assert year[["kind", "value", "n"]].to_numpy().tolist() == [["a", 2, 2 + 1], ["b", 1, 2 + 1]]
    whole = found[found["collective_id"].eq(ACROSS)]
    assert whole[["kind", "value", "n"]].to_numpy().tolist() == [["a", 2, 2 + 2], ["b", 2, 2 + 2]]


def test_a_row_without_a_kind_is_not_counted_and_without_kinds_all_are() -> None:
    table = rows(*[("zon", "2022-02-01", None)] * 3).assign(kind=pd.Series(["a", None, None], dtype="str"))
    placed = counting.everywhere(table, learning_cases.of(PERIODS), "first")
    by_kind = counting.counted(placed, ["kind"])
    assert set(by_kind["n"]) == {1}
    assert set(counting.counted(placed, [])["value"]) == {3}


@pytest.mark.parametrize("kinds", [[], [None, None]])
def test_nothing_to_count_is_a_table_without_rows(kinds: list[None]) -> None:
    table = rows(*[("zon", "2022-02-01", None)] * len(kinds)).assign(kind=pd.Series(kinds, dtype="str"))
    found = counting.counted(counting.everywhere(table, learning_cases.of(PERIODS), "first"), ["kind"])
    assert found.empty
    assert found.columns.tolist() == [*counting.PERIOD, "kind", "value", "n"]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["zon", "tuin"]), st.sampled_from(["a", "b", "c"])), min_size=1, max_size=12))
def test_counts_of_kinds_add_up_to_the_count_of_all(typed: list[tuple[str, str]]) -> None:
    table = rows(*((owner, "2024-02-01", None) for owner, _ in typed)).assign(kind=[kind for _, kind in typed])
    placed = counting.everywhere(table, learning_cases.of(PERIODS), "first")
    sums = counting.counted(placed, ["kind"]).groupby(counting.PERIOD)["value"].sum()
    totals = counting.counted(placed, []).set_index(counting.PERIOD)
    assert sums.to_dict() == totals["value"].to_dict() == totals["n"].to_dict()
    assert sums.xs(ACROSS).tolist() == [len(typed)]


# Figures


def figures(*owners: str, **constants: object) -> pd.DataFrame:
    table = pd.DataFrame({
        "collective_id": list(owners), "indicator_id": "obstacles_n", "value": 1.0,
        "period_start": pd.Timestamp(2024, 1, 1), "period_end": pd.Timestamp(2024, 12, 31),
    })  # fmt: skip
    return counting.figures(table, "obstacles", source="x", **constants)


def test_a_figure_says_of_whom_it_is_and_is_a_count_unless_told_otherwise() -> None:
    told = figures("zon", ACROSS)
    assert told["population"].tolist() == ["collectief", "collectieven"]
    assert set(told["unit"]) == {"aantal"}
    assert set(told["method"]) == {"count"}
    hours = figures("zon", unit="uur", method="sum")
    assert (hours["unit"].iloc[0], hours["method"].iloc[0]) == ("uur", "sum")
    assert told["claim_id"].is_unique


def test_no_counts_are_no_figures() -> None:
    told = counting.figures(pd.DataFrame(columns=[*counting.PERIOD, "value", "n"]), "obstacles", source="x")
    assert told.empty
    assert "claim_id" in told
