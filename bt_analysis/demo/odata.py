"""OData v3 as CBS's servers speak it: a folder of tables and a question come in, the text of an answer goes out.

It copies what clients trip over: pages with an absolute ``odata.nextLink``, padded keys that a filter must
repeat exactly, Atom XML unless ``$format=json``, and an ODataApi that refuses ``$skip`` and long answers.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pandas as pd

PAGE = 10_000
"""Records in one answer of CBS's servers."""

Row = dict[str, object]

_JSON = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
# A condition of $filter: eq with a text or a number, startswith(column,'text') or substringof('text',column).
_CONDITION = re.compile(
    r"(?P<equals>\w+) eq (?:'(?P<text>[^']*)'|(?P<number>-?[\d.]+))"
    r"|startswith\((?P<starts>\w+), ?'(?P<start>[^']*)'\)"
    r"|substringof\('(?P<part>[^']*)', ?(?P<holds>\w+)\)"
)
_OUTSIDE_QUOTES = r"(?=(?:[^']*'[^']*')*[^']*$)"


class ODataError(Exception):
    """A question the server does not answer, with the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Answer:
    """What goes back over the line.

    Parameters
    ----------
    status : int
        HTTP status.
    body : bytes
        The text, not yet compressed.
    kind : str
        Content-Type.
    """

    status: int
    body: bytes
    kind: str = _JSON


class Tables:
    """The tables of a folder, each read when it is first asked for.

    Parameters
    ----------
    folder : Path
        One folder per table id.

    Raises
    ------
    FileNotFoundError
        When no folder in it holds a TypedDataSet.parquet.
    """

    def __init__(self, folder: Path) -> None:
        self._folders = {
            file.parent.name.upper(): file.parent for file in sorted(folder.glob("*/TypedDataSet.parquet"))
        }
        if not self._folders:
            raise FileNotFoundError(
                f"{folder}: got no table; expected folders such as 84799NED with a TypedDataSet.parquet."
            )
        self.rows = cache(self._rows)

    def catalogue(self) -> list[Row]:
        """Return one row per table: its TableInfos."""
        return [row for table in self._folders for row in self.rows(table, "tableinfos")]

    def sets(self, table: str) -> list[str]:
        """Return the names of what a table consists of, its dimensions last.

        Parameters
        ----------
        table : str
            Table id, in capitals or not.

        Raises
        ------
        ODataError
            404 when the folder has no such table.
        """
        if table.upper() not in self._folders:
            raise ODataError(404, f"Tabel {table} niet gevonden.")
        dimensions = sorted(file.name.split(".")[0] for file in self._folders[table.upper()].glob("*.json.gz"))
        return ["TableInfos", "UntypedDataSet", "TypedDataSet", "DataProperties", "CategoryGroups", *dimensions]

    def name(self, table: str, asked: str) -> str:
        """Return the name of a set as it is written, however it was asked for; 404 when there is none."""
        for name in self.sets(table):
            if name.lower() == asked.lower():
                return name
        raise ODataError(404, f"{asked} van tabel {table} niet gevonden.")

    def _rows(self, table: str, asked: str) -> list[Row]:
        name, folder = self.name(table, asked), self._folders[table.upper()]
        if name == "TypedDataSet":
            return _typed(folder, self.rows(table, "DataProperties"))
        if name == "UntypedDataSet":
            return [_untyped(row) for row in self.rows(table, "TypedDataSet")]
        packed = folder / f"{name}.json.gz"
        content = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / f"{name}.json").read_bytes()
        rows: list[Row] = json.loads(content)
        return rows


def _typed(folder: Path, properties: list[Row]) -> list[Row]:
    table = pd.read_parquet(folder / "TypedDataSet.parquet").astype(object)
    whole = {str(one["Key"]) for one in properties if one.get("Decimals") == 0}
    columns = {str(key): [_number(value, key in whole) for value in table[key]] for key in table}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _number(value: object, whole: bool) -> object:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return int(value) if whole and isinstance(value, float) and value.is_integer() else value


def _untyped(row: Row) -> Row:
    # The untyped set holds texts only, padded on the left, with '.' for what is missing.
    texts = {
        key: value if isinstance(value, str) else str("." if value is None else value).rjust(8)
        for key, value in row.items()
    }
    return {**texts, "ID": row.get("ID")}


def answer(tables: Tables, url: str, host: str, page_size: int = PAGE) -> Answer:
    """Answer one question.

    Parameters
    ----------
    tables : Tables
        What is served.
    url : str
        Path and query, as in ``/ODataFeed/odata/84799NED/TypedDataSet?$format=json``.
    host : str
        Host and port the client used; the next link is built on it.
    page_size : int
        Records in one answer, and the most ODataApi gives.

    Returns
    -------
    Answer
        JSON, or Atom when the Feed or the catalogue is not asked for JSON, or a count as plain text.

    Raises
    ------
    ODataError
        404 unknown table or set, 400 unreadable filter or unknown column, 500 refused by ODataApi.
    """
    parts = urlsplit(url)
    steps = [unquote(step) for step in parts.path.strip("/").split("/")]
    query = {key.lower(): value for key, value in parse_qsl(parts.query, keep_blank_values=True)}
    root = steps[0].lower()
    if root == "odatacatalog" and steps[1:2] and steps[1].lower() == "tables":
        name, rows, address = "Tables", tables.catalogue(), f"http://{host}/ODataCatalog/Tables"
    elif root in ("odataapi", "odatafeed") and len(steps) > 2 and steps[1].lower() == "odata":
        base = f"http://{host}/{steps[0]}/odata/{steps[2]}"
        if len(steps) == 3:
            return _json(base, "", [{"name": name, "url": f"{base}/{name}"} for name in tables.sets(steps[2])])
        name = tables.name(steps[2], steps[3])
        rows, address = tables.rows(steps[2].upper(), name), f"{base}/{name}"
    else:
        raise ODataError(404, f"{parts.path} niet gevonden.")
    if query.get("$filter"):
        rows = list(filter(_keeps(query["$filter"], rows), rows))
    if steps[-1] == "$count":
        return Answer(200, str(len(rows)).encode(), "text/plain")
    if root != "odataapi" and query.get("$format", "").lower() != "json":
        # No client of ours reads Atom; it is here because forgetting $format gives this instead of JSON.
        return Answer(200, b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>', "application/atom+xml")
    if root == "odataapi":
        _refuse(query, len(rows), page_size)
    return _page(address, name, rows, query, page_size)


def _refuse(query: dict[str, str], found: int, limit: int) -> None:
    if "$skip" in query:
        raise ODataError(500, "The query parameter $skip is not supported.")
    if min(found, int(query.get("$top", found))) > limit:
        raise ODataError(500, f"The query returns more than {limit} records.")


def _page(address: str, name: str, rows: list[Row], query: dict[str, str], size: int) -> Answer:
    skip = int(query.get("$skip", 0))
    end = min(len(rows), skip + int(query["$top"])) if "$top" in query else len(rows)
    page = [_select(row, query.get("$select", "")) for row in rows[skip : min(end, skip + size)]]
    if end <= skip + size:
        return _json(address, name, page)
    onward = {**query, "$top": str(end - skip - size), "$skip": str(skip + size)}
    kept = [key for key in ("$filter", "$select", "$top") if key in query] + ["$skip"]
    link = f"{address}?$format=json" + "".join(f"&{key}={quote(onward[key])}" for key in kept)
    return _json(address, name, page, {"odata.nextLink": link})


def _json(address: str, name: str, rows: list[Row], link: dict[str, str] | None = None) -> Answer:
    metadata = f"{address.removesuffix('/' + name)}/$metadata" + (f"#Cbs.OData.WebAPI.{name}" if name else "")
    body = {"odata.metadata": metadata, "value": rows, **(link or {})}
    return Answer(200, json.dumps(body, ensure_ascii=False).encode())


def _select(row: Row, wanted: str) -> Row:
    columns = [column.strip() for column in wanted.split(",") if column.strip()]
    for column in columns:
        if column not in row:
            raise ODataError(400, f"Could not find a property named '{column}'.")
    return {column: row[column] for column in columns} if columns else row


def _keeps(text: str, rows: list[Row]) -> Callable[[Row], bool]:
    alternatives = [
        [_condition(part, rows) for part in re.split(rf"\s+and\s+{_OUTSIDE_QUOTES}", alternative)]
        for alternative in re.split(rf"\s+or\s+{_OUTSIDE_QUOTES}", text.strip())
    ]
    return lambda row: any(all(condition(row) for condition in group) for group in alternatives)


def _condition(text: str, rows: list[Row]) -> Callable[[Row], bool]:
    found = _CONDITION.fullmatch(text.strip())
    if not found:
        raise ODataError(
            400, f"Syntax error in '{text}'; this server knows eq, startswith and substringof with and/or."
        )
    column = found["equals"] or found["starts"] or found["holds"]
    if rows and column not in rows[0]:
        raise ODataError(400, f"Could not find a property named '{column}'.")
    if found["number"]:
        return lambda row: row[column] == float(found["number"])
    if found["equals"]:
        return lambda row: row[column] == found["text"]
    if found["starts"]:
        return lambda row: str(row[column]).startswith(found["start"])
    return lambda row: found["part"] in str(row[column])


def refusal(problem: ODataError) -> Answer:
    """Return the answer that tells a client what went wrong, in the form CBS's servers use.

    Parameters
    ----------
    problem : ODataError
        The status and the sentence.

    Returns
    -------
    Answer
        JSON with an ``odata.error``.
    """
    body = {"odata.error": {"code": "", "message": {"lang": "nl-NL", "value": str(problem)}}}
    return Answer(problem.status, json.dumps(body).encode())
