"""Tables of Statistics Netherlands (CBS): an id comes in, the table as published goes to data/raw and is read back.

``fetch_table`` goes over the network and writes; ``read_table``, from cbs_table.py, reads what was fetched. A table is
fetched into a folder beside its place, ``.partial.<table>``, and takes its place when it is complete and checked.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis.indicators import family_of
from bt_analysis.settings import CbsSettings, Workspace
from bt_analysis.sources import cached, csv_bulk, files, odata, odata4
from bt_analysis.sources.backend import BackEnd, Progress, Release, Selection, Wanted
from bt_analysis.sources.cbs_table import RELEASE, read_key, read_table
from bt_analysis.sources.downloaded_file import NOTE
from bt_analysis.sources.http import Client
from bt_analysis.sources.memory import given_back
from bt_analysis.sources.patience import SourceRejected, SourceUnreachable
from bt_analysis.sources.table import CbsTable

__all__ = [
    "BACK_ENDS",
    "CbsTable",
    "Fetched",
    "SourceRejected",
    "SourceUnreachable",
    "Wanted",
    "available_kwb",
    "fetch_table",
    "fetch_tables",
    "list_tables",
    "read_table",
]

BACK_ENDS: dict[str, Callable[[str, Selection], BackEnd]] = {
    "odata3": odata.OData3,
    "odata4": odata4.OData4,
    "csv": csv_bulk.CsvBulk,
}
"""Ways to get a table: name → what makes a back end of a host and a selection."""

_TABLES_AT_ONCE = 2  # while one table is put together, the next one comes in; all share the places of one client
_sources_csv_in_use = threading.Lock()


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


def fetch_table(
    wanted: str | Wanted,
    workspace: Workspace,
    cbs: CbsSettings,
    progress: Progress | None = None,
    client: Client | None = None,
) -> Fetched:
    """Bring the newest release of a table with its metadata into data/raw/cbs, unless it is there.

    Parameters
    ----------
    wanted : str or Wanted
        Id such as ``84799NED``, capitals do not matter; or an id with its host, back end or selection.
    workspace : Workspace
        Gets ``data/raw/cbs/<table>/`` and a line per file in ``data/raw/sources.csv``.
    cbs : CbsSettings
        Hosts, patience, and the licence to record of a table that belongs to no family.
    progress : callable, optional
        Called after every page with the rows so far and the rows in all.
    client : Client, optional
        One that is in use already; otherwise one is made.

    Returns
    -------
    Fetched
        ``changed`` is False when nothing had to be downloaded.

    Raises
    ------
    SourceRejected
        When the table is unknown or what came is incomplete; the copy that was there stays.
    SourceUnreachable
        When the host gives no usable answer; the copy that was there stays, and what arrived of the new one is
        waiting for the next run.

    Notes
    -----
    Up to date means: the host announces the same time stamps, and every file has the sha256 in sources.csv.
    Otherwise what is lacking is fetched and checked first (rows as promised, keys unique, still the same release at
    the end), then takes the place of what was there.
    """
    wanted = Wanted(wanted) if isinstance(wanted, str) else wanted
    root = cbs.root(wanted.back_end, wanted.host)
    back_end = BACK_ENDS[wanted.back_end](root, wanted.where)
    with given_back(), nullcontext(client) if client else Client(cbs) as asking:
        expected = cached.folder_of(wanted.table_id, wanted.where, workspace)
        if not expected.exists() and not _staging_of(expected).exists():
            back_end.expect(wanted.table_id, asking)
        release = back_end.release(wanted.table_id, asking)
        key = cached.key(wanted, release, root)
        folder = cached.folder_of(release.table_id, wanted.where, workspace)
        files.restore_folder(folder)
        found = cached.current(folder, key, workspace)
        if found:
            return Fetched(release.table_id, folder, found.rows, release.modified, changed=False)
        staging = _staging(folder, key)
        try:
            counts = back_end.download(release, asking, staging, progress)
            _refuse_another(release, back_end.release(wanted.table_id, asking))
        except SourceRejected:
            # What is not right now will not be right next time: begin anew then.
            shutil.rmtree(staging)
            raise
    _publish(staging, folder, counts, release, back_end, workspace, cbs)
    rows = sum(count for file, count in counts.items() if file.endswith(".parquet"))
    return Fetched(release.table_id, folder, rows, release.modified, changed=True)


def fetch_tables(
    tables: Iterable[str | Wanted],
    workspace: Workspace,
    cbs: CbsSettings,
    progress: Callable[[str], Progress] | None = None,
) -> Iterator[Fetched | SourceRejected]:
    """Fetch tables through one client, each as :func:`fetch_table` does.

    Parameters
    ----------
    tables : iterable of str or Wanted
        What to fetch.
    workspace, cbs
        As in :func:`fetch_table`.
    progress : callable, optional
        Gets the id of a table and returns what is told of its progress.

    Yields
    ------
    Fetched or SourceRejected
        In the order of ``tables``: what a fetch came to, or why a table was refused; the others go on. One that is
        named twice, as ``84799NED`` and ``84799ned``, is fetched once.

    Raises
    ------
    SourceUnreachable
        When a host gives no usable answer; the tables that were not begun are not asked for.
    """
    named = [Wanted(one) if isinstance(one, str) else one for one in tables]
    # Two threads must never bring the same table together in the same folder.
    wanted = {cached.folder_of(one.table_id.casefold(), one.where, workspace): one for one in named}.values()
    with Client(cbs) as client, ThreadPoolExecutor(_TABLES_AT_ONCE) as threads:

        def fetch(one: Wanted) -> Fetched | SourceRejected:
            try:
                return fetch_table(one, workspace, cbs, progress and progress(one.table_id), client)
            except SourceRejected as problem:
                return problem

        try:
            yield from threads.map(fetch, wanted)
        except (KeyboardInterrupt, GeneratorExit):
            client.stop()  # otherwise the program waits for the whole table that is coming in
            raise
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def available_kwb(workspace: Workspace, cbs: CbsSettings) -> dict[int, Path]:
    """Tell which years of *Kerncijfers wijken en buurten* are fetched, or were imported from downloads.

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
    # A download that was imported stays in its own form; NOTE says which.
    return {
        year: folder for year, folder in folders.items() if any(folder.glob("*.parquet")) or (folder / NOTE).exists()
    }


