"""Values from a list of options: what a person wrote goes in; the option it can only mean comes out.

Several values stand in one cell with ; between them. A comma is read as one only where no value can hold a comma.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from bt_analysis.sources.notations import CellError

# Minus signs and dashes, which keyboards and word processors swap.
_DASHES = str.maketrans(dict.fromkeys("−–—‐‑", "-"))
_CODE = re.compile(r"[A-Za-z0-9_-]+")


def as_option(value: object, options: Sequence[Any], repairs: list[str]) -> Any:
    """Return the option that a value is, but for capitals, accents, and spaces, hyphens or underscores.

    Parameters
    ----------
    value : object
        Text or number.
    options : sequence
        The permitted values.
    repairs : list of str
        The kind of repair is added to it.

    Returns
    -------
    object
        One of the options.

    Raises
    ------
    CellError
        ``close_enum`` with a suggestion, or ``enum``.
    """
    if value in options:
        return value
    text = str(value)
    for kind, plain in (("capitals", str.casefold), ("option_spelling", _plain)):
        same = [option for option in options if plain(str(option)) == plain(text)]
        if len(same) == 1:
            repairs.append(kind)
            return same[0]
    close = difflib.get_close_matches(text.casefold(), [str(option) for option in options], n=1, cutoff=0.7)
    if close:
        raise CellError("close_enum", suggestion=close[0])
    raise CellError("enum")


def as_list(text: str, list_of: Mapping[str, Any], repairs: list[str], pattern: str = "") -> str:
    """Return several values with ; between them and nothing else.

    Parameters
    ----------
    text : str
        Values with ; or a new line between them.
    list_of : Mapping
        ``listOf`` of the field: ``enum`` holds the permitted values, ``resource`` the table they are codes of.
    repairs : list of str
        The kinds of repair are added to it, each once.
    pattern : str
        Form of the whole list, where the field has one.

    Returns
    -------
    str
        Such as ``"welzijn;zeggenschap"``.

    Raises
    ------
    CellError
        ``comma_in_list`` where a comma can be part of a value; ``list_option`` or ``close_list_option`` for a value
        that is no option, with its place in the list.
    """
    parts = _parts(text, list_of, pattern, repairs)
    if "enum" not in list_of:
        return ";".join(parts)
    needed: list[str] = []
    options = [_option(part, at, list_of["enum"], needed) for at, part in enumerate(parts, start=1)]
    repairs += dict.fromkeys(needed)
    return ";".join(options)


def _parts(text: str, list_of: Mapping[str, Any], pattern: str, repairs: list[str]) -> list[str]:
    parts = [part.strip() for part in re.split("[;\r\n]", text) if part.strip()]
    if any("," in part for part in parts):
        split = [piece.strip() for part in parts for piece in part.split(",") if piece.strip()]
        if not (_have_no_comma(split, list_of) or (pattern and re.fullmatch(pattern, ";".join(split)))):
            raise CellError("comma_in_list")
        repairs.append("list_commas")
        return split
    if ";".join(parts) != text:
        repairs.append("list_spaces")
    return parts


def _have_no_comma(values: list[str], list_of: Mapping[str, Any]) -> bool:
    """Return whether a comma between these values can only stand between them: options and codes hold none."""
    if "enum" in list_of:
        return {_plain(value) for value in values} <= {_plain(option) for option in list_of["enum"]}
    return "resource" in list_of and all(_CODE.fullmatch(value) for value in values)


def _option(part: str, at: int, options: Sequence[str], repairs: list[str]) -> str:
    try:
        return str(as_option(part, options, repairs))
    except CellError as problem:
        kind = "list_option" if problem.kind == "enum" else "close_list_option"
        raise CellError(kind, part=part, at=at, **problem.details) from problem


def _plain(text: str) -> str:
    """Return a text without what people vary in: capitals, accents, and spaces, hyphens or underscores."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_DASHES))
    return re.sub(r"[\s_-]+", "_", "".join(letter for letter in letters if not unicodedata.combining(letter)))
