"""Descriptors: what a schema says of its columns, and that nobody can change it for somebody else."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import frictionless
import pytest

from bt_analysis import descriptors
from bt_analysis.descriptors import Reference

PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"


# What a schema says


def test_foreign_keys_name_column_table_and_field() -> None:
    assert descriptors.foreign_keys("participation") == [
        Reference("activity_id", "activity", "activity_id"),
        Reference("source_id", "source", "source_id"),
    ]
    assert Reference("question_id", "research_question", "rq_id") in descriptors.foreign_keys("experiment")


def test_a_table_that_refers_to_nothing_has_no_foreign_keys() -> None:
    assert descriptors.foreign_keys("source") == []
    assert descriptors.foreign_keys("joined_context") == []


def test_lists_of_ids_are_references_too() -> None:
    found = descriptors.references("survey_wave")
    assert found[: len(found) - 1] == descriptors.foreign_keys("survey_wave")
    assert found[-1] == Reference("instrument_ids", "instrument", "instrument_id", many=True)


def test_a_list_says_what_its_members_are() -> None:
    found = descriptors.list_fields("survey_wave")
    assert found == {"instrument_ids": {"resource": "instrument", "field": "instrument_id"}, "languages": {}}
    assert descriptors.list_fields("collective")["domains"]["enum"][0] == "gezondheid"
    assert descriptors.list_fields("participation") == {}


def test_counts_of_people_and_texts_of_people_are_told() -> None:
    assert descriptors.person_fields("participation") == ["contacts_n", "unique_n", "first_time_n"]
    assert descriptors.person_fields("rate") == []
    assert descriptors.free_text_fields("obstacle") == ["how"]
    assert descriptors.free_text_fields("participation") == []


def test_answers_of_people_stay_with_the_collective() -> None:
    levels = {name: descriptors.protection(name) for name in ("response_item", "interaction", "activity", "decision")}
    assert levels == {"response_item": "L1", "interaction": "L1", "activity": "L2", "decision": "L3"}


def test_an_unknown_table_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        descriptors.SchemaError,
        match=r"'enquete' does not exist; expected one of across_bundles, across_left, activity",
    ):
        descriptors.protection("enquete")


@pytest.mark.parametrize(
    ("descriptor", "expected"), [({}, []), ({"primaryKey": "a"}, ["a"]), ({"primaryKey": ["a", "b"]}, ["a", "b"])]
)
def test_a_key_may_be_a_word_or_a_list_or_nothing(descriptor: dict[str, Any], expected: list[str]) -> None:
    assert descriptors.key(descriptor) == expected


# The same schema for everybody


def test_a_schema_is_read_once_and_is_what_the_file_says() -> None:
    path = Path(descriptors.__file__).parent / "schemas" / "activity.json"
    assert descriptors.load("activity") is descriptors.load("activity")
    assert descriptors.load("activity") == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(title="x"),
        lambda d: d.pop("title"),
        lambda d: d.setdefault("more", 1),
        lambda d: d.clear(),
        lambda d: d.popitem(),
        lambda d: d.__setitem__("title", "x"),
        lambda d: d.__delitem__("title"),
        lambda d: d.__ior__({"title": "x"}),
        lambda d: d["fields"].append({}),
        lambda d: d["fields"].pop(),
        lambda d: d["fields"].clear(),
        lambda d: d["fields"].extend([{}]),
        lambda d: d["fields"].insert(0, {}),
        lambda d: d["fields"].remove(d["fields"][0]),
        lambda d: d["fields"].reverse(),
        lambda d: d["fields"].sort(),
        lambda d: d["fields"].__setitem__(0, {}),
        lambda d: d["fields"].__delitem__(0),
        lambda d: d["fields"].__iadd__([{}]),
        lambda d: d["fields"].__imul__(2),
        lambda d: d["fields"][0].update(title="x"),
        lambda d: d["fields"][3]["constraints"]["enum"].append("x"),
    ],
)
def test_a_schema_cannot_be_changed(change: Any) -> None:
    before = json.dumps(descriptors.load("activity"))
    with pytest.raises(TypeError, match=r"cannot be changed.*deepcopy"):
        change(descriptors.load("activity"))
    assert json.dumps(descriptors.load("activity")) == before


def test_a_copy_may_be_changed() -> None:
    mine = copy.deepcopy(descriptors.load("activity"))
    mine["fields"][3]["constraints"]["enum"].append("x")
    mine["title"] = "mine"
    assert "x" not in descriptors.load("activity")["fields"][3]["constraints"]["enum"]
    assert descriptors.load("activity")["title"] == "Activiteit"


def test_a_schema_goes_to_another_process_and_stays_closed() -> None:
    sent = pickle.loads(pickle.dumps(descriptors.load("activity")))  # noqa: S301 - made here
    assert sent == descriptors.load("activity")
    with pytest.raises(TypeError, match="cannot be changed"):
        sent["fields"].append({})
    assert pickle.loads(pickle.dumps(sent["fields"])) == sent["fields"]  # noqa: S301 - made here


def test_names_are_a_list_of_your_own() -> None:
    descriptors.names().clear()
    assert "activity" in descriptors.names()


# A schema as it stands in a package


def test_a_package_keeps_the_columns_and_the_foreign_keys_that_it_can_follow() -> None:
    found = descriptors.of_package("activity", ["activity_id", "collective_id", "title"], ["collective", "activity"])
    assert [field["name"] for field in found["fields"]] == ["activity_id", "collective_id", "title"]
    assert [foreign["fields"] for foreign in found["foreignKeys"]] == [["collective_id"]]
    assert found["primaryKey"] == ["activity_id"]


def test_a_foreign_key_of_a_column_that_is_not_delivered_is_left_out() -> None:
    found = descriptors.of_package("activity", ["activity_id", "title"], ["collective", "activity"])
    assert "foreignKeys" not in found


def test_a_table_without_its_whole_key_has_no_key() -> None:
    found = descriptors.of_package("participation", ["activity_id", "period_start", "contacts_n"], ["participation"])
    assert "primaryKey" not in found
    assert found["missingValues"] == descriptors.load("participation")["missingValues"]


def test_what_is_made_for_a_package_is_nobody_elses() -> None:
    found = descriptors.of_package("activity", ["activity_id", "title"], [])
    found["fields"].clear()
    assert len(descriptors.load("activity")["fields"]) > 10


def test_a_package_of_two_tables_is_whole_for_frictionless(tmp_path: Path) -> None:
    rows = {
        "collective": "collective_id,name,primary_domain\nzon,Zon,welzijn\n",
        "activity": "activity_id,collective_id,title,domain,activity_type,start\n"
        "koffie,zon,Koffie,welzijn,ontmoeting,2025-01-15\n",
    }
    resources = []
    for name, text in rows.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        described = descriptors.of_package(name, text.partition("\n")[0].split(","), rows)
        resources.append({"name": name, "path": f"{name}.csv", "schema": described})
    description = {"$schema": PACKAGE, "name": "zon", "resources": resources}
    report = frictionless.Package.from_descriptor(description, basepath=str(tmp_path)).validate()
    assert report.valid, report.flatten(["type", "message"])
    (tmp_path / "activity.csv").write_text(rows["activity"].replace(",zon,", ",maan,"), encoding="utf-8")
    report = frictionless.Package.from_descriptor(description, basepath=str(tmp_path)).validate()
    assert report.flatten(["type"]) == [["foreign-key"]]
