"""Surveys by XLSForm: the folder of a collective goes in; the answers of all its waves come out as response_item.

``<collective>/enquetes/<wave_id>/`` holds a form (.xlsx with the sheets survey, choices and settings) and one export of
answers (.csv or .xlsx) of KoboToolbox or ODK Central.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd

from bt_analysis.sources.sentences import Findings, Place
from bt_analysis.sources.survey_answers import Answer, read_answers
from bt_analysis.sources.survey_files import read_delivery, wave_files
from bt_analysis.sources.survey_form import read_form
from bt_analysis.sources.typed_tables import empty

FOLDER = "enquetes"
"""Folder in that of a collective, with a folder per wave."""

TABLE = "response_item"


def files(folder: Path) -> list[Path]:
    """Return the files that :func:`read_waves` reads.

    Parameters
    ----------
    folder : Path
        Folder of a collective.

    Returns
    -------
    list of Path
        Sorted; empty for a collective without surveys.
    """
    return [path for wave in _waves(folder) for path in wave_files(wave)]


def read_waves(folder: Path, findings: Findings, options: Mapping[str, Collection[str]] | None = None) -> pd.DataFrame:
    """Read the answers of every wave that a collective delivered.

    Parameters
    ----------
    folder : Path
        Folder of a collective.
    findings : Findings
        Every problem and repair is added to it.
    options : Mapping of str to collection of str, optional
        Code of an item of an instrument → the codes of its answers; other items are questions of one's own.

    Returns
    -------
    DataFrame
        response_item, as :func:`bt_analysis.sources.typed_tables.typed` gives it: one row is the answer of a respondent
        to a question. Without rows for a wave with problems.
    """
    loose = folder / FOLDER
    for path in wave_files(loose) if loose.is_dir() and not loose.is_symlink() else ():
        findings.problem("survey_loose_file", Place(f"{folder.name}/{FOLDER}/{path.name}"))
    read = [read_wave(wave, folder.name, options or {}, findings) for wave in _waves(folder)]
    return pd.concat(read, ignore_index=True) if read else empty(TABLE)


def read_wave(
    folder: Path, collective_id: str, options: Mapping[str, Collection[str]], findings: Findings
) -> pd.DataFrame:
    """Read the answers of one wave.

    Parameters
    ----------
    folder : Path
        ``enquetes/<wave_id>``; its name is the wave_id, and the form_id of the form.
    collective_id : str
        Name of the folder of the collective.
    options : Mapping of str to collection of str
        Code of an item of an instrument → the codes of its answers.
    findings : Findings
        Every problem and repair is added to it.

    Returns
    -------
    DataFrame
        response_item; without rows when there is a problem.

    Notes
    -----
    respondent_key is made of the instanceID of a submission with collective and wave as its salt: the same in every
    reading, another in every wave. When the form asks ``respondent_code`` it is made of that: the same in every wave.
    """
    name = f"{collective_id}/{FOLDER}/{folder.name}"
    before = len(findings.problems)
    delivery = read_delivery(folder, name, findings)
    if delivery is None:
        return empty(TABLE)
    form = read_form(delivery.form, delivery.form_place, folder.name, options, findings)
    if form is None:
        return empty(TABLE)
    answers = read_answers(form, delivery.answers, delivery.place, collective_id, findings)
    return _table(form.wave_id, answers if len(findings.problems) == before else [])


def _waves(folder: Path) -> list[Path]:
    surveys = folder / FOLDER
    if not surveys.is_dir() or surveys.is_symlink():
        return []
    return sorted(p for p in surveys.iterdir() if p.is_dir() and not p.is_symlink() and not p.name.startswith("."))


def _table(wave_id: str, answers: Iterable[Answer]) -> pd.DataFrame:
    """Return answers with the columns and types of the monitoring table."""
    like = empty(TABLE)
    rows = pd.DataFrame(list(answers), columns=["respondent_key", "item_code", "answer"])
    rows = rows.assign(wave_id=wave_id, recorded_by_role="import", version_missing_reason="not_recorded")
    return rows.reindex(columns=like.columns).astype(like.dtypes.to_dict())
