"""Which cases, and which not: a grid with its gaps named, who refused and why, and on which scale what happens."""

from typing import Any

import pandas as pd

from bt_analysis import figures
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import coverage as covering
from bt_analysis.analysis.learning import scale as scaling
from bt_analysis.analysis.learning import selection as selecting
from bt_analysis.pages import codes, coverage
from bt_analysis.pages.content import Content
from bt_analysis.settings import Settings
from tests import learning_cases
from tests.html_text import text_of

PERIODS = {"zon": ("2024",), "tuin": ("2024",), "hof": ("2024",)}
ABOUT: dict[str, Any] = {
    "zon": {"name": "Zon & Wind", "primary_domain": "energie_klimaat"}, "tuin": {"urbanity": 4},
    "hof": {"urbanity": None},
}  # fmt: skip
DUTCH = [{"collective_id": name, "country": "NL"} for name in PERIODS]


def content(page: Any, periods: dict[str, Any] = PERIODS, about: dict[str, Any] = ABOUT, **tables: Any) -> Content:
    cases = learning_cases.of(periods, about, **({"collective": DUTCH} | tables))
    learned = [question.learn(cases, Settings()) for question in (covering, selecting, scaling)]
    told = pd.concat([one.estimates for one in learned], ignore_index=True).assign(synthetic=False)
    named = {name: table for one in learned for name, table in one.tables.items()}
    report: Content = page.content(learned=named, collectives=page.collectives(*cases.collectives.to_dict("records")))
    object.__setattr__(report, "estimates", told[told["collective_id"].eq(learning.ACROSS)])
    return report


def test_collectives_stand_by_domain_and_urbanity(page: Any) -> None:
    found = coverage.section(content(page))
    assert found.count("<tr") == 1 + len(codes.DOMAINS)
    assert "weinig stedelijk" in found
    assert "stedelijkheid onbekend" in found
    assert "Zon &amp; Wind" in found
    assert "Uit deze gebieden doet niemand mee: zeer sterk stedelijk, sterk stedelijk, niet stedelijk." in found


def test_cells_of_which_nothing_is_known_are_counted(page: Any) -> None:
    assert "Over 38 van de 40 vakken weten we niets." in text_of(coverage.section(content(page)))  # 8 · 5 − 2


def test_a_cell_leads_to_its_line_and_a_full_one_is_a_number(page: Any) -> None:
    many = {f"c{at}": ("2024",) for at in range(coverage.NAMED + 1)}
    report = content(page, many, {}, collective=[{"collective_id": name, "country": "NL"} for name in many])
    row = report.rows("coverage", "coverage_n", group_type="NL_3").iloc[0]
    assert f'<a href="#c-{row["claim_id"]}">4 collectieven</a>' in coverage.section(report)


def test_no_gap_between_classes_is_no_sentence_about_them(page: Any) -> None:
    every = {f"c{at}": ("2024",) for at in range(1, 6)}
    about = {f"c{at}": {"urbanity": at} for at in range(1, 6)}
    assert "niemand mee" not in coverage.section(content(page, every, about, collective=[]))


def test_kinds_of_places_are_counted_and_borders_only_named_when_crossed(page: Any) -> None:
    home = text_of(coverage.section(content(page)))
    assert "Soort plek: matig stedelijk 1, landelijk 1, soort plek onbekend 1." in home
    assert "tussen landen" not in home
    abroad = [*DUTCH[:2], {"collective_id": "hof", "country": "PT"}]
    found = text_of(coverage.section(content(page, collective=abroad)))
    assert "domein en stedelijkheid: PT" in found
    assert "Voorwaarden en lessen vergelijken we tussen landen, cijfers en scores niet" in found


def test_reach_is_told_within_a_kind_of_place_only(page: Any) -> None:
    report = content(page)
    figure = {"question": "places", "indicator_id": "reach_pct_in_place", "collective_id": "", "group_type": "plek",
              "ci_low": 2, "ci_high": 9, "n": 6}  # fmt: skip
    few = figure | {"group_value": "landelijk", "gate": "niet_te_zien", "gate_reason": "too_few_in_place"}
    more = page.estimates(figure | {"group_value": "stedelijk"}, few)
    object.__setattr__(report, "estimates", pd.concat([report.estimates, more]))
    found = text_of(coverage.section(report))
    assert "Bereik onder bewoners, binnen een soort plek: stedelijk: 2,0% tot 9,0% (6 collectieven)." in found


def test_a_name_is_no_markup(page: Any) -> None:
    payload = "<script>alert(1)</script>"
    found = coverage.section(content(page, about={"zon": {"name": payload}}))
    assert "<script" not in found


ASKED = (
    {"approach_id": "zon--1", "party_type": "collectief", "date": "2024-01-01", "response": "doet_mee"},
    {"approach_id": "zon--2", "party_type": "collectief", "date": "2024-01-01", "response": "weigert",
     "reason": "geen tijd"},
    {"approach_id": "zon--3", "party_type": "collectief", "date": "2024-01-01", "response": "geen_antwoord"},
    {"approach_id": "zon--4", "date": "2024-01-01", "response": "weigert"},
)  # fmt: skip


def test_who_refused_stands_beside_who_takes_part(page: Any) -> None:
    found = text_of(coverage.who_not(content(page, selection_register=ASKED)))
    assert "Collectieven zijn 3 keer gevraagd om mee te doen: 1 doet mee, 1 zei nee, 1 gaf geen antwoord." in found
    assert "collectieven 1 1 – 1" in found
    assert "soort partij niet te tonen – 1 – –" in found
    assert "Redenen: geen tijd (1). Van 2 keer is de reden niet bekend." in found


def test_reasons_that_nobody_gave_are_told_as_not_kept(page: Any) -> None:
    found = text_of(coverage.who_not(content(page, selection_register=ASKED[3:])))
    assert "Redenen om niet mee te doen zijn niet bijgehouden, of niet om te tonen." in found
    assert "niet bijgehouden" in text_of(coverage.who_not(content(page)))


def test_scales_are_a_matrix_per_kind_of_record(page: Any) -> None:
    activity = {"collective_id": "zon", "title": "x", "domain": "welzijn", "scale": "buurt"}
    rows = [{**activity, "activity_id": f"zon--{at}"} for at in range(3)]
    drawn = figures.scales(content(page, activity=[*rows, {**rows[0], "activity_id": "zon--9", "scale": None}]))
    assert [one.title for one in drawn] == ["Van activiteiten gaan de meeste over de schaal buurt: 3 van de 3"]
    assert drawn[0].text == "Welzijn: buurt 3"
    assert drawn[0].note == "Van 1 is schaal of domein niet bijgehouden."


def test_scales_that_nobody_keeps_are_a_tile(page: Any) -> None:
    assert "nog niet bijgehouden" in figures.scales(content(page))[0].text
    unplaced = {"activity_id": "zon--1", "collective_id": "zon", "title": "x"}
    assert "Van geen van de 1 activiteiten" in figures.scales(content(page, activity=[unplaced]))[0].text
