"""Thousands of deliveries that went wrong: none stops the program, none is changed in silence, every place is right.

A few hundred run always; BT_FULL=1 runs 20,000, and BT_FUZZ_COUNT and BT_FUZZ_SEED as many others as you like. Each
chunk is a test of its own, so that they can run side by side.
"""

# ruff: noqa: S311 - a delivery has to be the same every time, not hard to guess

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.sources import monitoring, screening, typed_tables
from bt_analysis.sources.cells import Reading
from bt_analysis.sources.monitoring import read_package
from bt_analysis.sources.sentences import Findings, Place
from tests import fuzz_packages as fuzz

SEED = int(os.environ.get("BT_FUZZ_SEED", "20261125"))
COUNT = int(os.environ.get("BT_FUZZ_COUNT", "20000" if os.environ.get("BT_FULL") else "320"))
CHUNK = max(80, COUNT // 40)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, COUNT, CHUNK))
def test_no_delivery_stops_the_program_or_is_changed_in_silence(first: int) -> None:
    assert fuzz.run(SEED, range(first, min(first + CHUNK, COUNT))) == []


@pytest.mark.parametrize("table", schema.MONITORING)
def test_the_examples_of_a_table_are_read_as_they_are(table: str, tmp_path: Path) -> None:
    folder = tmp_path / fuzz.COLLECTIVE
    folder.mkdir()
    rows = [list(row) for row in fuzz.rows_of(table)]
    sheets = {table: fuzz.Sheet(table, rows, 0, [str(name) for name in rows[0]], table)}
    fuzz.write_workbook(sheets, folder / "zon.xlsx")
    package = read_package(folder, None)
    assert fuzz.faults(package, sheets, from_text=False) == []
    # Only what refers to another table, which is not there, can be wrong with an example.
    cells = {(problem.row, problem.column) for problem in package.problems if problem.kind in CELL_KINDS}
    assert cells == set()
    assert len(package.tables[table]) == len(rows) - 1


CELL_KINDS = (
    "enum",
    "pattern",
    "required",
    "required_row",
    "not_a_number",
    "not_a_date",
    "minimum",
    "maximum",
    "personal_name",
    "formula_text",
)


# --- the judgement itself can fail -----------------------------------------------------------------------------------


def judged(tmp_path: Path, change: Callable[[fuzz.Sheet], None] | None = None) -> list[str]:
    """Read a good package, after its cells were changed, and judge what was read."""
    folder = tmp_path / fuzz.COLLECTIVE
    folder.mkdir()
    rows = [list(row) for row in fuzz.rows_of("activity")]
    sheets = {"activity": fuzz.Sheet("activity", rows, 0, [str(name) for name in rows[0]], "activity")}
    if change:
        change(sheets["activity"])
    fuzz.write_workbook(sheets, folder / "zon.xlsx")
    return fuzz.faults(monitoring.read_package(folder, None), sheets, from_text=False)


def test_a_number_that_is_read_as_another_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = screening.read_admitted

    def wrong(cell: object, field: dict[str, Any], *, from_text: bool = False) -> Reading:
        reading = read(cell, field, from_text=from_text)
        return (
            Reading(reading.value * 10 + 3)
            if field["name"] == "sessions_n" and isinstance(reading.value, int)
            else reading
        )

    monkeypatch.setattr(typed_tables, "read_admitted", wrong)
    assert [fault.split(": ")[0] for fault in judged(tmp_path)] == [
        f"activity row {row} sessions_n" for row in (2, 3, 4)
    ]


def test_a_repair_that_is_not_told_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Findings, "repair", lambda *_args, **_values: None)

    def spaced(sheet: fuzz.Sheet) -> None:
        sheet.rows[2][sheet.columns.index("title")] = " Koffie "

    assert judged(tmp_path, spaced) == ["activity row 3 title: ' Koffie ' was read as 'Koffie' without a word"]


def test_a_row_that_is_lost_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = typed_tables.typed

    def shorter(grid: Any, findings: Findings) -> pd.DataFrame | None:
        table = typed(grid, findings)
        return None if table is None else table.iloc[1:]

    monkeypatch.setattr(monitoring, "typed", shorter)
    assert judged(tmp_path) == ["activity: 2 rows were read of 3"]


def test_a_problem_in_the_wrong_row_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tell = Findings.problem

    def one_lower(self: Findings, kind: str, place: Place, *, row: int | None = None, **values: Any) -> None:
        tell(self, kind, place, row=row and row - 1, **values)

    monkeypatch.setattr(Findings, "problem", one_lower)

    def odd(sheet: fuzz.Sheet) -> None:
        sheet.rows[2][sheet.columns.index("scale")] = "heelal"

    told = judged(tmp_path, odd)
    assert "enum at activity row 2 scale: 'heelal' was told, and 'buurt' stands there" in told


def test_the_same_seed_makes_the_same_delivery() -> None:
    def made(seed: str) -> dict[str, list[list[Any]]]:
        chance = random.Random(seed)
        sheets = fuzz.sheets_of(chance)
        fuzz.mutate(sheets, chance)
        return {name: sheet.rows for name, sheet in sheets.items()}

    assert made("1-1") == made("1-1")
    assert made("1-1") != made("1-2")
