"""A wave as it was asked: which instruments, how people were chosen, and the answers laid out per respondent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bt_analysis.instruments.definitions import Instrument

METHODS = {"aselect": "aselect", "allen": "census_van_groep", "zelfselectie": "zelfselectie"}
"""How people were chosen → method of a measurement."""

WITH_INTERVAL = ("aselect", "census_van_groep")
"""Methods whose answers say something about people who did not answer."""


def named(wave: Mapping[Any, Any]) -> list[str]:
    """List the instruments that a wave names.

    Parameters
    ----------
    wave : mapping
        Row of survey_wave.

    Returns
    -------
    list of str
        In its order; empty when it names none.
    """
    named = wave["instrument_ids"]
    return [part.strip() for part in named.split(";") if part.strip()] if isinstance(named, str) else []


def method(wave: Mapping[Any, Any]) -> str:
    """Return how the people of a wave were chosen, as the method of a measurement.

    Parameters
    ----------
    wave : mapping
        Row of survey_wave.

    Returns
    -------
    str
        Self-selection where it was not recorded.
    """
    return METHODS.get(wave["sampling"], "zelfselectie") if isinstance(wave["sampling"], str) else "zelfselectie"


def last_day(wave: Mapping[Any, Any]) -> Any:
    """Return the last day of a wave.

    Parameters
    ----------
    wave : mapping
        Row of survey_wave.

    Returns
    -------
    Timestamp
        Its first day where no end was recorded.
    """
    return wave["start"] if pd.isna(wave["end"]) else wave["end"]


def dated(wave: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what every table about the answers of a wave begins with.

    Parameters
    ----------
    wave : mapping
        Row of survey_wave.

    Returns
    -------
    dict of str to object
        wave_id, collective_id, work_area_id, period_start and period_end.
    """
    kept = {name: wave[name] for name in ("wave_id", "collective_id", "work_area_id")}
    return {**kept, "period_start": wave["start"], "period_end": last_day(wave)}


def wide(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Lay the answers of a wave out.

    Parameters
    ----------
    answers : DataFrame
        Rows of response_item of one wave.
    instrument : Instrument
        Whose items.

    Returns
    -------
    DataFrame
        One row per respondent of the wave, one column per item of the instrument.
    """
    columns = [item.code for item in instrument.items]
    wide = answers.pivot(index="respondent_key", columns="item_code", values="answer")
    return wide.reindex(columns=columns).astype("str")
