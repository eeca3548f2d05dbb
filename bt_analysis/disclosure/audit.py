"""The audit: what is about to be published in; nothing out, or an error that stops the build.

It shares no line with the code that hides cells. It sets up what an attacker can: what is published with the way it was
rounded, all totals, and which cells add up; and it works out, by linear programming, how close that comes to each
hidden cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy  # scipy.optimize is loaded when first used: half a second that `bt check` need not wait

from bt_analysis.disclosure.rounding import WORDS
from bt_analysis.settings import DisclosureSettings

_KEY = ["collective_id", "cell", "group_type", "group_value", "period_start", "period_end"]
_FIGURES = ["value", "ci_low", "ci_high", "n"]
_COUNTED_IN = {"contacts_n": "value", "unique_n": "ci_high", "hours_total": "value", "hours_role": "value"}
"""Figures that give the number that adds up, and the column it stands in."""
_SOLVED, _INFEASIBLE = 0, 2

Key = tuple[str, pd.Timestamp, pd.Timestamp]
"""Group, first and last day of a cell."""


class DisclosureError(ValueError):
    """Something hidden can be worked out from what would be published; nothing is published then."""


def check(published: pd.DataFrame, cells: pd.DataFrame, disclosure: DisclosureSettings) -> None:
    """Try to recover every hidden cell.

    Parameters
    ----------
    published : DataFrame
        Estimates as they will be shown, with the column ``cell``.
    cells : DataFrame
        One row is a cell with its true sizes. One that only earlier reports have (``gone``) was shown there (``known``)
        or hidden.
    disclosure : DisclosureSettings
        ``min_cell`` and ``protection``.

    Raises
    ------
    DisclosureError
        At the first cell that is shown and too small, or hidden and too well known.
    """
    about_people = published[published["cell"].ne("")]
    hidden = about_people["gate"].eq("onderdrukt")
    seen = about_people[_FIGURES].notna().any(axis="columns") | about_people["value_text"].ne("")
    for _, row in about_people[hidden & seen].iterrows():
        raise _error(row, "a figure that is suppressed and still there", "no value, bounds, n or words")
    sizes = cells.assign(at=range(len(cells))).merge(
        about_people[_KEY].assign(hidden=hidden, seen=seen).groupby(_KEY, as_index=False).any(), on=_KEY, how="left"
    )
    gone, known = sizes["gone"], sizes["gone"] & sizes["known"]
    sizes["hidden"] = sizes["hidden"].eq(True) | (gone & ~known)
    sizes["seen"] = sizes["seen"].eq(True) | known
    for _, row in sizes[sizes["hidden"] & sizes["seen"]].iterrows():
        raise _error(row, "one figure of a cell shown and another hidden", "all figures of a cell hidden together")
    for _, row in sizes[sizes["seen"] & ~gone & (sizes["cell_n"] < disclosure.min_cell)].iterrows():
        raise _error(row, "a shown cell that is too small", f"at least {disclosure.min_cell} people")
    sizes = sizes.merge(_bounds(about_people[~hidden], cells), on=_KEY, how="left")
    for _, block in sizes[sizes["cell_value"].notna()].groupby(_KEY[:3]):
        if block["hidden"].any() or block["cell_rest_n"].gt(0).any():
            _check_block(_Attack.on(block.reset_index(drop=True), disclosure), disclosure)


def _bounds(shown: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Bound the number behind each shown cell by what is published of it (low, high)."""
    rows = shown.merge(cells[[*_KEY, "cell_total_n"]], on=_KEY, suffixes=("_own", ""), validate="many_to_one")
    low, high = pd.Series(np.nan, index=rows.index), pd.Series(np.nan, index=rows.index)
    for indicator_id, column in _COUNTED_IN.items():
        counts = rows["indicator_id"].eq(indicator_id)
        low, high = low.mask(counts, rows[column]), high.mask(counts, rows[column])
    share = rows["unit"].eq("%") & rows["cell_total_n"].notna()
    for at, (end, half) in enumerate(((low, -0.5), (high, 0.5))):
        pct = (rows["value"] + half).fillna(rows["value_text"].map({code: pct[at] for code, pct in WORDS.items()}))
        end.loc[share] = (pct / 100 * rows["cell_total_n"])[share]
    return rows[_KEY].assign(low=low, high=high).groupby(_KEY, as_index=False).agg({"low": "max", "high": "min"})


