"""Judgements of evidence: which are taken, which depend on each other, and the range in per cent with its sum."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import theory_model, tracing
from tests.theory_cases import EATING, HELP, cases, evidence


def judged(evidence_id: str, judge: str, claim: float | None, rival: float | None, /, **more: Any) -> dict[str, Any]:
    row = {"evidence_id": evidence_id, "judge": judge, "likelihood_claim": claim, "likelihood_rival": rival}
    return row | {"seen": True} | more


def judgements(rows: list[dict[str, Any]], *said: dict[str, Any]) -> pd.DataFrame:
    given = cases(rows, judgements=list(said))
    return tracing.judgements(given, theory_model.links(given))


def ranges(rows: list[dict[str, Any]], *said: dict[str, Any]) -> dict[str, Any]:
    (row,) = tracing.told(tracing.beliefs(judgements(rows, *said))).to_dict("records")
    return {str(name): cell for name, cell in row.items()}


ONE = evidence(("a", "meting", "voor", 2))


@pytest.mark.parametrize(
    "more", [{"likelihood_claim": None}, {"likelihood_rival": None}, {"seen": None}],
)  # fmt: skip
def test_a_judgement_that_is_not_whole_is_left_out(more: dict[str, Any]) -> None:
    found = judgements(ONE, judged("a--e0", "c1", 0.8, 0.2), judged("a--e0", "c2", 0.8, 0.2) | more)
    assert found["judge"].to_list() == ["c1"]


def test_without_any_whole_judgement_there_is_no_range() -> None:
    found = judgements(ONE, judged("a--e0", "c1", None, 0.2))
    assert found.empty
    assert tracing.told(tracing.beliefs(found)).empty


def test_a_judgement_is_of_the_arrow_and_the_collective_of_its_evidence() -> None:
    rows = evidence(("a", "meting", "voor", 2), ("b", "meting", "voor", 2))
    rows[1]["link_id"] = HELP
    found = judgements(rows, judged("a--e0", "c1", 0.8, 0.2), judged("b--e1", "c1", 0.8, 0.2))
    assert found[["collective_id", "arrow_id"]].to_numpy().tolist() == [["a", EATING], ["b", HELP]]


def test_a_link_of_their_own_between_the_same_blocks_is_the_same_claim() -> None:
    drawn = [{"link_id": "a--x", "from_node": "bt-samen_eten", "to_node": "bt-eenzaamheid", "sign": "−"}]
    rows = evidence(("a", "meting", "voor", 2)) + [
        one | {"evidence_id": "a--own"} for one in evidence(("a", "interview", "voor", 0), link_id="a--x")
    ]
    given = cases(rows, links=drawn, judgements=[judged("a--e0", "c1", 0.8, 0.2), judged("a--own", "c1", 0.8, 0.2)])
    found = tracing.judgements(given, theory_model.links(given))
    assert set(found["arrow_id"]) == {EATING}
    assert found["group"].nunique() == 2


def test_one_kind_of_source_of_a_collective_is_one_group_and_publications_are_each_their_own() -> None:
    def book(number: int) -> tuple[Any, ...]:
        return "", "literatuur", "voor", 2, {"evidence_id": f"a--b{number}", "url": f"https://example.org/{number}"}

    rows = evidence(("a", "meting", "voor", 2), ("a", "meting", "voor", 2), book(1), book(2))
    said = [judged(one["evidence_id"], "c1", 0.8, 0.2) for one in rows]
    found = judgements(rows, *said)
    assert found["group"].nunique() == 1 + 2
    assert set(found["collective_id"]) == {"a"}  # who recorded the books
    # Three groups of 4 to 1 each: 64 / (64 + 1).
    assert ranges(rows, *said)["value"] == pytest.approx(100 * 64 / 65)


def test_a_rival_that_nobody_wrote_down_is_empty_text() -> None:
    found = judgements(ONE, judged("a--e0", "c1", 0.95, 0.05))
    assert found["rival"].to_list() == [""]
    assert found["kind"].to_list() == ["doubly_decisive"]


def test_the_range_is_over_judges_and_beliefs_beforehand() -> None:
    # 4 to 1 and 1.5 to 1; beforehand 1 to 3, 1 to 1 and 3 to 1.
    said = judged("a--e0", "c1", 0.8, 0.2), judged("a--e0", "c2", 0.6, 0.4)
    row = ranges(ONE, *said)
    assert row["ci_low"] == pytest.approx(100 * 0.5 / 1.5)  # 1.5 · 1/3 = 0.5
    assert row["ci_high"] == pytest.approx(100 * 12 / 13)  # 4 · 3 = 12
    assert row["value"] == pytest.approx(100 * (4 / 5 + 1.5 / 2.5) / 2)  # at even odds, midway between 80% and 60%
    assert row["n"] == 2


def test_one_judge_has_the_range_of_the_beliefs_beforehand() -> None:
    row = ranges(ONE, judged("a--e0", "c1", 0.5, 0.5))
    # Says nothing: one believes what one believed.
    assert [row[name] for name in ("ci_low", "value", "ci_high")] == pytest.approx([25, 50, 75])


@pytest.mark.parametrize(("claim", "rival", "seen", "expected"), [(0.3, 0.0, True, 100.0), (1.0, 0.5, False, 0.0)])
def test_certainty_has_no_range(claim: float, rival: float, seen: bool, expected: float) -> None:
    row = ranges(ONE, judged("a--e0", "c1", claim, rival, seen=seen))
    assert [row[name] for name in ("ci_low", "value", "ci_high")] == [expected] * 3


def test_collectives_are_set_side_by_side_and_never_multiplied() -> None:
    rows = evidence(("a", "meting", "voor", 2), ("b", "meting", "voor", 2))
    said = [judged(one["evidence_id"], "c1", 0.8, 0.2) for one in rows]
    found = tracing.told(tracing.beliefs(judgements(rows, *said)))
    assert found["collective_id"].to_list() == ["a", "b"]
    assert found["value"].to_list() == pytest.approx([80, 80])  # not 16 to 1


def test_a_judge_who_is_certain_both_ways_is_left_out_of_the_range() -> None:
    rows = evidence(("a", "meting", "voor", 2), ("a", "interview", "voor", 0))
    both = judged("a--e0", "c1", 0.3, 0.0), judged("a--e1", "c1", 1.0, 0.5, seen=False)
    row = ranges(rows, *both, judged("a--e0", "c2", 0.8, 0.2))
    assert (row["n"], row["value"]) == (1, pytest.approx(80))
