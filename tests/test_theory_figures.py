"""The drawing of the theory of change and the evidence map: to be walked through, and status not by colour only."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from bt_analysis.analysis.learning import theory as question
from bt_analysis.figures import evidence_map, theory
from bt_analysis.language import Language
from bt_analysis.pages import theory_words
from bt_analysis.pages.export import outside_requests
from bt_analysis.settings import Settings
from tests.test_theory_pages import CONTRADICTED, across, content, of_one
from tests.theory_cases import cases, evidence

NL = Language("nl")
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def groups(svg: str, kind: str) -> list[ET.Element]:
    return [group for group in parsed(svg).iter(f"{SVG}g") if group.get("class") == kind]


def drawn(*rows: tuple[Any, ...], **more: Any) -> str:
    return theory.theory_of_change(across(*rows, **more)).svg


def test_every_block_and_arrow_can_be_walked_to_and_says_what_it_is() -> None:
    svg = drawn(*CONTRADICTED)
    blocks, arrows = groups(svg, "node"), groups(svg, "edge")
    focusable = [one for one in arrows if one.get("tabindex") == "0"]
    assert len(blocks) == 38
    assert len(focusable) == 45  # the others only keep columns in order, and cannot be seen
    for one in [*blocks, *focusable]:
        title = one.find(f"{SVG}title")
        assert title is not None
        assert title.text == one.get("aria-label")
        assert one.get("tabindex") == "0"
    told = [one.get("aria-label") for one in focusable]
    assert "Samen eten → Eenzaamheid (−): betwist, 1 voor, 2 tegen" in told
    assert "Open inloop → Eenzaamheid (−): niet onderzocht" in told
    assert "Samen eten (wat we doen)" in [one.get("aria-label") for one in blocks]


def test_the_drawing_asks_for_nothing_outside_it() -> None:
    html = theory.theory_of_change(across(*CONTRADICTED))._repr_html_()
    assert outside_requests(html) == []
    assert "xlink" not in html
    assert "@font-face" not in html
    assert "<!DOCTYPE" not in html


def test_the_drawing_as_a_whole_has_a_role_and_a_text() -> None:
    html = theory.theory_of_change(across(*CONTRADICTED))._repr_html_()
    assert html.startswith('<figure class="theory"><figcaption>Gesteund: 0 van de 45 pijlen.')
    # The finding comes first, and a small screen scrolls the drawing rather than shrink its letters.
    assert '<svg role="group" aria-label="Gesteund: 0 van de 45 pijlen. Nog niet onderzocht: 44. Blokken met' in html
    assert '<div class="scroll" tabindex="0" role="group" aria-label="Gesteund: 0 van de 45 pijlen.' in html
    assert re.search(r"--least:[1-9]\d\dpx", html)
    assert "betwist: 1; niet onderzocht: 44" in html


def test_status_is_told_by_line_and_label_as_well_as_colour() -> None:
    pieces = {
        "betwist": [("a", "meting", "tegen", 2)],
        "weerlegd": [("a", "meting", "tegen", 2), ("b", "meting", "tegen", 3)],
        "weinig": [("a", "interview", "voor", 0)],
        "gesteund": [("a", "interview", "voor", 0), ("b", "meting", "voor", 2), ("c", "interview", "voor", 0)],
        "": [],
    }
    looks = {}
    for label, rows in pieces.items():
        (edge,) = [
            one for one in groups(drawn(*rows), "edge") if "Samen eten → Eenz" in (one.get("aria-label") or "")
        ]  # fmt: skip
        texts = [text.text for text in edge.iter(f"{SVG}text")]
        paths = list(edge.iter(f"{SVG}path"))
        looks[label] = (len(paths), paths[0].get("stroke-dasharray"), paths[0].get("stroke-width"))
        assert texts == ([f"− {label}"] if label else [])
    assert len(set(looks.values())) == len(looks)  # without any colour
    assert looks["weerlegd"][0] > 1  # a double line


def test_the_legend_names_only_the_lines_that_are_there() -> None:
    note = theory.theory_of_change(across(*CONTRADICTED)).note
    assert note.startswith("Oranje streepjes: betwist; stippels: niet onderzocht.")
    assert "weerlegd" not in note


def test_the_same_rows_give_the_same_drawing() -> None:
    assert drawn(*CONTRADICTED[::-1]) == drawn(*CONTRADICTED)


def test_two_drawings_on_a_page_have_ids_of_their_own() -> None:
    one, other = drawn(*CONTRADICTED), drawn(("a", "interview", "voor", 0))
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_columns_go_from_who_there_is_to_what_changes_in_the_long_run() -> None:
    root = parsed(drawn(*CONTRADICTED))
    places = {
        one.get("aria-label"): float(text.get("x", "nan"))
        for one in groups(ET.tostring(root, encoding="unicode"), "node")
        if (text := one.find(f"{SVG}text")) is not None
    }
    chain = [
        "Samen bewegen (wat we doen)", "Mensen bewegen vaker (wat het oplevert)",
        "Mensen voelen zich gezond (op middellange termijn)", "Zorg die mensen nodig hebben (op lange termijn)",
    ]  # fmt: skip
    across_page = [places[one] for one in chain]
    assert across_page == sorted(across_page)
    heads = [text.text for text in root.iter(f"{SVG}text")]
    for head in ("wat we doen", "wat het oplevert", "op korte termijn", "op lange termijn"):
        assert head in heads


NASTY = ['"]; a -> b [label="x', "\\N\\E", "<script>alert(1)</script>", "a & b; {c|d}", "&amp;", "ë → ’ ₂", "x" * 200]


@pytest.mark.parametrize("label", NASTY)
def test_a_label_is_only_ever_text(label: str) -> None:
    nodes = [{"node_id": "a--x", "label_nl": label, "node_type": "output"}]
    link = [{"link_id": "a--l", "from_node": "a--x", "to_node": "bt-tevreden", "sign": "+"}]
    (figure,) = theory.own_theory(of_one("a", nodes=nodes, links=link))
    assert len(groups(figure.svg, "node")) == 2
    titles = [one.get("aria-label") for one in groups(figure.svg, "node")]
    assert f"{label} (wat het oplevert)" in titles
    shown = "".join(text.text or "" for text in parsed(figure.svg).iter(f"{SVG}text"))
    assert re.sub(r"\s", "", label) in re.sub(r"\s", "", shown)
    assert "<script>" not in figure.svg


def test_only_own_arrows_with_evidence_join_the_shared_ones() -> None:
    links = [
        {"link_id": "a--l", "from_node": "bt-inloop", "to_node": "bt-tevreden", "sign": "+"},
        {"link_id": "b--l", "from_node": "bt-inloop", "to_node": "bt-samenhang", "sign": "+"},
    ]
    report = across(links=links)
    rows = evidence(("a", "interview", "voor", 0), link_id="a--l")
    assert len([one for one in groups(theory.theory_of_change(report).svg, "edge") if one.get("tabindex")]) == 45
    studied = content(question.learn(cases(rows, links=links), Settings()))
    assert len([one for one in groups(theory.theory_of_change(studied).svg, "edge") if one.get("tabindex")]) == 46


def test_more_own_arrows_than_can_be_read_stand_in_the_table() -> None:
    many = theory.MOST_OWN + 3
    links = [
        {"link_id": f"a--l{at}", "from_node": "bt-inloop", "to_node": f"a--n{at}", "sign": "+"} for at in range(many)
    ]
    nodes = [{"node_id": f"a--n{at}", "label_nl": f"Blok {at}", "node_type": "output"} for at in range(many)]
    rows = [
        one | {"evidence_id": f"a--{at}"}
        for at in range(many)
        for one in evidence(("a", "interview", "voor", 0), link_id=f"a--l{at}")
    ]
    figure = theory.theory_of_change(content(question.learn(cases(rows, links=links, nodes=nodes), Settings())))
    assert len([one for one in groups(figure.svg, "edge") if one.get("tabindex")]) == 45 + theory.MOST_OWN
    assert figure.note.endswith("Pijlen van collectieven zelf die alleen in de tabel staan: 3.")


def test_a_collective_without_arrows_has_no_drawing() -> None:
    assert theory.own_theory(of_one("d", *CONTRADICTED)) == []


def test_no_arrows_are_a_tile() -> None:
    empty = of_one("d", *CONTRADICTED).learned
    figure = theory.drawing(empty["arrows"], empty["arrow_nodes"], NL, "Niets")
    assert (figure.svg, figure.text) == ("", "Er zijn nog geen pijlen getekend.")


# The evidence map


def test_the_map_says_what_is_in_each_cell() -> None:
    figure = evidence_map.evidence_of_all(across(*CONTRADICTED))
    assert figure.title == "Over 1 van de 45 pijlen is er bewijs"
    assert "Groep A, Samen eten → Eenzaamheid (−): voor, 1" in figure.text
    assert "Groep B, Samen eten → Eenzaamheid (−): tegen, 2" in figure.text
    # One arrow, four collectives, two of which have something.
    assert "geen bewijs (2 van de 4 vakjes)" in figure.note
    assert outside_requests(figure._repr_html_()) == []


def test_literature_has_a_column_of_its_own() -> None:
    book = ("", "literatuur", "voor", 2, {"evidence_id": "a--boek"})
    figure = evidence_map.evidence_of_all(across(*CONTRADICTED, book))
    assert "literatuur, Samen eten → Eenzaamheid (−): voor, 1" in figure.text
    assert "(2 van de 5 vakjes)" in figure.note


def test_many_collectives_are_told_by_domain() -> None:
    report = across(*CONTRADICTED)
    pieces = report.learned["evidence_map"]
    many = pd.DataFrame(
        [
            {"collective_id": f"k{at}", "name": f"K{at}", "primary_domain": ("welzijn", "gezondheid")[at % 2]}
            for at in range(evidence_map.MOST_COLUMNS + 1)
        ]
    )
    spread = pd.concat([pieces.head(1).assign(collective_id=f"k{at}") for at in range(6)])
    arrows = theory_words.together(report)
    figure = evidence_map.evidence_map(spread, arrows, theory_words.every_label(report), many, NL)
    assert re.findall(r"(\w+), Samen eten [^:]+: voor, (\d)", figure.text) == [("Welzijn", "3"), ("Gezondheid", "3")]


def test_without_evidence_the_map_is_a_tile() -> None:
    figure = evidence_map.evidence_of_all(across())
    assert (figure.svg, figure.title) == ("", "Er is nog geen bewijs bij pijlen vastgelegd.")


def test_the_map_is_the_same_each_time() -> None:
    assert (
        evidence_map.evidence_of_all(across(*CONTRADICTED)).svg
        == evidence_map.evidence_of_all(across(*CONTRADICTED)).svg
    )


def test_the_name_of_a_column_has_room_however_many_lines_it_takes() -> None:
    text = "<text x='50' y='-20'/>"
    root = ET.fromstring(  # noqa: S314 - typed here
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 40'><g><g id='b'>{text}</g></g></svg>"
    )
    theory._name_columns(root, {"b": "who, surroundings, something else besides, more"})
    top = float(root.attrib["viewBox"].split()[1])
    # y counts up from below the drawing, which Graphviz moves down by its height of 40.
    highest = min(float(one.attrib["y"]) for one in root.iter("{http://www.w3.org/2000/svg}text")) + 40
    lines = len(list(root.iter("{http://www.w3.org/2000/svg}text"))) - 1
    assert lines == 4
    assert top <= highest - 11  # the height of a letter
