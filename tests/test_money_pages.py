"""Sentences and cells about money and hours, from rows that are typed here: each branch, and its edges."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.pages import ledger, value, value_inputs
from bt_analysis.pages.content import Content
from tests.html_text import rows_of, text_of

NAN = float("nan")

LINE: dict[str, Any] = {
    "role": "investeert", "party": "gemeente", "cashable": "", "hours": NAN, "paid_eur": NAN, "eur_low": NAN,
    "eur_high": NAN, "n": 1.0, "claim_id": "c0ffee000000",
}  # fmt: skip

CLAIM: dict[str, Any] = {
    "saving_id": "tuin--s1", "outcome": "Minder gas", "status": "gesteund", "verdict": "telt", "gate_reason": "",
    "n": 100.0, "effect_low": 1.0, "effect_mid": 2.0, "effect_high": 2.5, "unit_cost_eur_low": 80.0,
    "unit_cost_eur_mid": 100.0, "unit_cost_eur_high": 1400.0, "counterfactual_share": 0.25, "duration_years": 3.0,
    "drop_off": 0.0, "payer": "gemeente", "saver": "bewoners", "cashable": "ja", "claim_id": "x",
}  # fmt: skip

RATE: dict[str, Any] = {
    "method": "markt", "low": 38.0, "high": 38.0, "year": 2024, "source_title": "Tarieven", "publisher": "Bureau",
    "source_url": "https://www.example.org", "own": False, "gate_reason": "",
}  # fmt: skip


def report(page: Any, *estimates: dict[str, Any], lang: str = "nl", **tables: list[dict[str, Any]]) -> Content:
    """Return a collective's report; tables of what it learned hold the rows that are given."""
    names = {"ledger": LINE, "savings": CLAIM, "rates_used": RATE}
    learned = {
        name: pd.DataFrame([usual | row for row in tables.get(name, [])], columns=list(usual))
        for name, usual in names.items()
    }
    learned["own_units"] = pd.DataFrame(columns=["kind", "claim_id", "domain"])
    content: Content = page.content(*estimates, lang=lang, learned=learned)
    return content


def money(name: str, amount: float, **more: Any) -> dict[str, Any]:
    return {"question": "funding", "indicator_id": name, "value": amount, "n": 1.0, "unit": "%"} | more


def saving(**more: Any) -> dict[str, Any]:
    return {
        "question": "savings", "indicator_id": "saving_eur", "group_type": "besparing", "group_value": "tuin--s1",
        "group_label": "Minder gas", "value": NAN, "ci_low": 24_000.0, "ci_high": 56_000.0, "unit": "eur",
    } | more  # fmt: skip


def pays(other: float, n: float) -> dict[str, Any]:
    return {"question": "savings", "indicator_id": "saver_does_not_pay_n", "value": other, "n": n}


# What each party puts in


@pytest.mark.parametrize(
    ("line", "cell"),
    [
        ({"hours": 1250.0}, "1.250 uur"),
        ({"hours": 10.0, "eur_low": 100.0, "eur_high": 2500.0}, "10 uur; waarde €100 tot €2.500"),
        ({"paid_eur": 6008.2}, "€6.008 aan geld"),
        ({"hours": 10.0, "paid_eur": 5.0}, "10 uur; €5 aan geld"),
        ({}, "kosten, hoeveel is niet bijgehouden"),
        ({"hours": 0.0}, "0 uur"),  # nothing is not the same as not recorded
    ],
)
def test_what_a_party_puts_in(page: Any, line: dict[str, Any], cell: str) -> None:
    ((who, puts, saves, left),) = rows_of(ledger.books(report(page, ledger=[line])))
    assert (who, puts, saves, left) == ("gemeente", cell, "", "")


@pytest.mark.parametrize(
    ("cashable", "left"),
    [
        ("ja", "er blijft geld over"),
        ("nee", "het geeft alleen ruimte, er blijft geen geld over"),
        ("onbekend", "of er geld overblijft is niet bijgehouden"),
    ],
)
def test_what_is_left_of_a_saving(page: Any, cashable: str, left: str) -> None:
    saves = {"role": "bespaart", "cashable": cashable, "eur_low": 1000.0, "eur_high": 2000.0}
    ((who, puts, ends, said),) = rows_of(ledger.books(report(page, ledger=[saves])))
    assert (who, puts, ends, said) == ("gemeente", "", "€1.000 tot €2.000", left)


