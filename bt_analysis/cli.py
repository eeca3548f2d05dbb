"""The command line: ``bt`` and its commands, each a thin wrapper of a function of the package.

A mistake of the user is one line on stderr; ``--debug`` shows where it arose.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from bt_analysis import __version__, demo, notebooks, pipeline, report, settings, state
from bt_analysis.indicators import CatalogueError
from bt_analysis.pages.content import ContentError
from bt_analysis.regions import RegionCodeError
from bt_analysis.schema import Problem, SchemaError
from bt_analysis.settings import Settings, SettingsError, Workspace
from bt_analysis.sources import boundaries, cbs
from bt_analysis.sources.files import SourcesFileError
from bt_analysis.sources.odata import SourceRejected, SourceUnreachable
from bt_analysis.sources.sentences import line

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Learn together what works, for whom, where: official statistics joined with what collectives record.",
)
_out, _err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)

MISTAKES = (
    SettingsError,
    SourceRejected,
    pipeline.PipelineError,
    report.ReportError,
    ContentError,
    SchemaError,
    notebooks.NotebookError,
    boundaries.BoundariesError,
    demo.DemoError,
    SourcesFileError,
    CatalogueError,
    RegionCodeError,
    OSError,
)
"""What a user can mend: one line, exit status 1. A source that is out of reach has status 3."""


def _say_version(asked: bool) -> None:
    if asked:
        _out.print(__version__)
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
    lang: Annotated[str, typer.Option(help="Language of the reports: nl or en.")] = "nl",
) -> None:
    """Make a synthetic workspace and run the whole main job on it: fetch, check, build, report.

    A fictional municipality serves its statistics on loopback in CBS's own protocol. Everything is marked synthetic.
    """
    _out.print(f"Making a fictional municipality with {collectives} collectives in {into} …")
    root = demo.make(into, collectives=collectives, seed=seed)
    with demo.served(root) as url:
        here = settings.load(root).model_copy(
            update={"cbs": settings.load(root).cbs.model_copy(update={"base_url": url})}
        )
        workspace = Workspace(root)
        with pipeline.locked(workspace):
            _fetch_all(workspace, here, sorted(here.cbs.kwb_tables.values()))
            problems = [problem for package in pipeline.check(workspace, here) for problem in package.problems]
            _print_problems(problems)
            _print_built(pipeline.build(workspace, here))
            failed = _report_all(workspace, here, [], lang=lang)
    _out.print(f"Open {(root / 'reports' / 'index.html').resolve()}")
    raise typer.Exit(1 if failed or problems else 0)


@app.command()
def fetch(
    context: typer.Context,
    years: Annotated[str, typer.Option(help="Years of the KWB tables, as 2024 or 2020-2024; default: all.")] = "",
    table: Annotated[
        list[str] | None, typer.Option(help="Id of a CBS table, as 84799NED; may be given more than once.")
    ] = None,
) -> None:
    """Bring CBS tables that are missing or newer into data/raw.

    Example: `bt fetch --table 84799NED` or `bt fetch --years 2020-2024`.
    """
    workspace, here = _open(context)
    with pipeline.locked(workspace):
        _fetch_all(workspace, here, table or _tables_of(years, here))


@app.command()
def check(
    context: typer.Context,
    collective: Annotated[list[str] | None, typer.Argument(help="Ids of collectives; default: all.")] = None,
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",  # noqa: A002 - the option's name
) -> None:
    """Check the monitoring packages: every problem with file, sheet, row, column, got, expected, what to do."""
    if format not in ("text", "json"):
        raise typer.BadParameter(f"got {format!r}; expected text or json", param_hint="--format")
    workspace, here = _open(context)
    packages = pipeline.check(workspace, here)
    unknown = set(collective or []) - {package.collective_id for package in packages}
    if unknown or not packages:
        name = next(iter(sorted(unknown)), "")
        raise pipeline.PipelineError(
            f"{workspace.monitoring / name} holds no package; expected a workbook or CSVs per collective. Put it there."
        )
    chosen = [package for package in packages if not collective or package.collective_id in collective]
    problems = [problem for package in chosen for problem in package.problems]
    if format == "json":
        rows = [{"collective": p.collective_id, **_as_json(problem)} for p in chosen for problem in p.problems]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        _print_problems(problems)
        for package in chosen:
            repaired = f", {len(package.repairs)} repaired" if package.repairs else ""
            state = f"{len(package.problems)} problems" if package.problems else "in order"
            _out.print(f"{package.collective_id}: {state}{repaired}")
    raise typer.Exit(1 if problems else 0)


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
        _print_built(pipeline.build(workspace, here, year))


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
    lang: Annotated[str | None, typer.Option(help="nl or en; default: the setting.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="Reports at the same time.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also those that are up to date.")] = False,
) -> None:
    """Publish the reports that are out of date."""
    workspace, here = _open(context)
    names = [*(collective or []), *(["across"] if across else [])]
    with pipeline.locked(workspace):
        failed = _report_all(workspace, here, names, period=period, lang=lang, jobs=jobs, force=force)
    raise typer.Exit(1 if failed else 0)


@app.command()
def run(context: typer.Context) -> None:
    """Do the whole job: fetch, check, build, report. For scheduled runs; the exit status is the worst of the four."""
    workspace, here = _open(context)
    status = 0
    with pipeline.locked(workspace):
        try:
            _fetch_all(workspace, here, sorted(here.cbs.kwb_tables.values()))
        except SourceUnreachable as problem:
            if not cbs.available_kwb(workspace, here.cbs):
                raise
            _err.print(f"bt: {problem} Going on with what was fetched before.")
        problems = [problem for package in pipeline.check(workspace, here) for problem in package.problems]
        _print_problems(problems)
        status = 1 if problems else 0
        _print_built(pipeline.build(workspace, here))
        status = 1 if _report_all(workspace, here, []) else status
    raise typer.Exit(status)


@app.command()
def status(context: typer.Context) -> None:
    """Say what is fetched, valid, built and published."""
    workspace, here = _open(context)
    for text in state.lines(workspace, here):
        _out.print(text, markup=False)


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
    _err.print(f"bt: {' '.join(str(problem).split())}", markup=False)
    sys.exit(code)


def _open(context: typer.Context) -> tuple[Workspace, Settings]:
    root = Path(context.obj["workspace"])
    if not root.is_dir():
        raise SettingsError(
            f"workspace {root} is no folder; expected one with data/ in it. Make it, or name another with --workspace."
        )
    return Workspace(root), settings.load(root)


def _tables_of(years: str, here: Settings) -> list[str]:
    known = here.cbs.kwb_tables
    if not years:
        return [known[year] for year in sorted(known)]
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", years)
    wanted = range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)
    if not wanted or not set(wanted) <= set(known):
        raise SettingsError(
            f"--years got {years!r}; expected years from {min(known)} to {max(known)}, as 2024 or 2020-2024."
        )
    return [known[year] for year in wanted]


def _fetch_all(workspace: Workspace, here: Settings, tables: list[str]) -> None:
    with _progress() as bar:
        task = bar.add_task("fetch", total=len(tables))
        for table in tables:
            bar.update(task, description=f"fetch {table}")
            fetched = cbs.fetch_table(table, workspace, here.cbs)
            bar.console.print(
                f"{table}: {fetched.rows:,} rows, {'fetched' if fetched.changed else 'up to date'}, "
                f"changed {fetched.modified[:10]}"
            )
            bar.advance(task)


def _report_all(workspace: Workspace, here: Settings, names: list[str], **options: Any) -> int:
    with _progress() as bar:
        task = bar.add_task("reports", total=None)
        outcomes = report.publish(workspace, here, names, progress=_telling(bar, task), **options)
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    _out.print(f"{len(outcomes) - failed} reports in order, {failed} failed: {workspace.reports / 'index.html'}")
    return failed


def _telling(bar: Progress, task: Any) -> Callable[[report.Outcome], None]:
    def tell(outcome: report.Outcome) -> None:
        detail = outcome.error if outcome.status == "failed" else f"{outcome.seconds:.1f} s"
        bar.console.print(
            f"report {outcome.name} {outcome.period} {outcome.lang}: {outcome.status}, {detail}", markup=False
        )
        bar.advance(task)

    return tell


def _progress() -> Progress:
    """Make a bar for a terminal; elsewhere only the plain lines that are printed above it remain."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=_out,
        transient=True,
        disable=not _out.is_terminal,
    )


def _print_built(built: pipeline.Built) -> None:
    _out.print(
        f"built: division {built.reference_year}, {len(built.collectives)} collectives, {built.estimates:,} estimates, "
        f"{built.suppressed} cells suppressed, {built.unmatched} not matched"
    )
    for name, problems in built.refused.items():
        _err.print(f"bt: the package of {name} has {problems} problems and was not used. Run: bt check {name}")


def _print_problems(problems: list[Problem]) -> None:
    for problem in problems:
        _out.print(line(problem), markup=False)


def _as_json(problem: Problem) -> dict[str, object]:
    wanted = ("file", "sheet", "row", "column", "got", "expected", "do")
    return {key: value for key, value in asdict(problem).items() if key in wanted}
