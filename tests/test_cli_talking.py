"""What people talk over, from the command line: bt dashboard and bt accept."""

import csv
import io
import json
import shutil
import webbrowser
from pathlib import Path
from typing import Any

import pytest

from bt_analysis import dashboard
from bt_analysis.sources import proposals
from tests.command_line import Bt, is_one_line

NAME = "huis-01"
ROW = {"return_id": "r1", "date": "2025-03-01", "form": "deur", "reply_type": "eens", "reply_text": "Klopt."}


@pytest.fixture
def one(built_demo: Path, tmp_path: Path) -> Path:
    """Give a test a demonstration of one package, with a proposal."""
    root = tmp_path / "demo"
    shutil.copytree(built_demo / "data" / "processed", root / "data" / "processed")
    place = shutil.copytree(
        built_demo / "data" / "raw" / "monitoring" / NAME, root / "data" / "raw" / "monitoring" / NAME
    )
    shutil.copy(built_demo / "bt.toml", root / "bt.toml")
    proposals.propose(place, "return_event", ROW)
    return root


# The agenda


def test_an_agenda_is_printed_in_three_forms(bt: Bt, built_demo: Path) -> None:
    told = json.loads(bt("-w", built_demo, "dashboard", "--agenda", NAME).out)
    assert told["collective_id"] == NAME
    assert told["questions"]
    lines = list(
        csv.DictReader(io.StringIO(bt("-w", built_demo, "dashboard", "--agenda", NAME, "--format", "csv").out))
    )
    assert {line["kind"] for line in lines} >= {"question", "open_input", "decision"}
    assert len([line for line in lines if line["kind"] == "question"]) == len(told["questions"])
    page = bt("-w", built_demo, "dashboard", "--agenda", NAME, "--format", "html", "--lang", "en")
    assert page.out.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in page.out
    assert page.err == ""


def test_an_unknown_collective_is_one_line(bt: Bt, built_demo: Path) -> None:
    for words in (("--agenda", "weg"), ("weg",)):
        ran = bt("-w", built_demo, "dashboard", *words)
        assert ran.code == 1
        is_one_line(ran, "'weg'; expected one of", "energie-01")


def test_a_workspace_that_was_not_built_is_one_line(bt: Bt, tmp_path: Path) -> None:
    ran = bt("-w", tmp_path, "dashboard", "--no-browser")
    assert ran.code == 1
    is_one_line(ran, "Run: bt build")


def test_all_addresses_at_once_is_refused(bt: Bt, built_demo: Path) -> None:
    ran = bt("-w", built_demo, "dashboard", "--host", "0.0.0.0")  # noqa: S104 - it is refused
    assert ran.code == 1
    is_one_line(ran, "--host got '0.0.0.0'", "192.168.1.20")


# The server


class Stopped:
    """A server of which the loop is stopped at once, as with Ctrl-C."""

    def __init__(self, *_: Any) -> None:
        self.did: list[str] = []
        self.io_loop = self

    def start(self) -> None:
        """Start the server, and then the loop."""
        self.did.append("start")
        if len(self.did) > 1:
            raise KeyboardInterrupt

    def stop(self) -> None:
        """Stop."""
        self.did.append("stop")


@pytest.mark.parametrize("quiet", [True, False])
def test_the_address_with_the_token_is_printed_and_opened(
    bt: Bt, built_demo: Path, monkeypatch: pytest.MonkeyPatch, quiet: bool
) -> None:
    made = Stopped()
    opened: list[str] = []
    monkeypatch.setattr(dashboard, "server", lambda *_: made)
    monkeypatch.setattr(webbrowser, "open", opened.append)
    ran = bt("-w", built_demo, "dashboard", NAME, "--port", "0", *(["--no-browser"] if quiet else []))
    assert ran.code == 0
    address = ran.out.splitlines()[0].removeprefix("Open ")
    assert address.startswith("http://127.0.0.1:")
    assert address.endswith(f"&collective={NAME}")
    assert "token=" in address
    assert ran.out.splitlines()[-1] == "stopped"
    assert opened == ([] if quiet else [address])
    assert made.did == ["start", "start", "stop"]


# Proposals


def test_check_names_what_waits(bt: Bt, one: Path) -> None:
    ran = bt("-w", one, "check", NAME)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == (
        "huis-01: 1 proposal in voorstellen: return_event-r1.csv. Look at it with: bt accept huis-01"
    )


def test_accept_shows_first_and_takes_over_only_when_asked(bt: Bt, one: Path) -> None:
    path = one / "data" / "raw" / "monitoring" / NAME / "return_event.csv"
    before = path.read_bytes()
    looked = bt("-w", one, "accept", NAME)
    assert looked.code == 0
    assert "reply_text = Klopt." in looked.out
    assert "Nothing was changed." in looked.out
    assert path.read_bytes() == before

    done = bt("-w", one, "accept", NAME, "--yes", "--only", "return_event-r1.csv")
    assert done.out.splitlines()[-2:] == [
        "return_event-r1.csv: taken over into return_event.csv",
        "Now run: bt check huis-01",
    ]
    assert "r1" in path.read_text(encoding="utf-8").splitlines()[-1]
    checked = bt("-w", one, "check", NAME).out
    assert checked.startswith("huis-01: in order")
    assert "proposal" not in checked


def test_nothing_to_accept_is_one_line(bt: Bt, one: Path) -> None:
    for words in ((NAME, "--only", "weg.csv"), ("weg",)):
        ran = bt("-w", one, "accept", *words)
        assert ran.code == 1
        is_one_line(ran, "holds no such proposal", "bt check")
