"""Parts of the dashboard: what is talked over in; HTML for residents, municipality and a notebook, out."""

import re
from typing import Any

import pytest

from bt_analysis.dashboard import live, parts, reply, talk
from bt_analysis.dashboard import page as pages
from bt_analysis.dashboard.reply import Choice
from tests.talk_cases import CARD, TRIAL, content, inputs, rows

DECIDED = {"stage": "besloten", "outcome": "afgewezen", "reason": "geld", "last_on": "2024-05-01"}
EVENT = {"collective_id": "tuin", "experiment_id": "tuin--proef", "event_id": "1", "date": "2024-03-01",
         "type": "aanpassing", "text_shown": True, "text": "Grotere potten", "decided_by": ""}  # fmt: skip
CLAIMS = {"2 · Wat we samen deden": [Choice("abc", "Er waren 4 activiteiten.")]}


def cells(html: str) -> list[list[str]]:
    """Return the text of every row of every table."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", html, flags=re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in found]


def test_each_part_says_so_when_nothing_is_kept(page: Any) -> None:
    nothing = content(page)
    assert "nog niet bijgehouden" in parts.stages(nothing)
    assert "niet bijgehouden" in parts.due(nothing)
    assert "nog geen besluit" in parts.decisions(nothing)
    assert "nog geen experiment" in parts.experiments(nothing)
    assert parts.at_a_glance(nothing) == ""


def test_when_all_is_answered_that_is_said(page: Any) -> None:
    given = content(page, input_fates=inputs({"answered": True, "reported_back": True, "fate": "beantwoord"}))
    assert "Op alle ideeën kwam antwoord." in parts.stages(given)


def test_open_inputs_are_counted_by_stage_and_wait_and_add_up(page: Any) -> None:
    given = content(page, input_fates=inputs({"waited_days": 10}, {"waited_days": 400}, DECIDED | {"waited_days": 20}))
    table = cells(parts.stages(given))
    assert table[1:] == [
        ["afgewogen", "1", "–", "–", "1", "2"],
        ["besloten", "1", "–", "–", "–", "1"],
        ["alles samen", "2", "–", "–", "1", "3"],
    ]


def test_an_open_input_is_listed_with_its_decision_and_reason(page: Any) -> None:
    given = content(page, input_fates=inputs(DECIDED | {"waited_days": 1200}, {"waited_days": 1}))
    html = parts.open_rows(given, talk.still_open(given))
    assert "2 ideeën wachten op antwoord." in html
    assert cells(html)[1:] == [
        ["Een bankje", "10 januari 2024", "besloten", "afgewezen (geld)", "1.200"],
        ["Een bankje", "10 januari 2024", "afgewogen", "nog niet besloten", "1"],
    ]
    one = parts.open_rows(given, talk.still_open(given).head(1))
    assert "1 idee wacht op antwoord." in one
    assert "Geen idee past hierbij." in parts.open_rows(given, talk.still_open(given).head(0))


def test_answers_due_stand_by_what_has_to_happen(page: Any) -> None:
    given = content(page, input_fates=inputs(DECIDED, {"silent": True}, {}, {"fate": "uitgevoerd", "answered": True}))
    captions = re.findall(r"<caption>(.*?)</caption>", parts.due(given))
    assert captions == [
        "Besloten, maar bewoners hoorden het nog niet (1)", "Uitgevoerd, maar niet aan bewoners verteld (1)",
        "Al lang geen stap meer (1)", "Wacht op een besluit (1)",
    ]  # fmt: skip
    # What waits says from when it is silent: 1 March + 180 days.
    assert cells(parts.due(given))[-1][-1] == "28 augustus 2024"


def test_many_decisions_are_folded_but_all_there(page: Any) -> None:
    given = content(page, input_fates=inputs(*[DECIDED] * 15))
    html = parts.decisions(given)
    assert "Over 15 ideeën is iets besloten. Bij 15 hoorden bewoners het nog niet." in html
    assert "<summary>Nog 3</summary>" in html
    # Two tables with a head each.
    assert len(cells(html)) == 15 + 2
    captions = re.findall(r"<caption>(.*?)</caption>", html)
    assert len(set(captions)) == len(captions) == 2


def test_a_yes_needs_no_reason_and_a_no_without_one_says_so(page: Any) -> None:
    known = {"answered": True, "reported_back": True}
    given = content(page, input_fates=inputs({"outcome": "overgenomen"} | known, DECIDED | {"reason": ""} | known))
    assert [row[1:] for row in cells(parts.decisions(given))[1:]] == [
        ["afgewezen (geen reden opgeschreven)", "1 mei 2024", "ja"], ["overgenomen", "1 maart 2024", "ja"],
    ]  # fmt: skip
    dated = content(page, input_fates=inputs(DECIDED | {"decided_by": "raad", "decided_on": "2024-04-02"}))
    assert cells(parts.decisions(dated))[1][2] == "de gemeenteraad, 2 april 2024"
    assert "Bewoners hoorden het steeds." in parts.decisions(given)


def test_an_experiment_shows_its_agreed_signals_and_what_was_last_written(page: Any) -> None:
    given = content(page, experiments=rows(CARD, {"question": "Helpt groen?"}), trials=rows(TRIAL, {"overdue": True}),
                    experiment_events=rows(EVENT, {}, {"date": "2024-02-01", "text": "Eerder"}))  # fmt: skip
    html = parts.experiments(given)
    agreed = ("Helpt groen?", "Het wordt koeler", "Niemand geeft water", "bewonersavond")
    last = ("Dat is voorbij, en een resultaat staat er niet bij.", "1 maart 2024, aanpassing: Grotere potten")
    for text in ("Bomen in potten", *agreed, *last):
        assert text in html
    assert "Eerder" not in html


def test_an_experiment_without_consent_shows_its_days_only(page: Any) -> None:
    given = content(page, experiments=rows(CARD, {"text_shown": False}), trials=rows(TRIAL, {}),
                    experiment_events=rows(EVENT, {"text_shown": False}))  # fmt: skip
    html = parts.experiments(given)
    for text in ("Bomen", "koeler", "water", "bewonersavond", "potten"):
        assert text not in html
    assert "De tekst tonen we niet" in html
    assert "1 maart 2024, aanpassing" in html


def test_tiles_count_what_there_is_to_talk_over(page: Any) -> None:
    given = content(page, input_fates=inputs(DECIDED | {"waited_days": 700}, {}), experiments=rows(CARD, {}),
                    trials=rows(TRIAL, {}))  # fmt: skip
    numbers = re.findall(r'<span class="number">(.*?)</span><span class="words">(.*?)</span>', parts.at_a_glance(given))
    assert numbers == [
        ("2", "wachten op antwoord"), ("700", "dagen wacht het oudste"), ("1", "besloten of gedaan, nog niet verteld"),
        ("1", "experimenten lopen"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "told"),
    [("intern", "nog niet vrij"), ("bewoners", "nog niet voor de gemeente"), ("gemeente", ""), ("openbaar", "")],
)
def test_who_looks_along_is_told_for_whom_it_was_released(page: Any, level: str, told: str) -> None:
    html = parts.opening(content(page), level)
    assert told in html
    assert ('role="note"' in html) == bool(told)


def test_the_head_says_until_when_inputs_were_followed(page: Any) -> None:
    assert "tot en met 31 december 2024" in parts.opening(content(page, input_fates=inputs({})))
    assert "tot en met" not in parts.opening(content(page))


# The form


def test_the_form_asks_for_the_token_only_of_who_did_not_show_it(page: Any) -> None:
    given = content(page)
    assert 'name="token"' in reply.form(given, CLAIMS, {}, {}, may_write=False)
    assert 'name="token"' not in reply.form(given, CLAIMS, {}, {}, may_write=True)


def test_what_was_filled_in_comes_back_escaped(page: Any) -> None:
    typed = {"claim_id": "abc", "reply_text": "</textarea><script>1</script>", "date": '"><b>', "form": "deur"}
    html = reply.form(content(page), CLAIMS, typed, {"reply_text": "<i>fout</i>"}, may_write=True)
    assert '<option value="abc" selected>' in html
    assert '<option value="deur" selected>' in html
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;i&gt;fout&lt;/i&gt;" in html


@pytest.mark.parametrize(("n", "told"), [(0, ""), (1, "Er wacht 1 voorstel"), (12, "Er wachten 12 voorstellen")])
def test_how_many_proposals_wait_is_told_and_not_what_they_say(page: Any, n: int, told: str) -> None:
    html = reply.form(content(page), CLAIMS, {}, {}, may_write=True, waiting=n)
    assert told in html
    assert ("Er wacht" in html) == bool(told)


def test_claims_stand_under_their_section_in_dutch_also_for_english_readers(page: Any) -> None:
    row = {"indicator_id": "contacts_n", "unit": "deelnames", "value": 40.0}
    for lang in ("nl", "en"):
        listed = reply.claims_of(content(page, row, lang=lang))
        assert list(listed) == ["3 · De buurt en wie we bereikten"]
        assert [one.code for group in listed.values() for one in group] == ["claim0"]
        assert "40" in listed["3 · De buurt en wie we bereikten"][0].text
    assert 'lang="nl"' in reply.form(content(page, lang="en"), CLAIMS, {}, {}, may_write=True)


# The whole


def test_the_page_has_six_sections_that_its_menu_leads_to(page: Any) -> None:
    given = content(page, input_fates=inputs({}))
    whole = pages.before(given, [Choice("tuin", "De Tuin")]) + pages.after(given, CLAIMS, may_write=True)
    ids = re.findall(r'<h2 id="(\w+)">', whole)
    assert ids == list(pages.SECTIONS)
    assert re.findall(r'<a href="#(\w+)">', whole) == ids
    # One collective: nothing to choose.
    assert 'id="collective"' not in whole
    assert 'id="collective"' in pages.before(given, [Choice("tuin", "De Tuin"), Choice("huis", "Het Huis")])


def test_nothing_on_the_page_comes_from_elsewhere(page: Any) -> None:
    given = content(page, input_fates=inputs({}))
    whole = pages.before(given, []) + pages.after(given, CLAIMS, may_write=False)
    assert not re.findall(r"https?://", whole + pages.style())
    assert "url(" not in pages.style()


def test_a_choice_leaves_out_what_does_not_fit(page: Any) -> None:
    given = content(page, input_fates=inputs({"waited_days": 400}, {"stage": "geduid"}, {"domain": "welzijn"}))
    table = talk.still_open(given)
    assert len(live.fitting(table, stage="", age="", domain="")) == 3
    assert live.fitting(table, stage="geduid", age="", domain="")["id"].tolist() == ["i2"]
    assert live.fitting(table, stage="gewogen", age="vanaf_365", domain="")["id"].tolist() == ["i1"]
    assert live.fitting(table, stage="geduid", age="", domain="welzijn").empty


def test_a_notebook_shows_the_same_without_forms(page: Any) -> None:
    given = content(page, input_fates=inputs({}), experiments=rows(CARD, {}), trials=rows(TRIAL, {}))
    shown = live.view(given)
    panes = shown.select(lambda one: hasattr(one, "object"))  # type: ignore[no-untyped-call]
    html = "".join(str(pane.object) for pane in panes)
    for text in ("De Tuin", "Een bankje", "Bomen in potten", "Wie geeft antwoord op “Een bankje”?"):
        assert text in html
    assert "<form" not in html


def test_a_notebook_without_inputs_has_no_choices(page: Any) -> None:
    assert len(live.open_list(content(page))) == 1
