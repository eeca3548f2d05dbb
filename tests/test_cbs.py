"""Fetching a CBS table: as published, checked before it replaces anything, and only when it is new."""

import gzip
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.demo import odata as demo_odata
from bt_analysis.demo import server
from bt_analysis.settings import CbsSettings, Workspace
from bt_analysis.sources import cbs, files

Record = dict[str, Any]

TABLE = "99001NED"
INFO: Record = {
    "ID": 1,
    "Identifier": TABLE,
    "Title": "Kerncijfers wijken en buurten 2020 ",
    "Modified": "2021-03-26T02:00:00",
    "MetaDataModified": "2021-03-26T02:00:00",
    "RecordCount": 5,
    "Period": "2020",
}
REGION = {"odata.type": "Cbs.OData.GeoDetail", "ID": 0, "ParentID": None, "Key": "WijkenEnBuurten", "MapYear": 2020}
GROUP = {"odata.type": "Cbs.OData.TopicGroup", "ID": 1, "ParentID": None, "Key": "", "Title": "Bevolking"}


def topic(number: int, key: str, datatype: str, decimals: int = 0) -> Record:
    kind = {"odata.type": "Cbs.OData.Topic", "ID": number, "ParentID": 1, "Key": key, "Title": key.partition("_")[0]}
    return kind | {"Datatype": datatype, "Unit": "aantal", "Decimals": decimals}


