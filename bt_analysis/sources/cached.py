"""What was fetched before: a wanted table comes in, the folder it lies in and how old that is go out.

``Release.json`` in that folder is the key of the copy: host, table, release and selection. A copy is used only when it
is whole: every file has the sha256 that sources.csv gives for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bt_analysis.settings import Workspace
from bt_analysis.sources import files
from bt_analysis.sources.backend import Release, Selection, Wanted
from bt_analysis.sources.cbs_table import read_key


@dataclass(frozen=True)
class Cached:
    """A table that lies in data/raw.

    Parameters
    ----------
    folder : Path
        Where.
    rows : int
        How many.
    modified : str
        CBS's time stamp of the release.
    retrieved : str
        When it was fetched, as in sources.csv (UTC).
    """

    folder: Path
    rows: int
    modified: str
    retrieved: str

    def days(self, now: datetime) -> int:
        """Return how many days ago it was fetched.

        Parameters
        ----------
        now : datetime
            With its time zone.

        Returns
        -------
        int
            Whole days.
        """
        return (now - datetime.fromisoformat(self.retrieved).astimezone(UTC)).days


def key(wanted: Wanted, release: Release, root: str) -> dict[str, Any]:
    """Return what tells one copy from another.

    Parameters
    ----------
    wanted : Wanted
        Table and selection.
    release : Release
        As announced.
    root : str
        The host that was asked; its port does not count, because a host on this machine takes any.

    Returns
    -------
    dict
        The content of Release.json.
    """
    return {
        "back_end": wanted.back_end,
        "host": urlsplit(root).hostname,
        "table_id": release.table_id,
        "modified": release.modified,
        "metadata_modified": release.metadata_modified,
        "where": _sorted(wanted.where),
    }


def folder_of(table_id: str, where: Selection, workspace: Workspace) -> Path:
    """Return where a table, or a selection of it, lies.

    Parameters
    ----------
    table_id : str
        As its host writes it.
    where : mapping
        The selection; empty: the whole table.
    workspace : Workspace
        Whose.

    Returns
    -------
    Path
        ``data/raw/cbs/84799NED``; of a selection ``data/raw/cbs/47018NED.3f2a90c1``.
    """
    name = table_id
    if where:
        name += "." + hashlib.sha256(json.dumps(_sorted(where)).encode()).hexdigest()[:8]
    return workspace.raw / "cbs" / name


def _sorted(where: Selection) -> dict[str, list[str]]:
    return {dimension: sorted(set(where[dimension])) for dimension in sorted(where)}


def current(folder: Path, wanted_key: Mapping[str, Any], workspace: Workspace) -> Cached | None:
    """Return a copy when it is whole, and of this release.

    Parameters
    ----------
    folder : Path
        From :func:`folder_of`.
    wanted_key : mapping
        From :func:`key`.
    workspace : Workspace
        Whose.

    Returns
    -------
    Cached or None
        None when anything differs.
    """
    return _whole(folder, workspace) if read_key(folder) == wanted_key else None


def find(wanted: Wanted, workspace: Workspace) -> Cached | None:
    """Look for a whole copy, of whatever release.

    Parameters
    ----------
    wanted : Wanted
        Table and selection.
    workspace : Workspace
        Where to look.

    Returns
    -------
    Cached or None
        None when there is none that can be used.
    """
    folder = folder_of(wanted.table_id, wanted.where, workspace)
    files.restore_folder(folder)
    same = (one for one in folder.parent.glob("*") if one.name.casefold() == folder.name.casefold())
    return _whole(next(same, folder), workspace)


def _whole(folder: Path, workspace: Workspace) -> Cached | None:
    listed = files.read_sources(workspace.sources)
    lines = listed[listed["file"].str.startswith(f"cbs/{folder.name}/")]
    known = list(zip(lines["file"], lines["sha256"], strict=True))
    # The time and size of a file are no proof of what is in it; reading 100 MB takes a tenth of a second.
    if not known or any(not (workspace.raw / file).exists() for file, _ in known):
        return None
    if any(files.sha256(workspace.raw / file) != digest for file, digest in known):
        return None
    rows = lines[lines["file"].str.endswith(".parquet")]["rows"].astype(int).sum()
    return Cached(folder, int(rows), lines["modified"].iloc[0], lines["retrieved"].iloc[0])
