"""What collectives share, sentence by sentence and cell by cell: families, figures and effects typed by hand."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from bt_analysis import figures
from bt_analysis.analysis.learning import told as estimates
from bt_analysis.pages import shared, shared_rows, shared_tables
from bt_analysis.pages.content import Content
from tests.html_text import text_of
from tests.shared_figures import names

FAMILY = {
    "kind": "verandering", "indicator_id": "cohesie", "population": "deelnemers", "unit": "schaal", "stage": "samen",
    "collectives_n": 10, "levels": "twee", "conclusion": "ook_nieuw", "signs": "", "flips_n": 0, "lopsided_p": 0.5,
}  # fmt: skip
LABELLED = pd.DataFrame({
    "indicator_id": ["cohesie"], "instrument_id": ["cohesie_cbs_ssw"], "unit": ["schaal"],
    "label_nl": ["Sociale cohesie"], "label_en": ["Social cohesion"], "direction": ["hoger_beter"],
    "source_type": ["enquete"],
})  # fmt: skip


def effect(collective_id: str, value: float = 0.3, **more: Any) -> dict[str, Any]:
    ends = {"ci_low": value - 0.1, "ci_high": value + 0.1}
    own = {"of_collective": collective_id, "of_figure": "verandering", "value": value, "design": "gevolgd", **ends}
    guess = {"shrunken": value, "shrunken_low": value - 0.1, "shrunken_high": value + 0.1}
    plain = {"kind": "verandering", "indicator_id": "cohesie", "population": "deelnemers"}
    return {**plain, **own, **guess, "flips": False, "exception": False, **more}


def report(
    page: Any, *, lang: str = "nl", mean: float = 0.3, reason: str = "", effects: list[dict[str, Any]] | None = None,
    tables: dict[str, pd.DataFrame] | None = None, **family: Any,
) -> Content:  # fmt: skip
    """A report of one family with a mean, its margin and a prediction."""
    one = {**FAMILY, **family}
    common = {"indicator_id": "cohesie", "group_type": f"{one['kind']}:{one['population']}", "collective_id": ""}
    rows = [
        {**common, "group_value": "gemiddelde", "value": mean, "ci_low": mean - 0.1, "ci_high": mean + 0.1},
        {**common, "group_value": "nieuw", "value": mean, "ci_low": mean - 0.2, "ci_high": mean + 0.2},
    ]
    unit = "pp" if one["kind"] != "niveau" and one["unit"] == "%" else one["unit"]
    frame = estimates(
        pd.DataFrame(rows), question="shared", unit=unit, gate_reason=reason, population="collectieven",
        gate="voorbehoud" if reason else "ok", period_start="2023-01-01", period_end="2024-12-31", method="mean",
        source="typed",
    )  # fmt: skip
    who = page.collectives(*({"collective_id": name, "name": f"De {name.upper()}"} for name in names(12)))
    learned = {"shared_effects": pd.DataFrame([one]), "pooled": pd.DataFrame(effects or [effect("c00")])}
    base = page.content(lang=lang, collectives=who, indicators=LABELLED, learned=learned | (tables or {}))
    content: Content = dataclasses.replace(base, estimates=frame.assign(synthetic=True))
    return content


def said(content: Content) -> str:
    (family,) = shared_rows.families(content).to_dict("records")
    return shared.finding(content, family)


# What it comes to


@pytest.mark.parametrize(
    ("conclusion", "mean", "nl", "en"),
    [
        ("ook_nieuw", 0.3, "dit gaat omhoog, waarschijnlijk ook in een nieuwe buurt.", "this goes up"),
        ("ook_nieuw", -0.3, "dit gaat omlaag, waarschijnlijk ook in een nieuwe buurt.", "this goes down"),
        ("gemiddeld", 0.3, "dit gaat gemiddeld omhoog. In een nieuwe buurt kan het anders gaan.", "on average"),
        ("gemiddeld", -0.3, "dit gaat gemiddeld omlaag. In een nieuwe buurt kan het anders gaan.", "on average"),
        ("onbekend", 0.3, "of dit verandert, is niet te zien. Dat is geen bewijs dat er niets gebeurt.", "no proof"),
        ("onbekend", -0.3, "of dit verandert, is niet te zien. Dat is geen bewijs dat er niets gebeurt.", "no proof"),
    ],
)
def test_every_conclusion_in_both_languages(page: Any, conclusion: str, mean: float, nl: str, en: str) -> None:
    told = said(report(page, conclusion=conclusion, mean=mean))
    assert told.startswith(f"Sociale cohesie (verandering, deelnemers): {nl}")
    english = said(report(page, conclusion=conclusion, mean=mean, lang="en"))
    assert english.startswith("Social cohesion (change, participants): ")
    assert en in english


def test_how_high_a_figure_is_has_no_conclusion(page: Any) -> None:
    assert said(report(page, kind="niveau", conclusion="")) == ""


def test_without_a_mean_nothing_is_concluded(page: Any) -> None:
    content = report(page)
    rows = content.estimates[content.estimates["group_value"].ne("gemiddelde")]
    assert said(dataclasses.replace(content, estimates=rows)) == ""


def test_the_promise_of_the_next_neighbourhood_is_nine_in_ten(page: Any) -> None:
    # Of 95% intervals 88 to 90% hold with ten collectives that differ little.
    dutch = text_of(shared.section(report(page)))
    assert "In ongeveer 9 van de 10 nieuwe buurten ligt het echte cijfer tussen deze twee getallen." in dutch
    assert "95" not in dutch
    english = text_of(shared.section(report(page, lang="en")))
    assert "In about 9 of 10 new neighbourhoods the true figure lies between these two numbers." in english


@pytest.mark.parametrize(
    ("flips", "nl"),
    [
        ([], "De conclusie blijft gelijk als je één collectief weglaat."),
        (["c01"], "Zonder De C01 is de conclusie anders."),
        (["c02", "c01"], "Zonder De C01 of De C02 is de conclusie anders."),
        (["c03", "c02", "c01"], "Zonder De C01 of De C02 of De C03 is de conclusie anders."),
    ],
)
def test_who_decides_is_named_in_order_of_the_alphabet(page: Any, flips: list[str], nl: str) -> None:
    rows = [effect("c00"), *(effect(name, flips=True) for name in flips)]
    assert nl in said(report(page, effects=rows))


@pytest.mark.parametrize(
    ("count", "ends"), [(9, "De C08 is"), (10, "De C07 of een van 2 andere is"), (12, "4 andere is")]
)
def test_of_many_who_decide_the_first_eight_are_named(page: Any, count: int, ends: str) -> None:
    told = said(report(page, effects=[effect(name, flips=True) for name in names(count)]))
    assert f"{ends} de conclusie anders." in told
    assert told.count(" of ") == 8  # between nine names, or between eight and the others


def test_one_collective_with_two_effects_is_named_once(page: Any) -> None:
    rows = [effect("c01", flips=True, exception=True, of_figure=which) for which in ("een", "twee")]
    told = said(report(page, effects=rows))
    assert told.count("De C01") == 2  # once as who decides, once as who is otherwise
    assert "Anders dan de rest: De C01." in told


def test_a_collective_without_a_name_keeps_its_code(page: Any) -> None:
    assert "Anders dan de rest: onbekend-9." in said(report(page, effects=[effect("onbekend-9", exception=True)]))


@pytest.mark.parametrize(
    ("reason", "family", "says"),
    [
        ("no_control_group", {}, "Er was geen groep om mee te vergelijken"),
        ("no_experiment", {}, "Het bewijst niet dat het door de collectieven komt."),
        ("", {"levels": "gemeenten"}, "Dat collectieven in één gemeente op elkaar lijken, is meegerekend."),
        ("", {"lopsided_p": 0.05}, "Kleine metingen zeggen hier iets anders dan grote"),
    ],
)
def test_every_reservation_is_told_only_where_it_holds(page: Any, reason: str, family: Any, says: str) -> None:
    assert says in said(report(page, reason=reason, **family))
    assert says not in said(report(page))


@pytest.mark.parametrize("p", [0.0501, float("nan")])
def test_lopsidedness_that_luck_gives_or_that_was_not_tested_is_not_told(page: Any, p: float) -> None:
    assert "Kleine metingen" not in said(report(page, lopsided_p=p))


# Numbers


@pytest.mark.parametrize(
    ("low", "high", "unit", "nl"),
    [
        (-0.2, 0.7, "schaal", "-0,20 tot 0,70"),
        (-1.72, 7.84, "pp", "-1,7 tot 7,8 procentpunt"),
        (48.24, 61.76, "%", "48,2% tot 61,8%"),
        (1050.4, 1250.6, "m3", "1.050 m³ tot 1.251 m³"),
        (-99.44, 0.0, "m3", "-99,4 m³ tot 0,0 m³"),
    ],
)
def test_between_what_a_value_lies(page: Any, low: float, high: float, unit: str, nl: str) -> None:
    assert shared_rows.between(page.content(), low, high, unit).replace("\xa0", " ").replace("−", "-") == nl


def test_a_figure_that_was_not_made_is_a_dash(page: Any) -> None:
    content = report(page)
    (family,) = shared_rows.families(content).to_dict("records")
    assert shared_rows.figure(content, family, "tau") is None
    assert shared_rows.ends_cell(content, None)["text"] == "–"
    assert " – " in f" {text_of(shared.section(content))} "  # neither how many nor who decides was given


def test_conditions_have_names_in_both_languages(page: Any) -> None:
    dutch, english = page.content(), page.content(lang="en")
    assert [shared_rows.condition(dutch, one) for one in ("geld", "urbanity", "eigen_code")] == [
        "geld voor langer dan een jaar", "minder stedelijk", "eigen code",
    ]  # fmt: skip
    assert shared_rows.condition(english, "geld") == "money for more than a year"
    assert shared_rows.condition(english, "eigen_code") == "eigen code"


def test_changes_come_before_levels_whatever_order_they_were_made_in(page: Any) -> None:
    kinds = ["niveau", "anders_dan_gelijkend", "verandering", "niveau"]
    rows = pd.DataFrame({"kind": kinds, "stage": "samen", "number": range(4)})
    found = shared_rows.families(page.content(learned={"shared_effects": rows}))
    assert found["number"].tolist() == [2, 1, 0, 3]
    assert "order" not in found


# Tables beside it


@pytest.mark.parametrize(
    ("p", "slope", "says"),
    [(0.05, 0.3, "hoger"), (0.05, -0.3, "lager"), (0.0501, 0.3, "niet te zien"), (1.0, -0.3, "niet te zien")],
)
def test_a_condition_goes_with_more_or_less_or_is_not_seen(page: Any, p: float, slope: float, says: str) -> None:
    row = {**FAMILY, "moderator": "geld", "collectives_n": 12, "slope": slope, "p_holm": p}
    text = text_of(shared_tables.moderators(report(page, tables={"pooled_moderators": pd.DataFrame([row])})))
    assert says in text
    assert sum(one in text.split("hangt samen")[1] for one in ("hoger", "lager", "niet te zien")) == 1


def test_reasons_are_told_once_with_what_they_are_about(page: Any) -> None:
    left = [("cohesie", "no_interval"), ("cohesie", "no_interval"), ("cohesie", "model_estimate")]
    rows = pd.DataFrame(left, columns=["indicator_id", "reason"])
    text = text_of(shared_tables.apart(report(page, tables={"not_pooled": rows})))
    assert text.count("zonder marge, dus niet te wegen: Sociale cohesie.") == 1
    assert text.count("uit een model, dus niet gemeten: Sociale cohesie.") == 1


def test_a_star_is_explained_only_where_there_is_one(page: Any) -> None:
    plain = report(page)
    odd = report(page, effects=[effect("c00"), effect("c01", -0.4, exception=True)])
    assert "*" not in text_of(shared_tables.by_collective(plain))
    told = text_of(shared_tables.by_collective(odd))
    assert "De C01 *" in told
    assert "* wijkt zeker af van de rest." in told
    assert figures.forest(plain)[0].note == ""
    assert figures.forest(odd)[0].note == "* wijkt zeker af van de rest"


@pytest.mark.parametrize(
    ("unit", "kind", "axis"),
    [("%", "verandering", "procentpunt"), ("%", "niveau", "%"), ("schaal", "niveau", "punten op de schaal"),
     ("m3", "anders_dan_gelijkend", "m3")],
)  # fmt: skip
def test_the_axis_of_the_figure_says_the_unit(page: Any, unit: str, kind: str, axis: str) -> None:
    (drawn,) = figures.forest(report(page, unit=unit, kind=kind, effects=[effect("c00", kind=kind)]))
    assert f">{axis}<" in drawn.svg
