"""Sentences about surveys: how sure a figure is, and what changed between two waves; one for every branch."""

from typing import Any

import pytest

from bt_analysis.pages import appendix, measurements, response
from tests.test_measurement_section import cells, report

ASKED = {"question": "response", "population": "deelnemers", "group_type": "meting:m1", "group_label": "2024-10-31"}
EENZAAM = "djg6_2006_eenzaam"


def share(**more: Any) -> dict[str, Any]:
    return {
        "question": "measurements", "indicator_id": EENZAAM, "population": "deelnemers", "group_type": "meting:m1",
        "group_label": "2024-10-31", "value": 58.1, "n": 62.0, "unit": "%", "gate": "voorbehoud",
        "gate_reason": "low_response", "method": "everybody was asked",
    } | more  # fmt: skip


def about(kind: str, **more: Any) -> dict[str, Any]:
    """Return a row that says more of the share: the worked example of 62 of 400 people."""
    ends = {
        "antwoordde": (None, None),
        "uiterste": (9.0, 94.0),
        "verschil_10": (49.0, 67.0),
        "verschil_20": (41.0, 75.0),
    }
    low, high = ends[kind]
    row = {"group_value": kind, "indicator_id": EENZAAM, "value": 58.0, "ci_low": low, "ci_high": high, "n": 62.0}
    if kind == "antwoordde":
        row |= {"indicator_id": "answered_pct", "value": 16.0, "n": 400.0}
    return ASKED | row | {"unit": "%"} | more


RANGES = [about(kind) for kind in ("antwoordde", "uiterste", "verschil_10", "verschil_20")]


def said(page: Any, *rows: dict[str, Any], **more: Any) -> list[str]:
    return response.sentences(report(page, *rows, **more))


def test_where_few_answered_the_range_comes_first(page: Any) -> None:
    assert said(page, share(), *RANGES) == [
        (
            "Op 31 oktober 2024 hadden 62 van de ongeveer 400 deelnemers geantwoord. "
            "Matig of sterk eenzaam: ergens tussen 41% en 75% van allemaal. "
            "Van wie antwoordde is het 58%, maar de meesten antwoordden niet. "
            "We rekenden ermee dat zij tot 20 procentpunt anders kunnen zijn. "
            "Zijn zij nog meer anders, dan kan het 9% tot 94% zijn."
        )
    ]


def test_the_same_in_english(page: Any) -> None:
    (sentence,) = said(page, share(), *RANGES, lang="en")
    assert sentence.startswith("By 31 October 2024, 62 of about 400 participants had answered. Moderately or strongly")
    assert "somewhere between 41% and 75% of all of them" in sentence


def test_where_enough_answered_the_share_comes_first(page: Any) -> None:
    (sentence,) = said(page, share(gate="ok", gate_reason=""), *RANGES)
    assert sentence.endswith(
        "Matig of sterk eenzaam: 58% van wie antwoordde. "
        "Is wie niet antwoordde tot 20 procentpunt anders, dan is het 41% tot 75% van allemaal."
    )


def test_a_share_in_words_has_no_range(page: Any) -> None:
    few = share(value=None, value_text="ongeveer_de_helft", n=25.0)
    assert said(page, few, RANGES[0]) == [
        (
            "Op 31 oktober 2024 hadden 25 van de ongeveer 400 deelnemers geantwoord. "
            "Matig of sterk eenzaam: ongeveer de helft van wie antwoordde. "
            "Dat zijn te weinig mensen voor een percentage."
        )
    ]


@pytest.mark.parametrize("row", [share(), share(gate="onderdrukt"), share(unit="schaal")])
def test_without_how_many_were_asked_or_without_a_figure_nothing_is_said(page: Any, row: dict[str, Any]) -> None:
    rows = [] if row["gate"] != "onderdrukt" and row["unit"] == "%" else RANGES
    assert said(page, row, *rows) == []
    assert str(response.section(report(page, row, *rows))).strip() == ""


def test_what_is_known_of_one_wave_stands_together(page: Any) -> None:
    strong = {"indicator_id": "mhi5_totaal", "group_type": "meting:m2"}
    other = [
        one | strong if one["group_value"] != "antwoordde" else one | {"group_type": "meting:m2"} for one in RANGES
    ]
    (sentence,) = said(page, share(), *RANGES, share(**strong), *other)
    assert sentence.count("hadden 62 van de ongeveer 400 deelnemers geantwoord") == 1
    assert sentence.count("ergens tussen 41% en 75%") == 2


def test_the_table_leads_with_the_range(page: Any) -> None:
    assert cells(page, share(), *RANGES)[0][1] == "41% tot 75% (58% van wie antwoordde) *"
    assert cells(page, share(gate="ok", gate_reason=""), *RANGES)[0][1] == "58%"
    assert cells(page, share())[0][1] == "58% *"
    html = str(measurements.section(report(page, share(), *RANGES)))
    assert "* let op: rust op antwoorden van minder dan 30% van de mensen." in html


