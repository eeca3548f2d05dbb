"""The main job: bt demo, fetch, build, report, run, status and indicators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bt_analysis import (
    demo,
    evidence,
    fetching,
    indicators,
    listing,
    pipeline,
    report,
    running,
    settings,
    state,
    terminal,
    unattended,
)
from bt_analysis.cli.app import Lang, ListForm, app, open_workspace
from bt_analysis.settings import SettingsError, Workspace
from bt_analysis.sources import cbs

Scheduler = Annotated[
    str | None,
    typer.Option(help="Dask scheduler whose workers make the reports, as tcp://10.0.0.4:8786; default: the setting."),
]


@app.command("demo")
def _demo(
    context: typer.Context,
    into: Annotated[Path, typer.Option("--into", help="Folder to make; must be empty or a demo made before.")] = Path(
        "demo"
    ),
    collectives: Annotated[int, typer.Option(min=1, max=5_000, help="How many collectives to make up.")] = 8,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = demo.SEED,
    lang: Annotated[Lang, typer.Option(help="Language of the reports.")] = Lang.nl,
) -> None:
    """Make a synthetic workspace and run the whole main job on it: fetch, check, build, report.

    A fictional municipality serves its statistics on loopback in CBS's own protocol. Everything is marked synthetic.
    """
    terminal.say(f"Making a fictional municipality with {collectives} collectives in {into} …")
    workspace = Workspace(into)
    if workspace.config.exists():
        with pipeline.locked(workspace):
            demo.make(into, collectives=collectives, seed=seed)
    else:
        demo.make(into, collectives=collectives, seed=seed)
    with demo.served(into) as url, _held(workspace):
        made = settings.load(into)
        here = made.model_copy(update={"cbs": made.cbs.model_copy(update={"base_url": url})})

        def share() -> str:
            return f"{demo.share(workspace, here)} of {collectives} collectives let their data travel in a bundle"

        status = unattended.whole_job(workspace, here, debug=context.obj["debug"], share=share, lang=lang)
    terminal.say(f"Open {(workspace.reports / 'index.html').resolve()}")
    raise typer.Exit(status)


@app.command()
def fetch(
    context: typer.Context,
    years: Annotated[
        str, typer.Option(help="Years of the KWB tables, or of the families named, as 2024 or 2020-2024; default: all.")
    ] = "",
    family: Annotated[
        list[str] | None,
        typer.Option(help="Tables beside KWB: health, police, ses or proximity; may be given more than once."),
    ] = None,
    table: Annotated[
        list[str] | None, typer.Option(help="Id of a CBS table, as 84799NED; may be given more than once.")
    ] = None,
    downloads_from: Annotated[
        Path | None, typer.Option("--from", help="Folder with KWB files that were downloaded by hand.")
    ] = None,
    boundary_years: Annotated[
        str, typer.Option("--boundaries", help="Years to bring the boundaries of, as 2024 or 2013-2024.")
    ] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Ask nothing; say how old what was fetched is.")] = False,
    back_end: Annotated[str, typer.Option(help=f"How tables are asked for: {', '.join(cbs.BACK_ENDS)}.")] = "odata3",
) -> None:
    """Bring CBS tables that are missing or newer into data/raw, or the boundaries of regions.

    Example: `bt fetch --years 2020-2024`, `bt fetch --family health`, `bt fetch --table 84799NED`,
    `bt fetch --boundaries 2020-2024` or `bt fetch --from downloads`. Without options: the KWB tables of all years.
    """
    workspace, here = open_workspace(context)
    if back_end not in cbs.BACK_ENDS:
        raise SettingsError(f"--back-end got {back_end!r}; expected one of {', '.join(cbs.BACK_ENDS)}.")
    if offline and (boundary_years or downloads_from):
        raise SettingsError(
            "--offline got --boundaries or --from beside it; expected tables only, as it brings nothing. Leave one out."
        )
    divisions = fetching.divisions(boundary_years)
    elsewhere = bool(divisions or downloads_from)
    chosen = fetching.chosen(here, table or [], family or [], years, back_end, elsewhere=elsewhere)
    if offline:
        fetching.tell_ages(workspace, chosen)
        return
    with _held(workspace):
        fetching.fetch_boundaries(workspace, here, divisions)
        fetching.fetch_all(workspace, here, chosen)
        if downloads_from:
            fetching.import_all(workspace, downloads_from)


@app.command()
def build(
    context: typer.Context,
    year: Annotated[
        int | None, typer.Option(help="Division year to bring all figures to; default: the newest fetched.")
    ] = None,
) -> None:
    """Build all tables, from raw to analysed."""
    workspace, here = open_workspace(context)
    with _held(workspace):
        with terminal.steps() as tell:
            made = pipeline.build(workspace, here, year, tell=tell)
        terminal.built(made)


@app.command("report")
def _report(
    context: typer.Context,
    collective: Annotated[
        list[str] | None, typer.Argument(help="Ids of collectives; default: all, and the cross-domain report.")
    ] = None,
    across: Annotated[bool, typer.Option("--across", help="The cross-domain report.")] = False,
    period: Annotated[
        str | None, typer.Option(help="As 2024 or 2023-2024; default: each collective's longest.")
    ] = None,
    lang: Annotated[Lang | None, typer.Option(help="Language; default: the setting.")] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="html, or html,pdf for a PDF beside each page; default: the setting.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="Reports at the same time.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also those that are up to date.")] = False,
    scheduler: Scheduler = None,
) -> None:
    """Publish the reports that are out of date."""
    workspace, here = open_workspace(context)
    names = [*(collective or []), *([report.ACROSS] if across else [])]
    formats = None if form is None else [one.strip() for one in form.split(",")]
    with _held(workspace):
        status = unattended.report_only(
            workspace, here, names,
            period=period, lang=lang, formats=formats, jobs=jobs, force=force, scheduler=scheduler,
        )  # fmt: skip
    raise typer.Exit(status)


@app.command()
def run(context: typer.Context, scheduler: Scheduler = None) -> None:
    """Do the whole job: fetch, check, build, report. For scheduled runs; the exit status is the worst of the four.

    What it did stands in reports/run.json, for other programs, and in logs/bt-run.log, for people.
    """
    workspace, here = open_workspace(context)
    with _held(workspace):
        status = unattended.whole_job(workspace, here, debug=context.obj["debug"], scheduler=scheduler)
    raise typer.Exit(status)


@app.command("indicators")
def _indicators(
    context: typer.Context,
    word: Annotated[str, typer.Argument(help="Part of an id or a label, in Dutch or English; default: all.")] = "",
    domain: Annotated[str, typer.Option(help="Only of this domain, as energie_klimaat.")] = "",
    form: Annotated[
        ListForm, typer.Option("--format", help="For people, for other programs, or as a page.")
    ] = ListForm.text,
) -> None:
    """Say which figures there are: unit, years and how many regions, as far as tables were fetched, and breaks.

    Example: `bt indicators eenzaam` or `bt indicators --domain energie_klimaat`.
    """
    workspace, here = open_workspace(context)
    found = indicators.search(word, domain)
    if form is ListForm.markdown:
        listing.show_markdown(found)
        return
    tables = {year: cbs.read_table(folder) for year, folder in cbs.available_kwb(workspace, here.cbs).items()}
    coverage = evidence.coverage(workspace, tables, indicators.load())
    if form is ListForm.json:
        listing.show_json(found, coverage)
    else:
        listing.show(found, coverage, here.report.lang)


@app.command()
def status(context: typer.Context) -> None:
    """Say what is fetched, valid, built and published."""
    workspace, here = open_workspace(context)
    for text in state.lines(workspace, here):
        terminal.say(text)


@contextmanager
def _held(workspace: Workspace) -> Iterator[None]:
    """Hold a workspace; a run that is asked to stop gives it back."""
    with running.stoppable(), running.locked(workspace):
        yield
