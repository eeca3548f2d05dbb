"""Trials: experiment cards and their events in; what was fixed beforehand and what came of it, out.

What was stopped, failed or showed nothing is told in the same form as what worked. Growing is no default success: how
something spread is told as it is.
"""

from __future__ import annotations

import pandas as pd

from bt_analysis import cards
from bt_analysis.analysis import experiments as single
from bt_analysis.analysis.learning import lessons
from bt_analysis.analysis.learning.cases import ACROSS, Cases, Learned, made, nothing, told
from bt_analysis.analysis.learning.lesson_warnings import NEGATIVE
from bt_analysis.analysis.tables import Joined
from bt_analysis.settings import Settings

TABLES: tuple[str, ...] = ("trials",)

NO_CONSENT = "no_consent"
"""The fingerprint stays with the collective, as the text does: nobody else can tell whether the card is intact."""

UNKNOWN = "onbekend"

FAILED = ("schade", "werkte_niet", "gestopt", "geen_verschil")
"""Outcomes that are told with the lessons of what did not work."""

KINDS = {
    "stand": "status", "uitkomst": "outcome", "vergelijking": "comparison", "vooraf": "declared", "kaart": "card",
    "verspreiding": "spread_type",
}  # fmt: skip
"""Group type of a count → the field whose values it counts."""

NOT_RECORDED = "niet_ingevuld"

_NEEDED = (
    "collective", "work_area", "activity", "participation", "contribution", "experiment", "experiment_event",
    "research_question",
)  # fmt: skip
_STOPPED, _RESULT, _CHANGED = "stop", "resultaat", "criterium_gewijzigd"
_TOLD_LAST = {"reflectie": 0, _RESULT: 1, _STOPPED: 2}
_SOURCE = "collective: experiment"


def learn(cases: Cases, settings: Settings) -> Learned:
    """Set all experiments beside each other.

    Parameters
    ----------
    cases : Cases
        Reads experiment, experiment_event, research_question, lesson and collective, and the estimates ``change``.
    settings : Settings
        Not read: nothing here has a threshold.

    Returns
    -------
    Learned
        Estimates of the question ``experiments``: per collective and period how many experiments ran in it
        (``experiments_n``, by group type ``uitkomst``), and with an empty collective_id how many there are, by each of
        :data:`KINDS`; how many are past their planned end without a result (``experiments_overdue_n``) and of how
        many success came to be judged otherwise (``experiments_criteria_changed_n``). The table ``trials``.

    Notes
    -----
    The outcome is the worst that is known: a lesson of harm, a lesson or a status that it did not work, a stop, a
    figure of the area without any difference; then a lesson that it worked partly or worked, then a difference. A
    measured nothing so outweighs a success that was told.
    """
    del settings
    rows = listing(cases)
    if rows.empty:
        return Learned(nothing(), {"trials": made((), "trials")})
    estimates = pd.concat([_of_collectives(rows, cases), _of_all(rows, cases)], ignore_index=True)
    return Learned(estimates, {"trials": made(rows, "trials")})


def listing(cases: Cases) -> pd.DataFrame:
    """List every experiment with what came of it.

    Parameters
    ----------
    cases : Cases
        As :func:`learn` reads them.

    Returns
    -------
    DataFrame
        One row is an experiment (analysed_trials), in order of collective and start.
    """
    records = {name: cases.table(name) for name in _NEEDED}
    empty = pd.DataFrame()
    rows = single.experiments(Joined.of(records, context=empty, composition=empty, catalogue={}))
    rows = rows[rows["collective_id"].isin(cases.ids)].reset_index(drop=True)
    whole = cases.whole.set_index("collective_id")
    rows = rows.assign(
        domain=rows["collective_id"].map(whole["primary_domain"]),
        country=lessons.countries(cases, rows["collective_id"]),
        card=rows["card"].mask(~rows["text_shown"] & rows["card"].eq(cards.NO_HASH), NO_CONSENT),
        lessons=_of_lessons(rows, cases),
        verdicts=_verdicts(rows, cases),
        **_happened(rows, cases.table("experiment_event")),
    )
    return rows.assign(outcome=_outcome(rows), overdue=_overdue(rows, pd.Timestamp(cases.today)))


def _of_lessons(rows: pd.DataFrame, cases: Cases) -> pd.Series:
    learnt = cases.table("lesson")
    learnt = learnt[learnt["experiment_id"].notna()]
    return _looked_up(rows["experiment_id"], learnt["experiment_id"], learnt["valence"])


def _verdicts(rows: pd.DataFrame, cases: Cases) -> pd.Series:
    """Return what areas like it showed of the indicators on each card, in the longest period."""
    given = cases.estimates
    if given.empty:
        return pd.Series("", index=rows.index)
    found = given[given["question"].eq("change") & given["group_type"].eq("oordeel") & given["value_text"].ne("")]
    found = found.merge(cases.whole[["collective_id", "period_start", "period_end"]])
    named = rows.assign(indicator_id=rows["indicator_ids"].str.split(";")).explode("indicator_id")
    both = named[["experiment_id", "collective_id", "indicator_id"]].merge(found, on=["collective_id", "indicator_id"])
    return _looked_up(rows["experiment_id"], both["experiment_id"], both["value_text"])


