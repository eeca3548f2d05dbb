"""What became of inputs: the edges of every fate, and logs and chains read slowly, one step at a time, beside ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis import schema
from bt_analysis.analysis.learning import input_chains, input_fates, input_log
from bt_analysis.analysis.learning.cases import Cases, made
from bt_analysis.analysis.learning.input_log import DECIDED, EXECUTED, NEVER, REPORTED, STAGES
from tests.input_cases import RAISED, Steps, cases, link, raised, steps

END = (dt.date(2024, 12, 31) - RAISED).days
"""Last day of the period, in days after everything was raised."""
SILENT = 180


def fates(given: Cases, silent_days: int = SILENT) -> pd.DataFrame:
    """Return what became of each input, by its own code."""
    log = input_log.read(given)
    chains = input_chains.resolve(log, given.table("input_link"))
    table = input_fates.of(chains, input_log.kept_until(given, log), silent_days)
    return table.assign(input_id=table["input_id"].str.split("--").str[-1]).set_index("input_id")


def one(*taken: tuple[Any, ...], silent_days: int = SILENT) -> dict[str, Any]:
    """Return what became of a single input that took these steps."""
    row = fates(cases([raised("a")], steps("a", *taken)), silent_days).loc["a"]
    return {str(name): value for name, value in row.items()}


URL = "https://voorbeeld.nl/uitleg"
LATE = END - SILENT + 1
"""The first day of a step that is no silence yet: 179 days before the log ends."""


# Each fate and its edge


@pytest.mark.parametrize(
    ("taken", "fate"),
    [
        ([], "stil"),
        ([(LATE - 1, "geduid")], "stil"),  # 180 days without a step
        ([(LATE, "geduid")], "open"),  # 179 days
        ([(5, "teruggekoppeld")], "beantwoord"),
        ([(5, "geduid", None, None, URL)], "beantwoord"),
        ([(5, "besloten", "uitgesteld")], "uitgesteld"),
        ([(5, "besloten", "uitgesteld"), (6, "teruggekoppeld")], "uitgesteld"),  # postponed goes before answered
        ([(5, "besloten", "overgenomen")], "toegezegd"),
        ([(5, "besloten", "deels")], "toegezegd"),
        ([(5, "besloten", "deels"), (6, "teruggekoppeld")], "toegezegd"),
        ([(5, "besloten", "afgewezen")], "afgewezen_zonder_uitleg"),
        ([(5, "besloten", "afgewezen"), (6, "teruggekoppeld")], "afgewezen_met_uitleg"),
        ([(5, "besloten", "afgewezen", "geld", URL)], "afgewezen_met_uitleg"),
        ([(5, "besloten", "afgewezen"), (9, "uitgevoerd")], "uitgevoerd"),  # it was done after all
        ([(9, "uitgevoerd")], "uitgevoerd"),
        ([(5, "in_uitvoering")], "stil"),  # being carried out is no decision and no answer
    ],
)
def test_the_first_fate_that_holds(taken: list[tuple[Any, ...]], fate: str) -> None:
    assert one(*taken)["fate"] == fate


@pytest.mark.parametrize(("silent_days", "silent"), [(END - 10, True), (END - 9, False)])
def test_silent_from_as_many_days_as_is_set(silent_days: int, silent: bool) -> None:
    # The last step was on day 10 and the log ends on day 730: 720 days of silence.
    assert END == 730
    assert one((10, "geduid"), silent_days=silent_days)["silent"] == silent


def test_there_are_eight_fates_and_each_can_happen() -> None:
    field = next(one for one in schema.load("analysed_input_fates")["fields"] if one["name"] == "fate")
    assert len(field["constraints"]["enum"]) == 8
    ways: list[list[tuple[Any, ...]]] = [
        [], [(LATE, "geduid")], [(5, "teruggekoppeld")], [(5, "uitgevoerd")],
        *([(5, "besloten", outcome)] for outcome in ("deels", "uitgesteld", "afgewezen")),
        [(5, "besloten", "afgewezen", "geld", URL)],
    ]  # fmt: skip
    rows = [row for at, taken in enumerate(ways) for row in steps(f"i{at}", *taken)]
    table = fates(cases([raised(f"i{at}") for at in range(len(ways))], rows))
    assert set(table["fate"]) == set(field["constraints"]["enum"])


def test_what_was_reported_back_is_never_silent() -> None:
    row = one((5, "teruggekoppeld"))
    assert (row["silent"], row["reported_back"], row["answered"]) == (False, True, True)


def test_what_was_carried_out_but_not_told_may_be_silent_all_the_same() -> None:
    row = one((5, "uitgevoerd"))
    assert (row["fate"], row["silent"], row["reported_back"]) == ("uitgevoerd", True, False)


@pytest.mark.parametrize(
    ("taken", "stage"),
    [
        ([], "ingebracht"),
        ([(3, "gewogen"), (9, "geduid")], "gewogen"),  # a step back is not less far
        ([(3, "geregistreerd"), (9, "teruggekoppeld")], "geregistreerd"),  # reporting back stands apart
        ([(9, "teruggekoppeld")], "ingebracht"),
        ([(9, "uitgevoerd"), (12, "teruggekoppeld")], "uitgevoerd"),
    ],
)
def test_the_furthest_stage_is_told_without_the_report_back(taken: list[tuple[Any, ...]], stage: str) -> None:
    row = one(*taken)
    assert row["stage"] == stage
    assert STAGES[row["place"]] == stage


@pytest.mark.parametrize(
    ("taken", "waited"),
    [
        ([(9, "teruggekoppeld"), (3, "geduid", None, None, URL)], 3),  # the first of the ways to answer
        ([(0, "teruggekoppeld")], 0),
        ([(-5, "teruggekoppeld")], 0),  # a day before it was raised is a slip, and no wait of less than nothing
        ([(9, "geduid")], END),
        ([(END + 40, "geduid")], END + 40),  # the log went on after its period
    ],
)
def test_days_that_residents_wait(taken: list[tuple[Any, ...]], waited: int) -> None:
    assert one(*taken)["waited_days"] == waited


def test_days_are_dates_and_missing_where_nothing_happened() -> None:
    row = one((9, "teruggekoppeld"))
    assert row["answered_on"] == pd.Timestamp(RAISED) + pd.Timedelta(days=9)
    assert row["last_on"] == row["answered_on"]
    assert row["kept_until"] == pd.Timestamp(2024, 12, 31)
    quiet = one()
    assert pd.isna(quiet["answered_on"])
    assert quiet["last_on"] == pd.Timestamp(RAISED)


def test_what_nobody_wrote_down_is_empty_and_not_missing() -> None:
    row = one()
    assert [row[name] for name in ("domain", "domain_secondary", "knowledge_type", "scale", "group_value")] == [""] * 5
    assert (row["outcome"], row["reason"], row["went_into"], row["text"]) == ("", "", "", "")
    assert not row["text_shown"]


def test_a_text_that_may_be_shown_stands_beside_its_input() -> None:
    row = fates(cases([raised("a", text_summary="Een bankje")])).loc["a"]
    assert (row["text"], row["text_shown"]) == ("Een bankje", True)


def test_inputs_of_nobody_here_have_no_last_day_and_wait_no_day() -> None:
    # Recorded by a collective that is not among the cases: nobody knows until when its log was kept.
    given = cases([raised("a", "ver")])
    log = input_log.read(given)
    chains = input_chains.resolve(log, given.table("input_link"))
    row = input_fates.of(chains, pd.Series(dtype="int64"), SILENT).iloc[0]
    assert pd.isna(row["kept_until"])
    assert row["waited_days"] == 0
    assert row["fate"] == "open"  # without a last day nobody can tell silence


def test_a_table_of_fates_is_what_its_schema_says_for_one_and_for_none() -> None:
    table = made(fates(cases([raised("a")])).reset_index(), "input_fates")
    schema.check(table, "analysed_input_fates")
    assert made(pd.DataFrame(), "input_fates").empty


# The same, read slowly

STEP = st.tuples(
    st.integers(-20, 900), st.sampled_from(STAGES),
    st.sampled_from([None, None, "overgenomen", "deels", "afgewezen", "uitgesteld"]),
    st.sampled_from([None, None, "geld", "tijd"]), st.sampled_from([None, None, None, URL]),
)  # fmt: skip


@dataclass
class Story:
    """An input as somebody reads it from a sheet of paper; days are counted from when all were raised."""

    raised: int = 0
    first: dict[int, int] = field(default_factory=dict)
    explained: int = NEVER
    answered: int = NEVER
    last: int = 0
    outcome: str = ""
    reason: str = ""
    reason_on: int = -(10**6)

    def day(self, stage: int) -> int:
        return self.first.get(stage, NEVER)


def read(taken: Steps, on: int = 0) -> Story:
    """Read the steps of an input one by one, from the first day to the last."""
    story = Story(raised=on, last=on)
    for day, stage, outcome, reason, url in sorted(
        ((on + day, *more) for day, *more in taken), key=lambda step: step[0]
    ):
        place = STAGES.index(stage)
        story.first.setdefault(place, day)
        story.last = max(story.last, day)
        if url:
            story.explained = min(story.explained, day)
        if outcome:
            story.outcome = outcome
        if reason:
            story.reason, story.reason_on = reason, day
    story.answered = min(story.day(REPORTED), story.day(EXECUTED), story.explained)
    return story


def fate_of(story: Story, silent: bool) -> str:
    """Tell a fate as the description of it goes, question by question."""
    if story.day(EXECUTED) != NEVER:
        return "uitgevoerd"
    heard = story.answered != NEVER
    if story.outcome == "afgewezen":
        return "afgewezen_met_uitleg" if heard else "afgewezen_zonder_uitleg"
    if story.outcome in ("overgenomen", "deels"):
        return "toegezegd"
    if story.outcome == "uitgesteld":
        return "uitgesteld"
    if heard:
        return "beantwoord"
    return "stil" if silent else "open"


def agree(story: Story, row: dict[Hashable, Any], end: int) -> None:
    """Compare what was read slowly with a row of fates."""
    silent = story.day(REPORTED) == NEVER and end - story.last >= SILENT
    assert row["fate"] == fate_of(story, silent)
    assert row["silent"] == silent
    assert (row["outcome"], row["reason"]) == (story.outcome, story.reason)
    assert row["place"] == max((place for place in story.first if place <= EXECUTED), default=0)
    assert row["answered"] == (story.answered != NEVER)
    waited = (story.answered if row["answered"] else end) - story.raised
    assert row["waited_days"] == max(waited, 0)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(STEP, max_size=5), min_size=1, max_size=5))
def test_a_log_read_one_step_at_a_time_says_the_same(logs: list[list[tuple[Any, ...]]]) -> None:
    rows = [row for at, taken in enumerate(logs) for row in steps(f"i{at}", *taken)]
    table = fates(cases([raised(f"i{at}") for at in range(len(logs))], rows))
    stories = [read(taken) for taken in logs]
    end, found = max([END, *(story.last for story in stories)]), table.to_dict("index")
    for at, story in enumerate(stories):
        agree(story, found[f"i{at}"], end)


# Chains, followed one link at a time


def merge(own: Story, other: Story) -> None:
    """Let an input have what became of the one it was merged into."""

    def since(day: int) -> int:
        return NEVER if day == NEVER else max(day, own.raised)

    def after(day: int) -> int:
        return NEVER if day < own.raised else day

    gained = {place: since(other.day(place)) for place in range(EXECUTED + 1)} | {REPORTED: after(other.day(REPORTED))}
    explained = since(other.explained)
    answered = min(gained[REPORTED], gained[EXECUTED], explained, after(other.answered))
    own.first = {place: min(own.day(place), day) for place, day in gained.items() if min(own.day(place), day) != NEVER}
    own.explained, own.answered = min(own.explained, explained), min(own.answered, answered)
    own.last, own.outcome = max(own.last, other.last), other.outcome
    if other.reason_on > own.reason_on:
        own.reason, own.reason_on = other.reason, other.reason_on


def split(own: Story, parts: list[Story]) -> None:
    """Let an input have what became of all its parts together."""
    some = any(part.outcome != "afgewezen" for part in parts)

    def passed(part: Story, place: int) -> int:
        if part.outcome == "afgewezen" and DECIDED < place <= EXECUTED:
            return part.answered if some else NEVER
        if place == REPORTED:
            return part.day(REPORTED)
        return min(part.day(later) for later in range(place, EXECUTED + 1))

    together = {place: max(passed(part, place) for part in parts) for place in range(len(STAGES))}
    own.first = {
        place: min(own.day(place), day) for place, day in together.items() if min(own.day(place), day) != NEVER
    }
    own.explained = min(own.explained, max(part.explained for part in parts))
    own.answered = min(own.answered, max(part.answered for part in parts))
    own.last = max([own.last, *(part.last for part in parts)])
    outcomes = {part.outcome for part in parts}
    if "" not in outcomes:
        mixed = "deels" if outcomes & {"overgenomen", "deels"} else "uitgesteld"
        own.outcome = outcomes.pop() if len(outcomes) == 1 else mixed
    for part in sorted(parts, key=lambda one: one.reason_on):
        if part.reason_on > own.reason_on:
            own.reason, own.reason_on = part.reason, part.reason_on


Woven = tuple[list[list[tuple[Any, ...]]], list[int], dict[int, tuple[str, list[int]]]]
"""Steps of inputs, the days they were raised, and how and in which others they went on."""


@st.composite
def woven(draw: st.DrawFn) -> Woven:
    """Draw logs of inputs, the days they were raised, and which of them went on in later ones."""
    size = draw(st.integers(2, 6))
    logs: list[list[tuple[Any, ...]]] = draw(st.lists(st.lists(STEP, max_size=4), min_size=size, max_size=size))
    days = draw(st.lists(st.integers(0, 60), min_size=size, max_size=size))
    links: dict[int, tuple[str, list[int]]] = {}
    for at in range(size - 1):
        later = st.integers(at + 1, size - 1)
        kind = draw(st.sampled_from(["", "samengevoegd", "gesplitst"]))
        if kind == "samengevoegd":
            links[at] = (kind, [draw(later)])
        elif kind:
            links[at] = (kind, draw(st.lists(later, min_size=1, max_size=3, unique=True)))
    return logs, days, links


@settings(max_examples=12, deadline=None)
@given(woven())
def test_chains_followed_one_link_at_a_time_say_the_same(
    drawn: Woven,
) -> None:
    logs, days, links = drawn
    on = [RAISED + dt.timedelta(days=day) for day in days]
    # A decision that it is double decides nothing, which is tested elsewhere; here no reason is "dubbel".
    rows = [row for at, taken in enumerate(logs) for row in steps(f"i{at}", *taken, on=on[at])]
    going = [link(f"i{at}", f"i{to}", kind) for at, (kind, others) in links.items() for to in others]
    table = fates(cases([raised(f"i{at}", on=on[at]) for at in range(len(logs))], rows, going[::-1]))
    stories = [read(taken, day) for taken, day in zip(logs, days, strict=True)]
    end, found = max([END, *(story.last for story in stories)]), table.to_dict("index")
    for at in sorted(links, reverse=True):
        kind, others = links[at]
        if kind == "samengevoegd":
            merge(stories[at], stories[others[0]])
        else:
            split(stories[at], [stories[to] for to in others[::-1]])
    for at, story in enumerate(stories):
        agree(story, found[f"i{at}"], end)


@settings(max_examples=6, deadline=None)
@given(woven())
def test_what_counts_is_what_residents_brought_in(
    drawn: Woven,
) -> None:
    logs, _, links = drawn
    going = [link(f"i{at}", f"i{to}", kind) for at, (kind, others) in links.items() for to in others]
    table = fates(cases([raised(f"i{at}") for at in range(len(logs))], links=going))
    parts = {f"i{to}" for kind, others in links.values() if kind == "gesplitst" for to in others}
    assert set(table.index[~table["counted"]]) == parts  # all were raised at a door, so merged ones stay
    assert not table["circular"].any()
    into = table["went_into"].str.split(";").map(set).to_dict()
    for at, (_, others) in links.items():
        assert into[f"i{at}"] == {f"zon--i{to}" for to in others}


def test_a_ring_of_three_with_a_tail_leaves_all_that_lead_into_it_alone() -> None:
    going = [link("a", "b", "samengevoegd"), link("b", "c", "samengevoegd"), link("c", "a", "gesplitst"),
             link("staart", "a", "samengevoegd")]  # fmt: skip
    names = ["a", "b", "c", "staart", "los"]
    table = fates(cases([raised(name) for name in names], steps("b", (3, "teruggekoppeld")), going))
    assert table["circular"].to_dict() == {"a": True, "b": True, "c": True, "staart": True, "los": False}
    assert table["answered"].to_dict() == {"a": False, "b": True, "c": False, "staart": False, "los": False}
    assert table["counted"].all()  # also a, a part of c: in a circle nobody is the first


def test_a_chain_of_three_hundred_is_followed_to_its_end() -> None:
    going = [link(f"i{at}", f"i{at + 1}", "samengevoegd") for at in range(299)]
    table = fates(cases([raised(f"i{at}") for at in range(300)], steps("i299", (9, "uitgevoerd")), going))
    assert table["fate"].eq("uitgevoerd").all()
    assert table["waited_days"].eq(9).all()
