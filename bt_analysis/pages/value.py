"""Section 8 of a collective's report: value in own units first, then as a range of euros, and who invests and saves.

Estimates and tables of :mod:`bt_analysis.analysis.learning.value` go in, HTML comes out. No sentence holds one amount:
an amount has two ends.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import codes, sentences, tables, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render, text

MOST_TILES = 9
"""Tiles that a section has at most; the appendix has the rest."""

CASHABLE = {
    "ja": "er blijft geld over",
    "nee": "het geeft alleen ruimte, er blijft geen geld over",
    "onbekend": "of er geld overblijft is niet bijgehouden",
}
"""What becomes of what is saved."""


def section(content: Content) -> Html:
    """Give what people put in and what came of it, in own units; then what hours are worth, as a range.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Head of section 8: tiles, the range of euros or why there is none, and what the range is about.
    """
    return render(
        "sections/tiles.html.j2",
        content.language,
        title="8 · " + content.language.say("Waarde"),
        paragraphs=[sentences.hours(content)],
        tiles=_tiles(content),
        after=[*_left_out(content), *_in_euros(content)],
    )


def _tiles(content: Content) -> list[dict[str, str]]:
    """Make a tile per role, per thing counted and per domain with lessons."""
    language = content.language
    roles = content.rows("hours", "hours_role")
    made = [
        tables.tile(content, row, language.say("uur: {role}", role=words.group(row, language)))
        for _, row in roles[roles["gate"].isin(SHOWN)].iterrows()
    ]
    made += [_measured(content, row) for _, row in _beside(content, "meting").iterrows()]
    made += [_lessons(content, row) for _, row in _beside(content, "lessen").iterrows()]
    return made[:MOST_TILES]


def _left_out(content: Content) -> list[str]:
    """Say that hours of some roles are not shown, and where the other figures of value are."""
    say, roles = content.language.say, content.rows("hours", "hours_role")
    hidden = say("Uren van rollen met weinig mensen tonen we niet apart.")
    elsewhere = say("Wat er veranderde voor mensen en voor de buurt, staat in deel 4.")
    return [" ".join([hidden, elsewhere] if roles["gate"].eq("onderdrukt").any() else [elsewhere])]


def _beside(content: Content, kind: str) -> pd.DataFrame:
    """Return the figures of a kind that stand beside euros; of each indicator the last, with its domain."""
    listed = content.learned["own_units"]
    rows = content.estimates.merge(listed[listed["kind"].eq(kind)][["claim_id", "domain"]], on="claim_id")
    return rows.sort_values(["domain", "indicator_id", "group_label"]).drop_duplicates(
        ["domain", "indicator_id"], keep="last"
    )


def _measured(content: Content, row: pd.Series) -> dict[str, str]:
    """Make a tile of something counted, with its unit and the years it is of."""
    name = words.within(sentences.label(content, str(row["indicator_id"])))
    symbol = codes.UNITS.get(str(row["unit"]), "{value}").format(value="").strip()
    years = sorted({day[:4] for day in str(row["group_label"]).split("/") if day})
    return tables.tile(content, row, ", ".join(filter(None, [name, symbol, "–".join(years)])))


def _lessons(content: Content, row: pd.Series) -> dict[str, str]:
    say = content.language.say
    domain = words.say(str(row["domain"]), codes.DOMAINS, content.language) or say("geen domein")
    return tables.tile(content, row, say("lessen over {domain}", domain=words.within(domain)))


def amount(content: Content, low: float, high: float) -> str:
    """Write a range of euros; there is no way to write one amount.

    Parameters
    ----------
    content : Content
        The report.
    low, high : float
        Ends, euro.

    Returns
    -------
    str
        ``€50.000 tot €131.000``.
    """
    number = content.language.number
    return content.language.say("€{low} tot €{high}", low=number(low), high=number(high))


def _in_euros(content: Content) -> list[str]:
    """Say what hours are worth in euros as a range, or why that is not told; and what the range is about."""
    say = content.language.say
    row, wide = (content.one("value", name) for name in ("hours_value_eur", "hours_value_wide_eur"))
    if row is None:
        return [say("Zonder bijgehouden uren rekenen we niets om naar geld.")]
    if row["gate"] not in SHOWN:
        return [
            say("Wat de uren waard zijn in geld tonen we niet: dat {reason}.", reason=sentences.limits(content, row))
        ]
    told = [hours_in_euros(content)]
    if wide is not None and wide["gate"] in SHOWN:
        ends = amount(content, wide["ci_low"], wide["ci_high"])
        told.append(say("Ook de uren zelf zijn niet precies bekend. Daarmee wordt het {ends}.", ends=ends))
    if row["gate"] == "voorbehoud":
        told.append(say("Let op: dat {reason}.", reason=sentences.limits(content, row)))
    return [" ".join(told), scope(content)]


def hours_in_euros(content: Content) -> str:
    """Say what hours are worth, as a range.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        One sentence with both ends; empty when the range is not shown.
    """
    row = content.one("value", "hours_value_eur")
    if row is None or row["gate"] not in SHOWN:
        return ""
    return content.language.say(
        "In geld zijn de uren {ends}, afhankelijk van de rekenmethode.",
        ends=amount(content, row["ci_low"], row["ci_high"]),
    )


def scope(content: Content) -> str:
    """Say which hours an amount is about: two numbers for the whole country are mixed up often.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        Printed beside every amount for hours. 360 million hours a year are for people's own living environment
        (Katalys and Motivaction); 1.5 billion are all organised volunteering.
    """
    return content.language.say(
        "Dit gaat over uren voor de eigen leefomgeving. In heel Nederland zijn dat ongeveer 360 miljoen uur per jaar "
        "(Katalys en Motivaction). Het bekende getal van 1,5 miljard uur, met de miljarden euro's erbij, gaat over al "
        "het georganiseerde vrijwilligerswerk."
    )


def books(content: Content) -> Html:
    """Give who invests and who saves, each saving with its range, and in words why a saving does not count.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A table by kind of party, sentences about money, and a point per saving; a sentence where nothing is kept.
    """
    rows = content.learned["ledger"]
    parts = [_table(content, rows)] if len(rows) else []
    parts.append(text(content.language, "", [" ".join(_money(content))], points=_savings(content)))
    return Html("".join(parts))


def _table(content: Content, rows: pd.DataFrame) -> Html:
    say = content.language.say
    names = [say("wie"), say("steekt erin"), say("bespaart"), say("wat ervan overblijft")]
    order = rows.assign(at=rows["role"].eq("bespaart")).sort_values(["at", "eur_high"], ascending=[True, False])
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=False,
        columns=[{"name": name, "figure": False} for name in names],
        rows=[{"id": "", "cells": _line(content, row)} for _, row in order.iterrows()],
        caption=say("Wie steekt erin, en wie bespaart"),
        after=say("Tel uren en besparingen niet bij elkaar op: dan telt hetzelfde werk twee keer."),
    )  # fmt: skip


def _line(content: Content, row: pd.Series) -> list[dict[str, str]]:
    say, number = content.language.say, content.language.number
    ends = amount(content, row["eur_low"], row["eur_high"]) if pd.notna(row["eur_low"]) else ""
    claim = str(row["claim_id"])
    if row["role"] == "bespaart":
        left = say(CASHABLE[row["cashable"]])
        return [cell(party(content, row["party"])), cell(""), cell(ends, claim_id=claim), cell(left, "why")]
    puts = [say("{n} uur", n=number(row["hours"]))] if pd.notna(row["hours"]) else []
    puts += [say("waarde {ends}", ends=ends)] if ends else []
    puts += [say("€{n} aan geld", n=number(row["paid_eur"]))] if pd.notna(row["paid_eur"]) else []
    told = "; ".join(puts) or say("kosten, hoeveel is niet bijgehouden")
    return [cell(party(content, row["party"])), cell(told, claim_id=claim), cell(""), cell("")]


def party(content: Content, kind: str) -> str:
    """Name a kind of party.

    Parameters
    ----------
    content : Content
        The report.
    kind : str
        A kind of actor; empty: not recorded.

    Returns
    -------
    str
        Never the name of an organisation.
    """
    return words.say(kind, codes.GROUPS, content.language) if kind else content.language.say("niet bijgehouden wie")


def _money(content: Content) -> list[str]:
    """Say on whom a collective depends for money, and how long there is some."""
    say, number = content.language.say, content.language.number
    largest, public, months, hours = (
        content.one("funding", name)
        for name in ("largest_funder_pct", "government_pct", "runway_months", "reporting_hours")
    )
    if public is None:
        return [say("Waar het geld vandaan komt is nog niet bijgehouden.")]
    told = []
    if largest is not None:
        who = party(content, str(largest["group_value"]))
        told.append(say("De grootste geldgever ({who}) gaf {n}% van het geld.", who=who, n=number(largest["value"])))
    told.append(say("Van de overheid kwam {n}%.", n=number(public["value"])))
    if months is not None:
        later = say("Voor na deze periode is nog geen geld toegezegd.")
        lasts = say("Er is al geld toegezegd voor nog {time}.", time=_months(content, months["value"]))
        told.append(lasts if round(months["value"]) else later)
    if hours is not None:
        told.append(say("Aanvragen en verantwoorden kostte {n} uur.", n=number(hours["value"])))
    return told


def _months(content: Content, months: float) -> str:
    return (
        content.language.say("1 maand") if round(months) == 1 else words.amount(months, "maanden", 0, content.language)
    )


def _savings(content: Content) -> list[str]:
    """Say of each saving what it comes to and for whom, or why it does not count; these are as large as those."""
    say, rows = content.language.say, content.learned["savings"]
    figures = content.rows("savings", "saving_eur")
    if rows.empty:
        return [say("Besparingen zijn nog niet bijgehouden.")]
    if figures.empty:
        return [say("Besparingen hebben geen datum: ze staan in het rapport over de hele periode.")]
    both = figures.merge(rows[["saving_id", "saver", "cashable"]], left_on="group_value", right_on="saving_id")
    each = [_saving(content, row) for _, row in both.iterrows()]
    return [*each, *_who_pays(content)]


def _who_pays(content: Content) -> list[str]:
    """Say whether who pays also saves, of savings that count."""
    say, number = content.language.say, content.language.number
    other = content.one("savings", "saver_does_not_pay_n")
    if other is None:
        return []
    if other["n"] == 1:
        return [say("Wie bespaart is een ander dan wie betaalt." if other["value"] else "Wie betaalt, bespaart zelf.")]
    return [
        say("Bij {other} van de {n} besparingen die tellen bespaart een ander dan wie betaalt.",
            other=number(other["value"]), n=number(other["n"])),
    ]  # fmt: skip


def _saving(content: Content, row: pd.Series) -> str:
    say, name = content.language.say, str(row["group_label"])
    why = sentences.limits(content, row)
    if row["gate"] not in SHOWN:
        return say("{name}: telt niet mee, want dat {reason}.", name=name, reason=why)
    told = say(
        "{name}: {ends}. Wie bespaart: {who}; {left}.",
        name=name, ends=amount(content, row["ci_low"], row["ci_high"]), who=party(content, row["saver"]),
        left=say(CASHABLE[row["cashable"]]),
    )  # fmt: skip
    return f"{told} {say('Let op: dat {reason}.', reason=why)}" if why else told


def across(content: Content) -> Html:
    """Say over all collectives whether who pays also saves; no amount is added up over collectives.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Html
        A paragraph; a tile when no saving counts.
    """
    say, number = content.language.say, content.language.number
    same, other = (content.one("savings", name, collective_id="") for name in ("saver_pays_n", "saver_does_not_pay_n"))
    if same is None or other is None:
        return text(content.language, "", tile=say("Van geen besparing is bekend wie betaalt en wie bespaart."))
    told = say(
        "Van {n} besparingen is bekend wie betaalt en wie bespaart. Bij {other} bespaart een ander dan wie betaalt.",
        n=number(same["n"]), other=number(other["value"]),
    )  # fmt: skip
    return text(content.language, "", [told])
