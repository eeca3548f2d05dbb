"""Monitoring packages: workbooks and CSV folders as volunteers really deliver them."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import csv
import datetime as dt
import json
import time
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import frictionless
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bt_analysis import schema
from bt_analysis.settings import Workspace
from bt_analysis.sources import cells, workbook
from bt_analysis.sources.monitoring import Package, read_package, read_packages, together
from bt_analysis.sources.sentences import DUTCH_FILE, line

PACKAGE_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
KNOWN = {2024: {"GM0001", "WK000101", "BU00010101", "BU00010102"}}
Rows = list[list[Any]]
Sheets = dict[str, Rows]


def sheets() -> Sheets:
    """Make the rows of a package without any problem or repair."""
    day, end = dt.datetime(2024, 1, 1), dt.datetime(2024, 12, 31)
    return {
        "collective": [
            ["collective_id", "name", "primary_domain", "kvk_number", "members_n", "counted_on"],
            ["zon", "Zonnewijk", "welzijn", "01234567", 120, dt.datetime(2024, 3, 1)],
        ],
        "work_area": [
            ["work_area_id", "collective_id", "definition_type", "area_codes", "area_year", "valid_from"],
            ["zon-1", "zon", "codes", "BU00010101;BU00010102", 2024, day],
        ],
        "activity": [
            ["activity_id", "collective_id", "title", "domain", "activity_type", "start", "end", "cost_eur"],
            ["koffie", "zon", "Koffie", "welzijn", "ontmoeting", day, end, 12.5],
            ["tuin", "zon", "Tuin+", "leefomgeving", "groen", day, None, "weetniet"],
        ],
        "participation": [
            [
                "activity_id",
                "period_start",
                "period_end",
                "group_type",
                "group_value",
                "contacts_n",
                "unique_n",
                "count_method",
            ],
            ["koffie", day, end, "totaal", "totaal", 40, 25, "lijst"],
            ["koffie", day, end, "leeftijd", "65+", 30, "onderdrukt", "lijst"],
            ["tuin", day, end, "totaal", "totaal", 0, None, "schatting"],
        ],
        "contribution": [
            ["contribution_id", "activity_id", "role", "persons_n", "hours", "record_method"],
            ["c1", "koffie", "uitvoering", 4, 120.5, "logboek"],
        ],
    }


def deliver(root: Path, content: Sheets, name: str = "zon.xlsx") -> Path:
    """Write a workbook with these sheets in the folder of collective "zon"."""
    folder = root / "zon"
    folder.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in content.items():
        sheet = book.create_sheet(title)
        for number, row in enumerate(rows, start=1):
            for at, value in enumerate(row, start=1):
                cell = sheet.cell(number, at, value)
                # What begins with = is a formula for openpyxl; a person who types '= means text.
                if isinstance(value, str) and value.startswith("=") and not value.startswith("=1"):
                    cell.data_type = "s"
    book.save(folder / name)
    return folder


def deliver_csv(root: Path, content: Sheets, separator: str = ",", encoding: str = "utf-8") -> Path:
    """Write the same rows as CSV files with a datapackage.json."""
    folder = root / "zon"
    folder.mkdir(exist_ok=True)
    for name, rows in content.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding=encoding) as file:
            csv.writer(file, delimiter=separator).writerows([[as_text(value) for value in row] for row in rows])
    resources = [{"name": name, "path": f"{name}.csv"} for name in content]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")
    return folder


def as_text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}"
    return "" if value is None else str(value)


def kinds(package: Package) -> list[str]:
    return [problem.kind for problem in package.problems]


def repairs(package: Package) -> list[str]:
    return [repair.kind for repair in package.repairs]


def read_changed(root: Path, sheet: str, row: int, column: int, value: object) -> Package:
    """Read the good package with one cell changed; row and column count from 1, as in Excel."""
    content = sheets()
    content[sheet][row - 1][column - 1] = value
    return read_package(deliver(root, content), KNOWN)


def test_a_good_workbook_has_no_problems_and_no_repairs(tmp_path: Path) -> None:
    folder = deliver(tmp_path, sheets())
    package = read_package(folder, KNOWN)
    assert (package.problems, package.repairs) == ([], [])
    assert (package.collective_id, package.folder, package.sources) == ("zon", folder, [folder / "zon.xlsx"])
    assert list(package.tables) == list(schema.MINIMAL)
    assert {name: len(table) for name, table in package.tables.items()} == {
        "collective": 1, "work_area": 1, "activity": 2, "participation": 3, "contribution": 1,
    }  # fmt: skip


def test_a_workbook_and_csv_with_the_same_rows_give_the_same_tables(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = read_package(deliver(tmp_path / "a", sheets()), KNOWN)
    other = read_package(deliver_csv(tmp_path / "b", sheets()), KNOWN)
    assert (other.problems, other.repairs) == ([], [])
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])


def test_tables_are_typed_and_hold_every_field(tmp_path: Path) -> None:
    tables = read_package(deliver(tmp_path, sheets()), KNOWN).tables
    for name, table in tables.items():
        assert schema.check(table, name) is table
        assert list(table.index) == list(range(len(table)))
    activity, participation = tables["activity"], tables["participation"]
    dtypes = [str(activity[column].dtype) for column in ("title", "start", "cost_eur", "sessions_n")]
    assert dtypes == ["str", "datetime64[us]", "Float64", "Int64"]
    assert tables["collective"]["kvk_number"].to_list() == ["01234567"]
    assert activity["title"].to_list() == ["Koffie", "Tuin+"]
    assert participation["unique_n"].to_list() == [25, pd.NA, pd.NA]


def test_missing_numbers_keep_their_reason_and_zero_stays_zero(tmp_path: Path) -> None:
    tables = read_package(deliver(tmp_path, sheets()), KNOWN).tables
    reasons = tables["participation"]["unique_n_missing_reason"].astype(object)
    assert reasons.where(reasons.notna(), None).to_list() == [None, "suppressed", "not_recorded"]
    assert tables["activity"].loc[1, "cost_eur_missing_reason"] == "unknown"
    assert tables["activity"]["sessions_n_missing_reason"].to_list() == ["not_recorded"] * 2
    assert tables["participation"].loc[2, "contacts_n"] == 0
    assert "hours_missing_reason" not in tables["contribution"]


def written_back(table: pd.DataFrame, fields: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a typed table as CSV text, with the words for missing values put back."""
    words = {reason: word for word, reason in cells.MISSING_WORDS.items()}
    columns: dict[str, list[str]] = {}
    for field in fields:
        values = table[field["name"]].astype(object)
        reasons = table.get(field["name"] + schema.REASON_SUFFIX, pd.Series("not_recorded", index=table.index))
        style = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S"}.get(field["type"])
        columns[field["name"]] = [
            words.get(reason, "") if pd.isna(value) else value.strftime(style) if style else str(value)
            for value, reason in zip(values, reasons, strict=True)
        ]
    return pd.DataFrame(columns)


