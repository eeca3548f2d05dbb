"""Fetching boundaries: whatever the line does, all three layers of a year come whole and in metres, or none.

PDOK and CBS's archive stand on loopback: layers typed in a test go in; pages, a WFS and files come out.
"""

from __future__ import annotations

import io
import json
import socket
import struct
import threading
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import geopandas as gpd
import pytest
from shapely.geometry import box

from bt_analysis import fetching
from bt_analysis.settings import BoundarySettings, CbsSettings, Settings, Workspace
from bt_analysis.sources import boundaries, pdok
from bt_analysis.sources.files import read_sources
from bt_analysis.sources.http import Client, SourceRejected, SourceUnreachable

LEVELS = {"buurten": ("buurt", "BU", 10), "wijken": ("wijk", "WK", 8), "gemeenten": ("gemeente", "GM", 6)}


@dataclass
class Host:
    """What the host has and how it behaves; a test may change it while it runs.

    Each request takes one fault from the left: reset, truncate, html, 500 or anything else to pass. ``degrees``: the
    host ignores ``crs``; ``promised``: what it says to have, whatever it has.
    """

    layers: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    page: int = 1000
    degrees: bool = False
    counts: bool = True
    promised: int | None = None
    faults: deque[str] = field(default_factory=deque)
    log: list[str] = field(default_factory=list)

    def answer(self, path: str, here: str) -> tuple[int, str, bytes]:
        """Return status, kind and content for a path and query."""
        place, query = urlsplit(path).path, {key: one[0] for key, one in parse_qs(urlsplit(path).query).items()}
        if place.startswith("/ogc/") and (layer := place.split("/")[-2]) in self.layers:
            return self._json(self._ogc(layer, query, f"{here}{place}"))
        if place.startswith("/wfs/") and (layer := query["typeNames"].partition(":")[2]) in self.layers:
            return self._json(self._wfs(layer, query))
        content = self.files.get(place.rpartition("/")[2])
        return (404, "text/plain", b"no such thing") if content is None else (200, "application/octet-stream", content)

    def _ogc(self, layer: str, query: dict[str, str], address: str) -> dict[str, Any]:
        rows, start = self.layers[layer], int(query.get("cursor", 0))
        if "gemeentecode" in query:
            rows = rows[rows["gemeentecode"] == query["gemeentecode"]]
        size = min(self.page, int(query["limit"]))
        page = self._features(rows.iloc[start : start + size], layer, metres="28992" in query.get("crs", ""))
        more = start + size < len(rows)
        following = urlencode({**query, "cursor": start + size})
        page["links"] = [{"rel": "next", "href": f"{address}?{following}"}] if more else []
        return page | ({"numberMatched": self._count(rows)} if self.counts else {})

    def _wfs(self, layer: str, query: dict[str, str]) -> dict[str, Any]:
        # As PDOK's: cql_filter is ignored without a word.
        rows, start, size = self.layers[layer], int(query["startIndex"]), min(self.page, int(query["count"]))
        return self._features(rows.iloc[start : start + size], layer, metres=True) | {
            "numberMatched": self._count(rows)
        }

    def _count(self, rows: gpd.GeoDataFrame) -> int:
        return len(rows) if self.promised is None else self.promised

    def _features(self, rows: gpd.GeoDataFrame, layer: str, *, metres: bool) -> dict[str, Any]:
        shown = rows if metres and not self.degrees else rows.to_crs("EPSG:4326")
        features = json.loads(shown.to_json(drop_id=True))["features"]
        named = [{**one, "id": f"{layer}.{at}"} for at, one in zip(rows.index, features, strict=True)]
        return {"type": "FeatureCollection", "features": named, "numberReturned": len(named)}

    @staticmethod
    def _json(content: dict[str, Any]) -> tuple[int, str, bytes]:
        return 200, "application/geo+json", json.dumps(content).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host: Host

    def log_message(self, *args: object) -> None:
        """Stay silent: a test reads the list of requests instead."""

    def do_GET(self) -> None:
        self.host.log.append(unquote(self.path))
        fault = self.host.faults.popleft() if self.host.faults else ""
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        status, kind, body = self.host.answer(self.path, f"http://{self.headers['Host']}")
        if fault == "500":
            status, kind, body = 500, "text/plain", b"fout"
        if fault == "html":
            status, kind, body = 200, "text/html", b"<html><body>Onderhoud</body></html>"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "truncate" else body)
        self.close_connection = self.close_connection or fault == "truncate"


