"""The panel on disk: what is written is read back by region, and nothing half-written is ever read."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
from shapely.geometry import box

from bt_analysis import harmonise, panel, pipeline, schema
from bt_analysis.harmonise import Figures
from bt_analysis.settings import Workspace
from tests import area_panels

CODES = [f"BU9901{at:04d}" for at in range(40)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def years(make: Any, *which: int) -> Iterator[Figures]:
    catalogue = make.catalogue(make.indicator("population"), make.indicator("households"))
    for year in which:
        rows = [(code, 10 * at + year - 2000, 5 * at) for at, code in enumerate(CODES)]
        yield harmonise.published(make.kwb(year, ["population", "households"], *rows), catalogue)


def write(make: Any, workspace: Workspace, *which: int, keep: tuple[str, ...] = ()) -> pd.DataFrame:
    with panel.replacing(workspace) as path:
        return panel.write(path, years(make, *which), keep, synthetic=True)


def test_the_history_of_some_regions_is_read_back(make: Any, workspace: Workspace) -> None:
    write(make, workspace, 2020, 2021, 2022)
    found = pipeline.history(workspace, [CODES[7], CODES[3]])
    schema.check(found, "harmonised_statistics")
    assert len(found) == 2 * 2 * 3  # regions × indicators × years
    people = found[found["indicator_id"] == "population"]
    assert people["regiocode"].tolist() == [CODES[3]] * 3 + [CODES[7]] * 3
    assert people["value"].tolist() == [30 + 20, 30 + 21, 30 + 22, 70 + 20, 70 + 21, 70 + 22]


def test_one_indicator_can_be_asked(make: Any, workspace: Workspace) -> None:
    write(make, workspace, 2020, 2021)
    found = pipeline.history(workspace, [CODES[7]], ["households"])
    assert found["value"].tolist() == [35, 35]
    assert pd.api.types.is_string_dtype(found["regiocode"].dtype)


def test_groups_without_the_region_are_not_read(
    make: Any, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "_ROWS_PER_GROUP", 20)  # ten regions of two indicators
    write(make, workspace, 2020, 2021)
    metadata = pq.ParquetFile(panel.file(workspace)).metadata
    assert metadata.num_row_groups == 2 * 4
    assert panel._groups(metadata, [CODES[12]]) == [1, 4 + 1]
    assert pipeline.history(workspace, [CODES[12]], ["population"])["value"].tolist() == [120 + 20, 120 + 21]


def test_regions_to_keep_come_back_as_plain_texts(make: Any, workspace: Workspace) -> None:
    kept = write(make, workspace, 2020, 2021, keep=(CODES[0],))
    assert len(kept) == 1 * 2 * 2
    assert set(kept["regiocode"]) == {CODES[0]}
    assert not any(isinstance(dtype, pd.CategoricalDtype) for dtype in kept.dtypes)


def test_the_file_says_that_it_is_made_up(make: Any, workspace: Workspace) -> None:
    write(make, workspace, 2020)
    assert pd.read_parquet(panel.file(workspace)).attrs == {"synthetic": True}


def test_a_year_that_is_gone_leaves_no_rows(make: Any, workspace: Workspace) -> None:
    write(make, workspace, 2019, 2020)
    write(make, workspace, 2020)
    assert set(pipeline.history(workspace, CODES[:1])["year"]) == {2020}
    assert [path.name for path in panel.file(workspace).parent.iterdir()] == ["statistics.parquet"]


def test_a_run_that_fails_leaves_the_panel_that_was_there(make: Any, workspace: Workspace) -> None:
    def torn() -> Iterator[Figures]:
        yield from years(make, 2021)
        raise OSError("disk full")

    write(make, workspace, 2020)
    before = panel.file(workspace).read_bytes()
    with pytest.raises(OSError, match="disk full"), panel.replacing(workspace) as path:
        panel.write(path, torn(), [], synthetic=True)
    assert panel.file(workspace).read_bytes() == before
    assert len(list(panel.file(workspace).parent.iterdir())) == 1


def test_what_is_not_there_is_said(make: Any, workspace: Workspace) -> None:
    with pytest.raises(panel.PanelError, match=r"statistics\.parquet is not there; .* Run: bt build"):
        pipeline.history(workspace, CODES[:1])
    write(make, workspace, 2020)
    with pytest.raises(panel.PanelError, match=r"got 'BU00000000'; expected regions of the reference division"):
        pipeline.history(workspace, [CODES[0], "BU00000000"])
    many = [f"BU0000000{digit}" for digit in range(5)]
    with pytest.raises(panel.PanelError, match=r"got 'BU00000000', 'BU00000001', 'BU00000002' and 2 more; expected"):
        pipeline.history(workspace, many)
    # A text is a collection too, of letters: that must not read as "no region is called 'B'".
    with pytest.raises(panel.PanelError, match=rf"got '{CODES[0]}'; expected a list of codes\. Write \['{CODES[0]}'\]"):
        pipeline.history(workspace, CODES[0])


def moved(make: Any, year: int, catalogue: Any, reasons: list[str]) -> Figures:
    """Return figures of which each region follows from the old one in its own way."""
    rows = [(code, 10 * at + year - 2000, 5 * at) for at, code in enumerate(CODES)]
    figures = harmonise.published(make.kwb(year, ["population", "households"], *rows), catalogue)
    same = [reason in ("same", "renamed", "merged") for reason in reasons]
    regions = figures.regions.assign(comparable=same, reason=reasons)
    return dataclasses.replace(figures, regions=regions)


def test_a_few_indicators_of_all_regions_come_wide(
    make: Any, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "_ROWS_PER_GROUP", 20)
    monkeypatch.setattr(panel, "_GROUPS_AT_ONCE", 3)
    write(make, workspace, 2020, 2021)
    names = area_panels.names(CODES)
    found = panel.area_panel(panel.file(workspace), ["population", "nobody"], names, area_panels.weights(CODES[0]))
    assert list(found.values) == ["population"]
    assert found.years == [2020, 2021]
    assert found.values["population"].index.to_list() == names["regiocode"].tolist()
    for at, code in enumerate(CODES):
        assert list(found.values["population"].loc[code]) == [10 * at + 20, 10 * at + 21]
    assert found.values["population"].loc["GM9901"].isna().all()  # the table has no gemeenten
    assert found.sources["table_id"].tolist() == ["99020SYN", "99021SYN"]
    assert found.beside is None
    assert found.middles is None


def test_what_does_not_compare_is_kept_apart(make: Any, workspace: Workspace) -> None:
    catalogue = make.catalogue(make.indicator("population"), make.indicator("households"))
    ways = ["same", "renamed", "merged", "apportioned_addresses", "apportioned_surface", "boundary_changed"]
    reasons = ways + ["same"] * (len(CODES) - len(ways))
    with panel.replacing(workspace) as path:
        panel.write(path, [moved(make, 2020, catalogue, reasons)], (), synthetic=True)
    found = panel.area_panel(panel.file(workspace), ["households"], area_panels.names(CODES), area_panels.weights())
    first = found.values["households"].loc[CODES[:6], 2020]
    assert first.tolist()[:3] == [0, 5, 10]
    assert first.isna().tolist() == [False] * 3 + [True] * 3
    assert found.apportioned["households"].loc[CODES[:6], 2020].tolist()[3:5] == [15, 20]
    assert found.apportioned["households"].notna().to_numpy().sum() == 2
    assert found.changed["households"].loc[CODES[:6], 2020].tolist() == [False] * 3 + [True] * 3


def test_outlines_tell_what_adjoins_work_areas(make: Any, workspace: Workspace) -> None:
    write(make, workspace, 2020)
    squares = [box(100 * at, 0, 100 * at + 100, 100) for at in range(len(CODES))]
    drawn = gpd.GeoDataFrame({"buurtcode": CODES}, geometry=squares, crs="EPSG:28992")
    found = panel.area_panel(
        panel.file(workspace), ["population"], area_panels.names(CODES), area_panels.weights(CODES[4]), drawn
    )
    # Of all buurten of the gemeente: those of the work area, and the others for the pattern that they lie in.
    inside = range(1, len(CODES) - 1)
    ends = {CODES[0]: frozenset({CODES[1]}), CODES[-1]: frozenset({CODES[-2]})}
    assert found.beside == {CODES[at]: frozenset({CODES[at - 1], CODES[at + 1]}) for at in inside} | ends | {
        "GM9901": frozenset()
    }
    assert found.middle([CODES[4]]) == (450, 50)
