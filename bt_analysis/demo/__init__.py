"""A fictional municipality to try everything on: a seed comes in, a whole synthetic workspace goes out."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pyogrio  # type: ignore[import-untyped]

from bt_analysis import bundles, pipeline, settings
from bt_analysis.demo import cbs_metadata, cbs_tables, municipality, packages, population, surroundings
from bt_analysis.demo.collectives import Collective, effects, plan
from bt_analysis.demo.records import record

TABLES_FOLDER = "cbs_tables"
"""Folder of a synthetic workspace with the CBS tables to serve."""

SEED = 20260101
"""Seed of the demonstration that the documentation shows."""

_TRUTH = "truth.json"


class DemoError(ValueError):
    """The demonstration cannot be made here; the message says what was got, what is expected and what to do."""


def make(into: Path, collectives: int = 8, seed: int = SEED) -> Path:
    """Make a synthetic workspace, with the CBS tables to serve and the truth to check methods against.

    Parameters
    ----------
    into : Path
        The workspace's folder; made when it is not there. Collectives of an earlier demonstration in it are removed.
    collectives : int
        How many; there are eight kinds, after which the first comes again elsewhere.
    seed : int
        The same seed and number give the same bytes.

    Returns
    -------
    Path
        ``into``, with bt.toml, truth.json, LEESMIJ.md, cbs_tables/, data/raw/monitoring/ and data/raw/boundaries/.

    Raises
    ------
    DemoError
        When the folder holds anything but an earlier demonstration, or the number of collectives is below 1.
    """
    if collectives < 1:
        raise DemoError(f"got {collectives} collectives; expected at least 1. Leave the number out for 8.")
    _refuse_real(into)
    cells = pd.concat([municipality.draw(seed), surroundings.draw(seed)], ignore_index=True)
    planned = plan(cells, collectives)
    exact = population.figures(cells, cbs_tables.YEARS, effects(planned), seed)
    workspace = settings.Workspace(into)
    _clear(workspace)
    _mark(into)
    for year in cbs_tables.YEARS:
        cbs_tables.write_table(cbs_tables.make_table(cells, exact, year, seed), into / TABLES_FOLDER)
        _write_boundaries(municipality.division(cells, year), workspace.raw / "boundaries" / str(year))
    truth = {one.collective_id: _deliver(one, exact, seed, workspace.monitoring) for one in planned}
    known = {"synthetic": True, "notice": cbs_metadata.NOTICE, "seed": seed, "collectives": truth}
    (into / _TRUTH).write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return into


def share(workspace: settings.Workspace, here: settings.Settings) -> int:
    """Make the bundles of a synthetic workspace that was built: all collectives agreed but one, when there are more.

    Parameters
    ----------
    workspace : Workspace
        What :func:`make` returned, after ``pipeline.build``.
    here : Settings
        Its settings.

    Returns
    -------
    int
        Bundles made.
    """
    packages = pipeline.check(workspace, here)
    agreed = packages[: max(1, len(packages) - 1)]
    consent = bundles.Consent("collective", dt.datetime.now(ZoneInfo("Europe/Amsterdam")).date())
    for package in agreed:
        bundles.make(workspace, here, package, consent)
    pipeline.build_across(workspace, here)
    return len(agreed)


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve the CBS tables of a synthetic workspace on loopback while the block runs.

    Parameters
    ----------
    root : Path
        What :func:`make` returned.

    Yields
    ------
    str
        Base url for ``cbs.base_url``.
    """
    # Imported here, because Python warns when `python -m bt_analysis.demo.server` finds its module imported already.
    from bt_analysis.demo.server import serve  # noqa: PLC0415

    with serve(root / TABLES_FOLDER) as url:
        yield url


def _refuse_real(into: Path) -> None:
    earlier = settings.Workspace(into).config.exists() and settings.load(into).synthetic
    if into.exists() and any(into.iterdir()) and not earlier:
        raise DemoError(
            f"{into} holds files that are no demonstration; expected an empty folder, or a demonstration made before. "
            "Choose another folder with --into."
        )


def _clear(workspace: settings.Workspace) -> None:
    known = workspace.root / _TRUTH
    earlier = json.loads(known.read_text(encoding="utf-8"))["collectives"] if known.exists() else {}
    for collective_id in earlier:
        shutil.rmtree(workspace.monitoring / collective_id, ignore_errors=True)
    # Other people in another demonstration: what was published of the earlier ones holds nothing back here.
    for folder in (workspace.released, workspace.processed, bundles.register.folder(workspace)):
        shutil.rmtree(folder, ignore_errors=True)


def _write_boundaries(buurten: gpd.GeoDataFrame, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "buurten.gpkg"
    path.unlink(missing_ok=True)  # an existing GeoPackage would be edited, and remember that it was
    outlines = buurten[["buurtcode", "buurtnaam", "wijkcode", "gemeentecode", "geometry"]]
    # A GeoPackage holds the time of its last change; GDAL takes it from here.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    try:
        outlines.to_file(path, layer="buurten", driver="GPKG", DESCRIPTION=cbs_metadata.NOTICE)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _deliver(collective: Collective, exact: pd.DataFrame, seed: int, monitoring: Path) -> dict[str, Any]:
    tables, truth = record(collective, exact, seed)
    folder = monitoring / collective.collective_id
    folder.mkdir(parents=True, exist_ok=True)
    kind = collective.archetype
    if kind.get("format") == "csv":
        packages.write_csvs(tables, folder, collective.collective_id, collective.name)
    else:
        habits = packages.Habits(*(bool(kind.get(name)) for name in ("text_dates", "comma", "title_row")))
        packages.write_workbook(tables, folder / f"{collective.collective_id}.xlsx", collective.name, habits)
    return truth


def _mark(into: Path) -> None:
    """Say that everything here is made up, before there is anything."""
    into.mkdir(parents=True, exist_ok=True)
    tables = "".join(f'{year} = "{cbs_metadata.table_id(year)}"\n' for year in cbs_tables.YEARS)
    whose = 'publisher = "Verzonnen tabel"\nlicence = "verzonnen cijfers, niet van het CBS"\n'
    config = f"# {cbs_metadata.NOTICE}\nsynthetic = true\n\n[cbs]\n{whose}\n[cbs.kwb_tables]\n{tables}"
    (into / "bt.toml").write_text(config, encoding="utf-8")
    (into / "LEESMIJ.md").write_text(f"# Verzonnen gemeente\n\n{cbs_metadata.NOTICE}\n", encoding="utf-8")
