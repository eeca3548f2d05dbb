"""Keep quiet: what compiled code prints to the terminal by itself goes nowhere while it works."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_STDOUT = 1


@contextmanager
def silence() -> Iterator[None]:
    """Send standard output nowhere, also that of compiled code, which Python's own redirection does not reach.

    Yields
    ------
    None
        While nothing is printed. Without a standard output nothing is changed.

    Notes
    -----
    HiGHS tells of every solution that it mends in words no option turns off. It belongs to the whole process: other
    threads are not heard either.
    """
    try:
        kept = os.dup(_STDOUT)
    except OSError:  # there is nothing to print to
        yield
        return
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    try:
        yield
    finally:
        os.dup2(kept, _STDOUT)
        os.close(nowhere)
        os.close(kept)
