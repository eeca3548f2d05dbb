"""What leaves a workspace, from the command line: bt bundle, bt withdraw and bt export."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from bt_analysis import pipeline, report
from bt_analysis.bundles import register
from bt_analysis.settings import Workspace, load
from tests.command_line import Bt, is_one_line
from tests.test_release import publish

KEPT = ("energie-01", "huis-01")


@pytest.fixture
def two(demo_copy: Path) -> Path:
    """Give a test a built demonstration of which two packages are here."""
    for folder in (demo_copy / "data" / "raw" / "monitoring").iterdir():
        if folder.name not in KEPT:
            shutil.rmtree(folder)
    shutil.rmtree(demo_copy / "data" / "bundles", ignore_errors=True)
    return demo_copy


def across(root: Path) -> set[str]:
    """Return the collectives in the tables of the cross-domain report."""
    rows = pd.read_parquet(root / "data" / "processed" / "across" / "collectives.parquet")
    return set(rows["collective_id"])


def bundles_of(root: Path, name: str) -> list[Path]:
    return sorted((root / "data" / "bundles" / name).glob("*.zip"))


# Making and withdrawing


def test_a_bundle_is_made_used_and_withdrawn(bt: Bt, two: Path) -> None:
    made = bt("-w", two, "bundle", *KEPT, "--approved-on", "2026-01-10", "--valid-until", "2099-12-31")
    assert (made.code, made.err) == (0, "")
    paths = [bundles_of(two, name)[0] for name in KEPT]
    assert made.out.splitlines() == [
        *map(str, paths), "It is in the cross-domain report after: bt report --across",
    ]  # fmt: skip
    assert across(two) == set(KEPT)
    lines = register.read(Workspace(two)).set_index("collective_id")
    assert lines.loc["huis-01", "valid_until"] == pd.Timestamp("2099-12-31")

    gone = bt("-w", two, "withdraw", "huis-01", "--on", "2026-02-01")
    assert (gone.code, gone.err) == (0, "")
    assert gone.out == ("huis-01: 1 bundle removed, and its pages in reports/released. Now run: bt report --across\n")
    assert bundles_of(two, "huis-01") == []
    assert across(two) == {"energie-01"}
    left = pd.read_parquet(two / "data" / "processed" / "across" / "left.parquet")
    assert left["withdrawn_n"].tolist() == [1]
    # Its own folder and figures stay.
    assert (two / "data" / "raw" / "monitoring" / "huis-01" / "activity.csv").exists()

    again = bt("-w", two, "withdraw", "huis-01")
    assert (again.code, again.out) == (
        0,
        "huis-01: 0 bundles removed, and its pages in reports/released. Now run: bt report --across\n",
    )
    assert register.read(Workspace(two))["withdrawn_on"].dropna().tolist() == [pd.Timestamp("2026-02-01")]


def test_the_level_and_the_role_are_those_of_the_consent(bt: Bt, two: Path) -> None:
    words = ["--level", "gemeente", "--approved-by", "municipality", "--approved-on", "2026-01-10"]
    assert bt("-w", two, "bundle", "huis-01", *words).code == 0
    (line,) = register.read(Workspace(two)).to_dict("records")
    assert (line["consent_level"], line["approved_by_role"]) == ("gemeente", "municipality")
    assert line["valid_until"] == pd.Timestamp("2027-01-10")  # a year, when nobody says otherwise


def test_what_cannot_be_bundled_is_one_line(bt: Bt, two: Path) -> None:
    def refused(*words: str) -> None:
        *options, piece = words
        ran = bt("-w", two, "bundle", *options)
        assert ran.code == 1
        is_one_line(ran, piece)

    refused("maan", "collective 'maan' has no package; expected one of: energie-01, huis-01. Name one of them.")
    refused(
        "huis-01", "--approved-on", "2026-01-10", "--valid-until", "2026-01-09",
        "huis-01: got consent until 2026-01-09; expected a day after 2026-01-10. Name a later day.",
    )  # fmt: skip
    path = two / "data" / "raw" / "monitoring" / "huis-01" / "collective.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("openbaar", "intern"), encoding="utf-8")
    refused("huis-01", "huis-01/collective.csv changed after the build; expected figures of it. Run: bt build")
    path.write_text(text.replace("openbaar", "iedereen"), encoding="utf-8")
    refused("huis-01", "huis-01: got a package with problems (1); expected none. Run: bt check huis-01")
    assert bundles_of(two, "huis-01") == []
    assert not (two / "data" / "bundles" / "bundle.csv").exists()


def test_what_was_not_built_cannot_be_bundled(bt: Bt, two: Path) -> None:
    shutil.rmtree(two / "data" / "processed")
    ran = bt("-w", two, "bundle", "huis-01")
    assert ran.code == 1
    is_one_line(ran, "Run: bt build")


def test_data_that_the_collective_keeps_to_itself_need_a_level_in_the_consent(bt: Bt, two: Path) -> None:
    path = two / "data" / "raw" / "monitoring" / "huis-01" / "collective.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("openbaar", "intern"), encoding="utf-8")
    assert bt("-w", two, "build").code == 0
    ran = bt("-w", two, "bundle", "huis-01")
    assert ran.code == 1
    is_one_line(ran, "huis-01: got data released for 'intern'; expected one of bewoners, gemeente, openbaar.")
    assert bt("-w", two, "bundle", "huis-01", "--level", "bewoners").code == 0


def test_withdrawing_what_never_travelled_is_one_line(bt: Bt, two: Path) -> None:
    ran = bt("-w", two, "withdraw", "huis-01")
    assert ran.code == 1
    is_one_line(ran, "huis-01: got no bundle here; expected one to withdraw. Look in data/bundles.")


def test_a_damaged_register_stops_every_command_that_needs_it_in_one_line(bt: Bt, two: Path) -> None:
    path = two / "data" / "bundles" / "bundle.csv"
    path.parent.mkdir()
    path.write_text("nonsense\n1\n", encoding="utf-8")
    for words in (["bundle", "huis-01"], ["withdraw", "huis-01"], ["export", "--datapackage", two / "out"]):
        ran = bt("-w", two, *words)
        assert ran.code == 1
        is_one_line(ran, "bundle.csv: got column 'nonsense'", "without it nobody knows who withdrew")
    assert path.read_text(encoding="utf-8") == "nonsense\n1\n"
    assert not (two / "out").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["bundle"], ["bundle", "huis-01", "--level", "intern"], ["bundle", "huis-01", "--approved-on", "10-01-2026"],
        ["bundle", "huis-01", "--approved-by", "neighbour"], ["withdraw"], ["withdraw", "huis-01", "--on", "today"],
        ["export"], ["export", "--datapackage", "out", "--audience", "intern"],
    ],
)  # fmt: skip
def test_a_word_that_is_not_there_has_status_2(bt: Bt, words: list[str], tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, *words)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


def test_a_withdrawal_takes_out_at_once_what_others_could_read(bt: Bt, two: Path) -> None:
    bt("-w", two, "bundle", *KEPT)
    for name in KEPT:
        publish(two, name, "2024")
    in_it = [path.stem for name in KEPT for path in bundles_of(two, name)]
    publish(two, "across", "2024", bundles=in_it)
    report.let_out(Workspace(two), load(two))
    released = two / "reports" / "released"
    before = {path.parent.relative_to(released).as_posix() for path in released.rglob("report.html")}
    assert {"bewoners/huis-01", "bewoners/energie-01"} <= before
    assert "bewoners/across" in before

    assert bt("-w", two, "withdraw", "huis-01").code == 0
    after = {path.parent.relative_to(released).as_posix() for path in released.rglob("report.html")}
    # The cross-domain report was made with it, so that waits until it is made again.
    assert after == {place for place in before if not place.endswith(("/huis-01", "/across"))}
    for path in released.rglob("*"):
        assert path.is_dir() or "huis-01" not in path.read_text(encoding="utf-8"), path
    assert (two / "reports" / "huis-01" / "2024" / "report.html").exists()  # the collective's own
    assert 'href="released/bewoners/huis-01' not in (two / "reports" / "index.html").read_text(encoding="utf-8")


def test_a_withdrawal_takes_pages_out_also_when_the_tables_fail(
    bt: Bt, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise pipeline.PipelineError("the disk is full")

    bt("-w", two, "bundle", "huis-01")
    publish(two, "huis-01", "2024")
    report.let_out(Workspace(two), load(two))
    monkeypatch.setattr(pipeline, "build_across", fail)
    assert bt("-w", two, "withdraw", "huis-01").code == 1
    assert not list((two / "reports" / "released").rglob("huis-01"))


# Exporting


def test_an_export_is_told_in_a_line_and_may_be_made_again(bt: Bt, two: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = bt("-w", two, "export", "--datapackage", out)
    assert (first.code, first.err) == (0, "")
    described = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    rows = sum(len(pd.read_csv(out / one["path"], dtype=str)) for one in described["resources"])
    released = pd.read_csv(out / "collectives.csv")["collective_id"].nunique()
    assert first.out == f"{out}: {released} collectives, {rows:,} rows\n"
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert {"dcat.jsonld", "ro-crate-metadata.json", "estimates.csv"} < set(before)
    assert bt("-w", two, "export", "--datapackage", out).code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_who_withdrew_is_in_no_export(bt: Bt, two: Path, tmp_path: Path) -> None:
    bt("-w", two, "bundle", "huis-01")
    bt("-w", two, "withdraw", "huis-01")
    assert bt("-w", two, "export", "--datapackage", tmp_path / "out").code == 0
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    assert "huis-01" not in text
    assert "energie-01" in text


def test_an_export_says_who_reads_its_report_first(bt: Bt, two: Path, tmp_path: Path) -> None:
    config = (two / "bt.toml").read_text(encoding="utf-8")
    real = config.replace("synthetic = true", "synthetic = false")
    (two / "bt.toml").write_text(f'{real}\n[archive]\ncontact_email = "data@samen.example"\n', encoding="utf-8")
    for name in ("energie-01", "huis-01"):
        publish(two, name, "2024")
    publish(two, "huis-01", "2025", first_published="2099-01-01")
    ran = bt("-w", two, "export", "--datapackage", tmp_path / "out", "--audience", "bewoners")
    assert (ran.code, ran.err) == (0, "")
    assert "Not in it, as they read their newest report first: " in ran.out
    assert "huis-01: from 2099-01-15" in " ".join(ran.out.split())
    there = set(pd.read_csv(tmp_path / "out" / "collectives.csv")["collective_id"])
    assert there == {"energie-01"}


def test_what_cannot_be_exported_is_one_line(bt: Bt, two: Path, tmp_path: Path) -> None:
    def refused(folder: Path, piece: str) -> None:
        ran = bt("-w", two, "export", "--datapackage", folder)
        assert (ran.code, ran.out) == (1, "")
        is_one_line(ran, piece)

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("x", encoding="utf-8")
    refused(tmp_path / "mine", "holds thesis.docx, which is no part of an earlier export; expected an empty folder")
    refused(tmp_path / "mine" / "thesis.docx", "thesis.docx is a file; expected a folder. Name another one.")
    config = (two / "bt.toml").read_text(encoding="utf-8")
    (two / "bt.toml").write_text(config.replace("synthetic = true", "synthetic = false"), encoding="utf-8")
    refused(tmp_path / "out", "bt.toml: [archive] has no contact_email; expected an address")
    (two / "bt.toml").write_text(config, encoding="utf-8")
    shutil.rmtree(two / "data" / "processed")
    refused(tmp_path / "out", "Run: bt build")
    assert not (tmp_path / "out").exists()
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.docx"]