def test_what_we_call_clean_is_valid_for_frictionless_too(tmp_path: Path) -> None:
    content = sheets()
    content["activity"][2][7] = "1234,5"
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert package.problems == []
    resources = []
    for name, table in package.tables.items():
        written_back(table, schema.load(name)["fields"]).to_csv(tmp_path / f"{name}.csv", index=False)
        described = schema.of_package(name, list(table.columns), package.tables)
        resources.append({"name": name, "path": f"{name}.csv", "schema": described})
    frame = frictionless.Package.from_descriptor(
        {"$schema": PACKAGE_PROFILE, "name": "zon", "resources": resources}, basepath=str(tmp_path)
    )
    report = frame.validate()
    assert report.valid, report.flatten(["type", "message"])
    assert report.stats["tasks"] == 5


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "kind", "name"),
    [
        ("contribution", 2, 5, "veel", "not_a_number", "hours"),
        ("contribution", 2, 5, "1.234", "ambiguous_number", "hours"),
        ("contribution", 2, 5, dt.timedelta(hours=30), "time_in_number", "hours"),
        ("contribution", 2, 5, "=1+1", "no_result", "hours"),
        ("participation", 3, 6, -1, "minimum", "contacts_n"),
        ("participation", 3, 6, 2.5, "not_whole", "contacts_n"),
        ("participation", 3, 6, "#REF!", "error_cell", "contacts_n"),
        ("participation", 3, 6, dt.datetime(2024, 2, 1), "date_in_number", "contacts_n"),
        ("participation", 3, 6, True, "boolean_in_number", "contacts_n"),
        ("participation", 3, 5, dt.datetime(2024, 10, 2), "date_in_text", "group_value"),
        ("participation", 2, 2, "04/01/2024", "ambiguous_date", "period_start"),
        ("participation", 2, 2, "01-02-24", "two_digit_year", "period_start"),
        ("participation", 2, 2, 45292, "number_in_date", "period_start"),
        ("participation", 2, 8, "lijsten", "close_enum", "count_method"),
        ("participation", 2, 8, None, "required", "count_method"),
        ("activity", 3, 1, "Tuin 1", "pattern", "activity_id"),
        ("work_area", 2, 4, "BU00019999", "region_unknown", "area_codes"),
        ("collective", 2, 1, "maan", "other_folder", "collective_id"),
    ],
)
def test_a_bad_cell_is_named_by_file_sheet_row_and_column(
    tmp_path: Path, sheet: str, row: int, column: int, value: object, kind: str, name: str
) -> None:
    package = read_changed(tmp_path, sheet, row, column, value)
    found = [problem for problem in package.problems if problem.kind == kind]
    assert [(one.file, one.sheet, one.row, one.column) for one in found] == [("zon/zon.xlsx", sheet, row, name)]
    assert all((found[0].got, found[0].expected, found[0].do))


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    content = sheets()
    content["collective"][1][4] = "veel"
    content["activity"][1][3] = "zorg"
    content["participation"][1][5] = -4
    content["participation"][3][1] = "31-02-2024"
    content["contribution"][1][4] = "uren"
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert [(problem.sheet, problem.row, problem.kind) for problem in package.problems] == [
        ("collective", 2, "not_a_number"),
        ("activity", 2, "enum"),
        ("participation", 4, "no_such_date"),
        ("participation", 2, "minimum"),
        ("contribution", 2, "not_a_number"),
    ]
    assert len(package.tables["participation"]) == 3


