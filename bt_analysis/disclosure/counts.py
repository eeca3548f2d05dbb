"""Records that travel in a bundle: counts of people in; the same rows out, without the small ones and what tells them.

A bundle is read together with the figures that are published of the same collective. Participations per period are
exact there, shares of groups nearly so, hours per role exact. So what is hidden here must stay hidden for somebody who
knows the sum of every record and of every published period, and which people are in no group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from bt_analysis.analysis import periods as reporting
from bt_analysis.disclosure import holding, withholding
from bt_analysis.disclosure.holding import COUNTS, GIVEN, ROW
from bt_analysis.disclosure.withholding import Line, Measure
from bt_analysis.methods.linked_cells import Flags
from bt_analysis.schema import REASON_SUFFIX
from bt_analysis.settings import DisclosureSettings

SUPPRESSED = "suppressed"

_PERIOD = ["period_start", "period_end"]
_DAYS = ("start", "end")
_PEOPLE = ["people", "contacts"]


def protect_participation(
    participation: pd.DataFrame,
    activity: pd.DataFrame,
    periods: pd.DataFrame,
    suppressed: pd.DataFrame,
    disclosure: DisclosureSettings,
    earlier: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take out of participation what could identify people.

    Parameters
    ----------
    participation, activity : DataFrame
        Monitoring tables.
    periods : DataFrame
        Reporting periods per collective.
    suppressed : DataFrame
        Hidden cells of the published figures: collective_id, cell, group_type, group_value, period_start, period_end.
    disclosure : DisclosureSettings
        ``min_cell``, ``protection`` and ``rounding``.
    earlier : DataFrame, optional
        The same table as it went out in the collective's last bundle.

    Returns
    -------
    table : DataFrame
        The same rows. Counts of a hidden row are missing with the reason ``suppressed``; those of groups are multiples
        of ``rounding``, and as they went out before unless they changed by ``min_cell`` or more; first_time_n is left
        out of groups, and where it or the rest are few people.
    log : DataFrame
        One row is a hidden row: collective_id, table, row, rule. It holds no counts.

    Notes
    -----
    A row of fewer than ``min_cell`` people is hidden, and as many others as are needed
    (:func:`bt_analysis.methods.suppression.suppress`), so that every hidden number can be ``protection`` less and more,
    or as much as the smallest shown sum that it is in. Sums that are taken to be known: the groups of a record, unless
    its total is hidden; a group, and all participants, over each period, unless the published figure is suppressed.
    This holds for people and for participations, and a row hides both. What went out hidden stays hidden; what went out
    shown protects nothing any more. Where no choice is enough, no row of that kind of group is shown; so it is with
    buurten as soon as one of them is small or the figure of a wijk is hidden: published figures put some of them
    together.
    """
    rows = _counted(participation, activity, earlier)
    rows["small"] = rows["was_hidden"] | (rows["people"] < disclosure.min_cell)
    rows["rule"] = ""
    published = _Published(periods, suppressed)
    for _, own in rows.groupby("collective_id"):
        totals = own[own["group_type"].eq("totaal")]
        rows.loc[totals.index, "rule"] = _rules_of_totals(totals, published, disclosure)
        closed = set(rows.loc[totals.index, "record"][rows.loc[totals.index, "rule"].ne("")])
        for group_type, block in own.drop(totals.index).groupby("group_type"):
            if group_type == "buurt":
                told = block["small"].any() or published.hides_any("participants", own["collective_id"].iloc[0], "wijk")
                rows.loc[block.index, "rule"] = withholding.BLOCK if told else ""
            else:
                lines = list(_lines_of_groups(block, published, disclosure, closed))
                rows.loc[block.index, "rule"] = withholding.rules(
                    block["small"].to_numpy(), lines, _measures(block, disclosure)
                )
    out = _without(participation, rows["rule"], [*COUNTS, "first_time_n"])
    return holding.groups(_coarse(out, disclosure), participation, earlier, disclosure), _log(
        rows, ROW, "participation"
    )


