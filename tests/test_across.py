"""Sums over collectives: only of what is shown of each."""

from typing import Any

import pandas as pd

from bt_analysis.analysis import across
from bt_analysis.analysis.tables import ESTIMATE_COLUMNS, estimates

WHOLE = {"period_start": "2023-01-01", "period_end": "2024-12-31"}


def shown(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return estimates of collectives after disclosure control."""
    standard = {
        "question": "hours", "indicator_id": "hours_total", "population": "vrijwilligers", "group_type": "rol",
        "unit": "uur", "gate": "ok", "gate_reason": "", "source": "x", "method": "x", **WHOLE,
    }  # fmt: skip
    return estimates(pd.DataFrame([standard | row for row in rows])).reindex(columns=ESTIMATE_COLUMNS)


def periods(make: Any, *collectives: str) -> pd.DataFrame:
    tables: list[pd.DataFrame] = [make.periods("2023-2024", collective_id=name) for name in collectives]
    return pd.concat(tables)


def test_figures_are_added_up_with_their_bounds(make: Any) -> None:
    rows = shown(
        {
            "collective_id": "tuin",
            "value": 100,
            "ci_low": 90,
            "ci_high": 110,
            "gate_reason": "a;b",
            "gate": "voorbehoud",
        },
        {"collective_id": "huis", "value": 40, "ci_low": 20, "ci_high": 60, "gate_reason": "b", "gate": "voorbehoud"},
        {"collective_id": "hof", "value": 7, "ci_low": 7, "ci_high": 7},
    )
    row = make.one(across.estimate(rows, periods(make, "tuin", "huis", "hof")), "hours_total")
    assert (row["value"], row["ci_low"], row["ci_high"]) == (100 + 40 + 7, 90 + 20 + 7, 110 + 60 + 7)
    assert (row["n"], row["n_unit"], row["collective_id"]) == (3, "collectives", "")
    assert (row["gate"], row["gate_reason"]) == ("voorbehoud", "a;b")
    assert row["method"] == "sum over collectives"


def test_what_is_not_shown_of_a_collective_is_not_in_the_sum(make: Any) -> None:
    rows = shown(
        {"collective_id": "tuin", "value": 100}, {"collective_id": "huis", "value": None, "gate": "onderdrukt"},
        {"collective_id": "hof", "value": None, "gate": "niet_te_zien"},
    )  # fmt: skip
    row = make.one(across.estimate(rows, periods(make, "tuin", "huis", "hof")), "hours_total")
    assert (row["value"], row["n"], row["gate"], row["gate_reason"]) == (100, 1, "ok", "")


def test_years_within_the_whole_are_not_added_again(make: Any) -> None:
    rows = shown(
        {"collective_id": "tuin", "value": 100}, {"collective_id": "tuin", "value": 60, "period_end": "2023-12-31"},
        {"collective_id": "huis", "value": 40},
    )  # fmt: skip
    assert make.one(across.estimate(rows, periods(make, "tuin", "huis")), "hours_total")["value"] == 100 + 40


def test_counts_without_bounds_get_none(make: Any) -> None:
    reach = {
        "question": "reach",
        "indicator_id": "contacts_n",
        "population": "deelnemers",
        "group_type": "",
        "unit": "deelnames",
    }
    row = make.one(
        across.estimate(shown({"collective_id": "tuin", "value": 80} | reach), periods(make, "tuin")), "contacts_n"
    )
    assert row["value"] == 80
    assert row["ci_low"] != row["ci_low"]
    assert row["ci_high"] != row["ci_high"]


def test_other_figures_are_never_added_up_over_collectives(make: Any) -> None:
    rows = shown(
        {"collective_id": "tuin", "value": 30, "indicator_id": "unique_n"}, {"collective_id": "tuin", "value": 100}
    )
    assert set(across.estimate(rows, periods(make, "tuin"))["indicator_id"]) == {"hours_total"}


def test_the_period_runs_from_the_first_to_the_last(make: Any) -> None:
    other = {"collective_id": "huis", "period_start": "2021-01-01", "period_end": "2022-12-31", "value": 5}
    both = pd.concat([make.periods("2023-2024"), make.periods("2021-2022", collective_id="huis")])
    row = make.one(across.estimate(shown({"collective_id": "tuin", "value": 100}, other), both), "hours_total")
    assert (row["value"], row["n"]) == (100 + 5, 2)
    assert (row["period_start"], row["period_end"]) == (pd.Timestamp("2021-01-01"), pd.Timestamp("2024-12-31"))


def test_nothing_to_add_up_gives_an_empty_table(make: Any) -> None:
    for rows in (
        shown({"collective_id": "tuin", "value": None, "gate": "onderdrukt"}),
        shown({"collective_id": "x"}).head(0),
    ):
        found = across.estimate(rows, periods(make, "tuin"))
        assert found.empty
        assert found.columns.tolist() == ESTIMATE_COLUMNS


def test_a_sum_with_a_figure_that_is_held_says_since_when(make: Any) -> None:
    days = pd.DatetimeIndex(["2026-01-05", pd.NaT])
    rows = shown({"collective_id": "tuin", "value": 100}, {"collective_id": "huis", "value": 40}).assign(held_on=days)
    row = make.one(across.estimate(rows, periods(make, "tuin", "huis")), "hours_total")
    assert row["held_on"] == pd.Timestamp("2026-01-05")
