"""Measurements become estimates: in their periods, with how they were collected, and compared with nothing."""

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability, disclosure, schema
from bt_analysis.analysis import QUESTIONS, measurements
from bt_analysis.analysis.tables import Joined
from bt_analysis.instruments import NotComparable
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings

BOTH = ("2023", "2024", "2023-2024")


def measured(**more: Any) -> dict[str, Any]:
    """Return a share of 84 residents drawn by lot: 39 of them are lonely."""
    return {
        "measurement_id": "m1", "indicator_id": "djg6_2006_eenzaam", "collective_id": "tuin", "work_area_id": "tuin-a",
        "period_start": pd.Timestamp("2024-05-01"), "period_end": pd.Timestamp("2024-05-31"),
        "measured_on": pd.Timestamp("2024-05-31"), "population": "bewoners", "value": 100 * 39 / 84, "n_valid": 84,
        "numerator": 39, "method": "aselect", "comparison": "geen",
    } | more  # fmt: skip


def defined(indicator_id: str, **more: Any) -> dict[str, Any]:
    return {
        "indicator_id": indicator_id, "label_nl": indicator_id.title(), "domain": "leefomgeving", "unit": "aantal",
        "result_level": "output", "source_type": "eigen_telling",
    } | more  # fmt: skip


def joined(make: Any, *rows: dict[str, Any], indicators: tuple[dict[str, Any], ...] = ()) -> Joined:
    tables: Joined = make.joined()
    return dataclasses.replace(tables, measurement=typed(rows, "measurement"), indicator=typed(indicators, "indicator"))


def ask(make: Any, *rows: dict[str, Any], periods: tuple[str, ...] = ("2024",), **more: Any) -> pd.DataFrame:
    return measurements.estimate(joined(make, *rows, **more), make.periods(*periods), Settings())


def one(make: Any, **more: Any) -> pd.Series:
    table = ask(make, measured(**more))
    assert len(table) == 1
    return table.iloc[0]


def protect(gated: pd.DataFrame) -> pd.DataFrame:
    return disclosure.protect(gated, Settings().disclosure, disclosure.nothing(), dt.date(2025, 1, 1)).estimates


def test_it_is_one_of_the_questions() -> None:
    assert measurements in QUESTIONS


def test_nothing_measured_is_no_rows(make: Any) -> None:
    assert ask(make).empty


def test_a_measurement_is_an_estimate_as_it_was_recorded(make: Any) -> None:
    row = one(make, ci_low=36.0, ci_high=57.0)
    assert (row["question"], row["indicator_id"], row["work_area_id"]) == (
        "measurements", "djg6_2006_eenzaam", "tuin-a",
    )  # fmt: skip
    assert (row["value"], row["ci_low"], row["ci_high"]) == (100 * 39 / 84, 36, 57)
    assert (row["n"], row["n_unit"], row["unit"]) == (84, "people", "%")
    assert row["method"] == "random sample; bounds: interval of the measurement"
    assert row["source"] == "collective: measurement · djg6_2006"
    assert (row["group_type"], row["group_value"], row["group_label"]) == ("meting:m1", "", "2024-05-31")
    assert (row["population"], row["comparison"], row["gate_reason"]) == ("bewoners", "geen", "")


def test_it_is_in_every_period_that_it_lies_inside(make: Any) -> None:
    table = ask(make, measured(), periods=BOTH)
    assert table["period_start"].dt.year.tolist() == [2024, 2023]  # 2024, and 2023-2024
    assert table["period_end"].dt.year.tolist() == [2024, 2024]
    assert table["claim_id"].is_unique


