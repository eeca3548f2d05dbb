"""What the two back ends of datasets.cbs.nl share: a table id comes in, its release and its checked files go out."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import requests

from bt_analysis.sources import files, observations
from bt_analysis.sources.backend import Release, Selection
from bt_analysis.sources.http import Client
from bt_analysis.sources.observations import OBSERVATIONS
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.raw_table import Record

_T = TypeVar("_T")

WORKING = "pages"
"""Folder within the staging folder for what has not become a file of the table yet."""


class WholeTables:
    """A way to get whole tables of datasets.cbs.nl, which all tell their release alike.

    Parameters
    ----------
    root : str
        Host with its scheme.
    where : mapping, optional
        Must be empty.

    Raises
    ------
    SourceRejected
        When a selection is asked for.
    """

    name = ""

    def __init__(self, root: str, where: Selection | None = None) -> None:
        if where:
            raise SourceRejected(
                f"back end {self.name}: got a selection of {', '.join(where)}; expected none, as it fetches whole "
                "tables. Leave the selection out, or use odata3."
            )
        self.root = root

    def address(self, table_id: str, name: str = "") -> str:
        """Return where a table, or one of its sets, is described.

        Parameters
        ----------
        table_id : str
            Such as ``84799NED``.
        name : str
            A set; empty for the list of sets.

        Returns
        -------
        str
            In OData v4.
        """
        return f"{self.root}/odata/v1/CBS/{quote(table_id, safe='')}/{name}".rstrip("/")

    def expect(self, table_id: str, client: Client) -> None:
        """Ask for nothing yet: which sets a table has is told only after its release.

        Parameters
        ----------
        table_id : str
            Capitals do not matter.
        client : Client
            Not used.
        """

    def release(self, table_id: str, client: Client) -> Release:
        """Ask for Properties, which name the release.

        Parameters
        ----------
        table_id : str
            Capitals do not matter.
        client : Client
            Asks.

        Returns
        -------
        Release
            ``metadata_modified`` is CBS's Version, ``rows`` its ObservationCount.

        Raises
        ------
        SourceRejected, SourceUnreachable
            When there is no such table here, or no answer.
        """
        info = self._properties(table_id, client)
        return Release(
            table_id=info["Identifier"].strip(),
            title=info["Title"].strip(),
            modified=str(info["Modified"]),
            metadata_modified=str(info.get("Version") or ""),
            rows=int(info.get("ObservationCount") or 0),
        )

    def _properties(self, table_id: str, client: Client) -> Record:
        info = ask(client, self.address(table_id, "Properties"), partial(record, field="Identifier"))
        if info["Identifier"].strip().casefold() != table_id.casefold():
            raise SourceRejected(
                f"table {table_id}: {self.root} answered with information on {info['Identifier']!r}; expected this "
                "table. Check the id."
            )
        return {name: value for name, value in info.items() if not name.startswith("@")}


def ask(client: Client, url: str, read: Callable[[bytes], _T]) -> _T:
    """Ask for a set of a table.

    Parameters
    ----------
    client : Client
        Asks.
    url : str
        Full address.
    read : callable
        Gets the answer and returns what it holds; raises ValueError or KeyError when it must be asked again.

    Returns
    -------
    object
        What ``read`` returned.

    Raises
    ------
    SourceRejected
        When the host has no such table or set.
    SourceUnreachable
        When the host gives no usable answer.
    """
    try:
        return client.ask(url, lambda blocks: read(b"".join(blocks)))
    except SourceRejected as problem:
        if not isinstance(problem.__cause__, requests.HTTPError):
            raise
        raise SourceRejected(
            f"{url}: got no such table; expected a table of CBS. One that is published on dataderden, and some that "
            "are discontinued, are not here: use odata3, or check the id."
        ) from problem


def record(text: bytes, field: str) -> Record:
    """Read an answer of which one field is needed.

    Parameters
    ----------
    text : bytes
        JSON.
    field : str
        An answer without it, such as a page "Onderhoud" or half an answer, is a bad one.

    Returns
    -------
    dict
        The answer.

    Raises
    ------
    ValueError, KeyError
        When it is no JSON, or lacks the field.
    """
    content = json.loads(text)
    if not isinstance(content, dict) or field not in content:
        raise KeyError(field)
    return content


def kept(path: Path, ask: Callable[[], list[Record]]) -> list[Record]:
    """Return what a metadata file holds; when it is not there yet, ask for it and write it.

    Parameters
    ----------
    path : Path
        A JSON file in the staging folder.
    ask : callable
        Returns the records.

    Returns
    -------
    list of dict
        The records.
    """
    if not path.exists():
        text = json.dumps(ask(), ensure_ascii=False, indent=1)
        files.write_atomically(path, lambda new: new.write_text(text, encoding="utf-8"))
    records: list[Record] = json.loads(path.read_text(encoding="utf-8"))
    return records


def keep(staging: Path, found: pa.Table, sets: observations.Sets, release: Release) -> dict[str, int]:
    """Check all observations of a table and write them.

    Parameters
    ----------
    staging : Path
        Gets Observations.parquet.
    found : pyarrow.Table
        The observations.
    sets : mapping
        The metadata sets, which are there as files already.
    release : Release
        Says how many there must be.

    Returns
    -------
    dict
        File name → records in it: all files of the table.

    Raises
    ------
    SourceRejected
        When they are not complete, or not what the metadata say.
    """
    observations.check(found, observations.axes(sets), release.table_id, release.rows)
    files.write_atomically(
        staging / f"{OBSERVATIONS}.parquet", lambda new: pq.write_table(found, new, compression="zstd")
    )
    return {f"{name}.json": len(records) for name, records in sets.items()} | {f"{OBSERVATIONS}.parquet": len(found)}
