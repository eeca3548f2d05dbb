"""Change beside similar areas, in sentences: the verdicts of one collective in, what a resident reads out.

Every verdict, refusal and reservation has its own sentence. Which one is said is chosen by the gate, never by hand.
"""

from __future__ import annotations

import math

import pandas as pd

from bt_analysis.pages import behind, sums, verdicts, words
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
    "no_outlines": "We weten niet welke gebieden hiernaast liggen. Die kunnen dus ook meetellen.",
    "no_urbanity": "We weten niet hoe stedelijk het hier is. Daarin kan het dus verschillen.",
    "areas_without_figure": "Van een klein deel van dit gebied is er geen cijfer.",
    "apportioned_addresses": "De grenzen zijn veranderd. De cijfers van hier zijn daarom een schatting.",
    "apportioned_surface": "De grenzen zijn veranderd. De cijfers van hier zijn daarom een ruwe schatting.",
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
    title = behind.title(content, 4)
    if not found:
        nothing = say(
            "Of er iets veranderde weten we niet: er is nog niet gemeten vooraf en achteraf."
            if content.rows("measurements").empty
            else "Of er iets veranderde weten we niet: wat er is gemeten, is nog niet met elkaar vergeleken."
        )
        return text(content.language, title, [nothing, say("Cijfers van de buurt zijn nog niet vergeleken.")])
    unseen_n = sum(not one.shown for one in found)
    told = [
        say("Ging het hier anders dan in gebieden die hierop lijken?"),
        say("We keken naar 1 cijfer." if len(found) == 1 else "We keken naar {n} cijfers.", n=str(len(found))),
    ]
    if unseen_n == len(found):
        told.append(say("Dat kan het niet laten zien." if unseen_n == 1 else "Geen daarvan kan dat laten zien."))
    elif unseen_n:
        told.append(
            say(
                "Eén daarvan kan dat niet laten zien."
                if unseen_n == 1
                else "Daarvan kunnen er {n} dat niet laten zien.",
                n=str(unseen_n),
            )
        )
    return text(content.language, title, [" ".join(told)])


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
        small = too_few(content, outcome) if outcome.too_small else ""
        if outcome.code == "too_small_to_see" and small:
            return small
        also = [say("Ook met meer cijfers zien we het niet."), small] if small else []
        return " ".join([say(REFUSED[outcome.code]), *also])
    return " ".join([*how_much(content, outcome), *reservations(content, outcome.verdict)])


def how_much(content: Content, outcome: Outcome) -> list[str]:
    """Say how much it is, or how little can be said.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        A figure whose verdict is shown.

    Returns
    -------
    list of str
        One sentence.
    """
    row, sentence = outcome.verdict, MUCH[outcome.code]
    if row is None:
        return []
    if outcome.code not in ("hoger", "lager"):
        return [content.language.say(sentence, mde=smallest(content, outcome))]
    ends = sorted(abs(row[end]) for end in ("ci_low", "ci_high"))
    low, high = (sums.difference(content, row, value) for value in ends)
    return [content.language.say(sentence, value=sums.difference(content, row, abs(row["value"])), low=low, high=high)]


def smallest(content: Content, outcome: Outcome) -> str:
    """Write how small a difference would not be seen.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        A figure whose verdict is shown.

    Returns
    -------
    str
        An amount with its unit; empty without a verdict.
    """
    row = outcome.verdict
    return "" if row is None else sums.difference(content, row, _hidden(outcome, row))


def _hidden(outcome: Outcome, row: pd.Series) -> float:
    """Return how large a difference may be and still not be seen.

    What yearly noise would hide, or what the interval of the effect leaves open, if that is more.
    """
    mde, half = outcome.steps.get("mde"), (row["ci_high"] - row["ci_low"]) / 2
    return float(half if mde is None else max(half, mde["value"]))


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


def too_few(content: Content, outcome: Outcome) -> str:
    """Say how many took part at most, and how many or how much it would take.

    Parameters
    ----------
    content : Content
        A collective's report.
    outcome : Outcome
        A figure for which a change of those who took part is too small to see.

    Returns
    -------
    str
        Two or three sentences; empty when the reach is not known.
    """
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
