"""Asking a host on the internet: an address comes in, what the host gives goes out, whatever the line does.

All that is fetched goes through one :class:`Client`: one session whose connections stay open, a few questions at once,
and one rule for asking again.
"""

from __future__ import annotations

import ipaddress
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from bt_analysis.settings import CbsSettings
from bt_analysis.sources import files
from bt_analysis.sources.patience import SourceRejected, SourceUnreachable, persist

__all__ = ["BLOCK", "Client", "SourceRejected", "SourceUnreachable"]

_T = TypeVar("_T")

CONNECT_S = 10.0
"""Seconds a host may take to pick up; its answer may take longer (``cbs.timeout_s``)."""

BLOCK = 1 << 16
"""Bytes of an answer that are handed over at a time."""


class Client:
    """One session for all that is fetched; safe to use from more threads at once.

    Parameters
    ----------
    cbs : CbsSettings
        Patience, questions at once, and whether compression is asked for.

    Notes
    -----
    Use it in a ``with`` block, which closes its connections.
    """

    def __init__(self, cbs: CbsSettings) -> None:
        self.cbs = cbs
        self._stopped = threading.Event()
        self._places = threading.BoundedSemaphore(cbs.workers)
        self._early: dict[tuple[str, Callable[..., object]], Future[Any]] = {}
        self._threads = ThreadPoolExecutor(cbs.workers)
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=cbs.workers))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._session.close()

    def ask(self, url: str, read: Callable[[Iterator[bytes]], _T]) -> _T:
        """Ask, and read the answer while it comes in.

        Parameters
        ----------
        url : str
            Full address.
        read : callable
            Gets the answer without its compression, in blocks of at most :data:`BLOCK` bytes, and returns what it
            holds. It starts afresh when the host is asked again, and raises ValueError or KeyError for an answer that
            is not what it should be, SourceRejected for one that asking again does not mend.

        Returns
        -------
        object
            What ``read`` returned.

        Raises
        ------
        SourceRejected
            When the host does not have what is asked for (HTTP 400, 404 or 410).
        SourceUnreachable
            When the host gives no usable answer; see :func:`bt_analysis.sources.patience.persist`. Also after
            :meth:`stop`.
        """
        early = self._early.pop((url, read), None)
        return early.result() if early else self._ask(url, read)

    def ahead(self, url: str, read: Callable[[Iterator[bytes]], object]) -> None:
        """Ask already for what :meth:`ask` will be called for in a moment, while other work goes on.

        Parameters
        ----------
        url : str
            Full address; the next ``ask`` for it with this ``read`` gets this answer, or what went wrong.
        read : callable
            The one that ``ask`` will be given; another thread may ask for the same address to read it otherwise.
        """
        self._early[url, read] = self._threads.submit(self._ask, url, read)

    def _ask(self, url: str, read: Callable[[Iterator[bytes]], _T]) -> _T:
        packed = self.cbs.compress == "always" or (self.cbs.compress == "auto" and not _is_loopback(url))
        headers = {"Accept-Encoding": "gzip" if packed else "identity"}
        timeout = (min(CONNECT_S, self.cbs.timeout_s), self.cbs.timeout_s)

        def once() -> _T:
            with self._places, self._session.get(url, headers=headers, timeout=timeout, stream=True) as answer:
                if not answer.ok:
                    _ = answer.content  # read to its end, so that the connection can serve the next question
                answer.raise_for_status()
                return read(self._until_stopped(answer.iter_content(BLOCK)))

        self._refuse_when_stopped()
        return persist(once, url, self.cbs)

    def stop(self) -> None:
        """Ask nothing more: threads that are at work end at their next question or block."""
        self._stopped.set()

    def _until_stopped(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._refuse_when_stopped()
            yield block

    def _refuse_when_stopped(self) -> None:
        if self._stopped.is_set():
            raise SourceUnreachable("the run was stopped; expected it to go on. What arrived is kept; fetch again.")

    def get(self, url: str) -> bytes:
        """Ask for something small.

        Parameters
        ----------
        url : str
            Full address.

        Returns
        -------
        bytes
            The whole answer, without its compression.

        Raises
        ------
        SourceRejected, SourceUnreachable
            As in :meth:`ask`.
        """
        return self.ask(url, b"".join)

    def json(self, url: str) -> Any:
        """Ask for JSON; anything else, such as a page "Onderhoud", is a bad answer and is asked again.

        Parameters
        ----------
        url : str
            Full address.

        Returns
        -------
        object
            What the JSON holds.

        Raises
        ------
        SourceRejected, SourceUnreachable
            As in :meth:`ask`.
        """
        return self.ask(url, lambda blocks: json.loads(b"".join(blocks)))

    def download(self, url: str, path: Path) -> None:
        """Bring a file of any size to disk, whole or not at all.

        Parameters
        ----------
        url : str
            Full address.
        path : Path
            Where it must come.

        Raises
        ------
        SourceRejected, SourceUnreachable
            As in :meth:`ask`.
        OSError
            When the disk refuses.
        """

        def write(temporary: Path) -> None:
            def read(blocks: Iterator[bytes]) -> None:
                with temporary.open("wb") as out:
                    out.writelines(blocks)

            self.ask(url, read)

        files.write_atomically(path, write)

    def at_once(self, questions: Iterable[Callable[[], _T]]) -> list[_T]:
        """Do several things at the same time, each with questions to a host.

        Parameters
        ----------
        questions : iterable of callable
            They run in threads, begun in this order; none of them may call ``at_once`` and wait for another.

        Returns
        -------
        list
            What they returned, in the same order.

        Raises
        ------
        Exception
            What the first that failed raised; what had not begun yet is not begun any more.
        """
        with ThreadPoolExecutor(self.cbs.workers) as threads:
            begun = [threads.submit(question) for question in questions]
            failed = [one for one in wait(begun, return_when=FIRST_EXCEPTION).done if one.exception()]
            if failed:
                threads.shutdown(wait=False, cancel_futures=True)
            return [one.result() for one in failed or begun]


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
