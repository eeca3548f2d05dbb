"""Tables as CSV: what is written reads back the same, here and for frictionless, and nothing in it calculates."""

import json
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import schema
from bt_analysis.bundles import csv_form
from bt_analysis.bundles.csv_form import CsvError
from bt_analysis.sources import monitoring

MEASURES: dict[str, Any] = {
    "name": "measures",
    "fields": [
        {"name": "id", "type": "string", "constraints": {"required": True}},
        {"name": "sign", "type": "string", "constraints": {"enum": ["+", "−", "?"]}},
        {"name": "people", "type": "integer"},
        {"name": "value", "type": "number"},
        {"name": "year", "type": "year"},
        {"name": "day", "type": "date"},
        {"name": "moment", "type": "datetime"},
        {"name": "agreed", "type": "boolean"},
    ],
    "primaryKey": ["id"],
    "missingValues": [
        {"value": "", "label": "not_recorded"},
        {"value": "nvt", "label": "not_applicable"},
        {"value": "onderdrukt", "label": "suppressed"},
    ],
}


def table(**columns: list[Any]) -> pd.DataFrame:
    """Return rows of MEASURES; what is not said is empty."""
    n = len(next(iter(columns.values())))
    whole = {field["name"]: columns.get(field["name"], [None] * n) for field in MEASURES["fields"]}
    whole["id"] = columns.get("id", [f"r{at}" for at in range(n)])
    reasons = {name: values for name, values in columns.items() if name.endswith(schema.REASON_SUFFIX)}
    return pd.DataFrame(whole | reasons, dtype=object)


def written(**columns: list[Any]) -> list[str]:
    """Return the lines below the header."""
    return csv_form.write(table(**columns), MEASURES).decode().splitlines()[1:]


# Writing


def test_one_row_with_every_type() -> None:
    row: dict[str, list[Any]] = {
        "id": ["a"], "sign": ["+"], "people": [12], "value": [3.5], "year": [2024],
        "day": [pd.Timestamp("2024-03-01")], "moment": [pd.Timestamp("2024-03-01 20:15:00")], "agreed": [True],
    }  # fmt: skip
    assert written(**row) == ["a,+,12,3.5,2024,2024-03-01,2024-03-01T20:15:00,true"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (12.0, "12"),
        (-4.25, "-4.25"),
        (1234.5, "1234.5"),
        (1.234, "1.2340"),  # 1.234 is a thousand and more in Dutch
        (-12.345, "-12.3450"),
        (1234.567, "1234.567"),  # four digits before the point: no thousands point
        (0.125, "0.125"),
        (1e-07, "0.0000001"),
        (1e15, "1000000000000000"),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_numbers_have_no_exponent_and_mean_one_thing(value: float, text: str) -> None:
    assert written(value=[value])[0].split(",")[3] == text


def test_a_missing_number_says_why() -> None:
    lines = written(people=[None, None, None, 5], people_missing_reason=["suppressed", "not_applicable", None, None])
    assert [line.split(",")[2] for line in lines] == ["onderdrukt", "nvt", "", "5"]


def test_a_reason_that_the_schema_has_no_word_for_is_an_empty_cell() -> None:
    assert written(people=[None], people_missing_reason=["lost_in_division_change"])[0].split(",")[2] == ""


def test_commas_and_quotes_stay_in_their_cell() -> None:
    content = csv_form.write(table(id=['a, "b"']), MEASURES)
    assert csv_form.parse(content, MEASURES)["id"].tolist() == ['a, "b"']


@pytest.mark.parametrize("text", ["=1+1", "+31 6", "-x", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_calculates_is_refused(text: str) -> None:
    with pytest.raises(CsvError, match=r"column id: got text that begins with .*; expected none"):
        csv_form.write(table(id=[text]), MEASURES)


def test_a_permitted_sign_is_no_formula_but_another_text_is() -> None:
    assert written(sign=["+"])[0].split(",")[1] == "+"
    with pytest.raises(CsvError, match="column sign"):
        written(sign=["+1"])


# Reading


def test_what_is_written_reads_back() -> None:
    whole = table(
        people=[12, None], value=[0.1, None], year=[2024, None], day=[pd.Timestamp("2024-03-01"), None],
        agreed=[False, None], sign=["−", None], people_missing_reason=[None, "suppressed"],
    )  # fmt: skip
    back = csv_form.parse(csv_form.write(whole, MEASURES), MEASURES)
    assert back["people"].tolist() == [12, pd.NA]
    assert back["people_missing_reason"].tolist()[1] == "suppressed"
    assert pd.isna(back["people_missing_reason"][0])
    assert back["value_missing_reason"].tolist()[1] == "not_recorded"
    assert back["value"][0] == 0.1
    assert back["day"][0] == pd.Timestamp("2024-03-01")
    assert back["agreed"].tolist() == [False, pd.NA]
    assert csv_form.write(back, MEASURES) == csv_form.write(whole, MEASURES)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_every_number_reads_back_as_itself(value: float) -> None:
    back = csv_form.parse(csv_form.write(table(value=[value]), MEASURES), MEASURES)
    assert back["value"][0] == value


@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)))
def test_every_text_is_written_or_refused_and_never_changed(texts: list[str]) -> None:
    whole = table(id=[f"x{at}{text}x" for at, text in enumerate(texts)] or ["x"])
    back = csv_form.parse(csv_form.write(whole, MEASURES), MEASURES)
    assert back["id"].tolist() == whole["id"].tolist()


