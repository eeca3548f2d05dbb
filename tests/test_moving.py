"""Figures brought to another division: totals kept, ratios rebuilt, medians only bounded."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis import harmonise
from bt_analysis.harmonise import Correspondence
from bt_analysis.indicators import Indicator
from bt_analysis.sources.table import PROPERTIES, CbsTable

A, B, C = "BU99010101", "BU99010102", "BU99010201"
COLUMNS = ["population", "old", "size", "median"]


def indicator(key: str, kind: str, **more: Any) -> Indicator:
    found = ({"name": key, "unit": "aantal"},)
    return Indicator(key, key, key, more.pop("unit", "aantal"), kind, "context", **{"find": found, **more})


BY_LOT: dict[str, Any] = {"round_to": 5.0, "rounding": "random"}
OF_PEOPLE: dict[str, Any] = {"denominator": ("population",)}
CATALOGUE = {
    one.id: one
    for one in (
        indicator("population", "additive", **BY_LOT),
        indicator("old", "additive", **BY_LOT, withheld_up_to=7),
        indicator("old_pct", "share", numerator="old", factor=100, unit="%", find=(), **OF_PEOPLE),
        indicator("size", "mean", **OF_PEOPLE),
        indicator("median", "bounded", **OF_PEOPLE),
    )
}
Link = tuple[str, str, float, str]


def published(*rows: tuple[Any, ...]) -> CbsTable:
    """Return a table of 2020: a region and its inhabitants, old people, mean size and median per row."""
    topics = pd.DataFrame([(key, key, key, "aantal", 0, "Long", ()) for key in COLUMNS], columns=list(PROPERTIES))
    figures = pd.DataFrame(list(rows), columns=["region", *COLUMNS])
    labels = pd.DataFrame({"regiocode": figures["region"], "title": ""})
    return CbsTable("99020SYN", "made up", "2021-03-31", 2020, 2020, figures, topics, "region", labels)


def correspondence(reasons: dict[str, str], *links: Link) -> Correspondence:
    regions = pd.DataFrame({"regiocode": list(reasons), "reason": list(reasons.values())})
    regions["comparable"] = regions["reason"].isin(["same", "renamed", "merged"])
    table = pd.DataFrame(links, columns=["from_code", "to_code", "weight", "method"])
    return Correspondence(2020, 2024, table, regions, pd.DataFrame({"from_code": [], "covered": []}))


def moved(to: Correspondence, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return the rows on the new division, indexed by indicator and region."""
    figures = harmonise.moved(harmonise.published(published(*rows), CATALOGUE), to)
    return harmonise.as_rows(figures).set_index(["indicator_id", "regiocode"]).sort_index()


def at(rows: pd.DataFrame, indicator_id: str, code: str, name: str = "value") -> float:
    found: Any = rows[name][(indicator_id, code)]
    return float(found)


def ends(rows: pd.DataFrame, indicator_id: str, code: str) -> list[float]:
    return [at(rows, indicator_id, code, name) for name in ("low", "value", "high")]


def test_a_renamed_region_keeps_its_figures_under_its_new_code() -> None:
    rows = moved(correspondence({B: "renamed"}, (A, B, 1.0, "renamed")), (A, 100, 20, 2, 30))
    assert ends(rows, "population", B) == [96, 100, 104]
    assert ends(rows, "median", B) == [29.5, 30, 30.5]
    assert set(rows["comparable_reason"]) == {"renamed"}
    assert rows["comparable"].all()
    assert rows.loc[("population", B), "method"] == "published"


def test_a_merged_region_has_sums_ratios_of_sums_and_weighted_means() -> None:
    to = correspondence({C: "merged"}, (A, C, 1.0, "addresses"), (B, C, 1.0, "addresses"))
    rows = moved(to, (A, 100, 20, 2, 30), (B, 300, 30, 3, 40))
    assert ends(rows, "population", C) == [96 + 296, 100 + 300, 104 + 304]
    assert ends(rows, "old_pct", C) == [100 * (16 + 26) / 408, 100 * 50 / 400, 100 * (24 + 34) / 392]
    assert rows.loc[("size", C), "value"] == (100 * 2 + 300 * 3) / 400
    # The 100 may be 96 to 104, and the 300 as well: the smaller size counts for the most in the lower bound.
    assert rows.loc[("size", C), "low"] == (104 * 1.5 + 296 * 2.5) / 400
    assert rows.loc[("size", C), "high"] == (96 * 2.5 + 304 * 3.5) / 400
    assert rows.loc[("size", C), "n_base"] == 400
    assert [rows.loc[(key, C), "method"] for key in CATALOGUE] == ["sum", "sum", "ratio", "weighted", "range"]


