"""The starter set of indicators that ships with the package: what its schema says, and fit for every collective."""

from __future__ import annotations

import csv
from pathlib import Path

import frictionless
import pytest

import bt_analysis
from bt_analysis import indicators, schema
from bt_analysis.sources import cells

FILE = Path(bt_analysis.__file__).parent / "registers" / "indicator.csv"
RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"
INSTRUMENTS = {"srh_1", "djg6_2006", "ons4", "brs_2008", "cohesie_cbs_ssw", "spcs_r_2006"}

with FILE.open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))


def test_the_columns_are_those_of_the_schema() -> None:
    assert list(ROWS[0]) == [field["name"] for field in schema.load("indicator")["fields"]]


def test_frictionless_finds_nothing_wrong() -> None:
    described = schema.of_package("indicator", list(ROWS[0]), ["indicator"])
    resource = frictionless.Resource.from_descriptor(
        {"$schema": RESOURCE, "name": "indicator", "path": FILE.name, "schema": described}, basepath=str(FILE.parent)
    )
    report = resource.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["indicator_id"])
def test_every_cell_can_be_read(row: dict[str, str]) -> None:
    for field in schema.load("indicator")["fields"]:
        reading = cells.read(row[field["name"]], field, from_text=True)
        assert reading.problem is None, f"{field['name']}: {row[field['name']]!r}"
    assert row["label_nl"]
    assert row["label_en"]
    assert row["definition"]
    assert row["core"] == "true"


def test_every_domain_has_an_indicator() -> None:
    options = {field["name"]: field for field in schema.load("indicator")["fields"]}["domain"]["constraints"]["enum"]
    assert {row["domain"] for row in ROWS} == set(options)


def test_ids_and_labels_are_unique() -> None:
    for column in ("indicator_id", "label_nl", "label_en"):
        assert len({row[column] for row in ROWS}) == len(ROWS) == 18


def test_what_people_answer_has_an_instrument_and_what_is_counted_has_none() -> None:
    assert {row["instrument_id"] for row in ROWS} - {""} == INSTRUMENTS
    for row in ROWS:
        assert bool(row["instrument_id"]) == (row["source_type"] == "enquete")
        # The instrument and what is made of it, so that two instruments can never share an indicator.
        assert row["indicator_id"].startswith(row["instrument_id"])


def test_a_measure_of_iati_agrees_with_the_unit() -> None:
    # IATI: 1 is a unit, 2 a percentage, 4 an ordinal scale.
    for row in ROWS:
        assert (row["iati_measure"] == "2") == (row["unit"] == "%")
    assert [row["indicator_id"] for row in ROWS if row["iati_measure"] == "4"] == ["ladder_level"]


def test_a_figure_of_cbs_has_the_name_that_the_catalogue_gives_it() -> None:
    known = indicators.load()
    assert [row["indicator_id"] for row in ROWS if row["source_type"] == "register"] == ["gas_m3_per_dwelling"]
    (gas,) = (row for row in ROWS if row["indicator_id"] == "gas_m3_per_dwelling")
    assert (gas["unit"], gas["result_level"]) == (known["gas_m3_per_dwelling"].unit, "context")
    assert {row["indicator_id"] for row in ROWS} & set(known) == {"gas_m3_per_dwelling"}
