"""The cells of a file, as they are: alphabets, separators, sheets, and what is no whole table."""

import gzip
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from bt_analysis.sources.grids import Row
from bt_analysis.sources.plain_files import DownloadRefused, open_file, sheet_frame
from bt_analysis.sources.workbook import sheet_rows


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_alphabet_a_dutch_program_writes(tmp_path: Path, encoding: str) -> None:
    table = open_file(put(tmp_path, "a.csv", "code;naam\nGM0080;Oldegalileën\n".encode(encoding)))
    assert table.cells.to_dict("records") == [{"code": "GM0080", "naam": "Oldegalileën"}]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_the_one_that_parts_most(tmp_path: Path, separator: str) -> None:
    text = separator.join(["code", "a", "b", "c"]) + "\n" + separator.join(["GM0344", '"1,8"', '"2,0"', '"x;y"']) + "\n"
    table = open_file(put(tmp_path, "a.csv", text.encode()))
    assert table.cells.to_dict("records") == [{"code": "GM0344", "a": "1,8", "b": "2,0", "c": "x;y"}]
    assert repr(separator) in table.form


def test_decimal_commas_do_not_make_a_comma_the_separator(tmp_path: Path) -> None:
    table = open_file(put(tmp_path, "a.csv", b"code;a;b;c\nGM0344;1,8;2,0;3,1\n"))
    assert list(table.cells) == ["code", "a", "b", "c"]


def test_blanks_around_a_name_and_empty_lines_go(tmp_path: Path) -> None:
    table = open_file(put(tmp_path, "a.csv", b"code; a_nb_won \n\nGM0344;   12\n"))
    assert list(table.cells) == ["code", "a_nb_won"]
    # Padding of a cell stays: it tells how a number was written.
    assert table.cells["a_nb_won"].tolist() == ["   12"]


def test_a_quoted_cell_may_hold_a_line_end(tmp_path: Path) -> None:
    table = open_file(put(tmp_path, "a.csv", b'code;naam\r\nGM0820;"Nuenen,\r\nGerwen"\r\n'))
    assert table.cells["naam"].tolist() == ["Nuenen,\r\nGerwen"]


def test_a_packed_file_is_unpacked_by_its_name(tmp_path: Path) -> None:
    table = open_file(put(tmp_path, "a.CSV.GZ", gzip.compress(b"code;a\nGM0344;1\n")))
    assert table.cells["a"].tolist() == ["1"]


@pytest.mark.parametrize("name", ["kwb-2018.xlsx", "84799NED.csv.gz", "84799NED.csv", "84799NED.json.gz"])
def test_what_unpacks_to_more_than_any_table_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("bt_analysis.sources.plain_files.LARGEST", 1_000)
    many = b"code;a\n" + b"GM0344;1\n" * 200  # 7 + 200 x 9 = 1,807 bytes
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", many)
        assert (tmp_path / name).stat().st_size < 1_000
    else:
        put(tmp_path, name, gzip.compress(many) if name.endswith(".gz") else many)
    with pytest.raises(DownloadRefused, match=rf"^{name}: got more than 1,000 bytes, unpacked"):
        open_file(tmp_path / name)


def test_a_refusal_is_one_line_whatever_a_library_says(tmp_path: Path) -> None:
    path = put(tmp_path, "84799NED.parquet", b"PAR1" + b"\0" * 100 + b"PAR1")
    with pytest.raises(DownloadRefused) as refused:
        open_file(path)
    assert "\n" not in str(refused.value)


def test_the_title_above_a_table_is_kept(tmp_path: Path) -> None:
    text = b'"Nabijheid 2021"\r\n""\r\n"";"Onderwerp"\r\n"";"Afstand"\r\n"Wijken en buurten";"km"\r\n"Aa";"2,5"\r\n'
    table = open_file(put(tmp_path, "a.csv", text))
    assert (table.title, list(table.cells)) == ("Nabijheid 2021", ["Wijken en buurten", "Afstand (km)"])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "no rows below the header"),
        ("a.csv", b"code;a\n", "no rows below the header"),
        ("a.csv", b"code;a\nGM0344\n", "got 1 fields in row 2; expected 2"),
        ("a.csv", b"code;a; a\nGM0344;1;2\n", "'a' as the name of two columns"),
        ("a.csv.gz", b"code;a\nGM0344;1\n", "cannot be read"),
        ("a.json", b"{", "cannot be read"),
        ("a.json", b'{"GM0344": 1}', "other JSON"),
        ("a.parquet", b"PAR1", "cannot be read"),
        ("a.dbf", b"x", "cannot be read"),
        ("a.xls", b"x", r"got a \.xls file"),
        ("kwb", b"x", r"expected one of \.csv"),
    ],
)
def test_what_is_no_whole_table_is_refused_by_name(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(DownloadRefused, match=reason) as problem:
        open_file(put(tmp_path, name, content))
    assert str(problem.value).startswith(f"{name}: ")


def test_the_first_filled_sheet_is_read_whatever_it_is_called_and_others_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    figures, explanation = book.create_sheet("Gemeente-Utrecht"), book.create_sheet("uitleg")
    for row in (["gwb_code", "a_inw"], ["GM0344", 12]):
        figures.append(row)
    for row in (["a"], ["b"]):
        explanation.append(row)
    book.save(tmp_path / "kwb-2023.xlsx")
    table = open_file(tmp_path / "kwb-2023.xlsx")
    assert table.cells.to_dict("records") == [{"gwb_code": "GM0344", "a_inw": 12}]
    assert table.notes == ("sheet 'uitleg' was not read",)


def test_a_workbook_with_only_empty_sheets_has_no_rows(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(DownloadRefused, match="no rows"):
        open_file(tmp_path / "a.xlsx")


def test_rows_of_a_sheet_are_as_wide_as_the_header() -> None:
    rows: list[Row] = [(1, ["code", "a", "b"]), (2, ["GM0344", 1]), (4, ["GM0345", None, 2])]
    frame = sheet_frame(rows)
    assert frame.to_numpy().tolist() == [["GM0344", 1, None], ["GM0345", None, 2]]
    with pytest.raises(ValueError, match="row 5 has cells to the right"):
        sheet_frame([*rows, (5, ["GM0346", 1, 2, "noot"])])


def test_rows_keep_the_number_a_person_sees(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in ([], ["a", None, "  "], [], ["b", 2]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert sheet_rows(tmp_path / "a.xlsx") == {"Sheet": [(2, ["a"]), (4, ["b", 2])]}


def test_json_with_other_topics_per_region_has_empty_cells(tmp_path: Path) -> None:
    table = open_file(put(tmp_path, "a.json", b'{"GM0344": {"Mannen_6": 1}, "GM0345": {"Vrouwen_7": 2}}'))
    assert table.cells["regiocode"].tolist() == ["GM0344", "GM0345"]
    assert table.cells["Mannen_6"].isna().tolist() == [False, True]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    pd.DataFrame({"code": ["GM0344"], "a": [1.5]}).to_parquet(tmp_path / "a.parquet")
    assert open_file(tmp_path / "a.parquet").cells["a"].tolist() == [1.5]
