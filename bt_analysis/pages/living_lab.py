"""A living lab: a declared experiment card in, the planned comparison and what was found beside it out.

Experiments that were stopped, changed or gave nothing are told at the same size as those that worked.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bt_analysis.analysis.experiments import AFTERWARDS, BEFORE
from bt_analysis.language import joined
from bt_analysis.pages import content as reading
from bt_analysis.pages import experiment_card, findings, sentences, sums
from bt_analysis.pages.content import Content
from bt_analysis.pages.experiment_card import ASKED_BY, COMPARISONS, EVENTS, FIELDS, STATUSES
from bt_analysis.pages.html import Html, render, text


def read(workspace: str | Path, collective_id: str, lang: str) -> Content:
    """Read what the page about a collective's experiments rests on.

    Parameters
    ----------
    workspace : str or Path
        Root of a workspace that was built.
    collective_id : str
        The collective; empty: the one with most experiments.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    Content
        The collective in its longest period.

    Raises
    ------
    ContentError
        When the workspace was not built, or holds no such collective.
    """
    return reading.of_collective(workspace, *reading.chosen(workspace, "experiments", collective_id), lang)


def opening(content: Content, card: pd.Series | None) -> Html:
    """Say what was tried and whether it was fixed beforehand.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`bt_analysis.pages.experiment_card.of` gives it.

    Returns
    -------
    Html
        The question as a head, and a few sentences; without a card a tile.
    """
    say = content.language.say
    if card is None:
        title = say("Experimenten")
        return text(content.language, title, tile=say("Er is nog geen experiment vooraf beschreven."))
    title = content.language.typed(card["question"]) or say("Een experiment zonder vraag")
    return text(
        content.language,
        title,
        [" ".join([*experiment_card.declared(content, card), *experiment_card.stands(content, card)])],
    )


def protocol(content: Content, card: pd.Series | None) -> Html:
    """Hold the experiment against the checklist of a living lab: what is recorded, and what is not.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`bt_analysis.pages.experiment_card.of` gives it.

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
    failure = bool({"stop_signal", "change_of_mind"} & kept)
    agreed = say("Toestemming voor de tekst: ja." if card["text_shown"] else "Toestemming voor de tekst: nee.")
    rows = [
        (say("de vraag is van bewoners"), asked or say("niet vastgelegd")),
        (say("er is vooraf gemeten"), findings.baseline(content, card)),
        (say("vooraf is gezegd wanneer het mislukt is"), _recorded(content, failure)),
        (say("wie buiten blijft"), say("niet vastgelegd: de kaart vraagt er niet naar")),
        (say("wat het mensen kost of wie er last van heeft"), _recorded(content, "ethics_note" in kept)),
        (say("wanneer bewoners het horen"), say("niet vastgelegd: de kaart vraagt er niet naar")),
        (say("afspraak over de gegevens"), agreed),
    ]  # fmt: skip
    return experiment_card.table(
        content, say("Is het zorgvuldig opgezet?"), [say("punt"), say("wat er is vastgelegd")], rows
    )


def comparison(content: Content, card: pd.Series | None) -> Html:
    """Say what was to be compared, and whether it can be seen here.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`bt_analysis.pages.experiment_card.of` gives it.

    Returns
    -------
    Html
        The plan, and a point per indicator; empty without a card.
    """
    if card is None:
        return Html("")
    say = content.language.say
    plan = say("Het plan was te vergelijken: {how}.", how=say(COMPARISONS[card["comparison"]]))
    points = [findings.can_be_seen(content, one) for one in findings.indicators(card)]
    none = [] if findings.indicators(card) else [say("Er staat niet op de kaart waaraan je het zou zien.")]
    told = text(content.language, say("Wat er vergeleken zou worden"), [plan, *none], points=points)
    return Html("".join([told, *(_sum(content, one) for one in findings.indicators(card))]))


def _sum(content: Content, indicator_id: str) -> Html:
    """Make a small table of the sum behind a figure of the area that can't be seen."""
    say, outcome = content.language.say, findings.outcome(content, indicator_id)
    rows = sums.steps(content, outcome) if outcome is not None and outcome.too_small else []
    title = say("De som: {label}", label=sentences.label(content, indicator_id))
    return experiment_card.table(content, title, [say("stap"), say("uitkomst")], rows) if rows else Html("")


def side_by_side(content: Content, card: pd.Series | None) -> Html:
    """Set what would have changed our mind beside what was found.

    Parameters
    ----------
    content : Content
        A collective's report.
    card : Series or None
        As :func:`bt_analysis.pages.experiment_card.of` gives it.

    Returns
    -------
    Html
        Two columns; empty without a card.
    """
    if card is None:
        return Html("")
    say = content.language.say
    left = [experiment_card.told(content, card, "change_of_mind")]
    if card["text_shown"]:
        left += [
            joined("", [f"{say(FIELDS[name]).capitalize()}: ", content.language.typed(card[name])])
            for name in ("success_signal", "stop_signal")
            if card[name]
        ]
    return render(
        "sections/two_columns.html.j2",
        content.language,
        title=say(
            "Wat we vooraf zeiden, en wat we vonden"
            if card["declared"] == BEFORE
            else "Wat er op de kaart staat, en wat we vonden"
        ),
        columns=[
            {"name": say("wat ons van mening had doen veranderen"), "paragraphs": left},
            {"name": say("wat we vonden"), "paragraphs": [*findings.found(content, card), *_turned(content, card)]},
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
        As :func:`bt_analysis.pages.experiment_card.of` gives it.

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
        (
            experiment_card.day(content, row["date"]),
            say(EVENTS[row["type"]]),
            _happened(content, row),
            content.language.typed(row["decided_by"]),
        )
        for _, row in own.iterrows()
    ]
    return experiment_card.table(content, say("Wat er gebeurde"), names, rows)


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
        Of each what it was and how it stands, and what would have changed our mind beside what was found; empty when
        there are no others.
    """
    here = "" if card is None else card["experiment_id"]
    rest = content.experiments[content.experiments["experiment_id"].ne(here)] if len(content.experiments) else None
    if rest is None or rest.empty:
        return Html("")
    head = text(content.language, content.language.say("Andere experimenten van dit collectief"))
    told = [part for _, row in rest.iterrows() for part in (opening(content, row), side_by_side(content, row))]
    return Html("".join([head, *told]))


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
    what = content.language.typed(card["question"]) or content.language.say("Een experiment zonder vraag") + "."
    return joined(
        " ",
        [
            what,
            *experiment_card.declared(content, card),
            *experiment_card.stands(content, card),
            *findings.found(content, card),
        ],
    )


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


def _happened(content: Content, event: pd.Series) -> str:
    return content.language.typed(event["text"]) if event["text_shown"] else experiment_card.hidden(content)
