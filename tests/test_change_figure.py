"""The figure of a change: titled with its finding, the start marked, both paths named; or a tile with the sum."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bt_analysis import figures
from bt_analysis.instruments.comparing import NotComparable
from bt_analysis.pages import verdicts
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import Figure
from bt_analysis.pages.export import outside_requests
from tests import change_rows as rows


def content(page: Any, *estimates: Any, **more: Any) -> Content:
    made: Content = page.content(*(estimates or rows.whole()), period="2021-2024", **more)
    return made


def one(page: Any, *estimates: Any, **more: Any) -> Figure:
    (figure,) = figures.change(content(page, *estimates, **more))
    return figure


def lines(svg: str, colour: str) -> list[int]:
    """Return how many points each line of a colour goes through."""
    path = r'<path d="([^"]*)"[^>]*style="fill: none; stroke: '
    found = re.findall(path + colour, svg)
    return [len(re.findall("[ML]", line)) for line in found if "L" in line]


def test_the_title_is_the_finding_and_the_note_how_much(page: Any) -> None:
    figure = one(page)
    assert figure.title == "Aardgas per woning: dit daalde hier meer dan in de 50 gebieden die hierop lijken."
    assert figure.note.startswith("Hier is het 80 m³ lager dan je zou verwachten")
    assert figure.note.endswith("Dat bewijst niet dat het door het collectief komt.")


def test_who_cannot_see_it_is_told_the_finding_and_both_paths(page: Any) -> None:
    text = one(page).text
    assert text.startswith("Aardgas per woning: dit daalde hier meer dan")
    assert "Per jaar, eerst hier en dan wat hierop lijkt: 2019: 1.200 m³ · 1.205 m³; 2020:" in text
    assert text.endswith("2024: 1.050 m³ · 1.130 m³.")


def test_both_paths_are_drawn_and_named_without_a_legend(page: Any) -> None:
    svg = one(page).svg
    assert lines(svg, "#0072b2") == [6]  # 2019 up to 2024
    assert svg.count("#d55e00") > 6
    assert ">hier<" in svg
    assert ">lijkt hierop<" in svg
    assert "legend" not in svg
    assert ">m³<" in svg


def test_the_start_is_marked_where_the_years_before_end(page: Any) -> None:
    assert ">start van het collectief<" in one(page).svg
    # Without the fit before the start it is not known where that is.
    unfitted = [row for row in rows.whole() if row["group_type"] != "aansluiting"]
    assert "start van het collectief" not in one(page, *unfitted).svg


@pytest.mark.parametrize("years", [0, 6, 9])
def test_a_start_outside_the_years_is_not_drawn(page: Any, years: int) -> None:
    moved = [row | ({"n": years} if row["group_type"] == "aansluiting" else {}) for row in rows.whole()]
    assert "start van het collectief" not in one(page, *moved).svg


def test_names_of_paths_that_end_together_stand_apart(page: Any) -> None:
    together = [rows.verdict("geen_verschil", 0.0), *rows.effects(0, 0, 0), *rows.paths([100.0, 110], [100.0, 110])]
    svg = one(page, *together).svg
    names = r">(?:hier|lijkt hierop)<"
    heights = [float(place) for place in re.findall(r' y="([\d.]+)"[^>]*' + names, svg)]
    assert len(heights) == 2
    assert abs(heights[0] - heights[1]) > 10  # more than the height of a letter


def test_a_drawing_is_well_formed_and_asks_for_nothing(page: Any) -> None:
    figure = one(page)
    assert ET.fromstring(figure._repr_html_()).get("class") == "change"  # noqa: S314 - our own drawing
    assert outside_requests(figure.svg) == []
    assert one(page).svg == figure.svg


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_many_years_have_fewer_ticks(page: Any, lang: str) -> None:
    long = [
        rows.row("similar", "jaar", str(year), 100.0 + year - 2005, population=population)
        for population in ("gebied", "vergelijkbaar")
        for year in range(2005, 2025)
    ]
    svg = one(page, rows.verdict("hoger", 5.0), *long, lang=lang).svg
    assert 4 <= len(re.findall(r">20\d\d<", svg)) <= 8


def test_what_cannot_be_seen_is_a_tile_with_the_sum(page: Any) -> None:
    figure = one(page, rows.refusal("too_small_to_see"), *rows.seen(120, 900, 400))
    assert figure.svg == ""
    assert figure.title == "Aardgas per woning: niet te zien."
    assert figure.text.startswith("Hoogstens 120 van de 900 woningen deden mee.")
    html = figure._repr_html_()
    assert html.startswith('<p class="tile"><strong>Aardgas per woning: niet te zien.</strong> Hoogstens')
    assert '<small class="quiet">De som: een verschil van 120 m³ valt net op.' in html


def test_a_sum_that_forbids_nothing_is_not_told(page: Any) -> None:
    figure = one(page, rows.refusal("no_years_after"), *rows.seen(30, 225, 400))
    assert figure.note == ""
    assert "<small" not in figure._repr_html_()


def test_no_path_is_drawn_behind_a_closed_gate(page: Any) -> None:
    # Even if the rows of the path were still there.
    figure = one(page, rows.refusal("outside_similar"), *rows.paths([1.0, 2], [1.0, 3]))
    assert figure.svg == ""
    assert figure.text == verdicts.REFUSED["outside_similar"]


def test_a_verdict_without_paths_is_words(page: Any) -> None:
    figure = one(page, rows.verdict("hoger", 80.0), *rows.effects(80, 80, 80))
    assert figure.svg == ""
    assert "kwam hier hoger uit" in figure.title


def test_hidden_years_are_not_drawn(page: Any) -> None:
    hidden = {"gate": "onderdrukt", "gate_reason": "suppressed"}
    some = [row | (hidden if row["group_value"] == "2024" else {}) for row in rows.whole()]
    figure = one(page, *some)
    assert lines(figure.svg, "#0072b2") == [5]
    assert "1.050" not in figure.text


def test_each_outcome_has_one(page: Any) -> None:
    other = rows.refusal("series_broken", indicator_id="poverty_pct")
    drawn = figures.change(content(page, *rows.whole(), other))
    assert [bool(figure.svg) for figure in drawn] == [True, False]
    assert figures.change(page.content()) == []


def test_no_drawing_of_the_two_pages_stands_behind_them_too(page: Any) -> None:
    other = rows.refusal("series_broken", indicator_id="poverty_pct")
    report = content(page, *rows.whole(), other)
    everything = figures.change(report)
    assert [figure.title for figure in figures.change_behind(report)] == [everything[1].title]
    assert figures.change_in_short(report)[0] == everything[0]
    assert figures.change_behind(page.content()) == []


def test_two_units_on_one_axis_are_refused(page: Any) -> None:
    mixed = [*rows.paths([1.0, 2], [1.0, 3]), rows.row("similar", "jaar", "2024", 1.0, unit="kWh")]
    with pytest.raises(NotComparable, match="values of m3 and of kWh"):
        figures.change(content(page, rows.verdict("lager"), *mixed))
