"""Notebooks in fresh processes: what cells show, what one leaves to the next (nothing), and what ends a process."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from bt_analysis.engine import cells, forks
from bt_analysis.engine.for_papermill import WarmEngine
from bt_analysis.engine.forks import EndedError, Limits, TookTooLongError
from tests import fresh_work

ROOT = Path(__file__).resolve().parents[1]
forked = pytest.mark.skipif(not forks.can_fork(), reason="only Linux forks from a warm process")


def outputs_of(*sources: str, **cell: Any) -> list[list[dict[str, Any]]]:
    """Run cells in a fresh process and return what each showed."""
    notebook = new_notebook(cells=[new_code_cell(source, **cell) for source in sources])  # type: ignore[no-untyped-call]
    for _, answer in forks.each(_ran, [notebook], 1, Limits(60)):
        if isinstance(answer, BaseException):
            raise answer
        return [[dict(output) for output in one.outputs] for one in answer if one.outputs is not None]
    raise AssertionError


def _ran(notebook: Any) -> list[cells.Ran]:
    return list(cells.run(notebook))


# What a cell shows


def test_a_value_a_line_and_a_figure() -> None:
    value, line, both = outputs_of(
        "1 + 1", "print('a'); print('b')", "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\n3"
    )
    assert value == [
        {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "2"}, "metadata": {}}
    ]
    assert line == [{"output_type": "stream", "name": "stdout", "text": "a\nb\n"}]
    assert [output["output_type"] for output in both] == ["display_data", "execute_result"]
    assert both[0]["data"]["text/html"] == "<b>x</b>"
    assert both[1]["execution_count"] == 3


def test_streams_keep_their_order() -> None:
    (shown,) = outputs_of("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')")
    assert [(output["name"], output["text"]) for output in shown] == [
        ("stdout", "a\n"), ("stderr", "b\n"), ("stdout", "c\n"),
    ]  # fmt: skip


def test_an_error_is_the_last_output_and_ends_the_notebook() -> None:
    (shown,) = outputs_of("print('before')\n1 / 0", "print('never')")
    assert shown[0]["text"] == "before\n"
    assert (shown[1]["output_type"], shown[1]["ename"], shown[1]["evalue"]) == (
        "error", "ZeroDivisionError", "division by zero",
    )  # fmt: skip
    assert any("1 / 0" in line for line in shown[1]["traceback"])


def test_a_cell_that_may_fail_does_not_end_the_notebook() -> None:
    first, second = outputs_of("1 / 0", "2", metadata={"tags": [cells.MAY_FAIL]})
    assert first[-1]["ename"] == "ZeroDivisionError"
    assert second[0]["data"]["text/plain"] == "2"


def test_what_cannot_be_read_is_an_error_too() -> None:
    (shown,) = outputs_of("x =")
    assert shown[-1]["ename"] == "SyntaxError"


def test_a_question_is_an_error_that_says_what_to_do() -> None:
    (shown,) = outputs_of("input('naam?')")
    assert shown[-1]["ename"] == "StdinNotImplementedError"
    assert "give the notebook a parameter" in shown[-1]["evalue"]


def test_magics_and_await_are_understood() -> None:
    folder, waited = outputs_of("%pwd", "import asyncio\nawait asyncio.sleep(0)\n5")
    assert Path(folder[-1]["data"]["text/plain"].strip("'")) == Path.cwd()
    assert waited[-1]["data"]["text/plain"] == "5"


def test_figures_of_pyplot_are_shown_unless_another_back_end_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    (shown,) = outputs_of(draw)
    assert shown[-1]["data"]["image/png"].startswith("iVBOR")
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert outputs_of(draw) == [[]]


def test_what_was_displayed_may_be_replaced_and_cleared() -> None:
    first, _, third = outputs_of(
        "shown = display('old', display_id=True)",
        "shown.update('new')",
        "from IPython.display import clear_output\nprint('gone')\nclear_output(wait=True)\nprint('there')",
    )
    assert first[0]["data"]["text/plain"] == "'new'"
    assert [output["text"] for output in third] == ["there\n"]


def test_markdown_and_empty_cells_are_not_run() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("1/0"), new_code_cell("  "), new_code_cell("1")])  # type: ignore[no-untyped-call]
    ((_, answer),) = forks.each(_ran, [notebook], 1, Limits(60))
    assert not isinstance(answer, BaseException)
    assert [(one.index, one.outputs is None) for one in answer] == [(2, True), (2, False)]


# As an engine of papermill


@pytest.fixture
def engine() -> str:
    papermill_engines.register("bt", WarmEngine)
    return "bt"


def written(path: Path, *sources: str) -> Path:
    parameters = new_code_cell("x = 1", metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    body = [new_code_cell(source) for source in sources]  # type: ignore[no-untyped-call]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=[parameters, *body], metadata=kernel), path)  # type: ignore[no-untyped-call]
    return path


def test_papermill_writes_the_same_notebook_with_it(tmp_path: Path, engine: str) -> None:
    path = written(tmp_path / "a.ipynb", "print(x)", "import pandas as pd\npd.DataFrame({'x': [x]})")
    ours, theirs = (
        papermill.execute_notebook(path, tmp_path / f"{name}.ipynb", {"x": 7}, engine_name=name, progress_bar=False)
        for name in (engine, "nbclient")
    )
    assert [cell.get("outputs") for cell in ours.cells] == [cell.get("outputs") for cell in theirs.cells]
    assert [cell.execution_count for cell in ours.cells] == [cell.execution_count for cell in theirs.cells]
    assert {cell.metadata.papermill.status for cell in ours.cells} == {"completed"}
    nbformat.validate(nbformat.read(tmp_path / "bt.ipynb", 4))  # type: ignore[no-untyped-call]


def test_a_failure_is_told_as_papermill_tells_it(tmp_path: Path, engine: str) -> None:
    path = written(tmp_path / "a.ipynb", "1 / 0", "print('never')")
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        papermill.execute_notebook(path, tmp_path / "out.ipynb", engine_name=engine, progress_bar=False)
    ran = nbformat.read(tmp_path / "out.ipynb", 4)  # type: ignore[no-untyped-call]
    assert [cell.metadata.papermill.status for cell in ran.cells if cell.cell_type == "code"][-2:] == [
        "failed", "pending",
    ]  # fmt: skip


def test_a_cell_that_takes_too_long_is_ended(tmp_path: Path, engine: str) -> None:
    path = written(tmp_path / "a.ipynb", "import time\ntime.sleep(60)")
    start = time.monotonic()
    with pytest.raises(TookTooLongError, match="a step took longer than 1 seconds"):
        papermill.execute_notebook(
            path, tmp_path / "out.ipynb", engine_name=engine, progress_bar=False, execution_timeout=1
        )
    assert time.monotonic() - start < 30


def test_the_engine_is_known_to_the_command_of_papermill() -> None:
    told = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points."papermill.engine"]\nbt = "bt_analysis.engine.for_papermill:WarmEngine"' in told


# Nothing leaks


SPOIL = """
import os, random, sys, warnings
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd
mpl.rcParams['font.size'] = 99
plt.figure()
np.random.seed(1); random.seed(1)
os.environ['SPOILT'] = '1'
os.chdir('/')
pd.set_option('display.max_rows', 1)
warnings.simplefilter('error')
sys.path.append('/spoilt')
import bt_analysis
bt_analysis.spoilt = True
spoilt = 1
"""
LOOK = """
(mpl.rcParams['font.size'] == 99, len(plt.get_fignums()), os.environ.get('SPOILT'), os.getcwd() == '/',
 pd.get_option('display.max_rows') == 1, '/spoilt' in sys.path, hasattr(bt_analysis, 'spoilt'), 'spoilt' in globals())
