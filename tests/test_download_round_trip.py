"""Whatever the figures are: written in each form that CBS and R write, they come back the same."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bt_analysis.sources.downloaded_file import take
from bt_analysis.sources.number_columns import UnreadableColumn, numbers
from bt_analysis.sources.table import CbsTable

Figures = Sequence[tuple[int | None, float | None]]
"""One pair per buurt: its inhabitants, and its mean income with one decimal."""

KEYS = ("AantalInwoners_5", "GemiddeldInkomenPerInwoner_72")
LABELS = (
    "Bevolking/Aantal inwoners (aantal)",
    "Inkomen/Inkomen van personen/Gemiddeld inkomen per inwoner (x 1 000 euro)",
)
UNITS = ("aantal", "x 1 000 euro")

PEOPLE = st.none() | st.integers(0, 20_000_000)
INCOME = st.none() | st.integers(-2000, 2000).map(lambda tenths: tenths / 10)
# At least one figure, as a file without any says nothing of how it writes them.
FIGURES = st.lists(st.tuples(PEOPLE, INCOME), min_size=1, max_size=8).filter(
    lambda rows: any(row != (None, None) for row in rows)
)


def code(number: int) -> str:
    return f"BU0344{number:04d}"


def lines(rows: Sequence[Sequence[str]], separator: str = ";") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def decimal(figure: float | None, mark: str, missing: str) -> str:
    return missing if figure is None else f"{figure:.1f}".replace(".", mark)


def whole(figure: int | None, missing: str) -> str:
    return missing if figure is None else str(figure)


def untyped(figures: Figures) -> str:
    body = [
        [f"{number}", code(number).ljust(10), whole(people, ".").rjust(8), decimal(income, ".", ".").rjust(8)]
        for number, (people, income) in enumerate(figures)
    ]
    return lines([["ID", "WijkenEnBuurten", *KEYS], *body])


def typed(figures: Figures) -> str:
    body = [
        [code(number), whole(people, ""), decimal(income, ".", "")] for number, (people, income) in enumerate(figures)
    ]
    return lines([["WijkenEnBuurten", *KEYS], *body], ",")


def with_labels(figures: Figures) -> str:
    body = [
        [f"Buurt {number}", code(number), whole(people, "."), decimal(income, ",", ".")]
        for number, (people, income) in enumerate(figures)
    ]
    return lines([["Wijken en buurten", "Regioaanduiding/Codering (code)", *LABELS], *body])


def of_r(figures: Figures) -> str:
    mangled = ["".join(sign if sign.isalnum() else "." for sign in label) for label in LABELS]
    body = [
        [f"{number + 1}", code(number), whole(people, "NA"), decimal(income, ",", "NA")]
        for number, (people, income) in enumerate(figures)
    ]
    return lines([["", "Regioaanduiding.Codering..code.", *mangled], *body], ",")


def screen(figures: Figures) -> str:
    topics = ["Regioaanduiding|Codering", *(label.partition(" (")[0].replace("/", "|") for label in LABELS)]
    body = [
        [f"Buurt {number}", code(number), whole(people, "."), decimal(income, ",", ".")]
        for number, (people, income) in enumerate(figures)
    ]
    head = [["Kerncijfers wijken en buurten 2020"], [""], ["", "Onderwerp"], ["", *topics]]
    return lines([*head, ["Wijken en buurten", "code", *UNITS], *body, ["Bron: CBS"]])


def turned(figures: Figures) -> str:
    people, income = zip(*figures, strict=True)
    numbered = range(len(figures))
    return lines(
        [
            ["Kerncijfers wijken en buurten 2020"],
            [""],
            ["", "", "Wijken en buurten"],
            ["Onderwerp", "", *(f"Buurt {number}" for number in numbered)],
            ["Regioaanduiding|Codering", "code", *map(code, numbered)],
            ["Bevolking|Aantal inwoners", UNITS[0], *(whole(one, ".") for one in people)],
            [LABELS[1].partition(" (")[0].replace("/", "|"), UNITS[1], *(decimal(one, ",", ".") for one in income)],
            ["Bron: CBS"],
        ]
    )


def read_back(table: CbsTable) -> list[tuple[float | None, float | None]]:
    keys = table.properties.set_index("name")["key"]
    columns = [table.rows[keys[name]] for name in ("AantalInwoners", "GemiddeldInkomenPerInwoner")]
    return [tuple(None if pd.isna(one) else one for one in pair) for pair in zip(*columns, strict=True)]  # type: ignore[misc]


@pytest.mark.parametrize("write", [untyped, typed, with_labels, of_r, screen, turned])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(figures=FIGURES)
def test_figures_come_back_from_every_form(tmp_path: Path, write: Callable[[Figures], str], figures: Figures) -> None:
    path = tmp_path / "84799NED.csv"
    path.write_text(write(figures), encoding="utf-8", newline="")
    table = take(path).table
    assert table.rows[table.region_column].tolist() == [code(number) for number in range(len(figures))]
    assert read_back(table) == list(figures)
    assert table.properties.set_index("name")["unit"].tolist()[-2:] == list(UNITS)


@given(figures=st.lists(st.integers(-(10**9), 10**9), min_size=1), mark=st.sampled_from([".", ","]))
def test_thousands_are_never_taken_for_decimals(figures: list[int], mark: str) -> None:
    """Numbers with marks between thousands are refused, or are what they were; a thousandth of them they never are."""
    written = pd.Series([f"{figure:,}".replace(",", mark) for figure in figures], dtype=object, name="Mannen")
    try:
        found = numbers(written)
    except UnreadableColumn:
        assert any(abs(figure) >= 1000 for figure in figures)
    else:
        assert found.tolist() == figures


@given(
    figures=st.lists(st.floats(-1e6, 1e6).map(lambda figure: round(figure, 2)), min_size=1), mark=st.sampled_from(".,")
)
def test_two_decimals_are_read_with_either_mark(figures: list[float], mark: str) -> None:
    written = pd.Series([f"{figure:.2f}".replace(".", mark) for figure in figures], dtype=object)
    assert numbers(written).tolist() == pytest.approx(figures, abs=1e-9)
