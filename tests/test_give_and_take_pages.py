"""Pages about give and take: replies verbatim and harmless, minutes beside euros, and honest words where nothing is."""

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import made
from bt_analysis.pages import collective, give_and_take
from tests.html_text import text_of

UNKNOWN: dict[str, Any] = {"gate": "niet_te_zien"}


def returned(indicator_id: str, value: float, n: float = 12, **more: Any) -> dict[str, Any]:
    row = {"question": "return", "indicator_id": indicator_id, "value": value, "n": n, "n_unit": "claims"}
    return row | {"population": "collectief", "unit": "uitspraken", "work_area_id": ""} | more


def burden(indicator_id: str, value: float, unit: str = "minuten", **more: Any) -> dict[str, Any]:
    row = {"question": "burden", "indicator_id": indicator_id, "value": value, "unit": unit, "population": "collectief"}
    return row | more


def reply(number: int = 1, **more: Any) -> dict[str, Any]:
    row = {"collective_id": "tuin", "return_id": f"tuin--r{number}", "claim_id": "claim0", "known": True,
           "date": pd.Timestamp("2025-02-07"), "form": "bijeenkomst", "reached_n": 45, "reply_type": "oneens",
           "reply_text": "Dat is niet waar.", "withheld": False}  # fmt: skip
    return row | more


FIGURE = {"question": "activities", "indicator_id": "activities_n", "value": 8.0, "population": "collectief"}
COUNTS = (returned("claims_n", 12), returned("returned_n", 3), returned("replied_n", 2, 3))
BURDEN = (
    burden("resident_minutes", 1200), burden("paid_eur", 600, "eur"), burden("minutes_per_claim", 100),
    burden("eur_per_claim", 50, "eur"), burden("minutes_per_returned", 400), burden("eur_per_returned", 200, "eur"),
)  # fmt: skip
UNUSED = tuple(
    {"question": "unused", "indicator_id": name, "value": value, "population": "collectief", "unit": "vragen"}
    for name, value in (("asked_n", 6.0), ("unused_n", 2.0))
)


def content(page: Any, *rows: Any, replies: Any = (), items: Any = (), **more: Any) -> Any:
    learned = {"replies": made(list(replies), "replies"), "unused_items": made(list(items), "unused_items")}
    return page.content(*rows, learned=learned, **more)


def item(code: str, **more: Any) -> dict[str, Any]:
    row = {"collective_id": "tuin", "item_code": code, "instrument_id": "srh_1", "about_nl": "gezondheid",
           "about_en": "health", "remembered_since": pd.Timestamp("2026-01-15"), "collectives_n": 1}  # fmt: skip
    return row | more


# Replies


def test_a_reply_stands_verbatim_beside_its_claim(page: Any) -> None:
    found = give_and_take.replies(content(page, FIGURE, *COUNTS, replies=[reply()]))
    said = text_of(found)
    assert "Er waren 8 activiteiten. Dit gaat over 2024." in said
    assert "7 februari 2025, op een bijeenkomst, 45 mensen" in said
    assert "niet mee eens" in said
    assert "“Dat is niet waar.”" in said
    assert 'href="#c-claim0"' in found


def test_what_residents_said_never_becomes_markup(page: Any) -> None:
    payload = '<img src=x onerror=alert(1)>"><script>alert(1)</script>'
    found = give_and_take.replies(content(page, FIGURE, *COUNTS, replies=[reply(reply_text=payload)]))
    assert "<script>" not in found
    assert "<img" not in found
    assert "&lt;img src=x onerror=alert(1)&gt;" in found


def test_numbers_lead_to_their_figures(page: Any) -> None:
    found = give_and_take.replies(content(page, FIGURE, *COUNTS))
    for number, claim in (("12", "claim1"), ("3", "claim2"), ("2", "claim3")):
        assert f'<a href="#c-{claim}">{number}</a>' in found


def test_a_text_without_consent_is_not_shown(page: Any) -> None:
    found = give_and_take.replies(content(page, FIGURE, *COUNTS, replies=[reply(reply_text="", withheld=True)]))
    assert "niet getoond: zonder toestemming" in found


def test_an_unknown_number_of_people_is_left_out(page: Any) -> None:
    found = text_of(give_and_take.replies(content(page, FIGURE, *COUNTS, replies=[reply(reached_n=None)])))
    assert "op een bijeenkomst niet mee eens" in re.sub(r"\s+", " ", found)


def test_claims_of_others_and_unknown_numbers_are_said(page: Any) -> None:
    others = [
        reply(2, claim_id="elsewhere"),
        reply(3, claim_id="wrong", known=False),
        reply(4, claim_id="", known=False),
    ]
    found = give_and_take.replies(content(page, FIGURE, *COUNTS, replies=[reply(), *others]))
    assert "Bij andere rapporten van dit collectief: 1 keer." in found
    assert "Deze nummers kent geen rapport van dit collectief: wrong." in found
    assert "Zonder nummer van een uitspraak: 1 keer." in found


def test_the_next_step_has_a_day(page: Any) -> None:
    # 12 claims, 3 came back: 9 are left; 31 December 2024 + 180 days = 29 June 2025.
    found = give_and_take.replies(content(page, FIGURE, *COUNTS))
    assert "9 van de uitspraken hebben bewoners nog niet gehoord. De afspraak is: voor 29 juni 2025." in found


def test_when_all_came_back_the_next_step_is_who_was_silent(page: Any) -> None:
    rows = (returned("claims_n", 3), returned("returned_n", 3))
    assert "Vraag wie nog niets zei." in give_and_take.replies(content(page, *rows))


