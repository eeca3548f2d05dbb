"""What figures do with axes: rows that may not share one are refused, and a matrix is drawn as tiles."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes

from bt_analysis.instruments import comparing
from bt_analysis.pages.content import Content


def one_axis(content: Content, rows: pd.DataFrame) -> pd.DataFrame:
    """Let rows through that may be drawn on one axis; every figure of several values asks here first.

    Parameters
    ----------
    content : Content
        The report; knows with which instrument an indicator was measured.
    rows : DataFrame
        Estimates.

    Returns
    -------
    DataFrame
        The same object, unchanged.

    Raises
    ------
    NotComparable
        When their instruments differ, or their indicators or units.
    """
    instruments = content.indicators.set_index("indicator_id")["instrument_id"]
    comparing.together(rows.assign(instrument_id=rows["indicator_id"].map(instruments)))
    return rows


def tiles(axes: Axes, cells: np.ndarray, most: float) -> None:
    """Draw a matrix as tiles, the first row on top; as shapes, which stay sharp where an image would not.

    Parameters
    ----------
    axes : Axes
        Of matplotlib; changed in place. The middle of a tile has whole numbers as its place.
    cells : ndarray
        Numbers from 0, a row of the matrix each; masked or missing ones stay white.
    most : float
        The number that gets the darkest blue.
    """
    rows, columns = (np.arange(size + 1) - 0.5 for size in cells.shape)
    axes.grid(visible=False)
    axes.pcolormesh(columns, rows, np.ma.masked_invalid(cells), cmap="Blues", vmin=0, vmax=most)
    axes.set_ylim(rows[-1], rows[0])
    axes.set_xlim(columns[0], columns[-1])


def ink(share: float) -> str:
    """Choose black or white letters for a tile, whichever can be read better; never below 4.5 to 1 (WCAG 1.4.3).

    Parameters
    ----------
    share : float
        Number of the tile as a part of ``most``; not a number for a white tile.

    Returns
    -------
    str
        A colour.
    """
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colormaps["Blues"](share)[:3]
    )
    light = 1.0 if np.isnan(share) else 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "white" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "black"
