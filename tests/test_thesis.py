"""A new thesis: released data and a question come in; a folder that runs, and that says what it rests on, goes out."""

import csv
import json
import subprocess
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from bt_analysis import archive, thesis
from bt_analysis.archive import ArchiveError
from bt_analysis.pages.stored import ContentError
from bt_analysis.settings import Settings
from bt_analysis.thesis import ThesisError, bibliography, fixed, starting
from tests import thesis_folders
from tests.bundle_workspace import Built
from tests.thesis_folders import GROUP, OTHERS, OWN, TODAY

TEMPLATES = resources.files("bt_analysis") / "templates" / "thesis"


@pytest.fixture
def here(tmp_path: Path, make: Any, page: Any) -> Built:
    """Give a test a workspace with two public collectives and one for the municipality only."""
    return thesis_folders.workspace(tmp_path / "workspace", make, page)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make: Any, page: Any) -> Path:
    """Make one thesis for tests that only look at it."""
    root = tmp_path_factory.mktemp("thesis")
    built = thesis_folders.workspace(root / "workspace", make, page)
    thesis_folders.learned(built, "tuin", "wei")
    (built.workspace.root / "bt.toml").write_text("synthetic = true\n", encoding="utf-8")
    given = thesis.taken_from(built.workspace.root, TODAY)
    thesis.make(root / "huurders", given, OWN, TODAY)
    return root / "huurders"


def given_of(built: Built, **more: Any) -> thesis.Given:
    (built.workspace.root / "bt.toml").write_text("synthetic = true\n", encoding="utf-8")
    return thesis.taken_from(built.workspace.root, TODAY, **more)


def collectives_in(given: thesis.Given, name: str = "estimates.csv") -> set[str]:
    return {row["collective_id"] for row in csv.DictReader(given.files[name].decode().splitlines())} - {""}


# What a student gets


def test_only_what_was_released_to_all_is_in_it(here: Built) -> None:
    given = given_of(here)
    assert collectives_in(given) == collectives_in(given, "collectives.csv") == {"tuin", "wei"}
    assert collectives_in(given_of(here, audience="gemeente")) == {"tuin", "wei", "zon"}


def test_nothing_of_a_delivery_is_in_it(here: Built) -> None:
    whole = b"".join(given_of(here).files.values())
    assert b"what tuin delivered" not in whole
    assert {Path(name).suffix for name in given_of(here).files} == {".csv", ".json", ".jsonld", ".md"}


def test_what_was_learned_from_bundles_comes_along_for_who_agreed(here: Built) -> None:
    thesis_folders.learned(here, "tuin", "wei")
    given = given_of(here)
    assert collectives_in(given, "learned_estimates.csv") == {"tuin", "wei"}
    assert list(given.questions["rq_id"]) == [OWN, GROUP]  # that of zon is not theirs to see
    # claim0 is a figure of tuin of 2023; what rests on an arrow, or on zon, is not in it
    assert set(given.bearing["claim_id"]) == {"claim0", "tuin-l", "all-l"}


@pytest.mark.parametrize(
    ("agreed", "more", "whose"),
    [
        # Three gave a bundle, one of them not to these readers: the sum over three minus two would be that one.
        (("tuin", "wei", "zon"), {}, {"tuin", "wei"}),
        (("tuin", "wei"), {"until": "2026-02-28"}, set()),  # their consent is over
        (("tuin", "wei"), {"level": "gemeente"}, set()),
    ],
)
def test_a_sum_is_left_out_when_it_would_tell_of_one_who_did_not_agree(
    here: Built, agreed: tuple[str, ...], more: dict[str, str], whose: set[str]
) -> None:
    thesis_folders.learned(here, *agreed, **more)
    rows = list(csv.DictReader(given_of(here).files["learned_estimates.csv"].decode().splitlines()))
    assert {row["collective_id"] for row in rows} == whose


def test_a_workspace_without_bundles_gives_no_questions(here: Built) -> None:
    given = given_of(here)
    assert given.questions.empty
    assert given.files["learned_estimates.csv"].count(b"\n") == 1  # its header


def test_a_workspace_that_cannot_give_says_why(here: Built, tmp_path: Path, make: Any, page: Any) -> None:
    with pytest.raises(ThesisError, match=r"neither a workspace that was built nor a data package.*bt build"):
        thesis.taken_from(tmp_path / "nowhere", TODAY)
    (here.workspace.processed / "analysed" / "estimates.parquet").unlink()
    with pytest.raises(ContentError, match="Run: bt build"):
        given_of(here)
    closed = Built(tmp_path / "closed", make, page)
    closed.deliver("tuin", level="intern")
    closed.write()
    with pytest.raises(ArchiveError, match="no collective released its data"):
        given_of(closed)


# A data package


@pytest.fixture
def package(here: Built, tmp_path: Path) -> Path:
    archive.export(here.workspace, Settings(synthetic=True), tmp_path / "package", TODAY)
    return tmp_path / "package"


