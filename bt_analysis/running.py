"""One run at a time: a workspace in; held while a run writes into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from bt_analysis.settings import Workspace


class PipelineError(RuntimeError):
    """The flow cannot go on; the message says what is missing and what to do."""


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace, so that two runs never write into it at once.

    Parameters
    ----------
    workspace : Workspace
        The workspace to hold.

    Yields
    ------
    None
        While the workspace is held.

    Raises
    ------
    PipelineError
        When another run holds it.
    """
    path = workspace.root / "data" / ".lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as problem:
        raise PipelineError(
            f"another run is at work in {workspace.root}; expected one at a time. Wait until it is done."
        ) from problem
    try:
        yield
    finally:
        lock.release()
