"""Searching: indicators by a word, and what `bt indicators` prints of them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from bt_analysis import cli, indicators, listing
from bt_analysis.indicators import CatalogueError

DOCS = Path(__file__).resolve().parents[1] / "docs" / "indicators.md"


def ids(word: str = "", domain: str = "") -> list[str]:
    return list(indicators.search(word, domain)["indicator_id"])


def test_a_word_of_a_label_in_either_language() -> None:
    assert "loneliness_pct" in ids("eenzaam")
    assert "loneliness_pct" in ids("lonely")
    assert ids("GAS_M3_PER_DWELLING") == ["gas_m3_per_dwelling"]


def test_accents_and_capitals_do_not_matter() -> None:
    assert ids("cafe") == ids("CAFÉ") == ["cafes_within_1km"]
    assert "businesses_finance" in ids("financiele")


def test_a_domain_or_a_family_is_a_word_too() -> None:
    assert set(ids("zeggenschap")) == set(ids(domain="zeggenschap"))
    assert "burglary_crimes" in ids("politie")
    assert "noise_from_neighbours_pct" in ids("modelschattingen")


def test_without_a_word_all_are_found() -> None:
    assert ids() == list(indicators.load())


def test_a_word_within_a_domain() -> None:
    assert "gas_free_homes_pct" in ids("aardgas", "energie_klimaat")
    assert set(ids("aardgas", "energie_klimaat")) < set(ids(domain="energie_klimaat"))


def test_an_unknown_word_gives_the_closest() -> None:
    with pytest.raises(CatalogueError, match="no indicator is about 'eenzamheid'; closest: loneliness_pct, "):
        indicators.search("eenzamheid")
    with pytest.raises(CatalogueError, match="closest: none"):
        indicators.search("qqqqqqqq")
    with pytest.raises(CatalogueError, match="no indicator of welzijn is about 'aardgas'"):
        indicators.search("aardgas", "welzijn")
    with pytest.raises(CatalogueError, match="domain 'energie' is not known; expected one of context, gezondheid"):
        indicators.search(domain="energie")


def test_a_row_says_what_an_indicator_is_made_of() -> None:
    row = indicators.search("aged_65_plus_pct").iloc[0]
    assert (row["counted"], row["base"], row["breaks"]) == (["aged_65_plus"], ["population"], [])
    assert indicators.search("poverty_pct").iloc[0]["breaks"] == [2024]


# The command


def bt(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["bt", *map(str, words)])
    try:
        cli.main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_table_fits_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, out, _ = bt(capsys, monkeypatch, "-w", tmp_path, "indicators")
    assert code == 0
    assert max(len(line) for line in out.splitlines()) <= 100
    assert [key for key in ids() if key not in out] == []
    assert out.count("breaks: 2024") == sum(one == [2024] for one in indicators.search()["breaks"])


@pytest.mark.parametrize("word", ["eenzamheid", "eenzamheid\nof"])
def test_an_unknown_word_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str
) -> None:
    code, out, err = bt(capsys, monkeypatch, "-w", tmp_path, "indicators", word)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "closest: " in err


def coverage(*lines: tuple[int, str, int, int, str]) -> pd.DataFrame:
    rows = pd.DataFrame(list(lines), columns=["year", "level", "regions_n", "filled_n", "status"])
    return rows.assign(indicator_id="population", filled_pct=100 * rows["filled_n"] / rows["regions_n"])


def figures(key: str, rows: pd.DataFrame) -> list[str]:
    """Return the lines of the last column for one indicator."""
    found = indicators.search(key)
    (row,) = found[found["indicator_id"].eq(key)].to_dict("records")
    return listing._figures(row, rows[rows["indicator_id"].eq(key)]).splitlines()


def test_years_and_levels_are_put_together() -> None:
    rows = coverage(
        (2019, "buurt", 200, 199, "suppressed"),
        (2020, "buurt", 200, 150, "suppressed"),
        (2022, "gemeente", 10, 10, "complete"),
        (2024, "buurt", 200, 0, "not_yet_published"),
    )
    assert figures("population", rows) == [
        "2019-2020, 2022: buurt 75-99%, gemeente 100%",  # 150 / 200 and 199 / 200, rounded down
        "not yet published: 2024",
    ]


def test_what_is_not_fetched_says_where_it_is() -> None:
    nothing = coverage()
    assert figures("poverty_pct", nothing) == ["not fetched; kwb tables: 2013-2025", "breaks: 2024"]
    assert figures("good_health_pct", nothing) == ["not fetched; health tables: 2012, 2016, 2020, 2022, 2024"]
    assert figures("liveability_score", nothing) == ["not fetched; leefbaarometer tables: 2002, 2008, 2012, 2014, 2016"]


def test_what_no_fetched_table_holds_says_so() -> None:
    rows = coverage((2020, "buurt", 200, 0, "not_in_table"))
    assert figures("population", rows) == ["in none of the tables that were fetched"]


def test_json_holds_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    listing.show_json(indicators.search("population"), coverage((2020, "buurt", 200, 150, "suppressed")))
    (line,) = json.loads(capsys.readouterr().out)
    assert line["coverage"] == [
        {"year": 2020, "level": "buurt", "regions_n": 200, "filled_n": 150, "status": "suppressed", "filled_pct": 75.0}
    ]
    assert line["label_nl"] == "Inwoners"


def test_the_page_of_the_documentation_is_up_to_date(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, out, _ = bt(capsys, monkeypatch, "-w", tmp_path, "indicators", "--format", "markdown")
    assert out == DOCS.read_text(encoding="utf-8"), "run: bt indicators --format markdown > docs/indicators.md"
