"""Change in sentences: every verdict, refusal and reservation has one, chosen by the gate, that is easy to read."""

import ast
import inspect
import itertools
import re
from typing import Any

import pandas as pd
import pytest

from bt_analysis import detectability, indicators, schema
from bt_analysis.analysis import change as area_change
from bt_analysis.analysis import change_rows, comparing, windows
from bt_analysis.methods import readability
from bt_analysis.pages import change, codes, collective, gaps, known, sums, verdicts
from bt_analysis.pages.content import Content
from tests import change_rows as rows
from tests.html_text import text_of

FEW = "We zijn met te weinig mensen om dat in het cijfer van dit gebied te zien."
EASY = 60.0
"""What a text for residents must score at least (Flesch and Douma)."""
VERDICTS = ("hoger", "lager", "geen_verschil", "geen_vast_antwoord")
BY_PAGE = {code for code in detectability.OF_CHANGE if code != "too_small_to_see"}
ASKED = [
    row | {"indicator_id": "lonely", "population": "bewoners"}
    for row in rows.seen(11.37, 237, 100, 4.8, unit="%")
    if row["group_value"] != "reach"
] + [
    rows.row("detectability", "stap", "reach", 4.8, indicator_id="lonely", population="bewoners", unit="%",
             n=2500, n_unit="population", group_label="2021-2024")
]  # fmt: skip
LONELY = pd.DataFrame([{"indicator_id": "lonely", "label_nl": "Eenzame bewoners", "label_en": "Lonely residents"}])


def content(page: Any, *estimates: Any, **more: Any) -> Content:
    made: Content = page.content(*estimates, period="2021-2024", **more)
    return made


def only(page: Any, *estimates: Any, **more: Any) -> tuple[Content, verdicts.Outcome]:
    made = content(page, *estimates, **more)
    (outcome,) = verdicts.outcomes(made)
    return made, outcome


def told(page: Any, *estimates: Any, **more: Any) -> str:
    """Return the title and the sentences below it, of the only figure."""
    made, outcome = only(page, *estimates, **more)
    return f"{verdicts.finding(made, outcome)} {change.explained(made, outcome)}"


# Every code has its sentence


def test_every_verdict_has_a_finding_and_says_how_much() -> None:
    assert {verdict for verdict, _, _ in verdicts.MOVED} == set(VERDICTS) == set(codes.VERDICTS) == set(change.MUCH)
    for verdict in VERDICTS:
        assert verdicts.MOVED[verdict, "", ""]


def test_every_refusal_has_a_sentence_and_words_for_the_appendix() -> None:
    assert set(verdicts.REFUSED) == {*detectability.OF_CHANGE, "suppressed"}
    assert set(detectability.OF_CHANGE) <= set(codes.REASONS)


def test_every_reservation_has_a_sentence_and_words_for_the_appendix() -> None:
    assert set(change.RESERVED) == set(detectability.RESERVATIONS)
    assert set(detectability.RESERVATIONS) <= set(codes.REASONS)


