"""What was written down of reports: run.json and failure.json in; what a page tells of a report out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.language import Language
from bt_analysis.pages import codes, words
from bt_analysis.settings import Workspace

ACROSS = "across"
"""Name of the cross-domain report."""


def read_run(path: Path) -> dict[str, Any]:
    """Read what was written down of a report.

    Parameters
    ----------
    path : Path
        run.json or failure.json.

    Returns
    -------
    dict
        Empty when there is no such file, or it is damaged: the report then counts as never made.
    """
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return run if isinstance(run, dict) and {"period", "lang", "at"} <= set(run) else {}


def published(workspace: Workspace) -> list[tuple[dict[str, Any], Path]]:
    """List the reports that were published.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.

    Returns
    -------
    list of tuple of dict and Path
        Run and folder of each, the newest period last: of two that end together, the longest.
    """
    paths = [path for path in sorted(workspace.reports.glob("*/**/run.json")) if (path.parent / "report.html").exists()]
    found = [(run, path.parent) for path in paths if (run := read_run(path))]
    return sorted(found, key=lambda one: _last_then_longest(str(one[0]["period"])))


def _last_then_longest(period: str) -> tuple[pd.Timestamp, pd.Timedelta]:
    try:
        first, last = reporting.bounds(period)
    except ValueError:
        return pd.Timestamp.min, pd.Timedelta(0)
    return last, last - first


def names(workspace: Workspace) -> pd.DataFrame:
    """Read the names of the collectives of the last build.

    Parameters
    ----------
    workspace : Workspace
        Perhaps not built yet.

    Returns
    -------
    DataFrame
        collective_id → name, primary_domain.
    """
    path = workspace.processed / "analysed" / "collectives.parquet"
    columns = ["collective_id", "name", "primary_domain"]
    table = pd.read_parquet(path, columns=columns) if path.exists() else pd.DataFrame(columns=columns)
    return table.drop_duplicates("collective_id").set_index("collective_id")


def told(run: Mapping[str, Any], built: pd.DataFrame, language: Language) -> dict[str, str]:
    """Say what a page tells of a report.

    Parameters
    ----------
    run : mapping
        As :func:`read_run` gives.
    built : DataFrame
        As :func:`names` gives.
    language : Language
        The reader's.

    Returns
    -------
    dict of str to str
        title, domain, period, date; the name of a collective that is gone is that of its report.
    """
    name = name_of(run)
    own = built.loc[name].to_dict() if name in built.index else {"name": run.get("title", name)}
    title = language.say("Leren van elkaar: alle collectieven") if name == ACROSS else str(own["name"])
    if run["lang"] != language.code:
        title += f" ({run['lang']})"
    return {
        "title": title,
        "domain": words.say(str(own.get("primary_domain", run.get("domain", ""))), codes.DOMAINS, language),
        "period": str(run["period"]).replace("-", "–"),
        "date": language.date(pd.Timestamp(run["at"])),
    }


def name_of(run: Mapping[str, Any]) -> str:
    """Return of whom a report is.

    Parameters
    ----------
    run : mapping
        Of a report, or of one that failed.

    Returns
    -------
    str
        Id of a collective, or ``across``.
    """
    return str(run.get("report") or run.get("name"))
