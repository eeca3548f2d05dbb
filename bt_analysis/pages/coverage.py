"""Which cases, and which not: cells of domain, urbanity and country in; a grid with its gaps, and who refused, out."""

from __future__ import annotations

import pandas as pd

from bt_analysis.analysis.learning.cases import ACROSS
from bt_analysis.analysis.learning.coverage import HOME, QUESTION, UNKNOWN
from bt_analysis.analysis.learning.selection import ANSWERS, ASKED
from bt_analysis.pages import bundled, chapters, codes, counts, selection, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.cooperation_words import ANSWERS as ANSWERED
from bt_analysis.pages.cooperation_words import PARTIES, PLACES
from bt_analysis.pages.html import Html, cell, render, text

NAMED = 3
"""Collectives that a cell names; of more it says how many."""

REASONS_TOLD = 8
"""Reasons not to take part that are told; the most given first."""


def section(content: Content) -> Html:
    """Give which collectives are in, of which kinds of places nothing is known, and who did not take part.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        Section 2.
    """
    told = [*bundled.left(content), *bundled.what_it_is(content)]
    head = text(content.language, chapters.title(2, content.language), told)
    table = content.learned.get("coverage", pd.DataFrame())
    if content.collectives.empty:
        return head
    if table.empty:
        return Html(head + who_not(content))
    grids = [_grid(content, table, str(country)) for country in dict.fromkeys(table["country"])]
    return Html("".join([head, *grids, text(content.language, "", _compared(content, table)), who_not(content)]))


def _grid(content: Content, table: pd.DataFrame, country: str) -> Html:
    """Make the grid of one country: domains by classes of urbanity."""
    say = content.language.say
    own = table[table["country"].eq(country)]
    classes = [one for one in dict.fromkeys(own["urbanity"]) if one != UNKNOWN]
    classes += [UNKNOWN] if UNKNOWN in set(own["urbanity"]) else []
    cells = {(int(row["urbanity"]), str(row["domain"])): row for _, row in own.iterrows()}
    body = [
        {"id": "", "cells": [
            cell(words.say(domain, codes.DOMAINS, content.language)),
            *(_cell(content, cells[one, domain], domain) for one in classes),
        ]}
        for domain in codes.DOMAINS
    ]  # fmt: skip
    names = [say(codes.URBANITY[one]) if one != UNKNOWN else say("stedelijkheid onbekend") for one in classes]
    where = say("Nederland") if country == HOME else country or say("land niet bijgehouden")
    return render(
        "sections/table.html.j2", content.language, title="", dense=True, rows=body,
        before=say("Een streepje is een soort collectief of plek waar we nog niets over weten.") if country == HOME
        else "",
        columns=[{"name": name, "figure": False} for name in [say("domein"), *names]],
        caption=say("Welke collectieven meedoen, naar domein en stedelijkheid: {country}", country=where),
        after=_gaps(content, own, classes) if country == HOME else "",
    )  # fmt: skip


def _cell(content: Content, row: pd.Series, domain: str) -> dict[str, str]:
    if not row["collectives_n"]:
        return cell("–")
    kind = f"{row['country'] or 'onbekend'}_{row['urbanity']}"
    found = content.rows(QUESTION, "coverage_n", collective_id=ACROSS, group_value=domain, group_type=kind)
    claim_id = found["claim_id"].iloc[0] if len(found) else ""
    names = row["names"].split(";")
    many = content.language.say("{n} collectieven", n=content.language.number(row["collectives_n"]))
    return cell(", ".join(names) if len(names) <= NAMED else many, "", claim_id)


def _gaps(content: Content, own: pd.DataFrame, classes: list[int]) -> str:
    say, number = content.language.say, content.language.number
    known = own[own["urbanity"].ne(UNKNOWN)]
    empty = int(known["collectives_n"].eq(0).sum())
    told = say("Over {n} van de {of} vakken weten we niets.", n=number(empty), of=number(len(known)))
    here = known.groupby("urbanity")["collectives_n"].sum()
    absent = [say(codes.URBANITY[one]) for one in classes if one in here.index and not here[one]]
    gaps = say("Uit deze gebieden doet niemand mee: {classes}.", classes=", ".join(absent)) if absent else ""
    return " ".join(filter(None, [told, gaps]))


