"""What collectives delivered, put together: ids of all are told apart, and a survey is weighed by its own area only."""

from pathlib import Path

import pandas as pd
import pytest

from bt_analysis import delivered
from bt_analysis.instruments import weighting
from bt_analysis.sources import typed_tables
from bt_analysis.sources.monitoring import Package


def package(name: str, *tables: str) -> Package:
    """Return a package with empty tables, and one activity that the collective numbered 1."""
    empty = {table: typed_tables.empty(table) for table in tables}
    activity = pd.DataFrame({"activity_id": ["1"], "collective_id": [name]}, dtype="str")
    one = activity.reindex(columns=typed_tables.empty("activity").columns)
    return Package(name, Path(name), {**empty, "activity": one}, [], [], [])


def test_ids_of_two_collectives_are_told_apart() -> None:
    found = delivered.own_rows([package("zon"), package("wind")])
    assert list(found["activity"]["activity_id"]) == ["zon--1", "wind--1"]


def test_a_survey_is_weighed_by_who_lives_in_the_areas_of_its_collective(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def weighted(_: pd.DataFrame, __: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
        asked.append(list(ours["work_area_id"]))
        return pd.DataFrame()

    monkeypatch.setattr(weighting, "weighted", weighted)
    areas = pd.DataFrame({"work_area_id": ["zon--oost", "wind--west"], "collective_id": ["zon", "wind"]})
    composition = pd.DataFrame({"work_area_id": ["zon--oost", "wind--west", "zon--oost"]})
    both = [package("zon", "survey_wave", "response_item"), package("wind"), package("maan", "survey_wave")]
    assert delivered.weighted(both, composition, areas).empty
    # Of its own area only, under the id that it has in the delivery; who asked nothing is not weighed.
    assert asked == [["oost", "oost"]]