# Two waves


def twice(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "question": "before_after", "indicator_id": "djg6_2006_totaal", "population": "deelnemers", "value": -0.84,
        "ci_low": -1.23, "ci_high": -0.41, "n": 55.0, "unit": "schaal", "gate": "voorbehoud",
        "gate_reason": "no_control_group", "group_type": "verandering:w2", "group_value": kind,
        "group_label": "2023-10-31/2024-10-31", "method": "paired: interval of mean change; permutation of signs",
    } | more  # fmt: skip


def p(kind: str = "holm", value: float = 0.004, **more: Any) -> dict[str, Any]:
    plain = {"value": value, "unit": "p", "ci_low": None, "ci_high": None, "gate": "ok", "gate_reason": ""}
    return twice(kind, **(plain | more))


MOVED = [
    twice(kind, value=value, unit="%", ci_low=None, ci_high=None)
    for kind, value in (("omhoog", 22.0), ("omlaag", 51.0), ("gelijk", 27.0))
]
ASKED_TWICE = "Eenzaamheid, gemiddelde score is twee keer gevraagd: 31 oktober 2023 en 31 oktober 2024."
NOT_BECAUSE = "Of dat door het collectief komt, weten we niet: er is niet vergeleken met mensen die niet meededen."


def test_people_who_were_followed(page: Any) -> None:
    assert said(page, twice("verschil"), p(), *MOVED) == [
        (
            f"{ASKED_TWICE} We volgden ongeveer 55 mensen die beide keren antwoordden. "
            "Hun score: 22% hoger, 51% lager, 27% gelijk. Het ging 0,8 punt omlaag (tussen 0,4 en 1,2). " + NOT_BECAUSE
        )
    ]


def test_two_groups_whose_difference_may_be_chance(page: Any) -> None:
    other = twice("verschil", method="two groups: Welch; permutation of ranks")
    assert said(page, other, p(value=0.051)) == [
        (
            f"{ASKED_TWICE} We weten niet wie beide keren antwoordde, en vergelijken twee groepen. "
            "Het verschil kan toeval zijn. " + NOT_BECAUSE
        )
    ]


def test_a_share_that_went_up(page: Any) -> None:
    more = {"indicator_id": EENZAAM, "unit": "%"}
    rows = [twice("verschil", value=12.4, ci_low=3.6, ci_high=21.0, **more), p(indicator_id=EENZAAM) | {"unit": "p"}]
    (sentence,) = said(page, *rows)
    assert "Het ging 12 procentpunt omhoog (tussen 4 en 21)." in sentence
    assert "Hun score" not in sentence


def test_a_hidden_p_value_or_an_interval_over_nothing_is_chance(page: Any) -> None:
    for rows in ([twice("verschil")], [twice("verschil"), p(gate="onderdrukt")], [twice("verschil", ci_high=0.1), p()]):
        (sentence,) = said(page, *rows)
        assert "Het verschil kan toeval zijn." in sentence


def test_hidden_parts_are_not_told(page: Any) -> None:
    (sentence,) = said(page, twice("verschil"), p(), *[one | {"gate": "onderdrukt"} for one in MOVED])
    assert "Hun score" not in sentence


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("chose_to_answer", "Wie meedeed koos daar zelf voor. Zet de twee cijfers daarom alleen naast elkaar"),
        ("too_few_to_compare", "Zo weinig mensen deden mee dat een verschil niets zegt."),
        ("too_small_to_see", "het collectief is te klein"),
        ("reach_not_known", "Of er iets veranderde, is hier niet te zien."),
    ],
)
def test_why_nothing_is_compared(page: Any, reason: str, words: str) -> None:
    (sentence,) = said(page, twice("verschil", gate="niet_te_zien", gate_reason=reason))
    assert sentence.startswith(ASKED_TWICE)
    assert words in sentence


def test_a_hidden_difference_says_so(page: Any) -> None:
    (sentence,) = said(page, twice("verschil", gate="onderdrukt", gate_reason="suppressed"))
    assert "Het verschil tonen we niet: dat gaat over minder dan 10 mensen" in sentence


def test_every_row_has_its_own_name_in_the_list_of_figures(page: Any) -> None:
    content = report(page, share(), *RANGES, twice("verschil"), p(), p("toets"), *MOVED)
    names = [response.row_name(content, row) for _, row in content.estimates.iloc[1:].iterrows()]
    assert len(set(names)) == len(names)
    assert "uiterste grenzen, 2024-10-31" in names
    html = str(appendix.figures(content))
    assert "p = 0,004" in html
    assert "verschil, 2023-10-31 – 2024-10-31" in html


def test_nothing_asked_is_nothing_said(page: Any) -> None:
    assert said(page) == []
