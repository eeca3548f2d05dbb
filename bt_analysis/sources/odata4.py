"""The OData v4 host of CBS: a table id comes in, its description and all observations go out.

It has the tables of CBS itself, not those of dataderden. A record is one figure, so that a whole KWB table takes many
times the bytes of OData v3; identifiers of measures last longer than the keys of v3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from bt_analysis.sources import files, observations
from bt_analysis.sources.backend import Progress, Release
from bt_analysis.sources.datasets import WORKING, WholeTables, ask, keep, kept, record
from bt_analysis.sources.http import Client
from bt_analysis.sources.observations import OBSERVATIONS
from bt_analysis.sources.raw_table import Record

_Page = TypeVar("_Page", pa.Table, list[Record])

PAGE = 100_000
"""Observations that are asked for at once; CBS gives no more."""


class OData4(WholeTables):
    """Get a table page after page; see :class:`~bt_analysis.sources.backend.BackEnd`."""

    name = "odata4"

    def download(
        self, release: Release, client: Client, staging: Path, progress: Progress | None = None
    ) -> dict[str, int]:
        """Bring the description and all observations.

        Parameters
        ----------
        release : Release
            From :meth:`release`.
        client : Client
            Asks for a few pages at once.
        staging : Path
            Gets the files; a page that is there is not asked for again.
        progress : callable, optional
            Told after every page.

        Returns
        -------
        dict
            File name → records in it.

        Raises
        ------
        SourceRejected
            When observations are lacking, come twice or are of nothing in the table.
        SourceUnreachable
            When the host gives no usable answer.
        """
        sets = self._describe(release.table_id, client, staging)
        dimensions = [one["Identifier"] for one in sets["Dimensions"]]
        pages = _Pages(self.url(release.table_id, OBSERVATIONS), release, dimensions, staging / WORKING, progress)
        return keep(staging, pages.get(client), sets, release)

    def url(self, table_id: str, file: str) -> str:
        """Return the address of the set a file holds.

        Parameters
        ----------
        table_id : str
            As in Release.
        file : str
            Such as ``MeasureCodes.json``.

        Returns
        -------
        str
            For sources.csv.
        """
        return self.address(table_id, file.partition(".")[0])

    def _describe(self, table_id: str, client: Client, staging: Path) -> dict[str, list[Record]]:
        """Return the metadata sets; those that the table does not have, such as groups, are empty."""
        offered = {one["name"] for one in _records(client, self.address(table_id))}

        def fetch(name: str) -> list[Record]:
            if name == "Properties":
                return [self._properties(table_id, client)]
            return _records(client, self.address(table_id, name)) if name in offered else []

        def get(name: str) -> list[Record]:
            return kept(staging / f"{name}.json", partial(fetch, name))

        dimensions = [one["Identifier"] for one in get("Dimensions")]
        names = ["Properties", "Dimensions", "MeasureCodes", "MeasureGroups"]
        names += [f"{dimension}{kind}" for dimension in dimensions for kind in ("Codes", "Groups")]
        return dict(zip(names, client.at_once(partial(get, name) for name in names), strict=True))


@dataclass
class _Pages:
    """The observations of a table, some of which may be on disk already."""

    url: str
    release: Release
    dimensions: list[str]
    folder: Path
    progress: Progress | None
    got: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, client: Client) -> pa.Table:
        table_id, promised = self.release.table_id, self.release.rows
        # CBS begins a count with a byte order mark.
        counted = ask(client, f"{self.url}/$count", lambda text: int(text.decode("utf-8-sig")))
        if counted != promised:
            raise observations.refusal(table_id, f"{counted} observations", f"ObservationCount = {promised}")
        pages = client.at_once(partial(self._page, start, client) for start in range(0, promised, PAGE))
        none = observations.table([], self.dimensions, table_id)
        return pa.concat_tables([none, *(pq.read_table(page) for page in pages)])

    def _page(self, start: int, client: Client) -> Path:
        path, wanted = self.folder / f"{start:010}.parquet", min(PAGE, self.release.rows - start)
        if not path.exists():
            read = partial(observations.parse, dimensions=self.dimensions, table_id=self.release.table_id)
            found = pa.concat_tables(_following(client, f"{self.url}?$skip={start}&$top={wanted}", read))
            if len(found) != wanted:
                got = f"{len(found)} observations from number {start} on"
                raise observations.refusal(self.release.table_id, got, str(wanted))
            files.write_atomically(path, partial(pq.write_table, found))
        with self.lock:
            self.got += wanted
            if self.progress:
                self.progress(self.got, self.release.rows)
        return path


def _records(client: Client, url: str) -> list[Record]:
    """Return all records of a metadata set."""

    def read(text: bytes) -> tuple[list[Record], str | None]:
        page = record(text, "value")
        return page["value"], page.get("@odata.nextLink")

    return [one for page in _following(client, url, read) for one in page]


def _following(client: Client, start: str, read: Callable[[bytes], tuple[_Page, str | None]]) -> Iterator[_Page]:
    """Yield the pages of a set, or of a part of it, also when the host gives smaller ones than asked for."""
    url: str | None = start
    while url is not None:
        page, link = ask(client, url, read)
        yield page
        # The link names the host as it knows itself. Only its query is used, so that a mirror named in the settings
        # is asked for the following pages too. An empty page is the last one.
        url = f"{start.partition('?')[0]}?{urlsplit(link).query}" if link and len(page) else None
