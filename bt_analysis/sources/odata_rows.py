"""The rows of an OData v3 table: questions for its pages go out at the same time, one checked table comes in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bt_analysis.sources import files
from bt_analysis.sources.backend import Progress, Release, Selection
from bt_analysis.sources.cbs_table import dimensions, kind
from bt_analysis.sources.filters import filters, wanted_keys
from bt_analysis.sources.http import Client
from bt_analysis.sources.json_rows import read_blocks
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.raw_table import Record
from bt_analysis.sources.row_pages import (
    Page,
    arriving,
    join_pages,
    read_page,
    refuse_other_members,
    refuse_repeated_rows,
    write_page,
)

PAGE = 10_000
"""Rows in one answer of CBS's Feed; a host whose answers are shorter is asked on from where they end."""


def columns(properties: list[Record]) -> pa.Schema:
    """Return which columns the rows of a table have.

    Parameters
    ----------
    properties : list of dict
        The set DataProperties.

    Returns
    -------
    Schema
        ``ID``, the dimensions and the topics: texts, whole numbers and numbers.
    """
    types = {"Long": pa.int64(), "Integer": pa.int64(), "String": pa.string()}
    topics = {
        one["Key"]: types.get(str(one.get("Datatype")), pa.float64()) for one in properties if kind(one) == "Topic"
    }
    return pa.schema({"ID": pa.int64()} | dict.fromkeys(dimensions(properties), pa.string()) | topics)


class Rows:
    """The rows of one release, in pages on disk until all are there.

    Parameters
    ----------
    release : Release
        What is fetched; ``release.rows`` is what the host promises.
    url : str
        Address of the first page of the whole table.
    columns : Schema
        What a row holds.
    keys : tuple of str
        Its dimensions.
    table : Path
        Where the rows come; their pages are kept in a folder beside it until then.
    client : Client
        Asks.
    progress : callable, optional
        Told after every page.
    """

    def __init__(
        self,
        release: Release,
        url: str,
        columns: pa.Schema,
        keys: tuple[str, ...],
        table: Path,
        client: Client,
        progress: Progress | None = None,
    ) -> None:
        self.release, self.url, self.columns, self.keys = release, url, columns, keys
        self.table, self.client, self.progress = table, client, progress
        self._wanted: Mapping[str, set[str]] = {}
        self._arrived = 0
        self._telling = threading.Lock()

    @property
    def folder(self) -> Path:
        """Where the pages are kept."""
        return self.table.parent / "pages"

    def questions(self) -> list[Callable[[], None]]:
        """Return what fetches the whole table when it is called, in parts that may run at the same time."""
        if self.table.exists():
            return []
        starts = range(0, max(1, self.release.rows), PAGE)
        return [partial(self._fetch_part, "", start, start + PAGE if start != starts[-1] else None) for start in starts]

    def fetch_selection(self, where: Selection, members: Mapping[str, list[str]]) -> None:
        """Fetch the rows of some members of dimensions.

        Parameters
        ----------
        where : mapping
            Dimension → wanted members.
        members : mapping
            Dimension → its keys as published.

        Raises
        ------
        SourceRejected, SourceUnreachable
            When a member does not exist, or the host gives no usable answer.
        """
        wanted = filters(where, members, self.release.table_id)
        self._wanted = wanted_keys(where, members)
        if self.table.exists():
            return
        parts = [partial(self._fetch_part, one, 0, None, number) for number, one in enumerate(wanted)]
        self.client.at_once(parts)

    def write(self) -> int:
        """Put the pages together, when they are all there and right.

        Returns
        -------
        int
            Its rows.

        Raises
        ------
        SourceRejected
            When rows are lacking or come twice, or a selection has none or others.
        """
        path = self.table
        if not path.exists():
            pages = [page for one in sorted(self.folder.glob("[0-9]*.arrow")) if (page := read_page(one))]
            self._check(sum(page.rows for page in pages))
            join_pages(pages, self.columns, path)
        refuse_other_members(path, self._wanted, self.release.table_id)
        refuse_repeated_rows(path, self.keys, self.release.table_id)
        return int(pq.read_metadata(path).num_rows)

    def _check(self, count: int) -> None:
        table_id, promised = self.release.table_id, self.release.rows
        if self._wanted and not count:
            raise SourceRejected(
                f"table {table_id}: got no row for the selection; expected at least one. "
                "Its members exist, but not together: change the selection."
            )
        if count > promised or (count < promised and not self._wanted):
            raise SourceRejected(
                f"table {table_id}: got {count} rows{' or more' * (count > promised)}; expected RecordCount = "
                f"{promised}. CBS may be publishing it at this moment: fetch again later."
            )

    def _fetch_part(self, where: str, position: int, end: int | None, number: int = 0) -> None:
        """Fetch pages from a position to an end, or to the end of the table; those that are there are not asked for."""
        while True:
            path = self.folder / f"{number:05}-{position:09}.arrow"
            page = read_page(path) or self._fetch_page(path, where, position, end)
            self._tell(page.rows)
            position += page.rows
            if not page.more or not page.rows or position >= (end or self.release.rows + 1):
                return

    def _fetch_page(self, path: Path, where: str, position: int, end: int | None) -> Page:
        url = self.url + (f"&$filter={where}" if where else "") + (f"&$skip={position}" if position else "")
        room = (end or self.release.rows + 1) - position

        def read(temporary: Path, chunks: Iterator[bytes]) -> None:
            schema = arriving(self.columns)
            write_page(temporary, read_blocks(chunks, schema, self.release.table_id), schema, room)

        files.write_atomically(path, lambda temporary: self.client.ask(url, partial(read, temporary)))
        page = read_page(path)
        if page is None:
            raise OSError(f"{path}: got no page after it was written; expected a file. Check the disk.")
        return page

    def _tell(self, rows: int) -> None:
        with self._telling:
            self._arrived += rows
            if self.progress:
                self.progress(self._arrived, 0 if self._wanted else self.release.rows)
