"""Since last time: what is other than in the report before in; a line for the summary and a section behind it out.

Figures are set beside what they were, never called better or worse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from bt_analysis.pages import appendix, chapters, claim_sentences, claims, figure_list, sentences, tables, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.differences import Since, Was
from bt_analysis.pages.earlier import read
from bt_analysis.pages.html import Html, cell, render, text

__all__ = ["in_short", "read", "section"]

ID = "sinds"
"""Of the head of the section, which the line in the summary leads to."""

Change = tuple[pd.Series, pd.Series | None]
"""A figure as it is now and as it was; None when that may not be said."""

MOST_ROWS = 40
"""Figures that a sheet of paper has room for; of more the list is folded."""


def in_short(content: Content, since: Since | None) -> Html:
    """Say in a sentence or two how many figures are other than last time.

    Parameters
    ----------
    content : Content
        A report.
    since : Since or None
        As :func:`bt_analysis.pages.earlier.read` gives.

    Returns
    -------
    Html
        A line under the title; empty for a first report, which the section says.
    """
    if since is None:
        return Html("")
    same = since.period == content.period
    said = _in_short(content, since, len(_changes(content, since))) if same else _other_period(content, since)
    return Html(Markup('<p class="meta"><a href="#{}">{}</a></p>').format(ID, said))


def section(content: Content, since: Since | None) -> Html:
    """Say what is other than last time: figures, the period, sources, settings, the program, and who takes part.

    Parameters
    ----------
    content : Content
        A report.
    since : Since or None
        As :func:`bt_analysis.pages.earlier.read` gives.

    Returns
    -------
    Html
        A head, a list, and a table of the figures that are other; of figures that are hidden now only which.
    """
    say = content.language.say
    head = Markup('<h2 id="{}">{}</h2>').format(ID, say("Sinds de vorige keer"))
    if since is None:
        first = say("Dit is het eerste rapport over deze periode: er is nog niets om het naast te leggen.")
        return Html(f"{head}{text(content.language, '', [first])}")
    if since.period != content.period:
        told = [_other_period(content, since), say("Cijfers van verschillende periodes leggen we niet naast elkaar.")]
        points = [*_members(content, since), *_apart(content, since)]
        return Html(f"{head}{text(content.language, '', [' '.join(told)], points=points)}")
    points = [*_figures(content, since), *_members(content, since), *_apart(content, since)]
    changes = _changes(content, since)
    listed = text(content.language, "", [_in_short(content, since, len(changes))], points=points)
    return Html(f"{head}{listed}{_table(content, since, changes.values())}")


def _in_short(content: Content, since: Since, n: int) -> str:
    say, number = content.language.say, content.language.number
    day, of = _day(content, since), number(since.both_n)
    if n == 0:
        told = say("Sinds het vorige rapport ({day}) is geen van de {of} cijfers anders.", day=day, of=of)
        if since.both_n < 2:
            told = say("Sinds het vorige rapport ({day}) is geen cijfer anders.", day=day)
    elif n == 1:
        told = say("Sinds het vorige rapport ({day}) is 1 van de {of} cijfers anders.", day=day, of=of)
    else:
        told = say("Sinds het vorige rapport ({day}) zijn {n} van de {of} cijfers anders.", day=day, n=number(n), of=of)
    more, fewer = len(since.appeared) + len(since.seen), len(since.hidden) + sum(since.gone.values())
    added = say("Er kwam 1 cijfer bij.") if more == 1 else say("Er kwamen {n} cijfers bij.", n=number(more))
    lost = say("Er viel 1 cijfer weg.") if fewer == 1 else say("Er vielen {n} cijfers weg.", n=number(fewer))
    return " ".join([told, *([added] if more else []), *([lost] if fewer else [])])


def _other_period(content: Content, since: Since) -> str:
    return content.language.say(
        "Dit is het eerste rapport over {period}. Het vorige ging over {then} en is van {day}.",
        period=content.period.replace("-", "–"), then=since.period.replace("-", "–"), day=_day(content, since),
    )  # fmt: skip


def _day(content: Content, since: Since) -> str:
    return content.language.date(pd.Timestamp(since.at))


def _figures(content: Content, since: Since) -> list[str]:
    """Name what came and went, by what it is about; of what is hidden now nothing is said but that."""
    say, now = content.language.say, claims.printed(content).set_index("claim_id")["question"]

    def told(names: Iterable[str]) -> str:
        return _by_question(content, dict(Counter(str(now[name]) for name in names if name in now.index)))

    other, came = told(name for name, was in since.changed.items() if was is None), told(since.appeared)
    seen, hidden, gone = told(since.seen), told(since.hidden), _by_question(content, since.gone)
    pieces = (
        (other, say("Anders dan toen: {names}.", names=other)),
        (came, say("Nieuw: {names}.", names=came)),
        (seen, say("Nu wel te tonen: {names}.", names=seen)),
        (hidden, say("Nu niet meer te tonen: {names}.", names=hidden)),
        (gone, say("Niet meer in dit rapport: {names}.", names=gone)),
    )
    return [sentence for names, sentence in pieces if names]


def _by_question(content: Content, counted: dict[str, int]) -> str:
    return ", ".join(
        f"{words.within(_about(content, name))} ({content.language.number(n)})" for name, n in counted.items()
    )


def _about(content: Content, question: str) -> str:
    """Say what a figure is about; where the list of figures has no head for it, the section that tells it."""
    known = figure_list.TITLES.get(question, chapters.TITLES[chapters.of(question)])
    return content.language.say(known)


def _members(content: Content, since: Since) -> list[str]:
    """Say who came to the cross-domain report and how many left, and why values of then are not said."""
    say = content.language.say
    unsaid = any(was is None for was in since.changed.values())
    if not claim_sentences.about_all(content):
        why = say("Het vorige rapport was nog alleen voor het collectief: wat een cijfer toen was, staat er niet bij.")
        return [why] if unsaid else []
    named = content.collectives.drop_duplicates("collective_id").set_index("collective_id")["name"]
    joined = [str(named[name]) for name in since.joined if name in named.index]
    told = []
    if joined:
        told.append(say("Erbij gekomen: {names}.", names=words.listed(joined, content.language)))
    if since.left_n:
        left = say("1 collectief zit er niet meer in.")
        told.append(left if since.left_n == 1 else say("{n} collectieven zitten er niet meer in.", n=str(since.left_n)))
    if since.newer_n:
        newer = say("1 collectief gaf nieuwere gegevens.")
        told.append(
            newer if since.newer_n == 1 else say("{n} collectieven gaven nieuwere gegevens.", n=str(since.newer_n))
        )
    if unsaid:
        told.append(say("Het verschil kan iets van één collectief verraden; daarom staat niet bij wat een cijfer was."))
    return told


def _apart(content: Content, since: Since) -> list[str]:
    """Say which sources, settings and program are other."""
    say = content.language.say
    newer = [
        say("{table} van {day}", table=table, day=content.language.date(pd.Timestamp(now)))
        for table, (then, now) in since.sources.items() if then
    ]  # fmt: skip
    fresh = [table for table, (then, _) in since.sources.items() if not then]
    told = [say("Nieuwere bron: {names}.", names=words.listed(newer, content.language))] if newer else []
    if fresh:
        told.append(say("Nieuwe bron: {names}.", names=words.listed(fresh, content.language)))
    told += [
        say("Een andere instelling: {name} was {then} en is nu {now}.", name=name, then=then, now=now)
        for name, (then, now) in since.settings.items()
    ]
    if since.version:
        then, now = since.version
        told.append(say("Een ander programma: bt_analysis {then} werd {now}.", then=then, now=now))
    return told


def _changes(content: Content, since: Since) -> dict[str, Change]:
    """Return the figures that read otherwise than they did, as they are now and were; by claim_id."""
    rows = claims.printed(content)
    now = {str(row["claim_id"]): row for _, row in rows[rows["claim_id"].isin(since.changed)].iterrows()}
    pairs = {name: (now[name], _then(now[name], was)) for name, was in since.changed.items() if name in now}
    return {
        name: (row, then) for name, (row, then) in pairs.items()
        if then is None or len(set(_told(content, row, then))) > 1 or len(set(_notes(content, row, then))) > 1
    }  # fmt: skip


def _then(row: pd.Series, was: Was | None) -> pd.Series | None:
    """Return a row as it was: what it is about is the same, for its number is made of that."""
    if was is None:
        return None
    then = row.copy()
    for name, value in was.model_dump().items():
        then[name] = float("nan") if value is None else value
    return then


def _told(content: Content, *rows: pd.Series) -> list[str]:
    """Write what a figure is and was, with bounds, and where that is other on how many it rests."""
    places = appendix.decimals(content, rows[0])
    counts = {row["n"] for row in rows if pd.notna(row["n"])}
    told = []
    for row in rows:
        value = tables.told(content, row, places)
        ends = [content.language.number(row[end], places) for end in ("ci_low", "ci_high") if pd.notna(row[end])]
        value += f" ({ends[0]} – {ends[1]})" if len(ends) == 2 else ""
        rests = pd.notna(row["n"]) and len(counts) > 1 and row["n"] != row["value"]
        told.append(value + (f", n = {content.language.number(row['n'])}" if rests else ""))
    return told


def _notes(content: Content, *rows: pd.Series) -> list[str]:
    return [sentences.limits(content, row) if row["gate"] == "voorbehoud" else "" for row in rows]


def _table(content: Content, since: Since, changes: Iterable[Change]) -> Html:
    """Set every figure that is other beside what it was, in the order of the list of figures."""
    say = content.language.say
    rows = [(now, then) for now, then in changes if then is not None]
    if not rows:
        return Html("")
    names = [say("wat"), say("toen"), say("nu"), say("let op"), say("nummer")]
    caption = say("Cijfers die anders zijn dan op {day}", day=_day(content, since))
    told = render(
        "sections/table.html.j2", content.language, title="", before="", dense=True, caption=caption,
        columns=[{"name": name, "figure": False} for name in names],
        rows=[_row(content, now, then) for now, then in rows],
        after=say("Wat na afronden hetzelfde is, telt niet als anders. Anders is niet beter of slechter."),
    )  # fmt: skip
    if len(rows) <= MOST_ROWS:
        return told
    summary = f"{caption} ({content.language.number(len(rows))})"
    folded = render("sections/fold.html.j2", content.language, summary=summary, body=told, closed=True)
    return Html(text(content.language, "", [say("Op papier staat deze lijst er niet bij.")]) + folded)


def _row(content: Content, now: pd.Series, then: pd.Series) -> dict[str, object]:
    became, was = _told(content, now, then)
    cautious, caution = _notes(content, now, then)
    note = content.language.say("voorbehoud vervallen") if caution and not cautious else cautious
    return {
        "id": "",
        "cells": [
            cell(f"{_about(content, str(now['question']))}: {appendix.name(content, now)}"), cell(was), cell(became),
            cell(note, "why"), cell(now["claim_id"], "code", str(now["claim_id"])),
        ],
    }  # fmt: skip
