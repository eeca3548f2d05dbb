"""One value per collective and condition: which period counts, and what was seen or written down afterwards."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.analysis.learning import conditions
from tests.learning_cases import of

OUTCOME = "nieuwe_mensen"


def row(code: str, period: str, value: int | None, day: str | None = None, **more: Any) -> dict[str, Any]:
    recorded = {} if day is None else {"recorded_at": pd.Timestamp(f"{day}T12:00:00")}
    return {"collective_id": "zon", "condition_code": code, "period": period, "value": value, **recorded, **more}


def values(*rows: dict[str, Any], collectives: tuple[str, ...] = ("zon",)) -> pd.DataFrame:
    return conditions.values(of(dict.fromkeys(collectives, ("2024",)), case_condition=rows))


def one(*rows: dict[str, Any], code: str = "geld") -> list[Any]:
    table = values(*rows).set_index("code")
    return list(table.loc[code, ["value", "period", "late"]])


def test_without_rows_there_is_an_empty_table_with_all_columns() -> None:
    table = values()
    assert table.empty
    assert table.columns.tolist() == ["collective_id", "code", "role", "value", "period", "late"]


def test_rows_of_a_collective_that_gave_nothing_else_do_not_count() -> None:
    assert values(row("geld", "2024", 1, collective_id="maan")).empty
    both = values(row("geld", "2024", 1, collective_id="maan"), row("geld", "2024", 0))
    assert both["collective_id"].tolist() == ["zon"]


def test_outcomes_come_after_conditions_and_own_codes_are_conditions() -> None:
    table = values(row(OUTCOME, "2024", 1), row("zelf_bedacht", "2024", 1), row("geld", "2024", 0))
    assert table["code"].tolist() == ["geld", "zelf_bedacht", OUTCOME]
    assert table["role"].tolist() == ["voorwaarde", "voorwaarde", "uitkomst"]


def test_the_newest_outcome_with_a_value_counts() -> None:
    assert one(row(OUTCOME, "2023", 1), row(OUTCOME, "2024", 0), code=OUTCOME) == [0, "2024", False]
    assert one(row(OUTCOME, "2024", 0), row(OUTCOME, "2025", None), code=OUTCOME) == [0, "2024", False]
    value, period, late = one(row(OUTCOME, "2023", None), row(OUTCOME, "2024", None), code=OUTCOME)
    assert pd.isna(value)
    assert (period, late) == ("2024", False)


def test_a_condition_of_the_period_of_the_outcome_is_not_late() -> None:
    # The half-year and the year end on the same day.
    assert one(row(OUTCOME, "2024", 1), row("geld", "2024-H2", 1)) == [1, "2024-H2", False]
    assert one(row(OUTCOME, "2024-H1", 1), row("geld", "2024-K2", 1)) == [1, "2024-K2", False]
    assert one(row(OUTCOME, "2024-H1", 1), row("geld", "2024-07", 1)) == [1, "2024-07", True]


def test_of_conditions_that_are_all_late_the_first_counts() -> None:
    late = [row("geld", "2026", 0), row("geld", "2025", 1)]
    assert one(row(OUTCOME, "2024", 1), *late) == [1, "2025", True]


def test_without_an_outcome_nothing_is_late() -> None:
    assert one(row("geld", "2023", 0), row("geld", "2025", 1)) == [1, "2025", False]
    # An outcome that nobody could tell is none.
    assert one(row(OUTCOME, "2023", None), row("geld", "2025", 1)) == [1, "2025", False]


def test_the_first_of_several_outcomes_decides_what_is_late() -> None:
    outcomes = [row(OUTCOME, "2025", 1), row("inbreng_in_besluit", "2023", 0)]
    assert one(*outcomes, row("geld", "2024", 1)) == [1, "2024", True]


def test_the_outcome_of_another_collective_does_not_decide() -> None:
    other = row(OUTCOME, "2022", 1, collective_id="maan")
    table = values(other, row(OUTCOME, "2025", 1), row("geld", "2024", 1), collectives=("zon", "maan"))
    assert not table["late"].any()


@pytest.mark.parametrize(("day", "late"), [("2025-01-09", False), ("2025-01-10", False), ("2025-01-11", True)])
def test_what_was_written_down_on_a_later_day_than_the_outcome_is_late(day: str, late: bool) -> None:
    assert one(row(OUTCOME, "2024", 1, "2025-01-10"), row("geld", "2023", 1, day)) == [1, "2023", late]


def test_two_moments_of_one_day_are_not_apart() -> None:
    morning = row(OUTCOME, "2024", 1) | {"recorded_at": pd.Timestamp("2025-01-10T08:00:00")}
    evening = row("geld", "2024", 1) | {"recorded_at": pd.Timestamp("2025-01-10T21:30:00")}
    assert one(morning, evening) == [1, "2024", False]


def test_a_day_that_nobody_wrote_down_is_not_called_late() -> None:
    assert one(row(OUTCOME, "2024", 1), row("geld", "2023", 1, "2025-01-11")) == [1, "2023", False]
    assert one(row(OUTCOME, "2024", 1, "2025-01-10"), row("geld", "2023", 1)) == [1, "2023", False]


@pytest.mark.parametrize("text", ["2024-H3", "2024-K5", "2024-13", "2024-1", "24", "2024-Q1", "", "2024-00"])
def test_a_text_that_is_no_period_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"period '{text}' cannot be read; expected one such as 2025"):
        conditions.last_day(text)


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_halves_quarters_and_years_end_with_their_last_month(year: int, month: int) -> None:
    last = conditions.last_day(f"{year}-{month:02}")
    assert (last + pd.Timedelta(days=1)).day == 1
    if month % 3 == 0:
        assert conditions.last_day(f"{year}-K{month // 3}") == last
    if month % 6 == 0:
        assert conditions.last_day(f"{year}-H{month // 6}") == last
    assert (conditions.last_day(str(year)) == last) == (month == 12)
