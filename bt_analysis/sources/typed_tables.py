"""A sheet's cells become a table: cells without types go in; a typed table and all that is wrong with it come out.

The index of a typed table is the row number a person sees in the spreadsheet.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd

from bt_analysis.schema import REASON_SUFFIX, Descriptor, FieldDescriptor, Problem, key, load
from bt_analysis.sources.cells import MISSING_WORDS, Reading
from bt_analysis.sources.grids import Grid, find_header
from bt_analysis.sources.merged_cells import report_merged
from bt_analysis.sources.screening import read_admitted, screen
from bt_analysis.sources.sentences import Findings, Place, expectation, show

_STORED_AS = {
    "string": "str",
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "date": "datetime64[us]",
    "datetime": "datetime64[us]",
    "year": "Int64",
}
# A row without so many required cells is more likely a total or a remark than a row that was forgotten.
_MANY = 3
# Row number as a person sees it, and what stands there.
_Cell = tuple[int, object]
_WITH_REASON = ("integer", "number", "year")
_WORD_OF = {reason: word for word, reason in MISSING_WORDS.items()}


def typed(grid: Grid, findings: Findings) -> pd.DataFrame | None:
    """Read a sheet as its table.

    Parameters
    ----------
    grid : Grid
        What was delivered.
    findings : Findings
        Every problem and repair is added to it.

    Returns
    -------
    DataFrame or None
        A column per field of the schema, and ``<field>_missing_reason`` beside each number that need not be filled
        in. A cell that is a problem has no value. Index: the row number seen by a person. None without a header.
    """
    descriptor = load(grid.table)
    grid = screen(grid, findings)
    header = find_header(grid, descriptor, findings)
    if header is None:
        return None
    report_merged(grid, header, findings)
    rows = grid.rows[header.first_data :]
    _blank_rows([number for number, _ in grid.rows[header.first_data - 1 :]], grid.place, findings)
    if grid.from_text:
        _short_rows(
            [number for number, row in rows if len(row) <= max(header.positions.values())], grid.place, findings
        )
    index = pd.Index([number for number, _ in rows], name="row")
    columns: dict[str, pd.Series[Any]] = {}
    before = len(findings.problems)
    for field in descriptor["fields"]:
        position = header.positions.get(field["name"])
        if position is None:
            # Said once, about the header, and not again in every row.
            readings = [Reading(reason="not_recorded")] * len(rows)
        else:
            delivered = [(number, row[position] if position < len(row) else None) for number, row in rows]
            readings = _read(delivered, field, grid, findings)
        columns |= _columns(readings, index, field)
    _unfilled(before, grid.place, findings)
    table = pd.DataFrame(columns, index=index)
    _duplicates(table, descriptor, grid.place, findings)
    return table


def empty(name: str) -> pd.DataFrame:
    """Return a table without rows, as a collective that does not keep it has.

    Parameters
    ----------
    name : str
        Name of a monitoring table.

    Returns
    -------
    DataFrame
        The columns and types that :func:`typed` gives.
    """
    return _empty(name).copy()


@cache
def _empty(name: str) -> pd.DataFrame:
    index = pd.Index([], name="row", dtype="int64")
    columns: dict[str, pd.Series[Any]] = {}
    for field in load(name)["fields"]:
        columns |= _columns([], index, field)
    return pd.DataFrame(columns, index=index)


def _blank_rows(numbers: list[int], place: Place, findings: Findings) -> None:
    blank = [after - before - 1 for before, after in pairwise(numbers)]
    if sum(blank):
        at = next(at for at, count in enumerate(blank) if count)
        findings.repair("blank_rows", place, row=numbers[at] + 1, count=sum(blank), first=numbers[at] + 1)


def _short_rows(numbers: list[int], place: Place, findings: Findings) -> None:
    """Say which rows of a CSV file stop before the last column, as those of a file that was cut off do."""
    if numbers:
        findings.repair("short_rows", place, row=numbers[0], count=len(numbers), first=numbers[0])


def _read(delivered: list[_Cell], field: FieldDescriptor, grid: Grid, findings: Findings) -> list[Reading]:
    # Each different cell is read once: columns of thousands of rows hold few different cells.
    # The type is part of the key, as Python holds 1, 1.0 and True for equal.
    keys = [(type(cell), cell) for _, cell in delivered]
    read_once = {each: read_admitted(each[1], field, from_text=grid.from_text) for each in set(keys)}
    readings = [read_once[each] for each in keys]
    if any(reading.problem or reading.repairs for reading in read_once.values()):
        _tell(readings, delivered, field, grid.place, findings)
    return readings


def _columns(readings: list[Reading], index: pd.Index[int], field: FieldDescriptor) -> dict[str, pd.Series[Any]]:
    """Return a field's typed column, with the reasons beside it when it may be empty."""
    name = field["name"]
    columns = {name: _series([reading.value for reading in readings], index, field["type"])}
    if field["type"] in _WITH_REASON and not field.get("constraints", {}).get("required"):
        reasons = [reading.reason for reading in readings]
        columns[name + REASON_SUFFIX] = pd.Series(reasons, index=index, dtype="str")
    return columns


