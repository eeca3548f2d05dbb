"""Built tables: what a build left behind is read whole or in part, and what it did not leave is no error or says so."""

from pathlib import Path

import pandas as pd
import pytest

from bt_analysis.pages import stored
from bt_analysis.settings import Workspace

DAYS = pd.to_datetime(["2023-01-01", "2023-12-31", "2024-12-31"])


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
