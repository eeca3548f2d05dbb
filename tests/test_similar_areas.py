"""Areas like one area: who may be compared with whom, and that every placebo goes through the same steps."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bt_analysis.methods.balancing import effective_size
from bt_analysis.methods.matching import NOBODY
from bt_analysis.methods.similar_areas import FAIR, Areas, Matching, TooFewSimilar, match, path_features

BEFORE = 4  # years before the start, of 6
MANY = 200


def areas(n: int = MANY, seed: int = 1) -> Areas:
    """Make areas that differ in two features and in their paths, all of one kind and of size 1,000."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 2))
    paths = 40 + features[:, [0]] * np.arange(6) + rng.normal(size=(n, 6))
    return Areas(paths, features, np.full(n, 1000.0), np.zeros(n, dtype=int))


def found(
    of: Areas,
    treated: int = 0,
    *,
    without: list[int] | None = None,
    neighbours: int = 30,
    placebos: int = 40,
    min_similar: int = 20,
) -> Matching:
    eligible = np.ones(len(of.size), dtype=bool)
    eligible[without or []] = False
    return match(
        of, treated, BEFORE, eligible=eligible, neighbours=neighbours, placebos=placebos, min_similar=min_similar,
        size_ratio=2.0,
    )  # fmt: skip


def changed(of: Areas, **columns: NDArray[Any]) -> Areas:
    return dataclasses.replace(of, **columns)


# --- the path before as features -----------------------------------------------------------------------------------


def test_mean_slope_and_last_of_a_path() -> None:
    # 1, 2, 6: mean 3; slope Σ(t − 1)·y / Σ(t − 1)² = (6 − 1)/2; last 6
    assert path_features(np.array([[1.0, 2.0, 6.0]])).tolist() == [[3, 2.5, 6]]


def test_what_came_after_the_start_decides_nothing() -> None:
    of = areas()
    later = of.paths.copy()
    later[:, BEFORE:] += np.random.default_rng(2).normal(size=(MANY, 2))
    one, other = found(of), found(changed(of, paths=later))
    assert one.at.tolist() == other.at.tolist()
    assert one.others.tolist() == other.others.tolist()
    assert one.weight.tolist() == other.weight.tolist()


# --- who may be compared with whom ---------------------------------------------------------------------------------


def test_the_similar_areas_are_those_most_alike() -> None:
    of = areas()
    of.features[7], of.paths[7, :BEFORE] = of.features[0], of.paths[0, :BEFORE]  # a twin before the start
    similar = found(of).similar
    assert similar.index[0] == 7
    assert similar.distance[0] == pytest.approx(0)
    assert (np.diff(similar.distance) >= 0).all()
    assert 0 not in similar.index
    assert len(similar.index) == 30
    assert similar.pool_n == MANY - 1


def test_of_twins_the_first_in_the_table_comes_first() -> None:
    of = areas()
    for twin in (90, 12, 55):
        of.features[twin], of.paths[twin, :BEFORE] = of.features[0], of.paths[0, :BEFORE]
    assert found(of).similar.index[:3].tolist() == [12, 55, 90]
    assert found(of).at[:4].tolist() == [0, 12, 55, 90]


def test_who_is_not_eligible_is_compared_with_by_nobody() -> None:
    of = areas()
    out = [1, 2, 3, 50]
    result = found(of, without=out)
    assert not set(out) & set(result.at.tolist())
    assert not set(out) & set(result.others.ravel().tolist())
    assert result.similar.pool_n == MANY - 1 - 4
    assert result.similar.missing_n == 0


@pytest.mark.parametrize("column", ["paths", "features", "size"])
def test_who_misses_a_value_takes_no_part_and_is_counted(column: str) -> None:
    of = areas()
    values = getattr(of, column).copy()
    values[[4, 5, 9]] = np.nan
    result = found(changed(of, **{column: values}), without=[9])
    assert not {4, 5, 9} & {*result.at.tolist(), *result.others.ravel().tolist()}
    assert result.similar.missing_n == 2  # 9 was not eligible to begin with
    assert result.similar.pool_n == MANY - 1 - 3


def test_a_missing_year_after_the_start_counts_too() -> None:
    of = areas()
    of.paths[4, -1] = np.nan
    assert found(of).similar.missing_n == 1


@pytest.mark.parametrize("column", ["paths", "features", "size"])
def test_without_values_of_its_own_an_area_cannot_be_compared(column: str) -> None:
    of = areas()
    values = getattr(of, column).copy()
    values[0] = np.nan
    with pytest.raises(ValueError, match="The area itself \\(row 0\\) has a missing value"):
        found(changed(of, **{column: values}))


def test_kinds_are_not_mixed() -> None:
    of = changed(areas(), block=np.arange(MANY) % 2)
    result = found(of)
    assert set((result.at % 2).tolist()) == {0}
    assert set((result.others % 2).ravel().tolist()) == {0}
    assert result.similar.pool_n == MANY / 2 - 1


def test_kinds_may_have_names() -> None:
    of = areas()
    named = Areas(of.paths, of.features, of.size, np.where(np.arange(MANY) % 2, "stad", "dorp"))
    assert set((found(named).others % 2).ravel().tolist()) == {0}


