"""The theory of change as one drawing: blocks and graded arrows in; offline SVG that a keyboard can walk through out.

Graphviz lays it out, compiled to WebAssembly: no program besides Python, and no network. What an arrow's status is, its
line and its label say as well as its colour.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import re
import textwrap
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

import pandas as pd

from bt_analysis.figures.layout import laid_out
from bt_analysis.language import Language
from bt_analysis.pages import theory, theory_words, words
from bt_analysis.pages.content import Content
from bt_analysis.pages.drawing import BLUE, DARK_ORANGE, GREY, ORANGE, Figure, Figures, least

_SVG = "http://www.w3.org/2000/svg"
_INK, _FAINT = "#1f2328", "#7a8087"
_LINES = {
    "gesteund": f'color="{BLUE}" fontcolor="{BLUE}" penwidth=2.6',
    "weinig_bewijs": f'color="{GREY}" fontcolor="{GREY}" penwidth=1.2',
    "betwist": f'color="{ORANGE}" fontcolor="{DARK_ORANGE}" penwidth=2.4 style=dashed',
    "weerlegd": f'color="{_INK}:invis:{_INK}" fontcolor="{_INK}" penwidth=1.2 arrowhead=tee',
    "niet_onderzocht": f'color="{_FAINT}" penwidth=1.0 style=dotted arrowsize=0.6',
}
"""Line of each status; Okabe and Ito's blue and orange, which all eyes tell apart."""

_COLUMNS = (("actor", "context", "factor"), *((kind,) for kind in list(theory_words.NODE_TYPES)[3:]))
"""Kinds of blocks that stand in one column, from the left."""

MOST_OWN = 12
"""Arrows that collectives drew themselves, of which no more are drawn: with more the drawing can't be read."""

MOST_LINES = 40
"""Lines of a block; the table and the title of the block have the whole text."""

_LETTERS = 13  # on one line of a block
_NO_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIGN_PT = 12  # the smallest letters
_HEAD = 48  # points above the blocks, for the names of the columns


def drawing(arrows: pd.DataFrame, nodes: pd.DataFrame, language: Language, title: str) -> Figure:
    """Draw blocks, and arrows by what is known of them.

    Parameters
    ----------
    arrows : DataFrame
        Rows of analysed_arrows: of one collective, or of all together.
    nodes : DataFrame
        Rows of analysed_arrow_nodes with at least the ends of these arrows.
    language : Language
        The reader's.
    title : str
        The finding.

    Returns
    -------
    Figure
        A row per kind of block, what changes in the long run below; each block and arrow can be walked to with the
        keyboard and says its status in words. A tile when there are no arrows.

    Notes
    -----
    The same rows give the same drawing, to the letter.
    """
    say = language.say
    if arrows.empty:
        return Figure(title, say("Er zijn nog geen pijlen getekend."))
    named = theory_words.labels(nodes, language)
    ordered = arrows.sort_values("arrow_id", ignore_index=True)
    used = nodes[nodes["node_id"].isin({*arrows["from_node"], *arrows["to_node"]})].sort_values("node_id")
    titles = {f"a{at}": theory_words.in_full(row, named, language) for at, row in ordered.iterrows()}
    titles |= {f"n{at}": _block(row, named, language) for at, (_, row) in enumerate(used.iterrows())}
    titles = {name: _drawable(one) for name, one in titles.items()}
    svg = _inline(laid_out(_dot(ordered, used, named, language)), titles, _heads(used, language))
    counts = ordered["status"].value_counts()
    told = "; ".join(
        f"{words.say(status, theory_words.STATUSES, language)}: {language.number(counts[status])}"
        for status in theory_words.STATUSES
        if status in counts
    )
    alt = say(
        "Blokken met pijlen ertussen. Aantal pijlen per status: {told}. Alle pijlen staan ook in de tabel.", told=told
    )
    return Figure(title, alt, svg, "theory", _legend(ordered, language), role="group")


