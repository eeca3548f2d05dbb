"""A whole table of CBS as a ZIP of CSV files: a table id comes in, its description and all observations go out.

The files hold what OData v4 has, in far fewer bytes and one question; Properties are asked from OData v4, as they tell
the release. Files are read where they lie in the ZIP and never unpacked to disk.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from bt_analysis.sources import files, observations
from bt_analysis.sources.backend import Progress, Release
from bt_analysis.sources.datasets import WORKING, WholeTables, keep, kept
from bt_analysis.sources.http import BLOCK, Client
from bt_analysis.sources.observations import OBSERVATIONS
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.raw_table import Record

LARGEST_UNPACKED_GB = 8
"""A table that unpacks to more than this is refused; the largest of CBS stay below it."""

_WHOLE = ("Index", "Decimals")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class CsvBulk(WholeTables):
    """Get a table as one ZIP; see :class:`~bt_analysis.sources.backend.BackEnd`."""

    name = "csv"

    def download(
        self, release: Release, client: Client, staging: Path, progress: Progress | None = None
    ) -> dict[str, int]:
        """Bring the ZIP and write what it holds.

        Parameters
        ----------
        release : Release
            From :meth:`release`.
        client : Client
            Asks; a ZIP that is broken or cut off is asked again.
        staging : Path
            Gets the files; a ZIP that is there is not asked for again.
        progress : callable, optional
            Told once.

        Returns
        -------
        dict
            File name → records in it.

        Raises
        ------
        SourceRejected
            When files or observations are lacking, come twice or are of nothing in the table.
        SourceUnreachable
            When the host gives no usable answer.
        """
        packed = staging / WORKING / "table.zip"
        if not packed.exists():
            url, store = self.url(release.table_id, ""), partial(_store, release.table_id)
            files.write_atomically(packed, lambda new: client.ask(url, partial(store, new)))
        info = kept(staging / "Properties.json", lambda: [self._properties(release.table_id, client)])
        with zipfile.ZipFile(packed) as archive:
            members = _members(archive, release.table_id)
            sets = {"Properties": info, **_describe(archive, members, staging, release)}
            dimensions = [one["Identifier"] for one in sets["Dimensions"]]
            found = _observations(archive, members[OBSERVATIONS], dimensions, release)
        if progress:
            progress(len(found), release.rows)
        return keep(staging, found, sets, release)

    def url(self, table_id: str, file: str) -> str:
        """Return the address of the ZIP, or of Properties, which come from elsewhere.

        Parameters
        ----------
        table_id : str
            As in Release.
        file : str
            Such as ``MeasureCodes.json``.

        Returns
        -------
        str
            For sources.csv.
        """
        if file == "Properties.json":
            return self.address(table_id, "Properties")
        return f"{self.root}/CSV/CBS/nl/{table_id}"


def _store(table_id: str, path: Path, blocks: Iterator[bytes]) -> None:
    """Write a ZIP to disk and read it to its end, which compares its checksums."""
    with path.open("wb") as out:
        out.writelines(blocks)
    try:
        with zipfile.ZipFile(path) as archive:
            for member in _members(archive, table_id).values():
                with archive.open(member) as content:
                    while content.read(BLOCK):
                        pass
    except _BROKEN as problem:
        raise ValueError(f"a broken ZIP ({problem})") from problem


def _members(archive: zipfile.ZipFile, table_id: str) -> dict[str, zipfile.ZipInfo]:
    """Return the CSV files by the name of the set they hold, wherever in the archive they lie."""
    inside = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
    if sum(one.file_size for one in inside) > LARGEST_UNPACKED_GB * 1e9:
        raise SourceRejected(
            f"table {table_id}: got a ZIP that unpacks to more than {LARGEST_UNPACKED_GB} GB; expected a table. "
            "Do not use it; fetch the table with odata3."
        )
    return {PurePosixPath(one.filename).stem: one for one in inside}


def _describe(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], staging: Path, release: Release
) -> dict[str, list[Record]]:
    """Return the metadata sets, as OData v4 gives them; groups that the table does not have are empty."""

    def get(name: str) -> list[Record]:
        return kept(staging / f"{name}.json", lambda: _records(archive, members[name]) if name in members else [])

    _require(members, ["Dimensions", "MeasureCodes", OBSERVATIONS], release.table_id)
    _refuse_another(archive, members, release)
    sets = {name: get(name) for name in ("Dimensions", "MeasureCodes", "MeasureGroups")}
    dimensions = [one["Identifier"] for one in sets["Dimensions"]]
    _require(members, [f"{dimension}Codes" for dimension in dimensions], release.table_id)
    return sets | {f"{one}{kind}": get(f"{one}{kind}") for one in dimensions for kind in ("Codes", "Groups")}


def _refuse_another(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], release: Release) -> None:
    """Refuse a ZIP that was made of an earlier release, when it says so."""
    info = next(iter(_records(archive, members["Properties"])), {}) if "Properties" in members else {}
    expected = {"Version": release.metadata_modified, "ObservationCount": str(release.rows)}
    for field, value in expected.items():
        if info.get(field) not in (None, value):
            raise observations.refusal(release.table_id, f"a ZIP of {field} {info[field]}", value)


def _require(members: dict[str, zipfile.ZipInfo], names: list[str], table_id: str) -> None:
    absent = [f"{name}.csv" for name in names if name not in members]
    if absent:
        raise observations.refusal(table_id, f"a ZIP without {', '.join(absent)}", "the files of a table")


def _records(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> list[Record]:
    records = _texts(archive, member).to_pylist()
    return [{name: int(value) if name in _WHOLE and value else value for name, value in one.items()} for one in records]


def _texts(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> pa.Table:
    """Return a CSV file with every column as text, so that no code becomes a number; empty is missing."""
    parse = arrow_csv.ParseOptions(delimiter=";", newlines_in_values=True)
    # A row, with the long texts of a description in it, must fit in a block.
    read = arrow_csv.ReadOptions(block_size=16 * BLOCK)
    try:
        with archive.open(member) as content, io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
            types = dict.fromkeys(next(csv.reader(text, delimiter=";"), []), pa.string())
        convert = arrow_csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
        with archive.open(member) as content:
            return arrow_csv.read_csv(content, read, parse, convert)
    except (ValueError, csv.Error) as problem:  # no columns, another number of them in a row, or no UTF-8
        raise SourceRejected(
            f"{member.filename}: got a text that is no table ({problem}); expected CSV in UTF-8 with semicolons. "
            "Fetch the table with odata4 or odata3."
        ) from problem


def _observations(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, dimensions: list[str], release: Release
) -> pa.Table:
    texts = _texts(archive, member)
    columns = observations.schema(dimensions)
    absent = [name for name in (observations.MEASURE, "Value", *dimensions) if name not in texts.column_names]
    if absent:
        raise observations.refusal(release.table_id, f"observations without {', '.join(absent)}", "every key column")
    empty = pa.nulls(len(texts), pa.string())
    found = {name: texts[name] if name in texts.column_names else empty for name in columns.names}
    try:
        found["Value"] = _with_point(found["Value"], member)
        return observations.encoded(pa.table(found).cast(columns))
    except pa.ArrowInvalid as problem:
        raise observations.refusal(release.table_id, f"a text as a number ({problem})", "numbers") from problem


def _with_point(values: pa.ChunkedArray, member: zipfile.ZipInfo) -> pa.ChunkedArray:
    """Return numbers with a decimal point; the file shows whether it has commas."""
    values = pc.utf8_trim_whitespace(values)
    if not pc.any(pc.match_substring(values, ",")).as_py():
        return values
    if pc.any(pc.match_substring(values, ".")).as_py():
        raise SourceRejected(
            f"{member.filename}: got numbers with commas and with points; expected one of the two. "
            "Fetch the table with odata4 or odata3."
        )
    return pc.replace_substring(values, ",", ".")
