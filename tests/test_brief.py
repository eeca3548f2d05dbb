"""The report in short: five lines that are true of what is kept, each number leading to its line in the appendix."""

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis.pages import brief, collective, known
from bt_analysis.pages.content import Content
from tests import change_rows
from tests.html_text import text_of
from tests.test_lesson_pages import LESSON

HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}
WORKED = {"lesson_id": "tuin--w", "context": "Een straat", "outcome": "Meer groen."}
FAILED = {
    "lesson_id": "tuin--n",
    "valence": "werkte_niet",
    "context": "Bakken op de stoep",
    "outcome": "Zij haakten af",
}


def counted(**values: float) -> list[dict[str, Any]]:
    """Return estimates of inputs: inputs_n and so on."""
    return [
        {"question": "inputs", "indicator_id": name, "value": value, "n": values["inputs_n"], "n_unit": "inputs",
         "unit": "aantal", "population": "collectief"}
        for name, value in values.items()
    ]  # fmt: skip


def less(group: str, value: float, high: float, **more: Any) -> dict[str, Any]:
    return {"question": "representation", "indicator_id": "representation_ratio", "group_type": "leeftijd",
            "group_value": group, "value": value, "ci_low": 0.1, "ci_high": high} | more  # fmt: skip


def report(page: Any, *rows: dict[str, Any], lessons: tuple[dict[str, Any], ...] = (), lang: str = "nl") -> Content:
    given = pd.DataFrame([LESSON | one for one in lessons])
    content: Content = page.content(*rows, lang=lang, learned={"lessons": given})
    return content


def said(content: Content) -> list[str]:
    return [" ".join(part.text for part in line) for line in brief.lines(content)]


def test_a_collective_that_keeps_nothing_has_five_honest_lines(page: Any) -> None:
    assert said(report(page)) == [
        "Activiteiten zijn nog niet bijgehouden, en deelname is nog niet bijgehouden.",
        "De inzet van vrijwilligers is nog niet bijgehouden.",
        "Wat niet goed ging, is nog niet opgeschreven.",
        "Nog onbekend is of er in de buurt iets veranderde, want daarvoor is nog niets gemeten.",
        "Om over te praten: wat willen we het komende jaar leren, en wat houden we daarvoor bij?",
    ]


def test_lessons_tell_what_worked_and_what_did_not(page: Any) -> None:
    lines = said(report(page, lessons=(WORKED, FAILED)))
    assert lines[1] == "Dit werkte: “Een straat” – “Meer groen”."
    assert lines[2] == "Dit werkte niet: “Bakken op de stoep” – “Zij haakten af”."


def test_harm_is_told_as_harm(page: Any) -> None:
    assert said(report(page, lessons=(FAILED | {"valence": "schade"},)))[2].startswith("Dit deed schade: “Bakken")


def test_a_lesson_without_consent_is_not_repeated(page: Any) -> None:
    hidden = {"text_shown": False, "context": "", "mechanism": "", "outcome": ""}
    lines = said(report(page, lessons=(WORKED | hidden, FAILED | hidden)))
    assert lines[1:3] == ["De inzet van vrijwilligers is nog niet bijgehouden.",
                          "Wat niet goed ging, is nog niet opgeschreven."]  # fmt: skip


def test_a_lesson_that_is_too_long_gives_way_to_the_next(page: Any) -> None:
    long = FAILED | {"outcome": " ".join(["woord"] * (known.MOST_WORDS + 1)), "lesson_id": "tuin--m"}
    assert said(report(page, lessons=(long, FAILED)))[2] == "Dit werkte niet: “Bakken op de stoep” – “Zij haakten af”."
    assert said(report(page, lessons=(long,)))[2] == "Wat niet goed ging, is nog niet opgeschreven."


@pytest.mark.parametrize(
    ("inputs", "well", "badly", "question"),
    [
        ({"inputs_n": 48, "inputs_executed_n": 9, "inputs_unanswered_n": 21}, "Van 48 ideeën zijn er 9 uitgevoerd.",
         "Op 21 ideeën kwam geen antwoord.", "Om over te praten: wie geeft antwoord op de 21 ideeën die nog wachten?"),
        ({"inputs_n": 6, "inputs_executed_n": 1, "inputs_unanswered_n": 1}, "Van 6 ideeën is er 1 uitgevoerd.",
         "Op 1 idee kwam geen antwoord.", "Om over te praten: wie geeft antwoord op het ene idee dat nog wacht?"),
        ({"inputs_n": 6, "inputs_executed_n": 0, "inputs_unanswered_n": 0},
         "De inzet van vrijwilligers is nog niet bijgehouden.", "Wat niet goed ging, is nog niet opgeschreven.",
         "Om over te praten: wat willen we het komende jaar leren, en wat houden we daarvoor bij?"),
    ],
)  # fmt: skip
def test_ideas_fill_the_places_of_lessons(
    page: Any, inputs: dict[str, float], well: str, badly: str, question: str
) -> None:
    lines = said(report(page, *counted(**inputs)))
    assert (lines[1], lines[2], lines[4]) == (well, badly, question)


