"""Surveys of a collective: folders with a form and an export, in the layouts of KoboToolbox and ODK Central."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.sources import workbook, xlsform
from bt_analysis.sources.sentences import Findings, line
from bt_analysis.sources.survey_answers import respondent_key
from bt_analysis.sources.typed_tables import empty

SURVEY = [
    ("type", "name", "label::Nederlands (nl)"),
    ("start", "start", None),
    ("note", "welkom", "Welkom"),
    ("begin_group", "buren", "Uw buren"),
    ("select_one drie", "djg6_leegte", "Ik ervaar een leegte"),
    ("select_multiple plek", "plek", "Waar komt u?"),
    ("end_group", None, None),
    ("integer", "huishouden_n", "Met hoeveel woont u?"),
]
CHOICES = [
    ("list_name", "name", "label::Nederlands (nl)"),
    ("drie", "ja", "Ja"),
    ("drie", "min_of_meer", "Min of meer"),
    ("drie", "nee", "Nee"),
    ("plek", "park", "Het park"),
    ("plek", "plein", "Het plein"),
]
SETTINGS = [("form_title", "form_id"), ("Peiling 2025", "p25")]
OPTIONS = {"djg6_leegte": ("ja", "min_of_meer", "nee")}

# As Kobo writes it: semicolons, a mark at the start, groups with a slash, one column and one per choice.
KOBO = [
    ["start", "welkom", "buren/djg6_leegte", "buren/plek", "buren/plek/park", "buren/plek/plein", "huishouden_n",
     "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__",
     "_tags", "meta/rootUuid", "_index"],
    ["2025-02-01T10:00:00.000+01:00", "", "ja", "park plein", "1", "1", "2", "7001", "aaaa-1",
     "2025-02-01T10:05:00", "", "", "submitted_via_web", "", "vX", "", "uuid:aaaa-1", "1"],
    ["2025-02-02T10:00:00.000+01:00", "", "nee", "", "", "", "4", "7002", "bbbb-2",
     "2025-02-02T10:05:00", "", "", "submitted_via_web", "", "vX", "", "uuid:bbbb-2", "2"],
]  # fmt: skip
# The same as ODK Central writes it: commas, groups with a hyphen, choices in one column.
CENTRAL = [
    ["SubmissionDate", "start", "welkom", "buren-djg6_leegte", "buren-plek", "huishouden_n", "meta-instanceID",
     "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState",
     "DeviceID", "Edits", "FormVersion"],
    ["2025-02-01T09:05:00.000Z", "2025-02-01T10:00:00.000+01:00", "", "ja", "park plein", "2", "uuid:aaaa-1",
     "uuid:aaaa-1", "12", "Deur aan deur", "0", "0", "", "approved", "collect:x1", "0", "2025020101"],
    ["2025-02-02T09:05:00.000Z", "2025-02-02T10:00:00.000+01:00", "", "nee", "", "4", "uuid:bbbb-2",
     "uuid:bbbb-2", "12", "Deur aan deur", "0", "0", "", "", "collect:x1", "0", "2025020101"],
]  # fmt: skip
EXPECTED = {
    ("aaaa-1", "djg6_leegte"): "ja",
    ("bbbb-2", "djg6_leegte"): "nee",
    ("aaaa-1", "plek"): "park;plein",
    ("aaaa-1", "huishouden_n"): "2",
    ("bbbb-2", "huishouden_n"): "4",
}

Sheets = Mapping[str, Sequence[Sequence[object]]]


def save(path: Path, sheets: Sheets) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def form(**changed: Sequence[Sequence[object]]) -> Sheets:
    sheets: dict[str, Sequence[Sequence[object]]] = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}
    return sheets | changed


def text(rows: Sequence[Sequence[object]], separator: str = ",", mark: str = "") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    return (mark + out.getvalue()).encode()


@pytest.fixture
def collective(tmp_path: Path) -> Path:
    """A collective ``zon`` with a form in the folder of wave ``p25``; a test puts the export beside it."""
    wave = tmp_path / "zon" / "enquetes" / "p25"
    wave.mkdir(parents=True)
    save(wave / "formulier.xlsx", form())
    return tmp_path / "zon"


def deliver(collective: Path, name: str, content: bytes) -> Path:
    path = collective / "enquetes" / "p25" / name
    path.write_bytes(content)
    return path


def read(collective: Path, **options: Any) -> tuple[pd.DataFrame, Findings]:
    findings = Findings()
    return xlsform.read_waves(collective, findings, **options), findings


def kinds(collective: Path) -> list[str]:
    table, findings = read(collective)
    assert len(table) == 0
    return [problem.kind for problem in findings.problems]


def found(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    names = {respondent_key(each, "zon/p25"): each for each in ("aaaa-1", "bbbb-2")}
    rows = table[["respondent_key", "item_code", "answer"]].astype(str).itertuples(index=False, name=None)
    return {(names[key], item): answer for key, item, answer in rows}


# Layouts


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("kobo.csv", text(KOBO, ";", "\ufeff")),
        ("kobo.csv", text(KOBO, ",")),
        ("peiling.csv", text(CENTRAL)),
        ("tabs.csv", text(CENTRAL, "\t")),
    ],
)
def test_exports_of_kobo_and_central_give_the_same_answers(collective: Path, name: str, content: bytes) -> None:
    deliver(collective, name, content)
    table, findings = read(collective, options=OPTIONS)
    assert findings.problems == []
    assert found(table) == EXPECTED
    assert {repair.kind for repair in findings.repairs} == {"survey_system", "survey_unasked"}


def test_a_workbook_of_kobo_with_numbers_in_its_cells(collective: Path) -> None:
    rows: list[list[object]] = [
        [int(cell) if at and cell.isdigit() else cell for cell in row] for at, row in enumerate(KOBO)
    ]
    save(collective / "enquetes" / "p25" / "Peiling_2025_-_latest.xlsx", {"Peiling 2025": rows})
    table, findings = read(collective, options=OPTIONS)
    assert findings.problems == []
    assert found(table) == EXPECTED


def test_a_workbook_of_kobo_in_words(collective: Path) -> None:
    words = ["Ik ervaar een leegte", "Waar komt u?", "Waar komt u?/Het park", "Waar komt u?/Het plein"]
    rows: list[Sequence[object]] = [
        ["start", "Welkom", *words, "Met hoeveel woont u?", "_uuid"],
        ["2025-02-01", "", "Ja", "Het park Het plein", 1, 1, 2, "aaaa-1"],
        ["2025-02-02", "", "Nee", "", "", "", 4, "bbbb-2"],
    ]
    save(collective / "enquetes" / "p25" / "labels.xlsx", {"Peiling 2025": rows})
    table, findings = read(collective, options=OPTIONS)
    assert findings.problems == []
    assert found(table) == EXPECTED


def test_central_without_groups_and_with_choices_apart(collective: Path) -> None:
    rows = [["SubmissionDate", "djg6_leegte", "plek", "plek/park", "plek/plein", "huishouden_n", "KEY"],
            ["2025", "ja", "park plein", "1", "1", "2", "uuid:aaaa-1"],
            ["2025", "nee", "", "0", "0", "4", "uuid:bbbb-2"]]  # fmt: skip
    deliver(collective, "p25.csv", text(rows))
    table, findings = read(collective)
    assert findings.problems == []
    assert found(table) == EXPECTED


# The table


def test_the_table_is_what_its_schema_says(collective: Path) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    table, _ = read(collective)
    assert schema.check(table, "response_item") is table
    pd.testing.assert_series_equal(table.dtypes, empty("response_item").dtypes)
    assert list(table.index) == list(range(5))
    assert set(table["wave_id"]) == {"p25"}
    assert set(table["recorded_by_role"]) == {"import"}


def test_nothing_of_who_or_when_is_in_the_table(collective: Path) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    table, _ = read(collective)
    values = {str(value) for column in table for value in table[column].dropna()}
    assert not {
        value for value in values if any(part in value for part in ("aaaa", "bbbb", "2025-", "collect", "Deur"))
    }


def test_two_readings_give_the_same_table(collective: Path) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    pd.testing.assert_frame_equal(read(collective)[0], read(collective)[0])


def test_a_collective_without_surveys_has_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "zon").mkdir()
    table, findings = read(tmp_path / "zon")
    pd.testing.assert_frame_equal(table, empty("response_item"))
    assert (findings.problems, findings.repairs, xlsform.files(tmp_path / "zon")) == ([], [], [])


def test_waves_are_read_in_their_order_and_keys_differ(collective: Path) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    earlier = collective / "enquetes" / "p24"
    earlier.mkdir()
    save(earlier / "formulier.xlsx", form(settings=[("form_id",), ("p24",)]))
    (earlier / "p24.csv").write_bytes(text(CENTRAL))
    table, findings = read(collective)
    assert findings.problems == []
    assert list(table["wave_id"]) == ["p24"] * 5 + ["p25"] * 5
    keys = table.groupby("wave_id")["respondent_key"].agg(set)
    assert len(keys["p24"]) == len(keys["p25"]) == 2
    assert not keys["p24"] & keys["p25"]


def test_a_wave_with_a_problem_does_not_hold_up_another(collective: Path) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    (collective / "enquetes" / "p26").mkdir()
    table, findings = read(collective)
    assert set(table["wave_id"]) == {"p25"}
    assert [(problem.kind, problem.file) for problem in findings.problems] == [
        ("survey_no_form", "zon/enquetes/p26"),
        ("survey_no_answers", "zon/enquetes/p26"),
    ]


def test_nothing_is_used_of_a_wave_with_one_wrong_answer(collective: Path) -> None:
    rows = [CENTRAL[0], CENTRAL[1], [cell if cell != "nee" else "soms" for cell in CENTRAL[2]]]
    deliver(collective, "p25.csv", text(rows))
    table, findings = read(collective, options=OPTIONS)
    assert len(table) == 0
    (problem,) = findings.problems
    assert (problem.file, problem.sheet, problem.row, problem.column) == (
        "zon/enquetes/p25/p25.csv", None, 3, "djg6_leegte",
    )  # fmt: skip
    assert line(problem) == (
        "zon/enquetes/p25/p25.csv, rij 3, kolom djg6_leegte: gekregen: een antwoord dat niet bij de vraag past; "
        "verwacht: ja, min_of_meer, nee. Verbeter het antwoord, of zet de keuze op het blad choices."
    )


def test_codes_are_held_against_the_instrument(collective: Path) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    _, findings = read(collective, options={"djg6_leegte": ("ja", "nee")})
    (problem,) = findings.problems
    assert (problem.kind, problem.sheet, problem.row) == ("survey_instrument", "survey", 5)


# Files


def test_the_files_that_are_read_can_be_listed(collective: Path) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    deliver(collective, "~$formulier.xlsx", b"x")
    deliver(collective, ".DS_Store", b"x")
    names = [path.relative_to(collective).as_posix() for path in xlsform.files(collective)]
    assert names == ["enquetes/p25/formulier.xlsx", "enquetes/p25/p25.csv"]
    assert read(collective)[1].problems == []


def test_without_an_export_there_are_no_answers(collective: Path) -> None:
    assert kinds(collective) == ["survey_no_answers"]


def test_two_forms_or_two_exports_are_refused(collective: Path) -> None:
    deliver(collective, "a.csv", text(CENTRAL))
    deliver(collective, "b.csv", text(KOBO))
    save(collective / "enquetes" / "p25" / "formulier2.xlsx", form())
    _, findings = read(collective)
    assert [(problem.kind, problem.details["names"]) for problem in findings.problems] == [
        ("survey_forms", "formulier.xlsx, formulier2.xlsx"),
        ("survey_exports", "a.csv, b.csv"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("p25.zip", b"PK", "survey_format"),
        ("p25.xls", b"x", "survey_format"),
        ("p25", b"x", "survey_format"),
        ("p25.xlsx", b"geen werkboek", "not_a_workbook"),
        ("p25.csv", b"KEY,djg6_leegte\nuuid:1,\"ja\n", "broken_csv"),
        ("p25.csv", "KEY,djg6_leegte\nuuid:1,é\n".encode("latin-1"), "wrong_encoding"),
        ("p25.csv", b'"' + b"x" * 200_000, "broken_csv"),
        ("p25.csv", b"", "no_rows"),
        ("p25.csv", b"\n\n", "no_rows"),
        ("p25.csv", b"KEY;djg6_leegte\n\xff", "wrong_encoding"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_a_problem(collective: Path, name: str, content: bytes, kind: str) -> None:
    path = deliver(collective, name, content)
    _, findings = read(collective)
    assert [(problem.kind, problem.file) for problem in findings.problems] == [(kind, f"zon/enquetes/p25/{path.name}")]


def test_a_form_with_formulas_is_refused(collective: Path) -> None:
    save(collective / "enquetes" / "p25" / "formulier.xlsx", form(settings=[("form_id",), ('="p"&25',)]))
    deliver(collective, "p25.csv", text(CENTRAL))
    assert kinds(collective) == ["survey_unreadable"]


def test_a_workbook_of_two_tables_is_refused(collective: Path) -> None:
    save(collective / "enquetes" / "p25" / "export.xlsx", {"Peiling": KOBO, "kinderen": [["_parent_index"], [1]]})
    assert kinds(collective) == ["survey_sheets"]


def test_an_empty_sheet_beside_the_answers_may_be_there(collective: Path) -> None:
    save(collective / "enquetes" / "p25" / "export.xlsx", {"Peiling": KOBO, "Blad2": []})
    table, findings = read(collective)
    assert findings.problems == []
    assert found(table) == EXPECTED


def test_a_file_larger_than_any_survey_is_refused(collective: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    monkeypatch.setattr(workbook, "LARGEST_FILE_MB", 0)
    assert set(kinds(collective)) == {"too_large"}


def test_more_rows_than_any_survey_are_refused(collective: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bt_analysis.sources.survey_files.LARGEST_TABLE", 9)
    deliver(collective, "p25.csv", text([CENTRAL[0], *[CENTRAL[1]] * 10]))  # 10 > 9
    assert kinds(collective) == ["too_many_rows"]


def test_a_file_outside_the_folder_of_a_wave_is_told(collective: Path) -> None:
    deliver(collective, "p25.csv", text(CENTRAL))
    (collective / "enquetes" / "los.csv").write_bytes(text(KOBO))
    table, findings = read(collective)
    assert [(problem.kind, problem.file) for problem in findings.problems] == [
        ("survey_loose_file", "zon/enquetes/los.csv")
    ]
    assert len(table) == 5


def test_links_to_elsewhere_are_not_followed(collective: Path, tmp_path: Path) -> None:
    outside = tmp_path / "elders.csv"
    outside.write_bytes(text(CENTRAL))
    (collective / "enquetes" / "p25" / "p25.csv").symlink_to(outside)
    assert kinds(collective) == ["survey_no_answers"]
    whole = tmp_path / "maan"
    whole.mkdir()
    (whole / "enquetes").symlink_to(collective / "enquetes")
    assert read(whole)[1].problems == []
    assert xlsform.files(whole) == []