"""
IMPORTS = "import bt_analysis, os, sys\nimport matplotlib as mpl, matplotlib.pyplot as plt, pandas as pd"


@forked
def test_nothing_of_one_notebook_reaches_the_next() -> None:
    spoilt = outputs_of(SPOIL, LOOK)[-1][-1]["data"]["text/plain"].replace("\n", "")
    clean = outputs_of(IMPORTS, LOOK)[-1][-1]["data"]["text/plain"].replace("\n", "")
    assert [part.strip() for part in spoilt.strip("()").split(",")] == [
        "True", "1", "'1'", "True", "True", "True", "True", "True",
    ]  # fmt: skip
    assert [part.strip() for part in clean.strip("()").split(",")] == [
        "False", "0", "None", "False", "False", "False", "False", "False",
    ]  # fmt: skip


@forked
def test_random_numbers_are_others_each_time() -> None:
    draw = "import numpy as np\nimport random\nnp.random.rand(), random.random()"
    assert outputs_of(draw) != outputs_of(draw)


@forked
def test_each_process_starts_with_what_is_heavy_and_one_thread_that_watches_the_run() -> None:
    (shown,) = outputs_of("import sys, threading\n('seaborn' in sys.modules, len(threading.enumerate()))")
    assert shown[-1]["data"]["text/plain"] == "(True, 2)"


# Where no fork is possible: the same, of processes that were started ahead


@pytest.fixture
def without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(forks.FORK, "0")


@pytest.fixture
def unwarmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes ahead that import nothing heavy, as what they import is tested once."""
    monkeypatch.setenv(forks.FORK, "0")
    monkeypatch.setattr(forks, "_WARM", [])


