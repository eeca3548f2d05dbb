"""Merged cells: above the header they are a title; below it one value would go to one row of several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bt_analysis.sources.grids import Grid, Header
from bt_analysis.sources.merged_cells import report_merged, with_merged
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.typed_tables import typed
from bt_analysis.sources.workbook import read_workbook

HEADER = ["contribution_id", "activity_id", "role", "persons_n", "hours", "record_method"]
ROWS = [[f"c{number}", "koffie", "uitvoering", 4, 12, "logboek"] for number in (1, 2, 3)]
HERE = Place("zon/zon.xlsx")


def deliver(path: Path, *merged: str, title: str | None = "Onze inzet") -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "contribution"
    rows: list[list[Any]] = [[title], HEADER, *ROWS] if title else [HEADER, *ROWS]
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.create_sheet("Lees mij").merge_cells("A1:C9")
    book.save(path)
    return path


def read(path: Path) -> Findings:
    findings = Findings()
    grids = read_workbook(path, HERE, findings)
    assert grids is not None
    assert typed(grids[0], findings) is not None
    return findings


def problems(findings: Findings) -> list[tuple[str, int | None, str | None]]:
    return [(problem.kind, problem.row, problem.column) for problem in findings.problems]


def test_a_merged_title_is_no_problem(tmp_path: Path) -> None:
    findings = read(deliver(tmp_path / "a.xlsx", "A1:F1"))
    assert (problems(findings), [repair.kind for repair in findings.repairs]) == ([], ["title_rows"])


def test_a_value_of_three_rows_is_refused_with_its_place(tmp_path: Path) -> None:
    # Excel keeps 12 in E3 only; E4 and E5 become empty.
    findings = read(deliver(tmp_path / "a.xlsx", "E3:E5"))
    assert problems(findings)[0] == ("merged_cells", 3, "hours")
    assert findings.problems[0].got == "12 in de samengevoegde cellen E3:E5"
    assert set(problems(findings)[1:]) == {("required", 4, "hours"), ("required", 5, "hours")}


def test_merged_cells_without_a_value_say_nothing(tmp_path: Path) -> None:
    assert problems(read(deliver(tmp_path / "a.xlsx", "H3:H5", "A9:F12"))) == []


def test_cells_of_two_columns_are_refused_too(tmp_path: Path) -> None:
    assert ("merged_cells", 2, "role") in problems(read(deliver(tmp_path / "a.xlsx", "C2:D2", title=None)))


@pytest.mark.parametrize(("cells", "told"), [("A2:A3", 0), ("A1:A3", 0), ("A3:A4", 1), ("A9:A10", 0), ("Z3:Z4", 0)])
def test_only_what_begins_below_the_header_counts(cells: str, told: int) -> None:
    grid = Grid(HERE, "contribution", [(1, ["Titel"]), (2, HEADER), (3, ROWS[0])], merged=(cells,))
    findings = Findings()
    report_merged(grid, Header(2, {name: at for at, name in enumerate(HEADER)}, 2), findings)
    assert len(findings.problems) == told


def test_each_sheet_has_its_own_merged_cells(tmp_path: Path) -> None:
    path = deliver(tmp_path / "a.xlsx", "A1:F1", "B3:B4")
    grids = [Grid(Place("a", sheet), "contribution", []) for sheet in ("contribution", "Lees mij", "weg")]
    assert [set(grid.merged) for grid in with_merged(path, grids)] == [{"A1:F1", "B3:B4"}, {"A1:C9"}, set()]
