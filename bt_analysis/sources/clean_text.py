"""Text as it stands in a cell: what people and programs put around and in it goes; what is not data is refused."""

from __future__ import annotations

import re

from bt_analysis.sources.notations import CellError

# As people write them: n.v.t., weet niet.
_MISSING_SPELLING = re.compile(r"n\.v\.t\.?|n\.?v\.?t\.|weet[ _-]niet", re.IGNORECASE)
# Spaces that do not break a line, which a copy from a page or a letter brings.
_HARD_SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
# Excel stores English names; a CSV saved by a Dutch Excel has the Dutch ones.
_ERRORS = frozenset(
    (
        *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"),
        *("#LEEG!", "#DEEL/0!", "#WAARDE!", "#VERW!", "#NAAM?", "#GETAL!", "#N/B", "#OVERLOOP!", "#BEREKENEN!"),
    )
)
# Control characters, and marks that turn or hide text. Joiners inside emoji (U+200D) are left alone.
_REFUSED = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufeff\\ufffe\\uffff\\ud800-\\udfff"
    "\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2028\\u2029\\u2060-\\u206f]"
)


def plain_text(text: str, repairs: list[str]) -> str:
    """Return text on one line, without spaces around it.

    Parameters
    ----------
    text : str
        As delivered.
    repairs : list of str
        The kinds of repair are added to it.

    Returns
    -------
    str
        May be empty.

    Raises
    ------
    CellError
        ``control_character`` for what cannot be seen, ``error_cell`` for an error of Excel.
    """
    bare = _trimmed(text, repairs)
    if re.search(r"[\t\r\n]", bare):
        # Not with \s* on both sides of the break, which takes a minute on a cell full of spaces.
        bare = " ".join(part.strip() for part in re.split(r"[\t\r\n]+", bare) if part.strip())
        repairs.append("line_breaks")
    return bare


def text_of_list(text: str, repairs: list[str]) -> str:
    """Return text that holds several values, in which a new line stands between two of them.

    Parameters
    ----------
    text : str
        As delivered.
    repairs : list of str
        The kinds of repair are added to it.

    Returns
    -------
    str
        Empty when nothing stands between the separators.

    Raises
    ------
    CellError
        As :func:`plain_text`.
    """
    bare = _trimmed(text, repairs)
    if bare and not bare.strip("; \t\r\n"):
        repairs.append("list_spaces")
        return ""
    return bare


def missing_word(text: str, repairs: list[str]) -> str:
    """Return n.v.t. as nvt and weet niet as weetniet; any other text as it is.

    Parameters
    ----------
    text : str
        Without spaces around it.
    repairs : list of str
        The kind of repair is added to it.

    Returns
    -------
    str
        The text, or a word that says why there is no value.
    """
    if _MISSING_SPELLING.fullmatch(text) is None:
        return text
    repairs.append("missing_spelling")
    return re.sub("[^a-z]", "", text.casefold())


def _trimmed(text: str, repairs: list[str]) -> str:
    if _REFUSED.search(text):
        raise CellError("control_character")
    bare = text.strip()
    if bare in _ERRORS:
        raise CellError("error_cell")
    if bare != text:
        repairs.append("spaces")
    if _HARD_SPACES.search(bare):
        bare = _HARD_SPACES.sub(" ", bare)
        repairs.append("hard_spaces")
    return bare