def _refuse_another(release: Release, now: Release) -> None:
    if now != release:
        raise SourceRejected(f"table {release.table_id}: got parts of two releases; expected one. Fetch again.")


def _staging_of(folder: Path) -> Path:
    return folder.with_name(f".partial.{folder.name}")


def _staging(folder: Path, key: dict[str, Any]) -> Path:
    """Return the folder in which a release is brought together; what is in it of another release is removed."""
    staging = _staging_of(folder)
    if staging.exists() and read_key(staging) != key:
        shutil.rmtree(staging)
    staging.mkdir(parents=True, exist_ok=True)
    text = json.dumps(key, ensure_ascii=False, indent=1)
    files.write_atomically(staging / RELEASE, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return staging


def _publish(
    staging: Path,
    folder: Path,
    counts: dict[str, int],
    release: Release,
    back_end: BackEnd,
    workspace: Workspace,
    cbs: CbsSettings,
) -> None:
    """Put a complete table in its place, with its lines in sources.csv."""
    retrieved = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [
        {
            "file": f"cbs/{folder.name}/{file}",
            "url": back_end.url(release.table_id, file),
            "table": release.table_id,
            "modified": release.modified,
            "retrieved": retrieved,
            "licence": (family_of(release.table_id) or cbs).licence,
            "sha256": files.sha256(staging / file),
            "rows": count,
        }
        for file, count in counts.items()
    ]
    for path in staging.iterdir():
        if path.name not in (*counts, RELEASE):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    # Lines first: a run that is cut off between the two finds the table complete beside its place, and moves it.
    with _sources_csv_in_use:
        files.record(workspace.sources, lines, folder=f"cbs/{folder.name}")
    files.take_place(staging, folder)
