"""Rules of the whole monitoring model: a package in which all is kept passes; one cell changed is told at its place."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import schema
from bt_analysis.sources import registers, rules_evidence, rules_keys, rules_order
from bt_analysis.sources.package_rules import RULES, check_rules
from bt_analysis.sources.sentences import Findings, Place
from tests.whole_package import WHOLE, Content, changed, check, found, typed_table, whole

KNOWN = {2024: {"GM0001", "WK000101", "BU00010101", "BU00010102"}}


def test_a_package_in_which_every_table_is_kept_passes_every_rule() -> None:
    findings = check(whole(), KNOWN)
    assert (findings.problems, findings.repairs) == ([], [])
    assert set(WHOLE) == set(schema.MONITORING)


@pytest.mark.parametrize("table", [name for name in WHOLE if name not in ("collective", "work_area")])
def test_a_table_with_nothing_but_what_is_required_passes_too(table: str) -> None:
    content = whole()
    required = {field["name"] for field in schema.load(table)["fields"] if field.get("constraints", {}).get("required")}
    kept = required | {
        "collective_id",
        "wave_id",
        "activity_id",
        "area_code",
        "area_year",
    }  # one of which a row must have
    content[table] = [{column: cell for column, cell in row.items() if column in kept} for row in content[table]]
    assert [one for one in found(content) if one[1] == table] == []


def test_every_rule_needs_columns_that_there_are() -> None:
    for rule in RULES:
        for table, columns in rule.needs.items():
            fields = {field["name"] for field in schema.load(table)["fields"]}
            assert set(columns) <= fields, (rule.check.__name__, table)


def test_every_foreign_key_is_one_column_as_the_check_of_parents_takes_it() -> None:
    for table in schema.MONITORING:
        for foreign in schema.load(table).get("foreignKeys", []):
            assert len(foreign["fields"]) == len(foreign["reference"]["fields"]) == 1, table


Broken = tuple[str, int, dict[str, str], str, str]

# Table, row, what is typed there instead; the kind of problem, and the column it is told at.
ORDERS: list[Broken] = [
    ("membership", 2, {"until": "2023-12-31"}, "end_before_start", "until"),
    ("experiment", 2, {"planned_end": "2025-01-31"}, "end_before_start", "planned_end"),
    ("activity", 2, {"end": "2024-12-31", "start": "2025-01-01"}, "end_before_start", "end"),
    ("funding", 2, {"end": "2024-12-31"}, "end_before_start", "end"),
    ("survey_wave", 2, {"end": "2025-01-31"}, "end_before_start", "end"),
    ("measurement", 2, {"period_end": "2025-01-31"}, "end_before_start", "period_end"),
    ("obstacle", 2, {"resolved_on": "2024-12-31"}, "end_before_start", "resolved_on"),
    ("bundle", 2, {"valid_until": "2025-06-30"}, "end_before_start", "valid_until"),
    ("bundle", 2, {"withdrawn_on": "2025-06-30"}, "end_before_start", "withdrawn_on"),
    ("participation", 3, {"unique_n": "41"}, "above", "unique_n"),
    ("participation", 3, {"first_time_n": "16"}, "above", "first_time_n"),
    ("measurement", 2, {"ci_low": "43"}, "above", "ci_low"),
    ("measurement", 2, {"ci_high": "42"}, "above", "value"),
    ("measurement", 2, {"value": "", "ci_low": "54"}, "above", "ci_low"),
    ("measurement", 2, {"numerator": "93"}, "above", "numerator"),
    ("measurement", 2, {"n_frame": "91"}, "above", "n_valid"),
    ("measurement", 2, {"n_valid": "", "numerator": "311"}, "above", "numerator"),
    ("survey_wave", 2, {"responded_n": "301"}, "above", "responded_n"),
    ("survey_wave", 2, {"frame_n": "299"}, "above", "invited_n"),
    ("rate", 2, {"eur_per_hour_low": "14.5"}, "above", "eur_per_hour_low"),
    ("rate", 2, {"eur_per_hour_high": "13.5"}, "above", "eur_per_hour_mid"),
    ("rate", 2, {"eur_per_hour_mid": "", "eur_per_hour_high": "12"}, "above", "eur_per_hour_low"),
    ("saving_claim", 2, {"effect_mid": "0.5"}, "above", "effect_low"),
    ("saving_claim", 2, {"unit_cost_eur_high": "99"}, "above", "unit_cost_eur_mid"),
    ("claim", 2, {"ci_high": "39"}, "above", "value"),
    ("instrument", 2, {"min": "6"}, "above", "min"),
]


@pytest.mark.parametrize(("table", "row", "cells", "kind", "column"), ORDERS)
def test_an_order_that_is_broken(table: str, row: int, cells: dict[str, str], kind: str, column: str) -> None:
    told = found(changed(table, row, **cells))
    assert (kind, table, row, column) in told
    assert {one[1] for one in told if one[0] == kind} == {table}


def test_of_every_table_with_two_dates_the_order_is_known_or_there_is_none() -> None:
    without = {"collective", "experiment_event", "measurement"}
    for table in schema.MONITORING:
        dates = {field["name"] for field in schema.load(table)["fields"] if field["type"] == "date"}
        ordered = {date for pair in rules_order.periods(table) for date in pair}
        assert table in without or len(dates) < 2 or dates - ordered <= {"declared_at"}, (table, dates - ordered)


def test_low_mid_and_high_go_together_by_their_names() -> None:
    assert rules_order.chains("saving_claim") == [
        ("effect_low", "effect_mid", "effect_high"),
        ("unit_cost_eur_low", "unit_cost_eur_mid", "unit_cost_eur_high"),
    ]
    assert rules_order.chains("measurement") == [("ci_low", "value", "ci_high"), ("numerator", "n_valid", "n_frame")]


PLACES: list[Broken] = [
    ("measurement", 2, {"period_start": "2024-12-31"}, "before_work_area", "period_start"),
    ("measurement", 3, {"period_end": "2025-01-01"}, "after_work_area", "period_end"),
    ("survey_wave", 3, {"end": "2025-01-01"}, "after_work_area", "end"),
    ("participation", 2, {"period_start": "2023-12-31"}, "before_work_area", "period_start"),
    ("area", 2, {"area_code": "WK000101"}, "area_level", "area_code"),
    ("area", 2, {"level": "gemeente"}, "area_level", "area_code"),
    ("area", 3, {"area_code": "8011"}, "area_level", "area_code"),
    ("area", 3, {"level": "pc4"}, "area_level", "area_code"),
    ("area", 4, {"area_code": "GM0001"}, "area_level", "area_code"),
    ("area", 2, {"parent_code": "BU00010101"}, "own_parent", "parent_code"),
    ("measurement", 5, {"area_code": "hofje"}, "region_form", "area_code"),
    ("measurement", 5, {"area_year": ""}, "no_area_year", "area_year"),
    ("measurement", 5, {"area_code": "", "area_year": ""}, "no_subject", "collective_id"),
]


@pytest.mark.parametrize(("table", "row", "cells", "kind", "column"), PLACES)
def test_a_place_or_its_time_that_is_wrong(table: str, row: int, cells: dict[str, str], kind: str, column: str) -> None:
    assert (kind, table, row, column) in found(changed(table, row, **cells))


def test_a_figure_about_an_area_that_is_not_in_the_division_is_told() -> None:
    problem = check(changed("measurement", 5, area_code="BU00019999"), KNOWN).problems[0]
    assert (problem.kind, problem.sheet, problem.row) == ("region_unknown", "measurement", 5)
    repair = check(changed("measurement", 5, area_year="2019"), KNOWN).repairs[0]
    assert (repair.kind, repair.sheet, repair.row) == ("regions_not_checked", "measurement", 5)


def test_a_division_that_is_not_there_is_told_once_for_all_its_rows() -> None:
    """A package of an area has a thousand rows of one year; a remark for each would hide all others."""
    tables = changed("measurement", 5, area_year="2019")
    of_area = tables["measurement"][3]
    assert of_area["area_year"] == "2019"
    tables["measurement"] += [{**of_area, "measurement_id": f"again-{at}"} for at in range(2)]
    told = [repair for repair in check(tables, KNOWN).repairs if repair.kind == "regions_not_checked"]
    assert [(each.row, each.got) for each in told] == [(5, "de indeling van 2019 is niet opgehaald, en nog 2 keer")]


def test_work_areas_that_follow_each_other_are_one_time() -> None:
    assert found(changed("participation", 2, period_start="2024-10-01", period_end="2025-03-31")) == [
        ("before_activity", "participation", 2, "period_start")
    ]
    # From 1 January until the second area begins on 2 January nothing holds.
    gap = changed("work_area", 3, valid_from="2025-01-02")
    assert found(gap) == [("after_work_area", "participation", row, "period_end") for row in (2, 3, 4)]
    assert check(gap).problems[0].expected == "31-12-2024 of eerder: tot dan geldt het werkgebied"


def test_work_areas_overlap_per_collective() -> None:
    assert found(changed("work_area", 3, valid_from="2024-12-31"))[0] == ("overlap", "work_area", 3, "valid_from")


FIGURES: list[Broken] = [
    ("measurement", 4, {"indicator_id": "model"}, "modelled_outcome", "indicator_id"),
    ("measurement", 4, {"method": "model"}, "modelled_outcome", "indicator_id"),
    ("measurement", 2, {"method": "model"}, "modelled_outcome", "indicator_id"),
    ("survey_wave", 2, {"instrument_ids": "eigen_lijst"}, "other_instrument", "wave_id"),
    ("measurement", 4, {"indicator_id": "brs_2008_totaal"}, "other_instrument", "wave_id"),
    ("measurement", 6, {"value": "42"}, "suppressed_value", "value"),
    ("measurement", 6, {"numerator": "39"}, "suppressed_value", "numerator"),
    ("measurement", 6, {"ci_low": "1"}, "suppressed_value", "ci_low"),
    ("measurement", 2, {"numerator": "onderdrukt"}, "derivable", "numerator"),
    ("measurement", 2, {"n_valid": "onderdrukt"}, "derivable", "n_valid"),
    ("measurement", 2, {"value": "onderdrukt", "ci_low": "", "ci_high": ""}, "derivable", "value"),
    ("survey_wave", 2, {"refused_n": "209"}, "sum_above", "refused_n"),
    ("indicator", 2, {"indicator_id": "djg6_2006_eenzaam"}, "other_than_register", "unit"),
    ("instrument", 2, {"instrument_id": "djg6_2006"}, "other_than_register", "max"),
    ("response_item", 3, {"answer": "7"}, "wrong_answer", "answer"),
    ("survey_wave", 2, {"frame_n": "1", "invited_n": "1", "responded_n": "1", "refused_n": "0"},
     "too_many_respondents", "frame_n"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells", "kind", "column"), FIGURES)
def test_a_figure_that_cannot_stand(table: str, row: int, cells: dict[str, str], kind: str, column: str) -> None:
    sheet, at = ("measurement", 2) if kind == "other_instrument" and table == "survey_wave" else (table, row)
    assert (kind, sheet, at, column) in found(changed(table, row, **cells))


def test_a_model_may_say_something_about_an_area_and_about_what_is_no_outcome() -> None:
    about_area = changed("measurement", 5, work_area_id="nu", area_code="", area_year="", period_start="2025-01-01")
    about_area["measurement"][3]["period_end"] = "2025-12-31"
    assert found(about_area) == []
    context = changed("indicator", 3, result_level="context")
    context["measurement"][2] |= {"indicator_id": "model", "comparison": "geen", "wave_id": ""}
    assert [one for one in found(context) if one[0] == "modelled_outcome"] == []


def test_what_is_compared_comes_from_one_instrument() -> None:
    content = changed("survey_wave", 3, instrument_ids="oude_lijst")
    problem = check(content).problems[0]
    # The base value in row 3 comes from another list than the value in row 4 beside it.
    assert (problem.kind, problem.sheet, problem.row, problem.column) == (
        "compared_instruments", "measurement", 4, "wave_id",
    )  # fmt: skip
    assert problem.got == "een andere vragenlijst (eigen_lijst;djg6_2006) dan in rij 3"
    content["measurement"][1]["comparison"] = "geen"
    assert found(content) == []


def test_an_answer_that_is_wrong_is_told_without_the_answer() -> None:
    problem = check(changed("response_item", 3, answer="liever niet")).problems[0]
    assert (problem.kind, problem.row) == ("wrong_answer", 3)
    assert "liever" not in "".join([problem.got, problem.expected, problem.do, *problem.details.values()])


@pytest.mark.parametrize("column", ["value", "numerator", "n_valid"])
def test_two_numbers_of_a_percentage_that_are_suppressed_keep_each_other_hidden(column: str) -> None:
    hidden = dict.fromkeys({"value", "numerator", "n_valid"} - {column}, "onderdrukt")
    content = changed("measurement", 2, **hidden, ci_low="", ci_high="")
    assert found(content) == []


DECISIONS: list[Broken] = [
    ("input", 2, {"collective_id": "", "process_id": ""}, "no_subject", "collective_id"),
    ("input", 2, {"group_value": "15-25"}, "few_inputs", "group_value"),
    ("input_event", 3, {"date": "2025-01-13"}, "date_back", "date"),
    ("input_event", 2, {"date": "2025-01-13"}, "before_input", "date"),
    ("input_event", 5, {"date": "2025-01-13"}, "before_input", "date"),
    ("input_event", 2, {"outcome": "deels"}, "outcome_stage", "outcome"),
    ("input_link", 2, {"to_input": "i1"}, "to_itself", "to_input"),
    ("decision", 2, {"date": "2025-01-13"}, "before_input", "date"),
    ("toc_link", 2, {"to_node": "samen"}, "to_itself", "to_node"),
    ("evidence", 2, {"link_id": "l2"}, "no_parent", "link_id"),
    ("evidence_judgement", 2, {"evidence_id": "b2"}, "no_parent", "evidence_id"),
    ("evidence_judgement", 2, {"likelihood_claim": "0", "likelihood_rival": "0"}, "never_seen", "likelihood_rival"),
    (
        "evidence_judgement",
        3,
        {"likelihood_claim": "1", "likelihood_rival": "1", "seen": "nee"},
        "always_seen",
        "likelihood_rival",
    ),
    ("coop_scan", 3, {"actor_id": "koepel"}, "other_scan", "actor_id"),
    ("coop_scan", 3, {"date": "2025-05-02"}, "other_scan", "date"),
    ("coop_scan", 2, {"n_raters": "0"}, "score_of_nobody", "n_raters"),
    ("lesson", 2, {"conditions": "plek=1;geld=?;plek=0"}, "condition_twice", "conditions"),
    ("case_condition", 3, {"value": "0"}, "condition_contradicted", "value"),
    ("case_condition", 4, {"period": "2025-03"}, "condition_contradicted", "value"),
    ("claim", 2, {"section": "deelname"}, "euro_alone", "section"),
    ("claim", 2, {"plain_nl": "Dat kost 40 euro per uur"}, "euro_alone", "section"),
    ("bundle", 2, {"tables": "collective;response_item"}, "stays_home", "tables"),
    ("bundle", 2, {"tables": "collective;interaction"}, "stays_home", "tables"),
    ("bundle", 2, {"tables": "collectief"}, "no_such_table", "tables"),
    ("bundle", 2, {"checks_passed": "nee"}, "approved_unchecked", "checks_passed"),
    ("bundle", 2, {"checks_passed": ""}, "approved_unchecked", "checks_passed"),
    ("bundle", 2, {"approved_by_role": ""}, "approved_by_nobody", "approved_by_role"),
    ("research_effort", 2, {"wave_id": ""}, "no_subject", "wave_id"),
]


@pytest.mark.parametrize(("table", "row", "cells", "kind", "column"), DECISIONS)
def test_what_contradicts_itself(table: str, row: int, cells: dict[str, str], kind: str, column: str) -> None:
    if kind == "euro_alone":
        row = {"section": 3, "plain_nl": 2}[next(iter(cells))]
    assert (kind, table, row, column) in found(changed(table, row if kind != "euro_alone" else 2, **cells))


def test_a_group_is_named_from_ten_inputs_on() -> None:
    content = whole()
    # Ten rows say 65+; when one of them is taken away, nine are left, and each is told.
    del content["input"][9]
    assert found(content) == [("few_inputs", "input", row, "group_value") for row in range(2, 11)]
    assert check(content).problems[0].got == "65+, een groep die 9 keer voorkomt"


def test_steps_may_skip_and_share_a_day_and_stand_in_any_order() -> None:
    content = whole()
    content["input_event"] = content["input_event"][::-1]
    assert found(content) == []


def test_steps_of_one_input_say_nothing_about_another() -> None:
    assert found(changed("input_event", 5, date="2025-01-14")) == []


def test_a_decision_is_held_against_the_last_of_its_inputs() -> None:
    content = changed("input", 3, raised_on="2025-04-02")
    content["input_event"].pop()
    (problem,) = check(content).problems
    assert (problem.kind, problem.sheet, problem.row) == ("before_input", "decision", 2)
    assert problem.expected == "02-04-2025 of later: toen werd i2 ingebracht"


def test_links_that_come_back_to_where_they_began_are_told_and_a_chain_is_not() -> None:
    content = whole()
    ids = ("i1", "i2", "i3", "i4")
    links = [{"from_input": one, "to_input": two, "type": "vervolg"} for one, two in itertools.pairwise(ids)]
    content["input_link"] = links
    assert found(content) == []
    back = {"from_input": "i3", "to_input": "i2", "type": "samengevoegd"}  # i2 → i3 → i2; i1 and i4 hang on to it
    content["input_link"] = [*links, back]
    expected = [("in_a_circle", "input_link", row, "to_input") for row in (3, 5)]
    assert found(content) == expected


def noted(content: Content) -> list[tuple[str, str | None, int | None, str | None]]:
    """Return kind, sheet, row and column of each remark, of a package without problems."""
    findings = check(content)
    assert findings.problems == []
    return [(one.kind, one.sheet, one.row, one.column) for one in findings.repairs]


def test_a_saving_along_a_link_that_nobody_studied_is_a_remark_and_the_rest_is_read() -> None:
    content = whole()
    content["toc_link"].append({"link_id": "l2", "from_node": "minder", "to_node": "samen"})
    content["saving_claim"][0]["toc_link_id"] = "l2"
    assert noted(content) == [("not_studied", "saving_claim", 2, "toc_link_id")]
    content["evidence"][0]["link_id"] = "l2"
    assert noted(content) == []
    del content["evidence"], content["evidence_judgement"], content["lesson"]
    assert noted(content) == [("not_studied", "saving_claim", 2, "toc_link_id")]
    content["evidence"] = []  # the sheet is there, and has no rows
    assert noted(content) == [("not_studied", "saving_claim", 2, "toc_link_id")]


def test_the_remark_about_a_saving_says_what_the_report_does_with_it() -> None:
    content = whole()
    content["toc_link"].append({"link_id": "l2", "from_node": "minder", "to_node": "samen"})
    content["saving_claim"][0]["toc_link_id"] = "l2"
    remark = check(content).repairs[0]
    assert remark.got == "l2, een verband zonder bewijs"
    assert "Het rapport telt deze besparing niet mee en zegt waarom." in remark.do


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("2025", "2025-12", True), ("2025-H1", "2025-K2", True), ("2025-H1", "2025-K3", False),
        ("2025-K4", "2025-10", True), ("2025-K4", "2025-09", False), ("2024", "2025", False),
        ("2025-H2", "2025-07", True), ("2025-01", "2025-02", False),
    ],
)  # fmt: skip
def test_periods_of_a_condition_overlap_by_their_months(first: str, second: str, overlap: bool) -> None:
    content = whole()
    row = {"collective_id": "zon", "condition_code": "plek"}
    content["case_condition"] = [row | {"period": first, "value": "1"}, row | {"period": second, "value": "0"}]
    assert found(content) == [("condition_contradicted", "case_condition", 3, "value")] * overlap


# What is noted and is no problem


def test_an_experiment_described_afterwards_is_labelled() -> None:
    findings = check(changed("experiment", 2, declared_at="2025-02-02", card_hash=""))
    assert findings.problems == []
    assert [(one.kind, one.sheet, one.row, one.column) for one in findings.repairs] == [
        ("described_afterwards", "experiment", 2, "declared_at")
    ]
    assert findings.repairs[0].do == "Gelezen als achteraf beschreven."
    in_time = check(changed("experiment", 2, declared_at="2025-02-01", card_hash=""))
    assert [one.kind for one in in_time.repairs] == ["card_not_sealed"]


def test_a_card_that_changed_after_it_was_declared_is_labelled() -> None:
    findings = check(changed("experiment", 2, card_hash="0" * 64))
    assert findings.problems == []
    assert [(one.kind, one.row, one.column) for one in findings.repairs] == [("card_changed", 2, "card_hash")]
    assert findings.repairs[0].do == "Gelezen als veranderd nadat de kaart was ingevuld."


def test_too_few_interactions_coded_by_two_people_is_noted() -> None:
    content = whole()
    single = {"collective_id": "zon", "from_role": "front", "to_role": "bewoner", "action_code": "a", "coder": "c1"}
    # 2 of 10 rows is one in five; 2 of 11 is less.
    for number in range(3, 11):
        content["interaction"].append(single | {"interaction_id": f"h{number}", "date": f"2025-04-{number:02}"})
    assert check(content).repairs == []
    content["interaction"].append(single | {"interaction_id": "h11", "date": "2025-04-11"})
    assert [(one.kind, one.sheet, one.row) for one in check(content).repairs] == [("coded_once", "interaction", None)]
    assert check(content).repairs[0].got == "18% van de handelingen door twee mensen gecodeerd"


def test_a_row_of_a_shipped_register_need_not_be_delivered_and_is_noted_when_it_is() -> None:
    content = whole()
    content["instrument"].append({"instrument_id": "djg6_2006", "name": "Eenzaamheid", "min": "0", "max": "6"})
    findings = check(content)
    assert findings.problems == []
    assert [(one.kind, one.sheet, one.row) for one in findings.repairs] == [("in_register", "instrument", 4)]


def test_a_card_names_a_figure_of_the_catalogue_without_defining_it() -> None:
    content = changed("experiment", 2, indicator_ids="gas_corrected_m3_per_household")
    assert check(content).problems == []
    content = changed("experiment", 2, indicator_ids="gas_zonder_naam")
    assert [(kind, sheet) for kind, sheet, *_ in found(content)] == [("no_parent", "experiment")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"unit": "kWh"}, "unit"),
        ({"direction": "hoger_beter"}, "direction"),
        ({"result_level": "uitkomst_lang"}, "result_level"),
        ({"source_type": "eigen_telling"}, "source_type"),
        ({}, ""),
    ],
)
def test_a_collective_does_not_redefine_a_figure_of_the_catalogue(cells: dict[str, str], column: str) -> None:
    content = whole()
    own = {"indicator_id": "gas_corrected_m3_per_household", "label_nl": "Ons gas", "domain": "energie_klimaat",
           "result_level": "context", "unit": "m3", "direction": "lager_beter", "source_type": "register"}  # fmt: skip
    content["indicator"].append(own | cells)
    findings = check(content)
    assert [(one.kind, one.column) for one in findings.problems] == (
        [("other_than_register", column)] if column else []
    )
    assert [one.kind for one in findings.repairs] == ["in_register"]
    if column:
        assert findings.problems[0].do == "Verbeter de waarde, of kies een eigen code."


def test_a_measurement_of_a_figure_of_the_catalogue_is_held_to_its_unit() -> None:
    content = changed("measurement", 2, indicator_id="crime_victims_pct")
    assert ("no_parent", "measurement", 2, "indicator_id") in found(content)
    percentage = next(key for key, unit in registers.rows("indicator")[["indicator_id", "unit"]].to_numpy()
                      if unit == "%" and key.startswith("social_assistance"))  # fmt: skip
    derivable = changed("measurement", 2, indicator_id=percentage, numerator="onderdrukt")
    assert ("derivable", "measurement", 2, "numerator") in found(derivable)


def test_a_declared_card_without_fingerprint_is_given_one() -> None:
    content = changed("experiment", 2, card_hash="")
    findings = check(content)
    assert findings.problems == []
    (given,) = findings.repairs
    assert (given.kind, given.row, given.column) == ("card_not_sealed", 2, "card_hash")
    assert len(given.expected) == 64
    sealed = changed("experiment", 2, card_hash=str(given.expected))  # as a volunteer copies it into the cell
    assert check(sealed).repairs == []
    sealed["experiment"][0]["planned_end"] = "2025-07-31"
    assert [one.kind for one in check(sealed).repairs] == ["card_changed"]


def test_a_fingerprint_that_cannot_be_read_is_a_problem_and_no_empty_cell() -> None:
    content, findings = changed("experiment", 2, card_hash="52.468.987"), Findings()
    tables = {name: typed_table(name, rows, valid=name != "experiment") for name, rows in content.items()}
    assert tables["experiment"]["card_hash"].isna()[2]
    places = {name: Place("zon/zon.xlsx", name) for name in tables}
    findings.problem("pattern", places["experiment"], row=2, column="card_hash", got="52.468.987", expected="a hash")
    check_rules("zon", tables, places, None, findings)
    assert [one.kind for one in findings.repairs] == []


def test_a_card_that_was_not_declared_yet_is_given_no_fingerprint() -> None:
    assert check(changed("experiment", 2, card_hash="", declared_at="")).repairs == []


# References

REFERENCES = [
    (table, one.column, one.many)
    for table, rows in WHOLE.items()
    for one in schema.references(table)
    if rows[0].get(one.column) and one.table not in rules_keys.MADE_BY_REPORTS
]


@pytest.mark.parametrize(("table", "column", "many"), REFERENCES)
def test_a_code_that_is_nowhere_is_told(table: str, column: str, many: bool) -> None:
    code = WHOLE[table][0][column] + ";nergens" if many else "nergens"
    problems = check(changed(table, 2, **{column: code})).problems
    told = [one for one in problems if (one.kind, one.sheet, one.row) == ("no_parent", table, 2)]
    assert [(one.column, one.got) for one in told] == [(column, "nergens")]


def test_a_claim_of_a_report_need_not_be_delivered_to_be_given_back() -> None:
    content = changed("return_event", 2, claim_id="3f9c2a71b4de")  # as a report prints it
    del content["claim"]
    assert check(content).problems == []


@pytest.mark.parametrize("parent", ["source", "actor", "toc_node", "activity", "input", "survey_wave", "lesson"])
def test_a_table_that_is_referred_to_and_absent_is_told_once_per_column(parent: str) -> None:
    content = whole()
    del content[parent]
    told = [one for one in found(content) if one[0] == "no_parent_table"]
    expected = {
        (table, one.column)
        for table in content
        for one in schema.references(table)
        if one.table == parent and any(row.get(one.column) for row in content[table])
    }
    assert {(sheet, column) for _, sheet, _, column in told} == expected
    assert len(told) == len(expected)
    assert {row for _, _, row, _ in told} == {None}


# Groups whose numbers are suppressed


def groups(**unique: str) -> Content:
    """Return the package with unique_n by group_value; kinds of group by the first letters of their names."""
    content = whole()
    kinds = {"totaal": "totaal", "man": "geslacht", "vrouw": "geslacht", "anders": "geslacht", "nl": "taal",
             "ar": "taal", "huur": "huur_koop"}  # fmt: skip
    base = {name: WHOLE["participation"][0][name] for name in ("activity_id", "period_start", "period_end")}
    content["participation"] = [
        base | {"group_type": kinds[value], "group_value": value, "count_method": "lijst", "unique_n": number}
        for value, number in unique.items()
    ]
    return content


@pytest.mark.parametrize(
    ("unique", "rows"),
    [
        # 40 − 25 = 15 men, whatever the cell says.
        ({"totaal": "40", "man": "onderdrukt", "vrouw": "25"}, [3]),
        ({"totaal": "40", "man": "15", "vrouw": "onderdrukt"}, [4]),
        ({"totaal": "onderdrukt", "man": "15", "vrouw": "25"}, [2]),
        ({"totaal": "40", "man": "14", "vrouw": "25", "anders": "onderdrukt"}, [5]),
        ({"totaal": "40", "nl": "30", "ar": "onderdrukt"}, [4]),
        ({"totaal": "40", "man": "onderdrukt", "vrouw": "onderdrukt"}, []),
        ({"totaal": "onderdrukt", "man": "onderdrukt", "vrouw": "25"}, []),
        # Without all groups, all numbers or a total there is nothing to take away from.
        ({"totaal": "40", "huur": "onderdrukt"}, []),
        ({"totaal": "40", "ar": "onderdrukt"}, []),
        ({"totaal": "40", "man": "onderdrukt", "vrouw": "weetniet"}, []),
        ({"totaal": "", "man": "onderdrukt", "vrouw": "25"}, []),
        ({"man": "onderdrukt", "vrouw": "25"}, []),
        ({"totaal": "40", "man": "", "vrouw": "25"}, []),
        # The total is given away by men and women, however well languages are hidden.
        ({"totaal": "onderdrukt", "man": "15", "vrouw": "25", "nl": "onderdrukt", "ar": "1"}, [2]),
    ],
)  # fmt: skip
def test_a_suppressed_number_has_a_suppressed_complement(unique: dict[str, str], rows: list[int]) -> None:
    assert found(groups(**unique)) == [("lone_suppressed", "participation", row, "unique_n") for row in rows]


def test_each_count_and_each_period_is_looked_at_by_itself() -> None:
    content = groups(totaal="40", man="onderdrukt", vrouw="25")
    for row, contacts in zip(content["participation"], ("90", "onderdrukt", "onderdrukt"), strict=True):
        row["contacts_n"] = contacts
    later = [row | {"period_start": "2025-04-01", "period_end": "2025-06-30"} for row in content["participation"]]
    later[2]["unique_n"] = "onderdrukt"
    content["participation"] += later
    assert found(content) == [("lone_suppressed", "participation", 3, "unique_n")]


# Any valid package

DAYS = st.integers(0, 300).map(lambda days: dt.date(2025, 1, 1) + dt.timedelta(days=days))
COUNTS = st.lists(st.integers(0, 500), min_size=3, max_size=3).map(sorted)


@st.composite
def periods(draw: st.DrawFn) -> tuple[str, str]:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return first.isoformat(), last.isoformat()


TABLES = (
    "source", "collective", "actor", "work_area", "engagement_tool", "research_question", "instrument", "indicator",
    "experiment", "activity", "survey_wave", "measurement", "input", "input_event",
)  # fmt: skip
"""What the tables below refer to."""


@st.composite
def packages(draw: st.DrawFn) -> Content:
    """Make a valid package with many rows: orders are sorted, and nothing is suppressed."""
    content = {table: rows for table, rows in whole().items() if table in TABLES}
    content["participation"] = []
    for number, (period, counts) in enumerate(draw(st.lists(st.tuples(periods(), COUNTS), max_size=8))):
        row = {"activity_id": "koffie", "group_type": "taal", "group_value": f"taal {number}", "count_method": "lijst"}
        names = ("first_time_n", "unique_n", "contacts_n")
        row |= dict(zip(("period_start", "period_end"), period, strict=True))
        content["participation"].append(row | dict(zip(names, map(str, counts), strict=True)))
    for number, (period, counts, bounds) in enumerate(
        draw(st.lists(st.tuples(periods(), COUNTS, COUNTS), max_size=8)), start=10
    ):
        row = {"measurement_id": f"m{number}", "indicator_id": "trots", "collective_id": "zon", "work_area_id": "nu",
               "population": "leden", "method": "telling"}  # fmt: skip
        row |= dict(zip(("period_start", "period_end"), period, strict=True))
        row |= dict(zip(("numerator", "n_valid", "n_frame"), map(str, counts), strict=True))
        content["measurement"].append(row | dict(zip(("ci_low", "value", "ci_high"), map(str, bounds), strict=True)))
    days = sorted(draw(st.lists(DAYS.filter(lambda day: day >= dt.date(2025, 1, 14)), max_size=8)))
    content["input_event"] += [
        {"input_id": "i3", "seq": str(seq), "date": day.isoformat(), "stage": "gewogen"}
        for seq, day in enumerate(days, start=1)
    ]
    return content


@given(packages())
def test_any_valid_package_is_valid(content: Content) -> None:
    assert found(content) == []


# What makes any row of a table wrong, and the column it is told at.
MISTAKES: list[tuple[str, dict[str, str], str]] = [
    ("participation", {"period_start": "2025-12-31", "period_end": "2025-01-01"}, "period_end"),
    ("participation", {"contacts_n": "1", "unique_n": "2", "first_time_n": "0"}, "unique_n"),
    ("participation", {"group_type": "leeftijd", "group_value": "0-100"}, "group_value"),
    ("participation", {"activity_id": "thee"}, "activity_id"),
    ("measurement", {"value": "1", "ci_low": "2", "ci_high": "3"}, "ci_low"),
    ("measurement", {"n_valid": "1", "numerator": "2"}, "numerator"),
    ("measurement", {"indicator_id": "geluk"}, "indicator_id"),
    ("measurement", {"work_area_id": "", "area_code": "hier", "area_year": "2024"}, "area_code"),
    ("input_event", {"stage": "gewogen", "outcome": "deels"}, "outcome"),
    ("input_event", {"input_id": "i99"}, "input_id"),
]


@given(packages(), st.data())
def test_every_mistake_is_told_at_its_row(content: Content, data: st.DataObject) -> None:
    table, cells, column = data.draw(st.sampled_from([one for one in MISTAKES if content[one[0]]]))
    at = data.draw(st.integers(0, len(content[table]) - 1))
    content[table][at].update(cells)
    told: list[Any] = found(content)
    assert (table, at + 2, column) in [(sheet, row, where) for _, sheet, row, where in told]
    assert {(sheet, row) for _, sheet, row, _ in told if sheet == table} == {(table, at + 2)}


# Whatever stands in the cells

JUNK = st.sampled_from(
    ["", "nvt", "weetniet", "onderdrukt", "0", "-1", "1e400", "2025-01-01", "2100-12-31", "x", ";", "a;b", "=1+1", "ja",
     "2025-H1", "plek=1", "€ 5", "zon", "i1", "i1;i2;i99", "BU00010101", "GM9999", "totaal", "10", "1,5"]
)  # fmt: skip


@given(st.data())
def test_whatever_is_typed_no_rule_stops_and_every_place_is_one_of_a_row(data: st.DataObject) -> None:
    content, findings = whole(), Findings()
    for _ in range(data.draw(st.integers(1, 8))):
        name = data.draw(st.sampled_from(sorted(content)))
        column = data.draw(st.sampled_from([field["name"] for field in schema.load(name)["fields"]]))
        if content[name]:
            content[name][data.draw(st.integers(0, len(content[name]) - 1))][column] = data.draw(JUNK)
        if data.draw(st.integers(0, 9)) == 0:
            content[name] = []
    tables = {name: typed_table(name, rows, valid=False) for name, rows in content.items()}
    tables = {name: tables[name] for name in schema.MONITORING}
    places = {name: Place("zon/zon.xlsx", name) for name in tables}
    check_rules("zon", tables, places, KNOWN, findings)
    for problem in (*findings.problems, *findings.repairs):
        assert problem.row is None or problem.row in tables[str(problem.sheet)].index
        assert "{" not in problem.got + problem.expected + problem.do


def test_a_condition_that_is_repeated_without_end_is_compared_once() -> None:
    table = pd.DataFrame({"value": [1] * 20_000 + [0], "first": 0, "last": 11})
    # Compared with every row before it, this would be 200 million comparisons.
    begun = time.process_time()
    assert list(rules_evidence._contradictions(table)) == [(20_000, 0)]
    assert time.process_time() - begun < 2
