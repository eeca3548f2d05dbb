"""Sentences of a report: one for every gate, for one and for many, for a figure and for a range."""

from typing import Any

import pytest

from bt_analysis.pages import gaps, sentences, words
from bt_analysis.settings import DisclosureSettings, GateSettings, Settings

HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}
UNSEEN: dict[str, Any] = {"gate": "niet_te_zien", "gate_reason": "not_recorded", "missing_reason": "not_recorded"}
TOO_FEW = "gaat over minder dan 10 mensen of zou een klein getal verraden"


def counted(indicator_id: str, value: float, **more: Any) -> dict[str, Any]:
    return {"question": "activities", "indicator_id": indicator_id, "value": value} | more


def reached(indicator_id: str, value: float = 0, **more: Any) -> dict[str, Any]:
    return {"question": "reach", "indicator_id": indicator_id, "value": value} | more


# Limits


def test_limits_are_those_of_the_settings(page: Any) -> None:
    strict = Settings(gates=GateSettings(min_n=50), disclosure=DisclosureSettings(min_cell=20))
    content = page.content({"gate": "voorbehoud", "gate_reason": "n_below_minimum"}, HIDDEN, settings=strict)
    assert sentences.limits(content, content.estimates.iloc[0]) == "gaat over minder dan 50 mensen"
    assert sentences.limits(content, content.estimates.iloc[1]) == (
        "gaat over minder dan 20 mensen of zou een klein getal verraden"
    )


def test_an_estimate_without_reservation_has_no_limits(page: Any) -> None:
    content = page.content({})
    assert sentences.limits(content, content.estimates.iloc[0]) == ""


# Activities


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "Activiteiten zijn nog niet bijgehouden."),
        ([counted("activities_n", 1)], "Er was 1 activiteit."),
        ([counted("activities_n", 3)], "Er waren 3 activiteiten."),
        (
            [counted("activities_n", 3), counted("sessions_n", 1250)],
            "Er waren 3 activiteiten. Samen zijn ze 1.250 keer gehouden.",
        ),
        ([counted("activities_n", 3), counted("sessions_n", 0, **UNSEEN)], "Er waren 3 activiteiten."),
    ],
)
def test_activities(page: Any, rows: list[dict[str, Any]], expected: str) -> None:
    assert sentences.activities(page.content(*rows)) == expected


# Reach


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "Deelname is nog niet bijgehouden."),
        (
            [reached("contacts_n", 80), reached("unique_n", 30, ci_low=30, ci_high=30)],
            "Er waren 80 deelnames. Dat waren 30 verschillende mensen.",
        ),
        (
            [reached("contacts_n", 80), reached("unique_n", 50, ci_low=30, ci_high=50)],
            (
                "Er waren 80 deelnames. "
                "Dat waren tussen 30 en 50 verschillende mensen; wie vaker kwam, kan dubbel geteld zijn."
            ),
        ),
        (
            [reached("contacts_n", 80), reached("unique_n", **UNSEEN)],
            "Er waren 80 deelnames. Hoeveel verschillende mensen dat waren, is niet bijgehouden.",
        ),
        (
            [reached("contacts_n", 80)],
            "Er waren 80 deelnames. Hoeveel verschillende mensen dat waren, is niet bijgehouden.",
        ),
        (
            [reached("contacts_n", **UNSEEN), reached("unique_n", 30, ci_low=30, ci_high=30)],
            "Dat waren 30 verschillende mensen.",
        ),
        (
            [reached("contacts_n", **HIDDEN), reached("unique_n", **HIDDEN)],
            f"Hoeveel deelnames er waren en hoeveel mensen meededen, tonen we niet: dat {TOO_FEW}.",
        ),
        (
            [reached("contacts_n", 80), reached("unique_n", **HIDDEN)],
            f"Er waren 80 deelnames. Hoeveel verschillende mensen meededen tonen we niet: dat {TOO_FEW}.",
        ),
    ],
)  # fmt: skip
def test_reach(page: Any, rows: list[dict[str, Any]], expected: str) -> None:
    assert sentences.reach(page.content(*rows)) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (20.0, 20.0, "20%"),
        (15.0, 20.0, "15% tot 20%"),
        (4.25, 12.5, "4,2% tot 12%"),  # below 10 a decimal tells something
    ],
)
def test_share_of_the_inhabitants(page: Any, low: float, high: float, expected: str) -> None:
    people = reached("unique_n", 40, ci_low=40, ci_high=40)
    share = reached("reach_pct", high, ci_low=low, ci_high=high, n=200, unit="%")
    said = f"Dat zijn er zoveel als {expected} van de 200 bewoners; wie van elders kwam telt mee."
    assert sentences.reach(page.content(people, share)) == f"Dat waren 40 verschillende mensen. {said}"


