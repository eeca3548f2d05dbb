"""What may share an axis: rows of a figure go in; the same rows, or a refusal that names both instruments, come out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.instruments import comparing
from bt_analysis.pages.content import Content


def one_axis(content: Content, rows: pd.DataFrame) -> pd.DataFrame:
    """Let rows through that may be drawn on one axis; every figure of several values asks here first.

    Parameters
    ----------
    content : Content
        The report; knows with which instrument an indicator was measured.
    rows : DataFrame
        Estimates.

    Returns
    -------
    DataFrame
        The same object, unchanged.

    Raises
    ------
    NotComparable
        When their instruments differ, or their indicators or units.
    """
    instruments = content.indicators.set_index("indicator_id")["instrument_id"]
    comparing.together(rows.assign(instrument_id=rows["indicator_id"].map(instruments)))
    return rows
