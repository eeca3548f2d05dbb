"""Families: where tables come from, and that every indicator has one."""

import pytest

from bt_analysis import indicators
from bt_analysis.indicators import CatalogueError, families
from bt_analysis.settings import KWB_TABLES

FAMILIES = indicators.load_families()
CATALOGUE = indicators.load()


def test_every_indicator_is_of_a_family_and_every_family_has_indicators() -> None:
    assert {one.source for one in CATALOGUE.values()} == set(FAMILIES)


def test_the_tables_of_kwb_are_those_of_the_settings() -> None:
    assert {years: table for table, (years,) in FAMILIES["kwb"].tables.items()} == KWB_TABLES


def test_a_model_is_a_model_for_the_indicator_too() -> None:
    for one in CATALOGUE.values():
        assert one.model == FAMILIES[one.source].model, one.id


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_a_family_says_where_it_is_from(family: indicators.Family) -> None:
    assert family.host in families.HOSTS
    assert family.tables
    assert family.licence
    assert family.publisher
    assert family.label_nl != family.label_en
    assert set(family.divisions) <= {*family.tables, *family.older}
    assert len(family.margins) in (0, 2)


def test_the_table_of_a_year() -> None:
    assert FAMILIES["kwb"].table(2020) == "84799NED"
    assert FAMILIES["health"].table(2020) == "50150NED"
    with pytest.raises(CatalogueError, match=r"family 'health' has no table of 2021; expected one of 2012, 2016, 2020"):
        FAMILIES["health"].table(2021)


def test_an_indicator_chooses_before_its_family() -> None:
    police, health = FAMILIES["police"], FAMILIES["health"]
    assert police.choices_of(CATALOGUE["burglary_crimes"]) == {"SoortMisdrijf": "1.1.1"}
    assert health.choices_of(CATALOGUE["loneliness_pct"]) == {"Leeftijd": "20300", "Marges": "MW00000"}
    older = indicators.Indicator("x", "x", "x", "%", "mean", "welzijn", choices={"Leeftijd": "80200"})
    assert health.choices_of(older) == {"Leeftijd": "80200", "Marges": "MW00000"}


def test_every_crime_is_chosen_and_sums_have_no_choice() -> None:
    crimes = [one for one in CATALOGUE.values() if one.source == "police"]
    assert {bool(one.choices) for one in crimes if one.find} == {True}
    assert {bool(one.choices) for one in crimes if not one.find} == {False}
    codes = [one.choices["SoortMisdrijf"] for one in crimes if one.find]
    assert len(codes) == len(set(codes))


def test_a_family_with_a_mistake_is_named() -> None:
    whole = {"label_nl": "a", "label_en": "b", "host": "opendata", "publisher": "c", "licence": "d"}
    assert families._family("x", {**whole, "tables": {"1NED": [2020]}}).tables == {"1NED": (2020,)}
    with pytest.raises(CatalogueError, match=r"family 'x' in families\.toml: .*colour"):
        families._family("x", {**whole, "colour": "red"})
    with pytest.raises(CatalogueError, match="family 'x' has host 'ftp'; expected one of"):
        families._family("x", {**whole, "host": "ftp"})


# Whom figures are attributed to


def test_figures_are_attributed_to_the_publisher_of_their_tables() -> None:
    told = families.attributed(["kwb", "klimaatmonitor", "health"], "CBS")
    assert told == ["CBS", "Klimaatmonitor (RVO), op cijfers van CBS", "RIVM, GGD'en en CBS"]


def test_every_family_of_the_catalogue_has_its_publisher() -> None:
    for source in {one.source for one in CATALOGUE.values()}:
        assert families.attributed([source], "CBS") == [FAMILIES[source].publisher]


def test_tables_that_are_made_up_are_attributed_to_whom_the_settings_name() -> None:
    assert families.attributed(["kwb", "klimaatmonitor"], "Verzonnen tabel") == ["Verzonnen tabel"] * 2


def test_tables_of_no_known_family_are_attributed_to_whom_the_settings_name() -> None:
    assert families.attributed(["elders"], "CBS") == ["CBS"]
    assert families.attributed([], "CBS") == []
