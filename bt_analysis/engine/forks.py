"""Fresh processes: work and its pieces in; an answer per piece out, each made in a process that nothing else used.

On Linux a process is a fork of one that has imported and used everything (:mod:`bt_analysis.warm`), which takes
hundredths of a second. Elsewhere, where forking after such imports is not safe, ordinary new processes are started
ahead: they import the same, wait for a piece, and end after it.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from multiprocessing import connection
from pathlib import Path
from typing import Any, Generic, TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

_WARM = ["bt_analysis.warm", "bt_analysis.cli"]
"""Modules by name, as they are above this one; the command line is what a process of `bt report` begins with."""
FORK = "BT_FORK"
"""Environment variable: ``0`` starts ordinary processes ahead also where a fork is possible."""

_GIVE_UP_S = 5.0
_START_S = 300.0
"""Seconds in which a process must have imported everything; a slow disk takes a minute."""
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
        True on Linux, unless the environment says ``BT_FORK=0``.
    """
    possible = sys.platform == "linux" and "forkserver" in multiprocessing.get_all_start_methods()
    return possible and os.environ.get(FORK) != "0"


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
    work: Callable[[Any], Answer],
    pieces: Iterable[Piece],
    workers: int,
    limits: Limits,
    pack: Callable[[Piece], Any] | None = None,
) -> Generator[tuple[Piece, Answer | BaseException], None, None]:
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
    pack : callable, optional
        Makes of a piece what ``work`` is given, in this process and only when it is its turn: for pieces that would
        fill the memory together. Default: the piece itself.

    Yields
    ------
    tuple
        Piece, and its answer: what was returned, or the exception that was raised; :class:`EndedError` when the process
        was ended from outside, :class:`TookTooLongError` when it was ended for the time it took. As they come, not in
        order. When the caller closes it, all processes are ended.
    """
    waiting = deque(pieces)
    context, ahead = _context(), not can_fork()
    idle: list[_Fresh[Piece, Answer]] = []
    busy: list[_Fresh[Piece, Answer]] = []
    try:
        while waiting or busy:
            wanted = workers + 1 if ahead else workers - len(busy)
            while len(idle) < min(wanted, len(waiting)):
                idle.append(_Fresh(context, limits.step_s))
            for run in [one for one in idle if one.is_ready][: workers - len(busy)]:
                idle.remove(run)
                busy.append(run)
                run.give(work, waiting.popleft(), limits, pack)
            _wait([*idle, *busy])
            for run in idle:
                run.look_for_readiness()
            over = [run for run in busy if run.is_over()]
            busy = [run for run in busy if run not in over]
            for run in over:
                yield run.piece, run.answer
    finally:
        for run in (*idle, *busy):
            run.end()


def _context() -> Any:
    if not can_fork():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_WARM)
    return context


def _wait(runs: list[_Fresh[Any, Any]]) -> None:
    """Wait until one of the processes says something, or one has had its time."""
    silent = [run for run in runs if not run.is_ready]
    patience = max(0.0, min((run.until for run in silent), default=0.0) - time.monotonic())
    connection.wait([run.pipe for run in silent], timeout=patience)


@dataclass(eq=False)
class _Fresh(Generic[Piece, Answer]):
    """A process that starts, is ready for a piece, has it, and is over."""

    context: Any
    step_s: float
    answer: Any = None
    is_ready: bool = False
    piece: Piece = field(init=False)
    until: float = field(init=False)

    def __post_init__(self) -> None:
        # Removed here: a process that is killed removes nothing.
        self.scratch = tempfile.mkdtemp(prefix="bt-")
        self.pipe, theirs = self.context.Pipe()
        self.process = self.context.Process(target=_in_fresh_process, args=(theirs, _WARM), daemon=False)
        self.process.start()
        theirs.close()
        self.until = time.monotonic() + _START_S

    def look_for_readiness(self) -> None:
        """Note that it has imported everything, or that it never will; the piece that it then gets fails."""
        if self.is_ready:
            return
        if self.pipe.poll():
            try:
                self.pipe.recv()
            except (EOFError, OSError):
                self.answer = self._how_it_ended()
            self.is_ready = True
        elif time.monotonic() >= self.until:
            self.answer = TookTooLongError(f"a new process was not ready in {_START_S:g} seconds; it was ended.")
            self.process.kill()
            self.is_ready = True

    def give(
        self, work: Callable[[Any], Answer], piece: Piece, limits: Limits, pack: Callable[[Piece], Any] | None
    ) -> None:
        """Hand it the piece; its time begins."""
        self.piece, self.is_ready = piece, False
        environment = {**os.environ, "TMPDIR": self.scratch}
        try:
            self.pipe.send((work, pack(piece) if pack else piece, limits, environment, Path.cwd()))
        except OSError:
            self.answer = self.answer or self._how_it_ended()
        self.until = time.monotonic() + self.step_s

    def is_over(self) -> bool:
        """Read what the process says, and say whether it has nothing more to say."""
        if self.answer is not None:  # it never took its piece
            return self._close()
        while self.pipe.poll():
            try:
                kind, value = self.pipe.recv()
            except (EOFError, OSError):
                self.answer = self._how_it_ended()
                return self._close()
            if kind == "alive":
                self.until = time.monotonic() + self.step_s
            else:
                self.answer = value
                return self._close()
        if time.monotonic() < self.until:
            return False
        self.answer = TookTooLongError(f"a step took longer than {self.step_s:g} seconds; it was ended.")
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
        shutil.rmtree(self.scratch, ignore_errors=True)
        return True

    def end(self) -> None:
        """End the process at once, and what it started."""
        self.process.kill()
        self._close()


def _in_fresh_process(pipe: connection.Connection, warm: list[str]) -> None:
    """Get one piece, do it and send its answer; the process ends with the run that asked for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which then ends this process
    threading.Thread(target=_end_with_the_run, name="ends with the run", daemon=True).start()
    for name in warm:
        importlib.import_module(name)  # in a fork they are there already
    try:
        pipe.send(("ready", None))
        work, piece, limits, environment, folder = pipe.recv()
    except (EOFError, OSError):  # nobody needs it any more
        return
    os.environ.update(environment)
    tempfile.tempdir = environment["TMPDIR"]
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
