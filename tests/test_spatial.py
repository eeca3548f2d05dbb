"""Patterns over areas: published figures of Columbus, small maps worked by hand, islands, chance."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from bt_analysis.methods import spatial

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "methods"


def published(name: str) -> pd.DataFrame:
    """Read published figures beside the repository, or skip the test where they are not."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not there: published figures are not part of the repository")
    return pd.read_csv(path)


def columbus() -> tuple[np.ndarray, spatial.Neighbours]:
    """Crime in 49 neighbourhoods of Columbus in 1980 (Anselin 1988), with queen neighbours."""
    crime = published("columbus_crime.csv")
    pairs = published("columbus_neighbours.csv")
    place = {int(area): at for at, area in enumerate(crime["POLYID"])}
    return crime["CRIME"].to_numpy(), spatial.from_pairs(pairs["i"].map(place), pairs["j"].map(place), len(crime))


def chessboard(side: int) -> gpd.GeoSeries:
    """Squares of 1 by 1, row after row."""
    return gpd.GeoSeries([box(x, y, x + 1, y + 1) for y in range(side) for x in range(side)])


# Published


def test_moran_of_columbus_is_as_published() -> None:
    crime, neighbours = columbus()
    found = spatial.moran(crime, neighbours, permutations=999, seed=1)
    assert found.value == pytest.approx(0.5001886, abs=5e-8)
    assert found.expected == pytest.approx(-1 / 48)
    assert found.z == pytest.approx(5.58938, abs=5e-6)
    assert found.p == 2 * (1 + 0) / (1 + 999)  # none of 999 maps by lot has as much pattern
    assert found.n == 49


def test_local_moran_of_columbus_is_as_published() -> None:
    crime, neighbours = columbus()
    found = spatial.local_moran(crime, neighbours, permutations=999, seed=1, level=0.05)
    assert found.value[:5].round(5).tolist() == [0.72178, 0.51799, 0.09194, 0.00472, 0.29741]
    # Their mean is the whole I, times (n − 1)/n.
    assert found.value.mean() == pytest.approx(0.5001886 * 48 / 49, abs=1e-7)


def test_geary_of_columbus_is_its_formula() -> None:
    crime, neighbours = columbus()
    found = spatial.geary(crime, neighbours)
    squares = (crime[:, None] - crime[None, :]) ** 2
    weights = neighbours.graph.sparse.toarray()
    expected = 48 * (weights * squares).sum() / (2 * weights.sum() * ((crime - crime.mean()) ** 2).sum())
    assert found.value == pytest.approx(expected)
    assert found.value == pytest.approx(0.5405282, abs=5e-8)
    assert found.z < -1.96
    assert found.p < 0.05


# Who adjoins whom


def test_a_corner_is_enough_and_an_island_is_named() -> None:
    neighbours = spatial.contiguity(pd.concat([chessboard(2), gpd.GeoSeries([box(9, 9, 10, 10)])]))
    assert neighbours.graph[0].to_dict() == {1: 1 / 3, 2: 1 / 3, 3: 1 / 3}
    assert neighbours.islands.tolist() == [4]
    assert neighbours.joined.tolist() == [0, 1, 2, 3]


def test_outlines_and_pairs_give_the_same_neighbours() -> None:
    drawn = spatial.contiguity(chessboard(3))
    pairs = drawn.graph.adjacency.reset_index()
    given = spatial.from_pairs(pairs["focal"], pairs["neighbor"], 9)
    assert (given.graph.sparse != drawn.graph.sparse).nnz == 0


@pytest.mark.parametrize(("one", "other"), [([0], [1]), ([0, 5], [5, 0])])
def test_half_a_pair_or_a_place_outside_is_refused(one: list[int], other: list[int]) -> None:
    with pytest.raises(ValueError, match=r"pair \(0, [15]\); expected both orders, and places 0 … 2"):
        spatial.from_pairs(one, other, 3)


