"""Answers to surveys: those of forms and those delivered as a table go in; one table of answers comes out."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bt_analysis import instruments
from bt_analysis.schema import key, load
from bt_analysis.sources import rules_surveys, xlsform
from bt_analysis.sources.delivered import Delivered
from bt_analysis.sources.sentences import Findings, Place


def with_answers(
    folder: Path, tables: Mapping[str, pd.DataFrame], places: Mapping[str, Place], findings: Findings
) -> dict[str, pd.DataFrame]:
    """Put the answers that came by forms with those that were delivered as a table.

    Parameters
    ----------
    folder : Path
        Folder of a collective.
    tables : Mapping of str to DataFrame
        Typed tables that were delivered.
    places : Mapping of str to Place
        File and sheet of each table.
    findings : Findings
        Every problem of the forms is added to it: a wave that survey_wave does not name, an answer that is there
        twice, more respondents than people.

    Returns
    -------
    dict of str to DataFrame
        The tables, with the answers of forms in response_item.
    """
    forms = xlsform.read_waves(folder, findings, options())
    waves = {path.parent.name for path in xlsform.files(folder)}
    known = set(tables["survey_wave"]["wave_id"].dropna()) if "survey_wave" in tables else set()
    # A table that is there and cannot be read is a problem already.
    for wave in sorted(waves - known) if "survey_wave" not in places or "survey_wave" in tables else ():
        findings.problem("no_wave", Place(f"{folder.name}/{xlsform.FOLDER}/{wave}"), got=wave)
    if forms.empty:
        return dict(tables)
    delivered = tables.get(xlsform.TABLE)
    parts = [part for part in (delivered, forms) if part is not None]
    together = pd.concat(parts, ignore_index=True)
    columns = key(load(xlsform.TABLE))
    for wave in sorted(together.loc[together.duplicated(columns), "wave_id"].unique()):
        findings.problem("answers_twice", Place(f"{folder.name}/{xlsform.FOLDER}/{wave}"), got=wave)
    if known:
        _not_too_many(folder, {"survey_wave": tables["survey_wave"], xlsform.TABLE: together}, places, findings)
    return {**tables, xlsform.TABLE: together}


@functools.cache
def options() -> Mapping[str, tuple[str, ...]]:
    """Return which answers the items of instruments have.

    Returns
    -------
    Mapping of str to tuple of str
        Code of an item → codes of its answers.
    """
    return {
        item.code: tuple(option.code for option in instrument.options)
        for instrument in instruments.load().values()
        for item in instrument.items
    }


def _not_too_many(
    folder: Path, tables: Mapping[str, pd.DataFrame], places: Mapping[str, Place], findings: Findings
) -> None:
    delivered = Delivered(folder.name, tables, places, None, findings)
    rules_surveys.respondents(delivered)
