"""Where the collective works: a sentence per share, for every branch of what can be said of its buurten."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import sentences, tables, words
from bt_analysis.pages.content import SHOWN, Content


def paragraphs(content: Content) -> list[str]:
    """Say whether the work area lies among buurten where something is high or low.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        One paragraph, as context; none when nothing was worked out.
    """
    rows = content.rows("where")
    if rows.empty:
        return []
    say = content.language.say
    seen = rows[rows["group_type"].eq("patroon") & rows["gate"].isin(SHOWN)]["indicator_id"]
    parts = [_share(content, rows[rows["indicator_id"].eq(key)]) for key in seen]
    if parts:
        parts.append(say("Bij kleine buurten speelt toeval mee; daarom zijn die naar het gemiddelde toe gerekend."))
    parts += _unseen(content, rows[rows["group_type"].eq("patroon") & ~rows["gate"].isin(SHOWN)])
    parts.append(say("Dit is achtergrond: het zegt niets over wat het collectief deed."))
    return [f"{say('Waar het collectief werkt:')} {' '.join(parts)}"]


def _share(content: Content, rows: pd.DataFrame) -> str:
    """Say how high a share is, and what lies around it."""
    say = content.language.say
    smooth = rows[rows["group_type"].eq("gladgestreken")].set_index("population")
    indicator_id = str(rows["indicator_id"].iloc[0])
    decimals = content.catalogue[indicator_id].decimals
    told = {str(whose): tables.told(content, row, decimals) for whose, row in smooth.iterrows()}
    name, year = sentences.label(content, indicator_id), str(smooth["group_value"].iloc[0])
    if "gemeente" in told:
        first = say(
            "{name} ({year}): {gebied} in het werkgebied en {gemeente} in de gemeente.", name=name, year=year, **told
        )
    else:
        first = say("{name} ({year}): {gebied} in het werkgebied.", name=name, year=year, **told)
    return f"{first} {_around(content, rows)}"


def _around(content: Content, rows: pd.DataFrame) -> str:
    """Say which buurten stand out; when none do, what the whole map shows."""
    say = content.language.say
    told = {
        "buurt_hoog": say("Op deze plek ligt hoog bij hoog: {names}."),
        "buurt_laag": say("Op deze plek ligt laag bij laag: {names}."),
        "buurt_hoger": say("Hoger dan in de buurten ernaast is het in: {names}."),
        "buurt_lager": say("Lager dan in de buurten ernaast is het in: {names}."),
    }
    found = []
    for kind, sentence in told.items():
        here = rows[rows["group_type"].eq(kind)]
        if len(here):
            found.append(sentence.format(names=words.listed(list(here["group_label"]), content.language)))
    return " ".join(found) or _whole(content, rows)


def _whole(content: Content, rows: pd.DataFrame) -> str:
    say = content.language.say
    by_kind = rows.set_index("group_type")["value"]
    if by_kind["toets"] > content.settings.comparison.level:
        return say("Buurten naast elkaar lijken hierin niet meer op elkaar dan door toeval.")
    if by_kind["patroon"] > 0:
        return say("Buurten naast elkaar lijken hierin op elkaar, maar die van het werkgebied vallen niet op.")
    return say("Buurten naast elkaar verschillen hierin juist, maar die van het werkgebied vallen niet op.")


def _unseen(content: Content, rows: pd.DataFrame) -> list[str]:
    """Say once per reason of which shares no pattern is to be seen."""
    say = content.language.say
    why = {
        "too_few_buurten": say("{names}: te weinig buurten van de gemeente hebben een cijfer om een patroon te zien."),
        "neighbours_not_known": say(
            "{names}: we weten niet welke buurten naast elkaar liggen, en zien dus geen patroon."
        ),
        "no_more_than_chance": say("{names}: de buurten van de gemeente verschillen hierin niet meer dan door toeval."),
        "area_figure_missing": say("{names}: van het werkgebied is er geen cijfer."),
    }
    return [
        why[str(reason)].format(names=_names(content, of["indicator_id"]))
        for reason, of in rows.groupby("gate_reason", sort=False)
    ]


def _names(content: Content, indicator_ids: pd.Series) -> str:
    names = [sentences.label(content, key) for key in indicator_ids]
    return words.listed([names[0], *map(words.within, names[1:])], content.language)
