"""What reports rest on, for a worker of a cluster: the URL of a workspace in; a folder that nobody changes, out."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

from filelock import FileLock

from bt_analysis.storage.places import Place, cache

READ = ("bt.toml", "notebooks", "data/processed/analysed", "data/processed/across")
"""What a report reads of a workspace; nothing that a collective delivered."""
LENT = ("bt.toml", "notebooks", "data/processed")
"""What is put back before workers read, so that what they find is of one whole build."""

_KEPT_S = 86_400.0


def at_reader(url: str) -> Path:
    """Bring what reports rest on, once for all workers of a machine.

    Parameters
    ----------
    url : str
        Of a workspace on object storage.

    Returns
    -------
    Path
        Its folder here, as it is on storage now. What another build left is taken away a day after it was last used.

    Raises
    ------
    StorageError
        When it cannot be read.
    """
    place = Place(url)
    there = place.listing(READ)
    version = hashlib.sha256(repr(sorted(there.items())).encode()).hexdigest()[:16]
    readers = cache() / "readers" / place.key
    readers.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder, ready = readers / version, readers / f"{version}.ready"
    with FileLock(readers / ".lock"):
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            place.bring(list(there), folder)
        ready.touch()
        _forget_others(readers, version)
    return folder


def _forget_others(readers: Path, version: str) -> None:
    for ready in readers.glob("*.ready"):
        if ready.stem != version and time.time() - ready.stat().st_mtime > _KEPT_S:
            ready.unlink()
            shutil.rmtree(readers / ready.stem, ignore_errors=True)
