"""Section 8 and appendix D: own units first, no amount alone or with one end, always the scope, and refusals."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bt_analysis.analysis.learning import rates
from bt_analysis.figures import value as figure
from bt_analysis.methods import readability
from bt_analysis.pages import ledger, value, value_inputs
from bt_analysis.pages.content import Content
from tests import value_cases, value_pages
from tests.html_text import rows_of, text_of
from tests.value_cases import ACTORS, EVIDENCE, SAVING, cases, hours, measured

GREEN = {
    "indicator_id": "greened_m2", "label_nl": "Oppervlakte vergroend", "label_en": "Area greened", "unit": "m2",
    "direction": "hoger_beter", "instrument_id": None, "source_type": "eigen_telling",
}  # fmt: skip
GRANT: dict[str, Any] = {
    "funding_id": "zon--f1", "funder_actor_id": "zon--gemeente", "collective_id": "zon", "amount_eur": 12_000.0,
    "start": "2024-01-01", "end": "2025-12-31", "obligation": "inspanning", "reporting_hours": 24.0,
}  # fmt: skip
FIGURES = (
    hours(3450.0, 3278.0, 3622.0),
    hours(2000.0, 1900.0, 2100.0, indicator_id="hours_role", group_value="uitvoering"),
    hours(None, indicator_id="hours_role", group_value="bestuur", gate="onderdrukt", gate_reason="suppressed"),
    measured(group_label="2024-01-01/2024-12-31"),
)
SAVINGS = (
    SAVING,
    SAVING | {"saving_id": "zon--s2", "outcome": "Minder bezoek aan de huisarts", "toc_link_id": "zon--pijl"},
    SAVING | {"saving_id": "zon--s3", "outcome": "Minder tocht", "n": 40, "overlap_group": "gas"},
    SAVING | {"saving_id": "zon--s4", "outcome": "Lagere rekening", "overlap_group": "gas", "cashable": False},
    dict.fromkeys(SAVING) | {
        "saving_id": "zon--s5", "collective_id": "zon", "toc_link_id": SAVING["toc_link_id"], "outcome": "Minder zorg",
        "text_consent": True, "n_missing_reason": "suppressed",
    },
)  # fmt: skip


@pytest.fixture(autouse=True)
def _three_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count with the rates of the example of the programme, whatever ships."""
    monkeypatch.setattr(rates, "shipped", value_cases.example_rates)


USUAL: dict[str, Content] = {}
"""Language → the report that most tests look at, which takes a while to learn."""


def report(page: Any, lang: str = "nl", figures: tuple[dict[str, Any], ...] | None = None, **tables: Any) -> Content:
    if figures is not None or tables:
        return learnt(page, lang, FIGURES if figures is None else figures, **tables)
    if lang not in USUAL:
        USUAL[lang] = learnt(page, lang, FIGURES)
    return USUAL[lang]


def learnt(page: Any, lang: str, figures: tuple[dict[str, Any], ...], **tables: Any) -> Content:
    kept = {"saving_claim": SAVINGS, "evidence": [EVIDENCE], "funding": [GRANT]} | tables
    indicator = {name: GREEN[name] for name in ("indicator_id", "label_nl", "label_en", "unit")}
    given = cases(figures, indicator=[indicator | {"domain": "leefomgeving"}], **kept)
    return value_pages.content(page, given, lang, indicators=pd.DataFrame([GREEN]))


def section(content: Content) -> str:
    """Return all of section 8 as text."""
    parts = [value.section(content), figure.hours_in_euros(content)._repr_html_(), ledger.books(content)]
    return text_of("".join(parts))


def sentences(html: str) -> Iterator[str]:
    """Yield the sentences of paragraphs, points, captions and titles; cells of tables are no sentences."""
    for _, block in re.findall(r"<(p|li|caption|figcaption|h2|h3)\b[^>]*>(.*?)</\1>", html, flags=re.DOTALL):
        yield from re.split(r"(?<=[.!?])\s", re.sub(r"<[^>]+>", "", block))


EUROS = re.compile(r"€\s?[\d.,]+|[\d.,]+\s(?:miljoen |miljard )?euro\b")


# One amount


@pytest.mark.parametrize(("lang", "word"), [("nl", " tot "), ("en", " to ")])
def test_no_sentence_holds_an_amount_with_one_end(page: Any, lang: str, word: str) -> None:
    content = report(page, lang)
    html = "".join([value.section(content), figure.hours_in_euros(content)._repr_html_(), ledger.books(content)])
    with_euros = [one for one in sentences(html) if EUROS.search(one)]
    assert len(with_euros) == 4  # the hours, how precise they are, and two savings
    for sentence in with_euros:
        amounts = EUROS.findall(sentence)
        assert len(amounts) % 2 == 0, sentence
        assert sentence.count(word) >= len(amounts) / 2, sentence


