"""A collective that keeps every table: its bundle holds all that may travel, whole for frictionless and for us."""

import json
import zipfile
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest

from bt_analysis import bundles, schema
from tests.bundle_workspace import CONSENT, SETTINGS, TODAY, Built
from tests.whole_package import WHOLE, typed_table

STAYS = {"claim", "response_item", "interaction", "bundle"}


@pytest.fixture
def unpacked(tmp_path: Path, make: Any, page: Any) -> tuple[Built, Path]:
    """Build, bundle and unpack."""
    here = Built(tmp_path / "workspace", make, page)
    tables = {name: typed_table(name, rows).reset_index(drop=True) for name, rows in WHOLE.items()}
    tables["collective"] = tables["collective"].assign(release_level="openbaar")
    here.deliver("zon", level="openbaar", **tables)
    here.estimate("zon", indicator_id="contacts_n", value=90.0)
    here.write()
    path = bundles.make(here.workspace, SETTINGS, here.packages["zon"], CONSENT)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    return here, tmp_path / "unpacked"


def test_every_table_that_may_travel_is_there_and_frictionless_finds_nothing_wrong(
    unpacked: tuple[Built, Path],
) -> None:
    folder = unpacked[1]
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "fieldName", "message"])
    there = {path.stem for path in folder.glob("*.csv")}
    assert {name for name in there if not name.startswith("analysed_")} == {*schema.MONITORING} - STAYS


def test_what_people_wrote_stays_behind_without_their_consent(unpacked: tuple[Built, Path]) -> None:
    looked_at = 0
    for path in unpacked[1].glob("*.csv"):
        texts = schema.free_text_fields(path.stem)
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        if texts:
            silent = rows[~rows["text_consent"].isin(["true", "True", "ja"])]
            assert silent[texts].isin(["", "onderdrukt"]).all(axis=None), path.stem
            looked_at += bool(len(silent))
    assert looked_at >= 10


def test_no_count_of_fewer_people_than_the_smallest_cell_travels(unpacked: tuple[Built, Path]) -> None:
    smallest, looked_at = SETTINGS.disclosure.min_cell, 0
    for path in unpacked[1].glob("*.csv"):
        people = schema.person_fields(path.stem)
        if people and schema.protection(path.stem) == "L2":
            counts = [cell for row in pd.read_csv(path, dtype=str)[people].to_numpy() for cell in row]
            numbers = [int(count) for count in counts if str(count).isdigit()]
            assert not [number for number in numbers if 1 <= number < smallest], path.stem
            looked_at += len(counts)
    assert looked_at > 10


def test_it_is_read_again_as_it_was_packed(unpacked: tuple[Built, Path]) -> None:
    here, folder = unpacked
    given = bundles.read_all(here.workspace, TODAY)
    assert given.refused == ()
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert given.lines["tables"].tolist() == [";".join(one["name"] for one in described["resources"])]
