"""One table, three ways to get it: OData v3, OData v4 and the ZIP of CSV files give the same canonical table.

Keys differ (v4 has identifiers of measures), and texts such as Gemeentenaam are only in v3. The real tables lie outside
the repository; they are read, never copied into it.
"""

import gzip
import json
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from bt_analysis.demo import cbs_tables, municipality, population, server
from bt_analysis.settings import CbsSettings, SettingsError, Workspace
from bt_analysis.sources import cbs, long_form
from bt_analysis.sources.raw_table import spelled
from bt_analysis.sources.table import CbsTable, base_name
from tests import datasets_server

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
RECORDED = SHARED / "cbs_tables"
METADATA = SHARED / "metadata" / "83765NED_2017_odata_v4"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded CBS tables in {RECORDED}")
described = pytest.mark.skipif(not METADATA.is_dir(), reason=f"no recorded metadata of OData v4 in {METADATA}")

SEED = 20260101
MEANING = ["name", "title", "unit", "decimals", "datatype", "path"]
BACK_ENDS = ["odata4", "csv"]


def fetch(folder: Path, table_id: str, back_end: str, into: Path) -> CbsTable:
    """Serve a table of v3 in the way of a back end, fetch it and read it."""
    workspace, wanted = Workspace(into / back_end), cbs.Wanted(table_id, back_end=back_end)
    if back_end == "odata3":
        with server.serve(folder) as address:
            settings = CbsSettings.model_validate({"base_url": address})
            return cbs.read_table(cbs.fetch_table(wanted, workspace, settings).folder)
    with datasets_server.serve({table_id: datasets_server.from_v3(folder / table_id)}) as address:
        settings = CbsSettings.model_validate({"datasets_url": address})
        return cbs.read_table(cbs.fetch_table(wanted, workspace, settings).folder)


def assert_same(v3: CbsTable, other: CbsTable) -> None:
    """Compare the tables topic by topic, as numbers; a topic is known by its name, path and unit."""
    numbers = v3.properties[v3.properties["datatype"] != "String"].reset_index(drop=True)
    pd.testing.assert_frame_equal(numbers[MEANING], other.properties[MEANING])
    dimensions = [key for key in v3.rows if key != "ID" and key not in set(v3.properties["key"])]
    ours = v3.rows[[*dimensions, *numbers["key"]]].set_index(dimensions)
    theirs = other.rows.set_index(dimensions).set_axis(list(numbers["key"]), axis=1)
    if not other.region_column:  # then a row without any figure is in v3, and need not be in the long form
        ours, theirs = ours.dropna(how="all"), theirs.dropna(how="all")
    pd.testing.assert_frame_equal(ours.sort_index(), theirs.sort_index())
    pd.testing.assert_frame_equal(v3.labels, other.labels)
    assert (v3.table_id, v3.title, v3.year, v3.division_year) == (
        *(other.table_id, other.title, other.year, other.division_year),
    )
    assert (v3.region_column, v3.time_column) == (other.region_column, other.time_column)
    assert list(v3.members) == list(other.members)
    for dimension, found in v3.members.items():
        pd.testing.assert_frame_equal(found, other.members[dimension])


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demonstration")
    cells = municipality.draw(SEED)
    exact = population.figures(cells, (2024,), (), SEED)
    cbs_tables.write_table(cbs_tables.make_table(cells, exact, 2024, SEED), folder)
    return folder


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_the_demonstration(demonstration: Path, back_end: str, tmp_path: Path) -> None:
    table = "99024SYN"
    assert_same(fetch(demonstration, table, "odata3", tmp_path), fetch(demonstration, table, back_end, tmp_path))


def test_texts_are_only_in_v3(demonstration: Path, tmp_path: Path) -> None:
    v3 = fetch(demonstration, "99024SYN", "odata3", tmp_path).properties
    v4 = fetch(demonstration, "99024SYN", "odata4", tmp_path).properties
    absent = set(v3["name"]) - set(v4["name"])
    assert {"Gemeentenaam", "SoortRegio", "Codering", "MeestVoorkomendePostcode"} < absent
    assert any(name.startswith("Indelingswijziging") for name in absent)  # the flag for comparable areas
    assert set(v3[v3["datatype"] != "String"]["name"]) == set(v4["name"])


def of_some_gemeenten(table_id: str, into: Path) -> Path:
    """Write a recorded table with Groningen, Rotterdam and the country only, which takes seconds instead of minutes."""
    source, folder = RECORDED / table_id, into / "tables" / table_id
    folder.mkdir(parents=True)
    some = r"^(?:NL|GM0014|WK0014|BU0014|GM0599|WK0599|BU0599)"
    rows = pd.read_parquet(source / "TypedDataSet.parquet")
    rows = rows[rows["WijkenEnBuurten"].str.contains(some)]
    rows.to_parquet(folder / "TypedDataSet.parquet", index=False)
    for file in source.glob("*.json*"):
        shutil.copy(file, folder)
        (folder / file.name).chmod(0o644)
    info = json.loads((source / "TableInfos.json").read_text(encoding="utf-8"))
    text = json.dumps([info[0] | {"RecordCount": len(rows)}])
    (folder / "TableInfos.json").write_text(text, encoding="utf-8")
    packed = folder / "WijkenEnBuurten.json.gz"
    regions = pd.DataFrame(json.loads(gzip.decompress(packed.read_bytes())))
    kept = regions[regions["Key"].str.contains(some)].to_json(orient="records")
    packed.write_bytes(gzip.compress(kept.encode()))
    return into / "tables"


