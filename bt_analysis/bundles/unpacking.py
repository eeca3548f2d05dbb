"""A zip file that says it is a bundle in; its tables out, or the reason why it cannot be used.

Nothing of the description is believed: names, sizes, checksums and every cell are held against the files and our own
schemas, because a bundle may come from elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis import schema
from bt_analysis.bundles import csv_form
from bt_analysis.bundles.packing import ANALYSED, DESCRIPTION, bundle_id, descriptor_of
from bt_analysis.bundles.register import LEVELS, BundleError, of_lines
from bt_analysis.disclosure.records import CONSENT, NEVER
from bt_analysis.sources.files import sha256

LARGEST_FILE = 20_000_000
LARGEST_UNPACKED = 50_000_000
MOST_FILES = 100

_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(OSError, NotImplementedError, RuntimeError, ValueError),
)


@dataclass(frozen=True)
class Bundle:
    """One bundle.

    Parameters
    ----------
    line : Series
        Its line of the register, as it stands in the bundle itself.
    tables : dict of str to DataFrame
        Typed tables by the names of their schemas.
    sha256 : str
        Checksum of the zip file.
    """

    line: pd.Series[Any]
    tables: dict[str, pd.DataFrame]
    sha256: str


def unpack(path: Path) -> Bundle:
    """Read a bundle, with all checks.

    Parameters
    ----------
    path : Path
        The zip file, in the folder of its collective.

    Returns
    -------
    Bundle
        With every table as its schema says.

    Raises
    ------
    BundleError
        When the file is too large, damaged, changed after it was made, or holds what a bundle may not hold.
    """
    files = _files(path)
    package = _description(files, path)
    line = _line(package, path)
    contents = _resources(package, files, path)
    if bundle_id(contents, package["bundle"]) != line["bundle_id"]:
        raise _refusal(path, "its tables or its consent are not what they were when the bundle was made")
    tables = {}
    for name, content in contents.items():
        try:
            tables[name] = csv_form.parse(content, descriptor_of(name))
        except csv_form.CsvError as problem:
            raise _refusal(path, f"{name}.csv, {problem}") from problem
        _refuse_foreign(tables[name], name, line["collective_id"], path)
    absent = [name for name in ANALYSED if name not in tables]
    if absent:
        raise _refusal(path, f"got no {absent[0]}.csv; expected one")
    return Bundle(line, tables, sha256(path))


def line_of(path: Path) -> pd.Series[Any]:
    """Read only the line of the register that a bundle holds.

    Parameters
    ----------
    path : Path
        The zip file.

    Returns
    -------
    Series
        A row of the register.

    Raises
    ------
    BundleError
        When the file is no bundle.
    """
    return _line(_description(_files(path), path), path)


def lines_of(paths: Sequence[Path]) -> list[pd.Series[Any]]:
    """Read the lines of the register that bundles hold, which were checked before, all at once.

    Parameters
    ----------
    paths : sequence of Path
        The zip files.

    Returns
    -------
    list of Series
        A row of the register for each.

    Raises
    ------
    BundleError
        When a file is no bundle.
    """
    packages = [_description(_files(path), path) for path in paths]
    try:
        lines = of_lines([package["bundle"] for package in packages])
    except (csv_form.CsvError, ValueError, TypeError):  # of one of them; alone it says which
        return [_line(package, path) for package, path in zip(packages, paths, strict=True)]
    return [lines.iloc[at] for at in range(len(paths))]


def _refusal(path: Path, reason: str) -> BundleError:
    return BundleError(f"{path.parent.name}/{path.name}: {reason}. Ask the collective for its bundle again.")


def _files(path: Path) -> dict[str, bytes]:
    """Return name → content, after looking at sizes and names."""
    if path.stat().st_size > LARGEST_FILE:
        raise _refusal(path, f"got {path.stat().st_size:,} bytes; expected at most {LARGEST_FILE:,}")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _DAMAGED as problem:
        raise _refusal(path, f"got a zip file that cannot be read ({problem})") from problem
    _refuse_large(entries, path)
    names = [entry.filename for entry in entries]
    wrong = [name for name in names if not _is_plain(name) or names.count(name) > 1]
    if wrong:
        raise _refusal(path, f"got a file called {wrong[0][:60]!r}; expected the names of tables, each once")
    try:
        # No more is unpacked than what an entry says its size is, and that was looked at.
        with zipfile.ZipFile(path) as archive:
            return {entry.filename: archive.read(entry) for entry in entries}
    except _DAMAGED as problem:
        raise _refusal(path, f"got a zip file that cannot be read ({problem})") from problem


def _refuse_large(entries: list[zipfile.ZipInfo], path: Path) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES or unpacked > LARGEST_UNPACKED:
        raise _refusal(
            path,
            f"got {len(entries)} files of {unpacked:,} bytes together; expected at most {MOST_FILES} files and "
            f"{LARGEST_UNPACKED:,} bytes",
        )


def _is_plain(name: str) -> bool:
    return name == DESCRIPTION or (name.endswith(".csv") and name.removesuffix(".csv") in schema.names())


def _description(files: dict[str, bytes], path: Path) -> dict[str, Any]:
    try:
        package = json.loads(files[DESCRIPTION].decode("utf-8"))
        resources = [(one["name"], one["path"], one["hash"], one["bytes"]) for one in package["resources"]]
        named = all(isinstance(part, str) for one in resources for part in one[:3])
        whole = named and isinstance(package["bundle"], dict)
    except (KeyError, TypeError, ValueError, RecursionError) as problem:
        raise _refusal(path, f"got no readable {DESCRIPTION} ({type(problem).__name__})") from problem
    if not whole:
        raise _refusal(path, f"got a {DESCRIPTION} with parts of another kind; expected names, paths and a bundle")
    return dict(package)


def _line(package: dict[str, Any], path: Path) -> pd.Series[Any]:
    try:
        line = of_lines([package["bundle"]]).iloc[0]
    except (csv_form.CsvError, ValueError, TypeError) as problem:
        raise _refusal(path, f"its line of the register: {problem}") from problem
    if line["collective_id"] != path.parent.name or line["bundle_id"] != path.stem:
        raise _refusal(path, f"got bundle {line['bundle_id']} of {line['collective_id']}; expected that of its folder")
    if line["consent_level"] not in LEVELS[1:]:
        raise _refusal(path, f"got consent_level {line['consent_level']!r}; expected one of {', '.join(LEVELS[1:])}")
    agreed = line[["approved_on", "approved_by_role", "checks_passed"]]
    if agreed.isna().any() or not agreed["checks_passed"]:
        raise _refusal(path, "got no day or role of consent, or checks that were not passed; expected all of these")
    return line


def _resources(package: dict[str, Any], files: dict[str, bytes], path: Path) -> dict[str, bytes]:
    """Return table → CSV, when exactly the files that are described are there, unchanged."""
    listed = {one["name"]: one for one in package["resources"]}
    expected = {DESCRIPTION, *(f"{name}.csv" for name in listed)}
    if set(files) != expected or len(listed) != len(package["resources"]):
        differing = ", ".join(sorted(set(files) ^ expected)) or "a table twice"
        raise _refusal(path, f"got {differing} in the files or in their description only; expected the same in both")
    for name, one in listed.items():
        if name not in ANALYSED and schema.load(name).get("protection_level", NEVER) == NEVER:
            raise _refusal(path, f"got a table {name}; expected no microdata and nothing unknown")
        if one["path"] != f"{name}.csv" or one["hash"] != f"sha256:{hashlib.sha256(files[f'{name}.csv']).hexdigest()}":
            raise _refusal(path, f"{name}.csv is not the file it was when the bundle was made")
    return {name: files[f"{name}.csv"] for name in listed}


def _refuse_foreign(table: pd.DataFrame, name: str, collective_id: str, path: Path) -> None:
    """Refuse rows of another collective, and free text without consent."""
    owners = set(table["collective_id"].dropna()) if "collective_id" in table else set()
    if owners - {collective_id}:
        raise _refusal(path, f"{name}.csv has rows of {min(owners - {collective_id})}; expected its own only")
    written = [field["name"] for field in schema.load(name)["fields"] if field.get("freeText")]
    if written:
        agreed = table[CONSENT].fillna(False).astype(bool) if CONSENT in table else False
        if (table[written].notna().any(axis=1) & ~agreed).any():
            raise _refusal(path, f"{name}.csv has text without consent; expected none")
