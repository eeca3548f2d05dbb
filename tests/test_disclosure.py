"""What may be shown: small cells are suppressed, and nobody can work them out from the rest.

The attacks at the end use solvers of their own, which share no line with the package.
"""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from bt_analysis import disclosure, schema
from bt_analysis.analysis.tables import ESTIMATE_COLUMNS, WORKING_COLUMNS
from bt_analysis.settings import DisclosureSettings
from tests.disclosure_tables import FIRST, RULE, Key, Table, groups, names, rows_of, rules, run, visible, with_totals

# What happens to one row


def test_a_suppressed_row_keeps_its_place_and_loses_every_figure() -> None:
    row = run({("", "2024"): 9}).estimates.iloc[0]
    assert row[["value", "ci_low", "ci_high", "n"]].isna().all()
    assert (row["gate"], row["gate_reason"], row["missing_reason"]) == ("onderdrukt", "suppressed", "suppressed")


def test_the_log_tells_the_steward_which_rule_and_everybody_else_only_where() -> None:
    protected = run({("", "2024"): 9})
    cell = {
        "collective_id": "tuin", "cell": "participants", "group_type": "leeftijd", "group_value": "",
        "period_start": pd.Timestamp("2024-01-01"), "period_end": pd.Timestamp("2024-12-31"),
    }  # fmt: skip
    assert protected.log.to_dict("records") == [{**cell, "rule": "threshold", "run_on": pd.Timestamp(FIRST)}]
    assert protected.suppressed.to_dict("records") == [cell]


def test_no_row_tells_which_number_is_small() -> None:
    protected = run(groups(3, 40, 50, 60))
    assert set(rules(protected).values()) == {"threshold", "secondary"}
    hidden = protected.estimates[protected.estimates["gate"] == "onderdrukt"]
    same = [column for column in ESTIMATE_COLUMNS if column not in ("group_value", "claim_id")]
    assert len(hidden[same].drop_duplicates()) == 1


def test_no_count_of_people_leaves_with_the_estimates() -> None:
    protected = run(groups(3, 40, 50))
    assert protected.estimates.columns.tolist() == ESTIMATE_COLUMNS
    assert not set(WORKING_COLUMNS[1:]) & {*protected.estimates, *protected.log}


def test_every_table_is_what_its_schema_says() -> None:
    protected = run(groups(3, 40, 50))
    schema.check(protected.estimates.assign(synthetic=True), "analysed_estimates")
    schema.check(protected.suppressed, "analysed_suppressed")
    schema.check(protected.log, "disclosure_log")
    schema.check(protected.register, "released_register")
    schema.check(disclosure.nothing(), "released_register")


def test_all_rows_of_a_cell_go_together() -> None:
    both = pd.concat([rows_of(groups(3, 40, 50)), rows_of(groups(3, 40, 50), indicator_id="ratio")])
    for _, rows in run(both).estimates.groupby("group_value"):
        assert rows["value"].isna().all() or rows["value"].notna().all()


def test_the_fewest_people_of_any_row_count() -> None:
    both = pd.concat([rows_of({("", "2024"): 30}), rows_of({("", "2024"): 30}, indicator_id="ratio", cell_n=4)])
    assert run(both).estimates["value"].isna().all()


def test_rows_that_rest_on_no_people_are_left_alone() -> None:
    protected = run(rows_of({("", "2024"): 3}, cell="", cell_n=None))
    assert protected.estimates["value"].tolist() == [3]
    assert protected.log.empty
    assert protected.register.empty


def test_a_cell_of_unknown_size_shows_nothing_and_is_not_logged() -> None:
    protected = run(rows_of({("", "2024"): float("nan")}))
    assert protected.estimates["value"].isna().all()
    assert protected.log.empty


def test_what_goes_in_is_not_changed() -> None:
    frame = rows_of(groups(3, 40, 50))
    copy = frame.copy(deep=True)
    run(frame)
    pd.testing.assert_frame_equal(frame, copy)


def test_nothing_to_protect_gives_empty_tables() -> None:
    protected = run(rows_of({("", "2024"): 3}).head(0))
    assert all(table.empty for table in protected)
    assert protected.log.columns.tolist()[-2:] == ["rule", "run_on"]


# Thresholds


def test_ten_people_may_be_shown_and_nine_may_not() -> None:
    assert visible(run({("", "2024"): 10})) == {("", "2024"): 10}
    assert visible(run({("", "2024"): 9})) == {}
    assert visible(run({("", "2024"): 9}, rule=DisclosureSettings(min_cell=5))) == {("", "2024"): 9}


def test_zero_is_suppressed_as_well() -> None:
    assert rules(run(groups(0, 30, 40, 50)))["a", "2024"] == "threshold"


