"""The CBS-like server: what a client gets for its question, and the faults a test can order."""

import gzip
import json
import subprocess
import sys
from collections import deque
from pathlib import Path

import cbsodata
import pandas as pd
import pytest
import requests

from bt_analysis.demo import odata
from bt_analysis.demo.server import serve

# Five regions, keys padded to ten as CBS does; one figure missing, one text missing.
KEYS = ["NL00      ", "GM9901    ", "WK990100  ", "BU99010000", "BU99010001"]
PEOPLE = [100, 60, 60, 45, 15]
INCOME = [30.5, 28.1, 28.1, 29.0, None]
POSTCODE = ["         .", "         .", "         .", "      0100", "      0100"]


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "99001SYN"
    folder.mkdir()
    rows = pd.DataFrame(
        {
            "ID": range(5),
            "WijkenEnBuurten": KEYS,
            "AantalInwoners_5": PEOPLE,
            "Inkomen_72": INCOME,
            "Huizen_34": [50.0, 30.0, 30.0, 20.0, None],
            "Postcode_113": POSTCODE,
        }
    )
    rows.to_parquet(folder / "TypedDataSet.parquet", index=False)
    write_json(folder / "TableInfos.json", [{"Identifier": "99001SYN", "Title": "Vijf rijen", "RecordCount": 5}])
    properties = [
        {"Key": "", "Title": "Bevolking"},
        {"Key": "AantalInwoners_5", "Decimals": 0},
        {"Key": "Inkomen_72", "Decimals": 1},
        {"Key": "Huizen_34", "Decimals": 0},
    ]
    write_json(folder / "DataProperties.json", properties)
    write_json(folder / "CategoryGroups.json", [])
    dimension = [{"Key": key, "Title": f"regio {number}"} for number, key in enumerate(KEYS)]
    (folder / "WijkenEnBuurten.json.gz").write_bytes(gzip.compress(json.dumps(dimension).encode()))
    return tmp_path


def ask(tables: Path, path: str, page_size: int = odata.PAGE) -> odata.Answer:
    return odata.answer(odata.Tables(tables), path, "127.0.0.1:1", page_size)


def body(tables: Path, path: str, page_size: int = odata.PAGE) -> dict[str, object]:
    content: dict[str, object] = json.loads(ask(tables, path, page_size).body)
    return content


def rows(tables: Path, query: str, page_size: int = odata.PAGE) -> list[dict[str, object]]:
    address = f"/ODataFeed/odata/99001SYN/TypedDataSet?$format=json{query}"
    value: list[dict[str, object]] = body(tables, address, page_size)["value"]  # type: ignore[assignment]
    return value


def refusal(tables: Path, path: str, page_size: int = odata.PAGE) -> odata.ODataError:
    with pytest.raises(odata.ODataError) as caught:
        ask(tables, path, page_size)
    return caught.value


# What a row looks like


def test_row_has_padded_key_whole_counts_and_null_for_missing(tables: Path) -> None:
    assert rows(tables, "")[4] == {
        "ID": 4,
        "WijkenEnBuurten": "BU99010001",
        "AantalInwoners_5": 15,
        "Inkomen_72": None,
        "Huizen_34": None,
        "Postcode_113": "      0100",
    }
    assert rows(tables, "")[0]["WijkenEnBuurten"] == "NL00      "


def test_count_stored_as_float_because_one_is_missing_is_answered_whole(tables: Path) -> None:
    assert '"Huizen_34": 50,' in ask(tables, "/ODataFeed/odata/99001SYN/TypedDataSet?$format=json").body.decode()


def test_untyped_set_holds_padded_texts_with_a_point_for_missing(tables: Path) -> None:
    address = "/ODataApi/odata/99001SYN/UntypedDataSet"
    untyped: list[dict[str, object]] = body(tables, address)["value"]  # type: ignore[assignment]
    assert untyped[0]["AantalInwoners_5"] == "     100"
    assert untyped[4]["Inkomen_72"] == "       ."
    assert untyped[4]["ID"] == 4


# Where things are


def test_catalogue_lists_tables(tables: Path) -> None:
    listed = body(tables, "/ODataCatalog/Tables?$format=json")
    assert listed["value"] == [{"Identifier": "99001SYN", "Title": "Vijf rijen", "RecordCount": 5}]


def test_table_lists_its_sets_with_absolute_addresses(tables: Path) -> None:
    listed: list[dict[str, str]] = body(tables, "/ODataApi/odata/99001SYN")["value"]  # type: ignore[assignment]
    assert [one["name"] for one in listed] == [
        "TableInfos",
        "UntypedDataSet",
        "TypedDataSet",
        "DataProperties",
        "CategoryGroups",
        "WijkenEnBuurten",
    ]
    assert listed[0]["url"] == "http://127.0.0.1:1/ODataApi/odata/99001SYN/TableInfos"