def test_medians_of_several_parts_only_have_a_lowest_and_a_highest() -> None:
    to = correspondence({C: "merged"}, (A, C, 1.0, "addresses"), (B, C, 1.0, "addresses"))
    rows = moved(to, (A, 100, 20, 2, 30), (B, 300, 30, 3, 40))
    assert np.isnan(at(rows, "median", C))
    assert (rows.loc[("median", C), "low"], rows.loc[("median", C), "high"]) == (29.5, 40.5)
    assert rows.loc[("median", C), "missing_reason"] == "lost_in_division_change"


def test_a_split_region_is_divided_by_addresses_and_does_not_compare() -> None:
    reasons = {A: "apportioned_addresses", B: "apportioned_addresses"}
    rows = moved(correspondence(reasons, (A, A, 0.75, "addresses"), (A, B, 0.25, "addresses")), (A, 100, 20, 2, 30))
    assert ends(rows, "population", A) == [0.75 * 96, 75, 0.75 * 104]
    assert ends(rows, "old", B) == [0.25 * 16, 5, 0.25 * 24]
    assert rows.loc[("size", B), "value"] == 2  # both halves have the mean of the whole
    assert not rows["comparable"].any()


def test_bounds_by_surface_are_what_is_certain() -> None:
    reasons = {A: "apportioned_surface", B: "apportioned_surface"}
    to = correspondence(reasons, (A, A, 0.9, "surface"), (A, B, 0.1, "surface"), (C, B, 1.0, "surface"))
    rows = moved(to, (A, 100, 20, 2, 30), (C, 300, 30, 3, 40))
    assert ends(rows, "population", A) == [0, 90, 104]  # nobody, or all, may live in that part
    assert ends(rows, "population", B) == [296, 300 + 10, 304 + 104]


def test_a_withheld_part_leaves_no_figure_and_its_bounds() -> None:
    to = correspondence({C: "merged"}, (A, C, 1.0, "addresses"), (B, C, 1.0, "addresses"))
    rows = moved(to, (A, 100, np.nan, np.nan, np.nan), (B, 300, 30, 3, 40))
    assert np.isnan(at(rows, "old", C))
    assert (rows.loc[("old", C), "low"], rows.loc[("old", C), "high"]) == (0 + 26, 7 + 34)
    assert rows.loc[("old", C), "missing_reason"] == "suppressed"
    assert np.isnan(at(rows, "size", C))
    assert np.isnan(at(rows, "size", C, "high"))


def test_a_part_where_nobody_lives_leaves_the_mean_of_the_others() -> None:
    to = correspondence({C: "merged"}, (A, C, 1.0, "addresses"), (B, C, 1.0, "addresses"))
    rows = moved(to, (A, 0, 0, np.nan, np.nan), (B, 300, 30, 3, 40))
    assert ends(rows, "size", C) == [2.5, 3, 3.5]
    assert (at(rows, "median", C, "low"), at(rows, "median", C, "high")) == (39.5, 40.5)


def test_a_lost_region_has_nothing_even_when_part_of_it_is_known() -> None:
    to = correspondence({A: "same", B: "boundary_changed"}, (A, A, 1.0, "same"), (C, B, 1.0, "surface"))
    rows = moved(to, (A, 100, 20, 2, 30), (C, 300, 30, 3, 40))
    lost = rows.xs(B, level="regiocode")
    assert lost[["value", "low", "high"]].isna().to_numpy().all()
    assert set(lost["missing_reason"]) == {"lost_in_division_change"}
    assert set(lost["comparable_reason"]) == {"boundary_changed"}


def test_an_old_area_without_a_row_leaves_no_figure() -> None:
    to = correspondence({C: "merged"}, (A, C, 1.0, "addresses"), (B, C, 1.0, "addresses"))
    assert np.isnan(at(moved(to, (A, 100, 20, 2, 30)), "population", C))


