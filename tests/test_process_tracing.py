"""Process tracing: every sum is written out; the reference values are those of methods.md, section 9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bt_analysis.methods import process_tracing
from bt_analysis.methods.process_tracing import DECISIVE, FOR_RIVAL, HOOP, NOTHING, SMOKING_GUN, STRAW
from tests.published import reference

CHANCES = st.floats(0.01, 0.99)


def after(prior: float, claim: float, rival: float, seen: bool) -> float:
    return float(process_tracing.updated(prior, process_tracing.ratio(claim, rival, seen)))


def judged(*rows: tuple[str, str, float, float, bool], claim: str = "c") -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["judge", "group", "likelihood_claim", "likelihood_rival", "seen"])
    return table.assign(claim=claim)


def traced(*rows: tuple[str, str, float, float, bool], priors: tuple[float, ...] = (0.5,)) -> pd.DataFrame:
    return process_tracing.traced(judged(*rows), ["claim"], priors)


@pytest.mark.parametrize(
    ("claim", "rival", "seen", "expected"),
    [
        (0.8, 0.2, True, 0.8 / (0.8 + 0.2)),  # straw in the wind, seen: .8
        (0.8, 0.2, False, 0.2 / (0.2 + 0.8)),
        (0.95, 0.4, False, 0.05 / (0.05 + 0.6)),  # hoop, failed: .0769
        (0.95, 0.4, True, 0.95 / (0.95 + 0.4)),  # hoop, passed: .7037
        (0.3, 0, False, 0.7 / (0.7 + 1)),  # smoking gun, not found: .4118
        (0.3, 0, True, 1),  # found: it cannot be under the rival
        (1, 0.5, False, 0),  # what had to be there is not there
        (0.6, 0.6, True, 0.5),  # as likely either way
    ],
)
def test_one_piece_from_even_odds(claim: float, rival: float, seen: bool, expected: float) -> None:
    assert after(0.5, claim, rival, seen) == pytest.approx(expected)


def test_the_published_values() -> None:
    values = reference("bayes_process_tracing")
    found = {
        "straw (.8,.2) seen": after(values["prior"], 0.8, 0.2, True),
        "hoop (.95,.4) failed": after(values["prior"], 0.95, 0.4, False),
        "hoop passed": after(values["prior"], 0.95, 0.4, True),
        "smoking gun (.3,0) unseen": after(values["prior"], 0.3, 0, False),
    }
    assert {name: round(value, 4) for name, value in found.items()} == {
        name: value for name, value in values.items() if name != "prior"
    }


def test_a_prior_matters() -> None:
    # .25·.8 / (.25·.8 + .75·.2) = .2 / .35
    assert after(0.25, 0.8, 0.2, True) == pytest.approx(0.2 / 0.35)
    assert after(0.75, 0.8, 0.2, True) == pytest.approx(0.6 / 0.65)


@given(CHANCES, CHANCES, CHANCES)
def test_what_is_expected_before_looking_is_the_prior(prior: float, claim: float, rival: float) -> None:
    """Seen and not seen, each with its chance, come back to the belief beforehand: looking moves nobody by itself."""
    chance = prior * claim + (1 - prior) * rival
    mean = chance * after(prior, claim, rival, True) + (1 - chance) * after(prior, claim, rival, False)
    assert mean == pytest.approx(prior)


@given(CHANCES, CHANCES, st.booleans())
def test_claim_and_rival_may_change_places(claim: float, rival: float, seen: bool) -> None:
    assert after(0.5, claim, rival, seen) == pytest.approx(1 - after(0.5, rival, claim, seen))


@pytest.mark.parametrize(
    ("claim", "rival", "kind"),
    [
        (0.8, 0.2, STRAW), (0.95, 0.4, HOOP), (0.3, 0, SMOKING_GUN), (0.95, 0.05, DECISIVE), (0.9, 0.1, DECISIVE),
        (0.9, 0.11, HOOP), (0.89, 0.1, SMOKING_GUN), (0.2, 0.5, FOR_RIVAL), (0.4, 0.4, NOTHING), (0, 0, NOTHING),
    ],
)  # fmt: skip
def test_kinds_of_evidence(claim: float, rival: float, kind: str) -> None:
    assert process_tracing.kinds([claim], [rival]).tolist() == [kind]


def test_independent_pieces_are_multiplied() -> None:
    (row,) = traced(("j1", "meting", 0.8, 0.2, True), ("j1", "interview", 0.6, 0.3, True)).to_dict("records")
    ratio = 0.8 / 0.2 * 0.6 / 0.3  # 4 · 2
    assert row["posterior"] == pytest.approx(ratio / (1 + ratio))
    assert (row["pieces_n"], row["groups_n"]) == (2, 2)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_the_same_story_told_again_is_no_new_evidence(times: int) -> None:
    (row,) = traced(*[("j1", "interview", 0.8, 0.2, True)] * times).to_dict("records")
    assert row["posterior"] == pytest.approx(0.8)
    assert (row["pieces_n"], row["groups_n"]) == (times, 1)


def test_dependent_pieces_weigh_as_one_of_their_mean_strength() -> None:
    (row,) = traced(("j1", "interview", 0.8, 0.2, True), ("j1", "interview", 0.5, 0.5, True)).to_dict("records")
    ratio = np.sqrt(4 * 1)  # mean of log 4 and log 1
    assert row["posterior"] == pytest.approx(ratio / (1 + ratio))


def test_judges_and_priors_give_a_range() -> None:
    rows = (("j1", "meting", 0.8, 0.2, True), ("j2", "meting", 0.6, 0.4, True))
    each = traced(*rows, priors=(0.25, 0.5, 0.75))
    assert len(each) == 2 * 3
    table = process_tracing.over_judges(each, ["claim"])
    low, high = table["low"].to_list(), table["high"].to_list()
    assert low == pytest.approx([0.15 / 0.45, 0.6, 0.45 / 0.55])
    assert high == pytest.approx([0.2 / 0.35, 0.8, 0.6 / 0.65])
    assert table["judges_n"].tolist() == [2, 2, 2]


def test_claims_are_kept_apart() -> None:
    both = pd.concat([judged(("j1", "m", 0.8, 0.2, True), claim="c"), judged(("j1", "m", 0.2, 0.8, True), claim="d")])
    table = process_tracing.traced(both, ["claim"], (0.5,))
    assert dict(zip(table["claim"], table["posterior"], strict=True)) == pytest.approx({"c": 0.8, "d": 0.2})


def test_certain_both_ways_is_no_number() -> None:
    """One piece that cannot be under the rival, one that cannot be under the claim: the judge has to look again."""
    each = traced(("j1", "a", 0.3, 0, True), ("j1", "b", 1, 0.5, False), ("j2", "a", 0.8, 0.2, True))
    assert each.set_index("judge")["posterior"].isna().to_dict() == {"j1": True, "j2": False}
    (row,) = process_tracing.over_judges(each, ["claim"]).to_dict("records")
    assert (row["judges_n"], row["low"], row["high"]) == (1, pytest.approx(0.8), pytest.approx(0.8))


def test_no_judgements_are_no_rows() -> None:
    nothing = judged().astype({"seen": bool, "likelihood_claim": float, "likelihood_rival": float})
    each = process_tracing.traced(nothing, ["claim"])
    assert each.empty
    assert process_tracing.over_judges(each, ["claim"]).empty


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: process_tracing.ratio([0.5, 1.2], [0.5, 0.5], [True, True]), r"got likelihood 1.2; expected a chance"),
        (lambda: process_tracing.ratio(float("nan"), 0.5, True), r"got likelihood nan; expected a chance"),
        (lambda: process_tracing.ratio([0.0], [0.0], [True]), r"piece 0 has likelihoods 0 and 0 and was seen"),
        (lambda: process_tracing.ratio([1.0], [1.0], [False]), r"was not seen: impossible either way"),
        (lambda: process_tracing.updated(0, 2), r"got prior 0; expected more than 0 and less than 1"),
        (lambda: process_tracing.updated([0.5, 1], 2), r"expected more than 0 and less than 1"),
        (lambda: process_tracing.traced(pd.DataFrame({"c": []}), ["c"]), r"without judge, group, likelihood_claim"),
    ],
)
def test_what_cannot_be_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_ten_random_sets_agree_with_bayes_done_piece_by_piece() -> None:
    draw = np.random.default_rng(42)
    for _ in range(10):
        chances, drawn = draw.uniform(0.05, 0.95, (6, 2)), draw.random(6) < 0.5
        pieces = [(float(one[0]), float(one[1]), bool(found)) for one, found in zip(chances, drawn, strict=True)]
        belief = 0.5
        for claim, rival, seen in pieces:
            here, there = (claim, rival) if seen else (1 - claim, 1 - rival)
            belief = belief * here / (belief * here + (1 - belief) * there)
        (row,) = traced(*[("j1", str(at), *piece) for at, piece in enumerate(pieces)]).to_dict("records")
        assert row["posterior"] == pytest.approx(belief)
