"""Settings of a workspace: an empty file works, and a mistake is named with its key."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bt_analysis import settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BT_CBS_URL", raising=False)


def write(folder: Path, text: str) -> Path:
    (folder / "bt.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("text", [None, "", "# nothing but a comment\n"])
def test_an_absent_or_empty_file_gives_every_default(tmp_path: Path, text: str | None) -> None:
    loaded = settings.load(tmp_path if text is None else write(tmp_path, text))
    assert (loaded.synthetic, loaded.reference_year) == (False, None)
    assert loaded.disclosure.min_cell == 10
    assert (loaded.gates.min_n, loaded.gates.min_coverage) == (30, 0.9)
    assert (loaded.hours.logboek_pct, loaded.hours.steekproef_pct, loaded.hours.schatting_pct) == (5, 15, 40)
    assert loaded.cbs.base_url == "https://opendata.cbs.nl"
    assert loaded.cbs.kwb_tables[2020] == "84799NED"
    assert loaded.report.lang == "nl"


def test_the_file_changes_what_it_names(tmp_path: Path) -> None:
    text = 'reference_year = 2023\nsynthetic = true\n[disclosure]\nmin_cell = 15\n[cbs.kwb_tables]\n2023 = "99023SYN"\n'
    loaded = settings.load(write(tmp_path, text))
    assert loaded.reference_year == 2023
    assert loaded.synthetic
    assert loaded.disclosure.min_cell == 15
    assert loaded.cbs.kwb_tables == {2023: "99023SYN"}
    assert loaded.gates.min_n == 30


def test_variables_win_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 'reference_year = 2023\n[disclosure]\nmin_cell = 15\n[cbs]\nbase_url = "http://in.file"\n')
    monkeypatch.setenv("BT_REFERENCE_YEAR", "2024")
    monkeypatch.setenv("BT_DISCLOSURE__MIN_CELL", "20")
    monkeypatch.setenv("BT_CBS_URL", "http://127.0.0.1:8765/")
    loaded = settings.load(tmp_path)
    assert loaded.reference_year == 2024
    assert loaded.disclosure.min_cell == 20
    assert loaded.cbs.base_url == "http://127.0.0.1:8765"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[disclosure]\nmin_cell = 3\n", "disclosure.min_cell: got 3; input should be greater than or equal to 5"),
        ("[gates]\nmin_coverage = 90\n", "gates.min_coverage: got 90; input should be less than or equal to 1"),
        ("mincell = 3\n", "mincell: got 3; extra inputs are not permitted"),
        ("[disclosure]\nmincell = 12\n", "disclosure.mincell: got 12; extra inputs are not permitted"),
        ('[cbs]\nbase_url = "opendata.cbs.nl"\n', "expected an address that starts with http:// or https://"),
        ('[report]\nlang = "fr"\n', "report.lang: got 'fr'; input should be 'nl' or 'en'"),
        ('reference_year = "soon"\n', "reference_year: got 'soon'"),
        ("reference_year 2024\n", "got text that is no TOML"),
    ],
)
def test_a_mistake_is_one_line_with_key_and_what_was_got(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(settings.SettingsError) as problem:
        settings.load(write(tmp_path, text))
    assert says in str(problem.value)
    assert str(tmp_path / "bt.toml") in str(problem.value)
    assert len(str(problem.value).splitlines()) == 1 or "TOML" in says


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(settings.SettingsError) as problem:
        settings.load(write(tmp_path, "[disclosure]\nmin_cell = 3\n[gates]\nmin_n = 0\n"))
    assert "disclosure.min_cell" in str(problem.value)
    assert "gates.min_n" in str(problem.value)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bt.toml").write_bytes("# café".encode("utf-16"))
    with pytest.raises(settings.SettingsError, match="no TOML"):
        settings.load(tmp_path)


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    loaded = settings.load(tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        loaded.disclosure.min_cell = 5
    with pytest.raises(ValidationError, match="frozen"):
        loaded.synthetic = True


def test_places_of_a_workspace_are_named_and_not_made(tmp_path: Path) -> None:
    workspace = settings.Workspace(tmp_path)
    assert workspace.config == tmp_path / "bt.toml"
    assert workspace.raw == tmp_path / "data" / "raw"
    assert workspace.sources == tmp_path / "data" / "raw" / "sources.csv"
    assert workspace.monitoring == tmp_path / "data" / "raw" / "monitoring"
    assert workspace.processed == tmp_path / "data" / "processed"
    assert workspace.reports == tmp_path / "reports"
    assert list(tmp_path.iterdir()) == []
