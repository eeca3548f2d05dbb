"""A living lab: a declared experiment card in, the planned comparison and what was found beside it out.

Experiments that were stopped, changed or gave nothing are told at the same size as those that worked.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis import cards
from bt_analysis.analysis.experiments import AFTERWARDS, NOT_KNOWN
from bt_analysis.pages import change, response, sentences, tables, words
from bt_analysis.pages.content import SHOWN, Content, ContentError
from bt_analysis.pages.html import Html, cell, render, text

FIELDS = {
    "problem": "wat er niet goed ging",
    "change_tried": "wat er anders werd gedaan",
    "mechanism_expected": "waarom dat zou helpen",
    "who_decides": "wie beslist",
    "success_signal": "gelukt als",
    "stop_signal": "stoppen als",
    "change_of_mind": "wat onze mening zou veranderen",
    "ethics_note": "wie er last van kan hebben",
}
"""Texts of a card."""

COMPARISONS = {
    "geen": "met niets",
    "voor_na": "vooraf en achteraf",
    "gefaseerd": "met wie later begint",
    "vergelijkgebied": "met buurten die hierop lijken",
    "loting": "met wie het lot niet koos",
    "": "niet ingevuld",
}
"""What a result was to be compared with."""

STATUSES = {
    "gepland": "Het moet nog beginnen.",
    "loopt": "Het loopt nog.",
    "gestopt": "Het is gestopt.",
    "klaar": "Het is klaar.",
    "mislukt_leerzaam": "Het werkte niet, en daar is van geleerd.",
    "": "Hoe het ervoor staat is niet ingevuld.",
}
"""How an experiment stands."""

DECLARED = {
    "vooraf": "De kaart is vooraf ingevuld: op {declared}. Het begon op {start}.",
    AFTERWARDS: "De kaart is achteraf ingevuld: op {declared}. Het begon al op {start}. "
    "Zo kan wat er staat bij de uitkomst zijn gezocht.",
    NOT_KNOWN: "Of de kaart vooraf is ingevuld weten we niet: een datum ontbreekt.",
}
"""Whether a card was declared before the start."""

CARDS = {
    cards.INTACT: "Aan de kaart is daarna niets veranderd.",
    cards.CHANGED: "De kaart is daarna veranderd. Wat hier staat, is dus niet wat vooraf is vastgelegd.",
    cards.NO_HASH: "De kaart heeft geen vingerafdruk. Of ze later is veranderd, is niet na te gaan.",
}
"""Whether a card still is what was declared."""

EVENTS = {
    "start": "begin", "aanpassing": "aanpassing", "criterium_gewijzigd": "anders gaan meten of het lukte",
    "stop": "gestopt", "resultaat": "resultaat", "reflectie": "terugkijken",
}  # fmt: skip
"""What happened."""

ASKED_BY = {
    "bewoner": "een bewoner", "collectief": "het collectief", "gemeente": "de gemeente",
    "onderzoeker": "een onderzoeker", "student": "een student", "anders": "iemand anders",
}  # fmt: skip
"""Who came with the question."""


def of(content: Content, experiment_id: str = "") -> pd.Series | None:
    """Choose an experiment.

    Parameters
    ----------
    content : Content
        A collective's report.
    experiment_id : str
        Its id, with the collective in front or without; empty: the first.

    Returns
    -------
    Series or None
        Its row of analysed_experiments; None when the collective has no card.

    Raises
    ------
    ContentError
        When there are cards, but none with that id.
    """
    listed = content.experiments
    if listed.empty:
        return None
    owner = f"{content.collective['collective_id']}--"
    ids = listed["experiment_id"].str.removeprefix(owner)
    found = listed[ids.eq(experiment_id.removeprefix(owner))] if experiment_id else listed
    if found.empty:
        raise ContentError(f"got experiment {experiment_id!r}; expected one of {', '.join(ids)}. Choose one of those.")
    return found.iloc[0]


def opening(content: Content, card: pd.Series | None) -> Html:
    """Say what was tried and whether it was fixed beforehand.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`of` gives it.

    Returns
    -------
    Html
        The question as a head, and a few sentences; without a card a tile.
    """
    say = content.language.say
    if card is None:
        title = say("Experimenten")
        return text(content.language, title, tile=say("Er is nog geen experiment vooraf beschreven."))
    title = card["question"] or say("Een experiment zonder vraag")
    return text(content.language, title, [" ".join([*declared(content, card), *_stands(content, card)])])


def declared(content: Content, card: pd.Series) -> list[str]:
    """Say when the card was declared, and whether it still is what it was.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series
        As :func:`of` gives it.

    Returns
    -------
    list of str
        Two sentences or three.
    """
    say = content.language.say
    days = {"declared": _day(content, card["declared_at"]), "start": _day(content, card["start"])}
    n = int(card["criteria_changed_n"])
    changed = (
        [
            say(
                "Wel is later 1 keer veranderd wanneer het gelukt is."
                if n == 1
                else "Wel is later {n} keer veranderd wanneer het gelukt is.",
                n=str(n),
            )
        ]
        if n
        else []
    )
    return [say(DECLARED[card["declared"]], **days), say(CARDS[card["card"]]), *changed]


def as_declared(content: Content, card: pd.Series | None) -> Html:
    """Show the card.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`of` gives it.

    Returns
    -------
    Html
        One row per field; empty without a card.
    """
    if card is None:
        return Html("")
    say = content.language.say
    rows = [(say(name), _told(content, card, field)) for field, name in FIELDS.items()]
    rows.append((say("waarmee vergelijken"), say(COMPARISONS[card["comparison"]])))
    rows.append((say("waaraan je het ziet"), ", ".join(_labels(content, card)) or say("niet ingevuld")))
    rows.append((say("gepland einde"), _day(content, card["planned_end"]) or say("niet ingevuld")))
    return _table(content, say("De kaart zoals die is ingevuld"), [say("op de kaart"), say("wat er staat")], rows)


def protocol(content: Content, card: pd.Series | None) -> Html:
    """Hold the experiment against the checklist of a living lab: what is recorded, and what is not.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`of` gives it.

    Returns
    -------
    Html
        One row per point of the checklist; empty without a card.
    """
    if card is None:
        return Html("")
    say = content.language.say
    asked = say("Bedacht door {who}.", who=say(ASKED_BY[card["proposed_by"]])) if card["proposed_by"] else ""
    kept = set(card["texts_kept"].split(";"))
    rows = [
        (say("de vraag is van bewoners"), asked or say("niet vastgelegd")),
        (say("er is vooraf gemeten"), _baseline(content, card)),
        (say("vooraf is gezegd wanneer het mislukt is"), _recorded(content, bool({"stop_signal", "change_of_mind"} & kept))),
        (say("wie buiten blijft"), say("niet vastgelegd: de kaart vraagt er niet naar")),
        (say("wat het mensen kost of wie er last van heeft"), _recorded(content, "ethics_note" in kept)),
        (say("wanneer bewoners het horen"), say("niet vastgelegd: de kaart vraagt er niet naar")),
        (say("afspraak over de gegevens"), say("Toestemming voor de tekst: ja.") if card["text_shown"] else say("Toestemming voor de tekst: nee.")),
    ]  # fmt: skip
    return _table(content, say("Is het zorgvuldig opgezet?"), [say("punt"), say("wat er is vastgelegd")], rows)


def comparison(content: Content, card: pd.Series | None) -> Html:
    """Say what was to be compared, and whether it can be seen here.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`of` gives it.

    Returns
    -------
    Html
        The plan, and a point per indicator; empty without a card.
    """
    if card is None:
        return Html("")
    say = content.language.say
    plan = say("Het plan was te vergelijken: {how}.", how=say(COMPARISONS[card["comparison"]]))
    points = [point for one in _indicators(card) for point in _can_be_seen(content, one)]
    none = [] if _indicators(card) else [say("Er staat niet op de kaart waaraan je het zou zien.")]
    return text(content.language, say("Wat er vergeleken zou worden"), [plan, *none], points=points)


def found(content: Content, card: pd.Series) -> list[str]:
    """Say what was found, a text per indicator of the card.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series
        As :func:`of` gives it.

    Returns
    -------
    list of str
        What was set beside similar areas, asked twice or counted; at least one text, which may say that there is nothing.
    """
    told = [one for indicator_id in _indicators(card) for one in _found(content, indicator_id)]
    return told or [content.language.say("Er is nog niets gemeten van wat op de kaart staat.")]


def side_by_side(content: Content, card: pd.Series | None) -> Html:
    """Set what would have changed our mind beside what was found.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`of` gives it.

    Returns
    -------
    Html
        Two columns; empty without a card.
    """
    if card is None:
        return Html("")
    say = content.language.say
    left = [_told(content, card, "change_of_mind")]
    if card["text_shown"]:
        left += [
            f"{say(FIELDS[name]).capitalize()}: {card[name]}"
            for name in ("success_signal", "stop_signal")
            if card[name]
        ]
    return render(
        "sections/two_columns.html.j2",
        content.language,
        title=say("Wat we vooraf zeiden, en wat we vonden"),
        columns=[
            {"name": say("wat ons van mening had doen veranderen"), "paragraphs": left},
            {"name": say("wat we vonden"), "paragraphs": [*found(content, card), *_turned(content, card)]},
        ],
        after=say("Of dit genoeg is om van mening te veranderen, beslist geen rekenmachine: dat is aan wie beslist."),
    )


def timeline(content: Content, card: pd.Series | None) -> Html:
    """List what happened, in order.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`of` gives it.

    Returns
    -------
    Html
        One row per event; empty without a card.
    """
    if card is None:
        return Html("")
    say = content.language.say
    events = content.experiment_events
    own = events[events["experiment_id"].eq(card["experiment_id"])]
    if own.empty:
        return text(content.language, "", tile=say("Wat er gebeurde is niet bijgehouden."))
    names = [say("wanneer"), say("wat"), say("wat er gebeurde"), say("besloten door")]
    rows = [
        (_day(content, row["date"]), say(EVENTS[row["type"]]), _happened(content, row), row["decided_by"])
        for _, row in own.iterrows()
    ]
    return _table(content, say("Wat er gebeurde"), names, rows)


def others(content: Content, card: pd.Series | None) -> Html:
    """Tell of the other experiments, so that none that failed is left out.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        The one that was told of.

    Returns
    -------
    Html
        A point each; empty when there are no others.
    """
    here = "" if card is None else card["experiment_id"]
    rest = content.experiments[content.experiments["experiment_id"].ne(here)] if len(content.experiments) else None
    if rest is None or rest.empty:
        return Html("")
    points = [_line(content, row) for _, row in rest.iterrows()]
    return text(content.language, content.language.say("Andere experimenten van dit collectief"), points=points)


def appendix(content: Content) -> Html:
    """Make appendix E: every experiment in a line, planned and done.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A point each; empty without experiments.
    """
    if content.experiments.empty:
        return Html("")
    title = "E · " + content.language.say("Experimenten, gepland en gedaan")
    return text(content.language, title, points=[_line(content, row) for _, row in content.experiments.iterrows()])


def _line(content: Content, card: pd.Series) -> str:
    what = card["question"] or content.language.say("Een experiment zonder vraag") + "."
    return " ".join([what, *declared(content, card), *_stands(content, card), *found(content, card)])


def _stands(content: Content, card: pd.Series) -> list[str]:
    say = content.language.say
    stopped = [] if pd.isna(card["stopped_on"]) else [say("Gestopt op {day}.", day=_day(content, card["stopped_on"]))]
    return [say(STATUSES[card["status"]]), *stopped]


def _indicators(card: pd.Series) -> list[str]:
    return [one for one in str(card["indicator_ids"]).split(";") if one]


def _labels(content: Content, card: pd.Series) -> list[str]:
    return [words.within(sentences.label(content, one)) for one in _indicators(card)]


def _outcome(content: Content, indicator_id: str) -> change.Outcome | None:
    return next((one for one in change.outcomes(content) if one.indicator_id == indicator_id), None)


def _measured(content: Content, indicator_id: str) -> pd.DataFrame:
    rows = content.rows("measurements", indicator_id)
    return rows.sort_values("group_label")


def _found(content: Content, indicator_id: str) -> list[str]:
    outcome = _outcome(content, indicator_id)
    if outcome is not None:
        return [f"{change.finding(content, outcome)} {change.explained(content, outcome)}".strip()]
    twice = content.rows("before_after", indicator_id, group_value="verschil")
    if len(twice):
        return [response.change(content, row) for _, row in twice.iterrows()]
    rows = _measured(content, indicator_id)
    return [_counted(content, indicator_id, rows)] if len(rows) else []


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


def _can_be_seen(content: Content, indicator_id: str) -> list[str]:
    say, label = content.language.say, sentences.label(content, indicator_id)
    outcome = _outcome(content, indicator_id)
    if outcome is not None:
        can = say(
            "{label}: dat is hier te zien." if outcome.shown else "{label}: dat is hier niet te zien.", label=label
        )
        return [" ".join(filter(None, [can, change.arithmetic(content, outcome)]))]
    n = len(_measured(content, indicator_id))
    if not n:
        return [say("{label}: nog niet gemeten.", label=label)]
    return [say("{label}: 1 keer gemeten." if n == 1 else "{label}: {n} keer gemeten.", label=label, n=str(n))]


def _baseline(content: Content, card: pd.Series) -> str:
    say = content.language.say
    for one in _indicators(card):
        outcome = _outcome(content, one)
        if outcome is not None and change.years_before(content, one):
            return say("Ja: {n} jaar voor de start.", n=str(change.years_before(content, one)))
        days = pd.to_datetime(_measured(content, one)["group_label"].str.split("/").str[-1])
        if days.lt(card["start"]).any():
            return say("Ja, voor het begin is gemeten.")
    return say("Nee, van voor het begin is er geen meting.")


def _recorded(content: Content, there: bool) -> str:
    return content.language.say("Staat op de kaart." if there else "niet vastgelegd")


def _turned(content: Content, card: pd.Series) -> list[str]:
    """Say in the column of results what makes them weaker, at the same size."""
    say = content.language.say
    told = []
    if card["criteria_changed_n"]:
        told.append(say("Let op: daarna is veranderd wanneer het gelukt is."))
    if card["status"] in ("gestopt", "mislukt_leerzaam"):
        told.append(say(STATUSES[card["status"]]))
    if card["declared"] == AFTERWARDS:
        told.append(say("Let op: de kaart is achteraf ingevuld."))
    return told


def _told(content: Content, card: pd.Series, field: str) -> str:
    if not card["text_shown"] and field in card["texts_kept"].split(";"):
        return _hidden(content)
    return card[field] or content.language.say("niet ingevuld")


def _hidden(content: Content) -> str:
    return content.language.say("De tekst tonen we niet: wie die schreef, gaf daar geen toestemming voor.")


def _happened(content: Content, event: pd.Series) -> str:
    return event["text"] if event["text_shown"] else _hidden(content)


def _day(content: Content, day: object) -> str:
    return content.language.date(day) if isinstance(day, pd.Timestamp) and not pd.isna(day) else ""


def _table(content: Content, caption: str, names: list[str], rows: list[tuple[str, ...]]) -> Html:
    return render(
        "sections/table.html.j2",
        content.language,
        title="",
        before="",
        dense=False,
        columns=[{"name": name, "figure": False} for name in names],
        rows=[{"id": "", "cells": [cell(one) for one in row]} for row in rows],
        caption=caption,
        after="",
    )
