"""The flow: raw → harmonised → joined → analysed. The only writer of data/processed.

:func:`build` is the whole of it; every step is a function on tables from the module that carries its name, and every
table passes :func:`bt_analysis.schema.check` on its way to disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
from filelock import FileLock, Timeout

from bt_analysis import detectability, disclosure, harmonise, indicators, join, schema
from bt_analysis.analysis import QUESTIONS, across, area_map, profiles
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import boundaries, cbs, cbs_table, monitoring
from bt_analysis.sources.files import read_sources, sha256, write_atomically


class PipelineError(RuntimeError):
    """The flow cannot go on; the message says what is missing and what to do."""


@dataclass(frozen=True)
class Built:
    """What a build did.

    Parameters
    ----------
    reference_year : int
        Division year all figures were brought to.
    collectives : tuple of str
        Collectives whose packages were used.
    refused : mapping of str to int
        Collectives whose packages were not used → number of problems.
    estimates, suppressed, unmatched : int
        Rows of the three tables.
    """

    reference_year: int
    collectives: tuple[str, ...]
    refused: dict[str, int]
    estimates: int
    suppressed: int
    unmatched: int


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace, so that two runs never write into it at once.

    Parameters
    ----------
    workspace : Workspace
        The workspace to hold.

    Yields
    ------
    None
        While the workspace is held.

    Raises
    ------
    PipelineError
        When another run holds it.
    """
    path = workspace.root / "data" / ".lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as problem:
        raise PipelineError(
            f"another run is at work in {workspace.root}; expected one at a time. Wait until it is done."
        ) from problem
    try:
        yield
    finally:
        lock.release()


def read_statistics(workspace: Workspace, settings: Settings) -> dict[int, cbs_table.CbsTable]:
    """Read every KWB table that was fetched.

    Parameters
    ----------
    workspace : Workspace
        Where they are.
    settings : Settings
        ``cbs.kwb_tables`` tells which table is which year's.

    Returns
    -------
    dict of int to CbsTable
        Year → table.

    Raises
    ------
    PipelineError
        When none was fetched.
    """
    tables = {year: cbs_table.read_table(folder) for year, folder in cbs.available_kwb(workspace, settings.cbs).items()}
    if not tables:
        raise PipelineError(
            f"{workspace.raw / 'cbs'} holds no KWB table; expected at least one year. Run: bt fetch --years 2024"
        )
    return tables


def known_regions(tables: dict[int, cbs_table.CbsTable]) -> dict[int, set[str]]:
    """List the regions of every year that was fetched.

    Parameters
    ----------
    tables : dict of int to CbsTable
        Year → KWB table.

    Returns
    -------
    dict of int to set of str
        Division year → regiocodes.
    """
    return {year: set(table.rows[table.region_column]) for year, table in tables.items()}


def check(workspace: Workspace, settings: Settings) -> list[monitoring.Package]:
    """Read and check the monitoring packages of all collectives.

    Parameters
    ----------
    workspace : Workspace
        Where they are.
    settings : Settings
        Which CBS tables are at hand to check region codes against.

    Returns
    -------
    list of Package
        One per collective, in order of id, with all its problems.
    """
    folders = cbs.available_kwb(workspace, settings.cbs)
    tables = {year: cbs_table.read_table(folder) for year, folder in folders.items()}
    return monitoring.read_packages(workspace, known_regions(tables))


