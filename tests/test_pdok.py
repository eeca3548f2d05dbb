"""PDOK and CBS's archive, answer by answer: typed pages and files go in; a whole layer comes out, or why not."""

from __future__ import annotations

import io
import json
import zipfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import requests
from requests.adapters import HTTPAdapter
from shapely.geometry import Polygon, box, mapping

from bt_analysis.settings import BoundarySettings, CbsSettings
from bt_analysis.sources import pdok
from bt_analysis.sources.boundary_archive import by_archive
from bt_analysis.sources.http import Client, SourceRejected, SourceUnreachable
from bt_analysis.sources.map_files import RD

HERE = BoundarySettings(
    ogc_url="https://pdok/ogc/{year}",
    wfs_url="https://pdok/wfs/{year}",
    download_url="https://pdok/files/{year}",
    archive_url="https://cbs/maps",
)
METRES = "expected metres of EPSG:28992, east before north. Report the host."


class Typed(HTTPAdapter):
    """A line to every host that gives typed answers in turn: a status, or what stands in an answer with status 200."""

    def __init__(self, *answers: int | bytes | Mapping[str, Any]) -> None:
        super().__init__()
        self.answers, self.asked = deque(answers), list[str]()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        answer = self.answers.popleft()
        self.asked.append(str(request.url))
        made = requests.Response()
        made.status_code, content = (answer, b"") if isinstance(answer, int) else (200, answer)
        made.raw = io.BytesIO(content if isinstance(content, bytes) else json.dumps(content).encode())
        made.url, made.request = str(request.url), request
        return made


def client(line: Typed, tries: int = 3) -> Client:
    made = Client(CbsSettings(retries=tries - 1, patience_s=0, first_wait_s=0.001))
    for scheme in ("http://", "https://"):
        made._session.mount(scheme, line)
    return made


def square(at: int) -> Polygon:
    return box(155_000 + 100 * at, 463_000, 155_100 + 100 * at, 463_100)


def feature(at: int, shape: Any = None, **properties: Any) -> dict[str, Any]:
    """Return a feature as PDOK gives it: the square number ``at`` of a row east of the middle of Amersfoort."""
    known = {"buurtcode": f"BU9901010{at}"} | properties
    return {"type": "Feature", "id": f"b.{at}", "properties": known, "geometry": mapping(shape or square(at))}


def page(*features: Any, following: str = "", **more: Any) -> dict[str, Any]:
    links = [{"rel": "self", "href": "https://pdok/"}, *([{"rel": "next", "href": following}] if following else [])]
    return {"type": "FeatureCollection", "features": list(features), "links": links} | more


def buurten(line: Typed, tries: int = 3) -> gpd.GeoDataFrame:
    with client(line, tries) as asks:
        return pdok.ogc_layer(2024, HERE, asks, "buurten")


def refusal(*answers: int | bytes | Mapping[str, Any]) -> str:
    with pytest.raises(SourceRejected) as told:
        buurten(Typed(*answers))
    return str(told.value).partition("28992: ")[2]  # behind the address, which ends with the reference system


# --- the OGC API ---------------------------------------------------------------------------------------------------


def test_a_fault_on_any_page_is_asked_again_and_each_page_is_read_once() -> None:
    first = page(feature(0), feature(1), following="?cursor=2", numberMatched=3)
    line = Typed(503, first, b"<html>Onderhoud</html>", b'{"features": [', page(feature(2), numberMatched=3))
    found = buurten(line)
    assert list(found["buurtcode"]) == ["BU99010100", "BU99010101", "BU99010102"]
    assert found.geometry.area.sum() == 3 * 100 * 100
    # Two tries for the first page, three for the second, whose link was relative to the first.
    assert [url.rpartition("?")[2].partition("=")[0] for url in line.asked] == ["f", "f", "cursor", "cursor", "cursor"]
    assert line.asked[-1] == "https://pdok/ogc/2024/collections/buurten/items?cursor=2"


