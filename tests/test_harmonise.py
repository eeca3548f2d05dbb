"""Years brought to one division: nothing is joined by code alone, and what is lost says why."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import harmonise

FLAG = "IndelingswijzigingWijkenEnBuurten_4"
COUNTRY, TOWN, WIJK, A, B = "NL00", "GM9901", "WK990101", "BU99010101", "BU99010102"


def flagged(make: Any, year: int, flags: dict[str, str], **figures: list[float]) -> Any:
    columns: dict[str, list[Any]] = {FLAG: list(flags.values()), "population": [100.0] * len(flags), **figures}
    rows = [(code, *(column[at] for column in columns.values())) for at, code in enumerate(flags)]
    return make.kwb(year, list(columns), *rows)


def value(statistics: pd.DataFrame, code: str, year: int, indicator_id: str) -> dict[str, Any]:
    place = (statistics["regiocode"] == code) & (statistics["year"] == year)
    row = statistics[place & (statistics["indicator_id"] == indicator_id)].iloc[0]
    return {str(key): entry for key, entry in row.items()}


# One year


def test_counts_are_taken_and_shares_are_made_of_them(make: Any) -> None:
    table = make.kwb(2024, ["population", "aged_65_plus"], (A, 400, 100), (B, 200, 20))
    share = make.indicator(
        "aged_65_plus_pct", kind="share", numerator="aged_65_plus", denominator=("population",), factor=100, unit="%"
    )
    catalogue = make.catalogue(make.indicator("population"), make.indicator("aged_65_plus"), share)
    figures = harmonise.published(table, catalogue).set_index(["indicator_id", "regiocode"])
    assert figures.loc[("population", A), "value"] == 400
    assert figures.loc[("aged_65_plus_pct", A), "value"] == 100 * 100 / 400
    assert figures.loc[("aged_65_plus_pct", B), "value"] == 100 * 20 / 200
    assert figures.loc[("aged_65_plus_pct", B), "n_base"] == 200
    assert figures["missing_reason"].isna().all()
    assert set(figures["table_id"]) == {"99024SYN"}
    assert figures.loc[("aged_65_plus_pct", A), "source_key"] == "aged_65_plus"


def test_why_a_figure_is_missing(make: Any) -> None:
    columns = ["population", "households", "size", "gas"]
    table = make.kwb(
        2024, columns, (A, 400, 200, np.nan, np.nan), (B, 0, 0, np.nan, np.nan), (WIJK, 400, 200, 2.0, np.nan)
    )
    catalogue = make.catalogue(
        make.indicator("population"), make.indicator("households"), make.indicator("cars"),
        make.indicator("size", kind="mean", denominator=("households",)),
        make.indicator("gas", kind="mean", denominator=("households",)),
        make.indicator("per_person", kind="share", numerator="households", denominator=("population",)),
        make.indicator("cars_pct", kind="share", numerator="cars", denominator=("households",)),
        make.indicator("household_cars", kind="share", numerator="households", denominator=("cars",)),
    )  # fmt: skip
    reasons = harmonise.published(table, catalogue).pivot(
        index="indicator_id", columns="regiocode", values="missing_reason"
    )
    assert reasons.loc["size", A] == "suppressed"  # households live there, and CBS gives no figure
    assert reasons.loc["size", B] == "cannot_exist"  # there are no households to have a size
    assert reasons.isna().loc["size", WIJK]
    assert reasons.loc["per_person", B] == "cannot_exist"  # 0 / 0
    assert set(reasons.loc["gas"]) == {"not_yet_published"}  # the column is there and empty everywhere
    assert set(reasons.loc["cars"]) == {"not_recorded"}  # the table has no such column
    assert set(reasons.loc["cars_pct"]) == {"not_recorded"}
    assert set(reasons.loc["household_cars"]) == {"not_recorded"}


def test_a_mean_is_weighted_by_the_first_denominator_that_has_figures(make: Any) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("homes", "households"))
    catalogue = make.catalogue(*map(make.indicator, ("population", "homes", "households")), gas)
    columns = ["population", "homes", "households", "gas"]
    with_homes = harmonise.published(make.kwb(2024, columns, (A, 1, 150, 140, 900)), catalogue).iloc[-1]
    assert (with_homes["base_id"], with_homes["n_base"]) == ("homes", 150)
    without = harmonise.published(make.kwb(2024, columns, (A, 1, np.nan, 140, 900)), catalogue).iloc[-1]
    assert (without["base_id"], without["n_base"]) == ("households", 140)
    neither = harmonise.published(make.kwb(2024, columns, (A, 1, np.nan, np.nan, 900)), catalogue).iloc[-1]
    assert neither["base_id"] == "homes"
    assert np.isnan(neither["n_base"])


def test_a_text_in_a_column_of_figures_is_missing_and_not_zero(make: Any) -> None:
    table = make.kwb(2024, ["population"], (A, "."), (B, "120"))
    figures = harmonise.published(table, make.catalogue(make.indicator("population")))
    assert figures["value"].tolist()[1] == 120
    assert figures["missing_reason"].tolist() == ["suppressed", None]


# All years together


def test_every_region_of_the_reference_division_has_a_row_in_every_year(make: Any) -> None:
    tables = {
        2023: flagged(make, 2023, {COUNTRY: ".", A: "1"}, population=[17_000_000, 90]),
        2024: flagged(make, 2024, {COUNTRY: ".", A: "1", B: "3"}, population=[17_100_000, 95, 40]),
    }
    statistics = harmonise.statistics(tables, make.catalogue(make.indicator("population")), 2024)
    assert statistics.columns.tolist() == harmonise.COLUMNS
    assert len(statistics) == 2 * 3
    assert not statistics.duplicated(["regiocode", "year", "indicator_id"]).any()
    assert value(statistics, COUNTRY, 2023, "population")["value"] == 17_000_000
    assert value(statistics, A, 2023, "population")["value"] == 90
    lost = value(statistics, B, 2023, "population")
    assert np.isnan(lost["value"])
    assert (lost["missing_reason"], lost["comparable"]) == ("lost_in_division_change", False)
    assert (lost["table_id"], lost["division_year"]) == ("99023SYN", 2024)
    assert value(statistics, B, 2024, "population")["value"] == 40


def test_an_older_reference_division_gets_the_newer_years(make: Any) -> None:
    tables = {
        2023: flagged(make, 2023, {A: "1", B: "1"}, population=[90, 40]),
        2024: flagged(make, 2024, {A: "1"}, population=[95]),
    }
    statistics = harmonise.statistics(tables, make.catalogue(make.indicator("population")), 2023)
    assert value(statistics, A, 2024, "population")["value"] == 95
    assert value(statistics, B, 2024, "population")["missing_reason"] == "lost_in_division_change"


def test_without_the_reference_year_there_is_no_division(make: Any) -> None:
    tables = {2023: flagged(make, 2023, {A: "1"})}
    with pytest.raises(ValueError, match=r"reference year 2024 has no KWB table; got \[2023\]"):
        harmonise.statistics(tables, make.catalogue(make.indicator("population")), 2024)


def test_tables_are_not_changed(make: Any) -> None:
    tables = {year: flagged(make, year, {COUNTRY: ".", A: "1"}) for year in (2023, 2024)}
    before = {year: table.rows.copy(deep=True) for year, table in tables.items()}
    harmonise.statistics(tables, make.catalogue(make.indicator("population")), 2024)
    for year, rows in before.items():
        pd.testing.assert_frame_equal(tables[year].rows, rows)


def test_names_come_from_the_reference_table(make: Any) -> None:
    names = harmonise.region_names(flagged(make, 2024, {COUNTRY: ".", TOWN: ".", WIJK: "1", A: "1"}), 2024)
    assert names["level"].tolist() == ["land", "gemeente", "wijk", "buurt"]
    assert names["regiocode_label"].iloc[3] == "Naam van BU99010101"
    assert set(names["division_year"]) == {2024}
