"""Similar areas in the appendix and on a map: named by weight, how alike, and only for what is shown."""

import dataclasses
import re
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from bt_analysis import figures
from bt_analysis.pages import similar
from bt_analysis.pages.content import Content
from bt_analysis.pages.export import outside_requests
from tests import change_rows as rows
from tests.html_text import text_of

PAYLOAD = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


def areas(n: int = 12, **more: Any) -> pd.DataFrame:
    """Return areas of which the last weighs most: weights 1 to n over their sum."""
    total = n * (n + 1) / 2
    made = [
        {"indicator_id": rows.GAS, "regiocodes": f"BU0363{at:04d}", "regiocodes_label": f"Buurt {at}",
         "gemeente_label": f"Gemeente {at % 3}", "distance": float(at), "weight": (at + 1) / total,
         "x_m": 1000.0 * at, "y_m": 500.0 * at * at} | more
        for at in range(n)
    ]  # fmt: skip
    return pd.DataFrame(made)


def balance(**more: Any) -> pd.DataFrame:
    columns = ["feature", "year", "work_area_value", "all_value", "similar_value", "weighted_value"]
    values = [
        ("aged_65_plus_pct", 2020, 18.0, 22.0, 19.0, 18.2),
        ("path_slope", None, -12.34, -4.0, -11.0, -12.0),
        ("woz_value_keur", None, None, None, None, None),
    ]
    table = pd.DataFrame(values, columns=columns).astype({"year": "Int64"})
    return table.assign(
        indicator_id=rows.GAS, all_difference=-0.8, similar_difference=0.2, weighted_difference=0.04, **more
    )


def left_out() -> pd.DataFrame:
    reasons = {"other_work_area": 31, "figure_missing": 1031, "left_over": 2}
    return pd.DataFrame([{"indicator_id": rows.GAS, "reason": one, "left_out_n": n} for one, n in reasons.items()])


def content(page: Any, *estimates: Any, **more: Any) -> Content:
    given = {"similar": areas(), "balance": balance(), "left_out": left_out()} | more
    made: Content = page.content(*(estimates or rows.whole()), period="2021-2024", **given)
    return made


# Tables


def test_those_that_weigh_most_are_named_first(page: Any) -> None:
    found = text_of(similar.section(content(page)))
    names = re.findall(r"Buurt \d+", found)
    assert names == [f"Buurt {at}" for at in range(11, 1, -1)]
    assert "Buurt 11 Gemeente 2 15,4%" in found  # 12 of 78
    assert "En nog 2 andere." in found


def test_few_areas_are_all_there(page: Any) -> None:
    found = text_of(similar.section(content(page, similar=areas(3))))
    assert "En nog" not in found
    assert "Buurten die hierop lijken" in found


def test_what_was_not_compared_is_counted(page: Any) -> None:
    found = similar.section(content(page))
    reasons = "in een gebied met een collectief ligt (31); niet van elk jaar een cijfer heeft (1.031)"
    assert f"Niet vergeleken met wat {reasons}." in found
    assert "left_over" not in found  # there are no words for it
    assert "Niet vergeleken" not in similar.section(content(page, left_out=pd.DataFrame()))


def test_how_alike_they_are(page: Any) -> None:
    found = text_of(similar.section(content(page)))
    assert "65 jaar of ouder (2020) 18% 22% 18% 0,04 (-0,80)" in found
    # The slope has a decimal more than the figure itself.
    assert "dit cijfer zelf: verandering per jaar voor de start -12,3 m³ -4,0 m³ -12,0 m³ 0,04 (-0,80)" in found
    assert "WOZ" not in found  # areas were not compared in it


def test_each_figure_can_be_folded_in_and_stands_open(page: Any) -> None:
    found = similar.section(content(page))
    assert found.count("<details open>") == found.count("</details>") == 1
    assert "<summary>Aardgas per woning: waar het op lijkt, en hoe goed</summary>" in found


@pytest.mark.parametrize("table", ["similar", "balance"])
def test_one_table_may_be_absent(page: Any, table: str) -> None:
    found = similar.section(content(page, **{table: pd.DataFrame()}))
    assert found.count("<table>") == 1


def test_what_is_not_shown_has_no_similar_areas(page: Any) -> None:
    assert similar.section(content(page, rows.refusal("too_small_to_see"), *rows.seen())) == ""
    assert similar.section(page.content()) == ""
    nothing = {name: pd.DataFrame() for name in ("similar", "balance", "left_out")}
    assert similar.section(content(page, **nothing)) == ""


def test_a_name_is_no_markup(page: Any) -> None:
    hostile = content(page, similar=areas(regiocodes_label=PAYLOAD, gemeente_label=PAYLOAD))
    for html in (similar.section(hostile), figures.similar(hostile)._repr_html_()):
        assert "<script" not in html
        assert "<img" not in html


def test_in_english(page: Any) -> None:
    found = text_of(similar.section(dataclasses.replace(content(page, lang="en"))))
    assert "Neighbourhoods like this one" in found
    assert "this figure itself: change per year before the start" in found
    assert not re.search(r"\b(niet|geen|van|waar)\b", found)


# Map


def test_the_map_counts_areas_and_gemeenten(page: Any) -> None:
    (drawn,) = figures.similar(content(page))
    assert drawn.title == "Waar het op lijkt: 12 buurten in 3 gemeenten"
    assert drawn.text == "Kaart. De gebieden liggen in: Gemeente 2, Gemeente 1, Gemeente 0."
    assert drawn.note == "Hoe groter de stip, hoe zwaarder die telt. Voor: aardgas per woning."
    assert ET.fromstring(drawn.svg).tag.endswith("svg")  # noqa: S314 - our own drawing
    assert outside_requests(drawn.svg) == []
    assert ">hier<" not in drawn.svg  # no outlines: it is not known where that is


def test_the_work_area_is_on_the_map_when_its_outline_is_known(page: Any) -> None:
    (drawn,) = figures.similar(content(page, outlines=page.outlines()))
    assert ">hier<" in drawn.svg
    (without,) = figures.similar(content(page, outlines=page.outlines(inside=0)))
    assert ">hier<" not in without.svg


def test_figures_with_the_same_areas_share_a_map(page: Any) -> None:
    other: dict[str, Any] = {"indicator_id": "solar_homes_pct", "unit": "%"}
    both = pd.concat([areas(), areas(indicator_id="solar_homes_pct")])
    (drawn,) = figures.similar(content(page, *rows.whole(), rows.verdict("hoger", **other), similar=both))
    assert "Voor: aardgas per woning, woningen met zonnestroom (vanaf 2024)." in drawn.note
    others = pd.concat([areas(), areas(5, indicator_id="solar_homes_pct")])
    assert len(figures.similar(content(page, *rows.whole(), rows.verdict("hoger", **other), similar=others))) == 2


def test_a_group_in_two_gemeenten_counts_for_both(page: Any) -> None:
    (drawn,) = figures.similar(content(page, similar=areas(gemeente_label="A, B", regiocodes="BU1;BU2")))
    assert drawn.title == "Waar het op lijkt: 12 gebieden in 2 gemeenten"


def test_without_places_there_is_no_map(page: Any) -> None:
    assert figures.similar(content(page, similar=areas(x_m=float("nan")))) == []
    assert figures.similar(page.content()) == []
    assert figures.similar(content(page, rows.refusal("too_small_to_see"))) == []
