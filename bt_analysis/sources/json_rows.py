"""Reading records while they come in: the text of an OData answer in blocks comes in, columns go out.

A page of 10,000 records is some 40 MB of text, of which the figures are a fifth. So the text is cut between records
into blocks, and each block becomes columns before the next one comes in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.json

from bt_analysis.sources.patience import SourceRejected

# What may stand before the records: {"odata.metadata":"…","value":[
_HEAD = re.compile(rb'\s*\{(?:\s*"(?!odata\.nextLink)[^"\\]*"\s*:\s*"(?:[^"\\]|\\.)*"\s*,)*\s*"value"\s*:\s*\[')
# What may stand after them: ],"odata.nextLink":"…"}
_TAIL = re.compile(rb'\]\s*(?:,\s*"odata\.nextLink"\s*:\s*("(?:[^"\\]|\\.)*")\s*)?\}\s*$')
# Between two records. The same signs may stand in a text; but then the last quote would end that text, and after the
# end of a text comes a sign or white space, never the first letter of a field.
_BETWEEN = re.compile(rb'\}\s*,\s*(\{)\s*"\w')
_NEAR = 100
_LONGEST_HEAD = 10_000
_NEXT = "odata.nextLink"
_OPEN, _CLOSE = b'{"value":[', b"]}"
_BREAKS = bytes.maketrans(b"\r\n", b"  ")

BLOCK = 1 << 21
"""Bytes of text that become columns at a time."""


@dataclass(frozen=True)
class Block:
    """Some records, and what follows the last ones of a page.

    Parameters
    ----------
    rows : RecordBatch
        One column per field of the schema.
    next_link : str, optional
        Where the next page is, when the host says so.
    """

    rows: pa.RecordBatch
    next_link: str | None


def read_blocks(chunks: Iterable[bytes], schema: pa.Schema, table_id: str) -> Iterator[Block]:
    """Read the records of one page.

    Parameters
    ----------
    chunks : iterable of bytes
        The JSON of one answer, cut anywhere.
    schema : Schema
        The fields to keep, each a text (string) or a number (double).
    table_id : str
        For errors.

    Yields
    ------
    Block
        Records in the order of the page; an empty page gives one block without records.

    Raises
    ------
    ValueError, KeyError
        When the answer is no JSON with records, or only half of it.
    SourceRejected
        When a field is absent, or holds a text where the schema says a number.
    """
    whole = _page(schema)
    for number, text in enumerate(_documents(chunks)):
        if number == 0:
            _refuse_missing(text, schema.names, table_id)
        try:
            yield _parse(text, whole)
        except pa.ArrowInvalid:
            yield _parse_plainly(text, schema, table_id)


def page_text(body: bytes) -> tuple[bytes, str]:
    """Take the records of a page as published, without making anything of them.

    Parameters
    ----------
    body : bytes
        The JSON of one answer.

    Returns
    -------
    tuple of bytes and str
        The text between the brackets, and where the next page is (``""``: nowhere).

    Raises
    ------
    ValueError, KeyError
        When the answer is no JSON with records, or only half of it.
    """
    head, tail = _HEAD.match(body), _TAIL.search(body, max(0, len(body) - _LONGEST_HEAD))
    if head is None or tail is None:
        page = cast(Any, json.loads(body))
        if not isinstance(page, dict) or not isinstance(page.get("value"), list):
            raise KeyError("value")
        return json.dumps(page["value"], ensure_ascii=False)[1:-1].encode(), page.get(_NEXT) or ""
    read = _parse(memoryview(body), _page([("Key", pa.string())]))  # what looks whole may be broken in the middle
    return body[head.end() : tail.start()], read.next_link or ""


def read_texts(text: bytes, fields: Iterable[str]) -> pd.DataFrame:
    """Read a few fields of many records.

    Parameters
    ----------
    text : bytes
        A JSON list of records.
    fields : iterable of str
        Fields that hold texts; the others are passed over.

    Returns
    -------
    DataFrame
        One row is a record; a column per field, with padding.

    Raises
    ------
    ValueError
        When the text is no such list.
    """
    whole = _page((field, pa.string()) for field in fields)
    return cast(pd.DataFrame, _parse(memoryview(b'{"value":' + text + b"}"), whole).rows.to_pandas())


def _page(fields: Iterable[pa.Field | tuple[str, pa.DataType]]) -> pa.Schema:
    """Return the schema of the JSON of a page with records of some fields."""
    return pa.schema([("value", pa.list_(pa.struct(list(fields)))), (_NEXT, pa.string())])


def _documents(chunks: Iterable[bytes]) -> Iterator[memoryview]:
    """Cut a page between records, and make each piece JSON of its own; the next piece is written over it."""
    held, end, begun = bytearray(BLOCK), 0, False
    for chunk in chunks:
        room = len(held) - len(chunk) - len(_CLOSE)
        cut = _cut(held, end) if begun and end > room else 0
        if cut:
            rest = bytes(held[cut:end])
            last = held.rfind(b"}", 0, cut) + 1
            held[last : last + len(_CLOSE)] = _CLOSE
            yield memoryview(held)[: last + len(_CLOSE)]
            end = _put(held, len(_OPEN), rest)
        if end > room:  # a record that is longer than a block
            held = held + bytes(len(held) + len(chunk))
        end = _put(held, end, chunk)
        head = None if begun else _HEAD.match(held, 0, end)
        if head:
            begun = True
            end = _put(held, 0, _OPEN + held[head.end() : end])
        elif not begun and end > _LONGEST_HEAD:
            break
    if not begun:
        raise KeyError("value")
    yield memoryview(held)[:end]


def _put(held: bytearray, start: int, text: bytes | bytearray) -> int:
    end = start + len(text)
    held[start:end] = text
    return end


def _cut(text: bytearray, end: int) -> int:
    """Return where the last record of a text begins; 0 when it holds one, or none that is whole."""
    start = text.rfind(b"{", 0, end)
    while start > 0:
        between = _BETWEEN.search(text, max(0, start - _NEAR), min(end, start + _NEAR))
        if between and between.start(1) == start:
            return start
        start = text.rfind(b"{", 0, start)
    return 0


def _parse(text: memoryview, whole: pa.Schema) -> Block:
    # In JSON a line break stands between signs only; to the reader it is the end of a record.
    if any(sign in cast(bytes, text.obj) for sign in b"\r\n"):
        text = memoryview(bytes(text).translate(_BREAKS))
    found = pyarrow.json.read_json(
        pa.BufferReader(text),
        pyarrow.json.ReadOptions(use_threads=False, block_size=len(text) + 1),
        pyarrow.json.ParseOptions(explicit_schema=whole, unexpected_field_behavior="ignore"),
    )
    records = found["value"].chunk(0)
    if len(records) != 1 or records.null_count:
        raise KeyError("value")
    rows = pa.RecordBatch.from_struct_array(records.flatten())
    rows.validate(full=True)
    return Block(rows, found[_NEXT][0].as_py())


def _refuse_missing(text: memoryview, fields: list[str], table_id: str) -> None:
    # Arrow fills a field that no record has with nulls. The first record of a page tells which fields there are.
    records = bytes(text[len(_OPEN) :]).decode().lstrip()
    if not records.startswith("{"):
        return
    first, _ = json.JSONDecoder().raw_decode(records)
    missing = [field for field in fields if field not in first and field != "ID"]
    if missing:
        raise SourceRejected(
            f"table {table_id}: got rows without {', '.join(missing[:3])}; expected every column of DataProperties. "
            "CBS may be publishing it at this moment: fetch again later."
        )


def _parse_plainly(text: memoryview, schema: pa.Schema, table_id: str) -> Block:
    """Read what Arrow does not take: broken JSON is told from figures that are texts and texts that are figures."""
    page = cast(Any, json.loads(bytes(text)))
    records = pd.DataFrame(page["value"], columns=schema.names)
    columns = [_column(records[field.name], field, table_id) for field in schema]
    return Block(pa.RecordBatch.from_arrays(columns, schema=schema), page.get(_NEXT))


def _column(values: pd.Series, field: pa.Field, table_id: str) -> pa.Array:
    if pa.types.is_string(field.type):
        return pa.array(values.astype("str"), type=pa.string(), from_pandas=True)
    try:
        return pa.array(pd.to_numeric(values).astype("Float64"), type=field.type, from_pandas=True)
    except (ValueError, TypeError) as problem:
        raise SourceRejected(
            f"table {table_id}, column {field.name}: got a text ({problem}); expected numbers, as DataProperties says. "
            "Report the table: it cannot be read without guessing."
        ) from problem
