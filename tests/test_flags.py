"""CBS's flags are followed from year to year; what cannot be followed says at which obstacle it stopped."""

from typing import Any

import pandas as pd
import pytest

from bt_analysis.harmonise import flags

FLAG = "IndelingswijzigingWijkenEnBuurten_4"
COUNTRY, TOWN, WIJK, A, B = "NL00", "GM9901", "WK990101", "BU99010101", "BU99010102"


def flagged(make: Any, year: int, marks: dict[str, str]) -> Any:
    return make.kwb(year, [FLAG], *marks.items())


@pytest.mark.parametrize(("flag", "same"), [("1", True), ("2", False), ("3", False), (".", False), (None, False)])
def test_only_flag_1_says_that_code_and_boundary_are_the_same(make: Any, flag: str, same: bool) -> None:
    before, after = flagged(make, 2023, {A: "1"}), flagged(make, 2024, {A: flag})
    assert bool(flags.comparable({2023: before, 2024: after}, 2023, 2024)[A]) is same
    assert bool(flags.comparable({2023: before, 2024: after}, 2024, 2023)[A]) is same


def test_the_flag_of_the_older_year_does_not_count(make: Any) -> None:
    before, after = flagged(make, 2023, {A: "3"}), flagged(make, 2024, {A: "1"})
    assert flags.comparable({2023: before, 2024: after}, 2023, 2024)[A]


def test_flags_are_followed_through_all_years(make: Any) -> None:
    tables = {2021: flagged(make, 2021, {A: "1", B: "1"})}
    tables[2022] = flagged(make, 2022, {A: "3", B: "1"})  # A changed here, and never again
    tables[2023] = flagged(make, 2023, {A: "1", B: "1"})
    assert not flags.comparable(tables, 2021, 2023)[A]
    assert flags.comparable(tables, 2022, 2023)[A]
    assert flags.comparable(tables, 2021, 2023)[B]


def test_a_year_that_was_not_fetched_breaks_the_chain_for_all_but_the_country(make: Any) -> None:
    tables = {year: flagged(make, year, {COUNTRY: ".", TOWN: "1", A: "1"}) for year in (2021, 2023)}
    same = flags.comparable(tables, 2021, 2023)
    assert same[same].index.tolist() == [COUNTRY]


def test_a_code_that_comes_or_goes_is_not_comparable(make: Any) -> None:
    tables = {2023: flagged(make, 2023, {A: "1"}), 2024: flagged(make, 2024, {B: "1"})}
    same = flags.comparable(tables, 2023, 2024)
    assert not same[A]
    assert B not in same.index


def test_a_table_without_flags_proves_nothing(make: Any) -> None:
    tables = {year: make.kwb(year, ["population"], (A, 100)) for year in (2023, 2024)}
    assert not flags.comparable(tables, 2023, 2024)[A]


@pytest.mark.parametrize("unflagged", [".", "nan"])
def test_a_gemeente_without_flag_follows_from_its_buurten(make: Any, unflagged: str) -> None:
    before = flagged(make, 2019, {TOWN: unflagged, A: "1", B: "1"})
    for marks, same in ((("1", "1"), True), (("1", "3"), False), (("1", "2"), False)):
        after = flagged(make, 2020, {TOWN: unflagged, A: marks[0], B: marks[1]})
        assert bool(flags.unchanged(after, before)[TOWN]) is same


def test_a_gemeente_that_takes_in_another_is_not_the_same(make: Any) -> None:
    # GM9901 keeps its code and its buurt; the buurt of the other gemeente comes in under a new code, so with flag 2.
    before = flagged(make, 2019, {TOWN: ".", A: "1", "GM9902": ".", "BU99020101": "1"})
    after = flagged(make, 2020, {TOWN: ".", A: "1", B: "2"})
    assert not flags.unchanged(after, before)[TOWN]


def test_a_gemeente_that_gives_a_buurt_away_is_not_the_same(make: Any) -> None:
    before = flagged(make, 2019, {TOWN: ".", A: "1", B: "1"})
    after = flagged(make, 2020, {TOWN: ".", A: "1"})
    assert not flags.unchanged(after, before)[TOWN]