def protect_contribution(
    contribution: pd.DataFrame,
    activity: pd.DataFrame,
    periods: pd.DataFrame,
    suppressed: pd.DataFrame,
    disclosure: DisclosureSettings,
    earlier: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take out of contribution what could identify people.

    Parameters
    ----------
    contribution, activity : DataFrame
        Monitoring tables.
    periods, suppressed, disclosure, earlier
        As for :func:`protect_participation`.

    Returns
    -------
    table : DataFrame
        The same rows; persons_n, hours and paid_eur of a hidden row are missing with the reason ``suppressed``. Where a
        row changed by few people, or by what few give on average, all rows are as they went out before.
    log : DataFrame
        As of :func:`protect_participation`.

    Notes
    -----
    A row of fewer than ``min_cell`` people is hidden, and as many others as are needed. Hours of a role, and all hours,
    in each period are taken to be known unless the published figure is suppressed. A hidden number of hours must be
    able to be as much less and more as ``protection`` people of the collective gave on average.
    """
    rows = contribution.reset_index(drop=True).merge(
        activity[["activity_id", "collective_id", "start", "end"]], on="activity_id", validate="many_to_one"
    )
    rows = _with_earlier(rows, earlier, ["contribution_id"], "hours")
    rows["small"] = rows["was_hidden"] | (rows["persons_n"] < disclosure.min_cell).fillna(True).astype(bool)
    rows["rule"] = ""
    for _, own in rows.groupby("collective_id"):
        hours = own["hours"].fillna(0).to_numpy(dtype=float)
        each = hours.sum() / max(1.0, float(own["persons_n"].sum()))
        measure = Measure(hours, (own["known"] & ~own["small"]).to_numpy(), disclosure.protection * max(1.0, each))
        lines = list(_lines_of_hours(own, _Published(periods, suppressed)))
        rows.loc[own.index, "rule"] = withholding.rules(own["small"].to_numpy(), lines, [measure])
    out = _without(contribution, rows["rule"], GIVEN)
    return holding.hours(out, contribution, earlier, disclosure), _log(rows, ["contribution_id"], "contribution")


class _Published(NamedTuple):
    """The periods that figures are published of, and which of those figures are hidden."""

    periods: pd.DataFrame
    suppressed: pd.DataFrame

    def sums(
        self, rows: pd.DataFrame, by: Sequence[str] = (), days: tuple[str, str] = ("period_start", "period_end")
    ) -> Iterator[tuple[pd.Series, list[int]]]:
        """Yield what is added up over a period (its columns) and the places of the rows in ``rows``."""
        placed = reporting.within(rows.assign(place=range(len(rows))), self.periods, *days)
        for _, inside in placed.groupby(["collective_id", *_PERIOD, *by]):
            yield inside.iloc[0], inside["place"].tolist()

    def hides(self, cell: str, where: pd.Series, group_type: str, group_value: str) -> bool:
        """Tell whether the published figure of such a sum is suppressed."""
        hidden = self.suppressed
        same = hidden["cell"].eq(cell) & hidden["group_type"].eq(group_type) & hidden["group_value"].eq(group_value)
        for column in ("collective_id", *_PERIOD):
            same &= hidden[column].eq(where[column])
        return bool(same.any())

    def hides_any(self, cell: str, collective_id: str, group_type: str) -> bool:
        """Tell whether any published figure of a kind of group is suppressed."""
        hidden = self.suppressed
        same = hidden["cell"].eq(cell) & hidden["collective_id"].eq(collective_id) & hidden["group_type"].eq(group_type)
        return bool(same.any())


def _rules_of_totals(rows: pd.DataFrame, published: _Published, disclosure: DisclosureSettings) -> list[str]:
    """Decide which records' totals are hidden: people and participations of a period may be known."""
    lines, largest = [], np.zeros(len(rows), dtype=bool)
    people = rows["people"].to_numpy()
    for where, places in published.sums(rows):
        small = people[places].sum() < disclosure.min_cell
        hidden = [small or published.hides(cell, where, "", "") for cell in ("unique", "contacts")]
        lines.append(Line(places, tuple(hidden)))
        if not hidden[0]:
            # The largest record is published as the least number of different people.
            largest[places] |= people[places] == people[places].max()
    of_people, of_contacts = _measures(rows, disclosure)
    of_people = of_people._replace(known=of_people.known | largest)
    return withholding.rules(rows["small"].to_numpy(), lines, [of_people, of_contacts])


def _lines_of_groups(
    rows: pd.DataFrame, published: _Published, disclosure: DisclosureSettings, closed: set[str]
) -> Iterator[Line]:
    """Yield the groups of every record, and every group over every period."""
    people = rows["people"].to_numpy()
    for record in rows["record"].unique():
        inside = np.flatnonzero(rows["record"].eq(record)).tolist()
        hidden = record in closed or bool(people[inside].sum() < disclosure.min_cell)
        yield Line(inside, (hidden, hidden))
    for where, places in published.sums(rows, ["group_value"]):
        group = where["group_type"], where["group_value"]
        hidden = people[places].sum() < disclosure.min_cell or published.hides("participants", where, *group)
        yield Line(places, (hidden, hidden))


def _lines_of_hours(rows: pd.DataFrame, published: _Published) -> Iterator[Line]:
    """Yield all hours of every period, and those of every role in it."""
    for where, places in published.sums(rows, (), _DAYS):
        yield Line(places, (published.hides("volunteers", where, "rol", ""),))
    for where, places in published.sums(rows, ["role"], _DAYS):
        yield Line(places, (published.hides("volunteers", where, "rol", where["role"]),))


def _measures(rows: pd.DataFrame, disclosure: DisclosureSettings) -> list[Measure]:
    known = (rows["known"] & ~rows["small"]).to_numpy()
    return [Measure(rows[name].to_numpy(dtype=float), known, disclosure.protection) for name in _PEOPLE]


def _counted(participation: pd.DataFrame, activity: pd.DataFrame, earlier: pd.DataFrame | None) -> pd.DataFrame:
    """Add to every row its collective, its record, its people and its participations; either stands in for the other.

    Rows without both count as nobody: there is nothing in them to hide.
    """
    rows = participation.reset_index(drop=True)
    people, contacts = (rows[name].astype(float) for name in ("unique_n", "contacts_n"))
    rows = rows.assign(
        collective_id=rows["activity_id"].map(activity.set_index("activity_id")["collective_id"]),
        record=rows["activity_id"] + " " + rows["period_start"].astype(str),
        people=people.fillna(contacts).fillna(0),
        contacts=contacts.fillna(people).fillna(0),
    )
    return _with_earlier(rows, earlier, ROW, "contacts_n")


def _with_earlier(rows: pd.DataFrame, earlier: pd.DataFrame | None, key: list[str], measure: str) -> pd.DataFrame:
    """Tell of every row whether it went out before, hidden (``was_hidden``) or shown (``known``)."""
    if earlier is None:
        return rows.assign(was_hidden=False, known=False)
    before = earlier[key].assign(
        was_hidden=earlier[measure + REASON_SUFFIX].eq(SUPPRESSED), known=earlier[measure].notna()
    )
    found = rows[key].merge(before, on=key, how="left", validate="one_to_one")
    return rows.assign(**{name: found[name].eq(True).to_numpy() for name in ("was_hidden", "known")})


def _without(table: pd.DataFrame, rule: pd.Series, measures: Sequence[str]) -> pd.DataFrame:
    """Take the measures out of hidden rows, and say that they are suppressed."""
    out = table.reset_index(drop=True)
    hidden = rule.ne("").to_numpy()
    for name in measures:
        out = _blank(out, name, hidden)
    return out.set_axis(table.index)


def _blank(table: pd.DataFrame, name: str, hidden: Flags | pd.Series[bool]) -> pd.DataFrame:
    taken = hidden & table[name].notna()
    reasons = table.get(name + REASON_SUFFIX, pd.Series(None, index=table.index, dtype="str"))
    return table.assign(**{name: table[name].mask(taken), name + REASON_SUFFIX: reasons.mask(taken, SUPPRESSED)})


def _coarse(table: pd.DataFrame, disclosure: DisclosureSettings) -> pd.DataFrame:
    """Round the counts of groups; leave out who came for the first time where that or the rest are few people."""
    groups = table["group_type"].ne("totaal")
    for name in COUNTS:
        rounded = (table[name].astype(float) / disclosure.rounding).round() * disclosure.rounding
        table = table.assign(**{name: table[name].mask(groups, rounded.astype(table[name].dtype))})
    first, people = table["first_time_n"].astype(float), table["unique_n"].astype(float)
    few = (first < disclosure.min_cell) | (people - first < disclosure.min_cell)
    return _blank(table, "first_time_n", groups | few)


def _log(rows: pd.DataFrame, key: list[str], table: str) -> pd.DataFrame:
    named = rows[key].astype(str).agg(" ".join, axis=1) if len(rows) else pd.Series(dtype=str)
    log = rows[["collective_id", "rule"]].assign(table=table, row=named)
    return log.loc[rows["rule"].ne(""), ["collective_id", "table", "row", "rule"]].reset_index(drop=True)
