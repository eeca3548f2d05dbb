"""Asking an OData v3 host of CBS: a table id comes in, the sets of the table as published go out.

Everything of a table is asked through one :class:`~bt_analysis.sources.http.Client`. The catalogue is asked through
``cbsodata``; its ``get_data`` opens a connection per page and puts titles in the place of codes.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import cbsodata
import pandas as pd
import requests

from bt_analysis.settings import CbsSettings
from bt_analysis.sources import files, odata_rows
from bt_analysis.sources.backend import Progress, Release, Selection
from bt_analysis.sources.cbs_table import ROWS, dimensions
from bt_analysis.sources.http import Client
from bt_analysis.sources.json_rows import page_text
from bt_analysis.sources.patience import SourceRejected, SourceUnreachable, persist
from bt_analysis.sources.raw_table import Record, read_fields, read_set
from bt_analysis.sources.row_pages import twice

__all__ = ["OData3", "Record", "SourceRejected", "SourceUnreachable", "catalogue"]

_COLUMNS = "DataProperties"
_DESCRIPTIONS = ("TableInfos", _COLUMNS, "CategoryGroups")
_ID = re.compile(r"[0-9A-Za-z]+")
_scheme_in_use = threading.Lock()


def catalogue(cbs: CbsSettings) -> list[Record]:
    """Ask which tables a host has.

    Parameters
    ----------
    cbs : CbsSettings
        Host and patience.

    Returns
    -------
    list of dict
        One record is a table: its TableInfos.

    Raises
    ------
    SourceUnreachable
        When the host gives no usable answer after all tries.
    """
    url = f"{cbs.base_url}/ODataCatalog/Tables?$format=json"
    scheme, _, host = cbs.base_url.partition("://")
    # cbsodata sends its requests past the environment, so REQUESTS_CA_BUNDLE and NO_PROXY are handed over here.
    with requests.Session() as session:
        options = session.merge_environment_settings(url, {}, None, None, None)

    def ask() -> list[Record]:
        with _cbsodata_scheme(scheme):
            found = cbsodata.get_table_list(catalog_url=host, timeout=cbs.timeout_s, **options)
        return cast(list[Record], found)

    return persist(ask, url, cbs)


@contextmanager
def _cbsodata_scheme(scheme: str) -> Iterator[None]:
    # cbsodata keeps the scheme in a global, and its own catalog() leaves it changed when a request fails.
    with _scheme_in_use:
        before = cbsodata.options.use_https
        cbsodata.options.use_https = scheme == "https"
        try:
            yield
        finally:
            cbsodata.options.use_https = before


@dataclass(frozen=True)
class OData3:
    """The Feed of OData v3, which gives whole tables in pages of 10,000 rows.

    Parameters
    ----------
    root : str
        Host with its scheme.
    where : mapping
        Dimension → wanted members; empty: the whole table.
    """

    root: str
    where: Selection = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As in ``bt fetch --back-end``."""
        return "odata3"

    def url(self, table_id: str, file: str) -> str:
        """Return the address of one set of a table.

        Parameters
        ----------
        table_id : str
            Id such as ``84799NED``.
        file : str
            A set, such as ``TypedDataSet``, or the file it is kept in.

        Returns
        -------
        str
            An address in ODataFeed, which gives all records in pages; ODataApi stops at 10,000. It asks for
            JSON, because the Feed answers in Atom XML otherwise.
        """
        return f"{self.root}/ODataFeed/odata/{table_id}/{file.partition('.')[0]}?$format=json"

    def release(self, table_id: str, client: Client) -> Release:
        """Ask for TableInfos, one record.

        Parameters
        ----------
        table_id : str
            Id such as ``84799NED``; capitals do not matter.
        client : Client
            Asks.

        Returns
        -------
        Release
            Of this table.

        Raises
        ------
        SourceRejected, SourceUnreachable
            When there is no such table, or no answer.
        """
        if not _ID.fullmatch(table_id):
            raise SourceRejected(
                f"table id: got {table_id!r}; expected letters and digits, as in 84799NED. Mend the id."
            )
        found = client.ask(self.url(table_id, "TableInfos"), _records)
        names = [str(one.get("Identifier")).strip() for one in found]
        if [name.casefold() for name in names] != [table_id.casefold()]:
            raise SourceRejected(
                f"table {table_id}: {self.root} answered with information on {names}; expected this table. "
                "Check the id."
            )
        info = found[0]
        return Release(
            table_id=names[0],
            title=str(info.get("Title")).strip(),
            modified=str(info.get("Modified")),
            metadata_modified=str(info.get("MetaDataModified") or ""),
            rows=int(info.get("RecordCount") or 0),
        )

    def expect(self, table_id: str, client: Client) -> None:
        """Ask already for the meaning of the columns, without which no row can be read.

        Parameters
        ----------
        table_id : str
            Id such as ``84799NED``.
        client : Client
            Asks.
        """
        if _ID.fullmatch(table_id):
            client.ahead(self.url(table_id, _COLUMNS), _page_text)

    def download(
        self, release: Release, client: Client, staging: Path, progress: Progress | None = None
    ) -> dict[str, int]:
        """Bring the descriptions, the dimensions and the rows into a folder.

        Parameters
        ----------
        release : Release
            From :meth:`release`.
        client : Client
            Asks.
        staging : Path
            What an earlier run left in it is not asked for again.
        progress : callable, optional
            Told after every page.

        Returns
        -------
        dict
            File name → records in it.

        Raises
        ------
        SourceRejected
            When rows are lacking or come twice, a column is absent, or a selection has no rows.
        SourceUnreachable
            When the host gives no usable answer; what arrived stays.
        """
        table_id = release.table_id
        fetch = partial(_fetch_set, client, staging)
        properties = self._properties(table_id, client, staging)
        keys = dimensions(properties)
        rows = odata_rows.Rows(
            release=release,
            url=self.url(table_id, ROWS),
            columns=odata_rows.columns(properties),
            keys=tuple(keys),
            table=staging / f"{ROWS}.parquet",
            client=client,
            progress=progress,
        )
        # First what may have a second page, then what takes long; the descriptions find a place in between.
        members, others = (
            [partial(fetch, self.url(table_id, one), one) for one in group] for group in (keys, _DESCRIPTIONS)
        )
        client.at_once([*members, *(() if self.where else rows.questions()), *others])
        if read_set(staging, _COLUMNS) != properties:
            raise SourceRejected(f"table {table_id}: got columns of two releases; expected one. Fetch again.")
        known = {key: _keys(staging, key, table_id) for key in keys}
        if self.where:
            rows.fetch_selection(self.where, {key: found.to_list() for key, found in known.items()})
        # Is it still this release? That is asked while the rows are joined.
        client.ahead(self.url(table_id, "TableInfos"), _records)
        counts = {name: len(read_set(staging, name)) for name in _DESCRIPTIONS}
        counts |= {key: len(found) for key, found in known.items()}
        return {f"{name}.json": count for name, count in counts.items()} | {f"{ROWS}.parquet": rows.write()}

    def _properties(self, table_id: str, client: Client, staging: Path) -> list[Record]:
        """Return the meaning of the columns, perhaps asked for before the release: to be compared with the set."""
        if (staging / f"{_COLUMNS}.json").exists():
            return read_set(staging, _COLUMNS)
        return cast(list[Record], json.loads(_set_text(client, self.url(table_id, _COLUMNS))))


