"""The blank workbook: a volunteer finds the way, the cells help, and what is filled in comes back as it was."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from bt_analysis import schema
from bt_analysis.schema import MINIMAL, MONITORING
from bt_analysis.sources import blank_workbook
from bt_analysis.sources.blank_sheet import DARK, FIRST_ROW, GREY, HEADER_ROW, LIGHT
from bt_analysis.sources.monitoring import read_package
from bt_analysis.sources.sentences import Findings, Place, line
from bt_analysis.sources.typed_tables import typed
from bt_analysis.sources.workbook import read_workbook, sheet_title

HERE = Place("zon/zon.xlsx")


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "zon.xlsx"
    blank_workbook.write(path, "zon")
    return path


@pytest.fixture(scope="module")
def book(blank: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(blank)


def fill(path: Path, target: Path, rows: dict[str, list[dict[str, Any]]], lang: str = "nl") -> None:
    """Type rows into a blank workbook, below the column names."""
    book = openpyxl.load_workbook(path)
    for table, filled in rows.items():
        descriptor = schema.load(table)
        sheet = book[sheet_title(descriptor["title" if lang == "nl" else "title_en"])]
        names = [field["name"] for field in descriptor["fields"]]
        for number, values in enumerate(filled, start=FIRST_ROW):
            for name, value in values.items():
                sheet.cell(number, names.index(name) + 1, value)
    book.save(target)


def read(path: Path) -> tuple[dict[str, pd.DataFrame], Findings]:
    """Read each sheet as its table."""
    findings = Findings()
    grids = read_workbook(path, HERE, findings)
    assert grids is not None
    tables = {grid.table: typed(grid, findings) for grid in grids}
    return {name: table for name, table in tables.items() if table is not None}, findings


def target(cell: Any) -> str:
    """Return where a cell leads to; empty when it is no link."""
    return cell.hyperlink.location if cell.hyperlink else ""


def as_typed_in(field: dict[str, Any], value: Any) -> Any:
    """Return a value as a person types it in its cell."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if field["type"] in ("date", "datetime"):
        return dt.datetime.fromisoformat(value)
    return value


def test_everybody_first_reads_what_to_do_then_come_the_five_sheets_and_an_example(book: openpyxl.Workbook) -> None:
    titles = [schema.load(table)["title"] for table in MINIMAL]
    assert book.sheetnames[:7] == ["Lees mij", *titles, "Voorbeeld"]
    assert book.active is not None
    assert book.active.title == "Lees mij"


def test_there_is_a_sheet_for_each_table_by_chapter(book: openpyxl.Workbook) -> None:
    others = book.sheetnames[7:]
    tables = {sheet_title(schema.load(table)["title"]): table for table in MONITORING}
    assert sorted(tables[title] for title in others) == sorted(set(MONITORING) - set(MINIMAL))
    chapters = [schema.load(tables[title])["chapter"] for title in others]
    assert chapters == sorted(chapters)
    assert all(len(title) <= 31 for title in book.sheetnames)


def test_the_sheets_that_are_enough_have_another_colour(book: openpyxl.Workbook) -> None:
    colours = {sheet.title: str(getattr(sheet.sheet_properties.tabColor, "rgb", ""))[2:] for sheet in book.worksheets}
    assert {colours[schema.load(table)["title"]] for table in MINIMAL} == {DARK}
    assert {colours[title] for title in book.sheetnames[7:]} == {GREY}


def test_lees_mij_says_what_is_enough_what_never_to_write_down_and_how_to_deliver(book: openpyxl.Workbook) -> None:
    text = "\n".join(str(row[0]) for row in book["Lees mij"].iter_rows(max_col=1, values_only=True) if row[0])
    assert (
        "Vijf bladen zijn genoeg voor een eerste rapport: Collectief, Werkgebied, Activiteit, Deelname, Inzet" in text
    )
    for never in ("Namen", "e-mailadressen", "telefoonnummers", "adressen", "burgerservicenummers", "rekeningnummers"):
        assert never in text
    assert "data/raw/monitoring/zon" in text
    assert "{" not in text
    # Plain Dutch: no sentence of more than 25 words.
    assert [part for part in re.split(r"[.:?]\s|\n", text) if len(part.split()) > 25] == []


