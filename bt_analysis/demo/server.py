"""A small CBS-like server on loopback: a folder of tables comes in, answers over HTTP go out.

A folder holds one folder per table: TableInfos.json, DataProperties.json, CategoryGroups.json,
<Dimension>.json.gz and TypedDataSet.parquet. Tests can make single answers fail, as real ones do.
"""

from __future__ import annotations

import argparse
import gzip
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bt_analysis.demo.odata import PAGE, Answer, ODataError, Tables, answer, refusal

FAULTS = ("reset", "truncate", "html", "500")
"""Ways in which one answer can go wrong: connection reset, half a body, a web page instead of data, a server error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tables: Tables
    page_size: int
    faults: deque[str]
    log: list[str]

    def log_message(self, *args: object) -> None:
        """Stay silent: a test reads the list of requests instead."""

    def do_GET(self) -> None:
        self.log.append(unquote(self.path))
        fault = self.faults.popleft() if self.faults else None
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif fault == "500":
            self._send(refusal(ODataError(500, "Er is een fout opgetreden.")))
        elif fault == "html":
            self._send(Answer(200, b"<html><body>Onderhoud</body></html>", "text/html"))
        else:
            self._send(self._answer(), half=fault == "truncate")

    def _answer(self) -> Answer:
        try:
            return answer(self.tables, self.path, self.headers.get("Host", "127.0.0.1"), self.page_size)
        except ODataError as problem:
            return refusal(problem)

    def _send(self, reply: Answer, half: bool = False) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(reply.body, 4) if packed else reply.body
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        self.close_connection = self.close_connection or half


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about a client that hangs up, as clients do; tell of everything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve(
    tables: Path,
    port: int = 0,
    *,
    page_size: int = PAGE,
    faults: deque[str] | None = None,
    log: list[str] | None = None,
) -> Iterator[str]:
    """Serve a folder of tables on loopback for as long as the ``with`` block lasts.

    Parameters
    ----------
    tables : Path
        One folder per table id.
    port : int
        0 takes any free port.
    page_size : int
        Records in one answer; a test sets it to 2 to see paging on five rows.
    faults : deque of str, optional
        Each request takes one from the left and fails in that way; see :data:`FAULTS`. Any other text
        lets its request pass. The caller may add to it while the server runs.
    log : list of str, optional
        Path and query of every request are added to it.

    Yields
    ------
    str
        The base address, such as ``http://127.0.0.1:8765``.

    Raises
    ------
    FileNotFoundError
        When the folder holds no table.
    """
    settings = {
        "tables": Tables(tables),
        "page_size": page_size,
        "faults": faults if faults is not None else deque(),
        "log": log if log is not None else [],
    }
    server = _Server(("127.0.0.1", port), type("_Bound", (_Handler,), settings))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve a folder of tables until interrupted: ``python -m bt_analysis.demo.server --tables DIR --port N``."""
    parser = argparse.ArgumentParser(description="Serve CBS-shaped tables over OData v3 on loopback.")
    parser.add_argument("--tables", type=Path, required=True, help="folder with a folder per table id")
    parser.add_argument("--port", type=int, default=8765, help="0: any free port")
    arguments = parser.parse_args()
    with serve(arguments.tables, arguments.port) as address:
        sys.stderr.write(f"{address}\n")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
