"""What to ask for: an id or a family in; tables, hosts and members out. Families and catalogue are typed here."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.indicators import load_families
from bt_analysis.settings import Workspace
from bt_analysis.sources import cached, cbs, targets
from bt_analysis.sources.odata import SourceRejected
from bt_analysis.sources.selection import select
from tests.test_cbs import PROPERTIES, ROWS, TABLE, published

POLICE, HEALTH, DISTANCES = (load_families()[name] for name in ("police", "health", "proximity"))


def crime(make: Any, key: str, member: str, source: str = "police") -> Any:
    return make.indicator(key, source=source, choices={"SoortMisdrijf": member}, find=({"name": "X", "unit": "x"},))


# A table by its id


@pytest.mark.parametrize(
    ("table_id", "host"),
    [("84799NED", "opendata"), ("50150NED", "dataderden"), ("50090ned", "dataderden"), ("1NED", "opendata")],
)
def test_the_host_of_a_table_is_that_of_its_family(table_id: str, host: str) -> None:
    wanted = targets.named(table_id)
    assert (wanted.table_id, wanted.host, wanted.where, wanted.back_end) == (table_id, host, {}, "odata3")


def test_the_back_end_goes_along(make: Any) -> None:
    assert targets.named("84799NED", "csv").back_end == "csv"
    assert {one.back_end for one in targets.of_family(DISTANCES, make.catalogue(), (), "odata4")} == {"odata4"}


# A family


def test_only_the_members_that_indicators_take_are_asked_for(make: Any) -> None:
    catalogue = make.catalogue(
        crime(make, "b", "1.1.1"), crime(make, "a", "0.0.0"), crime(make, "c", "9", source="ses")
    )
    assert [one.where for one in targets.of_family(POLICE, catalogue)] == [{"SoortMisdrijf": ("0.0.0", "1.1.1")}]


def test_a_family_without_members_of_its_own_is_fetched_whole(make: Any) -> None:
    assert [one.where for one in targets.of_family(HEALTH, make.catalogue(crime(make, "a", "0.0.0")))] == [{}]


def test_the_years_choose_among_the_tables_of_a_family(make: Any) -> None:
    of_each_year = replace(DISTANCES, tables={"A": (2020,), "B": (2021, 2022), "C": (2024,)})
    asked = targets.of_family(of_each_year, make.catalogue(), range(2022, 2025))
    assert [one.table_id for one in asked] == ["B", "C"]
    assert [one.table_id for one in targets.of_family(of_each_year, make.catalogue())] == ["A", "B", "C"]


def test_years_between_two_tables_list_the_years_there_are(make: Any) -> None:
    of_some_years = replace(DISTANCES, tables={"A": (2020,), "C": (2024,)})
    with pytest.raises(SourceRejected, match=r"no table of 2021-2023; expected one of 2020, 2024\. Name others"):
        targets.of_family(of_some_years, make.catalogue(), range(2021, 2024))


def test_a_family_of_files_is_refused_before_anything_is_asked(make: Any) -> None:
    files = load_families()["leefbaarometer"]
    with pytest.raises(SourceRejected, match="'leefbaarometer': its tables are files, which no server gives"):
        targets.of_family(files, make.catalogue())


# Where it lies


def test_the_whole_table_goes_before_a_selection_of_it(make: Any, tmp_path: Path) -> None:
    catalogue, workspace = make.catalogue(crime(make, "a", "0.0.0")), Workspace(tmp_path)
    assert targets.fetched_folder("47018NED", POLICE, catalogue, workspace) is None
    selection = cached.folder_of("47018NED", {"SoortMisdrijf": ("0.0.0",)}, workspace)
    selection.mkdir(parents=True)
    assert targets.fetched_folder("47018NED", POLICE, catalogue, workspace) == selection
    whole = tmp_path / "data/raw/cbs/47018NED"
    whole.mkdir()
    assert targets.fetched_folder("47018NED", POLICE, catalogue, workspace) == whole


def test_a_family_is_fetched_by_its_members_and_read_back(make: Any, tmp_path: Path) -> None:
    kinds = ["0.0.0 ", "1.1.1 ", "2.2.2 "]
    rows = pd.concat([ROWS.assign(SoortMisdrijf=kind, AantalInwoners_5=int(kind[0])) for kind in kinds])
    dimension = {"odata.type": "Cbs.OData.Dimension", "ID": 9, "ParentID": None, "Key": "SoortMisdrijf", "Title": ""}
    members = {
        "SoortMisdrijf": [{"Key": kind, "Title": kind} for kind in kinds],
        "WijkenEnBuurten": [{"Key": code, "Title": code} for code in ROWS["WijkenEnBuurten"]],
    }
    family = replace(POLICE, host="opendata", tables={TABLE: (2020,)})
    catalogue = make.catalogue(crime(make, "a", "0.0.0"), crime(make, "b", "2.2.2"))
    workspace = Workspace(tmp_path / "workspace")
    (wanted,) = targets.of_family(family, catalogue)
    with published(tmp_path, rows, [*PROPERTIES, dimension], members, info={"RecordCount": 15}) as here:
        fetched = cbs.fetch_table(wanted, workspace, here)
    assert fetched.rows == 10  # 5 regions x 2 of the 3 kinds
    folder = targets.fetched_folder(TABLE, family, catalogue, workspace)
    assert folder == fetched.folder
    assert not (workspace.raw / "cbs" / TABLE).exists()
    assert folder is not None
    of_2020 = select(cbs.read_table(folder), {"SoortMisdrijf": "2.2.2"})[2020]
    assert of_2020.rows["AantalInwoners_5"].tolist() == [2] * 5