@contextmanager
def serve(host: Host) -> Iterator[BoundarySettings]:
    """Serve a host for as long as the with block lasts; gives the settings that point there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Bound", (_Handler,), {"host": host}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield BoundarySettings(
            ogc_url=address + "/ogc/{year}",
            wfs_url=address + "/wfs/{year}",
            download_url=address + "/downloads/{year}",
            archive_url=address + "/archive",
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def layer(name: str, count: int = 5) -> gpd.GeoDataFrame:
    """Return squares of 100 m in a row, east of the middle of Amersfoort; every buurt in its own wijk and gemeente."""
    level, letters, _ = LEVELS[name]
    squares = [box(155_000 + 100 * at, 463_000, 155_100 + 100 * at, 463_100) for at in range(count)]
    digits = {"buurten": "{:04d}0000", "wijken": "{:04d}00", "gemeenten": "{:04d}"}[name]
    return gpd.GeoDataFrame(
        {
            f"{level}code": [letters + digits.format(9900 + at) for at in range(count)],
            f"{level}naam": [f"Naam {at}" for at in range(count)],
            "water": "NEE",
            "percentage_gehuwd": 40.5,
            **({"gemeentecode": [f"GM{9900 + at}" for at in range(count)]} if name != "gemeenten" else {}),
        },
        geometry=squares,
        crs="EPSG:28992",
    )


def three() -> dict[str, gpd.GeoDataFrame]:
    return {name: layer(name) for name in LEVELS}


def geopackage(folder: Path) -> bytes:
    for name, features in three().items():
        features.to_file(folder / "made.gpkg", layer=name, driver="GPKG")
    return (folder / "made.gpkg").read_bytes()


def shapefiles(folder: Path, year: int, *names: str) -> bytes:
    """Return a ZIP as CBS made them: a folder, one shapefile per level, short names of columns."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            level, letters, _ = LEVELS[name]
            short = {f"{level}code": f"{letters}_CODE", f"{level}naam": f"{letters}_NAAM", "water": "WATER"}
            stem = f"{name[:3] if name == 'gemeenten' else level}_{year}_v3"
            old = layer(name).rename(columns=short).drop(columns=["percentage_gehuwd", "gemeentecode"], errors="ignore")
            old.assign(AANT_INW=-99_999_999).to_file(folder / f"{stem}.shp")
            for part in sorted(folder.glob(f"{stem}.*")):
                archive.write(part, f"Uitvoer_shape/{part.name}")
    return made.getvalue()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(CbsSettings(retries=3, patience_s=0, first_wait_s=0.001, timeout_s=5)) as made:
        yield made


def test_the_api_gives_all_pages_in_metres(workspace: Workspace, client: Client) -> None:
    host = Host(three(), page=2)
    with serve(host) as here:
        fetched = boundaries.fetch_boundaries(2024, workspace, here, client)
    assert (fetched.route, fetched.changed) == ("OGC API", True)
    assert fetched.rows == {"buurten": 5, "wijken": 5, "gemeenten": 5}
    assert len(host.log) == 3 * 3  # pages of 2, 2 and 1 of each layer
    found = boundaries.read_boundaries(workspace.raw, 2024)
    assert found is not None
    assert list(found["regiocode"]) == [f"BU{9900 + at}0000" for at in range(5)]
    assert found.geometry.area.sum() == pytest.approx(5 * 100 * 100)
    wijken = boundaries.read_boundaries(workspace.raw, 2024, "wijk")
    assert wijken is not None
    assert list(wijken["regiocode"]) == [f"WK{9900 + at}00" for at in range(5)]


