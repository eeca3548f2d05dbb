"""Records that travel: small rows and what tells them are withheld, also from who reads the published figures."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from bt_analysis.disclosure.counts import protect_contribution, protect_participation
from bt_analysis.settings import DisclosureSettings
from tests.conftest import Make

RULE = DisclosureSettings(min_cell=10)
NONE = pd.DataFrame(
    {"collective_id": [], "cell": [], "group_type": [], "group_value": []}, dtype=object
).assign(period_start=pd.Series(dtype="datetime64[us]"), period_end=pd.Series(dtype="datetime64[us]"))  # fmt: skip
PERIODS = Make.periods("2023", "2024", "2023-2024")
ACTIVITIES = Make.monitoring(
    "activity",
    {"activity_id": "a", "start": "2023-01-01", "end": "2023-12-31"},
    {"activity_id": "b", "start": "2024-01-01", "end": "2024-12-31"},
    {"activity_id": "c", "start": "2024-01-01", "end": "2024-12-31"},
    {"activity_id": "d", "start": "2023-07-01", "end": "2024-06-30"},
)
WHOLE = ("2024", "2023-2024")
DAYS = {"a": ("2023-01-01", "2023-12-31"), "d": ("2023-07-01", "2024-06-30")}


def record(activity: str, group_type: str = "totaal", **counts: Any) -> list[dict[str, Any]]:
    """Return the rows of a record: per group (participations, people), or people who each came once."""
    first, last = DAYS.get(activity, ("2024-01-01", "2024-12-31"))
    both = {group: count if isinstance(count, tuple) else (count, count) for group, count in counts.items()}
    return [
        {"activity_id": activity, "period_start": first, "period_end": last, "group_type": group_type,
         "group_value": group, "contacts_n": contacts, "unique_n": people}
        for group, (contacts, people) in both.items()
    ]  # fmt: skip


def protect(*records: list[dict[str, Any]], hidden: pd.DataFrame = NONE, **more: Any) -> pd.DataFrame:
    table = Make.monitoring("participation", *[row for rows in records for row in rows])
    return protect_participation(table, ACTIVITIES, PERIODS, hidden, RULE, **more)[0]


def cell(cell: str, group_type: str = "", group_value: str = "", period: str = "2024") -> pd.DataFrame:
    """Return a hidden cell of the published figures."""
    row = {
        "collective_id": "tuin", "cell": cell, "group_type": group_type, "group_value": group_value,
        "period_start": pd.Timestamp(f"{period[:4]}-01-01"), "period_end": pd.Timestamp(f"{period[-4:]}-12-31"),
    }  # fmt: skip
    return pd.DataFrame([row])


def groups_hidden(groups: str) -> pd.DataFrame:
    """Return such cells of age groups, in the year and, as that is all there is, in the whole period."""
    return pd.concat([cell("participants", "leeftijd", group, period) for group in groups for period in WHOLE])


def shown(table: pd.DataFrame) -> dict[str, int]:
    kept = table[table["unique_n"].notna()]
    names = kept["activity_id"] + " " + kept["group_value"]
    return dict(zip(names, kept["unique_n"].astype(int).tolist(), strict=True))


# Groups of a record


def test_a_small_group_takes_a_square_of_its_record_and_another() -> None:
    # Groups of 2024 are published, so b's x follows from that of c unless c's x is hidden too, and both records' y.
    out = protect(
        record("b", totaal=70), record("b", "leeftijd", x=6, y=22, z=42),
        record("c", totaal=79), record("c", "leeftijd", x=14, y=15, z=50),
    )  # fmt: skip
    assert shown(out) == {"b totaal": 70, "b z": 40, "c totaal": 79, "c z": 50}


def test_where_a_record_is_all_there_is_of_its_year_the_published_figures_tell_it_anyway() -> None:
    out = protect(record("b", totaal=56), record("b", "leeftijd", x=6, y=20, z=30))
    assert shown(out) == {"b totaal": 56}


def test_what_the_published_figures_hide_may_help() -> None:
    out = protect(record("b", totaal=56), record("b", "leeftijd", x=6, y=20, z=30), hidden=groups_hidden("xy"))
    assert shown(out) == {"b totaal": 56, "b z": 30}
    assert out.loc[out["unique_n"].isna(), "contacts_n"].isna().all()
    assert set(out.loc[out["unique_n"].isna(), "unique_n_missing_reason"]) == {"suppressed"}


def test_a_hidden_group_of_the_year_is_not_the_sum_of_records_that_are_shown() -> None:
    # 15 and 18 people of x may each be shown, but together they are what is hidden of 2024.
    records = [
        record("b", totaal=75), record("b", "leeftijd", x=15, y=20, z=40),
        record("c", totaal=80), record("c", "leeftijd", x=18, y=22, z=40),
    ]  # fmt: skip
    assert "b x" in shown(protect(*records))
    out = shown(protect(*records, hidden=groups_hidden("xy")))
    assert not {"b x", "c x"} <= set(out)
    assert not {"b y", "c y"} <= set(out)
    assert {"b z", "c z"} <= set(out)


def test_counts_of_groups_are_rounded_to_fives_and_totals_are_exact() -> None:
    out = protect(record("b", totaal=(93, 68)), record("b", "leeftijd", x=(33, 23), y=(61, 42)))
    assert out["unique_n"].tolist() == [68, 25, 40]
    assert out["contacts_n"].tolist() == [93, 35, 60]


def test_buurten_are_shown_all_or_not_at_all() -> None:
    many = record("b", "buurt", BU99010101=12, BU99010102=30)
    assert shown(protect(many)) == {"b BU99010101": 10, "b BU99010102": 30}
    assert shown(protect(many + record("c", "buurt", BU99010101=9))) == {}
    # The share of a wijk is hidden, as everybody lives there: its buurten would tell.
    assert shown(protect(many, hidden=cell("participants", "wijk", "WK990101"))) == {}


def test_first_visits_are_left_out_of_groups_and_where_few_people_came_or_did_not_come_first() -> None:
    rows = [{**row, "first_time_n": first} for row, first in zip(
        record("a", totaal=60) + record("b", totaal=60) + record("c", totaal=60) + record("b", "leeftijd", x=30, y=30),
        (20, 9, 51, 15, 15), strict=True,
    )]  # fmt: skip
    out = protect(rows)
    assert out["first_time_n"].fillna(-1).tolist() == [20, -1, -1, -1, -1]
    assert out["first_time_n_missing_reason"].tolist()[1:] == ["suppressed"] * 4
    assert len(shown(out)) == 5


# Totals of records


def test_a_small_record_takes_another_of_its_year_but_not_the_largest() -> None:
    # Participations of 2024 are published (9 + 70 + 40), and of people the largest record: 35.
    a, b, c = record("a", totaal=30), record("b", totaal=(9, 8)), record("c", totaal=(70, 35))
    other = [{**row, "activity_id": "c", "period_start": "2024-02-01"} for row in record("c", totaal=(40, 20))]
    assert shown(protect(a, b, c, other)) == {"a totaal": 30, "c totaal": 35}


def test_groups_of_a_hidden_record_do_not_add_up_to_it() -> None:
    hidden = pd.concat([cell("unique"), cell("contacts"), cell("unique", period="2023-2024"),
                        cell("contacts", period="2023-2024")])  # fmt: skip
    out = protect(record("a", totaal=60), record("b", totaal=8), record("b", "geslacht", m=4, v=4), hidden=hidden)
    assert shown(out) == {"a totaal": 60}


# Before


def test_what_went_out_hidden_stays_hidden_and_what_went_out_shown_protects_nothing() -> None:
    other = [record("c", totaal=101), record("c", "leeftijd", w=15, x=16, y=30, z=40)]
    first = protect(record("b", totaal=100), record("b", "leeftijd", w=8, x=14, y=20, z=58), *other)
    assert set(shown(first)) == {"b totaal", "b y", "b z", "c totaal", "c y", "c z"}
    # Three more came: w is 11 now, and might be shown.
    more = [record("b", totaal=103), record("b", "leeftijd", w=11, x=14, y=20, z=58), *other]
    assert len(shown(protect(*more))) == 10
    assert set(shown(protect(*more, earlier=first))) == set(shown(first))
    # Of a square that was shown before, nothing can protect a group that is small now.
    fewer = [record("b", totaal=99), record("b", "leeftijd", w=7, x=14, y=20, z=58), *other]
    assert set(shown(protect(*fewer, earlier=protect(*more)))) == {"b totaal", "c totaal"}


def test_groups_go_out_as_before_until_ten_people_came_or_went() -> None:
    first = protect(record("b", totaal=80), record("b", "leeftijd", x=30, y=50))
    for more, expected in ((3, 30), (9, 30), (10, 40)):
        now = record("b", totaal=80 + more) + record("b", "leeftijd", x=30 + more, y=50)
        assert shown(protect(now, earlier=first)) == {"b totaal": 80 + more, "b x": expected, "b y": 50}
    assert shown(protect(record("b", totaal=83), record("b", "leeftijd", x=33, y=50)))["b x"] == 35


# Attack


def attack(truth: np.ndarray, kept: np.ndarray, sums: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Bound hidden counts by a solver of this test's own: shown cells exact, and the sums that are known."""
    equations = np.array([line.astype(float) for line in sums])
    bounds = [(value, value) if keep else (0, None) for value, keep in zip(truth, kept, strict=True)]
    low, high = truth.copy(), truth.copy()
    for sign, end in ((1, low), (-1, high)):
        for at in np.flatnonzero(~kept):
            found = linprog(sign * np.eye(len(truth))[at], A_eq=equations, b_eq=equations @ truth, bounds=bounds)
            end[at] = sign * found.fun if found.status == 0 else np.inf
    return low, high


