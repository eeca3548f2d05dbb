"""Notebooks: found, refused when their parameters are not those that are given, and every one of ours runs."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from bt_analysis import notebooks
from bt_analysis.notebooks import NotebookError

OURS = Path(__file__).resolve().parents[1] / "notebooks"
# What is left out here is chosen by the notebook itself.
WITH: dict[str, dict[str, object]] = {
    "00_start.ipynb": {},
    "00_sources.ipynb": {"year": 2023, "domain": "energie_klimaat"},
    "10_harmonise.ipynb": {"other_year": 2021},
    "20_join.ipynb": {"indicator_id": "population"},
    "30_living_lab.ipynb": {"collective_id": "stoep-01", "experiment_id": "tegelactie", "lang": "nl"},
    "31_change.ipynb": {
        "collective_id": "energie-01", "period": "2021-2024", "indicator_id": "gas_m3_per_dwelling", "lang": "en",
    },
    "32_where.ipynb": {"lang": "nl"},
    "33_staggered.ipynb": {},
    "34_survey.ipynb": {"collective_id": "tafel-01", "lang": "nl"},
    "40_decisions.ipynb": {"lang": "nl"},
    "41_value.ipynb": {"collective_id": "energie-01", "period": "2021-2024", "lang": "en"},
    "42_theory.ipynb": {},
    "43_patterns.ipynb": {"lang": "nl", "outcome": "inbreng_in_besluit"},
    "44_pooling.ipynb": {},
    "45_lessons.ipynb": {"lang": "nl"},
    "46_cooperation.ipynb": {"collective_id": "energie-01", "period": "2021-2024", "lang": "nl"},
    "47_give_and_take.ipynb": {"lang": "nl"},
    "48_research_questions.ipynb": {"lang": "nl"},
    "49_coverage.ipynb": {},
    "report_across.ipynb": {"lang": "en"},
    "report_collective.ipynb": {"collective_id": "energie-01", "period": "2021-2024", "lang": "nl"},
}  # fmt: skip


def write(path: Path, parameters: str, *cells: str) -> Path:
    """Write a notebook with a parameters cell."""
    tagged = new_code_cell(parameters, metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    others = [new_code_cell(cell) for cell in cells]  # type: ignore[no-untyped-call]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=[tagged, *others], metadata=kernel)  # type: ignore[no-untyped-call]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    return path


# Which notebook


def test_our_own_notebook_is_found(tmp_path: Path) -> None:
    assert notebooks.find(tmp_path, "report_collective.ipynb").name == "report_collective.ipynb"


def test_the_workspace_may_have_its_own(tmp_path: Path) -> None:
    own = write(tmp_path / "notebooks" / "report_collective.ipynb", "x = 1")
    assert notebooks.find(tmp_path, "report_collective.ipynb") == own


def test_no_notebook_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match=rf"no notebook nothing\.ipynb in {tmp_path}.*expected it in one of them"):
        notebooks.find(tmp_path, "nothing.ipynb")


# Which parameters


def test_parameters_that_fit_are_accepted(tmp_path: Path) -> None:
    notebooks.check_parameters(
        write(tmp_path / "a.ipynb", 'workspace: str = "."\nlang: str = "nl"'), ["lang", "workspace"]
    )


@pytest.mark.parametrize(("given", "differs"), [(["x", "y"], "y"), ([], "x"), (["X"], "X', 'x")])
def test_parameters_that_differ_are_refused(tmp_path: Path, given: list[str], differs: str) -> None:
    with pytest.raises(NotebookError, match=rf"a\.ipynb has the parameters \['x'\].*Differs: \['{differs}'\]"):
        notebooks.check_parameters(write(tmp_path / "a.ipynb", "x = 1"), given)


def test_a_notebook_with_other_parameters_is_not_run(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "x = 1", f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(NotebookError):
        notebooks.execute(path, {"y": "1"}, 30)
    assert not (tmp_path / "ran").exists()


def test_the_values_that_parameters_have_by_themselves(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", 'workspace: str = "../demo"  # root\nyear: int = 0  # the newest\nshare = 0.5')
    assert notebooks.defaults(path) == {"workspace": "../demo", "year": 0, "share": 0.5}


# Running


def test_values_arrive_and_the_notebook_itself_is_not_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", 'x: str = "a"', "x.upper()")
    before = path.read_bytes()
    run = notebooks.execute(path, {"x": "b\"'\\ é"}, 30)
    assert run.cells[-1].outputs[0].data["text/plain"] == repr("B\"'\\ É")
    assert path.read_bytes() == before


def test_it_runs_in_a_folder_that_is_gone_afterwards(tmp_path: Path) -> None:
    run = notebooks.execute(
        write(tmp_path / "a.ipynb", "x = 1", "import os; open('left', 'w'); os.getcwd()"), {"x": "1"}, 30
    )
    folder = Path(run.cells[-1].outputs[0].data["text/plain"].strip("'"))
    assert folder != Path.cwd()
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == [tmp_path / "a.ipynb"]


def test_a_cell_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError) as failure:
        notebooks.execute(write(tmp_path / "a.ipynb", "x = 1", "1 / 0"), {"x": "1"}, 30)
    assert failure.value.ename == "ZeroDivisionError"


def test_a_cell_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises((TimeoutError, RuntimeError)):
        notebooks.execute(write(tmp_path / "a.ipynb", "x = 1", "import time; time.sleep(60)"), {"x": "1"}, 2)


# Ours


def test_every_notebook_of_ours_is_run_below() -> None:
    assert {path.name for path in OURS.glob("*.ipynb")} == set(WITH)


@pytest.mark.parametrize("name", sorted(WITH))
def test_every_notebook_runs_on_the_demonstration(built_demo: Path, name: str) -> None:
    values = {**notebooks.defaults(OURS / name), **WITH[name], "workspace": str(built_demo)}
    run = notebooks.execute(OURS / name, values, 120)
    outputs = [output for cell in run.cells for output in cell.get("outputs", [])]
    assert any(output.output_type == "execute_result" for output in outputs)
    grumbles = [output.text for output in outputs if output.get("name") == "stderr"]
    assert not grumbles
