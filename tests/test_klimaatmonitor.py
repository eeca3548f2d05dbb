"""Workbooks of themes per buurt, by name: what is a figure, what stands below the table, and joining by name."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from bt_analysis.sources.klimaatmonitor import by_name, read_themes
from bt_analysis.sources.plain_files import DownloadRefused

TITLE = "Thema's - 2020 - Buurten (2023) van Gemeente Zwolle"
HEADER = ["", "Elektriciteit woningen [GWh (miljoen kWh)]", "Woningen met zonnepanelen [%]", "Huishoudens [aantal] (1)"]


def workbook(folder: Path, rows: Any, title: str = TITLE, header: Any = HEADER) -> Path:
    book: Any = openpyxl.Workbook()
    below = [[], ["Speciale waarden", "? Ontbreekt"], ["Bron", "CBS"], [], ["Datum export", "donderdag 20 maart 2025"]]
    for row in [[title], header, *rows, *below]:
        book.active.append(row)
    book.active["C3"].number_format = "0%"
    book.save(folder / "themas.xlsx")
    return folder / "themas.xlsx"


def test_each_buurt_and_topic_is_a_row(tmp_path: Path) -> None:
    table = read_themes(workbook(tmp_path, [["Binnenstad-Zuid", 3.2, 0.08, 1555], ["Noordereiland", "?", "23%", "-"]]))
    assert set(table["name"]) == {"Binnenstad-Zuid", "Noordereiland"}
    assert set(table["year"]) == {2020}
    values = table.set_index(["name", "unit"])["value"]
    assert values["Binnenstad-Zuid", "GWh (miljoen kWh)"] == 3.2
    assert values["Binnenstad-Zuid", "%"] == 8
    assert values["Noordereiland", "%"] == 23
    assert values["Binnenstad-Zuid", "aantal"] == 1555
    reasons = table[table["name"] == "Noordereiland"]
    assert reasons["missing_reason"].tolist() == ["unknown", "", "not_applicable"]
    assert reasons["value"].isna().tolist() == [True, False, True]


def test_an_empty_cell_was_not_recorded_and_zero_is_a_figure(tmp_path: Path) -> None:
    table = read_themes(workbook(tmp_path, [["Noordereiland", 0, 0.0]]))
    assert table["missing_reason"].tolist() == ["", "", "not_recorded"]
    assert table["value"].tolist()[:2] == [0, 0]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": "Thema's van Zwolle"}, "a title with one year"),
        ({"title": "Thema's - 2019 en 2020"}, "a title with one year"),
        ({"header": ["", "Huishoudens", "b [%]", "c [x]"]}, "names with units"),
        ({"rows": [["Noordereiland", "veel", 0.1, 3]]}, "'veel', which is no number"),
    ],
)
def test_another_layout_is_refused(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(DownloadRefused, match=reason):
        read_themes(workbook(tmp_path, **({"rows": [["Noordereiland", 1, 0.1, 3]]} | changes)))


NAMES = pd.DataFrame(
    {
        "regiocode": ["BU01931020", "BU05991088", "BU01930000", "WK019310"],
        "title": ["Noordereiland", "Noordereiland", "Binnenstad-Zuid", "Noordereiland"],
    }
)
FIGURES = pd.DataFrame({"name": ["Noordereiland", "binnenstad zuid", "Onbekend"], "value": [465, 1555, 3]})


def test_names_are_joined_within_one_gemeente_and_the_rest_is_listed() -> None:
    joined, unmatched = by_name(FIGURES, "GM0193", NAMES)
    assert joined.to_dict("records") == [
        {"regiocode": "BU01931020", "name": "Noordereiland", "value": 465},
        {"regiocode": "BU01930000", "name": "binnenstad zuid", "value": 1555},
    ]
    assert unmatched == ["Onbekend"]


def test_a_name_of_two_buurten_is_refused() -> None:
    twice = pd.concat([NAMES, pd.DataFrame({"regiocode": ["BU01931099"], "title": ["noordereiland"]})])
    with pytest.raises(DownloadRefused, match="Noordereiland = BU01931020, Noordereiland = BU01931099"):
        by_name(FIGURES, "GM0193", twice)


def test_two_names_of_one_buurt_are_refused() -> None:
    figures = pd.DataFrame({"name": ["Noordereiland", "noordereiland"], "value": [1, 2]})
    with pytest.raises(DownloadRefused, match="names that are no keys"):
        by_name(figures, "GM0193", NAMES)