def test_a_variable_of_the_environment_says_that_nothing_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(forks.FORK, "1")
    possible = forks.can_fork()
    assert possible == (sys.platform == "linux")
    monkeypatch.setenv(forks.FORK, "0")
    assert not forks.can_fork()


@pytest.mark.usefixtures("without_fork")
def test_a_notebook_runs_the_same_without_a_fork_in_a_process_that_imported_everything() -> None:
    value, error = outputs_of("import sys\n('seaborn' in sys.modules, 'bt_analysis.warm' in sys.modules)", "1 / 0")
    assert value[-1]["data"]["text/plain"] == "(True, True)"
    assert error[-1]["ename"] == "ZeroDivisionError"


@pytest.mark.usefixtures("unwarmed")
def test_each_process_that_was_started_ahead_is_used_once() -> None:
    answers: Any = dict(forks.each(fresh_work.identity, range(5), 2, Limits(60)))
    assert len({process for process, _, _ in answers.values()}) == 5
    assert {(first, again) for _, first, again in answers.values()} == {(True, False)}
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("unwarmed")
def test_no_more_are_started_than_there_are_pieces_and_one_more_than_work_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[Any] = []
    most: list[int] = []
    begin, wait = forks._Fresh.__post_init__, forks._wait

    def counted(self: Any) -> None:
        started.append(self)
        begin(self)

    def watched(runs: Any) -> None:
        most.append(len(runs))
        wait(runs)

    monkeypatch.setattr(forks._Fresh, "__post_init__", counted)
    monkeypatch.setattr(forks, "_wait", watched)
    assert len(list(forks.each(fresh_work.square, range(4), 2, Limits(60)))) == 4
    # Three stand ready from the start; the fourth begins beside them unless one was done by then.
    assert len(started) == 4
    assert max(most) in (3, 4)
    started.clear()
    assert len(list(forks.each(fresh_work.square, range(1), 3, Limits(60)))) == 1
    assert len(started) == 1


@pytest.mark.usefixtures("unwarmed")
def test_what_ends_or_fails_without_a_fork_is_told_in_the_same_words() -> None:
    answers = dict(forks.each(fresh_work.ended, [1, 2, 3], 2, Limits(60)))
    assert (answers[1], answers[3]) == (1, 3)
    assert str(answers[2]) == "the process that made it was ended from outside (SIGKILL), perhaps for want of memory"
    ((_, wrong),) = forks.each(fresh_work.wrong, [3], 1, Limits(60))
    assert str(wrong) == "3 is wrong"
    ((_, slow),) = forks.each(fresh_work.slow_in_steps, [1], 1, Limits(step_s=0.1))
    assert isinstance(slow, TookTooLongError)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep no such limit")
@pytest.mark.usefixtures("unwarmed")
def test_memory_has_its_limit_without_a_fork() -> None:
    answers = dict(forks.each(fresh_work.hungry, [1, 4000], 1, Limits(60, memory_mb=2000)))
    assert answers[1] == 1024 * 1024
    assert isinstance(answers[4000], MemoryError)


@pytest.mark.usefixtures("unwarmed")
def test_a_process_that_ends_while_it_starts_costs_one_piece_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    begin, born = forks._Fresh.__post_init__, []

    def stillborn(self: Any) -> None:
        begin(self)
        born.append(self)
        if len(born) == 1:
            self.process.kill()

    monkeypatch.setattr(forks._Fresh, "__post_init__", stillborn)
    answers = [answer for _, answer in forks.each(fresh_work.square, [1, 2, 3], 1, Limits(60))]
    assert sum(isinstance(answer, EndedError) for answer in answers) == 1
    assert len(answers) == 3


@pytest.mark.usefixtures("unwarmed")
def test_a_process_that_is_never_ready_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "_START_S", 0.01)
    ((_, answer),) = forks.each(fresh_work.square, [1], 1, Limits(60))
    assert isinstance(answer, TookTooLongError)
    assert "was not ready in 0.01 seconds" in str(answer)


