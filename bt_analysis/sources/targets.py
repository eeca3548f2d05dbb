"""Which tables to ask for: a table id or a family of tables comes in, what to fetch, from which host, goes out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from bt_analysis.indicators import Family, Indicator, family_of
from bt_analysis.settings import Workspace
from bt_analysis.sources import cached
from bt_analysis.sources.backend import Selection, Wanted
from bt_analysis.sources.patience import SourceRejected


def named(table_id: str, back_end: str = "odata3") -> Wanted:
    """Return what to fetch for the id of a table.

    Parameters
    ----------
    table_id : str
        Such as ``84799NED``; capitals do not matter.
    back_end : str
        A name in ``cbs.BACK_ENDS``.

    Returns
    -------
    Wanted
        The whole table, from the host of its family; a table of no family is one of CBS's own.

    Raises
    ------
    SourceRejected
        When the table is a file that somebody has to download.
    """
    family = family_of(table_id)
    _refuse_file(family)
    return Wanted(table_id, host=family.host if family else "opendata", back_end=back_end)


def of_family(
    family: Family, catalogue: Mapping[str, Indicator], years: Collection[int] = (), back_end: str = "odata3"
) -> list[Wanted]:
    """Return what to fetch for a family of tables.

    Parameters
    ----------
    family : Family
        Such as that of the police.
    catalogue : mapping of str to Indicator
        Of a dimension in which each indicator takes a member of its own, as kinds of crime, only those are fetched.
    years : collection of int
        Only tables that hold one of these; empty: all.
    back_end : str
        A name in ``cbs.BACK_ENDS``.

    Returns
    -------
    list of Wanted
        One per table.

    Raises
    ------
    SourceRejected
        When the family is a file that somebody has to download, or has no table of these years.
    """
    _refuse_file(family)
    where = _members(family, catalogue)
    tables = [table for table, held in family.tables.items() if not years or set(years) & set(held)]
    if not tables:
        known = sorted({year for held in family.tables.values() for year in held})
        raise SourceRejected(
            f"family {family.id!r} has no table of {min(years)}-{max(years)}; expected one of "
            f"{', '.join(map(str, known))}. Name others with --years."
        )
    return [Wanted(table, host=family.host, where=where, back_end=back_end) for table in tables]


def fetched_folder(
    table_id: str, family: Family, catalogue: Mapping[str, Indicator], workspace: Workspace
) -> Path | None:
    """Return where a table of a family lies, whole or only the members that are needed.

    Parameters
    ----------
    table_id : str
        One of the family's.
    family : Family
        Its family.
    catalogue : mapping of str to Indicator
        As in :func:`of_family`.
    workspace : Workspace
        Where to look.

    Returns
    -------
    Path or None
        None when it was not fetched.
    """
    whole: Selection = {}
    folders = (cached.folder_of(table_id, where, workspace) for where in (whole, _members(family, catalogue)))
    return next((folder for folder in folders if folder.is_dir()), None)


def _members(family: Family, catalogue: Mapping[str, Indicator]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for one in catalogue.values():
        for dimension, member in one.choices.items() if one.source == family.id else ():
            found.setdefault(dimension, set()).add(member)
    return {dimension: tuple(sorted(members)) for dimension, members in found.items()}


def _refuse_file(family: Family | None) -> None:
    if family and family.host == "file":
        raise SourceRejected(
            f"family {family.id!r}: its tables are files, which no server gives; expected a family that CBS serves. "
            f"Download its workbooks into data/raw/downloads/{family.id}/; the next build reads them."
        )