def test_each_sheet_has_a_link_that_says_what_it_opens_and_a_way_back(book: openpyxl.Workbook) -> None:
    readme = book["Lees mij"]
    links = {row: target(readme.cell(row, 1)) for row in range(1, readme.max_row + 1) if target(readme.cell(row, 1))}
    rows = {readme.cell(row, 1).value: row for row in links}
    for table in MONITORING:
        descriptor = schema.load(table)
        title = sheet_title(descriptor["title"])
        row = rows[title]
        assert links[row].removesuffix("!A1").strip("'") == title
        beside = [readme.cell(row, column).value for column in (2, 3, 4)]
        enough = "genoeg voor een eerste rapport" if table in MINIMAL else None
        assert beside == [descriptor["description"], descriptor["section"], enough]
        assert target(book[title]["A3"]) == "'Lees mij'!A1"
    assert set(rows) == {sheet_title(schema.load(table)["title"]) for table in MONITORING}


@pytest.mark.parametrize("table", MONITORING)
def test_a_sheet_has_its_title_explanations_and_column_names(book: openpyxl.Workbook, table: str) -> None:
    descriptor = schema.load(table)
    sheet = book[sheet_title(descriptor["title"])]
    assert sheet["A1"].value == f"{descriptor['title']} · {descriptor['description']}"
    assert f"vanaf rij {FIRST_ROW}" in sheet["A2"].value
    assert ("blijft bij het collectief" in sheet["A2"].value) == (descriptor["protection_level"] == "L1")
    assert sheet.freeze_panes == f"B{FIRST_ROW}"
    for column, field in enumerate(descriptor["fields"], start=1):
        cell = sheet.cell(HEADER_ROW, column)
        required = bool(field.get("constraints", {}).get("required"))
        assert cell.value == field["title"] + (" *" if required else "")
        assert cell.fill.fgColor.rgb[2:] == (DARK if required else LIGHT)
        assert cell.comment is not None
        assert cell.comment.text.endswith("Nodig." if required else "Mag leeg blijven.")
        assert str(sheet.cell(HEADER_ROW - 1, column).value or "").startswith(field.get("description", "")[:10])


@pytest.mark.parametrize("table", MONITORING)
def test_each_column_has_a_rule_a_format_and_a_width(book: openpyxl.Workbook, table: str) -> None:
    descriptor = schema.load(table)
    sheet = book[sheet_title(descriptor["title"])]
    rules = sheet.data_validations.dataValidation
    assert len(rules) == len(descriptor["fields"])
    for column, (field, rule) in enumerate(zip(descriptor["fields"], rules, strict=True), start=1):
        letter = openpyxl.utils.get_column_letter(column)
        assert str(rule.sqref) == f"{letter}{FIRST_ROW}:{letter}5000"
        dimension = sheet.column_dimensions[letter]
        assert 12 <= dimension.width <= 44
        if field["type"] in ("string", "boolean"):
            assert dimension.number_format == "@"
        assert ("yyyy" in dimension.number_format) == (field["type"] in ("date", "datetime"))


def test_a_code_of_another_sheet_can_be_chosen(book: openpyxl.Workbook) -> None:
    rules = {str(rule.sqref): rule for rule in book["Deelname"].data_validations.dataValidation}
    assert rules["A6:A5000"].formula1 == "'Activiteit'!$A$6:$A$5000"


def test_a_table_that_is_not_in_the_workbook_is_not_referred_to(tmp_path: Path) -> None:
    blank_workbook.write(tmp_path / "a.xlsx", "zon", tables=["participation"])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Lees mij", "Deelname", "Voorbeeld"]
    assert {
        rule.type for rule in book["Deelname"].data_validations.dataValidation if "!" in str(rule.formula1)
    } == set()


def test_the_code_of_the_collective_is_filled_in(book: openpyxl.Workbook) -> None:
    assert book["Collectief"].cell(FIRST_ROW, 1).value == "zon"
    values = [cell.value for cell in book["Activiteit"][FIRST_ROW]]
    assert set(values) <= {None}


def test_the_same_workbook_is_the_same_file(blank: Path, tmp_path: Path) -> None:
    blank_workbook.write(tmp_path / "again.xlsx", "zon")
    assert (tmp_path / "again.xlsx").read_bytes() == blank.read_bytes()
    blank_workbook.write(tmp_path / "other.xlsx", "maan")
    assert (tmp_path / "other.xlsx").read_bytes() != blank.read_bytes()


def test_a_workbook_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "zon.xlsx"
    path.write_bytes(b"filled in")
    with pytest.raises(FileExistsError, match="is there already; expected a new file"):
        blank_workbook.write(path, "zon")
    assert path.read_bytes() == b"filled in"


