"""The agenda for other programs: questions and a report's content in; JSON and CSV out.

Beside the questions stand the open inputs, the decisions and the experiments, so that a tool for participation can
take them over. A text that a spreadsheet would calculate has ' in front.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from bt_analysis import __version__
from bt_analysis.dashboard import agenda, talk
from bt_analysis.dashboard.agenda import Question
from bt_analysis.pages.claims import harmless
from bt_analysis.pages.content import Content

COLUMNS = (
    "kind", "id", "text", "because", "stage", "outcome", "reason", "who", "day", "waited_days", "claim_id",
)  # fmt: skip
"""Columns of the CSV: one row is a question, an open input, a decision or an experiment."""


def as_json(content: Content, asked: Sequence[Question]) -> str:
    """Write the agenda as JSON.

    Parameters
    ----------
    content : Content
        A collective's report.
    asked : sequence of Question
        Of the agenda.

    Returns
    -------
    str
        One object: whose it is, until when it was kept, and four lists.
    """
    until = talk.kept_until(content)
    about: dict[str, Any] = {
        "agenda": "bt_analysis/gespreksagenda", "version": __version__,
        "collective_id": str(content.collective["collective_id"]), "name": str(content.collective["name"]),
        "period": content.period, "language": content.language.code, "synthetic": content.settings.synthetic,
        "inputs_kept_until": _day(until), "made_on": _day(pd.Timestamp.now()),
    }  # fmt: skip
    lists = {kind: [] for kind in ("question", "open_input", "decision", "experiment")}  # type: dict[str, list[Any]]
    for row in rows(content, asked):
        lists[row["kind"]].append({key: value for key, value in row.items() if key != "kind" and value != ""})
    named = {"questions": "question", "open_inputs": "open_input", "decisions": "decision", "experiments": "experiment"}
    return json.dumps(about | {name: lists[kind] for name, kind in named.items()}, ensure_ascii=False, indent=1) + "\n"


def as_csv(content: Content, asked: Sequence[Question]) -> str:
    """Write the agenda as CSV.

    Parameters
    ----------
    content : Content
        A collective's report.
    asked : sequence of Question
        Of the agenda.

    Returns
    -------
    str
        One line per row of :func:`rows`.
    """
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows(content, asked):
        writer.writerow({key: harmless(value) if isinstance(value, str) else value for key, value in row.items()})
    return written.getvalue()


def rows(content: Content, asked: Sequence[Question]) -> list[dict[str, Any]]:
    """List all that the agenda holds.

    Parameters
    ----------
    content : Content
        A collective's report.
    asked : sequence of Question
        Of the agenda.

    Returns
    -------
    list of dict
        Keys are :data:`COLUMNS`; empty where a kind has none. Codes stay codes.
    """
    questions = [
        _row("question", id=one.id, text=one.text, because=one.because, claim_id=one.claim_id) for one in asked
    ]
    return [*questions, *_open(content), *_decided(content), *_tried(content)]


def _open(content: Content) -> list[dict[str, Any]]:
    return [
        _row("open_input", id=row["id"], text=row["about"], stage=row["stage"], outcome=row["outcome"],
             reason=row["reason"], day=_day(row["raised_on"]), waited_days=int(row["waited_days"]))
        for _, row in talk.still_open(content).iterrows()
    ]  # fmt: skip


def _decided(content: Content) -> list[dict[str, Any]]:
    return [
        _row("decision", id=row["id"], text=row["about"], because=row["told"], stage=row["stage"],
             outcome=row["outcome"], reason=row["reason"], who=row["decided_by"], day=_day(row["day"]))
        for _, row in talk.decisions(content).iterrows()
    ]  # fmt: skip


def _tried(content: Content) -> list[dict[str, Any]]:
    owner = f"{content.collective['collective_id']}--"
    return [
        _row("experiment", id=row["experiment_id"].removeprefix(owner), text=agenda.name(content, row),
             because=agenda.signals(content, row), stage=row["status"], outcome=row["outcome"], day=_day(row["start"]))
        for _, row in talk.experiments(content).iterrows()
    ]  # fmt: skip


def _row(kind: str, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS, "") | {"kind": kind} | values


def _day(day: pd.Timestamp | None) -> str:
    return "" if day is None or pd.isna(day) else day.date().isoformat()
