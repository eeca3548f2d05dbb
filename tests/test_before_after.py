"""Two waves become estimates: a difference with its test, adjusted once per report, resting on the fewest people."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability, schema
from bt_analysis.analysis import QUESTIONS, before_after
from bt_analysis.analysis.tables import Joined
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings
from tests.test_measurements import measured, protect

MEAN, SHARE = "djg6_2006_totaal", "djg6_2006_eenzaam"
BOTH = ("2023", "2024", "2023-2024")


def change(**more: Any) -> dict[str, Any]:
    """Return 60 people who were followed from 62 and 75: 31 scored lower."""
    return {
        "wave_before": "w1", "wave_after": "w2", "indicator_id": MEAN, "instrument_id": "djg6_2006",
        "collective_id": "tuin", "population": "deelnemers", "unit": "schaal",
        "period_start": pd.Timestamp("2023-10-01"), "period_end": pd.Timestamp("2024-10-31"), "design": "gekoppeld",
        "n_before": 62, "n_after": 75, "pairs_n": 60, "up_n": 12, "down_n": 31, "same_n": 17, "all_alike": False,
        "value": -0.8, "ci_low": -1.2, "ci_high": -0.4, "p_value": 0.00123,
        "method": "paired: interval of mean change; permutation of signs",
    } | more  # fmt: skip


def of_share(**more: Any) -> dict[str, Any]:
    """Return 50 people who were followed; 12 left, 25 came, and 12 to 24 of these say yes."""
    up = {
        "indicator_id": SHARE, "unit": "%", "value": -12.0, "ci_low": -30.0, "ci_high": 6.0, "p_value": 0.02,
        "pairs_n": 50, "up_n": 12, "down_n": 18, "same_n": 20,
    }  # fmt: skip
    return change(**(up | {"method": "paired: interval of mean change; exact sign test"} | more))


GROUPS = {"design": "twee_groepen", "pairs_n": None, "up_n": None, "down_n": None, "same_n": None, "all_alike": None}
BESIDE = GROUPS | dict.fromkeys(("value", "ci_low", "ci_high", "p_value")) | {
    "design": "naast_elkaar", "method": "not compared",
}  # fmt: skip


def wave_figures(**more: Any) -> list[dict[str, Any]]:
    """Return the measurements of both waves, mean and share."""
    n = {"w1": 62, "w2": 75}
    return [
        measured(
            measurement_id=f"{wave}-{indicator}", wave_id=wave, indicator_id=indicator, population="deelnemers",
            work_area_id=None, value=50.0 if indicator == SHARE else 2.5, n_valid=n[wave],
            numerator=n[wave] // 2 if indicator == SHARE else None, method="census_van_groep",
            period_start=pd.Timestamp(year, 10, 1), period_end=pd.Timestamp(year, 10, 31),
        ) | (more if wave == "w1" else {})
        for wave, year in (("w1", 2023), ("w2", 2024))
        for indicator in (MEAN, SHARE)
    ]  # fmt: skip


def joined(make: Any, *rows: dict[str, Any], figures: list[dict[str, Any]] | None = None) -> Joined:
    waves = [
        {
            "wave_id": wave,
            "collective_id": "tuin",
            "start": pd.Timestamp(year, 10, 1),
            "end": pd.Timestamp(year, 10, 31),
        }
        for wave, year in (("w1", 2023), ("w2", 2024))
    ]
    tables: Joined = make.joined()
    return dataclasses.replace(
        tables, wave_change=typed(rows, "joined_wave_change"), survey_wave=typed(waves, "survey_wave"),
        measurement=typed(wave_figures() if figures is None else figures, "measurement"),
    )  # fmt: skip


def ask(make: Any, *rows: dict[str, Any], **more: Any) -> pd.DataFrame:
    return before_after.estimate(joined(make, *rows, **more), make.periods(*BOTH), Settings())


def published(table: pd.DataFrame) -> pd.DataFrame:
    return protect(detectability.set_gates(table, Settings().gates))


def kinds(table: pd.DataFrame, indicator_id: str = MEAN) -> Any:
    return table[table["indicator_id"].eq(indicator_id)].set_index("group_value")


def test_it_is_one_of_the_questions_and_nothing_asked_twice_is_no_rows(make: Any) -> None:
    assert before_after in QUESTIONS
    assert ask(make).empty


def test_people_who_were_followed(make: Any) -> None:
    table = ask(make, change())
    found = kinds(table)
    assert list(found.index) == ["verschil", "toets", "holm", "omhoog", "omlaag", "gelijk"]
    row = found.loc["verschil"]
    assert (row["value"], row["ci_low"], row["ci_high"], row["n"], row["unit"]) == (-0.8, -1.2, -0.4, 60, "schaal")
    assert (row["comparison"], row["population"], row["gate_reason"]) == ("nulmeting", "deelnemers", "no_control_group")
    assert (row["group_type"], row["group_label"]) == ("verandering:w2", "2023-10-31/2024-10-31")
    assert found["value"].to_dict() | {"verschil": 0} == {
        "verschil": 0, "toets": 0.001, "holm": 0.001, "omhoog": 20, "omlaag": 52, "gelijk": 28,  # 12, 31, 17 of 60
    }  # fmt: skip
    assert found.loc["toets", "unit"] == "p"


def test_it_is_in_the_one_period_that_holds_both_waves(make: Any) -> None:
    table = ask(make, change())
    assert set(table["period_start"].dt.year) == {2023}
    assert set(table["period_end"].dt.year) == {2024}


def test_p_values_are_adjusted_over_all_tests_of_a_report(make: Any) -> None:
    table = ask(make, change(), of_share())
    assert kinds(table).loc["holm", ["value", "n"]].tolist() == [0.002, 2]  # 2 × 0.00123
    assert kinds(table, SHARE).loc["holm", ["value", "n"]].tolist() == [0.02, 2]
    assert set(table.loc[table["group_value"].eq("holm"), "n_unit"]) == {"tests"}


def test_two_groups_say_so_and_have_no_moves(make: Any) -> None:
    found = kinds(ask(make, change(**GROUPS, method="two groups: Welch; permutation of ranks")))
    assert list(found.index) == ["verschil", "toets", "holm"]
    assert found.loc["verschil", "gate_reason"] == "no_control_group;not_linked"
    assert found.loc["verschil", "n"] == 62  # the smaller of the two


def test_who_chose_to_answer_is_never_tested(make: Any) -> None:
    table = published(ask(make, change(**BESIDE)))
    assert table["group_value"].tolist() == ["verschil"]
    row = table.iloc[0]
    assert (row["gate"], row["gate_reason"]) == ("niet_te_zien", "chose_to_answer")
    assert pd.isna(row["value"])


def test_a_share_of_few_people_is_not_compared(make: Any) -> None:
    few = published(ask(make, of_share(pairs_n=29, up_n=10, down_n=10, same_n=9)))
    assert few["gate_reason"].tolist() == ["too_few_to_compare"]
    assert few[["value", "ci_low", "ci_high", "n"]].isna().all(axis=None)


def test_a_mean_of_few_people_has_a_reservation(make: Any) -> None:
    row = kinds(ask(make, change(pairs_n=25))).loc["verschil"]
    assert row["gate_reason"] == "no_control_group;n_below_minimum"


# What a change rests on


@pytest.mark.parametrize(
    ("row", "fewest"),
    [
        (change(), 15),  # in the later wave only: 75 − 60; in the earlier one 62 − 60
        (change(n_before=60, n_after=63), 3),
        (change(n_before=60, n_after=60), 60),  # nobody else
        (change(all_alike=True), 0),
        (change(told_n=4), 4),  # whose number follows from the interval
        (of_share(), 12),  # how many changed sides
        (of_share(up_n=4, down_n=6, same_n=40), 4),
        # 37 − 31 − 12 + 24 = 18 more said yes of those who came than of the 12 who left: 18 to 25 of 25.
        (of_share(down_n=24, same_n=14), 0),
        # Nobody left: 37 − 31 − 12 + 18 = 12 of 13 who came said yes.
        (of_share(n_before=62, pairs_n=62, n_after=75), 1),
        (change(**GROUPS), 62),
        (of_share(**GROUPS), 31),  # the half of the first wave
    ],
)
def test_the_fewest_people_it_tells_of(make: Any, row: dict[str, Any], fewest: int) -> None:
    assert kinds(ask(make, row), row["indicator_id"]).loc["verschil", "cell_n"] == fewest


def test_moves_rest_on_the_fewest_of_the_three(make: Any) -> None:
    found = kinds(ask(make, change(up_n=4, down_n=39)))
    assert found.loc[["omhoog", "omlaag", "gelijk"], "cell_n"].tolist() == [4, 4, 4]
    shown = published(ask(make, change(up_n=4, down_n=39))).set_index("group_value")["gate"]
    assert shown[["omhoog", "omlaag", "gelijk"]].tolist() == ["onderdrukt"] * 3
    assert shown["verschil"] == "voorbehoud"


def test_a_change_is_not_told_when_a_wave_is_not(make: Any) -> None:
    few = wave_figures(n_valid=9, numerator=4)
    hidden = published(ask(make, change(**GROUPS), figures=few))
    assert hidden["gate"].eq("onderdrukt").all()
    assert hidden[["value", "ci_low", "ci_high", "n"]].isna().all(axis=None)
    gone = ask(make, change(**GROUPS), figures=wave_figures()[2:])  # the first wave has no figure of its own
    assert kinds(gone).loc["verschil", "cell_n"] == 0


def test_what_is_published_is_what_estimates_are(make: Any) -> None:
    table = published(ask(make, change(), of_share())).assign(synthetic=True)
    schema.check(table, "analysed_estimates")
    shown = table[table["n_unit"].eq("people") & table["n"].notna()]
    assert shown["n"].mod(5).eq(0).all()  # people in a group, in multiples of 5


def test_a_hidden_test_still_counts(make: Any) -> None:
    table = published(ask(make, change(), of_share(up_n=4, same_n=25)))
    assert kinds(table, SHARE).loc["holm", "gate"] == "onderdrukt"
    assert kinds(table).loc["holm", ["value", "n"]].tolist() == [0.002, 2]


def test_a_hidden_p_value_does_not_show_in_another_that_is_adjusted(make: Any) -> None:
    # With its own value, the adjusted one of the mean would be the larger of 2 × 0.0011 and 0.00123.
    hidden = [ask(make, change(), of_share(up_n=4, same_n=25, p_value=p)) for p in (0.0001, 0.0011, 0.5)]
    assert {kinds(table).loc["holm", "value"] for table in hidden} == {0.002}
    shown = [kinds(ask(make, change(), of_share(p_value=p))).loc["holm", "value"] for p in (0.0001, 0.0011, 0.5)]
    assert shown == [0.001, 0.002, 0.002]
