"""Orders that hold in any table: an end not before its beginning, and a part not above its whole.

Which columns belong together is told by their names, so that a new table is checked without a new rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from bt_analysis.schema import load
from bt_analysis.sources.delivered import Delivered, Rule

PERIODS = (
    ("start", "end"),
    ("start", "planned_end"),
    ("period_start", "period_end"),
    ("valid_from", "valid_to"),
    ("from", "until"),
    ("first_seen", "resolved_on"),
    ("approved_on", "valid_until"),
    ("approved_on", "withdrawn_on"),
)
"""Names of dates of which the second may not be before the first."""

CHAINS = {
    "participation": (("first_time_n", "unique_n", "contacts_n"),),
    "measurement": (("ci_low", "value", "ci_high"), ("numerator", "n_valid", "n_frame")),
    "survey_wave": (("responded_n", "invited_n", "frame_n"),),
    "claim": (("ci_low", "value", "ci_high"),),
    "instrument": (("min", "max"),),
}
"""Table → columns that may not go down in this order; one that is missing is stepped over."""

_STEPS = ("_low", "_mid", "_high")


def periods(table: str) -> list[tuple[str, str]]:
    """Return the pairs of dates of a table that have an order.

    Parameters
    ----------
    table : str
        Name of a schema.

    Returns
    -------
    list of tuple of str
        First and last.
    """
    dates = {field["name"] for field in load(table)["fields"] if field["type"] in ("date", "datetime")}
    return [pair for pair in PERIODS if set(pair) <= dates]


def chains(table: str) -> list[tuple[str, ...]]:
    """Return the columns of a table that may not go down from one to the next.

    Parameters
    ----------
    table : str
        Name of a schema.

    Returns
    -------
    list of tuple of str
        Those of :data:`CHAINS`, and each set of columns that ends in ``_low``, ``_mid``, ``_high``.
    """
    fields = [field["name"] for field in load(table)["fields"]]
    named = {column for chain in CHAINS.get(table, ()) for column in chain}
    stems = [field.removesuffix("_low") for field in fields if field.endswith("_low") and field not in named]
    steps = [tuple(stem + step for step in _STEPS if stem + step in fields) for stem in stems]
    return [*CHAINS.get(table, ()), *(chain for chain in steps if len(chain) > 1)]


def in_time(delivered: Delivered) -> None:
    """Check that what ends does not end before it begins.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    for name, table in delivered.tables.items():
        for first, last in periods(name):
            if {first, last} <= {*table.columns}:
                wrong = table[last].dt.normalize() < table[first].dt.normalize()
                delivered.tell("end_before_start", name, last, wrong, other=first, limit=table[first])


def in_size(delivered: Delivered) -> None:
    """Check that a part is not above its whole, nor a low bound above a high one.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    for name, table in delivered.tables.items():
        for chain in chains(name):
            for column, other, wrong in _descents(table, [column for column in chain if column in table]):
                delivered.tell("above", name, column, wrong, other=other, limit=table[other])


def _descents(table: pd.DataFrame, chain: Sequence[str]) -> Iterator[tuple[str, str, pd.Series[bool]]]:
    """Yield two columns and where the first is above the second: the next one of the chain that has a value."""
    for at, column in enumerate(chain):
        between = pd.Series(False, index=table.index)
        for other in chain[at + 1 :]:
            yield column, other, ((table[column] > table[other]) & ~between).fillna(False)
            between |= table[other].notna()


RULES = (Rule(in_time), Rule(in_size))
