"""Sections about cooperation, obstacles and umbrellas: gaps in words and a drawing, both worlds side by side."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import figures
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import cooperation as asking
from bt_analysis.analysis.learning import obstacles as stopping
from bt_analysis.analysis.learning import tradeoffs as choosing
from bt_analysis.analysis.learning import umbrellas as belonging
from bt_analysis.analysis.learning.cooperation import CONDITIONS
from bt_analysis.pages import cooperation, obstacles, tradeoffs, umbrellas
from bt_analysis.pages.content import Content
from bt_analysis.settings import Settings
from tests import learning_cases
from tests.html_text import text_of

ACTORS = (
    {"actor_id": "tuin--gemeente", "name": "Gemeente Els", "side": "publiek", "interests": "Rust"},
    {"actor_id": "tuin--koepel", "name": "Koepel", "side": "koepel"},
    {"actor_id": "tuin--winkels", "name": "Winkels", "side": "markt"},
)  # fmt: skip
QUESTIONS = (asking, choosing, stopping, belonging)


def content(page: Any, *, across: bool = False, lang: str = "nl", **tables: Any) -> Content:
    """Make the report of De Tuin over 2024, or of all collectives, of typed records."""
    cases = learning_cases.of({"tuin": ("2024",)}, actor=ACTORS, **tables)
    learned = [question.learn(cases, Settings()) for question in QUESTIONS]
    whose = learning.ACROSS if across else "tuin"
    told = pd.concat([one.estimates for one in learned], ignore_index=True).assign(synthetic=False)
    named = {name: table for one in learned for name, table in one.tables.items()}
    report: Content = page.content(lang=lang, learned=named)
    object.__setattr__(report, "estimates", told[told["collective_id"].eq(whose)])
    return report


def scan(day: str = "2024-03-01", actor: str = "gemeente", **scores: tuple[Any, Any]) -> list[dict[str, Any]]:
    """Type a scan: condition → score of residents and of the other side; the other conditions are 3 and 3."""
    both = {name: scores.get(name, (3, 3)) for name in CONDITIONS}
    standard = {"scan_id": f"tuin--{day}-{actor}", "date": day, "collective_id": "tuin",
                "actor_id": f"tuin--{actor}", "n_raters": 12, "importance": 4}  # fmt: skip
    sides = ("civiel", "publiek" if actor == "gemeente" else "markt")
    return [
        standard | {"side": side, "condition": name, "score": score}
        for name, pair in both.items()
        for side, score in zip(sides, pair, strict=True)
        if score != "absent"
    ]


def test_it_is_said_where_both_sides_differ_and_where_not(page: Any) -> None:
    report = content(page, coop_scan=scan(juridisch=(2, 5), taal=(5, 2), doelen=(3, 4)))
    short, found = text_of(cooperation.section(report)), text_of(cooperation.more(report))
    assert "7 · Hoe we samenwerken" in short
    assert "Volgens bewoners gaat dit beter dan volgens overheid: gedeelde taal." in short
    assert "De vragenlijst is niet getoetst." in short
    assert "hetzelfde over" not in short  # two sentences of a party, and the others behind
    assert "Met Gemeente Els, 1 maart 2024:" in found
    assert "Volgens overheid gaat dit beter dan volgens bewoners: wat juridisch mag." in found
    assert "Volgens bewoners gaat dit beter dan volgens overheid: gedeelde taal." in found
    assert "(bijna) hetzelfde over: waarden, doelen, geld en middelen" in found  # one point is no gap
    assert "Om over te praten, want beide kanten vinden het belangrijk: gedeelde taal, wat juridisch mag." in found
    assert "De vragenlijst is niet getoetst." in found


def test_no_mean_and_no_total_is_told(page: Any) -> None:
    report = content(page, coop_scan=scan(juridisch=(2, 5)))
    found = text_of(cooperation.section(report) + cooperation.more(report) + cooperation.table(report))
    assert "geen totaal en geen gemiddelde" in found
    assert "2,9" not in found  # (7 · 3 + 2) / 8


def test_a_missing_score_says_why_and_is_not_drawn_as_low(page: Any) -> None:
    rows = scan(open_technologie=(3, None))
    report = content(page, coop_scan=rows)
    assert "Niet te zien bij open techniek (overheid: niet ingevuld)." in text_of(cooperation.section(report))
    figure = figures.cooperation(report)[0]
    assert "open techniek: bewoners 3, overheid niet ingevuld" in figure.text
    assert "overheid: niet ingevuld" in figure.svg


def test_a_side_that_did_not_take_part_leaves_no_figure(page: Any) -> None:
    absent: Any = dict.fromkeys(CONDITIONS, (3, "absent"))
    rows = scan(**absent)
    report = content(page, coop_scan=rows)
    assert "Niet te zien (overheid: deed niet mee)." in text_of(cooperation.section(report))
    assert figures.cooperation(report) == []


def test_it_is_said_what_changed_since_the_scan_before(page: Any) -> None:
    rows = [*scan("2023-03-01", juridisch=(1, 5), taal=(3, 4)), *scan(juridisch=(3, 5), taal=(1, 4))]
    found = text_of(cooperation.more(content(page, coop_scan=rows)))
    assert "Het verschil werd sinds 1 maart 2023: kleiner bij wat juridisch mag; groter bij gedeelde taal." in found
    same = [*scan("2023-03-01"), *scan()]
    assert "nergens anders" in text_of(cooperation.more(content(page, coop_scan=same)))


def test_the_drawing_has_a_finding_as_title_and_a_party_each(page: Any) -> None:
    rows = [*scan(juridisch=(2, 5)), *scan(actor="winkels")]
    drawn = figures.cooperation(content(page, coop_scan=rows))
    assert [one.title for one in drawn] == [
        "Gemeente Els: het meest verschil bij wat juridisch mag",
        "Winkels: beide kanten oordelen (bijna) hetzelfde",
    ]
    assert "wat juridisch mag: bewoners 2, overheid 5" in drawn[0].text


def test_the_two_pages_draw_the_party_with_most_to_talk_about(page: Any) -> None:
    rows = [*scan(), *scan(actor="winkels", juridisch=(2, 5))]
    (drawn,) = figures.cooperation_in_short(content(page, coop_scan=rows))
    assert drawn.title == "Winkels: het meest verschil bij wat juridisch mag"
    assert figures.cooperation_in_short(content(page)) == []
    # The other one stands behind them, and none stands twice on a page.
    (other,) = figures.cooperation_behind(content(page, coop_scan=rows))
    assert other.title == "Gemeente Els: beide kanten oordelen (bijna) hetzelfde"
    assert figures.cooperation_behind(content(page)) == []


def test_every_gap_of_the_table_leads_to_its_line(page: Any) -> None:
    report = content(page, coop_scan=scan(juridisch=(2, 5)))
    row = report.rows("cooperation", "coop_gap", group_type="voorwaarde_juridisch").iloc[0]
    assert f'<a href="#c-{row["claim_id"]}">-3</a>' in cooperation.table(report)


def test_what_people_said_is_repeated_twice_at_most(page: Any) -> None:
    rows = [row | {"quote": f"Over {row['condition']}"} for row in scan()]
    found = text_of(cooperation.more(content(page, coop_scan=rows)))
    assert "Bewoners over waarden: “Over waarden”" in found
    assert found.count("“") == cooperation.MOST_QUOTES


def test_what_is_not_kept_is_said(page: Any) -> None:
    assert "is nog niet bijgehouden." in text_of(cooperation.section(content(page)))
    earlier = content(page, coop_scan=scan("2022-03-01"))
    assert "In deze periode is niet gevraagd" in text_of(cooperation.section(earlier))
    assert "Hoe bewoners en overheid samenwerken is nog niet" in text_of(cooperation.across(content(page, across=True)))


def test_over_collectives_ways_are_counted_per_condition(page: Any) -> None:
    found = cooperation.across(content(page, across=True, coop_scan=scan(juridisch=(2, 5))))
    assert "overheid gunstiger" in found
    assert found.count(">1</a>") == 8  # one pair, eight conditions
    assert "Een verschil is 2 punten of meer." in text_of(found)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_sections_are_written_in_both_languages(page: Any, lang: str) -> None:
    report = content(page, lang=lang, coop_scan=scan(juridisch=(2, 5)))
    found = text_of(cooperation.section(report))
    assert ("residents" in found) == (lang == "en")


# Trade-offs

CHOICE = {
    "tradeoff_id": "tuin--t1", "collective_id": "tuin", "option_a": "Parkeren", "option_b": "Een tuin",
    "actors_for_a": "tuin--winkels;tuin--gemeente", "actors_for_b": "tuin--gemeente",
}  # fmt: skip


def test_a_choice_names_both_camps_and_counts_neither(page: Any) -> None:
    found = text_of(tradeoffs.section(content(page, tradeoff=[CHOICE])))
    assert "Parkeren" in found
    assert "Gemeente Els (voor allebei)" in found
    assert "een afweging is geen stemming" in found
    assert tradeoffs.section(content(page)) == ""


def test_a_choice_without_consent_keeps_its_place(page: Any) -> None:
    hidden = CHOICE | {"option_a": None, "option_b": None}
    found = text_of(tradeoffs.section(content(page, tradeoff=[hidden])))
    assert "tekst niet getoond" in found
    assert "Winkels" in found
    assert "Van 1 keuze tonen we de tekst niet" in found


def test_parties_are_listed_with_what_they_want(page: Any) -> None:
    found = text_of(tradeoffs.interests(content(page, tradeoff=[CHOICE])))
    assert "Rust" in found
    assert "niet bijgehouden, of niet om te tonen" in found


# Obstacles and umbrellas


def stop(number: int, **more: Any) -> dict[str, Any]:
    standard = {"obstacle_id": f"tuin--o{number}", "collective_id": "tuin", "side": "publiek", "type": "regels",
                "stage": "gewogen", "first_seen": "2024-02-01"}  # fmt: skip
    return standard | more


def test_obstacles_of_a_collective_are_tiles_and_what_helped(page: Any) -> None:
    rows = [stop(1, how="Samen kijken", resolved_on="2024-03-01"), stop(2, side="civiel", type="anders")]
    found = text_of(obstacles.of_collective(content(page, obstacle=rows)))
    assert "1 hindernis bij bewoners" in found
    assert found.index("hindernis bij bewoners") < found.index("hindernis bij overheid")
    assert "regels (overheid): Samen kijken" in found
    assert "tegenhoudt is nog niet bijgehouden" in text_of(obstacles.of_collective(content(page)))


def test_a_long_list_of_what_helped_is_counted(page: Any) -> None:
    rows = [stop(at, how=f"Hulp {at}", resolved_on="2024-03-01") for at in range(obstacles.MOST + 2)]
    assert "en nog 2" in text_of(obstacles.of_collective(content(page, obstacle=rows)))


def test_both_worlds_stand_side_by_side_with_the_warning(page: Any) -> None:
    rows = [stop(1), stop(2, type="geld", hours_lost=3), stop(3, side="civiel", type="capaciteit")]
    found = text_of(obstacles.section(content(page, across=True, obstacle=rows)))
    assert "6 · Belemmeringen aan beide kanten" in found
    assert "Samen noemden ze 3 hindernissen." in found
    assert "Wie niet mee wilde doen is niet bijgehouden." in found
    assert "Collectieven hielden dit zelf bij." in found
    assert "soort bewoners overheid" in found
    assert "is niet te zien: het zijn te weinig hindernissen" in found
    assert "telt alleen hindernissen waarvan de uren zijn bijgehouden" in found
    assert "Belemmeringen zijn nog niet bijgehouden." in text_of(obstacles.section(content(page, across=True)))


def test_an_umbrella_costs_hours_and_brings_lessons(page: Any) -> None:
    row = {"collective_id": "tuin", "umbrella_actor_id": "tuin--koepel", "from": "2020-01-01", "hours_up": 20,
           "lessons_sent": 1, "lessons_received": 4}  # fmt: skip
    own = text_of(umbrellas.of_collective(content(page, membership=[row])))
    assert "Het collectief hoort bij: Koepel." in own
    assert "20 uur per jaar voor koepels" in own
    assert "1 les doorgegeven" in own
    across = text_of(umbrellas.section(content(page, across=True, membership=[row | {"hours_up": None}])))
    assert "is niet bijgehouden" in across
    assert umbrellas.of_collective(content(page)) == ""
    assert "is nog niet bijgehouden" in text_of(umbrellas.section(content(page, across=True)))


def test_umbrellas_are_in_order_of_the_alphabet_with_a_sum(page: Any) -> None:
    base = {"collective_id": "tuin", "from": "2020-01-01", "hours_up": 20}
    rows = [base | {"umbrella_actor_id": "tuin--zz"}, base | {"umbrella_actor_id": "tuin--koepel", "hours_up": 5}]
    found = text_of(umbrellas.section(content(page, across=True, membership=rows)))
    assert found.index("Koepel 1 5") < found.index("zz 1 20") < found.index("alle koepels samen 2 25")
