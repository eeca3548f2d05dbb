"""Counting what collectives recorded: rows with a day in; the same rows per period and for all together out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS, Cases, nothing, told

PERIOD = ["collective_id", "period_start", "period_end"]
"""What a count is of: one collective in one reporting period, or all collectives together."""

_OWNER = r"^(.+?)--"


def owned(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Fill in whose row it is where a collective left that out.

    Parameters
    ----------
    rows : DataFrame
        A monitoring table of all collectives together, with ``collective_id``.
    key : str
        Column of the table's own code, which has the collective in front: ``zon--o1``.

    Returns
    -------
    DataFrame
        A copy; collective_id is empty only where the code has no collective in front.
    """
    front = rows[key].str.extract(_OWNER, expand=False)
    return rows.assign(collective_id=rows["collective_id"].fillna(front).fillna(ACROSS).astype("str"))


def everywhere(rows: pd.DataFrame, cases: Cases, first: str, last: str = "") -> pd.DataFrame:
    """Repeat rows for each reporting period that they fall in, and once for all collectives together.

    Parameters
    ----------
    rows : DataFrame
        With collective_id and days.
    cases : Cases
        Whose periods.
    first, last : str
        Columns with the first and last day. Without a name for ``last`` a row is of one day; a last day that is
        missing means that it still goes on.

    Returns
    -------
    DataFrame
        One row is a row in a period, or, with an empty collective_id and the span of all periods, a row for all
        together. A row without a first day is only in the longest period of its collective: no shorter one is sure.
    """
    if rows.empty or cases.whole.empty:
        return rows.iloc[:0].assign(**{name: cases.whole[name].iloc[:0] for name in PERIOD[1:]})
    longest = cases.whole[PERIOD].assign(longest=True)
    periods = cases.periods[PERIOD].merge(longest, on=PERIOD, how="left", validate="many_to_one")
    own = rows.merge(periods.assign(longest=periods["longest"].eq(True)), on="collective_id", validate="many_to_many")
    begun, ended = own[first], own[last or first]
    inside = (begun <= own["period_end"]) & ((ended >= own["period_start"]) | (ended.isna() & bool(last)))
    start, end = cases.span
    together = rows.assign(collective_id=ACROSS, period_start=start, period_end=end)
    kept = own[inside | (begun.isna() & own["longest"])].drop(columns="longest")
    return pd.concat([kept, together], ignore_index=True)


def counted(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Count rows per collective, period and kind.

    Parameters
    ----------
    rows : DataFrame
        As :func:`everywhere` gives.
    by : list of str
        Columns that hold the kinds; a row without one of them is not counted.

    Returns
    -------
    DataFrame
        One row per collective, period and kind that there is, with ``value``, how many, and ``n``, how many there are
        of all kinds.
    """
    known = rows.dropna(subset=by)
    if known.empty:
        return pd.DataFrame(columns=[*PERIOD, *by, "value", "n"])
    sizes = known.groupby([*PERIOD, *by], as_index=False, sort=True).size().rename(columns={"size": "value"})
    return sizes.assign(n=sizes.groupby(PERIOD)["value"].transform("sum"))


def figures(rows: pd.DataFrame, question: str, **constants: object) -> pd.DataFrame:
    """Complete counts to estimates, of one collective or of all together.

    Parameters
    ----------
    rows : DataFrame
        With the columns of :data:`PERIOD`, indicator_id, value and, where there are any, group_type, group_value, unit
        and method; a row without a unit or method is a count of things.
    question : str
        Which question they answer.
    **constants : object
        Columns with one value for all rows: unit, n_unit, source …

    Returns
    -------
    DataFrame
        One row is an estimate.
    """
    if rows.empty:
        return nothing()
    whose = rows["collective_id"].eq(ACROSS).map({True: "collectieven", False: "collectief"})
    count = {"unit": "aantal", "method": "count"}
    own = {name: rows[name].fillna(usual) for name, usual in count.items() if name in rows}
    return told(
        rows.assign(population=whose, **own),
        **({name: usual for name, usual in count.items() if name not in own} | {"question": question} | constants),
    )
