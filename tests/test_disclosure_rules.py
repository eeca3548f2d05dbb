"""Primary rules: each finds the cells it is about and no other."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.disclosure import log, rules
from bt_analysis.settings import DisclosureSettings

RULE = DisclosureSettings()


def cell(**sizes: Any) -> pd.DataFrame:
    standard = {"cell": "participants", "cell_n": 50.0, "cell_value": 50.0, "cell_total_n": None, "cell_top_pct": None}
    numbers = ["cell_n", "cell_value", "cell_total_n", "cell_top_pct"]
    return pd.DataFrame([standard | sizes]).astype(dict.fromkeys(numbers, float))


@pytest.mark.parametrize(
    ("sizes", "code"),
    [
        ({}, ""),
        ({"cell_n": 10}, ""),
        ({"cell_n": 9}, "threshold"),
        ({"cell_n": 0}, "threshold"),
        # Shares of 60 people: 0, 10, 50 and 51 of them, and all.
        ({"cell_n": 12, "cell_value": 0, "cell_total_n": 60}, "group"),
        ({"cell_value": 10, "cell_total_n": 60}, ""),
        ({"cell_value": 50, "cell_total_n": 60}, ""),
        ({"cell_value": 51, "cell_total_n": 60}, "complement"),  # 60 − 51 = 9
        ({"cell_value": 60, "cell_total_n": 60}, "group"),
        # Two people gave 90% of the hours.
        ({"cell_value": 1000, "cell_top_pct": 90}, "dominance"),
        ({"cell_value": 1000, "cell_top_pct": 89.9}, ""),
        ({"cell": "area:tuin-a", "cell_n": 9}, "small_area"),
        ({"cell": "area:tuin-a", "cell_n": 10}, ""),
        # The first rule that is broken gives the code.
        ({"cell_n": 0, "cell_value": 0, "cell_total_n": 5, "cell_top_pct": 100}, "threshold"),
    ],
)
def test_a_cell_gets_the_code_of_the_rule_it_breaks(sizes: dict[str, Any], code: str) -> None:
    assert rules.broken(cell(**sizes), RULE).tolist() == [code]


def test_thresholds_are_settings() -> None:
    strict = DisclosureSettings(min_cell=20, dominance_pct=50)
    assert rules.broken(cell(cell_n=19), strict).tolist() == ["threshold"]
    assert rules.broken(cell(cell_value=50, cell_total_n=69), strict).tolist() == ["complement"]
    assert rules.broken(cell(cell_top_pct=50), strict).tolist() == ["dominance"]


def test_no_cells_break_no_rule() -> None:
    assert rules.broken(cell().head(0), RULE).empty


def test_every_code_has_a_meaning_in_the_log() -> None:
    assert set(rules.RULES) < set(log.RULES)
