"""Words in the reader's language: the sentences of a language are read here, and what differs is said in each.

The sentences stand in ``sentences.nl.toml`` and ``sentences.en.toml``: ``kinds`` of problems, ``types`` of cells, and
``words``.
"""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Callable
from importlib import resources
from typing import Any, Self

from bt_analysis.schema import FieldDescriptor

LANGUAGES = ("nl", "en")
FILES = {lang: resources.files("bt_analysis.sources") / f"sentences.{lang}.toml" for lang in LANGUAGES}

_SLUG = "^[a-z0-9][a-z0-9_-]*$"


class Words(str):
    """Text that can be said in each language; as a string it is Dutch.

    Parameters
    ----------
    say : callable
        Code of a language → the text in that language.
    """

    __slots__ = ("say",)
    say: Callable[[str], str]

    def __new__(cls, say: Callable[[str], str]) -> Self:
        """Make the Dutch text."""
        words = super().__new__(cls, say("nl"))
        words.say = say
        return words

    def __getnewargs__(self) -> tuple[Any]:
        """Return what a copy is made of."""
        return (self.say,)


@functools.cache
def templates(lang: str) -> dict[str, Any]:
    """Read the sentences of a language.

    Parameters
    ----------
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    dict
        ``kinds``, ``types`` and ``words``.

    Raises
    ------
    ValueError
        When there are no sentences in that language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} has no sentences; expected one of {', '.join(LANGUAGES)}.")
    return tomllib.loads(FILES[lang].read_text(encoding="utf-8"))


def expected(field: FieldDescriptor, lang: str) -> str:
    """Return what a cell of a field should hold.

    Parameters
    ----------
    field : dict
        Field of a Table Schema.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    str
        Such as "een van: lijst, telling, schatting".
    """
    sentences = templates(lang)["types"]
    constraints, list_of = field.get("constraints", {}), field.get("listOf")
    if "enum" in constraints:
        return str(sentences["options"].format(options=", ".join(map(str, constraints["enum"]))))
    if list_of and "enum" in list_of:
        return str(sentences["list_options"].format(options=", ".join(list_of["enum"])))
    if constraints.get("pattern") == _SLUG:
        return str(sentences["code"])
    if "pattern" in constraints:
        return described(field, "description", lang) or str(sentences["pattern"].format(pattern=constraints["pattern"]))
    return str(sentences["list" if list_of is not None else field["type"]])


def described(part: FieldDescriptor, name: str, lang: str) -> str:
    """Return a title or a description in a language, or else the Dutch one.

    Parameters
    ----------
    part : dict
        Field or Table Schema.
    name : str
        ``title``, ``description`` or ``section``.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    str
        Empty when there is none.
    """
    return str((lang != "nl" and part.get(f"{name}_{lang}")) or part.get(name, ""))


def more(count: object, lang: str) -> str:
    """Return in how many rows more something was found.

    Parameters
    ----------
    count : int
        Number of rows.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    str
        Such as ", en in nog 3 rijen".
    """
    return str(templates(lang)["words"]["more"].format(count=count))


def word(name: str, lang: str) -> str:
    """Return one of the loose words.

    Parameters
    ----------
    name : str
        Key in ``[words]``.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    str
        Such as "niets".
    """
    return str(templates(lang)["words"][name])


def number(text: str, lang: str) -> str:
    """Return a number with the decimal sign of a language.

    Parameters
    ----------
    text : str
        With a decimal point.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    str
        Such as "12,5".
    """
    return text.replace(".", word("decimal", lang))


def day(date: dt.date, lang: str) -> str:
    """Return a date as a language writes it, so that day and month cannot be mixed up.

    Parameters
    ----------
    date : date
        A day.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    str
        Such as "31-12-2024", in English "2024-12-31".
    """
    return date.strftime(word("day", lang))
