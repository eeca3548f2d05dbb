"""What stands beside euros: which figures count as another unit, and amounts that lose their place without one."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis.analysis.learning import own_units
from bt_analysis.analysis.learning.cases import told
from tests.value_cases import cases, hours, measured

LESSON: dict[str, Any] = {"lesson_id": "zon--l1", "collective_id": "zon", "valence": "werkte", "domain": "welzijn"}
START, END = pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 12, 31)


def kinds(*figures: dict[str, Any], **tables: Any) -> list[str]:
    """Return the kinds of what stands beside euros."""
    return own_units.found(cases(figures, **tables))[0]["kind"].to_list()


# What counts


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (hours(10.0), ["uren"]),
        (hours(10.0, gate="voorbehoud", gate_reason="few_people"), ["uren"]),
        (hours(10.0, gate="onderdrukt"), []),
        (hours(10.0, gate="niet_te_zien"), []),
        (hours(None), []),
        (hours(10.0, indicator_id="hours_role"), []),  # all hours stand for those of roles
        (measured(), ["meting"]),
        (measured(unit="%"), []),  # how things stand is told with what changed
        (measured(unit="schaal"), []),
        (measured(unit="per_1000"), []),
        (measured(unit="eur"), []),
        (measured(unit="x1000_eur"), []),
        (measured(value=None, value_text="minder dan 10"), ["meting"]),  # said in words is shown too
        (measured(value=0.0), ["meting"]),  # nothing counted is a count
        (measured(question="change"), []),
    ],
)
def test_what_stands_beside_euros(figure: dict[str, Any], expected: list[str]) -> None:
    assert kinds(figure) == expected


def test_figures_of_others_stand_beside_no_euros_here() -> None:
    periods = (("zon", "2024"),)
    other = hours(10.0) | {"collective_id": "maan", "period": "2024"}
    found, lessons = own_units.found(cases([other], periods=(*periods, ("maan", "2024"))))
    assert found["collective_id"].to_list() == ["maan"]
    assert lessons.empty


def test_a_measurement_has_the_domain_of_its_indicator() -> None:
    indicator = [{"indicator_id": "greened_m2", "domain": "leefomgeving"}]
    found, _ = own_units.found(cases([measured()], indicator=indicator))
    assert found["domain"].to_list() == ["leefomgeving"]
    found, _ = own_units.found(cases([measured(), hours(3.0)]))
    assert found["domain"].to_list() == ["", ""]  # nobody wrote it down; of hours there is none


def test_lessons_are_counted_by_domain_over_the_longest_period() -> None:
    rows = [LESSON, LESSON | {"lesson_id": "zon--l2"}, LESSON | {"lesson_id": "zon--l3", "domain": None}]
    found, lessons = own_units.found(cases(periods=(("zon", "2023"), ("zon", "2022-2024")), lesson=rows))
    counted = lessons.set_index("group_value")
    assert counted["value"].to_dict() == {"": 1, "welzijn": 2}
    assert counted["period_start"].eq(pd.Timestamp(2022, 1, 1)).all()
    assert counted["n"].to_dict() == {"": 1, "welzijn": 2}
    assert found["kind"].to_list() == ["lessen", "lessen"]
    assert set(found["claim_id"]) == set(lessons["claim_id"])


def test_nothing_kept_gives_an_empty_table_with_its_columns() -> None:
    found, lessons = own_units.found(cases())
    assert found.columns.to_list() == ["collective_id", "period_start", "period_end", "kind", "domain", "claim_id"]
    assert (len(found), len(lessons)) == (0, 0)


# Never alone


def amounts(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return estimates; an amount of 2024 unless told otherwise."""
    common = {
        "question": "value", "indicator_id": "hours_value_eur", "collective_id": "zon", "period_start": START,
        "period_end": END, "population": "collectief", "unit": "eur", "method": "x", "source": "x", "ci_low": 5.0,
        "ci_high": 9.0, "n": 12, "value_text": "alleen_een_bereik",
    }  # fmt: skip
    return told(pd.DataFrame([common | row for row in rows]))


def beside(*periods: tuple[str, pd.Timestamp, pd.Timestamp]) -> pd.DataFrame:
    return pd.DataFrame(periods, columns=["collective_id", "period_start", "period_end"])


HERE = ("zon", START, END)


def test_an_amount_with_something_beside_it_stays_as_it_is() -> None:
    rows = amounts({})
    pd.testing.assert_frame_equal(own_units.never_alone(rows, beside(HERE)), rows)


@pytest.mark.parametrize("unit", own_units.EUROS)
def test_an_amount_alone_is_taken_away_and_says_why(unit: str) -> None:
    row = own_units.never_alone(amounts({"unit": unit, "value": 7.0}), beside()).iloc[0]
    assert all(np.isnan(row[name]) for name in ("value", "ci_low", "ci_high", "n"))
    assert (row["gate"], row["gate_reason"], row["value_text"]) == ("niet_te_zien", own_units.ALONE, "")
    assert row["missing_reason"] == "not_applicable"


@pytest.mark.parametrize(
    "elsewhere",
    [
        ("maan", START, END),  # of another collective
        ("zon", START, pd.Timestamp(2025, 12, 31)),  # of a longer period
        ("zon", pd.Timestamp(2023, 1, 1), pd.Timestamp(2023, 12, 31)),  # of another year
    ],
)
def test_beside_means_of_the_same_collective_and_period(elsewhere: tuple[str, pd.Timestamp, pd.Timestamp]) -> None:
    assert own_units.never_alone(amounts({}), beside(elsewhere))["gate"].to_list() == ["niet_te_zien"]


def test_what_is_in_no_euros_or_was_hidden_already_keeps_its_reason() -> None:
    rows = amounts(
        {"unit": "%", "value": 40.0}, {"group_value": "a", "gate": "niet_te_zien", "gate_reason": "no_range"},
    )  # fmt: skip
    kept = own_units.never_alone(rows, beside())
    assert kept["gate_reason"].to_list() == ["", "no_range"]
    assert kept["value"].iloc[0] == 40


def test_of_two_periods_only_the_one_that_stands_alone_loses_its_amount() -> None:
    last = {"period_start": pd.Timestamp(2023, 1, 1), "period_end": pd.Timestamp(2023, 12, 31)}
    kept = own_units.never_alone(amounts({}, last, {"gate": "voorbehoud", "group_value": "b"} | last), beside(HERE))
    assert kept["gate"].to_list() == ["ok", "niet_te_zien", "niet_te_zien"]


def test_nothing_that_comes_in_is_changed() -> None:
    rows = amounts({})
    before = rows.copy()
    own_units.never_alone(rows, beside())
    pd.testing.assert_frame_equal(rows, before)
