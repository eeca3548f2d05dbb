"""Arrow's own memory is set aside while a table is fetched or read, and back in place afterwards."""

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
