"""Coded interactions: counted once each, protected as people are, and agreement only where enough was coded twice."""

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability, disclosure, schema
from bt_analysis.analysis import interactions as question
from bt_analysis.analysis.tables import Joined
from bt_analysis.instruments import interactions
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings
from tests.conftest import Make

SETTINGS = Settings()


def act(number: int, coder: str | None = "c1", day: int = 1, **more: Any) -> dict[str, Any]:
    """Make a row of the table interaction."""
    return {
        "interaction_id": f"x{number}", "collective_id": "zon", "date": dt.date(2024, 3, 1) + dt.timedelta(days=day),
        "from_role": "front", "to_role": "back", "action_code": "doorverwijzen", "effect": "neutraal",
        "stage": "gewogen", "coder": coder, **more,
    }  # fmt: skip


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    return typed(rows, "interaction")


def twice(n: int, agree: int) -> list[dict[str, Any]]:
    """Make n interactions of different days that c1 and c2 coded; they agree about the effect of the first ones.

    c1 finds that every second one helps; c2 says the other when they do not agree.
    """
    codes = ("borgt", "blokkeert")
    rows = []
    for number in range(n):
        mine, other = codes[number % 2], codes[(number + (number >= agree)) % 2]
        rows += [act(2 * number, "c1", number, effect=mine), act(2 * number + 1, "c2", number, effect=other)]
    return rows


# Counting


def test_an_interaction_that_two_people_coded_counts_once_as_the_first_coded_it() -> None:
    made = interactions.counts(table(act(1, "c1", effect="borgt"), act(2, "c2", effect="blokkeert")))
    assert made[["effect", "n"]].to_numpy().tolist() == [["borgt", 1]]


def test_two_rows_of_one_coder_are_two_interactions() -> None:
    # Both of one day: the first row of c2 is about the first of c1, and the second is coded once.
    made = interactions.counts(table(act(1, "c1"), act(2, "c1"), act(3, "c2")))
    assert made["n"].tolist() == [2]


def test_rows_without_a_coder_are_never_taken_for_the_same() -> None:
    assert interactions.counts(table(act(1, None), act(2, None), act(3, "c1")))["n"].tolist() == [3]


def test_other_days_and_roles_are_other_interactions() -> None:
    rows = table(act(1, "c1"), act(2, "c2", day=2), act(3, "c2", to_role="bewoner"))
    assert interactions.counts(rows)["n"].sum() == 3


def test_what_was_not_recorded_is_counted_without_it() -> None:
    made = interactions.counts(table(act(1, effect=None, stage=None)))
    assert made[["stage", "effect", "n"]].to_numpy().tolist() == [["", "", 1]]
    schema.check(made, "joined_interaction_count")


# Agreement


def test_agreement_of_twenty_interactions() -> None:
    made = interactions.agreements(table(*twice(20, agree=16))).set_index("variable")
    effect = made.loc["effect"]
    assert (effect["items_n"], effect["double_n"], effect["coders_n"]) == (20, 20, 2)
    assert effect["share"] == pytest.approx(16 / 20)
    # c1: 10 of each; c2 swaps 2 of each, so 10 of each as well: e = ½, κ = (.8 − .5)/.5 = .6
    assert effect["kappa"] == pytest.approx(0.6)
    # D = 4/20; 20 of each of 40 codes: E = 1 − 2·(20·19)/(40·39) = .5128; α = 1 − .2/.5128
    assert effect["alpha"] == pytest.approx(1 - 0.2 / (1 - 2 * 20 * 19 / (40 * 39)))
    schema.check(made.reset_index(), "joined_interaction_agreement")


def test_one_code_for_everything_says_so() -> None:
    made = interactions.agreements(table(*twice(12, agree=12))).set_index("variable")
    assert made.loc["stage", "undefined"] == "one_code"
    assert made["kappa"].isna()["stage"]
    assert made.loc["stage", "share"] == 1.0


def test_with_three_coders_there_is_an_alpha_and_no_kappa() -> None:
    rows = [act(3 * n + k, f"c{k}", n, effect=("borgt", "blokkeert")[n % 2]) for n in range(6) for k in range(3)]
    made = interactions.agreements(table(*rows)).set_index("variable")
    assert made.loc["effect", "coders_n"] == 3
    assert made["kappa"].isna()["effect"]
    assert made.loc["effect", "alpha"] == 1.0


# What leaves the folder


def test_single_acts_stay_in_the_folder() -> None:
    own = {"interaction": table(act(1)), "collective": typed([{"collective_id": "zon"}], "collective")}
    left = interactions.with_counts(own)
    assert set(left) == {"collective", "interaction_count", "interaction_agreement"}