def test_what_lies_outside_every_period_is_listed(make: Any) -> None:
    tables = joined(
        make,
        measured(),
        measured(measurement_id="m2", period_start=pd.Timestamp("2025-01-01"), period_end=pd.Timestamp("2025-01-31")),
        measured(measurement_id="m3", collective_id=None, period_start=pd.Timestamp("2019-01-01")),
    )
    lost = measurements.outside(tables, make.periods(*BOTH))
    assert lost.to_dict("records") == [
        {
            "table": "measurement", "collective_id": "tuin", "item": "m2", "reason": "outside_period",
            "detail": "2025-01-01 to 2025-01-31",
        }
    ]  # fmt: skip
    schema.check(lost, "analysed_unmatched")


def test_an_area_that_is_nobodys_has_no_estimate(make: Any) -> None:
    assert ask(make, measured(collective_id=None)).empty


def test_two_measurements_of_one_indicator_in_one_year_stay_two_claims(make: Any) -> None:
    later = measured(measurement_id="m2", measured_on=pd.Timestamp("2024-11-01"), value=30.0)
    table = ask(make, measured(), later)
    assert table["value"].tolist() == [100 * 39 / 84, 30.0]  # beside each other: no mean, no difference
    assert table["claim_id"].is_unique


@pytest.mark.parametrize(
    ("method", "collected", "reason"),
    [
        ("aselect", "random sample", ""),
        ("census_van_groep", "everybody was asked", ""),
        ("zelfselectie", "self-selected answers", "self_selected"),
        ("register", "register", ""),
        ("telling", "count", ""),
        ("schatting", "estimate", "estimated_value"),
        ("model", "model", "model_estimate"),
    ],
)
def test_how_it_was_collected(make: Any, method: str, collected: str, reason: str) -> None:
    row = one(make, method=method)
    assert (row["method"], row["gate_reason"]) == (collected, reason)


def test_every_method_of_the_schema_is_named() -> None:
    fields = {field["name"]: field for field in schema.load("measurement")["fields"]}
    assert set(measurements.COLLECTED) == set(fields["method"]["constraints"]["enum"])


def test_a_modelled_value_is_one_of_the_area_and_of_no_people(make: Any) -> None:
    row = one(make, method="model", n_valid=None, numerator=None)
    assert (row["population"], row["cell"], row["gate_reason"]) == ("gebied", "", "model_estimate")
    modelled = defined("lucht", unit="schaal", source_type="modelschatting")
    row = ask(make, measured(indicator_id="lucht", method="register"), indicators=(modelled,)).iloc[0]
    assert (row["population"], row["method"], row["gate_reason"]) == ("gebied", "model", "model_estimate")


def test_a_mean_of_few_people_has_a_reservation(make: Any) -> None:
    mean = {"indicator_id": "brs_2008_totaal", "value": 3.4, "numerator": None}
    assert one(make, **mean, n_valid=29)["gate_reason"] == "n_below_minimum"
    assert one(make, **mean, n_valid=30)["gate_reason"] == ""
    assert one(make, **mean, n_valid=29, method="zelfselectie")["gate_reason"] == "self_selected;n_below_minimum"


@pytest.mark.parametrize(
    ("row", "cell_n"),
    [
        ({}, 39),  # 84 − 39 = 45 are not lonely
        ({"numerator": 80, "value": 100 * 80 / 84}, 84 - 80),
        ({"numerator": 84, "value": 100.0}, 0),
        ({"numerator": 0, "value": 0.0}, 0),
        ({"numerator": None, "value": 5.0}, round(84 * 0.05)),  # anybody can work that out
        ({"numerator": None, "indicator_id": "brs_2008_totaal", "value": 3.0}, 84),
        ({"numerator": None, "indicator_id": "brs_2008_totaal", "value": 5.0}, 0),  # everybody answered the same
        ({"numerator": None, "indicator_id": "brs_2008_totaal", "value": 1.0}, 0),
        ({"indicator_id": "phone_tree_reachable_n", "n_valid": None, "numerator": None, "value": 7.0}, 7),
    ],
)
def test_the_fewest_people_that_it_tells_of_are_its_cell(make: Any, row: dict[str, Any], cell_n: float) -> None:
    found = one(make, **row)
    assert (found["cell"], found["cell_n"]) == ("measurement:m1", cell_n)


