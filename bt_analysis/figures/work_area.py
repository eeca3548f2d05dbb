"""The map: outlines of buurten in; the work area among the buurten of its gemeente, drawn without a map of others, out.

Each buurt says its name where the pointer rests or the keyboard comes; a table below tells the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
from markupsafe import Markup

from bt_analysis import regions
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import BLUE, PALE, Figure

WIDTH = 360.0
"""Of the drawing, in its own units: as wide as the other figures."""

TALLEST = 250.0
"""Height that a drawing has at most, in the same units."""


def area_map(content: Content) -> Figure:
    """Draw the work area among the buurten of its gemeente.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figure
        A map whose buurten say their names; a tile when there are no boundaries of the reference year.
    """
    say = content.language.say
    if content.outlines is None or content.outlines.empty:
        return Figure(say("Geen kaart."), say("Er zijn geen grenzen van buurten opgehaald voor dit jaar."))
    outlines = content.outlines
    inside = outlines[outlines["inside"]]
    title = say(
        "Het werkgebied (blauw) in de gemeente: {n} van de {total} buurten",
        n=str(len(inside)),
        total=str(len(outlines)),
    )
    lost = _lost(content)
    if lost:
        title += ". " + say(
            "1 gebied van het werkgebied staat niet op de kaart: de grenzen zijn veranderd."
            if lost == 1
            else "{n} gebieden van het werkgebied staan niet op de kaart: hun grenzen zijn veranderd.",
            n=str(lost),
        )
    names = ", ".join(inside["regiocode_label"].head(12))
    told = say("Kaart. In het werkgebied liggen: {names}.", names=names)
    return Figure(title, told, _svg(content, outlines), "map", role="group")


def _lost(content: Content) -> int:
    """Count the codes that lie in other borders now; a postcode or a drawing never was on the map."""
    of_area = content.unmatched[content.unmatched["table"] == "work_area"]
    return sum(map(regions.is_valid, of_area["item"]))


def _svg(content: Content, outlines: gpd.GeoDataFrame) -> str:
    """Draw every buurt as a path with its name; the work area last, so that its border lies on top."""
    west, south, east, north = outlines.total_bounds
    scale = min(WIDTH / (east - west), TALLEST / (north - south))
    height = scale * (north - south)
    shift = (WIDTH - scale * (east - west)) / 2
    say = content.language.say
    paths = []
    for row in outlines.sort_values(["inside", "regiocode"]).itertuples():
        drawn = "".join(_ring(ring, west - shift / scale, north, scale) for ring in _rings(row.geometry))
        name = say("{name}: in het werkgebied", name=row.regiocode_label) if row.inside else row.regiocode_label
        focus = Markup(' tabindex="0" role="img" aria-label="{}"').format(name) if row.inside else ""
        colour = BLUE if row.inside else PALE
        paths.append(Markup('<path d="{}" fill="{}"{}><title>{}</title></path>').format(drawn, colour, focus, name))
    view = f'viewBox="-1 -1 {WIDTH + 2:.0f} {height + 2:.0f}"'
    return f'<svg {view} stroke="#ffffff" stroke-width="1" stroke-linejoin="round">{"".join(paths)}</svg>'


def _rings(geometry: object) -> Iterator[list[tuple[float, ...]]]:
    """Give the outlines and holes of a polygon or of several."""
    for part in getattr(geometry, "geoms", [geometry]):
        yield from (list(ring.coords) for ring in (part.exterior, *part.interiors))


def _ring(points: list[tuple[float, ...]], west: float, north: float, scale: float) -> str:
    written = "L".join(f"{scale * (x - west):.1f} {scale * (north - y):.1f}" for x, y, *_ in points[:-1])
    return f"M{written}Z"
