"""Files that are made to hurt whoever opens them: a folder goes in; every attack stands in a folder of its own.

``python -m tests.hostile_files make FOLDER`` makes them; ``read`` in its place reads each as a delivery, and prints as
JSON which problems were told, in how many seconds of this process, and with how much memory at most.
"""

# ruff: noqa: T201 - what this prints is its answer

from __future__ import annotations

import io
import json
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl

from bt_analysis.sources.monitoring import read_package

HEADER = ["collective_id", "name", "primary_domain", "members_n"]
ROW = ["zon", "Zonnewijk", "welzijn", 120]
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def parts() -> dict[str, bytes]:
    """Return the parts of a good workbook with one table."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].title = "collective"
    for row in (HEADER, ROW):
        book.worksheets[0].append(row)
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return made.getvalue()


def changed(part: str, old: bytes, new: bytes) -> bytes:
    contents = parts()
    assert old in contents[part]
    return packed(contents | {part: contents[part].replace(old, new, 1)})


def sheet(rows: bytes) -> bytes:
    return packed(parts() | {SHEET: XML + b"<worksheet " + MAIN + b"><sheetData>" + rows + b"</sheetData></worksheet>"})


def text_row(number: int, *texts: str, last: str = "") -> bytes:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{cells}{last}</row>'.encode()


TOP = text_row(1, *HEADER) + text_row(2, "zon", "Zonnewijk", "welzijn", "120")


def gigabyte() -> bytes:
    """Make a workbook whose sheet unpacks to a gigabyte, without ever holding one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts().items():
            with archive.open(name, "w") as part:
                for _ in range(1_000 if name == SHEET else 1):
                    part.write(b"0" * 1_000_000 if name == SHEET else content)
    return made.getvalue()


def declared_size() -> bytes:
    """Make a part that says in the directory that it is small, and unpacks to a gigabyte."""
    good = bytearray(gigabyte())
    at = good.rfind(SHEET.encode()) - 46
    struct.pack_into("<L", good, at + 24, 1_000)
    return bytes(good)


def overlapping() -> bytes:
    """Make an archive in which a hundred parts are the same compressed bytes."""
    body = zlib.compress(b"0" * 10_000_000)[2:-4]
    crc, made, directory = zlib.crc32(b"0" * 10_000_000), io.BytesIO(packed(parts())), b""
    content = made.getvalue()
    end = content.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<L", content, end + 16)[0]
    local = (
        struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), 10_000_000, 5, 0) + b"x.xml" + body
    )
    for number in range(10):
        name = f"x{number:03}.xml".encode()
        directory += struct.pack(
            "<4sHHHHHHLLLHHHHHLL",
            *(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), 10_000_000, len(name), 0, 0, 0, 0, 0, start),
        )
        directory += name
    old = content[start:end]
    tail = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 99, 99, len(old + directory), start + len(local), 0)
    count = old.count(b"PK\x01\x02") + 10
    return (
        content[:start]
        + local
        + old
        + directory
        + tail.replace(struct.pack("<HH", 99, 99), struct.pack("<HH", count, count))
    )


def nested() -> bytes:
    """Make an archive of archives, sixteen in each, as 42.zip is."""
    content = b"0" * 100_000_000
    for _ in range(4):
        inner = packed({"0": content})
        content = packed({str(number): inner for number in range(16)})
    return content


def with_part(name: str, content: bytes = b"<a/>") -> Callable[[], bytes]:
    return lambda: packed(parts() | {name: content})


def laughs(part: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    entities = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 12))
    text = f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a11;</x>'

    def make() -> bytes:
        declared = f'<?xml version="1.0" encoding="{encoding}"?>'
        body = declared.encode("ascii") if encoding != "utf-16" else b""
        return packed(parts() | {part: body + text.encode(encoding)})

    return make


def duplicated() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts().items():
            archive.writestr(name, content)
        archive.writestr(SHEET.upper(), b"<worksheet/>")
    return made.getvalue()


def styles(content: bytes) -> bytes:
    return packed(parts() | {STYLES: XML + b"<styleSheet " + MAIN + b">" + content + b"</styleSheet>"})


