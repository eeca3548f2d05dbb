"""A data version that stays the same: files in; their checksums, and what differs from them later, out.

The list has the form of ``sha256sum``, so that who has no workbench can check it too: ``sha256sum -c SHA256SUMS``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bt_analysis.sources.files import sha256
from bt_analysis.thesis.errors import Fault

LIST = "SHA256SUMS"
"""File with a line per data file: its checksum and name."""

DIGITS = 12
"""Digits of a data version as people read it."""

_LINE = re.compile(r"(?P<sum>[0-9a-f]{64})  (?P<name>[\w.-]+)")
_LEAVE = "The data version is fixed: put back the file as it was made, or start a new thesis with the new data"


def listed(files: Mapping[str, bytes]) -> str:
    """Write the list of checksums.

    Parameters
    ----------
    files : mapping of str to bytes
        Data files by name.

    Returns
    -------
    str
        A line per file, in order of the names.
    """
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def version(list_of_sums: str) -> str:
    """Name a data version after its content.

    Parameters
    ----------
    list_of_sums : str
        As :func:`listed` gives it.

    Returns
    -------
    str
        The first digits of the SHA-256 of the list: other data have another version.
    """
    return hashlib.sha256(list_of_sums.encode()).hexdigest()[:DIGITS]


def faults(folder: Path, expected_version: str) -> Iterator[Fault]:
    """Compare data files with their list, and the list with the version that the thesis names.

    Parameters
    ----------
    folder : Path
        Folder with the data and their list.
    expected_version : str
        Version that the thesis was started with.

    Yields
    ------
    Fault
        For every file that is missing, changed or added.
    """
    place, here = folder.name, folder / LIST
    if not here.is_file():
        yield Fault(f"{place}/{LIST}", "no such file", "the list of checksums of the data", _LEAVE)
        return
    text = here.read_text(encoding="utf-8", errors="replace")
    if version(text) != expected_version:
        yield Fault(f"{place}/{LIST}", f"data version {version(text)}", expected_version, _LEAVE)
        return
    sums = {match["name"]: match["sum"] for match in map(_LINE.fullmatch, text.splitlines()) if match}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()} - {LIST}
    for name in sorted(sums.keys() - there):
        yield Fault(f"{place}/{name}", "no such file", "the file of this data version", _LEAVE)
    for name in sorted(sums.keys() & there):
        found = sha256(folder / name)
        if found != sums[name]:
            yield Fault(f"{place}/{name}", f"sha256 {found[:DIGITS]}…", f"{sums[name][:DIGITS]}…", _LEAVE)
    for name in sorted(there - sums.keys()):
        what = "a file that is no part of the data version"
        yield Fault(
            f"{place}/{name}", what, f"only the files in {LIST}", "Take it out, and say in the notebook what it was"
        )
