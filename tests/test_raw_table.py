"""What every fetched table has: its sets, its year, its division, and one spelling of its words."""

from pathlib import Path

import pandas as pd
import pytest

from bt_analysis.indicators import load_families
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.raw_table import division_year, last_year, members, read_fields, read_set, spelled, topics

FOLDER = Path("data/raw/cbs/99001NED")


def test_a_set_is_read_as_published(tmp_path: Path) -> None:
    (tmp_path / "Sex.json").write_text('[{"Key": "m ", "Title": "Män", "Rank": 1}, {"Key": "f ", "Title": null}]')
    assert read_set(tmp_path, "Sex") == [{"Key": "m ", "Title": "Män", "Rank": 1}, {"Key": "f ", "Title": None}]
    fields = read_fields(tmp_path, "Sex", ["Key", "Title"])
    assert fields["Key"].tolist() == ["m ", "f "]
    assert fields["Title"].isna().tolist() == [False, True]


@pytest.mark.parametrize("folder", ["99001NED", "99001NED.3f2a90c1"])
@pytest.mark.parametrize("text", [None, '[{"Key": "m"', "<html>", b"\xff\xfe"])
def test_an_unreadable_set_names_the_table_to_fetch(tmp_path: Path, folder: str, text: str | bytes | None) -> None:
    path = tmp_path / folder / "Sex.json"
    path.parent.mkdir()
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    for read in (lambda: read_set(path.parent, "Sex"), lambda: read_fields(path.parent, "Sex", ["Key"])):
        with pytest.raises(SourceRejected) as problem:
            read()
        got = "no file" if text is None else "a broken file"
        # A selection has no id of its own: 3f2a90c1 tells its folder from that of the whole table.
        expected = f"{path}: got {got}; expected a fetched CBS table. Run: bt fetch --table 99001NED"
        assert str(problem.value) == expected


# Years


@pytest.mark.parametrize(
    ("described", "year"),
    [
        ({"Period": "2012-2022"}, 2022),
        ({"Period": "2012, 2016 en 2020"}, 2020),
        ({"Period": "1999"}, 1999),
        ({"Period": "", "Title": "Kerncijfers 2021"}, 2021),
        ({"Period": None, "Title": "Kerncijfers 2021"}, 2021),
        ({"Period": "2020", "Title": "Kerncijfers; indeling 2024"}, 2020),  # the first field that names one
    ],
)
def test_the_year_is_the_last_of_the_field_that_says_it_best(described: dict[str, object], year: int) -> None:
    assert last_year(described, FOLDER) == year


def test_a_table_without_year_says_what_was_read() -> None:
    got = "got Period 'vanaf 1850' and Title 'Wijken'; expected a year in one of them. This table cannot be placed"
    with pytest.raises(SourceRejected, match=f"{FOLDER}: {got}"):
        last_year({"Period": "vanaf 1850", "Title": "Wijken"}, FOLDER)


@pytest.mark.parametrize(
    ("texts", "year"),
    [
        (["Nabijheid (indeling 2020)"], 2020),
        (["Misdrijven", "Regio-indeling 2024, per maand"], 2024),
        (["Wijken; INDELING 2019", "indeling 2024"], 2019),  # the title goes before the description
        (["Vestigingen; Bedrijfsindeling 2008"], 2021),  # a division of businesses, not of regions
        (["Standaard Bedrijfsindeling 2008, indeling 2023"], 2023),
        (["indeling van 2019"], 2021),
        ([], 2021),
    ],
)
def test_the_division_stands_in_the_texts_or_is_that_of_the_figures(texts: list[str], year: int) -> None:
    assert division_year("99001NED", None, texts, only_year=2021) == year


@pytest.mark.parametrize("map_year", [2018, "2018"])
def test_the_map_goes_before_the_texts(map_year: object) -> None:
    assert division_year("99001NED", map_year, ["indeling 2020"], only_year=2021) == 2018


def test_the_family_goes_before_the_year_of_the_figures() -> None:
    stated = {table: year for family in load_families().values() for table, year in family.divisions.items()}
    table, year = next(iter(stated.items()))
    assert division_year(table, "", ["Zonder jaar"], only_year=1990) == year
    assert division_year(table, "", ["indeling 1991"], only_year=1990) == 1991


def test_nobody_says_the_division_of_a_table_of_more_years() -> None:
    assert division_year("99001NED", None, ["Wijken"], only_year=0) == 0


# Words


@pytest.mark.parametrize(
    ("title", "written"),
    [
        (40 * "a", 40 * "a"),
        (41 * "a", 40 * "a"),
        (f"  {40 * 'a'}b", 40 * "a"),  # padding before it does not count
        (f"{39 * 'a'} b", 39 * "a"),  # no blank behind a cut
    ],
)
def test_a_title_is_cut_at_forty_signs(title: str, written: str) -> None:
    assert spelled(title) == written
    published = pd.DataFrame({"Key": ["GM01  "], "Title": [title]})
    assert members(published, "regiocode").to_dict("list") == {"regiocode": ["GM01"], "title": [written]}


def test_codes_that_look_like_numbers_stay_texts() -> None:
    assert members(pd.DataFrame({"Key": [10, 20], "Title": ["a", "b"]}), "key")["key"].tolist() == ["10", "20"]


def test_a_topic_without_unit_or_decimals() -> None:
    lines: list[tuple[object, ...]] = [
        ("A_1", "A", "A", None, None, "String", ()),
        ("B_2", "B", "B ", " % ", 1, "Double", ("Wonen ", 41 * "w")),
    ]
    found = topics(lines)
    assert found["unit"].tolist() == ["", "%"]
    assert found["decimals"].isna().tolist() == [True, False]
    assert found["path"].tolist() == [(), ("Wonen", 40 * "w")]
    assert str(topics([])["decimals"].dtype) == "Int64"
