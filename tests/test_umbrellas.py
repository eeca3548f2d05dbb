"""Umbrellas, choices, scales and requests: sums by hand of one row at a time, and what a page says of the odd ones."""

import datetime as dt
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import scale, selection, tradeoffs, umbrellas
from bt_analysis.settings import Settings
from tests import learning_cases
from tests.learning_cases import value

TWO = {"zon": ("2023", "2024", "2023-2024"), "tuin": ("2024",)}


def learnt(question: Any, **tables: Any) -> learning.Learned:
    return learning_cases.checked(question.learn(learning_cases.of(TWO, **tables), Settings()))


# Umbrellas


def member(whose: str = "zon", **more: Any) -> dict[str, Any]:
    return {"collective_id": whose, "umbrella_actor_id": f"{whose}--koepel", "from": "2020-01-01"} | more


def days_in(first: dt.date, last: dt.date | None, year: int) -> int:
    """Count the days of a membership in a year, one after another."""
    day, n = dt.date(year, 1, 1), 0
    while day.year == year:
        n += first <= day and (last is None or day <= last)
        day += dt.timedelta(days=1)
    return n


DATES = st.dates(dt.date(2022, 1, 1), dt.date(2025, 12, 31))


@settings(deadline=None, max_examples=20)
@given(DATES, st.one_of(st.none(), st.integers(0, 900)), st.integers(1, 400))
def test_hours_of_a_year_are_those_of_its_days_of_membership(first: dt.date, days: int | None, hours: int) -> None:
    last = None if days is None else first + dt.timedelta(days=days)
    answer = learnt(umbrellas, membership=[member() | {"from": first, "until": last, "hours_up": hours}])
    own = answer.estimates[answer.estimates["indicator_id"].eq(umbrellas.HOURS)]
    for year, length in ((2023, 365), (2024, 366)):
        inside = days_in(first, last, year)
        ended = own["period_end"].eq(pd.Timestamp(year, 12, 31))
        row = own[own["collective_id"].eq("zon") & ended & own["period_start"].eq(pd.Timestamp(year, 1, 1))]
        assert len(row) == (inside > 0)  # a membership outside the year is not told in it
        if inside:
            assert row["value"].iloc[0] == pytest.approx(hours * inside / length)


@pytest.mark.parametrize(
    ("until", "members"),
    [(None, 1), ("2024-12-31", 1), ("2025-06-01", 1), ("2024-12-30", 0)],
)
def test_a_membership_of_now_lasts_to_the_last_day_of_the_report(until: str | None, members: int) -> None:
    table = learnt(umbrellas, membership=[member(until=until)]).tables["umbrella_counts"]
    assert table["members_n"].sum() == members


def test_a_membership_that_began_after_the_last_day_is_none_of_now() -> None:
    assert learnt(umbrellas, membership=[member(**{"from": "2025-01-01"})]).tables["umbrella_counts"].empty


def test_who_left_and_came_back_is_one_member_with_the_hours_of_now() -> None:
    rows = [member(until="2024-12-31", hours_up=10), member(**{"from": "2024-07-01"}, hours_up=30)]
    answer = learnt(umbrellas, membership=rows)
    assert answer.tables["umbrella_counts"][["members_n", "hours_up"]].to_numpy().tolist() == [[1, 30]]
    assert value(answer, umbrellas.MEMBERS)["value"] == 1


def test_an_umbrella_without_a_name_goes_by_its_code() -> None:
    rows = [member(), member("tuin")]
    actors = [{"actor_id": "zon--koepel", "name": "  Koepel Samen  ", "side": "koepel"}]
    table = learnt(umbrellas, membership=rows, actor=actors).tables["umbrellas"]
    assert table.set_index("collective_id")["umbrella"].to_dict() == {"zon": "Koepel Samen", "tuin": "koepel"}


def test_zero_hours_were_recorded_and_are_not_missing() -> None:
    row = value(learnt(umbrellas, membership=[member(hours_up=0)]), umbrellas.HOURS)
    assert (row["value"], row["n"], row["gate"]) == (0, 1, "ok")


@pytest.mark.parametrize(
    ("hours", "gate", "total"),
    [((4, 6), "ok", 4 + 6), ((4, None), "voorbehoud", 4), ((None, None), "niet_te_zien", None)],
)
def test_a_sum_says_of_how_many_memberships_it_is(hours: tuple[Any, Any], gate: str, total: Any) -> None:
    rows = [member(hours_up=hours[0]), member("tuin", hours_up=hours[1])]
    row = value(learnt(umbrellas, membership=rows), umbrellas.HOURS)
    assert row["gate"] == gate
    assert row["n"] == sum(one is not None for one in hours)
    assert pd.isna(row["value"]) if total is None else row["value"] == total


