"""Work areas and figures: counts add up, ratios are rebuilt, and what does not match is listed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import join, schema
from bt_analysis.indicators import Indicator

COUNTRY, TOWN, WIJK, A, B, C = "NL00", "GM9901", "WK990101", "BU99010101", "BU99010102", "BU99010201"
Values = Mapping[str, float | tuple[float, float]]


def figures(indicator: Indicator, values: Values, year: int = 2024, base_id: str = "population") -> pd.DataFrame:
    """Return harmonised figures of one indicator; (value, base) per region."""
    pairs = [entry if isinstance(entry, tuple) else (entry, entry) for entry in values.values()]
    return pd.DataFrame(
        {
            "regiocode": list(values), "year": year, "indicator_id": indicator.id, "value": [pair[0] for pair in pairs],
            "low": [pair[0] - 4 for pair in pairs], "high": [pair[0] + 4 for pair in pairs],
            "unit": indicator.unit, "n_base": [pair[1] for pair in pairs], "base_id": base_id, "table_id": "99024SYN",
            "missing_reason": [None if pair[0] == pair[0] else "suppressed" for pair in pairs],
            "source_key": indicator.id, "modified": "2025-03-31T02:00:00", "division_year": 2024, "comparable": True,
            "comparable_reason": "same",
        }
    )  # fmt: skip


def area(make: Any, *codes: str, year: int = 2024, **more: Any) -> pd.DataFrame:
    table: pd.DataFrame = make.monitoring("work_area", {"area_codes": ";".join(codes), "area_year": year, **more})
    return table


def weights(*codes: str, area_id: str = "tuin-a") -> pd.DataFrame:
    codes_: dict[str, Any] = {"work_area_id": area_id, "area_code": list(codes), "area_year": 2024}
    return pd.DataFrame({**codes_, "weight": 1.0, "method": "exact"})


def in_area(make: Any, statistics: list[pd.DataFrame], codes: tuple[str, ...], *indicators: Indicator) -> pd.DataFrame:
    return join.context(pd.concat(statistics), weights(*codes), area(make, *codes), make.catalogue(*indicators))


def figure(context: pd.DataFrame, whose: str, indicator_id: str) -> dict[str, Any]:
    rows = context[(context["population"] == whose) & (context["indicator_id"] == indicator_id)]
    assert len(rows) == 1
    return {str(column): value for column, value in rows.iloc[0].items()}


def regions_2024(*codes: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"regiocode": codes, "regiocode_label": ["Naam van " + code for code in codes], "division_year": 2024}
    )


@pytest.fixture
def people(make: Any) -> Indicator:
    indicator: Indicator = make.indicator("population", unit="personen", group=("totaal", "totaal"))
    return indicator


# Codes of a work area


@pytest.mark.parametrize("text", [f"{A};{B}", f"{A}; {B}", f"{A},{B}", f" {A} {B};", f"{A};{B};{A}"])
def test_codes_are_spelled_out_once_each(make: Any, text: str) -> None:
    codes = join.area_codes(make.monitoring("work_area", {"area_codes": text}))
    assert codes["area_code"].tolist() == [A, B]
    assert codes["collective_id"].tolist() == ["tuin", "tuin"]


def test_codes_of_the_reference_year_match(make: Any) -> None:
    population = pd.Series({A: 300.0, B: 100.0})
    same = {2024: pd.Series({A: A, B: B})}
    found, unmatched = join.area_weights(area(make, A, B), regions_2024(A, B), same, population)
    assert found["weight"].tolist() == [1.0, 1.0]
    assert found["share_of_workarea_population"].tolist() == [300 / (300 + 100), 100 / (300 + 100)]
    assert unmatched.empty
    schema.check(found, "joined_area_weight")
    schema.check(unmatched, "analysed_unmatched")


def test_codes_of_another_year_match_only_where_the_boundary_is_the_same(make: Any) -> None:
    same = {2024: pd.Series({A: A, C: C}), 2019: pd.Series({A: A, B: ""})}
    old = area(make, A, B, C, year=2019)
    found, unmatched = join.area_weights(old, regions_2024(A, C), same, pd.Series({A: 300.0}))
    assert found["area_code"].tolist() == [A]
    assert found["area_year"].tolist() == [2024]
    assert unmatched.set_index("item")["reason"].to_dict() == {B: "lost_in_division_change", C: "unknown_region"}
    assert set(unmatched["detail"]) == {"division 2019 → 2024"}
    assert set(unmatched["collective_id"]) == {"tuin"}


def test_an_area_without_a_region_has_its_last_name_behind_it() -> None:
    codes = {"table": "work_area", "collective_id": "tuin", "reason": "lost_in_division_change"}
    rows = pd.DataFrame([
        {**codes, "item": B, "detail": "division 2019 → 2024"},
        {**codes, "item": "BU99019999", "detail": "division 2019 → 2024"},
        {**codes, "item": A, "table": "participation", "detail": "2 buurten or wijken"},
    ])  # fmt: skip
    labels = {2023: pd.Series({B: "Kraanhof"}), 2019: pd.Series({B: "Kraan", A: "Essen"})}
    found = join.named(rows, labels)
    assert found["detail"].tolist() == ["division 2019 → 2024: Kraanhof", "division 2019 → 2024", "2 buurten or wijken"]
    schema.check(found, "analysed_unmatched")


def test_a_renamed_region_matches_under_its_new_code(make: Any) -> None:
    found, unmatched = join.area_weights(
        area(make, A, B, year=2019),
        regions_2024(B, C),
        {2019: pd.Series({A: C, B: B})},
        pd.Series({B: 100.0, C: 300.0}),
    )
    assert found["area_code"].tolist() == [C, B]
    assert found["share_of_workarea_population"].tolist() == [300 / 400, 100 / 400]
    assert unmatched.empty


def test_regions_that_work_areas_need() -> None:
    names = regions_2024(COUNTRY, TOWN, "GM9902", WIJK, A, B, C, "BU99020101")
    assert join.needed(weights(A), names) == {COUNTRY, TOWN, A}
    assert join.needed(weights(WIJK), names) == {COUNTRY, TOWN, WIJK, A, B}
    assert join.needed(weights(TOWN), names) == {COUNTRY, TOWN, WIJK, A, B, C}
    assert join.needed(weights(), names) == {COUNTRY}


def test_codes_of_a_year_that_was_not_fetched_are_listed(make: Any) -> None:
    found, unmatched = join.area_weights(area(make, A, year=2016), regions_2024(A), {}, pd.Series({A: 300.0}))
    assert found.empty
    assert unmatched[["table", "item", "reason"]].to_numpy().tolist() == [["work_area", A, "no_division_year"]]
    schema.check(found, "joined_area_weight")


def test_an_area_where_nobody_lives_has_no_shares(make: Any) -> None:
    same = {2024: pd.Series({A: A})}
    found, _ = join.area_weights(area(make, A), regions_2024(A), same, pd.Series({A: 0.0}))
    assert found["share_of_workarea_population"].isna().all()


# Figures of a work area


def test_counts_are_summed(make: Any, people: Indicator) -> None:
    context = in_area(make, [figures(people, {A: 300, B: 100})], (A, B), people)
    row = figure(context, "gebied", "population")
    assert row["value"] == 300 + 100
    assert (row["areas_n"], row["areas_used_n"], row["coverage"], row["weight_method"]) == (2, 2, 1.0, "sum")


def test_a_mean_is_weighted_by_its_own_base(make: Any, people: Indicator) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("homes",), unit="m3")
    parts = [figures(people, {A: 300, B: 100}), figures(gas, {A: (30, 100), B: (10, 300)}, base_id="homes")]
    row = figure(in_area(make, parts, (A, B), people, gas), "gebied", "gas")
    assert row["value"] == (100 * 30 + 300 * 10) / (100 + 300)
    assert (row["n_base"], row["weight_method"]) == (100 + 300, "homes")


def test_a_share_is_the_ratio_of_sums_and_not_the_mean_of_shares(make: Any, people: Indicator) -> None:
    old = make.indicator("old")
    pct = make.indicator("old_pct", kind="share", numerator="old", denominator=("population",), factor=100, unit="%")
    parts = [
        figures(people, {A: 400, B: 100}), figures(old, {A: 40, B: 60}),
        figures(pct, {A: (100 * 40 / 400, 400), B: (100 * 60 / 100, 100)}),
    ]  # fmt: skip
    row = figure(in_area(make, parts, (A, B), people, old, pct), "gebied", "old_pct")
    assert row["value"] == 100 * (40 + 60) / (400 + 100)
    assert row["value"] != (10 + 60) / 2


def test_one_region_keeps_its_own_mean_also_without_a_base(make: Any, people: Indicator) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("homes",))
    parts = [figures(people, {A: 300}), figures(gas, {A: (1234.5, np.nan)})]
    row = figure(in_area(make, parts, (A,), people, gas), "gebied", "gas")
    assert row["value"] == 1234.5
    assert row["areas_used_n"] == 1


def test_a_region_without_a_base_has_no_part_in_a_mean_and_does_not_count_as_used(make: Any, people: Indicator) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("homes",))
    parts = [figures(people, {A: 300, B: 100}), figures(gas, {A: (30, np.nan), B: (10, 50)})]
    row = figure(in_area(make, parts, (A, B), people, gas), "gebied", "gas")
    assert row["value"] == 10
    assert (row["areas_n"], row["areas_used_n"], row["coverage"]) == (2, 1, 100 / (300 + 100))


def test_coverage_is_the_share_of_inhabitants_with_a_figure(make: Any, people: Indicator) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("homes",))
    parts = [figures(people, {A: 300, B: 100}), figures(gas, {A: (30, 100), B: (np.nan, 300)})]
    row = figure(in_area(make, parts, (A, B), people, gas), "gebied", "gas")
    assert row["value"] == 30
    assert row["coverage"] == 300 / (300 + 100)
    assert pd.isna(row["missing_reason"])


def test_coverage_counts_the_inhabitants_of_regions_lost_in_another_year(make: Any, people: Indicator) -> None:
    now, before = figures(people, {A: 300, B: 100}), figures(people, {A: 280, B: np.nan}, year=2023)
    joined = join.context(pd.concat([now, before]), weights(A, B), area(make, A, B), make.catalogue(people))
    row = joined[joined["year"] == 2023].iloc[0]
    assert row["value"] == 280
    assert row["coverage"] == 280 / (280 + 100)  # those of B as they are in the reference year


def test_without_any_figure_the_reason_stays(make: Any, people: Indicator) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("homes",))
    parts = [figures(people, {A: 300, B: 100}), figures(gas, {A: (np.nan, 100), B: (np.nan, 300)})]
    row = figure(in_area(make, parts, (A, B), people, gas), "gebied", "gas")
    assert np.isnan(row["value"])
    assert (row["missing_reason"], row["coverage"], row["areas_used_n"]) == ("suppressed", 0, 0)


def test_a_share_over_nobody_has_no_value(make: Any, people: Indicator) -> None:
    pct = make.indicator("pct", kind="share", numerator="population", denominator=("population",), factor=100)
    empty = figures(pct, {A: (np.nan, 0)}).assign(missing_reason="cannot_exist")
    row = figure(in_area(make, [figures(people, {A: 0}), empty], (A,), people, pct), "gebied", "pct")
    assert np.isnan(row["value"])
    assert row["missing_reason"] == "cannot_exist"


def test_the_gemeente_and_the_country_stand_beside_the_area_once(make: Any, people: Indicator) -> None:
    parts = [figures(people, {A: 300, B: 100, TOWN: 5_000, COUNTRY: 18_000_000, "GM9902": 1})]
    context = in_area(make, parts, (A, B), people)
    assert figure(context, "gemeente", "population")["value"] == 5_000  # not twice, for two buurten
    assert figure(context, "land", "population")["value"] == 18_000_000


def test_an_area_in_two_gemeenten_stands_beside_both_together(make: Any, people: Indicator) -> None:
    parts = [figures(people, {A: 300, "BU99020101": 100, TOWN: 5_000, "GM9902": 700})]
    context = in_area(make, parts, (A, "BU99020101"), people)
    assert figure(context, "gemeente", "population")["value"] == 5_000 + 700


def test_codes_without_a_match_still_count_among_the_codes_asked(make: Any, people: Indicator) -> None:
    catalogue = make.catalogue(people)
    joined = join.context(figures(people, {A: 300}), weights(A), area(make, A, B, C), catalogue)
    assert (joined["areas_n"].iloc[0], joined["areas_used_n"].iloc[0]) == (3, 1)
    assert joined["coverage"].iloc[0] == pytest.approx(1 / 3)  # a lost code counts as a region of the mean size


def test_nothing_matched_gives_an_empty_table_that_is_right(make: Any, people: Indicator) -> None:
    statistics, catalogue = (
        figures(people, {A: 300}),
        make.catalogue(people, make.indicator("men", group=("geslacht", "man"))),
    )
    _, unmatched = join.area_weights(area(make, C), regions_2024(A), {2024: pd.Series({A: A})}, pd.Series({A: 300.0}))
    none = join.area_weights(area(make, C), regions_2024(A), {2024: pd.Series({A: A})}, pd.Series({A: 300.0}))[0]
    context = join.context(statistics, none, area(make, C), catalogue)
    composition = join.composition(statistics, none, context, regions_2024(A), catalogue)
    assert len(unmatched) == 1
    assert context.empty
    assert composition.empty
    schema.check(context, "joined_context")
    schema.check(composition, "joined_composition")


def test_a_full_table_is_what_its_schema_says(make: Any, people: Indicator) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("homes",))
    parts = [
        figures(people, {A: 300, B: 100, TOWN: 5_000}),
        figures(gas, {A: (np.nan, 1), B: (np.nan, 1)}, base_id="homes"),
    ]
    schema.check(in_area(make, parts, (A, B), people, gas), "joined_context")


# How sure a figure is


def test_bounds_of_counts_are_summed(make: Any, people: Indicator) -> None:
    row = figure(in_area(make, [figures(people, {A: 300, B: 100})], (A, B), people), "gebied", "population")
    assert (row["low"], row["high"]) == (296 + 96, 304 + 104)


def test_bounds_of_ratios_and_means_are_rebuilt(make: Any, people: Indicator) -> None:
    old, size = make.indicator("old"), make.indicator("size", kind="mean", denominator=("population",))
    pct = make.indicator("old_pct", kind="share", numerator="old", denominator=("population",), factor=100, unit="%")
    parts = [
        figures(people, {A: 400, B: 100}), figures(old, {A: 40, B: 60}), figures(size, {A: (20, 400), B: (30, 100)}),
        figures(pct, {A: (10, 400), B: (60, 100)}),
    ]  # fmt: skip
    context = in_area(make, parts, (A, B), people, old, pct, size)
    share, mean = figure(context, "gebied", "old_pct"), figure(context, "gebied", "size")
    assert share["low"] == 100 * (36 + 56) / (404 + 104)
    assert share["high"] == 100 * (44 + 64) / (396 + 96)
    # The inhabitants are only known within 4 as well.
    assert mean["low"] == (404 * 16 + 96 * 26) / (404 + 96)
    assert mean["high"] == (396 * 24 + 104 * 34) / (396 + 104)


def test_a_mean_over_bases_without_bounds_lies_between_its_parts(make: Any, people: Indicator) -> None:
    size = make.indicator("size", kind="mean", denominator=("homes",))
    parts = [figures(people, {A: 400, B: 100}), figures(size, {A: (20, 400), B: (30, 100)}, base_id="homes")]
    mean = figure(in_area(make, parts, (A, B), people, size), "gebied", "size")
    assert (mean["low"], mean["value"], mean["high"]) == (20 - 4, (400 * 20 + 100 * 30) / 500, 30 + 4)


def test_a_share_of_an_older_year_is_one_of_the_people_of_that_year(make: Any, people: Indicator) -> None:
    # The police counts 2015 in the division of 2024, when 800 people lived where 400 did then.
    crimes = make.indicator("crimes", source="police")
    rate = make.indicator("rate", kind="share", numerator="crimes", denominator=("population",), factor=1000)
    parts = [
        figures(people, {A: 800}), figures(people, {A: 400}, year=2015), figures(crimes, {A: 20}, year=2015),
        figures(rate, {A: (1000 * 20 / 800, 800)}, year=2015),
    ]  # fmt: skip
    row = figure(in_area(make, parts, (A,), people, crimes, rate), "gebied", "rate")
    assert (row["low"], row["value"], row["high"]) == (1000 * 16 / 404, 1000 * 20 / 400, 1000 * 24 / 396)


def test_a_percentage_of_an_area_is_never_more_than_100(make: Any, people: Indicator) -> None:
    alone = make.indicator("alone")
    pct = make.indicator(
        "alone_pct", kind="share", numerator="alone", denominator=("population",), factor=100, unit="%"
    )
    parts = [figures(people, {A: 5, B: 5}), figures(alone, {A: 10, B: 5}), figures(pct, {A: (100, 5), B: (100, 5)})]
    share = figure(in_area(make, parts, (A, B), people, alone, pct), "gebied", "alone_pct")
    assert (share["value"], share["high"]) == (100, 100)


def test_of_several_medians_there_is_only_a_lowest_and_a_highest(make: Any, people: Indicator) -> None:
    wealth = make.indicator("wealth", kind="bounded", denominator=("population",))
    parts = [
        figures(people, {A: 300, B: 100, TOWN: 5_000}),
        figures(wealth, {A: (20, 300), B: (50, 100), TOWN: (30, 5_000)}),
    ]
    context = in_area(make, parts, (A, B), people, wealth)
    area_, town = figure(context, "gebied", "wealth"), figure(context, "gemeente", "wealth")
    assert np.isnan(area_["value"])
    assert (area_["low"], area_["high"], area_["missing_reason"]) == (20 - 4, 50 + 4, "unknown")
    assert (town["low"], town["value"], town["high"]) == (26, 30, 34)


def test_bounds_are_of_the_regions_that_have_a_figure_or_of_all_when_none_has(make: Any, people: Indicator) -> None:
    withheld = figures(people, {A: 300, B: np.nan}).assign(low=[296.0, 0.0], high=[304.0, 7.0])
    row = figure(in_area(make, [withheld], (A, B), people), "gebied", "population")
    assert (row["low"], row["value"], row["high"]) == (296, 300, 304)
    row = figure(in_area(make, [withheld.assign(value=np.nan)], (A, B), people), "gebied", "population")
    assert np.isnan(row["value"])
    assert (row["low"], row["high"]) == (296 + 0, 304 + 7)


def test_an_unknown_bound_of_one_region_leaves_none_for_the_area(make: Any, people: Indicator) -> None:
    open_ended = figures(people, {A: 300, B: 100}).assign(high=[304.0, np.nan])
    row = figure(in_area(make, [open_ended], (A, B), people), "gebied", "population")
    assert row["low"] == 296 + 96
    assert np.isnan(row["high"])


def test_part_of_a_region_has_part_of_its_bounds(make: Any, people: Indicator) -> None:
    half = weights(A).assign(weight=0.5, method="addresses")
    context = join.context(figures(people, {A: 300}), half, area(make, A), make.catalogue(people))
    assert context[["low", "value", "high"]].iloc[0].to_list() == [148, 150, 152]
    assert context["n_base"].tolist() == [0.5 * 300]  # people that the figure rests on
    assert context["comparable_reason"].tolist() == ["apportioned_addresses"]


def test_of_a_part_by_surface_nobody_or_all_may_live_inside(make: Any, people: Indicator) -> None:
    old, size = make.indicator("old"), make.indicator("size", kind="mean", denominator=("population",))
    pct = make.indicator("old_pct", kind="share", numerator="old", denominator=("population",), factor=100, unit="%")
    parts = [
        figures(people, {A: 300, B: 100, TOWN: 5_000}), figures(old, {A: 60, B: 10}),
        figures(size, {A: (20, 300), B: (30, 100)}), figures(pct, {A: (20, 300), B: (10, 100)}),
    ]  # fmt: skip
    by_surface = weights(A, B).assign(weight=[0.5, 1.0], method=["surface", "exact"])
    context = join.context(pd.concat(parts), by_surface, area(make, A, B), make.catalogue(people, old, pct, size))
    rows = {key: figure(context, "gebied", key) for key in ("population", "old_pct", "size")}
    bounds = {key: (row["low"], row["value"], row["high"]) for key, row in rows.items()}
    assert bounds["population"] == (0 + 96, 150 + 100, 304 + 104)
    assert bounds["old_pct"] == (100 * 6 / 408, 100 * (30 + 10) / 250, 100 * (64 + 14) / 96)
    assert bounds["size"] == ((304 * 16 + 96 * 26) / 400, (150 * 20 + 100 * 30) / 250, 34)
    assert {row["comparable_reason"] for row in rows.values()} == {"apportioned_surface"}
    assert figure(context, "gemeente", "population")["comparable_reason"] == "same"


def test_years_around_a_break_are_of_different_series(make: Any, people: Indicator) -> None:
    poor = make.indicator("poor", breaks=({"year": 2024},))
    parts = [figures(one, {A: 300}, year=year) for one in (people, poor) for year in (2023, 2024)]
    context = in_area(make, parts, (A,), people, poor)
    assert context.groupby("indicator_id")["series"].agg(list).to_dict() == {"poor": [0, 1], "population": [0, 0]}


def test_an_area_follows_in_the_least_certain_way_of_its_regions(make: Any, people: Indicator) -> None:
    ways = figures(people, {A: 300, B: 100}).assign(comparable_reason=["same", "apportioned_surface"])
    assert (
        figure(in_area(make, [ways], (A, B), people), "gebied", "population")["comparable_reason"]
        == "apportioned_surface"
    )


def test_each_work_area_has_its_own_weight_of_a_region_they_share(make: Any, people: Indicator) -> None:
    both = pd.concat([weights(A), weights(A, area_id="huis-a").assign(weight=0.25, method="addresses")])
    areas = make.monitoring(
        "work_area", {"area_codes": A}, {"work_area_id": "huis-a", "collective_id": "huis", "area_codes": A}
    )
    joined = join.context(figures(people, {A: 300, TOWN: 5_000}), both, areas, make.catalogue(people))
    own = joined[joined["population"].eq("gebied")].set_index("work_area_id")
    assert own["value"].to_dict() == {"tuin-a": 300, "huis-a": 0.25 * 300}
    assert own["comparable_reason"].to_dict() == {"tuin-a": "same", "huis-a": "apportioned_addresses"}
    town = joined[joined["population"].eq("gemeente")].set_index("work_area_id")
    assert town["value"].to_dict() == {"tuin-a": 5_000, "huis-a": 5_000}


def test_the_share_of_part_of_a_region_is_that_of_the_region(make: Any, people: Indicator) -> None:
    old = make.indicator("old")
    pct = make.indicator("old_pct", kind="share", numerator="old", denominator=("population",), factor=100, unit="%")
    parts = [figures(people, {A: 400}), figures(old, {A: 40}), figures(pct, {A: (10, 400)})]
    part = weights(A).assign(weight=0.3, method="addresses")
    joined = join.context(pd.concat(parts), part, area(make, A), make.catalogue(people, old, pct))
    row = figure(joined, "gebied", "old_pct")
    assert [row[name] for name in ("low", "value", "high")] == pytest.approx([100 * 36 / 404, 10, 100 * 44 / 396])


def test_a_region_without_a_numerator_has_no_part_in_a_share(make: Any, people: Indicator) -> None:
    old = make.indicator("old")
    pct = make.indicator("old_pct", kind="share", numerator="old", denominator=("population",), factor=100, unit="%")
    parts = [
        figures(people, {A: 400, B: 100}), figures(old, {A: 40, B: np.nan}),
        figures(pct, {A: (10, 400), B: (np.nan, 100)}),
    ]  # fmt: skip
    row = figure(in_area(make, parts, (A, B), people, old, pct), "gebied", "old_pct")
    assert row["value"] == 100 * 40 / 400  # and not of the 500
    assert (row["areas_used_n"], row["coverage"]) == (1, 400 / 500)


def test_a_mean_leaves_out_a_region_where_nobody_lives(make: Any, people: Indicator) -> None:
    size = make.indicator("size", kind="mean", denominator=("population",))
    parts = [figures(people, {A: 400, B: 0}), figures(size, {A: (20, 400), B: (np.nan, 0)})]
    row = figure(in_area(make, parts, (A, B), people, size), "gebied", "size")
    assert [row[name] for name in ("low", "value", "high")] == [16, 20, 24]
    assert row["coverage"] == 1  # of the people there are


def test_a_weight_that_is_only_near_leaves_the_lowest_and_the_highest(make: Any, people: Indicator) -> None:
    gas = make.indicator("gas", kind="mean", denominator=("population",), near_weight=True)
    parts = [figures(people, {A: 300, B: 100}), figures(gas, {A: (30, 300), B: (10, 100)})]
    row = figure(in_area(make, parts, (A, B), people, gas), "gebied", "gas")
    assert [row[name] for name in ("low", "value", "high")] == [10 - 4, (300 * 30 + 100 * 10) / 400, 30 + 4]


# Composition


def test_a_table_without_buurten_has_wijken_only(make: Any, people: Indicator) -> None:
    statistics, catalogue = figures(people, {WIJK: 400}), make.catalogue(people)
    context = join.context(statistics, weights(WIJK), area(make, WIJK), catalogue)
    composition = join.composition(statistics, weights(WIJK), context, regions_2024(WIJK), catalogue)
    assert "buurt" not in set(composition["group_type"])
    schema.check(composition, "joined_composition")


def test_groups_of_inhabitants_come_from_the_figures_of_the_area(make: Any, people: Indicator) -> None:
    men = make.indicator("men", group=("geslacht", "man"))
    women = make.indicator("women", group=("geslacht", "vrouw"))
    statistics = pd.concat([
        figures(people, {A: 300, B: 100}), figures(men, {A: 140, B: 60}), figures(women, {A: np.nan, B: np.nan}),
    ])  # fmt: skip
    catalogue = make.catalogue(people, men, women)
    context = join.context(statistics, weights(A, B), area(make, A, B), catalogue)
    composition = join.composition(statistics, weights(A, B), context, regions_2024(A, B, WIJK), catalogue)
    sizes = composition.set_index(["group_type", "group_value"])["persons_n"].to_dict()
    # A group of unknown size is absent, and the total is no group.
    assert sizes == {
        ("geslacht", "man"): 140 + 60, ("wijk", WIJK): 300 + 100, ("buurt", A): 300, ("buurt", B): 100,
    }  # fmt: skip
    schema.check(composition, "joined_composition")


@pytest.mark.parametrize(
    ("codes", "wijken"),
    [
        ((A, C), {WIJK: 300, "WK990102": 70}),  # a buurt counts under its own wijk
        ((A, B), {WIJK: 300 + 100}),
        ((WIJK,), {WIJK: 410}),  # the wijk as published, not the sum of rounded buurten
        ((TOWN,), {WIJK: 410, "WK990102": 70}),
        ((WIJK, C), {WIJK: 410, "WK990102": 70}),
    ],
)
def test_wijken_of_a_work_area(make: Any, people: Indicator, codes: tuple[str, ...], wijken: dict[str, int]) -> None:
    sizes = {A: 300, B: 100, C: 70, WIJK: 410, "WK990102": 70, TOWN: 480, COUNTRY: 18_000_000, "BU99110101": 5}
    statistics, catalogue = figures(people, sizes), make.catalogue(people)
    context = join.context(statistics, weights(*codes), area(make, *codes), catalogue)
    composition = join.composition(statistics, weights(*codes), context, regions_2024(*sizes), catalogue)
    found = composition[composition["group_type"] == "wijk"]
    assert found.set_index("group_value")["persons_n"].to_dict() == wijken
    assert found["group_label"].iloc[0] == "Naam van " + found["group_value"].iloc[0]


@pytest.mark.parametrize(
    ("codes", "buurten"),
    [((A, C), {A, C}), ((WIJK,), {A, B}), ((TOWN,), {A, B, C}), ((WIJK, C), {A, B, C})],
)
def test_buurten_of_a_work_area(make: Any, people: Indicator, codes: tuple[str, ...], buurten: set[str]) -> None:
    # B has no figure, and still lies inside.
    sizes = {A: 300, B: np.nan, C: 70, WIJK: 410, "WK990102": 70, TOWN: 480, "BU99110101": 5}
    statistics, catalogue = figures(people, sizes), make.catalogue(people)
    context = join.context(statistics, weights(*codes), area(make, *codes), catalogue)
    composition = join.composition(statistics, weights(*codes), context, regions_2024(*sizes), catalogue)
    found = composition[composition["group_type"] == "buurt"].set_index("group_value")["persons_n"]
    assert set(found.index) == buurten
    assert B not in found or np.isnan(found[B])  # and not nobody


def test_part_of_a_wijk_has_part_of_its_inhabitants(make: Any, people: Indicator) -> None:
    sizes = {A: 300, B: 100, WIJK: 400, TOWN: 480}
    third = weights(A, B).assign(weight=[0.2, 1.0], method=["addresses", "exact"])
    context = join.context(figures(people, sizes), third, area(make, A, B), make.catalogue(people))
    composition = join.composition(figures(people, sizes), third, context, regions_2024(*sizes), make.catalogue(people))
    found = composition.set_index(["group_type", "group_value"])["persons_n"].to_dict()
    assert found == {("wijk", WIJK): 0.2 * 300 + 100, ("buurt", A): 0.2 * 300, ("buurt", B): 100}
    schema.check(composition, "joined_composition")


# Participants from elsewhere


def lives(make: Any, *buurten: str, activity_id: str = "tuin-1") -> pd.DataFrame:
    rows = [
        {"activity_id": activity_id, "group_type": "buurt", "group_value": buurt, "unique_n": 12} for buurt in buurten
    ]
    table: pd.DataFrame = make.monitoring("participation", *rows)
    return table


def test_participants_from_outside_the_work_area_are_listed_once(make: Any) -> None:
    activity = make.monitoring("activity", {})
    participation = pd.concat([lives(make, A, C, "BU99990101"), lives(make, C), make.monitoring("participation", {})])
    composition = pd.concat([make.composition("wijk", {WIJK: 400}), make.composition("buurt", {A: 300, B: 100})])
    listed = join.outside(participation, activity, composition, area(make, A, B))
    # Two places, and not which: there may be one person behind each.
    assert listed["detail"].tolist() == ["2 buurten or wijken"]
    assert not listed["item"].str.contains("BU").any()
    assert set(listed["reason"]) == {"outside_work_area"}
    assert set(listed["collective_id"]) == {"tuin"}
    schema.check(listed, "analysed_unmatched")


def test_the_work_area_of_another_collective_is_outside(make: Any) -> None:
    both = make.monitoring(
        "work_area", {"area_codes": A}, {"work_area_id": "huis-a", "collective_id": "huis", "area_codes": C}
    )
    composition = pd.concat([make.composition("buurt", {A: 400}), make.composition("buurt", {C: 70}, area="huis-a")])
    listed = join.outside(lives(make, A, C), make.monitoring("activity", {}), composition, both)
    assert listed[["collective_id", "detail"]].to_numpy().tolist() == [["tuin", "1 buurten or wijken"]]


def test_another_buurt_of_the_same_wijk_is_outside(make: Any) -> None:
    composition = pd.concat([make.composition("wijk", {WIJK: 300}), make.composition("buurt", {A: 300})])
    listed = join.outside(lives(make, A, B), make.monitoring("activity", {}), composition, area(make, A))
    assert listed["detail"].tolist() == ["1 buurten or wijken"]


def test_without_records_by_buurt_nothing_is_listed(make: Any) -> None:
    for participation in (make.monitoring("participation"), make.monitoring("participation", {})):
        listed = join.outside(
            participation, make.monitoring("activity", {}), make.composition("wijk", {}), area(make, A)
        )
        assert listed.empty
        schema.check(listed, "analysed_unmatched")


def test_tables_that_go_in_are_not_changed(make: Any, people: Indicator) -> None:
    statistics, areas, own = figures(people, {A: 300}), area(make, A), weights(A)
    copies = [table.copy(deep=True) for table in (statistics, areas, own)]
    context = join.context(statistics, own, areas, make.catalogue(people))
    join.composition(statistics, own, context, regions_2024(A), make.catalogue(people))
    for table, copy in zip((statistics, areas, own), copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)
