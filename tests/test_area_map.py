"""The map: every buurt of the gemeente of a work area, and whether it belongs to it."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from bt_analysis.analysis import area_map

CODES = ["BU99010100", "BU99010101", "BU99010200", "BU99020100"]  # two wijken of one gemeente, and another gemeente


def boundaries() -> gpd.GeoDataFrame:
    squares = [box(1000 * at, 0, 1000 * at + 1000, 1000) for at in range(len(CODES))]
    names = [f"Buurt {at}" for at in range(len(CODES))]
    return gpd.GeoDataFrame({"buurtcode": CODES, "buurtnaam": names}, geometry=squares, crs="EPSG:28992")


def weights(**areas: list[str]) -> pd.DataFrame:
    rows = [(area, code) for area, codes in areas.items() for code in codes]
    return pd.DataFrame(rows, columns=["work_area_id", "area_code"])


def inside(outlines: gpd.GeoDataFrame) -> dict[str, bool]:
    return dict(zip(outlines["regiocode"], outlines["inside"], strict=True))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["BU99010100"], {"BU99010100": True, "BU99010101": False, "BU99010200": False}),
        (["WK990101"], {"BU99010100": True, "BU99010101": True, "BU99010200": False}),
        (["GM9901"], {"BU99010100": True, "BU99010101": True, "BU99010200": True}),
        (["BU99010200", "BU99020100"], dict(zip(CODES, [False, False, True, True], strict=True))),
    ],
)
def test_buurten_of_the_gemeente_inside_and_around(codes: list[str], expected: dict[str, bool]) -> None:
    assert inside(area_map.outlines(boundaries(), weights(tuin=codes))) == expected


def test_every_work_area_has_its_own_map() -> None:
    found = area_map.outlines(boundaries(), weights(tuin=["BU99010100"], zon=["BU99020100"]))
    assert found.groupby("work_area_id").size().to_dict() == {"tuin": 3, "zon": 1}
    assert list(found.columns) == ["work_area_id", "regiocode", "regiocode_label", "inside", "geometry"]
    assert found.crs == "EPSG:28992"


def test_no_work_area_is_an_empty_map() -> None:
    found = area_map.outlines(boundaries(), weights())
    assert found.empty
    assert list(found.columns) == ["work_area_id", "regiocode", "regiocode_label", "inside", "geometry"]


def test_neighbours_stay_neighbours_when_outlines_are_simplified() -> None:
    wobble = boundaries().assign(geometry=boundaries().geometry.segmentize(7))
    found = area_map.outlines(wobble, weights(tuin=["GM9901"]))
    assert found.geometry.get_coordinates().shape[0] < wobble.geometry.get_coordinates().shape[0]
    assert found.geometry.area.sum() == pytest.approx(3 * 1000 * 1000)
    assert found.geometry.union_all().geom_type == "Polygon"  # no gap between them


def test_the_boundaries_stay_as_they_were() -> None:
    given, before = boundaries(), boundaries()
    area_map.outlines(given, weights(tuin=["BU99010100"]))
    assert given.equals(before)
