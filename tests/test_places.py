"""Of which kinds of places anything is known, on which scale what is organised, and what may cross a border."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import coverage, places, scale
from bt_analysis.settings import Settings
from tests import learning_cases
from tests.learning_cases import value

PERIODS = {"zon": ("2024",), "tuin": ("2024",), "hof": ("2024",)}
ABOUT = {
    "zon": {"primary_domain": "energie_klimaat", "urbanity": 1}, "tuin": {"urbanity": 4},
    "hof": {"urbanity": None, "name": "Horta"},
}  # fmt: skip
COUNTRIES = ({"collective_id": "zon", "country": "NL"}, {"collective_id": "tuin", "country": "NL"})


def cases(*more: dict[str, Any]) -> learning.Cases:
    return learning_cases.of(PERIODS, ABOUT, collective=[*COUNTRIES, *more])


def covered(*more: dict[str, Any]) -> learning.Learned:
    return learning_cases.checked(coverage.learn(cases(*more), Settings()))


PORTUGAL = {"collective_id": "hof", "country": "PT"}


def test_no_collective_is_lost_from_the_grid() -> None:
    abroad = learning_cases.of(PERIODS, ABOUT, collective=[{"collective_id": "zon", "country": "PT"}])
    cells = coverage.grid(coverage.strata(abroad))  # with a class of CBS, which cannot be: a class is Dutch
    assert cells["collectives_n"].sum() == len(PERIODS)


def test_the_grid_keeps_cells_of_which_nothing_is_known() -> None:
    table = covered(PORTUGAL).tables["coverage"]
    home = table[table["country"].eq("NL")]
    assert len(home) == 8 * 5
    assert home["collectives_n"].sum() == 2
    assert (home["collectives_n"].eq(0)).sum() == 8 * 5 - 2
    green = home[home["domain"].eq("leefomgeving") & home["urbanity"].eq(4)].iloc[0]
    assert (green["names"], green["stratum"]) == ("Tuin", "landelijk")


def test_another_country_has_no_classes_of_cbs() -> None:
    table = covered(PORTUGAL).tables["coverage"]
    abroad = table[table["country"].eq("PT")]
    assert abroad["urbanity"].unique().tolist() == [coverage.UNKNOWN]
    assert abroad.loc[abroad["collectives_n"].eq(1), "names"].tolist() == ["Horta"]


def test_a_collective_without_a_country_is_not_taken_for_a_dutch_one() -> None:
    table = covered().tables["coverage"]
    unknown = table[table["country"].eq("")]
    assert unknown["collectives_n"].sum() == 1
    assert value(covered(), "coverage_n", group_type="onbekend_0", group_value="leefomgeving")["value"] == 1


def test_a_class_of_cbs_means_that_a_place_is_dutch() -> None:
    assert coverage.strata(learning_cases.of({"zon": ("2024",)}))["country"].tolist() == ["NL"]


def test_cells_and_gaps_are_figures() -> None:
    answer = covered(PORTUGAL)
    row = value(answer, "coverage_n", group_type="NL_4", group_value="leefomgeving")
    assert (row["value"], row["n"], row["n_unit"]) == (1, 3, "collectives")
    empty = value(answer, "coverage_empty_n")
    assert (empty["value"], empty["n"], empty["n_unit"]) == (38, 40, "cells")
    assert value(answer, "coverage_n", group_type="plek", group_value="stedelijk")["value"] == 1


@pytest.mark.parametrize(
    ("urbanity", "stratum"), [(1, "stedelijk"), (2, "stedelijk"), (3, "tussenin"), (4, "landelijk"), (5, "landelijk")]
)
def test_places_are_compared_within_their_kind(urbanity: int, stratum: str) -> None:
    one = learning_cases.of({"zon": ("2024",)}, {"zon": {"urbanity": urbanity}})
    assert coverage.strata(one)["stratum"].tolist() == [stratum]


@pytest.mark.parametrize("table", ["case_condition", "lesson", "obstacle", "evidence", "toc_link"])
def test_conditions_and_lessons_compare_across_countries(table: str) -> None:
    assert coverage.comparable_across_countries(table)


@pytest.mark.parametrize("table", ["measurement", "survey_wave", "coop_scan", "participation", "funding", "rate"])
def test_scores_and_sums_do_not_compare_across_countries(table: str) -> None:
    assert not coverage.comparable_across_countries(table)


def test_a_table_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError, match="lessons"):
        coverage.comparable_across_countries("lessons")


# Reach within a kind of place


def reach(n: int, urbanity: int = 1, **more: Any) -> learning.Learned:
    """Learn from collectives whose reach is 1%, 2%, …"""
    periods = {f"c{at}": ("2024",) for at in range(n)}
    one = learning_cases.of(periods, {name: {"urbanity": urbanity} for name in periods})
    standard = {"indicator_id": "reach_pct", "period_start": "2024-01-01", "period_end": "2024-12-31",
                "population": "bewoners", "unit": "%"}  # fmt: skip
    rows = [standard | {"collective_id": name, "value": float(at + 1)} | more for at, name in enumerate(periods)]
    told = learning.told(pd.DataFrame(rows), question="reach", method="x", source="x")
    return learning_cases.checked(places.learn(dataclasses.replace(one, estimates=told), Settings()))


def test_reach_is_a_range_within_a_kind_of_place() -> None:
    row = value(reach(5), places.INDICATOR, group_type="plek", group_value="stedelijk")
    assert (row["value"], row["ci_low"], row["ci_high"], row["n"]) == (3, 1, 5, 5)


def test_below_five_collectives_there_is_no_range() -> None:
    row = value(reach(4, urbanity=5), places.INDICATOR, group_type="plek", group_value="landelijk")
    assert (row["gate"], row["gate_reason"]) == ("niet_te_zien", "too_few_in_place")
    assert pd.isna(row["ci_low"])


def test_reach_that_is_not_shown_is_in_no_range() -> None:
    assert reach(5, gate="onderdrukt").estimates.empty


# Scale


def placed(**tables: Any) -> learning.Learned:
    return learning_cases.checked(scale.learn(learning_cases.of(PERIODS, ABOUT, **tables), Settings()))


def test_activities_inputs_and_lessons_are_counted_by_scale_and_domain() -> None:
    activity = {"collective_id": "zon", "title": "x", "domain": "welzijn", "scale": "buurt"}
    answer = placed(
        activity=[activity | {"activity_id": "zon--1"}, activity | {"activity_id": "zon--2"},
                  activity | {"activity_id": "zon--3", "scale": None}],
        input=[{"input_id": "tuin--1", "raised_on": "2024-01-01", "domain": "welzijn", "scale": "straat"}],
        lesson=[{"lesson_id": "zon--1", "collective_id": "zon", "domain": "welzijn", "scale": "buurt"}],
    )  # fmt: skip
    row = value(answer, "scale_items_n", group_type="activiteit_buurt", group_value="welzijn")
    assert (row["value"], row["n"]) == (2, 3)
    assert value(answer, "scale_items_n", group_type="inbreng_straat", group_value="welzijn")["value"] == 1
    known = value(answer, "scale_known_n", group_type="geplaatst", group_value="activiteit")
    assert (known["value"], known["n"]) == (2, 3)  # of the third the scale is not recorded
    table = answer.tables["scale_topics"]
    assert table.loc[table["collective_id"].eq("zon") & table["kind"].eq("activiteit"), "items_n"].tolist() == [1, 2]
    assert table.loc[table["kind"].eq("inbreng"), "collective_id"].tolist() == ["", "tuin"]


def test_without_records_of_a_scale_there_is_nothing() -> None:
    answer = placed()
    assert answer.estimates.empty
    assert answer.tables["scale_topics"].empty