def test_an_exported_package_is_taken_as_it_is(package: Path) -> None:
    given = thesis.taken_from(package, TODAY)
    assert given.files == {path.name: path.read_bytes() for path in package.iterdir()}
    assert (given.package["audience"], given.questions.empty, given.bearing.empty) == ("openbaar", True, True)


def test_a_package_that_was_changed_is_refused(package: Path) -> None:
    (package / "estimates.csv").write_text("claim_id\n", encoding="utf-8")
    with pytest.raises(ThesisError, match=r"estimates\.csv: got other content than was exported"):
        thesis.taken_from(package, TODAY)


@pytest.mark.parametrize("path", ["../workspace/bt.toml", "/etc/hostname", "estimates", "niet_daar.csv", "a/b.csv"])
def test_a_package_cannot_bring_a_file_from_elsewhere(package: Path, path: str) -> None:
    description = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    description["resources"][0]["path"] = path
    (package / "datapackage.json").write_text(json.dumps(description), encoding="utf-8")
    with pytest.raises(ThesisError, match="no such table"):
        thesis.taken_from(package, TODAY)


def test_a_package_may_hold_no_link_to_elsewhere(package: Path, tmp_path: Path) -> None:
    (package / "estimates.csv").rename(tmp_path / "estimates.csv")
    (package / "estimates.csv").symlink_to(tmp_path / "estimates.csv")
    with pytest.raises(ThesisError, match="no such table"):
        thesis.taken_from(package, TODAY)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"software": {"name": "iets"}}',
        '{"software": {"name": "bt_analysis"}, "export": true, "resources": []}',
    ],
)
def test_a_package_of_something_else_is_refused(package: Path, content: str) -> None:
    (package / "datapackage.json").write_text(content, encoding="utf-8")
    with pytest.raises(ThesisError, match="expected an export"):
        thesis.taken_from(package, TODAY)


# The folder


def test_the_folder_holds_all_that_a_thesis_needs(made: Path) -> None:
    files = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    papers = {"CITATION.cff", "README.md", "references.bib", "requirements.txt", "thesis.ipynb", "thesis.json"}
    assert papers <= files
    assert {name for name in files if name.startswith("results/")} == {
        "results/figures.csv", "results/together.csv", "results/limits.csv", "results/figure.svg",
    }  # fmt: skip
    assert {"data/SHA256SUMS", "data/datapackage.json", "data/estimates.csv", "data/questions.csv"} <= files
    assert files - papers == {name for name in files if name.startswith(("data/", "results/"))}