# Choices

CHOICE = {"tradeoff_id": "zon--t1", "collective_id": "zon", "option_a": "Parkeren", "option_b": "Een tuin"}
PARTIES = ("winkels", "school", "gemeente")


@settings(deadline=None, max_examples=25)
@given(st.sets(st.sampled_from(PARTIES)), st.sets(st.sampled_from(PARTIES)))
def test_every_party_is_in_one_camp_or_in_both_and_in_no_other(one: set[str], other: set[str]) -> None:
    row = CHOICE | {
        "actors_for_a": ";".join(f"zon--{name}" for name in sorted(one)) or None,
        "actors_for_b": ";".join(f"zon--{name}" for name in sorted(other)) or None,
    }
    found = learnt(tradeoffs, tradeoff=[row]).tables["tradeoffs"].iloc[0]
    camps = {name: {part for part in found[f"for_{name}"].split(";") if part} for name in ("a", "b", "both")}
    assert camps == {"a": one - other, "b": other - one, "both": one & other}


def test_a_party_counts_once_per_choice_that_it_is_in() -> None:
    actors = [{"actor_id": f"zon--{name}", "name": name.title(), "side": "markt"} for name in PARTIES]
    rows = [
        CHOICE | {"actors_for_a": "zon--winkels", "actors_for_b": "zon--winkels;zon--school"},
        CHOICE | {"tradeoff_id": "zon--t2", "actors_for_b": "zon--winkels"},
    ]
    table = learnt(tradeoffs, tradeoff=rows, actor=actors).tables["interests"].set_index("actor_name")
    assert table["tradeoffs_n"].to_dict() == {"Winkels": 2, "School": 1, "Gemeente": 0}


@pytest.mark.parametrize("missing", ["option_a", "option_b"])
def test_one_option_that_may_not_be_shown_hides_both(missing: str) -> None:
    row = learnt(tradeoffs, tradeoff=[{**CHOICE, missing: None}]).tables["tradeoffs"].iloc[0]
    assert (row["text_shown"], row["option_a"], row["option_b"]) == (False, "", "")  # half a choice says which it was


def test_a_choice_of_a_decision_that_is_not_there_is_open() -> None:
    answer = learnt(tradeoffs, tradeoff=[CHOICE | {"decision_id": "zon--weg"}])
    assert value(answer, "tradeoffs_n", group_type="stand", group_value="open")["value"] == 1


def test_a_choice_that_is_nobodys_counts_over_all_and_is_in_no_list() -> None:
    answer = learnt(tradeoffs, tradeoff=[CHOICE | {"tradeoff_id": "t1", "collective_id": None}])
    assert value(answer, "tradeoffs_n")["value"] == 1
    assert answer.tables["tradeoffs"].empty


# Scales

PLACE = st.tuples(
    st.sampled_from(["zon", "tuin"]),
    st.one_of(st.none(), st.sampled_from(scale.SCALES)),
    st.one_of(st.none(), st.sampled_from(["welzijn", "leefomgeving"])),
)


@settings(deadline=None, max_examples=20)
@given(st.lists(PLACE, min_size=1, max_size=10))
def test_records_are_counted_by_scale_and_domain_as_by_hand(
    given_rows: list[tuple[str, str | None, str | None]],
) -> None:
    lessons = [
        {"lesson_id": f"{owner}--l{at}", "collective_id": owner, "scale": on, "domain": domain, "valence": "werkte"}
        for at, (owner, on, domain) in enumerate(given_rows)
    ]
    answer = learnt(scale, lesson=lessons)
    table = answer.tables["scale_topics"]
    own = table[table["collective_id"].ne("")]
    counts = {(row["collective_id"], row["scale"], row["domain"]): row["items_n"] for _, row in own.iterrows()}
    assert counts == Counter((owner, on or "", domain or "") for owner, on, domain in given_rows)
    placed = Counter((on, domain) for _, on, domain in given_rows if on and domain)
    for (on, domain), n in placed.items():
        row = value(answer, "scale_items_n", group_type=f"les_{on}", group_value=str(domain))
        assert (row["value"], row["n"]) == (n, len(given_rows))
    known = value(answer, "scale_known_n", group_type="geplaatst", group_value="les")
    assert (known["value"], known["n"]) == (sum(placed.values()), len(given_rows))


@pytest.mark.parametrize("left_out", ["scale", "domain"])
def test_half_a_place_is_no_place_and_is_counted_as_unknown(left_out: str) -> None:
    row = {"lesson_id": "zon--l", "collective_id": "zon", "scale": "wijk", "domain": "welzijn", "valence": "werkte"}
    answer = learnt(scale, lesson=[row | {left_out: None}])
    assert set(answer.estimates["indicator_id"]) == {"scale_known_n"}
    assert value(answer, "scale_known_n", group_type="geplaatst", group_value="les")["value"] == 0