def test_square_metres_are_no_people(make: Any) -> None:
    row = one(make, indicator_id="greened_m2", population="gebied", value=4.0, n_valid=None, numerator=None)
    assert row["cell"] == ""
    assert pd.isna(row["cell_n"])
    assert (row["n_unit"], row["unit"]) == ("", "m2")


def test_households_are_counted_as_such(make: Any) -> None:
    assert one(make, population="huishoudens")["n_unit"] == "households"


def test_a_small_numerator_is_suppressed_and_a_large_one_is_not(make: Any) -> None:
    rows = [measured(), measured(measurement_id="m2", numerator=9, value=100 * 9 / 84)]
    gated = detectability.set_gates(ask(make, *rows), Settings().gates)
    protected = protect(gated)
    assert protected["gate"].tolist() == ["ok", "onderdrukt"]
    assert protected["value"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("numerators", "cells"),
    [
        ((30, 42), [30, 42 - 30]),
        ((30, 36), [30, 36 - 30]),  # six people lie between the lines
        ((30, 30), [30, 0]),  # and here nobody: that tells something as well
        ((4, 12), [4, 12]),  # the first is not shown, so there is nothing to subtract it from
        ((42, 30), [42 - 30, 30]),
    ],
)
def test_people_between_two_lines_are_told_of_too(make: Any, numerators: tuple[int, int], cells: list[float]) -> None:
    rows = [
        measured(measurement_id=f"m{at}", indicator_id=line, numerator=count, value=100 * count / 84, wave_id="w")
        for at, (line, count) in enumerate(zip(("mhi5_ongezond_cbs", "mhi5_ongezond_rivm"), numerators, strict=True))
    ]
    assert ask(make, *rows)["cell_n"].tolist() == cells


@pytest.mark.parametrize(
    ("people", "cells"),
    [
        ((81, 78, 76), [81, 81 - 78, 81 - 76]),  # three people, and five, are in the total and in no subscale
        ((81, 81, 71), [81, 81, 81 - 71]),
        ((81, 70, 65), [81, 81 - 70, 70 - 65]),
        ((78, 81, 81), [81 - 78, 81, 81]),  # in whatever order
    ],
)
def test_few_people_who_are_in_one_scale_and_not_in_another_are_told_of(
    make: Any, people: tuple[int, ...], cells: list[float]
) -> None:
    scales = ("djg6_2006_totaal", "djg6_2006_emotioneel", "djg6_2006_sociaal")
    rows = [
        measured(measurement_id=f"m{at}", indicator_id=scale, value=1.5, numerator=None, n_valid=n, wave_id="w")
        for at, (scale, n) in enumerate(zip(scales, people, strict=True))
    ]
    assert ask(make, *rows)["cell_n"].tolist() == cells


def test_two_waves_have_no_people_between_them(make: Any) -> None:
    rows = [
        measured(measurement_id="m0", numerator=30, value=100 * 30 / 84, wave_id="w"),
        measured(measurement_id="m1", numerator=36, value=100 * 36 / 84, wave_id="v"),
    ]
    assert ask(make, *rows)["cell_n"].tolist() == [30, 36]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"value": None}, "not_recorded"),
        ({"value": None, "value_missing_reason": "refused"}, "refused"),
        ({"value": None, "suppressed": True}, "suppressed"),
        ({}, None),
    ],
)
def test_a_missing_value_keeps_its_reason(make: Any, row: dict[str, Any], reason: str | None) -> None:
    assert one(make, **row)["missing_reason"] == reason


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ({}, "2024-05-31"),
        ({"measured_on": None}, "2024-05-01/2024-05-31"),
        ({"measured_on": None, "period_start": pd.Timestamp("2024-05-31")}, "2024-05-31"),
    ],
)
def test_the_day_or_days(make: Any, row: dict[str, Any], label: str) -> None:
    assert one(make, **row)["group_label"] == label


