"""Who is not in it and what stops the work, in words: one and many, both languages, and the edges of a period."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import made
from bt_analysis.pages import coverage, lessons, obstacles, questions, selection, tradeoffs, umbrellas
from bt_analysis.pages.content import Content
from tests.html_text import rows_of, text_of

COUNT = {"question": "selection", "indicator_id": "approached_n", "collective_id": ""}


def asked(page: Any, counts: dict[str, int], kind: str = "gevraagd_collectief", lang: str = "nl") -> Content:
    rows = [COUNT | {"group_type": kind, "group_value": answer, "value": n} for answer, n in counts.items()]
    content: Content = page.content(*rows, lang=lang)
    return content


# In one line


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({}, "Wie niet mee wilde doen is niet bijgehouden."),
        ({"doet_mee": 4}, "Iedereen die is gevraagd, doet mee."),
        ({"doet_mee": 4, "weigert": 1}, "Niet iedereen doet mee: 1 zei nee."),
        ({"weigert": 2, "geen_antwoord": 1}, "Niet iedereen doet mee: 2 zeiden nee, 1 gaf geen antwoord."),
        ({"stopt": 1}, "Niet iedereen doet mee: 1 stopte later."),
        ({"stopt": 3}, "Niet iedereen doet mee: 3 stopten later."),
    ],
)
def test_who_is_not_in_it_in_one_line(page: Any, counts: dict[str, int], sentence: str) -> None:
    assert selection.brief(asked(page, counts)) == sentence


def test_collectives_go_before_parties_of_all_kinds(page: Any) -> None:
    rows = [
        COUNT | {"group_type": kind, "group_value": "weigert", "value": n}
        for kind, n in (("gevraagd", 9), ("gevraagd_collectief", 2))
    ]
    content = page.content(*rows)
    assert selection.brief(content) == "Niet iedereen doet mee: 2 zeiden nee."
    assert selection.warning(content).startswith("Collectieven zijn 2 keer gevraagd")


def test_answers_stand_in_one_order_whatever_the_order_of_the_rows(page: Any) -> None:
    content = asked(page, {})
    counts = {"geen_antwoord": 1.0, "stopt": 1.0, "doet_mee": 1.0}
    assert selection.answers(content, counts) == "1 doet mee, 1 stopte later, 1 gaf geen antwoord"
    assert selection.answers(content, {}) == ""


@pytest.mark.parametrize(
    ("lang", "words"), [("nl", "Dat kan het beeld vertekenen."), ("en", "That may distort the picture.")]
)
def test_said_again_it_links_to_where_the_whole_warning_stands(page: Any, lang: str, words: str) -> None:
    html = selection.again(asked(page, {"weigert": 2}, lang=lang))
    assert f'href="#{selection.ANCHOR}"' in html
    assert "2" in text_of(html)
    assert (words in text_of(html)) or lang == "en"
    assert ("vertekenen" in html) == (lang == "nl")


@pytest.mark.parametrize(("n", "said"), [(None, []), (0, []), (1, ["1 collectief in dit rapport is gestopt."])])
def test_nobody_stopped_is_no_sentence(page: Any, n: int | None, said: list[str]) -> None:
    row = {"question": "selection", "indicator_id": "stopped_collectives_n", "collective_id": "", "value": n}
    assert selection.stopped(page.content(*([row] if n is not None else []))) == said


# Reasons not to take part


def reasons(page: Any, *given: tuple[str, str, int]) -> str:
    """What the page says of reasons: answer, reason and how many times."""
    rows = [
        {"collective_id": "", "party": "collectief", "response": response, "reason": reason, "requests_n": n}
        for response, reason, n in given
    ]
    content = asked(page, {"weigert": 1})
    content.learned["selection"] = made(rows, "selection")
    return text_of(coverage.who_not(content))


def test_reasons_are_told_most_given_first_and_added_up(page: Any) -> None:
    found = reasons(page, ("weigert", "geen tijd", 2), ("stopt", "te druk", 4), ("geen_antwoord", "geen tijd", 3))
    assert "Redenen: geen tijd (5), te druk (4)." in found  # 2 + 3 = 5
    assert "de reden niet bekend" not in found


def test_a_reason_to_take_part_is_no_reason_not_to(page: Any) -> None:
    found = reasons(page, ("doet_mee", "leuk", 9), ("weigert", "", 2))
    assert "leuk" not in found
    assert "Redenen om niet mee te doen zijn niet bijgehouden, of niet om te tonen." in found


def test_no_more_than_eight_reasons_are_told(page: Any) -> None:
    given = [("weigert", f"reden {at:02d}", 20 - at) for at in range(coverage.REASONS_TOLD + 2)]
    found = reasons(page, *given)
    assert "reden 07 (13)" in found  # the eighth: 20 − 7
    assert "reden 08" not in found


def test_a_reason_is_no_markup(page: Any) -> None:
    rows = [{"collective_id": "", "party": "collectief", "response": "weigert", "reason": "<b>x</b>", "requests_n": 1}]
    content = asked(page, {"weigert": 1})
    content.learned["selection"] = made(rows, "selection")
    assert "<b>x" not in coverage.who_not(content)


# What helped


def helped(page: Any, period: str = "2024", **more: Any) -> str:
    row = {
        "collective_id": "tuin", "obstacle_id": "tuin--o", "side": "publiek", "type": "regels", "how": "Samen kijken",
        "how_shown": True, "first_seen": pd.Timestamp("2023-05-01"), "resolved_on": pd.Timestamp("2024-03-01"),
    } | more  # fmt: skip
    count = {"question": "obstacles", "indicator_id": "obstacles_n", "value": 1, "unit": "aantal", "period": period}
    content = page.content(count, period=period, learned={"obstacles": made([row], "obstacles")})
    return text_of(obstacles.of_collective(content))


@pytest.mark.parametrize(
    ("period", "resolved", "told"),
    [
        ("2024", "2024-01-01", True),
        ("2024", "2024-12-31", True),
        ("2024", "2023-12-31", False),  # over before the period, so it is in no tile of it
        ("2023", "2024-01-01", False),  # in the report of 2023 it still stood open
        ("2023-2024", "2024-03-01", True),
        ("2022", "2024-03-01", False),  # not even seen yet
        ("2024", None, True),  # what helps while it is open
    ],
)
def test_what_helped_is_of_obstacles_of_the_period(page: Any, period: str, resolved: str | None, told: bool) -> None:
    assert ("Samen kijken" in helped(page, period, resolved_on=pd.Timestamp(resolved))) == told


def test_what_helped_is_told_with_consent_and_words_only(page: Any) -> None:
    assert "Wat hielp:" in helped(page)
    assert "Wat hielp:" not in helped(page, how_shown=False)
    assert "Wat hielp:" not in helped(page, how="")
    assert "regels (overheid): Samen kijken" in helped(page)


@pytest.mark.parametrize(("more", "last"), [(0, ""), (1, "en nog 1"), (3, "en nog 3")])
def test_up_to_six_are_told_and_the_rest_counted(page: Any, more: int, last: str) -> None:
    rows = [
        {"collective_id": "tuin", "obstacle_id": f"tuin--o{at}", "side": "civiel", "type": "geld", "how": f"Hulp {at}",
         "how_shown": True, "first_seen": pd.Timestamp("2024-05-01")} for at in range(obstacles.MOST + more)
    ]  # fmt: skip
    count = {"question": "obstacles", "indicator_id": "obstacles_n", "value": 1, "unit": "aantal"}
    found = text_of(obstacles.of_collective(page.content(count, learned={"obstacles": made(rows, "obstacles")})))
    assert found.count("Hulp") == obstacles.MOST
    assert ("en nog" in found) == bool(more)
    assert last in found


# Choices and umbrellas

CHOICE: dict[str, Any] = {
    "collective_id": "tuin", "tradeoff_id": "tuin--t", "option_a": "Parkeren", "option_b": "Een tuin",
    "for_a": "Winkels", "text_shown": True, "decided_on": pd.Timestamp("2024-05-01"),
}  # fmt: skip


def choices(page: Any, *rows: dict[str, Any], lang: str = "nl") -> str:
    learned = {"tradeoffs": made([CHOICE | row for row in rows], "tradeoffs")}
    return str(tradeoffs.section(page.content(lang=lang, learned=learned)))


def test_a_choice_has_its_camps_its_day_and_what_is_not_kept(page: Any) -> None:
    rows = rows_of(choices(page, {}, {"for_a": "", "for_both": "School", "decided_on": pd.NaT}))
    assert rows == [
        ["Parkeren", "Winkels", "Een tuin", "niet bijgehouden", "1 mei 2024"],
        ["Parkeren", "School (voor allebei)", "Een tuin", "School (voor allebei)", "nog niet"],
    ]


@pytest.mark.parametrize(
    ("hidden", "sentence"), [(0, ""), (1, "Van 1 keuze tonen we de tekst niet"), (2, "Van 2 keuzes tonen we")]
)
def test_choices_without_text_are_counted(page: Any, hidden: int, sentence: str) -> None:
    found = text_of(choices(page, {}, *[{"text_shown": False, "option_a": "", "option_b": ""}] * hidden))
    assert sentence in found
    assert ("tonen we" in found) == bool(hidden)
    assert found.count("tekst niet getoond") == 2 * hidden


def test_choices_in_english_have_no_holes(page: Any) -> None:
    found = text_of(choices(page, {}, {"text_shown": False}, lang="en"))
    assert "{" not in found
    assert "keuze" not in found


def test_one_umbrella_has_no_line_of_all_together(page: Any) -> None:
    rows = [
        {"question": "umbrellas", "indicator_id": name, "collective_id": "", "group_type": kind, "group_value": group,
         "value": 1, "gate": "voorbehoud", "gate_reason": "of_some_memberships"}
        for name in ("umbrella_members_n", "umbrella_hours_per_year")
        for kind, group in (("", ""), ("koepel", "Koepel"))
    ]  # fmt: skip
    html = umbrellas.section(page.content(*rows))
    assert rows_of(html) == [["Koepel", "1 *", "1 *", "–", "–"]]
    assert text_of(html).count("telt alleen aansluitingen waarvan het is bijgehouden") == 1


# Lessons: one and many


@pytest.mark.parametrize(
    ("n", "failed", "nl", "en"),
    [
        (1, 0, "de enige les gaat niet over iets dat niet werkte.", "the only lesson is not about"),
        (6, 1, "van 6 lessen gaat er 1 over", "of 6 lessons 1 is about"),
        (20, 3, "van 20 lessen gaan er 3 over", "of 20 lessons 3 are about"),
        (6, 0, "van 6 lessen gaan er 0 over", "of 6 lessons 0 are about"),  # none has a day, so no year is silent
    ],
)
def test_too_few_failures_is_grammatical_for_one_and_many(page: Any, n: int, failed: int, nl: str, en: str) -> None:
    row = {
        "collective_id": "tuin", "warning": "few_negative", "lessons_n": n, "negative_n": failed,
        **dict.fromkeys(("period_start", "first_day"), pd.Timestamp("2024-01-01")),
        **dict.fromkeys(("period_end", "last_day"), pd.Timestamp("2024-12-31")),
    }  # fmt: skip
    for lang, sentence in (("nl", nl), ("en", en)):
        content = page.content(lang=lang, learned={"lesson_warnings": made([row], "lesson_warnings")})
        (said,) = lessons.warned(content, "tuin")
        assert sentence in said
        assert "{" not in said


@pytest.mark.parametrize(("n", "summary"), [(0, ""), (1, "Nog 1 les"), (2, "Nog 2 lessen")])
def test_folded_lessons_are_counted_for_one_and_many(page: Any, n: int, summary: str) -> None:
    row = {"collective_id": "tuin", "valence": "werkte", "text_shown": False, "recorded_on": pd.Timestamp("2024-03-01")}
    rows = made([row | {"lesson_id": f"l{at}"} for at in range(n)], "lessons")
    html = lessons.folded(page.content(), rows)
    assert summary in html
    assert bool(html) == bool(n)
    assert ("Nog 1 lessen" in html) is False


@pytest.mark.parametrize(
    ("valences", "first"),
    [
        (["werkte"], ["werkte"]),
        (["werkte_deels"] * 4, ["werkte_deels"] * 3),
        (["werkte", "werkte", "werkte", "werkte", "schade"], ["werkte", "werkte", "schade"]),
        (["schade", "schade", "schade", "schade", "werkte"], ["schade", "schade", "werkte"]),
        (["werkte_deels", "werkte_deels", "werkte_deels", "werkte", "werkte_niet"],
         ["werkte_deels", "werkte", "werkte_niet"]),
    ],
)  # fmt: skip
def test_three_cards_hold_the_newest_failure_and_the_newest_success(valences: list[str], first: list[str]) -> None:
    rows = made(
        [
            {"lesson_id": f"l{at}", "collective_id": "tuin", "valence": valence, "text_shown": True,
             "recorded_on": pd.Timestamp("2024-12-31") - pd.Timedelta(days=at)}
            for at, valence in enumerate(valences)
        ],
        "lessons",
    )  # fmt: skip
    assert lessons.chosen(rows)["valence"].tolist() == first


# Research questions: heads of columns and who asked


@pytest.mark.parametrize(
    ("name", "narrow"),
    [
        ("Leefomgeving", "Leef\u00adomgeving"),
        ("Weerbaarheid", "Weer\u00adbaarheid"),
        ("Gezondheid", "Gezond\u00adheid"),
        ("heid", "heid"),  # nothing is left in front
        ("Welzijn", "Welzijn"),
    ],
)
def test_a_long_head_may_break_before_its_ending(name: str, narrow: str) -> None:
    assert questions._narrow(name) == narrow
    assert questions._narrow(name).replace("\u00ad", "") == name
