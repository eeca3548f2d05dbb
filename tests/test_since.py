"""Since last time on a page: a line under the title, what came and went in words, and figures beside what they were."""

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis.methods import readability
from bt_analysis.pages import since
from bt_analysis.pages.differences import Since, Was
from bt_analysis.settings import Settings
from tests.html_text import text_of

AT = "2026-03-03T09:30:00+01:00"
HOURS = {"question": "hours", "indicator_id": "hours_total", "unit": "uur", "value": 45.0, "n": 4.0}
COUNTS = ("appeared", "seen", "hidden")


def was(value: float | None = 40.0, **more: Any) -> Was:
    standard = {"unit": "uur", "value_text": "", "gate": "ok", "gate_reason": "", "ci_low": None, "ci_high": None}
    return Was(**(standard | {"value": value, "n": 4.0} | more))


def other(**more: Any) -> Since:
    return Since.model_validate({"at": AT, "period": "2024", "both_n": 61} | more)


def rows_of(html: str) -> list[list[str]]:
    """Return the texts of the cells of each row of a table's body."""
    body = "".join(re.findall(r"<tbody>(.*?)</tbody>", html, flags=re.DOTALL))
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body, flags=re.DOTALL)
    return [
        [text_of(cell) for _, cell in re.findall(r"<(th|td)\b[^>]*>(.*?)</\1>", row, flags=re.DOTALL)] for row in rows
    ]


# The line in the summary


@pytest.mark.parametrize(
    ("lang", "more", "said"),
    [
        ("nl", {}, "Sinds het vorige rapport (3 maart 2026) is geen van de 61 cijfers anders."),
        ("nl", {"both_n": 1}, "Sinds het vorige rapport (3 maart 2026) is geen cijfer anders."),
        ("nl", {"changed": {"claim0": None}}, "Sinds het vorige rapport (3 maart 2026) is 1 van de 61 cijfers anders."),
        (
            "nl",
            {"changed": {"claim0": None, "claim1": None}, "both_n": 1234},
            "Sinds het vorige rapport (3 maart 2026) zijn 2 van de 1.234 cijfers anders.",
        ),
        (
            "nl",
            {"appeared": ("claim0",), "gone": {"inputs": 2}},
            (
                "Sinds het vorige rapport (3 maart 2026) is geen van de 61 cijfers anders. Er kwam 1 cijfer bij. "
                "Er vielen 2 cijfers weg."
            ),
        ),
        (
            "nl",
            {"seen": ("claim0", "claim1"), "hidden": ("claim1",)},
            (
                "Sinds het vorige rapport (3 maart 2026) is geen van de 61 cijfers anders. Er kwamen 2 cijfers bij. "
                "Er viel 1 cijfer weg."
            ),
        ),
        (
            "en",
            {"changed": {"claim0": None}, "hidden": ("claim1",)},
            "Since the previous report (3 March 2026) 1 of the 61 figures has changed. 1 figure is no longer there.",
        ),
        (
            "nl",
            {"period": "2022-2023"},
            "Dit is het eerste rapport over 2024. Het vorige ging over 2022–2023 en is van 3 maart 2026.",
        ),
    ],
)
def test_the_summary_says_how_many_figures_are_other(page: Any, lang: str, more: dict[str, Any], said: str) -> None:
    content = page.content(HOURS, HOURS, lang=lang)
    html = since.in_short(content, other(**more))
    assert text_of(html) == said
    assert 'href="#sinds"' in html
    assert all(len(one.split()) <= 25 for one in re.split(r"(?<=[.])\s", said))
    assert lang == "en" or readability.score(said) >= 60


def test_a_first_report_has_no_line_and_says_so_in_its_section(page: Any) -> None:
    assert since.in_short(page.content(HOURS), None) == ""
    html = since.section(page.content(HOURS), None)
    assert '<h2 id="sinds">Sinds de vorige keer</h2>' in html
    assert "Dit is het eerste rapport over deze periode" in text_of(html)
    assert "<table" not in html
    assert "This is the first report on this period" in text_of(since.section(page.content(HOURS, lang="en"), None))


# Figures


