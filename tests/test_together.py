"""Effects of one family: what their number allows, what they come to, and who decides or stands apart."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import together
from bt_analysis.settings import LearningSettings
from tests.shared_figures import names

LEARNING = LearningSettings()


def family(values: list[float], se: float | list[float] = 0.1, **more: Any) -> pd.DataFrame:
    """Effects on a scale, one per collective, each with its standard error."""
    who = names(len(values))
    rows = pd.DataFrame({
        "collective_id": who, "group_type": "verandering", "kind": "verandering", "unit": "schaal", "value": values,
        "y": values, "v": np.square(se), "place": "", "reservations": "",
    })  # fmt: skip
    return rows.assign(**more)


def test_the_number_of_collectives_decides() -> None:
    stages = [together.stage(count, LEARNING) for count in (0, 1, 4, 5, 9, 10, 500)]
    assert stages == ["naast_elkaar", "naast_elkaar", "naast_elkaar", "punten", "punten", "samen", "samen"]


def test_side_by_side_is_only_a_range() -> None:
    found = together.put(family([0.3, -0.1, 0.2]), LEARNING)
    assert found.figures == {"bereik": (0.2, -0.1, 0.3)}
    assert found.signs == ""
    assert found.clusters_n == 0
    assert math.isnan(found.p)
    assert found.conclusion(0.0, 0.05) == ""
    assert found.flipping(0.0, pd.Series(dtype=float), 0.05) is found


@pytest.mark.parametrize(
    ("values", "signs", "flips"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.5], "alle_hoger", []),
        ([-0.1, -0.2, -0.3, -0.4, -0.5], "alle_lager", []),
        ([0.1, 0.2, 0.3, 0.4, -0.5], "wisselend", ["c04"]),
        ([0.1, 0.2, 0.3, -0.4, -0.5], "wisselend", []),
        ([0.0, 0.2, 0.3, 0.4, 0.5], "wisselend", ["c00"]),  # exactly no change is neither up nor down
        ([0.0, 0.0, 0.0, 0.0, 0.0], "wisselend", []),
    ],
)
def test_points_have_a_direction_in_common_or_not(values: list[float], signs: str, flips: list[str]) -> None:
    found = together.put(family(values), LEARNING)
    assert (found.stage, found.signs) == ("punten", signs)
    assert found.rows.loc[found.rows["flips"], "collective_id"].tolist() == flips


def test_how_high_a_figure_is_has_no_direction() -> None:
    found = together.put(family([3.1, 3.4, 3.3, 3.9, 3.2], kind="niveau"), LEARNING)
    assert found.signs == ""
    assert not found.rows["flips"].any()


def test_rows_are_in_order_of_collectives_whatever_order_they_came_in() -> None:
    rows = family([0.3, -0.1, 0.2, 0.4, 0.5])
    turned = together.put(rows.iloc[::-1], LEARNING)
    pd.testing.assert_frame_equal(turned.rows, together.put(rows, LEARNING).rows)


def test_ten_alike_are_their_mean_with_the_margin_of_t() -> None:
    # Ten effects of 0.2 with standard error 0.1: τ = 0, error 0.1 / √10, t with 9 degrees of freedom is 2.262
    found = together.put(family([0.2] * 10), LEARNING)
    half = 2.262157 * 0.1 / math.sqrt(10)
    assert found.figures["gemiddelde"] == pytest.approx((0.2, 0.2 - half, 0.2 + half), rel=1e-5)
    assert found.figures["nieuw"] == pytest.approx(found.figures["gemiddelde"])
    assert found.figures["tau"] == pytest.approx((0, 0, 0))
    assert found.figures["i2"][0] == 0
    assert not found.rows["exception"].any()
    assert found.rows["shrunken"].tolist() == pytest.approx([0.2] * 10)


# What it comes to


def sure(new: tuple[float, float], mean: tuple[float, float], p: float = 0.01) -> together.Together:
    rows = pd.DataFrame({"collective_id": ["a"], "flips": False})
    figures = {together.MEAN: (sum(mean) / 2, *mean), together.NEW: (sum(new) / 2, *new)}
    return together.Together(rows, together.POOLED, 10, figures, p=p)


@pytest.mark.parametrize(
    ("new", "mean", "p", "says"),
    [
        ((0.1, 0.9), (0.3, 0.7), 0.05, "ook_nieuw"),
        ((-0.9, -0.1), (-0.7, -0.3), 0.05, "ook_nieuw"),
        ((0.1, 0.9), (0.3, 0.7), 0.0501, "onbekend"),
        ((0.0, 0.9), (0.3, 0.7), 0.01, "gemiddeld"),  # an end at 0 does not leave 0 out
        ((-0.1, 0.9), (0.3, 0.7), 0.01, "gemiddeld"),
        ((-0.1, 0.9), (0.0, 0.7), 0.01, "onbekend"),
        ((math.nan, math.nan), (0.3, 0.7), 0.01, "gemiddeld"),
        ((0.1, 0.9), (math.nan, math.nan), 0.01, "onbekend"),
    ],
)
def test_a_conclusion_holds_after_correction_and_leaves_zero_out(
    new: tuple[float, float], mean: tuple[float, float], p: float, says: str
) -> None:
    assert sure(new, mean).conclusion(p, 0.05) == says


def test_who_turns_the_direction_decides_as_well() -> None:
    left = pd.DataFrame(
        {"low": [-0.7, 0.3], "high": [-0.3, 0.7], "p": 0.01, "new_low": [-0.9, 0.1], "new_high": [-0.1, 0.9]},
        index=["a", "b"],
    )
    rows = pd.DataFrame({"collective_id": ["a", "b", "b"], "flips": False})
    figures = {together.MEAN: (0.5, 0.3, 0.7), together.NEW: (0.5, 0.1, 0.9)}
    found = together.Together(rows, together.POOLED, 10, figures, p=0.01, without=left)
    told = found.flipping(0.01, pd.Series({"a": 0.01, "b": 0.01}), 0.05)
    assert told.rows["flips"].tolist() == [True, False, False]
    assert not found.rows["flips"].any()  # the first answer is left as it was


# Exceptions, lopsidedness, chances


def test_an_exception_lies_outside_with_its_whole_margin() -> None:
    # Nine at 0.4 with standard error 0.05; the margin of the tenth is 1.96 · 0.05 = 0.098 to both sides.
    near = together.put(family([0.4] * 9 + [-0.09], 0.05), LEARNING).rows
    assert near["exception"].tolist() == [False] * 10
    far = together.put(family([0.4] * 9 + [-0.11], 0.05), LEARNING).rows
    assert far["exception"].tolist() == [False] * 9 + [True]


def test_of_a_level_below_zero_is_no_exception_by_itself() -> None:
    rows = family([0.4] * 9 + [-0.11], 0.05)
    assert not together.put(rows.assign(kind="niveau"), LEARNING).rows["exception"].any()


def test_with_a_mean_below_zero_who_surely_rises_is_the_exception() -> None:
    far = together.put(family([-0.4] * 9 + [0.11], 0.05), LEARNING).rows
    assert far["exception"].tolist() == [False] * 9 + [True]


def test_lopsidedness_needs_margins_that_differ_and_no_shares() -> None:
    errors = [0.05 + 0.03 * at for at in range(12)]
    values = [0.05 + 1.5 * one for one in errors]
    assert together.put(family(values, errors), LEARNING).lopsided_p < 0.05
    assert math.isnan(together.put(family(values, errors, unit="%"), LEARNING).lopsided_p)
    assert math.isnan(together.put(family(values, 0.1), LEARNING).lopsided_p)
    # The largest variance 1 % above the smallest is still alike: of v = 0.01, 0.0101
    alike = family(values, [math.sqrt(0.0101), *[0.1] * 11])
    assert math.isnan(together.put(alike, LEARNING).lopsided_p)


def test_a_chance_to_go_up_is_told_of_percentage_points_only() -> None:
    points = family([5.0, 7, 3, 6, 4, 8, 2, 5, 6, 4], 3.0, unit="%")
    chance = together.put(points, LEARNING).figures["kans_nieuw_hoger"]
    assert 90 < chance[0] <= 100
    assert np.isnan(chance[1:]).all()
    down = together.put(points.assign(value=-points["value"], y=-points["y"]), LEARNING).figures["kans_nieuw_hoger"]
    assert down[0] == pytest.approx(100 - chance[0])
    assert "kans_nieuw_hoger" not in together.put(family([0.1] * 10), LEARNING).figures
    assert "kans_nieuw_hoger" not in together.put(points.assign(kind="niveau"), LEARNING).figures


def test_a_level_in_per_cent_comes_back_from_log_odds() -> None:
    # Half of people everywhere: log odds 0, with standard error 0.2
    found = together.put(family([0.0] * 10, 0.2, kind="niveau", unit="%", value=50.0), LEARNING)
    half = 2.262157 * 0.2 / math.sqrt(10)
    low, high = (100 / (1 + math.exp(-one)) for one in (-half, half))
    assert found.figures["gemiddelde"] == pytest.approx((50, low, high), rel=1e-5)
    assert found.rows["shrunken"].tolist() == pytest.approx([50] * 10)
    assert math.isnan(found.p)
