"""Where the collective works: shares of the work area in words, for every branch of what can be said of its buurten."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import sentences, tables, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.html import Html, cell, render, text

STANDING_OUT = {
    "buurt_hoog": "{name}: hoog in {buurten} en in de buurten ernaast.",
    "buurt_laag": "{name}: laag in {buurten} en in de buurten ernaast.",
    "buurt_hoger": "{name}: hoger in {buurten} dan in de buurten ernaast.",
    "buurt_lager": "{name}: lager in {buurten} dan in de buurten ernaast.",
}
"""How buurten stand out → how that is said."""


def paragraphs(content: Content) -> list[str]:
    """Say how high some shares are, and whether buurten of the work area stand out.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        One paragraph of at most three sentences, as context; none when nothing was worked out.
    """
    rows = content.rows("where")
    if rows.empty:
        return []
    say, own = content.language.say, _seen(rows)
    told = [f"{say('Waar het collectief werkt:')} {_heights(content, own)}."] if own else []
    out = _standing_out(content, own)
    if out:
        told += out[:1]
    elif own:
        told.append(say("Geen buurt van het werkgebied valt daarin op tussen de buurten ernaast."))
    else:
        told.append(say("Of hier buurten opvallen, kunnen we niet zien."))
    return [" ".join([*told, say("Dit is achtergrond: het zegt niets over wat het collectief deed.")])]


def details(content: Content) -> list[str]:
    """Say what the map of buurten shows of every share, and how the shares were made.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        Sentences for the appendix; none when nothing was worked out.
    """
    rows = content.rows("where")
    own = _seen(rows)
    told = _around(content, own)
    if own:
        told.append(
            content.language.say(
                "Cijfers van kleine buurten zijn naar het gemiddelde toe gerekend, want daar speelt toeval mee."
            )
        )
    patterns = rows[rows["group_type"].eq("patroon")]
    return told + _unseen(content, patterns[~patterns["gate"].isin(SHOWN)])


def appendix(content: Content) -> Html:
    """Make the part of the appendix on where the collective works.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        The details, to fold in; empty when there are none.
    """
    told, say = details(content), content.language.say
    if not told:
        return Html("")
    values = {"summary": say("Waar het collectief werkt: wat de kaart van buurten laat zien")}
    return render("sections/fold.html.j2", content.language, **values, body=text(content.language, "", told))


def on_map(content: Content) -> Html:
    """List the buurten of the map: what the drawing shows, for those who read a table more easily.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        One row per buurt of the work area, and how many others there are; empty without a map.
    """
    say = content.language.say
    if content.outlines is None or content.outlines.empty:
        return Html("")
    inside = content.outlines[content.outlines["inside"]].sort_values("regiocode_label")
    return render(
        "sections/table.html.j2", content.language, title="", before="", dense=True,
        rows=[{"id": "", "cells": [cell(name), cell(code, "code")]}
              for name, code in zip(inside["regiocode_label"], inside["regiocode"], strict=True)],
        columns=[{"name": name, "figure": False} for name in (say("buurt"), "code")],
        caption=say("De buurten van het werkgebied op de kaart"),
        after=_others(content, len(content.outlines) - len(inside)),
    )  # fmt: skip


def _others(content: Content, n: int) -> str:
    """Count the buurten of the gemeente that are not of the work area."""
    if n == 0:
        return ""
    return content.language.say(
        "De ene andere buurt van de gemeente staat er grijs naast."
        if n == 1
        else "De andere {n} buurten van de gemeente staan er grijs omheen.",
        n=str(n),
    )


def _seen(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows of every share of which a pattern could be looked for."""
    patterns = rows[rows["group_type"].eq("patroon") & rows["gate"].isin(SHOWN)]
    return [rows[rows["indicator_id"].eq(key)] for key in patterns["indicator_id"]]


def _heights(content: Content, shares: list[pd.DataFrame]) -> str:
    """Say how high the shares are, with their year: once when it is that of all."""
    years = [str(rows["group_value"].iloc[0]) for rows in shares]
    told = [_height(content, rows) for rows in shares]
    if len(set(years)) > 1:
        return ", ".join(f"{one} ({year})" for one, year in zip(told, years, strict=True))
    return content.language.say("{heights}, in {year}", heights=", ".join(told), year=years[0])


def _height(content: Content, rows: pd.DataFrame) -> str:
    """Say how high a share is in the work area, and in the gemeente when that is another area."""
    smooth = rows[rows["group_type"].eq("gladgestreken")].set_index("population")
    indicator = content.catalogue[str(rows["indicator_id"].iloc[0])]
    told = {str(whose): tables.told(content, row, indicator.decimals) for whose, row in smooth.iterrows()}
    name = words.within(sentences.label(content, indicator.id))
    if "gemeente" in told:
        return content.language.say("{name} {gebied} (gemeente: {gemeente})", name=name, **told)
    return f"{name} {told['gebied']}"


def _around(content: Content, shares: list[pd.DataFrame]) -> list[str]:
    """Say which buurten stand out; of shares in which none do, what the whole map shows, once for all alike."""
    plain = [rows for rows in shares if not rows["group_type"].isin(STANDING_OUT).any()]
    keys = pd.Series([rows["indicator_id"].iloc[0] for rows in plain], dtype=object)
    whole = pd.Series([_whole(content, rows) for rows in plain], dtype=object)
    alike = [told.format(names=_names(content, of)) for told, of in keys.groupby(whole, sort=False)]
    return _standing_out(content, shares) + alike


def _standing_out(content: Content, shares: list[pd.DataFrame]) -> list[str]:
    """Say of every share which buurten of the work area stand out, and how."""
    say, told = content.language.say, []
    for rows in shares:
        name = _names(content, rows["indicator_id"].head(1))
        for kind, sentence in STANDING_OUT.items():
            buurten = list(rows.loc[rows["group_type"].eq(kind), "group_label"])
            if buurten:
                told.append(say(sentence, name=name, buurten=words.listed(buurten, content.language)))
    return told


def _whole(content: Content, rows: pd.DataFrame) -> str:
    say = content.language.say
    by_kind = rows.drop_duplicates("group_type").set_index("group_type")["value"]
    if by_kind["toets"] > content.settings.comparison.level:
        return say("{names}: buurten naast elkaar lijken niet meer op elkaar dan door toeval.")
    if by_kind["patroon"] > 0:
        return say("{names}: buurten naast elkaar lijken op elkaar, maar die van het werkgebied vallen niet op.")
    return say("{names}: buurten naast elkaar verschillen juist, maar die van het werkgebied vallen niet op.")


def _unseen(content: Content, rows: pd.DataFrame) -> list[str]:
    """Say once per reason of which shares no pattern is to be seen."""
    say = content.language.say
    why = {
        "too_few_buurten": say("{names}: te weinig buurten van de gemeente hebben een cijfer om een patroon te zien."),
        "neighbours_not_known": say(
            "{names}: we weten niet welke buurten naast elkaar liggen, en zien dus geen patroon."
        ),
        "no_more_than_chance": say("{names}: de buurten van de gemeente verschillen niet meer dan door toeval."),
        "area_without_figure": say("{names}: van het werkgebied is er geen cijfer."),
    }
    return [
        why[str(reason)].format(names=_names(content, of["indicator_id"]))
        for reason, of in rows.groupby("gate_reason", sort=False)
    ]


def _names(content: Content, indicator_ids: pd.Series) -> str:
    """Name shares, as a sentence begins with them."""
    names = [sentences.label(content, str(key)) for key in indicator_ids]
    return words.listed([names[0], *map(words.within, names[1:])], content.language)
