"""Weights at work: worked examples, and what must hold for any way to divide a town (hypothesis)."""

import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box, union_all

from bt_analysis.harmonise.correspondence import Correspondence, correspondence
from bt_analysis.harmonise.weights import ConservationError, as_matrix, compose, conserved

A, B, C, D = "BU99010101", "BU99010102", "BU99010103", "BU99010104"
EXAMPLES = 300 if os.environ.get("BT_FULL") == "1" else 15


def made(
    from_year: int,
    *links: tuple[str, str, float, str],
    reasons: dict[str, str],
    uncovered: dict[str, float] | None = None,
) -> Correspondence:
    """Return a correspondence to the next year."""
    regions = pd.DataFrame({"regiocode": list(reasons), "reason": list(reasons.values())})
    regions.insert(1, "comparable", regions["reason"].isin(["same", "renamed", "merged"]))
    parts = uncovered or {}
    return Correspondence(
        from_year,
        from_year + 1,
        pd.DataFrame(links, columns=["from_code", "to_code", "weight", "method"]),
        regions,
        pd.DataFrame({"from_code": list(parts), "covered": list(parts.values())}),
    )


SPLIT = made(
    2022, (A, A, 0.6, "addresses"), (A, B, 0.4, "addresses"), (C, B, 1.0, "addresses"),
    reasons={A: "apportioned_addresses", B: "apportioned_addresses"},
)  # fmt: skip


# Matrices


def test_a_matrix_moves_counts() -> None:
    counts = pd.DataFrame({"people": [100, 30], "homes": [50, 10]}, index=[A, C])
    moved = as_matrix(SPLIT, [A, C], [B, A, D]) @ counts.to_numpy()
    assert moved.tolist() == [[0.4 * 100 + 30, 0.4 * 50 + 10], [0.6 * 100, 0.6 * 50], [0, 0]]


def test_only_regions_that_are_asked_for_are_in_it() -> None:
    assert as_matrix(SPLIT, [A], [A]).toarray().tolist() == [[0.6]]  # C has no share in A


def test_an_area_without_figures_may_not_be_left_out_of_a_sum() -> None:
    with pytest.raises(ValueError, match=rf"{B} takes a share of {C} \(2022\), which has no figures"):
        as_matrix(SPLIT, [A], [A, B])


# Two steps


def test_weights_of_two_steps_multiply() -> None:
    second = made(
        2023, (A, D, 1.0, "renamed"), (B, C, 0.5, "surface"), (B, B, 0.5, "surface"),
        reasons={D: "renamed", C: "apportioned_surface", B: "apportioned_surface"},
    )  # fmt: skip
    both = compose(SPLIT, second)
    assert (both.from_year, both.to_year) == (2022, 2024)
    assert both.links.set_index(["from_code", "to_code"])["weight"].to_dict() == {
        (A, D): 0.6 * 1, (A, C): 0.4 * 0.5, (A, B): 0.4 * 0.5, (C, C): 1 * 0.5, (C, B): 1 * 0.5,
    }  # fmt: skip
    assert set(both.links["method"]) == {"addresses", "surface"}
    assert both.links.set_index("to_code").loc[D, "method"] == "addresses"
    # D only got another name in the second step, but is a part of an area since the first.
    assert both.regions["reason"].tolist() == ["apportioned_addresses", "apportioned_surface", "apportioned_surface"]
    assert both.uncovered.empty


def test_two_steps_that_compare_compare() -> None:
    first = made(2022, (A, B, 1.0, "renamed"), (C, C, 1.0, "same"), reasons={B: "renamed", C: "same"})
    second = made(2023, (B, D, 1.0, "addresses"), (C, D, 1.0, "addresses"), reasons={D: "merged"})
    both = compose(first, second)
    assert both.regions.to_dict("records") == [{"regiocode": D, "comparable": True, "reason": "merged"}]