def _looked_up(ids: pd.Series, keys: pd.Series, values: pd.Series) -> pd.Series:
    """Join the values of each key, each once and in order of the alphabet, with ; between them."""
    of: dict[str, set[str]] = {}
    for key, value in zip(keys, values, strict=True):
        of.setdefault(key, set()).add(value)
    return pd.Series([";".join(sorted(of.get(one, ()))) for one in ids], index=ids.index, dtype="str")


def _happened(rows: pd.DataFrame, events: pd.DataFrame) -> dict[str, pd.Series]:
    """Return days of changed criteria and of a result, and in which words the last of it was told."""
    ids = rows["experiment_id"]
    changed, result = events[events["type"].eq(_CHANGED)], events[events["type"].eq(_RESULT)]
    last_result = result.groupby("experiment_id")["date"].max().to_dict()
    shown = events["text_consent"].fillna(False).astype(bool) & events["text"].notna()
    words = events[shown & events["type"].isin(_TOLD_LAST)]
    words = words.assign(rank=words["type"].map(_TOLD_LAST)).sort_values(["rank", "date", "event_id"])
    ending = dict(zip(words["experiment_id"], words["text"], strict=True))  # the last of each stays
    return {
        "criteria_changed_on": _looked_up(ids, changed["experiment_id"], changed["date"].dt.strftime("%Y-%m-%d")),
        "result_on": pd.Series([last_result.get(one, pd.NaT) for one in ids], ids.index, "datetime64[us]"),
        "ended_with": pd.Series([ending.get(one, "") for one in ids], ids.index, "str"),
    }


def _outcome(rows: pd.DataFrame) -> pd.Series:
    """Name what came of each experiment: the worst that is known."""
    told_of = {one: rows["lessons"].str.split(";").map(lambda of, one=one: one in of) for one in _LESSONS}
    verdicts = rows["verdicts"].str.split(";")
    status = rows["status"]
    return pd.Series(UNKNOWN, index=rows.index, dtype="str").case_when(
        [
            (told_of["schade"], "schade"),
            (told_of["werkte_niet"] | status.eq("mislukt_leerzaam"), "werkte_niet"),
            (status.eq("gestopt"), "gestopt"),
            (status.eq("gepland"), "gepland"),
            (status.eq("loopt"), "loopt"),
            (verdicts.map(lambda of: "geen_verschil" in of), "geen_verschil"),
            (told_of["werkte_deels"], "werkte_deels"),
            (told_of["werkte"], "werkte"),
            (verdicts.map(lambda of: bool({"hoger", "lager"} & set(of))), "verschil"),
        ]
    )


_LESSONS = (*NEGATIVE, "werkte_deels", "werkte")


def _overdue(rows: pd.DataFrame, today: pd.Timestamp) -> pd.Series:
    ended = rows["stopped_on"].notna() | rows["status"].isin(["gestopt", "mislukt_leerzaam"])
    told_of = rows["result_on"].notna() | rows["lessons"].ne("")
    return (rows["planned_end"] < today) & ~ended & ~told_of


def _of_collectives(rows: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Count, per collective and period, the experiments that ran in it, by what came of them."""
    both = rows.merge(cases.periods, on="collective_id")
    last = both[["stopped_on", "planned_end"]].min(axis=1).fillna(both["period_end"])
    ran = both[(both["start"].fillna(both["period_start"]) <= both["period_end"]) & (last >= both["period_start"])]
    keys = ["collective_id", "period_start", "period_end"]
    total = ran.groupby(keys).size().reset_index(name="value")
    by_outcome = ran.groupby([*keys, "outcome"]).size().reset_index(name="value")
    by_outcome = by_outcome.rename(columns={"outcome": "group_value"}).assign(group_type="uitkomst")
    counts = pd.concat([total, by_outcome], ignore_index=True)
    n = counts[keys].merge(total, on=keys, how="left")["value"]
    return told(
        counts.assign(indicator_id="experiments_n", n=n), question="experiments", unit="experimenten",
        method="count", source=_SOURCE, population="collectief", n_unit="experiments",
    )  # fmt: skip


def _of_all(rows: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Count the experiments of all collectives together, by every kind."""
    first, last = cases.span
    all_n = rows["collective_id"].nunique()
    totals = [
        ("experiments_n", "", "", len(rows), all_n),
        ("experiments_overdue_n", "", "", int(rows["overdue"].sum()), all_n),
        ("experiments_criteria_changed_n", "", "", int((rows["criteria_changed_n"] > 0).sum()), all_n),
    ]
    for kind, column in KINDS.items():
        found = rows.groupby(rows[column].replace("", NOT_RECORDED))["collective_id"].agg(["size", "nunique"])
        totals += [("experiments_n", kind, str(value), int(size), int(n)) for value, size, n in found.itertuples()]
    table = pd.DataFrame(totals, columns=["indicator_id", "group_type", "group_value", "value", "n"])
    return told(
        table.assign(period_start=first, period_end=last, collective_id=ACROSS),
        question="experiments", unit="experimenten", method="count", source=_SOURCE, population="collectieven",
        n_unit="collectives",
    )  # fmt: skip
