"""Process tracing: how likely evidence is if a claim holds, and if a rival does, in; how sure one may be out.

Each piece moves the belief in a claim by Bayes' rule. Judges differ, and so do beliefs beforehand: the outcome is a
range over judges and priors, never one number. Dependent pieces are never multiplied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

PRIORS = (0.25, 0.5, 0.75)
"""Beliefs before any evidence that are tried out: rather not, either way, rather so."""

CERTAIN = 0.9
"""A piece that is at least so likely under the claim must be found, or else the claim is in trouble."""

UNIQUE = 0.1
"""A piece that is at most so likely under the rival is hardly found without the claim."""

HOOP, SMOKING_GUN, DECISIVE, STRAW, FOR_RIVAL, NOTHING = (
    "hoop", "smoking_gun", "doubly_decisive", "straw_in_the_wind", "for_rival", "says_nothing",
)  # fmt: skip
KINDS = (STRAW, HOOP, SMOKING_GUN, DECISIVE, FOR_RIVAL, NOTHING)
"""Kinds of evidence."""

_JUDGED = ["judge", "group", "likelihood_claim", "likelihood_rival", "seen"]


def ratio(likelihood_claim: ArrayLike, likelihood_rival: ArrayLike, seen: ArrayLike) -> NDArray[np.float64]:
    """Return how many times more likely what was found is under the claim than under the rival.

    Parameters
    ----------
    likelihood_claim, likelihood_rival : array_like
        Chance to see each piece if the claim holds and if the rival does, from 0 to 1.
    seen : array_like of bool
        Whether it was seen by those who looked for it.

    Returns
    -------
    ndarray
        One number per piece from 0 to infinity; 1 says nothing, below 1 speaks for the rival.

    Raises
    ------
    ValueError
        When a likelihood is not from 0 to 1, or what was found cannot be under either.

    Notes
    -----
    Seen: l1 / l0. Not seen: (1 − l1) / (1 − l0).
    """
    claim, rival, found = np.broadcast_arrays(
        _chances(likelihood_claim), _chances(likelihood_rival), np.asarray(seen, dtype=bool)
    )
    above, below = np.where(found, claim, 1 - claim), np.where(found, rival, 1 - rival)
    impossible = (above == 0) & (below == 0)
    if impossible.any():
        at = int(np.flatnonzero(impossible)[0])
        raise ValueError(
            f"piece {at} has likelihoods {claim.flat[at]:g} and {rival.flat[at]:g} and was "
            f"{'' if found.flat[at] else 'not '}seen: impossible either way; expected one that can be. Judge it anew."
        )
    with np.errstate(divide="ignore"):
        return np.asarray(above / below, dtype=np.float64)


def updated(prior: ArrayLike, likelihood_ratio: ArrayLike) -> NDArray[np.float64]:
    """Return the belief in a claim after evidence.

    Parameters
    ----------
    prior : array_like
        Belief before, more than 0 and less than 1.
    likelihood_ratio : array_like
        As :func:`ratio` gives.

    Returns
    -------
    ndarray
        Belief after it, from 0 to 1.

    Raises
    ------
    ValueError
        When a prior is 0 or 1, as no evidence moves such a belief, or outside.

    Notes
    -----
    post = prior·l1 / (prior·l1 + (1 − prior)·l0), here written as 1 / (1 + (1 − prior) / (prior · l1/l0)).
    """
    before = np.asarray(prior, dtype=np.float64)
    if not ((before > 0) & (before < 1)).all():
        raise ValueError(f"got prior {prior!r}; expected more than 0 and less than 1. No evidence moves another one.")
    with np.errstate(divide="ignore"):
        against = (1 - before) / before / np.asarray(likelihood_ratio, dtype=np.float64)
    return np.asarray(1 / (1 + against), dtype=np.float64)


def kinds(likelihood_claim: ArrayLike, likelihood_rival: ArrayLike) -> NDArray[np.str_]:
    """Name the kind of test that each piece is.

    Parameters
    ----------
    likelihood_claim, likelihood_rival : array_like
        Chance to see each piece if the claim holds and if the rival does, from 0 to 1.

    Returns
    -------
    ndarray of str
        One of ``KINDS`` per piece: a hoop must be jumped through (not seeing it hurts the claim), a smoking gun is
        hardly found otherwise (seeing it helps), a doubly decisive piece is both, a straw in the wind neither.

    Raises
    ------
    ValueError
        When a likelihood is not from 0 to 1.

    Notes
    -----
    The four tests are those of Van Evera (1997); ``CERTAIN`` and ``UNIQUE`` draw the lines. They are labels for
    readers: the sums use the likelihoods themselves.
    """
    claim, rival = _chances(likelihood_claim), _chances(likelihood_rival)
    certain, unique = claim >= CERTAIN, rival <= UNIQUE
    rules = [claim == rival, claim < rival, certain & unique, certain, unique]
    return np.select(rules, [NOTHING, FOR_RIVAL, DECISIVE, HOOP, SMOKING_GUN], STRAW)


def traced(judged: pd.DataFrame, by: Sequence[str], priors: Sequence[float] = PRIORS) -> pd.DataFrame:
    """Return the belief in each claim after all evidence, per judge and prior.

    Parameters
    ----------
    judged : DataFrame
        One row is a piece as one judge sees it: the columns of ``by``, judge, group (pieces of one group depend on
        each other), likelihood_claim, likelihood_rival and seen.
    by : sequence of str
        Columns that tell one claim from another.
    priors : sequence of float
        Beliefs before any evidence.

    Returns
    -------
    DataFrame
        One row per claim, judge and prior: pieces_n (rows), groups_n (independent pieces) and posterior; empty where a
        judge calls both the claim and the rival impossible.

    Raises
    ------
    ValueError
        When a column is missing, or a likelihood or prior is out of range.

    Notes
    -----
    log(l1/l0) is averaged within a group and added up over groups: pieces that depend on each other weigh as much as
    one piece of their mean strength, so that the same story told five times is not five pieces.
    """
    absent = [name for name in [*by, *_JUDGED] if name not in judged]
    if absent:
        raise ValueError(f"got a table without {', '.join(absent)}; expected {', '.join([*by, *_JUDGED])}.")
    with np.errstate(divide="ignore", invalid="ignore"):
        strength = np.log(ratio(judged["likelihood_claim"], judged["likelihood_rival"], judged["seen"]))
    keys = [*by, "judge"]
    pieces = judged[[*keys, "group"]].assign(strength=strength)
    with np.errstate(invalid="ignore"):  # certain both ways within a group: no number
        groups = pieces.groupby([*keys, "group"])["strength"].agg(pieces_n="size", strength=_mean).reset_index()
        sums = groups.groupby(keys).agg(
            pieces_n=("pieces_n", "sum"), groups_n=("group", "size"), strength=("strength", _sum)
        )
    each = sums.reset_index().merge(pd.DataFrame({"prior": np.asarray(priors, dtype=float)}), how="cross")
    return each.assign(posterior=updated(each["prior"], np.exp(each["strength"]))).drop(columns="strength")


def over_judges(posteriors: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return how far judges differ.

    Parameters
    ----------
    posteriors : DataFrame
        As :func:`traced` gives.
    by : sequence of str
        Columns that tell one claim from another.

    Returns
    -------
    DataFrame
        One row per claim and prior: judges_n, pieces_n and groups_n (of the judge with most), low and high: the
        smallest and largest belief after the evidence.
    """
    known = posteriors.dropna(subset=["posterior"])
    return known.groupby([*by, "prior"], as_index=False).agg(
        judges_n=("judge", "nunique"), pieces_n=("pieces_n", "max"), groups_n=("groups_n", "max"),
        low=("posterior", "min"), high=("posterior", "max"),
    )  # fmt: skip


def _chances(values: ArrayLike) -> NDArray[np.float64]:
    chances = np.asarray(values, dtype=np.float64)
    wrong = ~((chances >= 0) & (chances <= 1))
    if wrong.any():
        raise ValueError(f"got likelihood {chances[wrong].flat[0]:g}; expected a chance from 0 to 1.")
    return chances


# numpy's own sums: those of pandas leave missing numbers out, and that would hide a contradiction.
def _mean(values: pd.Series[Any]) -> float:
    return float(values.to_numpy().mean())


def _sum(values: pd.Series[Any]) -> float:
    return float(values.to_numpy().sum())
