"""Merged and split inputs: a log and the links in it come in; each input with what became of those it went on in, out.

Residents ask what became of *their* idea, also when it went on under another number. So the one who raised it keeps its
row, and takes over what happened further on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bt_analysis.analysis.learning.input_log import DECIDED, EXECUTED, NEVER, REPORTED, TAKEN_OVER, Log

MERGED, SPLIT = "samengevoegd", "gesplitst"


class Chains(NamedTuple):
    """A log in which inputs took over what became of those they went on in.

    Parameters
    ----------
    log : Log
        The same inputs.
    counted : array of bool
        Whether residents brought it in: a part of a split one was brought in with the whole, and a row made for what
        was merged was brought in by nobody.
    circular : array of bool
        Whether its links lead round in a circle; it then has its own steps only.
    went_into : array of str
        Inputs it was merged into or split into, with ; between them.
    """

    log: Log
    counted: NDArray[np.bool_]
    circular: NDArray[np.bool_]
    went_into: NDArray[np.object_]


def resolve(log: Log, links: pd.DataFrame) -> Chains:
    """Let every input take over what became of those it went on in.

    Parameters
    ----------
    log : Log
        Inputs with their own steps.
    links : DataFrame
        Monitoring table input_link; ``vervolg`` is a new input that counts by itself.

    Returns
    -------
    Chains
        Merged: it reached what the other reached, and has its outcome, answer and last step; what had happened before
        it was raised counts from that day, but an answer to others does not. Split: it reached a stage when all its
        parts did, has an answer when all have, and an outcome when all have: the same when they agree, else ``deels``
        when some were taken over, else ``uitgesteld``. It is carried out when every part is, or was rejected and has
        its answer.

    Notes
    -----
    Links are followed from the end, one step of all chains at a time. What no end can be reached from in so many steps
    goes round in a circle.
    """
    ids = pd.Index(log.inputs["input_id"])
    going = links[links["type"].isin([MERGED, SPLIT])]
    every = pd.DataFrame(
        {
            "parent": ids.get_indexer(pd.Index(going["from_input"])),
            "child": ids.get_indexer(pd.Index(going["to_input"])),
            "type": going["type"].to_numpy(),
        }
    )  # fmt: skip
    every = every[every["parent"].ge(0) & every["child"].ge(0)]
    out = log.copy()
    parent, child = every["parent"].to_numpy(), every["child"].to_numpy()
    merged = every["type"].eq(MERGED).to_numpy()
    step = _steps_to_end(parent, child, len(ids))[parent]
    order = np.argsort(step, kind="stable")
    starts = np.flatnonzero(np.diff(step[order], prepend=0))
    for at in np.split(order, starts)[1:]:
        ones, parts = at[merged[at]], at[~merged[at]]
        _merge(out, parent[ones], child[ones])
        _split(out, parent[parts], child[parts])
    circular = np.zeros(len(log.raised), dtype=bool)
    circular[parent[step == 0]] = True
    into = np.full(len(log.raised), "", dtype=object)
    named = every.assign(name=ids[child]).groupby("parent")["name"].agg(";".join)
    into[named.index] = named.to_numpy(dtype=object)
    return Chains(out, _counted(log, every, circular), circular, into)


def _steps_to_end(parent: NDArray[np.int64], child: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Count how many links at most lead from each input to an end; 0 at an end, and where they lead into a circle."""
    order = np.argsort(child, kind="stable")
    first = np.searchsorted(child[order], np.arange(size + 1))
    above, open_links = parent[order].tolist(), np.bincount(parent, minlength=size).tolist()
    longest, found = [0] * size, [0] * size
    waiting = [one for one in np.unique(child).tolist() if not open_links[one]]
    while waiting:
        done = waiting.pop()
        found[done] = longest[done]
        for one in above[first[done] : first[done + 1]]:
            open_links[one] -= 1
            longest[one] = max(longest[one], longest[done] + 1)
            if not open_links[one]:
                waiting.append(one)
    return np.array(found, dtype=np.int64)


