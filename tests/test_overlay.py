"""Pieces that two divisions have in common: areas of squares, worked out by hand."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPolygon, Polygon, box

from bt_analysis.harmonise.overlay import overlay

RD = "EPSG:28992"
A, B, C = "BU99010101", "BU99010102", "BU99010103"


def areas(crs: str | None = RD, **outlines: Polygon | MultiPolygon | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"regiocode": list(outlines)}, geometry=list(outlines.values()), crs=crs)


def amounts(pieces: pd.DataFrame) -> dict[Any, float]:
    return pieces.set_index(["from_code", "to_code"])["amount"].round(6).to_dict()


def test_an_area_is_cut_by_the_new_ones() -> None:
    old = areas(**{A: box(0, 0, 300, 100)})
    new = areas(**{B: box(0, 0, 100, 100), C: box(100, 0, 300, 100)})
    pieces = overlay(old, new)
    assert amounts(pieces) == {(A, B): 100 * 100, (A, C): 200 * 100}
    assert pieces["from_covered"].tolist() == pieces["to_covered"].tolist() == [1, 1]


def test_what_lies_in_no_other_area_is_not_covered() -> None:
    pieces = overlay(areas(**{A: box(0, 0, 300, 100)}), areas(**{B: box(200, 0, 600, 100)}))
    assert pieces["from_covered"].tolist() == [pytest.approx(100 / 300)]
    assert pieces["to_covered"].tolist() == [pytest.approx(100 / 400)]


def test_a_piece_below_a_hundredth_of_the_smaller_area_is_noise() -> None:
    old = areas(**{A: box(0, 0, 1000, 1000), B: box(1000, 0, 2000, 1000)})
    for moved, expected in ((9, {(A, A), (B, B)}), (11, {(A, A), (B, A), (B, B)})):  # of 1,000 metres: 0.9% and 1.1%
        new = areas(**{A: box(0, 0, 1000 + moved, 1000), B: box(1000 + moved, 0, 2000, 1000)})
        assert set(amounts(overlay(old, new))) == expected


def test_a_small_area_counts_where_it_is_a_large_part_of_one_of_the_two() -> None:
    old = areas(**{A: box(0, 0, 10_000, 10_000)})
    new = areas(**{B: box(0, 0, 100, 100), C: box(0, 0, 10_000, 10_000).difference(box(0, 0, 100, 100))})
    assert amounts(overlay(old, new)) == {(A, B): 100**2, (A, C): 10_000**2 - 100**2}  # B is 0.01% of A, and all of B


def test_a_strip_of_less_than_a_metre_is_noise_and_counts_as_covered() -> None:
    old = areas(**{A: box(0, 0, 60, 60), B: box(60, 0, 120, 60)})
    new = areas(**{A: box(0, 0, 60.8, 60), B: box(60.8, 0, 120, 60)})  # 0.8 / 60 is 1.3% of B
    pieces = overlay(old, new)
    assert set(amounts(pieces)) == {(A, A), (B, B)}
    assert pieces["from_covered"].tolist() == pieces["to_covered"].tolist() == [1, 1]


def test_a_rim_of_less_than_a_metre_may_be_missing() -> None:
    pieces = overlay(areas(**{A: box(0, 0, 60, 60)}), areas(**{B: box(0.4, 0.4, 59.6, 59.6)}))
    assert pieces["from_covered"].tolist() == [1]  # 95 of 3,600 m², along 240 m
    pieces = overlay(areas(**{A: box(0, 0, 60, 60)}), areas(**{B: box(2, 2, 58, 58)}))
    assert pieces["from_covered"].tolist() == [pytest.approx(56**2 / 60**2)]


def test_neighbours_that_only_touch_have_nothing_in_common() -> None:
    assert overlay(areas(**{A: box(0, 0, 100, 100)}), areas(**{B: box(100, 0, 200, 100)})).empty


def test_an_area_drawn_in_parts_is_one_area() -> None:
    old = gpd.GeoDataFrame({"regiocode": [A, A]}, geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)], crs=RD)
    assert amounts(overlay(old, areas(**{B: box(0, 0, 200, 100)}))) == {(A, B): 200 * 100}


def test_an_invalid_outline_is_mended_and_an_empty_one_has_no_pieces() -> None:
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])  # crosses itself in (50, 50): two triangles
    pieces = overlay(areas(**{A: bow, B: Polygon(), C: None}), areas(**{C: box(0, 0, 100, 100)}))
    assert amounts(pieces) == {(A, C): 2 * (100 * 50 / 2)}


def test_degrees_are_brought_to_metres() -> None:
    old = areas(**{A: box(155_000, 463_000, 156_000, 464_000)})
    pieces = overlay(old, old.to_crs("EPSG:4326"))
    assert amounts(pieces)[A, A] == pytest.approx(1000**2, rel=1e-6)


def test_without_a_reference_system_nothing_can_be_measured() -> None:
    with pytest.raises(ValueError, match="no reference system; expected EPSG:28992"):
        overlay(areas(crs=None, **{A: box(0, 0, 1, 1)}), areas(**{A: box(0, 0, 1, 1)}))


def test_nothing_cut_by_nothing_is_nothing() -> None:
    assert overlay(areas(), areas()).empty
