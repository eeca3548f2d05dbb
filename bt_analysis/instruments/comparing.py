"""What may stand side by side: values of one instrument in one version, and of one line on its scale.

Everything that averages, subtracts or draws measurements together asks here first.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd


class NotComparable(ValueError):  # noqa: N818 - says of values what they are
    """Values of different instruments were about to be put together; the message names both."""


def comparable(instrument_ids: Iterable[object]) -> None:
    """Refuse to put values of different instruments, or versions of one, together.

    Parameters
    ----------
    instrument_ids : iterable
        Instrument of each value, with its version in the id; None or not a number for a value without an instrument.

    Raises
    ------
    NotComparable
        When two differ, naming both. A value without an instrument compares with no value that has one.
    """
    different = list(dict.fromkeys(_name(one) for one in instrument_ids))
    if len(different) > 1:
        raise NotComparable(
            f"values of {different[0]} and of {different[1]} were put together; expected values of one instrument in "
            "one version. Show each by itself."
        )


def together(measurement: pd.DataFrame) -> pd.DataFrame:
    """Let measurements through that may be averaged, subtracted or drawn on one axis.

    Parameters
    ----------
    measurement : DataFrame
        One row is a value, with indicator_id, instrument_id and unit.

    Returns
    -------
    DataFrame
        The same object, unchanged.

    Raises
    ------
    NotComparable
        When instruments differ; or, of one instrument, the indicators (another scale, another cut-off) or units.
    """
    comparable(measurement["instrument_id"])
    for column in ("indicator_id", "unit"):
        different = list(dict.fromkeys(measurement[column]))
        if len(different) > 1:
            raise NotComparable(
                f"values of {different[0]} and of {different[1]} were put together; expected one {column}. Show each "
                "by itself."
            )
    return measurement


def _name(instrument_id: object) -> str:
    return instrument_id if isinstance(instrument_id, str) and instrument_id else "no instrument"
