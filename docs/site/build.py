"""Build the documentation: ``docs/``, the schemas, docstrings and notebooks come in; a folder of HTML goes out.

    python docs/site/build.py --workspace demo        with every notebook run on a workspace that was built
    python docs/site/build.py                         notebooks as they are, without outputs
    python docs/site/build.py --quick                 without docstrings either: to look at the pages one writes

Nothing is asked of the network, and nothing is written outside the folder that is given.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent
ROOT = DOCS.parent
sys.path[:0] = [str(HERE), str(ROOT)]

import generated  # noqa: E402 - found beside this file, which is no package
import reachable  # noqa: E402
import rendered  # noqa: E402

API = {
    "flow": ("The flow", ("pipeline", "report", "notebooks", "settings", "running", "unattended", "logs")),
    "areas": (
        "Figures of areas",
        (
            "indicators",
            "sources/cbs",
            "sources/cbs_table",
            "sources/files",
            "harmonise",
            "join",
            "panel",
            "evidence",
            "regions",
        ),
    ),
    "deliveries": (
        "What collectives deliver",
        ("schema", "sources/monitoring", "instruments", "cards", "dictionary"),
    ),
    "questions": ("Questions and their answers", ("answers", "analysis", "analysis/learning")),
    "protection": ("What may be shown", ("detectability", "disclosure")),
    "sharing": ("What leaves the workspace", ("bundles", "archive")),
    "reading": ("Reading and drawing what was built", ("pages/stored", "pages/content", "language", "figures")),
}
"""Page of the API reference → its title, and the parts of the package on it."""

_DOCSTRINGS = re.compile(r"```\{eval-rst\}\n.*?\n```\n", re.DOTALL)


def lay_out(folder: Path, workspace: Path | None, *, quick: bool = False) -> None:
    """Bring all pages together in one folder.

    Parameters
    ----------
    folder : Path
        Is made anew.
    workspace : Path or None
        That was built, to run the notebooks on; None: they are shown without outputs.
    quick : bool
        Leave the docstrings out.

    Raises
    ------
    NotebookError, papermill.exceptions.PapermillExecutionError
        When a notebook does not run.
    """
    shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("_build", "__pycache__", "site")
    shutil.copytree(DOCS, folder, ignore=ignored)
    shutil.copy(HERE / "conf.py", folder)
    shutil.copytree(HERE / "_static", folder / "_static")
    dictionary = folder / "data-dictionary.md"
    dictionary.write_text(rendered.with_labels(dictionary.read_text(encoding="utf-8")), encoding="utf-8")
    for name, text in _made().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(_DOCSTRINGS.sub("", text) if quick else text, encoding="utf-8")
    rendered.notebooks_into(folder / "notebooks", ROOT / "notebooks", workspace)


def _made() -> dict[str, str]:
    """Return the pages that are made of the source: place → text."""
    listed = generated.methods((DOCS / "methods.md").read_text(encoding="utf-8"))
    names = [f"methods/{method.name}" for method in listed]
    return {
        "methods.md": (DOCS / "methods.md").read_text(encoding="utf-8") + generated.contents(names, hidden=True),
        "built-tables.md": generated.built_tables(),
        "settings.md": generated.settings_page(),
        "api/modules.md": generated.module_list(),
        "api/index.md": generated.index("API reference", "What notebooks and programs import.", list(API)),
        **{f"api/{name}.md": generated.api_page(*page) for name, page in API.items()},
        **{f"methods/{method.name}.md": generated.method_page(method) for method in listed},
    }


def build(folder: Path, workspace: Path | None, *, quick: bool = False) -> int:
    """Lay out the pages and let Sphinx make the site; a warning of Sphinx is a failure.

    Parameters
    ----------
    folder : Path
        Gets ``source/`` and ``html/``.
    workspace : Path or None
        As :func:`lay_out` takes it.
    quick : bool
        Leave the docstrings out.

    Returns
    -------
    int
        Exit status of Sphinx.
    """
    lay_out(folder / "source", workspace, quick=quick)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-j", "2"]
    done = subprocess.run([*command, folder / "source", folder / "html"], check=False)  # noqa: S603 - our own arguments
    reachable.mend(folder / "html")
    return done.returncode


def main() -> int:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description="Build the documentation, offline.")
    parser.add_argument("--workspace", type=Path, help="a workspace that was built, to run the notebooks on")
    parser.add_argument("--into", type=Path, default=DOCS / "_build", help="folder to write in")
    parser.add_argument("--quick", action="store_true", help="leave the docstrings out")
    given = parser.parse_args()
    status = build(given.into, given.workspace, quick=given.quick)
    if not status:
        sys.stdout.write(f"Open {given.into / 'html' / 'index.html'}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