def test_a_gemeente_with_a_flag_of_its_own_goes_by_that(make: Any) -> None:
    before = flagged(make, 2022, {TOWN: "1", A: "1"})
    assert flags.unchanged(flagged(make, 2023, {TOWN: "1", A: "3"}), before)[TOWN]
    assert not flags.unchanged(flagged(make, 2023, {TOWN: "3", A: "1"}), before)[TOWN]


def test_a_gemeente_without_buurten_proves_nothing(make: Any) -> None:
    tables = [flagged(make, year, {TOWN: "."}) for year in (2019, 2020)]
    assert not flags.unchanged(tables[1], tables[0])[TOWN]


# How far a region can be followed


def traced(tables: dict[int, Any], older: int, newer: int, **more: Any) -> dict[str, tuple[str | None, str]]:
    found = flags.trace(tables, older, newer, **more)
    return {
        str(code): (None if pd.isna(row["before"]) else row["before"], row["reason"]) for code, row in found.iterrows()
    }


def test_the_first_obstacle_on_the_way_back_is_the_reason(make: Any) -> None:
    tables = {
        2021: flagged(make, 2021, {A: "1", B: "1", WIJK: "1"}),
        2022: flagged(make, 2022, {A: "3", B: "1", WIJK: "2", "BU99010103": "3"}),
        2023: flagged(make, 2023, {A: "2", B: ".", WIJK: "1", "BU99010103": "1"}),
    }
    assert traced(tables, 2021, 2023) == {
        A: (None, "code_changed"),
        B: (None, "no_flag"),
        WIJK: (None, "code_changed"),
        "BU99010103": (None, "new_area"),  # flag 3, and there was no such code
    }
    assert traced(tables, 2022, 2023)[WIJK] == (WIJK, "same")
    assert traced(tables, 2021, 2022)[A] == (None, "boundary_changed")


def test_flag_1_on_a_code_that_was_not_there_is_a_new_area(make: Any) -> None:
    tables = {2021: flagged(make, 2021, {A: "1"}), 2022: flagged(make, 2022, {A: "1", B: "1"})}
    assert traced(tables, 2021, 2022) == {A: (A, "same"), B: (None, "new_area")}


def test_a_renumbered_region_is_followed_where_another_source_knows_its_old_code(make: Any) -> None:
    tables = {
        2021: flagged(make, 2021, {A: "1"}),
        2022: flagged(make, 2022, {A: "1"}),
        2023: flagged(make, 2023, {B: "2"}),
        2024: flagged(make, 2024, {B: "1"}),
    }
    renames = {2023: pd.Series({B: A})}
    assert traced(tables, 2021, 2024, renames=renames) == {B: (A, "renamed")}
    assert traced(tables, 2021, 2024) == {B: (None, "code_changed")}
    assert traced(tables, 2022, 2024, renames={2023: pd.Series({B: "BU99010199"})})[B][0] is None  # no such code then


def test_a_rename_needs_flag_2_and_an_old_code_that_became_free(make: Any) -> None:
    before = flagged(make, 2022, {A: "1"})
    renames = {2023: pd.Series({B: A})}
    changed = {2022: before, 2023: flagged(make, 2023, {B: "3"})}
    assert traced(changed, 2022, 2023, renames=renames)[B] == (None, "new_area")
    both = {2022: before, 2023: flagged(make, 2023, {A: "1", B: "2"})}
    assert traced(both, 2022, 2023, renames=renames) == {A: (A, "same"), B: (None, "code_changed")}


def test_a_missing_year_stops_all_but_the_country(make: Any) -> None:
    tables = {year: flagged(make, year, {COUNTRY: ".", A: "1", B: "3"}) for year in (2021, 2023, 2024)}
    assert traced(tables, 2021, 2024) == {
        COUNTRY: (COUNTRY, "same"),
        A: (None, "year_missing"),
        B: (None, "boundary_changed"),  # known before the missing year is reached
    }


def test_a_gemeente_without_flag_says_what_its_buurten_say(make: Any) -> None:
    before = flagged(make, 2019, {TOWN: ".", A: "1"})
    for mark, reason in (("1", "same"), ("3", "boundary_changed"), (".", "no_flag")):
        assert flags.changes(flagged(make, 2020, {TOWN: ".", A: mark}), before)[TOWN] == reason
