"""An attacker on what collectives learn: two worlds that differ only in what is hidden must give the same to read.

Everything that leaves is made of both worlds: the tables and estimates of own reports and of the report about all, what
a run remembers, and the records that travel in a bundle. What differs between the two is what an attacker could tell.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from bt_analysis import answers, detectability, disclosure, schema
from bt_analysis.analysis import interactions as acts_question
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import burden, cooperation, decisions, give_and_take, input_chains, tracing
from bt_analysis.disclosure import records
from bt_analysis.instruments import interactions
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings
from tests.conftest import Make

TODAY, MIN_CELL, SETTINGS = dt.date(2026, 1, 31), 10, Settings()
SECRET = "GEHEIM"  # noqa: S105
"""Stands in every text that nobody agreed to have published."""

Rows = list[dict[str, Any]]
World = dict[str, Rows]
Change = Callable[[World], None]
DAYS = {"start": pd.Timestamp("2024-03-01"), "end": pd.Timestamp("2024-03-31")}


def _inputs(name: str, groups: dict[str, int]) -> Rows:
    """Make inputs of groups of residents, one a day."""
    named = [group for group, times in groups.items() for _ in range(times)]
    return [
        {
            "input_id": f"{name}--i{at}", "collective_id": name, "group_value": group or None, "channel": "deur",
            "raised_on": pd.Timestamp("2024-01-01") + pd.Timedelta(days=at), "domain": "welzijn",
            "text_summary": f"{SECRET} i{at}",
        }
        for at, group in enumerate(named)
    ]  # fmt: skip


def _scan(name: str, raters: int | None, score: int) -> Rows:
    sides = (("civiel", 12, 4), ("publiek", raters, score))
    return [
        {
            "scan_id": f"{name}--s", "date": pd.Timestamp("2024-06-01"), "collective_id": name, "side": side,
            "actor_id": f"{name}--gemeente", "condition": "taal", "score": given_, "n_raters": people, "importance": 3,
            "quote": f"{SECRET} {side}",
        }
        for side, people, given_ in sides
    ]  # fmt: skip


def world() -> World:
    """Return two collectives that keep every table that questions about learning read."""
    return {
        "collective": [
            {"collective_id": name, "name": name.title(), "primary_domain": "welzijn", "country": "NL",
             "lifecycle": "actief"}
            for name in ("zon", "maan")
        ],
        "actor": [
            {"actor_id": f"{name}--gemeente", "name": "Gemeente", "side": "publiek", "interests": f"{SECRET} belang"}
            for name in ("zon", "maan")
        ],
        "activity": [
            {"activity_id": f"{name}--a", "collective_id": name, "title": "Eten", "domain": "welzijn", **DAYS}
            for name in ("zon", "maan")
        ],
        "participation": [
            {"activity_id": "zon--a", "group_type": "totaal", "group_value": "totaal", "contacts_n": 7, "unique_n": 4,
             "period_start": DAYS["start"], "period_end": DAYS["end"]},
        ],
        "survey_wave": [
            {"wave_id": "zon--w", "collective_id": "zon", "instrument_ids": "djg6_2006", "responded_n": 3, **DAYS},
            {"wave_id": "maan--w", "collective_id": "maan", "instrument_ids": "djg6_2006", "responded_n": 40, **DAYS},
        ],
        "research_effort": [
            {"effort_id": "zon--e1", "collective_id": "zon", "wave_id": "zon--w", "resident_minutes": 60.0,
             "paid_eur": 75.0, "researcher_hours": 8.0},
            {"effort_id": "zon--e2", "collective_id": "zon", "activity_id": "zon--a", "resident_minutes": 40.0},
            {"effort_id": "maan--e1", "collective_id": "maan", "wave_id": "maan--w", "resident_minutes": 800.0},
        ],
        "input": [*_inputs("zon", {"65+": 12, "jong": 12, "": 3}), *_inputs("maan", {"65+": 15, "jong": 11})],
        "coop_scan": [*_scan("zon", 4, 2), *_scan("maan", 14, 3)],
        "selection_register": [
            {"approach_id": "zon--b", "collective_id": "zon", "party_type": f"collectief {SECRET}",
             "response": "weigert",
             "date": pd.Timestamp("2024-02-03"), "reason": f"{SECRET} reden"},
        ],
        "obstacle": [
            {"obstacle_id": "zon--o", "collective_id": "zon", "type": "regels", "side": "publiek", "how": SECRET,
             "first_seen": pd.Timestamp("2024-02-03")},
        ],
        "tradeoff": [
            {"tradeoff_id": "zon--t", "collective_id": "zon", "option_a": f"{SECRET} a", "option_b": f"{SECRET} b",
             "actors_for_a": "zon--gemeente"},
        ],
        "lesson": [
            {"lesson_id": "zon--l", "collective_id": "zon", "valence": "werkte_niet", "context": f"{SECRET} 1",
             "mechanism": f"{SECRET} 2", "outcome": f"{SECRET} 3", "for_whom": f"{SECRET} 4",
             "transfer_tried_at": f"{SECRET} 5"},
        ],
        "toc_node": [
            {"node_id": "zon--n1", "label_nl": "Eten", "node_type": "activiteit"},
            {"node_id": "zon--n2", "label_nl": "Minder alleen", "node_type": "uitkomst_lang"},
        ],
        "toc_link": [
            {"link_id": "zon--k", "from_node": "zon--n1", "to_node": "zon--n2", "sign": "+",
             "mechanism": f"{SECRET} mech", "assumption": f"{SECRET} aan", "owner": f"{SECRET} wie"},
        ],
        "evidence": [
            {"evidence_id": f"{name}--v{at}", "link_id": link, "collective_id": name, "source_type": "interview",
             "direction": "voor", "design": 0, "n": 3, "coder": "TB1", "date": pd.Timestamp("2024-05-01")}
            for name, link in (("zon", "zon--k"), ("maan", "bt-samen_eten-eenzaamheid")) for at in (1, 2)
        ],
        "evidence_judgement": [
            {"evidence_id": f"zon--v{at}", "judge": judge, "likelihood_claim": sure, "likelihood_rival": 0.3,
             "seen": True, "rival": f"{SECRET} rivaal"}
            for at in (1, 2) for judge, sure in (("TB1", 0.8), ("AK2", 0.6))
        ],
        "saving_claim": [
            {"saving_id": "zon--b", "collective_id": "zon", "outcome": f"{SECRET} zorg", "toc_link_id": "zon--k",
             "n": 6,
             "effect_low": 1.0, "effect_mid": 2.0, "effect_high": 3.0, "unit_cost_eur_low": 100.0,
             "unit_cost_eur_mid": 120.0, "unit_cost_eur_high": 200.0, "counterfactual_share": 0.5,
             "payer_actor_id": "zon--gemeente", "saver_actor_id": "zon--gemeente"},
        ],
        "return_event": [
            {"return_id": f"zon--r{at}", "claim_id": "zon--x1", "date": pd.Timestamp("2025-01-05"), "form": "deur",
             "reached_n": people, "reply_type": "oneens", "reply_text": f"{SECRET} {at}"}
            for at, people in ((1, 5), (2, 22))
        ],
        "experiment": [
            {"experiment_id": "zon--p", "collective_id": "zon", "declared_at": DAYS["start"], "start": DAYS["start"],
             "planned_end": DAYS["end"], "card_hash": "ab" * 32}
            | {name: f"{SECRET} {name}" for name in ("problem", "change_tried", "mechanism_expected", "who_decides",
                                                     "success_signal", "stop_signal", "change_of_mind", "ethics_note")},
        ],
        "case_condition": [
            {"collective_id": "zon", "condition_code": "vaste_plek", "period": "2024", "value": 1.0,
             "calibration_note": f"{SECRET} waarom"},
        ],
    }  # fmt: skip


def told(names: tuple[str, ...] = ("zon", "maan")) -> dict[str, pd.DataFrame]:
    rows = [
        {"collective_id": name, "period": period, "name": name.title(), "primary_domain": "welzijn", "urbanity": 3}
        for name in names for period in ("2023", "2024", "2023-2024")
    ]  # fmt: skip
    names_of = [one["name"] for one in schema.load("analysed_indicators")["fields"]]
    return {
        "estimates": learning.nothing(), "collectives": pd.DataFrame(rows).astype({"urbanity": "Int64"}),
        "indicators": pd.DataFrame({name: pd.Series(dtype="str") for name in names_of}),
    }  # fmt: skip


def typed_tables(given_: World) -> dict[str, pd.DataFrame]:
    return {name: typed(rows, name) for name, rows in given_.items()}


def cases_of(tables: dict[str, pd.DataFrame], names: tuple[str, ...] = ("zon", "maan")) -> learning.Cases:
    return learning.Cases(tables, told(names)["collectives"], learning.nothing(), told()["indicators"], TODAY)


def nothing_whole(*_: Any) -> dict[str, pd.DataFrame]:
    return {}


def seen(given_: World) -> dict[str, str]:
    """Return all that leaves: name → what it says, letter by letter."""
    tables = typed_tables(given_)
    whole = answers.learned(tables, told(), SETTINGS, TODAY, {})
    own = learning.of_collectives(whole)
    sent = records.protected(tables, {}, MIN_CELL, nothing_whole)
    again = answers.learned(sent, told(), SETTINGS, TODAY, {})
    out = {"estimates": whole.estimates, "own": own.estimates, "across": again.estimates}
    out |= {f"analysed {name}": table for name, table in whole.tables.items()}
    out |= {f"across {name}": table for name, table in again.tables.items()}
    out |= {f"memory {name}": table for name, table in whole.remember.items()}
    return {name: table.to_csv(index=False) for name, table in out.items()} | bundled(given_)


def bundled(given_: World) -> dict[str, str]:
    """Return the records that travel; participation and waves are protected as a whole, and attacked elsewhere."""
    sent = records.protected(typed_tables(given_), {}, MIN_CELL, nothing_whole)
    left = {name: table for name, table in sent.items() if name not in ("participation", "survey_wave")}
    return {f"bundle {name}": table.to_csv(index=False) for name, table in left.items()}


@pytest.fixture(scope="module")
def first() -> dict[str, str]:
    return seen(world())


def differing(first: dict[str, str], *changes: Change, told_by: Callable[[World], dict[str, str]] = seen) -> set[str]:
    """Name what differs in a world in which something was changed."""
    other = copy.deepcopy(world())
    for change in changes:
        change(other)
    again = told_by(other)
    assert set(again) <= set(first)
    return {name for name in again if first[name] != again[name]}


# Two worlds


def _fewer_minutes(rows: World) -> None:
    rows["research_effort"][0] |= {"resident_minutes": 20.0, "paid_eur": 25.0}  # one of three people


def _other_activity(rows: World) -> None:
    rows["research_effort"][1]["resident_minutes"] = 10.0


def _fewer_answered(rows: World) -> None:
    rows["survey_wave"][0]["responded_n"] = 1


def _other_score(rows: World) -> None:
    rows["coop_scan"][1] |= {"score": 5, "importance": 1, "n_raters": 1}


def _other_initials(rows: World) -> None:
    for row in rows["evidence_judgement"]:
        row["judge"] = {"TB1": "XY7", "AK2": "Q9"}[row["judge"]]
    for row in rows["evidence"]:
        row["coder"] = "ZZ9"


def _fewer_reached(rows: World) -> None:
    rows["return_event"][0]["reached_n"] = 1


def _fewer_saving(rows: World) -> None:
    rows["saving_claim"][0] |= {"n": 2, "effect_mid": 2.5, "counterfactual_share": 0.1}


def _fewer_behind_evidence(rows: World) -> None:
    rows["evidence"][0]["n"] = 9


def _other_words(rows: World) -> None:
    for table in rows.values():
        for row in table:
            for name, cell in row.items():
                if isinstance(cell, str) and SECRET in cell and name != "party_type":
                    row[name] = f"heel anders {SECRET} maar ook dicht"
    rows["experiment"][0]["card_hash"] = "cd" * 32


HIDDEN = (_fewer_minutes, _other_activity, _fewer_answered, _other_score, _other_initials, _fewer_reached,
          _fewer_saving, _fewer_behind_evidence, _other_words)  # fmt: skip


def test_nobody_can_tell_two_worlds_apart(first: dict[str, str]) -> None:
    assert differing(first, *HIDDEN) == set()


@pytest.mark.parametrize("change", HIDDEN)
def test_nobody_can_tell_two_bundles_apart(first: dict[str, str], change: Change) -> None:
    assert differing(first, change, told_by=bundled) == set()


def test_the_attack_can_tell_worlds_apart_that_differ_in_what_is_shown(first: dict[str, str]) -> None:
    def more_minutes(rows: World) -> None:
        rows["research_effort"][2]["resident_minutes"] = 820.0

    def other_score(rows: World) -> None:
        rows["coop_scan"][3]["score"] = 5

    def with_consent(rows: World) -> None:
        rows["lesson"][0]["text_consent"] = True

    def more_reached(rows: World) -> None:
        rows["return_event"][1]["reached_n"] = 23

    found = differing(first, more_minutes, other_score, with_consent, more_reached)
    assert {"estimates", "bundle research_effort", "analysed coop_gaps", "bundle coop_scan"} <= found
    assert {"analysed lessons", "across lessons", "bundle lesson"} <= found
    assert {"analysed replies", "bundle return_event"} <= found


def test_no_text_without_consent_is_in_anything_that_leaves(first: dict[str, str]) -> None:
    assert [name for name, text in first.items() if SECRET in text] == []


def test_every_table_with_free_text_is_among_what_is_attacked() -> None:
    # Texts of measurements and areas stay in their own tables, which have tests of their own.
    texts = {name for name in schema.MONITORING if schema.free_text_fields(name)}
    typed_in = {name for name, rows in world().items() if SECRET in str(rows)}
    assert texts - typed_in == {"experiment_event", "measurement", "work_area"}


def test_no_code_of_who_judged_is_in_anything_that_leaves(first: dict[str, str]) -> None:
    assert [name for name, text in first.items() if "TB1" in text or "AK2" in text] == []
    assert "b1" in first["analysed judgements"]
    assert "b2" in first["analysed judgements"]


# Groups of residents


def published(own: dict[str, dict[str, int]]) -> pd.DataFrame:
    """Return what is told of the groups of residents of collectives: collective, group, indicator, number and n."""
    given_ = {
        "collective": [{"collective_id": name, "name": name} for name in own],
        "input": [row for name, groups in own.items() for row in _inputs(name, groups)],
    }
    rows = decisions.learn(cases_of(typed_tables(given_), tuple(own)), SETTINGS).estimates
    return rows[rows["group_type"].eq("bewonersgroep")]


SPLITS = [{"65+": 20, "jong": 7}, {"65+": 18, "jong": 9}, {"65+": 23, "jong": 4}, {"65+": 26, "jong": 1}]


@pytest.mark.parametrize("split", SPLITS[1:])
def test_how_a_collective_with_a_small_group_is_made_up_is_told_nowhere(split: dict[str, int]) -> None:
    other = {"65+": 15, "jong": 11}
    told_ = [published({"zon": mine, "maan": other}).to_csv(index=False) for mine in (SPLITS[0], split)]
    assert told_[0] == told_[1]


def test_who_subtracts_itself_from_all_finds_only_what_the_others_show() -> None:
    rows = published({"zon": {"65+": 12, "jong": 14}, "maan": {"65+": 30, "jong": 10}, "ster": {"65+": 40, "jong": 3}})
    rows = rows[rows["indicator_id"].eq("inputs_group_n") & rows["group_value"].ne("")]
    across = rows[rows["collective_id"].eq("")].set_index("group_value")["value"]
    longest = rows["period_start"].eq("2023-01-01") & rows["period_end"].eq("2024-12-31")
    own = rows[rows["collective_id"].ne("") & longest].groupby("group_value")["value"].sum()
    assert set(rows["collective_id"]) == {"", "zon", "maan"}
    # Minus itself a collective finds the sum of the reports that show their groups; nothing of "ster" is in it.
    assert across.to_dict() == own.to_dict() == {"65+": 42, "jong": 24}


def test_groups_are_told_of_the_longest_period_only() -> None:
    rows = published({"zon": {"65+": 12, "jong": 14}})
    own = rows[rows["collective_id"].eq("zon")]
    assert own[["period_start", "period_end"]].drop_duplicates().astype(str).to_numpy().tolist() == [
        ["2023-01-01", "2024-12-31"]
    ]


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        ({"65+": 10, "jong": 10}, True),
        ({"65+": 9, "jong": 10}, False),  # nine are few
        ({"65+": 30}, False),  # all others together are none
        ({"65+": 30, "": 9}, False),  # all others together are nine
        ({"65+": 30, "": 10}, True),
        ({"65+": 12, "jong": 12, "": 3}, False),  # the nameless follow from the total
        ({"65+": 10, "jong": 10, "ouders": 1}, False),
        ({"": 40}, False),  # no group at all
    ],
)
def test_groups_are_all_shown_or_none(groups: dict[str, int], *, shown: bool) -> None:
    rows = published({"zon": groups})
    own = rows[rows["collective_id"].eq("zon") & rows["group_value"].ne("")]
    assert bool(len(own)) is shown
    if not shown and set(groups) != {""}:
        refused = rows[rows["collective_id"].eq("zon")]
        assert refused["gate_reason"].unique().tolist() == ["small_groups_inputs"]
        assert refused["value"].isna().all()


@settings(max_examples=8)
@given(st.lists(st.integers(0, 24), min_size=1, max_size=4), st.integers(0, 14))
def test_no_shown_group_and_no_rest_is_smaller_than_the_smallest_cell(sizes: list[int], nameless: int) -> None:
    groups = {f"g{at}": size for at, size in enumerate(sizes) if size} | ({"": nameless} if nameless else {})
    if not groups:
        return
    rows = published({"zon": groups})
    own = rows[rows["indicator_id"].eq("inputs_group_n") & rows["collective_id"].eq("zon") & rows["group_value"].ne("")]
    total = sum(groups.values())
    numbers = own["value"].astype(int).tolist()
    assert all(number >= MIN_CELL and total - number >= MIN_CELL for number in numbers)
    # What all shown groups leave over is nothing, or enough.
    assert not numbers or total - sum(numbers) == 0 or total - sum(numbers) >= MIN_CELL


def test_one_more_input_shows_a_group_only_when_it_is_large_enough() -> None:
    before, after = published({"zon": {"65+": 9, "jong": 20}}), published({"zon": {"65+": 10, "jong": 20}})
    assert set(before["group_value"]) == {""}
    number = after[after["indicator_id"].eq("inputs_group_n") & after["collective_id"].eq("zon")]
    # That it was not shown a run before says that it was nine or fewer, and no more.
    assert dict(zip(number["group_value"], number["value"], strict=True)) == {"65+": 10, "jong": 20}


# Codes of who judged


def judged(*rows: tuple[str, str]) -> pd.DataFrame:
    table = typed(
        [{"evidence_id": one, "judge": judge, "likelihood_claim": 0.5, "likelihood_rival": 0.5, "seen": True}
         for one, judge in rows],
        "evidence_judgement",
    )  # fmt: skip
    return records.without_text(table, schema.load("evidence_judgement"))


def test_judges_get_numbers_in_the_order_in_which_a_collective_names_them() -> None:
    out = judged(("a--v1", "TB1"), ("a--v1", "AK2"), ("a--v2", "AK2"), ("b--v1", "AK2"), ("b--v1", "TB1"))
    assert out["judge"].tolist() == ["b1", "b2", "b2", "b1", "b2"]


def test_numbers_of_judges_stay_as_they_are_when_a_bundle_is_read() -> None:
    once = judged(("a--v1", "TB1"), ("a--v1", "AK2"), ("a--v2", "TB1"))
    again = records.without_text(once, schema.load("evidence_judgement"))
    assert again["judge"].tolist() == once["judge"].tolist() == ["b1", "b2", "b1"]


def test_a_code_without_a_collective_in_front_is_numbered_as_well() -> None:
    assert judged(("v1", "TB1"), ("v2", "TB1"), ("v2", "AK2"))["judge"].tolist() == ["b1", "b1", "b2"]


def test_evidence_without_a_coder_stays_without() -> None:
    rows = [{"evidence_id": f"a--v{at}", "link_id": "k", "coder": coder} for at, coder in enumerate(("TB1", None))]
    out = records.without_text(typed(rows, "evidence"), schema.load("evidence"))
    assert out["coder"].fillna("–").tolist() == ["b1", "–"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 40)), max_size=60, unique=True))
def test_who_is_the_same_person_stays_so_and_no_two_become_one(rows: list[tuple[str, int, int]]) -> None:
    out = judged(*((f"{owner}--v{piece}", f"X{judge}") for owner, piece, judge in rows))
    made = {(owner, judge): code for (owner, _, judge), code in zip(rows, out["judge"], strict=True)}
    for owner in "ab":
        own = [code for (who, _), code in made.items() if who == owner]
        assert len(set(own)) == len(own)
    expected = [made[owner, judge] for owner, _, judge in rows]
    assert out["judge"].tolist() == expected
    assert out["judge"].str.fullmatch("[A-Za-z]{1,3}[0-9]{1,3}").all()


def test_there_are_codes_for_more_judges_than_any_collective_has() -> None:
    codes = [records._code(number) for number in range(30_000)]
    assert len(set(codes)) == len(codes)
    assert (codes[0], codes[998], codes[999]) == ("b1", "b999", "c1")
    assert all(len(code) <= 6 for code in codes)


def test_how_sure_judges_are_is_the_same_whatever_they_are_called() -> None:
    whole = typed_tables(world())
    sure = []
    for table in (
        whole["evidence_judgement"],
        judged(*((f"zon--v{at}", who) for at in (1, 2) for who in ("Z1", "A2"))),
    ):
        given_ = {
            **whole,
            "evidence_judgement": table.assign(likelihood_claim=[0.8, 0.6, 0.8, 0.6], likelihood_rival=0.3),
        }
        drawn = pd.DataFrame({"link_id": ["zon--k"], "arrow_id": ["k"]})
        sure.append(tracing.beliefs(tracing.judgements(cases_of(given_), drawn)).to_csv(index=False))
    assert sure[0] == sure[1]


# What research took


def efforts(responded: Any, minutes: float = 60.0, **more: Any) -> pd.DataFrame:
    tables = {
        "survey_wave": typed(
            [{"wave_id": "w", "collective_id": "zon", "responded_n": responded, **DAYS}], "survey_wave"
        ),
        "research_effort": typed(
            [{"effort_id": "e", "wave_id": "w", "resident_minutes": minutes, "paid_eur": 5.0, "researcher_hours": 4.0}],
            "research_effort",
        ),
        **more,
    }
    return records.protected(tables, {}, MIN_CELL, nothing_whole)["research_effort"]


@pytest.mark.parametrize("responded", range(13))
def test_minutes_over_the_length_of_a_questionnaire_tell_no_small_number(responded: int) -> None:
    out = efforts(responded, minutes=20.0 * responded)
    people = out["resident_minutes"].dropna() / 20
    assert people.ge(MIN_CELL).all()
    assert len(people) == (responded >= MIN_CELL)
    assert out["researcher_hours"].tolist() == [4.0]  # hours of a researcher count nobody
    hidden = ["suppressed"] if responded < MIN_CELL else [None]
    assert out["resident_minutes_missing_reason"].astype(object).where(lambda one: one.notna(), None).tolist() == hidden


def test_where_nobody_counted_who_answered_the_answers_themselves_say_it() -> None:
    few = typed([{"measurement_id": "m", "wave_id": "w", "n_valid": 6, "indicator_id": "x"}], "measurement")
    many = few.assign(n_valid=pd.array([60], dtype="Int64"))
    assert efforts(None, measurement=few)["resident_minutes"].isna().tolist() == [True]
    assert efforts(None, measurement=many)["resident_minutes"].tolist() == [60.0]


def test_effort_that_belongs_to_nothing_is_left_as_it_is() -> None:
    table = typed([{"effort_id": "e", "resident_minutes": 60.0}], "research_effort")
    out = records.protected({"research_effort": table}, {}, MIN_CELL, nothing_whole)["research_effort"]
    assert out["resident_minutes"].tolist() == [60.0]


def test_what_was_missing_keeps_its_own_reason() -> None:
    row = {"effort_id": "e", "wave_id": "w", "resident_minutes": None, "resident_minutes_missing_reason": "unknown"}
    out = efforts(3, research_effort=typed([row], "research_effort"))
    assert out["resident_minutes_missing_reason"].tolist() == ["unknown"]


def test_a_report_says_that_few_people_took_part_and_not_that_nobody_kept_it(first: dict[str, str]) -> None:
    rows = pd.read_csv(io.StringIO(first["estimates"]), dtype=str, keep_default_na=False)
    rows = rows[rows["question"].eq(burden.QUESTION) & rows["indicator_id"].eq("resident_minutes")]
    zon = rows[rows["collective_id"].eq("zon")]
    assert set(zon["gate_reason"]) == {"few_people"}
    assert set(zon["value"]) == {""}
    across = rows[rows["collective_id"].eq("")]
    # 60 and 40 minutes of few people are in no sum: who knows its own 800 finds nothing.
    assert across["value"].tolist() == ["800.0"]
    assert across["gate_reason"].tolist() == ["effort_not_all_kept"]


# Scans of few people


@pytest.mark.parametrize(("raters", "state"), [(None, "aantal_onbekend"), (0, "te_weinig_mensen"),
                                               (9, "te_weinig_mensen"), (10, "score")])  # fmt: skip
def test_a_score_of_few_or_of_nobody_knows_how_many_travels_nowhere(raters: int | None, state: str) -> None:
    scan = typed(_scan("zon", raters, 2), "coop_scan")
    sent = records.protected({"coop_scan": scan}, {}, MIN_CELL, nothing_whole)["coop_scan"]
    public = sent[sent["side"].eq("publiek")]
    assert public["score"].notna().tolist() == [state == "score"]
    assert public["importance"].notna().tolist() == [state == "score"]
    given_ = {"coop_scan": sent, "actor": typed(world()["actor"], "actor")}
    row = cooperation.gaps(cases_of(given_), SETTINGS)
    assert row.loc[row["condition"].eq("taal"), "other_state"].tolist() == [state]


@settings(max_examples=8)
@given(st.integers(10, 200), st.integers(10, 200))
def test_numbers_of_raters_are_told_in_fives(civil: int, public: int) -> None:
    rows = _scan("zon", public, 2)
    rows[0]["n_raters"] = civil
    tables = {"coop_scan": typed(rows, "coop_scan"), "actor": typed(world()["actor"], "actor")}
    row = cooperation.gaps(cases_of(tables), SETTINGS)
    one = row[row["condition"].eq("taal")].iloc[0]
    assert one["civiel_raters_n"] == civil // 5 * 5
    assert one["other_raters_n"] == public // 5 * 5


# Coded acts of people in offices


def coded(years: dict[int, int], double: bool) -> Rows:
    """Make acts: so many per year, each coded once or twice."""
    coders = ("TB1", "AK2")[: 1 + double]
    acts = [(year, at, coder) for year, times in years.items() for at in range(times) for coder in coders]
    return [
        {
            "interaction_id": f"x{year}-{at}-{coder}", "collective_id": "zon", "from_role": "back",
            "to_role": "bewoner", "action_code": ("uitleg", "wacht")[at % 2], "stage": "gewogen", "coder": coder,
            "effect": ("borgt", "blokkeert")[at % 3 == 0], "date": dt.date(year, 1, 1) + dt.timedelta(days=at),
        }
        for year, at, coder in acts
    ]  # fmt: skip


def told_of_acts(years: dict[int, int], *, double: bool = True) -> pd.DataFrame:
    table = typed(coded(years, double), "interaction")
    joined = dataclasses.replace(
        Make.joined(), interaction_count=interactions.counts(table),
        interaction_agreement=interactions.agreements(table),
    )  # fmt: skip
    spans = [*((year, year) for year in years), *([(min(years), max(years))] if len(years) > 1 else [])]
    periods = pd.DataFrame(
        [("zon", pd.Timestamp(first, 1, 1), pd.Timestamp(last, 12, 31)) for first, last in spans],
        columns=["collective_id", "period_start", "period_end"],
    )
    gated = detectability.set_gates(acts_question.estimate(joined, periods, SETTINGS), SETTINGS.gates)
    return disclosure.protect(gated, SETTINGS.disclosure, disclosure.nothing(), TODAY).estimates


def guesses(rows: pd.DataFrame) -> Iterator[float]:
    """Return every number that may be a total of acts: exact, or a share that only few totals can give."""
    for name in ("value", "n", "ci_low", "ci_high"):
        yield from rows.loc[rows["unit"].eq("aantal") | (name == "n"), name].dropna()


@pytest.mark.parametrize("times", [1, 4, 9, 11, 13, 17, 19])
def test_the_number_of_acts_that_two_people_coded_does_not_tell_a_hidden_total(times: int) -> None:
    rows = told_of_acts({2024: times})
    agreement = rows[rows["group_type"].eq("codering")]
    assert set(guesses(agreement)) <= {10.0}
    total = rows[rows["indicator_id"].eq("interactions_n") & rows["group_value"].eq("")]
    assert (times < MIN_CELL) == total["gate"].eq("onderdrukt").all()


def test_a_year_of_few_acts_does_not_follow_from_how_many_were_coded_in_all() -> None:
    rows = told_of_acts({2023: 36, 2024: 4})
    shown = rows[rows["indicator_id"].eq("interactions_n") & rows["group_value"].eq("") & rows["value"].notna()]
    known = shown.drop_duplicates("period_start")["value"].tolist()
    in_all = rows.loc[rows["indicator_id"].eq("double_coded_n"), "n"].dropna().unique().tolist()
    assert in_all == [40.0]
    # Where the whole is hidden too, 40 to 49 acts leave the year at 4 to 13.
    assert not (36.0 in known and 40.0 in known)


def test_worlds_of_as_many_tens_of_acts_look_the_same() -> None:
    pairs = [told_of_acts({2024: times}) for times in (3, 5, 8)]
    columns = ["indicator_id", "group_type", "value", "ci_low", "ci_high", "n", "gate", "gate_reason"]
    coding = [rows.loc[rows["group_type"].eq("codering"), columns].to_csv(index=False) for rows in pairs]
    assert len(set(coding)) == 1


@pytest.mark.parametrize("times", range(10, 31, 4))
def test_a_share_of_agreement_is_no_finer_than_a_hundredth(times: int) -> None:
    rows = told_of_acts({2024: times})
    shares = rows.loc[rows["indicator_id"].eq("coder_percent"), ["value", "ci_low", "ci_high"]]
    assert (shares.isna() | shares.eq(shares.round())).all(axis=None)
    others = rows.loc[rows["indicator_id"].isin(["coder_kappa", "coder_alpha"]), "value"].dropna()
    assert (others == others.round(2)).all()


def test_no_single_act_and_no_coder_is_in_what_is_told() -> None:
    rows = told_of_acts({2023: 30, 2024: 30}).to_csv(index=False)
    assert "TB1" not in rows
    assert "AK2" not in rows
    assert "2024-01-03" not in rows


def test_acts_never_travel() -> None:
    tables = typed_tables(world()) | {"interaction": typed(coded({2024: 12}, double=True), "interaction")}
    with pytest.raises(records.MicrodataError):
        records.protected(tables, {}, MIN_CELL, nothing_whole)


# People who heard it


def reached(*events: tuple[str, str, Any]) -> pd.DataFrame:
    """Return what is told of how many were reached by events of day, form and people."""
    tables = {
        "return_event": [
            {"return_id": f"zon--r{at}", "claim_id": "zon--abc", "date": pd.Timestamp(day), "form": form,
             "reached_n": people, "reply_type": "eens"}
            for at, (day, form, people) in enumerate(events)
        ]
    }  # fmt: skip
    claim = {
        "claim_id": "abc", "collective_id": "zon", "question": "activities", "indicator_id": "activities_n",
        "value": 3.0, "gate": "ok", "population": "collectief", "unit": "aantal", "method": "count", "source": "x",
        "period_start": pd.Timestamp("2024-01-01"), "period_end": pd.Timestamp("2024-12-31"),
    }  # fmt: skip
    figures = learning.told(pd.DataFrame([claim]), gate_reason="").assign(claim_id="abc")
    sent = records.protected(typed_tables(tables), {}, MIN_CELL, nothing_whole)
    cases = dataclasses.replace(cases_of(sent, ("zon",)), estimates=figures)
    rows = give_and_take.learn(cases, SETTINGS).estimates
    return rows[rows["indicator_id"].eq("reached_n")]


@pytest.mark.parametrize("people", range(10))
def test_a_small_gathering_is_in_no_sum(people: int) -> None:
    with_it = reached(("2025-02-01", "bijeenkomst", 30), ("2025-03-01", "deur", people))
    assert set(with_it["value"]) == {30.0}
    assert with_it["gate_reason"].str.contains("some_reached_not_told").all()


def test_only_small_gatherings_have_no_sum() -> None:
    rows = reached(("2025-02-01", "bijeenkomst", 3), ("2025-03-01", "deur", 9))
    assert rows["value"].isna().all()
    assert set(rows["gate_reason"]) == {"reached_not_told"}


@settings(max_examples=8)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_sums_of_people_never_hold_a_small_number(people: list[int]) -> None:
    events = [(f"2025-0{at + 1}-01", "deur", each) for at, each in enumerate(people)]
    rows = reached(*events)
    shown = [each for each in people if each >= MIN_CELL]
    assert set(rows["value"].dropna()) == ({float(sum(shown))} if shown else set())


# Loops in links give no more than their own steps


def test_a_circle_of_inputs_tells_nothing_of_the_others_in_it() -> None:
    steps = input_chains._steps_to_end
    ring = pd.DataFrame(list(itertools.pairwise([0, 1, 2, 0])), columns=["parent", "child"])
    assert steps(ring["parent"].to_numpy(), ring["child"].to_numpy(), 4).tolist() == [0, 0, 0, 0]