def test_who_invests_stands_before_who_saves_and_large_before_small(page: Any) -> None:
    saves = {"role": "bespaart", "cashable": "ja", "eur_low": 1.0}
    lines = [
        saves | {"party": "zorg", "eur_high": 10.0}, saves | {"party": "bewoners", "eur_high": 99.0},
        {"party": "vrijwilligers", "hours": 5.0}, saves | {"party": "zorg", "eur_high": 9.0, "cashable": "nee"},
    ]  # fmt: skip
    found = [line[0] for line in rows_of(ledger.books(report(page, ledger=lines)))]
    assert found[0] == "vrijwilligers"
    assert found[1] == "bewoners"
    assert found[3] == ""  # room of the same party stands below its money, without its name again


def test_a_party_that_nobody_wrote_down_is_told_as_that(page: Any) -> None:
    content = report(page)
    assert ledger.party(content, "") == "niet bijgehouden wie"
    assert ledger.party(content, "waterschap") == "waterschap"
    assert ledger.party(report(page, lang="en"), "") != ledger.party(content, "")


def test_without_lines_there_is_no_table(page: Any) -> None:
    assert "<table" not in ledger.books(report(page))


# Where money comes from


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (0.0, "Voor na deze periode is nog geen geld toegezegd."),
        (0.4, "Voor na deze periode is nog geen geld toegezegd."),
        (0.6, "Er is al geld toegezegd voor nog 1 maand."),
        (1.4, "Er is al geld toegezegd voor nog 1 maand."),
        (1.6, "Er is al geld toegezegd voor nog 2 maanden."),
        (120.0, "Er is al geld toegezegd voor nog 120 maanden."),
    ],
)
def test_how_long_money_lasts(page: Any, months: float, expected: str) -> None:
    content = report(page, money("government_pct", 0.0), money("runway_months", months, unit="maanden"))
    said = text_of(ledger.books(content))
    assert expected in said
    assert "Van de overheid kwam 0%." in said
    assert "geldgever" not in said  # own income only: nobody gave most
    assert "Aanvragen" not in said  # nobody wrote hours down


def test_money_is_told_in_the_order_of_a_conversation(page: Any) -> None:
    content = report(
        page, money("reporting_hours", 1240.0, unit="uur"), money("government_pct", 66.6),
        money("largest_funder_pct", 66.6, group_value="gemeente"), money("runway_months", 3.0),
    )  # fmt: skip
    assert text_of(ledger.books(content)).startswith(
        "De grootste geldgever (gemeente) gaf 67% van het geld. Van de overheid kwam 67%. "
        "Er is al geld toegezegd voor nog 3 maanden. Aanvragen en verantwoorden kostte 1.240 uur."
    )
    short = text_of(ledger.in_short(content))
    assert short == (
        "De grootste geldgever (gemeente) gaf 67% van het geld. Van de overheid kwam 67%. "
        "Besparingen zijn nog niet bijgehouden."
    )


def test_nothing_of_money_is_one_sentence(page: Any) -> None:
    assert text_of(ledger.in_short(report(page))) == (
        "Waar het geld vandaan komt is nog niet bijgehouden. Besparingen zijn nog niet bijgehouden."
    )


# Who saves


@pytest.mark.parametrize(
    ("other", "n", "expected"),
    [
        (0, 1, "Wie betaalt, bespaart zelf."),
        (1, 1, "Wie bespaart is een ander dan wie betaalt."),
        (0, 4, "Bij 0 van de 4 besparingen die tellen bespaart een ander dan wie betaalt."),
        (3, 4, "Bij 3 van de 4 besparingen die tellen bespaart een ander dan wie betaalt."),
    ],
)
def test_whether_who_saves_also_pays(page: Any, other: float, n: float, expected: str) -> None:
    content = report(page, saving(), pays(other, n), savings=[{}])
    assert expected in text_of(ledger.books(content))
    assert text_of(ledger.in_short(content)).endswith(expected)


def test_savings_of_which_nobody_knows_who_pays_say_nothing_of_it(page: Any) -> None:
    content = report(page, saving(), savings=[{"payer": ""}])
    assert "wie betaalt" not in text_of(ledger.books(content))
    assert text_of(ledger.in_short(content)) == "Waar het geld vandaan komt is nog niet bijgehouden."


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "Minder gas: €24.000 tot €56.000. Wie bespaart: bewoners; er blijft geld over."),
        (
            {"gate": "voorbehoud", "gate_reason": "arrow_contested"},
            "er blijft geld over. Let op: dat rust op een verband dat wordt betwist.",
        ),
        (
            {"gate": "niet_te_zien", "gate_reason": "no_counterfactual"},
            "telt niet mee, want dat zegt niet welk deel ook zonder het collectief was gebeurd.",
        ),
        ({"gate": "niet_te_zien", "gate_reason": "euro_alone"}, "want dat heeft niets naast zich"),
    ],
)
def test_a_saving_in_words(page: Any, more: dict[str, Any], expected: str) -> None:
    said = text_of(ledger.books(report(page, saving(**more), savings=[{}])))
    assert expected in said
    assert ("€" in said) == (more.get("gate") != "niet_te_zien")