def _error(row: pd.Series, got: str, expected: str) -> DisclosureError:
    first, last = (f"{row[name]:%Y-%m-%d}" for name in ("period_start", "period_end"))
    group = f"{row['group_type'] or 'no group'} {row['group_value'] or 'total'}"
    return DisclosureError(
        f"{row['collective_id']}, {row['cell']}, {group}, {first} to {last}: got {got}; expected {expected}. "
        "Nothing was published; report this as an error of the program."
    )


@dataclass
class _Attack:
    """What an attacker knows of a block: bounds of every number, and equations between them."""

    cells: pd.DataFrame
    low: list[float]
    high: list[float]
    truth: list[float]
    width: float
    # Numbers to find, with the most that each must seem possible to be.
    targets: dict[int, float]
    # Each total with those of its parts that have to be found.
    made_of: list[tuple[int, list[int]]] = field(default_factory=list)
    equations: list[dict[int, float]] = field(default_factory=list)

    @classmethod
    def on(cls, cells: pd.DataFrame, disclosure: DisclosureSettings) -> _Attack:
        hidden, truth = cells["hidden"].to_numpy(dtype=bool), cells["cell_value"].to_numpy(dtype=float)
        # A number that is shown in no other way is taken to be known exactly, as all totals are.
        low = np.where(hidden, 0.0, cells["low"].fillna(cells["cell_value"]).clip(lower=0))
        high = np.where(hidden, np.inf, cells["high"].fillna(cells["cell_value"]))
        people = cells["cell_n"].to_numpy(dtype=float)
        each = truth[people > 0].sum() / max(people[people > 0].sum(), 1)
        attack = cls(
            cells, low.tolist(), high.tolist(), truth.tolist(), disclosure.protection * max(1.0, each),
            dict.fromkeys(np.flatnonzero(hidden).tolist(), np.inf),
        )  # fmt: skip
        spans = list(zip(*(cells[name].to_list() for name in _KEY[3:]), strict=True))
        for parts, total in _groups(spans):
            attack.add(parts, total, disclosure.min_cell, float("nan"))
        for parts, total in (found for found in _years(spans) if cells["told"][found[1]]):
            # In a block that is held any difference may be the few people who came or went since.
            between = 0.0 if cells["in_held"][total] else float(cells["cell_rest_n"][total])
            attack.add(parts, total, disclosure.min_cell, between)
        return attack

    def add(self, parts: list[int], total: int, min_cell: int, people: float) -> None:
        """Add that parts and what is in none of them are a total; few people in none of them are a target too."""
        rest = self.truth[total] - sum(self.truth[part] for part in parts)
        row = {**dict.fromkeys(parts, 1.0), total: -1.0}
        if abs(rest) > 1e-6 * max(1.0, self.truth[total]):
            row[len(self.truth)] = np.sign(rest)
            few = (abs(rest) if np.isnan(people) else people) < min_cell
            self.truth.append(abs(rest))
            self.low.append(0.0 if few else abs(rest))
            self.high.append(np.inf if few else abs(rest))
            if few:
                self.targets[len(self.truth) - 1] = np.inf
        self.equations.append(row)
        self.made_of.append((total, [part for part in row if part != total and part in self.targets]))
        if not self.cells["hidden"][total]:
            for part in set(parts) & set(self.targets):
                self.targets[part] = min(self.targets[part], max(self.truth[total], self.truth[part]))


