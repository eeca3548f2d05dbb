"""The repository as a newcomer gets it: no address or path of one machine, no data, nothing that only works here."""

import hashlib
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bt_analysis.schema import MONITORING

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
BINARY = {".gpkg", ".mo", ".parquet", ".pdf", ".png", ".xlsx"}

# Written in parts, so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "anaconda" + r"\.org", r"/sim" + "ple/"])
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.:/-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "tmp/bash" + "_jobs"]) + r")(?=[/\s\"'`),]|$)"
)

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)")
REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?P<floor>.*)$")


def committed() -> list[Path]:
    """Return the files that are committed, or would be by `git add .`."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git repository: which files are committed is not known")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return sorted(path for name in set(listed.split("\0")) - {""} if (path := ROOT / name).is_file())


def hits(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """Return file, line number and text of every line that holds the pattern."""
    return [
        f"{path.relative_to(ROOT)}, line {number}: {line.strip()[:100]}"
        for path in files
        if path.suffix not in BINARY
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def floors(requirements: list[str]) -> dict[str, str]:
    """Return package -> version floor, '' where there is none: 'pandas>=3.0' gives pandas -> >=3.0."""
    found = [REQUIREMENT.match(text) for text in requirements]
    return {match["name"].lower(): match["floor"] for match in found if match}


def declared() -> dict[str, str]:
    content = project()
    return floors([*content["project"]["dependencies"], *content["dependency-groups"]["dev"]])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- addresses, paths and data -------------------------------------------------------------------------------------


def test_no_registry_address() -> None:
    found = hits(REGISTRIES, committed())
    assert not found, "an address of a package registry; pip and conda know their own:\n" + "\n".join(found)


def test_no_path_of_one_machine() -> None:
    found = hits(MACHINE_PATHS, committed())
    assert not found, "a path that exists on one machine only; make it relative or an argument:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("line", "is_hit"),
    [
        ('path = "/wo' + 'rk/main"', True),
        ("see `/ro" + "ot/.cache`", True),
        ("cd /wo" + "rk", True),
        ("https://example.org/wo" + "rk/area", False),
        ("data/wo" + "rk/area", False),
        ("/wo" + "rkshop/", False),
    ],
)
def test_what_counts_as_a_machine_path(line: str, is_hit: bool) -> None:
    assert bool(MACHINE_PATHS.search(line)) is is_hit


def test_nothing_of_the_shared_data_is_committed() -> None:
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is not there: nothing to compare with")
    # Reading only what has the same size keeps this under a second; an empty file is nobody's data.
    by_size: dict[int, list[Path]] = {}
    for path in committed():
        by_size.setdefault(path.stat().st_size, []).append(path)
    shared = [path for path in SHARED_DATA.rglob("*") if path.is_file() and path.stat().st_size in set(by_size) - {0}]
    copies = [
        f"{ours.relative_to(ROOT)} is {theirs.relative_to(SHARED_DATA)}"
        for theirs in shared
        for ours in by_size[theirs.stat().st_size]
        if sha256(ours) == sha256(theirs)
    ]
    assert not copies, "shared data must not be committed:\n" + "\n".join(copies)


def test_workspace_folders_are_kept_empty() -> None:
    folders = ("data/raw", "data/processed", "reports")
    inside = [
        path.relative_to(ROOT).as_posix()
        for path in committed()
        if path.relative_to(ROOT).as_posix().startswith(folders)
    ]
    assert sorted(inside) == ["data/processed/.gitkeep", "data/raw/.gitkeep", "reports/.gitkeep"]


def test_notebooks_hold_no_output() -> None:
    with_output = [
        f"{path.name}, cell {number}"
        for path in committed()
        if path.suffix == ".ipynb"
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], start=1)
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]
    assert not with_output, f"outputs must not be committed; run nbstripout on {', '.join(with_output)}"


# --- the environment -----------------------------------------------------------------------------------------------


def lock_entries() -> dict[str, list[str]]:
    """Return pin -> its lines, for `name==version` with its marker as key."""
    entries: dict[str, list[str]] = {}
    pin = ""
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if PIN.match(line):
            pin = line.removesuffix(" \\")
            entries[pin] = []
        elif line.startswith("    --hash"):
            entries[pin].append(line.strip().removesuffix(" \\"))
        else:
            assert line.lstrip().startswith("#"), f"requirements.lock: got {line!r}; expected pins, hashes and comments"
    return entries


def test_every_pin_has_a_hash() -> None:
    entries = lock_entries()
    assert entries
    without = [pin for pin, hashes in entries.items() if not hashes]
    assert not without, f"without a hash pip cannot check {without}; run make lock"
    broken = [
        line for lines in entries.values() for line in lines if not re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert not broken


def test_the_lock_holds_what_pyproject_asks_for() -> None:
    pinned = {match["name"] for pin in lock_entries() if (match := PIN.match(pin))}
    assert not set(declared()) - pinned, "pyproject.toml asks for more than is locked; run make lock"
    assert "torch" not in pinned, "torch weighs more than all the rest together; the workbench has no use for it"


def test_conda_users_get_the_same_packages() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    listed = [line.strip().removeprefix("- ") for line in lines if line.strip().startswith("- ")]
    own_to_conda = ("conda-forge", "nodefaults", "python>=3.11", "pip", "pip:", "-e .")
    assert set(own_to_conda) <= set(listed)
    assert floors([text.replace("_", "-") for text in listed if text not in own_to_conda]) == declared()


def test_one_version_everywhere() -> None:
    version = project()["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f'__version__ = "{version}"' in (ROOT / "bt_analysis" / "__init__.py").read_text(encoding="utf-8")


def test_every_ignored_rule_has_a_reason() -> None:
    """Check that what is switched off, in ruff or pytest, says why on its own line."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tool = project()["tool"]
    lint = tool["ruff"]["lint"]
    rules = [*lint["ignore"], *(rule for rules in lint["per-file-ignores"].values() for rule in rules)]
    rules += [line for line in tool["pytest"]["ini_options"]["filterwarnings"] if line != "error"]
    reasons = re.findall(r"""^  ["'](.+)["'],\s*# \S+ \S+""", text, re.MULTILINE)
    without = sorted(set(rules) - {rule.replace("\\\\", "\\") for rule in reasons})
    assert not without, f"no reason beside {without}"