def test_amounts_in_cells_are_ranges_too_save_for_money_that_was_paid(page: Any) -> None:
    html = ledger.books(report(page))
    for one in re.findall(r"<td[^>]*>(.*?)</td>", html):
        told = re.sub(r"<[^>]+>", "", one)
        if "€" in told and "aan geld" not in told:
            assert re.search(r"€[\d.]+ tot €[\d.]+", told), told


def test_no_ratio_of_proceeds_and_costs_is_told(page: Any) -> None:
    content = report(page)
    assert "SROI" not in section(content)
    assert "verhouding is tussen collectieven niet te vergelijken" in text_of(value_inputs.appendix(content))


# The range


def test_3450_hours_read_as_the_programme_writes_them(page: Any) -> None:
    assert "€50.000 tot €131.000, afhankelijk van de rekenmethode" in section(report(page))
    assert "€50,000 to €131,000, depending on how it is computed" in section(report(page, "en"))


def test_the_uncertainty_of_the_record_is_told_beside_it(page: Any) -> None:
    told = text_of(value.section(report(page)))
    assert "Ook de uren zelf zijn niet precies bekend. Daarmee wordt het €47.000 tot €138.000." in told


@pytest.mark.parametrize(
    ("lang", "own", "all_"), [("nl", "360 miljoen", "1,5 miljard"), ("en", "360 million", "1.5 bill")]
)
def test_the_scope_stands_beside_every_amount_for_hours(page: Any, lang: str, own: str, all_: str) -> None:
    told = text_of(value.section(report(page, lang)))
    assert own in told
    assert all_ in told
    assert ("eigen leefomgeving" if lang == "nl" else "own living environment") in told
    assert ("georganiseerde vrijwilligerswerk" if lang == "nl" else "organised volunteering") in told


def test_hours_that_are_not_shown_have_no_amount_and_no_scope(page: Any) -> None:
    hidden = hours(None, gate="onderdrukt", gate_reason="suppressed")
    content = report(page, figures=(hidden, measured()), saving_claim=[], funding=[])
    told = text_of(value.section(content))
    assert "Wat de uren waard zijn in geld tonen we niet: dat rust op uren die we niet tonen." in told
    assert "€" not in told
    assert figure.hours_in_euros(content).svg == ""


def test_without_hours_nothing_is_turned_into_money(page: Any) -> None:
    told = text_of(value.section(report(page, figures=(measured(),))))
    assert "Zonder bijgehouden uren rekenen we niets om naar geld." in told
    assert "nog niet bijgehouden" in told


# Own units first


def test_own_units_come_before_euros(page: Any) -> None:
    told = section(report(page))
    assert told.index("1.900–2.100") < told.index("oppervlakte vergroend, m², 2024") < told.index("€50.000")


def test_wherever_there_is_an_amount_there_is_another_unit(page: Any) -> None:
    for figures in (FIGURES, (hours(10.0, 5.0, 20.0),), (measured(),), (hours(None, gate="onderdrukt"),)):
        content = report(page, figures=figures)
        rows = content.estimates[content.estimates["gate"].isin(["ok", "voorbehoud"])]
        if rows["unit"].eq("eur").any():
            assert len(content.learned["own_units"]) > 0
        else:
            assert "€" not in section(content)


def test_hours_of_hidden_roles_are_told_in_one_sentence(page: Any) -> None:
    told = text_of(value.section(report(page)))
    assert "Uren van rollen met weinig mensen tonen we niet apart." in told
    assert "bestuur" not in told


def test_lessons_are_counted_by_domain(page: Any) -> None:
    lesson = {"lesson_id": "zon--l", "collective_id": "zon", "valence": "werkte_niet", "domain": "welzijn"}
    assert "1 les over welzijn" in text_of(value.section(report(page, lesson=[lesson])))


# Who invests and who saves


def test_the_ledger_has_kinds_of_parties_and_never_names(page: Any) -> None:
    told = section(report(page))
    assert "gemeente €6.008 aan geld" in told  # 12 000 × 366 / 731
    assert "vrijwilligers 3.450 uur; waarde €50.000 tot €131.000" in told
    for actor in ACTORS[:2]:
        assert actor["name"] not in told + text_of(value_inputs.appendix(report(page)))


def test_a_party_that_puts_in_and_saves_stands_on_one_line(page: Any) -> None:
    content = report(page, saving_claim=[SAVING | {"saver_actor_id": "zon--gemeente"}])
    lines = rows_of(ledger.books(content))
    assert [line[:3] for line in lines if line[0] == "gemeente"] == [
        ["gemeente", "€6.008 aan geld", "€24.000 tot €56.000"]
    ]


