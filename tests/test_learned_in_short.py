"""In short and method of the cross-domain report: one sentence per section, thresholds as the settings have them."""

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis.pages import appendix, chapters, everyone, learned_in_short, limits, selection
from bt_analysis.pages.html import Html, text
from tests.html_text import text_of

ALL = {"collective_id": "", "group_type": "", "group_value": ""}


def told(page: Any, *rows: dict[str, Any], **given: Any) -> str:
    content = page.content(*(ALL | row for row in rows), **given)
    return text_of(" ".join([*learned_in_short.lines(content), *learned_in_short.further(content)]))


def figure(question: str, indicator_id: str, value: float, **more: Any) -> dict[str, Any]:
    return {"question": question, "indicator_id": indicator_id, "value": value} | more


def test_what_nobody_keeps_is_said_once(page: Any) -> None:
    found = told(page)
    assert "niemand houdt het bij: patronen, wat we bij iedereen bijhouden, gezamenlijke verandertheorie" in found
    assert found.count("niemand houdt het bij") == 1


@pytest.mark.parametrize(("done", "expected"), [(9, "zijn er 9 uitgevoerd"), (1, "is er 1 uitgevoerd")])
def test_inputs_are_told_with_those_without_answer(page: Any, done: int, expected: str) -> None:
    rows = [figure("inputs", "inputs_n", 48), figure("inputs", "inputs_executed_n", done),
            figure("inputs", "inputs_unanswered_n", 21)]  # fmt: skip
    found = told(page, *rows)
    assert expected in found
    assert "op 21 kwam geen antwoord." in found


@pytest.mark.parametrize(
    ("negative", "expected"),
    [(0, "gaat er geen over wat niet werkte. Misschien schreef niemand dat op."), (1, "gaat er 1 over iets dat niet"),
     (6, "gaan er 6 over iets dat niet werkte of schade deed.")],
)  # fmt: skip
def test_lessons_that_did_not_work_are_told_also_when_there_are_none(page: Any, negative: int, expected: str) -> None:
    rows = [figure("lessons", "lessons_n", 13), figure("lessons", "lessons_negative_n", negative)]
    assert expected in told(page, *rows)


def test_obstacles_that_may_not_be_shown_are_not_told(page: Any) -> None:
    hidden = figure("obstacles", "obstacles_n", 24, gate="niet_te_zien", gate_reason="few_people")
    assert "hindernis" not in told(page, hidden).replace("hindernissen", "hindernissen")
    both = [figure("obstacles", "obstacles_n", 24), figure("obstacles", "obstacles_resolved_n", 11)]
    assert "Collectieven noemden 24 hindernissen; 11 daarvan zijn opgelost." in told(page, *both)


@pytest.mark.parametrize(
    ("n", "expected"),
    [(4, "zijn ten minste 5 collectieven nodig; nu zijn het er 4."), (7, "Geen patroon is meer dan toeval.")],
)
def test_no_pattern_is_told_as_not_known(page: Any, n: int, expected: str) -> None:
    row = figure("patterns", "pattern_cases_n", n, group_type="uitkomst", group_value="inbreng_terug")
    tests = pd.DataFrame({"outcome": ["x"], "claimed": [False], "z": [1.0], "parts_n": [1]})
    assert expected in told(page, row, learned={"pattern_tests": tests})


def test_every_sentence_leads_to_its_section_and_is_short(page: Any) -> None:
    rows = [figure("lessons", "lessons_n", 13), figure("lessons", "lessons_negative_n", 6),
            figure("research_questions", "questions_n", 20), figure("research_questions", "backlog_n", 14)]  # fmt: skip
    content = page.content(*(ALL | row for row in rows))
    found = [*learned_in_short.lines(content), *learned_in_short.further(content)]
    leading = [re.search(r'href="#deel-(\d+)"', one) for one in found]
    assert [int(one[1]) for one in leading if one] == [2, 8, 9, 10]
    for one in text_of(" ".join(found)).split(". "):
        assert len(one.split(":")[0].split()) <= 25


def test_the_first_page_has_room_for_eight_sentences_and_the_rest_is_behind_it(page: Any) -> None:
    rows = [
        figure("lessons", "lessons_n", 13), figure("lessons", "lessons_negative_n", 6),
        figure("research_questions", "questions_n", 20), figure("research_questions", "backlog_n", 14),
        figure("coverage", "coverage_empty_n", 33, n=40.0), figure("obstacles", "obstacles_n", 24),
        figure("inputs", "inputs_n", 48), figure("inputs", "inputs_executed_n", 9),
        figure("inputs", "inputs_unanswered_n", 21), figure("patterns", "pattern_cases_n", 4, group_type="uitkomst"),
    ]  # fmt: skip
    content = page.content(*(ALL | row for row in rows))
    short = everyone.in_short(content)
    assert short.count("<li>") <= 8 + 1  # and what nobody keeps
    said = [sentence for own in learned_in_short.sentences(content).values() for sentence in own]
    assert len(said) > 7
    both = text_of(short + everyone.further(content))
    assert [both.count(one) for one in said] == [1] * len(said)
    # Who is not in it stands in front: it decides how all the rest is read.
    assert selection.brief(content) in text_of(short)


