"""The rows of a table on their way to disk: pages as they arrive, each a Parquet file, become one checked table.

A page is written whole or not at all, so that a run that was cut off goes on with the first page that is not there.
"""

from __future__ import annotations

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

_GROUP = 2_500
"""Rows of a page that are in memory at a time; smaller groups cost more time than they save memory."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table of rows.

    Parameters
    ----------
    texts : tuple of str
        Codes and texts, among them the dimensions.
    numbers : tuple of str
        Figures that may have a fraction.
    whole : tuple of str
        Figures that should have none.
    order : tuple of str
        All of them, as they are to stand in the table.
    """

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    whole: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def arriving(self) -> pa.Schema:
        """How they are read: texts and numbers, for only the whole table tells whether a column has fractions."""
        return pa.schema([(key, pa.string() if key in self.texts else pa.float64()) for key in self.order])

    def published(self, fractions: set[str]) -> pa.Schema:
        """Return how they are kept, with the types pandas gives them back in.

        Parameters
        ----------
        fractions : set of str
            Columns that hold a fraction.

        Returns
        -------
        Schema
            Texts ``str``, figures ``Int64`` or ``Float64``.
        """
        types = dict.fromkeys(self.texts, "str") | dict.fromkeys(self.numbers, "Float64")
        types |= {key: "Float64" if key in fractions else "Int64" for key in self.whole}
        empty = pd.DataFrame({key: pd.Series(dtype=types[key]) for key in self.order})
        return pa.Schema.from_pandas(empty, preserve_index=False)


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
    fractions : frozenset of str
        Columns in which it has a number that is not whole.
    """

    path: Path
    rows: int
    more: bool
    fractions: frozenset[str]


def write_page(path: Path, blocks: Iterator[Block], columns: Columns, room: int) -> None:
    """Write a page while it comes in.

    Parameters
    ----------
    path : Path
        A temporary name, for :func:`bt_analysis.sources.files.write_atomically`.
    blocks : iterator of Block
        The page, with :attr:`Columns.arriving` as its schema.
    columns : Columns
        Those of the table.
    room : int
        Rows that are wanted of it; what comes after those is left out, because another page begins there.
    """
    schema, fractions, more = columns.arriving, set[str](), False
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False, write_statistics=False) as out:
        held, rows = list[pa.RecordBatch](), 0
        for block in blocks:
            held.append(block.rows[: max(0, room - rows)])
            rows += len(held[-1])
            more = more or block.next_link is not None
            if sum(map(len, held)) >= _GROUP:
                _write_group(out, held, columns, fractions)
                held = []
        _write_group(out, held, columns, fractions)
        out.add_key_value_metadata({"more": str(more), "fractions": "\n".join(sorted(fractions))})


def _write_group(out: pq.ParquetWriter, held: list[pa.RecordBatch], columns: Columns, fractions: set[str]) -> None:
    group = pa.Table.from_batches(held, schema=columns.arriving)
    fractions |= {key for key in set(columns.whole) - fractions if not _is_whole(group[key])}
    out.write_table(group)


def _is_whole(values: pa.ChunkedArray) -> bool:
    return values.null_count == len(values) or pc.all(pc.equal(values, pc.floor(values))).as_py() is not False


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
        about = pq.read_metadata(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    known = about.metadata
    fractions = frozenset(known[b"fractions"].decode().split("\n")) - {""}
    return Page(path, about.num_rows, known[b"more"] == b"True", fractions)


def join_pages(pages: Sequence[Page], columns: Columns, path: Path) -> None:
    """Write pages, in this order, as one table.

    Parameters
    ----------
    pages : sequence of Page
        All of a table.
    columns : Columns
        Those of the table.
    path : Path
        The table; written whole or not at all.
    """
    schema = columns.published({key for page in pages for key in page.fractions})

    def write(temporary: Path) -> None:
        with pq.ParquetWriter(temporary, schema) as out:
            for page in pages:
                with pq.ParquetFile(page.path) as arrived:
                    for group in range(arrived.num_row_groups):
                        out.write_table(arrived.read_row_group(group, use_threads=False).cast(schema))

    files.write_atomically(path, write)


def refuse_repeated_rows(path: Path, keys: Sequence[str], table_id: str) -> None:
    """Refuse a table in which a key comes twice.

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
        When a key comes twice.
    """
    together, members = np.int64(0), list[tuple[pd.Index, np.ndarray]]()
    for key in keys:
        # One number per member instead of its text: a table may have millions of rows.
        column = pq.read_table(path, columns=[key], read_dictionary=[key])[key].unify_dictionaries().combine_chunks()
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
        others = set(pc.unique(pq.read_table(path, columns=[key])[key]).to_pylist()) - members
        if others:
            raise SourceRejected(
                f"table {table_id}, {key}: got rows of {min(others)!r}; expected only what was selected. "
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