def test_a_page_that_stays_bad_is_not_a_shorter_layer() -> None:
    with pytest.raises(SourceUnreachable, match=r"cursor=2: got HTTP 500; expected an answer with data"):
        buurten(Typed(page(feature(0), following="?cursor=2"), 500, 500), tries=2)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([page(feature(0), numberMatched=2)], "got 1 features; expected 2. The host may be at work: fetch again."),
        # A layer that grew while it was read: what was promised last counts.
        (
            [page(feature(0), following="?2", numberMatched=2), page(feature(1), numberMatched=3)],
            "got 2 features; expected 3. The host may be at work: fetch again.",
        ),
        (
            [page(feature(0), following="?2"), page(feature(0))],
            "got 1 features twice; expected each once. Fetch again later.",
        ),
        ([page()], "got 0 features; expected some. The host may be at work: fetch again."),
        (
            [page(feature(0), following="?2"), page(feature(1, box(5.25, 52.5, 5.5, 52.75)))],
            f"got coordinates 5.25, 52.5, 5.5, 52.75; {METRES}",
        ),
        (
            [page(feature(0, box(463_000, 155_000, 463_100, 155_100)))],
            f"got coordinates 463000, 155000, 463100, 155100; {METRES}",
        ),
        (
            [page({**feature(0), "geometry": None})],
            f"got coordinates nan, nan, nan, nan; {METRES}",
        ),
    ],
)  # fmt: skip
def test_what_is_not_whole_or_not_in_metres_is_refused(answers: list[dict[str, Any]], said: str) -> None:
    assert refusal(*answers) == said


@pytest.mark.parametrize(
    "answer", [{"exceptions": "InvalidParameterValue"}, {"features": {}}, {"features": ["x"]}, {"features": None}]
)
def test_json_of_another_kind_is_refused(answer: dict[str, Any]) -> None:
    assert refusal(answer) == f"got {str(answer)!r}; expected a FeatureCollection. Fetch again later."


def test_a_next_page_at_another_host_is_not_fetched() -> None:
    line = Typed(page(feature(0), following="https://elsewhere/items?cursor=2"), page(feature(1)))
    with pytest.raises(
        SourceRejected, match=r"got a next page at https://elsewhere/items\?cursor=2; expected one of this host"
    ):
        buurten(line)
    assert len(line.asked) == 1


def test_a_next_page_of_the_same_host_may_have_another_scheme() -> None:
    line = Typed(page(feature(0), following="http://pdok:80/items?cursor=2"), page(feature(1)))
    assert len(buurten(line)) == 2
    assert line.asked[-1] == "http://pdok:80/items?cursor=2"


def test_pages_that_go_round_end_and_are_counted() -> None:
    line = Typed(
        page(feature(0), following="?b", numberMatched=3), page(feature(1), following="?b", numberMatched=3), 500
    )
    with pytest.raises(SourceRejected, match="got 2 features; expected 3"):
        buurten(line)
    assert len(line.asked) == 2


def test_features_need_no_id_links_or_properties() -> None:
    bare = [{key: value for key, value in feature(at).items() if key != "id"} for at in (0, 1)]
    found = buurten(Typed({"features": [bare[0], {**bare[1], "properties": None}], "links": None}))
    assert found.geometry.area.sum() == 2 * 100 * 100
    assert found["buurtcode"].isna().tolist() == [False, True]


def test_texts_and_a_few_numbers_are_kept() -> None:
    more = {
        "water": "NEE",
        "aantal_inwoners": 120,
        "percentage_gehuwd": 40.5,
        "oppervlakte_land_in_ha": 1,
        "is_nieuw": True,
    }
    found = buurten(Typed(page(feature(0, **more))))
    assert set(found.columns) == {"geometry", "buurtcode", "water", "aantal_inwoners", "oppervlakte_land_in_ha"}
    assert found["aantal_inwoners"].tolist() == [120]


# --- the WFS -------------------------------------------------------------------------------------------------------


def test_a_full_last_page_is_followed_by_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdok, "PAGE", 2)
    full, last = page(feature(0), feature(1), numberMatched="unknown"), page(numberMatched="unknown")
    line = Typed(*[full, last] * len(pdok.LAYERS))
    with client(line) as asks:
        layers = pdok.by_wfs(2024, HERE, asks)
    assert {name: len(table) for name, (_, table) in layers.items()} == {"buurten": 2, "wijken": 2, "gemeenten": 2}
    assert [url.rpartition("=")[2] for url in line.asked] == ["0", "2"] * 3


def test_a_wfs_with_smaller_pages_than_asked_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdok, "PAGE", 2)
    with (
        client(Typed(page(feature(0), numberMatched=3))) as asks,
        pytest.raises(SourceRejected, match="got 1 features; expected 3"),
    ):
        pdok.by_wfs(2024, HERE, asks)


# --- files ---------------------------------------------------------------------------------------------------------


