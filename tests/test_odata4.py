"""A table from the OData v4 host: pages, faults, resuming, and what is refused. The host is on loopback."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bt_analysis.demo.odata import ODataError
from bt_analysis.settings import CbsSettings
from bt_analysis.sources import odata4, patience
from bt_analysis.sources.http import Client, SourceRejected, SourceUnreachable
from bt_analysis.sources.odata4 import OData4
from tests.datasets_server import Dataset, serve

Record = dict[str, Any]

TABLE = "99001NED"
PLACES = ["NL00", "GM9901", "WK990100", "BU99010000", "BU99010001"]
FIGURES = [120, 120, 120, 80, 40]
SETS: dict[str, Any] = {
    "Properties": {
        "Identifier": TABLE,
        "Title": "Kerncijfers wijken en buurten 2020 ",
        "Modified": "2021-03-26T00:00:00+01:00",
        "Version": "202103260000",
        "ObservationCount": 5,
        "TemporalCoverage": "2020",
    },
    "Dimensions": [{"Identifier": "WijkenEnBuurten", "Title": "", "Kind": "GeoDetail", "MapYear": "2020"}],
    "MeasureCodes": [
        {"Identifier": "T001036", "Index": 1, "Title": "Aantal inwoners", "DataType": "Long", "Unit": "aantal"}
    ],
    "WijkenEnBuurtenCodes": [{"Identifier": one, "Index": at, "Title": one} for at, one in enumerate(PLACES)],
}
OBSERVATIONS: list[Record] = [
    {"Id": at, "Measure": "T001036", "ValueAttribute": "None", "Value": value, "WijkenEnBuurten": place}
    for at, (place, value) in enumerate(zip(PLACES, FIGURES, strict=True))
]
FILES = {
    "Dimensions.json": 1,
    "MeasureCodes.json": 1,
    "MeasureGroups.json": 0,
    "Observations.parquet": 5,
    "Properties.json": 1,
    "WijkenEnBuurtenCodes.json": 5,
    "WijkenEnBuurtenGroups.json": 0,
}


@pytest.fixture(autouse=True)
def small_pages_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST_WAIT_S", 0.002)
    monkeypatch.setattr(odata4, "PAGE", 2)


@contextmanager
def published(
    observations: list[Record] = OBSERVATIONS, properties: Record | None = None, retries: int = 2, **serving: Any
) -> Iterator[tuple[OData4, Client]]:
    """Serve the table; gives the back end and the client to ask with."""
    dataset = Dataset(SETS | {"Properties": SETS["Properties"] | (properties or {})}, observations)
    with serve({TABLE: dataset}, **serving) as address, client(address, retries) as asks:
        yield OData4(address), asks


def client(address: str, retries: int = 2) -> Client:
    patient = {"retries": retries, "timeout_s": 5, "first_wait_s": 0.001, "patience_s": 0}
    return Client(CbsSettings.model_validate({"datasets_url": address} | patient))


def download(back_end: OData4, asks: Client, staging: Path, **other: Any) -> dict[str, int]:
    staging.mkdir(exist_ok=True)
    return back_end.download(back_end.release(TABLE, asks), asks, staging, **other)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_a_release_is_told_by_one_question() -> None:
    log: list[str] = []
    with published(log=log) as (back_end, asks):
        release = back_end.release(TABLE.lower(), asks)
    assert (release.table_id, release.title, release.rows) == (TABLE, "Kerncijfers wijken en buurten 2020", 5)
    assert (release.modified, release.metadata_modified) == ("2021-03-26T00:00:00+01:00", "202103260000")
    assert log == [f"/odata/v1/CBS/{TABLE.lower()}/Properties"]


def test_all_observations_arrive_in_pages(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    log: list[str] = []
    with published(log=log) as (back_end, asks):
        assert download(back_end, asks, tmp_path, progress=lambda got, of: told.append((got, of))) == FILES
    assert sorted(contents(tmp_path)) == sorted(FILES)
    asked = sorted(one.partition("?")[2] for one in log if "Observations?" in one)
    assert asked == ["$skip=0&$top=2", "$skip=2&$top=2", "$skip=4&$top=1"]
    assert max(told) == (5, 5)
    rows = pq.read_table(tmp_path / "Observations.parquet").to_pydict()
    assert rows["WijkenEnBuurten"] == PLACES
    assert rows["Value"] == FIGURES


def test_a_set_that_the_table_does_not_have_is_empty_and_not_asked_for(tmp_path: Path) -> None:
    log: list[str] = []
    with published(log=log) as (back_end, asks):
        download(back_end, asks, tmp_path)
    assert json.loads((tmp_path / "MeasureGroups.json").read_text(encoding="utf-8")) == []
    assert not [one for one in log if one.endswith("Groups")]


@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_smaller_pages_than_asked_for_are_followed(tmp_path: Path, page_size: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(odata4, "PAGE", 4)
    with published(page_size=page_size) as (back_end, asks):
        download(back_end, asks, tmp_path)
    assert pq.read_table(tmp_path / "Observations.parquet")["Value"].to_pylist() == FIGURES


@pytest.mark.parametrize("fault", ["reset", "truncate", "500", "html"])
def test_a_restless_line_gives_the_same_bytes(tmp_path: Path, fault: str) -> None:
    with published() as (back_end, asks):
        download(back_end, asks, tmp_path / "quiet")
    # Ten questions: Properties twice, the list of sets, three sets, the number of observations, and three pages.
    faults = deque([fault, ""] * 10)
    with published(faults=faults, retries=9) as (back_end, asks):
        download(back_end, asks, tmp_path / "restless")
    assert contents(tmp_path / "restless") == contents(tmp_path / "quiet")
    assert not faults  # all of them were met


def test_a_page_that_is_there_is_not_asked_for_again(tmp_path: Path) -> None:
    log: list[str] = []
    # Before the pages: Properties twice, the list of sets, three sets, the number of observations. Then two pages pass.
    faults = deque([""] * (2 + 1 + 3 + 1) + [""] * 2 + ["500"] * 9)
    with published(faults=faults, log=log) as (back_end, asks):
        with pytest.raises(SourceUnreachable, match="got HTTP 500"):
            download(back_end, asks, tmp_path)
        faults.clear()
        before = [path.name for path in (tmp_path / "pages").iterdir()]
        log.clear()
        download(back_end, asks, tmp_path)
    assert len(before) == 2
    assert len([one for one in log if "Observations?" in one]) == 1  # 3 pages − 2 that were there
    assert sorted(contents(tmp_path)) == sorted(FILES)


@pytest.mark.parametrize(
    ("observations", "promised", "message"),
    [
        (OBSERVATIONS[:4], 5, r"got 4 observations; expected ObservationCount = 5"),
        ([*OBSERVATIONS, OBSERVATIONS[0]], 5, r"got 6 observations; expected ObservationCount = 5"),
        ([*OBSERVATIONS[:4], OBSERVATIONS[0]], 5, r"got 1 observations twice, first 'T001036 × NL00'"),
        ([*OBSERVATIONS[:4], OBSERVATIONS[4] | {"Measure": "T9"}], 5, r"got T9 as Measure"),
        ([*OBSERVATIONS[:4], OBSERVATIONS[4] | {"Value": "veel"}], 5, r"got an observation of another form"),
    ],
)
def test_observations_that_are_not_right_are_not_kept(
    tmp_path: Path, observations: list[Record], promised: int, message: str
) -> None:
    with published(observations, {"ObservationCount": promised}) as here, pytest.raises(SourceRejected, match=message):
        download(*here, tmp_path)
    assert "Observations.parquet" not in contents(tmp_path)


class Counted(list[Record]):
    """Records of which a host tells the number, and gives no more than three at once."""

    def __getitem__(self, asked: Any) -> Any:
        return list(self)[asked][:3] if isinstance(asked, slice) else list(self)[asked]


def test_a_page_that_is_too_short_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A host that gives fewer observations than it counts, and no link to the rest.
    short = Dataset(SETS, OBSERVATIONS)
    counted = short.records
    monkeypatch.setattr(odata4, "PAGE", 5)
    with serve({TABLE: short}) as address, client(address) as asks:
        back_end = OData4(address)
        monkeypatch.setattr(short, "records", lambda name: Counted(counted(name)))
        with pytest.raises(SourceRejected, match="got 3 observations from number 0 on; expected 5"):
            download(back_end, asks, tmp_path)


def test_a_table_of_dataderden_is_not_here() -> None:
    expected = r"50120NED/Properties: got no such table; expected a table of CBS\. One that is published on dataderden"
    with published() as (back_end, asks), pytest.raises(SourceRejected, match=expected) as caught:
        back_end.release("50120NED", asks)
    assert "use odata3" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_answer_about_another_table_is_refused() -> None:
    expected = "information on '99002NED'; expected this table"
    with published(properties={"Identifier": "99002NED"}) as here, pytest.raises(SourceRejected, match=expected):
        here[0].release(TABLE, here[1])


def test_a_selection_is_refused() -> None:
    with pytest.raises(SourceRejected, match="odata4: got a selection of WijkenEnBuurten; expected none"):
        OData4("http://127.0.0.1", {"WijkenEnBuurten": ("NL00",)})


def test_an_empty_table_is_a_table(tmp_path: Path) -> None:
    with published([], {"ObservationCount": 0}) as (back_end, asks):
        assert download(back_end, asks, tmp_path) == FILES | {"Observations.parquet": 0}


def test_a_table_that_is_only_described_here_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = Dataset(SETS, OBSERVATIONS)
    known = described.records

    def records(name: str) -> list[Record]:
        if name == "Observations":
            raise ODataError(404, "Observations not found.")
        return known(name)

    monkeypatch.setattr(described, "records", records)
    expected = r"Observations/\$count: got no such table; .* use odata3"
    with serve({TABLE: described}) as address, client(address) as asks, pytest.raises(SourceRejected, match=expected):
        download(OData4(address), asks, tmp_path)
