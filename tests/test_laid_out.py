"""What may leave lies ready without a moment in which it is not there, and nothing to do costs nothing."""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import report
from bt_analysis.pages import laid_out, release, released
from bt_analysis.publishing import standing
from bt_analysis.settings import Settings, Workspace
from tests.test_release import TODAY, build, decided, publish

SETTINGS = Settings(synthetic=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two collectives, each with a report that lies ready for all."""
    build(tmp_path, tuin="openbaar", zon="openbaar")
    publish(tmp_path, "tuin")
    publish(tmp_path, "zon")
    lay_out(tmp_path)
    return tmp_path


def lay_out(root: Path, **more: Any) -> None:
    released.write(Workspace(root), SETTINGS, decided(root, settings=SETTINGS, **more))


def again(root: Path, name: str, said: str) -> None:
    """Publish a report anew, whose files say something else."""
    folder = root / "reports" / name / "2024"
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    for file in run["sha256"]:
        (folder / file).write_text(f"{said} {name} {file}", encoding="utf-8")
        run["sha256"][file] = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")


def ready(root: Path) -> dict[str, str]:
    folder = root / "reports" / "released"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parent != folder
    }


def times(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (root / "reports").rglob("*") if path.is_file()}


# File by file


def test_only_what_changed_is_written(root: Path) -> None:
    before = times(root)
    again(root, "tuin", "nieuw")
    lay_out(root)
    changed = {path for path, time in times(root).items() if before.get(path) != time}
    there = {path.relative_to(root / "reports" / "released").as_posix() for path in changed if "released" in path.parts}
    assert "openbaar/tuin/report.html" in there
    assert not [one for one in there if "zon" in one]
    assert not [one for one in there if one.endswith("index.html")]  # it says the same
    assert ready(root)["openbaar/tuin/report.html"] == "nieuw tuin report.html"


class Killed(BaseException):
    """The process ended here."""


def steps(monkeypatch: pytest.MonkeyPatch, root: Path, at: int) -> Iterator[dict[str, str]]:
    """Stop at one step on the disk, and give what lay ready at every one before it."""
    seen: list[dict[str, str]] = []
    for name in ("replace", "unlink", "rmdir"):
        act = getattr(Path, name)

        def step(path: Path, *given: Any, act: Any = act, **more: Any) -> Any:
            seen.append(ready(root))
            if len(seen) > at:
                raise Killed
            return act(path, *given, **more)

        monkeypatch.setattr(Path, name, step)
    try:
        lay_out(root)
        seen.append({"done": ""})
    except Killed:
        pass
    yield from seen


def test_a_page_that_may_be_there_is_there_at_every_moment_and_one_that_may_not_is_never_again(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again(root, "tuin", "nieuw")
    build(root, tuin="openbaar", zon="bewoners")  # zon releases less from now on
    stays = {one for one in ready(root) if "zon" not in one} | {"bewoners/zon/report.html"}
    gone = {one for one in ready(root) if "zon" in one and "bewoners" not in one}
    assert gone
    for at in range(100):
        copy = shutil.copytree(root, tmp_path_factory.mktemp("step") / "w")
        with pytest.MonkeyPatch.context() as monkeypatch:
            seen = list(steps(monkeypatch, copy, at))
        done = seen[-1] == {"done": ""}
        for there in seen[: -1 if done else None]:
            assert stays <= set(there)
            written = there["openbaar/tuin/report.html"]
            assert written in {"tuin 2024 nl report.html", "nieuw tuin report.html"}
            # Nothing new leaves before what may not be there any more is gone.
            assert written.startswith("tuin") or not gone & set(there)
        lay_out(copy)  # the next run completes
        assert ready(copy)["openbaar/tuin/report.html"] == "nieuw tuin report.html"
        assert not gone & set(ready(copy))
        if done:
            break
    assert done


def test_what_somebody_else_put_there_is_taken_away(root: Path) -> None:
    strange = root / "reports" / "released" / "openbaar" / "tuin" / "geheim.csv"
    strange.write_text("1", encoding="utf-8")
    left = root / "reports" / "released" / ".new.openbaar" / "zon"
    left.mkdir(parents=True)
    (left / "report.html").write_text("half", encoding="utf-8")
    lay_out(root)
    assert not strange.exists()
    assert not left.parent.exists()


def test_a_file_that_was_changed_by_hand_is_put_right(root: Path) -> None:
    before = ready(root)
    path = root / "reports" / "released" / "openbaar" / "tuin" / "report.html"
    path.write_text("van iemand anders", encoding="utf-8")
    lay_out(root)
    assert ready(root) == before


def test_a_report_that_was_changed_by_hand_is_no_longer_there(root: Path) -> None:
    (root / "reports" / "tuin" / "2024" / "report.html").write_text("van iemand anders", encoding="utf-8")
    lay_out(root)
    assert "openbaar/tuin/report.html" not in ready(root)
    assert "bewoners/tuin/report.html" in ready(root)  # another page of the same report


# What is known of it


def test_the_manifest_lies_outside_the_folders_and_says_what_lies_in_them(root: Path) -> None:
    told = json.loads((root / "reports" / "released" / "manifest.json").read_text(encoding="utf-8"))["files"]
    for name, (size, time, digest) in told.items():
        path = root / "reports" / name
        assert (size, time) == (path.stat().st_size, path.stat().st_mtime_ns)
        assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {name.removeprefix("released/") for name in told if name.startswith("released/")} == {
        name for name in ready(root) if not name.endswith("index.html")
    }
    assert not list((root / "reports" / "released").glob("*/manifest.json"))


def test_no_file_is_read_for_its_hash_when_it_is_the_one_that_was_seen(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    whole = laid_out.sha256
    monkeypatch.setattr(laid_out, "sha256", lambda path: read.append(path) or whole(path))
    lay_out(root)
    assert read == []
    os.utime(root / "reports" / "tuin" / "2024" / "report.html", (1, 1))
    lay_out(root)
    assert read == [root / "reports" / "tuin" / "2024" / "report.html"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"files": []}', '{"files": {"a": [1]}}', '{"files": {"a": [1, 2, {}]}}']
)
def test_a_damaged_manifest_says_nothing_and_is_written_anew(root: Path, text: str) -> None:
    path, before = root / "reports" / "released" / "manifest.json", ready(root)
    good = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    lay_out(root)
    assert ready(root) == before
    assert path.read_text(encoding="utf-8") == good


# Nothing to do


@pytest.fixture
def stood(root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[int]]:
    """Let out what may leave once; count how often it is decided after that."""
    report.let_out(Workspace(root), SETTINGS)
    decisions: list[int] = []
    decide = release.decide
    monkeypatch.setattr(release, "decide", lambda *given: decisions.append(1) or decide(*given))
    report.let_out(Workspace(root), SETTINGS)
    assert decisions == []
    return root, decisions


def test_nothing_is_written_when_no_file_moved(stood: tuple[Path, list[int]]) -> None:
    root, decisions = stood
    before = times(root)
    report.let_out(Workspace(root), SETTINGS)
    assert decisions == []
    assert times(root) == before


def _bundle(root: Path) -> None:
    (root / "data" / "bundles" / "tuin").mkdir(parents=True)
    (root / "data" / "bundles" / "tuin" / "x.zip").write_bytes(b"x")


CHANGES: dict[str, Callable[[Path], object]] = {
    "another report": lambda root: again(root, "tuin", "nieuw"),
    "another level": lambda root: build(root, tuin="intern", zon="openbaar"),
    "a failure": lambda root: (root / "reports/zon/2024/failure.json").write_text("{}", encoding="utf-8"),
    "a page that is gone": lambda root: (root / "reports/released/openbaar/tuin/report.html").unlink(),
    "a file of somebody else": lambda root: (root / "reports/released/openbaar/x.html").write_text("x"),
    "an index that is gone": lambda root: (root / "reports/index.html").unlink(),
    "a bundle": _bundle,
    "what was written down": lambda root: (root / "reports/released/standing.json").write_text("{}"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_decides_what_leaves_is_seen(stood: tuple[Path, list[int]], what: str) -> None:
    root, decisions = stood
    CHANGES[what](root)
    report.let_out(Workspace(root), SETTINGS)
    assert decisions == [1]
    report.let_out(Workspace(root), SETTINGS)
    assert decisions == [1]


def test_other_settings_are_seen(stood: tuple[Path, list[int]]) -> None:
    root, decisions = stood
    report.let_out(Workspace(root), Settings(synthetic=False))
    assert decisions == [1]


def test_a_summary_of_runs_decides_nothing(stood: tuple[Path, list[int]]) -> None:
    root, decisions = stood
    (root / "reports" / "run.json").write_text('{"at": "now"}', encoding="utf-8")
    report.let_out(Workspace(root), SETTINGS)
    assert decisions == []


@pytest.mark.parametrize(
    ("day", "stands"),
    [(dt.date(2026, 2, 28), False), (TODAY, True), (dt.date(2026, 3, 9), True), (dt.date(2026, 3, 10), False)],
)
def test_it_stands_until_a_consent_or_a_first_look_ends(root: Path, day: dt.date, stands: bool) -> None:
    workspace = Workspace(root)
    standing.note(workspace, SETTINGS, TODAY, dt.date(2026, 3, 10))
    assert standing.stands(workspace, SETTINGS, day) is stands


def test_without_an_end_it_stands_as_long_as_no_file_moves(root: Path) -> None:
    workspace = Workspace(root)
    standing.note(workspace, SETTINGS, TODAY, None)
    assert standing.stands(workspace, SETTINGS, dt.date(2099, 1, 1))


def test_a_first_look_that_ends_is_written_down(root: Path) -> None:
    workspace, settings = Workspace(root), Settings()
    today = pd.Timestamp.now("Europe/Amsterdam").date()
    for folder in (root / "reports").glob("*/2024/run.json"):
        run = json.loads(folder.read_text(encoding="utf-8"))
        folder.write_text(json.dumps(run | {"first_published": today.isoformat()}), encoding="utf-8")
    report.let_out(workspace, settings)
    assert standing.stands(workspace, settings, today)
    assert not standing.stands(workspace, settings, today + dt.timedelta(days=settings.report.first_look_days))
