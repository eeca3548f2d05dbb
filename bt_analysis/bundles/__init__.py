"""Bundles: the data of a collective that may travel, made with its consent, withdrawn when it says so, read as tables.

The cross-domain report is made of bundles and of nothing else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bt_analysis import schema
from bt_analysis.bundles import counts, packing, register
from bt_analysis.bundles.csv_form import CsvError
from bt_analysis.bundles.reading import Bundles, Consents, across, consents, read_all
from bt_analysis.bundles.register import LEVELS, BundleError, Consent
from bt_analysis.bundles.unpacking import line_of, unpack
from bt_analysis.disclosure.records import NEVER, Protect, protected
from bt_analysis.instruments import waves
from bt_analysis.pages import stored
from bt_analysis.settings import Settings, Workspace
from bt_analysis.sources import monitoring
from bt_analysis.sources.files import sha256, write_atomically

__all__ = ["BundleError", "Bundles", "Consent", "Consents", "across", "consents", "make", "read_all", "withdraw"]

_DATA_VERSION_DIGITS = 12


def make(
    workspace: Workspace,
    settings: Settings,
    package: monitoring.Package,
    consent: Consent,
    protect: Protect | None = None,
) -> Path:
    """Make the bundle of a collective, and write its line in the register.

    Parameters
    ----------
    workspace : Workspace
        Where it was built.
    settings : Settings
        Smallest cell, licence, and whether the data are made up.
    package : Package
        What the collective delivered, without problems, and what was built of.
    consent : Consent
        What the collective agreed to.
    protect : callable, optional
        Protects the tables whose counts add up, see :data:`bt_analysis.disclosure.records.Protect`; default:
        :func:`bt_analysis.bundles.counts.beside_figures`.

    Returns
    -------
    Path
        ``data/bundles/<collective>/<bundle>.zip``; an earlier bundle of the collective is removed.

    Raises
    ------
    BundleError
        When the package has problems, was not built or has changed since, or the consent is not enough.
    """
    name = package.collective_id
    if package.problems:
        raise BundleError(
            f"{name}: got a package with problems ({len(package.problems)}); expected none. Run: bt check {name}"
        )
    figures = _figures(workspace, package)
    # Answers of people become measurements of their group, as in a build; rows of a register that others name go along.
    own = monitoring.together([dataclasses.replace(package, tables=waves.with_measurements(package.tables))])
    tables = {table: rows for table, rows in own.items() if len(rows) and _travels(table)}
    level = _level(name, own["collective"]["release_level"], consent)
    protect = protect or _beside_figures(workspace, settings, name)
    own = protected(tables, figures, settings.disclosure.min_cell, protect)
    whole = {**own, **figures}
    try:
        contents = packing.as_csv(whole)
        line = _line(workspace, package, consent, level, contents)
        line["bundle_id"] = packing.bundle_id(contents, line)
        register.of_lines([line])
    except CsvError as problem:
        raise BundleError(f"{name}: {problem}. Change it in what was delivered, or in the consent.") from problem
    path = register.folder(workspace) / name / f"{line['bundle_id']}.zip"
    zipped = packing.pack(whole, contents, line, settings.archive, synthetic=settings.synthetic)
    # What is known to have gone out goes first, and outlasts the bundle: who withdraws may come back.
    for table in counts.PROTECTED.keys() & own.keys():
        kept = workspace.released / name / f"{table}.parquet"
        write_atomically(kept, functools.partial(own[table].to_parquet, index=False))
    register.add(workspace, line)
    write_atomically(path, lambda temporary: temporary.write_bytes(zipped))
    for earlier in path.parent.glob("*.zip"):
        if earlier != path:
            earlier.unlink()
    return path


def withdraw(workspace: Workspace, collective_id: str, on: dt.date) -> int:
    """Take a collective out: its bundles are removed, and the register says since when.

    Parameters
    ----------
    workspace : Workspace
        Whose bundles.
    collective_id : str
        The collective that withdraws.
    on : date
        The day that it does.

    Returns
    -------
    int
        How many files were removed.

    Raises
    ------
    BundleError
        When there is no bundle of this collective.
    """
    paths = sorted((register.folder(workspace) / collective_id).glob("*.zip"))
    lines = register.read(workspace)
    if not paths and collective_id not in set(lines["collective_id"]):
        raise BundleError(f"{collective_id}: got no bundle here; expected one to withdraw. Look in data/bundles.")
    # A bundle from elsewhere has no line here yet; without one, a copy of it would be used again.
    for path in paths:
        if path.stem not in set(lines["bundle_id"]):
            _remember(workspace, path)
    register.withdraw(workspace, collective_id, on)
    for path in paths:
        path.unlink()
    return len(paths)


def _remember(workspace: Workspace, path: Path) -> None:
    try:
        line = line_of(path)
    except BundleError:  # it cannot be used, now or later, so nothing has to be remembered
        return
    register.add(workspace, {str(key): None if pd.isna(value) else value for key, value in line.items()})


def _travels(table: str) -> bool:
    """Tell whether a table may go along: no microdata, true counts, sentences of reports or register of bundles."""
    delivered = table in schema.MONITORING and table not in ("bundle", "claim")
    return delivered and schema.load(table)["protection_level"] != NEVER


def _figures(workspace: Workspace, package: monitoring.Package) -> dict[str, pd.DataFrame]:
    """Return what was built of a collective, when it was built of what it delivered."""
    name = package.collective_id
    read: Callable[[str], pd.DataFrame] = lambda table: stored.read(workspace.root, f"analysed/{table}")  # noqa: E731
    sources = read("sources")
    own = sources[sources["collective_id"] == name]
    built = {str(file): str(digest) for file, digest in zip(own["file"], own["sha256"], strict=True)}
    if not built or name not in set(read("collectives")["collective_id"]):
        raise BundleError(f"{name}: got a package that was not built; expected its figures. Run: bt build")
    there = {path.relative_to(workspace.raw).as_posix(): sha256(path) for path in package.sources}
    if there != built:
        changed = sorted({file for file, _ in there.items() ^ built.items()})
        raise BundleError(f"{name}: {changed[0]} changed after the build; expected figures of it. Run: bt build")
    tables = {table: read(table.removeprefix("analysed_")) for table in packing.ANALYSED}
    measured = set(tables["analysed_estimates"].query("collective_id == @name")["indicator_id"])
    return {
        table: rows[
            rows["collective_id"] == name if "collective_id" in rows else rows["indicator_id"].isin(measured)
        ].reset_index(drop=True)
        for table, rows in tables.items()
    }


def _beside_figures(workspace: Workspace, settings: Settings, name: str) -> Protect:
    """Return how counts of a collective are protected, given its suppressed figures and its last bundle."""
    hidden = stored.read(workspace.root, "analysed/suppressed")
    earlier: dict[str, pd.DataFrame] = {}
    for path in sorted((register.folder(workspace) / name).glob("*.zip")):
        with contextlib.suppress(BundleError):  # what cannot be read was not used either
            earlier = unpack(path).tables
    for path in sorted((workspace.released / name).glob("*.parquet")):
        earlier = {**earlier, path.stem: pd.read_parquet(path)}
    return functools.partial(
        counts.beside_figures,
        suppressed=hidden[hidden["collective_id"] == name],
        disclosure=settings.disclosure,
        earlier=earlier,
    )


def _level(name: str, released: pd.Series[Any], consent: Consent) -> str:
    """Return for whom the bundle is: as the consent says, or else as the collective released its data."""
    own = released.iloc[0] if len(released) and pd.notna(released.iloc[0]) else LEVELS[0]
    level = consent.level or str(own)
    if level not in LEVELS[1:]:
        raise BundleError(
            f"{name}: got data released for {level!r}; expected one of {', '.join(LEVELS[1:])}. "
            "Ask the collective, and name the level that it agrees to."
        )
    if consent.until < consent.approved_on:
        raise BundleError(
            f"{name}: got consent until {consent.until}; expected a day after {consent.approved_on}. Name a later day."
        )
    return level


def _line(
    workspace: Workspace, package: monitoring.Package, consent: Consent, level: str, contents: Mapping[str, bytes]
) -> dict[str, Any]:
    """Make the line of the register, as text."""
    lines = register.read(workspace)
    # Of what travels, and not of the delivery: who knows all but a few of its cells could try them until a hash fits.
    version = [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in sorted(contents.items())]
    return {
        "bundle_id": "",
        "collective_id": package.collective_id,
        "data_version": packing.digest(version)[:_DATA_VERSION_DIGITS],
        "tables": ";".join(sorted(contents)),
        "consent_level": level,
        "valid_until": consent.until.isoformat(),
        "checks_passed": True,
        "approved_by_role": consent.approved_by_role,
        "approved_on": consent.approved_on.isoformat(),
        "withdrawn_on": None,
        # Consent after a withdrawal is another consent, also when nothing else changed.
        "version": 1 + len(register.withdrawals(lines, package.collective_id)),
    }
