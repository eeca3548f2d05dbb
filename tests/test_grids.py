"""Sheets as delivered: the header is found, its names are matched, and cells become a typed table."""

from __future__ import annotations

import time
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis import schema
from bt_analysis.sources.grids import Grid, aliases, find_header, is_blank_form, spelling, title_line
from bt_analysis.sources.sentences import Findings, Place, line
from bt_analysis.sources.typed_tables import typed
from bt_analysis.sources.workbook import table_name

HEADER = ["contribution_id", "activity_id", "role", "persons_n", "hours", "record_method"]
ROW = ["c1", "koffie", "uitvoering", 4, 120.5, "logboek"]


def grid(*rows: tuple[int, list[Any]], from_text: bool = False) -> Grid:
    return Grid(Place("zon/zon.xlsx", "contribution"), "contribution", list(rows), from_text)


def read(*rows: tuple[int, list[Any]], from_text: bool = False) -> tuple[pd.DataFrame | None, Findings]:
    findings = Findings()
    return typed(grid(*rows, from_text=from_text), findings), findings


def test_a_row_of_a_csv_file_that_stops_early_is_told() -> None:
    rows = [(1, [*HEADER, "uncertainty_pct"]), (2, [*map(str, ROW), ""]), (3, ["c2", *map(str, ROW[1:])])]
    _, findings = read(*rows, from_text=True)
    assert findings.problems == []
    assert [(one.kind, one.row) for one in findings.repairs] == [("short_rows", 3)]
    # In a sheet, empty cells at the end of a row are no cells.
    _, findings = read((1, [*HEADER, "uncertainty_pct"]), (2, ROW))
    assert findings.repairs == []


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Activity_ID", "activity id"),
        ("  activity-id ", "activity id"),
        ("Code   activiteit", "code activiteit"),
        ("aantal\u00a0mensen", "aantal mensen"),
        (None, ""),
        ("", ""),
        (" \t", ""),
        (2024, "2024"),
        ("Code activiteit *", "code activiteit"),
        ("uren*", "uren"),
    ],
)
def test_names_are_compared_without_capitals_and_hyphens(written: object, plain: str) -> None:
    assert spelling(written) == plain


def test_a_column_may_be_called_by_its_name_or_its_titles() -> None:
    names = aliases(schema.load("contribution"))
    assert [names[name] for name in ("hours", "uren", "record method", "manier van bijhouden")] == [
        "hours",
        "hours",
        "record_method",
        "record_method",
    ]


@pytest.mark.parametrize(
    ("name", "table", "close"),
    [
        ("activity", "activity", None),
        ("Activiteit", "activity", None),
        ("Work Area", "work_area", None),
        ("werkgebied", "work_area", None),
        ("aktiviteit", None, "activity"),
        ("deelnames", None, "participation"),
        ("Blad1", None, None),
        ("Sheet1", None, None),
        ("Lees mij", None, None),
        ("grafiek", None, None),
    ],
)
def test_a_sheet_is_a_table_or_looks_like_one(name: str, table: str | None, close: str | None) -> None:
    assert table_name(name) == (table, close)


def test_the_header_is_the_row_with_most_names() -> None:
    findings = Findings()
    rows: list[tuple[int, list[Any]]] = [(2, ["Inzet", "rol"]), (4, HEADER), (5, ROW)]
    header = find_header(grid(*rows), schema.load("contribution"), findings)
    assert header is not None
    assert (header.row, header.first_data) == (4, 2)
    assert header.positions == {name: at for at, name in enumerate(HEADER)}
    assert [(repair.kind, repair.row) for repair in findings.repairs] == [("title_rows", 4)]


def test_one_name_is_no_header() -> None:
    table, findings = read((1, ["uren"]), (2, [3]))
    assert table is None
    assert [problem.kind for problem in findings.problems] == ["no_header"]
    assert findings.problems[0].expected.startswith("een regel met contribution_id, activity_id, role")


def test_a_header_alone_is_a_table_without_rows() -> None:
    table, findings = read((1, HEADER))
    assert table is not None
    assert len(schema.check(table, "contribution")) == 0
    assert (findings.problems, findings.repairs) == ([], [])


def test_empty_text_beyond_the_header_is_nothing() -> None:
    # A spreadsheet writes a CSV with as many commas in each row as the widest row has.
    table, findings = read((1, [*HEADER, "", ""]), (2, [*map(str, ROW), "", " "]), from_text=True)
    assert table is not None
    assert (findings.problems, findings.repairs) == ([], [])


