"""Deliveries that went wrong: a seed goes in; a package with mutated cells or bytes, and a judgement, come out.

What is held against a mutated delivery stands in ``faults``: no exception, no silent change, and every place that is
told is the right one. ``python -m tests.fuzz_packages COUNT SEED PROCESSES`` tries as many as you like.
"""

# ruff: noqa: S311, T201 - damage has to be the same every time, and a count is printed where no test asks

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import re
import shutil
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

from bt_analysis import schema
from bt_analysis.sources import xlsform
from bt_analysis.sources.cells import MISSING_WORDS
from bt_analysis.sources.grids import aliases, spelling
from bt_analysis.sources.monitoring import Package, read_package
from bt_analysis.sources.sentences import Findings, show
from tests import test_xlsform as surveys

COLLECTIVE = "zonnewijk"
ALWAYS = ("collective", "work_area")
Cell = Any
Chance = random.Random

DAY = dt.datetime(2024, 5, 6)  # noqa: DTZ001 - a cell of a spreadsheet has no time zone
JUNK: tuple[Cell, ...] = (
    *("", " ", "x", "nvt", "NVT", "n.v.t.", "weetniet", "weet niet", "onderdrukt", "onbekend", "?", "-", "—", "nee"),
    *("1", "0", "-1", "1,5", "1.5", "1.234", "1,234", "1.234,5", "1,234.5", "1 234", "1E+05", "52.468.987", "12%", "½"),
    *("31-12-2024", "12/31/2024", "01/02/2024", "31/12/2024", "3-4-24", "2024", "2024-02-30", "2024-12-31T10:00+01:00"),
    *("WAAR", "TRUE", "=1+1", " =cmd|' /C calc'!A0", "@x", "+31612345678", "jan@voorbeeld.nl", "Mevr. de Boer", "NaN"),
    *("1e400", "９", "⁵", "x" * 99, "\u200b", "a\nb", "a;b", ";", "a,b", "#REF!", "#N/B", "🌻", "'s avonds", '"', "ja"),
    *(True, False, 0, 1, 1.5, -3, 1e300, 1e16, 45000, 0.1 + 0.2, 123456782, DAY, DAY.replace(hour=13), dt.time(1, 30)),
    *("0123456789", "€ 12", "inf", dt.timedelta(hours=30), DAY.replace(year=1905), DAY.replace(month=12, day=31)),
)  # fmt: skip


