"""How citizens and others work together: the newest scan of each pair in, where they differ out; no total, no mean."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.analysis.learning.cooperation import CONDITIONS, GROUP, HIGHER, LOWER, SAME, SCORE, UNSEEN
from bt_analysis.language import joined
from bt_analysis.pages import behind, counts, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.cooperation_words import CONDITIONS as NAMES
from bt_analysis.pages.cooperation_words import SIDES, STATES, WAYS
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.once import once

MOST_QUOTES = 2
"""Quotes of a scan that are told."""

MOST_TOLD = (2, 1)
"""Sentences about the first party, and about the second, that the two pages have room for."""


@dataclass(frozen=True)
class Scan:
    """The newest scan of a collective and a party in the period of a report.

    Parameters
    ----------
    rows : DataFrame
        Its eight conditions (analysed_coop_gaps), in the order of the handbook.
    party : str
        Name of the party.
    side : str
        The side it is on, in the reader's words.
    """

    rows: pd.DataFrame
    party: str
    side: str

    def named(self, which: pd.Series[bool], content: Content) -> str:
        """Name the conditions of some rows, as they stand within a sentence.

        Parameters
        ----------
        which : Series of bool
            One per row.
        content : Content
            The report, for its language.

        Returns
        -------
        str
            Their names with commas between them.
        """
        return words.listed([words.say(one, NAMES, content.language) for one in self.rows.loc[which, "condition"]],
                            content.language)  # fmt: skip


@once
def scans(content: Content) -> list[Scan]:
    """List the newest scan in the period of each pair of a collective and a party.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of Scan
        In order of the parties' names; empty when no scan was held in the period.
    """
    table = content.learned.get("coop_gaps", pd.DataFrame())
    if table.empty:
        return []
    first, last = reporting.bounds(content.period)
    there = table[table["date"].between(first, last)]
    order = {name: at for at, name in enumerate(CONDITIONS)}
    found = []
    for (_, party, side), pair in there.groupby(["actor_id", "actor_name", "other_side"]):
        newest = pair[pair["scan_id"].eq(pair.sort_values("date")["scan_id"].iloc[-1])]
        rows = newest.sort_values("condition", key=lambda names: names.map(order)).reset_index(drop=True)
        found.append(
            Scan(rows, str(party) or content.language.say("een partij"), words.say(str(side), SIDES, content.language))
        )
    return sorted(found, key=lambda scan: scan.party)


def section(content: Content) -> Html:
    """Say how the collective and others work together.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Head of section 7, with where the two sides differ of two parties at most; that it is not kept when it is not.
        :func:`more` has the rest.
    """
    say = content.language.say
    title = behind.title(content, 7)
    found = scans(content)
    if not found:
        return text(content.language, title, tile=_nothing(content))
    scale = say("Beide kanten gaven een cijfer van 1 (gaat slecht) tot 5 (gaat goed). De vragenlijst is niet getoetst.")
    parts = [text(content.language, title, [scale])]
    for scan, most in zip(found, MOST_TOLD, strict=False):
        told = [*differences(content, scan)[:most], *_quotes(content, scan)[: most - 1]]
        parts.append(text(content.language, "", [joined(" ", [_with(content, scan), *told])]))
    return Html("".join(parts))


def more(content: Content) -> Html:
    """Say of every scan all that it tells, for behind the section.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A list per party; empty without scans.
    """
    say, found = content.language.say, scans(content)
    if not found:
        return Html("")
    opening = [
        say("Beide kanten gaven elk een oordeel over acht voorwaarden, van 1 (gaat slecht) tot 5 (gaat goed)."),
        say("Wat telt is waar ze verschillen. Er is geen totaal en geen gemiddelde. De vragenlijst is niet getoetst."),
    ]
    parts = [text(content.language, "", [" ".join(opening)])]
    for scan in found:
        points = [*differences(content, scan), *_quotes(content, scan)]
        parts.append(text(content.language, "", [_with(content, scan)], points=points))
    return Html("".join(parts))


def _nothing(content: Content) -> str:
    kept = not content.learned.get("coop_gaps", pd.DataFrame()).empty
    return content.language.say(
        "In deze periode is niet gevraagd hoe de samenwerking gaat."
        if kept
        else "Hoe we samenwerken met de gemeente is nog niet bijgehouden."
    )


def _with(content: Content, scan: Scan) -> str:
    day = content.language.date(scan.rows["date"].iloc[0])
    return content.language.say("Met {party}, {day}", party=scan.party, day=day) + ":"


def differences(content: Content, scan: Scan) -> list[str]:
    """Say where two sides differ, where they do not, what is not to be seen, and what changed.

    Parameters
    ----------
    content : Content
        A collective's report.
    scan : Scan
        One of :func:`scans`.

    Returns
    -------
    list of str
        A sentence each; only those that there is something to say of.
    """
    say, gap, learning = content.language.say, scan.rows["gap"], content.settings.learning
    ours, theirs = _is(gap >= learning.clear_gap), _is(gap <= -learning.clear_gap)
    seen = gap.notna()
    told = []
    if theirs.any():
        told.append(say("Volgens {side} gaat dit beter dan volgens bewoners: {names}.", side=scan.side,
                        names=scan.named(theirs, content)))  # fmt: skip
    if ours.any():
        told.append(say("Volgens bewoners gaat dit beter dan volgens {side}: {names}.", side=scan.side,
                        names=scan.named(ours, content)))  # fmt: skip
    near = seen & ~ours & ~theirs
    if near.all():
        told.append(say("Over alle {n} voorwaarden denken ze (bijna) hetzelfde.", n=str(len(near))))
    elif near.any():
        told.append(say("Hier denken ze (bijna) hetzelfde over: {names}.", names=scan.named(near, content)))
    told += [*_unseen(content, scan), *_changed(content, scan)]
    rows = scan.rows
    both = _is(rows[["civiel_importance", "other_importance"]].min(axis=1, skipna=False) >= learning.important_from)
    if (both & (ours | theirs)).any():
        names = scan.named(both & (ours | theirs), content)
        told.append(say("Om over te praten, want beide kanten vinden het belangrijk: {names}.", names=names))
    return told


def _quotes(content: Content, scan: Scan) -> list[str]:
    """Repeat what people of both sides said, as far as they agreed to that."""
    told = [
        content.language.say("{side} over {name}: “{quote}”", side=side.capitalize(),
                             quote=content.language.typed(row[column]),
                             name=words.say(row["condition"], NAMES, content.language))
        for side, column in ((content.language.say("bewoners"), "civiel_quote"), (scan.side, "other_quote"))
        for _, row in scan.rows.iterrows()
        if row[column]
    ]  # fmt: skip
    return told[:MOST_QUOTES]


def _is(mask: pd.Series) -> pd.Series[bool]:
    return mask.fillna(False).astype(bool)


def _unseen(content: Content, scan: Scan) -> list[str]:
    """Say of the conditions without a gap why there is none, once per reason."""
    say, rows = content.language.say, scan.rows
    told = []
    for side, column in ((say("bewoners"), "civiel_state"), (scan.side, "other_state")):
        for state in STATES:
            which = rows[column].eq(state)
            if which.all():
                told.append(say("Niet te zien ({side}: {why}).", side=side, why=say(STATES[state])))
            elif which.any():
                names = scan.named(which, content)
                told.append(say("Niet te zien bij {names} ({side}: {why}).", names=names, side=side,
                                why=say(STATES[state])))  # fmt: skip
    return told


def _changed(content: Content, scan: Scan) -> list[str]:
    """Say where the gap grew or shrank since the scan before of the same two."""
    say, rows = content.language.say, scan.rows
    before = rows["date_before"].dropna()
    if before.empty:
        return []
    known = rows["gap"].notna() & rows["gap_before"].notna()
    shift = rows["gap"].abs() - rows["gap_before"].abs()
    parts = [
        say("kleiner bij {names}", names=scan.named(known & _is(shift < 0), content)) if _is(shift < 0).any() else "",
        say("groter bij {names}", names=scan.named(known & _is(shift > 0), content)) if _is(shift > 0).any() else "",
    ]
    told = "; ".join(filter(None, parts)) or say("nergens anders")
    return [say("Het verschil werd sinds {day}: {what}.", day=content.language.date(before.iloc[0]), what=told)]


def table(content: Content) -> Html:
    """Give both scores on every condition, for the appendix.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A table per scan; empty without scans. The gap leads to its line of the figures.
    """
    say = content.language.say
    parts = []
    for scan in scans(content):
        names = [
            say("voorwaarde"), say("bewoners"), scan.side, say("verschil"), say("vorige keer"),
            say("belang, bewoners"), say("belang, {side}", side=scan.side),
        ]  # fmt: skip
        rows = [{"id": "", "cells": _cells(content, row)} for _, row in scan.rows.iterrows()]
        parts.append(
            render(
                "sections/table.html.j2", content.language, title="", before="", dense=True, rows=rows,
                columns=[{"name": name, "figure": at > 0} for at, name in enumerate(names)],
                caption=say("Beide kanten over hun samenwerking: {party}", party=scan.party),
                after=say("Verschil: oordeel van bewoners min oordeel van de andere kant. {n} punten of meer noemen "
                          "we een verschil.", n=str(content.settings.learning.clear_gap)),
            )
        )  # fmt: skip
    return Html("".join(parts))


def _cells(content: Content, row: pd.Series) -> list[dict[str, str]]:
    number = content.language.number
    found = content.rows(
        "cooperation",
        "coop_gap",
        group_type=GROUP + row["condition"],
        group_value=f"{row['actor_id']}/{row['other_side']}",
    )
    claim_id = found["claim_id"].iloc[0] if len(found) else ""
    plain = [number(row[name]) if pd.notna(row[name]) else "–" for name in ("gap", "gap_before")]
    importance = [
        number(row[name]) if pd.notna(row[name]) else "–" for name in ("civiel_importance", "other_importance")
    ]
    return [
        cell(words.say(row["condition"], NAMES, content.language)),
        *(_score(content, row, whose) for whose in ("civiel", "other")),
        cell(plain[0], "figure", claim_id),
        cell(plain[1], "figure"),
        *(cell(one, "figure") for one in importance),
    ]


def _score(content: Content, row: pd.Series, whose: str) -> dict[str, str]:
    if row[f"{whose}_state"] == SCORE:
        return cell(content.language.number(row[f"{whose}_score"]), "figure")
    return cell(words.say(row[f"{whose}_state"], STATES, content.language), "why")


def across(content: Content) -> Html:
    """Say over collectives which way the gap with government goes, on each condition.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A table of counts; a sentence when nobody scanned both sides.
    """
    say = content.language.say
    rows = content.rows("cooperation", "coop_gaps_n", collective_id="")
    if rows.empty:
        return text(content.language, "", tile=say("Hoe bewoners en overheid samenwerken is nog niet bijgehouden."))
    cells = counts.by(rows, "group_type", "group_value")
    ways = (LOWER, SAME, HIGHER, UNSEEN)
    body = [
        {
            "id": "",
            "cells": [
                cell(say(NAMES[condition])),
                *(counts.number(content, cells.get((GROUP + condition, way)), starred=False) for way in ways),
            ],
        }
        for condition in CONDITIONS
    ]
    names = [say("voorwaarde"), *(say(WAYS[way]) for way in ways)]
    return render(
        "sections/table.html.j2", content.language, dense=False, rows=body,
        title=say("Hoe bewoners en overheid samenwerken"),
        before=say("Van elke samenwerking telt de nieuwste scan."),
        columns=[{"name": name, "figure": at > 0} for at, name in enumerate(names)],
        caption=say("Wie oordeelt gunstiger? Aantal samenwerkingen per voorwaarde"),
        after=say("Een verschil is {n} punten of meer. Geen gemiddelde en geen volgorde: elk verschil is een gesprek "
                  "waard. De vragenlijst is niet getoetst.", n=str(content.settings.learning.clear_gap)),
    )  # fmt: skip
