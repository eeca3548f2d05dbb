"""What may be shown: small cells are suppressed, and nobody can work them out from the rest.

The last tests attack protected tables with solvers of their own, which share no line with the module.
"""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis import disclosure
from bt_analysis.analysis.tables import estimates
from bt_analysis.settings import DisclosureSettings

RULE = DisclosureSettings(min_cell=10)
Key = tuple[str, str]  # group ("" is the total), period
Table = Mapping[Key, float]


def cells(table: Table, rest: Mapping[Key, float] | None = None, **more: Any) -> pd.DataFrame:
    """Return an estimate per cell; its value is the count itself."""
    rows = [
        {
            "indicator_id": "count",
            "collective_id": "tuin",
            "group_type": "leeftijd",
            "group_value": group,
            "period_start": f"{period[:4]}-01-01",
            "period_end": f"{period[-4:]}-12-31",
            "value": count,
            "ci_low": count,
            "ci_high": count,
            "n": count,
            "cell": "participants",
            "cell_n": count,
            "cell_rest_n": (rest or {}).get((group, period)),
            "gate": "ok",
            **more,
        }
        for (group, period), count in table.items()
    ]
    constants = {"question": "x", "population": "deelnemers", "unit": "personen", "method": "count", "source": "x"}
    return estimates(pd.DataFrame(rows), **constants)


def shown(table: Table, rest: Mapping[Key, float] | None = None, rule: DisclosureSettings = RULE) -> dict[Key, float]:
    out, log = disclosure.protect(cells(table, rest), rule)
    keys = _keys(out)
    visible = {key: float(value) for key, value in zip(keys, out["value"], strict=True) if not np.isnan(value)}
    assert {key for key in keys if key not in visible} == set(_keys(log))
    return visible


def _keys(frame: pd.DataFrame) -> list[Key]:
    first, last = frame["period_start"].dt.year.astype(str), frame["period_end"].dt.year.astype(str)
    periods = [a if a == b else f"{a}-{b}" for a, b in zip(first, last, strict=True)]
    return list(zip(frame["group_value"], periods, strict=True))


def groups(*sizes: float, total: float | None = None) -> dict[Key, float]:
    """Return groups a, b, c … of one year with their total."""
    table: dict[Key, float] = {(name, "2024"): size for name, size in zip("abcdef", sizes, strict=False)}
    return table | {("", "2024"): sum(sizes) if total is None else total}


def names(visible: Mapping[Key, float]) -> str:
    return "".join(sorted(group or "+" for group, _ in visible))


# What happens to one row


def test_a_suppressed_row_keeps_its_place_and_loses_every_figure() -> None:
    out, log = disclosure.protect(cells({("", "2024"): 9}), RULE)
    row = out.iloc[0]
    assert row[["value", "ci_low", "ci_high", "n"]].isna().all()
    assert (row["gate"], row["gate_reason"], row["missing_reason"]) == (
        "onderdrukt",
        "cell_below_minimum",
        "suppressed",
    )
    assert log.to_dict("records") == [
        {
            "collective_id": "tuin",
            "cell": "participants",
            "group_type": "leeftijd",
            "group_value": "",
            "period_start": pd.Timestamp("2024-01-01"),
            "period_end": pd.Timestamp("2024-12-31"),
            "reason": "cell_below_minimum",
        }
    ]


def test_no_count_of_people_leaves_the_module() -> None:
    out, log = disclosure.protect(cells(groups(3, 40, 50)), RULE)
    for frame in (out, log):
        assert not {"cell_n", "cell_rest_n", "coverage"} & set(frame.columns)
    assert "cell" not in out.columns


def test_ten_people_may_be_shown_and_nine_may_not() -> None:
    assert shown({("", "2024"): 10}) == {("", "2024"): 10}
    assert shown({("", "2024"): 9}) == {}
    assert shown({("", "2024"): 9}, rule=DisclosureSettings(min_cell=5)) == {("", "2024"): 9}


