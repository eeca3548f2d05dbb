"""The gemeenten around the fictional municipality: their map, figures like its own, and nothing moved by them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from bt_analysis.demo import cbs_tables, municipality, population, surroundings
from bt_analysis.demo.cbs_tables import CbsTable
from bt_analysis.demo.population import Effect

SEED = 20260101
YEARS = (2021, 2022, 2023)


@pytest.fixture(scope="module")
def town() -> gpd.GeoDataFrame:
    return municipality.draw(SEED)


@pytest.fixture(scope="module")
def around() -> gpd.GeoDataFrame:
    return surroundings.draw(SEED)


@pytest.fixture(scope="module")
def cells(town: gpd.GeoDataFrame, around: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return pd.concat([town, around], ignore_index=True)


@pytest.fixture(scope="module")
def exact(cells: gpd.GeoDataFrame) -> pd.DataFrame:
    return population.figures(cells, YEARS, (), SEED)


@pytest.fixture(scope="module")
def table(cells: gpd.GeoDataFrame, exact: pd.DataFrame) -> CbsTable:
    return cbs_tables.make_table(cells, exact, 2023, SEED)


@pytest.fixture(params=[1, 7, 4242])
def other_map(request: pytest.FixtureRequest) -> gpd.GeoDataFrame:
    return surroundings.draw(request.param)


# The map


def test_ten_gemeenten_of_thirty_buurten_in_seven_wijken(around: gpd.GeoDataFrame) -> None:
    buurten = municipality.division(around, 2024)
    assert len(buurten) == 10 * 30
    assert set(buurten.groupby("gemeentecode")["wijkcode"].nunique()) == {7}
    assert set(buurten["gemeentecode"]) == set(surroundings.GEMEENTEN)


def test_every_name_says_it_is_made_up_and_none_is_repeated(cells: gpd.GeoDataFrame) -> None:
    assert all(name.endswith(" (fictief)") for name in surroundings.GEMEENTEN.values())
    assert municipality.division(cells, 2024)["buurtnaam"].is_unique


def test_gemeenten_do_not_overlap_and_have_no_cracks(other_map: gpd.GeoDataFrame) -> None:
    together = other_map.union_all()
    assert together.area == pytest.approx(other_map.area.sum())
    assert [len(island.interiors) for island in together.geoms] == [0, 0]  # two islands without a hole
    assert set(other_map.dissolve("gemeente").geom_type) == {"Polygon"}
    assert set(other_map.dissolve("wijk").geom_type) == {"Polygon"}


def test_no_buurt_is_a_speck(other_map: gpd.GeoDataFrame) -> None:
    assert other_map["area_ha"].min() > 5


@pytest.mark.parametrize("seed", [SEED, 1, 7])
def test_water_lies_between_them_and_the_municipality(seed: int) -> None:
    town, around = municipality.draw(seed).union_all(), surroundings.draw(seed).union_all()
    assert town.distance(around) > 2_000  # metres


def test_islands_lie_where_the_ijsselmeer_is(other_map: gpd.GeoDataFrame) -> None:
    north, south = (part.total_bounds for _, part in other_map.groupby(other_map.centroid.y < 530_000))
    assert (north[:2] > [138_000, 537_000]).all()  # Wieringermeer lies west of it,
    assert (north[2:] < [151_500, 552_500]).all()  # Friesland east
    assert (south[:2] > [150_500, 511_500]).all()
    assert (south[2:] < [166_000, 528_000]).all()  # the Noordoostpolder begins at 169 km


def test_the_same_seed_draws_the_same_islands_and_another_seed_others(around: gpd.GeoDataFrame) -> None:
    assert surroundings.draw(SEED).equals(around)
    assert not surroundings.draw(SEED + 1).geometry.geom_equals_exact(around.geometry, 1.0).any()


def test_the_division_never_changes_there(around: gpd.GeoDataFrame) -> None:
    before, since = (municipality.division(around, year) for year in (2021, municipality.CHANGE_YEAR))
    assert list(before["buurtcode"]) == list(since["buurtcode"])
    assert set(since["change"]) == {"1"}


# What they leave alone


def test_figures_of_the_municipality_are_moved_by_nothing_around_it(
    town: gpd.GeoDataFrame, exact: pd.DataFrame
) -> None:
    alone = population.figures(town, YEARS, (), SEED)
    pd.testing.assert_frame_equal(exact.loc[exact.index.isin(alone.index)], alone)
    assert len(exact) - len(alone) == 300 * len(YEARS)


def test_published_figures_of_the_municipality_are_moved_by_nothing_around_it(
    town: gpd.GeoDataFrame, exact: pd.DataFrame, table: CbsTable
) -> None:
    alone = cbs_tables.make_table(town, exact.loc[exact.index.get_level_values("cell") < len(town)], 2023, SEED)
    inside = table.rows["Codering_3"].str[2:6].isin(["9901", "9902"])
    pd.testing.assert_frame_equal(table.rows[inside], alone.rows.iloc[1:], check_dtype=False)


def test_the_country_is_the_rest_and_all_of_them(exact: pd.DataFrame, table: CbsTable) -> None:
    people = exact["inhabitants"].xs(2023, level="year")
    assert people[population.REST] == pytest.approx(17_200_000, rel=0.05)
    assert table.rows["AantalInwoners_5"].iloc[0] == people[population.REST] + people.drop(population.REST).sum()


def test_a_planted_effect_stays_in_the_municipality(cells: gpd.GeoDataFrame, exact: pd.DataFrame) -> None:
    planted = population.figures(cells, YEARS, (Effect("gas_m3", -0.08, 2022, (0,)),), SEED)
    changed = planted["gas_m3"] != exact["gas_m3"]
    assert list(changed[changed].index) == [(0, 2022), (0, 2023)]


# What they are for


def test_every_inhabited_buurt_of_the_home_gemeente_has_look_alikes(table: CbsTable) -> None:
    buurten = table.rows[table.rows["Codering_3"].str.startswith("BU")].set_index("Codering_3")
    urban, people = buurten["MateVanStedelijkheid_125"], buurten["AantalInwoners_5"]
    gemeente = buurten.index.str[2:6]
    elsewhere = ~gemeente.isin(["9901", "9902"])
    for code in buurten.index[(gemeente == "9901") & (people > 100)]:
        alike = elsewhere & (urban == urban[code]) & people.between(people[code] / 2, people[code] * 2)
        assert alike.sum() >= 20, code


# How figures stray


def spread(exact: pd.DataFrame, column: str, base: str, rows: list[int]) -> float:
    """Return the standard deviation of a yearly change of a mean, in log points, over cells."""
    means = (exact[column] / exact[base]).unstack("year").loc[rows]
    return float(np.log(means[2022] / means[2021]).std())


def test_small_buurten_stray_further_than_large_ones(exact: pd.DataFrame) -> None:
    homes = exact["dwellings"].xs(2022, level="year").drop(population.REST)
    small, large = list(homes.index[homes.between(50, 150)]), list(homes.index[homes > 900])
    # Noise goes with the root of 700 homes over homes: of 90 homes 2.8 times, of 1,150 homes 0.8 times that of 700.
    assert len(small) > 20
    assert len(large) > 50
    ratio = spread(exact, "gas_m3", "dwellings", small) / spread(exact, "gas_m3", "dwellings", large)
    assert 2 < ratio < 5


def test_home_and_surroundings_stray_alike(exact: pd.DataFrame, cells: gpd.GeoDataFrame) -> None:
    # The same 600–1,400 homes on both sides; a ratio of two standard deviations of 30 buurten is off by some 13%.
    homes = exact["dwellings"].xs(2022, level="year").drop(population.REST)
    usual = cells.index[homes.between(600, 1_400).to_numpy()]
    inside = [cell for cell in usual if cells["gemeente"][cell] == municipality.HOME]
    outside = [cell for cell in usual if cells["gemeente"][cell] in surroundings.GEMEENTEN]
    ratio = spread(exact, "gas_m3", "dwellings", inside) / spread(exact, "gas_m3", "dwellings", outside)
    assert 0.65 < ratio < 1.5


def test_buurten_of_a_gemeente_share_a_part_of_the_year(cells: gpd.GeoDataFrame) -> None:
    # Between gemeenten √2 · 0.4% of a yearly change; within one, buurten cancel out: √2 · 1.2% · 1.2 / √30 = 0.4%.
    years = tuple(range(2019, 2024))
    exact = population.figures(cells, years, (), SEED)
    means = (exact["gas_m3"] / exact["dwellings"]).drop(population.REST, level="cell").unstack("year")
    changes = pd.DataFrame(np.log(means)).diff(axis=1).iloc[:, 1:]
    of_gemeente = changes.groupby(cells["gemeente"]).mean()
    within = changes - of_gemeente.loc[cells["gemeente"]].to_numpy()
    noise = float(np.sqrt(within.pow(2).groupby(cells["gemeente"]).sum() / 30 / 29).median().median())
    between = float(of_gemeente.std().mean())
    assert between > 1.3 * noise  # √(0.57² + 0.4²) / 0.4 = 1.7


def test_people_stay_whole(exact: pd.DataFrame) -> None:
    counted = exact[["social_assistance", "disability", "cars", "births"]]
    assert (counted == counted.round()).all().all()
    assert (exact >= 0).all().all()