def theory_of_change(content: Content) -> Figure:
    """Draw what collectives know together.

    Parameters
    ----------
    content : Content
        The cross-domain report.

    Returns
    -------
    Figure
        The blocks and arrows of the register, and of what collectives drew themselves those with most evidence; how
        many are not drawn stands below it.
    """
    arrows, say = theory_words.together(content), content.language.say
    own = arrows[~arrows["shared"] & arrows["pieces_n"].gt(0)]
    most = own.sort_values(["pieces_n", "arrow_id"], ascending=[False, True]).head(MOST_OWN)
    drawn = pd.concat([arrows[arrows["shared"]], most])
    nodes = theory_words.of(content.learned["arrow_nodes"], "")
    figure = drawing(drawn, nodes, content.language, theory.finding(content))
    left = len(arrows) - len(drawn)
    told = say("Pijlen van collectieven zelf die alleen in de tabel staan: {n}.", n=content.language.number(left))
    return dataclasses.replace(figure, note=f"{figure.note} {told}") if left else figure


def own_theory(content: Content) -> Figures:
    """Draw what one collective drew or found.

    Parameters
    ----------
    content : Content
        A collective's report.

    Returns
    -------
    Figures
        One drawing of its own blocks and arrows, and those of the register that it has evidence about; none when it
        keeps none, as appendix C says so.
    """
    arrows, nodes = content.learned["arrows"], content.learned["arrow_nodes"]
    if arrows.empty:
        return Figures()
    return Figures([drawing(arrows, nodes, content.language, theory.finding(content))])


def _legend(arrows: pd.DataFrame, language: Language) -> str:
    say = language.say
    lines = {
        "gesteund": say("dikke blauwe lijn: gesteund"),
        "weinig_bewijs": say("dunne grijze lijn: weinig bewijs"),
        "betwist": say("oranje streepjes: betwist"),
        "weerlegd": say("dubbele zwarte lijn: weerlegd"),
        "niet_onderzocht": say("stippels: niet onderzocht"),
    }
    there = set(arrows["status"])
    told = "; ".join(text for status, text in lines.items() if status in there)
    return f"{told.capitalize()}. " + say("Een + betekent: meer geeft meer. Een − betekent: meer geeft minder.")


def _heads(nodes: pd.DataFrame, language: Language) -> dict[str, str]:
    """Name each column at its first block."""
    code = {node: f"n{at}" for at, node in enumerate(nodes["node_id"])}
    kind = nodes.set_index("node_id")["node_type"]
    told: dict[str, str] = {}
    for own in _columns(nodes):
        here = [word for one, word in theory_words.NODE_TYPES.items() if one in set(kind[own])]
        told[code[own[0]]] = ", ".join(language.say(word) for word in here)
    return told


def _block(row: pd.Series, named: Mapping[str, str], language: Language) -> str:
    return f"{named[row['node_id']]} ({words.say(row['node_type'], theory_words.NODE_TYPES, language)})"


def _dot(arrows: pd.DataFrame, nodes: pd.DataFrame, named: Mapping[str, str], language: Language) -> str:
    """Write the graph in the language of Graphviz: a column per kind of block."""
    code = {node: f"n{at}" for at, node in enumerate(nodes["node_id"])}
    blocks = [f'{code[node]} [id="{code[node]}" label={_quoted(named[node], _LETTERS)}];' for node in code]
    columns = [[code[node] for node in own] for own in _columns(nodes)]
    ranks = ["{ rank=same; " + "; ".join(own) + " }" for own in columns]
    # An arrow that nobody sees keeps columns in order where no other goes from one to the next.
    order = [f"{own[0]} -> {other[0]} [style=invis];" for own, other in itertools.pairwise(columns)]
    head = (
        "digraph { rankdir=LR; nodesep=0.1; ranksep=0.1; outputorder=edgesfirst; bgcolor=transparent; "
        'node [shape=box style="filled,rounded" fillcolor="#f3f6f9" color="#9aa0a6" fontname=Helvetica fontsize=14 '
        'margin="0.12,0.04" height=0.3]; edge [fontname=Helvetica arrowsize=0.8 '
        f"fontsize={_SIGN_PT}]; "
    )
    return " ".join([head, *blocks, *ranks, *order, *_edges(arrows, code, language), "}"])


