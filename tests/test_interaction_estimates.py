"""Figures of coded acts from joined tables: tens, percents, reasons and periods, each counted beside a slow route."""

import dataclasses
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bt_analysis.analysis import interactions as question
from bt_analysis.instruments import interactions
from bt_analysis.instruments.rows import typed
from bt_analysis.settings import Settings
from tests.conftest import Make

ONE_YEAR = (("zon", 2024, 2024),)

COUNT: dict[str, Any] = {
    "collective_id": "zon", "year": 2024, "stage": "gewogen", "from_role": "front", "to_role": "back",
    "action_code": "doorverwijzen", "effect": "borgt", "n": 7,
}  # fmt: skip

AGREED: dict[str, Any] = {
    "collective_id": "zon", "variable": "effect", "items_n": 60, "double_n": 30, "compared_n": 30, "coders_n": 2,
    "share": 0.8, "share_low": 0.62, "share_high": 0.904, "kappa": 0.456, "kappa_low": 0.1, "kappa_high": 0.8,
    "alpha": 0.7654, "alpha_low": 0.5, "alpha_high": 0.9, "undefined": "",
}  # fmt: skip


def ask(
    counts: list[dict[str, Any]] | None = None, agreed: list[dict[str, Any]] | None = None,
    periods: tuple[tuple[str, int, int], ...] = ONE_YEAR,
) -> pd.DataFrame:  # fmt: skip
    """Return estimates before they are protected, of joined tables that are typed here."""
    joined = dataclasses.replace(
        Make.joined(),
        interaction_count=typed([COUNT | row for row in counts or []], "joined_interaction_count"),
        interaction_agreement=typed([AGREED | row for row in agreed or []], "joined_interaction_agreement"),
    )
    days = [(name, pd.Timestamp(first, 1, 1), pd.Timestamp(last, 12, 31)) for name, first, last in periods]
    spans = pd.DataFrame(days, columns=["collective_id", "period_start", "period_end"])
    return question.estimate(joined, spans, Settings())


def value(rows: pd.DataFrame, indicator_id: str, group: str = "effect") -> dict[str, Any]:
    found = rows[rows["indicator_id"].eq(indicator_id) & rows["group_value"].eq(group)]
    assert len(found) == 1
    return {str(name): one for name, one in found.iloc[0].items()}


# Counts


def test_of_every_kind_the_groups_add_up_to_the_whole() -> None:
    rows = ask([{}, {"effect": "blokkeert", "n": 5}, {"stage": "", "n": 3}, {"from_role": "bewoner", "n": 2}])
    counted = rows[rows["indicator_id"].eq("interactions_n")]
    for kind in ("richting", "effect", "stadium", "handeling"):
        own = counted[counted["group_type"].eq(kind)]
        assert own.loc[own["group_value"].eq(""), "value"].to_list() == [7 + 5 + 3 + 2]
        assert own.loc[own["group_value"].ne(""), "value"].sum() == 17
    stages = counted[counted["group_type"].eq("stadium")].set_index("group_value")["value"].to_dict()
    assert stages == {"": 17, "gewogen": 7 + 5 + 2, "niet_vastgelegd": 3}


def test_a_count_is_protected_as_that_many_people() -> None:
    row = value(ask([{}]), "interactions_n", "borgt")
    assert (row["n"], row["cell_n"], row["cell_value"], row["cell"]) == (7, 7, 7, "interactions")


@pytest.mark.parametrize(
    ("year", "periods", "total"),
    [
        (2023, ONE_YEAR, 0),
        (2024, ONE_YEAR, 7),
        (2025, ONE_YEAR, 0),
        (2024, (("zon", 2023, 2025),), 7),
        (2024, (("zon", 2024, 2024), ("zon", 2024, 2025)), 14),  # told in both
        (2024, (("maan", 2024, 2024),), 0),
    ],
)
def test_acts_of_the_years_of_a_period(year: int, periods: tuple[tuple[str, int, int], ...], total: int) -> None:
    rows = ask([{"year": year}], periods=periods)
    own = rows[rows["group_type"].eq("effect") & rows["group_value"].eq("borgt")] if len(rows) else rows
    assert own["value"].sum() == total


