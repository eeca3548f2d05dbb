"""A folder on object storage: its URL in; what lies there, brought, put, taken away or held, out. By fsspec."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

_EXTRAS = {"s3": "s3", "s3a": "s3", "abfs": "azure", "abfss": "azure", "az": "azure", "gs": "gcs", "gcs": "gcs"}
_VERSION = ("ETag", "etag", "md5Hash", "generation", "mtime", "created", "LastModified")
"""What tells one version of an object from another, by kind of storage; the first that is there."""


class StorageError(RuntimeError):
    """Object storage cannot be used as was asked; the message says what was got, what is expected and what to do."""


def is_url(text: str) -> bool:
    """Say whether a workspace is on object storage.

    Parameters
    ----------
    text : str
        A folder, or a URL such as ``s3://bucket/folder``.

    Returns
    -------
    bool
        Whether it is a URL.
    """
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", text) is not None


def cache() -> Path:
    """Return where copies of workspaces are kept on this machine.

    Returns
    -------
    Path
        ``BT_CACHE``, or ``bt-analysis`` in the user's folder for what can be made again; for this user's eyes only.
    """
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bt-analysis"
    folder = Path(os.environ.get("BT_CACHE") or usual)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.resolve()


@dataclass(frozen=True)
class Place:
    """A folder on object storage.

    Parameters
    ----------
    url : str
        As ``s3://bucket/folder``; without a slash at the end.
    """

    url: str

    @property
    def key(self) -> str:
        """A name for it that can be a folder's."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - only for storage

        kind, _, rest = self.url.partition("://")
        if re.match(r"[^/@]*:[^/@]*@", rest):
            raise StorageError(
                f"got a URL {kind}:// with a password in it; expected none, as it is written down and sent on. Put "
                "credentials in the environment."
            )
        with self._told("be opened"):
            filesystem, root = fsspec.core.url_to_fs(self.url)
        return filesystem, str(root).rstrip("/")

    @contextlib.contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Say in one line what storage refused, whatever the kind of storage calls it."""
        kind = self.url.partition("://")[0]
        try:
            yield
        except StorageError:
            raise
        except ImportError as problem:
            raise StorageError(
                f"got {self.url}, and what reads {kind}:// is not installed; expected the extra "
                f"{_EXTRAS.get(kind, kind)}. Do: pip install 'bt-analysis[{_EXTRAS.get(kind, kind)}]'"
            ) from problem
        except Exception as problem:
            raise StorageError(
                f"{self.url} cannot {what} ({type(problem).__name__}: {problem}); expected storage that can be read "
                "and written. Check the address, and the credentials in the environment."
            ) from problem

    def listing(self, parts: Collection[str] = ("",)) -> dict[str, str]:
        """List what lies there.

        Parameters
        ----------
        parts : collection of str
            Only what is in these folders of it, or is one of these files.

        Returns
        -------
        dict of str to str
            Name from the folder on → what changes when its content does.
        """
        filesystem, root = self._opened
        there: dict[str, Mapping[str, Any]] = {}
        with self._told("be listed"):
            filesystem.invalidate_cache()
            for part in parts:
                there |= filesystem.find(f"{root}/{part}".rstrip("/"), detail=True)
        names = {path[len(root) + 1 :]: _version(about) for path, about in there.items()}
        for name in names:
            if ".." in PurePosixPath(name).parts or name.startswith("/"):
                raise StorageError(f"{self.url} holds {name!r}; expected names inside that folder. Remove it there.")
        return {name: version for name, version in sorted(names.items()) if name and not name.endswith("/")}

    def bring(self, names: Collection[str], folder: Path) -> None:
        """Bring files.

        Parameters
        ----------
        names : collection of str
            Which.
        folder : Path
            Where they come, under the same names.
        """
        filesystem, root = self._opened
        if names:
            with self._told("be read"):
                filesystem.get([f"{root}/{name}" for name in names], [str(folder / name) for name in names])

    def put(self, names: Collection[str], folder: Path) -> None:
        """Put files, each whole or not at all.

        Parameters
        ----------
        names : collection of str
            Which.
        folder : Path
            Where they are now.
        """
        filesystem, root = self._opened
        if names:
            with self._told("be written"):
                filesystem.put([str(folder / name) for name in names], [f"{root}/{name}" for name in names])

    def remove(self, names: Collection[str]) -> None:
        """Take files away; one that is gone already is no mistake.

        Parameters
        ----------
        names : collection of str
            Which.
        """
        filesystem, root = self._opened
        for name in names:
            with self._told("be written"), contextlib.suppress(FileNotFoundError):
                filesystem.rm_file(f"{root}/{name}")
        filesystem.invalidate_cache()

    def create(self, name: str, content: bytes) -> bool:
        """Make a file that is not there yet.

        Parameters
        ----------
        name : str
            Which.
        content : bytes
            What it holds.

        Returns
        -------
        bool
            False when there is one already, which is left as it is.
        """
        filesystem, root = self._opened
        filesystem.invalidate_cache()
        with self._told("be written"):
            # Storage that knows no exclusive writing would overwrite it: there, looking first is what can be done.
            if filesystem.exists(f"{root}/{name}"):
                return False
            try:
                filesystem.pipe_file(f"{root}/{name}", content, mode="create")
            except FileExistsError:
                return False
        return True

    def read(self, name: str) -> bytes | None:
        """Read a file.

        Parameters
        ----------
        name : str
            Which.

        Returns
        -------
        bytes or None
            None when it is not there.
        """
        filesystem, root = self._opened
        filesystem.invalidate_cache()
        with self._told("be read"):
            try:
                content: bytes = filesystem.cat_file(f"{root}/{name}")
            except FileNotFoundError:
                return None
        return content


def _version(about: Mapping[str, Any]) -> str:
    mark = next((str(about[key]) for key in _VERSION if about.get(key) is not None), "")
    return f"{mark} {about.get('size')}"
