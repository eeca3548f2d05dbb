"""Lessons and failures on a page: every branch has its sentence, cards have one size, no text without consent."""

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import made
from bt_analysis.pages import failures, lesson_settings, lessons
from bt_analysis.pages.content import Content
from tests.html_text import rows_of, text_of

LESSON: dict[str, Any] = {
    "collective_id": "tuin", "lesson_id": "tuin--a", "recorded_on": pd.Timestamp("2024-03-01"), "periods": "2024",
    "domain": "leefomgeving", "country": "NL", "valence": "werkte", "text_shown": True, "context": "Een straat",
    "mechanism": "Samen beginnen", "outcome": "Meer groen",
}  # fmt: skip
HIDDEN = {"text_shown": False, "context": "", "mechanism": "", "outcome": ""}
WARNING: dict[str, Any] = {
    "collective_id": "tuin", "period_start": pd.Timestamp("2024-01-01"), "period_end": pd.Timestamp("2024-12-31"),
    "warning": "no_negative", "first_day": pd.Timestamp("2024-01-01"), "last_day": pd.Timestamp("2024-12-31"),
    "lessons_n": 3, "negative_n": 0,
}  # fmt: skip
TRIAL: dict[str, Any] = {
    "collective_id": "tuin", "experiment_id": "tuin--e", "declared": "vooraf", "card": "ok", "outcome": "gestopt",
    "text_shown": True, "problem": "Te warm", "change_tried": "Tegels lichten", "ended_with": "Niemand kwam",
    "overdue": False,
}  # fmt: skip


def told(of: dict[str, float], owner: str = "tuin", **more: Any) -> list[dict[str, Any]]:
    """Return estimates of how many lessons there are of each valence."""
    return [
        {"question": "lessons", "indicator_id": "lessons_n", "collective_id": owner, "group_type": "valentie",
         "group_value": name, "value": n, "unit": "lessen", "n_unit": "lessons"} | more
        for name, n in of.items()
    ]  # fmt: skip


def report(
    page: Any, *rows: dict[str, Any], estimates: list[dict[str, Any]] | None = None, lang: str = "nl",
    warnings: tuple[dict[str, Any], ...] = (), **tables: Any,
) -> Content:  # fmt: skip
    given = [LESSON | {"lesson_id": f"tuin--{at}"} | row for at, row in enumerate(rows)]
    learned = {
        "lessons": made(given, "lessons"),
        "lesson_warnings": made([WARNING | one for one in warnings], "lesson_warnings"),
        **{name: made(one, name) for name, one in tables.items()},
    }
    content: Content = page.content(*(estimates or told({"werkte": len(rows)})), lang=lang, learned=learned)
    return content


def heads(html: str) -> list[str]:
    return re.findall(r"<section><h[34]>(.*?)</h[34]>", html)


# A collective's section


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("nl", "Lessen zijn nog niet bijgehouden."), ("en", "Lessons are not kept yet.")],
)
def test_nobody_keeps_lessons(page: Any, lang: str, sentence: str) -> None:
    assert sentence in lessons.section(report(page, lang=lang))
    assert sentence in lessons.section(page.content(lang=lang))  # built by an earlier version
    assert sentence in failures.section(page.content(lang=lang))


def test_a_period_without_lessons_says_so(page: Any) -> None:
    html = lessons.section(report(page, {"periods": "2023"}))
    assert "In deze periode is geen les opgeschreven." in html
    assert heads(html) == []


def test_every_valence_is_counted_in_one_sentence(page: Any) -> None:
    counts = told({"werkte": 2, "werkte_deels": 0, "werkte_niet": 1, "schade": 1})
    content = report(page, {}, estimates=counts)
    assert lessons.told(content, "tuin") == "Er zijn 4 lessen opgeschreven: 2 werkten, 1 werkte niet, 1 deed schade."
    assert lessons.told(report(page, {}), "tuin") == "Er is 1 les opgeschreven: 1 werkte."
    assert lessons.told(report(page, {}, lang="en"), "tuin") == "1 lesson was written down: 1 worked."
    assert lessons.told(content, "huis") == ""


