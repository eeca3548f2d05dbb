"""What became of each input: a log with its chains in; furthest stage, fate and waiting time of every input out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bt_analysis.analysis.learning.input_chains import Chains
from bt_analysis.analysis.learning.input_log import DECIDED, EXECUTED, NEVER, REPORTED, STAGES, TAKEN_OVER

TEXT = ("domain", "domain_secondary", "knowledge_type", "channel", "scale")


def of(chains: Chains, until: pd.Series, silent_days: int) -> pd.DataFrame:
    """Tell of every input what became of it.

    Parameters
    ----------
    chains : Chains
        Inputs that took over what became of those they went on in.
    until : Series
        Collective → last day of its log, in days from 1 January 1970.
    silent_days : int
        Without a step for so long an input is silent.

    Returns
    -------
    DataFrame
        One row is an input, as the schema analysed_input_fates says, with the text of the input and its group beside
        it. Of its fate the first that holds: ``uitgevoerd`` carried out; ``afgewezen_met_uitleg`` rejected, and
        residents heard or can read why; ``afgewezen_zonder_uitleg`` rejected, and they did not; ``toegezegd`` taken
        over, wholly or in part, but not carried out; ``uitgesteld`` postponed; ``beantwoord`` answered without a
        decision; ``open`` none of these; ``stil`` none of these, and silent.

    Notes
    -----
    Furthest stage: the last one recorded up to ``uitgevoerd``. Whether it was reported back stands apart, because that
    also happens to an input that was rejected. Silent: not reported back, and no step for ``silent_days``. Waited:
    days from being raised until the answer or, without one, until the log ends; an input that is silent is waiting all
    the same, and counting it no further than its last step would make waits look shorter.
    """
    log = chains.log
    end = until.reindex(log.inputs["collective_id"]).fillna(-1).to_numpy().astype(np.int64)
    answered, reported = log.answered != NEVER, log.reached[:, REPORTED] != NEVER
    silent = ~reported & (end - log.last >= silent_days)
    place = np.where(log.reached[:, : EXECUTED + 1] != NEVER, np.arange(EXECUTED + 1), 0).max(axis=1)
    taken_over = np.isin(log.outcome, TAKEN_OVER)
    executed = log.reached[:, EXECUTED] != NEVER
    rejected = log.outcome == "afgewezen"
    fate = np.select(
        [executed, rejected & answered, rejected, taken_over, log.outcome == "uitgesteld", answered, ~silent],
        ["uitgevoerd", "afgewezen_met_uitleg", "afgewezen_zonder_uitleg", "toegezegd", "uitgesteld", "beantwoord",
         "open"], "stil",
    )  # fmt: skip
    given = log.inputs
    return pd.DataFrame(
        {
            "collective_id": given["collective_id"], "input_id": given["input_id"], "raised_on": given["raised_on"],
            **{name: given[name].fillna("") for name in TEXT},
            "counted": chains.counted, "circular": chains.circular, "went_into": chains.went_into,
            "decided_on": _date(log.reached[:, DECIDED]), "decided_by": given["decided_by"],
            "stage": np.array(STAGES, dtype=object)[place], "fate": fate, "outcome": log.outcome, "reason": log.reason,
            "answered": answered, "reported_back": reported, "silent": silent, "answered_on": _date(log.answered),
            "last_on": _date(log.last), "kept_until": _date(np.where(end < 0, NEVER, end)),
            "waited_days": np.maximum(np.where(answered, log.answered, end) - log.raised, 0),
            "text": given["text_summary"].fillna(""),
            "text_shown": given["text_summary"].notna(), "group_value": given["group_value"].fillna(""),
            "place": place, "executed": executed, "taken_over": taken_over | executed,
        }
    )  # fmt: skip


def _date(days: NDArray[np.int64]) -> pd.Series:
    known = days != NEVER
    dates = np.where(known, days, 0).astype("datetime64[D]").astype("datetime64[us]")
    return pd.Series(dates).where(pd.Series(known))
