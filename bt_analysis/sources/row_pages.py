"""The rows of a table on their way to disk: pages as they arrive, each an Arrow file, become one checked table.

A page is written whole or not at all, so that a run that was cut off goes on with the first page that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bt_analysis.sources import files
from bt_analysis.sources.json_rows import Block
from bt_analysis.sources.patience import SourceRejected

_GROUP = 10
"""Blocks of a page that are in memory at a time; smaller groups cost more time than they save memory."""


@dataclass(frozen=True)
class Page:
    """What is known of a page on disk.

    Parameters
    ----------
    path : Path
        Its file.
    rows : int
        Its records.
    more : bool
        Whether the host said that there is another page after it.
    """

    path: Path
    rows: int
    more: bool


def arriving(columns: pa.Schema) -> pa.Schema:
    """Return how the rows of a table are read: only the whole table tells whether whole numbers are all whole.

    Parameters
    ----------
    columns : Schema
        Columns as described: texts (string), whole numbers (int64) and numbers (double).

    Returns
    -------
    Schema
        Texts and numbers.
    """
    return _with_fractions(columns, set(columns.names))


def write_page(path: Path, blocks: Iterator[Block], columns: pa.Schema, room: int) -> None:
    """Write a page while it comes in.

    Parameters
    ----------
    path : Path
        A temporary name, for :func:`bt_analysis.sources.files.write_atomically`.
    blocks : iterator of Block
        The page.
    columns : Schema
        What :func:`arriving` returned.
    room : int
        Rows that are wanted of it; what comes after those is left out, because another page begins there.
    """
    # Arrow's own format, not Parquet: a page is kept for a moment only, and this is its memory as it is.
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, columns) as out:
        for block in blocks:
            out.write_batch(block.rows[: max(0, room)], {"more": str(block.next_link is not None)})
            room -= len(block.rows)


def read_page(path: Path) -> Page | None:
    """Tell what is known of a page.

    Parameters
    ----------
    path : Path
        Where it should be.

    Returns
    -------
    Page or None
        None when it is not there, or not whole.
    """
    try:
        with pa.memory_map(str(path)) as file:
            found = pa.ipc.open_file(file)
            _, about = found.get_batch_with_custom_metadata(found.num_record_batches - 1)
            return Page(path, found.read_all().num_rows, about[b"more"] == b"True")
    except (OSError, ValueError, KeyError):  # absent, torn, without a batch, or with damage in the middle
        return None


def join_pages(pages: Sequence[Page], columns: pa.Schema, path: Path) -> None:
    """Write pages, in this order, as one table.

    Parameters
    ----------
    pages : sequence of Page
        All of a table.
    columns : Schema
        Columns as described. One that is to be whole and is not, or does not fit, is kept as it is.
    path : Path
        The table; written whole or not at all.
    """

    def write(temporary: Path, schema: pa.Schema) -> None:
        schema = _for_pandas(schema)
        with pq.ParquetWriter(temporary, schema, compression="none") as out:
            for page in pages:
                for rows in _groups(page):
                    out.write_table(rows.cast(schema))

    try:
        files.write_atomically(path, lambda temporary: write(temporary, columns))
    except pa.ArrowInvalid:
        schema = _with_fractions(columns, {key for page in pages for rows in _groups(page) for key in _not_whole(rows)})
        files.write_atomically(path, lambda temporary: write(temporary, schema))


def _groups(page: Page) -> Iterator[pa.Table]:
    with pa.OSFile(str(page.path)) as file:
        found = pa.ipc.open_file(file)
        for at in range(0, found.num_record_batches, _GROUP):
            last = min(at + _GROUP, found.num_record_batches)
            yield pa.Table.from_batches([found.get_batch(number) for number in range(at, last)])


def _not_whole(rows: pa.Table) -> set[str]:
    numbers = {field.name: rows[field.name] for field in rows.schema if pa.types.is_floating(field.type)}
    fractions = {key for key, found in numbers.items() if pc.any(pc.not_equal(found, pc.floor(found))).as_py()}
    return fractions | {key for key, found in numbers.items() if pc.any(pc.greater(pc.abs(found), 2.0**62)).as_py()}


def _with_fractions(columns: pa.Schema, names: set[str]) -> pa.Schema:
    fractions = {field.name for field in columns if field.name in names and field.type == pa.int64()}
    return pa.schema({field.name: pa.float64() if field.name in fractions else field.type for field in columns})


def _for_pandas(schema: pa.Schema) -> pa.Schema:
    """Return a schema that says to pandas in which types to read: numbers may be missing."""
    # What Schema.from_pandas writes of an empty table, which takes pandas a tenth of the time of a whole fetch.
    types = {pa.string(): ("object", "str"), pa.int64(): ("int64", "Int64"), pa.float64(): ("float64", "Float64")}
    fields = "name", "field_name", "pandas_type", "numpy_type", "metadata"
    columns = [dict(zip(fields, (one.name, one.name, *types[one.type], None), strict=True)) for one in schema]
    about = {"index_columns": [], "column_indexes": [], "columns": columns, "pandas_version": pd.__version__}
    return schema.with_metadata({"pandas": json.dumps(about)})


def refuse_repeated_rows(path: Path, keys: Sequence[str], table_id: str) -> None:
    """Refuse a table in which a key comes twice, or is not there.

    Parameters
    ----------
    path : Path
        The table.
    keys : sequence of str
        The dimensions: together they are the key. Padding does not count.
    table_id : str
        For the error.

    Raises
    ------
    SourceRejected
        When a key comes twice, or a row has no member of a dimension.
    """
    together, members = np.int64(0), list[tuple[pd.Index, np.ndarray]]()
    for key in keys:
        # One number per member instead of its text: a table may have millions of rows.
        table = pq.ParquetFile(path, read_dictionary=[key], memory_map=True).read([key], use_threads=False)
        column = table[key].unify_dictionaries().combine_chunks()
        if column.null_count:
            raise SourceRejected(
                f"table {table_id}, {key}: got {column.null_count} rows without a member; expected one in every row. "
                "CBS may be publishing it at this moment: fetch again later."
            )
        numbers, texts = pd.factorize(pd.Index(column.dictionary.to_pandas().str.strip()))
        codes = numbers[column.indices.to_numpy(zero_copy_only=False)]
        together = together * max(1, len(texts)) + codes
        members.append((texts, codes))
    repeated = np.flatnonzero(pd.Series(together).duplicated()) if members else np.array([], int)
    if len(repeated):
        first = " × ".join(str(texts[codes[repeated[0]]]) for texts, codes in members)
        raise twice(table_id, path.stem, len(repeated), first)


def refuse_other_members(path: Path, wanted: Mapping[str, set[str]], table_id: str) -> None:
    """Refuse a selection that holds rows nobody asked for: the host did not heed the filter.

    Parameters
    ----------
    path : Path
        The table.
    wanted : mapping
        Dimension → keys that were asked for, with padding.
    table_id : str
        For the error.

    Raises
    ------
    SourceRejected
        When there are others.
    """
    for key, members in wanted.items():
        others = set(pc.unique(pq.ParquetFile(path).read([key])[key]).to_pylist()) - members
        if others:
            raise SourceRejected(
                f"table {table_id}, {key}: got rows of {min(others, key=str)!r}; expected only what was selected. "
                "The host does not heed the filter: fetch the whole table."
            )


def twice(table_id: str, name: str, count: int, first: str) -> SourceRejected:
    """Return the error for keys that come twice.

    Parameters
    ----------
    table_id, name : str
        The table, and its set.
    count : int
        How many.
    first : str
        One of them.

    Returns
    -------
    SourceRejected
        To be raised.
    """
    return SourceRejected(
        f"table {table_id}, {name}: got {count} keys twice, first {first!r}; expected each once. "
        "CBS may be publishing it at this moment: fetch again later."
    )
