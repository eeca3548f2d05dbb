"""The table of measurements in a report: each row says by itself what it is, and nothing is compared."""

import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis import figures
from bt_analysis.figures.axes import one_axis
from bt_analysis.instruments import NotComparable
from bt_analysis.pages import appendix, change, collective, measurements, sentences
from bt_analysis.pages.content import Content

INDICATORS = pd.DataFrame(
    [
        ("djg6_2006_eenzaam", "Matig of sterk eenzaam", "Moderately or strongly lonely", "%", "djg6_2006", "enquete"),
        (
            "djg6_2006_totaal",
            "Eenzaamheid, gemiddelde score",
            "Loneliness, mean score",
            "schaal",
            "djg6_2006",
            "enquete",
        ),
        ("mhi5_totaal", "Psychische gezondheid", "Mental health", "schaal", "mhi5", "enquete"),
        ("tuin-gezellig", "Gezellig", None, "%", None, "enquete"),
        ("bankjes", "Bankjes <b>", "Benches", "aantal", None, "eigen_telling"),
        ("elders", "Elders", "Elsewhere", "schaal", "elders_2020", "enquete"),
    ],
    columns=["indicator_id", "label_nl", "label_en", "unit", "instrument_id", "source_type"],
).assign(direction="geen_oordeel")


def measured(**more: Any) -> dict[str, Any]:
    return {
        "question": "measurements", "indicator_id": "djg6_2006_eenzaam", "population": "bewoners",
        "group_type": "meting:m1", "group_label": "2024-05-31", "value": 46.4, "ci_low": 36.0, "ci_high": 57.0,
        "n": 84.0, "unit": "%", "method": "random sample; bounds: interval of the measurement",
    } | more  # fmt: skip


def report(page: Any, *rows: dict[str, Any], **more: Any) -> Content:
    content: Content = page.content(*rows, **({"indicators": INDICATORS} | more))
    return content