# Patterns


def test_moran_of_four_areas_is_its_arithmetic() -> None:
    # A line 0 – 1 – 2 – 3 with values 0, 0, 4, 4: z = −2, −2, 2, 2. Lag: −2, 0, 0, 2. z'Wz = 4 + 0 + 0 + 4 = 8.
    line = spatial.from_pairs([0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2], 4)
    assert spatial.moran([0, 0, 4, 4], line, permutations=99, seed=1).value == pytest.approx((4 / 4) * 8 / 16)


def test_an_island_changes_nothing_but_is_there() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=16)
    whole = spatial.contiguity(chessboard(4))
    more = spatial.contiguity(pd.concat([chessboard(4), gpd.GeoSeries([box(50, 50, 51, 51)])]))
    alone = spatial.moran(values, whole, permutations=99, seed=4)
    assert spatial.moran([*values, 99.0], more, permutations=99, seed=4) == alone
    local = spatial.local_moran([*values, 99.0], more, permutations=99, seed=4, level=0.05)
    assert np.isnan(local.value[16])
    assert local.kind[16] == ""
    assert len(local.value) == 17


def test_a_corner_of_high_areas_is_found_and_the_rest_is_not() -> None:
    values = np.random.default_rng(6).normal(0, 0.3, 225)
    at = np.arange(225)
    block = (at % 15 < 5) & (at // 15 < 5)
    found = spatial.local_moran(
        values + 5 * block, spatial.contiguity(chessboard(15)), permutations=999, seed=1, level=0.05
    )
    inner = (at % 15 < 4) & (at // 15 < 4)
    assert set(found.kind[inner]) == {"high"}
    assert (found.kind[~block] == "high").sum() == 0
    assert 0 < found.limit < 0.05


def test_areas_that_are_all_the_same_but_one_are_no_error() -> None:
    squares = spatial.contiguity(chessboard(5))
    found = spatial.local_moran([0.0] * 24 + [1.0], squares, permutations=99, seed=1, level=0.05)
    assert found.kind[0] == ""
    assert np.isfinite(found.p).all()


def test_a_map_by_lot_has_no_pattern() -> None:
    neighbours = spatial.contiguity(chessboard(8))
    rng = np.random.default_rng(8)
    seen, told = 0, 0
    for seed in range(200):
        values = rng.normal(size=64)
        seen += spatial.moran(values, neighbours, permutations=199, seed=seed).p <= 0.05
        told += (spatial.local_moran(values, neighbours, permutations=199, seed=seed, level=0.05).kind != "").any()
    assert seen <= 20  # 5% of 200 is 10, with 3 standard errors 19
    assert told <= 20


def test_the_same_seed_gives_the_same_figures_and_leaves_other_lots_alone() -> None:
    crime = np.random.default_rng(1).normal(size=25)
    neighbours = spatial.contiguity(chessboard(5))
    np.random.seed(7)  # noqa: NPY002 - what is looked at is whether anything draws from it
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    once = spatial.moran(crime, neighbours, permutations=99, seed=1)
    assert np.random.random() == expected  # noqa: NPY002
    assert spatial.moran(crime, neighbours, permutations=99, seed=1) == once
    assert spatial.moran(crime, neighbours, permutations=99, seed=2).value == once.value


@pytest.mark.parametrize("values", [[1, 1, 1, 1], [1, 2, np.nan, 3]])
def test_no_figures_or_all_the_same_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"4 areas with neighbours have .* different values; expected 3 areas or more"):
        spatial.moran(values, spatial.contiguity(chessboard(2)), permutations=9, seed=1)


def test_outlines_with_a_gap_do_not_adjoin() -> None:
    gap = gpd.GeoSeries([box(0, 0, 1, 1), Polygon([(1.5, 0), (2, 0), (2, 1)]), box(1, 0, 1.4, 1)])
    assert spatial.contiguity(gap).islands.tolist() == [1]
