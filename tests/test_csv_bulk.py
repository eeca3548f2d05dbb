"""A table as a ZIP of CSV files: what is in it, what may be wrong with it, and how it is asked again."""

import io
import json
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bt_analysis.settings import CbsSettings
from bt_analysis.sources import csv_bulk, patience
from bt_analysis.sources.csv_bulk import CsvBulk
from bt_analysis.sources.http import Client, SourceRejected, SourceUnreachable
from tests.datasets_server import Dataset, serve

TABLE = "99001NED"
PROPERTIES = {
    "Identifier": TABLE,
    "Title": "Kerncijfers wijken en buurten 2020",
    "Modified": "2021-03-26T00:00:00+01:00",
    "Version": "202103260000",
    "ObservationCount": 3,
    "TemporalCoverage": "2020",
}
# As CBS writes them: semicolons, a decimal comma, padded codes, a byte order mark, texts in quotes when they must be.
FILES: Mapping[str, str] = {
    "Dimensions.csv": "Identifier;Title;Kind;MapYear\r\nWijkenEnBuurten;Wijken en buurten;GeoDetail;2020\r\n",
    "MeasureCodes.csv": (
        "Identifier;Index;Title;Description;MeasureGroupId;DataType;Unit;Decimals\r\n"
        'M1;2;"Inkomen; gemiddeld";"Een tekst; met\r\neen ""tweede"" regel.";;Double;x 1 000 euro;1\r\n'
    ),
    "WijkenEnBuurtenCodes.csv": "Identifier;Index;Title\r\nNL00;1;Nederland\r\nGM0003;2;Appingedam\r\n0123;3;\r\n",
    "Observations.csv": (
        "Id;Measure;WijkenEnBuurten;Value;StringValue;ValueAttribute\r\n"
        "0;M1;NL00      ;25,5;;None\r\n1;M1;GM0003    ;;;Impossible\r\n2;M1;0123      ;24;;None\r\n"
    ),
}


def packed(*without: str, **files: str | bytes) -> bytes:
    """Return a ZIP; a name without ``.csv`` in ``files`` stands for the file with it."""
    replaced: dict[str, str | bytes] = {**FILES}
    replaced.update({f"{name}.csv": text for name, text in files.items()})
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in replaced.items():
            if name not in without:
                archive.writestr(name, text if isinstance(text, bytes) else b"\xef\xbb\xbf" + text.encode())
    return content.getvalue()


@dataclass
class Packed(Dataset):
    """A table whose ZIPs are given, one for each time that it is asked for; the last one stays."""

    zips: list[bytes] = field(default_factory=list)

    def packed(self) -> bytes:
        return self.zips.pop(0) if len(self.zips) > 1 else self.zips[0]


@contextmanager
def published(*zips: bytes, log: list[str] | None = None, **serving: Any) -> Iterator[tuple[CsvBulk, Client]]:
    table = Packed({"Properties": PROPERTIES}, [], zips=list(zips))
    patient = {"retries": 3, "timeout_s": 5, "first_wait_s": 0.001, "patience_s": 0}
    with serve({TABLE: table}, log=log, **serving) as address:
        patiently = CbsSettings.model_validate({"datasets_url": address} | patient)
        with Client(patiently) as client:
            yield CsvBulk(address), client


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST_WAIT_S", 0.002)


def download(here: tuple[CsvBulk, Client], staging: Path) -> dict[str, int]:
    back_end, client = here
    staging.mkdir(exist_ok=True)
    return back_end.download(back_end.release(TABLE, client), client, staging)


def values(staging: Path) -> list[float | None]:
    found: list[float | None] = pq.read_table(staging / "Observations.parquet")["Value"].to_pylist()
    return found


