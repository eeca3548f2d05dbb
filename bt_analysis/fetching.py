"""Fetching as a person sees it: a bar or a line for every table, boundary and downloaded file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.progress import Progress, TaskID

from bt_analysis import indicators, terminal
from bt_analysis.settings import Settings, SettingsError, Workspace
from bt_analysis.sources import boundaries, cached, cbs, downloads, targets
from bt_analysis.sources.http import Client, SourceRejected
from bt_analysis.sources.plain_files import DownloadRefused

DIVISIONS = range(2009, 2100)
"""Years that boundaries can be asked of; which of them a host has, it says itself."""


def chosen(
    settings: Settings,
    tables: Iterable[str] = (),
    families: Iterable[str] = (),
    years: str = "",
    back_end: str = "odata3",
    *,
    elsewhere: bool = False,
) -> list[cbs.Wanted]:
    """Return which tables the options of ``bt fetch`` ask for, each once.

    Parameters
    ----------
    settings : Settings
        Which table is KWB's of a year.
    tables, families : iterable of str
        Ids of tables, and of families of tables.
    years : str
        As ``2024`` or ``2020-2024``: of the families, or without those of KWB. Empty: all.
    back_end : str
        A name in ``cbs.BACK_ENDS``.
    elsewhere : bool
        Something else than tables is asked for as well; otherwise nothing asked for is all of KWB.

    Returns
    -------
    list of Wanted
        What to fetch.

    Raises
    ------
    SettingsError
        When a family is not known, or years are none, or none that there are.
    SourceRejected
        When a family has no table of those years, or is no table but a file.
    """
    ids, names = list(tables), list(families)
    wanted = [targets.named(one, back_end) for one in ids]
    wanted += [one for name in names for one in _of_family(name, years, back_end)]
    if (years and not names) or not (ids or names or elsewhere):
        known = settings.cbs.kwb_tables
        held = _years(years, known, "--years") if years else sorted(known)
        wanted += [targets.named(known[year], back_end) for year in held]
    return [one for at, one in enumerate(wanted) if one not in wanted[:at]]


def divisions(years: str) -> range:
    """Return the years that ``bt fetch --boundaries`` names.

    Parameters
    ----------
    years : str
        As ``2024`` or ``2013-2024``; empty for none.

    Returns
    -------
    range
        Division years.

    Raises
    ------
    SettingsError
        When these are no years.
    """
    return _years(years, DIVISIONS, "--boundaries") if years else range(0)


def _of_family(name: str, years: str, back_end: str) -> list[cbs.Wanted]:
    families = indicators.load_families()
    if name not in families:
        raise SettingsError(f"--family got {name!r}; expected one of {', '.join(families)}.")
    held = {year for tables in families[name].tables.values() for year in tables}
    # Of most families some years were never surveyed; a span needs to hold one that was.
    asked = _years(years, range(min(held), max(held) + 1), "--years") if years else ()
    return targets.of_family(families[name], indicators.load(), asked, back_end)


def _years(text: str, known: Collection[int], option: str) -> range:
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text)
    wanted = range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)
    if not wanted or not set(wanted) <= set(known):
        raise SettingsError(
            f"{option} got {text!r}; expected years from {min(known)} to {max(known)}, as 2024 or 2020-2024."
        )
    return wanted


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
            terminal.say(
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
            terminal.say(f"boundaries {year}: {counts}, {how}")
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