def test_a_failure_is_among_the_three_cards_and_the_others_are_folded_at_the_same_size(page: Any) -> None:
    rows = [{"recorded_on": pd.Timestamp(f"2024-0{month}-01")} for month in (5, 6, 7, 8)]
    content = report(page, {"valence": "schade"}, *rows)
    at_once, rest = lessons.section(content), lessons.others(content)
    assert sorted(heads(at_once)) == ["Deed schade", "Werkte", "Werkte"]
    assert heads(rest) == ["Werkte", "Werkte"]
    assert "Nog 2 lessen" in rest
    assert len(set(re.findall(r"<section[^>]*>", at_once + rest))) == 1  # one form for all
    assert lessons.others(report(page, *rows[:3])) == lessons.others(page.content()) == ""


def test_a_card_holds_situation_cause_and_consequence(page: Any) -> None:
    words = text_of(lessons.section(report(page, {"for_whom": "huurders"})))
    assert "Situatie: Een straat Waardoor: Samen beginnen Gevolg: Meer groen Voor wie: huurders" in words
    assert "1 maart 2024" in words
    assert "De Tuin" not in words  # it is its own report


def test_without_consent_the_card_stands_and_says_so(page: Any) -> None:
    html = lessons.section(report(page, HIDDEN | {"valence": "werkte_niet", "recorded_on": pd.NaT}))
    assert heads(html) == ["Werkte niet"]
    assert "De tekst tonen we niet" in html
    assert "Situatie" not in html


def test_a_failure_with_text_goes_before_one_without() -> None:
    rows = made(
        [
            LESSON | HIDDEN | {"lesson_id": "new", "valence": "schade", "recorded_on": pd.Timestamp("2024-09-01")},
            LESSON | {"lesson_id": "old", "valence": "werkte_niet"},
            *(LESSON | {"lesson_id": f"w{at}"} for at in range(3)),
        ],
        "lessons",
    )
    assert set(lessons.chosen(rows)["lesson_id"]) == {"old", "w0", "w1"}


@pytest.mark.parametrize(
    ("change", "nl", "en"),
    [
        ({}, "over 2024 is geen les opgeschreven van iets dat niet werkte", "in 2024 no lesson was written down of"),
        ({"lessons_n": 0}, "Over 2024 is geen les opgeschreven, ook niet", "In 2024 no lesson was written down, nor"),
        ({"first_day": pd.Timestamp("2023-05-02"), "last_day": pd.Timestamp("2024-05-01")},
         "in de laatste twaalf maanden is geen les opgeschreven van", "in the last twelve months no lesson was"),
        ({"first_day": pd.Timestamp("2023-05-02"), "last_day": pd.Timestamp("2024-05-01"), "lessons_n": 0},
         "In de laatste twaalf maanden is geen les opgeschreven.", "In the last twelve months no lesson"),
        ({"warning": "few_negative", "lessons_n": 6, "negative_n": 1},
         "van 6 lessen gaat er 1 over iets dat niet werkte. Dat is minder dan 20%.", "That is less than 20%."),
        ({"warning": "undated", "lessons_n": 1}, "Van 1 les weten we niet wanneer", "Of 1 lesson we do not know"),
        ({"warning": "undated", "lessons_n": 2}, "Van 2 lessen weten we niet", "Of 2 lessons we do not know"),
    ],
)  # fmt: skip
def test_a_warning_has_its_sentence(page: Any, change: dict[str, Any], nl: str, en: str) -> None:
    for lang, sentence in (("nl", nl), ("en", en)):
        said = lessons.warned(report(page, {}, warnings=(change,), lang=lang), "tuin")
        assert len(said) == 1
        assert sentence in said[0]


def test_that_none_is_too_few_is_said_once(page: Any) -> None:
    few = {"warning": "few_negative", "lessons_n": 3, "negative_n": 0}
    assert len(lessons.warned(report(page, {}, warnings=({}, few)), "tuin")) == 1
    assert lessons.warned(report(page, {}, warnings=({},)), "huis") == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("geld=0;vaste_plek=1", "met een vaste plek; zonder geld voor langer dan een jaar"),
        ("open_deur=?;vaste_plek=1", "met een vaste plek"),
        ("eigen_code=1;vaste_plek=1", "met eigen code en een vaste plek"),
        ("", ""),
    ],
)
def test_a_setting_is_written_in_words(page: Any, setting: str, words: str) -> None:
    assert lesson_settings.situation(report(page, {}), setting) == words


