"""The page of a living lab: a sentence for every branch, in both languages, and no text without consent."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.pages import experiment_card, findings, living_lab
from bt_analysis.pages.content import Content
from bt_analysis.pages.stored import ContentError
from tests import change_rows
from tests.html_text import text_of

CARD: dict[str, Any] = {
    "collective_id": "tuin", "experiment_id": "tuin--deur", "start": pd.Timestamp("2024-02-01"),
    "planned_end": pd.NaT, "declared_at": pd.Timestamp("2024-01-20"), "declared": "vooraf", "card": "ok",
    "comparison": "voor_na", "indicator_ids": "greened_m2", "status": "loopt", "spread_type": "",
    "question": "Wordt het groener?", "proposed_by": "bewoner", "text_shown": True, "problem": "Te warm",
    "change_tried": "", "mechanism_expected": "", "who_decides": "", "success_signal": "De helft meer",
    "stop_signal": "Niemand komt", "change_of_mind": "Niet meer dan eerst", "ethics_note": "",
    "texts_kept": "problem;success_signal;stop_signal;change_of_mind", "criteria_changed_n": 0, "stopped_on": pd.NaT,
}  # fmt: skip
HIDDEN: dict[str, Any] = {
    "text_shown": False, "problem": "", "success_signal": "", "stop_signal": "", "change_of_mind": "",
}  # fmt: skip
MEASURED = {
    "question": "measurements",
    "indicator_id": "greened_m2",
    "unit": "m2",
    "population": "gebied",
    "n_unit": "",
}


def lab(page: Any, *estimates: dict[str, Any], lang: str = "nl", **change: Any) -> tuple[Content, pd.Series]:
    events = pd.DataFrame(
        change.pop("events", []), columns=["experiment_id", "date", "type", "text_shown", "text", "decided_by"]
    )
    table = pd.DataFrame([CARD | change])
    content = page.content(*estimates, lang=lang, experiments=table, experiment_events=events)
    card = experiment_card.of(content)
    assert card is not None
    return content, card


def counted(year: int, value: float, **more: Any) -> dict[str, Any]:
    return (
        MEASURED | {"value": value, "group_type": f"meting:{year}", "group_label": f"{year}-01-01/{year}-12-31"} | more
    )


# Which card


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("nl", "Er is nog geen experiment vooraf beschreven."),
        ("en", "No experiment has been described beforehand yet."),
    ],
)
def test_no_card(page: Any, lang: str, sentence: str) -> None:
    content = page.content(lang=lang)
    assert experiment_card.of(content) is None
    assert sentence in living_lab.opening(content, None)
    parts = (experiment_card.as_declared, living_lab.protocol, living_lab.comparison, living_lab.side_by_side)
    assert [part(content, None) for part in (*parts, living_lab.timeline, living_lab.others)] == [""] * 6
    assert living_lab.appendix(content) == ""


def test_a_card_is_named_with_the_collective_in_front_or_without(page: Any) -> None:
    content, card = lab(page)
    for name in ("deur", "tuin--deur"):
        chosen = experiment_card.of(content, name)
        assert chosen is not None
        assert chosen["experiment_id"] == card["experiment_id"]
    with pytest.raises(ContentError, match=r"got experiment 'raam'; expected one of deur"):
        experiment_card.of(content, "raam")


# When it was declared, and what changed


@pytest.mark.parametrize(
    ("change", "nl", "en"),
    [
        (
            {},
            "De kaart is vooraf ingevuld: op 20 januari 2024.",
            "The card was filled in beforehand: on 20 January 2024.",
        ),
        ({"declared": "achteraf"}, "De kaart is achteraf ingevuld", "The card was filled in afterwards"),
        ({"declared": "onbekend"}, "een datum ontbreekt", "a date is missing"),
        ({}, "Aan de kaart is daarna niets veranderd.", "Nothing on the card has changed since."),
        ({"card": "card_changed"}, "De kaart is daarna veranderd.", "The card changed after it was declared."),
        ({"card": "not_recorded"}, "De kaart heeft geen vingerafdruk.", "The card has no fingerprint."),
        ({"criteria_changed_n": 1}, "Wel is later 1 keer veranderd", "But later it was changed once"),
        ({"criteria_changed_n": 3}, "Wel is later 3 keer veranderd", "But later it was changed 3 times"),
        ({"status": "gepland"}, "Het moet nog beginnen.", "It has yet to begin."),
        ({"status": "klaar"}, "Het is klaar.", "It is finished."),
        ({"status": ""}, "Hoe het ervoor staat is niet ingevuld.", "How it stands was not filled in."),
        ({"status": "mislukt_leerzaam"}, "Het werkte niet, en daar is van geleerd.", "It did not work"),
        ({"status": "gestopt", "stopped_on": pd.Timestamp("2024-05-01")}, "Gestopt op 1 mei 2024.", "Stopped on 1 May"),
    ],
)
def test_the_opening_says_how_it_stands(page: Any, change: dict[str, Any], nl: str, en: str) -> None:
    for lang, sentence in (("nl", nl), ("en", en)):
        assert sentence in living_lab.opening(*lab(page, lang=lang, **change))
        assert sentence in living_lab.appendix(lab(page, lang=lang, **change)[0])  # failures at the same size


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"criteria_changed_n": 1}, "Let op: daarna is veranderd wanneer het gelukt is."),
        ({"declared": "achteraf"}, "Let op: de kaart is achteraf ingevuld."),
        ({"status": "mislukt_leerzaam"}, "Het werkte niet, en daar is van geleerd."),
        ({"status": "gestopt"}, "Het is gestopt."),
    ],
)
def test_what_weakens_a_result_stands_beside_it(page: Any, change: dict[str, Any], sentence: str) -> None:
    assert sentence in living_lab.side_by_side(*lab(page, **change))
    assert sentence not in living_lab.side_by_side(*lab(page))


# Consent


def test_without_consent_each_text_that_is_there_is_said_to_be_hidden(page: Any) -> None:
    content, card = lab(page, **HIDDEN)
    told = text_of(experiment_card.as_declared(content, card))
    assert told.count("De tekst tonen we niet") == 4  # texts_kept names four
    assert told.count("niet ingevuld") == 4 + 1  # the four others, and the planned end
    assert "De tekst tonen we niet" in living_lab.side_by_side(content, card)
    assert "Gelukt als" not in living_lab.side_by_side(content, card)
    assert "Toestemming voor de tekst: nee." in living_lab.protocol(content, card)


def test_events_stand_in_a_table_and_a_text_without_consent_does_not(page: Any) -> None:
    event = {"experiment_id": "tuin--deur", "date": pd.Timestamp("2024-03-01"), "type": "stop", "text_shown": False}
    told = text_of(living_lab.timeline(*lab(page, events=[event | {"text": "", "decided_by": ""}])))
    assert "1 maart 2024 gestopt De tekst tonen we niet" in told
    assert "Wat er gebeurde is niet bijgehouden." in living_lab.timeline(*lab(page))


# The checklist


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "Bedacht door een bewoner."),
        ({"proposed_by": ""}, "de vraag is van bewoners niet vastgelegd"),
        ({}, "vooraf is gezegd wanneer het mislukt is Staat op de kaart."),
        ({"texts_kept": "problem"}, "vooraf is gezegd wanneer het mislukt is niet vastgelegd"),
        ({"texts_kept": "ethics_note"}, "wat het mensen kost of wie er last van heeft Staat op de kaart."),
        ({}, "Nee, van voor het begin is er geen meting."),
        ({}, "wie buiten blijft niet vastgelegd: de kaart vraagt er niet naar"),
    ],
)
def test_the_checklist_says_what_is_recorded_and_what_is_not(page: Any, change: dict[str, Any], sentence: str) -> None:
    assert sentence in text_of(living_lab.protocol(*lab(page, **change)))


def test_a_count_of_the_year_before_is_a_baseline(page: Any) -> None:
    assert "Ja, voor het begin is gemeten." in living_lab.protocol(*lab(page, counted(2023, 100.0)))
    assert "Nee, van voor het begin" in living_lab.protocol(*lab(page, counted(2024, 100.0)))  # ends after the start


# What was to be compared, and what was found


@pytest.mark.parametrize(
    ("values", "seen", "found"),
    [
        ((), "nog niet gemeten.", "Er is nog niets gemeten van wat op de kaart staat."),
        ((100.0,), "1 keer gemeten.", "100 m² (2023). Eén keer gemeten, dus of het veranderde weten we niet."),
        ((100.0, 90.0), "2 keer gemeten.", "100 m² (2023), 90 m² (2024). Zo telde het collectief zelf;"),
    ],
)
def test_own_counts(page: Any, values: tuple[float, ...], seen: str, found: str) -> None:
    content, card = lab(page, *(counted(2023 + at, value) for at, value in enumerate(values)))
    assert seen in living_lab.comparison(content, card)
    assert found in living_lab.side_by_side(content, card)


def test_counts_that_are_hidden_are_not_told(page: Any) -> None:
    content, card = lab(page, counted(2023, 100.0, gate="onderdrukt"))
    assert findings.found(content, card)[0].endswith(": dit tonen we niet.")


def test_a_card_without_indicators_cannot_be_compared(page: Any) -> None:
    content, card = lab(page, indicator_ids="")
    assert "Er staat niet op de kaart waaraan je het zou zien." in living_lab.comparison(content, card)


@pytest.mark.parametrize(
    ("row", "seen", "found"),
    [
        (
            {"gate": "niet_te_zien", "gate_reason": "too_few_similar", "missing_reason": "not_applicable"},
            "dat is hier niet te zien.",
            "Er zijn te weinig gebieden die hierop lijken.",
        ),
        (
            {
                "gate": "voorbehoud", "gate_reason": "no_experiment", "value": -75.0, "ci_low": -103.0,
                "ci_high": -47.0, "n": 32.0, "value_text": "lager",
            },
            "dat is hier te zien.",
            "Dat bewijst niet dat het door het collectief komt.",
        ),
    ],
)  # fmt: skip
def test_a_figure_of_the_area_says_what_the_comparison_says(
    page: Any, row: dict[str, Any], seen: str, found: str
) -> None:
    verdict = {
        "question": "change", "indicator_id": "gas_m3_per_dwelling", "population": "gebied", "group_type": "oordeel",
        "unit": "m3", "n_unit": "areas",
    }  # fmt: skip
    content, card = lab(page, verdict | row, indicator_ids="gas_m3_per_dwelling", comparison="vergelijkgebied")
    assert "Het plan was te vergelijken: met gebieden die hierop lijken." in living_lab.comparison(content, card)
    assert seen in living_lab.comparison(content, card)
    assert found in living_lab.side_by_side(content, card)


GAS_CARD = {"indicator_ids": "gas_m3_per_dwelling", "comparison": "vergelijkgebied"}


def test_the_sum_of_what_is_too_small_is_a_table(page: Any) -> None:
    small = [change_rows.refusal("too_small_to_see"), *change_rows.seen(120, 900, 400)]
    content, card = lab(page, *[row | {"period": "2024"} for row in small], **GAS_CARD)
    told = text_of(living_lab.comparison(content, card))
    assert "De som: Aardgas per woning stap uitkomst gewone op en neer van jaar tot jaar 30,3 m³" in told
    assert "nodig per deelnemer 900 m³ meeste dat één deelnemer kan veranderen 400 m³" in told
    assert "Ja, er zijn cijfers van het gebied van voor de start." in living_lab.protocol(content, card)


def test_what_can_be_seen_has_no_table_of_its_sum(page: Any) -> None:
    seen = [change_rows.refusal("no_years_after"), *change_rows.seen(30, 225, 400)]
    content, card = lab(page, *[row | {"period": "2024"} for row in seen], **GAS_CARD)
    assert "<table>" not in living_lab.comparison(content, card)


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("vooraf", "Wat we vooraf zeiden, en wat we vonden"),
        ("achteraf", "Wat er op de kaart staat, en wat we vonden"),
        ("onbekend", "Wat er op de kaart staat, en wat we vonden"),
    ],
)
def test_only_what_was_declared_beforehand_is_called_so(page: Any, declared: str, title: str) -> None:
    assert f"<h3>{title}</h3>" in living_lab.side_by_side(*lab(page, declared=declared))


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("nl", "dit is een schatting van een model. Die kan niet laten zien wat hier veranderde."),
        ("en", "this is an estimate of a model. It cannot show what changed here."),
    ],
)
def test_a_modelled_figure_on_a_card_is_called_an_estimate(page: Any, lang: str, sentence: str) -> None:
    content, card = lab(page, indicator_ids="loneliness_pct", lang=lang)
    assert sentence in living_lab.comparison(content, card)
    assert sentence in living_lab.side_by_side(content, card)
    assert sentence in living_lab.appendix(content)


def test_other_experiments_are_listed_below(page: Any) -> None:
    table = pd.DataFrame([CARD, CARD | {"experiment_id": "tuin--raam", "question": "", "status": "gestopt"}])
    content = page.content(experiments=table)
    told = text_of(living_lab.others(content, experiment_card.of(content, "deur")))
    assert "Een experiment zonder vraag De kaart is vooraf ingevuld" in told
    assert "Wordt het groener?" not in told
    # As large as the first one: also what would have changed our mind, beside what was found.
    assert "wat ons van mening had doen veranderen Niet meer dan eerst Gelukt als: De helft meer" in told
    assert "wat we vonden Er is nog niets gemeten van wat op de kaart staat. Het is gestopt." in told
    assert living_lab.appendix(content).count("<li>") == 2


# On a real build


def test_a_built_workspace_is_read_without_any_text_that_has_no_consent(built_demo: Path) -> None:
    content = living_lab.read(built_demo, "stoep-01", "nl")
    assert list(content.experiments["experiment_id"]) == ["stoep-01--tegelactie", "stoep-01--zaaikalender"]
    for card in (experiment_card.of(content, "tegelactie"), experiment_card.of(content, "zaaikalender")):
        parts = (living_lab.opening, experiment_card.as_declared, living_lab.protocol, living_lab.side_by_side)
        told = " ".join(part(content, card) for part in (*parts, living_lab.timeline, living_lab.others))
        assert not re.search("ruzie|gezin|buurvrouw", told)
        assert "anders gaan meten of het lukte" in told or "Gestopt op 20 augustus 2024." in told
    with pytest.raises(ContentError, match=r"got collective 'tuin'; expected one of .*stoep-01"):
        living_lab.read(built_demo, "tuin", "nl")


# Texts of people are text


ALIVE = '<script>alert(1)</script><img src=x onerror="alert(2)">"\'}}{{ 7*7 }} $\\frac{1}{$'


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_markup_in_a_text_is_alive_anywhere_on_the_page(page: Any, lang: str) -> None:
    texts = ("problem", "change_tried", "mechanism_expected", "who_decides", "success_signal", "stop_signal",
             "change_of_mind", "ethics_note", "question")  # fmt: skip
    event = {"experiment_id": CARD["experiment_id"], "date": pd.Timestamp("2024-08-01"), "text_shown": True}
    happened = [event | {"type": kind, "text": ALIVE, "decided_by": ALIVE} for kind in ("reflectie", "stop", "start")]
    content, card = lab(
        page, counted(2023, 40.0), counted(2024, 60.0), lang=lang, events=happened, **dict.fromkeys(texts, ALIVE)
    )
    parts = (living_lab.opening, experiment_card.as_declared, living_lab.protocol, living_lab.comparison,
             living_lab.side_by_side, living_lab.timeline, living_lab.others)  # fmt: skip
    html = " ".join([*(str(part(content, card)) for part in parts), str(living_lab.appendix(content))])
    assert "&lt;script&gt;" in html
    assert not re.search(r"<script|<img|onerror=\"alert", html)
    assert " 49 " not in html
