"""Counts of the theory of change against loops without tables: the evidence map, domains, contradictions and memory."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import arrow_history, arrows, theory, theory_model
from bt_analysis.settings import Settings
from tests.theory_cases import DOMAINS, EATING, HELP, cases, evidence

Piece = tuple[str, str, str, int]

PIECES = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from(["meting", "interview", "document"]),
        st.sampled_from(["voor", "tegen", "neutraal"]), st.integers(0, 3),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def independent(rows: list[Piece]) -> dict[tuple[str, str, str], int]:
    """Keep one piece per collective, kind of source and direction, with its best design."""
    best: dict[tuple[str, str, str], int] = {}
    for collective, source, direction, design in rows:
        key = collective, source, direction
        best[key] = max(design, best.get(key, 0))
    return best


def leaning(counts: Counter[str]) -> str:
    if counts["voor"] != counts["tegen"]:
        return "voor" if counts["voor"] > counts["tegen"] else "tegen"
    return "verdeeld" if counts["voor"] else "neutraal"


def found(rows: list[Piece]) -> tuple[pd.DataFrame, Any]:
    given_ = cases(evidence(*rows))
    return arrows.pieces(given_, theory_model.links(given_)), given_


@settings(max_examples=25, deadline=None)
@given(PIECES)
def test_pieces_are_those_that_a_loop_keeps(rows: list[Piece]) -> None:
    table, _ = found(rows)
    across = table[table["scope"].eq("")]
    keys = across[["collective_id", "source_type", "direction"]].itertuples(index=False, name=None)
    assert dict(zip(keys, across["design"], strict=True)) == independent(rows)
    assert across["pieces_n"].sum() == len(rows)
    # For each collective itself the same pieces, and no others.
    own = table[table["scope"].ne("")]
    assert own["scope"].tolist() == own["collective_id"].tolist()
    assert len(own) == len(across)


@settings(max_examples=25, deadline=None)
@given(PIECES)
def test_domains_lean_and_say_as_a_loop_counts(rows: list[Piece]) -> None:
    table, given_ = found(rows)
    by_domain = theory.by_domain(table, given_)
    expected = {}
    for domain in {DOMAINS[row[0]] for row in rows}:
        own = {key: design for key, design in independent(rows).items() if DOMAINS[key[0]] == domain}
        counts = Counter(key[2] for key in own)
        says = max(own.values()) >= 2 or max(counts["voor"], counts["tegen"]) >= 2
        expected[domain] = (leaning(counts), says, len({key[0] for key in own}))
    told = by_domain[["domain", "leaning", "says", "collectives_n"]].itertuples(index=False, name=None)
    assert {domain: (lean, says, n) for domain, lean, says, n in told} == expected
    sides = {lean for lean, says, _ in expected.values() if says}
    assert theory.contradicted(by_domain) == ({EATING} if {"voor", "tegen"} <= sides else set())


@settings(max_examples=10, deadline=None)
@given(PIECES)
def test_the_evidence_map_counts_as_a_loop(rows: list[Piece]) -> None:
    table = theory.learn(cases(evidence(*rows)), Settings()).tables["evidence_map"].set_index("collective_id")
    for name in {row[0] for row in rows}:
        own = {key: design for key, design in independent(rows).items() if key[0] == name}
        row = table.loc[name]
        assert row["direction"] == leaning(Counter(key[2] for key in own))
        assert row["pieces_n"] == sum(one[0] == name for one in rows)
        assert row["best_design"] == max(own.values())
    assert set(table.index) == {row[0] for row in rows}


@settings(max_examples=10, deadline=None)
@given(PIECES, st.sampled_from([EATING, HELP]))
def test_statuses_of_all_and_of_each_collective_add_up_to_their_arrows(rows: list[Piece], link: str) -> None:
    answer = theory.learn(cases(evidence(*rows, link_id=link)), Settings())
    told = answer.estimates
    counted = told[
        told["group_type"].eq("") & told["indicator_id"].isin([f"arrows_{one}_n" for one in arrows.STATUSES])
    ]
    sums = counted.groupby("collective_id").agg(total=("value", "sum"), n=("n", "first"))
    assert (sums["total"] == sums["n"]).all()
    assert sums.loc["", "n"] == 45
    assert set(sums.index) - {""} == {row[0] for row in rows}
    assert set(sums.loc[sorted({row[0] for row in rows}), "n"]) == {1}


@pytest.mark.parametrize("lean", ["voor", "tegen", "verdeeld", "neutraal"])
def test_a_domain_whose_collectives_have_no_main_topic_is_left_out(lean: str) -> None:
    directions = {"verdeeld": ["voor", "tegen"]}.get(lean, [lean])
    rows = [("a", "meting", one, 2) for one in directions]
    given_ = cases(evidence(*rows))
    table = arrows.pieces(given_, theory_model.links(given_))
    assert theory.by_domain(table, given_)["leaning"].tolist() == [lean]
    nameless = cases(evidence(*rows))
    nameless.collectives.loc[nameless.collectives["collective_id"].eq("a"), "primary_domain"] = None
    assert theory.by_domain(table, nameless).empty


# What runs remember, followed run by run

STATUS = st.sampled_from(["weinig_bewijs", "betwist", "gesteund"])
RUNS = st.lists(st.tuples(st.integers(0, 2), st.dictionaries(st.sampled_from("xyz"), STATUS)), min_size=1, max_size=7)


@settings(max_examples=60, deadline=None)
@given(RUNS)
def test_any_row_of_runs_is_told_as_by_hand(runs: list[tuple[int, dict[str, str]]]) -> None:
    """Keep per day what was told last, and since when; compare with the newest earlier day."""
    day, memory = dt.date(2026, 1, 1), None
    last: dict[dt.date, dict[str, tuple[str, dt.date]]] = {}
    for later, statuses in runs:
        day += dt.timedelta(days=later)
        table = pd.DataFrame(
            [{"collective_id": "", "arrow_id": arrow, "status": status} for arrow, status in statuses.items()],
            columns=["collective_id", "arrow_id", "status"],
        ).astype("str")
        told = arrow_history.beside_earlier(table, memory, day)
        # A run without any arrow leaves nothing behind to compare with.
        earlier = [one for one in last if one < day and last[one]]
        before = last[max(earlier)] if earlier and last[max(earlier)] else {}
        known: dict[str, tuple[str, dt.date]] = {}
        for _, row in told.iterrows():
            old = before.get(row["arrow_id"])
            assert row["previous_status"] == (old[0] if old else "")
            since = old[1] if old and old[0] == row["status"] else day
            assert row["since"] == pd.Timestamp(since)
            known[row["arrow_id"]] = (row["status"], since)
        moved = sum(arrow in before and before[arrow][0] != status for arrow, status in statuses.items())
        assert arrow_history.changes(told)["arrows_n"].sum() == moved
        memory = arrow_history.to_remember(told, memory, day)
        last[day] = known


def test_a_memory_holds_no_more_than_two_days() -> None:
    memory = None
    for number in range(5):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        table = pd.DataFrame([{"collective_id": "", "arrow_id": "x", "status": "betwist"}])
        memory = arrow_history.to_remember(arrow_history.beside_earlier(table, memory, day), memory, day)
        assert memory["day"].nunique() == min(number + 1, 2)
    assert memory is not None
    assert set(memory["since"]) == {pd.Timestamp("2026-01-01")}
