"""Workbooks and CSV files that are damaged or made by other programs: read right, or told, and never an exception."""

# ruff: noqa: S311 - damage has to be the same every time, not hard to guess

from __future__ import annotations

import random
import warnings
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bt_analysis.sources import csv_package, workbook
from bt_analysis.sources.cells import NoResult, Percent
from bt_analysis.sources.grids import Grid
from bt_analysis.sources.monitoring import read_package
from bt_analysis.sources.sentences import Findings, Place

ROWS: list[list[Any]] = [
    ["collective_id", "name", "primary_domain", "members_n"],
    ["zon", "Zonnewijk", "welzijn", 120],
]


def write(path: Path, rows: list[list[Any]], title: str = "collective") -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def rewrite(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Replace bytes in one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def read(path: Path) -> tuple[list[Grid], Findings]:
    findings = Findings()
    return workbook.read_workbook(path, Place("zon/zon.xlsx"), findings) or [], findings


def test_filled_rows_come_with_their_number_and_without_empty_cells_at_the_end(tmp_path: Path) -> None:
    path = write(tmp_path / "zon.xlsx", [*ROWS, [None, " "], ["maan", None, None, "  "]])
    grids, findings = read(path)
    assert [(grid.table, grid.place.sheet, grid.from_text) for grid in grids] == [("collective", "collective", False)]
    assert list(grids[0].rows) == [(1, ROWS[0]), (2, ROWS[1]), (4, ["maan"])]
    assert findings.problems == []


def test_a_wrong_size_in_the_sheet_cuts_nothing_off(tmp_path: Path) -> None:
    path = write(tmp_path / "zon.xlsx", ROWS)
    rewrite(path, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:D2" />', b'<dimension ref="A1" />')
    assert list(read(path)[0][0].rows) == [(1, ROWS[0]), (2, ROWS[1])]


def test_a_row_number_that_no_spreadsheet_has_is_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path / "zon.xlsx", ROWS)
    rewrite(path, "xl/worksheets/sheet1.xml", b'<row r="2">', b'<row r="99999999999">')
    rewrite(path, "xl/worksheets/sheet1.xml", b'r="A2"', b'r="A99999999999"')
    assert [problem.kind for problem in read(path)[1].problems] == ["unreadable"]


def test_error_cells_and_percentages_are_not_lost(tmp_path: Path) -> None:
    path = write(tmp_path / "zon.xlsx", [ROWS[0], ["zon", "#N/A", "welzijn", 0.25]])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D2"].number_format = "0.0%"
    book.save(path)
    cells = read(path)[0][0].rows[1][1]
    assert cells[1] == "#N/A"
    assert isinstance(cells[3], Percent)


def test_formulas_without_any_result_are_marked(tmp_path: Path) -> None:
    path = write(tmp_path / "zon.xlsx", [ROWS[0], ["zon", '=IF(1=1,"","x")', "welzijn", "=100+20"]])
    cells = read(path)[0][0].rows[1][1]
    # The first may well have an empty text as its result; the second cannot.
    assert (cells[1], type(cells[3])) == (None, NoResult)


def test_a_formula_with_an_empty_result_beside_one_with_a_result_is_empty(tmp_path: Path) -> None:
    path = write(tmp_path / "zon.xlsx", [ROWS[0], ["zon", "=C2", "welzijn", "=100+20"]])
    rewrite(path, "xl/worksheets/sheet1.xml", b"<f>100+20</f><v />", b"<f>100+20</f><v>120</v>")
    assert list(read(path)[0][0].rows[1][1]) == ["zon", None, "welzijn", 120]


def test_warnings_of_the_library_do_not_reach_the_user(tmp_path: Path) -> None:
    path = write(tmp_path / "zon.xlsx", ROWS)
    extension = b'</sheetData><extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"></ext></extLst>'
    rewrite(path, "xl/worksheets/sheet1.xml", b"</sheetData>", extension)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read(path)[0]) == 1


def test_a_folder_can_be_removed_after_reading(tmp_path: Path) -> None:
    path = write(tmp_path / "zon.xlsx", [ROWS[0], ["zon", "=1+1"]])
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        read(path)
    path.unlink()
    assert list(tmp_path.iterdir()) == []


def test_damaged_bytes_give_a_table_or_a_problem_and_never_an_exception(tmp_path: Path) -> None:
    (tmp_path / "zon").mkdir()
    path = write(tmp_path / "zon" / "zon.xlsx", ROWS)
    good, chance = path.read_bytes(), random.Random(20260101)
    for _ in range(60):
        content = bytearray(good)
        for _ in range(chance.randint(1, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        # work_area is absent, so there is a problem whatever happens.
        assert read_package(tmp_path / "zon", None).problems


def test_damaged_parts_give_a_table_or_a_problem_and_never_an_exception(tmp_path: Path) -> None:
    (tmp_path / "zon").mkdir()
    path = write(tmp_path / "zon" / "zon.xlsx", ROWS)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chance = random.Random(20260102)
    for _ in range(60):
        name = chance.choice(list(parts))
        content = bytearray(parts[name])
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(32, 127)
        with zipfile.ZipFile(path, "w") as archive:
            for part, good in parts.items():
                archive.writestr(part, bytes(content) if part == name else good)
        assert read_package(tmp_path / "zon", None).problems


@pytest.mark.parametrize("seed", range(20))
def test_damaged_csv_gives_a_table_or_a_problem_and_never_an_exception(tmp_path: Path, seed: int) -> None:
    folder, chance = tmp_path / "zon", random.Random(seed)
    folder.mkdir()
    content = bytearray(b'collective_id,name,primary_domain\nzon,"Zonne;wijk",welzijn\n')
    for _ in range(chance.randint(1, 10)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    (folder / "collective.csv").write_bytes(content)
    assert read_package(folder, None).problems


def test_a_semicolon_in_a_text_does_not_make_it_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "work_area.csv"
    path.write_text("work_area_id,collective_id,area_codes\nz,zon,BU1;BU2;BU3;BU4;BU5;BU6\n", encoding="utf-8")
    findings = Findings()
    grids = csv_package.read_csv_package(tmp_path, [path], findings)
    assert list(grids[0].rows)[1] == (2, ["z", "zon", "BU1;BU2;BU3;BU4;BU5;BU6"])
    assert [problem.kind for problem in findings.problems] == ["no_datapackage"]
    assert findings.repairs == []
