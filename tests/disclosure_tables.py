"""Small tables for the tests of disclosure control: a count per group and period in, estimates with their cells out."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bt_analysis import disclosure
from bt_analysis.analysis.tables import estimates
from bt_analysis.disclosure import Protected
from bt_analysis.settings import DisclosureSettings

RULE = DisclosureSettings()
FIRST, LATER = dt.date(2026, 1, 5), dt.date(2026, 4, 5)
Key = tuple[str, str]  # group ("" is the total), period
Table = Mapping[Key, float]


def rows_of(table: Table, rest: Mapping[Key, float] | None = None, **more: Any) -> pd.DataFrame:
    """Return an estimate per cell; its value is the count itself."""
    rows = [
        {
            "indicator_id": "count", "collective_id": "tuin", "group_type": "leeftijd", "group_value": group,
            "period_start": f"{period[:4]}-01-01", "period_end": f"{period[-4:]}-12-31",
            "value": count, "ci_low": count, "ci_high": count, "n": count, "n_unit": "records",
            "cell": "participants", "cell_n": count, "cell_value": count,
            "cell_rest_n": (rest or {}).get((group, period)), "gate": "ok", **more,
        }
        for (group, period), count in table.items()
    ]  # fmt: skip
    constants = {"question": "x", "population": "deelnemers", "unit": "maal", "method": "count", "source": "x"}
    return estimates(pd.DataFrame(rows), **constants)


def groups(*sizes: float, total: float | None = None, year: str = "2024") -> dict[Key, float]:
    """Return groups a, b, c … of one year with their total."""
    table: dict[Key, float] = {(name, year): size for name, size in zip("abcdef", sizes, strict=False)}
    return table | {("", year): sum(sizes) if total is None else total}


def with_totals(leaves: Mapping[Key, float]) -> dict[Key, float]:
    """Add the whole period of every group, and the total of every period."""
    names, years = ({key[at]: 0 for key in leaves} for at in (0, 1))
    table = dict(leaves)
    whole = f"{min(years)}-{max(years)}"
    if len(years) > 1:
        table |= {(name, whole): sum(leaves.get((name, year), 0) for year in years) for name in names}
    periods = {key[1]: 0 for key in table}
    return table | {("", period): sum(table.get((name, period), 0) for name in names) for period in periods}


def keys_of(frame: pd.DataFrame) -> list[Key]:
    """Return group and period of each row."""
    first, last = frame["period_start"].dt.year.astype(str), frame["period_end"].dt.year.astype(str)
    periods = [a if a == b else f"{a}-{b}" for a, b in zip(first, last, strict=True)]
    return list(zip(frame["group_value"], periods, strict=True))


def run(
    table: Table | pd.DataFrame, rest: Mapping[Key, float] | None = None, rule: DisclosureSettings = RULE,
    register: pd.DataFrame | None = None, on: dt.date = FIRST,
) -> Protected:  # fmt: skip
    """Protect a table."""
    frame = table if isinstance(table, pd.DataFrame) else rows_of(table, rest)
    return disclosure.protect(frame, rule, disclosure.nothing() if register is None else register, on)


def visible(protected: Protected) -> dict[Key, float]:
    """Return what is shown; every other cell stands in the log."""
    out = protected.estimates
    keys = keys_of(out)
    seen = {key: float(value) for key, value in zip(keys, out["value"], strict=True) if not np.isnan(value)}
    assert {key for key in keys if key not in seen} == set(keys_of(protected.log))
    return seen


def rules(protected: Protected) -> dict[Key, str]:
    """Return the rule that hid each cell."""
    return dict(zip(keys_of(protected.log), protected.log["rule"], strict=True))


def names(seen: Mapping[Key, float]) -> str:
    """Name the groups that are shown; + is the total."""
    return "".join(sorted(group or "+" for group, _ in seen))
