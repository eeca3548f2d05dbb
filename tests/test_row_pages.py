"""Rows on their way to disk: pages torn and whole, pages into one table, and keys that may not stand in it."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bt_analysis.sources import row_pages
from bt_analysis.sources.json_rows import Block
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.row_pages import (
    Page,
    arriving,
    join_pages,
    read_page,
    refuse_other_members,
    refuse_repeated_rows,
    write_page,
)

COLUMNS = pa.schema({"ID": pa.int64(), "Region": pa.string(), "Count": pa.int64(), "Mean": pa.float64()})
Row = tuple[int, str | None, float | None, float | None]


def block(*rows: Row, link: str | None = None) -> Block:
    records = [dict(zip(COLUMNS.names, row, strict=True)) for row in rows]
    return Block(pa.RecordBatch.from_pylist(records, schema=arriving(COLUMNS)), link)


def page(path: Path, *blocks: Block, room: int = 100) -> Page:
    write_page(path, iter(blocks), arriving(COLUMNS), room)
    found = read_page(path)
    assert found is not None
    return found


def joined(folder: Path, *pages: Page) -> pa.Table:
    join_pages(pages, COLUMNS, folder / "TypedDataSet.parquet")
    return pq.read_table(folder / "TypedDataSet.parquet")


def table(folder: Path, **columns: list[Any]) -> Path:
    path = folder / "TypedDataSet.parquet"
    pq.write_table(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}), path)
    return path


# A page


def test_whole_numbers_arrive_as_numbers_until_the_table_is_whole() -> None:
    assert [str(one.type) for one in arriving(COLUMNS)] == ["double", "string", "double", "double"]


@pytest.mark.parametrize(
    ("room", "kept"),
    [(0, []), (1, [0]), (2, [0, 1]), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (9, [0, 1, 2, 3])],
)
def test_a_page_keeps_no_more_rows_than_there_is_room_for(tmp_path: Path, room: int, kept: list[int]) -> None:
    rows = [block((at, "A", 1, 1), (at + 1, "B", 1, 1)) for at in (0, 2)]  # two blocks of two rows
    found = page(tmp_path / "1.arrow", *rows, room=room)
    assert found.rows == len(kept)
    assert joined(tmp_path, found)["ID"].to_pylist() == kept


def test_the_last_block_tells_whether_there_is_another_page(tmp_path: Path) -> None:
    one, two = (0, "A", 1, 1), (1, "B", 1, 1)
    assert page(tmp_path / "1.arrow", block(one), block(two, link="?$skip=2")).more
    assert not page(tmp_path / "2.arrow", block(one, link="?$skip=1"), block(two)).more
    # What comes after the room is left out, but that the host has more is still told.
    assert page(tmp_path / "3.arrow", block(one), block(two, link="?$skip=2"), room=1).more


def test_a_page_without_rows_is_a_page(tmp_path: Path) -> None:
    assert page(tmp_path / "1.arrow", block()) == Page(tmp_path / "1.arrow", rows=0, more=False)


def test_a_page_torn_anywhere_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "1.arrow"
    page(path, block((0, "A", 1, 1.5), (1, "B", 2, None)))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert read_page(path) is None, f"the first {length} of {len(whole)} bytes pass for a page"
    path.unlink()
    assert read_page(path) is None


def test_damage_in_a_page_never_stops_a_run(tmp_path: Path) -> None:
    path = tmp_path / "1.arrow"
    found = page(path, block((0, "A", 1, 1.5), (1, "B", 2, None)))
    whole, damaged = path.read_bytes(), 0
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        damaged += read_page(path) != found
    assert damaged > len(whole) / 4  # most of a small page describes itself: damage there is noticed


def test_a_page_of_which_no_block_arrived_is_no_page(tmp_path: Path) -> None:
    write_page(tmp_path / "1.arrow", iter([]), arriving(COLUMNS), 100)
    assert read_page(tmp_path / "1.arrow") is None


# Pages together


def test_pages_come_in_the_order_given_and_numbers_get_their_types(tmp_path: Path) -> None:
    first = page(tmp_path / "1.arrow", block((0, "A ", 80, 2.5)), block((1, "B ", None, None)))
    second = page(tmp_path / "2.arrow", block((2, "C ", 40, 3.0)))
    found = joined(tmp_path, second, first)
    assert found.to_pydict() == {
        "ID": [2, 0, 1],
        "Region": ["C ", "A ", "B "],
        "Count": [40, 80, None],
        "Mean": [3.0, 2.5, None],
    }
    assert found.schema.remove_metadata() == COLUMNS


def test_a_count_that_is_missing_is_still_whole_to_pandas(tmp_path: Path) -> None:
    joined(tmp_path, page(tmp_path / "1.arrow", block((0, "A", 80, 2.5), (1, None, None, None))))
    rows = pd.read_parquet(tmp_path / "TypedDataSet.parquet")
    assert {name: str(kind) for name, kind in rows.dtypes.items()} == {
        "ID": "Int64",
        "Region": "str",
        "Count": "Int64",
        "Mean": "Float64",
    }
    assert rows["Count"].sum() == 80


@pytest.mark.parametrize("late", [0.5, -2.25, 1e300])
def test_what_is_not_whole_in_the_last_of_many_blocks_is_kept_as_it_is(tmp_path: Path, late: float) -> None:
    blocks = [block((at, "A", at, 1)) for at in range(row_pages._GROUP + 1)]  # more than are in memory at a time
    pages = [page(tmp_path / "1.arrow", *blocks), page(tmp_path / "2.arrow", block((99, "Z", late, 1)))]
    found = joined(tmp_path, *pages)
    assert found["Count"].to_pylist() == [*map(float, range(row_pages._GROUP + 1)), late]
    assert [str(found.schema.field(name).type) for name in ("ID", "Count")] == ["int64", "double"]


def test_no_page_at_all_is_an_empty_table(tmp_path: Path) -> None:
    found = joined(tmp_path)
    assert (len(found), found.schema.remove_metadata()) == (0, COLUMNS)
    refuse_repeated_rows(tmp_path / "TypedDataSet.parquet", ["Region"], "99001NED")


def test_a_table_that_cannot_be_joined_leaves_nothing(tmp_path: Path) -> None:
    torn = page(tmp_path / "1.arrow", block((0, "A", 1, 1)))
    torn.path.write_bytes(torn.path.read_bytes()[:-20])
    with pytest.raises(pa.ArrowInvalid):
        joined(tmp_path, torn)
    assert [one.name for one in tmp_path.iterdir()] == ["1.arrow"]


# Keys


def test_a_key_is_its_members_together(tmp_path: Path) -> None:
    path = table(tmp_path, Region=["A", "A", "B", "B"], Sex=["m", "f", "m", "f"])
    refuse_repeated_rows(path, ["Region", "Sex"], "99001NED")
    with pytest.raises(SourceRejected, match=r"^table 99001NED, TypedDataSet: got 2 keys twice, first 'A'; expected e"):
        refuse_repeated_rows(path, ["Region"], "99001NED")


def test_padding_does_not_make_another_key(tmp_path: Path) -> None:
    path = table(tmp_path, Region=["A", "B", "A  "], Sex=["m ", "m ", "m"])
    with pytest.raises(SourceRejected, match=r"got 1 keys twice, first 'A × m'; expected each once\. CBS may be publi"):
        refuse_repeated_rows(path, ["Region", "Sex"], "99001NED")


def test_one_row_and_no_dimension_are_no_doubles(tmp_path: Path) -> None:
    refuse_repeated_rows(table(tmp_path, Region=["A"]), ["Region"], "99001NED")
    refuse_repeated_rows(table(tmp_path, Region=["A", "A"]), [], "99001NED")


def test_a_row_without_a_member_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, Region=["A", None, "B", None])
    with pytest.raises(
        SourceRejected, match=r"^table 99001NED, Region: got 2 rows without a member; expected one in e"
    ):
        refuse_repeated_rows(path, ["Region"], "99001NED")


@pytest.mark.parametrize(
    ("wanted", "named"),
    [({"A ", "B "}, ""), ({"A ", "B ", "C "}, ""), ({"A "}, "'B '"), ({"A", "B"}, "'A '"), (set(), "'A '")],
)
def test_rows_nobody_asked_for_are_refused_to_the_blank(tmp_path: Path, wanted: set[str], named: str) -> None:
    path = table(tmp_path, Region=["B ", "A ", "A "])
    if not named:
        refuse_other_members(path, {"Region": wanted}, "99001NED")
        return
    message = f"table 99001NED, Region: got rows of {named}; expected only what was selected. The host does not heed"
    with pytest.raises(SourceRejected, match=message):
        refuse_other_members(path, {"Region": wanted}, "99001NED")


def test_rows_without_a_member_are_named_too(tmp_path: Path) -> None:
    path = table(tmp_path, Region=["b", None])
    with pytest.raises(SourceRejected, match="got rows of None; expected only what was selected"):
        refuse_other_members(path, {"Region": {"a"}}, "99001NED")