def _fetch_set(client: Client, folder: Path, url: str, name: str) -> None:
    """Bring a set to disk as published, unless it is there."""
    path = folder / f"{name}.json"
    if not path.exists():
        text = _set_text(client, url)
        files.write_atomically(path, lambda temporary: temporary.write_bytes(text))


def _set_text(client: Client, url: str) -> bytes:
    """Ask for all records of a set, page after page."""
    texts, asked, following = list[bytes](), set[str](), url
    while following:
        if following in asked:
            raise SourceRejected(
                f"{following}: got as next page one that came before; expected another. Report it to CBS."
            )
        asked.add(following)
        text, link = client.ask(following, _page_text)
        texts += [text] if text.strip() else []
        # The link names the host as it knows itself. Only its query is used, so that a proxy or a mirror
        # named in the settings is asked for the following pages too. An empty page is the last one.
        following = f"{url.partition('?')[0]}?{urlsplit(link).query}" if link and text.strip() else ""
    return b"[" + b",".join(texts) + b"]"


def _page_text(blocks: Iterator[bytes]) -> tuple[bytes, str]:
    return page_text(b"".join(blocks))


def _keys(folder: Path, name: str, table_id: str) -> pd.Series:
    """Return the keys of a dimension, with their padding."""
    keys = read_fields(folder, name, ["Key"])["Key"]
    stripped = keys.str.strip()
    repeated = stripped[stripped.duplicated()]
    if len(repeated):
        raise twice(table_id, name, len(repeated), repeated.iloc[0])
    return keys


def _records(blocks: Iterator[bytes]) -> list[Record]:
    page = cast(Any, json.loads(b"".join(blocks)))
    if not isinstance(page, dict) or not isinstance(page.get("value"), list):
        raise KeyError("value")
    return cast(list[Record], page["value"])
