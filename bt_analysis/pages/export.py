"""Export: an executed notebook in, one self-contained HTML page out; a page that reaches outside itself is refused."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING

import pandas as pd

from bt_analysis import __version__
from bt_analysis.language import Language
from bt_analysis.pages import audiences
from bt_analysis.pages.html import css

if TYPE_CHECKING:
    import nbformat
    from nbconvert import TemplateExporter

_LEADS_OUT = {
    "src", "srcset", "href", "xlink:href", "action", "formaction", "data", "poster", "background", "srcdoc",
}  # fmt: skip
"""Attributes with an address; namespaces of SVG are names, not requests."""
_TAGS = {"script", "link", "iframe", "object", "embed", "base", "form"}
_STYLES = re.compile(r"url\(\s*[\"']?(?!#|data:image/)[^)]*|@import[^;]*", re.IGNORECASE)
_OWN = ("#", "data:image/")
_SAID = re.compile(r"aria-.*|data-.*|title|alt|summary|content")
"""Attributes that are read aloud or shown as text, so that url( in them is only what somebody typed."""


class ExportError(RuntimeError):
    """A notebook cannot become a page that may be published; the message says why."""


def frame(title: str, language: Language, *, synthetic: bool) -> dict[str, object]:
    """Say what the frame of a page needs: title, language, footer, style.

    Parameters
    ----------
    title : str
        Title of the page.
    language : Language
        The reader's.
    synthetic : bool
        Whether the data are made up; marks title and footer.

    Returns
    -------
    dict
        For the templates, as ``page``.
    """
    made = language.say(
        "Gemaakt op {date} met bt_analysis {version}.", date=language.date(pd.Timestamp.now()), version=__version__
    )
    mark = language.say("Voorbeeld met verzonnen gegevens.") + " " if synthetic else ""
    return {
        "title": ("[" + language.say("verzonnen") + "] " if synthetic else "") + title, "lang": language.code,
        "footer": mark + made, "css": css(), "version": __version__, "synthetic": synthetic,
    }  # fmt: skip


def export(notebook: nbformat.NotebookNode, page_values: dict[str, object], audience: str | None = None) -> str:
    """Turn an executed notebook into one self-contained HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        With outputs.
    page_values : dict
        As :func:`frame` gives.
    audience : str, optional
        One of :data:`bt_analysis.pages.audiences.AUDIENCES`; none: the collective itself, which sees all of it.

    Returns
    -------
    str
        HTML without code cells; a link to what the audience does not see is plain text.

    Raises
    ------
    ExportError
        When the notebook shows nothing, or the page would ask a browser for anything outside the file.
    """
    chosen = audiences.select(notebook, audience)
    html, _ = _exporter().from_notebook_node(chosen, resources={"page": page_values})
    if "<h1" not in html:
        raise ExportError(
            "the notebook shows no title; expected sections as HTML. End its cells with what they must show."
        )
    outside = outside_requests(html)
    if outside:
        raise ExportError(
            f"the page asks for {outside[0]!r} outside itself; expected none. Take it out of the notebook."
        )
    # The whole report has no dead link; where an audience sees less, what it led to is not there.
    return str(html) if audience is None else audiences.without_dead_links(html)


def outside_requests(html: str) -> list[str]:
    """List what in a page would ask for something outside it, or run a script.

    Parameters
    ----------
    html : str
        A page.

    Returns
    -------
    list of str
        Empty for a page that is one file.
    """
    found = _Requests()
    found.feed(html)
    found.close()
    return found.found


class _Requests(HTMLParser):
    """Reads a page as a browser would, so that a > inside an attribute hides nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if tag in _TAGS:
            self.found.append(f"<{tag}")
        for name, text in attrs:
            value = (text or "").strip()
            if name.startswith("on") or (name in _LEADS_OUT and value and not value.startswith(_OWN)):
                self.found.append(f'{name}="{value}"')
            if name == "style" or ("url(" in value and not _SAID.fullmatch(name)):
                self.found += _STYLES.findall(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.found += _STYLES.findall(data)


@cache
def _exporter() -> TemplateExporter:
    from nbconvert import TemplateExporter  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    # The exporter for HTML would read the page once more, at ten times the cost of the template, for what these pages
    # never have: Jupyter's own boxes, and images of which nobody says what they show.
    templates = resources.files("bt_analysis") / "templates"
    return TemplateExporter(  # type: ignore[no-untyped-call]
        template_name="report",
        file_extension=".html",
        extra_template_basedirs=[str(templates)],
        exclude_input=True,
        optimistic_validation=True,
    )
