"""Folders of what may leave: files per audience in; reports/released/<audience>/ with an index of its own out.

What may not leave any more goes first; then what changed is replaced, a file at a time and whole, the index last. So
what may be there is there at any moment, and a run that is cut off leaves too little rather than too much.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from bt_analysis.language import Language
from bt_analysis.pages import export, laid_out, runs
from bt_analysis.pages.html import render
from bt_analysis.pages.release import FOLDERS, Release
from bt_analysis.settings import ArchiveSettings, Settings, Workspace
from bt_analysis.sources.files import write_atomically

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
    there = workspace.reports / "released"
    folders = [there / name for name in FOLDERS]
    wanted: dict[Path, tuple[Path, str]] = {}
    for folder in folders:
        for one in releases.values():
            own = one.files(folder.name)
            wanted |= {folder / place: (source, one.whole[source]) for place, source in own.items()}
    _remove_others(there, {*wanted, *(folder / "index.html" for folder in folders)})
    seen = laid_out.read(workspace)
    for place, (source, digest) in wanted.items():
        if seen.sha256(place) != digest:
            write_atomically(place, partial(shutil.copyfile, source))
    for folder in folders:
        html = _index(workspace, settings, folder.name, releases).encode()
        _write_when_other(folder / "index.html", html)
    laid_out.write(workspace, _known(wanted, releases))
    return folders


def _remove_others(there: Path, wanted: Collection[Path]) -> None:
    """Remove every file that may not be there, and the folders that are empty then."""
    # Hidden ones are what a run of an earlier version left when it was cut off.
    tops = [path for path in there.glob("*/") if path.name in FOLDERS or path.name.startswith(".")]
    for top in tops:
        for folder, _, names in os.walk(top, topdown=False):
            for path in (Path(folder) / name for name in names):
                if path not in wanted:
                    path.unlink()
            if not any(Path(folder).iterdir()):
                Path(folder).rmdir()


def _write_when_other(path: Path, written: bytes) -> None:
    if not path.exists() or path.read_bytes() != written:
        write_atomically(path, lambda temporary: temporary.write_bytes(written))


def _known(wanted: Mapping[Path, tuple[Path, str]], releases: Mapping[str, Release]) -> Iterator[tuple[Path, str]]:
    """Yield the hash of every file that lies ready, and of every one that was looked at for it."""
    for place, (_, digest) in wanted.items():
        yield place, digest
    for one in releases.values():
        yield from one.whole.items()


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
