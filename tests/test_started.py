"""What changed after collectives started, over all of them: who is in it, who is not and why, and effects put in."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis import started
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.settings import ComparisonSettings

YEARS = [2018, 2019, 2020, 2021, 2022, 2023]
COMPARISON = ComparisonSettings(min_similar=20, placebos=199)
STARTS = {"a": 2020, "b": 2020, "c": 2021, "d": 2021, "e": 2022, "f": 2022}
"""Six collectives, each in the first buurt of a wijk of its own."""


def code(wijk: int, buurt: int) -> str:
    return f"BU9901{wijk:02d}{buurt:02d}"


AREAS = {name: code(at, 0) for at, name in enumerate(STARTS)}
ALL = [code(wijk, buurt) for wijk in range(12) for buurt in range(5)]


def panel(effect: float, work_areas: dict[str, list[str]] | None = None) -> AreaPanel:
    """Sixty buurten of some 1,500 inhabitants in twelve wijken, with shares that wander by lot."""
    rng = np.random.default_rng(5)
    shares = pd.DataFrame(10 + rng.normal(0, 0.5, (60, 6)).cumsum(axis=1), index=ALL, columns=YEARS)
    for name, start in STARTS.items():
        shares.loc[AREAS[name], [year for year in YEARS if year >= start]] += effect
    people = pd.DataFrame(1500.0, index=ALL, columns=YEARS)
    given = work_areas or {name: [at] for name, at in AREAS.items()}
    weights = [(f"{name}-area", at, 1.0) for name, codes in given.items() for at in codes]
    regions = pd.DataFrame({"regiocode": ALL, "regiocode_label": ALL, "level": "buurt", "gemeente": "GM9901"})
    return AreaPanel(
        regions=regions.set_index("regiocode", drop=False), values={"share": shares, "population": people},
        apportioned={}, changed={}, bases={"share": people, "population": people},
        weights=pd.DataFrame(weights, columns=["work_area_id", "area_code", "weight"]), sources=pd.DataFrame(),
    )  # fmt: skip


@pytest.fixture
def records(make: Any) -> dict[str, pd.DataFrame]:
    """Monitoring tables of six collectives with the same outcome, and of one with another."""
    names = [*STARTS, "other"]
    domain = {"other": "gezondheid"}
    area = [{"collective_id": name, "work_area_id": f"{name}-area"} for name in names]
    begun = [
        {
            "collective_id": name,
            "activity_id": f"{name}-{at}",
            "start": f"{year + at}-03-01",
            "end": f"{year + at}-12-31",
        }
        for name, year in [*STARTS.items(), ("other", 2020)]
        for at in (1, 0)
    ]
    who = [{"collective_id": name, "primary_domain": domain.get(name, "energie_klimaat")} for name in names]
    return {
        "collective": make.monitoring("collective", *who), "work_area": make.monitoring("work_area", *area),
        "activity": make.monitoring("activity", *begun),
        "experiment": pd.DataFrame(columns=["collective_id", "indicator_ids"]),
    }  # fmt: skip


def gather(make: Any, records: dict[str, pd.DataFrame], areas: AreaPanel, **more: Any) -> started.Units:
    energy = {"kind": "share", "domain": "energie_klimaat", "direction": "hoger_beter", "unit": "%"}
    share = make.indicator("share", **(energy | more))
    return started.units(areas, records, share, make.catalogue(share), COMPARISON)


# Who is in it


def test_work_areas_and_areas_like_them_are_gathered(make: Any, records: dict[str, pd.DataFrame]) -> None:
    found = gather(make, records, panel(0))
    # 60 buurten, 6 with a collective; without outlines the other 4 of each of their wijken are left out: 60 − 6 · 5.
    assert len(found.names) == 6 + 30
    assert found.names[:6] == tuple(f"{name}-area" for name in STARTS)
    assert not {name[:8] for name in found.names[6:]} & {at[:8] for at in AREAS.values()}
    # 2020 is column 2 of 2018 …: the first activity counts, whatever its place in the table.
    assert found.start[:6].tolist() == [2, 2, 3, 3, 4, 4]
    assert np.isinf(found.start[6:]).all()
    assert found.years == tuple(YEARS)
    assert set(found.block) == {"buurt × 1, 1024 or more"}  # 1,500 lies between 2¹⁰ and 2¹¹
    assert (found.started, found.refused) == (6, "")


def test_a_work_area_of_two_buurten_is_one_unit_beside_pairs(make: Any, records: dict[str, pd.DataFrame]) -> None:
    areas = panel(0, {name: [at, code(wijk, 1)] for wijk, (name, at) in enumerate(AREAS.items())})
    found = gather(make, records, areas)
    # 6 wijken of 5 without a collective: two pairs each, and one left of each, of which three pairs: 12 + 3 = 15 < 20.
    assert found.started == 0
    assert found.left_out == {"with too few areas as large": 6}
    again = started.units(
        areas, records, _share(make), make.catalogue(_share(make)), COMPARISON.model_copy(update={"min_similar": 15})
    )
    assert len(again.names) == 6 + 15
    first = areas.values["share"].loc[[AREAS["a"], code(0, 1)]].mean().to_numpy()  # as many people in both
    assert again.outcome[0] == pytest.approx(first)
    assert set(again.block) == {"buurt × 2, 2048 or more"}  # 2 · 1,500 = 3,000


def _share(make: Any) -> Any:
    return make.indicator("share", kind="share", domain="energie_klimaat", direction="hoger_beter", unit="%")


def test_what_cannot_be_used_is_counted_with_the_reason(make: Any, records: dict[str, pd.DataFrame]) -> None:
    areas = panel(0)
    areas.values["share"].loc[AREAS["a"], 2019] = np.nan
    areas.values["population"].loc[AREAS["b"], 2023] = 100
    activity = records["activity"].copy()
    activity.loc[activity["collective_id"] == "c", "start"] = pd.Timestamp("2018-05-01")
    activity.loc[activity["collective_id"] == "d", "start"] = pd.Timestamp("2024-05-01")
    found = gather(make, records | {"activity": activity}, areas)
    assert found.left_out == {
        "without a figure in some year": 1, "with too few areas as large": 1, "without a year before": 1,
        "without a year after": 1,
    }  # fmt: skip
    assert found.refused == (
        "2 collectives with this outcome can be used; expected 5 or more. Left out: 1 without a figure in some year, "
        "1 with too few areas as large, 1 without a year before, 1 without a year after. "
        "Look at each report on its own."
    )


def test_others_without_a_figure_are_left_out_as_well(make: Any, records: dict[str, pd.DataFrame]) -> None:
    areas = panel(0)
    areas.values["share"].loc[code(11, 0), 2020] = np.nan
    found = gather(make, records, areas)
    assert code(11, 0) not in found.names
    assert len(found.names) == 6 + 29


def test_years_that_measure_something_else_are_left_out(make: Any, records: dict[str, pd.DataFrame]) -> None:
    found = gather(make, records, panel(0), breaks=({"year": 2019, "reason_nl": "", "reason_en": ""},))
    assert found.years == (2019, 2020, 2021, 2022, 2023)
    assert found.start[:2].tolist() == [1, 1]


def test_a_last_year_that_was_not_published_yet_is_no_gap(make: Any, records: dict[str, pd.DataFrame]) -> None:
    areas = panel(0)
    areas.values["share"][2023] = np.nan
    found = gather(make, records, areas)
    assert found.years == (2018, 2019, 2020, 2021, 2022)
    assert found.started == 6


# What comes out


@pytest.mark.parametrize("by", ["overall", "event", "group"])
def test_an_effect_that_was_put_in_is_found(make: Any, records: dict[str, pd.DataFrame], by: Any) -> None:
    rows = started.effects(gather(make, records, panel(4)), COMPARISON, by)
    assert set(rows["method"]) == set(started.ESTIMATORS)
    assert set(rows["inference"]) == {"permutation of start periods"}  # six starts: no clustered errors
    after = rows[rows["key"] >= 0]
    assert (after["p"] < 0.1).all()
    assert after["effect"].mean() == pytest.approx(4, abs=0.6)
    if by == "group":
        assert sorted(set(rows["key"])) == [2020, 2021, 2022]
        assert (rows["areas"] == 2).all()


def test_without_an_effect_none_is_told(make: Any, records: dict[str, pd.DataFrame]) -> None:
    rows = started.effects(gather(make, records, panel(0)), COMPARISON)
    assert (rows["p"] > 0.05).all()
    assert (rows["low"] < 0).all()
    assert (rows["high"] > 0).all()
    assert rows["areas"].tolist() == [6, 6]


@pytest.mark.parametrize("gone", [1, 2])
def test_fewer_than_five_are_refused(make: Any, records: dict[str, pd.DataFrame], gone: int) -> None:
    who = records["collective"]
    found = gather(make, records | {"collective": who[~who["collective_id"].isin(list(STARTS)[:gone])]}, panel(4))
    rows = started.effects(found, COMPARISON)
    if gone == 1:
        assert (found.refused, len(rows)) == ("", 2)
    else:
        assert found.refused.startswith("4 collectives with this outcome can be used; expected 5 or more.")
        assert found.refused.endswith("Left out: none. Look at each report on its own.")
        assert rows.empty
        assert list(rows.columns)[:2] == ["method", "key"]


def test_no_collective_at_all_is_refused(make: Any, records: dict[str, pd.DataFrame]) -> None:
    nobody = records | {"collective": records["collective"].head(0)}
    found = gather(make, nobody, replace(panel(0)))
    assert found.refused.startswith("0 collectives with this outcome can be used")
    assert found.outcome.shape == (0, 6)
