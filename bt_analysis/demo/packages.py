"""Monitoring packages: what a collective recorded comes in, a workbook or CSV files with datapackage.json go out.

The same records give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bt_analysis import schema
from bt_analysis.sources.saved_workbook import saved

NOTICE = "Synthetisch: verzonnen gegevens van een verzonnen collectief, om mee te oefenen."
_README = "Lees mij"


@dataclass(frozen=True)
class Habits:
    """How people fill in a workbook.

    Parameters
    ----------
    text_dates : bool
        Dates as text, dd-mm-jjjj, instead of real dates.
    comma : bool
        Numbers with a decimal comma, as text.
    title_row : bool
        A title above the header row.
    """

    text_dates: bool = False
    comma: bool = False
    title_row: bool = False


def write_workbook(tables: dict[str, pd.DataFrame], path: Path, title: str, habits: Habits) -> None:
    """Write a package as one workbook: a sheet that says it is made up, then a sheet per table.

    Parameters
    ----------
    tables : dict of DataFrame
        Per monitoring table its rows; empty cells are None or NaN.
    path : Path
        The .xlsx file.
    title : str
        Name of the collective.
    habits : Habits
        How dates and numbers are written.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    readme = book.create_sheet(_README)
    for line in (title, NOTICE, "Elk tabblad hierna is een tabel; op rij 1 of 2 staan de namen van de kolommen."):
        readme.append([line])
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        if habits.title_row:
            sheet.append([f"{schema.load(name)['title']} van {title}"])
        _fill(sheet, rows, habits)
    book.properties.title, book.properties.description = title, NOTICE
    path.write_bytes(saved(book))


def write_csvs(tables: dict[str, pd.DataFrame], folder: Path, name: str, title: str) -> None:
    """Write a package as CSV files with a datapackage.json that names and describes them.

    Parameters
    ----------
    tables : dict of DataFrame
        Per monitoring table its rows.
    folder : Path
        Where the files come.
    name, title : str
        Id and name of the collective.
    """
    ordered = {table: rows[_described(table, rows, tables)] for table, rows in tables.items()}
    for table, rows in ordered.items():
        text = rows.to_csv(index=False, lineterminator="\n")
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "title": title,
        "description": NOTICE,
        "synthetic": True,
        "resources": [_resource(table, rows, ordered) for table, rows in ordered.items()],
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def _described(table: str, rows: pd.DataFrame, tables: Collection[str]) -> list[str]:
    # A file has the columns in the order of its description, whatever order its rows were made in.
    return [field["name"] for field in schema.of_package(table, list(rows.columns), tables)["fields"]]


def _resource(table: str, rows: pd.DataFrame, tables: Collection[str]) -> dict[str, object]:
    return {
        "name": table,
        "type": "table",
        "path": f"{table}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema.of_package(table, list(rows.columns), tables),
    }


def _fill(sheet: Worksheet, rows: pd.DataFrame, habits: Habits) -> None:
    sheet.append(list(rows.columns))
    for row in rows.astype(object).itertuples(index=False):
        sheet.append([_typed_in(value, habits) for value in row])
    for number, column in enumerate(rows.columns, start=1):
        if rows[column].map(lambda value: isinstance(value, dt.date)).any():
            for (cell,) in sheet.iter_rows(min_row=2, min_col=number, max_col=number):
                cell.number_format = "dd-mm-yyyy"


def _typed_in(value: object, habits: Habits) -> str | int | float | dt.date | None:
    """Return a value as someone types it into a cell."""
    if isinstance(value, dt.date):
        return value.strftime("%d-%m-%Y") if habits.text_dates else value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if habits.comma and not value.is_integer():
            return f"{value:.1f}".replace(".", ",")
        return int(value) if value.is_integer() else value
    return value if isinstance(value, str | int) else None
