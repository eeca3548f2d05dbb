"""The rows of an OData v3 table: which pages are asked for, which are there already, and when they are a table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from bt_analysis.sources import odata_rows
from bt_analysis.sources.backend import Release
from bt_analysis.sources.http import Client
from bt_analysis.sources.odata_rows import Rows, columns
from tests.test_cbs import PROPERTIES, ROWS, TABLE, published

REGIONS = ROWS["WijkenEnBuurten"].tolist()


@pytest.fixture(autouse=True)
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odata_rows, "PAGE", 2)


@contextmanager
def asking(tmp_path: Path, rows: int, page_size: int = 2) -> Iterator[tuple[Callable[..., Rows], list[str]]]:
    """Serve the first rows; gives what makes Rows of them, and which pages are asked for."""
    log: list[str] = []
    release = Release(TABLE, "", "2021", "", rows)
    with published(tmp_path, ROWS[:rows], page_size=page_size, log=log) as here, Client(here) as client:
        url = f"{here.base_url}/ODataFeed/odata/{TABLE}/TypedDataSet?$format=json"
        path = tmp_path / "staging" / "TypedDataSet.parquet"

        def make(progress: Any = None) -> Rows:
            return Rows(release, url, columns(PROPERTIES), ("WijkenEnBuurten",), path, client, progress)

        yield make, log


def fetched(rows: Rows) -> list[str]:
    """Fetch the whole table; gives its regions."""
    rows.client.at_once(rows.questions())
    rows.write()
    found: list[str] = pq.read_table(rows.table)["WijkenEnBuurten"].to_pylist()
    return found


def skips(log: list[str]) -> list[int]:
    """Return where the pages that were asked for begin."""
    return sorted(int(one.partition("$skip=")[2] or 0) for one in log)


def test_columns_have_the_types_that_are_described() -> None:
    unknown = {"odata.type": "Cbs.OData.Topic", "ID": 9, "Key": "Later_9", "Datatype": "Decimal"}
    assert {one.name: str(one.type) for one in columns([*PROPERTIES, unknown])} == {
        "ID": "int64",
        "WijkenEnBuurten": "string",
        "Gemeentenaam_1": "string",
        "AantalInwoners_5": "int64",
        "GemiddeldInkomen_6": "double",
        "Postcode_7": "string",
        "Later_9": "double",
    }


@pytest.mark.parametrize(
    ("rows", "page_size", "asked"),
    [
        (0, 2, [0]),
        (1, 2, [0]),
        (2, 2, [0]),
        (3, 2, [0, 2]),
        (4, 2, [0, 2]),  # the last page is exactly full, and nothing lies behind it
        (5, 2, [0, 2, 4]),
        (5, 1, [0, 1, 2, 3, 4]),  # answers that are shorter than a page are asked on
        (5, 3, [0, 2, 4]),  # of those that are longer only what is wanted is kept
        (5, 99, [0, 2, 4]),
    ],
)
def test_each_row_arrives_once_however_long_answers_are(
    tmp_path: Path, rows: int, page_size: int, asked: list[int]
) -> None:
    with asking(tmp_path, rows, page_size=page_size) as (make, log):
        assert fetched(make()) == REGIONS[:rows]
    assert skips(log) == asked


@pytest.mark.parametrize("damage", [slice(0, -9), slice(0), slice(9, None)])
def test_a_torn_page_is_fetched_again_and_whole_ones_are_not(tmp_path: Path, damage: slice) -> None:
    with asking(tmp_path, 5) as (make, log):
        rows = make()
        rows.client.at_once(rows.questions())
        torn = sorted(rows.folder.iterdir())[1]
        torn.write_bytes(torn.read_bytes()[damage])
        log.clear()
        told: list[tuple[int, int]] = []
        assert fetched(make(lambda *progress: told.append(progress))) == REGIONS
        assert skips(log) == [2]
        # Pages that are there are told of too: 2 + 2 + 1 in any order, always of 5.
        assert (len(told), told[-1], {total for _, total in told}) == (3, (5, 5), {5})
        assert make().questions() == []  # the table is there


def test_a_selection_may_be_smaller_than_the_table_and_tells_no_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bt_analysis.sources.filters.KEYS_IN_ONE_QUESTION", 1)
    told: list[tuple[int, int]] = []
    with asking(tmp_path, 5) as (make, log):
        rows = make(lambda *progress: told.append(progress))
        rows.fetch_selection({"WijkenEnBuurten": ("BU9901*", "NL00")}, {"WijkenEnBuurten": REGIONS})
        assert rows.write() == 2 + 1
        log.clear()
        make().fetch_selection({"WijkenEnBuurten": ("BU9901*", "NL00")}, {"WijkenEnBuurten": REGIONS})
        assert log == []
    assert pd.read_parquet(rows.table)["WijkenEnBuurten"].tolist() == [*REGIONS[3:], REGIONS[0]]
    assert (told[-1], {total for _, total in told}) == ((3, 0), {0})
