"""Outlines from map files of any make: which column holds the codes, what the coordinates mean, and what is mended."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Polygon, box

from bt_analysis.sources.outlines import BoundariesError, read_outlines

RD, WGS84 = "EPSG:28992", "EPSG:4326"
CODES = ["BU99010100", "BU99010101"]


def square(at: int, size: float = 100) -> Polygon:
    """Return the square number ``at`` of a row of squares of 100 m that begins in the middle of Amersfoort."""
    return box(155_000 + 100 * at, 463_000, 155_000 + 100 * at + size, 463_000 + size)


def features(geometry: list[Any] | None = None, crs: str | None = RD, **columns: list[Any]) -> gpd.GeoDataFrame:
    shapes = [square(0), square(1)] if geometry is None else geometry
    return gpd.GeoDataFrame(columns or {"buurtcode": CODES[: len(shapes)]}, geometry=shapes, crs=crs)


def written(folder: Path, table: gpd.GeoDataFrame, name: str = "map.gpkg") -> Path:
    table.to_file(folder / name)
    return folder / name


def log_of(path: Path, **choice: Any) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in read_outlines(path, **choice)[1].itertuples(index=False, name=None)]


# --- makes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["map.gpkg", "map.shp", "map.geojson"])
def test_makes_that_gdal_knows(tmp_path: Path, name: str) -> None:
    found, log = read_outlines(written(tmp_path, features(BU_CODE=CODES), name))
    assert list(found["regiocode"]) == CODES
    assert found.geometry.area.sum() == pytest.approx(2 * 100 * 100)
    assert found.crs == RD
    assert log.empty


def test_packed_geojson(tmp_path: Path) -> None:
    path = tmp_path / "map.geojson.gz"
    path.write_bytes(gzip.compress(features().to_json().encode()))
    assert list(read_outlines(path)[0]["regiocode"]) == CODES


@pytest.mark.parametrize("name", ["map.topojson", "map.json"])
def test_topojson_whose_type_comes_last(tmp_path: Path, name: str) -> None:
    ring = [[5.0, 52.0], [5.1, 52.0], [5.1, 52.1], [5.0, 52.1], [5.0, 52.0]]
    shape = {"type": "Polygon", "arcs": [[0]], "properties": {"statcode": CODES[0]}}
    objects = {"buurten": {"type": "GeometryCollection", "geometries": [shape]}}
    (tmp_path / name).write_text(json.dumps({"arcs": [ring], "objects": objects, "type": "Topology"}))
    found, log = read_outlines(tmp_path / name)
    assert list(found["regiocode"]) == [CODES[0]]
    # 0.1 degree of latitude is 11.1 km, of longitude here 6.9 km
    assert found.geometry.area.sum() == pytest.approx(11.1 * 6.9 * 1e6, rel=0.02)
    assert list(log["problem"]) == ["file names no reference system, coordinates are those of EPSG:4326"]


def test_csv_with_the_system_before_the_wkt(tmp_path: Path) -> None:
    texts = [f"SRID=28992;{square(at).wkt}" for at in (0, 1)]
    path = tmp_path / "map.csv.gz"
    pd.DataFrame({"BUURTCODE_CBS_2022": CODES, "geometrie": texts}).to_csv(path, index=False)
    found, log = read_outlines(path)
    assert found.geometry.area.sum() == 2 * 100 * 100
    assert log.empty


def test_an_archive_of_files_named_after_their_region(tmp_path: Path) -> None:
    nothing = json.dumps({"type": "FeatureCollection", "features": []})
    path = tmp_path / "all.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in ((CODES[0], features([square(0)], naam=["Walnoot"]).to_json()), (CODES[1], nothing)):
            member = tarfile.TarInfo(f"geo/{name}.json")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    found, log = read_outlines(path)
    assert list(found["regiocode"]) == [CODES[0]]
    assert (CODES[1], "no geometry", "left out") in list(log.itertuples(index=False, name=None))


def test_a_file_named_after_its_region(tmp_path: Path) -> None:
    path = written(tmp_path, features(naam=["links", "rechts"]), "bu99010100.geojson")
    found, log = read_outlines(path)
    assert list(found["regiocode"]) == [CODES[0]]
    assert found.geometry.iloc[0].area == pytest.approx(2 * 100 * 100)
    assert list(log["problem"]) == ["2 features"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("map.gpkg", b"junk", "cannot be read"),
        ("map.geojson.gz", b"junk", "cannot be read"),
        ("map.tar.gz", b"junk", "cannot be read"),
        ("map.parquet", b"junk", "cannot be read"),
        ("map.csv", b"code,naam\nBU99010100,Walnoot\n", "no column holds WKT"),
        ("map.geojson", b'{"type": "FeatureCollection", "features": []}', "holds no features with a geometry"),
        ("absent.gpkg", None, "no such file"),
    ],
)
def test_what_is_no_map_is_refused(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BoundariesError, match=said):
        read_outlines(tmp_path / name)


# --- codes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"statcode": ["gm9901", "gm9902 "]}, ["GM9901", "GM9902"]),
        ({"WKC": ["WK990101", "WK990102"], "GMC": ["GM9901", "GM9901"]}, ["WK990101", "WK990102"]),
        ({"id": ["x", "y"], "code": CODES}, CODES),
        ({"gemeentecode": ["GM9901", "GM9902"], "buurtcode": [None, "-99997"]}, ["GM9901", "GM9902"]),
        ({"vorige": CODES[::-1], "bu_code": CODES}, CODES),
        ({"BU_2014": ["99010100", "99010101"], "STATCODE": CODES}, CODES),
    ],
)
def test_the_smallest_regions_under_the_best_known_name_win(
    tmp_path: Path, columns: dict[str, Any], expected: list[str]
) -> None:
    found, _ = read_outlines(written(tmp_path, features(**columns)))
    assert list(found["regiocode"]) == expected


def test_names_and_inhabitants_come_along(tmp_path: Path) -> None:
    columns: dict[str, Any] = {"BU_CODE": CODES, "BU_NAAM": ["Walnoot ", "Kastanje"], "AANT_INW": [120, -99_999_999]}
    found, _ = read_outlines(written(tmp_path, features(**columns)))
    assert list(found["regiocode_label"]) == ["Walnoot", "Kastanje"]
    assert found["inhabitants"].to_list() == [120.0, pytest.approx(float("nan"), nan_ok=True)]


def test_a_year_chooses_between_codes(tmp_path: Path) -> None:
    path = written(tmp_path, features(BUURTCODE_2015=CODES, BUURTCODE_2022=["BU9901AA01", "BU9901AA02"]))
    assert list(read_outlines(path, 2022)[0]["regiocode"]) == ["BU9901AA01", "BU9901AA02"]
    with pytest.raises(
        BoundariesError, match=r"codes in BUURTCODE_2015, BUURTCODE_2022; expected one .* Name the year"
    ):
        read_outlines(path)


def test_a_level_takes_its_own_regions(tmp_path: Path) -> None:
    path = written(tmp_path, features(code=["WK990101", "BU99010100"]))
    assert log_of(path, level="buurt") == [("WK990101", "another level", "left out")]
    assert list(read_outlines(path)[0]["level"]) == ["buurt", "wijk"]
    with pytest.raises(BoundariesError, match="no column with codes of a gemeente"):
        read_outlines(path, level="gemeente")


def test_buurten_put_together_are_their_gemeente(tmp_path: Path) -> None:
    path = written(tmp_path, features(buurtcode=CODES, gemeentecode=["GM9901", "GM9901"]))
    found, log = read_outlines(path, level="gemeente")
    assert (list(found["regiocode"]), found.geometry.area.sum()) == (["GM9901"], 2 * 100 * 100)
    assert list(log["done"]) == ["put together"]


def test_names_are_no_codes(tmp_path: Path) -> None:
    with pytest.raises(
        BoundariesError, match=r"no column with codes of a region \(its columns: OMSCHR .*names are no keys"
    ):
        read_outlines(written(tmp_path, features(OMSCHR=["Werkeren", "Binnenstad"])))


# --- coordinates ---------------------------------------------------------------------------------------------------


def test_degrees_become_metres(tmp_path: Path) -> None:
    found, log = read_outlines(written(tmp_path, features().to_crs(WGS84), "map.geojson"))
    assert found.total_bounds == pytest.approx([155_000, 463_000, 155_200, 463_100], abs=0.01)
    assert log.empty


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_metres_without_a_system_are_recognised(tmp_path: Path) -> None:
    path = written(tmp_path, features(crs=None))
    assert read_outlines(path)[0].geometry.area.sum() == 2 * 100 * 100
    assert log_of(path) == [("", "file names no reference system, coordinates are those of EPSG:28992", "read as such")]


def test_a_system_that_cannot_be_is_not_believed(tmp_path: Path) -> None:
    path = written(tmp_path, features().set_crs(WGS84, allow_override=True))
    assert read_outlines(path)[0].geometry.area.sum() == 2 * 100 * 100
    assert "file names 'WGS 84', coordinates are those of EPSG:28992" in log_of(path)[0][1]


@pytest.mark.parametrize("crs", [RD, WGS84])
def test_north_before_east_is_turned(tmp_path: Path, crs: str) -> None:
    right = features().to_crs(crs)
    turned = right.set_geometry(gpd.GeoSeries(shapely.transform(right.geometry.array, lambda xy: xy[:, ::-1]), crs=crs))
    path = written(tmp_path, turned)
    assert read_outlines(path)[0].total_bounds == pytest.approx([155_000, 463_000, 155_200, 463_100], abs=0.01)
    assert log_of(path) == [("", "coordinates had north before east", "swapped")]


def test_heights_are_left_out(tmp_path: Path) -> None:
    high = features([shapely.force_3d(square(at), 12.0) for at in (0, 1)])
    assert not read_outlines(written(tmp_path, high))[0].geometry.has_z.any()


# --- geometries ----------------------------------------------------------------------------------------------------


def test_water_and_abroad_are_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        features(
            [square(at) for at in range(5)],
            gemeentecode=["GM9901", "GM9901", "GM0744", "GM0998", "GM9902"],
            water=["NEE", "JA", "B", "NEE", "N"],
        ),
    )
    assert list(read_outlines(path)[0]["regiocode"]) == ["GM9901", "GM9902"]
    assert log_of(path) == [
        ("GM9901", "water", "left out"),
        ("GM0744", "Belgian area", "left out"),
        ("GM0998", "abroad", "left out"),
    ]


def test_a_bow_tie_is_mended_to_its_two_halves(tmp_path: Path) -> None:
    x, y = 155_000, 463_000
    bow_tie = Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    found, log = read_outlines(written(tmp_path, features([bow_tie, square(1)])))
    assert found.geometry.iloc[0].area == pytest.approx(2 * (100 * 50 / 2))
    assert log.to_dict("records") == [
        {"regiocode": CODES[0], "problem": "invalid: Self-intersection", "done": "repaired"}
    ]


def test_a_collection_is_unwrapped_and_lines_are_left(tmp_path: Path) -> None:
    wrapped = GeometryCollection(
        [square(0), GeometryCollection([LineString([(155_000, 463_000), (155_100, 463_100)])])]
    )
    found, log = read_outlines(written(tmp_path, features([wrapped, square(1)]), "map.geojson"))
    assert found.geometry.geom_type.eq("Polygon").all()
    assert log.to_dict("records") == [{"regiocode": CODES[0], "problem": "geometry collection", "done": "unwrapped"}]


def test_empty_ones_are_listed(tmp_path: Path) -> None:
    shapes = [square(0), Polygon(), None, LineString([(155_000, 463_000), (155_100, 463_100)])]
    path = written(tmp_path, features(shapes, code=[f"BU9901010{at}" for at in range(4)]), "map.geojson")
    assert list(read_outlines(path)[0]["regiocode"]) == ["BU99010100"]
    assert log_of(path) == [(f"BU9901010{at}", "no geometry", "left out") for at in (1, 2, 3)]


def test_features_of_one_code_are_put_together(tmp_path: Path) -> None:
    found, log = read_outlines(written(tmp_path, features(buurtcode=[CODES[0], CODES[0]])))
    assert found["regiocode"].is_unique
    assert found.geometry.iloc[0].equals(box(155_000, 463_000, 155_200, 463_100))
    assert log.to_dict("records") == [{"regiocode": CODES[0], "problem": "2 features", "done": "put together"}]


def test_islands_of_one_region_stay_apart(tmp_path: Path) -> None:
    found, _ = read_outlines(written(tmp_path, features([MultiPolygon([square(0), square(3)]), square(1)])))
    assert found.geometry.iloc[0].geom_type == "MultiPolygon"
    assert found.geometry.area.to_list() == [2 * 100 * 100, 100 * 100]
