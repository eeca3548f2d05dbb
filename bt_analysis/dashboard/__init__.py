"""The Dialogue Dashboard: a built workspace in; a page out over which residents, collective and municipality talk.

It shows what a build may show and nothing more: open inputs and their stage, answers due, decisions with their reasons,
experiments with their agreed signals, and questions for a meeting. Weerwoord becomes a proposed change.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from bt_analysis.dashboard.key import LOOPBACK, Key
from bt_analysis.dashboard.shown import Shown

if TYPE_CHECKING:
    from bokeh.server.server import Server
    from panel import Template
    from tornado.ioloop import IOLoop

__all__ = ["LOOPBACK", "DashboardError", "Key", "Shown", "free_port", "server"]

FIRST_PORT = 5006
PORTS_TRIED = 20


class DashboardError(RuntimeError):
    """The dashboard cannot be shown; the message says what was got, what is expected and what to do."""


def free_port(host: str, wanted: int | None) -> int:
    """Find a port to answer on.

    Parameters
    ----------
    host : str
        Address of this machine.
    wanted : int or None
        The port; None: the first free one from 5006 on; 0: any.

    Returns
    -------
    int
        A port that was free a moment ago.

    Raises
    ------
    DashboardError
        When the address is not one of this machine, or the port is taken.
    """
    if host in ("", "0.0.0.0") or ":" in host:  # noqa: S104 - it is refused
        raise DashboardError(f"--host got {host!r}; expected one address of this machine, as 192.168.1.20. Name it.")
    tried = [wanted] if wanted is not None else list(range(FIRST_PORT, FIRST_PORT + PORTS_TRIED))
    for port in tried:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((host, port))
            except OSError:
                continue
            return int(one.getsockname()[1])
    raise DashboardError(
        f"{host} got port {tried[0]}; expected a free port on an address of this machine. Name another with --port."
    )


def server(shown: Shown, key: Key, loop: IOLoop | None = None) -> Server:
    """Make the server of a dashboard; nobody is answered before its ``start``.

    Parameters
    ----------
    shown : Shown
        What may be shown.
    key : Key
        Where it answers, and who may write.
    loop : IOLoop, optional
        Of Tornado; default: that of this thread.

    Returns
    -------
    Server
        Of Panel, behind our own door.
    """
    import panel as pn  # noqa: PLC0415 - takes a second, and most commands show no dashboard

    from bt_analysis.dashboard import door  # noqa: PLC0415 - as above, for Tornado

    made = pn.io.server.get_server(
        {"/": _visitor(shown, key)}, port=key.port, address=key.host, websocket_origin=list(key.origins), loop=loop,
        location=False, start=False, show=False, extra_patterns=door.pages(shown, key),
        http_server_kwargs={"max_body_size": door.MOST_BYTES},
    )  # fmt: skip
    # All questions pass the door, those for Panel's own files and socket as well.
    made._http.request_callback = door.Door(made._tornado, key)  # noqa: SLF001 - Bokeh has no other way in
    return made


def _visitor(shown: Shown, key: Key) -> Callable[[], Template]:
    """Give what makes the page of each visitor."""

    def show() -> Template:
        import panel as pn  # noqa: PLC0415 - as above

        from bt_analysis.dashboard import door, live  # noqa: PLC0415 - as above

        asked = pn.state.session_args.get("collective", [b""])[0].decode("utf-8", "replace")
        known = [one.code for one in shown.choices()]
        chosen = asked if asked in known else known[0]
        host = pn.state.headers.get("Host", "")
        socket_ = door.socket_of(host if host in key.origins else key.origins[0])
        return live.document(shown, chosen, socket_, may_write=key.opens(pn.state.cookies.get(key.cookie)))

    return show
