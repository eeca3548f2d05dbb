"""The data dictionary: every table and column in words, the same on the page, on a terminal and for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bt_analysis import dictionary, schema
from bt_analysis.dictionary import fields as words
from bt_analysis.dictionary.text import WIDTH

DOCS = Path(__file__).resolve().parents[1] / "docs"
EVERY = (*schema.MONITORING, *words.DERIVED)


def field(table: str, name: str) -> Any:
    return {each["name"]: each for each in schema.load(table)["fields"]}[name]


# Which tables


def test_without_names_every_table_is_meant_by_chapter() -> None:
    found = words.chosen([])
    assert sorted(found) == sorted(EVERY)
    chapters = [schema.load(name)["chapter"] for name in found]
    assert chapters == sorted(chapters)
    assert set(chapters) == set(words.CHAPTERS)


@pytest.mark.parametrize("name", ["participation", "Deelname", "deelname", "Participation"])
def test_a_table_may_be_named_as_people_know_it(name: str) -> None:
    assert words.chosen([name]) == ["participation"]


def test_a_derived_table_can_be_asked_for_and_twice_is_once() -> None:
    assert words.chosen(["item_use", "item_use"]) == ["item_use"]


def test_an_unknown_table_gets_the_known_ones_and_a_suggestion() -> None:
    with pytest.raises(schema.SchemaError, match=r"'Deelnames' does not.*contribution.*Do you mean participation"):
        words.chosen(["Deelnames"])
    with pytest.raises(schema.SchemaError, match=r"'xyz' does not exist.*bt tables lists them"):
        words.chosen(["xyz"])


def test_the_derived_tables_are_those_that_say_so() -> None:
    assert [name for name in schema.names() if schema.load(name).get("derived")] == list(words.DERIVED)


# What a cell holds


@pytest.mark.parametrize(
    ("table", "column", "dutch", "english"),
    [
        ("participation", "count_method", "een van: lijst, telling, schatting", "one of: lijst, telling, schatting"),
        ("participation", "activity_id", "code uit activity", "code from activity"),
        ("participation", "unique_n", "heel getal, 0 of meer (personen)", "whole number, 0 or more (people)"),
        ("participation", "uncertainty_pct", "getal van 0 tot en met 100 (%)", "number from 0 to 100 (%)"),
        ("survey_wave", "instrument_ids", "codes uit instrument", "codes from instrument"),
        ("survey_wave", "languages", "lijst met ; ertussen", "list with ; between"),
        ("coop_scan", "score", "heel getal van 1 tot en met 5 (punten)", "whole number from 1 to 5 (points)"),
        ("measurement", "value", "getal (zie indicator)", "number (see indicator)"),
        ("collective", "founded", "jaar van 1800 tot en met 2100", "year from 1800 to 2100"),
        ("collective", "name", "tekst", "text"),
        ("bundle", "checks_passed", "ja of nee", "yes or no"),
        ("activity", "recorded_at", "datum en tijd", "date and time"),
    ],
)
def test_what_a_cell_holds_is_said_in_words(table: str, column: str, dutch: str, english: str) -> None:
    assert words.holds(field(table, column), table, "nl") == dutch
    assert words.holds(field(table, column), table, "en") == english


def test_a_list_of_options_names_each() -> None:
    assert words.holds(field("collective", "domains"), "collective", "nl").startswith("een of meer van: gezondheid, ")


@pytest.mark.parametrize("table", EVERY)
def test_every_unit_has_english(table: str) -> None:
    assert {each["unit"] for each in schema.load(table)["fields"] if "unit" in each} <= set(words.UNITS)


def test_a_yes_is_shown_as_people_type_it() -> None:
    yes, no, number = {"example": True}, {"example": False}, {"example": 12}
    assert [words.example(each, "nl") for each in (yes, no, number)] == ["ja", "nee", "12"]
    assert [words.example(each, "en") for each in (yes, no, number)] == ["yes", "no", "12"]


# On a terminal


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_list_has_a_line_per_table_and_fits(lang: str) -> None:
    lines = dictionary.as_text([], lang).splitlines()
    assert max(map(len, lines)) <= WIDTH
    starts = [line[2:].split()[0] for line in lines if line[:2] in ("* ", "  ") and line[2:3].strip()]
    assert [start for start in starts if start in EVERY] == words.chosen([])
    assert [line[2:].split()[0] for line in lines if line.startswith("* ")][:-1] == [
        name for name in words.chosen([]) if name in schema.MINIMAL
    ]


@pytest.mark.parametrize("table", EVERY)
def test_a_table_shows_each_of_its_columns_and_fits(table: str) -> None:
    for lang, part in (("nl", "description"), ("en", "description_en")):
        text = dictionary.as_text([table], lang)
        assert max(map(len, text.splitlines())) <= WIDTH
        flat = " ".join(text.split())
        for each in schema.load(table)["fields"]:
            mark = "* " if each.get("constraints", {}).get("required") else "  "
            title = each["title" if lang == "nl" else "title_en"]
            assert f"\n{mark}{each['name']} · {title}\n" in text
            assert " ".join(each[part].split()) in flat


def test_two_tables_stand_below_each_other_by_chapter() -> None:
    text = dictionary.as_text(["obstacle", "source"], "nl")
    assert text.index("source · Bron") < text.index("obstacle · Hindernis")
    assert "L3: openbaar · opent 'Bronnen'" in text


def test_a_table_that_is_computed_says_so() -> None:
    assert "wordt berekend" in dictionary.as_text(["item_use"], "nl")
    assert "is computed" in dictionary.as_text(["item_use"], "en")


# For other programs


def test_json_holds_the_schemas_themselves() -> None:
    assert json.loads(dictionary.as_json(["Deelname"])) == [schema.load("participation")]
    assert [each["name"] for each in json.loads(dictionary.as_json([]))] == words.chosen([])


# As a page


def test_the_page_in_the_docs_is_what_the_schemas_say() -> None:
    written = (DOCS / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary.as_markdown([]), "bt tables --format markdown > docs/data-dictionary.md"


def test_every_table_and_column_stands_on_the_page_once() -> None:
    page = dictionary.as_markdown([])
    for table in EVERY:
        assert page.count(f'<a id="{table}"></a>') == 1
        section = page.split(f'<a id="{table}"></a>')[1].split("\n### ")[0].split("\n## ")[0]
        own = [each["name"] for each in schema.load(table)["fields"] if each["name"] not in words.EVERYWHERE]
        own = ["source_id", *own] if table == "source" else own
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == own


def test_every_row_of_a_table_on_the_page_has_as_many_cells_as_its_header() -> None:
    cells = 0
    for line in dictionary.as_markdown([]).splitlines():
        if line.startswith("|---"):
            cells = line.count("|")
        elif line.startswith("| ") and cells:
            assert line.count("|") == cells, line
        elif not line:
            cells = 0


def test_the_page_marks_what_has_to_be_filled_in_and_what_people_wrote() -> None:
    page = dictionary.as_markdown(["coop_scan"])
    assert "| `condition` **\\*** | voorwaarde<br>*condition* | een van: waarden, doelen, taal" in page
    assert "| `quote` ✎ | uitspraak" in page
    assert "| `score` | score" in page
    assert "L2, travels in a bundle, after disclosure control · key `scan_id` + `side` + `condition`" in page


def test_a_page_of_one_table_has_no_introduction() -> None:
    page = dictionary.as_markdown(["rate"])
    assert page.startswith("## 2. Wat er gebeurt · *What happens*")
    assert page.count("\n### ") == 1


def test_the_introduction_explains_levels_and_missing_words() -> None:
    page = dictionary.as_markdown([])
    for word in ("| `weetniet` | unknown |", "| *nothing* | not recorded |", "| L1 | blijft bij het collectief<br>"):
        assert word in page
    assert "[`contribution`](#contribution)" in page
