"""Random logs of interactions: counts beside a slow count of acts, and what must not depend on order or on names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import schema
from bt_analysis.instruments import interactions
from bt_analysis.instruments.rows import typed

ROLES = ("front", "back", "bewoner", "bestuur")
EFFECTS = ("borgt", "neutraal", "blokkeert", None)
SEEDS = range(8)


def log(seed: int, n: int = 60) -> list[dict[str, Any]]:
    """Draw acts on a few days, so that many have the same day and roles; some have no coder."""
    rng = np.random.default_rng(seed)
    return [
        {
            "interaction_id": f"x{number}", "collective_id": ("zon", "maan")[int(rng.integers(2))],
            "date": dt.date(2023 + int(rng.integers(2)), 12, int(rng.integers(29, 32))),
            "from_role": ROLES[int(rng.integers(2))], "to_role": ROLES[int(rng.integers(2, 4))],
            "action_code": ("bellen", "mailen")[int(rng.integers(2))], "effect": EFFECTS[int(rng.integers(4))],
            "stage": None, "coder": ("c1", "c2", None)[int(rng.integers(3))],
        }
        for number in range(n)
    ]  # fmt: skip


def table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return typed(rows, "interaction")


def slow(rows: list[dict[str, Any]]) -> dict[str, list[list[dict[str, Any]]]]:
    """Walk through the acts one by one: which rows are about the same act, per collective."""
    seen: dict[tuple[Any, ...], int] = {}
    acts: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for number, row in enumerate(rows):
        event = (row["collective_id"], row["date"], row["from_role"], row["to_role"])
        if row["coder"] is None:
            acts[(*event, "alone", number)] = [row]
            continue
        place = seen[(*event, row["coder"])] = seen.get((*event, row["coder"]), -1) + 1
        acts.setdefault((*event, place), []).append(row)
    out: dict[str, list[list[dict[str, Any]]]] = {}
    for key, same in acts.items():
        out.setdefault(key[0], []).append(same)
    return out


@pytest.mark.parametrize("seed", SEEDS)
def test_every_act_counts_once(seed: int) -> None:
    rows = log(seed)
    made = interactions.counts(table(rows))
    expected = {name: len(acts) for name, acts in slow(rows).items()}
    assert made.groupby("collective_id")["n"].sum().to_dict() == expected
    schema.check(made, "joined_interaction_count")


@pytest.mark.parametrize("seed", SEEDS)
def test_an_act_has_the_codes_of_its_first_row_and_its_year(seed: int) -> None:
    rows = log(seed)
    expected: dict[tuple[str, int, str], int] = {}
    for name, acts in slow(rows).items():
        for same in acts:
            key = (name, same[0]["date"].year, same[0]["effect"] or "")
            expected[key] = expected.get(key, 0) + 1
    counted = interactions.counts(table(rows)).groupby(["collective_id", "year", "effect"])["n"].sum().to_dict()
    assert counted == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_agreement_is_about_acts_that_two_people_coded(seed: int) -> None:
    rows = log(seed)
    made = interactions.agreements(table(rows))
    schema.check(made, "joined_interaction_agreement")
    for name, acts in slow(rows).items():
        double = [same for same in acts if len(same) == 2]
        row = made[made["collective_id"].eq(name) & made["variable"].eq("effect")].iloc[0]
        assert (row["items_n"], row["double_n"]) == (len(acts), len(double))
        compared = [same for same in double if None not in (same[0]["effect"], same[1]["effect"])]
        assert row["compared_n"] == len(compared)
        if compared:
            agree = sum(one["effect"] == two["effect"] for one, two in compared)
            assert row["share"] == pytest.approx(agree / len(compared))


@pytest.mark.parametrize("seed", SEEDS)
def test_who_the_coders_are_does_not_matter(seed: int) -> None:
    rows = log(seed)
    names = {"c1": "zoë", "c2": "adam", None: None}
    other = [row | {"coder": names[row["coder"]]} for row in rows]
    pd.testing.assert_frame_equal(interactions.counts(table(rows)), interactions.counts(table(other)))
    one, two = (interactions.agreements(table(given)) for given in (rows, other))
    for measure in ("share", "kappa", "alpha"):
        assert one[measure].astype(float).to_list() == pytest.approx(two[measure].astype(float).to_list(), nan_ok=True)


def test_no_name_of_a_coder_and_no_day_leaves_the_folder() -> None:
    made = interactions.with_counts({"interaction": table(log(1))})
    assert set(made) == {"interaction_count", "interaction_agreement"}
    for one in made.values():
        assert not {"coder", "date", "interaction_id"} & set(one)
        assert not one.astype(str).isin(["c1", "c2"]).any(axis=None)


def test_a_folder_without_interactions_is_as_it_was() -> None:
    tables = {"collective": typed([{"collective_id": "zon"}], "collective"), "interaction": table([])}
    assert set(interactions.with_counts(tables)) == {"collective"}
