"""The index: what is published, what failed, whose data were refused, and nothing that a name brings to life."""

import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.pages import publication
from bt_analysis.pages.export import outside_requests
from bt_analysis.pages.release import Release
from bt_analysis.settings import ReportSettings, Settings, Workspace

PAYLOAD = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
RUN = {"report": "tuin", "period": "2023-2024", "lang": "nl", "at": "2026-01-04T12:00:00+01:00"}


def publish(root: Path, folder: str, page: bool = True, **run: Any) -> None:
    place = root / "reports" / folder
    place.mkdir(parents=True)
    (place / "run.json").write_text(json.dumps(RUN | run), encoding="utf-8")
    if page:
        (place / "report.html").write_text("<h1>x</h1>", encoding="utf-8")


def fail(root: Path, folder: str, **failure: Any) -> None:
    place = root / "reports" / folder
    place.mkdir(parents=True, exist_ok=True)
    told = {
        "name": "tuin",
        "period": "2024",
        "lang": "nl",
        "at": RUN["at"],
        "error": "cell 3: ValueError: no",
    } | failure
    (place / "failure.json").write_text(json.dumps(told), encoding="utf-8")


def build(root: Path, collectives: dict[str, str], refused: dict[str, int] | None = None) -> None:
    folder = root / "data" / "processed" / "analysed"
    folder.mkdir(parents=True)
    names = pd.DataFrame({"collective_id": list(collectives), "name": list(collectives.values())})
    names.assign(primary_domain="leefomgeving").to_parquet(folder / "collectives.parquet")
    wrong = {"collective_id": list(refused or {}), "problems_n": list((refused or {}).values()), "accepted_on": ""}
    pd.DataFrame(wrong).to_parquet(folder / "refused.parquet")


def index(root: Path, settings: Settings | None = None, releases: dict[str, Release] | None = None) -> str:
    path = publication.write_index(Workspace(root), settings or Settings(), releases)
    assert path == root / "reports" / "index.html"
    html = path.read_text(encoding="utf-8")
    assert outside_but_links(html) == []
    return html


def outside_but_links(html: str) -> list[str]:
    """Return what asks for something outside the file, apart from the links to the reports."""
    links = r'href="[a-z0-9_%/.-]+/(report|bewoners|gemeente|index)\.html"'
    return [found for found in outside_requests(html) if not re.match(links, found)]


def rows(html: str) -> list[list[str]]:
    found = re.findall(r"<tr>(.*?)</tr>", html, flags=re.DOTALL)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in found]


def test_an_empty_workspace_has_an_index_that_says_so(tmp_path: Path) -> None:
    html = index(tmp_path)
    assert html.count("Nog geen rapporten.") == 2  # across, and per collective
    assert "<h1>Leerrapporten</h1>" in html
    assert "Niet gelukt" not in html
    assert "kloppen" not in html


def test_every_report_is_listed_with_name_domain_period_and_date(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "tuin/2023-2024")
    html = index(tmp_path)
    assert ["De Tuin", "Leefomgeving", "2023–2024", "4 januari 2026", "niemand", ""] in rows(html)
    assert '<a href="tuin/2023-2024/report.html">' in html


def test_the_cross_domain_report_stands_apart(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "across/2024", report="across", period="2024")
    publish(tmp_path, "tuin/2024")
    above, below = index(tmp_path).split("Per collectief")
    assert "Leren van elkaar: alle collectieven" in above
    assert "De Tuin" in below
    assert "Leren van elkaar: alle" not in below


def test_reports_are_in_order_of_the_alphabet_then_period(tmp_path: Path) -> None:
    build(tmp_path, {"a": "zon", "b": "De Tuin", "c": "Énergie"})
    publish(tmp_path, "a/2024", report="a", period="2024")
    publish(tmp_path, "b/2024", report="b", period="2024")
    publish(tmp_path, "b/2023", report="b", period="2023")
    found = [(row[0], row[2]) for row in rows(index(tmp_path)) if row[0] != "rapport"]
    assert found == [("De Tuin", "2023"), ("De Tuin", "2024"), ("zon", "2024")]


def test_a_report_in_another_language_says_so(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "tuin/2024/en", lang="en")
    html = index(tmp_path)
    assert "De Tuin (en)" in html
    assert 'href="tuin/2024/en/report.html"' in html


def test_the_page_of_each_audience_can_be_looked_at_before_it_leaves(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "tuin/2024")
    (tmp_path / "reports" / "tuin" / "2024" / "bewoners.html").write_text("<h1>x</h1>", encoding="utf-8")
    html = index(tmp_path)
    assert '<a class="quiet" href="tuin/2024/bewoners.html">voor bewoners</a>' in html
    assert "voor de gemeente" not in html  # no such page was made