def test_a_group_that_stayed_away_is_told_and_asked_about(page: Any) -> None:
    lines = said(
        report(page, less("15-25", 0.3, 0.5), less("0-15", 0.6, 0.9), *counted(inputs_n=9, inputs_unanswered_n=4))
    )
    assert lines[2] == "Mensen van 15 tot 25 jaar deden minder mee dan je zou verwachten."
    assert lines[4] == "Om over te praten: hoe nodigen we mensen van 15 tot 25 jaar uit?"


@pytest.mark.parametrize("row", [less("15-25", 0.3, 1.2), less("15-25", 0.3, 0.5, **HIDDEN)])
def test_a_group_that_is_not_sure_or_not_shown_is_not_named(page: Any, row: dict[str, Any]) -> None:
    assert not any("15 tot 25" in line for line in said(report(page, row)))


@pytest.mark.parametrize(
    ("verdict", "value", "place"),
    [("lager", -80.0, 1), ("hoger", 80.0, 2), ("geen_verschil", -3.0, 2)],  # less gas is what is hoped for
)
def test_a_finding_stands_where_it_belongs(page: Any, verdict: str, value: float, place: int) -> None:
    content = page.content(*change_rows.whole(verdict, value))
    lines = said(content)
    assert [at for at, line in enumerate(lines) if line.startswith("Aardgas per woning")] == [place]
    assert len(lines) == 5


def test_what_is_counted_leads_to_its_line_in_the_appendix(page: Any) -> None:
    rows = [
        {"question": "activities", "indicator_id": "activities_n", "value": 8},
        {"question": "reach", "indicator_id": "contacts_n", "value": 4239},
        *counted(inputs_n=33, inputs_executed_n=12, inputs_unanswered_n=7),
    ]
    content = report(page, *rows)
    html = collective.in_short(content)
    ids = dict(zip(content.estimates["indicator_id"], content.estimates["claim_id"], strict=True))
    assert f'<a href="#c-{ids["activities_n"]}">Er waren 8 activiteiten,</a>' in html
    assert f'<a href="#c-{ids["contacts_n"]}">met 4.239 deelnames.</a>' in html
    assert f'<a href="#c-{ids["inputs_executed_n"]}">Van 33 ideeën zijn er 12 uitgevoerd.</a>' in html
    # Every digit of these lines is in a link.
    assert not re.search(r"\d", text_of(re.sub(r"<a .*?</a>", "", html)).replace("1 · In het kort", ""))


def test_what_is_not_shown_leads_nowhere(page: Any) -> None:
    found = brief.done(page.content({"question": "reach", "indicator_id": "contacts_n", **HIDDEN}))
    assert found[1].claim_id == ""
    assert "tonen we niet" in found[1].text


def test_in_english_only_the_words_of_people_stay_dutch(page: Any) -> None:
    lines = said(report(page, lessons=(WORKED, FAILED), lang="en"))
    assert lines[1] == "This worked: “Een straat” – “Meer groen”."
    assert lines[2].startswith("This did not work: “")
    assert lines[4].startswith("To talk about")


def test_what_people_wrote_is_no_markup(page: Any) -> None:
    html = collective.in_short(report(page, lessons=(WORKED | {"context": "<script>x</script>"},)))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_every_line_is_one_sentence_of_at_most_25_words(page: Any) -> None:
    full = [*change_rows.whole("hoger", 80.0), less("15-25", 0.3, 0.5), *counted(inputs_n=9, inputs_executed_n=2)]
    for content in (report(page), report(page, *full, lessons=(WORKED, FAILED))):
        for line in said(content):
            assert len(line.split()) <= known.MOST_WORDS, line
            assert not re.search(r"[.?!]\s", line), line


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [{"question": "activities", "indicator_id": "activities_n", "value": 8},
             {"question": "activities", "indicator_id": "sessions_n", "value": 768},
             {"question": "reach", "indicator_id": "contacts_n", "value": 4239}],
            "Er waren 8 activiteiten, samen 768 keer gehouden, met 4.239 deelnames.",
        ),
        (
            [{"question": "activities", "indicator_id": "activities_n", "value": 1}],
            "Er was 1 activiteit, en deelname is nog niet bijgehouden.",
        ),
        (
            [{"question": "reach", "indicator_id": "contacts_n", "value": 30}],
            "Activiteiten zijn nog niet bijgehouden, en er waren 30 deelnames.",
        ),
    ],
)  # fmt: skip
def test_what_was_done_is_one_sentence(page: Any, rows: list[dict[str, Any]], told: str) -> None:
    assert said(report(page, *rows))[0] == told
