"""Batches: a build in several gives what a build in one gives, and a batch that cannot be made stops it in one line."""

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bt_analysis import batches, built, delivered, disclosure, pipeline, processed, settings
from bt_analysis.batches import side_by_side
from bt_analysis.disclosure import released
from bt_analysis.engine import forks
from bt_analysis.running import PipelineError
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import combined, monitoring
from bt_analysis.sources.drawings import read_drawings

BATCH_AFTER_BATCH = {"joined/context", "joined/composition"}
"""Tables in which the rows of a batch stand together."""


def tables(root: Path) -> dict[str, pd.DataFrame]:
    folder = root / "data" / "processed"
    return {
        path.relative_to(folder).with_suffix("").as_posix(): pd.read_parquet(path) for path in folder.rglob("*.parquet")
    }


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype(str).sort_values(list(rows.columns), ignore_index=True)


@pytest.fixture(scope="module")
def in_batches(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, int, int]]]:
    """Build the demonstration again, three collectives at a time, with what was told meanwhile."""
    root = shutil.copytree(built_demo, tmp_path_factory.mktemp("batches") / "demo")
    shutil.rmtree(root / "data" / "processed")
    shutil.rmtree(root / "data" / "released")
    heard: list[tuple[str, int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "SIZE", 3)
        pipeline.build(Workspace(root), settings.load(root), tell=lambda *told: heard.append(told))
    return root, heard


# The same tables


def test_every_table_is_the_same(in_batches: tuple[Path, list[tuple[str, int, int]]], built_demo: Path) -> None:
    one, several = tables(built_demo), tables(in_batches[0])
    assert set(one) == set(several)
    for name, rows in one.items():
        if name in BATCH_AFTER_BATCH:
            pd.testing.assert_frame_equal(in_order(several[name]), in_order(rows))
        elif name != "analysed/outlines":
            pd.testing.assert_frame_equal(several[name], rows)


def test_what_was_published_is_remembered_alike(
    in_batches: tuple[Path, list[tuple[str, int, int]]], built_demo: Path
) -> None:
    registers = [
        pd.read_parquet(root / "data" / "released" / "register.parquet") for root in (in_batches[0], built_demo)
    ]
    assert len(registers[0])
    pd.testing.assert_frame_equal(registers[0], registers[1])


def test_reports_of_one_build_are_up_to_date_after_the_other(
    in_batches: tuple[Path, list[tuple[str, int, int]]], built_demo: Path
) -> None:
    one, several = (batches_of(root) for root in (built_demo, in_batches[0]))
    assert several == one


def batches_of(root: Path) -> dict[str, str]:
    whole = built.read(Workspace(root))
    assert whole is not None
    return whole.collectives


def test_it_tells_how_far_it_is(in_batches: tuple[Path, list[tuple[str, int, int]]]) -> None:
    for what in ("read", "asked about"):
        told = [(done, total) for heard, done, total in in_batches[1] if heard == what]
        assert len(told) == 4
        assert told[0] == (0, 8)
        assert told[-1] == (8, 8)
        assert told == sorted(told)


def test_nothing_is_left_of_the_work(in_batches: tuple[Path, list[tuple[str, int, int]]]) -> None:
    assert not [path for path in (in_batches[0] / "data" / "processed").iterdir() if path.name.startswith(".")]


# A batch


def test_packages_keep_no_table_but_answers(built_demo: Path) -> None:
    read = delivered.read(monitoring.folders(Workspace(built_demo)), None)
    assert {name for package in read.packages for name in package.tables} == {"survey_wave", "response_item"}
    assert "response_item" not in read.tables
    assert len(read.tables["collective"]) == len(read.packages) == 8


def test_rows_put_together_in_two_steps_are_those_put_together_at_once(built_demo: Path) -> None:
    read = monitoring.read_packages(Workspace(built_demo), None)
    at_once = combined.whole(delivered.own_rows(read))
    in_two = combined.whole(combined.stacked([delivered.own_rows(read[:3]), delivered.own_rows(read[3:])]))
    assert set(at_once) == set(in_two)
    for name, rows in at_once.items():
        pd.testing.assert_frame_equal(in_two[name], rows)


def deliveries(*names: str) -> delivered.Deliveries:
    """Return what collectives delivered, or a package about areas only when none is named."""
    rows: dict[str, pd.DataFrame] = {}
    if names:
        ids = pd.Series(names, dtype="str")
        rows = {
            "collective": pd.DataFrame({"collective_id": ids}),
            "work_area": pd.DataFrame({"collective_id": ids, "work_area_id": ids + "--a"}),
        }
    return delivered.Deliveries([], rows, read_drawings([]))


def of_names(register: pd.DataFrame, *given: delivered.Deliveries) -> list[batches.Batch]:
    weights = pd.DataFrame({"work_area_id": ["zon--a", "wind--a"], "area_code": ["BU00010000", "BU00020000"]})
    statistics = pd.DataFrame({"regiocode": ["BU00010000", "BU00020000", "GM0001", "GM0002", "NL00"]})
    names = pd.DataFrame(
        {"regiocode": statistics["regiocode"], "level": ["buurt", "buurt", "gemeente", "gemeente", "land"]}
    )
    all_of_them = batches.Batches(given, names, weights, statistics, register)
    return [all_of_them.batch(number) for number in range(len(all_of_them))]


def test_a_batch_gets_its_own_areas_and_figures_only() -> None:
    zon, wind = of_names(released.nothing(), deliveries("zon"), deliveries("wind"))
    assert list(zon.weights["work_area_id"]) == ["zon--a"]
    assert set(zon.statistics["regiocode"]) == {"BU00010000", "GM0001", "NL00"}
    assert set(wind.statistics["regiocode"]) == {"BU00020000", "GM0002", "NL00"}


def test_what_was_published_of_a_collective_that_left_stays_with_the_first_batch() -> None:
    register = released.nothing().reindex(range(3)).assign(collective_id=["wind", "maan", "zon"])
    zon, wind = of_names(register, deliveries("zon"), deliveries("wind"))
    assert list(zon.register["collective_id"]) == ["maan", "zon"]
    assert list(wind.register["collective_id"]) == ["wind"]


def test_packages_about_areas_only_are_asked_nothing() -> None:
    assert [one.number for one in of_names(released.nothing(), deliveries(), deliveries("zon"))] == [0]


def test_what_was_decided_about_two_batches_is_put_together_in_order() -> None:
    first, second = (
        disclosure.Protected(
            pd.DataFrame({"claim_id": [claim]}),
            pd.DataFrame({column: [claim] for column in [*disclosure.cells.KEY, "rule"]}),
            pd.DataFrame({"claim_id": [claim]}),
        )
        for claim in ("b", "a")
    )
    both = disclosure.together([first, second])
    assert list(both.estimates["claim_id"]) == ["b", "a"]
    assert list(both.register["claim_id"]) == list(both.log["rule"]) == ["a", "b"]


# Processes


def double(number: int) -> int:
    return 2 * number


def refuse(number: int) -> int:
    raise disclosure.DisclosureError(f"cell {number} can be worked out")


def end(number: int) -> int:
    if number:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def many(work: object, *pieces: int, heard: list[tuple[str, int, int]] | None = None) -> list[int]:
    tell = None if heard is None else lambda *told: heard.append(told)
    return side_by_side.in_order(work, pieces, list(pieces), Settings(), ("counted", tell))  # type: ignore[arg-type]


def test_answers_come_in_the_order_of_their_batches() -> None:
    heard: list[tuple[str, int, int]] = []
    assert many(double, 5, 1, 4, heard=heard) == [10, 2, 8]
    assert heard[-1] == ("counted", 10, 10)


def test_one_batch_is_made_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "each", None)
    assert many(lambda number: number + 1, 3) == [4]
    assert many(double) == []


