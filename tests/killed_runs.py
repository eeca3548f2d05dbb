"""A workspace for runs that are cut off: two collectives whose pages say which delivery they are of, and what one sees.

The number of a delivery stands in the name of each collective, so it goes the whole way: workbook, build, report.
"""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
from nbformat.v4 import new_code_cell, new_notebook

from bt_analysis import demo

NAMES = ("tuin", "huis")
_HOME = Path(__file__).resolve().parents[1]
_QUICK = "\n[comparison]\nplacebos = 19\nneighbours = 5\nmin_similar = 5\n\n[learning]\ndraws = 99\n"
_OF_ONE = """from bt_analysis.pages import content
from bt_analysis.pages.html import Html
here = content.of_collective(workspace, collective_id, period, lang)
Html(f"<h1>{here.collective['name']}</h1>" + "<p>en nog een regel</p>" * 20_000)"""
_OF_ALL = "from bt_analysis.pages.html import Html\nHtml('<h1>Alle</h1>' + '<p>en nog een regel</p>' * 20_000)"
_PARAMETERS = 'workspace: str = "."\nlang: str = "nl"'


def make(root: Path) -> Path:
    """Make a workspace that is built in seconds: one year of figures, two small packages and notebooks of one cell."""
    demo.make(root, 1)
    config = re.sub(r"(?m)^20(?:19|20|21|22|23) = .*\n", "", (root / "bt.toml").read_text(encoding="utf-8"))
    (root / "bt.toml").write_text(config + _QUICK, encoding="utf-8")
    for folder in (root / "data" / "raw" / "monitoring").iterdir():
        shutil.rmtree(folder)
    _notebook(root, "report_collective.ipynb", f'{_PARAMETERS}\ncollective_id: str = ""\nperiod: str = ""', _OF_ONE)
    _notebook(root, "report_across.ipynb", _PARAMETERS, _OF_ALL)
    return root


