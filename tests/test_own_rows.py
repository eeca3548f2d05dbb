"""One report reads its own rows of the built tables: those of other collectives may be unreadable."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bt_analysis import indicators, processed, settings
from bt_analysis.analysis import change, comparing
from bt_analysis.pages import content
from bt_analysis.pages.stored import ContentError
from bt_analysis.settings import Workspace

ROWS = 60
COLLECTIVE, PERIOD = "huis-01", "2024"


@pytest.fixture(scope="module")
def in_small_groups(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built workspace whose tables are written in groups of a few rows; nobody may change it."""
    root = tmp_path_factory.mktemp("groups") / "demo"
    shutil.copytree(built_demo, root, ignore=shutil.ignore_patterns("raw", "reports", "cbs_tables"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processed, "GROUP_ROWS", ROWS)
        for path in tables_of(root):
            read = gpd.read_parquet if path.stem == "outlines" else pd.read_parquet
            processed._write(Workspace(root), settings.load(root), {f"analysed/{path.stem}": read(path)})
    return root


def tables_of(root: Path) -> list[Path]:
    return sorted((Workspace(root).processed / "analysed").glob("*.parquet"))


def places(path: Path, column: str, kept: set[str]) -> Iterator[tuple[int, int, bool]]:
    """Yield where each group lies in a file, and whether it can hold one of some values."""
    file = pq.ParquetFile(path)
    at = file.schema_arrow.names.index(column)
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        columns = [group.column(one) for one in range(group.num_columns)]
        starts = [min(one.data_page_offset, one.dictionary_page_offset or one.data_page_offset) for one in columns]
        ends = [start + one.total_compressed_size for start, one in zip(starts, columns, strict=True)]
        known = group.column(at).statistics
        needed = known is None or any(known.min <= value <= known.max for value in kept)
        yield min(starts), max(ends), needed


def spoilt(path: Path, column: str, kept: set[str]) -> tuple[int, int]:
    """Make all groups unreadable that hold none of some values; say how many there were, and how many are spoilt."""
    content, groups = bytearray(path.read_bytes()), list(places(path, column, kept))
    for start, end, needed in groups:
        if not needed:
            content[start:end] = b"\0" * (end - start)
    path.write_bytes(content)
    return len(groups), sum(not needed for *_, needed in groups)


def test_a_report_can_be_read_when_the_rows_of_others_cannot(in_small_groups: Path, tmp_path: Path) -> None:
    whole = content.of_collective(in_small_groups, COLLECTIVE, PERIOD, "nl")
    root = shutil.copytree(in_small_groups, tmp_path / "demo")
    groups = gone = 0
    for path in tables_of(root):
        if pq.read_metadata(path).num_row_groups == 1:  # read whole: a few rows, for which choosing costs more
            continue
        names = pq.read_schema(path).names
        if "collective_id" in names:
            kept = {COLLECTIVE, ""} if path.stem == "sources" else {COLLECTIVE}
            found = spoilt(path, "collective_id", kept)
        elif path.stem == "outlines":
            found = spoilt(path, "work_area_id", {str(whole.collective["work_area_id"])})
        else:
            continue
        groups, gone = groups + found[0], gone + found[1]
    assert gone > groups / 2 > 40
    with pytest.raises(OSError, match=r".+"):
        pd.read_parquet(Workspace(root).processed / "analysed" / "estimates.parquet")
    alone = content.of_collective(root, COLLECTIVE, PERIOD, "nl")
    for name in ("collectives", "estimates", "activities", "suppressed", "sources", "unmatched", "similar"):
        pd.testing.assert_frame_equal(getattr(alone, name), getattr(whole, name))
    assert alone.outlines is not None
    assert alone.outlines.equals(whole.outlines)
    for name, table in whole.learned.items():
        pd.testing.assert_frame_equal(alone.learned[name], table)


def test_what_a_report_rests_on_does_not_depend_on_how_tables_are_cut(built_demo: Path, in_small_groups: Path) -> None:
    one, other = (content.of_collective(root, COLLECTIVE, PERIOD, "nl") for root in (built_demo, in_small_groups))
    pd.testing.assert_frame_equal(one.estimates, other.estimates)
    for name, table in one.learned.items():
        pd.testing.assert_frame_equal(other.learned[name], table)


def test_rows_of_a_collective_are_together_and_in_their_order(tmp_path: Path) -> None:
    table = pd.DataFrame({"collective_id": ["b", "a", "b", "a"], "at": [1, 2, 3, 4]})
    processed._write(Workspace(tmp_path), settings.Settings(), {"analysed/a": table, "across/a": table})
    folder = Workspace(tmp_path).processed
    written, across = (pd.read_parquet(folder / name / "a.parquet") for name in ("analysed", "across"))
    assert written["collective_id"].tolist() == ["a", "a", "b", "b"]
    assert written["at"].tolist() == [2, 4, 1, 3]
    assert written.index.tolist() == [0, 1, 2, 3]
    assert across["at"].tolist() == [1, 2, 3, 4]
    assert table["at"].tolist() == [1, 2, 3, 4]


def test_a_table_without_owner_keeps_its_order(tmp_path: Path) -> None:
    processed._write(Workspace(tmp_path), settings.Settings(), {"analysed/a": pd.DataFrame({"at": [2, 1]})})
    assert pd.read_parquet(Workspace(tmp_path).processed / "analysed" / "a.parquet")["at"].tolist() == [2, 1]


def test_who_is_there_is_still_told_when_a_collective_or_period_is_not(in_small_groups: Path) -> None:
    with pytest.raises(ContentError, match=r"no figures of 'nobody' .*; there are: beweging-01, .*tafel-01"):
        content.of_collective(in_small_groups, "nobody", "2024", "nl")
    with pytest.raises(ContentError, match=r"for period '1999'; there are: 20\d\d.*\. Run: bt build"):
        content.of_collective(in_small_groups, COLLECTIVE, "1999", "nl")


def test_a_comparison_is_let_go_when_its_collective_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds the paths of all areas: of thousands of reports together that would be more than a machine has."""
    areas = pd.DataFrame({"work_area_id": ["a--1", "a--2", "b--1"]})
    joined: Any = SimpleNamespace(work_area=areas, catalogue={})
    made = change._Answers(joined, None, settings.Settings())  # type: ignore[arg-type]  # nothing looks at the panel
    monkeypatch.setattr(change, "_area", lambda row, _: row["work_area_id"])
    monkeypatch.setattr(comparing, "years_of", lambda *_: "area_figure_missing")
    monkeypatch.setattr(comparing, "answer", lambda *_: object())
    held = []
    for area, year in (("a--1", 2022), ("a--1", 2023), ("a--2", 2023), ("b--1", 2023)):
        day = pd.Timestamp(year, 12, 31)
        report = {"collective_id": area[0], "work_area_id": area, "start": 2021, "period_end": day}
        made.of(report, indicators.load()["gas_m3_per_dwelling"])
        held.append((sorted(made._areas), len(made._found)))
    assert held == [(["a--1"], 1), (["a--1"], 1), (["a--1", "a--2"], 2), (["b--1"], 1)]
