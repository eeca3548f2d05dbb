"""The flow: raw → harmonised → joined → analysed. The only writer of data/processed.

:func:`build` is the whole of it; every step is a function on tables from the module that carries its name, and every
table passes :func:`bt_analysis.schema.check` on its way to disk.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
from filelock import FileLock, Timeout

from bt_analysis import detectability, disclosure, evidence, harmonise, indicators, join, panel, schema
from bt_analysis.analysis import QUESTIONS, across, area_map, profiles
from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.tables import Joined
from bt_analysis.panel import history
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import boundaries, cbs, cbs_table, crosswalk, monitoring
from bt_analysis.sources.files import read_sources, sha256, write_atomically
from bt_analysis.sources.table import CbsTable

__all__ = ["Built", "PipelineError", "build", "check", "history", "known_regions", "locked", "read_statistics"]


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


def read_statistics(workspace: Workspace, settings: Settings) -> dict[int, CbsTable]:
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


def known_regions(tables: dict[int, CbsTable]) -> dict[int, set[str]]:
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
        When no KWB table of the year or no valid package is there, or figures cannot be brought to one division.
    SchemaError
        When a table between two stages is not what it must be; nothing is written then.
    """
    try:
        with panel.replacing(workspace) as statistics:
            return _build(workspace, settings, year, statistics)
    except (crosswalk.CrosswalkError, harmonise.ConservationError, harmonise.DivisionError) as problem:
        raise PipelineError(str(problem)) from problem


def _build(workspace: Workspace, settings: Settings, year: int | None, panel_file: Path) -> Built:
    tables = read_statistics(workspace, settings)
    reference_year = _reference_year(tables, year or settings.reference_year)
    drawn = boundaries.read_boundaries(workspace.raw, reference_year)
    packages = monitoring.read_packages(workspace, known_regions(tables))
    refused = {package.collective_id: len(package.problems) for package in packages if package.problems}
    if len(refused) == len(packages):
        raise PipelineError("no collective has a package without problems; expected at least one. Run: bt check")
    records = monitoring.together(package for package in packages if not package.problems)
    catalogue = indicators.load()

    to_reference = evidence.correspondences(workspace, tables, reference_year)
    names = harmonise.region_names(tables[reference_year], reference_year)
    labels = {year: table.labels.set_index("regiocode")["title"] for year, table in tables.items()}

    now = {division_year: harmonise.successors(to) for division_year, to in to_reference.items()}
    people = harmonise.inhabitants(tables[reference_year], catalogue)
    weights, unmatched = evidence.weights(workspace, packages, records["work_area"], drawn, (names, now, people))
    records["work_area"] = areas = join.work_areas.spelt_out(records["work_area"], weights)
    # The whole country goes to disk year by year; only what work areas need comes along.
    years = harmonise.years(tables, catalogue, to_reference, evidence.other_tables(workspace, catalogue))
    statistics = panel.write(panel_file, years, join.needed(weights, names), settings.synthetic)
    context = join.context(statistics, weights, areas, catalogue)
    composition = join.composition(statistics, weights, context, names, catalogue)
    outside = join.outside(records["participation"], records["activity"], composition, areas)

    joined = Joined.of(records, context=context, composition=composition, catalogue=catalogue)
    periods = reporting.of_collectives(joined.activity, joined.collective, reference_year, joined.participation)
    estimates, protected = _analyse(joined, periods, settings, _released(workspace))
    suppressed = protected.suppressed

    made = {
        "harmonised/regions": names,
        **{f"joined/{name}": table for name, table in records.items()},
        "joined/area_weight": weights,
        "joined/context": context,
        "joined/composition": composition,
        "analysed/estimates": estimates,
        "analysed/suppressed": suppressed,
        "analysed/unmatched": pd.concat([unmatched, outside], ignore_index=True),
        "analysed/collectives": profiles.collectives(joined, periods, labels, settings.synthetic),
        "analysed/activities": profiles.activities(joined),
        "analysed/sources": _sources(workspace, packages),
        "disclosure/log": protected.log,
        "analysed/refused": pd.DataFrame({"collective_id": list(refused), "problems_n": list(refused.values())}),
    }
    outlines = None if drawn is None else area_map.outlines(drawn, weights)
    schema.check(protected.register, "released_register")
    _write(workspace, settings, made, outlines)
    _release(workspace, protected)
    return Built(
        reference_year=reference_year,
        collectives=tuple(records["collective"]["collective_id"]),
        refused=refused,
        estimates=len(estimates),
        suppressed=len(suppressed),
        unmatched=len(made["analysed/unmatched"]),
    )


def _reference_year(tables: dict[int, CbsTable], asked: int | None) -> int:
    year = asked or max(tables)
    if year not in tables:
        there = ", ".join(map(str, sorted(tables)))
        raise PipelineError(f"year {year} has no KWB table here; expected one of {there}. Fetch it, or name one.")
    return year


def _released(workspace: Workspace) -> pd.DataFrame:
    """Read what earlier runs published about people."""
    path = workspace.released / "register.parquet"
    return pd.read_parquet(path) if path.exists() else disclosure.nothing()


def _release(workspace: Workspace, protected: disclosure.Protected) -> None:
    """Write, for the data steward, what was published and what was hidden by which rule."""
    write_atomically(
        workspace.released / "register.parquet", functools.partial(protected.register.to_parquet, index=False)
    )
    log = workspace.processed / "disclosure" / "log.csv"
    write_atomically(log, functools.partial(protected.log.to_csv, index=False))


def _analyse(
    joined: Joined, periods: pd.DataFrame, settings: Settings, register: pd.DataFrame
) -> tuple[pd.DataFrame, disclosure.Protected]:
    """Ask every question, set the gates, suppress what may not be shown, and add up what is left over collectives."""
    raw = pd.concat([question.estimate(joined, periods, settings) for question in QUESTIONS], ignore_index=True)
    gated = detectability.set_gates(raw, settings.gates)
    today = dt.datetime.now(tz=dt.UTC).date()
    protected = disclosure.protect(gated, settings.disclosure, register, today)
    together = across.estimate(protected.estimates, periods[periods["whole"]])
    both = pd.concat([protected.estimates, together], ignore_index=True)
    return both.assign(synthetic=settings.synthetic), protected


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


def _write(
    workspace: Workspace, settings: Settings, tables: dict[str, pd.DataFrame], outlines: gpd.GeoDataFrame | None
) -> None:
    """Write the tables when every one is what its schema says; else write none of them."""
    for name, table in tables.items():
        monitored = name.removeprefix("joined/")
        schema.check(table, monitored if monitored in schema.MONITORING else name.replace("/", "_"))
    path = workspace.processed / "analysed" / "outlines.parquet"
    if outlines is None:
        path.unlink(missing_ok=True)
    else:
        tables = {**tables, "analysed/outlines": outlines}
    for name, table in tables.items():
        # The mark travels inside the file: a table that is copied elsewhere still says that it is made up.
        marked = table.copy(deep=False)
        marked.attrs = {"synthetic": settings.synthetic}
        target = workspace.processed / f"{name}.parquet"
        write_atomically(target, functools.partial(marked.to_parquet, index=False))