def test_who_keeps_nothing_is_told_so_and_has_no_zero(page: Any) -> None:
    for rows in ((), (returned("claims_n", 12),)):
        found = text_of(give_and_take.replies(content(page, *rows)))
        assert "Wat bewoners terughoorden en wat zij vonden, is nog niet bijgehouden." in found
        assert "houd bij welke uitspraken bewoners terughoorden" in found
        assert "hebben bewoners nog niet gehoord" not in found  # nobody knows whether they did


def test_replies_stand_in_section_9(page: Any) -> None:
    found = collective.unknown(content(page, FIGURE, *COUNTS, replies=[reply()]))
    assert (
        found.index("Wat we niet weten · Weerwoord") < found.index("<h3>Weerwoord</h3>") < found.index("Volgende stap:")
    )


# Burden


def test_minutes_and_euros_stand_side_by_side(page: Any) -> None:
    found = give_and_take.burden(content(page, *BURDEN))
    said = re.sub(r"\s+", " ", text_of(found))
    assert "alles samen 1.200 minuten € 600" in said
    assert "per uitspraak 100 minuten € 50" in said
    assert "per uitspraak die bewoners te horen kregen 400 minuten € 200" in said


def test_every_row_with_euros_has_minutes_before_it() -> None:
    for minutes, euros in give_and_take.BURDEN.values():
        assert "minutes" in minutes
        assert "eur" in euros


def test_money_without_minutes_is_refused_in_words(page: Any) -> None:
    rows = [burden("resident_minutes", 0, gate_reason="not_recorded", **UNKNOWN),
            burden("paid_eur", 0, "eur", gate_reason="minutes_not_kept", **UNKNOWN)]  # fmt: skip
    found = give_and_take.burden(content(page, *rows))
    assert "is een bedrag, en hoe veel tijd het bewoners kostte is niet bijgehouden" in found
    assert "€" not in found


def test_a_sum_with_gaps_has_a_star(page: Any) -> None:
    rows = [burden("resident_minutes", 1200, gate="voorbehoud", gate_reason="effort_not_all_kept")]
    found = text_of(give_and_take.burden(content(page, *rows)))
    assert "1.200 minuten *" in found
    assert "Niet bij elk onderzoek bijgehouden" in found


def test_who_keeps_no_effort_is_told_so(page: Any) -> None:
    found = give_and_take.burden(content(page))
    assert "Wat onderzoek bewoners kostte aan tijd, is nog niet bijgehouden." in found
    assert "Er is in deze periode geen vragenlijst gehouden." in found


def test_questions_to_drop_are_listed_by_questionnaire(page: Any) -> None:
    items = [item("a"), item("b", about_nl="", instrument_id="")]
    found = text_of(give_and_take.burden(content(page, *UNUSED, items=items)))
    assert "Vragen in vragenlijsten: 6. Daarvan gebruikte geen rapport in 12 maanden: 2." in found
    assert "Laat deze vragen weg" in found
    assert "Van rapporten van voor 15 januari 2026 is niet bijgehouden" in found
    assert "gezondheid" in found
    assert "Eigen vragen: b" in found


def test_when_every_question_was_used_nothing_is_to_be_dropped(page: Any) -> None:
    found = give_and_take.burden(content(page, UNUSED[0], UNUSED[1] | {"value": 0.0}))
    assert "Daarvan gebruikte geen rapport in 12 maanden: 0." in found
    assert "Laat deze vragen weg" not in found


# Across


def across(page: Any, *rows: Any, **more: Any) -> str:
    all_ = [row | {"collective_id": ""} for row in rows]
    bundles = pd.DataFrame([{"bundle_id": "tuin-1", "data_version": "1"}])
    # A figure of one collective beside those of all must not be taken for one.
    return str(give_and_take.across(content(page, returned("claims_n", 99), *all_, bundles=bundles, **more)))


def test_all_together_says_what_rests_on_experience(page: Any) -> None:
    found = across(page, returned("claims_n", 22), returned("experience_n", 5), returned("returned_n", 3, 12), *BURDEN)
    said = re.sub(r"\s+", " ", text_of(found))
    assert "Van 22 uitspraken rusten er 5 op wat mensen zelf zeiden." in said
    assert "3 hoorden bewoners, van 12 bij wie dat bijhoudt" in said
    assert "alles samen 1.200 minuten € 600" in said
    assert "99" not in said


def test_all_together_without_returns_says_so(page: Any) -> None:
    found = across(page, returned("claims_n", 22), returned("experience_n", 5))
    assert "Geen collectief hield bij wat bewoners terughoorden." in found


def test_all_together_lists_only_what_nobody_used(page: Any) -> None:
    items = [item("own", about_nl="van één"), item("all", collective_id="", about_nl="van niemand")]
    found = across(page, returned("claims_n", 22), *UNUSED, items=items)
    assert "van niemand" in found
    assert "van één" not in found


def test_without_bundles_there_is_a_tile(page: Any) -> None:
    empty = page.content(collectives=page.collectives())
    assert "Nog geen collectief doet uitspraken." in give_and_take.across(empty)


@pytest.mark.parametrize("section", [give_and_take.replies, give_and_take.burden])
def test_in_english_no_dutch_is_left(page: Any, section: Any) -> None:
    rows = (FIGURE, *COUNTS, *BURDEN, *UNUSED)
    found = text_of(section(content(page, *rows, items=[item("a")], lang="en")))
    assert not re.search(r"\b(bewoners|uitspraken|niet|geen)\b", found)