def test_a_problem_is_one_plain_line(tmp_path: Path) -> None:
    package = read_changed(tmp_path, "participation", 3, 6, "31\u202eveel")
    content = sheets()
    content["participation"][2][5] = "ruim dertig"
    problem = read_package(deliver(tmp_path, content), KNOWN).problems[0]
    assert line(problem) == (
        "zon/zon.xlsx, blad participation, rij 3, kolom contacts_n: gekregen: ruim dertig; verwacht: een heel getal. "
        "Typ alleen het getal; onbekend is leeg, nvt, weigert, weetniet of onderdrukt."
    )
    assert package.problems[0].got == "een teken dat niet te zien is: 31[U+202E]veel"


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "kind"),
    [
        ("participation", 2, 6, "1.234", "thousands"),
        ("participation", 2, 6, "40", "number_as_text"),
        ("participation", 2, 2, "01-01-2024", "date_as_text"),
        ("participation", 2, 2, dt.datetime(2024, 1, 1, 9, 30), "time_dropped"),
        ("participation", 2, 8, "Lijst", "capitals"),
        ("participation", 2, 8, "lijst ", "spaces"),
        ("activity", 2, 3, "Koffie\nen thee", "line_breaks"),
        ("work_area", 2, 4, "BU00010101; BU00010102", "list_spaces"),
        ("collective", 2, 4, 12345678, "text_as_number"),
    ],
)
def test_what_is_repaired_is_listed(
    tmp_path: Path, sheet: str, row: int, column: int, value: object, kind: str
) -> None:
    package = read_changed(tmp_path, sheet, row, column, value)
    assert package.problems == []
    assert [(one.kind, one.sheet, one.row) for one in package.repairs] == [(kind, sheet, row)]


def test_a_repair_of_many_rows_is_listed_once(tmp_path: Path) -> None:
    content = sheets()
    for row in content["participation"][1:]:
        row[7] += " "
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert [repair.got for repair in package.repairs] == ["lijst  met spaties ervoor of erna, en nog 2 keer"]


def test_a_percentage_cell_means_what_it_shows(tmp_path: Path) -> None:
    content = sheets()
    content["contribution"][0].append("uncertainty_pct")
    content["contribution"][1].append(0.15)
    folder = deliver(tmp_path, content)
    book = openpyxl.load_workbook(folder / "zon.xlsx")
    book["contribution"]["G2"].number_format = "0%"
    book.save(folder / "zon.xlsx")
    package = read_package(folder, KNOWN)
    # The sheet shows 15%, and Excel keeps 0.15.
    assert package.tables["contribution"]["uncertainty_pct"].to_list() == [15.0]
    assert [(repair.kind, repair.got) for repair in package.repairs] == [("percent", "15% als percentage")]


