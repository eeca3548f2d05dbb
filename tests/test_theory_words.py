"""Words of arrows in both languages, the evidence map cell by cell, and the list of arrows as text."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis.learning import arrows as grading
from bt_analysis.figures import evidence_map
from bt_analysis.language import Language
from bt_analysis.methods import process_tracing
from bt_analysis.pages import theory_list, theory_words
from tests.html_text import text_of
from tests.test_theory_pages import CONTRADICTED, across, of_one
from tests.theory_cases import HELP

NL, EN = Language("nl"), Language("en")
ROW: dict[str, Any] = {
    "from_node": "x", "to_node": "y", "sign": "+", "status": "betwist", "outdated": False, "for_n": 2, "against_n": 1,
    "neutral_n": 0,
}  # fmt: skip


def row(**more: Any) -> pd.Series:
    return pd.Series(ROW | more)


# Words


def test_every_code_has_a_word_and_no_word_is_of_a_code_that_is_not_there() -> None:
    assert set(theory_words.STATUSES) == set(grading.STATUSES)
    assert set(theory_words.SHORT) == set(grading.STATUSES) - {"niet_onderzocht"}
    assert set(theory_words.KINDS) == set(process_tracing.KINDS)
    fields = {field["name"]: field["constraints"].get("enum") for field in schema.load("toc_node")["fields"]
              if "constraints" in field}  # fmt: skip
    assert set(theory_words.NODE_TYPES) == set(fields["node_type"])


@pytest.mark.parametrize("words", [theory_words.STATUSES, theory_words.NODE_TYPES, theory_words.DIRECTIONS,
                                   theory_words.DESIGNS, theory_words.KINDS])  # fmt: skip
def test_no_two_codes_read_the_same_in_either_language(words: dict[str, str]) -> None:
    for language in (NL, EN):
        assert len({language.say(one) for one in words.values()}) == len(words)


@pytest.mark.parametrize(
    ("more", "dutch"),
    [
        ({}, "2 voor, 1 tegen"),
        ({"for_n": 0, "against_n": 0}, "0 voor, 0 tegen"),
        ({"neutral_n": 1}, "2 voor, 1 tegen, 1 zag geen verschil"),
        ({"for_n": 1234, "against_n": 0}, "1.234 voor, 0 tegen"),
    ],
)
def test_how_much_there_is_for_and_against(more: dict[str, Any], dutch: str) -> None:
    assert theory_words.evidence(row(**more), NL) == dutch
    assert re.findall(r"\d", theory_words.evidence(row(**more), EN)) == re.findall(r"\d", dutch)


@pytest.mark.parametrize("status", theory_words.STATUSES)
def test_old_evidence_is_said_beside_the_status_and_never_instead(status: str) -> None:
    new = theory_words.status(row(status=status), NL)
    assert new == theory_words.STATUSES[status]
    assert theory_words.status(row(status=status, outdated=True), NL) == f"{new}, verouderd"
    assert theory_words.status(row(status=status, outdated=True), EN).count(",") == 1


def test_an_arrow_is_named_by_its_ends_and_sign_or_else_by_codes() -> None:
    assert theory_words.arrow(row(), {"x": "Samen eten", "y": "Minder alleen"}) == "Samen eten → Minder alleen (+)"
    assert theory_words.arrow(row(sign="?"), {"x": "Samen eten"}) == "Samen eten → y (?)"


def test_in_full_says_the_evidence_unless_there_is_none() -> None:
    named = {"x": "A", "y": "B"}
    assert theory_words.in_full(row(), named, NL) == "A → B (+): betwist, 2 voor, 1 tegen"
    assert theory_words.in_full(row(status="niet_onderzocht"), named, NL) == "A → B (+): niet onderzocht"
    assert theory_words.in_full(row(outdated=True), named, NL) == "A → B (+): betwist, verouderd, 2 voor, 1 tegen"


@pytest.mark.parametrize(("value", "dutch"), [
    ("weinig_bewijs>betwist", "van 'weinig bewijs' naar 'betwist'"),
    ("niet_onderzocht>gesteund", "van 'niet onderzocht' naar 'gesteund'"),
])  # fmt: skip
def test_what_moved_from_where_to_where(value: str, dutch: str) -> None:
    assert theory_words.moved(value, NL) == dutch
    assert theory_words.moved(value, EN) != dutch


@pytest.mark.parametrize(
    ("group_type", "group_value", "dutch"),
    [
        ("", "", ""),
        ("domein", "welzijn", "Welzijn"),
        ("van_naar", "betwist>weerlegd", "van 'betwist' naar 'weerlegd'"),
        ("pijl", "bt-samen_eten-eenzaamheid", "Samen eten → Eenzaamheid (−)"),
        ("pijl", "an-arrow-that-went", "Oud blok → Ander blok"),
    ],
)
def test_what_a_figure_is_about(group_type: str, group_value: str, dutch: str) -> None:
    about = pd.Series({"group_type": group_type, "group_value": group_value, "group_label": "Oud blok → Ander blok"})
    assert theory_words.row_name(across(*CONTRADICTED), about) == dutch


def test_rows_of_one_and_of_all_together_are_kept_apart() -> None:
    table = pd.DataFrame({"collective_id": ["", "a", "b", "a"], "n": [1, 2, 3, 4]})
    assert theory_words.of(table, "a")["n"].to_list() == [2, 4]
    assert theory_words.of(table, "")["n"].to_list() == [1]
    assert theory_words.of(table, "c").empty
    assert theory_words.of(table, "a").index.to_list() == [0, 1]


# The evidence map


def drawn(*rows: tuple[Any, ...], lang: str = "nl") -> Any:
    return evidence_map.evidence_of_all(across(*rows, lang=lang))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("a", "meting", "voor", 2)], "voor, 1"),
        ([("a", "meting", "tegen", 2)], "tegen, 1"),
        ([("a", "meting", "neutraal", 2)], "geen verschil gezien, 1"),
        ([("a", "meting", "voor", 2), ("a", "interview", "tegen", 0)], "verdeeld, 2"),
        # Two independent pieces for, one against.
        ([("a", "meting", "voor", 2), ("a", "document", "voor", 0), ("a", "interview", "tegen", 0)], "voor, 3"),
        # Said three times by one kind of source: one piece for, one against; four rows.
        ([*[("a", "meting", "voor", 2)] * 3, ("a", "interview", "tegen", 0)], "verdeeld, 4"),
        # What saw no difference does not tip the scale.
        ([("a", "meting", "voor", 2), ("a", "interview", "neutraal", 0), ("a", "document", "neutraal", 0)], "voor, 3"),
    ],
)
def test_a_cell_says_where_most_points_and_how_many_rows_there_are(rows: list[tuple[Any, ...]], told: str) -> None:
    assert drawn(*rows).text == f"Groep A, Samen eten → Eenzaamheid (−): {told}"


def test_hollow_marks_and_cells_add_up_to_the_grid() -> None:
    # Two arrows and four collectives: 8 cells, 3 of them filled.
    report = across(*CONTRADICTED)
    both = across(*CONTRADICTED, ("c", "interview", "voor", 0, {"link_id": HELP, "evidence_id": "c--x"}))
    assert "(2 van de 4 vakjes)" in evidence_map.evidence_of_all(report).note
    assert "(5 van de 8 vakjes)" in evidence_map.evidence_of_all(both).note
    assert evidence_map.evidence_of_all(both).title == "Over 2 van de 45 pijlen is er bewijs"


def test_with_as_many_collectives_as_fit_each_has_its_column() -> None:
    report = across(*CONTRADICTED)
    fits = pd.DataFrame([
        {"collective_id": f"k{at:02d}", "name": f"K{at:02d}", "primary_domain": "welzijn"}
        for at in range(evidence_map.MOST_COLUMNS)
    ])  # fmt: skip
    pieces = report.learned["evidence_map"].head(1).assign(collective_id="k03")
    arrows, named = theory_words.together(report), theory_words.every_label(report)
    figure = evidence_map.evidence_map(pieces, arrows, named, fits, NL)
    assert figure.text.startswith("K03, ")
    assert f"({evidence_map.MOST_COLUMNS - 1} van de {evidence_map.MOST_COLUMNS} vakjes)" in figure.note
    one_more = pd.concat([fits, fits.tail(1).assign(collective_id="k99", name="K99")])
    figure = evidence_map.evidence_map(pieces, arrows, named, one_more, NL)
    assert figure.text.startswith("Welzijn, ")
    assert "(0 van de 1 vakjes)" in figure.note


def test_evidence_of_a_collective_that_gave_no_bundle_has_no_column() -> None:
    report = across(*CONTRADICTED)
    only = report.collectives[report.collectives["collective_id"].ne("b")]
    pieces, arrows = report.learned["evidence_map"], theory_words.together(report)
    figure = evidence_map.evidence_map(pieces, arrows, theory_words.every_label(report), only, NL)
    assert "Groep B" not in figure.text
    assert "(2 van de 3 vakjes)" in figure.note


def test_the_map_reads_in_english_as_well() -> None:
    figure = drawn(*CONTRADICTED, lang="en")
    assert figure.title != drawn(*CONTRADICTED).title
    assert "Samen eten" not in figure.text
    assert "2" in figure.note
    assert "4" in figure.note


# The list


def test_every_arrow_stands_in_one_of_the_two_lists_once() -> None:
    html = theory_list.every_arrow(across(*CONTRADICTED, ("c", "interview", "neutraal", 1)))
    told = text_of(html)
    assert "Pijlen met bewijs, als tabel (1)" in told
    assert "Pijlen die niemand onderzocht (44)" in told
    assert html.count("<li>") == 44
    assert "1 voor, 2 tegen, 1 zag geen verschil" in told


def test_supported_arrows_stand_before_contested_ones() -> None:
    supported: list[tuple[Any, ...]] = [
        (name, source, "voor", 2, {"link_id": HELP, "evidence_id": f"{name}--h"})
        for name, source in (("a", "meting"), ("b", "interview"), ("c", "meting"))
    ]
    told = text_of(theory_list.every_arrow(across(*CONTRADICTED, *supported)))
    assert told.index("gesteund") < told.index("betwist")


def test_a_row_says_design_day_and_why_in_the_language_of_the_reader() -> None:
    dutch, english = (text_of(theory_list.every_arrow(across(*CONTRADICTED, lang=lang))) for lang in ("nl", "en"))
    assert "voor en na gemeten" in dutch
    assert "1 januari 2026" in dutch
    assert "1 January 2026" in english
    assert "voor en na gemeten" not in english


def test_evidence_without_a_day_leaves_that_cell_empty() -> None:
    told = text_of(theory_list.every_arrow(across(("a", "meting", "voor", 2, {"date": None}))))
    assert "2026" not in told
    assert "NaT" not in told


def test_a_collective_that_drew_nothing_has_no_list() -> None:
    assert theory_list.every_arrow(of_one("d")) == ""