def test_its_first_figures_are_those_that_bear_on_the_question(made: Path) -> None:
    rows = list(csv.DictReader((made / "results" / "figures.csv").read_text(encoding="utf-8").splitlines()))
    # claim0 and tuin-l bear on it, each of one collective and in a series of its own; by their names learned_n is first
    assert [(row["collective_id"], row["claim_id"]) for row in rows] == [("tuin", "tuin-l")]
    limits = list(csv.DictReader((made / "results" / "limits.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["reason"]: row["collectives_n"] for row in limits}["not_recorded"] == "1"  # wei


def test_anyone_can_check_the_data_without_the_workbench(made: Path) -> None:
    words = ["sha256sum", "--check", "--strict", fixed.LIST]
    told = subprocess.run(words, cwd=made / "data", capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count(": OK") == len(list((made / "data").iterdir())) - 1


def test_what_it_says_of_itself(made: Path) -> None:
    about = json.loads((made / "thesis.json").read_text(encoding="utf-8"))
    assert about["question"] == {"rq_id": OWN, "text": f"Wat doet {OWN}?", "status": "open", "needs": ""}
    assert about["data"]["version"] == fixed.version((made / "data" / "SHA256SUMS").read_text(encoding="utf-8"))
    assert about["data"]["audience"] == "openbaar"
    assert about["started_on"] == "2026-03-01"
    pins = (made / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [pin.partition("==")[0] for pin in pins] == ["bt-analysis", "matplotlib", "numpy", "pandas", "scipy"]
    assert f'version: "{about["data"]["version"]}"' in (made / "CITATION.cff").read_text(encoding="utf-8")


def test_the_notebook_is_thin_and_holds_no_outputs(made: Path) -> None:
    notebook = nbformat.read(made / "thesis.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert max(len(cell.source.splitlines()) for cell in code) <= 15
    (parameters,) = [cell.source for cell in code if "parameters" in cell.metadata.get("tags", [])]
    assert f'question_id: str = "{OWN}"' in parameters
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "Wat zou ons van mening doen veranderen" in text
    assert "De gegevens zijn verzonnen" in text


def test_what_others_wrote_is_plain_text_in_a_notebook(here: Built) -> None:
    thesis_folders.learned(here, "tuin", "wei")
    given = given_of(here)
    text = "Wat *doet* <img src=x onerror=alert(1)> `code` $\\LaTeX$ [hier](javascript:alert(1))\n# {kop}?"
    given.questions.loc[0, "text"] = text
    told = starting.about("lastig", starting.question_of(given, OWN, "nl"), given, "nl", TODAY)
    texts = tomllib.loads((TEMPLATES / "texts.nl.toml").read_text(encoding="utf-8"))
    filled = starting._filled(told, texts)
    assert r"\<img src=x onerror=alert(1)\>" in filled["question"]
    assert r"\[hier\](javascript:" in filled["question"]
    assert "\n" not in filled["question"]
    cited = bibliography.citation(told, given.package, "2026-03-01", "⟨je naam⟩")
    (title,) = [line for line in cited.splitlines() if line.startswith("title: ")]
    assert json.loads(title.removeprefix("title: ")) == text  # one YAML string, whatever it holds


def test_the_same_data_are_the_same_version_in_every_language(here: Built) -> None:
    given = given_of(here)
    question = starting.question_of(given, "", "nl")
    dutch, english = (starting.about("a", question, given, lang, TODAY)["data"] for lang in ("nl", "en"))
    assert dutch == english
    given.files["estimates.csv"] += b" "
    assert starting.about("a", question, given, "nl", TODAY)["data"]["version"] != dutch["version"]


def test_a_wrong_name_a_taken_name_and_an_unknown_question_are_refused(here: Built, tmp_path: Path) -> None:
    thesis_folders.learned(here, "tuin", "wei")
    given = given_of(here)
    for name in ("Met Hoofdletters", "-streep", "a" * 61):
        with pytest.raises(ThesisError, match="expected at most 60 small letters"):
            thesis.make(tmp_path / name, given, "", TODAY)
    with pytest.raises(ThesisError, match=f"expected an open question: {OWN}, {GROUP}"):
        thesis.make(tmp_path / "nieuw", given, OTHERS, TODAY)
    (tmp_path / "nieuw").mkdir()
    with pytest.raises(ThesisError, match="a name that is taken"):
        thesis.make(tmp_path / "nieuw", given, "", TODAY)
    assert list((tmp_path / "nieuw").iterdir()) == []


def test_data_without_questions_say_so(here: Built, tmp_path: Path) -> None:
    with pytest.raises(ThesisError, match="none, as these data hold no questions"):
        thesis.make(tmp_path / "nieuw", given_of(here), GROUP, TODAY)


# Its texts


def test_both_languages_say_the_same_things() -> None:
    dutch, english = (
        tomllib.loads((TEMPLATES / f"texts.{lang}.toml").read_text(encoding="utf-8")) for lang in ("nl", "en")
    )
    assert list(dutch) == list(english)
    for part in ("status", "cells", "papers"):
        assert list(dutch[part]) == list(english[part])
    fields = [
        sorted(part.split("}")[0] for part in text.split("{")[1:])
        for texts in (dutch, english)
        for text in texts["cells"].values()
    ]
    assert fields[: len(fields) // 2] == fields[len(fields) // 2 :]
    notebook = nbformat.reads((TEMPLATES / "thesis.ipynb").read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    assert [cell.source for cell in notebook.cells if cell.cell_type == "markdown"] == list(dutch["cells"])


# Its data in the notebook


def test_the_notebook_reads_typed_tables(made: Path) -> None:
    data = thesis.read(made)
    assert str(data.estimates["period_start"].dtype).startswith("datetime64")
    assert data.estimates["claim_id"].is_unique
    delivered = data.estimates[data.estimates["method"].ne("sum over collectives")]
    assert set(delivered["claim_id"]) == {"claim0", "claim1", "claim2", "tuin-l", "wei-l", "all-l"}
    assert list(data.questions["rq_id"]) == [OWN, GROUP]
    assert set(data.bearing_on(OWN)["claim_id"]) == {"claim0", "tuin-l"}
    assert len(data.bearing_on("")) == len(data.estimates)
    assert data.label("reach_pct") == "bereik, deel van de bewoners"
    assert data.label("onbekend") == "onbekend"
    with pytest.raises(ThesisError, match="not there; expected one of the data package"):
        data.table("response_item")


def test_data_that_changed_are_not_read(made: Path, tmp_path: Path) -> None:
    with pytest.raises(ThesisError, match="no description of a thesis"):
        thesis.read(tmp_path)
    copy = tmp_path / "copy"
    for path in made.rglob("*"):
        if path.is_file():
            (copy / path.relative_to(made)).parent.mkdir(parents=True, exist_ok=True)
            (copy / path.relative_to(made)).write_bytes(path.read_bytes())
    assert isinstance(thesis.read(copy).estimates, pd.DataFrame)
    changed = copy / "data" / "estimates.csv"
    changed.write_bytes(changed.read_bytes().replace(b",5,", b",6,", 1))
    with pytest.raises(ThesisError, match=r"data/estimates\.csv: got sha256 .*The data version is fixed"):
        thesis.read(copy)