def test_a_figure_stands_beside_what_it_was_with_its_unit(page: Any) -> None:
    content = page.content(HOURS | {"ci_low": 40.0, "ci_high": 50.0, "n": 5.0})
    html = since.section(content, other(changed={"claim0": was(ci_low=36.0, ci_high=44.0)}))
    (row,) = rows_of(html)
    assert row[0].startswith("Uren: ")
    assert row[1:] == ["40 uur (36 – 44), n = 4", "45 uur (40 – 50), n = 5", "", "claim0"]
    assert '<a href="#c-claim0">' in html  # leads to its line in the list of all figures


def test_figures_follow_the_notation_of_the_reader(page: Any) -> None:
    html = since.section(page.content(HOURS | {"value": 4500.0}, lang="en"), other(changed={"claim0": was(1234.0)}))
    (row,) = rows_of(html)
    assert row[1:3] == ["1,234 hours", "4,500 hours"]
    assert "Changed is not better or worse." in text_of(html)


def test_what_reads_the_same_after_rounding_is_not_other(page: Any) -> None:
    html = since.section(page.content(HOURS | {"value": 45.4}), other(changed={"claim0": was(45.0)}))
    assert "is geen van de 61 cijfers anders" in text_of(html)
    assert "<table" not in html


def test_a_reservation_that_came_or_went_is_told(page: Any) -> None:
    reserved = {"gate": "voorbehoud", "gate_reason": "n_below_minimum"}
    content = page.content(HOURS | reserved, HOURS)
    changed = {"claim0": was(45.0), "claim1": was(45.0, **reserved)}
    came, went = rows_of(since.section(content, other(changed=changed)))
    assert came[1] == came[2] == "45 uur"
    assert "30" in came[3]
    assert went[3] == "voorbehoud vervallen"


def test_what_was_said_in_words_is_said_in_words(page: Any) -> None:
    content = page.content(HOURS | {"question": "reach", "unit": "%", "value": 52.0, "n": 20.0})
    content.estimates["value_text"] = "ongeveer_de_helft"
    html = since.section(
        content, other(changed={"claim0": was(24.0, unit="%", n=20.0, value_text="ongeveer_een_kwart")})
    )
    (row,) = rows_of(html)
    assert row[1].startswith("ongeveer een kwart")
    assert row[2].startswith("ongeveer de helft")
    assert "24" not in text_of(html)
    assert "52" not in text_of(html)


def test_what_came_and_went_is_told_by_what_it_is_about(page: Any) -> None:
    content = page.content(HOURS, {"question": "inputs"}, {"question": "inputs"}, {"question": "reach"}, HOURS)
    told = text_of(
        since.section(
            content,
            other(
                appeared=("claim0", "claim1", "claim2"), seen=("claim3",), hidden=("claim4",), gone={"savings": 2},
                changed={"claim0": None},
            ),
        )
    )  # fmt: skip
    assert "Anders dan toen: uren (1)." in told
    assert "Nieuw: uren (1), inbreng (2)." in told
    assert "Nu wel te tonen: wie er kwam (1)." in told
    assert "Nu niet meer te tonen: uren (1)." in told
    assert "Niet meer in dit rapport: besparingen (2)." in told


def test_of_a_figure_whose_value_may_not_be_said_there_is_no_row(page: Any) -> None:
    html = since.section(page.content(HOURS, HOURS), other(changed={"claim0": None, "claim1": was()}))
    assert [row[-1] for row in rows_of(html)] == ["claim1"]
    assert "zijn 2 van de 61 cijfers anders" in text_of(html)
    assert "Het vorige rapport was nog alleen voor het collectief" in text_of(html)
    assert "alleen voor" not in text_of(since.section(page.content(HOURS), other(changed={"claim0": was()})))


def test_a_long_list_is_folded_and_paper_says_so(page: Any) -> None:
    n = since.MOST_ROWS + 1
    content = page.content(*([HOURS] * n))
    html = since.section(content, other(changed={f"claim{at}": was() for at in range(n)}))
    assert f"<summary>Cijfers die anders zijn dan op 3 maart 2026 ({n})</summary>" in html
    assert "Op papier staat deze lijst er niet bij." in text_of(html)
    assert "<details>" in html
    short = since.section(content, other(changed={f"claim{at}": was() for at in range(n - 1)}))
    assert "<details" not in short


