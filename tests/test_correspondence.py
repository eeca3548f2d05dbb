"""Which area goes to which: addresses before flags before outlines, and never by code alone."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Polygon, box

from bt_analysis.demo import municipality
from bt_analysis.harmonise.correspondence import Correspondence, correspondence

COUNTRY, TOWN, VILLAGE = "NL00", "GM9901", "GM9902"
A, B, C, D = "BU99010101", "BU99010102", "BU99010103", "BU99010104"
FLAG = "IndelingswijzigingWijkenEnBuurten_4"


def division(make: Any, year: int, *codes: str, **marks: str) -> Any:
    return make.kwb(year, [FLAG], *((code, marks.get(code, "1")) for code in codes))


def counted(*rows: tuple[int, int, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["from_year", "to_year", "from_code", "to_code", "addresses"])


def drawn(**outlines: Polygon) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"regiocode": list(outlines)}, geometry=list(outlines.values()), crs="EPSG:28992")


def square(column: float, row: float = 0, width: float = 1, height: float = 1) -> Polygon:
    """Return a rectangle in units of 100 metres."""
    return box(100 * column, 100 * row, 100 * (column + width), 100 * (row + height))


def weights(found: Correspondence) -> dict[Any, float]:
    return found.links.set_index(["from_code", "to_code"])["weight"].to_dict()


def reasons(found: Correspondence) -> dict[Any, str]:
    return found.regions.set_index("regiocode")["reason"].to_dict()


# One year


def test_in_its_own_year_every_region_is_itself(make: Any) -> None:
    tables = {2024: division(make, 2024, COUNTRY, TOWN, A, B, **{A: "3", B: "."})}
    found = correspondence(2024, 2024, tables, counted((2023, 2024, TOWN, TOWN, 5)), {2024: drawn(**{A: square(0)})})
    assert weights(found) == {(code, code): 1 for code in (COUNTRY, TOWN, A, B)}
    assert set(found.links["method"]) == {"same"}
    assert set(reasons(found).values()) == {"same"}
    assert found.regions["comparable"].all()
    assert found.uncovered.empty


# Addresses


def test_a_split_area_goes_by_its_addresses(make: Any) -> None:
    tables = {2018: division(make, 2018, A, D), 2019: division(make, 2019, B, C, D)}
    found = correspondence(2018, 2019, tables, counted((2018, 2019, A, B, 30), (2018, 2019, A, C, 10)))
    assert weights(found) == {(A, B): 30 / 40, (A, C): 10 / 40, (D, D): 1}
    assert reasons(found) == {B: "apportioned_addresses", C: "apportioned_addresses", D: "same"}
    assert found.links["method"].tolist() == ["addresses", "addresses", "same"]
    assert found.regions["comparable"].tolist() == [False, False, True]


def test_merged_areas_make_an_exact_sum(make: Any) -> None:
    tables = {2018: division(make, 2018, TOWN, VILLAGE), 2019: division(make, 2019, TOWN)}
    crosswalk = counted((2018, 2019, TOWN, TOWN, 900), (2018, 2019, VILLAGE, TOWN, 100))
    there = correspondence(2018, 2019, tables, crosswalk)
    assert weights(there) == {(TOWN, TOWN): 1, (VILLAGE, TOWN): 1}
    assert reasons(there) == {TOWN: "merged"}
    assert there.regions["comparable"].all()


def test_the_way_back_is_counted_and_not_turned_round(make: Any) -> None:
    tables = {2018: division(make, 2018, TOWN, VILLAGE), 2019: division(make, 2019, TOWN)}
    crosswalk = counted((2018, 2019, TOWN, TOWN, 900), (2018, 2019, VILLAGE, TOWN, 100))
    back = correspondence(2019, 2018, tables, crosswalk)
    # Turned round, both weights would be 1, and the town's people would be counted twice.
    assert weights(back) == {(TOWN, TOWN): 900 / 1000, (TOWN, VILLAGE): 100 / 1000}
    assert set(reasons(back).values()) == {"apportioned_addresses"}


def test_another_code_for_the_same_addresses_is_a_rename(make: Any) -> None:
    tables = {2018: division(make, 2018, A), 2019: division(make, 2019, B, **{B: "3"})}
    found = correspondence(2018, 2019, tables, counted((2018, 2019, A, B, 40)))
    assert (weights(found), reasons(found)) == ({(A, B): 1}, {B: "renamed"})
    assert found.links["method"].tolist() == ["renamed"]


def test_one_address_that_moved_changes_nothing(make: Any) -> None:
    tables = {2018: division(make, 2018, A, B), 2019: division(make, 2019, A, B)}
    crosswalk = counted((2018, 2019, A, A, 2000), (2018, 2019, A, B, 1), (2018, 2019, B, B, 500))
    found = correspondence(2018, 2019, tables, crosswalk)
    assert weights(found) == {(A, A): 1, (B, B): 1}  # 1 is below 1% of 501
    assert set(reasons(found).values()) == {"same"}


def test_few_addresses_of_a_large_area_matter_to_a_small_one(make: Any) -> None:
    tables = {2018: division(make, 2018, A, B), 2019: division(make, 2019, A, B)}
    crosswalk = counted((2018, 2019, A, A, 9950), (2018, 2019, A, B, 50), (2018, 2019, B, B, 200))
    found = correspondence(2018, 2019, tables, crosswalk)
    assert weights(found) == {(A, A): 0.995, (A, B): 0.005, (B, B): 1}
    assert reasons(found) == {A: "same", B: "apportioned_addresses"}  # 50 of the 250 addresses of B are of elsewhere


def test_a_pair_of_years_or_a_level_that_was_not_counted_goes_by_the_flags(make: Any) -> None:
    tables = {
        2018: division(make, 2018, TOWN, A),
        2019: division(make, 2019, TOWN, A, **{A: "3"}),
        2020: division(make, 2020, TOWN, A),
    }
    crosswalk = counted((2018, 2019, TOWN, TOWN, 5))
    assert reasons(correspondence(2018, 2019, tables, crosswalk)) == {TOWN: "same", A: "boundary_changed"}
    assert reasons(correspondence(2019, 2020, tables, crosswalk)) == {TOWN: "same", A: "same"}
    assert reasons(correspondence(2018, 2020, tables, crosswalk)) == {TOWN: "same", A: "boundary_changed"}


def test_an_area_whose_addresses_all_left_is_not_itself_whatever_the_flag(make: Any) -> None:
    tables = {2018: division(make, 2018, A), 2019: division(make, 2019, A, B)}
    found = correspondence(2018, 2019, tables, counted((2018, 2019, A, B, 40)))
    assert (weights(found), reasons(found)) == ({(A, B): 1}, {A: "boundary_changed", B: "renamed"})


def test_a_renumbered_region_is_found_by_a_crosswalk_of_the_year_it_was_renumbered_in(make: Any) -> None:
    tables = {
        2018: division(make, 2018, A),
        2019: division(make, 2019, B, **{B: "2"}),
        2020: division(make, 2020, B),
    }
    crosswalk = counted((2018, 2019, A, B, 40))
    assert weights(correspondence(2018, 2020, tables, crosswalk)) == {(A, B): 1}
    assert weights(correspondence(2020, 2018, tables, crosswalk)) == {(B, A): 1}
    assert reasons(correspondence(2018, 2020, tables)) == {B: "code_changed"}


# Flags


def test_flags_give_a_region_the_same_code_or_the_reason_why_not(make: Any) -> None:
    tables = {
        2022: division(make, 2022, COUNTRY, A, B, C),
        2023: division(make, 2023, COUNTRY, A, B, C, D, **{COUNTRY: ".", B: "2", C: "3", D: "3"}),
    }
    found = correspondence(2022, 2023, tables)
    assert weights(found) == {(COUNTRY, COUNTRY): 1, (A, A): 1}
    assert reasons(found) == {COUNTRY: "same", A: "same", B: "code_changed", C: "boundary_changed", D: "new_area"}
    assert found.uncovered.to_dict("list") == {"from_code": [B, C], "covered": [0, 0]}


def test_newer_figures_on_an_older_division(make: Any) -> None:
    tables = {
        2022: division(make, 2022, A, B, C),
        2023: division(make, 2023, A, B, D, **{B: "3", D: "2"}),
    }
    found = correspondence(2023, 2022, tables)
    assert weights(found) == {(A, A): 1}
    assert reasons(found) == {A: "same", B: "boundary_changed", C: "code_changed"}  # C is gone


@pytest.mark.parametrize(("years", "reason"), [((2021, 2023), "year_missing"), ((2022, 2023), "no_flag")])
@pytest.mark.parametrize("back", [False, True])
def test_without_flags_only_the_country_is_known(make: Any, years: tuple[int, int], reason: str, back: bool) -> None:
    tables = {year: division(make, year, COUNTRY, A, B, **{A: ".", B: "."}) for year in years}
    tables[years[1]] = division(make, years[1], COUNTRY, A, D, **{A: ".", D: "."})
    first, last = reversed(years) if back else years
    found = reasons(correspondence(first, last, tables))
    assert found.pop(COUNTRY) == "same"
    assert set(found.values()) == {reason}


# Outlines


def test_a_renumbered_area_is_found_by_its_outline(make: Any) -> None:
    tables = {2022: division(make, 2022, A, B), 2023: division(make, 2023, A, C, **{C: "2"})}
    before, after = drawn(**{A: square(0), B: square(1)}), drawn(**{A: square(0), C: square(1)})
    found = correspondence(2022, 2023, tables, boundaries={2022: before, 2023: after})
    assert weights(found) == {(A, A): 1, (B, C): 1}
    assert reasons(found) == {A: "same", C: "renamed"}
    assert found.links["method"].tolist() == ["same", "renamed"]


def test_a_code_that_lives_on_for_another_area_is_not_joined(make: Any) -> None:
    # A was the first square and is the third; the first is B now, and the third was C.
    tables = {2022: division(make, 2022, A, C), 2023: division(make, 2023, A, B, **{A: "3", B: "3"})}
    before, after = drawn(**{A: square(0), C: square(2)}), drawn(**{B: square(0), A: square(2)})
    by_outline = correspondence(2022, 2023, tables, boundaries={2022: before, 2023: after})
    assert weights(by_outline) == {(A, B): 1, (C, A): 1}
    assert reasons(by_outline) == {A: "renamed", B: "renamed"}
    by_flag = correspondence(2022, 2023, tables)
    assert by_flag.links.empty
    assert reasons(by_flag) == {A: "boundary_changed", B: "new_area"}


def test_areas_are_split_and_merged_by_surface(make: Any) -> None:
    tables = {2022: division(make, 2022, A, B), 2023: division(make, 2023, C, D, **{C: "3", D: "3"})}
    before = {2022: drawn(**{A: square(0, width=3), B: square(3)})}
    split = correspondence(
        2022, 2023, tables, boundaries={**before, 2023: drawn(**{C: square(0), D: square(1, width=3)})}
    )
    assert weights(split) == {(A, C): pytest.approx(1 / 3), (A, D): pytest.approx(2 / 3), (B, D): 1}
    assert set(reasons(split).values()) == {"apportioned_surface"}
    merged = correspondence(2022, 2023, tables, boundaries={**before, 2023: drawn(**{C: square(0, width=4)})})
    assert weights(merged) == {(A, C): 1, (B, C): 1}
    assert reasons(merged) == {C: "merged", D: "new_area"}


def test_land_that_goes_nowhere_is_reported(make: Any) -> None:
    tables = {2022: division(make, 2022, A, B), 2023: division(make, 2023, C, **{C: "3"})}
    boundaries = {2022: drawn(**{A: square(0, width=2), B: square(9)}), 2023: drawn(**{C: square(0)})}
    found = correspondence(2022, 2023, tables, boundaries=boundaries)
    assert weights(found) == {(A, C): 1}  # over what falls in new areas
    assert found.uncovered.to_dict("list") == {"from_code": [A, B], "covered": [1 / 2, 0]}
    assert reasons(found) == {C: "apportioned_surface"}


@pytest.mark.parametrize(("part", "reason"), [(0.3, "new_area"), (0.7, "apportioned_surface"), (1, "renamed")])
def test_a_region_that_was_mostly_in_no_area_is_new(make: Any, part: float, reason: str) -> None:
    tables = {2022: division(make, 2022, A), 2023: division(make, 2023, B, **{B: "3"})}
    boundaries = {2022: drawn(**{A: square(0, width=part)}), 2023: drawn(**{B: square(0)})}
    found = correspondence(2022, 2023, tables, boundaries=boundaries)
    assert (weights(found), reasons(found)) == ({(A, B): 1}, {B: reason})


def test_what_flags_decide_is_not_cut(make: Any) -> None:
    tables = {2022: division(make, 2022, A, B), 2023: division(make, 2023, A, B, **{B: "3"})}
    boundaries = {2022: drawn(**{A: square(0), B: square(1)}), 2023: drawn(**{A: square(5), B: square(1)})}
    assert weights(correspondence(2022, 2023, tables, boundaries=boundaries)) == {(A, A): 1, (B, B): 1}


def test_levels_are_not_cut_by_each_other(make: Any) -> None:
    tables = {year: division(make, year, TOWN, A, **{TOWN: "3", A: "3"}) for year in (2022, 2023)}
    boundaries = {year: drawn(**{TOWN: square(0), A: square(0)}) for year in (2022, 2023)}
    assert weights(correspondence(2022, 2023, tables, boundaries=boundaries)) == {(TOWN, TOWN): 1, (A, A): 1}


def test_outlines_bridge_years_that_were_not_fetched(make: Any) -> None:
    boundaries = {2015: drawn(**{A: square(0)}), 2022: drawn(**{B: square(0)})}
    assert weights(correspondence(2015, 2022, {}, boundaries=boundaries)) == {(A, B): 1}
    tables = {2022: division(make, 2022, B, **{B: "."})}
    assert reasons(correspondence(2015, 2022, tables, boundaries=boundaries)) == {B: "renamed"}


# The drawn municipality, whose every change is known


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    return municipality.draw(seed=1)


def of_demo(make: Any, cells: gpd.GeoDataFrame) -> tuple[dict[int, Any], dict[int, gpd.GeoDataFrame]]:
    years = (municipality.CHANGE_YEAR - 1, municipality.CHANGE_YEAR)
    divided = {year: municipality.division(cells, year) for year in years}
    tables = {
        year: make.kwb(year, [FLAG], *buurten[["buurtcode", "change"]].itertuples(index=False))
        for year, buurten in divided.items()
    }
    return tables, {year: buurten.rename(columns={"buurtcode": "regiocode"}) for year, buurten in divided.items()}


def test_outlines_find_what_the_flags_say(make: Any, cells: gpd.GeoDataFrame) -> None:
    tables, boundaries = of_demo(make, cells)
    before, after = sorted(tables)
    found = reasons(correspondence(before, after, {}, boundaries=boundaries))
    meaning = {"1": "same", "2": "renamed", "3": "apportioned_surface"}
    said = boundaries[after].set_index("regiocode")["change"].map(meaning).to_dict()
    assert found == said
    assert sorted(said.values()).count("apportioned_surface") == 2  # one buurt is split in two, another renumbered
    assert reasons(correspondence(before, after, tables, boundaries=boundaries)) == said


def test_a_split_buurt_goes_by_the_land_of_its_cells(make: Any, cells: gpd.GeoDataFrame) -> None:
    tables, boundaries = of_demo(make, cells)
    before, after = sorted(tables)
    changed = cells[cells["code_before"].ne(cells["code_since"])]
    land = changed["area_ha"] / changed.groupby("code_before")["area_ha"].transform("sum")
    expected = dict(zip(zip(changed["code_before"], changed["code_since"], strict=True), land, strict=True))
    there = weights(correspondence(before, after, tables, boundaries=boundaries))
    assert {ends: weight for ends, weight in there.items() if ends[0] != ends[1]} == pytest.approx(expected)
    back = correspondence(after, before, tables, boundaries=boundaries)
    assert set(back.links["weight"]) == {1}
    assert sorted(set(reasons(back).values())) == ["merged", "renamed", "same"]
    assert back.regions["comparable"].all()


# What goes wrong


def test_a_year_of_which_nothing_is_known_is_an_error(make: Any) -> None:
    with pytest.raises(ValueError, match=r"division of 2021 has neither a table nor outlines; got those of \[2022\]"):
        correspondence(2021, 2022, {2022: division(make, 2022, A)})


def test_weights_must_sum_to_one() -> None:
    links = pd.DataFrame({"from_code": [A, A], "to_code": [B, C], "weight": [0.5, 0.4], "method": "surface"})
    nothing = pd.DataFrame()
    with pytest.raises(ValueError, match=rf"weights of {A} \(2022 → 2023\) sum to 0\.900000; expected 1"):
        Correspondence(2022, 2023, links, nothing, nothing)


def test_what_comes_in_is_not_changed(make: Any) -> None:
    tables = {2018: division(make, 2018, A, D), 2019: division(make, 2019, B, C, D)}
    crosswalk = counted((2018, 2019, A, B, 30))
    boundaries = {2018: drawn(**{A: square(0)}), 2019: drawn(**{B: square(0)})}
    before = [crosswalk.copy(), boundaries[2018].copy(), tables[2018].rows.copy()]
    correspondence(2018, 2019, tables, crosswalk, boundaries)
    for now, then in zip([crosswalk, boundaries[2018], tables[2018].rows], before, strict=True):
        pd.testing.assert_frame_equal(now, then)
