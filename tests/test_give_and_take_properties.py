"""What came back and what people replied, against loops without tables; and readability whatever the text."""

from __future__ import annotations

import datetime as dt
import statistics
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis.learning import Learned, give_and_take
from bt_analysis.methods import readability
from bt_analysis.settings import LearningSettings, Settings
from tests.test_give_and_take import FIGURES, IDS, cases, event, values

LAST = dt.date(2024, 12, 31)
Event = tuple[int, str, int, str, int | None]

EVENTS = st.lists(
    st.tuples(
        st.integers(0, 12),  # a claim; 12 is none of a report
        st.sampled_from(["eens", "oneens", "aanvulling", "geen"]),
        st.integers(-20, 60),  # days after the last day of the report
        st.sampled_from(["krant", "bijeenkomst"]),
        st.one_of(st.none(), st.integers(10, 90)),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def learned(rows: list[Event], **more: Any) -> Learned:
    events = [
        event(
            at, [*IDS, "000000000000"][claim], reply_type=reply, form=form, reached_n=people,
            date=pd.Timestamp(LAST + dt.timedelta(days=days)),
        )
        for at, (claim, reply, days, form, people) in enumerate(rows)
    ]  # fmt: skip
    return give_and_take.learn(cases(*FIGURES, return_event=events), Settings(**more))


def by_hand(rows: list[Event]) -> dict[str, float]:
    known = [row for row in rows if row[0] < len(IDS)]
    returned = {row[0] for row in known}
    answered = {row[0] for row in known if row[1] != "geen"}
    first = [min(row[2] for row in known if row[0] == claim) for claim in returned]
    in_time = [days for days in first if days >= 0]
    out = {"claims_n": 12.0, "returned_n": float(len(returned)), "replied_n": float(len(answered))}
    if in_time:
        out["days_to_return"] = float(statistics.median(in_time))
    return out


@settings(max_examples=8, deadline=None)
@given(EVENTS)
def test_any_events_are_counted_as_by_hand(rows: list[Event]) -> None:
    told = values(learned(rows))
    expected = by_hand(rows)
    assert {name: told[name] for name in expected} == expected
    assert ("days_to_return" in told) == ("days_to_return" in expected)
    assert told["returned_pct"] == pytest.approx(100 * expected["returned_n"] / 12)
    assert told["replied_n"] <= told["returned_n"] <= told["claims_n"]


@settings(max_examples=8, deadline=None)
@given(EVENTS)
def test_replies_of_every_kind_add_up_to_events_about_claims_of_the_report(rows: list[Event]) -> None:
    table = learned(rows).estimates
    own = table[table["indicator_id"].eq("replies_n") & table["collective_id"].eq("tuin")]
    known = [row for row in rows if row[0] < len(IDS)]
    counted = dict(zip(own["group_value"], own["value"], strict=True))
    assert counted == ({one: sum(row[1] == one for row in known) for one in give_and_take.REPLIES} if own.size else {})


@settings(max_examples=8, deadline=None)
@given(EVENTS)
def test_people_of_one_evening_are_added_up_once(rows: list[Event]) -> None:
    table = learned(rows).estimates
    own = table[table["indicator_id"].eq("reached_n") & table["collective_id"].eq("tuin")]
    evenings: dict[tuple[int, str], list[int | None]] = {}
    for claim, _, days, form, people in rows:
        if claim < len(IDS):
            evenings.setdefault((days, form), []).append(people)
    most = {key: max((one for one in people if one is not None), default=None) for key, people in evenings.items()}
    told = [people for people in most.values() if people is not None]
    if not most:
        assert own.empty
        return
    (row,) = own.to_dict("records")
    if told:
        assert (row["value"], row["gate"]) == (sum(told), "voorbehoud")
        assert ("some_reached_not_told" in row["gate_reason"]) == (len(told) < len(most))
    else:
        assert (pd.isna(row["value"]), row["gate"]) == (True, "niet_te_zien")


@settings(max_examples=4, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(rows: list[Event], dice: Any) -> None:
    mixed = list(rows)
    dice.shuffle(mixed)
    assert values(learned(mixed)) == pytest.approx(values(learned(rows)), nan_ok=True)


@pytest.mark.parametrize(("share_from", "there"), [(11, True), (12, True), (13, False)])
def test_a_share_is_told_from_as_many_claims_as_is_set(share_from: int, there: bool) -> None:
    rows: list[Event] = [(0, "eens", 5, "krant", None)]
    told = values(learned(rows, learning=LearningSettings(share_from=share_from)))
    assert ("returned_pct" in told) == there
    assert told["returned_n"] == 1  # counts are always told


@pytest.mark.parametrize(
    ("code", "there", "owner"),
    [
        ("zon--r1", ["zon"], "zon"),
        ("zon--r1", ["maan"], ""),
        ("zon--west--r1", ["zon", "zon--west"], "zon"),  # the first part is a collective
        ("zon--west--r1", ["zon--west"], "zon--west"),  # an id with -- in itself
        ("zonnewijk--r1", ["zon"], ""),  # begins alike, but is another
        ("zon", ["zon"], "zon"),
        ("", ["zon"], ""),
    ],
)
def test_whose_a_record_is_is_told_by_what_stands_in_front(code: str, there: list[str], owner: str) -> None:
    assert give_and_take.owners(pd.Series([code]), there).tolist() == [owner]


# Readability, whatever the text

WORDS = st.lists(st.sampled_from(["buurt", "gemeente", "samen", "energie", "1.234", "€", "m³", "vrijwilligers"]),
                 min_size=1, max_size=12)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_two_texts_count_as_much_as_both(first: list[str], second: list[str]) -> None:
    one, other = (f"{' '.join(words)} ja." for words in (first, second))
    both = readability.flesch_douma(f"{one} {other}")
    parts = [readability.flesch_douma(text) for text in (one, other)]
    for name in ("words", "sentences", "syllables"):
        assert getattr(both, name) == sum(getattr(part, name) for part in parts)


@settings(max_examples=60, deadline=None)
@given(WORDS)
def test_a_longer_word_or_sentence_never_reads_easier(words: list[str]) -> None:
    text = " ".join(words)
    assert readability.score(f"{text} gemeentehuis.") < readability.score(f"{text} huis.")
    # Cut in two, each sentence is shorter: .93 a word.
    cut = readability.score(f"{text} ja. {text} ja.")
    assert cut > readability.score(f"{text} ja {text} ja.")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_whatever_stands_before_a_word_it_is_counted(text: str) -> None:
    found = readability.flesch_douma(f"{text} huis")
    assert found.syllables >= found.words >= found.sentences >= 1


@pytest.mark.parametrize("abbreviation", sorted(readability.ABBREVIATIONS))
def test_an_abbreviation_ends_no_sentence_and_is_read_in_full(abbreviation: str) -> None:
    point = "" if abbreviation == "t/m" else "."
    assert readability.sentences(f"Dit is {abbreviation}{point} iets anders.") == 1
    assert readability.syllables(abbreviation) == readability.ABBREVIATIONS[abbreviation]
    assert readability.syllables(abbreviation.upper() + point) == readability.ABBREVIATIONS[abbreviation]
