"""What is printed of indicators: all of it, as it was written, and read by people and programs alike."""

import json
from typing import Any

import pandas as pd
import pytest

from bt_analysis import indicators, listing
from bt_analysis.indicators import Indicator

NOTHING = pd.DataFrame({name: [] for name in ("year", *indicators.availability.STATUS)})


@pytest.fixture(scope="module")
def catalogue(make: Any) -> dict[str, Indicator]:
    """Return an indicator of every kind, of which two have a text that a terminal might take for markup."""
    found: dict[str, Indicator] = make.catalogue(
        make.indicator("people", label_nl="Inwoners [red]samen[/red] :house:", label_en="People"),
        make.indicator("both", parts=("people", "homes"), find=(), domain="welzijn"),
        make.indicator("rate", kind="share", numerator="both", denominator=("people",), find=(), unit="%"),
        make.indicator("gas", kind="mean", denominator=("homes", "people"), breaks=({"year": 2016}, {"year": 2021})),
        make.indicator("score", kind="bounded", denominator=("people",), model=True, domain="welzijn", note_en="Near."),
    )
    return found


def cells(out: str) -> list[list[str]]:
    """Return the cells of the rows of a page of text, without its heads."""
    lines = [line.strip("| ").split(" | ") for line in out.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line] for line in lines]


def test_a_page_says_what_each_indicator_is_made_of(
    catalogue: dict[str, Indicator], capsys: pytest.CaptureFixture[str]
) -> None:
    listing.show_markdown(indicators.search(catalogue=catalogue))
    out = capsys.readouterr().out
    made_of = {line[0].strip("`"): line[3] for line in cells(out)}
    assert made_of == {
        "people": "count", "both": "sum: people + homes", "rate": "share: both / people",
        "gas": "mean, weighted by homes or people", "score": "bounded",
    }  # fmt: skip
    assert [line[0] for line in cells(out)] == ["`people`", "`rate`", "`gas`", "`both`", "`score`"]  # by domain
    assert [line for line in out.splitlines() if line.startswith("## ")] == ["## context", "## welzijn"]
    assert "| score<br>*score*<br>Near. |" in out
    assert "| kwb | 2016, 2021 |" in out


def test_a_label_is_printed_as_it_is_written_in_the_language_asked(
    catalogue: dict[str, Indicator], capsys: pytest.CaptureFixture[str]
) -> None:
    found = indicators.search(catalogue=catalogue)
    listing.show(found, NOTHING, "nl")
    dutch = capsys.readouterr().out
    assert "Inwoners [red]samen[/red] :house:" in dutch
    assert dutch.count("model") == 1
    assert "breaks: 2016, 2021" in dutch
    assert dutch.count("not fetched; kwb tables:") == len(catalogue)
    listing.show(found, NOTHING, "en")
    english = capsys.readouterr().out
    assert "People" in english
    assert "Inwoners" not in english


def test_a_long_label_is_folded_and_not_cut(make: Any, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"woord{at:02d}" for at in range(30)]
    key = "k" * 130
    long = make.catalogue(make.indicator(key, label_nl=" ".join(words)))
    listing.show(indicators.search(catalogue=long), NOTHING, "nl")
    out = capsys.readouterr().out
    assert [word for word in words if word not in out] == []
    assert out.count("k") - out.count("kwb") - out.count("kind") == len(key)
    assert max(map(len, out.splitlines())) <= listing.WIDTH


def test_a_program_reads_each_indicator_with_its_own_coverage(
    catalogue: dict[str, Indicator], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [(2020, "people", "buurt", 200, 150, 75.0, "suppressed"), (2021, "gas", "buurt", 9, 0, 0.0, "not_in_table")]
    listing.show_json(indicators.search(catalogue=catalogue), pd.DataFrame(rows, columns=list(NOTHING)))
    read = {line["indicator_id"]: line for line in json.loads(capsys.readouterr().out)}
    assert list(read) == list(catalogue)
    assert {key: len(line["coverage"]) for key, line in read.items() if line["coverage"]} == {"people": 1, "gas": 1}
    assert read["people"]["coverage"][0]["filled_n"] == 150
    assert read["people"]["label_nl"] == "Inwoners [red]samen[/red] :house:"
    assert (read["gas"]["breaks"], read["score"]["model"]) == ([2016, 2021], True)
