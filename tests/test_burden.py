"""What research took of people: sums per report, divided by what was found and by what came back."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from bt_analysis.analysis.learning import Learned, burden
from bt_analysis.settings import Settings
from tests.test_give_and_take import FIGURES, IDS, PERIOD, WAVES, cases, effort, event, figure, values

SETTINGS = Settings()
NAMES = {"resident_minutes": "minutes", "researcher_hours": "", "paid_eur": "eur"}


def learned(*spent: dict[str, Any], figures: Any = FIGURES, **more: Any) -> Learned:
    return burden.learn(cases(*figures, research_effort=list(spent), **{"survey_wave": WAVES} | more), SETTINGS)


def told(answer: Learned, collective: str = "tuin") -> dict[str, tuple[float | None, str]]:
    """Return value (None: not told) and reason of each figure."""
    rows = answer.estimates[answer.estimates["collective_id"].eq(collective)]
    return {
        row["indicator_id"]: (None if pd.isna(row["value"]) else float(row["value"]), row["gate_reason"])
        for _, row in rows.iterrows()
    }


# Any efforts, against a sum without a table

AMOUNT = st.one_of(st.none(), st.integers(0, 500))
SPENT = st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT, st.booleans()), min_size=1, max_size=5)


def by_hand(spent: list[tuple[Any, ...]], claims: int, returned: int) -> dict[str, tuple[float | None, str]]:
    out: dict[str, tuple[float | None, str]] = {"student_n": (float(sum(one[3] for one in spent)), "")}
    minutes_kept = any(one[0] is not None for one in spent)
    for at, (name, beginning) in enumerate(NAMES.items()):
        known = [one[at] for one in spent if one[at] is not None]
        total, why = float(sum(known)), "" if len(known) == len(spent) else "effort_not_all_kept"
        hidden = "not_recorded" if not known else ""
        if name == "paid_eur" and known and not minutes_kept:
            hidden = "minutes_not_kept"
        out[name] = (None, hidden) if hidden else (total, why)
        if not beginning:
            continue
        for ending, things, nothing in (
            ("per_claim", claims, "no_claims"), ("per_returned", returned, "nothing_returned"),
        ):  # fmt: skip
            if hidden:
                out[f"{beginning}_{ending}"] = None, hidden
            elif not things:
                out[f"{beginning}_{ending}"] = None, nothing
            else:
                out[f"{beginning}_{ending}"] = total / things, why
    return out


@run(max_examples=25, deadline=None)
@given(SPENT, st.integers(0, 4), st.integers(0, 4))
def test_any_efforts_are_told_as_by_hand(spent: list[tuple[Any, ...]], claims: int, back: int) -> None:
    returned = min(claims, back)
    rows = [
        effort(at, resident_minutes=one[0], researcher_hours=one[1], paid_eur=one[2], student=one[3])
        for at, one in enumerate(spent)
    ]
    events = [event(at, IDS[at]) for at in range(returned)] or [event(0, "000000000000")]
    answer = learned(*rows, figures=FIGURES[:claims], return_event=events)
    expected = by_hand(spent, claims, returned)
    for collective in ("tuin", ""):  # the only one is all together as well
        if collective or claims:
            assert told(answer, collective) == {
                name: (None if value is None else pytest.approx(value), why) for name, (value, why) in expected.items()
            }


# Whose it is, and of when


def test_minutes_are_spread_over_claims_of_those_who_kept_minutes_only() -> None:
    # huis makes 10 claims and keeps no minutes: 1200 / 12, not 1200 / 22.
    others = [figure(f"g{number}", "huis") for number in range(10)]
    answer = learned(effort(1, resident_minutes=1200), figures=[*FIGURES, *others], collectives=("huis", "tuin"))
    assert values(answer, "")["minutes_per_claim"] == values(answer)["minutes_per_claim"] == 1200 / 12
    assert "huis" not in set(answer.estimates["collective_id"])


def test_all_together_is_told_of_the_time_of_all() -> None:
    answer = learned(effort(1, resident_minutes=60), collectives=("huis", "tuin"), periods=("2023-2024",))
    together = answer.estimates[answer.estimates["collective_id"].eq("")]
    assert set(together["period_start"]) == {pd.Timestamp("2023-01-01")}
    assert set(together["population"]) == {"collectieven"}


def test_two_that_keep_it_are_added_up() -> None:
    # 100 + 50 minutes; 12 + 3 claims.
    others = [figure(f"g{number}", "huis") for number in range(3)]
    waves = [*WAVES, WAVES[0] | {"wave_id": "huis--w1", "collective_id": "huis"}]
    spent = effort(1, resident_minutes=100), effort(1, "huis", resident_minutes=50)
    answer = learned(*spent, figures=[*FIGURES, *others], collectives=("huis", "tuin"), survey_wave=waves)
    assert values(answer, "")["resident_minutes"] == 100 + 50
    assert values(answer, "")["minutes_per_claim"] == (100 + 50) / (12 + 3)
    assert values(answer, "huis")["minutes_per_claim"] == 50 / 3


def test_an_effort_that_names_no_collective_is_of_the_one_in_its_code() -> None:
    answer = learned(effort(1, resident_minutes=30) | {"collective_id": None})
    assert values(answer)["resident_minutes"] == 30


def test_an_effort_of_somebody_who_is_not_here_is_left_out() -> None:
    assert learned(effort(1, "elders", resident_minutes=30, wave_id=None)).estimates.empty


@pytest.mark.parametrize(
    ("wave", "counted"),
    [
        ({"start": "2024-01-01", "end": "2024-12-31"}, True),
        ({"start": "2023-12-01", "end": "2024-01-01"}, True),  # its last day counts
        ({"start": "2024-12-01", "end": "2025-01-01"}, False),
        ({"start": "2024-03-01", "end": None}, True),  # without a last day, its first
        ({"start": "2023-12-31", "end": None}, False),
        ({"start": None, "end": None}, True),  # nobody knows when: in the longest period
    ],
)
def test_effort_is_of_the_last_day_of_its_wave(wave: dict[str, str | None], counted: bool) -> None:
    days = {name: None if day is None else pd.Timestamp(day) for name, day in wave.items()}
    answer = learned(effort(1, resident_minutes=30), survey_wave=[WAVES[0] | days])
    assert (values(answer).get("resident_minutes") == 30) == counted


def test_an_activity_dates_an_effort_that_has_no_wave() -> None:
    done = [{"activity_id": "tuin--a1", "start": pd.Timestamp("2022-05-01"), "end": pd.Timestamp("2022-05-02")}]
    spent = effort(1, resident_minutes=30, wave_id=None, activity_id="tuin--a1")
    assert "resident_minutes" not in values(learned(spent, activity=done))
    # A wave goes before an activity: what is asked in 2024 about 2022 took time in 2024.
    both = effort(1, resident_minutes=30, activity_id="tuin--a1")
    assert values(learned(both, activity=done))["resident_minutes"] == 30


# What cannot be told


def test_of_few_people_is_another_reason_than_not_recorded() -> None:
    few = effort(1, resident_minutes=None, resident_minutes_missing_reason="suppressed", paid_eur=50)
    found = told(learned(few))
    assert found["resident_minutes"] == found["minutes_per_claim"] == (None, "few_people")
    assert found["paid_eur"] == (None, "minutes_not_kept")  # money never stands alone
    assert found["researcher_hours"] == (None, "not_recorded")


def test_a_part_that_is_of_few_people_is_a_gap_in_the_sum() -> None:
    few = effort(1, resident_minutes=None, resident_minutes_missing_reason="suppressed")
    assert told(learned(few, effort(2, resident_minutes=40)))["resident_minutes"] == (40, "effort_not_all_kept")


def test_nought_minutes_are_told_as_nought() -> None:
    found = told(learned(effort(1, resident_minutes=0, paid_eur=0)))
    assert found["resident_minutes"] == found["paid_eur"] == found["minutes_per_claim"] == (0, "")


def test_units_and_what_they_rest_on_are_named() -> None:
    spent = effort(1, resident_minutes=60, researcher_hours=2, paid_eur=5), effort(2, resident_minutes=60)
    rows = learned(*spent, return_event=[event(1, IDS[0])]).estimates
    own = rows[rows["collective_id"].eq("tuin")].set_index("indicator_id")
    assert own["unit"].to_dict() == {
        "resident_minutes": "minuten", "researcher_hours": "uur", "paid_eur": "eur", "student_n": "keer",
        "minutes_per_claim": "minuten", "minutes_per_returned": "minuten", "eur_per_claim": "eur",
        "eur_per_returned": "eur",
    }  # fmt: skip
    assert (own.loc["resident_minutes", "n"], own.loc["resident_minutes", "n_unit"]) == (2, "effort")
    assert (own.loc["minutes_per_claim", "n"], own.loc["minutes_per_returned", "n"]) == (12, 1)
    assert set(own["period_end"]) == {PERIOD["period_end"]}


def test_who_does_not_say_whether_a_student_did_it_counts_as_no_student() -> None:
    spent = effort(1, resident_minutes=1, student=None), effort(2, resident_minutes=1, student=False)
    assert values(learned(*spent))["student_n"] == 0
