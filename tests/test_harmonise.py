"""Years brought to one division: nothing is joined by code alone, and what is lost says why."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import harmonise, schema

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


def own_rows(table: Any, catalogue: Any) -> pd.DataFrame:
    """Return the figures of a table on its own division, a row per region and indicator, in order of the catalogue."""
    rows = schema.check(harmonise.as_rows(harmonise.published(table, catalogue)), "harmonised_statistics")
    place = rows["indicator_id"].map({key: at for at, key in enumerate(catalogue)}).astype(int)
    return rows.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def in_all_years(tables: Any, catalogue: Any, to_year: int) -> pd.DataFrame:
    to = {year: harmonise.correspondence(year, to_year, tables) for year in tables}
    parts = [harmonise.as_rows(figures) for figures in harmonise.years(tables, catalogue, to)]
    return pd.concat([schema.check(part, "harmonised_statistics") for part in parts], ignore_index=True)


# One year


def test_counts_are_taken_and_shares_are_made_of_them(make: Any) -> None:
    table = make.kwb(2024, ["population", "aged_65_plus"], (A, 400, 100), (B, 200, 20))
    share = make.indicator(
        "aged_65_plus_pct", kind="share", numerator="aged_65_plus", denominator=("population",), factor=100, unit="%"
    )
    catalogue = make.catalogue(make.indicator("population"), make.indicator("aged_65_plus"), share)
    figures = own_rows(table, catalogue).set_index(["indicator_id", "regiocode"])
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
    reasons = own_rows(table, catalogue).pivot(index="indicator_id", columns="regiocode", values="missing_reason")
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
    with_homes = own_rows(make.kwb(2024, columns, (A, 1, 150, 140, 900)), catalogue).iloc[-1]
    assert (with_homes["base_id"], with_homes["n_base"]) == ("homes", 150)
    without = own_rows(make.kwb(2024, columns, (A, 1, np.nan, 140, 900)), catalogue).iloc[-1]
    assert (without["base_id"], without["n_base"]) == ("households", 140)
    neither = own_rows(make.kwb(2024, columns, (A, 1, np.nan, np.nan, 900)), catalogue).iloc[-1]
    assert neither["base_id"] == "homes"
    assert np.isnan(neither["n_base"])


def test_a_text_in_a_column_of_figures_is_missing_and_not_zero(make: Any) -> None:
    table = make.kwb(2024, ["population"], (A, "."), (B, "120"))
    figures = own_rows(table, make.catalogue(make.indicator("population")))
    assert figures["value"].tolist()[1] == 120
    assert figures["missing_reason"].astype(object).where(figures["value"].isna(), None).tolist() == [
        "suppressed",
        None,
    ]


# All years together


def test_every_region_of_the_reference_division_has_a_row_in_every_year(make: Any) -> None:
    tables = {
        2023: flagged(make, 2023, {COUNTRY: ".", A: "1"}, population=[17_000_000, 90]),
        2024: flagged(make, 2024, {COUNTRY: ".", A: "1", B: "3"}, population=[17_100_000, 95, 40]),
    }
    statistics = in_all_years(tables, make.catalogue(make.indicator("population")), 2024)
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
    statistics = in_all_years(tables, make.catalogue(make.indicator("population")), 2023)
    assert value(statistics, A, 2024, "population")["value"] == 95
    assert value(statistics, B, 2024, "population")["missing_reason"] == "lost_in_division_change"


def test_without_the_reference_year_there_is_no_division(make: Any) -> None:
    tables = {2023: flagged(make, 2023, {A: "1"})}
    with pytest.raises(ValueError, match=r"division of 2024 has neither a table nor outlines; got those of \[2023\]"):
        in_all_years(tables, make.catalogue(make.indicator("population")), 2024)


def test_tables_are_not_changed(make: Any) -> None:
    tables = {year: flagged(make, year, {COUNTRY: ".", A: "1"}) for year in (2023, 2024)}
    before = {year: table.rows.copy(deep=True) for year, table in tables.items()}
    in_all_years(tables, make.catalogue(make.indicator("population")), 2024)
    for year, rows in before.items():
        pd.testing.assert_frame_equal(tables[year].rows, rows)


def test_names_come_from_the_reference_table(make: Any) -> None:
    names = harmonise.region_names(flagged(make, 2024, {COUNTRY: ".", TOWN: ".", WIJK: "1", A: "1"}), 2024)
    assert names["level"].tolist() == ["land", "gemeente", "wijk", "buurt"]
    assert names["regiocode_label"].iloc[3] == "Naam van BU99010101"
    assert set(names["division_year"]) == {2024}


# How sure a figure is


def test_counts_below_gemeente_level_are_bounded_by_rounding_and_by_their_whole(make: Any) -> None:
    people = make.indicator("population", round_to=5.0, rounding="random")
    rows = ((COUNTRY, 17_000_123), (TOWN, 97), (WIJK, 95), (A, 60), (B, 35))
    figures = own_rows(make.kwb(2024, ["population"], *rows), make.catalogue(people)).set_index("regiocode")
    bounds = {code: (low, high) for code, low, high in zip(figures.index, figures["low"], figures["high"], strict=True)}
    assert bounds[COUNTRY] == (17_000_123, 17_000_123)
    assert bounds[TOWN] == (97, 97)  # a gemeente is exact
    assert bounds[WIJK] == (95 - 4, 97)  # 99, were there not 97 in the gemeente
    assert bounds[A] == (60 - 4, 60 + 4)
    assert bounds[B] == (35 - 4, 35 + 4)


def test_a_withheld_count_is_at_most_what_is_kept_secret_or_what_is_left(make: Any) -> None:
    catalogue = make.catalogue(make.indicator("clients", round_to=5.0, withheld_up_to=7), make.indicator("staff"))
    rows = ((TOWN, 40, 40), (WIJK, 40, 40), (A, np.nan, np.nan), (B, 35, 35))
    figures = own_rows(make.kwb(2024, ["clients", "staff"], *rows), catalogue).set_index(["indicator_id", "regiocode"])
    low, high = figures["low"].to_dict(), figures["high"].to_dict()
    assert np.isnan(figures["value"].to_dict()["clients", A])
    assert (low["clients", A], high["clients", A]) == (0, 7)
    assert (low["staff", A], high["staff", A]) == (0, 40 - 35)
    assert figures.loc[("clients", TOWN), "high"] == 40 + 2.5  # rounded to the nearest five at every level


def test_a_gemeente_that_told_nothing_has_no_small_counts(make: Any) -> None:
    # Only gemeenten that deliver have figures of care: the 500 of a silent one are not 0 to 7.
    catalogue = make.catalogue(make.indicator("clients", round_to=5.0, withheld_up_to=7))
    silent = {code: code.replace("9901", "9902") for code in (TOWN, WIJK, A, B)}
    rows = [(code, figure) for code, figure in zip((TOWN, WIJK, A, B), (40, 40, np.nan, 35), strict=True)]
    table = make.kwb(2024, ["clients"], *rows, *((code, np.nan) for code in silent.values()))
    high = own_rows(table, catalogue).set_index("regiocode")["high"]
    assert high[A] == 7
    assert high[list(silent.values())].isna().all()


def test_a_gemeente_without_a_figure_is_not_small_because_its_buurten_are_known(make: Any) -> None:
    catalogue = make.catalogue(make.indicator("clients", round_to=5.0, withheld_up_to=7))
    figures = own_rows(make.kwb(2024, ["clients"], (TOWN, np.nan), (A, 35), (B, np.nan)), catalogue)
    high = figures.set_index("regiocode")["high"]
    assert np.isnan(high[TOWN])
    assert high[B] == 7


def test_a_figure_lies_within_its_bounds_also_when_its_whole_rules_it_out(make: Any) -> None:
    # 38 people, at least 26 of them in one buurt: at most 12 are left for the other, and CBS's lot made 15 of those.
    people = make.indicator("population", round_to=5.0, rounding="random")
    rows = ((TOWN, 38), (WIJK, 40), (A, 30), (B, 15))
    figures = own_rows(make.kwb(2024, ["population"], *rows), make.catalogue(people)).set_index("regiocode")
    assert [figures.loc[B, name] for name in ("low", "value", "high")] == [15 - 4, 15, 15]
    assert [figures.loc[A, name] for name in ("low", "value", "high")] == [26, 30, 30]
    assert [figures.loc[WIJK, name] for name in ("low", "value", "high")] == [26 + 11, 40, 40]


def test_older_years_are_bounded_by_their_own_coarser_rounding(make: Any) -> None:
    # CBS rounded gas per home to fifties until 2018: 1,250 of 2017 is 1,225 to 1,275, and not 1,245 to 1,255.
    coarser = {"round_to": 10.0, "round_until": {"year": 2018, "step": 50.0}}
    gas = make.indicator("gas", kind="mean", denominator=("homes",), **coarser)
    catalogue = make.catalogue(make.indicator("homes"), gas)
    of_year = {
        year: own_rows(make.kwb(year, ["homes", "gas"], (A, 100, 1_250)), catalogue).iloc[-1] for year in (2018, 2019)
    }
    assert [of_year[2018][name] for name in ("low", "high")] == [1_250 - 25, 1_250 + 25]
    assert [of_year[2019][name] for name in ("low", "high")] == [1_250 - 5, 1_250 + 5]


def test_a_percentage_is_never_more_than_100(make: Any) -> None:
    # Nine people and nine households of one: the lot made 10 of the one and 5 of the other.
    rounded = {"round_to": 5.0, "rounding": "random"}
    share = make.indicator("alone_pct", kind="share", numerator="alone", denominator=("all",), factor=100, unit="%")
    catalogue = make.catalogue(make.indicator("alone", **rounded), make.indicator("all", **rounded), share)
    row = own_rows(make.kwb(2024, ["alone", "all"], (A, 10, 5)), catalogue).iloc[-1]
    assert (row["low"], row["value"], row["high"]) == (100 * 6 / 9, 100, 100)


def test_a_mean_is_bounded_by_its_decimals_and_a_percentage_by_100(make: Any) -> None:
    size = make.indicator("size", kind="mean", denominator=("population",), unit="personen")
    owned = make.indicator("owned", kind="mean", denominator=("population",), unit="%")
    table = make.kwb(2024, ["population", "size", "owned"], (A, 100, 2, 100))
    figures = own_rows(table, make.catalogue(make.indicator("population"), size, owned)).set_index("indicator_id")
    assert (figures.loc["size", "low"], figures.loc["size", "high"]) == (1.5, 2.5)
    assert (figures.loc["owned", "low"], figures.loc["owned", "high"]) == (99.5, 100)


def test_a_share_is_bounded_by_the_bounds_of_its_counts(make: Any) -> None:
    rounded = {"round_to": 5.0, "rounding": "random"}
    share = make.indicator("old_pct", kind="share", numerator="old", denominator=("population",), factor=100, unit="%")
    catalogue = make.catalogue(make.indicator("population", **rounded), make.indicator("old", **rounded), share)
    row = own_rows(make.kwb(2024, ["population", "old"], (A, 100, 20)), catalogue).iloc[-1]
    assert (row["low"], row["value"], row["high"]) == (100 * 16 / 104, 20, 100 * 24 / 96)


def test_a_count_that_stands_in_no_table_is_the_sum_of_its_parts(make: Any) -> None:
    young = make.indicator("young", parts=("girls", "boys"), find=())
    rounded = {"round_to": 5.0, "rounding": "random"}
    catalogue = make.catalogue(make.indicator("girls", **rounded), make.indicator("boys", **rounded), young)
    found = own_rows(make.kwb(2024, ["girls", "boys"], (A, 20, 30), (B, 20, np.nan)), catalogue)
    figures = found[found["indicator_id"] == "young"].set_index("regiocode")
    assert [figures[name][A] for name in ("low", "value", "high")] == [16 + 26, 20 + 30, 24 + 34]
    assert figures.loc[B, "missing_reason"] == "suppressed"
    assert figures.loc[A, "source_key"] == "girls+boys"
    lacking = own_rows(make.kwb(2024, ["girls"], (A, 20)), catalogue)
    assert lacking.loc[lacking["indicator_id"] == "young", "missing_reason"].tolist() == ["not_recorded"]


# Other tables


def test_figures_beside_kwb_rest_on_the_inhabitants_of_their_own_division(make: Any) -> None:
    places = ({"name": "lonely", "unit": "%"},)
    lonely = make.indicator("lonely", kind="mean", denominator=("population",), unit="%", source="health", find=places)
    catalogue = make.catalogue(make.indicator("population"), lonely)
    health = make.kwb(
        2022, ["lonely", "lonely__low", "lonely__high"], (A, 48, 41, 55), units={"lonely": "%"}, division=2023
    )
    tables = {2023: flagged(make, 2023, {A: "1", B: "1"}, population=[90, 40])}
    to = {2023: harmonise.correspondence(2023, 2023, tables)}
    figures = list(harmonise.years(tables, catalogue, to, [harmonise.Source("health", 2022, {"lonely": health})]))
    row = value(harmonise.as_rows(figures[1]), A, 2022, "lonely")
    assert (row["low"], row["value"], row["high"]) == (41, 48, 55)  # as the source gives them
    assert (row["n_base"], row["base_id"], row["division_year"]) == (90, "population", 2023)
    assert value(harmonise.as_rows(figures[1]), B, 2022, "lonely")["missing_reason"] == "suppressed"


def test_figures_on_a_division_that_is_not_there_are_refused(make: Any) -> None:
    tables = {2023: flagged(make, 2023, {A: "1"})}
    to = {2023: harmonise.correspondence(2023, 2023, tables)}
    health = harmonise.Source("health", 2022, {"lonely": make.kwb(2022, ["lonely"], (A, 48), division=2022)})
    with pytest.raises(
        harmonise.DivisionError, match=r"health of 2022 stands on the division of 2022; .* --years 2022"
    ):
        list(harmonise.years(tables, make.catalogue(make.indicator("population")), to, [health]))


def test_what_became_of_a_code(make: Any) -> None:
    tables = {2023: flagged(make, 2023, {A: "1", B: "1"}), 2024: flagged(make, 2024, {A: "1"})}
    now = harmonise.successors(harmonise.correspondence(2023, 2024, tables))
    assert now.to_dict() == {A: A, B: ""}


def test_a_gemeente_that_was_divided_is_not_the_one_that_got_the_least_of_it(make: Any) -> None:
    # As Haaren (2020), of whose homes 9% went to Tilburg, which is still Tilburg, and the others to Boxtel and more.
    haaren, boxtel, tilburg = "GM9988", "GM9957", "GM9955"
    tables = {
        2020: flagged(make, 2020, {haaren: ".", boxtel: ".", tilburg: "."}),
        2021: flagged(make, 2021, {boxtel: ".", tilburg: "."}),
    }
    went = {(haaren, boxtel): 910, (haaren, tilburg): 90, (boxtel, boxtel): 9_000, (tilburg, tilburg): 90_000}
    lines = [(2020, 2021, *codes, homes) for codes, homes in went.items()]
    crosswalk = pd.DataFrame(lines, columns=["from_year", "to_year", "from_code", "to_code", "addresses"])
    to = harmonise.correspondence(2020, 2021, tables, crosswalk)
    assert to.regions.set_index("regiocode")["reason"].to_dict() == {boxtel: "apportioned_addresses", tilburg: "same"}
    assert harmonise.successors(to).to_dict() == {haaren: "", boxtel: "", tilburg: tilburg}


def test_a_series_is_broken_between_the_years_around_a_break(make: Any) -> None:
    poor = make.indicator("poor", breaks=({"year": 2021}, {"year": 2024}))
    assert harmonise.broken(poor, 2020, 2021)
    assert harmonise.broken(poor, 2025, 2013)
    assert not harmonise.broken(poor, 2021, 2023)
    assert not harmonise.broken(make.indicator("cars"), 2013, 2025)
