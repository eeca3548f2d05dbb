"""Section 4 of the cross-domain report: what the next neighbourhood would see, never that there is no effect."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bt_analysis import figures
from bt_analysis.analysis.learning import shared as question
from bt_analysis.pages import appendix, shared, shared_rows, shared_tables
from bt_analysis.pages.content import Content
from bt_analysis.settings import Settings
from tests.html_text import text_of
from tests.shared_figures import INDICATORS, cases, change, measured, names
from tests.test_shared_effects import conditions, planted, with_moderator

LABELLED = INDICATORS.assign(
    label_nl=["Sociale cohesie", "Gezondheid"], label_en=["Social cohesion", "Health"], direction="hoger_beter",
    source_type="enquete",
)  # fmt: skip


def report(page: Any, given: Any, lang: str = "nl") -> Content:
    answer = question.learn(given, Settings())
    who = [{"collective_id": name, "name": f"De {name.upper()}", "period": "2023-2024"} for name in given.ids]
    base = page.content(lang=lang, collectives=page.collectives(*who), indicators=LABELLED, learned=answer.tables)
    made: Content = replace(base, estimates=answer.estimates)
    return made


def told(page: Any, given: Any, lang: str = "nl") -> str:
    return text_of(shared.section(report(page, given, lang)))


def test_nothing_shared_is_one_sentence(page: Any) -> None:
    content = page.content()
    assert text_of(shared.section(content)) == "Nog geen cijfer is bij meer collectieven op dezelfde manier gemeten."
    assert figures.forest(content) == []
    assert (
        shared_tables.moderators(content) == shared_tables.by_collective(content) == shared_tables.apart(content) == ""
    )


def test_a_planted_change_leads_with_the_next_neighbourhood(page: Any) -> None:
    text = told(page, cases(planted(1, 24, 0.4, 0.1), names(24)))
    assert "Wat zou de volgende buurt zien?" in text
    assert "Sociale cohesie (verandering, deelnemers): dit gaat omhoog, waarschijnlijk ook in een nieuwe buurt." in text
    assert "De conclusie blijft gelijk als je één collectief weglaat." in text
    assert "het bewijst niet dat het door hen komt" in text
    assert "Wie niet mee wilde doen is niet bijgehouden." in text  # the warning goes with every claim


def test_down_is_told_as_such_and_on_average_is_not_everywhere(page: Any) -> None:
    down = [
        {**one, "value": -one["value"], "ci_low": -one["ci_high"], "ci_high": -one["ci_low"]}
        for one in planted(1, 24, 0.4, 0.1)
    ]
    assert "dit gaat omlaag, waarschijnlijk ook in een nieuwe buurt." in told(page, cases(down, names(24)))
    some = told(page, cases(planted(2, 24, 0.4, 0.3), names(24)))
    assert "dit gaat gemiddeld omhoog. In een nieuwe buurt kan het anders gaan." in some


def test_a_planted_absence_is_not_to_be_seen_and_never_none(page: Any) -> None:
    text = told(page, cases(planted(1, 12, 0.0, 0.1), names(12)))
    assert "of dit verandert, is niet te zien. Dat is geen bewijs dat er niets gebeurt." in text
    assert "geen effect" not in text


def test_every_number_of_a_finding_leads_to_its_line_in_the_appendix(page: Any) -> None:
    content = report(page, cases(planted(1, 12, 0.4, 0.1), names(12)))
    html = shared.section(content)
    listed = appendix.sums(content)
    for which in ("aantal", "nieuw", "gemiddelde", "omslag"):
        claim = content.one("shared", "cohesie", group_value=which)
        assert claim is not None
        assert f'href="#c-{claim["claim_id"]}"' in html
        assert f'id="c-{claim["claim_id"]}"' in listed
    assert "verandering, deelnemers: wat de volgende buurt waarschijnlijk ziet" in text_of(listed)
    assert "voorspelling voor een nieuwe, t met collectieven min 1" in text_of(listed)


def test_local_exceptions_and_who_decides_are_named(page: Any) -> None:
    rows = planted(5, 20, 0.4, 0.05)
    rows[7] = change("c07", -0.4, 0.2)
    text = told(page, cases(rows, names(20)))
    assert "Anders dan de rest: De C07." in text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.5], "bij alle collectieven ging het omhoog; ook als je één collectief weglaat"),
        ([-0.1, -0.2, -0.3, -0.4, -0.5], "bij alle collectieven ging het omlaag; ook als je één collectief weglaat"),
        ([0.1, 0.2, 0.3, 0.4, -0.5], "bij de een omhoog, bij de ander omlaag; zonder De C04 is dat anders"),
    ],
)
def test_five_to_nine_are_points_without_a_pooled_claim(page: Any, values: list[float], says: str) -> None:
    given = cases([change(n, v, 0.2) for n, v in zip(names(5), values, strict=True)], names(5))
    text = told(page, given)
    assert says in text
    assert "Met minder dan 10 collectieven laten we alleen zien waar ze liggen." in text
    assert "volgende buurt" not in text
    (drawn,) = figures.forest(report(page, given))
    assert "5 collectieven, te weinig om samen te nemen" in drawn.title
    assert "met de anderen" not in drawn.svg


def test_fewer_than_five_are_only_named(page: Any) -> None:
    given = cases([change(n, 0.3, 0.2) for n in names(3)], names(3))
    text = told(page, given)
    assert (
        "Van minder dan 5 collectieven, dus alleen naast elkaar te zetten: Sociale cohesie (verandering, deelnemers)."
        in text
    )
    assert figures.forest(report(page, given)) == []


def test_the_forest_plot_is_in_order_of_the_alphabet_and_says_its_finding(page: Any) -> None:
    given = cases(planted(1, 12, 0.4, 0.1), names(12))
    (drawn,) = figures.forest(report(page, given))
    assert "de volgende buurt ziet waarschijnlijk" in drawn.title
    order = [drawn.text.index(f"De C{number:02}") for number in range(12)]
    assert order == sorted(order)
    assert drawn.text.index("de volgende buurt") > max(order)
    assert "met de anderen" in drawn.svg
    assert figures.forest(report(page, given))[0].svg == drawn.svg


def test_of_very_many_only_the_first_are_drawn_and_that_is_said(page: Any) -> None:
    (drawn,) = figures.forest(report(page, cases(planted(1, 45, 0.4, 0.1), names(45))))
    assert "De eerste 40 zijn getekend" in drawn.note


def test_shares_are_in_percentage_points_and_levels_in_per_cent(page: Any) -> None:
    rows = [
        measured(n, year, 50 + 15 * (year - 2023) + at % 4) for at, n in enumerate(names(12)) for year in (2023, 2024)
    ]
    given = cases(rows, names(12))
    text = told(page, given)
    assert "procentpunt" in text
    assert "Gezondheid (laatste stand, deelnemers)" in text
    change_of, level = figures.forest(report(page, given))
    assert ">procentpunt<" in change_of.svg
    assert ">%<" in level.svg


def test_each_collective_has_its_own_figure_beside_the_guess_with_the_others(page: Any) -> None:
    text = text_of(shared_tables.by_collective(report(page, cases(planted(1, 12, 0.4, 0.1), names(12)))))
    assert "met de anderen" in text
    assert "De C00" in text
    assert "dezelfde mensen twee keer" in text


def test_conditions_are_looked_at_one_by_one(page: Any) -> None:
    content = report(page, with_moderator(0.5))
    text = text_of(shared_tables.moderators(content))
    assert "Samenhang is geen oorzaak." in text
    assert "een vaste plek" in text
    assert "minder stedelijk" in text
    assert "niet te zien" in text
    assert "verschil per stap van een vaste plek" in text_of(appendix.sums(content))
    unknown = [
        {**one, "condition_code": "eigen_code"} for one in conditions({n: at % 2 for at, n in enumerate(names(12))})
    ]
    given = cases(planted(1, 12, 0.4, 0.1), names(12), case_condition=unknown)
    assert "eigen code" in text_of(shared_tables.moderators(report(page, given)))


def test_what_does_not_go_together_is_listed_with_its_reason(page: Any) -> None:
    rows = [measured(n, 2024, 12, unit="aantal") for n in names(3)]
    text = text_of(shared_tables.apart(report(page, cases(rows, names(3)))))
    assert "zonder marge, dus niet te wegen: Gezondheid." in text


def test_a_gemeente_that_counts_and_a_comparison_are_said(page: Any) -> None:
    areas = [
        {"work_area_id": f"{n}-g", "collective_id": n, "area_codes": f"BU0{at % 4 + 100}0101"}
        for at, n in enumerate(names(12))
    ]
    rows = [{**one, "gate_reason": "no_experiment"} for one in planted(1, 12, 0.4, 0.1)]
    text = told(page, cases(rows, names(12), work_area=areas))
    assert "Dat collectieven in één gemeente op elkaar lijken, is meegerekend." in text
    assert "Het bewijst niet dat het door de collectieven komt." in text


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_it_reads_in_both_languages(page: Any, lang: str) -> None:
    content = report(page, with_moderator(0.5), lang)
    text = " ".join(
        text_of(part(content)) for part in (shared.section, shared_tables.moderators, shared_tables.by_collective)
    )
    assert ("the next neighbourhood" in text) == (lang == "en")
    assert ("de volgende buurt" in text) == (lang == "nl")


def test_small_measurements_that_say_something_else_are_told(page: Any) -> None:
    halves = [0.05 + 0.05 * at for at in range(12)]
    rows = [change(n, 0.05 + 1.2 * half, half) for n, half in zip(names(12), halves, strict=True)]
    assert "Kleine metingen zeggen hier iets anders dan grote" in told(page, cases(rows, names(12)))


def test_tables_of_other_reports_have_no_families(page: Any) -> None:
    assert shared_rows.families(page.content(learned={})).empty
    assert isinstance(shared_rows.families(page.content()), pd.DataFrame)
