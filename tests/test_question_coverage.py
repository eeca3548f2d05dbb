"""What is known of a question: rules tried one by one in their order, and a slow route that reads every piece."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import made, question_coverage
from bt_analysis.analysis.learning.asked import Answer
from bt_analysis.analysis.learning.question_coverage import STATUSES, coverage

PIECE: dict[str, Any] = {
    "rq_id": "q", "kind": "estimate", "claim_id": "c", "collective_id": "zon", "domain": "welzijn", "standing": "firm",
    "sign": "", "setting": "", "valence": "", "first_year": 2024, "last_year": 2024, "indicator_id": "cohesie",
}  # fmt: skip
ABOUT_ALL = {"collective_id": "", "domain": ""}


def claims(*pieces: dict[str, Any]) -> pd.DataFrame:
    rows = [PIECE | {"claim_id": f"c{at}"} | one for at, one in enumerate(pieces)]
    return made(rows, "question_claims").assign(indicator_id=[row["indicator_id"] for row in rows])


def status(*pieces: dict[str, Any], domain: str = "", enough: int = 3) -> tuple[str, str]:
    grid = coverage(claims(*pieces), ["q"], ["welzijn", "weerbaarheid"], enough)
    row = grid[grid["domain"].eq(domain)].iloc[0]
    return row["status"], row["why"]


def firm(*owners: str) -> list[dict[str, Any]]:
    return [{"collective_id": owner} for owner in owners]


RESERVED, HIDDEN = {"standing": "reserved"}, {"standing": "hidden"}
LESSON = {"kind": "lesson", "standing": "told"}
ARROW = {"kind": "arrow", "collective_id": ""}


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([], ("niemand_meet", "nobody")),
        ([HIDDEN], ("open", "not_visible")),
        ([HIDDEN, LESSON], ("open", "lessons_only")),
        ([HIDDEN, LESSON, ARROW | {"standing": "little"}], ("open", "little_evidence")),
        ([HIDDEN, LESSON, ARROW | {"standing": "little"}, RESERVED], ("open", "reserved")),
        ([RESERVED, *firm("zon", "tuin")], ("open", "few_collectives")),
        ([RESERVED, *firm("zon"), ARROW | {"standing": "refuted"}], ("bekend", "arrows")),
        ([*firm("zon", "tuin", "hof"), ARROW | {"standing": "refuted"}], ("bekend", "figures")),
        ([ABOUT_ALL], ("bekend", "figures")),  # a figure about all without reservation
        ([ABOUT_ALL | RESERVED], ("open", "reserved")),
        ([*firm("zon", "tuin", "hof"), ARROW | {"standing": "contested"}], ("betwist", "arrows")),
    ],
)  # fmt: skip
def test_the_first_rule_that_holds_names_what_is_known(pieces: list[dict[str, Any]], expected: tuple[str, str]) -> None:
    assert status(*pieces) == expected


@pytest.mark.parametrize(("enough", "expected"), [(1, "bekend"), (2, "bekend"), (3, "open")])
def test_two_collectives_are_enough_up_to_two(enough: int, expected: str) -> None:
    assert status(*firm("zon", "tuin"), enough=enough)[0] == expected


def test_a_figure_about_all_is_in_no_domain_and_one_of_a_collective_in_its_own() -> None:
    assert status(ABOUT_ALL, domain="welzijn") == ("niemand_meet", "nobody")
    assert status({}, domain="welzijn", enough=1) == ("bekend", "figures")
    assert status({}, domain="weerbaarheid", enough=1) == ("niemand_meet", "nobody")


@pytest.mark.parametrize(
    ("one", "other", "contested"),
    [
        ({"sign": "+"}, {"sign": "−"}, True),
        ({"sign": "+"}, {"sign": "+"}, False),
        ({"sign": "+"}, {"sign": ""}, False),
        ({"sign": "+"}, {"sign": "−", "indicator_id": "gezond"}, False),  # about something else
        ({"sign": "+"}, {"sign": "−"} | HIDDEN, False),  # what cannot be seen contradicts nobody
        ({"sign": "+"}, {"sign": "−"} | RESERVED, True),
        ({"sign": "+", "indicator_id": ""}, {"sign": "−", "indicator_id": ""}, False),
    ],
)
def test_figures_contradict_when_both_are_seen_and_of_one_indicator(
    one: dict[str, Any], other: dict[str, Any], contested: bool
) -> None:
    assert (status(one, other)[1] == "signs") == contested


@pytest.mark.parametrize(
    ("one", "other", "contested"),
    [
        ("werkte", "schade", True),
        ("werkte", "werkte_niet", True),
        ("werkte_niet", "schade", False),
        ("werkte_deels", "schade", False),  # partly is neither
        ("werkte", "werkte_deels", False),
    ],
)
def test_lessons_contradict_when_one_worked_and_one_did_not(one: str, other: str, contested: bool) -> None:
    pieces = [LESSON | {"setting": "plek=1", "valence": valence} for valence in (one, other)]
    assert (status(*pieces) == ("betwist", "lessons")) == contested
    elsewhere = [pieces[0], pieces[1] | {"setting": "plek=0"}]
    assert status(*elsewhere) == ("open", "lessons_only")


def test_contradictions_in_two_domains_are_one_over_all_and_none_in_either() -> None:
    up, down = {"sign": "+"}, {"sign": "−", "domain": "weerbaarheid", "collective_id": "hof"}
    assert status(up, down) == ("betwist", "signs")
    assert status(up, down, domain="welzijn") == ("open", "few_collectives")


def test_the_grid_has_every_question_by_every_domain_in_the_order_asked() -> None:
    grid = coverage(claims({"rq_id": "b"}, {"rq_id": "elsewhere"}), ["b", "a"], ["welzijn"], 3)
    assert grid[["rq_id", "domain"]].to_numpy().tolist() == [["b", ""], ["b", "welzijn"], ["a", ""], ["a", "welzijn"]]
    assert grid["claims_n"].tolist() == [1, 1, 0, 0]  # of a question that is not asked nothing is told
    assert grid["last_year"].isna().tolist() == [False, False, True, True]


def test_years_reach_from_the_first_to_the_last_and_skip_what_has_none() -> None:
    grid = coverage(
        claims({"first_year": 2021, "last_year": 2022}, {"first_year": None, "last_year": 2024}), ["q"], [], 3
    )
    assert grid[["first_year", "last_year"]].to_numpy().tolist() == [[2021, 2024]]


# A slow route

STANDINGS = {
    "estimate": ["firm", "reserved", "hidden"], "arrow": ["supported", "refuted", "contested", "little"],
    "lesson": ["told"],
}  # fmt: skip


@st.composite
def piece(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(list(STANDINGS)))
    owner = "" if kind == "arrow" else draw(st.sampled_from(["zon", "tuin", "hof", ""]))
    found = {"kind": kind, "standing": draw(st.sampled_from(STANDINGS[kind])), "collective_id": owner, "sign": "",
             "domain": draw(st.sampled_from(["welzijn", "weerbaarheid"])) if owner else ""}  # fmt: skip
    if kind == "estimate":
        found |= {"sign": draw(st.sampled_from(["+", "−", ""])), "indicator_id": draw(st.sampled_from(["a", "b"]))}
    else:
        found |= {"indicator_id": ""}
    if kind == "lesson":
        valence = st.sampled_from(["werkte", "werkte_deels", "werkte_niet", "schade"])
        found |= {"valence": draw(valence), "setting": draw(st.sampled_from(["plek=1", "geld=0", ""]))}
    return found


def contradict(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the first says yes and the second no, of the same indicator or in the same setting."""
    if one["sign"] == "+" and other["sign"] == "−":
        return bool(one["indicator_id"] == other["indicator_id"])
    told = (one.get("valence"), other.get("valence"))
    same = one.get("setting", "") != "" and one.get("setting") == other.get("setting")
    return same and told in (("werkte", "werkte_niet"), ("werkte", "schade"))


