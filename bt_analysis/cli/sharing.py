"""What leaves the workspace, and what comes back: bt bundle, bt withdraw and bt export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bt_analysis import archive, bundles, pipeline, report, terminal
from bt_analysis.bundles import BundleError, Consent
from bt_analysis.cli.app import Audience, Role, app, open_workspace
from bt_analysis.sources import monitoring


def _today() -> dt.date:
    return dt.datetime.now(ZoneInfo("Europe/Amsterdam")).date()


@app.command()
def bundle(
    context: typer.Context,
    collective: Annotated[list[str], typer.Argument(help="Ids of collectives that agreed.")],
    approved_by: Annotated[Role, typer.Option(help="Role of the one who agreed for the collective.")] = Role.collective,
    approved_on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the consent; default: today.")
    ] = None,
    valid_until: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the consent; default: a year.")
    ] = None,
    level: Annotated[
        Audience | None, typer.Option(help="For whom; default: what the collective released its data for.")
    ] = None,
) -> None:
    """Make the package of a collective that may travel: checked for small groups, with its consent.

    The cross-domain report is made of bundles and of nothing else. Example: `bt bundle zonnewijk --level gemeente`.
    """
    workspace, here = open_workspace(context)
    on = approved_on.date() if approved_on else _today()
    consent = Consent(approved_by, on, level, valid_until.date() if valid_until else None)
    with pipeline.locked(workspace):
        packages = {package.collective_id: package for package in pipeline.check(workspace, here, collective)}
        for name in collective:
            if name not in packages:
                there = ", ".join(folder.name for folder in monitoring.folders(workspace)) or "none"
                raise BundleError(f"collective {name!r} has no package; expected one of: {there}. Name one of them.")
            terminal.say(str(bundles.make(workspace, here, packages[name], consent)))
        pipeline.build_across(workspace, here)
    terminal.say("It is in the cross-domain report after: bt report --across")


@app.command()
def withdraw(
    context: typer.Context,
    collective: Annotated[str, typer.Argument(help="Id of the collective that takes its consent back.")],
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; default: today.")] = None,
) -> None:
    """Take a collective's bundles away, and at once every page of it that others could read.

    A cross-domain report that it was in is no longer shown to others either, until that is made again. Its own folder
    and report stay: they are the collective's. Example: `bt withdraw zonnewijk`.
    """
    workspace, here = open_workspace(context)
    with pipeline.locked(workspace):
        gone = bundles.withdraw(workspace, collective, on.date() if on else _today())
        # First what others can read; the tables may still fail.
        report.let_out(workspace, here)
        pipeline.build_across(workspace, here)
    terminal.say(
        f"{collective}: {terminal.count(gone, 'bundle')} removed, and its pages in reports/released. "
        "Now run: bt report --across"
    )


@app.command("export")
def _export(
    context: typer.Context,
    datapackage: Annotated[Path, typer.Option("--datapackage", help="Folder to write; new, or an earlier export.")],
    audience: Annotated[Audience, typer.Option(help="Only collectives that released their data for these.")] = (
        Audience.openbaar
    ),
) -> None:
    """Write what may be shown as a data package, for an archive or another tool.

    Tables as CSV, datapackage.json (Frictionless, version 2), dcat.jsonld (DCAT-AP-NL) and ro-crate-metadata.json.
    Example: `bt export --datapackage ../for_the_archive`.
    """
    workspace, here = open_workspace(context)
    done = archive.export(workspace, here, datapackage, _today(), audience)
    rows = sum(done.rows.values())
    terminal.say(f"{done.folder}: {terminal.count(len(done.collectives), 'collective')}, {rows:,} rows")
    if done.waiting:
        terminal.say(f"Not in it, as they read their newest report first: {', '.join(done.waiting)}")
