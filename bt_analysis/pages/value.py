"""Section 8 of a collective's report: estimates of value in; own units first, and then a range of euros, out.

No sentence holds one amount: what something is worth has two ends. :mod:`bt_analysis.pages.ledger` goes on with who
invests and who saves.
"""

from __future__ import annotations

import math

import pandas as pd

from bt_analysis.pages import behind, codes, sentences, tables, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, render

MOST_TILES = 9
"""Tiles that a section has at most; the appendix has the rest."""


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
        title=behind.title(content, 8),
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
    name = words.within(domain)
    return tables.tile(content, row, say("lessen over {domain}", domain=name), say("les over {domain}", domain=name))


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


def what_matters(content: Content) -> str:
    """Say what makes the range of euros wide: how is computed, or how precisely hours were recorded.

    Parameters
    ----------
    content : Content
        A collective's report, in which both ranges are shown.

    Returns
    -------
    str
        One sentence: the higher end over the lower one by the rates alone, beside what the record adds to it.
    """
    row, wide = (content.rows("value", name).iloc[0] for name in ("hours_value_eur", "hours_value_wide_eur"))
    by_rate, by_both = (one["ci_high"] / one["ci_low"] if one["ci_low"] else math.inf for one in (row, wide))
    return content.language.say(
        "Hoe je rekent, maakt meer uit dan hoe precies de uren zijn bijgehouden."
        if by_rate * by_rate >= by_both
        else "Hoe precies de uren zijn bijgehouden, maakt meer uit dan hoe je rekent."
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
