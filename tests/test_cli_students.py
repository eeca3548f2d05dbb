"""Theses from the command line: bt new thesis and bt check thesis."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from bt_analysis import archive
from bt_analysis.settings import Workspace, load
from tests import thesis_folders
from tests.command_line import Bt, is_one_line
from tests.thesis_folders import GROUP, OWN, TODAY, results, small


@pytest.fixture
def root(tmp_path: Path, make: Any, page: Any) -> Path:
    """Give a test the folder of a workspace that was built."""
    here = thesis_folders.workspace(tmp_path / "workspace", make, page)
    thesis_folders.learned(here, "tuin", "wei", until="2099-01-01")
    (here.workspace.root / "bt.toml").write_text("synthetic = true\n", encoding="utf-8")
    return here.workspace.root


def test_a_thesis_is_made_and_its_check_finds_it_in_order(bt: Bt, root: Path, tmp_path: Path) -> None:
    made = bt("new", "thesis", "bereik", "--from", root, "--into", tmp_path, "--question", GROUP, "--lang", "en")
    assert (made.code, made.err) == (0, "")
    first, second = made.out.splitlines()
    assert re.fullmatch(
        rf"{tmp_path / 'bereik'}: data version [0-9a-f]{{12}}, made-up data, 2 open questions", first
    ), first
    assert second.endswith(f"Then: bt check thesis {tmp_path / 'bereik'}")

    checked = bt("check", "thesis", tmp_path / "bereik")
    assert (checked.code, checked.err) == (0, "")
    version = re.search("[0-9a-f]{12}", first)
    assert version
    assert checked.out.splitlines()[-1] == (
        f"{tmp_path / 'bereik'}: data version {version[0]}, in order, the same figures from the start"
    )
    assert "note: thesis.ipynb: 4 places between ⟨ ⟩ still to fill in" in checked.out.splitlines()

    again = bt("new", "thesis", "bereik", "--from", root, "--into", tmp_path)
    assert again.code == 1
    is_one_line(again, "a name that is taken")


def test_a_thesis_of_an_exported_package_holds_no_questions(bt: Bt, root: Path, tmp_path: Path) -> None:
    archive.export(Workspace(root), load(root), tmp_path / "package", TODAY)
    refused = bt("new", "thesis", "a", "--from", tmp_path / "package", "--into", tmp_path, "--question", OWN)
    assert refused.code == 1
    is_one_line(refused, f"--question got '{OWN}'", "these data hold no questions")
    assert not (tmp_path / "a").exists()


def test_a_fault_is_a_line_and_status_1(bt: Bt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import pathlib\npathlib.Path('results').mkdir()\npathlib.Path('results/a.csv').write_text('a\\n1\\n')"
    folder = results(small(tmp_path / "klein", code), a="a\n2\n")
    monkeypatch.chdir(folder)
    ran = bt("check", "thesis")
    assert (ran.code, ran.err) == (1, "")
    fault, last = ran.out.splitlines()
    assert fault.startswith("results/a.csv: got '2' in row 2, column a; expected '1' as a new run makes.")
    assert last.endswith(", 1 fault")

    as_json = bt("check", "thesis", folder, "--format", "json")
    assert as_json.code == 1
    content = json.loads(as_json.out)
    assert [sorted(one) for one in content["faults"]] == [["do", "expected", "file", "got"]]
    assert content["notes"] == []


def test_what_is_no_thesis_is_one_line(bt: Bt, tmp_path: Path) -> None:
    ran = bt("check", "thesis", tmp_path)
    assert ran.code == 1
    is_one_line(ran, "thesis.json: got no description of a thesis")
    made = bt("new", "thesis", "a", "--from", tmp_path)
    assert made.code == 1
    is_one_line(made, "neither a workspace that was built nor a data package")


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("BT_FULL"), reason="a demonstration is made in the full test run")
def test_made_up_data_are_there_without_any_workspace(bt: Bt, tmp_path: Path) -> None:
    made = bt("new", "thesis", "oefenen", "--into", tmp_path, "--question", "bt-1-bereik")
    assert (made.code, made.err) == (0, "")
    assert ", made-up data, 11 open questions" in made.out
    assert bt("check", "thesis", tmp_path / "oefenen").code == 0
