"""Gates: shown as it is, with a reservation, or a sentence instead of a figure."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability
from bt_analysis.settings import GateSettings


def gate(**estimate: Any) -> tuple[str, str]:
    row = {
        "value": 50.0,
        "ci_low": 40.0,
        "ci_high": 60.0,
        "n": 100.0,
        "n_unit": "people",
        "unit": "%",
        "method": "Wilson",
        "coverage": 1.0,
        "gate_reason": "",
        "missing_reason": None,
    } | estimate
    out = detectability.set_gates(pd.DataFrame([row]), GateSettings())
    return out["gate"].iloc[0], out["gate_reason"].iloc[0]


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        ({}, ("ok", "")),
        ({"n": 30.0}, ("ok", "")),
        ({"n": 29.0}, ("voorbehoud", "n_below_minimum")),
        ({"n": 29.0, "n_unit": "contacts"}, ("voorbehoud", "n_below_minimum")),
        ({"n": 29.0, "unit": "verhouding"}, ("voorbehoud", "n_below_minimum")),
        ({"n": 29.0, "unit": "personen"}, ("ok", "")),  # a count of 29 people is 29 people
        ({"n": 29.0, "n_unit": "population"}, ("ok", "")),  # a register is no sample
        ({"n": float("nan")}, ("ok", "")),
        ({"coverage": 0.9}, ("ok", "")),
        ({"coverage": 0.899}, ("voorbehoud", "coverage_below_minimum")),
        ({"coverage": float("nan")}, ("ok", "")),
        ({"gate_reason": "may_count_twice"}, ("voorbehoud", "may_count_twice")),
        (
            {"gate_reason": "may_count_twice", "n": 5.0, "coverage": 0.1},
            ("voorbehoud", "may_count_twice;n_below_minimum;coverage_below_minimum"),
        ),
        ({"value": float("nan"), "missing_reason": "suppressed"}, ("niet_te_zien", "suppressed")),
        ({"value": float("nan"), "missing_reason": "cannot_exist", "n": 5.0}, ("niet_te_zien", "cannot_exist")),
        ({"value": float("nan")}, ("niet_te_zien", "not_recorded")),
        ({"value": 0.0}, ("ok", "")),  # zero is a figure
    ],
)
def test_each_gate_says_why(estimate: dict[str, Any], expected: tuple[str, str]) -> None:
    assert gate(**estimate) == expected


@pytest.mark.parametrize("code", detectability.REFUSALS)
def test_a_refusal_keeps_its_own_reason(code: str) -> None:
    refused = {"value": float("nan"), "missing_reason": "not_applicable", "gate_reason": code}
    assert gate(**refused) == ("niet_te_zien", code)
    assert gate(**refused, coverage=0.1) == ("niet_te_zien", code)  # one reason, and no other beside it


@pytest.mark.parametrize("code", detectability.RESERVATIONS)
def test_a_reservation_is_no_refusal(code: str) -> None:
    assert gate(gate_reason=code) == ("voorbehoud", code)
    assert gate(gate_reason=code, value=float("nan"), missing_reason="unknown") == ("niet_te_zien", "unknown")


def test_a_sum_over_part_of_the_area_is_not_shown() -> None:
    # 300 of 1,000 inhabitants have a figure: the sum would look like a decrease of 70%.
    part = {"value": 300.0, "ci_low": 290.0, "ci_high": 310.0, "n": 300.0, "method": "sum", "coverage": 0.3}
    both = pd.DataFrame([part, part | {"coverage": 1.0}])
    same = {"n_unit": "population", "unit": "personen", "gate_reason": "", "missing_reason": None}
    out = detectability.set_gates(both.assign(**same), GateSettings())
    assert out["gate"].tolist() == ["niet_te_zien", "ok"]
    assert out["gate_reason"].tolist() == ["coverage_below_minimum", ""]
    assert out["missing_reason"].tolist() == ["unknown", None]
    # Its bounds and size would tell it as well; the figure of the whole area keeps all four.
    figures = out[["value", "ci_low", "ci_high", "n"]]
    assert figures.iloc[0].isna().all()
    assert figures.iloc[1].tolist() == [300.0, 290.0, 310.0, 300.0]


def test_thresholds_are_settings() -> None:
    row = {
        "value": 1.0,
        "ci_low": 0.0,
        "ci_high": 13.0,
        "n": 40.0,
        "n_unit": "people",
        "unit": "%",
        "method": "Wilson",
        "coverage": 0.95,
        "gate_reason": "",
        "missing_reason": None,
    }
    strict = detectability.set_gates(pd.DataFrame([row]), GateSettings(min_n=50, min_coverage=0.99))
    assert strict["gate_reason"].tolist() == ["n_below_minimum;coverage_below_minimum"]


def test_no_estimates_give_no_gates_and_the_table_is_not_changed() -> None:
    columns = [
        "value",
        "ci_low",
        "ci_high",
        "n",
        "n_unit",
        "unit",
        "method",
        "coverage",
        "gate_reason",
        "missing_reason",
    ]
    empty = pd.DataFrame(columns=columns)
    assert detectability.set_gates(empty, GateSettings()).empty
    assert empty.columns.tolist() == columns
