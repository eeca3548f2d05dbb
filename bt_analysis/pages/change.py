"""Change beside similar areas, in sentences: the verdicts of one collective in, what a resident reads out.

Every verdict, refusal and reservation has its own sentence. Which one is said is chosen by the gate, never by hand.
"""

from __future__ import annotations

import math

import pandas as pd

from bt_analysis.pages import sentences, sums, verdicts, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html, text
from bt_analysis.pages.verdicts import REFUSED, Outcome

MUCH = {
    "lager": "Hier is het {value} lager dan je zou verwachten: tussen {low} en {high} lager.",
    "hoger": "Hier is het {value} hoger dan je zou verwachten: tussen {low} en {high} hoger.",
    "geen_verschil": "Een verschil kleiner dan {mde} zouden we niet zien.",
    "geen_vast_antwoord": "Daarom zeggen we hier niets vasts.",
}
"""Verdict → how much, or how little can be said."""

SMALL = {
    "population": "Hoogstens {n} van de {total} bewoners deden mee.",
    "households": "Hoogstens {n} van de {total} huishoudens deden mee.",
    "dwellings": "Hoogstens {n} van de {total} woningen deden mee.",
    "": "Hoogstens {n} van de {total} mensen over wie het gaat, deden mee.",
}
"""What the reach is set over → how many took part at most."""

RESERVED = {
    "no_experiment": "Dat bewijst niet dat het door het collectief komt.",
    "few_years_before": "Van voor de start zijn er maar een paar jaren. Dat maakt het minder zeker.",
    "one_year_after": "Er is nog maar één jaar na de start. Eén jaar kan toeval zijn.",
    "active_before_records": "Het collectief was al bezig voor het eerste cijfer. "
    "Wat toen al anders werd, zie je hier niet.",
    "no_outlines": "Buurten uit dezelfde wijk tellen niet mee. Een buurt die er vlak naast ligt, kan nog meetellen.",
}
"""Reservation → what must be said of a change that is shown."""


def section(content: Content) -> Html:
    """Say how many figures were set beside similar areas, and how many of those show nothing.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Html
        Head of section 4; :func:`bt_analysis.figures.change` goes on.
    """
    say, found = content.language.say, verdicts.outcomes(content)
    title = "4 · " + say("Wat veranderde, en wat we niet kunnen zien")
    if not found:
        nothing = say(
            "Of er iets veranderde weten we niet: er is nog niet gemeten vooraf en achteraf."
            if content.rows("measurements").empty
            else "Of er iets veranderde weten we niet: wat er is gemeten, is nog niet met elkaar vergeleken."
        )
        return text(content.language, title, [nothing, say("Cijfers van de buurt zijn nog niet vergeleken.")])
    unseen_n = sum(not one.shown for one in found)
    paragraphs = [
        say("Ging het hier anders dan in buurten die hierop lijken?")
        + " "
        + say("We keken naar 1 cijfer." if len(found) == 1 else "We keken naar {n} cijfers.", n=str(len(found)))
    ]
    if unseen_n:
        paragraphs.append(
            say(
                "Eén daarvan kan dat niet laten zien."
                if unseen_n == 1
                else "Daarvan kunnen er {n} dat niet laten zien.",
                n=str(unseen_n),
            )
        )
    return text(content.language, title, [" ".join(paragraphs)])


def explained(content: Content, outcome: Outcome) -> str:
    """Say how much it is with what must be kept in mind, or why it can't be seen.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        One figure.

    Returns
    -------
    str
        Sentences.
    """
    say = content.language.say
    if not outcome.shown or outcome.verdict is None:
        small = _too_few(content, outcome) if outcome.too_small else ""
        if outcome.code == "too_small_to_see" and small:
            return small
        also = [say("Ook met meer cijfers zien we het niet."), small] if small else []
        return " ".join([say(REFUSED[outcome.code]), *also])
    return " ".join([*_how_much(content, outcome), *reservations(content, outcome.verdict)])


def _how_much(content: Content, outcome: Outcome) -> list[str]:
    row, sentence = outcome.verdict, MUCH[outcome.code]
    if row is None:
        return []
    if outcome.code not in ("hoger", "lager"):
        mde = outcome.steps.get("mde")
        if mde is None and "{mde}" in sentence:
            return []
        return [content.language.say(sentence, mde="" if mde is None else sums.difference(content, mde))]
    ends = sorted(abs(row[end]) for end in ("ci_low", "ci_high"))
    low, high = (sums.difference(content, row, value) for value in ends)
    return [content.language.say(sentence, value=sums.difference(content, row, abs(row["value"])), low=low, high=high)]


