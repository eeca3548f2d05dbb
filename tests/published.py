"""Published cases beside the repository: their data and the numbers to reach; a test skips where they are not there."""

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT.parent / "shared" / "data" / "methods"


def case_file(name: str) -> Path:
    """Return a file of the published cases, or skip the test where they are not."""
    path = CASES / name
    if not path.exists():
        pytest.skip(f"{os.path.relpath(path, ROOT)} is not there: published cases are not part of the repository")
    return path


def table(name: str) -> pd.DataFrame:
    """Return the data of a case."""
    return pd.read_csv(case_file(name))


def reference(case: str) -> dict[str, Any]:
    """Return the numbers of a case and how near they must be reached."""
    found = json.loads(case_file("reference_values.json").read_text(encoding="utf-8"))[case]
    assert isinstance(found, dict)
    return found
