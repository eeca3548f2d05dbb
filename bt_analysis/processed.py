"""What a build leaves on disk: tables in; data/processed, the register of what was published, and accepted packages.

Every table is what its schema says before the first is written; each file is written whole or not at all.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bt_analysis import built, disclosure, schema
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources.files import write_atomically

_MEMORY = ".memory"

GROUP_ROWS = 8_000
"""Rows that are read together from a table: a few collectives' worth, so that a report leaves the others on disk."""


def register(workspace: Workspace) -> pd.DataFrame:
    """Read what earlier runs published about people.

    Parameters
    ----------
    workspace : Workspace
        Whose register.

    Returns
    -------
    DataFrame
        released_register; without rows before the first build.

    Raises
    ------
    DisclosureError
        When there are figures of an earlier build and no register: nobody knows then what may be subtracted.
    """
    path = workspace.released / "register.parquet"
    if not path.exists() and (workspace.processed / "analysed" / "estimates.parquet").exists():
        raise disclosure.DisclosureError(
            "data/released/register.parquet: got figures of an earlier build and no register of what was published; "
            "expected both. Put it back from a copy; only when nobody ever saw these figures, remove data/processed."
        )
    return pd.read_parquet(path) if path.exists() else disclosure.nothing()


def write(
    workspace: Workspace,
    settings: Settings,
    tables: Mapping[str, pd.DataFrame],
    outlines: gpd.GeoDataFrame | None,
    protected: disclosure.Protected,
    parts: Mapping[str, Sequence[Path]] | None = None,
) -> None:
    """Write the tables and the register when every one is what its schema says; else write none of them.

    Parameters
    ----------
    workspace : Workspace
        Where to write.
    settings : Settings
        Whether the data are made up: the mark travels inside each file.
    tables : mapping of str to DataFrame
        Stage and name, such as ``joined/context``, → table.
    outlines : GeoDataFrame or None
        Buurten around the work areas.
    protected : Protected
        What disclosure control decided: for the data steward, beside the tables.
    parts : mapping of str to sequence of Path, optional
        Stage and name → files that :func:`write_part` made, which become one table.

    Raises
    ------
    SchemaError
        When a table is not what its schema says.
    """
    for name, table in tables.items():
        schema.check(table, schema_of(name))
    schema.check(protected.register, "released_register")
    built.begin(workspace)
    path = workspace.processed / "analysed" / "outlines.parquet"
    if outlines is None:
        path.unlink(missing_ok=True)
    # What is known to have been published goes first: a run that is stopped here holds back too much, not too little.
    whole = functools.partial(protected.register.to_parquet, index=False)
    write_atomically(workspace.released / "register.parquet", whole)
    _write(workspace, settings, {**tables, **({} if outlines is None else {"analysed/outlines": outlines})})
    for name, files in (parts or {}).items():
        write_atomically(workspace.processed / f"{name}.parquet", functools.partial(_join_files, files))
    log = workspace.processed / "disclosure" / "log.csv"
    write_atomically(log, functools.partial(protected.log.to_csv, index=False))


def write_part(path: Path, name: str, table: pd.DataFrame, settings: Settings) -> Path:
    """Write a part of a table that is too large to have at once.

    Parameters
    ----------
    path : Path
        The file to write.
    name : str
        Stage and name of the table.
    table : DataFrame
        Some of its rows.
    settings : Settings
        Whether the data are made up.

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    SchemaError
        When the rows are not what the schema says.
    """
    schema.check(table, schema_of(name))
    _marked(name, table, settings).to_parquet(path, index=False, row_group_size=GROUP_ROWS)
    return path


def _join_files(parts: Sequence[Path], target: Path) -> None:
    """Write the rows of several Parquet files, one after another, into one."""
    first, *others = map(pq.read_schema, parts)
    # How wide the addresses of texts are differs with how a part was made.
    both = pa.unify_schemas([first, *others], promote_options="permissive").with_metadata(first.metadata)
    with pq.ParquetWriter(target, both) as writer:
        for part in parts:
            with pq.ParquetFile(part) as rows:
                for group in range(rows.num_row_groups):
                    writer.write_table(rows.read_row_group(group).cast(both), row_group_size=GROUP_ROWS)


def write_tables(workspace: Workspace, settings: Settings, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables when every one is what its schema says; else write none of them.

    Parameters
    ----------
    workspace : Workspace
        Where to write.
    settings : Settings
        Whether the data are made up: the mark travels inside each file.
    tables : mapping of str to DataFrame
        Stage and name → table.

    Raises
    ------
    SchemaError
        When a table is not what its schema says.
    """
    for name, table in tables.items():
        schema.check(table, schema_of(name))
    _write(workspace, settings, tables)


def _write(workspace: Workspace, settings: Settings, tables: Mapping[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        marked = _marked(name, table, settings)
        target = workspace.processed / f"{name}.parquet"
        write_atomically(target, functools.partial(marked.to_parquet, index=False, row_group_size=GROUP_ROWS))


def _marked(name: str, table: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return a table as it is written: one that is copied elsewhere still says that it is made up."""
    marked = _together(table) if name.startswith("analysed/") else table.copy(deep=False)
    marked.attrs = {"synthetic": settings.synthetic}
    return marked


def _together(table: pd.DataFrame) -> pd.DataFrame:
    """Put the rows of each collective, or of each work area, together, in the order in which they are.

    Only a report of one collective reads part of a table, so tables of other stages keep their order.
    """
    by = next((column for column in ("collective_id", "work_area_id") if column in table), None)
    if by is None or table[by].is_monotonic_increasing:
        return table.copy(deep=False)
    return table.sort_values(by, kind="stable")


def remembered(workspace: Workspace, scope: str) -> dict[str, pd.DataFrame]:
    """Read what earlier runs were asked to remember.

    Parameters
    ----------
    workspace : Workspace
        Whose memory.
    scope : str
        ``build`` or ``across``.

    Returns
    -------
    dict of str to DataFrame
        Name → table; empty before the first run.
    """
    folder = workspace.released / _MEMORY / scope
    return {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def remember(workspace: Workspace, scope: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write down what the next run needs to tell what changed.

    Parameters
    ----------
    workspace : Workspace
        Whose memory.
    scope : str
        ``build`` or ``across``.
    tables : mapping of str to DataFrame
        Name → table.
    """
    for name, table in tables.items():
        target = workspace.released / _MEMORY / scope / f"{name}.parquet"
        write_atomically(target, functools.partial(table.to_parquet, index=False))


def schema_of(name: str) -> str:
    """Return the schema of a table on disk.

    Parameters
    ----------
    name : str
        Stage and name, such as ``joined/context``.

    Returns
    -------
    str
        Name of its schema; cross-domain tables are those of analysed, of the collectives with a bundle.
    """
    stage, _, table = name.partition("/")
    if stage == "joined" and table in schema.MONITORING:
        return table
    if stage == "across" and f"analysed_{table}" in schema.names():
        return f"analysed_{table}"
    return f"{stage}_{table}"
