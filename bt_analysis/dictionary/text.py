"""The data dictionary for a terminal: names of tables in; lines out."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Sequence

from bt_analysis import schema
from bt_analysis.dictionary.fields import CHAPTERS, LEVELS, chosen, example, holds, in_language, say
from bt_analysis.schema import Descriptor
from bt_analysis.sources.cell_hints import is_required

WIDTH = 100
"""Columns of a terminal that the text fits in."""


def as_text(names: Collection[str], lang: str) -> str:
    """Write tables for a terminal: all of them in a line each, or of some every column.

    Parameters
    ----------
    names : collection of str
        As :func:`chosen` takes them.
    lang : str
        Language: nl or en.

    Returns
    -------
    str
        Lines of at most ``WIDTH`` characters.

    Raises
    ------
    SchemaError
        For a name that no table has.
    """
    tables = chosen(names)
    if not names:
        return "".join(_overview_lines(tables, lang))
    return "\n".join(_table_text(name, lang) for name in tables)


def _overview_lines(tables: Sequence[str], lang: str) -> Iterator[str]:
    before = None
    for name in tables:
        descriptor = schema.load(name)
        if descriptor["chapter"] != before:
            before = descriptor["chapter"]
            yield f"{'' if before == 1 else chr(10)}{before}. {say(*CHAPTERS[before], lang)}\n"
        mark = "*" if name in schema.MINIMAL else " "
        yield _wrapped(
            f"{mark} {name:<20} {descriptor['protection_level']}  ", in_language(descriptor, "description", lang)
        )
    yield say(
        "\n* hoort bij de vijf tabellen voor een eerste rapport. bt tables NAAM toont de kolommen.\n",
        "\n* is one of the five tables for a first report. bt tables NAME shows the columns.\n",
        lang,
    )


def _table_text(name: str, lang: str) -> str:
    descriptor = schema.load(name)
    level = descriptor["protection_level"]
    lines = [
        f"{name} · {in_language(descriptor, 'title', lang)}\n",
        _wrapped("", f"{in_language(descriptor, 'description', lang)}."),
        f"{level}: {say(*LEVELS[level], lang)} · {_opens(descriptor, lang)}\n\n",
    ]
    for field in descriptor["fields"]:
        title = f"{'*' if is_required(field) else ' '} {field['name']} · {in_language(field, 'title', lang)}\n"
        such_as = say("zoals", "such as", lang)
        lines += [title, _wrapped(" " * 4, f"{holds(field, name, lang)} · {such_as} {example(field, lang)}")]
        lines.append(_wrapped(" " * 4, in_language(field, "description", lang)))
    return "".join(lines)


def _opens(descriptor: Descriptor, lang: str) -> str:
    if descriptor.get("derived"):
        return say("wordt berekend", "is computed", lang)
    return say("opent", "opens", lang) + f" '{descriptor['section']}'"


def _wrapped(start: str, text: str) -> str:
    lines = textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)
    return "\n".join(lines) + "\n"
