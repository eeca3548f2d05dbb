"""Drawings laid out once, dots, numbers of an axis: to the letter what matplotlib and seaborn make in more time."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from bt_analysis.figures import layout
from bt_analysis.language import Language
from bt_analysis.pages import drawing, html

NAN = float("nan")
Paint = Callable[[Canvas, Axes], object]


def drawn(paint: Paint) -> str:
    canvas, axes = drawing.canvas_with_axes(2.4)
    paint(canvas, axes)
    return drawing.finish(canvas, "Titel", "Tekst").svg


def long_names(_: Canvas, axes: Axes) -> None:
    axes.barh(range(3), [1, 20_000, 3], height=0.4)
    axes.set_yticks(range(3), ["kort", "een heel lange naam\nop twee regels", "${x}$ & <b>"])
    axes.set_xlabel("euro, alle uren samen")
    drawing.write_numbers(axes.xaxis, Language("nl"))


def legend_outside(canvas: Canvas, axes: Axes) -> None:
    axes.plot([0, 1], [0.001, 0.002], label="hier")
    axes.plot([0, 1], [0.002, 0.001], label="elders")
    axes.set_title("Boven")
    canvas.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=9.5)


def four_small(canvas: Canvas, axes: Axes) -> None:
    canvas.delaxes(axes)
    for place in range(1, 5):
        small = canvas.add_subplot(2, 2, place)
        small.bar(range(4), [place, 2, 3, 1000 * place], hatch="//")
        small.set_title(f"Collectief {place}", loc="left", fontsize=8.5)


def days(_: Canvas, axes: Axes) -> None:
    axes.hlines([0, 1], pd.to_datetime(["2021-01-09", "2022-03-01"]), pd.to_datetime(["2022-12-19", "2024-12-31"]))
    axes.annotate("hier begon het", (0.5, 0.5), xycoords="axes fraction", xytext=(60, 20), textcoords="offset points")


def equal_axes(_: Canvas, axes: Axes) -> None:
    axes.set_aspect("equal")
    axes.plot([0, 1, 5], [0, 3, 1])
    axes.set_axis_off()


def without_axes(canvas: Canvas, axes: Axes) -> None:
    canvas.delaxes(axes)


@pytest.mark.parametrize(
    "paint", [long_names, legend_outside, four_small, days, equal_axes, without_axes], ids=lambda one: one.__name__
)
def test_laid_out_once_is_drawn_as_matplotlib_draws_it(paint: Paint, monkeypatch: pytest.MonkeyPatch) -> None:
    once = drawn(paint)
    monkeypatch.setattr(drawing, "_lay_out", lambda _: None)
    assert once == drawn(paint)


def test_a_drawing_is_drawn_no_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []
    real = Axes.draw
    monkeypatch.setattr(Axes, "draw", lambda *given, **more: (times.append(1), real(*given, **more)))  # type: ignore[func-returns-value]
    drawn(long_names)
    assert len(times) == 1


# Dots


PLACES: dict[str, tuple[Any, Any]] = {
    "numbers": ([1.0, 2.5, 30.0], [0, 1, 2]),
    "one is not known": ([1.0, NAN, 30.0], range(3)),
    "neither is known of one": ([1.0, NAN, 30.0], [0.0, NAN, NAN]),
    "none is known": ([NAN, NAN], range(2)),
    "no dots": ([], []),
    "one dot": ([4.0], [0]),
    "days": (pd.to_datetime(["2021-01-09", "2024-12-19"]).to_numpy(), np.array([0, 1])),
    "a column": (pd.Series([1.0, NAN, 3.0], index=[5, 7, 9]), pd.Series([0, 1, 2], index=[5, 7, 9])),
}


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("marker", "size", "label"), [("o", 45, None), ("D", 50, "bewoners"), ("o", 70, "hier & nu")])
def test_dots_are_those_of_seaborn(places: tuple[Any, Any], marker: str, size: int, label: str | None) -> None:
    x, y = places

    def ours(_: Canvas, axes: Axes) -> None:
        drawing.dots(axes, x, y, drawing.BLUE, size, marker, label)
        _finished(axes, label)

    def theirs(_: Canvas, axes: Axes) -> None:
        more = {"legend": False} if label is None else {"label": label}
        sns.scatterplot(x=np.asarray(x), y=np.asarray(y), ax=axes, color=drawing.BLUE, s=size, marker=marker, **more)
        _finished(axes, label)

    assert drawn(ours) == drawn(theirs)


def _finished(axes: Axes, label: str | None) -> None:
    axes.set_ylim(2.4, -0.6)
    if label and axes.collections:
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, frameon=False)


# Numbers of an axis


@pytest.mark.parametrize(
    ("low", "high", "lang", "expected"),
    [
        (0, 20_000, "nl", "10.000"), (0, 20_000, "en", "10,000"), (0, 1, "nl", "0,2"), (0, 1, "en", "0.2"),
        (0, 0.02, "nl", "0,0025"), (-10, 10, "nl", "-10,0"), (0, 10, "nl", "10"), (0.001, 0.002, "en", "0.0012"),
    ],
)  # fmt: skip
def test_numbers_of_an_axis_have_the_same_decimals(low: float, high: float, lang: str, expected: str) -> None:
    def paint(_: Canvas, axes: Axes) -> None:
        axes.set_xlim(low, high)
        drawing.write_numbers(axes.xaxis, Language(lang))
        axes.figure.draw_without_rendering()  # type: ignore[union-attr]
        told.extend(text.get_text() for text in axes.get_xticklabels())

    told: list[str] = []
    drawn(paint)
    assert expected in told
    mark = "," if lang == "nl" else "."
    assert len({len(one.partition(mark)[2]) for one in told}) == 1


def test_two_axes_have_decimals_of_their_own() -> None:
    canvas, axes = drawing.canvas_with_axes(2)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1000)
    drawing.write_numbers(axes.xaxis, Language("nl"))
    drawing.write_numbers(axes.yaxis, Language("nl"))
    canvas.draw_without_rendering()
    assert "0,2" in [text.get_text() for text in axes.get_xticklabels()]
    assert "200" in [text.get_text() for text in axes.get_yticklabels()]


@pytest.mark.parametrize("value", [0, -0.4, 0.5, 1.5, 2.5, 1234.5678, -9_999_999, 1e15, 0.1 + 0.2])
@pytest.mark.parametrize("decimals", [0, 1, 3])
def test_a_number_is_the_same_the_second_time(value: float, decimals: int) -> None:
    for lang, own in (("nl", "."), ("en", ",")):
        first = Language(lang).number(value, decimals)
        assert first == Language(lang).number(value, decimals)
        assert first.replace(own, "").replace(",", ".") == f"{round(value, decimals) + 0.0:.{decimals}f}"


# Graphviz


def test_a_graph_is_laid_out_to_the_letter_the_same_whatever_was_before() -> None:
    one, other = 'digraph { a [label="é & <b>"]; a -> b }', "digraph { rankdir=LR; x -> y -> z; x -> z }"
    first = layout.laid_out(one)
    assert layout.laid_out(other) != first
    assert layout.laid_out(one) == first
    assert "<svg" in first
    assert "é &amp; &lt;b&gt;" in first


def test_what_is_no_graph_is_refused_and_the_next_is_laid_out() -> None:
    with pytest.raises(Exception, match="Failed to parse"):
        layout.laid_out("digraph { a -> ")
    assert "<svg" in layout.laid_out("digraph { a }")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts threads in /proc")
def test_compiling_graphviz_leaves_no_thread() -> None:
    before = len(list(Path("/proc/self/task").iterdir()))
    layout._InOneThread()
    assert len(list(Path("/proc/self/task").iterdir())) <= before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_lays_out_what_its_parent_compiled() -> None:
    there = layout.laid_out("digraph { a -> b }")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, layout.laid_out("digraph { a -> b }").encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        assert answer.read().decode() == there
    assert os.waitpid(child, 0)[1] == 0


# Templates


def test_all_sections_are_compiled_at_once() -> None:
    html._environment.cache_clear()
    html.compile_sections()
    compiled = html._environment().cache
    assert compiled is not None
    folder = Path(html.__file__).parents[1] / "templates" / "sections"
    assert len(compiled) >= len(list(folder.glob("*.j2"))) > 5
