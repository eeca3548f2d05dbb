"""The panel on disk: every way of asking for a history, and builds that stop halfway."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import harmonise, panel, schema
from bt_analysis.harmonise import Figures
from bt_analysis.settings import Workspace

CODES = [f"BU9901{at:04d}" for at in range(12)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def of_year(make: Any, year: int, codes: list[str], homes: float = 5.0) -> Figures:
    """Return a year in which every region has as many people as its place in the list, and so many homes."""
    rows = [(code, at, homes) for at, code in enumerate(codes)]
    catalogue = make.catalogue(make.indicator("population"), make.indicator("homes"))
    return harmonise.published(make.kwb(year, ["population", "homes"], *rows), catalogue)


def write(workspace: Workspace, *years: Figures) -> None:
    with panel.replacing(workspace) as path:
        panel.write(path, years, [], synthetic=False)


def test_a_region_asked_twice_comes_once_and_none_gives_none(make: Any, workspace: Workspace) -> None:
    write(workspace, of_year(make, 2020, CODES))
    assert panel.history(workspace, [CODES[3], CODES[3]], ["population"])["value"].tolist() == [3]
    empty = panel.history(workspace, [])
    assert empty.empty
    assert list(empty) == harmonise.COLUMNS


def test_one_id_without_a_list_is_refused(make: Any, workspace: Workspace) -> None:
    # Read as letters, it would give a region without any history.
    write(workspace, of_year(make, 2020, CODES))
    with pytest.raises(panel.PanelError, match=r"got 'homes'; expected a list of ids\. Write \['homes'\]"):
        panel.history(workspace, CODES[:1], "homes")


def test_a_column_without_a_figure_in_the_first_year_is_read_in_the_next(make: Any, workspace: Workspace) -> None:
    write(workspace, of_year(make, 2020, CODES, homes=np.nan), of_year(make, 2021, CODES))
    found = panel.history(workspace, CODES[:1], ["homes"])
    assert found["value"].isna().tolist() == [True, False]
    assert found["value"].iloc[1] == 5
    assert found["missing_reason"].fillna("").tolist() == ["not_yet_published", ""]


def test_a_second_year_that_is_wrong_leaves_the_panel_that_was_there(make: Any, workspace: Workspace) -> None:
    write(workspace, of_year(make, 2019, CODES))
    before = panel.file(workspace).read_bytes()
    with pytest.raises(schema.SchemaError, match="harmonised_statistics"):
        write(workspace, of_year(make, 2020, CODES), of_year(make, 2021, ["BU-99"]))
    assert panel.file(workspace).read_bytes() == before
    assert [path.name for path in panel.file(workspace).parent.iterdir()] == ["statistics.parquet"]


def test_what_a_killed_build_left_is_no_panel_and_is_written_over(make: Any, workspace: Workspace) -> None:
    torn = panel.file(workspace).with_name(".new.statistics.parquet")
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"half a file")
    with pytest.raises(panel.PanelError, match="bt build"):
        panel.history(workspace, CODES)
    write(workspace, of_year(make, 2020, CODES))
    assert not torn.exists()
    assert len(panel.history(workspace, CODES)) == 2 * len(CODES)


def test_a_year_is_let_go_before_the_next_is_asked_for(make: Any, workspace: Workspace) -> None:
    written: list[int] = []

    def years(path: Path) -> Iterator[Figures]:
        for year in (2020, 2021):
            yield of_year(make, year, CODES)
            written.append(path.stat().st_size)

    with panel.replacing(workspace) as path:
        kept = panel.write(path, years(path), CODES[:1], synthetic=False)
    assert 0 < written[0] < written[1]  # the first stands on disk before the second is made
    assert kept["year"].tolist() == [2020, 2020, 2021, 2021]


@given(st.sets(st.sampled_from(CODES), min_size=1), st.integers(2, 30))
def test_row_groups_of_any_size_give_the_same_history(
    make: Any, tmp_path_factory: pytest.TempPathFactory, asked: set[str], size: int
) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("panel"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panel, "_ROWS_PER_GROUP", size)
        write(workspace, of_year(make, 2020, CODES), of_year(make, 2021, CODES[::-1]))
    found = panel.history(workspace, asked, ["population"])
    codes = sorted(asked)
    assert found["regiocode"].tolist() == [code for code in codes for _ in (2020, 2021)]
    last = len(CODES) - 1
    assert found["value"].tolist() == [people for at in map(CODES.index, codes) for people in (at, last - at)]
    metadata = pq.ParquetFile(panel.file(workspace)).metadata
    assert metadata.num_row_groups == 2 * -(-2 * len(CODES) // size)
