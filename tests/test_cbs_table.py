"""Reading a fetched CBS table: codes without padding, '.' still '.', and what each column means."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.sources import cbs
from bt_analysis.sources.cbs_table import dimensions, kind
from bt_analysis.sources.table import base_name

Record = dict[str, Any]

INFO: Record = {
    "Identifier": "99001NED",
    "Title": "Kerncijfers wijken en buurten 2020 ",
    "Modified": "2021-03-26T02:00:00",
    "Period": "2020",
}
REGION: Record = {"odata.type": "Cbs.OData.GeoDetail", "ID": 0, "ParentID": None, "Key": "WijkenEnBuurten"}
TOPIC = "Cbs.OData.Topic"
GROUP = "Cbs.OData.TopicGroup"
# Energie > Elektriciteit > Appartement, and Energie > Aardgas > Appartement: one title, two meanings.
PROPERTIES: list[Record] = [
    REGION | {"MapYear": 2020},
    {"odata.type": GROUP, "ID": 1, "ParentID": None, "Key": "", "Title": "Energie "},
    {"odata.type": GROUP, "ID": 2, "ParentID": 1, "Key": "", "Title": "Elektriciteit"},
    {
        "odata.type": TOPIC,
        "ID": 3,
        "ParentID": 2,
        "Key": "Appartement_48",
        "Title": "Appartement ",
        "Unit": "kWh ",
        "Decimals": 0,
        "Datatype": "Long",
    },
    {"odata.type": GROUP, "ID": 4, "ParentID": 1, "Key": "", "Title": "Aardgas"},
    {
        "odata.type": TOPIC,
        "ID": 5,
        "ParentID": 4,
        "Key": "Appartement_56",
        "Title": "Appartement ",
        "Unit": "m³",
        "Decimals": 0,
        "Datatype": "Long",
    },
    {
        "odata.type": TOPIC,
        "ID": 6,
        "ParentID": None,
        "Key": "Postcode_113",
        "Title": "Postcode",
        "Unit": None,
        "Decimals": None,
        "Datatype": "String",
    },
]
REGIONS = [{"Key": "NL00      ", "Title": "Nederland "}, {"Key": "BU99010001", "Title": "Havenbuurt"}]
ROWS = pd.DataFrame(
    {
        "ID": [0, 1],
        "WijkenEnBuurten": ["NL00      ", "BU99010001"],
        "Appartement_48": pd.array([2030, None], dtype="Int64"),
        "Appartement_56": pd.array([880, None], dtype="Int64"),
        "Postcode_113": ["         .", "      9901"],
    }
)


def fetched(
    folder: Path,
    info: Record | None = None,
    properties: list[Record] = PROPERTIES,
    rows: pd.DataFrame = ROWS,
) -> Path:
    """Write a table as a fetch leaves it."""
    table = folder / "99001NED"
    table.mkdir()
    sets = {"TableInfos": [INFO | (info or {})], "DataProperties": properties, "WijkenEnBuurten": REGIONS}
    for name, records in sets.items():
        (table / f"{name}.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    rows.to_parquet(table / "TypedDataSet.parquet", index=False)
    return table


# --- rows -------------------------------------------------------------------------------------------------------------


def test_codes_and_texts_lose_their_padding_and_nothing_else(tmp_path: Path) -> None:
    rows = cbs.read_table(fetched(tmp_path)).rows
    assert list(rows.columns) == list(ROWS.columns)
    assert rows["WijkenEnBuurten"].tolist() == ["NL00", "BU99010001"]
    assert rows["Postcode_113"].tolist() == [".", "9901"]  # missing stays '.', a postcode stays text


def test_a_missing_figure_is_missing_and_not_zero(tmp_path: Path) -> None:
    rows = cbs.read_table(fetched(tmp_path)).rows
    assert rows["Appartement_48"].isna().tolist() == [False, True]
    assert rows["Appartement_48"].iloc[0] == 2030


def test_reading_leaves_the_files_as_they_are(tmp_path: Path) -> None:
    folder = fetched(tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    cbs.read_table(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_missing_text_stays_missing(tmp_path: Path) -> None:
    rows = ROWS.assign(Postcode_113=pd.Series([None, "      9901"], dtype="str"))
    assert cbs.read_table(fetched(tmp_path, rows=rows)).rows["Postcode_113"].isna().tolist() == [True, False]


def test_regions_have_their_names(tmp_path: Path) -> None:
    table = cbs.read_table(fetched(tmp_path))
    assert table.region_column == "WijkenEnBuurten"
    assert table.labels.to_dict("list") == {"regiocode": ["NL00", "BU99010001"], "title": ["Nederland", "Havenbuurt"]}


# --- columns ----------------------------------------------------------------------------------------------------------


def test_the_path_tells_equal_titles_apart(tmp_path: Path) -> None:
    properties = cbs.read_table(fetched(tmp_path)).properties.set_index("key")
    assert list(properties.index) == ["Appartement_48", "Appartement_56", "Postcode_113"]  # topics only
    assert properties.loc["Appartement_48", "path"] == ("Energie", "Elektriciteit")  # from the outside in
    assert properties.loc["Appartement_56", "path"] == ("Energie", "Aardgas")
    assert properties.loc["Postcode_113", "path"] == ()


def test_titles_units_and_decimals(tmp_path: Path) -> None:
    properties = cbs.read_table(fetched(tmp_path)).properties
    assert list(properties.columns) == ["key", "name", "title", "unit", "decimals", "datatype", "path"]
    assert properties["title"].tolist() == ["Appartement", "Appartement", "Postcode"]
    assert properties["unit"].tolist() == ["kWh", "m³", ""]
    assert properties["decimals"].isna().tolist() == [False, False, True]
    assert properties["datatype"].tolist() == ["Long", "Long", "String"]


def test_decimals_may_be_an_empty_text(tmp_path: Path) -> None:
    blank = [one | {"Decimals": ""} if kind(one) == "Topic" else one for one in PROPERTIES]
    assert cbs.read_table(fetched(tmp_path, properties=blank)).properties["decimals"].isna().all()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"odata.type": "Cbs.OData.GeoDetail", "Type": "GeoDetail"}, "GeoDetail"),
        ({"odata.type": "Cbs.OData.TopicGroup"}, "TopicGroup"),
        ({"Type": "TimeDimension"}, "TimeDimension"),
        ({}, "None"),
    ],
)
def test_the_kind_of_a_property(record: Record, expected: str) -> None:
    assert kind(record) == expected


def test_dimensions_come_in_the_order_of_the_table() -> None:
    period = {"odata.type": "Cbs.OData.TimeDimension", "Key": "Perioden"}
    age = {"odata.type": "Cbs.OData.Dimension", "Key": "Leeftijd"}
    municipality = {"odata.type": "Cbs.OData.GeoDimension", "Key": "RegioS"}
    assert dimensions([age, *PROPERTIES, period, municipality]) == [
        "Leeftijd",
        "WijkenEnBuurten",
        "Perioden",
        "RegioS",
    ]


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "title", "year"),
    [
        ("2020", "Kerncijfers wijken en buurten 2020", 2020),
        ("2012/2016/2020", "Gezondheid per wijk en buurt", 2020),  # of more years the last
        ("2010 december - 2019 december", "Banen van werknemers", 2019),
        ("", "Kerncijfers wijken en buurten 2017", 2017),
        (None, "Kerncijfers wijken en buurten 2017", 2017),
        ("Onregelmatig", "Kerncijfers 2013; 20130 rijen", 2013),
    ],
)
def test_the_year_of_a_table(tmp_path: Path, period: str | None, title: str, year: int) -> None:
    assert cbs.read_table(fetched(tmp_path, info={"Period": period, "Title": title})).year == year


def test_the_division_year_is_that_of_the_map(tmp_path: Path) -> None:
    later = [REGION | {"MapYear": 2024}, *PROPERTIES[1:]]
    table = cbs.read_table(fetched(tmp_path, properties=later))
    assert (table.year, table.division_year) == (2020, 2024)


@pytest.mark.parametrize("map_year", [{}, {"MapYear": None}, {"MapYear": ""}])
def test_without_a_map_the_division_is_that_of_the_year(tmp_path: Path, map_year: Record) -> None:
    table = cbs.read_table(fetched(tmp_path, properties=[REGION | map_year, *PROPERTIES[1:]]))
    assert table.division_year == 2020


def test_title_and_release_are_those_of_cbs(tmp_path: Path) -> None:
    table = cbs.read_table(fetched(tmp_path))
    assert table.table_id == "99001NED"
    assert table.title == "Kerncijfers wijken en buurten 2020"
    assert table.modified == "2021-03-26T02:00:00"


def test_a_table_without_regions(tmp_path: Path) -> None:
    folder = fetched(tmp_path, properties=PROPERTIES[1:])
    table = cbs.read_table(folder)
    assert table.region_column == ""
    assert list(table.labels.columns) == ["regiocode", "title"]
    assert len(table.labels) == 0
    assert table.division_year == table.year == 2020


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file", ["TableInfos.json", "DataProperties.json", "WijkenEnBuurten.json", "TypedDataSet.parquet"]
)
@pytest.mark.parametrize(("content", "got"), [(None, "got no file"), (b"<html>", "got a broken file")])
def test_a_file_that_is_gone_or_broken(tmp_path: Path, file: str, content: bytes | None, got: str) -> None:
    folder = fetched(tmp_path)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(cbs.SourceRejected) as caught:
        cbs.read_table(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / file}: {got}; expected a fetched CBS table")
    assert message.endswith("Run: bt fetch --table 99001NED")
    assert "\n" not in message


def test_a_table_without_a_year(tmp_path: Path) -> None:
    folder = fetched(tmp_path, info={"Period": "", "Title": "Kerncijfers"})
    with pytest.raises(cbs.SourceRejected, match=r"got Period '' and Title 'Kerncijfers'; expected a year"):
        cbs.read_table(folder)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Aantal inwoners", "AantalInwoners"),
        ("0 tot 15 jaar", "k_0Tot15Jaar"),
        ("Personenauto's per huishouden", "PersonenautoSPerHuishouden"),
        ("Twee-onder-één-kap-woning", "TweeOnderEenKapWoning"),
        ("Percentage twee-onder-één-kap-woning (eengezins)", "PercentageTweeOnderEenKapWoningEe"),  # 40 characters
    ],
)
def test_a_title_gives_the_name_of_its_key(title: str, expected: str) -> None:
    assert base_name(title) == expected