def written(module: Any, *names: str) -> set[str]:
    """Return the texts that some functions and constants of a module hold, as far as they are codes of a reason."""
    tree = ast.parse(inspect.getsource(module))
    kept = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.FunctionDef) and node.name in names)
        or (isinstance(node, ast.Assign) and {getattr(one, "id", "") for one in node.targets} & set(names))
    ]
    assert len(kept) == len(names)
    texts = {one.value for node in kept for one in ast.walk(node) if isinstance(one, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text in codes.REASONS}


def test_every_reservation_that_a_comparison_makes_has_its_sentence() -> None:
    made = written(comparing, "_reservations") | written(area_change, "_asked", "_MOVED")
    made |= written(change_rows, "_effects")
    assert made == set(detectability.RESERVATIONS)


def test_every_refusal_that_a_comparison_makes_has_its_sentence() -> None:
    made = written(comparing, "years_of", "_compared") | written(windows, "window") | written(change_rows, "resolved")
    assert made == set(windows.REFUSALS)
    assert made < set(detectability.OF_CHANGE)


@pytest.mark.parametrize("sentence", [*verdicts.REFUSED.values(), *change.RESERVED.values()])
def test_what_holds_of_every_work_area_names_no_buurt(sentence: str) -> None:
    assert "buurt" not in sentence.lower()  # it may be a wijk, or a whole gemeente


FILLED = {
    "label": "Aardgas per woning", "n": "50", "areas": "buurten", "value": "80 m³", "low": "50 m³", "high": "110 m³",
    "mde": "30 m³", "total": "900",
}  # fmt: skip
SENTENCES = [
    sentence
    for table in (verdicts.MOVED, change.MUCH, verdicts.REFUSED, change.RESERVED, change.SMALL)
    for sentence in table.values()
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_is_easy_to_read(sentence: str) -> None:
    assert readability.score(sentence.format(**FILLED)) >= EASY


@pytest.mark.parametrize("code", sorted(BY_PAGE | {"suppressed"}))
def test_a_refusal_says_why_and_no_figure(page: Any, code: str) -> None:
    gate = {"gate": "onderdrukt"} if code == "suppressed" else {}
    said = told(page, rows.refusal(code, **gate))
    assert said == f"Aardgas per woning: niet te zien. {verdicts.REFUSED[code]}"
    assert readability.score(said) >= EASY


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("code", detectability.RESERVATIONS)
def test_a_verdict_says_its_reservation(page: Any, verdict: str, code: str) -> None:
    said = told(page, *rows.whole(verdict, gate_reason=code))
    # That it is no proof is only said where there is something to prove.
    expected = verdict in ("hoger", "lager") or code != "no_experiment"
    assert (change.RESERVED[code] in said) == expected
    assert readability.score(said) >= EASY


def test_no_sentence_is_left_without_a_translation_that_fills_in(page: Any) -> None:
    for code in detectability.OF_CHANGE:
        assert not re.search(r"\b(niet|geen|van de)\b", told(page, rows.refusal(code), *rows.seen(), lang="en"))
    for verdict in VERDICTS:
        every = ";".join(detectability.RESERVATIONS)
        assert not re.search(r"\b(niet|geen|van de)\b", told(page, *rows.whole(verdict, gate_reason=every), lang="en"))


# Which way it went


def both(area: float, similar: float) -> list[dict[str, Any]]:
    """Return paths that lie at 100 in two years before the start, and move by so much in four years after it."""
    return rows.paths([100.0, 100, *[100 + area] * 4], [100.0, 100, *[100 + similar] * 4])


@pytest.mark.parametrize(
    ("verdict", "area", "similar", "said"),
    [
        ("lager", -10, -5, "dit daalde hier meer dan in de 50 gebieden die hierop lijken."),
        ("lager", -10, 5, "dit daalde hier. In de 50 gebieden die hierop lijken steeg het."),
        ("lager", 5, 10, "dit steeg hier minder dan in de 50 gebieden die hierop lijken."),
        ("lager", 0, 10, "dit steeg hier minder dan in de 50 gebieden die hierop lijken."),
        ("hoger", 10, 5, "dit steeg hier meer dan in de 50 gebieden die hierop lijken."),
        ("hoger", 10, -5, "dit steeg hier. In de 50 gebieden die hierop lijken daalde het."),
        ("hoger", -5, -10, "dit daalde hier minder dan in de 50 gebieden die hierop lijken."),
        # The estimator weighs years and areas, so that the plain means may say otherwise: then only what it found.
        ("lager", 10, -5, "dit kwam hier lager uit dan in de 50 gebieden die hierop lijken."),
        ("hoger", -10, 5, "dit kwam hier hoger uit dan in de 50 gebieden die hierop lijken."),
    ],
)
def test_a_verdict_says_which_way_it_went(page: Any, verdict: str, area: float, similar: float, said: str) -> None:
    made, outcome = only(page, rows.verdict(verdict), *rows.effects(-80, -75, -90), *both(area, similar))
    assert verdicts.finding(made, outcome) == f"Aardgas per woning: {said}"


def test_without_paths_a_verdict_only_says_higher_or_lower(page: Any) -> None:
    made, outcome = only(page, rows.verdict("lager"))
    assert "dit kwam hier lager uit" in verdicts.finding(made, outcome)


def test_what_is_lower_is_told_without_a_minus(page: Any) -> None:
    # −80 ± 30 is between 50 and 110 lower.
    said = told(page, *rows.whole("lager", -80.0))
    assert "Hier is het 80 m³ lager dan je zou verwachten: tussen 50 m³ en 110 m³ lager." in said
    assert said.endswith("Dat bewijst niet dat het door het collectief komt.")


def test_what_is_higher(page: Any) -> None:
    said = told(page, *rows.whole("hoger", 80.0))
    assert "Hier is het 80 m³ hoger dan je zou verwachten: tussen 50 m³ en 110 m³ hoger." in said


def test_percentages_differ_by_points(page: Any) -> None:
    own = {"indicator_id": "solar_homes_pct", "unit": "%"}
    said = told(page, rows.verdict("hoger", 5.12, 2.0, **own))
    assert "Hier is het 5,1 procentpunt hoger dan je zou verwachten: tussen 3,1 procentpunt en 7,1" in said


def test_no_difference_says_what_would_not_be_seen(page: Any) -> None:
    said = told(page, *rows.whole("geen_verschil", -3.0))
    assert "we zien geen verschil met de 50 gebieden die hierop lijken. Een verschil kleiner dan 30 m³" in said


@pytest.mark.parametrize(
    ("half", "mde", "said"),
    [
        (30.0, 45.0, "45 m³"),  # what yearly noise would hide
        (50.0, 45.0, "50 m³"),  # the interval leaves more open than that
        (50.0, None, "50 m³"),
    ],
)
def test_what_would_not_be_seen_is_the_larger_of_noise_and_half_the_interval(
    page: Any, half: float, mde: float | None, said: str
) -> None:
    steps = rows.steps(mde) if mde else []
    found = told(page, rows.verdict("geen_verschil", -3.0, half), *steps)
    assert found.endswith(f"Een verschil kleiner dan {said} zouden we niet zien.")


def test_no_firm_answer_gives_no_number(page: Any) -> None:
    said = told(page, *rows.whole("geen_vast_antwoord", -80.0))
    assert said == (
        "Aardgas per woning: we rekenden op drie manieren. Die geven niet hetzelfde antwoord. "
        "Daarom zeggen we hier niets vasts."
    )


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["BU03630001", "BU03630002"], "buurten"),
        (["WK036300"], "wijken"),
        (["GM0363", "GM0344"], "gemeenten"),
        (["BU03630001;BU03630002", "BU03630003;BU03630004"], "gebieden"),
        (["BU03630001", "WK036300"], "gebieden"),
        ([], "gebieden"),
    ],
)
def test_similar_areas_are_called_what_they_are(page: Any, codes: list[str], said: str) -> None:
    similar = pd.DataFrame({"indicator_id": rows.GAS, "regiocodes": pd.Series(codes, dtype=str)})
    assert f"in de 50 {said} die" in told(page, *rows.whole(), similar=similar)


