"""The catalogue of indicators: complete, consistent, and found in a table by meaning and not by number."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import indicators
from bt_analysis.indicators import CatalogueError, Indicator

CATALOGUE = indicators.load()


def properties(*topics: tuple[str, str, tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(list(topics), columns=["key", "unit", "path"])


# The catalogue itself


def test_what_a_share_or_mean_needs_stands_before_it() -> None:
    kinds = [indicator.kind for indicator in CATALOGUE.values()]
    assert kinds == sorted(kinds, key=indicators.KINDS.index)
    assert next(iter(CATALOGUE)) == "population"


@pytest.mark.parametrize("indicator", CATALOGUE.values(), ids=CATALOGUE)
def test_an_indicator_says_all_that_is_needed(indicator: Indicator) -> None:
    assert indicator.label_nl
    assert indicator.label_en
    assert indicator.unit
    assert indicator.direction in ("hoger_beter", "lager_beter", "geen_oordeel")
    assert indicator.decimals >= 0
    assert bool(indicator.find) == (indicator.kind != "share"), "a share is computed, the others stand in a table"
    assert bool(indicator.numerator) == (indicator.kind == "share")
    if indicator.unit == "%" and indicator.kind == "share":
        assert indicator.factor == 100
    for place in indicator.find:
        assert set(place) == {"name", "path", "unit"}


def test_ten_figures_are_shown_of_an_area_each_in_its_own_place() -> None:
    shown = sorted(indicator.context for indicator in CATALOGUE.values() if indicator.context)
    assert shown == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_groups_of_a_type_are_those_that_participation_is_recorded_in() -> None:
    groups = {indicator.group for indicator in CATALOGUE.values() if indicator.group}
    assert {value for kind, value in groups if kind == "leeftijd"} == {"0-15", "15-25", "25-45", "45-65", "65+"}
    assert {value for kind, value in groups if kind == "geslacht"} == {"man", "vrouw"}


# Reading it


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def files(package: str) -> Path:
        del package
        return tmp_path

    monkeypatch.setattr("bt_analysis.indicators.resources.files", files)
    return tmp_path


HEAD = 'label_nl = "a"\nlabel_en = "a"\nunit = "%"\n'


def test_the_domain_is_the_name_of_the_file(folder: Path) -> None:
    (folder / "welzijn.toml").write_text(f'[people]\n{HEAD}kind = "additive"\n')
    (folder / "notes.txt").write_text("no indicators")
    assert indicators.load() == {"people": Indicator("people", "a", "a", "%", "additive", "welzijn")}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            f'[x]\n{HEAD}kind = "middle"\n',
            r"has kind 'middle'; expected one of \('additive', 'share', 'mean', 'bounded'\)",
        ),
        (f'[x]\n{HEAD}kind = "mean"\n', "is a mean; expected a denominator"),
        (
            f'[x]\n{HEAD}kind = "mean"\ndenominator = ["homes"]\n',
            "needs 'homes'; expected the id of an additive indicator",
        ),
        (f'[x]\n{HEAD}kind = "share"\nnumerator = "y"\ndenominator = ["y"]\n', "needs 'y'"),
        (f'[x]\n{HEAD}kind = "additive"\ncolour = "red"\n', "colour"),
        ('[x]\nkind = "additive"\n', "missing .* required positional arguments"),
    ],
)
def test_a_mistake_in_the_catalogue_names_the_indicator(folder: Path, text: str, says: str) -> None:
    (folder / "welzijn.toml").write_text(text)
    with pytest.raises(CatalogueError, match=says) as problem:
        indicators.load()
    assert "indicator 'x'" in str(problem.value)


def test_an_id_in_two_files_is_refused(folder: Path) -> None:
    for name in ("context", "welzijn"):
        (folder / f"{name}.toml").write_text(f'[x]\n{HEAD}kind = "additive"\n')
    with pytest.raises(CatalogueError, match=r"indicator 'x' stands twice, again in welzijn\.toml"):
        indicators.load()


# Finding an indicator in a table


def gas(**more: Any) -> Indicator:
    place = {"name": "Gas", "path": ["Energie", "Aardgas"], "unit": "m³"} | more
    return Indicator("gas", "gas", "gas", "m3", "mean", "energie", find=(place,), denominator=("homes",))


def test_the_number_of_a_key_does_not_matter() -> None:
    for number in (5, 55, 115):
        table = properties((f"Gas_{number}", "m³", ("Energie", "Aardgas")))
        assert indicators.find_key(gas(), table) == f"Gas_{number}"


def test_topic_path_and_unit_tell_columns_of_one_name_apart() -> None:
    table = properties(
        ("Gas_1", "m³", ("Bedrijven",)),
        ("Gas_2", "kWh", ("Energie", "Aardgas")),
        ("Gas_3", "m³", ("Aardgas", "Energie")),  # the other way round is another place
        ("Gas_4", "m³", ("Wonen", "Energie", "Verbruik", "Aardgas", "Totaal")),
        ("GasTotaal_5", "m³", ("Energie", "Aardgas")),
    )
    assert indicators.find_key(gas(), table) == "Gas_4"


def test_a_table_without_it_gives_none() -> None:
    assert indicators.find_key(gas(), properties(("Stroom_1", "kWh", ("Energie",)))) is None
    assert indicators.find_key(gas(), properties()) is None


def test_two_columns_that_fit_are_an_error_that_lists_them() -> None:
    table = properties(("Gas_1", "m³", ("Energie", "Aardgas")), ("Gas_2", "m³", ("Energie", "Aardgas", "Huur")))
    with pytest.raises(CatalogueError, match=r"fits 2 columns \(Gas_1, Gas_2\); expected one"):
        indicators.find_key(gas(), table)


def test_a_later_place_is_looked_at_when_the_first_is_not_there() -> None:
    places = ({"name": "WOZ", "unit": "euro"}, {"name": "Woningwaarde", "unit": "euro"})
    value = Indicator("woz", "woz", "woz", "eur", "mean", "wonen", find=places, denominator=("homes",))
    assert indicators.find_key(value, properties(("Woningwaarde_3", "euro", ()))) == "Woningwaarde_3"
    both = properties(("Woningwaarde_3", "euro", ()), ("WOZ_4", "euro", ("Wonen",)))
    assert indicators.find_key(value, both) == "WOZ_4"
