"""Attacks on whoever opens a delivery: each is refused in one line, in seconds, with less than a gigabyte of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bt_analysis.schema import Problem
from bt_analysis.sources.formulas import reaches_outside
from bt_analysis.sources.monitoring import Package, read_package
from bt_analysis.sources.screening import is_formula
from bt_analysis.sources.sentences import line
from tests import hostile_files
from tests.hostile_files import HEADER, ROW

ATTACKS = {name: kind for name, (_, kind) in (hostile_files.BOOKS | hostile_files.TABLES).items()}
MEGABYTES, SECONDS = 1_000, 10
AREA: list[list[Any]] = [
    ["work_area_id", "collective_id", "definition_type", "area_codes", "area_year", "valid_from"],
    ["zon-1", "zon", "codes", "BU00010101", 2024, "2024-01-01"],
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Make all attacks in one process and read them in another, so that memory is that of reading only."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("the memory that one delivery costs can only be measured on Linux")
    root = tmp_path_factory.mktemp("attacks")
    for step in ("make", "read"):
        command = [sys.executable, "-m", "tests.hostile_files", step, str(root)]
        made = subprocess.run(command, capture_output=True, check=True, text=True, cwd=Path(__file__).parents[1])
    return {answer["name"]: answer for answer in map(json.loads, made.stdout.splitlines())}


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_in_one_line_and_costs_little(answers: dict[str, dict[str, Any]], name: str) -> None:
    answer = answers[name]
    # The package has no work area, which is told beside it when the attack is not the whole file.
    assert [kind for kind in answer["told"] if kind != "missing_sheet"] == [ATTACKS[name]] * (
        ATTACKS[name] != "missing_sheet"
    )
    assert answer["told"]
    assert answer["megabytes"] < MEGABYTES
    assert answer["seconds"] < SECONDS


# --- formulas --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+SOM(A1)", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "  =1+1", "\t=1+1", "\r=1+1", "\n@x", "＝1+1"),
        *("＋x", "－x", "＠x", "﹢x", "'=1+1", '"=1+1"', "’=1", "\u200b=1+1", "\u00a0=1", "\ufeff=1", "-", "- koffie"),
        *("=", "``=1"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_may_take_for_a_formula_is_one(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize(
    "text",
    [
        "Koffie",
        "a=b",
        "1+1",
        "-5",
        "+5",
        "-1,5",
        " -12.5 ",
        "'s avonds",
        "A-team",
        "€ -",
        "",
        "(=1)",
        "info@x",
        "ja/nee",
    ],
)
def test_what_cannot_be_a_formula_is_none(text: str) -> None:
    assert not is_formula(text)


@pytest.mark.parametrize(
    "formula",
    [
        "[1]Blad1!A1", "=[1]Blad1!$A$1", "='C:\\[boek.xlsx]Blad 1'!A1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")',
        '=_xlfn.WEBSERVICE("http://x")', '=IMPORTXML("http://x","//a")', '=IF(1,IMAGE("http://x"),2)', '=RTD("x",,"y")',
        "=_xlfn.FILTERXML(A1,B1)", '=CALL("urlmon","x")', "=DDE(A1;B1;C1)", "=SUM(A1)+[2]X!B1", '=importrange ("x")',
    ],
)  # fmt: skip
def test_a_formula_that_reaches_outside_is_known(formula: str) -> None:
    assert reaches_outside(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(A1:A9)",
        "=Tabel1[[#All],[uren]]",
        "=SUM(Tabel1[uren])",
        '=IF(A1="[1]x!","a|b","HYPERLINK(")',
        "=Blad2!A1",
        "=A1&B1",
    ],
)
def test_a_formula_within_the_workbook_is_left_alone(formula: str) -> None:
    assert not reaches_outside(formula)


# --- deliveries ------------------------------------------------------------------------------------------------------


def book(folder: Path, rows: list[list[Any]], **states: str) -> Path:
    """Write a workbook with a collective and a work area."""
    folder.mkdir(exist_ok=True)
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, table in {"collective": rows, "work_area": AREA}.items():
        sheet = made.create_sheet(title)
        for row in table:
            sheet.append(row)
        sheet.sheet_state = states.get(title, "visible")
    made.save(folder / "zon.xlsx")
    return folder


def places(problems: list[Problem]) -> list[tuple[str, str | None, int | None, str | None]]:
    return [(problem.kind, problem.sheet, problem.row, problem.column) for problem in problems]


def told(package: Package) -> list[str]:
    """Return kinds of problems, without that the table that was refused is not there."""
    return [problem.kind for problem in package.problems if problem.kind not in ("missing_sheet", "no_parent_table")]


def csv(folder: Path, description: Any, **files: str) -> Package:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    if description is not None:
        (folder / "datapackage.json").write_text(json.dumps({"resources": description}), encoding="utf-8")
    return read_package(folder, None)


COLLECTIVE = "collective_id,name,primary_domain\nzon,Zonnewijk,welzijn\n"
WORK_AREA = "\n".join(",".join(map(str, row)) for row in AREA)
BOTH = [{"name": name, "path": f"{name}.csv"} for name in ("collective", "work_area")]


def test_the_package_of_these_tests_is_good(tmp_path: Path) -> None:
    assert places(read_package(book(tmp_path / "zon", [HEADER, ROW]), None).problems) == []
    package = csv(tmp_path / "maan", BOTH, collective=COLLECTIVE.replace("zon,", "maan,"), work_area=WORK_AREA)
    assert places(package.problems) == [("no_parent", None, 2, "collective_id")]


@pytest.mark.parametrize("text", ["=1+2", " +x", "@x", "'=1", "＝x"])
def test_text_like_a_formula_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    written = f'collective_id,name,primary_domain\nzon,"{text}",welzijn\n'
    package = csv(tmp_path / "zon", BOTH, collective=written, work_area=WORK_AREA)
    assert places(package.problems) == [("formula_text", None, 2, "name")]


def test_a_negative_number_is_no_formula(tmp_path: Path) -> None:
    written = "collective_id,name,primary_domain,members_n\nzon,Zonnewijk,welzijn,-5\n"
    package = csv(tmp_path / "zon", BOTH, collective=written, work_area=WORK_AREA)
    assert places(package.problems) == [("minimum", None, 2, "members_n")]


def test_a_formula_that_reaches_outside_is_refused_with_its_place(tmp_path: Path) -> None:
    folder = book(tmp_path / "zon", [HEADER, ["zon", '=HYPERLINK("http://x","Zon")', "welzijn", 120]])
    assert places(read_package(folder, None).problems) == [("outside_formula", "collective", 2, "name")]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_table_is_told_and_not_read(tmp_path: Path, state: str) -> None:
    package = read_package(book(tmp_path / "zon", [HEADER, ROW], work_area=state), None)
    assert [(problem.kind, problem.sheet) for problem in package.problems] == [("hidden_sheet", "work_area")]
    assert "work_area" not in package.tables


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *((path, "outside_folder") for path in ("../collective.csv", "/etc/passwd", "C:x.csv", "C:\\x.csv", "")),
        *((path, "outside_folder") for path in ("\\\\server\\x.csv", "http://x/a.csv", "file:///x", "./x.csv", "..")),
        *(("collective.csv\x00", "outside_folder"), (["../collective.csv"], "outside_folder")),
        *((path, "missing_file") for path in ("COLLECTIVE.csv", "collective.csv ", "pipe.csv", "cöllective.csv")),
        (["collective.csv", "work_area.csv"], "no_path"),
    ],
)  # fmt: skip
def test_a_description_reads_only_files_in_its_folder(tmp_path: Path, path: Any, kind: str) -> None:
    (tmp_path / "zon").mkdir()
    os.mkfifo(tmp_path / "zon" / "pipe.csv")
    package = csv(
        tmp_path / "zon", [{"name": "collective", "path": path}, BOTH[1]], collective=COLLECTIVE, work_area=WORK_AREA
    )
    assert package.problems[0].kind == kind
    assert "collective" not in package.tables


def test_one_path_in_a_list_is_a_path(tmp_path: Path) -> None:
    listed = [{"name": "collective", "path": ["collective.csv"]}, BOTH[1]]
    assert places(csv(tmp_path / "zon", listed, collective=COLLECTIVE, work_area=WORK_AREA).problems) == []


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    twice = [*BOTH, {"name": "activity", "path": "collective.csv"}]
    package = csv(tmp_path / "zon", twice, collective=COLLECTIVE, work_area=WORK_AREA)
    assert [problem.kind for problem in package.problems] == ["path_twice"]
    assert "activity" not in package.tables


def test_data_within_a_description_is_refused(tmp_path: Path) -> None:
    inline = [{"name": "collective", "data": [["collective_id"], ["zon"]]}, BOTH[1]]
    assert told(csv(tmp_path / "zon", inline, work_area=WORK_AREA)) == ["no_path"]


@pytest.mark.parametrize("name", ["collective.csv", "zon.xlsx", "datapackage.json"])
def test_a_link_to_another_place_is_not_followed(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "elders" / name
    outside.parent.mkdir()
    outside.write_text(COLLECTIVE, encoding="utf-8")
    (tmp_path / "zon").mkdir()
    (tmp_path / "zon" / name).symlink_to(outside)
    package = read_package(tmp_path / "zon", None)
    assert [(problem.kind, problem.file) for problem in package.problems] == [("link", f"zon/{name}")]
    assert package.tables == {}


@pytest.mark.parametrize(
    ("dialect", "kinds"),
    [
        ({"delimiter": ";"}, []),
        ({"delimiter": ";", "header": True, "quoteChar": '"', "csvddfVersion": 1.2}, []),
        ({"delimiter": "|"}, ["dialect"]),
        ({"delimiter": ";", "header": False}, ["dialect"]),
        ({"delimiter": ";", "quoteChar": "'"}, ["dialect"]),
        ({"delimiter": ";", "commentChar": "z"}, ["dialect"]),
        ("dialect.json", ["dialect"]),
        ({"delimiter": ["a"]}, ["dialect"]),
    ],
)
def test_a_dialect_is_followed_or_refused(tmp_path: Path, dialect: Any, kinds: list[str]) -> None:
    described = [{"name": "collective", "path": "collective.csv", "dialect": dialect}, BOTH[1]]
    package = csv(tmp_path / "zon", described, collective=COLLECTIVE.replace(",", ";"), work_area=WORK_AREA)
    assert told(package) == kinds


@pytest.mark.parametrize(
    ("schema", "is_told"),
    [
        ({"fields": [{"name": "collective_id", "type": "string"}, {"name": "name"}]}, False),
        ({"fields": [{"name": "collective_id", "type": "integer"}]}, True),
        ({"fields": [{"name": "elders", "type": "string"}]}, True),
        ("http://x/schema.json", True),
        ({"fields": "x"}, True),
        (None, False),
    ],
)
def test_columns_of_its_own_are_not_used_and_told(tmp_path: Path, schema: Any, is_told: bool) -> None:
    described = [{"name": "collective", "path": "collective.csv", "schema": schema}, BOTH[1]]
    package = csv(tmp_path / "zon", described, collective=COLLECTIVE, work_area=WORK_AREA)
    assert package.problems == []
    assert ("own_schema" in [repair.kind for repair in package.repairs]) is is_told
    assert package.tables["collective"]["name"].to_list() == ["Zonnewijk"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_the_row_of_a_wrong_letter_is_right_with_any_end_of_line(tmp_path: Path, ending: str) -> None:
    text = f'collective_id,name,primary_domain{ending}{ending}zon,"a\nb\nCaf\xe9",welzijn{ending}'
    package = csv(tmp_path / "zon", BOTH, collective=COLLECTIVE, work_area=WORK_AREA)
    (tmp_path / "zon" / "collective.csv").write_bytes(text.encode("cp1252"))
    package = read_package(tmp_path / "zon", None)
    # The third record: the header, an empty line, and a name of three lines.
    assert places(package.problems) == [("wrong_encoding", None, 3, None)]
    assert package.tables["collective"]["name"].to_list() == ["a b Café"]


def test_names_of_columns_as_long_as_a_book_are_told_in_seconds(tmp_path: Path) -> None:
    header = [*HEADER, *(f"{'½' * 32_000}{at}" for at in range(100))]
    began = time.process_time()
    problems = read_package(book(tmp_path / "zon", [header, ROW]), None).problems
    assert time.process_time() - began < SECONDS
    assert {problem.kind for problem in problems} == {"unknown_column"}


def test_every_refusal_is_one_line(tmp_path: Path) -> None:
    package = read_package(book(tmp_path / "zon", [HEADER, ["zon", "=\n1", "welzijn", 1]], work_area="hidden"), None)
    assert len(package.problems) == 2
    assert all(len(line(problem).splitlines()) == 1 for problem in package.problems)
