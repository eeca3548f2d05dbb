"""What the cells of a report's notebook show: run here, without a kernel, in a second instead of ten."""

import ast
import json
from functools import cache
from pathlib import Path

from bt_analysis.pages import audiences

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def shown(name: str, audience: str, **parameters: str) -> list[str]:
    """Return the HTML that an audience sees of each cell of a notebook.

    Parameters
    ----------
    name : str
        File name of the notebook.
    audience : str
        One of ``audiences.PAGES``.
    **parameters : str
        As papermill fills them in.

    Returns
    -------
    list of str
        In the order of the notebook.
    """
    return list(_shown(name, audience, tuple(sorted(parameters.items()))))


@cache
def _shown(name: str, audience: str, parameters: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    notebook = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))
    values: dict[str, object] = dict(parameters)
    pieces = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code" or "parameters" in tags:
            continue
        parts = {"summary", "appendix"} & set(tags) or any(tag.startswith(audiences.ONLY) for tag in tags)
        if parts and not audiences.shows(tags, audience):
            continue
        value = _run("".join(cell["source"]), values)
        if value is not None and parts:
            pieces.append(str(value._repr_html_()))  # type: ignore[attr-defined]
    return tuple(pieces)


def _run(source: str, values: dict[str, object]) -> object:
    """Run a cell; return what it ends with, as a notebook shows it."""
    tree = ast.parse(source)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "<cell>", "exec"), values)  # noqa: S102 - a notebook of our own
        return None
    exec(compile(ast.Module(tree.body[:-1], []), "<cell>", "exec"), values)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), values)  # noqa: S307
