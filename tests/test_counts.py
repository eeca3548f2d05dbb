"""Cells of tables with counts: a number that leads to its line, a reason in words, or a dash; a star said once."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.pages import counts
from bt_analysis.pages.content import Content

COUNT = {"question": "obstacles", "indicator_id": "obstacles_n", "collective_id": "", "group_type": "kant"}


def report(page: Any, *rows: dict[str, Any], lang: str = "nl") -> tuple[Content, pd.DataFrame]:
    content: Content = page.content(*(COUNT | row for row in rows), lang=lang)
    return content, content.estimates


def test_estimates_are_looked_up_by_what_tells_them_apart(page: Any) -> None:
    _, rows = report(page, {"group_value": "civiel", "value": 1}, {"group_value": "publiek", "value": 2})
    found = counts.by(rows, "group_type", "group_value")
    assert list(found) == [("kant", "civiel"), ("kant", "publiek")]
    assert found["kant", "publiek"]["value"] == 2
    assert counts.by(rows.iloc[:0], "group_type") == {}


def test_a_number_leads_to_its_line(page: Any) -> None:
    content, rows = report(page, {"value": 1234})
    made = counts.number(content, rows.iloc[0])
    assert made["text"] == "1.234"
    assert made["claim_id"] == rows["claim_id"].iloc[0]


def test_zero_is_a_number_and_what_is_not_there_is_a_dash(page: Any) -> None:
    content, rows = report(page, {"value": 0})
    assert counts.number(content, rows.iloc[0])["text"] == "0"
    dash = counts.number(content, None)
    assert dash["text"] == "–"
    assert not dash.get("claim_id")  # a dash is no figure, so there is no line


@pytest.mark.parametrize(("starred", "words"), [(True, "7 *"), (False, "7")])
def test_a_reservation_is_a_star_unless_the_table_says_it_of_all(page: Any, starred: bool, words: str) -> None:
    content, rows = report(page, {"value": 7, "gate": "voorbehoud", "gate_reason": "hours_of_some"})
    assert counts.number(content, rows.iloc[0], starred=starred)["text"] == words


@pytest.mark.parametrize(("lang", "why"), [("nl", "te weinig hindernissen"), ("en", "too few obstacles")])
def test_what_cannot_be_seen_is_its_reason_and_no_number(page: Any, lang: str, why: str) -> None:
    content, rows = report(page, {"value": 3, "gate": "niet_te_zien", "gate_reason": "few_obstacles"}, lang=lang)
    made = counts.number(content, rows.iloc[0])
    assert why in made["text"]
    assert "3" not in made["text"]
    assert not made.get("claim_id")


def test_the_star_is_explained_once_per_reason(page: Any) -> None:
    held = {"gate": "voorbehoud", "gate_reason": "hours_of_some", "value": 1}
    content, rows = report(page, held, held | {"group_value": "b"}, {"value": 2})
    told = counts.star(content, rows)
    assert told.startswith("* ")
    assert told.endswith(".")
    assert told.count("hindernissen waarvan de uren zijn bijgehouden") == 1
    two = counts.star(*report(page, held, held | {"gate_reason": "no_longest_open"}))
    assert two.count(";") == 1


def test_without_reservations_no_star_is_explained(page: Any) -> None:
    assert counts.star(*report(page, {"value": 2})) == ""
    hidden = {"gate": "niet_te_zien", "gate_reason": "few_obstacles"}
    assert counts.star(*report(page, hidden)) == ""  # its cell says it already
