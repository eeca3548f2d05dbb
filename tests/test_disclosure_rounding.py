"""Coarsening: counts of people in groups in fives, and percentages of few people in words."""

import math
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.tables import estimates
from bt_analysis.disclosure.rounding import WORDS, coarse
from bt_analysis.settings import DisclosureSettings

RULE = DisclosureSettings()


def one(rule: DisclosureSettings = RULE, **row: Any) -> dict[str, Any]:
    standard = {
        "indicator_id": "participants_share_pct", "collective_id": "tuin",
        "group_type": "leeftijd", "group_value": "65+",
        "period_start": "2024-01-01", "period_end": "2024-12-31", "value": 48.0, "ci_low": 20.0, "ci_high": 70.0,
        "n": 20.0, "n_unit": "people", "unit": "%", "cell": "participants", "gate": "voorbehoud",
        "gate_reason": "n_below_minimum",
    }  # fmt: skip
    constants = {"question": "representation", "population": "deelnemers", "method": "Wilson", "source": "x"}
    out = coarse(estimates(pd.DataFrame([standard | row]), **constants), rule)
    return {str(column): value for column, value in out.iloc[0].items()}


def test_a_percentage_of_few_people_is_told_in_words() -> None:
    row = one()
    assert row["value_text"] == "ongeveer_de_helft"
    assert all(math.isnan(row[column]) for column in ("value", "ci_low", "ci_high"))
    assert (row["n"], row["gate"], row["gate_reason"]) == (20, "voorbehoud", "n_below_minimum")


@pytest.mark.parametrize(
    ("pct", "word"),
    [
        (0, "bijna_niemand"), (12.4, "bijna_niemand"), (12.5, "ongeveer_een_kwart"), (37.4, "ongeveer_een_kwart"),
        (37.5, "ongeveer_de_helft"), (62.4, "ongeveer_de_helft"), (62.5, "ongeveer_driekwart"),
        (87.4, "ongeveer_driekwart"), (87.5, "bijna_iedereen"), (100, "bijna_iedereen"),
    ],
)  # fmt: skip
def test_words_go_by_the_nearest_quarter(pct: float, word: str) -> None:
    assert one(value=pct)["value_text"] == word
    low, high = WORDS[word]
    assert low <= pct <= high


def test_thirty_people_are_enough_for_a_number() -> None:
    row = one(n=30.0, gate="ok", gate_reason="")
    assert (row["value"], row["value_text"], row["gate"]) == (48, "", "ok")
    assert one(DisclosureSettings(words_below=31), n=30.0)["value_text"] == "ongeveer_de_helft"


def test_the_reservation_is_added_to_those_there_are() -> None:
    assert one(gate="ok", gate_reason="")["gate_reason"] == "n_below_minimum"
    assert one(gate_reason="may_count_twice")["gate_reason"] == "may_count_twice;n_below_minimum"


def test_a_ratio_of_such_percentages_is_not_shown() -> None:
    row = one(indicator_id="representation_ratio", unit="verhouding", value=1.2)
    assert (row["gate"], row["gate_reason"], row["missing_reason"]) == ("niet_te_zien", "n_below_minimum", "unknown")
    assert math.isnan(row["value"])
    assert math.isnan(row["n"])
    assert row["value_text"] == ""


def test_what_is_missing_gets_no_words() -> None:
    row = one(value=None, ci_low=None, ci_high=None, gate="onderdrukt", gate_reason="suppressed")
    assert (row["value_text"], row["gate"], row["gate_reason"]) == ("", "onderdrukt", "suppressed")


def test_percentages_that_are_not_about_our_people_stay_numbers() -> None:
    row = one(cell="", n_unit="population", population="gebied")
    assert (row["value"], row["value_text"]) == (48, "")


@pytest.mark.parametrize(("people", "shown"), [(12, 10), (13, 15), (17, 15), (40, 40)])
def test_people_in_a_group_are_counted_in_fives(people: float, shown: float) -> None:
    hours: dict[str, Any] = {"indicator_id": "hours_role", "unit": "uur", "value": 123.0, "n": people}
    assert (one(**hours)["n"], one(**hours)["value"]) == (shown, 123)
    assert one(**hours, group_value="")["n"] == people  # a total of the fieldwork is exact
    assert one(unit="personen", value=people, n=None)["value"] == shown
    assert one(DisclosureSettings(rounding=1), **hours)["n"] == people


def test_coarse_is_as_coarse_as_it_gets() -> None:
    keys = ["value", "n", "value_text", "gate", "gate_reason"]
    for row in (one(), one(n=47.0)):
        again = one(**{key: row[key] for key in keys})
        assert str({key: again[key] for key in keys}) == str({key: row[key] for key in keys})
