"""Answers of forms in a package: put with those of the table, held against the waves, and kept with the delivery."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from bt_analysis import instruments
from bt_analysis.sources.accepted import ACCEPTED
from bt_analysis.sources.answers import options
from bt_analysis.sources.monitoring import Package, accept, read_package, together

FORM: Mapping[str, list[tuple[str, ...]]] = {
    "survey": [("type", "name", "label::Nederlands (nl)"), ("select_one drie", "djg6_leegte", "Ik ervaar een leegte")],
    "choices": [
        ("list_name", "name", "label::Nederlands (nl)"),
        ("drie", "ja", "Ja"),
        ("drie", "min_of_meer", "Min of meer"),
        ("drie", "nee", "Nee"),
    ],
    "settings": [("form_title", "form_id"), ("Peiling", "p25")],
}
ANSWERS = [["djg6_leegte", "_uuid"], ["ja", "aaaa-1"], ["nee", "bbbb-2"]]
TABLES: Mapping[str, list[dict[str, str]]] = {
    "collective": [{"collective_id": "zon", "name": "Zonnewijk", "primary_domain": "welzijn"}],
    "work_area": [
        {
            "work_area_id": "nu", "collective_id": "zon", "definition_type": "codes", "area_codes": "GM0001",
            "area_year": "2024", "valid_from": "2024-01-01",
        }
    ],
    "survey_wave": [
        {
            "wave_id": "p25", "collective_id": "zon", "instrument_ids": "djg6_2006", "frame_n": "300",
            "start": "2025-02-01", "end": "2025-02-28",
        }
    ],
}  # fmt: skip


def deliver(root: Path, wave: str = "p25", **tables: list[dict[str, str]]) -> Path:
    """Write CSV files, and a folder with the form and the answers of one wave."""
    folder = root / "zon"
    surveys = folder / "enquetes" / wave
    surveys.mkdir(parents=True)
    content = {name: rows for name, rows in {**TABLES, **tables}.items() if rows}
    for name, rows in content.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, list(rows[0]))
            out.writeheader()
            out.writerows(rows)
    resources = [{"name": name, "path": f"{name}.csv"} for name in content]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, lines in FORM.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append([wave if cell == "p25" else cell for cell in line])
    book.save(surveys / "formulier.xlsx")
    with (surveys / "antwoorden.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(ANSWERS)
    return folder


def told(package: Package) -> list[tuple[str, str, int | None]]:
    return [(problem.kind, problem.file, problem.row) for problem in package.problems]


def test_answers_of_a_form_become_rows_of_the_table(tmp_path: Path) -> None:
    package = read_package(deliver(tmp_path), None)
    assert told(package) == []
    answers = package.tables["response_item"]
    assert answers[["wave_id", "item_code", "answer"]].to_numpy().tolist() == [
        ["p25", "djg6_leegte", "ja"],
        ["p25", "djg6_leegte", "nee"],
    ]
    assert [path.name for path in package.sources][-2:] == ["antwoorden.csv", "formulier.xlsx"]


def test_answers_of_a_form_go_with_those_of_the_table(tmp_path: Path) -> None:
    own = [{"wave_id": "p25", "respondent_key": "k1", "item_code": "trots", "answer": "ja"}]
    answers = read_package(deliver(tmp_path, response_item=own), None).tables["response_item"]
    assert answers["item_code"].to_list() == ["trots", "djg6_leegte", "djg6_leegte"]
    assert list(answers.index) == [0, 1, 2]


def test_answers_leave_the_folder_of_the_collective_neither_by_form_nor_by_table(tmp_path: Path) -> None:
    assert "response_item" not in together([read_package(deliver(tmp_path), None)])


def test_a_wave_is_one_that_survey_wave_names(tmp_path: Path) -> None:
    assert told(read_package(deliver(tmp_path / "a", "p26"), None)) == [("no_wave", "zon/enquetes/p26", None)]
    without = read_package(deliver(tmp_path / "b", survey_wave=[]), None)
    assert told(without) == [("no_wave", "zon/enquetes/p25", None)]
    todo = "Voeg p25 toe aan de peilingen (survey_wave), of geef de map de naam van de peiling."
    assert without.problems[0].do == todo


def test_a_wave_is_not_said_to_be_unknown_when_its_table_cannot_be_read(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    (folder / "survey_wave.csv").write_text("a\n1\n", encoding="utf-8")
    assert [kind for kind, _, _ in told(read_package(folder, None))] == ["no_header"]


def test_an_answer_that_is_there_twice_is_told(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    answers = read_package(folder, None).tables["response_item"]
    own = answers.loc[[0], ["wave_id", "respondent_key", "item_code", "answer"]].to_dict("records")
    other = deliver(tmp_path / "other", response_item=[{str(name): cell for name, cell in row.items()} for row in own])
    assert told(read_package(other, None)) == [("answers_twice", "zon/enquetes/p25", None)]


def test_more_people_than_there_are_is_told_at_the_wave(tmp_path: Path) -> None:
    wave = [TABLES["survey_wave"][0] | {"frame_n": "1"}]
    package = read_package(deliver(tmp_path, survey_wave=wave), None)
    assert told(package) == [("too_many_respondents", "zon/survey_wave.csv", 2)]
    assert package.problems[0].got == "antwoorden van 2 mensen"


def test_a_choice_that_the_instrument_does_not_have_is_refused(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    path = folder / "enquetes" / "p25" / "formulier.xlsx"
    book = openpyxl.load_workbook(path)
    book["choices"]["B2"] = "jazeker"
    book.save(path)
    package = read_package(folder, None)
    assert package.problems
    assert all(problem.file.startswith("zon/enquetes/p25") for problem in package.problems)
    assert "response_item" not in package.tables


def test_options_are_those_of_every_instrument() -> None:
    assert options()["djg6_leegte"] == ("ja", "min_of_meer", "nee")
    assert len(options()) == sum(len(instrument.items) for instrument in instruments.load().values())


def test_forms_are_kept_with_the_accepted_version(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    accept(read_package(folder, None))
    kept = folder / ACCEPTED / "zon" / "enquetes" / "p25"
    assert sorted(path.name for path in kept.iterdir()) == ["antwoorden.csv", "formulier.xlsx"]
    (folder / "collective.csv").write_text("collective_id,name,primary_domain\nzon,Zon,zorg\n", encoding="utf-8")
    package = read_package(folder, None)
    before = read_package(deliver(tmp_path / "again"), None)
    assert package.fallback is not None
    # The keys of people are the same in the copy as in the delivery itself.
    keys = package.fallback.tables["response_item"]["respondent_key"].to_list()
    assert keys == before.tables["response_item"]["respondent_key"].to_list()


@pytest.mark.parametrize("name", ["oud", "kopie van alles"])
def test_another_folder_is_not_read_and_that_is_said(tmp_path: Path, name: str) -> None:
    folder = deliver(tmp_path)
    (folder / name).mkdir()
    package = read_package(folder, None)
    assert told(package) == []
    assert [(one.kind, one.file) for one in package.repairs if one.kind == "unused_folder"] == [
        ("unused_folder", f"zon/{name}")
    ]
