"""Who invests and who saves, in section 8 of a collective's report: ledger, money and savings in, HTML out.

Parties are told by kind, never by name. What a saving comes to has two ends, and why one does not count is told at the
same size.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis.language import joined
from bt_analysis.pages import codes, sentences, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render, text
from bt_analysis.pages.value import amount

CASHABLE = {
    "ja": "er blijft geld over",
    "nee": "het geeft alleen ruimte, er blijft geen geld over",
    "onbekend": "of er geld overblijft is niet bijgehouden",
}
"""What becomes of what is saved."""


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


def in_short(content: Content) -> Html:
    """Say in the main part who saves beside who pays; the table is in the appendix.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        A paragraph on where money comes from, and on who saves; each says so when it is not kept.
    """
    money, saves = _money(content), _who_pays(content)
    if not saves and content.learned["savings"].empty:
        saves = [content.language.say("Besparingen zijn nog niet bijgehouden.")]
    return text(content.language, "", [" ".join([*money[:2], *saves])])


def _table(content: Content, rows: pd.DataFrame) -> Html:
    """Set what each kind of party puts in beside what it saves."""
    say = content.language.say
    names = [say("wie"), say("steekt erin"), say("bespaart"), say("wat ervan overblijft")]
    order = rows.assign(saves=rows["role"].eq("bespaart")).sort_values(["saves", "eur_high"], ascending=[True, False])
    lines = [line for kind, own in order.groupby("party", sort=False) for line in _lines(content, str(kind), own)]
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=False,
        columns=[{"name": name, "figure": False} for name in names],
        rows=[{"id": "", "cells": line} for line in lines],
        caption=say("Wie steekt erin, en wie bespaart"),
        after=say("Tel uren en besparingen niet bij elkaar op: dan telt hetzelfde werk twee keer."),
    )  # fmt: skip


def _lines(content: Content, kind: str, rows: pd.DataFrame) -> list[list[dict[str, str]]]:
    """Make a line of a party; another one when part of what it saves is money and part is only room."""
    puts = [_puts(content, row) for _, row in rows[~rows["saves"]].iterrows()] or [cell("")]
    saves = [_saves(content, row) for _, row in rows[rows["saves"]].iterrows()] or [[cell(""), cell("")]]
    first, *others = saves
    return [[cell(party(content, kind)), puts[0], *first], *([cell(""), cell(""), *one] for one in others)]


def _puts(content: Content, row: pd.Series) -> dict[str, str]:
    say, number = content.language.say, content.language.number
    puts = [say("{n} uur", n=number(row["hours"]))] if pd.notna(row["hours"]) else []
    if pd.notna(row["eur_low"]):
        puts.append(say("waarde {ends}", ends=amount(content, row["eur_low"], row["eur_high"])))
    puts += [say("€{n} aan geld", n=number(row["paid_eur"]))] if pd.notna(row["paid_eur"]) else []
    return cell("; ".join(puts) or say("kosten, hoeveel is niet bijgehouden"), claim_id=str(row["claim_id"]))


def _saves(content: Content, row: pd.Series) -> list[dict[str, str]]:
    ends = amount(content, row["eur_low"], row["eur_high"])
    return [cell(ends, claim_id=str(row["claim_id"])), cell(content.language.say(CASHABLE[row["cashable"]]), "why")]


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
    say, name = content.language.say, content.language.typed(str(row["group_label"]))
    why = sentences.limits(content, row)
    if row["gate"] not in SHOWN:
        return say("{name}: telt niet mee, want dat {reason}.", name=name, reason=why)
    told = say(
        "{name}: {ends}. Wie bespaart: {who}; {left}.",
        name=name, ends=amount(content, row["ci_low"], row["ci_high"]), who=party(content, row["saver"]),
        left=say(CASHABLE[row["cashable"]]),
    )  # fmt: skip
    return joined(" ", [told, say("Let op: dat {reason}.", reason=why)]) if why else told


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
        "Van 1 besparing is bekend wie betaalt en wie bespaart. Bij {other} bespaart een ander dan wie betaalt."
        if same["n"] == 1
        else "Van {n} besparingen is bekend wie betaalt en wie bespaart. "
        "Bij {other} bespaart een ander dan wie betaalt.",
        n=number(same["n"]), other=number(other["value"]),
    )  # fmt: skip
    return text(content.language, "", [told])
