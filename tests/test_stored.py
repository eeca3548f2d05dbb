"""Built tables: what a build left behind is read whole or in part, and what it did not leave is no error or says so."""

from pathlib import Path

import pandas as pd
import pytest

from bt_analysis.pages import stored
from bt_analysis.settings import Workspace

DAYS = pd.to_datetime(["2023-01-01", "2023-12-31", "2024-12-31"])

WHO = ["a", "a", "b", "c", "c"]
KINDS = pd.DataFrame(
    {
        "collective_id": pd.Series(WHO, dtype="str"),
        "text": pd.Series(["één", None, "", "drie", None], dtype="str"),
        "value": [1.0, None, 3.0, 4.0, 5.0],
        "n": pd.Series([1, None, 3, 4, 5], dtype="Int64"),
        "start": [DAYS[0], pd.NaT, DAYS[1], DAYS[2], DAYS[2]],
        "sure": [True, False, True, False, True],
    }
)


@pytest.fixture
def there(tmp_path: Path) -> stored.Tables:
    """Leave one table behind: two reports of tuin, one of zon."""
    folder = tmp_path / "data" / "processed" / "analysed"
    folder.mkdir(parents=True)
    table = pd.DataFrame(
        {
            "collective_id": ["tuin", "tuin", "zon"],
            "period_start": DAYS[0],
            "period_end": [DAYS[1], DAYS[2], DAYS[1]],
            "reason": ["adjoining", "other_size", "other_size"],
        }
    )
    table.to_parquet(folder / "left_out.parquet")
    return stored.Tables(Workspace(tmp_path))


def test_a_table_is_read_whole_or_in_part(there: stored.Tables) -> None:
    assert len(there.read("analysed/left_out")) == 3
    assert len(there.read("analysed/left_out", [("collective_id", "==", "tuin")])) == 2
    assert stored.read(there.workspace.root, "analysed/left_out").equals(there.read("analysed/left_out"))


def test_what_is_compared_is_that_of_one_collective_and_period(there: stored.Tables) -> None:
    assert there.compared("left_out", "tuin", DAYS[0], DAYS[1])["reason"].tolist() == ["adjoining"]
    assert there.compared("left_out", "tuin", DAYS[0], DAYS[2])["reason"].tolist() == ["other_size"]
    assert there.compared("left_out", "paraat", DAYS[0], DAYS[2]).empty


def test_a_table_of_a_later_version_is_empty_and_any_other_says_what_to_do(there: stored.Tables) -> None:
    assert there.tried("balance", None).empty
    assert there.compared("balance", "tuin", DAYS[0], DAYS[1]).empty
    with pytest.raises(stored.ContentError, match=r"balance\.parquet is not there; expected .* Run: bt build"):
        there.read("analysed/balance")


@pytest.mark.parametrize("work_area_id", [None, float("nan"), "tuin-a"])
def test_without_boundaries_there_are_no_outlines(there: stored.Tables, work_area_id: object) -> None:
    assert there.outlines(work_area_id) is None


def test_what_is_said_of_a_whole_file_does_not_come_along(there: stored.Tables) -> None:
    path = there.workspace.processed / "analysed" / "left_out.parquet"
    table = pd.read_parquet(path)
    table.attrs = {"synthetic": True}
    table.to_parquet(path)
    assert pd.read_parquet(path).attrs == {"synthetic": True}
    assert there.read("analysed/left_out").attrs == {}
    assert there.compared("left_out", "zon", DAYS[0], DAYS[1]).attrs == {}


@pytest.fixture(params=[1, 2, 100])
def grouped(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a workspace whose table is written in groups of so many rows."""
    path = tmp_path / "data" / "processed" / "analysed" / "things.parquet"
    path.parent.mkdir(parents=True)
    marked = KINDS.copy()
    marked.attrs = {"synthetic": True}
    marked.to_parquet(path, index=False, row_group_size=request.param)
    return tmp_path


def test_a_table_is_read_as_it_was_written(grouped: Path) -> None:
    found = stored.read(grouped, "analysed/things")
    pd.testing.assert_frame_equal(found, KINDS)
    assert not found.attrs


@pytest.mark.parametrize("who", ["a", "b", "nobody"])
def test_only_the_rows_that_are_asked_are_read(grouped: Path, who: str) -> None:
    found = stored.read(grouped, "analysed/things", [("collective_id", "==", who)])
    pd.testing.assert_frame_equal(found, KINDS[KINDS["collective_id"] == who].reset_index(drop=True))


def test_some_of_a_list_are_read(grouped: Path) -> None:
    found = stored.read(grouped, "analysed/things", [("collective_id", "in", ["a", "c"])])
    assert found["collective_id"].tolist() == ["a", "a", "c", "c"]


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "data" / "processed" / "analysed" / "things.parquet"
    path.parent.mkdir(parents=True)
    KINDS.iloc[:0].to_parquet(path, index=False)
    found = stored.read(tmp_path, "analysed/things", [("collective_id", "==", "a")])
    pd.testing.assert_frame_equal(found, KINDS.iloc[:0])
    assert stored.columns_of(tmp_path, "analysed/things") == set(KINDS)
