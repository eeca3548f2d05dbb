"""The folder of a new thesis: data that may be given to a student and a question in; files, ready to be run, out."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

from bt_analysis import __version__
from bt_analysis.thesis import bibliography, fixed, series
from bt_analysis.thesis.errors import ThesisError
from bt_analysis.thesis.gathering import Given
from bt_analysis.thesis.reading import ABOUT, Data

if TYPE_CHECKING:
    import pandas as pd
    from nbformat import NotebookNode

NOTEBOOK, REFERENCES, CITATION, README, REQUIREMENTS = (
    "thesis.ipynb", "references.bib", "CITATION.cff", "README.md", "requirements.txt",
)  # fmt: skip
"""Files of a thesis beside its data and results."""

PROGRAMS = ("matplotlib", "numpy", "pandas", "scipy")
"""Packages beside the workbench whose versions may change a figure."""

TO_FILL_IN = re.compile(r"⟨[^⟩\s][^⟩]*⟩")
"""What the student still has to write."""

_TEMPLATES = resources.files("bt_analysis") / "templates" / "thesis"
_MARKS = re.compile(r"([\\`*_{}\[\]<>|#$⟨⟩])")


def question_of(given: Given, rq_id: str, lang: str) -> dict[str, str]:
    """Look up the question of a thesis.

    Parameters
    ----------
    given : Given
        The data, with the open questions.
    rq_id : str
        Code of an open question; empty: the student writes one.
    lang : str
        ``nl`` or ``en``.

    Returns
    -------
    dict of str to str
        ``rq_id``, ``text``, ``status`` and ``needs``; empty without a question.

    Raises
    ------
    ThesisError
        When no open question has this code.
    """
    if not rq_id:
        return dict.fromkeys(("rq_id", "text", "status", "needs"), "")
    found = given.questions[given.questions["rq_id"].eq(rq_id)]
    if found.empty:
        there = ", ".join(given.questions["rq_id"]) or "none, as these data hold no questions"
        raise ThesisError(f"--question got {rq_id!r}; expected an open question: {there}. Name one, or leave it out.")
    row = found.iloc[0]
    english = "_en" if lang == "en" else ""
    return {"rq_id": rq_id, "text": str(row[f"text{english}"]), "status": str(row["status"]),
            "needs": str(row[f"needs{english}"])}  # fmt: skip


def about(name: str, question: Mapping[str, str], given: Given, lang: str, today: dt.date) -> dict[str, Any]:
    """Say what a thesis is about, on which data version, and with which programs.

    Parameters
    ----------
    name : str
        Name of the thesis.
    question : mapping of str to str
        As :func:`question_of` gives it.
    given : Given
        The data.
    lang : str
        Language of the texts.
    today : date
        Day on which it is started.

    Returns
    -------
    dict
        thesis.json.
    """
    package = given.package
    return {
        "name": name, "lang": lang, "started_on": today.isoformat(), "question": dict(question),
        "data": {
            "version": fixed.version(fixed.listed(given.files)), "id": package["id"], "title": package["title"],
            "package_version": package["version"], "audience": package["audience"],
            "synthetic": bool(package.get("synthetic")),
        },
        "software": programs(),
    }  # fmt: skip


def programs() -> dict[str, str]:
    """Return the versions of what may change a figure.

    Returns
    -------
    dict of str to str
        Python, the workbench and :data:`PROGRAMS` → version.
    """
    own = {"python": ".".join(map(str, sys.version_info[:3])), "bt-analysis": __version__}
    return own | {name: metadata.version(name) for name in PROGRAMS}


def files(told: Mapping[str, Any], given: Given, data: Data) -> dict[str, str]:
    """Write the papers of a thesis.

    Parameters
    ----------
    told : mapping of str to Any
        As :func:`about` gives it.
    given : Given
        The data as files.
    data : Data
        The same data as tables.

    Returns
    -------
    dict of str to str
        Name of the file → text, without data and results.
    """
    import nbformat  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    texts = tomllib.loads((_TEMPLATES / f"texts.{told['lang']}.toml").read_text(encoding="utf-8"))
    filled = _filled(told, texts)
    notebook = _notebook(told, texts, filled, _first_series(data, told["question"]["rq_id"]))
    pins = "".join(f"{name}=={version}\n" for name, version in told["software"].items() if name != "python")
    sources = data.table("sources")
    return {
        ABOUT: json.dumps(told, ensure_ascii=False, indent=2) + "\n",
        NOTEBOOK: nbformat.writes(notebook) + "\n",  # type: ignore[no-untyped-call]
        REFERENCES: bibliography.references(given.package, sources, data.estimates, told["data"]["version"]),
        CITATION: bibliography.citation(told, given.package, told["started_on"], texts["author"]),
        README: texts["papers"]["readme"].strip().format(**filled) + "\n",
        REQUIREMENTS: pins,
    }


def _filled(told: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, str]:
    """Return what comes between the braces of the texts; text of others is made plain, as Markdown would obey it."""
    question, data = told["question"], told["data"]
    status = texts["status"].get(question["status"], question["status"])
    chosen = texts["from_list"].format(rq_id=question["rq_id"], status=status)
    return {
        "name": told["name"],
        "question": _plain(question["text"]) or texts["no_question"],
        "origin": chosen if question["rq_id"] else texts["not_chosen"],
        "needs": texts["needs"].format(needs=_plain(question["needs"])) if question["needs"] else "",
        "made_up": texts["made_up"] if data["synthetic"] else texts["real"].format(audience=_plain(data["audience"])),
        "title": _plain(data["title"]), "version": data["version"], "package_version": _plain(data["package_version"]),
    }  # fmt: skip


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _first_series(data: Data, rq_id: str) -> str:
    """Return the measure that most collectives share of those that bear on the question; empty when there is none."""
    found: pd.DataFrame = series.all_series(data.bearing_on(rq_id))
    return str(found["indicator_id"].iloc[0]) if len(found) else ""


def _notebook(
    told: Mapping[str, Any], texts: Mapping[str, Any], filled: Mapping[str, str], indicator_id: str
) -> NotebookNode:
    import nbformat  # noqa: PLC0415 - takes two seconds, and most commands run no notebook

    text = (_TEMPLATES / NOTEBOOK).read_text(encoding="utf-8")
    notebook: NotebookNode = copy.deepcopy(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]
    chosen = {"question_id": told["question"]["rq_id"], "indicator_id": indicator_id}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\n{3,}", "\n\n", texts["cells"][cell.source].strip().format(**filled))
        elif "parameters" in cell.metadata.get("tags", []):
            for name, value in chosen.items():
                cell.source = cell.source.replace(f'{name}: str = ""', f"{name}: str = {json.dumps(value)}")
    return notebook
