"""Two releases: what may not be learnt by subtracting one from the other."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from bt_analysis import disclosure
from bt_analysis.disclosure import Protected
from tests.disclosure_tables import (
    FIRST,
    LATER,
    RULE,
    Key,
    Table,
    groups,
    keys_of,
    rows_of,
    rules,
    run,
    visible,
    with_totals,
)


def again(table: Table | pd.DataFrame, earlier: Protected) -> Protected:
    return run(table, register=earlier.register, on=LATER)


def reasons(protected: Protected) -> dict[Key, str]:
    return dict(zip(keys_of(protected.estimates), protected.estimates["gate_reason"], strict=True))


# The same data


@pytest.mark.parametrize("sizes", [(30, 40, 50), (3, 40, 50, 60), (4, 5), (12,)])
def test_the_same_data_give_the_same_figures_and_the_same_register(sizes: tuple[float, ...]) -> None:
    table = with_totals(groups(*sizes) | {(g, "2023"): 20.0 for g in "ab"})
    first = run(table)
    second = again(table, first)
    third = again(table, second)
    for later in (second, third):
        pd.testing.assert_frame_equal(later.estimates, first.estimates)
        pd.testing.assert_frame_equal(later.register, first.register)
        assert rules(later) == rules(first)


def test_the_register_knows_what_was_published_and_the_counts_behind_it() -> None:
    register = run(groups(3, 40, 50, 60)).register
    told = register.set_index("group_value")[["value", "cell_n", "rule"]].T.to_dict("list")
    assert str(told["a"]) == str([float("nan"), 3.0, "threshold"])
    assert told["d"] == [60.0, 60.0, ""]
    assert register["released_on"].eq(pd.Timestamp(FIRST)).all()


# Changes


def test_a_change_of_few_people_holds_the_earlier_figures_of_all_groups() -> None:
    first = run(groups(30, 40, 50))
    held = again(groups(33, 40, 50), first)
    assert visible(held) == groups(30, 40, 50)
    assert set(reasons(held).values()) == {"held_at_earlier"}
    assert held.estimates["gate"].eq("voorbehoud").all()
    assert held.estimates["held_on"].eq(pd.Timestamp(FIRST)).all()
    pd.testing.assert_frame_equal(held.register, first.register)
    # Four more make seven in all: still held at what was first published, however often it was built in between.
    assert visible(again(groups(37, 40, 50), held)) == groups(30, 40, 50)


@pytest.mark.parametrize(("more", "shown"), [(9, 30), (10, 40), (-9, 30), (-10, 20)])
def test_ten_people_more_or_fewer_may_be_seen(more: int, shown: float) -> None:
    second = again(groups(30 + more, 40, 50), run(groups(30, 40, 50)))
    assert visible(second)["a", "2024"] == shown


def test_changes_add_up_until_they_may_be_seen() -> None:
    second = again(groups(36, 40, 50), run(groups(30, 40, 50)))
    third = again(groups(41, 40, 50), second)
    assert visible(third) == groups(41, 40, 50)
    assert reasons(third)["a", "2024"] == ""
    assert third.estimates["held_on"].isna().all()
    changed = third.register.set_index("group_value")["released_on"]
    assert changed["a"] == changed[""] == pd.Timestamp(LATER)
    assert changed["b"] == pd.Timestamp(FIRST)  # nothing new was told of b


def test_other_kinds_of_groups_are_not_held() -> None:
    sexes = rows_of(groups(60, 60), group_type="geslacht")
    first = run(pd.concat([rows_of(groups(30, 40, 50)), sexes]))
    second = again(pd.concat([rows_of(groups(33, 40, 50)), sexes]), first).estimates
    assert second.groupby("group_type")["held_on"].count().to_dict() == {"geslacht": 0, "leeftijd": 4}


def hours(given: float, people: float) -> pd.DataFrame:
    return rows_of({("", "2024"): given}, cell="volunteers", group_type="rol", cell_n=people, unit="uur")


@pytest.mark.parametrize(("more", "shown"), [(7.5, 900.0), (-7.5, 900.0), (299.0, 900.0), (300.0, 1200.0)])
def test_hours_that_fewer_than_ten_people_could_have_given_are_not_seen_to_come(more: float, shown: float) -> None:
    # 900 hours of 30 people are 30 of each: a change of less than 10 · 30 may be what one of them gave.
    second = again(hours(900.0 + more, 30.0), run(hours(900.0, 30.0)))
    assert visible(second) == {("", "2024"): shown}


def measured(value: float, n: float, fewest: float, unit: str = "%") -> pd.DataFrame:
    of = {("", "2024"): value}
    rows = rows_of(of, cell_value=float("nan"), group_type="meting:zon", cell="measurement:zon", unit=unit)
    return rows.assign(n=n, cell_n=fewest)


@pytest.mark.parametrize(
    ("first", "second", "held"),
    [
        # 51 and then 52 of the people: the others are as many, but who came is known to be one of the 52.
        (measured(100 * 51 / 81, 81, 30), measured(100 * 52 / 82, 82, 30), True),
        # One who is not among them came: the 30 that the figure rests on stay 30.
        (measured(100 * 30 / 81, 81, 30), measured(100 * 30 / 82, 82, 30), True),
        (measured(100 * 30 / 81, 81, 30), measured(100 * 30 / 91, 91, 30), False),
        # One person left and another came: 194 points of 81 people are 195.
        (measured(194 / 81, 81, 81, "schaal"), measured(195 / 81, 81, 81, "schaal"), True),
        # 24 points: what ten people have on average, and what one can change on a scale to 100.
        (measured(194 / 81, 81, 81, "schaal"), measured(218 / 81, 81, 81, "schaal"), True),
        (measured(0.0, 81, 81, "schaal"), measured(1.0, 81, 81, "schaal"), True),
        (measured(194 / 81, 81, 81, "schaal"), measured(218 / 90, 90, 90, "schaal"), True),
        (measured(194 / 81, 81, 81, "schaal"), measured(218 / 91, 91, 91, "schaal"), False),
    ],
)
def test_a_measurement_that_few_people_changed_is_held(
    first: pd.DataFrame, second: pd.DataFrame, *, held: bool
) -> None:
    out = again(second, run(first)).estimates.iloc[0]
    assert out["value"] == pytest.approx((first if held else second)["value"].iloc[0])
    assert out["n"] == (first if held else second)["n"].iloc[0]
    assert out["gate_reason"] == ("held_at_earlier" if held else "")


def test_a_figure_of_a_group_that_did_not_change_is_not_held_for_having_been_rounded() -> None:
    # 43 people are published as 45, and kept so.
    table = measured(12.5, 43, 30, "schaal").assign(group_value="verschil", n_unit="people")
    first = run(table)
    assert first.estimates["n"].tolist() == [45]
    second = again(table, first)
    assert second.estimates["gate_reason"].tolist() == [""]
    pd.testing.assert_frame_equal(second.register, first.register)


@pytest.mark.parametrize("cell", ["contacts", "unique"])
@pytest.mark.parametrize(("now", "shown"), [(83.0, 80.0), (89.0, 80.0), (90.0, 90.0)])
def test_totals_of_the_fieldwork_are_held_until_ten_people_came(cell: str, now: float, shown: float) -> None:
    first = run(rows_of({("", "2024"): 80.0}, cell=cell, group_type=""))
    second = again(rows_of({("", "2024"): now}, cell=cell, group_type=""), first)
    assert visible(second) == {("", "2024"): shown}
    assert second.estimates["gate_reason"].tolist() == (["held_at_earlier"] if shown == 80 else [""])


def test_three_people_who_came_sixty_times_are_not_seen_in_the_participations() -> None:
    def fieldwork(people: float, contacts: float) -> pd.DataFrame:
        rows = [
            rows_of({("", "2024"): value}, cell=cell, group_type="", indicator_id=cell)
            for cell, value in (("unique", people), ("contacts", contacts))
        ]
        return pd.concat(rows, ignore_index=True)

    first = run(fieldwork(80.0, 500.0))
    assert again(fieldwork(83.0, 560.0), first).estimates["value"].tolist() == [80.0, 500.0]
    assert again(fieldwork(90.0, 560.0), first).estimates["value"].tolist() == [90.0, 560.0]


def test_what_was_hidden_stays_hidden_until_enough_people_came() -> None:
    first = run(groups(6, 7, 50))
    assert set(visible(first)) == {("c", "2024"), ("", "2024")}
    # Twelve may be shown, but 12 − 6 people could then be seen to have come.
    hidden = again(rows_of(groups(12, 7, 60)), first)
    assert rules(hidden)["a", "2024"] == "earlier"
    assert ("a", "2024") in visible(again(groups(16, 25, 60), first))  # 16 − 6 = 10, 25 − 7 = 18


def test_what_was_shown_cannot_hide_anything_any_more() -> None:
    first = run(groups(30, 40, 50, 60))
    # All but a did not change, and were shown: with a hidden alone its total would tell, so the total is hidden too.
    second = again(rows_of(groups(5, 40, 50, 60)), first)
    assert ("a", "2024") not in visible(second)
    assert ("", "2024") not in visible(second)


def test_a_group_that_left_a_held_kind_of_groups_is_shown_as_before() -> None:
    first = run(groups(30, 40, 12))
    held = again(groups(33, 40), first)
    assert visible(held) == groups(30, 40, 12)


# Longer periods


def test_a_small_new_year_cannot_be_worked_out_from_the_whole_before_it() -> None:
    first = run({("", "2023"): 40.0, ("", "2024"): 50.0, ("", "2023-2024"): 90.0})
    second = again({("", "2023"): 40.0, ("", "2024"): 50.0, ("", "2025"): 4.0, ("", "2023-2025"): 94.0}, first)
    assert set(visible(second)) == {("", "2023"), ("", "2024")}  # 94 − 90 = 4


def test_a_large_new_year_is_no_reason_to_hide_anything() -> None:
    first = run({("", "2023"): 40.0, ("", "2024"): 50.0, ("", "2023-2024"): 90.0})
    table = {("", "2023"): 40.0, ("", "2024"): 50.0, ("", "2025"): 14.0, ("", "2023-2025"): 104.0}
    assert visible(again(table, first)) == table


def test_few_people_added_to_an_old_year_cannot_be_seen_in_a_new_whole() -> None:
    first = run(with_totals({(g, y): 40.0 for g in "abc" for y in ("2023", "2024")}))
    later = {(g, y): 40.0 for g in "abc" for y in ("2023", "2024", "2025")} | {("a", "2024"): 43.0}
    seen = visible(again(with_totals(later), first))
    assert seen["a", "2024"] == 40
    # The whole is 3 more than its years: it is not shown together with all of them.
    years = [key for key in later if key[0] == "a"]
    assert ("a", "2023-2025") not in seen or not set(years) <= set(seen)


# Who stays in the register


def test_a_collective_that_leaves_stays_in_the_register() -> None:
    both = pd.concat([rows_of(groups(30, 40)), rows_of(groups(50, 60), collective_id="huis")])
    first = run(both)
    second = again(rows_of(groups(30, 40)), first)
    assert set(second.estimates["collective_id"]) == {"tuin"}
    pd.testing.assert_frame_equal(second.register, first.register)
    back = pd.concat([rows_of(groups(30, 40)), rows_of(groups(53, 60), collective_id="huis")])
    held = again(back, second).estimates
    assert held.loc[held["collective_id"].eq("huis"), "value"].tolist() == [50, 60, 110]


def test_a_new_figure_of_a_held_cell_waits() -> None:
    first = run(groups(30, 40, 50))
    more = pd.concat([rows_of(groups(33, 40, 50)), rows_of(groups(33, 40, 50), indicator_id="ratio")])
    second = again(more, first)
    held = second.estimates
    pd.testing.assert_frame_equal(second.register, first.register)
    assert held.loc[held["indicator_id"].eq("ratio"), "gate"].eq("niet_te_zien").all()
    assert held.loc[held["indicator_id"].eq("ratio"), "value"].isna().all()


# An attacker who kept the earlier report


def attack(runs: Sequence[tuple[Table, dict[Key, float]]]) -> list[tuple[float, float]]:
    """Bound every hidden number by two reports together; a number that did not change is the same in both."""
    place: dict[tuple[int, Key], int] = {}
    numbers: list[float] = []
    for at, (table, _) in enumerate(runs):
        for key, count in table.items():
            before = place.get((at - 1, key))
            if before is None or numbers[before] != count:
                numbers.append(count)
                before = len(numbers) - 1
            place[at, key] = before
    seen = {place[at, key]: count for at, (_, shown) in enumerate(runs) for key, count in shown.items()}
    rows = np.array([row for at, (table, _) in enumerate(runs) for row in sums_of(table, at, place, len(numbers))])
    return [bounds_of(cell, rows, seen) for cell in range(len(numbers)) if cell not in seen]


def sums_of(table: Table, at: int, place: dict[tuple[int, Key], int], width: int) -> Iterator[np.ndarray]:
    """Yield a row of coefficients for every total of groups and of years."""
    for group, period in table:
        groups_of = [key for key in table if not group and key[0] and key[1] == period]
        years_of = [key for key in table if "-" in period and key[0] == group and "-" not in key[1]]
        for parts in filter(None, (groups_of, years_of)):
            row = np.zeros(width)
            row[[place[at, part] for part in parts]] = 1
            row[place[at, (group, period)]] = -1
            yield row


def bounds_of(cell: int, rows: np.ndarray, seen: dict[int, float]) -> tuple[float, float]:
    """Work out how low and how high a number can be."""
    bounds = [(seen[at], seen[at]) if at in seen else (0, None) for at in range(rows.shape[1])]
    ends = []
    for sign in (1, -1):
        aim = sign * (np.arange(rows.shape[1]) == cell)
        result = linprog(aim, A_eq=rows, b_eq=np.zeros(len(rows)), bounds=bounds)
        ends.append(sign * result.fun if result.status == 0 else np.inf)
    return ends[0], ends[1]


@st.composite
def two_years_running(draw: st.DrawFn) -> tuple[Table, Table]:
    """Draw a table, and the same one with a year more."""
    size = st.one_of(st.integers(0, 12), st.integers(10, 60))
    parts, years = "abcd"[: draw(st.integers(2, 4))], ["2022", "2023"][: draw(st.integers(1, 2))]
    leaves = {(part, year): float(draw(size)) for part, year in itertools.product(parts, [*years, "2024"])}
    return with_totals({key: size for key, size in leaves.items() if key[1] != "2024"}), with_totals(leaves)


@settings(derandomize=True, max_examples=10, deadline=None)
@given(two_years_running())
def test_two_reports_together_tell_no_more_than_they_may(tables: tuple[Table, Table]) -> None:
    first = run(tables[0])
    second = again(tables[1], first)
    both = [(tables[0], visible(first)), (tables[1], visible(second))]
    assert all(high - low >= RULE.protection for low, high in attack(both))
    pd.testing.assert_frame_equal(again(tables[1], second).estimates, second.estimates)


def test_the_attack_succeeds_on_reports_that_were_made_apart() -> None:
    old = with_totals({("a", "2023"): 40.0, ("b", "2023"): 50.0})
    leaves = {("a", "2023"): 40.0, ("b", "2023"): 50.0, ("a", "2024"): 6.0, ("b", "2024"): 7.0}
    new = with_totals(leaves)
    apart = [(old, visible(run(old))), (new, visible(run(new)))]
    assert min(high - low for low, high in attack(apart)) < RULE.protection
    first = run(old)
    together = [(old, visible(first)), (new, visible(again(new, first)))]
    assert min(high - low for low, high in attack(together)) >= RULE.protection


def test_a_first_run_has_nothing_to_compare_with() -> None:
    nothing = disclosure.nothing()
    assert nothing.empty
    assert "released_on" in nothing.columns
