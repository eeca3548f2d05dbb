"""What became of inputs: a log of 48 counted by hand, and the edges of being answered, silent and rejected."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.analysis.learning import decisions
from bt_analysis.analysis.learning.cases import ACROSS, Cases
from bt_analysis.settings import Settings
from tests.input_cases import cases, link, raised, steps

SETTINGS = Settings()


def answers(given: Cases, collective_id: str = "zon", **where: str) -> pd.Series:
    """Return the values of a collective by indicator, of those without a group unless one is asked."""
    rows = decisions.learn(given, SETTINGS).estimates
    rows = rows[rows["collective_id"].eq(collective_id) & rows["group_type"].eq(where.get("group_type", ""))]
    name = "group_value" if "group_type" in where else "indicator_id"
    rows = rows[rows["indicator_id"].eq(where["indicator_id"])] if "indicator_id" in where else rows
    return rows.set_index(name)["value"]


def forty_eight() -> Cases:
    """Make a log of 48 inputs that were all raised on 1 January 2023; it was kept until the end of 2024.

    9 carried out, of which 7 reported back; 6 rejected and reported back; 4 rejected with an explanation to be read;
    3 rejected and nothing more; 5 taken over, told so; 3 answered without a decision; 2 postponed, 13 that went to the
    back office and no further, 3 that were only recorded; 13 + 3 + 2 + 3 = 21 have no answer.
    """
    way = [(0, "ingebracht"), (10, "geregistreerd")]
    inside = [*way, (20, "geduid"), (30, "naar_backoffice")]
    weighed = [*inside, (60, "gewogen"), (90, "in_advies")]
    kinds: list[tuple[int, list[tuple[Any, ...]]]] = [
        (7, [*weighed, (100, "besloten", "overgenomen"), (200, "uitgevoerd"), (210, "teruggekoppeld")]),
        (2, [*way, (100, "besloten", "overgenomen"), (150, "in_uitvoering"), (240, "uitgevoerd")]),
        (6, [*weighed, (120, "besloten", "afgewezen", "geld"), (130, "teruggekoppeld")]),
        (4, [*weighed, (140, "besloten", "afgewezen", "recht", "https://voorbeeld.nl/uitleg")]),
        (3, [*weighed, (140, "besloten", "afgewezen", "geld")]),
        (5, [*inside, (100, "besloten", "deels", "tijd"), (110, "teruggekoppeld")]),
        (3, [*way, (40, "teruggekoppeld")]),
        (2, [*weighed, (150, "besloten", "uitgesteld", "tijd")]),
        (13, inside),
        (3, way),
    ]
    names = [(f"i{kind}-{number}", taken) for kind, (n, taken) in enumerate(kinds) for number in range(n)]
    events = [row for name, taken in names for row in steps(name, *taken)]
    return cases([raised(name) for name, _ in names], events)


def test_a_share_and_a_wait_keep_their_unit_beside_counts() -> None:
    rows = decisions.learn(forty_eight(), SETTINGS).estimates
    units = {name: set(zip(one["unit"], one["method"], strict=True)) for name, one in rows.groupby("indicator_id")}
    assert units["inputs_n"] == {("aantal", "count")}
    assert units["inputs_answered_pct"] == {("%", "count")}
    assert units["answered_within_pct"] == {("%", "Kaplan-Meier")}
    assert units["answer_days_median"] == {("dagen", "Kaplan-Meier")}


def test_of_48_ideas_9_were_carried_out_and_21_got_no_answer() -> None:
    told = answers(forty_eight())
    assert told["inputs_n"] == 7 + 2 + 6 + 4 + 3 + 5 + 3 + 2 + 13 + 3 == 48
    assert told["inputs_executed_n"] == 7 + 2 == 9
    assert told["inputs_unanswered_n"] == 3 + 2 + 13 + 3 == 21
    assert told["inputs_answered_n"] == 48 - 21
    assert told["inputs_answered_pct"] == pytest.approx(100 * 27 / 48)


def test_rejected_with_an_explanation_is_apart_from_never_answered() -> None:
    told = answers(forty_eight())
    assert told["inputs_rejected_explained_n"] == 6 + 4  # reported back, or an explanation to be read
    assert told["inputs_rejected_unexplained_n"] == 3  # a reason in the log is no explanation to residents
    assert told["inputs_silent_n"] == 21  # all of the last steps are more than 180 days before the end of 2024
    assert told["inputs_waiting_n"] == 0
    assert told["inputs_reported_back_n"] == 7 + 6 + 5 + 3
    assert told["inputs_executed_untold_n"] == 2
    assert told["inputs_postponed_n"] == 2
    assert told["inputs_taken_over_n"] == 7 + 2 + 5


def test_losses_per_stage() -> None:
    given = forty_eight()
    reached = answers(given, group_type="stadium", indicator_id="inputs_reached_n")
    # Who skipped a stage passed it: the 2 that were decided at once count as weighed. Being reported back is no stage
    # of this way: 3 of those stopped at "geregistreerd".
    assert reached.to_dict() == {
        "ingebracht": 48, "geregistreerd": 48, "geduid": 48 - 3 - 3, "naar_backoffice": 42, "gewogen": 42 - 13,
        "in_advies": 29, "besloten": 29, "in_uitvoering": 9, "uitgevoerd": 9,
    }  # fmt: skip
    stopped = answers(given, group_type="stadium", indicator_id="inputs_stopped_n")
    assert stopped.to_dict() == {
        "ingebracht": 0, "geregistreerd": 3 + 3, "geduid": 0, "naar_backoffice": 13, "gewogen": 0, "in_advies": 0,
        "besloten": 6 + 4 + 3 + 5 + 2, "in_uitvoering": 0, "uitgevoerd": 9,
    }  # fmt: skip
    assert stopped.sum() == 48


def test_what_became_of_those_that_stopped_at_a_stage() -> None:
    table = decisions.learn(forty_eight(), SETTINGS).tables["input_stages"]
    own = table[table["collective_id"].eq("zon")].set_index("stage")
    assert list(own.loc["geregistreerd", ["answered_n", "waiting_n", "silent_n"]]) == [3, 0, 3]
    assert list(own.loc["besloten", ["answered_n", "waiting_n", "silent_n"]]) == [6 + 4 + 5, 0, 3 + 2]
    assert (own["answered_n"] + own["waiting_n"] + own["silent_n"]).tolist() == own["stopped_n"].tolist()


def test_reasons_of_what_was_not_taken_over_wholly() -> None:
    reasons = answers(forty_eight(), group_type="reden")
    assert reasons.to_dict() == {"geld": 6 + 3, "recht": 4, "tijd": 5 + 2}


def test_a_rejection_without_a_reason_says_so() -> None:
    given = cases([raised("a")], steps("a", (5, "besloten", "afgewezen")))
    assert answers(given, group_type="reden").to_dict() == {"niet_vastgelegd": 1}


def test_the_median_wait_counts_open_inputs_as_waiting_until_the_log_ends() -> None:
    # Answers: 3 after 40 days, 5 after 110, 6 after 130, 4 after 140, 7 after 200, 2 after 240, of 48 that are all
    # followed to 31 December 2024: after 130 days 14 of 48 have one, after 200 days 25 of 48, which is half.
    told = answers(forty_eight())
    assert told["answer_days_median"] == 200
    within = answers(forty_eight(), group_type="dagen")
    assert within.to_dict() == pytest.approx({"90": 100 * 3 / 48, "180": 100 * 18 / 48, "365": 100 * 27 / 48})


def test_the_curve_holds_everybody_at_risk() -> None:
    curve = decisions.learn(forty_eight(), SETTINGS).tables["input_waits"]
    own = curve[curve["collective_id"].eq("zon")]
    assert own["days"].tolist() == [0, 40, 110, 130, 140, 200, 240]
    assert own["at_risk_n"].tolist() == [48, 48, 45, 40, 34, 30, 23]
    assert own["answered_n"].tolist() == [0, 3, 5, 6, 4, 7, 2]
    assert own["censored_n"].tolist() == [0, 0, 0, 0, 0, 0, 21]
    assert own["followed_days"].iloc[0] == 730  # 1 January 2023 to 31 December 2024


def test_a_median_nobody_can_know_is_not_told() -> None:
    few = [*steps("i0", (10, "teruggekoppeld")), *steps("i1", (20, "teruggekoppeld"))]
    rows = decisions.learn(cases([raised(f"i{n}") for n in range(12)], few), SETTINGS).estimates
    row = rows[rows["indicator_id"].eq("answer_days_median") & rows["collective_id"].eq("zon")].iloc[0]
    assert (row["gate"], row["gate_reason"]) == ("niet_te_zien", "median_not_reached")
    assert pd.isna(row["value"])


def test_under_ten_inputs_there_are_counts_but_no_share_and_no_curve() -> None:
    learned = decisions.learn(cases([raised(f"i{n}") for n in range(9)]), SETTINGS)
    rows = learned.estimates[learned.estimates["collective_id"].eq("zon")].set_index("indicator_id")
    assert rows.loc["inputs_n", "value"] == 9
    for name in ("inputs_answered_pct", "answer_days_median"):
        assert (rows.loc[name, "gate"], rows.loc[name, "gate_reason"]) == ("niet_te_zien", "few_inputs")
    assert learned.tables["input_waits"].empty


# Silence


@pytest.mark.parametrize(("days", "fate"), [(179, "open"), (180, "stil")])
def test_silent_from_180_days_without_a_step(days: int, fate: str) -> None:
    on = dt.date(2024, 12, 31) - dt.timedelta(days=days)
    given = cases([raised("a", on=on)])
    table = decisions.learn(given, SETTINGS).tables["input_fates"]
    assert table["fate"].tolist() == [fate]


def test_a_log_that_was_not_kept_any_more_does_not_make_inputs_silent() -> None:
    # The periods end in 2024 and today is late in 2026: what happened in between nobody wrote down.
    table = decisions.learn(cases([raised("a", on=dt.date(2024, 12, 1))]), SETTINGS).tables["input_fates"]
    assert table["kept_until"].tolist() == [pd.Timestamp(2024, 12, 31)]
    assert table["fate"].tolist() == ["open"]
    assert table["waited_days"].tolist() == [30]


def test_a_period_that_still_runs_ends_today() -> None:
    given = cases([raised("a", on=dt.date(2026, 11, 16))], periods={"zon": ["2026"]})
    assert decisions.learn(given, SETTINGS).tables["input_fates"]["waited_days"].tolist() == [10]


def test_what_is_silent_is_set_in_bt_toml() -> None:
    patient = SETTINGS.model_copy(update={"learning": SETTINGS.learning.model_copy(update={"silent_days": 900})})
    given = cases([raised("a")])
    assert decisions.learn(given, patient).tables["input_fates"]["fate"].tolist() == ["open"]


# Answers


@pytest.mark.parametrize(
    ("step", "answered"),
    [
        ((9, "teruggekoppeld"), True),
        ((9, "uitgevoerd"), True),  # residents can see that it was done
        ((9, "besloten", "afgewezen", "geld", "https://voorbeeld.nl"), True),
        ((9, "besloten", "afgewezen", "geld"), False),
        ((9, "besloten", "overgenomen"), False),  # a promise nobody heard of
        ((9, "in_advies"), False),
    ],
)
def test_what_counts_as_an_answer(step: tuple[Any, ...], answered: bool) -> None:
    table = decisions.learn(cases([raised("a")], steps("a", step)), SETTINGS).tables["input_fates"]
    assert table["answered"].tolist() == [answered]


def test_the_last_decision_counts() -> None:
    events = steps("a", (5, "besloten", "uitgesteld", "tijd"), (50, "besloten", "afgewezen", "recht"))
    table = decisions.learn(cases([raised("a")], events), SETTINGS).tables["input_fates"]
    assert (table["outcome"].iloc[0], table["reason"].iloc[0]) == ("afgewezen", "recht")


def test_a_decision_that_names_inputs_counts_as_decided() -> None:
    decision = {"decision_id": "zon--b1", "body": "college", "date": dt.date(2023, 2, 1), "title": "Besluit"}
    given = cases([raised("a"), raised("b")], decisions=[decision | {"input_ids": "zon--a;zon--b"}])
    assert decisions.learn(given, SETTINGS).tables["input_fates"]["stage"].tolist() == ["besloten", "besloten"]


# Periods and collectives


def test_each_period_holds_what_was_raised_in_it() -> None:
    inputs = [
        raised("a", on=dt.date(2023, 5, 1)),
        raised("b", on=dt.date(2024, 5, 1)),
        raised("c", on=dt.date(2020, 1, 1)),
    ]
    rows = decisions.learn(cases(inputs, periods={"zon": ["2023", "2024", "2023-2024"]}), SETTINGS).estimates
    counts = rows[rows["indicator_id"].eq("inputs_n")]
    years = (counts[name].dt.year for name in ("period_start", "period_end"))
    told = dict(zip(zip(counts["collective_id"], *years, strict=True), counts["value"], strict=True))
    # c was raised before there was anything to report on
    assert told == {("zon", 2023, 2023): 1, ("zon", 2024, 2024): 1, ("zon", 2023, 2024): 2, (ACROSS, 2023, 2024): 2}


def test_across_collectives_all_are_added_up() -> None:
    inputs = [raised("a"), raised("b"), raised("a", "maan")]
    given = cases(inputs, periods={"zon": ["2023-2024"], "maan": ["2023"], "ster": ["2022"]})
    across = answers(given, ACROSS)
    assert across["inputs_n"] == 2 + 1
    rows = decisions.learn(given, SETTINGS).estimates
    assert set(rows.loc[rows["collective_id"].eq(ACROSS), "population"]) == {"collectieven"}
    assert "ster" not in set(rows["collective_id"])


def test_an_input_of_another_process_belongs_to_who_recorded_it() -> None:
    given = cases([raised("a") | {"collective_id": None, "process_id": "zon--wijkplan"}])
    assert answers(given)["inputs_n"] == 1


def test_nobody_keeps_a_log() -> None:
    learned = decisions.learn(cases([]), SETTINGS)
    assert learned.estimates.empty
    assert all(table.empty for table in learned.tables.values())


# Groups


def of_groups(sizes: dict[str, int]) -> list[dict[str, Any]]:
    return [raised(f"{name}-{n}", group_value=name or None) for name, size in sizes.items() for n in range(size)]


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"65plus": 10, "": 10}, {"65plus": 10}),
        ({"65plus": 9, "": 20}, {}),  # too few of the group
        ({"65plus": 20, "": 9}, {}),  # too few of all others together
        ({"65plus": 12, "jong": 11, "": 3}, {}),  # the three that are left follow from the total
        ({"65plus": 12, "jong": 11}, {"65plus": 12, "jong": 11}),
    ],
)
def test_groups_of_residents_are_shown_when_all_of_them_are_large_enough(
    sizes: dict[str, int], shown: dict[str, int]
) -> None:
    rows = decisions.learn(cases(of_groups(sizes)), SETTINGS).estimates
    rows = rows[rows["group_type"].eq("bewonersgroep") & rows["indicator_id"].eq("inputs_group_n")]
    for name in ("zon", ACROSS):
        own = rows[rows["collective_id"].eq(name) & rows["gate"].eq("ok")]
        assert own.set_index("group_value")["value"].to_dict() == shown
    hidden = rows[rows["gate"].eq("niet_te_zien")]
    assert hidden["gate_reason"].tolist() == ([] if shown else ["small_groups_inputs"])


def test_groups_are_told_over_the_longest_period_only() -> None:
    given = cases(of_groups({"65plus": 10, "": 10}), periods={"zon": ["2023", "2024", "2023-2024"]})
    rows = decisions.learn(given, SETTINGS).estimates
    own = rows[rows["group_type"].eq("bewonersgroep") & rows["collective_id"].eq("zon")]
    assert set(own["period_end"].dt.year - own["period_start"].dt.year) == {1}


def test_kinds_of_knowledge_and_domains_are_counted() -> None:
    inputs = [
        raised("a", knowledge_type="ervaring", domain="welzijn"),
        raised("b", knowledge_type="ervaring", domain="leefomgeving"),
        raised("c", knowledge_type="professioneel", domain="leefomgeving"),
    ]
    given = cases(inputs, steps("c", (4, "teruggekoppeld")))
    of_kind = answers(given, group_type="soort_kennis", indicator_id="inputs_group_n")
    assert of_kind.to_dict() == {"ervaring": 2, "professioneel": 1}
    answered = answers(given, group_type="domein", indicator_id="inputs_group_answered_n")
    assert answered.to_dict() == {"leefomgeving": 1, "welzijn": 0}


def test_chances_to_combine_work() -> None:
    two: dict[str, Any] = {"domain": "energie_klimaat", "domain_secondary": "gezondheid"}
    same: dict[str, Any] = {"domain": "welzijn", "domain_secondary": "welzijn"}  # not two domains
    inputs = [raised("a", **two), raised("b", **two), raised("c", **same), raised("d", domain="welzijn")]
    given = cases(inputs, steps("a", (4, "besloten", "overgenomen")))
    pairs = decisions.learn(given, SETTINGS).tables["input_pairs"]
    own = pairs[pairs["collective_id"].eq("zon")].iloc[0]
    assert own[["domain", "domain_secondary", "inputs_n", "taken_over_n"]].tolist() == [*two.values(), 2, 1]
    assert len(pairs) == 2  # and one across


# What leaves this question


def test_tables_are_what_their_schemas_say() -> None:
    learned = decisions.learn(forty_eight(), SETTINGS)
    assert set(learned.tables) == set(decisions.TABLES)
    for name, table in learned.tables.items():
        schema.check(table, f"analysed_{name}")
        assert len(table) or name == "input_pairs"
    schema.check(learned.estimates.assign(synthetic=False), "analysed_estimates")


def test_a_text_that_was_taken_out_is_not_shown() -> None:
    inputs = [raised("a", text_summary="Een oversteek bij de school"), raised("b")]
    table = decisions.learn(cases(inputs), SETTINGS).tables["input_fates"]
    assert table[["text_shown", "text"]].to_numpy().tolist() == [[True, "Een oversteek bij de school"], [False, ""]]


def test_a_merged_input_is_not_counted_twice() -> None:
    given = cases(
        [raised("a"), raised("b"), raised("ab", channel=None)],
        links=[link("a", "ab", "samengevoegd"), link("b", "ab", "samengevoegd")],
    )
    assert answers(given)["inputs_n"] == 2
    assert answers(given)["inputs_went_on_n"] == 2
