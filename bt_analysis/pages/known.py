"""What is known and what is not: verdicts of one collective in; lines of the report in short and of its gaps out."""

from __future__ import annotations

from bt_analysis.pages import change, sentences, verdicts, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.verdicts import REFUSED, Outcome

MOST_WORDS = 25
"""Words of a sentence of the report in short."""

NOT_ASKED = {
    "figures_beyond_most": (
        "1 ander cijfer hebben we niet vergeleken.",
        "{n} andere cijfers hebben we niet vergeleken.",
    ),
    "series_ended": (
        "1 cijfer kan niets laten zien: het stopte voor de start.",
        "{n} cijfers kunnen niets laten zien: ze stopten voor de start.",
    ),
}
"""Why figures were not compared → how that is said of one, and of more."""


def known(content: Content) -> str:
    """Say the first thing that was found beside similar areas.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        One sentence for the report in short: the finding, with what must be kept in mind of it between brackets; empty
        when nothing was found.
    """
    found = [one for one in verdicts.outcomes(content) if one.shown and one.code != "geen_vast_antwoord"]
    if not found or found[0].verdict is None:
        return ""
    sentence = verdicts.finding(content, found[0])
    ways = [sentences.within_brackets(sentence, caution) for caution in _cautions(content, found[0])]
    return next((one for one in ways if len(one.split()) <= MOST_WORDS), ways[-1])


def _cautions(content: Content, found: Outcome) -> tuple[str, str]:
    """Say what must be kept in mind of a finding, at length and in a few words."""
    say = content.language.say
    if found.code in ("hoger", "lager"):
        return say("geen bewijs dat het door ons komt"), say("dat bewijst niets")
    return (
        say("minder dan {mde} zouden we niet zien", mde=change.smallest(content, found)),
        say("kleine verschillen zien we niet"),
    )


def unknown(content: Content) -> str:
    """Say one thing that is not known: what could not be seen first, then what was not firm, then why it changed.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    str
        One sentence for the report in short; of what could not be seen, the first figure of the collective's main
        domain. Why it is not known is told in section 4.
    """
    say, found = content.language.say, verdicts.outcomes(content)
    if not found:
        return say(
            "Nog onbekend is of er in de buurt iets veranderde, want daarvoor is nog niets gemeten."
            if content.rows("measurements").empty
            else "Nog onbekend is of er in de buurt iets veranderde: wat is gemeten, is nog niet vergeleken."
        )
    first = min(found, key=lambda one: (one.shown, one.code != "geen_vast_antwoord", not _main(content, one)))
    label = words.within(sentences.label(content, first.indicator_id))
    if not first.shown:
        return say("Nog onbekend: of er door ons iets veranderde aan {label}.", label=label)
    if first.code == "geen_vast_antwoord":
        return say("Nog onbekend: of {label} hier anders ging dan elders.", label=label)
    return say("Nog onbekend: hoe het met {label} was gegaan zonder het collectief.", label=label)


def _main(content: Content, outcome: Outcome) -> bool:
    """Tell whether a figure is of the domain that the collective works on first."""
    indicator = content.catalogue.get(outcome.indicator_id)
    return indicator is not None and indicator.domain == content.collective["primary_domain"]


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
    say = content.language.say
    said = [
        say("Niet te zien: wat er hier veranderde aan {names}.", names=names) + f" {why}"
        for names, why in reasons(content)
    ]
    return [*said, *not_asked(content)]


def reasons(content: Content) -> list[tuple[str, str]]:
    """Group the figures that could not be set beside similar areas by why not.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of tuple of str
        Names of figures as they stand within a sentence, and one or more sentences that say why.
    """
    by_reason: dict[str, list[str]] = {}
    for outcome in verdicts.outcomes(content):
        if not outcome.shown:
            by_reason.setdefault(outcome.code, []).append(words.within(sentences.label(content, outcome.indicator_id)))
    say = content.language.say
    few = say("We zijn met te weinig mensen om dat in het cijfer van dit gebied te zien.")
    return [
        (words.listed(names, content.language), few if code == "too_small_to_see" else say(REFUSED[code]))
        for code, names in by_reason.items()
    ]


def not_asked(content: Content) -> list[str]:
    """Say how many figures were not set beside similar areas.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    list of str
        A sentence per reason that has any.
    """
    say = content.language.say
    return [say(one if n == 1 else more, n=str(n)) for (one, more), n in _not_asked(content)]


def _not_asked(content: Content) -> list[tuple[tuple[str, str], int]]:
    """Count the figures that were not set beside similar areas, for each reason that has any."""
    if content.left_out.empty:
        return []
    by_reason = content.left_out.groupby("reason")["left_out_n"].sum()
    return [(NOT_ASKED[reason], int(by_reason[reason])) for reason in NOT_ASKED if reason in by_reason]