def _notebook(root: Path, name: str, parameters: str, cell: str) -> None:
    tagged = new_code_cell(parameters, metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [tagged, new_code_cell(cell)]  # type: ignore[no-untyped-call]
    (root / "notebooks").mkdir(exist_ok=True)
    notebook = new_notebook(cells=cells, metadata=kernel)  # type: ignore[no-untyped-call]
    nbformat.write(notebook, root / "notebooks" / name)  # type: ignore[no-untyped-call]


def deliver(root: Path, number: int) -> None:
    """Deliver both packages anew."""
    for name in NAMES:
        rows: dict[str, list[list[object]]] = {
            "collective": [
                ["collective_id", "name", "primary_domain", "release_level"],
                [name, f"Versie {number}", "leefomgeving", "openbaar"],
            ],
            "work_area": [
                ["work_area_id", "collective_id", "definition_type", "area_codes", "area_year", "valid_from"],
                [f"{name}-a", name, "codes", "BU99010100", 2024, "01-02-2024"],
            ],
            "activity": [
                ["activity_id", "collective_id", "title", "domain", "activity_type", "start", "sessions_n"],
                [f"{name}-1", name, "Moestuin", "leefomgeving", "groen", "01-02-2024", 10 + number],
            ],
        }
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for sheet, lines in rows.items():
            page = book.create_sheet(sheet)
            for line in lines:
                page.append(line)
        path = root / "data" / "raw" / "monitoring" / name / f"{name}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)


# What a reader sees


def visible(root: Path) -> Iterator[Path]:
    """Yield every file below reports that a reader can come upon; that a report failed may be gone the next time."""
    reports = root / "reports"
    for path in sorted(reports.rglob("*")):
        if (
            path.is_file()
            and path.name != "failure.json"
            and not any(part.startswith(".") for part in path.relative_to(reports).parts)
        ):
            yield path


def whole(path: Path) -> str:
    """Return the text of a file, which must be whole."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        assert text.rstrip().endswith("</html>"), f"{path} is half a page"
    elif path.suffix in (".json", ".ipynb"):
        json.loads(text)
    elif path.suffix == ".csv":
        assert text.endswith("\n"), f"{path} is cut off"
        pd.read_csv(path)
    return text


def version(text: str) -> int:
    """Return which delivery a page is of; 0 for a page that does not say."""
    found = re.search(r"<h1>Versie (\d+)</h1>", text)
    return int(found[1]) if found else 0


@dataclass
class Reader:
    """Somebody who looks at the reports again and again, and remembers what was there."""

    root: Path
    seen: dict[Path, int] = field(default_factory=dict)

    def look(self) -> None:
        """Everything that was there is there, whole and no older."""
        for path, before in self.seen.items():
            now = version(whole(path))  # raises when it is gone
            assert now >= before, f"{path} went back from {before} to {now}"
            self.seen[path] = now

    def look_around(self) -> None:
        """Also what is new, and, of every report that is not being replaced, whether its files are those of one run."""
        self.look()
        for path in visible(self.root):
            self.seen[path] = version(whole(path))
        for note in (path for path in self.seen if path.name == "run.json" and path.parent.name != "reports"):
            sums = json.loads(whole(note))["sha256"]
            between = any(one.name.startswith(".") for one in note.parent.iterdir())
            for name, digest in sums.items() if not between else ():
                assert hashlib.sha256((note.parent / name).read_bytes()).hexdigest() == digest, note.parent / name


# A run and its end


class Run:
    """`bt run` in a process group of its own, with what it prints."""

    def __init__(self, root: Path, url: str, command: str = "run") -> None:
        environment = os.environ | {"BT_CBS_URL": url, "PYTHONPATH": str(_HOME), "PYTHONUNBUFFERED": "1"}
        words = [sys.executable, "-m", "bt_analysis", "-w", str(root), command]
        self.began, self.lines = time.monotonic(), list[tuple[float, str]]()
        self.process = subprocess.Popen(
            words, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        self._listens = threading.Thread(target=self._listen, daemon=True)
        self._listens.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as told:
            for line in told:
                self.lines.append((time.monotonic() - self.began, line.rstrip("\n")))

    def told(self, start: str) -> float | None:
        """Return after how many seconds a line with this start came."""
        return next((at for at, line in list(self.lines) if line.startswith(start)), None)

    def wait(self, timeout: float = 600) -> int:
        """Return the exit status, when all is over."""
        status = self.process.wait(timeout)
        self._listens.join(10)
        return status

    def kill(self, *, group: bool) -> None:
        """End the run at once, with all that it started or not, and wait until nothing of it is left."""
        if group:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.wait(30)
        until = time.monotonic() + 60
        while self.processes():
            assert time.monotonic() < until, f"still there: {self.processes()}"
            time.sleep(0.02)

    def processes(self) -> list[str]:
        """Return every process of the group that still does something."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, _, rest = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")
            except OSError:  # it ended meanwhile
                continue
            state, _, group = rest.split()[:3]
            if int(group) == self.process.pid and state != "Z":
                found.append(name)
        return found


@dataclass(frozen=True)
class Moment:
    """When a run is cut off: so many seconds after a line, or after its start."""

    line: str
    after: float

    @classmethod
    def draw(cls, luck: random.Random, run: Run) -> "Moment":
        """Draw one from what an undisturbed run did, each stage as often as any other."""
        marks = ["", "99024SYN: ", "built: ", "report "]
        at = [0.0, *(run.told(mark) or 0.0 for mark in marks[1:]), run.lines[-1][0] + 0.5]
        stage = luck.randrange(len(marks))
        return cls(marks[stage], luck.uniform(0, max(0.3, at[stage + 1] - at[stage])))

    def come(self, run: Run, reader: Reader) -> bool:
        """Look at the reports until this moment comes; False when the run was over before."""
        while run.process.poll() is None:
            since = 0.0 if not self.line else run.told(self.line)
            if since is not None and time.monotonic() - run.began >= since + self.after:
                return True
            reader.look()
            time.sleep(0.02)
        return False
