"""The parts of a workbook, before anything is read from it: a file goes in; whether it is safe to open comes out.

A workbook is a zip archive of XML. What could cost memory or time, or reach outside the file, is looked for in the
bytes: archives that unpack to more than they say, parts with more elements than tables need, declared entities,
macros. Nothing is parsed here.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from bt_analysis.sources.sentences import Findings, Place

LARGEST_UNPACKED_MB = 200
MOST_PARTS = 2_000

# Elements per kind of part. 100,000 rows of 20 cells are 4 million elements.
_MOST_IN_SHEET = 5_000_000
# A sheet may have formatted rows below its table; a million of them take longer than is worth it.
_MOST_ROWS = 300_000
_MOST_STRINGS = 1_500_000
_MOST_ELSEWHERE = 200_000
# Text between two tags: a cell holds 32,767 characters, each of which can take six bytes.
_LONGEST_TEXT = 200_000
_LONGEST_COMMENT = 10_000
_LONGEST_FORMAT = 256

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_CELLS = re.compile(rb"<(?:\w{1,20}:)?(?:row|c|v|f|is|t|r)[\s/>]")
_IS_SHEET = re.compile(rb"<(?:\w{1,20}:)?worksheet[\s>]")
_IS_STRINGS = re.compile(rb"<(?:\w{1,20}:)?sst[\s/>]")
_LONG_FORMAT = re.compile(rb"formatCode\s{0,9}=\s{0,9}(?:\"[^\"]{%d}|'[^']{%d})" % (_LONGEST_FORMAT, _LONGEST_FORMAT))
_ENCODING = re.compile(rb"^<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.-]{1,40})")
_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1")
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY", b"<!ELEMENT", b"<!ATTLIST")
_MACROS = re.compile(r"(?:vbaProject\w*|vbaData)\.(?:bin|xml)|(?:^|/)macrosheets/", re.IGNORECASE)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, NotImplementedError)


def is_workbook(path: Path, place: Place, findings: Findings) -> bool:
    """Return whether a file is a workbook that is safe to open, and say so when it is not.

    Parameters
    ----------
    path : Path
        A file with the name of an .xlsx file.
    place : Place
        How the file is named in a problem.
    findings : Findings
        At most one problem is added to it.

    Returns
    -------
    bool
        False when it is something else, unpacks to too much, or holds what no workbook of tables needs.
    """
    content = path.read_bytes()
    if content.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        findings.problem("password" if encrypted else "old_format", place)
        return False
    kind, unpacked = _wrong(path)
    if kind:
        findings.problem(kind, place, got=unpacked, limit=LARGEST_UNPACKED_MB)
    return kind is None


def _wrong(path: Path) -> tuple[str | None, int]:
    """Return what is wrong with a file, and how many megabytes it says to unpack to."""
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGED:
        return "not_a_workbook", 0
    with archive:
        unpacked = round(sum(part.file_size for part in archive.infolist()) / 1e6)
        try:
            return _wrong_archive(archive.infolist(), unpacked) or next(_wrong_parts(archive), None), unpacked
        except _DAMAGED:
            return "unreadable", unpacked


def _wrong_archive(parts: list[zipfile.ZipInfo], unpacked: int) -> str | None:
    """Return what is wrong with the list of parts; nothing is unpacked yet."""
    names = [part.filename for part in parts]
    if unpacked > LARGEST_UNPACKED_MB:
        return "too_large_unpacked"
    if "[Content_Types].xml" not in names:
        return "not_a_workbook"
    if any(_MACROS.search(name) for name in names):
        return "macros"
    if len(parts) > MOST_PARTS:
        return "too_much_inside"
    if len({name.casefold() for name in names}) < len(names) or any(map(_is_outside, names)) or _overlap(parts):
        return "bad_parts"
    stored = all(part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts)
    return "unreadable" if not stored or any(part.flag_bits & 1 for part in parts) else None


def _is_outside(name: str) -> bool:
    parts = name.split("/")
    return name.startswith("/") or ".." in parts or "\\" in name or ":" in parts[0] or "\x00" in name


def _overlap(parts: list[zipfile.ZipInfo]) -> bool:
    """Return whether two parts use the same bytes, as in an archive that unpacks to millions of times its size."""
    ordered = sorted(parts, key=lambda part: part.header_offset)
    ends = [part.header_offset + 30 + len(part.filename) + part.compress_size for part in ordered]
    return any(end > later.header_offset for end, later in zip(ends, ordered[1:], strict=False))


def _wrong_parts(archive: zipfile.ZipFile) -> Iterator[str]:
    for part in archive.infolist():
        with archive.open(part) as file:
            # As much as the part says it holds, as it may hold more: then its checksum is wrong.
            content = file.read(part.file_size + 1)
        start = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
        if content[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\x00" in start[:4] and b"<" in start[:4]):
            yield "bad_parts"
        elif start.startswith(b"<"):
            yield from _wrong_xml(content, start)
        if part.filename == "[Content_Types].xml" and b"macroEnabled" in content:
            yield "macros"


def _wrong_xml(content: bytes, start: bytes) -> Iterator[str]:
    encoding = _ENCODING.search(start)
    if encoding and encoding[1].lower() not in _ENCODINGS:
        yield "bad_parts"
    if any(word in content for word in _DECLARED):
        yield "declared_entities"
    if _LONG_FORMAT.search(content) or _has_long_text(content):
        yield "too_much_inside"
    if _has_many_elements(content):
        yield "too_much_inside"


def _has_many_elements(content: bytes) -> bool:
    """Return whether a part has more elements than its kind needs: rows and cells, texts, or anything else."""
    elements = content.count(b"<") - content.count(b"</")
    if elements <= _MOST_ELSEWHERE or elements > _MOST_IN_SHEET:
        return elements > _MOST_IN_SHEET
    if _IS_STRINGS.search(content):
        return elements > _MOST_STRINGS
    cells = sum(1 for _ in _CELLS.finditer(content)) if _IS_SHEET.search(content) else 0
    return elements - cells > _MOST_ELSEWHERE or content.count(b"<row") > _MOST_ROWS


def _has_long_text(content: bytes) -> bool:
    """Return whether a tag, a text or a comment is longer than any that a cell needs."""
    at = 0
    while at + _LONGEST_TEXT < len(content):
        at = content.rfind(b"<", at + 1, at + _LONGEST_TEXT)
        if at < 0:
            return True
    at = content.find(b"<!--")
    while at >= 0:
        end = content.find(b"-->", at, at + _LONGEST_COMMENT)
        if end < 0:
            return True
        at = content.find(b"<!--", end)
    return content.count(b"<![CDATA[") > 0 and max(map(len, content.split(b"<![CDATA[")[1:])) > _LONGEST_TEXT
