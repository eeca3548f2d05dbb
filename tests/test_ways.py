"""Three ways beside each other: each effect with its interval, and how often chance gives one as large."""

import re
from typing import Any

import pytest

from bt_analysis.pages import ways
from bt_analysis.settings import Settings
from tests import change_rows as rows
from tests.html_text import text_of


def test_each_way_has_its_effect_and_interval(page: Any) -> None:
    # Effects −80 (both together), −75 (synthetic control) and −90 (differences), each ± 30.
    found = text_of(ways.table(page.content(*rows.whole("lager", -80.0))))
    assert "Aardgas per woning, m³ -90 (-120 – -60) -75 (-105 – -45) -80 (-110 – -50) 1,0%" in found
    names = ["verschil van verschillen", "nagebouwde buurt", "beide samen", "zo groot door toeval"]
    assert [found.index(name) for name in names] == sorted(found.index(name) for name in names)


def test_percentages_differ_by_points_with_a_decimal(page: Any) -> None:
    own: dict[str, Any] = {"indicator_id": "solar_homes_pct", "unit": "%"}
    found = text_of(ways.table(page.content(rows.verdict("hoger", **own), *rows.effects(5, 4, 6.25, 2.0, **own))))
    assert "Woningen met zonnestroom (vanaf 2024), procentpunt 6,2 (4,2 – 8,2) 4,0 (2,0 – 6,0) 5,0" in found


def test_chance_is_that_after_correction_for_the_number_of_questions(page: Any) -> None:
    several = rows.whole()
    corrected = [row | ({"value": 0.04} if row["group_value"] == "holm" else {}) for row in several]
    assert "4,0%" in text_of(ways.table(page.content(*corrected)))
    without = [row for row in several if row["group_value"] != "holm"]
    assert "1,0%" in text_of(ways.table(page.content(*without)))


def test_every_number_leads_to_its_line_in_the_appendix(page: Any) -> None:
    content = page.content(*rows.whole())
    links = re.findall(r'href="#c-(\w+)"', ways.table(content))
    effects = content.rows("change", group_type="methode")["claim_id"]
    holm = content.rows("change", group_type="toets", group_value="holm")["claim_id"]
    assert links == [*effects, *holm]


def test_what_cannot_be_seen_has_no_row(page: Any) -> None:
    assert ways.table(page.content(rows.refusal("series_broken"), *rows.seen())) == ""
    assert ways.table(page.content()) == ""
    found = ways.table(page.content(*rows.whole(), rows.refusal("series_broken", indicator_id="poverty_pct")))
    assert found.count("<tr") == 2  # the head and gas


@pytest.mark.parametrize("gone", ["methode", "toets"])
def test_what_is_not_there_is_a_dash(page: Any, gone: str) -> None:
    left = [row for row in rows.whole() if row["group_type"] != gone]
    cells = re.findall(r'<td class="figure">(.*?)</td>', ways.table(page.content(*left)))
    assert [cell == "–" for cell in cells] == ([True] * 3 + [False] if gone == "methode" else [False] * 3 + [True])


def test_a_hidden_effect_is_a_dash(page: Any) -> None:
    hidden = {"gate": "niet_te_zien", "gate_reason": "unknown"}
    some = [row | (hidden if row["group_type"] in ("methode", "toets") else {}) for row in rows.whole()]
    assert ways.table(page.content(*some)).count(">–<") == 4


def test_the_level_is_that_of_the_settings(page: Any) -> None:
    strict = Settings(comparison={"level": 0.01})  # type: ignore[arg-type]
    assert "Bij hoogstens 1% noemen we het een verschil." in ways.table(page.content(*rows.whole(), settings=strict))
    assert "Bij hoogstens 5% noemen we het een verschil." in ways.table(page.content(*rows.whole()))


def test_in_english(page: Any) -> None:
    found = text_of(ways.table(page.content(*rows.whole(), lang="en")))
    assert "difference-in-differences synthetic control both together as large by chance" in found
    assert "At 5% or less we call it a difference." in found
