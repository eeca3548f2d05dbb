"""Workbooks of the Leefbaarometer: below each other or side by side, one table per year, on the division of 2016."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bt_analysis.sources.leefbaarometer import DIVISION_YEAR, read_folder, read_leefbaarometer
from bt_analysis.sources.plain_files import DownloadRefused

Rows = Sequence[Sequence[object]]

LONG: Rows = [["GBD", "JAAR", "RLBRMTR", "RLBWON"], ["WK000300", 2014, -0.06, 0.01], ["WK000300", 2016, -0.10, None]]
WIDE: Rows = [["GBD", "RLBRMTR14", "RLBWON14", "RLBRMTR16", "RLBWON16"], ["WK000300", -0.06, 0.01, -0.10, None]]
CLASSES: Rows = [["WK_CODE", "KL14", "KL16", "VKL1416"], ["WK000300", 6, 7, 5], ["WK000500", "#N/A", 8, "#N/A"]]
CHANGE: Rows = [["GBD", "BEGIN", "EINDE", "DLBWON"], ["GM0003", 2012, 2016, 0.2], ["GM0003", 2014, 2016, 0.1]]


def workbook(folder: Path, *sheets: Rows, name: str = "leefbaarometer.xlsx") -> Path:
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"data({number})")
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return folder / name


@pytest.mark.parametrize("sheets", [(LONG,), (WIDE,), (LONG, WIDE)])
def test_scores_come_per_year_from_either_layout(tmp_path: Path, sheets: tuple[Rows, ...]) -> None:
    tables = read_leefbaarometer(workbook(tmp_path, *sheets))
    assert list(tables) == [2014, 2016]
    assert tables[2014].rows.to_dict("records") == [{"regiocode": "WK000300", "RLBRMTR": -0.06, "RLBWON": 0.01}]
    assert tables[2016].rows["RLBRMTR"].tolist() == [-0.10]
    assert tables[2016].rows["RLBWON"].isna().tolist() == [True]
    assert (tables[2014].year, tables[2014].division_year) == (2014, DIVISION_YEAR)
    assert tables[2014].properties[["name", "title", "unit"]].to_numpy().tolist() == [
        ["RLBRMTR", "Leefbaarheid", "score"],
        ["RLBWON", "Woningen", "score"],
    ]


def test_classes_and_their_change(tmp_path: Path) -> None:
    tables = read_leefbaarometer(workbook(tmp_path, CLASSES))
    assert tables[2014].rows["KL"].tolist()[0] == 6
    assert tables[2014].rows["KL"].isna().tolist() == [False, True]
    change = tables[2016].properties.set_index("key").loc["VKL1416"]
    assert (change["name"], change["path"]) == ("VKL", ("Ontwikkeling", "2014-2016"))


def test_a_development_lies_in_the_table_of_its_last_year(tmp_path: Path) -> None:
    tables = read_leefbaarometer(workbook(tmp_path, CHANGE))
    assert tables[2016].rows.to_dict("records") == [{"regiocode": "GM0003", "DLBWON1216": 0.2, "DLBWON1416": 0.1}]


@pytest.mark.parametrize(
    ("sheets", "reason"),
    [
        ((LONG, [WIDE[0], ["WK000300", -0.06, 0.02, -0.10, None]]), "two sheets with other figures"),
        (([["GBD", "JAAR", "RLBWON"], [300, 2014, 0.1]],), "got 300 in GBD"),
        (([["Wijk", "Cijfer"], ["WK000300", 7]],), "columns Wijk, Cijfer"),
        (([["GBD", "Cijfer"], ["WK000300", 7]],), "column Cijfer"),
        (([["GBD", "JAAR", "RLBWON"], ["WK000300", 2014, "goed"]],), "'goed', which is no number"),
        (([],), "no filled sheet"),
    ],
)
def test_other_workbooks_are_refused(tmp_path: Path, sheets: tuple[Rows, ...], reason: str) -> None:
    with pytest.raises(DownloadRefused, match=reason):
        read_leefbaarometer(workbook(tmp_path, *sheets))


def test_workbooks_of_one_folder_are_read_together(tmp_path: Path) -> None:
    workbook(tmp_path, LONG, name="scores.xlsx")
    workbook(tmp_path, CLASSES, name="classes.xlsx")
    workbook(tmp_path, WIDE, name="the same scores again.xlsx")
    rows = read_folder(tmp_path)[2016].rows.set_index("regiocode")
    assert rows["RLBRMTR"].dropna().to_dict() == {"WK000300": -0.10}
    assert rows["KL"].to_dict() == {"WK000300": 7, "WK000500": 8}
    assert read_folder(tmp_path / "absent") == {}


def test_workbooks_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    workbook(tmp_path, LONG, name="a.xlsx")
    workbook(tmp_path, [LONG[0], ["WK000300", 2016, -0.20, None]], name="b.xlsx")
    with pytest.raises(DownloadRefused, match=r"two figures of WK000300 in 2016 \(RLBRMTR\); expected one"):
        read_folder(tmp_path)
