"""Selection: one row per region and year out of a table of more dimensions, or a message that says what to choose."""

import dataclasses
from typing import Any

import pandas as pd
import pytest

from bt_analysis.sources.odata import SourceRejected
from bt_analysis.sources.raw_table import division_year
from bt_analysis.sources.selection import select
from bt_analysis.sources.table import CbsTable

AGES = pd.DataFrame({"key": ["20300", "80200"], "title": ["18 jaar of ouder", "65 jaar of ouder"]})
MARGINS = pd.DataFrame({"key": ["MW00000", "MOG0095", "MBG0095"], "title": ["Waarde", "Ondergrens", "Bovengrens"]})
CHOICES = {"Leeftijd": "20300", "Marges": "MW00000"}

# region, age, margin, period, lonely
ROWS = [
    ("NL01", "20300", "MW00000", "2016JJ00", 43.0),
    ("BU01", "20300", "MW00000", "2016JJ00", 50.0),
    ("BU01", "20300", "MOG0095", "2016JJ00", 46.0),
    ("BU01", "20300", "MBG0095", "2016JJ00", 54.0),
    ("BU01", "80200", "MW00000", "2016JJ00", 61.0),
    ("BU01", "20300", "MW00000", "2020JJ00", 52.0),
]


def table(rows: list[tuple[Any, ...]] = ROWS, **more: Any) -> CbsTable:
    columns = ["WijkenEnBuurten", "Leeftijd", "Marges", "Perioden", "Eenzaam_4"]
    frame = pd.DataFrame(rows, columns=columns)
    topic = ("Eenzaam_4", "Eenzaam", "Eenzaam", "%", 1, "Double", ())
    whole = CbsTable(
        table_id="50000SYN", title="Gezondheid (indeling 2020)", modified="2022-06-30", year=2020, division_year=2020,
        rows=frame, region_column="WijkenEnBuurten", time_column="Perioden",
        properties=pd.DataFrame([topic], columns=["key", "name", "title", "unit", "decimals", "datatype", "path"]),
        labels=pd.DataFrame({"regiocode": ["NL01", "BU01"], "title": ["Nederland", "Noord"]}),
        members={"Leeftijd": AGES, "Marges": MARGINS},
    )  # fmt: skip
    return dataclasses.replace(whole, **more)


def lonely(part: CbsTable) -> dict[str, float]:
    return dict(zip(part.rows["WijkenEnBuurten"], part.rows["Eenzaam_4"], strict=True))


def test_each_year_has_one_row_per_region() -> None:
    found = select(table(), CHOICES)
    assert {year: lonely(part) for year, part in found.items()} == {
        2016: {"NL00": 43.0, "BU01": 50.0},
        2020: {"BU01": 52.0},
    }
    assert [(part.year, part.division_year) for part in found.values()] == [(2016, 2020), (2020, 2020)]


def test_what_is_left_has_the_region_as_its_only_key() -> None:
    part = select(table(), CHOICES)[2016]
    assert list(part.rows) == ["WijkenEnBuurten", "Eenzaam_4"]
    assert (part.time_column, dict(part.members)) == ("", {})


def test_the_country_is_called_as_in_kwb() -> None:
    part = select(table(), CHOICES)[2016]
    assert part.labels["regiocode"].tolist() == ["NL00", "BU01"]


def test_another_member_gives_other_figures() -> None:
    assert lonely(select(table(), {**CHOICES, "Leeftijd": "80200"})[2016]) == {"BU01": 61.0}


def test_padding_is_no_part_of_a_key() -> None:
    padded = [(region, f"{age} ", margin, *rest) for region, age, margin, *rest in ROWS]
    for choices in (CHOICES, {"Leeftijd": "20300   ", "Marges": " MW00000"}):
        assert lonely(select(table(padded), choices)[2016]) == {"NL00": 43.0, "BU01": 50.0}


def test_margins_stand_beside_the_figure() -> None:
    rows = select(table(), CHOICES, ("MOG0095", "MBG0095"))[2016].rows.set_index("WijkenEnBuurten")
    assert rows.loc["BU01"].to_dict() == {"Eenzaam_4": 50.0, "Eenzaam_4__low": 46.0, "Eenzaam_4__high": 54.0}
    assert rows.loc["NL00", ["Eenzaam_4__low", "Eenzaam_4__high"]].isna().all()  # no margin was published


