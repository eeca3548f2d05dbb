"""Fetching whole tables over a line that fails, and after a kill: what ends on disk is what a calm line gives."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pandas as pd
import pytest

from bt_analysis.settings import CbsSettings, Workspace
from bt_analysis.sources import cbs, files

SHARED = Path(__file__).resolve().parents[2] / "shared"
RECORDED = SHARED / "data" / "cbs_tables"
FULL = bool(os.environ.get("BT_FULL"))
# 50090NED has 138,728 rows; it takes the server longer to write them than anything else here takes.
TABLES = ("84799NED", "85984NED", "83765NED", "83583NED", *(["50090NED"] if FULL else []))
FAULTS = ("reset=0.15", "truncate=0.1", "500=0.1", "503=0.1", "html=0.05")
SEEDS = range(1, 21 if FULL else 3)

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded CBS tables in {RECORDED}")


@contextmanager
def serving(*options: str) -> Iterator[str]:
    command = [sys.executable, str(SHARED / "tools" / "cbs_server.py"), "--tables", str(RECORDED), "--port", "0"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def settings(address: str) -> CbsSettings:
    return CbsSettings.model_validate({"base_url": address, "first_wait_s": 0.005})


def requests_of(address: str) -> int:
    with urlopen(f"{address}/_stats") as answer:
        return int(json.load(answer)["requests"])


def fetched(address: str, folder: Path) -> dict[str, str]:
    """Fetch the five tables; gives the sha256 of every file."""
    outcomes = list(cbs.fetch_tables(TABLES, Workspace(folder), settings(address)))
    assert [outcome.table_id for outcome in outcomes if isinstance(outcome, cbs.Fetched)] == list(TABLES)
    return {str(path.relative_to(folder)): files.sha256(path) for path in (folder / "data/raw/cbs").rglob("*.*")
            if path.is_file()}  # fmt: skip


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with serving() as address:
        return fetched(address, tmp_path_factory.mktemp("calm"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_tables_over_a_failing_line_are_those_of_a_calm_one(calm: dict[str, str], tmp_path: Path, seed: int) -> None:
    with serving("--seed", str(seed), *(word for fault in FAULTS for word in ("--fault", fault))) as address:
        assert fetched(address, tmp_path) == calm


def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from bt_analysis.settings import CbsSettings, Workspace;"
        "from bt_analysis.sources import cbs;"
        "cbs.fetch_table('50090NED', Workspace(Path(sys.argv[1])), CbsSettings(base_url=sys.argv[2], workers=1))"
    )
    pages = tmp_path / "data" / "raw" / "cbs" / ".partial.50090NED" / "pages"
    with serving() as address:
        with subprocess.Popen([sys.executable, "-c", program, str(tmp_path), address]) as process:
            deadline = time.monotonic() + 60
            while len(list(pages.glob("[0-9]*.arrow"))) < 4 and time.monotonic() < deadline:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
        kept = len(list(pages.glob("[0-9]*.arrow")))
        before = requests_of(address)
        result = cbs.fetch_table("50090NED", Workspace(tmp_path), settings(address))
        asked = requests_of(address) - before
    assert 4 <= kept < 14
    assert result.rows == 138_728
    # Which release, twice; the columns; the pages that were not there, 14 of 10,000 rows in all; and the three
    # descriptions, which come after the pages. The dimensions were there already.
    assert asked == 2 + 1 + (14 - kept) + 3
    rows, recorded = (
        pd.read_parquet(folder / "TypedDataSet.parquet") for folder in (result.folder, RECORDED / "50090NED")
    )
    assert rows["ID"].tolist() == recorded["ID"].tolist()
    assert rows.sum(numeric_only=True).to_dict() == pytest.approx(recorded.sum(numeric_only=True).to_dict())
    assert [path.name for path in result.folder.parent.iterdir()] == ["50090NED"]
