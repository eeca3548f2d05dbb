"""Sentences about groups of participants: compared with inhabitants, in words, or not at all and why."""

from typing import Any

import pytest

from bt_analysis.pages import groups

HIDDEN: dict[str, Any] = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed"}
TOO_FEW = "gaat over minder dan 10 mensen of zou een klein getal verraden"


def reserve(*codes: str) -> dict[str, Any]:
    return {"gate": "voorbehoud", "gate_reason": ";".join(codes)}


def known(**more: Any) -> dict[str, Any]:
    return {"question": "representation", "indicator_id": "participants_known_n", "group_type": "leeftijd"} | more


def ratio(group: str, value: float = 1, low: float = 0, high: float = 2, **more: Any) -> dict[str, Any]:
    interval = {"value": value, "ci_low": low, "ci_high": high}
    return known(indicator_id="representation_ratio", group_value=group, unit="verhouding", **interval) | more


LESS, MORE, SAME = ratio("15-25", 0.5, 0.4, 0.7), ratio("65+", 1.5, 1.2, 1.9), ratio("25-45", 1.0, 0.8, 1.2)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "Naar leeftijd is nog niet bijgehouden wie er meedeed."),
        ([known(**HIDDEN)], f"Wie er meedeed naar leeftijd tonen we niet: dat {TOO_FEW}."),
        ([known(), ratio("65+", **HIDDEN)], "Naar leeftijd zijn de groepen te klein om te tonen."),
        ([known()], "Naar leeftijd zijn de groepen te klein om te tonen."),
        (
            [known(), ratio("65+", gate="niet_te_zien", gate_reason="coverage_below_minimum")],
            (
                "Naar leeftijd is de vergelijking met de buurt niet te maken: "
                "een deel van het werkgebied heeft hier geen cijfer."
            ),
        ),
        ([known(), SAME], "Naar leeftijd zien we geen groep die duidelijk meer of minder meedeed."),
        ([known(), LESS, SAME], "Mensen van 15 tot 25 jaar deden minder mee dan je zou verwachten."),
        ([known(), MORE], "Mensen van 65 jaar of ouder deden meer mee dan je zou verwachten."),
        (
            [known(), LESS, MORE],
            (
                "Mensen van 15 tot 25 jaar deden minder mee dan je zou verwachten. "
                "Mensen van 65 jaar of ouder deden meer mee dan je zou verwachten."
            ),
        ),
    ],
)
def test_representation(page: Any, rows: list[dict[str, Any]], expected: str) -> None:
    assert groups.representation(page.content(*rows), "leeftijd") == expected


def test_an_interval_that_touches_1_names_nobody(page: Any) -> None:
    touching = [ratio("15-25", 0.8, 0.6, 1.0), ratio("65+", 1.2, 1.0, 1.4)]
    expected = "Naar leeftijd zien we geen groep die duidelijk meer of minder meedeed."
    assert groups.representation(page.content(known(), *touching), "leeftijd") == expected


def test_counted_participations_claim_nothing_of_groups(page: Any) -> None:
    nan = float("nan")
    rows = [ratio(group, value, nan, nan, **reserve("counts_contacts", "n_below_minimum"))
            for group, value in {"15-25": 0.1, "65+": 3.0}.items()]  # fmt: skip
    assert groups.representation(page.content(*rows), "leeftijd") == (
        "Naar leeftijd zijn deelnames geteld, geen verschillende mensen: grote verschillen zeggen iets, kleine niet "
        "(let op: gaat over minder dan 30 mensen)."
    )


def test_a_group_type_needs_no_count_of_participants(page: Any) -> None:
    assert groups.representation(page.content(LESS), "leeftijd").startswith("Mensen van 15 tot 25 jaar deden minder")


def test_a_reservation_that_was_told_is_named_again_in_short(page: Any) -> None:
    content = page.content(known(), {**LESS, **reserve("may_count_twice")})
    found = groups.representation(content, "leeftijd", {"may_count_twice"})
    assert found == "Mensen van 15 tot 25 jaar deden minder mee dan je zou verwachten (met hetzelfde voorbehoud)."


def test_groups_furthest_from_expected_come_first_and_no_more_than_three(page: Any) -> None:
    ratios = [ratio(group, value, 0, 0.9) for group, value in
              {"0-15": 0.4, "15-25": 0.2, "25-45": 0.3, "45-65": 0.5}.items()]  # fmt: skip
    found = groups.representation(page.content(known(), *ratios), "leeftijd")
    assert found == (
        "Mensen van 15 tot 25 jaar, mensen van 25 tot 45 jaar en mensen van 0 tot 15 jaar deden minder mee dan je zou "
        "verwachten."
    )


def test_a_group_with_a_reservation_is_shown(page: Any) -> None:
    content = page.content(known(), {**LESS, "gate": "voorbehoud", "gate_reason": "n_below_minimum"})
    assert groups.representation(content, "leeftijd").startswith("Mensen van 15 tot 25 jaar deden minder")


# Few people


def share(group: str, value_text: str, **more: Any) -> dict[str, Any]:
    few = {"unit": "%", "value": float("nan"), "n": 20.0, "value_text": value_text, **reserve("n_below_minimum")}
    return known(indicator_id="participants_share_pct", group_value=group) | few | more


def test_shares_of_few_people_are_told_in_words(page: Any) -> None:
    gone: dict[str, Any] = {"gate": "niet_te_zien", "gate_reason": "n_below_minimum", "missing_reason": "unknown"}
    rows = [known(), share("15-25", "ongeveer_een_kwart"), share("65+", "ongeveer_de_helft"), ratio("65+", **gone),
            share("0-15", "", **HIDDEN)]  # fmt: skip
    assert groups.representation(page.content(*rows), "leeftijd") == (
        "Wie er meedeed naar leeftijd: 15 tot 25 jaar ongeveer een kwart, 65 jaar of ouder ongeveer de helft. "
        "Naar leeftijd is de vergelijking met de buurt niet te maken: gaat over minder dan 30 mensen."
    )
    assert groups.representation(page.content(*rows, lang="en"), "leeftijd").startswith(
        "Who took part by age: 15 to 25 years about a quarter, 65 years or older about half."
    )


def test_a_figure_that_is_held_says_since_when(page: Any) -> None:
    held = {**LESS, **reserve("held_at_earlier"), "held_on": "2026-03-03"}
    assert groups.representation(page.content(known(), held), "leeftijd") == (
        "Mensen van 15 tot 25 jaar deden minder mee dan je zou verwachten (let op: zoals eerder gepubliceerd op "
        "3 maart 2026: er veranderde te weinig om opnieuw te tonen)."
    )
    assert "published earlier, on 3 March 2026" in groups.representation(
        page.content(known(), held, lang="en"), "leeftijd"
    )