def reservations(content: Content, row: pd.Series) -> list[str]:
    """Say what must be kept in mind of a change that is shown.

    Parameters
    ----------
    content : Content
        A collective's report.
    row : Series
        Its verdict.

    Returns
    -------
    list of str
        A sentence or two per reservation; that it is no proof is not said where no difference was found.
    """
    codes = [code for code in str(row["gate_reason"]).split(";") if code in RESERVED]
    found = row["value_text"] in ("hoger", "lager")
    return [content.language.say(RESERVED[code]) for code in codes if found or code != "no_experiment"]


def _base(n_unit: str) -> str:
    """Name what a reach is set over; of the Klimaatmonitor every energy figure counts its own households."""
    return "households" if n_unit.endswith("_households") else n_unit


def _too_few(content: Content, outcome: Outcome) -> str:
    """Say how many took part at most, and how many or how much it would take."""
    language, reach, needed = content.language, outcome.steps.get("reach"), outcome.needed
    if reach is None or needed is None:
        return ""
    # Of people over people a whole number comes out again.
    took_part = language.say(
        SMALL.get(_base(str(reach["n_unit"])), SMALL[""]),
        n=language.number(reach["value"] / 100 * reach["n"]),
        total=language.number(reach["n"]),
    )
    if needed["unit"] == "%":
        enough = math.ceil(round(needed["value"] / 100 * reach["value"] / 100 * reach["n"], 6))
        unit = _base(str(reach["n_unit"]))
        unit = unit if unit in SMALL else "people"
        why = language.say(
            "Je ziet het pas als het bij {enough} anders wordt. Dat kan dus niet.",
            enough=words.counted(enough, unit, language),
        )
    else:
        why = language.say(
            "Je ziet het pas als het bij elk van hen {needed} scheelt. Zo veel is niet te verwachten."
            if reach["n_unit"] == "population"
            else "Je ziet het pas als het bij elk daarvan {needed} scheelt. Zo veel is niet te verwachten.",
            needed=sums.difference(content, needed),
        )
    return f"{took_part} {why}"


def unknown(content: Content) -> str:
    """Say one thing that is not known: what could not be seen first, then what was not firm, then why it changed.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        For the report in short.
    """
    say = content.language.say
    found = verdicts.outcomes(content)
    if not found:
        return say(
            "Nog onbekend: of er in de buurt iets veranderde. Daarvoor is nog niets gemeten."
            if content.rows("measurements").empty
            else "Nog onbekend: of er in de buurt iets veranderde. Er is gemeten, maar nog niets met elkaar vergeleken."
        )
    first = min(found, key=lambda one: (one.shown, one.code not in ("too_small_to_see", "geen_vast_antwoord")))
    label = words.within(sentences.label(content, first.indicator_id))
    if not first.shown:
        why = say(REFUSED[first.code])
        small = _too_few(content, first) if first.code == "too_small_to_see" and first.too_small else ""
        return " ".join(
            filter(None, [say("Nog onbekend: of er door ons iets veranderde aan {label}.", label=label), small or why])
        )
    if first.code == "geen_vast_antwoord":
        return say("Nog onbekend: of {label} hier anders ging dan elders.", label=label) + " " + say(MUCH[first.code])
    return say("Nog onbekend: hoe het met {label} was gegaan zonder het collectief.", label=label)


def unseen(content: Content) -> list[str]:
    """Say of every figure that could not be set beside similar areas why not, those with the same reason together.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        One item per reason, and how many figures were not compared at all.
    """
    by_reason: dict[str, list[str]] = {}
    for outcome in verdicts.outcomes(content):
        if not outcome.shown:
            by_reason.setdefault(outcome.code, []).append(words.within(sentences.label(content, outcome.indicator_id)))
    say = content.language.say
    said = [
        say("Niet te zien: wat er hier veranderde aan {names}.", names=words.listed(names, content.language))
        + " "
        + say(
            "We zijn met te weinig mensen om dat in het cijfer van de buurt te zien."
            if code == "too_small_to_see"
            else REFUSED[code]
        )
        for code, names in by_reason.items()
    ]
    return said + _beyond(content)


def _beyond(content: Content) -> list[str]:
    """Count the figures that were not set beside similar areas because there would be too many in one report."""
    if content.left_out.empty:
        return []
    n = int(content.left_out.loc[content.left_out["reason"].eq("figures_beyond_most"), "left_out_n"].sum())
    say = content.language.say
    told = say(
        "1 ander cijfer hebben we niet vergeleken." if n == 1 else "{n} andere cijfers hebben we niet vergeleken.",
        n=str(n),
    )
    return [told] if n else []
