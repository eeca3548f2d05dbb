"""Descriptors of tables: the name of a table goes in; its Table Schema, or one thing that it says, comes out.

A schema is a Frictionless Table Schema in ``schemas/<name>.json``. Beside what Frictionless defines, a field may be a
list (``listOf``), a text that people wrote (``freeText``) or a count of people (``persons``).
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Collection
from importlib import resources
from typing import Any, NamedTuple, Never

Descriptor = dict[str, Any]
FieldDescriptor = dict[str, Any]


class SchemaError(ValueError):
    """A table between two stages is not what its schema says; the message names table, column, value and rows."""


class Reference(NamedTuple):
    """A column whose values are ids in another table."""

    column: str
    table: str
    field: str
    many: bool = False
    """The cell holds a list of ids, with ; between them."""


def names() -> list[str]:
    """Return the names of all schemas.

    Returns
    -------
    list of str
        Sorted; each can be given to :func:`load`.
    """
    return list(_names())


@functools.cache
def load(name: str) -> Descriptor:
    """Read one schema.

    Parameters
    ----------
    name : str
        Name of a table, such as ``"activity"``.

    Returns
    -------
    dict
        Table Schema descriptor with ``fields``, ``primaryKey``, ``missingValues``; the same object for every caller, so
        it refuses to be changed. ``copy.deepcopy`` gives one of your own.

    Raises
    ------
    SchemaError
        When there is no schema of that name.
    """
    if name not in _names():
        raise SchemaError(f"schema {name!r} does not exist; expected one of {', '.join(_names())}.")
    descriptor: Descriptor = _frozen(json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8")))
    return descriptor


def key(descriptor: Descriptor) -> list[str]:
    """Return the columns that together name one row.

    Parameters
    ----------
    descriptor : dict
        What :func:`load` returns.

    Returns
    -------
    list of str
        Empty when the schema has no primary key.
    """
    columns = descriptor.get("primaryKey", [])
    return [columns] if isinstance(columns, str) else list(columns)


def protection(name: str) -> str:
    """Return how far the rows of a table may travel.

    Parameters
    ----------
    name : str
        Name of a monitoring table.

    Returns
    -------
    str
        L1: stays with the collective; L2: in a bundle, after disclosure control; L3: public.
    """
    return str(load(name)["protection_level"])


def foreign_keys(name: str) -> list[Reference]:
    """Return the columns that hold one id of another table.

    Parameters
    ----------
    name : str
        Name of a table.

    Returns
    -------
    list of Reference
        In the order of the schema.
    """
    return [
        Reference(foreign["fields"][0], foreign["reference"]["resource"], foreign["reference"]["fields"][0])
        for foreign in load(name).get("foreignKeys", [])
    ]


def references(name: str) -> list[Reference]:
    """Return the columns that hold one id of another table, and those that hold a list of them.

    Parameters
    ----------
    name : str
        Name of a table.

    Returns
    -------
    list of Reference
        The foreign keys first; ``many`` tells the two apart.
    """
    lists = [
        Reference(column, of["resource"], of["field"], many=True)
        for column, of in list_fields(name).items()
        if "resource" in of
    ]
    return [*foreign_keys(name), *lists]


def list_fields(name: str) -> dict[str, dict[str, Any]]:
    """Return the columns whose cells hold a list, with ; between its members.

    Parameters
    ----------
    name : str
        Name of a table.

    Returns
    -------
    dict
        Column → what a member is: ``{"enum": [...]}``, ``{"resource": ..., "field": ...}``, or ``{}`` for any text.
    """
    return {field["name"]: field["listOf"] for field in load(name)["fields"] if "listOf" in field}


def person_fields(name: str) -> list[str]:
    """Return the columns that count people, which disclosure control looks at.

    Parameters
    ----------
    name : str
        Name of a table.

    Returns
    -------
    list of str
        In the order of the schema.
    """
    return [field["name"] for field in load(name)["fields"] if field.get("persons")]


def free_text_fields(name: str) -> list[str]:
    """Return the columns that people wrote in their own words, published only with consent.

    Parameters
    ----------
    name : str
        Name of a table.

    Returns
    -------
    list of str
        In the order of the schema; a table that has any also has the column ``text_consent``.
    """
    return [field["name"] for field in load(name)["fields"] if field.get("freeText")]


def of_package(name: str, columns: Collection[str], tables: Collection[str]) -> Descriptor:
    """Return the schema of a table as it stands in a data package of some columns and some tables.

    Parameters
    ----------
    name : str
        Name of a table.
    columns : collection of str
        The columns that are delivered; fields of the schema that are not among them are left out.
    tables : collection of str
        The tables of the package; a foreign key to another one is left out, as a package must be whole in itself.

    Returns
    -------
    dict
        Table Schema descriptor of your own, with the foreign keys and the primary key that are left.
    """
    descriptor: Descriptor = copy.deepcopy(load(name))
    descriptor["fields"] = [field for field in descriptor["fields"] if field["name"] in columns]
    kept = [
        foreign
        for foreign in descriptor.pop("foreignKeys", [])
        if foreign["reference"]["resource"] in tables and set(foreign["fields"]) <= set(columns)
    ]
    if not set(key(descriptor)) <= set(columns):
        del descriptor["primaryKey"]
    return descriptor | ({"foreignKeys": kept} if kept else {})


@functools.cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(file.name.removesuffix(".json") for file in _folder().iterdir() if file.name.endswith(".json")))


def _folder() -> resources.abc.Traversable:
    return resources.files("bt_analysis") / "schemas"


def _refuse(*_: object, **__: object) -> Never:
    raise TypeError("a schema cannot be changed, as every module reads the same one; take copy.deepcopy of it.")


class _FrozenDict(dict[str, Any]):
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: object) -> dict[str, Any]:
        return {name: _thawed(value) for name, value in self.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return _frozen, (self.__deepcopy__(None),)


class _FrozenList(list[Any]):
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __deepcopy__(self, memo: object) -> list[Any]:
        return [_thawed(value) for value in self]

    def __reduce__(self) -> tuple[Any, ...]:
        return _frozen, (self.__deepcopy__(None),)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return _FrozenDict((name, _frozen(part)) for name, part in value.items())
    return _FrozenList(map(_frozen, value)) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _thawed(part) for name, part in value.items()}
    return [_thawed(part) for part in value] if isinstance(value, list) else value
