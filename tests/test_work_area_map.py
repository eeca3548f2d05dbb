"""The map of a work area: every buurt says its name, the keyboard reaches those of the work area, a table tells it."""

import re
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from bt_analysis import figures
from bt_analysis.figures import work_area
from bt_analysis.pages import where
from tests.html_text import text_of


def outlines(*shapes: Any, inside: tuple[bool, ...] = (True, False)) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"regiocode": [f"BU9901010{at}" for at in range(len(shapes))],
         "regiocode_label": [f"Buurt <{at}>" for at in range(len(shapes))], "inside": list(inside)},
        geometry=list(shapes), crs="EPSG:28992",
    )  # fmt: skip


def two() -> gpd.GeoDataFrame:
    return outlines(box(0, 0, 100, 100), box(100, 0, 200, 100))


def test_every_buurt_says_its_name_where_the_pointer_rests(page: Any) -> None:
    svg = figures.area_map(page.content(outlines=two())).svg
    assert re.findall(r"<title>(.*?)</title>", svg) == [
        "Buurt &lt;1&gt;", "Buurt &lt;0&gt;: in het werkgebied",
    ]  # the work area last, so that its border lies on top  # fmt: skip


def test_the_keyboard_reaches_the_work_area_and_not_every_buurt_around_it(page: Any) -> None:
    svg = figures.area_map(page.content(outlines=two())).svg
    (label,) = re.findall(r'<path [^>]*tabindex="0" role="img" aria-label="([^"]*)"', svg)
    assert label == "Buurt &lt;0&gt;: in het werkgebied"


def test_the_drawing_keeps_its_proportions_and_north_is_up(page: Any) -> None:
    # 200 m wide is 360 units, so 100 m is 180; the north-west corner is at the top left.
    svg = figures.area_map(page.content(outlines=two())).svg
    assert 'viewBox="-1 -1 362 182"' in svg
    first = re.findall(r'd="M([^"]*)Z"', svg)[1]
    assert set(first.split("L")) == {"0.0 0.0", "180.0 0.0", "180.0 180.0", "0.0 180.0"}


def test_a_tall_gemeente_is_no_taller_than_the_page_has_room_for_and_stands_in_the_middle(page: Any) -> None:
    tall = outlines(box(0, 0, 100, 500), box(0, 500, 100, 1000))
    svg = figures.area_map(page.content(outlines=tall)).svg
    assert f'viewBox="-1 -1 362 {work_area.TALLEST + 2:.0f}"' in svg
    # 1,000 m is 250 units, so 100 m is 25, with (360 − 25) / 2 on either side.
    numbers = {float(one.split()[0]) for path in re.findall(r'd="M([^"]*)Z"', svg) for one in path.split("L")}
    assert numbers == {167.5, 192.5}


def test_islands_and_holes_are_drawn(page: Any) -> None:
    ring = Polygon(box(0, 0, 90, 90).exterior, [box(30, 30, 60, 60).exterior])
    shapes = outlines(MultiPolygon([ring, box(200, 0, 300, 100)]), box(30, 30, 60, 60))
    svg = figures.area_map(page.content(outlines=shapes)).svg
    assert max(path.count("M") for path in re.findall(r'd="([^"]*)"', svg)) == 3  # two outlines and a hole


def test_a_table_tells_what_the_map_shows(page: Any) -> None:
    content = page.content(outlines=two())
    told = text_of(where.on_map(content))
    assert "De buurten van het werkgebied op de kaart" in told
    assert "Buurt &lt;0&gt; BU99010100" in told
    assert "De andere 1 buurten" not in told
    assert "&lt;1&gt;" not in told


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_without_a_map_there_is_no_table(page: Any, lang: str) -> None:
    assert where.on_map(page.content(lang=lang)) == ""