def build(workspace: Workspace, settings: Settings, year: int | None = None) -> Built:
    """Build all tables of a workspace, from raw to analysed.

    Parameters
    ----------
    workspace : Workspace
        Where to read and write.
    settings : Settings
        Thresholds and the reference year.
    year : int, optional
        Reference division; default: the setting, or else the newest year fetched.

    Returns
    -------
    Built
        What was used, refused and made.

    Raises
    ------
    PipelineError
        When no KWB table of the year or no valid package is there.
    SchemaError
        When a table between two stages is not what it must be; nothing of the stages after it is written.
    """
    tables = read_statistics(workspace, settings)
    reference_year = year or settings.reference_year or max(tables)
    if reference_year not in tables:
        there = ", ".join(map(str, sorted(tables)))
        raise PipelineError(
            f"year {reference_year} has no KWB table here; expected one of {there}. Fetch it, or name one."
        )
    drawn = boundaries.read_boundaries(workspace.raw, reference_year)
    catalogue = indicators.load()
    packages = monitoring.read_packages(workspace, known_regions(tables))
    refused = {package.collective_id: len(package.problems) for package in packages if package.problems}
    if len(refused) == len(packages):
        raise PipelineError("no collective has a package without problems; expected at least one. Run: bt check")
    records = monitoring.together(package for package in packages if not package.problems)

    statistics = harmonise.statistics(tables, catalogue, reference_year)
    names = harmonise.region_names(tables[reference_year], reference_year)

    same = {other: harmonise.comparable(tables, other, reference_year) for other in tables}
    weights, unmatched = join.area_weights(records["work_area"], names, same, _inhabitants(statistics, reference_year))
    context = join.context(statistics, weights, records["work_area"], catalogue)
    composition = join.composition(statistics, weights, context, names, catalogue)
    unmatched = pd.concat(
        [unmatched, join.outside(records["participation"], records["activity"], composition, records["work_area"])]
    )

    joined = Joined(context=context, composition=composition, catalogue=catalogue, **records)
    periods = reporting.of_collectives(
        joined.activity, joined.collective, default_year=reference_year, participation=joined.participation
    )
    raw = pd.concat([question.estimate(joined, periods, settings) for question in QUESTIONS], ignore_index=True)
    gated = detectability.set_gates(raw, settings.gates)
    protected, suppressed = disclosure.protect(gated, settings.disclosure)
    together = across.estimate(protected, periods[periods["whole"]])
    estimates = pd.concat([protected, together], ignore_index=True).assign(synthetic=settings.synthetic)

    write = _Writer(workspace, settings.synthetic)
    write.stage("harmonised", {"statistics": statistics, "regions": names})
    write.stage("joined", {"area_weight": weights, "context": context, "composition": composition})
    write.monitoring(records)
    write.stage("analysed", {
        "estimates": estimates,
        "suppressed": suppressed,
        "unmatched": unmatched,
        "collectives": profiles.collectives(joined, periods, names, _delivered(packages), settings.synthetic),
        "activities": profiles.activities(joined),
        "sources": _sources(workspace, packages),
        "refused": pd.DataFrame({"collective_id": list(refused), "problems_n": list(refused.values())}),
    })  # fmt: skip
    write.outlines(drawn, weights)
    return Built(
        reference_year=reference_year,
        collectives=tuple(records["collective"]["collective_id"]),
        refused=refused,
        estimates=len(estimates),
        suppressed=len(suppressed),
        unmatched=len(unmatched),
    )


def _inhabitants(statistics: pd.DataFrame, year: int) -> pd.Series:
    rows = statistics[statistics["indicator_id"].eq("population") & statistics["year"].eq(year)]
    return rows.set_index("regiocode")["value"]


def _delivered(packages: list[monitoring.Package]) -> dict[str, str]:
    """Give the day on which each collective's newest file was last changed."""
    days = {}
    for package in packages:
        newest = max((path.stat().st_mtime for path in package.sources), default=None)
        if newest is not None:
            days[package.collective_id] = f"{pd.Timestamp(newest, unit='s'):%Y-%m-%d}"
    return days


def _sources(workspace: Workspace, packages: list[monitoring.Package]) -> pd.DataFrame:
    """List every raw file a report may rest on: the lines of sources.csv, and the collectives' own files."""
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
    columns = ["collective_id", "file", "table", "modified", "retrieved", "licence", "sha256"]
    both = pd.concat([fetched, pd.DataFrame(own, columns=columns)]).drop_duplicates("file", keep="last")
    return both.reindex(columns=columns).fillna("").sort_values("file", ignore_index=True)


@dataclass(frozen=True)
class _Writer:
    """Writes checked tables to data/processed; a table that is not what it must be stops the build."""

    workspace: Workspace
    synthetic: bool

    def stage(self, stage: str, tables: dict[str, pd.DataFrame]) -> None:
        checked = {name: schema.check(table, f"{stage}_{name}") for name, table in tables.items()}
        for name, table in checked.items():
            self._write(table, stage, name)

    def monitoring(self, tables: dict[str, pd.DataFrame]) -> None:
        for name, table in tables.items():
            self._write(schema.check(table, name), "joined", name)

    def outlines(self, outlines: gpd.GeoDataFrame | None, weights: pd.DataFrame) -> None:
        path = self.workspace.processed / "analysed" / "outlines.parquet"
        if outlines is None:
            path.unlink(missing_ok=True)
        else:
            self._write(area_map.outlines(outlines, weights), "analysed", "outlines")

    def _write(self, table: pd.DataFrame, stage: str, name: str) -> None:
        # The mark travels inside the file: a table that is copied elsewhere still says that it is made up.
        table = table.copy(deep=False)
        table.attrs = {"synthetic": self.synthetic}
        write_atomically(
            self.workspace.processed / stage / f"{name}.parquet", lambda path: table.to_parquet(path, index=False)
        )
