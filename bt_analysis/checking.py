"""Checking: a workspace in; the statistics that it has, and its monitoring packages with all that is wrong, out."""

from __future__ import annotations

from collections.abc import Collection

from bt_analysis import batches
from bt_analysis.running import PipelineError
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import cbs, cbs_table, monitoring
from bt_analysis.sources.table import CbsTable


def read_statistics(workspace: Workspace, settings: Settings) -> dict[int, CbsTable]:
    """Read every KWB table that was fetched.

    Parameters
    ----------
    workspace : Workspace
        Where they are.
    settings : Settings
        ``cbs.kwb_tables`` tells which table is which year's.

    Returns
    -------
    dict of int to CbsTable
        Year → table.

    Raises
    ------
    PipelineError
        When none was fetched.
    """
    tables = {year: cbs_table.read_table(folder) for year, folder in cbs.available_kwb(workspace, settings.cbs).items()}
    if not tables:
        raise PipelineError(
            f"{workspace.raw / 'cbs'} holds no KWB table; expected at least one year. Run: bt fetch --years 2024"
        )
    return tables


def known_regions(tables: dict[int, CbsTable]) -> dict[int, set[str]]:
    """List the regions of every year that was fetched.

    Parameters
    ----------
    tables : dict of int to CbsTable
        Year → KWB table.

    Returns
    -------
    dict of int to set of str
        Division year → regiocodes.
    """
    return {year: set(table.rows[table.region_column]) for year, table in tables.items()}


def check(workspace: Workspace, settings: Settings, only: Collection[str] | None = None) -> list[monitoring.Package]:
    """Read and check the monitoring packages of collectives, with all that is in them.

    Parameters
    ----------
    workspace : Workspace
        Where they are.
    settings : Settings
        Which CBS tables are at hand to check region codes against.
    only : collection of str, optional
        Collectives to read; default: all.

    Returns
    -------
    list of Package
        One per collective, in order of id, with all its problems.
    """
    return monitoring.read_packages(workspace, _known(workspace, settings), only)


def checked(workspace: Workspace, settings: Settings, *, tell: batches.Tell | None = None) -> list[monitoring.Package]:
    """Check the monitoring packages of all collectives, some at the same time.

    Parameters
    ----------
    workspace : Workspace
        Where they are.
    settings : Settings
        As for :func:`check`; ``report.jobs``: how many batches at the same time.
    tell : callable, optional
        Hears how far it is.

    Returns
    -------
    list of Package
        One per collective, in order of id, with all its problems and without its tables: those of thousands of
        collectives would fill the memory.

    Raises
    ------
    PipelineError
        When a process was ended from outside.
    """
    deliveries = batches.read(workspace, _known(workspace, settings), settings, tell)
    return [package for one in deliveries for package in one.packages]


def _known(workspace: Workspace, settings: Settings) -> dict[int, set[str]]:
    folders = cbs.available_kwb(workspace, settings.cbs)
    return known_regions({year: cbs_table.read_table(folder) for year, folder in folders.items()})
