"""Memory that fetching and reading take for a moment: given back when the work is done, and not kept for later."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

# Of glibc's malloc.h and Linux's prctl.h: what to set, its value while the block runs, its value otherwise.
_MALLOPT = {
    -8: (1, 0),  # M_ARENA_MAX: threads that begin in the block share one store
    -1: (1 << 20, 1 << 17),  # M_TRIM_THRESHOLD: no more than 1 MB of it is kept
}
_THP_DISABLE = 41  # PR_SET_THP_DISABLE: a page of 4 kB that is touched shall not cost 2 MB

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
    analysis then lacks.
    """
    with _changing:
        if not _users:
            _be_thrifty(on=True)
        _users.append(pa.default_memory_pool())
        pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        with _changing:
            if len(_users) == 1:
                pa.set_memory_pool(_users[0])
                _be_thrifty(on=False)
            _users.pop()
        pa.system_memory_pool().release_unused()


def _be_thrifty(*, on: bool) -> None:
    """Set how much free memory this process keeps; systems other than Linux with glibc cannot be told."""
    if sys.platform != "linux":
        return
    system = ctypes.CDLL(None)
    system.prctl(_THP_DISABLE, int(on), 0, 0, 0)
    if hasattr(system, "mallopt"):
        for what, (thrifty, usual) in _MALLOPT.items():
            system.mallopt(what, thrifty if on else usual)