# Apart from the figures


def test_sources_settings_and_program_are_told_in_words(page: Any) -> None:
    found = other(
        sources={"85984NED": ("2025-01-01", "2026-02-01"), "86165NED": ("", "2026-01-01")},
        settings={"gates.min_n": ("30", "20")}, version=("0.1.0", "0.2.0"),
    )  # fmt: skip
    told = text_of(since.section(page.content(HOURS), found))
    assert "Nieuwere bron: 85984NED van 1 februari 2026." in told
    assert "Nieuwe bron: 86165NED." in told
    assert "Een andere instelling: gates.min_n was 30 en is nu 20." in told
    assert "Een ander programma: bt_analysis 0.1.0 werd 0.2.0." in told
    english = text_of(since.section(page.content(HOURS, lang="en"), found))
    assert "Newer source: 85984NED of 1 February 2026." in english
    assert "Another setting: gates.min_n was 30 and is 20 now." in english


def test_figures_of_another_period_are_not_set_beside_each_other(page: Any) -> None:
    html = since.section(page.content(HOURS), other(period="2023", version=("1", "2")))
    assert "<table" not in html
    told = text_of(html)
    assert "Het vorige ging over 2023" in told
    assert "Cijfers van verschillende periodes leggen we niet naast elkaar." in told
    assert "bt_analysis 1 werd 2" in told


def test_a_question_without_a_head_of_its_own_is_named_by_its_section(page: Any) -> None:
    found = other(gone={"scale": 1, "hours": 2})
    assert "welke collectieven, en welke niet (1), uren (2)" in text_of(since.section(page.content(HOURS), found))


def across(page: Any, *names: str, lang: str = "nl") -> Any:
    ids = [name.lower() for name in names]
    bundles = pd.DataFrame({"collective_id": ids, "bundle_id": [f"{one}-1" for one in ids]})
    named = page.collectives(*({"collective_id": one, "name": name} for one, name in zip(ids, names, strict=True)))
    return page.content(HOURS | {"collective_id": ""}, collectives=named, bundles=bundles, lang=lang)


def test_who_joined_is_named_and_who_left_only_counted(page: Any) -> None:
    content = across(page, "Bos", "Tuin", "Wijk")
    found = other(joined=("tuin", "wijk"), left_n=1, newer_n=2, changed={"claim0": None})
    told = text_of(since.section(content, found))
    assert "Erbij gekomen: Tuin, Wijk." in told
    assert "1 collectief zit er niet meer in." in told
    assert "2 collectieven gaven nieuwere gegevens." in told
    assert "Het verschil kan iets van één collectief verraden" in told
    assert "Erbij gekomen: Wijk." in text_of(since.section(content, other(period="2023", joined=("wijk",))))
    told = text_of(since.section(across(page, "Bos", "Tuin", lang="en"), other(left_n=3, newer_n=1)))
    assert "3 collectives are no longer in it." in told
    assert "1 collective gave newer data." in told
    assert "Joined" not in told
    assert "give away" not in told  # nothing was left unsaid


# What others wrote


def test_nothing_that_was_read_becomes_markup(page: Any) -> None:
    bad = "<script>alert(1)</script>"
    found = other(
        gone={bad: 1}, sources={bad: ("2025", "2026-01-01"), bad + "2": ("", "2026")}, version=(bad, "1"),
        settings={bad: (bad, bad)}, changed={"claim0": was(unit=bad, value_text=bad)},
    )  # fmt: skip
    html = since.section(page.content(HOURS, settings=Settings()), found) + since.in_short(page.content(HOURS), found)
    assert "<script" not in html
    assert "&lt;script" in html


@pytest.mark.parametrize("name", COUNTS)
def test_a_number_that_is_not_in_the_report_any_more_is_passed_over(page: Any, name: str) -> None:
    found = other(**{name: ("ffffffffffff",)}, changed={"eeeeeeeeeeee": was()})
    told = text_of(since.section(page.content(HOURS), found))
    assert "is geen van de 61 cijfers anders" in told
    assert "()" not in told
