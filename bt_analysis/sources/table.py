"""The one form of a table of figures, whatever it came from: every back end and every reader of a file gives this.

A table is wide: one row per region and member of each other dimension, one column per topic, as published. Codes and
texts are without padding, a missing number is NA, and what a column means stands in ``properties``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

PROPERTIES = ("key", "name", "title", "unit", "decimals", "datatype", "path")
"""Columns of :attr:`CbsTable.properties`."""

_TITLE_LENGTH = 40  # CBS cuts titles at this length before it makes a key of them


@dataclass(frozen=True)
class CbsTable:
    """A table of figures, ready to be harmonised.

    Parameters
    ----------
    table_id, title, modified : str
        As in TableInfos (OData v3) or Properties (v4).
    year : int
        Year the figures are about; of a table with more years the last one.
    division_year : int
        Year of the division the region codes belong to; 0 when a table of more years does not say it.
    rows : DataFrame
        Columns as published; texts without padding, ``"."`` still ``"."``; a missing number is NA.
    properties : DataFrame
        One row is a topic (a column of figures or texts): ``key`` (column of ``rows``), ``name`` (base name, the same
        in every year and back end), ``title, unit, decimals, datatype`` and ``path``, the titles of the groups it lies
        in, outermost first.
    region_column : str
        Column with region codes, ``""`` when the table has none.
    labels : DataFrame
        One row is a region: ``regiocode, title``.
    time_column : str
        Column with periods, as ``2020JJ00``; ``""`` when the table is of one year.
    members : mapping of str to DataFrame
        Dimension other than regions and periods → its members, one row each: ``key, title``.
    selection : mapping of str to tuple of str
        Dimension → the members that were fetched; empty for a whole table.
    """

    table_id: str
    title: str
    modified: str
    year: int
    division_year: int
    rows: pd.DataFrame
    properties: pd.DataFrame
    region_column: str
    labels: pd.DataFrame
    time_column: str = ""
    members: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    selection: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def base_name(title: str) -> str:
    """Return the name that CBS makes of a topic's title for its keys, without the number behind it.

    Parameters
    ----------
    title : str
        Title as published, such as ``"0 tot 15 jaar"``.

    Returns
    -------
    str
        Such as ``k_0Tot15Jaar``. OData v4, CSV files and StatLine downloads have titles and no v3 keys; with this
        name a topic is found in each of them.

    Notes
    -----
    The first 40 characters; accents dropped; words joined, each with a capital; ``k_`` before a digit. Checked against
    all 283 keys of the recorded tables.
    """
    plain = unicodedata.normalize("NFKD", title[:_TITLE_LENGTH]).encode("ascii", "ignore").decode()
    joined = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", plain))
    return f"k_{joined}" if joined[:1].isdigit() else joined
