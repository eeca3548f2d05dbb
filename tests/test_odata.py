"""Asking a CBS host: patience with a restless line, plain words when it stays silent."""

import gzip
import json
import logging
import socket
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cbsodata
import pandas as pd
import pytest
import requests

from bt_analysis.demo import server
from bt_analysis.settings import CbsSettings
from bt_analysis.sources import odata

REGIONS = ["NL00      ", "GM9901    ", "WK990100  ", "BU99010000", "BU99010001"]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odata, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(odata, "LONGEST_WAIT_S", 0.002)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Five regions, enough to be paged."""
    folder = tmp_path / "tables" / "99001NED"
    folder.mkdir(parents=True)
    sets: dict[str, list[dict[str, Any]]] = {
        "TableInfos": [{"ID": 0, "Identifier": "99001NED", "Title": "Vijf gebieden", "RecordCount": 5}],
        "DataProperties": [{"odata.type": "Cbs.OData.GeoDetail", "ID": 0, "Key": "WijkenEnBuurten"}],
        "CategoryGroups": [],
    }
    for name, records in sets.items():
        (folder / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    regions = [{"Key": code, "Title": f"Gebied {number}"} for number, code in enumerate(REGIONS)]
    (folder / "WijkenEnBuurten.json.gz").write_bytes(gzip.compress(json.dumps(regions).encode()))
    rows = pd.DataFrame({"ID": range(5), "WijkenEnBuurten": REGIONS, "AantalInwoners_5": [120, 120, 120, 80, 40]})
    rows.to_parquet(folder / "TypedDataSet.parquet")
    return folder.parent


@pytest.fixture
def silent_address() -> Iterator[str]:
    """A host that takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def closed_address() -> str:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def patience(address: str, retries: int = 2, timeout_s: float = 5) -> CbsSettings:
    return CbsSettings.model_validate({"base_url": address, "retries": retries, "timeout_s": timeout_s})


def rows_of(cbs: CbsSettings, table: str = "99001NED", name: str = "TypedDataSet") -> list[odata.Record]:
    with odata.open_session(cbs) as session:
        return [one for page in odata.pages(session, table, name, cbs) for one in page]


def infos_of(cbs: CbsSettings) -> list[odata.Record]:
    return odata.metadata("99001NED", "TableInfos", cbs)


BOTH_WAYS = pytest.mark.parametrize("ask", [infos_of, rows_of, odata.catalogue], ids=["metadata", "rows", "catalogue"])
Ask = Callable[[CbsSettings], list[odata.Record]]


# --- a line that works ------------------------------------------------------------------------------------------------


def test_the_feed_is_asked_for_json() -> None:
    address = odata.feed_url("84799NED", "TypedDataSet", patience("https://opendata.cbs.nl"))
    assert address == "https://opendata.cbs.nl/ODataFeed/odata/84799NED/TypedDataSet?$format=json"


def test_rows_keep_codes_and_padding(tables: Path) -> None:
    with server.serve(tables) as address:
        rows = rows_of(patience(address))
    assert [row["WijkenEnBuurten"] for row in rows] == REGIONS
    assert [row["AantalInwoners_5"] for row in rows] == [120, 120, 120, 80, 40]


def test_pages_are_followed_to_the_last(tables: Path) -> None:
    log: list[str] = []
    with server.serve(tables, page_size=2, log=log) as address, odata.open_session(patience(address)) as session:
        pages = list(odata.pages(session, "99001NED", "TypedDataSet", patience(address)))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [row["ID"] for page in pages for row in page] == [0, 1, 2, 3, 4]
    assert [path.partition("?")[2] for path in log] == ["$format=json", "$format=json&$skip=2", "$format=json&$skip=4"]


def test_a_dimension_is_paged_too(tables: Path) -> None:
    with server.serve(tables, page_size=2) as address:
        assert [one["Key"] for one in rows_of(patience(address), name="WijkenEnBuurten")] == REGIONS


def test_following_pages_come_from_the_host_in_the_settings(tables: Path) -> None:
    # Behind a mirror the next link names CBS's own host; the test cannot reach it, and must not try.
    with server.serve(tables, page_size=2) as address, odata.open_session(patience(address)) as session:
        session.headers["Host"] = "opendata.cbs.nl"
        pages = list(odata.pages(session, "99001NED", "TypedDataSet", patience(address)))
    assert [len(page) for page in pages] == [2, 2, 1]


