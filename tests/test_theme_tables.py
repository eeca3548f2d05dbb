"""A folder of workbooks by name: which gemeente, which division, sums with their bounds, and what found no place."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from bt_analysis import evidence, harmonise, indicators
from bt_analysis.settings import Workspace
from bt_analysis.sources import theme_tables
from bt_analysis.sources.klimaatmonitor import read_themes
from bt_analysis.sources.plain_files import DownloadRefused

A, B, C = "BU99010001", "BU99010002", "BU99010101"
WIJK, WIJK_2, GEMEENTE = "WK990100", "WK990101", "GM9901"
REGIONS = {
    GEMEENTE: "Voorbeeld", WIJK: "Oost", WIJK_2: "West", A: "Dorp", B: "Kade", C: "Haven",
    "GM9902": "Ander", "BU99020000": "Dorp",
}  # fmt: skip
NAMES = pd.DataFrame({"regiocode": list(REGIONS), "title": list(REGIONS.values())})
GAS, HOMES = "Totaal aardgasverbruik woningen (temperatuurgecorrigeerd)", "Huishoudens"
HEADER = ["", f"{GAS} [TJ]", "Huishoudens [aantal]", "Gemiddeld inkomen per inwoner [€]"]
ROWS = [["Dorp", 10, 300, 25000], ["kade", "?", 100, "-"], ["Haven", 20, 500, 30000]]


def workbook(folder: Path, year: int = 2020, ends: str = " (2023) van Gemeente Voorbeeld", rows: Any = ROWS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    book: Any = openpyxl.Workbook()
    for row in [[f"Thema's - {year} - Buurten{ends}"], HEADER, *rows, [], ["Bron", "CBS"]]:
        book.active.append(row)
    path = folder / f"{year} {len(list(folder.iterdir()))}.xlsx"
    book.save(path)
    return path


def table(folder: Path, names: Any = None, year: int = 2020) -> Any:
    found = theme_tables.read_folder(folder, names or {2023: NAMES}).tables[year]
    return found.rows.set_index("regiocode")


def test_wijken_and_the_gemeente_are_the_sums_of_their_buurten(tmp_path: Path) -> None:
    workbook(tmp_path)
    gas = table(tmp_path)[GAS]
    assert gas[[A, C, WIJK, WIJK_2]].tolist() == [10, 20, 10, 20]
    assert gas[GEMEENTE] == 10 + 20
    assert np.isnan(gas[B])


def test_beside_a_total_stand_the_households_that_it_is_of(tmp_path: Path) -> None:
    workbook(tmp_path)
    rows = table(tmp_path)
    assert rows.loc[GEMEENTE, HOMES] == 300 + 100 + 500
    beside = rows[f"Huishoudens bij: {GAS}"]
    assert beside[GEMEENTE] == 300 + 500  # no gas is known of the Kade, so its 100 households do not count
    assert np.isnan(beside[B])


def test_rounding_adds_up(tmp_path: Path) -> None:
    workbook(tmp_path)
    rows = table(tmp_path)
    assert rows.loc[[A, GEMEENTE], f"{GAS}__low"].tolist() == [10 - 0.5, 9.5 + 19.5]
    assert rows.loc[[A, GEMEENTE], f"{GAS}__high"].tolist() == [10 + 0.5, 10.5 + 20.5]
    # Households are rounded to 5 by lot: 300 was 296 to 304.
    assert rows.loc[A, [f"{HOMES}__low", f"{HOMES}__high"]].tolist() == [296, 304]


def test_an_income_is_not_summed(tmp_path: Path) -> None:
    workbook(tmp_path)
    assert np.isnan(table(tmp_path).loc[GEMEENTE, "Gemiddeld inkomen per inwoner"])


def test_names_are_looked_up_in_the_division_of_the_title_or_the_nearest(tmp_path: Path) -> None:
    workbook(tmp_path)
    at = {
        years: theme_tables.read_folder(tmp_path, dict.fromkeys(years, NAMES)).tables[2020].division_year
        for years in [(2020, 2023, 2024), (2017, 2024), (2022, 2024), (2020, 2021)]
    }
    assert list(at.values()) == [2023, 2024, 2024, 2021]  # 2022 and 2024 lie as near to 2023: the later one
    without = tmp_path / "without"
    workbook(without, ends=" van Gemeente Voorbeeld")
    found = theme_tables.read_folder(without, {2020: NAMES, 2023: NAMES})
    assert found.tables[2020].division_year == 2020  # of its own year when the title names no division


def test_names_without_a_buurt_are_listed(tmp_path: Path) -> None:
    path = workbook(tmp_path, rows=[*ROWS, ["Overzee", 3, 40, "-"], ["Achteraf", 3, 40, "-"]])
    found = theme_tables.read_folder(tmp_path, {2023: NAMES})
    assert found.unplaced == (f"{path.name}: Achteraf, Overzee",)
    assert found.tables[2020].rows.set_index("regiocode")[HOMES][GEMEENTE] == 300 + 100 + 500


def test_gemeenten_of_one_year_come_in_one_table(tmp_path: Path) -> None:
    workbook(tmp_path)
    workbook(tmp_path, ends=" (2023) van Gemeente Ander", rows=[["Dorp", 7, 200, 1]])
    workbook(tmp_path, year=2021)
    gas = table(tmp_path)[GAS]
    assert gas[["GM9902", GEMEENTE]].tolist() == [7, 30]
    assert sorted(theme_tables.read_folder(tmp_path, {2023: NAMES}).tables) == [2020, 2021]


@pytest.mark.parametrize(
    ("ends", "reason"),
    [
        ("", "expected a title that ends in the gemeente"),
        (" van Gemeente Nergens", "got gemeente 'Nergens'"),
    ],
)
def test_a_workbook_of_no_known_gemeente_is_refused(tmp_path: Path, ends: str, reason: str) -> None:
    workbook(tmp_path, ends=ends)
    with pytest.raises(DownloadRefused, match=reason):
        theme_tables.read_folder(tmp_path, {2023: NAMES})


def test_a_workbook_of_which_no_name_fits_is_refused(tmp_path: Path) -> None:
    workbook(tmp_path, rows=[["Overzee", 3, 40, "-"]])
    with pytest.raises(DownloadRefused, match="no name of a buurt of GM9901; expected buurten of 2023"):
        theme_tables.read_folder(tmp_path, {2023: NAMES})


def test_workbooks_of_a_year_must_agree(tmp_path: Path) -> None:
    workbook(tmp_path)
    workbook(tmp_path)
    with pytest.raises(DownloadRefused, match=f"got {A} twice in 2020"):
        theme_tables.read_folder(tmp_path, {2023: NAMES})
    other = tmp_path / "other"
    workbook(other)
    workbook(other, ends=" (2020) van Gemeente Ander", rows=[["Dorp", 7, 200, 1]])
    with pytest.raises(DownloadRefused, match="of 2020 on the divisions of 2020, 2023"):
        theme_tables.read_folder(other, {2020: NAMES, 2023: NAMES})


def test_without_workbooks_or_without_names_there_is_nothing(tmp_path: Path) -> None:
    assert theme_tables.read_folder(tmp_path / "absent", {2023: NAMES}).tables == {}
    workbook(tmp_path)
    assert theme_tables.read_folder(tmp_path, {}).tables == {}


def test_the_catalogue_and_the_reader_agree_on_the_rounding() -> None:
    counts = [one for one in indicators.load().values() if one.source == "klimaatmonitor" and one.kind == "additive"]
    assert len(counts) == 8
    for one in counts:
        place = one.find[0]
        by_lot = str(place["name"]).startswith(theme_tables.ALONGSIDE)
        assert (one.round_to, one.rounding) == ((5, "random") if by_lot else theme_tables.TOTALS[str(place["unit"])])


def test_figures_come_out_per_household(make: Any, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workbook(workspace.raw / "downloads" / "klimaatmonitor")
    empty = make.kwb(2023, [], *[(code,) for code in REGIONS])
    shown = ("table_id", "modified", "year", "division_year", "rows", "properties", "region_column")
    kwb: Any = SimpleNamespace(**{name: getattr(empty, name) for name in shown}, labels=NAMES)
    catalogue = indicators.load()
    themes = evidence.themes(workspace, {2023: kwb})
    (source,) = evidence.other_tables(workspace, catalogue, themes.tables)
    first = next(iter(source.tables.values()))
    figures = harmonise.published(first, catalogue, "klimaatmonitor", None, source.tables)
    at = figures.of("gas_corrected_m3_per_household")
    place = {code: at for at, code in enumerate(figures.regions["regiocode"])}
    factor = 1_000_000 / 31.65  # TJ → MJ → m3
    value, low, high = (part[:, at] for part in figures.figure)
    assert value[place[A]] == pytest.approx(factor * 10 / 300)
    assert value[place[GEMEENTE]] == pytest.approx(factor * 30 / 800)
    assert (low[place[A]], high[place[A]]) == pytest.approx((factor * 9.5 / 304, factor * 10.5 / 296))
    assert np.isnan(value[place[B]])
    counted = evidence.coverage(workspace, {2023: kwb}, catalogue).set_index(["indicator_id", "level"])
    assert counted.loc[("gas_corrected_m3_per_household", "buurt"), "filled_n"] == 2


# -- on the workbooks of Zwolle ---------------------------------------------------------------------------------

ZWOLLE = Path(__file__).resolve().parents[2] / "shared" / "data" / "energy" / "zwolle_buurten"
BOOKS = sorted(ZWOLLE.glob("energie_*.xlsx"))
real = pytest.mark.skipif(not BOOKS, reason="no workbooks of Zwolle beside the repository")


@pytest.fixture(scope="module")
def zwolle() -> pd.DataFrame:
    return pd.concat([read_themes(path) for path in BOOKS], ignore_index=True)


@real
def test_each_year_has_the_78_buurten_of_zwolle(zwolle: pd.DataFrame) -> None:
    assert zwolle.groupby("year")["name"].nunique().to_dict() == dict.fromkeys(range(2015, 2024), 78)
    households = zwolle[zwolle["topic"].eq("Huishoudens")]
    assert len(households) == 78 * 9
    assert households["value"].notna().all()


@real
def test_odd_cells_are_no_figures(zwolle: pd.DataFrame) -> None:
    missing = zwolle[zwolle["value"].isna()]
    assert set(missing["missing_reason"]) == {"unknown", "not_applicable", "not_recorded"}
    assert set(zwolle.loc[zwolle["value"].notna(), "missing_reason"]) == {""}
    gas = zwolle[zwolle["topic"].eq(GAS)].groupby("year")["value"].count()
    assert gas.tolist() == [73, 68, 67, 68, 68, 71, 71, 72, 72]  # 630 of 78 · 9 = 702


@real
def test_both_totals_of_gas_agree_at_one_heating_value(zwolle: pd.DataFrame) -> None:
    both = zwolle.pivot_table("value", ["name", "year"], ["unit", "topic"])
    energy = both["TJ", GAS]
    volume = both["miljoen m3", "Aardgasverbruik woningen (temperatuurgecorrigeerd)"]
    there = energy.notna()
    assert there.sum() == 630

    def agreeing(heating: float) -> int:
        low, high = (energy - 0.5) / heating, (energy + 0.5) / heating
        return int(((low <= volume + 0.05) & (high >= volume - 0.05))[there].sum())

    assert agreeing(31.65) == 630  # the lower heating value
    assert agreeing(35.17) < 630 / 2  # not the upper one
