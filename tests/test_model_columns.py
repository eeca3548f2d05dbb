"""Every column that the data model names is in its schema, and none beside them that is not listed here."""

from __future__ import annotations

import pytest

from bt_analysis import schema

# As the data model lists them; what it writes as "effect low/mid/high" is three columns.
COLUMNS = {
    "collective": "collective_id name legal_form founded primary_domain domains country kvk_number org_id lifecycle"
    " members_n active_n counted_on release_level",
    "actor": "actor_id name side actor_type office_role interests",
    "membership": "collective_id umbrella_actor_id from until hours_up lessons_sent lessons_received",
    "area": "area_code area_year level name parent_code inhabitants urbanity region boundary_change geometry_ref",
    "work_area": "work_area_id collective_id definition_type valid_from valid_to note",
    "activity": "activity_id collective_id title domain activity_type tool_id scale start end sessions_n cost_eur"
    " experiment_id",
    "engagement_tool": "tool_id name description ladder source_url",
    "participation": "activity_id period_start group_type group_value contacts_n unique_n first_time_n count_method"
    " uncertainty_pct",
    "contribution": "contribution_id activity_id role persons_n hours record_method uncertainty_pct paid_eur",
    "funding": "funding_id funder_actor_id collective_id amount_eur start end obligation reporting_hours",
    "rate": "rate_id method eur_per_hour_low eur_per_hour_mid eur_per_hour_high year source_url licence",
    "saving_claim": "saving_id outcome toc_link_id n effect_low effect_mid effect_high counterfactual_share"
    " unit_cost_eur_low unit_cost_eur_mid unit_cost_eur_high duration_years drop_off payer_actor_id saver_actor_id"
    " cashable overlap_group source_id",
    "indicator": "indicator_id label_nl label_en definition domain result_level unit direction instrument_id"
    " sdg_indicator iati_measure source_type core",
    "measurement": "measurement_id indicator_id collective_id work_area_id period_start period_end measured_on"
    " population value ci_low ci_high n_valid n_frame numerator method wave_id comparison suppressed quality_note",
    "instrument": "instrument_id name language items_n response_options scoring_rule min max higher_means"
    " missing_rule cutoffs licence citation verified",
    "survey_wave": "wave_id collective_id work_area_id instrument_ids mode sampling frame_n invited_n responded_n"
    " refused_n languages incentive_eur minutes_median start end linkage",
    "response_item": "wave_id respondent_key item_code answer",
    "experiment": "experiment_id collective_id question_id problem change_tried mechanism_expected who_decides start"
    " planned_end indicator_ids success_signal stop_signal change_of_mind comparison ethics_note declared_at card_hash"
    " status spread_type",
    "experiment_event": "event_id experiment_id date type text decided_by",
    "input": "input_id collective_id process_id raised_on channel text_summary domain domain_secondary scale"
    " group_value knowledge_type",
    "input_event": "input_id seq date stage actor_id office_role outcome reason explanation_url",
    "input_link": "from_input to_input type",
    "decision": "decision_id body date title url input_ids",
    "interaction": "interaction_id date from_role to_role action_code effect stage coder",
    "tradeoff": "tradeoff_id option_a option_b actors_for_a actors_for_b decision_id",
    "coop_scan": "scan_id date collective_id actor_id side condition score n_raters importance quote",
    "obstacle": "obstacle_id side type stage hours_lost first_seen resolved_on how",
    "selection_register": "approach_id party_type date response reason",
    "toc_node": "node_id label_nl node_type domain indicator_id",
    "toc_link": "link_id from_node to_node sign mechanism assumption lag_months owner",
    "evidence": "evidence_id link_id collective_id source_type direction design n measurement_id lesson_id url date"
    " coder",
    "evidence_judgement": "evidence_id judge likelihood_claim likelihood_rival seen rival date",
    "lesson": "lesson_id collective_id context mechanism outcome valence for_whom conditions scale domain"
    " experiment_id evidence_ids transfer_tried_at",
    "case_condition": "collective_id condition_code period value calibration_note",
    "research_question": "rq_id group text status proposed_by",
    "claim": "claim_id report_id section plain_nl rq_id knowledge_type value ci_low ci_high n query_hash data_hash"
    " gate readability",
    "return_event": "return_id claim_id date form reached_n reply_type reply_text",
    "research_effort": "effort_id wave_id activity_id resident_minutes researcher_hours paid_eur student",
    "item_use": "item_code claim_id date",
    "bundle": "bundle_id collective_id data_version tables consent_level valid_until checks_passed approved_by_role"
    " approved_on withdrawn_on",
    "joined_area_weight": "work_area_id area_code area_year weight method share_of_workarea_population",
}
# What a row needs besides, to be told apart and to be understood outside the package it came in.
ADDED = {
    "work_area": "area_codes area_year postcodes polygon_file",
    "participation": "period_end",
    "measurement": "area_code area_year",
    "interaction": "collective_id",
    "obstacle": "collective_id",
    "selection_register": "collective_id",
    "research_effort": "collective_id",
    "saving_claim": "collective_id",
    "tradeoff": "collective_id",
}
COMMON = {"recorded_at", "recorded_by_role", "source_id", "version", "text_consent"}


def test_there_is_a_line_for_every_table() -> None:
    assert set(COLUMNS) - {"item_use", "joined_area_weight"} == set(schema.MONITORING) - {"source"}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_has_every_column_of_the_data_model_and_none_that_was_not_meant(name: str) -> None:
    named, added = COLUMNS[name].split(), ADDED.get(name, "").split()
    found = {field["name"] for field in schema.load(name)["fields"]}
    assert set(named) - found == set()
    assert found - COMMON - {*named, *added} == set()


def test_the_weight_of_an_area_is_known_by_work_area_code_and_year() -> None:
    assert schema.key(schema.load("joined_area_weight")) == ["work_area_id", "area_code", "area_year"]
