"""The demonstration as a whole: the same seed gives the same bytes, and everything else of the project can use it."""

import hashlib
import json
import time
import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio  # type: ignore[import-untyped]
import pytest

from bt_analysis import demo, settings
from bt_analysis.sources import cbs, cbs_table, monitoring

YEARS = range(2019, 2025)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """Make it once, and tell how many seconds of a processor that took."""
    start = time.process_time()
    return demo.make(tmp_path_factory.mktemp("demo")), time.process_time() - start


@pytest.fixture(scope="module")
def workspace(made: tuple[Path, float]) -> Path:
    return made[0]


def fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def known_regions(workspace: Path) -> dict[int, set[str]]:
    tables = {year: workspace / "cbs_tables" / f"990{year % 100}SYN" / "TypedDataSet.parquet" for year in YEARS}
    return {year: set(pd.read_parquet(path)["Codering_3"].str.strip()) for year, path in tables.items()}


# What is made


def test_same_seed_gives_the_same_bytes_at_another_time(workspace: Path, tmp_path: Path) -> None:
    time.sleep(1.1)  # clocks in zip files and GeoPackages count in seconds
    again = demo.make(tmp_path / "again")
    assert fingerprints(again) == fingerprints(workspace)


def test_another_seed_gives_other_figures(workspace: Path, tmp_path: Path) -> None:
    first, other = fingerprints(workspace), fingerprints(demo.make(tmp_path, collectives=1, seed=1))
    table = "cbs_tables/99020SYN/TypedDataSet.parquet"
    assert first[table] != other[table]


def test_making_it_is_a_matter_of_seconds(made: tuple[Path, float]) -> None:
    # Of a processor: what else a machine does at the time must not fail this.
    assert made[1] < 15


def test_settings_can_be_read_and_say_it_is_synthetic(workspace: Path) -> None:
    loaded = settings.load(workspace)
    assert loaded.synthetic
    assert loaded.reference_year is None
    assert loaded.cbs.kwb_tables == {year: f"990{year % 100}SYN" for year in YEARS}
    assert tomllib.loads((workspace / "bt.toml").read_text(encoding="utf-8"))["synthetic"] is True


def test_truth_is_known_for_every_collective(workspace: Path) -> None:
    truth = json.loads((workspace / "truth.json").read_text(encoding="utf-8"))
    assert truth["synthetic"] is True
    delivered = {folder.name for folder in (workspace / "data/raw/monitoring").iterdir()}
    assert set(truth["collectives"]) == delivered
    assert len(delivered) == 8


def test_planted_effect_can_be_read_from_the_published_figures(workspace: Path) -> None:
    truth = json.loads((workspace / "truth.json").read_text(encoding="utf-8"))["collectives"]["energie-01"]
    gas = {}
    for year in (2020, 2022):
        rows = pd.read_parquet(workspace / f"cbs_tables/990{year % 100}SYN/TypedDataSet.parquet")
        gas[year] = rows.set_index("Codering_3")["GemiddeldAardgasverbruikTotaal_55"].astype(float)
    change = gas[2022] / gas[2020]
    usual = change[change.index.str.startswith("BU9902")].median()  # the neighbour: no collective works there
    inside = change[truth["area"]["codes"]].mean()
    # From 2021 on 8% less than usual, give or take a noise of 1.2% per buurt and year.
    assert inside / usual == pytest.approx(1 + truth["area_effect"]["relative"], abs=0.03)


# Boundaries


@pytest.mark.parametrize(("year", "buurten"), [(2019, 355), (2021, 355), (2022, 356), (2024, 356)])
def test_boundaries_of_each_year(workspace: Path, year: int, buurten: int) -> None:
    outlines = gpd.read_file(workspace / f"data/raw/boundaries/{year}/buurten.gpkg")
    assert list(outlines.columns) == ["buurtcode", "buurtnaam", "wijkcode", "gemeentecode", "geometry"]
    assert outlines.crs == "EPSG:28992"
    assert len(outlines) == buurten
    assert set(outlines["buurtcode"]) <= known_regions(workspace)[year]


def test_boundaries_say_they_are_made_up(workspace: Path) -> None:
    info = pyogrio.read_info(workspace / "data/raw/boundaries/2024/buurten.gpkg")
    assert "ynthetisch" in info["layer_metadata"]["DESCRIPTION"]


# Safety


def test_a_real_workspace_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bt.toml").write_text("reference_year = 2024\n", encoding="utf-8")
    with pytest.raises(demo.DemoError, match=r"no demonstration; expected an empty folder"):
        demo.make(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["bt.toml"]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "scriptie.docx").touch()
    with pytest.raises(demo.DemoError, match=r"Choose another folder with --into"):
        demo.make(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["scriptie.docx"]


def test_a_demonstration_that_was_broken_off_can_be_made_again(tmp_path: Path) -> None:
    demo.make(tmp_path, collectives=1)
    (tmp_path / "truth.json").unlink()
    assert (demo.make(tmp_path, collectives=1) / "truth.json").exists()


def test_no_collectives_is_refused(tmp_path: Path) -> None:
    with pytest.raises(demo.DemoError, match=r"got 0 collectives; expected at least 1"):
        demo.make(tmp_path, collectives=0)


def test_collectives_of_an_earlier_demonstration_are_removed(tmp_path: Path) -> None:
    demo.make(tmp_path, collectives=3)
    own = tmp_path / "data/raw/monitoring/eigen-collectief"
    own.mkdir()
    demo.make(tmp_path, collectives=1)
    assert sorted(folder.name for folder in own.parent.iterdir()) == ["eigen-collectief", "energie-01"]


# Use by the rest of the project


def test_all_packages_are_without_problems(workspace: Path) -> None:
    delivered = monitoring.read_packages(settings.Workspace(workspace), known_regions(workspace))
    assert len(delivered) == 8
    assert [problem for package in delivered for problem in package.problems] == []


def test_packages_of_many_collectives_are_without_problems(tmp_path: Path) -> None:
    made = demo.make(tmp_path, collectives=20)
    delivered = monitoring.read_packages(settings.Workspace(made), known_regions(made))
    assert len(delivered) == 20
    assert [problem for package in delivered for problem in package.problems] == []


def test_tables_can_be_fetched_from_the_server(workspace: Path, tmp_path: Path) -> None:
    with demo.served(workspace) as address:
        config = settings.load(workspace).cbs.model_copy(update={"base_url": address})
        fetched = cbs.fetch_table("99022SYN", settings.Workspace(tmp_path), config)
    assert fetched.rows == 1 + 12 + 81 + 356
    table = cbs_table.read_table(fetched.folder)
    assert (table.year, table.division_year, table.region_column) == (2022, 2022, "WijkenEnBuurten")
    assert table.title == "Kerncijfers wijken en buurten 2022 (synthetisch)"
