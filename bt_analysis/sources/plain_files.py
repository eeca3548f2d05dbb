"""A downloaded file of any form: a path goes in; one header and the cells below it come out, nothing interpreted."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from bt_analysis.sources.grids import Row
from bt_analysis.sources.number_columns import texts
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.statline_csv import from_screen, is_screen
from bt_analysis.sources.workbook import sheet_rows

FORMS = (".csv", ".csv.gz", ".txt", ".xlsx", ".dbf", ".parquet", ".json", ".json.gz")
"""Endings of the files that are read; a shapefile by its .dbf."""

LARGEST = 200_000_000
"""Bytes a file may hold, unpacked: ten times the largest table of KWB. A few kilobytes can unpack to a full disk."""

_SEPARATORS = (";", ",", "\t")
_BROKEN = (OSError, ValueError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile, csv.Error, pa.ArrowException)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class DownloadRefused(SourceRejected):
    """A downloaded file cannot be read for sure; the message says what was got, what is expected and what to do."""


@dataclass(frozen=True)
class PlainTable:
    """The cells of a file.

    Parameters
    ----------
    form : str
        What the file was taken for, as a person would say it.
    cells : DataFrame
        One row is a row of the file, one column a column, named as in the file but for blanks around the name.
    title : str
        Title above the header; ``""`` when there is none.
    notes : tuple of str
        What was left out or is remarkable.
    """

    form: str
    cells: pd.DataFrame
    title: str = ""
    notes: tuple[str, ...] = ()


def open_file(path: Path) -> PlainTable:
    """Read the cells of a file.

    Parameters
    ----------
    path : Path
        A file with one of the endings of ``FORMS``.

    Returns
    -------
    PlainTable
        Its cells: texts from a CSV, typed cells from the other forms.

    Raises
    ------
    DownloadRefused
        When the form is unknown, the file is damaged, empty or larger than ``LARGEST``, or two columns have one name.
    """
    ending = path.name.casefold().removesuffix(".gz").rpartition(".")[2]
    readers = {"csv": _csv, "txt": _csv, "xlsx": _xlsx, "dbf": _dbf, "parquet": _parquet, "json": _json}
    if ending not in readers:
        raise DownloadRefused(f"{path.name}: got a .{ending} file; expected one of {', '.join(FORMS)}.")
    try:
        _refuse_large(path)
        table = readers[ending](path)
    except DownloadRefused:
        raise
    except _BROKEN as problem:
        raise DownloadRefused(
            f"{path.name}: got a file that cannot be read ({' '.join(str(problem).split())}); expected a whole "
            f".{ending} file. Download it again."
        ) from problem
    return _checked(table, path)


def _checked(table: PlainTable, path: Path) -> PlainTable:
    names = [str(name).strip() for name in table.cells.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DownloadRefused(f"{path.name}: got {twice[0]!r} as the name of two columns; expected each name once.")
    if table.cells.empty:
        raise DownloadRefused(f"{path.name}: got no rows below the header; expected a row per region.")
    return PlainTable(table.form, table.cells.set_axis(names, axis=1).reset_index(drop=True), table.title, table.notes)


def _refuse_large(path: Path) -> None:
    if path.suffix.casefold() == ".xlsx" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    else:
        size = path.stat().st_size
    if size > LARGEST:
        raise DownloadRefused(_too_large(path))


def _too_large(path: Path) -> str:
    return f"{path.name}: got more than {LARGEST:,} bytes, unpacked; expected a table of KWB. Take the file away."


def _content(path: Path) -> bytes:
    if path.suffix.casefold() != ".gz":
        return path.read_bytes()
    with gzip.open(path) as packed:
        content = packed.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise DownloadRefused(_too_large(path))
    return content


def _csv(path: Path) -> PlainTable:
    text = _decoded(_content(path))
    separator = max(_SEPARATORS, key=lambda sign: max((len(row) for row in _split(text[:20_000], sign)), default=0))
    rows = _split(text, separator)
    if is_screen(rows):
        names, body = from_screen(rows)
        return PlainTable("StatLine, layout of the screen", _frame(names, body, path), title=rows[0][0].strip())
    filled = [row for row in rows if row] or [[]]
    return PlainTable(f"CSV with {separator!r}", _frame(filled[0], filled[1:], path))


def _split(text: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # StatWeb before 2014 and Excel's plain "CSV" write Windows' alphabet, in which every byte means something.
        return content.decode("cp1252")


def _frame(names: list[str], body: Sequence[Sequence[str]], path: Path) -> pd.DataFrame:
    for number, row in enumerate(body, start=2):
        if len(row) != len(names):
            raise DownloadRefused(
                f"{path.name}: got {len(row)} fields in row {number}; expected {len(names)}, as in the header. "
                "A name with a comma in it was broken, or the file was cut off: download it again."
            )
    return pd.DataFrame(body, columns=names, dtype="str")


def _xlsx(path: Path) -> PlainTable:
    sheets = {title: rows for title, rows in sheet_rows(path).items() if len(rows) > 1}
    if not sheets:
        return PlainTable("workbook", pd.DataFrame())
    title, rows = next(iter(sheets.items()))
    others = tuple(f"sheet {other!r} was not read" for other in sheets if other != title)
    return PlainTable("workbook", sheet_frame(rows), notes=others)


def sheet_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Return a sheet with its header in the first row as a table.

    Parameters
    ----------
    rows : sequence of Row
        Filled rows, as :func:`bt_analysis.sources.workbook.sheet_rows` returns them.

    Returns
    -------
    DataFrame
        Cells as Python objects, None where a row is shorter than the header.

    Raises
    ------
    ValueError
        When a row has cells to the right of the header.
    """
    (_, names), *body = rows
    wide = [number for number, cells in body if len(cells) > len(names)]
    if wide:
        raise ValueError(f"row {wide[0]} has cells to the right of the header")
    cells = [[*cells, *[None] * (len(names) - len(cells))] for _, cells in body]
    return pd.DataFrame(cells, columns=[str(name) for name in names], dtype=object)


def _dbf(path: Path) -> PlainTable:
    # The header of these files says no alphabet, and their names are UTF-8.
    return PlainTable("attributes of a map", gpd.read_file(path, ignore_geometry=True, encoding="utf-8"))


def _parquet(path: Path) -> PlainTable:
    return PlainTable("Parquet", pd.read_parquet(path))


def _json(path: Path) -> PlainTable:
    content = json.loads(_content(path))
    if not isinstance(content, dict) or not all(isinstance(row, dict) for row in content.values()):
        raise DownloadRefused(f"{path.name}: got other JSON; expected {{code: {{key: figure}}}}.")
    cells = pd.DataFrame.from_dict(content, orient="index")
    cells.insert(0, "regiocode", texts(cells.index.to_series()))
    return PlainTable("JSON, {code: {key: figure}}", cells)


def years_in(text: str) -> list[int]:
    """Return the years that stand in a name or title, each once, in order.

    Parameters
    ----------
    text : str
        Such as ``kwb-2023_Utrecht.xlsx``.

    Returns
    -------
    list of int
        Numbers 2000–2099 that no digit touches, so not those in a date such as 11122025.
    """
    return list(dict.fromkeys(int(year) for year in re.findall(r"(?<!\d)20\d\d(?!\d)", text)))
