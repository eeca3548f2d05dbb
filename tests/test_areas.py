"""Areas: several regions become one, and what lies beside a work area is found in its outlines."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from bt_analysis.analysis import areas
from tests.area_panels import names, panel

ONE, TWO = "BU99010000", "BU99010001"


def outlines(**places: tuple[float, float]) -> gpd.GeoDataFrame:
    """Return squares of 100 by 100 metres; the place is their lower left corner."""
    squares = [box(x, y, x + 100, y + 100) for x, y in places.values()]
    return gpd.GeoDataFrame({"buurtcode": list(places)}, geometry=squares, crs="EPSG:28992")


def test_counts_are_summed_and_shares_averaged_by_their_base() -> None:
    values, bases, whole = np.array([[10.0], [40.0]]), np.array([[100.0], [300.0]]), np.ones(2)
    assert areas.put_together("additive", values, bases, whole).tolist() == [10 + 40]
    assert areas.put_together("share", values, bases, whole).tolist() == [(10 * 100 + 40 * 300) / (100 + 300)]
    half = np.array([1.0, 0.5])
    assert areas.put_together("additive", values, bases, half).tolist() == [10 + 40 / 2]
    assert areas.put_together("mean", values, bases, half).tolist() == [(10 * 100 + 40 * 150) / (100 + 150)]


def test_a_region_that_nothing_rests_on_has_no_part_and_an_unknown_base_leaves_no_figure() -> None:
    values, whole = np.array([[10.0], [np.nan]]), np.ones(2)
    assert areas.put_together("mean", values, np.array([[100.0], [0.0]]), whole).tolist() == [10]
    assert np.isnan(areas.put_together("mean", values, np.array([[100.0], [50.0]]), whole)).all()
    assert np.isnan(areas.put_together("mean", np.array([[10.0], [20.0]]), np.array([[100.0], [np.nan]]), whole)).all()
    assert np.isnan(areas.put_together("mean", np.array([[1.0], [2.0]]), np.zeros((2, 1)), whole)).all()


def test_a_single_region_keeps_its_own_figure_without_a_base() -> None:
    assert areas.put_together("mean", np.array([[7.0]]), np.array([[np.nan]]), np.ones(1)).tolist() == [7]


def test_groups_are_put_together_side_by_side() -> None:
    values = np.array([[[1.0, 2.0]], [[3.0, 4.0]]])  # two regions of one group, in two years
    bases = np.array([[[1.0, 1.0]], [[3.0, 1.0]]])
    found = areas.put_together("share", values, bases, np.ones(2))
    assert found.tolist() == [[(1 + 3 * 3) / 4, (2 + 4) / 2]]


def test_regions_that_touch_adjoin_also_at_a_corner_and_over_a_crack() -> None:
    drawn = outlines(
        BU99010000=(0, 0), BU99010001=(100.5, 0), BU99010002=(-100, -100), BU99010100=(0, 100), BU99020000=(0, 102)
    )
    beside = areas.adjoining(drawn, [ONE])
    # half a metre apart, at a corner, and above; the last lies two metres away
    assert beside == {ONE: frozenset({"BU99010001", "BU99010002", "BU99010100"})}


def test_what_adjoins_a_wijk_is_a_wijk_and_its_buurten_are_there_too() -> None:
    drawn = outlines(BU99010000=(0, 0), BU99010001=(100, 0), BU99010100=(200, 0), BU99020000=(0, 100))
    beside = areas.adjoining(drawn, ["WK990100"])
    assert beside["WK990100"] == {"WK990101", "WK990200"}
    assert beside[TWO] == {ONE, "BU99010100", "BU99020000"}  # the last touches its corner
    assert set(beside) == {"WK990100", ONE, TWO}
    assert areas.adjoining(drawn, ["GM9901"])["GM9901"] == {"GM9902"}


def test_an_island_adjoins_nothing() -> None:
    assert areas.adjoining(outlines(BU99010000=(0, 0), BU99010001=(900, 0)), [ONE]) == {ONE: frozenset()}


def test_regions_know_their_gemeente() -> None:
    country = pd.DataFrame(
        {"regiocode": ["NL00"], "level": "land", "regiocode_label": "Nederland", "division_year": 2024}
    )
    table = areas.with_gemeente(pd.concat([names([ONE]), country], ignore_index=True))
    assert table.at[ONE, "gemeente_label"] == "Naam van GM9901"
    assert table.at["NL00", "gemeente"] == ""
    assert table.at["NL00", "gemeente_label"] == ""


def test_the_middle_of_some_regions_is_the_mean_of_their_buurten() -> None:
    middles = areas.middles(outlines(BU99010000=(0, 0), BU99010001=(100, 0), BU99020000=(900, 900)))
    held = panel({"population": {ONE: [1.0], TWO: [1.0]}}, [2020], middles=middles)
    assert held.middle([ONE]) == (50, 50)
    assert held.middle(["GM9901"]) == ((50 + 150) / 2, 50)
    assert np.isnan(panel({"population": {ONE: [1.0]}}, [2020]).middle([ONE])).all()


@pytest.mark.parametrize(("level", "count"), [("buurt", 2), ("wijk", 1), ("gemeente", 1)])
def test_regions_of_a_level(level: str, count: int) -> None:
    assert len(panel({"population": {ONE: [1.0], TWO: [1.0]}}, [2020]).of_level(level)) == count


def test_years_are_those_of_any_figure() -> None:
    assert panel({"population": {ONE: [1.0, 2.0]}}, [2022, 2020]).years == [2020, 2022]
