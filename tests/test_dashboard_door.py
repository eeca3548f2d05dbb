"""The door of the dashboard: questions of all kinds of visitors in; what gets through, and what is written, out."""

import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bt_analysis import dashboard
from bt_analysis.dashboard import DashboardError, Key, Shown
from bt_analysis.dashboard import key as keys
from bt_analysis.pages.stored import ContentError
from bt_analysis.settings import Workspace
from bt_analysis.sources import proposals
from tests.dashboard_server import Running, dashboard_of

NAME = "huis-01"


@pytest.fixture(scope="module")
def running(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run the dashboard of a demonstration that the tests of this file may write in."""
    root = shutil.copytree(built_demo, tmp_path_factory.mktemp("dashboard") / "demo")
    with dashboard_of(root) as made:
        yield made


@pytest.fixture
def waiting(running: Running) -> Iterator[Path]:
    """Give a test the folder in which proposals wait, empty."""
    folder = running.root / "data" / "raw" / "monitoring" / NAME
    shutil.rmtree(folder / proposals.FOLDER, ignore_errors=True)
    yield folder
    shutil.rmtree(folder / proposals.FOLDER, ignore_errors=True)


@pytest.fixture(scope="module")
def claim(running: Running) -> str:
    """Give a claim of the report that can be replied to."""
    found = re.search(r'<option value="([0-9a-f]{12})"', running.ask(f"/weerwoord/{NAME}").text)
    assert found is not None
    return found.group(1)


@pytest.fixture
def reply(claim: str) -> dict[str, Any]:
    """Give what somebody fills in."""
    return {"claim_id": claim, "date": "2025-03-01", "form": "deur", "reached_n": "", "reply_type": "oneens",
            "reply_text": "Het is meer.", "text_consent": "ja", "recorded_by_role": "collective"}  # fmt: skip


# Who gets in


def test_the_first_page_is_for_everybody_on_this_machine(running: Running) -> None:
    page = running.ask("/")
    assert page.status == 200
    assert "verzonnen" in page.text
    assert "localhost" not in page.text
    assert running.ask("/", Host=f"localhost:{running.key.port}").status == 200


@pytest.mark.parametrize(
    "path", ["/", "/ws", f"/agenda/{NAME}", f"/weerwoord/{NAME}", "/open", "/static/js/bokeh.min.js"]
)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1.nip.io:{port}", ""])
def test_another_name_that_points_here_gets_nothing(running: Running, path: str, host: str) -> None:
    answer = running.ask(path, Host=host.format(port=running.key.port))
    assert answer.status in (400, 403)
    assert "Ontmoetingshuis" not in answer.text


def test_on_another_address_reading_needs_the_token_too(built_demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A test cannot count on a second address of this machine, so this one is held for such an address.
    monkeypatch.setattr(keys, "LOOPBACK", ())
    with dashboard_of(built_demo, only=NAME) as made:
        for path in ("/", f"/agenda/{NAME}", "/static/js/bokeh.min.js", "/ws"):
            assert made.ask(path).status == 403
            assert made.ask(path, Cookie=f"{made.key.cookie}=raden").status == 403
        assert made.ask("/open?token=raden").status == 403
        assert made.ask("/", Cookie=made.cookie).status == 200
        assert made.ask(f"/agenda/{NAME}", Cookie=made.cookie).status == 200
        assert made.ask("/", Cookie=made.cookie, Host=f"localhost:{made.key.port}").status == 403


def test_the_token_opens_once_and_does_not_stay_in_the_address(running: Running) -> None:
    answer = running.ask(f"/open?token={running.key.token}&collective={NAME}")
    assert (answer.status, answer.headers["Location"]) == (302, f"/?collective={NAME}")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{running.key.cookie}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("query", ["", "?token=", "?token=raden", "?token=%C3%A9", "?token=a&token=b"])
def test_a_guess_opens_nothing(running: Running, query: str) -> None:
    answer = running.ask(f"/open{query}")
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers


def test_the_way_back_stays_on_the_dashboard(running: Running) -> None:
    answer = running.ask(f"/open?token={running.key.token}&collective=//evil.example/")
    assert answer.headers["Location"].startswith("/?collective=%2F%2Fevil")


def test_plain_pages_may_not_be_framed_kept_or_run_a_script(running: Running) -> None:
    for path in (f"/agenda/{NAME}", f"/weerwoord/{NAME}"):
        headers = running.ask(path).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("name", ["bestaat-niet", "..", "%2e%2e%2f", "A", "across", "<script>"])
def test_an_unknown_collective_is_not_there(running: Running, name: str) -> None:
    for path in ("/agenda/", "/weerwoord/"):
        assert running.ask(path + name).status in (400, 404)


def test_the_page_of_an_unknown_collective_is_that_of_the_first(running: Running) -> None:
    page = running.ask("/?collective=%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.status == 200
    assert "alert(1)" not in page.text


@pytest.mark.parametrize("path", ["/autoload.js", "/metadata", "/favicon.ico", "/static", "/../bt.toml", "/data/raw"])
def test_what_is_not_ours_is_not_answered(running: Running, path: str) -> None:
    assert running.ask(path).status in (403, 404)


def test_files_of_panel_are_its_own(running: Running) -> None:
    assert running.ask("/static/js/bokeh.min.js").status == 200
    for path in ("/static/../../bt.toml", "/static/%2e%2e/%2e%2e/bt.toml", "/static//etc/passwd"):
        assert running.ask(path).status in (403, 404)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example"])
def test_the_socket_is_for_our_own_page(running: Running, origin: str) -> None:
    key = {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec_WebSocket_Version": "13", "Upgrade": "websocket"}
    assert running.ask("/ws", None, Origin=origin, Connection="Upgrade", **key).status == 403


# The agenda


def test_the_agenda_is_given_as_a_page_as_json_and_as_csv(running: Running) -> None:
    page = running.ask(f"/agenda/{NAME}")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "Afspraak, wie en wanneer:" in page.text
    told = json.loads(running.ask(f"/agenda/{NAME}?vorm=json").text)
    assert told["collective_id"] == NAME
    assert told["synthetic"] is True
    answer = running.ask(f"/agenda/{NAME}?vorm=csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="gespreksagenda-{NAME}-2023-2024.csv"'
    assert answer.text.startswith("kind,id,text")
    assert running.ask(f"/agenda/{NAME}?vorm=exe").status == 404


def test_own_questions_come_on_the_agenda_and_are_only_text(running: Running) -> None:
    own = "Wie zet koffie?\n<script>window.__hit=1</script>\n{% raw %}{{ 7*7 }}"
    page = running.ask(f"/agenda/{NAME}", {"vraag": [], "eigen": own, "vorm": "html"})
    assert "Wie zet koffie?" in page.text
    assert "<script>" not in page.text
    assert "{% raw %}{{ 7*7 }}" in page.text
    assert page.text.count("Afspraak, wie en wanneer:") == 3


# Weerwoord


def test_without_the_token_nothing_is_written(running: Running, waiting: Path, reply: dict[str, Any]) -> None:
    for token in ({}, {"token": ""}, {"token": "raden"}, {"token": running.key.token[:-1]}):
        answer = running.ask(f"/weerwoord/{NAME}", reply | token)
        assert answer.status == 403
        assert "Er is niets bewaard." in answer.text
        assert "Het is meer." in answer.text  # what was typed is not lost
    assert running.ask(f"/weerwoord/{NAME}", reply, Cookie=f"{running.key.cookie}=raden").status == 403
    assert proposals.waiting(waiting) == []


def test_with_the_token_a_reply_waits_and_the_package_stays(
    running: Running, waiting: Path, reply: dict[str, Any]
) -> None:
    before = (waiting / "return_event.csv").read_bytes()
    answer = running.ask(f"/weerwoord/{NAME}", reply, Cookie=running.cookie)
    assert answer.status == 200
    assert "Bewaard als voorstel" in answer.text
    assert f"data/raw/monitoring/{NAME}/voorstellen/return_event-weerwoord-20250301-" in answer.text
    assert str(running.root) not in answer.text
    found = proposals.waiting(waiting)[0].row
    assert {name: found[name] for name in ("claim_id", "form", "reply_type", "reply_text", "text_consent")} == {
        "claim_id": reply["claim_id"], "form": "deur", "reply_type": "oneens", "reply_text": "Het is meer.",
        "text_consent": "ja",
    }  # fmt: skip
    assert "token" not in found
    assert (waiting / "return_event.csv").read_bytes() == before


def test_the_token_may_be_typed_in_the_form(running: Running, waiting: Path, reply: dict[str, Any]) -> None:
    assert running.ask(f"/weerwoord/{NAME}", reply | {"token": running.key.token}).status == 200
    assert len(proposals.waiting(waiting)) == 1


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"},
     {"Sec_Fetch_Site": "same-site"}, {"Origin": "http://127.0.0.1:1"}],
)  # fmt: skip
def test_a_form_on_somebody_elses_page_writes_nothing(
    running: Running, waiting: Path, reply: dict[str, Any], headers: dict[str, str]
) -> None:
    assert running.ask(f"/weerwoord/{NAME}", reply, Cookie=running.cookie, **headers).status == 403
    assert running.ask(f"/agenda/{NAME}", {"eigen": "x"}, **headers).status == 403
    assert proposals.waiting(waiting) == []


@pytest.mark.usefixtures("waiting")
def test_our_own_page_may_send_the_form(running: Running, reply: dict[str, Any]) -> None:
    own = {"Origin": running.url.rstrip("/"), "Sec_Fetch_Site": "same-origin"}
    assert running.ask(f"/weerwoord/{NAME}", reply, Cookie=running.cookie, **own).status == 200


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"claim_id": "000000000000"}, "claim_id", "Kies een uitspraak uit de lijst."),
        ({"date": "2999-01-01"}, "date", "niet later dan vandaag"),
        ({"date": "gisteren"}, "date", "Vul een dag in"),
        ({"form": "duif"}, "form", "Kies een van de mogelijkheden."),
        ({"reached_n": "veel"}, "reached_n", "Vul een getal in"),
        ({"reply_text": "x" * 1001}, "reply_text", "Schrijf hooguit 1.000 tekens."),
        ({"reply_text": "Mail jan.jansen@example.org maar"}, "reply_text", "persoonsgegevens"),
        ({"reply_text": "@SOM(A1:A9)"}, "reply_text", "Haal het teken aan het begin weg"),
        ({"recorded_by_role": "import"}, "recorded_by_role", "Kies een van de mogelijkheden."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_written(
    running: Running, waiting: Path, reply: dict[str, Any], change: dict[str, str], field: str, told: str
) -> None:
    answer = running.ask(f"/weerwoord/{NAME}", reply | change, Cookie=running.cookie)
    assert answer.status == 400
    fault = re.search(rf'<p class="failed" id="fout-{field}">([^<]*)</p>', answer.text)
    assert fault is not None
    assert told in fault.group(1)
    assert f'aria-describedby="fout-{field}' in answer.text
    assert proposals.waiting(waiting) == []


def test_more_than_a_form_holds_is_not_read(running: Running, waiting: Path, reply: dict[str, Any]) -> None:
    try:
        status = running.ask(f"/weerwoord/{NAME}", reply | {"reply_text": "x" * 200_000}, Cookie=running.cookie).status
    except (ConnectionError, OSError):
        status = 400  # the door closed while it was still sending
    assert status >= 400
    assert proposals.waiting(waiting) == []


@pytest.mark.usefixtures("waiting")
def test_a_full_folder_says_so(running: Running, reply: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "MOST_WAITING", 1)
    assert running.ask(f"/weerwoord/{NAME}", reply, Cookie=running.cookie).status == 200
    answer = running.ask(f"/weerwoord/{NAME}", reply, Cookie=running.cookie)
    assert answer.status == 400
    assert "er wachten al te veel voorstellen" in answer.text


# Where it answers


def test_a_dashboard_of_one_collective_shows_no_other(built_demo: Path) -> None:
    one = Shown(Workspace(built_demo), "nl", NAME)
    assert [choice.code for choice in one.choices()] == [NAME]
    with pytest.raises(ContentError, match="'energie-01'; expected one of huis-01"):
        one.content("energie-01")
    with pytest.raises(ContentError, match="'weg'; expected one of"):
        Shown(Workspace(built_demo), "nl", "weg")


def test_pages_are_made_once_until_the_next_build(running: Running) -> None:
    shown, made = Shown(Workspace(running.root), "nl"), list[str]()

    def make(name: str) -> str:
        made.append(name)
        return name

    for _ in range(3):
        assert shown.once("before", NAME, make) == NAME
    assert made == [NAME]
    (running.root / "data" / "processed" / "analysed" / "collectives.parquet").touch()
    shown.once("before", NAME, make)
    assert made == [NAME, NAME]


def test_a_report_is_read_once_until_the_next_build(running: Running) -> None:
    shown = Shown(Workspace(running.root), "nl")
    first = shown.content(NAME)
    assert shown.content(NAME) is first
    (running.root / "data" / "processed" / "analysed" / "collectives.parquet").touch()
    assert shown.content(NAME) is not first


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::"])  # noqa: S104 - it is refused
def test_it_does_not_answer_on_all_addresses(host: str) -> None:
    with pytest.raises(DashboardError, match="expected one address of this machine"):
        dashboard.free_port(host, None)


def test_a_taken_port_is_told_and_another_is_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DashboardError, match=f"got port {port}; expected a free port"):
            dashboard.free_port("127.0.0.1", port)
    assert dashboard.free_port("127.0.0.1", None) >= dashboard.FIRST_PORT


def test_a_token_is_long_and_new_each_time_and_not_shown_by_accident() -> None:
    made = [Key("127.0.0.1", 5006) for _ in range(10)]
    assert len({key.token for key in made}) == 10
    assert all(len(key.token) >= 32 for key in made)
    assert made[0].token not in repr(made[0])
    assert not made[0].opens(None)
