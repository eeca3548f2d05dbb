"""Work areas on real maps, kept outside the repository: Zwolle by its postcodes, Baarn and Noordereiland drawn."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from bt_analysis.join import work_areas
from bt_analysis.sources.addresses import read_addresses
from bt_analysis.sources.outlines import read_outlines

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no maps and crosswalks in {DATA}")


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    raw = tmp_path_factory.mktemp("raw")
    (raw / "crosswalk").mkdir()
    for path in (DATA / "crosswalk").glob("*postcode4*"):
        shutil.copyfile(path, raw / "crosswalk" / path.name)
    counts = read_addresses(raw, 2024)
    assert counts is not None
    return counts


def of_zwolle(addresses: pd.DataFrame) -> list[str]:
    return sorted(addresses.loc[addresses["regiocode"].str.startswith("WK0193"), "postcode"].unique())


def test_the_postcodes_of_zwolle_share_out_its_wijken(addresses: pd.DataFrame) -> None:
    codes = of_zwolle(addresses)
    assert codes[0] == "8011"
    areas = pd.DataFrame({"work_area_id": codes, "postcodes": codes})
    found, lost = work_areas.of_postcodes(areas, addresses)
    in_region = addresses.groupby("regiocode")["addresses_n"].sum()
    slivers = lost[lost["reason"] == "sliver"]
    assert len(lost) == len(slivers)
    # Back to addresses: weight · addresses of the wijk, added up per postcode, are all addresses of the postcode.
    counted = (found["weight"] * found["area_code"].map(in_region)).groupby(found["work_area_id"]).sum()
    published = addresses.groupby("postcode")["addresses_n"].sum()[codes]
    assert (counted / published).between(0.98, 1 + 1e-9).all()
    whole = ~published.index.isin(slivers["work_area_id"])
    assert (counted / published)[whole].to_numpy() == pytest.approx(1.0)
    wijken = found[found["area_code"].str.startswith("WK0193")].groupby("area_code")["weight"].sum()
    assert wijken.between(0.98, 1 + 1e-9).all()


def test_all_postcodes_of_zwolle_are_zwolle(addresses: pd.DataFrame) -> None:
    areas = pd.DataFrame({"work_area_id": ["zwolle"], "postcodes": [";".join(of_zwolle(addresses))]})
    found, _ = work_areas.of_postcodes(areas, addresses)
    own = found[found["area_code"].str.startswith("WK0193")]
    assert own["weight"].to_numpy() == pytest.approx(1.0)
    assert set(own["area_code"]) == {code for code in addresses["regiocode"] if code.startswith("WK0193")}


def drawn(polygon: object, outlines: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    polygons = gpd.GeoDataFrame({"work_area_id": ["a"]}, geometry=[polygon], crs=outlines.crs)
    areas = pd.DataFrame({"work_area_id": ["a"], "polygon_file": ["gebied.geojson"]})
    return work_areas.of_polygons(areas, polygons, outlines)


def test_baarn_drawn_roughly_holds_all_its_buurten() -> None:
    outlines, _ = read_outlines(DATA / "boundaries/2024/buurt_2024_Baarn_PDOK_alle_attributen.geojson")
    rough = outlines.geometry.union_all().buffer(20).simplify(10)
    found, lost = drawn(rough, outlines)
    assert (len(found), set(found["method"]), set(found["weight"])) == (21, {"exact"}, {1.0})
    people = outlines.set_index("regiocode")["inhabitants"]
    assert (found["area_code"].map(people) * found["weight"]).sum() == 25_065
    # The margin of 20 m lies in no buurt of this file, which holds Baarn only.
    assert list(lost["reason"]) == ["partly_outside"]


def test_the_west_of_baarn_and_the_east_add_up() -> None:
    outlines, _ = read_outlines(DATA / "boundaries/2024/buurt_2024_Baarn_PDOK_alle_attributen.geojson")
    west, south, east, north = outlines.total_bounds
    middle = (west + east) / 2
    halves = [drawn(box(*sides), outlines)[0] for sides in ((west, south, middle, north), (middle, south, east, north))]
    weights = pd.concat(halves).groupby("area_code")["weight"].sum()
    assert len(weights) == 21
    assert weights.between(0.98, 1.0101).all()


def test_a_line_around_noordereiland_finds_it_and_says_what_it_touches() -> None:
    outlines, _ = read_outlines(DATA / "boundaries/2013/rotterdam_buurten_wijken_samengevoegd.geojson", level="buurt")
    island = outlines.set_index("regiocode").geometry["BU05991088"]
    # Drawn by hand: within some ten metres of the border, which is in the middle of the river.
    found, lost = drawn(island.buffer(10).simplify(10), outlines)
    assert found[["area_code", "weight", "method"]].to_numpy().tolist() == [["BU05991088", 1.0, "exact"]]
    neighbours = ["BU05990110", "BU05990847", "BU05991079", "BU05991087"]
    assert sorted(lost.loc[lost["reason"] == "sliver", "item"]) == neighbours


def test_half_of_noordereiland_is_marked_as_surface() -> None:
    outlines, _ = read_outlines(DATA / "boundaries/2013/rotterdam_buurten_wijken_samengevoegd.geojson", level="buurt")
    island = outlines.set_index("regiocode").geometry["BU05991088"]
    west, south, east, north = island.bounds
    found, _ = drawn(island.intersection(box(west, south, (west + east) / 2, north)), outlines)
    (own,) = found[found["area_code"] == "BU05991088"].to_dict("records")
    assert own["method"] == "surface"
    assert 0.4 < own["weight"] < 0.6
