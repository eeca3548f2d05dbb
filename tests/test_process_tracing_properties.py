"""Process tracing against a slow route without tables or logarithms, and what must hold whatever judges say."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.methods import process_tracing
from bt_analysis.methods.process_tracing import CERTAIN, DECISIVE, FOR_RIVAL, HOOP, NOTHING, SMOKING_GUN, STRAW, UNIQUE

Piece = tuple[str, str, float, float, bool]

CHANCES = st.sampled_from([at / 20 for at in range(1, 20)])
PIECES = st.lists(
    st.tuples(st.sampled_from(["j1", "j2"]), st.sampled_from("abc"), CHANCES, CHANCES, st.booleans()),
    min_size=1, max_size=7,
)  # fmt: skip


def table(rows: list[Piece], claim: str = "c") -> pd.DataFrame:
    names = ["judge", "group", "likelihood_claim", "likelihood_rival", "seen"]
    return pd.DataFrame(list(rows), columns=names).assign(claim=claim)


def traced(rows: list[Piece], priors: tuple[float, ...] = (0.5,)) -> dict[tuple[str, float], float]:
    found = process_tracing.traced(table(rows), ["claim"], priors)
    return {(row["judge"], row["prior"]): row["posterior"] for _, row in found.iterrows()}


def by_hand(rows: list[Piece], judge: str, prior: float) -> float:
    """Take the geometric mean within each group, and apply Bayes' rule group by group."""
    groups: dict[str, list[float]] = {}
    for who, group, claim, rival, seen in rows:
        if who == judge:
            groups.setdefault(group, []).append(claim / rival if seen else (1 - claim) / (1 - rival))
    belief = prior
    for ratios in groups.values():
        one = math.prod(ratios) ** (1 / len(ratios))
        belief = belief * one / (belief * one + 1 - belief)
    return belief


@settings(max_examples=60, deadline=None)
@given(PIECES, st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_beliefs_are_those_of_bayes_group_by_group(rows: list[Piece], prior: float) -> None:
    for (judge, before), after in traced(rows, (prior,)).items():
        assert after == pytest.approx(by_hand(rows, judge, before))


@settings(max_examples=30, deadline=None)
@given(PIECES, st.randoms(use_true_random=False))
def test_the_order_of_pieces_does_not_matter(rows: list[Piece], dice: Any) -> None:
    mixed = list(rows)
    dice.shuffle(mixed)
    assert traced(mixed) == pytest.approx(traced(rows))


@settings(max_examples=30, deadline=None)
@given(PIECES)
def test_who_believed_more_beforehand_believes_more_afterwards(rows: list[Piece]) -> None:
    found = traced(rows, (0.2, 0.5, 0.8))
    for judge in {row[0] for row in rows}:
        assert found[judge, 0.2] < found[judge, 0.5] < found[judge, 0.8]
        assert found[judge, 0.2] > 0
        assert found[judge, 0.8] < 1


@settings(max_examples=30, deadline=None)
@given(PIECES, CHANCES, CHANCES, st.booleans())
def test_a_new_independent_piece_moves_the_belief_to_where_it_points(
    rows: list[Piece], claim: float, rival: float, seen: bool
) -> None:
    judge = rows[0][0]
    before = traced(rows)[judge, 0.5]
    after = traced([*rows, (judge, "new", claim, rival, seen)])[judge, 0.5]
    if claim == rival:
        assert after == pytest.approx(before)
    else:
        assert (after > before) == ((claim > rival) == seen)


@settings(max_examples=30, deadline=None)
@given(PIECES)
def test_dependence_never_makes_more_sure_than_the_strongest_piece_of_each_group(rows: list[Piece]) -> None:
    # Each group counts as one piece, so no more than its strongest and no less than its weakest.
    for judge in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == judge]
        ratios: dict[str, list[float]] = {}
        for _, group, claim, rival, seen in own:
            ratios.setdefault(group, []).append(claim / rival if seen else (1 - claim) / (1 - rival))
        most = math.prod(max(each) for each in ratios.values())
        least = math.prod(min(each) for each in ratios.values())
        found = traced(rows)[judge, 0.5]
        assert least / (1 + least) - 1e-9 <= found <= most / (1 + most) + 1e-9