def after_rows(content: bytes) -> bytes:
    return changed(SHEET, b"</sheetData>", b"</sheetData>" + content)


def numbered(row: bytes, numbers: range) -> bytes:
    """Repeat a row with its number in it."""
    return TOP + b"".join(row.replace(b"#", b"%d" % number) for number in numbers)


BOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a sheet of a gigabyte": (gigabyte, "too_large_unpacked"),
    "a sheet that says it is small": (declared_size, "unreadable"),
    "an archive of archives": (nested, "not_a_workbook"),
    "overlapping parts": (overlapping, "bad_parts"),
    "a part that is an absolute path": (with_part("/etc/passwd"), "bad_parts"),
    "a part above the folder": (with_part("../../x.xml"), "bad_parts"),
    "a part on another drive": (with_part("C:\\x.xml"), "bad_parts"),
    "a part twice": (duplicated, "bad_parts"),
    "parts without end": (lambda: packed(parts() | {f"x/{at}.xml": b"" for at in range(70_000)}), "too_much_inside"),
    "another compression": (lambda: packed(parts(), zipfile.ZIP_LZMA), "unreadable"),
    "macros": (with_part("xl/vbaProject.bin", b"\x00"), "macros"),
    "macros by type": (
        lambda: changed("[Content_Types].xml", b"spreadsheetml.sheet.main+xml", b"x.sheet.macroEnabled.main+xml"),
        "macros",
    ),
    "laughs in the sheet": (laughs(SHEET), "declared_entities"),
    "laughs in the styles": (laughs(STYLES), "declared_entities"),
    "laughs in the properties": (laughs("docProps/core.xml"), "declared_entities"),
    "laughs in the relations": (laughs("xl/_rels/workbook.xml.rels"), "declared_entities"),
    "laughs in UTF-16": (laughs(SHEET, "utf-16"), "bad_parts"),
    "laughs in EBCDIC": (laughs(SHEET, "cp037"), "bad_parts"),
    "an entity from a file": (
        lambda: changed(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><worksheet'),
        "declared_entities",
    ),
    "millions of texts": (
        lambda: packed(parts() | {STRINGS: XML + b"<sst " + MAIN + b">" + b"<si><t/></si>" * 12_000_000 + b"</sst>"}),
        "too_much_inside",
    ),
    "millions of styles": (lambda: styles(b"<cellXfs>" + b"<xf/>" * 12_000_000 + b"</cellXfs>"), "too_much_inside"),
    "a format to get stuck in": (
        lambda: styles(b'<numFmts><numFmt numFmtId="200" formatCode="' + b"[" * 150_000 + b'"/></numFmts>'),
        "too_much_inside",
    ),
    "millions of elements": (lambda: sheet(TOP + b"<x/>" * 40_000_000), "too_much_inside"),
    "millions of merged cells": (
        lambda: after_rows(b"<mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 4_000_000 + b"</mergeCells>"),
        "too_much_inside",
    ),
    "a text of 100 MB": (lambda: sheet(TOP + text_row(3, "x" * 100_000_000)), "too_much_inside"),
    "an attribute of 100 MB": (lambda: sheet(TOP + b'<row x="' + b"x" * 100_000_000 + b'"/>'), "too_much_inside"),
    "a comment of 100 MB": (lambda: sheet(TOP + b"<!--" + b"< " * 50_000_000 + b"-->"), "too_much_inside"),
    "a column that does not exist": (lambda: sheet(TOP + b'<row><c r="ZZZZ3"><v>1</v></c></row>'), "unreadable"),
    "columns without end": (
        lambda: sheet(numbered(b'<row r="#"><c r="XFD#"><v>1</v></c></row>', range(3, 50_000))),
        "too_many_columns",
    ),
    "rows without end": (lambda: sheet(numbered(b'<row r="#"/>', range(3, 3_000_000))), "too_much_inside"),
    "a row that does not exist": (lambda: sheet(TOP + b'<row r="99999999999"/>'), "unreadable"),
    "a text that is too long for a cell": (
        lambda: sheet(text_row(1, *HEADER) + text_row(2, "zon", "x" * 40_000, "welzijn")),
        "long_text",
    ),
    "elements in elements": (lambda: sheet(TOP + b"<x>" * 150_000 + b"</x>" * 150_000), "missing_sheet"),
    "a cell of spaces": (
        lambda: sheet(text_row(1, *HEADER) + text_row(2, "zon", "x" + " " * 32_000 + "\n" + " " * 99 + "y", "welzijn")),
        "missing_sheet",
    ),
}
"""Name → how to make a workbook, and the kind of problem that it is told to be; missing_sheet when it does no harm."""

DESCRIBED = json.dumps({"resources": [{"name": "collective", "path": "collective.csv"}]}).encode()
LINE = b"collective_id,name,primary_domain\nzon,Zonnewijk,welzijn\n"
TABLES: dict[str, tuple[Callable[[], tuple[bytes, bytes]], str]] = {
    "a line of 19 MB": (lambda: (LINE + b"x" * 19_000_000, DESCRIBED), "long_text"),
    "a quote without end": (lambda: (LINE + b'zon,"' + b"x\n" * 9_000_000, DESCRIBED), "long_text"),
    "a million columns": (
        lambda: (b"collective_id,name," + b"," * 1_000_000 + b"\n" + LINE, DESCRIBED),
        "too_many_columns",
    ),
    "only commas": (lambda: (LINE + b"," * 19_000_000, DESCRIBED), "too_many_columns"),
    "only new lines": (lambda: (b"\n" * 19_000_000, DESCRIBED), "too_many_rows"),
    "nine million rows": (lambda: (LINE + b"a\n" * 9_000_000, DESCRIBED), "too_many_rows"),
    "a file that is too large": (lambda: (LINE * 500_000, DESCRIBED), "too_large"),
    "zero bytes": (lambda: (LINE + b"\x00", DESCRIBED), "not_text"),
    "UTF-16": (lambda: (LINE.decode().encode("utf-16"), DESCRIBED), "not_text"),
    "a description without end": (lambda: (LINE, b'{"resources": ' + b"[" * 900_000), "bad_datapackage"),
    "a description of 20 MB": (lambda: (LINE, b"[" + b"{}," * 6_000_000), "too_large"),
    "a number of a million digits": (lambda: (LINE, b'{"resources": ' + b"1" * 900_000 + b"}"), "bad_datapackage"),
    "a name twice": (lambda: (LINE, b'{"resources": [], ' + DESCRIBED[1:]), "bad_datapackage"),
}
"""Name → how to make a CSV file and its description, and the kind of problem that it is told to be."""


def deliver(name: str, folder: Path) -> None:
    """Write an attack in the folder of a collective."""
    folder.mkdir(parents=True)
    if name in BOOKS:
        (folder / "zon.xlsx").write_bytes(BOOKS[name][0]())
    else:
        table, description = TABLES[name][0]()
        (folder / "collective.csv").write_bytes(table)
        (folder / "datapackage.json").write_bytes(description)


def make(root: Path) -> None:
    """Write every attack, numbered in the order of its name."""
    for number, name in enumerate((*BOOKS, *TABLES)):
        deliver(name, root / str(number) / "zon")


def read(root: Path) -> None:
    """Read every attack as a delivery, and print what was told and what it cost."""
    for number, name in enumerate((*BOOKS, *TABLES)):
        # Sets the highest memory that the system has seen back to what is used now.
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        began = time.process_time()
        package = read_package(root / str(number) / "zon", None)
        seconds = time.process_time() - began
        status = Path("/proc/self/status").read_text(encoding="ascii")
        megabytes = int(status.split("VmHWM:")[1].split()[0]) / 1000
        told = [problem.kind for problem in package.problems]
        print(json.dumps({"name": name, "told": told, "seconds": seconds, "megabytes": megabytes}))


if __name__ == "__main__":
    {"make": make, "read": read}[sys.argv[1]](Path(sys.argv[2]))
