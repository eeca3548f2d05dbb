"""Pages that are made of the source: schemas, the list of methods and docstrings come in; Markdown goes out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bt_analysis import schema
from bt_analysis.dictionary.fields import UNITS
from bt_analysis.schema import FieldDescriptor
from bt_analysis.settings import Settings

PACKAGE = Path(schema.__file__).parent

STAGES = {
    "harmonised": "Figures of regions, brought to one division",
    "joined": "Work areas and records together: for the data steward only",
    "analysed": "What reports and notebooks read: protected",
    "across": "What the cross-domain report is made of",
    "disclosure": "Which rule hid what: for the data steward only",
    "released": "What is known outside: for the data steward only",
    "archive": "What `bt export` writes beside the figures",
}
"""First word of a schema's name → what the tables of that stage are for."""

_BAR = "&#124;"  # | would begin another cell of a table
_ROW = re.compile(r"^\| `(?P<name>\w+)` \| (?P<cells>.*) \|$")


@dataclass(frozen=True)
class Method:
    """One line of the list of methods.

    Parameters
    ----------
    chapter : str
        Head it stands under.
    name : str
        Module or folder in ``bt_analysis/methods``.
    does, source, checked, trap : str
        The four cells beside it.
    """

    chapter: str
    name: str
    does: str
    source: str
    checked: str
    trap: str


def built_tables() -> str:
    """Write the tables that a build makes as a page.

    Returns
    -------
    str
        Per stage each table, and per table each column with its unit.
    """
    parts = [
        "# Data dictionary: what a build makes\n",
        (
            "Made of `bt_analysis/schemas/*.json` when these pages are built. A table lies in "
            "`data/processed/<stage>/`; "
            'read it with `bt_analysis.pages.stored.read(workspace, "analysed/estimates")`. What collectives deliver '
            "stands in [the other dictionary](data-dictionary.md).\n"
        ),
    ]
    for stage, about in STAGES.items():
        parts.append(f"## {stage.capitalize()}: {about[0].lower()}{about[1:]}\n")
        parts += [_table(name) for name in _of_stage(stage)]
    return "\n".join(parts)


def _of_stage(stage: str) -> list[str]:
    """Name the schemas of a stage; each schema that nobody delivers is of one."""
    return sorted(path.stem for path in (PACKAGE / "schemas").glob(f"{stage}_*.json"))