@recorded
@pytest.mark.parametrize("table_id", ["83765NED", "84799NED", "85984NED", "50090NED"])
def test_a_recorded_table(table_id: str, tmp_path: Path) -> None:
    folder = of_some_gemeenten(table_id, tmp_path)
    v3 = fetch(folder, table_id, "odata3", tmp_path)
    for back_end in BACK_ENDS:
        assert_same(v3, fetch(folder, table_id, back_end, tmp_path))


@recorded
def test_a_recorded_table_without_regions(tmp_path: Path) -> None:
    v3, v4 = (fetch(RECORDED, "83583NED", back_end, tmp_path) for back_end in ("odata3", "odata4"))
    assert_same(v3, v4)
    assert list(v4.members) == ["BedrijfstakkenBranchesSBI2008", "Bedrijfsgrootte"]


@recorded
@described
def test_every_figure_of_2017_is_found_in_what_v4_recorded(tmp_path: Path) -> None:
    """By name, path and unit, the recorded description of v4 names each column of figures of v3 exactly once."""
    v3 = fetch(RECORDED, "83765NED", "odata3", tmp_path).properties
    v4 = recorded_topics()
    assert len(v4) == 103
    assert v4["name"].tolist() == [base_name(spelled(title)) for title in v4["title"]]
    numbers = v3[v3["datatype"] != "String"]
    found = numbers.merge(v4, on=["name", "path", "unit"], how="left", validate="1:1", suffixes=("", "_v4"))
    assert len(numbers) == 16
    assert found["key_v4"].notna().all()
    assert (found["decimals"] == found["decimals_v4"]).all()
    assert (found["title"] == found["title_v4"]).all()
    assert found.set_index("name")["key_v4"]["AantalInwoners"] == "T001036"
    assert not v4.duplicated(["name", "path", "unit"]).any()


def recorded_topics() -> pd.DataFrame:
    measures, groups = (
        pq.read_table(METADATA / f"cbs.v4.83765NED_{name}.parquet").to_pylist()
        for name in ("MeasureCodes", "MeasureGroups")
    )
    return long_form._topics(measures, groups)


@described
def test_the_fields_of_the_host_on_loopback_are_those_of_cbs(demonstration: Path) -> None:
    ours = datasets_server.from_v3(demonstration / "99024SYN").sets
    for name in ("MeasureCodes", "MeasureGroups", "Dimensions", "WijkenEnBuurtenCodes"):
        theirs = pq.read_schema(METADATA / f"cbs.v4.83765NED_{name}.parquet").names
        assert set(ours[name][0]) <= set(theirs), name
    real = json.loads((METADATA / "cbs.v4.83765NED_Metadata.json").read_text(encoding="utf-8"))
    assert set(ours["Properties"]) <= set(real)
    assert real["ObservationCount"] == 1_537_850


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_an_unchanged_table_costs_one_small_question(demonstration: Path, back_end: str, tmp_path: Path) -> None:
    table, log, workspace = "99024SYN", list[str](), Workspace(tmp_path)
    dataset = datasets_server.from_v3(demonstration / table)
    with datasets_server.serve({table: dataset}, log=log) as address:
        settings = CbsSettings.model_validate({"datasets_url": address})
        wanted = cbs.Wanted(table, back_end=back_end)
        first = cbs.fetch_table(wanted, workspace, settings)
        log.clear()
        again = cbs.fetch_table(wanted, workspace, settings)
        asked = list(log)
        dataset.sets["Properties"] |= {"Version": "202702010000"}
        newer = cbs.fetch_table(wanted, workspace, settings)
    assert asked == [f"/odata/v1/CBS/{table}/Properties"]
    assert (first.changed, again.changed, newer.changed) == (True, False, True)
    assert first.rows == again.rows == len(dataset.observations)


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_where_the_files_came_from_is_written_down(demonstration: Path, back_end: str, tmp_path: Path) -> None:
    fetch(demonstration, "99024SYN", back_end, tmp_path)
    lines = pd.read_csv(tmp_path / back_end / "data" / "raw" / "sources.csv").set_index("file")
    addresses = lines["url"].str.replace(r"^http://[^/]+", "", regex=True)
    figures = {"odata4": "/odata/v1/CBS/99024SYN/Observations", "csv": "/CSV/CBS/nl/99024SYN"}
    assert addresses["cbs/99024SYN/Observations.parquet"] == figures[back_end]
    assert addresses["cbs/99024SYN/Properties.json"] == "/odata/v1/CBS/99024SYN/Properties"


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_dataderden_has_only_v3(back_end: str, tmp_path: Path) -> None:
    wanted = cbs.Wanted("50120NED", host="dataderden", back_end=back_end)
    with pytest.raises(SettingsError, match=f"back end {back_end} from dataderden: not there; expected one of"):
        cbs.fetch_table(wanted, Workspace(tmp_path), CbsSettings())
