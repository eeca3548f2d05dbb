"""The sum behind what can and can't be seen: steps of the arithmetic in, words and a small table out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import codes, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.verdicts import Outcome

STEPS = ("noise", "least", "mde", "reach", "needed", "needed_least", "possible")
"""Steps of the sum, in its order."""


def arithmetic(content: Content, outcome: Outcome) -> str:
    """Write the sum behind what can and can't be seen.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        One figure.

    Returns
    -------
    str
        Empty when a part of it is not known.
    """
    if not {"mde", "reach", "needed", "possible"} <= set(outcome.steps):
        return ""
    mde, reach, needed, possible = (outcome.steps[name] for name in ("mde", "reach", "needed", "possible"))
    told = content.language.say(
        "De som: een verschil van {mde} valt net op. Deel dat door het bereik, hoogstens {reach}%. "
        "Dat is {needed} per deelnemer. Het meeste dat kan is {possible}.",
        mde=difference(content, mde),
        reach=content.language.number(reach["value"], 1 if reach["value"] >= 1 else 2),
        needed=difference(content, needed),
        possible=difference(content, possible),
    )
    return " ".join(filter(None, [told, _of_parts(content, outcome)]))


def _of_parts(content: Content, outcome: Outcome) -> str:
    """Say that the noise is that of buurten in the area, and what the sum gives by the least that it can be."""
    least, n = outcome.steps.get("needed_least"), outcome.steps["mde"]["n"]
    if least is None:
        return ""
    return content.language.say(
        "Hoe sterk het hele gebied schommelt, weten we niet. We keken naar {n} buurten daarin. Een groot gebied "
        "schommelt minder. Ook als het zo weinig is als maar kan, is het nog {least} per deelnemer.",
        n=content.language.number(n),
        least=difference(content, least),
    )


def steps(content: Content, outcome: Outcome) -> list[tuple[str, str]]:
    """Set the steps of the sum below each other.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        One figure.

    Returns
    -------
    list of tuple of str
        Name and value of each step, in the order of the sum; empty when a part of it is not known.
    """
    if not arithmetic(content, outcome):
        return []
    language = content.language
    values = {name: difference(content, row) for name, row in outcome.steps.items() if name != "reach"}
    # What the rest is made of has a decimal more, so that a reader can do the sum over.
    values |= {name: _finer(content, outcome.steps[name]) for name in ("noise", "least") if name in values}
    reach = outcome.steps["reach"]["value"]
    values["reach"] = f"{language.number(reach, 1 if reach >= 1 else 2)}%"
    return [(words.say(name, codes.GROUPS, language), values[name]) for name in STEPS if name in values]


def _finer(content: Content, row: pd.Series) -> str:
    indicator = content.catalogue.get(str(row["indicator_id"]))
    return words.difference(
        row["value"], str(row["unit"]), 1 + (indicator.decimals if indicator else 1), content.language
    )


def difference(content: Content, row: pd.Series, value: float | None = None) -> str:
    """Write a difference with its unit; of percentages, in percentage points.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate.
    value : float, optional
        What to write; default: its value.

    Returns
    -------
    str
        Such as ``80 m³`` or ``3,1 procentpunt``.
    """
    size = row["value"] if value is None else value
    indicator = content.catalogue.get(str(row["indicator_id"]))
    return words.difference(size, str(row["unit"]), indicator.decimals if indicator else 1, content.language)
