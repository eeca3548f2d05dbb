"""Table Schemas: valid for frictionless, and a table between stages is held against them."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.sources import cells, grids


@pytest.fixture
def descriptor() -> dict[str, Any]:
    """Make a schema "visits" with every type; a test may change it before check reads it."""
    return {
        "name": "visits",
        "fields": [
            {"name": "visit_id", "type": "string", "constraints": {"required": True, "pattern": "[a-z]+[0-9]"}},
            {"name": "kind", "type": "string", "constraints": {"enum": ["thuis", "buiten"]}},
            {"name": "people_n", "type": "integer", "constraints": {"minimum": 0, "maximum": 50}},
            {"name": "hours", "type": "number", "constraints": {"minimum": 0}},
            {"name": "first", "type": "boolean"},
            {"name": "day", "type": "date", "constraints": {"minimum": "2020-01-01"}},
            {"name": "recorded_at", "type": "datetime"},
            {"name": "year", "type": "year"},
        ],
        "primaryKey": "visit_id",
        "missingValues": [""],
    }


@pytest.fixture
def visits(descriptor: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    monkeypatch.setattr(schema, "load", lambda _: descriptor)
    return pd.DataFrame(
        {
            "visit_id": pd.Series(["a1", "b2"], dtype="str"),
            "kind": pd.Series(["thuis", None], dtype="str"),
            "people_n": pd.Series([3, None], dtype="Int64"),
            "hours": pd.Series([1.5, 2.0], dtype="Float64"),
            "first": pd.Series([True, None], dtype="boolean"),
            "day": pd.Series(["2024-01-02", None], dtype="datetime64[us]"),
            "recorded_at": pd.Series(["2024-01-02 13:30", None], dtype="datetime64[us]"),
            "year": pd.Series([2024, 2025], dtype="Int64"),
        }
    )


def wrong(table: pd.DataFrame) -> str:
    with pytest.raises(schema.SchemaError) as caught:
        schema.check(table, "visits")
    return str(caught.value)


@pytest.mark.parametrize("name", schema.MONITORING)
def test_every_monitoring_schema_is_a_valid_table_schema(name: str) -> None:
    read = frictionless.Schema.from_descriptor(schema.load(name))
    assert [field.name for field in read.fields] == [field["name"] for field in schema.load(name)["fields"]]
    assert read.primary_key == schema.key(schema.load(name))


@pytest.mark.parametrize("name", schema.MONITORING)
def test_missing_words_of_the_schemas_are_the_ones_cells_know(name: str) -> None:
    words = {word["value"]: word["label"] for word in schema.load(name)["missingValues"]}
    # A word that a required column has as an option is that option, and stands for nothing missing.
    required = [one["constraints"] for one in schema.load(name)["fields"] if one.get("constraints", {}).get("required")]
    options = {option for constraints in required for option in constraints.get("enum", ())}
    assert words == {word: reason for word, reason in cells.MISSING_WORDS.items() if word not in options}
    assert set(words.values()) <= set(schema.MISSING_REASONS)


@pytest.mark.parametrize("name", schema.MONITORING)
def test_no_two_columns_of_a_table_may_be_called_the_same(name: str) -> None:
    fields = schema.load(name)["fields"]
    names = {(grids.spelling(field[part]), field["name"]) for field in fields for part in ("name", "title", "title_en")}
    assert len(names) == len(grids.aliases(schema.load(name)))


@pytest.mark.parametrize("name", schema.MONITORING)
def test_foreign_keys_name_a_field_that_exists(name: str) -> None:
    for foreign in schema.load(name).get("foreignKeys", []):
        parent = schema.load(foreign["reference"]["resource"])
        assert foreign["reference"]["fields"][0] in [field["name"] for field in parent["fields"]]


def test_names_are_the_files_in_the_folder() -> None:
    folder = Path(schema.__file__).parent / "schemas"
    assert schema.names() == sorted(path.stem for path in folder.glob("*.json"))
    assert set(schema.MONITORING) <= set(schema.names())


def test_load_gives_what_the_file_says() -> None:
    path = Path(schema.__file__).parent / "schemas" / "activity.json"
    assert json.loads(path.read_text(encoding="utf-8")).items() <= schema.load("activity").items()


def test_load_of_an_unknown_schema_lists_the_known_ones() -> None:
    with pytest.raises(schema.SchemaError, match=r"'activiteit' does not exist; expected one of .*, activity, "):
        schema.load("activiteit")


def test_a_good_table_comes_back_as_the_same_object(visits: pd.DataFrame) -> None:
    before = visits.copy(deep=True)
    assert schema.check(visits, "visits") is visits
    pd.testing.assert_frame_equal(visits, before)


def test_a_table_without_rows_is_good(visits: pd.DataFrame) -> None:
    assert len(schema.check(visits.iloc[:0], "visits")) == 0
    assert len(schema.check(pd.DataFrame(columns=visits.columns), "visits")) == 0


def test_a_column_without_values_may_have_any_type(visits: pd.DataFrame) -> None:
    schema.check(visits.assign(kind=None, day=None, hours=None), "visits")


def test_a_missing_column_is_named_with_what_is_there(visits: pd.DataFrame) -> None:
    assert "table visits with 2 rows: column hours is missing; got visit_id, kind" in wrong(
        visits.drop(columns="hours")
    )


def test_a_column_too_many_is_named(visits: pd.DataFrame) -> None:
    assert "column note is not in the schema" in wrong(visits.assign(note="x"))


def test_columns_too_many_are_good_when_the_schema_says_so(descriptor: dict[str, Any], visits: pd.DataFrame) -> None:
    descriptor["extraColumns"] = True
    schema.check(visits.assign(note="x"), "visits")


def test_a_column_that_stands_there_twice_is_named(visits: pd.DataFrame) -> None:
    assert "column hours stands there more than once" in wrong(pd.concat([visits, visits[["hours"]]], axis=1))


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("kind", [1, 2], "column kind: got 1 and 1 more; expected string (the column is stored as int64)"),
        ("kind", pd.Series(["thuis", 2], dtype=object), "column kind: got 2 and 0 more; expected string"),
        ("people_n", [1.0, 2.0], "expected integer (the column is stored as float64)"),
        ("people_n", [True, False], "expected integer (the column is stored as bool)"),
        ("people_n", ["1", "2"], "column people_n: got '1' and 1 more; expected integer"),
        ("hours", ["1,5", "2"], "column hours: got '1,5' and 1 more; expected number"),
        ("hours", [1.0, float("inf")], "column hours: got inf and 0 more; expected number"),
        ("first", [0, 1], "column first: got 0 and 1 more; expected boolean"),
        ("day", pd.to_datetime(["2024-01-01 00:00", "2024-01-02 13:30"]), "expected date"),
        ("day", ["2024-01-01", "2024-01-02"], "column day: got '2024-01-01' and 1 more; expected date"),
        (
            "day",
            pd.Series([dt.datetime(2024, 1, 1, 3), dt.date(2024, 1, 1)], dtype=object),
            "and 0 more; expected date",
        ),
        ("recorded_at", ["gisteren", "nu"], "expected datetime"),
        ("year", [2024.0, 2025.0], "expected year"),
    ],
)
def test_a_wrong_type_is_named_with_its_first_value(visits: pd.DataFrame, column: str, values: Any, said: str) -> None:
    assert said in wrong(visits.assign(**{column: values}))


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("hours", [1, 2]),
        ("day", [dt.date(2024, 1, 1), None]),
        ("recorded_at", pd.to_datetime(["2024-01-01T00:00Z", "2024-01-02T00:00Z"])),
        ("kind", pd.Series(["thuis", None], dtype=object)),
        ("year", [2024, 2025]),
    ],
)
def test_other_ways_to_store_the_same_type_are_good(visits: pd.DataFrame, column: str, values: Any) -> None:
    schema.check(visits.assign(**{column: values}), "visits")


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("visit_id", ["a1", None], "expected a value in every row"),
        ("visit_id", ["a1", ""], "column visit_id: got '' and 0 more; expected a value in every row"),
        ("visit_id", ["a1", "B2"], "column visit_id: got 'B2' and 0 more; expected text of the form [a-z]+[0-9]"),
        ("visit_id", ["a1", "b22"], "got 'b22' and 0 more; expected text of the form"),
        ("visit_id", ["a1", "a1"], "column visit_id: got ('a1',) and 0 more; expected a key that is in no other row"),
        ("kind", ["thuis", "straat"], "column kind: got 'straat' and 0 more; expected one of thuis, buiten"),
        ("people_n", [-1, 3], "got -1 and 0 more; expected at least 0"),
        ("people_n", [51, 60], "got 51 and 1 more; expected at most 50"),
        ("hours", [-0.5, 1.0], "expected at least 0"),
        ("day", pd.to_datetime(["2019-12-31", "2020-01-01"]), "and 0 more; expected at least 2020-01-01"),
    ],
)
def test_a_value_outside_its_constraints_is_named(visits: pd.DataFrame, column: str, values: Any, said: str) -> None:
    assert said in wrong(visits.assign(**{column: values}))


def test_unique_values_may_not_repeat_and_missing_ones_may(descriptor: dict[str, Any], visits: pd.DataFrame) -> None:
    descriptor["fields"][3]["constraints"] = {"unique": True}
    schema.check(visits.assign(hours=pd.Series([None, None])), "visits")
    assert "column hours: got 2.5 and 0 more; expected a value that is in no other row" in wrong(
        visits.assign(hours=[2.5, 2.5])
    )


def test_a_key_of_two_columns_may_repeat_in_one_of_them(descriptor: dict[str, Any], visits: pd.DataFrame) -> None:
    descriptor["primaryKey"] = ["visit_id", "year"]
    schema.check(visits.assign(visit_id="a1", year=[2024, 2025]), "visits")
    assert "column visit_id + year: got ('a1', 2024)" in wrong(visits.assign(visit_id="a1", year=2024))


def test_categories_are_checked_by_their_values(descriptor: dict[str, Any], visits: pd.DataFrame) -> None:
    descriptor["fields"][0]["constraints"] = {"pattern": "[a-z][0-9]", "required": True}
    right = pd.concat([visits] * 3, ignore_index=True).assign(year=range(3 * len(visits)))
    descriptor["primaryKey"] = ["visit_id", "year"]
    as_category = right.assign(visit_id=pd.Categorical(right["visit_id"]))
    assert schema.check(as_category, "visits") is as_category
    spoiled = right["visit_id"].where(right.index > 1, "A!")
    assert "column visit_id: got 'A!' and 1 more" in wrong(right.assign(visit_id=pd.Categorical(spoiled)))
    empty = right["visit_id"].where(right.index > 0, None)
    assert "expected a value in every row" in wrong(right.assign(visit_id=pd.Categorical(empty)))


def test_a_key_may_not_be_missing(descriptor: dict[str, Any], visits: pd.DataFrame) -> None:
    descriptor["primaryKey"] = ["visit_id", "people_n"]
    assert "expected a key in every row" in wrong(visits)


def test_every_wrong_column_is_named_at_once(visits: pd.DataFrame) -> None:
    message = wrong(visits.assign(kind="straat", hours=-1.0, people_n=99))
    assert [part in message for part in ("column kind", "column hours", "column people_n")] == [True] * 3
    assert "\n" not in message


def test_a_reason_stands_beside_a_missing_value_only(visits: pd.DataFrame) -> None:
    schema.check(visits.assign(people_n_missing_reason=pd.Series([None, "refused"])), "visits")
    assert "expected no reason, as there is a value" in wrong(
        visits.assign(people_n_missing_reason=["refused", "refused"])
    )
    assert "expected a reason, as there is no value" in wrong(
        visits.assign(people_n_missing_reason=pd.Series([None, None]))
    )
    assert "got 'zomaar' and 0 more; expected one of not_recorded" in wrong(
        visits.assign(people_n_missing_reason=pd.Series([None, "zomaar"]))
    )
