"""Areas built alike: paths, features, size and kind of a work area and of groups of regions, and what is left out."""

from typing import Any

import numpy as np
import pytest

from bt_analysis import indicators
from bt_analysis.analysis.similar import Candidates, Place
from bt_analysis.analysis.units import KNOWN_SHARE, Units, alike, units
from bt_analysis.methods.change import Areas
from tests.area_panels import panel

CATALOGUE = indicators.load()
GAS = CATALOGUE["gas_m3_per_dwelling"]
YEARS = [2019, 2020, 2021, 2022]
OWN, ONE, TWO, THREE = "BU99010000", "BU99020000", "BU99020001", "BU99020002"
NAN = float("nan")


def built(figures: dict[str, Any], own: tuple[str, ...] = (OWN,), weight: float = 1.0, **more: Any) -> Units:
    """Return a work area and the other buurten, compared in gas before and after 2021."""
    flat = {code: [1_000.0] * 4 for code in figures["gas_m3_per_dwelling"]}
    held = panel({"population": flat, **figures}, YEARS, **more)
    others = np.array(sorted(set(figures["gas_m3_per_dwelling"]) - set(own)))
    where = Place("buurt", own, np.full(len(own), weight))
    return units(where, Candidates(others, {"adjoining": 5}), held, GAS, (YEARS[:2], YEARS[2:]), CATALOGUE)


def gas(**codes: list[float]) -> dict[str, Any]:
    return {"gas_m3_per_dwelling": codes}


def test_the_work_area_comes_first_and_paths_are_as_published() -> None:
    found = built(gas(BU99010000=[10, 11, 12, 13], BU99020000=[20, 21, 22, 23]))
    assert found.codes == [(OWN,), (ONE,)]
    assert found.areas.paths.tolist() == [[10, 11, 12, 13], [20, 21, 22, 23]]
    assert found.areas.size.tolist() == [1_000, 1_000]
    assert found.left_out == {"adjoining": 5, "boundaries_changed": 0, "figure_missing": 0, "left_over": 0}


def test_areas_of_two_buurten_are_set_beside_groups_of_two() -> None:
    paths = gas(
        BU99010000=[10, 10, 10, 10], BU99010001=[40, 40, 40, 40], BU99020000=[1, 2, 3, 4], BU99020001=[5, 6, 7, 8],
        BU99020002=[9, 9, 9, 9],
    )  # fmt: skip
    bases = {
        "gas_m3_per_dwelling": {
            OWN: [100.0] * 4, "BU99010001": [300.0] * 4, ONE: [100.0] * 4, TWO: [100.0] * 4, THREE: [1.0] * 4,
        }
    }  # fmt: skip
    found = built(paths, (OWN, "BU99010001"), bases=bases)
    assert found.codes == [(OWN, "BU99010001"), (ONE, TWO)]
    assert found.areas.paths[0].tolist() == [(10 * 100 + 40 * 300) / 400] * 4
    assert found.areas.paths[1].tolist() == [(1 + 5) / 2, (2 + 6) / 2, (3 + 7) / 2, (4 + 8) / 2]
    assert found.areas.size.tolist() == [2_000, 2_000]
    assert found.left_out["left_over"] == 1


def test_a_part_of_buurten_weighs_by_its_share() -> None:
    paths = gas(BU99010000=[10] * 4, BU99010001=[20] * 4, BU99020000=[1, 2, 3, 4])
    found = built(paths, (OWN, "BU99010001"), weight=0.5)
    assert found.codes == [(OWN, "BU99010001"), (ONE,)]  # two halves are set beside one
    assert found.areas.size[0] == 1_000 * 0.5 * 2
    assert found.areas.paths[0].tolist() == [15] * 4


def test_a_candidate_that_changed_or_lacks_a_year_stays_out_and_is_counted() -> None:
    paths = gas(
        BU99010000=[1.0] * 4, BU99020000=[NAN, 1, 1, 1], BU99020001=[1, 1, 1, NAN], BU99020002=[1.0] * 4,
    )  # fmt: skip
    found = built(paths, changed={"gas_m3_per_dwelling": {ONE: [1, 0, 0, 0]}})
    assert found.codes == [(OWN,), (THREE,)]
    assert found.left_out == {"adjoining": 5, "boundaries_changed": 1, "figure_missing": 1, "left_over": 0}


