"""A package in which every monitoring table is kept and every rule holds, for tests that break one thing in it."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from typing import Any

import pandas as pd

from bt_analysis.cards import card_hash
from bt_analysis.schema import MONITORING, load
from bt_analysis.sources.grids import Grid
from bt_analysis.sources.package_rules import check_rules
from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.typed_tables import typed

Content = dict[str, list[dict[str, str]]]
"""Table → rows; a row is column → what is typed in the cell. The first row stands in row 2, below the header."""

_MAN = {"activity_id": "koffie", "period_start": "2025-01-01", "period_end": "2025-03-31", "count_method": "lijst"}
_GROUPS = [
    {"group_type": "totaal", "group_value": "totaal", "contacts_n": "90", "unique_n": "40", "first_time_n": "10"},
    {"group_type": "geslacht", "group_value": "man", "contacts_n": "40", "unique_n": "15", "first_time_n": "4"},
    {"group_type": "geslacht", "group_value": "vrouw", "contacts_n": "50", "unique_n": "25", "first_time_n": "6"},
]
_INPUTS = [
    {"input_id": f"i{number}", "collective_id": "zon", "raised_on": "2025-01-14", "group_value": "65+"}
    for number in range(1, 11)
]
_SCAN = {"scan_id": "s1", "date": "2025-05-01", "collective_id": "zon", "actor_id": "gemeente", "n_raters": "3"}
_MEASURED = {
    "collective_id": "zon", "period_start": "2025-02-01", "period_end": "2025-02-28", "population": "bewoners",
    "method": "zelfselectie",
}  # fmt: skip

WHOLE: Content = {
    "source": [{"source_id": "enquete", "title": "Enquête in de wijk"}],
    "collective": [{"collective_id": "zon", "name": "Zonnewijk", "primary_domain": "welzijn", "source_id": "enquete"}],
    "actor": [
        {"actor_id": "gemeente", "name": "Gemeente", "side": "publiek"},
        {"actor_id": "koepel", "name": "De Koepel", "side": "koepel"},
    ],
    "membership": [
        {"collective_id": "zon", "umbrella_actor_id": "koepel", "from": "2024-01-01", "until": "2024-12-31"}
    ],
    "area": [
        {"area_code": "BU00010101", "area_year": "2024", "level": "buurt", "parent_code": "WK000101"},
        {"area_code": "8011AB", "area_year": "2024", "level": "pc6"},
        {"area_code": "hofje", "area_year": "2024", "level": "eigen", "parent_code": "BU00010101"},
    ],
    "work_area": [
        {
            "work_area_id": "toen", "collective_id": "zon", "definition_type": "codes", "area_codes": "BU00010101",
            "area_year": "2024", "valid_from": "2024-01-01", "valid_to": "2024-12-31",
        },
        {
            "work_area_id": "nu", "collective_id": "zon", "definition_type": "codes",
            "area_codes": "BU00010101;BU00010102", "area_year": "2024", "valid_from": "2025-01-01",
        },
    ],
    "engagement_tool": [{"tool_id": "keukentafel", "name": "Keukentafelgesprek"}],
    "research_question": [{"rq_id": "wie", "text": "Wie doet er mee?"}],
    "instrument": [
        {"instrument_id": "eigen_lijst", "name": "Eigen lijst", "min": "1", "max": "5"},
        {"instrument_id": "oude_lijst", "name": "Oude lijst", "min": "0", "max": "10"},
    ],
    "indicator": [
        {
            "indicator_id": "trots", "label_nl": "Trots", "domain": "welzijn", "result_level": "uitkomst_kort",
            "unit": "schaal", "source_type": "enquete",
        },
        {
            "indicator_id": "model", "label_nl": "Eenzaam volgens een model", "domain": "welzijn",
            "result_level": "uitkomst_lang", "unit": "%", "source_type": "modelschatting",
        },
    ],
    "toc_node": [
        {"node_id": "samen", "label_nl": "Samen koffie", "node_type": "activiteit"},
        {"node_id": "minder", "label_nl": "Minder zorg", "node_type": "uitkomst_lang", "indicator_id": "trots"},
    ],
    "toc_link": [{"link_id": "l1", "from_node": "samen", "to_node": "minder", "sign": "+"}],
    "experiment": [
        {
            "experiment_id": "deur", "collective_id": "zon", "question_id": "wie", "declared_at": "2025-01-31",
            "start": "2025-02-01", "planned_end": "2025-06-30", "indicator_ids": "trots;djg6_2006_eenzaam",
        }
    ],
    "experiment_event": [
        {"event_id": "e1", "experiment_id": "deur", "date": "2025-02-01", "type": "start"},
    ],
    "activity": [
        {
            "activity_id": "koffie", "collective_id": "zon", "title": "Koffie", "domain": "welzijn",
            "activity_type": "ontmoeting", "tool_id": "keukentafel", "start": "2025-01-01", "end": "2025-12-31",
            "experiment_id": "deur",
        }
    ],
    "participation": [_MAN | group for group in _GROUPS],
    "contribution": [
        {
            "contribution_id": "c1", "activity_id": "koffie", "role": "uitvoering", "persons_n": "4", "hours": "120",
            "record_method": "logboek",
        }
    ],
    "funding": [
        {
            "funding_id": "f1", "funder_actor_id": "gemeente", "collective_id": "zon", "amount_eur": "5000",
            "start": "2025-01-01", "end": "2025-12-31",
        }
    ],
    "rate": [
        {
            "rate_id": "r1", "method": "minimumloon", "eur_per_hour_low": "13", "eur_per_hour_mid": "14",
            "eur_per_hour_high": "15", "year": "2025",
        }
    ],
    "saving_claim": [
        {
            "saving_id": "b1", "collective_id": "zon", "outcome": "minder zorg", "toc_link_id": "l1",
            "effect_low": "1", "effect_mid": "2", "effect_high": "3", "unit_cost_eur_low": "100",
            "unit_cost_eur_mid": "100", "unit_cost_eur_high": "200", "counterfactual_share": "0.5",
            "payer_actor_id": "gemeente", "saver_actor_id": "gemeente",
        }
    ],
    "survey_wave": [
        {
            "wave_id": "w1", "collective_id": "zon", "work_area_id": "nu", "instrument_ids": "eigen_lijst;djg6_2006",
            "frame_n": "310", "invited_n": "300", "responded_n": "92", "refused_n": "31", "start": "2025-02-01",
            "end": "2025-02-28",
        },
        {
            "wave_id": "w0", "collective_id": "zon", "work_area_id": "toen", "instrument_ids": "eigen_lijst",
            "start": "2024-02-01", "end": "2024-02-28",
        },
    ],
    "measurement": [
        _MEASURED | {
            "measurement_id": "m1", "indicator_id": "djg6_2006_eenzaam", "work_area_id": "nu", "value": "42.4",
            "ci_low": "33", "ci_high": "53", "numerator": "39", "n_valid": "92", "n_frame": "310", "wave_id": "w1",
        },
        _MEASURED | {
            "measurement_id": "m2", "indicator_id": "trots", "work_area_id": "toen", "value": "3.5", "wave_id": "w0",
            "comparison": "nulmeting", "period_start": "2024-02-01", "period_end": "2024-02-28",
        },
        _MEASURED | {
            "measurement_id": "m3", "indicator_id": "trots", "work_area_id": "nu", "value": "3.9", "wave_id": "w1",
            "comparison": "geen",
        },
        {
            "measurement_id": "m4", "indicator_id": "model", "area_code": "BU00010101", "area_year": "2024",
            "period_start": "2024-01-01", "period_end": "2024-12-31", "population": "gebied", "value": "11",
            "method": "model",
        },
        _MEASURED | {
            "measurement_id": "m5", "indicator_id": "djg6_2006_eenzaam", "work_area_id": "nu", "n_valid": "92",
            "value": "onderdrukt", "numerator": "onderdrukt", "suppressed": "ja",
        },
    ],
    "response_item": [
        {"wave_id": "w1", "respondent_key": "k1", "item_code": "trots_1", "answer": "5"},
        {"wave_id": "w1", "respondent_key": "k2", "item_code": "djg6_leegte", "answer": "ja"},
    ],
    "decision": [
        {
            "decision_id": "d1", "body": "college", "date": "2025-04-01", "title": "Oversteek",
            "input_ids": "i1;i2",
        }
    ],
    "input": _INPUTS,
    "input_event": [
        {"input_id": "i1", "seq": "1", "date": "2025-01-14", "stage": "ingebracht"},
        {
            "input_id": "i1", "seq": "2", "date": "2025-04-01", "stage": "besloten", "actor_id": "gemeente",
            "outcome": "overgenomen",
        },
        {"input_id": "i1", "seq": "3", "date": "2025-04-01", "stage": "teruggekoppeld"},
        {"input_id": "i2", "seq": "1", "date": "2025-01-15", "stage": "geregistreerd"},
    ],
    "input_link": [{"from_input": "i1", "to_input": "i2", "type": "samengevoegd"}],
    "interaction": [
        {
            "interaction_id": f"h{number}", "collective_id": "zon", "date": "2025-03-04", "from_role": "back",
            "to_role": "bewoner", "action_code": "legt-uit", "coder": f"c{number}",
        }
        for number in (1, 2)
    ],
    "tradeoff": [
        {
            "tradeoff_id": "t1", "collective_id": "zon", "option_a": "bankje", "option_b": "boom",
            "actors_for_a": "gemeente;koepel", "decision_id": "d1",
        }
    ],
    "coop_scan": [
        _SCAN | {"side": "civiel", "condition": "waarden", "score": "4"},
        _SCAN | {"side": "publiek", "condition": "waarden", "score": "2"},
    ],
    "obstacle": [
        {
            "obstacle_id": "o1", "collective_id": "zon", "type": "regels", "first_seen": "2025-01-01",
            "resolved_on": "2025-02-01",
        }
    ],
    "selection_register": [
        {
            "approach_id": "a1", "collective_id": "zon", "party_type": "fonds", "date": "2025-01-01",
            "response": "doet_mee",
        }
    ],
    "lesson": [
        {
            "lesson_id": "les", "collective_id": "zon", "valence": "werkte", "conditions": "plek=1;geld=?",
            "experiment_id": "deur", "evidence_ids": "bewijs",
        }
    ],
    "evidence": [
        {
            "evidence_id": "bewijs", "link_id": "l1", "collective_id": "zon", "source_type": "meting",
            "direction": "voor", "design": "2", "measurement_id": "m3", "lesson_id": "les",
        }
    ],
    "evidence_judgement": [
        {
            "evidence_id": "bewijs", "judge": "c1", "likelihood_claim": "0.8", "likelihood_rival": "0.2", "seen": "ja",
        },
        {
            "evidence_id": "bewijs", "judge": "c2", "likelihood_claim": "0.6", "likelihood_rival": "0.4", "seen": "ja",
        },
    ],
    "case_condition": [
        {"collective_id": "zon", "condition_code": "plek", "period": "2025", "value": "1"},
        {"collective_id": "zon", "condition_code": "plek", "period": "2025-H1", "value": "1"},
        {"collective_id": "zon", "condition_code": "plek", "period": "2024-K4", "value": "0"},
    ],
    "claim": [
        {"claim_id": "x1", "report_id": "zon", "section": "opbrengst", "plain_nl": "40 mensen deden mee", "value": "40",
         "ci_low": "40", "ci_high": "45", "rq_id": "wie"},
        {"claim_id": "x2", "report_id": "zon", "section": "opbrengst", "plain_nl": "Dat scheelt € 200", "value": "200"},
    ],
    "return_event": [{"return_id": "t1", "claim_id": "x1", "date": "2025-07-01", "form": "krant"}],
    "research_effort": [
        {"effort_id": "w1", "collective_id": "zon", "wave_id": "w1"},
        {"effort_id": "w2", "collective_id": "zon", "activity_id": "koffie"},
    ],
    "bundle": [
        {
            "bundle_id": "zon-1", "collective_id": "zon", "tables": "collective;measurement",
            "consent_level": "gemeente", "valid_until": "2027-01-01", "checks_passed": "ja",
            "approved_by_role": "bestuur", "approved_on": "2025-07-01", "withdrawn_on": "2026-01-01",
        }
    ],
}  # fmt: skip
WHOLE["experiment"][0]["card_hash"] = card_hash(WHOLE["experiment"][0])
"""Every table, with the codes of one collective that fit together."""


def whole() -> Content:
    """Return the package, to be changed."""
    return copy.deepcopy(WHOLE)


def changed(table: str, row: int, **cells: str) -> Content:
    """Return the package with cells of one row changed; rows count as a person sees them, from 2."""
    content = whole()
    content[table][row - 2].update(cells)
    return content


def typed_table(name: str, content: list[dict[str, str]], *, valid: bool = True) -> pd.DataFrame:
    """Return a typed table, as it comes out of a CSV file; a valid one has no mistakes in its cells."""
    return _typed(name, tuple(tuple(sorted(row.items())) for row in content), valid)


@functools.lru_cache(maxsize=2000)
def _typed(name: str, content: tuple[tuple[tuple[str, str], ...], ...], valid: bool) -> pd.DataFrame:
    columns, findings = [field["name"] for field in load(name)["fields"]], Findings()
    assert {column for row in content for column, _ in row} <= {*columns}, name
    rows: list[Any] = [(1, columns)]
    rows += [(at, [dict(row).get(column, "") for column in columns]) for at, row in enumerate(content, start=2)]
    table = typed(Grid(Place("zon/zon.xlsx", name), name, rows, from_text=True), findings)
    assert table is not None
    assert not valid or findings.problems == [], [problem.got for problem in findings.problems]
    return table


def check(content: Mapping[str, list[dict[str, str]]], known: dict[int, set[str]] | None = None) -> Findings:
    """Read a package from cells and hold it against the rules."""
    findings = Findings()
    tables = {name: typed_table(name, content[name]) for name in MONITORING if name in content}
    places = {name: Place("zon/zon.xlsx", name) for name in tables}
    check_rules("zon", tables, places, known, findings)
    return findings


def found(content: Mapping[str, list[dict[str, str]]]) -> list[tuple[str, str | None, int | None, str | None]]:
    """Return kind, sheet, row and column of each problem."""
    return [(one.kind, one.sheet, one.row, one.column) for one in check(content).problems]
