"""The register of bundles, and what a bundle is packed with: licence, references that hold, an id of its content."""

import datetime as dt
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.bundles import BundleError, Consent, csv_form, packing, register
from bt_analysis.bundles.csv_form import CsvError
from bt_analysis.bundles.reading import sums
from bt_analysis.settings import ArchiveSettings, Workspace

LINE: dict[str, Any] = {
    "bundle_id": "tuin-1", "collective_id": "tuin", "data_version": "abc", "tables": "collective;activity",
    "consent_level": "openbaar", "valid_until": "2027-01-10", "checks_passed": True, "approved_by_role": "bestuur",
    "approved_on": "2026-01-10", "version": 1,
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


# The register


def test_a_register_that_is_not_there_has_no_lines(workspace: Workspace) -> None:
    lines = register.read(workspace)
    assert len(lines) == 0
    assert {"bundle_id", "withdrawn_on"} <= set(lines.columns)


def test_a_line_reads_back(workspace: Workspace) -> None:
    register.add(workspace, LINE)
    line = register.read(workspace).iloc[0]
    assert line["valid_until"] == pd.Timestamp("2027-01-10")
    assert bool(line["checks_passed"]) is True
    assert line["version"] == 1
    assert pd.isna(line["withdrawn_on"])
    schema.check(register.read(workspace).drop(columns="version_missing_reason"), "bundle")


def test_a_line_of_the_same_bundle_is_replaced_and_others_stay(workspace: Workspace) -> None:
    register.add(workspace, LINE)
    register.add(workspace, {**LINE, "bundle_id": "zon-1", "collective_id": "zon"})
    register.add(workspace, {**LINE, "approved_by_role": "leden"})
    lines = register.read(workspace).set_index("bundle_id")
    assert lines["approved_by_role"].to_dict() == {"zon-1": "bestuur", "tuin-1": "leden"}


def test_withdrawing_marks_all_bundles_of_one_collective(workspace: Workspace) -> None:
    for bundle_id, owner in (("tuin-1", "tuin"), ("tuin-2", "tuin"), ("zon-1", "zon")):
        register.add(workspace, {**LINE, "bundle_id": bundle_id, "collective_id": owner})
    register.withdraw(workspace, "tuin", dt.date(2026, 3, 1))
    gone = register.read(workspace).set_index("bundle_id")["withdrawn_on"]
    assert gone.dropna().to_dict() == dict.fromkeys(("tuin-1", "tuin-2"), pd.Timestamp("2026-03-01"))
    lines = register.read(workspace)
    assert register.withdrawals(lines, "tuin").tolist() == [pd.Timestamp("2026-03-01")] * 2
    assert register.withdrawals(lines, "zon").empty


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bundle_id", "Tuin 1"),
        ("bundle_id", None),
        ("consent_level", "iedereen"),
        ("consent_level", None),
        ("approved_by_role", "=cmd()"),
        ("version", 0),
    ],
)
def test_a_line_that_the_schema_does_not_know_is_refused(workspace: Workspace, field: str, value: Any) -> None:
    with pytest.raises(CsvError, match=f"column {field}"):
        register.add(workspace, {**LINE, field: value})
    assert register.read(workspace).empty


@pytest.mark.parametrize("text", ["", "bundle_id,name_of_member\n", "bundle_id\n\xff", "bundle_id\ntuin-1\ntuin-1\n"])
def test_a_register_that_was_spoilt_stops(workspace: Workspace, text: str) -> None:
    register.folder(workspace).mkdir(parents=True)
    (register.folder(workspace) / "bundle.csv").write_text(text, encoding="latin-1")
    with pytest.raises(BundleError, match=r"bundle\.csv: .*\. Put back an earlier copy"):
        register.read(workspace)


@pytest.mark.parametrize(("given", "until"), [(None, dt.date(2027, 1, 10)), (dt.date(2026, 2, 1), dt.date(2026, 2, 1))])
def test_consent_holds_a_year_unless_somebody_says_otherwise(given: dt.date | None, until: dt.date) -> None:
    assert Consent("bestuur", dt.date(2026, 1, 10), valid_until=given).until == until  # 10 January + 365 days


# Packing


def test_an_id_follows_from_the_tables_and_the_consent() -> None:
    tables = {"activity": b"a\n1\n"}
    own = packing.bundle_id(tables, LINE)
    assert own.startswith("tuin-")
    assert own == packing.bundle_id(dict(tables), dict(reversed(LINE.items())))
    assert own == packing.bundle_id(tables, {**LINE, "bundle_id": "x", "withdrawn_on": "2026-03-01", "source_id": None})
    others = [
        packing.bundle_id({"activity": b"a\n2\n"}, LINE),
        packing.bundle_id({"other": b"a\n1\n"}, LINE),
        *(packing.bundle_id(tables, {**LINE, name: "2030-01-01"}) for name in ("valid_until", "approved_on", "tables")),
        packing.bundle_id(tables, {**LINE, "version": 2}),
    ]
    assert len({own, *others}) == 1 + len(others)


