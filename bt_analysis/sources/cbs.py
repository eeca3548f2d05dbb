"""Tables of Statistics Netherlands (CBS): an id comes in, the table as published goes to data/raw and is read back.

``fetch_table`` goes over the network and writes; ``read_table``, from cbs_table.py, reads what was fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import requests

from bt_analysis.settings import CbsSettings, Workspace
from bt_analysis.sources import files, odata
from bt_analysis.sources.cbs_table import ROWS, dimensions, kind, read_set, read_table
from bt_analysis.sources.odata import Record, SourceRejected, SourceUnreachable
from bt_analysis.sources.table import CbsTable

__all__ = [
    "CbsTable",
    "Fetched",
    "SourceRejected",
    "SourceUnreachable",
    "available_kwb",
    "fetch_table",
    "list_tables",
    "read_table",
]

Progress = Callable[[int, int], None]

# A release is new when one of these fields of TableInfos changes.
_RELEASE = ("Modified", "MetaDataModified")
_WHOLE = ("Long", "Integer")


@dataclass(frozen=True)
class Fetched:
    """What a fetch came to.

    Parameters
    ----------
    table_id : str
        Id as CBS writes it.
    folder : Path
        Where the table lies.
    rows : int
        Number of rows.
    modified : str
        CBS's time stamp of the release.
    changed : bool
        False when the newest release was there already.
    """

    table_id: str
    folder: Path
    rows: int
    modified: str
    changed: bool


def list_tables(cbs: CbsSettings) -> pd.DataFrame:
    """List the tables a host has.

    Parameters
    ----------
    cbs : CbsSettings
        Host and patience.

    Returns
    -------
    DataFrame
        One row is a table, with the fields of TableInfos (``Identifier, Title, Period, Modified``, …).

    Raises
    ------
    SourceUnreachable
        When the host gives no usable answer.
    """
    return pd.DataFrame(odata.catalogue(cbs))


def fetch_table(table_id: str, workspace: Workspace, cbs: CbsSettings, progress: Progress | None = None) -> Fetched:
    """Bring the newest release of a table with its metadata into data/raw/cbs, unless it is there.

    Parameters
    ----------
    table_id : str
        Id such as ``84799NED``; capitals do not matter.
    workspace : Workspace
        Gets ``data/raw/cbs/<table>/`` and a line per file in ``data/raw/sources.csv``.
    cbs : CbsSettings
        Host, patience, and the licence to record.
    progress : callable, optional
        Called after every page with the rows so far and the rows in all.

    Returns
    -------
    Fetched
        ``changed`` is False when nothing had to be downloaded.

    Raises
    ------
    SourceRejected
        When the table is unknown or what came is incomplete; the copy that was there stays.
    SourceUnreachable
        When the host gives no usable answer; the copy that was there stays.

    Notes
    -----
    Up to date means: TableInfos has the same time stamps, and every file has the sha256 in sources.csv.
    Otherwise everything is fetched and checked first (rows = RecordCount, keys unique), then replaced.
    """
    info = _info(table_id, cbs)
    table_id, modified = info["Identifier"].strip(), str(info["Modified"])
    folder = workspace.raw / "cbs" / table_id
    files.restore_folder(folder)
    if _is_current(folder, info, workspace.sources):
        return Fetched(table_id, folder, int(info["RecordCount"]), modified, changed=False)
    sets, rows = _download(info, cbs, progress)
    files.replace_folder(folder, lambda new: _write(new, sets, rows))
    retrieved = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    counts = {f"{name}.json": len(records) for name, records in sets.items()} | {f"{ROWS}.parquet": len(rows)}
    lines = [
        {
            "file": f"cbs/{table_id}/{file}",
            "url": odata.feed_url(table_id, file.partition(".")[0], cbs),
            "table": table_id,
            "modified": modified,
            "retrieved": retrieved,
            "licence": cbs.licence,
            "sha256": files.sha256(folder / file),
            "rows": count,
        }
        for file, count in counts.items()
    ]
    files.record(workspace.sources, lines, folder=f"cbs/{table_id}")
    return Fetched(table_id, folder, len(rows), modified, changed=True)


def available_kwb(workspace: Workspace, cbs: CbsSettings) -> dict[int, Path]:
    """Tell which years of *Kerncijfers wijken en buurten* are fetched.

    Parameters
    ----------
    workspace : Workspace
        Where to look.
    cbs : CbsSettings
        ``kwb_tables`` names the table of each year.

    Returns
    -------
    dict
        Year → folder of that year's table, oldest first.
    """
    folders = {year: workspace.raw / "cbs" / table for year, table in sorted(cbs.kwb_tables.items())}
    return {year: folder for year, folder in folders.items() if (folder / f"{ROWS}.parquet").exists()}


def _info(table_id: str, cbs: CbsSettings) -> Record:
    if not re.fullmatch(r"[0-9A-Za-z]+", table_id):
        raise SourceRejected(f"table id: got {table_id!r}; expected letters and digits, as in 84799NED. Mend the id.")
    found = odata.metadata(table_id, "TableInfos", cbs)
    names = [str(one.get("Identifier")).strip() for one in found]
    if [name.casefold() for name in names] != [table_id.casefold()]:
        raise SourceRejected(
            f"table {table_id}: {cbs.base_url} answered with information on {names}; expected this table. Check the id."
        )
    return found[0]


def _is_current(folder: Path, info: Record, sources_csv: Path) -> bool:
    listed = files.read_sources(sources_csv)
    listed = listed[listed["file"].str.startswith(f"cbs/{folder.name}/")]
    known = {sources_csv.parent / file: digest for file, digest in zip(listed["file"], listed["sha256"], strict=True)}
    if folder / f"{ROWS}.parquet" not in known:
        return False
    if any(not path.exists() or files.sha256(path) != digest for path, digest in known.items()):
        return False
    before = read_set(folder, "TableInfos")[0]
    return all(before.get(field) == info.get(field) for field in _RELEASE)


def _download(
    info: Record, cbs: CbsSettings, progress: Progress | None
) -> tuple[dict[str, list[Record]], pd.DataFrame]:
    table_id = info["Identifier"].strip()
    sets = {name: odata.metadata(table_id, name, cbs) for name in ("DataProperties", "CategoryGroups")}
    with odata.open_session(cbs) as session:
        for dimension in dimensions(sets["DataProperties"]):
            sets[dimension] = [one for page in odata.pages(session, table_id, dimension, cbs) for one in page]
            _refuse_repeated(pd.DataFrame(sets[dimension], columns=["Key"]), table_id, dimension)
        rows = _rows(session, info, sets["DataProperties"], cbs, progress)
    _refuse_repeated(rows[dimensions(sets["DataProperties"])], table_id, ROWS)
    if any(_info(table_id, cbs).get(field) != info.get(field) for field in _RELEASE):
        raise SourceRejected(f"table {table_id}: got parts of two releases; expected one. Fetch again.")
    return {"TableInfos": [info], **sets}, rows


def _rows(
    session: requests.Session, info: Record, properties: list[Record], cbs: CbsSettings, progress: Progress | None
) -> pd.DataFrame:
    table_id, promised = info["Identifier"].strip(), info.get("RecordCount") or 0
    datatypes = {one["Key"]: one.get("Datatype") for one in properties if kind(one) == "Topic"}
    datatypes |= dict.fromkeys(dimensions(properties), "String")
    parts, got = [pd.DataFrame(columns=["ID", *datatypes])], 0
    for page in odata.pages(session, table_id, ROWS, cbs):
        if page:
            parts.append(_typed(pd.DataFrame(page), datatypes, table_id))
        got += len(page)
        if progress:
            progress(got, promised)
        if got > promised:
            break
    if got != promised:
        raise SourceRejected(
            f"table {table_id}: got {got} rows{' or more' * (got > promised)}; expected RecordCount = {promised}. "
            "CBS may be publishing it at this moment: fetch again later."
        )
    rows = pd.concat(parts[1:] or parts, ignore_index=True)
    # A column that is called Long but holds a fraction keeps it.
    whole = [key for key in rows if datatypes.get(key, "Long") in _WHOLE and (rows[key].dropna() % 1 == 0).all()]
    return rows.astype(dict.fromkeys(whole, "Int64"))


def _typed(page: pd.DataFrame, datatypes: dict[str, str | None], table_id: str) -> pd.DataFrame:
    missing = [key for key in datatypes if key not in page]
    if missing:
        raise SourceRejected(
            f"table {table_id}: got rows without {', '.join(missing[:3])}; expected every column of DataProperties. "
            "CBS may be publishing it at this moment: fetch again later."
        )
    columns: dict[str, pd.Series] = {}
    for key, values in page.items():
        try:
            text = datatypes.get(str(key)) == "String"
            columns[str(key)] = values.astype("str") if text else pd.to_numeric(values).astype("Float64")
        except (ValueError, TypeError) as problem:
            raise SourceRejected(
                f"table {table_id}, column {key}: got a text ({problem}); expected numbers, as DataProperties says. "
                "Report the table: it cannot be read without guessing."
            ) from problem
    return pd.DataFrame(columns)


def _refuse_repeated(keys: pd.DataFrame, table_id: str, name: str) -> None:
    repeated = keys[keys.duplicated()]
    if len(repeated):
        first = " × ".join(str(value) for value in repeated.iloc[0])
        raise SourceRejected(
            f"table {table_id}, {name}: got {len(repeated)} keys twice, first {first!r}; expected each once. "
            "CBS may be publishing it at this moment: fetch again later."
        )


def _write(folder: Path, sets: dict[str, list[Record]], rows: pd.DataFrame) -> None:
    # The folder has another name until it is complete, so its files need no temporary names of their own.
    for name, records in sets.items():
        (folder / f"{name}.json").write_text(json.dumps(records, ensure_ascii=False, indent=1), encoding="utf-8")
    rows.to_parquet(folder / f"{ROWS}.parquet", index=False)