def test_letter_case_of_the_address_does_not_matter(tables: Path) -> None:
    assert body(tables, "/odataapi/OData/99001syn/tableinfos")["value"][0]["RecordCount"] == 5  # type: ignore[index]


@pytest.mark.parametrize("path", ["/ODataFeed/odata/11111XXX", "/ODataFeed/odata/99001SYN/Perioden", "/", "/elders"])
def test_unknown_table_set_or_root_is_404(tables: Path, path: str) -> None:
    assert refusal(tables, f"{path}?$format=json").status == 404


def test_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"got no table; expected folders"):
        odata.Tables(tmp_path)


# Feed and Api


@pytest.mark.parametrize("path", ["/ODataFeed/odata/99001SYN/TypedDataSet", "/ODataCatalog/Tables"])
def test_without_format_json_the_feed_answers_atom(tables: Path, path: str) -> None:
    assert ask(tables, path).kind == "application/atom+xml"


def test_api_answers_json_without_being_asked(tables: Path) -> None:
    assert len(body(tables, "/ODataApi/odata/99001SYN/TypedDataSet")["value"]) == 5  # type: ignore[arg-type]


def test_pages_of_two_rows_link_to_the_next_until_five_are_given(tables: Path) -> None:
    first = body(tables, "/ODataFeed/odata/99001SYN/TypedDataSet?$format=json", 2)
    link = "http://127.0.0.1:1/ODataFeed/odata/99001SYN/TypedDataSet?$format=json&$skip="
    assert first["odata.nextLink"] == f"{link}2"
    second = body(tables, str(first["odata.nextLink"]).removeprefix("http://127.0.0.1:1"), 2)
    assert second["odata.nextLink"] == f"{link}4"
    third = body(tables, str(second["odata.nextLink"]).removeprefix("http://127.0.0.1:1"), 2)
    assert "odata.nextLink" not in third
    assert [len(page["value"]) for page in (first, second, third)] == [2, 2, 1]  # type: ignore[arg-type]


def test_a_full_last_page_has_no_next_link(tables: Path) -> None:
    assert "odata.nextLink" not in body(tables, "/ODataFeed/odata/99001SYN/TypedDataSet?$format=json&$top=2", 2)


def test_next_link_keeps_filter_selection_and_what_is_left_of_top(tables: Path) -> None:
    query = "&$top=4&$select=ID&$filter=startswith(WijkenEnBuurten,'BU') or ID eq 0 or ID eq 1"
    page = body(tables, f"/ODataFeed/odata/99001SYN/TypedDataSet?$format=json{query}", 3)
    assert page["value"] == [{"ID": 0}, {"ID": 1}, {"ID": 3}]
    onward = str(page["odata.nextLink"]).removeprefix("http://127.0.0.1:1")
    assert "$top=1" in onward  # 4 asked − 3 given
    assert body(tables, onward, 3)["value"] == [{"ID": 4}]


def test_api_refuses_skip(tables: Path) -> None:
    problem = refusal(tables, "/ODataApi/odata/99001SYN/TypedDataSet?$skip=2")
    assert (problem.status, "$skip" in str(problem)) == (500, True)


def test_api_refuses_more_rows_than_a_page_holds(tables: Path) -> None:
    problem = refusal(tables, "/ODataApi/odata/99001SYN/TypedDataSet", 4)
    assert (problem.status, str(problem)) == (500, "The query returns more than 4 records.")


def test_api_gives_a_part_that_fits(tables: Path) -> None:
    page = body(tables, "/ODataApi/odata/99001SYN/TypedDataSet?$top=4", 4)
    assert len(page["value"]) == 4  # type: ignore[arg-type]


def test_skip_and_top_take_a_part(tables: Path) -> None:
    assert [row["ID"] for row in rows(tables, "&$skip=1&$top=2")] == [1, 2]


def test_count_is_plain_text(tables: Path) -> None:
    counted = ask(tables, "/ODataFeed/odata/99001SYN/TypedDataSet/$count")
    assert (counted.body, counted.kind) == (b"5", "text/plain")


# Filters and selection


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("WijkenEnBuurten eq 'GM9901    '", [1]),
        ("WijkenEnBuurten eq 'GM9901'", []),  # the padding is part of the key
        ("AantalInwoners_5 eq 60", [1, 2]),
        ("startswith(WijkenEnBuurten,'BU9901')", [3, 4]),
        ("substringof('9901',WijkenEnBuurten)", [1, 2, 3, 4]),
        ("startswith(WijkenEnBuurten,'BU') and AantalInwoners_5 eq 15", [4]),
        ("ID eq 0 or startswith(WijkenEnBuurten,'BU') and ID eq 4", [0, 4]),  # and binds before or
        ("WijkenEnBuurten eq 'x or y'", []),  # an or between quotes is text
    ],
)
def test_filter_keeps_rows(tables: Path, condition: str, found: list[int]) -> None:
    assert [row["ID"] for row in rows(tables, f"&$filter={condition}")] == found