@pytest.mark.parametrize("shown_as", ['0.0"%"', r"0.0\%", '0.0" % (schatting)"'])
def test_a_sign_that_only_stands_beside_a_number_does_not_multiply_it(tmp_path: Path, shown_as: str) -> None:
    content = sheets()
    content["contribution"][0].append("uncertainty_pct")
    content["contribution"][1].append(0.8)
    folder = deliver(tmp_path, content)
    book = openpyxl.load_workbook(folder / "zon.xlsx")
    book["contribution"]["G2"].number_format = shown_as
    book.save(folder / "zon.xlsx")
    package = read_package(folder, KNOWN)
    # The sheet shows 0.8%, and Excel keeps 0.8.
    assert package.tables["contribution"]["uncertainty_pct"].to_list() == [0.8]
    assert (package.problems, package.repairs) == ([], [])


def test_a_formula_counts_for_its_result(tmp_path: Path) -> None:
    folder = deliver(tmp_path, sheets())
    path, rewritten = folder / "zon.xlsx", tmp_path / "new.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(rewritten, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace(b"<v>120.5</v>", b"<f>100+20.5</f><v>120.5</v>"))
    rewritten.replace(path)
    package = read_package(folder, KNOWN)
    assert package.problems == []
    assert package.tables["contribution"]["hours"].to_list() == [120.5]


def test_an_empty_text_from_a_formula_is_an_empty_cell(tmp_path: Path) -> None:
    package = read_changed(tmp_path, "participation", 4, 7, '=1*IF(F4=0,"",F4)')
    assert package.problems == []
    assert package.tables["participation"].loc[2, "unique_n_missing_reason"] == "not_recorded"


def test_a_macintosh_workbook_keeps_its_dates(tmp_path: Path) -> None:
    folder = deliver(tmp_path, sheets())
    book = openpyxl.load_workbook(folder / "zon.xlsx")
    book.epoch = CALENDAR_MAC_1904
    book.save(folder / "zon.xlsx")
    assert read_package(folder, KNOWN).tables["work_area"]["valid_from"].to_list() == [pd.Timestamp("2024-01-01")]


def test_title_rows_blank_rows_and_columns_are_skipped_and_rows_counted_as_in_excel(tmp_path: Path) -> None:
    content = sheets()
    header, *rows = content["participation"]
    spaced = [[*row[:3], None, *row[3:]] for row in (header, rows[0], [None], rows[1], rows[2])]
    spaced[4][6] = "fout"
    content["participation"] = [["Deelname aan Zonnewijk"], [], *spaced, [], [" "]]
    folder = deliver(tmp_path, content)
    book = openpyxl.load_workbook(folder / "zon.xlsx")
    book["participation"].merge_cells("A1:F1")
    book.save(folder / "zon.xlsx")
    package = read_package(folder, KNOWN)
    # Two rows above the header (row 3), data in 4, a blank row 5, data in 6 and 7.
    assert [(problem.kind, problem.row) for problem in package.problems] == [("not_a_number", 7)]
    assert [(repair.kind, repair.row) for repair in package.repairs] == [
        ("title_rows", 3),
        ("blank_columns", 3),
        ("blank_rows", 5),
    ]


def test_headers_may_be_dutch_titles_or_have_capitals(tmp_path: Path) -> None:
    content = sheets()
    content["contribution"][0] = ["Code inzet", "ACTIVITY_ID", "rol", "aantal mensen", "Uren ", "record method"]
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert package.problems == []
    # "rol", "aantal mensen" and "record method" are exactly the titles of their columns.
    assert repairs(package) == ["header_spelling"] * 3
    assert package.tables["contribution"]["hours"].to_list() == [120.5]


def test_a_second_header_with_dutch_titles_is_no_data(tmp_path: Path) -> None:
    content = sheets()
    titles = {field["name"]: field["title"] for field in schema.load("contribution")["fields"]}
    content["contribution"].insert(1, [titles[name] for name in content["contribution"][0]])
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert (kinds(package), repairs(package)) == ([], ["second_header"])
    assert len(package.tables["contribution"]) == 1


