"""The report of last time: the folder of a report and what it rests on now in; what is other than then out.

What is kept of an earlier report is only this difference, in since.json beside the report. The value of then is in it
where the figure was published then, is published now, and that report could leave: of every other one only that it is
other, so that nothing that is hidden now can be read anywhere. Nor is there a checksum, by which it could be tried.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from bt_analysis import __version__
from bt_analysis.analysis import periods as reporting
from bt_analysis.pages import claim_sentences, claims, figure_list, runs
from bt_analysis.pages.content import SHOWN, Content
from bt_analysis.settings import Workspace

FILE = "since.json"
"""File beside a report that says what is other than last time."""

READ = (FILE, "run.json", "estimates.csv")
"""Files in the folder of a report that the next one is set beside; who makes it elsewhere takes these along."""

DECIDE = ("reference_year", "disclosure", "gates", "hours", "comparison", "learning")
"""Settings that figures depend on."""

_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TEXTS = ["unit", "value_text", "gate", "gate_reason"]
_NUMBERS = ["value", "ci_low", "ci_high", "n"]
_COLUMNS = ["claim_id", "collective_id", "question", "indicator_id", "group_type", "period_end", *_TEXTS, *_NUMBERS]


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


def read(workspace: str | Path, content: Content) -> Since | None:
    """Set a report beside the one that stands in its folder, or keep what that said of the one before it.

    Parameters
    ----------
    workspace : str or Path
        Root of the workspace.
    content : Content
        What the report rests on now.

    Returns
    -------
    Since or None
        None for a first report. One that rests on the same as what stands there, such as one that is made again, says
        the same of last time.
    """
    folder = _folder(Workspace(Path(workspace)), content)
    run = runs.read_run(folder / "run.json")
    if not _dated(run):
        return _of_other_period(Workspace(Path(workspace)), content)
    figures, digest = _figures(folder / "estimates.csv", content)
    found = _beside(run, figures, content)
    if digest != _sum_of(run, "estimates.csv") and not _figures_differ(found):
        # Cut off after its figures and before its run.json, which is that of the report before it.
        stored = _stored(folder)
        return stored if stored is not None and stored.at == run["at"] else found
    return found if _differs(found) else _stored(folder, _sum_of(run, FILE))


def facts(content: Content) -> dict[str, Any]:
    """Say what of a report the next one is set beside, apart from its figures and settings.

    Parameters
    ----------
    content : Content
        The report.

    Returns
    -------
    dict
        For run.json: ``sources``, table → day it was changed.
    """
    return {"sources": _sources(content)}


def _folder(workspace: Workspace, content: Content) -> Path:
    name = runs.ACROSS if claim_sentences.about_all(content) else str(content.collective["collective_id"])
    folder = workspace.reports / name / content.period
    return folder if content.language.code == "nl" else folder / content.language.code


def _dated(run: dict[str, Any]) -> bool:
    """Tell whether a report was written down, and when it was made can be read."""
    try:
        return bool(run) and pd.notna(pd.Timestamp(str(run["at"])))
    except ValueError:
        return False


def _sum_of(run: dict[str, Any], name: str) -> str:
    sums = run.get("sha256")
    return str(sums.get(name, "")) if isinstance(sums, dict) else ""


def _stored(folder: Path, digest: str | None = None) -> Since | None:
    """Read what was written of last time; None when it is damaged, or not the file that was published."""
    try:
        written = (folder / FILE).read_bytes()
        found = Since.model_validate_json(written)
    except (FileNotFoundError, ValidationError):
        return None
    return found if digest in (None, hashlib.sha256(written).hexdigest()) else None


def _figures(path: Path, content: Content) -> tuple[pd.DataFrame, str]:
    """Read the estimates that stand there, and their checksum; without any, or damaged, there are none."""
    try:
        written = path.read_bytes()
        table = pd.read_csv(io.BytesIO(written), usecols=_COLUMNS, dtype="str")
        # Of text, as the parser's own numbers are other in their last digit under some versions.
        table = table.astype(dict.fromkeys(_NUMBERS, "float64")).astype({"period_end": "datetime64[us]"})
    except (FileNotFoundError, ValueError):
        return pd.DataFrame(columns=_COLUMNS), ""
    texts = [name for name in _COLUMNS if name not in [*_NUMBERS, "period_end"]]
    table[texts] = table[texts].fillna("")
    if claim_sentences.about_all(content):
        table = table[table["collective_id"].eq("")]
    return table.drop_duplicates("claim_id"), hashlib.sha256(written).hexdigest()


def _of_other_period(workspace: Workspace, content: Content) -> Since | None:
    """Find the newest report of an earlier period; its figures are about something else."""
    own, earlier = _folder(workspace, content), []
    below = own.relative_to(workspace.reports).parts[2:]
    end = reporting.bounds(content.period)[1]
    for path in own.parents[len(below)].glob("/".join(["*", *below, "run.json"])):
        run = runs.read_run(path)
        try:
            last = reporting.bounds(str(run.get("period", "")))[1]
        except ValueError:
            continue
        if last < end and _dated(run):
            earlier.append((last, str(run["at"]), run))
    if not earlier:
        return None
    return _facts_beside(max(earlier, key=lambda one: one[:2])[2], content)


def _facts_beside(run: dict[str, Any], content: Content, **figures: Any) -> Since:
    """Say what is other apart from the figures."""
    now, then = _sources(content), run.get("sources")
    newer = {
        table: (str(then.get(table, "")), day) for table, day in now.items() if day > str(then.get(table, ""))
    } if isinstance(then, dict) else {}  # fmt: skip
    settings, were = _settings(content.settings.model_dump(mode="json")), _settings(run.get("settings", {}))
    version = str(run.get("version", ""))
    return Since(
        at=str(run["at"]), period=str(run["period"]), **figures, **_members(run, content),
        version=(version, __version__) if version != __version__ else None,
        settings={name: (were[name], value) for name, value in settings.items() if were.get(name, value) != value},
        sources=newer,
    )  # fmt: skip


def _sources(content: Content) -> dict[str, str]:
    """Return the public tables that a report rests on, and the day that each was changed, where it says so."""
    public = content.sources[content.sources["collective_id"].eq("") & content.sources["table"].ne("")]
    days = public.groupby("table")["modified"].max().astype("str").str[:10]
    return {str(table): str(day) for table, day in days.items() if _DAY.fullmatch(str(day))}


def _settings(dumped: dict[str, Any]) -> dict[str, str]:
    """Name each setting that figures depend on as bt.toml does."""
    flat: dict[str, str] = {}
    for section in DECIDE:
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


def _beside(run: dict[str, Any], then: pd.DataFrame, content: Content) -> Since:
    """Set the figures of two reports on the same period beside each other."""
    now = claims.printed(content).set_index("claim_id")
    were = then.set_index("claim_id")
    listed = set(_listed(content, now.reset_index())["claim_id"])
    shown, was_shown = set(now.index[now["gate"].isin(SHOWN)]), set(were.index[were["gate"].isin(SHOWN)])
    both = [name for name in now.index if name in shown & was_shown & listed]
    counted = _listed(content, then)
    gone = counted[counted["claim_id"].isin(was_shown) & ~counted["claim_id"].isin(now.index)]
    found = _facts_beside(
        run, content, both_n=len(both),
        changed=dict.fromkeys(_other(now.loc[both], were.loc[both])),
        appeared=tuple(name for name in now.index if name in (shown & listed).difference(were.index)),
        seen=tuple(name for name in now.index if name in (shown & listed & set(were.index)) - was_shown),
        hidden=tuple(name for name in now.index if name in (was_shown & listed) - shown),
        gone={str(name): int(n) for name, n in gone["question"].value_counts(sort=False).items()},
    )  # fmt: skip
    # Sums whose difference is what one collective brought, took along or mended, are not set beside each other.
    if found.joined or found.left_n or found.newer_n == 1 or not _could_leave(run, content):
        return found
    told = then[then["claim_id"].isin(found.changed)]
    return found.model_copy(update={"changed": {str(row["claim_id"]): _was(row) for _, row in told.iterrows()}})


def _listed(content: Content, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the figures that the list of all figures has."""
    return rows if claim_sentences.about_all(content) else figure_list.listed(replace(content, estimates=rows))


def _other(now: pd.DataFrame, were: pd.DataFrame) -> list[str]:
    """Return which rows print something else."""
    texts = now[_TEXTS].astype("str").ne(were[_TEXTS].astype("str")).any(axis=1)
    fresh, old = now[_NUMBERS].astype(float), were[_NUMBERS].astype(float)
    numbers = (fresh.ne(old) & ~(fresh.isna() & old.isna())).any(axis=1)
    return [str(name) for name in now.index[texts | numbers]]


def _was(row: pd.Series) -> Was:
    numbers = {name: None if pd.isna(row[name]) else float(row[name]) for name in _NUMBERS}
    return Was(**{name: str(row[name]) for name in _TEXTS}, **numbers)  # type: ignore[arg-type]


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


def _figures_differ(found: Since) -> bool:
    return bool(found.changed or found.appeared or found.seen or found.hidden or found.gone)


def _differs(found: Since) -> bool:
    apart = found.version or found.settings or found.sources or found.joined or found.left_n or found.newer_n
    return bool(_figures_differ(found) or apart)
