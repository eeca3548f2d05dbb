"""Published figures as packages: what comes in, and that no row is lost. Real files where ../shared is there."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from bt_analysis.settings import Workspace

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "examples" / "area_figures"
NEEDS_SHARED = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data, which is not here")


def load(name: str) -> ModuleType:
    """Import a script that is no part of a package."""
    sys.path.insert(0, str(EXAMPLE))
    try:
        spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(EXAMPLE))
    return module


packages = load("packages")
subsidies = load("subsidies")
neighbourhoods = load("neighbourhoods")
make_packages = load("make_packages")


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("0.302", "Zonne-energie 0,05 - 10 MW", 0.302),  # a thousands point cannot follow a zero
        ("2.474", "Zonne-energie 0,05 - 10 MW", 2.474),  # 2474 MW lies outside the class
        ("26", "Zonne-energie 10 - 30 MW", 26.0),
        ("250.614", "Zonne-energie 0,05 - 10 MW", None),  # 250.614 and 250614 both lie outside it
        ("1.500", "Zonne-energie 0,05 - 2000 MW", None),  # 1.5 and 1500 both lie inside it
        ("0,5", "Zonne-energie 0,05 - 10 MW", None),
        ("0.5", "Wind", None),
    ],
)
def test_a_damaged_capacity_is_read_only_when_one_reading_fits(text: str, label: str, expected: float | None) -> None:
    assert subsidies.megawatts(text, label) == expected


def test_a_row_that_is_in_no_measurement_and_on_no_list_stops_the_script() -> None:
    taken = packages.Taken("a", "A", left_out=[("f.csv", 3, "", "geen buurt"), ("f.csv", 4, "x", "leeg")])
    packages.account("f.csv", [2, 3, 4], [2, 4], taken)  # 4 has a cell that was left out, but is used
    with pytest.raises(packages.SourceError, match=r"rows \[4\] are in no measurement"):
        packages.account("f.csv", [2, 3, 4], [2], taken)
    with pytest.raises(packages.SourceError, match=r"\[3\] in both"):
        packages.account("f.csv", [2, 3], [2, 3], taken)


def test_a_column_that_is_new_stops_the_script() -> None:
    taken = packages.Taken("a", "A")
    table = pd.DataFrame(columns=["code", "age_norm", "new"])
    with pytest.raises(packages.SourceError, match="got a column 'new'"):
        packages.unused_columns("f.csv", table, ["code"], {"_norm": "score"}, taken)
    assert taken.left_out == [("f.csv", 0, "age_norm", "score")]


def test_a_missing_value_is_written_as_withheld() -> None:
    frame = pd.DataFrame({"indicator_id": ["a", "a"], "area_code": ["BU01", "BU02"], "value": [1.0, None]})
    made = packages.measurements(frame, period_start="2024-01-01", period_end="2024-12-31")
    assert list(made["value"]) == [1.0, "onderdrukt"]
    assert list(made["measurement_id"]) == ["a-bu01-2024", "a-bu02-2024"]


def test_the_script_says_in_one_line_that_a_file_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["make", "--shared", str(tmp_path), "--workspace", str(tmp_path / "w")])
    assert make_packages.main() == 1
    assert capsys.readouterr().err.count("\n") == 1


@NEEDS_SHARED
def test_real_files_come_in_whole() -> None:
    made = {taken.name: taken for taken, _ in make_packages.all_packages(SHARED)}
    wanted = {"zonnebuur": 9, "allerzonst": 1, "zwolle_zon_sde": 117}
    for name, projects in wanted.items():
        rows = made[name].tables["measurement"]
        assert rows.loc[rows["indicator_id"] == "zon_projecten_n", "value"].sum() == projects
    # 35 buurten, of which one is no buurt of 2024, with two figures each.
    isolation = made["zwolle_isolatie"]
    listed = {row for _, row, column, _ in isolation.left_out if not column}
    assert len(isolation.tables["measurement"]) == 2 * (35 - len(listed))
    # 57 × 4, less the two figures that one buurt lacks.
    assert len(made["zwolle_hulp_2014"].tables["measurement"]) == 57 * 4 - 2
    assert len(made["rotterdam_wijkprofiel"].tables["measurement"]) == 76 * 9 * 2


@NEEDS_SHARED
def test_damaged_numbers_are_listed_by_their_place() -> None:
    taken = subsidies.companies(SHARED)
    power = [(row, reason) for _, row, column, reason in taken.left_out if column == "Vermogen"]
    assert power  # 250.614 stands in row 4
    assert power[0][0] == 4
    assert len([1 for _, row, column, _ in taken.left_out if column == "x" and row]) > 100


@NEEDS_SHARED
def test_the_packages_have_no_problems(tmp_path: Path) -> None:
    from bt_analysis.sources import monitoring

    workspace = Workspace(tmp_path)
    for taken, origins in make_packages.all_packages(SHARED):
        packages.write(taken, workspace, origins)
    read = {package.collective_id: package for package in monitoring.read_packages(workspace, None)}
    assert len(read) == 7
    assert {name: package.problems[:3] for name, package in read.items() if package.problems} == {}
    assert read["zwolle_hulp_2014"].tables["measurement"]["value"].notna().all()
