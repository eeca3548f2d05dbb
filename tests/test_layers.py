"""Imports point down only: the rule of the flow, read from the source with ast.

    cli, demo → listing, state, terminal → pipeline, report → publishing → figures, notebooks
              → detectability, disclosure, pages
              → analysis → join → harmonise → sources → schema, regions, methods, settings, indicators

The four stages do not import each other: they meet in tables. Methods import nothing of the package but
methods. Notebooks are thin: no def, no class, no cell over 15 lines, outputs not committed.
"""

import ast
import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "bt_analysis"

# From the ground up: a unit may import units of lower layers. A new module gets its place here first.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"methods"}),
    frozenset({"cards", "descriptors", "schema", "regions", "settings", "indicators", "instruments", "language"}),
    frozenset({"sources"}),
    frozenset({"harmonise"}),
    frozenset({"join"}),
    frozenset({"analysis"}),
    frozenset({"built", "detectability", "disclosure", "pages"}),
    frozenset({"engine"}),
    frozenset({"figures", "notebooks"}),
    frozenset(
        {
            "publishing",
            "panel",
            "evidence",
            "bundles",
            "processed",
            "acceptance",
            "answers",
            "delivered",
            "running",
            "logs",
            "storage",
        }
    ),
    frozenset({"cluster", "batches"}),
    frozenset({"checking"}),
    frozenset({"pipeline", "report", "archive", "dashboard", "warm"}),
    frozenset({"dictionary", "listing", "state", "terminal", "thesis"}),
    frozenset({"fetching", "lab"}),
    frozenset({"demo", "unattended"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
RANK = {unit: rank for rank, layer in enumerate(LAYERS) for unit in layer}
STAGES = frozenset({"sources", "harmonise", "join", "analysis"})
# Descriptions of things, on which everything rests; they may name each other, never in a circle.
FOUNDATION = LAYERS[1]
# Functions on tables: network, processes and notebooks are for sources, demo, pipeline and report.
PURE = frozenset({"methods", "regions", "harmonise", "join", "analysis", "detectability", "disclosure", "figures"})
EDGES = frozenset({"cbsodata", "http", "nbconvert", "papermill", "requests", "socket", "subprocess", "urllib"})

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
MAX_CELL_LINES = 15
NOTEBOOK_IMPORTS = frozenset(
    {"IPython", "bt_analysis", "geopandas", "matplotlib", "numpy", "pandas", "pathlib", "seaborn"}
)


def imported(source: str, module: str) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything a module imports; `from a import b` gives a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            stem = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{stem}.{alias.name}") for alias in node.names)


def unit_of(name: str) -> str | None:
    """Return the part of the package a name belongs to: bt_analysis.sources.cbs.fetch_table is of sources."""
    first, _, rest = name.partition(".")
    if first != "bt_analysis":
        return None
    unit = rest.split(".")[0]
    is_module = unit in RANK or (PACKAGE / unit).is_dir() or (PACKAGE / f"{unit}.py").exists()
    # "": bt_analysis itself, which imports nothing, so that anyone may import it.
    return unit if is_module and unit != "__init__" else ""


def reason_against(unit: str, target: str) -> str | None:
    """Return why unit may not import target, or None when it may."""
    if target in (unit, ""):
        return None
    if target not in RANK:
        return f"{target} has no layer yet; give it one in LAYERS"
    if unit == "":
        return "importing the package must do nothing; __init__ imports no module"
    if unit in STAGES and target in STAGES:
        return f"{unit} and {target} are stages and meet only in tables; let pipeline bring them together"
    if unit in FOUNDATION and target in FOUNDATION:
        return None
    if RANK[target] >= RANK[unit]:
        return f"{target} does not lie below {unit}; move what both need down, or the import up"
    return None


def violations(source: str, module: str) -> list[str]:
    """Return a sentence for every import of a module that points the wrong way."""
    unit = unit_of(module)
    if unit and unit not in RANK:
        return [f"{module}: {unit} has no layer yet; give it one in LAYERS."]
    found = []
    for line, name in imported(source, module):
        target = unit_of(name)
        reason = reason_against(unit or "", target) if target is not None else None
        if unit in PURE and name.split(".")[0] in EDGES:
            reason = f"{unit} works on tables; network and processes are for sources, demo, pipeline and report"
        if reason:
            found.append(f"{module}, line {line}, imports {name}: {reason}.")
    return found


def module_name(path: Path) -> str:
    """Return the dotted name of a file; a folder's __init__ keeps that last part, so that relative imports resolve."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def modules() -> dict[str, str]:
    """Return module -> source of the whole package."""
    return {module_name(path): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return the modules of one import circle, first = last; empty when there is none."""
    finished: set[str] = set()

    def walk(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        for following in sorted(edges.get(node, set()) - finished):
            found = walk(following, [*path, node])
            if found:
                return found
        finished.add(node)
        return []

    return next((found for node in sorted(edges) if (found := walk(node, []))), [])


def edges_of(sources: dict[str, str]) -> dict[str, set[str]]:
    """Return module -> modules it imports, of the package only."""
    plain = {name.removesuffix(".__init__"): text for name, text in sources.items()}
    full = {name.removesuffix(".__init__"): name for name in sources}
    edges: dict[str, set[str]] = {}
    for module, text in plain.items():
        names = {name for _, name in imported(text, full[module])}
        targets = {name if name in plain else name.rpartition(".")[0] for name in names}
        edges[module] = (targets & set(plain)) - {module, "bt_analysis"}
    return edges


def notebook_problems(notebook: dict[str, Any], *, is_report: bool) -> list[str]:
    """Return a sentence for everything that makes a notebook more than thin."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    tags = [tag for cell in cells for tag in cell["metadata"].get("tags", [])]
    problems = []
    if is_report and tags.count("parameters") != 1:
        problems.append(f"has {tags.count('parameters')} cells tagged parameters; expected 1, for papermill.")
    for number, cell in enumerate(cells, start=1):
        problems += [f"code cell {number} {problem}" for problem in _cell_problems(cell)]
    return problems


def _cell_problems(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    lines = len(source.splitlines())
    if cell["outputs"] or cell["execution_count"] is not None:
        yield "holds output; strip it with nbstripout before committing."
    if lines > MAX_CELL_LINES:
        yield f"has {lines} lines; expected at most {MAX_CELL_LINES}. Move logic into the package."
    code = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
    if any(isinstance(node, DEFINITIONS) for node in ast.walk(ast.parse(code))):
        yield "defines a function or class; move it into the package, where a test reaches it."
    for _, name in imported(code, "notebook"):
        if name.split(".")[0] not in NOTEBOOK_IMPORTS:
            yield f"imports {name}; expected bt_analysis and {', '.join(sorted(NOTEBOOK_IMPORTS - {'bt_analysis'}))}."


# --- the package as it is ------------------------------------------------------------------------------------------


def test_imports_point_down() -> None:
    found = [sentence for module, source in modules().items() for sentence in violations(source, module)]
    assert not found, "\n".join(found)


def test_the_page_about_architecture_has_the_same_layers() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = page.partition("## The layers")[2].partition("    cli\n")
    block = (drawn[1] + drawn[2]).partition("\n\n")[0]
    layers = [frozenset(line.strip().split(" · ")) for line in block.splitlines()]
    # From the top down there, without the door.
    assert layers == [layer for layer in reversed(LAYERS) if layer != {"__main__"}]


def test_no_import_circles() -> None:
    found = circle(edges_of(modules()))
    assert not found, f"these modules import each other in a circle: {' → '.join(found)}"


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.name)
def test_notebooks_are_thin(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    problems = notebook_problems(notebook, is_report=path.name.startswith("report_"))
    assert not problems, "\n".join(f"{path.name}: {problem}" for problem in problems)


# --- the checker itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "line", "part_of_sentence"),
    [
        ("bt_analysis.sources.cbs", "from bt_analysis import pipeline", "pipeline does not lie below sources"),
        ("bt_analysis.sources.cbs", "from bt_analysis import report as r", "report does not lie below sources"),
        ("bt_analysis.figures", "import bt_analysis.cli", "cli does not lie below figures"),
        ("bt_analysis.join", "from bt_analysis.harmonise import to_reference", "meet only in tables"),
        ("bt_analysis.analysis.reach", "from bt_analysis.sources import cbs", "meet only in tables"),
        ("bt_analysis.analysis.reach", "from ..join import work_areas", "meet only in tables"),
        ("bt_analysis.analysis.__init__", "from .. import join", "meet only in tables"),
        ("bt_analysis.methods.intervals", "from bt_analysis import schema", "schema does not lie below methods"),
        ("bt_analysis.methods.intervals", "from bt_analysis.settings import Settings", "settings does not lie below"),
        ("bt_analysis.settings", "from bt_analysis import sources", "sources does not lie below settings"),
        ("bt_analysis.disclosure", "from bt_analysis import figures", "figures does not lie below disclosure"),
        ("bt_analysis.report", "from bt_analysis import pipeline", "pipeline does not lie below report"),
        ("bt_analysis.demo.server", "from bt_analysis.cli import app", "cli does not lie below demo"),
        ("bt_analysis.__init__", "from bt_analysis import pipeline", "__init__ imports no module"),
        ("bt_analysis.join", "import requests", "join works on tables"),
        ("bt_analysis.figures", "from urllib.request import urlopen", "figures works on tables"),
    ],
)
def test_a_wrong_import_is_named(module: str, line: str, part_of_sentence: str) -> None:
    found = violations(line, module)
    assert len(found) == 1
    assert part_of_sentence in found[0]
    assert found[0].startswith(module)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("bt_analysis.pipeline", "from bt_analysis import analysis, harmonise, join, sources"),
        ("bt_analysis.pipeline", "from bt_analysis.sources.cbs import read_table"),
        ("bt_analysis.sources.monitoring", "from bt_analysis import regions, schema"),
        ("bt_analysis.sources.monitoring", "from bt_analysis.sources import files"),
        ("bt_analysis.sources.cbs", "import requests"),
        ("bt_analysis.schema", "from bt_analysis import regions"),
        ("bt_analysis.methods.pooling", "from bt_analysis.methods import intervals"),
        ("bt_analysis.methods.pooling", "import numpy as np"),
        ("bt_analysis.analysis.reach", "from bt_analysis.methods import intervals"),
        ("bt_analysis.demo", "from bt_analysis import pipeline, report"),
        ("bt_analysis.cli", "from bt_analysis import __version__, demo, pipeline, report, settings"),
        ("bt_analysis.__main__", "from bt_analysis.cli import main"),
    ],
)
def test_a_right_import_passes(module: str, line: str) -> None:
    assert violations(line, module) == []


def test_a_module_without_a_layer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "helpers.py").touch()
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    assert "helpers has no layer yet" in violations("import json", "bt_analysis.helpers")[0]
    assert "helpers has no layer yet" in violations("from bt_analysis import helpers", "bt_analysis.join")[0]


def test_hidden_imports_are_seen() -> None:
    source = """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from bt_analysis import report
        def late():
            from bt_analysis import cli
    """
    found = violations(textwrap.dedent(source), "bt_analysis.join")
    assert [sentence.split(",")[1] for sentence in found] == [" line 4", " line 6"]


def test_a_circle_is_found() -> None:
    sources = {
        "bt_analysis.schema": "from bt_analysis import regions",
        "bt_analysis.regions": "from bt_analysis.settings import Settings",
        "bt_analysis.settings": "import bt_analysis.schema",
    }
    regions_to_regions = ["bt_analysis.regions", "bt_analysis.settings", "bt_analysis.schema", "bt_analysis.regions"]
    assert circle(edges_of(sources)) == regions_to_regions
    assert circle(edges_of({**sources, "bt_analysis.settings": "import json"})) == []


def code_cell(source: str, *tags: str, outputs: int = 0) -> dict[str, Any]:
    """Return a code cell as a notebook file holds it."""
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": [source],
        "outputs": [{}] * outputs,
        "execution_count": outputs or None,
    }


@pytest.mark.parametrize(
    ("cell", "part_of_sentence"),
    [
        (code_cell("x = 1\n" * 16), "has 16 lines; expected at most 15"),
        (code_cell("def f():\n    return 1"), "defines a function or class"),
        (code_cell("class A:\n    pass"), "defines a function or class"),
        (code_cell("import requests"), "imports requests"),
        (code_cell("1 + 1", outputs=1), "holds output"),
    ],
)
def test_a_thick_notebook_is_named(cell: dict[str, Any], part_of_sentence: str) -> None:
    found = notebook_problems({"cells": [code_cell("x = 1"), cell]}, is_report=False)
    assert len(found) == 1
    assert found[0].startswith("code cell 2")
    assert part_of_sentence in found[0]


def test_a_report_notebook_has_parameters() -> None:
    thin = code_cell("%matplotlib inline\nfrom bt_analysis import figures\n" + "x = 1\n" * 13)  # 2 + 13 = 15 lines
    parameters = code_cell('collective_id: str = "tuin"', "parameters")
    assert notebook_problems({"cells": [parameters, thin]}, is_report=True) == []
    assert notebook_problems({"cells": [thin]}, is_report=False) == []
    assert "0 cells tagged parameters" in notebook_problems({"cells": [thin]}, is_report=True)[0]
