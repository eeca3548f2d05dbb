"""The accepted version of a delivery: whole at every moment, only what was read, and nothing outside its folder."""

from __future__ import annotations

import errno
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bt_analysis import acceptance
from bt_analysis.settings import Workspace
from bt_analysis.sources import accepted
from bt_analysis.sources.accepted import ACCEPTED, NOTE, AcceptanceError, fingerprints, keep, last
from bt_analysis.sources.files import sha256
from bt_analysis.sources.monitoring import accept, read_package, read_packages, usable

COLLECTIVE = "collective_id,name,primary_domain\nzon,{name},welzijn\n"
WORK_AREA = (
    "work_area_id,collective_id,definition_type,area_codes,area_year,valid_from\nnu,zon,codes,GM0001,2024,2024-01-01\n"
)
DESCRIPTION = {
    "resources": [{"name": name, "path": f"{name}.csv"} for name in ("collective", "work_area")],
}


def deliver(root: Path, name: str = "Zonnewijk", work_area: str = WORK_AREA) -> Path:
    """Write a delivery of CSV files."""
    folder = root / "zon"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "collective.csv").write_text(COLLECTIVE.format(name=name), encoding="utf-8")
    (folder / "work_area.csv").write_text(work_area, encoding="utf-8")
    (folder / "datapackage.json").write_text(json.dumps(DESCRIPTION), encoding="utf-8")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def accepted_once(root: Path) -> Path:
    folder = deliver(root)
    accept(read_package(folder, None))
    return folder


def broken(root: Path) -> Path:
    """Deliver anew, with a mistake."""
    return deliver(root, "Nieuwe naam", WORK_AREA.replace("zon,codes", "zon,kodes"))


