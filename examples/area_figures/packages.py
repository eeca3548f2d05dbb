"""What was taken from a published file comes in; a monitoring package, and the list of what was left out, go out.

Every row of a source is either in a measurement or on the list with its reason: :func:`account` stops the script
when one is in neither.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis import schema
from bt_analysis.settings import Workspace
from bt_analysis.sources import files

LEFT_OUT = ["file", "row", "column", "reason"]


class SourceError(ValueError):
    """A file is not what this script was written for; the message says what was got and what is expected."""


@dataclass
class Taken:
    """What one package holds, and what was left out of it.

    Parameters
    ----------
    name, title : str
        Id of the package (its folder) and its name.
    tables : dict of DataFrame
        Monitoring tables by name.
    left_out : list of tuple
        File, row as a spreadsheet shows it (0: all rows), column (empty: the whole row) and the reason, in Dutch.
    """

    name: str
    title: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    left_out: list[tuple[str, int, str, str]] = field(default_factory=list)


def account(file: str, rows: Iterable[int], used: Iterable[int], taken: Taken) -> None:
    """Check that no row of a source was lost.

    Parameters
    ----------
    file : str
        Name of the source.
    rows : iterable of int
        All its rows, as a spreadsheet numbers them.
    used : iterable of int
        Rows that a measurement rests on.
    taken : Taken
        ``left_out`` names the other rows.

    Raises
    ------
    SourceError
        When a row is in neither, or in both.
    """
    here = set(used)
    listed = {row for name, row, column, _ in taken.left_out if name == file and row and not column}
    lost, double = sorted(set(rows) - here - listed), sorted(here & listed)
    if lost or double:
        raise SourceError(
            f"{file}: rows {lost[:5]} are in no measurement and not on the list, {double[:5]} in both; expected each "
            "row in one of the two."
        )


def unused_columns(file: str, table: pd.DataFrame, used: Iterable[str], reasons: dict[str, str], taken: Taken) -> None:
    """List every column that is not taken over, with the reason.

    Parameters
    ----------
    file : str
        Name of the source.
    table : DataFrame
        The source.
    used : iterable of str
        Columns that were read.
    reasons : dict of str to str
        Column, or the end of its name, → why it is left out.
    taken : Taken
        Gets a line per column.

    Raises
    ------
    SourceError
        When a column has no reason.
    """
    for column in table.columns.difference(list(used), sort=False):
        reason = next((text for ending, text in reasons.items() if column.endswith(ending)), None)
        if reason is None:
            raise SourceError(f"{file}: got a column {column!r}; expected one that this script knows.")
        taken.left_out.append((file, 0, column, reason))


def indicator(indicator_id: str, label: str, unit: str, domain: str, **others: object) -> dict[str, object]:
    """Describe an indicator of a package's own.

    Parameters
    ----------
    indicator_id, label, unit, domain : str
        As the schema of indicator says; the label in Dutch.
    **others : object
        Other columns.

    Returns
    -------
    dict
        A row of the table indicator.
    """
    row = {
        "indicator_id": indicator_id, "label_nl": label, "unit": unit, "domain": domain, "result_level": "context",
        "direction": "geen_oordeel", "source_type": "register",
    }  # fmt: skip
    return row | others


def measurements(frame: pd.DataFrame, **constants: Any) -> pd.DataFrame:
    """Complete rows to the table measurement.

    Parameters
    ----------
    frame : DataFrame
        With at least indicator_id, value, period_start and what tells rows apart: area_code or collective_id.
    **constants : Any
        Columns with one value in all rows.

    Returns
    -------
    DataFrame
        With measurement_id, and ``onderdrukt`` where there is no value.
    """
    rows = frame.assign(**constants)
    place = rows["area_code"] if "area_code" in rows else rows["collective_id"]
    ids = rows["indicator_id"] + "-" + place.str.lower() + "-" + rows["period_start"].astype(str).str[:4]
    columns = [one["name"] for one in schema.load("measurement")["fields"] if one["name"] in rows]
    values = rows["value"].astype(object).where(rows["value"].notna(), "onderdrukt")
    return rows[columns].assign(value=values, measurement_id=ids)


def write(taken: Taken, workspace: Workspace, origins: dict[Path, str]) -> Path:
    """Write a package as CSV files with datapackage.json, the list of what was left out, and lines in sources.csv.

    Parameters
    ----------
    taken : Taken
        What to write.
    workspace : Workspace
        Where.
    origins : dict of Path to str
        Files that were read → where they came from.

    Returns
    -------
    Path
        The package's folder.
    """
    folder = workspace.monitoring / taken.name
    resources = []
    for name, rows in taken.tables.items():
        _write_text(folder / f"{name}.csv", rows.to_csv(index=False, lineterminator="\n"))
        resources.append({"name": name, "path": f"{name}.csv", "format": "csv", "encoding": "utf-8"})
    package = {"name": taken.name, "title": taken.title, "resources": resources}
    _write_text(folder / "datapackage.json", json.dumps(package, ensure_ascii=False, indent=2) + "\n")
    beside = workspace.raw / "not_taken" / f"{taken.name}.csv"
    left_out = pd.DataFrame(taken.left_out, columns=LEFT_OUT)
    _write_text(beside, left_out.to_csv(index=False, lineterminator="\n"))
    _record(workspace, origins)
    return folder


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def _record(workspace: Workspace, origins: dict[Path, str]) -> None:
    known = files.read_sources(workspace.sources)
    there = set(zip(known["file"], known["sha256"], strict=True))
    lines = [
        {"file": f"shared/data/collectives/{path.parent.name}/{path.name}", "url": url, "sha256": files.sha256(path)}
        for path, url in origins.items()
    ]
    now = pd.Timestamp.now("UTC").isoformat(timespec="seconds")
    new = [
        {**line, "table": "", "modified": "", "retrieved": now, "licence": "", "rows": 0}
        for line in lines
        if (line["file"], line["sha256"]) not in there
    ]
    files.record(workspace.sources, new)


@functools.cache
def read(path: Path, separator: str = ",") -> pd.DataFrame:
    """Read a CSV file as text, its index the row that a spreadsheet shows.

    Parameters
    ----------
    path : Path
        The file; may be packed with gzip.
    separator : str
        What stands between the columns.

    Returns
    -------
    DataFrame
        All cells are text; an empty cell is missing.

    Raises
    ------
    SourceError
        When the file is not there.
    """
    if not path.is_file():
        raise SourceError(f"{path} is not there; expected the folder of the shared data. Check --shared.")
    table = pd.read_csv(path, sep=separator, dtype="str", encoding="utf-8-sig")
    return table.set_index(pd.RangeIndex(2, len(table) + 2))
