"""Gaps: what a report cannot show, a sentence per reason."""

from __future__ import annotations

from bt_analysis import regions
from bt_analysis.join.areas import NAMED
from bt_analysis.pages import codes, known, sentences, words
from bt_analysis.pages.content import SHOWN, Content


def unseen(content: Content) -> list[str]:
    """Say of everything that cannot be shown why not.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        One sentence per reason, not per figure, so that the list stays short.
    """
    language = content.language
    said = []
    count = left_out(content)
    if count:
        said.append(
            language.say(
                "1 cijfer tonen we niet, omdat het over minder dan {min_cell} mensen gaat "
                "of zo'n klein getal zou verraden."
                if count == 1
                else "{n} cijfers tonen we niet, omdat ze over minder dan {min_cell} mensen gaan "
                "of zo'n klein getal zouden verraden.",
                n=language.number(count),
                min_cell=str(content.settings.disclosure.min_cell),
            )
        )
    said += _missing_context(content)
    said += known.unseen(content)
    areas = content.unmatched[content.unmatched["table"] == "work_area"]
    if len(areas):
        named = zip(areas["item"], areas["detail"].fillna(""), strict=True)
        names = dict.fromkeys(_public(content, item, detail) for item, detail in named)
        listed = ", ".join(list(names)[:5])
        said.append(
            language.say(
                "Van deze gebieden van het werkgebied hebben we geen vergelijkbaar cijfer: {codes}.", codes=listed
            )
        )
    away = content.unmatched[content.unmatched["table"] == "participation"]
    if len(away):
        said.append(language.say("Deelnemers van buiten het werkgebied zijn bij de vergelijking niet meegeteld."))
    return said


def left_out(content: Content) -> int:
    """Count the figures that are left out to protect people, wherever a report says how many.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    int
        Each figure once, also when it stands in several places; those of the source itself are not counted.
    """
    hidden = content.estimates["gate"].eq("onderdrukt") & content.estimates["question"].ne("context")
    return int(content.estimates.loc[hidden, "claim_id"].nunique())


def _public(content: Content, item: str, detail: str) -> str:
    """Name a part of a work area as anybody may read it: a few homes share a postcode, and a file may bear a name."""
    if regions.is_valid(item):
        name = detail.partition(NAMED)[2]
        return f"{name} ({item})" if name else item
    return item[:4] if regions.is_postcode(item) else content.language.say("de tekening op de kaart")


def _missing_context(content: Content) -> list[str]:
    """One sentence per reason why context figures of the newest year are missing."""
    context = content.rows("context", population="gebied")
    newest = context[context["period_end"].eq(context["period_end"].max()) & ~context["gate"].isin(SHOWN)]
    said = []
    for reason, rows in newest.groupby("missing_reason", sort=True):
        names = ", ".join(words.within(sentences.label(content, str(row))) for row in rows["indicator_id"])
        why = content.language.say(codes.REASONS[str(reason)])
        said.append(content.language.say("Geen cijfer: {names}. Dit {reason}.", names=names, reason=why))
    return said
