"""What the data dictionary says of a table and a column, whatever its form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bt_analysis import schema
from bt_analysis.schema import Descriptor, FieldDescriptor, SchemaError
from bt_analysis.sources.workbook import table_name

CHAPTERS = {
    1: ("Wie en waar", "Who and where"),
    2: ("Wat er gebeurt", "What happens"),
    3: ("Indicatoren en metingen", "Indicators and measurements"),
    4: ("Peilingen en vragenlijsten", "Surveys and instruments"),
    5: ("Experimenten, inbreng en besluiten", "Experiments, inputs and decisions"),
    6: ("Samenwerken en hindernissen", "Cooperation and obstacles"),
    7: ("Verandertheorie, bewijs en lessen", "Theory of change, evidence and lessons"),
    8: ("Uitspraken, teruggeven en toestemming", "Claims, return and consent"),
}
"""Chapter of the data model → its title in Dutch and English."""

LEVELS = {
    "L1": ("blijft bij het collectief", "stays with the collective"),
    "L2": ("gaat mee in een bundel, na controle op herkenbaarheid", "travels in a bundle, after disclosure control"),
    "L3": ("openbaar", "public"),
}
"""Protection level → what may happen with the rows, in Dutch and English."""

DERIVED = ("item_use",)
"""Tables that the program makes itself; nobody delivers them."""

EVERYWHERE = ("text_consent", "recorded_at", "recorded_by_role", "source_id", "version")
"""Columns that come back in every table; the first only where people write text."""
UNITS = {
    "%": "%", "0 of 1": "0 or 1", "code": "code", "deel": "share", "deel per jaar": "share per year",
    "deelnames": "contacts", "euro": "euros", "euro per persoon": "euros per person", "euro per uur": "euros per hour",
    "groep": "group", "jaar": "years", "keren": "times", "klasse": "class", "lessen": "lessons", "maanden": "months",
    "minuten": "minutes", "nummer": "number", "per persoon": "per person", "personen": "people", "punten": "points",
    "score": "score", "uur": "hours", "uur per jaar": "hours per year", "vragen": "items",
    "zie indicator": "see indicator",
}  # fmt: skip
"""Unit of a column in Dutch → in English."""

_TYPES = {
    "string": ("tekst", "text"),
    "integer": ("heel getal", "whole number"),
    "number": ("getal", "number"),
    "boolean": ("ja of nee", "yes or no"),
    "date": ("datum", "date"),
    "datetime": ("datum en tijd", "date and time"),
    "year": ("jaar", "year"),
}


def chosen(names: Collection[str]) -> list[str]:
    """Return the tables that are meant.

    Parameters
    ----------
    names : collection of str
        Names or titles, in Dutch or English; none means every table.

    Returns
    -------
    list of str
        Names of tables, by chapter.

    Raises
    ------
    SchemaError
        For a name that no table has.
    """
    every = sorted((*schema.MONITORING, *DERIVED), key=lambda name: int(schema.load(name)["chapter"]))
    if not names:
        return every
    wanted = set()
    for name in names:
        found, close = (name, None) if name in DERIVED else table_name(name)
        if found is None:
            suggestion = f"Do you mean {close}?" if close else "bt tables lists them."
            raise SchemaError(f"table {name!r} does not exist; expected one of {', '.join(every)}. {suggestion}")
        wanted.add(found)
    return [name for name in every if name in wanted]


def holds(field: FieldDescriptor, table: str, lang: str) -> str:
    """Say what may stand in a cell.

    Parameters
    ----------
    field : dict
        Field of the table's schema.
    table : str
        Name of the table.
    lang : str
        Language: nl or en.

    Returns
    -------
    str
        Such as "heel getal van 1 tot en met 5 (punten)", the options, or the table that the code comes from.
    """
    constraints = field.get("constraints", {})
    if "enum" in constraints:
        return say("een van", "one of", lang) + ": " + ", ".join(constraints["enum"])
    if "enum" in field.get("listOf", {}):
        return say("een of meer van", "one or more of", lang) + ": " + ", ".join(field["listOf"]["enum"])
    for reference in schema.references(table):
        if reference.column == field["name"]:
            what = ("codes uit", "codes from") if reference.many else ("code uit", "code from")
            return f"{say(*what, lang)} {reference.table}"
    if "listOf" in field:
        return say("lijst met ; ertussen", "list with ; between", lang)
    dutch = str(field.get("unit", ""))
    unit = f" ({say(dutch, UNITS.get(dutch, dutch), lang)})" if dutch else ""
    return say(*_TYPES[field["type"]], lang) + _range(constraints, lang) + unit


def _range(constraints: dict[str, Any], lang: str) -> str:
    low, high = constraints.get("minimum"), constraints.get("maximum")
    if low is not None and high is not None:
        return say(f" van {low} tot en met {high}", f" from {low} to {high}", lang)
    return "" if low is None else say(f", {low} of meer", f", {low} or more", lang)


def in_language(descriptor: Descriptor, part: str, lang: str) -> str:
    """Return a title or description in a language.

    Parameters
    ----------
    descriptor : dict
        A schema, or a field of it.
    part : str
        title or description.
    lang : str
        Language: nl or en.

    Returns
    -------
    str
        As the schema has it.
    """
    return str(descriptor[part if lang == "nl" else f"{part}_en"])


def example(field: FieldDescriptor, lang: str) -> str:
    """Return a value that a cell may hold, as a person types it.

    Parameters
    ----------
    field : dict
        Field of a schema.
    lang : str
        Language of yes and no: nl or en.

    Returns
    -------
    str
        The example of the schema.
    """
    value = field["example"]
    if isinstance(value, bool):
        return say("ja", "yes", lang) if value else say("nee", "no", lang)
    return str(value)


def say(dutch: str, english: str, lang: str) -> str:
    """Return the words of a language.

    Parameters
    ----------
    dutch, english : str
        The same in two languages.
    lang : str
        Language: nl or en.

    Returns
    -------
    str
        One of the two.
    """
    return dutch if lang == "nl" else english