def test_an_own_question_is_named_so_and_is_no_instrument(make: Any) -> None:
    own = defined("tuin-gezellig", unit="%", source_type="enquete")
    row = ask(make, measured(indicator_id="tuin-gezellig", source_id="folder"), indicators=(own,)).iloc[0]
    assert row["source"] == "collective: measurement · eigen_vraag · folder"


def test_a_count_has_no_instrument(make: Any) -> None:
    assert one(make, indicator_id="energy_advices_n")["source"] == "collective: measurement"


def test_an_indicator_that_is_defined_nowhere_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="1 measured indicators are defined nowhere, the first is 'raar'"):
        ask(make, measured(indicator_id="raar"))


def test_an_indicator_that_was_defined_with_another_instrument_is_refused(make: Any) -> None:
    other = defined("djg6_2006_eenzaam", unit="%", source_type="enquete", instrument_id="mhi5")
    with pytest.raises(NotComparable, match="djg6_2006 and of mhi5"):
        ask(make, measured(), indicators=(other,))


def test_what_was_measured_is_described(make: Any) -> None:
    rows = [measured(), measured(measurement_id="m2"), measured(measurement_id="m3", indicator_id="bankjes")]
    table = measurements.indicators(joined(make, *rows, indicators=(defined("bankjes"), defined("nooit"))))
    schema.check(table, "analysed_indicators")
    assert table["indicator_id"].tolist() == ["bankjes", "djg6_2006_eenzaam"]
    assert table["label_nl"].tolist() == ["Bankjes", "Matig of sterk eenzaam"]
    assert table["instrument_id"].fillna("").tolist() == ["", "djg6_2006"]
    assert measurements.indicators(joined(make)).empty


def test_estimates_are_what_their_schema_says(make: Any) -> None:
    populations = ("deelnemers", "bewoners", "huishoudens", "leden", "gebied")
    rows = [measured(measurement_id=f"m{at}", population=whose) for at, whose in enumerate(populations)]
    gated = detectability.set_gates(ask(make, *rows), Settings().gates)
    protected = protect(gated)
    schema.check(protected.assign(synthetic=True), "analysed_estimates")


# What a mean gives away


def wave_of(make: Any, mean: float, n: int, lonely: int | None = None, **more: Any) -> Any:
    """Measure the mean score of n people, from 0 to 6, and how many have 2 points or more."""
    score = measured(
        measurement_id="m2", indicator_id="djg6_2006_totaal", value=mean, n_valid=n, numerator=None, **more
    )
    share = {"n_valid": n, "numerator": lonely, "value": 100 * (lonely or 0) / n}
    rows = [score, *([measured(**share)] if lonely is not None else [])]
    return ask(make, *rows).set_index("indicator_id").loc["djg6_2006_totaal"]


@pytest.mark.parametrize(
    ("mean", "n", "lonely", "cell"),
    [
        (6 / 20, 20, 2, 0),  # 6 points: at most three are lonely
        (30 / 20, 20, 7, 20),  # 30 points: 2 to 15 are lonely
        (20 / 20, 20, 7, 0),  # 20 points: at most ten are, and 12 must seem possible
        (108 / 20, 20, 19, 0),  # 12 short of all points: at most two are not
        (6 / 20, 20, None, 0),  # no share is recorded, and nearly nobody can be lonely all the same
        (40 / 20, 20, None, 20),
    ],
)
def test_a_mean_that_tells_a_hidden_share_rests_on_nobody(
    make: Any, mean: float, n: int, lonely: int | None, cell: float
) -> None:
    assert wave_of(make, mean, n, lonely)["cell_n"] == cell


def test_the_interval_of_a_mean_is_rounded_outwards(make: Any) -> None:
    row = wave_of(make, 2.0, 40, ci_low=1.5501, ci_high=2.4499)
    assert (row["ci_low"], row["ci_high"]) == (1.5, 2.5)
    assert row["value"] == 2
