"""Fetching as a person sees it: a bar or a line for every table, boundary and downloaded file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.progress import Progress, TaskID

from bt_analysis import terminal
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import boundaries, cached, cbs, downloads
from bt_analysis.sources.http import Client, SourceRejected
from bt_analysis.sources.plain_files import DownloadRefused


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
    with terminal.progress() as bar:
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
            terminal.warn(sentence)
        raise cbs.SourceRejected(rejected[0])


def import_all(workspace: Workspace, folder: Path) -> None:
    """Take in downloaded files, with a line for each: what it is, and where it went or why it was left.

    Parameters
    ----------
    workspace : Workspace
        Where to keep them.
    folder : Path
        Where they are.

    Raises
    ------
    DownloadRefused
        When there is no such folder, or nothing in it can be used.
    """
    found = downloads.import_folder(folder, workspace)
    for one in found.to_dict("records"):
        what = f"{one['table_id']} of {one['year']}, {one['claim']}" if one["verdict"] == "read" else "refused"
        terminal.say(f"{one['file']}: {what}; {one['imported']}. {one['reason']}".strip())
    if not any(str(place).startswith("cbs/") for place in found["imported"]):
        raise DownloadRefused(
            f"{folder}: got {terminal.count(len(found), 'file')} and no KWB table that can be used; expected at least "
            "one. The lines above, if any, say why of each."
        )


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
    with Client(settings.cbs) as client, terminal.progress() as bar:
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
        terminal.warn(sentence)
    if rejected:
        raise SourceRejected(rejected[0])


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
        terminal.say(
            f"{found.folder.name}: {found.rows:,} rows, retrieved {found.retrieved[:10]} "
            f"({terminal.count(found.days(now), 'day')} ago), changed {found.modified[:10]}"
        )
    if lacking:
        raise cbs.SourceUnreachable(
            f"{workspace.raw / 'cbs'}: got nothing usable of {', '.join(lacking)}; expected tables that were fetched "
            "before. Run bt fetch without --offline."
        )


def _rows_told(bar: Progress, task: TaskID, table: str) -> Callable[[int, int], None]:
    """Make what tells how far one table is, beside the bar of all tables."""

    def tell(rows: int, total: int) -> None:
        of = f" of {total:,}" if total else ""
        bar.update(task, description=f"fetch {table}: {rows:,}{of} rows")

    return tell
