"""Cells of tables with counts: estimates in; a number that leads to its line, a reason, or a dash, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import sentences
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import cell

Cells = dict[tuple[str, ...], pd.Series]


def by(rows: pd.DataFrame, *columns: str) -> Cells:
    """Put estimates where a table looks them up.

    Parameters
    ----------
    rows : DataFrame
        Estimates.
    *columns : str
        What tells them apart.

    Returns
    -------
    dict of tuple of str to Series
        The values of these columns → the estimate.
    """
    return {tuple(str(row[name]) for name in columns): row for _, row in rows.iterrows()}


def number(content: Content, row: pd.Series | None, *, starred: bool = True) -> dict[str, str]:
    """Make a cell of a count.

    Parameters
    ----------
    content : Content
        The report.
    row : Series or None
        The estimate; None: there is none of this kind.
    starred : bool
        Whether a reservation is marked; not where the table says it of all its numbers.

    Returns
    -------
    dict of str to str
        For ``sections/table.html.j2``: the number with a star when there is a reservation; why there is none; a dash.
    """
    if row is None:
        return cell("–", "figure")
    if row["gate"] not in SHOWN:
        return cell(sentences.limits(content, row), "why")
    star = " *" if starred and row["gate"] == "voorbehoud" else ""
    return cell(content.language.number(row["value"]) + star, "figure", row["claim_id"])


def star(content: Content, rows: pd.DataFrame) -> str:
    """Say what the star behind numbers means.

    Parameters
    ----------
    content : Content
        The report.
    rows : DataFrame
        Estimates in the table.

    Returns
    -------
    str
        Every reservation once, with a full stop; empty when there is none.
    """
    held = rows[rows["gate"].eq("voorbehoud")].drop_duplicates("gate_reason")
    told = dict.fromkeys(sentences.limits(content, row) for _, row in held.iterrows())
    return f"* {'; '.join(told)}." if told else ""
