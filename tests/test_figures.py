"""Figures: a finding for a title, a text for who cannot see it, and nothing alive in the drawing."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bt_analysis import figures
from bt_analysis.pages import drawing
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import Figure
from bt_analysis.pages.export import outside_requests

HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}
UNSEEN: dict[str, Any] = {"gate": "niet_te_zien", "gate_reason": "not_recorded", "missing_reason": "not_recorded"}
PAYLOAD = '$\\alpha$ <script>alert(1)</script> "><img src=x onerror=alert(1)> ${x}$ & {{7*7}}'


def group(value: str, share: float, low: float, high: float, area: float, **more: Any) -> list[dict[str, Any]]:
    kind = {"question": "representation", "group_type": "leeftijd", "group_value": value, "unit": "%"} | more
    return [
        kind | {"indicator_id": "participants_share_pct", "value": share, "ci_low": low, "ci_high": high},
        kind | {"indicator_id": "area_share_pct", "value": area, "gate": "ok", "gate_reason": ""},
        kind
        | {"indicator_id": "representation_ratio", "value": share / area, "ci_low": low / area, "ci_high": high / area},
    ]


def ages(page: Any, *groups: list[dict[str, Any]], **more: Any) -> Content:
    known = {"question": "representation", "indicator_id": "participants_known_n", "group_type": "leeftijd"}
    content: Content = page.content(known, *(row for rows in groups for row in rows), **more)
    return content


def years(values: Mapping[int, float], population: str = "gebied", **more: Any) -> list[dict[str, Any]]:
    row = {"question": "context", "indicator_id": "gas_m3_per_dwelling", "population": population, "unit": "m3"} | more
    return [row | {"period": str(year), "value": value} for year, value in values.items()]


def one_per_collective(page: Any, *names: str, low: float = 0.4, high: float = 0.8) -> Content:
    rows = [
        {"question": "representation", "indicator_id": "representation_ratio", "group_type": "leeftijd",
         "group_value": "65+", "collective_id": f"c{at}", "value": (low + high) / 2, "ci_low": low, "ci_high": high}
        for at in range(len(names))
    ]  # fmt: skip
    table = page.collectives(*({"collective_id": f"c{at}", "name": name} for at, name in enumerate(names)))
    content: Content = page.content(*rows, collectives=table)
    return content


DRAWN: dict[str, Callable[[Any], Figure]] = {
    "timeline": lambda page: figures.timeline(page.content(activities=page.activities({}, {"title": "Feest"}))),
    "representation": lambda page: figures.representation(ages(page, group("65+", 40, 30, 50, 20)), "leeftijd"),
    "area_map": lambda page: figures.area_map(page.content(outlines=page.outlines())),
    "across": lambda page: figures.across(one_per_collective(page, "De Tuin", "Zon"), "65+"),
}
TILES: dict[str, Callable[[Any], Figure]] = {
    "timeline": lambda page: figures.timeline(page.content()),
    "representation": lambda page: figures.representation(ages(page), "leeftijd"),
    "suppressed": lambda page: figures.representation(ages(page, group("65+", 40, 30, 50, 20, **HIDDEN)), "leeftijd"),
    "no map": lambda page: figures.area_map(page.content()),
    "empty map": lambda page: figures.area_map(page.content(outlines=page.outlines(0, 0))),
    "nobody": lambda page: figures.across(page.content(), "65+"),
}


# What holds for every figure


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_figure_has_title_text_and_drawing(page: Any, draw: Callable[[Any], Figure]) -> None:
    figure = draw(page)
    html = figure._repr_html_()
    assert re.match(r'<figure class="(map|trend|side)?"><figcaption>', html)
    assert figure.title
    assert figure.text
    (label,) = re.findall(r'<svg role="(?:img|group)" aria-label="([^"]*)"', html)
    assert label


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_figure_is_one_well_formed_drawing_that_asks_for_nothing(page: Any, draw: Callable[[Any], Figure]) -> None:
    svg = draw(page).svg
    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own drawing
    assert outside_requests(svg) == []
    for unwanted in ("<script", "<metadata", "<?xml", "<!DOCTYPE", "Date>"):
        assert unwanted not in svg


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_figure_fits_the_width_it_gets(page: Any, draw: Callable[[Any], Figure]) -> None:
    head = draw(page).svg.partition(">")[0]
    assert "viewBox=" in head
    assert not re.search(r'\s(width|height)="', head)


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_same_input_same_bytes(page: Any, draw: Callable[[Any], Figure]) -> None:
    assert draw(page).svg == draw(page).svg


def test_ids_are_unique_over_all_figures_of_a_page(page: Any) -> None:
    svgs = [draw(page).svg for draw in DRAWN.values()]
    ids = [found for svg in svgs for found in re.findall(r' id="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for svg in svgs:
        own = set(re.findall(r' id="([^"]+)"', svg))
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', svg)) <= own  # what a drawing refers to is in it


@pytest.mark.parametrize("draw", TILES.values(), ids=TILES)
def test_what_cannot_be_seen_is_a_tile_with_a_sentence(page: Any, draw: Callable[[Any], Figure]) -> None:
    figure = draw(page)
    assert figure.svg == ""
    assert figure.text.endswith(".")
    assert figure._repr_html_().startswith('<p class="tile"><strong>')


def test_colours_are_those_colour_blind_readers_can_tell_apart() -> None:
    assert {drawing.BLUE, drawing.ORANGE} == {"#0072B2", "#D55E00"}  # Okabe and Ito


# Names that a person typed


def test_a_name_is_no_markup_and_no_formula(page: Any) -> None:
    for figure in (
        figures.timeline(page.content(activities=page.activities({"title": PAYLOAD}))),
        figures.area_map(page.content(outlines=page.outlines().assign(regiocode_label=PAYLOAD))),
        figures.across(one_per_collective(page, PAYLOAD), "65+"),
    ):
        html = figure._repr_html_()
        assert "<script" not in html
        assert "<img" not in html
        assert ET.fromstring(html) is not None  # noqa: S314 - our own drawing
        assert "α" not in html


@pytest.mark.parametrize("name", [r"$\alpha$", "van $5 tot $10", r"$x_{$", r"\frac{1}{2} $$"])
def test_dollar_signs_are_dollar_signs_in_every_row(page: Any, name: str) -> None:
    rows = page.activities(*({"title": f"{at} {name}"} for at in range(6)))
    svg = figures.timeline(page.content(activities=rows)).svg
    assert svg.count(name) == 6
    many = figures.across(one_per_collective(page, *(f"{at} {name}" for at in range(6))), "65+").svg
    assert many.count(name) == 6


def test_a_tile_is_escaped() -> None:
    html = Figure("<b>x</b>", '"><script>')._repr_html_()
    assert html == '<p class="tile"><strong>&lt;b&gt;x&lt;/b&gt;</strong> &#34;&gt;&lt;script&gt;</p>'


@pytest.mark.parametrize("name", ["x" * 300, "woord " * 60, "a\nb\tc", "日本語 🌻 \u202ertl", "", " "])
def test_any_name_can_be_drawn(page: Any, name: str) -> None:
    html = figures.timeline(page.content(activities=page.activities({"title": name})))._repr_html_()
    assert ET.fromstring(html) is not None  # noqa: S314 - our own drawing


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Moestuin", "Moestuin"),
        ("Samen koken en eten in het buurthuis", "Samen koken en eten in het\nbuurthuis"),
        ("a\nb", "a b"),
        ("", ""),
    ],
)
def test_names_beside_an_axis(name: str, expected: str) -> None:
    assert drawing.short(name) == expected


def test_a_long_name_is_cut_after_two_lines() -> None:
    found = drawing.short("een heel lange naam van een activiteit " * 5)
    assert found.count("\n") == 1
    assert found.endswith("…")
    assert max(map(len, found.split("\n"))) <= 28


# One by one


def test_the_timeline_tells_first_and_last_day(page: Any) -> None:
    rows = page.activities(
        {"title": "Feest", "start": "2024-06-01", "end": None},
        {"title": "Tuin", "start": "2024-01-09", "end": "2024-03-01"},
    )
    figure = figures.timeline(page.content(activities=rows))
    assert figure.title == "Van 9 januari 2024 tot 1 juni 2024"
    assert figure.text == "Tuin: 9 januari 2024; Feest: 1 juni 2024"


def test_a_long_timeline_is_cut_and_counted(page: Any) -> None:
    rows = page.activities(*({"title": f"a{at}"} for at in range(16)))
    assert figures.timeline(page.content(activities=rows)).title.endswith("en nog 8 andere activiteiten")  # 16 − 8


def test_representation_tells_both_shares(page: Any) -> None:
    figure = figures.representation(ages(page, group("65+", 40, 30, 50, 20)), "leeftijd")
    assert figure.text == "65 jaar of ouder: deelnemers 40% (30 tot 50), bewoners 20%"
    assert figure.title == "Mensen van 65 jaar of ouder deden meer mee dan je zou verwachten."


def test_a_suppressed_group_keeps_its_inhabitants_and_loses_its_participants(page: Any) -> None:
    content = ages(page, group("65+", 40, 30, 50, 20), group("15-25", 77, 70, 80, 10, **HIDDEN))
    figure = figures.representation(content, "leeftijd")
    assert "15 tot 25 jaar: bewoners 10%" in figure.text
    assert "77" not in figure.text
    assert "15 tot 25 jaar *" in figure.svg
    assert "te weinig deelnemers om te tonen" in figure.svg


def test_counted_participations_are_dots_without_interval(page: Any) -> None:
    nan = float("nan")
    rows = group("65+", 40, nan, nan, 20, gate="voorbehoud", gate_reason="counts_contacts")
    figure = figures.representation(page.content(*rows), "leeftijd")
    assert figure.text == "65 jaar of ouder: deelnames 40%, bewoners 20%"
    assert "deelnames" in figure.svg
    assert "deelnemers" not in figure.svg
    assert figure.title.startswith("Naar leeftijd zijn deelnames geteld")


def test_a_reservation_is_told_once_and_named_again(page: Any) -> None:
    often = {"gate": "voorbehoud", "gate_reason": "may_count_twice"}
    rows = [*group("65+", 40, 30, 50, 20, **often), *group("vrouw", 40, 30, 50, 20, group_type="geslacht", **often)]
    first, second = figures.groups(page.content(*rows))
    assert first.title.endswith("(let op: wie aan meer dingen meedoet, kan vaker meetellen).")
    assert second.title.endswith("(met hetzelfde voorbehoud).")


def test_groups_are_drawn_age_first(page: Any) -> None:
    kept = [{"question": "representation", "indicator_id": "participants_known_n", "group_type": kind}
            for kind in ("geslacht", "leeftijd")]  # fmt: skip
    texts = [figure.text for figure in figures.groups(page.content(*kept))]
    assert [text.split()[1] for text in texts] == ["leeftijd", "geslacht"]


def test_no_groups_is_a_tile_about_age(page: Any) -> None:
    (tile,) = figures.groups(page.content())
    assert tile.text == "Naar leeftijd is nog niet bijgehouden wie er meedeed."


def test_the_map_counts_and_names(page: Any) -> None:
    figure = figures.area_map(page.content(outlines=page.outlines(inside=2, outside=3)))
    assert figure.title == "Het werkgebied (blauw) in de gemeente: 2 van de 5 buurten"
    assert figure.text == "Kaart. In het werkgebied liggen: Buurt 0, Buurt 1."


@pytest.mark.parametrize(("n", "told"), [(0, ""), (1, "1 gebied van het"), (2, "2 gebieden van het")])
def test_the_map_tells_what_is_not_on_it(page: Any, n: int, told: str) -> None:
    lost = page.unmatched(*[("work_area", f"BU9901010{at}") for at in range(n)], ("participation", "BU99010999"))
    title = figures.area_map(page.content(outlines=page.outlines(), unmatched=lost)).title
    assert told in title
    assert title.endswith("zijn veranderd.") == bool(n)


def test_across_is_in_alphabetical_order_and_counts_who_clearly_differs(page: Any) -> None:
    figure = figures.across(one_per_collective(page, "Zon", "De Tuin", low=0.4, high=0.8), "65+")
    assert figure.title == (
        "65 jaar of ouder: bij 2 van de 2 collectieven waarvan het te tonen is (2 in totaal) "
        "wijkt de deelname duidelijk af"
    )
    assert figure.text == "De Tuin: 0,6 keer (0,4 tot 0,8); Zon: 0,6 keer (0,4 tot 0,8)"


def test_across_names_who_cannot_be_shown(page: Any) -> None:
    content = one_per_collective(page, "De Tuin", "Zon", "Wind")
    estimates = content.estimates.copy()
    estimates.loc[1, ["ci_low", "ci_high"]] = float("nan")  # participations were counted
    estimates.loc[2, "gate"] = "onderdrukt"
    figure = figures.across(dataclasses.replace(content, estimates=estimates), "65+")
    assert "bij 1 van de 1 collectieven waarvan het te tonen is (3 in totaal)" in figure.title
    assert '<p class="quiet">Niet te tonen: Wind, Zon.</p></figure>' in figure._repr_html_()
    assert figure.text.endswith(". Niet te tonen: Wind, Zon.")


def test_across_an_interval_around_1_differs_from_nothing(page: Any) -> None:
    assert "bij 0 van de 1 " in figures.across(one_per_collective(page, "Zon", low=0.9, high=1.1), "65+").title


def test_shares_of_few_people_are_a_tile_with_words(page: Any) -> None:
    nan = float("nan")
    few = {"gate": "voorbehoud", "gate_reason": "n_below_minimum", "value_text": "ongeveer_de_helft"}
    gone = UNSEEN | {"gate_reason": "n_below_minimum"}
    more = {"participants_share_pct": few, "area_share_pct": {}, "representation_ratio": gone}
    rows = [row | more[row["indicator_id"]] for row in group("65+", nan, nan, nan, 20)]
    figure = figures.representation(page.content(*rows), "leeftijd")
    assert figure.title == "In woorden."
    assert "65 jaar of ouder ongeveer de helft" in figure.text
    assert figure.svg == ""
