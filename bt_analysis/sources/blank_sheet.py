"""One sheet of a blank workbook: a Table Schema goes in; a sheet with title, explanations and column names comes out.

What stands above the column names is known again by the reader (``grids.title_line``), so that nobody is told that
rows were skipped which nobody wrote.
"""

from __future__ import annotations

import textwrap
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bt_analysis.schema import Descriptor, FieldDescriptor, key, load
from bt_analysis.sources.blank_form import Form, workbook_words
from bt_analysis.sources.cell_hints import (
    FORMATS,
    WIDTHS,
    explanation,
    form_description,
    is_required,
    validation,
)
from bt_analysis.sources.grids import title_line
from bt_analysis.sources.wording import described

HEADER_ROW = 5
"""Row of the column names; the rows above it explain."""

FIRST_ROW = HEADER_ROW + 1
LAST_ROW = 5000
"""Rows that have drop-downs; a table may be longer."""

DARK, LIGHT, GREY = "1F4E5F", "D6E6EA", "8C8C8C"
"""Colours of a required column, of another one, and of a sheet that may stay empty."""

_LETTER = "Calibri"
_LINE = Side(style="thin", color="9FB8C0")
_WIDEST = 44


def font(**style: Any) -> Font:
    """Return the letter of the workbook in a style.

    Parameters
    ----------
    **style : object
        What openpyxl's ``Font`` takes, such as ``bold=True``.

    Returns
    -------
    Font
        Of the same family everywhere: without a name each program takes another.
    """
    return Font(name=_LETTER, **{"size": 11, **style})


def fill(sheet: Worksheet, descriptor: Descriptor, form: Form) -> None:
    """Write the title, the explanations and the column names of a table.

    Parameters
    ----------
    sheet : Worksheet
        Empty.
    descriptor : dict
        Table Schema.
    form : Form
        Language, collective and names of the sheets.
    """
    _write_title(sheet, descriptor, form)
    parents = _parents(descriptor, form)
    for column, field in enumerate(descriptor["fields"], start=1):
        _write_column(sheet, column, field, parents.get(field["name"]), form)
    sheet.row_dimensions[HEADER_ROW - 1].height = max(62, _highest(sheet))
    sheet.row_dimensions[HEADER_ROW].height = 34
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    landscape(sheet)


def lines(text: str, width: float) -> int:
    """Return in how many lines a text fits in a column; not every program makes a row grow by itself.

    Parameters
    ----------
    text : str
        What the cell holds.
    width : float
        Width of the column, in characters.

    Returns
    -------
    int
        1 or more.
    """
    return len(textwrap.wrap(text, max(1, int(width)))) or 1


def _highest(sheet: Worksheet) -> int:
    """Return the height that the explanation with most lines needs; its letters are smaller than those of the width."""
    high = 0
    for column in range(1, sheet.max_column + 1):
        text = str(sheet.cell(HEADER_ROW - 1, column).value or "")
        high = max(high, lines(text, sheet.column_dimensions[get_column_letter(column)].width * 1.1))
    return 11 * high


def landscape(sheet: Worksheet) -> None:
    """Let a sheet be printed lying down, with all its columns on a page.

    Parameters
    ----------
    sheet : Worksheet
        Any sheet.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def link(sheet: Worksheet, row: int, title: str, text: str) -> None:
    """Write a link to another sheet in the first column.

    Parameters
    ----------
    sheet : Worksheet
        Where the link comes.
    row : int
        Its row.
    title : str
        Name of the sheet.
    text : str
        What is read.
    """
    cell = sheet.cell(row, 1, text)
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(title)}!A1", display=text)
    cell.font = font(color="0563C1", underline="single")
    cell.alignment = Alignment(vertical="top")


def name_column(sheet: Worksheet, row: int, column: int, field: FieldDescriptor, lang: str) -> None:
    """Write the name of a column, with a star and another colour when it is required.

    Parameters
    ----------
    sheet : Worksheet
        Where the name comes.
    row, column : int
        Its cell.
    field : dict
        Field of a Table Schema.
    lang : str
        ``nl`` or ``en``.
    """
    required = is_required(field)
    cell = sheet.cell(row, column, described(field, "title", lang) + (" *" if required else ""))
    cell.fill = PatternFill("solid", fgColor=DARK if required else LIGHT)
    cell.font = font(bold=True, color="FFFFFF" if required else "1A1A1A")
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    cell.border = Border(bottom=_LINE, right=_LINE)


def _write_title(sheet: Worksheet, descriptor: Descriptor, form: Form) -> None:
    words = form.words
    sheet["A1"] = title_line(descriptor, form.lang)
    sheet["A1"].font = font(bold=True, size=14, color=DARK)
    sheet["A2"] = words["how"].format(row=FIRST_ROW, section=described(descriptor, "section", form.lang))
    if descriptor.get("protection_level") == "L1":
        sheet["A2"] = f"{sheet['A2'].value} {words['local']}"
    link(sheet, 3, workbook_words(form.lang)["sheets"]["readme"], words["back"])


def _write_column(sheet: Worksheet, column: int, field: FieldDescriptor, parent: str | None, form: Form) -> None:
    letter = get_column_letter(column)
    above = sheet.cell(HEADER_ROW - 1, column, form_description(field, form) or None)
    above.font = font(italic=True, size=8, color="595959")
    above.alignment = Alignment(wrap_text=True, vertical="bottom")
    name_column(sheet, HEADER_ROW, column, field, form.lang)
    header = sheet.cell(HEADER_ROW, column)
    header.comment = explanation(field, form)
    dimension = sheet.column_dimensions[letter]
    dimension.width = min(_WIDEST, max(WIDTHS[field["type"]], len(str(header.value)) + 2))
    # The format of the whole column, so that also a row far below keeps a code as text.
    dimension.number_format = FORMATS[field["type"]]
    rule = validation(field, parent, form)
    rule.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _parents(descriptor: Descriptor, form: Form) -> dict[str, str]:
    """Return per field where the codes stand that it refers to, as far as these are in the workbook."""
    places = {}
    for each in descriptor.get("foreignKeys", []):
        table = each["reference"]["resource"] or descriptor["name"]
        fields, columns = each["fields"], each["reference"]["fields"]
        if len(fields) == 1 and table in form.sheets and key(load(table)) == list(columns):
            at = [field["name"] for field in load(table)["fields"]].index(columns[0]) + 1
            letter = get_column_letter(at)
            title = quote_sheetname(form.sheets[table])
            places[fields[0]] = f"{title}!${letter}${FIRST_ROW}:${letter}${LAST_ROW}"
    return places
