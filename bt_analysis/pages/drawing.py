"""Drawing: a canvas in the house style, and a finished canvas turned into inline SVG that may stand beside others."""

from __future__ import annotations

import hashlib
import io
import re
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text
from matplotlib.ticker import Formatter
from numpy.typing import ArrayLike

from bt_analysis.language import Language

BLUE, ORANGE, GREY, PALE = "#0072B2", "#D55E00", "#5f6368", "#e4e6e9"
DARK_ORANGE = "#a34700"
"""For words, as orange itself is too pale for letters on white (WCAG 1.4.3)."""
WIDTH_IN = 5.0
_LEAST_PX, _PHONE_PX = 8.0, 340
FONTS = "'Liberation Sans', Arial, Helvetica, sans-serif"
"""Letters of a drawing on the page. Space is measured with wider ones, so that these always fit."""

_FONT = re.compile(r"'DejaVu Sans'[^\";]+")
"""The list of fonts that matplotlib writes."""

_STYLE: dict[Any, Any] = {
    "font.size": 10.5,
    "axes.labelsize": 10.5,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10.5,
    "axes.edgecolor": "#9aa0a6",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "axes.grid": True,
    "grid.color": "#eceff1",
    "axes.axisbelow": True,
}


@dataclass(frozen=True)
class Figure:
    """A figure for a page.

    Parameters
    ----------
    title : str
        Its finding, or that nothing can be seen.
    text : str
        What the figure shows, in words.
    svg : str
        Drawing; empty for a tile.
    kind : str
        Its class on the page: how it stands in print.
    note : str
        What is not in the drawing, in small letters below it.
    role : str
        What the drawing is to those who cannot see it: ``img`` for one picture, ``group`` where its parts can be walked
        through.
    """

    title: str
    text: str
    svg: str = ""
    kind: str = ""
    note: str = ""
    role: str = "img"

    def _repr_html_(self) -> str:
        if not self.svg:
            more = Markup(' <small class="quiet">{}</small>').format(self.note) if self.note else ""
            return str(Markup('<p class="tile"><strong>{}</strong> {}{}</p>').format(self.title, self.text, more))
        caption = Markup("<figcaption>{}</figcaption>").format(self.title)
        note = Markup('<p class="quiet">{}</p>').format(self.note) if self.note else ""
        drawing = self.svg.replace("<svg ", f'<svg role="{escape(self.role)}" aria-label="{escape(self._told())}" ', 1)
        if "--least:" in self.svg:
            name = escape(self.title)
            drawing = f'<div class="scroll" tabindex="0" role="group" aria-label="{name}">{drawing}</div>'
        return f'<figure class="{escape(self.kind)}">{caption}{drawing}{note}</figure>'

    def _told(self) -> str:
        """Say the finding first, to those who cannot see the drawing."""
        if self.text.startswith(self.title):
            return self.text
        return f"{self.title}{'' if self.title.endswith(('.', '?', '!')) else '.'} {self.text}"


class Figures(list[Figure]):
    """Figures that stand beside each other where there is room, and below each other elsewhere."""

    def _repr_html_(self) -> str:
        body = "".join(figure._repr_html_() for figure in self)
        return f'<div class="row">{body}</div>' if body else ""


def short(name: str) -> str:
    """Write a name on at most two lines beside an axis.

    Parameters
    ----------
    name : str
        Any name.

    Returns
    -------
    str
        With a line break where needed, and … where it is cut.
    """
    lines = textwrap.wrap(name, 28, max_lines=2, placeholder=" …")
    return "\n".join(lines)


def canvas_with_axes(height_in: float) -> tuple[Canvas, Axes]:
    """Make an empty canvas in the house style.

    Parameters
    ----------
    height_in : float
        Height in inches.

    Returns
    -------
    tuple of Figure and Axes
        Of matplotlib; not registered with pyplot, so nothing stays behind.
    """
    with mpl.rc_context({**sns.axes_style("white"), **_STYLE}):
        canvas = Canvas(figsize=(WIDTH_IN, height_in), layout="constrained")
        axes = canvas.add_subplot()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)
    return canvas, axes


