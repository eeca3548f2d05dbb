"""Names of people in a text: a text goes in; whether it holds the name of a person comes out.

A name is a title or initials with a surname (mevr. Bakker, J.P. de Vries), or a first name with a surname (Fatima
Yılmaz, jan-de-vries). The words stand in ``person_names.toml``. Names of streets, buurten and organisations that hold
the name of a person (Jan van Galenstraat, Stichting Anna Zorg) are no names of people.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

_CAPITALISED = r"[A-ZÀ-ÖØ-ÞĞİŁŞ][^\W\d_]+(?:['’-][^\W\d_]+){0,3}"
_INFIX = (
    r"(?:(?i:v\.\s?d\.|v/d)\s{0,3}"
    r"|(?i:van|von|de|der|den|het|'t|’t|ten|ter|te|el|al|ben|bin|ait|la|le|da|dos|du|op|in|uit)\s{1,3}){0,3}"
)
_INITIALS = r"(?:[A-ZÇŞİ](?:h|hr)?\.[ ]?)"
_TITLE = r"(?i:mevrouw|mevr|mw|dhr|hr|de heer|den heer|meneer|drs|dr|prof|ir|ing|mr|fam|familie|buurvrouw|buurman)"
_TITLED = re.compile(rf"(?<![\w-]){_TITLE}\.?\s{{1,3}}{_INITIALS}{{0,5}}\s?{_INFIX}(?P<last>{_CAPITALISED})")
_INITIALLED = re.compile(rf"(?<![\w.])(?P<first>{_INITIALS}{{1,5}})\s?(?P<infix>{_INFIX})(?P<last>{_CAPITALISED})")
# Looked ahead, so that in "Met Jan Jansen" both pairs of words are seen.
_FULL = re.compile(
    rf"(?<![\w-])(?=(?P<first>{_CAPITALISED})\s{{1,3}}{_INITIALS}{{0,3}}\s?(?P<infix>{_INFIX})(?P<last>{_CAPITALISED}))"
)
_REVERSED = re.compile(rf"(?<![\w-])(?P<last>{_CAPITALISED}),\s?{_INITIALS}{{1,5}}(?!\w)")
_LEGAL = re.compile(r"(?:[BNC]\.\s?V|U\.\s?A|V\.\s?O\.\s?F|V\.\s?V\.\s?E|[A-Z]\.\s?A\.\s?D)\.\s?", re.IGNORECASE)
_INFIXES = frozenset(
    (
        *("van", "von", "de", "der", "den", "het", "t", "ten", "ter", "te", "op", "in"),
        *("el", "al", "ben", "bin", "la", "le", "da", "dos", "du"),
    )
)
_LONGEST_PLAIN = 2000


@functools.cache
def _words(kind: str) -> frozenset[str]:
    text = (resources.files("bt_analysis.sources") / "person_names.toml").read_text(encoding="utf-8")
    return frozenset(str(tomllib.loads(text)[kind]).split())


def has_person_name(text: str) -> bool:
    """Return whether a text holds the name of a person.

    Parameters
    ----------
    text : str
        Any text, or a code such as jan-de-vries.

    Returns
    -------
    bool
        True for a title or initials with a surname, or a first name with a surname. False for a first name alone.
    """
    if any(_is_person(match.end("last"), match["last"], text, match.start()) for match in _TITLED.finditer(text)):
        return True
    if any(_is_initialled(match, text) for match in _INITIALLED.finditer(text)):
        return True
    if any(match["last"].casefold() in _words("surnames") for match in _REVERSED.finditer(text)):
        return True
    return any(_is_full(match, text) for match in _FULL.finditer(text)) or _is_plain(text)


def is_first_name(text: str) -> bool:
    """Return whether a text is a first name and nothing else.

    Parameters
    ----------
    text : str
        A cell that says who did something.

    Returns
    -------
    bool
        True for "Fatima"; in a sentence a first name alone says nothing.
    """
    return text.strip(" .").casefold() in _words("first")


def _is_person(end: int, last: str, text: str, start: int) -> bool:
    """Return whether a surname is no part of the name of a street, a place or an organisation."""
    behind = re.match(r"[\s-]{1,2}([^\W\d_]+)", text[end : end + 40])
    named = re.split(r"['’-]", last.casefold())
    if last.casefold() not in _words("surnames") and any(map(_is_place, named)):
        return False
    if behind and _is_place(behind[1].casefold()):
        return False
    ahead = re.search(r"([^\W\d_]+)[.:]?\s{1,2}(?:van\s|de\s|het\s)?$", text[max(0, start - 40) : start])
    return not (ahead and ahead[1].casefold() in _words("before"))


def _is_place(word: str) -> bool:
    return word.endswith(tuple(_words("places"))) or word in _words("places_alone") | _words("never")


def _is_initialled(match: re.Match[str], text: str) -> bool:
    """Return whether initials and a surname are a name; one initial may also end a sentence (plan A. Daarna)."""
    if _LEGAL.fullmatch(match["first"]):
        return False
    sure = match["first"].count(".") > 1 or match["infix"] or match["last"].casefold() in _words("surnames")
    return bool(sure) and _is_person(match.end("last"), match["last"], text, match.start())


def _is_full(match: re.Match[str], text: str) -> bool:
    first = re.split(r"[-’']", match["first"].casefold())[0]
    if first not in _words("first"):
        return False
    known = match["last"].casefold() in _words("surnames")
    if first in _words("words") and not known:
        return False
    return _is_person(match.end("last"), match["last"], text, match.start())


def _is_plain(text: str) -> bool:
    """Return whether a text or code without capitals has a known first name with a known surname."""
    words = re.split(r"[\W_]+", text[:_LONGEST_PLAIN].casefold())
    for at, first in enumerate(words):
        if first not in _words("first") or first in _words("words"):
            continue
        behind = at + 1
        while behind < len(words) and behind < at + 4 and words[behind] in _INFIXES:
            behind += 1
        if behind < len(words) and words[behind] in _words("surnames"):
            following = words[behind + 1] if behind + 1 < len(words) else ""
            return not _is_place(following) and not (at and words[at - 1] in _words("before"))
    return False
