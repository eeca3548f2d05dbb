"""Tables and tiles: every cell has a figure or says why not, and a figure leads to its line in the appendix."""

import re
from typing import Any

import pytest
from jinja2 import UndefinedError

from bt_analysis.pages import appendix, html, tables
from bt_analysis.pages.content import Content
from tests.html_text import rows_of

HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}
UNSEEN: dict[str, Any] = {"gate": "niet_te_zien", "gate_reason": "not_recorded", "missing_reason": "not_recorded"}


def head_of(table: str) -> list[str]:
    return re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table)


def tile_of(content: Content) -> dict[str, str]:
    return tables.tile(content, content.estimates.iloc[0], "deelnames")


# Tiles


def test_a_tile_of_a_number(page: Any) -> None:
    assert tile_of(page.content({"value": 1080})) == {
        "number": "1.080",
        "words": "deelnames",
        "note": "",
        "claim_id": "claim0",
    }


def test_a_tile_of_bounds_is_a_range(page: Any) -> None:
    assert tile_of(page.content({"value": 50, "ci_low": 30, "ci_high": 50}))["number"] == "30–50"


def test_bounds_that_read_the_same_are_one_number(page: Any) -> None:
    assert tile_of(page.content({"value": 30, "ci_low": 29.8, "ci_high": 30.3}))["number"] == "30"


def test_a_tile_of_what_is_not_kept(page: Any) -> None:
    expected = {"number": "–", "words": "deelnames: nog niet bijgehouden", "note": "", "claim_id": ""}
    assert tables.tile(page.content({}), None, "deelnames") == expected
    assert tile_of(page.content(UNSEEN)) == expected


def test_a_suppressed_tile_says_why_and_leads_to_its_line(page: Any) -> None:
    found = tile_of(page.content(HIDDEN))
    assert found["number"] == "–"
    assert found["words"] == "deelnames: gaat over minder dan 10 mensen of zou een klein getal verraden"
    assert found["claim_id"] == "claim0"


def test_a_tile_has_its_reservation_as_a_small_second_line(page: Any) -> None:
    found = tile_of(page.content({"gate": "voorbehoud", "gate_reason": "may_count_twice"}))
    assert found["note"] == "wie aan meer dingen meedoet, kan vaker meetellen"
    assert found["words"] == "deelnames"


@pytest.mark.parametrize(("value", "expected"), [(1, "deelname"), (2, "deelnames"), (1001, "deelnames")])
def test_a_tile_of_one_is_singular(page: Any, value: float, expected: str) -> None:
    content = page.content({"value": value})
    assert tables.tile(content, content.estimates.iloc[0], "deelnames", "deelname")["words"] == expected


def test_a_tile_in_english(page: Any) -> None:
    assert tables.tile(page.content({}, lang="en"), None, "participations")["words"] == "participations: not kept yet"


# Context


def area(indicator_id: str, population: str = "gebied", value: float = 0, **more: Any) -> dict[str, Any]:
    source = "CBS 99024SYN · Key_1 · 2025-03-31"
    figure = {"indicator_id": indicator_id, "population": population, "value": value, "source": source, "unit": "%"}
    return {"question": "context"} | figure | more


def older(content: Content) -> list[str]:
    return [indicator.label_nl for indicator in content.catalogue.values() if indicator.id == "aged_65_plus_pct"]


def test_the_area_stands_beside_gemeente_and_country(page: Any) -> None:
    values = {"gebied": 21.4, "gemeente": 18.0, "land": 20.5}
    content = page.content(*(area("aged_65_plus_pct", place, value) for place, value in values.items()))
    found = tables.context(content)
    assert head_of(found) == ["Cijfer", "werkgebied", "gemeente", "land"]
    assert rows_of(found) == [[*older(content), "21%", "18%", "20%"]]  # 20.5 to even
    assert 'href="#c-claim0"' in found
    assert "Het werkgebied naast gemeente en land, 2024" in found
    assert "Bron: CBS 99024SYN. De bron rondt" in found


