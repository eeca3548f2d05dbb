"""A workbook becomes the bytes of an .xlsx file: the same content gives the same bytes, whenever it is made."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from openpyxl import Workbook

_MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_ZIP_TIME = (2026, 1, 1, 0, 0, 0)


def saved(book: Workbook) -> bytes:
    """Return a workbook as a file, with fixed times in its zip entries and its properties.

    Parameters
    ----------
    book : Workbook
        Its times of making and changing are set.

    Returns
    -------
    bytes
        An .xlsx file.
    """
    book.properties.created = book.properties.modified = _MOMENT.replace(tzinfo=None)
    packed = io.BytesIO()
    book.save(packed)
    return _without_clock(packed.getvalue())


def _without_clock(workbook: bytes) -> bytes:
    packed = io.BytesIO()
    stamp = _MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda entry: (entry != "[Content_Types].xml", entry)):
            content = old.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the time of saving
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return packed.getvalue()
