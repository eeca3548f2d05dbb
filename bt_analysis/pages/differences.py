"""Two reports on the same: what was written down of the one, and what the other rests on, in; what is other out.

The value of then is told where the figure was published then, is published now, and the report of then could leave; of
every other figure only that it is other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

from bt_analysis import __version__
from bt_analysis.pages import claim_sentences, claims, figure_list
from bt_analysis.pages.content import SHOWN, Content

DECIDE = ("reference_year", "disclosure", "gates", "hours", "comparison", "learning")
"""Settings that figures depend on."""

_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TEXTS = ("unit", "value_text", "gate", "gate_reason")
NUMBERS = ("value", "ci_low", "ci_high", "n")
"""What a report prints of a figure."""


class Was(BaseModel):
    """What a report printed of a figure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    value_text: str
    gate: str
    gate_reason: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    n: float | None


class Since(BaseModel):
    """What is other than in the report of last time.

    Parameters
    ----------
    at : str
        When that was made, ISO 8601.
    period : str
        What it was about; figures are only set beside those of the same period.
    both_n : int
        Figures that were shown then and are now.
    changed : dict of str to Was or None
        claim_id of those that are other → what it was; None when that may not be said.
    appeared, seen, hidden : tuple of str
        claim_id of figures that were not there, were there and hidden, or are hidden now.
    gone : dict of str to int
        Question → figures that were shown and are not there any more.
    version : tuple of str, optional
        Of the package then and now, when they differ.
    settings : dict of str to tuple of str
        Name → then and now, of those that differ.
    sources : dict of str to tuple of str
        Table → day of change then (empty: it was not there) and now, of those that are newer.
    joined : tuple of str
        Collectives whose bundle is new in the cross-domain report.
    left_n, newer_n : int
        Collectives that are not in it any more; that are still in it, with a newer bundle.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: str
    period: str
    both_n: int = 0
    changed: dict[str, Was | None] = {}
    appeared: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    gone: dict[str, int] = {}
    version: tuple[str, str] | None = None
    settings: dict[str, tuple[str, str]] = {}
    sources: dict[str, tuple[str, str]] = {}
    joined: tuple[str, ...] = ()
    left_n: int = 0
    newer_n: int = 0

    @property
    def has_other_figures(self) -> bool:
        """Whether any figure is other, came or went."""
        return bool(self.changed or self.appeared or self.seen or self.hidden or self.gone)

    @property
    def says_anything(self) -> bool:
        """Whether anything at all is other."""
        apart_ = self.version or self.settings or self.sources or self.joined or self.left_n or self.newer_n
        return bool(self.has_other_figures or apart_)


def apart(run: dict[str, Any], content: Content, **figures: Any) -> Since:
    """Say what is other apart from the figures.

    Parameters
    ----------
    run : dict
        What was written down of the report of then.
    content : Content
        The report of now.
    **figures : object
        What of the figures is other.

    Returns
    -------
    Since
        Nothing is said of what was not written down then.
    """
    now, then = sources(content), run.get("sources")
    newer = {
        table: (str(then.get(table, "")), day) for table, day in now.items() if day > str(then.get(table, ""))
    } if isinstance(then, dict) else {}  # fmt: skip
    settings, were = _settings(content.settings.model_dump(mode="json")), _settings(run.get("settings"))
    version = str(run.get("version", ""))
    return Since(
        at=str(run["at"]), period=str(run["period"]), **figures, **_members(run, content),
        version=(version, __version__) if version != __version__ else None,
        settings={name: (were[name], value) for name, value in settings.items() if were.get(name, value) != value},
        sources=newer,
    )  # fmt: skip


def sources(content: Content) -> dict[str, str]:
    """List the public tables that a report rests on.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    dict of str to str
        Table → day that it was changed, of those that say so.
    """
    days: dict[str, str] = {}
    files = content.sources
    for owner, table, day in zip(files["collective_id"], files["table"], files["modified"], strict=True):
        if table and not owner and _DAY.fullmatch(str(day)[:10]):
            days[str(table)] = max(days.get(str(table), ""), str(day)[:10])
    return days


def _settings(dumped: Any) -> dict[str, str]:
    """Name each setting that figures depend on as bt.toml does."""
    flat: dict[str, str] = {}
    for section in DECIDE if isinstance(dumped, dict) else ():
        value = dumped.get(section)
        if isinstance(value, dict):
            flat |= {f"{section}.{name}": str(one) for name, one in value.items()}
        elif section in dumped:
            flat[section] = "–" if value is None else str(value)
    return flat


def _members(run: dict[str, Any], content: Content) -> dict[str, Any]:
    """Say which collectives came, and how many left or gave a newer bundle; of who left there is no name."""
    if not claim_sentences.about_all(content) or not isinstance(run.get("bundles"), list):
        return {}
    bundles = {str(one) for one in run["bundles"]}
    were = {one.rpartition("-")[0] for one in bundles}
    now = dict(zip(content.bundles.get("collective_id", ()), content.bundles.get("bundle_id", ()), strict=True))
    return {
        "joined": tuple(sorted(set(now) - were)), "left_n": len(were - set(now)),
        "newer_n": sum(name in were and bundle not in bundles for name, bundle in now.items()),
    }  # fmt: skip


def _printed(rows: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the same of the figures of now."""
    columns = {name: rows[name].to_list() for name in ("claim_id", "question", *TEXTS, *NUMBERS)}
    told = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for row in told:
        row |= {name: None if pd.isna(row[name]) else float(row[name]) for name in NUMBERS}
        row |= {name: row[name] if isinstance(row[name], str) else "" for name in TEXTS}
    return {str(row["claim_id"]): row for row in told}


