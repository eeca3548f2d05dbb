"""A host such as datasets.cbs.nl on loopback: tables in the form of v3 come in, OData v4 and CSV ZIPs go out.

The sets and fields are those of the recorded metadata of 83765NED; what is not recorded (the layout of a CSV file, the
service document) follows public programs that read it: decimal comma, padded codes, a BOM, groups only where there are.
"""

import csv
import gzip
import io
import json
import threading
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pandas as pd
import pyarrow as pa

from bt_analysis.demo import server
from bt_analysis.demo.odata import Answer, ODataError

PAGE = 100_000
"""Observations in one answer of CBS's server."""

Record = dict[str, Any]
_DIMENSIONS = ("GeoDetail", "GeoDimension", "TimeDimension", "Dimension")


@dataclass
class Dataset:
    """A table in the form of v4: its metadata sets and, apart, its observations."""

    sets: dict[str, Any]
    observations: list[Record]
    extra: Mapping[str, bytes] = field(default_factory=dict)
    comma: bool = True

    def records(self, name: str) -> list[Record]:
        if name == "Observations":
            return self.observations
        if name not in self.sets:
            raise ODataError(404, f"{name} not found.")
        found: list[Record] = self.sets[name]
        return found

    def packed(self) -> bytes:
        """Return the table as a ZIP of CSV files."""
        files = {name: [records] if name == "Properties" else records for name, records in self.sets.items()}
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, records in {**files, "Observations": self.observations}.items():
                archive.writestr(f"{name}.csv", self._csv(records))
            for name, text in self.extra.items():
                archive.writestr(name, text)
        return content.getvalue()

    def _csv(self, records: list[Record]) -> bytes:
        text = io.StringIO()
        fields = list(dict.fromkeys(name for one in records[:1] for name in one))
        table = csv.writer(text, delimiter=";", lineterminator="\r\n")
        table.writerow(fields)
        table.writerows([self._cell(one.get(name)) for name in fields] for one in records)
        return b"\xef\xbb\xbf" + text.getvalue().encode()

    def _cell(self, value: Any) -> str:
        if isinstance(value, float):
            return str(value).replace(".", ",") if self.comma else str(value)
        return "" if value is None else str(value)


def from_v3(folder: Path) -> Dataset:
    """Return a recorded table of v3 as v4 would have it.

    Missing cells of the first topic are observations without a value, the others have no observation, as both
    occur at CBS. Texts are left out.
    """
    properties = json.loads((folder / "DataProperties.json").read_text(encoding="utf-8"))
    info = json.loads((folder / "TableInfos.json").read_text(encoding="utf-8"))[0]
    groups = [one for one in properties if one["Type"] == "TopicGroup"]
    topics = [one for one in properties if one["Type"] == "Topic" and one["Datatype"] != "String"]
    dimensions = [one for one in properties if one["Type"] in _DIMENSIONS]
    sets: dict[str, Any] = {"Dimensions": [_dimension(one) for one in dimensions]}
    for one in dimensions:
        members = json.loads(gzip.decompress((folder / f"{one['Key']}.json.gz").read_bytes()))
        sets[f"{one['Key']}Codes"] = [_member(member, index) for index, member in enumerate(members, start=1)]
    sets["MeasureCodes"] = [_measure(one) for one in topics]
    if groups:
        sets["MeasureGroups"] = [_group(one) for one in groups]
    rows = pd.read_parquet(folder / "TypedDataSet.parquet")
    observations = _observations(rows, [one["Key"] for one in dimensions], topics)
    sets["Properties"] = _properties(info, len(observations))
    return Dataset(sets, observations)


def _properties(info: Record, count: int) -> Record:
    return {
        "Identifier": info["Identifier"],
        "Title": info["Title"],
        "Description": "Een tekst; met een puntkomma.\r\nEn een tweede regel.",
        "Modified": f"{info['Modified']}+01:00",
        "TemporalCoverage": info["Period"],
        "Version": info["Modified"].replace("-", "").replace("T", "").replace(":", "")[:12],
        "ObservationCount": count,
    }


def _dimension(one: Record) -> Record:
    map_year = str(one["MapYear"]) if one.get("MapYear") else None
    return {"Identifier": one["Key"], "Title": one["Title"], "Kind": one["Type"], "MapYear": map_year}


