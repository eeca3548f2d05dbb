"""The last good version of a delivery: files that passed all checks go in; they come out again when newer ones fail.

They lie in ``.accepted/<collective>/`` in the folder of the collective itself, so that who takes that folder away takes
everything away. Beside them ``accepted.json`` says since when, and the SHA-256 of each file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bt_analysis.sources.files import replace_folder, restore_folder, sha256

ACCEPTED = ".accepted"
"""Name of the folder, inside that of the collective."""

NOTE = "accepted.json"

_OWN_FOLDERS = (ACCEPTED, f".new.{ACCEPTED}", f".old.{ACCEPTED}")
_LARGEST_MB = 500


class AcceptanceError(ValueError):
    """A delivery cannot be kept as accepted; the message says why and what to do."""


@dataclass(frozen=True)
class Accepted:
    """The version of a delivery that was accepted last.

    Parameters
    ----------
    folder : Path
        Holds the files as they were delivered; it has the name of the collective.
    accepted_on : str
        Date as 2026-11-25: since when these files are the accepted ones.
    """

    folder: Path
    accepted_on: str


def fingerprints(files: Iterable[Path]) -> dict[Path, str]:
    """Return the SHA-256 of each file, to know later that it is still the one that was read.

    Parameters
    ----------
    files : iterable of Path
        Files of a delivery.

    Returns
    -------
    dict of Path to str
        Without links, and without files that are larger than any delivery needs: those are refused.
    """
    real = [path for path in files if not path.is_symlink()]
    return {path: sha256(path) for path in real if path.stat().st_size <= _LARGEST_MB * 1e6}


def keep(folder: Path, files: Mapping[Path, str]) -> None:
    """Keep these files as the accepted version, whole or not at all.

    Parameters
    ----------
    folder : Path
        Folder of the collective.
    files : Mapping of Path to str
        Files in it, and the SHA-256 that each had when it was read.

    Raises
    ------
    AcceptanceError
        When a file lies outside the folder, is a link to somewhere else, or has changed since it was read. What was
        accepted before stays.
    OSError
        When the disk refuses.

    Notes
    -----
    The files are copied to a folder beside the old version, which then takes its place; :func:`last` puts back the
    old version when a run was cut off in between. Nothing is written when these very files are accepted already, so
    that the date stays the day on which they were.
    """
    if folder.is_symlink():
        raise AcceptanceError(f"{folder} is a link; expected a folder of its own. Move the files to {folder.name}.")
    inside = {_inside(folder, path): digest for path, digest in files.items()}
    _without_links(folder)
    if _digests(folder) == inside and last(folder) is not None:
        return

    def fill(new: Path) -> None:
        for name, digest in inside.items():
            _copy(folder / name, new / folder.name / name, digest)
        today = dt.datetime.now(ZoneInfo("Europe/Amsterdam")).date().isoformat()
        note = {"accepted_on": today, "files": inside}
        _write(new / NOTE, json.dumps(note, ensure_ascii=False, indent=1, sort_keys=True).encode())

    replace_folder(folder / ACCEPTED, fill)


def forget(folder: Path) -> None:
    """Remove the accepted version of a delivery that was taken back.

    Parameters
    ----------
    folder : Path
        Folder of the collective; it may be gone, or hold no accepted version.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    if folder.is_symlink() or not folder.is_dir():
        return
    _without_links(folder)
    for name in _OWN_FOLDERS:
        if (folder / name).exists():
            shutil.rmtree(folder / name)


def last(folder: Path) -> Accepted | None:
    """Return the accepted version of a delivery.

    Parameters
    ----------
    folder : Path
        Folder of the collective.

    Returns
    -------
    Accepted or None
        None when nothing was accepted, or when the copy is not what its note says.
    """
    kept = folder / ACCEPTED
    if folder.is_symlink() or kept.is_symlink():
        return None
    # A run that was cut off while it put a new version in place left the old one aside.
    if folder.is_dir():
        restore_folder(kept)
    noted = _digests(folder)
    own = kept / folder.name
    if not noted or own.is_symlink() or not all(_is_whole(own, name, digest) for name, digest in noted.items()):
        return None
    return Accepted(own, str(_note(folder)["accepted_on"]))


def _digests(folder: Path) -> dict[str, str]:
    files = _note(folder).get("files")
    return files if isinstance(files, dict) else {}


def _note(folder: Path) -> dict[str, Any]:
    path = folder / ACCEPTED / NOTE
    try:
        note = json.loads(path.read_text(encoding="utf-8")) if not path.is_symlink() else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return note if isinstance(note, dict) and isinstance(note.get("accepted_on"), str) else {}


def _is_whole(own: Path, name: str, digest: object) -> bool:
    path = own / name
    if not _is_plain(name) or not path.is_file() or _is_linked(own, path):
        return False
    return sha256(path) == digest


def _inside(folder: Path, path: Path) -> str:
    """Return the path from the folder to a file in it, with forward slashes."""
    if not path.is_relative_to(folder) or not _is_plain(path.relative_to(folder).as_posix()):
        raise AcceptanceError(f"{path} lies outside {folder}; expected a file in that folder. Move it there.")
    if _is_linked(folder, path):
        raise AcceptanceError(f"{path} is a link to another file; expected the file itself. Copy it to {folder}.")
    return path.relative_to(folder).as_posix()


def _is_plain(name: str) -> bool:
    """Return whether a path goes down only, past no hidden folder."""
    return bool(name) and not name.startswith("/") and not any(part.startswith(".") for part in name.split("/"))


def _is_linked(folder: Path, path: Path) -> bool:
    """Return whether a file, or a folder on the way to it, is a link."""
    here = [path, *path.parents][: len(path.relative_to(folder).parts)]
    return any(one.is_symlink() for one in here)


def _copy(source: Path, target: Path, digest: str) -> None:
    """Copy a file that still is what it was."""
    # The open itself refuses a link, so that none can be put there after the look.
    opened = os.open(source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(opened, "rb") as file:
        content = file.read() if stat.S_ISREG(os.fstat(opened).st_mode) else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise AcceptanceError(
            f"{source} changed while it was checked; expected the file that was read. Check it again."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(target, content)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _without_links(folder: Path) -> None:
    """Take away links in the place of what this module makes; what they point at is left alone."""
    for name in _OWN_FOLDERS:
        if (folder / name).is_symlink():
            (folder / name).unlink()
