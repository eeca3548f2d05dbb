"""The data dictionary as a page: names of tables in; the text of ``docs/data-dictionary.md`` out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bt_analysis import schema
from bt_analysis.dictionary.fields import CHAPTERS, EVERYWHERE, LEVELS, chosen, example, holds
from bt_analysis.schema import FieldDescriptor
from bt_analysis.sources.cell_hints import is_required

_BAR = "&#124;"  # | would begin another cell of a table

_INTRODUCTION = """# Data dictionary: what collectives record

Written by `bt tables --format markdown > docs/data-dictionary.md`; the schemas themselves are
`bt_analysis/schemas/*.json`. Dutch first, as it stands in a workbook, then *English*, then an example.

**Five tables are enough for a first report**:
{minimal}.
Each other table opens a section of it; a table that is not kept prints "nog niet bijgehouden" there, and is never an
error.

A column with **\\*** has to be filled in. In any other cell the reason why there is no value may stand instead of one:

| in the cell | means |
|---|---|
{missing}

Dates are written 31-12-2024 or 2024-12-31; several values in one cell have `;` between them.

| level | what may happen with the rows |
|---|---|
{levels}
"""


def as_markdown(names: Collection[str]) -> str:
    """Write tables as a page: of all tables the text of ``docs/data-dictionary.md``, of some only those.

    Parameters
    ----------
    names : collection of str
        As :func:`chosen` takes them.

    Returns
    -------
    str
        Per chapter each table, and per table each column.

    Raises
    ------
    SchemaError
        For a name that no table has.
    """
    tables = chosen(names)
    parts = [] if names else [_introduction(), _contents(tables), _everywhere()]
    for chapter in sorted({schema.load(name)["chapter"] for name in tables}):
        nl, en = CHAPTERS[chapter]
        parts.append(f"## {chapter}. {nl} · *{en}*\n")
        parts += [_table_page(name) for name in tables if schema.load(name)["chapter"] == chapter]
    return "\n".join(parts)


def _introduction() -> str:
    words = {word["value"]: word["label"] for word in schema.load("activity")["missingValues"]}
    said = [(f"`{word}`" if word else "*nothing*", label.replace("_", " ")) for word, label in words.items()]
    return _INTRODUCTION.format(
        minimal=", ".join(f"[`{name}`](#{name})" for name in schema.MINIMAL),
        missing="\n".join(f"| {word} | {label} |" for word, label in said),
        levels="\n".join(f"| {level} | {nl}<br>*{en}* |" for level, (nl, en) in LEVELS.items()),
    )


def _contents(tables: Sequence[str]) -> str:
    lines = ["| table | | level | opens the section |", "|---|---|---|---|"]
    for name in tables:
        descriptor = schema.load(name)
        title = f"{descriptor['title']}<br>*{descriptor['title_en']}*"
        section = "*computed, not delivered*" if descriptor.get("derived") else descriptor["section"]
        lines.append(f"| [`{name}`](#{name}) | {title} | {descriptor['protection_level']} | {section} |")
    return "\n".join(lines) + "\n"


def _everywhere() -> str:
    """Return the columns that come back in every table, so that they are explained once."""
    fields = {field["name"]: field for field in schema.load("actor")["fields"]}
    return (
        "## In every table\n\nThese may stay empty. `text_consent` is only in tables with text that people wrote (✎): "
        "without consent that text is not published.\n\n" + _columns([fields[name] for name in EVERYWHERE], "actor")
    )


def _table_page(name: str) -> str:
    descriptor = schema.load(name)
    level = descriptor["protection_level"]
    key = " + ".join(f"`{column}`" for column in schema.key(descriptor))
    opens = "computed, not delivered" if descriptor.get("derived") else f"opens *{descriptor['section']}*"
    common = set(EVERYWHERE) - set(schema.key(descriptor))
    fields = [field for field in descriptor["fields"] if field["name"] not in common]
    return (
        f'### <a id="{name}"></a>`{name}`: {descriptor["title"]} · *{descriptor["title_en"]}*\n\n'
        f"{descriptor['description']}.<br>*{descriptor['description_en']}.*\n\n"
        f"{level}, {LEVELS[level][1]} · key {key} · {opens}\n\n" + _columns(fields, name)
    )


def _columns(fields: Sequence[FieldDescriptor], table: str) -> str:
    lines = ["| column | | holds | explanation |", "|---|---|---|---|"]
    for field in fields:
        marks = (" **\\***" if is_required(field) else "") + (" ✎" if field.get("freeText") else "")
        title = f"{field['title']}<br>*{field['title_en']}*"
        told = f"{field['description']}<br>*{field['description_en']}*<br>`{example(field, 'nl')}`"
        cells = (f"`{field['name']}`{marks}", title, holds(field, table, "nl"), told)
        lines.append(f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |")
    return "\n".join(lines) + "\n"