def by_reading(pieces: list[dict[str, Any]], enough: int) -> str:
    """What is known, by reading one piece after another."""
    seen = [one for one in pieces if one["standing"] != "hidden"]
    contested = any(one["standing"] == "contested" for one in seen)
    if contested or any(contradict(one, other) for one in seen for other in seen):
        return "betwist"
    sure = [one for one in seen if one["standing"] == "firm"]
    if len({one["collective_id"] for one in sure if one["collective_id"]}) >= enough:
        return "bekend"
    if any(not one["collective_id"] for one in sure):
        return "bekend"
    if any(one["standing"] in ("supported", "refuted") for one in seen):
        return "bekend"
    return "open" if pieces else "niemand_meet"


@settings(deadline=None, max_examples=40)
@given(st.lists(piece(), max_size=7), st.integers(1, 3))
def test_what_is_known_is_what_reading_every_piece_says(pieces: list[dict[str, Any]], enough: int) -> None:
    grid = coverage(claims(*pieces), ["q"], ["welzijn", "weerbaarheid"], enough)
    for domain, found, why in zip(grid["domain"], grid["status"], grid["why"], strict=True):
        own = [one for one in pieces if domain in ("", one["domain"])]
        assert found == by_reading(own, enough)
        assert found in STATUSES
        assert (why == "nobody") == (not own)


