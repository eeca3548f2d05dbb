"""Lessons: what collectives wrote down in; situation, cause and consequence, and whether failures are told too, out."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from bt_analysis.analysis.learning import lesson_settings, lesson_warnings
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, told
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("lessons", "lesson_warnings", *lesson_settings.TABLES)

VALENCES = ("werkte", "werkte_deels", "werkte_niet", "schade")
"""Whether it worked; the last made something worse."""

NEGATIVE = lesson_warnings.NEGATIVE

TEXTS = ("context", "mechanism", "outcome", "for_whom", "transfer_tried_at")
"""What people wrote in a lesson; it is told only where they agreed."""

_SOURCE = "collective: lesson"
_PERIOD = ["collective_id", "period_start", "period_end"]


def learn(cases: Cases, settings: Settings) -> Learned:
    """Tell what collectives learnt, and whether they also tell what did not work.

    Parameters
    ----------
    cases : Cases
        Reads lesson, collective and case_condition.
    settings : Settings
        ``learning.negative_share``: part of lessons that did not work below which there is a warning.
        ``learning.share_from``: lessons from which their share is told.

    Returns
    -------
    Learned
        Estimates of the question ``lessons``: per collective and period, and with an empty collective_id of all
        together, how many lessons there are (``lessons_n``; by group type ``valentie``; of all also
        ``domein:<domain>`` and ``land:<country>``), how many did not work or did harm (``lessons_negative_n``), their
        share where there are lessons enough (``lessons_negative_pct``), how many have no day
        (``lessons_undated_n``) or no text that may be shown (``lessons_hidden_n``). The tables are described in their
        schemas.

    Notes
    -----
    ``werkte_deels`` is neither: it counts as a lesson, and not as one that did not work. A lesson belongs to the
    periods in which it was recorded; one without a day, or of a day in no period, to the longest period only.
    """
    listed = listing(cases)
    rows, least = placed(listed, cases), settings.learning.share_from
    tables = {
        "lessons": made(_with_periods(listed, rows), "lessons"),
        "lesson_warnings": made(lesson_warnings.of(listed, rows, cases, settings), "lesson_warnings"),
    }
    return Learned(
        pd.concat([_of_collectives(rows, cases, least), _of_all(listed, cases, least)], ignore_index=True),
        tables | lesson_settings.tables(listed, cases),
    )


def listing(cases: Cases) -> pd.DataFrame:
    """List every lesson with the domain, the country and the conditions that it is about.

    Parameters
    ----------
    cases : Cases
        Reads lesson and collective.

    Returns
    -------
    DataFrame
        One row is a lesson of a collective that has a report: the fields of analysed_lessons but ``periods``, in
        order of collective, newest first.
    """
    rows = cases.table("lesson")
    whole = cases.whole.set_index("collective_id")
    rows = rows[rows["collective_id"].isin(whole.index)].reset_index(drop=True)
    shown = rows["text_consent"].fillna(False).astype(bool)
    conditions = rows["conditions"].fillna("").map(lesson_settings.in_order)
    return (
        rows.assign(
            recorded_on=rows["recorded_at"].dt.normalize(),
            domain=rows["domain"].fillna(rows["collective_id"].map(whole["primary_domain"])),
            country=countries(cases, rows["collective_id"]),
            text_shown=shown,
            conditions=conditions,
            setting=conditions.map(lesson_settings.known_part),
            **{name: rows[name].where(shown).fillna("").astype(str) for name in TEXTS},
        )
        .sort_values(["collective_id", "recorded_on", "lesson_id"], ascending=[True, False, True])
        .reset_index(drop=True)
    )


def countries(cases: Cases, owners: pd.Series) -> pd.Series:
    """Look up the countries of collectives.

    Parameters
    ----------
    cases : Cases
        Reads collective.
    owners : Series of str
        Ids of collectives.

    Returns
    -------
    Series of str
        Codes of countries on the index of ``owners``; empty where it was not recorded.
    """
    kept = cases.table("collective")
    known = dict(zip(kept["collective_id"], kept["country"].astype(object).fillna(""), strict=True))
    return pd.Series([known.get(one, "") for one in owners], index=owners.index, dtype="str")


def placed(listed: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Put each lesson under the reporting periods that it belongs to.

    Parameters
    ----------
    listed : DataFrame
        As :func:`listing` gives it.
    cases : Cases
        Their periods.

    Returns
    -------
    DataFrame
        One row is a lesson in a period, with period, period_start and period_end. Each lesson is in one at least.
    """
    longest = cases.whole[["collective_id", "period"]].rename(columns={"period": "longest"})
    both = listed.merge(cases.periods, on="collective_id").merge(longest, on="collective_id")
    inside = both["recorded_on"].between(both["period_start"], both["period_end"])
    nowhere = ~inside.groupby(both["lesson_id"]).transform("any")
    return both[inside | (nowhere & both["period"].eq(both["longest"]))].reset_index(drop=True)