def test_a_saving_with_markup_in_its_name_is_text(page: Any) -> None:
    html = ledger.books(report(page, saving(group_label="<b>gas</b> {n}"), savings=[{}]))
    assert "<b>" not in html
    assert "&lt;b&gt;gas&lt;/b&gt; {n}" in html


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_over_all_collectives(page: Any, lang: str) -> None:
    both = [pays(12.0, 40.0), pays(28.0, 40.0) | {"indicator_id": "saver_pays_n"}]
    content = report(page, *(row | {"collective_id": ""} for row in both), lang=lang)
    said = text_of(ledger.across(content))
    assert "40" in said
    assert "12" in said
    assert "28" not in said
    assert ("besparingen" in said) == (lang == "nl")


def test_one_half_of_who_pays_is_not_told(page: Any) -> None:
    said = text_of(ledger.across(report(page, pays(1.0, 1.0) | {"collective_id": ""})))
    assert said == "Van geen besparing is bekend wie betaalt en wie bespaart."


# Section 8


@pytest.mark.parametrize(
    ("lang", "low", "high", "expected"),
    [("nl", 50_000, 131_000, "€50.000 tot €131.000"), ("en", 50_000, 131_000, "€50,000 to €131,000"),
     ("nl", 0, 1, "€0 tot €1")],
)  # fmt: skip
def test_a_range_of_euros(page: Any, lang: str, low: float, high: float, expected: str) -> None:
    assert value.amount(report(page, lang=lang), low, high) == expected


def worth(name: str, low: float, high: float, **more: Any) -> dict[str, Any]:
    return {
        "question": "value", "indicator_id": name, "value": NAN, "ci_low": low, "ci_high": high, "unit": "eur", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("narrow", "wide", "rates_first"),
    [
        ((100.0, 200.0), (100.0, 399.0), True),  # twice by the rates; 3.99 in all is less than twice as much again
        ((100.0, 200.0), (100.0, 400.0), True),  # just as much
        ((100.0, 200.0), (100.0, 401.0), False),
        ((0.0, 200.0), (0.0, 200.0), True),  # no ratio can be told: rates alone make it as wide as can be
        ((100.0, 200.0), (0.0, 400.0), False),
    ],
)
def test_what_makes_the_range_wide(
    page: Any, narrow: tuple[float, float], wide: tuple[float, float], rates_first: bool
) -> None:
    content = report(page, worth("hours_value_eur", *narrow), worth("hours_value_wide_eur", *wide))
    assert value.what_matters(content).startswith("Hoe je rekent") == rates_first


@pytest.mark.parametrize("gate", ["niet_te_zien", "onderdrukt"])
def test_a_range_that_is_not_shown_has_no_sentence(page: Any, gate: str) -> None:
    assert value.hours_in_euros(report(page, worth("hours_value_eur", 1.0, 2.0, gate=gate))) == ""
    assert value.hours_in_euros(report(page)) == ""


def test_the_record_that_is_not_shown_adds_no_sentence(page: Any) -> None:
    narrow = worth("hours_value_eur", 1000.0, 2000.0)
    hidden = worth("hours_value_wide_eur", NAN, NAN, gate="niet_te_zien", gate_reason="one_rate_only")
    said = text_of(value.section(report(page, narrow, hidden)))
    assert "€1.000 tot €2.000" in said
    assert "Ook de uren zelf" not in said


def test_old_prices_are_a_reservation_beside_the_range(page: Any) -> None:
    row = worth("hours_value_eur", 1000.0, 2000.0, gate="voorbehoud", gate_reason="rate_of_other_year")
    said = text_of(value.section(report(page, row)))
    assert "Let op: dat rust voor een deel op prijzen van een ander jaar, niet aangepast." in said


def test_there_are_nine_tiles_at_most(page: Any) -> None:
    roles = [
        {"question": "hours", "indicator_id": "hours_role", "group_type": "rol", "group_value": f"rol{at}",
         "value": 10.0 + at, "unit": "uur"}
        for at in range(12)
    ]  # fmt: skip
    html = value.section(report(page, *roles))
    assert html.count('class="number"') == value.MOST_TILES == 9
    assert "Uren van rollen" not in text_of(html)  # all roles are shown; the others stand in the appendix


