"""Repair of outlines: what is drawn wrong goes in; areas as arithmetic and a line per thing that was done come out."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from bt_analysis.sources.repair import repair

BOW_TIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])  # two triangles of 10 by 5 that meet in the middle
HALVES = 2 * (10 * 5 / 2)
CROSSED = ("invalid: Self-intersection", "repaired")
UNWRAPPED = ("geometry collection", "unwrapped")
SPIKE = Polygon([(0, 0), (10, 10), (0, 0)])


def mended(*shapes: Any, codes: list[str] | None = None) -> tuple[gpd.GeoDataFrame, list[tuple[str, ...]]]:
    named = codes or [f"GM990{at}" for at in range(len(shapes))]
    outlines, log = repair(gpd.GeoDataFrame({"regiocode": named}, geometry=list(shapes), crs="EPSG:28992"))
    assert list(log.columns) == ["regiocode", "problem", "done"]
    return outlines, [tuple(row) for row in log.itertuples(index=False, name=None)]


def test_a_good_outline_with_a_hole_stays_as_it_is() -> None:
    ring = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))
    found, log = mended(ring)
    assert found.geometry.iloc[0].equals_exact(ring, 0)
    assert (found.geometry.area.to_list(), log) == ([10 * 10 - 2 * 2], [])


def test_a_hole_that_sticks_out_takes_away_only_what_it_covers() -> None:
    sticking = Polygon(box(0, 0, 10, 10).exterior, [box(8, 4, 12, 6).exterior])
    found, log = mended(sticking)
    assert found.geometry.iloc[0].covers(box(0, 0, 7.9, 10))
    assert not found.geometry.iloc[0].intersects(Point(9, 5))
    # structure: rings outside are put together, rings inside taken off
    assert found.geometry.area.to_list() == [10 * 10 - 2 * 2]
    assert log == [("GM9900", "invalid: Self-intersection", "repaired")]


@pytest.mark.parametrize(
    ("shape", "area", "said"),
    [
        (MultiPolygon([box(0, 0, 10, 10), box(5, 0, 15, 10)]), 15 * 10, CROSSED),
        (
            Polygon(
                [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (0, -5), (0, 0)]
            ),  # with a line that goes out and back
            10 * 10,
            ("invalid: Ring Self-intersection", "repaired"),
        ),
        (GeometryCollection([BOW_TIE, LineString([(0, 0), (50, 50)])]), HALVES, CROSSED),
        (GeometryCollection([box(0, 0, 5, 5), GeometryCollection([box(5, 0, 10, 5)])]), 2 * 5 * 5, UNWRAPPED),
        (GeometryCollection([box(0, 0, 6, 5), box(4, 0, 10, 5)]), 10 * 5, UNWRAPPED),
    ],
)
def test_what_is_drawn_twice_or_wrong_is_counted_once(shape: Any, area: float, said: tuple[str, str]) -> None:
    found, log = mended(shape)
    assert found.geometry.area.to_list() == pytest.approx([area])
    assert found.geometry.is_valid.all()
    assert found.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    assert [line[1:] for line in log] == [said]


def test_what_has_no_area_is_left_out_and_says_what_it_was() -> None:
    points = GeometryCollection([Point(0, 0), LineString([(0, 0), (1, 1)])])
    found, log = mended(SPIKE, points, Point(1, 1), None, Polygon(), box(0, 0, 1, 1))
    assert list(found["regiocode"]) == ["GM9905"]
    assert [line[::2] for line in log] == [(f"GM990{at}", "left out") for at in range(5)]
    assert log[0][1].startswith("invalid: ")
    assert {line[1] for line in log[1:]} == {"no geometry"}


def test_features_of_one_region_overlap_only_once_and_keep_the_columns_of_the_first() -> None:
    table = gpd.GeoDataFrame(
        {"regiocode": ["GM9902", "GM9901", "GM9902", "GM9902"], "inhabitants": [30.0, 10.0, 31.0, 32.0]},
        geometry=[box(0, 0, 10, 10), box(0, 0, 1, 1), box(8, 0, 18, 10), BOW_TIE],
        crs="EPSG:28992",
        index=[7, 5, 3, 1],
    )
    before = table.copy()
    found, log = repair(table)
    assert found[["regiocode", "inhabitants"]].to_numpy().tolist() == [["GM9901", 10.0], ["GM9902", 30.0]]
    assert found.geometry.area.to_list() == [1 * 1, 18 * 10]  # the bow tie lies in the first square
    assert (found.crs, list(found.index)) == ("EPSG:28992", [0, 1])
    assert log.to_numpy().tolist() == [
        ["GM9902", "invalid: Self-intersection", "repaired"],
        ["GM9902", "3 features", "put together"],
    ]
    pd.testing.assert_frame_equal(table, before)


def test_one_of_two_features_that_is_left_out_leaves_nothing_to_put_together() -> None:
    found, log = mended(box(0, 0, 10, 10), None, codes=["GM9901", "GM9901"])
    assert found.geometry.area.to_list() == [10 * 10]
    assert log == [("GM9901", "no geometry", "left out")]


def test_no_outline_is_left() -> None:
    found, log = mended(None, SPIKE)
    assert (found.empty, found.crs, len(log)) == (True, "EPSG:28992", 2)
