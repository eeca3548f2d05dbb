"""Samples drawn by lot, against published figures of Californian schools and by hand."""

import math

import pytest

from bt_analysis.methods.sampling import Estimate, mean, stratified_mean, stratified_total
from tests.published import table

SIZES = {"E": 4421.0, "H": 755.0, "M": 1018.0}
"""Primary, high and middle schools in California: 4421 + 755 + 1018 = 6194."""


def close(found: Estimate, value: float, se: float, tolerance: float = 0.01) -> None:
    assert found.value == pytest.approx(value, abs=tolerance)
    assert found.se == pytest.approx(se, abs=tolerance)


def test_the_simple_sample_of_schools() -> None:
    schools = table("apisrs.csv")
    assert len(schools) == 200
    close(mean(schools["api00"], 6194), 656.585, 9.24972)
    close(mean(schools["api00"]), 656.585, 9.40277)


def test_the_stratified_sample_of_schools() -> None:
    schools = table("apistrat.csv")
    assert schools.groupby("stype")["fpc"].first().to_dict() == SIZES
    close(stratified_mean(schools["api00"], schools["stype"], SIZES), 662.287, 9.40894)
    close(stratified_total(schools["enroll"], schools["stype"], SIZES), 3687178, 114642, tolerance=0.5)


def test_a_simple_sample_by_hand() -> None:
    # 2, 4, 6: s² = (4 + 0 + 4) / 2 = 4
    assert tuple(mean([2, 4, 6])) == pytest.approx((4, math.sqrt(4 / 3)))
    assert tuple(mean([2, 4, 6], 12)) == pytest.approx((4, math.sqrt((1 - 3 / 12) * 4 / 3)))
    assert mean([2, 4, 6], 3) == (4, 0)  # everybody


def test_a_stratified_sample_by_hand() -> None:
    # a: mean 1, s² 2, of 10; b: mean 5, s² 8, of 30
    got = stratified_total([0, 2, 3, 7], ["a", "a", "b", "b"], {"a": 10, "b": 30})
    se = math.sqrt(10**2 * (1 - 2 / 10) * 2 / 2 + 30**2 * (1 - 2 / 30) * 8 / 2)
    assert tuple(got) == pytest.approx((10 * 1 + 30 * 5, se))
    assert tuple(stratified_mean([0, 2, 3, 7], list("aabb"), {"a": 10, "b": 30})) == pytest.approx((160 / 40, se / 40))


def test_one_unit_has_no_error() -> None:
    assert math.isnan(mean([3]).se)
    assert math.isnan(stratified_mean([3, 4, 5], ["a", "b", "b"], {"a": 9, "b": 9}).se)


def test_more_than_there_are_and_none_are_refused() -> None:
    with pytest.raises(ValueError, match=r"3 units were drawn of 2; expected at least 1, and no more than all"):
        mean([1, 2, 3], 2)
    with pytest.raises(ValueError, match=r"0 units were drawn of None"):
        mean([])


def test_strata_must_be_those_of_the_population() -> None:
    with pytest.raises(ValueError, match=r"strata b, c are only in the sample or only in the sizes"):
        stratified_total([1, 2], ["a", "b"], {"a": 5, "c": 5})
