"""Boundaries: a GeoPackage as it was fetched, in metres, or one sentence about what it lacks."""

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

from bt_analysis.sources import boundaries
from bt_analysis.sources.boundaries import BoundariesError


def write(raw: Path, table: gpd.GeoDataFrame, year: int = 2024) -> Path:
    path = raw / "boundaries" / str(year) / "buurten.gpkg"
    path.parent.mkdir(parents=True)
    table.to_file(path, layer="buurten", driver="GPKG")
    return path


def two(crs: str | None = "EPSG:28992") -> gpd.GeoDataFrame:
    squares = [box(0, 0, 100, 100), box(100, 0, 200, 100)]
    names = {"buurtcode": ["BU99010100", "BU99010101"], "buurtnaam": ["Walnoot", "Kastanje"]}
    return gpd.GeoDataFrame(names, geometry=squares, crs=crs)


def test_outlines_come_as_they_are(tmp_path: Path) -> None:
    write(tmp_path, two())
    found = boundaries.read_boundaries(tmp_path, 2024)
    assert found is not None
    assert list(found["buurtcode"]) == ["BU99010100", "BU99010101"]
    assert found.crs == boundaries.RD
    assert found.geometry.area.sum() == 2 * 100 * 100


def test_a_buurt_is_a_region_too(tmp_path: Path) -> None:
    write(tmp_path, two())
    found = boundaries.read_boundaries(tmp_path, 2024)
    assert found is not None
    assert (found["regiocode"] == found["buurtcode"]).all()
    assert list(found["buurtnaam"]) == list(found["regiocode_label"]) == ["Walnoot", "Kastanje"]
    assert boundaries.read_boundaries(tmp_path, 2024, "wijk") is None


def test_a_map_of_another_make_does_too(tmp_path: Path) -> None:
    folder = tmp_path / "boundaries" / "2024"
    folder.mkdir(parents=True)
    two().to_parquet(folder / "buurten.parquet")
    found = boundaries.read_boundaries(tmp_path, 2024)
    assert found is not None
    assert found.geometry.area.sum() == 2 * 100 * 100


def test_no_file_of_that_year_is_none(tmp_path: Path) -> None:
    write(tmp_path, two())
    assert boundaries.read_boundaries(tmp_path, 2023) is None


def test_a_map_without_codes_is_refused(tmp_path: Path) -> None:
    write(tmp_path, two().drop(columns="buurtcode"))
    with pytest.raises(BoundariesError, match=r"buurten\.gpkg has no column with codes of a buurt .*Add the codes"):
        boundaries.read_boundaries(tmp_path, 2024)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_without_reference_system_is_refused(tmp_path: Path) -> None:
    write(tmp_path, two(crs=None))
    with pytest.raises(BoundariesError, match=r"expected EPSG:28992"):
        boundaries.read_boundaries(tmp_path, 2024)


def test_junk_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "boundaries" / "2024" / "buurten.gpkg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"junk" * 100)
    with pytest.raises(BoundariesError, match=r"cannot be read .*; expected a GeoPackage, .* Put a whole one there\."):
        boundaries.read_boundaries(tmp_path, 2024)


def test_reading_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, two())
    before = path.read_bytes()
    boundaries.read_boundaries(tmp_path, 2024)
    assert path.read_bytes() == before
