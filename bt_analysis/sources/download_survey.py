"""Every file of a folder: what it is, whether it can be read, and whether the others and fetched tables believe it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from bt_analysis.sources.cbs_table import read_table
from bt_analysis.sources.contradictions import Verdict, Witness, agrees, judge
from bt_analysis.sources.downloaded_file import NOTE, Downloaded, take
from bt_analysis.sources.files import sha256
from bt_analysis.sources.patience import SourceRejected
from bt_analysis.sources.plain_files import FORMS, DownloadRefused
from bt_analysis.sources.table import CbsTable

SURVEY_COLUMNS = ("file", "sha256", "form", "table_id", "year", "rows", "columns", "verdict", "claim", "reason")
"""Columns of a survey: see :func:`bt_analysis.sources.downloads.survey`."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Parameters
    ----------
    path : Path
        The file.
    download : Downloaded or None
        Its table, when it could be read.
    verdict : Verdict or None
        Whether that table is what the file says.
    refusal : str
        Why it could not be read.
    """

    path: Path
    download: Downloaded | None = None
    verdict: Verdict | None = None
    refusal: str = ""

    @property
    def table(self) -> CbsTable | None:
        """The table, unless the file is refused."""
        return self.download.table if self.download and not self.is_contradicted else None

    @property
    def is_contradicted(self) -> bool:
        """Whether the figures contradict the name."""
        return self.verdict is not None and self.verdict.kind == "contradicted"


def outcomes(folder: Path, fetched: Mapping[str, CbsTable]) -> list[Outcome]:
    """Read and judge every file of a folder.

    Parameters
    ----------
    folder : Path
        Searched with its subfolders; files with other endings than ``FORMS`` are left out.
    fetched : mapping of str to CbsTable
        Fetched tables by id.

    Returns
    -------
    list of Outcome
        One per file, by path.

    Raises
    ------
    DownloadRefused
        When there is no such folder.
    """
    if not folder.is_dir():
        raise DownloadRefused(f"{folder}: got no folder; expected one with downloaded files.")
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name.casefold().endswith(FORMS))
    alone = [_judge(_taken(path, fetched), witnesses(fetched)) for path in paths]
    return [_by_neighbours(one, alone, witnesses(fetched)) for one in alone]


def survey_table(folder: Path, found: Sequence[Outcome]) -> pd.DataFrame:
    """Write outcomes as a table.

    Parameters
    ----------
    folder : Path
        What paths are written from.
    found : sequence of Outcome
        As :func:`outcomes` returns.

    Returns
    -------
    DataFrame
        One row is a file, with ``SURVEY_COLUMNS``.
    """
    table = pd.DataFrame([_line(one, folder) for one in found], columns=list(SURVEY_COLUMNS))
    return table.astype({"year": "Int64", "rows": "Int64", "columns": "Int64"})


def contradiction(path: Path, download: Downloaded, verdict: Verdict) -> str:
    """Say that a file is not what its name says, and what to do.

    Parameters
    ----------
    path : Path
        The file.
    download : Downloaded
        What it was read as.
    verdict : Verdict
        The evidence.

    Returns
    -------
    str
        One line.
    """
    table = download.table
    return (
        f"{path.name}: got figures that contradict its name: {verdict.evidence}; expected those of {table.table_id} "
        f"({table.year}). Name the year they are of: read_download(path, year=…)."
    )


def fetched_tables(folder: Path | None) -> dict[str, CbsTable]:
    """Read the tables that were fetched from CBS; imported downloads and broken tables are no witnesses.

    Parameters
    ----------
    folder : Path or None
        ``data/raw/cbs``; None or absent means that there are none.

    Returns
    -------
    dict
        Tables by id.
    """
    tables: dict[str, CbsTable] = {}
    for place in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
        if place.is_dir() and not place.name.startswith(".") and not (place / NOTE).exists():
            try:
                table = read_table(place)
            except SourceRejected:
                continue
            tables[table.table_id] = table
    return tables


def witnesses(fetched: Mapping[str, CbsTable]) -> list[Witness]:
    """Return fetched tables as witnesses.

    Parameters
    ----------
    fetched : mapping of str to CbsTable
        Fetched tables by id.

    Returns
    -------
    list of Witness
        Those that have regions.
    """
    return [Witness(f"the fetched {name}", table) for name, table in fetched.items() if table.region_column]


def _taken(path: Path, fetched: Mapping[str, CbsTable]) -> Outcome:
    try:
        return Outcome(path, take(path, fetched=fetched))
    except DownloadRefused as problem:
        return Outcome(path, refusal=str(problem))


def _judge(one: Outcome, seen: Sequence[Witness]) -> Outcome:
    if one.download is None:
        return one
    return replace(one, verdict=judge(one.download.table, seen, one.download.claim.doubts))


def _by_neighbours(one: Outcome, alone: Sequence[Outcome], fetched: Sequence[Witness]) -> Outcome:
    """Hold a file against the others; of one table the majority is believed, and of two that differ neither is."""
    if one.table is None or one.verdict is None:
        return one
    others = [Witness(other.path.name, other.table) for other in alone if other.table is not None and other is not one]
    same = [other for other in others if other.table.table_id == one.table.table_id]
    votes = [(other, agrees(one.table, other.table)) for other in same]
    with_it, against = ([other for other, vote in votes if vote is answer] for answer in (True, False))
    is_sure = one.verdict.kind == "confirmed" or len(with_it) >= len(against)
    years = [other for other in others if other.table.table_id != one.table.table_id]
    return _judge(one, [*fetched, *(with_it if is_sure else against), *years])


def _line(one: Outcome, folder: Path) -> dict[str, object]:
    empty: dict[str, object] = {"form": "", "table_id": "", "claim": ""}
    line = empty | {"file": one.path.relative_to(folder).as_posix(), "sha256": sha256(one.path)}
    if one.download is None or one.verdict is None:
        return line | {"verdict": "refused", "reason": one.refusal}
    table, verdict = one.download.table, one.verdict
    notes = "; ".join([verdict.evidence, *one.download.notes])
    return line | {
        "form": one.download.form,
        "table_id": table.table_id,
        "year": table.year,
        "rows": len(table.rows),
        "columns": len(table.properties),
        "verdict": "refused" if one.is_contradicted else "read",
        "claim": verdict.kind,
        "reason": contradiction(one.path, one.download, verdict) if one.is_contradicted else notes,
    }
