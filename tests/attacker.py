"""An attacker on what a workspace publishes: estimates and bundles in; how closely each hidden number is known out.

The attacker knows the program and its thresholds, every total, which record changed between two releases, and the exact
number behind every count and every hour that is shown. Shares are known as they are published: whole percentages with
bounds, or words. All that is unknown is a number of 0 or more; what adds up is an equation. Nothing here is taken from
the modules that protect.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from bt_analysis.analysis import periods as reporting
from bt_analysis.methods.intervals import wilson

MIN_CELL, WIDTH = 10, 5
Sum = dict[int, float]  # number → how many times it is in the sum
Before = dict[Any, tuple[Sum, float]]  # key of a row → what it was in the release before, as a sum and as a value


@dataclass(frozen=True)
class Release:
    """What one run published of one collective, and what is true of it.

    ``bundle`` holds participation and contribution as they went out, ``truth`` as they are, row by row the same.
    """

    estimates: pd.DataFrame
    bundle: Mapping[str, pd.DataFrame]
    truth: Mapping[str, pd.DataFrame]
    periods: pd.DataFrame
    places: frozenset[str]
    """Buurten and wijken in its work area."""


@dataclass
class Target:
    """A hidden number: what it is, how low and high it must seem, and how low and high it can be."""

    name: str
    parts: Sum
    value: float
    width: float
    low: float = 0.0
    high: float = np.inf
    most: float = np.inf

    @property
    def is_told(self) -> bool:
        """Whether it is known more closely than it may be."""
        hair = 1e-4
        far = min(self.value + self.width, max(self.most, self.value))
        return self.low > max(0.0, self.value - self.width) + hair or self.high < far - hair

    def __str__(self) -> str:
        return f"{self.name}: {self.value:g} is known to be {self.low:g} … {self.high:g}"


@dataclass
class Knowledge:
    """Numbers, and sums of them that are known."""

    truth: list[float] = field(default_factory=list)
    known: list[tuple[Sum, float, float]] = field(default_factory=list)
    tops: list[tuple[Sum, float]] = field(default_factory=list)
    """Sums of which by themselves nothing more is known than how high they can be."""
    targets: list[Target] = field(default_factory=list)

    def number(self, value: float) -> int:
        self.truth.append(float(value))
        return len(self.truth) - 1

    def know(self, parts: Sum) -> None:
        """Know a sum exactly."""
        self.known.append((parts, self.value(parts), self.value(parts)))

    def bound(self, parts: Sum, low: float, high: float) -> None:
        """Know that a sum lies between two numbers; the truth must."""
        assert low - 1e-6 <= self.value(parts) <= high + 1e-6, "the attacker misreads what is published"
        self.known.append((parts, low, high))

    def value(self, parts: Sum) -> float:
        return sum(times * self.truth[number] for number, times in parts.items())

    def hide(self, name: str, parts: Sum, width: float = WIDTH) -> None:
        self.targets.append(Target(name, parts, self.value(parts), width))

    def attack(self) -> list[Target]:
        """Bound every target by linear programmes; return those that are known too closely."""
        n = len(self.truth)
        facts = sparse.lil_array((len(self.known), n))
        for row, (parts, _, _) in enumerate(self.known):
            for number, times in parts.items():
                facts[row, number] = times
        matrix = facts.tocsr()
        ends_known = LinearConstraint(matrix, *np.array([ends for _, *ends in self.known]).reshape(-1, 2).T)
        for target in self.targets:
            aim = np.zeros(n)
            aim[list(target.parts)] = list(target.parts.values())
            ends = [
                milp(sign * aim, constraints=ends_known if self.known else (), bounds=Bounds(0, np.inf))
                for sign in (1, -1)
            ]
            # Without an end it is unbounded: 0 and the truth fit, so there is always a solution.
            target.low = ends[0].fun if ends[0].status == 0 else 0.0
            target.high = -ends[1].fun if ends[1].status == 0 else np.inf
            sums = [(parts, high) for parts, low, high in self.known if low == high] + self.tops
            target.most = min((most for parts, most in sums if _covers(parts, target.parts)), default=np.inf)
        return [target for target in self.targets if target.is_told]


def _covers(whole: Sum, part: Sum) -> bool:
    return min(whole.values(), default=-1) >= 0 and all(whole.get(number, 0) >= times for number, times in part.items())


def added(*sums: Sum, sign: float = 1) -> Sum:
    """Add sums up."""
    out: Sum = {}
    for one in sums:
        for number, times in one.items():
            out[number] = out.get(number, 0) + sign * times
    return out


def attack(*releases: Release) -> tuple[list[Target], int]:
    """Attack one release of a collective, or several together; return what is told, and how many numbers were hidden.

    Records that are the same in two releases are the same numbers; of others the attacker knows which way they went.
    """
    told, tried = [], 0
    for kind in (_totals, _groups, _hours):
        for knowledge in kind(releases):
            told += knowledge.attack()
            tried += len(knowledge.targets)
    return told, tried


# What is published


def shown(release: Release, indicator_id: str, where: pd.Series, group_value: str = "", group_type: str = "") -> bool:
    """Tell whether a figure of this run is there to be read; one that is held tells of an earlier run only."""
    rows = _figures(release, indicator_id, where, group_value, group_type)
    visible = rows["value"].notna() | rows["value_text"].fillna("").ne("")
    return bool((visible & rows["held_on"].isna()).any())


def hidden(release: Release, indicator_id: str, where: pd.Series, group_value: str = "", group_type: str = "") -> bool:
    """Tell whether a figure is suppressed."""
    return bool(
        _figures(release, indicator_id, where, group_value, group_type)["missing_reason"].eq("suppressed").any()
    )


def _figures(release: Release, indicator_id: str, where: pd.Series, group_value: str, group_type: str) -> pd.DataFrame:
    rows = release.estimates
    kept = rows["indicator_id"].eq(indicator_id) & rows["group_value"].eq(group_value)
    kept &= rows["period_start"].eq(where["period_start"]) & rows["period_end"].eq(where["period_end"])
    return rows[kept & rows["group_type"].eq(group_type)]


def _inside(release: Release, rows: pd.DataFrame, days: tuple[str, str]) -> Iterator[tuple[pd.Series, pd.DataFrame]]:
    for _, inside in reporting.within(rows, release.periods, *days).groupby(["period_start", "period_end"]):
        yield inside.iloc[0], inside


def _participation(release: Release) -> pd.DataFrame:
    """Rows of participation with what is true (people, contacts) and whether the bundle shows it (seen)."""
    true, out = release.truth["participation"], release.bundle.get("participation")
    people, contacts = true["unique_n"].astype(float), true["contacts_n"].astype(float)
    seen = False if out is None else (out["contacts_n"].notna() | out["unique_n"].notna()).to_numpy()
    owner = release.truth["activity"].set_index("activity_id")["collective_id"]
    rows = true.assign(
        people=people.fillna(contacts).fillna(0), contacts=contacts.fillna(people).fillna(0), counted=people.notna(),
        seen=seen, collective_id=true["activity_id"].map(owner),
        record=true["activity_id"] + " " + true["period_start"].astype(str),
    )  # fmt: skip
    for measure, name in (("people", "unique_n"), ("contacts", "contacts_n")):
        # As above: where people were not counted, participations stand in for them.
        sent = None if out is None else out[name].fillna(out["contacts_n"]).astype(float).to_numpy()
        rows[f"{measure}_out"] = float("nan") if sent is None else sent
    return rows.assign(key=rows["record"] + " " + rows["group_value"])


def _numbers(knowledge: Knowledge, rows: pd.DataFrame, before: Before, measure: str) -> pd.Series:
    """Return each row as a sum of numbers: as in an earlier release when it is the same, else more or less."""
    sums = []
    for key, value in zip(rows["key"], rows[measure], strict=True):
        parts, was = before.get(key, ({}, 0.0))
        if value != was or not parts:
            parts = added(parts, {knowledge.number(abs(value - was)): 1.0 if value >= was else -1.0})
        before[key] = parts, value
        sums.append(parts)
    return pd.Series(sums, index=rows.index, dtype=object)


def _years(where: pd.Series) -> str:
    return f"{where['period_start'].year}-{where['period_end'].year}"


# What adds up


def _totals(releases: tuple[Release, ...]) -> Iterator[Knowledge]:
    """People and participations per record, and per period."""
    for measure, indicator_id in (("people", "unique_n"), ("contacts", "contacts_n")):
        knowledge = Knowledge()
        before: Before = {}
        for run, release in enumerate(releases):
            rows = _participation(release)
            rows = rows[rows["group_type"].eq("totaal")]
            rows = rows.assign(parts=_numbers(knowledge, rows, before, measure))
            _read_bundle(knowledge, rows, f"run {run} total {measure}")
            for where, inside in _inside(release, rows, ("period_start", "period_end")):
                whole = added(*inside["parts"])
                if shown(release, indicator_id, where):
                    knowledge.know(whole)
                    if measure == "people":
                        knowledge.know(inside["parts"].iloc[inside["people"].argmax()])
                elif hidden(release, indicator_id, where):
                    knowledge.hide(f"run {run} {indicator_id} {_years(where)}", whole)
        yield knowledge


def _read_bundle(knowledge: Knowledge, rows: pd.DataFrame, name: str) -> None:
    """Read rows that are shown as what they are exactly; a count that is as it was before may have changed a little."""
    for row in rows.to_dict("records"):
        if row["seen"] and row.get("as_before"):
            knowledge.bound(row["parts"], row["out"] - MIN_CELL, row["out"] + MIN_CELL)
        elif row["seen"]:
            knowledge.know(row["parts"])
        elif knowledge.value(row["parts"]) or row["counted"]:
            knowledge.hide(f"{name} of {row['key']}", row["parts"], row.get("width", WIDTH))


def _groups(releases: tuple[Release, ...]) -> Iterator[Knowledge]:
    """Groups of participants: per record, and per period."""
    kinds = {kind for release in releases for kind in release.truth["participation"]["group_type"]} - {"totaal"}
    for kind in sorted(kinds):
        for measure in ("people", "contacts"):
            knowledge = Knowledge()
            before: Before = {}
            sent: dict[Any, float] = {}
            for run, release in enumerate(releases):
                rows = _participation(release)
                totals = rows[rows["group_type"].eq("totaal")].set_index("record")["seen"]
                rows = rows[rows["group_type"].eq(kind)]
                out = rows[f"{measure}_out"]
                rows = rows.assign(
                    parts=_numbers(knowledge, rows, before, measure), out=out, as_before=out.eq(rows["key"].map(sent))
                )
                sent = dict(zip(rows["key"], out, strict=True))
                _read_bundle(knowledge, rows, f"run {run} {kind} {measure}")
                for record, groups in rows.groupby("record"):
                    if totals.get(record, True):
                        knowledge.know(added(*groups["parts"]))
                _read_shares(knowledge, release, rows, kind, measure, run)
            yield knowledge


def _read_shares(knowledge: Knowledge, release: Release, rows: pd.DataFrame, kind: str, measure: str, run: int) -> None:
    """Read shares of participants as the exact numbers that they are of."""
    if kind == "buurt":
        wijk = "WK" + rows["group_value"].str[2:8]
        rows = rows[rows["group_value"].isin(release.places)].assign(group_value=wijk)
    published = "wijk" if kind == "buurt" else kind
    for where, inside in _inside(release, rows, ("period_start", "period_end")):
        # Shares are of people where all records counted them, otherwise of participations.
        if (measure == "people") != bool(inside["counted"].all()):
            continue
        # Only groups that CBS counts as well are compared; of the others nothing is published.
        names = [str(name) for name in inside["group_value"].unique()]
        names = [name for name in names if len(_figures(release, "participants_share_pct", where, name, published))]
        all_of_them = added(*inside.loc[inside["group_value"].isin(names), "parts"])
        for name in names:
            group = added(*inside.loc[inside["group_value"].eq(name), "parts"])
            if shown(release, "participants_share_pct", where, name, published):
                row = _figures(release, "participants_share_pct", where, name, published).iloc[0]
                low, high = share_range(row)
                knowledge.tops.append((group, high * knowledge.value(all_of_them)))
                knowledge.bound(added(group, _times(all_of_them, -low)), 0, np.inf)
                knowledge.bound(added(group, _times(all_of_them, -high)), -np.inf, 0)
            elif hidden(release, "participants_share_pct", where, name, published):
                knowledge.hide(f"run {run} {published} {name} {_years(where)}", group)


def _times(parts: Sum, factor: float) -> Sum:
    return {number: times * factor for number, times in parts.items()}


WORDS = {
    "bijna_niemand": (0.0, 0.125), "ongeveer_een_kwart": (0.125, 0.375), "ongeveer_de_helft": (0.375, 0.625),
    "ongeveer_driekwart": (0.625, 0.875), "bijna_iedereen": (0.875, 1.0),
}  # fmt: skip


def share_range(row: pd.Series) -> tuple[float, float]:
    """Return the shares that a published one can be: its words, or its percentage.

    Its bounds are made of that percentage and of n in tens, as anybody can check, so that they leave no fewer.
    """
    if row["value_text"]:
        return WORDS[row["value_text"]]
    if pd.notna(row["ci_low"]) and row["n"] >= 10:
        least, most = wilson([row["value"] / 100 * row["n"]], [row["n"]])
        made = math.floor(100 * least[0]), math.ceil(100 * most[0])
        assert made == (row["ci_low"], row["ci_high"]), "the attacker misreads how bounds are made"
    return max(0.0, row["value"] - 0.5) / 100, min(100.0, row["value"] + 0.5) / 100


def _hours(releases: tuple[Release, ...]) -> Iterator[Knowledge]:
    """Hours per record, per role and in all."""
    knowledge = Knowledge()
    before: Before = {}
    for run, release in enumerate(releases):
        rows = release.truth["contribution"].merge(
            release.truth["activity"][["activity_id", "collective_id", "start", "end"]], on="activity_id"
        )
        if rows.empty:
            continue
        out = release.bundle.get("contribution")
        each = max(1.0, rows["hours"].sum() / max(1, rows["persons_n"].sum()))
        rows = rows.assign(
            key=rows["contribution_id"], counted=True, seen=False if out is None else out["hours"].notna().to_numpy(),
            width=WIDTH * each,
        )  # fmt: skip
        rows = rows.assign(parts=_numbers(knowledge, rows, before, "hours"))
        _read_bundle(knowledge, rows, f"run {run} hours")
        for where, inside in _inside(release, rows, ("start", "end")):
            by_role = [("hours_role", str(role), own) for role, own in inside.groupby("role")]
            for indicator_id, role, own in [("hours_total", "", inside), *by_role]:
                whole = added(*own["parts"])
                if shown(release, indicator_id, where, role, "rol"):
                    knowledge.know(whole)
                elif hidden(release, indicator_id, where, role, "rol"):
                    people = own.groupby(["activity_id", "role"])["persons_n"].max().groupby("activity_id").sum().max()
                    width = WIDTH * max(1.0, min(each, own["hours"].sum() / max(1, people)))
                    knowledge.hide(f"run {run} {role or 'hours'} {_years(where)}",
                                   whole, width)  # fmt: skip
    yield knowledge