# Appendix D


@pytest.mark.parametrize(
    ("rate", "euros", "source", "note"),
    [
        ({}, "38,00", "Tarieven, Bureau, https://www.example.org", ""),
        ({"low": 20.0, "high": 26.5}, "20,00 tot 26,50", "Tarieven, Bureau, https://www.example.org", ""),
        ({"source_title": "", "publisher": "", "source_url": ""}, "38,00", "niet vastgelegd", ""),
        ({"publisher": ""}, "38,00", "Tarieven, https://www.example.org", ""),
        ({"own": True}, "38,00", "Tarieven, Bureau, https://www.example.org", "tarief van het collectief zelf"),
        (
            {"method": "bron_genoemd", "source_url": ""},
            "38,00",
            "Tarieven, Bureau",
            "gaat over al het georganiseerde vrijwilligerswerk",
        ),
        (
            {"own": True, "method": "bron_genoemd", "source_url": "", "gate_reason": "rate_of_other_year"},
            "38,00",
            "Tarieven, Bureau",
            "tarief van het collectief zelf; rust voor een deel op prijzen van een ander jaar, niet aangepast",
        ),
    ],
)
def test_a_rate_in_its_table(page: Any, rate: dict[str, Any], euros: str, source: str, note: str) -> None:
    ((_, told, year, where, notes),) = rows_of(value_inputs.rates(report(page, rates_used=[rate])))
    assert (told, year, where, notes) == (euros, "2024", source, note)


def test_the_absence_of_the_market_is_told_once(page: Any) -> None:
    absent = "Een tarief met bron voor de marktwaarde is er niet."
    assert absent not in text_of(value_inputs.rates(report(page, rates_used=[{}])))
    others = [{"method": "minimumloon"}, {"method": "vervanging"}]
    assert text_of(value_inputs.rates(report(page, rates_used=others))).count(absent) == 1
    assert value_inputs.rates(report(page)) == ""


@pytest.mark.parametrize(
    ("claim", "cells"),
    [
        (
            {},
            ["Minder gas", "100", "1 – 2 – 2,50", "0,25", "80 – 100 – 1.400", "3", "0", "gemeente", "gesteund", "ja"],
        ),
        (
            {"outcome": "", "n": NAN, "payer": "", "verdict": "geweigerd", "gate_reason": "people_not_recorded"},
            ["s1", "niet bijgehouden", "1 – 2 – 2,50", "0,25", "80 – 100 – 1.400", "3", "0", "niet bijgehouden wie",
             "gesteund", "nee; zegt niet over hoeveel mensen het gaat"],
        ),
        (
            {"verdict": "niet_getoond", "gate_reason": "few_people", "status": "betwist"},
            ["Minder gas", "–", "–", "–", "–", "–", "–", "gemeente", "",
             "nee; gaat over te weinig mensen om te tonen"],
        ),
        (
            {"verdict": "dubbel", "gate_reason": "overlaps_larger", "status": "weinig_bewijs", "effect_low": NAN},
            ["Minder gas", "100", "niet bijgehouden – 2 – 2,50", "0,25", "80 – 100 – 1.400", "3", "0", "gemeente",
             "weinig bewijs", "nee; dubbelt met een grotere besparing"],
        ),
    ],
)  # fmt: skip
def test_what_a_saving_takes_for_granted(page: Any, claim: dict[str, Any], cells: list[str]) -> None:
    assert rows_of(value_inputs.savings(report(page, savings=[claim]))) == [cells]


@pytest.mark.parametrize("status", ["", "niet_onderzocht"])
def test_a_link_that_nobody_studied_is_told_as_that(page: Any, status: str) -> None:
    ((*_, told, _counts),) = rows_of(value_inputs.savings(report(page, savings=[{"status": status}])))
    assert told == "niet onderzocht"


def test_money_of_parties_stands_in_the_ledger_and_not_here(page: Any) -> None:
    assert value_inputs.money(report(page, money("funding_eur", 5000.0, unit="eur"))) == ""
    rows = rows_of(value_inputs.money(report(page, money("government_pct", 40.4), money("funding_eur", 1.0))))
    assert [cells[1:] for cells in rows] == [["40%", ""]]


def test_the_appendix_says_how_it_was_computed_also_when_nothing_is_kept(page: Any) -> None:
    for lang, words in (("nl", "We delen opbrengst niet door kosten."), ("en", "4,096")):
        html = value_inputs.appendix(report(page, lang=lang))
        assert words in text_of(html)
        assert "<table" not in html
