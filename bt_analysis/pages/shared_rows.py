"""Families of effects that collectives share, as pages read them: tables in; names, figures and cells in words out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.analysis.learning import conditions, poolable
from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.analysis.learning.explaining import URBANITY
from bt_analysis.analysis.learning.shared import QUESTION, group_type
from bt_analysis.pages import sentences, shared_words, words
from bt_analysis.pages.content import Content, Row
from bt_analysis.pages.html import cell

MODERATOR = "moderator:"

_FINER = {"schaal": 2, "%": 1, "pp": 1}


def families(content: Content) -> pd.DataFrame:
    """Return the families of effects, changes first.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    DataFrame
        Rows of ``shared_effects``; none when nothing is shared.
    """
    rows = content.learned.get("shared_effects", pd.DataFrame(columns=["stage", "kind"]))
    order = rows["kind"].map({kind: place for place, kind in enumerate(shared_words.KINDS)})
    return rows.assign(order=order).sort_values("order", kind="stable", ignore_index=True).drop(columns="order")


def name(content: Content, family: Any) -> str:
    """Name a family: what was measured, of whom.

    Parameters
    ----------
    content : Content
        The report, for its language and labels.
    family : mapping
        With kind, indicator_id and population.

    Returns
    -------
    str
        As "Sociale cohesie in de buurt (verandering, deelnemers)".
    """
    return f"{sentences.label(content, family['indicator_id'])} ({_of(content, family['kind'], family['population'])})"


def _of(content: Content, kind: str, population: str) -> str:
    of_kind = words.say(kind, shared_words.KINDS, content.language)
    return f"{of_kind}, {words.say(population, shared_words.POPULATIONS, content.language)}"


def figure(content: Content, family: Any, which: str) -> pd.Series | None:
    """Return one figure of a family.

    Parameters
    ----------
    content : Content
        The cross-domain report.
    family : mapping
        With kind, indicator_id and population.
    which : str
        Such as ``nieuw``.

    Returns
    -------
    Series or None
        The estimate; None when it was not made.
    """
    of_family = group_type(family["kind"], family["population"])
    return content.one(
        QUESTION, family["indicator_id"], collective_id=ACROSS, group_type=of_family, group_value=which
    )  # fmt: skip


def told(content: Content, value: float, unit: str) -> str:
    """Write a value of a family with its unit.

    Parameters
    ----------
    content : Content
        The report, for its language.
    value : float
        In ``unit``.
    unit : str
        Unit of the estimate.

    Returns
    -------
    str
        Such as ``0,28`` or ``3,1 procentpunt``.
    """
    return words.amount(value, unit, _FINER.get(unit, 1 if abs(value) < 100 else 0), content.language)


def between(content: Content, low: float, high: float, unit: str) -> str:
    """Write between what a value of a family lies; percentage points are named once.

    Parameters
    ----------
    content : Content
        The report, for its language.
    low, high : float
        Ends, in ``unit``.
    unit : str
        Unit of the estimate.

    Returns
    -------
    str
        Such as ``-0,2 tot 0,7`` or ``-1,7 tot 7,8 procentpunt``.
    """
    first = content.language.number(low, _FINER["pp"]) if unit == "pp" else told(content, low, unit)
    return content.language.say("{low} tot {high}", low=first, high=told(content, high, unit))


def ends_cell(content: Content, row: pd.Series | None) -> dict[str, str]:
    """Make a cell of between what an estimate lies, which leads to its line in the appendix.

    Parameters
    ----------
    content : Content
        The report, for its language.
    row : Series or None
        The estimate; None: there is none.

    Returns
    -------
    dict of str
        For the table template.
    """
    if row is None:
        return cell("–")
    return cell(between(content, row["ci_low"], row["ci_high"], row["unit"]), "figure", row["claim_id"])


def effects(content: Content, family: Any) -> pd.DataFrame:
    """Return the effects of a family with the names of the collectives, in order of the alphabet.

    Parameters
    ----------
    content : Content
        The cross-domain report.
    family : mapping
        With kind, indicator_id and population.

    Returns
    -------
    DataFrame
        Rows of ``pooled`` with ``name``.
    """
    rows = content.learned["pooled"]
    for column in poolable.FAMILY:
        rows = rows[rows[column].eq(family[column])]
    names = content.collectives.set_index("collective_id")["name"]
    named = rows.assign(name=rows["of_collective"].map(names).fillna(rows["of_collective"]))
    return named.sort_values(["name", "of_figure"], ignore_index=True)


def condition(content: Content, code: str) -> str:
    """Name a moderator.

    Parameters
    ----------
    content : Content
        The report, for its language.
    code : str
        ``urbanity`` or a condition code.

    Returns
    -------
    str
        In the middle of a sentence; a code that is not in the register as words.
    """
    if code == URBANITY:
        return content.language.say(shared_words.URBANITY)
    known = conditions.register().get(code)
    if known is None:
        return code.replace("_", " ")
    return known.label if content.language.code == "nl" else known.label_en


def row_name(content: Content, row: Row) -> str:
    """Name an estimate of a family in the appendix.

    Parameters
    ----------
    content : Content
        The report, for its language.
    row : Series
        The estimate.

    Returns
    -------
    str
        Whose figure it is and which.
    """
    say = content.language.say
    kind, _, population = str(row["group_type"]).partition(":")
    whose = _of(content, kind, population)
    which = str(row["group_value"])
    if which.startswith(MODERATOR):
        step = say(shared_words.MODERATOR, condition=condition(content, which.removeprefix(MODERATOR)))
        return f"{whose}: {step}"
    return f"{whose}: {words.say(which, shared_words.GROUPS, content.language)}"