PROPERTIES = [
    REGION,
    GROUP,
    topic(2, "Gemeentenaam_1", "String"),
    topic(3, "AantalInwoners_5", "Long"),
    topic(4, "GemiddeldInkomen_6", "Double", decimals=1),
    topic(5, "Postcode_7", "String"),
]
# The five rows, padded as CBS pads them. 120 = 80 + 40; one income is suppressed, one postcode does not exist.
ROWS = pd.DataFrame(
    [
        ("NL00      ", "Nederland   ", 120, 25.5, "         ."),
        ("GM9901    ", "Verzonnen   ", 120, 25.5, "         ."),
        ("WK990100  ", "Verzonnen   ", 120, 25.5, "      9901"),
        ("BU99010000", "Verzonnen   ", 80, 27.0, "      9901"),
        ("BU99010001", "Verzonnen   ", 40, None, "      9902"),
    ],
    columns=["WijkenEnBuurten", "Gemeentenaam_1", "AantalInwoners_5", "GemiddeldInkomen_6", "Postcode_7"],
)
FETCHED = ["CategoryGroups.json", "DataProperties.json", "Release.json", "TableInfos.json", "TypedDataSet.parquet"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@contextmanager
def published(
    folder: Path,
    rows: pd.DataFrame = ROWS,
    properties: list[Record] = PROPERTIES,
    dimensions: dict[str, list[Record]] | None = None,
    info: Record | None = None,
    **serving: Any,
) -> Iterator[CbsSettings]:
    """Serve one table as CBS would; gives the settings that find it."""
    table = folder / "tables" / TABLE
    table.mkdir(parents=True, exist_ok=True)
    sets = {"TableInfos": [INFO | (info or {})], "DataProperties": properties, "CategoryGroups": []}
    for name, records in sets.items():
        (table / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    regions = [{"Key": key, "Title": f"Gebied {key.strip()}"} for key in ROWS["WijkenEnBuurten"]]
    for name, records in (dimensions or {"WijkenEnBuurten": regions}).items():
        (table / f"{name}.json.gz").write_bytes(gzip.compress(json.dumps(records).encode()))
    rows.assign(ID=range(len(rows))).to_parquet(table / "TypedDataSet.parquet", index=False)
    with server.serve(table.parent, **serving) as address:
        yield settings(address)


def settings(address: str, **other: Any) -> CbsSettings:
    return CbsSettings.model_validate(
        {"base_url": address, "retries": 2, "timeout_s": 5, "patience_s": 0, "first_wait_s": 0.001} | other
    )


def contents(workspace: Workspace) -> dict[str, bytes]:
    """Every file under data/raw with its bytes: what a failed fetch must leave as it was.

    What waits for the next run, in .partial.<table>, is left out.
    """
    found = [path for path in sorted(workspace.raw.rglob("*")) if path.is_file()]
    return {str(path): path.read_bytes() for path in found if ".partial." not in str(path)}


# --- what arrives -----------------------------------------------------------------------------------------------------


def test_a_table_arrives_as_published(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        fetched = cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert fetched == cbs.Fetched(TABLE, workspace.raw / "cbs" / TABLE, 5, "2021-03-26T02:00:00", changed=True)
    rows = pd.read_parquet(fetched.folder / "TypedDataSet.parquet")
    assert rows["WijkenEnBuurten"].tolist() == ROWS["WijkenEnBuurten"].tolist()  # padding kept
    assert rows["Postcode_7"].tolist() == ["         ."] * 2 + ["      9901"] * 2 + ["      9902"]  # '.' kept
    assert rows["AantalInwoners_5"].tolist() == [120, 120, 80 + 40, 80, 40]
    assert rows["AantalInwoners_5"].dtype == "Int64"
    assert rows["GemiddeldInkomen_6"].isna().tolist() == [False] * 4 + [True]  # null kept, and no 0
    assert rows["GemiddeldInkomen_6"].iloc[3] == 27.0


def test_the_metadata_come_along(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
    assert sorted(path.name for path in folder.iterdir()) == [*FETCHED, "WijkenEnBuurten.json"]
    assert json.loads((folder / "TableInfos.json").read_text(encoding="utf-8")) == [INFO]
    assert json.loads((folder / "DataProperties.json").read_text(encoding="utf-8")) == PROPERTIES
    regions = json.loads((folder / "WijkenEnBuurten.json").read_text(encoding="utf-8"))
    assert regions[3] == {"Key": "BU99010000", "Title": "Gebied BU99010000"}


def test_every_file_has_its_line_in_sources(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    lines = files.read_sources(workspace.sources).set_index("file")
    assert lines["rows"].to_dict() == {
        "cbs/99001NED/CategoryGroups.json": "0",
        "cbs/99001NED/DataProperties.json": "6",  # a region dimension, a group, 4 topics
        "cbs/99001NED/TableInfos.json": "1",
        "cbs/99001NED/TypedDataSet.parquet": "5",
        "cbs/99001NED/WijkenEnBuurten.json": "5",
    }
    assert set(lines["modified"]) == {"2021-03-26T02:00:00"}
    assert set(lines["licence"]) == {"CC BY 4.0, bron: CBS"}
    assert lines["retrieved"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").all()
    url = lines.loc["cbs/99001NED/TypedDataSet.parquet", "url"]
    assert url == f"{cbs_settings.base_url}/ODataFeed/odata/99001NED/TypedDataSet?$format=json"
    for file, sha256 in lines["sha256"].items():
        assert files.sha256(workspace.raw / str(file)) == sha256


def test_the_licence_is_that_of_the_settings(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        invented = cbs_settings.model_copy(update={"licence": "synthetic"})
        cbs.fetch_table(TABLE, workspace, invented)
    assert set(files.read_sources(workspace.sources)["licence"]) == {"synthetic"}


def test_progress_is_told_after_every_page(tmp_path: Path, workspace: Workspace) -> None:
    told: list[tuple[int, int]] = []
    with published(tmp_path, page_size=2) as cbs_settings:
        fetched = cbs.fetch_table(TABLE, workspace, cbs_settings, lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert pd.read_parquet(fetched.folder / "TypedDataSet.parquet")["ID"].tolist() == [0, 1, 2, 3, 4]


def test_a_column_that_is_empty_on_one_page_keeps_its_type(tmp_path: Path, workspace: Workspace) -> None:
    figures = pd.Series([None, None, None, 80, 40], dtype="Int64")
    empty_first = ROWS.assign(AantalInwoners_5=figures, Postcode_7=pd.Series([None, None, None, "9901", "."]))
    with published(tmp_path, rows=empty_first, page_size=2) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
    rows = pd.read_parquet(folder / "TypedDataSet.parquet")
    assert rows["AantalInwoners_5"].dtype == "Int64"
    assert rows["AantalInwoners_5"].isna().sum() == 3
    assert rows["AantalInwoners_5"].sum() == 80 + 40
    assert rows["Postcode_7"].isna().tolist() == [True] * 3 + [False] * 2
    assert rows["Postcode_7"].tolist()[3:] == ["9901", "."]


def test_a_column_without_any_figure_yet_stays_a_number(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path, rows=ROWS.assign(AantalInwoners_5=None)) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
    assert pd.read_parquet(folder / "TypedDataSet.parquet")["AantalInwoners_5"].dtype == "Int64"


def test_a_fraction_in_a_whole_column_is_kept(tmp_path: Path, workspace: Workspace) -> None:
    properties = [one | {"Decimals": 1} if one["Key"] == "AantalInwoners_5" else one for one in PROPERTIES]
    rows = ROWS.assign(AantalInwoners_5=[120.5, 120, 120, 80, 40])
    with published(tmp_path, rows=rows, properties=properties) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
    assert pd.read_parquet(folder / "TypedDataSet.parquet")["AantalInwoners_5"].iloc[0] == 120.5


def test_a_fraction_on_the_last_page_is_kept_and_the_other_columns_stay_whole(
    tmp_path: Path, workspace: Workspace
) -> None:
    rows = ROWS.assign(AantalInwoners_5=[120, 120, 120, 80, 40.5])
    with published(tmp_path, rows=rows, page_size=2) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
    found = pd.read_parquet(folder / "TypedDataSet.parquet")
    assert found["AantalInwoners_5"].tolist() == [120, 120, 120, 80, 40.5]
    assert found.dtypes[["ID", "AantalInwoners_5"]].tolist() == ["Int64", "Float64"]


def test_the_id_may_be_written_small(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        fetched = cbs.fetch_table("99001ned", workspace, cbs_settings)
    assert (fetched.table_id, fetched.folder.name) == (TABLE, TABLE)


def test_a_table_with_more_dimensions(tmp_path: Path, workspace: Workspace) -> None:
    period = {"odata.type": "Cbs.OData.TimeDimension", "ID": 9, "ParentID": None, "Key": "Perioden"}
    years = [{"Key": "2019JJ00", "Title": "2019"}, {"Key": "2020JJ00", "Title": "2020"}]
    regions = [{"Key": key, "Title": key} for key in ROWS["WijkenEnBuurten"]]
    rows = pd.concat([ROWS.assign(Perioden=year["Key"]) for year in years], ignore_index=True)
    with published(
        tmp_path,
        rows=rows,
        properties=[*PROPERTIES, period],
        dimensions={"WijkenEnBuurten": regions, "Perioden": years},
        info={"RecordCount": 5 * 2},
    ) as cbs_settings:
        fetched = cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert fetched.rows == 5 * 2  # a region occurs twice, a region in a year once
    assert (fetched.folder / "Perioden.json").exists()


# --- only when it is new ----------------------------------------------------------------------------------------------


def test_an_unchanged_table_costs_one_small_question(tmp_path: Path, workspace: Workspace) -> None:
    log: list[str] = []
    with published(tmp_path, log=log) as cbs_settings:
        first = cbs.fetch_table(TABLE, workspace, cbs_settings)
        before, asked = contents(workspace), len(log)
        again = cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert (first.changed, again.changed) == (True, False)
    assert (again.rows, again.modified, again.folder) == (first.rows, first.modified, first.folder)
    assert log[asked:] == ["/ODataFeed/odata/99001NED/TableInfos?$format=json"]
    assert contents(workspace) == before


@pytest.mark.parametrize("field", ["Modified", "MetaDataModified"])
def test_a_new_release_is_fetched(tmp_path: Path, workspace: Workspace, field: str) -> None:
    with published(tmp_path) as cbs_settings:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    corrected = ROWS.assign(AantalInwoners_5=[125, 125, 85 + 40, 85, 40])
    with published(tmp_path, rows=corrected, info={field: "2021-04-01T02:00:00"}) as cbs_settings:
        fetched = cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert fetched.changed
    assert pd.read_parquet(fetched.folder / "TypedDataSet.parquet")["AantalInwoners_5"].tolist() == [
        125,
        125,
        125,
        85,
        40,
    ]
    assert len(files.read_sources(workspace.sources)) == 5


@pytest.mark.parametrize("file", ["TypedDataSet.parquet", "WijkenEnBuurten.json", "TableInfos.json"])
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_copy_is_fetched_again(tmp_path: Path, workspace: Workspace, file: str, damage: str) -> None:
    with published(tmp_path) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
        before = (folder / file).read_bytes()
        if damage == "gone":
            (folder / file).unlink()
        else:
            (folder / file).write_bytes(before[:-1])
        assert cbs.fetch_table(TABLE, workspace, cbs_settings).changed
    assert (folder / file).read_bytes() == before


def test_a_copy_without_its_lines_is_fetched_again(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
        workspace.sources.unlink()
        assert cbs.fetch_table(TABLE, workspace, cbs_settings).changed
    assert len(files.read_sources(workspace.sources)) == 5


def test_a_dimension_that_was_dropped_goes_with_its_line(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
    country = {"odata.type": "Cbs.OData.Dimension", "ID": 0, "Key": "Land", "Title": "Land"}
    renamed = ROWS.rename(columns={"WijkenEnBuurten": "Land"})
    lands = [{"Key": key, "Title": key} for key in renamed["Land"]]
    with published(
        tmp_path,
        rows=renamed,
        properties=[country, *PROPERTIES[1:]],
        dimensions={"Land": lands},
        info={"Modified": "2022-01-01T02:00:00"},
    ) as cbs_settings:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FETCHED, "Land.json"])
    assert "cbs/99001NED/WijkenEnBuurten.json" not in set(files.read_sources(workspace.sources)["file"])


# --- what is refused, and leaves what was there -----------------------------------------------------------------------

TWICE = pd.concat([ROWS.iloc[:4], ROWS.iloc[[3]]])
REGIONS_TWICE = [{"Key": key, "Title": key} for key in ["NL00      ", "BU99010000", "BU99010000"]]
TEXT_IN_NUMBERS = ROWS.assign(GemiddeldInkomen_6=["25.5", "25.5", "25.5", "27.0", "   ."])
REFUSED = {
    "too few rows": ({"info": {"RecordCount": 6}}, "got 5 rows; expected RecordCount = 6"),
    "too many rows": ({"info": {"RecordCount": 4}}, "got 5 rows or more; expected RecordCount = 4"),
    "no count": ({"info": {"RecordCount": None}}, "expected RecordCount = 0"),
    "no rows": ({"rows": ROWS.iloc[:0]}, "got 0 rows; expected RecordCount = 5"),
    "a row twice": ({"rows": TWICE}, "TypedDataSet: got 1 keys twice, first 'BU99010000'"),
    "a region twice": ({"dimensions": {"WijkenEnBuurten": REGIONS_TWICE}}, "WijkenEnBuurten: got 1 keys twice"),
    "a column missing": ({"rows": ROWS.drop(columns="Postcode_7")}, "got rows without Postcode_7"),
    "a text as number": ({"rows": TEXT_IN_NUMBERS}, "column GemiddeldInkomen_6: got a text"),
    "another table": ({"info": {"Identifier": "99002NED"}}, r"answered with information on \['99002NED'\]"),
}


@pytest.mark.parametrize(("change", "got"), REFUSED.values(), ids=REFUSED.keys())
def test_a_table_that_is_not_right_is_not_kept(
    tmp_path: Path, workspace: Workspace, change: dict[str, Any], got: str
) -> None:
    with published(tmp_path) as cbs_settings:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    before = contents(workspace)
    wrong = change | {"info": {"Modified": "2022-01-01T02:00:00"} | change.get("info", {})}
    with published(tmp_path, **wrong) as cbs_settings, pytest.raises(cbs.SourceRejected, match=got) as caught:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert TABLE in str(caught.value)
    assert "expected" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert contents(workspace) == before


def test_a_refused_first_fetch_leaves_nothing(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path, info={"RecordCount": 6}) as cbs_settings, pytest.raises(cbs.SourceRejected):
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert contents(workspace) == {}


def test_two_releases_are_not_mixed(tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, asked = demo_odata.answer, list[str]()

    def published_anew(tables: Any, url: str, *more: Any) -> Any:
        found = answer(tables, url, *more)
        asked.append(url)
        # As the question which release it is, as one of the sets, and at the end.
        third = sum("TableInfos" in one for one in asked) == 3
        return replace(found, body=found.body.replace(b"T02:00:00", b"T09:30:00")) if third else found

    monkeypatch.setattr(server, "answer", published_anew)
    with published(tmp_path) as cbs_settings, pytest.raises(cbs.SourceRejected, match="got parts of two releases"):
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert not list(workspace.raw.rglob("*.*"))


def test_a_host_that_begins_anew_on_every_page_is_refused(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = demo_odata.answer
    monkeypatch.setattr(server, "answer", lambda tables, url, *more: answer(tables, url.partition("&$skip")[0], *more))
    with (
        published(tmp_path, page_size=2) as cbs_settings,
        pytest.raises(cbs.SourceRejected, match="one that came before"),
    ):
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    one_region = {"WijkenEnBuurten": [{"Key": "NL00      ", "Title": "Nederland"}]}
    with (
        published(tmp_path, page_size=3, dimensions=one_region, properties=PROPERTIES[:1] + PROPERTIES[3:4]) as here,
        pytest.raises(cbs.SourceRejected, match="got 6 rows or more"),
    ):
        cbs.fetch_table(TABLE, workspace, here)
    assert contents(workspace) == {}


def test_an_empty_table_is_a_table(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path, rows=ROWS.iloc[:0], info={"RecordCount": 0}) as cbs_settings:
        fetched = cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert fetched.rows == 0
    assert "AantalInwoners_5" in cbs.read_table(fetched.folder).rows


@pytest.mark.parametrize("table", ["", "../99001NED", "99001NED/TypedDataSet", "99001 NED", "99001NED\n"])
def test_an_id_with_other_signs_is_not_asked_for(tmp_path: Path, workspace: Workspace, table: str) -> None:
    log: list[str] = []
    with published(tmp_path, log=log) as cbs_settings, pytest.raises(cbs.SourceRejected, match="expected letters and"):
        cbs.fetch_table(table, workspace, cbs_settings)
    assert log == []


def test_an_unknown_table(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings, pytest.raises(cbs.SourceRejected, match=r"99999NED.*Check the table id"):
        cbs.fetch_table("99999NED", workspace, cbs_settings)
    assert contents(workspace) == {}


# --- a host that fails ------------------------------------------------------------------------------------------------


def test_a_restless_line_gives_the_same_bytes(tmp_path: Path, workspace: Workspace) -> None:
    calm = Workspace(tmp_path / "calm")
    with published(tmp_path) as cbs_settings:
        cbs.fetch_table(TABLE, calm, cbs_settings)
    faults = deque(["reset", "", "html", "500", "", "truncate", "", "reset", "truncate", "", "500", "html", ""])
    with published(tmp_path, faults=faults) as cbs_settings:
        cbs.fetch_table(TABLE, workspace, cbs_settings.model_copy(update={"patience_s": 60}))
    assert not faults
    assert [files.sha256(path) for path in sorted((workspace.raw / "cbs" / TABLE).iterdir())] == [
        files.sha256(path) for path in sorted((calm.raw / "cbs" / TABLE).iterdir())
    ]


def test_a_host_that_goes_down_leaves_what_was_there(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    before = contents(workspace)
    with pytest.raises(cbs.SourceUnreachable, match="what was fetched before is unchanged") as caught:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert cbs_settings.base_url in str(caught.value)
    assert contents(workspace) == before


def test_a_line_that_breaks_halfway_leaves_what_was_there(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    before = contents(workspace)
    # Pages of two: TableInfos comes twice, six properties are 3, CategoryGroups 1, then regions and rows begin.
    faults = deque([""] * (2 + 3 + 1 + 1) + ["truncate"] * 50)
    info = {"Modified": "2022-01-01T02:00:00"}
    with (
        published(tmp_path, page_size=2, faults=faults, info=info) as cbs_settings,
        pytest.raises(cbs.SourceUnreachable, match="got half an answer"),
    ):
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert contents(workspace) == before


def test_a_copy_set_aside_by_a_killed_run_comes_back(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
        folder.rename(folder.with_name(f".old.{TABLE}"))
        assert not cbs.fetch_table(TABLE, workspace, cbs_settings).changed
    assert [path.name for path in folder.parent.iterdir()] == [TABLE]


# --- what there is ----------------------------------------------------------------------------------------------------


def test_the_tables_of_a_host(tmp_path: Path) -> None:
    with published(tmp_path) as cbs_settings:
        tables = cbs.list_tables(cbs_settings)
    assert tables[["Identifier", "Period"]].to_dict("records") == [{"Identifier": TABLE, "Period": "2020"}]


def test_the_years_that_are_fetched(tmp_path: Path, workspace: Workspace) -> None:
    tables = {"kwb_tables": {2021: "99002NED", 2020: TABLE}}
    assert cbs.available_kwb(workspace, settings("http://127.0.0.1", **tables)) == {}
    with published(tmp_path) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
    assert cbs.available_kwb(workspace, settings("http://127.0.0.1", **tables)) == {2020: folder}


def test_what_is_fetched_can_be_read(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path, page_size=2) as cbs_settings:
        table = cbs.read_table(cbs.fetch_table(TABLE, workspace, cbs_settings).folder)
    inhabitants = table.rows.set_index(table.region_column)["AantalInwoners_5"]
    assert inhabitants["GM9901"] == inhabitants["BU99010000"] + inhabitants["BU99010001"] == 80 + 40


def test_columns_of_an_earlier_release_are_noticed(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, asked = demo_odata.answer, list[str]()

    def change(tables: demo_odata.Tables, url: str, *more: Any) -> demo_odata.Answer:
        given = answer(tables, url, *more)
        asked.append(url)
        is_first = "DataProperties" in url and sum("DataProperties" in one for one in asked) == 1
        return demo_odata.Answer(200, given.body.replace(b"Double", b"Long")) if is_first else given

    monkeypatch.setattr(server, "answer", change)
    with published(tmp_path) as cbs_settings, pytest.raises(cbs.SourceRejected, match="columns of two releases"):
        cbs.fetch_table(TABLE, workspace, cbs_settings)
    assert contents(workspace) == {}


# --- a selection ------------------------------------------------------------------------------------------------------


def select(**where: tuple[str, ...]) -> cbs.Wanted:
    return cbs.Wanted(TABLE, where=where)


def test_a_selection_lies_beside_the_whole_table_and_says_so(tmp_path: Path, workspace: Workspace) -> None:
    log: list[str] = []
    with published(tmp_path, log=log) as cbs_settings:
        whole = cbs.fetch_table(TABLE, workspace, cbs_settings)
        part = cbs.fetch_table(select(WijkenEnBuurten=("GM9901", "BU9901*")), workspace, cbs_settings)
    assert "$filter=startswith(WijkenEnBuurten,'BU9901') or WijkenEnBuurten eq 'GM9901    '" in log[-2]
    assert (whole.rows, part.rows) == (5, 1 + 2)
    assert part.folder.name.startswith(f"{TABLE}.")
    table = cbs.read_table(part.folder)
    assert sorted(table.rows["WijkenEnBuurten"]) == ["BU99010000", "BU99010001", "GM9901"]
    assert table.selection == {"WijkenEnBuurten": ("BU9901*", "GM9901")}
    assert cbs.read_table(whole.folder).selection == {}


def test_a_selection_is_asked_for_again_only_when_it_is_new(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as cbs_settings:
        first = cbs.fetch_table(select(WijkenEnBuurten=("NL00", "GM9901")), workspace, cbs_settings)
        again = cbs.fetch_table(select(WijkenEnBuurten=("GM9901", "NL00")), workspace, cbs_settings)
        other = cbs.fetch_table(select(WijkenEnBuurten=("NL00",)), workspace, cbs_settings)
    assert [one.changed for one in (first, again, other)] == [True, False, True]
    assert first.folder == again.folder != other.folder


@pytest.mark.parametrize(
    ("where", "got"),
    [
        ({"WijkenEnBuurten": ("BU99010009",)}, r"got 'BU99010009'; expected a member .* such as BU9901000"),
        ({"WijkenEnBuurten": ("GM36*",)}, r"got 'GM36\*'; expected a member of this dimension"),
        ({"WijkenEnBuurten": ()}, "got a selection of 0 members"),
        ({"Regio": ("NL00",)}, "members of 'Regio'; expected at least one member of WijkenEnBuurten"),
    ],
)
def test_a_selection_that_cannot_be_is_refused(
    tmp_path: Path, workspace: Workspace, where: dict[str, tuple[str, ...]], got: str
) -> None:
    with published(tmp_path) as cbs_settings, pytest.raises(cbs.SourceRejected, match=got):
        cbs.fetch_table(select(**where), workspace, cbs_settings)
    assert contents(workspace) == {}


def test_a_selection_without_rows_is_an_error(tmp_path: Path, workspace: Workspace) -> None:
    regions = [{"Key": key, "Title": key} for key in [*ROWS["WijkenEnBuurten"], "BU99010002"]]
    with (
        published(tmp_path, dimensions={"WijkenEnBuurten": regions}) as cbs_settings,
        pytest.raises(cbs.SourceRejected, match="got no row for the selection"),
    ):
        cbs.fetch_table(select(WijkenEnBuurten=("BU99010002",)), workspace, cbs_settings)


def test_a_host_that_does_not_heed_a_filter_is_noticed(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = demo_odata.answer
    monkeypatch.setattr(
        server, "answer", lambda tables, url, *more: answer(tables, url.partition("&$filter")[0], *more)
    )
    with published(tmp_path) as cbs_settings, pytest.raises(cbs.SourceRejected, match="does not heed the filter"):
        cbs.fetch_table(select(WijkenEnBuurten=("NL00",)), workspace, cbs_settings)


# --- going on where a run stopped -------------------------------------------------------------------------------------


def test_the_next_run_asks_only_for_what_is_not_there(tmp_path: Path, workspace: Workspace) -> None:
    def stop(done: int, _: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    log: list[str] = []
    with published(tmp_path, page_size=2, log=log) as cbs_settings:
        with pytest.raises(KeyboardInterrupt):
            cbs.fetch_table(TABLE, workspace, cbs_settings, stop)
        log.clear()
        fetched = cbs.fetch_table(TABLE, workspace, cbs_settings)
    release = "/ODataFeed/odata/99001NED/TableInfos?$format=json"
    assert log == [release, "/ODataFeed/odata/99001NED/TypedDataSet?$format=json&$skip=4", release]
    assert pd.read_parquet(fetched.folder / "TypedDataSet.parquet")["ID"].tolist() == [0, 1, 2, 3, 4]
    assert [path.name for path in fetched.folder.parent.iterdir()] == [TABLE]


def test_what_waits_of_another_release_is_thrown_away(tmp_path: Path, workspace: Workspace) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with published(tmp_path, page_size=2) as cbs_settings, pytest.raises(KeyboardInterrupt):
        cbs.fetch_table(TABLE, workspace, cbs_settings, stop)
    corrected = ROWS.assign(AantalInwoners_5=[125, 125, 85 + 40, 85, 40])
    with published(tmp_path, rows=corrected, info={"Modified": "2021-04-01T02:00:00"}) as cbs_settings:
        folder = cbs.fetch_table(TABLE, workspace, cbs_settings).folder
    assert pd.read_parquet(folder / "TypedDataSet.parquet")["AantalInwoners_5"].tolist() == [125, 125, 125, 85, 40]


def test_a_run_cut_off_before_the_table_took_its_place_has_nothing_left_to_ask(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: Path) -> None:
        raise KeyboardInterrupt

    log: list[str] = []
    with published(tmp_path, log=log) as cbs_settings:
        with monkeypatch.context() as patch:
            patch.setattr(files, "take_place", cut_off)
            with pytest.raises(KeyboardInterrupt):
                cbs.fetch_table(TABLE, workspace, cbs_settings)
        log.clear()
        assert cbs.fetch_table(TABLE, workspace, cbs_settings).changed
        assert len(log) == 2  # which release, before and after
        assert not cbs.fetch_table(TABLE, workspace, cbs_settings).changed


# --- more hosts and tables --------------------------------------------------------------------------------------------


def test_a_table_of_others_comes_from_their_host(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as here:
        elsewhere = here.model_copy(update={"base_url": "http://127.0.0.1:9", "third_party_url": here.base_url})
        assert cbs.fetch_table(cbs.Wanted(TABLE, host="dataderden"), workspace, elsewhere).rows == 5


def test_a_copy_of_another_host_is_no_copy(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as here:
        cbs.fetch_table(TABLE, workspace, here)
        named = here.model_copy(update={"base_url": here.base_url.replace("127.0.0.1", "localhost")})
        assert cbs.fetch_table(TABLE, workspace, named).changed


def test_tables_come_in_order_and_a_refused_one_does_not_stop_the_rest(tmp_path: Path, workspace: Workspace) -> None:
    with published(tmp_path) as here:
        first, second = cbs.fetch_tables(["99999NED", TABLE], workspace, here)
    assert isinstance(first, cbs.SourceRejected)
    assert isinstance(second, cbs.Fetched)


def test_ctrl_c_does_not_wait_for_the_table_that_is_coming_in(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, told = threading.Event(), list[bool]()

    def fetch(one: cbs.Wanted, *rest: Any) -> None:
        if one.table_id == TABLE:
            begun.set()
            told.append(rest[-1]._stopped.wait(10))  # as a long table does between two pages
        else:
            begun.wait(10)
            raise KeyboardInterrupt

    monkeypatch.setattr(cbs, "fetch_table", fetch)
    with pytest.raises(KeyboardInterrupt):
        list(cbs.fetch_tables(["99999NED", TABLE], workspace, CbsSettings()))
    assert told == [True]
