"""The fictional municipality: its map, its division per year, and who lives there."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import box

from bt_analysis import regions
from bt_analysis.demo import land, municipality, population
from bt_analysis.demo.population import AGES, Effect

SEED = 20260101
YEARS = (2021, 2022, 2023)


@pytest.fixture(scope="module")
def cells() -> gpd.GeoDataFrame:
    return municipality.draw(SEED)


@pytest.fixture(scope="module")
def exact(cells: gpd.GeoDataFrame) -> pd.DataFrame:
    return population.figures(cells, YEARS, (), SEED)


@pytest.fixture(params=[1, 7, 4242])
def other_map(request: pytest.FixtureRequest) -> gpd.GeoDataFrame:
    return municipality.draw(request.param)


# The map


def test_forty_buurten_in_eight_wijken_beside_a_smaller_neighbour(cells: gpd.GeoDataFrame) -> None:
    before = municipality.division(cells, 2021)
    home = before[before["gemeentecode"] == "GM9901"]
    neighbour = before[before["gemeentecode"] == "GM9902"]
    assert (len(home), home["wijkcode"].nunique()) == (40, 8)
    assert (len(neighbour), neighbour["wijkcode"].nunique()) == (15, 3)


def test_cells_cover_the_land_without_overlap(other_map: gpd.GeoDataFrame) -> None:
    together = other_map.union_all()
    assert together.area == pytest.approx(other_map.area.sum())
    assert together.geom_type == "Polygon"


def test_every_wijk_is_one_piece_of_land(other_map: gpd.GeoDataFrame) -> None:
    assert set(other_map.dissolve("wijk").geom_type) == {"Polygon"}


def test_buurten_fit_together_without_cracks(other_map: gpd.GeoDataFrame) -> None:
    for gemeente in other_map.dissolve("gemeente").geometry:
        assert len(gemeente.interiors) == 0
    seam = other_map.dissolve("gemeente").boundary.length.sum()
    assert seam < 2.5 * other_map.union_all().exterior.length  # a crack along the river would count twice


def test_no_buurt_is_a_speck(other_map: gpd.GeoDataFrame) -> None:
    assert other_map["area_ha"].min() > 5


def test_map_lies_in_the_national_grid_where_the_ijsselmeer_is(cells: gpd.GeoDataFrame) -> None:
    assert cells.crs == "EPSG:28992"
    west, south, east, north = cells.total_bounds
    assert 148_000 < west < east < 162_000
    assert 529_000 < south < north < 539_000


def test_water_is_part_of_some_buurten_only(cells: gpd.GeoDataFrame) -> None:
    assert (cells["water_ha"] == 0).any()
    assert (cells["water_ha"] > 0).any()
    assert (cells["water_ha"] < cells["area_ha"]).all()


def test_names_are_not_repeated(cells: gpd.GeoDataFrame) -> None:
    buurten = municipality.division(cells, 2024)
    assert buurten["buurtnaam"].is_unique


def test_same_seed_draws_the_same_map_and_another_seed_another() -> None:
    first, again, other = (municipality.draw(seed) for seed in (5, 5, 6))
    assert first.equals(again)
    assert not first.geometry.geom_equals_exact(other.geometry, 1.0).any()


def test_neighbours_share_a_border_and_not_just_a_corner() -> None:
    # Four squares of 100 m:  2 3
    #                         0 1
    squares = [box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, 100, 100, 200), box(100, 100, 200, 200)]
    assert land.neighbours(list(squares)) == [{1, 2}, {0, 3}, {0, 3}, {1, 2}]


# The division


def test_codes_nest_as_those_of_cbs(cells: gpd.GeoDataFrame) -> None:
    for year in (2019, 2024):
        buurten = municipality.division(cells, year)
        assert [regions.parent(code) for code in buurten["buurtcode"]] == list(buurten["wijkcode"])
        assert [regions.gemeente(code) for code in buurten["buurtcode"]] == list(buurten["gemeentecode"])


def test_one_buurt_is_split_and_one_gets_another_code(cells: gpd.GeoDataFrame) -> None:
    before, since = (municipality.division(cells, year) for year in (2021, 2022))
    assert len(since) == len(before) + 1
    assert sorted(since["change"].value_counts().items()) == [("1", 53), ("2", 1), ("3", 2)]
    gone = set(before["buurtcode"]) - set(since["buurtcode"])
    new = set(since["buurtcode"]) - set(before["buurtcode"])
    assert (len(gone), new) == (2, {"BU99010320", "BU99010321", "BU99010322"})


def test_the_two_halves_make_up_the_old_buurt(cells: gpd.GeoDataFrame) -> None:
    before, since = (municipality.division(cells, year).set_index("buurtcode") for year in (2021, 2022))
    halves = since[since["change"] == "3"]
    old = before[[len(parts) == 2 for parts in before["cells"]]]
    assert halves.union_all().symmetric_difference(old.geometry.iloc[0]).area == pytest.approx(0, abs=1e-3)
    assert [name.rsplit("-", 1)[0] for name in halves["buurtnaam"]] == [old["buurtnaam"].iloc[0]] * 2


def test_the_renumbered_buurt_keeps_its_boundary_and_name(cells: gpd.GeoDataFrame) -> None:
    before, since = (municipality.division(cells, year) for year in (2021, 2022))
    new = since[since["change"] == "2"].iloc[0]
    old = before[[parts == new["cells"] for parts in before["cells"]]].iloc[0]
    assert shapely.equals(new.geometry, old.geometry)
    assert new["buurtnaam"] == old["buurtnaam"]
    assert new["buurtcode"] != old["buurtcode"]


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2023, 2024])
def test_other_years_change_nothing(cells: gpd.GeoDataFrame, year: int) -> None:
    assert set(municipality.division(cells, year)["change"]) == {"1"}


# Who lives there


def test_split_adds_up_and_rounds_on_the_running_sum() -> None:
    # 10 · (1/3, 2/3, 3/3) = 3.33, 6.67, 10 → 3, 7, 10 → steps of 3, 4, 3
    assert population.split(np.array([10]), np.array([[1.0, 1.0, 1.0]])).tolist() == [[3, 4, 3]]


def test_split_takes_shares_that_do_not_add_up_to_one() -> None:
    assert population.split(np.array([8, 0]), np.array([[1.0, 3.0], [1.0, 3.0]])).tolist() == [[2, 6], [0, 0]]


@pytest.mark.parametrize(
    "groups",
    [
        list(AGES),
        ["men", "women"],
        ["unmarried", "married", "divorced", "widowed"],
        ["origin_nl", "origin_europe", "origin_elsewhere"],
    ],
)
def test_groups_add_up_to_inhabitants(exact: pd.DataFrame, groups: list[str]) -> None:
    assert (exact[groups].sum(axis=1) == exact["inhabitants"]).all()


def test_households_and_homes_add_up(exact: pd.DataFrame) -> None:
    kinds = exact["one_person"] + exact["without_children"] + exact["with_children"]
    assert (kinds == exact["households"]).all()
    assert (exact["owner"] + exact["rented"] == exact["dwellings"]).all()
    assert (exact["multi_family"] + exact["single_family"] == exact["dwellings"]).all()
    assert (exact >= 0).all().all()


def test_a_business_estate_and_a_park_where_nearly_nobody_lives(cells: gpd.GeoDataFrame, exact: pd.DataFrame) -> None:
    people = exact["inhabitants"].xs(2023, level="year")
    assert 0 < people[cells.index[cells["type"] == "bedrijven"]].item() <= 20
    assert people[cells.index[cells["type"] == "park"]].item() == 0


def test_the_town_is_of_a_believable_size(cells: gpd.GeoDataFrame, exact: pd.DataFrame) -> None:
    people = exact["inhabitants"].xs(2023, level="year")
    home = people[cells.index[cells["gemeente"] == "GM9901"]].sum()
    assert 45_000 < home < 90_000
    assert people[population.REST] > 100 * home


def test_planted_effect_changes_its_own_cells_from_its_year_on_and_nothing_else(
    cells: gpd.GeoDataFrame, exact: pd.DataFrame
) -> None:
    planted = population.figures(cells, YEARS, (Effect("gas_m3", -0.08, 2022, (0, 1)),), SEED)
    ratio = planted["gas_m3"] / exact["gas_m3"]
    assert ratio[(0, 2021)] == 1
    assert ratio[(0, 2022)] == pytest.approx(0.92)  # 1 − 0.08
    assert ratio[(1, 2023)] == pytest.approx(0.92)
    assert ratio.drop(index=[0, 1], level="cell").dropna().eq(1).all()
    assert planted.drop(columns="gas_m3").equals(exact.drop(columns="gas_m3"))


def test_figures_follow_the_seed(cells: gpd.GeoDataFrame, exact: pd.DataFrame) -> None:
    assert population.figures(cells, YEARS, (), SEED).equals(exact)
    assert not population.figures(cells, YEARS, (), SEED + 1).equals(exact)


def test_figures_of_a_year_do_not_depend_on_which_other_years_are_made(
    cells: gpd.GeoDataFrame, exact: pd.DataFrame
) -> None:
    alone = population.figures(cells, (2023,), (), SEED)
    pd.testing.assert_frame_equal(alone, exact[exact.index.get_level_values("year") == 2023])
