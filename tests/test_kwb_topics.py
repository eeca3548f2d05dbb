"""Names of topics over years, files and programs: what a column can be, and when that is not sure."""

import pandas as pd
import pytest

from bt_analysis.sources.kwb_topics import exists_in, find, kwb_topics, spelling, with_spelling
from bt_analysis.sources.table import base_name


def units(column: str, year: int) -> list[tuple[str, str]]:
    found = find(column, kwb_topics(), year)
    return [(path[-1] if path else "", unit) for path, unit in zip(found["path"], found["unit"], strict=True)]


def test_every_name_is_the_one_cbs_makes_of_the_title() -> None:
    topics = kwb_topics()
    differing = topics[topics["name"] != topics["title"].map(base_name)]
    assert differing["name"].tolist() == []


def test_a_short_name_means_one_topic_in_each_year() -> None:
    short = {name for names in kwb_topics()["short"] for name in names}
    assert {name: len(find(name, kwb_topics(), 2023)) for name in short} == dict.fromkeys(short, 1)


@pytest.mark.parametrize(
    ("column", "year", "name"),
    [
        ("AantalInwoners_5", 2020, "AantalInwoners"),
        ("Bevolking/Aantal inwoners (aantal)", 2020, "AantalInwoners"),
        ("Bevolking.Aantal.inwoners..aantal.", 2020, "AantalInwoners"),
        ("a_inw", 2020, "AantalInwoners"),
        ("AANT_INW", 2016, "AantalInwoners"),
        # The same short name, before and after CBS counted deliveries of electricity instead of use.
        ("g_ele", 2019, "GemiddeldElektriciteitsverbruikTotaal"),
        ("g_ele", 2021, "GemiddeldeElektriciteitsleveringTotaal"),
        ("a_opl_lg", 2022, "OpleidingsniveauLaag"),
        ("a_opl_lg", 2023, "BasisonderwijsVmboMbo1"),
        # A title with a stroke in it, which also parts groups.
        (
            "Criminaliteit/Totaal diefstal uit woning/schuur/e.d. (per 1 000 inwoners)",
            2017,
            "TotaalDiefstalUitWoningSchuurED",
        ),
    ],
)
def test_a_topic_is_found_by_each_of_its_names(column: str, year: int, name: str) -> None:
    assert find(column, kwb_topics(), year)["name"].tolist() == [name]


def test_topics_with_one_name_are_told_apart_by_the_number_of_the_key() -> None:
    assert units("Appartement_48", 2019) == [("Naar woningtype", "kWh")]
    assert units("Appartement_56", 2019) == [("Naar woningtype", "m³")]
    assert units("Nederland_20", 2024) == [("Geboren in Nederland", "aantal")]


def test_a_number_nobody_saw_leaves_a_repeated_name_ambiguous() -> None:
    assert sorted(unit for _, unit in units("Appartement_99", 2020)) == ["kWh", "kWh", "m³"]


def test_a_topic_lies_where_the_table_of_the_year_has_it() -> None:
    assert find("Koopwoningen", kwb_topics(), 2020)["path"].tolist() == [("Wonen", "Woningen naar eigendom")]
    assert find("Koopwoningen", kwb_topics(), 2024)["path"].tolist() == [
        ("Wonen en vastgoed", "Woningen naar eigendom")
    ]


def test_a_private_name_is_not_guessed() -> None:
    assert find("Population_Total", kwb_topics(), 2020).empty
    assert find("Mannen (%)", kwb_topics(), 2020).empty


@pytest.mark.parametrize(
    ("name", "year", "answer"),
    [("WestersTotaal", 2022, True), ("WestersTotaal", 2023, False), ("HboWo", 2022, False), ("Mannen", 2013, True)],
)
def test_years_of_a_name(name: str, year: int, answer: bool) -> None:
    topics = kwb_topics()
    assert exists_in(topics[topics["name"] == name].iloc[0], year) is answer


def test_what_r_writes_and_what_it_was_made_of_are_spelled_alike() -> None:
    label = "Wonen/Woningen naar type/Percentage twee-onder-één-kap (%)"
    assert spelling(label) == spelling("Wonen.Woningen.naar.type.Percentage.twee.onder.één.kap....")
    assert spelling("Gasverbruik (m³)") == spelling("Gasverbruik..m..")


def test_a_fetched_tables_own_key_goes_first() -> None:
    own = pd.DataFrame(
        [("Mannen_6", "Mannen", "Mannen", "aantal", ("Geslacht",))], columns=["key", "name", "title", "unit", "path"]
    )
    assert find("Mannen_6", with_spelling(own), 2020)["path"].tolist() == [("Geslacht",)]
