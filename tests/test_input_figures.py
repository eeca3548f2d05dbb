"""Figures of inputs: bars as long as their counts, a curve that ends where the log does, no ranking in small flows."""

import re

import pytest

from bt_analysis.figures import inputs as figures
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import Figure
from tests.input_cases import cases, raised, steps
from tests.test_decisions import forty_eight
from tests.test_input_section import report


@pytest.fixture(scope="module")
def content() -> Content:
    return report(forty_eight())


def labels(figure: Figure) -> list[str]:
    """Return what is written in a drawing."""
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text[^>]*>(.*?)</text>", figure.svg, re.DOTALL)]


def test_every_bar_has_its_number_and_its_stage(content: Content) -> None:
    written = labels(figures.flow(content))
    assert [text for text in written if text in ("48", "42", "29", "9")] == [
        "48",
        "48",
        "42",
        "42",
        "29",
        "29",
        "29",
        "9",
        "9",
    ]
    assert {"ingebracht", "naar de vakafdeling", "uitgevoerd", "keer inbreng"} <= set(written)


def test_what_a_colour_says_stands_in_a_legend_and_has_a_pattern(content: Content) -> None:
    figure = figures.flow(content)
    assert {"stopte hier, met antwoord", "stopte hier, zonder antwoord"} <= set(labels(figure))
    assert "<pattern" in figure.svg  # who sees no colours sees stripes


def test_a_drawing_can_be_heard(content: Content) -> None:
    for figure in (figures.flow(content), figures.waiting(content)):
        assert 'aria-label="' in figure._repr_html_()
        assert len(figure.text) > 40


def test_the_curve_ends_with_the_log(content: Content) -> None:
    written = labels(figures.waiting(content))
    assert {"0", "90", "180", "365", "730"} <= set(written)  # two years were followed
    assert "1.095" not in written
    assert "% met antwoord" in written


def test_figures_are_the_same_in_every_run(content: Content) -> None:
    assert figures.flow(content).svg == figures.flow(content).svg


def test_figures_in_english() -> None:
    content = report(forty_eight(), "en")
    assert figures.flow(content).title == "Without an answer most came no further than: to the back office (13 of 48)"
    assert "carried out" in labels(figures.flow(content))


def test_many_collectives_are_drawn_in_part_and_all_are_told() -> None:
    names = [f"c{number:02d}" for number in range(14)]
    inputs = [raised("a", name) for name in names]
    events = [row for name in names[:3] for row in steps("a", (9, "uitgevoerd"), collective_id=name)]
    content = report(cases(inputs, events, periods={name: ["2023"] for name in names}), collective_id="")
    (figure,) = figures.flows(content)
    assert "En nog 2 andere collectieven." in figure.note
    assert figure.text.count("ingebracht") == 14
    assert figure.text.index("C00") < figure.text.index("C13")


def test_a_name_with_markup_or_a_formula_is_text() -> None:
    given = cases([raised("a")])
    given.collectives["name"] = "<b>$x$</b> & co"
    (figure,) = figures.flows(report(given, collective_id=""))
    assert "<b>" not in figure._repr_html_()
