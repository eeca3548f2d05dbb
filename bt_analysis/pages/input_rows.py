"""Rows about inputs: a report in; estimates and tables of one collective, or of all together, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.pages.content import Content

QUESTION = "inputs"
ACROSS = ""
"""Collective of what is about all together."""

_KEYS = ["collective_id", "period_start", "period_end"]


def stages(content: Content, collective_id: str | None = None) -> pd.DataFrame:
    """Select how many inputs reached each stage.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    DataFrame
        One row per stage, in order.
    """
    return of_table(content, "input_stages", collective_id).sort_values("place", ignore_index=True)


def curve(content: Content, collective_id: str | None = None) -> pd.DataFrame:
    """Select the curve of how long residents wait.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    DataFrame
        One row per step of it; none when there are too few inputs.
    """
    return of_table(content, "input_waits", collective_id).sort_values("step", ignore_index=True)


def stages_of_all(content: Content) -> pd.DataFrame:
    """Select how many inputs of each collective reached each stage, in its longest period.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    DataFrame
        With ``name``; collectives in the order of their names, stages in theirs.
    """
    longest = reporting.with_days(content.collectives)[[*_KEYS, "name"]]
    both = content.learned["input_stages"].merge(longest, on=_KEYS, validate="many_to_one")
    return both.sort_values(["name", "collective_id", "place"], ignore_index=True)


def one(content: Content, indicator_id: str, collective_id: str | None = None) -> pd.Series | None:
    """Select an estimate that is about no group.

    Parameters
    ----------
    content : Content
        A report.
    indicator_id : str
        Which.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    Series or None
        The estimate; None when there is none.
    """
    found = of_kind(content, indicator_id, "", collective_id)
    return found.iloc[0] if len(found) else None


def of_kind(content: Content, indicator_id: str, kind: str, collective_id: str | None = None) -> pd.DataFrame:
    """Select estimates of every group of a kind.

    Parameters
    ----------
    content : Content
        A report.
    indicator_id, kind : str
        Which.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    DataFrame
        One row is an estimate.
    """
    return content.rows(QUESTION, indicator_id, collective_id=whose(content, collective_id), group_type=kind)


def of_table(content: Content, name: str, collective_id: str | None = None) -> pd.DataFrame:
    """Select the rows of a table.

    Parameters
    ----------
    content : Content
        A report.
    name : str
        Name of the table.
    collective_id : str, optional
        Whose; empty: all collectives together. The collective of the report when it is left out.

    Returns
    -------
    DataFrame
        Rows of one collective, or of all together.
    """
    table = content.learned[name]
    return table[table["collective_id"].eq(whose(content, collective_id))]


def whose(content: Content, collective_id: str | None) -> str:
    """Tell whose rows are meant.

    Parameters
    ----------
    content : Content
        A report.
    collective_id : str or None
        None: the collective of the report.

    Returns
    -------
    str
        Id of a collective; empty: all collectives together.
    """
    return str(content.collective["collective_id"]) if collective_id is None else collective_id
