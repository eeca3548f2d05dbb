"""Workspaces on object storage: brought, worked on and put back in order, by one run at a time."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import fsspec  # type: ignore[import-untyped]
import pytest
from moto.server import ThreadedMotoServer

from bt_analysis import storage
from bt_analysis.storage import Put, StorageError, holding, places
from bt_analysis.storage.places import Place
from tests.clusters import ROOT, running
from tests.command_line import Bt, is_one_line
from tests.test_report import GOOD, NAME, PERIOD, own_notebook

FILES = {
    "bt.toml": "synthetic = true\n",
    "data/raw/monitoring/tuin/tuin.csv": "a",
    "data/processed/built.json": "{}",
    "data/processed/analysed/estimates.parquet": "1",
    "data/processed/joined/activity.parquet": "1",
    "reports/index.html": "index",
    "reports/run.json": "{}",
    "reports/tuin/2024/report.html": "page",
    "reports/tuin/2024/run.json": "{}",
    "reports/released/openbaar/tuin.html": "page",
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep copies where only this test looks."""
    monkeypatch.setenv("BT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Store:
    """What lies on storage, as somebody else sees and changes it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files, self.root = fsspec.core.url_to_fs(url)

    def write(self, name: str, text: str) -> None:
        self.files.pipe_file(f"{self.root}/{name}", text.encode())

    def read(self, name: str) -> str:
        self.files.invalidate_cache()
        return str(self.files.cat_file(f"{self.root}/{name}").decode())

    def remove(self, name: str) -> None:
        self.files.rm_file(f"{self.root}/{name}")

    def names(self) -> list[str]:
        self.files.invalidate_cache()
        return sorted(path[len(self.root) + 1 :] for path in self.files.find(self.root))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a test a small workspace on storage in memory."""
    there = Store(f"memory://{tmp_path.name}/mine")
    for name, text in FILES.items():
        there.write(name, text)
    yield there
    there.files.rm(there.root, recursive=True)


def worked(there: Store, *changes: tuple[str, str | None]) -> Put:
    """Run a command that writes files, or removes them, and return what was put back."""
    told: list[Put] = []
    with storage.at_hand(there.url, told.append) as root:
        for name, text in changes:
            path = root / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return told[0]


def spied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write down what is put and taken away, in order."""
    done: list[str] = []
    put, remove = Place.put, Place.remove

    def note_put(self: Place, names: Any, folder: Path) -> None:
        done.extend(f"+{name}" for name in names)
        put(self, names, folder)

    def note_remove(self: Place, names: Any) -> None:
        done.extend(f"-{name}" for name in names)
        remove(self, names)

    monkeypatch.setattr(Place, "put", note_put)
    monkeypatch.setattr(Place, "remove", note_remove)
    return done


# What is a URL


@pytest.mark.parametrize("text", ["s3://bucket/mine", "abfs://data@account.dfs.core.windows.net/mine", "gs://b/m"])
def test_a_url(text: str) -> None:
    assert storage.is_url(text)


@pytest.mark.parametrize("text", [".", "../mine", "/data/mine", "C:\\data\\mine", "c://data"])
def test_a_folder(text: str) -> None:
    assert not storage.is_url(text)


# Bringing and putting back


def test_a_workspace_is_brought_and_what_changed_is_put_back(store: Store) -> None:
    with storage.at_hand(store.url, lambda _: None) as root:
        there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
        assert there == set(FILES)
    assert worked(store, ("data/processed/new.parquet", "x"), ("reports/tuin/2024/report.html", "newer")).written == 3
    assert store.read("reports/tuin/2024/report.html") == "newer"
    assert store.names() == sorted([*FILES, "data/processed/new.parquet"])


def test_nothing_changed_so_nothing_is_put(store: Store) -> None:
    assert worked(store) == Put(store.url)
    # Written anew with what it held: a build does so with every table.
    assert worked(store, ("reports/index.html", "index")) == Put(store.url)


def test_only_what_differs_is_brought(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(store)
    brought: list[str] = []
    bring = Place.bring

    def note(self: Place, names: Any, folder: Path) -> None:
        brought.extend(names)
        bring(self, names, folder)

    monkeypatch.setattr(Place, "bring", note)
    worked(store)
    assert brought == []
    store.write("data/raw/monitoring/tuin/tuin.csv", "b, longer")
    store.remove("reports/tuin/2024/report.html")
    with storage.at_hand(store.url, lambda _: None) as root:
        assert brought == ["data/raw/monitoring/tuin/tuin.csv"]
        assert not (root / "reports/tuin/2024/report.html").exists()


def test_what_was_changed_here_by_hand_gives_way(store: Store, cache: Path) -> None:
    worked(store)
    [page] = cache.rglob("workspace/reports/index.html")
    page.write_text("by hand", encoding="utf-8")
    (page.parent / "stray.html").write_text("by hand", encoding="utf-8")
    assert worked(store) == Put(store.url)
    assert page.read_text(encoding="utf-8") == "index"
    assert "reports/stray.html" not in store.names()


def test_what_says_that_all_is_whole_comes_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(store)
    done = spied(monkeypatch)
    changed = [name for name in FILES if name not in ("bt.toml", "data/raw/monitoring/tuin/tuin.csv")]
    worked(store, *((name, "other") for name in changed))
    assert done == [
        "-data/processed/built.json",
        "+data/processed/analysed/estimates.parquet",
        "+data/processed/joined/activity.parquet",
        "+data/processed/built.json",
        "+reports/tuin/2024/report.html",
        "+reports/tuin/2024/run.json",
        "+reports/released/openbaar/tuin.html",
        "+reports/index.html",
        "+reports/run.json",
        f"-{holding.LOCK}",
    ]


def test_what_may_no_longer_be_there_goes_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(store)
    done = spied(monkeypatch)
    worked(
        store,
        ("reports/released/openbaar/tuin.html", None),
        ("reports/tuin/2024/report.html", None),
        ("reports/index.html", "other"),
    )
    assert done == [
        "-reports/released/openbaar/tuin.html",
        "+reports/index.html",
        "-reports/tuin/2024/report.html",
        f"-{holding.LOCK}",
    ]


def test_a_build_that_ends_as_it_was_says_again_that_it_is_whole(store: Store) -> None:
    worked(store, ("data/processed/joined/activity.parquet", "2"))
    assert store.read("data/processed/built.json") == "{}"


def test_what_a_run_leaves_beside_its_work_stays_here(store: Store) -> None:
    beside = ("data/.lock", "reports/tuin/2024/.new.report/report.html", "reports/.12.partial.index.html")
    assert worked(store, *((name, "x") for name in beside)) == Put(store.url)
    assert store.names() == sorted(FILES)


def test_what_the_package_remembers_travels(store: Store) -> None:
    worked(store, ("data/released/.memory/build/claims.parquet", "x"))
    assert "data/released/.memory/build/claims.parquet" in store.names()


def test_a_command_that_fails_puts_back_what_it_did(store: Store) -> None:
    def fails() -> None:
        with storage.at_hand(store.url, lambda _: None) as root:
            (root / "reports" / "index.html").write_text("half of the work", encoding="utf-8")
            raise ValueError("mis")

    with pytest.raises(ValueError, match="mis"):
        fails()
    assert store.read("reports/index.html") == "half of the work"
    assert holding.LOCK not in store.names()


def test_a_delivery_that_came_meanwhile_is_kept(store: Store) -> None:
    name = "data/raw/monitoring/tuin/tuin.csv"
    told: list[Put] = []
    with storage.at_hand(store.url, told.append) as root:
        store.write(name, "delivered meanwhile")
        (root / name).write_text("taken over here", encoding="utf-8")
        (root / "reports" / "index.html").write_text("other", encoding="utf-8")
    assert told == [Put(store.url, 1, 0, (name,))]
    assert store.read(name) == "delivered meanwhile"


def test_a_command_that_only_looks_holds_and_puts_nothing(store: Store) -> None:
    with storage.at_hand(store.url, lambda _: pytest.fail("put"), writes=False) as root:
        (root / "reports" / "index.html").write_text("other", encoding="utf-8")
        assert holding.LOCK not in store.names()
    assert store.read("reports/index.html") == "index"


def test_a_copy_is_for_its_user_only(store: Store, cache: Path) -> None:
    worked(store)
    assert [path.stat().st_mode & 0o077 for path in (cache, *cache.glob("workspaces/*"))] == [0, 0]


# One run at a time


def test_another_run_holds_it(store: Store) -> None:
    other = {"copy": "another", "holder": "anna@node3, process 5", "since": "2026-11-26T03:00:00+01:00"}
    store.write(holding.LOCK, json.dumps(other))
    with pytest.raises(
        StorageError, match=r"held by anna@node3, process 5 since 2026-11-26T03:00:00\+01:00; .* remove"
    ):
        worked(store, ("reports/index.html", "other"))
    assert json.loads(store.read(holding.LOCK)) == other
    assert store.read("reports/index.html") == "index"


def test_what_a_run_of_this_machine_left_is_taken_over(store: Store, cache: Path) -> None:
    worked(store)
    [known] = cache.glob("workspaces/*/copy.json")
    mine = json.loads(known.read_text(encoding="utf-8"))["id"]
    store.write(holding.LOCK, json.dumps({"copy": mine, "holder": "me", "since": "yesterday"}))
    assert worked(store, ("reports/index.html", "other")).written == 1
    assert holding.LOCK not in store.names()


def test_two_commands_on_one_machine(store: Store) -> None:
    with (
        storage.at_hand(store.url, lambda _: None),
        pytest.raises(StorageError, match="another command on this machine is at work with memory://"),
    ):
        worked(store)


@pytest.mark.parametrize("left", ["", "no json", '{"copy": "another"}', "[]"])
def test_a_hold_that_was_taken_away_puts_nothing(store: Store, left: str) -> None:
    def loses_it() -> None:
        with storage.at_hand(store.url, lambda _: None) as root:
            store.write(holding.LOCK, left)
            (root / "reports" / "index.html").write_text("other", encoding="utf-8")

    with pytest.raises(StorageError, match=r"no longer held for this run.*Nothing was put back: what was made lies in"):
        loses_it()
    assert store.read("reports/index.html") == "index"
    assert store.read(holding.LOCK) == left


# What can be wrong


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("memory://nothing/here", "nothing at memory://nothing/here; expected a workspace"),
        ("nope://bucket/mine", "nope://bucket/mine cannot be opened"),
        ("gs://bucket/mine", r"what reads gs:// is not installed; .* pip install 'bt-analysis\[gcs\]'"),
        ("ftp://me:secret@host/mine", "got a URL ftp:// with a password in it; expected none"),
    ],
)
def test_a_url_that_cannot_be_used(url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(StorageError, match=said) as problem, storage.at_hand(url, lambda _: None):
        pass
    assert "secret" not in str(problem.value)


def test_a_name_that_leads_outside(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = {f"{store.root}/data/../../other": {"size": 1}}
    monkeypatch.setattr(type(store.files), "find", lambda *_, **__: outside)
    with pytest.raises(StorageError, match=r"holds 'data/\.\./\.\./other'; expected names inside"):
        worked(store)
    monkeypatch.undo()


@pytest.mark.parametrize("command", ["dashboard", "lab"])
def test_what_stays_open_wants_a_folder(store: Store, bt: Bt, command: str) -> None:
    is_one_line(bt("-w", store.url, command), f"bt {command} got {store.url}; expected a folder")


def test_where_copies_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert places.cache() == tmp_path / "xdg" / "bt-analysis"


# For workers of a cluster


def test_a_worker_brings_what_reports_rest_on_and_no_delivery(store: Store) -> None:
    store.write("notebooks/report_collective.ipynb", "{}")
    root = storage.at_reader(store.url)
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert there == {"bt.toml", "notebooks/report_collective.ipynb", "data/processed/analysed/estimates.parquet"}


def test_workers_of_a_machine_bring_a_build_once_and_forget_an_old_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = storage.at_reader(store.url)
    monkeypatch.setattr(Place, "bring", lambda *_: pytest.fail("brought again"))
    assert storage.at_reader(store.url) == first
    monkeypatch.undo()
    monkeypatch.setenv("BT_CACHE", str(first.parents[2]))
    store.write("data/processed/analysed/estimates.parquet", "another")
    second = storage.at_reader(store.url)
    assert (first.exists(), second.exists()) == (True, True)
    ready = first.with_name(f"{first.name}.ready")
    os.utime(ready, (0, 0))
    assert storage.at_reader(store.url) == second
    assert not first.exists()


def test_what_was_built_is_lent_before_reports_are_made(store: Store) -> None:
    with storage.at_hand(store.url, lambda _: None) as root:
        (root / "data/processed/analysed/estimates.parquet").write_text("2", encoding="utf-8")
        (root / "reports" / "index.html").write_text("other", encoding="utf-8")
        assert storage.lend(root) == store.url
        assert store.read("data/processed/analysed/estimates.parquet") == "2"
        assert store.read("data/processed/built.json") == "{}"
        assert store.read("reports/index.html") == "index"
    assert store.read("reports/index.html") == "other"


def test_a_folder_is_lent_as_it_is(tmp_path: Path) -> None:
    assert storage.lend(tmp_path) == ""


# On S3


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Serve S3 on loopback; the address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells of every question
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a test an empty bucket, and what must stand in the environment to use it."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    there = boto3.resource("s3").Bucket("lab")
    there.create()
    yield there
    there.objects.all().delete()
    there.delete()
    fsspec.get_filesystem_class("s3").clear_instance_cache()


def upload(bucket: Any, root: Path) -> None:
    for path in root.rglob("*"):
        if path.is_file():
            bucket.upload_file(str(path), f"mine/{path.relative_to(root).as_posix()}")


def keys(bucket: Any) -> set[str]:
    return {one.key.removeprefix("mine/") for one in bucket.objects.all()}


@pytest.fixture
def quick_there(demo_copy: Path, bucket: Any) -> Any:
    """Put a built workspace whose report is one title in a bucket."""
    own_notebook(demo_copy, GOOD.format(title="een"))
    upload(bucket, demo_copy)
    return bucket


def test_the_main_job_on_s3(quick_there: Any, bt: Bt) -> None:
    if os.environ.get("BT_FULL"):
        ran = bt("-w", "s3://lab/mine", "build")
        assert (ran.code, ran.err) == (0, "")
    ran = bt("-w", "s3://lab/mine", "report", NAME)
    assert (ran.code, ran.err) == (0, "")
    assert f"report {NAME} {PERIOD} nl: published" in ran.out
    assert "s3://lab/mine: " in ran.out
    there = keys(quick_there)
    assert {f"reports/{NAME}/{PERIOD}/{name}" for name in ("report.html", "estimates.csv", "run.json")} <= there
    assert "reports/index.html" in there
    assert not [name for name in there if "lock" in name and name != "data/.lock"]
    again = bt("-w", "s3://lab/mine", "report", NAME)
    assert f"report {NAME} {PERIOD} nl: unchanged" in again.out
    told = bt("-w", "s3://lab/mine", "status")
    assert f"published  {NAME} {PERIOD} nl" in told.out


@pytest.mark.usefixtures("bucket")
def test_only_one_of_two_can_make_the_lock_on_s3() -> None:
    place = Place("s3://lab/mine")
    assert place.create("lock", b"1")
    assert not place.create("lock", b"2")
    assert place.read("lock") == b"1"
    # Also when the other one comes between looking and writing.
    files, root = place._opened
    with pytest.raises(FileExistsError):
        files.pipe_file(f"{root}/lock", b"3", mode="create")


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_and_no_credentials(bt: Bt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    is_one_line(bt("-w", "s3://none/mine", "status"), "s3://none/mine cannot be listed", "Check the address")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    is_one_line(bt("-w", "s3://lab/mine", "build"), "cannot be ", "credentials in the environment")


def test_workers_read_what_is_on_s3(quick_there: Any, bt: Bt, tmp_path: Path) -> None:
    with running(tmp_path / "cluster") as cluster:
        cluster.start("reader", "--no-nanny", "--nthreads", "1")
        cluster.wait(1)
        ran = bt("-w", "s3://lab/mine", "report", NAME, "--scheduler", cluster.address)
    assert (ran.code, ran.err) == (0, "")
    assert f"report {NAME} {PERIOD} nl: published" in ran.out
    assert f"reports/{NAME}/{PERIOD}/report.html" in keys(quick_there)
    # The worker read its own copy, and not the folder of the one who asked.
    assert list((tmp_path / "cache" / "readers").rglob("estimates.parquet"))


def test_papermill_itself_on_s3(demo_copy: Path, bucket: Any) -> None:
    own_notebook(demo_copy, GOOD.format(title="een"))
    bucket.upload_file(str(demo_copy / "notebooks" / "report_collective.ipynb"), "in.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "bt", "--no-progress-bar", "s3://lab/in.ipynb",
         "s3://lab/out.ipynb"],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [out] = [one.get()["Body"].read().decode() for one in bucket.objects.all() if one.key == "out.ipynb"]
    assert "<h1>een</h1>" in out
