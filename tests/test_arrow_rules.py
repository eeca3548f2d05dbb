"""Rules of data-model.md, section 7, edge by edge: one piece more or less moves an arrow, and nothing else does."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import arrows, theory_model
from bt_analysis.analysis.learning.arrows import CONTESTED, LITTLE, NOT_STUDIED, REFUTED, SUPPORTED
from bt_analysis.settings import LearningSettings, Settings
from tests.theory_cases import EATING, HELP, cases, evidence

Piece = tuple[Any, ...]

FOR = [("a", "interview", "voor", 0), ("b", "meting", "voor", 2), ("c", "interview", "voor", 1)]
"""The fewest pieces that support: three collectives, two kinds of source, one of a measured design."""

AGAINST = [("a", "meting", "tegen", 2), ("b", "meting", "tegen", 2)]
"""The fewest pieces that refute: two of a measured design."""


def status(*rows: Piece, limits: LearningSettings | None = None, collective_id: str = "") -> str:
    found = arrows.statuses(cases(evidence(*rows)), Settings(learning=limits or LearningSettings()))
    own = found[found["link_id"].eq(EATING) & found["collective_id"].eq(collective_id)]
    return str(own["status"].item())


# Supported


@pytest.mark.parametrize("left_out", range(3))
def test_without_any_one_of_the_fewest_pieces_it_is_not_supported(left_out: int) -> None:
    assert status(*FOR) == SUPPORTED
    assert status(*(one for at, one in enumerate(FOR) if at != left_out)) == LITTLE


@pytest.mark.parametrize(("design", "expected"), [(0, LITTLE), (1, LITTLE), (2, SUPPORTED), (3, SUPPORTED)])
def test_said_twice_is_not_measured(design: int, expected: str) -> None:
    assert status(FOR[0], ("b", "meting", "voor", design), FOR[2]) == expected


@pytest.mark.parametrize("kind", ["meting", "experiment", "interview", "observatie", "document"])
def test_the_design_counts_and_not_what_the_source_is_called(kind: str) -> None:
    # The kind of source only has to differ from the other one.
    assert status(FOR[0], ("b", kind, "voor", 2), FOR[2]) == (LITTLE if kind == "interview" else SUPPORTED)


def test_a_publication_is_a_kind_of_source_and_may_be_the_measured_one_but_is_no_collective() -> None:
    paper = ("", "literatuur", "voor", 3, {"url": "https://voorbeeld.nl/artikel"})
    remarks = [(name, "interview", "voor", 0) for name in "abc"]
    assert status(*remarks) == LITTLE
    assert status(*remarks, paper) == SUPPORTED
    assert status(*remarks[:2], paper) == LITTLE
    assert status(paper, ("", "literatuur", "voor", 3, {"url": "https://voorbeeld.nl/ander"})) == LITTLE


def test_neutral_evidence_neither_supports_nor_refutes_but_ends_not_studied() -> None:
    assert status() == NOT_STUDIED
    assert status(("a", "meting", "neutraal", 3)) == LITTLE
    neutral = [(name, "document", "neutraal", 3) for name in "abcd"]
    assert status(*FOR, *neutral) == SUPPORTED
    assert status(*AGAINST, *neutral) == REFUTED


# Contested


@pytest.mark.parametrize(
    ("for_n", "expected"),
    [
        (2, CONTESTED),  # 1 of 3
        (3, CONTESTED),  # 1 of 4: exactly 25%
        (4, LITTLE),  # 1 of 5: 20%
    ],
)
def test_a_remark_against_contests_from_a_quarter_on(for_n: int, expected: str) -> None:
    remarks = [("abcd"[at], "interview", "voor", 0) for at in range(for_n)]
    assert status(*remarks, ("a", "document", "tegen", 1)) == expected


@pytest.mark.parametrize("share", [0.1, 0.2, 0.21, 0.5, 1.0])
def test_the_share_that_contests_is_set_in_bt_toml(share: float) -> None:
    # 1 of 5 against is 20%.
    rows = [*(("abcd"[at], "interview", "voor", 0) for at in range(4)), ("a", "document", "tegen", 1)]
    assert status(*rows, limits=LearningSettings(contested_share=share)) == (CONTESTED if share <= 0.2 else LITTLE)


@pytest.mark.parametrize(("design", "expected"), [(0, SUPPORTED), (1, SUPPORTED), (2, CONTESTED), (3, CONTESTED)])
def test_one_measured_piece_against_contests_whatever_is_for_it(design: int, expected: str) -> None:
    much = [*FOR, ("d", "meting", "voor", 3), ("d", "interview", "voor", 1), ("a", "document", "voor", 1)]
    assert status(*much, ("d", "observatie", "tegen", design)) == expected  # 1 of 7: 14%


def test_remarks_against_alone_are_little_evidence_however_many() -> None:
    # Not both directions, and nothing measured: no rule but the last.
    assert status(*((name, "interview", "tegen", 1) for name in "abcd")) == LITTLE


# Refuted


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], REFUTED),
        ([("c", "interview", "voor", 1)], REFUTED),  # a remark for it does not help
        ([("c", "meting", "voor", 2)], CONTESTED),  # a measurement does
        ([("c", "meting", "voor", 2), *FOR], CONTESTED),
    ],
)
def test_only_a_measured_piece_for_it_saves_an_arrow(more: list[Piece], expected: str) -> None:
    assert status(*AGAINST, *more) == expected


@pytest.mark.parametrize("left_out", [0, 1])
def test_one_measured_piece_against_does_not_refute(left_out: int) -> None:
    assert status(AGAINST[left_out]) == CONTESTED


def test_twice_the_same_source_of_one_collective_does_not_refute_and_two_sources_do() -> None:
    assert status(("a", "meting", "tegen", 2), ("a", "meting", "tegen", 3)) == CONTESTED
    assert status(("a", "meting", "tegen", 2), ("a", "experiment", "tegen", 3)) == REFUTED


# What must not matter

PIECES = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from(["meting", "interview"]), st.sampled_from(["voor", "tegen"]),
        st.integers(0, 3),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(PIECES)
def test_evidence_of_another_arrow_and_neutral_pieces_change_nothing(rows: list[Piece]) -> None:
    other = evidence(("a", "meting", "tegen", 3), ("b", "meting", "tegen", 3), link_id=HELP)
    for at, one in enumerate(other):
        one["evidence_id"] = f"a--other{at}"
    own = evidence(*rows)
    both = arrows.statuses(cases([*own, *other]), Settings())
    found = both[both["link_id"].eq(EATING) & both["collective_id"].eq("")]["status"].item()
    assert found == status(*rows) == status(*rows, ("d", "document", "neutraal", 3))


@settings(max_examples=20, deadline=None)
@given(PIECES)
def test_a_collective_sees_what_it_would_see_alone(rows: list[Piece]) -> None:
    own = [row for row in rows if row[0] == rows[0][0]]
    assert status(*rows, collective_id=rows[0][0]) == status(*own)
    # Of one collective no arrow is ever supported: that takes three.
    assert status(*own) != SUPPORTED


def test_every_status_can_be_reached_and_every_arrow_has_one() -> None:
    reached = {status(*rows) for rows in ([], FOR, AGAINST, [*FOR, *AGAINST], FOR[:1])}
    assert reached == set(arrows.STATUSES)
    table = arrows.of_arrows(cases(evidence(*FOR)), Settings(), theory_model.links(cases()))
    assert table["status"].isin(arrows.STATUSES).all()
    assert not table.duplicated(["collective_id", "arrow_id"]).any()


def test_counts_behind_a_status_are_told() -> None:
    found = arrows.statuses(cases(evidence(*FOR, ("d", "meting", "tegen", 1))), Settings())
    row = found[found["link_id"].eq(EATING) & found["collective_id"].eq("")].iloc[0]
    told = row[["for_n", "against_n", "neutral_n", "collectives_n", "source_types_n", "pieces_n", "best_design"]]
    assert told.to_list() == [3, 1, 0, 3, 2, 4, 2]
    assert row["newest"] == pd.Timestamp("2026-01-01")