# What could not be seen


def test_the_worked_case_in_words(page: Any) -> None:
    # 11.4 of 100 of 2,500 residents are 285; 120 took part.
    made, outcome = only(page, *ASKED, indicators=LONELY)
    assert verdicts.finding(made, outcome) == "Eenzame bewoners: niet te zien."
    assert change.explained(made, outcome) == (
        "Hoogstens 120 van de 2.500 bewoners deden mee. Je ziet het pas als het bij 285 bewoners anders wordt. "
        "Dat kan dus niet."
    )
    assert sums.arithmetic(made, outcome) == (
        "De som: een verschil van 11,4 procentpunt valt net op. Deel dat door het bereik, hoogstens 4,8%. "
        "Dat is 237 procentpunt per deelnemer. Het meeste dat kan is 100 procentpunt."
    )
    assert readability.score(change.explained(made, outcome)) >= EASY


def test_what_residents_were_asked_and_could_be_seen_is_no_tile(page: Any) -> None:
    enough = [row | ({"value": 28.0} if row["group_value"] == "needed" else {}) for row in ASKED]
    assert verdicts.outcomes(content(page, *enough, indicators=LONELY)) == ()


@pytest.mark.parametrize(
    ("unit", "whom", "whose"),
    [
        ("dwellings", "900 woningen", "elk daarvan"),
        ("households", "900 huishoudens", "elk daarvan"),
        ("population", "900 bewoners", "elk van hen"),
        ("aged_15_65", "900 mensen over wie het gaat,", "elk daarvan"),
    ],
)
def test_homes_are_homes_and_people_are_people(page: Any, unit: str, whom: str, whose: str) -> None:
    steps = rows.seen(120, 900, 400, reach=100 * 120 / 900)
    for step in steps:
        step["n_unit"] = unit if step["group_value"] == "reach" else step["n_unit"]
    said = told(page, rows.refusal("too_small_to_see"), *steps)
    assert f"Hoogstens 120 van de {whom} deden mee. Je ziet het pas als het bij {whose} 900 m³ scheelt." in said
    assert said.endswith("Zo veel is niet te verwachten.")
    assert readability.score(said) >= EASY


