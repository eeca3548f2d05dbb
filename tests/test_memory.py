"""Arrow's own memory is set aside while a table is fetched or read, and back in place afterwards."""

import ctypes
import sys

import pyarrow as pa
import pytest

from bt_analysis.sources.memory import given_back


def test_what_was_there_comes_back_also_from_blocks_within_each_other() -> None:
    before = pa.default_memory_pool().backend_name
    with given_back():
        assert pa.default_memory_pool().backend_name == "system"
        with given_back():
            pass
        assert pa.default_memory_pool().backend_name == "system"
    assert pa.default_memory_pool().backend_name == before


def test_a_failure_leaves_nothing_changed() -> None:
    before = pa.default_memory_pool().backend_name
    with pytest.raises(KeyError), given_back():
        raise KeyError("value")
    assert pa.default_memory_pool().backend_name == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has huge pages to switch off")
def test_huge_pages_are_off_for_the_while() -> None:
    get_thp_disable = 42

    def off() -> int:
        return int(ctypes.CDLL(None).prctl(get_thp_disable, 0, 0, 0, 0))

    with given_back():
        assert off() == 1
    assert off() == 0
