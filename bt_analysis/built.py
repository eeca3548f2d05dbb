"""What a build left: data/processed in; built.json out, with a hash of what the reports of each collective read.

It is written last of a build and removed first, so a build that was cut off has none. The hashes say whether figures
changed; sizes and times only whether built.json is still about the files that are there.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from bt_analysis import __version__
from bt_analysis.settings import Workspace
from bt_analysis.sources.files import write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

STAGES = ("analysed", "across")
"""Folders of tables that reports are made of."""

_NOTE = "built.json"
_ALL = ""  # owner of rows that are about no collective alone


@dataclass(frozen=True)
class Built:
    """What is known of the last build.

    Parameters
    ----------
    at : str
        When it was done: ISO 8601, in seconds.
    version : str
        Of the package.
    synthetic : bool
        Whether the data are made up.
    tables : dict of str to list of int
        File below data/processed → size, and time of change in nanoseconds.
    collectives : dict of str to str
        Collective → hash of all rows that its reports may read.
    across : str
        Hash of all rows that the cross-domain report may read.
    """

    at: str
    version: str
    synthetic: bool
    tables: dict[str, list[int]]
    collectives: dict[str, str]
    across: str


def begin(workspace: Workspace) -> bool:
    """Say that what is on disk is no whole build from now on.

    Parameters
    ----------
    workspace : Workspace
        Where tables are about to be written.

    Returns
    -------
    bool
        Whether it was one until now.
    """
    note = workspace.processed / _NOTE
    whole = note.exists()
    note.unlink(missing_ok=True)
    return whole


def end(workspace: Workspace, *, synthetic: bool) -> Built:
    """Say that what is on disk is a whole build.

    Parameters
    ----------
    workspace : Workspace
        Where every table was written.
    synthetic : bool
        Whether the data are made up.

    Returns
    -------
    Built
        As it was written down.
    """
    at = pd.Timestamp.now("Europe/Amsterdam").isoformat(timespec="seconds")
    collectives = of_collectives(workspace.processed / "analysed")
    whole = Built(at, __version__, synthetic, _there(workspace), collectives, of_all(workspace.processed / "across"))
    text = json.dumps(asdict(whole), ensure_ascii=False, indent=1) + "\n"
    write_atomically(workspace.processed / _NOTE, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return whole


def read(workspace: Workspace) -> Built | None:
    """Read what is known of the last build.

    Parameters
    ----------
    workspace : Workspace
        Whose build.

    Returns
    -------
    Built or None
        None after a build that was cut off, and in a workspace that no build of this version was made in.
    """
    try:
        told: dict[str, Any] = json.loads((workspace.processed / _NOTE).read_text(encoding="utf-8"))
        return Built(**told)
    except (FileNotFoundError, ValueError, TypeError):  # a damaged one says nothing
        return None


def is_about(whole: Built, workspace: Workspace) -> bool:
    """Tell whether the hashes are of the tables that are on disk now.

    Parameters
    ----------
    whole : Built
        As :func:`read` gives.
    workspace : Workspace
        Whose tables.

    Returns
    -------
    bool
        False when a table came, went or was written after the build: by hand, or by copying.
    """
    return whole.tables == _there(workspace)


def _there(workspace: Workspace) -> dict[str, list[int]]:
    paths = [path for stage in STAGES for path in sorted((workspace.processed / stage).glob("*.parquet"))]
    seen = [(path.relative_to(workspace.processed).as_posix(), path.stat()) for path in paths]
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in seen}


def of_collectives(folder: Path) -> dict[str, str]:
    """Make a hash of what the reports of each collective read.

    Parameters
    ----------
    folder : Path
        ``data/processed/analysed``.

    Returns
    -------
    dict of str to str
        Collective → SHA-256 over its own rows of every table, and the rows that are about no collective alone.
    """
    digests: dict[str, Any] = {_ALL: hashlib.sha256()}
    for path in sorted(folder.glob("*.parquet")):
        _add(path, digests, _owners(path))
    for_all = digests[_ALL].digest()
    listed = folder / "collectives.parquet"
    built = pd.read_parquet(listed, columns=["collective_id"])["collective_id"].unique() if listed.exists() else ()
    return {
        str(name): hashlib.sha256(digests.get(str(name), hashlib.sha256()).digest() + for_all).hexdigest()
        for name in sorted(built)
    }


def of_all(folder: Path) -> str:
    """Make a hash of all rows of all tables in a folder.

    Parameters
    ----------
    folder : Path
        ``data/processed/across``.

    Returns
    -------
    str
        SHA-256.
    """
    digests: dict[str, Any] = {_ALL: hashlib.sha256()}
    for path in sorted(folder.glob("*.parquet")):
        rows = pq.read_metadata(path).num_rows
        _add(path, digests, pd.Series(_ALL, index=range(rows), dtype="str"))
    return str(digests[_ALL].hexdigest())


def _owners(path: Path) -> pd.Series[str]:
    """Say of each row of a table whose reports read it; rows without a collective are read by all."""
    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    column = next((one for one in ("collective_id", "work_area_id") if one in names), None)
    if column is None:
        return pd.Series(_ALL, index=range(file.metadata.num_rows), dtype="str")
    told: pd.Series[str] = file.read(columns=[column]).column(0).to_pandas().astype("str").fillna(_ALL)
    # The id of a work area has that of its collective in front.
    return told if column == "collective_id" else told.str.split("--", n=1).str[0]


def _add(path: Path, digests: dict[str, Any], owners: pd.Series[str]) -> None:
    """Add the rows of a table to the hash of their owner, a column at a time: no table is held whole."""
    file = pq.ParquetFile(path)
    numbers, names = pd.factorize(owners)
    order = np.argsort(numbers, kind="stable")
    starts = np.searchsorted(numbers[order], range(len(names) + 1))
    for at, field in enumerate(file.schema_arrow):
        hashed = pd.util.hash_pandas_object(file.read(columns=[field.name]).column(0).to_pandas(), index=False)
        told: NDArray[np.uint64] = np.asarray(hashed, dtype=np.uint64)
        if (path.stem, field.name) == ("sources", "sha256"):
            told = _of_public_files(told, owners)
        # How wide the addresses of texts are depends on how a table was read before it was written.
        kind = str(field.type).removeprefix("large_")
        digests[_ALL].update(f"{path.stem} {field.name} {kind}\n".encode())
        for name, first, after in zip(names, starts[:-1], starts[1:], strict=True):
            digest = digests.setdefault(str(name), hashlib.sha256())
            digest.update(f"{path.stem} {at} {after - first}\n".encode())
            digest.update(np.ascontiguousarray(told[order[first:after]]).tobytes())


def _of_public_files(hashed: NDArray[np.uint64], owners: pd.Series[str]) -> NDArray[np.uint64]:
    """Leave out checksums of what a collective delivered: who sees the hash could try cells until it fits."""
    return np.where(owners.eq(_ALL).to_numpy(), hashed, np.uint64(0))