# Agreement


@pytest.mark.parametrize(
    ("double", "items", "told", "n"),
    [(9, 60, None, None), (10, 60, 10, 60), (19, 61, 10, 60), (20, 99, 20, 90), (30, 30, 30, 30)],
)
def test_how_many_were_coded_twice_is_told_in_tens(
    double: int, items: int, told: int | None, n: int | None
) -> None:  # fmt: skip
    row = value(ask(agreed=[{"double_n": double, "compared_n": double, "items_n": items}]), "double_coded_n", "")
    if told is None:
        assert pd.isna(row["value"])
        assert (row["gate_reason"], row["missing_reason"]) == ("few_double_coded", "unknown")
    else:
        assert (row["value"], row["n"], row["gate_reason"]) == (told, n, "")


def test_how_many_were_coded_twice_is_told_once_however_many_variables_there_are() -> None:
    rows = ask(agreed=[{}, {"variable": "stage"}, {"variable": "action_code"}])
    assert rows["indicator_id"].eq("double_coded_n").sum() == 1
    assert rows["indicator_id"].eq("coder_alpha").sum() == 3


def test_percents_are_whole_and_kappas_have_two_decimals() -> None:
    rows = ask(agreed=[{"share": 0.7777, "compared_n": 27}])
    share = value(rows, "coder_percent")
    assert (share["value"], share["ci_low"], share["ci_high"]) == (78, 62, 90)
    assert (share["unit"], share["n"], share["method"]) == ("%", 20, "percent agreement")
    kappa, alpha = value(rows, "coder_kappa"), value(rows, "coder_alpha")
    assert (kappa["value"], alpha["value"]) == (0.46, 0.77)
    assert (kappa["method"], alpha["method"]) == ("Cohen's kappa", "Krippendorff's alpha")


@pytest.mark.parametrize(
    ("double", "compared", "items", "reason"),
    [
        (10, 10, 50, ""),  # 20%, and ten
        (10, 10, 51, "few_double_coded"),
        (10, 9, 10, "few_double_coded"),  # ten were coded twice, nine of them on this variable
        (30, 10, 60, ""),
        (9, 9, 9, "few_double_coded"),
    ],
)
def test_from_when_agreement_is_told(double: int, compared: int, items: int, reason: str) -> None:
    row = value(ask(agreed=[{"double_n": double, "compared_n": compared, "items_n": items}]), "coder_alpha")
    assert row["gate_reason"] == reason
    assert pd.isna(row["value"]) == bool(reason)
    assert (row["missing_reason"] == "unknown") == bool(reason)


@pytest.mark.parametrize(("undefined", "reason"), [("one_code", "one_code"), ("nothing_twice", "few_double_coded")])
def test_why_there_is_no_agreement_beyond_chance(undefined: str, reason: str) -> None:
    empty = {f"{name}{end}": None for name in ("kappa", "alpha") for end in ("", "_low", "_high")}
    rows = ask(agreed=[empty | {"undefined": undefined}])
    for name in ("coder_kappa", "coder_alpha"):
        assert value(rows, name)["gate_reason"] == reason
    assert value(rows, "coder_percent")["gate_reason"] == ""  # a share there is


def test_with_three_coders_no_row_says_that_kappa_is_missing() -> None:
    empty = {f"kappa{end}": None for end in ("", "_low", "_high")}
    rows = ask(agreed=[empty | {"coders_n": 3}])
    assert "coder_kappa" not in set(rows["indicator_id"])
    assert value(rows, "coder_alpha")["value"] == 0.77


