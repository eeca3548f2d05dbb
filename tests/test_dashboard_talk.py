"""What is talked over: inputs and experiments in; what is open, due, decided and tried, out."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.dashboard import talk
from tests.talk_cases import CARD, TRIAL, content, inputs, rows

DECIDED = {"stage": "besloten", "outcome": "afgewezen", "reason": "geld"}


def test_an_input_is_named_by_its_text_and_without_consent_by_its_subject(page: Any) -> None:
    given = content(page, input_fates=inputs({"text": "Een bankje"}, {"text_shown": False, "text": "Geheim"}))
    assert talk.inputs(given)["about"].tolist() == ["Een bankje", "Leefomgeving (tekst niet openbaar)"]
    nothing = content(page, input_fates=inputs({"text_shown": False, "domain": ""}))
    assert talk.inputs(nothing)["about"].tolist() == ["onderwerp niet opgeschreven (tekst niet openbaar)"]


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, "tot_90"), (89, "tot_90"), (90, "90_tot_180"), (179, "90_tot_180"), (180, "180_tot_365"),
     (364, "180_tot_365"), (365, "vanaf_365"), (4000, "vanaf_365")],
)  # fmt: skip
def test_waits_are_counted_from_their_first_day_on(page: Any, days: int, age: str) -> None:
    assert talk.inputs(content(page, input_fates=inputs({"waited_days": days})))["age"].tolist() == [age]


def test_an_input_that_went_on_in_another_is_not_counted_twice(page: Any) -> None:
    assert len(talk.inputs(content(page, input_fates=inputs({}, {"counted": False})))) == 1


def test_open_is_what_has_no_answer_the_longest_wait_first(page: Any) -> None:
    given = inputs({"waited_days": 10}, {"waited_days": 400}, {"answered": True, "waited_days": 900})
    assert talk.still_open(content(page, input_fates=given))["id"].tolist() == ["i2", "i1"]


def test_an_open_input_is_decided_silent_or_waiting(page: Any) -> None:
    given = inputs(DECIDED | {"waited_days": 3}, {"silent": True, "waited_days": 2}, {"waited_days": 1})
    table = talk.still_open(content(page, input_fates=given))
    assert table["due"].tolist() == ["besloten", "stil", "wacht"]
    # 1 March + 180 days (learning.silent_days) = 28 August.
    assert table["silent_on"].eq(pd.Timestamp("2024-08-28")).all()


def test_stages_are_counted_by_wait_and_only_those_that_were_reached(page: Any) -> None:
    given = inputs({"waited_days": 10}, {"waited_days": 20}, {"waited_days": 400}, {"stage": "ingebracht"})
    table = talk.by_stage_and_age(talk.still_open(content(page, input_fates=given)))
    assert table.index.tolist() == ["ingebracht", "gewogen"]
    assert table.loc["gewogen"].to_dict() == {
        "tot_90": 2, "90_tot_180": 0, "180_tot_365": 0, "vanaf_365": 1, "all": 2 + 1,
    }  # fmt: skip
    assert table["all"].sum() == 4


def test_nothing_is_counted_where_nothing_is_kept(page: Any) -> None:
    nothing = content(page, input_fates=inputs())
    assert talk.by_stage_and_age(talk.still_open(nothing)).empty
    assert talk.answers_due(nothing).empty
    assert talk.decisions(nothing).empty
    assert talk.kept_until(nothing) is None
    assert talk.inputs(content(page)).empty


def test_what_only_has_to_be_told_comes_before_what_is_silent_or_waits(page: Any) -> None:
    given = inputs(
        {"waited_days": 50},
        {"silent": True, "waited_days": 900},
        {"fate": "uitgevoerd", "answered": True, "waited_days": 5},
        DECIDED | {"waited_days": 1},
        {"fate": "uitgevoerd", "answered": True, "reported_back": True},
    )
    table = talk.answers_due(content(page, input_fates=given))
    assert list(zip(table["id"], table["due"], strict=True)) == [
        ("i4", "besloten"), ("i3", "uitgevoerd"), ("i2", "stil"), ("i1", "wacht"),
    ]  # fmt: skip


def test_yes_and_no_stand_in_one_list_with_whether_residents_know(page: Any) -> None:
    given = inputs(
        DECIDED | {"last_on": "2024-05-01"},
        {"outcome": "overgenomen", "answered": True, "reported_back": True, "last_on": "2024-06-01"},
        DECIDED | {"answered": True, "last_on": "2024-07-01"},
        {},
    )
    table = talk.decisions(content(page, input_fates=given))
    assert list(zip(table["id"], table["told"], strict=True)) == [
        ("i3", "te_lezen"), ("i2", "verteld"), ("i1", "niet_verteld"),
    ]  # fmt: skip


def test_a_decision_has_its_day_and_body_also_of_an_input_that_went_on_in_another(page: Any) -> None:
    own = DECIDED | {"decided_on": "2024-04-02", "decided_by": "raad", "last_on": "2024-09-01"}
    given = inputs(own, DECIDED | {"went_into": "tuin--i1;tuin--i9", "last_on": "2024-03-01"})
    table = talk.decisions(content(page, input_fates=given))
    assert table["decided_by"].tolist() == ["raad", "raad"]
    # Of the other no day was recorded: then its last step.
    assert table["day"].tolist() == [pd.Timestamp("2024-04-02"), pd.Timestamp("2024-03-01")]


def test_what_was_built_before_bodies_were_kept_can_still_be_shown(page: Any) -> None:
    given = inputs(DECIDED).drop(columns=["decided_on", "decided_by"])
    table = talk.decisions(content(page, input_fates=given))
    assert (table["day"].iloc[0], table["decided_by"].iloc[0]) == (pd.Timestamp("2024-03-01"), "")


def test_the_log_was_kept_until_its_last_day(page: Any) -> None:
    given = inputs({"kept_until": "2024-06-30"}, {"kept_until": "2024-12-31"})
    assert talk.kept_until(content(page, input_fates=given)) == pd.Timestamp("2024-12-31")


def test_running_experiments_come_first_and_keep_what_came_of_them(page: Any) -> None:
    cards = rows(CARD, {"experiment_id": "tuin--oud", "status": "klaar", "start": "2024-05-01"}, {})
    known = rows(TRIAL, {"overdue": True})
    table = talk.experiments(content(page, experiments=cards, trials=known))
    assert table["experiment_id"].tolist() == ["tuin--proef", "tuin--oud"]
    assert table["overdue"].tolist() == [True, False]
    assert table["outcome"].tolist() == ["loopt", ""]
    assert talk.experiments(content(page, experiments=cards))["overdue"].tolist() == [False, False]
    assert talk.experiments(content(page)).empty


def test_codes_are_said_in_words(page: Any) -> None:
    nl, en = content(page), content(page, lang="en")
    assert (talk.stage(nl, "naar_backoffice"), talk.reason(nl, "geld")) == ("naar de vakafdeling", "geld")
    assert talk.reason(nl, "") == "geen reden opgeschreven"
    assert talk.stage(en, "besloten") == "decided"
