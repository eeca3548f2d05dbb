"""Real tables of CBS, served on loopback from recorded answers that stay outside the repository."""

from pathlib import Path

import pandas as pd
import pytest

from bt_analysis.demo import server
from bt_analysis.settings import CbsSettings, Workspace
from bt_analysis.sources import cbs
from bt_analysis.sources.table import base_name

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "cbs_tables"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded CBS tables in {RECORDED}")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, cbs.CbsTable]:
    workspace = Workspace(tmp_path_factory.mktemp("real"))
    with server.serve(RECORDED) as address:
        settings = CbsSettings.model_validate({"base_url": address})
        ids = ("84799NED", "83765NED", "83583NED")
        folders = [cbs.fetch_table(table, workspace, settings).folder for table in ids]
    return {folder.name: cbs.read_table(folder) for folder in folders}


def test_kwb_2020_gives_the_figures_cbs_published(tables: dict[str, cbs.CbsTable]) -> None:
    table = tables["84799NED"]
    inhabitants = table.rows.set_index("WijkenEnBuurten")["AantalInwoners_5"]
    assert inhabitants["GM0546"] == 125_099  # Leiden
    assert inhabitants["BU05991088"] == 3_360  # Noordereiland, Rotterdam
    assert inhabitants["NL00"] == 17_407_585
    assert (table.year, table.division_year, table.modified) == (2020, 2020, "2021-03-26T02:00:00")


def test_kwb_2020_is_complete(tables: dict[str, cbs.CbsTable]) -> None:
    rows = tables["84799NED"].rows
    levels = rows["SoortRegio_2"].value_counts().to_dict()
    assert levels == {"Land": 1, "Gemeente": 355, "Wijk": 3_177, "Buurt": 13_808}
    assert len(rows) == 1 + 355 + 3_177 + 13_808 == 17_341
    assert (rows["WijkenEnBuurten"] == rows["Codering_3"]).all()  # stripped alike


def test_one_name_is_not_one_place(tables: dict[str, cbs.CbsTable]) -> None:
    labels = tables["84799NED"].labels
    named = labels[labels["title"] == "Noordereiland"]["regiocode"]
    assert {"BU05991088"} < set(named)  # Rotterdam's is one of several: names never join
    assert labels["regiocode"].is_unique


def test_municipalities_add_up_to_the_country(tables: dict[str, cbs.CbsTable]) -> None:
    rows = tables["84799NED"].rows
    by_level = rows.groupby("SoortRegio_2")["AantalInwoners_5"].sum()
    assert by_level["Gemeente"] == by_level["Land"] == 17_407_585


def test_equal_titles_are_told_apart_by_their_path(tables: dict[str, cbs.CbsTable]) -> None:
    properties = tables["84799NED"].properties
    flats = properties[properties["title"] == "Appartement"].set_index("unit")["path"]
    assert set(flats.index) == {"kWh", "m³"}
    assert flats["kWh"] != flats["m³"]


def test_kwb_2017_has_its_own_division(tables: dict[str, cbs.CbsTable]) -> None:
    table = tables["83765NED"]
    assert (table.year, table.division_year, len(table.rows)) == (2017, 2017, 16_667)


def test_a_table_of_three_dimensions_without_regions(tables: dict[str, cbs.CbsTable]) -> None:
    table = tables["83583NED"]
    assert len(table.rows) == 124 * 6 * 10 == 7_440  # branches × sizes × periods
    assert table.region_column == ""
    assert pd.api.types.is_float_dtype(table.rows["BanenVanWerknemersInDecember_1"])


def test_every_key_is_made_of_its_title(tables: dict[str, cbs.CbsTable]) -> None:
    for table in tables.values():
        topics = table.properties
        assert [base_name(title) for title in topics["title"]] == list(topics["name"]), table.table_id
