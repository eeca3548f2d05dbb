"""Runs the dashboard of a workspace in a thread of this process, for tests that ask it something over HTTP."""

import asyncio
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tornado.ioloop import IOLoop

from bt_analysis import dashboard
from bt_analysis.dashboard import Key, Shown
from bt_analysis.settings import Workspace


@dataclass(frozen=True)
class Answer:
    """What the dashboard answered."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Running:
    """A dashboard that answers."""

    root: Path
    key: Key

    @property
    def url(self) -> str:
        """Address of the first page, without the token."""
        return self.key.address

    @property
    def opened(self) -> str:
        """Address that a person opens, with the token."""
        return f"{self.url}open?{urlencode({'token': self.key.token})}"

    def ask(self, path: str, form: dict[str, Any] | None = None, /, **headers: str) -> Answer:
        """Ask for a page, or send a form; headers as ``Host`` or ``Sec_Fetch_Site``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.key.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = None
        if form is not None:
            body = urlencode(form, doseq=True)
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection.request("GET" if form is None else "POST", path, body, sent)
        answer = connection.getresponse()
        told = Answer(answer.status, dict(answer.getheaders()), answer.read().decode("utf-8", "replace"))
        connection.close()
        return told

    @property
    def cookie(self) -> str:
        """What a browser sends after it was opened with the token."""
        return f"{self.key.cookie}={self.key.token}"


@contextmanager
def dashboard_of(root: Path, lang: str = "nl", only: str = "", host: str = "127.0.0.1") -> Iterator[Running]:
    """Run the dashboard of a workspace until the block ends."""
    key = Key(host, dashboard.free_port("127.0.0.1", 0))
    shown = Shown(Workspace(root), lang, only)
    ready = threading.Event()
    made: dict[str, Any] = {}

    def serve() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        loop = IOLoop.current()
        made["loop"] = loop
        made["server"] = dashboard.server(shown, key, loop)
        made["server"].start()
        loop.add_callback(ready.set)
        loop.start()
        loop.close(all_fds=True)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(120), "the dashboard did not start"

    def stop() -> None:
        made["server"].stop()
        made["loop"].stop()

    try:
        yield Running(root, key)
    finally:
        made["loop"].add_callback(stop)
        thread.join(30)
