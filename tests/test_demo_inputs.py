"""Inputs and acts of the fictional collectives: planned counts come out as planned, and the checks find nothing."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import decisions
from bt_analysis.analysis.learning.cases import Cases
from bt_analysis.demo import collectives, municipality
from bt_analysis.demo.collectives import Collective
from bt_analysis.demo.learning import inputs, interactions
from bt_analysis.instruments import interactions as coded
from bt_analysis.instruments.rows import typed_table
from bt_analysis.settings import Settings
from bt_analysis.sources import combined
from tests.input_cases import cases

SEED = 20260101


@pytest.fixture(scope="module")
def planned() -> list[Collective]:
    return collectives.plan(municipality.draw(SEED), 24)


def as_typed(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return tables as they are read back from a package."""
    agreed = {"ja": True, "nee": False}
    return {
        name: typed_table(
            table.assign(text_consent=table["text_consent"].map(agreed)) if "text_consent" in table else table, name
        )
        for name, table in tables.items()
    }


def learned(one: Collective, seed: int = SEED) -> pd.Series:
    """Return the counts of a collective."""
    records = combined.combine([(one.collective_id, as_typed(inputs.tables(one, seed)))])
    empty = cases([], periods={one.collective_id: ["2023-2024"]})
    given = Cases(records, empty.collectives, empty.estimates, empty.indicators, empty.today)
    rows = decisions.learn(given, Settings()).estimates
    own = rows[rows["collective_id"].eq(one.collective_id) & rows["group_type"].eq("")]
    return own.set_index("indicator_id")["value"]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 6, 12, 22])
def test_what_is_planned_is_found(planned: list[Collective], number: int) -> None:
    truth, found = inputs.truth(planned[number], SEED)["inputs"], learned(planned[number])
    for name, indicator_id in {
        "n": "inputs_n", "executed": "inputs_executed_n", "unanswered": "inputs_unanswered_n",
        "silent": "inputs_silent_n", "rejected_explained": "inputs_rejected_explained_n",
    }.items():  # fmt: skip
        assert found[indicator_id] == truth[name], name


def test_of_the_48_ideas_of_the_panel_9_were_carried_out_and_21_got_no_answer(planned: list[Collective]) -> None:
    truth = inputs.truth(planned[6], SEED)["inputs"]
    assert planned[6].archetype["slug"] == "panel"
    assert (truth["n"], truth["executed"], truth["unanswered"]) == (48, 9, 21)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_days_that_fall_otherwise_change_no_count(planned: list[Collective], seed: int) -> None:
    truth, found = inputs.truth(planned[4], seed)["inputs"], learned(planned[4], seed)
    assert (found["inputs_n"], found["inputs_silent_n"]) == (truth["n"], truth["silent"])


def test_two_of_eight_kinds_keep_no_log(planned: list[Collective]) -> None:
    without = {one.archetype["slug"] for one in planned if not inputs.tables(one, SEED)}
    assert without == {"beweging", "repareer"}
    assert all(inputs.truth(one, SEED) == {} for one in planned if one.archetype["slug"] in without)


def test_steps_do_not_go_back_and_end_within_the_log(planned: list[Collective]) -> None:
    for one in planned:
        tables = inputs.tables(one, SEED)
        if not tables:
            continue
        events = tables["input_event"].sort_values(["input_id", "seq"])
        assert events.groupby("input_id")["date"].apply(lambda days: days.is_monotonic_increasing).all()
        raised = tables["input"].set_index("input_id")["raised_on"]
        assert (events["date"] >= events["input_id"].map(raised)).all()
        assert events["date"].max() <= pd.Timestamp(2024, 12, 31).date()


def test_a_group_is_named_ten_times_or_not_at_all(planned: list[Collective]) -> None:
    for one in planned:
        rows = inputs.tables(one, SEED).get("input")
        if rows is not None:
            assert (rows["group_value"].value_counts() >= 10).all()


def test_every_kind_of_link_is_there_and_none_of_it_counts_twice(planned: list[Collective]) -> None:
    tables = inputs.tables(planned[4], SEED)
    assert set(tables["input_link"]["type"]) == {"samengevoegd", "gesplitst", "vervolg"}
    assert len(tables["input"]) == inputs.truth(planned[4], SEED)["inputs"]["n"] + 3  # two parts and one made row


# Coded acts


@pytest.mark.parametrize("number", [2, 4, 6])
def test_acts_are_counted_once_and_coded_twice_as_planned(planned: list[Collective], number: int) -> None:
    rows = as_typed(interactions.tables(planned[number], SEED))["interaction"]
    truth: dict[str, Any] = interactions.truth(planned[number], SEED)["interactions"]
    assert coded.counts(rows)["n"].sum() == truth["n"]
    effect = coded.agreements(rows).set_index("variable").loc["effect"]
    assert effect["double_n"] == truth["double"]
    assert effect["share"] == pytest.approx(truth["same_effect"] / truth["double"])


def test_of_the_others_nothing_was_coded(planned: list[Collective]) -> None:
    kinds = {one.archetype["slug"] for one in planned if interactions.tables(one, SEED)}
    assert kinds == {"panel", "huis", "stoep"}
    assert interactions.truth(planned[0], SEED) == {}
