"""What a notebook reaches for outside its folder: its cells in; a line for each path or address out.

A look at texts in the code, not a fence: who wants to hide an address can. It finds what a student forgot.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_OUTSIDE = re.compile(r"(?:/|~|\\\\|[A-Za-z]:[\\/]|\.\.(?:[\\/]|$)|(?:https?|ftp|s3|file)://).*", re.DOTALL)
_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
_LONGEST = 60


def reached(cells: list[str]) -> Iterator[tuple[int, str]]:
    """Find paths and addresses outside the folder of a thesis.

    Parameters
    ----------
    cells : list of str
        Code cells of a notebook.

    Yields
    ------
    tuple of int and str
        Number of the code cell, from 1, and what it names: a path from the root, a home, a drive or the folder above,
        an address, or a line for the shell (``!``).
    """
    for number, source in enumerate(cells, start=1):
        for line in _MAGIC.findall(source):
            if line.lstrip().startswith("!"):
                yield number, line.strip()[:_LONGEST]
        yield from ((number, text[:_LONGEST]) for text in _texts(_MAGIC.sub("", source)) if _OUTSIDE.fullmatch(text))


def _texts(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except SyntaxError:  # the run will say so, with the place
        return
    for node in ast.walk(tree):
        # A lone / is a sign, as in "m3 / year" split by it, and leads nowhere.
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 1:
            yield node.value