@pytest.mark.parametrize(
    ("code", "tables", "lang", "said"),
    [
        ("Zon Wijk", MINIMAL, "nl", "collective got 'Zon Wijk'; expected small letters"),
        ("", MINIMAL, "nl", "expected small letters"),
        (
            "zon",
            ["activity", "weather"],
            "nl",
            "table 'weather' is none that a collective keeps; expected one of source",
        ),
        ("zon", MINIMAL, "fr", "'fr' has no blank workbook"),
    ],
)
def test_what_cannot_be_made_is_refused_and_leaves_nothing(
    tmp_path: Path, code: str, tables: list[str], lang: str, said: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        blank_workbook.write(tmp_path / "zon.xlsx", code, tables, lang)
    assert list(tmp_path.iterdir()) == []


def test_a_blank_workbook_only_asks_for_what_is_needed(blank: Path, tmp_path: Path) -> None:
    (tmp_path / "zon").mkdir()
    (tmp_path / "zon" / "zon.xlsx").write_bytes(blank.read_bytes())
    package = read_package(tmp_path / "zon", None)
    assert package.repairs == []
    assert {(problem.kind, problem.sheet) for problem in package.problems} == {
        ("required", "Collectief"),
        ("no_rows", "Werkgebied"),
    }
    # Columns are called as the volunteer sees them.
    assert "blad Collectief, rij 6, kolom naam: gekregen: niets" in line(package.problems[0])


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_example_typed_in_is_a_package_without_a_word(tmp_path: Path, lang: str) -> None:
    example = blank_workbook.example_tables()
    assert tuple(example) == MINIMAL
    (tmp_path / "zonnewijk").mkdir()
    blank_workbook.write(tmp_path / "blank.xlsx", "zonnewijk", lang=lang)
    fill(tmp_path / "blank.xlsx", tmp_path / "zonnewijk" / "w.xlsx", example, lang)
    package = read_package(tmp_path / "zonnewijk", None)
    assert (package.problems, package.repairs) == ([], [])
    # 210 at coffee, of whom 145 aged 65 or more, and 60 at the energy café.
    assert package.tables["participation"]["contacts_n"].to_list() == [210, 145, 60]
    assert package.tables["contribution"]["hours"].sum() == 84 + 22.5
    assert set(package.tables) == set(MINIMAL)


def test_the_example_is_shown_with_its_column_names(book: openpyxl.Workbook) -> None:
    shown = [[cell for cell in row if cell is not None] for row in book["Voorbeeld"].iter_rows(values_only=True)]
    assert shown[0] == ["Voorbeeld: zo ziet een ingevuld werkboek eruit"]
    at = shown.index(["Blad Inzet"])
    assert shown[at + 1][:3] == ["code inzet *", "code activiteit *", "rol *"]
    assert shown[at + 2] == ["koffie-gastvrouwen-k1", "koffie-2026", "uitvoering", 5, 84, "logboek"]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_table_filled_in_comes_back_without_problems_and_repairs(tmp_path: Path, lang: str) -> None:
    examples = {
        table: {field["name"]: field["example"] for field in schema.load(table)["fields"] if "example" in field}
        for table in MONITORING
    }
    rows = {
        table: [{f["name"]: as_typed_in(f, row[f["name"]]) for f in schema.load(table)["fields"] if f["name"] in row}]
        for table, row in examples.items()
    }
    blank_workbook.write(tmp_path / "blank.xlsx", "zonnewijk", lang=lang)
    fill(tmp_path / "blank.xlsx", tmp_path / "filled.xlsx", rows, lang)
    tables, findings = read(tmp_path / "filled.xlsx")
    assert [line(problem) for problem in (*findings.problems, *findings.repairs)] == []
    assert sorted(tables) == sorted(MONITORING)
    for table, row in examples.items():
        schema.check(tables[table], table)
        for field in schema.load(table)["fields"]:
            if field["name"] in row and field["type"] not in ("date", "datetime"):
                assert tables[table][field["name"]].to_list() == [row[field["name"]]]


WORDS = st.text("abcdefghijklmnopqrstuvwxyzé ,.()", min_size=1, max_size=20).map(lambda text: f"t{text}t")
MOMENTS = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2099, 12, 31))


