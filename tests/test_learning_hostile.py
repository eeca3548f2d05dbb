"""Forty attacks in every text of the tables about learning: nothing lives in a page, a drawing or a spreadsheet.

The texts are put in the tables that a build leaves, as a hostile bundle from elsewhere could: behind the door that
keeps most of them out. Drawings, chains and codes are attacked one by one.
"""

# ruff: noqa: S314 - the drawings that are parsed here are our own

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import shutil
import time
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from bt_analysis.analysis.learning import decisions, input_chains, theory
from bt_analysis.figures import evidence_map
from bt_analysis.figures import theory as theory_figure
from bt_analysis.language import Language
from bt_analysis.pages import content, drawing
from bt_analysis.pages.export import outside_requests
from bt_analysis.publishing import composing
from bt_analysis.settings import Settings
from tests import input_cases, theory_cases

PAYLOADS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>", "<iframe src=//x.nl>",
    "</title></style></svg><script>alert(2)</script>", "<a href=javascript:alert(1)>x</a>", "javascript:alert(1)",
    '" onmouseover="alert(1)', "' onfocus='alert(1)' autofocus='", "<!--", "-->", "]]>", "<![CDATA[x]]>",
    "</table></td>",
    "<foreignObject><body onload=alert(1)>", "<style>*{display:none}</style>", "<base href=//x.nl>", "<form><input>",
    "&lt;script&gt;", "&#60;script&#62;", "{{7*7}}{% raw %}", "${7*7}", "{n} {0.__class__}", "%(n)s %s %d",
    '=HYPERLINK("http://x.nl")', "@SUM(1)", "+31", "-1+cmd|' /C calc'!A0", "'=1+1", "\t=1+1", "a\nb\r\nc",
    "x" * 3000, "日本 🌻 שלום", "\u202egnirts\u202c", "\\N\\l\\", '"];evil [label="x', r"$\alpha$ and $x_{$",
    "[bold red]x[/] :smile:", "a;b;c", "a>b:+ → c",
)  # fmt: skip
SIGNS = ("a\x01b", "a\x0bb", "\ufffe", "\x7f", "\x85", "\u2028")
"""Signs that XML cannot hold, or that end a line."""

TEXTS = {
    "arrow_nodes": ("label_nl", "label_en"), "arrows": ("mechanism", "mechanism_en", "assumption", "assumption_en"),
    "backlog": ("text", "text_en", "proposed_by", "needs", "needs_en"), "coverage": ("names",),
    "coop_gaps": ("actor_name", "civiel_quote", "other_quote"), "experiments": ("question", "problem", "change_tried"),
    "input_fates": ("text",), "interests": ("actor_name", "interests"), "judgements": ("rival",),
    "lessons": ("context", "mechanism", "outcome", "for_whom", "transfer_tried_at"), "obstacles": ("how",),
    "rates_used": ("source_title", "publisher", "licence"), "replies": ("reply_text",),
    "research_questions": ("text", "text_en", "proposed_by"), "savings": ("outcome", "overlap_group"),
    "selection": ("reason",), "tradeoffs": ("option_a", "option_b", "for_a", "for_b", "for_both"),
    "trials": ("question", "proposed_by", "problem", "change_tried", "mechanism_expected", "change_of_mind"),
    "umbrellas": ("umbrella",), "umbrella_counts": ("umbrella",), "unused_items": ("about_nl", "about_en"),
    "collectives": ("name",), "activities": ("title",),
}  # fmt: skip
"""Table → its texts: what people typed, or what a bundle may say."""

COLLECTIVES = ("energie-01", "huis-01")
ELSEWHERE = ("figures.area_map", "figures.groups", "figures.change", "figures.similar", "figures.across", "similar.",
             "where.", "change.", "appendix.figures")  # fmt: skip
"""Calls that show nothing of the tables that are poisoned here; tests/test_hostile_package.py attacks those."""


class Living(HTMLParser):
    """Notes what a browser would bring to life."""

    ALIVE = frozenset({"script", "img", "iframe", "object", "form", "input", "base", "link", "foreignobject", "body"})

    def __init__(self) -> None:
        super().__init__()
        self.alive: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.alive += [tag] if tag in self.ALIVE else []
        for name, value in attrs:
            inside = (value or "").startswith(("#", "data:image/png;base64,"))
            if name.startswith("on") or (name in {"href", "src", "xlink:href", "action"} and not inside):
                self.alive.append(f"{tag} {name}={value}")


def alive(html: str) -> list[str]:
    found = Living()
    found.feed(html)
    return found.alive