def test_a_column_that_nobody_has_is_left_out(page: Any) -> None:
    found = tables.context(page.content(area("aged_65_plus_pct", "gebied", 21.4)))
    assert head_of(found) == ["Cijfer", "werkgebied"]


def test_only_the_newest_year_is_shown(page: Any) -> None:
    content = page.content(area("aged_65_plus_pct", value=30.0, period="2020"), area("aged_65_plus_pct", value=21.4))
    assert rows_of(tables.context(content)) == [[*older(content), "21%"]]


def test_a_figure_with_a_reservation_has_a_mark(page: Any) -> None:
    kept = area("aged_65_plus_pct", value=21.4, gate="voorbehoud", gate_reason="areas_without_figure")
    assert rows_of(tables.context(page.content(kept)))[0][1] == "21% *"


def test_every_mark_is_explained(page: Any) -> None:
    rows = [area("aged_65_plus_pct", place, 21.4, gate="voorbehoud", gate_reason=reason) for place, reason in
            {"gebied": "coverage_below_minimum", "gemeente": "n_below_minimum"}.items()]  # fmt: skip
    found = tables.context(page.content(*rows))
    assert "* een deel van het werkgebied heeft hier geen cijfer; gaat over minder dan 30 mensen. Bron:" in found


def test_a_missing_figure_says_why_in_its_cell(page: Any) -> None:
    content = page.content(area("aged_65_plus_pct", **UNSEEN), area("aged_65_plus_pct", "land", 20.0))
    assert rows_of(tables.context(content)) == [[*older(content), "is niet bijgehouden", "20%"]]


def test_what_nobody_has_is_said_once_over_the_whole_row(page: Any) -> None:
    places = ("gebied", "gemeente", "land")
    found = tables.context(page.content(*(area("aged_65_plus_pct", place, **UNSEEN) for place in places)))
    assert rows_of(found)[0][1:] == ["is niet bijgehouden"]
    assert 'colspan="3"' in found


def test_reasons_that_differ_are_each_said(page: Any) -> None:
    later = UNSEEN | {"gate_reason": "not_yet_published"}
    found = tables.context(page.content(area("aged_65_plus_pct", **UNSEEN), area("aged_65_plus_pct", "land", **later)))
    reasons = ["is niet bijgehouden", "heeft de bron voor dit jaar nog niet gepubliceerd"]
    assert rows_of(found)[0][1:] == reasons


def test_an_area_without_any_figure_is_a_sentence(page: Any) -> None:
    assert "Van het werkgebied zijn geen cijfers gevonden." in tables.context(page.content({}))
    assert "<table" not in tables.context(page.content())


# HTML


def test_what_a_person_typed_never_becomes_markup(page: Any) -> None:
    line = {"file": "<script>alert(1)</script>.csv", "table": '"><img src=x onerror=alert(1)>'}
    found = appendix.sources(page.content(sources=page.sources(line)))
    assert "<script" not in found
    assert "<img" not in found
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.csv" in found


def test_a_template_does_not_fill_in_what_a_person_typed(page: Any) -> None:
    assert "{{7*7}}" in tables.render_missing(page.content({}), "{{7*7}}")
    assert "49" not in tables.render_missing(page.content({}), "{{7*7}}")


def test_a_value_that_a_template_lacks_stops_the_report(page: Any) -> None:
    with pytest.raises(UndefinedError, match="points"):
        html.render("sections/text.html.j2", page.content({}).language, title="", paragraphs=[], tile="")


def test_the_style_sheet_asks_for_nothing() -> None:
    assert "url(" not in html.css()
    assert "@import" not in html.css()


def test_html_shows_itself_in_a_notebook() -> None:
    assert html.Html("<p>a</p>")._repr_html_() == "<p>a</p>"


def test_a_percentage_of_few_people_stands_in_words(page: Any) -> None:
    few: dict[str, Any] = {"value": float("nan"), "gate": "voorbehoud", "gate_reason": "n_below_minimum"}
    found = tables.context(page.content(area("aged_65_plus_pct", value_text="ongeveer_een_kwart", **few)))
    assert "ongeveer een kwart *" in found