def _counted(log: Log, links: pd.DataFrame, circular: NDArray[np.bool_]) -> NDArray[np.bool_]:
    counted = np.ones(len(log.raised), dtype=bool)
    parts = links.loc[links["type"].eq(SPLIT), "child"].to_numpy()
    made = links.loc[links["type"].eq(MERGED), "child"].to_numpy()
    nobody = log.inputs["channel"].isna().to_numpy() & (log.reached[:, 0] == NEVER)
    counted[parts] = False
    counted[made[nobody[made]]] = False
    # In a circle nobody can tell who came first, so nothing is left out.
    return counted | circular


def _merge(log: Log, parent: NDArray[np.int64], child: NDArray[np.int64]) -> None:
    """Give inputs what became of the one they were merged into; changes the log in place."""
    if not len(parent):
        return
    raised = log.raised[parent]
    reached = _since(log.reached[child], raised[:, None])
    reached[:, REPORTED] = np.where(log.reached[child, REPORTED] < raised, NEVER, log.reached[child, REPORTED])
    explained = _since(log.explained[child], raised)
    later = np.where(log.answered[child] < raised, NEVER, log.answered[child])
    answered = np.minimum.reduce([reached[:, REPORTED], reached[:, EXECUTED], explained, later])
    np.minimum.at(log.reached, parent, reached)
    np.minimum.at(log.explained, parent, explained)
    np.minimum.at(log.answered, parent, answered)
    np.maximum.at(log.last, parent, log.last[child])
    log.outcome[parent] = log.outcome[child]
    _take_reason(log, parent, child)


def _split(log: Log, parents: NDArray[np.int64], child: NDArray[np.int64]) -> None:
    """Give inputs what became of all their parts together; changes the log in place."""
    if not len(parents):
        return
    parent, group = np.unique(parents, return_inverse=True)
    days = log.reached[child].copy()
    # Who skipped a stage passed it: a part is past a stage once it is at a later one, up to its execution.
    days[:, : EXECUTED + 1] = np.minimum.accumulate(days[:, EXECUTED::-1], axis=1)[:, ::-1]
    rejected = log.outcome[child] == "afgewezen"
    some = np.zeros(len(parent), dtype=bool)
    np.logical_or.at(some, group, ~rejected)
    # A part that was rejected holds the rest up until residents know of it; when all were, nothing is carried out.
    passed = np.where(some[group], log.answered[child], NEVER)[:, None]
    done = slice(DECIDED + 1, EXECUTED + 1)
    days[:, done] = np.where(rejected[:, None], passed, days[:, done])
    for whole, parts in (
        (log.reached, days),
        (log.explained, log.explained[child]),
        (log.answered, log.answered[child]),
    ):
        all_parts = np.zeros((len(parent), *parts.shape[1:]), dtype=np.int64)
        np.maximum.at(all_parts, group, parts)
        whole[parent] = np.minimum(whole[parent], all_parts)
    np.maximum.at(log.last, parents, log.last[child])
    of_parts = np.split(log.outcome[child[np.argsort(group, kind="stable")]], np.cumsum(np.bincount(group))[:-1])
    outcome = np.array([_outcome_of_parts(set(one)) for one in of_parts], dtype=object)
    log.outcome[parent] = np.where(outcome == "", log.outcome[parent], outcome)
    _take_reason(log, parents, child)


def _outcome_of_parts(known: set[str]) -> str:
    if "" in known:
        return ""
    if len(known) == 1:
        return str(known.pop())
    return "deels" if known & set(TAKEN_OVER) else "uitgesteld"


def _take_reason(log: Log, parent: NDArray[np.int64], child: NDArray[np.int64]) -> None:
    """Let inputs take over a reason that was given later than their own; of several the latest."""
    order = np.argsort(log.reason_on[child], kind="stable")
    parent, child = parent[order], child[order]
    later = log.reason_on[child] > log.reason_on[parent]
    log.reason[parent[later]] = log.reason[child[later]]
    log.reason_on[parent[later]] = log.reason_on[child[later]]


def _since(days: NDArray[np.int64], raised: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.where(days == NEVER, NEVER, np.maximum(days, raised)))