@settings(max_examples=30, deadline=None)
@given(PIECES)
def test_the_range_holds_every_judge_and_is_one_number_for_one_judge(rows: list[Piece]) -> None:
    each = process_tracing.traced(table(rows), ["claim"], (0.3, 0.6))
    ranges = process_tracing.over_judges(each, ["claim"])
    for _, row in ranges.iterrows():
        own = each.loc[each["prior"].eq(row["prior"]), "posterior"]
        assert (row["low"], row["high"]) == (own.min(), own.max())
        assert row["judges_n"] == len(own)
        if len(own) == 1:
            assert row["low"] == row["high"]


@settings(max_examples=30, deadline=None)
@given(PIECES)
def test_pieces_and_groups_are_counted_per_judge_and_the_most_is_told(rows: list[Piece]) -> None:
    ranges = process_tracing.over_judges(process_tracing.traced(table(rows), ["claim"], (0.5,)), ["claim"])
    judges = {row[0] for row in rows}
    assert ranges["pieces_n"].tolist() == [max(sum(row[0] == one for row in rows) for one in judges)]
    assert ranges["groups_n"].tolist() == [max(len({row[1] for row in rows if row[0] == one}) for one in judges)]


def test_two_columns_tell_claims_apart() -> None:
    both = pd.concat(
        [table([("j", "a", 0.8, 0.2, True)]).assign(place=place) for place in ("x", "y")]
        + [table([("j", "a", 0.5, 0.5, True)], claim="d").assign(place="x")]
    )
    found = process_tracing.traced(both, ["place", "claim"], (0.5,)).set_index(["place", "claim"])["posterior"]
    assert found.to_dict() == pytest.approx({("x", "c"): 0.8, ("y", "c"): 0.8, ("x", "d"): 0.5})


def test_what_came_in_is_left_as_it_was_and_other_columns_are_ignored() -> None:
    given_ = table([("j", "a", 0.8, 0.2, True)]).assign(note="x")
    before = given_.copy()
    found = process_tracing.traced(given_, ["claim"])
    pd.testing.assert_frame_equal(given_, before)
    assert "note" not in found
    assert found["prior"].tolist() == list(process_tracing.PRIORS)


# How many times more likely


@pytest.mark.parametrize(
    ("claim", "rival", "seen", "expected"),
    [
        ("4/5", "1/5", True, "4"),
        ("4/5", "1/5", False, "1/4"),  # (1/5) / (4/5)
        ("19/20", "2/5", False, "1/12"),  # (1/20) / (3/5)
        ("1/3", "1/3", True, "1"),
        ("0", "1/2", True, "0"),
        ("1", "1/2", False, "0"),
    ],
)
def test_ratios_as_fractions(claim: str, rival: str, seen: bool, expected: str) -> None:
    one, other = float(Fraction(claim)), float(Fraction(rival))
    assert process_tracing.ratio(one, other, seen) == pytest.approx(float(Fraction(expected)))


def test_seen_and_not_seen_are_kept_apart_in_one_call() -> None:
    found = process_tracing.ratio([0.8, 0.8, 0.3], [0.2, 0.2, 0.0], [True, False, True])
    assert found.tolist() == pytest.approx([4, 0.25, math.inf])


def test_one_chance_may_go_with_many() -> None:
    assert process_tracing.ratio(0.6, [0.2, 0.3, 0.6], True).tolist() == pytest.approx([3, 2, 1])