def poisoned(folder: Path) -> None:
    """Put attacks in every text of the tables of one stage, another one in each row."""
    for name, columns in TEXTS.items():
        path = folder / f"{name}.parquet"
        if not path.exists():
            continue
        table = pd.read_parquet(path)
        for shift, column in enumerate(columns):
            table[column] = [PAYLOADS[(at + 7 * shift) % len(PAYLOADS)] for at in range(len(table))]
        table.to_parquet(path, index=False)
    path = folder / "estimates.parquet"
    table = pd.read_parquet(path)
    # Labels of measurements are days.
    typed_in = table["group_label"].ne("") & table["question"].isin(["theory", "umbrellas", "cooperation", "savings"])
    labels = itertools.cycle(PAYLOADS)
    table["group_label"] = [
        next(labels) if yes else one for yes, one in zip(typed_in, table["group_label"], strict=True)
    ]
    table.to_parquet(path, index=False)


def pieces(notebook: str, **parameters: str) -> dict[str, str]:
    """Run the cells of a notebook here; call → the HTML that it shows."""
    cells = json.loads((Path(__file__).parents[1] / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    here: dict[str, Any] = dict(parameters)
    shown = {}
    for cell in cells:
        source = "".join(cell["source"]).rstrip()
        if cell["cell_type"] != "code" or source.startswith(("workspace:", *ELSEWHERE)):
            continue
        *before, last = source.split("\n")
        try:
            call = compile(last, "cell", "eval")
        except SyntaxError:
            before, call = [source], compile("None", "cell", "eval")
        exec("\n".join(before), here)  # noqa: S102 - our own notebooks
        value = eval(call, here)  # noqa: S307 - our own notebooks
        if value is not None:
            parts = value if isinstance(value, list) and not hasattr(value, "_repr_html_") else [value]
            shown[last] = "".join(part._repr_html_() for part in parts)
    return shown


@pytest.fixture(scope="module")
def root(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = shutil.copytree(built_demo, tmp_path_factory.mktemp("learning-hostile") / "demo")
    for stage in ("analysed", "across"):
        poisoned(copied / "data" / "processed" / stage)
    return copied


@pytest.fixture(scope="module")
def shown(root: Path) -> dict[str, str]:
    """Return every piece of three reports."""
    found = {f"across {call}": html for call, html in pieces("report_across", workspace=str(root), lang="nl").items()}
    for name in COLLECTIVES:
        period = content.periods(root)[name][-1]
        given_ = {"workspace": str(root), "lang": "en", "collective_id": name, "period": period}
        found |= {f"{name} {call}": html for call, html in pieces("report_collective", **given_).items()}
    return found


def test_nothing_comes_to_life(shown: dict[str, str]) -> None:
    assert len(shown) > 80
    assert {name: alive(html) for name, html in shown.items() if alive(html)} == {}


def test_no_piece_asks_for_anything(shown: dict[str, str]) -> None:
    assert {name: outside_requests(html) for name, html in shown.items() if outside_requests(html)} == {}


def test_nothing_is_filled_in_or_drawn_as_a_formula(shown: dict[str, str]) -> None:
    everything = "".join(shown.values())
    assert "{{7*7}}" in everything
    assert "class &#39;str" not in everything
    assert "class 'str" not in everything
    assert "α" not in everything


def test_every_piece_stays_whole(shown: dict[str, str]) -> None:
    for name, html in shown.items():
        for tag in ("table", "tr", "td", "section", "figure", "details", "svg"):
            assert len(re.findall(rf"<{tag}[\s>]", html)) == html.count(f"</{tag}>"), (name, tag)


def test_every_drawing_can_be_read_as_xml(shown: dict[str, str]) -> None:
    drawings = [svg for html in shown.values() for svg in re.findall(r"<svg .*?</svg>", html, flags=re.DOTALL)]
    assert len(drawings) > 20
    for svg in drawings:
        ET.fromstring(re.sub(r"xlink:href", "href", svg))


def test_what_was_typed_can_still_be_read(shown: dict[str, str]) -> None:
    everything = "".join(shown.values())
    for escaped in ("&lt;script&gt;alert(1)&lt;/script&gt;", "&amp;lt;script&amp;gt;", "日本 🌻", "${7*7}", "a;b;c"):
        assert escaped in everything, escaped


@pytest.mark.parametrize("name", ["across", *COLLECTIVES])
def test_a_spreadsheet_gets_no_formula(root: Path, name: str) -> None:
    period = content.periods(root)[name][-1]
    here = content.of_all(root, "nl") if name == "across" else content.of_collective(root, name, period, "nl")
    for written in (composing.register(here, name), composing.estimates_csv(here)):
        rows = list(csv.reader(io.StringIO(written)))
        assert {len(row) for row in rows} == {len(rows[0])}
        cells = {cell for row in rows for cell in row if re.match(r"[\s'\"]*[=+@\t-]", cell)}
        wrong = {one for one in cells if not re.fullmatch(r"[+-]?[\d.]+(e-?\d+)?", one) and not one.startswith("'")}
        assert wrong == set()


# The drawing of the theory of change


def drawn(labels: list[str], ends: list[tuple[int, int]]) -> drawing.Figure:
    """Draw blocks with these labels, and arrows between them."""
    nodes = [
        {"node_id": f"a--n{at}", "label_nl": label, "node_type": "activiteit" if at % 2 else "uitkomst_lang"}
        for at, label in enumerate(labels)
    ]
    links = [
        {"link_id": f"a--k{at}", "from_node": f"a--n{one}", "to_node": f"a--n{other}", "sign": "+"}
        for at, (one, other) in enumerate(ends)
    ]
    answer = theory.learn(theory_cases.cases(links=links, nodes=nodes), Settings())
    arrows, blocks = answer.tables["arrows"], answer.tables["arrow_nodes"]
    own = arrows["collective_id"].eq("a"), blocks["collective_id"].eq("a")
    return theory_figure.drawing(arrows[own[0]], blocks[own[1]], Language("nl"), "Titel")


def svg_of(figure: drawing.Figure) -> ET.Element:
    return ET.fromstring(figure.svg)


def test_forty_attacks_as_labels_are_text_in_the_drawing() -> None:
    figure = drawn([*PAYLOADS, *SIGNS], list(itertools.pairwise(range(len(PAYLOADS) + len(SIGNS)))))
    assert alive(figure._repr_html_()) == []
    root = svg_of(figure)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(set(ids)) == len(ids)
    kinds = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert kinds <= {"svg", "g", "title", "path", "polygon", "text", "ellipse", "polyline", "defs", "style"}
    nodes = [one for one in root.iter() if one.get("class") == "node"]
    assert len(nodes) == len(PAYLOADS) + len(SIGNS)  # no label ended its own block and began another
    attributes = {name for one in root.iter() for name in one.attrib}
    assert not [name for name in attributes if name.startswith("on") or name.endswith("href")]


def test_a_title_says_the_whole_label_and_the_block_its_first_lines() -> None:
    figure = drawn(["woord " * 400, "kort"], [(0, 1)])
    root = svg_of(figure)
    longest = max(root.iter(), key=lambda one: len(one.get("aria-label", "")))
    assert longest.get("aria-label", "").count("woord") >= 400
    texts = [one for one in root.iter() if one.tag.endswith("}text")]
    assert len(texts) <= 3 * theory_figure.MOST_LINES
    height = float(root.get("viewBox", "0 0 0 0").split()[3])
    assert height < 2000


@pytest.mark.parametrize("sign", [*SIGNS, "a\ud7ffb", "\U0010ffff"])
def test_a_sign_that_xml_cannot_hold_is_left_out(sign: str) -> None:
    figure = drawn([f"voor {sign} na", "kort"], [(0, 1)])
    assert "voor" in "".join(svg_of(figure).itertext())


def test_arrows_in_a_circle_and_to_themselves_are_drawn() -> None:
    figure = drawn(["een", "twee", "drie"], [(0, 1), (1, 2), (2, 0), (1, 1)])
    edges = [one for one in svg_of(figure).iter() if one.get("class") == "edge" and one.get("aria-label")]
    assert len(edges) == 4


@given(st.lists(st.text(min_size=1, max_size=40), min_size=2, max_size=2))
def test_any_two_texts_can_be_written_for_graphviz(labels: list[str]) -> None:
    for label in labels:
        written = theory_figure._quoted(label, 13)
        inside = re.sub(r"\\.", "", written[1:-1])
        assert written[0] == written[-1] == '"'
        assert '"' not in inside
        assert "\\" not in inside
        assert "\n" not in written


@given(st.text(max_size=200))
def test_what_is_drawn_is_xml(label: str) -> None:
    element = ET.Element("a")
    element.text = theory_figure._drawable(label)
    assert ET.fromstring(ET.tostring(element, encoding="unicode")).tag == "a"


# Drawings with matplotlib


def test_forty_attacks_as_ticks_title_and_description() -> None:
    canvas, axes = drawing.canvas_with_axes(8.0)
    axes.set_yticks(range(len(PAYLOADS)), [one[:40] for one in PAYLOADS])
    everything = " ".join(PAYLOADS)
    figure = drawing.finish(canvas, everything, everything, note=everything)
    html = figure._repr_html_()
    assert alive(html) == []
    assert outside_requests(html) == []
    assert html.count("<figcaption>") == html.count("</figcaption>") == html.count("</svg>") == 1


def test_an_evidence_map_of_hostile_names() -> None:
    names = dict(enumerate(PAYLOADS))
    pieces_ = pd.DataFrame(
        [{"collective_id": "a", "arrow_id": f"k{at}", "pieces_n": 1, "for_n": 1, "against_n": 0, "neutral_n": 0}
         for at in names]
    )  # fmt: skip
    arrows = pd.DataFrame(
        [{"arrow_id": f"k{at}", "from_node": f"n{at}", "to_node": "n0", "sign": "+", "pieces_n": 1} for at in names]
    )
    labels = {f"n{at}": text for at, text in names.items()}
    collectives = pd.DataFrame([{"collective_id": "a", "name": PAYLOADS[1], "primary_domain": "welzijn"}])
    figure = evidence_map.evidence_map(pieces_, arrows, labels, collectives, Language("nl"))
    html = figure._repr_html_()
    assert alive(html) == []
    ET.fromstring(re.sub("xlink:href", "href", figure.svg))


# Long chains, circles and loops of inputs


def fates(count: int, links: list[tuple[int, int]], kind: str, done: int) -> pd.DataFrame:
    """Return the fates of inputs with these links, of which one was carried out."""
    rows = [input_cases.raised(f"i{at}") for at in range(count)]
    steps = input_cases.steps(f"i{done}", (30, "besloten", "overgenomen"), (60, "uitgevoerd"))
    joined = [input_cases.link(f"i{one}", f"i{other}", kind) for one, other in links]
    answer = decisions.learn(input_cases.cases(rows, steps, joined), Settings())
    return answer.tables["input_fates"].set_index("input_id")


@pytest.mark.parametrize("kind", [input_chains.MERGED, input_chains.SPLIT])
def test_ten_thousand_inputs_in_one_chain_are_followed_to_the_end(kind: str) -> None:
    began = time.process_time()
    found = fates(10_000, list(itertools.pairwise(range(10_000))), kind, done=9_999)
    assert found.loc["zon--i0", "fate"] == "uitgevoerd"
    assert not found["circular"].any()
    assert time.process_time() - began < 30  # one pandas step per link took more than a minute


@pytest.mark.parametrize("kind", [input_chains.MERGED, input_chains.SPLIT])
@pytest.mark.parametrize("links", [[(0, 0)], [(0, 1), (1, 0)], [(0, 1), (1, 2), (2, 1)]])
def test_a_circle_keeps_its_own_steps_only(kind: str, links: list[tuple[int, int]]) -> None:
    found = fates(4, links, kind, done=3)
    assert found["circular"].tolist()[0]
    assert found.loc["zon--i0", "fate"] in {"open", "stil"}
    assert found.loc["zon--i3", "fate"] == "uitgevoerd"


def test_one_input_that_ten_thousand_were_merged_into_is_carried_out_for_all() -> None:
    found = fates(3_000, [(at, 2_999) for at in range(2_999)], input_chains.MERGED, done=2_999)
    assert found["fate"].eq("uitgevoerd").all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_steps_to_an_end_are_those_of_the_longest_way(links: list[tuple[int, int]]) -> None:
    # By hand: follow every way from each input; a way that comes back to an input on it is a circle.
    children: dict[int, list[int]] = {}
    for one, other in links:
        children.setdefault(one, []).append(other)

    def longest(one: int, way: tuple[int, ...]) -> float:
        if one in way:
            return float("inf")
        return max((1 + longest(other, (*way, one)) for other in set(children.get(one, ()))), default=0)

    parent = np.array([one for one, _ in links], dtype=np.int64)
    child = np.array([other for _, other in links], dtype=np.int64)
    found = input_chains._steps_to_end(parent, child, 10)
    expected = [longest(one, ()) for one in range(10)]
    assert found.tolist() == [0 if one == float("inf") else one for one in expected]


# What ships with the package


def test_no_template_marks_as_safe_what_a_person_typed() -> None:
    folder = Path(str(resources.files("bt_analysis") / "templates"))
    safe = {
        (path.relative_to(folder).as_posix(), what)
        for path in sorted(folder.rglob("*.j2"))
        for what in re.findall(r"{{-?\s*(\S+?)\s*\|\s*safe", path.read_text("utf-8"))
    }
    pages = ("page.html.j2", "dashboard/agenda.html.j2", "dashboard/plain.html.j2")
    # Our own style, a line break, and what is made of pieces that were escaped.
    own = {("index.html.j2", '"<br>"'), ("sections/fold.html.j2", "body")}
    assert safe == own | {(name, "page.css") for name in pages}
