"""Sentences of claims: one estimate in, the Dutch sentence that says it, and where it stands in a report, out.

Always Dutch, also of an English report: residents reply to what they read. Where a page has a sentence for one figure
that sentence is used; every other figure gets one that any figure can have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from bt_analysis.language import Language
from bt_analysis.pages import appendix, response, sentences, tables, verdicts, words
from bt_analysis.pages.content import SHOWN, Content

DUTCH = Language("nl")

SECTIONS = {
    "activities": "2 · Wat we samen deden", "reach": "3 · De buurt en wie we bereikten",
    "representation": "3 · De buurt en wie we bereikten", "context": "3 · De buurt en wie we bereikten",
    "where": "3 · De buurt en wie we bereikten", "change": "4 · Wat veranderde", "similar": "4 · Wat veranderde",
    "detectability": "4 · Wat veranderde", "measurements": "4 · Wat veranderde", "response": "4 · Wat veranderde",
    "before_after": "4 · Wat veranderde", "weighted": "4 · Wat veranderde", "respondents": "4 · Wat veranderde",
    "lessons": "5 · Wat werkte, wat werkte niet", "inputs": "6 · Wat gebeurde er met onze inbreng",
    "cooperation": "7 · Hoe we samenwerken", "obstacles": "7 · Hoe we samenwerken", "theory": "C · Verandertheorie",
    "value": "8 · Waarde", "savings": "8 · Waarde", "experiments": "E · Experimenten",
    "hours": "8 · Waarde", "return": "9 · Weerwoord", "burden": "H · Wat het kostte", "unused": "H · Wat het kostte",
}  # fmt: skip
"""Question → section of a collective's report; other questions stand in the appendix of all figures."""

OTHER_SECTION = "B · Alle cijfers"

_WHOLE_SENTENCE: dict[tuple[str, str], Callable[[Content], str]] = {
    ("activities", "activities_n"): sentences.activities,
    ("hours", "hours_total"): sentences.hours,
}
"""Figures whose section has a sentence about that figure only."""


def sentence(content: Content, row: pd.Series) -> str:
    """Say an estimate in Dutch.

    Parameters
    ----------
    content : Content
        The report, in Dutch (:func:`in_dutch`).
    row : Series
        An estimate, also one that is not shown.

    Returns
    -------
    str
        One sentence, or a few when the page says it in a few; never empty.
    """
    said = _WHOLE_SENTENCE.get((str(row["question"]), str(row["indicator_id"])))
    if said is not None and row["collective_id"] and not row["group_value"]:
        return f"{said(replace(content, estimates=row.to_frame().T))} Dit gaat over {_when(row)}."
    if row["question"] == "before_after" and row["group_value"] == "verschil":
        return response.change(content, row)
    if row["question"] == "change" and row["group_type"] == "oordeel":
        beside = [one for one in verdicts.outcomes(content) if one.indicator_id == row["indicator_id"]]
        if beside:
            return verdicts.finding(content, beside[0])
    return any_figure(content, row)


def any_figure(content: Content, row: pd.Series) -> str:
    """Say an estimate in the sentence that every figure can have.

    Parameters
    ----------
    content : Content
        The report, in Dutch.
    row : Series
        An estimate.

    Returns
    -------
    str
        What it is, its value with bounds, on how many it rests, when, and the reservation; or why it is not shown.
    """
    label = appendix.name(content, row)
    name = f"{label[:1].upper()}{label[1:]} ({_when(row)})"
    if row["gate"] not in SHOWN:
        why = sentences.limits(content, row)
        return f"{name}: dit tonen we niet" + (f" ({why})." if why else ".")
    decimals = appendix.decimals(content, row)
    value = tables.told(content, row, decimals)
    ends = [DUTCH.number(row[end], decimals) for end in ("ci_low", "ci_high") if pd.notna(row[end])]
    between = f" Het ligt tussen {ends[0]} en {ends[1]}." if len(ends) == 2 and ends[0] != ends[1] else ""
    rests = ""
    if pd.notna(row["n"]) and not row["value_text"]:
        rests = f" Dit rust op {words.counted(row['n'], row['n_unit'], DUTCH)}."
    limits = sentences.limits(content, row) if row["gate"] == "voorbehoud" else ""
    return f"{name}: {value}.{between}{rests}" + (f" Let op: {limits}." if limits else "")


def in_dutch(content: Content) -> Content:
    """Give a report in Dutch, as claims are said in.

    Parameters
    ----------
    content : Content
        A report in any language.

    Returns
    -------
    Content
        The same report, read by somebody who reads Dutch.
    """
    return content if content.language == DUTCH else replace(content, language=DUTCH)


def about_all(content: Content) -> bool:
    """Tell whether a report is about all collectives that gave a bundle.

    Parameters
    ----------
    content : Content
        A report.

    Returns
    -------
    bool
        False for a report of one collective.
    """
    return len(content.bundles) > 0 or len(content.collectives) != 1


def section(row: pd.Series | Mapping[str, Any]) -> str:
    """Tell in which section of a report an estimate stands.

    Parameters
    ----------
    row : Series or mapping
        An estimate.

    Returns
    -------
    str
        Number and name; the appendix of all figures when no section is about its question.
    """
    return SECTIONS.get(str(row["question"]), OTHER_SECTION)


def _when(row: pd.Series) -> str:
    """Write the days an estimate is about: whole years as years."""
    first, last = row["period_start"], row["period_end"]
    if first == last:
        return DUTCH.date(first)
    if (first.month, first.day, last.month, last.day) != (1, 1, 12, 31):
        return f"{DUTCH.date(first)} – {DUTCH.date(last)}"
    return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
