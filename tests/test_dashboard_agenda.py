"""The agenda: what a report knows in; questions for a meeting, as a page, JSON and CSV, out."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.dashboard import agenda, exported
from bt_analysis.dashboard import page as pages
from bt_analysis.dashboard.agenda import Question
from bt_analysis.dashboard.talk_words import KINDS
from bt_analysis.pages import content as report
from tests.talk_cases import CARD, TRIAL, content, inputs, rows

REPLY = {
    "collective_id": "tuin", "return_id": "tuin--terug-1", "claim_id": "abc", "known": True, "date": "2025-02-07",
    "form": "deur", "reached_n": 12, "reply_type": "oneens", "reply_text": "Het is meer.", "withheld": False,
}  # fmt: skip
CHOICE = {
    "collective_id": "tuin", "tradeoff_id": "tuin--keuze-1", "text_shown": True, "option_a": "Parkeren",
    "option_b": "Bomen", "for_a": "Winkels;Gemeente", "for_b": "", "for_both": "", "decided_on": None,
}  # fmt: skip
LESSON = {
    "collective_id": "tuin", "lesson_id": "tuin--les-1", "recorded_on": "2024-03-01", "periods": "2024",
    "valence": "werkte_niet", "text_shown": True, "context": "Folders in de bus", "mechanism": "Niemand las ze.",
    "outcome": "Er kwam niemand",
}  # fmt: skip
ASKED = {
    "rq_id": "tuin--vraag-1", "collective_id": "tuin", "text": "Helpt water?", "text_en": "Does water help?",
    "proposed_by": "bewoner", "status": "open",
}  # fmt: skip
HOSTILE = '=HYPERLINK("http://x")<script>window.__hit=1</script>{{ 7*7 }}'


def texts(given: Any, kind: str = "") -> list[str]:
    return [one.text for one in agenda.questions(given) if kind in ("", one.kind)]


def test_who_answers_what_waits_longest_is_asked_first_and_the_rest_together(page: Any) -> None:
    given = content(page, input_fates=inputs(*({"waited_days": 10 * at, "text": f"Idee {at}"} for at in range(1, 9))))
    asked = [one for one in agenda.questions(given) if one.kind == "antwoord"]
    assert [one.text for one in asked[:2]] == ["Wie geeft antwoord op “Idee 8”?", "Wie geeft antwoord op “Idee 7”?"]
    # 8 ideas, of which 5 by name.
    assert asked[-1].text == "Wat doen we met de 3 andere ideeën zonder antwoord?"
    assert [one.ticked for one in asked] == [True, True, False, False, False, False]
    assert asked[0].because == "Bewoners wachten al 80 dagen. Het kwam tot: afgewogen."


@pytest.mark.parametrize(
    ("row", "kind", "text"),
    [
        ({"fate": "afgewezen_zonder_uitleg", "outcome": "afgewezen", "reason": "recht"}, "besluit",
         "Wie legt uit waarom “Een bankje” is afgewezen?"),
        ({"fate": "uitgesteld", "outcome": "uitgesteld", "reason": "tijd"}, "besluit",
         "Wanneer wordt wel besloten over “Een bankje”?"),
        ({"fate": "toegezegd", "outcome": "deels", "answered": True}, "besluit",
         "Wanneer wordt “Een bankje” uitgevoerd?"),
        ({"fate": "uitgevoerd", "outcome": "overgenomen", "answered": True}, "antwoord",
         "Wie vertelt bewoners dat “Een bankje” is uitgevoerd?"),
    ],
)  # fmt: skip
def test_a_decision_asks_who_explains_it_or_when_it_is_done(page: Any, row: Any, kind: str, text: str) -> None:
    given = content(page, input_fates=inputs(row))
    assert [(one.kind, one.text) for one in agenda.questions(given)] == [(kind, text)]


def test_what_was_answered_and_told_asks_nothing(page: Any) -> None:
    done = {"fate": "uitgevoerd", "outcome": "overgenomen", "answered": True, "reported_back": True}
    assert texts(content(page, input_fates=inputs(done))) == []


def test_a_running_experiment_asks_for_its_agreed_signals(page: Any) -> None:
    only = agenda.questions(content(page, experiments=rows(CARD, {}), trials=rows(TRIAL, {})))
    assert [one.text for one in only] == ["Zien we bij “Bomen in potten” al een afgesproken teken?"]
    assert only[0].because == "Gelukt als: Het wordt koeler. Stoppen als: Niemand geeft water."


def test_an_experiment_asks_how_it_ended_and_why_its_card_changed(page: Any) -> None:
    late = content(page, experiments=rows(CARD, {"criteria_changed_n": 1}), trials=rows(TRIAL, {"overdue": True}))
    assert texts(late) == [
        "Hoe liep het af met “Bomen in potten”?", "Waarom veranderde bij “Bomen in potten” wanneer het gelukt is?",
    ]  # fmt: skip


def test_an_experiment_without_consent_is_named_by_its_day(page: Any) -> None:
    asked = agenda.questions(content(page, experiments=rows(CARD, {"text_shown": False}), trials=rows(TRIAL, {})))
    assert (
        asked[0].text == "Zien we bij “experiment van 1 februari 2024 (tekst niet openbaar)” al een afgesproken teken?"
    )
    assert "Bomen" not in asked[0].because
    assert "koeler" not in asked[0].because


def test_replies_choices_failures_and_own_questions_are_asked(page: Any) -> None:
    given = content(
        page, replies=rows(REPLY, {}, {"reply_type": "eens"}, {"reply_text": ""}), tradeoffs=rows(CHOICE, {}),
        lessons=rows(LESSON, {}, {"valence": "werkte"}, {"text_shown": False}),
        research_questions=rows(ASKED, {}, {"status": "bekend"}),
    )  # fmt: skip
    assert [(one.kind, one.text) for one in agenda.questions(given)] == [
        ("weerwoord", "Wat doen we met deze reactie: “Het is meer.”"),
        ("les", "Wat doen we voortaan anders bij: “Folders in de bus”?"),
        ("keuze", "Wat weegt het zwaarst: “Parkeren” of “Bomen”?"),
        ("vraag", "Helpt water?"),
    ]
    because = {one.kind: one.because for one in agenda.questions(given)}
    assert because["keuze"] == "Parkeren: Winkels, Gemeente."
    assert because["les"] == "Niemand las ze. Er kwam niemand."
    assert because["vraag"] == "Gevraagd door: een bewoner. Het antwoord weten we nog niet."


def test_a_choice_that_was_made_or_may_not_be_read_is_not_asked(page: Any) -> None:
    given = rows(CHOICE, {"decided_on": "2024-01-01"}, {"text_shown": False})
    assert texts(content(page, tradeoffs=given)) == []


def test_a_group_that_stayed_away_is_invited_only_when_its_interval_leaves_out_one(page: Any) -> None:
    ratio = {"question": "representation", "indicator_id": "representation_ratio", "group_type": "leeftijd",
             "group_value": "15-25", "value": 0.4, "ci_low": 0.2, "ci_high": 0.8}  # fmt: skip
    given = content(page, ratio, ratio | {"group_value": "25-45", "ci_high": 1.2})
    assert texts(given, "wie") == ["Hoe nodigen we mensen van 15 tot 25 jaar uit?"]
    assert next(one for one in agenda.questions(given)).claim_id == "claim0"


def test_claims_that_residents_did_not_hear_are_asked_with_their_day(page: Any) -> None:
    told = {"question": "return", "unit": "aantal"}
    given = content(
        page, told | {"indicator_id": "claims_n", "value": 12.0}, told | {"indicator_id": "returned_n", "value": 5.0}
    )
    # 31 December + 180 days (learning.return_days) = 29 June.
    assert agenda.to_return(given) == (12 - 5, pd.Timestamp("2025-06-29"))
    assert [one.because for one in agenda.questions(given)] == ["Het zijn er 7. De afspraak is: voor 29 juni 2025."]


def test_an_agenda_keeps_what_was_chosen_and_adds_own_questions_cut_to_size(page: Any) -> None:
    given = content(page, input_fates=inputs({"waited_days": 9}, {"waited_days": 8}, {"waited_days": 7}))
    assert [one.id for one in agenda.chosen(given, None)] == ["antwoord-i1", "antwoord-i2"]
    own = "Wie zet koffie?\n\n  \n" + "x" * 400 + "\n" + "vraag\n" * 40
    asked = agenda.chosen(given, {"antwoord-i3", "bestaat-niet"}, own)
    assert [one.id for one in asked[:3]] == ["antwoord-i3", "eigen-1", "eigen-2"]
    assert asked[1].text == "Wie zet koffie?"
    assert len(asked[2].text) == agenda.LONGEST_OWN
    assert len(asked) == 1 + agenda.MOST_OWN


def test_questions_are_short_and_in_the_order_of_the_agenda(built_demo: Path) -> None:
    for name in ("energie-01", "huis-01", "stoep-01"):
        period = report.periods(built_demo)[name][-1]
        asked = agenda.questions(report.of_collective(built_demo, name, period, "nl"))
        assert len(asked) > 5
        assert len({one.id for one in asked}) == len(asked)
        order = [list(KINDS).index(one.kind) for one in asked]
        assert order == sorted(order)
        # What somebody wrote themselves is quoted, however long it is.
        assert all(len(one.text.split("“")[0].split()) <= 25 for one in asked)


# For other programs


def test_json_holds_questions_open_inputs_decisions_and_experiments(page: Any) -> None:
    given = content(
        page, input_fates=inputs({}, {"outcome": "overgenomen", "answered": True, "reported_back": True}),
        experiments=rows(CARD, {}), trials=rows(TRIAL, {}),
    )  # fmt: skip
    told = json.loads(exported.as_json(given, agenda.questions(given)))
    assert (told["collective_id"], told["period"], told["inputs_kept_until"]) == ("tuin", "2024", "2024-12-31")
    assert {name: len(told[name]) for name in ("questions", "open_inputs", "decisions", "experiments")} == {
        "questions": 2, "open_inputs": 1, "decisions": 1, "experiments": 1,
    }  # fmt: skip
    assert told["open_inputs"][0] == {
        "id": "i1", "text": "Een bankje", "stage": "gewogen", "day": "2024-01-10", "waited_days": 100,
    }  # fmt: skip
    assert told["decisions"][0]["because"] == "verteld"


def test_csv_has_the_same_rows_and_no_text_that_a_spreadsheet_calculates(page: Any) -> None:
    given = content(page, input_fates=inputs({"text": HOSTILE}))
    asked = agenda.chosen(given, None, "=1+1\n@SOM(A1)\n-2+3")
    lines = list(csv.DictReader(io.StringIO(exported.as_csv(given, asked))))
    assert [line["kind"] for line in lines] == ["question"] * 4 + ["open_input"]
    assert [line["text"] for line in lines[1:4]] == ["'=1+1", "'@SOM(A1)", "'-2+3"]
    assert lines[-1]["text"] == f"'{HOSTILE}"
    assert tuple(lines[0]) == exported.COLUMNS


def test_the_printed_agenda_numbers_on_and_leaves_room_and_is_escaped(page: Any) -> None:
    given = content(page, input_fates=inputs({"text": HOSTILE}))
    asked = [*agenda.chosen(given, None), Question("eigen-1", "eigen", "<b>Wie?</b>")]
    html = str(pages.agenda_page(given, asked))
    assert '<ol start="1">' in html
    assert '<ol start="2">' in html
    assert html.count("Afspraak, wie en wanneer:") == 2
    assert "<script>" not in html
    assert "&lt;b&gt;Wie?&lt;/b&gt;" in html
    assert "{{ 7*7 }}" in html


def test_an_agenda_without_questions_says_so(page: Any) -> None:
    assert "Er staat nog niets op de agenda." in str(pages.agenda_page(content(page), []))
    assert "Er zijn nog geen vragen." in str(pages.agenda_form(content(page)))
