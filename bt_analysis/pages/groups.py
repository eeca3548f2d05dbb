"""Sentences about groups of participants: who took part less or more than one would expect, or why that is not told."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from bt_analysis.pages import codes, words
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.pages.sentences import limits, reserved, within_brackets


def representation(content: Content, group_type: str, told: Collection[str] = ()) -> str:
    """Say which group took part less, and which more, than one would expect.

    Parameters
    ----------
    content : Content
        A collective's report.
    group_type : str
        Such as ``leeftijd``.
    told : collection of str
        Reason codes that the reader was told already.

    Returns
    -------
    str
        One to three sentences; a group is only named when its interval leaves out 1. Where participations were
        counted there is no interval, so no group is named. Of few people the shares are told in words.
    """
    say = content.language.say
    known = content.one("representation", "participants_known_n", group_type=group_type)
    kind = words.say(group_type, codes.GROUP_TYPES, content.language)
    ratios = content.rows("representation", "representation_ratio", group_type=group_type)
    if known is None and ratios.empty:
        return say("Naar {kind} is nog niet bijgehouden wie er meedeed.", kind=kind)
    if known is not None and known["gate"] == "onderdrukt":
        return say("Wie er meedeed naar {kind} tonen we niet: dat {reason}.", kind=kind, reason=limits(content, known))
    shown = ratios[ratios["gate"].isin(SHOWN)]
    if shown.empty:
        return f"{_about(content, kind, group_type)} {_no_comparison(content, kind, ratios)}".strip()
    if shown["ci_low"].isna().all():
        sentence = say(
            "Naar {kind} zijn deelnames geteld, geen verschillende mensen: grote verschillen zeggen iets, "
            "kleine niet.", kind=kind,
        )  # fmt: skip
        return reserved(content, sentence, shown, {*told, "counts_contacts"})
    less = shown[shown["ci_high"] < 1].sort_values("value")
    more = shown[shown["ci_low"] > 1].sort_values("value", ascending=False)
    if less.empty and more.empty:
        nobody = say("Naar {kind} zien we geen groep die duidelijk meer of minder meedeed.", kind=kind)
        return _again(content, nobody, shown, told)
    said = []
    if len(less):
        said.append(say("{Groups} deden minder mee dan je zou verwachten.", Groups=_names(content, less)))
    if len(more):
        said.append(say("{Groups} deden meer mee dan je zou verwachten.", Groups=_names(content, more)))
    return _again(content, " ".join(said), shown, told)


def _about(content: Content, kind: str, group_type: str) -> str:
    """Tell shares of too few people for percentages in words; nothing when there are none."""
    shares = content.rows("representation", "participants_share_pct", group_type=group_type)
    told = shares[shares["value_text"].ne("") & shares["gate"].isin(SHOWN)]
    if told.empty:
        return ""
    listed = ", ".join(
        f"{words.group(row, content.language)} {words.say(row['value_text'], codes.ABOUT, content.language)}"
        for _, row in told.iterrows()
    )
    return content.language.say("Wie er meedeed naar {kind}: {listed}.", kind=kind, listed=listed)


def _no_comparison(content: Content, kind: str, ratios: pd.DataFrame) -> str:
    """Say why no group is compared: the area cannot be seen, or the groups are too small."""
    say = content.language.say
    unseen_rows = ratios[ratios["gate"] == "niet_te_zien"]
    if unseen_rows.empty:
        return say("Naar {kind} zijn de groepen te klein om te tonen.", kind=kind)
    reason = limits(content, unseen_rows.iloc[0])
    return say("Naar {kind} is de vergelijking met de buurt niet te maken: {reason}.", kind=kind, reason=reason)


def kinds_of_groups(content: Content) -> list[str]:
    """List the ways in which participants were counted by group, age first.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        Group types; only age when none was kept, so that the report says that it was not.
    """
    kept = content.rows("representation")["group_type"].unique()
    return sorted(kept, key=lambda kind: (kind != "leeftijd", kind)) or ["leeftijd"]


def _again(content: Content, sentence: str, rows: pd.DataFrame, told: Collection[str]) -> str:
    """Add reservations; those that were told above are named without being told again."""
    whole = reserved(content, sentence, rows, told)
    repeats = whole == sentence and rows["gate"].eq("voorbehoud").any()
    return within_brackets(sentence, content.language.say("met hetzelfde voorbehoud")) if repeats else whole


def _names(content: Content, rows: pd.DataFrame) -> str:
    """Name up to three groups as the subject of a sentence."""
    names = [words.people(row, content.language) for _, row in rows.head(3).iterrows()]
    listed = ", ".join(names[:-1]) + content.language.say(" en ") + names[-1] if len(names) > 1 else names[0]
    return listed[:1].upper() + listed[1:]
