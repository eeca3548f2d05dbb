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
_HEAD = re.compile(rb'\s*\{(?:\s*"[^"\\]*"\s*:\s*"(?:[^"\\]|\\.)*"\s*,)*\s*"value"\s*:\s*\[')
# Between two records. The same signs may stand in a text; but then the last quote would end that text, and after the
# end of a text comes a sign or white space, never the first letter of a field.
_BETWEEN = re.compile(rb'\}\s*,\s*(\{)\s*"\w')
_NEAR = 100
_LONGEST_HEAD = 10_000
_NEXT = "odata.nextLink"


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
    whole = pa.schema([("value", pa.list_(pa.struct(list(schema)))), (_NEXT, pa.string())])
    for number, text in enumerate(_documents(chunks)):
        if number == 0:
            _refuse_missing(text, schema.names, table_id)
        try:
            yield _parse(text, whole)
        except pa.ArrowInvalid:
            yield _parse_plainly(text, schema, table_id)


def _documents(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a page between records, and make each piece JSON of its own."""
    begun, held = False, b""
    for chunk in chunks:
        held = held + chunk if held else chunk
        if not begun:
            head = _HEAD.match(held)
            if head is None and len(held) > _LONGEST_HEAD:
                break
            begun, held = head is not None, held[head.end() if head else 0 :]
        cut = _cut(held) if begun else 0
        if cut:
            yield b'{"value":[' + held[:cut].rstrip()[:-1] + b"]}"
            held = held[cut:]
    if not begun:
        raise KeyError("value")
    yield b'{"value":[' + held


def _cut(text: bytes) -> int:
    """Return where the last record of a text begins; 0 when it holds one, or none that is whole."""
    start = text.rfind(b"{")
    while start > 0:
        near = max(0, start - _NEAR)
        between = _BETWEEN.search(text, near, start + _NEAR)
        if between and between.start(1) == start:
            return start
        start = text.rfind(b"{", 0, start)
    return 0


def _parse(text: bytes, whole: pa.Schema) -> Block:
    # In JSON a line break stands between signs only; to the reader it is the end of a record.
    text = text.replace(b"\n", b" ").replace(b"\r", b" ")
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


def _refuse_missing(text: bytes, fields: list[str], table_id: str) -> None:
    # Arrow fills a field that no record has with nulls. The first record of a page tells which fields there are.
    start = text.index(b"[") + 1
    found = re.match(rb"\s*\{", text[start:])
    if found is None:
        return
    first, _ = json.JSONDecoder().raw_decode(text[start + found.end() - 1 :].decode())
    missing = [field for field in fields if field not in first and field != "ID"]
    if missing:
        raise SourceRejected(
            f"table {table_id}: got rows without {', '.join(missing[:3])}; expected every column of DataProperties. "
            "CBS may be publishing it at this moment: fetch again later."
        )


def _parse_plainly(text: bytes, schema: pa.Schema, table_id: str) -> Block:
    """Read what Arrow does not take: broken JSON is told from figures that are texts and texts that are figures."""
    page = cast(Any, json.loads(text))
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
