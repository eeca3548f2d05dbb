"""Behind the two pages: what a section has no room for in; a part of the appendix under a head of its own out.

The titles of the sections are kept here, so that both heads say the same.
"""

from __future__ import annotations

import re
from typing import Protocol

from markupsafe import Markup

from bt_analysis.pages.content import Content
from bt_analysis.pages.html import Html

TITLES = {
    2: "Wat we samen deden",
    3: "De buurt en wie we bereikten",
    4: "Wat veranderde, en wat we niet kunnen zien",
    5: "Wat werkte, wat werkte niet",
    6: "Wat gebeurde er met onze inbreng",
    7: "Hoe we samenwerken",
    8: "Waarde",
    9: "Wat we niet weten · Weerwoord · Volgende stap",
}
"""Section of a collective's report → its title."""


_IDS = re.compile(r'(\sid="|href="#|url\(#)(f[0-9a-f]{8}-)')
"""Ids of parts of a drawing, and what leads to them."""


class Shown(Protocol):
    """Anything that a notebook shows as HTML."""

    def _repr_html_(self) -> str: ...


def title(content: Content, number: int) -> str:
    """Write the head of a section.

    Parameters
    ----------
    content : Content
        A collective's report.
    number : int
        Of the section.

    Returns
    -------
    str
        As ``7 · Hoe we samenwerken``.
    """
    return f"{number} · {content.language.say(TITLES[number])}"


def part(content: Content, number: int, *pieces: Shown) -> Html:
    """Put what lies behind a section under one head.

    Parameters
    ----------
    content : Content
        A collective's report.
    number : int
        Of the section.
    *pieces : Shown
        Tables, figures and texts, in the order in which they are read.

    Returns
    -------
    Html
        The head and the pieces; empty when none of them shows anything.
    """
    body = "".join(piece._repr_html_() for piece in pieces)
    # The same drawing may stand on the two pages too, and an id may stand on a page once.
    body = _IDS.sub(rf"\g<1>\g<2>{number}-", body)
    if not body.strip():
        return Html("")
    say = content.language.say
    name = say("Meer over {n} · {title}", n=str(number), title=say(TITLES[number]))
    head = Markup('<h2 id="meer-{}">{}</h2>').format(number, name)
    return Html(f"{head}{body}")