def test_the_index_of_a_table_is_the_row_a_person_sees() -> None:
    table, findings = read((3, HEADER), (4, ROW), (7, ["c2", *ROW[1:]]))
    assert table is not None
    assert table.index.to_list() == [4, 7]
    # Rows 5 and 6 are blank; rows 1 and 2 stand above the header.
    assert [(repair.kind, repair.got) for repair in findings.repairs] == [
        ("title_rows", "2 regels boven de kolomnamen"),
        ("blank_rows", "lege regels: 2, de eerste is rij 5"),
    ]


def test_short_rows_are_missing_at_their_end() -> None:
    table, findings = read((1, HEADER), (2, ROW[:5]))
    assert table is not None
    assert [(problem.kind, problem.row, problem.column) for problem in findings.problems] == [
        ("required", 2, "record_method")
    ]


def test_a_missing_column_is_told_once_and_not_in_every_row() -> None:
    rows = [(number, [f"c{number}", *ROW[1:5]]) for number in range(2, 102)]
    table, findings = read((1, HEADER[:5]), *rows)
    assert table is not None
    assert [problem.kind for problem in findings.problems] == ["missing_column"]
    assert table["record_method"].isna().all()


def test_equal_cells_of_another_type_are_read_apart() -> None:
    # For Python 1 == 1.0 == True; for a person the third is no number.
    cells = {2: 1, 3: 1.0, 4: True}
    rows = [(number, [f"c{number}", "koffie", "uitvoering", cell, 1, "logboek"]) for number, cell in cells.items()]
    table, findings = read((1, HEADER), *rows)
    assert table is not None
    assert table["persons_n"].to_list() == [1, 1, pd.NA]
    assert [(problem.kind, problem.row) for problem in findings.problems] == [("boolean_in_number", 4)]


def test_a_cell_that_is_a_problem_has_no_value_and_no_reason() -> None:
    table, findings = read((1, [*HEADER, "paid_eur"]), (2, [*ROW, "veel"]), (3, ["c2", *ROW[1:], "weigert"]))
    assert table is not None
    assert [problem.kind for problem in findings.problems] == ["not_a_number"]
    assert table["paid_eur"].isna().all()
    assert table["paid_eur_missing_reason"].isna().to_list() == [True, False]
    assert table.loc[3, "paid_eur_missing_reason"] == "refused"


def test_a_key_with_a_problem_is_not_a_duplicate_too() -> None:
    _, findings = read((1, HEADER), (2, ["C 1", *ROW[1:]]), (3, ["C 1", *ROW[1:]]))
    assert [(problem.kind, problem.row) for problem in findings.problems] == [("pattern", 2), ("pattern", 3)]


def test_reading_changes_nothing_that_was_delivered() -> None:
    rows: list[tuple[int, list[Any]]] = [(1, list(HEADER)), (2, [" c1", *ROW[1:]])]
    read(*rows)
    assert rows == [(1, HEADER), (2, [" c1", *ROW[1:]])]


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(["nvt", "1.234", "04/01/2023", "#REF!", "logboek", *HEADER]),
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=8), max_size=5))
def test_whatever_is_delivered_there_is_a_good_table_or_a_problem(rows: list[list[Any]]) -> None:
    numbered = [
        (number, row) for number, row in enumerate(rows, start=2) if any(cell not in (None, "") for cell in row)
    ]
    table, findings = read((1, HEADER), *numbered)
    assert table is not None
    if not findings.problems:
        schema.check(table, "contribution")
    for problem in (*findings.problems, *findings.repairs):
        assert problem.got
        assert problem.expected
        assert problem.do
        assert line(problem, "en").startswith("zon/zon.xlsx, sheet contribution")


def test_columns_beyond_z_are_called_as_excel_does() -> None:
    _, findings = read((1, HEADER), (2, [*ROW, *[None] * 22, "x"]))
    # 6 + 22 = 28 columns before it, so it is column 29: AC.
    assert openpyxl.utils.get_column_letter(29) == "AC"
    assert [(problem.kind, problem.row, problem.column) for problem in findings.problems] == [
        ("nameless_column", 2, "AC")
    ]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_titles_with_a_star_below_the_title_of_a_form_are_no_repair(lang: str) -> None:
    descriptor = schema.load("contribution")
    fields = {field["name"]: field["title_en" if lang == "en" else "title"] for field in descriptor["fields"]}
    titles = [f"{fields[name]} *" if name == "hours" else fields[name] for name in HEADER]
    table, findings = read((1, [title_line(descriptor, lang)]), (2, ["Uitleg"]), (4, titles), (5, ROW))
    assert table is not None
    assert table["hours"].to_list() == [120.5]
    assert (findings.problems, findings.repairs) == ([], [])
    # With another first line somebody wrote what stands above the table.
    assert [repair.kind for repair in read((1, ["Onze uren"]), (4, titles), (5, ROW))[1].repairs] == ["title_rows"]