def test_zero_is_suppressed_as_well() -> None:
    assert names(shown(groups(0, 30, 40, 50))) == "+cd"


def test_all_rows_of_a_cell_go_together() -> None:
    share, ratio = cells(groups(3, 40, 50)), cells(groups(3, 40, 50)).assign(indicator_id="ratio")
    out, _ = disclosure.protect(pd.concat([share, ratio]), RULE)
    for _, rows in out.groupby("group_value"):
        assert rows["value"].isna().all() or rows["value"].notna().all()


def test_rows_that_rest_on_no_people_are_left_alone() -> None:
    frame = cells({("", "2024"): 3}, cell="", cell_n=None)
    out, log = disclosure.protect(frame, RULE)
    assert out["value"].tolist() == [3]
    assert log.empty


def test_a_cell_of_unknown_size_shows_nothing_and_is_not_logged() -> None:
    out, log = disclosure.protect(cells({("", "2024"): float("nan")}), RULE)
    assert out["value"].isna().all()
    assert log.empty


def test_what_goes_in_is_not_changed() -> None:
    frame = cells(groups(3, 40, 50))
    copy = frame.copy(deep=True)
    disclosure.protect(frame, RULE)
    pd.testing.assert_frame_equal(frame, copy)


def test_nothing_to_protect_gives_an_empty_table() -> None:
    out, log = disclosure.protect(cells({("", "2024"): 3}).head(0), RULE)
    assert out.empty
    assert log.empty
    assert log.columns.tolist()[-1] == "reason"


# Groups and their total


def test_one_small_group_takes_the_smallest_other_with_it() -> None:
    # Else a = 93 − 40 − 50.
    assert names(shown(groups(3, 40, 50))) == "+c"


def test_two_small_groups_that_hold_enough_people_protect_each_other() -> None:
    assert names(shown(groups(6, 7, 50, 60))) == "+cd"


def test_two_small_groups_that_hold_few_people_take_a_third() -> None:
    assert names(shown(groups(2, 3, 20, 60))) == "+d"


def test_sizes_that_the_rule_itself_tells_take_another_cell() -> None:
    # A suppressed cell has at most 9 and its complement at least 10: together 10, they must have 0 and 10.
    assert names(shown(groups(0, 10, 30, 40))) == "+d"
    # Two suppressed cells of together 18 must have 9 each.
    assert names(shown(groups(9, 9, 30, 40))) == "+d"
    assert names(shown(groups(9, 8, 30, 40))) == "+cd"


def test_a_small_total_hides_its_groups() -> None:
    assert shown(groups(4, 5)) == {}


def test_large_groups_under_a_hidden_total_are_hidden_too() -> None:
    # Shares of the total would give it away; here the total rests on fewer people than are in a group.
    assert shown(groups(30, 40, total=8)) == {}


def test_without_small_groups_nothing_is_hidden() -> None:
    assert names(shown(groups(10, 20, 30))) == "+abc"


def test_a_group_on_its_own_is_its_total() -> None:
    assert shown(groups(8)) == {}
    assert names(shown(groups(12))) == "+a"


def test_group_types_cells_and_collectives_are_kept_apart() -> None:
    small = cells(groups(3, 40, 50))
    large = cells(groups(30, 40, 50))
    for other in ({"group_type": "geslacht"}, {"cell": "volunteers"}, {"collective_id": "huis"}):
        out, log = disclosure.protect(pd.concat([small, large.assign(**other)]), RULE)
        assert len(log) == 2
        assert out["value"].notna().sum() == 2 + 4


# Years and the whole period


def test_a_small_year_takes_another_year_with_it() -> None:
    table = {("", "2022"): 30.0, ("", "2023"): 4.0, ("", "2024"): 50.0, ("", "2022-2024"): 84.0}
    assert set(shown(table)) == {("", "2024"), ("", "2022-2024")}


