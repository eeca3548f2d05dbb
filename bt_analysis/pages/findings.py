"""What an experiment found: estimates of its indicators in, sentences out, also when there is nothing to see."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import change, response, sentences, sums, tables, verdicts
from bt_analysis.pages.content import SHOWN, Content


def found(content: Content, card: pd.Series) -> list[str]:
    """Say what was found, a text per indicator of the card.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series
        A row of analysed_experiments.

    Returns
    -------
    list of str
        What was set beside similar areas, asked twice or counted; when there is nothing, one text that says so.
    """
    told = [one for indicator_id in indicators(card) for one in _found(content, indicator_id)]
    return told or [content.language.say("Er is nog niets gemeten van wat op de kaart staat.")]


def indicators(card: pd.Series) -> list[str]:
    """List what would show that it worked.

    Parameters
    ----------
    card : Series
        A row of analysed_experiments.

    Returns
    -------
    list of str
        Ids of indicators.
    """
    return [one for one in str(card["indicator_ids"]).split(";") if one]


def outcome(content: Content, indicator_id: str) -> verdicts.Outcome | None:
    """Find what came of setting a figure of the area beside similar areas.

    Parameters
    ----------
    content : Content
        A collective's report.
    indicator_id : str
        The figure.

    Returns
    -------
    Outcome or None
        None when it is no figure that was set beside anything.
    """
    return next((one for one in verdicts.outcomes(content) if one.indicator_id == indicator_id), None)


def _measured(content: Content, indicator_id: str) -> pd.DataFrame:
    rows = content.rows("measurements", indicator_id)
    return rows.sort_values("group_label")


def _found(content: Content, indicator_id: str) -> list[str]:
    beside = outcome(content, indicator_id)
    if beside is not None:
        return [f"{verdicts.finding(content, beside)} {change.explained(content, beside)}".strip()]
    twice = content.rows("before_after", indicator_id, group_value="verschil")
    if len(twice):
        return [response.change(content, row) for _, row in twice.iterrows()]
    rows = _measured(content, indicator_id)
    if len(rows):
        return [_counted(content, indicator_id, rows)]
    return [_by_model(content, indicator_id)] if _is_model(content, indicator_id) else []


def _is_model(content: Content, indicator_id: str) -> bool:
    return indicator_id in content.catalogue and content.catalogue[indicator_id].model


def _by_model(content: Content, indicator_id: str) -> str:
    return content.language.say(
        "{label}: dit is een schatting van een model. Die kan niet laten zien wat hier veranderde.",
        label=sentences.label(content, indicator_id),
    )


def _counted(content: Content, indicator_id: str, rows: pd.DataFrame) -> str:
    """Say what was counted each time; counts of a collective itself are compared with nothing."""
    say = content.language.say
    label, shown = sentences.label(content, indicator_id), rows[rows["gate"].isin(SHOWN)]
    if shown.empty:
        return say("{label}: dit tonen we niet.", label=label)
    times = [f"{tables.told(content, row, 0)} ({_span(row)})" for _, row in shown.iterrows()]
    if len(times) == 1:
        return say(
            "{label}: {value}. Eén keer gemeten, dus of het veranderde weten we niet.", label=label, value=times[0]
        )
    return say(
        "{label}: {values}. Zo telde het collectief zelf; of het zonder dit ook zo was gegaan, weten we niet.",
        label=label, values=", ".join(times),
    )  # fmt: skip


def _span(row: pd.Series) -> str:
    years = dict.fromkeys(day[:4] for day in str(row["group_label"]).split("/"))
    return "–".join(years)


def can_be_seen(content: Content, indicator_id: str) -> str:
    """Say whether a figure can show what was planned.

    Parameters
    ----------
    content : Content
        A collective's report.
    indicator_id : str
        The figure.

    Returns
    -------
    str
        Of a figure of the area with the sum behind it; of others how many times they were measured.
    """
    say, label = content.language.say, sentences.label(content, indicator_id)
    beside = outcome(content, indicator_id)
    if beside is not None:
        can = say(
            "{label}: dat is hier te zien." if beside.shown else "{label}: dat is hier niet te zien.", label=label
        )
        return " ".join(filter(None, [can, sums.arithmetic(content, beside)]))
    n = len(_measured(content, indicator_id))
    if not n:
        if _is_model(content, indicator_id):
            return _by_model(content, indicator_id)
        return say("{label}: nog niet gemeten.", label=label)
    return say("{label}: 1 keer gemeten." if n == 1 else "{label}: {n} keer gemeten.", label=label, n=str(n))


def baseline(content: Content, card: pd.Series) -> str:
    """Say whether something was measured before the start.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series
        A row of analysed_experiments.

    Returns
    -------
    str
        A sentence.
    """
    say = content.language.say
    for one in indicators(card):
        beside = outcome(content, one)
        if beside is not None and verdicts.years_before(content, one):
            return say("Ja: {n} jaar voor de start.", n=str(verdicts.years_before(content, one)))
        if beside is not None and "noise" in beside.steps:  # measured in the years before the start
            return say("Ja, er zijn cijfers van het gebied van voor de start.")
        days = pd.to_datetime(_measured(content, one)["group_label"].str.split("/").str[-1])
        if days.lt(card["start"]).any():
            return say("Ja, voor het begin is gemeten.")
    return say("Nee, van voor het begin is er geen meting.")
