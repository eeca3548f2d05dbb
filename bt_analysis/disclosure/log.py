"""The log that a data steward reads: hidden cells in; text that says what was hidden, where and by which rule, out."""

from __future__ import annotations

import pandas as pd

RULES = {
    "threshold": "fewer people than the minimum",
    "group": "nobody or everybody is in the group",
    "complement": "fewer people than the minimum are not in the group",
    "dominance": "a few people gave nearly all",
    "small_area": "fewer people than the minimum live in the area",
    "total_hidden": "the total of these groups is hidden",
    "earlier": "hidden in an earlier run, and changed by too few people since",
    "secondary": "would give another hidden number away",
}
"""Code of a rule → what it says."""


def log_text(log: pd.DataFrame) -> str:
    """Write the log as a page for a data steward.

    Parameters
    ----------
    log : DataFrame
        One row is a hidden cell, as :func:`bt_analysis.disclosure.protect` gives; it holds no counts.

    Returns
    -------
    str
        Markdown: how many cells each rule hid, and a table per collective.
    """
    lines = ["# Hidden to protect people", ""]
    if log.empty:
        return "\n".join([*lines, "Nothing was hidden.", ""])
    lines += [f"Run of {log['run_on'].max():%Y-%m-%d}. {len(log)} cells hidden:", ""]
    counted = log["rule"].value_counts()
    lines += [f"- {counted[rule]} × {rule}: {meaning}" for rule, meaning in RULES.items() if rule in counted]
    for collective, cells in log.groupby("collective_id"):
        lines += ["", f"## {collective}", "", "| counted | kind of group | group | from | to | rule |"]
        lines += ["|---|---|---|---|---|---|", *(_line(cell) for _, cell in cells.iterrows())]
    return "\n".join([*lines, ""])


def _line(cell: pd.Series) -> str:
    parts = [
        cell["cell"], cell["group_type"] or "–", cell["group_value"] or "total",
        f"{cell['period_start']:%Y-%m-%d}", f"{cell['period_end']:%Y-%m-%d}", cell["rule"],
    ]  # fmt: skip
    return "| " + " | ".join(str(part).replace("|", "\\|") for part in parts) + " |"
