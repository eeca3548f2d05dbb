"""One run at a time: a workspace in; held while a run writes into it, and given back when the run is asked to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from filelock import FileLock, Timeout

from bt_analysis.settings import Workspace

_ASKED = tuple(signal.Signals[name] for name in ("SIGTERM", "SIGINT", "SIGHUP") if name in signal.Signals.__members__)
"""What a timer, a person or a terminal that is closed asks a run to stop with."""


class PipelineError(RuntimeError):
    """The flow cannot go on; the message says what is missing and what to do."""


class Stopped(SystemExit):
    """A run was asked to stop; it ends with the status that a shell gives such a program (128 and the signal)."""

    def __init__(self, asked: signal.Signals) -> None:
        super().__init__(128 + asked)
        self.asked = asked

    def __str__(self) -> str:
        return f"the run was asked to stop ({self.asked.name}). Run it again: it goes on with what is left."


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a run that is asked to stop end as one that failed does: its processes ended, its lock given back.

    Yields
    ------
    None
        While SIGTERM, SIGINT and SIGHUP raise :class:`Stopped`; asked a second time, the run ends at once.

    Raises
    ------
    Stopped
        When it was asked to.
    """
    if threading.current_thread() is not threading.main_thread():  # only there signals can be heard
        yield
        return
    before = {asked: signal.getsignal(asked) for asked in _ASKED}

    def stop(number: int, _: FrameType | None) -> None:
        for asked in _ASKED:
            signal.signal(asked, signal.SIG_DFL)
        raise Stopped(signal.Signals(number))

    try:
        for asked in _ASKED:
            if before[asked] is not signal.SIG_IGN:  # nohup: whoever started it wants it to outlive the terminal
                signal.signal(asked, stop)
        yield
    finally:
        for asked, handler in before.items():
            if handler is not None:  # one that was not set from Python cannot be put back
                signal.signal(asked, handler)


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