def _compared(content: Content, table: pd.DataFrame) -> list[str]:
    """Say within what figures are compared, and what crosses a border."""
    say, number = content.language.say, content.language.number
    sizes = content.rows(QUESTION, "coverage_n", collective_id=ACROSS, group_type="plek")
    n = dict(zip(sizes["group_value"], sizes["value"], strict=True))
    there = [f"{say(name)} {number(n[place])}" for place, name in PLACES.items() if place in n]
    told = [
        say("Soort plek: {places}. Vergelijk cijfers alleen binnen dezelfde soort plek.", places=", ".join(there)),
    ]
    told += _reach(content)
    if len(set(table["country"])) > 1:
        told.append(
            say("Voorwaarden en lessen vergelijken we tussen landen, cijfers en scores niet: die zijn elders anders "
                "gemeten.")
        )  # fmt: skip
    return told


def _reach(content: Content) -> list[str]:
    """Give the range of reach within each kind of place that has enough collectives."""
    say, number = content.language.say, content.language.number
    rows = content.rows("places", collective_id=ACROSS)
    ranges = [
        say("{place}: {low}% tot {high}% ({n} collectieven)", place=say(PLACES[row["group_value"]]),
            low=number(row["ci_low"], 1), high=number(row["ci_high"], 1), n=number(row["n"]))
        for _, row in rows[rows["gate"].isin(SHOWN)].iterrows()
    ]  # fmt: skip
    return [say("Bereik onder bewoners, binnen een soort plek: {ranges}.", ranges="; ".join(ranges))] if ranges else []


def who_not(content: Content) -> Html:
    """Give who was asked to take part, what they answered, and why not.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        The warning, a table of parties by answer, and reasons; the warning only when nobody keeps who was asked.
    """
    say = content.language.say
    rows = content.rows(selection.QUESTION, "approached_n", collective_id=ACROSS)
    warning = render(
        "sections/paragraph.html.j2", content.language, id=selection.ANCHOR, words=selection.warning(content)
    )
    parties = [party for party in PARTIES if rows["group_type"].eq(f"{ASKED}_{party}").any()]
    if not parties:
        return warning
    cells = counts.by(rows, "group_type", "group_value")
    names = [say("gevraagd"), *(say(ANSWERED[answer]) for answer in ANSWERS)]
    body = [
        {"id": "", "cells": [
            cell(say(PARTIES[party])),
            *(counts.number(content, cells.get((f"{ASKED}_{party}", answer))) for answer in ANSWERS),
        ]}
        for party in parties
    ]  # fmt: skip
    table = render(
        "sections/table.html.j2", content.language, title="", before="", dense=False, rows=body,
        columns=[{"name": name, "figure": at > 0} for at, name in enumerate(names)],
        caption=say("Wie is gevraagd om mee te doen, en wat ze zeiden (aantal keer)"), after=_reasons(content),
    )  # fmt: skip
    return Html(warning + table)


def _reasons(content: Content) -> str:
    """Name the reasons not to take part, the most given first."""
    say, number = content.language.say, content.language.number
    table = content.learned.get("selection", pd.DataFrame())
    if table.empty:
        return ""
    own = table[table["collective_id"].eq(ACROSS) & table["response"].ne("doet_mee")]
    given = own[own["reason"].ne("")].groupby("reason")["requests_n"].sum().sort_values(ascending=False, kind="stable")
    if given.empty:
        return say("Redenen om niet mee te doen zijn niet bijgehouden, of niet om te tonen.")
    listed = [f"{reason} ({number(n)})" for reason, n in given.head(REASONS_TOLD).items()]
    silent = int(own["requests_n"].sum() - given.sum())
    told = say("Redenen: {reasons}.", reasons=", ".join(listed))
    without = say("Van {n} keer is de reden niet bekend.", n=number(silent)) if silent else ""
    return " ".join(filter(None, [told, without]))
