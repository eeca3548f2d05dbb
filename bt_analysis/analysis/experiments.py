"""What was tried out, and was it fixed beforehand? Experiment cards and their events in, what a report may tell out."""

from __future__ import annotations

import pandas as pd

from bt_analysis import cards
from bt_analysis.analysis.tables import Joined

TEXTS = (
    "problem", "change_tried", "mechanism_expected", "who_decides", "success_signal", "stop_signal", "change_of_mind",
    "ethics_note",
)  # fmt: skip
"""What people wrote on a card; it is told only where they agreed."""

BEFORE, AFTERWARDS, NOT_KNOWN = "vooraf", "achteraf", "onbekend"

_EVENT_TEXTS = ("text", "decided_by")
_CODES = ("comparison", "indicator_ids", "status", "spread_type")
_CHANGED, _STOPPED = "criterium_gewijzigd", "stop"
_EXPERIMENTS = [
    "collective_id", "experiment_id", "start", "planned_end", "declared_at", "declared", "card", *_CODES, "question",
    "proposed_by", "text_shown", *TEXTS, "texts_kept", "criteria_changed_n", "stopped_on",
]  # fmt: skip
_EVENTS = ["collective_id", "experiment_id", "event_id", "date", "type", "text_shown", *_EVENT_TEXTS]


def experiments(joined: Joined) -> pd.DataFrame:
    """Describe every experiment as it was declared, and say what changed since.

    Parameters
    ----------
    joined : Joined
        Reads experiment, experiment_event and research_question.

    Returns
    -------
    DataFrame
        One row is an experiment (analysed_experiments), in order of collective and start. Where those who wrote the
        texts did not agree that they are published, all of them are empty and ``text_shown`` is false; ``texts_kept``
        still says which were filled in.

    Notes
    -----
    A card is declared beforehand when declared_at ≤ start. Whether it still is what was declared, its fingerprint
    tells: :func:`bt_analysis.cards.state`.
    """
    table, events = joined.experiment, joined.experiment_event
    shown = table["text_consent"].fillna(False).astype(bool)
    kept = table[list(TEXTS)].notna()
    asked = joined.research_question.drop_duplicates("rq_id").set_index("rq_id")
    criteria = events.loc[events["type"].eq(_CHANGED), "experiment_id"].value_counts()
    stops = events[events["type"].eq(_STOPPED)].groupby("experiment_id")["date"].max().to_dict()
    told = table.assign(
        declared=_declared(table),
        card=pd.Series([cards.state(row.to_dict()) for _, row in table.iterrows()], table.index, dtype="str"),
        question=_text(table["question_id"].map(asked["text"])),
        proposed_by=_text(table["question_id"].map(asked["proposed_by"])),
        text_shown=shown,
        texts_kept=[";".join(name for name in TEXTS if row[name]) for _, row in kept.iterrows()],
        criteria_changed_n=pd.Series([criteria.get(one, 0) for one in table["experiment_id"]], table.index, "int64"),
        stopped_on=pd.Series([stops.get(one, pd.NaT) for one in table["experiment_id"]], table.index, "datetime64[us]"),
        **{name: _text(table[name].where(shown)) for name in TEXTS},
        **{name: _text(table[name]) for name in _CODES},
    )
    return told[_EXPERIMENTS].sort_values(["collective_id", "start", "experiment_id"], ignore_index=True)


def events(joined: Joined) -> pd.DataFrame:
    """List what happened in every experiment.

    Parameters
    ----------
    joined : Joined
        Reads experiment and experiment_event.

    Returns
    -------
    DataFrame
        One row is an event (analysed_experiment_events), in order of date within an experiment; its text only where
        those who wrote it agreed.
    """
    owner = joined.experiment.set_index("experiment_id")["collective_id"]
    table = joined.experiment_event
    shown = table["text_consent"].fillna(False).astype(bool)
    told = table.assign(
        collective_id=table["experiment_id"].map(owner).astype("str"),
        text_shown=shown,
        **{name: _text(table[name].where(shown)) for name in _EVENT_TEXTS},
    )
    return told[_EVENTS].sort_values(["collective_id", "experiment_id", "date", "event_id"], ignore_index=True)


def _declared(table: pd.DataFrame) -> pd.Series:
    known = table["declared_at"].notna() & table["start"].notna()
    when = pd.Series(AFTERWARDS, index=table.index).mask(table["declared_at"] <= table["start"], BEFORE)
    return when.where(known, NOT_KNOWN).astype("str")


def _text(cells: pd.Series) -> pd.Series:
    # Looked up in a table without rows, texts are missing numbers.
    return cells.astype(object).fillna("").astype("str")
