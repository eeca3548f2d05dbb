"""Observations become the wide table that OData v3 gives: typed sets in, the rows and columns one can count out."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from bt_analysis.sources import observations, raw_table
from bt_analysis.sources.http import SourceRejected
from bt_analysis.sources.long_form import read_long
from bt_analysis.sources.table import CbsTable

Record = dict[str, Any]

PROPERTIES = {
    "Identifier": "99001NED",
    "Title": "Kerncijfers wijken en buurten 2020 ",
    "Modified": "2021-03-26T00:00:00+01:00",
    "Version": "202103260000",
    "TemporalCoverage": "2020",
}
REGIONS = {"Identifier": "WijkenEnBuurten", "Kind": "GeoDetail", "MapYear": "2020"}
PERIODS = {"Identifier": "Perioden", "Kind": "TimeDimension", "MapYear": None}
AGES = {"Identifier": "Leeftijd", "Kind": "Dimension", "MapYear": None}


def measure(identifier: str, index: int, title: str, group: str | None = None, **other: Any) -> Record:
    plain = {"DataType": "Long", "Unit": "aantal", "Decimals": 0}
    return {"Identifier": identifier, "Index": index, "Title": title, "MeasureGroupId": group} | plain | other


def code(identifier: str, index: int, title: str = "") -> Record:
    return {"Identifier": identifier, "Index": index, "Title": title or f"Gebied {identifier}"}


def figure(place: str, measure: str, value: float | None, **other: Any) -> Record:
    attribute = "None" if value is not None else "Impossible"
    return {"Measure": measure, "ValueAttribute": attribute, "Value": value, "WijkenEnBuurten": place} | other


# Typed out of order on purpose: Index says what comes first.
MEASURES = [
    measure("M2", 8, "Gemiddeld inkomen per inwoner ", "G2", DataType="Double", Unit="x 1 000 euro", Decimals=1),
    measure("M1", 7, "Aantal inwoners", "G1"),
]
GROUPS = [
    {"Id": "G1", "Index": 6, "Title": "Bevolking", "ParentId": None},
    {"Id": "G2", "Index": 5, "Title": "Inkomen van personen", "ParentId": "G0"},
    {"Id": "G0", "Index": 4, "Title": "Inkomen ", "ParentId": None},
]
PLACES = [code("BU99010001", 3), code("GM9901", 1), code("BU99010000", 2)]


def write(folder: Path, records: list[Record], **other: Any) -> Path:
    sets: dict[str, Any] = {
        "Properties": [PROPERTIES],
        "Dimensions": [REGIONS],
        "MeasureCodes": MEASURES,
        "MeasureGroups": GROUPS,
        "WijkenEnBuurtenCodes": PLACES,
    } | other
    for name, content in sets.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    dimensions = [one["Identifier"] for one in sets["Dimensions"]]
    pq.write_table(observations.table(records, dimensions, "99001NED"), folder / "Observations.parquet")
    return folder


def read(folder: Path, records: list[Record], **other: Any) -> CbsTable:
    return read_long(write(folder, records, **other))


def test_a_figure_stands_in_the_row_of_its_region_and_the_column_of_its_measure(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        [figure("GM9901", "M1", 120), figure("BU99010000", "M1", 80), figure("BU99010000", "M2", 27.5)],
    )
    expected = pd.DataFrame(
        [("GM9901", 120, None), ("BU99010000", 80, 27.5), ("BU99010001", None, None)],
        columns=["WijkenEnBuurten", "M1", "M2"],
    ).astype({"WijkenEnBuurten": "str", "M1": "Int64", "M2": "Float64"})
    pd.testing.assert_frame_equal(table.rows, expected)


def test_what_the_table_is(tmp_path: Path) -> None:
    table = read(tmp_path, [])
    assert (table.table_id, table.title) == ("99001NED", "Kerncijfers wijken en buurten 2020")
    assert (table.year, table.division_year, table.modified) == (2020, 2020, "2021-03-26T00:00:00+01:00")
    assert (table.region_column, table.time_column, dict(table.members)) == ("WijkenEnBuurten", "", {})
    assert table.labels["regiocode"].tolist() == ["GM9901", "BU99010000", "BU99010001"]
    assert table.labels["title"].tolist()[0] == "Gebied GM9901"


def test_what_a_column_means(tmp_path: Path) -> None:
    properties = read(tmp_path, []).properties
    expected = [
        ("M1", "AantalInwoners", "Aantal inwoners", "aantal", 0, "Long", ("Bevolking",)),
        ("M2", "GemiddeldInkomenPerInwoner", "Gemiddeld inkomen per inwoner", "x 1 000 euro", 1, "Double",
         ("Inkomen", "Inkomen van personen")),  # outermost first
    ]  # fmt: skip
    assert list(properties.itertuples(index=False, name=None)) == expected


def test_a_measure_outside_every_group_has_an_empty_path(tmp_path: Path) -> None:
    properties = read(tmp_path, [], MeasureCodes=[measure("M1", 1, "Aantal inwoners")], MeasureGroups=[]).properties
    assert properties["path"].tolist() == [()]


def test_missing_is_never_zero_whether_there_is_an_observation_or_not(tmp_path: Path) -> None:
    rows = read(tmp_path, [figure("GM9901", "M1", 0), figure("BU99010000", "M1", None)]).rows
    assert rows["M1"].tolist() == [0, pd.NA, pd.NA]  # published as 0 · without a value · not published


def test_a_provisional_figure_is_a_figure(tmp_path: Path) -> None:
    rows = read(tmp_path, [figure("GM9901", "M1", 120, ValueAttribute="Provisional")]).rows
    assert rows["M1"].iloc[0] == 120


def test_a_fraction_in_a_whole_column_is_kept(tmp_path: Path) -> None:
    rows = read(tmp_path, [figure("GM9901", "M1", 0.5)]).rows
    assert rows["M1"].iloc[0] == 0.5


def test_a_text_measure_has_texts(tmp_path: Path) -> None:
    measures = [measure("M1", 1, "Meest voorkomende postcode", DataType="String")]
    rows = read(tmp_path, [figure("GM9901", "M1", None, StringValue="  9901")], MeasureCodes=measures).rows
    assert rows["M1"].iloc[0] == "9901"
    assert rows["M1"].isna().tolist() == [False, True, True]


def test_other_dimensions_give_a_row_per_combination_that_occurs(tmp_path: Path) -> None:
    ages = [code("20300", 1, "18 jaar of ouder"), code("80200", 2, "65 jaar of ouder")]
    periods = [code("2016JJ00", 1, "2016"), code("2020JJ00", 2, "2020")]
    records = [
        figure("GM9901", "M1", 40, Leeftijd="20300", Perioden="2016JJ00"),
        figure("BU99010001", "M1", 50, Leeftijd="80200", Perioden="2020JJ00"),
    ]
    sets = {"Dimensions": [AGES, REGIONS, PERIODS], "LeeftijdCodes": ages, "PeriodenCodes": periods}
    table = read(tmp_path, records, **sets)
    assert len(table.rows) == 3 * 2  # regions × combinations: two of the four occur
    keys = ["Leeftijd", "WijkenEnBuurten", "Perioden"]
    assert table.rows.columns.tolist() == [*keys, "M1", "M2"]
    shown = table.rows.dropna(subset="M1")[[*keys, "M1"]]
    assert shown.values.tolist() == [
        ["20300", "GM9901", "2016JJ00", 40],
        ["80200", "BU99010001", "2020JJ00", 50],
    ]
    assert table.time_column == "Perioden"
    assert table.members["Leeftijd"]["title"].tolist() == ["18 jaar of ouder", "65 jaar of ouder"]


def test_a_table_without_regions(tmp_path: Path) -> None:
    ages = [code("20300", 1), code("80200", 2)]
    records = [{"Measure": "M1", "Value": 5.0, "Leeftijd": "80200"}]
    table = read(tmp_path, records, Dimensions=[AGES], LeeftijdCodes=ages)
    assert table.rows[["Leeftijd", "M1"]].values.tolist() == [["80200", 5]]
    assert (table.region_column, len(table.labels), table.division_year) == ("", 0, 2020)


def test_periods_stay_text(tmp_path: Path) -> None:
    periods = [code("20060101", 1)]
    records = [figure("GM9901", "M1", 1, Perioden="20060101")]
    table = read(tmp_path, records, Dimensions=[REGIONS, PERIODS], PeriodenCodes=periods)
    assert table.rows["Perioden"].unique().tolist() == ["20060101"]


@pytest.mark.parametrize("name", ["Observations.parquet", "MeasureCodes.json", "WijkenEnBuurtenCodes.json"])
def test_an_absent_or_broken_file_is_named(tmp_path: Path, name: str) -> None:
    file = write(tmp_path, []) / name
    file.write_bytes(b"half a fi")
    with pytest.raises(SourceRejected, match=rf"{name}: got a broken file; expected a fetched CBS table"):
        read_long(tmp_path)
    file.unlink()
    with pytest.raises(SourceRejected, match=rf"{name}: got no file; expected a fetched CBS table"):
        read_long(tmp_path)


def test_a_table_of_no_year_cannot_be_placed(tmp_path: Path) -> None:
    without = PROPERTIES | {"TemporalCoverage": "", "Title": "Kerncijfers"}
    with pytest.raises(SourceRejected, match="got TemporalCoverage '' and Title 'Kerncijfers'; expected a year"):
        read(tmp_path, [], Properties=[without])


# --- one spelling, whatever the back end ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("v3", "v4"),
    [
        ("Gemiddeld inkomen per inkomensontvanger\xa0", "Gemiddeld inkomen per inkomensontvanger"),
        ("Percentage twee-onder-één-kap-woning (ee", "Percentage twee-onder-één-kap-woning (eengezinswoning)"),
        ("", None),
    ],
)
def test_a_title_is_spelled_alike(v3: str, v4: str | None) -> None:
    assert raw_table.spelled(v3) == raw_table.spelled(v4)


def test_units_and_decimals_are_spelled_alike() -> None:
    v3 = ("AantalInwoners_5", "AantalInwoners", "Aantal inwoners ", "aantal ", 0, "Long", ("Bevolking ",))
    v4 = ("AantalInwoners_5", "AantalInwoners", "Aantal inwoners", "aantal", "0", "Long", ("Bevolking",))
    pd.testing.assert_frame_equal(raw_table.topics([v3]), raw_table.topics([v4]))
    without = ("EPercentage_1", "EPercentage", "E", None, None, "Long", ())
    assert raw_table.topics([without])[["unit", "decimals"]].values.tolist() == [["", pd.NA]]