@pytest.mark.parametrize(("ratio", "after"), [(0, 0), (math.inf, 1), (1, 0.3), (7, 3 / 4)])
def test_what_a_ratio_does_to_a_belief_of_three_tenths(ratio: float, after: float) -> None:
    # 7: .3 · 7 / (.3 · 7 + .7) = 2.1 / 2.8
    assert process_tracing.updated(0.3, ratio) == pytest.approx(after)


def test_the_first_impossible_piece_is_named() -> None:
    with pytest.raises(ValueError, match=r"piece 1 has likelihoods 1 and 1 and was not seen"):
        process_tracing.ratio([0.5, 1.0, 0.0], [0.5, 1.0, 0.0], [True, False, True])


@pytest.mark.parametrize("chance", [-0.01, 1.01, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", ["likelihood_claim", "likelihood_rival"])
def test_no_chance_is_refused_in_either_place(chance: float, place: str) -> None:
    wrong = table([("j", "a", 0.5, 0.5, True)]).assign(**{place: chance})
    with pytest.raises(ValueError, match=f"got likelihood {chance:g}; expected a chance from 0 to 1"):
        process_tracing.traced(wrong, ["claim"])


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.5, 2.0, math.nan])
def test_a_belief_that_nothing_moves_is_refused(prior: float) -> None:
    with pytest.raises(ValueError, match="expected more than 0 and less than 1"):
        process_tracing.traced(table([("j", "a", 0.8, 0.2, True)]), ["claim"], (0.5, prior))


@pytest.mark.parametrize("column", ["claim", "judge", "group", "likelihood_claim", "likelihood_rival", "seen"])
def test_a_column_that_is_not_there_is_named(column: str) -> None:
    with pytest.raises(ValueError, match=f"got a table without {column}; expected claim, judge, group"):
        process_tracing.traced(table([("j", "a", 0.8, 0.2, True)]).drop(columns=column), ["claim"])


def test_a_claim_of_which_every_judge_is_certain_both_ways_has_no_range() -> None:
    rows: list[Piece] = [(judge, group, *one) for judge in ("j1", "j2") for group, one in
                         (("a", (0.3, 0.0, True)), ("b", (1.0, 0.5, False)))]  # fmt: skip
    each = process_tracing.traced(table(rows), ["claim"])
    assert each["posterior"].isna().all()
    assert process_tracing.over_judges(each, ["claim"]).empty


# Kinds of tests


def kind_by_hand(claim: float, rival: float) -> str:
    if claim == rival:
        return NOTHING
    if claim < rival:
        return FOR_RIVAL
    must, only = claim >= CERTAIN, rival <= UNIQUE
    if must and only:
        return DECISIVE
    return HOOP if must else SMOKING_GUN if only else STRAW


def test_every_pair_of_chances_has_the_kind_that_the_lines_draw() -> None:
    grid = [(claim / 20, rival / 20) for claim in range(21) for rival in range(21)]
    found = process_tracing.kinds([one for one, _ in grid], [other for _, other in grid])
    assert found.tolist() == [kind_by_hand(*pair) for pair in grid]
    assert set(found) == set(process_tracing.KINDS)


@settings(max_examples=50, deadline=None)
@given(CHANCES, CHANCES)
def test_a_kind_says_what_seeing_it_does(claim: float, rival: float) -> None:
    """What is for the claim raises it when seen; a hoop hurts more when not seen than it helps when seen."""
    (kind,) = process_tracing.kinds([claim], [rival])
    seen, unseen = (float(process_tracing.ratio(claim, rival, found)) for found in (True, False))
    if kind == NOTHING:
        assert seen == pytest.approx(1)
    elif kind == FOR_RIVAL:
        assert seen < 1 < unseen
    else:
        assert unseen < 1 < seen
    if kind == HOOP:
        assert abs(math.log(unseen)) > abs(math.log(seen))
    if kind == SMOKING_GUN:
        assert abs(math.log(seen)) > abs(math.log(unseen))


def test_no_pieces_have_no_kinds() -> None:
    assert process_tracing.kinds(np.array([]), np.array([])).tolist() == []
