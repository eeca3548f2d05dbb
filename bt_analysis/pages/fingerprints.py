"""Fingerprints of claims: how a figure was computed and what it rests on in; two hashes that change with that out."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd

from bt_analysis.analysis.tables import KEY
from bt_analysis.pages.content import Content
from bt_analysis.pages.once import once
from bt_analysis.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

COMPUTED_IN = ("analysis", "methods", "instruments", "detectability", "disclosure", "harmonise", "join")
"""Parts of the package that make the value of a figure; how it is written on a page is none of them."""

AFTER_EVERY_QUESTION = ("detectability.gates", "disclosure")
"""What figures go through after their question was answered."""

ALSO = {"change": ("detectability.seeing",), "similar": ("detectability.seeing",)}
"""Question → what only its answers go through."""

DECIDE_ALL = ("disclosure", "gates", "reference_year")
"""Settings that every figure depends on."""

PUBLISHED = ["value", "ci_low", "ci_high", "n", "unit", "gate", "gate_reason", "value_text", "held_on"]
"""What a report prints of a figure: of a collective's own figures nothing else goes into the hash."""

_LISTS = ("analysis", "analysis.learning")
"""Modules that only list all questions: importing one of their neighbours computes nothing with the others."""

_NO_CHOICE = ("cbs", "boundaries", "report", "archive")
"""Sections of the settings about where files come from and where pages go; they decide no value."""

_SETTING = re.compile(r"\bsettings\.([a-z_]+)")


def read_programs(questions: Iterable[str]) -> None:
    """Read the source that answers questions, so that a process that is forked from this one need not.

    Parameters
    ----------
    questions : iterable of str
        Questions of estimates.
    """
    for question in questions:
        _program(question)


def query_hash(row: pd.Series | Mapping[str, Any], settings: Settings) -> str:
    """Make the fingerprint of how a figure was computed.

    Parameters
    ----------
    row : Series or mapping
        An estimate.
    settings : Settings
        Thresholds and seeds of the run.

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits.

    Notes
    -----
    Over the key of the estimate, its method, the source text of the module that answers its question with every module
    of the package that it computes with, and those sections of the settings that these modules name. The same program
    with the same settings gives the same hash in every run; it changes when any of these does, and not when a page or
    a download changes.
    """
    code, sections = _program(str(row["question"]))
    chosen = {name: getattr(settings, name) for name in sections if name in type(settings).model_fields}
    key = {name: _plain(row[name]) for name in KEY}
    return _hash({"key": key, "method": str(row["method"]), "code": code, "settings": _dumped(chosen)})


def data_hash(row: pd.Series | Mapping[str, Any], content: Content) -> str:
    """Make the fingerprint of what a figure rests on.

    Parameters
    ----------
    row : Series or mapping
        An estimate.
    content : Content
        Its report: of sources their checksums, of bundles their data version.

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits.

    Notes
    -----
    Over the checksums of the public files whose table the figure names, the data version of the bundles when it is
    about all collectives, and what is printed of the figure. Never over what a collective delivered: who knows all but
    a few cells of that could try those until the hash fits.
    """
    versions = [] if row["collective_id"] else _versions(content)
    checksums = _checksums(content, str(row["source"]))
    printed = {name: _plain(row[name]) for name in PUBLISHED}
    return _hash({"sources": checksums, "bundles": versions, "printed": printed})


@once
def _versions(content: Content) -> list[str]:
    if not len(content.bundles):
        return []
    pairs = content.bundles[["bundle_id", "data_version"]].astype(str)
    return sorted(pairs.agg(" ".join, axis=1))


@once
def _checksums(content: Content, source: str) -> list[str]:
    return sorted(checksum for table, checksum in _public_files(content) if table in source)


@once
def _public_files(content: Content) -> list[tuple[str, str]]:
    files = content.sources
    if files.empty:
        return []
    public = files[files["collective_id"].eq("") & files["table"].ne("")]
    return list(zip(public["table"].astype(str), public["sha256"], strict=True))


def _plain(value: object) -> object:
    """Write a value the same way in every run and on every machine."""
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _dumped(chosen: dict[str, object]) -> dict[str, object]:
    return {
        name: one.model_dump(mode="json") if hasattr(one, "model_dump") else one for name, one in sorted(chosen.items())
    }


def _hash(values: object) -> str:
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _program(question: str) -> tuple[str, tuple[str, ...]]:
    """Return a hash of the source that answers a question, and the sections of the settings it names."""
    sources = _sources()
    after = [name for name in sources if name.startswith(AFTER_EVERY_QUESTION)]
    start = [*_answering(question), *ALSO.get(question, ()), *after]
    texts = [sources[name] for name in sorted(_reached(start))]
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    named = {name for text in texts for name in _SETTING.findall(text)}
    return digest, tuple(sorted({*named, *DECIDE_ALL}.difference(_NO_CHOICE)))


def _answering(question: str) -> list[str]:
    """Find the modules that answer a question: the one of its name, and those that write it in its column."""
    quoted = re.compile(rf"""(?:question|QUESTION|"question")\s*(?::\s*str)?\s*[=:]\s*["']{re.escape(question)}["']""")
    own = f"analysis.{question}"
    return [name for name, text in _sources().items() if name == own or quoted.search(text)]


def _reached(start: Iterable[str]) -> set[str]:
    """Follow imports from modules to all modules they compute with."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _imports(name)
    return found


@cache
def _imports(name: str) -> tuple[str, ...]:
    sources = _sources()
    named = []
    for node in ast.walk(ast.parse(sources[name])):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bt_analysis"):
            inside = (node.module or "").removeprefix("bt_analysis").removeprefix(".")
            named += [inside, *(f"{inside}.{alias.name}".removeprefix(".") for alias in node.names)]
    return tuple(one for one in dict.fromkeys(named) if one in sources and one not in _LISTS)


@cache
def _sources() -> dict[str, str]:
    """Read the text of every module that computes, by its name below the package."""
    found: dict[str, str] = {}
    for part in COMPUTED_IN:
        _read(resources.files("bt_analysis") / part, part, found)
    return dict(sorted(found.items()))


def _read(folder: Traversable, name: str, found: dict[str, str]) -> None:
    for item in folder.iterdir():
        if item.is_dir() and item.name != "__pycache__":
            _read(item, f"{name}.{item.name}", found)
        elif item.name.endswith(".py"):
            module = name if item.name == "__init__.py" else f"{name}.{item.name.removesuffix('.py')}"
            found[module] = item.read_text(encoding="utf-8")