# What did not work, of all


ALL = [
    *told({"werkte": 3, "werkte_deels": 1, "werkte_niet": 2, "schade": 1}, owner=""),
    *({"question": "lessons", "indicator_id": name, "collective_id": "", "value": n, "unit": "lessen"}
      for name, n in (("collectives_telling_n", 2), ("collectives_without_negative_n", 1), ("lessons_hidden_n", 1))),
]  # fmt: skip


def test_what_did_not_work_stands_beside_what_did_in_the_same_cards(page: Any) -> None:
    rows = ({"valence": "werkte_niet"}, {"valence": "schade", "context": "Anders"}, {"context": "Nog anders"})
    html = failures.section(report(page, *rows, estimates=ALL, trials=[TRIAL]))
    assert heads(html) == ["Werkte niet", "Deed schade", "Werkte", "Gestopt"]
    assert len(set(re.findall(r"<section[^>]*>", html))) == 1
    words = text_of(html)
    assert "2 van de 1 collectieven schreven lessen op." in words  # two told, one is in this small report
    assert "3 werkten, 1 werkte deels, 2 werkten niet, 1 deed schade" in words
    assert "1 collectief schreef niets op over wat niet werkte." in words
    assert "Van 1 les tonen we de tekst niet; ze telt wel mee." in words
    assert "De Tuin" in words
    assert 'href="#c-' in html  # tiles lead to the appendix


def test_the_same_words_of_several_collectives_are_one_card(page: Any) -> None:
    rows = ({"valence": "schade"}, {"valence": "schade", "collective_id": "huis"})
    html = failures.section(report(page, *rows, estimates=ALL))
    at_once, _, rest = html.partition("<details>")
    assert (len(heads(at_once)), len(heads(rest))) == (1, 1)


def test_a_card_says_where_else_its_setting_holds_and_who_learnt_the_opposite(page: Any) -> None:
    setting = {
        "setting": "vaste_plek=1", "elsewhere_n": 4, "both": True,
        **dict.fromkeys(("told_by_n", "lessons_n", "worked_n", "partly_n", "failed_n", "harm_n"), 1),
        **dict.fromkeys(("tried_elsewhere_n", "holds_n", "differs_n", "unknown_n"), 1),
    }  # fmt: skip
    row = {"valence": "schade", "setting": "vaste_plek=1"}
    words = text_of(failures.section(report(page, row, estimates=ALL, lesson_settings=[setting])))
    assert "Dit was met een vaste plek. Zo is het ook bij 4 andere collectieven." in words
    assert "Let op: zo werkte het bij de een wel en bij de ander niet." in words
    one = text_of(failures.section(report(page, row, estimates=ALL, lesson_settings=[setting | {"elsewhere_n": 1}])))
    assert "Zo is het ook bij 1 ander collectief." in one


PATTERN = {
    "outcome": "inbreng_in_besluit", "pattern": "vaste_plek", "parts_n": 1, "claimed": True, "z": 3.1, "exact": False,
    "in_n": 10, "in_with_n": 9, "out_n": 10, "out_with_n": 1, "p": 0.001, "p_all": 0.002, "looked_n": 20,
}  # fmt: skip
MODERATOR = {
    "kind": "verandering", "indicator_id": "cohesie", "population": "deelnemers", "moderator": "vaste_plek",
    "collectives_n": 20, "slope": 0.4, "low": 0.1, "high": 0.7, "p": 0.001, "p_holm": 0.01, "r2": 50.0,
}  # fmt: skip
SETTING = {
    "setting": "vaste_plek=1", "elsewhere_n": 0, "both": False,
    **dict.fromkeys(("told_by_n", "lessons_n", "worked_n", "partly_n", "failed_n", "harm_n"), 1),
    **dict.fromkeys(("tried_elsewhere_n", "holds_n", "differs_n", "unknown_n"), 1),
}  # fmt: skip


def under_card(page: Any, pattern: dict[str, Any], moderator: dict[str, Any], lang: str = "nl") -> str:
    """What stands on the page of a lesson with a fixed place, beside one pattern and one moderator."""
    row = {"valence": "schade", "setting": "vaste_plek=1"}
    tables: dict[str, Any] = {"lesson_settings": [SETTING], "pattern_tests": [PATTERN | pattern]}
    tables |= {"pooled_moderators": [MODERATOR | moderator]}
    return text_of(failures.section(report(page, row, estimates=ALL, lang=lang, **tables)))


