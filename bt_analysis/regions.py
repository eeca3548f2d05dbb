"""Codes of Dutch regions: a regiocode goes in as text; its level and parents come out.

A regiocode is the code CBS gives a region in one year's division: ``NL00`` (country), ``GM0363``
(gemeente), ``WK036303`` (wijk) or ``BU03630302`` (buurt). The same code may name another place in
another year, so a regiocode means nothing without its division year.
"""

from __future__ import annotations

import re

COUNTRY = "NL00"
LEVELS = ("land", "gemeente", "wijk", "buurt")

# NL00, or a two-letter level and digits; since about 2022 the last parts may hold letters (BU0363AD07).
_PATTERN = re.compile(r"NL(?:00|01)|GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4}", re.ASCII)
_LEVEL_OF_PREFIX = {"NL": "land", "GM": "gemeente", "WK": "wijk", "BU": "buurt"}
_LENGTH_OF_PREFIX = {"NL": 4, "GM": 6, "WK": 8, "BU": 10}
_POSTCODE = re.compile(r"[1-9]\d{3}(?:[A-Z]{2})?", re.ASCII)
_EXAMPLE = {"NL": "NL00", "GM": "GM0363", "WK": "WK036303", "BU": "BU03630302"}


class RegionCodeError(ValueError):
    """A text is no regiocode; the message says what was got, what is expected and what to do."""


def check(regiocode: str) -> str:
    """Return the code as it came when it is a valid regiocode.

    Parameters
    ----------
    regiocode : str
        A code without padding, such as ``"BU03630302"``.

    Returns
    -------
    str
        The same code.

    Raises
    ------
    RegionCodeError
        When the text has no known prefix, the wrong length or a character that cannot occur.
    """
    if is_valid(regiocode):
        return regiocode
    prefix = str(regiocode)[:2]
    if prefix not in _LENGTH_OF_PREFIX:
        raise RegionCodeError(
            f"regiocode {regiocode!r} starts with {prefix!r}; expected NL, GM, WK or BU, as in BU03630302. "
            "Read codes as text, with their letters."
        )
    if len(regiocode) == _LENGTH_OF_PREFIX[prefix]:
        raise RegionCodeError(
            f"regiocode {regiocode!r} is of no region; expected digits and capitals, as in {_EXAMPLE[prefix]}."
        )
    raise RegionCodeError(
        f"regiocode {regiocode!r} has {len(regiocode)} characters; expected {_LENGTH_OF_PREFIX[prefix]} "
        f"as in {_EXAMPLE[prefix]}. Read codes as text and strip their padding."
    )


def is_valid(regiocode: object) -> bool:
    """Return whether a value is a regiocode.

    Parameters
    ----------
    regiocode : object
        Any value; everything that is no text is no regiocode.

    Returns
    -------
    bool
        True for a code that :func:`check` accepts.
    """
    return isinstance(regiocode, str) and _PATTERN.fullmatch(regiocode) is not None


def level(regiocode: str) -> str:
    """Return the level of a regiocode.

    Parameters
    ----------
    regiocode : str
        A valid code.

    Returns
    -------
    str
        One of ``land``, ``gemeente``, ``wijk``, ``buurt``.

    Raises
    ------
    RegionCodeError
        When the code is not valid.
    """
    return _LEVEL_OF_PREFIX[check(regiocode)[:2]]


def parent(regiocode: str) -> str | None:
    """Return the region one level up, read from the code itself.

    Parameters
    ----------
    regiocode : str
        A valid code.

    Returns
    -------
    str or None
        The wijk of a buurt, the gemeente of a wijk, the country of a gemeente; None for the country.

    Raises
    ------
    RegionCodeError
        When the code is not valid.

    Notes
    -----
    CBS nests its codes: wijk = ``WK`` + characters 3–8 of the buurt, gemeente = ``GM`` + characters 3–6.
    """
    steps = {"buurt": "WK" + regiocode[2:8], "wijk": "GM" + regiocode[2:6], "gemeente": COUNTRY, "land": None}
    return steps[level(regiocode)]


def gemeente(regiocode: str) -> str:
    """Return the gemeente a buurt or wijk lies in, or the gemeente itself.

    Parameters
    ----------
    regiocode : str
        A valid code of a gemeente, wijk or buurt.

    Returns
    -------
    str
        A six-character code.

    Raises
    ------
    RegionCodeError
        When the code is not valid, or names the country.
    """
    if level(regiocode) == "land":
        raise RegionCodeError(f"regiocode {regiocode!r} is the whole country; expected a gemeente, wijk or buurt.")
    return "GM" + regiocode[2:6]


def contains(outer: str, inner: str) -> bool:
    """Return whether one region lies inside another of the same division year.

    Parameters
    ----------
    outer, inner : str
        Valid codes of the same division.

    Returns
    -------
    bool
        True when ``inner`` is ``outer`` or one of its parts (BU03630302 ⊂ WK036303 ⊂ GM0363 ⊂ NL00).

    Raises
    ------
    RegionCodeError
        When one of the codes is not valid.
    """
    check(outer)
    step: str | None = check(inner)
    while step is not None and step != outer:
        step = parent(step)
    return step == outer


def codes_in(text: str) -> list[str]:
    """Read the codes of a cell that may hold several.

    Parameters
    ----------
    text : str
        Codes with ; , or blanks between them.

    Returns
    -------
    list of str
        In the order given, each once; not checked.
    """
    return list(dict.fromkeys(code for code in re.split(r"[;,\s]+", text) if code))


def postcodes_in(text: str) -> list[str]:
    """Read the postcodes of a cell that may hold several.

    Parameters
    ----------
    text : str
        Postcodes of four digits, or with their two letters, with ; or , between them, as in ``"8011; 8012 ab"``.

    Returns
    -------
    list of str
        As ``8011`` and ``8012AB``, in the order given, each once; not checked.
    """
    parts = ("".join(part.split()).upper() for part in re.split(r"[;,\n]", text))
    return list(dict.fromkeys(part for part in parts if part))


def is_postcode(text: str) -> bool:
    """Return whether a text is a postcode of four digits, or with two letters.

    Parameters
    ----------
    text : str
        As :func:`postcodes_in` gives it.

    Returns
    -------
    bool
        True for 8011 and 8011AB.
    """
    return _POSTCODE.fullmatch(text) is not None