def test_a_region_with_a_share_of_an_area_that_is_lost_on_the_way_is_lost() -> None:
    second = made(2023, (B, B, 1.0, "same"), reasons={B: "same", A: "boundary_changed"})  # A goes nowhere
    both = compose(SPLIT, second)
    assert both.links[["from_code", "to_code", "weight"]].to_numpy().tolist() == [[C, B, 1.0]]
    assert both.regions["reason"].tolist() == ["boundary_changed", "boundary_changed"]  # B misses 0.4 of A
    assert both.uncovered.to_dict("list") == {"from_code": [A], "covered": [0.4]}


def test_a_region_made_of_an_area_that_the_first_step_lost_is_lost_for_the_same_reason() -> None:
    first = made(2022, (A, A, 1.0, "same"), uncovered={D: 0.0}, reasons={A: "same", B: "no_flag"})
    second = made(2023, (A, C, 1.0, "addresses"), (B, C, 1.0, "addresses"), reasons={C: "merged"})
    both = compose(first, second)
    assert both.regions["reason"].tolist() == ["no_flag"]
    assert both.uncovered.to_dict("list") == {"from_code": [D], "covered": [0.0]}


def test_steps_must_meet() -> None:
    with pytest.raises(ValueError, match="to 2023 is followed by one from 2022; expected the same year"):
        compose(SPLIT, SPLIT)


# Totals


def test_a_total_that_changed_stops_the_build() -> None:
    before = pd.DataFrame({"people": [100.0, 30.0], "homes": [50.0, 10.0]})
    conserved(before, pd.DataFrame({"people": [60.0, 66.0], "homes": [30.0, 30.0]}), tolerance=4)
    conserved(before, before, tolerance=0)
    with pytest.raises(ConservationError, match=r"homes adds up to 60 before and 55 after.*at most 4 \(1 of 2 totals"):
        conserved(before, pd.DataFrame({"people": [130.0], "homes": [55.0]}), tolerance=4)


def test_each_indicator_may_have_its_own_tolerance() -> None:
    before, after = (
        pd.DataFrame({"people": [100.0], "homes": [50.0]}),
        pd.DataFrame({"people": [90.0], "homes": [50.0]}),
    )
    conserved(before, after, pd.Series({"homes": 0, "people": 10}))
    with pytest.raises(ConservationError, match="people adds up to 100 before and 90 after"):
        conserved(before, after, pd.Series({"homes": 10, "people": 9}))


def test_a_total_that_is_gone_is_not_kept() -> None:
    with pytest.raises(ConservationError, match="homes adds up to 50"):
        conserved(pd.DataFrame({"homes": [50.0]}), pd.DataFrame({"people": [50.0]}), tolerance=100)


# For any division

CELLS = 12  # a town of 12 squares of 100 by 100 metres; a division says of each square of which area it is a part
Cells = tuple[int, ...]
divisions = st.tuples(*[st.integers(0, 5)] * CELLS)
many = settings(max_examples=EXAMPLES, deadline=None)


def code(area: int) -> str:
    return f"BU990101{area:02d}"


