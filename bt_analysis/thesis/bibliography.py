"""What a thesis cites: its data version with their sources in; references.bib and CITATION.cff out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

import pandas as pd

from bt_analysis import __version__
from bt_analysis.archive.metadata import SOFTWARE

DATA_KEY, SOFTWARE_KEY = "gegevens", "werkbank"
"""Keys under which the data version and the workbench are cited."""

WORKBENCH = "Better Together workbench"

_METHODS = {
    "Wilson": "wilson1927", "Jeffreys": "brown2001", "Kaplan-Meier": "kaplan1958", "Moran": "moran1950",
    "synthetic difference-in-differences": "arkhangelsky2021", "synthetic control": "abadie2010",
}  # fmt: skip
"""Word in the method of an estimate → who to cite for it."""

_TABLE_OF_CBS = re.compile(r"\d{5}NED")
_LATEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip


def references(package: Mapping[str, Any], sources: pd.DataFrame, estimates: pd.DataFrame, version: str) -> str:
    """Write what a thesis rests on as BibTeX.

    Parameters
    ----------
    package : mapping of str to Any
        datapackage.json.
    sources : DataFrame
        Table ``sources`` of the data package: a row per file of a publisher or collective.
    estimates : DataFrame
        Every figure; their methods are cited.
    version : str
        The data version.

    Returns
    -------
    str
        An entry for the data, the workbench, each table of a publisher, each collective, and each method in the data.
    """
    publisher = package["contributors"][0]["title"]
    entries = [
        _entry("misc", DATA_KEY, {
            "author": f"{{{_latex(publisher)}}}", "title": _latex(package["title"]),
            "year": _year(package["created"]), "version": _latex(package["version"]),
            "note": f"{_latex(package['id'])}; data version {version}",
        }),
        _entry("software", SOFTWARE_KEY, {
            "author": f"{{{WORKBENCH} contributors}}", "title": WORKBENCH, "version": __version__,
            "note": rf"Python package {_latex(SOFTWARE)}",
        }),
    ]  # fmt: skip
    entries += [_of_source(row) for row in _once(sources).to_dict("records")]
    return "\n".join([*entries, *_methods(estimates)])


def keys(bibtex: str) -> list[str]:
    """Return the keys of a bibliography.

    Parameters
    ----------
    bibtex : str
        Text of a .bib file.

    Returns
    -------
    list of str
        In its order, also those that stand there twice.
    """
    return re.findall(r"^\s*@\w+\s*\{\s*([^\s,{}]+)\s*,", bibtex, re.MULTILINE)


def citation(about: Mapping[str, Any], package: Mapping[str, Any], made_on: str, author: str) -> str:
    """Write how a thesis wants to be cited.

    Parameters
    ----------
    about : mapping of str to Any
        thesis.json.
    package : mapping of str to Any
        datapackage.json.
    made_on : str
        Day on which it was started, as 2026-09-01.
    author : str
        What stands where the name of the student comes.

    Returns
    -------
    str
        CITATION.cff (version 1.2.0). Texts are written as JSON strings, which YAML reads as they are.
    """
    text = json.dumps
    lines = [
        "cff-version: 1.2.0",
        "message: " + text("Please cite this thesis and its data version as below."),
        "type: dataset",
        "title: " + text(about["question"]["text"] or about["name"], ensure_ascii=False),
        "version: " + text(about["data"]["version"]),
        f"date-released: {made_on}",
        "authors:",
        "  - name: " + text(author, ensure_ascii=False),
        "references:",
        "  - type: dataset",
        "    title: " + text(package["title"], ensure_ascii=False),
        "    version: " + text(package["version"], ensure_ascii=False),
        "    authors:",
        *("      - name: " + text(one["title"], ensure_ascii=False) for one in package["contributors"][:1]),
        "    identifiers:",
        "      - type: other",
        "        value: " + text(package["id"], ensure_ascii=False),
        "  - type: software",
        "    title: " + text(WORKBENCH),
        "    version: " + text(__version__),
        "    authors:",
        "      - name: " + text(f"{WORKBENCH} contributors"),
    ]
    return "\n".join(lines) + "\n"


def _once(sources: pd.DataFrame) -> pd.DataFrame:
    """Take a table of several files, or a collective with several deliveries, once."""
    kept = sources.sort_values("source_id").drop_duplicates(["attribution", "table"])
    return kept.fillna("").sort_values(["collective_id", "table", "attribution"])


def _of_source(row: Mapping[Any, Any]) -> str:
    by, table = str(row["attribution"]).removeprefix("Bron: "), str(row["table"])
    changed, fetched = str(row["modified"])[:10], str(row["retrieved"])[:10]
    notes = [f"changed {changed}" if changed else "", f"retrieved {fetched}" if fetched else "", str(row["licence"])]
    fields = {
        "author": f"{{{_latex(by)}}}", "title": _latex(f"Table {table}" if table else "Own records of the collective"),
        "year": _year(changed), "note": _latex("; ".join(note for note in notes if note)),
    }  # fmt: skip
    if _TABLE_OF_CBS.fullmatch(table) and "CBS" in by:
        fields["url"] = f"https://opendata.cbs.nl/statline/#/CBS/nl/dataset/{table}"
    own = str(row["collective_id"]) or table or str(row["source_id"])
    return _entry("misc", re.sub(r"[^A-Za-z0-9-]+", "-", f"bron-{own}").strip("-"), fields)


def _methods(estimates: pd.DataFrame) -> list[str]:
    text = (resources.files("bt_analysis") / "templates" / "thesis" / "methods.bib").read_text(encoding="utf-8")
    used = set(estimates["method"].dropna().unique())
    wanted = {key for word, key in _METHODS.items() if any(word in method for method in used)}
    return [f"{entry.strip()}\n" for entry in text.split("\n\n") if set(keys(entry)) & wanted]


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}\n"


def _year(day: str) -> str:
    return day[:4] if re.match(r"\d{4}", day) else ""


def _latex(text: str) -> str:
    """Write text so that LaTeX prints it, whatever it holds."""
    return " ".join(text.split()).translate(_LATEX)
