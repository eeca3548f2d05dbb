"""Where the collective works: shares of the work area in words, for every branch of what can be said of its buurten."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import sentences, tables, words
from bt_analysis.pages.content import SHOWN, Content


def paragraphs(content: Content) -> list[str]:
    """Say how high some shares are, and whether the work area lies among buurten where these are high or low.

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
    patterns = rows[rows["group_type"].eq("patroon")]
    seen = list(patterns.loc[patterns["gate"].isin(SHOWN), "indicator_id"])
    parts = []
    if seen:
        own = [rows[rows["indicator_id"].eq(key)] for key in seen]
        parts = ["; ".join(_height(content, one) for one in own) + ".", *_around(content, own)]
        parts.append(
            say("Cijfers van kleine buurten zijn naar het gemiddelde toe gerekend, want daar speelt toeval mee.")
        )
    parts += _unseen(content, patterns[~patterns["gate"].isin(SHOWN)])
    parts.append(say("Dit is achtergrond: het zegt niets over wat het collectief deed."))
    return [f"{say('Waar het collectief werkt:')} {' '.join(parts)}"]


def _height(content: Content, rows: pd.DataFrame) -> str:
    """Say how high a share is in the work area, and in the gemeente when that is another area."""
    smooth = rows[rows["group_type"].eq("gladgestreken")].set_index("population")
    indicator = content.catalogue[str(rows["indicator_id"].iloc[0])]
    told = {str(whose): tables.told(content, row, indicator.decimals) for whose, row in smooth.iterrows()}
    say, year = content.language.say, str(smooth["group_value"].iloc[0])
    name = words.within(sentences.label(content, indicator.id))
    if "gemeente" in told:
        return say("{name} {gebied}, in de gemeente {gemeente} ({year})", name=name, year=year, **told)
    return say("{name} {gebied} ({year})", name=name, year=year, **told)


def _around(content: Content, shares: list[pd.DataFrame]) -> list[str]:
    """Say which buurten stand out; of shares in which none do, what the whole map shows, once for all alike."""
    say = content.language.say
    out = {
        "buurt_hoog": say("{name}: hoog in {buurten} en in de buurten ernaast."),
        "buurt_laag": say("{name}: laag in {buurten} en in de buurten ernaast."),
        "buurt_hoger": say("{name}: hoger in {buurten} dan in de buurten ernaast."),
        "buurt_lager": say("{name}: lager in {buurten} dan in de buurten ernaast."),
    }
    told, plain = [], pd.Series([_whole(content, rows) for rows in shares], dtype=object)
    for at, rows in enumerate(shares):
        standing = {kind: rows.loc[rows["group_type"].eq(kind), "group_label"] for kind in out}
        for kind, buurten in standing.items():
            if len(buurten):
                names = words.listed(list(buurten), content.language)
                told.append(out[kind].format(name=_names(content, rows["indicator_id"].head(1)), buurten=names))
                plain[at] = ""
    keys = pd.Series([rows["indicator_id"].iloc[0] for rows in shares])
    alike = [text.format(names=_names(content, of)) for text, of in keys.groupby(plain, sort=False) if text]
    return told + alike


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