@dataclass
class Sheet:
    """One table as it is delivered: the cells, and what each column and row was meant to be."""

    table: str
    rows: list[list[Cell]]
    header_at: int = 0
    columns: list[str | None] = field(default_factory=list)
    title: str = ""
    mutated: set[tuple[int, int]] = field(default_factory=set)
    header_touched: bool = False

    def data(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield row number, as a person sees it, and the cells of each filled row below the header."""
        for at, row in enumerate(self.rows):
            if at > self.header_at and any(cell is not None and str(cell).strip() for cell in row):
                yield at + 1, row


# --- what is right before it goes wrong ------------------------------------------------------------------------------


@cache
def rows_of(table: str) -> tuple[tuple[Cell, ...], ...]:
    """Return a header and three rows of a table, filled with the examples of its schema."""
    descriptor = schema.load(table)
    names = [each["name"] for each in descriptor["fields"]]
    rows = [tuple(example(each, descriptor, at) for each in descriptor["fields"]) for at in range(1, 4)]
    return (tuple(names), *(rows[:1] if table == "collective" else rows))


def example(field_: dict[str, Any], descriptor: dict[str, Any], at: int) -> Cell:
    """Return the example of a field as a spreadsheet holds it; a key is numbered."""
    value, name = field_["example"], field_["name"]
    if name == "collective_id":
        return COLLECTIVE
    own_key = name == (schema.key(descriptor) or [""])[-1]
    if field_["type"] in ("date", "datetime"):
        moment = dt.datetime.fromisoformat(str(value)).replace(tzinfo=None)
        return moment + dt.timedelta(days=at) if own_key else moment
    if own_key and field_["type"] == "string" and "enum" not in field_.get("constraints", {}):
        return f"{value}{at}" if str(value)[-1:].isalpha() else f"{value[:-1]}{at}"
    if own_key and field_["type"] in ("integer", "year"):
        return int(value) + at
    if own_key and "enum" in field_.get("constraints", {}):
        return field_["constraints"]["enum"][at - 1]
    return value


def sheets_of(chance: Chance) -> dict[str, Sheet]:
    """Return a few tables of a package, the two that always have to be there among them."""
    others = [table for table in schema.MONITORING if table not in ALWAYS]
    chosen = {*ALWAYS, *chance.sample(others, chance.randint(1, 4))}
    found = {}
    for table in [table for table in schema.MONITORING if table in chosen]:
        rows = [list(row) for row in rows_of(table)]
        found[table] = Sheet(table, rows, 0, [str(name) for name in rows[0]], table)
    return found


# --- what people and programs do to it -------------------------------------------------------------------------------


def other_notation(cell: Cell, chance: Chance) -> Cell:
    """Return the same value as somebody else might write it."""
    if isinstance(cell, bool):
        return chance.choice(["ja" if cell else "nee", "WAAR" if cell else "ONWAAR", str(cell)])
    if isinstance(cell, dt.datetime):
        return chance.choice(
            [f"{cell:%d-%m-%Y}", f"{cell:%Y-%m-%d}", f"{cell:%d/%m/%Y}", f"{cell:%-d-%-m-%Y}", cell.date()]
        )
    if isinstance(cell, (int, float)):
        return chance.choice(
            [str(cell), f"{cell}".replace(".", ","), f" {cell}", f"{cell:.2f}", f"{float(cell):,.1f}", float(cell)]
        )
    text = str(cell)
    return chance.choice(
        [f" {text}", f"{text} ", text.upper(), text.title(), f"\u00a0{text}", text.replace("_", " "), f"{text}\n"]
    )


def mutate_cell(sheet: Sheet, chance: Chance) -> None:
    row, column = chance.randrange(1, len(sheet.rows)), chance.randrange(len(sheet.columns))
    old = sheet.rows[row][column]
    roll = chance.random()
    if roll < 0.35 and old is not None:
        sheet.rows[row][column] = other_notation(old, chance)
    elif roll < 0.45:
        other = chance.randrange(len(sheet.columns))
        sheet.rows[row][column], sheet.rows[row][other] = sheet.rows[row][other], old
        sheet.mutated.add((row, other))
    elif roll < 0.5:
        sheet.rows[row][column] = None
    else:
        sheet.rows[row][column] = chance.choice(JUNK)
    sheet.mutated.add((row, column))


def swap_columns(sheet: Sheet, chance: Chance) -> None:
    a, b = chance.randrange(len(sheet.columns)), chance.randrange(len(sheet.columns))
    for row in (*sheet.rows, sheet.columns):
        row[a], row[b] = row[b], row[a]
    swap = {a: b, b: a}
    sheet.mutated = {(row, swap.get(column, column)) for row, column in sheet.mutated}


def drop_column(sheet: Sheet, chance: Chance) -> None:
    at = chance.randrange(len(sheet.columns))
    for row in (*sheet.rows, sheet.columns):
        del row[at]
    sheet.mutated = {(row, column - (column > at)) for row, column in sheet.mutated if column != at}


def touch_header(sheet: Sheet, chance: Chance) -> None:
    """Rename, empty or double the name of a column."""
    at = chance.randrange(len(sheet.columns))
    name = str(sheet.rows[0][at])
    titles = [each["title"] for each in schema.load(sheet.table)["fields"] if each["name"] == name]
    new = chance.choice(
        [name.upper(), f" {name} ", name.replace("_", " "), *titles, "", name[:-1], "naam deelnemer", "iets"]
    )
    known = aliases(schema.load(sheet.table)).get(spelling(new))
    sheet.rows[0][at] = new
    if known != sheet.columns[at]:
        sheet.columns[at] = None
        sheet.header_touched = True


def insert_row(sheet: Sheet, chance: Chance) -> None:
    at = chance.randint(0, len(sheet.rows))
    width = len(sheet.columns)
    blank = chance.random() < 0.6 or at > 0
    row: list[Cell] = [None] * width if blank else ["Overzicht van 2024", *[None] * (width - 1)]
    if at > sheet.header_at and chance.random() < 0.2:
        row[chance.randrange(width)] = " "
    sheet.rows.insert(at, row)
    sheet.header_at += at <= sheet.header_at
    sheet.mutated = {(each + (each >= at), column) for each, column in sheet.mutated}


def insert_column(sheet: Sheet, chance: Chance) -> None:
    at = chance.randint(0, len(sheet.columns))
    for row in sheet.rows:
        row.insert(at, None)
    sheet.columns.insert(at, None)
    sheet.mutated = {(row, column + (column >= at)) for row, column in sheet.mutated}


def stray_cell(sheet: Sheet, chance: Chance) -> None:
    """Put something outside the columns, or far below them."""
    row = chance.randrange(len(sheet.rows))
    extra = chance.randint(1, 3)
    for each in sheet.rows:
        each.extend([None] * extra)
    sheet.columns += [None] * extra
    sheet.rows[row][-1] = chance.choice(["totaal", 12, "x"])
    sheet.mutated.add((row, len(sheet.columns) - 1))


def repeat_row(sheet: Sheet, chance: Chance) -> None:
    row = chance.randrange(1, len(sheet.rows))
    sheet.rows.append(list(sheet.rows[row]))
    sheet.mutated |= {(len(sheet.rows) - 1, column) for column in range(len(sheet.columns))}


STRUCTURE: tuple[Callable[[Sheet, Chance], None], ...] = (
    swap_columns,
    drop_column,
    stray_cell,
    repeat_row,
    insert_column,
)
# Those that count on the header in the first row come before the one that moves it.
LATER: tuple[Callable[[Sheet, Chance], None], ...] = (insert_row,)


def mutate(sheets: dict[str, Sheet], chance: Chance) -> None:
    for _ in range(chance.randint(1, 4)):
        mutate_cell(chance.choice(list(sheets.values())), chance)
    if chance.random() < 0.3:
        touch_header(chance.choice(list(sheets.values())), chance)
    for choices in (STRUCTURE, LATER):
        if chance.random() < 0.4:
            chance.choice(choices)(chance.choice(list(sheets.values())), chance)


# --- writing ---------------------------------------------------------------------------------------------------------


def write_workbook(sheets: dict[str, Sheet], path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets.values():
        page = book.create_sheet(sheet.title)
        for number, row in enumerate(sheet.rows, start=1):
            for at, value in enumerate(row, start=1):
                if value is None:
                    continue
                cell = page.cell(number, at, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)


def write_csv(sheets: dict[str, Sheet], folder: Path, chance: Chance) -> None:
    """Write CSV files as one of the many programs that make them, and turn the cells into the text they became."""
    separator, ending = chance.choice(",,;\t"), chance.choice(["\r\n", "\n", "\r"])
    # With \r alone, csv does not put quotes around a text with \n in it.
    quoting: Any = csv.QUOTE_ALL if ending == "\r" else chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    for sheet in sheets.values():
        sheet.rows = [[as_text(cell) for cell in row] for row in sheet.rows]
        made = io.StringIO(newline="")
        csv.writer(made, delimiter=separator, lineterminator=ending, quoting=quoting).writerows(sheet.rows)
        encoding = chance.choice(["utf-8", "utf-8", "utf-8-sig"])
        (folder / f"{sheet.title}.csv").write_bytes(made.getvalue().encode(encoding, errors="replace"))
    resources = [{"name": sheet.title, "path": f"{sheet.title}.csv"} for sheet in sheets.values()]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")


def as_text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, dt.datetime) and not (cell.hour or cell.minute):
        return f"{cell:%Y-%m-%d}"
    return "" if cell is None else str(cell)


# --- judging ---------------------------------------------------------------------------------------------------------


def faults(package: Package, sheets: dict[str, Sheet], *, from_text: bool) -> list[str]:
    """Return what is wrong with what was read; nothing when every change and every place was told rightly."""
    found = [fault for sheet in sheets.values() for fault in _changes(package, sheet, from_text=from_text)]
    return found + [fault for problem in (*package.problems, *package.repairs) for fault in _place(problem, sheets)]


def _about(sheet: Sheet, problem: schema.Problem) -> bool:
    return problem.sheet == sheet.title or problem.file.endswith(f"/{sheet.title}.csv")


def _changes(package: Package, sheet: Sheet, *, from_text: bool) -> Iterator[str]:
    """Yield a sentence for each cell that was read as something else without a word."""
    problems = [problem for problem in package.problems if _about(sheet, problem)]
    repairs = [repair for repair in package.repairs if _about(sheet, repair)]
    table = package.tables.get(sheet.table)
    rows = list(sheet.data())
    if table is None:
        if rows and not problems and not _unread(package):
            yield f"{sheet.title}: {len(rows)} rows were lost in silence"
        return
    if len(table) != len(rows) and not any(repair.kind == "second_header" for repair in repairs):
        yield f"{sheet.title}: {len(table)} rows were read of {len(rows)}"
        return
    for name, at in [(name, at) for at, name in enumerate(sheet.columns) if name]:
        column = table[name]
        for order, (number, cells) in enumerate(rows[-len(table) :] if len(table) else []):
            cell = cells[at] if at < len(cells) else None
            if any(p.row == number and name in (p.column or "").split(" + ") for p in problems):
                continue
            told = any(
                r.column == name and r.row and (r.row == number or (r.row < number and r.details["more"]))
                for r in repairs
            )
            fault = _misread(cell, column.iloc[order], _field(sheet.table, name), told=told, from_text=from_text)
            if fault and not _column_told(problems, sheet):
                yield f"{sheet.title} row {number} {name}: {fault}"


def _column_told(problems: list[schema.Problem], sheet: Sheet) -> bool:
    return any(p.row == sheet.header_at + 1 or p.row is None for p in problems) and sheet.header_touched


def _unread(package: Package) -> bool:
    kinds = {"unreadable", "not_a_workbook", "two_workbooks", "bad_datapackage"}
    return any(problem.kind in kinds for problem in package.problems)


@cache
def _fields(table: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in schema.load(table)["fields"]}


def _field(table: str, name: str) -> dict[str, Any]:
    return _fields(table)[name]


def _letters(text: object) -> str:
    """Return what is left of a text without spaces, signs, capitals and accents."""
    plain = unicodedata.normalize("NFKD", str(text).casefold())
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if not unicodedata.combining(c)))


def _digits(text: object) -> tuple[bool, str]:
    """Return sign and significant digits of a number, however it is written."""
    plain = f"{text:.15g}" if isinstance(text, float) else str(text)
    plain = re.sub(r"[eE][+-]?\d+$", "", plain.strip())
    return plain.strip().startswith("-"), re.sub(r"\D", "", plain).strip("0")


def _misread(cell: Cell, value: Any, field_: dict[str, Any], *, told: bool, from_text: bool) -> str:
    """Return how a cell was misread, or nothing."""
    text = "" if cell is None else str(cell).strip()
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - not a number is not itself
        missing = _letters(text) in MISSING_WORDS
        return "" if missing else f"{cell!r} was read as nothing"
    if field_["type"] in ("integer", "number", "year"):
        # A spreadsheet shows 15 digits, a file can hold 17.
        same = _digits(cell) in (_digits(value), _digits(repr(float(value))))
        natural = isinstance(cell, (int, float)) or (from_text and not re.search(r"[^\d,.-]|[.,]\d{3}\b", text))
    elif field_["type"] in ("date", "datetime"):
        same = _same_day(cell, value)
        natural = isinstance(cell, dt.date) or from_text
        natural = natural and (field_["type"] == "datetime" or not getattr(cell, "hour", 0))
    elif field_["type"] == "boolean":
        same = _letters(text) in (("ja", "waar", "true", "1") if value else ("nee", "onwaar", "false", "0"))
        natural = True
    else:
        # A spreadsheet knows one number 1, whether it was written as 1 or as 1.0.
        shown = f"{cell:.15g}" if isinstance(cell, float) and not from_text else text
        same, natural = _letters(shown) == _letters(value), cell == value
        natural = natural or (from_text and str(cell) == value)
    if not same:
        return f"{cell!r} was read as {value!r}"
    return "" if natural or told else f"{cell!r} was read as {value!r} without a word"


def _same_day(cell: Cell, value: Any) -> bool:
    if isinstance(cell, dt.date):
        return bool(cell.day == value.day and cell.month == value.month and cell.year == value.year)
    numbers = [int(number) for number in re.findall(r"\d+", str(cell))][:3]
    return sorted(numbers) == sorted([value.day, value.month, value.year])


def _same_numbers(told: str, cell: str) -> bool:
    """Tell whether what is told holds the numbers of a cell; a day with a time is told as the day."""
    ours, theirs = (sorted(map(int, re.findall(r"\d+", text))) for text in (told, cell))
    return (ours == theirs != []) or (_TIMED.search(cell) is not None and set(ours) <= set(theirs))


# A date with a time behind it.
_TIMED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")


def _place(problem: schema.Problem, sheets: dict[str, Sheet]) -> Iterator[str]:
    """Yield a sentence when what is told does not stand where it is told to stand."""
    here = next((sheet for sheet in sheets.values() if _about(sheet, problem)), None)
    if here is None or problem.row is None:
        return
    said = f"{problem.kind} at {here.title} row {problem.row} {problem.column}"
    if not 1 <= problem.row <= len(here.rows):
        yield f"{said}: there is no such row"
        return
    at = _column(here, problem)
    if problem.column and at is None and " + " not in problem.column:
        yield f"{said}: there is no such column"
    got = problem.details.get("got")
    if at is None or at < 0 or got is None or problem.row == here.header_at + 1 or problem.kind in NOT_QUOTED:
        return
    cell = here.rows[problem.row - 1][at] if at < len(here.rows[problem.row - 1]) else None
    quoted, stands = _letters(got), _letters(show(cell))
    if (got == show(None) and stands in MISSING_WORDS) or _same_numbers(got, str(cell)):
        return
    same_number = _digits(got) == _digits(show(cell)) and _digits(got)[1]
    if not (same_number or (quoted and stands and (quoted in stands or stands in quoted)) or quoted == stands):
        yield f"{said}: {got!r} was told, and {cell!r} stands there"


# What these tell of is not the content of the cell.
NOT_QUOTED = (
    *("duplicate_key", "blank_rows", "blank_columns", "short_rows", "overlap", "many_collectives", "wrong_answer"),
)


def _column(sheet: Sheet, problem: schema.Problem) -> int | None:
    """Return where a column that is told stands: by its field, by its letter, or by what its header says."""
    if not problem.column or " + " in problem.column:
        return None
    if problem.column in sheet.columns:
        return sheet.columns.index(problem.column)
    letters = [get_column_letter(at + 1) for at in range(len(sheet.columns))]
    if problem.column in letters:
        return letters.index(problem.column)
    header = [show(cell) for cell in sheet.rows[sheet.header_at]]
    if problem.column in header:
        return header.index(problem.column)
    names = [each["name"] for each in schema.load(sheet.table)["fields"]]
    return -1 if problem.column in names else None


# --- one try of each sort --------------------------------------------------------------------------------------------


def try_workbook(folder: Path, chance: Chance) -> list[str]:
    sheets = sheets_of(chance)
    mutate(sheets, chance)
    write_workbook(sheets, folder / "zon.xlsx")
    return faults(read_package(folder, None), sheets, from_text=False)


def try_csv(folder: Path, chance: Chance) -> list[str]:
    sheets = sheets_of(chance)
    mutate(sheets, chance)
    write_csv(sheets, folder, chance)
    return faults(read_package(folder, None), sheets, from_text=True)


@cache
def whole_workbook(seed: int) -> tuple[bytes, dict[str, Any]]:
    """Return the bytes of a good workbook, and the tables that are read from it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / COLLECTIVE
        folder.mkdir()
        write_workbook(sheets_of(random.Random(seed)), folder / "zon.xlsx")
        return (folder / "zon.xlsx").read_bytes(), dict(read_package(folder, None).tables)


def damage(content: bytes, chance: Chance) -> bytes:
    """Return bytes with some changed, left out, doubled or cut off."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) or 1)
        sort = chance.random()
        if sort < 0.5 and made:
            made[at] = chance.randrange(256)
        elif sort < 0.65:
            del made[at : at + chance.randint(1, 40)]
        elif sort < 0.8:
            made[at:at] = made[at : at + chance.randint(1, 200)]
        elif sort < 0.95:
            made[at:at] = chance.choice(
                [b"<", b">", b"&#0;", b"<!DOCTYPE x>", b'"', b"\x00", b"</row>", b"99999", b"]]>", b"\r", b";"]
            )
        else:
            del made[at:]
    return bytes(made)


def try_bytes(folder: Path, chance: Chance) -> list[str]:
    """Damage a workbook as a file: what is still read must be what stood there, as every part has a checksum."""
    good, tables = whole_workbook(chance.randrange(8))
    (folder / "zon.xlsx").write_bytes(damage(good, chance))
    package = read_package(folder, None)
    unread = _unread(package) or any(
        problem.kind in ("too_large_unpacked", "bad_parts", "macros") for problem in package.problems
    )
    changed = [
        name for name, table in tables.items() if name not in package.tables or not table.equals(package.tables[name])
    ]
    return [f"{name} changed in silence" for name in changed if not unread and not package.problems]


def try_parts(folder: Path, chance: Chance) -> list[str]:
    """Damage the text of one part of a workbook, with a checksum that is right."""
    good, _ = whole_workbook(chance.randrange(8))
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    if chance.random() < 0.1:
        del parts[name]
    else:
        parts[name] = damage(parts[name], chance)
    with zipfile.ZipFile(folder / "zon.xlsx", "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return _rows_are_possible(read_package(folder, None))


def try_csv_bytes(folder: Path, chance: Chance) -> list[str]:
    sheets = sheets_of(chance)
    write_csv(sheets, folder, chance)
    path = chance.choice(sorted(folder.iterdir()))
    path.write_bytes(damage(path.read_bytes(), chance))
    return _rows_are_possible(read_package(folder, None))


def try_survey(folder: Path, chance: Chance) -> list[str]:
    """Change cells of an export of answers, or damage it: answers that were left alone are read as they are."""
    wave = folder / xlsform.FOLDER / "p25"
    wave.mkdir(parents=True)
    (wave / "formulier.xlsx").write_bytes(survey_form())
    rows = [list(row) for row in chance.choice([surveys.KOBO, surveys.CENTRAL])]
    changed = [(chance.randrange(len(rows)), chance.randrange(len(rows[0]))) for _ in range(chance.randint(1, 2))]
    for row, column in changed:
        rows[row][column] = as_text(chance.choice(JUNK))
    content = surveys.text(rows, chance.choice(",;"))
    damaged = chance.random() < 0.3
    (wave / "antwoorden.csv").write_bytes(damage(content, chance) if damaged else content)
    findings = Findings()
    answers = xlsform.read_waves(folder, findings)
    if findings.problems or damaged or any(row == 0 for row, _ in changed):
        return [] if not findings.problems or answers.empty else ["answers of a wave with problems were read"]
    touched = {_item(rows[0][column]) for _, column in changed}
    read = sorted((item, answer) for item, answer in answers[["item_code", "answer"]].dropna().itertuples(index=False))
    right = sorted((item, answer) for (_, item), answer in surveys.EXPECTED.items())
    rejected = any(repair.kind == "survey_rejected" for repair in findings.repairs)
    others = [[pair for pair in pairs if pair[0] not in touched] for pairs in (read, right)]
    return [] if rejected or others[0] == others[1] else [f"answers {others[0]} were read of {others[1]}"]


def _item(column: str) -> str:
    return column.replace("buren-", "buren/").removeprefix("buren/").split("/")[0]


@cache
def survey_form() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        return surveys.save(Path(name) / "formulier.xlsx", surveys.form()).read_bytes()


def _rows_are_possible(package: Package) -> list[str]:
    told = [problem.row for problem in (*package.problems, *package.repairs) if problem.row is not None]
    return [f"row {row} is told" for row in told if not 1 <= row <= 1_048_576]


SORTS: tuple[tuple[Callable[[Path, Chance], list[str]], int], ...] = (
    (try_workbook, 9),
    (try_csv, 5),
    (try_bytes, 2),
    (try_parts, 2),
    (try_csv_bytes, 2),
    (try_survey, 2),
)


def attempt(seed: int, number: int, folder: Path) -> list[str]:
    """Make and read one delivery; the same seed and number make the same one."""
    chance = random.Random(f"{seed}-{number}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (sort,) = chance.choices([sort for sort, _ in SORTS], [weight for _, weight in SORTS])
    try:
        found = sort(folder, chance)
    except Exception as problem:  # noqa: BLE001 - that there is none at all is what is tried
        found = [f"{type(problem).__name__}: {problem}"]
    return [f"{sort.__name__} {seed} {number}: {fault}" for fault in found]


def run(seed: int, numbers: range) -> list[str]:
    """Make and read as many deliveries as there are numbers, and return all that is wrong."""
    with tempfile.TemporaryDirectory() as name:
        return [fault for number in numbers for fault in attempt(seed, number, Path(name) / COLLECTIVE)]


def main(count: int, seed: int, processes: int) -> int:
    chunks = [range(start, min(start + 250, count)) for start in range(0, count, 250)]
    with ProcessPoolExecutor(processes) as pool:
        found = [fault for part in pool.map(run, [seed] * len(chunks), chunks) for fault in part]
    for fault in found:
        print(fault)
    print(f"{count} deliveries, seed {seed}: {len(found)} faults")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*[int(text) for text in sys.argv[1:4]]))