def dots(
    axes: Axes, x: ArrayLike, y: ArrayLike, colour: str, size: float, marker: str = "o", label: str | None = None
) -> None:
    """Draw a dot with a white rim at each place that is known, as seaborn does.

    Parameters
    ----------
    axes : Axes
        Of matplotlib; changed in place.
    x, y : array-like
        Places, missing where there is no dot.
    colour : str
        Of all dots.
    size : float
        Of a dot, in square points.
    marker : str
        Shape, as matplotlib names it.
    label : str, optional
        In the legend.
    """
    across, up = np.asarray(x), np.asarray(y)
    known = ~(pd.isna(across) | pd.isna(up))
    if known.any():
        axes.scatter(
            across[known], up[known], s=size, color=colour, marker=marker, edgecolor="w", linewidth=0.08 * size**0.5,
            label=label,
        )  # fmt: skip


def write_numbers(axis: Axis, language: Language) -> None:
    """Let an axis write its numbers as the reader does, all with as many decimals as the finest needs.

    Parameters
    ----------
    axis : Axis
        Of matplotlib; changed in place.
    language : Language
        The reader's.
    """
    axis.set_major_formatter(_AsTheReader(language))


class _AsTheReader(Formatter):
    """Writes numbers with as many decimals as the finest of those that stand together needs."""

    def __init__(self, language: Language) -> None:
        self.language, self.decimals = language, 0

    def set_locs(self, locs: Sequence[float]) -> None:
        ticks = [f"{tick:.6f}".rstrip("0") for tick in locs]
        self.decimals = max((len(tick.partition(".")[2]) for tick in ticks), default=0)

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.language.number(x, self.decimals)


def least(width_pt: float, letters_pt: float) -> str:
    """Say how narrow a drawing may become: where its letters would be too small to read, it is scrolled by itself.

    Parameters
    ----------
    width_pt : float
        Width of the drawing in its own points.
    letters_pt : float
        Its smallest letters, in the same points.

    Returns
    -------
    str
        CSS for its ``style``; empty for a drawing that can be read on the smallest screen as it is.
    """
    width = round(width_pt * _LEAST_PX / letters_pt)
    return f"--least:{width}px" if width > _PHONE_PX else ""


def finish(canvas: Canvas, title: str, text: str, kind: str = "", note: str = "") -> Figure:
    """Turn a drawing into inline SVG that may stand beside others: ids of its own, no size, no date.

    Parameters
    ----------
    canvas : Figure
        Of matplotlib.
    title : str
        Its finding.
    text : str
        What it shows, for those who cannot see it.
    kind : str
        Its class on the page.
    note : str
        What is not in it.

    Returns
    -------
    Figure
        For a page.
    """
    prefix = "f" + hashlib.sha256(f"{title}|{text}".encode()).hexdigest()[:8]
    stream = io.StringIO()
    texts = canvas.findobj(Text)
    for words in texts:
        words.set_parse_math(False)  # a name with two dollar signs is no formula
    with mpl.rc_context({**_STYLE, "svg.hashsalt": prefix}), warnings.catch_warnings():
        # Letters stay text in the drawing, so the reader's browser has the fonts that are wanting here.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        _lay_out(canvas)
        canvas.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    svg = stream.getvalue()
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\1", svg, count=1)
    sizes = [float(words.get_fontsize()) for words in texts if words.get_visible() and words.get_text().strip()]
    small = least(72 * canvas.get_figwidth(), min(sizes, default=_LEAST_PX))
    svg = svg.replace("<svg ", f'<svg style="{small}" ', 1) if small else svg
    svg = _FONT.sub(FONTS, svg)
    svg = re.sub(r' id="([^"]+)"', rf' id="{prefix}-\1"', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{prefix}-", svg)
    return Figure(title, text, svg, kind, note)


def _lay_out(canvas: Canvas) -> None:
    """Give everything its place once; matplotlib would draw all of it first to do so, and then draw it again."""
    engine = canvas.get_layout_engine()
    if engine is not None and canvas.axes:
        FigureCanvasSVG(canvas)
        canvas.dpi = 72
        engine.execute(canvas)
        canvas.set_layout_engine(None)
