"""Notebooks and dictionaries for the site: files of the repository come in; the same with outputs and labels go out."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

from bt_analysis import notebooks

TIMEOUT_S = 300
"""Seconds that one cell may take."""

_ANCHOR = re.compile(r'^(?P<head>#+) <a id="(?P<id>\w+)"></a>', re.MULTILINE)

_NOTEBOOK = re.compile(r'href="(\w+)\.ipynb"')

_INDEX = """# The notebooks

One per stage and per question. Each has a cell with parameters: `workspace` says where the data are, and what is left
empty is chosen, and told. {how} Open them with `make lab`, or run one with

```sh
.venv/bin/papermill notebooks/40_decisions.ipynb out.ipynb -p workspace ../mine
```

The reports themselves are two more notebooks, `report_collective` and `report_across`; `bt report` runs them.

```{{toctree}}
:maxdepth: 1

{names}
```
"""
_SHOWN = "They are shown here as they ran on the demonstration: **all figures are made up**."
_BARE = "They are shown here without outputs; `make docs` runs them on the demonstration."


def with_labels(page: str) -> str:
    """Turn the HTML anchors of a page into labels that Sphinx can check links against.

    Parameters
    ----------
    page : str
        Markdown with heads such as ``### <a id="activity"></a>...``.

    Returns
    -------
    str
        The same page with ``(activity)=`` above the head.
    """
    return _ANCHOR.sub(r"(\g<id>)=\n\g<head> ", page)


def notebooks_into(folder: Path, source: Path, workspace: Path | None) -> None:
    """Put the notebooks of the site in a folder, with a page that lists them.

    Parameters
    ----------
    folder : Path
        Is made.
    source : Path
        Folder of notebooks; those of the reports are left out.
    workspace : Path or None
        That was built, to run them on; None: as they are.

    Raises
    ------
    NotebookError, papermill.exceptions.PapermillExecutionError
        When one does not run.
    """
    folder.mkdir(parents=True)
    paths = [path for path in sorted(source.glob("*.ipynb")) if not path.name.startswith("report_")]
    for path in paths:
        _write(folder / path.name, path, workspace)
    # The start page comes first, as it does in JupyterLab.
    names = "\n".join(sorted((path.stem for path in paths), key=lambda name: (name != "00_start", name)))
    how = _BARE if workspace is None else _SHOWN
    (folder / "index.md").write_text(_INDEX.format(how=how, names=names), encoding="utf-8")


def _write(into: Path, path: Path, workspace: Path | None) -> None:
    as_it_is = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    notebook = as_it_is if workspace is None else _run(path, workspace.resolve())
    nbformat.write(notebook, into)  # type: ignore[no-untyped-call]


def _run(path: Path, workspace: Path) -> nbformat.NotebookNode:
    """Run a notebook on a workspace, with its own value for every other parameter."""
    values = {**notebooks.defaults(path), "workspace": str(workspace)}
    run = notebooks.execute(path, values, TIMEOUT_S)
    # Papermill adds a cell with the values it was given, among them a path of the machine that builds the pages.
    run.cells = [cell for cell in run.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    for output in (one for cell in run.cells for one in cell.get("outputs", [])):
        for kind, told in output.get("data", {}).items():
            if kind in ("text/html", "text/plain"):
                output["data"][kind] = _NOTEBOOK.sub(r'href="\g<1>.html"', told.replace(str(workspace), "demo"))
    return run
