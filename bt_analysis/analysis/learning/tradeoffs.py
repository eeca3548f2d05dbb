"""What could not both be done, and who wanted which? Trade-offs and parties in; choices with both camps out.

A conflict stays visible: parties are never added up to a majority, and one that is for both options is told as such.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import counting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("tradeoffs", "interests")

QUESTION = "tradeoffs"

_SEPARATOR = ";"


def learn(cases: Cases, settings: Settings) -> Learned:
    """List the choices between two things, and what the parties want.

    Parameters
    ----------
    cases : Cases
        Reads tradeoff, decision and actor.
    settings : Settings
        Not used: choices are counted, not people.

    Returns
    -------
    Learned
        ``tradeoffs_n``, in all and decided, per collective and period and over all; tables ``tradeoffs``
        and ``interests``. A choice without a decision has no day, and counts in the longest period only.
    """
    table = counting.owned(cases.table("tradeoff"), "tradeoff_id")
    decided = cases.table("decision").drop_duplicates("decision_id").rename(columns={"date": "decided_on"})
    table = table.merge(decided[["decision_id", "decided_on"]], how="left", validate="many_to_one")
    rows = counting.everywhere(table.assign(state=table["decided_on"].notna()), cases, "decided_on")
    state = rows["state"].map({True: "besloten", False: "open"}).astype("str")
    parts = [
        counting.counted(rows, []).assign(group_type="", group_value=""),
        counting.counted(rows.assign(group_value=state), ["group_value"]).assign(group_type="stand"),
    ]
    told = counting.figures(
        pd.concat(parts).assign(indicator_id="tradeoffs_n"), QUESTION, n_unit="tradeoffs", source="collective: tradeoff"
    )
    sides = _camps(table)
    return Learned(told, {"tradeoffs": _tradeoffs(table, sides, cases), "interests": _interests(sides, cases)})


def _camps(table: pd.DataFrame) -> pd.DataFrame:
    """List who is for what: one row is a party for an option of a choice."""
    parts = []
    for option in ("a", "b"):
        actors = table[f"actors_for_{option}"].str.split(_SEPARATOR)
        camp = table[["tradeoff_id"]].assign(actor_id=actors, option=option).explode("actor_id")
        parts.append(camp.dropna(subset="actor_id").astype("str"))
    camps = pd.concat(parts, ignore_index=True).drop_duplicates()
    both = camps.groupby(["tradeoff_id", "actor_id"])["option"].transform("size").gt(1)
    return camps.assign(option=camps["option"].mask(both, "both")).drop_duplicates(ignore_index=True)


def _tradeoffs(table: pd.DataFrame, camps: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    names = cases.table("actor").drop_duplicates("actor_id").set_index("actor_id")["name"]
    named = camps.assign(
        name=camps["actor_id"].map(names).astype("str").fillna(camps["actor_id"].str.split("--").str[-1])
    )
    named = named.sort_values(["tradeoff_id", "name"])
    of = {key: _SEPARATOR.join(rows) for key, rows in named.groupby(["tradeoff_id", "option"])["name"]}
    shown = table[["option_a", "option_b"]].notna().all(axis="columns")
    whose = {
        f"for_{option}": [of.get((key, option), "") for key in table["tradeoff_id"]] for option in ("a", "b", "both")
    }
    options = {name: table[name].where(shown) for name in ("option_a", "option_b")}
    told = table.assign(text_shown=shown, **options, **whose)
    return made(told[told["collective_id"].ne(ACROSS)].sort_values("tradeoff_id"), "tradeoffs")


def _interests(camps: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """List the parties of each collective, with what they want where they agreed to that being told."""
    table = cases.table("actor")
    actors = counting.owned(table.assign(collective_id=pd.Series(None, table.index, dtype="str")), "actor_id")
    actors = actors[actors["collective_id"].isin(cases.ids)]
    times = camps.groupby("actor_id")["tradeoff_id"].nunique()
    told = actors.assign(
        actor_name=actors["name"], text_shown=actors["interests"].notna(),
        tradeoffs_n=actors["actor_id"].map(times).fillna(0).astype("int64"),
    )  # fmt: skip
    return made(told.sort_values(["collective_id", "actor_id"]), "interests")