def worked_out(truth: np.ndarray, kept: np.ndarray, sums: list[np.ndarray]) -> bool:
    """Say whether a hidden count is known to five people or better, where it could lie further off."""
    low, high = attack(truth, kept, sums)
    caps = [min([np.inf] + [truth[line].sum() for line in sums if line[at]]) for at in range(len(truth))]
    is_low_known = low > np.maximum(truth - 5, 0) + 1e-6
    is_high_known = high < np.minimum(truth + 5, caps) - 1e-6
    return bool((is_low_known | is_high_known)[~kept].any())


@given(st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=2, max_size=4))
@example([[0, 0, 5, 5], [0, 0, 5, 5]])
def test_no_hidden_group_can_be_worked_out(counts: list[list[int]]) -> None:
    # Records of one activity by month; the year's figures of groups are published where they are not small.
    months = [f"2024-0{at + 1}-01" for at in range(len(counts))]
    rows = [
        {**row, "period_start": month, "period_end": month[:8] + "28"}
        for month, record_counts in zip(months, counts, strict=True)
        for row in (
            record("b", totaal=sum(record_counts))
            + record("b", "leeftijd", **dict(zip("wxyz", record_counts, strict=True)))
        )
    ]
    table = Make.monitoring("participation", *rows)
    hidden = groups_hidden("wx")
    out, log = protect_participation(table, ACTIVITIES, PERIODS, hidden, RULE)
    groups = out["group_type"].eq("leeftijd").to_numpy()
    truth, kept = table.loc[groups, "unique_n"].to_numpy(dtype=float), out.loc[groups, "unique_n"].notna().to_numpy()
    assert (truth[kept] >= 10).all()
    place = np.arange(len(truth))
    month_shown = out.loc[~groups, "unique_n"].notna().to_numpy()
    known = [place // 4 == at for at in range(len(counts)) if month_shown[at]]
    known += [place % 4 == at for at in (2, 3) if truth[place % 4 == at].sum() >= 10]
    year = truth.reshape(-1, 4).sum(axis=0)
    year_kept = np.array([False, False, *(year[2:] >= 10)])
    # That no hidden group of the year can be worked out of the other groups is the business of who hid them.
    if kept.all() or not known or log["rule"].eq("block").any() or worked_out(year, year_kept, [np.ones(4, bool)]):
        return
    assert not worked_out(truth, kept, known)


def test_the_attack_succeeds_where_only_small_groups_are_hidden() -> None:
    truth = np.array([6.0, 20, 30, 44])
    low, high = attack(truth, truth >= 10, [np.ones(4, dtype=bool)])
    assert low[0] == high[0] == pytest.approx(6)


# Hours


def hours(*rows: tuple[str, str, int, float], hidden: pd.DataFrame = NONE, **more: Any) -> dict[str, float]:
    table = Make.monitoring("contribution", *[
        {"contribution_id": f"{activity}-{role}", "activity_id": activity, "role": role, "persons_n": people,
         "hours": given, "paid_eur": 5.0}
        for activity, role, people, given in rows
    ])  # fmt: skip
    out, _ = protect_contribution(table, ACTIVITIES, PERIODS, hidden, RULE, **more)
    taken = out["hours"].isna()
    assert out.loc[taken, ["persons_n", "paid_eur"]].isna().all(axis=None)
    assert out.loc[~taken, ["persons_n", "paid_eur"]].notna().all(axis=None)
    return dict(zip(out.loc[~taken, "contribution_id"], out.loc[~taken, "hours"], strict=True))


def test_hours_of_few_people_take_others_of_their_role_with_them() -> None:
    # uitvoering in 2024 is published: b (12 people) + c (4 people). With b hidden, neither follows.
    rows = [("a", "uitvoering", 20, 200.0), ("b", "uitvoering", 12, 120.0), ("c", "uitvoering", 4, 60.0)]
    assert hours(*rows) == {"a-uitvoering": 200.0}


def test_a_role_that_is_hidden_in_the_published_hours_is_not_added_up_from_records() -> None:
    rows = [("b", "uitvoering", 30, 300.0), ("b", "bestuur", 12, 90.0), ("b", "expert", 11, 80.0)]
    assert len(hours(*rows)) == 3
    hidden = pd.concat([cell("volunteers", "rol", role, period) for role in ("bestuur", "expert")
                        for period in WHOLE])  # fmt: skip
    assert hours(*rows, hidden=hidden) == {"b-uitvoering": 300.0}


def test_hours_that_went_out_hidden_stay_hidden() -> None:
    first = Make.monitoring("contribution", {"contribution_id": "b-expert", "activity_id": "b", "hours": None})
    first["hours_missing_reason"] = "suppressed"
    hidden = pd.concat([cell("volunteers", "rol", "expert", p) for p in WHOLE]
                       + [cell("volunteers", "rol", "", p) for p in WHOLE])  # fmt: skip
    assert hours(("b", "expert", 12, 90.0), hidden=hidden, earlier=first) == {}


# Form


def test_the_log_names_rows_and_rules_and_holds_no_counts() -> None:
    hidden = groups_hidden("xy")
    rows = record("b", totaal=56) + record("b", "leeftijd", x=6, y=20, z=30)
    _, log = protect_participation(Make.monitoring("participation", *rows), ACTIVITIES, PERIODS, hidden, RULE)
    assert log.to_dict("records") == [
        {"collective_id": "tuin", "table": "participation", "row": f"b 2024-01-01 leeftijd {group}", "rule": rule}
        for group, rule in (("x", "threshold"), ("y", "secondary"))
    ]


def test_what_goes_in_is_not_changed_and_empty_tables_stay_empty() -> None:
    table = Make.monitoring("participation", *record("b", totaal=8))
    copy = table.copy(deep=True)
    protect_participation(table, ACTIVITIES, PERIODS, NONE, RULE)
    pd.testing.assert_frame_equal(table, copy)
    for empty, function in ((table.head(0), protect_participation),
                            (Make.monitoring("contribution"), protect_contribution)):  # fmt: skip
        out, log = function(empty, ACTIVITIES, PERIODS, NONE, RULE)
        assert out.empty
        assert log.columns.tolist() == ["collective_id", "table", "row", "rule"]