def test_a_hidden_share_is_not_said(page: Any) -> None:
    people = reached("unique_n", 40, ci_low=40, ci_high=40)
    assert sentences.reach(page.content(people, reached("reach_pct", **HIDDEN))) == "Dat waren 40 verschillende mensen."


def test_reach_in_english(page: Any) -> None:
    rows = [reached("contacts_n", 1080), reached("unique_n", 30, ci_low=30, ci_high=30)]
    assert (
        sentences.reach(page.content(*rows, lang="en"))
        == "There were 1,080 participations. Those were 30 different people."
    )


# Reservations


def reserve(*codes: str) -> dict[str, Any]:
    return {"gate": "voorbehoud", "gate_reason": ";".join(codes)}


def test_a_reservation_follows_its_sentence_and_is_not_said_twice(page: Any) -> None:
    some = reserve("not_all_recorded", "may_count_twice")
    rows = [
        reached("contacts_n", 80, **reserve("not_all_recorded")),
        reached("unique_n", 50, ci_low=30, ci_high=50, **some),
        reached("reach_pct", 25, ci_low=15, ci_high=25, n=200, unit="%", **some),
    ]
    assert sentences.reach(page.content(*rows)) == (
        "Er waren 80 deelnames (let op: niet van alle activiteiten bijgehouden). "
        "Dat waren tussen 30 en 50 verschillende mensen; wie vaker kwam, kan dubbel geteld zijn. "
        "Dat zijn er zoveel als 15% tot 25% van de 200 bewoners; wie van elders kwam telt mee."
    )


@pytest.mark.parametrize(
    ("say", "row", "expected"),
    [
        (
            sentences.activities,
            counted("activities_n", 3, **reserve("not_all_recorded")),
            "Er waren 3 activiteiten (let op: niet van alle activiteiten bijgehouden).",
        ),
        (
            sentences.hours,
            {"question": "hours", "indicator_id": "hours_total", "value": 9, "ci_low": 5, "ci_high": 13}
            | reserve("hours_estimated"),
            "Vrijwilligers gaven ongeveer 9 uur: tussen 5 en 13 (let op: een deel van de uren is geschat).",
        ),
    ],
)
def test_every_sentence_with_a_figure_has_its_reservation(page: Any, say: Any, row: Any, expected: str) -> None:
    assert say(page.content(row)) == expected


def test_a_hidden_figure_has_no_reservation(page: Any) -> None:
    content = page.content(HIDDEN, {"gate": "ok"})
    assert sentences.reserved(content, "Zo.", content.estimates) == "Zo."


# Hours


def given(value: float = 0, **more: Any) -> dict[str, Any]:
    return {"question": "hours", "indicator_id": "hours_total", "value": value, "group_type": "rol"} | more


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "De inzet van vrijwilligers is nog niet bijgehouden."),
        ([given(120, ci_low=120, ci_high=120)], "Vrijwilligers gaven 120 uur."),
        ([given(1000, ci_low=950, ci_high=1050)], "Vrijwilligers gaven ongeveer 1.000 uur: tussen 950 en 1.050."),
        ([given(120, ci_low=119.8, ci_high=120.2)], "Vrijwilligers gaven 120 uur."),  # both ends are 120 to a reader
        ([given(**HIDDEN)], f"Hoeveel uur vrijwilligers gaven tonen we niet: dat {TOO_FEW}."),
    ],
)
def test_hours(page: Any, rows: list[dict[str, Any]], expected: str) -> None:
    assert sentences.hours(page.content(*rows)) == expected