def test_what_a_batch_may_not_publish_stops_the_build() -> None:
    with pytest.raises(disclosure.DisclosureError, match="can be worked out"):
        many(refuse, 1, 2)


def test_a_process_that_is_ended_is_told_in_one_line() -> None:
    with pytest.raises(PipelineError, match=r"ended from outside.*report\.jobs = 1") as told:
        many(end, 0, 1)
    assert "\n" not in str(told.value)


# The context on disk


def test_parts_become_one_table_with_its_mark(built_demo: Path, tmp_path: Path) -> None:
    workspace, made_up = Workspace(built_demo), settings.load(built_demo)
    whole = pd.read_parquet(workspace.processed / "joined" / "context.parquet")
    halves = np.array_split(np.arange(len(whole)), 2)
    parts = [
        processed.write_part(tmp_path / f"{at}.parquet", batches.CONTEXT, whole.iloc[half], made_up)
        for at, half in enumerate(halves)
    ]
    processed._join_files(parts, tmp_path / "whole.parquet")
    found = pd.read_parquet(tmp_path / "whole.parquet")
    pd.testing.assert_frame_equal(found, whole)
    assert found.attrs == {"synthetic": True}


def test_parts_whose_texts_have_addresses_of_other_width_become_one_table(tmp_path: Path) -> None:
    widths = (pa.string(), pa.large_string())
    for width in widths:
        rows = pa.table({"gate": pa.array(["ok"], width), "n": pa.array([5.0])})
        pq.write_table(rows, tmp_path / f"{width}.parquet")
    processed._join_files([tmp_path / f"{width}.parquet" for width in widths], tmp_path / "whole.parquet")
    assert pq.read_table(tmp_path / "whole.parquet").to_pydict() == {"gate": ["ok", "ok"], "n": [5.0, 5.0]}


def test_the_room_is_empty_also_after_a_build_that_was_cut_off(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (workspace.processed / ".batches").mkdir(parents=True)
    (workspace.processed / ".batches" / "7.parquet").touch()
    with batches.room(workspace) as folder:
        assert list(folder.iterdir()) == []
    assert not (workspace.processed / ".batches").exists()