def test_agreement_is_told_in_each_period_of_its_collective_only() -> None:
    rows = ask(agreed=[{}], periods=(("zon", 2023, 2023), ("zon", 2023, 2024), ("maan", 2024, 2024)))
    own = rows[rows["indicator_id"].eq("coder_alpha")]
    assert own["collective_id"].to_list() == ["zon", "zon"]
    assert own["value"].to_list() == [0.77, 0.77]


# From the log to counts

LOG = st.lists(
    st.fixed_dictionaries(
        {
            "collective_id": st.sampled_from(["zon", "maan", None]),
            "date": st.sampled_from(["2024-03-01", "2024-03-02", "2025-03-01"]),
            "from_role": st.sampled_from(["front", "bewoner"]),
            "effect": st.sampled_from([None, "borgt", "blokkeert"]),
            "coder": st.sampled_from(["c1", "c2", "c3", None]),
        }
    ),
    max_size=14,
)


def log(rows: list[dict[str, Any]]) -> pd.DataFrame:
    usual = {"to_role": "back", "action_code": "bellen", "stage": None}
    return typed([usual | {"interaction_id": f"x{at}"} | row for at, row in enumerate(rows)], "interaction")


def by_hand(rows: list[dict[str, Any]]) -> Counter[tuple[str, int, str, str]]:
    """Count acts one row after another: the k-th row of a coder about an event is about its k-th act."""
    seen: Counter[tuple[Any, ...]] = Counter()
    known: set[tuple[Any, ...]] = set()
    counted: Counter[tuple[str, int, str, str]] = Counter()
    for row in rows:
        event = (row["collective_id"], row["date"], row["from_role"])
        if row["coder"] is None:
            act: tuple[Any, ...] = (*event, "alone", len(known), len(counted), sum(counted.values()))
        else:
            act = (*event, seen[(*event, row["coder"])])
            seen[(*event, row["coder"])] += 1
        if row["coder"] is not None and act in known:
            continue
        known.add(act)
        if row["collective_id"] is not None:
            year = int(row["date"][:4])
            counted[(row["collective_id"], year, row["from_role"], row["effect"] or "")] += 1
    return counted


@settings(max_examples=12, deadline=None)
@given(LOG)
def test_acts_counted_row_by_row_are_the_same(rows: list[dict[str, Any]]) -> None:
    found = interactions.counts(log(rows))
    told: Counter[tuple[str, int, str, str]] = Counter()
    for row in found.to_dict("records"):
        told[(row["collective_id"], row["year"], row["from_role"], row["effect"])] += row["n"]
    assert told == by_hand(rows)


def test_a_folder_of_two_collectives_lends_its_name_to_no_act() -> None:
    two = typed([{"collective_id": "zon"}, {"collective_id": "maan"}], "collective")
    rows = log([{"collective_id": None, "date": "2024-03-01", "from_role": "front", "effect": "borgt", "coder": "c1"}])
    assert set(interactions.with_counts({"interaction": rows, "collective": two})) == {"collective"}


def test_a_variable_that_nobody_judged_has_no_agreement() -> None:
    row = {"collective_id": "zon", "date": "2024-03-01", "from_role": "front", "effect": None}
    made = interactions.agreements(log([row | {"coder": "c1"}, row | {"coder": "c2"}]))
    assert made["variable"].to_list() == ["action_code"]
    assert (made["double_n"].iloc[0], made["compared_n"].iloc[0]) == (1, 1)


def test_what_one_coder_left_open_is_coded_twice_but_not_compared() -> None:
    row = {"collective_id": "zon", "date": "2024-03-01", "from_role": "front"}
    made = interactions.agreements(
        log([row | {"coder": "c1", "effect": "borgt"}, row | {"coder": "c2", "effect": None}])
    )
    effect = made.set_index("variable").loc["effect"]
    assert (effect["double_n"], effect["compared_n"], effect["undefined"]) == (1, 0, "nothing_twice")
