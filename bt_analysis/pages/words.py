"""Words: codes, amounts and names in, as a reader writes them, out."""

from __future__ import annotations

import re

import pandas as pd

from bt_analysis.language import Language
from bt_analysis.pages.codes import GROUPS, N_UNITS, N_UNITS_ONE, REASONS, UNITS, UNITS_EN
from bt_analysis.pages.content import Row


def say(word: str, table: dict[str, str], language: Language) -> str:
    """Give the reader's word for a code.

    Parameters
    ----------
    word : str
        The code.
    table : dict of str to str
        One of the tables of :mod:`bt_analysis.pages.codes`.
    language : Language
        The reader's.

    Returns
    -------
    str
        The word; the code itself when the table does not know it.
    """
    return language.say(table[word]) if word in table else word


def cut(text: str, most: int) -> str:
    """Cut what somebody wrote to what there is room for; the whole of it stands elsewhere.

    Parameters
    ----------
    text : str
        Any text.
    most : int
        Words that there is room for.

    Returns
    -------
    str
        The text as it is, or its first words and an ellipsis.
    """
    parts = text.split()
    return text if len(parts) <= most else " ".join(parts[:most]) + " …"


def amount(value: float, unit: str, decimals: int, language: Language) -> str:
    """Write a value with its unit.

    Parameters
    ----------
    value : float
        In ``unit``.
    unit : str
        Unit of an estimate.
    decimals : int
        Decimals shown.
    language : Language
        The reader's.

    Returns
    -------
    str
        Such as ``23%``, ``1.200 m³``, ``€ 355.000`` or a bare number.
    """
    if unit == "x1000_eur":
        value, decimals, unit = 1000 * round(value, decimals), 0, "eur"
    pattern = (UNITS_EN.get(unit) if language.code == "en" else None) or UNITS.get(unit, "{value}")
    return pattern.format(value=language.number(value, decimals))


def difference(value: float, unit: str, decimals: int, language: Language) -> str:
    """Write a difference with its unit.

    Parameters
    ----------
    value : float
        In ``unit``.
    unit : str
        Unit of what differs.
    decimals : int
        Decimals shown of what differs.
    language : Language
        The reader's.

    Returns
    -------
    str
        A difference of percentages is in percentage points, with a decimal below 100, as few differ by a whole one.
    """
    if unit != "%":
        return amount(value, unit, decimals, language)
    return amount(value, "pp", max(decimals, 1) if abs(value) < 100 else 0, language)


def because(reasons: str, language: Language, **thresholds: object) -> str:
    """Say why a figure has a reservation or is not shown.

    Parameters
    ----------
    reasons : str
        Reason codes with ; between them.
    language : Language
        The reader's.
    **thresholds : object
        ``min_n`` and ``min_cell``, as the settings have them; ``held_on``, the day of what is held, as text.

    Returns
    -------
    str
        The reasons in words, with ; between them; empty without reasons.
    """
    codes = reasons.split(";")
    if "coverage_below_minimum" in codes:  # says it already
        codes = [code for code in codes if code != "areas_without_figure"]
    return "; ".join(language.say(REASONS[code], **thresholds) for code in codes if code in REASONS)


def counted(n: float, n_unit: str, language: Language) -> str:
    """Write what a figure rests on.

    Parameters
    ----------
    n : float
        How many.
    n_unit : str
        What n counts, as estimates name it.
    language : Language
        The reader's.

    Returns
    -------
    str
        Such as ``1 activiteit`` or ``1.200 bewoners``.
    """
    table = N_UNITS_ONE if n == 1 and n_unit in N_UNITS_ONE else N_UNITS
    return f"{language.number(n)} {say(n_unit, table, language)}".replace("_", " ")


def within(name: str) -> str:
    """Write a name as it stands within a sentence.

    Parameters
    ----------
    name : str
        A label, with a capital.

    Returns
    -------
    str
        Its first letter small, unless it begins with an acronym such as WOZ.
    """
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def listed(names: list[str], language: Language) -> str:
    """Write names one after another.

    Parameters
    ----------
    names : list of str
        Any names.
    language : Language
        The reader's.

    Returns
    -------
    str
        The first eight, and how many more there are.
    """
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else language.say("{names} en nog {n}", names=shown, n=str(len(names) - 8))


def people(row: pd.Series, language: Language) -> str:
    """Name the people of a group, as in "mensen van 15 tot 25 jaar".

    Parameters
    ----------
    row : Series
        An estimate with group_type, group_value and group_label.
    language : Language
        The reader's.

    Returns
    -------
    str
        In the middle of a sentence.
    """
    name = group(row, language)
    if row["group_type"] == "leeftijd":
        return language.say("mensen van {group}", group=name)
    if row["group_type"] == "wijk":
        return language.say("mensen uit {group}", group=name)
    return name


def group(row: Row, language: Language) -> str:
    """Name the group of an estimate.

    Parameters
    ----------
    row : Series
        An estimate with group_value and group_label.
    language : Language
        The reader's.

    Returns
    -------
    str
        The name of a region, or the words for a group.
    """
    # CBS numbers its wijken ("Wijk 22 Stadshagen"); people call them by their name.
    name = re.sub(r"^Wijk \d+ (?=\S)", "", str(row["group_label"]))
    own = f"{row['group_type']}:{row['group_value']}"  # what a code means here, where it means more than one thing
    if row["group_type"] == "besparing":
        return language.typed(name)
    code = own if own in GROUPS else str(row["group_value"])
    return name or (say(code, GROUPS, language) if code in GROUPS else language.typed(code))
