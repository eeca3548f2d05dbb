"""Raw files on disk: contents come in, whole files and their lines in sources.csv go out.

A file or folder is written under another name beside its place and renamed when it is complete, so
that a run that is cut off leaves what was there before.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

SOURCE_COLUMNS = ["file", "url", "table", "modified", "retrieved", "licence", "sha256", "rows"]
"""Columns of sources.csv; ``file`` is the path from the folder sources.csv lies in, with forward slashes."""


_HALF = re.compile(r"\.(\d+)\.partial\..+", re.DOTALL)
_DAY_S = 86_400


class SourcesFileError(ValueError):
    """sources.csv, or a line for it, does not have the columns it must have."""


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that its name only ever holds a complete file.

    Parameters
    ----------
    path : Path
        Where the file must come; its folder is made when absent.
    write : callable
        Gets a temporary path in the same folder and writes the whole content there. The temporary
        name ends as the real one does, for writers that look at the extension.

    Raises
    ------
    OSError
        When the disk refuses. Whatever ``write`` raises passes through; the file that was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}.partial.{path.name}")
    try:
        write(temporary)
        # A rename may reach the disk before the content does; after a power cut the file would be empty.
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def clear_leftovers(folder: Path) -> list[Path]:
    """Remove the half-written files that killed runs left; those of a process that still runs stay.

    Parameters
    ----------
    folder : Path
        Where to look, also in the folders inside; it may be absent.

    Returns
    -------
    list of Path
        What was removed.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    left = []
    for path in sorted(folder.rglob(".*.partial.*")):
        named = _HALF.fullmatch(path.name)
        if named and not path.is_dir() and not _is_at_work(int(named[1]), path):
            path.unlink(missing_ok=True)
            left.append(path)
    return left


def _is_at_work(process: int, path: Path) -> bool:
    if sys.platform == "win32":  # there, asking whether a process runs ends it
        return time.time() - path.stat().st_mtime < _DAY_S
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it runs, and is somebody else's
        return True
    return True


def replace_folder(folder: Path, fill: Callable[[Path], object]) -> None:
    """Replace a folder by a newly filled one, whole or not at all.

    Parameters
    ----------
    folder : Path
        The folder to make or replace.
    fill : callable
        Gets an empty folder beside it and writes everything there.

    Raises
    ------
    OSError
        When the disk refuses. Whatever ``fill`` raises passes through; the folder that was there stays.
    """
    # Always the same name: what a killed run left is cleared away by the next one.
    new = folder.with_name(f".new.{folder.name}")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        fill(new)
        take_place(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        restore_folder(folder)


def take_place(new: Path, folder: Path) -> None:
    """Put a complete folder in the place of another one, whole or not at all.

    Parameters
    ----------
    new : Path
        A folder beside it; its name is free afterwards.
    folder : Path
        The place; what is there is removed.

    Raises
    ------
    OSError
        When the disk refuses; :func:`restore_folder` then brings back what was there.
    """
    old = _set_aside(folder)
    restore_folder(folder)
    if folder.exists():
        # A folder with content cannot be renamed over another one: step aside, then take the place.
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def restore_folder(folder: Path) -> None:
    """Put back a folder that an interrupted :func:`replace_folder` left set aside.

    Parameters
    ----------
    folder : Path
        The folder that should be there; nothing happens when it is, except that an old copy is removed.
    """
    old = _set_aside(folder)
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
    elif old.exists():
        old.rename(folder)


def _set_aside(folder: Path) -> Path:
    return folder.with_name(f".old.{folder.name}")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_sources(sources_csv: Path) -> pd.DataFrame:
    """Read which raw files there are and where they came from.

    Parameters
    ----------
    sources_csv : Path
        ``data/raw/sources.csv``; it may be absent.

    Returns
    -------
    DataFrame
        One row is a raw file, key ``file``; every column is text, ``""`` where nothing is known.

    Raises
    ------
    SourcesFileError
        When the file has other columns.
    """
    if not sources_csv.exists():
        return pd.DataFrame(columns=SOURCE_COLUMNS, dtype=str)
    try:
        lines = pd.read_csv(sources_csv, dtype=str, keep_default_na=False, encoding="utf-8")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as problem:
        raise SourcesFileError(
            f"{sources_csv}: got a file that is no CSV in UTF-8 ({_first_line(problem)}); expected the columns "
            f"{', '.join(SOURCE_COLUMNS)}. Put back an earlier copy, or remove it and fetch again."
        ) from problem
    if list(lines.columns) != SOURCE_COLUMNS:
        raise SourcesFileError(
            f"{sources_csv}: got the columns {', '.join(lines.columns)}; expected {', '.join(SOURCE_COLUMNS)}. "
            "Put back an earlier copy, or remove it and fetch again."
        )
    return lines


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0]


def record(sources_csv: Path, lines: Iterable[Mapping[str, object]], folder: str | None = None) -> None:
    """Add lines to sources.csv; a line for a file that is listed already replaces its line.

    Parameters
    ----------
    sources_csv : Path
        ``data/raw/sources.csv``; made when absent.
    lines : iterable of mapping
        One mapping per raw file with :data:`SOURCE_COLUMNS` as keys; ``rows`` is a count of records.
    folder : str, optional
        A folder that was replaced as a whole, as in ``cbs/84799NED``: lines of files in it that are not
        among ``lines`` are removed, because those files are no longer there.

    Raises
    ------
    SourcesFileError
        When a line lacks a column or has one too many, or when the existing file cannot be read.
    """
    listed = read_sources(sources_csv)
    if folder is not None:
        listed = listed[~listed["file"].str.startswith(f"{folder}/")]
    by_file: dict[str, Mapping[str, object]] = {
        line[0]: dict(zip(SOURCE_COLUMNS, line, strict=True)) for line in listed.itertuples(index=False, name=None)
    }
    by_file |= {str(line["file"]): line for line in map(_checked, lines)}

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, SOURCE_COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(by_file[file] for file in sorted(by_file))

    write_atomically(sources_csv, write)


def _checked(line: Mapping[str, object]) -> Mapping[str, object]:
    if set(line) != set(SOURCE_COLUMNS):
        differing = ", ".join(sorted(set(line) ^ set(SOURCE_COLUMNS)))
        raise SourcesFileError(
            f"line for {line.get('file', 'a file without a name')!r}: got other columns ({differing}); "
            f"expected {', '.join(SOURCE_COLUMNS)}."
        )
    return line