PARTS = [
    *rows.seen(212, 42_320, 221, reach=0.5, n=67),
    rows.row("detectability", "stap", "least", 4.49, n=67),
    rows.row("detectability", "stap", "needed_least", 3_551, n=float("nan"), n_unit=""),
]


def test_noise_of_parts_says_what_it_is_and_what_the_least_would_need(page: Any) -> None:
    made, outcome = only(page, rows.refusal("too_small_to_see"), *PARTS)
    said = change.explained(made, outcome)
    assert "Je ziet het pas als het bij elk daarvan 3.551 m³ scheelt. Zo veel is niet te verwachten." in said
    sentence = sums.arithmetic(made, outcome)
    assert "Deel dat door het bereik, hoogstens 0,50%. Dat is 42.320 m³ per deelnemer." in sentence
    assert sentence.endswith(
        "We keken naar 67 buurten daarin. Een groot gebied schommelt minder. "
        "Ook als het zo weinig is als maar kan, is het nog 3.551 m³ per deelnemer."
    )
    assert readability.score(sentence[sentence.index("Hoe sterk") :]) >= EASY
    english = only(page, rows.refusal("too_small_to_see"), *PARTS, lang="en")
    assert sums.arithmetic(*english).endswith("it is still 3,551 m³ per participant.")


def test_what_the_least_noise_might_show_is_not_called_too_small(page: Any) -> None:
    steps = [row | ({"value": 200.0} if row["group_value"] == "needed_least" else {}) for row in PARTS]
    made, outcome = only(page, rows.refusal("too_few_similar"), *steps)
    assert not outcome.too_small
    assert change.explained(made, outcome) == verdicts.REFUSED["too_few_similar"]


def test_the_steps_of_the_sum_stand_below_each_other(page: Any) -> None:
    assert sums.steps(*only(page, rows.refusal("too_small_to_see"), *PARTS)) == [
        ("gewone op en neer van jaar tot jaar", "53,5 m³"),  # 212 / (2.8 · √2)
        ("minste op en neer van het hele gebied", "4,5 m³"),
        ("kleinste verschil dat opvalt", "212 m³"),
        ("hoogste mogelijke bereik", "0,50%"),
        ("nodig per deelnemer", "42.320 m³"),
        ("nodig per deelnemer, bij het minste op en neer", "3.551 m³"),
        ("meeste dat één deelnemer kan veranderen", "221 m³"),
    ]
    short = sums.steps(*only(page, rows.refusal("too_small_to_see"), *rows.seen(120, 900, 400)))
    assert [value for _, value in short] == ["30,3 m³", "120 m³", "13,3%", "900 m³", "400 m³"]
    assert sums.steps(*only(page, rows.refusal("too_small_to_see"), *rows.steps())) == []


def test_households_of_the_klimaatmonitor_are_households(page: Any) -> None:
    steps = rows.seen(120, 900, 400, reach=100 * 120 / 900)
    for step in steps:
        step["n_unit"] = "gas_corrected_households" if step["group_value"] == "reach" else step["n_unit"]
    assert "Hoogstens 120 van de 900 huishoudens deden mee." in told(page, rows.refusal("too_small_to_see"), *steps)


def test_too_small_without_its_arithmetic_has_a_sentence_all_the_same(page: Any) -> None:
    assert told(page, rows.refusal("too_small_to_see")).endswith("niet te zien. Dit kunnen we hier niet zien.")


def test_another_refusal_says_that_more_figures_will_not_help(page: Any) -> None:
    said = told(page, rows.refusal("no_years_after"), *rows.seen(120, 900, 400))
    assert verdicts.REFUSED["no_years_after"] + " Ook met meer cijfers zien we het niet. Hoogstens 120 van" in said
    possible = told(page, rows.refusal("no_years_after"), *rows.seen(30, 225, 400))
    assert possible.endswith(verdicts.REFUSED["no_years_after"])


@pytest.mark.parametrize("missing", ["mde", "possible", "reach", "needed"])
def test_half_a_sum_is_no_sum(page: Any, missing: str) -> None:
    steps = [row for row in rows.seen(120, 900, 400) if row["group_value"] != missing]
    made, outcome = only(page, rows.refusal("no_years_after"), *steps)
    assert sums.arithmetic(made, outcome) == ""
    assert change.explained(made, outcome).startswith(verdicts.REFUSED["no_years_after"])


# The sections around it


