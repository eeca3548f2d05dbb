"""What may leave: published reports and what collectives released in; which files go to which audience out.

The collective sees its report first. One that releases less, withdraws or is gone is taken out at the next run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis.pages import laid_out, runs
from bt_analysis.pages.audiences import LEVELS
from bt_analysis.settings import Settings, Workspace

FOLDERS = LEVELS[1:]
"""Folders of what may leave, narrowest audience first."""

FILES = {
    "bewoners": {"bewoners.html": "report.html", "bewoners.pdf": "report.pdf"},
    "gemeente": {"gemeente.html": "report.html", "gemeente.pdf": "report.pdf"},
    "openbaar": {name: name for name in ("report.html", "report.pdf", "estimates.csv", "claims.csv")},
}
"""Folder → file of a report that is copied, and its name there."""

ACROSS_FILES = {**FILES, "openbaar": {**FILES["openbaar"], "report.ipynb": "report.ipynb"}}
"""The same of the cross-domain report, whose notebook researchers may take along."""

Run = tuple[dict[str, Any], Path]
"""What was written down of a report, and its folder."""


@dataclass(frozen=True)
class Release:
    """What of one collective may leave, and why not more.

    Parameters
    ----------
    name : str
        Id of the collective, or ``across``.
    level : str
        One of :data:`bt_analysis.pages.audiences.LEVELS`.
    folders : dict of str to Path
        Language → folder of the newest report that the collective has had its time to look at.
    until : date, optional
        First day that the newest report may leave, when that is still to come.
    seen : Seen
        Files of which the hash is known already.
    """

    name: str
    level: str
    folders: dict[str, Path] = field(default_factory=dict)
    until: dt.date | None = None
    seen: laid_out.Seen = field(default=laid_out.Seen(Path(), {}), compare=False, repr=False)

    @cached_property
    def whole(self) -> dict[Path, str]:
        """Files that are those that were published with their report, and not left by an earlier one → their hash."""
        names = {name for wanted in ACROSS_FILES.values() for name in wanted}
        found: dict[Path, str] = {}
        for folder in self.folders.values():
            sums = runs.read_run(folder / "run.json").get("sha256", {})
            for name in sorted(names & set(sums)):
                if self.seen.sha256(folder / name) == sums[name]:
                    found[folder / name] = sums[name]
        return found

    def reaches(self, folder: str) -> bool:
        """Tell whether the level reaches an audience.

        Parameters
        ----------
        folder : str
            One of :data:`FOLDERS`.

        Returns
        -------
        bool
            Also when no report may leave yet.
        """
        return LEVELS.index(self.level) >= LEVELS.index(folder)

    def files(self, folder: str) -> dict[str, Path]:
        """List what is copied to the folder of an audience.

        Parameters
        ----------
        folder : str
            One of :data:`FOLDERS`.

        Returns
        -------
        dict of str to Path
            Place in that folder → file; nothing without a page of this audience.
        """
        if not self.reaches(folder):
            return {}
        wanted = (ACROSS_FILES if self.name == runs.ACROSS else FILES)[folder]
        found: dict[str, Path] = {}
        for lang, source in sorted(self.folders.items(), reverse=True):
            start = f"{self.name}/" if lang == "nl" else f"{self.name}/{lang}/"
            own = {start + there: source / here for here, there in wanted.items() if source / here in self.whole}
            found |= own if start + "report.html" in own else {}
        return found


def decide(
    workspace: Workspace, settings: Settings, today: dt.date, bundles: pd.DataFrame, withdrawn: Collection[str] = ()
) -> dict[str, Release]:
    """Say of every report what of it may leave today.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.
    settings : Settings
        ``report.first_look_days``; made-up data have nobody who must look first.
    today : date
        The day.
    bundles : DataFrame
        One row is a bundle that may be used today: bundle_id, consent_level.
    withdrawn : collection of str
        Collectives that took their data back: nothing of them leaves.

    Returns
    -------
    dict of str to Release
        By id, of the collectives of the last build and ``across``.
    """
    days = 0 if settings.synthetic else settings.report.first_look_days
    made = _runs(workspace)
    levels = {name: level for name, level in _levels(workspace).items() if name not in withdrawn}
    seen = laid_out.read(workspace)
    found = {name: _release(name, level, made.get(name, []), today, days) for name, level in levels.items()}
    # Made with a bundle that may not be used any more, it waits until it is made again.
    usable = set(bundles["bundle_id"])
    across = [(run, path) for run, path in made.get(runs.ACROSS, []) if set(run.get("bundles", [""])) <= usable]
    # Whoever is in it gave a bundle for it, having seen what is in there.
    found[runs.ACROSS] = _release(runs.ACROSS, _shared_level(bundles), across, today, 0)
    return {name: replace(one, seen=seen) for name, one in found.items()}


def _runs(workspace: Workspace) -> dict[str, list[Run]]:
    """List what was published, by collective, the newest period last."""
    found: dict[str, list[Run]] = {}
    for run, folder in runs.published(workspace):
        found.setdefault(runs.name_of(run), []).append((run, folder))
    return found


def _release(name: str, level: str, made: list[Run], today: dt.date, days: int) -> Release:
    """Choose the newest report whose first look is over."""
    until = None
    for period in reversed(list(dict.fromkeys(run["period"] for run, _ in made))):
        own = [(run, path) for run, path in made if run["period"] == period]
        free = min(_free(run, days) for run, _ in own)
        if free <= today:
            return Release(name, level, {run["lang"]: path for run, path in own}, until)
        until = until or (free if free < dt.date.max else None)
    return Release(name, level, {}, until)


def _free(run: Mapping[str, Any], days: int) -> dt.date:
    """Return the first day that a report may leave; one that does not say when it was made waits for ever."""
    try:
        return dt.date.fromisoformat(str(run.get("first_published", run["at"]))[:10]) + dt.timedelta(days=days)
    except ValueError:
        return dt.date.max


def _levels(workspace: Workspace) -> dict[str, str]:
    """Return what each collective of the last build released its report for."""
    path = workspace.processed / "joined" / "collective.parquet"
    if not path.exists():
        return {}
    table = pd.read_parquet(path, columns=["collective_id", "release_level"])
    levels = dict(zip(table["collective_id"], table["release_level"], strict=True))
    return {str(name): level if level in LEVELS else LEVELS[0] for name, level in levels.items()}


def _shared_level(bundles: pd.DataFrame) -> str:
    """Return the level that all bundles reach; without any there is nothing to release."""
    given = [one if one in LEVELS else LEVELS[0] for one in bundles["consent_level"]]
    return min(given, key=LEVELS.index, default=LEVELS[0])