def test_a_table_arrives_in_one_question(tmp_path: Path) -> None:
    log: list[str] = []
    with published(packed(), log=log) as here:
        counts = download(here, tmp_path)
    assert log.count(f"/CSV/CBS/nl/{TABLE}") == 1
    assert counts == {
        "Properties.json": 1,
        "Dimensions.json": 1,
        "MeasureCodes.json": 1,
        "MeasureGroups.json": 0,
        "WijkenEnBuurtenCodes.json": 3,
        "WijkenEnBuurtenGroups.json": 0,
        "Observations.parquet": 3,
    }
    rows = pq.read_table(tmp_path / "Observations.parquet").to_pydict()
    assert rows["WijkenEnBuurten"] == ["NL00", "GM0003", "0123"]  # codes are texts, without padding
    assert rows["Value"] == [25.5, None, 24]
    assert rows["ValueAttribute"] == ["None", "Impossible", "None"]


def test_quoted_texts_may_hold_semicolons_lines_and_quotes(tmp_path: Path) -> None:
    with published(packed()) as here:
        download(here, tmp_path)
    measure = json.loads((tmp_path / "MeasureCodes.json").read_text(encoding="utf-8"))[0]
    assert measure["Title"] == "Inkomen; gemiddeld"
    assert measure["Description"] == 'Een tekst; met\r\neen "tweede" regel.'
    assert (measure["Index"], measure["Decimals"], measure["MeasureGroupId"]) == (2, 1, None)


@pytest.mark.parametrize(
    ("written", "expected"), [("25,5", 25.5), ("25.5", 25.5), ("-3", -3.0), (" 7 ", 7.0), ("17407585", 17_407_585.0)]
)
def test_the_file_shows_its_decimal_sign(tmp_path: Path, written: str, expected: float) -> None:
    with published(packed(Observations=FILES["Observations.csv"].replace("25,5", written))) as here:
        download(here, tmp_path)
    assert values(tmp_path) == [expected, None, 24]


@pytest.mark.parametrize(
    ("written", "message"),
    [("1.234,5", "got numbers with commas and with points"), ("veel", "got a text as a number")],
)
def test_a_value_that_may_be_two_numbers_or_none_is_refused(tmp_path: Path, written: str, message: str) -> None:
    text = FILES["Observations.csv"].replace("25,5", written)
    with published(packed(Observations=text)) as here, pytest.raises(SourceRejected, match=message):
        download(here, tmp_path)


def test_other_files_and_columns_are_let_alone(tmp_path: Path) -> None:
    text = FILES["Observations.csv"].replace("\r\n", ";x\r\n")
    with published(packed(Observations=text, Leesmij="geen ; tabel", Onbekend=b"\xff\xfe")) as here:
        download(here, tmp_path)
    assert values(tmp_path) == [25.5, None, 24]


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    content = io.BytesIO(packed())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("../../buiten.csv", "a;b")
        archive.writestr("/tmp/buiten.csv", "a;b")  # noqa: S108 - the name is the attack
    with published(content.getvalue()) as here:
        download(here, tmp_path / "deep")
    assert not list(tmp_path.rglob("buiten.csv"))


@pytest.mark.parametrize("fault", ["reset", "truncate", "500", "html"])
def test_a_restless_line_gives_the_same_table(tmp_path: Path, fault: str) -> None:
    log: list[str] = []
    with published(packed(), faults=deque(["", fault, fault, ""]), log=log) as here:
        download(here, tmp_path)
    assert values(tmp_path) == [25.5, None, 24]
    assert log.count(f"/CSV/CBS/nl/{TABLE}") == 3


def damaged() -> bytes:
    """A ZIP of the right length in which a byte of the observations has changed."""
    content = bytearray(packed())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        inside = archive.getinfo("Observations.csv")
    content[inside.header_offset + 60] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize("broken", [b"", b"<html>Onderhoud</html>", packed()[:-30], damaged()])
def test_a_broken_zip_is_asked_again(tmp_path: Path, broken: bytes) -> None:
    with published(broken, packed()) as here:
        download(here, tmp_path)
    assert values(tmp_path) == [25.5, None, 24]