def test_a_form_without_a_row_is_blank() -> None:
    title = title_line(schema.load("contribution"))
    assert title.startswith("Inzet · Een rij is ")
    assert is_blank_form(grid((1, [title]), (4, HEADER)))
    assert not is_blank_form(grid((1, [title]), (4, HEADER), (5, ROW)))
    assert not is_blank_form(grid((1, [title])))
    assert not is_blank_form(grid((1, HEADER)))
    assert not is_blank_form(grid())


def test_a_problem_calls_a_column_as_the_person_sees_it() -> None:
    titles = ["Code inzet *", "activity_id", "rol", "aantal mensen", "uren *", "manier van bijhouden"]
    _, findings = read((1, titles), (2, [*ROW[:4], -1, "logboek"]), (3, ["c2", "Kof fie", *ROW[2:]]))
    told = {problem.column: line(problem) for problem in findings.problems}
    assert ", kolom uren: gekregen: -1;" in told["hours"]
    assert ", kolom activity_id: gekregen: Kof fie;" in told["activity_id"]


def test_a_repaired_reason_is_told_as_the_word_it_was_read_as() -> None:
    _, findings = read((1, [*HEADER, "paid_eur"]), (2, [*ROW, "N.v.t."]), (3, ["c2", *ROW[1:], "n.v.t."]))
    assert [(repair.kind, repair.got, repair.do) for repair in findings.repairs] == [
        ("missing_spelling", "N.v.t., en nog 1 keer", "Gelezen als nvt.")
    ]


def test_each_kind_of_repair_is_told_once_with_its_first_row() -> None:
    cells = {2: "12 uur", 3: 12, 4: "3,5 uur", 5: "1 uur"}
    rows = [(number, [f"c{number}", *ROW[1:4], cell, "logboek"]) for number, cell in cells.items()]
    table, findings = read((1, HEADER), *rows)
    assert table is not None
    assert table["hours"].to_list() == [12.0, 12.0, 3.5, 1.0]
    (repair,) = findings.repairs
    assert (repair.kind, repair.row, repair.got) == ("unit", 2, "12 uur, met de eenheid erbij, en nog 2 keer")


def test_every_cell_that_is_wrong_is_told_in_both_languages() -> None:
    table, findings = read((1, HEADER), (2, ["c1", "koffie", "uitvoerder", "ca. 4", "1E+05", "logboek"]))
    assert table is not None
    where = "zon/zon.xlsx, blad contribution, rij 2, kolom "
    assert [line(problem).removeprefix(where) for problem in findings.problems] == [
        (
            "role: gekregen: uitvoerder; verwacht: een van: bestuur, uitvoering, coordinatie, expert, "
            "bewoner_onderzoeker. Bedoel je uitvoering? Vul dat in."
        ),
        (
            "persons_n: gekregen: ca. 4; verwacht: een getal. Vul het beste getal in; hoe onzeker het is, hoort in de "
            "kolom met onzekerheid of in een toelichting."
        ),
        (
            "hours: gekregen: 1E+05, waarin Excel cijfers heeft weggelaten; verwacht: een getal. Typ alle cijfers "
            "opnieuw; bij een code eerst met celopmaak Tekst."
        ),
    ]
    assert line(findings.problems[1], "en") == (
        "zon/zon.xlsx, sheet contribution, row 2, column persons_n: got: ca. 4; expected: a number. Fill in the best "
        "number; how uncertain it is belongs in the column of uncertainty or in a note."
    )


def test_ten_thousand_rows_take_little_time_also_when_every_cell_is_wrong() -> None:
    right = [(number, [f"c{number}", "koffie", "uitvoering", 4, number / 8, "logboek"]) for number in range(2, 10_002)]
    wrong = [(number, [f"C {number}", "", "x", "veel", f"1.{100 + number % 900}", "y"]) for number in range(2, 10_002)]
    for rows, problems, seconds in ((right, 0, 2), (wrong, 6 * 10_000, 6)):
        began = time.process_time()
        table, findings = read((1, HEADER), *rows)
        assert time.process_time() - began < seconds
        assert table is not None
        assert (len(table), len(findings.problems)) == (10_000, problems)
