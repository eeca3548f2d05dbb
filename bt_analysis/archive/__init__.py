"""Export for an archive: a workspace that was built in; a data package that another tool takes as it is out.

The folder holds tables as CSV, what they mean (datapackage.json), and how a catalogue (dcat.jsonld) and an archive of
research (ro-crate-metadata.json) describe them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from bt_analysis import bundles
from bt_analysis.archive import catalogues, metadata, tables
from bt_analysis.bundles import csv_form
from bt_analysis.bundles.register import LEVELS
from bt_analysis.pages import release, runs, stored
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources.files import replace_folder

__all__ = ["ArchiveError", "Exported", "export"]

_OWNED = ("estimates", "collectives", "activities", "unmatched")
_TABLES = (*_OWNED, "indicators", "sources")


class ArchiveError(ValueError):
    """Nothing can be exported; the message says what was got, what is expected and what to do."""


@dataclass(frozen=True)
class Exported:
    """What an export holds.

    Parameters
    ----------
    folder : Path
        Where it is.
    collectives : tuple of str
        Collectives that are in it.
    rows : dict of str to int
        Table → rows.
    waiting : tuple of str
        A line per collective that released its data and still reads its newest report first, with the day it may come.
    """

    folder: Path
    collectives: tuple[str, ...]
    rows: dict[str, int]
    waiting: tuple[str, ...] = ()


def export(
    workspace: Workspace, settings: Settings, folder: Path, today: dt.date, audience: str = LEVELS[-1]
) -> Exported:
    """Write what may be shown to an audience as a data package.

    Parameters
    ----------
    workspace : Workspace
        A workspace that was built.
    settings : Settings
        ``archive`` says who publishes, and under which licence.
    folder : Path
        Where it comes; an earlier export there is replaced, anything else is left alone.
    today : date
        Day of the export, and of the consent of bundles from elsewhere.
    audience : str
        Collectives are in it when they released their data for this audience or a wider one.

    Returns
    -------
    Exported
        What it holds.

    Raises
    ------
    ArchiveError
        When nobody released data for this audience or all who did still read their report first, nobody can be
        written to, or the folder holds something else.
    ContentError
        When the workspace was not built.

    Notes
    -----
    The same workspace gives the same bytes on the same day. Sums over collectives are made again of those that are in
    it, as a sum over all would give those that are not away. A collective sees its figures before anybody else, here as
    in its report: while the newest report is its own, nothing of it is exported.
    """
    _refuse(settings, folder, audience)
    given = bundles.read_all(workspace, today)
    own, brought, waiting = _who(workspace, settings, given, today, audience)
    figures = _released(workspace, given, own, brought)
    made = tables.of(figures, publisher=settings.cbs.publisher, synthetic=settings.synthetic)
    try:
        files = {f"{name}.csv": csv_form.write(table.rows, table.descriptor) for name, table in made.items()}
    except csv_form.CsvError as problem:
        raise ArchiveError(f"{problem}. Change it in what was delivered, and run: bt build") from problem
    package = metadata.package(made, files, settings, today, audience)
    described = {
        metadata.DESCRIPTION: metadata.as_json(package),
        "dcat.jsonld": metadata.as_json(catalogues.dcat(package, settings.archive, audience)),
        "ro-crate-metadata.json": metadata.as_json(
            catalogues.ro_crate(package, made["sources"].rows, settings.archive)
        ),
        "README.md": metadata.readme(package, settings.archive).encode("utf-8"),
    }
    replace_folder(folder, partial(_fill, files={**files, **described}))
    there = tuple(sorted(figures["collectives"]["collective_id"].unique()))
    return Exported(folder, there, {name: len(table.rows) for name, table in made.items()}, waiting)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content_ in files.items():
        (folder / name).write_bytes(content_)


def _refuse(settings: Settings, folder: Path, audience: str) -> None:
    if audience not in LEVELS[1:]:
        raise ArchiveError(f"audience got {audience!r}; expected one of {', '.join(LEVELS[1:])}. Name one of them.")
    if not settings.archive.contact_email and not settings.synthetic:
        raise ArchiveError(
            "bt.toml: [archive] has no contact_email; expected an address that readers of the archive can write to. "
            'Add: contact_email = "naam@voorbeeld.nl"'
        )
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ArchiveError(f"{folder} is a file; expected a folder. Name another one.")
    strange = sorted({path.name for path in folder.iterdir()} - _earlier(folder))
    if strange:
        raise ArchiveError(
            f"{folder} holds {strange[0]}, which is no part of an earlier export; expected an empty folder, or an "
            "export made before. Name another folder, or take it out."
        )


def _earlier(folder: Path) -> set[str]:
    """Return the files of an earlier export; none when the folder holds no such export."""
    try:
        package = json.loads((folder / metadata.DESCRIPTION).read_text(encoding="utf-8"))
        named = {str(resource["path"]) for resource in package["resources"]}
        is_ours = package["software"]["name"] == metadata.SOFTWARE and package["export"] is True
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {*named, metadata.DESCRIPTION, *metadata.OTHERS} if is_ours else set()


def _who(
    workspace: Workspace, settings: Settings, given: bundles.Bundles, today: dt.date, audience: str
) -> tuple[set[str], set[str], tuple[str, ...]]:
    """Return whose figures may go: of those built here, of those brought in a bundle; and a line per one that waits."""
    wide = LEVELS[LEVELS.index(audience) :]
    own = stored.read(workspace.root, "joined/collective")
    here = set(own.loc[own["release_level"].isin(wide), "collective_id"]) - given.withdrawn
    # Who brought a bundle from elsewhere looked there, before it agreed.
    brought = set(given.lines.loc[given.lines["consent_level"].isin(wide), "collective_id"]) - set(own["collective_id"])
    looking = _looking(workspace, settings, given, today)
    waiting = tuple(f"{name}: {looking[name]}" for name in sorted(here & looking.keys()))
    if here - looking.keys() or brought:
        return here - looking.keys(), brought, waiting
    if waiting:
        raise ArchiveError(
            f"got only collectives that read their newest report first ({', '.join(waiting)}); expected one that may "
            "come along. Wait for that day, or make reports that are not there yet: bt report"
        )
    raise ArchiveError(
        f"no collective released its data for {audience!r} or a wider audience; expected at least one. "
        "Ask collectives, who fill in release_level, or name another audience."
    )


def _looking(workspace: Workspace, settings: Settings, given: bundles.Bundles, today: dt.date) -> dict[str, str]:
    """Say of collectives whose newest report is still theirs alone, or was not made yet, when they may come along."""
    if settings.synthetic or not settings.report.first_look_days:
        return {}
    releases = release.decide(workspace, settings, today, given.lines, given.withdrawn)
    own = {name: one for name, one in releases.items() if name != runs.ACROSS}
    return {
        name: f"from {one.until}" if one.until else "no report yet"
        for name, one in own.items()
        if one.until or not one.folders
    }


def _released(
    workspace: Workspace, given: bundles.Bundles, here: set[str], brought: set[str]
) -> dict[str, pd.DataFrame]:
    """Return the figures of collectives that released them: built here, or brought here in a bundle."""
    figures = {name: stored.read(workspace.root, f"analysed/{name}") for name in _TABLES}
    for name in _OWNED:
        own, others = figures[name], given.tables[f"analysed_{name}"]
        parts = [own[own["collective_id"].isin(here)], others[others["collective_id"].isin(brought)]]
        figures[name] = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    named = [figures["indicators"], given.tables["analysed_indicators"]]
    sources = figures["sources"]
    figures["indicators"] = pd.concat(named, ignore_index=True).drop_duplicates("indicator_id", ignore_index=True)
    figures["sources"] = sources[sources["collective_id"].isin({*here, ""})]
    return figures