def _groups(spans: list[Key]) -> Iterator[tuple[list[int], int]]:
    """Yield the groups of each total."""
    periods: dict[tuple[pd.Timestamp, pd.Timestamp], list[int]] = {}
    for at, (group, first, last) in enumerate(spans):
        if group:
            periods.setdefault((first, last), []).append(at)
    for total, (group, first, last) in enumerate(spans):
        if not group and (first, last) in periods:
            yield periods[first, last], total


def _years(spans: list[Key]) -> Iterator[tuple[list[int], int]]:
    """Yield the years of each longer period, and every shorter period within it with the years outside that."""
    longer = [at for at, (_, first, last) in enumerate(spans) if first.year < last.year]
    years = [at for at, (_, first, last) in enumerate(spans) if first.year == last.year]
    for total in longer:
        inside = [year for year in years if _within(spans[year], spans[total])]
        if inside:
            yield inside, total
        for shorter in longer:
            if shorter != total and _within(spans[shorter], spans[total]):
                yield [shorter, *(year for year in inside if not _within(spans[year], spans[shorter]))], total


def _within(one: Key, other: Key) -> bool:
    return one[0] == other[0] and other[1] <= one[1] and one[2] <= other[2]


def _check_block(attack: _Attack, disclosure: DisclosureSettings) -> None:
    """Ask of every target at once how low and how high it may be: one programme with a copy of the block for each."""
    asked = []
    for target, most in attack.targets.items():
        value, width = attack.truth[target], attack.width
        for parts in (parts for total, parts in attack.made_of if total == target and parts):
            # Nobody can be farther off about a total than about what is hidden of it.
            room = [(attack.truth[part], attack.targets[part] - attack.truth[part]) for part in parts]
            width = min(width, *(sum(ends) for ends in zip(*room, strict=True)))
        asked += [(target, 1.0, max(0.0, value - width)), (target, -1.0, min(value + width, most))]
    if not asked:
        return
    hair = 1e-6 * max(1.0, *attack.truth)
    for (target, _, end), reached in zip(asked, _reached(attack, asked, hair), strict=True):
        if abs(reached - end) > 3 * hair + disclosure.protection / 100:
            raise _error(
                attack.cells.iloc[target if target < len(attack.cells) else 0],
                f"a hidden number that cannot be as far off as it must, only to {reached:.1f}",
                f"{disclosure.protection} people, or their hours, to both sides",
            )


def _reached(attack: _Attack, asked: list[tuple[int, float, float]], hair: float) -> list[float]:
    """Work out how low (sign 1) or how high (sign -1) each number may be, looking no further than is asked."""
    n = len(attack.truth)
    matrix = scipy.sparse.lil_array((len(attack.equations), n))
    for row, equation in enumerate(attack.equations):
        for column, factor in equation.items():
            matrix[row, column] = factor
    lows, highs = np.tile(attack.low, (len(asked), 1)), np.tile(attack.high, (len(asked), 1))
    aims = np.zeros((len(asked), n))
    for copy, (target, sign, end) in enumerate(asked):
        (lows if sign > 0 else highs)[copy, target] = end
        aims[copy, target] = sign
    copies = scipy.sparse.kron(scipy.sparse.eye_array(len(asked)), matrix, format="csr")
    sums = {"A_eq": copies, "b_eq": np.zeros(copies.shape[0])} if copies.shape[0] else {}
    found = scipy.optimize.linprog(
        aims.ravel(), bounds=np.c_[lows.ravel() - hair, highs.ravel() + hair], method="highs", **sums
    )
    if found.status != _SOLVED:
        what = "figures that do not fit together" if found.status == _INFEASIBLE else f"no answer ({found.message})"
        raise _error(attack.cells.iloc[0], what, "figures that add up")
    numbers = found.x.reshape(len(asked), n)
    return [float(numbers[copy, target]) for copy, (target, _, _) in enumerate(asked)]