def test_figures_are_left_to_statline(workspace: Workspace, client: Client) -> None:
    with serve(Host(three())) as here:
        boundaries.fetch_boundaries(2024, workspace, here, client)
    kept = gpd.read_file(workspace.raw / "boundaries/2024/wijken.gpkg")
    assert list(kept.columns) == ["wijkcode", "wijknaam", "water", "gemeentecode", "geometry"]


def test_every_file_has_its_line(workspace: Workspace, client: Client) -> None:
    with serve(Host(three())) as here:
        boundaries.fetch_boundaries(2024, workspace, here, client)
    lines = read_sources(workspace.sources).set_index("file")
    assert list(lines.index) == [f"boundaries/2024/{name}.gpkg" for name in ("buurten", "gemeenten", "wijken")]
    assert lines["rows"].eq("5").all()
    assert lines["licence"].eq("CC BY 4.0, bron: CBS, Kadaster").all()
    assert str(lines["url"]["boundaries/2024/buurten.gpkg"]).endswith("/ogc/2024/collections/buurten/items")


def test_what_is_there_is_not_fetched_again(workspace: Workspace, client: Client) -> None:
    host = Host(three())
    with serve(host) as here:
        boundaries.fetch_boundaries(2024, workspace, here, client)
        asked = len(host.log)
        again = boundaries.fetch_boundaries(2024, workspace, here, client)
        assert (again.changed, again.rows, len(host.log)) == (False, dict.fromkeys(LEVELS, 5), asked)
        (workspace.raw / "boundaries/2024/wijken.gpkg").write_bytes(b"broken")
        assert boundaries.fetch_boundaries(2024, workspace, here, client).changed


@pytest.mark.parametrize("fault", ["reset", "truncate", "500", "html"])
def test_a_restless_line_changes_nothing(workspace: Workspace, client: Client, fault: str) -> None:
    with serve(Host(three(), page=2, faults=deque([fault, "", fault, fault]))) as here:
        fetched = boundaries.fetch_boundaries(2024, workspace, here, client)
    assert (fetched.route, fetched.rows["buurten"]) == ("OGC API", 5)


