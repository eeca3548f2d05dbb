"""The state of a workspace: what is fetched, valid, built and published, a line each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bt_analysis import pipeline
from bt_analysis.indicators import family_of
from bt_analysis.pages import publication
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import cbs


def lines(workspace: Workspace, settings: Settings) -> Iterator[str]:
    """Say what is fetched, valid, built and published.

    Parameters
    ----------
    workspace : Workspace
        Whose state.
    settings : Settings
        Which CBS tables count.

    Yields
    ------
    str
        A line per fetched table and year of boundaries, per package, for the last build, and per published or failed
        report.
    """
    yield from _fetched(workspace, settings)
    for package in pipeline.check(workspace, settings):
        found = len(package.problems)
        problems = f"{found} problem{'' if found == 1 else 's'}"
        yield f"{'problems' if found else 'valid':<10} {package.collective_id} ({problems})"
    built = workspace.processed / "analysed" / "estimates.parquet"
    if built.exists():
        when = dt.datetime.fromtimestamp(built.stat().st_mtime, ZoneInfo("Europe/Amsterdam"))  # as reports say it
        yield f"built      {when:%Y-%m-%d %H:%M}"
    else:
        yield "built      not yet"
    for path in sorted(workspace.reports.glob("*/**/run.json")):
        run = publication.read_run(path)
        if run:
            yield f"published  {run['report']} {run['period']} {run['lang']} {run['at'][:16].replace('T', ' ')}"
    for path in sorted(workspace.reports.glob("*/**/failure.json")):
        run = publication.read_run(path)
        if run:
            at = run["at"][:16].replace("T", " ")
            yield f"failed     {run['name']} {run['period']} {run['lang']} {at}: {run['error']}"


def _fetched(workspace: Workspace, settings: Settings) -> Iterator[str]:
    kwb = cbs.available_kwb(workspace, settings.cbs)
    for year, folder in sorted(kwb.items()):
        yield f"fetched    KWB {year} ({folder.name})"
    for folder in sorted((workspace.raw / "cbs").glob("[0-9]*")):
        if folder not in kwb.values():
            family = family_of(folder.name.partition(".")[0])
            yield f"fetched    {family.id if family else 'table'} ({folder.name})"
    for folder in sorted((workspace.raw / "boundaries").glob("[0-9]*")):
        layers = ", ".join(sorted(path.stem for path in folder.glob("*.gpkg")))
        yield f"fetched    boundaries {folder.name} ({layers or 'nothing'})"