def test_the_main_part_says_in_words_where_money_comes_from_and_who_saves(page: Any) -> None:
    found = text_of(ledger.in_short(report(page)))
    assert "% van het geld." in found
    assert "Van de overheid kwam" in found
    assert "uur" not in found  # what it takes to ask for money stands in the appendix


def test_money_and_room_stand_apart(page: Any) -> None:
    lines = rows_of(ledger.books(report(page)))
    assert [line[0] for line in lines] == ["vrijwilligers", "gemeente", "bewoners", ""]
    assert {line[3] for line in lines[2:]} == {
        "er blijft geld over", "het geeft alleen ruimte, er blijft geen geld over",
    }  # fmt: skip


def test_hours_and_savings_are_not_to_be_added_up(page: Any) -> None:
    assert "Tel uren en besparingen niet bij elkaar op: dan telt hetzelfde werk twee keer." in section(report(page))


def test_a_saving_that_counts_says_for_whom_and_what_is_left(page: Any) -> None:
    told = text_of(ledger.books(report(page)))
    assert re.search(r"Minder gas: €24.000 tot €56.000. Wie bespaart: bewoners; er blijft geld over.", told)
    assert "Let op: dat rust op een verband met nog weinig bewijs." in told
    assert "het geeft alleen ruimte, er blijft geen geld over" in told


@pytest.mark.parametrize(
    "sentence",
    [
        (
            "Minder bezoek aan de huisarts: telt niet mee, want dat rust op een verband dat het collectief niet heeft "
            "onderzocht."
        ),
        "Minder tocht: telt niet mee, want dat dubbelt met een grotere besparing.",
        "Minder zorg: telt niet mee, want dat gaat over te weinig mensen om te tonen.",
    ],
)
def test_a_saving_that_does_not_count_says_why_at_the_same_size(page: Any, sentence: str) -> None:
    html = ledger.books(report(page))
    assert f"<li>{sentence}</li>" in html


def test_money_is_told_with_dependence_and_how_long_it_lasts(page: Any) -> None:
    told = text_of(ledger.books(report(page)))
    assert "De grootste geldgever (gemeente) gaf 100% van het geld. Van de overheid kwam 100%." in told
    assert "Er is al geld toegezegd voor nog 12 maanden. Aanvragen en verantwoorden kostte 12 uur." in told
    ended = text_of(ledger.books(report(page, funding=[GRANT | {"end": "2024-12-31"}])))
    assert "Voor na deze periode is nog geen geld toegezegd." in ended
    month = text_of(ledger.books(report(page, funding=[GRANT | {"end": "2025-01-31"}])))
    assert "voor nog 1 maand." in month


def test_whether_who_pays_saves_is_told(page: Any) -> None:
    assert "Bij 2 van de 2 besparingen die tellen bespaart een ander dan wie betaalt." in text_of(
        ledger.books(report(page))
    )
    same = report(page, saving_claim=[SAVING | {"saver_actor_id": "zon--gemeente"}])
    assert "Wie betaalt, bespaart zelf." in text_of(ledger.books(same))


def test_nothing_kept_is_said_and_is_no_error(page: Any) -> None:
    told = section(report(page, figures=(), saving_claim=[], funding=[], evidence=[]))
    assert "Waar het geld vandaan komt is nog niet bijgehouden." in told
    assert "Besparingen zijn nog niet bijgehouden." in told
    assert "€" not in told


def test_a_year_of_a_longer_period_says_where_savings_stand(page: Any) -> None:
    content = report(page)
    year = content.estimates[content.estimates["question"].ne("savings")]
    told = text_of(ledger.books(replace(content, estimates=year)))
    assert "Besparingen hebben geen datum: ze staan in het rapport over de hele periode." in told


def test_every_amount_leads_to_its_line_in_the_appendix(page: Any) -> None:
    content = report(page)
    linked = re.findall(r'href="#c-([^"]+)"', value.section(content) + ledger.books(content))
    assert len(linked) >= 6
    assert set(linked) <= set(content.estimates["claim_id"])


# Over all collectives


def test_over_all_collectives_only_who_pays_and_who_saves(page: Any) -> None:
    given = cases(FIGURES, saving_claim=SAVINGS, evidence=[EVIDENCE])
    told = text_of(ledger.across(value_pages.content(page, given, collective_id="")))
    assert told == (
        "Van 2 besparingen is bekend wie betaalt en wie bespaart. Bij 2 bespaart een ander dan wie betaalt."
    )


def test_over_all_collectives_without_savings(page: Any) -> None:
    content = value_pages.content(page, cases(FIGURES), collective_id="")
    assert "Van geen besparing is bekend wie betaalt en wie bespaart." in text_of(ledger.across(content))


# The figure


