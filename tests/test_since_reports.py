"""Since last time in published reports: what is other stands in them, also when they are made again; nothing leaks."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bt_analysis import report, settings
from bt_analysis.language import Language
from bt_analysis.pages import pdf
from bt_analysis.pages.differences import Since
from bt_analysis.pages.pdf import PdfError
from bt_analysis.settings import Workspace
from tests.html_text import text_of

NAME = "energie-01"
FOLDERS = {NAME: f"{NAME}/2021-2024", "across": "across/2021-2024"}
SHOWN = ["ok", "voorbehoud"]
HIDDEN_NOW = ("reach", "contacts_n")

Pages = dict[str, dict[str, bytes]]


def publish(root: Path, names: tuple[str, ...] = tuple(FOLDERS), **how: Any) -> None:
    done = report.publish(Workspace(root), settings.load(root), names, **how)
    assert {one.status for one in done} == {"published"}, done


def files_of(root: Path) -> Pages:
    return {
        name: {path.name: path.read_bytes() for path in (root / "reports" / folder).glob("*.*")}
        for name, folder in FOLDERS.items()
    }


def build_other_figures(root: Path) -> dict[str, float]:
    """Change what was built: hours are other, participations are hidden, trade-offs are gone; what they were out."""
    path = root / "data" / "processed" / "analysed" / "estimates.parquet"
    table = pd.read_parquet(path)
    own = (
        table["collective_id"].eq(NAME) & table["period_start"].eq("2021-01-01") & table["period_end"].eq("2024-12-31")
    )
    hours = own & table["indicator_id"].eq("hours_total") & table["group_value"].eq("") & table["gate"].isin(SHOWN)
    hidden = own & table["question"].eq(HIDDEN_NOW[0]) & table["indicator_id"].eq(HIDDEN_NOW[1])
    were = {"hours": table.loc[hours, "value"].iloc[0], "hidden": table.loc[hidden, "value"].iloc[0]}
    table.loc[hours, "value"] += 111
    table.loc[hidden, ["value", "ci_low", "ci_high", "n"]] = np.nan
    table.loc[hidden, "gate"] = "onderdrukt"
    table[~(own & table["question"].eq("tradeoffs"))].to_parquet(path)
    path = root / "data" / "processed" / "across" / "estimates.parquet"
    table = pd.read_parquet(path)
    sums = table["collective_id"].eq("") & table["indicator_id"].eq("activities_n")
    were["sum"] = table.loc[sums, "value"].iloc[0]
    table.loc[sums, "value"] += 5
    table.to_parquet(path)
    return were


@pytest.fixture(scope="module")
def twice(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pages, Pages, dict[str, float]]:
    """Publish two reports, build other figures, and publish them again; nobody may change it."""
    import shutil

    root = shutil.copytree(built_demo, tmp_path_factory.mktemp("twice") / "demo")
    publish(root)
    first = files_of(root)
    were = build_other_figures(root)
    publish(root)
    return root, first, files_of(root), were


def html_of(pages: Pages, name: str, page: str = "report.html") -> str:
    return pages[name][page].decode()


def line(html: str) -> str:
    """Return what the summary says of last time."""
    (found,) = re.findall(r'<p class="meta">((?:<a href="#sinds">)?Sinds het vorige rapport.*?)</p>', html)
    return str(found)


def section(html: str) -> str:
    return html.split('<h2 id="sinds">')[1].split("<h2", maxsplit=1)[0]


@pytest.mark.parametrize("name", FOLDERS)
def test_a_first_report_says_that_it_is_the_first(twice: Any, name: str) -> None:
    first = twice[1]
    assert "Dit is het eerste rapport over deze periode" in text_of(section(html_of(first, name)))
    assert "Sinds het vorige rapport" not in html_of(first, name)
    assert first[name]["since.json"] == b"null\n"


def test_the_next_report_says_what_is_other(twice: Any) -> None:
    _, _, second, were = twice
    html = html_of(second, NAME)
    assert re.fullmatch(
        r"Sinds het vorige rapport \(\d+ \w+ \d{4}\) is 1 van de \d+ cijfers anders\. Er vielen 3 cijfers weg\.",
        text_of(line(html)),
    )
    told = text_of(section(html))
    say = Language("nl").number
    assert f"{say(were['hours'])} uur" in told
    assert f"{say(were['hours'] + 111)} uur" in told
    assert "Nu niet meer te tonen: wie er kwam (1)." in told
    assert "Niet meer in dit rapport: afwegingen (2)." in told


def test_the_cross_domain_report_says_it_of_its_sums(twice: Any) -> None:
    _, _, second, were = twice
    html = html_of(second, "across")
    assert "is 1 van de" in line(html)
    assert f"{were['sum']:.0f}" in text_of(section(html))
    assert f"{were['sum'] + 5:.0f}" in text_of(section(html))
    assert "collectief" not in text_of(section(html)).replace("elk collectief", "")  # the same took part


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("page", ["bewoners.html", "gemeente.html"])
def test_pages_of_audiences_have_the_line_and_no_dead_link(twice: Any, name: str, page: str) -> None:
    html = html_of(twice[2], name, page)
    assert "van de" in line(html)
    assert "#sinds" not in html
    assert 'id="sinds"' not in html


def test_what_is_hidden_now_stands_in_no_file_of_the_report(twice: Any) -> None:
    """Attack: read all that lies in the folder, for the number that may not be known any more."""
    _, first, second, were = twice
    value = were["hidden"]
    forms = [f"{value:.0f}", Language("nl").number(value), Language("en").number(value)]
    assert any(forms[1] in text_of(html_of(first, NAME, page)) for page in ("report.html", "bewoners.html"))
    for name, written in second[NAME].items():
        if name in ("since.json", "run.json"):
            words = written.decode()
        else:
            words = text_of(section(written.decode())) if name == "report.html" else line_of(name, written)
        for form in forms:
            assert not re.search(rf"(?<![\d.,]){re.escape(form)}(?![\d])", words), name


def line_of(name: str, written: bytes) -> str:
    return text_of(line(written.decode())) if name.endswith(".html") else ""


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_kept_is_the_difference_and_no_checksum_of_figures(twice: Any, name: str) -> None:
    _, first, second, _ = twice
    kept = Since.model_validate_json(second[name]["since.json"])
    assert len(kept.changed) == 1
    run = json.loads(first[name]["run.json"])
    for written in second[name].values():
        assert run["sha256"]["estimates.csv"].encode() not in written
    assert json.loads(second[name]["run.json"])["sources"] == run["sources"]
    assert json.loads(second[name]["run.json"])["sha256"]["since.json"]


def test_made_again_every_page_is_the_same(twice: Any) -> None:
    root, _, second, _ = twice
    publish(root, (NAME,), force=True)
    third = files_of(root)[NAME]
    for file in ("report.html", "bewoners.html", "since.json"):
        assert third[file] == second[NAME][file], file


def test_with_the_line_the_summary_fits_on_two_sheets(twice: Any) -> None:
    import io

    from pypdf import PdfReader

    alone = re.sub(r'<div class="part appendix">.*(?=</main>)', "", html_of(twice[2], NAME), flags=re.DOTALL)
    assert "Sinds het vorige rapport" in alone
    try:
        printed = pdf.pdf(alone, Language("nl"))
    except PdfError as problem:
        pytest.skip(str(problem))
    assert len(PdfReader(io.BytesIO(printed)).pages) == 2
