"""What became of what residents brought in: inputs, steps, links and decisions in; losses, reasons and waits out.

Counts are of inputs, not of people. Each input that residents raised counts once, whatever it was merged or split into.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning import input_chains, input_fates, input_groups, input_log, waiting
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing
from bt_analysis.analysis.learning.counting import PERIOD, counted, figures
from bt_analysis.analysis.learning.input_log import EXECUTED, STAGES
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("input_stages", "input_waits", "input_fates", "input_pairs")

QUESTION = "inputs"
SOURCE = "collective: input, input_event, input_link, decision"

FEWEST_FOR_SHARE = 10
"""A percentage of fewer inputs than this is no percentage; then there are counts only."""

_COUNTED = {
    "inputs_n": "one", "inputs_executed_n": "executed", "inputs_answered_n": "answered",
    "inputs_unanswered_n": "unanswered", "inputs_silent_n": "never", "inputs_waiting_n": "waiting",
    "inputs_reported_back_n": "reported_back", "inputs_executed_untold_n": "untold",
    "inputs_taken_over_n": "taken_over", "inputs_rejected_explained_n": "explained",
    "inputs_rejected_unexplained_n": "unexplained", "inputs_postponed_n": "postponed",
    "inputs_went_on_n": "went_on",
}  # fmt: skip
"""What is counted → which inputs."""


def learn(cases: Cases, settings: Settings) -> Learned:
    """Follow every input to where it is now.

    Parameters
    ----------
    cases : Cases
        Reads input, input_event, input_link and decision.
    settings : Settings
        ``learning.silent_days``; ``disclosure.min_cell`` is the fewest inputs of a group that is shown.

    Returns
    -------
    Learned
        Estimates of question ``inputs`` per collective and period, and across: counts, stages reached (group_type
        ``stadium``), reasons (``reden``), groups, and days until an answer. Tables: input_stages, input_waits,
        input_fates (a row per input) and input_pairs.

    Notes
    -----
    Inputs of a period are those raised in it; what became of them is told as it is now. Across collectives those of
    the longest period of each.
    """
    empty = {name: made((), name) for name in TABLES}
    if cases.table("input").empty:
        return Learned(nothing(), empty)
    log = input_log.read(cases)
    chains = input_chains.resolve(log, cases.table("input_link"))
    fates = input_fates.of(chains, input_log.kept_until(cases, log), settings.learning.silent_days)
    rows = in_periods(fates[fates["counted"]], cases)
    told_of = {"input_fates": made(fates, "input_fates")}
    if rows.empty:
        return Learned(nothing(), empty | told_of)
    stages = _stages(rows)
    waits, curves = waiting.told(rows)
    parts = [
        input_groups.counts(rows, PERIOD, _COUNTED), _shares(rows), _of_stages(stages), _reasons(rows), waits,
        input_groups.told(rows, cases, settings.disclosure.min_cell),
    ]  # fmt: skip
    estimates = pd.concat([part for part in parts if len(part)], ignore_index=True)
    tables = {"input_stages": stages, "input_waits": curves, "input_pairs": input_groups.pairs(rows)}
    return Learned(
        figures(
            estimates.assign(missing_reason=estimates["missing_reason"].astype("str")), QUESTION,
            source=SOURCE, n_unit="inputs",
        ),
        {name: made(table, name) for name, table in tables.items()} | told_of,
    )  # fmt: skip


def in_periods(fates: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Put each input under every period in which it was raised, and under all collectives together.

    Parameters
    ----------
    fates : DataFrame
        One row per input that counts.
    cases : Cases
        Reads the reporting periods.

    Returns
    -------
    DataFrame
        The rows with ``PERIOD``, ``owner`` (whose input it is) and what is counted as columns of truth.
    """
    rows = fates.assign(
        one=True, unanswered=~fates["answered"], never=~fates["answered"] & fates["silent"],
        waiting=~fates["answered"] & ~fates["silent"], untold=fates["executed"] & ~fates["reported_back"],
        explained=fates["fate"].eq("afgewezen_met_uitleg"), unexplained=fates["fate"].eq("afgewezen_zonder_uitleg"),
        postponed=fates["fate"].eq("uitgesteld"), went_on=fates["went_into"].ne(""), owner=fates["collective_id"],
    )  # fmt: skip
    own = _raised_in(rows, cases.periods)
    first, last = cases.span
    across = _raised_in(rows, cases.whole).assign(collective_id=ACROSS, period_start=first, period_end=last)
    return pd.concat([own, across], ignore_index=True)


def _raised_in(rows: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    both = rows.merge(periods[PERIOD].drop_duplicates(), on="collective_id", validate="many_to_many")
    return both[both["raised_on"].between(both["period_start"], both["period_end"])]


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    sums = rows.groupby(PERIOD, as_index=False).agg(n=("one", "sum"), answered=("answered", "sum"))
    few = sums["n"] < FEWEST_FOR_SHARE
    return sums.assign(
        indicator_id="inputs_answered_pct", value=(100 * sums["answered"] / sums["n"]).mask(few), unit="%",
        method="count", gate=few.map({True: "niet_te_zien", False: "ok"}),
        gate_reason=few.map({True: "few_inputs", False: ""}), missing_reason=few.map({True: "unknown", False: None}),
    ).drop(columns="answered")  # fmt: skip


def _stages(rows: pd.DataFrame) -> pd.DataFrame:
    """Count per stage how many came there or further, and what became of those that stopped there."""
    kinds = {
        "answered": rows["answered"], "waiting": rows["waiting"], "silent": rows["never"],
    }  # fmt: skip
    stopped = rows.assign(stopped=True, **kinds).groupby([*PERIOD, "place"])[["stopped", *kinds]].sum()
    places = range(EXECUTED + 1)
    keys = list(dict.fromkeys(key[:-1] for key in stopped.index))
    every = pd.MultiIndex.from_tuples([(*key, at) for key in keys for at in places], names=[*PERIOD, "place"])
    full = stopped.reindex(every, fill_value=0).astype(int)
    reached = full["stopped"][::-1].groupby(level=PERIOD).cumsum()[::-1]
    table = full.assign(reached_n=reached).rename(columns={name: f"{name}_n" for name in full.columns}).reset_index()
    return table.assign(stage=[STAGES[at] for at in table["place"]])


def _of_stages(stages: pd.DataFrame) -> pd.DataFrame:
    """Make estimates of how many reached each stage, and how many came no further."""
    total = stages.groupby(PERIOD)["reached_n"].transform("max")
    parts = [
        stages[[*PERIOD]].assign(indicator_id=f"inputs_{name}_n", value=stages[f"{name}_n"].astype(float),
                               group_value=stages["stage"], n=total)
        for name in ("reached", "stopped")
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True).assign(group_type="stadium", unit="aantal", method="count")


def _reasons(rows: pd.DataFrame) -> pd.DataFrame:
    """Count why inputs that were not carried out were rejected, postponed or taken over in part only."""
    turned = rows[~rows["executed"] & rows["outcome"].isin(["afgewezen", "uitgesteld", "deels"])]
    turned = turned.assign(group_value=turned["reason"].replace("", "niet_vastgelegd"))
    return counted(turned, ["group_value"]).assign(
        indicator_id="inputs_reason_n", group_type="reden", unit="aantal", method="count"
    )
