"""A folder of downloaded files: what StatLine, CBS's site or a colleague gave goes in; canonical tables come out.

The fourth way to CBS's tables, beside OData v3, v4 and the CSV archive. A file is read right or refused with the
reason, and a file whose figures contradict its name is noticed.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bt_analysis.settings import Workspace
from bt_analysis.sources import files
from bt_analysis.sources.contradictions import judge
from bt_analysis.sources.download_survey import (
    Outcome,
    contradiction,
    fetched_tables,
    outcomes,
    survey_table,
    witnesses,
)
from bt_analysis.sources.downloaded_file import NOTE, read, take
from bt_analysis.sources.plain_files import DownloadRefused
from bt_analysis.sources.table import CbsTable

__all__ = ["DownloadRefused", "import_folder", "read", "read_download", "register", "survey"]


def read_download(
    path: Path,
    table_id: str | None = None,
    year: int | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    fetched: Path | None = None,
) -> CbsTable:
    """Read one downloaded file as a canonical table.

    Parameters
    ----------
    path : Path
        A CSV of OData or StatLine, one that R wrote, kwb-YYYY.xlsx, the attributes (.dbf) of a CBS map, Parquet, or
        JSON ``{code: {key: figure}}``.
    table_id, year : str and int, optional
        What it is; without them its periods and its name are believed. Who names one of them answers for it.
    columns : mapping of str to str, optional
        Column of the file → topic by CBS's name or label (``{"Population_Total": "AantalInwoners"}``), ``""`` to leave
        a column out; for files whose columns somebody renamed.
    fetched : Path, optional
        ``data/raw/cbs`` with fetched tables, whose figures and metadata the file is held against; by default the one
        of the workspace that the file lies in.

    Returns
    -------
    CbsTable
        Keys of the properties are the names of the columns in the file; ``modified`` is empty, as a file does not say
        which release it holds.

    Raises
    ------
    DownloadRefused
        When the file cannot be read for sure, or its figures contradict its name and the caller named no year.

    Notes
    -----
    The other files of its folder are no witnesses here; :func:`survey` and :func:`import_folder` hear them too.
    """
    tables = fetched_tables(fetched or _neighbour(path))
    download = take(path, table_id=table_id, year=year, columns=columns, fetched=tables)
    verdict = judge(download.table, witnesses(tables), download.claim.doubts)
    if verdict.kind == "contradicted" and not download.claim.explicit:
        raise DownloadRefused(contradiction(path, download, verdict))
    return download.table


def survey(folder: Path, fetched: Path | None = None) -> pd.DataFrame:
    """List what the files of a folder are, and hold them against each other and against fetched tables.

    Parameters
    ----------
    folder : Path
        Searched with its subfolders, for files of the forms that :func:`read_download` reads.
    fetched : Path, optional
        As in :func:`read_download`.

    Returns
    -------
    DataFrame
        One row is a file: ``file, sha256``; ``form`` it was taken for; ``table_id, year, rows, columns``; ``verdict``
        ``read`` or ``refused``; ``claim`` ``confirmed``, ``contradicted`` or ``not verified``; and in ``reason`` the
        evidence and what was left out, or why it was refused.

    Raises
    ------
    DownloadRefused
        When there is no such folder.
    """
    return survey_table(folder, outcomes(folder, fetched_tables(fetched or _neighbour(folder / "file"))))


def import_folder(folder: Path, workspace: Workspace) -> pd.DataFrame:
    """Put the readable KWB tables of a folder into a workspace as raw tables.

    Parameters
    ----------
    folder : Path
        Files as they were downloaded.
    workspace : Workspace
        Where to. A table that was fetched from CBS is never replaced; of more files of one table the one with most
        rows is taken.

    Returns
    -------
    DataFrame
        As :func:`survey`, with a column ``imported``: the folder under ``data/raw``, or why there is none.

    Raises
    ------
    DownloadRefused
        When there is no such folder.
    OSError
        When the disk refuses.

    Notes
    -----
    ``data/raw/cbs/<table>/`` then holds the file as it came and ``download.json``, which :func:`read` reads.
    """
    found = outcomes(folder, fetched_tables(workspace.raw / "cbs"))
    largest: dict[str, Outcome] = {}
    for one in sorted(found, key=_size, reverse=True):
        if one.table is not None and one.download and one.download.claim.is_kwb:
            largest.setdefault(one.table.table_id, one)
    places = [_import(one, workspace, largest) for one in found]
    return survey_table(folder, found).assign(imported=places)


def register(workspace: Workspace, path: Path, url: str = "", licence: str = "", table: str = "") -> None:
    """Record a downloaded file in sources.csv, so that a figure can be traced to it.

    Parameters
    ----------
    workspace : Workspace
        Its ``data/raw/sources.csv`` gets the line.
    path : Path
        The file, under ``data/raw``; by habit in ``data/raw/downloads/``.
    url, licence, table : str
        Where it came from, under which licence, and the id of the table, as far as they are known.

    Raises
    ------
    DownloadRefused
        When the file does not lie under ``data/raw``.

    Notes
    -----
    How: put the file in ``data/raw/downloads/`` and call ``register(workspace, path, url="https://…", licence="CC BY
    4.0, bron: CBS")`` once. A second call replaces the line. ``retrieved`` is the time of the file on disk, as a copy
    by hand keeps no other; ``rows`` stays empty, as a file need not be a table.
    """
    raw = workspace.raw.resolve()
    if not path.resolve().is_relative_to(raw):
        raise DownloadRefused(f"{path}: got a file outside {raw}; expected one in it. Copy it to {raw / 'downloads'}.")
    line = _source(path, url=url, licence=licence, table=table)
    files.record(workspace.raw / "sources.csv", [line | {"file": path.resolve().relative_to(raw).as_posix()}])


def _source(path: Path, *, url: str = "", licence: str = "", table: str, rows: int | str = "") -> dict[str, object]:
    moment = dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC).isoformat(timespec="seconds")
    known: dict[str, object] = {"url": url, "licence": licence, "table": table, "rows": rows, "modified": ""}
    return known | {"retrieved": moment, "sha256": files.sha256(path)}


def _size(one: Outcome) -> tuple[int, int]:
    return (len(one.table.rows), len(one.table.properties)) if one.table is not None else (0, 0)


def _import(one: Outcome, workspace: Workspace, largest: Mapping[str, Outcome]) -> str:
    """Copy one file to its raw folder; return the place, or why it was left."""
    if one.table is None:
        return "not imported: refused"
    table_id = one.table.table_id
    if table_id not in largest:
        return "not imported: no table of KWB"
    if largest[table_id] is not one:
        return f"not imported: {largest[table_id].path.name} has more of {table_id}"
    folder = workspace.raw / "cbs" / table_id
    if folder.exists() and not (folder / NOTE).exists():
        return f"not imported: {table_id} was fetched from CBS"
    _copy(one.path, folder, one.table)
    place = f"cbs/{table_id}"
    line = _source(one.path, table=table_id, rows=len(one.table.rows)) | {"file": f"{place}/{one.path.name}"}
    files.record(workspace.raw / "sources.csv", [line], folder=place)
    return place


def _copy(path: Path, folder: Path, table: CbsTable) -> None:
    note = {"file": path.name, "table_id": table.table_id, "year": table.year, "sha256": files.sha256(path)}

    def fill(new: Path) -> None:
        shutil.copyfile(path, new / path.name)
        (new / NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")

    files.replace_folder(folder, fill)


def _neighbour(path: Path) -> Path | None:
    """Return data/raw/cbs of the workspace that a file lies in."""
    raw = next((folder for folder in path.resolve().parents if folder.name == "raw"), None)
    return raw / "cbs" if raw else None