@pytest.mark.parametrize(
    ("host", "said"),
    [
        (Host(three(), degrees=True), r"got coordinates 5\.38.*; expected metres of EPSG:28992"),
        (Host(three(), promised=6), r"got 5 features; expected 6"),
        (Host({**three(), "buurten": layer("buurten").iloc[[0, 0, 1]]}), r"got 1 features twice; expected each once"),
        (Host({name: layer(name, 0) for name in LEVELS}), r"got 0 features; expected some"),
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_is_written(
    workspace: Workspace, client: Client, host: Host, said: str
) -> None:
    with serve(host) as here, pytest.raises(SourceRejected, match=said):
        pdok.by_ogc(2024, here, client)
    with serve(host) as here, pytest.raises((SourceRejected, SourceUnreachable)):
        boundaries.fetch_boundaries(2024, workspace, here, client)
    assert not (workspace.raw / "boundaries").exists()


def test_a_host_that_does_not_count_is_read_to_its_last_page(client: Client) -> None:
    with serve(Host(three(), page=2, counts=False)) as here:
        assert len(pdok.ogc_layer(2024, here, client, "buurten")) == 5


def test_one_gemeente_can_be_asked_for(client: Client) -> None:
    host = Host(three())
    with serve(host) as here:
        assert list(pdok.ogc_layer(2024, here, client, "buurten", "GM9902")["buurtcode"]) == ["BU99020000"]
    assert "gemeentecode=GM9902" in host.log[0]


def test_the_wfs_is_asked_page_by_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdok, "PAGE", 2)
    host = Host(three())
    with serve(host) as here:
        layers = pdok.by_wfs(2024, here, client)
    assert {name: len(features) for name, (_, features) in layers.items()} == dict.fromkeys(LEVELS, 5)
    starts = [path.rpartition("startIndex=")[2] for path in host.log if "wijkenbuurten:buurten" in path]
    assert starts == ["0", "2", "4"]
    assert not any("cql_filter" in path for path in host.log)


def test_the_geopackage_of_2023_has_a_number_in_its_name(tmp_path: Path, client: Client) -> None:
    with serve(Host(files={"wijkenbuurten_2023_v1.gpkg": geopackage(tmp_path)})) as here:
        layers = pdok.by_geopackage(2023, here, client)
    assert layers["gemeenten"][0].endswith("/downloads/2023/wijkenbuurten_2023_v1.gpkg")
    assert {name: len(features) for name, (_, features) in layers.items()} == dict.fromkeys(LEVELS, 5)


def test_the_next_route_is_taken_when_one_fails(tmp_path: Path, workspace: Workspace, client: Client) -> None:
    # Without layers the host refuses the OGC API and the WFS; a page "Onderhoud" in place of the file is asked again.
    host = Host(files={"wijkenbuurten_2024.gpkg": geopackage(tmp_path)}, faults=deque(["", "", "html", "truncate"]))
    with serve(host) as here:
        fetched = boundaries.fetch_boundaries(2024, workspace, here, client)
    assert (fetched.route, fetched.rows["wijken"]) == ("GeoPackage", 5)
    assert [path.split("/")[1] for path in host.log] == ["ogc", "wfs", "downloads", "downloads", "downloads"]


def test_old_years_come_from_the_archive_in_the_newest_edition(
    tmp_path: Path, workspace: Workspace, client: Client
) -> None:
    host = Host(files={"WijkBuurtkaart_2013_v2.zip": shapefiles(tmp_path, 2013, *LEVELS)})
    with serve(host) as here:
        fetched = boundaries.fetch_boundaries(2013, workspace, here, client)
    assert fetched.route == "archive"
    assert host.log == ["/archive/WijkBuurtkaart_2013_v3.zip", "/archive/WijkBuurtkaart_2013_v2.zip"]
    found = boundaries.read_boundaries(workspace.raw, 2013)
    assert found is not None
    assert list(found.loc[[0, 4], "regiocode_label"]) == ["Naam 0", "Naam 4"]
    assert found["inhabitants"].isna().all()  # -99999999 is no figure


def test_an_archive_with_a_geopackage(tmp_path: Path, workspace: Workspace, client: Client) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("wijkenbuurten_2021_v3.gpkg", geopackage(tmp_path))
    with serve(Host(files={"WijkBuurtkaart_2021_v3.zip": made.getvalue()})) as here:
        assert boundaries.fetch_boundaries(2021, workspace, here, client).rows == dict.fromkeys(LEVELS, 5)


def test_an_archive_without_a_layer_is_refused(tmp_path: Path, workspace: Workspace, client: Client) -> None:
    host = Host(files={"WijkBuurtkaart_2013_v3.zip": shapefiles(tmp_path, 2013, "buurten", "wijken")})
    with (
        serve(host) as here,
        pytest.raises(SourceRejected, match=r"expected a GeoPackage, or one shapefile of gemeent"),
    ):
        boundaries.fetch_boundaries(2013, workspace, here, client)
    assert not (workspace.raw / "boundaries").exists()


def test_a_year_that_nobody_has(workspace: Workspace, client: Client) -> None:
    with serve(Host()) as here, pytest.raises(SourceRejected, match=r"got no .*_v3\.zip or .*_v1\.zip; expected one"):
        boundaries.fetch_boundaries(2001, workspace, here, client)


def test_a_year_that_is_refused_does_not_keep_the_others_away(
    tmp_path: Path, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    host = Host(three(), {"WijkBuurtkaart_2013_v1.zip": shapefiles(tmp_path, 2013, *LEVELS)})
    with serve(host) as here, pytest.raises(SourceRejected, match="WijkBuurtkaart_2012_v3"):
        fetching.fetch_boundaries(workspace, Settings(boundaries=here), [2012, 2013, 2024])
    assert capsys.readouterr().out.splitlines() == [
        "boundaries 2013: 5 buurten, 5 wijken, 5 gemeenten, fetched by archive",
        "boundaries 2024: 5 buurten, 5 wijken, 5 gemeenten, fetched by OGC API",
    ]
