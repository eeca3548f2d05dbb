"""The state of a workspace: a line for what is fetched, valid, built, published and failed."""

import json
import os
from pathlib import Path

from bt_analysis import settings, state
from bt_analysis.settings import Settings, Workspace


def lines(root: Path) -> list[str]:
    return list(state.lines(Workspace(root), settings.load(root)))


def told(root: Path, place: str, **values: str) -> None:
    path = root / "reports" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"period": "2024", "lang": "nl", "at": "2026-01-04T12:30:59+01:00"} | values))


def test_an_empty_workspace(tmp_path: Path) -> None:
    assert list(state.lines(Workspace(tmp_path), Settings())) == ["built      not yet"]


def test_what_is_fetched_and_valid_and_built(built_demo: Path) -> None:
    found = lines(built_demo)
    assert found[:2] == ["fetched    KWB 2019 (99019SYN)", "fetched    KWB 2020 (99020SYN)"]
    assert "fetched    boundaries 2024 (buurten)" in found
    assert "valid      energie-01 (0 problems)" in found
    assert sum(line.startswith("valid") for line in found) == 8
    assert found[-1].startswith("built      20")


def test_a_package_with_problems(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw" / "monitoring" / "tuin").mkdir(parents=True)
    assert lines(tmp_path) == ["problems   tuin (1 problem)", "built      not yet"]


def test_what_is_published_and_what_failed(tmp_path: Path) -> None:
    told(tmp_path, "tuin/2024/run.json", report="tuin")
    told(tmp_path, "tuin/2024/en/run.json", report="tuin", lang="en")
    told(tmp_path, "zon/2024/failure.json", name="zon", error="cell 3: ValueError: no")
    told(tmp_path, "run.json")  # the summary of a run is no report
    assert lines(tmp_path)[1:] == [
        "published  tuin 2024 en 2026-01-04 12:30",
        "published  tuin 2024 nl 2026-01-04 12:30",
        "failed     zon 2024 nl 2026-01-04 12:30: cell 3: ValueError: no",
    ]


def test_a_damaged_run_json_is_no_report(tmp_path: Path) -> None:
    told(tmp_path, "tuin/2024/run.json", report="tuin")
    (tmp_path / "reports" / "tuin" / "2024" / "run.json").write_text("{", encoding="utf-8")
    assert lines(tmp_path) == ["built      not yet"]


def test_asking_changes_nothing(built_demo: Path) -> None:
    before = sorted(path for path in built_demo.rglob("*"))
    lines(built_demo)
    assert sorted(path for path in built_demo.rglob("*")) == before


def test_tables_beside_kwb_are_told_by_their_family(tmp_path: Path) -> None:
    for name in ("50090NED", "47018NED.3f2a90c1", "83583NED", ".partial.84799NED"):
        (tmp_path / "data" / "raw" / "cbs" / name).mkdir(parents=True)
    assert lines(tmp_path)[:-1] == [
        "fetched    police (47018NED.3f2a90c1)",
        "fetched    health (50090NED)",
        "fetched    table (83583NED)",
    ]


def test_a_build_is_told_in_the_time_that_reports_tell(tmp_path: Path) -> None:
    path = tmp_path / "data" / "processed" / "analysed" / "estimates.parquet"
    path.parent.mkdir(parents=True)
    path.touch()
    os.utime(path, (1_767_526_200, 1_767_526_200))  # 2026-01-04 11:30 UTC
    assert lines(tmp_path) == ["built      2026-01-04 12:30"]