def test_weights_that_make_people_stop_the_build() -> None:
    to = correspondence({A: "same"}, (A, A, 1.0, "same"))
    to.links["weight"] = 1.01  # behind the back of the correspondence, which refuses it
    with pytest.raises(harmonise.ConservationError, match=r"population adds up to 101 before and 100 after"):
        moved(to, (A, 100, 20, 2, 30))


def test_what_strays_from_a_region_that_is_still_the_same_does_not_stop_the_build() -> None:
    # One home in 200 of A, and of B, is counted in C now: C gets those people, and A and B keep all of theirs.
    reasons = {A: "same", B: "same", C: "merged"}
    strayed = [(code, to, weight, "addresses") for code in (A, B) for to, weight in ((code, 0.995), (C, 0.005))]
    rows = moved(correspondence(reasons, *strayed), (A, 1_000, 100, 2, 30), (B, 600, 200, 3, 40))
    people = [at(rows, "population", code) for code in (A, B, C)]
    assert people == [1_000, 600, pytest.approx(0.005 * 1_000 + 0.005 * 600)]


def test_what_strays_into_a_region_that_is_still_the_same_does_not_stop_the_build() -> None:
    # 1% of the people of a large area moved into a small one, of which they are the stray 1% of homes by another count.
    strayed = (B, A, 0.01, "addresses")
    to = correspondence({A: "same", B: "same"}, (A, A, 1.0, "same"), (B, B, 0.99, "addresses"), strayed)
    rows = moved(to, (A, 100, 20, 2, 30), (B, 90_000, 9_000, 3, 40))
    assert [at(rows, "population", code) for code in (A, B)] == [100, 90_000]


# Whatever the areas


@st.composite
def changes(draw: st.DrawFn) -> tuple[Correspondence, list[tuple[Any, ...]]]:
    """Return some old areas, each divided over new ones in any way."""
    old, new = (draw(st.integers(1, 5)) for _ in range(2))
    links: list[Link] = []
    for at in range(old):
        parts = draw(st.lists(st.integers(0, 20), min_size=new, max_size=new).filter(any))
        links += [
            (f"BU990101{at:02d}", f"BU990102{to:02d}", part / sum(parts), "addresses")
            for to, part in enumerate(parts)
            if part
        ]
    reasons = {f"BU990102{to:02d}": "apportioned_addresses" for to in range(new)}
    count = st.integers(0, 40).map(lambda fives: 5.0 * fives)
    rows = [(f"BU990101{at:02d}", 200 + draw(count), draw(count), draw(st.integers(1, 9)), 3) for at in range(old)]
    return correspondence(reasons, *links), rows


@given(changes())
def test_totals_are_kept_however_areas_change(change: tuple[Correspondence, list[tuple[Any, ...]]]) -> None:
    to, rows = change
    after = moved(to, *rows)
    for at, key in ((1, "population"), (2, "old")):
        assert after.loc[key]["value"].sum() == pytest.approx(sum(row[at] for row in rows))
    counts = after.loc[["population", "old"]].dropna(subset="value")
    assert (counts["low"] <= counts["value"] + 1e-9).all()
    assert (counts["value"] <= counts["high"] + 1e-9).all()


@given(changes())
def test_a_ratio_of_a_union_lies_between_those_of_its_parts(change: tuple[Correspondence, Any]) -> None:
    to, rows = change
    after = moved(to, *rows)
    parts = to.links.groupby("to_code")["from_code"].agg(list)
    own = {row[0]: row for row in rows}
    for code, sources in parts.items():
        shares = [100 * own[source][2] / own[source][1] for source in sources]
        sizes = [own[source][3] for source in sources]
        for key, known in (("old_pct", shares), ("size", sizes)):
            assert min(known) - 1e-9 <= at(after, key, str(code)) <= max(known) + 1e-9


@given(changes())
def test_bringing_a_year_to_itself_changes_nothing(change: tuple[Correspondence, list[tuple[Any, ...]]]) -> None:
    table = published(*change[1])
    own = harmonise.published(table, CATALOGUE)
    to = harmonise.correspondence(2020, 2020, {2020: table})
    pd.testing.assert_frame_equal(harmonise.as_rows(harmonise.moved(own, to)), harmonise.as_rows(own))