def test_the_head_of_the_section_counts(page: Any) -> None:
    found = text_of(change.section(content(page, *rows.whole(), *ASKED, indicators=LONELY)))
    assert found.startswith("4 · Wat veranderde, en wat we niet kunnen zien Ging het hier anders dan in gebieden")
    assert "We keken naar 2 cijfers. Eén daarvan kan dat niet laten zien." in found
    one = text_of(change.section(content(page, *rows.whole())))
    assert one.endswith("We keken naar 1 cijfer.")
    several = [rows.refusal("series_broken", indicator_id=name) for name in ("poverty_pct", "gp_distance_km")]
    found = text_of(change.section(content(page, *rows.whole(), *several)))
    assert "We keken naar 3 cijfers. Daarvan kunnen er 2 dat niet laten zien." in found


def test_where_no_figure_can_show_it_the_head_says_so(page: Any) -> None:
    several = [rows.refusal("series_broken", indicator_id=name) for name in ("poverty_pct", "gp_distance_km")]
    for n, said in ((1, "We keken naar 1 cijfer. Dat kan het niet laten zien."),
                    (2, "We keken naar 2 cijfers. Geen daarvan kan dat laten zien.")):  # fmt: skip
        found = text_of(change.section(content(page, *several[:n])))
        assert found.endswith(said)
        assert readability.score(said) >= EASY


def test_without_a_comparison_the_section_says_so(page: Any) -> None:
    found = text_of(change.section(content(page)))
    assert found.endswith("er is nog niet gemeten vooraf en achteraf. Cijfers van de buurt zijn nog niet vergeleken.")


def main_domain(domain: str) -> pd.DataFrame:
    return pd.DataFrame([{"collective_id": "tuin", "name": "De Tuin", "primary_domain": domain}])


def test_the_unknown_of_the_report_in_short_is_chosen_from_the_verdicts(page: Any) -> None:
    refused = rows.refusal("series_broken", indicator_id="poverty_pct")
    unsure = rows.verdict("geen_vast_antwoord", indicator_id="solar_homes_pct")
    for rest in itertools.permutations([refused, unsure, *rows.whole()[:1]]):
        assert known.unknown(content(page, *rest)).startswith(
            "Nog onbekend: of er door ons iets veranderde aan mensen in armoede (vanaf 2024)."
        )
    small = known.unknown(content(page, *ASKED, indicators=LONELY))
    assert small == "Nog onbekend: of er door ons iets veranderde aan eenzame bewoners."
    assert known.unknown(content(page, unsure, *rows.whole()[:1])) == (
        "Nog onbekend: of woningen met zonnestroom (vanaf 2024) hier anders ging dan elders."
    )
    assert known.unknown(content(page, *rows.whole())) == (
        "Nog onbekend: hoe het met aardgas per woning was gegaan zonder het collectief."
    )
    for several in ([refused], [unsure], rows.whole(), []):
        assert readability.score(known.unknown(content(page, *several))) >= EASY
    assert known.unknown(content(page)).endswith("want daarvoor is nog niets gemeten.")


@pytest.mark.parametrize(
    ("domain", "label"),
    [
        ("energie_klimaat", "woningen met zonnestroom (vanaf 2024)"),
        ("welzijn", "mensen in armoede (vanaf 2024)"),
        ("zeggenschap", "mensen in armoede (vanaf 2024)"),  # without any of its own: the first there is
    ],
)
def test_the_unknown_is_of_what_the_collective_works_on_first(page: Any, domain: str, label: str) -> None:
    several = [
        rows.refusal(code, indicator_id=name)
        for name, code in (
            ("poverty_pct", "too_few_similar"), ("solar_homes_pct", "no_years_after"), (rows.GAS, "too_small_to_see"),
        )
    ]  # fmt: skip
    said = known.unknown(content(page, *several, collectives=main_domain(domain)))
    assert said.startswith(f"Nog onbekend: of er door ons iets veranderde aan {label}.")


# What was found comes before what is not known


@pytest.mark.parametrize(
    ("verdict", "value", "said"),
    [
        ("lager", -80.0, ("dit daalde hier meer dan in de 50 gebieden die hierop lijken "
         "(geen bewijs dat het door ons komt).")),
        ("hoger", 80.0, ("dit daalde hier minder dan in de 50 gebieden die hierop lijken "
         "(geen bewijs dat het door ons komt).")),
        ("geen_verschil", -3.0, ("we zien geen verschil met de 50 gebieden die hierop lijken "
         "(minder dan 30 m³ zouden we niet zien).")),
    ],
)  # fmt: skip
def test_the_report_in_short_says_what_was_found_and_then_what_is_not_known(
    page: Any, verdict: str, value: float, said: str
) -> None:
    reasons = "no_experiment;few_years_before;one_year_after"
    made = content(page, rows.refusal("series_broken", indicator_id="poverty_pct"),
                   *rows.whole(verdict, value, gate_reason=reasons))  # fmt: skip
    found = known.known(made)
    assert found == f"Aardgas per woning: {said}"
    assert readability.score(found) >= EASY
    short = collective.in_short(made)
    assert short.index(found) < short.index("Nog onbekend: of er door ons iets veranderde aan mensen in armoede")