# Who was asked


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("collectief", selection.COLLECTIVE),
        ("COLLECTIEF", selection.COLLECTIVE),
        ("Bewonerscollectieven in de wijk", selection.COLLECTIVE),
        ("energiecollectief", selection.COLLECTIVE),
        ("collecte", selection.OTHER),
        ("gemeente", selection.OTHER),
        ("", selection.NOT_KNOWN),
        (None, selection.NOT_KNOWN),
    ],
)
def test_the_kind_of_party_is_read_from_what_it_is_called(text: str | None, party: str) -> None:
    row = {"approach_id": "zon--1", "party_type": text, "date": "2024-01-01", "response": "weigert"}
    cases = learning_cases.of(TWO, selection_register=[row])
    assert selection.requests(cases)["party"].tolist() == [party]


@pytest.mark.parametrize(
    ("versions", "days", "answer"),
    [
        ((1, 2), ("2024-01-01", "2024-02-01"), "stopt"),
        ((2, 1), ("2024-01-01", "2024-02-01"), "doet_mee"),  # the version goes before the day
        ((None, 1), ("2024-03-01", "2024-02-01"), "stopt"),  # one without a version is the oldest
        ((None, None), ("2024-03-01", "2024-02-01"), "doet_mee"),  # and then the day
        ((1, 1), ("2024-01-01", "2024-01-01"), "stopt"),  # and then what was typed last
    ],
)
def test_the_last_version_of_a_request_counts(versions: Any, days: tuple[str, str], answer: str) -> None:
    rows = [
        {"approach_id": "zon--1", "version": version, "date": day, "response": response}
        for version, day, response in zip(versions, days, ("doet_mee", "stopt"), strict=True)
    ]
    cases = learning_cases.of(TWO, selection_register=rows)
    assert selection.requests(cases)["response"].tolist() == [answer]


def test_reasons_of_one_wording_are_one_and_spaces_are_no_reason() -> None:
    base = {"date": "2024-01-01", "response": "weigert", "party_type": "collectief"}
    reasons = (" geen tijd", "geen tijd ", "  ", None)
    rows = [base | {"approach_id": f"zon--{at}", "reason": one} for at, one in enumerate(reasons)]
    table = learnt(selection, selection_register=rows).tables["selection"]
    own = table[table["collective_id"].eq("zon")].set_index("reason")["requests_n"]
    assert own.to_dict() == {"geen tijd": 2, "": 2}


REQUESTS = st.tuples(
    st.sampled_from(["zon", "tuin"]), st.sampled_from(["collectief", "gemeente", None]),
    st.sampled_from(selection.ANSWERS),
)  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(st.lists(REQUESTS, min_size=1, max_size=10))
def test_answers_per_kind_of_party_add_up_to_all_that_were_asked(asked: list[tuple[str, str | None, str]]) -> None:
    rows = [
        {"approach_id": f"{owner}--{at}", "party_type": party, "response": response, "date": "2024-05-01"}
        for at, (owner, party, response) in enumerate(asked)
    ]
    answer = learnt(selection, selection_register=rows)
    told = answer.estimates[
        answer.estimates["indicator_id"].eq("approached_n") & answer.estimates["collective_id"].eq("")
    ]
    per_party = told[told["group_type"].str.startswith("gevraagd_")]
    assert per_party["value"].sum() == len(asked)
    by_answer = told[told["group_type"].eq("gevraagd")].set_index("group_value")
    assert by_answer["value"].to_dict() == Counter(response for _, _, response in asked)
    assert set(by_answer["n"]) == {len(asked)}
    table = answer.tables["selection"]
    assert table.loc[table["collective_id"].eq(""), "requests_n"].sum() == len(asked)
    assert table.loc[table["collective_id"].ne(""), "requests_n"].sum() == len(asked)


@pytest.mark.parametrize(
    ("states", "stopped", "known"),
    [(("gestopt", "gestopt"), 2, 2), (("lopend", "gestopt"), 1, 2), (("lopend", None), 0, 1), ((None, None), None, 0)],
)
def test_collectives_that_stopped_are_counted_of_the_known(states: Any, stopped: int | None, known: int) -> None:
    rows = [{"collective_id": name, "lifecycle": state} for name, state in zip(TWO, states, strict=True)]
    answer = learnt(selection, collective=[*rows, {"collective_id": "elders", "lifecycle": "gestopt"}])
    if stopped is None:
        assert answer.estimates.empty
    else:
        row = value(answer, "stopped_collectives_n")
        assert (row["value"], row["n"]) == (stopped, known)
