"""Rules about experiments, and about what residents brought in and what became of it."""

from __future__ import annotations

import pandas as pd

from bt_analysis import cards
from bt_analysis.sources.codes import parts
from bt_analysis.sources.delivered import Delivered, Rule

FEWEST_INPUTS = 10
"""A group is named only when it brought something in this many times."""

DOUBLE_CODED_SHARE = 0.2
"""Share of interactions that a second person codes as well, so that agreement can be told."""

_DECIDED = "besloten"
_EVENT = ["collective_id", "date", "from_role", "to_role"]


def declared(delivered: Delivered) -> None:
    """Note experiments that were written down after they began: "achteraf beschreven".

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["experiment"]
    late = table["declared_at"] > table["start"]
    delivered.note("described_afterwards", "experiment", "declared_at", late, start=table["start"])


def unchanged(delivered: Delivered) -> None:
    """Note cards that are no longer what was declared: their fingerprint is another than was recorded.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["experiment"]
    states = pd.Series([cards.state(row.to_dict()) for _, row in table.iterrows()], index=table.index, dtype="str")
    delivered.note("card_changed", "experiment", "card_hash", states.eq(cards.CHANGED))


def sealed(delivered: Delivered) -> None:
    """Note cards declared beforehand without a fingerprint, and give it: then it shows that a card does not change.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["experiment"]
    hashes = pd.Series([cards.card_hash(row.to_dict()) for _, row in table.iterrows()], index=table.index, dtype="str")
    # A cell that could not be read is empty here and was told of already.
    place = delivered.places["experiment"]
    here = (place.file, place.sheet, "card_hash")
    told = [one.row for one in delivered.findings.problems if (one.file, one.sheet, one.column) == here]
    open_yet = (table["declared_at"] <= table["start"]) & table["card_hash"].isna() & ~table.index.isin(told)
    delivered.note("card_not_sealed", "experiment", "card_hash", open_yet, hash=hashes)


def brought_in(delivered: Delivered) -> None:
    """Check that an input came through a collective or a process, and names only a group that brought in enough.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["input"]
    options = ("collective_id", "process_id")
    delivered.tell(
        "no_subject", "input", "collective_id", table[[*options]].isna().all(axis=1), options=", ".join(options)
    )
    group = table["group_value"]
    times = group.map(group.value_counts()).astype("Int64")
    few = group.notna() & (times < FEWEST_INPUTS)
    delivered.tell("few_inputs", "input", "group_value", few, times=times, limit=FEWEST_INPUTS)


def steps(delivered: Delivered) -> None:
    """Check that the steps of an input do not go back in time, and that only a decision has an outcome.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["input_event"]
    ordered = table.dropna(subset=["input_id", "seq", "date"]).sort_values("seq", kind="stable")
    so_far = ordered.groupby("input_id")["date"].cummax()
    latest = so_far.groupby(ordered["input_id"]).shift().reindex(table.index)
    delivered.tell("date_back", "input_event", "date", table["date"] < latest, limit=latest)
    raised = delivered.look_up("input_event", "input_id", "input", ("raised_on",))["raised_on"]
    # Of steps that go back in time the first is told; the same date again would be told twice.
    early = (table["date"] < raised) & ~(table["date"] < latest)
    delivered.tell("before_input", "input_event", "date", early, limit=raised, input=table["input_id"])
    elsewhere = table["outcome"].notna() & table["stage"].ne(_DECIDED).fillna(False)
    delivered.tell("outcome_stage", "input_event", "outcome", elsewhere, stage=table["stage"], decided=_DECIDED)


def links(delivered: Delivered) -> None:
    """Check that no input is linked to itself, nor to itself by way of others.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["input_link"]
    same = table["from_input"].eq(table["to_input"]).fillna(False)
    delivered.tell("to_itself", "input_link", "to_input", same, other="from_input")
    delivered.tell("in_a_circle", "input_link", "to_input", _in_a_circle(table) & ~same, start=table["from_input"])


def _in_a_circle(links: pd.DataFrame) -> pd.Series:
    """Tell which links are part of a circle, or lie between two: what is left without loose ends."""
    left = links[["from_input", "to_input"]].dropna()
    while True:
        kept = left[left["to_input"].isin(left["from_input"]) & left["from_input"].isin(left["to_input"])]
        if len(kept) == len(left):
            return pd.Series(links.index.isin(left.index), index=links.index)
        left = kept


def decided_after(delivered: Delivered) -> None:
    """Check that a decision is not older than an input that it is about.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["decision"]
    inputs = delivered.tables["input"].dropna(subset=["input_id"]).drop_duplicates("input_id").set_index("input_id")
    about = table["input_ids"].dropna().map(parts).explode().dropna()
    raised = inputs["raised_on"].reindex(about).set_axis(about.index)
    latest = raised.groupby(level=0).max().reindex(table.index)
    which = about[raised.eq(latest.reindex(about.index))]
    which = which[~which.index.duplicated()].reindex(table.index)
    delivered.tell("before_input", "decision", "date", table["date"] < latest, limit=latest, input=which)


def coded_twice(delivered: Delivered) -> None:
    """Note when too few interactions were coded by two people for their agreement to be told.

    Parameters
    ----------
    delivered : Delivered
        The package.

    Notes
    -----
    An interaction coded twice is two rows with the same collective, date and roles, and another coder.
    """
    table = delivered.tables["interaction"]
    coders = table.groupby(_EVENT, dropna=False)["coder"].transform("nunique")
    share = float((coders > 1).mean())
    if share < DOUBLE_CODED_SHARE:
        place, told = delivered.places["interaction"], f"{100 * share:.0f}%"
        # About the table as a whole, so it stands at no row.
        delivered.findings.repair("coded_once", place, share=told, limit=f"{100 * DOUBLE_CODED_SHARE:.0f}%")


RULES = (
    Rule(declared, {"experiment": ("start", "declared_at")}),
    Rule(unchanged, {"experiment": ("card_hash",)}),
    Rule(sealed, {"experiment": ("start", "declared_at", "card_hash")}),
    Rule(brought_in, {"input": ("collective_id", "process_id", "group_value")}),
    Rule(steps, {"input_event": ("input_id", "seq", "date", "stage", "outcome")}),
    Rule(links, {"input_link": ("from_input", "to_input")}),
    Rule(decided_after, {"decision": ("date", "input_ids"), "input": ("input_id", "raised_on")}),
    Rule(coded_twice, {"interaction": (*_EVENT, "coder")}),
)