def cells(page: Any, *rows: dict[str, Any], **more: Any) -> list[list[str]]:
    html = measurements.section(report(page, *rows, **more))
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    return [
        [" ".join(re.sub(r"<[^>]*>", "", one).split()) for one in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr.*?>(.*?)</tr>", body)
    ]


def test_a_row_says_what_of_whom_how_with_what_and_when(page: Any) -> None:
    assert cells(page, measured()) == [
        [
            "Matig of sterk eenzaam", "46% (36 tot 57)", "84 bewoners", "door loting gekozen", "31 mei 2024",
            "Eenzaamheid (De Jong Gierveld, 6 uitspraken)",
        ]
    ]  # fmt: skip


def test_the_same_in_english(page: Any) -> None:
    assert cells(page, measured(), lang="en") == [
        [
            "Moderately or strongly lonely", "46% (36 to 57)", "84 residents", "random sample", "31 May 2024",
            "Loneliness (De Jong Gierveld, 6 statements)",
        ]
    ]  # fmt: skip


def test_a_mean_says_between_what_it_lies_and_what_more_of_it_is(page: Any) -> None:
    mean = measured(indicator_id="djg6_2006_totaal", value=1.84, ci_low=1.5, ci_high=2.2, unit="schaal")
    name, value, *_ = cells(page, mean)[0]
    assert name == "Eenzaamheid, gemiddelde score (0 tot 6; hoger: eenzamer)"
    assert value == "1,8 (1,5 tot 2,2)"


def test_the_value_leads_to_its_line_in_the_appendix(page: Any) -> None:
    assert '<a href="#c-claim0">46% (36 tot 57)</a>' in measurements.section(report(page, measured()))


def test_without_bounds_there_is_only_the_value(page: Any) -> None:
    bare = {"ci_low": float("nan"), "ci_high": float("nan")}
    assert cells(page, measured(**bare))[0][1] == "46%"
    assert cells(page, measured(ci_low=46.3, ci_high=46.4))[0][1] == "46%"  # the same when written


def test_a_reservation_is_a_star_that_is_explained_once(page: Any) -> None:
    chosen = {"gate": "voorbehoud", "gate_reason": "self_selected", "method": "self-selected answers"}
    html = measurements.section(report(page, measured(**chosen), measured(**chosen, group_type="meting:m2")))
    assert html.count("46% (36 tot 57) *") == 2
    assert html.count("* let op: wie meedeed koos daar zelf voor, en zegt dus niets over wie niet meedeed.") == 1


@pytest.mark.parametrize(
    ("gate", "told"),
    [
        (
            {"gate": "onderdrukt", "gate_reason": "cell_below_minimum", "missing_reason": "suppressed"},
            "gaat over minder",
        ),
        (
            {"gate": "niet_te_zien", "gate_reason": "not_recorded", "missing_reason": "not_recorded"},
            "is niet bijgehouden",
        ),
    ],
)
def test_what_is_not_shown_says_why_and_not_of_how_many(page: Any, gate: dict[str, Any], told: str) -> None:
    _, value, whose, *_ = cells(page, measured(**gate))[0]
    assert value.startswith(told)
    assert whose == "bewoners"


def test_a_percentage_of_few_people_is_in_words(page: Any) -> None:
    few = {"value": float("nan"), "ci_low": float("nan"), "ci_high": float("nan"), "value_text": "ongeveer_de_helft"}
    content = report(page, measured(**few, gate="voorbehoud", gate_reason="n_below_minimum", n=24.0))
    html = measurements.section(content)
    assert ">ongeveer de helft *</a>" in html
    assert "* let op: gaat over minder dan 30 mensen." in html


@pytest.mark.parametrize(
    ("indicator_id", "asked"),
    [("tuin-gezellig", ["eigen vraag"]), ("elders", ["elders_2020"]), ("bankjes", []), ("onbekend", [])],
)
def test_what_it_was_asked_with(page: Any, indicator_id: str, asked: list[str]) -> None:
    assert cells(page, measured(indicator_id=indicator_id))[0][5:] == asked


def test_counts_alone_need_no_word_about_questionnaires(page: Any) -> None:
    html = measurements.section(report(page, measured(indicator_id="bankjes")))
    assert "vragenlijst" not in html
    both = measurements.section(report(page, measured(indicator_id="bankjes"), measured()))
    assert both.count('<th scope="col"') == 6
    assert '<td class=""></td>' in both  # a count beside a questionnaire has an empty cell


def test_parts_of_an_instrument_stand_in_the_appendix_only(page: Any) -> None:
    part = measured(indicator_id="djg6_2006_sociaal", unit="schaal", value=1.2)
    html = measurements.section(report(page, measured(), part))
    assert "djg6 2006 sociaal" not in html
    assert "Deelschalen staan in bijlage B." in html
    assert "Deelschalen" not in measurements.section(report(page, measured()))
    assert len(cells(page, measured(indicator_id="ons4_zinvol"), measured(indicator_id="ons4_angstig"))) == 2


def test_what_an_area_is_about_has_no_number_of_people(page: Any) -> None:
    row = measured(indicator_id="bankjes", population="gebied", n=float("nan"), unit="aantal", value=12.0)
    assert cells(page, row)[0][1:3] == ["12 (36 tot 57)", "het gebied"]


def test_a_baseline_is_named(page: Any) -> None:
    assert cells(page, measured(comparison="nulmeting"))[0][0] == "Matig of sterk eenzaam · nulmeting"


def test_a_period_instead_of_a_day(page: Any) -> None:
    assert cells(page, measured(group_label="2024-01-01/2024-06-30"))[0][4] == "1 januari 2024 – 30 juni 2024"
    assert cells(page, measured(group_label="2024-01-01/2024-12-31"))[0][4] == "2024"
    assert cells(page, measured(group_label="2023-01-01/2024-12-31"))[0][4] == "1 januari 2023 – 31 december 2024"


def test_rows_stand_by_name_and_then_by_day(page: Any) -> None:
    rows = [
        measured(indicator_id="mhi5_totaal", unit="schaal"),
        measured(group_label="2024-11-01"),
        measured(group_label="2024-02-01"),
    ]
    assert [(row[0].split(" (")[0], row[4]) for row in cells(page, *rows)] == [
        ("Matig of sterk eenzaam", "1 februari 2024"),
        ("Matig of sterk eenzaam", "1 november 2024"),
        ("Psychische gezondheid", "31 mei 2024"),
    ]


def test_the_reader_is_told_that_instruments_are_not_compared_and_what_to_know_of_them(page: Any) -> None:
    html = measurements.section(report(page, measured(), measured(indicator_id="djg6_2006_totaal", unit="schaal")))
    assert "Waarden van verschillende vragenlijsten vergelijken we niet met elkaar." in html
    assert html.count("Voor groepen mensen, niet om iets over één mens vast te stellen.") == 1


def test_nothing_measured_is_one_plain_sentence(page: Any) -> None:
    html = measurements.section(report(page))
    assert "Metingen zijn nog niet bijgehouden." in html
    assert "<table" not in html


def test_a_name_is_never_markup(page: Any) -> None:
    assert "Bankjes &lt;b&gt;" in measurements.section(report(page, measured(indicator_id="bankjes")))


def test_a_label_without_english_stays_dutch(page: Any) -> None:
    content = report(page, lang="en")
    assert sentences.label(content, "tuin-gezellig") == "Gezellig"
    assert sentences.label(content, "bankjes") == "Benches"


def test_the_appendix_tells_two_measurements_of_a_year_apart(page: Any) -> None:
    html = appendix.figures(report(page, measured(), measured(group_label="2024-01-01/2024-02-01")))
    assert "Matig of sterk eenzaam, meting van 31 mei 2024" in html
    assert "Matig of sterk eenzaam, meting van 1 januari 2024 – 1 februari 2024" in html
    assert "door loting gekozen; grenzen: interval van de meting" in html


def test_the_rest_of_the_report_knows_that_something_was_measured(page: Any) -> None:
    content = report(page, measured())
    assert "wat is gemeten, is nog niet vergeleken." in collective.in_short(content)
    assert "daarvoor is nog niets gemeten." not in collective.in_short(content)
    assert "wat er is gemeten, is nog niet met elkaar vergeleken." in change.section(content)


# Axes


def test_measurements_of_one_indicator_may_share_an_axis(page: Any) -> None:
    content = report(page, measured(), measured(group_label="2024-11-01"))
    assert one_axis(content, content.estimates) is content.estimates


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"indicator_id": "mhi5_totaal", "unit": "schaal"}, "djg6_2006 and of mhi5"),
        ({"indicator_id": "djg6_2006_totaal", "unit": "schaal"}, "djg6_2006_eenzaam and of djg6_2006_totaal"),
        ({"indicator_id": "tuin-gezellig"}, "djg6_2006 and of no instrument"),
    ],
)
def test_others_are_refused_and_both_are_named(page: Any, other: dict[str, Any], named: str) -> None:
    content = report(page, measured(), measured(**other))
    with pytest.raises(NotComparable, match=named):
        figures.one_axis(content, content.estimates)


def test_of_a_series_the_first_and_the_last_are_shown(page: Any) -> None:
    years = [measured(group_label=f"{year}-05-31", group_type=f"meting:m{year}") for year in (2024, 2021, 2023, 2022)]
    other = measured(indicator_id="tuin-gezellig", group_type="meting:x")
    assert [row[-2] for row in cells(page, *years, other)] == ["31 mei 2024", "31 mei 2021", "31 mei 2024"]
    note = "Wat daartussen is gemeten, staat in bijlage B."
    assert note in measurements.section(report(page, *years))
    assert note not in measurements.section(report(page, *years[:2], other))


def test_a_reservation_that_two_reasons_share_is_said_once(page: Any) -> None:
    one = measured(gate="voorbehoud", gate_reason="self_selected")
    both = measured(gate="voorbehoud", gate_reason="low_response;self_selected", group_type="meting:m2",
                    group_label="2024-06-30")  # fmt: skip
    html = measurements.section(report(page, one, both))
    assert html.count("wie meedeed koos daar zelf voor, en zegt dus niets over wie niet meedeed") == 1