# --- what a reader meets -------------------------------------------------------------------------------------------


def lines_of(folder: str) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py"))


def test_there_is_as_much_test_as_source() -> None:
    source, tests = lines_of("bt_analysis"), lines_of("tests")
    assert tests >= source, f"{tests} lines of tests for {source} lines of source; expected at least as many"


def test_readme_starts_with_the_two_commands() -> None:
    beginning = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:30]
    for command in ("make demo", "make test"):
        assert any(command in line for line in beginning), f"README.md: {command} is not within the first 30 lines"


def test_the_glossary_is_short() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^#+ (?:Glossary|Words)\b.*?$(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, "README.md has no heading Glossary"
    rows = [line for line in found[1].splitlines() if re.match(r"(?:[-*] |\| *\*\*|\*\*)", line.strip())]
    assert 1 <= len(rows) <= 20, f"the glossary has {len(rows)} terms; expected 1 to 20"


def test_readme_counts_the_indicators_and_tables_there_are() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    catalogue = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")
    indicators = len(re.findall(r"^\| `\w+` \|", catalogue, re.MULTILINE))
    assert f"[{indicators} indicators]" in readme, f"docs/indicators.md lists {indicators}"
    assert f"[{len(MONITORING)} tables]" in readme, f"schema.MONITORING has {len(MONITORING)}"


def test_readme_names_every_notebook() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [path.stem for path in (ROOT / "notebooks").glob("*.ipynb") if path.stem not in readme]
    assert not missing, f"README.md does not name the notebooks {', '.join(sorted(missing))}"


def test_the_list_of_methods_names_every_module() -> None:
    page = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    folder = ROOT / "bt_analysis" / "methods"
    modules = {path.stem for path in (*folder.glob("*.py"), *(one.parent for one in folder.glob("*/__init__.py")))}
    # Tools of methods: what they share, and quiet.
    there = modules - {"__init__", "comparison", "silence"}
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) | {
        "rounding",
        "suppression",
        "cover",
        "linked_cells",
    }
    assert listed == there, f"docs/methods.md and bt_analysis/methods differ in {', '.join(sorted(listed ^ there))}"


def test_every_method_in_the_list_has_source_check_and_trap() -> None:
    page = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `\w+` \|.*$", page, re.MULTILINE)
    empty = [row for row in rows if len(row.strip("| ").split(" | ")) != 5]
    assert not empty, "expected file, method, source, check and trap:\n" + "\n".join(empty)


def test_make_explains_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    explained = set(re.findall(r"^([a-z-]+):.*## \S", text, re.MULTILINE))
    assert set(phony[1].split()) == explained


def test_an_old_python_is_one_line(tmp_path: Path) -> None:
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    command = ["make", "check", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == [f"{old}: got Python 3.9.2; expected 3.11 or newer. Name a newer one: make check PYTHON=python3.12"]
    assert not (tmp_path / "venv").exists()
