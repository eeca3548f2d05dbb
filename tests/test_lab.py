"""The start page: what it says of a workspace and of notebooks, and what JupyterLab is told."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bt_analysis import lab, notebooks
from bt_analysis.lab import BUILD, FETCH, READY
from bt_analysis.notebooks import NotebookError
from tests import command_line

OURS = Path(__file__).resolve().parents[1] / "notebooks"


def write(path: Path, head: str, parameters: str = 'workspace: str = "../demo"  # root') -> Path:
    """Write a notebook with a question and a cell of parameters."""
    tagged = new_code_cell(parameters, metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    cells = [new_markdown_cell(head), tagged]  # type: ignore[no-untyped-call]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)  # type: ignore[no-untyped-call]
    return path


def fetched(root: Path) -> Path:
    """Make a workspace in which one year of KWB was fetched."""
    table = root / "data" / "raw" / "cbs" / "85984NED"
    table.mkdir(parents=True)
    (table / "TypedDataSet.parquet").touch()
    return root


# What has to be done first


def test_without_a_workspace_the_first_step_is_to_fetch(tmp_path: Path) -> None:
    assert lab.first_needed(tmp_path / "nothing", "0") == FETCH
    assert lab.first_needed(tmp_path, "3") == FETCH


def test_raw_notebooks_need_tables_and_the_others_a_build(tmp_path: Path) -> None:
    root = fetched(tmp_path)
    assert [lab.first_needed(root, stage) for stage in "01234"] == [READY, READY, BUILD, BUILD, BUILD]
    estimates = root / "data" / "processed" / "analysed" / "estimates.parquet"
    estimates.parent.mkdir(parents=True)
    estimates.touch()
    assert [lab.first_needed(root, stage) for stage in "01234"] == [READY] * 5


# Which notebooks


def test_notebooks_are_listed_by_their_first_line(tmp_path: Path) -> None:
    for name in ("00_start", "31_change", "report_across", "20_join"):
        write(tmp_path / f"{name}.ipynb", f"# What of {name}?\n\nAnd more.")
    assert [(one.name, one.stage, one.question, one.state) for one in lab.listed(tmp_path, tmp_path)] == [
        ("20_join.ipynb", "joined", "What of 20_join?", FETCH),
        ("31_change.ipynb", "one question about one collective", "What of 31_change?", FETCH),
    ]


def test_a_notebook_without_a_question_goes_by_its_name(tmp_path: Path) -> None:
    write(tmp_path / "00_start.ipynb", "# Start")
    write(tmp_path / "45_own.ipynb", "no head")
    assert [one.question for one in lab.listed(tmp_path, tmp_path)] == ["45_own"]


def test_elsewhere_the_notebooks_of_the_workbench_are_listed(tmp_path: Path) -> None:
    names = [one.name for one in lab.listed(tmp_path, tmp_path)]
    assert names == sorted(path.name for path in OURS.glob("[0-4]*.ipynb") if path.name != lab.START)


def test_links_lead_to_notebooks_and_words_are_escaped(tmp_path: Path) -> None:
    write(tmp_path / "00_start.ipynb", "# Start")
    write(tmp_path / "31_x.ipynb", "# <script>alert(1)</script>?")
    shown = lab.links(lab.listed(tmp_path, tmp_path))
    assert '<a href="31_x.ipynb">&lt;script&gt;alert(1)&lt;/script&gt;?</a>' in shown
    assert "<script" not in shown


# What is in a workspace


def test_no_workspace_says_what_to_do(tmp_path: Path) -> None:
    shown = lab.contents(tmp_path / "<b>nothing")
    assert "is no workspace yet. Run make demo, or name a folder of your own." in shown
    assert "<b>" not in shown


def test_what_was_fetched_and_built_is_listed(built_demo: Path) -> None:
    shown = lab.contents(built_demo)
    assert "All figures in it are made up." in shown
    assert "<td>fetched</td><td>KWB 2024 (99024SYN)</td>" in shown
    assert "<td>valid</td><td>energie-01 (0 problems)</td>" in shown
    assert shown.count("<td>built</td>") == 1


# Copies in a workspace


def test_copies_read_the_workspace_they_are_in(tmp_path: Path) -> None:
    shipped, mine = tmp_path / "shipped", tmp_path / "mine"
    mine.mkdir()
    write(shipped / "00_start.ipynb", "# Start")
    write(shipped / "31_change.ipynb", "# Change?", 'workspace: str = "../demo"  # root\nlang: str = "en"')
    write(shipped / "report_across.ipynb", "# Report")
    own = lab.copies(shipped, mine)
    assert own == mine / "lab"
    assert sorted(path.name for path in own.iterdir()) == ["00_start.ipynb", "31_change.ipynb"]
    cells = json.loads((own / "31_change.ipynb").read_text(encoding="utf-8"))["cells"]
    assert "".join(cells[1]["source"]) == 'workspace: str = ".."  # root\nlang: str = "en"'


def test_a_copy_that_was_changed_stays(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    write(shipped / "00_start.ipynb", "# Start")
    own = lab.copies(shipped, tmp_path)
    (own / "00_start.ipynb").write_text("mine", encoding="utf-8")
    lab.copies(shipped, tmp_path)
    assert (own / "00_start.ipynb").read_text(encoding="utf-8") == "mine"


def test_a_folder_without_the_start_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        NotebookError, match=r"holds no 00_start\.ipynb; expected the notebooks of the workbench\. Install"
    ):
        lab.copies(tmp_path, tmp_path)


def test_every_notebook_of_ours_takes_the_workspace_of_a_copy(tmp_path: Path) -> None:
    own = lab.copies(OURS, tmp_path)
    assert {notebooks.defaults(path)["workspace"] for path in own.iterdir()} == {".."}


# JupyterLab


def test_jupyterlab_is_told_to_ask_nothing_of_the_network(tmp_path: Path) -> None:
    told = lab.command(tmp_path)
    assert told[:3] == [sys.executable, "-m", "jupyterlab"]
    assert told[-2:] == [f"--notebook-dir={tmp_path}", str(tmp_path / "00_start.ipynb")]
    assert "--LabApp.news_url=None" in told
    assert "--LabApp.extension_manager=readonly" in told


def test_jupyterlab_knows_what_it_is_told(tmp_path: Path) -> None:
    """Load the options into JupyterLab itself: a name that it does not have would be passed over in silence."""
    options = [one for one in lab.command(tmp_path) if one.startswith("--LabApp.")]
    app = importlib.import_module("jupyterlab.labapp").LabApp()
    app.parse_command_line(options)
    assert app.news_url is None
    assert app.check_for_updates_class.__name__ == "NeverCheckForUpdate"
    assert app.extension_manager == "readonly"


def test_bt_lab_opens_copies_and_gives_the_status_of_jupyterlab(
    tmp_path: Path, bt: command_line.Bt, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(subprocess, "run", run)
    assert bt("--workspace", tmp_path, "lab").code == 3
    assert ran == [lab.command(tmp_path / "lab")]
    assert bt("lab", "--notebooks", OURS).code == 3
    assert ran[1] == lab.command(OURS)