@pytest.mark.parametrize(
    ("release", "level", "ready"),
    [
        (Release("tuin", "intern"), "alleen het collectief", ""),
        (Release("tuin", "gemeente"), "bewoners en gemeente", "nog niet"),
        (Release("tuin", "openbaar", until=dt.date(2026, 1, 18)), "iedereen", "vanaf 18 januari 2026"),
    ],
)
def test_the_index_says_for_whom_a_report_is_and_what_it_waits_for(
    tmp_path: Path, release: Release, level: str, ready: str
) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "tuin/2024")
    html = index(tmp_path, releases={"tuin": release})
    assert rows(html)[-1] == ["De Tuin", "Leefomgeving", "2023–2024", "4 januari 2026", level, ready]
    assert '<a href="released/bewoners/index.html">Voor bewoners</a>' in html
    assert "Daarvoor heeft het 14 dagen." in html


def test_what_lies_ready_is_a_link_for_each_audience(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "tuin/2024", sha256={"report.html": hashlib.sha256(b"<h1>x</h1>").hexdigest()})
    folder = tmp_path / "reports" / "tuin" / "2024"
    html = index(tmp_path, releases={"tuin": Release("tuin", "openbaar", {"nl": folder})})
    assert '<td><a href="released/openbaar/tuin/report.html">iedereen</a></td>' in html
    assert "released/bewoners/tuin" not in html  # it has no page for residents


def test_a_run_without_its_page_is_not_listed(tmp_path: Path) -> None:
    publish(tmp_path, "tuin/2024", page=False)
    assert "tuin/2024" not in index(tmp_path)


def test_the_summary_of_the_last_run_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "run.json").write_text('{"reports": []}', encoding="utf-8")
    assert "Nog geen rapporten." in index(tmp_path)


def test_a_failure_is_named_and_the_last_good_report_still_listed(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "tuin/2024")
    fail(tmp_path, "tuin/2024")
    html = index(tmp_path)
    assert '<li class="failed">De Tuin, 2024 (4 januari 2026): cell 3: ValueError: no</li>' in html
    assert 'href="tuin/2024/report.html"' in html


def test_a_refused_package_is_named_with_its_number_of_problems(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"}, refused={"zon": 1, "wind": 12})
    html = index(tmp_path)
    assert "<li>zon: 1 fout</li>" in html
    assert "<li>wind: 12 fouten</li>" in html


def test_a_collective_that_is_gone_keeps_its_report_under_a_heading_of_its_own(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "tuin/2024")
    publish(tmp_path, "zon/2024", report="zon", title="Zon en Wind", domain="energie_klimaat")
    present, earlier = index(tmp_path).split("<h2>Eerder gemaakt")
    assert "Zon en Wind" not in present
    assert "Zon en Wind" in earlier
    assert "Energie en klimaat" in earlier


def test_a_failure_of_a_collective_that_is_gone_is_not_named_for_ever(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    fail(tmp_path, "zon/2024", name="zon")
    assert "Niet gelukt" not in index(tmp_path)


def test_made_up_data_are_marked(tmp_path: Path) -> None:
    html = index(tmp_path, Settings(synthetic=True))
    assert "<title>[verzonnen] Leerrapporten</title>" in html
    assert 'class="synthetic"' in html
    assert '<meta name="synthetic" content="true">' in html


def test_the_index_speaks_the_language_of_the_workspace(tmp_path: Path) -> None:
    html = index(tmp_path, Settings(report=ReportSettings(lang="en")))
    assert '<html lang="en">' in html
    assert html.count("No reports yet.") == 2


def test_nothing_that_was_typed_comes_to_life(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": PAYLOAD}, refused={PAYLOAD: 2})
    publish(tmp_path, "tuin/2024", period=PAYLOAD)
    publish(tmp_path, "zon/2024", report="zon", title=PAYLOAD, domain=PAYLOAD)
    fail(tmp_path, "tuin/2023", error=PAYLOAD, period=PAYLOAD)
    html = index(tmp_path)
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 6


@pytest.mark.parametrize("name", ["a b", "50%", "énergie", 'q"x', "a#b", "a?b"])
def test_a_link_leads_to_its_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    publish(tmp_path, f"{name}/2024", report=name)
    publication.write_index(Workspace(tmp_path), Settings())
    html = (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    (link,) = re.findall(r'href="([^"]*)/2024/report.html"', html)
    assert re.fullmatch(r"[A-Za-z0-9%_.~-]+", link)


def test_the_index_holds_no_folder_of_the_machine(tmp_path: Path) -> None:
    build(tmp_path, {"tuin": "De Tuin"})
    publish(tmp_path, "tuin/2024")
    assert str(tmp_path) not in index(tmp_path)
