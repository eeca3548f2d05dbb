"""What changed since the last run: days and statuses typed, so that a rerun and a gap can be followed by eye."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from bt_analysis.analysis.learning import arrow_history

MONDAY, TUESDAY, FRIDAY = dt.date(2026, 6, 1), dt.date(2026, 6, 2), dt.date(2026, 6, 5)
LITTLE, CONTESTED, SUPPORTED = "weinig_bewijs", "betwist", "gesteund"


def statuses(**by_arrow: str) -> pd.DataFrame:
    return pd.DataFrame(
        [{"collective_id": "", "arrow_id": arrow, "status": status} for arrow, status in by_arrow.items()]
    )


def run(day: dt.date, memory: pd.DataFrame | None, **by_arrow: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    told = arrow_history.beside_earlier(statuses(**by_arrow), memory, day)
    return told.set_index("arrow_id"), arrow_history.to_remember(told, memory, day)


def test_the_first_run_has_nothing_to_compare_with() -> None:
    told, memory = run(MONDAY, None, a=LITTLE)
    assert told.loc["a", "previous_status"] == ""
    assert told["previous_on"].isna().all()
    assert told.loc["a", "since"] == pd.Timestamp(MONDAY)
    assert memory[["arrow_id", "status"]].to_numpy().tolist() == [["a", LITTLE]]
    assert arrow_history.changes(told.reset_index()).empty


def test_a_later_run_tells_what_changed_and_since_when() -> None:
    _, memory = run(MONDAY, None, a=LITTLE, b=LITTLE)
    told, _ = run(TUESDAY, memory, a=CONTESTED, b=LITTLE)
    assert told["previous_status"].to_dict() == {"a": LITTLE, "b": LITTLE}
    assert told["since"].to_dict() == {"a": pd.Timestamp(TUESDAY), "b": pd.Timestamp(MONDAY)}
    assert set(told["previous_on"]) == {pd.Timestamp(MONDAY)}


def test_a_run_on_the_same_day_tells_the_same() -> None:
    _, memory = run(MONDAY, None, a=LITTLE)
    first, kept = run(TUESDAY, memory, a=CONTESTED)
    again, kept_again = run(TUESDAY, kept, a=CONTESTED)
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(kept, kept_again)


def test_what_was_told_halfway_a_day_is_not_compared_with() -> None:
    _, memory = run(MONDAY, None, a=LITTLE)
    _, kept = run(TUESDAY, memory, a=CONTESTED)
    told, _ = run(TUESDAY, kept, a=SUPPORTED)  # new evidence in the afternoon
    assert told.loc["a", "previous_status"] == LITTLE


def test_the_newest_earlier_day_counts() -> None:
    _, memory = run(MONDAY, None, a=LITTLE)
    _, memory = run(TUESDAY, memory, a=CONTESTED)
    told, memory = run(FRIDAY, memory, a=CONTESTED)
    assert told[["previous_status", "since"]].to_numpy().tolist() == [[CONTESTED, pd.Timestamp(TUESDAY)]]
    assert sorted(memory["day"].unique()) == [pd.Timestamp(TUESDAY), pd.Timestamp(FRIDAY)]  # it does not grow


def test_the_first_day_has_only_itself() -> None:
    _, memory = run(MONDAY, None, a=LITTLE)
    told, _ = run(MONDAY, memory, a=CONTESTED)
    assert told.loc["a", "previous_status"] == ""


def test_a_new_arrow_has_not_changed() -> None:
    _, memory = run(MONDAY, None, a=LITTLE)
    told, _ = run(TUESDAY, memory, a=LITTLE, b=CONTESTED)
    assert told.loc[["b"], ["previous_status", "since"]].to_numpy().tolist() == [["", pd.Timestamp(TUESDAY)]]
    assert arrow_history.changes(told.reset_index()).empty


def test_changes_are_counted_from_and_to() -> None:
    _, memory = run(MONDAY, None, a=LITTLE, b=LITTLE, c=LITTLE, d=SUPPORTED, e=LITTLE)
    told, _ = run(TUESDAY, memory, a=CONTESTED, b=CONTESTED, c=CONTESTED, d=CONTESTED, e=LITTLE)
    counted = arrow_history.changes(told.reset_index()).set_index(["previous_status", "status"])["arrows_n"]
    assert counted.to_dict() == {(LITTLE, CONTESTED): 3, (SUPPORTED, CONTESTED): 1}


def test_memory_survives_a_file(tmp_path: object) -> None:
    _, memory = run(MONDAY, None, a=LITTLE)
    path = f"{tmp_path}/memory.parquet"
    memory.to_parquet(path, index=False)
    told, _ = run(TUESDAY, pd.read_parquet(path), a=CONTESTED)
    assert told.loc["a", "previous_status"] == LITTLE