@pytest.mark.usefixtures("unwarmed")
def test_those_that_wait_end_when_nobody_asks_any_more() -> None:
    asked = forks.each(fresh_work.square, range(20), 2, Limits(60))
    next(asked)
    assert multiprocessing.active_children()
    asked.close()  # it is a generator
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("without_fork")
def test_papermill_alone_uses_a_kernel_without_a_fork(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    kernel_of = lambda _, kernel, **__: told.append(kernel)  # noqa: E731
    monkeypatch.setattr(NBClientEngine, "execute_managed_notebook", kernel_of)
    path = written(tmp_path / "a.ipynb", "print(x)")
    papermill.execute_notebook(path, tmp_path / "out.ipynb", engine_name=engine, progress_bar=False)
    assert told == ["python3"]


def _published(path: str) -> Any:
    papermill_engines.register("bt", WarmEngine)
    out = Path(path).with_name("out.ipynb")
    return papermill.execute_notebook(path, out, engine_name="bt", progress_bar=False).cells[-1]["outputs"]


@pytest.mark.usefixtures("unwarmed")
def test_a_report_needs_no_kernel_without_a_fork(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", "from IPython import get_ipython\ntype(get_ipython()).__module__")
    ((_, shown),) = forks.each(_published, [str(path)], 1, Limits(60))
    assert not isinstance(shown, BaseException)
    assert shown[-1]["data"]["text/plain"] == "'bt_analysis.engine.shell'"


# Fresh processes


def test_every_piece_has_its_answer() -> None:
    assert dict(forks.each(fresh_work.square, range(5), 2, Limits(60))) == {0: 0, 1: 1, 2: 4, 3: 9, 4: 16}
    assert list(forks.each(fresh_work.square, [], 2, Limits(60))) == []


def test_one_that_is_ended_from_outside_fails_alone() -> None:
    answers = dict(forks.each(fresh_work.ended, [1, 2, 3], 2, Limits(60)))
    assert (answers[1], answers[3]) == (1, 3)
    assert isinstance(answers[2], EndedError)
    assert str(answers[2]) == "the process that made it was ended from outside (SIGKILL), perhaps for want of memory"


def test_what_a_killed_process_left_among_temporary_files_is_removed(tmp_path: Path) -> None:
    told = tmp_path / "name"
    ((_, answer),) = forks.each(fresh_work.leaves_a_file, [str(told)], 1, Limits(60))
    assert isinstance(answer, EndedError)
    left = Path(told.read_text(encoding="utf-8"))
    assert left.name.startswith("left-")
    assert not left.parent.exists()
    assert left.parent.parent == Path(tempfile.gettempdir())


def test_an_error_comes_back_as_it_was_raised() -> None:
    ((_, answer),) = forks.each(fresh_work.wrong, [3], 1, Limits(60))
    assert isinstance(answer, ValueError)
    assert str(answer) == "3 is wrong"


def test_what_cannot_be_sent_is_an_error_that_names_it() -> None:
    ((_, answer),) = forks.each(fresh_work.unsendable, [1], 1, Limits(60))
    assert isinstance(answer, RuntimeError)
    assert "lock" in str(answer)


@forked
def test_time_counts_from_the_last_sign_of_life() -> None:
    answers = dict(forks.each(fresh_work.slow_in_steps, [4], 1, Limits(step_s=1.2)))  # 1.6 seconds, in steps of 0.4
    assert answers == {4: 4}


@forked
def test_memory_has_a_limit_that_shared_memory_does_not_count_for() -> None:
    # What was imported before the fork is hundreds of megabytes; the limit is of what a process takes itself.
    answers = dict(forks.each(fresh_work.hungry, [1, 4000], 1, Limits(60, memory_mb=2000)))
    assert answers[1] == 1024 * 1024
    assert isinstance(answers[4000], MemoryError)


@forked
def test_processes_end_when_nobody_asks_any_more() -> None:
    asked = forks.each(fresh_work.square, range(20), 2, Limits(60))
    next(asked)
    asked.close()  # it is a generator
    time.sleep(0.2)
    assert multiprocessing.active_children() == []


@forked
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_process_dies_with_its_run(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from bt_analysis.engine import forks\n"
        "import tests_of_forks\n"
        "if __name__ == '__main__':\n"
        "    list(forks.each(tests_of_forks.sleep, [sys.argv[1]], 1, forks.Limits(60)))\n"
    )
    (tmp_path / "run.py").write_text(program)
    (tmp_path / "tests_of_forks.py").write_text(
        "import os, pathlib, time\n\n"
        "def sleep(path):\n"
        "    pathlib.Path(path + '.new').write_text(str(os.getpid()))\n"
        "    os.rename(path + '.new', path)\n"
        "    time.sleep(300)\n"
    )
    told = tmp_path / "pid"
    paths = os.pathsep.join([str(ROOT), str(tmp_path)])
    run = subprocess.Popen(
        [sys.executable, tmp_path / "run.py", told], env={**os.environ, "PYTHONPATH": paths}, cwd=tmp_path
    )
    try:
        _until(told.exists)
        child = int(told.read_text())
        assert Path(f"/proc/{child}").exists()
    finally:
        run.kill()
        run.wait()
    _until(lambda: not _is_alive(child))


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _until(there: Any, patience: float = 90.0) -> None:
    end = time.monotonic() + patience
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)
