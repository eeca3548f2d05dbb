"""May it be shown? Estimates about people in; the same estimates with small groups suppressed out, a log, a register.

Every figure about people passes here before it is written to ``analysed/``: primary rules (:mod:`.rules`), what earlier
runs published (:mod:`.released`), other cells that would give a hidden one away (:mod:`.linked`), rounding and words
(:mod:`.rounding`), and last an audit that tries to undo it all (:mod:`.audit`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from bt_analysis.analysis.tables import WORKING_COLUMNS
from bt_analysis.disclosure import audit, linked, released, rules
from bt_analysis.disclosure import cells as cell_tables
from bt_analysis.disclosure.audit import DisclosureError
from bt_analysis.disclosure.cells import BLOCK, KEY
from bt_analysis.disclosure.log import log_text
from bt_analysis.disclosure.released import nothing
from bt_analysis.disclosure.rounding import coarse
from bt_analysis.settings import DisclosureSettings

__all__ = ["DisclosureError", "Protected", "log_text", "nothing", "protect", "together"]

_FIGURES = ["value", "ci_low", "ci_high", "n"]


class Protected(NamedTuple):
    """What disclosure control makes of estimates.

    Parameters
    ----------
    estimates : DataFrame
        What may be shown: the same rows without their working columns, and figures of earlier runs in the place of
        those that are held. A suppressed row has gate ``onderdrukt``, no figures, and ``suppressed`` as its one reason.
    log : DataFrame
        For the data steward: one row is a hidden cell with the code of the rule that hid it and the day of the run.
    register : DataFrame
        For the data steward: what has ever been published about people, with true counts.
    """

    estimates: pd.DataFrame
    log: pd.DataFrame
    register: pd.DataFrame

    @property
    def suppressed(self) -> pd.DataFrame:
        """The hidden cells as anybody may see them: without the rule."""
        return self.log[KEY]


def protect(estimates: pd.DataFrame, disclosure: DisclosureSettings, register: pd.DataFrame, on: dt.date) -> Protected:
    """Suppress, hold, round and put in words what could identify people, and try to undo it.

    Parameters
    ----------
    estimates : DataFrame
        Estimates with their working columns, after the gates.
    disclosure : DisclosureSettings
        The thresholds.
    register : DataFrame
        What earlier runs published; :func:`nothing` for a first run.
    on : date
        Day of this run.

    Returns
    -------
    Protected
        Estimates, log and register.

    Raises
    ------
    DisclosureError
        When something hidden could still be worked out; then nothing may be written.

    Notes
    -----
    The same estimates and the register they led to give the same estimates and the same register.
    """
    # An earlier run is known as it was rounded; set beside that unrounded, what did not change would seem to.
    compared = released.compare(cell_tables.of(coarse(estimates, disclosure)), register, disclosure)
    decided = _decide(compared, disclosure)
    rows = _blank(released.hold(estimates, compared, register), decided)
    published = coarse(rows, disclosure)
    audit.check(published, decided, disclosure)
    hidden = decided[decided["rule"].ne("") & ~decided["gone"] & decided["told"]]
    log = hidden[[*KEY, "rule"]].assign(run_on=pd.Timestamp(on)).astype({"run_on": "datetime64[us]"})
    return Protected(
        published.drop(columns=[*WORKING_COLUMNS, "rule", "held"]).astype({"missing_reason": "str"}),
        log.sort_values(KEY, ignore_index=True),
        released.update(register, published, compared, on),
    )


def together(parts: Sequence[Protected]) -> Protected:
    """Put together what was decided about different collectives.

    Parameters
    ----------
    parts : sequence of Protected
        At least one; no collective is in two.

    Returns
    -------
    Protected
        The same as when all had been looked at together: no cell of one collective tells anything of another.
    """
    estimates, log, register = (
        pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
        for tables in map(list, zip(*parts, strict=True))
    )
    return Protected(
        estimates, log.sort_values(KEY, ignore_index=True), register.sort_values("claim_id", ignore_index=True)
    )


def _decide(compared: pd.DataFrame, disclosure: DisclosureSettings) -> pd.DataFrame:
    """Add the code of the rule by which each cell is hidden; empty when it is shown."""
    rule = rules.broken(compared, disclosure)
    rule = rule.where(rule.ne("") & ~compared["gone"], compared["stays"])
    decided = _without_unknown(compared.assign(rule=rule))
    at_stake = decided["rule"].ne("") | decided["in_held"] | decided["gone"] | decided["cell_rest_n"].gt(0)
    found = [_decide_block(block, disclosure) for _, block in decided[_any_in_block(decided, at_stake)].groupby(BLOCK)]
    told = pd.concat([pd.Series(dtype=object), *found]).reindex(decided.index)
    rule = told.where(told.notna(), decided["rule"]).astype(decided["rule"].dtype)
    return _without_unknown(decided.assign(rule=rule))


def _any_in_block(decided: pd.DataFrame, at_stake: pd.Series) -> pd.Series:
    """Tell of every cell whether anything is at stake in its block."""
    return at_stake.groupby([decided[column] for column in BLOCK]).transform("any").astype(bool)


def _without_unknown(cells: pd.DataFrame) -> pd.DataFrame:
    """Leave out what shares are of where no figure tells it and no share may be shown: then nobody knows it."""
    shown = cells["rule"].eq("") & cells["group_value"].ne("")
    periods = [cells[column] for column in [*BLOCK, "period_start", "period_end"]]
    return cells[cells["told"] | shown.groupby(periods).transform("any")].reset_index(drop=True)


def _decide_block(block: pd.DataFrame, disclosure: DisclosureSettings) -> pd.Series:
    sensitive, known = block["rule"].ne("").to_numpy(), block["known"].to_numpy(dtype=bool)
    hidden = linked.hide(block, sensitive, known, disclosure, held=bool(block["in_held"].any()))
    hidden_total = block["group_value"].eq("") & hidden
    periods = [block["period_start"], block["period_end"]]
    below = hidden_total.groupby(periods).transform("any") & block["group_value"].ne("")
    found = pd.Series(np.where(below, "total_hidden", "secondary"), index=block.index, dtype=object)
    return block["rule"].mask(hidden & ~sensitive, found)


def _blank(rows: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Take everything out of the rows of hidden cells that could tell one from another."""
    rules_of = decided.loc[~decided["gone"], [*KEY, "rule"]]
    out = rows.drop(columns="rule", errors="ignore").merge(rules_of, on=KEY, how="left", validate="many_to_one")
    out["rule"] = out["rule"].fillna("")
    hidden = out["rule"].ne("")
    told = {"gate": "onderdrukt", "gate_reason": "suppressed", "missing_reason": "suppressed", "value_text": ""}
    return out.assign(
        **{column: out[column].mask(hidden, text) for column, text in told.items()},
        **{column: out[column].mask(hidden) for column in [*_FIGURES, "held_on"]},
    )
