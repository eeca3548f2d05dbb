"""What was fetched before: where a copy lies, what tells it from another one, and when it may be used."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bt_analysis.settings import Workspace
from bt_analysis.sources import cached, files
from bt_analysis.sources.backend import Release, Wanted
from bt_analysis.sources.cached import Cached

TABLE = "99001NED"
HOST = "https://opendata.cbs.nl"
RELEASE = Release(TABLE, "Kerncijfers", "2021-03-26T02:00:00", "2021-03-27T02:00:00", 5)
WANTED = Wanted(TABLE)
KEY = cached.key(WANTED, RELEASE, HOST)
CONTENT = {"TableInfos.json": (b"[{}]", 1), "TypedDataSet.parquet": (b"five rows", 5)}
PART = Wanted(TABLE, where={"Sex": ("m", "f"), "Age": ("10", "20")})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def keep(workspace: Workspace, wanted: Wanted = WANTED, key: dict[str, Any] = KEY) -> Path:
    """Put a copy in its place, with its lines in sources.csv."""
    folder = cached.folder_of(wanted.table_id, wanted.where, workspace)
    folder.mkdir(parents=True)
    (folder / "Release.json").write_text(json.dumps(key), encoding="utf-8")
    lines = []
    for name, (content, rows) in CONTENT.items():
        (folder / name).write_bytes(content)
        line = dict.fromkeys(files.SOURCE_COLUMNS, "") | {"file": f"cbs/{folder.name}/{name}", "rows": rows}
        known = {"modified": RELEASE.modified, "retrieved": "2026-03-01T23:30:00Z"}
        lines.append(line | known | {"sha256": files.sha256(folder / name)})
    files.record(workspace.sources, lines)
    return folder


# The key


def test_the_key_holds_what_tells_copies_apart() -> None:
    assert cached.key(replace(WANTED, where={"Sex": ("m", "f", "m")}), RELEASE, "http://LOCALHOST:8765") == {
        "back_end": "odata3",
        "host": "localhost",
        "table_id": TABLE,
        "modified": "2021-03-26T02:00:00",
        "metadata_modified": "2021-03-27T02:00:00",
        "where": {"Sex": ["f", "m"]},
    }


@pytest.mark.parametrize(
    ("wanted", "release", "root"),
    [
        (replace(WANTED, back_end="csv"), RELEASE, HOST),
        (PART, RELEASE, HOST),
        (WANTED, replace(RELEASE, modified="2021-09-01T02:00:00"), HOST),
        (WANTED, replace(RELEASE, metadata_modified=""), HOST),
        (WANTED, RELEASE, "https://dataderden.cbs.nl"),
    ],
)
def test_a_copy_of_anything_else_is_not_current(
    workspace: Workspace, wanted: Wanted, release: Release, root: str
) -> None:
    folder = keep(workspace)
    assert cached.current(folder, KEY, workspace) is not None
    assert cached.current(folder, cached.key(wanted, release, root), workspace) is None


@pytest.mark.parametrize("same", [(replace(WANTED, table_id="99001ned"), HOST), (WANTED, f"{HOST}:443")])
def test_what_does_not_matter_is_not_in_the_key(same: tuple[Wanted, str]) -> None:
    assert cached.key(same[0], RELEASE, same[1]) == KEY


def test_a_key_survives_being_written(workspace: Workspace) -> None:
    key = cached.key(PART, RELEASE, HOST)
    assert cached.current(keep(workspace, PART, key), key, workspace) is not None


# The place


def test_a_selection_has_a_place_of_its_own_in_whatever_order(workspace: Workspace) -> None:
    whole = cached.folder_of(TABLE, {}, workspace)
    assert whole == workspace.raw / "cbs" / TABLE
    part = cached.folder_of(TABLE, PART.where, workspace)
    assert (part.parent, part.name[: len(TABLE) + 1], len(part.name)) == (whole.parent, f"{TABLE}.", len(TABLE) + 1 + 8)
    assert cached.folder_of(TABLE, {"Age": ("20", "10", "20"), "Sex": ("f", "m")}, workspace) == part


@pytest.mark.parametrize(
    "other", [{"Sex": ("m", "f")}, {"Sex": ("m",), "Age": ("10", "20")}, {"Age": ("m", "f"), "Sex": ("10", "20")}]
)
def test_other_selections_lie_elsewhere(workspace: Workspace, other: dict[str, tuple[str, ...]]) -> None:
    assert cached.folder_of(TABLE, other, workspace) != cached.folder_of(TABLE, PART.where, workspace)


# A whole copy


def test_a_whole_copy_is_found_whatever_the_capitals(workspace: Workspace) -> None:
    folder = keep(workspace)
    expected = Cached(folder, rows=5, modified=RELEASE.modified, retrieved="2026-03-01T23:30:00Z")
    assert cached.find(Wanted("99001ned"), workspace) == expected  # 5: only those of the table are rows
    assert cached.find(WANTED, workspace) == cached.current(folder, KEY, workspace) == expected


def test_a_selection_never_passes_for_the_whole_nor_the_whole_for_a_selection(workspace: Workspace) -> None:
    part = keep(workspace, PART)
    assert cached.find(WANTED, workspace) is None
    found = cached.find(PART, workspace)
    assert found is not None
    assert (found.folder, found.rows) == (part, 5)
    part.rename(cached.folder_of(TABLE, {}, workspace))
    assert cached.find(PART, workspace) is None


def test_a_table_whose_id_begins_alike_is_another(workspace: Workspace) -> None:
    keep(workspace, Wanted(f"{TABLE}2"))
    assert cached.find(WANTED, workspace) is None


@pytest.mark.parametrize("file", CONTENT)
def test_a_damaged_copy_is_not_used_even_when_its_size_is_right(workspace: Workspace, file: str) -> None:
    path = keep(workspace) / file
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"?")
    assert cached.find(WANTED, workspace) is None
    path.write_bytes(whole)
    assert cached.find(WANTED, workspace) is not None
    path.unlink()
    assert cached.find(WANTED, workspace) is None


def test_without_lines_or_folder_there_is_no_copy(workspace: Workspace) -> None:
    assert cached.find(WANTED, workspace) is None
    keep(workspace)
    workspace.sources.unlink()
    assert cached.find(WANTED, workspace) is None


def test_a_broken_release_is_not_current_but_can_be_used_offline(workspace: Workspace) -> None:
    folder = keep(workspace)
    (folder / "Release.json").write_text('{"table', encoding="utf-8")
    assert cached.current(folder, KEY, workspace) is None
    assert cached.find(WANTED, workspace) is not None


def test_a_copy_that_a_killed_run_set_aside_is_put_back(workspace: Workspace) -> None:
    folder = keep(workspace)
    folder.rename(folder.with_name(f".old.{TABLE}"))
    found = cached.find(WANTED, workspace)
    assert found is not None
    assert found.folder.is_dir()


@pytest.mark.parametrize(("hours", "days"), [(0, 0), (23, 0), (24, 1), (24 * 30 + 23, 30)])
def test_days_are_whole_and_the_zone_does_not_matter(hours: int, days: int) -> None:
    copy = Cached(Path(TABLE), 5, "2021-03-26T02:00:00", "2026-03-01T23:30:00Z")
    now = datetime(2026, 3, 1, 23, 30, tzinfo=UTC) + timedelta(hours=hours)
    assert copy.days(now) == copy.days(now.astimezone(timezone(timedelta(hours=9)))) == days
