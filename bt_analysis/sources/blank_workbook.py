"""The workbook that a collective fills in: the id of a collective goes in, an .xlsx file comes out.

First comes what everybody reads, then the five tables that are enough for a report, a filled example of them, and the
other tables by chapter. Everything in it is said by the schemas and by ``blank_workbook.<language>.toml``.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bt_analysis.schema import MINIMAL, MONITORING, load
from bt_analysis.sources.blank_form import Form, Lists, workbook_words
from bt_analysis.sources.blank_sheet import DARK, FIRST_ROW, GREY, fill, font, landscape, lines, link, name_column
from bt_analysis.sources.cell_hints import FORMATS, WIDTHS
from bt_analysis.sources.files import write_atomically
from bt_analysis.sources.rules_keys import RESERVED
from bt_analysis.sources.saved_workbook import saved
from bt_analysis.sources.wording import described
from bt_analysis.sources.workbook import sheet_title

_CODE = re.compile("[a-z0-9][a-z0-9_-]*")
_EXAMPLE = resources.files("bt_analysis.sources") / "blank_workbook.example.toml"
_README_WIDTHS = (34, 62, 40, 30)


class BlankWorkbookError(ValueError):
    """A workbook cannot be made; the message says what was got, what is expected and what to do."""


def start(monitoring: Path, collective_id: str, tables: Iterable[str] = MONITORING, lang: str = "nl") -> Path:
    """Make the folder of a new collective, with a workbook that it can fill in.

    Parameters
    ----------
    monitoring : Path
        Folder that holds a folder per collective.
    collective_id : str
        Code of the collective.
    tables : iterable of str
        Monitoring tables that get a sheet.
    lang : str
        Language of the explanations and the column names.

    Returns
    -------
    Path
        The workbook.

    Raises
    ------
    BlankWorkbookError
        When the folder holds something already, the code cannot be one, or a table is unknown.
    """
    folder = monitoring / collective_id
    if collective_id in RESERVED:
        raise BlankWorkbookError(
            f"collective got {collective_id!r}, a word that means something else to bt; expected another code. "
            "Choose one."
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise BlankWorkbookError(
            f"{folder} holds files already; expected a collective that is new. Choose another code, or fill in what is "
            "there."
        )
    path = folder / f"{collective_id}.xlsx"
    write(path, collective_id, tables, lang)
    return path


def write(path: Path, collective_id: str, tables: Iterable[str] = MONITORING, lang: str = "nl") -> None:
    """Write a workbook that a collective can fill in.

    Parameters
    ----------
    path : Path
        The .xlsx file; there must be nothing yet.
    collective_id : str
        Code of the collective, which is also the name of its folder.
    tables : iterable of str
        Monitoring tables that get a sheet.
    lang : str
        Language of the explanations and the column names: ``nl`` or ``en``.

    Raises
    ------
    FileExistsError
        When there is a file already: it may have been filled in.
    BlankWorkbookError
        When the code cannot be one, or a table is unknown.
    ValueError
        When there are no words in the language.
    """
    if path.exists():
        raise FileExistsError(f"{path} is there already; expected a new file. Choose another name, or move it away.")
    if not _CODE.fullmatch(collective_id):
        raise BlankWorkbookError(
            f"collective got {collective_id!r}; expected small letters, digits, _ and -, such as zonnewijk."
        )
    content = saved(_book(collective_id, _in_order(tables), lang))
    write_atomically(path, lambda temporary: temporary.write_bytes(content))


def example_tables() -> dict[str, list[dict[str, Any]]]:
    """Return what a made-up collective filled in.

    Returns
    -------
    dict
        Name of a table → its rows, with a value per field that is filled in.
    """
    return tomllib.loads(_EXAMPLE.read_text(encoding="utf-8"))


def _in_order(tables: Iterable[str]) -> list[str]:
    """Return the five tables of a first report, then the others by chapter."""
    wanted = set(tables)
    unknown = sorted(wanted - set(MONITORING))
    if unknown:
        raise BlankWorkbookError(
            f"table {unknown[0]!r} is none that a collective keeps; expected one of {', '.join(MONITORING)}. "
            "Run: bt tables"
        )
    others = [table for table in MONITORING if table in wanted and table not in MINIMAL]
    return [*(table for table in MINIMAL if table in wanted), *sorted(others, key=_chapter)]


def _chapter(table: str) -> int:
    return int(load(table)["chapter"])


def _book(collective_id: str, tables: list[str], lang: str) -> Workbook:
    words = workbook_words(lang)
    book = Workbook()
    book.remove(book.worksheets[0])
    readme = book.create_sheet(words["sheets"]["readme"])
    titles = {table: sheet_title(described(load(table), "title", lang)) for table in tables}
    sheets = {table: book.create_sheet(title) for table, title in titles.items()}
    example = book.create_sheet(words["sheets"]["example"], index=1 + sum(table in MINIMAL for table in tables))
    lists = Lists(book.create_sheet(words["sheets"]["lists"]))
    form = Form(lang, collective_id, titles, lists)
    for table, sheet in sheets.items():
        fill(sheet, load(table), form)
        sheet.sheet_properties.tabColor = DARK if table in MINIMAL else GREY
    if "collective" in sheets:
        sheets["collective"].cell(FIRST_ROW, 1, collective_id).number_format = "@"
    if not lists.is_used:
        book.remove(book.worksheets[-1])
    _write_readme(readme, form)
    _write_example(example, form)
    readme.sheet_properties.tabColor = example.sheet_properties.tabColor = "E0A030"
    book.properties.title = book.properties.subject = words["readme"]["title"].format(collective_id=collective_id)
    book.properties.creator = "Better Together"
    return book


def _write_readme(sheet: Worksheet, form: Form) -> None:
    words = workbook_words(form.lang)["readme"]
    minimal = [form.sheets[table] for table in MINIMAL if table in form.sheets]
    names = {
        "collective_id": form.collective_id,
        "minimal": ", ".join(minimal),
        "first": minimal[0] if minimal else "",
        "example": workbook_words(form.lang)["sheets"]["example"],
    }
    for column, width in enumerate(_README_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _write_heading(sheet, 1, words["title"].format(**names), 18)
    row = 3
    for heading, paragraphs in words["sections"]:
        if heading:
            _write_heading(sheet, row, heading, 13)
            row += 1
        for line in paragraphs:
            _write_paragraph(sheet, row, line.format(**names))
            row += 1
        row += 1
    _write_contents(sheet, row, form)
    sheet.sheet_view.showGridLines = False
    landscape(sheet)


def _write_heading(sheet: Worksheet, row: int, text: str, size: int) -> None:
    sheet.cell(row, 1, text).font = font(bold=True, size=size, color=DARK)


def _write_paragraph(sheet: Worksheet, row: int, text: str) -> None:
    """Write a line over the whole width; a point gets a bullet."""
    point = text.startswith("- ")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_README_WIDTHS))
    cell = sheet.cell(row, 1, f"•  {text[2:]}" if point else text)
    cell.alignment = Alignment(wrap_text=True, vertical="top", indent=1 if point else 0)
    # Merged cells do not grow by themselves; about as many characters fit as the columns are wide.
    sheet.row_dimensions[row].height = 16 * (1 + len(text) // (sum(_README_WIDTHS) - 10))


def _write_contents(sheet: Worksheet, row: int, form: Form) -> None:
    """Write which sheets there are, with a link to each and what it opens."""
    words = workbook_words(form.lang)
    _write_heading(sheet, row, words["readme"]["contents"], 13)
    row += 1
    for column, text in enumerate(words["readme"]["columns"], start=1):
        sheet.cell(row, column, text or None).font = font(bold=True)
    chapter = None
    for table, title in form.sheets.items():
        descriptor = load(table)
        minimal = table in MINIMAL
        if not minimal and _chapter(table) != chapter:
            chapter = _chapter(table)
            row += 1
            sheet.cell(row + 1, 1, words["chapters"][str(chapter)]).font = font(bold=True, color=DARK)
            row += 1
        row += 1
        link(sheet, row, title, title)
        sheet.cell(row, 2, described(descriptor, "description", form.lang))
        sheet.cell(row, 3, described(descriptor, "section", form.lang))
        sheet.cell(row, 4, words["readme"]["needed"] if minimal else None)
        for column in (2, 3, 4):
            sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
        texts = [str(sheet.cell(row, column).value or "") for column in (2, 3)]
        sheet.row_dimensions[row].height = 16 * max(map(lines, texts, _README_WIDTHS[1:3]))


def _write_example(sheet: Worksheet, form: Form) -> None:
    words = workbook_words(form.lang)["example"]
    _write_heading(sheet, 1, words["title"], 14)
    sheet.cell(2, 1, words["note"]).font = font(italic=True)
    row = 4
    for table, rows in example_tables().items():
        if table in form.sheets:
            link(sheet, row, form.sheets[table], words["table"].format(sheet=form.sheets[table]))
            sheet.cell(row, 1).font = font(bold=True, size=12, color="0563C1", underline="single")
            row = 1 + _write_example_table(sheet, row + 1, table, rows, form.lang)
    sheet.sheet_view.showGridLines = False
    landscape(sheet)


def _write_example_table(sheet: Worksheet, row: int, table: str, rows: list[dict[str, Any]], lang: str) -> int:
    """Write the columns that are filled in, and return the first free row."""
    used = [field for field in load(table)["fields"] if any(field["name"] in each for each in rows)]
    for column, field in enumerate(used, start=1):
        name_column(sheet, row, column, field, lang)
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = max(dimension.width or 0, min(WIDTHS[field["type"]], 22), 18)
        for below, values in enumerate(rows, start=1):
            value = values.get(field["name"])
            cell = sheet.cell(row + below, column, value)
            cell.number_format = FORMATS[field["type"]]
            side = "right" if isinstance(value, (int, float, dt.date)) else "left"
            cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True)
    sheet.row_dimensions[row].height = 32
    return row + len(rows) + 1