def test_a_table_without_margins_has_none() -> None:
    bare = table(members={"Leeftijd": AGES, "Marges": MARGINS.head(1)})
    assert list(select(bare, CHOICES, ("MOG0095", "MBG0095"))[2016].rows) == ["WijkenEnBuurten", "Eenzaam_4"]
    half = table(members={"Leeftijd": AGES, "Marges": MARGINS.head(2)})
    with pytest.raises(SourceRejected, match="has margin MOG0095 and not MBG0095; expected both"):
        select(half, CHOICES, ("MOG0095", "MBG0095"))


def test_a_table_of_one_year_needs_no_periods() -> None:
    rows = [row for row in ROWS if row[3] == "2020JJ00"]
    plain = table(rows, time_column="", year=2020)
    plain = dataclasses.replace(plain, rows=plain.rows.drop(columns="Perioden"))
    assert {year: lonely(part) for year, part in select(plain, CHOICES).items()} == {2020: {"BU01": 52.0}}


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        (
            {"Marges": "MW00000"},
            r"dimension 'Leeftijd' and no choice for it; expected one of 20300 \(18 jaar of ouder\), 80200",
        ),
        (
            {**CHOICES, "Leeftijd": "2030"},
            r"dimension 'Leeftijd': got '2030'; expected one of 20300 \(18 jaar of ouder\)",
        ),
        ({**CHOICES, "Geslacht": "3000"}, "has no dimension 'Geslacht'; expected Leeftijd, Marges"),
    ],
)
def test_a_choice_that_is_wanting_or_wrong(choices: dict[str, str], says: str) -> None:
    with pytest.raises(SourceRejected, match=says):
        select(table(), choices)


def test_many_members_are_counted_and_the_closest_stands_first() -> None:
    codes = [f"1.{group}.{crime}" for group in range(1, 5) for crime in range(1, 6)]
    crimes = table(members={"Leeftijd": pd.DataFrame({"key": codes, "title": codes}), "Marges": MARGINS})
    with pytest.raises(SourceRejected, match=r"got '1\.4\.6'; expected one of 1\.4\.\d .* and 8 more\. Choose one"):
        select(crimes, {"Leeftijd": "1.4.6", "Marges": "MW00000"})  # 4 × 5 − 12 = 8


def test_a_region_that_stands_twice_is_refused() -> None:
    with pytest.raises(SourceRejected, match="has 1 rows more than one per region, first 'BU01'"):
        select(table([*ROWS, ROWS[1]]), CHOICES)


def test_periods_other_than_years_are_refused() -> None:
    monthly = [(*row[:3], row[3].replace("JJ00", "MM01"), row[4]) for row in ROWS]
    with pytest.raises(SourceRejected, match="has period '2016MM01'; expected years, as 2020JJ00"):
        select(table(monthly), CHOICES)


def test_a_table_without_regions_is_refused() -> None:
    with pytest.raises(SourceRejected, match="has no regions"):
        select(table(region_column=""), CHOICES)


@pytest.mark.parametrize(
    ("table_id", "map_year", "texts", "only_year", "expected"),
    [
        ("1NED", "2017", ["Kerncijfers 2016 (indeling 2016)"], 2015, 2017),
        ("1NED", None, ["Gezondheid per wijk en buurt; 2012/2016/2020 (indeling 2020)"], 0, 2020),
        ("1NED", "", ["SES-WOA", "scores per wijk en buurt, regio-indeling 2023"], 0, 2023),
        ("86092NED", None, ["SES-WOA"], 0, 2024),  # of its family
        ("47018NED", None, ["Misdrijven 2012-2025"], 0, 0),  # nothing says it
        ("1NED", None, ["Kerncijfers 2020", "Standaard Bedrijfsindeling 2008"], 2020, 2020),
    ],
)
def test_the_division_of_a_table(table_id: str, map_year: Any, texts: list[str], only_year: int, expected: int) -> None:
    assert division_year(table_id, map_year, texts, only_year) == expected


def test_a_table_that_does_not_say_its_division_is_refused() -> None:
    with pytest.raises(SourceRejected, match="table 47018NED does not say its division; expected a MapYear"):
        select(table(table_id="47018NED", division_year=0), CHOICES)