def test_every_area_has_a_band_of_size_of_its_own() -> None:
    of = changed(areas(), size=np.geomspace(500, 4000, MANY))
    result = found(of, 100)
    own = of.size[100]
    assert (of.size[result.at] <= 2 * own * (1 + 1e-9)).all()
    assert (of.size[result.at] >= own / 2 * (1 - 1e-9)).all()
    for at, row in zip(result.at, result.others, strict=True):
        others = of.size[row[row != NOBODY]]
        assert (others <= 2 * of.size[at] * (1 + 1e-9)).all()
        assert (others >= of.size[at] / 2 * (1 - 1e-9)).all()
    # A placebo of nearly twice the size has others that are too large for the area itself.
    assert of.size[result.others[result.others != NOBODY]].max() > 2 * own


def test_exactly_twice_the_size_is_within_the_band() -> None:
    sizes = np.full(MANY, 2000.0)
    sizes[0] = 1000
    assert found(changed(areas(), size=sizes)).similar.pool_n == MANY - 1
    sizes[0] = 999
    with pytest.raises(TooFewSimilar):
        found(changed(areas(), size=sizes))


def test_too_few_similar_areas_are_counted() -> None:
    of = changed(areas(), block=np.r_[np.zeros(20, dtype=int), np.ones(MANY - 20, dtype=int)])
    with pytest.raises(TooFewSimilar, match=r"There are 19 areas of the same kind .*; expected 20") as refused:
        found(of)
    assert (refused.value.found, refused.value.needed) == (19, 20)
    assert found(of, min_similar=19).similar.pool_n == 19


def test_a_placebo_without_enough_others_is_left_out() -> None:
    sizes = np.full(MANY, 1990.0)
    sizes[:10] = 1000.0  # the area itself and nine others
    sizes[10] = 550.0  # within the band of those; its own band is 275 … 1,100, which holds the nine
    result = found(changed(areas(), size=sizes), placebos=MANY)
    assert 10 not in result.at
    assert 10 in found(changed(areas(), size=sizes), placebos=MANY, min_similar=9).at


# --- the same steps ------------------------------------------------------------------------------------------------


def test_a_placebo_is_treated_as_the_area_itself() -> None:
    of = changed(areas(), size=np.geomspace(600, 3000, MANY), block=np.arange(MANY) % 2)
    result = found(of, 100)
    for row in (1, 5, 20):
        # Its own comparison, where the area itself may not serve as another. Distances are in the same units, but for
        # one area more or less in the covariance.
        alone = found(of, int(result.at[row]), without=[100])
        same = set(alone.others[0].tolist()) & set(result.others[row].tolist())
        assert len(same) >= 29
    assert not (result.others == 100).any()


def test_weights_sum_to_one_and_nobody_has_none() -> None:
    result = found(areas(), neighbours=250)  # more than there are
    assert result.weight.sum(axis=1) == pytest.approx(np.ones(len(result.at)))
    assert (result.weight[result.others == NOBODY] == 0).all()
    assert (result.weight >= 0).all()


# --- balance -------------------------------------------------------------------------------------------------------


def test_the_balance_table_by_hand() -> None:
    of = areas()
    result = found(of, without=[3])
    balance, similar = result.balance, result.similar
    pool = np.delete(np.arange(MANY), [0, 3])
    features = np.column_stack([of.features, path_features(of.paths[:, :BEFORE])])
    assert balance.treated.tolist() == features[0].tolist()
    assert balance.before == pytest.approx(features[pool].mean(axis=0))
    assert balance.similar == pytest.approx(features[similar.index].mean(axis=0))
    assert balance.weighted == pytest.approx(similar.weight @ features[similar.index])
    spread = features[pool].std(axis=0, ddof=1)
    assert balance.difference_before == pytest.approx((balance.before - features[0]) / spread)
    assert balance.difference_similar == pytest.approx((balance.similar - features[0]) / spread)
    assert balance.difference_weighted == pytest.approx((balance.weighted - features[0]) / spread)


def test_weights_bring_the_similar_areas_nearer() -> None:
    for treated in range(10):
        result = found(areas(), treated)
        balance = result.balance
        before, similar, weighted = (
            float(np.linalg.norm(one))
            for one in (balance.difference_before, balance.difference_similar, balance.difference_weighted)
        )
        assert weighted < similar < before
        assert 1 < effective_size(result.similar.weight) < 30


def test_an_area_like_no_other_is_not_balanced() -> None:
    of = areas()
    of.features[0] = [6.0, -6.0]
    result = found(of)
    assert not result.similar.balanced
    assert np.abs(result.balance.difference_weighted).max() > FAIR
    assert result.similar.weight.sum() == pytest.approx(1)


def test_an_area_in_the_midst_is_balanced() -> None:
    of = areas()
    of.features[0], of.paths[0] = of.features[1:].mean(axis=0), of.paths[1:].mean(axis=0)
    result = found(of)
    assert result.similar.balanced
    assert np.abs(result.balance.difference_weighted).max() <= FAIR


def test_a_feature_that_is_the_same_everywhere_is_left_out() -> None:
    of = areas()
    with_constant = changed(of, features=np.column_stack([of.features, np.full(MANY, 7.0)]))
    one, other = found(of), found(with_constant)
    assert one.others.tolist() == other.others.tolist()
    assert np.isnan(other.balance.difference_weighted[2])
    assert other.balance.weighted[2] == pytest.approx(7)


def test_a_path_of_two_years_repeats_itself_and_does_no_harm() -> None:
    of = areas()
    result = match(
        of, 0, 2, eligible=np.ones(MANY, dtype=bool), neighbours=30, placebos=40, min_similar=20, size_ratio=2.0
    )
    assert np.isfinite(result.weight).all()
    assert len(result.at) == 41
