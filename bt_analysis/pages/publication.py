"""The index of what is published: run.json and failure.json of every report in, reports/index.html out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from bt_analysis.language import Language
from bt_analysis.pages import codes, export, words
from bt_analysis.pages.html import render
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources.files import write_atomically


def write_index(workspace: Workspace, settings: Settings) -> Path:
    """List every published report with its date and period, and every failure.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.
    settings : Settings
        Language of the index, and whether the data are made up.

    Returns
    -------
    Path
        reports/index.html.
    """
    language = Language(settings.report.lang)
    names = _names(workspace)
    published = [
        _entry(path, workspace, names, language)
        for path in sorted(workspace.reports.rglob("run.json"))
        if path.parent != workspace.reports and (path.parent / "report.html").exists() and read_run(path)
    ]
    failed = [path for path in sorted(workspace.reports.rglob("failure.json")) if read_run(path)]
    failures = [_entry(path, workspace, names, language) for path in failed]
    published.sort(key=lambda entry: (entry["title"].casefold(), entry["period"], entry["lang"]))
    # A failure of a collective that is gone cannot be mended any more.
    failures = [entry for entry in failures if entry["across"] or entry["built"] or names.empty]
    html = render(
        "index.html.j2",
        language,
        page=export.frame(language.say("Leerrapporten"), language, synthetic=settings.synthetic),
        failures=failures,
        refused=_refused(workspace, language),
        across=[entry for entry in published if entry["across"]],
        collectives=[entry for entry in published if entry["built"]],
        earlier=[entry for entry in published if not entry["built"] and not entry["across"]],
    )
    path = workspace.reports / "index.html"
    write_atomically(path, lambda temporary: temporary.write_text(str(html), encoding="utf-8"))
    return path


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


def _names(workspace: Workspace) -> pd.DataFrame:
    path = workspace.processed / "analysed" / "collectives.parquet"
    columns = ["collective_id", "name", "primary_domain"]
    table = pd.read_parquet(path, columns=columns) if path.exists() else pd.DataFrame(columns=columns)
    return table.drop_duplicates("collective_id").set_index("collective_id")


def _entry(path: Path, workspace: Workspace, names: pd.DataFrame, language: Language) -> dict[str, Any]:
    run = read_run(path)
    report = str(run.get("report") or run.get("name"))
    across, built = report == "across", report in names.index
    own = names.loc[report].to_dict() if built else {"name": run.get("title", report)}
    title = language.say("Leren van elkaar: alle collectieven") if across else str(own["name"])
    if run["lang"] != language.code:
        title += f" ({run['lang']})"
    domain = words.say(str(own.get("primary_domain", run.get("domain", ""))), codes.DOMAINS, language)
    href = quote((path.parent / "report.html").relative_to(workspace.reports).as_posix())
    return {
        "title": title,
        "across": across,
        "built": built and not across,
        "domain": domain,
        "period": str(run["period"]).replace("-", "–"),
        "href": href,
        "date": language.date(pd.Timestamp(run["at"])),
        "lang": run["lang"],
        "error": run.get("error", ""),
    }


def _refused(workspace: Workspace, language: Language) -> list[dict[str, str]]:
    """List the collectives whose newest package was not used in the last build, with the number of problems."""
    path = workspace.processed / "analysed" / "refused.parquet"
    if not path.exists():
        return []
    rows = pd.read_parquet(path)
    told = [_told(*row, language) for row in zip(rows["problems_n"], rows["accepted_on"], strict=True)]
    return [{"name": name, "problems": problems} for name, problems in zip(rows["collective_id"], told, strict=True)]


def _told(number: int, accepted_on: str, language: Language) -> str:
    say = language.say
    problems = say("1 fout") if number == 1 else say("{n} fouten", n=str(number))
    if not accepted_on:
        return problems
    day = language.date(pd.Timestamp(accepted_on))
    return say("{problems}; de levering van {day} is gebruikt", problems=problems, day=day)