def beside(run: dict[str, Any], were: dict[str, dict[str, Any]], content: Content) -> Since:
    """Set two reports on the same period beside each other.

    Parameters
    ----------
    run : dict
        What was written down of the report of then.
    were : dict of str to dict
        claim_id → what that printed of a figure: :data:`TEXTS`, :data:`NUMBERS`, and its question, group_type and
        period_end.
    content : Content
        The report of now.

    Returns
    -------
    Since
        What is other, in the order of the list of figures.
    """
    rows = claims.printed(content)
    now, listed = _printed(rows), _listed(content, rows)["claim_id"].to_list()
    there = {name for name, row in now.items() if row["gate"] in SHOWN}
    was_there = {name for name, row in were.items() if row["gate"] in SHOWN}
    both = [name for name in listed if name in there and name in was_there]
    left = was_there.difference(now)
    # The list of then leaves out other years of the area than that of now.
    gone = _listed(content, pd.DataFrame(were.values())) if left else pd.DataFrame()
    found = apart(
        run, content, both_n=len(both),
        changed=dict.fromkeys(name for name in both if _was(now[name]) != _was(were[name])),
        appeared=tuple(name for name in listed if name in there and name not in were),
        seen=tuple(name for name in listed if name in there and name in were and name not in was_there),
        hidden=tuple(name for name in listed if name not in there and name in was_there),
        gone=dict(Counter(gone.loc[gone["claim_id"].isin(left), "question"])) if left else {},
    )  # fmt: skip
    # Sums whose difference is what one collective brought, took along or mended, are not set beside each other.
    if found.joined or found.left_n or found.newer_n == 1 or not _could_leave(run, content):
        return found
    return found.model_copy(update={"changed": {name: Was(**_was(were[name])) for name in found.changed}})


def _listed(content: Content, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the figures that the list of all figures has."""
    if claim_sentences.about_all(content) or rows.empty:
        return rows
    return figure_list.listed(replace(content, estimates=rows))


def _was(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in (*TEXTS, *NUMBERS)}


def _could_leave(run: dict[str, Any], content: Content) -> bool:
    """Tell whether the collective had its time to look: what it had mended before that, nobody else reads.

    The cross-domain report could when it says which bundles it was made of.
    """
    if claim_sentences.about_all(content):
        return isinstance(run.get("bundles"), list)
    if content.settings.synthetic:
        return True
    try:
        first = dt.date.fromisoformat(str(run.get("first_published", run["at"]))[:10])
    except ValueError:
        return False
    today = pd.Timestamp.now("Europe/Amsterdam").date()
    return today >= first + dt.timedelta(days=content.settings.report.first_look_days)
