"""Coarsening: protected estimates in; the same ones with counts rounded, and small percentages in words, out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bt_analysis.settings import DisclosureSettings

WORDS = {
    "bijna_niemand": (0.0, 12.5),
    "ongeveer_een_kwart": (12.5, 37.5),
    "ongeveer_de_helft": (37.5, 62.5),
    "ongeveer_driekwart": (62.5, 87.5),
    "bijna_iedereen": (87.5, 100.0),
}
"""Code of a percentage in words → the percentages it stands for, from the first up to the second."""

NOT_PEOPLE = ("areas", "years")
"""What n counts of a figure that was compared with others: few of them are not few people."""

SMALL_BASE = "n_below_minimum"
_FIGURES = ["value", "ci_low", "ci_high"]


def coarse(estimates: pd.DataFrame, disclosure: DisclosureSettings) -> pd.DataFrame:
    """Make figures about people no finer than they may be.

    Parameters
    ----------
    estimates : DataFrame
        Estimates with ``cell``; those that rest on no people stay as they are.
    disclosure : DisclosureSettings
        ``rounding`` and ``words_below``.

    Returns
    -------
    DataFrame
        The same rows. The number of people in a group is a multiple of ``rounding``; totals are exact. A percentage of
        fewer people than ``words_below`` has a code in ``value_text`` instead of a value and bounds, and a reservation;
        a ratio of such percentages is ``niet_te_zien``.
    """
    about_people = estimates["cell"].ne("")
    in_group = about_people & estimates["group_value"].ne("")
    out = estimates.copy()
    for column, counts in (("n", out["n_unit"].eq("people")), ("value", out["unit"].eq("personen"))):
        multiple = (out[column] / disclosure.rounding).round() * disclosure.rounding
        out[column] = out[column].mask(in_group & counts, multiple)
    of_people = ~out["n_unit"].isin(NOT_PEOPLE)
    small = about_people & of_people & out["value"].notna() & (out["n"] < disclosure.words_below)
    return _without_ratio(_in_words(out, small & out["unit"].eq("%")), small & out["unit"].eq("verhouding"))


def _in_words(out: pd.DataFrame, small: pd.Series) -> pd.DataFrame:
    upper = [high for _, high in WORDS.values()]
    place = np.searchsorted(upper[:-1], out["value"].fillna(0), side="right")
    words = pd.Series(np.array(list(WORDS), dtype=object)[place], index=out.index)
    reasons = out["gate_reason"].astype(str)
    missing = small & ~reasons.str.split(";").map(lambda codes: SMALL_BASE in codes)
    return out.assign(
        value_text=out["value_text"].mask(small, words),
        gate=out["gate"].mask(small, "voorbehoud"),
        gate_reason=reasons.mask(missing, (reasons + ";" + SMALL_BASE).str.strip(";")),
        **{figure: out[figure].mask(small) for figure in _FIGURES},
    )


def _without_ratio(out: pd.DataFrame, small: pd.Series) -> pd.DataFrame:
    return out.assign(
        gate=out["gate"].mask(small, "niet_te_zien"),
        gate_reason=out["gate_reason"].mask(small, SMALL_BASE),
        missing_reason=out["missing_reason"].mask(small, "unknown"),
        **{figure: out[figure].mask(small) for figure in [*_FIGURES, "n"]},
    )
