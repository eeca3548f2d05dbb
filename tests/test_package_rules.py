"""Rules between columns and tables of a package: each broken rule is told with its row."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from bt_analysis.schema import Problem
from bt_analysis.sources.codes import parts
from bt_analysis.sources.package_rules import check_rules
from bt_analysis.sources.rules_activities import GROUPS
from bt_analysis.sources.sentences import Findings, Place

KNOWN = {2024: {"GM0001", "WK000101", "BU00010101", "BU00010102", "WK000102"}}


def days(*values: str | None) -> pd.Series[Any]:
    return pd.Series(values, dtype="datetime64[us]")


def collective(*codes: str) -> pd.DataFrame:
    return pd.DataFrame({"collective_id": codes})


def work_area(
    codes: str | None, *, year: int = 2024, start: str = "2024-01-01", end: str | None = None, **other: str | None
) -> pd.DataFrame:
    cells = {"definition_type": "codes", "area_codes": codes, "postcodes": None, "polygon_file": None} | other
    return pd.DataFrame(
        {
            "work_area_id": ["gebied"],
            "collective_id": ["zon"],
            **{name: pd.Series([cell], dtype="str") for name, cell in cells.items()},
            "area_year": pd.Series([year], dtype="Int64"),
            "valid_from": days(start),
            "valid_to": days(end),
        }
    )


def activity(end: str | None = "2024-01-31") -> pd.DataFrame:
    return pd.DataFrame(
        {"activity_id": ["koffie"], "collective_id": ["zon"], "start": days("2024-01-01"), "end": days(end)}
    )


def participation(**changes: Any) -> pd.DataFrame:
    row = {
        "activity_id": "koffie",
        "period_start": pd.Timestamp("2024-01-01"),
        "period_end": pd.Timestamp("2024-01-31"),
        "group_type": "totaal",
        "group_value": "totaal",
        "contacts_n": 40,
        "unique_n": 20,
        "first_time_n": 5,
    }
    counts = {"contacts_n": "Int64", "unique_n": "Int64", "first_time_n": "Int64"}
    return pd.DataFrame([row | changes]).astype(counts)


def contribution(persons: int, hours: float) -> pd.DataFrame:
    table = pd.DataFrame(
        {"contribution_id": ["c1"], "activity_id": ["koffie"], "persons_n": [persons], "hours": [hours]}
    )
    return table.astype({"persons_n": "Int64", "hours": "Float64"})


def check(known: dict[int, set[str]] | None = None, **tables: pd.DataFrame) -> Findings:
    """Check tables as if each begins in row 2 of a sheet of its own name."""
    findings = Findings()
    numbered = {name: table.set_axis(range(2, len(table) + 2)) for name, table in tables.items()}
    check_rules("zon", numbered, {name: Place("zon/zon.xlsx", name) for name in tables}, known, findings)
    return findings


def only(findings: Findings) -> Problem:
    assert [problem.kind for problem in findings.problems] == [findings.problems[0].kind]
    return findings.problems[0]


def test_a_package_that_keeps_every_rule_has_no_problems() -> None:
    findings = check(
        KNOWN,
        collective=collective("zon"),
        work_area=work_area("BU00010101;WK000102"),
        activity=activity(),
        participation=participation(),
        # 2 people × 31 days × 16 hours = 992 hours at most.
        contribution=contribution(2, 992.0),
    )
    assert (findings.problems, findings.repairs) == ([], [])


@pytest.mark.parametrize(
    "cells",
    [
        {"definition_type": "postcodes", "postcodes": "8011;8012 ab"},
        {"definition_type": "polygon", "polygon_file": "gebied.geojson"},
    ],
)
def test_postcodes_or_a_drawing_define_a_work_area_too(cells: dict[str, Any]) -> None:
    assert check(work_area=work_area(None, **cells), known=KNOWN, collective=collective("zon")) == Findings()


@pytest.mark.parametrize(
    ("codes", "cells", "kind", "column"),
    [
        (None, {}, "no_definition", "area_codes"),
        (None, {"definition_type": "postcodes"}, "no_definition", "postcodes"),
        (None, {"definition_type": "polygon"}, "no_definition", "polygon_file"),
        ("GM0001", {"postcodes": "8011"}, "two_definitions", "postcodes"),
        ("GM0001", {"definition_type": "postcodes", "postcodes": "8011"}, "two_definitions", "area_codes"),
        (None, {"definition_type": "postcodes", "postcodes": "8011;801"}, "postcode_form", "postcodes"),
        (None, {"definition_type": "postcodes", "postcodes": "8011AB 8012"}, "postcode_form", "postcodes"),
        (None, {"definition_type": "postcodes", "postcodes": "0800"}, "postcode_form", "postcodes"),
    ],
)
def test_a_work_area_is_defined_in_one_way(codes: str | None, cells: dict[str, Any], kind: str, column: str) -> None:
    problem = only(check(work_area=work_area(codes, **cells), known=KNOWN, collective=collective("zon")))
    assert (problem.kind, problem.row, problem.column) == (kind, 2, column)


def test_a_work_area_of_no_known_kind_is_told_elsewhere() -> None:
    unread = work_area("GM0001", definition_type=None)
    assert check(work_area=unread, known=KNOWN, collective=collective("zon")).problems == []


def test_two_collectives_in_one_package_are_a_problem() -> None:
    findings = check(collective=collective("zon", "maan"))
    assert [(problem.kind, problem.row) for problem in findings.problems] == [
        ("many_collectives", 3),
        ("other_folder", 3),
    ]


def test_a_collective_with_another_name_than_its_folder_is_a_problem() -> None:
    problem = only(check(collective=collective("maan")))
    assert (problem.file, problem.sheet, problem.row, problem.column) == (
        "zon/zon.xlsx",
        "collective",
        2,
        "collective_id",
    )
    assert (problem.got, problem.expected) == ("maan in de map zon", "de naam van de map: zon")


def test_a_code_that_the_other_table_does_not_hold_is_a_problem() -> None:
    problem = only(
        check(
            activity=activity(),
            contribution=contribution(1, 1.0).assign(activity_id="thee"),
            collective=collective("zon"),
        )
    )
    assert (problem.kind, problem.sheet, problem.column, problem.got) == (
        "no_parent",
        "contribution",
        "activity_id",
        "thee",
    )
    assert problem.expected == "een activity_id uit de tabel activity"


def test_a_table_whose_parent_is_absent_is_one_problem_however_many_rows() -> None:
    rows = pd.concat([participation(), participation(group_type="geslacht", group_value="man")])
    problem = only(check(participation=rows))
    assert (problem.kind, problem.row, problem.got) == ("no_parent_table", None, "geen tabel activity")


def test_a_missing_code_is_not_told_twice() -> None:
    assert (
        check(activity=activity(), participation=participation(activity_id=None), collective=collective("zon")).problems
        == []
    )


@pytest.mark.parametrize("code", ["BU0001010", "bu00010101", "0001", "BU00010101,BU00010102", "NL00", "Zonnewijk"])
def test_what_is_no_code_of_a_buurt_wijk_or_gemeente_is_a_problem(code: str) -> None:
    problem = only(check(KNOWN, collective=collective("zon"), work_area=work_area(code)))
    assert (problem.kind, problem.row, problem.column, problem.got) == ("region_form", 2, "area_codes", code)


def test_a_code_that_does_not_exist_in_the_year_is_a_problem() -> None:
    problem = only(check(KNOWN, collective=collective("zon"), work_area=work_area("BU00010101;BU00019999")))
    assert problem.kind == "region_unknown"
    assert problem.got == "BU00019999, een gebied dat in de indeling van 2024 niet bestaat"


def test_regions_are_only_looked_up_when_the_year_is_there() -> None:
    assert check(None, collective=collective("zon"), work_area=work_area("BU00019999")).problems == []
    findings = check(KNOWN, collective=collective("zon"), work_area=work_area("BU00019999", year=2019))
    assert findings.problems == []
    assert [(repair.kind, repair.got) for repair in findings.repairs] == [
        ("regions_not_checked", "de indeling van 2019 is niet opgehaald")
    ]


@pytest.mark.parametrize(
    ("codes", "got"),
    [
        ("WK000101;BU00010101", "BU00010101, dat al in WK000101 ligt"),
        ("BU00010101;GM0001", "BU00010101, dat al in GM0001 ligt"),
        ("BU00010101;BU00010101", "BU00010101, dat al in BU00010101 ligt"),
    ],
)
def test_an_area_inside_another_would_be_counted_twice(codes: str, got: str) -> None:
    problem = only(check(KNOWN, collective=collective("zon"), work_area=work_area(codes)))
    assert (problem.kind, problem.got) == ("region_twice", got)


def test_codes_in_a_cell_are_split_at_semicolons() -> None:
    assert parts("BU00010101; WK000102;") == ["BU00010101", "WK000102"]


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [
        (("2024-01-01", "2024-06-30"), ("2024-07-01", None), []),
        (("2024-01-01", "2024-06-30"), ("2024-06-30", None), [3]),
        (("2024-01-01", None), ("2025-01-01", None), [3]),
        (("2025-01-01", None), ("2024-01-01", None), [2]),
    ],
)
def test_two_work_areas_at_one_time_are_a_problem(
    first: tuple[str, str | None], second: tuple[str, str | None], rows: list[int]
) -> None:
    areas = pd.concat(
        [work_area("BU00010101", start=first[0], end=first[1]), work_area("BU00010102", start=second[0], end=second[1])]
    )
    findings = check(collective=collective("zon"), work_area=areas)
    assert [(problem.kind, problem.row) for problem in findings.problems] == [("overlap", row) for row in rows]


def test_a_work_area_inside_a_longer_one_names_the_longer_one() -> None:
    spans = [("2020-01-01", "2024-12-31"), ("2021-01-01", "2021-12-31"), ("2024-01-01", None)]
    areas = pd.concat([work_area("BU00010101", start=start, end=end) for start, end in spans])
    findings = check(collective=collective("zon"), work_area=areas)
    assert [(problem.row, problem.details["first"]) for problem in findings.problems] == [(3, "2"), (4, "2")]


def test_a_period_that_ends_before_it_begins_is_a_problem() -> None:
    problem = only(check(collective=collective("zon"), work_area=work_area("GM0001", end="2023-12-31")))
    assert (problem.kind, problem.column, problem.got) == ("end_before_start", "valid_to", "31-12-2023")
    assert problem.expected == "valid_from (01-01-2024) of later"
    problem = only(check(activity=activity("2023-12-31"), collective=collective("zon")))
    assert (problem.sheet, problem.column) == ("activity", "end")


def test_a_day_may_begin_and_end_a_period() -> None:
    day = pd.Timestamp("2024-01-01")
    assert (
        check(
            activity=activity("2024-01-01"),
            collective=collective("zon"),
            participation=participation(period_start=day, period_end=day),
        ).problems
        == []
    )


@pytest.mark.parametrize(
    ("counts", "broken"),
    [
        ({"contacts_n": 20, "unique_n": 20, "first_time_n": 20}, None),
        ({"contacts_n": 19, "unique_n": 20}, ("unique_n", "20", "niet meer dan contacts_n: 19")),
        ({"unique_n": 4, "first_time_n": 5}, ("first_time_n", "5", "niet meer dan unique_n: 4")),
        ({"contacts_n": 4, "unique_n": None}, ("first_time_n", "5", "niet meer dan contacts_n: 4")),
        ({"contacts_n": None, "unique_n": 20}, None),
        ({"contacts_n": None, "unique_n": None}, None),
    ],
)
def test_people_are_not_more_than_contacts(counts: dict[str, Any], broken: tuple[str, str, str] | None) -> None:
    findings = check(activity=activity(), collective=collective("zon"), participation=participation(**counts))
    found = [(problem.column, problem.got, problem.expected) for problem in findings.problems]
    assert found == ([] if broken is None else [broken])


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in GROUPS.items() for value in values])
def test_groups_of_cbs_are_accepted(kind: str, value: str) -> None:
    rows = participation(group_type=kind, group_value=value)
    assert check(activity=activity(), collective=collective("zon"), participation=rows).problems == []


@pytest.mark.parametrize(
    ("kind", "value", "broken"),
    [
        ("leeftijd", "0-14", "group_value"),
        ("leeftijd", "15–25", "group_value"),
        ("geslacht", "Man", "group_value"),
        ("totaal", "iedereen", "group_value"),
        ("buurt", "Noordereiland", "group_region"),
        ("buurt", "GM0001", "group_region"),
        ("buurt", "BU00010101", None),
        ("buurt", "WK000101", None),
        ("taal", "Tigrinya", None),
    ],
)
def test_a_group_that_does_not_fit_its_kind_is_a_problem(kind: str, value: str, broken: str | None) -> None:
    rows = participation(group_type=kind, group_value=value)
    findings = check(activity=activity(), collective=collective("zon"), participation=rows)
    assert [problem.kind for problem in findings.problems] == ([] if broken is None else [broken])


def test_a_period_outside_its_activity_is_a_problem() -> None:
    rows = participation(period_start=pd.Timestamp("2023-12-31"), period_end=pd.Timestamp("2024-02-01"))
    findings = check(activity=activity(), collective=collective("zon"), participation=rows)
    assert [(problem.kind, problem.got, problem.expected) for problem in findings.problems] == [
        ("before_activity", "31-12-2023", "01-01-2024 of later: dan begint de activiteit"),
        ("after_activity", "01-02-2024", "31-01-2024 of eerder: dan eindigt de activiteit"),
    ]


def test_an_activity_that_still_runs_has_no_last_day() -> None:
    rows = participation(period_end=pd.Timestamp("2030-01-01"))
    assert check(activity=activity(None), collective=collective("zon"), participation=rows).problems == []


def test_more_than_16_hours_a_day_is_a_problem() -> None:
    # 1 person × 31 days × 16 hours = 496 hours.
    assert check(activity=activity(), collective=collective("zon"), contribution=contribution(1, 496.0)).problems == []
    problem = only(check(activity=activity(), collective=collective("zon"), contribution=contribution(1, 496.5)))
    assert (problem.kind, problem.row, problem.got) == ("too_many_hours", 2, "496,5 uur")
    assert problem.expected == "hooguit 496 uur: 1 mensen, 31 dagen, 16 uur per dag"


def test_hours_of_nobody_are_a_problem_also_when_the_activity_still_runs() -> None:
    running = check(activity=activity(None), collective=collective("zon"), contribution=contribution(0, 3.0))
    assert only(running).kind == "hours_of_nobody"
    assert (
        check(activity=activity(None), collective=collective("zon"), contribution=contribution(1, 9e6)).problems == []
    )


def test_activities_without_a_readable_code_or_date_leave_nothing_to_compare() -> None:
    unknown = activity().assign(activity_id=pd.Series([None], dtype="str"))
    tables = {"collective": collective("zon"), "participation": participation(), "contribution": contribution(1, 9e6)}
    findings = check(None, activity=unknown, **tables)
    assert [problem.kind for problem in findings.problems] == ["no_parent", "no_parent"]
    undated = activity().assign(start=days(None), end=days(None))
    assert check(None, activity=undated, **tables).problems == []
    assert check(None, activity=activity().iloc[:0], **tables).problems != []


def test_rules_change_no_table() -> None:
    tables = {"collective": collective("zon"), "activity": activity(), "participation": participation()}
    before = {name: table.copy(deep=True) for name, table in tables.items()}
    check(KNOWN, **tables)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, before[name])
