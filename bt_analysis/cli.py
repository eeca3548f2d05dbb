"""The command line: ``bt`` and its commands, each a thin wrapper of a function of the package.

A mistake of the user is one line on stderr; ``--debug`` shows where it arose.
"""

from __future__ import annotations

import logging
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bt_analysis import (
    __version__,
    demo,
    evidence,
    fetching,
    indicators,
    listing,
    notebooks,
    pipeline,
    report,
    settings,
    state,
    terminal,
)
from bt_analysis.indicators import CatalogueError
from bt_analysis.pages.content import ContentError
from bt_analysis.regions import RegionCodeError
from bt_analysis.schema import SchemaError
from bt_analysis.settings import Settings, SettingsError, Workspace
from bt_analysis.sources import addresses, boundaries, cbs
from bt_analysis.sources.crosswalk import CrosswalkError
from bt_analysis.sources.files import SourcesFileError
from bt_analysis.sources.patience import SourceRejected, SourceUnreachable

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Learn together what works, for whom, where: official statistics joined with what collectives record.",
)

MISTAKES = (
    SettingsError,
    SourceRejected,
    pipeline.PipelineError,
    report.ReportError,
    ContentError,
    SchemaError,
    notebooks.NotebookError,
    boundaries.BoundariesError,
    addresses.AddressesError,
    CrosswalkError,
    demo.DemoError,
    SourcesFileError,
    CatalogueError,
    RegionCodeError,
    OSError,
)
"""What a user can mend: one line, exit status 1. A source that is out of reach has status 3."""


class Lang(StrEnum):
    """Languages of the reports."""

    nl = "nl"
    en = "en"


class Form(StrEnum):
    """How problems are printed: for people, or for other programs."""

    text = "text"
    json = "json"


class ListForm(StrEnum):
    """How indicators are printed: for people, for other programs, or as a page of the documentation."""

    text = "text"
    json = "json"
    markdown = "markdown"


def _say_version(asked: bool) -> None:
    if asked:
        terminal.say(__version__)
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", envvar="BT_WORKSPACE", help="Folder with bt.toml, data/ and reports/.")
    ] = Path(),
    debug: Annotated[bool, typer.Option("--debug", help="Show where a mistake arose.")] = False,
    version: Annotated[  # noqa: ARG001 - typer calls _say_version for it
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = {"workspace": workspace}
    # force: cbsodata sets up logging when it is imported. Retries are told once, at the end, and not one by one.
    level = logging.INFO if debug else logging.WARNING
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO if debug else logging.ERROR)


@app.command("demo")
def _demo(
    into: Annotated[Path, typer.Option("--into", help="Folder to make; must be empty or a demo made before.")] = Path(
        "demo"
    ),
    collectives: Annotated[int, typer.Option(min=1, max=500, help="How many collectives to make up.")] = 8,
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
    with demo.served(into) as url, pipeline.locked(workspace):
        made = settings.load(into)
        here = made.model_copy(update={"cbs": made.cbs.model_copy(update={"base_url": url})})
        status = _whole_job(workspace, here, lang=lang)
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
    workspace, here = _open(context)
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
    with pipeline.locked(workspace):
        fetching.fetch_boundaries(workspace, here, divisions)
        fetching.fetch_all(workspace, here, chosen)
        if downloads_from:
            fetching.import_all(workspace, downloads_from)


@app.command()
def check(
    context: typer.Context,
    collective: Annotated[list[str] | None, typer.Argument(help="Ids of collectives; default: all.")] = None,
    form: Annotated[Form, typer.Option("--format", help="For people, or for other programs.")] = Form.text,
) -> None:
    """Check the monitoring packages: every problem with file, sheet, row, column, got, expected, what to do."""
    workspace, here = _open(context)
    packages = pipeline.check(workspace, here)
    unknown = sorted(set(collective or []) - {package.collective_id for package in packages})
    if unknown or not packages:
        raise pipeline.PipelineError(
            f"{workspace.monitoring.joinpath(*unknown[:1])} holds no package; expected a workbook or CSVs per "
            "collective. Put it there."
        )
    chosen = [package for package in packages if not collective or package.collective_id in collective]
    if form is Form.json:
        terminal.problems_as_json(chosen)
    else:
        terminal.problems(chosen)
        terminal.verdicts(chosen)
    raise typer.Exit(1 if any(package.problems for package in chosen) else 0)


@app.command()
def build(
    context: typer.Context,
    year: Annotated[
        int | None, typer.Option(help="Division year to bring all figures to; default: the newest fetched.")
    ] = None,
) -> None:
    """Build all tables, from raw to analysed."""
    workspace, here = _open(context)
    with pipeline.locked(workspace):
        terminal.built(pipeline.build(workspace, here, year))


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
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="Reports at the same time.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also those that are up to date.")] = False,
) -> None:
    """Publish the reports that are out of date."""
    workspace, here = _open(context)
    names = [*(collective or []), *([report.ACROSS] if across else [])]
    with pipeline.locked(workspace):
        failed = terminal.report_all(workspace, here, names, period=period, lang=lang, jobs=jobs, force=force)
    raise typer.Exit(1 if failed else 0)


@app.command()
def run(context: typer.Context) -> None:
    """Do the whole job: fetch, check, build, report. For scheduled runs; the exit status is the worst of the four."""
    workspace, here = _open(context)
    with pipeline.locked(workspace):
        status = _whole_job(workspace, here)
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
    workspace, here = _open(context)
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
    workspace, here = _open(context)
    for text in state.lines(workspace, here):
        terminal.say(text)


def main() -> None:
    """Run the command line; turn a user's mistake into one line and an exit status."""
    debug = "--debug" in sys.argv
    try:
        app()
    except SourceUnreachable as problem:
        _give_up(problem, 3, debug)
    except MISTAKES as problem:
        _give_up(problem, 1, debug)


def _give_up(problem: Exception, code: int, debug: bool) -> None:
    if debug:
        raise problem
    terminal.warn(terminal.explain(problem))
    sys.exit(code)


def _open(context: typer.Context) -> tuple[Workspace, Settings]:
    root = Path(context.obj["workspace"])
    if not root.is_dir():
        raise SettingsError(
            f"workspace {root} is no folder; expected one with data/ in it. Make it, or name another with --workspace."
        )
    return Workspace(root), settings.load(root)


def _whole_job(workspace: Workspace, here: Settings, **options: Any) -> int:
    """Fetch, check, build and report; what was fetched before will do when a source is out of reach or refuses."""
    refused = False
    try:
        fetching.fetch_all(workspace, here, fetching.chosen(here))
    except (SourceUnreachable, SourceRejected) as problem:
        if not cbs.available_kwb(workspace, here.cbs):
            raise
        refused = isinstance(problem, SourceRejected)
        terminal.warn(f"{problem} Going on with what was fetched.")
    packages = pipeline.check(workspace, here)
    terminal.problems(packages)
    terminal.built(pipeline.build(workspace, here))
    failed = terminal.report_all(workspace, here, [], **options)
    return 1 if refused or failed or any(package.problems for package in packages) else 0
