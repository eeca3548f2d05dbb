"""Published data that are not part of the repository: the path of one, or a test that is skipped."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def shared_file(*parts: str) -> Path:
    """Return a file beside the repository, or skip the test where it is not."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not there: published data are not part of the repository")
    return path
