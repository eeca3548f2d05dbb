"""The state of a workspace: what is fetched, valid, built, shared and published, a line each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pandas as pd

from bt_analysis import built, bundles, pipeline
from bt_analysis.indicators import family_of
from bt_analysis.pages import runs
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import cbs

_HERE = ZoneInfo("Europe/Amsterdam")  # days and hours as reports say them


def lines(workspace: Workspace, settings: Settings, today: dt.date | None = None) -> Iterator[str]:
    """Say what is fetched, valid, built, shared and published.

    Parameters
    ----------
    workspace : Workspace
        Whose state.
    settings : Settings
        Which CBS tables count.
    today : date, optional
        Day on which the consent for bundles has to hold; default: the day that it is.

    Yields
    ------
    str
        A line per fetched table and year of boundaries, per package (with the version that is used instead when it
        has problems), for the last build and run, per collective that has a bundle, withdrew or whose consent is over,
        and per published or failed report.
    """
    yield from _fetched(workspace, settings)
    for package in pipeline.checked(workspace, settings):
        found = len(package.problems)
        problems = f"{found} problem{'' if found == 1 else 's'}"
        instead = f"the version of {package.accepted_on}" if package.accepted_on else "nothing of it"
        used = f"; {instead} is used" if found else ""
        yield f"{'problems' if found else 'valid':<10} {package.collective_id} ({problems}{used})"
    whole = built.read(workspace)
    if whole is not None:
        yield f"built      {whole.at[:16].replace('T', ' ')}"
    elif (workspace.processed / "analysed" / "estimates.parquet").exists():
        yield "built      not to its end (cut off), or by an earlier version. Run: bt build"
    else:
        yield "built      not yet"
    yield from _last_run(workspace)
    yield from _shared(workspace, today or dt.datetime.now(_HERE).date())
    yield from _published(workspace)


def _last_run(workspace: Workspace) -> Iterator[str]:
    """Say when the last run ended, and what went wrong; nothing when there was none, or its summary is damaged."""
    try:
        run = json.loads((workspace.reports / "run.json").read_text(encoding="utf-8"))
        ended = dt.datetime.fromisoformat(run["ended"]).astimezone(_HERE)
        wrong = [f"; {name}: {stage['error']}" for name, stage in run["stages"].items() if stage["error"]]
        yield f"last run   {ended:%Y-%m-%d %H:%M} (exit status {run['exit_status']}{''.join(wrong)})"
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return


def _shared(workspace: Workspace, today: dt.date) -> Iterator[str]:
    """Say of which collectives there is a bundle, and which are left out of the cross-domain report."""
    try:
        there = bundles.read_all(workspace, today)
    except bundles.BundleError as problem:
        yield f"unusable   {problem}"
        return
    for _, row in there.lines.sort_values("collective_id").iterrows():
        until = f", until {row['valid_until']:%Y-%m-%d}" if pd.notna(row["valid_until"]) else ""
        yield f"bundle     {row['collective_id']} ({row['consent_level']}{until})"
    yield from (f"withdrawn  {name}" for name in sorted(there.withdrawn))
    yield from (f"expired    {name}" for name in sorted(there.expired))
    yield from (f"unusable   {told}" for told in there.refused)


def _published(workspace: Workspace) -> Iterator[str]:
    for path in sorted(workspace.reports.glob("*/**/run.json")):
        run = runs.read_run(path)
        if run:
            yield f"published  {run['report']} {run['period']} {run['lang']} {run['at'][:16].replace('T', ' ')}"
    for path in sorted(workspace.reports.glob("*/**/failure.json")):
        run = runs.read_run(path)
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