def _table(name: str) -> str:
    descriptor = schema.load(name)
    key = " + ".join(f"`{column}`" for column in schema.key(descriptor)) if "primaryKey" in descriptor else "none"
    title = f": {descriptor['title_en']}" if "title_en" in descriptor else ""
    lines = [f"### `{name}`{title}\n", f"{descriptor['description']}. Key: {key}.\n"]
    lines += ["| column | holds | unit | explanation |", "|---|---|---|---|"]
    for field in descriptor["fields"]:
        cells = (f"`{field['name']}`", _holds(field), _unit(field), field["description"])
        lines.append(f"| {' | '.join(str(cell).replace('|', _BAR) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _holds(field: FieldDescriptor) -> str:
    options = field.get("constraints", {}).get("enum")
    return "one of: " + ", ".join(map(str, options)) if options else str(field["type"])


def _unit(field: FieldDescriptor) -> str:
    dutch = str(field.get("unit", ""))
    return UNITS.get(dutch, dutch)


def methods(page: str) -> list[Method]:
    """Read the list of methods.

    Parameters
    ----------
    page : str
        Text of ``docs/methods.md``.

    Returns
    -------
    list of Method
        One per row of its tables, in their order.
    """
    found, chapter = [], ""
    for line in page.splitlines():
        chapter = line.removeprefix("## ") if line.startswith("## ") else chapter
        row = _ROW.match(line)
        if row:
            found.append(Method(chapter, row["name"], *row["cells"].split(" | ")))
    return found


def method_page(method: Method) -> str:
    """Write a method as a page: what it does, where it comes from, and its functions with their formulas.

    Parameters
    ----------
    method : Method
        A line of the list.

    Returns
    -------
    str
        Markdown that Sphinx fills in with the docstrings.
    """
    rows = (("source", method.source), ("checked by", method.checked), ("where it misleads", method.trap))
    head = [
        f"# `{method.name}`: {method.does}\n",
        f"*{method.chapter}.* The formula stands under *Notes*. [All methods](../methods.md)\n",
        "| | |\n|---|---|",
        *(f"| **{name}** | {text} |" for name, text in rows),
        "",
    ]
    return "\n".join([*head, *(automodule(name) for name in _modules(f"methods/{method.name}"))])


def api_page(title: str, units: tuple[str, ...]) -> str:
    """Write a page of the API reference.

    Parameters
    ----------
    title : str
        Head of the page.
    units : tuple of str
        Modules, or folders of modules, below ``bt_analysis``, such as ``pages/content``.

    Returns
    -------
    str
        Markdown: a list of the modules, then each with its functions.
    """
    names = [name for unit in units for name in _modules(unit)]
    listed = ["```{eval-rst}", ".. autosummary::", "", *(f"   {name}" for name in names), "```\n"]
    return "\n".join([f"# {title}\n", *listed, *(f"## `{name}`\n\n{automodule(name)}" for name in names)])


def automodule(name: str) -> str:
    """Ask Sphinx for the docstrings of a module.

    Parameters
    ----------
    name : str
        Full name of the module.

    Returns
    -------
    str
        The directive.
    """
    # What a folder hands on from its modules stands under these.
    return f"```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n   :ignore-module-all:\n```\n"


def module_list() -> str:
    """List every module of the package with the first line of its docstring.

    Returns
    -------
    str
        A table per folder.
    """
    parts = ["# Every module\n", "What comes in and what goes out, in the words of the module itself.\n"]
    folders = sorted({path.parent for path in PACKAGE.rglob("*.py")})
    for folder in folders:
        name = ".".join(("bt_analysis", *folder.relative_to(PACKAGE).parts))
        parts += [f"## `{name}`\n", "| module | |\n|---|---|"]
        parts += [f"| `{path.stem}` | {_first_line(path)} |" for path in sorted(folder.glob("*.py"))]
        parts.append("")
    return "\n".join(parts)


def _first_line(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n")[0].replace("\n", " ").replace("``", "`").replace("|", _BAR)


def index(title: str, about: str, names: Sequence[str]) -> str:
    """Write a page that leads to others.

    Parameters
    ----------
    title, about : str
        Its head, and a sentence.
    names : sequence of str
        Pages in the same folder.

    Returns
    -------
    str
        Markdown with a table of contents.
    """
    return f"# {title}\n\n{about}\n{contents(names)}"


def contents(names: Sequence[str], *, hidden: bool = False) -> str:
    """Ask Sphinx for a table of contents.

    Parameters
    ----------
    names : sequence of str
        Pages, as seen from the page it stands on.
    hidden : bool
        Only for the bar at the side.

    Returns
    -------
    str
        The directive.
    """
    return "\n".join(["\n```{toctree}", ":hidden:" if hidden else ":maxdepth: 1", "", *names, "```\n"])


def settings_page() -> str:
    """List every setting with its default.

    Returns
    -------
    str
        A table per section of bt.toml.
    """
    parts = [
        "# Settings\n",
        (
            "What may stand in `bt.toml`; an empty one gives every default. A variable `BT_SECTION__NAME` wins over "
            "it. Thresholds that a report depends on are printed in that report.\n"
        ),
    ]
    top = [(name, one) for name, one in Settings.model_fields.items() if not isinstance(one.default, BaseModel)]
    parts += ["## At the top\n", _settings(top)]
    for name, one in Settings.model_fields.items():
        if isinstance(one.default, BaseModel):
            section = type(one.default)
            parts += [f"## `[{name}]`\n", f"{section.__doc__}\n", _settings(section.model_fields.items())]
    return "\n".join(parts)


def _settings(fields: Iterable[tuple[str, FieldInfo]]) -> str:
    rows = [f"| `{name}` | {_default(one.default)} | {one.description or ''} |" for name, one in fields]
    return "\n".join(["| setting | default | |", "|---|---|---|", *rows, ""])


def _default(value: object) -> str:
    if isinstance(value, dict):
        return "a table per year"
    return "none" if value in (None, "") else f"`{value}`"


def _modules(unit: str) -> Iterator[str]:
    """Name the modules of a unit: the module itself, or a folder and all that is public in it."""
    place = PACKAGE / unit
    name = ".".join(("bt_analysis", *Path(unit).parts))
    yield name
    if place.is_dir():
        yield from (f"{name}.{path.stem}" for path in sorted(place.glob("*.py")) if not path.stem.startswith("_"))
