"""The catalogue of indicators: complete, consistent, and found in a table by meaning and not by number."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis import indicators
from bt_analysis.indicators import CatalogueError, Indicator

CATALOGUE = indicators.load()


def properties(*topics: tuple[str, str, tuple[str, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(list(topics), columns=["key", "unit", "path"])
    return table.assign(name=table["key"].str.replace(r"_\d+$", "", regex=True), title=table["key"])


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
    assert bool(indicator.numerator) == (indicator.kind == "share")
    computed = indicator.kind == "share" or bool(indicator.parts)
    assert bool(indicator.find) != computed, "a share or sum is computed, the others stand in a table"
    assert not indicator.parts or indicator.kind == "additive"
    if indicator.unit == "%" and indicator.kind == "share":
        assert indicator.factor == 100
    for place in indicator.find:
        assert set(place) == {"name", "path", "unit"}


def test_there_are_at_least_eighty_and_three_in_every_domain() -> None:
    counts = pd.Series([one.domain for one in CATALOGUE.values()]).value_counts()
    assert len(CATALOGUE) >= 80
    assert set(counts.index) == set(indicators.DOMAINS)
    assert counts.min() >= 3


def test_every_file_of_the_catalogue_is_read() -> None:
    folder = Path(indicators.__file__).parent
    assert {path.stem for path in folder.glob("*.toml")} == {*indicators.DOMAINS, "families"}


@pytest.mark.parametrize("indicator", CATALOGUE.values(), ids=CATALOGUE)
def test_a_break_has_a_year_and_a_reason_in_both_languages(indicator: Indicator) -> None:
    for change in indicator.breaks:
        assert set(change) == {"year", "reason_nl", "reason_en"}
        assert 2013 < change["year"] <= 2025
        assert change["reason_nl"] != change["reason_en"]
    years = [change["year"] for change in indicator.breaks]
    assert years == sorted(set(years))


@pytest.mark.parametrize("indicator", CATALOGUE.values(), ids=CATALOGUE)
def test_an_id_names_its_unit(indicator: Indicator) -> None:
    endings = {"%": "_pct", "km": "_km", "ha": "_ha", "per_1000": "_per_1000", "per_km2": "_per_km2"}
    assert indicator.id.endswith(endings.get(indicator.unit, ""))
    within = {"m3": "_m3_", "kWh": "_kwh_", "x1000_eur": "_keur", "score": "_s", "klasse": "_class"}
    assert within.get(indicator.unit, "") in indicator.id


@pytest.mark.parametrize("indicator", CATALOGUE.values(), ids=CATALOGUE)
def test_rounding_and_secrecy_are_told_of_what_stands_in_a_table(indicator: Indicator) -> None:
    assert indicator.rounding in ("nearest", "random")
    assert bool(indicator.note_nl) == bool(indicator.note_en)
    if not indicator.find:
        assert (indicator.round_to, indicator.withheld_up_to) == (0, None)
    if indicator.rounding == "random":
        assert (indicator.kind, indicator.round_to) == ("additive", 5)


def test_a_step_may_have_been_coarser_before() -> None:
    gas = CATALOGUE["gas_m3_per_dwelling"]
    assert [gas.step(year) for year in (2017, 2018, 2019, 2024)] == [50, 50, 10, 10]
    assert CATALOGUE["population"].step(2013) == 5
    assert CATALOGUE["dwellings"].step(2024) == 0


def test_what_is_a_sum_stands_behind_its_parts() -> None:
    order = list(CATALOGUE)
    for one in CATALOGUE.values():
        assert all(order.index(part) < order.index(one.id) for part in one.parts)


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

    monkeypatch.setattr("bt_analysis.indicators.catalogue.resources.files", files)
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
        (f'[x]\n{HEAD}kind = "additive"\nparts = ["y"]\n', "needs 'y'; expected the id of an additive indicator"),
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


def test_capitals_and_blanks_do_not_matter() -> None:
    for name, unit, path in (("gas", "m³", ("energie", "AARDGAS")), ("GAS", " m³ ", ("Energie ", "Aardgas"))):
        assert indicators.find_key(gas(), properties((f"{name}_7", unit, path))) == f"{name}_7"
    euro = properties(("Waarde_1", "x 1\u00a0000  euro", ()))
    worth = Indicator("w", "w", "w", "eur", "additive", "context", find=({"name": "Waarde", "unit": "x 1 000 euro"},))
    assert indicators.find_key(worth, euro) == "Waarde_1"


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


# A whole catalogue


class Published:
    """A table of which only the topics matter."""

    table_id = "99020SYN"

    def __init__(self, *topics: tuple[str, str, tuple[str, ...]]) -> None:
        self.properties = properties(*topics)


def made(**entries: dict[str, Any]) -> dict[str, Indicator]:
    standard = {"label_nl": "a", "label_en": "a", "unit": "aantal", "kind": "additive", "domain": "context"}
    return {key: Indicator(**{"id": key, **standard, **entry}) for key, entry in entries.items()}


def place(name: str) -> dict[str, Any]:
    return {"find": ({"name": name, "unit": "aantal"},)}


SMALL = made(
    young=place("Jong"),
    old=place("Oud"),
    all={"parts": ("young", "old")},
    young_pct={"kind": "share", "numerator": "young", "denominator": ("all",), "factor": 100},
)


def test_what_was_taken_is_told() -> None:
    table = Published(("Jong_3", "aantal", ("Bevolking", "Leeftijd")), ("Oud_4", "aantal", ("Bevolking",)))
    rows = indicators.resolve(SMALL, table)
    assert rows.fillna("").to_numpy().tolist() == [
        ["young", "Jong_3", "Jong_3", "Bevolking > Leeftijd", "aantal", "found"],
        ["old", "Oud_4", "Oud_4", "Bevolking", "aantal", "found"],
        ["all", "", "", "", "", "computed"],
        ["young_pct", "", "", "", "", "computed"],
    ]


def test_a_sum_needs_all_its_parts() -> None:
    rows = indicators.resolve(SMALL, Published(("Jong_3", "aantal", ()))).set_index("indicator_id")["status"]
    assert rows.to_dict() == {"young": "found", "old": "not_in_table", "all": "not_in_table", "young_pct": "computed"}


def test_an_indicator_that_is_asked_for_and_missing_gives_the_closest_columns() -> None:
    table = Published(("Jongeren_3", "aantal", ("Bevolking",)), ("Auto_4", "aantal", ()))
    with pytest.raises(
        CatalogueError, match=r"'young' is not in table 99020SYN; expected 'Jong' there\. Closest: Jongeren_3"
    ):
        indicators.resolve(SMALL, table, required=["young"])
    with pytest.raises(CatalogueError, match=r"'youngg' is not in the catalogue; closest: young, young_pct"):
        indicators.resolve(SMALL, table, required=["youngg"])


def test_a_sum_that_is_asked_for_names_its_parts() -> None:
    with pytest.raises(CatalogueError, match="'all' is not in table 99020SYN; expected 'young' or 'old' there"):
        indicators.resolve(SMALL, Published(("Jong_3", "aantal", ())), required=["all"])