def test_a_zip_that_stays_broken_leaves_nothing(tmp_path: Path) -> None:
    with published(damaged()) as here, pytest.raises(SourceUnreachable, match="CSV/CBS/nl/99001NED: got"):
        download(here, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_zip_that_is_there_is_not_asked_for_again(tmp_path: Path) -> None:
    log: list[str] = []
    with published(packed(), log=log) as here:
        download(here, tmp_path)
        log.clear()
        download(here, tmp_path)
    assert f"/CSV/CBS/nl/{TABLE}" not in log


@pytest.mark.parametrize("absent", ["Observations.csv", "MeasureCodes.csv", "WijkenEnBuurtenCodes.csv"])
def test_a_file_that_is_lacking_is_named(tmp_path: Path, absent: str) -> None:
    with published(packed(absent)) as here, pytest.raises(SourceRejected, match=f"got a ZIP without {absent}"):
        download(here, tmp_path)


@pytest.mark.parametrize("text", ["Identifier;Index;Title\r\nNL00;1;Súdwest\r\n".encode("latin-1"), b""])
def test_a_file_that_is_no_table_in_utf_8_is_refused(tmp_path: Path, text: bytes) -> None:
    expected = r"WijkenEnBuurtenCodes\.csv: got a text that is no table .*; expected CSV in UTF-8 with semicolons"
    with published(packed(WijkenEnBuurtenCodes=text)) as here, pytest.raises(SourceRejected, match=expected):
        download(here, tmp_path)


def test_a_column_that_is_lacking_is_named(tmp_path: Path) -> None:
    text = FILES["Observations.csv"].replace("WijkenEnBuurten", "RegioS")
    with published(packed(Observations=text)) as here, pytest.raises(SourceRejected, match="without WijkenEnBuurten"):
        download(here, tmp_path)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("0;M1;NL00;1;;\r\n", "got 1 observations; expected ObservationCount = 3"),
        ("0;M1;NL00;1;;\r\n" * 3, "got 2 observations twice, first 'M1 × NL00'"),
        ("0;M1;NL00;1;;\r\n1;M1;0123;1;;\r\n2;M2;0123;1;;\r\n", "got M2 as Measure; expected a code of the metadata"),
        ("0;M1;NL00;1\r\n", "got a text that is no table"),
    ],
)
def test_observations_that_are_not_right_are_not_kept(tmp_path: Path, rows: str, message: str) -> None:
    head = FILES["Observations.csv"].partition("\r\n")[0] + "\r\n"
    with published(packed(Observations=head + rows)) as here, pytest.raises(SourceRejected, match=message):
        download(here, tmp_path)
    assert not (tmp_path / "Observations.parquet").exists()


@pytest.mark.parametrize(("version", "count"), [("202001010000", "3"), ("202103260000", "9")])
def test_a_zip_of_another_release_is_refused(tmp_path: Path, version: str, count: str) -> None:
    text = f"Identifier;Version;ObservationCount\r\n{TABLE};{version};{count}\r\n"
    with published(packed(Properties=text)) as here, pytest.raises(SourceRejected, match=r"got a ZIP of \w+ \d+"):
        download(here, tmp_path)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_bulk, "LARGEST_UNPACKED_GB", 0.001)
    bomb = packed(Observations=b"0" * 2_000_000)  # 2 MB of zeros in 2 kB
    with (
        published(bomb) as here,
        pytest.raises(SourceRejected, match="99001NED: got a ZIP that unpacks to more"),
    ):
        download(here, tmp_path)


def test_where_each_file_came_from() -> None:
    back_end = CsvBulk("https://datasets.cbs.nl")
    assert back_end.url(TABLE, "Observations.parquet") == f"https://datasets.cbs.nl/CSV/CBS/nl/{TABLE}"
    assert back_end.url(TABLE, "Properties.json") == f"https://datasets.cbs.nl/odata/v1/CBS/{TABLE}/Properties"
