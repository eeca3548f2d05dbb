"""How easy a Dutch text reads: text in; its words, sentences, syllables and the score of Flesch and Douma out.

A signal, not proof of B1: the score counts and does not read. Short words that nobody knows score well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FIGURE_SYLLABLES = 1
"""Syllables of a figure, a sign (%, €) or a unit (m³, kWh): Flesch (1948) leaves figures out of the count."""

ABBREVIATIONS = {
    "bijv": 4, "bv": 4, "ca": 3, "d.w.z": 5, "dhr": 2, "dr": 2, "e.d": 3, "enz": 4, "evt": 5, "excl": 4, "incl": 4,
    "m.a.w": 6, "mevr": 2, "mln": 3, "nr": 2, "o.a": 4, "o.b.v": 4, "p.p": 4, "prof": 3, "resp": 5, "t/m": 3,
    "t.o.v": 5, "vgl": 3, "zgn": 3,
}  # fmt: skip
"""Abbreviations without their last point → syllables as they are read aloud; their points end no sentence."""

# Vowels that are said as one, longest first. A trema or an accent begins a new vowel, save in é, ëi and éé.
_VOWELS = re.compile(
    r"eau|aai|ooi|oei|eeu|ieu|ëi|ïe|éé|óó|aa|ee|oo|uu|ie|oe|eu(?!m\b)|ui|ij|ei|ou|au|ai|oi|y(?![aeiou])"
    r"|[aeiouéèêëïöüáàóâ]"
)
_FIGURE = re.compile(r"[+−-]?\d+(?:[.,:/-]\d+)*|[%€°]|m[²³23]|co[₂2]|ha")
_WORD = re.compile(
    r"(?:[a-zA-Z]\.){2,}|t/m|[+−-]?\d+(?:[.,:/-]\d+)*|[%€°]|[mM][²³]|[^\W\d_]+(?:['’-][^\W\d_]+)*\d?[₂]?"
)
_END = re.compile(r"[.?!:;]+(?=[\s)\"”’]|$)")


@dataclass(frozen=True)
class Reading:
    """What a text counts.

    Parameters
    ----------
    words, sentences, syllables : int
        How many there are.
    """

    words: int
    sentences: int
    syllables: int

    @property
    def score(self) -> float:
        """206.8 − 0.77 · syllables per 100 words − 0.93 · words per sentence (Douma 1960, after Flesch 1948)."""
        return 206.8 - 0.77 * 100 * self.syllables / self.words - 0.93 * self.words / self.sentences


def flesch_douma(text: str) -> Reading:
    """Count a Dutch text.

    Parameters
    ----------
    text : str
        One or more sentences.

    Returns
    -------
    Reading
        Its words, sentences and syllables, with ``score``: higher reads easier. 60 is the aim of the reports.

    Raises
    ------
    ValueError
        When there is no word in it: what is not there reads neither well nor badly.

    Notes
    -----
    reading ease = 206.8 − 0.77 · syllables per 100 words − 0.93 · words per sentence. A figure (also a date or a
    decimal), a sign and a unit are words of one syllable. A sentence ends at . ? ! : or ; as Flesch counts
    units of thought, and not at the point of a decimal or an abbreviation.
    """
    words = _WORD.findall(text)
    if not words:
        raise ValueError(f"text {text[:40]!r} holds no word; expected a sentence. Leave it out of the count.")
    return Reading(len(words), sentences(text), sum(map(syllables, words)))


def score(text: str) -> float:
    """Give the score of a text.

    Parameters
    ----------
    text : str
        One or more sentences.

    Returns
    -------
    float
        As :attr:`Reading.score` of :func:`flesch_douma`.

    Raises
    ------
    ValueError
        When there is no word in it.
    """
    return flesch_douma(text).score


def syllables(word: str) -> int:
    """Count the syllables of a Dutch word.

    Parameters
    ----------
    word : str
        A word, a figure or a sign.

    Returns
    -------
    int
        At least 1.

    Notes
    -----
    Counts groups of vowels that are said as one. The other way, places where a word may be broken at the end of a
    line (the Dutch patterns of TeX), misses those that printers avoid, such as o-ma, ide-e and me-di-a: of the words
    in ``tests/test_readability.py`` it has more wrong.
    """
    lowered = word.lower().strip(".")
    if lowered in ABBREVIATIONS:
        return ABBREVIATIONS[lowered]
    if _FIGURE.fullmatch(lowered):
        return FIGURE_SYLLABLES
    return max(1, len(_VOWELS.findall(lowered)))


def sentences(text: str) -> int:
    """Count the sentences of a text.

    Parameters
    ----------
    text : str
        One or more sentences.

    Returns
    -------
    int
        At least 1, also when nothing ends the last.
    """
    ends, last = 0, 0
    for found in _END.finditer(text):
        piece = text[last : found.start()]
        before = re.split(r"[\s(]", piece)[-1].lower()
        if before in ABBREVIATIONS and text[found.end() :].strip():
            continue
        ends += bool(_WORD.search(piece))
        last = found.end()
    return max(1, ends + bool(_WORD.search(text[last:])))