def _series(values: list[Any], index: pd.Index[int], type_: str) -> pd.Series[Any]:
    if type_ in ("date", "datetime"):
        return pd.Series(pd.to_datetime(pd.Series(values, index=index, dtype=object)), dtype=_STORED_AS[type_])
    return pd.Series(values, index=index, dtype=_STORED_AS[type_])


def _tell(
    readings: list[Reading], delivered: list[_Cell], field: FieldDescriptor, place: Place, findings: Findings
) -> None:
    """Add every problem by its row, and every kind of repair once with the number of rows."""
    name, expected, repaired = field["name"], expectation(field), dict[str, list[int]]()
    for at, reading in enumerate(readings):
        if reading.problem is not None:
            row, cell = delivered[at]
            values = {"got": cell, "expected": expected, **reading.problem.details}
            findings.problem(reading.problem.kind, place, row=row, column=name, **values)
        for kind in reading.repairs:
            repaired.setdefault(kind, []).append(at)
    for kind, where in repaired.items():
        (row, cell), reading, more = delivered[where[0]], readings[where[0]], len(where) - 1
        value = _WORD_OF.get(reading.reason or "", reading.value)
        findings.repair(kind, place, row=row, column=name, got=cell, expected=expected, value=value, more=more)


def _unfilled(before: int, place: Place, findings: Findings) -> None:
    """Say once of a row that many of its required cells are empty, and not of each."""
    empty_: dict[int | None, list[Problem]] = {}
    for problem in findings.problems[before:]:
        if problem.kind == "required":
            empty_.setdefault(problem.row, []).append(problem)
    many = {row: problems for row, problems in empty_.items() if len(problems) >= _MANY}
    told = [one for one in findings.problems[before:] if one.kind != "required" or one.row not in many]
    findings.problems[before:] = told
    for row, problems in many.items():
        fields = ", ".join(str(one.column) for one in problems)
        findings.problem("required_row", place, row=row, column=problems[0].column, fields=fields)


def _duplicates(table: pd.DataFrame, descriptor: Descriptor, place: Place, findings: Findings) -> None:
    unique = [[field["name"]] for field in descriptor["fields"] if field.get("constraints", {}).get("unique")]
    for columns in [columns for columns in (key(descriptor), *unique) if columns]:
        kind = "duplicate_key" if columns == key(descriptor) else "duplicate_value"
        present = table[columns].dropna()
        first: dict[tuple[object, ...], int] = {}
        for row, *values in present[present.duplicated(keep=False)].itertuples(name=None):
            before = first.setdefault(tuple(values), row)
            if before != row:
                got = " / ".join(show(value) for value in values)
                findings.problem(kind, place, row=row, column=" + ".join(columns), got=got, first=before)
