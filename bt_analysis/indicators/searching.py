"""Searching: a word of a reader in, the indicators that are about it out."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

import pandas as pd

from bt_analysis.indicators.catalogue import DOMAINS, CatalogueError, Indicator, load
from bt_analysis.indicators.families import Family, load_families

FOUND = [
    "indicator_id", "label_nl", "label_en", "unit", "kind", "domain", "source", "model", "breaks", "counted", "base",
    "note_nl", "note_en",
]  # fmt: skip
"""Columns of what :func:`search` returns."""


def search(word: str = "", domain: str = "", catalogue: Mapping[str, Indicator] | None = None) -> pd.DataFrame:
    """Find the indicators that are about something.

    Parameters
    ----------
    word : str
        Part of an id, a label in either language, a domain or a family; accents and capitals do not matter.
        Empty: all.
    domain : str
        Only of this domain; empty: of all.
    catalogue : mapping of str to Indicator, optional
        Where to look; without it the whole catalogue.

    Returns
    -------
    DataFrame
        One row is an indicator: indicator_id, label_nl, label_en, unit, kind, domain, source (family), model, breaks
        (years), counted (the counts it is made of), base (what it is a share of, or weighted by: the first that has
        figures), note_nl, note_en.

    Raises
    ------
    CatalogueError
        When the domain is not known, or nothing is about that word; the message gives the closest ids.
    """
    if domain and domain not in DOMAINS:
        raise CatalogueError(f"domain {domain!r} is not known; expected one of {', '.join(DOMAINS)}.")
    known = load() if catalogue is None else catalogue
    inside = [one for one in known.values() if not domain or one.domain == domain]
    families = load_families()
    texts = {one.id: _texts(one, families) for one in inside}
    found = [one for one in inside if any(_plain(word) in _plain(text) for text in texts[one.id])]
    if not found:
        close = ", ".join(_closest(_plain(word), texts)) or "none"
        raise CatalogueError(
            f"no indicator{f' of {domain}' if domain else ''} is about {word!r}; closest: {close}. "
            "Try another word, or see all with: bt indicators"
        )
    lines = [
        (
            one.id, one.label_nl, one.label_en, one.unit, one.kind, one.domain, one.source, one.model,
            [int(change["year"]) for change in one.breaks], [one.numerator] if one.numerator else [*one.parts],
            [*one.denominator], one.note_nl, one.note_en,
        )
        for one in found
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=FOUND)


def _texts(one: Indicator, families: Mapping[str, Family]) -> list[str]:
    family = families.get(one.source)
    labels = [family.label_nl, family.label_en] if family else []
    return [one.id, one.label_nl, one.label_en, one.domain, one.source, *labels]


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _closest(word: str, texts: Mapping[str, Iterable[str]], most: int = 3) -> list[str]:
    """Return the ids with a word in them, or in their labels, that is nearest."""
    words = {one: set(_plain(" ".join(told)).replace("_", " ").split()) | {one} for one, told in texts.items()}
    every = sorted({part for parts in words.values() for part in parts})
    near = difflib.get_close_matches(word, every, n=most)
    return list(dict.fromkeys(one for part in near for one, parts in words.items() if part in parts))[:most]