def test_figures_of_nearly_everybody_are_hidden() -> None:
    # 85 of 90: the other 5 are a small group too.
    table = groups(85, 5)
    rows = rows_of(table).assign(cell_total_n=lambda rows: rows["group_value"].map({"a": 90.0, "b": 90.0}))
    assert rules(run(rows)) == {("a", "2024"): "complement", ("b", "2024"): "threshold"}


# Groups and their total


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((10, 20, 30), "+abc"),
        # 50 must be possible to be 55 while a and c make room: with only a and b hidden, b is 43 at most.
        ((3, 40, 50), "+"),
        ((3, 40, 41, 200), "+d"),
        ((5, 40, 50), "+c"),  # 5 + 40 leaves 40 to be 45, and 5 to be 10
        ((6, 7, 50, 60), "+cd"),
        ((2, 3, 20, 60), "+d"),  # 2 + 3 is 5 in all: 3 cannot be 8
        ((0, 10, 30, 40), "+d"),
        ((9, 3), "+"),
    ],
)
def test_groups_hide_each_other(sizes: tuple[float, ...], expected: str) -> None:
    assert names(visible(run(groups(*sizes)))) == expected


def test_a_small_total_hides_its_groups() -> None:
    assert visible(run(groups(4, 5))) == {}


def test_large_groups_under_a_hidden_total_are_hidden_too() -> None:
    # Here the total rests on fewer different people than are in a group.
    rows = rows_of(groups(30, 40)).assign(cell_n=lambda rows: rows["cell_n"].mask(rows["group_value"].eq(""), 8.0))
    assert rules(run(rows)) == {
        ("", "2024"): "threshold", ("a", "2024"): "total_hidden", ("b", "2024"): "total_hidden",
    }  # fmt: skip


def test_a_group_on_its_own_is_its_total() -> None:
    assert visible(run(groups(8))) == {}
    assert names(visible(run(groups(12)))) == "+a"


def test_group_types_cells_and_collectives_are_kept_apart() -> None:
    small = rows_of(groups(6, 7, 50))
    others: tuple[dict[str, Any], ...] = (
        {"group_type": "geslacht"},
        {"cell": "people", "indicator_id": "x"},
        {"collective_id": "huis"},
    )
    for other in others:
        protected = run(pd.concat([small, rows_of(groups(30, 40, 50), **other)]))
        assert len(protected.log) == 2
        assert protected.estimates["value"].notna().sum() == 2 + 4


def test_people_behind_hours_are_protected_as_well_as_their_hours() -> None:
    # Roles b and c gave 300 and 200 hours, so both could be anything up to 500; but they are 3 + 2 people in all.
    hours, people = groups(400, 300, 200), groups(40, 3, 2)
    rows = rows_of(hours, cell="volunteers").assign(cell_n=[people[key] for key in hours])
    assert names(visible(run(rows))) == "+"
    many = groups(400, 300, 200, 900)
    more = rows_of(many, cell="volunteers").assign(cell_n=[*(40, 3, 2, 90), 40 + 3 + 2 + 90])
    assert names(visible(run(more))) == "+d"


# Years and the whole period


def test_a_small_year_takes_other_years_with_it() -> None:
    table = {("", "2022"): 30.0, ("", "2023"): 4.0, ("", "2024"): 50.0, ("", "2022-2024"): 84.0}
    # 4 + 30 leaves 30 no room to be 35.
    assert set(visible(run(table))) == {("", "2022-2024")}
    table = {("", "2022"): 30.0, ("", "2023"): 6.0, ("", "2024"): 50.0, ("", "2022-2024"): 86.0}
    assert set(visible(run(table))) == {("", "2024"), ("", "2022-2024")}


def test_a_year_alone_in_a_small_whole_takes_the_whole_with_it() -> None:
    assert visible(run({("", "2023"): 4.0, ("", "2023-2024"): 4.0})) == {}
    assert set(visible(run({("", "2023"): 4.0, ("", "2024"): 30.0, ("", "2023-2024"): 34.0}))) == {("", "2023-2024")}


def test_people_in_the_whole_and_in_no_year_cannot_be_subtracted() -> None:
    table, whole = {("", "2023"): 40.0, ("", "2024"): 50.0, ("", "2023-2024"): 93.0}, ("", "2023-2024")
    # 93 − 40 − 50 = 3 people of an activity that crossed new year.
    assert set(visible(run(table, {whole: 3}))) == {whole}
    assert len(visible(run(table | {whole: 102.0}, {whole: 12}))) == 3  # twelve may be known
    assert len(visible(run(table | {whole: 90.0}))) == 3


def test_an_area_of_few_people_is_hidden_by_a_rule_of_its_own() -> None:
    rows = rows_of({("", "2024"): 8}, cell="area:tuin-a", cell_value=None)
    protected = run(rows)
    assert protected.log["rule"].tolist() == ["small_area"]
    assert protected.register.empty  # figures of an area are no counts of the collective


