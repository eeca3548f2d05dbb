"""What a build leaves behind in short: a hash per collective that moves with its own rows and with nothing else."""

import contextlib
import json
import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from bt_analysis import __version__, built, panel, pipeline, processed
from bt_analysis.settings import Settings, Workspace


def table(root: Path, place: str, **columns: list[object]) -> Path:
    path = root / "data" / "processed" / f"{place}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_parquet(path, index=False)
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two collectives with figures, files, an area and something that is about nobody alone."""
    table(tmp_path, "analysed/collectives", collective_id=["tuin", "zon"], name=["De Tuin", "De Zon"])
    table(tmp_path, "analysed/estimates", collective_id=["tuin", "zon", "tuin"], value=[1.0, 2.0, None])
    table(
        tmp_path,
        "analysed/sources",
        collective_id=["", "tuin", "zon"],
        file=["cbs", "t.xlsx", "z.xlsx"],
        sha256=["a", "b", "c"],
    )
    table(tmp_path, "analysed/indicators", indicator_id=["een"], label=["Een"])
    areas = gpd.GeoDataFrame(
        {"work_area_id": ["tuin--a", "zon--a"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs="EPSG:28992"
    )
    areas.to_parquet(tmp_path / "data" / "processed" / "analysed" / "outlines.parquet")
    table(tmp_path, "across/estimates", collective_id=["", "tuin"], value=[3.0, 1.0])
    return Workspace(tmp_path)


def moved(workspace: Workspace) -> set[str]:
    """Say whose hash is another than was written down."""
    before = built.read(workspace)
    assert before is not None
    after = built.end(workspace, synthetic=True)
    names = {name for name in before.collectives if before.collectives[name] != after.collectives.get(name)}
    return names | ({"across"} if before.across != after.across else set())


def change(workspace: Workspace, name: str, at: int, column: str, value: object) -> None:
    path = workspace.processed / f"{name}.parquet"
    rows = pd.read_parquet(path)
    rows.loc[at, column] = value
    rows.to_parquet(path, index=False)


# Whose hash moves


@pytest.mark.parametrize(
    ("name", "at", "column", "value", "whose"),
    [
        ("analysed/estimates", 0, "value", 1.5, {"tuin"}),
        ("analysed/estimates", 2, "value", 0.0, {"tuin"}),  # a figure that was missing
        ("analysed/estimates", 1, "value", None, {"zon"}),
        ("analysed/collectives", 1, "name", "De Maan", {"zon"}),
        ("analysed/indicators", 0, "label", "Twee", {"tuin", "zon"}),
        ("analysed/sources", 0, "sha256", "z", {"tuin", "zon"}),  # a public file
        ("analysed/sources", 1, "sha256", "z", set()),  # what a collective delivered
        ("analysed/sources", 1, "file", "t.zip", {"tuin"}),
        ("across/estimates", 0, "value", 4.0, {"across"}),
    ],
)
def test_a_hash_moves_with_the_rows_that_its_report_reads(
    workspace: Workspace, name: str, at: int, column: str, value: object, whose: set[str]
) -> None:
    built.end(workspace, synthetic=True)
    change(workspace, name, at, column, value)
    assert moved(workspace) == whose


def test_an_outline_belongs_to_the_collective_of_its_work_area(workspace: Workspace) -> None:
    built.end(workspace, synthetic=True)
    path = workspace.processed / "analysed" / "outlines.parquet"
    areas = gpd.read_parquet(path)
    areas.loc[1, "geometry"] = box(1, 0, 3, 1)
    areas.to_parquet(path)
    assert moved(workspace) == {"zon"}


def test_rows_that_come_go_or_change_places_move_it(workspace: Workspace) -> None:
    built.end(workspace, synthetic=True)
    path = workspace.processed / "analysed" / "estimates.parquet"
    rows = pd.read_parquet(path)
    rows.iloc[[0, 1]].to_parquet(path, index=False)
    assert moved(workspace) == {"tuin"}
    rows.iloc[[2, 1, 0]].to_parquet(path, index=False)
    assert moved(workspace) == {"tuin"}
    # Where the rows of others stand between them says nothing.
    rows.iloc[[1, 2, 0]].to_parquet(path, index=False)
    assert moved(workspace) == set()


def test_a_column_that_comes_or_is_of_another_kind_moves_all(workspace: Workspace) -> None:
    built.end(workspace, synthetic=True)
    path = workspace.processed / "analysed" / "estimates.parquet"
    rows = pd.read_parquet(path)
    rows.assign(more=1).to_parquet(path, index=False)
    assert moved(workspace) == {"tuin", "zon"}
    rows.assign(more=1.0).to_parquet(path, index=False)
    assert moved(workspace) == {"tuin", "zon"}


def test_a_collective_that_comes_moves_no_other(workspace: Workspace) -> None:
    built.end(workspace, synthetic=True)
    table(
        workspace.root, "analysed/collectives", collective_id=["tuin", "zon", "wind"], name=["De Tuin", "De Zon", "W"]
    )
    assert moved(workspace) == set()
    now = built.read(workspace)
    assert now is not None
    assert set(now.collectives) == {"tuin", "zon", "wind"}
    assert len(set(now.collectives.values())) == len(now.collectives)


def test_the_same_tables_give_the_same_hashes_elsewhere(workspace: Workspace, tmp_path: Path) -> None:
    here = built.of_collectives(workspace.processed / "analysed")
    there = tmp_path / "elsewhere"
    (workspace.processed / "analysed").rename(there)
    assert built.of_collectives(there) == here


def test_a_folder_without_tables_has_a_hash_too(tmp_path: Path) -> None:
    assert built.of_collectives(tmp_path) == {}
    assert built.of_all(tmp_path) == built.of_all(tmp_path / "nowhere")


# Whether it is about what is there


def test_it_says_when_with_what_and_of_what(workspace: Workspace) -> None:
    whole = built.end(workspace, synthetic=True)
    assert built.read(workspace) == whole
    assert (whole.version, whole.synthetic) == (__version__, True)
    assert pd.Timestamp(whole.at).tzinfo is not None
    assert "analysed/estimates.parquet" in whole.tables
    assert built.is_about(whole, workspace)


@pytest.mark.parametrize("what", ["written", "touched", "gone", "new"])
def test_tables_that_moved_since_are_not_the_ones_it_is_about(workspace: Workspace, what: str) -> None:
    whole = built.end(workspace, synthetic=True)
    path = workspace.processed / "analysed" / "estimates.parquet"
    if what == "written":
        change(workspace, "analysed/estimates", 0, "value", 9.0)
    elif what == "touched":
        os.utime(path, (1, 1))
    elif what == "gone":
        path.unlink()
    else:
        table(workspace.root, "analysed/more", collective_id=["tuin"])
    assert not built.is_about(whole, workspace)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"at": "", "more": 1})])
def test_a_damaged_one_says_nothing(workspace: Workspace, text: str) -> None:
    (workspace.processed / "built.json").write_text(text, encoding="utf-8")
    assert built.read(workspace) is None


# A build that is cut off


def test_it_goes_first_and_comes_last(demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, here = Workspace(demo_copy), Settings(synthetic=True)
    assert built.read(workspace) is not None
    seen: list[bool] = []
    write = processed._write

    def look(*given: object) -> None:
        seen.append(built.read(workspace) is None)
        write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(processed, "_write", look)
    pipeline.build_across(workspace, here)
    assert seen == [True]
    whole = built.read(workspace)
    assert whole is not None
    assert built.is_about(whole, workspace)


def test_tables_of_a_build_that_was_cut_off_stay_so_until_the_next_build(
    demo_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, here = Workspace(demo_copy), Settings(synthetic=True)
    with monkeypatch.context() as broken:
        broken.setattr(processed, "write_atomically", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            pipeline.build_across(workspace, here)
    assert built.read(workspace) is None
    # A withdrawal is heard at once, but makes no whole build of it.
    pipeline.build_across(workspace, here)
    assert built.read(workspace) is None


def test_a_build_that_stops_writes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path)
    monkeypatch.setattr(panel, "replacing", lambda _: contextlib.nullcontext(tmp_path))
    monkeypatch.setattr(pipeline, "_build", lambda *_: built.begin(workspace))
    pipeline.build(workspace, Settings())
    assert built.read(workspace) is not None

    def stops(*_: object) -> None:
        built.begin(workspace)
        raise OSError("disk full")

    monkeypatch.setattr(pipeline, "_build", stops)
    with pytest.raises(OSError, match="disk full"):
        pipeline.build(workspace, Settings())
    assert built.read(workspace) is None