@settings(deadline=None, max_examples=30)
@given(st.lists(piece(), max_size=7))
def test_numbers_of_pieces_are_what_a_count_by_hand_gives(pieces: list[dict[str, Any]]) -> None:
    row = coverage(claims(*pieces), ["q"], [], 3).iloc[0]
    assert row["claims_n"] == len(pieces)
    assert row["lessons_n"] == sum(one["kind"] == "lesson" for one in pieces)
    assert row["arrows_n"] == sum(one["kind"] == "arrow" for one in pieces)
    assert row["hidden_n"] == sum(one["standing"] == "hidden" for one in pieces)
    assert row["collectives_n"] == len({one["collective_id"] for one in pieces} - {""})
    assert row["domain"] == question_coverage.ALL_DOMAINS


# Which estimates answer

ROWS = pd.DataFrame({
    "question": ["reach", "reach", "shared", "shared"], "indicator_id": ["reach_pct", "unique_n", "cohesie", "cohesie"],
    "group_type": ["", "leeftijd", "verandering:deelnemers", "stand:bewoners"],
    "group_value": ["", "jong", "moderator:urbanity", "gemiddelde"],
})  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "fits"),
    [
        (Answer("reach"), [True, True, False, False]),
        (Answer("nobody_makes_this"), [False] * 4),
        (Answer("reach", indicators=("unique_n",)), [False, True, False, False]),
        (Answer("shared", group_types=("verandering:",)), [False, False, True, False]),
        (Answer("shared", group_types=("verandering:", "stand:")), [False, False, True, True]),
        (Answer("shared", group_values=("gemiddelde",)), [False, False, False, True]),
        (Answer("shared", ("cohesie",), ("verandering:",), ("gemiddelde",)), [False] * 4),  # all of them, or nothing
    ],
)
def test_an_answer_is_every_estimate_that_all_its_names_fit(answer: Answer, fits: list[bool]) -> None:
    assert answer.fits(ROWS).tolist() == fits


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["reach", "shared"]),
    st.sets(st.sampled_from(["reach_pct", "unique_n", "cohesie"])),
    st.sets(st.sampled_from(["leeftijd", "verandering:", "s"])),
    st.sets(st.sampled_from(["jong", "gemiddelde", ""])),
)
def test_an_answer_fits_what_a_look_at_each_row_says(
    question: str, indicators: set[str], types: set[str], values: set[str]
) -> None:
    answer = Answer(question, tuple(indicators), tuple(types), tuple(values))
    expected = [
        row["question"] == question
        and (not indicators or row["indicator_id"] in indicators)
        and (not types or any(row["group_type"].startswith(one) for one in types))
        and (not values or row["group_value"] in values)
        for row in ROWS.to_dict("records")
    ]
    assert answer.fits(ROWS).tolist() == expected