def _member(one: Record, index: int) -> Record:
    return {
        "Identifier": one["Key"].strip(),
        "Index": index,
        "Title": one["Title"],
        "Description": one.get("Description"),
        "DimensionGroupId": None,
    }


def _group(one: Record) -> Record:
    parent = None if one["ParentID"] is None else f"T{one['ParentID']:06}"
    return {"Id": f"T{one['ID']:06}", "Index": one["ID"], "Title": one["Title"], "Description": "", "ParentId": parent}


def _measure(one: Record) -> Record:
    return {
        "Identifier": _identifier(one),
        "Index": one["ID"],
        "Title": one["Title"],
        "Description": one.get("Description"),
        "MeasureGroupId": None if one["ParentID"] is None else f"T{one['ParentID']:06}",
        "DataType": one["Datatype"],
        "Unit": one["Unit"],
        "Format": None,
        "Decimals": one["Decimals"],
        "PresentationType": one.get("PresentationType"),
    }


def _identifier(one: Record) -> str:
    return f"M{one['ID']:06}"


def _observations(rows: pd.DataFrame, dimensions: list[str], topics: list[Record]) -> list[Record]:
    codes = {name: rows[name].str.strip() for name in dimensions}
    parts = []
    for number, topic in enumerate(topics):
        values = rows[topic["Key"]].astype("Float64")
        shown = values.notna() | (number == 0)
        part = {"Measure": _identifier(topic), "ValueAttribute": "None", "Value": values, "StringValue": None, **codes}
        parts.append(pd.DataFrame(part)[shown])
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "Id", range(len(table)))
    table.loc[table["Value"].isna(), "ValueAttribute"] = "Impossible"
    found: list[Record] = pa.Table.from_pandas(table, preserve_index=False).to_pylist()
    return found


class _Handler(server._Handler):
    datasets: Mapping[str, Dataset]

    def _answer(self) -> Answer:
        try:
            return self._found()
        except ODataError as problem:
            return Answer(problem.status, json.dumps({"error": {"code": "", "message": str(problem)}}).encode())

    def _found(self) -> Answer:
        parts = urlsplit(self.path)
        steps = unquote(parts.path).strip("/").split("/")
        table = self.datasets.get("".join(steps[3:4]).upper())
        if table is None:
            raise ODataError(404, "Dataset not found.")
        if steps[:3] == ["CSV", "CBS", "nl"]:
            return Answer(200, table.packed(), "application/zip")
        return self._set(table, steps, dict(parse_qsl(parts.query)))

    def _set(self, table: Dataset, steps: list[str], query: dict[str, str]) -> Answer:
        base = f"http://{self.headers['Host']}/{'/'.join(steps)}"
        if len(steps) == 4:
            names = [*table.sets, "Observations"]
            return _json(base, {"value": [{"name": name, "kind": "EntitySet", "url": name} for name in names]})
        if steps[4] == "Properties":
            return _json(base, table.sets["Properties"])
        records = table.records(steps[4])
        if steps[5:] == ["$count"]:
            return Answer(200, f"\ufeff{len(records)}".encode(), "text/plain")
        start = int(query.get("$skip", 0))
        stop = min(len(records), start + int(query.get("$top", len(records))))
        end = min(stop, start + self.page_size)
        body: Record = {"value": records[start:end]}
        if end < stop:
            body["@odata.nextLink"] = f"{base}?$skip={end}&$top={stop - end}"
        return _json(base, body)


def _json(base: str, body: Record) -> Answer:
    text = json.dumps({"@odata.context": f"{base}/$metadata", **body}, ensure_ascii=False)
    return Answer(200, text.encode(), "application/json; odata.metadata=minimal")


@contextmanager
def serve(
    datasets: Mapping[str, Dataset],
    *,
    page_size: int = PAGE,
    faults: deque[str] | None = None,
    log: list[str] | None = None,
) -> Iterator[str]:
    """Serve tables as datasets.cbs.nl does, for as long as the ``with`` block lasts; as ``demo.server.serve``."""
    bound = {
        "datasets": datasets,
        "page_size": page_size,
        "faults": faults if faults is not None else deque(),
        "log": log if log is not None else [],
    }
    host = ThreadingHTTPServer(("127.0.0.1", 0), type("_Bound", (_Handler,), bound))
    host.daemon_threads = True
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{host.server_address[1]}"
    finally:
        host.shutdown()
        host.server_close()
        thread.join()
