"""Sentences about estimates: what a resident reads. Every branch of a gate has its own sentence."""

from __future__ import annotations

import pandas as pd

from bt_analysis.pages import words
from bt_analysis.pages.content import SHOWN, Content


def limits(content: Content, row: pd.Series) -> str:
    """Say why an estimate has a reservation or no figure.

    Parameters
    ----------
    content : Content
        The report.
    row : Series
        An estimate.

    Returns
    -------
    str
        Words without a full stop; empty when the gate is ``ok``.
    """
    thresholds = {"min_n": content.settings.gates.min_n, "min_cell": content.settings.disclosure.min_cell}
    return words.because(str(row["gate_reason"]), content.language, **thresholds)


def activities(content: Content) -> str:
    """Say what was done.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        One or two sentences.
    """
    say, number = content.language.say, content.language.number
    done = content.one("activities", "activities_n")
    if done is None:
        return say("Activiteiten zijn nog niet bijgehouden.")
    times = content.one("activities", "sessions_n")
    count = number(done["value"])
    first = say("Er was 1 activiteit.") if done["value"] == 1 else say("Er waren {n} activiteiten.", n=count)
    if times is None or times["gate"] not in SHOWN:
        return first
    often = say(
        "Die is {n} keer gehouden." if done["value"] == 1 else "Samen zijn ze {n} keer gehouden.",
        n=number(times["value"]),
    )
    return f"{first} {often}"


def reach(content: Content) -> str:
    """Say how many took part.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        One to three sentences.
    """
    contacts = content.one("reach", "contacts_n")
    unique = content.one("reach", "unique_n")
    if contacts is None and unique is None:
        return content.language.say("Deelname is nog niet bijgehouden.")
    return " ".join(filter(None, [_contacts(content, contacts), _unique(content, unique), _share(content)]))


def _contacts(content: Content, row: pd.Series | None) -> str:
    say = content.language.say
    if row is None or row["gate"] == "niet_te_zien":
        return ""
    if row["gate"] == "onderdrukt":
        return say("Hoeveel deelnames er waren tonen we niet: dat {reason}.", reason=limits(content, row))
    return say("Er waren {n} deelnames.", n=content.language.number(row["value"]))


def _unique(content: Content, row: pd.Series | None) -> str:
    say, number = content.language.say, content.language.number
    if row is None or row["gate"] == "niet_te_zien":
        return say("Hoeveel verschillende mensen dat waren, is niet bijgehouden.")
    if row["gate"] == "onderdrukt":
        return say("Hoeveel verschillende mensen meededen tonen we niet: dat {reason}.", reason=limits(content, row))
    if row["ci_low"] == row["ci_high"]:
        return say("Dat waren {n} verschillende mensen.", n=number(row["value"]))
    return say(
        "Dat waren tussen {low} en {high} verschillende mensen; sommigen deden vaker mee.",
        low=number(row["ci_low"]), high=number(row["ci_high"]),
    )  # fmt: skip


def _share(content: Content) -> str:
    row = content.one("reach", "reach_pct")
    if row is None or row["gate"] not in SHOWN:
        return ""
    language = content.language
    low, high = (_percent(content, row[end]) for end in ("ci_low", "ci_high"))
    share = low if low == high else language.say("{low} tot {high}", low=low, high=high)
    return language.say("Dat is {share} van de {n} bewoners.", share=share, n=language.number(row["n"]))


def _percent(content: Content, value: float) -> str:
    return content.language.number(value, 1 if value < 10 else 0) + "%"


def hours(content: Content) -> str:
    """Say how many hours were given.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        One sentence.
    """
    say, number = content.language.say, content.language.number
    row = content.one("hours", "hours_total")
    if row is None:
        return say("De inzet van vrijwilligers is nog niet bijgehouden.")
    if row["gate"] not in SHOWN:
        return say("Hoeveel uur vrijwilligers gaven tonen we niet: dat {reason}.", reason=limits(content, row))
    low, high = number(row["ci_low"]), number(row["ci_high"])
    sure = say("Vrijwilligers gaven {n} uur.", n=number(row["value"]))
    if low == high:
        return sure
    return say(
        "Vrijwilligers gaven ongeveer {n} uur: tussen {low} en {high}.", n=number(row["value"]), low=low, high=high
    )