def test_a_year_alone_in_a_small_whole_takes_the_whole_with_it() -> None:
    table = {("", "2023"): 4.0, ("", "2023-2024"): 4.0}
    assert shown(table) == {}
    assert shown({("", "2023"): 4.0, ("", "2024"): 30.0, ("", "2023-2024"): 34.0}) == {("", "2023-2024"): 34.0}


def test_people_in_the_whole_and_in_no_year_cannot_be_subtracted() -> None:
    table = {("", "2023"): 40.0, ("", "2024"): 50.0, ("", "2023-2024"): 93.0}
    whole = ("", "2023-2024")
    # 93 − 40 − 50 = 3 people of an activity that crossed new year.
    assert set(shown(table, rest={whole: 3})) == {("", "2024"), whole}
    assert len(shown(table | {whole: 102.0}, rest={whole: 12})) == 3  # twelve may be known
    assert len(shown(table | {whole: 90.0})) == 3
    assert len(shown(table | {whole: 90.0}, rest={whole: 0})) == 3


def test_hiding_in_one_direction_is_followed_in_the_other() -> None:
    table = {
        ("a", "2023"): 3.0,
        ("b", "2023"): 20.0,
        ("c", "2023"): 30.0,
        ("", "2023"): 53.0,
        ("a", "2024"): 40.0,
        ("b", "2024"): 50.0,
        ("c", "2024"): 60.0,
        ("", "2024"): 150.0,
        ("a", "2023-2024"): 43.0,
        ("b", "2023-2024"): 70.0,
        ("c", "2023-2024"): 90.0,
        ("", "2023-2024"): 203.0,
    }
    visible = shown(table)
    assert {("a", "2023"), ("b", "2023"), ("a", "2024"), ("b", "2024")} & set(visible) == set()
    assert len(visible) == 12 - 4


# Attacks


def lines_of(table: Table, rest: Mapping[Key, float]) -> list[tuple[list[Key], Key]]:
    """List what an attacker knows to add up: groups to their total, years to the whole."""
    periods = sorted({period for _, period in table})
    whole = next((period for period in periods if "-" in period), None)
    found = []
    for period in periods:
        parts = [key for key in table if key[1] == period and key[0]]
        if parts:
            found.append((parts, ("", period)))
    for group in {group for group, _ in table}:
        parts = [key for key in table if key[0] == group and key[1] != whole]
        if whole and not rest.get((group, whole), 0):
            found.append((parts, (group, whole)))
    return found


def solve_by_hand(table: Table, visible: Mapping[Key, float], rest: Mapping[Key, float]) -> dict[Key, float]:
    """Fill in every line with one unknown, again and again."""
    known = dict(visible)
    lines = lines_of(table, rest)
    for _ in range(len(table)):
        for parts, total in lines:
            unknown = [key for key in (*parts, total) if key not in known]
            if unknown == [total]:
                known[total] = sum(known[part] for part in parts)
            elif len(unknown) == 1:
                known[unknown[0]] = known[total] - sum(known[part] for part in parts if part in known)
    return known


