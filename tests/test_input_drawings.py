"""Drawings of inputs and of hours in euros: tiles where nothing can be drawn, notes, orders and words."""

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis.figures import inputs as figures
from bt_analysis.figures import value as euros
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import Figure
from tests.input_cases import cases, raised, steps
from tests.test_input_section import report


def written(figure: Figure) -> list[str]:
    """Return what is written in a drawing."""
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<text[^>]*>(.*?)</text>", figure.svg, re.DOTALL)]


def answered(*days: int, waiting: int = 0, lang: str = "nl") -> Content:
    """Return a report of inputs that had an answer after these days, and of others that wait."""
    events = [row for at, day in enumerate(days) for row in steps(f"i{at}", (day, "teruggekoppeld"))]
    return report(cases([raised(f"i{at}") for at in range(len(days) + waiting)], events), lang)


# The flow


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("nl", "ingebracht: 2, daarvan niet verder: 1"), ("en", "2")],
)
def test_a_flow_is_told_stage_by_stage(lang: str, expected: str) -> None:
    content = report(cases([raised("a"), raised("b")], steps("a", (9, "uitgevoerd"))), lang)
    text = figures.flow(content).text
    assert expected in text
    assert len(text.split("; ")) == 9
    assert ("daarvan niet verder" in text) == (lang == "nl")


def test_numbers_beside_bars_are_those_that_came_there_or_further() -> None:
    taken = [*steps("a", (9, "uitgevoerd")), *steps("b", (9, "gewogen"))]
    figure = figures.flow(report(cases([raised(name) for name in "abc"], taken)))
    assert [int(one.split(": ")[1].split(",")[0]) for one in figure.text.split("; ")] == [3, 2, 2, 2, 2, 1, 1, 1, 1]
    assert [int(one.rsplit(": ", 1)[1]) for one in figure.text.split("; ")] == [1, 0, 0, 0, 1, 0, 0, 0, 1]


@pytest.mark.parametrize("collective_id", ["", "maan"])
def test_a_flow_of_whoever_is_asked_for(collective_id: str) -> None:
    given = cases([raised("a"), raised("b", "maan")], periods={"zon": ["2023"], "maan": ["2023"]})
    figure = figures.flow(report(given, collective_id=""), collective_id)
    assert figure.text.startswith(f"ingebracht: {1 if collective_id else 2},")


def test_a_flow_of_nobody_is_a_tile() -> None:
    figure = figures.flow(report(cases([raised("a")])), "maan")
    assert (figure.svg, figure.title) == ("", "Hoe ver het kwam")
    assert figure.text == "Hierover is niets bijgehouden in deze periode."


# The curve


def test_a_curve_is_told_step_by_step() -> None:
    figure = figures.waiting(answered(*[20] * 5, *[40] * 5))
    # Half had one after 20 days, all after 40.
    assert figure.text == "Met antwoord: na 0 dagen 0%; na 20 dagen 50%; na 40 dagen 100%."
    assert "Wat nog geen antwoord heeft, telt mee als wachtend." in figure.note


