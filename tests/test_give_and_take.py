"""Give and take: which claims came back and what people replied, worked out on a few claims and events typed here."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis import learning
from bt_analysis.analysis.learning import Cases, Learned, burden, give_and_take, knowledge, told, unused
from bt_analysis.analysis.tables import claim_id
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings

TODAY = dt.date(2026, 1, 15)
SETTINGS = Settings()
PERIOD = {"period_start": pd.Timestamp("2024-01-01"), "period_end": pd.Timestamp("2024-12-31")}


def figure(indicator_id: str, owner: str = "tuin", **more: Any) -> dict[str, Any]:
    row = {"question": "activities", "indicator_id": indicator_id, "collective_id": owner, "population": "collectief",
           "value": 3, "unit": "keer", "method": "count", "source": "collective: activity", **PERIOD}  # fmt: skip
    return row | more


def cases(
    *estimates: Mapping[str, Any],
    collectives: tuple[str, ...] = ("tuin",),
    periods: tuple[str, ...] = ("2024",),
    indicators: tuple[Mapping[str, Any], ...] = (),
    earlier: Mapping[str, pd.DataFrame] | None = None,
    today: dt.date = TODAY,
    **records: list[dict[str, Any]],
) -> Cases:
    about = [{"collective_id": one, "period": period} for one in collectives for period in periods]
    measured = pd.DataFrame(
        [*indicators], columns=["indicator_id", "label_nl", "label_en", "instrument_id", "source_type"]
    )
    figures = told(pd.DataFrame(estimates or [figure("x", "nobody")]))
    tables = {name: typed(rows, name) for name, rows in records.items()}
    return Cases(tables, pd.DataFrame(about), figures, measured, today, earlier or {})


def event(number: int, claim: str, owner: str = "tuin", **more: Any) -> dict[str, Any]:
    row = {"return_id": f"{owner}--r{number}", "claim_id": f"{owner}--{claim}" if claim else None, "form": "krant"}
    return row | {"date": pd.Timestamp("2025-01-31"), "reply_type": "geen"} | more


def values(learned: Learned, collective: str = "tuin", **where: str) -> dict[str, float]:
    rows = learned.estimates[learned.estimates["collective_id"].eq(collective)]
    for column, value in where.items():
        rows = rows[rows[column].eq(value)]
    return dict(zip(rows["indicator_id"], rows["value"], strict=False))


def id_of(found: Cases, indicator_id: str) -> str:
    rows = found.estimates[found.estimates["indicator_id"].eq(indicator_id)]
    return str(rows["claim_id"].iloc[0])


FIGURES = [figure(f"f{number}") for number in range(12)]
IDS = list(told(pd.DataFrame(FIGURES))["claim_id"])


# Claims


def test_a_claim_is_a_figure_that_a_report_shows() -> None:
    found = cases(
        figure("shown"),
        figure("reserved", gate="voorbehoud"),
        figure("hidden", gate="onderdrukt", value=None),
        figure("unseen", gate="niet_te_zien", value=None),
        figure("of_the_source", question="context"),
        figure("of_all", ""),
        figure("of_no_report", period_start="2019-01-01", period_end="2019-12-31"),
    )
    assert list(knowledge.claims(found)["indicator_id"]) == ["shown", "reserved"]


def test_what_a_claim_rests_on() -> None:
    asked = (
        {"indicator_id": "eenzaam", "source_type": "enquete"},
        {"indicator_id": "bomen", "source_type": "eigen_telling"},
    )
    found = cases(
        figure("activities_n"),
        figure("eenzaam", question="measurements"),
        figure("bomen", question="measurements"),
        figure("gas", question="change"),
        figure("verschil", question="before_after"),
        figure("uitleg", question="interactions"),
        indicators=asked,
    )
    assert list(knowledge.claims(found)["kind"]) == [
        "administratief", "ervaring", "administratief", "wetenschappelijk", "ervaring", "professioneel",
    ]  # fmt: skip


# Returned and answered


def test_claims_that_came_back_are_counted_once() -> None:
    # 12 claims; f0 told twice, f1 once, f2 once without a reply. Returned: f0, f1, f2 = 3 of 12 = 25%.
    # Answered: f0, f1.
    back = [
        event(1, IDS[0], reply_type="eens"),
        event(2, IDS[0], reply_type="oneens", date=pd.Timestamp("2025-03-31")),
        event(3, IDS[1], reply_type="aanvulling", date=pd.Timestamp("2025-01-10")),
        event(4, IDS[2], date=pd.Timestamp("2025-04-10")),
    ]
    found = give_and_take.learn(cases(*FIGURES, return_event=back), SETTINGS)
    told_ = values(found)
    assert (told_["claims_n"], told_["returned_n"], told_["replied_n"]) == (12, 3, 2)
    assert told_["returned_pct"] == pytest.approx(100 * 3 / 12)
    assert "replied_pct" not in told_  # 2 of 3 is no percentage
    # Days after 31 December: f0 31 January = 31, f1 10 January = 10, f2 10 April = 100. The middle one is 31.
    assert told_["days_to_return"] == 31


def test_replies_are_counted_by_kind() -> None:
    given = [(IDS[0], "eens"), (IDS[0], "oneens"), (IDS[1], "eens"), (IDS[2], None)]
    back = [event(number, claim, reply_type=reply) for number, (claim, reply) in enumerate(given)]
    rows = give_and_take.learn(cases(*FIGURES, return_event=back), SETTINGS).estimates
    rows = rows[rows["indicator_id"].eq("replies_n") & rows["collective_id"].eq("tuin")]
    assert dict(zip(rows["group_value"], rows["value"], strict=True)) == {
        "eens": 2,
        "oneens": 1,
        "aanvulling": 0,
        "geen": 1,
    }
    assert set(rows["n"]) == {4}


def test_people_reached_are_added_up_and_small_gatherings_left_out() -> None:
    # 40 + 25 told; of the third too few to tell, so it is missing: a sum of what may be told, with the reservation.
    days = [pd.Timestamp("2025-02-01"), pd.Timestamp("2025-02-02"), pd.Timestamp("2025-02-03")]
    back = [event(n, IDS[n], reached_n=people, date=days[n]) for n, people in enumerate((40, 25, None))]
    rows = give_and_take.learn(cases(*FIGURES, return_event=back), SETTINGS).estimates
    row = rows[rows["indicator_id"].eq("reached_n") & rows["collective_id"].eq("tuin")].iloc[0]
    assert (row["value"], row["gate"]) == (65, "voorbehoud")
    assert row["gate_reason"] == "may_count_twice;some_reached_not_told"


def test_one_evening_is_heard_by_the_same_people() -> None:
    # Two claims on one evening of 40, another evening of 25: 40 + 25, not 40 + 40 + 25.
    evening: dict[str, Any] = {"form": "bijeenkomst", "date": pd.Timestamp("2025-02-01")}
    back = [event(1, IDS[0], reached_n=40, **evening), event(2, IDS[1], reached_n=40, **evening),
            event(3, IDS[2], reached_n=25)]  # fmt: skip
    learned = give_and_take.learn(cases(*FIGURES, return_event=back), SETTINGS)
    assert values(learned)["reached_n"] == values(learned, "")["reached_n"] == 65


def test_people_reached_are_not_told_when_none_may_be() -> None:
    rows = give_and_take.learn(cases(*FIGURES, return_event=[event(1, IDS[0])]), SETTINGS).estimates
    row = rows[rows["indicator_id"].eq("reached_n") & rows["collective_id"].eq("tuin")].iloc[0]
    assert pd.isna(row["value"])
    assert (row["gate"], row["gate_reason"]) == ("niet_te_zien", "reached_not_told")


def test_who_keeps_no_return_events_has_no_zero() -> None:
    found = values(give_and_take.learn(cases(*FIGURES), SETTINGS))
    assert found == {"claims_n": 12, "experience_n": 0, "experience_pct": 0}


def test_who_keeps_them_and_gave_nothing_back_has_zero() -> None:
    found = values(give_and_take.learn(cases(*FIGURES, return_event=[event(1, "000000000000")]), SETTINGS))
    assert (found["returned_n"], found["returned_pct"], found["replied_n"]) == (0, 0, 0)
    assert "days_to_return" not in found


def test_the_share_that_rests_on_experience() -> None:
    figures = [figure(f"f{n}", question="before_after" if n < 3 else "reach") for n in range(12)]
    found = values(give_and_take.learn(cases(*figures), SETTINGS))
    assert (found["experience_n"], found["experience_pct"]) == (3, 100 * 3 / 12)


def test_a_claim_told_before_the_last_day_of_its_report_is_returned_without_days() -> None:
    back = [event(1, IDS[0], date=pd.Timestamp("2024-11-30"))]
    found = values(give_and_take.learn(cases(*FIGURES, return_event=back), SETTINGS))
    assert found["returned_n"] == 1
    assert "days_to_return" not in found


def test_all_together_takes_the_longest_period_of_each() -> None:
    # huis has 10 claims and keeps no returns; tuin 12, of which 3 came back: 22 claims, 3 of 12 returned.
    others = [figure(f"g{number}", "huis") for number in range(10)]
    back = [event(1, IDS[0]), event(2, IDS[1]), event(3, IDS[2])]
    found = cases(*FIGURES, *others, collectives=("huis", "tuin"), return_event=back)
    learned = give_and_take.learn(found, SETTINGS)
    rows = learned.estimates[learned.estimates["collective_id"].eq("")]
    assert set(rows["population"]) == {"collectieven"}
    together = values(learned, "")
    assert (together["claims_n"], together["returned_n"], together["returned_pct"]) == (22, 3, 25)


# Replies


def test_a_reply_is_kept_verbatim_under_the_claim_as_reports_print_it() -> None:
    text = "Ouderen zonder internet missen <b>nog</b>"
    back = [event(1, IDS[0], reply_type="aanvulling", reply_text=text, text_consent=True, reached_n=30)]
    replies = give_and_take.learn(cases(*FIGURES, return_event=back), SETTINGS).tables["replies"]
    assert schema.check(replies, "analysed_replies") is replies
    row = replies.iloc[0]
    assert (row["collective_id"], row["claim_id"], row["known"], row["reply_text"]) == ("tuin", IDS[0], True, text)
    assert not row["withheld"]


def test_a_text_without_consent_is_not_there_and_said_to_be() -> None:
    found = cases(*FIGURES, return_event=[event(1, IDS[0], reply_type="oneens")])
    found.records["return_event"]["reply_text_missing_reason"] = "suppressed"
    row = give_and_take.learn(found, SETTINGS).tables["replies"].iloc[0]
    assert (row["reply_text"], row["withheld"]) == ("", True)


def test_a_claim_that_no_report_makes_is_told_to_be_unknown() -> None:
    back = [event(1, "deadbeef0000"), event(2, ""), event(3, IDS[0], "huis")]
    replies = give_and_take.learn(cases(*FIGURES, collectives=("huis", "tuin"), return_event=back), SETTINGS).tables[
        "replies"
    ]
    assert list(replies["known"]) == [False, False, False]  # the last is another collective's claim


def test_a_claim_of_an_earlier_run_is_still_known() -> None:
    before = pd.DataFrame([{"collective_id": "tuin", "claim_id": "deadbeef0000"}])
    found = cases(*FIGURES, return_event=[event(1, "deadbeef0000")], earlier={"claims": before})
    learned = give_and_take.learn(found, SETTINGS)
    assert learned.tables["replies"]["known"].all()
    assert set(learned.remember["claims"]["claim_id"]) == {"deadbeef0000", *IDS}
    assert values(learned)["returned_n"] == 0  # but no report makes it now


@pytest.mark.parametrize(("of", "owner"), [("a--b--r1", "a--b"), ("a--r1", "a"), ("c--r1", ""), ("a", "a")])
def test_whose_a_record_is(of: str, owner: str) -> None:
    assert give_and_take.owners(pd.Series([of]), ["a", "a--b"])[0] in {owner, "a" if of.startswith("a--b") else owner}


# Burden


def effort(number: int, owner: str = "tuin", **more: Any) -> dict[str, Any]:
    return {"effort_id": f"{owner}--e{number}", "collective_id": owner, "wave_id": f"{owner}--w1"} | more


WAVES = [
    {
        "wave_id": "tuin--w1",
        "collective_id": "tuin",
        "start": pd.Timestamp("2024-03-01"),
        "end": pd.Timestamp("2024-03-31"),
    }
]


def test_minutes_and_euros_per_claim_and_per_returned_claim() -> None:
    # 830 + 370 = 1200 minutes and 460 + 140 = 600 euro over 12 claims, of which 3 came back.
    spent = [effort(1, resident_minutes=830, paid_eur=460, researcher_hours=20, student=True),
             effort(2, resident_minutes=370, paid_eur=140, researcher_hours=4)]  # fmt: skip
    back = [event(n, IDS[n]) for n in range(3)]
    learned = burden.learn(cases(*FIGURES, research_effort=spent, survey_wave=WAVES, return_event=back), SETTINGS)
    found = values(learned)
    assert (found["resident_minutes"], found["paid_eur"], found["researcher_hours"]) == (1200, 600, 24)
    assert (found["minutes_per_claim"], found["eur_per_claim"]) == (1200 / 12, 600 / 12)
    assert (found["minutes_per_returned"], found["eur_per_returned"]) == (1200 / 3, 600 / 3)
    assert found["student_n"] == 1
    assert values(learned, "")["minutes_per_returned"] == 1200 / 3


def gates(learned: Learned) -> dict[str, tuple[str, str]]:
    rows = learned.estimates[learned.estimates["collective_id"].eq("tuin")]
    return {row["indicator_id"]: (row["gate"], row["gate_reason"]) for _, row in rows.iterrows()}


def test_euros_are_not_told_without_the_minutes_of_residents() -> None:
    learned = burden.learn(cases(*FIGURES, research_effort=[effort(1, paid_eur=460)], survey_wave=WAVES), SETTINGS)
    found = gates(learned)
    assert found["paid_eur"] == found["eur_per_claim"] == ("niet_te_zien", "minutes_not_kept")
    assert found["resident_minutes"] == ("niet_te_zien", "not_recorded")
    assert learned.estimates["value"].where(learned.estimates["indicator_id"].str.contains("eur")).isna().all()


def test_by_no_returned_claim_nothing_is_divided() -> None:
    spent = [effort(1, resident_minutes=100, paid_eur=50)]
    learned = burden.learn(cases(*FIGURES, research_effort=spent, survey_wave=WAVES), SETTINGS)
    assert gates(learned)["minutes_per_returned"] == ("niet_te_zien", "nothing_returned")
    assert gates(learned)["minutes_per_claim"] == ("ok", "")


def test_a_sum_of_which_a_part_was_not_kept_says_so() -> None:
    spent = [effort(1, resident_minutes=100), effort(2, paid_eur=50)]
    found = gates(burden.learn(cases(*FIGURES, research_effort=spent, survey_wave=WAVES), SETTINGS))
    assert found["resident_minutes"] == found["paid_eur"] == ("voorbehoud", "effort_not_all_kept")


def test_effort_belongs_to_the_period_of_what_it_was_for() -> None:
    # w1 ended in March 2024; the activity of e2 in 2023; e3 was for an activity nobody dated, so in the longest period.
    spent = [effort(1, resident_minutes=100), effort(2, resident_minutes=10, wave_id=None, activity_id="tuin--a1"),
             effort(3, resident_minutes=1, wave_id=None, activity_id="tuin--a9")]  # fmt: skip
    done = [{"activity_id": "tuin--a1", "start": pd.Timestamp("2023-05-01"), "end": pd.Timestamp("2023-05-02")}]
    found = cases(
        *FIGURES, periods=("2023", "2024", "2023-2024"), research_effort=spent, survey_wave=WAVES, activity=done
    )
    rows = burden.learn(found, SETTINGS).estimates
    rows = rows[rows["indicator_id"].eq("resident_minutes") & rows["collective_id"].eq("tuin")]
    spans = rows["period_start"].dt.strftime("%Y") + "-" + rows["period_end"].dt.strftime("%Y")
    assert dict(zip(spans, rows["value"], strict=True)) == {"2023-2023": 10, "2024-2024": 100, "2023-2024": 111}


def test_who_keeps_no_effort_has_no_figure() -> None:
    assert burden.learn(cases(*FIGURES), SETTINGS).estimates.empty


# Questions that no report uses

DJG = {"indicator_id": "djg6_2006_totaal", "instrument_id": "djg6_2006", "source_type": "enquete"}
ITEMS = 6
OLD_WAVE = [WAVES[0] | {"instrument_ids": "djg6_2006"}]


def test_questions_behind_a_shown_figure_are_used() -> None:
    shown = figure("djg6_2006_totaal", question="measurements")
    learned = unused.learn(cases(shown, indicators=(DJG,), survey_wave=OLD_WAVE), SETTINGS)
    assert values(learned) == {"asked_n": ITEMS, "unused_n": 0}
    assert learned.tables["unused_items"].empty
    assert len(learned.remember["item_use"]) == ITEMS


def test_questions_of_which_nothing_is_shown_are_to_be_dropped() -> None:
    hidden = figure("djg6_2006_totaal", question="measurements", gate="onderdrukt", value=None)
    learned = unused.learn(cases(hidden, indicators=(DJG,), survey_wave=OLD_WAVE), SETTINGS)
    assert values(learned) == {"asked_n": ITEMS, "unused_n": ITEMS}
    table = learned.tables["unused_items"]
    assert schema.check(table, "analysed_unused_items") is table
    assert list(table["collective_id"].value_counts().sort_index()) == [ITEMS, ITEMS]  # of tuin, and of nobody at all
    assert table["last_used"].isna().all()


def test_what_was_asked_less_than_a_year_ago_may_still_be_used() -> None:
    recent = [OLD_WAVE[0] | {"start": pd.Timestamp("2025-03-01"), "end": pd.Timestamp("2025-03-31")}]
    learned = unused.learn(cases(figure("other"), periods=("2025",), survey_wave=recent), SETTINGS)
    assert values(learned) == {"asked_n": ITEMS, "unused_n": 0}


@pytest.mark.parametrize(("last", "dropped"), [("2025-06-01", 0), ("2024-12-01", ITEMS)])
def test_a_use_that_an_earlier_run_remembers_counts_for_a_year(last: str, dropped: int) -> None:
    codes = unused.learn(
        cases(figure("djg6_2006_totaal", question="measurements"), indicators=(DJG,), survey_wave=OLD_WAVE), SETTINGS
    ).remember["item_use"].assign(date=pd.Timestamp(last), first=pd.Timestamp("2024-06-01"))  # fmt: skip
    learned = unused.learn(cases(figure("other"), survey_wave=OLD_WAVE, earlier={"item_use": codes}), SETTINGS)
    assert values(learned)["unused_n"] == dropped
    assert set(learned.tables["unused_items"]["remembered_since"]) <= {pd.Timestamp("2024-06-01")}
    assert set(learned.remember["item_use"]["date"]) == {pd.Timestamp(last)}


def test_one_that_another_collective_uses_is_dropped_by_one_only() -> None:
    both = [OLD_WAVE[0], OLD_WAVE[0] | {"wave_id": "huis--w1", "collective_id": "huis"}]
    shown = figure("djg6_2006_totaal", "huis", question="measurements")
    learned = unused.learn(cases(shown, collectives=("huis", "tuin"), indicators=(DJG,), survey_wave=both), SETTINGS)
    assert set(learned.tables["unused_items"]["collective_id"]) == {"tuin"}
    assert values(learned, "") == {"asked_n": ITEMS, "unused_n": 0}


def test_a_question_of_their_own_is_an_item_too() -> None:
    own = {"indicator_id": "buurtapp", "label_nl": "gebruik van de app", "source_type": "enquete"}
    measured = [{"measurement_id": "tuin--m1", "indicator_id": "buurtapp", "wave_id": "tuin--w1"}]
    hidden = figure("buurtapp", question="measurements", gate="onderdrukt", value=None)
    learned = unused.learn(cases(hidden, indicators=(own,), survey_wave=WAVES, measurement=measured), SETTINGS)
    row = learned.tables["unused_items"].iloc[0]
    assert (row["item_code"], row["instrument_id"], row["about_nl"]) == ("buurtapp", "", "gebruik van de app")


# Together with the other questions


def test_questions_about_claims_are_asked_last_and_see_what_the_others_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        TABLES = ()

        @staticmethod
        def learn(*_: object) -> Learned:
            return Learned(told(pd.DataFrame([figure("learnt", question="lessons")])))

    monkeypatch.setattr(learning, "QUESTIONS", (Other,))
    monkeypatch.setattr(learning, "LAST", (give_and_take, burden, unused))
    found = learning.learn(cases(*FIGURES), SETTINGS).estimates
    assert values(Learned(found[found["question"].eq("return")]))["claims_n"] == len(FIGURES) + 1


@pytest.mark.parametrize("question", [give_and_take, burden, unused])
def test_without_any_record_there_are_no_rows_about_it(question: learning.Question) -> None:
    learned = question.learn(cases(), SETTINGS)
    assert not any(len(table) for table in learned.tables.values())
    assert set(learned.estimates["indicator_id"]) <= {"claims_n", "experience_n"}
    assert set(question.TABLES) <= {"replies", "unused_items"}


def test_ids_of_claims_are_those_of_their_keys() -> None:
    key = ("activities", "f0", "tuin", "", PERIOD["period_start"], PERIOD["period_end"], "collectief", "", "")
    assert claim_id(key) == IDS[0]