def solve_by_algebra(table: Table, visible: Mapping[Key, float], rest: Mapping[Key, float]) -> set[Key]:
    """Return the unknowns that all lines together leave one solution for; people between the years are unknowns too."""
    few = [key for key, people in rest.items() if 0 < people < RULE.min_cell]
    between = [(group + " between", period) for group, period in few]
    unknown = [*[key for key in table if key not in visible], *between]
    lines = lines_of(table, rest)
    for (group, whole), name in zip(few, between, strict=True):
        lines.append(([key for key in table if key[0] == group and key[1] != whole] + [name], (group, whole)))
    rows = [[(key in parts) - (key == total) for key in unknown] for parts, total in lines]
    matrix = np.array(rows, dtype=float).reshape(len(rows), len(unknown))
    rank = np.linalg.matrix_rank(matrix) if matrix.size else 0
    fixed = set()
    for at, key in enumerate(unknown):
        only = np.vstack([matrix, np.eye(len(unknown))[at]])
        if matrix.size and np.linalg.matrix_rank(only) == rank:
            fixed.add(key)
    return fixed


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, dict[Key, float]]:
    """Draw groups × years that add up, with their totals, the whole period, and sometimes people between the years."""
    n_groups, n_years = draw(st.integers(0, 5)), draw(st.integers(1, 5))
    size = st.one_of(st.integers(0, 12), st.integers(10, 60))
    years = [str(2024 - at) for at in range(n_years)]
    parts = [chr(ord("a") + at) for at in range(n_groups)] or [""]
    table: dict[Key, float] = {(part, year): float(draw(size)) for part, year in itertools.product(parts, years)}
    rest: dict[Key, float] = {}
    if n_years > 1:
        whole = f"{years[-1]}-{years[0]}"
        crossing = draw(st.booleans())
        for part in parts:
            rest[part, whole] = float(draw(st.integers(0, 15))) if crossing else 0.0
            table[part, whole] = sum(table[part, year] for year in years) + rest[part, whole]
        years.append(whole)
    if parts != [""]:
        for year in years:
            table["", year] = sum(table[part, year] for part in parts)
            rest["", year] = sum(rest.get((part, year), 0.0) for part in parts)
    return table, rest


@settings(derandomize=True, max_examples=60, deadline=None)
@given(tables())
def test_no_suppressed_cell_can_be_worked_out(drawn: tuple[Table, dict[Key, float]]) -> None:
    table, rest = drawn
    visible = shown(table, rest)
    assert all(count >= RULE.min_cell for count in visible.values())
    assert set(solve_by_hand(table, visible, rest)) == set(visible)
    assert solve_by_algebra(table, visible, rest) == set()


def test_the_solvers_of_this_test_do_find_what_can_be_found() -> None:
    table = groups(3, 40, 50)
    visible = {key: count for key, count in table.items() if key[0] != "a"}
    assert solve_by_hand(table, visible, {})["a", "2024"] == 93 - 40 - 50
    assert solve_by_algebra(table, visible, {}) == {("a", "2024")}


def test_a_bridge_between_two_blocks_is_worked_out_by_algebra_only_and_hidden_better() -> None:
    # Suppressed cells: a and b in 2021 and 2022, c and d in 2023 and 2024, and b in 2023. Every line hides two or more,
    # but Σ of the rows a, b minus Σ of the columns 2021, 2022 leaves exactly b in 2023.
    small = (
        {(g, y) for g in "ab" for y in ("2021", "2022")}
        | {(g, y) for g in "cd" for y in ("2023", "2024")}
        | {("b", "2023")}
    )
    table: dict[Key, float] = {
        (g, str(y)): 6.0 if (g, str(y)) in small else 50.0 for g in "abcd" for y in range(2021, 2025)
    }
    for g in "abcd":
        table[g, "2021-2024"] = sum(table[g, str(y)] for y in range(2021, 2025))
    for period in [*map(str, range(2021, 2025)), "2021-2024"]:
        table["", period] = sum(table[g, period] for g in "abcd")
    only_small = {key: count for key, count in table.items() if key not in small}
    assert set(solve_by_hand(table, only_small, {})) == set(only_small)
    assert solve_by_algebra(table, only_small, {}) == {("b", "2023")}
    visible = shown(table)
    assert set(visible) < set(only_small)
    assert solve_by_algebra(table, visible, {}) == set()


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    table = groups(3, 40, 50, 45) | {(g, "2023"): 20.0 for g in "abcd"} | {("", "2023"): 80.0}
    frame = cells(table).sample(frac=1, random_state=seed)
    out, _ = disclosure.protect(frame, RULE)
    assert out["claim_id"].tolist() == frame["claim_id"].tolist()
    hidden = set(_keys(out[out["value"].isna()]))
    assert hidden == set(table) - set(shown(table))
