"""The question as a whole: tables that fit their schemas, numbers that can be recounted, and who may be told what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import Learned, theory, theory_model, tracing
from bt_analysis.settings import Settings
from tests.theory_cases import EATING, HELP, TODAY, cases, evidence

SETTINGS = Settings()
CONTRADICTED = (("a", "meting", "voor", 2), ("b", "meting", "tegen", 2))


def learnt(rows: list[dict[str, Any]] | None = None, **more: Any) -> Learned:
    answer = theory.learn(cases(rows, **more), SETTINGS)
    for name in theory.TABLES:
        schema.check(answer.tables[name], f"analysed_{name}")
    schema.check(answer.estimates.assign(synthetic=False), "analysed_estimates")
    return answer


def value(answer: Learned, indicator_id: str, **where: str) -> float:
    rows = answer.estimates[answer.estimates["indicator_id"].eq(indicator_id)]
    for column, wanted in ({"collective_id": "", "group_type": "", "group_value": ""} | where).items():
        rows = rows[rows[column].eq(wanted)]
    (found,) = rows["value"]
    return float(found)


def judged(evidence_id: str, judge: str, claim: float, other: float, /, **more: Any) -> dict[str, Any]:
    said = {"evidence_id": evidence_id, "judge": judge, "likelihood_claim": claim, "likelihood_rival": other}
    return said | {"seen": True} | more


def test_it_is_one_of_the_questions() -> None:
    assert theory in learning.QUESTIONS
    assert set(theory.TABLES) <= set(learning.TABLES)


def test_without_evidence_every_arrow_is_there_and_nobody_looked_into_it() -> None:
    answer = learnt()
    arrows = len(theory_model.links(cases()))
    assert len(answer.tables["arrows"]) == arrows
    assert value(answer, "arrows_niet_onderzocht_n") == arrows
    assert value(answer, "arrows_gesteund_n") == 0
    for name in ("arrow_domains", "evidence_map", "tracing", "judgements"):
        assert answer.tables[name].empty


def test_statuses_add_up_to_all_arrows() -> None:
    answer = learnt(evidence(*CONTRADICTED) + evidence(("c", "interview", "voor", 0), link_id=HELP))
    statuses = ("gesteund", "weinig_bewijs", "betwist", "weerlegd", "niet_onderzocht")
    found = {status: value(answer, f"arrows_{status}_n") for status in statuses}
    assert found == {"gesteund": 0, "weinig_bewijs": 1, "betwist": 1, "weerlegd": 0, "niet_onderzocht": 45 - 2}
    assert set(answer.estimates.query("collective_id == '' and group_type == ''")["n"]) == {45}


def test_arrows_are_counted_by_the_domain_where_they_end() -> None:
    answer = learnt(evidence(*CONTRADICTED))
    assert value(answer, "arrows_betwist_n", group_type="domein", group_value="welzijn") == 1
    rows = answer.estimates[answer.estimates["group_type"].eq("domein")]
    # Eight domains times five statuses; all but one of 45 arrows have a domain.
    assert len(rows) == 8 * 5
    assert rows["value"].sum() == 45 - 1


def test_a_collective_has_the_same_number_in_each_of_its_periods() -> None:
    given = cases(evidence(*CONTRADICTED))
    two = pd.concat([given.collectives, given.collectives.assign(period="2024-2025")])
    answer = theory.learn(cases().__class__(**{**vars(given), "collectives": two}), SETTINGS)
    own = answer.estimates.query("collective_id == 'a' and indicator_id == 'arrows_weinig_bewijs_n'")
    assert own["value"].to_list() == [1, 1]
    assert own["period_start"].dt.year.to_list() == [2025, 2024]
    assert set(own["population"]) == {"collectief"}
    assert answer.estimates["claim_id"].is_unique


def test_domains_that_contradict_each_other_are_told() -> None:
    answer = learnt(evidence(*CONTRADICTED))
    assert value(answer, "arrows_contradicted_n") == 1
    arrows = answer.tables["arrows"]
    assert arrows.loc[arrows["contradicted"], ["collective_id", "arrow_id"]].to_numpy().tolist() == [["", EATING]]
    sides = answer.tables["arrow_domains"].set_index("domain")["leaning"]
    assert sides.to_dict() == {"welzijn": "voor", "sociale_cohesie": "tegen"}


@pytest.mark.parametrize(
    ("rows", "contradicted"),
    [
        # both measured
        (CONTRADICTED, True),
        # one remark against is not enough to speak for a domain
        ((("a", "meting", "voor", 2), ("b", "interview", "tegen", 1)), False),
        # two independent remarks are
        ((("a", "meting", "voor", 2), ("b", "interview", "tegen", 1), ("b", "document", "tegen", 0)), True),
        # the same remark twice is one
        ((("a", "meting", "voor", 2), ("b", "interview", "tegen", 1), ("b", "interview", "tegen", 0)), False),
        # against within the domain that is for as well
        ((("a", "meting", "voor", 2), ("a", "interview", "tegen", 2)), False),
        # divided is no side
        ((("a", "meting", "voor", 2), ("b", "meting", "voor", 2), ("b", "interview", "tegen", 2)), False),
        # a book is of no domain
        ((("a", "meting", "voor", 2), ("", "literatuur", "tegen", 3, {"evidence_id": "b--boek"})), False),
    ],
)
def test_what_counts_as_a_contradiction(rows: tuple[tuple[Any, ...], ...], contradicted: bool) -> None:
    assert value(learnt(evidence(*rows)), "arrows_contradicted_n") == contradicted


def test_what_changed_since_the_last_run_is_counted() -> None:
    first = learnt(evidence(("a", "interview", "voor", 0)), today=dt.date(2026, 5, 1))
    answer = learnt(evidence(("a", "interview", "voor", 0), ("b", "meting", "tegen", 2)), earlier=first.remember)
    moved = {"group_type": "van_naar", "group_value": "weinig_bewijs>betwist"}
    assert value(answer, "arrows_changed_n", **moved) == 1
    row = answer.tables["arrows"].query("collective_id == '' and arrow_id == @EATING").iloc[0]
    assert (row["previous_status"], row["since"]) == ("weinig_bewijs", pd.Timestamp(TODAY))
    again = learnt(evidence(("a", "interview", "voor", 0), ("b", "meting", "tegen", 2)), earlier=answer.remember)
    pd.testing.assert_frame_equal(again.estimates, answer.estimates)


def test_the_evidence_map_has_rows_only_where_there_is_evidence() -> None:
    rows = [*CONTRADICTED, ("a", "meting", "voor", 0), ("", "literatuur", "voor", 2, {"evidence_id": "c--boek"})]
    table = learnt(evidence(*rows)).tables["evidence_map"].set_index("collective_id")
    assert table["pieces_n"].to_dict() == {"": 1, "a": 2, "b": 1}
    assert table["for_n"].to_dict() == {"": 1, "a": 1, "b": 0}
    assert table["direction"].to_dict() == {"": "voor", "a": "voor", "b": "tegen"}
    assert table["best_design"].to_dict() == {"": 2, "a": 2, "b": 2}


def test_blocks_are_those_of_the_arrows_of_each() -> None:
    nodes = learnt(evidence(("a", "interview", "voor", 0))).tables["arrow_nodes"]
    assert set(nodes.loc[nodes["collective_id"].eq("a"), "node_id"]) == {"bt-samen_eten", "bt-eenzaamheid"}
    assert len(nodes[nodes["collective_id"].eq("")]) == 38


def test_a_collective_reads_nothing_of_others() -> None:
    own = learning.of_collectives(learnt(evidence(*CONTRADICTED)))
    assert set(own.estimates["collective_id"]) == {"a", "b"}
    arrows = own.tables["arrows"].set_index("collective_id")
    assert arrows.loc[["a"], ["for_n", "against_n", "status"]].to_numpy().tolist() == [[1, 0, "weinig_bewijs"]]
    assert not arrows["contradicted"].any()
    assert own.tables["arrow_domains"].empty


def test_judges_give_a_range_within_one_collective() -> None:
    rows = evidence(("a", "meting", "voor", 2), ("b", "meting", "voor", 2))
    said = [judged("a--e0", "c1", 0.8, 0.2), judged("a--e0", "c2", 0.6, 0.4), judged("b--e1", "c1", 0.3, 0.1)]
    answer = learnt(rows, judgements=said)
    even = answer.tables["tracing"].query("prior == 0.5")
    assert even["collective_id"].to_list() == ["a", "b"]
    assert even["low"].to_list() == pytest.approx([0.6, 0.75])
    assert even["high"].to_list() == pytest.approx([0.8, 0.75])
    assert even["judges_n"].to_list() == [2, 1]
    assert set(answer.tables["tracing"]["collective_id"]) == {"a", "b"}  # cases are never multiplied
    belief = answer.estimates.query("indicator_id == 'arrow_belief' and collective_id == 'a'").iloc[0]
    # The middle at even odds; lowest from .25 by c2: .15/.45; highest from .75 by c1: .6/.65.
    expected = [100 * 0.7, 100 * 0.15 / 0.45, 100 * 0.6 / 0.65]
    assert belief[["value", "ci_low", "ci_high"]].to_list() == pytest.approx(expected)
    assert (belief["group_value"], belief["n"], belief["n_unit"]) == (EATING, 2, "judges")


def test_pieces_of_one_kind_of_source_depend_on_each_other() -> None:
    rows = evidence(("a", "interview", "voor", 0), ("a", "interview", "voor", 0), ("a", "meting", "voor", 2))
    said = [judged(f"a--e{at}", "c1", 0.8, 0.2) for at in range(3)]
    row = learnt(rows, judgements=said).tables["tracing"].query("prior == 0.5").iloc[0]
    assert (row["pieces_n"], row["groups_n"]) == (3, 2)
    assert row["high"] == pytest.approx(16 / 17)  # 4 · 4 = 16, and not 64


def test_judgements_name_their_kind_of_test_and_the_rival_only_with_consent() -> None:
    said = [judged("a--e0", "c1", 0.95, 0.4, seen=False, rival="Het was zomer."), judged("a--e0", "c2", 0.3, 0)]
    table = learnt(evidence(("a", "meting", "voor", 2)), judgements=said).tables["judgements"].set_index("judge")
    assert table["kind"].to_dict() == {"c1": "hoop", "c2": "smoking_gun"}
    assert table["rival"].to_dict() == {"c1": "Het was zomer.", "c2": ""}
    assert table["seen"].to_dict() == {"c1": False, "c2": True}


def test_a_judge_who_is_certain_both_ways_gives_no_number() -> None:
    rows = evidence(("a", "meting", "voor", 2), ("a", "interview", "tegen", 0))
    said = [judged("a--e0", "c1", 0.3, 0), judged("a--e1", "c1", 0, 0.4)]
    answer = learnt(rows, judgements=said)
    assert answer.tables["tracing"].empty
    assert len(answer.tables["judgements"]) == 2
    assert "arrow_belief" not in set(answer.estimates["indicator_id"])


def test_a_judgement_that_is_not_complete_is_left_out() -> None:
    given = cases(evidence(("a", "meting", "voor", 2)), judgements=[judged("a--e0", "c1", 0.8, 0.2)])
    hidden = given.records["evidence_judgement"].assign(likelihood_rival=pd.array([None], dtype="Float64"))
    partly = cases().__class__(**{**vars(given), "records": {**given.records, "evidence_judgement": hidden}})
    assert tracing.judgements(partly, theory_model.links(partly)).empty
    assert theory.learn(partly, SETTINGS).tables["tracing"].empty


def test_the_order_of_records_changes_nothing() -> None:
    rows = evidence(*CONTRADICTED, ("c", "interview", "neutraal", 1), ("d", "document", "voor", 0))
    said = [judged("a--e0", "c1", 0.8, 0.2), judged("b--e1", "c1", 0.2, 0.7)]
    one, other = learnt(rows, judgements=said), learnt(rows[::-1], judgements=said[::-1])
    pd.testing.assert_frame_equal(one.estimates, other.estimates)
    for name in theory.TABLES:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name])
