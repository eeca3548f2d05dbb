"""HTML from templates: values in, escaped HTML out. Nothing a person typed becomes markup."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from bt_analysis.language import Language, Marked


class Html(str):
    """A piece of a page, which a notebook shows as it is."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)

    def __html__(self) -> str:
        """Tell a template that this is markup already; what is added to it becomes plain text, and is escaped."""
        return str(self)


def render(template: str, language: Language, **values: object) -> Html:
    """Fill in a template.

    Parameters
    ----------
    template : str
        Name of a file in ``templates``.
    language : Language
        The reader's; templates call it as ``say``.
    **values : object
        What is filled in; every text is escaped.

    Returns
    -------
    Html
        The filled-in template.

    Raises
    ------
    jinja2.UndefinedError
        When a value is missing: an empty place in a report is a defect, not a blank.
    """
    return Html(_environment().get_template(template).render(say=language.say, language=language, **values))


def text(
    language: Language, title: str, paragraphs: Sequence[str] = (), tile: str = "", points: Sequence[str] = ()
) -> Html:
    """Write a section of words only.

    Parameters
    ----------
    language : Language
        The reader's.
    title : str
        Its head; empty when it goes on under an earlier one.
    paragraphs : sequence of str
        What it says, a paragraph each.
    tile : str
        A sentence that stands by itself, such as what is not kept yet.
    points : sequence of str
        What it lists.

    Returns
    -------
    Html
        The section.
    """
    values = {"title": title, "paragraphs": paragraphs, "tile": tile, "points": points}
    return render("sections/text.html.j2", language, **values)


def cell(text: object, kind: str = "", claim_id: str = "", span: int = 1) -> dict[str, str]:
    """Make a cell of the table template.

    Parameters
    ----------
    text : object
        What it says.
    kind : str
        ``figure`` (to the right), ``why`` (small), ``code``, or nothing.
    claim_id : str
        Line of the appendix that it leads to.
    span : int
        Columns it takes.

    Returns
    -------
    dict of str to str
        For ``sections/table.html.j2``.
    """
    return {
        "text": text if isinstance(text, Marked) else str(text),
        "kind": kind,
        "claim_id": claim_id,
        "span": str(span),
    }


def css() -> str:
    """Return the style sheet of all pages.

    Returns
    -------
    str
        CSS without any address.
    """
    return (resources.files("bt_analysis") / "templates" / "style.css").read_text(encoding="utf-8")


def compile_sections() -> None:
    """Compile the templates of all sections, which every report would do again."""
    for name in _environment().list_templates(filter_func=lambda one: one.startswith("sections/")):
        _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bt_analysis"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
