"""A copy of a workspace on storage: its URL in; a folder to work in out, and what changed in it put back, in order.

A reader of the storage never meets a page that may no longer be there, nor a list of what is not there yet: what was
withdrawn goes first, what says that a report is whole comes last.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bt_analysis.sources.files import sha256, write_atomically
from bt_analysis.storage.holding import LOCK, held, is_held
from bt_analysis.storage.places import Place, StorageError, cache
from bt_analysis.storage.readers import LENT

_KNOWN = "copy.json"
_HERE_ONLY = re.compile(
    rf"(^|/)(\.\d+\.partial\.|\.new\.|\.old\.|\.partial\.|\.lock$|\.ipynb_checkpoints/|{re.escape(LOCK)}$)"
)
"""What a run leaves beside its work, and holds: of no use elsewhere."""
_THEIRS = ("data/raw/", "bt.toml", "notebooks/")
"""What people put on the storage themselves, also while a run is at work: theirs is kept."""
_FIRST_GONE = ("reports/released/", "data/bundles/")
_BUILT = "data/processed/built.json"


@dataclass(frozen=True)
class _File:
    """A file as it is both here and there."""

    version: str
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True)
class Put:
    """What was put back.

    Parameters
    ----------
    url : str
        Where.
    written, removed : int
        How many files.
    theirs : tuple of str
        Files that changed both here and there; what was there is kept.
    """

    url: str
    written: int = 0
    removed: int = 0
    theirs: tuple[str, ...] = ()


@contextmanager
def at_hand(url: str, tell: Callable[[Put], None], *, writes: bool = True) -> Iterator[Path]:
    """Work with a workspace on object storage as with one on this machine.

    Parameters
    ----------
    url : str
        As ``s3://bucket/folder``.
    tell : callable
        Told what was put back.
    writes : bool
        Whether it is held and what changes is put back; without it only looked at.

    Yields
    ------
    Path
        Root of the copy; it is kept, so that a next time only what differs is brought.

    Raises
    ------
    StorageError
        When there is no workspace, it cannot be read or written, or another run holds it.
    """
    copy = _Copy(Place(url.rstrip("/")))
    try:
        hold = FileLock(copy.folder / "lock").acquire(timeout=0)
    except Timeout as problem:
        raise StorageError(
            f"another command on this machine is at work with {url}; expected one at a time. Wait until it is done."
        ) from problem
    with hold:
        if not writes:
            copy.bring()
            yield copy.root
            return
        with held(copy.place, copy.id):
            copy.bring()
            try:
                yield copy.root
            finally:
                tell(copy.put())


def lend(root: Path) -> str:
    """Put what reports rest on back at once, so that others can read it there.

    Parameters
    ----------
    root : Path
        Root of a workspace.

    Returns
    -------
    str
        Its URL; empty when it is no copy of one on storage.

    Raises
    ------
    StorageError
        When it cannot be written.
    """
    if root.resolve().parent.parent != cache() / "workspaces":
        return ""
    copy = _Copy(Place(json.loads((root.parent / _KNOWN).read_text(encoding="utf-8"))["url"]))
    copy.put(LENT)
    return copy.place.url


class _Copy:
    """The folder on this machine, and what is known of each file: how it was when here and there were the same."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.folder = cache() / "workspaces" / place.key
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = json.loads(self._known.read_text(encoding="utf-8")) if self._known.exists() else {}
        self.id: str = known.get("id") or secrets.token_hex(8)
        self.files = {name: _File(**one) for name, one in known.get("files", {}).items()}

    @property
    def root(self) -> Path:
        """Root of the workspace."""
        return self.folder / "workspace"

    @property
    def _known(self) -> Path:
        return self.folder / _KNOWN

    def bring(self) -> None:
        """Make the folder what is on storage: what differs is brought, what is not there is removed."""
        there = {name: version for name, version in self.place.listing().items() if not _HERE_ONLY.search(name)}
        if not there:
            raise StorageError(
                f"nothing at {self.place.url}; expected a workspace: bt.toml, data/. Copy one there first, or "
                "check the name."
            )
        for name in self._here().keys() - there.keys():
            (self.root / name).unlink()
        same = {name for name in there if name in self.files and self._is_as_known(name, there[name])}
        self.files = {name: self.files[name] for name in sorted(same)}
        wanted = sorted(there.keys() - same)
        self.root.mkdir(exist_ok=True)
        self.place.bring(wanted, self.root)
        self._note({name: there[name] for name in wanted})

    def put(self, parts: Collection[str] = ("",)) -> Put:
        """Put back what changed here.

        Parameters
        ----------
        parts : collection of str
            Only what is in these folders, or is one of these files.

        Returns
        -------
        Put
            What was done.
        """
        here = {name: path for name, path in self._here().items() if _is_in(name, parts)}
        changed = [name for name, path in here.items() if not self._is_the_same(name, path)]
        gone = sorted(name for name in self.files.keys() - here.keys() if _is_in(name, parts))
        if not changed and not gone:
            return Put(self.place.url)
        if not is_held(self.place, self.id):
            raise StorageError(
                f"{self.place.url} is no longer held for this run; expected nobody to take it over. Nothing was put "
                f"back: what was made lies in {self.root}"
            )
        there = self.place.listing()
        theirs = sorted(name for name in (*changed, *gone) if name.startswith(_THEIRS) and self._is_newer(name, there))
        changed = sorted((name for name in changed if name not in theirs), key=_turn)
        gone = [name for name in gone if name not in theirs]
        self._take_away([name for name in gone if name.startswith(_FIRST_GONE)])
        if any(name.startswith("data/processed/") for name in (*changed, *gone)):
            self._take_away([_BUILT])
            changed += [_BUILT] if _BUILT in here and _BUILT not in changed else []
        for turn in sorted({_turn(name)[0] for name in changed}):
            self._put_now([name for name in changed if _turn(name)[0] == turn])
        self._take_away([name for name in gone if not name.startswith(_FIRST_GONE)])
        return Put(self.place.url, len(changed), len(gone), tuple(theirs))

    def _put_now(self, names: list[str]) -> None:
        self.place.put(names, self.root)
        there = self.place.listing()
        self._note({name: there[name] for name in names if name in there})

    def _take_away(self, names: list[str]) -> None:
        self.place.remove(names)
        for name in names:
            self.files.pop(name, None)
        self._save()

    def _here(self) -> dict[str, Path]:
        found = {path.relative_to(self.root).as_posix(): path for path in self.root.rglob("*") if path.is_file()}
        return {name: path for name, path in sorted(found.items()) if not _HERE_ONLY.search(name)}

    def _is_as_known(self, name: str, version: str) -> bool:
        path, known = self.root / name, self.files[name]
        if known.version != version or not path.is_file():
            return False
        return (path.stat().st_size, path.stat().st_mtime_ns) == (known.size, known.mtime_ns)

    def _is_the_same(self, name: str, path: Path) -> bool:
        known = self.files.get(name)
        if known is None:
            return False
        at = path.stat()
        return (at.st_size, at.st_mtime_ns) == (known.size, known.mtime_ns) or sha256(path) == known.sha256

    def _is_newer(self, name: str, there: dict[str, str]) -> bool:
        """Say whether somebody changed a file on storage since it was brought."""
        known = self.files.get(name)
        return there.get(name) != (known.version if known else None)

    def _note(self, versions: dict[str, str]) -> None:
        for name, version in versions.items():
            at = (self.root / name).stat()
            self.files[name] = _File(version, at.st_size, at.st_mtime_ns, sha256(self.root / name))
        self._save()

    def _save(self) -> None:
        files = {name: asdict(one) for name, one in sorted(self.files.items())}
        known = json.dumps({"url": self.place.url, "id": self.id, "files": files}, ensure_ascii=False, indent=1)
        write_atomically(self._known, lambda path: path.write_text(known, encoding="utf-8"))


def _is_in(name: str, parts: Collection[str]) -> bool:
    return any(part in ("", name) or name.startswith(f"{part}/") for part in parts)


def _turn(name: str) -> tuple[int, str]:
    """Say when a file is put: figures before reports, and after the files of a report what says that they are whole."""
    if name.startswith("data/"):
        return (1 if name == _BUILT else 0), name
    if not name.startswith("reports/"):
        return 2, name
    if name in ("reports/index.html", "reports/run.json", "reports/report.json"):
        return 5, name
    if name.startswith("reports/released/"):
        return 4, name
    return (3 if name.endswith(("run.json", "failure.json")) else 2), name
