"""Shares without a figure of what they are of: together they are 100%, so one that is hidden takes another with it."""

import pandas as pd
import pytest

from tests.disclosure_tables import LATER, Table, names, rows_of, run, visible

THREE: Table = {("a", "2024"): 6.0, ("b", "2024"): 94.0, ("c", "2024"): 160.0}


def shares(table: Table) -> pd.DataFrame:
    """Return shares of participations in per cent, whole as they are published, of groups without a total."""
    whole = sum(table.values())
    rows = rows_of(table, unit="%", n=whole, n_unit="contacts").assign(unit="%", cell_total_n=whole)
    percent = (100 * rows["value"] / whole).round()
    return rows.assign(value=percent, ci_low=percent, ci_high=percent)


def test_a_hidden_share_is_not_what_the_others_leave_of_all() -> None:
    # Of 260 participations b is 36% and c 62%. With both shown a would be 2%, give or take 1%: 6 is 2.3%, and 11, as
    # which it must be able to pass, would be 4.2%.
    protected = run(shares(THREE))
    assert names(visible(protected)) == "c"


def test_the_total_that_no_figure_tells_is_no_row_of_the_log_or_the_estimates() -> None:
    protected = run(shares(THREE))
    assert set(protected.log["group_value"]) == {"a", "b"}
    assert protected.estimates["group_value"].tolist() == ["a", "b", "c"]
    assert set(protected.register["group_value"]) == {"a", "b", "c"}


def test_shares_without_small_groups_are_all_shown() -> None:
    assert names(visible(run(shares({**THREE, ("a", "2024"): 26.0})))) == "abc"


def test_a_later_run_of_the_same_shows_the_same() -> None:
    first = run(shares(THREE))
    again = run(shares(THREE), register=first.register, on=LATER)
    assert names(visible(again)) == "c"
    assert again.register.equals(first.register)


def test_three_more_in_a_shown_group_hold_what_was_shown() -> None:
    first = run(shares(THREE))
    later = run(shares({**THREE, ("c", "2024"): 163.0}), register=first.register, on=LATER)
    assert visible(later) == visible(first)
    assert later.estimates["held_on"].notna().sum() >= 1


@pytest.mark.parametrize("sizes", [(8,), (12,), (4, 3)])
def test_of_shares_that_are_all_hidden_nobody_knows_the_total(sizes: tuple[float, ...]) -> None:
    table = {(name, "2024"): size for name, size in zip("abc", sizes, strict=False)}
    first = run(shares(table))
    assert visible(first) == {}
    again = run(shares(table), register=first.register, on=LATER)
    assert again.register.equals(first.register)


def test_a_year_with_one_group_is_not_what_other_years_leave_of_the_whole() -> None:
    later = {("a", "2024"): 40.0, ("b", "2024"): 60.0}
    whole = {("a", "2023-2024"): 52.0, ("b", "2023-2024"): 60.0}
    parts = [shares(part) for part in ({("a", "2023"): 12.0}, later, whole)]
    seen = visible(run(pd.concat(parts, ignore_index=True)))
    # All twelve are in the group; 52 − 40 and (52 + 60) − (40 + 60) both are 12.
    assert ("a", "2023") not in seen
    assert not {("a", "2024"), ("a", "2023-2024")} <= set(seen)