def test_another_order_of_columns_is_listed(tmp_path: Path) -> None:
    content = sheets()
    content["contribution"] = [row[::-1] for row in content["contribution"]]
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert (kinds(package), repairs(package)) == ([], ["column_order"])


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("ureen", [("close_column", "ureen"), ("missing_column", "hours")]),
        ("Opmerking", [("unknown_column", "Opmerking"), ("missing_column", "hours")]),
        ("role", [("duplicate_column", "role"), ("missing_column", "hours")]),
        (None, [("nameless_column", "E"), ("missing_column", "hours")]),
    ],
)
def test_a_column_that_is_not_what_it_should_be(
    tmp_path: Path, header: str | None, found: list[tuple[str, str]]
) -> None:
    package = read_changed(tmp_path, "contribution", 1, 5, header)
    assert [(problem.kind, problem.column) for problem in package.problems] == found


def test_a_suggestion_is_made_for_a_name_that_is_close(tmp_path: Path) -> None:
    package = read_changed(tmp_path, "contribution", 1, 5, "houres")
    assert package.problems[0].expected == "bedoel je hours?"


def test_only_names_that_are_still_free_are_offered(tmp_path: Path) -> None:
    package = read_changed(tmp_path, "contribution", 1, 5, "Opmerking")
    offered = package.problems[0].expected.split(", ")
    assert "hours" in offered
    assert "role" not in offered


def test_a_sheet_without_header_is_a_problem_and_its_children_are_not(tmp_path: Path) -> None:
    content = sheets()
    content["activity"] = [["Koffie", 1], ["Tuin", 2]]
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert [(problem.kind, problem.sheet) for problem in package.problems] == [("no_header", "activity")]


@pytest.mark.parametrize("missing", ["collective", "work_area"])
def test_a_package_needs_a_collective_and_a_work_area(tmp_path: Path, missing: str) -> None:
    content = sheets()
    del content[missing]
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert ("missing_sheet", f"geen tabel {missing}") in [(problem.kind, problem.got) for problem in package.problems]
    assert missing not in package.tables


def test_other_tables_may_be_absent_or_empty(tmp_path: Path) -> None:
    content = sheets()
    del content["contribution"]
    content["participation"] = content["participation"][:1]
    content["activity"] = []
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert (kinds(package), repairs(package)) == ([], ["empty_table", "empty_table"])
    assert list(package.tables) == ["collective", "work_area"]


def test_rows_that_refer_to_an_empty_table_are_a_problem(tmp_path: Path) -> None:
    content = sheets()
    content["activity"] = content["activity"][:1]
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert [(problem.kind, problem.sheet) for problem in package.problems] == [
        ("no_parent_table", "participation"),
        ("no_parent_table", "contribution"),
    ]


@pytest.mark.parametrize("rows", [[], [["collective_id", "name", "primary_domain"]]])
def test_an_empty_collective_is_a_problem(tmp_path: Path, rows: Rows) -> None:
    package = read_package(deliver(tmp_path, sheets() | {"collective": rows}), KNOWN)
    assert kinds(package)[0] in ("no_header", "no_rows")


def test_sheets_that_are_no_table(tmp_path: Path) -> None:
    extra: Sheets = {"Lees mij": [["Uitleg"]], "readme": [["x"]], "leesmij": [], "Blad1": [["x"]], "activitys": [["x"]]}
    package = read_package(deliver(tmp_path, sheets() | extra), KNOWN)
    assert [(problem.kind, problem.sheet) for problem in package.problems] == [("close_sheet", "activitys")]
    assert package.problems[0].do == "Noem het blad activity, of haal het weg."
    assert [(repair.kind, repair.sheet) for repair in package.repairs] == [("unknown_sheet", "Blad1")]


def test_a_sheet_may_have_the_dutch_title_and_not_twice(tmp_path: Path) -> None:
    content = sheets()
    content["Inzet"] = content.pop("contribution")
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert (kinds(package), repairs(package)) == ([], [])
    content["inzet"] = content.pop("Inzet")
    assert repairs(read_package(deliver(tmp_path, content), KNOWN)) == ["sheet_title"]
    content["contribution"] = content["inzet"]
    assert "duplicate_sheet" in kinds(read_package(deliver(tmp_path, content), KNOWN))


def test_a_key_that_is_there_twice_names_both_rows(tmp_path: Path) -> None:
    content = sheets()
    content["participation"].append(list(content["participation"][1]))
    problem = read_package(deliver(tmp_path, content), KNOWN).problems[0]
    assert (problem.kind, problem.row, problem.details["first"]) == ("duplicate_key", 5, "2")
    assert problem.details["got"] == "koffie / 01-01-2024 / totaal / totaal"


