"""The files of a report take their place together: a run cut off at any step leaves the last report or the next."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from bt_analysis.pages import runs
from bt_analysis.publishing import Job, Outcome, storing
from bt_analysis.publishing.composing import Composed
from bt_analysis.publishing.resting import STAGING
from bt_analysis.settings import Workspace

PAGES = ("report.html", "bewoners.html", "claims.csv")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path, "tuin", "2024", "nl", rests_on="een")


def composed(said: str, names: tuple[str, ...] = PAGES) -> Composed:
    """Make a report whose every file says the same."""
    about = {"report": "tuin", "period": "2024", "lang": "nl", "inputs": said}
    outcome = Outcome("tuin", "2024", "nl", "published", 1.0)
    return Composed(outcome, {name: f"{said} {name}".encode() for name in names}, about)


def said(folder: Path) -> dict[str, str]:
    """Read of each file which version it is of."""
    return {path.name: path.read_text(encoding="utf-8").split()[0] for path in folder.glob("*.[hcpi]*")}


def is_whole(folder: Path) -> bool:
    run = runs.read_run(folder / "run.json")
    return bool(run) and all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in run["sha256"].items()
    )


class Killed(BaseException):
    """The process ended here: nothing that comes after is done."""


class Disk:
    """Counts what is done to the disk, and stops at one of these."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
        self.done, self.at = 0, at
        for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "write_bytes"), (shutil, "rmtree")):
            monkeypatch.setattr(owner, name, self.counted(getattr(owner, name)))

    def counted(self, act: object) -> object:
        def step(*given: object, **more: object) -> object:
            if self.done >= self.at:  # nothing of what a handler would tidy is done either
                raise Killed
            self.done += 1
            return act(*given, **more)  # type: ignore[operator]

        return step


def killed_at(job: Job, at: int, made: Composed) -> bool:
    with pytest.MonkeyPatch.context() as monkeypatch:
        Disk(monkeypatch, at)
        try:
            storing.store(job, made)
        except Killed:
            return True
    return False


def test_a_report_is_published_with_what_it_rests_on_and_leaves_nothing_beside_it(job: Job) -> None:
    assert storing.store(job, composed("oud")).status == "published"
    assert sorted(path.name for path in job.folder.iterdir()) == sorted([*PAGES, "run.json"])
    assert is_whole(job.folder)
    assert runs.read_run(job.folder / "run.json")["rests_on"] == "een"


def test_a_run_killed_at_any_step_leaves_the_last_report_or_the_next(job: Job) -> None:
    storing.store(job, composed("oud", (*PAGES, "report.pdf")))
    before = {path.name: path.read_bytes() for path in job.folder.iterdir()}
    seen = set()
    for at in range(200):
        shutil.rmtree(job.folder)
        job.folder.mkdir()
        for name, content in before.items():
            (job.folder / name).write_bytes(content)
        cut_off = killed_at(job, at, composed("nieuw"))
        # Whoever looks in between sees every page, each of one version, and old PDFs no longer than old pages.
        there = said(job.folder)
        assert set(PAGES) <= set(there)
        storing.settle(job.folder)
        there = said(job.folder)
        assert is_whole(job.folder), at
        assert len(set(there.values())) == 1, (at, there)
        assert ("report.pdf" in there) == (there["report.html"] == "oud")
        assert not (job.folder / STAGING).exists()
        seen.add(there["report.html"])
        if not cut_off:
            break
    assert seen == {"oud", "nieuw"}
    assert not cut_off


def test_what_stood_ready_is_finished_and_what_was_half_is_cleared_away(job: Job, tmp_path: Path) -> None:
    storing.store(job, composed("oud"))
    staging = job.folder / STAGING
    staging.mkdir()
    (staging / "report.html").write_text("nieuw half", encoding="utf-8")
    storing.settle_all(Workspace(tmp_path))
    assert said(job.folder) == dict.fromkeys(PAGES, "oud")
    assert not staging.exists()


def test_what_a_killed_run_left_is_no_part_of_the_next_version(job: Job) -> None:
    storing.store(job, composed("oud"))
    # Everything stood ready, and nothing had taken its place yet.
    for at in range(50):
        if not killed_at(job, at, composed("nieuw", (*PAGES, "report.ipynb"))):
            break
        if (job.folder / STAGING / "ready.json").exists():
            break
    assert storing.store(job, composed("nieuwer")).status == "published"
    assert {name: text for name, text in said(job.folder).items() if name in PAGES} == dict.fromkeys(PAGES, "nieuwer")
    assert is_whole(job.folder)


def test_a_full_disk_leaves_the_last_report_and_nothing_half(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    storing.store(job, composed("oud"))
    write = storing.write_atomically

    def full(path: Path, writer: object) -> None:
        if path.name == "claims.csv":
            raise OSError(28, "No space left on device")
        write(path, writer)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "write_atomically", full)
    outcome = storing.store(job, composed("nieuw"))
    assert outcome.status == "failed"
    assert "No space left on device" in outcome.error
    assert is_whole(job.folder)
    assert said(job.folder) == dict.fromkeys(PAGES, "oud")
    assert not (job.folder / STAGING).exists()


def test_a_disk_that_takes_nothing_at_all_is_told_by_the_outcome(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    storing.store(job, composed("oud"))
    monkeypatch.setattr(
        storing, "write_atomically", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only file system"))
    )
    outcome = storing.store(job, composed("nieuw"))
    assert outcome.status == "failed"
    assert "Read-only file system" in outcome.error
    assert is_whole(job.folder)


def test_old_pdfs_go_when_new_pages_stand(job: Job) -> None:
    storing.store(job, composed("oud", (*PAGES, "report.pdf", "bewoners.pdf")))
    storing.store(job, composed("nieuw", (*PAGES, "report.pdf")))
    assert said(job.folder) == dict.fromkeys((*PAGES, "report.pdf"), "nieuw")


def test_the_first_day_stays_that_of_the_first_time(job: Job) -> None:
    storing.store(job, composed("oud"))
    path = job.folder / "run.json"
    run = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(run | {"first_published": "2026-01-01"}), encoding="utf-8")
    storing.store(job, composed("nieuw"))
    assert runs.read_run(path)["first_published"] == "2026-01-01"


def test_what_a_report_rests_on_is_remembered_when_it_is_found_to_be_the_same(job: Job) -> None:
    storing.store(job, composed("oud"))
    later = Job(job.workspace, "tuin", "2024", "nl", rests_on="twee")
    unchanged = Composed(Outcome("tuin", "2024", "nl", "unchanged", 0.0))
    assert storing.store(later, unchanged).status == "unchanged"
    assert runs.read_run(job.folder / "run.json")["rests_on"] == "twee"
    assert said(job.folder) == dict.fromkeys(PAGES, "oud")


def test_what_stands_ready_is_no_report_yet(job: Job, tmp_path: Path) -> None:
    staging = job.folder / STAGING
    staging.mkdir(parents=True)
    (staging / "report.html").write_text("nieuw", encoding="utf-8")
    (staging / "ready.json").write_text("{}", encoding="utf-8")
    assert runs.published(Workspace(tmp_path)) == []
