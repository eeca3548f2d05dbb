"""Work for fresh processes, in a module that imports little: a process that is started ahead imports it anew."""

import os
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bt_analysis.engine import forks


def square(number: int) -> int:
    return number * number


def ended(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def wrong(number: int) -> int:
    raise ValueError(f"{number} is wrong")


def unsendable(_: int) -> Any:
    return threading.Lock()


def slow_in_steps(steps: int) -> int:
    for _ in range(steps):
        time.sleep(0.4)
        forks.alive()
    return steps


def hungry(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024))


def identity(_: int) -> tuple[int, bool, bool]:
    return os.getpid(), forks.take_fresh(), forks.take_fresh()


_kept: list[Any] = []


def trivial(_: object) -> int:
    """Make next to nothing, with a handle and memory that are not given back: they must end with the process."""
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - one that is closed
        nothing.write(bytearray(1_000_000))
    forks.alive()
    _kept.append((open(os.devnull, "wb"), bytearray(1_000_000)))  # noqa: PTH123, SIM115 - and one that is not
    return len(_kept)


def bad(number: int) -> None:
    if number % 4 == 0:
        os._exit(3)
    if number % 4 == 1:
        raise ValueError(number)
    if number % 20 == 2:
        threading.Event().wait(60)
    os.kill(os.getpid(), 9)


def leaves_a_file(note: str) -> None:
    """Make a temporary file, write its name in a note, and be killed."""
    handle, name = tempfile.mkstemp(prefix="left-")
    os.close(handle)
    Path(note).write_text(name, encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)