def test_a_card_says_when_its_condition_is_part_of_a_pattern_or_explains_differences(page: Any) -> None:
    words = under_card(page, {}, {})
    assert (
        "Over alle collectieven: met een vaste plek komt dit vaker voor: inbreng van bewoners kwam terug in een "
        "besluit." in words
    )
    assert "Over alle collectieven: met een vaste plek is de uitkomst hoger:" in words
    less = under_card(page, {"z": -3.1, "pattern": "~vaste_plek*geld"}, {"slope": -0.4})
    assert "zonder een vaste plek en met geld voor langer dan een jaar komt dit minder vaak voor" in less
    assert "met een vaste plek is de uitkomst lager" in less
    assert "{" not in under_card(page, {}, {}, "en")


@pytest.mark.parametrize(
    ("pattern", "moderator"),
    [
        ({"claimed": False}, {"p_holm": 0.06}),
        ({"pattern": "geld"}, {"moderator": "urbanity"}),
        ({"pattern": "vaste_plek_elders"}, {"moderator": "vaste"}),  # a part of its name is another condition
    ],
)
def test_what_was_not_found_or_is_about_another_condition_is_not_on_a_card(
    page: Any, pattern: dict[str, Any], moderator: dict[str, Any]
) -> None:
    assert "Over alle collectieven" not in under_card(page, pattern, moderator)


def test_lessons_are_counted_by_domain_and_by_country_when_there_are_two(page: Any) -> None:
    per_domain = told({"werkte": 2, "werkte_deels": 0, "werkte_niet": 1, "schade": 0}, owner="",
                      group_type="domein:leefomgeving")  # fmt: skip
    countries = [one for country in ("NL", "PT")
                 for one in told({"werkte": 1, "werkte_deels": 0, "werkte_niet": 0, "schade": 0}, owner="",
                                 group_type=f"land:{country}")]  # fmt: skip
    content = report(page, {}, estimates=ALL + per_domain + countries)
    assert rows_of(failures.domains(content)) == [["Leefomgeving", "2", "0", "1", "0"]]
    assert [row[0] for row in rows_of(failures.countries(content))] == ["NL", "PT"]
    assert failures.countries(report(page, {}, estimates=ALL + countries[:4])) == ""


def test_an_experiment_says_when_success_came_to_be_judged_otherwise(page: Any) -> None:
    row = TRIAL | {"criteria_changed_on": "2024-04-01;2024-06-01", "declared": "achteraf"}
    words = text_of(failures.section(report(page, estimates=ALL, trials=[row])))
    assert "Wat misging: Te warm Wat we probeerden: Tegels lichten Hoe het afliep: Niemand kwam" in words
    assert "Achteraf beschreven. Wanneer het gelukt is, werd later veranderd: 1 april 2024, 1 juni 2024." in words


def test_experiments_are_counted_with_all_outcomes_and_spreads(page: Any) -> None:
    counts = [
        {"question": "experiments", "indicator_id": "experiments_n", "collective_id": "", "group_type": kind,
         "group_value": value, "value": n, "unit": "experimenten"}
        for kind, value, n in (("uitkomst", "gestopt", 2), ("uitkomst", "werkte", 3), ("verspreiding", "beleid", 1),
                               ("vergelijking", "niet_ingevuld", 1), ("kaart", "no_consent", 1))
    ]  # fmt: skip
    rows = rows_of(failures.counts(report(page, estimates=counts)))
    assert rows[:2] == [["Wat eruit kwam", "Gestopt", "2"], ["Wat eruit kwam", "Werkte", "3"]]
    assert ["Hoe het zich verspreidde", "beleid geworden", "1"] in rows
    assert any("alleen het collectief kan dit nagaan" in row[1] for row in rows)


def test_without_consent_an_experiment_that_failed_stands_and_says_so(page: Any) -> None:
    row = TRIAL | {"text_shown": False, "problem": "", "change_tried": "", "ended_with": ""}
    html = failures.section(report(page, estimates=ALL, trials=[row]))
    assert heads(html) == ["Gestopt"]
    assert "De tekst tonen we niet" in html
