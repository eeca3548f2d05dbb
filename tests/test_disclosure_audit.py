"""The audit: whatever hides cells badly, nothing is published."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import disclosure
from bt_analysis.disclosure import DisclosureError, audit, linked, rounding, rules
from bt_analysis.disclosure import cells as cell_tables
from tests.disclosure_tables import RULE, groups, rows_of, run, with_totals

Change = Callable[[pd.DataFrame], pd.DataFrame]


def hide_no_others(*given: Any, **_: Any) -> Any:
    return given[1]


def check(published: pd.DataFrame, cells: pd.DataFrame | None = None) -> None:
    truth = cell_tables.of(published) if cells is None else cells
    audit.check(published, truth.assign(gone=False, known=False, in_held=False), RULE)


def hidden(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Hide some groups by hand."""
    gone = rows["group_value"].isin(names)
    figures = ["value", "ci_low", "ci_high", "n"]
    blank: dict[str, Any] = {name: rows[name].mask(gone) for name in figures}
    words = rows["value_text"].mask(gone, "")
    return rows.assign(gate=rows["gate"].mask(gone, "onderdrukt"), value_text=words, **blank)


@pytest.mark.parametrize(
    "table",
    [
        groups(3, 40, 50),
        groups(2, 3, 60, 70),
        {("", "2022"): 30.0, ("", "2023"): 4.0, ("", "2022-2023"): 34.0},
        with_totals({(g, y): 4.0 if (g, y) == ("a", "2023") else 30.0 for g in "abc" for y in ("2023", "2024")}),
    ],
)
def test_a_program_that_hides_too_little_is_stopped(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run(table)
    monkeypatch.setattr(linked, "hide", hide_no_others)
    with pytest.raises(DisclosureError, match=r"tuin, participants, .*cannot be as far off as it must"):
        run(table)


def test_a_program_that_forgets_the_threshold_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RULES", {})
    with pytest.raises(DisclosureError, match="got a shown cell that is too small; expected at least 10 people"):
        run(groups(30, 40, 9))


def test_the_error_names_the_cell_in_one_line_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linked, "hide", hide_no_others)
    with pytest.raises(DisclosureError) as problem:
        run(groups(3, 40, 50))
    text = str(problem.value)
    assert text.startswith("tuin, participants, leeftijd a, 2024-01-01 to 2024-12-31: got ")
    assert text.endswith("Nothing was published; report this as an error of the program.")
    assert "\n" not in text


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.assign(value=rows["cell_value"]),
        lambda rows: rows.assign(n=rows["cell_n"]),
        lambda rows: rows.assign(value_text=rows["value_text"].mask(rows["gate"].eq("onderdrukt"), "bijna_niemand")),
    ],
)
def test_a_figure_left_in_a_hidden_row_is_found(change: Change) -> None:
    rows = hidden(rows_of(groups(6, 7, 50)), "a", "b")
    check(rows)
    with pytest.raises(DisclosureError, match="a figure that is suppressed and still there"):
        check(change(rows))


def test_a_cell_that_one_row_hides_and_another_shows_is_found() -> None:
    rows = rows_of(groups(6, 7, 50))
    other = rows_of(groups(6, 7, 50), indicator_id="ratio")
    check(pd.concat([hidden(rows, "a", "b"), hidden(other, "a", "b")]))
    with pytest.raises(DisclosureError, match="one figure of a cell shown and another hidden"):
        check(pd.concat([hidden(rows, "a", "b"), hidden(other, "a")]))


def shares(*sizes: float, words: bool = False) -> pd.DataFrame:
    """Return whole percentages of groups whose total is known, as representation gives them."""
    table, total = groups(*sizes), sum(sizes)
    rows = rows_of({key: size for key, size in table.items() if key[0]}, indicator_id="participants_share_pct")
    rows = rows.assign(unit="%", value=(100 * rows["cell_value"] / total).round(), n=total // 10 * 10,
                       n_unit="people", cell_total_n=float(total))  # fmt: skip
    known = rows_of({("", "2024"): float(total)}, indicator_id="participants_known_n")
    both = pd.concat([rows, known], ignore_index=True)
    return rounding.coarse(both, RULE) if words else both


def test_percentages_tell_as_much_as_their_rounding_leaves() -> None:
    # 30 and 60 of 96: 31% and 62% or 29.28 … 30.24 and 59.04 … 60, so the hidden group of 6 is 5.8 … 7.7 people.
    with pytest.raises(DisclosureError, match="cannot be as far off"):
        check(hidden(shares(6, 30, 60), "a"))
    # Of 2,096 the same rounding leaves 10 people each way.
    check(hidden(shares(6, 1030, 1060), "a"))


def test_words_leave_more_than_numbers() -> None:
    rows = hidden(shares(2, 12, 14, words=True), "a")
    assert set(rows["value_text"]) == {"", "ongeveer_de_helft"}
    check(rows)  # 37.5 … 62.5% of 28 twice leaves 0 … 7 for the hidden group of 2


def test_figures_that_do_not_fit_the_truth_are_found() -> None:
    rows = hidden(rows_of(groups(6, 7, 50, 60), indicator_id="contacts_n"), "a", "b")
    check(rows)
    with pytest.raises(DisclosureError, match="figures that do not fit together"):
        check(rows.assign(value=rows["value"].mask(rows["group_value"].eq("d"), 200.0)))


def test_few_people_between_the_years_are_a_number_to_protect() -> None:
    table, whole = {("", "2023"): 40.0, ("", "2024"): 50.0, ("", "2023-2024"): 93.0}, ("", "2023-2024")
    with pytest.raises(DisclosureError, match="cannot be as far off"):
        check(rows_of(table, {whole: 3}))
    check(rows_of(table | {whole: 102.0}, {whole: 12}))


def test_what_earlier_reports_showed_is_known() -> None:
    rows = rows_of({("", "2023"): 40.0, ("", "2024"): 50.0, ("", "2025"): 6.0, ("", "2023-2025"): 96.0})
    year = rows["period_start"].dt.year.eq(2025)
    rows = rows.assign(gate=rows["gate"].mask(year, "onderdrukt"), value=rows["value"].mask(year),
                       ci_low=np.nan, ci_high=np.nan, n=np.nan)  # fmt: skip
    gone = cell_tables.of(rows_of({("", "2023-2024"): 90.0})).assign(gone=True, known=True, in_held=False)
    cells = cell_tables.of(rows).assign(gone=False, known=False, in_held=False)
    with pytest.raises(DisclosureError):
        audit.check(rows, pd.concat([cells, gone], ignore_index=True), RULE)


def test_nothing_about_people_is_nothing_to_attack() -> None:
    check(rows_of({("", "2024"): 3.0}, cell="", cell_n=None))
    assert disclosure.DisclosureError is DisclosureError