def test_a_long_curve_is_told_in_part() -> None:
    figure = figures.waiting(answered(*range(1, 61)))
    # 61 rows: one in five of them.
    assert figure.text.count("dagen") == -(-61 // 5)
    assert "na 60 dagen 100%" in figure.text


def test_a_curve_of_a_few_weeks_has_no_tick_beyond_it() -> None:
    ticks = written(figures.waiting(answered(*[20] * 5, *[40] * 5)))
    assert "90" not in ticks
    assert "0" in ticks


def test_a_wait_of_too_few_is_a_tile_with_its_reason() -> None:
    figure = figures.waiting(answered(3, 4))
    assert (figure.svg, figure.title) == ("", "Niet te zien.")
    assert figure.text.startswith("Het zijn te weinig ideeën")
    nothing = figures.waiting(report(cases([])))
    assert nothing.text == "Hoe lang een antwoord duurt is nog niet bijgehouden."


def test_a_curve_in_english_has_no_dutch() -> None:
    figure = figures.waiting(answered(*[20] * 10, lang="en"))
    said = " ".join([figure.title, figure.text, figure.note, *written(figure)])
    for dutch in ("dagen", "antwoord", "helft", "lichte"):
        assert dutch not in said.split()


# Small flows


@pytest.mark.parametrize(("n", "left"), [(1, 0), (12, 0), (13, 1)])
def test_twelve_are_drawn_and_the_others_counted(n: int, left: int) -> None:
    names = [f"c{at:02d}" for at in range(n)]
    content = report(cases([raised("a", name) for name in names], periods={name: ["2023"] for name in names}), "nl", "")
    (figure,) = figures.flows(content)
    assert ("En nog" in figure.note) == bool(left)
    assert f"En nog {left} andere collectieven." in figure.note or not left
    titles = [one for one in written(figure) if re.fullmatch(r"C\d\d", one)]
    assert titles == [name.capitalize() for name in names[:12]]
    assert "geen rangorde" in figure.note


def test_a_name_that_says_it_is_made_up_is_drawn_without() -> None:
    given = cases([raised("a")])
    given.collectives["name"] = "De Zonnebloem (fictief)"
    (figure,) = figures.flows(report(given, collective_id=""))
    assert "De Zonnebloem" in written(figure)
    assert figure.text.startswith("De Zonnebloem (fictief): 1 ingebracht, 0 uitgevoerd")  # who listens hears it


# Hours in euros


def worth(name: str, low: float, high: float, way: str = "", gate: str = "ok") -> dict[str, Any]:
    return {
        "question": "value", "indicator_id": name, "value": float("nan"), "ci_low": low, "ci_high": high,
        "group_type": "rekenmethode" if way else "", "group_value": way, "unit": "eur", "gate": gate,
    }  # fmt: skip


WIDE = worth("hours_value_wide_eur", 90.0, 4000.0)
NARROW = worth("hours_value_eur", 100.0, 3800.0)
WAGE = worth("hours_value_method_eur", 90.0, 110.0, "minimumloon")
MARKET = worth("hours_value_method_eur", 3600.0, 4000.0, "markt")


def drawn(page: Any, *rows: dict[str, Any], lang: str = "nl") -> Figure:
    return euros.hours_in_euros(page.content(*rows, lang=lang))


def test_ways_are_told_from_low_to_high(page: Any) -> None:
    figure = drawn(page, NARROW, WIDE, MARKET, WAGE)
    assert figure.text == "minimumloon: €90 tot €110; wat het op de markt kost: €3.600 tot €4.000."
    assert "euro, alle uren samen" in written(figure)
    assert "Grijs is alles bij elkaar." in figure.note


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (NARROW, WIDE, WAGE),  # one way is no comparison
        (NARROW, WIDE, WAGE, MARKET | {"gate": "niet_te_zien"}),
        (NARROW, WAGE, MARKET),  # without the range of all together
        (NARROW, WIDE | {"gate": "niet_te_zien"}, WAGE, MARKET),
    ],
)
def test_without_two_ways_and_a_whole_there_is_a_tile(page: Any, rows: tuple[dict[str, Any], ...]) -> None:
    figure = drawn(page, *rows)
    assert (figure.svg, figure.title) == ("", "Niet te zien.")
    assert figure.text == "Er is geen bereik in euro's te tekenen."


def test_amounts_have_the_separators_of_the_language(page: Any) -> None:
    dutch, english = (drawn(page, NARROW, WIDE, WAGE, MARKET, lang=lang) for lang in ("nl", "en"))
    assert "€3.600 tot €4.000" in dutch.text
    assert "€3,600 to €4,000" in english.text
    assert "3.000" in written(dutch)  # a tick
    assert "3,000" in written(english)


def test_a_drawing_does_not_change_the_rows(page: Any) -> None:
    content = page.content(NARROW, WIDE, WAGE, MARKET)
    before: pd.DataFrame = content.estimates.copy()
    euros.hours_in_euros(content)
    pd.testing.assert_frame_equal(content.estimates, before)
