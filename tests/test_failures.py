"""What did not work, and both sides of a scan, in words: the sentences of one, of many and of nobody."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import made
from bt_analysis.analysis.learning.cooperation import CONDITIONS
from bt_analysis.pages import cooperation, failures, questions
from bt_analysis.pages.content import Content
from tests.html_text import text_of

LESSON: dict[str, Any] = {
    "collective_id": "tuin", "periods": "2024", "domain": "welzijn", "valence": "werkte", "text_shown": True,
    "recorded_on": pd.Timestamp("2024-03-01"), "mechanism": "m", "outcome": "o",
}  # fmt: skip


def lessons(*rows: dict[str, Any]) -> pd.DataFrame:
    return made([LESSON | {"lesson_id": f"l{at}", "context": f"c{at}"} | row for at, row in enumerate(rows)], "lessons")


def count(indicator_id: str, n: float, question: str = "lessons") -> dict[str, Any]:
    return {"question": question, "indicator_id": indicator_id, "collective_id": "", "value": n, "unit": "lessen"}


def said(page: Any, *rows: dict[str, Any], lang: str = "nl", **tables: Any) -> str:
    content: Content = page.content(*rows, lang=lang, learned={"lessons": lessons({}), **tables})
    return text_of(failures.section(content))


# Sentences above


@pytest.mark.parametrize(
    ("silent", "sentence"),
    [
        (0, ""),
        (1, "1 collectief schreef niets op over wat niet werkte."),
        (2, "2 collectieven schreven niets op over wat niet werkte."),
    ],
)
def test_collectives_that_tell_no_failure_are_counted_and_not_named(page: Any, silent: int, sentence: str) -> None:
    found = said(page, count("collectives_telling_n", 4), count("collectives_without_negative_n", silent))
    assert sentence in found
    assert ("Daarom noemen we geen namen." in found) == bool(silent)


@pytest.mark.parametrize(
    ("hidden", "sentence"),
    [(0, ""), (1, "Van 1 les tonen we de tekst niet; ze telt wel mee."), (3, "Van 3 lessen tonen we de tekst niet;")],
)
def test_lessons_without_text_are_counted_all_the_same(page: Any, hidden: int, sentence: str) -> None:
    found = said(page, count("collectives_telling_n", 4), count("lessons_hidden_n", hidden))
    assert sentence in found
    assert ("tonen we de tekst niet" in found) == bool(hidden)


def test_experiments_without_lessons_still_have_a_section(page: Any) -> None:
    row = {"collective_id": "tuin", "experiment_id": "e", "declared": "vooraf", "outcome": "gestopt", "card": "ok",
           "text_shown": True, "problem": "Te warm", "overdue": False}  # fmt: skip
    content = page.content(learned={"trials": made([row], "trials")})
    found = text_of(failures.section(content))
    assert "Lessen zijn nog niet bijgehouden." in found
    assert "Gestopt" in found
    assert "Wat misging: Te warm" in found


@pytest.mark.parametrize(
    ("outcome", "told"),
    [("schade", True), ("werkte_niet", True), ("gestopt", True), ("geen_verschil", True), ("werkte_deels", False),
     ("werkte", False), ("verschil", False), ("loopt", False), ("gepland", False), ("onbekend", False)],
)  # fmt: skip
def test_only_what_stopped_failed_or_showed_nothing_is_among_failures(page: Any, outcome: str, told: bool) -> None:
    row = {"collective_id": "tuin", "experiment_id": "e", "declared": "onbekend", "outcome": outcome, "card": "ok",
           "text_shown": True, "problem": "Te warm", "overdue": False}  # fmt: skip
    content = page.content(learned={"trials": made([row], "trials")})
    assert ("Te warm" in failures.section(content)) == told


def test_tiles_are_only_of_what_was_counted(page: Any) -> None:
    late = count("experiments_overdue_n", 1, "experiments") | {"unit": "experimenten"}
    assert "1 experiment over tijd, zonder resultaat" in said(page, late)
    assert "2 experimenten over tijd" in said(page, late | {"value": 2})
    assert "over tijd" not in said(page)


# Which cards stand first


def first(*rows: dict[str, Any]) -> list[str]:
    return [str(one) for one in failures.spread(lessons(*rows))["lesson_id"]]


def test_domains_take_turns_before_any_has_a_second_card() -> None:
    rows: list[dict[str, Any]] = [
        {"domain": domain} for domain in ("welzijn", "welzijn", "welzijn", "gezondheid", "zeggenschap")
    ]
    assert first(*rows) == ["l0", "l3", "l4", "l1", "l2"]


def test_the_newest_goes_first_and_what_may_be_shown_before_what_may_not() -> None:
    rows: list[dict[str, Any]] = [
        {"recorded_on": pd.Timestamp("2024-01-01")}, {"recorded_on": pd.Timestamp("2024-05-01")},
        {"recorded_on": pd.Timestamp("2024-09-01"), "text_shown": False},
    ]  # fmt: skip
    assert first(*rows) == ["l1", "l0", "l2"]


def test_the_same_words_are_one_card_but_hidden_lessons_are_each_their_own() -> None:
    same: dict[str, Any] = {"context": "x"}
    assert first(same, same | {"collective_id": "huis"}) == ["l0"]
    hidden = {"text_shown": False, "context": "", "mechanism": "", "outcome": ""}
    assert first(hidden, hidden) == ["l0", "l1"]  # without words nobody knows that they are the same


def test_no_more_than_six_cards_stand_first() -> None:
    assert len(first(*[{}] * (failures.AT_ONCE + 3))) == failures.AT_ONCE
    assert len(first(*[{}] * (failures.AT_ONCE - 1))) == failures.AT_ONCE - 1


# A scan in words


def scan(page: Any, cells: dict[str, Any], lang: str = "nl") -> list[str]:
    """Say of a scan what differs; a condition that is not named is 3 and 3, of importance 4 and 4."""
    standard = {
        "collective_id": "tuin", "scan_id": "s", "actor_id": "tuin--g", "actor_name": "Gemeente",
        "other_side": "publiek", "date": pd.Timestamp("2024-03-01"), "civiel_state": "score",
        "other_state": "score", "civiel_score": 3,
        "other_score": 3, "gap": 0, "civiel_importance": 4, "other_importance": 4, "newest": True,
    }  # fmt: skip
    rows = [standard | {"condition": name} | cells.get(name, {}) for name in CONDITIONS]
    content = page.content(lang=lang, learned={"coop_gaps": made(rows, "coop_gaps")})
    (found,) = cooperation.scans(content)
    return cooperation.differences(content, found)


def test_two_sides_that_agree_on_all_are_one_sentence(page: Any) -> None:
    (told,) = scan(page, {})
    assert told == "Over alle 8 voorwaarden denken ze (bijna) hetzelfde."


@pytest.mark.parametrize(
    ("gap", "starts"),
    [
        (2, "Volgens bewoners gaat dit beter"),
        (-2, "Volgens overheid gaat dit beter"),
        (1, "Over alle 8"),
        (-1, "Over alle 8"),
    ],
)
def test_a_gap_of_two_points_is_told_and_of_one_is_not(page: Any, gap: int, starts: str) -> None:
    assert scan(page, {"taal": {"gap": gap}})[0].startswith(starts)


@pytest.mark.parametrize(
    ("ours", "theirs", "talk"), [(4, 4, True), (5, 4, True), (3, 5, False), (5, 3, False), (None, 5, False)]
)
def test_what_to_talk_about_is_important_to_both(page: Any, ours: Any, theirs: Any, talk: bool) -> None:
    told = scan(page, {"taal": {"gap": 3, "civiel_importance": ours, "other_importance": theirs}})
    assert any(one.startswith("Om over te praten") for one in told) == talk


def test_what_is_important_and_alike_is_nothing_to_talk_about(page: Any) -> None:
    told = scan(page, {"taal": {"gap": 1, "civiel_importance": 5, "other_importance": 5}})
    assert not any(one.startswith("Om over te praten") for one in told)


@pytest.mark.parametrize(
    ("state", "why"),
    [("weetniet", "weet het niet"), ("te_weinig_mensen", "te weinig mensen om te tonen"),
     ("aantal_onbekend", "aantal mensen onbekend")],
)  # fmt: skip
def test_a_side_without_a_score_says_why_for_one_condition_or_for_all(page: Any, state: str, why: str) -> None:
    cell = {"other_state": state, "other_score": None, "gap": None}
    assert f"Niet te zien bij gedeelde taal (overheid: {why})." in scan(page, {"taal": cell})
    every = scan(page, dict.fromkeys(CONDITIONS, cell))
    assert every == [f"Niet te zien (overheid: {why})."]


@pytest.mark.parametrize(
    ("gap", "before", "what"),
    [
        (1, 3, "kleiner bij gedeelde taal"),
        (-3, 1, "groter bij gedeelde taal"),
        (2, -2, "nergens anders"),  # as far apart, the other way round
        (None, 2, "nergens anders"),  # not seen now
    ],
)
def test_a_gap_grows_or_shrinks_in_size_whatever_its_direction(page: Any, gap: Any, before: Any, what: str) -> None:
    state = {} if gap is not None else {"other_state": "weetniet", "other_score": None}
    cell = {"gap": gap, "gap_before": before, **state}
    day = {name: {"date_before": pd.Timestamp("2023-03-01")} for name in CONDITIONS}
    told = scan(page, {**day, "taal": {**day["taal"], **cell}})
    assert f"Het verschil werd sinds 1 maart 2023: {what}." in told


def test_a_scan_in_english_has_no_dutch_and_no_holes(page: Any) -> None:
    told = " ".join(scan(page, {"taal": {"gap": 3}, "doelen": {"gap": -2}}, "en"))
    assert "{" not in told
    assert "bewoners" not in told
    assert "overheid" not in told


# Open questions


@pytest.mark.parametrize(
    ("who", "n", "told"),
    [
        ("bewoner", 1, "een bewoner"),
        ("bewoner", 2, "een bewoner, bij 2 collectieven"),
        ("", 1, "niet vastgelegd"),
        ("iemand anders", 1, "niet vastgelegd"),  # a word that is in no list is not repeated
    ],
)
def test_who_asked_is_told_with_how_many_collectives(page: Any, who: str, n: int, told: str) -> None:
    row = pd.Series({"proposed_by": who, "asked_by_n": n})
    assert questions._asked_by(page.content(), row) == told


def test_without_experiments_there_is_no_table_of_them(page: Any) -> None:
    assert failures.counts(page.content()) == ""
