"""The flow: raw → harmonised → joined → analysed. The only writer of data/processed.

:func:`build` is the whole of it; every step is a function on tables from the module that carries its name, and every
table passes :func:`bt_analysis.schema.check` on its way to disk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from bt_analysis import (
    acceptance,
    answers,
    batches,
    built,
    bundles,
    delivered,
    evidence,
    harmonise,
    indicators,
    join,
    panel,
    processed,
)
from bt_analysis.analysis import area_map, learning, outcomes, where
from bt_analysis.checking import check, checked, known_regions, read_statistics
from bt_analysis.panel import history
from bt_analysis.running import PipelineError, locked
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import boundaries, combined, crosswalk, monitoring
from bt_analysis.sources.table import CbsTable

__all__ = [
    "Built",
    "PipelineError",
    "build",
    "build_across",
    "check",
    "checked",
    "history",
    "known_regions",
    "locked",
    "read_statistics",
]


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
        Collectives whose newest package was not used → number of problems.
    accepted : mapping of str to str
        The same collectives → day of the earlier package that was used; empty: nothing of them was.
    estimates, suppressed, unmatched : int
        Rows of the three tables.
    bundles : int
        How many the cross-domain report is made of.
    unusable : tuple of str
        A line per bundle that cannot be used.
    not_kept : tuple of str
        A line per package that was used, but could not be kept as the version to fall back on.
    unplaced : tuple of str
        A line per downloaded workbook with names that no buurt has.
    """

    reference_year: int
    collectives: tuple[str, ...]
    refused: dict[str, int]
    accepted: dict[str, str]
    estimates: int
    suppressed: int
    unmatched: int
    bundles: int = 0
    unusable: tuple[str, ...] = ()
    not_kept: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()


