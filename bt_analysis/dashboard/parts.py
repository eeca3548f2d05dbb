"""Parts of the dashboard: a report's content in; sections as HTML out, every text escaped.

They are plain HTML, so that they can be read without a script, printed, and shown in a notebook.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bt_analysis.dashboard import agenda, talk
from bt_analysis.dashboard.talk_words import AGES, BODIES, DUE, OUTCOMES, TOLD
from bt_analysis.language import joined
from bt_analysis.pages import codes, experiment_card, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, cell, render, text

FEW = 12
"""Rows that a table shows at once; the others are folded."""

EXPERIMENT = {
    "success_signal": "Gelukt als:",
    "stop_signal": "Stoppen als:",
    "change_of_mind": "Wat onze mening zou veranderen:",
    "who_decides": "Wie beslist:",
}
"""Agreed beforehand, as a card of an experiment says it."""


NOT_YET = {
    "intern": "Het collectief gaf dit nog niet vrij. Laat het alleen zien met zijn toestemming.",
    "bewoners": "Het collectief gaf dit vrij voor bewoners, nog niet voor de gemeente.",
}
"""For whom a report was released → what to keep in mind when others look along."""


def opening(content: Content, level: str = "openbaar") -> Html:
    """Give the head: whose dashboard it is, of which period, and until when inputs were followed.

    Parameters
    ----------
    content : Content
        A collective's report.
    level : str
        For whom the collective released its report: ``intern``, ``bewoners``, ``gemeente`` or ``openbaar``.

    Returns
    -------
    Html
        Title, facts and what the figures are not.
    """
    say, who = content.language.say, content.collective
    facts = [words.say(str(who["primary_domain"]), codes.DOMAINS, content.language)]
    if isinstance(who["work_area_label"], str):
        facts.append(say("werkgebied: {names}", names=who["work_area_label"]))
    facts.append(say("periode {period}", period=content.period.replace("-", "–")))
    until = talk.kept_until(content)
    told = say("Teksten staan er alleen met toestemming. Wat mensen kan verraden is weggelaten.")
    kept = [] if until is None else [
        say("Inbreng is bijgehouden tot en met {day}. Wat daarna gebeurde, staat er niet bij.",
            day=content.language.date(until))
    ]  # fmt: skip
    return render(
        "dashboard/opening.html.j2", content.language, synthetic=bool(who["synthetic"]), title=who["name"],
        facts=facts, told=[*kept, told], level=words.say(level, NOT_YET, content.language) if level in NOT_YET else "",
    )  # fmt: skip


def at_a_glance(content: Content) -> Html:
    """Count what there is to talk over.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Tiles; empty when neither inputs nor experiments are kept.
    """
    say, number = content.language.say, content.language.number
    waiting, due_, tried = talk.still_open(content), talk.answers_due(content), talk.experiments(content)
    counts: list[tuple[float, str]] = []
    if len(talk.inputs(content)):
        counts.append((len(waiting), say("wachten op antwoord")))
        counts.append((float(waiting["waited_days"].max()) if len(waiting) else 0, say("dagen wacht het oudste")))
        counts.append((int(due_["due"].isin(talk.DUE_DONE).sum()), say("besloten of gedaan, nog niet verteld")))
    if len(tried):
        counts.append((int(tried["running"].sum()), say("experimenten lopen")))
    tiles = [{"number": number(n), "words": name, "note": "", "claim_id": ""} for n, name in counts]
    values = {"title": "", "paragraphs": [], "tiles": tiles, "after": []}
    return render("sections/tiles.html.j2", content.language, **values) if tiles else Html("")


def stages(content: Content) -> Html:
    """Count open inputs by how far they came and how long residents wait.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A table; a tile when nothing is open, or nothing is kept.
    """
    say, number = content.language.say, content.language.number
    if talk.inputs(content).empty:
        return text(content.language, "", tile=say("Wat er met onze inbreng gebeurde is nog niet bijgehouden."))
    counted = talk.by_stage_and_age(talk.still_open(content))
    if counted.empty:
        return text(content.language, "", tile=say("Op alle ideeën kwam antwoord."))
    total = counted.sum().rename("alle")
    lines = [(talk.stage(content, str(stage)), row) for stage, row in counted.iterrows()] + [
        (say("alles samen"), total)
    ]
    names = [say("kwam tot"), *(say(AGES[age]) for age in AGES), say("samen")]
    body = [[cell(name), *(cell(number(row[one]) if row[one] else "–", "figure") for one in (*AGES, "all"))]
            for name, row in lines]  # fmt: skip
    after = say("We tellen ideeën, klachten en vragen, geen mensen.")
    return _table(content, say("Open inbreng: hoe ver het kwam en hoe lang bewoners wachten"), names, body, 1, after)


def drawn(content: Content) -> Html:
    """Draw how far inputs came and how long residents wait, as the report does.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Two figures side by side; empty when no inputs are kept for this period.
    """
    if content.learned.get("input_stages", pd.DataFrame()).empty:
        return Html("")
    from bt_analysis.figures import inputs  # noqa: PLC0415 - an agenda on the command line draws nothing

    made = [inputs.flow(content)._repr_html_(), inputs.waiting(content)._repr_html_()]
    return Html(f'<div class="row">{"".join(made)}</div>')


def open_rows(content: Content, rows: pd.DataFrame) -> Html:
    """List open inputs, those that wait longest first.

    Parameters
    ----------
    content : Content
        A collective's report.
    rows : DataFrame
        As :func:`bt_analysis.dashboard.talk.still_open` gives, or some of them.

    Returns
    -------
    Html
        How many there are, and a row for each.
    """
    say, number = content.language.say, content.language.number
    n = len(rows)
    counted = say("1 idee wacht op antwoord.") if n == 1 else say("{n} ideeën wachten op antwoord.", n=number(n))
    status = render("dashboard/status.html.j2", content.language, text=counted if n else say("Geen idee past hierbij."))
    if not n:
        return status
    names = [say("waar het over gaat"), say("ingebracht op"), say("kwam tot"), say("besluit en reden"), say("dagen")]
    body = [
        [cell(row["about"]), cell(content.language.date(row["raised_on"]), "date"),
         cell(talk.stage(content, row["stage"])), cell(_decided(content, row)),
         cell(number(row["waited_days"]), "figure")]
        for _, row in rows.iterrows()
    ]  # fmt: skip
    return Html(status + _table(content, say("Open inbreng, het langst wachtend bovenaan"), names, body, 4))


def due(content: Content) -> Html:
    """List the answers that have still to come, by what kind of answer it is.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        What is decided and only has to be told first; a tile when nothing is due.
    """
    say = content.language.say
    rows = talk.answers_due(content)
    if rows.empty:
        return text(content.language, "", tile=say("Er hoeft geen antwoord meer te komen, of het is niet bijgehouden."))
    days = content.language.number(content.settings.learning.silent_days)
    parts = [_due(content, kind, rows[rows["due"].eq(kind)]) for kind in DUE]
    left, day = agenda.to_return(content)
    claims = (
        [say("Van het rapport moeten bewoners nog {n} uitspraken horen, voor {day}.",
             n=content.language.number(left), day=content.language.date(day))] if left else []
    )  # fmt: skip
    rule = say("Stil: er was {days} dagen geen stap. Dat is een afspraak van dit rapport, geen wet.", days=days)
    return Html("".join(parts) + text(content.language, "", [*claims, rule]))


def _due(content: Content, kind: str, rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    say, number = content.language.say, content.language.number
    waits = kind == "wacht"
    names = [
        say("waar het over gaat"),
        say("kwam tot"),
        say("dagen"),
        say("stil vanaf") if waits else say("laatste stap"),
    ]
    body = [
        [cell(row["about"]), cell(talk.stage(content, row["stage"])), cell(number(row["waited_days"]), "figure"),
         cell(content.language.date(row["silent_on"] if waits else row["last_on"]), "date")]
        for _, row in rows.iterrows()
    ]  # fmt: skip
    return _folded(content, f"{say(DUE[kind])} ({number(len(rows))})", names, body, {2})


def decisions(content: Content) -> Html:
    """List what was decided, why, and whether residents heard it.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A table, yes and no in one list, the newest first; a tile without decisions.
    """
    say = content.language.say
    rows = talk.decisions(content)
    if rows.empty:
        return text(content.language, "", tile=say("Er is nog geen besluit over inbreng opgeschreven."))
    names = [say("waar het over gaat"), say("besluit en reden"), say("wie en wanneer"), say("weten bewoners het?")]
    body = [
        [cell(row["about"]), cell(_decided(content, row)), cell(_who(content, row)),
         cell(words.say(row["told"], TOLD, content.language))]
        for _, row in rows.iterrows()
    ]  # fmt: skip
    untold = int(rows["told"].eq("niet_verteld").sum())
    head = (
        say("Over {n} ideeën is iets besloten. Bij {m} hoorden bewoners het nog niet.",
            n=content.language.number(len(rows)), m=content.language.number(untold))
        if untold else say("Over {n} ideeën is iets besloten. Bewoners hoorden het steeds.",
                           n=content.language.number(len(rows)))
    )  # fmt: skip
    return Html(
        text(content.language, "", [head]) + _folded(content, say("Besluiten over inbreng"), names, body, set())
    )


def _decided(content: Content, row: pd.Series) -> str:
    """Write a decision and its reason; of a yes no reason is asked."""
    if not row["outcome"]:
        return content.language.say("nog niet besloten")
    outcome = words.say(row["outcome"], OUTCOMES, content.language)
    if row["outcome"] == "overgenomen" and not row["reason"]:
        return outcome
    return f"{outcome} ({talk.reason(content, row['reason'])})"


def _who(content: Content, row: pd.Series) -> str:
    """Write who decided and when; without a body only the day."""
    day = content.language.date(row["day"])
    body = words.say(str(row["decided_by"]), BODIES, content.language)
    return f"{body}, {day}" if body else day


def experiments(content: Content) -> Html:
    """Show each experiment with the signals that were agreed, and how it stands.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Cards of one size, also of what was stopped; a tile without experiments.
    """
    say = content.language.say
    rows = talk.experiments(content)
    if rows.empty:
        return text(content.language, "", tile=say("Er is nog geen experiment opgeschreven."))
    made = [_card(content, row) for _, row in rows.iterrows()]
    return render("sections/cards.html.j2", content.language, title=say("Wat is afgesproken, en hoe het ervoor staat"),
                  cards=made)  # fmt: skip


def _card(content: Content, row: pd.Series) -> dict[str, object]:
    say = content.language.say
    lines = [(say(name), experiment_card.told(content, row, field)) for field, name in EXPERIMENT.items()]
    if not row["text_shown"]:
        lines = [("", experiment_card.hidden(content))]
    if row["question"]:
        lines.insert(0, (say("Vraag:"), content.language.typed(str(row["question"]))))
    planned = experiment_card.day(content, row["planned_end"])
    meta = [*experiment_card.stands(content, row)]
    if planned:
        meta.append(say("Gepland tot {day}.", day=planned))
    if row["overdue"]:
        meta.append(say("Dat is voorbij, en een resultaat staat er niet bij."))
    events = content.experiment_events
    own = events[events["experiment_id"].eq(row["experiment_id"])].sort_values("date") if len(events) else events
    for _, event in own.tail(1).iterrows():
        what = words.say(str(event["type"]), experiment_card.EVENTS, content.language)
        told = f"{content.language.date(event['date'])}, {what}"
        shown = content.language.typed(event["text"]) if event["text_shown"] and event["text"] else ""
        lines.append((say("Laatst opgeschreven:"), joined(": ", [told, shown]) if shown else told))
    return {
        "head": agenda.name(content, row), "meta": " ".join(meta), "lines": lines,
        "foot": " ".join(experiment_card.declared(content, row)),
    }  # fmt: skip


def _folded(
    content: Content, caption: str, names: list[str], body: list[list[dict[str, str]]], figures: set[int]
) -> Html:
    """Make a table; what does not fit at once is behind a fold, in a table of its own."""
    made = _table_of(content, caption, names, body[:FEW], figures)
    rest = body[FEW:]
    if not rest:
        return made
    more = content.language.say("Nog {n}", n=content.language.number(len(rest)))
    inner = _table_of(content, f"{caption}: {more.lower()}", names, rest, figures)
    return Html(made + render("sections/fold.html.j2", content.language, summary=more, body=inner, closed=True))


def _table(
    content: Content, caption: str, names: list[str], body: Sequence[list[dict[str, str]]], from_: int, after: str = ""
) -> Html:
    """Make a table of which the columns from one on are numbers."""
    return _table_of(content, caption, names, body, set(range(from_, len(names))), after)


def _table_of(
    content: Content, caption: str, names: list[str], body: Sequence[list[dict[str, str]]], figures: set[int],
    after: str = "",
) -> Html:  # fmt: skip
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=False, caption=caption, after=after,
        columns=[{"name": name, "figure": at in figures} for at, name in enumerate(names)],
        rows=[{"id": "", "cells": cells} for cells in body],
    )  # fmt: skip