def _columns(nodes: pd.DataFrame) -> list[list[str]]:
    kinds = [nodes.loc[nodes["node_type"].isin(column), "node_id"].to_list() for column in _COLUMNS]
    return [own for own in kinds if own]


def _edges(arrows: pd.DataFrame, code: Mapping[str, str], language: Language) -> Iterator[str]:
    for at, row in arrows.iterrows():
        told = words.say(row["status"], theory_words.SHORT, language) if row["status"] in theory_words.SHORT else ""
        label = _quoted(f"{row['sign']} {told}" if told else "", 40)
        yield f'{code[row["from_node"]]} -> {code[row["to_node"]]} [id="a{at}" label={label} {_LINES[row["status"]]}];'


def _drawable(text: str) -> str:
    """Leave out what a drawing cannot hold: a bundle from elsewhere may have signs that no sheet here lets in."""
    return _NO_XML.sub(" ", text)


def _quoted(text: str, width: int) -> str:
    """Write text for Graphviz: nothing in it can end the quotes or start an escape; what is too long is cut off."""
    lines = textwrap.wrap(" ".join(_drawable(text).split()), width)[:MOST_LINES] or [""]
    safe = [line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines]
    return '"' + "\\n".join(safe) + '"'


def _inline(svg: str, titles: Mapping[str, str], heads: Mapping[str, str]) -> str:
    """Make a drawing of Graphviz fit to stand in a page: ids of its own, titles in words, stops for the keyboard."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(svg[svg.index("<svg") :])  # noqa: S314 - Graphviz wrote it, of text that was escaped
    prefix = "t" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    for group in list(root.iter(_tag("g"))):
        name, title = group.get("id", ""), group.find(_tag("title"))
        if title is not None and name in titles:
            title.text = titles[name]
            group.attrib |= {"tabindex": "0", "role": "img", "aria-label": titles[name]}
            if group.get("class") == "edge":
                _clear(group)
        elif title is not None:
            group.remove(title)
        group.set("id", f"{prefix}-{name}")
    _name_columns(root, {f"{prefix}-{name}": head for name, head in heads.items()})
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    # A few blocks are not blown up to the width of the page, and many not shrunk until nobody can read them.
    width = float(root.attrib["viewBox"].split()[2])
    root.attrib["style"] = f"max-width:min(46rem,{width:.0f}pt);{least(width, _SIGN_PT)}"
    return ET.tostring(root, encoding="unicode")


def _name_columns(root: ET.Element, heads: Mapping[str, str]) -> None:
    """Write the name of each column above its blocks, and make room for it."""
    graph = root.find(_tag("g"))
    left, top, width, height = (float(part) for part in root.attrib["viewBox"].split())
    wrapped = {block: textwrap.wrap(head, 16) for block, head in heads.items()}
    room = max([_HEAD, *(20 + 15 * len(lines) for lines in wrapped.values())])
    root.attrib["viewBox"] = f"{left:g} {top - room:g} {width:g} {height + room:g}"
    above = {group.get("id"): group.find(_tag("text")) for group in root.iter(_tag("g"))}
    for block, lines in wrapped.items():
        place = above[block]
        if graph is None or place is None:
            continue
        for at, line in enumerate(lines):
            style = {"text-anchor": "middle", "font-family": "Helvetica", "font-size": "13", "fill": GREY}
            down = top - height - 8 - 15 * (len(lines) - 1 - at)
            ET.SubElement(graph, _tag("text"), {"x": place.attrib["x"], "y": f"{down:g}", **style}).text = line


def _clear(edge: ET.Element) -> None:
    """Keep what stands beside a line readable where the line crosses it: a white rim around each letter."""
    for text in edge.iter(_tag("text")):
        text.attrib |= {"stroke": "#fff", "stroke-width": "3", "paint-order": "stroke"}


def _tag(name: str) -> str:
    return f"{{{_SVG}}}{name}"
