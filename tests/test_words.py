"""Words: every code that an estimate can hold has a word, and amounts are written with their unit."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis import indicators, schema
from bt_analysis.disclosure import rounding
from bt_analysis.language import Language
from bt_analysis.pages import codes, words

NL, EN = Language("nl"), Language("en")


def options(table: str, column: str) -> set[str]:
    fields = {field["name"]: field for field in schema.load(table)["fields"]}
    return set(fields[column]["constraints"]["enum"])


# Codes


def test_a_code_has_its_word() -> None:
    assert words.say("welzijn", codes.DOMAINS, NL) == "Welzijn"
    assert words.say("welzijn", codes.DOMAINS, EN) == "Well-being"


def test_an_unknown_code_stays_a_code() -> None:
    assert words.say("iets_nieuws", codes.DOMAINS, NL) == "iets_nieuws"


def test_every_domain_of_the_schema_has_a_word() -> None:
    assert options("collective", "primary_domain") == set(codes.DOMAINS)


def test_every_role_of_the_schema_has_a_word() -> None:
    assert options("contribution", "role") <= set(codes.GROUPS)


def test_every_missing_reason_has_words() -> None:
    assert set(schema.MISSING_REASONS) <= set(codes.REASONS)


def test_every_percentage_in_words_has_words() -> None:
    assert set(codes.ABOUT) == set(rounding.WORDS)
    assert options("analysed_estimates", "value_text") == {"", *codes.ABOUT, *codes.VERDICTS, *codes.RANGES}


def test_every_table_of_a_first_report_has_a_name() -> None:
    assert set(codes.TABLES) == set(schema.MINIMAL)


def test_urbanity_has_the_five_classes_of_cbs() -> None:
    assert set(codes.URBANITY) == {1, 2, 3, 4, 5}


def test_whatever_a_figure_is_the_mean_of_has_a_word() -> None:
    bases = {one for indicator in indicators.load().values() for one in indicator.denominator}
    assert bases <= set(codes.N_UNITS)


# Amounts


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "dutch"),
    [
        (3.14, "%", 0, "3,1 procentpunt"),  # few differ by a whole point
        (3.14, "%", 2, "3,14 procentpunt"),
        (236.8, "%", 0, "237 procentpunt"),
        (-0.04, "%", 0, "0,0 procentpunt"),
        (80.4, "m3", 0, "80 m³"),
        (0.26, "km", 1, "0,3 km"),
    ],
)
def test_a_difference_of_percentages_is_in_points(value: float, unit: str, decimals: int, dutch: str) -> None:
    assert words.difference(value, unit, decimals, NL) == dutch


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "dutch", "english"),
    [
        (23.4, "%", 0, "23%", "23%"),
        (1234.0, "m3", 0, "1.234 m³", "1,234 m³"),
        (0.7, "km", 1, "0,7 km", "0.7 km"),
        (12.0, "uur", 0, "12 uur", "12 hours"),
        (355.0, "x1000_eur", 0, "€ 355.000", "€355,000"),
        (35.54, "x1000_eur", 1, "€ 35.500", "€35,500"),  # 35.5 × 1,000
        (2.2, "personen_per_huishouden", 1, "2,2", "2.2"),  # the label says it already
        (4705.0, "personen", 0, "4.705", "4,705"),
        (3.14, "pp", 1, "3,1 procentpunt", "3.1 percentage points"),
        (1200.0, "kWh", 0, "1.200 kWh", "1,200 kWh"),
        (39.0, "kW", 0, "39 kW", "39 kW"),
    ],
)
def test_amounts(value: float, unit: str, decimals: int, dutch: str, english: str) -> None:
    assert words.amount(value, unit, decimals, NL) == dutch
    assert words.amount(value, unit, decimals, EN) == english


# Reasons


def test_no_reason_is_no_word() -> None:
    assert words.because("", NL) == ""


def test_a_reason_names_the_threshold() -> None:
    assert words.because("n_below_minimum", NL, min_n=30, min_cell=10) == "gaat over minder dan 30 mensen"
    assert words.because("n_below_minimum", EN, min_n=30, min_cell=10) == "is about fewer than 30 people"


def test_reasons_are_listed_in_their_order() -> None:
    found = words.because("may_count_twice;areas_without_figure", NL, min_n=30, min_cell=10)
    assert found == "wie aan meer dingen meedoet, kan vaker meetellen; niet alle buurten hebben een cijfer"


def test_a_reason_that_nobody_knows_is_left_out() -> None:
    assert words.because("nonsense;may_count_twice", NL) == codes.REASONS["may_count_twice"]


def test_what_is_said_already_is_not_said_again() -> None:
    found = words.because("areas_without_figure;coverage_below_minimum", NL, min_n=30, min_cell=10)
    assert found == codes.REASONS["coverage_below_minimum"]


# What a figure rests on, and names


@pytest.mark.parametrize(
    ("n", "unit", "dutch", "english"),
    [
        (1, "activities", "1 activiteit", "1 activity"),
        (1200, "population", "1.200 bewoners", "1,200 residents"),
        (1, "land_area_ha", "1 ha land", "1 ha of land"),
        (5, "trees_planted", "5 trees planted", "5 trees planted"),
    ],
)
def test_what_a_figure_rests_on(n: float, unit: str, dutch: str, english: str) -> None:
    assert words.counted(n, unit, NL) == dutch
    assert words.counted(n, unit, EN) == english


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gemiddelde WOZ-waarde", "gemiddelde WOZ-waarde"),
        ("WOZ-waarde", "WOZ-waarde"),
        ("GP distance", "GP distance"),
        ("65 jaar", "65 jaar"),
        ("", ""),
    ],
)
def test_a_name_within_a_sentence(name: str, expected: str) -> None:
    assert words.within(name) == expected


def test_a_long_list_of_names_is_counted() -> None:
    assert words.listed(["a", "b"], NL) == "a, b"
    assert words.listed(list("abcdefghij"), NL) == "a, b, c, d, e, f, g, h en nog 2"  # 10 − 8


# Groups


def row(group_type: str, value: str, label: str = "") -> Any:
    return pd.Series({"group_type": group_type, "group_value": value, "group_label": label})


@pytest.mark.parametrize(
    ("group", "name", "people"),
    [
        (row("leeftijd", "15-25"), "15 tot 25 jaar", "mensen van 15 tot 25 jaar"),
        (row("leeftijd", "65+"), "65 jaar of ouder", "mensen van 65 jaar of ouder"),
        (row("geslacht", "vrouw"), "vrouwen", "vrouwen"),
        (row("wijk", "WK019322", "Wijk 22 Stadshagen"), "Stadshagen", "mensen uit Stadshagen"),
        (row("wijk", "WK990101", "Hazelgaarde"), "Hazelgaarde", "mensen uit Hazelgaarde"),
        (row("wijk", "WK036300", "Wijk 00"), "Wijk 00", "mensen uit Wijk 00"),  # a number only is all it has
        (row("rol", "coordinatie"), "coördinatie", "coördinatie"),
        (row("taal", "Fries"), "Fries", "Fries"),
    ],
)
def test_groups(group: pd.Series, name: str, people: str) -> None:
    assert words.group(group, NL) == name
    assert words.people(group, NL) == people


def test_groups_in_english() -> None:
    assert words.people(row("leeftijd", "15-25"), EN) == "people aged 15 to 25 years"
    assert words.people(row("wijk", "WK019322", "Wijk 22 Stadshagen"), EN) == "people from Stadshagen"
