"""Work areas by postcode or drawing: squares and addresses typed here, and the weights worked out by hand."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPoint, Point, Polygon, box

from bt_analysis import schema
from bt_analysis.join import work_areas

A, B, C = "BU99010100", "BU99010101", "BU99020100"
PEOPLE = pd.Series({A: 300.0, B: 100.0, C: 50.0})


def area(work_area_id: str = "tuin--a", collective_id: str = "tuin", **cells: Any) -> dict[str, Any]:
    kind = "postcodes" if "postcodes" in cells else "polygon" if "polygon_file" in cells else "codes"
    empty = {"area_codes": None, "postcodes": None, "polygon_file": None, "area_year": 2024}
    return {"work_area_id": work_area_id, "collective_id": collective_id, "definition_type": kind, **empty, **cells}


def areas(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows)).astype({"area_year": "Int64"})


ADDRESSES = pd.DataFrame(
    [
        ("8011AB", A, 60),
        ("8011AC", A, 20),
        ("8011AC", B, 10),
        ("8012XX", A, 20),
        ("8012XX", B, 30),
        ("8013ZZ", C, 500),
    ],
    columns=["postcode", "regiocode", "addresses_n"],
)


def by_post(postcodes: str, addresses: pd.DataFrame | None = ADDRESSES) -> tuple[dict[str, float], dict[str, str]]:
    found, lost = work_areas.of_postcodes(areas(area(postcodes=postcodes)), addresses)
    return dict(zip(found["area_code"], found["weight"], strict=True)), dict(
        zip(lost["item"], lost["reason"], strict=True)
    )


# --- postcodes -----------------------------------------------------------------------------------------------------


def test_a_region_counts_for_its_addresses_with_the_postcode() -> None:
    # A has 60 + 20 + 20 addresses, B has 10 + 30
    assert by_post("8011") == ({A: (60 + 20) / 100, B: 10 / 40}, {})
    assert by_post("8011 ab") == ({A: 60 / 100}, {})


def test_a_postcode_named_twice_counts_once() -> None:
    assert by_post("8011;8011AC;8011")[0] == by_post("8011")[0]


def test_all_postcodes_of_a_region_are_the_whole_region() -> None:
    found, _ = by_post("8011, 8012")
    assert found == {A: 1.0, B: 1.0}


def test_what_has_no_addresses_is_told() -> None:
    assert by_post("8011AB;9999;8011QQ") == ({A: 0.6}, {"9999": "unknown_postcode", "8011QQ": "unknown_postcode"})
    assert by_post("8011;8012", None) == ({}, {"8011": "no_addresses", "8012": "no_addresses"})


def test_letters_cannot_be_told_apart_when_only_digits_are_counted() -> None:
    four = pd.DataFrame({"postcode": ["8011"], "regiocode": ["WK990101"], "addresses_n": [90]})
    assert by_post("8011", four) == ({"WK990101": 1.0}, {})
    assert by_post("8011AB", four) == ({}, {"8011AB": "no_addresses"})


def test_a_stray_address_is_no_neighbourhood() -> None:
    stray = pd.DataFrame({"postcode": ["8011", "8011", "8014"], "regiocode": [A, C, C], "addresses_n": [900, 3, 997]})
    assert by_post("8011", stray) == ({A: 1.0}, {C: "sliver"})  # 3 of C's 1,000 addresses, 3 of the area's 903


def test_a_small_work_area_in_a_large_region_is_no_sliver() -> None:
    street = pd.DataFrame({"postcode": ["8011AB", "8011AC"], "regiocode": [A, A], "addresses_n": [8, 992]})
    assert by_post("8011AB", street) == ({A: 8 / 1000}, {})


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["8011AA", "8011AB", "8012AA"]), st.sampled_from([A, B, C]),
                          st.integers(1, 500)), min_size=1, unique_by=lambda row: row[:2]))  # fmt: skip
def test_postcodes_of_several_areas_share_out_every_address(rows: list[tuple[str, str, int]]) -> None:
    table = pd.DataFrame(rows, columns=["postcode", "regiocode", "addresses_n"])
    one_each = [area(f"tuin--{code.lower()}", postcodes=code) for code in table["postcode"].unique()]
    found, lost = work_areas.of_postcodes(areas(*one_each), table)
    small = lost["reason"].eq("sliver").groupby(lost["item"]).sum()
    for region, weight in found.groupby("area_code")["weight"].sum().items():
        assert weight == pytest.approx(1.0, abs=0.01 * small.get(region, 0) + 1e-9)


# --- drawings ------------------------------------------------------------------------------------------------------


OUTLINES = gpd.GeoDataFrame(
    {"regiocode": [A, B, C]},
    geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100), box(200, 0, 300, 100)],
    crs="EPSG:28992",
)  # three squares of a hectare in a row


def drawn(
    polygon: Polygon, places: gpd.GeoDataFrame | None = None
) -> tuple[dict[str, tuple[float, str]], list[tuple[str, str]]]:
    polygons = gpd.GeoDataFrame({"work_area_id": ["tuin--a"]}, geometry=[polygon], crs="EPSG:28992")
    rows = areas(area(polygon_file="gebied.geojson"))
    found, lost = work_areas.of_polygons(rows, polygons, OUTLINES, places)
    how = zip(found["area_code"], found["weight"].round(6), found["method"], strict=True)
    return {code: (weight, method) for code, weight, method in how}, list(
        zip(lost["item"], lost["reason"], strict=True)
    )


def spots(*counts: tuple[float, float], column: str = "addresses_n") -> gpd.GeoDataFrame:
    """Return places of the counts given, each at its x halfway up the squares."""
    columns = {column: [count for _, count in counts]}
    return gpd.GeoDataFrame(columns, geometry=[Point(x, 50) for x, _ in counts], crs="EPSG:28992")


def test_a_region_inside_counts_whole_and_half_a_region_for_half_its_surface() -> None:
    assert drawn(box(0, 0, 150, 100)) == ({A: (1.0, "exact"), B: (0.5, "surface")}, [])


def test_whole_is_99_per_cent() -> None:
    assert drawn(box(0, 0, 99, 100))[0] == {A: (1.0, "exact")}
    assert drawn(box(0, 0, 98, 100))[0] == {A: (0.98, "surface")}


def test_addresses_go_before_surface() -> None:
    # In B, 30 of 40 addresses lie west of the line at 150
    found, _ = drawn(box(0, 0, 150, 100), spots((50, 5), (120, 30), (180, 10)))
    assert found == {A: (1.0, "exact"), B: (30 / 40, "addresses")}


def test_inhabitants_will_do_where_addresses_are_not_known() -> None:
    found, _ = drawn(box(0, 0, 150, 100), spots((120, 90), (180, 10), column="inhabitants"))
    assert found == {A: (1.0, "exact"), B: (90 / 100, "population")}


def test_a_region_without_addresses_is_left_to_its_surface() -> None:
    assert drawn(box(0, 0, 150, 100), spots((50, 5)))[0] == {A: (1.0, "exact"), B: (0.5, "surface")}


def test_a_part_where_nobody_lives_does_not_count() -> None:
    assert drawn(box(0, 0, 150, 100), spots((180, 10)))[0] == {A: (1.0, "exact")}


@pytest.mark.parametrize(("line", "expected"), [(150, (0.8, "population")), (130, (0.3, "surface"))])
def test_inner_buurten_count_when_they_are_whole(line: int, expected: tuple[float, str]) -> None:
    # B is a wijk of two buurten, with 80 inhabitants west of 150 and 20 east; a line at 130 cuts the first one
    halves = gpd.GeoDataFrame(
        {"inhabitants": [80.0, 20.0]}, geometry=[box(100, 0, 150, 100), box(150, 0, 200, 100)], crs="EPSG:28992"
    )
    assert drawn(box(0, 0, line, 100), halves)[0][B] == expected


def test_slivers_are_dropped_and_told() -> None:
    # half a metre of B: 0.5% of it, and 0.5 of the 100.5 metres that are drawn
    assert drawn(box(0, 0, 100.5, 100)) == ({A: (1.0, "exact")}, [(B, "sliver")])


def test_a_small_garden_is_no_sliver() -> None:
    assert drawn(box(10, 10, 15, 15))[0] == {A: (25 / 10_000, "surface")}


def test_what_lies_in_no_region_is_told() -> None:
    assert drawn(box(-100, 0, 100, 100)) == ({A: (1.0, "exact")}, [("gebied.geojson", "partly_outside")])
    assert drawn(box(900, 0, 950, 100)) == ({}, [("gebied.geojson", "outside_regions")])


def test_without_boundaries_a_drawing_finds_nothing() -> None:
    found, lost = work_areas.of_polygons(areas(area(polygon_file="g.geojson")), None, None)
    assert found.empty
    assert lost[["item", "reason"]].to_numpy().tolist() == [["g.geojson", "no_boundaries"]]


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.floats(1, 299))
def test_two_halves_share_out_the_whole(cut: float) -> None:
    both = [drawn(box(0, 0, cut, 100))[0], drawn(box(cut, 0, 300, 100))[0]]
    for code in (A, B, C):
        assert sum(half.get(code, (0.0, ""))[0] for half in both) == pytest.approx(1.0, abs=0.0101)


def test_a_ring_does_not_hold_its_hole() -> None:
    ring = box(0, 0, 200, 100).difference(box(120, 20, 180, 80))
    assert drawn(ring)[0] == {A: (1.0, "exact"), B: (1 - 60 * 60 / 10_000, "surface")}
    assert MultiPoint([(10, 10), (50, 50)]).within(ring)


# --- together ------------------------------------------------------------------------------------------------------


def together(*rows: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    polygons = gpd.GeoDataFrame({"work_area_id": ["zon--v"]}, geometry=[box(0, 0, 150, 100)], crs="EPSG:28992")
    return work_areas.weights(areas(*rows), PEOPLE, 2024, addresses=ADDRESSES, polygons=polygons, outlines=OUTLINES)


def test_both_kinds_give_the_table_that_codes_give() -> None:
    rows = (area("tuin--a", postcodes="8011"), area("zon--v", "zon", polygon_file="g.json"), area("w", area_codes=A))
    found, unmatched = together(*rows)
    schema.check(found, "joined_area_weight")
    schema.check(unmatched, "analysed_unmatched")
    assert found.groupby("work_area_id")["method"].agg(set).to_dict() == {
        "tuin--a": {"addresses"},
        "zon--v": {"exact", "surface"},
    }
    # 0.8 of 300 and 0.25 of 100 inhabitants
    assert found.set_index(["work_area_id", "area_code"])["share_of_workarea_population"]["tuin--a"].to_dict() == {
        A: pytest.approx(240 / (240 + 25)),
        B: pytest.approx(25 / (240 + 25)),
    }


def test_what_two_periods_miss_is_told_once() -> None:
    found, unmatched = together(area("tuin--a", postcodes="9999"), area("tuin--b", postcodes="9999"))
    assert found.empty
    schema.check(found, "joined_area_weight")
    assert unmatched.to_dict("records") == [
        {
            "table": "work_area", "collective_id": "tuin", "item": "9999", "reason": "unknown_postcode",
            "detail": "geen adressen met deze postcode",
        }
    ]  # fmt: skip


def test_inhabitants_of_postcodes_will_do_where_there_is_no_list_of_addresses() -> None:
    # Of B's 100 inhabitants, 30 have postcode 8011
    places = spots((50, 300), (120, 30), (180, 70), column="inhabitants").assign(
        postcode=["8011AA", "8011AB", "8012AA"]
    )
    rows = areas(area(postcodes="8011"))
    found, lost = work_areas.weights(rows, PEOPLE, 2024, outlines=OUTLINES, places=places)
    assert found[["area_code", "weight", "method"]].to_numpy().tolist() == [
        [A, 1.0, "population"],
        [B, 30 / 100, "population"],
    ]
    assert lost.empty


def test_slivers_are_parts_and_not_lost_areas() -> None:
    _, unmatched = together(area("zon--v", "zon", polygon_file="g.json"))
    assert unmatched.empty
    polygons = gpd.GeoDataFrame({"work_area_id": ["zon--v"]}, geometry=[box(0, 0, 100.5, 100)], crs="EPSG:28992")
    rows = areas(area("zon--v", "zon", polygon_file="g.json"))
    _, unmatched = work_areas.weights(rows, PEOPLE, 2024, polygons=polygons, outlines=OUTLINES)
    assert unmatched[["table", "item"]].to_numpy().tolist() == [["work_area_part", B]]


def test_found_regions_are_written_beside_the_postcodes() -> None:
    rows = (area("tuin--a", postcodes="8011", area_year=2020), area("w", area_codes="GM9901", area_year=2020))
    found, _ = together(*rows)
    spelt = work_areas.spelt_out(areas(*rows), found).set_index("work_area_id")
    assert spelt["area_codes"].to_dict() == {"tuin--a": f"{A};{B}", "w": "GM9901"}
    assert spelt["area_year"].to_dict() == {"tuin--a": 2024, "w": 2020}


def test_a_work_area_that_found_nothing_has_no_codes() -> None:
    rows = areas(area("tuin--a", postcodes="9999", area_year=2020))
    found, _ = work_areas.weights(rows, PEOPLE, 2024, addresses=ADDRESSES)
    assert work_areas.spelt_out(rows, found)[["area_codes", "area_year"]].to_numpy().tolist() == [["", 2020]]
