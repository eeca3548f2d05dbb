"""Conditions per case: recorded conditions and outcomes of collectives in, one value per collective and code out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from bt_analysis.analysis.learning.cases import Cases

CONDITION, OUTCOME = "voorwaarde", "uitkomst"
"""Role of a code."""

_PERIOD = re.compile(r"(\d{4})(?:-(?:H([12])|K([1-4])|(0[1-9]|1[0-2])))?")
_VALUES = ["collective_id", "code", "role", "value", "period", "late"]


@dataclass(frozen=True)
class Condition:
    """A condition or outcome that all collectives may record.

    Parameters
    ----------
    code : str
        As in case_condition.
    role : str
        ``voorwaarde`` or ``uitkomst``.
    label, label_en : str
        What it is, within a sentence.
    expected : int or None
        1 when it should help if it is there, 0 if it is not; None: no expectation.
    """

    code: str
    role: str
    label: str
    label_en: str
    expected: int | None


@cache
def register() -> dict[str, Condition]:
    """Read the register of conditions and outcomes.

    Returns
    -------
    dict of str to Condition
        By code, in the order in which conditions are taken when there are too few cases for all.
    """
    text = files("bt_analysis.analysis.learning").joinpath("conditions.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)
    roles = {"condition": CONDITION, "outcome": OUTCOME}
    return {
        one["code"]: Condition(one["code"], role, one["label"], one["label_en"], one.get("expected"))
        for kind, role in roles.items()
        for one in listed[kind]
    }


def last_day(period: str) -> pd.Timestamp:
    """Return the last day of a period.

    Parameters
    ----------
    period : str
        A year, half-year, quarter or month: ``2025``, ``2025-H1``, ``2025-K1``, ``2025-03``.

    Returns
    -------
    Timestamp
        Its last day.

    Raises
    ------
    ValueError
        When the text is no period.
    """
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"period {period!r} cannot be read; expected one such as 2025, 2025-H1, 2025-K1 or 2025-03.")
    year, half, quarter, month = found.groups()
    last = 6 * int(half) if half else 3 * int(quarter) if quarter else int(month or 12)
    return pd.Timestamp(int(year), last, 1) + pd.offsets.MonthEnd(0)


def values(cases: Cases) -> pd.DataFrame:
    """Give every collective one value per condition and outcome.

    Parameters
    ----------
    cases : Cases
        Reads case_condition.

    Returns
    -------
    DataFrame
        One row is a collective and a code: collective_id, code, role, value (1, 0 or missing), period and late. Of an
        outcome the newest period with a value counts; of a condition the newest one that does not end after that of
        the first outcome, or else the first one, which then is late. A condition is late as well when it was written
        down on a later day than the outcomes: it may have been seen in their light.
    """
    table = cases.table("case_condition")
    rows = pd.DataFrame(
        {
            "collective_id": table["collective_id"].astype("str"),
            "code": table["condition_code"].astype("str"),
            "value": pd.to_numeric(table["value"]).astype("float64"),
            "period": table["period"].astype("str"),
            "recorded": pd.to_datetime(table["recorded_at"], utc=True).dt.tz_localize(None),
        }
    )
    rows = rows[rows["collective_id"].isin(cases.ids)]
    if rows.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in _VALUES})
    known = register()
    # A code that is not in the register is a condition: what counts as success is agreed beforehand.
    rows["role"] = [known[code].role if code in known else CONDITION for code in rows["code"]]
    days = {period: last_day(period) for period in rows["period"].unique()}
    rows["last"] = pd.to_datetime(rows["period"].map(days))
    is_outcome = rows["role"].eq(OUTCOME)
    outcomes = _newest(rows[is_outcome]).assign(late=False)
    first = outcomes[outcomes["value"].notna()].groupby("collective_id")[["last", "recorded"]].min()
    told = rows[~is_outcome].join(first.add_prefix("outcome_"), on="collective_id")
    after = told["last"] > told["outcome_last"]
    before = _newest(told[~after])
    done = pd.MultiIndex.from_frame(before[["collective_id", "code"]])
    only_after = told[after & ~pd.MultiIndex.from_frame(told[["collective_id", "code"]]).isin(done)]
    later = only_after.sort_values("last").drop_duplicates(["collective_id", "code"])
    conditions = pd.concat([before, later])
    conditions["late"] = (conditions["last"] > conditions["outcome_last"]) | (
        conditions["recorded"].dt.normalize() > conditions["outcome_recorded"].dt.normalize()
    )
    both = pd.concat([conditions, outcomes], ignore_index=True)
    return both[_VALUES].sort_values(
        ["collective_id", "role", "code"], ascending=[True, False, True], ignore_index=True
    )


def _newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the newest row with a value of each collective and code; without any value the newest row."""
    ordered = rows.assign(known=rows["value"].notna()).sort_values(["known", "last"], kind="stable")
    return ordered.drop_duplicates(["collective_id", "code"], keep="last").drop(columns="known")
