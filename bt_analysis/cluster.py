"""Reports on a cluster: jobs and the address of a Dask scheduler in; what each came to out, made on its workers.

A worker makes a report and sends all of it back; only the process that asked writes. A worker that is lost costs no
report: another one makes it. Everything that decides about a report travels with it or must be the same there.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

import contextlib
import functools
import logging
import multiprocessing
import os
import platform
import queue
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bt_analysis import storage
from bt_analysis.engine import forks
from bt_analysis.engine.forks import Limits
from bt_analysis.pages import earlier
from bt_analysis.publishing import Composed, Job, compose, package_hash
from bt_analysis.settings import Workspace

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_S = 10.0
"""Seconds in which a scheduler must answer."""
NO_WORKERS_S = 600.0
"""Seconds to wait while there is no worker at all; a queue of a cluster may give them late."""

_LOOK_S = 1.0
_OWN = "BT_"
_LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn", "geopandas", "papermill", "nbconvert")
"""Those whose version may be seen in a figure or a number."""


class ClusterError(RuntimeError):
    """Reports cannot be made on a cluster; the message says what was got, what is expected and what to do."""


@dataclass(frozen=True)
class Order:
    """One report, with all that a worker must know of it.

    Parameters
    ----------
    job : Job
        Which, in the workspace as the one who asks has it.
    known : str
        Fingerprint of what the published one depends on; empty: make it whatever it is.
    limits : Limits
        What its process may take.
    software : dict of str to str
        What it must be made with, as :func:`software` says.
    variables : dict of str to str
        Settings that come from the environment (``BT_…``), which win over bt.toml.
    origin : str
        URL of the workspace on object storage; empty: the worker sees the same folder.
    earlier : dict of str to bytes
        What the report is set beside when the worker sees no other report: path in the workspace → content.
    """

    job: Job
    known: str
    limits: Limits
    software: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    earlier: Mapping[str, bytes] = field(default_factory=dict)


def each(
    wanted: Iterable[tuple[Job, str]], address: str, limits: Limits
) -> Iterator[tuple[Job, Composed | BaseException]]:
    """Make reports on a cluster.

    Parameters
    ----------
    wanted : iterable of tuple
        Job, and the fingerprint of what its published report depends on (empty: make it whatever it is).
    address : str
        Of a Dask scheduler, as ``tcp://10.0.0.4:8786``, or the path of its scheduler file (``.json``).
    limits : Limits
        What one report may take.

    Yields
    ------
    tuple
        Job, and what was made, or the exception that kept it from being made. As they come, not in order. When the
        caller stops asking, what still waits is taken back.

    Raises
    ------
    ClusterError
        When Dask is not installed, the scheduler is out of reach, or a worker has other software.
    StorageError
        When the workspace is on object storage and what the workers read cannot be brought there.
    """
    jobs = list(wanted)
    if not jobs:
        return
    client = _connect(address)
    try:
        here = software()
        _refuse_others(client, here)
        origin = storage.lend(jobs[0][0].workspace)
        variables = {name: value for name, value in os.environ.items() if name.startswith(_OWN)}
        orders = [
            Order(job, known, limits, here, variables, origin, _earlier(job) if origin else {}) for job, known in jobs
        ]
        yield from _as_they_come(client, orders)
    finally:
        client.close()  # the scheduler then drops what nobody waits for


def software() -> dict[str, str]:
    """Say what this process makes reports with.

    Returns
    -------
    dict of str to str
        Package → version, and the first characters of a hash of our own code: a report is the same, byte for byte,
        only where all of them are.
    """
    versions = {name: metadata.version(name) for name in _LIBRARIES}
    ours = {"bt-analysis": package_hash()[:12]}
    return {**ours, "python": ".".join(platform.python_version_tuple()[:2]), **versions}


def on_worker(order: Order) -> Composed:
    """Make one report on a worker, in a fresh process.

    Parameters
    ----------
    order : Order
        Which, and with what.

    Returns
    -------
    Composed
        All of it; nothing is left on the worker.

    Raises
    ------
    ClusterError
        When the worker has other software, or does not see the workspace.
    EndedError, TookTooLongError
        When its process was ended.
    """
    differing = _differing(order.software, software())
    if differing:
        raise ClusterError(_other_software(_here(), differing))
    _may_have_children()
    work = functools.partial(_compose, known=order.known, variables=dict(order.variables))
    with _at_hand(order) as root:
        [(_, answer)] = forks.each(work, [replace(order.job, workspace=root)], 1, order.limits)
    if isinstance(answer, BaseException):
        raise answer
    return answer


@contextlib.contextmanager
def _at_hand(order: Order) -> Iterator[Path]:
    """Give the folder that a report is made in: the workspace itself, or what the report reads of one on storage."""
    if not order.origin:
        if not (order.job.workspace / "data" / "processed").is_dir():
            raise ClusterError(
                f"worker {_here()} sees no {order.job.workspace}; expected the folder of the workspace under the same "
                "path on each worker. Put it on a shared disk, or on object storage: bt -w s3://bucket/folder"
            )
        yield order.job.workspace
        return
    # What all reports of a worker read is there once, and is not changed; what is of this one alone goes beside it.
    shared = storage.at_reader(order.origin)
    with tempfile.TemporaryDirectory(prefix="bt-") as folder:
        for one in shared.iterdir():
            (Path(folder) / one.name).symlink_to(one)
        for name, content in order.earlier.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield Path(folder)


def _earlier(job: Job) -> dict[str, bytes]:
    """Read what a report is set beside: what stands of it, of all its periods."""
    own = Workspace(job.workspace).reports / job.name
    found = [path for name in earlier.READ for path in own.rglob(name)]
    return {path.relative_to(job.workspace).as_posix(): path.read_bytes() for path in found}


def _compose(job: Job, *, known: str, variables: dict[str, str]) -> Composed:
    """Make a report, in a process that nothing else uses, under the settings of the one who asked."""
    for name in [name for name in os.environ if name.startswith(_OWN)]:
        del os.environ[name]
    os.environ.update(variables)
    return compose(job, known)


def _may_have_children() -> None:
    """Let a worker under a nanny start processes; they end with it, so that none outlives it."""
    if multiprocessing.current_process().daemon:
        multiprocessing.current_process().daemon = False


def _here() -> str:
    return platform.node()  # not who runs it: what became of a report may be read by anybody


def _connect(address: str) -> Client:
    try:
        import distributed  # noqa: PLC0415 - half a second, and only for a cluster
    except ModuleNotFoundError as problem:
        raise ClusterError(
            f"got scheduler {address!r}, and Dask is not installed ({problem.name}); expected the extra cluster. "
            "Do: pip install 'bt-analysis[cluster]'"
        ) from problem
    # What it would tell in tracebacks, that it lost its scheduler, is told in one line per report.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    where: dict[str, Any] = {"address": address}
    if address.endswith(".json"):
        if not Path(address).is_file():
            raise ClusterError(f"no scheduler file {address}; expected the one of: dask scheduler --scheduler-file …")
        where = {"scheduler_file": address}
    try:
        return distributed.Client(**where, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise ClusterError(
            f"no scheduler answers at {address} within {CONNECT_S:g} seconds; expected a Dask scheduler, as "
            "tcp://10.0.0.4:8786. Start it with: dask scheduler, or leave --scheduler out."
        ) from problem


def _refuse_others(client: Client, here: Mapping[str, str]) -> None:
    """Refuse a cluster of which a worker has other software; one that comes later is refused by what it is sent."""
    there: dict[str, dict[str, str] | Exception] = client.run(software, on_error="return")
    for worker, with_what in sorted(there.items()):
        if isinstance(with_what, Exception):
            raise ClusterError(
                f"worker {worker} cannot say what it makes reports with ({with_what}); expected bt-analysis of this "
                "version there. Install the same one, and start the workers again."
            )
        differing = _differing(here, with_what)
        if differing:
            raise ClusterError(_other_software(worker, differing))


def _differing(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    return [
        f"{name} {there.get(name, 'none')}, not {wanted}" for name, wanted in here.items() if there.get(name) != wanted
    ]


def _other_software(worker: str, differing: list[str]) -> str:
    return (
        f"worker {worker} has other software ({'; '.join(differing)}); expected the same as here, or reports would "
        "differ. Install the same versions there (requirements.lock), and start the workers again."
    )


def _as_they_come(client: Client, orders: list[Order]) -> Iterator[tuple[Job, Composed | BaseException]]:
    done: queue.SimpleQueue[Future[Composed]] = queue.SimpleQueue()
    waiting: dict[Any, tuple[Job, Future[Composed]]] = {}
    for order in orders:
        # Not pure: the same question asked again, after something changed, must not be answered from memory.
        future = client.submit(on_worker, order, pure=False)
        waiting[future.key] = order.job, future
        future.add_done_callback(done.put)
    patience = _Patience(client)
    while waiting:
        try:
            future = done.get(timeout=_LOOK_S)
        except queue.Empty:
            patience.check()
            continue
        job, _ = waiting.pop(future.key)
        yield job, _answer(future)


def _answer(future: Future[Composed]) -> Composed | BaseException:
    from distributed import CancelledError, KilledWorker  # noqa: PLC0415 - see _connect

    try:
        return future.result()
    except CancelledError:
        return ClusterError("the scheduler went away before it was made. Start it again, and then: bt report")
    except KilledWorker as problem:
        tries = problem.allowed_failures + 1
        return ClusterError(f"{tries} workers were lost while they made it, perhaps for want of memory")
    except Exception as problem:  # noqa: BLE001 - whatever it is, the run goes on with the other reports
        return problem
    finally:
        future.release()


class _Patience:
    """Waits for workers, but not for ever."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.since = time.monotonic()

    def check(self) -> None:
        """Give up when there has been no worker for too long."""
        if self.client.status != "running" or self._has_workers():
            self.since = time.monotonic()
        elif time.monotonic() - self.since > NO_WORKERS_S:
            raise ClusterError(
                f"the scheduler has had no worker for {NO_WORKERS_S:g} seconds; expected at least one. Start one with: "
                "dask worker ADDRESS, and run this again: what is done stays."
            )

    def _has_workers(self) -> bool:
        try:
            return bool(self.client.nthreads())
        except OSError:  # the scheduler just went away, which each of the reports will tell
            return True
