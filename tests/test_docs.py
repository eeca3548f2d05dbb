"""The documentation: pages are made of what is there, every command in them exists, and the site asks for nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from bt_analysis.cli import app
from tests import site

DOCS = site.ROOT / "docs"
generated, rendered = (site.module(name) for name in ("generated", "rendered"))
METHODS = generated.methods((DOCS / "methods.md").read_text(encoding="utf-8"))
WRITTEN = sorted([site.ROOT / "README.md", *DOCS.glob("*.md"), *(DOCS / "howto").glob("*.md")])
COMMAND = re.compile(r"(?:^|[`\s/])bt (?P<words>(?!COMMAND|ID)[a-z-][^`\n#]*)")


# Pages that are made


def test_a_built_table_says_what_a_column_holds_and_in_which_unit() -> None:
    page = generated.built_tables()
    table = page.partition("### `joined_context`")[2].partition("###")[0]
    assert "| `population` | one of: gebied, gemeente, land |  | Whose figure: the work area," in table
    assert "## Analysed: what reports and notebooks read: protected" in page


def test_every_schema_is_in_one_of_the_two_dictionaries() -> None:
    built = set(re.findall(r"^### `(\w+)`", generated.built_tables(), re.MULTILINE))
    delivered = set(re.findall(r'<a id="(\w+)">', (DOCS / "data-dictionary.md").read_text(encoding="utf-8")))
    everything = {path.stem for path in (generated.PACKAGE / "schemas").glob("*.json")}
    assert built & delivered == set()
    assert built | delivered == everything


def test_anchors_become_labels() -> None:
    assert rendered.with_labels('### <a id="activity"></a>`activity`: Activiteit\n') == (
        "(activity)=\n### `activity`: Activiteit\n"
    )


def test_every_method_gets_a_page_with_source_check_and_trap() -> None:
    one = next(method for method in METHODS if method.name == "smoothing")
    assert (one.chapter, one.does) == ("Where", "empirical Bayes rates")
    page = generated.method_page(one)
    assert page.startswith("# `smoothing`: empirical Bayes rates\n")
    assert "| **source** | Marshall 1991; Assunção & Reis 1999 |" in page
    assert "| **where it misleads** | smoothed figures are for maps, not for tests of change |" in page
    assert ".. automodule:: bt_analysis.methods.smoothing\n" in page


def test_a_folder_of_methods_brings_its_modules() -> None:
    page = generated.method_page(next(method for method in METHODS if method.name == "qca"))
    assert ".. automodule:: bt_analysis.methods.qca\n" in page
    assert ".. automodule:: bt_analysis.methods.qca.truth_table\n" in page


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_states_its_formula(method: object) -> None:
    """Check that a page of a method leads to a docstring with Notes, where formulas stand."""
    modules = re.findall(r"automodule:: (\S+)", generated.method_page(method))
    files = [site.ROOT / Path(*name.split(".")) for name in modules]
    sources = [path / "__init__.py" if path.is_dir() else path.with_suffix(".py") for path in files]
    assert any("    Notes\n    -----\n" in path.read_text(encoding="utf-8") for path in sources)


def test_the_list_of_modules_has_each_of_them_once() -> None:
    page = generated.module_list()
    listed = re.findall(r"^\| `(\w+)` \| \S", page, re.MULTILINE)
    assert len(listed) == len(list(generated.PACKAGE.rglob("*.py")))


def test_settings_are_listed_with_their_default() -> None:
    page = generated.settings_page()
    assert "| `min_cell` | `10` | smallest number of people a shown figure may rest on |" in page
    assert "## `[disclosure]`" in page
    assert "| `reference_year` | none | division year of all figures; empty: the newest |" in page


def test_notebooks_are_shown_as_they_are_without_a_workspace(tmp_path: Path) -> None:
    rendered.notebooks_into(tmp_path / "notebooks", site.ROOT / "notebooks", None)
    there = {path.stem for path in (tmp_path / "notebooks").glob("*.ipynb")}
    assert "31_change" in there
    assert "report_across" not in there
    listed = (tmp_path / "notebooks" / "index.md").read_text(encoding="utf-8")
    assert {line for line in listed.splitlines() if line in there} == there


# What Sphinx and pandas leave out


# What is written


def commands(path: Path) -> list[str]:
    """Return what a page says to type after bt."""
    return [match["words"].strip() for match in COMMAND.finditer(path.read_text(encoding="utf-8"))]


def unknown(words: str) -> str:
    """Return what of a command does not exist; empty when all of it does."""
    here: Any = typer.main.get_command(app)
    parts = [part for part in words.split() if part != "…"]
    options = {name for one in here.params for name in one.opts}
    while parts and parts[0] in ("--workspace", "-w"):
        parts = parts[2:]
    while hasattr(here, "commands") and parts:
        if parts[0] not in here.commands:
            return f"command {parts[0]}"
        here, parts = here.commands[parts[0]], parts[1:]
        options |= {name for one in here.params for name in one.opts} | {"--help"}
    given = {part.partition("=")[0].rstrip(".,;:)") for part in parts if part.startswith("-") and part != "-"}
    return ", ".join(sorted(given - options))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_every_command_of_a_page_exists(path: Path) -> None:
    wrong = {words: what for words in commands(path) if (what := unknown(words))}
    assert wrong == {}


def test_a_command_that_does_not_exist_is_seen() -> None:
    assert unknown("check zonnewijk --repairs") == ""
    assert unknown("--workspace ../mine fetch --years 2020-2024") == ""
    assert unknown("check zonnewijk --repair") == "--repair"
    assert unknown("fetsh") == "command fetsh"
    assert unknown("new collectief x") == "command collectief"


# The site


def built(into: Path, *more: str) -> dict[Path, site.Page]:
    command = [sys.executable, str(site.SITE / "build.py"), "--into", str(into), *more]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return site.pages(into / "html")


def test_the_site_builds_asks_for_nothing_and_has_no_dead_link(quick_site: Path) -> None:
    there = site.pages(quick_site)
    assert site.from_elsewhere(there) == []
    assert site.dead_links(there) == []
    names_of_pages = {path.relative_to(quick_site).as_posix() for path in there}
    assert {"index.html", "tutorial.html", "howto/fetch.html", "notebooks/31_change.html"} <= names_of_pages


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("BT_FULL"), reason="takes minutes; BT_FULL=1 runs all notebooks and docstrings")
def test_the_whole_site_builds_with_notebooks_that_ran(built_demo: Path, tmp_path: Path) -> None:
    there = built(tmp_path, "--workspace", str(built_demo))
    assert site.from_elsewhere(there) == []
    assert site.dead_links(there) == []
    page = (tmp_path / "html" / "notebooks" / "31_change.html").read_text(encoding="utf-8")
    assert "cell_output" in page
    assert str(built_demo) not in page