# What a data steward reads


def test_the_log_can_be_read() -> None:
    text = disclosure.log_text(run(groups(3, 40, 50, 60)).log)
    assert "Run of 2026-01-05. 3 cells hidden:" in text
    assert "- 1 × threshold: fewer people than the minimum" in text
    assert "| participants | leeftijd | a | 2024-01-01 | 2024-12-31 | threshold |" in text
    assert not any(size in text for size in (" 40 ", " 50 ", " 60 "))
    assert "Nothing was hidden." in disclosure.log_text(run(groups(30, 40)).log)


def test_every_rule_has_a_meaning() -> None:
    rule = next(field for field in schema.load("disclosure_log")["fields"] if field["name"] == "rule")
    assert set(rule["constraints"]["enum"]) == set(disclosure.log.RULES)


# Attacks


def sums_of(table: Table) -> list[tuple[list[Key], Key]]:
    """List what an attacker knows to add up: groups to their total, years to the whole."""
    found: list[tuple[list[Key], Key]] = []
    for group, period in table:
        if not group:
            found.append(([key for key in table if key[0] and key[1] == period], (group, period)))
        if "-" in period:
            found.append(([key for key in table if key[0] == group and "-" not in key[1]], (group, period)))
    return [(parts, total) for parts, total in found if parts]


def attack(table: Table, seen: Mapping[Key, float]) -> dict[Key, tuple[float, float]]:
    """Work out the lowest and highest that each hidden cell can be, by two linear programmes for each."""
    place = {key: at for at, key in enumerate(table)}
    equations = np.zeros((len(sums_of(table)), len(table)))
    for row, (parts, total) in enumerate(sums_of(table)):
        equations[row, [place[part] for part in parts]] = 1
        equations[row, place[total]] = -1
    bounds = [(seen[key], seen[key]) if key in seen else (0, None) for key in table]
    found = {}
    for key in set(table) - set(seen):
        ends = []
        for sign in (1, -1):
            aim = sign * (np.arange(len(table)) == place[key])
            result = linprog(aim, A_eq=equations, b_eq=np.zeros(len(equations)), bounds=bounds)
            ends.append(sign * result.fun if result.status == 0 else np.inf)
        found[key] = (ends[0], ends[1])
    return found


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw groups × years that add up, with their totals and the whole period."""
    size = st.one_of(st.integers(0, 12), st.integers(10, 60))
    years = [str(2024 - at) for at in range(draw(st.integers(1, 3)))]
    parts = "abcde"[: draw(st.integers(2, 5))]
    return with_totals({(part, year): float(draw(size)) for part, year in itertools.product(parts, years)})


@settings(derandomize=True, max_examples=12, deadline=None)
@given(tables())
def test_no_hidden_cell_can_be_worked_out(table: Table) -> None:
    seen = visible(run(table))
    assert all(count >= RULE.min_cell for count in seen.values())
    assert all(high - low >= RULE.protection for low, high in attack(table, seen).values())


def test_the_attack_succeeds_where_only_the_threshold_is_applied() -> None:
    table = with_totals({("a", "2024"): 3.0, ("b", "2024"): 40.0, ("c", "2024"): 50.0})
    seen = {key: count for key, count in table.items() if count >= RULE.min_cell}
    assert attack(table, seen) == {("a", "2024"): (93 - 40 - 50, 93 - 40 - 50)}


def test_a_bridge_between_two_blocks_is_hidden_better() -> None:
    # Suppressed cells: a and b in 2021 and 2022, c and d in 2023 and 2024, and b in 2023. Every line hides two or more,
    # but Σ of the rows a, b minus Σ of the columns 2021, 2022 leaves exactly b in 2023.
    small = {(g, y) for g in "ab" for y in ("2021", "2022")} | {(g, y) for g in "cd" for y in ("2023", "2024")}
    small |= {("b", "2023")}
    years = map(str, range(2021, 2025))
    table = with_totals({key: 6.0 if key in small else 50.0 for key in itertools.product("abcd", years)})
    low, high = attack(table, {key: count for key, count in table.items() if key not in small})["b", "2023"]
    assert high - low < 1e-6
    seen = visible(run(table))
    assert all(high - low >= RULE.protection for low, high in attack(table, seen).values())


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    frame = rows_of(with_totals(groups(3, 40, 50, 45) | {(g, "2023"): 20.0 for g in "abcd"}))
    mixed = frame.sample(frac=1, random_state=seed)
    out: dict[str, Any] = {}
    for name, rows in (("straight", frame), ("mixed", mixed)):
        protected = run(rows)
        assert protected.estimates["claim_id"].tolist() == rows["claim_id"].tolist()
        out[name] = protected.estimates.set_index("claim_id")["value"].sort_index()
    pd.testing.assert_series_equal(out["straight"], out["mixed"])
