"""Sections of both reports: numbered in order, a plain sentence where nothing is kept, no rank and no score."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from bt_analysis.pages import (
    change,
    collective,
    coverage,
    everyone,
    failures,
    inputs,
    limits,
    obstacles,
    patterns,
    questions,
    side_by_side,
    theory,
)
from tests.html_text import text_of

HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}


def ratio(group: str, value: float, low: float, high: float, **more: Any) -> dict[str, Any]:
    figure = {"indicator_id": "representation_ratio", "value": value, "ci_low": low, "ci_high": high}
    group_ = {"group_type": "leeftijd", "group_value": group, "unit": "verhouding"}
    return {"question": "representation"} | figure | group_ | more


# One collective


def test_the_opening_says_who_where_and_when(page: Any) -> None:
    found = collective.opening(page.content(period="2023-2024"))
    assert "<h1>De Tuin</h1>" in found
    assert "Leefomgeving · werkgebied: Walnoot, Kastanje · periode 2023–2024" in found
    assert "verzonnen" not in found


def test_a_collective_without_work_area_has_no_line_about_it(page: Any) -> None:
    content = page.content(collectives=page.collectives({"work_area_label": None}))
    assert "werkgebied" not in collective.opening(content)


def test_made_up_data_are_marked(page: Any) -> None:
    found = collective.opening(page.content(collectives=page.collectives({"synthetic": True})))
    assert 'role="note"' in found
    assert "Voorbeeld met verzonnen gegevens." in found


def test_the_report_in_short_has_five_lines(page: Any) -> None:
    found = collective.in_short(page.content())
    assert found.count("<li>") == 5
    assert "1 · In het kort" in found
    assert "Nog onbekend is of er in de buurt iets veranderde, want daarvoor is nog niets gemeten." in found
    assert "wat willen we het komende jaar leren" in found


def test_the_question_is_about_who_took_part_least(page: Any) -> None:
    rows = [ratio("0-15", 0.6, 0.4, 0.9), ratio("15-25", 0.3, 0.2, 0.5), ratio("65+", 1.4, 1.1, 1.8)]
    found = collective.in_short(page.content(*rows))
    assert "hoe nodigen we mensen van 15 tot 25 jaar uit?" in found


def test_a_suppressed_group_is_no_question(page: Any) -> None:
    assert "hoe nodigen we" not in collective.in_short(page.content(ratio("15-25", 0.3, 0.2, 0.5, **HIDDEN)))


def test_what_was_done_together_is_five_tiles(page: Any) -> None:
    found = collective.together(page.content({"question": "activities", "indicator_id": "activities_n", "value": 3}))
    assert found.count("<li>") == 5
    assert '<a href="#c-claim0">3</a>' in found
    assert found.count("nog niet bijgehouden") == 4


def test_what_is_unknown_has_room_for_a_reply(page: Any) -> None:
    found = collective.unknown(page.content({**HIDDEN}))
    assert "Wat bewoners terughoorden en wat zij vonden, is nog niet bijgehouden." in found
    assert "1 cijfers tonen we niet" in found or "1 cijfer tonen we niet" in found


# All collectives


def several(page: Any, *more: dict[str, Any]) -> Any:
    return page.collectives(
        {"name": "De Tuin"},
        {"collective_id": "zon", "name": "Zon & Wind", "primary_domain": "energie_klimaat", "urbanity": None},
        *more,
    )


def test_the_cross_domain_report_says_how_many(page: Any) -> None:
    content = page.content(collectives=several(page))
    assert "<h1>Leren van elkaar</h1>" in everyone.opening(content)
    assert "2 collectieven · periode 2024" in everyone.opening(content)
    assert "2 collectieven in 2 domeinen deden mee." in everyone.in_short(content)


def test_one_made_up_collective_marks_the_whole_report(page: Any) -> None:
    mixed = several(page, {"collective_id": "x", "synthetic": True})
    assert 'class="synthetic"' in everyone.opening(page.content(collectives=mixed))


def test_sums_say_over_how_many_they_go(page: Any) -> None:
    total = {"collective_id": "", "n": 1}
    rows = [
        {"question": "activities", "indicator_id": "activities_n", "value": 12} | total,
        {"question": "reach", "indicator_id": "contacts_n", "value": 1080} | total,
        {"question": "hours", "indicator_id": "hours_total", "value": 100, "ci_low": 95, "ci_high": 105} | total,
    ]
    found = text_of(everyone.sums(page.content(*rows, collectives=several(page))))
    assert "activiteiten bij 1 van de 2 collectieven" in found
    assert "deelnames bij 1 van de 2 collectieven" in found
    assert "uur van vrijwilligers bij 1 van de 2 collectieven" in found


def test_sums_are_numbers_that_lead_to_the_appendix(page: Any) -> None:
    rows = [
        {"question": "activities", "indicator_id": "activities_n", "value": 1, "collective_id": ""},
        {"question": "hours", "indicator_id": "hours_total", "value": 100, "ci_low": 95, "ci_high": 105,
         "collective_id": "", "gate": "voorbehoud", "gate_reason": "hours_estimated"},
        {"indicator_id": "contacts_n", "collective_id": "", **HIDDEN},
    ]  # fmt: skip
    content = page.content(*rows, collectives=several(page))
    found = everyone.sums(content)
    assert re.findall(r'href="#c-(\w+)">(.*?)</a>', found) == [("claim0", "1"), ("claim1", "95–105")]
    assert "let op: een deel van de uren is geschat" in found
    assert ">activiteit bij " in found


def test_periods_that_differ_are_told(page: Any) -> None:
    differing = several(page, {"collective_id": "x", "period": "2023"})
    assert "Niet elk collectief telt over dezelfde jaren" in everyone.further(page.content(collectives=differing))
    assert "dezelfde jaren" not in everyone.further(page.content(collectives=several(page)))


def test_one_domain_is_singular(page: Any) -> None:
    two = page.collectives({}, {"collective_id": "zon"})
    assert "2 collectieven in 1 domein deden mee." in everyone.in_short(page.content(collectives=two))


def test_a_sum_that_is_hidden_or_absent_is_not_said(page: Any) -> None:
    hidden = {"indicator_id": "contacts_n", "collective_id": "", **HIDDEN}
    found = everyone.in_short(page.content(hidden, collectives=several(page)))
    assert "deelnames" not in found
    assert "uur" not in found


def test_what_each_keeps(page: Any) -> None:
    found = side_by_side.kept(page.content(collectives=page.collectives({"tables_kept": "collective;activity"})))
    cells = re.findall(r'<td class="">(.*?)</td>', found)
    assert cells == ["ja", "nog niet", "ja", "nog niet", "nog niet"]  # in the order of codes.TABLES


def test_the_method_counts_what_was_left_out(page: Any) -> None:
    assert "2 cijfers zijn weggelaten" in limits.method(page.content(HIDDEN, HIDDEN, {}))


def test_sections_of_the_cross_domain_report_count_from_1_to_11(page: Any) -> None:
    content = page.content(collectives=several(page))
    sections = [
        everyone.in_short(content), coverage.section(content), patterns.section(content), everyone.shared(content),
        theory.section(content), obstacles.section(content), inputs.section_across(content),
        failures.section(content), questions.coverage(content), questions.backlog(content), limits.method(content),
    ]  # fmt: skip
    assert re.findall(r"<h2[^>]*>(\d+) · ", "".join(sections)) == [str(number) for number in range(1, 12)]


SECTIONS: list[Callable[[Any], str]] = [
    collective.opening, collective.in_short, collective.together, collective.neighbourhood, change.section,
    collective.unknown, everyone.opening, everyone.in_short, everyone.sums, coverage.section,
    patterns.section, everyone.shared, side_by_side.kept, limits.method,
]  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: f"{one.__module__.rpartition('.')[2]}.{one.__name__}")
def test_no_section_lets_a_name_be_markup(page: Any, section: Callable[[Any], str]) -> None:
    payload = '"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}'
    hostile = page.collectives({"name": payload, "work_area_label": payload})
    found = section(page.content({"group_type": "wijk", "group_label": payload}, collectives=hostile))
    assert "<img" not in found
    assert "<script" not in found


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: f"{one.__module__.rpartition('.')[2]}.{one.__name__}")
def test_every_section_is_also_in_english(page: Any, section: Callable[[Any], str]) -> None:
    dutch = {" nog ", " niet ", " zijn ", " werd ", " van "}
    found = f" {text_of(section(page.content(lang='en', collectives=page.collectives({'name': 'X'}))))} "
    assert not [word for word in dutch if word in found]


def test_no_word_of_ranking(page: Any) -> None:
    content = page.content(collectives=several(page))
    found = "".join(text_of(section(content)) for section in SECTIONS).casefold()
    for word in ("ranglijst", "beste collectief", "totaalscore", "plaats 1"):
        assert word not in found
