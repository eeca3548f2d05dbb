"""Grades of arrows: the rules of data-model.md, section 7, in their order, each with the counting written out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import schema
from bt_analysis.analysis.learning import arrows, theory_model
from bt_analysis.analysis.learning.arrows import CONTESTED, LITTLE, NOT_STUDIED, REFUTED, SUPPORTED
from bt_analysis.disclosure import records
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import LearningSettings, Settings
from tests.theory_cases import EATING, HELP, cases, evidence

SETTINGS = Settings()


def told(*rows: tuple[Any, ...], collective_id: str = "", settings: Settings = SETTINGS) -> pd.Series:
    table = arrows.statuses(cases(evidence(*rows)), settings)
    (row,) = (row for _, row in table.iterrows() if (row["link_id"], row["collective_id"]) == (EATING, collective_id))
    return row


THREE = (("a", "interview", "voor", 0), ("b", "meting", "voor", 2), ("c", "interview", "voor", 1))


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ((), NOT_STUDIED),
        # three collectives, two kinds of source, one measured
        (THREE, SUPPORTED),
        # two collectives only
        (THREE[:2], LITTLE),
        # three collectives, one kind of source
        ((("a", "meting", "voor", 2), ("b", "meting", "voor", 2), ("c", "meting", "voor", 2)), LITTLE),
        # three collectives, two kinds, nothing measured
        ((("a", "interview", "voor", 1), ("b", "observatie", "voor", 1), ("c", "interview", "voor", 0)), LITTLE),
        # one of four against: 1 / 4 = 25%
        ((*THREE, ("d", "interview", "tegen", 0)), CONTESTED),
        # one of five against: 20%, and not measured
        ((*THREE, ("d", "meting", "voor", 2), ("d", "interview", "tegen", 0)), SUPPORTED),
        # one of five against, measured
        ((*THREE, ("d", "interview", "voor", 0), ("d", "meting", "tegen", 2)), CONTESTED),
        # two measured against, none for
        ((("a", "meting", "tegen", 2), ("b", "meting", "tegen", 3)), REFUTED),
        # a remark for it does not help
        ((("a", "meting", "tegen", 2), ("b", "meting", "tegen", 3), ("c", "interview", "voor", 1)), REFUTED),
        # a measurement for it does
        ((("a", "meting", "tegen", 2), ("b", "meting", "tegen", 3), ("c", "meting", "voor", 2)), CONTESTED),
        # one measured against
        ((("a", "meting", "tegen", 2),), CONTESTED),
        # only remarks against: not both directions, nothing measured
        ((("a", "interview", "tegen", 0), ("b", "interview", "tegen", 1)), LITTLE),
        # somebody looked and saw no difference
        ((("a", "meting", "neutraal", 3), ("b", "meting", "neutraal", 2)), LITTLE),
    ],
)
def test_rules_in_their_order(rows: tuple[tuple[Any, ...], ...], status: str) -> None:
    assert told(*rows)["status"] == status


def test_one_collective_and_kind_of_source_counts_once() -> None:
    row = told(*[("a", "meting", "tegen", 2)] * 3)
    assert (row["against_n"], row["pieces_n"], row["status"]) == (1, 3, CONTESTED)  # not refuted: one piece
    two_kinds = told(("a", "meting", "tegen", 2), ("a", "experiment", "tegen", 3))
    assert (two_kinds["against_n"], two_kinds["status"]) == (2, REFUTED)


def test_the_best_design_of_what_counts_once_is_taken() -> None:
    row = told(("a", "meting", "tegen", 0), ("a", "meting", "tegen", 2))
    assert (row["against_n"], row["best_design"], row["status"]) == (1, 2, CONTESTED)


def test_both_directions_of_one_kind_of_source_count_once_each() -> None:
    row = told(("a", "interview", "voor", 0), ("a", "interview", "tegen", 0))
    assert (row["for_n"], row["against_n"], row["status"]) == (1, 1, CONTESTED)  # 1 / 2 against


def test_neutral_evidence_has_no_part_in_the_share() -> None:
    # 1 against of 1 + 3 for = 25%, whatever the number of neutral pieces
    row = told(*THREE, ("d", "interview", "tegen", 0), *[(one, "document", "neutraal", 0) for one in "abcd"])
    assert (row["neutral_n"], row["status"]) == (4, CONTESTED)


def test_literature_counts_but_is_no_collective() -> None:
    book = ("", "literatuur", "voor", 3, {"url": "https://example.org/1"})
    row = told(*THREE[:2], book)
    assert (row["for_n"], row["collectives_n"], row["source_types_n"], row["status"]) == (3, 2, 3, LITTLE)
    # but it can be the measured piece and the second kind of source
    spoken = [(one, "interview", "voor", 1) for one in "abc"]
    assert told(*spoken)["status"] == LITTLE
    assert told(*spoken, book)["status"] == SUPPORTED


def test_a_publication_counts_once_whoever_cites_it() -> None:
    def cited(collective: str, url: str | None) -> tuple[Any, ...]:
        return "", "literatuur", "tegen", 2, {"evidence_id": f"{collective}--boek", "url": url}

    same = told(cited("a", "https://example.org/1"), cited("b", "https://example.org/1"))
    assert (same["against_n"], same["pieces_n"], same["status"]) == (1, 2, CONTESTED)
    other = told(cited("a", "https://example.org/1"), cited("b", "https://example.org/2"))
    assert (other["against_n"], other["status"]) == (2, REFUTED)
    assert told(cited("a", None), cited("b", None))["against_n"] == 2  # who recorded it tells them apart


def test_who_cites_a_publication_has_it_in_its_own_rows() -> None:
    rows = evidence(
        ("", "literatuur", "voor", 2, {"evidence_id": "a--boek", "url": "https://example.org/1"}),
        ("", "literatuur", "voor", 2, {"evidence_id": "b--boek", "url": "https://example.org/1"}),
    )
    table = arrows.statuses(cases(rows), SETTINGS)
    own = table[table["status"].ne(NOT_STUDIED)].set_index("collective_id")["for_n"]
    assert own.to_dict() == {"": 1, "a": 1, "b": 1}


def test_evidence_of_few_people_weighs_as_it_was_designed() -> None:
    # Two collectives measured 9 and 8 people and found the opposite: what travels says that, without the numbers.
    found = evidence(("a", "meting", "tegen", 2), ("b", "meting", "tegen", 3))
    table = typed([one | {"n": n} for one, n in zip(found, (9, 8), strict=True)], "evidence")
    travels = records.without_small_groups(table, schema.load("evidence"), Settings().disclosure.min_cell)
    given = dataclasses.replace(cases(found), records={"evidence": travels})
    table = arrows.statuses(given, SETTINGS)
    row = table[table["link_id"].eq(EATING) & table["collective_id"].eq("")].iloc[0]
    assert travels["n"].isna().all()
    assert (row["best_design"], row["status"]) == (3, REFUTED)


def test_a_collective_has_its_own_status() -> None:
    rows = (*THREE, ("d", "meting", "tegen", 2))
    assert told(*rows)["status"] == CONTESTED
    assert told(*rows, collective_id="b")["status"] == LITTLE
    assert told(*rows, collective_id="d")["status"] == CONTESTED


def test_a_collective_alone_supports_nothing() -> None:
    rows = [("a", source, "voor", 3) for source in ("meting", "experiment", "interview", "observatie", "document")]
    assert told(*rows, collective_id="a")["status"] == LITTLE


def test_a_collective_has_rows_of_what_it_drew_or_found() -> None:
    drawn = [{"link_id": "b--x", "from_node": "bt-inloop", "to_node": "bt-tevreden", "sign": "+"}]
    table = arrows.statuses(cases(evidence(("a", "interview", "voor", 0), link_id=HELP), links=drawn), SETTINGS)
    own = table[table["collective_id"].ne("")].set_index("collective_id")
    assert own["link_id"].to_dict() == {"a": HELP, "b": "b--x"}
    assert own["status"].to_dict() == {"a": LITTLE, "b": NOT_STUDIED}
    assert len(table[table["collective_id"].eq("")]) == len(theory_model.links(cases())) + 1


def test_a_link_of_its_own_has_the_status_of_the_shared_arrow() -> None:
    drawn = [{"link_id": "a--x", "from_node": "bt-samen_eten", "to_node": "bt-eenzaamheid", "sign": "−"}]
    table = arrows.statuses(cases(evidence(("a", "meting", "tegen", 2), link_id="a--x"), links=drawn), SETTINGS)
    together = table[table["collective_id"].eq("")].set_index("link_id")
    assert together.loc[["a--x", EATING], "status"].to_list() == [CONTESTED, CONTESTED]


@pytest.mark.parametrize(
    ("newest", "outdated"), [("2024-05-31", True), ("2024-06-01", False), ("2026-01-01", False), (None, False)]
)
def test_outdated_is_older_than_24_months_and_never_hides_the_status(newest: str | None, outdated: bool) -> None:
    day = None if newest is None else pd.Timestamp(newest)
    row = told(*[(*one, {"date": day}) for one in THREE])
    assert (row["outdated"], row["status"]) == (outdated, SUPPORTED)


def test_one_new_piece_makes_an_arrow_up_to_date() -> None:
    old = {"date": pd.Timestamp("2020-01-01")}
    row = told(("a", "interview", "voor", 0, old), ("b", "interview", "voor", 0))
    assert not row["outdated"]
    assert row["newest"] == pd.Timestamp("2026-01-01")


def test_thresholds_come_from_the_settings() -> None:
    two = Settings(learning=LearningSettings(supported_collectives=2))
    assert told(*THREE[:2], settings=two)["status"] == SUPPORTED
    half = Settings(learning=LearningSettings(contested_share=0.5))
    assert told(*THREE, ("d", "interview", "tegen", 0), settings=half)["status"] == SUPPORTED
    month = Settings(learning=LearningSettings(outdated_months=1))
    assert told(*THREE, settings=month)["outdated"]


PIECES = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from(["meting", "interview", "document"]),
        st.sampled_from(["voor", "tegen", "neutraal"]), st.integers(0, 3),
    ),
    max_size=8,
)  # fmt: skip


def by_hand(rows: list[tuple[str, str, str, int]]) -> str:
    """Follow the rules piece by piece, without a table."""
    best: dict[tuple[str, str, str], int] = {}
    for collective, source, direction, design in rows:
        key = (collective, source, direction)
        best[key] = max(design, best.get(key, 0))
    if not best:
        return NOT_STUDIED
    for_ = {key: design for key, design in best.items() if key[2] == "voor"}
    against = {key: design for key, design in best.items() if key[2] == "tegen"}
    measured_for = [design for design in for_.values() if design >= 2]
    measured_against = [design for design in against.values() if design >= 2]
    if len(measured_against) >= 2 and not measured_for:
        return REFUTED
    if measured_against or (for_ and against and len(against) / (len(for_) + len(against)) >= 0.25):
        return CONTESTED
    if len({key[0] for key in for_}) >= 3 and len({key[1] for key in for_}) >= 2 and measured_for:
        return SUPPORTED
    return LITTLE


@given(PIECES)
def test_any_evidence_is_graded_as_by_hand(rows: list[tuple[str, str, str, int]]) -> None:
    assert told(*rows)["status"] == by_hand(rows)


def test_what_is_told_does_not_depend_on_the_order_of_rows() -> None:
    rows = evidence(*THREE, ("d", "meting", "tegen", 2), ("d", "interview", "voor", 1))
    one, other = (arrows.statuses(cases(given), SETTINGS) for given in (rows, rows[::-1]))
    pd.testing.assert_frame_equal(one, other)


def test_the_day_of_the_run_decides_what_is_old() -> None:
    later = arrows.statuses(cases(evidence(*THREE), today=dt.date(2028, 2, 1)), SETTINGS)
    assert later[later["link_id"].eq(EATING)]["outdated"].all()
