"""The reader's language: Dutch sentences and bare figures in, text in Dutch or English out.

Sentences are written in Dutch where they are used; ``locale/en.po`` holds their English. Figures and dates follow the
reader's own notation. What a collective typed stays as it was typed, and a page in English says that it is Dutch, so
that it is read aloud as Dutch.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import pandas as pd
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import escape

LANGUAGES = ("nl", "en")


class Marked(str):
    """A text with parts in another language than its page; whoever takes it for plain text has plain text.

    Parameters
    ----------
    html : str
        The text, escaped, with each such part in an element that names its language. Templates take this.
    """

    __slots__ = ("html",)
    html: str

    def __new__(cls, text: str, html: str) -> Marked:
        """Make it of both."""
        made = super().__new__(cls, text)
        made.html = html
        return made

    def __reduce__(self) -> tuple[type[Marked], tuple[str, str]]:
        """Return what a copy is made of."""
        return Marked, (str(self), self.html)

    def __html__(self) -> str:
        """Tell a template what to write."""
        return self.html


@dataclass(frozen=True)
class Language:
    """One language of the reports.

    Parameters
    ----------
    code : str
        ``nl`` or ``en``.
    """

    code: str

    def __post_init__(self) -> None:
        """Refuse a language there is no text for."""
        if self.code not in LANGUAGES:
            raise ValueError(f"language {self.code!r} is not there; expected one of {', '.join(LANGUAGES)}.")

    def say(self, sentence: str, /, **values: object) -> str:
        """Give a sentence in this language.

        Parameters
        ----------
        sentence : str
            The Dutch sentence, with names between braces for what is filled in.
        **values : object
            What is filled in, already as text.

        Returns
        -------
        str
            The sentence; a sentence without a translation stays Dutch (a test keeps that from happening).
        """
        text = sentence if self.code == "nl" else (_english().get(sentence) or sentence)
        if not any(isinstance(value, Marked) for value in values.values()):
            return text.format(**values) if values else text
        marked = str(escape(text)).format(**{name: escape(value) for name, value in values.items()})
        return Marked(text.format(**values), marked)

    def typed(self, text: str, translated: str = "") -> str:
        """Give what somebody wrote in Dutch.

        Parameters
        ----------
        text : str
            As it was typed.
        translated : str
            The same in the other language, when somebody gave that.

        Returns
        -------
        str
            For a reader of another language what was translated, or else the text, marked as Dutch.
        """
        if self.code == "nl" or not text.strip():
            return text
        if translated and translated != text:
            return translated
        return Marked(text, f'<span lang="nl">{escape(text)}</span>')

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number.

        Parameters
        ----------
        value : float
            Any number.
        decimals : int
            Decimals shown.

        Returns
        -------
        str
            ``1.234,5`` in Dutch, ``1,234.5`` in English.
        """
        rounded = round(float(value), decimals) + 0.0  # + 0.0: no "-0"
        return _written(rounded, decimals, self.code)

    def date(self, day: dt.date | pd.Timestamp) -> str:
        """Write a date in words.

        Parameters
        ----------
        day : date or Timestamp
            The day.

        Returns
        -------
        str
            ``4 januari 2023`` or ``4 January 2023``.
        """
        return _dated(day.year, day.month, day.day, self.code)


@lru_cache(maxsize=10_000)
def _written(rounded: float, decimals: int, code: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(rounded, format=pattern, locale=code))


@lru_cache(maxsize=10_000)
def _dated(year: int, month: int, day: int, code: str) -> str:
    return str(format_date(dt.date(year, month, day), format="d MMMM y", locale=code))


def joined(between: str, parts: Iterable[str]) -> str:
    """Put texts together.

    Parameters
    ----------
    between : str
        What stands between two.
    parts : iterable of str
        Texts, of which some may be marked.

    Returns
    -------
    str
        As ``between.join(parts)``, with their marks.
    """
    listed = list(parts)
    if not any(isinstance(part, Marked) for part in listed):
        return between.join(listed)
    return Marked(between.join(listed), str(escape(between)).join(str(escape(part)) for part in listed))


@cache
def _english() -> dict[str, str]:
    file = resources.files("bt_analysis") / "locale" / "en.po"
    with file.open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream) if m.id and m.string}
