"""What the back ends of datasets.cbs.nl share: addresses, answers that lack something, and sets that are kept."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bt_analysis.settings import CbsSettings
from bt_analysis.sources import cbs, observations
from bt_analysis.sources.backend import Release
from bt_analysis.sources.datasets import WholeTables, ask, keep, kept, record
from bt_analysis.sources.http import Client, SourceRejected, SourceUnreachable
from tests.datasets_server import Dataset, Record, serve
from tests.test_odata4 import OBSERVATIONS, SETS, TABLE

HOST = WholeTables("https://datasets.cbs.nl")
RELEASE = Release(TABLE, "", "2021", "", 5)


@pytest.mark.parametrize(
    ("table", "name", "address"),
    [
        (TABLE, "Properties", f"/odata/v1/CBS/{TABLE}/Properties"),
        (TABLE, "", f"/odata/v1/CBS/{TABLE}"),  # the list of sets, without a slash at the end
        ("../84799NED?$x", "Codes", "/odata/v1/CBS/..%2F84799NED%3F%24x/Codes"),  # an id never leaves its place
    ],
)
def test_addresses(table: str, name: str, address: str) -> None:
    assert HOST.address(table, name) == f"https://datasets.cbs.nl{address}"


@pytest.mark.parametrize("name", ["odata4", "csv"])
def test_a_selection_is_refused_before_anything_is_asked(name: str) -> None:
    got = (
        f"back end {name}: got a selection of Sex, Age; expected none, as it fetches whole tables. Leave the selection"
    )
    with pytest.raises(SourceRejected, match=f"^{got} out, or use odata3"):
        cbs.BACK_ENDS[name]("http://x", {"Sex": ("m",), "Age": ("10",)})


@pytest.mark.parametrize("absent", ["Version", "ObservationCount"])
def test_a_release_may_lack_what_is_not_needed(absent: str) -> None:
    info = {name: value for name, value in SETS["Properties"].items() if name != absent}
    expected = ("", 5) if absent == "Version" else ("202103260000", 0)
    patient = CbsSettings(retries=0, patience_s=0)
    with serve({TABLE: Dataset(SETS | {"Properties": info}, [])}) as root, Client(patient) as client:
        found = WholeTables(root).release(TABLE.lower(), client)
    assert (found.metadata_modified, found.rows) == expected


def test_what_a_host_lacks_is_told_from_what_is_refused_and_from_a_bad_answer() -> None:
    def refuse(text: bytes) -> None:
        raise SourceRejected(f"got {len(text)} bytes; expected none.")

    with serve({TABLE: Dataset(SETS, [])}) as root, Client(CbsSettings(retries=0, patience_s=0)) as client:
        here = WholeTables(root).address
        with pytest.raises(
            SourceRejected, match=f"^{here('1NED')}: got no such table; expected a table of CBS.*odata3"
        ):
            ask(client, here("1NED"), json.loads)
        with pytest.raises(SourceRejected, match=r"^got \d+ bytes; expected none\.$"):
            ask(client, here(TABLE), refuse)
        with pytest.raises(SourceUnreachable, match="got an answer that is no JSON with records"):
            ask(client, here(TABLE), int)


@pytest.mark.parametrize(("rows", "promised"), [(5, 5), (1, 1), (0, 0), (4, 5), (5, 4)])
def test_observations_are_kept_only_when_all_are_there(tmp_path: Path, rows: int, promised: int) -> None:
    sets = {name: records if isinstance(records, list) else [records] for name, records in SETS.items()}
    found = observations.table(OBSERVATIONS[:rows], ["WijkenEnBuurten"], TABLE)
    release = Release(TABLE, "", "2021", "", promised)
    path = tmp_path / "Observations.parquet"
    if rows != promised:
        with pytest.raises(SourceRejected, match=f"{TABLE}.*got {rows} .*{promised}"):
            keep(tmp_path, found, sets, release)
        assert list(tmp_path.iterdir()) == []
        return
    expected = {"Properties": 1, "Dimensions": 1, "MeasureCodes": 1, "WijkenEnBuurtenCodes": 5}
    assert keep(tmp_path, found, sets, release) == {
        **{f"{name}.json": count for name, count in expected.items()},
        "Observations.parquet": rows,
    }
    assert pq.read_table(path)["Value"].to_pylist() == [120, 120, 120, 80, 40][:rows]


@pytest.mark.parametrize(
    ("text", "problem"),
    [(b"[]", KeyError), (b'"Identifier"', KeyError), (b'{"Title": ""}', KeyError), (b'{"Identif', ValueError)],
)
def test_an_answer_without_the_field_must_be_asked_again(text: bytes, problem: type[Exception]) -> None:
    assert record(b'{"Identifier": null, "x": 1}', "Identifier") == {"Identifier": None, "x": 1}
    with pytest.raises(problem):
        record(text, "Identifier")


def test_a_set_is_asked_for_once_and_written_as_it_came(tmp_path: Path) -> None:
    published = [{"Title": "Één; twee", "MapYear": None, "Index": 1}]
    answers = iter([published])  # a second question would find none
    path = tmp_path / "Dimensions.json"
    assert kept(path, lambda: next(answers)) == kept(path, lambda: next(answers)) == published
    assert "Één; twee" in path.read_text(encoding="utf-8")


def test_an_answer_that_does_not_come_leaves_no_set(tmp_path: Path) -> None:
    def question() -> list[Record]:
        raise SourceUnreachable("gone")

    with pytest.raises(SourceUnreachable, match="gone"):
        kept(tmp_path / "Dimensions.json", question)
    assert list(tmp_path.iterdir()) == []
