"""Rules about figures: what a value may be compared with, what a model may show, what stays hidden."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bt_analysis.sources.codes import parts
from bt_analysis.sources.delivered import Delivered, Rows, Rule

_SUBJECTS = ("collective_id", "work_area_id", "area_code")
# Of a percentage, any two of these give the third.
_OF_PERCENTAGE = ("value", "numerator", "n_valid")


def subject(delivered: Delivered) -> None:
    """Check that a measurement says whose or of what area the value is, and an area code of which year.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["measurement"]
    nothing = table[[*_SUBJECTS]].isna().all(axis=1)
    delivered.tell("no_subject", "measurement", "collective_id", nothing, options=", ".join(_SUBJECTS))
    undated = table["area_code"].notna() & table["area_year"].isna()
    delivered.tell("no_area_year", "measurement", "area_year", undated, area=table["area_code"])


def modelled(delivered: Delivered) -> None:
    """Check that no outcome of a collective comes from a model: that knows the place, and nothing of what was done.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["measurement"]
    indicator = delivered.look_up("measurement", "indicator_id", "indicator", ("result_level", "source_type"))
    is_outcome = indicator["result_level"].str.startswith("uitkomst").fillna(False).astype(bool)
    is_model = table["method"].eq("model") | indicator["source_type"].eq("modelschatting")
    wrong = table["collective_id"].notna() & is_outcome & is_model.fillna(False)
    level = indicator["result_level"]
    delivered.tell("modelled_outcome", "measurement", "indicator_id", wrong, level=level)


def one_instrument(delivered: Delivered) -> None:
    """Check that a value comes from the instrument of its indicator, and that what is compared comes from one.

    Parameters
    ----------
    delivered : Delivered
        The package.

    Notes
    -----
    The instruments of a value are those of its wave; when the indicator has one, that must be among them. The values
    of one indicator of one collective among which one serves to compare with (nulmeting, vergelijkgroep, …) must have
    an instrument in common with the first of them that has any.
    """
    table = delivered.tables["measurement"]
    waves = delivered.look_up("measurement", "wave_id", "survey_wave", ("instrument_ids",))["instrument_ids"]
    needed = delivered.look_up("measurement", "indicator_id", "indicator", ("instrument_id",))["instrument_id"]
    asked = waves.map(lambda cell: frozenset(parts(cell)), na_action="ignore")
    pairs = zip(asked, needed, strict=True)
    other = [pd.notna(one) and isinstance(of_wave, frozenset) and one not in of_wave for of_wave, one in pairs]
    elsewhere = pd.Series(other, index=table.index, dtype=bool)
    delivered.tell("other_instrument", "measurement", "wave_id", elsewhere, instrument=needed, asked=waves)
    compared = table["comparison"].notna() & table["comparison"].ne("geen")
    of_interest = table.assign(asked=asked, compared=compared.fillna(False))[asked.notna() & ~elsewhere & needed.isna()]
    for _, rows in of_interest.groupby(["collective_id", "indicator_id"], dropna=False):
        if rows["compared"].any():
            _shared(delivered, rows["asked"], waves)


def _shared(delivered: Delivered, asked: Rows[Any], waves: Rows[str]) -> None:
    """Tell which rows have no instrument in common with the first."""
    first = asked.iloc[0]
    apart = pd.Series(False, index=waves.index)
    apart.loc[asked.index[[not first & of_wave for of_wave in asked]]] = True
    values = {"got": waves, "first": int(asked.index[0]), "instruments": ", ".join(sorted(first))}
    delivered.tell("compared_instruments", "measurement", "wave_id", apart, **values)


def hidden(delivered: Delivered) -> None:
    """Check that what is suppressed is not there after all, nor to be worked out from the rest of its row.

    Parameters
    ----------
    delivered : Delivered
        The package.

    Notes
    -----
    value = 100 · numerator / n_valid, so of the three not one alone can be suppressed.
    """
    table = delivered.tables["measurement"]
    marked = table["suppressed"].eq(True).fillna(False)
    for column in ("value", "ci_low", "ci_high", "numerator"):
        delivered.tell("suppressed_value", "measurement", column, marked & table[column].notna())
    unit = delivered.look_up("measurement", "indicator_id", "indicator", ("unit",))["unit"]
    is_percentage = unit.eq("%").fillna(False)
    for column in _OF_PERCENTAGE:
        others = [name for name in _OF_PERCENTAGE if name != column]
        lone = is_percentage & _is_suppressed(table, column) & table[others].notna().all(axis=1)
        delivered.tell("derivable", "measurement", column, lone & ~marked, others=", ".join(others))


def _is_suppressed(table: pd.DataFrame, column: str) -> Rows[bool]:
    reason = table.get(f"{column}_missing_reason")
    nothing = pd.Series(False, index=table.index)
    return nothing if reason is None else reason.eq("suppressed").fillna(False).astype(bool)


RULES = (
    Rule(subject, {"measurement": (*_SUBJECTS, "area_year")}),
    Rule(modelled, {"measurement": ("indicator_id", "collective_id", "method")}),
    Rule(one_instrument, {"measurement": ("indicator_id", "collective_id", "wave_id", "comparison")}),
    Rule(hidden, {"measurement": ("indicator_id", "suppressed", "ci_low", "ci_high", *_OF_PERCENTAGE)}),
)