def test_an_act_without_a_collective_is_that_of_the_folder() -> None:
    own = {
        "interaction": table(act(1, collective_id=None)),
        "collective": typed([{"collective_id": "zon"}], "collective"),
    }
    assert interactions.with_counts(own)["interaction_count"]["collective_id"].tolist() == ["zon"]
    assert "interaction_count" not in interactions.with_counts({"interaction": own["interaction"]})


def test_nothing_coded_makes_no_tables() -> None:
    assert interactions.with_counts({"interaction": table()}) == {}
    assert interactions.with_counts({}) == {}


# Estimates


def told(*rows: dict[str, Any], periods: tuple[tuple[int, int], ...] = ((2024, 2024),)) -> pd.DataFrame:
    """Return protected estimates of interactions."""
    given = table(*rows)
    tables = dataclasses.replace(
        Make.joined(), interaction_count=interactions.counts(given),
        interaction_agreement=interactions.agreements(given),
    )  # fmt: skip
    spans = pd.DataFrame(
        [("zon", pd.Timestamp(first, 1, 1), pd.Timestamp(last, 12, 31)) for first, last in periods],
        columns=["collective_id", "period_start", "period_end"],
    )
    raw = detectability.set_gates(question.estimate(tables, spans, SETTINGS), SETTINGS.gates)
    return disclosure.protect(raw, SETTINGS.disclosure, disclosure.nothing(), dt.date(2026, 1, 1)).estimates


def acts(n: int, first: int = 0, **more: Any) -> list[dict[str, Any]]:
    return [act(first + number, "c1", number, **more) for number in range(n)]


def test_counts_per_direction_and_effect() -> None:
    rows = told(*acts(30, effect="borgt"), *acts(20, 100, effect="blokkeert", from_role="bewoner"))
    counted = rows[rows["indicator_id"].eq("interactions_n")].set_index(["group_type", "group_value"])["value"]
    assert counted["effect"].to_dict() == {"": 50, "blokkeert": 20, "borgt": 30}
    assert counted["richting"].to_dict() == {"": 50, "bewoner>back": 20, "front>back": 30}


def test_few_interactions_are_hidden_and_one_more_with_them() -> None:
    rows = told(*acts(30, effect="borgt"), *acts(9, 100, effect="blokkeert"), *acts(15, 200))
    own = rows[rows["group_type"].eq("effect")].set_index("group_value")["gate"]
    assert own["blokkeert"] == "onderdrukt"
    assert own.eq("onderdrukt").sum() >= 2  # the total would tell it otherwise
    assert own[""] == "ok"


def test_a_log_of_few_interactions_shows_nothing() -> None:
    rows = told(*acts(9))
    assert set(rows.loc[rows["indicator_id"].eq("interactions_n"), "gate"]) == {"onderdrukt"}


def test_years_add_up_to_their_period() -> None:
    later = [act(500 + n, "c1", 366 + n) for n in range(20)]
    rows = told(*acts(30), *later, periods=((2024, 2024), (2025, 2025), (2024, 2025)))
    total = rows[rows["group_type"].eq("effect") & rows["group_value"].eq("")]
    assert sorted(total["value"]) == [20, 30, 50]


def test_agreement_where_enough_was_coded_twice() -> None:
    rows = told(*twice(20, agree=16)).set_index(["indicator_id", "group_value"])
    assert rows.loc[("coder_kappa", "effect"), "value"] == pytest.approx(0.6)
    assert rows.loc[("coder_percent", "effect"), "value"] == pytest.approx(80)
    assert rows.loc[("double_coded_n", ""), "value"] == 20
    assert rows.loc[("coder_kappa", "stage"), "gate_reason"] == "one_code"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (twice(9, agree=9), "few_double_coded"),  # fewer than ten
        ([*twice(10, agree=9), *acts(41, 900, from_role="bewoner")], "few_double_coded"),  # 10 of 51 is under 20%
        ([*twice(10, agree=9), *acts(40, 900, from_role="bewoner")], ""),  # 10 of 50 is 20%
    ],
)
def test_agreement_of_too_few_is_not_to_be_seen(rows: list[dict[str, Any]], reason: str) -> None:
    found = told(*rows)
    row = found[found["indicator_id"].eq("coder_kappa") & found["group_value"].eq("effect")]
    assert row["gate"].tolist() == ["niet_te_zien" if reason else "ok"]
    assert row["gate_reason"].tolist() == [reason]


def test_nobody_coded_anything() -> None:
    assert told().empty


def test_a_question_reads_tables_that_are_there_without_being_given() -> None:
    assert {"interaction_count", "interaction_agreement"} <= set(Joined.__dataclass_fields__)
