"""Settings of lessons: conditions that lessons name, and of every collective, in; where else a lesson may hold, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from bt_analysis.analysis.learning import conditions, patterns
from bt_analysis.analysis.learning.cases import Cases, made
from bt_analysis.analysis.learning.lesson_warnings import NEGATIVE

TABLES: tuple[str, ...] = ("lesson_conditions", "lesson_settings")

LISTED = 20
"""Collectives named where a setting holds too; more are only counted."""

UNKNOWN = "?"

_COUNTS = {"werkte": "worked_n", "werkte_deels": "partly_n", "werkte_niet": "failed_n", "schade": "harm_n"}


def in_order(named: str) -> str:
    """Write the conditions of a lesson in order of the alphabet, each once.

    Parameters
    ----------
    named : str
        As the table lesson has them: ``vaste_plek=1;geld=0;trekker=?``.

    Returns
    -------
    str
        ``geld=0;trekker=?;vaste_plek=1``; empty when none is named.
    """
    return ";".join(sorted({one.strip() for one in named.split(";") if one.strip()}))


def known_part(named: str) -> str:
    """Keep the conditions of which the lesson says whether they were there.

    Parameters
    ----------
    named : str
        As :func:`in_order` gives them.

    Returns
    -------
    str
        ``geld=0;vaste_plek=1``.
    """
    return ";".join(one for one in named.split(";") if one and not one.endswith(f"={UNKNOWN}"))


def of_cases(cases: Cases) -> pd.DataFrame:
    """Give every collective its value of every condition, the one that patterns rest on too.

    Parameters
    ----------
    cases : Cases
        Reads case_condition.

    Returns
    -------
    DataFrame
        One row is a collective, one column a condition: 1 (was there), 0 (was not there), missing (not known).
    """
    rows = conditions.values(cases)
    rows = rows[rows["role"].eq(conditions.CONDITION)]
    return rows.pivot(index="collective_id", columns="code", values="value").reindex(cases.ids).astype(float)


def patterns_with(setting: str, learned: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Find the claimed patterns that a condition of a lesson is part of.

    Parameters
    ----------
    setting : str
        As :func:`known_part` gives it.
    learned : mapping of str to DataFrame
        What was learnt, with ``pattern_tests``; without it there are none.

    Returns
    -------
    DataFrame
        Rows of pattern_tests, the strongest of each outcome first; also where the lesson was without what the pattern
        is with: that is worth knowing as much.
    """
    if "pattern_tests" not in learned:
        return pd.DataFrame()
    rows = patterns.found(dict(learned))
    named = _named(setting)
    return rows[[not named.isdisjoint(one.replace("~", "").split("*")) for one in rows["pattern"]]]


def moderators_in(setting: str, learned: Mapping[str, pd.DataFrame], level: float) -> pd.DataFrame:
    """Find the conditions of a lesson that go with larger or smaller changes of figures that collectives share.

    Parameters
    ----------
    setting : str
        As :func:`known_part` gives it.
    learned : mapping of str to DataFrame
        What was learnt, with ``pooled_moderators``; without it there are none.
    level : float
        Chance, after Holm's correction, above which it may be luck.

    Returns
    -------
    DataFrame
        Rows of pooled_moderators.
    """
    rows = learned.get("pooled_moderators", pd.DataFrame(columns=["moderator", "p_holm"]))
    return rows[rows["moderator"].isin(_named(setting)) & (rows["p_holm"] <= level)]


def _named(setting: str) -> set[str]:
    return {one.rsplit("=", 1)[0] for one in setting.split(";") if one}


def tables(listed: pd.DataFrame, cases: Cases) -> dict[str, pd.DataFrame]:
    """Join lessons to the conditions of all collectives.

    Parameters
    ----------
    listed : DataFrame
        As :func:`bt_analysis.analysis.learning.lessons.listing` gives it.
    cases : Cases
        Reads case_condition and collective.

    Returns
    -------
    dict of DataFrame
        ``lesson_conditions`` and ``lesson_settings``, both about all collectives together.

    Notes
    -----
    A setting holds at a collective when every condition it names is known there and the same; it differs when one is
    known to be otherwise; else it is unknown. That it holds says where a lesson may be tried, not that it will work.
    """
    known = of_cases(cases)
    kept = cases.table("collective")
    country = dict(zip(kept["collective_id"], kept["country"].fillna("").astype(str), strict=True))
    return {"lesson_conditions": _conditions(listed, known), "lesson_settings": _settings(listed, known, country)}


