"""Drawn work areas: a GeoJSON beside the workbook is read, or a person is told in one sentence what is wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Polygon, box, mapping

from bt_analysis.sources import drawings
from bt_analysis.sources.map_files import BoundariesError
from bt_analysis.sources.sentences import Findings, Place, line

SQUARE = box(155_000, 463_000, 155_100, 463_100)


def draw(folder: Path, *shapes: Any, name: str = "gebied.geojson") -> Path:
    folder.mkdir(exist_ok=True)
    features = [{"type": "Feature", "properties": {}, "geometry": mapping(shape)} for shape in shapes]
    (folder / name).write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder / name


def told(folder: Path, name: str | None = "gebied.geojson") -> Findings:
    table = pd.DataFrame({"polygon_file": pd.Series([name], index=[2], dtype="str")})
    findings = Findings()
    drawings.check_drawings(folder, table, Place("tuin/tuin.xlsx", "work_area"), findings)
    return findings


def test_a_drawing_becomes_metres(tmp_path: Path) -> None:
    degrees = box(5.3872, 52.1551, 5.3972, 52.1651)  # Amersfoort: 0.01 degree is 685 m by 1,113 m
    assert drawings.read_drawing(draw(tmp_path, degrees)).area == pytest.approx(685 * 1113, rel=0.01)


def test_metres_drawn_as_degrees_are_recognised(tmp_path: Path) -> None:
    assert drawings.read_drawing(draw(tmp_path, SQUARE)).area == pytest.approx(100 * 100)


def test_several_strokes_are_one_area_and_a_bow_tie_is_mended(tmp_path: Path) -> None:
    x, y = 155_200, 463_000
    bow_tie = Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    assert drawings.read_drawing(draw(tmp_path, SQUARE, bow_tie)).area == pytest.approx(100 * 100 + 2 * 100 * 50 / 2)


def test_a_line_is_no_area(tmp_path: Path) -> None:
    path = draw(tmp_path, LineString([(155_000, 463_000), (155_100, 463_100)]))
    with pytest.raises(BoundariesError, match="holds no polygon; expected one"):
        drawings.read_drawing(path)


def test_a_good_drawing_is_a_source_of_the_package(tmp_path: Path) -> None:
    path = draw(tmp_path, SQUARE)
    table = pd.DataFrame({"polygon_file": ["gebied.geojson"]}, index=[2])
    findings = Findings()
    assert drawings.check_drawings(tmp_path, table, Place("tuin"), findings) == [path]
    assert findings == Findings()


@pytest.mark.parametrize("name", ["weg.geojson", "../gebied.geojson", "tuin/gebied.geojson", "gebied.kml"])
def test_only_a_drawing_in_the_folder_is_looked_at(tmp_path: Path, name: str) -> None:
    draw(tmp_path, SQUARE)
    (tmp_path / "tuin").mkdir()
    (problem,) = told(tmp_path / "tuin", name).problems
    assert (problem.kind, problem.row, problem.column) == ("polygon_absent", 2, "polygon_file")
    assert line(problem) == (
        f"tuin/tuin.xlsx, blad work_area, rij 2, kolom polygon_file: gekregen: {name}, dat niet in de map staat; "
        "verwacht: de naam van een bestand in dezelfde map. Zet het bestand naast het werkboek, of verbeter de naam."
    )


def test_what_is_no_map_is_told(tmp_path: Path) -> None:
    (tmp_path / "gebied.geojson").write_text("geen kaart")
    assert [problem.kind for problem in told(tmp_path).problems] == ["polygon_unreadable"]


@pytest.mark.parametrize("shape", [box(-0.2, 51.4, 0.1, 51.6), box(5.38, 43.2, 5.4, 43.3)])
def test_an_area_elsewhere_is_told(tmp_path: Path, shape: Polygon) -> None:
    draw(tmp_path, shape)
    assert [problem.kind for problem in told(tmp_path).problems] == ["polygon_abroad"]


def test_a_drawing_that_no_row_names_is_told(tmp_path: Path) -> None:
    draw(tmp_path, SQUARE, name="oud.geojson")
    (tmp_path / "datapackage.json").write_text("{}")
    findings = told(tmp_path, None)
    assert findings.problems == []
    assert [(repair.kind, repair.file.split("/")[-1]) for repair in findings.repairs] == [
        ("unused_file", "oud.geojson")
    ]


def test_drawings_of_packages_come_together(tmp_path: Path) -> None:
    for collective in ("tuin", "zon"):
        draw(tmp_path / collective, SQUARE)
    rows = pd.DataFrame({"work_area_id": ["a", "b"], "polygon_file": pd.Series(["gebied.geojson", None], dtype="str")})
    packages = [
        (tmp_path / name, rows.assign(work_area_id=f"{name}--" + rows["work_area_id"])) for name in ("tuin", "zon")
    ]
    found = drawings.read_drawings(packages)
    assert list(found["work_area_id"]) == ["tuin--a", "zon--a"]
    assert found.geometry.area.sum() == pytest.approx(2 * 100 * 100)


def test_nobody_drew() -> None:
    assert drawings.read_drawings([]).empty


def test_an_area_whose_metres_only_fit_turned_is_abroad(tmp_path: Path) -> None:
    # East of Frankfurt the national grid has 400 km east and 200 km north: with north first, a place near Zwolle.
    draw(tmp_path, box(8.7858, 49.7405, 8.7872, 49.7413))
    assert [problem.kind for problem in told(tmp_path).problems] == ["polygon_abroad"]


def test_an_area_drawn_with_north_first_is_turned(tmp_path: Path) -> None:
    path = draw(tmp_path, box(52.1551, 5.3872, 52.1651, 5.3972))
    assert drawings.read_drawing(path).area == pytest.approx(685 * 1113, rel=0.01)
    assert told(tmp_path).problems == []


def test_a_courtyard_is_no_part_and_overlap_counts_once(tmp_path: Path) -> None:
    ring = SQUARE.difference(box(155_040, 463_040, 155_060, 463_060))
    beside = box(155_090, 463_000, 155_190, 463_100)
    found = drawings.read_drawing(draw(tmp_path, ring, beside))
    assert found.area == pytest.approx(190 * 100 - 20 * 20)


def test_a_layer_in_another_system_and_capitals_in_its_ending_do(tmp_path: Path) -> None:
    gpd.GeoDataFrame(geometry=[SQUARE], crs="EPSG:28992").to_crs("EPSG:25831").to_file(tmp_path / "g.gpkg")
    (tmp_path / "g.gpkg").rename(tmp_path / "Gebied.GPKG")
    assert told(tmp_path, "Gebied.GPKG").problems == []
    assert drawings.read_drawing(tmp_path / "Gebied.GPKG").area == pytest.approx(100 * 100, rel=1e-3)


def test_a_feature_that_was_never_drawn_is_told(tmp_path: Path) -> None:
    empty = {"type": "Feature", "properties": {"naam": "tuin"}, "geometry": None}
    (tmp_path / "gebied.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [empty]}))
    assert [problem.kind for problem in told(tmp_path).problems] == ["polygon_unreadable"]


def test_only_real_files_in_the_folder_are_opened(tmp_path: Path) -> None:
    outside = draw(tmp_path / "elders", SQUARE)
    folder = tmp_path / "tuin"
    folder.mkdir()
    (folder / "gebied.geojson").symlink_to(outside)
    os.mkfifo(folder / "pijp.geojson")
    assert [problem.kind for problem in told(folder).problems] == ["polygon_absent"]
    assert [problem.kind for problem in told(folder, "pijp.geojson").problems] == ["polygon_absent"]


def test_a_drawing_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = draw(tmp_path, SQUARE)
    path.write_text(path.read_text(encoding="utf-8") + " " * 5_000_001, encoding="utf-8")
    (problem,) = told(tmp_path).problems
    assert (problem.kind, problem.row, problem.column) == ("polygon_too_large", 2, "polygon_file")
