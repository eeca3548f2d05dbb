"""Both sides of cooperation: the gap on each condition, never a mean; and choices with both camps kept visible."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import cooperation, tradeoffs
from bt_analysis.analysis.learning.cooperation import CONDITIONS
from bt_analysis.disclosure.records import without_small_groups, without_text
from bt_analysis.instruments.rows import typed
from bt_analysis.schema import load
from bt_analysis.settings import Settings
from tests import learning_cases
from tests.learning_cases import value

TWO = {"zon": ("2023", "2024", "2023-2024"), "tuin": ("2024",)}
GEMEENTE = {"actor_id": "zon--gemeente", "name": "Gemeente Els", "side": "publiek", "actor_type": "gemeente"}


def scan(side: str, scores: dict[str, Any], day: str = "2024-03-01", whose: str = "zon", **more: Any) -> list[Any]:
    standard = {
        "scan_id": f"{whose}--{day}", "date": day, "collective_id": whose, "actor_id": f"{whose}--gemeente",
        "side": side, "n_raters": 12, "importance": 4,
    }  # fmt: skip
    return [standard | {"condition": name, "score": score} | more for name, score in scores.items()]


def learnt(*rows: Any, **tables: Any) -> learning.Learned:
    cases = learning_cases.of(TWO, coop_scan=[one for part in rows for one in part], actor=[GEMEENTE], **tables)
    return learning_cases.checked(cooperation.learn(cases, Settings()))


def cells(answer: learning.Learned, condition: str) -> dict[str, Any]:
    table = answer.tables["coop_gaps"]
    rows = table[table["condition"].eq(condition) & table["newest"]]
    assert len(rows) == 1
    return {str(name): cell for name, cell in rows.iloc[0].items()}


def test_the_gap_is_the_collective_minus_government_on_each_condition() -> None:
    answer = learnt(scan("civiel", {"taal": 2, "doelen": 4}), scan("publiek", {"taal": 5, "doelen": 4}, n_raters=23))
    row = cells(answer, "taal")
    assert (row["civiel_score"], row["other_score"], row["gap"]) == (2, 5, 2 - 5)
    assert (row["civiel_raters_n"], row["other_raters_n"]) == (10, 20)  # rounded down to fives
    assert row["actor_name"] == "Gemeente Els"
    assert cells(answer, "doelen")["gap"] == 0
    told = value(answer, "coop_gap", collective_id="zon", year="2024", group_type="voorwaarde_taal",
                 group_value="zon--gemeente/publiek")  # fmt: skip
    assert (told["value"], told["n"], told["unit"], told["gate_reason"]) == (-3, 10, "punten", "not_validated")


def test_every_scan_has_all_conditions_and_no_total() -> None:
    answer = learnt(scan("civiel", {"taal": 2}), scan("publiek", {"taal": 3}))
    assert answer.tables["coop_gaps"]["condition"].tolist() == list(CONDITIONS)
    assert set(answer.estimates["indicator_id"]) == {"coop_gap", "coop_gaps_n"}
    assert set(answer.estimates["group_type"]) == {
        f"voorwaarde_{one}" for one in CONDITIONS
    }  # each figure is about one condition


@pytest.mark.parametrize(
    ("other", "state", "reason", "missing"),
    [
        ({"score": None, "score_missing_reason": "unknown"}, "weetniet", "score_not_known", "unknown"),
        ({"score": None}, "niet_ingevuld", "score_not_recorded", "not_recorded"),
        ({"n_raters": 9}, "te_weinig_mensen", "too_few_raters", "suppressed"),
        ({"n_raters": None}, "aantal_onbekend", "raters_not_counted", "not_recorded"),
    ],
)
def test_a_gap_that_is_not_there_says_why(other: dict[str, Any], state: str, reason: str, missing: str) -> None:
    rows = [*scan("civiel", {"taal": 2}), *scan("publiek", {"taal": 5}, **other)]
    cases = learning_cases.of(TWO, coop_scan=rows)
    shown = without_small_groups(cases.table("coop_scan"), load("coop_scan"), 10)
    safe = dataclasses.replace(cases, records={"coop_scan": shown})
    answer = learning_cases.checked(cooperation.learn(safe, Settings()))
    row = cells(answer, "taal")
    assert (row["civiel_state"], row["other_state"]) == ("score", state)
    assert pd.isna(row["gap"])
    assert pd.isna(row["other_score"])
    told = value(answer, "coop_gap", collective_id="zon", year="2024", group_type="voorwaarde_taal",
                 group_value="zon--gemeente/publiek")  # fmt: skip
    assert (told["gate"], told["gate_reason"], told["missing_reason"]) == ("niet_te_zien", reason, missing)


def test_a_side_that_did_not_take_part_is_told_and_not_counted_as_low() -> None:
    answer = learnt(scan("civiel", {"taal": 2}))
    assert cells(answer, "taal")["other_state"] == "kant_ontbreekt"
    assert cells(answer, "doelen")["civiel_state"] == "niet_ingevuld"
    assert cells(answer, "taal")["other_side"] == "publiek"
    assert value(answer, "coop_gaps_n", group_type="voorwaarde_taal", group_value="niet_te_zien")["value"] == 1


def test_a_scan_is_set_beside_the_one_before_of_the_same_two() -> None:
    answer = learnt(
        scan("civiel", {"taal": 1}, "2023-03-01"), scan("publiek", {"taal": 4}, "2023-03-01"),
        scan("civiel", {"taal": 3}), scan("publiek", {"taal": 4}),
    )  # fmt: skip
    row = cells(answer, "taal")
    assert (row["gap_before"], row["gap"], row["date_before"]) == (1 - 4, 3 - 4, pd.Timestamp("2023-03-01"))
    own = {"collective_id": "zon", "group_type": "voorwaarde_taal", "group_value": "zon--gemeente/publiek"}
    assert value(answer, "coop_gap", year="2023", **own)["value"] == -3
    assert value(answer, "coop_gap", year="2023-2024", **own)["value"] == -1  # the newest of the period


def test_over_collectives_it_is_counted_which_way_gaps_go() -> None:
    answer = learnt(
        scan("civiel", {"taal": 2}), scan("publiek", {"taal": 5}),
        scan("civiel", {"taal": 5}, whose="tuin"), scan("publiek", {"taal": 3}, whose="tuin"),
    )  # fmt: skip
    for way in ("civiel_hoger", "civiel_lager"):
        row = value(answer, "coop_gaps_n", group_type="voorwaarde_taal", group_value=way)
        assert (row["value"], row["n"], row["n_unit"]) == (1, 2, "pairs")
    spread = answer.tables["coop_spread"]
    assert spread[["condition", "gap", "pairs_n"]].to_numpy().tolist() == [["taal", -3, 1], ["taal", 2, 1]]


def test_a_quote_is_told_unless_too_few_people_could_have_said_it() -> None:
    rows = [*scan("civiel", {"taal": 2}, quote="Te veel formulieren"), *scan("publiek", {"taal": 4}, quote="Geheim",
                                                                           n_raters=None)]  # fmt: skip
    row = cells(learnt(rows), "taal")
    assert (row["civiel_quote"], row["other_quote"]) == ("Te veel formulieren", "")


def test_a_point_of_difference_is_nearly_the_same() -> None:
    answer = learnt(scan("civiel", {"taal": 4}), scan("publiek", {"taal": 3}))
    assert value(answer, "coop_gaps_n", group_type="voorwaarde_taal", group_value="gelijk")["value"] == 1


def test_another_party_than_government_is_no_gap_with_government() -> None:
    answer = learnt(scan("civiel", {"taal": 2}), scan("markt", {"taal": 5}))
    assert cells(answer, "taal")["other_side"] == "markt"
    assert not answer.estimates["indicator_id"].eq("coop_gaps_n").any()


def test_without_scans_there_is_nothing() -> None:
    answer = learnt()
    assert answer.estimates.empty
    assert answer.tables["coop_gaps"].empty


# Trade-offs

CHOICE = {
    "tradeoff_id": "zon--t1", "collective_id": "zon", "option_a": "Parkeren", "option_b": "Een tuin",
    "actors_for_a": "zon--winkels;zon--gemeente", "actors_for_b": "zon--school;zon--gemeente", "text_consent": True,
}  # fmt: skip
ACTORS = (
    {"actor_id": "zon--winkels", "name": "Winkels", "side": "markt", "interests": "Klanten", "text_consent": True},
    {"actor_id": "zon--school", "name": "School", "side": "publiek", "interests": "Ruimte", "text_consent": False},
    GEMEENTE,
)


def chosen(*rows: dict[str, Any], **tables: Any) -> learning.Learned:
    given = {
        name: without_text(typed(own, name), load(name)) for name, own in (("tradeoff", rows), ("actor", ACTORS))
    }  # fmt: skip
    cases = learning_cases.of(TWO, **tables)
    cases = dataclasses.replace(cases, records={**cases.records, **given})
    return learning_cases.checked(tradeoffs.learn(cases, Settings()))


def test_both_camps_of_a_choice_are_named_and_who_is_in_both() -> None:
    row = chosen(CHOICE).tables["tradeoffs"].iloc[0]
    assert (row["option_a"], row["option_b"]) == ("Parkeren", "Een tuin")
    assert (row["for_a"], row["for_b"], row["for_both"]) == ("Winkels", "School", "Gemeente Els")


def test_options_are_told_with_consent_only_but_the_camps_stay() -> None:
    row = chosen(CHOICE | {"text_consent": None}).tables["tradeoffs"].iloc[0]
    assert (row["text_shown"], row["option_a"], row["for_a"]) == (False, "", "Winkels")


def test_interests_are_listed_per_party_with_how_often_it_takes_a_side() -> None:
    table = chosen(CHOICE).tables["interests"].set_index("actor_name")
    assert table["tradeoffs_n"].to_dict() == {"Gemeente Els": 1, "School": 1, "Winkels": 1}
    assert table["interests"].to_dict() == {"Gemeente Els": "", "School": "", "Winkels": "Klanten"}


def test_choices_are_counted_as_open_or_decided() -> None:
    decided = [{"decision_id": "zon--d1", "body": "raad", "date": "2024-05-01", "title": "Plein"}]
    answer = chosen(CHOICE | {"decision_id": "zon--d1"}, CHOICE | {"tradeoff_id": "zon--t2"}, decision=decided)
    assert value(answer, "tradeoffs_n")["value"] == 2
    assert value(answer, "tradeoffs_n", group_type="stand", group_value="besloten")["value"] == 1
    assert value(answer, "tradeoffs_n", collective_id="zon", year="2024")["value"] == 1  # the open one has no day
    assert value(answer, "tradeoffs_n", collective_id="zon", year="2023-2024")["value"] == 2


def test_without_choices_there_is_nothing() -> None:
    assert chosen().estimates.empty
