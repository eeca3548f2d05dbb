"""Folders of what may leave: files per audience in; reports/released/<audience>/ with an index of its own out.

Each is replaced whole or not at all, so that what may not leave any more is gone after a run.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from bt_analysis.language import Language
from bt_analysis.pages import export, runs
from bt_analysis.pages.html import render
from bt_analysis.pages.release import FOLDERS, Release
from bt_analysis.settings import ArchiveSettings, Settings, Workspace
from bt_analysis.sources.files import replace_folder

KINDS = {"bewoners": "Voor bewoners", "gemeente": "Voor gemeenten en koepels", "openbaar": "Voor iedereen"}
"""Folder → for whom it is."""

ABOUT = {
    "bewoners": "Elk rapport is een samenvatting in gewone taal.",
    "gemeente": "Elk rapport is een samenvatting om samen over te praten. Het is geen oordeel.",
    "openbaar": "Elk rapport is compleet: de samenvatting, en daarachter alle cijfers, bronnen en grenzen.",
}
"""Folder → what a report in it is."""

MORE = {
    "report.pdf": "om te printen (pdf)", "estimates.csv": "alle cijfers (csv)", "claims.csv": "alle zinnen (csv)",
    "report.ipynb": "notebook (ipynb)",
}  # fmt: skip
"""File beside a report → what a reader sees of it."""


def write(workspace: Workspace, settings: Settings, releases: Mapping[str, Release]) -> list[Path]:
    """Write the folder of each audience; each may be put on a web server as it is.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.
    settings : Settings
        Language of the indexes, and whether the data are made up.
    releases : mapping of str to Release
        As :func:`bt_analysis.pages.release.decide` gives.

    Returns
    -------
    list of Path
        The folders.
    """
    folders = [workspace.reports / "released" / name for name in FOLDERS]
    for folder in folders:
        files = {place: path for one in releases.values() for place, path in one.files(folder.name).items()}
        index = _index(workspace, settings, folder.name, releases)
        replace_folder(folder, partial(_fill, files=files, index=index))
    return folders


def _fill(folder: Path, files: Mapping[str, Path], index: str) -> None:
    for place, path in files.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / place)
    (folder / "index.html").write_text(index, encoding="utf-8")


def _index(workspace: Workspace, settings: Settings, folder: str, releases: Mapping[str, Release]) -> str:
    language = Language(settings.report.lang)
    say, built = language.say, runs.names(workspace)
    listed = [row for one in releases.values() for row in _rows(one, folder, built, language)]
    listed.sort(key=lambda row: (str(row["title"]).casefold(), row["period"]))
    return render(
        "released.html.j2",
        language,
        page=export.frame(
            f"{say('Wat we samen leren in de buurt')} · {say(KINDS[folder]).lower()}", language,
            synthetic=settings.synthetic,
        ),
        kind=say(KINDS[folder]),
        about=say(ABOUT[folder]),
        across=[row for row in listed if row["name"] == runs.ACROSS],
        collectives=[row for row in listed if row["name"] != runs.ACROSS],
        waiting=_waiting(releases, folder, built, language),
        absent=absent(releases, folder, language),
        notes=_notes(folder, settings.archive, language),
    )  # fmt: skip


def _rows(release: Release, folder: str, built: pd.DataFrame, language: Language) -> list[dict[str, object]]:
    """Tell of each report of a collective in this folder what it is, and what lies beside it."""
    files = release.files(folder)
    rows: list[dict[str, object]] = []
    for place in files:
        start, _, name = place.rpartition("/")
        if name != "report.html":
            continue
        beside = [other for other in MORE if f"{start}/{other}" in files]
        more = [{"href": quote(f"{start}/{other}"), "text": language.say(MORE[other])} for other in beside]
        own = runs.told(runs.read_run(files[place].parent / "run.json"), built, language)
        rows.append({**own, "name": release.name, "href": quote(place), "more": more})
    return rows


def _waiting(releases: Mapping[str, Release], folder: str, built: pd.DataFrame, language: Language) -> list[str]:
    """Say of whom a report comes later, and when; only of those who release it for this audience."""
    wait = [one for one in releases.values() if one.until and one.reaches(folder) and one.name in built.index]
    told = [
        language.say("{name}: vanaf {day}", name=built.loc[one.name, "name"], day=language.date(one.until))
        for one in wait
        if one.until is not None
    ]
    return sorted(told, key=str.casefold)


def absent(releases: Mapping[str, Release], folder: str, language: Language) -> str:
    """Say how many collectives do not stand in a folder; not which, as they did not ask for that.

    Parameters
    ----------
    releases : mapping of str to Release
        Of all collectives.
    folder : str
        For which audience.
    language : Language
        The reader's.

    Returns
    -------
    str
        Also when all are there: who never took part is not there either.
    """
    say = language.say
    own = [one for one in releases.values() if one.name != runs.ACROSS]
    n = sum(not one.files(folder) for one in own)
    if not n:
        told = say("Alle collectieven die meedoen, staan hier.")
    elif n == 1:
        told = say("1 van de {of} collectieven staat hier niet. Elk collectief kiest zelf wat het laat zien.",
                   of=str(len(own)))  # fmt: skip
    else:
        told = say("{n} van de {of} collectieven staan hier niet. Elk collectief kiest zelf wat het laat zien.",
                   n=str(n), of=str(len(own)))  # fmt: skip
    return told + " " + say("Wie niet meedoet of stopte, zie je hier ook niet.")


def _notes(folder: str, archive: ArchiveSettings, language: Language) -> list[str]:
    """Say what lies beside the reports for researchers, and how they get the data package."""
    if folder != "openbaar":
        return []
    say = language.say
    if archive.access_url:
        package = say("Het datapakket voor onderzoekers staat op {place}", place=archive.access_url)
    elif archive.contact_email:
        who = f"{archive.contact_name}, {archive.contact_email}"
        package = say("Onderzoekers vragen het datapakket aan bij {who}", who=who)
    else:
        package = say("Onderzoekers vragen het datapakket aan het team: dat maakt het met bt export.")
    return [
        say("Onder alle cijfers staat bij elk getal de bron, de datum, het aantal en de methode."),
        say("Onder alle zinnen staat elke zin uit het rapport, met de code van het cijfer waar hij op rust."),
        package,
    ]