def test_a_zip_has_no_clock_and_no_order_of_its_own() -> None:
    files = {"b.csv": b"b", "a.csv": b"a"}
    first = packing.zipped(files)
    assert first == packing.zipped(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == ["a.csv", "b.csv"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in archive.infolist()} == {3}


def test_a_digest_is_that_of_the_lines() -> None:
    assert packing.digest(["a", "b"]) == hashlib.sha256(b"a\nb").hexdigest()
    assert packing.digest(["a", "b"]) != packing.digest(["b", "a"])


def test_a_resource_says_what_its_file_is() -> None:
    content = b"a\n1\n"
    made = packing.resource("activity", content, {"title": "Activiteit", "fields": []}, {"name": "CC0-1.0"})
    assert made["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert made["bytes"] == 4
    assert (made["path"], made["title"]) == ("activity.csv", "Activiteit")
    assert made["licenses"] == [{"name": "CC0-1.0"}]


@pytest.mark.parametrize(
    ("level", "name", "has_path"),
    [("openbaar", "CC-BY-4.0", True), ("gemeente", "LicenseRef-bt-gemeente", False),
     ("bewoners", "LicenseRef-bt-bewoners", False)],
)  # fmt: skip
def test_only_what_is_public_has_an_open_licence(level: str, name: str, has_path: bool) -> None:
    licence = packing.licence_of(level, ArchiveSettings())
    assert licence["name"] == name
    assert ("path" in licence) is has_path


def test_references_that_do_not_hold_are_left_out() -> None:
    def link(table: str) -> dict[str, Any]:
        return {"fields": ["activity_id"], "reference": {"resource": table, "fields": ["activity_id"]}}

    tables = {
        "participation": pd.DataFrame({"activity_id": ["a", "b", None]}),
        "whole": pd.DataFrame({"activity_id": ["a", "b", "c"]}),
        "part": pd.DataFrame({"activity_id": ["a"]}),
    }
    own = {"name": "participation", "foreignKeys": [link("whole"), link("part"), link("elsewhere")]}
    kept = packing.linked(tables, {"participation": own, "whole": {"name": "whole"}})
    assert kept["participation"]["foreignKeys"] == [link("whole")]
    assert kept["whole"] == {"name": "whole"}
    none = packing.linked(tables, {"participation": {"foreignKeys": [link("part")]}})
    assert "foreignKeys" not in none["participation"]
    assert len(own["foreignKeys"]) == 3  # the schema itself is as it was


def test_a_table_of_figures_travels_by_its_own_schema_and_a_record_may_be_emptied() -> None:
    assert packing.descriptor_of("analysed_estimates") == schema.load("analysed_estimates")
    persons = {field["name"]: field for field in packing.descriptor_of("contribution")["fields"]}["persons_n"]
    assert "required" not in persons["constraints"]
    delivered = {field["name"]: field for field in schema.load("contribution")["fields"]}["persons_n"]
    assert delivered["constraints"]["required"] is True


def test_an_error_names_the_table(make: Any) -> None:
    rows = make.monitoring("activity", {"title": "@x"})
    with pytest.raises(CsvError, match="table activity, column title: got text that begins with '@'"):
        packing.as_csv({"activity": rows})


def test_a_description_is_json_that_people_can_read() -> None:
    content = packing.as_json({"title": "Coördinatie"})
    assert "Coördinatie" in content.decode()
    assert json.loads(content) == {"title": "Coördinatie"}
    assert content.endswith(b"}\n")


# Sums


def test_sums_go_over_the_longest_period_of_each(page: Any) -> None:
    collectives = page.collectives(
        {"period": "2023"}, {"period": "2024"}, {"period": "2023-2024"}, {"collective_id": "zon", "period": "2024"}
    )
    estimates = page.estimates(
        {"period": "2023", "indicator_id": "contacts_n", "value": 10},
        {"period": "2024", "indicator_id": "contacts_n", "value": 20},
        {"period": "2023-2024", "indicator_id": "contacts_n", "value": 30},
        {"collective_id": "zon", "period": "2024", "indicator_id": "contacts_n", "value": 5},
        {"collective_id": "zon", "period": "2024", "indicator_id": "activities_n", "gate": "onderdrukt",
         "missing_reason": "suppressed"},
    )  # fmt: skip
    total = sums(estimates, collectives, synthetic=True)
    assert total["value"].tolist() == [30 + 5]  # not 10 and 20, which are in the 30
    assert total["n"].tolist() == [2]
    assert total["synthetic"].tolist() == [True]


def test_sums_over_nobody_are_no_rows(page: Any) -> None:
    assert len(sums(page.estimates(), page.collectives(), synthetic=False)) == 0


def test_a_csv_says_which_cell_could_not_be_read() -> None:
    with pytest.raises(CsvError, match=r"column consent_level, row 2: got 'x'; expected a string"):
        csv_form.parse(b"bundle_id,collective_id,consent_level\na,a,x\n", schema.load("bundle"))
