"""Research questions on a page: a grid in words and signs, what each rests on, and open ones for theses."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import asked, made, question_coverage
from bt_analysis.pages import questions
from bt_analysis.pages.content import Content
from tests.html_text import rows_of, text_of

CELL: dict[str, Any] = {
    "rq_id": "bt-1-bereik", "domain": "", "status": "open", "why": "reserved", "claims_n": 4, "collectives_n": 2,
    "firm_n": 0, "reserved_n": 4, "hidden_n": 0, "arrows_n": 0, "lessons_n": 0, "first_year": 2023, "last_year": 2024,
}  # fmt: skip
LEFT: dict[str, Any] = {
    "place": 1, "rq_id": "tuin--q", "own": True, "text": "Wordt het groener?", "text_en": "Wordt het groener?",
    "proposed_by": "bewoner", "asked_by_n": 1, "status": "open", "why": "few_collectives", "claims_n": 1,
    "collectives_n": 1, "first_year": 2024, "last_year": 2024, "size": "middel",
}  # fmt: skip


def report(page: Any, *cells: dict[str, Any], lang: str = "nl", left: tuple[dict[str, Any], ...] = ()) -> Content:
    """Return a report with these cells of the grid; other questions of the register are measured by nobody."""
    given = [CELL | one for one in cells]
    there = {(one["rq_id"], one["domain"]) for one in given}
    bare = {"status": "niemand_meet", "why": "nobody", "claims_n": 0, "collectives_n": 0,
            "first_year": None, "last_year": None}  # fmt: skip
    listed = asked.of_programme()
    domains = sorted({"", *(one["domain"] for one in given)})
    given += [CELL | bare | {"rq_id": rq_id, "domain": domain} for rq_id in listed["rq_id"] for domain in domains
              if (rq_id, domain) not in there]  # fmt: skip
    claims = [
        {"rq_id": "bt-1-bereik", "kind": "estimate", "claim_id": f"c{at}", "standing": "reserved"} for at in range(4)
    ]
    known = listed.assign(status="open", why="reserved")
    counts = [
        {"question": "research_questions", "indicator_id": "questions_n", "collective_id": "", "group_value": name,
         "group_type": "stand" if name else "", "value": n, "unit": "vragen"}
        for name, n in (("", 20), ("bekend", 3), ("betwist", 1), ("open", 2), ("niemand_meet", 14))
    ]  # fmt: skip
    learned = {
        "question_coverage": made(given, "question_coverage"),
        "question_claims": made(claims, "question_claims"),
        "research_questions": made(known, "research_questions"),
        "backlog": made(left, "backlog"),
    }
    content: Content = page.content(*counts, lang=lang, learned=learned)
    return content


def tables(html: str) -> list[str]:
    return html.split("<table>")[1:]


def test_every_status_has_a_word_and_a_sign_of_its_own() -> None:
    assert set(questions.STATUSES) == set(questions.SIGNS) == set(question_coverage.STATUSES)
    assert len(set(questions.SIGNS.values())) == len(set(questions.STATUSES.values())) == 4


def test_nothing_was_built(page: Any) -> None:
    assert "Antwoorden op de onderzoeksvragen zijn nog niet bijgehouden." in questions.coverage(page.content())
    nothing = questions.backlog(page.content())
    assert "Antwoorden op de onderzoeksvragen zijn nog niet bijgehouden." in nothing
    assert "Er is geen open vraag." not in nothing


def test_the_grid_has_a_table_per_group_a_row_per_question_and_a_column_per_domain(page: Any) -> None:
    cells: tuple[dict[str, Any], ...] = ({}, {"domain": "welzijn", "status": "betwist", "why": "signs"})
    html = questions.coverage(report(page, *cells))
    four = tables(html)[:4]
    assert [one.partition("<caption>")[2].partition("</caption>")[0][:4] for one in four] == [
        "1 · ",
        "2 · ",
        "3 · ",
        "4 · ",
    ]
    assert sum(len(rows_of(one)) for one in four) == len(asked.ways())
    row = next(row for row in rows_of(four[0]) if row[0] == "Wie doet er mee en wie niet?")
    assert row[1:] == ["○ open", "◐"]
    assert rows_of(four[1])[0][1:] == ["– niemand", "–"]
    assert "● bekend, ◐ betwist, ○ open, – niemand." in text_of(html)  # the signs in words
    assert "Welzijn" in four[0]


def test_it_counts_and_says_what_the_words_mean_and_that_the_questions_are_not_literal(page: Any) -> None:
    words = text_of(questions.coverage(report(page)))
    assert "Het programma stelde 20 vragen, in vier groepen." in words
    assert "Ze staan hier naar de aantekeningen, niet letterlijk." in words
    assert "3 bekend, 1 betwist, 2 open. 14 meet niemand." in words
    assert "Bekend: ten minste 3 collectieven hebben een cijfer zonder voorbehoud." in words
    assert "Who takes part and who does not?" in text_of(questions.coverage(report(page, lang="en")))


def test_behind_each_question_stand_why_what_there_is_and_the_codes(page: Any) -> None:
    html = questions.coverage(report(page, {}))
    behind = {row[0]: row[1:] for row in rows_of(tables(html)[4])}
    assert behind["Wie doet er mee en wie niet?"] == [
        "er zijn alleen cijfers met een voorbehoud", "4 stukken, 2 collectieven, 2023–2024", "c0, c1, c2 +1",
    ]  # fmt: skip
    assert behind["Waardoor verandert dat?"] == ["niemand houdt dit bij", "nog niets", ""]


@pytest.mark.parametrize(
    ("change", "there"),
    [
        ({"claims_n": 1, "collectives_n": 1, "first_year": 2024}, "1 stuk, 1 collectief, 2024"),
        ({"collectives_n": 0, "first_year": None}, "4 stukken, 2024"),
        ({"first_year": None, "last_year": None}, "4 stukken, 2 collectieven"),
    ],
)
def test_what_there_is_is_told_in_one_line(page: Any, change: dict[str, Any], there: str) -> None:
    rows = rows_of(tables(questions.coverage(report(page, change)))[4])
    assert there in [row[2] for row in rows]


def test_every_status_and_reason_has_words() -> None:
    grid = question_coverage.coverage(made((), "question_claims").assign(indicator_id=""), ["a"], [], 3)
    assert f"{grid['status'].iloc[0]}:{grid['why'].iloc[0]}" in questions.WHY
    assert {one.partition(":")[0] for one in questions.WHY} == set(question_coverage.STATUSES)


def test_questions_of_residents_have_a_table_of_their_own_before_those_of_the_programme(page: Any) -> None:
    programme = LEFT | {
        "place": 2, "rq_id": "bt-2-geld", "own": False, "text": "Waar komt het geld vandaan?", "needs": "Houd bij wie.",
        "needs_en": "Record who.", "text_en": "Where does the money come from?", "proposed_by": "onderzoeker",
        "status": "niemand_meet", "why": "nobody", "claims_n": 0, "collectives_n": 0, "size": "groot", "asked_by_n": 0,
    }  # fmt: skip
    asked_twice = LEFT | {"place": 3, "rq_id": "huis--q", "asked_by_n": 2, "proposed_by": "", "text": "Wie komt er?"}
    html = questions.backlog(report(page, left=(LEFT, programme, asked_twice)))
    own, others = (rows_of(one) for one in tables(html))
    assert [row[:2] for row in own] == [
        ["Wordt het groener?", "een bewoner"], ["Wie komt er?", "niet vastgelegd, bij 2 collectieven"],
    ]  # fmt: skip
    assert others == [[
        "Waar komt het geld vandaan?", "Houd bij wie.", "niemand houdt dit bij", "nog niets",
        "groot: eerst moet iemand het bijhouden",
    ]]  # fmt: skip
    english = questions.backlog(report(page, left=(programme,), lang="en"))
    assert rows_of(tables(english)[0])[0][:2] == ["Where does the money come from?", "Record who."]


def test_codes_of_claims_are_no_more_than_three(page: Any) -> None:
    content = report(page, {})
    assert len(content.learned["question_claims"]) == 4
    assert isinstance(content.learned["question_claims"], pd.DataFrame)
    assert "c3" not in text_of(questions.coverage(content))