def _tallied(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count lessons by whether they worked, and who told them."""
    marks = rows[keys].assign(**{name: rows["valence"].eq(valence) for valence, name in _COUNTS.items()})
    tally = marks.groupby(keys).sum().astype(int)
    return tally.assign(
        lessons_n=marks.groupby(keys).size(),
        told_by_n=rows.groupby(keys)["collective_id"].nunique(),
        both=(tally["worked_n"] > 0) & (tally[[_COUNTS[one] for one in NEGATIVE]].sum(axis=1) > 0),
    )


def _conditions(listed: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    long = listed.assign(one=listed["conditions"].str.split(";")).explode("one")
    long = long[long["one"].fillna("").ne("")]
    if long.empty:
        return made((), "lesson_conditions")
    parts = long["one"].str.rsplit("=", n=1, expand=True)
    tally = _tallied(long.assign(condition_code=parts[0], value=parts[1]), ["condition_code", "value"]).reset_index()
    wide = known.reindex(columns=sorted({*known.columns, *tally["condition_code"]}))
    same = {"1": wide.eq(1).sum(), "0": wide.eq(0).sum(), UNKNOWN: wide.isna().sum()}
    pairs = list(zip(tally["condition_code"], tally["value"], strict=True))
    return made(
        tally.assign(
            cases_with_n=[int(same[value][code]) for code, value in pairs],
            cases_n=len(known),
            in_cases=tally["condition_code"].isin(known.columns[known.notna().any()]),
        ),
        "lesson_conditions",
    )


def _settings(listed: pd.DataFrame, known: pd.DataFrame, country: dict[str, str]) -> pd.DataFrame:
    rows = listed[listed["setting"].ne("")]
    if rows.empty:
        return made((), "lesson_settings")
    tally = _tallied(rows, ["setting"])
    holds, differs = _fits(list(tally.index), known)
    ids = np.array(known.index)
    tellers = rows.groupby("setting")["collective_id"].agg(set)
    elsewhere = [
        [name for name in ids[fit] if name not in tellers[setting]]
        for fit, setting in zip(holds.T, tally.index, strict=True)
    ]
    per_setting = rows.groupby("setting")
    return made(
        tally.assign(
            tried_elsewhere_n=rows["transfer_tried_at"].ne("").groupby(rows["setting"]).sum(),
            domains=per_setting["domain"].agg(_joined),
            countries=per_setting["country"].agg(_joined),
            holds_n=holds.sum(axis=0),
            differs_n=differs.sum(axis=0),
            unknown_n=(~holds & ~differs).sum(axis=0),
            elsewhere_n=[len(names) for names in elsewhere],
            elsewhere=[";".join(names[:LISTED]) for names in elsewhere],
            countries_elsewhere=[_joined(country.get(name, "") for name in names) for names in elsewhere],
        ).reset_index(),
        "lesson_settings",
    )


def _fits(settings: list[str], known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return collective × setting: whether all its conditions are so, and whether one is known to be otherwise."""
    named = [dict(one.rsplit("=", 1) for one in setting.split(";")) for setting in settings]
    codes = sorted({*known.columns, *(code for one in named for code in one)})
    wide = known.reindex(columns=codes).to_numpy()
    wanted = np.array([[one.get(code, UNKNOWN) for code in codes] for one in named])
    there, absent = (wide == 1).astype(int), (wide == 0).astype(int)
    want_there, want_absent = (wanted == "1").astype(int), (wanted == "0").astype(int)
    agree = there @ want_there.T + absent @ want_absent.T
    differ = absent @ want_there.T + there @ want_absent.T
    return agree == (want_there + want_absent).sum(axis=1), differ > 0


def _joined(values: Iterable[object]) -> str:
    return ";".join(sorted({str(one) for one in values if one}))