def test_what_was_read_is_kept_and_nothing_else(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    (folder / "foto.jpg").write_bytes(b"x")
    (folder / "~$zon.xlsx").write_bytes(b"x")
    accept(read_package(folder, None))
    assert names(folder / ACCEPTED) == [NOTE, "zon/collective.csv", "zon/datapackage.json", "zon/work_area.csv"]
    note = json.loads((folder / ACCEPTED / NOTE).read_text(encoding="utf-8"))
    assert note["files"]["collective.csv"] == sha256(folder / "collective.csv")
    assert len(note["accepted_on"]) == len("2026-11-25")


def test_a_delivery_with_mistakes_falls_back_on_the_accepted_version(tmp_path: Path) -> None:
    accepted_once(tmp_path)
    package = read_package(broken(tmp_path), None)
    assert [problem.kind for problem in package.problems] == ["close_enum"]
    assert package.fallback is not None
    assert package.fallback.tables["collective"]["name"].to_list() == ["Zonnewijk"]
    assert package.fallback.problems == []
    assert package.fallback.collective_id == "zon"
    assert package.accepted_on == package.fallback.accepted_on
    assert [(repair.kind, repair.details["date"]) for repair in package.repairs] == [
        ("accepted_used", package.accepted_on)
    ]
    assert usable([package]) == [package.fallback]
    assert [path.parent.parent.name for path in package.fallback.sources] == [ACCEPTED] * 3


def test_a_good_delivery_is_used_itself_and_one_without_anything_good_not_at_all(tmp_path: Path) -> None:
    good = read_package(accepted_once(tmp_path / "a"), None)
    bad = read_package(broken(tmp_path / "b"), None)
    assert (good.fallback, good.accepted_on) == (None, None)
    assert (bad.fallback, bad.accepted_on) == (None, None)
    assert usable([good, bad]) == [good]


def test_an_accepted_version_that_no_longer_passes_is_not_used_and_said(tmp_path: Path) -> None:
    accepted_once(tmp_path)
    package = read_package(broken(tmp_path), {2024: {"GM0002"}})
    assert package.fallback is None
    assert [repair.kind for repair in package.repairs] == ["accepted_outdated"]
    assert usable([package]) == []


def test_a_package_with_problems_cannot_be_accepted(tmp_path: Path) -> None:
    accepted_once(tmp_path)
    before = (tmp_path / "zon" / ACCEPTED / NOTE).read_bytes()
    with pytest.raises(AcceptanceError, match=r"has problems \(1\); expected none"):
        accept(read_package(broken(tmp_path), None))
    assert (tmp_path / "zon" / ACCEPTED / NOTE).read_bytes() == before


def test_the_same_files_are_accepted_once(tmp_path: Path) -> None:
    folder = accepted_once(tmp_path)
    note = folder / ACCEPTED / NOTE
    note.write_text(note.read_text(encoding="utf-8").replace(_accepted_on(folder), "2020-02-02"), encoding="utf-8")
    accept(read_package(folder, None))
    assert _accepted_on(folder) == "2020-02-02"
    accept(read_package(deliver(tmp_path, "Nieuwe naam"), None))
    assert _accepted_on(folder) > "2020-02-02"
    assert "Nieuwe naam" in (folder / ACCEPTED / "zon" / "collective.csv").read_text(encoding="utf-8")


def _accepted_on(folder: Path) -> str:
    version = last(folder)
    assert version is not None
    return version.accepted_on


def test_a_file_that_changed_since_it_was_read_is_not_accepted(tmp_path: Path) -> None:
    folder = accepted_once(tmp_path)
    package = read_package(deliver(tmp_path, "Nieuw"), None)
    (folder / "collective.csv").write_text("anders", encoding="utf-8")
    with pytest.raises(AcceptanceError, match="changed while it was checked"):
        accept(package)
    assert "Zonnewijk" in (folder / ACCEPTED / "zon" / "collective.csv").read_text(encoding="utf-8")


def test_who_takes_everything_away_has_no_accepted_version_left(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    folder = accepted_once(workspace.monitoring)
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    (package,) = read_packages(workspace, None)
    assert ([problem.kind for problem in package.problems], package.fallback) == (["empty_folder"], None)
    shutil.rmtree(folder)
    assert read_packages(workspace, None) == []


def test_what_was_taken_back_does_not_return_with_the_next_mistake(tmp_path: Path) -> None:
    folder = accepted_once(tmp_path)
    (folder / f".old.{ACCEPTED}").mkdir()  # of a run that was cut off
    for path in [path for path in folder.iterdir() if path.is_file()]:
        path.unlink()
    acceptance.forget([read_package(folder, None)])
    assert list(folder.iterdir()) == []
    package = read_package(broken(tmp_path), None)
    assert package.problems
    assert package.fallback is None


def test_only_what_was_taken_back_is_forgotten(tmp_path: Path) -> None:
    folder = accepted_once(tmp_path)
    acceptance.forget([read_package(folder, None), read_package(broken(tmp_path), None)])
    assert last(folder) is not None
    accepted.forget(tmp_path / "gone")


def test_a_package_that_cannot_be_kept_stops_no_other_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, full, good = (deliver(tmp_path / name) for name in ("changed", "full", "good"))
    packages = [read_package(folder, None) for folder in (changed, full, good)]
    (changed / "collective.csv").write_text("anders", encoding="utf-8")
    write = accepted._write

    def on_a_disk(path: Path, content: bytes) -> None:
        if path.is_relative_to(full):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(accepted, "_write", on_a_disk)
    told = acceptance.keep(packages)
    assert [text.split(":")[0] for text in told] == ["zon", "zon"]
    assert "changed while it was checked" in told[0]
    assert "No space left" in told[1]
    assert [last(folder) is not None for folder in (changed, full, good)] == [False, False, True]
    assert [path.name for path in full.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("step", [1, 2])
def test_the_old_version_stays_when_either_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    folder = accepted_once(tmp_path)
    package = read_package(deliver(tmp_path, "Nieuw"), None)
    rename, calls = Path.rename, []

    def refusing(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == step:
            raise PermissionError(errno.EACCES, "Permission denied", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refusing)
    assert len(acceptance.keep([package])) == 1
    kept = last(folder)
    assert kept is not None
    assert "Zonnewijk" in (kept.folder / "collective.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("change", ["missing", "other", "note"])
def test_a_copy_that_is_not_what_its_note_says_is_not_used(tmp_path: Path, change: str) -> None:
    folder = accepted_once(tmp_path)
    kept = folder / ACCEPTED / "zon" / "collective.csv"
    if change == "missing":
        kept.unlink()
    elif change == "other":
        kept.write_text(COLLECTIVE.format(name="Vals"), encoding="utf-8")
    else:
        (folder / ACCEPTED / NOTE).write_text("[" * 100_000, encoding="utf-8")
    assert last(folder) is None
    assert read_package(broken(tmp_path), None).fallback is None
    accept(read_package(deliver(tmp_path), None))
    assert last(folder) is not None


# Links and paths


def test_a_link_in_a_delivery_is_refused_and_never_copied(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(COLLECTIVE.format(name="Geheim"), encoding="utf-8")
    folder = deliver(tmp_path)
    (folder / "collective.csv").unlink()
    (folder / "collective.csv").symlink_to(secret)
    package = read_package(folder, None)
    assert ("link", "zon/collective.csv") in [(problem.kind, problem.file) for problem in package.problems]
    assert "collective" not in package.tables
    with pytest.raises(AcceptanceError, match="is a link"):
        keep(folder, {folder / "collective.csv": sha256(secret)})
    assert not (folder / ACCEPTED).exists()


def test_a_file_that_becomes_a_link_after_it_was_read_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    folder = deliver(tmp_path)
    package = read_package(folder, None)
    shutil.copy(folder / "collective.csv", secret)
    (folder / "collective.csv").unlink()
    (folder / "collective.csv").symlink_to(secret)
    with pytest.raises(AcceptanceError, match="is a link"):
        accept(package)


def test_the_folder_of_a_collective_is_no_link(tmp_path: Path) -> None:
    elsewhere = deliver(tmp_path / "elsewhere")
    (tmp_path / "zon").symlink_to(elsewhere)
    package = read_package(tmp_path / "zon", None)
    assert [problem.kind for problem in package.problems] == ["link"]
    with pytest.raises(AcceptanceError, match="is a link"):
        keep(tmp_path / "zon", {})
    assert not (elsewhere / ACCEPTED).exists()


@pytest.mark.parametrize("name", [ACCEPTED, f".new.{ACCEPTED}", f".old.{ACCEPTED}"])
def test_a_link_in_the_place_of_the_copy_is_taken_away_and_not_written_through(tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "zon").mkdir(parents=True)
    (elsewhere / "zon" / "collective.csv").write_text("van een ander", encoding="utf-8")
    folder = deliver(tmp_path)
    (folder / name).symlink_to(elsewhere)
    assert last(folder) is None
    accept(read_package(folder, None))
    assert names(elsewhere) == ["zon/collective.csv"]
    assert (elsewhere / "zon" / "collective.csv").read_text(encoding="utf-8") == "van een ander"
    assert not (folder / ACCEPTED).is_symlink()
    assert last(folder) is not None


def test_a_link_inside_the_copy_is_no_accepted_version(tmp_path: Path) -> None:
    folder = accepted_once(tmp_path)
    kept = folder / ACCEPTED / "zon"
    kept.rename(tmp_path / "moved")
    kept.symlink_to(tmp_path / "moved")
    assert last(folder) is None


@pytest.mark.parametrize("name", ["../maan/collective.csv", "zon/../../x.csv", ".accepted/zon/collective.csv"])
def test_a_path_outside_the_folder_is_not_accepted(tmp_path: Path, name: str) -> None:
    folder = deliver(tmp_path)
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("x", encoding="utf-8")
    with pytest.raises(AcceptanceError, match="lies outside"):
        keep(folder, {target: sha256(target)})
    assert last(folder) is None


def test_a_note_cannot_point_outside_its_folder(tmp_path: Path) -> None:
    folder = accepted_once(tmp_path)
    outside = tmp_path / "outside.csv"
    outside.write_text("x", encoding="utf-8")
    for name in ("../../../outside.csv", str(outside), "../.accepted/accepted.json"):
        note = {"accepted_on": "2026-01-01", "files": {name: sha256(outside)}}
        (folder / ACCEPTED / NOTE).write_text(json.dumps(note), encoding="utf-8")
        assert last(folder) is None


def test_a_file_larger_than_any_delivery_is_not_read_to_know_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = deliver(tmp_path)
    monkeypatch.setattr(accepted, "_LARGEST_MB", 0.00001)
    assert list(fingerprints(folder.iterdir())) == []


# A run that is cut off

KEEP_FOR_EVER = """
import itertools, sys
from pathlib import Path
from bt_analysis.sources.accepted import fingerprints, keep
folder = Path(sys.argv[1])
files = [folder / "a.csv", folder / "b.csv"]
print("begun", flush=True)
for number in itertools.count():
    for path in files:
        path.write_text(f"{number}\\n" * 20000)
    keep(folder, fingerprints(files))
"""


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.023, 0.05, 0.11, 0.2])
def test_a_run_that_is_killed_leaves_the_old_or_the_new_version_whole(tmp_path: Path, after_s: float) -> None:
    folder = tmp_path / "zon"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("first\n")
    keep(folder, fingerprints([folder / "a.csv", folder / "b.csv"]))
    run = subprocess.Popen([sys.executable, "-c", KEEP_FOR_EVER, str(folder)], stdout=subprocess.PIPE)
    assert run.stdout is not None
    run.stdout.readline()
    time.sleep(after_s)
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    version = last(folder)
    assert version is not None
    contents = {(version.folder / name).read_text() for name in ("a.csv", "b.csv")}
    assert len(contents) == 1
    assert len(set(contents.pop().split())) == 1
    # The next run is not in the way of what was left.
    keep(folder, fingerprints([folder / "a.csv"]))
    assert names(folder / ACCEPTED) == [NOTE, "zon/a.csv"]
    assert [path.name for path in folder.iterdir() if path.name.startswith((".new", ".old"))] == []


def test_a_run_cut_off_between_two_renames_is_put_right_by_the_next_look(tmp_path: Path) -> None:
    folder = accepted_once(tmp_path)
    (folder / ACCEPTED).rename(folder / f".old.{ACCEPTED}")
    (folder / f".new.{ACCEPTED}").mkdir()
    assert read_package(broken(tmp_path), None).fallback is not None