@pytest.mark.parametrize("text", [" begint", "eindigt ", "12\xa0km", "a  b"])
def test_spaces_are_kept_as_they_were(text: str) -> None:
    whole = table(id=[text])
    assert csv_form.parse(csv_form.write(whole, MEASURES), MEASURES)["id"].tolist() == [text]


def test_a_word_with_spaces_around_it_is_still_one_of_the_words() -> None:
    roles = {"name": "roles", "fields": [{"name": "role", "type": "string", "constraints": {"enum": ["front", "nvt"]}}]}
    assert csv_form.parse(b"role\nfront\n", roles)["role"].tolist() == ["front"]
    assert csv_form.parse(b'role\n"front "\n', roles)["role"].tolist() == ["front"]


def test_a_column_that_is_not_there_is_missing_in_every_row() -> None:
    back = csv_form.parse(b"id,value\na,1\n", MEASURES)
    assert back["people"].isna().all()
    assert back["value"].tolist() == [1.0]


def test_a_word_for_a_missing_value_can_be_a_value() -> None:
    gates = {"name": "gates", "fields": [{"name": "gate", "type": "string", "constraints": {"required": True}}]}
    assert csv_form.parse(b"gate\nonderdrukt\nnvt\n", gates)["gate"].tolist() == ["onderdrukt", "nvt"]
    office = {"name": "role", "type": "string", "constraints": {"enum": ["front", "nvt"]}}
    actor = {"fields": [office], "missingValues": MEASURES["missingValues"]}
    assert csv_form.parse(b"role\nnvt\nonderdrukt\n", actor)["role"].tolist()[0] == "nvt"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got an empty file"),
        (b"id,surprise\na,1\n", "got column 'surprise'; expected id, sign"),
        (b"id,id\na,b\n", "got column 'id'"),
        (b"id,value\na\n", "row 2: got 1 cells; expected 2"),
        (b"id,value\na,veel\n", r"column value, row 2: got 'veel'; expected a number"),
        (b"id,people\na,1.5\n", r"column people, row 2: got '1.5'; expected a integer"),
        (b"id,sign\na,b\n", r"column sign, row 2: got 'b'"),
        (b"id\na\n\xff\n", "no CSV in UTF-8"),
        (b"id\na\na\n", "got the same or an empty id in two rows"),
        (b"value\n1\n", r"column id, row 2: got ''"),
        (b'id\n"a\n', "no CSV in UTF-8"),
    ],
)
def test_a_file_that_is_not_the_table_says_where(content: bytes, message: str) -> None:
    with pytest.raises(CsvError, match=message):
        csv_form.parse(content, MEASURES)


def test_relaxed_fields_may_be_empty_and_the_others_not() -> None:
    fields = [
        {"name": "a", "type": "integer", "constraints": {"required": True, "minimum": 0}},
        {"name": "b", "type": "integer", "constraints": {"required": True}},
    ]
    relaxed = csv_form.relaxed({"fields": fields}, {"a"})
    assert relaxed["fields"] == [{"name": "a", "type": "integer", "constraints": {"minimum": 0}}, fields[1]]
    assert fields[0]["constraints"] == {"required": True, "minimum": 0}  # the schema itself is as it was
    assert "constraints" not in csv_form.relaxed({"fields": fields}, {"b"})["fields"][1]


def test_a_field_can_have_missing_values_of_its_own() -> None:
    fields = [
        {"name": "gate", "type": "string"},
        {"name": "value", "type": "number", "missingValues": [{"value": "", "label": "hoort er niet bij"},
                                                              {"value": "suppressed", "label": "weggelaten"}]},
    ]  # fmt: skip
    rows = pd.DataFrame(
        {"gate": ["onderdrukt", "ok"], "value": [None, 2.0], "value_missing_reason": ["suppressed", None]}
    )
    assert csv_form.write(rows, {"fields": fields}).decode() == "gate,value\nonderdrukt,suppressed\nok,2\n"


# Others


def test_frictionless_reads_the_same(tmp_path: Path) -> None:
    whole = table(
        people=[12, None], value=[1.234, None], day=[pd.Timestamp("2024-03-01"), None], agreed=[True, None],
        sign=["+", None], people_missing_reason=[None, "suppressed"],
    )  # fmt: skip
    (tmp_path / "m.csv").write_bytes(csv_form.write(whole, MEASURES))
    profiles = "https://datapackage.org/profiles/2.0"
    described = {**MEASURES, "$schema": f"{profiles}/tableschema.json"}
    package = {
        "$schema": f"{profiles}/datapackage.json",
        "name": "x",
        "resources": [{"name": "m", "type": "table", "path": "m.csv", "schema": described}],
    }
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    rows = frictionless.Package(str(tmp_path / "datapackage.json")).get_table_resource("m").read_rows()
    assert [row["people"] for row in rows] == [12, None]
    assert float(rows[0]["value"]) == 1.234


def test_our_own_reader_reads_the_same(make: Any, tmp_path: Path) -> None:
    tables = {
        "collective": make.monitoring("collective", {"name": 'Tuin, "De Groene"', "members_n": 12}),
        "work_area": make.monitoring("work_area", {}),
        "activity": make.monitoring("activity", {"cost_eur": 1.234}, {"activity_id": "tuin-2", "end": None}),
    }
    tables["collective"]["active_n_missing_reason"] = "suppressed"
    folder = tmp_path / "tuin"
    folder.mkdir()
    resources = []
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_bytes(csv_form.write(rows, schema.load(name)))
        resources.append({"name": name, "path": f"{name}.csv"})
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")
    package = monitoring.read_package(folder, None)
    assert package.problems == []
    for name, rows in tables.items():
        pd.testing.assert_frame_equal(package.tables[name], rows, check_index_type=False)
