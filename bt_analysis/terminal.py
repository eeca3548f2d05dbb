"""What a person sees while ``bt`` works: a bar on a terminal, plain lines elsewhere, and one line per mistake."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from bt_analysis import pipeline, report
from bt_analysis.schema import Problem
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import boundaries, cached, cbs
from bt_analysis.sources.http import Client, SourceRejected
from bt_analysis.sources.monitoring import Package
from bt_analysis.sources.sentences import line

# No markup: a name that a person typed may hold brackets.
_OUT = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
_ERR = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
_WANTED = ("file", "sheet", "row", "column", "got", "expected", "do")


def say(text: str) -> None:
    """Print a line on stdout.

    Parameters
    ----------
    text : str
        As it is to be read.
    """
    _OUT.print(text)


def warn(text: str) -> None:
    """Print a line on stderr.

    Parameters
    ----------
    text : str
        What went wrong; line breaks in it become spaces.
    """
    _ERR.print(f"bt: {' '.join(text.split())}")


def explain(problem: Exception) -> str:
    """Say in one line what went wrong.

    Parameters
    ----------
    problem : Exception
        A mistake of the user, or of the machine, such as a full or read-only disk.

    Returns
    -------
    str
        Our own errors as they are; those of the file system with the file, what was expected and what to do.
    """
    if isinstance(problem, OSError) and problem.filename is not None and problem.strerror:
        return (
            f"{problem.filename}: {problem.strerror[:1].lower()}{problem.strerror[1:]}; expected a file that can be "
            "read, or a folder that can be written to. Check its rights and the room on the disk."
        )
    return str(problem)


def fetch_all(workspace: Workspace, settings: Settings, tables: Iterable[str | cbs.Wanted]) -> None:
    """Fetch tables, with a line for each.

    Parameters
    ----------
    workspace : Workspace
        Where to keep them.
    settings : Settings
        Where they come from.
    tables : iterable of str or Wanted
        Ids of CBS tables, or what to fetch of them.

    Raises
    ------
    SourceRejected
        When the host refused tables; those that it has were fetched first.
    SourceUnreachable
        When the host does not answer; the tables after that are not asked for.
    """
    wanted, rejected = list(tables), list[str]()
    with _progress() as bar:
        task = bar.add_task("fetch", total=len(wanted))
        for outcome in cbs.fetch_tables(wanted, workspace, settings.cbs, partial(_rows_told, bar, task)):
            bar.advance(task)
            if isinstance(outcome, cbs.SourceRejected):
                rejected.append(str(outcome))
                continue
            bar.console.print(
                f"{outcome.table_id}: {outcome.rows:,} rows, {'fetched' if outcome.changed else 'up to date'}, "
                f"changed {outcome.modified[:10]}"
            )
    if rejected:
        for sentence in rejected[1:]:
            warn(sentence)
        raise cbs.SourceRejected(rejected[0])


def fetch_boundaries(workspace: Workspace, settings: Settings, years: Iterable[int]) -> None:
    """Fetch the boundaries of division years, with a line for each.

    Parameters
    ----------
    workspace : Workspace
        Where to keep them.
    settings : Settings
        Where they come from.
    years : iterable of int
        Division years.

    Raises
    ------
    SourceRejected
        When no host had one of the years; the others were fetched first.
    SourceUnreachable
        When a host does not answer; the years after that are not asked for.
    """
    wanted, rejected = list(years), list[str]()
    with Client(settings.cbs) as client, _progress() as bar:
        task = bar.add_task("boundaries", total=len(wanted))
        for year in wanted:
            bar.update(task, description=f"boundaries {year}")
            try:
                fetched = boundaries.fetch_boundaries(year, workspace, settings.boundaries, client)
            except SourceRejected as problem:
                rejected.append(str(problem))
                continue
            finally:
                bar.advance(task)
            counts = ", ".join(f"{count:,} {layer}" for layer, count in fetched.rows.items())
            how = f"fetched by {fetched.route}" if fetched.changed else "up to date"
            bar.console.print(f"boundaries {year}: {counts}, {how}")
    for sentence in rejected[1:]:
        warn(sentence)
    if rejected:
        raise SourceRejected(rejected[0])


def _rows_told(bar: Progress, task: TaskID, table: str) -> Callable[[int, int], None]:
    """Make what tells how far one table is, beside the bar of all tables."""

    def tell(rows: int, total: int) -> None:
        of = f" of {total:,}" if total else ""
        bar.update(task, description=f"fetch {table}: {rows:,}{of} rows")

    return tell


def tell_ages(workspace: Workspace, tables: Iterable[str | cbs.Wanted]) -> None:
    """Say how old what was fetched is, with a line for each table; nothing is asked of a host.

    Parameters
    ----------
    workspace : Workspace
        Where the tables lie.
    tables : iterable of str or Wanted
        The tables that are wanted.

    Raises
    ------
    SourceUnreachable
        When nothing usable of a table was fetched; the others are told first.
    """
    lacking, now = list[str](), datetime.now(UTC)
    for one in tables:
        wanted = cbs.Wanted(one) if isinstance(one, str) else one
        found = cached.find(wanted, workspace)
        if found is None:
            lacking.append(wanted.table_id)
            continue
        say(
            f"{found.folder.name}: {found.rows:,} rows, retrieved {found.retrieved[:10]} "
            f"({_count(found.days(now), 'day')} ago), changed {found.modified[:10]}"
        )
    if lacking:
        raise cbs.SourceUnreachable(
            f"{workspace.raw / 'cbs'}: got nothing usable of {', '.join(lacking)}; expected tables that were fetched "
            "before. Run bt fetch without --offline."
        )


def report_all(workspace: Workspace, settings: Settings, names: list[str], **options: Any) -> int:
    """Publish reports, with a line for each.

    Parameters
    ----------
    workspace : Workspace
        A workspace that was built.
    settings : Settings
        How reports are made.
    names : list of str
        As :func:`bt_analysis.report.publish` takes them.
    **options : Any
        The same.

    Returns
    -------
    int
        How many failed.
    """
    with _progress() as bar:
        task = bar.add_task("reports", total=None)
        outcomes = report.publish(workspace, settings, names, progress=_telling(bar, task), **options)
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    right = len(outcomes) - failed
    say(f"{right} report{'' if right == 1 else 's'} in order, {failed} failed: {workspace.reports / 'index.html'}")
    return failed


def built(result: pipeline.Built) -> None:
    """Say what a build made, and which packages it did not use.

    Parameters
    ----------
    result : Built
        What :func:`bt_analysis.pipeline.build` returned.
    """
    say(
        f"built: division {result.reference_year}, {_count(len(result.collectives), 'collective')}, "
        f"{result.estimates:,} estimates, {result.suppressed} cells suppressed, {result.unmatched} not matched"
    )
    for name, problems in result.refused.items():
        found = "1 problem" if problems == 1 else f"{problems} problems"
        warn(f"the package of {name} has {found} and was not used. Run: bt check {name}")


def problems(packages: Iterable[Package]) -> None:
    """Print every problem of packages, a line each.

    Parameters
    ----------
    packages : iterable of Package
        Checked packages.
    """
    for package in packages:
        for problem in package.problems:
            say(line(problem))


def verdicts(packages: Iterable[Package]) -> None:
    """Print a line per package: in order, or how many problems.

    Parameters
    ----------
    packages : iterable of Package
        Checked packages.
    """
    for package in packages:
        found = len(package.problems)
        state = "in order" if not found else "1 problem" if found == 1 else f"{found} problems"
        say(f"{package.collective_id}: {state}" + (f", {len(package.repairs)} repaired" if package.repairs else ""))


def problems_as_json(packages: Iterable[Package]) -> None:
    """Print every problem of packages as JSON, for other programs.

    Parameters
    ----------
    packages : iterable of Package
        Checked packages.
    """
    rows = [
        {"collective": package.collective_id, **_fields(problem)}
        for package in packages
        for problem in package.problems
    ]
    sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def _fields(problem: Problem) -> dict[str, object]:
    return {key: value for key, value in asdict(problem).items() if key in _WANTED}


def _telling(bar: Progress, task: TaskID) -> Callable[[report.Outcome], None]:
    def tell(outcome: report.Outcome) -> None:
        detail = outcome.error if outcome.status == "failed" else f"{outcome.seconds:.1f} s"
        bar.console.print(f"report {outcome.name} {outcome.period} {outcome.lang}: {outcome.status}, {detail}")
        bar.advance(task)

    return tell


def _progress() -> Progress:
    """Make a bar for a terminal; elsewhere only the plain lines that are printed above it remain."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=_OUT,
        transient=True,
        disable=not _OUT.is_terminal,
    )


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
