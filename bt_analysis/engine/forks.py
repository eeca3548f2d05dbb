"""Fresh processes: work and its pieces in; an answer per piece out, each made in a process that nothing else used.

On Linux a process is a fork of one that has imported and used everything (:mod:`bt_analysis.warm`), which takes
hundredths of a second; elsewhere, where forking after such imports is not safe, an ordinary new one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import connection
from pathlib import Path
from typing import Any, Generic, TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

_WARM = ["bt_analysis.warm", "bt_analysis.cli"]
"""Modules by name, as they are above this one; the command line is what a process of `bt report` begins with."""
_GIVE_UP_S = 5.0
_MB = 1024 * 1024

_state: dict[str, Any] = {"fresh": False, "alive": None}


class EndedError(RuntimeError):
    """A process ended before it had an answer; the message says how."""


class TookTooLongError(TimeoutError):
    """A process was ended because one step took longer than it may."""


@dataclass(frozen=True)
class Limits:
    """What one process may take.

    Parameters
    ----------
    step_s : float
        Seconds between two signs of life (:func:`alive`).
    memory_mb : int
        Memory of its own; 0: no limit. Only where the system keeps such a limit (not on macOS and Windows).
    """

    step_s: float = 600.0
    memory_mb: int = 0


def can_fork() -> bool:
    """Say whether fresh processes are forks of a warm one here.

    Returns
    -------
    bool
        True on Linux.
    """
    return sys.platform == "linux" and "forkserver" in multiprocessing.get_all_start_methods()


def take_fresh() -> bool:
    """Say whether this process is a fresh one that nothing has used yet; from then on it counts as used.

    Returns
    -------
    bool
    """
    fresh, _state["fresh"] = bool(_state["fresh"]), False
    return fresh


def alive() -> None:
    """Tell the run that a step is done, so that the time of the next begins; nothing in any other process."""
    if _state["alive"] is not None:
        _state["alive"]()


def each(
    work: Callable[[Piece], Answer], pieces: Iterable[Piece], workers: int, limits: Limits
) -> Iterator[tuple[Piece, Answer | BaseException]]:
    """Do pieces of work, each in a fresh process, some at the same time.

    Parameters
    ----------
    work : callable
        A function of a module; calls :func:`alive` after each step.
    pieces : iterable
        What to do; must be picklable, like the answers.
    workers : int
        Processes at the same time.
    limits : Limits
        Of one process.

    Yields
    ------
    tuple
        Piece, and its answer: what was returned, or the exception that was raised; :class:`EndedError` when the process
        was ended from outside, :class:`TookTooLongError` when it was ended for the time it took. As they come, not in
        order. When the caller stops asking, all processes are ended.
    """
    context = _context()
    waiting = iter(pieces)
    busy: list[_Run[Piece, Answer]] = []
    try:
        while True:
            while len(busy) < workers and (piece := next(waiting, None)) is not None:
                busy.append(_Run(context, work, piece, limits))
            if not busy:
                return
            _wait(busy)
            over = [run for run in busy if run.is_over()]
            busy = [run for run in busy if run not in over]
            for run in over:
                yield run.piece, run.answer
    finally:
        for run in busy:
            run.end()


def _context() -> Any:
    if not can_fork():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_WARM)
    return context


def _wait(busy: list[_Run[Any, Any]]) -> None:
    patience = max(0.0, min(run.until for run in busy) - time.monotonic())
    connection.wait([run.pipe for run in busy], timeout=patience)


@dataclass(eq=False)
class _Run(Generic[Piece, Answer]):
    """One piece in its process."""

    context: Any
    work: Callable[[Piece], Answer]
    piece: Piece
    limits: Limits
    answer: Any = None
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.pipe, theirs = self.context.Pipe(duplex=False)
        given = (self.work, self.piece, theirs, self.limits, dict(os.environ), Path.cwd())
        self.process = self.context.Process(target=_in_fresh_process, args=given, daemon=False)
        self.process.start()
        theirs.close()
        self.until = time.monotonic() + self.limits.step_s

    def is_over(self) -> bool:
        """Read what the process says, and say whether it has nothing more to say."""
        while self.pipe.poll():
            try:
                kind, value = self.pipe.recv()
            except (EOFError, OSError):
                self.answer = self._how_it_ended()
                return self._close()
            if kind == "alive":
                self.until = time.monotonic() + self.limits.step_s
            else:
                self.answer = value
                return self._close()
        if time.monotonic() < self.until:
            return False
        self.answer = TookTooLongError(f"a step took longer than {self.limits.step_s:g} seconds; it was ended.")
        self.end()
        return True

    def _how_it_ended(self) -> EndedError:
        self.process.join(_GIVE_UP_S)
        code = self.process.exitcode
        how = signal.Signals(-code).name if code and code < 0 else f"exit status {code}"
        return EndedError(f"the process that made it was ended from outside ({how}), perhaps for want of memory")

    def _close(self) -> bool:
        self.pipe.close()
        self.process.join(_GIVE_UP_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()
        return True

    def end(self) -> None:
        """End the process at once, and what it started."""
        self.process.kill()
        self._close()


def _in_fresh_process(
    work: Callable[[Any], Any],
    piece: Any,
    pipe: connection.Connection,
    limits: Limits,
    environment: dict[str, str],
    folder: Path,
) -> None:
    """Do one piece and send its answer; the process ends with the run that asked for it."""
    threading.Thread(target=_end_with_the_run, name="ends with the run", daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which then ends this process
    os.environ.update(environment)
    os.chdir(folder)
    _limit(limits.memory_mb)
    _new_luck()
    _state.update(fresh=True, alive=lambda: pipe.send(("alive", None)))
    try:
        answer: Any = work(piece)
    except BaseException as problem:  # noqa: BLE001 - whatever it is, the run must hear of it
        answer = problem
    try:
        pipe.send(("answer", answer))
    except (TypeError, AttributeError, ValueError) as problem:  # it cannot be pickled
        pipe.send(("answer", RuntimeError(f"{type(answer).__name__}: {answer} ({problem})")))


def _end_with_the_run() -> None:
    """Wait until the run ends, however it does, and then end this process at once."""
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def _limit(memory_mb: int) -> None:
    if memory_mb and sys.platform == "linux":
        import resource  # noqa: PLC0415 - not on Windows

        # Memory of its own: a limit of addresses would count what is shared with the process it was forked from.
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * _MB, memory_mb * _MB))


def _new_luck() -> None:
    """Start the generator of random numbers anew: forks of one process would all draw the same."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
