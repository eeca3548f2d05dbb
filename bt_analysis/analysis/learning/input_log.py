"""The log of what residents brought in: inputs and their steps in; of each input how far it came, and when, out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bt_analysis.analysis.learning.cases import Cases

STAGES = (
    "ingebracht", "geregistreerd", "geduid", "naar_backoffice", "gewogen", "in_advies", "besloten", "in_uitvoering",
    "uitgevoerd", "teruggekoppeld",
)  # fmt: skip
"""Stages in their order; any may be skipped."""

DECIDED, EXECUTED, REPORTED = (STAGES.index(name) for name in ("besloten", "uitgevoerd", "teruggekoppeld"))

NEVER = np.iinfo(np.int64).max
"""Day of what did not happen."""

OWNER = "--"
"""Stands between the collective that recorded a row and the row's own code."""

TAKEN_OVER = ("overgenomen", "deels")
"""Outcomes by which an idea is carried out, or part of it."""

Days = NDArray[np.int64]


@dataclass(frozen=True)
class Log:
    """What is known of every input; days count from 1 January 1970.

    Parameters
    ----------
    inputs : DataFrame
        One row per input, numbered from 0: as recorded, with the collective that recorded it and ``decided_by``, the
        body of the last decision that names it.
    raised : array of int
        Day on which it was raised.
    reached : array of int
        Per input and stage the first day on which it was there; ``NEVER`` when that was not recorded.
    explained : array of int
        First day on which an explanation could be read; ``NEVER`` when there is none.
    answered : array of int
        Day on which residents got an answer; ``NEVER`` when there is none yet.
    last : array of int
        Day of its last step.
    outcome, reason : array of str
        Of its last decision, and the last reason that was given; empty when there is none.
    reason_on : array of int
        Day of that reason.
    """

    inputs: pd.DataFrame
    raised: Days
    reached: Days
    explained: Days
    answered: Days
    last: Days
    outcome: NDArray[np.object_]
    reason: NDArray[np.object_]
    reason_on: Days

    def copy(self) -> Log:
        """Return a log of which the days may be changed without changing this one.

        Returns
        -------
        Log
            The same rows.
        """
        arrays = ("reached", "explained", "answered", "last", "outcome", "reason", "reason_on")
        return replace(self, **{name: getattr(self, name).copy() for name in arrays})


def read(cases: Cases) -> Log:
    """Read how far each input came by its own steps.

    Parameters
    ----------
    cases : Cases
        Reads input, input_event, input_link and decision.

    Returns
    -------
    Log
        In the order of the table input.

    Notes
    -----
    Residents got an answer on the first day on which it was reported back, an explanation of it could be read, or it
    was carried out. A decision that names an input counts as the stage ``besloten``. A decision ``dubbel`` about an
    input that went on in another one decided nothing about what it asks.
    """
    inputs = cases.table("input").reset_index(drop=True)
    inputs = inputs.assign(collective_id=_recorded_by(inputs, cases.ids), decided_by=_decided_by(inputs, cases))
    events = _steps(cases, inputs)
    at, day = events["at"].to_numpy(), _days(events["date"])
    reached = np.full((len(inputs), len(STAGES)), NEVER, dtype=np.int64)
    np.minimum.at(reached, (at, events["stage"].map(dict(zip(STAGES, range(10), strict=True))).to_numpy(int)), day)
    explained = np.full(len(inputs), NEVER, dtype=np.int64)
    readable = events["explanation_url"].notna().to_numpy()
    np.minimum.at(explained, at[readable], day[readable])
    raised = _days(inputs["raised_on"])
    last = raised.copy()
    np.maximum.at(last, at, day)
    outcome, _ = _latest(events, "outcome", len(inputs))
    reason, reason_on = _latest(events, "reason", len(inputs))
    answered = np.minimum(np.minimum(reached[:, REPORTED], reached[:, EXECUTED]), explained)
    return Log(inputs, raised, reached, explained, answered, last, outcome, reason, reason_on)


def kept_until(cases: Cases, log: Log) -> pd.Series:
    """Tell until which day each collective kept its log.

    Parameters
    ----------
    cases : Cases
        Reads the reporting periods and the day of this run.
    log : Log
        As :func:`read` gives it.

    Returns
    -------
    Series
        Collective → day: the last one in its log or, when that is later, the last day of its reporting periods, but not
        after today. What became of an input later than that nobody wrote down, so it is not counted as silence.
    """
    latest = pd.Series(log.last).groupby(log.inputs["collective_id"].to_numpy()).max()
    ends = cases.periods.groupby("collective_id")["period_end"].max()
    today = (cases.today - dt.date(1970, 1, 1)).days
    days = pd.Series(np.minimum(_days(ends), today), index=ends.index)
    return latest.combine(days.reindex(latest.index).fillna(0).astype(np.int64), max)


def _recorded_by(inputs: pd.DataFrame, known: list[str]) -> pd.Series:
    """Return the collective of each input; of one that came through another process, who recorded it."""
    owner = inputs["input_id"].str.split(OWNER, n=1).str[0]
    return inputs["collective_id"].fillna(owner.where(owner.isin(known))).fillna("")


def _decided_by(inputs: pd.DataFrame, cases: Cases) -> pd.Series:
    """Return the body of the last decision that names each input; empty when none does."""
    decision = cases.table("decision")[["date", "body", "input_ids"]].dropna()
    named = decision.assign(input_id=decision["input_ids"].str.split(";")).explode("input_id").sort_values("date")
    last = named.drop_duplicates("input_id", keep="last").set_index("input_id")["body"]
    return inputs["input_id"].map(last).astype(object).fillna("").astype("str")


def _steps(cases: Cases, inputs: pd.DataFrame) -> pd.DataFrame:
    """List the steps of all inputs in their order, decisions that name them included."""
    steps = cases.table("input_event")[["input_id", "seq", "date", "stage", "outcome", "reason", "explanation_url"]]
    decision = cases.table("decision")[["date", "input_ids"]].dropna(subset=["input_ids"])
    decision = decision.assign(input_id=decision["input_ids"].str.split(";")).explode("input_id")
    named = decision[["input_id", "date"]].assign(seq=0, stage="besloten")
    both = pd.concat([steps, named], ignore_index=True) if len(named) else steps
    link = cases.table("input_link")
    merged = link.loc[link["type"].eq("samengevoegd"), "from_input"]
    double = both["stage"].eq("besloten") & both["reason"].eq("dubbel").fillna(False).astype(bool)
    both = both[~(double & both["input_id"].isin(merged))]
    both = both.assign(at=pd.Index(inputs["input_id"]).get_indexer(pd.Index(both["input_id"])))
    return both[both["at"].ge(0)].sort_values(["at", "date", "seq"], kind="stable")


def _latest(events: pd.DataFrame, column: str, n: int) -> tuple[NDArray[np.object_], Days]:
    """Return the last value of a column per input, and its day."""
    there = events[events[column].notna()].drop_duplicates("at", keep="last")
    values, days = np.full(n, "", dtype=object), np.full(n, -1, dtype=np.int64)
    values[there["at"].to_numpy()] = there[column].astype(object).to_numpy()
    days[there["at"].to_numpy()] = _days(there["date"])
    return values, days


def _days(dates: pd.Series) -> Days:
    return dates.to_numpy(dtype="datetime64[D]").astype(np.int64)