JUNK: dict[str, tuple[bytes, str]] = {
    "10 MB of nothing": (b"\x00\x01junk" * 1_700_000, "not_a_workbook"),
    "an empty file": (b"", "not_a_workbook"),
    "text": (b"collective_id,name\n", "not_a_workbook"),
    "21 MB": (b"x" * 21_000_000, "too_large"),
    "a password": (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "password"),
    "an old workbook": (bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 600, "old_format"),
}


@pytest.mark.parametrize("name", JUNK)
def test_a_file_that_is_no_workbook_is_one_problem(tmp_path: Path, name: str) -> None:
    content, kind = JUNK[name]
    (tmp_path / "zon").mkdir()
    (tmp_path / "zon" / "zon.xlsx").write_bytes(content)
    package = read_package(tmp_path / "zon", KNOWN)
    assert [(problem.kind, problem.file) for problem in package.problems] == [(kind, "zon/zon.xlsx")]
    assert package.tables == {}


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    folder = deliver(tmp_path, sheets())
    with zipfile.ZipFile(folder / "zon.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.xml", b"0" * 201_000_000)
    problem = read_package(folder, KNOWN).problems[0]
    assert (problem.kind, problem.got) == ("too_large_unpacked", "201 MB na uitpakken")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("content", [b"", b"<broken", b"<a/>", b"\xff\xfe"])
def test_a_damaged_workbook_is_a_problem_and_never_an_exception(tmp_path: Path, part: str, content: bytes) -> None:
    folder = deliver(tmp_path, sheets())
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(folder / "zon.xlsx") as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    broken.replace(folder / "zon.xlsx")
    assert read_package(folder, KNOWN).problems


def test_a_zip_that_is_cut_off_is_a_problem(tmp_path: Path) -> None:
    folder = deliver(tmp_path, sheets())
    content = (folder / "zon.xlsx").read_bytes()
    for length in range(0, len(content), len(content) // 20):
        (folder / "zon.xlsx").write_bytes(content[:length])
        assert kinds(read_package(folder, KNOWN)) == ["not_a_workbook"]


def test_one_stray_cell_far_away_does_no_harm(tmp_path: Path) -> None:
    folder = deliver(tmp_path, sheets())
    book = openpyxl.load_workbook(folder / "zon.xlsx")
    book["collective"]["XFD1048576"] = "x"
    book.save(folder / "zon.xlsx")
    package = read_package(folder, KNOWN)
    first = package.problems[0]
    assert (first.kind, first.row) == ("nameless_column", 1_048_576)


def test_a_table_has_a_largest_number_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_TABLE", 3)
    assert "too_many_rows" in kinds(read_package(deliver(tmp_path, sheets()), KNOWN))


def test_a_folder_without_a_delivery(tmp_path: Path) -> None:
    (tmp_path / "zon").mkdir()
    assert kinds(read_package(tmp_path / "zon", KNOWN)) == ["empty_folder"]
    assert kinds(read_package(tmp_path / "maan", KNOWN)) == ["no_folder"]
    (tmp_path / "zon" / "zon.ods").write_bytes(b"x")
    assert kinds(read_package(tmp_path / "zon", KNOWN)) == ["wrong_format"]


def test_two_deliveries_in_one_folder_are_not_chosen_from(tmp_path: Path) -> None:
    deliver(tmp_path, sheets(), "oud.xlsx")
    package = read_package(deliver(tmp_path, sheets(), "nieuw.xlsx"), KNOWN)
    assert [(problem.kind, problem.got) for problem in package.problems] == [
        ("two_workbooks", "2 werkboeken: nieuw.xlsx, oud.xlsx")
    ]
    (tmp_path / "zon" / "oud.xlsx").unlink()
    assert kinds(read_package(deliver_csv(tmp_path, sheets()), KNOWN)) == ["workbook_and_csv"]


def test_files_that_a_computer_leaves_behind_are_ignored(tmp_path: Path) -> None:
    folder = deliver(tmp_path, sheets())
    for name in ("~$zon.xlsx", ".DS_Store", "._zon.xlsx", "Thumbs.db"):
        (folder / name).write_bytes(b"x")
    (folder / "foto.jpg").write_bytes(b"x")
    package = read_package(folder, KNOWN)
    assert [(repair.kind, repair.file) for repair in package.repairs] == [("unused_file", "zon/foto.jpg")]
    assert package.problems == []


@pytest.mark.parametrize(("separator", "kind"), [(";", "semicolons"), ("\t", "tabs")])
def test_csv_with_another_separator_is_read_and_listed(tmp_path: Path, separator: str, kind: str) -> None:
    content = sheets()
    del content["participation"], content["contribution"], content["activity"]
    package = read_package(deliver_csv(tmp_path, content, separator), KNOWN)
    assert (kinds(package), repairs(package)) == ([], [kind, kind])


def test_csv_that_excel_wrote_with_a_mark_and_sep_line_is_read(tmp_path: Path) -> None:
    folder = deliver_csv(tmp_path, sheets(), ";", "utf-8-sig")
    path = folder / "activity.csv"
    path.write_text("sep=;\n" + path.read_text(encoding="utf-8-sig"), encoding="utf-8")
    package = read_package(folder, KNOWN)
    assert kinds(package) == []
    assert repairs(package).count("semicolons") == 5


def test_csv_that_is_not_utf8_is_a_problem_beside_the_others(tmp_path: Path) -> None:
    content = sheets()
    content["activity"][2][2] = "Café"
    content["activity"][1][3] = "zorg"
    package = read_package(deliver_csv(tmp_path, content, encoding="cp1252"), KNOWN)
    assert [(problem.kind, problem.file, problem.sheet, problem.row) for problem in package.problems] == [
        ("wrong_encoding", "zon/activity.csv", None, 3),
        ("enum", "zon/activity.csv", None, 2),
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"activity_id,title\x00\n", "not_text"),
        ("activity_id;title\n".encode("utf-16"), "not_text"),
        (b'activity_id,title\na,"b\n', "broken_csv"),
        (b"y" * 20_100_000, "too_large"),
    ],
)
def test_csv_that_cannot_be_read_is_one_problem(tmp_path: Path, content: bytes, kind: str) -> None:
    small = {name: rows for name, rows in sheets().items() if name in ("collective", "work_area", "activity")}
    folder = deliver_csv(tmp_path, small)
    (folder / "activity.csv").write_bytes(content)
    assert kinds(read_package(folder, KNOWN)) == [kind]


