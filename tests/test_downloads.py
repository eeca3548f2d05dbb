"""The folder of downloads: a survey, files that are not what they say, import into a workspace, and the record."""

import json
from pathlib import Path

import pandas as pd
import pytest

from bt_analysis.settings import Workspace
from bt_analysis.sources import files
from bt_analysis.sources.downloads import DownloadRefused, import_folder, read, read_download, register, survey

HEADER = "WijkenEnBuurten,AantalInwoners_5,Mannen_6\n"


def rows(shift: int = 0, count: int = 30) -> str:
    """Rows of buurten with 1,000, 1,010 … inhabitants, plus ``shift``, of whom half are men."""
    lines = [(f"BU0344{at:04d}", 1000 + 10 * at + shift) for at in range(count)]
    return HEADER + "".join(f"{code},{people},{people / 2:.0f}\n" for code, people in lines)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "data" / "raw" / "downloads").mkdir(parents=True)
    return Workspace(tmp_path)


def put(workspace: Workspace, name: str, text: str) -> Path:
    path = workspace.raw / "downloads" / name
    path.write_text(text, encoding="utf-8")
    return path


def fetch(workspace: Workspace, table_id: str, year: int, shift: int) -> None:
    """Lay a table there as if it was fetched."""
    folder = workspace.raw / "cbs" / table_id
    folder.mkdir(parents=True)
    topics = [("AantalInwoners_5", "Aantal inwoners"), ("Mannen_6", "Mannen")]
    properties = [{"odata.type": "Cbs.OData.GeoDetail", "Key": "WijkenEnBuurten", "MapYear": year}] + [
        {"odata.type": "Cbs.OData.Topic", "ID": at, "Key": key, "Title": title, "Unit": "aantal", "Decimals": 0}
        for at, (key, title) in enumerate(topics)
    ]
    info = {
        "Identifier": table_id,
        "Title": f"Kerncijfers wijken en buurten {year}",
        "Modified": "2024",
        "Period": year,
    }
    sets = {"TableInfos": [info], "DataProperties": properties, "WijkenEnBuurten": []}
    for name, records in sets.items():
        (folder / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    path = put(workspace, "rows.csv", rows(shift))
    pd.read_csv(path).to_parquet(folder / "TypedDataSet.parquet")
    path.unlink()


def outcomes(workspace: Workspace) -> dict[str, tuple[str, str]]:
    table = survey(workspace.raw / "downloads")
    return {str(line.file): (str(line.verdict), str(line.claim)) for line in table.itertuples()}


def test_a_survey_has_a_row_per_file_and_the_reason(workspace: Workspace) -> None:
    put(workspace, "84583NED.csv", rows())
    put(workspace, "notes.md", "not a table")
    (workspace.raw / "downloads" / "old").mkdir()
    put(workspace, "old/renamed_84583NED.csv", "code,people\nGM0344,1\n")
    table = survey(workspace.raw / "downloads").set_index("file")
    assert table.index.tolist() == ["84583NED.csv", "old/renamed_84583NED.csv"]
    read_line, refused = table.loc["84583NED.csv"], table.loc["old/renamed_84583NED.csv"]
    assert read_line["sha256"] == files.sha256(workspace.raw / "downloads" / "84583NED.csv")
    assert (read_line["form"], read_line["year"], read_line["rows"]) == ("CSV with ',', keys of OData", 2019, 30)
    assert (read_line["verdict"], read_line["claim"], read_line["columns"]) == ("read", "not verified", 2)
    assert (refused["verdict"], refused["form"]) == ("refused", "")
    assert "people" in refused["reason"]


def test_an_empty_folder_has_an_empty_survey(tmp_path: Path) -> None:
    assert survey(tmp_path).empty


def test_a_folder_that_is_not_there_is_no_empty_one(workspace: Workspace) -> None:
    for use in (survey, lambda folder: import_folder(folder, workspace)):
        with pytest.raises(DownloadRefused, match="got no folder"):
            use(workspace.root / "absent")


def test_a_file_outside_any_workspace_is_held_against_what_the_caller_has(workspace: Workspace, tmp_path: Path) -> None:
    fetch(workspace, "85039NED", 2021, shift=0)
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    path = outside / "84583NED.csv"
    path.write_text(rows(), encoding="utf-8")
    assert read_download(path).year == 2019
    assert survey(outside)["claim"].tolist() == ["not verified"]
    with pytest.raises(DownloadRefused, match="contradict"):
        read_download(path, fetched=workspace.raw / "cbs")
    assert survey(outside, fetched=workspace.raw / "cbs")["claim"].tolist() == ["contradicted"]


def test_a_broken_fetched_table_is_no_witness(workspace: Workspace) -> None:
    fetch(workspace, "85039NED", 2021, shift=0)
    (workspace.raw / "cbs" / "85039NED" / "TypedDataSet.parquet").write_bytes(b"PAR1")
    assert read_download(put(workspace, "84583NED.csv", rows())).year == 2019


def test_an_imported_download_is_no_witness_of_itself(workspace: Workspace) -> None:
    path = put(workspace, "84583NED.csv", rows())
    import_folder(path.parent, workspace)
    assert outcomes(workspace) == {path.name: ("read", "not verified")}


def test_a_name_that_contradicts_itself_is_refused_until_the_year_is_named(workspace: Workspace) -> None:
    path = put(workspace, "84583NED_2020.csv", rows())
    with pytest.raises(DownloadRefused, match="its name says 84583NED, which is of 2019, and 2020"):
        read_download(path)
    assert read_download(path, year=2020).table_id == "84799NED"


def test_columns_that_somebody_renamed_are_read_with_a_mapping(workspace: Workspace) -> None:
    path = put(workspace, "84583NED.csv", "Area,Men,Note\nGM0344,174,x\nGM0363,420,y\n")
    with pytest.raises(DownloadRefused, match="Men, Note"):
        read_download(path)
    table = read_download(path, columns={"Men": "Mannen", "Note": ""})
    assert table.properties[["key", "name"]].to_numpy().tolist() == [["Men", "Mannen"]]
    assert table.rows.to_dict("records") == [{"Area": "GM0344", "Men": 174.0}, {"Area": "GM0363", "Men": 420.0}]


def test_a_file_under_another_years_name_is_noticed_by_a_fetched_table(workspace: Workspace) -> None:
    fetch(workspace, "85039NED", 2021, shift=0)
    path = put(workspace, "marginal_distributions_84583NED.csv", rows())
    with pytest.raises(
        DownloadRefused, match=r"those of the fetched 85039NED, of 2021; expected those of 84583NED \(2019\)"
    ):
        read_download(path)
    assert outcomes(workspace) == {path.name: ("refused", "contradicted")}
    # Who names the year answers for it; the right one makes it the right table.
    assert read_download(path, year=2021).table_id == "85039NED"
    assert read_download(path, year=2019).table_id == "84583NED"


def test_a_file_with_the_fetched_figures_is_confirmed(workspace: Workspace) -> None:
    fetch(workspace, "84583NED", 2019, shift=5)
    put(workspace, "84583NED_Utrecht.csv", rows())
    assert outcomes(workspace) == {"84583NED_Utrecht.csv": ("read", "confirmed")}


def test_of_files_that_claim_one_table_the_majority_is_believed(workspace: Workspace) -> None:
    put(workspace, "84583NED_a.csv", rows())
    put(workspace, "84583NED_b.csv", rows(shift=5))
    put(workspace, "84583NED_wrong.csv", rows(shift=700))
    assert outcomes(workspace) == {
        "84583NED_a.csv": ("read", "confirmed"),
        "84583NED_b.csv": ("read", "confirmed"),
        "84583NED_wrong.csv": ("refused", "contradicted"),
    }


def test_one_word_against_another_refuses_both_unless_one_is_confirmed(workspace: Workspace) -> None:
    put(workspace, "84583NED_a.csv", rows())
    put(workspace, "84583NED_b.csv", rows(shift=700))
    assert set(outcomes(workspace).values()) == {("refused", "contradicted")}
    fetch(workspace, "84583NED", 2019, shift=0)
    assert outcomes(workspace)["84583NED_a.csv"] == ("read", "confirmed")
    assert outcomes(workspace)["84583NED_b.csv"] == ("refused", "contradicted")


def test_the_same_figures_under_two_years_are_refused_until_one_is_confirmed(workspace: Workspace) -> None:
    put(workspace, "84583NED.csv", rows())
    put(workspace, "85039NED.csv", rows())
    assert set(outcomes(workspace).values()) == {("refused", "contradicted")}
    fetch(workspace, "85039NED", 2021, shift=0)
    assert outcomes(workspace) == {"84583NED.csv": ("refused", "contradicted"), "85039NED.csv": ("read", "confirmed")}


def test_import_takes_the_largest_file_of_a_table_and_never_replaces_a_fetched_one(workspace: Workspace) -> None:
    fetch(workspace, "84799NED", 2020, shift=2000)
    put(workspace, "84583NED_small.csv", rows(count=25))
    put(workspace, "84583NED_whole.csv", rows())
    put(workspace, "84799NED.csv", rows(shift=2000))
    put(workspace, "85163NED_2019.csv", "WijkenEnBuurten,Score_1\nGM0344,0.5\n")
    put(workspace, "private_84286NED.csv", "code,people\nGM0344,1\n")
    table = import_folder(workspace.raw / "downloads", workspace).set_index("file")
    assert table["imported"].to_dict() == {
        "84583NED_small.csv": "not imported: 84583NED_whole.csv has more of 84583NED",
        "84583NED_whole.csv": "cbs/84583NED",
        "84799NED.csv": "not imported: 84799NED was fetched from CBS",
        "85163NED_2019.csv": "not imported: no table of KWB",
        "private_84286NED.csv": "not imported: refused",
    }
    assert not (workspace.raw / "cbs" / "84799NED" / "download.json").exists()


def test_an_imported_table_is_read_back_and_recorded(workspace: Workspace) -> None:
    path = put(workspace, "kwb_84583NED.csv", rows())
    import_folder(path.parent, workspace)
    folder = workspace.raw / "cbs" / "84583NED"
    note = json.loads((folder / "download.json").read_text(encoding="utf-8"))
    assert note == {"file": path.name, "table_id": "84583NED", "year": 2019, "sha256": files.sha256(path)}
    table = read(folder)
    assert (table.table_id, table.year, len(table.rows)) == ("84583NED", 2019, 30)
    (line,) = files.read_sources(workspace.raw / "sources.csv").to_dict("records")
    assert (line["file"], line["table"], line["rows"]) == ("cbs/84583NED/kwb_84583NED.csv", "84583NED", "30")


def test_importing_again_replaces_the_earlier_download(workspace: Workspace) -> None:
    first = put(workspace, "84583NED_a.csv", rows(count=25))
    import_folder(first.parent, workspace)
    first.unlink()
    import_folder(put(workspace, "84583NED_b.csv", rows()).parent, workspace)
    assert len(read(workspace.raw / "cbs" / "84583NED").rows) == 30
    assert files.read_sources(workspace.raw / "sources.csv")["file"].tolist() == ["cbs/84583NED/84583NED_b.csv"]


def test_an_imported_file_that_was_changed_or_removed_is_refused(workspace: Workspace) -> None:
    path = put(workspace, "84583NED.csv", rows())
    import_folder(path.parent, workspace)
    copy = workspace.raw / "cbs" / "84583NED" / path.name
    copy.write_text(rows(shift=5), encoding="utf-8")
    with pytest.raises(DownloadRefused, match="another file than was imported"):
        read(copy.parent)
    copy.unlink()
    with pytest.raises(DownloadRefused, match="got no file"):
        read(copy.parent)


def test_a_download_is_registered_once_and_only_inside_the_workspace(workspace: Workspace, tmp_path: Path) -> None:
    path = put(workspace, "84583NED.csv", rows())
    register(workspace, path)
    register(workspace, path, url="https://example.org/84583NED.csv", licence="CC BY 4.0, bron: CBS", table="84583NED")
    (line,) = files.read_sources(workspace.raw / "sources.csv").to_dict("records")
    assert line["file"] == "downloads/84583NED.csv"
    assert line["licence"] == "CC BY 4.0, bron: CBS"
    assert line["sha256"] == files.sha256(path)
    outside = tmp_path / "84583NED.csv"
    outside.write_text(rows(), encoding="utf-8")
    with pytest.raises(DownloadRefused, match="a file outside"):
        register(workspace, outside)
