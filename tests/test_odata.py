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

from bt_analysis.demo import server
from bt_analysis.demo.odata import Answer
from bt_analysis.demo.odata import answer as demo_answer
from bt_analysis.settings import CbsSettings
from bt_analysis.sources import odata
from bt_analysis.sources.backend import Release
from bt_analysis.sources.http import Client
from bt_analysis.sources.raw_table import read_set

REGIONS = ["NL00      ", "GM9901    ", "WK990100  ", "BU99010000", "BU99010001"]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
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
    known = {"base_url": address, "retries": retries, "timeout_s": timeout_s, "patience_s": 0, "first_wait_s": 0.001}
    return CbsSettings.model_validate(known)


def release_of(cbs: CbsSettings, table: str = "99001NED") -> Release:
    with Client(cbs) as client:
        return odata.OData3(cbs.base_url).release(table, client)


def set_of(cbs: CbsSettings, folder: Path, name: str = "WijkenEnBuurten") -> list[odata.Record]:
    with Client(cbs) as client:
        odata._fetch_set(client, folder, odata.OData3(cbs.base_url).url("99001NED", name), name)
    return read_set(folder, name)


BOTH_WAYS = pytest.mark.parametrize("ask", [release_of, odata.catalogue], ids=["table", "catalogue"])
Ask = Callable[[CbsSettings], object]


# --- a line that works ------------------------------------------------------------------------------------------------


def test_the_feed_is_asked_for_json() -> None:
    address = odata.OData3("https://opendata.cbs.nl").url("84799NED", "TypedDataSet.parquet")
    assert address == "https://opendata.cbs.nl/ODataFeed/odata/84799NED/TypedDataSet?$format=json"


def test_a_release_is_what_the_host_announces(tables: Path) -> None:
    with server.serve(tables) as address:
        release = release_of(patience(address), "99001ned")
    assert (release.table_id, release.title, release.rows) == ("99001NED", "Vijf gebieden", 5)


def test_a_dimension_is_paged_to_the_last(tables: Path, tmp_path: Path) -> None:
    log: list[str] = []
    with server.serve(tables, page_size=2, log=log) as address:
        assert [one["Key"] for one in set_of(patience(address), tmp_path)] == REGIONS  # with padding
    assert [path.partition("?")[2] for path in log] == ["$format=json", "$format=json&$skip=2", "$format=json&$skip=4"]


def test_following_pages_come_from_the_host_in_the_settings(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Behind a mirror the next link names CBS's own host; the test cannot reach it, and must not try.
    monkeypatch.setattr(
        server, "answer", lambda tables, url, _, size: demo_answer(tables, url, "opendata.cbs.nl", size)
    )
    with server.serve(tables, page_size=2) as address:
        assert len(set_of(patience(address), tmp_path)) == 5


def test_what_is_on_disk_is_not_asked_for(tables: Path, tmp_path: Path) -> None:
    log: list[str] = []
    with server.serve(tables, log=log) as address:
        assert set_of(patience(address), tmp_path) == set_of(patience(address), tmp_path)
    assert len(log) == 1


def test_the_catalogue_lists_tables(tables: Path) -> None:
    with server.serve(tables) as address:
        assert [one["Identifier"] for one in odata.catalogue(patience(address))] == ["99001NED"]


# --- a restless line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", server.FAULTS)
@BOTH_WAYS
def test_a_fault_that_passes_is_not_noticed(tables: Path, ask: Ask, fault: str) -> None:
    log: list[str] = []
    with server.serve(tables, faults=deque([fault, fault]), log=log) as address:
        assert ask(patience(address, retries=2))
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
    assert "expected an answer with data" in message
    assert "fetch again" in message
    assert "\n" not in message
    assert "Traceback" not in message
    assert "HTTPConnectionPool" not in message


def test_a_fault_on_a_later_page_costs_only_that_page(tables: Path, tmp_path: Path) -> None:
    log: list[str] = []
    with server.serve(tables, page_size=2, faults=deque(["", "truncate"]), log=log) as address:
        assert len(set_of(patience(address), tmp_path)) == 5
    assert [path.partition("$skip=")[2] for path in log] == ["", "2", "2", "4"]


@pytest.mark.parametrize("text", ['{"odata.error": {"code": ""}}', "[1, 2]", '{"value": "none"}', "null"])
def test_json_without_records_is_no_answer(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(server, "answer", lambda *_: Answer(200, text.encode()))
    with server.serve(tables) as address:
        cbs = patience(address, retries=0)
        for ask in (release_of, lambda cbs: set_of(cbs, tmp_path)):
            with pytest.raises(odata.SourceUnreachable, match="no JSON with records"):
                ask(cbs)


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
        ask(patience("http://a").model_copy(update={"base_url": "http://a b"}))  # settings refuse it
    assert sum(text.startswith("Download") for text in caplog.messages) <= 1


# --- tables that are not there ----------------------------------------------------------------------------------------


def test_an_unknown_table_is_rejected_at_once(tables: Path) -> None:
    log: list[str] = []
    with (
        server.serve(tables, log=log) as address,
        pytest.raises(odata.SourceRejected, match=r"99999NED.*got HTTP 404.*Check the table id"),
    ):
        release_of(patience(address), "99999NED")
    assert len(log) == 1  # it will not appear by asking again


def test_an_unknown_set_is_rejected(tables: Path, tmp_path: Path) -> None:
    with server.serve(tables) as address, pytest.raises(odata.SourceRejected, match="Perioden"):
        set_of(patience(address), tmp_path, name="Perioden")


# --- cbsodata's globals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False])
def test_cbsodata_is_left_as_it_was_also_when_it_fails(tables: Path, closed_address: str, before: bool) -> None:
    host = cbsodata.options.catalog_url
    cbsodata.options.use_https = before
    try:
        with server.serve(tables) as address:
            odata.catalogue(patience(address))
        for failing in (closed_address, closed_address.replace("http:", "https:")):
            with pytest.raises(odata.SourceUnreachable):
                odata.catalogue(patience(failing, retries=0))
        assert cbsodata.options.use_https is before
        assert cbsodata.options.catalog_url == host
    finally:
        cbsodata.options.use_https = True


def test_cbsodata_gets_the_certificates_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}

    def get_table_list(**options: object) -> list[odata.Record]:
        given.update(options)
        return []

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/own-certificates.pem")
    monkeypatch.setattr(cbsodata, "get_table_list", get_table_list)
    odata.catalogue(patience("https://opendata.example:8443", timeout_s=7))
    assert given["verify"] == "/etc/own-certificates.pem"
    assert given["timeout"] == 7
    assert given["catalog_url"] == "opendata.example:8443"