def test_a_finding_with_a_long_name_keeps_its_caution_in_fewer_words(page: Any) -> None:
    name = "unemployment_benefit_pct"  # WW-uitkering, van de mensen van 15 tot 65 jaar
    for code, caution in (("hoger", "dat bewijst niets"), ("geen_verschil", "kleine verschillen zien we niet")):
        said = known.known(content(page, rows.verdict(code, 1.0, indicator_id=name, unit="%")))
        assert said.endswith(f"({caution}).")
        assert len(said.split()) <= known.MOST_WORDS


def test_of_several_findings_the_first_is_told(page: Any) -> None:
    later = rows.verdict("hoger", 5.0, indicator_id="solar_homes_pct", unit="%")
    assert known.known(content(page, *rows.whole("lager"), later)).startswith("Aardgas per woning: ")
    assert known.known(content(page, later, *rows.whole("lager"))).startswith("Woningen met zonnestroom")


def test_where_nothing_was_found_only_the_unknown_is_told(page: Any) -> None:
    refused = rows.refusal("series_broken")
    unsure = rows.verdict("geen_vast_antwoord", indicator_id="solar_homes_pct")
    for several in ([refused, unsure], ASKED, []):
        made = content(page, *several, indicators=LONELY)
        assert known.known(made) == ""
        assert collective.in_short(made).count("<li>") == 5
    assert collective.in_short(content(page, *rows.whole())).count("<li>") == 5


def test_what_is_not_known_is_told_once_per_reason(page: Any) -> None:
    several = [
        rows.refusal("series_broken", indicator_id="poverty_pct"),
        rows.refusal("series_broken", indicator_id="gp_distance_km"),
        rows.refusal("too_small_to_see"),
        rows.verdict("hoger", indicator_id="solar_homes_pct"),
    ]
    said = known.unseen(content(page, *several))
    assert said == [
        "Niet te zien: wat er hier veranderde aan mensen in armoede (vanaf 2024), afstand tot de huisarts. "
        + verdicts.REFUSED["series_broken"],
        "Niet te zien: wat er hier veranderde aan aardgas per woning. " + FEW,
    ]
    assert set(said) <= set(gaps.unseen(content(page, *several)))


@pytest.mark.parametrize(
    ("reason", "n", "said"),
    [
        ("figures_beyond_most", 0, []),
        ("figures_beyond_most", 1, ["1 ander cijfer hebben we niet vergeleken."]),
        ("figures_beyond_most", 4, ["4 andere cijfers hebben we niet vergeleken."]),
        ("series_ended", 1, ["1 cijfer kan niets laten zien: het stopte voor de start."]),
        ("series_ended", 2, ["2 cijfers kunnen niets laten zien: ze stopten voor de start."]),
    ],
)
def test_figures_that_were_not_asked_about_are_counted(page: Any, reason: str, n: int, said: list[str]) -> None:
    left = [{"indicator_id": rows.GAS, "reason": "figure_missing", "left_out_n": 9}]
    left += [{"indicator_id": "", "reason": reason, "left_out_n": n}] if n else []
    assert known.unseen(content(page, *rows.whole(), left_out=pd.DataFrame(left))) == said
    assert reason != "series_ended" or readability.score(said[0]) >= EASY


def test_every_reason_not_to_ask_that_is_counted_has_a_sentence() -> None:
    (reason,) = [one for one in schema.load("analysed_left_out")["fields"] if one["name"] == "reason"]
    assert set(known.NOT_ASKED) <= set(reason["constraints"]["enum"])


def test_every_outcome_of_the_catalogue_reads_in_a_sentence(page: Any) -> None:
    for indicator in indicators.load().values():
        if indicator.direction != "geen_oordeel" and not indicator.model and indicator.kind in ("share", "mean"):
            own: dict[str, Any] = {"indicator_id": indicator.id, "unit": indicator.unit}
            said = told(page, rows.verdict("lager", **own), *rows.seen(**own))
            assert "x1000" not in said
            assert "per_" not in said
