"""Outcomes: which figures a collective may have changed, since when it works, and how many are looked at."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from bt_analysis import indicators
from bt_analysis.analysis import outcomes
from bt_analysis.analysis.outcomes import Seen
from bt_analysis.indicators import Indicator
from bt_analysis.instruments.rows import typed
from tests.area_panels import panel

CATALOGUE = indicators.load()


def indicator(key: str, **more: Any) -> Indicator:
    standard = {"kind": "mean", "unit": "%", "domain": "energie_klimaat", "direction": "lager_beter"}
    return Indicator(**{"id": key, "label_nl": key, "label_en": key, **standard, **more})


def of(*catalogue: Indicator, domains: str | None = None, declared: str | None = None) -> list[str]:
    collective = {"collective_id": "tuin", "primary_domain": "energie_klimaat", "domains": domains}
    rows = [{"experiment_id": "x", "collective_id": "tuin", "indicator_ids": declared}] if declared else []
    return outcomes.of_collective(collective, typed(rows, "experiment"), {one.id: one for one in catalogue})


def test_figures_of_its_domains_the_main_one_first() -> None:
    found = of(
        indicator("a", domain="welzijn"), indicator("b"), indicator("c", domain="gezondheid"), indicator("d"),
        domains="welzijn; energie_klimaat",
    )  # fmt: skip
    assert found == ["b", "d", "a"]


def test_what_experiments_are_judged_by_comes_first() -> None:
    assert of(indicator("a"), indicator("b", domain="gezondheid"), declared="b; zelf_bedacht") == ["b", "a"]


@pytest.mark.parametrize(
    "more",
    [
        {"model": True},
        {"direction": "geen_oordeel"},
        {"kind": "additive"},
        {"kind": "bounded"},
        {"unit": "km"},  # how far a hospital is
        {"unit": "aantal"},
    ],
)
def test_what_is_never_an_outcome(more: dict[str, Any]) -> None:
    assert of(indicator("a", **more)) == []
    assert of(indicator("a", **more), declared="a") == []


def test_health_and_liveability_are_context_only() -> None:
    modelled = [key for key, one in CATALOGUE.items() if one.source in ("health", "leefbaarometer")]
    assert len(modelled) > 20
    assert not any(outcomes.possible(CATALOGUE[key]) for key in modelled)


def test_the_panel_holds_outcomes_and_what_areas_are_alike_in(make: Any) -> None:
    records = {
        "collective": make.monitoring("collective", {"primary_domain": "energie_klimaat"}),
        "experiment": typed([], "experiment"),
    }
    found = outcomes.needed(records, CATALOGUE)
    assert {"gas_m3_per_dwelling", "population", "address_density_per_km2", "woz_value_keur"} <= set(found)
    assert "crimes_per_1000" not in found
    assert not any(CATALOGUE[key].model for key in found)


def work(make: Any, *areas: dict[str, Any], starts: tuple[str, ...] = ("2021-03-01", "2022-01-01")) -> pd.DataFrame:
    activities = [{"activity_id": f"a-{start}", "start": start, "end": "2023-12-31"} for start in starts]
    joined = make.joined(
        collective=make.monitoring("collective", {"founded": 2015}),
        work_area=make.monitoring("work_area", *(areas or ({},))),
        activity=make.monitoring("activity", *activities),
    )
    return outcomes.work(joined, make.periods("2021", "2023"))


def test_work_began_with_the_first_activity(make: Any) -> None:
    found = work(make)
    assert found["start"].tolist() == [2021, 2021]
    assert found["founded"].tolist() == [2015, 2015]


def test_in_an_area_that_it_moved_to_work_began_when_it_came(make: Any) -> None:
    found = work(make, {}, {"work_area_id": "tuin-b", "valid_from": "2022-06-01"})
    assert found.set_index("work_area_id")["start"].to_dict() == {"tuin-a": 2021, "tuin-b": 2022}


def test_a_first_area_that_was_recorded_late_changes_nothing(make: Any) -> None:
    assert work(make, {"valid_from": "2023-06-01"})["start"].tolist() == [2021, 2021]


def test_without_an_activity_nobody_knows_when_it_began(make: Any) -> None:
    assert work(make, starts=()).empty


def test_six_figures_at_most_and_the_rest_is_counted(make: Any) -> None:
    wanted = [f"i{at}" for at in range(9)]
    rows = [{"indicator_id": key, "value": None if key == "i0" else 1.0} for key in wanted]
    joined = make.joined(context=make.context(*rows, {"indicator_id": "i8", "work_area_id": "elders"}))
    assert outcomes.seen(joined, "tuin-a", 2021, wanted) == Seen(wanted[1:7], {"figures_beyond_most": 2})
    assert outcomes.seen(joined, "elders", 2021, wanted) == Seen(["i8"], {})


def test_only_figures_of_the_area_itself_count(make: Any) -> None:
    joined = make.joined(context=make.context({"indicator_id": "i0", "population": "gemeente"}))
    assert outcomes.seen(joined, "tuin-a", 2021, ["i0"]) == Seen([], {})


# Series that ended

YEARS = range(2018, 2025)
NO = float("nan")
HOME = "BU99010000"


def series(first: int, last: int) -> dict[str, list[float]]:
    """Return figures of one buurt from one year to another."""
    return {HOME: [100.0 if first <= year <= last else NO for year in YEARS]}


def ended(start: int, *, of_others: int = 2024, **more: Any) -> set[str]:
    """Tell which of a few series ended: one until 2020, one from 2021, one that is still there."""
    figures = {"old": series(2018, 2020), "new": series(2021, of_others), "whole": series(2018, of_others), **more}
    catalogue = {key: indicator(key, source="klimaatmonitor" if key == "apart" else "kwb") for key in figures}
    return set(outcomes.ended(panel(figures, YEARS), catalogue, start))


def test_a_series_that_ended_before_the_work_began_is_no_outcome() -> None:
    assert ended(2021) == {"old"}
    assert ended(2023) == {"old"}


def test_a_series_that_ended_later_is_one() -> None:
    assert ended(2020) == set()  # it has a figure of the first year of the work


@pytest.mark.parametrize(("newest", "said"), [(2021, set()), (2022, set()), (2023, {"old"})])
def test_what_is_not_published_yet_is_one(newest: int, said: set[str]) -> None:
    assert ended(2021, of_others=newest) == said


def test_a_series_of_which_all_tables_end_is_one() -> None:
    assert "apart" not in ended(2021, apart=series(2018, 2019))  # no other figure of its own tables is newer


def test_a_figure_that_no_region_has_is_none() -> None:
    assert ended(2021, empty={HOME: [NO] * len(YEARS)}) == {"old"}


def test_ended_series_do_not_take_the_place_of_others_and_are_counted(make: Any) -> None:
    keys = ["old", *(f"i{at}" for at in range(7))]
    figures = {key: series(2018, 2020 if key == "old" else 2024) for key in keys}
    rows = [{"indicator_id": key, "value": 1.0} for key in keys]
    joined = make.joined({key: indicator(key) for key in keys}, context=make.context(*rows))
    joined = dataclasses.replace(joined, areas=panel(figures, YEARS))
    expected = {"figures_beyond_most": 1, "series_ended": 1}
    assert outcomes.seen(joined, "tuin-a", 2021, keys) == Seen(keys[1:7], expected)
    assert outcomes.seen(joined, "tuin-a", 2020, keys) == Seen(keys[:6], {"figures_beyond_most": 2})
