"""Survey of a folder: typed files go in; what each was read as, whether it is believed, and on whose word come out."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from bt_analysis.sources.download_survey import (
    SURVEY_COLUMNS,
    Outcome,
    contradiction,
    fetched_tables,
    outcomes,
    survey_table,
    witnesses,
)
from bt_analysis.sources.downloaded_file import NOTE, take
from bt_analysis.sources.files import sha256
from bt_analysis.sources.plain_files import DownloadRefused
from bt_analysis.sources.table import CbsTable


def text(shift: int = 0, count: int = 25) -> str:
    """Rows of buurten of 1,000, 1,010, 1,020 … inhabitants, plus ``shift``."""
    rows = [f"BU0344{at:04d},{1000 + 10 * at + shift}" for at in range(count)]
    return "\n".join(["WijkenEnBuurten,AantalInwoners_5", *rows, ""])


def put(folder: Path, stem: str, content: str) -> None:
    (folder / f"{stem}.csv").write_text(content)


def table(folder: Path, table_id: str, content: str) -> CbsTable:
    """Return a table as it would be when it was fetched."""
    place = folder / "fetched"
    place.mkdir(exist_ok=True)
    (place / f"{table_id}.csv").write_text(content)
    return take(place / f"{table_id}.csv").table


def claims(folder: Path, *fetched: CbsTable) -> dict[str, tuple[str, str]]:
    lines = survey_table(folder, outcomes(folder, {one.table_id: one for one in fetched}))
    return {str(line.file): (str(line.claim), str(line.reason)) for line in lines.itertuples()}


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    (tmp_path / "downloads").mkdir()
    return tmp_path / "downloads"


def test_nineteen_figures_verify_nothing_and_twenty_do(tmp_path: Path, downloads: Path) -> None:
    fetched = table(tmp_path, "84583NED", text())
    put(downloads, "84583NED", text(count=19))
    assert claims(downloads, fetched) == {"84583NED.csv": ("not verified", "nothing at hand with the same figures")}
    put(downloads, "84583NED", text(count=20))
    said = "100% of 20 figures are those of the fetched 84583NED"
    assert claims(downloads, fetched) == {"84583NED.csv": ("confirmed", said)}


@pytest.mark.parametrize(("shift", "claim"), [(5, "confirmed"), (-5, "confirmed"), (6, "contradicted")])
def test_another_rounding_is_the_same_table(tmp_path: Path, downloads: Path, shift: int, claim: str) -> None:
    put(downloads, "84583NED", text(shift))
    assert claims(downloads, table(tmp_path, "84583NED", text()))["84583NED.csv"][0] == claim


def test_a_refused_file_says_whose_figures_it_has_and_what_to_do(tmp_path: Path, downloads: Path) -> None:
    put(downloads, "84583NED", text())
    fetched = table(tmp_path, "85039NED", text())
    said = (
        "84583NED.csv: got figures that contradict its name: Aantal inwoners: all 25 figures are those of the fetched "
        "85039NED, of 2021; expected those of 84583NED (2019). Name the year they are of: read_download(path, year=…)."
    )
    assert claims(downloads, fetched) == {"84583NED.csv": ("contradicted", said)}
    (one,) = outcomes(downloads, {"85039NED": fetched})
    assert (one.is_contradicted, one.table) == (True, None)
    assert one.download is not None
    assert one.verdict is not None
    assert contradiction(one.path, one.download, one.verdict) == said


def test_a_contradicted_neighbour_has_no_vote(tmp_path: Path, downloads: Path) -> None:
    # Two copies of 2021 under the name of 2019 are a majority, until the fetched 2021 shows what they are.
    put(downloads, "84583NED_a", text(700))
    put(downloads, "84583NED_b", text(700))
    put(downloads, "84583NED_own", text())
    assert claims(downloads)["84583NED_own.csv"][0] == "contradicted"
    found = {name: claim for name, (claim, _) in claims(downloads, table(tmp_path, "85039NED", text(700))).items()}
    assert found == {
        "84583NED_a.csv": "contradicted",
        "84583NED_b.csv": "contradicted",
        "84583NED_own.csv": "not verified",
    }


def test_endings_in_capitals_and_subfolders_are_searched_in_order(downloads: Path) -> None:
    (downloads / "b").mkdir()
    for name in ("b/84583NED.CSV", "a.txt.md", "84799NED.csv", "b/leesmij.pdf"):
        (downloads / name).write_text(text())
    lines = survey_table(downloads, outcomes(downloads, {}))
    assert lines["file"].tolist() == ["84799NED.csv", "b/84583NED.CSV"]


def test_a_line_of_a_file_that_was_read_and_of_one_that_was_not(downloads: Path) -> None:
    put(downloads, "84583NED", text())
    put(downloads, "84583NED_zelf", "wijk;mensen\nGM0344;1\n")
    lines = survey_table(downloads, outcomes(downloads, {}))
    assert tuple(lines.columns) == SURVEY_COLUMNS
    assert lines[["year", "rows", "columns"]].astype(object).fillna(-1).to_numpy().tolist() == [
        [2019, 25, 1],
        [-1, -1, -1],
    ]
    assert lines["sha256"].tolist() == [sha256(path) for path in sorted(downloads.iterdir())]
    assert lines["verdict"].tolist() == ["read", "refused"]
    assert lines["reason"][1].startswith(
        "84583NED_zelf.csv: got 1 columns that CBS does not have: mensen; expected keys"
    )
    assert {str(lines[name].dtype) for name in ("year", "rows", "columns")} == {"Int64"}


def test_an_outcome_without_a_table_is_not_contradicted() -> None:
    refused = Outcome(Path("a.csv"), refusal="cannot be read")
    assert (refused.table, refused.is_contradicted) == (None, False)


def test_an_absent_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadRefused, match=r"weg: got no folder; expected one with downloaded files\."):
        outcomes(tmp_path / "weg", {})


def test_a_table_without_regions_is_no_witness(tmp_path: Path) -> None:
    regions = table(tmp_path, "84583NED", text())
    country = CbsTable("37296NED", "", "", 2019, 0, pd.DataFrame(), regions.properties, "", regions.labels)
    assert [one.name for one in witnesses({"37296NED": country, "84583NED": regions})] == ["the fetched 84583NED"]


def test_fetched_tables_are_whole_visible_and_not_imported(tmp_path: Path) -> None:
    info = {"Identifier": "84583NED", "Title": "Kerncijfers wijken en buurten 2019", "Modified": "2024", "Period": 2019}
    geo = {"odata.type": "Cbs.OData.GeoDetail", "Key": "WijkenEnBuurten", "MapYear": 2019}
    topic = {
        "odata.type": "Cbs.OData.Topic",
        "ID": 1,
        "Key": "AantalInwoners_5",
        "Title": "Aantal inwoners",
        "Unit": "aantal",
    }
    for name in ("84583NED", ".84583NED", "imported", "broken"):
        (tmp_path / name).mkdir()
        for stem, records in (("TableInfos", [info]), ("DataProperties", [geo, topic]), ("WijkenEnBuurten", [])):
            (tmp_path / name / f"{stem}.json").write_text(json.dumps(records))
        rows = pd.DataFrame({"WijkenEnBuurten": ["GM0344"], "AantalInwoners_5": [10]})
        rows.to_parquet(tmp_path / name / "TypedDataSet.parquet")
    (tmp_path / "imported" / NOTE).write_text("{}")
    (tmp_path / "broken" / "DataProperties.json").write_text("<html>")
    (tmp_path / "leesmij.txt").write_text("")
    assert {name: one.year for name, one in fetched_tables(tmp_path).items()} == {"84583NED": 2019}
    assert fetched_tables(None) == fetched_tables(tmp_path / "weg") == {}