# What is not seen


def test_nothing_hidden_is_nothing_said(page: Any) -> None:
    assert gaps.unseen(page.content({})) == []


def test_suppressed_figures_are_counted_in_one_sentence(page: Any) -> None:
    assert gaps.unseen(page.content(HIDDEN, HIDDEN, {})) == [
        "2 cijfers tonen we niet, omdat ze over minder dan 10 mensen gaan of zo'n klein getal zouden verraden."
    ]


def test_context_that_is_missing_is_told_per_reason(page: Any) -> None:
    area = {"question": "context", "population": "gebied", **UNSEEN}
    rows = [
        {**area, "indicator_id": "population"},
        {**area, "indicator_id": "aged_65_plus_pct"},
        {**area, "indicator_id": "gas_m3_per_dwelling", "missing_reason": "not_yet_published"},
        {**area, "indicator_id": "household_size", "period": "2020"},  # an older year is no news
        {**area, "indicator_id": "household_size", "population": "land"},  # nor is another place
    ]
    content = page.content(*rows)
    labels = [words.within(sentences.label(content, key)) for key in ("population", "aged_65_plus_pct")]
    gas = words.within(sentences.label(content, "gas_m3_per_dwelling"))
    assert gaps.unseen(content) == [
        f"Geen cijfer: {labels[0]}, {labels[1]}. Dit is niet bijgehouden.",
        f"Geen cijfer: {gas}. Dit heeft de bron voor dit jaar nog niet gepubliceerd.",
    ]


def test_areas_without_figure_are_named_up_to_five(page: Any) -> None:
    lost = page.unmatched(*[("work_area", f"BU9901010{at}") for at in range(6)])
    assert gaps.unseen(page.content({}, unmatched=lost)) == [
        (
            "Van deze gebieden van het werkgebied hebben we geen vergelijkbaar cijfer: "
            "BU99010100, BU99010101, BU99010102, BU99010103, BU99010104."
        )
    ]


def test_an_area_is_told_by_its_name(page: Any) -> None:
    lost = page.unmatched(("work_area", "BU99010300"), ("work_area", "BU99010301"))
    lost["detail"] = ["division 2020 → 2024: Egelskop", "division 2020 → 2024"]
    assert gaps.unseen(page.content({}, unmatched=lost)) == [
        "Van deze gebieden van het werkgebied hebben we geen vergelijkbaar cijfer: Egelskop (BU99010300), BU99010301."
    ]


def test_neither_a_street_nor_the_name_of_a_file_is_told(page: Any) -> None:
    lost = page.unmatched(*[("work_area", item) for item in ("8011AB", "8011AC", "tuin-van-jansen.geojson", "8012")])
    told = "Van deze gebieden van het werkgebied hebben we geen vergelijkbaar cijfer: "
    assert gaps.unseen(page.content({}, unmatched=lost)) == [told + "8011, de tekening op de kaart, 8012."]


def test_participants_from_outside_are_told(page: Any) -> None:
    away = page.unmatched(("participation", "BU99010999"))
    assert gaps.unseen(page.content({}, unmatched=away)) == [
        "Deelnemers van buiten het werkgebied zijn bij de vergelijking niet meegeteld."
    ]


def test_what_nobody_named_is_its_id_in_words(page: Any) -> None:
    assert sentences.label(page.content({}), "trees_planted_n") == "trees planted n"


def test_labels_follow_the_language(page: Any) -> None:
    dutch, english = page.content({}), page.content({}, lang="en")
    assert sentences.label(dutch, "population") == dutch.catalogue["population"].label_nl
    assert sentences.label(english, "population") == english.catalogue["population"].label_en
