"""Monitoring packages: the folder of a collective goes in; its typed tables and everything that is wrong come out.

Nothing here stops on bad content: a person who delivers data gets every problem in one go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from bt_analysis.schema import MONITORING, Problem
from bt_analysis.settings import Workspace
from bt_analysis.sources import accepted, combined, proposals, xlsform
from bt_analysis.sources.answers import with_answers
from bt_analysis.sources.csv_package import DESCRIPTION, read_csv_package
from bt_analysis.sources.drawings import SUFFIXES, check_drawings
from bt_analysis.sources.grids import Grid, is_blank_form
from bt_analysis.sources.package_rules import check_rules
from bt_analysis.sources.screening import admitted, once_per_cell
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.typed_tables import typed
from bt_analysis.sources.workbook import read_workbook

REQUIRED = ("collective", "work_area")
"""Tables without which there is no package; each other table may be absent, which means "not kept"."""

AREA_TABLES = frozenset({"source", "indicator", "instrument", "area", "measurement", "actor"})
"""A package of nothing but these is about areas, and of no collective."""

# What Excel and a computer put in a folder by themselves.
_OWN = ("~$", ".", "Thumbs.db", "desktop.ini")
_NOTHING_THERE = ("no_folder", "empty_folder")
# A sheet that is there, but that cannot be read as it is.
_UNREAD_SHEETS = ("hidden_sheet", "too_many_columns", "too_many_rows")
_OTHER_SPREADSHEETS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")


@dataclass(frozen=True)
class Package:
    """What one collective delivered.

    Parameters
    ----------
    collective_id : str
        Name of the folder.
    folder : Path
        Where it was delivered.
    tables : dict of str to DataFrame
        Typed tables by name, a subset of ``MONITORING``. Only to be used when there are no problems.
    problems : list of Problem
        What a person has to mend.
    repairs : list of Problem
        What was repaired, skipped or not checked.
    sources : list of Path
        The files that were read.
    fallback : Package, optional
        Of a package with problems: the version that was accepted last, when that one is still without problems.
    accepted_on : str, optional
        Date since which the fallback is the accepted version; the fallback itself bears it too.
    sha256 : dict of Path to str
        What the files were when they were read.
    """

    collective_id: str
    folder: Path
    tables: dict[str, pd.DataFrame]
    problems: list[Problem]
    repairs: list[Problem]
    sources: list[Path]
    fallback: Package | None = None
    accepted_on: str | None = None
    sha256: dict[Path, str] = field(default_factory=dict)

    @property
    def is_taken_back(self) -> bool:
        """Whether the collective took its whole delivery away again."""
        return any(problem.kind in _NOTHING_THERE for problem in self.problems)


def read_packages(
    workspace: Workspace, known_regions: Mapping[int, set[str]] | None, only: Collection[str] | None = None
) -> list[Package]:
    """Read the packages of collectives of a workspace.

    Parameters
    ----------
    workspace : Workspace
        Its ``data/raw/monitoring`` holds a folder per collective.
    known_regions : Mapping of int to set of str, or None
        Division year → all codes of that year; None when no region is to be looked up.
    only : collection of str, optional
        Collectives to read; default: all.

    Returns
    -------
    list of Package
        Sorted by collective; empty when nothing was delivered.
    """
    wanted = [folder for folder in folders(workspace) if only is None or folder.name in only]
    return [read_package(folder, known_regions) for folder in wanted]


def folders(workspace: Workspace) -> list[Path]:
    """List where collectives delivered.

    Parameters
    ----------
    workspace : Workspace
        Its ``data/raw/monitoring`` holds a folder per collective.

    Returns
    -------
    list of Path
        Sorted by collective; empty when nothing was delivered.
    """
    if not workspace.monitoring.is_dir():
        return []
    return sorted(path for path in workspace.monitoring.iterdir() if path.is_dir() and not path.name.startswith("."))


def read_package(folder: Path, known_regions: Mapping[int, set[str]] | None) -> Package:
    """Read what one collective delivered: a workbook, or CSV files with datapackage.json.

    Parameters
    ----------
    folder : Path
        Named after the collective.
    known_regions : Mapping of int to set of str, or None
        Division year → all codes of that year; None when no region is to be looked up.

    Returns
    -------
    Package
        With typed tables, every problem and every repair. Missing numbers have their reason beside them in
        ``<field>_missing_reason``. When there are problems, with the version that was accepted last.

    Notes
    -----
    A folder from which all files were taken away has no accepted version either: what was taken back is not used.
    """
    package = _read(folder, known_regions)
    before = accepted.last(folder) if package.problems and not package.is_taken_back else None
    if before is None:
        return package
    fallback = _read(before.folder, known_regions)
    findings = Findings()
    if fallback.problems:
        findings.repair("accepted_outdated", Place(folder.name), date=before.accepted_on, count=len(fallback.problems))
        return replace(package, repairs=[*package.repairs, *findings.repairs])
    findings.repair("accepted_used", Place(folder.name), date=before.accepted_on)
    return replace(
        package,
        repairs=[*package.repairs, *findings.repairs],
        fallback=replace(fallback, accepted_on=before.accepted_on),
        accepted_on=before.accepted_on,
    )


def accept(package: Package) -> None:
    """Keep the files of a package as the version to fall back on when a later delivery has problems.

    Parameters
    ----------
    package : Package
        Without problems, as :func:`read_package` gives it.

    Raises
    ------
    AcceptanceError
        When the package has problems, or a file is no longer the one that was read.
    OSError
        When the disk refuses.
    """
    if package.problems:
        raise accepted.AcceptanceError(
            f"package {package.collective_id!r} has problems ({len(package.problems)}); expected none. "
            f"Run: bt check {package.collective_id}"
        )
    accepted.keep(package.folder, {path: package.sha256.get(path, "") for path in package.sources})


def usable(packages: Iterable[Package]) -> list[Package]:
    """Return what to build with.

    Parameters
    ----------
    packages : iterable of Package
        As :func:`read_packages` gives them.

    Returns
    -------
    list of Package
        Each package without problems, and of one with problems its accepted version, if it has one.
    """
    versions = [package.fallback if package.problems else package for package in packages]
    return [version for version in versions if version is not None]


def together(packages: Iterable[Package]) -> dict[str, pd.DataFrame]:
    """Put the tables of packages together.

    Parameters
    ----------
    packages : iterable of Package
        Without problems.

    Returns
    -------
    dict of str to DataFrame
        Per monitoring table that may leave a collective's folder the rows of all collectives, as
        :func:`bt_analysis.sources.combined.combine` makes them: own codes have the collective in front (``zon--1``).
    """
    return combined.combine([(package.collective_id, package.tables) for package in packages])


def _read(folder: Path, known_regions: Mapping[int, set[str]] | None) -> Package:
    """Read one delivery as it lies there."""
    findings = Findings()
    seen = accepted.fingerprints([*_files(folder), *xlsform.files(folder)]) if folder.is_dir() else {}
    sources, grids = _deliver(folder, findings)
    tables: dict[str, pd.DataFrame] = {}
    places: dict[str, Place] = {}
    for grid in sorted(grids or [], key=lambda grid: MONITORING.index(grid.table)):
        table = typed(grid, findings) if grid.rows or grid.table in REQUIRED else pd.DataFrame()
        if _is_kept(table, grid, findings):
            places[grid.table] = grid.place
            tables |= {} if table is None else {grid.table: table}
    if grids is not None:
        _missing_tables({grid.table for grid in grids}, folder, sources, findings)
    before = len(findings.problems)
    check_rules(folder.name, tables, places, known_regions, findings)
    once_per_cell(findings, before)
    if "work_area" in tables:
        sources = sources + check_drawings(folder, tables["work_area"], places["work_area"], findings)
    if grids is not None:
        tables = with_answers(folder, tables, places, findings)
        sources = sources + xlsform.files(folder)
    numbered = {name: table.reset_index(drop=True) for name, table in tables.items()}
    return Package(folder.name, folder, numbered, findings.problems, findings.repairs, sources, sha256=seen)


def _deliver(folder: Path, findings: Findings) -> tuple[list[Path], list[Grid] | None]:
    """Return the files of a delivery and what stands in them; None when it is unclear or unreadable what that is."""
    place = Place(folder.name)
    if not folder.is_dir():
        findings.problem("no_folder", place, name=folder.name)
        return [], None
    if folder.is_symlink():
        findings.problem("link", place)
        return [], None
    files = admitted(_files(folder), folder, findings)
    workbooks = [path for path in files if path.suffix.casefold() == ".xlsx"]
    tables = [path for path in files if path.suffix.casefold() == ".csv"]
    described = [path for path in files if path.name == DESCRIPTION]
    # Whether a drawing is used is told when it is known which work areas name one.
    drawings = [path for path in files if path.suffix.casefold() in SUFFIXES]
    _say_unused([path for path in files if path not in (*workbooks, *tables, *described, *drawings)], folder, findings)
    if len(workbooks) > 1:
        findings.problem("two_workbooks", place, count=len(workbooks), names=", ".join(path.name for path in workbooks))
        return workbooks, None
    if workbooks and (tables or described):
        names = ", ".join(path.name for path in (*described, *tables))
        findings.problem("workbook_and_csv", place, names=names)
        return [*workbooks, *described, *tables], None
    if workbooks:
        return workbooks, read_workbook(workbooks[0], Place(f"{folder.name}/{workbooks[0].name}"), findings)
    if tables or described:
        return [*described, *tables], read_csv_package(folder, tables, findings)
    if not any(problem.kind in ("wrong_format", "personal_file", "link") for problem in findings.problems):
        findings.problem("empty_folder", place)
    return [], None


def _files(folder: Path) -> list[Path]:
    """Return what a person put in the folder, without what Excel and a computer put there by themselves."""
    there = [path for path in folder.iterdir() if not path.name.startswith(_OWN)]
    return sorted(path for path in there if path.is_file() or path.is_symlink())


def _say_unused(files: list[Path], folder: Path, findings: Findings) -> None:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in (xlsform.FOLDER, proposals.FOLDER) and not path.name.startswith(_OWN):
            findings.repair("unused_folder", Place(f"{folder.name}/{path.name}"))
    waiting = len(proposals.waiting(folder))
    if waiting:
        findings.repair("proposals_wait", Place(f"{folder.name}/{proposals.FOLDER}"), count=waiting)
    for path in files:
        place = Place(f"{folder.name}/{path.name}")
        if path.suffix.casefold() in _OTHER_SPREADSHEETS:
            findings.problem("wrong_format", place, got=path.suffix)
        else:
            findings.repair("unused_file", place)


def _is_kept(table: pd.DataFrame | None, grid: Grid, findings: Findings) -> bool:
    """Return whether a table counts as delivered; one without rows that may be absent counts as absent."""
    if table is None or len(table):
        return True
    if grid.table in REQUIRED:
        findings.problem("no_rows", grid.place)
        return True
    if not is_blank_form(grid):
        findings.repair("empty_table", grid.place)
    return False


def _missing_tables(delivered: set[str], folder: Path, sources: list[Path], findings: Findings) -> None:
    if delivered and delivered <= AREA_TABLES:
        return
    # A sheet with a name that is close, or a CSV file that could not be read, is a problem already.
    told = {problem.details.get("suggestion") for problem in findings.problems if problem.kind == "close_sheet"}
    told |= {Path(problem.file).stem for problem in findings.problems}
    told |= {problem.details.get("table") for problem in findings.problems if problem.kind in _UNREAD_SHEETS}
    place = Place(f"{folder.name}/{sources[0].name}")
    for table in REQUIRED:
        if table not in delivered and table not in told:
            findings.problem("missing_sheet", place, table=table)