def _with_periods(listed: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    names: dict[str, list[str]] = {}
    for lesson, period in zip(rows["lesson_id"], rows["period"], strict=True):
        names.setdefault(lesson, []).append(period)
    return listed.assign(periods=[";".join(names[lesson]) for lesson in listed["lesson_id"]])


def counted(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Mark what each lesson counts for.

    Parameters
    ----------
    rows : DataFrame
        As :func:`listing` or :func:`placed` gives them.

    Returns
    -------
    dict of str to Series
        Indicator → whether a lesson counts for it.
    """
    return {
        "lessons_n": pd.Series(data=True, index=rows.index),
        "lessons_negative_n": rows["valence"].isin(NEGATIVE),
        "lessons_undated_n": rows["recorded_on"].isna(),
        "lessons_hidden_n": ~rows["text_shown"].astype(bool),
    }


def _of_collectives(rows: pd.DataFrame, cases: Cases, least: int) -> pd.DataFrame:
    """Count per collective that tells lessons and each of its periods, also where there are none."""
    telling = cases.periods[cases.periods["collective_id"].isin(rows["collective_id"])][_PERIOD]
    keys = pd.MultiIndex.from_frame(telling)
    marks = pd.DataFrame(counted(rows) | {f"={name}": rows["valence"].eq(name) for name in VALENCES})
    sums = marks.groupby([rows[name] for name in _PERIOD]).sum().reindex(keys, fill_value=0)
    long = sums.reset_index().melt(_PERIOD, var_name="indicator_id", value_name="value")
    by_valence = long["indicator_id"].str.startswith("=")
    long = long.assign(
        group_type=by_valence.map({True: "valentie", False: ""}),
        group_value=long["indicator_id"].str.removeprefix("=").where(by_valence, ""),
        indicator_id=long["indicator_id"].mask(by_valence, "lessons_n"),
        n=long[_PERIOD].merge(sums["lessons_n"].reset_index(), on=_PERIOD, how="left")["lessons_n"],
    )
    return _estimates(pd.concat([long, _shares(long, least)]), population="collectief", n_unit="lessons")


def _shares(long: pd.DataFrame, least: int) -> pd.DataFrame:
    """Give the share that did not work, where there are lessons enough for a percentage."""
    failed = long[long["indicator_id"].eq("lessons_negative_n") & (long["n"] >= least)]
    return failed.assign(indicator_id="lessons_negative_pct", value=100 * failed["value"] / failed["n"], unit="%")


def _of_all(listed: pd.DataFrame, cases: Cases, least: int) -> pd.DataFrame:
    """Count the lessons of all collectives together, by whether it worked, by domain and by country."""
    first, last = cases.span
    n = listed["collective_id"].nunique()
    totals = [("", "", name, int(mark.sum())) for name, mark in counted(listed).items()]
    for kind, of in (
        ("valentie", listed.assign(all="")["all"]),
        ("domein:", listed["domain"]),
        ("land:", listed["country"]),
    ):
        found = Counter(zip(of, listed["valence"], strict=True))
        groups = sorted({value for value in of if value or kind == "valentie"})
        totals += [(f"{kind}{value}", name, "lessons_n", found[value, name]) for value in groups for name in VALENCES]
    told_failure = listed.loc[listed["valence"].isin(NEGATIVE), "collective_id"].nunique()
    totals += [("", "", "collectives_telling_n", n), ("", "", "collectives_without_negative_n", n - told_failure)]
    rows = pd.DataFrame(totals, columns=["group_type", "group_value", "indicator_id", "value"])
    rows = rows.assign(period_start=first, period_end=last, n=n, collective_id=ACROSS).iloc[: None if n else 0]
    share = _shares(rows.assign(n=float(len(listed))), least).assign(n=n)
    return _estimates(pd.concat([rows, share]), population="collectieven", n_unit="collectives")


def _estimates(rows: pd.DataFrame, **constants: object) -> pd.DataFrame:
    unit = rows["unit"] if "unit" in rows else pd.Series(None, index=rows.index, dtype=object)
    share = rows["indicator_id"].eq("lessons_negative_pct")
    method = share.map({True: "share of all lessons told", False: "count"})
    return told(
        rows.assign(unit=unit.fillna("lessen"), method=method, value=rows["value"].astype(float)),
        question="lessons", source=_SOURCE, **constants,
    )  # fmt: skip