def test_the_first_file_that_is_there_is_taken_whole(tmp_path: Path) -> None:
    line, path = Typed(404, 503, b"<html>", b"PK and all the rest"), tmp_path / "all.zip"
    with client(line) as asks:
        found = pdok.first_there(["https://cbs/3", "https://cbs/2", "https://cbs/1"], asks, path, b"PK")
    assert (found, line.asked) == ("https://cbs/2", ["https://cbs/3", *["https://cbs/2"] * 3])
    assert path.read_bytes() == b"PK and all the rest"


def test_a_page_in_place_of_a_file_is_never_the_file(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with client(Typed(b"<html>", b""), tries=2) as asks, pytest.raises(SourceUnreachable, match="a web page"):
        pdok.first_there(["https://cbs/3", "https://cbs/2"], asks, path, b"PK")
    assert not path.exists()


def test_no_file_at_all_says_what_to_do(tmp_path: Path) -> None:
    with client(Typed(404, 410)) as asks, pytest.raises(SourceRejected) as told:
        pdok.first_there(["https://cbs/3", "https://cbs/2"], asks, tmp_path / "x", b"PK")
    assert str(told.value) == (
        "got no https://cbs/3 or https://cbs/2; expected one of them. Put the year's map file in data/raw."
    )


def test_a_geopackage_without_a_layer_is_refused_with_its_address(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"a": ["x"]}, geometry=[square(0)], crs=RD).to_file(tmp_path / "a.gpkg", layer="buurten")
    with (
        client(Typed((tmp_path / "a.gpkg").read_bytes())) as asks,
        pytest.raises(SourceRejected, match=r"^https://pdok/files/2024/wijkenbuurten_2024\.gpkg: .*wijken"),
    ):
        pdok.by_geopackage(2024, HERE, asks)


def shapefiles(folder: Path, crs: str | None, *names: str) -> bytes:
    """Return a ZIP with a shapefile of two squares per name, in capitals, in a folder, as CBS's oldest maps are."""
    made = io.BytesIO()
    squares = gpd.GeoDataFrame({"CODE": ["a", "b"]}, geometry=[square(0), square(1)], crs=RD)
    for name in names:
        squares.to_crs(crs or RD).to_file(folder / f"{name}.shp")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.iterdir() if crs or path.suffix != ".prj"):
            archive.write(path, f"UITVOER/{path.name.upper()}")
    return made.getvalue()


def archived(content: bytes) -> dict[str, tuple[str, gpd.GeoDataFrame]]:
    with client(Typed(404, 503, content)) as asks:
        return by_archive(2009, HERE, asks)


@pytest.mark.parametrize("crs", ["EPSG:28992", "EPSG:4326", None])
def test_old_shapefiles_come_in_metres_with_the_address_of_their_edition(tmp_path: Path, crs: str | None) -> None:
    layers = archived(shapefiles(tmp_path, crs, "brt_2009", "buurt_2009", "wijk_2009", "gem_2009"))
    assert {address for address, _ in layers.values()} == {"https://cbs/maps/WijkBuurtkaart_2009_v2.zip"}
    assert list(layers) == ["buurten", "wijken", "gemeenten"]
    for _, found in layers.values():
        assert found.crs == RD
        assert found.geometry.area.sum() == pytest.approx(2 * 100 * 100, rel=1e-4)


def test_two_shapefiles_of_a_level_are_not_chosen_between(tmp_path: Path) -> None:
    content = shapefiles(tmp_path, RD, "buurt_2009", "buurt_2009_zonder_water", "wijk_2009", "gem_2009")
    with pytest.raises(
        SourceRejected,
        match=r"_v2\.zip: holds BUURT_2009\.SHP, BUURT_2009_ZONDER_WATER\.SHP, GEM_2009\.SHP, WIJK_2009\.SHP; "
        "expected a GeoPackage, or one shapefile of buurten",
    ):
        archived(content)


def test_a_damaged_archive_is_refused_with_its_address() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("buurt.shp", b"shape " * 100)
    whole, begin = (
        made.getvalue(),
        30 + len("buurt.shp"),
    )  # what is packed begins behind a header of 30 bytes and the name
    said = r"^https://cbs/maps/WijkBuurtkaart_2009_v2\.zip: "
    with pytest.raises(SourceRejected, match=said + "Error -3 while decompressing"):
        archived(whole[:begin] + b"\xff" + whole[begin + 1 :])
    with pytest.raises(SourceRejected, match=said + "File is not a zip file"):
        archived(whole[:-30])
