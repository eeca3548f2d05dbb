"""Tables that a build left behind: the workspace in, whole tables, or those of one collective, out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from bt_analysis.settings import Workspace

Filters = list[tuple[str, str, object]] | None


class ContentError(ValueError):
    """A report cannot be made from what was built; the message says what is there."""


def read(workspace: str | Path, name: str, filters: Filters = None) -> pd.DataFrame:
    """Read a built table.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace that was built.
    name : str
        Stage and table, such as ``joined/context``.
    filters : list of tuple, optional
        Column, operator and value of the rows to read, as pyarrow takes them.

    Returns
    -------
    DataFrame
        What a row is, its schema says: bt_analysis/schemas/<stage>_<table>.json.

    Raises
    ------
    ContentError
        When the workspace was not built.
    """
    path = _built(workspace, name)
    with pq.ParquetFile(path) as file:
        if file.num_row_groups > 1:  # those of other collectives stay on disk
            rows = pq.read_table(path, filters=filters)
        else:  # a report reads some sixty small tables, for which this takes a third less
            rows = file.read()
            # A table without rows may have columns without a type, which nothing can be compared with.
            rows = rows.filter(pq.filters_to_expression(filters)) if filters and rows.num_rows else rows
    table: pd.DataFrame = rows.to_pandas()
    table.attrs = {}  # what is said of the whole file is copied deeply with every selection of rows
    return table


def columns_of(workspace: str | Path, name: str) -> set[str]:
    """Say which columns a built table has, without reading its rows.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace that was built.
    name : str
        Stage and table, such as ``joined/context``.

    Returns
    -------
    set of str
        Their names.

    Raises
    ------
    ContentError
        When the workspace was not built.
    """
    return set(pq.read_schema(_built(workspace, name)).names)


def _built(workspace: str | Path, name: str) -> Path:
    path = Workspace(Path(workspace)).processed / f"{name}.parquet"
    if not path.exists():
        raise ContentError(f"{path} is not there; expected a workspace that was built. Run: bt build")
    return path


@dataclass(frozen=True)
class Tables:
    """Reader of the built tables of a workspace.

    Parameters
    ----------
    workspace : Workspace
        That was built.
    """

    workspace: Workspace

    def read(self, name: str, filters: Filters = None) -> pd.DataFrame:
        """Read a table, as :func:`read` does.

        Parameters
        ----------
        name : str
            Stage and table, such as ``joined/context``.
        filters : list of tuple, optional
            Of the rows to read.

        Returns
        -------
        DataFrame
            The table.
        """
        return read(self.workspace.root, name, filters)

    def tried(self, name: str, own: Filters) -> pd.DataFrame:
        """Read what came to be built later than other tables; nothing where an earlier version built the workspace.

        Parameters
        ----------
        name : str
            Table of the stage ``analysed``.
        own : list of tuple
            Of the rows to read.

        Returns
        -------
        DataFrame
            The table; without rows and columns when it is not there.
        """
        there = (self.workspace.processed / "analysed" / f"{name}.parquet").exists()
        return self.read(f"analysed/{name}", own) if there else pd.DataFrame()

    def compared(self, name: str, collective_id: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
        """Read what an area was set beside in one period.

        Parameters
        ----------
        name : str
            ``similar``, ``balance`` or ``left_out``.
        collective_id : str
            The collective.
        first, last : Timestamp
            Days of the period.

        Returns
        -------
        DataFrame
            The rows; nothing where no comparison was built.
        """
        table = self.tried(name, [("collective_id", "==", collective_id)])
        if table.empty:
            return table
        return table[table["period_start"].eq(first) & table["period_end"].eq(last)].reset_index(drop=True)

    def of_collective(self, name: str, collective_id: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
        """Read what was learnt from one collective.

        Parameters
        ----------
        name : str
            Table of the stage ``analysed``.
        collective_id : str
            The collective.
        first, last : Timestamp
            Days of the period; a table without periods is given whole.

        Returns
        -------
        DataFrame
            Its rows; none of a table that is about all collectives together.
        """
        columns = columns_of(self.workspace.root, f"analysed/{name}")
        if "collective_id" not in columns:
            return self.read(f"analysed/{name}")
        table = self.read(f"analysed/{name}", [("collective_id", "==", collective_id)])
        if {"period_start", "period_end"} <= columns:
            table = table[table["period_start"].eq(first) & table["period_end"].eq(last)]
        return table.reset_index(drop=True)

    def outlines(self, work_area_id: object) -> gpd.GeoDataFrame | None:
        """Read the outlines around a work area.

        Parameters
        ----------
        work_area_id : str or missing
            The work area.

        Returns
        -------
        GeoDataFrame or None
            One row per buurt; None without boundaries or work area.
        """
        path = self.workspace.processed / "analysed" / "outlines.parquet"
        if not path.exists() or not isinstance(work_area_id, str):
            return None
        return gpd.read_parquet(path, filters=[("work_area_id", "==", work_area_id)])