def test_an_unquoted_comma_is_told_by_the_column_it_spills_into(tmp_path: Path) -> None:
    folder = deliver_csv(tmp_path, sheets())
    path = folder / "contribution.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("120.5", "120,5"), encoding="utf-8")
    assert "nameless_column" in kinds(read_package(folder, KNOWN))


def test_csv_without_a_description_is_a_problem_beside_the_others(tmp_path: Path) -> None:
    content = sheets()
    content["activity"][1][3] = "zorg"
    folder = deliver_csv(tmp_path, content)
    (folder / "datapackage.json").unlink()
    assert kinds(read_package(folder, KNOWN)) == ["no_datapackage", "enum"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"resources": []}', '{"resources": [{"name": 1, "path": 2}]}', "[" * 100_000]
)
def test_a_description_that_cannot_be_read_is_a_problem(tmp_path: Path, content: str) -> None:
    folder = deliver_csv(tmp_path, sheets())
    (folder / "datapackage.json").write_text(content, encoding="utf-8")
    assert kinds(read_package(folder, KNOWN)) == ["bad_datapackage"]


def test_files_and_description_have_to_agree(tmp_path: Path) -> None:
    folder = deliver_csv(tmp_path, sheets())
    names = ["collective", "work_area", "activity", "participation"]
    resources = [{"name": name, "path": f"{name}.csv"} for name in names]
    resources += [{"name": "funding", "path": "funding.csv"}, {"name": "collective", "path": "../maan/collective.csv"}]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")
    package = read_package(folder, KNOWN)
    assert [(problem.kind, problem.file) for problem in package.problems] == [
        ("missing_file", "zon/datapackage.json"),
        ("outside_folder", "zon/datapackage.json"),
        ("unlisted_file", "zon/contribution.csv"),
    ]


@pytest.mark.parametrize("path", ["/etc/passwd", "..", "http://127.0.0.1/a.csv", "a\\b.csv", "sub/a.csv"])
def test_a_description_cannot_point_outside_its_folder(tmp_path: Path, path: str) -> None:
    folder = deliver_csv(tmp_path, {"collective": sheets()["collective"]})
    (folder / "datapackage.json").write_text(json.dumps({"resources": [{"name": "work_area", "path": path}]}))
    assert kinds(read_package(folder, KNOWN))[0] == "outside_folder"


