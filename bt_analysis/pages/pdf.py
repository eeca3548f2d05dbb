"""PDF: a page in; the same page out as a tagged PDF with bookmarks, links and page numbers; nothing else is read."""

from __future__ import annotations

import importlib
import io
import logging
import textwrap
from contextlib import redirect_stdout
from importlib import resources
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from bt_analysis.language import Language

if TYPE_CHECKING:
    from types import ModuleType

VARIANT = "pdf/ua-1"
"""Tagged, so that a reader who cannot see it hears headings, tables and what drawings show."""
INSTALL = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""What brings the library that sets text; pip cannot."""
_SVG = "{http://www.w3.org/2000/svg}"
_OWN = "data:image/"
_TITLE_SIGNS = 110
"""Signs of a title that fit on one line at the head of a page."""


class PdfError(RuntimeError):
    """A page cannot become a PDF; the message says what was got, what is expected and what to do."""


def pdf(html: str, language: Language) -> bytes:
    """Turn a page into a PDF of A4 pages.

    Parameters
    ----------
    html : str
        A page, as :func:`bt_analysis.pages.export.export` makes it.
    language : Language
        The reader's.

    Returns
    -------
    bytes
        The same page and language give the same bytes. Each page has the title of the whole and "2 van 9"; headings are
        bookmarks; a drawing has its description.

    Raises
    ------
    PdfError
        When Pango is not on this machine, or the page asks for anything outside itself.
    """
    weasyprint = _weasyprint()
    refuser, refusal = _refuser()
    try:
        page = weasyprint.HTML(string=html, url_fetcher=refuser)
        _describe(page.etree_element, language)
        style = weasyprint.CSS(string=_css(), url_fetcher=refuser)
        made: bytes = page.write_pdf(stylesheets=[style], pdf_variant=VARIANT)
    except refusal as problem:
        raise PdfError(str(problem)) from problem
    return made


def require() -> None:
    """Tell before anything is made whether a PDF can be made here.

    Raises
    ------
    PdfError
        When a library is wanting; the message says how to get it.
    """
    _weasyprint()


def _weasyprint() -> ModuleType:
    """Import what makes a PDF: it takes a second and libraries of the machine, and most reports make none."""
    # Rules that it does not know, such as those for narrow windows, are for browsers.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        with redirect_stdout(io.StringIO()):  # it prints a page of advice of its own when a library is wanting
            return importlib.import_module("weasyprint")
    except (ImportError, OSError) as problem:
        raise PdfError(
            f"a PDF got no Pango ({str(problem).splitlines()[0]}); expected the library that sets text. "
            f"Install it ({INSTALL}), or ask for html only."
        ) from problem


def _describe(root: ET.Element, language: Language) -> None:
    """Give the page what its PDF needs: words for the margins, and for each drawing its description as a title."""
    head = root.find("head")
    title = "" if head is None else head.findtext("title", "")
    root.set("data-head", textwrap.shorten(title, _TITLE_SIGNS, placeholder=" …"))
    root.set("data-between", language.say("{page} van {pages}", page="", pages=""))
    made_up = head is not None and head.find("meta[@name='synthetic']") is not None
    root.set("data-mark", language.say("Voorbeeld met verzonnen gegevens.") if made_up else "")
    _unfold(root)
    for drawing in root.iter(f"{_SVG}svg"):
        said = drawing.get("aria-label")
        if said and drawing.find(f"{_SVG}title") is None:
            words = ET.Element(f"{_SVG}title")
            words.text = said
            drawing.insert(0, words)


def _unfold(root: ET.Element) -> None:
    """Open what is folded and a link leads into; on paper nobody can, and a link to nothing says nothing."""
    wanted = {link.get("href", "")[1:] for link in root.iter("a")}
    for folded in root.iter("details"):
        if any(one.get("id") in wanted for one in folded.iter()):
            folded.set("open", "")


def _css() -> str:
    return (resources.files("bt_analysis") / "templates" / "pdf.css").read_text(encoding="utf-8")


def _refuser() -> tuple[Any, type[Exception]]:
    """Make what answers a page that asks for an address, pictures within it only; and the error it refuses with."""
    urls = importlib.import_module("weasyprint.urls")
    refusal: type[Exception] = urls.FatalURLFetchingError  # any other error would be passed over in silence

    class Refuser(urls.URLFetcher):  # type: ignore[name-defined, misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not url.casefold().startswith(_OWN):
                raise refusal(
                    f"the page asks for {url[:200]!r} outside itself; expected none. Take it out of the notebook."
                )
            return super().fetch(url, headers)

    return Refuser(), refusal