def test_what_the_report_is_made_of_is_behind_its_first_page(page: Any) -> None:
    content = page.content(collectives=page.collectives({}, {"collective_id": "zon", "period": "2020-2024"}))
    assert "dezelfde jaren" not in everyone.in_short(content)
    assert "<h2>Verder in het kort</h2>" in everyone.further(content)
    assert "Niet elk collectief telt over dezelfde jaren" in everyone.further(content)
    assert everyone.further(page.content(collectives=content.collectives.iloc[:0])) == ""


def test_who_is_not_in_it_is_one_line_that_leads_to_the_whole(page: Any) -> None:
    rows = [
        figure("selection", "approached_n", n, collective_id="", group_type="gevraagd_collectief", group_value=answer)
        for answer, n in {"doet_mee": 8, "weigert": 3, "stopt": 1}.items()
    ]
    found = selection.again(page.content(*rows))
    assert text_of(found).startswith("Niet iedereen doet mee: 3 zeiden nee, 1 stopte later. Dat kan het beeld vertek")
    assert f'href="#{selection.ANCHOR}"' in found
    assert selection.brief(page.content(*rows[:1])) == "Iedereen die is gevraagd, doet mee."


def test_a_piece_of_a_page_is_markup_once_and_what_is_added_to_it_is_text(page: Any) -> None:
    language = page.content().language
    assert "<b>x</b>" in text(language, "", [Html("<b>x</b>")])
    assert "&lt;b&gt;" in text(language, "", [Html("") + "<b>"])


def test_the_method_prints_every_threshold(page: Any) -> None:
    content = page.content()
    learning = content.settings.learning
    found = text_of(limits.method(content))
    for said in (
        f"Onder {learning.side_by_side_below} collectieven", f"Onder {learning.pooled_from} collectieven",
        f"hoogstens {100 * learning.level:.0f}%", f"waar {learning.silent_days} dagen",
        f"ouder dan {learning.outdated_months} maanden", f"{100 * learning.contested_share:.0f}% of meer ertegen",
        f"Gesteund: {learning.supported_collectives} collectieven", f"minder dan {100 * learning.negative_share:.0f}%",
        f"als {learning.unused_months} maanden", f"het getal {learning.seed}",
    ):  # fmt: skip
        assert said in found


def test_what_changed_is_told_with_the_day_it_is_compared_with(page: Any) -> None:
    rows = [
        ALL | figure("first_told", name, n, group_label="2026-01-31")
        for name, n in (("figures_first_told_n", 3), ("figures_other_n", 2), ("figures_gone_n", 1))
    ]
    found = text_of(limits.changed(page.content(*rows)))
    assert "Vergeleken met 31 januari 2026: 3 cijfers staan er voor het eerst in, 2 cijfers kwamen anders uit" in found
    assert "Er is geen eerder rapport" in text_of(limits.changed(page.content()))


def test_every_question_has_a_section() -> None:
    assert set(chapters.QUESTIONS.values()) <= set(chapters.TITLES)
    assert chapters.of("lessons") == 8
    assert chapters.of("something_new") == 11


def test_what_few_need_is_folded_and_nothing_is_folded_without_content(page: Any) -> None:
    content = page.content()
    assert everyone.detail(content, "kept", Html("")) == ""
    found = everyone.detail(content, "kept", Html("<p>x</p>"))
    assert "<details><summary>Wat elk collectief bijhoudt" in found
    assert "<p>x</p>" in found


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (figure("lessons", "lessons_n", 2, group_type="domein:energie_klimaat", group_value="werkte_niet"),
         "lessen, Energie en klimaat, werkte niet"),
        (figure("lessons", "lessons_n", 2, group_type="valentie", group_value="schade"), "lessen, deed schade"),
        (figure("experiments", "experiments_n", 6, group_type="stand", group_value="gestopt"),
         "experimenten, het is gestopt"),
        (figure("experiments", "experiments_n", 2, group_type="kaart", group_value="ok"),
         "experimenten, de tekst van de kaart is: niet veranderd sinds het begin"),
        (figure("research_questions", "questions_n", 5, group_type="stand", group_value="niemand_meet"),
         "onderzoeksvragen, niemand"),
    ],
)  # fmt: skip
def test_no_sum_is_named_by_a_code(page: Any, row: dict[str, Any], expected: str) -> None:
    content = page.content(ALL | row)
    assert appendix.name(content, content.estimates.iloc[0]) == expected
