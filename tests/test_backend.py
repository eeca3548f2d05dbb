"""What every way to get a table promises; each back end stands before the same five rows, served on loopback."""

import gzip
import json
import re
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bt_analysis.demo import server
from bt_analysis.settings import CbsSettings
from bt_analysis.sources import backend, cbs
from bt_analysis.sources.http import Client, SourceRejected, SourceUnreachable
from tests import datasets_server
from tests.test_cbs import INFO, PROPERTIES, ROWS, TABLE

OTHER = "99002NED"
REGIONS = [{"Key": key, "Title": f"Gebied {key}"} for key in ROWS["WijkenEnBuurten"]]


@dataclass
class Host:
    """A back end before its host; a test may break answers, and reads what was asked."""

    back_end: backend.BackEnd
    client: Client
    root: str
    faults: deque[str] = field(default_factory=deque)
    log: list[str] = field(default_factory=list)

    def download(self, staging: Path) -> dict[str, int]:
        staging.mkdir(exist_ok=True)
        return self.back_end.download(self.back_end.release(TABLE, self.client), self.client, staging)


def publish(folder: Path) -> Path:
    """Write the table as CBS has it, and put it under another id too: that answers about the wrong table."""
    for name in (TABLE, OTHER):
        table = folder / name
        table.mkdir(parents=True)
        typed = [{"Title": "Regio", "Type": str(one["odata.type"]).rpartition(".")[2]} | one for one in PROPERTIES]
        for file, records in {"TableInfos": [INFO], "DataProperties": typed, "CategoryGroups": []}.items():
            (table / f"{file}.json").write_text(json.dumps(records), encoding="utf-8")
        (table / "WijkenEnBuurten.json.gz").write_bytes(gzip.compress(json.dumps(REGIONS).encode()))
        ROWS.assign(ID=range(len(ROWS))).to_parquet(table / "TypedDataSet.parquet", index=False)
    return folder


@pytest.fixture(params=cbs.BACK_ENDS)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    tables, name = publish(tmp_path / "tables"), str(request.param)
    faults, log = deque[str](), list[str]()
    with ExitStack() as stack:
        if name == "odata3":
            root = stack.enter_context(server.serve(tables, faults=faults, log=log))
        else:
            datasets = {one: datasets_server.from_v3(tables / one) for one in (TABLE, OTHER)}
            root = stack.enter_context(datasets_server.serve(datasets, faults=faults, log=log))
        patient = CbsSettings(retries=1, timeout_s=5, patience_s=0, first_wait_s=0.001)
        yield Host(cbs.BACK_ENDS[name](root, {}), stack.enter_context(Client(patient)), root, faults, log)


def test_a_release_is_one_question_whatever_the_capitals(host: Host) -> None:
    found = host.back_end.release(TABLE.lower(), host.client)
    assert (found.table_id, found.title) == (TABLE, "Kerncijfers wijken en buurten 2020")  # without padding
    assert found.modified.startswith("2021-03-26T02:00:00")
    # 5 rows; or, of 5 regions, 5 counts (missing or not) and the 4 incomes that are there
    assert found.rows == (5 if host.back_end.name == "odata3" else 5 + 4)
    assert len(host.log) == 1


@pytest.mark.parametrize(("table", "got"), [("00000NED", "got"), (OTHER, f"answered with information on .*{TABLE}")])
def test_no_table_or_another_one_is_refused(host: Host, table: str, got: str) -> None:
    host.back_end.expect(table, host.client)  # may ask ahead, but never complains
    with pytest.raises(SourceRejected, match=rf"{table}.*{got}.*; expected .*table.*\. .*[Cc]heck the (table )?id"):
        host.back_end.release(table, host.client)


def test_what_it_says_to_have_written_is_what_lies_there(host: Host, tmp_path: Path) -> None:
    counts = host.download(tmp_path / "new")
    files = {path.name: path for path in (tmp_path / "new").iterdir() if path.is_file()}
    assert files.keys() == counts.keys()
    for name, path in files.items():
        if path.suffix == ".json":
            assert len(json.loads(path.read_text(encoding="utf-8"))) == counts[name], name
    release = host.back_end.release(TABLE, host.client)
    (rows,) = (name for name in counts if name.endswith(".parquet"))
    assert pq.read_metadata(files[rows]).num_rows == counts[rows] == release.rows
    assert sum(name.startswith("WijkenEnBuurten") and count == 5 for name, count in counts.items()) == 1


def test_every_file_has_the_address_it_came_from(host: Host, tmp_path: Path) -> None:
    addresses = {name: host.back_end.url(TABLE, name).partition("?")[0] for name in host.download(tmp_path / "new")}
    asked = {host.root + one.partition("?")[0] for one in host.log}
    # Groups that this table does not have are not in the list of sets, and not asked for.
    never = {name for name, address in addresses.items() if address not in asked}
    assert never <= {"MeasureGroups.json", "WijkenEnBuurtenGroups.json"}
    assert all(address.startswith(f"{host.root}/") and TABLE in address for address in addresses.values())


def test_the_figures_are_the_same_by_every_way(host: Host, tmp_path: Path) -> None:
    host.download(tmp_path / "new")
    table = cbs.read_table(tmp_path / "new")
    keys = dict(zip(table.properties["title"], table.properties["key"], strict=True))
    by_region = table.rows.set_index(table.region_column)
    assert by_region[keys["AantalInwoners"]].to_dict() == {
        "NL00": 120, "GM9901": 120, "WK990100": 120, "BU99010000": 80, "BU99010001": 40,
    }  # fmt: skip
    assert by_region[keys["GemiddeldInkomen"]].dropna().to_dict() == {
        "NL00": 25.5, "GM9901": 25.5, "WK990100": 25.5, "BU99010000": 27.0,
    }  # fmt: skip
    assert (table.table_id, table.year, table.division_year) == (TABLE, 2020, 2020)


def test_what_is_there_is_not_asked_for_again(host: Host, tmp_path: Path) -> None:
    first = host.download(tmp_path / "new")
    # A file that is written again is another one, as it is written beside its place and renamed.
    files = {path.name: path.stat().st_ino for path in (tmp_path / "new").glob("*.json")}
    host.log.clear()
    assert host.download(tmp_path / "new") == first
    assert {path.name: path.stat().st_ino for path in (tmp_path / "new").glob("*.json")} == files
    assert not [one for one in host.log if re.search(r"TypedDataSet|Observations\?|/CSV/|Codes", one)]


@pytest.mark.parametrize("fault", server.FAULTS)
def test_a_line_that_breaks_leaves_only_whole_files_for_the_next_run(host: Host, tmp_path: Path, fault: str) -> None:
    release, staging = host.back_end.release(TABLE, host.client), tmp_path / "new"
    staging.mkdir()
    # The ZIP; or a question of which the answer is only kept in mind, and another one.
    well = 1 if host.back_end.name == "csv" else 2
    host.faults.extend([""] * well + [fault] * 40)
    with pytest.raises(SourceUnreachable, match=r"got .*; expected an answer with data"):
        host.back_end.download(release, host.client, staging)
    left = {path: path.read_bytes() for path in staging.rglob("*") if path.is_file()}
    assert left
    host.faults.clear()
    calm = host.download(tmp_path / "calm")
    assert host.back_end.download(release, host.client, staging) == calm
    assert {path: path.read_bytes() for path in left} == left
    for name in calm:
        assert (staging / name).read_bytes() == (tmp_path / "calm" / name).read_bytes(), name