def listed(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in field["listOf"]:
        return st.lists(st.sampled_from(field["listOf"]["enum"]), min_size=1, unique=True).map(";".join)
    return st.lists(st.from_regex("[a-z][a-z0-9]{1,5}", fullmatch=True), min_size=1).map(";".join)


def text(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    constraints = field.get("constraints", {})
    if "enum" in constraints:
        return st.sampled_from([option for option in constraints["enum"] if option != "nvt"])
    if "pattern" in constraints:
        return st.from_regex(re.compile(constraints["pattern"], re.ASCII), fullmatch=True).filter(
            lambda text: text == text.strip() and text.isprintable() and text not in ("nvt", "weetniet")
        )
    return listed(field) if "listOf" in field else WORDS


def values(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    constraints = field.get("constraints", {})
    low, high = constraints.get("minimum", -(10**6)), constraints.get("maximum", 10**6)
    match field["type"]:
        case "integer":
            return st.integers(int(low), int(high))
        case "year":
            return st.integers(max(1000, int(low)), min(9999, int(high)))
        case "number":
            return st.integers(int(low) * 100, int(high) * 100).map(lambda cents: cents / 100)
        case "boolean":
            return st.booleans()
        case "date":
            return MOMENTS.map(lambda moment: dt.datetime(moment.year, moment.month, moment.day))
        case "datetime":
            return MOMENTS.map(lambda moment: moment.replace(second=0, microsecond=0))
        case _:
            return text(field)


@settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(MONITORING))
def test_whatever_is_filled_in_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, table: str
) -> None:
    folder = tmp_path_factory.mktemp("round")
    blank_workbook.write(folder / "blank.xlsx", "zon", tables=[table])
    fields = schema.load(table)["fields"]
    row = {
        field["name"]: data.draw(values(field), label=field["name"])
        for field in fields
        if field.get("constraints", {}).get("required") or data.draw(st.booleans())
    }
    fill(folder / "blank.xlsx", folder / "filled.xlsx", {table: [row]})
    tables, findings = read(folder / "filled.xlsx")
    assert [line(problem) for problem in (*findings.problems, *findings.repairs)] == []
    for field in fields:
        came = tables[table][field["name"]].iloc[0]
        assert pd.isna(came) if field["name"] not in row else came == row[field["name"]]


def test_no_row_of_text_lies_over_the_next(book: openpyxl.Workbook) -> None:
    """A program that does not let rows grow must still show every line; a line takes at least 10 points."""
    for title, row, columns in [("Lees mij", at, (2, 3)) for at in range(30, book["Lees mij"].max_row + 1)] + [
        (sheet.title, HEADER_ROW - 1, range(1, sheet.max_column + 1))
        for sheet in book
        if sheet.title not in ("Lees mij", "Voorbeeld")
    ]:
        sheet = book[title]
        height = sheet.row_dimensions[row].height or 15
        for column in columns:
            cell = sheet.cell(row, column)
            width = sheet.column_dimensions[get_column_letter(column)].width * (1.1 if row == HEADER_ROW - 1 else 1)
            assert height / 10 >= len(str(cell.value or "")) / width, (title, cell.coordinate)


def test_problems_call_columns_and_sheets_as_the_volunteer_sees_them(blank: Path, tmp_path: Path) -> None:
    """No English field name in a Dutch workbook: also for a refused cell, another column, or another sheet."""
    folder = tmp_path / "zon"
    folder.mkdir()
    rows: dict[str, list[dict[str, Any]]] = {
        "activity": [{"activity_id": "koffie", "title": "bel 06-12345678"}],
        "participation": [
            {
                "activity_id": "thee",
                "period_start": dt.datetime(2026, 3, 31),
                "period_end": dt.datetime(2026, 1, 1),
                "group_type": "totaal",
                "group_value": "totaal",
                "count_method": "lijst",
            }
        ],
    }
    fill(blank, folder / "zon.xlsx", rows)
    book = openpyxl.load_workbook(folder / "zon.xlsx")
    book["Deelname"].cell(HEADER_ROW, 15, "Eigen aantekening")
    book.save(folder / "zon.xlsx")
    said = {problem.kind: line(problem) for problem in read_package(folder, {}).problems}
    assert said["personal_phone"].startswith("zon/zon.xlsx, blad Activiteit, rij 6, kolom titel: ")
    assert said["no_parent"].endswith(
        "verwacht: een code activiteit uit de tabel Activiteit. Voeg thee toe aan Activiteit, of verbeter de code."
    )
    assert "verwacht: periode van (31-03-2026) of later." in said["end_before_start"]
    assert "kolom Eigen aantekening: gekregen: een eigen kolom Eigen aantekening" in said["extra_column"]
