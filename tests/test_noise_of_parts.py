"""Where no areas are like a gemeente, its own buurten tell what could be seen in it, with what they do not tell."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import detectability, indicators
from bt_analysis.analysis import change, noise
from bt_analysis.analysis.areas import AreaPanel
from bt_analysis.settings import Settings
from tests.area_panels import panel, weights

CATALOGUE = indicators.load()
GAS, TOWN = "gas_m3_per_dwelling", "GM9910"
YEARS = range(2016, 2024)
BEFORE = 5  # 2016 to 2020

# --- the arithmetic --------------------------------------------------------------------------------------------------


def test_equal_parts_have_the_noise_of_one_and_the_whole_that_by_root_n() -> None:
    paths = np.array([[0.0, 1], [0, 3], [0, 5], [0, 3]])  # changes 1, 3, 5, 3: mean 3, s² = (4 + 0 + 4 + 0) / 3
    part, least = noise.noise_of_parts(paths, np.full(4, 1 / 4))
    assert part == pytest.approx(np.sqrt(8 / 3) / np.sqrt(2))
    assert part == pytest.approx(noise.yearly_noise(paths))
    assert least == pytest.approx(part / np.sqrt(4))


def test_of_several_steps_the_squares_are_averaged() -> None:
    paths = np.array([[0.0, 1, 1], [0, 3, 5]])  # changes 1 and 3, s² = 2; then 0 and 2, s² = 2
    part, least = noise.noise_of_parts(paths, np.full(2, 1 / 2))
    assert part == pytest.approx(np.sqrt((2 + 2) / 2) / np.sqrt(2))
    assert least == pytest.approx(part / np.sqrt(2))


def test_a_part_counts_by_its_share() -> None:
    paths = np.array([[0.0, 2], [0, 6]])  # the whole changes ¾·2 + ¼·6 = 3; parts by −1 and 3 from it
    below = 1 - (3 / 4) ** 2 - (1 / 4) ** 2  # 6/16
    part, least = noise.noise_of_parts(paths, np.array([3 / 4, 1 / 4]))
    assert part == pytest.approx(np.sqrt((3 / 4 * 1 + 1 / 4 * 9) / below / 2))
    assert least == pytest.approx(np.sqrt((9 / 16 * 1 + 1 / 16 * 9) / below / 2))


def test_what_all_parts_share_is_in_neither() -> None:
    rng = np.random.default_rng(3)
    paths, shares = rng.normal(0, 4, (30, 6)), rng.dirichlet(np.ones(30))
    wave = np.array([0.0, 50, -30, 10, 90, 0])
    assert noise.noise_of_parts(paths + wave, shares) == pytest.approx(noise.noise_of_parts(paths, shares))


def test_the_least_is_how_far_the_whole_strays_when_parts_stray_by_themselves() -> None:
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(np.full(40, 2.0))
    draws = [rng.normal(0, 6, (40, 4)) for _ in range(400)]
    whole = np.array([shares @ draw for draw in draws])
    least = np.mean([noise.noise_of_parts(draw, shares)[1] for draw in draws])
    assert least == pytest.approx(whole.std(), rel=0.05)


# --- in a report -----------------------------------------------------------------------------------------------------


def town(count: int, level: str = TOWN, **more: Any) -> AreaPanel:
    """Return one gemeente of so many buurten, with nothing beside it."""
    rng = np.random.default_rng(8)
    codes = [f"BU9910{at // 10:02d}{at % 10:02d}" for at in range(count)]
    gas = rng.normal(1_000, 60, (count, 1)) + rng.normal(0, 4, (count, len(YEARS)))
    people = np.full(len(YEARS), 1_000.0)
    figures = {
        GAS: dict(zip(codes, gas, strict=True)) | {level: gas.mean(axis=0)},
        "population": dict.fromkeys(codes, people) | {level: people * count},
    }
    return panel(figures, YEARS, weights=weights(level), **more)


def asked(make: Any, areas: AreaPanel, codes: str = TOWN) -> pd.DataFrame:
    tables = {
        "collective": make.monitoring("collective", {"primary_domain": "energie_klimaat", "founded": 2019}),
        "work_area": make.monitoring("work_area", {"area_codes": codes}),
        "activity": make.monitoring("activity", {"start": "2021-05-01", "end": "2023-12-31"}),
        "context": make.context(*({"indicator_id": GAS, "year": year} for year in YEARS)),
    }
    joined = dataclasses.replace(make.joined(CATALOGUE, **tables), areas=areas)
    return change.estimate(joined, make.periods("2023"), Settings())


def steps(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["group_type"].eq("stap")].set_index("group_value")


def test_a_gemeente_without_others_is_told_by_its_buurten(make: Any) -> None:
    areas = town(30)
    rows = asked(make, areas)
    assert rows.loc[rows["group_type"].eq("oordeel"), "gate_reason"].tolist() == ["too_few_similar"]
    found = steps(rows)
    assert set(found.index) == {"noise", "least", "mde", "possible"}
    assert set(found["gate_reason"]) == {"noise_of_parts"}
    assert set(found["n"]) == {30}
    assert set(found["n_unit"]) == {"areas"}
    assert "its own buurten" in str(found.loc["noise", "method"])
    own = areas.values[GAS].drop(TOWN).dropna().to_numpy()
    assert found.loc["noise", "value"] == pytest.approx(noise.yearly_noise(own[:, :BEFORE]))
    assert found.loc["least", "value"] == pytest.approx(found.loc["noise", "value"] / np.sqrt(30))
    assert found.loc["mde", "value"] == pytest.approx(2.8 * np.sqrt(2) * found.loc["noise", "value"])
    assert found.loc["possible", "value"] == pytest.approx(own[:, BEFORE - 1].std(ddof=1))


def test_the_rows_have_a_reservation_after_the_gates(make: Any) -> None:
    gated = detectability.set_gates(asked(make, town(30)), Settings().gates)
    assert set(steps(gated)["gate"]) == {"voorbehoud"}
    assert set(steps(gated)["gate_reason"]) == {"noise_of_parts"}


@pytest.mark.parametrize("kept", [19, 20])
def test_buurten_need_a_figure_in_every_year_before_and_something_that_it_rests_on(make: Any, kept: int) -> None:
    areas = town(kept + 2)
    areas.values[GAS].loc["BU99100000", 2017] = np.nan
    areas.values[GAS].loc["BU99100002", 2022] = np.nan  # after the start: no matter
    areas.bases[GAS].loc["BU99100001", 2020] = 0.0
    found = steps(asked(make, areas))
    assert set(found["n"]) == ({20} if kept == 20 else set())


def test_a_buurt_has_no_buurten_in_it(make: Any) -> None:
    areas = dataclasses.replace(town(12), weights=weights("BU99100000"))
    assert steps(asked(make, areas, "BU99100000")).empty


def test_a_large_buurt_weighs_more_than_a_small_one(make: Any) -> None:
    areas = town(30)
    areas.values[GAS].loc["BU99100000", [2017, 2019]] += 3_000.0  # a handful of homes, rounded coarsely
    wild = steps(asked(make, areas))["value"]["noise"]
    areas.bases[GAS].loc["BU99100000"] = 0.01
    assert steps(asked(make, areas))["value"]["noise"] < wild / 20
