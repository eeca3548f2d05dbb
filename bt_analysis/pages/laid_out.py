"""What lies ready to leave: reports/released/manifest.json in and out, with the hash of each file and of its origin.

It lies outside the folders of the audiences. Size and time say whether a file is still the one whose hash is known, so
that nothing is read again when nothing changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bt_analysis.settings import Workspace
from bt_analysis.sources.files import sha256, write_atomically

Known = Mapping[str, tuple[int, int, str]]
"""File below reports/ → size, time of change in nanoseconds, and SHA-256 as it was seen last."""

_FIELDS = 3


@dataclass(frozen=True)
class Seen:
    """Files of which the hash is known.

    Parameters
    ----------
    reports : Path
        Folder of the reports.
    known : mapping
        As :func:`read` gives.
    """

    reports: Path
    known: Known

    def sha256(self, path: Path) -> str:
        """Return the hash of a file, by reading it only when it is not the one that was seen last.

        Parameters
        ----------
        path : Path
            A file of the reports.

        Returns
        -------
        str
            SHA-256; empty when there is no such file.
        """
        try:
            stat = path.stat()
            size, time, digest = self.known.get(self.name(path), (-1, -1, ""))
            return digest if (size, time) == (stat.st_size, stat.st_mtime_ns) else sha256(path)
        except FileNotFoundError:
            return ""

    def name(self, path: Path) -> str:
        """Return how a file is called in the manifest.

        Parameters
        ----------
        path : Path
            A file of the reports.

        Returns
        -------
        str
            Its place below reports/.
        """
        return path.relative_to(self.reports).as_posix() if path.is_relative_to(self.reports) else path.as_posix()


def read(workspace: Workspace) -> Seen:
    """Read what is known of the files that lie ready.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.

    Returns
    -------
    Seen
        Nothing is known when there is no manifest, or it is damaged.
    """
    try:
        told = json.loads(_path(workspace).read_text(encoding="utf-8"))["files"]
        known = {
            str(name): (int(one[0]), int(one[1]), str(one[2])) for name, one in told.items() if len(one) == _FIELDS
        }
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        known = {}
    return Seen(workspace.reports, known)


def write(workspace: Workspace, files: Iterable[tuple[Path, str]]) -> None:
    """Write down what lies ready.

    Parameters
    ----------
    workspace : Workspace
        Whose reports.
    files : iterable of tuple of Path and str
        Each file, both where it lies ready and where it comes from, with its hash.
    """
    seen = Seen(workspace.reports, {})
    told = {}
    for path, digest in files:
        stat = path.stat()
        told[seen.name(path)] = [stat.st_size, stat.st_mtime_ns, digest]
    text = json.dumps({"files": dict(sorted(told.items()))}, ensure_ascii=False, indent=0) + "\n"
    path = _path(workspace)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def _path(workspace: Workspace) -> Path:
    return workspace.reports / "released" / "manifest.json"
