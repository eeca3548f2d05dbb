"""One downloaded file: a path goes in; a canonical table comes out, or the reason why it is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bt_analysis import regions
from bt_analysis.sources.claims import Claim, claim, id_in
from bt_analysis.sources.column_meanings import known_topics, meanings
from bt_analysis.sources.files import sha256
from bt_analysis.sources.number_columns import UnreadableColumn, numbers, texts
from bt_analysis.sources.plain_files import DownloadRefused, PlainTable, open_file
from bt_analysis.sources.statline_csv import has_unit
from bt_analysis.sources.table import CbsTable

NOTE = "download.json"
"""File beside an imported download that says what it was read as: file, table_id, year, sha256."""

_ROW_NUMBERS = ("", "unnamed: 0", "id")
_PERIODS = ("perioden", "periods")
_DIMENSIONS = ("leeftijd", "marges", "geslacht", "soortmisdrijf")
# Of a region's names the one of its own level comes first.
_NAMES = ("wijken en buurten", "wijken.en.buurten", "regio", "bu_naam", "wk_naam", "gm_naam")
_CODES = ("wijkenenbuurten", "regios", "gwb_code_10", "gwb_code_8", "water", "bu_code", "wk_code", "gm_code")


@dataclass(frozen=True)
class Downloaded:
    """A file that could be read.

    Parameters
    ----------
    table : CbsTable
        Its rows; the keys of the properties are the names of the columns in the file.
    form : str
        What the file was taken for.
    claim : Claim
        Which table it says it is.
    notes : tuple of str
        What was left out or is remarkable.
    """

    table: CbsTable
    form: str
    claim: Claim
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Layout:
    """Which column says of which region, period and member a row is."""

    region: str
    time: str
    dimensions: tuple[str, ...]
    names: str
    figures: tuple[str, ...]
    form: str


def take(
    path: Path,
    *,
    table_id: str | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    fetched: Mapping[str, CbsTable] | None = None,
) -> Downloaded:
    """Read one file, without holding it against others.

    Parameters
    ----------
    path : Path
        The file.
    table_id, year : str and int, optional
        What it is; without them its name, title and periods are believed.
    columns : mapping of str to str, optional
        Column of the file → topic by CBS's name or label (``AantalInwoners``), ``""`` to leave it out.
    fetched : mapping of str to CbsTable, optional
        Fetched tables by id: the meaning of columns is theirs where the file is of the same table.

    Returns
    -------
    Downloaded
        The table and what there is to say about it.

    Raises
    ------
    DownloadRefused
        When the file cannot be read for sure; the message says what to do.
    """
    plain, known_tables = open_file(path), fetched or {}
    layout = _layout(plain, path)
    periods = _periods(plain.cells[layout.time], path) if layout.time else None
    said = claim(path, plain, periods, table_id=table_id, year=year, is_kwb=bool(layout.form))
    known = known_topics(said.table_id, is_kwb=said.is_kwb, fetched=known_tables)
    meant = meanings(layout.figures, known, said.year, columns or {}, form=layout.form, place=path.name)
    rows = _rows(plain.cells, layout, meant.topics, periods, path)
    table = _table(rows, layout, meant.topics, said, plain, known_tables.get(said.table_id))
    notes = (*plain.notes, *meant.notes, *_empty_rows(table))
    return Downloaded(table, _form(plain, layout), said, notes)


def read(folder: Path) -> CbsTable:
    """Read a download that was imported as a raw table.

    Parameters
    ----------
    folder : Path
        ``data/raw/cbs/<table>``, with the file as it came and ``NOTE``.

    Returns
    -------
    CbsTable
        The table.

    Raises
    ------
    DownloadRefused
        When the file is absent, was changed after the import, or cannot be read.
    """
    note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    path = folder / note["file"]
    if not path.is_file() or sha256(path) != note["sha256"]:
        raise DownloadRefused(
            f"{path}: got {'another file than was imported' if path.exists() else 'no file'}; expected the one of "
            f"{NOTE}. Import it again: bt fetch --from FOLDER"
        )
    return take(path, table_id=note["table_id"], year=note["year"]).table


def _form(plain: PlainTable, layout: _Layout) -> str:
    """Return what a file was taken for, as a person would say it."""
    if layout.form == "map" or "{" in plain.form:
        return plain.form
    if layout.form == "short":
        names = "short names of kwb-YYYY.xlsx"
    elif "" in plain.cells:
        names = "labels as R writes them"
    else:
        names = "labels of StatLine" if any(map(has_unit, layout.figures)) else "keys of OData"
    return f"{plain.form}, {names}"


def _layout(plain: PlainTable, path: Path) -> _Layout:
    roles = {str(column): str(column).casefold() for column in plain.cells}
    region = _region_column(plain.cells, path)
    names = sorted((_NAMES.index(role), column) for column, role in roles.items() if role in _NAMES)
    known = (*_ROW_NUMBERS, *_PERIODS, *_DIMENSIONS, *_NAMES[:-1], *_CODES)
    form = "short" if roles[region] in ("gwb_code_10", "gwb_code") else ""
    return _Layout(
        region=region,
        time=next((column for column, role in roles.items() if role in _PERIODS), ""),
        dimensions=tuple(column for column, role in roles.items() if role in _DIMENSIONS),
        names=names[0][1] if names and names[0][1] != region else "",
        figures=tuple(column for column, role in roles.items() if column != region and role not in known),
        form="map" if plain.form == "attributes of a map" else form,
    )


def _region_column(cells: pd.DataFrame, path: Path) -> str:
    """Return the first column that holds a code of a region in every row."""
    if {"Key", "Title"} <= set(cells.columns):
        raise DownloadRefused(f"{path.name}: got names of a dimension, without figures; expected TypedDataSet.")
    if {"GBD", "KL16"} & set(cells.columns):
        raise DownloadRefused(f"{path.name}: got a workbook of the Leefbaarometer; read it with read_leefbaarometer.")
    best, share = "", 0.0
    for column in cells:
        values = texts(cells[column].head(1000))
        valid = values.map(regions.is_valid).mean()
        if valid > share:
            best, share = str(column), float(valid)
    if share < 0.5:
        raise _without_codes(cells, path)
    wrong = [code for code in texts(cells[best]).unique() if not regions.is_valid(code)]
    if wrong:
        raise DownloadRefused(
            f"{path.name}: got {wrong[0]!r} among the codes of {best!r}; expected only codes such as GM0363, WK036303 "
            "and BU03630302. Read the original: a program changed the codes."
        )
    return best


def _without_codes(cells: pd.DataFrame, path: Path) -> DownloadRefused:
    names = texts(cells.iloc[:, 0])
    repeated = int(names.duplicated(keep=False).sum())
    return DownloadRefused(
        f"{path.name}: got no column with codes of regions, only names ({repeated:,} of {len(names):,} rows share "
        "theirs); expected codes, as names are no keys. "
        "Download it again with the topic 'Codering' (under Regioaanduiding), or fetch the table: "
        f"bt fetch --table {id_in(path.name) or 'ID'}"
    )


def _periods(cells: pd.Series, path: Path) -> pd.Series:
    """Return periods as CBS writes them; a bare year is a whole year."""
    found = texts(cells)
    years = found.where(~found.str.fullmatch(r"\d{4}"), found + "JJ00")
    wrong = years[~years.str.fullmatch(r"\d{4}(JJ|KW|MM)\d\d")]
    if len(wrong):
        raise DownloadRefused(f"{path.name}: got the period {wrong.iloc[0]!r}; expected a year, or 2020JJ00.")
    return years


def _rows(
    cells: pd.DataFrame, layout: _Layout, topics: pd.DataFrame, periods: pd.Series | None, path: Path
) -> pd.DataFrame:
    keys = {layout.region: texts(cells[layout.region])}
    keys |= {column: texts(cells[column]) for column in layout.dimensions}
    if periods is not None:
        keys[layout.time] = periods
    try:
        figures = {
            key: texts(cells[key]) if datatype == "String" else numbers(cells[key], is_map=layout.form == "map")
            for key, datatype in zip(topics["key"], topics["datatype"], strict=True)
        }
    except UnreadableColumn as problem:
        raise DownloadRefused(
            f"{path.name}: column {problem}; expected numbers written in one way. "
            "Repair the file, or download it again."
        ) from problem
    if not any(pd.api.types.is_numeric_dtype(column.dtype) for column in figures.values()):
        raise DownloadRefused(f"{path.name}: got no column with figures; expected at least one topic of CBS.")
    rows = pd.DataFrame({**keys, **figures})
    if "ID" in cells:
        rows.insert(0, "ID", texts(cells["ID"]))
    double = rows[rows.duplicated(list(keys))]
    if len(double):
        row = " · ".join(double.iloc[0][list(keys)])
        raise DownloadRefused(f"{path.name}: got {row} in two rows; expected one row per region, period and member.")
    return rows


def _table(
    rows: pd.DataFrame, layout: _Layout, topics: pd.DataFrame, said: Claim, plain: PlainTable, same: CbsTable | None
) -> CbsTable:
    title = f"Kerncijfers wijken en buurten {said.year}" if said.is_kwb else plain.title
    names = texts(plain.cells[layout.names]) if layout.names else None
    labels = pd.DataFrame({"regiocode": rows[layout.region], "title": names}).drop_duplicates("regiocode")
    unnamed = same.labels if same else pd.DataFrame(columns=["regiocode", "title"], dtype="str")
    return CbsTable(
        table_id=said.table_id,
        title=same.title if same else title,
        modified="",
        year=said.year,
        division_year=same.division_year if same else said.division_year,
        rows=rows,
        properties=topics,
        region_column=layout.region,
        labels=unnamed if names is None else labels.reset_index(drop=True),
        time_column=layout.time,
        members={column: _members(column, rows, same) for column in layout.dimensions},
    )


def _members(column: str, rows: pd.DataFrame, same: CbsTable | None) -> pd.DataFrame:
    """Return the members of a dimension; without metadata their keys are all that is known."""
    if same and column in same.members:
        return same.members[column]
    keys: Sequence[str] = sorted(rows[column].unique())
    return pd.DataFrame({"key": keys, "title": keys}, dtype="str")


def _empty_rows(table: CbsTable) -> tuple[str, ...]:
    figures = table.rows[
        [key for key in table.properties["key"] if pd.api.types.is_numeric_dtype(table.rows[key].dtype)]
    ]
    empty = table.rows[figures.isna().all(axis=1)]
    if empty.empty or len(empty) == len(table.rows):
        return ()
    return (f"{len(empty)} rows without any figure, the first {empty[table.region_column].iloc[0]}",)
