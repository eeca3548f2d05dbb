"""Sentences about estimates: what a resident reads. Every branch of a gate has its own sentence."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from bt_analysis.pages import codes, words
from bt_analysis.pages.content import SHOWN, Content, Row
from bt_analysis.pages.once import once


def limits(content: Content, row: Row) -> str:
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
    thresholds = _thresholds(content, row["held_on"])
    if row["gate"] == "onderdrukt":
        # The same words for all of them, so that none tells which number is small.
        say = content.language.say
        return say("gaat over minder dan {min_cell} mensen of zou een klein getal verraden", **thresholds)
    return words.because(str(row["gate_reason"]), content.language, **thresholds)


def reserved(content: Content, sentence: str, rows: pd.DataFrame, told: Collection[str] = ()) -> str:
    """Add to a sentence the reservations of the figures in it.

    Parameters
    ----------
    content : Content
        The report.
    sentence : str
        With figures, ended by a full stop or not.
    rows : DataFrame
        The estimates that it rests on.
    told : collection of str
        Reason codes that the reader was told already.

    Returns
    -------
    str
        The sentence, with its new reservations between brackets when there are any.
    """
    codes = ";".join(rows.loc[rows["gate"] == "voorbehoud", "gate_reason"]).split(";")
    new = [code for code in dict.fromkeys(codes) if code not in told]
    reason = words.because(";".join(new), content.language, **_thresholds(content, rows["held_on"].max()))
    return within_brackets(sentence, content.language.say("let op: {reason}", reason=reason)) if reason else sentence


def within_brackets(sentence: str, more: str) -> str:
    """Put something between brackets at the end of a sentence.

    Parameters
    ----------
    sentence : str
        Ended by a full stop or not.
    more : str
        What to add.

    Returns
    -------
    str
        The sentence with its full stop, when it has one, behind the brackets.
    """
    bare = sentence.removesuffix(".")
    return f"{bare} ({more}){sentence[len(bare) :]}"


def _thresholds(content: Content, held_on: object) -> dict[str, object]:
    day = content.language.date(held_on) if isinstance(held_on, pd.Timestamp) else ""
    settings = content.settings
    gates = settings.gates
    least = f"{gates.min_response_pct:g}"
    return {
        "min_n": gates.min_n, "min_cell": settings.disclosure.min_cell, "held_on": day, "min_response_pct": least,
    }  # fmt: skip


def _reasons(*rows: pd.Series | None) -> set[str]:
    return {code for row in rows if row is not None for code in str(row["gate_reason"]).split(";")}


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
    first = reserved(content, first, _one(done))
    if times is None or times["gate"] not in SHOWN:
        return first
    often = say(
        "Die is {n} keer gehouden." if done["value"] == 1 else "Samen zijn ze {n} keer gehouden.",
        n=number(times["value"]),
    )
    return f"{first} {reserved(content, often, _one(times), _reasons(done))}"


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
    if contacts is not None and unique is not None and {contacts["gate"], unique["gate"]} == {"onderdrukt"}:
        return content.language.say(
            "Hoeveel deelnames er waren en hoeveel mensen meededen, tonen we niet: dat {reason}.",
            reason=limits(content, contacts),
        )
    share = _share(content, _reasons(contacts, unique))
    return " ".join(
        filter(None, [contacts_counted(content, contacts), _unique(content, unique, _reasons(contacts)), share])
    )


def contacts_counted(content: Content, row: pd.Series | None) -> str:
    """Say how often somebody took part.

    Parameters
    ----------
    content : Content
        A collective's report.
    row : Series or None
        The estimate of participations.

    Returns
    -------
    str
        One sentence; empty when it is not kept.
    """
    say = content.language.say
    if row is None or row["gate"] == "niet_te_zien":
        return ""
    if row["gate"] == "onderdrukt":
        return say("Hoeveel deelnames er waren tonen we niet: dat {reason}.", reason=limits(content, row))
    sentence = say("Er waren {n} deelnames.", n=content.language.number(row["value"]))
    return reserved(content, sentence, _one(row))


def _unique(content: Content, row: pd.Series | None, told: Collection[str]) -> str:
    say, number = content.language.say, content.language.number
    if row is None or row["gate"] == "niet_te_zien":
        return say("Hoeveel verschillende mensen dat waren, is niet bijgehouden.")
    if row["gate"] == "onderdrukt":
        return say("Hoeveel verschillende mensen meededen tonen we niet: dat {reason}.", reason=limits(content, row))
    if row["ci_low"] == row["ci_high"]:
        return reserved(content, say("Dat waren {n} verschillende mensen.", n=number(row["value"])), _one(row), told)
    sentence = say(
        "Dat waren tussen {low} en {high} verschillende mensen; wie vaker kwam, kan dubbel geteld zijn.",
        low=number(row["ci_low"]), high=number(row["ci_high"]),
    )  # fmt: skip
    return reserved(content, sentence, _one(row), {*told, "may_count_twice"})


def _share(content: Content, told: Collection[str]) -> str:
    row = content.one("reach", "reach_pct")
    if row is None or row["gate"] not in SHOWN:
        return ""
    language = content.language
    low, high = (_percent(content, row[end]) for end in ("ci_low", "ci_high"))
    share = low if low == high else language.say("{low} tot {high}", low=low, high=high)
    sentence = language.say(
        "Dat zijn er zoveel als {share} van de {n} bewoners; wie van elders kwam telt mee.",
        share=share, n=language.number(row["n"]),
    )  # fmt: skip
    return reserved(content, sentence, _one(row), told)


def _one(row: pd.Series) -> pd.DataFrame:
    return row.to_frame().T


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
    about = say(
        "Vrijwilligers gaven ongeveer {n} uur: tussen {low} en {high}.", n=number(row["value"]), low=low, high=high
    )
    return reserved(content, sure if low == high else about, _one(row))


@once
def label(content: Content, indicator_id: str) -> str:
    """Name what was estimated.

    Parameters
    ----------
    content : Content
        The report.
    indicator_id : str
        Id in the catalogue, of a question, or of what was measured.

    Returns
    -------
    str
        Its label in the reader's language; the id itself as words when nobody gave it one.
    """
    indicator = content.catalogue.get(indicator_id)
    measured = content.indicators[content.indicators["indicator_id"] == indicator_id]
    if indicator is None and len(measured):
        english = measured["label_en"].iloc[0]
        return content.language.typed(str(measured["label_nl"].iloc[0]), english if isinstance(english, str) else "")
    if indicator is None:
        return words.say(indicator_id, codes.QUESTIONS, content.language).replace("_", " ")
    return indicator.label_nl if content.language.code == "nl" else indicator.label_en
