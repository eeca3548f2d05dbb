"""The description of a CSV package: a datapackage.json goes in; which file holds which table, and how, comes out.

Only files in the folder itself are looked at, and only by their names. What the description says about columns is not
used: the schemas of the monitoring tables are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bt_analysis.schema import load
from bt_analysis.sources.personal import looks_personal
from bt_analysis.sources.sentences import Findings, Place

DESCRIPTION = "datapackage.json"
LARGEST_DESCRIPTION_MB = 1
SEPARATORS = (",", ";", "\t")
"""What may stand between the columns of a CSV file."""

# What a dialect may say: only what is so anyway.
_USUAL = {
    "delimiter": SEPARATORS,
    "quoteChar": ('"',),
    "doubleQuote": (True,),
    "escapeChar": (None, ""),
    "skipInitialSpace": (False,),
    "header": (True,),
    "headerRows": ([1],),
    "commentChar": (None, ""),
    "commentRows": (None, []),
    "nullSequence": (None, ""),
    "lineTerminator": ("\r\n", "\n", "\r"),
}
_UNUSED = ("$schema", "name", "type", "title", "description", "headerJoin", "headerCase", "caseSensitiveHeader")
_UNUSED_DIALECT = (*_UNUSED, "csvddfVersion", "dialect")


@dataclass(frozen=True)
class Resource:
    """One table of a description.

    Parameters
    ----------
    name : str
        What the description calls it.
    path : Path
        A file in the folder of the package.
    separator : str or None
        What the description says stands between the columns; None when it says nothing.
    schema : object
        What the description says about its columns, or None.
    """

    name: str
    path: Path
    separator: str | None = None
    schema: object = None


def resources(folder: Path, files: list[Path], findings: Findings) -> list[Resource]:
    """Return the tables that a description names, or else the files by their own names.

    Parameters
    ----------
    folder : Path
        Folder of one collective.
    files : list of Path
        The CSV files in it that may be read.
    findings : Findings
        A problem is added for all that does not agree with the files.

    Returns
    -------
    list of Resource
        Each file at most once.
    """
    own_names = [Resource(path.stem, path) for path in files]
    description = folder / DESCRIPTION
    if not description.is_file() or description.is_symlink():
        findings.problem("no_datapackage", Place(folder.name))
        return own_names
    place = Place(f"{folder.name}/{DESCRIPTION}")
    described = _described(description, place, findings)
    if described is None:
        return own_names
    found: dict[Path, Resource] = {}
    for resource in described:
        read = _resource(resource, folder, files, place, findings)
        if read is not None and read.path in found:
            findings.problem("path_twice", place, got=read.path.name)
        elif read is not None:
            found[read.path] = read
    named = {path for resource in described for path in _paths(resource)}
    for path in files:
        if path.name not in named:
            findings.problem("unlisted_file", Place(f"{folder.name}/{path.name}"))
    return list(found.values())


def contradicts(resource: Resource, table: str) -> bool:
    """Return whether a description has columns of its own for a monitoring table.

    Parameters
    ----------
    resource : Resource
        What the description says.
    table : str
        Name of the monitoring table.

    Returns
    -------
    bool
        False without a schema, and when its columns have the names and types of the table.
    """
    if resource.schema is None:
        return False
    fields = resource.schema.get("fields") if isinstance(resource.schema, dict) else None
    if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
        return True
    known = {field["name"]: field["type"] for field in load(table)["fields"]}
    return any(str(field.get("type", "any")) not in ("any", known.get(str(field.get("name")))) for field in fields)


def _described(path: Path, place: Place, findings: Findings) -> list[dict[str, Any]] | None:
    """Return the resources of a description; None when they cannot be read."""
    size = path.stat().st_size / 1e6
    if size > LARGEST_DESCRIPTION_MB:
        findings.problem("too_large", place, got=round(size), limit=LARGEST_DESCRIPTION_MB)
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        content = None
    named = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(named, list) or not named or not all(map(_is_named, named)):
        findings.problem("bad_datapackage", place)
        return None
    return named


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, in which no name may stand twice: readers differ in which one counts."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError(f"{len(pairs) - len(dict(pairs))} names stand twice in an object; expected each once.")
    return dict(pairs)


def _is_named(resource: object) -> bool:
    if not isinstance(resource, dict) or not isinstance(resource.get("name"), str):
        return False
    return "data" in resource or bool(_paths(resource))


def _paths(resource: Mapping[str, Any]) -> list[str]:
    """Return the paths of a resource; one in a list is one path."""
    path = resource.get("path")
    paths = path if isinstance(path, list) else [path]
    texts = [each for each in paths if isinstance(each, str)]
    return texts if len(texts) == len(paths) else []


def _resource(
    resource: dict[str, Any], folder: Path, files: list[Path], place: Place, findings: Findings
) -> Resource | None:
    """Return a resource whose file is there and can be read as it says; None when that is a problem."""
    name, paths = resource["name"], _paths(resource)
    if any(looks_personal(text.replace("_", " ")) for text in (name, *paths)):
        findings.problem("personal_file", place, got=".csv")
        return None
    if len(paths) != 1 or "data" in resource:
        findings.problem("no_path", place)
        return None
    if _is_outside(paths[0]):
        findings.problem("outside_folder", place, got=paths[0])
        return None
    if folder / paths[0] not in files:
        findings.problem("missing_file", place, got=paths[0])
        return None
    unusual = _unusual(resource.get("dialect"))
    if unusual is not None:
        findings.problem("dialect", place, got=unusual)
        return None
    return Resource(name, folder / paths[0], (resource.get("dialect") or {}).get("delimiter"), resource.get("schema"))


def _is_outside(path: str) -> bool:
    """Return whether a path is anything but the name of a file in the same folder, on any system."""
    return not path or path in (".", "..") or any(sign in path for sign in "/\\:\x00") or not path.isprintable()


def _unusual(dialect: object) -> str | None:
    """Return what in a dialect is not read, or None when all of it is as usual."""
    if dialect is None:
        return None
    if not isinstance(dialect, dict):
        return "path"
    for name, value in dialect.items():
        if name not in _UNUSED_DIALECT and value not in _USUAL.get(name, ()):
            return str(name)
    return None
