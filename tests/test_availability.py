"""Availability: what is not yet published is told from what is suppressed, per level."""

from typing import Any

import pandas as pd

from bt_analysis import indicators
from bt_analysis.indicators import Indicator


class Filled:
    """A table of one gemeente with a wijk and two buurten."""

    table_id = "99020SYN"
    region_column = "WijkenEnBuurten"

    def __init__(self, **columns: list[float | None]) -> None:
        codes = ["NL00", "GM9901", "WK990101", "BU99010101", "BU99010102"]
        self.rows = pd.DataFrame({self.region_column: codes, **columns})
        self.properties = pd.DataFrame(
            {"key": list(columns), "name": list(columns), "title": list(columns), "unit": "aantal"}
        )
        self.properties["path"] = [()] * len(columns)


def made(key: str, **more: Any) -> Indicator:
    standard: dict[str, Any] = {"unit": "aantal", "kind": "additive", "domain": "context"}
    computed = more.keys() & {"parts", "numerator"}
    places = {} if computed else {"find": ({"name": key, "unit": "aantal"},)}
    return Indicator(**{"id": key, "label_nl": key, "label_en": key, **standard, **places, **more})


SMALL = {
    one.id: one
    for one in (
        made("people"),
        made("births"),
        made("benefits"),
        made("postcode"),
        made("crimes"),
        made("both", parts=("people", "benefits")),
        made("births_pct", kind="share", numerator="births", denominator=("people",)),
        made("benefits_pct", kind="share", numerator="benefits", denominator=("households", "people")),
    )
}
TABLE = Filled(
    people=[17e6, 1e5, 1e3, 500, None],
    births=[None] * 5,
    benefits=[4e5, 2e3, 90, None, 40],
    postcode=[None, None, None, 1011, None],
)


def by_level(key: str) -> dict[str, tuple[int, str]]:
    rows = indicators.status(TABLE, SMALL)
    rows = rows[rows["indicator_id"].eq(key)]
    return {row["level"]: (row["filled_n"], row["status"]) for row in rows.to_dict("records")}


def test_a_figure_that_is_wanting_here_and_there_is_suppressed() -> None:
    assert by_level("people") == {
        "land": (1, "complete"), "gemeente": (1, "complete"), "wijk": (1, "complete"), "buurt": (1, "suppressed"),
    }  # fmt: skip


def test_a_column_that_is_empty_everywhere_is_not_yet_published() -> None:
    assert set(by_level("births").values()) == {(0, "not_yet_published")}


def test_a_column_may_be_of_one_level_only() -> None:
    found = by_level("postcode")
    assert found["buurt"] == (1, "suppressed")
    assert {found[level] for level in ("land", "gemeente", "wijk")} == {(0, "not_at_this_level")}


def test_a_table_may_not_hold_it() -> None:
    assert set(by_level("crimes").values()) == {(0, "not_in_table")}


def test_what_is_computed_is_filled_where_all_it_needs_is() -> None:
    assert by_level("both")["buurt"] == (0, "not_at_this_level")  # one buurt has people, the other benefits
    assert by_level("both")["wijk"] == (1, "complete")
    assert set(by_level("births_pct").values()) == {(0, "not_yet_published")}
    assert by_level("benefits_pct")["buurt"] == (0, "not_at_this_level")  # households are not in the table: of people


def test_fill_rates_are_of_the_regions_of_a_level() -> None:
    rows = indicators.status(TABLE, SMALL).set_index(["indicator_id", "level"])
    assert rows.loc[("people", "buurt"), "filled_pct"] == 100 * 1 / 2
    assert rows.loc[("people", "buurt"), "regions_n"] == 2
    assert len(rows) == len(SMALL) * 4


def test_coverage_puts_years_below_each_other() -> None:
    later = Filled(people=[17e6, 1e5, 1e3, 500, 300])
    rows = indicators.coverage({2024: later, 2020: TABLE}, {"people": SMALL["people"]})
    buurten = rows[rows["level"].eq("buurt")]
    assert buurten[["year", "filled_pct", "status"]].to_numpy().tolist() == [
        [2020, 50.0, "suppressed"],
        [2024, 100.0, "complete"],
    ]
    assert list(indicators.coverage({}, SMALL)) == list(rows)
