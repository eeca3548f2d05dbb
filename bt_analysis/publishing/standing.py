"""Whether what may leave lies there already: a workspace and a day in; yes when no file moved since it was written out.

Reading no file but one, this costs the same hundredths of a second however much was released.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from bt_analysis.publishing.resting import package_hash
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources.files import write_atomically

_DECIDING = ("joined/collective", "analysed/collectives", "analysed/refused")
"""Tables that say for whom reports are released, and what the indexes tell of collectives."""


def stands(workspace: Workspace, settings: Settings, today: dt.date) -> bool:
    """Tell whether the folders of what may leave and the indexes would be written as they are.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.
    settings : Settings
        That the indexes depend on.
    today : date
        The day: consents end, and first looks too.

    Returns
    -------
    bool
        False when nobody wrote down that they stood, on this day or before.
    """
    try:
        told = json.loads(_path(workspace).read_text(encoding="utf-8"))
        on, until, state = dt.date.fromisoformat(told["on"]), str(told["until"]), str(told["state"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    holds = on <= today and (not until or today.isoformat() < until)
    return holds and state == _state(workspace, settings)


def note(workspace: Workspace, settings: Settings, today: dt.date, until: dt.date | None) -> None:
    """Write down that everything stands.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.
    settings : Settings
        The same.
    today : date
        The day it was written.
    until : date, optional
        First day on which something else may leave though no file changes.
    """
    told = {"on": today.isoformat(), "until": until.isoformat() if until else "", "state": _state(workspace, settings)}
    text = json.dumps(told, indent=1) + "\n"
    write_atomically(_path(workspace), lambda temporary: temporary.write_text(text, encoding="utf-8"))


def _state(workspace: Workspace, settings: Settings) -> str:
    """Make one hash of the size and time of every file that decides what leaves, and that left."""
    digest = hashlib.sha256(settings.model_dump_json().encode() + package_hash().encode())
    # The summary of each run says when it was; this module's own file and what it says cannot be in itself.
    told_of_runs = {workspace.reports / "run.json", workspace.reports / "report.json", _path(workspace)}
    for folder in (workspace.reports, workspace.root / "data" / "bundles"):
        for path, stat in _files(folder):
            if path not in told_of_runs:
                digest.update(f"{path.relative_to(workspace.root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    for name in _DECIDING:
        path = workspace.processed / f"{name}.parquet"
        there = path.stat() if path.exists() else None
        digest.update(f"{name} {there and (there.st_size, there.st_mtime_ns)}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield every file below a folder, in the same order on every machine."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        else:
            yield Path(entry.path), entry.stat(follow_symlinks=False)


def _path(workspace: Workspace) -> Path:
    return workspace.reports / "released" / "standing.json"