def test_one_connection_serves_all_pages_compressed(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    encodings: list[str | None] = []
    setup, send = server._Handler.setup, server._Handler._send

    def counted_setup(self: server._Handler) -> None:
        opened.append(self.client_address)
        setup(self)

    def noted_send(self: server._Handler, *arguments: Any, **named: Any) -> None:
        encodings.append(self.headers.get("Accept-Encoding"))
        send(self, *arguments, **named)

    monkeypatch.setattr(server._Handler, "setup", counted_setup)
    monkeypatch.setattr(server._Handler, "_send", noted_send)
    with server.serve(tables, page_size=2) as address:
        rows_of(patience(address))
    assert len(opened) == 1
    assert len(encodings) == 3
    assert all("gzip" in str(encoding) for encoding in encodings)


def test_the_catalogue_lists_tables(tables: Path) -> None:
    with server.serve(tables) as address:
        assert [one["Identifier"] for one in odata.catalogue(patience(address))] == ["99001NED"]


# --- a restless line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", server.FAULTS)
@BOTH_WAYS
def test_a_fault_that_passes_is_not_noticed(tables: Path, ask: Ask, fault: str) -> None:
    log: list[str] = []
    with server.serve(tables, faults=deque([fault, fault]), log=log) as address:
        found = ask(patience(address, retries=2))
    assert len(found) in (1, 5)
    assert len(log) == 3  # two failures and the answer: retries = 2 is enough


@pytest.mark.parametrize("fault", server.FAULTS)
@BOTH_WAYS
def test_a_fault_that_stays_is_one_plain_line(tables: Path, ask: Ask, fault: str) -> None:
    with (
        server.serve(tables, faults=deque([fault] * 50)) as address,
        pytest.raises(odata.SourceUnreachable) as caught,
    ):
        ask(patience(address, retries=1))
    message = str(caught.value)
    assert message.startswith(address)
    expected = {
        "reset": "got a refused or broken connection",
        "truncate": "got half an answer",
        "html": "got an answer that is no JSON with records",
        "500": "got HTTP 500",
    }[fault]
    # cbsodata does not ask for compression: half a plain JSON text may arrive as a broken line.
    assert expected in message or (fault == "truncate" and "broken connection" in message)
    assert "expected records in JSON" in message
    assert "fetch again" in message
    assert "\n" not in message
    assert "Traceback" not in message
    assert "HTTPConnectionPool" not in message


def test_a_fault_on_a_later_page_costs_only_that_page(tables: Path) -> None:
    log: list[str] = []
    with server.serve(tables, page_size=2, faults=deque(["", "truncate"]), log=log) as address:
        rows = rows_of(patience(address))
    assert len(rows) == 5
    assert [path.partition("$skip=")[2] for path in log] == ["", "2", "2", "4"]


def test_json_without_records_is_no_answer() -> None:
    # A table's own address gives records; that of $metadata in JSON, or a proxy's error, does not.
    class Answer(requests.Response):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.status_code = 200
            self._content = text.encode()

    for text in ('{"odata.error": {"code": ""}}', "[1, 2]", '{"value": "none"}', "null"):
        session = requests.Session()
        session.get = lambda *_, text=text, **__: Answer(text)  # type: ignore[method-assign]
        with pytest.raises(odata.SourceUnreachable, match="no JSON with records"):
            list(odata.pages(session, "99001NED", "TypedDataSet", patience("http://127.0.0.1:1", retries=0)))
        session.close()


# --- no line at all ---------------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_a_host_that_is_down(ask: Ask, closed_address: str) -> None:
    with pytest.raises(odata.SourceUnreachable, match="got a refused or broken connection") as caught:
        ask(patience(closed_address))
    assert "BT_CBS_URL" in str(caught.value)


@BOTH_WAYS
def test_a_host_that_stays_silent(ask: Ask, silent_address: str) -> None:
    with pytest.raises(odata.SourceUnreachable, match="got no answer in time"):
        ask(patience(silent_address, retries=1, timeout_s=0.1))


@BOTH_WAYS
def test_a_host_without_an_address(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(odata.SourceUnreachable, match="got no host of that name"):
        ask(patience("http://opendata.example"))


@BOTH_WAYS
def test_https_where_http_is_spoken(tables: Path, ask: Ask) -> None:
    with (
        server.serve(tables) as address,
        pytest.raises(odata.SourceUnreachable, match=r"got (no secure|a refused or broken) connection"),
    ):
        ask(patience(address.replace("http://", "https://"), retries=0))


@BOTH_WAYS
def test_a_proxy_that_is_down(ask: Ask, closed_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", closed_address)
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(odata.SourceUnreachable, match="got a proxy that does not pass the question on"):
        ask(patience("http://opendata.example", retries=0))


@BOTH_WAYS
def test_an_address_that_cannot_exist_is_not_tried_twice(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(odata.SourceUnreachable, match="an address that cannot exist"):
        ask(patience("http://a b"))
    assert sum(text.startswith("Download") for text in caplog.messages) <= 1


# --- tables that are not there ----------------------------------------------------------------------------------------


def test_an_unknown_table_is_rejected_at_once(tables: Path) -> None:
    log: list[str] = []
    with server.serve(tables, log=log) as address:
        for ask in (odata.metadata, lambda table, name, cbs: rows_of(cbs, table, name)):
            with pytest.raises(odata.SourceRejected, match=r"99999NED.*got HTTP 404.*Check the table id"):
                ask("99999NED", "TableInfos", patience(address))
    assert len(log) == 2  # asked once in either way: it will not appear by asking again


def test_an_unknown_set_is_rejected(tables: Path) -> None:
    with server.serve(tables) as address, pytest.raises(odata.SourceRejected, match="Perioden"):
        rows_of(patience(address), name="Perioden")


# --- cbsodata's globals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False])
def test_cbsodata_is_left_as_it_was_also_when_it_fails(tables: Path, closed_address: str, before: bool) -> None:
    host = cbsodata.options.catalog_url
    cbsodata.options.use_https = before
    try:
        with server.serve(tables) as address:
            infos_of(patience(address))
        for failing in (closed_address, closed_address.replace("http:", "https:")):
            with pytest.raises(odata.SourceUnreachable):
                infos_of(patience(failing, retries=0))
        assert cbsodata.options.use_https is before
        assert cbsodata.options.catalog_url == host
    finally:
        cbsodata.options.use_https = True


def test_cbsodata_gets_the_certificates_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    def get_meta(table_id: str, name: str, **options: object) -> list[odata.Record]:
        given.update(options, table=table_id, name=name)
        return []

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/own-certificates.pem")
    monkeypatch.setattr(cbsodata, "get_meta", get_meta)
    odata.metadata("84799NED", "TableInfos", patience("https://opendata.example:8443", timeout_s=7))
    assert given["verify"] == "/etc/own-certificates.pem"
    assert given["timeout"] == 7
    assert given["catalog_url"] == "opendata.example:8443"
    assert (given["table"], given["name"]) == ("84799NED", "TableInfos")
