"""Words for patterns: codes of conditions and reasons in, what a reader reads out; tables of words and little more."""

from __future__ import annotations

from bt_analysis.analysis.learning.beyond_luck import FLIPS, LUCK, NO_VARIATION, TOO_FEW
from bt_analysis.analysis.learning.conditions import register
from bt_analysis.language import Language

REASONS = {
    "": "gevonden",
    LUCK: "niet te zien: toeval kan dit ook geven",
    FLIPS: "niet te zien: het hangt aan één collectief",
    NO_VARIATION: "niet te zien: bijna iedereen had het, of bijna niemand",
    TOO_FEW: "niet te zien: te weinig collectieven",
}
"""What is known of a condition."""


def name(code: str, language: Language) -> str:
    """Name a condition or outcome.

    Parameters
    ----------
    code : str
        As it was recorded.
    language : Language
        The reader's.

    Returns
    -------
    str
        As it stands within a sentence; a code that nobody gave a name as words.
    """
    known = register().get(code)
    if known is None:
        return code.replace("_", " ").replace("-", " ")
    return known.label_en if language.code == "en" else known.label


def parts(pattern: str, language: Language) -> list[tuple[str, bool]]:
    """Take a pattern apart.

    Parameters
    ----------
    pattern : str
        Codes with ``*`` between them and ``~`` before what is not there.
    language : Language
        The reader's.

    Returns
    -------
    list of tuple of str and bool
        Name of each condition, and whether it is there.
    """
    return [(name(code.lstrip("~"), language), not code.startswith("~")) for code in pattern.split("*")]


def told(pattern: str, language: Language) -> str:
    """Write a pattern as it stands within a sentence.

    Parameters
    ----------
    pattern : str
        As :func:`parts` takes it.
    language : Language
        The reader's.

    Returns
    -------
    str
        Such as ``met een vaste plek en zonder geld voor langer dan een jaar``.
    """
    say = language.say
    each = [
        say("met {condition}", condition=one) if there else say("zonder {condition}", condition=one)
        for one, there in parts(pattern, language)
    ]
    return f" {say('en')} ".join(each)


def row_name(group_value: str, language: Language) -> str:
    """Name what a line of the appendix is about.

    Parameters
    ----------
    group_value : str
        An outcome, or an outcome and a pattern with ``:`` between them.
    language : Language
        The reader's.

    Returns
    -------
    str
        The outcome, and the pattern in words.
    """
    outcome, _, pattern = group_value.partition(":")
    return ", ".join([name(outcome, language), *([told(pattern, language)] if pattern else [])])
