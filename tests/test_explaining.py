"""What goes with larger effects: which moderators are looked at, and the slope of two groups by hand."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from bt_analysis.analysis.learning import explaining
from bt_analysis.settings import LearningSettings
from tests.learning_cases import of
from tests.shared_figures import names

TEN = names(10)


def known(*rows: dict[str, Any], about: dict[str, Any] | None = None, collectives: tuple[str, ...] = ("zon",)) -> Any:
    given = [{"collective_id": "zon", "condition_code": "geld", "period": "2023", **one} for one in rows]
    return explaining.moderators(of(dict.fromkeys(collectives, ("2024",)), about, case_condition=given))


def effects(values: list[float], v: float = 0.01, who: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame({"collective_id": who or names(len(values)), "y": values, "v": v})


def looked(rows: pd.DataFrame, learning: LearningSettings | None = None, **columns: Any) -> dict[str, dict[str, Any]]:
    table = pd.DataFrame(columns, index=pd.Index(names(len(next(iter(columns.values())))), name="collective_id"))
    return {one["moderator"]: one for one in explaining.explained(rows, table, learning or LearningSettings())}


# What is known


def test_a_row_per_collective_also_of_those_of_whom_nothing_is_known() -> None:
    table = known({"value": 1}, about={"maan": {"urbanity": None}}, collectives=("zon", "maan"))
    assert sorted(table.index) == ["maan", "zon"]
    assert table.loc["zon"].to_dict() == {"geld": 1, "urbanity": 3}
    assert table.loc["maan"].isna().all()


def test_a_condition_that_nobody_could_tell_is_none() -> None:
    assert known({"value": None}).columns.tolist() == ["urbanity"]


def test_an_outcome_explains_nothing() -> None:
    table = known({"value": 1}, {"value": 1, "condition_code": "nieuwe_mensen"})
    assert table.columns.tolist() == ["geld", "urbanity"]


@pytest.mark.parametrize(("period", "there"), [("2023", True), ("2024", True), ("2025", False)])
def test_a_condition_of_after_the_outcome_is_left_out(period: str, there: bool) -> None:
    outcome = {"value": 1, "condition_code": "nieuwe_mensen", "period": "2024"}
    assert ("geld" in known({"value": 1, "period": period}, outcome)) == there


# Which are looked at


@pytest.mark.parametrize(("there", "seen"), [(2, False), (3, True), (7, True), (8, False)])
def test_a_condition_needs_three_with_and_three_without(there: int, seen: bool) -> None:
    assert LearningSettings().of_a_kind == 3
    rows = effects([0.1 * at for at in range(10)])
    assert bool(looked(rows, geld=[1.0] * there + [0.0] * (10 - there))) == seen


def test_of_urbanity_one_collective_that_differs_is_enough() -> None:
    rows = effects([0.1 * at for at in range(10)])
    assert list(looked(rows, urbanity=[3.0] * 9 + [4.0])) == ["urbanity"]
    assert looked(rows, urbanity=[3.0] * 10) == {}


def test_it_must_be_known_of_as_many_as_are_put_together() -> None:
    rows = effects([0.1 * at for at in range(11)])
    nine = [1.0] * 4 + [0.0] * 5 + [math.nan] * 2
    assert looked(rows, geld=nine) == {}
    assert looked(rows, geld=[*nine[:9], 1.0, math.nan])["geld"]["collectives_n"] == 10
    assert looked(rows, LearningSettings(pooled_from=9), geld=nine)["geld"]["collectives_n"] == 9


# The slope


def test_the_slope_of_two_groups_is_the_difference_of_their_means() -> None:
    values = [0.0, 0.2, 0.0, 0.2, 0.1, 0.6, 0.8, 0.6, 0.8, 0.7]
    one = looked(effects(values, 0.04), geld=[0.0] * 5 + [1.0] * 5)["geld"]
    # Means 0.1 and 0.7; squares about them 2 · 4 · 0.01 = 0.08, and 0.08 / 8 = 0.01 is less than v: τ² = 0, factor 1
    assert one["slope"] == pytest.approx(0.6)
    half = t.ppf(0.975, 8) * math.sqrt(0.04 / 5 + 0.04 / 5)
    assert (one["low"], one["high"]) == pytest.approx((0.6 - half, 0.6 + half))
    assert one["p"] == pytest.approx(2 * t.sf(0.6 / math.sqrt(0.016), 8))
    assert one["r2"] == 100


def test_turning_a_condition_round_turns_the_slope() -> None:
    draw = np.random.default_rng(3)
    rows = effects(draw.normal(0, 1, 12).tolist(), 0.2)
    there = draw.permutation([1.0] * 6 + [0.0] * 6)
    one, other = looked(rows, geld=there)["geld"], looked(rows, geld=1 - there)["geld"]
    assert one["slope"] == pytest.approx(-other["slope"])
    assert (one["low"], one["high"]) == pytest.approx((-other["high"], -other["low"]))
    assert (one["p"], one["r2"]) == pytest.approx((other["p"], other["r2"]), rel=1e-4)


def test_a_collective_with_several_effects_counts_with_its_last() -> None:
    last = [0.0, 0.2, 0.0, 0.2, 0.1, 0.6, 0.8, 0.6, 0.8, 0.7]
    both = effects([*[9.0] * 10, *last], 0.04, who=[*TEN, *TEN])
    there = [0.0] * 5 + [1.0] * 5
    assert looked(both, geld=there) == looked(effects(last, 0.04), geld=there)


def test_each_is_looked_at_by_itself() -> None:
    draw = np.random.default_rng(4)
    rows = effects(draw.normal(0, 1, 12).tolist(), 0.2)
    one, two = draw.permutation([1.0] * 6 + [0.0] * 6), np.arange(12) % 5 + 1.0
    together = looked(rows, geld=one, urbanity=two)
    assert list(together) == ["geld", "urbanity"]
    assert together["geld"] == looked(rows, geld=one)["geld"]
    assert together["urbanity"] == looked(rows, urbanity=two)["urbanity"]
