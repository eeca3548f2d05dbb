"""Columns of one file together: whether its names are keys, labels, short names or somebody's own."""

import pandas as pd
import pytest

from bt_analysis.sources.column_meanings import known_topics, meanings
from bt_analysis.sources.plain_files import DownloadRefused
from bt_analysis.sources.table import PROPERTIES, CbsTable

KWB = known_topics("84799NED", is_kwb=True, fetched={})
OTHER = known_topics("50090NED", is_kwb=False, fetched={})


def names(*columns: str, known: list[pd.DataFrame] = KWB, form: str = "", **mapping: str) -> list[str]:
    found = meanings(columns, known, 2020, mapping, form=form, place="a.csv")
    return found.topics["name"].tolist()


def fetched(*topics: tuple[str, str]) -> dict[str, CbsTable]:
    lines = [(key, key.rpartition("_")[0], title, "%", 1, "Double", ("Groep",)) for key, title in topics]
    properties = pd.DataFrame(lines, columns=list(PROPERTIES))
    labels = pd.DataFrame(columns=["regiocode", "title"])
    return {"50090NED": CbsTable("50090NED", "", "", 2020, 2020, pd.DataFrame(), properties, "", labels)}


def test_keys_of_an_unknown_table_are_names() -> None:
    assert names("Gemeentenaam_1", "Eenzaam_28", known=OTHER) == ["Gemeentenaam", "Eenzaam"]


def test_a_number_behind_a_private_name_makes_no_key_of_the_others() -> None:
    with pytest.raises(DownloadRefused, match="2 columns that CBS does not have: Encoding_3, supermarkets_within_1km"):
        names("Encoding_3", "supermarkets_within_1km", known=OTHER)


def test_brackets_are_units_only_in_a_file_of_labels() -> None:
    assert names("Groep/Roker (%)", "Eenzaam (%)", known=OTHER) == ["Roker", "Eenzaam"]
    with pytest.raises(DownloadRefused, match=r"Eenzaam \(%\)"):
        names("Roker (%)", "Eenzaam (%)", known=OTHER)


def test_topics_of_kwb_are_not_known_in_other_tables() -> None:
    # A label of KWB could have another meaning there, so it says itself what it is.
    found = meanings(["x/Mannen (aantal)"], OTHER, 2020, {}, form="", place="a.csv").topics.iloc[0]
    assert (found["name"], found["path"]) == ("Mannen", ("x",))


def test_metadata_of_the_fetched_table_go_first_and_others_fill_up() -> None:
    known = known_topics("50090NED", is_kwb=True, fetched=fetched(("Mannen_6", "Mannen, zelf gemeld")))
    found = meanings(["Mannen_6", "Vrouwen_7"], known, 2020, {}, form="", place="a.csv").topics
    assert found["title"].tolist() == ["Mannen, zelf gemeld", "Vrouwen"]


def test_what_r_made_of_labels_is_found_and_of_unknown_labels_refused() -> None:
    assert names("Bevolking.Geslacht.Mannen..aantal.") == ["Mannen"]
    with pytest.raises(DownloadRefused, match=r"Bevolking\.Geslacht\.Anders"):
        names("Bevolking.Geslacht.Anders..aantal.")


def test_many_unknown_columns_are_counted_and_some_named() -> None:
    columns = [f"private{letter}" for letter in "abcdefghij"]
    with pytest.raises(DownloadRefused, match=r"10 columns .*: privatea, .*, privateh and 2 more; expected keys"):
        names(*columns)


def test_short_names_and_maps_leave_out_what_nobody_knows() -> None:
    found = meanings(["a_inw", "a_new"], KWB, 2020, {}, form="short", place="kwb-2020.xlsx")
    assert (found.topics["key"].tolist(), found.notes) == (["a_inw"], ("left out, not known: a_new",))
    maps = meanings(["AANT_INW", "P_00_14_JR", "Doorz"], KWB, 2016, {}, form="map", place="gem.dbf")
    assert maps.topics["name"].tolist() == ["AantalInwoners"]
    assert [note.rpartition(": ")[2] for note in maps.notes] == ["P_00_14_JR", "Doorz"]


def test_a_mapping_gives_names_or_labels_and_leaves_out() -> None:
    mapping = {"men": "Mannen", "flat": "Energie/Gemiddeld aardgasverbruik/Naar woningtype/Appartement (m³)", "x": ""}
    found = meanings(["men", "flat", "x", "Vrouwen_7"], KWB, 2020, mapping, form="", place="a.csv").topics
    assert found["key"].tolist() == ["men", "flat", "Vrouwen_7"]
    assert found["unit"].tolist() == ["aantal", "m³", "aantal"]


@pytest.mark.parametrize(
    ("topic", "reason"), [("Heren", "such as AantalInwoners"), ("Appartement", "here one of: Energie")]
)
def test_a_mapping_to_no_or_more_topics_is_refused(topic: str, reason: str) -> None:
    with pytest.raises(DownloadRefused, match=reason):
        names("men", men=topic)
