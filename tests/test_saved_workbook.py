"""Saved workbooks: the same content gives the same bytes, and a workbook that opens."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl

from bt_analysis.sources.saved_workbook import saved


def book(value: str) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = value
    return made


def test_the_same_content_gives_the_same_bytes_at_another_time() -> None:
    first = saved(book("a"))
    time.sleep(1.1)  # openpyxl writes times to the second
    assert saved(book("a")) == first
    assert saved(book("b")) != first


def test_a_saved_workbook_opens_and_begins_as_office_files_do() -> None:
    content = saved(book("a"))
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["A1"].value == "a"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}
        assert b"2026-01-01T00:00:00Z</dcterms:modified>" in archive.read("docProps/core.xml")
