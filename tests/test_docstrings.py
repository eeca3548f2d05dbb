"""Docstrings say what the code says: every module, public class and function has one, and its names are the real ones.

The form is NumPy's. Parameters lists the real arguments in their order; Returns (or Yields) is there when the
annotation promises a value. Properties need no Returns, and commands of the command line no sections: their
docstring is the help that a user reads.
"""

import ast
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted([*(ROOT / "bt_analysis").rglob("*.py"), *(ROOT / "examples").rglob("*.py")])
NOTHING = ("None", "NoReturn", "Never")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def problems(source: str) -> list[str]:
    """Return a sentence for every docstring of a module that is absent or says something else than the code."""
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) else ["the module has no docstring; say what comes in and what goes out."]
    for name, node, is_method in _public(tree):
        text = ast.get_docstring(node)
        if not text:
            found.append(f"{name} (line {node.lineno}) has no docstring; say in one sentence what it is for.")
            continue
        try:
            sections = _sections(text)
        except (ValueError, Warning) as problem:
            found.append(f"{name} (line {node.lineno}) has a docstring that numpydoc cannot read: {problem}.")
            continue
        wrong = _of_class(node, sections) if isinstance(node, ast.ClassDef) else _of_function(node, sections, is_method)
        found += [f"{name} (line {node.lineno}) {sentence}" for sentence in wrong]
    return found


def _public(tree: ast.Module) -> Iterator[tuple[str, ast.ClassDef | Function, bool]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield node.name, node, False
            members = node.body if isinstance(node, ast.ClassDef) else []
            for member in members:
                if isinstance(member, Function) and not member.name.startswith("_"):
                    yield f"{node.name}.{member.name}", member, True


def _sections(text: str) -> NumpyDocString:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # numpydoc only warns of a section it does not know
        return NumpyDocString(text)


def _names(sections: NumpyDocString) -> list[str]:
    """Return documented names; `x, y : float` documents two."""
    listed = [*sections["Parameters"], *sections["Other Parameters"]]
    return [name.strip().lstrip("*") for entry in listed for name in entry.name.split(",")]


def _arguments(node: Function, *, is_method: bool) -> list[str]:
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    if is_method and "staticmethod" not in _decorators(node):
        positional = positional[1:]  # self or cls
    rest = [spec.vararg] if spec.vararg else []
    named = [spec.kwarg] if spec.kwarg else []
    return [argument.arg for argument in [*positional, *rest, *spec.kwonlyargs, *named]]


def _decorators(node: Function | ast.ClassDef) -> list[str]:
    calls = [item.func if isinstance(item, ast.Call) else item for item in node.decorator_list]
    return [ast.unparse(item).split(".")[-1] for item in calls]


def _of_function(node: Function, sections: NumpyDocString, is_method: bool) -> Iterator[str]:
    decorators = _decorators(node)
    if {"command", "callback"} & set(decorators):
        return
    documented, real = _names(sections), _arguments(node, is_method=is_method)
    # A method may lean on the sentence of its class; what it documents must be right all the same.
    if documented != real and (documented or not is_method):
        yield f"documents the arguments {documented or 'none'}; expected {real or 'none'}, in this order."
    promised = ast.unparse(node.returns) if node.returns else "None"
    says = bool(sections["Returns"] or sections["Yields"])
    is_plain = not is_method and not {"property", "cached_property"} & set(decorators)
    if promised not in NOTHING and not says and is_plain:
        yield f"returns {promised} and has no Returns; say what one row, or the value, is."
    if promised in NOTHING and says:
        yield "has a Returns and is annotated to return nothing; mend one of them."


def _of_class(node: ast.ClassDef, sections: NumpyDocString) -> Iterator[str]:
    documented = _names(sections)
    inits = [member for member in node.body if isinstance(member, ast.FunctionDef) and member.name == "__init__"]
    fields = [
        item.target.id for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
    real = _arguments(inits[0], is_method=True) if inits else fields
    # Without an own __init__ or fields the arguments are those of the base class.
    if documented and real and documented != real:
        yield f"documents the arguments {documented}; expected {real}, in this order."
    if not documented and "dataclass" in _decorators(node) and fields:
        yield f"is a dataclass without Parameters; expected {fields}, with their units."


# --- the package as it is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_docstrings_say_what_the_code_says(path: Path) -> None:
    found = problems(path.read_text(encoding="utf-8"))
    assert not found, "\n".join(f"{path.relative_to(ROOT)}: {sentence}" for sentence in found)


# --- the checker itself --------------------------------------------------------------------------------------------

RIGHT = '''
    """Shares of people."""

    def share(count: int, of: int) -> float:
        """Return a share.

        Parameters
        ----------
        count, of : int
            Numbers of people.

        Returns
        -------
        float
            Between 0 and 1.
        """
'''


STARRED = '''"""M."""
def f(*rows: int, **named: int) -> None:
    """Do.

    Parameters
    ----------
    *rows, **named : int
        Numbers.
    """
'''


def test_a_right_docstring_passes() -> None:
    assert problems(textwrap.dedent(RIGHT)) == []


@pytest.mark.parametrize(
    ("was", "becomes", "part_of_sentence"),
    [
        ('"""Shares of people."""', "", "the module has no docstring"),
        (
            "count, of : int",
            "count, total : int",
            "documents the arguments ['count', 'total']; expected ['count', 'of']",
        ),
        ("count, of : int", "of, count : int", "in this order"),
        ("count, of : int", "count : int", "expected ['count', 'of']"),
        ("of: int)", "of: int, *, level: float)", "expected ['count', 'of', 'level']"),
        ("-> float", "-> None", "annotated to return nothing"),
        ("Returns\n        -------\n        float\n            Between 0 and 1.\n", "", "has no Returns"),
        ("Returns\n        -------", "Gives\n        -----", "numpydoc cannot read"),
    ],
)
def test_a_wrong_docstring_is_named(was: str, becomes: str, part_of_sentence: str) -> None:
    assert was in RIGHT
    found = problems(textwrap.dedent(RIGHT.replace(was, becomes, 1)))
    assert part_of_sentence in "\n".join(found)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""M."""\ndef f() -> None: pass', 1),  # a public function without a docstring
        ('"""M."""\ndef _f() -> int: return 1', 0),  # a private one
        ('"""M."""\nclass A: pass', 1),
        ('"""M."""\nclass A:\n    """A."""\n    def f(self) -> None: pass', 1),  # its public method
        ('"""M."""\nclass A:\n    """A."""\n    @property\n    def f(self) -> int:\n        """Return one."""', 0),
        ('"""M."""\n@dataclass\nclass A:\n    """A."""\n    x: int', 1),  # fields without Parameters
        ('"""M."""\n@app.command()\ndef fetch(table: str) -> int:\n    """Fetch tables."""', 0),  # help of a command
        (STARRED, 0),
    ],
)
def test_what_needs_a_docstring(source: str, expected: int) -> None:
    assert len(problems(source)) == expected