def representation(content: Content, group_type: str) -> str:
    """Say which group took part less, and which more, than one would expect.

    Parameters
    ----------
    content : Content
        A collective's report.
    group_type : str
        Such as ``leeftijd``.

    Returns
    -------
    str
        One to three sentences; a group is only named when its interval leaves out 1.
    """
    say = content.language.say
    known = content.one("representation", "participants_known_n", group_type=group_type)
    kind = words.say(group_type, words.GROUP_TYPES, content.language)
    if known is None:
        return say("Naar {kind} is nog niet bijgehouden wie er meedeed.", kind=kind)
    if known["gate"] == "onderdrukt":
        return say("Wie er meedeed naar {kind} tonen we niet: dat {reason}.", kind=kind, reason=limits(content, known))
    ratios = content.rows("representation", "representation_ratio", group_type=group_type)
    shown = ratios[ratios["gate"].isin(SHOWN)]
    if shown.empty:
        return say("Naar {kind} zijn de groepen te klein om te tonen.", kind=kind)
    less = shown[shown["ci_high"] < 1].sort_values("value")
    more = shown[shown["ci_low"] > 1].sort_values("value", ascending=False)
    if less.empty and more.empty:
        return say("Naar {kind} zien we geen groep die duidelijk meer of minder meedeed.", kind=kind)
    said = []
    if len(less):
        said.append(say("{Groups} deden minder mee dan je zou verwachten.", Groups=_names(content, less)))
    if len(more):
        said.append(say("{Groups} deden vaker mee dan je zou verwachten.", Groups=_names(content, more)))
    return " ".join(said)


def _names(content: Content, rows: pd.DataFrame) -> str:
    """Name up to three groups as the subject of a sentence."""
    names = [words.people(row, content.language) for _, row in rows.head(3).iterrows()]
    listed = ", ".join(names[:-1]) + content.language.say(" en ") + names[-1] if len(names) > 1 else names[0]
    return listed[:1].upper() + listed[1:]


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
    hidden = content.estimates[~content.estimates["gate"].isin(SHOWN) & content.estimates["question"].ne("context")]
    said = []
    left_out = hidden.loc[hidden["gate"] == "onderdrukt", "claim_id"].nunique()
    if left_out:
        said.append(
            language.say(
                "1 cijfer tonen we niet, omdat het over minder dan {min_cell} mensen gaat "
                "of zo'n klein getal zou verraden."
                if left_out == 1
                else "{n} cijfers tonen we niet, omdat ze over minder dan {min_cell} mensen gaan "
                "of zo'n klein getal zouden verraden.",
                n=language.number(left_out),
                min_cell=str(content.settings.disclosure.min_cell),
            )
        )
    said += _missing_context(content)
    areas = content.unmatched[content.unmatched["table"] == "work_area"]
    if len(areas):
        codes = ", ".join(areas["item"].head(5))
        said.append(
            language.say(
                "Van deze gebieden van het werkgebied hebben we geen vergelijkbaar cijfer: {codes}.", codes=codes
            )
        )
    away = content.unmatched[content.unmatched["table"] == "participation"]
    if len(away):
        said.append(language.say("Deelnemers van buiten het werkgebied zijn bij de vergelijking niet meegeteld."))
    return said


def _missing_context(content: Content) -> list[str]:
    """One sentence per reason why context figures of the newest year are missing."""
    context = content.rows("context", population="gebied")
    newest = context[context["period_end"].eq(context["period_end"].max()) & ~context["gate"].isin(SHOWN)]
    said = []
    for reason, rows in newest.groupby("missing_reason", sort=True):
        names = ", ".join(label(content, str(row)).lower() for row in rows["indicator_id"])
        why = content.language.say(words.REASONS[str(reason)])
        said.append(content.language.say("Geen cijfer: {names}. Dit {reason}.", names=names, reason=why))
    return said


def label(content: Content, indicator_id: str) -> str:
    """Name an indicator of the catalogue.

    Parameters
    ----------
    content : Content
        The report.
    indicator_id : str
        Id in the catalogue.

    Returns
    -------
    str
        Its label in the reader's language.
    """
    indicator = content.catalogue[indicator_id]
    return indicator.label_nl if content.language.code == "nl" else indicator.label_en
