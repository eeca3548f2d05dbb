"""Answers: joined tables in; every question asked, protected and judged, and the areas behind the comparisons, out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bt_analysis import detectability, disclosure, schema
from bt_analysis.analysis import QUESTIONS, change, learning, response
from bt_analysis.analysis.change_rows import REPORT
from bt_analysis.analysis.tables import Joined
from bt_analysis.disclosure import records as to_show
from bt_analysis.settings import Settings

_FIGURE = [*REPORT, "indicator_id"]


@dataclass(frozen=True, eq=False)
class Answers:
    """What the questions come to.

    Parameters
    ----------
    estimates : DataFrame
        analysed_estimates.
    protected : Protected
        What disclosure control made of them, for the data steward.
    compared : dict of str to DataFrame
        ``similar``, ``balance`` and ``left_out``: the areas that work areas were set beside.
    """

    estimates: pd.DataFrame
    protected: disclosure.Protected
    compared: dict[str, pd.DataFrame]


def of(joined: Joined, periods: pd.DataFrame, settings: Settings, register: pd.DataFrame, today: dt.date) -> Answers:
    """Ask every question, set the gates, and suppress what may not be shown.

    Parameters
    ----------
    joined : Joined
        Everything that questions read.
    periods : DataFrame
        Reporting periods.
    settings : Settings
        All thresholds.
    register : DataFrame
        What earlier runs published about people.
    today : date
        Day of this run.

    Returns
    -------
    Answers
        What may be written.

    Raises
    ------
    DisclosureError
        When something hidden could still be worked out.

    Notes
    -----
    After disclosure control comes what rests on published figures only: who answered, and whether a change could have
    been seen at all. Both add rows that tell nothing new, or take figures away.
    """
    # Asked apart from the other questions: it takes longest, and also gives the areas it rests on.
    compared = change.compare(joined, periods, settings)
    rows = [question.estimate(joined, periods, settings) for question in QUESTIONS]
    raw = pd.concat([*rows, compared.estimates], ignore_index=True)
    gated = detectability.set_gates(raw, settings.gates)
    protected = disclosure.protect(gated, settings.disclosure, register, today)
    told = response.with_response(protected.estimates, joined, settings)
    seen = detectability.see(told, joined, settings)
    tables = {"similar": compared.similar, "balance": compared.balance, "left_out": compared.left_out}
    return Answers(
        seen.assign(synthetic=settings.synthetic),
        protected,
        {name: _without_hidden(table, protected.estimates) for name, table in tables.items()},
    )


def learned(
    records: Mapping[str, pd.DataFrame],
    told: Mapping[str, pd.DataFrame],
    settings: Settings,
    today: dt.date,
    earlier: Mapping[str, pd.DataFrame],
) -> learning.Learned:
    """Ask what collectives learn from each other, of what may be shown of them.

    Parameters
    ----------
    records : mapping of str to DataFrame
        Monitoring tables by name, of a build or of bundles; what is not to be shown is taken out here.
    told : mapping of str to DataFrame
        Protected tables: ``estimates``, ``collectives`` and ``indicators`` of the stage analysed.
    settings : Settings
        All thresholds.
    today : date
        Day of this run.
    earlier : mapping of str to DataFrame
        What the run before was asked to remember.

    Returns
    -------
    Learned
        About each collective and about all together.

    Notes
    -----
    Tables whose counts add up lose all their measures, as looking at them row by row does not protect them; questions
    read the figures that were published of them.
    """
    if told["collectives"].empty:
        return learning.learn_nothing()
    safe = {}
    for name, table in records.items():
        if name not in schema.MONITORING or schema.protection(name) == to_show.NEVER:
            continue
        descriptor = schema.load(name)
        if name in _ADD_UP:
            kept = to_show.suppressed(table, descriptor, pd.Series(data=True, index=table.index))
        else:
            kept = to_show.without_small_groups(table, descriptor, settings.disclosure.min_cell)
        safe[name] = to_show.without_text(kept, descriptor)
    safe = to_show.without_effort_of_few(safe, records, settings.disclosure.min_cell)
    cases = learning.Cases(safe, told["collectives"], told["estimates"], told["indicators"], today, earlier)
    answer = learning.learn(cases, settings)
    return learning.Learned(answer.estimates.assign(synthetic=settings.synthetic), answer.tables, answer.remember)


_ADD_UP = ("participation", "contribution", "measurement", "survey_wave")


def _without_hidden(table: pd.DataFrame, protected: pd.DataFrame) -> pd.DataFrame:
    """Leave out comparisons of an area of too few people: how alike others are tells its own figures."""
    hidden = protected[protected["question"].eq("change") & protected["gate"].eq("onderdrukt")]
    places = pd.MultiIndex.from_frame(table[_FIGURE])
    return table[~places.isin(pd.MultiIndex.from_frame(hidden[_FIGURE]))].reset_index(drop=True)
