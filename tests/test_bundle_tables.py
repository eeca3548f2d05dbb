"""Every monitoring table on its way through a bundle: its own examples go in, and come out as they were."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.bundles import csv_form, packing
from bt_analysis.disclosure import records
from bt_analysis.sources import typed_tables

TRAVELS = [name for name in schema.MONITORING if schema.protection(name) != records.NEVER]
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def example(name: str) -> bytes:
    """Return a CSV with the example of every field of a schema, and a second row with only what must be there."""
    fields = schema.load(name)["fields"]
    keys = schema.key(schema.load(name))
    full = [text(field) for field in fields]
    least = [
        ("other" if field["type"] == "string" and "enum" not in field["constraints"] else text(field))
        if field["name"] in keys[:1]
        else text(field)
        if field.get("constraints", {}).get("required")
        else ""
        for field in fields
    ]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[field["name"] for field in fields], full, least])
    return out.getvalue().encode()


def text(field: dict[str, Any]) -> str:
    """Write the example of a field as our own files write it."""
    value = field["example"]
    if isinstance(value, bool):
        return "true" if value else "false"
    if field["type"] == "number":
        return csv_form._number(float(value))
    return str(value)


@pytest.mark.parametrize("name", TRAVELS)
def test_a_table_comes_out_as_it_went_in(name: str) -> None:
    descriptor = packing.descriptor_of(name)
    content = example(name)
    table = csv_form.parse(content, descriptor)
    assert len(table) == 2
    assert csv_form.write(table, descriptor) == content


@pytest.mark.parametrize("name", TRAVELS)
def test_a_table_has_the_types_that_a_delivered_one_has(name: str) -> None:
    table, delivered = csv_form.parse(example(name), schema.load(name)), typed_tables.empty(name)
    assert {column: str(dtype) for column, dtype in table.dtypes.items()} == {
        column: str(dtype) for column, dtype in delivered.dtypes.items()
    }


@pytest.mark.parametrize("name", TRAVELS)
def test_a_table_without_rows_comes_out_as_it_went_in(name: str) -> None:
    descriptor = packing.descriptor_of(name)
    content = csv_form.write(typed_tables.empty(name), descriptor)
    assert content.count(b"\n") == 1
    assert len(csv_form.parse(content, descriptor)) == 0


@pytest.mark.parametrize("name", TRAVELS)
def test_what_is_left_of_a_table_of_few_people_reads_back(name: str) -> None:
    # Every row of it is taken for one of few people, so all of its measures are suppressed.
    descriptor = packing.descriptor_of(name)
    table = csv_form.parse(example(name), descriptor)
    hidden = records.without_text(
        records.suppressed(table, schema.load(name), pd.Series(True, index=table.index)), schema.load(name)
    )
    back = csv_form.parse(csv_form.write(hidden, descriptor), descriptor)
    for measure in (field["name"] for field in records.measures(schema.load(name))):
        assert back[measure].isna().all(), measure
        was_there = bool(table[measure].iloc[0] is not pd.NA)
        assert not was_there or back[f"{measure}{schema.REASON_SUFFIX}"].iloc[0] == "suppressed", measure
    kept = [field["name"] for field in descriptor["fields"] if field["name"] not in records.may_be_missing(descriptor)]
    for column in kept:
        if column not in ("suppressed", *records.CODERS):  # who judged gets a number of the collective
            pd.testing.assert_series_equal(back[column], table[column])


def test_frictionless_reads_every_table_as_it_travels(tmp_path: Path) -> None:
    tables: dict[str, pd.DataFrame] = {}
    resources: list[dict[str, Any]] = []
    for name in TRAVELS:
        descriptor = packing.descriptor_of(name)
        tables[name] = csv_form.parse(example(name), descriptor)
    linked = packing.linked(tables, {name: packing.descriptor_of(name) for name in TRAVELS})
    for name, table in tables.items():
        content = csv_form.write(table, linked[name])
        (tmp_path / f"{name}.csv").write_bytes(content)
        resources.append(packing.resource(name, content, linked[name], {"name": "CC0-1.0", "title": "CC0"}))
    package = {"$schema": PROFILE, "name": "all", "resources": resources}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "fieldName", "message"])
    assert report.stats["tasks"] == len(TRAVELS)


@pytest.mark.parametrize("name", TRAVELS)
def test_people_of_one_table_are_measures_of_it(name: str) -> None:
    measures = [field["name"] for field in records.measures(schema.load(name))]
    assert set(schema.person_fields(name)) <= set(measures)


def test_of_a_public_table_nothing_is_suppressed() -> None:
    for name in TRAVELS:
        if schema.protection(name) == "L3":
            table = csv_form.parse(example(name), packing.descriptor_of(name))
            assert records.without_small_groups(table, schema.load(name), 10**9) is table


def test_of_every_other_table_a_small_count_takes_the_measures_along() -> None:
    looked_at = 0
    for name in TRAVELS:
        people = schema.person_fields(name)
        if schema.protection(name) != "L3" and people:
            table = csv_form.parse(example(name), packing.descriptor_of(name))
            out = records.without_small_groups(table.assign(**{people[0]: pd.array([3, 3])}), schema.load(name), 10)
            assert out[[field["name"] for field in records.measures(schema.load(name))]].isna().all(axis=None), name
            looked_at += 1
    assert looked_at >= 5  # participation, contribution, survey_wave, measurement, coop_scan …
