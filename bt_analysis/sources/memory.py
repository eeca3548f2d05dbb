"""Memory that fetching and reading take for a moment: given back when the work is done, and not kept for later."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's mallopt; 0 is what it begins with

_users: list[pa.MemoryPool] = []
_changing = threading.Lock()


@contextmanager
def given_back() -> Iterator[None]:
    """Let Arrow take its memory from the system while the block runs, and give all that is free back at the end.

    Yields
    ------
    None
        Blocks may lie within each other and run in more threads; the last one that ends restores what was there.

    Notes
    -----
    Arrow's own allocators, and that of glibc, keep freed memory per thread. Fetching works in several threads with
    buffers of a few MB, and would hold four times what it uses: for two tables of 17,000 rows some 80 MB that the
    analysis then lacks. So the threads that begin in the block share one store.
    """
    with _changing:
        if not _users:
            _arenas(1)
        _users.append(pa.default_memory_pool())
        pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        with _changing:
            if len(_users) == 1:
                pa.set_memory_pool(_users[0])
                _arenas(0)
            _users.pop()
        pa.system_memory_pool().release_unused()


def _arenas(most: int) -> None:
    """Set how many stores of free memory glibc keeps; other systems have no such thing."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_ARENA_MAX, most)
