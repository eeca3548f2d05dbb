"""The index for the team: every report, every failure, and what may leave in; reports/index.html out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from bt_analysis.language import Language
from bt_analysis.pages import audiences, export, released, runs
from bt_analysis.pages.html import render
from bt_analysis.pages.release import FOLDERS, Release
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources.files import write_atomically

LEVELS = {
    "intern": "alleen het collectief", "bewoners": "bewoners", "gemeente": "bewoners en gemeente",
    "openbaar": "iedereen",
}  # fmt: skip
"""Level → for whom a report was released."""

READERS = {"bewoners": "bewoners", "gemeente": "gemeente", "openbaar": "iedereen"}
"""Folder of what may leave → who reads it."""


def write_index(workspace: Workspace, settings: Settings, releases: Mapping[str, Release] | None = None) -> Path:
    """List every published report with its date and period, for whom it is, and every failure.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.
    settings : Settings
        Language of the index, and whether the data are made up.
    releases : mapping of str to Release, optional
        As :func:`bt_analysis.pages.release.decide` gives; none: nothing may leave.

    Returns
    -------
    Path
        reports/index.html.
    """
    language = Language(settings.report.lang)
    names, allowed = runs.names(workspace), releases or {}
    published = [
        _entry(run, folder, workspace, names, language) | _leaves(run, folder, allowed, language)
        for run, folder in runs.published(workspace)
    ]
    failed = [(runs.read_run(path), path.parent) for path in sorted(workspace.reports.rglob("failure.json"))]
    failures = [_entry(run, folder, workspace, names, language) for run, folder in failed if run]
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
        waiting=_first_look(settings, language),
        folders=_folders(allowed, language),
    )
    path = workspace.reports / "index.html"
    write_atomically(path, lambda temporary: temporary.write_text(str(html), encoding="utf-8"))
    return path


def _entry(
    run: Mapping[str, Any], folder: Path, workspace: Workspace, names: pd.DataFrame, language: Language
) -> dict[str, Any]:
    report = runs.name_of(run)
    across = report == runs.ACROSS
    return {
        **runs.told(run, names, language),
        "across": across,
        "built": report in names.index and not across,
        "href": _href(folder / "report.html", workspace),
        "previews": [
            {"href": _href(folder / f"{name}.html", workspace), "text": language.say(audiences.TITLES[name])}
            for name in audiences.PAGES
            if (folder / f"{name}.html").exists()
        ],
        "lang": run["lang"],
        "error": run.get("error", ""),
    }


def _href(path: Path, workspace: Workspace) -> str:
    return quote(path.relative_to(workspace.reports).as_posix())


def _leaves(
    run: Mapping[str, Any], folder: Path, releases: Mapping[str, Release], language: Language
) -> dict[str, Any]:
    """Say for whom a report was released, where it lies ready for them, and what it waits for."""
    say, one = language.say, releases.get(runs.name_of(run))
    if one is None:
        return {"level": say("niemand"), "links": [], "waits": ""}
    links = [
        {"href": quote(f"released/{name}/{place}"), "text": say(READERS[name])}
        for name in FOLDERS
        for place, path in one.files(name).items()
        if path.parent == folder and place.endswith("/report.html")
    ]
    waits = "" if links or one.level == "intern" else say("nog niet")
    if one.until and not links and one.level != "intern":
        waits = say("vanaf {day}", day=language.date(one.until))
    return {"level": say(LEVELS[one.level]), "links": links, "waits": waits}


def _first_look(settings: Settings, language: Language) -> str:
    say, days = language.say, settings.report.first_look_days
    if settings.synthetic:
        return say("Bij verzonnen gegevens hoeft niemand te wachten.")
    return say("Daarvoor heeft het {n} dagen.", n=str(days))


def _folders(releases: Mapping[str, Release], language: Language) -> list[dict[str, str]]:
    """List the folders of what may leave; none when nobody asked what may."""
    return [
        {
            "name": language.say(released.KINDS[name]),
            "href": f"released/{name}/index.html",
            "told": released.absent(releases, name, language),
        }
        for name in FOLDERS
        if releases
    ]


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