def test_the_figure_has_a_bar_per_way_and_says_its_finding(page: Any) -> None:
    drawn = figure.hours_in_euros(report(page))
    assert drawn.title == "Hoe je rekent, maakt meer uit dan hoe precies de uren zijn bijgehouden."
    for told in ("minimumloon: €47.200 tot €52.200", "landelijk genoemd bedrag: €76.500 tot €84.500"):
        assert told in drawn.text
    assert drawn.svg.startswith("<svg")


def test_hours_that_were_hardly_recorded_matter_more_than_rates(page: Any) -> None:
    # By the rates 38 / 14.40 = 2.6 times; the record makes that 25 · 38 / 14.40 = 66 times.
    content = report(page, figures=(hours(1000.0, 100.0, 2500.0),))
    assert value.what_matters(content).startswith("Hoe precies de uren zijn bijgehouden, maakt meer uit")


def test_one_way_of_computing_is_no_figure(page: Any) -> None:
    content = report(page)
    rows = content.estimates
    fewer = rows[~rows["group_value"].isin(["markt", "bron_genoemd"])]
    assert figure.hours_in_euros(replace(content, estimates=fewer)).svg == ""


# Appendix D


def test_rates_stand_with_source_and_year_and_old_prices_say_so(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    told = text_of(value_inputs.rates(report(page, figures=FIGURES)))
    assert "minimumloon 14,40 2025 Bekendmaking van het minimumloon, 9 oktober 2025" in told
    assert "Ministerie van Sociale Zaken en Werkgelegenheid, https://www.rijksoverheid.nl" in told
    assert "wat een betaalde kracht kost 20,00 tot 26,00 2011 Meijs e.a., 2011" in told
    assert "wat de tijd mensen zelf kost 9,00 tot 32,00 2011 Meijs e.a., 2011" in told
    assert told.count("rust voor een deel op prijzen van een ander jaar, niet aangepast") == 2
    assert "gaat over al het georganiseerde vrijwilligerswerk" in told


def test_a_way_without_a_rate_is_told_and_a_rate_of_the_collective_fills_it(
    page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = "Een tarief met bron voor de marktwaarde is er niet. Die manier van rekenen ontbreekt dus."
    assert absent not in text_of(value_inputs.rates(report(page)))
    monkeypatch.undo()
    assert absent in text_of(value_inputs.rates(report(page, figures=FIGURES)))
    offer = {"rate_id": "zon--offerte", "method": "markt", "eur_per_hour_mid": 45.0, "year": 2024}
    assert absent not in text_of(value_inputs.rates(report(page, rate=[offer])))


def test_a_rate_of_the_collective_says_that_it_is_and_without_a_source_that_too(page: Any) -> None:
    own = {"rate_id": "zon--r", "method": "vervanging", "eur_per_hour_low": 20.0, "eur_per_hour_high": 30.0}
    told = text_of(value_inputs.rates(report(page, rate=[own | {"year": 2024}])))
    assert "wat een betaalde kracht kost 20,00 tot 30,00 2024 niet vastgelegd tarief van het collectief zelf" in told


def test_assumptions_of_every_saving_stand_there_also_of_one_that_does_not_count(page: Any) -> None:
    told = text_of(value_inputs.savings(report(page)))
    assert "Minder gas 100 1 – 2 – 3 0,25 80 – 100 – 140 3 0,20 gemeente weinig bewijs ja" in told
    assert "niet onderzocht nee; rust op een verband dat het collectief niet heeft onderzocht" in told
    assert "Minder zorg – – – – – –" in told


def test_what_is_not_recorded_of_a_saving_is_said(page: Any) -> None:
    claim = SAVING | {"duration_years": None, "counterfactual_share": None}
    told = text_of(value_inputs.savings(report(page, saving_claim=[claim])))
    assert told.count("niet bijgehouden") == 2


def test_how_it_was_computed_is_told_and_that_nothing_is_discounted(page: Any) -> None:
    told = text_of(value_inputs.appendix(report(page)))
    assert "er is geen rente afgetrokken" in told
    assert "5% en 95% van 4.096 trekkingen" in told


def test_money_by_condition(page: Any) -> None:
    told = text_of(value_inputs.money(report(page)))
    assert "deel van het geld: voor inspanning 100%" in told
    assert "tijd waarvoor al geld is toegezegd 12 maanden" in told


def test_nothing_kept_leaves_tables_out(page: Any) -> None:
    content = report(page, figures=(), saving_claim=[], funding=[])
    assert value_inputs.savings(content) == ""
    assert value_inputs.money(content) == ""


# Language


def test_sentences_are_short_and_easy(page: Any) -> None:
    content = report(page)
    told = [one for one in sentences(value.section(content) + ledger.books(content)) if one.endswith(".")]
    assert max(len(one.split()) for one in told) <= 25
    assert readability.score(" ".join(told)) >= 50
