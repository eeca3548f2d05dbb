"""Published cases beside the repository: their data and the numbers to reach; a test skips where they are not there."""

import json
from typing import Any

import pandas as pd

from tests.shared_data import shared_file


def table(name: str) -> pd.DataFrame:
    """Return the data of a case."""
    return pd.read_csv(shared_file("methods", name))


def reference(case: str) -> dict[str, Any]:
    """Return the numbers of a case and how near they must be reached."""
    found = json.loads(shared_file("methods", "reference_values.json").read_text(encoding="utf-8"))[case]
    assert isinstance(found, dict)
    return found