def drawn(cells: Cells) -> gpd.GeoDataFrame:
    squares = [box(100 * (at % 4), 100 * (at // 4), 100 * (at % 4) + 100, 100 * (at // 4) + 100) for at in range(CELLS)]
    areas = sorted(set(cells))
    shapes = [union_all([square for square, area in zip(squares, cells, strict=True) if area == one]) for one in areas]
    return gpd.GeoDataFrame({"regiocode": [code(area) for area in areas]}, geometry=shapes, crs="EPSG:28992")


def by_surface(*years: Cells) -> list[Correspondence]:
    """Return the steps from each division to the next."""
    boundaries = {2020 + at: drawn(cells) for at, cells in enumerate(years)}
    return [correspondence(year, year + 1, {}, boundaries=boundaries) for year in sorted(boundaries)[:-1]]


def by_addresses(old: Cells, new: Cells, homes: list[int]) -> Correspondence:
    counted = pd.DataFrame({"from_code": map(code, old), "to_code": map(code, new), "addresses": homes})
    crosswalk = counted.groupby(["from_code", "to_code"], as_index=False).sum().assign(from_year=2020, to_year=2021)
    return correspondence(2020, 2021, {}, crosswalk, {2020: drawn(old), 2021: drawn(new)})


def moved(found: Correspondence, values: pd.Series) -> pd.Series:
    new = found.regions["regiocode"]
    return pd.Series(as_matrix(found, list(values.index), list(new)) @ values.to_numpy(), index=new)


def figures(found: Correspondence, numbers: list[int]) -> pd.Series:
    codes = sorted(found.links["from_code"].unique())
    return pd.Series(numbers[: len(codes)], index=codes, dtype=float)


@given(divisions, divisions, st.lists(st.integers(0, 10_000), min_size=CELLS, max_size=CELLS))
@many
def test_any_split_and_merge_keeps_totals(old: Cells, new: Cells, numbers: list[int]) -> None:
    homes = [number + 1 for number in numbers]
    for found in (*by_surface(old, new), by_addresses(old, new, homes)):
        before = figures(found, numbers)
        after = moved(found, before)
        conserved(before.to_frame("people"), after.to_frame("people"), tolerance=1e-6 * (1 + before.sum()))
        sums = found.links.groupby("from_code")["weight"].sum()
        assert np.allclose(sums, 1)
        assert found.links["weight"].gt(0).all()


@given(divisions, divisions, st.lists(st.integers(1, 1000), min_size=2 * CELLS, max_size=2 * CELLS))
@many
def test_the_ratio_of_a_union_lies_between_those_of_its_parts(old: Cells, new: Cells, numbers: list[int]) -> None:
    (found,) = by_surface(old, new)
    above, below = figures(found, numbers), figures(found, numbers[CELLS:])
    ratio = moved(found, above) / moved(found, below)
    parts = found.links.assign(ratio=found.links["from_code"].map(above / below)).groupby("to_code")["ratio"]
    assert (ratio >= parts.min().reindex(ratio.index) - 1e-9).all()
    assert (ratio <= parts.max().reindex(ratio.index) + 1e-9).all()


@given(divisions)
@many
def test_the_same_year_and_the_same_map_are_the_identity(cells: Cells) -> None:
    areas = drawn(cells)
    for to_year in (2020, 2021):
        found = correspondence(2020, to_year, {}, boundaries={2020: areas, 2021: areas})
        assert found.links["from_code"].tolist() == found.links["to_code"].tolist() == areas["regiocode"].tolist()
        assert set(found.links["weight"]) == {1}
        assert set(found.regions["reason"]) == {"same"}


@given(divisions, divisions, divisions, divisions)
@many
def test_steps_may_be_joined_in_any_order(one: Cells, two: Cells, three: Cells, four: Cells) -> None:
    first, second, third = by_surface(one, two, three, four)
    left, right = compose(compose(first, second), third), compose(first, compose(second, third))
    ends = ["from_code", "to_code"]
    pd.testing.assert_frame_equal(left.links.sort_values(ends), right.links.sort_values(ends))
    pd.testing.assert_frame_equal(left.regions, right.regions)
    old, new = sorted({code(area) for area in one}), list(left.regions["regiocode"])
    through = [list(step.regions["regiocode"]) for step in (first, second)]
    product = as_matrix(third, through[1], new) @ as_matrix(second, *through) @ as_matrix(first, old, through[0])
    assert np.allclose(as_matrix(left, old, new).toarray(), product.toarray())


@given(divisions, st.permutations(range(6)))
@many
def test_new_codes_are_found_by_outline(cells: Cells, names: list[int]) -> None:
    (found,) = by_surface(cells, tuple(names[area] for area in cells))
    assert dict(zip(found.links["from_code"], found.links["to_code"], strict=True)) == {
        code(area): code(names[area]) for area in cells
    }
    assert found.regions["comparable"].all()
    own = found.links["from_code"].eq(found.links["to_code"])
    assert found.links["method"].eq("same").equals(own)


@given(divisions, divisions)
@many
def test_what_compares_was_the_same_land(old: Cells, new: Cells) -> None:
    """Comparable means: its cells are all cells of the areas it is made of."""
    (found,) = by_surface(old, new)
    for row in found.regions.to_dict("records"):
        inside = {at for at, area in enumerate(new) if code(area) == row["regiocode"]}
        sources = {old[at] for at in inside}
        assert bool(row["comparable"]) is ({at for at, area in enumerate(old) if area in sources} == inside)
