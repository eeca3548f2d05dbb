"""What becomes of packages: those that were used or not in; accepted versions on disk, and tables about them, out."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from bt_analysis.settings import Workspace
from bt_analysis.sources import accepted, monitoring
from bt_analysis.sources.files import read_sources, sha256

_SOURCE_COLUMNS = ["collective_id", "file", "table", "modified", "retrieved", "licence", "sha256"]


def sources(workspace: Workspace, packages: Iterable[monitoring.Package]) -> pd.DataFrame:
    """List every raw file a report may rest on: the lines of sources.csv, and the collectives' own files.

    Parameters
    ----------
    workspace : Workspace
        Whose files.
    packages : iterable of Package
        Those that were used.

    Returns
    -------
    DataFrame
        One row is a file (analysed_sources).
    """
    fetched = read_sources(workspace.sources).assign(collective_id="")
    own = [
        {
            "collective_id": package.collective_id,
            "file": path.relative_to(workspace.raw).as_posix(),
            "sha256": sha256(path),
        }
        for package in packages
        for path in package.sources
    ]
    both = pd.concat([fetched, pd.DataFrame(own, columns=_SOURCE_COLUMNS)]).drop_duplicates("file", keep="last")
    return both.reindex(columns=_SOURCE_COLUMNS).fillna("").sort_values("file", ignore_index=True)


def forget(packages: Iterable[monitoring.Package]) -> None:
    """Remove the accepted version of every package that was taken back, so that no later mistake brings it into use.

    Parameters
    ----------
    packages : iterable of Package
        As they were read.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    for package in packages:
        if package.is_taken_back:
            accepted.forget(package.folder)


def keep(packages: Iterable[monitoring.Package]) -> tuple[str, ...]:
    """Keep every package without problems as the version to fall back on.

    Parameters
    ----------
    packages : iterable of Package
        As they were read.

    Returns
    -------
    tuple of str
        A line per package that could not be kept, whose earlier version stays: a file changed in the meantime, or the
        disk refuses. The figures are those of what was read, so no build stops on it.
    """
    failed = []
    for package in packages:
        try:
            if not package.problems:
                monitoring.accept(package)
        except (accepted.AcceptanceError, OSError) as problem:
            failed.append(f"{package.collective_id}: {problem}")
    return tuple(failed)


def refused(packages: Iterable[monitoring.Package]) -> pd.DataFrame:
    """List the collectives whose newest package was not used, and since when the one is that was.

    Parameters
    ----------
    packages : iterable of Package
        As they were read.

    Returns
    -------
    DataFrame
        One row is a collective (analysed_refused); ``accepted_on`` is empty when nothing of it was used.
    """
    rows = [
        (package.collective_id, len(package.problems), (package.accepted_on or "")[:10] if package.fallback else "")
        for package in packages
        if package.problems
    ]
    table = pd.DataFrame(rows, columns=["collective_id", "problems_n", "accepted_on"])
    return table.astype({"collective_id": "str", "problems_n": "int64", "accepted_on": "str"})