def build(
    workspace: Workspace, settings: Settings, year: int | None = None, *, tell: batches.Tell | None = None
) -> Built:
    """Build all tables of a workspace, from raw to analysed.

    Parameters
    ----------
    workspace : Workspace
        Where to read and write.
    settings : Settings
        Thresholds and the reference year.
    year : int, optional
        Reference division; default: the setting, or else the newest year fetched.
    tell : callable, optional
        Hears how far it is: what is done, with how many collectives, of how many.

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
            done = _build(workspace, settings, year, statistics, tell)
    except (crosswalk.CrosswalkError, harmonise.ConservationError, harmonise.DivisionError) as problem:
        raise PipelineError(str(problem)) from problem
    built.end(workspace, synthetic=settings.synthetic)
    return done


def _build(
    workspace: Workspace, settings: Settings, year: int | None, panel_file: Path, tell: batches.Tell | None
) -> Built:
    tables = read_statistics(workspace, settings)
    reference_year = _reference_year(tables, year or settings.reference_year)
    drawn = boundaries.read_boundaries(workspace.raw, reference_year)
    deliveries = batches.read(workspace, known_regions(tables), settings, tell)
    packages = [package for one in deliveries for package in one.packages]
    acceptance.forget(packages)
    records = _records(deliveries)
    catalogue = indicators.load()

    to_reference = evidence.correspondences(workspace, tables, reference_year)
    names = harmonise.region_names(tables[reference_year], reference_year)
    labels = {year: table.labels.set_index("regiocode")["title"] for year, table in tables.items()}

    now = {division_year: harmonise.successors(to) for division_year, to in to_reference.items()}
    people = harmonise.inhabitants(tables[reference_year], catalogue)
    polygons = pd.concat([one.drawings for one in deliveries], ignore_index=True)
    weights, unmatched = evidence.weights(workspace, polygons, records["work_area"], drawn, (names, now, people))
    records["work_area"] = join.work_areas.spelt_out(records["work_area"], weights)
    # The whole country goes to disk year by year; only what work areas need comes along.
    themes = evidence.themes(workspace, tables)
    others = evidence.other_tables(workspace, catalogue, themes.tables)
    years = harmonise.years(tables, catalogue, to_reference, others)
    statistics = panel.write(panel_file, years, join.needed(weights, names), settings.synthetic)

    wanted = [*outcomes.needed(records, catalogue), *where.INDICATORS]
    regions = panel.area_panel(panel_file, wanted, names, weights, drawn)
    refused = acceptance.refused(packages)
    with batches.room(workspace) as folder:
        common = batches.Common(catalogue, names, labels, regions, refused, settings, reference_year, _today(), folder)
        each = batches.Batches(deliveries, names, weights, statistics, processed.register(workspace))
        found = batches.answered(common, each, tell)
        told = found.tables
        records["wave_weighted"] = told["joined/wave_weighted"]
        memory = processed.remembered(workspace, "build")
        about = {name: told[f"analysed/{name}"] for name in ("collectives", "indicators")}
        about["estimates"] = found.estimates
        learned = learning.of_collectives(answers.learned(records, about, settings, _today(), memory))
        lost = pd.concat([unmatched, told.pop("outside/area"), told.pop("outside/period")], ignore_index=True)
        made = {
            "harmonised/regions": names,
            **{f"joined/{name}": table for name, table in records.items()},
            "joined/area_weight": weights,
            **told,
            "analysed/suppressed": found.protected.suppressed,
            "analysed/unmatched": join.named(lost, labels),
            **{f"analysed/{name}": table for name, table in learned.tables.items()},
            "analysed/sources": acceptance.sources(workspace, monitoring.usable(packages)),
            "analysed/refused": refused,
            "disclosure/log": found.protected.log,
        }
        outlines = None if drawn is None else area_map.outlines(drawn, weights)
        parts = batches.written(common, each, found, learned.estimates)
        processed.write(workspace, settings, made, outlines, found.protected, parts)
    processed.remember(workspace, "build", learned.remember)
    not_kept = acceptance.keep(packages)
    given = build_across(workspace, settings)
    return Built(
        reference_year=reference_year,
        collectives=tuple(records["collective"]["collective_id"]),
        refused=dict(zip(refused["collective_id"], refused["problems_n"], strict=True)),
        accepted=dict(zip(refused["collective_id"], refused["accepted_on"], strict=True)),
        estimates=len(found.estimates) + len(learned.estimates),
        suppressed=len(found.protected.log),
        unmatched=len(lost),
        bundles=len(given.lines),
        unusable=given.refused,
        not_kept=not_kept,
        unplaced=themes.unplaced,
    )


def build_across(workspace: Workspace, settings: Settings) -> bundles.Bundles:
    """Make the tables of the cross-domain report again, of the bundles that may be used today.

    Parameters
    ----------
    workspace : Workspace
        A workspace that was built.
    settings : Settings
        Whether the data are made up.

    Returns
    -------
    Bundles
        What was used, and what not.

    Raises
    ------
    BundleError
        When the register of bundles cannot be read.
    """
    path = workspace.processed / "analysed" / "collectives.parquet"
    here = pd.read_parquet(path, columns=["collective_id"])["collective_id"].unique() if path.exists() else ()
    given = bundles.read_all(workspace, _today())
    tables = bundles.across(given, here, synthetic=settings.synthetic)
    learned = answers.learned(given.tables, tables, settings, _today(), processed.remembered(workspace, "across"))
    about_all = learned.estimates[learned.estimates["collective_id"].eq(learning.ACROSS)]
    tables |= {"estimates": pd.concat([tables["estimates"], about_all], ignore_index=True)} | learned.tables
    # In a build it is one already; of one that was cut off the other tables stay no whole with these.
    alone = built.begin(workspace)
    processed.write_tables(workspace, settings, {f"across/{name}": table for name, table in tables.items()})
    processed.remember(workspace, "across", learned.remember)
    if alone:
        built.end(workspace, synthetic=settings.synthetic)
    return given


def _today() -> dt.date:
    return dt.datetime.now(ZoneInfo("Europe/Amsterdam")).date()


def _records(deliveries: Sequence[delivered.Deliveries]) -> dict[str, pd.DataFrame]:
    rows = combined.stacked([one.tables for one in deliveries])
    if "collective" not in rows:
        raise PipelineError("no collective has a package without problems; expected at least one. Run: bt check")
    return combined.whole(rows)


def _reference_year(tables: dict[int, CbsTable], asked: int | None) -> int:
    year = asked or max(tables)
    if year not in tables:
        there = ", ".join(map(str, sorted(tables)))
        raise PipelineError(f"year {year} has no KWB table here; expected one of {there}. Fetch it, or name one.")
    return year
