"""Figures of collectives beside each other: estimates in; one row per collective, what they say together, limits out.

No row is above another for its value: collectives stand in order of their code, as they are not ranked.
"""

from __future__ import annotations

import pandas as pd

SHOWN = ("ok", "voorbehoud")
"""Gates of figures that may be shown, the second with its reservation."""

KEY = ["question", "indicator_id", "population", "kind", "unit"]
"""What figures must share to stand beside each other."""

_TOGETHER = [
    "group", "collectives_n", "median", "lowest", "highest", "without_one_low", "without_one_high", "unit",
]  # fmt: skip


def all_series(estimates: pd.DataFrame) -> pd.DataFrame:
    """List which figures can stand beside each other.

    Parameters
    ----------
    estimates : DataFrame
        Rows of analysed_estimates.

    Returns
    -------
    DataFrame
        One row is a series, key :data:`KEY` (``kind``: kind of group, without the code of who measured), with how many
        collectives have a figure in it (``collectives_n``) and how many of those may be shown (``shown_n``); those that
        most collectives share first.
    """
    own = _of_one(estimates)
    shown = own[_may_be_shown(own)].groupby(KEY)["collective_id"].nunique()
    counts = own.groupby(KEY)["collective_id"].nunique().to_frame("collectives_n")
    counts["shown_n"] = shown.reindex(counts.index).fillna(0).astype(int)
    order = ["shown_n", "collectives_n", *KEY]
    return counts.reset_index().sort_values(order, ascending=[False, False, *[True] * len(KEY)], ignore_index=True)


def latest(estimates: pd.DataFrame, indicator_id: str) -> pd.DataFrame:
    """Take the last figure of every collective in the series of an indicator that most of them share.

    Parameters
    ----------
    estimates : DataFrame
        Rows of analysed_estimates.
    indicator_id : str
        The indicator.

    Returns
    -------
    DataFrame
        One row is a collective and group, in that order, of its last period, the longest when several end on one
        day. Rows that may not be shown are in it without a value.
    """
    chosen = all_series(estimates[estimates["indicator_id"].eq(indicator_id)]).head(1)
    own = _of_one(estimates).merge(chosen[KEY], on=KEY)
    own = own.sort_values(["collective_id", "group_value", "period_end", "period_start"],
                          ascending=[True, True, False, True])  # fmt: skip
    rows = own.drop_duplicates(["collective_id", "group_value"], ignore_index=True)
    hidden = ~rows["gate"].isin(SHOWN)
    return rows.assign(**{name: rows[name].astype(float).mask(hidden) for name in ("value", "ci_low", "ci_high")})


def together(rows: pd.DataFrame) -> pd.DataFrame:
    """Say what figures tell together, and how far that hangs on one collective.

    Parameters
    ----------
    rows : DataFrame
        As :func:`latest` gives them.

    Returns
    -------
    DataFrame
        One row is a group: ``collectives_n`` with a figure, ``median``, ``lowest`` and ``highest``, the lowest and
        highest median when one collective is left out (``without_one_low``, ``without_one_high``), and ``unit``. With
        two collectives or fewer there is no median to leave one out of, and those stay empty.

    Notes
    -----
    The median, as a few collectives are no sample of all collectives: there is no interval around it.
    """
    shown = rows[_may_be_shown(rows)]
    return pd.DataFrame(
        [_row(str(group), own) for group, own in shown.groupby("group_value")],
        columns=_TOGETHER,
    )


def _row(group: str, own: pd.DataFrame) -> dict[str, object]:
    values = own.groupby("collective_id")["value"].last()
    without = [float(values.drop(one).median()) for one in values.index] if len(values) > 2 else [float("nan")]
    return {
        "group": group, "collectives_n": len(values), "median": float(values.median()), "lowest": float(values.min()),
        "highest": float(values.max()), "without_one_low": min(without), "without_one_high": max(without),
        "unit": own["unit"].iloc[0],
    }  # fmt: skip


def limits(rows: pd.DataFrame, collectives: pd.DataFrame) -> pd.DataFrame:
    """Say which collectives have no figure, and why.

    Parameters
    ----------
    rows : DataFrame
        As :func:`latest` gives them.
    collectives : DataFrame
        Table ``collectives`` of the data.

    Returns
    -------
    DataFrame
        One row is a gate and a reason, with the number of collectives (``collectives_n``); with several groups one
        collective may count in several rows, and one that has no row at all counts under ``not_recorded``.
    """
    reasons = rows.assign(
        gate=rows["gate"].fillna(""),
        reason=rows["gate_reason"].replace("", pd.NA).fillna(rows["missing_reason"]).fillna(""),
    )
    counts = reasons.groupby(["gate", "reason"])["collective_id"].nunique().reset_index(name="collectives_n")
    absent = collectives["collective_id"].nunique() - rows["collective_id"].nunique()
    missing = pd.DataFrame([{"gate": "", "reason": "not_recorded", "collectives_n": absent}])
    return pd.concat([counts, missing], ignore_index=True) if absent else counts


def _of_one(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of one collective each; a survey's own code is no kind of group."""
    own = estimates[estimates["collective_id"].fillna("").ne("")]
    kind = own["group_type"].fillna("").map(lambda one: str(one).partition(":")[0])
    return own.assign(kind=kind, group_value=own["group_value"].fillna("").astype(str), unit=own["unit"].fillna(""))


def _may_be_shown(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows["gate"].isin(SHOWN) & rows["value"].notna()