def test_all_packages_of_a_workspace_are_read_in_order(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert read_packages(workspace, KNOWN) == []
    workspace.monitoring.mkdir(parents=True)
    deliver(workspace.monitoring, sheets())
    (workspace.monitoring / "maan").mkdir()
    (workspace.monitoring / ".git").mkdir()
    (workspace.monitoring / "LEESMIJ.txt").write_text("x")
    packages = read_packages(workspace, KNOWN)
    assert [(package.collective_id, kinds(package)) for package in packages] == [
        ("maan", ["empty_folder"]),
        ("zon", []),
    ]


def test_ten_thousand_rows_are_checked_in_a_few_seconds(tmp_path: Path) -> None:
    content = sheets()
    header, row, *_ = content["participation"]
    months = [dt.datetime(2024, 1, 1) + dt.timedelta(days=day) for day in range(100)]
    # 100 days × 100 groups = 10,000 rows with a key of their own, of which every hundredth has too many people.
    content["participation"] = [
        header,
        *(
            [row[0], day, row[2], "taal", f"taal {group}", 40, 41 if group == 0 else 25, "lijst"]
            for day in months
            for group in range(100)
        ),
    ]
    folder = deliver(tmp_path, content)
    began = time.monotonic()
    package = read_package(folder, KNOWN)
    assert time.monotonic() - began < 10
    assert (len(package.tables["participation"]), kinds(package)) == (10_000, ["above"] * 100)


AREA_FIGURE: Sheets = {
    "source": [["source_id", "title"], ["wijkprofiel", "Wijkprofiel"]],
    "indicator": [
        ["indicator_id", "label_nl", "domain", "result_level", "unit", "source_type"],
        ["veilig", "Voelt zich veilig", "leefomgeving", "context", "%", "enquete"],
    ],
    "measurement": [
        ["measurement_id", "indicator_id", "area_code", "area_year", "period_start", "period_end", "population",
         "value", "method", "source_id"],
        ["m1", "veilig", "WK000101", 2024, dt.datetime(2024, 1, 1), dt.datetime(2024, 12, 31), "gebied", 61, "aselect",
         "wijkprofiel"],
    ],
}  # fmt: skip


def test_a_package_about_areas_is_of_no_collective(tmp_path: Path) -> None:
    package = read_package(deliver(tmp_path, AREA_FIGURE), KNOWN)
    assert (kinds(package), repairs(package)) == ([], [])
    assert list(package.tables) == ["source", "indicator", "measurement"]
    joined = together([package])
    assert joined["measurement"]["indicator_id"].to_list() == ["zon--veilig"]
    assert joined["measurement"]["source_id"].to_list() == ["zon--wijkprofiel"]


def test_a_package_about_areas_says_nothing_of_a_collective(tmp_path: Path) -> None:
    content: Sheets = {name: [list(row) for row in rows] for name, rows in AREA_FIGURE.items()}
    for row, cell in zip(content["measurement"], ("collective_id", "zon"), strict=True):
        row.append(cell)
    package = read_package(deliver(tmp_path, content), KNOWN)
    assert [(problem.kind, problem.sheet, problem.column) for problem in package.problems] == [
        ("no_parent_table", "measurement", "collective_id")
    ]


def test_one_table_of_a_collective_makes_it_a_package_of_a_collective(tmp_path: Path) -> None:
    package = read_package(deliver(tmp_path, AREA_FIGURE | {"activity": sheets()["activity"]}), KNOWN)
    assert [problem.got for problem in package.problems if problem.kind == "missing_sheet"] == [
        "geen tabel collective",
        "geen tabel work_area",
    ]


def test_a_workbook_without_any_table_misses_what_is_required(tmp_path: Path) -> None:
    package = read_package(deliver(tmp_path, {"Blad1": [["x"]]}), KNOWN)
    assert (kinds(package), repairs(package)) == (["missing_sheet", "missing_sheet"], ["unknown_sheet"])


def test_every_kind_of_problem_has_three_sentences_in_plain_text() -> None:
    sentences = tomllib.loads(DUTCH_FILE.read_text(encoding="utf-8"))["kinds"]
    assert all(len(parts) == 3 and all(parts) for parts in sentences.values())
    sources = Path(workbook.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(sources.glob("*.py")))
    assert [kind for kind in sentences if f'"{kind}"' not in code] == []