def test_an_estimate_over_new_boundaries_does_for_the_work_area_only() -> None:
    paths = gas(BU99010000=[NAN, 1, 1, 1], BU99020000=[NAN, 1, 1, 1], BU99020001=[5.0] * 4)
    moved = {"gas_m3_per_dwelling": {OWN: [7, NAN, NAN, NAN], ONE: [7, NAN, NAN, NAN]}}
    found = built(paths, apportioned=moved, changed={"gas_m3_per_dwelling": {ONE: [1, 0, 0, 0], OWN: [1, 0, 0, 0]}})
    assert found.areas.paths[0].tolist() == [7, 1, 1, 1]
    assert found.codes[1:] == [(TWO,)]
    assert found.left_out["boundaries_changed"] == 1


def everywhere(values: dict[str, list[float]]) -> dict[str, Any]:
    return {"gas_m3_per_dwelling": {code: [1.0] * 4 for code in values}, "woz_value_keur": values}


def test_features_are_of_the_last_year_before_that_has_them() -> None:
    found = built(everywhere({OWN: [200, 250, NAN, 999], ONE: [100, 150, 1, 999]}))
    assert found.features == (("woz_value_keur", 2020),)
    assert found.areas.features.tolist() == [[250], [150]]
    earlier = built(everywhere({OWN: [200, NAN, NAN, 999], ONE: [100, 150, 1, 999]}))
    assert earlier.features == (("woz_value_keur", 2019),)


@pytest.mark.parametrize(("known", "used"), [(8, True), (7, False)])
def test_a_feature_that_too_few_candidates_have_is_left_out_and_named(known: int, used: bool) -> None:
    others = {f"BU990200{at:02d}": [1.0] * 4 if at < known else [NAN] * 4 for at in range(10)}
    found = built(everywhere({OWN: [1.0] * 4, **others}))
    assert known / 10 >= KNOWN_SHARE or not used
    assert [feature.indicator_id for feature in found.features] == ["woz_value_keur"] * used
    assert found.without == ("woz_value_keur",) * (not used)
    assert alike(found.areas, 2.0).unknown.sum() == (10 - known if used else 0)


def test_a_feature_without_a_figure_of_the_work_area_is_left_out() -> None:
    assert built(everywhere({OWN: [NAN] * 4, ONE: [1.0] * 4})).without == ("woz_value_keur",)


def test_what_is_compared_is_no_feature_of_its_own() -> None:
    held = panel(
        {"population": {OWN: [1.0] * 4, ONE: [1.0] * 4}, "woz_value_keur": {OWN: [1.0] * 4, ONE: [2.0] * 4}}, YEARS
    )
    where = Place("buurt", (OWN,), np.ones(1))
    of = CATALOGUE["woz_value_keur"]
    found = units(where, Candidates(np.array([ONE]), {}), held, of, (YEARS[:2], YEARS[2:]), CATALOGUE)
    assert found.features == ()
    assert found.areas.features.shape == (2, 0)


def test_kind_is_the_class_of_urbanity_of_the_last_year_before() -> None:
    density = {OWN: [3000, 1200, 1, 1], ONE: [1, 1600, 1, 1], TWO: [1, 1499, 1, 1], THREE: [NAN] * 4}
    figures = {"gas_m3_per_dwelling": {code: [1.0] * 4 for code in density}, "address_density_per_km2": density}
    found = built(figures)
    assert found.areas.block.tolist() == [3, 2, 3, -1]  # 1,000–1,500 is class 3, 1,500–2,500 class 2
    assert found.all_left_out(2.0) == {"adjoining": 5, "other_urbanity": 2}


def test_without_its_own_urbanity_all_are_of_one_kind() -> None:
    figures = {
        "gas_m3_per_dwelling": {OWN: [1.0] * 4, ONE: [1.0] * 4},
        "address_density_per_km2": {OWN: [NAN] * 4, ONE: [9.0] * 4},
    }
    assert built(figures).areas.block.tolist() == [0, 0]


def test_of_another_size_is_more_than_twice_as_many_or_fewer() -> None:
    size = np.array([1_000.0, 2_000, 500, 2_001, 499, 0, 1_000])
    paths = np.ones((7, 3))
    paths[6, 1] = np.nan
    found = alike(Areas(paths, np.ones((7, 1)), size, np.array([3, 3, 3, 3, 3, 3, 3])), 2.0)
    assert found.alike.tolist() == [False, True, True, False, False, False, False]
    assert found.other_size.tolist() == [False, False, False, True, True, False, False]
    assert found.unknown.tolist() == [False] * 5 + [True, True]
    assert not found.other_kind.any()


def test_reasons_count_regions_and_not_groups() -> None:
    density = {code: [1200.0] * 4 for code in (OWN, "BU99010001")} | {code: [9.0] * 4 for code in (ONE, TWO)}
    figures = {"gas_m3_per_dwelling": {code: [1.0] * 4 for code in density}, "address_density_per_km2": density}
    assert built(figures, (OWN, "BU99010001")).all_left_out(2.0)["other_urbanity"] == 2