def test_filter_on_a_dimension(tables: Path) -> None:
    address = "/ODataFeed/odata/99001SYN/WijkenEnBuurten?$format=json&$filter=startswith(Key,'GM')"
    assert body(tables, address)["value"] == [{"Key": "GM9901    ", "Title": "regio 1"}]


@pytest.mark.parametrize("condition", ["AantalInwoners_5 gt 3", "(ID eq 1)", "Onbekend_9 eq 1"])
def test_filter_that_is_not_understood_is_400(tables: Path, condition: str) -> None:
    address = f"/ODataFeed/odata/99001SYN/TypedDataSet?$format=json&$filter={condition}"
    assert refusal(tables, address).status == 400


def test_selection_of_columns(tables: Path) -> None:
    assert rows(tables, "&$select=ID, AantalInwoners_5&$top=1") == [{"ID": 0, "AantalInwoners_5": 100}]


def test_selection_of_an_unknown_column_is_400(tables: Path) -> None:
    problem = refusal(tables, "/ODataFeed/odata/99001SYN/TypedDataSet?$format=json&$select=Elders_1")
    assert (problem.status, "Elders_1" in str(problem)) == (400, True)


# Over the line


def test_server_answers_on_loopback_and_stops(tables: Path) -> None:
    with serve(tables) as address:
        assert address.startswith("http://127.0.0.1:")
        answer = requests.get(f"{address}/ODataApi/odata/99001SYN/TableInfos", timeout=5)
        assert answer.json()["value"][0]["RecordCount"] == 5
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)


def test_next_link_can_be_followed_over_the_line(tables: Path) -> None:
    with serve(tables, page_size=3) as address:
        url = f"{address}/ODataFeed/odata/99001SYN/TypedDataSet?$format=json"
        first = requests.get(url, timeout=5).json()
        second = requests.get(first["odata.nextLink"], timeout=5).json()
    assert len(first["value"]) + len(second["value"]) == 3 + 2


def test_answer_is_packed_only_when_the_client_can_unpack(tables: Path) -> None:
    with serve(tables) as address:
        url = f"{address}/ODataApi/odata/99001SYN/TableInfos"
        packed = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=5)
        plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=5)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()


def test_unknown_table_over_the_line_says_so_in_json(tables: Path) -> None:
    with serve(tables) as address:
        answer = requests.get(f"{address}/ODataFeed/odata/11111XXX/TableInfos?$format=json", timeout=5)
    assert answer.status_code == 404
    assert answer.json()["odata.error"]["message"]["value"] == "Tabel 11111XXX niet gevonden."


def test_requests_are_logged_as_they_were_asked(tables: Path) -> None:
    log: list[str] = []
    with serve(tables, log=log) as address:
        requests.get(f"{address}/ODataApi/odata/99001SYN/TypedDataSet", params={"$top": "1"}, timeout=5)
    assert log == ["/ODataApi/odata/99001SYN/TypedDataSet?$top=1"]


def test_cbsodata_reads_the_metadata(tables: Path) -> None:
    # The client asks over https; on loopback there is none, so only its address changes.
    with serve(tables) as address:
        original = cbsodata.cbsodata3._get_table_url
        try:
            cbsodata.cbsodata3._get_table_url = lambda table, **_: f"{address}/ODataFeed/odata/{table}/"
            info = cbsodata.get_info("99001SYN")
        finally:
            cbsodata.cbsodata3._get_table_url = original
    assert info["Title"] == "Vijf rijen"


# Faults


def test_each_fault_breaks_one_request_and_then_all_is_well(tables: Path) -> None:
    faults = deque(["500", "html", "reset", "truncate"])
    with serve(tables, faults=faults) as address:
        url = f"{address}/ODataApi/odata/99001SYN/TypedDataSet"
        assert requests.get(url, timeout=5).status_code == 500
        page = requests.get(url, timeout=5)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html")
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=5)
        with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
            requests.get(url, timeout=5)
        assert len(requests.get(url, timeout=5).json()["value"]) == 5
    assert not faults


def test_any_other_word_in_the_queue_lets_its_request_pass(tables: Path) -> None:
    faults = deque(["", "500"])
    with serve(tables, faults=faults) as address:
        url = f"{address}/ODataApi/odata/99001SYN/TableInfos"
        assert [requests.get(url, timeout=5).status_code for _ in range(3)] == [200, 500, 200]


def test_server_can_be_started_from_the_command_line(tables: Path) -> None:
    command = [sys.executable, "-m", "bt_analysis.demo.server", "--tables", str(tables), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = process.stderr.readline().strip()
        answer = requests.get(f"{address}/ODataApi/odata/99001SYN/TableInfos", timeout=5)
        process.terminate()
    assert answer.json()["value"][0]["Title"] == "Vijf rijen"
