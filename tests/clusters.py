"""Real schedulers and workers of Dask for tests: processes on loopback, each in a folder of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import distributed

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 120.0


@dataclass
class Cluster:
    """A scheduler, and the workers that were started for it."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *options: str, code: Path = ROOT) -> None:
        """Start a worker; ``code``: where it finds our package."""
        words = ["worker", self.address, "--name", name, "--host", "127.0.0.1", "--no-dashboard", *options]
        self.workers[name] = _dask(self.folder / name, words, code)

    def wait(self, workers: int) -> None:
        """Wait until so many workers are there."""
        with distributed.Client(self.address, timeout=PATIENCE_S, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(workers, timeout=PATIENCE_S)

    def end(self) -> None:
        """End all of it at once."""
        for process in (*self.workers.values(), self.scheduler):
            _end(process)


def _dask(folder: Path, words: list[str], code: Path) -> subprocess.Popen[bytes]:
    folder.mkdir()
    here = {"PYTHONPATH": str(code), "DASK_TEMPORARY_DIRECTORY": str(folder)}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=folder, env=os.environ | here, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    if process.poll() is None:
        os.killpg(process.pid, 9)
    process.wait()


def free_port() -> int:
    """Find a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """Run a scheduler without workers; all of it ends with the block."""
    port = free_port()
    words = ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-jupyter"]
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(f"tcp://127.0.0.1:{port}", folder, _dask(folder / "scheduler", words, ROOT))
    try:
        _until_it_listens(port)
        yield cluster
    finally:
        cluster.end()


def _until_it_listens(port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"no scheduler on port {port}")
