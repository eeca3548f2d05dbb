"""Map files as they lie in folders: packed, in a ZIP or without a system; the same squares come out, in metres."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from bt_analysis.sources.map_files import FILE_NAME, RD, BoundariesError, fitting, in_metres, open_map
from bt_analysis.sources.outlines import read_outlines

WGS84, AREA = "EPSG:4326", 100 * 100


def square(at: int) -> Polygon:
    """Return the square number ``at`` of a row of squares of 100 m that begins in the middle of Amersfoort."""
    return box(155_000 + 100 * at, 463_000, 155_100 + 100 * at, 463_100)


def squares(*codes: str, crs: str = RD) -> gpd.GeoDataFrame:
    shapes = [square(at) for at in range(len(codes))]
    return gpd.GeoDataFrame({"code": list(codes)}, geometry=shapes, crs=RD).to_crs(crs)


def zipped(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)


def shapefile(folder: Path, name: str, *codes: str) -> list[Path]:
    squares(*codes).to_file(folder / f"{name}.shp")
    return sorted(folder.glob(f"{name}.*"))


# --- ZIP and tar ---------------------------------------------------------------------------------------------------


def test_a_shapefile_in_a_folder_of_a_zip_with_a_note_beside_it(tmp_path: Path) -> None:
    with zipped(tmp_path / "kaart.zip") as archive:
        archive.writestr("aanlevering/bron.json", '{"maker": "gemeente"}')
        archive.writestr("__MACOSX/aanlevering/._buurt.shp", b"no map")
        for part in shapefile(tmp_path, "buurt", "BU99010100", "BU99010101"):
            archive.write(part, f"aanlevering/{part.name}")
    found = open_map(tmp_path / "kaart.zip")
    assert (list(found["code"]), found.crs) == (["BU99010100", "BU99010101"], RD)
    assert found.geometry.area.sum() == 2 * AREA


def test_the_layer_chooses_between_the_shapefiles_of_a_zip(tmp_path: Path) -> None:
    with zipped(tmp_path / "kaart.zip") as archive:
        for name, code in (("buurt", "BU99010100"), ("gemeente", "GM9901")):
            for part in shapefile(tmp_path, name, code):
                archive.write(part)
    assert list(open_map(tmp_path / "kaart.zip", "gemeente")["code"]) == ["GM9901"]
    assert list(open_map(tmp_path / "kaart.zip")["code"]) == ["BU99010100"]


@pytest.mark.parametrize("name", ["buurten.geojson", "data/Buurten.GEOJSON"])
def test_one_geojson_in_a_zip_need_not_be_named_after_a_region(tmp_path: Path, name: str) -> None:
    with zipped(tmp_path / "KAART.ZIP") as archive:
        archive.writestr(name, squares("BU99010100", crs=WGS84).to_json())
    assert list(read_outlines(tmp_path / "KAART.ZIP")[0]["regiocode"]) == ["BU99010100"]


def test_files_of_a_zip_named_after_regions_in_lower_case(tmp_path: Path) -> None:
    with zipped(tmp_path / "alle.zip") as archive:
        for code in ("gm9901", "gm9902", "leesmij"):
            archive.writestr(f"geo/{code}.json", squares("x", crs=WGS84).to_json())
    assert list(open_map(tmp_path / "alle.zip")[FILE_NAME]) == ["gm9901", "gm9902"]
    found, log = read_outlines(tmp_path / "alle.zip")
    assert list(found["regiocode"]) == ["GM9901", "GM9902"]
    assert found.geometry.area.to_list() == pytest.approx([AREA, AREA], rel=1e-4)
    assert list(log["done"]) == ["read as such"]  # files put together name no system


def test_a_tgz_without_files_of_regions_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "alle.tgz", "w:gz") as archive:
        member = tarfile.TarInfo("GM99.json")
        archive.addfile(member, io.BytesIO())
    with pytest.raises(BoundariesError, match=r"alle\.tgz cannot be read \(holds no GeoJSON named after a region\)"):
        open_map(tmp_path / "alle.tgz")


def test_a_zip_without_a_map_is_refused(tmp_path: Path) -> None:
    with zipped(tmp_path / "kaart.zip") as archive:
        archive.writestr("leesmij.txt", "komt nog")
    with pytest.raises(
        BoundariesError, match=r"kaart\.zip cannot be read \(the ZIP holds no map\); expected a GeoPack"
    ):
        open_map(tmp_path / "kaart.zip")


# --- TopoJSON, CSV and names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["map.topojson.gz", "map.json.gz", "MAP.TOPOJSON"])
def test_packed_topojson_with_whole_numbers_and_its_type_last(tmp_path: Path, name: str) -> None:
    # Steps of 0.1 degree from 5 east and 52 north: two squares beside each other share the middle arc.
    arcs = [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 0], [1, 0], [0, 1], [-1, 0]]]
    shapes = [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"statcode": "GM9901"}},
        {"type": "Polygon", "arcs": [[2, -1]], "properties": {"statcode": "GM9902"}},
    ]
    topology = {
        "transform": {"scale": [0.1, 0.1], "translate": [5, 52]},
        "arcs": arcs,
        "objects": {"gemeente": {"type": "GeometryCollection", "geometries": shapes}},
        "type": "Topology",
    }
    text = json.dumps(topology).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    found = open_map(tmp_path / name)
    assert list(found["statcode"]) == ["GM9901", "GM9902"]
    assert found.geometry.bounds.to_numpy() == pytest.approx(np.array([[5, 52, 5.1, 52.1], [5.1, 52, 5.2, 52.1]]))


def test_ewkt_in_degrees_over_several_lines(tmp_path: Path) -> None:
    two = MultiPolygon(list(squares("a", "b", crs=WGS84).geometry)).wkt.replace("), ", "),\n ")
    (tmp_path / "map.csv").write_text(f'code,naam,vlak\nGM9901,Noord,"SRID=4326;{two}"\nGM9902,Zuid,\n')
    found, said = in_metres(open_map(tmp_path / "map.csv"), tmp_path)
    assert said == []
    assert found.geometry.area.fillna(0).to_list() == pytest.approx([2 * AREA, 0], rel=1e-4)


def test_two_systems_in_one_csv_are_none(tmp_path: Path) -> None:
    rows = [f'GM990{at},"SRID={srid};{square(at).wkt}"' for at, srid in enumerate((28992, 7415))]
    (tmp_path / "map.csv").write_text("\n".join(["code,vlak", *rows]))
    assert open_map(tmp_path / "map.csv").crs is None
    found, log = read_outlines(tmp_path / "map.csv")
    assert found.geometry.area.sum() == 2 * AREA
    assert list(log["problem"]) == ["file names no reference system, coordinates are those of EPSG:28992"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('code,vlak\nGM9901,"POLYGON((155000 463000, 155100"\n', "end of stream"),
        ('code,vlak\nGM9901,"SRID=1;POLYGON((0 0, 1 0, 1 1, 0 0))"\n', "EPSG:1|crs not found"),
        ("code,vlak\nGM9901,POINT(155000 463000)\n", "no column holds WKT of polygons"),
        ("", "No columns"),
    ],
)
def test_a_csv_without_whole_polygons_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "map.csv").write_text(text)
    with pytest.raises(
        BoundariesError, match=rf"map\.csv cannot be read \(.*({said}).*\); expected .* Put a whole one"
    ):
        open_map(tmp_path / "map.csv")


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"code,vlak\n" * 100, mtime=0)
    (tmp_path / "map.csv.gz").write_bytes(packed[:10] + b"\xff" + packed[11:])  # what is packed begins behind ten bytes
    with pytest.raises(BoundariesError, match=r"cannot be read \(Error -3 while decompressing data"):
        open_map(tmp_path / "map.csv.gz")


def test_a_code_in_the_name_of_the_file_is_of_its_own_level(tmp_path: Path) -> None:
    (tmp_path / "wk990101.2024.csv").write_text(f'naam,vlak\nNoord,"{square(0).wkt}"\n')
    found, _ = read_outlines(tmp_path / "wk990101.2024.csv", level="wijk")
    assert found[["regiocode", "regiocode_label", "level"]].to_numpy().tolist() == [["WK990101", "Noord", "wijk"]]
    with pytest.raises(BoundariesError, match="no column with codes of a buurt"):
        read_outlines(tmp_path / "wk990101.2024.csv", level="buurt")


def test_the_first_layer_is_read_unless_another_is_named(tmp_path: Path) -> None:
    path = tmp_path / "map.gpkg"
    for layer, code in (("wijken", "WK990101"), ("buurten", "BU99010100")):
        squares(code).to_file(path, layer=layer, driver="GPKG")
    with pytest.warns(UserWarning, match="More than one layer"):
        assert list(open_map(path)["code"]) == ["WK990101"]
    assert list(open_map(path, "buurten")["code"]) == ["BU99010100"]
    with pytest.raises(BoundariesError, match="gemeenten"):
        open_map(path, "gemeenten")


# --- systems -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((155_000, 463_000, 155_100, 463_100), (RD, False)),
        ((463_000, 155_000, 463_100, 155_100), (RD, True)),
        ((3.3, 50.7, 7.3, 53.6), (WGS84, False)),
        ((50.7, 3.3, 53.6, 7.3), (WGS84, True)),
        ((5.4, 43.2, 5.5, 43.3), (None, False)),  # Marseille
        ((155_000, 463_000, 155_100, 740_000), (None, False)),  # one corner too far north
        ((np.nan, np.nan, np.nan, np.nan), (None, False)),
    ],
)
def test_coordinates_tell_their_system(bounds: tuple[float, ...], expected: tuple[str | None, bool]) -> None:
    assert fitting(np.array(bounds)) == expected


@pytest.mark.parametrize("crs", ["EPSG:25831", "EPSG:3857", "EPSG:4258", "EPSG:3035", "EPSG:7415"])
def test_a_system_that_is_named_and_can_be_is_believed_without_a_word(crs: str) -> None:
    found, said = in_metres(squares("a", "b", crs=crs), Path("map.gpkg"))
    assert (found.crs, said) == (RD, [])
    assert found.geometry.area.to_list() == pytest.approx([AREA, AREA], rel=1e-3)
    assert found.total_bounds == pytest.approx([155_000, 463_000, 155_200, 463_100], abs=1)


def test_metres_of_no_known_system_are_refused() -> None:
    bare = squares("a", crs="EPSG:25831").set_crs(None, allow_override=True)
    with pytest.raises(BoundariesError) as told:
        in_metres(bare, Path("map.gpkg"))
    west, south, east, north = bare.total_bounds
    assert str(told.value) == (
        f"map.gpkg names no reference system, and its coordinates ({west:.6g}, {south:.6g}, {east:.6g}, {north:.6g}) "
        "lie in no known one; expected EPSG:28992. Put it in."
    )


def test_turned_degrees_under_the_name_of_the_national_grid() -> None:
    degrees = squares("a", crs=WGS84)
    turned = shapely.transform(degrees.geometry.array, lambda xy: xy[:, ::-1])
    found, said = in_metres(degrees.set_geometry(gpd.GeoSeries(turned, crs=RD), crs=RD), Path("map.gpkg"))
    assert found.geometry.area.sum() == pytest.approx(AREA, rel=1e-4)
    assert said == [
        "coordinates had north before east: swapped",
        "file names 'Amersfoort / RD New', coordinates are those of EPSG:4326: read as such",
    ]


def test_the_features_that_came_in_stay_as_they_are() -> None:
    high = gpd.GeoDataFrame(geometry=[shapely.force_3d(square(0), 12.0)], crs=RD)
    found, _ = in_metres(high, Path("map.gpkg"))
    assert (found.geometry.has_z.any(), high.geometry.has_z.all()) == (False, True)
