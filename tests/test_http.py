"""One client for all that is fetched: few questions at once, compression where it helps, and patience with a reason."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bt_analysis.settings import CbsSettings
from bt_analysis.sources.http import Client, SourceUnreachable, _is_loopback
from bt_analysis.sources.patience import SourceRejected, persist

Answering = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def host(answering: Answering) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answering(self)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def settings(**changed: Any) -> CbsSettings:
    return CbsSettings.model_validate({"first_wait_s": 0.001, "patience_s": 0, "retries": 1, **changed})


def test_what_was_asked_ahead_is_asked_once() -> None:
    paths: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        paths.append(handler.path)
        send(handler, b"7")

    with host(answer) as url, Client(settings()) as client:
        client.ahead(f"{url}seven", b"".join)
        assert client.get(f"{url}seven") == b"7"
        assert paths == ["/seven"]
        assert client.get(f"{url}seven") == b"7"  # an early answer serves one question
        assert paths == ["/seven"] * 2


def test_what_went_wrong_ahead_is_told_to_the_one_who_asks() -> None:
    with host(lambda handler: send(handler, b"", 404)) as url, Client(settings()) as client:
        client.ahead(url, b"".join)
        with pytest.raises(SourceRejected, match="got HTTP 404"):
            client.get(url)


def test_an_answer_asked_ahead_goes_to_who_reads_it_the_same_way() -> None:
    with host(lambda handler: send(handler, b"7")) as url, Client(settings()) as client:
        client.ahead(url, b"".join)
        assert client.json(url) == 7
        assert client.get(url) == b"7"


def test_at_most_four_questions_at_once_over_kept_connections() -> None:
    busy, most, connections = 0, 0, set[Any]()
    counting = threading.Lock()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        nonlocal busy, most
        with counting:
            busy += 1
            most = max(most, busy)
            connections.add(handler.client_address)
        time.sleep(0.02)
        with counting:
            busy -= 1
        send(handler, b"{}")

    with host(answer) as url, Client(settings()) as client:
        for _ in range(2):  # more askers than places, as when tables are fetched side by side
            threads = [threading.Thread(target=client.at_once, args=([lambda: client.get(url)] * 6,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert most == 4
    assert len(connections) <= 4


@pytest.mark.parametrize(("compress", "asked"), [("auto", "identity"), ("always", "gzip"), ("never", "identity")])
def test_compression_is_not_asked_of_this_machine(compress: str, asked: str) -> None:
    with (
        host(lambda handler: send(handler, handler.headers["Accept-Encoding"].encode())) as url,
        Client(settings(compress=compress)) as client,
    ):
        assert client.get(url).decode() == asked


def test_what_this_machine_is() -> None:
    assert all(map(_is_loopback, ["http://127.0.0.1:8765/a", "http://localhost/", "http://[::1]:80/"]))
    assert not any(map(_is_loopback, ["https://opendata.cbs.nl/", "http://10.0.0.1/", "http://localhost.cbs.nl/"]))


def test_a_host_that_answers_badly_is_asked_as_long_as_patience_lasts() -> None:
    asked: list[float] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(time.monotonic())
        send(handler, b"{}", 503 if len(asked) < 9 else 200)

    with host(answer) as url, Client(settings(patience_s=60, retries=1)) as client:
        assert client.json(url) == {}
    assert len(asked) == 9  # far more than 1 + 1


def test_nobody_there_is_soon_known() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    begun = time.monotonic()
    with Client(settings(patience_s=600, retries=2)) as client, pytest.raises(SourceUnreachable, match="refused"):
        client.get(url)
    assert time.monotonic() - begun < 30  # 2 + 1 tries, not ten minutes


def test_a_download_is_whole_or_not_there(tmp_path: Path) -> None:
    answers = iter([b"x" * 200_000])
    with (
        host(lambda handler: send(handler, *next(((one,) for one in answers), (b"", 503)))) as url,
        Client(settings()) as client,
    ):
        client.download(url, tmp_path / "file.zip")
        with pytest.raises(SourceUnreachable, match="HTTP 503"):
            client.download(url, tmp_path / "other.zip")
    assert (tmp_path / "file.zip").read_bytes() == b"x" * 200_000
    assert [path.name for path in tmp_path.iterdir()] == ["file.zip"]


def test_the_first_that_fails_stops_those_not_begun() -> None:
    begun: list[float] = []

    def fail() -> None:
        raise KeyError("value")

    def work() -> None:
        time.sleep(0.05)
        begun.append(time.monotonic())

    with Client(settings(workers=1)) as client, pytest.raises(KeyError):
        client.at_once([fail, *[work] * 20])
    assert len(begun) < 20


def test_an_error_of_our_own_is_not_asked_again() -> None:
    tries: list[int] = []

    def ask() -> None:
        tries.append(1)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        persist(ask, "http://127.0.0.1", settings(retries=5))
    assert tries == [1]


def test_a_client_that_was_stopped_asks_nothing_more() -> None:
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        send(handler, b"{}")

    with host(answer) as url, Client(settings()) as client:
        assert client.json(url) == {}
        client.stop()
        with pytest.raises(SourceUnreachable, match="was stopped"):
            client.json(url)
    assert len(asked) == 1


def test_a_client_that_is_stopped_halfway_leaves_no_half_file(tmp_path: Path) -> None:
    with Client(settings()) as client:

        def answer(handler: BaseHTTPRequestHandler) -> None:
            client.stop()
            send(handler, b"x" * 1_000_000)

        with host(answer) as url, pytest.raises(SourceUnreachable, match="was stopped"):
            client.download(url, tmp_path / "big.bin")
    assert not list(tmp_path.iterdir())
