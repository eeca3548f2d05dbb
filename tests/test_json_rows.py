"""Cutting the text of an answer between records while it comes in: never within one, whatever its texts hold."""

import json
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.sources import json_rows
from bt_analysis.sources.patience import SourceRejected

SCHEMA = pa.schema([("ID", pa.float64()), ("Naam", pa.string()), ("Aantal", pa.float64())])
# What could be taken for the end of a record, or for the end of a text.
NASTY = ['},{"ID', "}, {", '"}],"value":[{"', "\\", '\\"', "a\nb", "2021-03-26", "2021-03-26T02:00:00", "é€", "  .", ""]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "BLOCK", 200)


def read(body: bytes, size: int = 50) -> tuple[list[dict[str, Any]], str | None]:
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    blocks = list(json_rows.read_blocks(chunks, SCHEMA, "99001NED"))
    return [row for block in blocks for row in block.rows.to_pylist()], blocks[-1].next_link


def page(records: list[dict[str, Any]], link: str | None = None, **layout: Any) -> bytes:
    body: dict[str, Any] = {"odata.metadata": "http://host/$metadata#Typed", "value": records}
    return json.dumps(body | ({"odata.nextLink": link} if link else {}), **layout).encode()


@given(
    names=st.lists(st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"])), max_size=30),
    size=st.integers(1, 400),
    layout=st.sampled_from([{}, {"separators": (",", ":")}, {"indent": 1}, {"ensure_ascii": False}]),
)
@settings(deadline=None, max_examples=150)
def test_every_text_arrives_as_it_was(names: list[str], size: int, layout: dict[str, Any]) -> None:
    records = [{"ID": at, "Naam": name, "Aantal": None if at % 3 else at / 2} for at, name in enumerate(names)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "BLOCK", 200)
        assert read(page(records, **layout), size) == (records, None)


def test_the_next_page_is_named_after_the_last_record() -> None:
    records = [{"ID": at, "Naam": "a", "Aantal": 1} for at in range(20)]
    found, link = read(page(records, "http://host/set?$skip=20"))
    assert len(found) == 20
    assert link == "http://host/set?$skip=20"


@pytest.mark.parametrize("size", [1, 7, 60, 199])
def test_half_an_answer_is_no_answer(size: int) -> None:
    body = page([{"ID": at, "Naam": "a", "Aantal": 1} for at in range(20)])
    for end in range(0, len(body) - 1, 13):
        with pytest.raises((ValueError, KeyError)):
            read(body[:end], size)


@pytest.mark.parametrize("text", ["<html>Onderhoud</html>", "[]", "null", '{"value": "none"}', '{"odata.error": {}}'])
def test_what_holds_no_records_is_no_answer(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        read(text.encode())
    with pytest.raises((ValueError, KeyError)):
        json_rows.page_text(text.encode())


def test_a_figure_among_texts_is_a_text() -> None:
    assert read(page([{"ID": 0, "Naam": 9901, "Aantal": "25.5"}]))[0] == [{"ID": 0, "Naam": "9901", "Aantal": 25.5}]


def test_a_text_among_figures_is_refused_by_name() -> None:
    with pytest.raises(SourceRejected, match="99001NED, column Aantal: got a text"):
        read(page([{"ID": 0, "Naam": "a", "Aantal": "   ."}]))


def test_an_absent_field_is_refused_by_name() -> None:
    with pytest.raises(SourceRejected, match="got rows without Aantal"):
        read(page([{"ID": 0, "Naam": "a"}]))


@pytest.mark.parametrize("layout", [{}, {"indent": 1}, {"separators": (",", ":")}])
@pytest.mark.parametrize("link", [None, "http://host/set?$skip=2"])
def test_records_are_kept_as_published(layout: dict[str, Any], link: str | None) -> None:
    records: list[dict[str, Any]] = [{"Key": "BU01  ", "Title": '"},{"'}, {"Key": "BU02  ", "Title": None}]
    text, following = json_rows.page_text(page(records, link, **layout))
    assert json.loads(b"[" + text + b"]") == records
    assert following == (link or "")
    keys = json_rows.read_texts(b"[" + text + b"]", ["Key"])
    pd.testing.assert_frame_equal(keys, pd.DataFrame({"Key": ["BU01  ", "BU02  "]}))
