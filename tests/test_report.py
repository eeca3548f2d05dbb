"""Reports: published file by file, left alone when nothing changed, and never replaced by a failure."""

import hashlib
import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from bt_analysis import publishing, report
from bt_analysis.pages import content
from bt_analysis.pages.export import outside_requests
from bt_analysis.pages.stored import ContentError
from bt_analysis.publishing import Job, Outcome, composing
from bt_analysis.report import ReportError
from bt_analysis.settings import Settings, Workspace

GOOD = "from bt_analysis.pages.html import Html\nHtml('<h1>{title}</h1>')"
PARAMETERS = 'workspace: str = "."\ncollective_id: str = ""\nperiod: str = ""\nlang: str = "nl"'
NAME, PERIOD = "energie-01", "2021-2024"


def own_notebook(root: Path, cell: str) -> None:
    """Give a workspace a report of its own, that is made in a moment."""
    tagged = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [tagged, new_code_cell(cell)]  # type: ignore[no-untyped-call]
    (root / "notebooks").mkdir(exist_ok=True)
    notebook = new_notebook(cells=cells, metadata=kernel)  # type: ignore[no-untyped-call]
    nbformat.write(notebook, root / "notebooks" / "report_collective.ipynb")  # type: ignore[no-untyped-call]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def published(built_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Outcome], list[Outcome]]:
    """Publish one collective and the cross-domain report with our own notebooks; nobody may change it."""
    import shutil

    root = shutil.copytree(built_demo, tmp_path_factory.mktemp("published") / "demo")
    told: list[Outcome] = []
    done = report.publish(Workspace(root), Settings(synthetic=True), [NAME, "across"], progress=told.append)
    return root, done, told


@pytest.fixture
def quick(demo_copy: Path) -> Path:
    """Give a test a built workspace whose report is one title."""
    own_notebook(demo_copy, GOOD.format(title="een"))
    return demo_copy


def job(root: Path, lang: str = "nl") -> Job:
    return Job(root, NAME, PERIOD, lang)


# What is published


def test_outcomes_come_in_the_order_that_was_asked_and_are_told(published: Any) -> None:
    _, done, told = published
    assert [(one.name, one.period, one.lang, one.status) for one in done] == [
        (NAME, PERIOD, "nl", "published"),
        ("across", "2021-2024", "nl", "published"),
    ]
    assert set(told) == set(done)
    assert all(one.seconds > 0 and one.error == "" for one in done)


def test_a_report_is_a_page_for_each_audience_and_what_lies_beside_it(published: Any) -> None:
    root, _, _ = published
    pages = {"report.html", "bewoners.html", "gemeente.html"}
    expected = pages | {"report.ipynb", "estimates.csv", "claims.csv", "run.json"}
    assert set(files_of(root / "reports" / NAME / PERIOD)) == expected
    assert set(files_of(root / "reports" / "across" / "2021-2024")) == expected


@pytest.mark.parametrize("folder", [f"{NAME}/{PERIOD}", "across/2021-2024"])
def test_a_page_is_one_good_file(published: Any, folder: str) -> None:
    html = (published[0] / "reports" / folder / "report.html").read_text(encoding="utf-8")
    assert outside_requests(html) == []
    assert '<html lang="nl">' in html
    assert html.count("<h1") == 1
    assert "import figures" not in html  # code cells stay out
    drawings = re.findall(r"<svg [^>]*>", html)
    # A drawing with links inside is a group, or a screen reader would not reach them.
    assert all(re.search(r'role="(?:img|group)"', drawing) for drawing in drawings)
    assert all(re.search(r'aria-label="[^"]+"', drawing) for drawing in drawings)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)  # every figure leads somewhere
    assert "[verzonnen]" in html


def test_sections_follow_each_other(published: Any) -> None:
    html = (published[0] / "reports" / NAME / PERIOD / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>(\d+) · ", html) == [str(number) for number in range(1, 10)]
    html = (published[0] / "reports" / "across" / "2021-2024" / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>(\d+) · ", html) == [str(number) for number in range(1, 12)]


def test_run_json_says_how_it_was_made(published: Any) -> None:
    folder = published[0] / "reports" / NAME / PERIOD
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert (run["report"], run["period"], run["lang"], run["status"]) == (NAME, PERIOD, "nl", "published")
    assert run["synthetic"] is True
    assert run["parameters"] == {"workspace": ".", "collective_id": NAME, "period": PERIOD, "lang": "nl"}
    assert run["settings"]["disclosure"]["min_cell"] == 10
    assert pd.Timestamp(run["at"]).tzinfo is not None
    for name, digest in run["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_nothing_published_names_a_folder_of_the_machine(published: Any) -> None:
    root = published[0]
    home = Path(publishing.__file__).parents[2]
    for path in (root / "reports").rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        for folder in (str(root), str(home), "/tmp/bt-", "site-packages"):  # noqa: S108 - what must not be there
            assert folder not in text, f"{path.name} names {folder}"


def test_estimates_are_those_of_the_report(published: Any) -> None:
    root = published[0]
    told = pd.read_csv(root / "reports" / NAME / PERIOD / "estimates.csv")
    assert list(told["claim_id"]) == list(content.of_collective(root, NAME, PERIOD, "nl").estimates["claim_id"])
    assert set(told["collective_id"]) == {NAME}


def test_the_index_leads_to_every_report(published: Any) -> None:
    html = (published[0] / "reports" / "index.html").read_text(encoding="utf-8")
    for link in re.findall(r'href="([^"]+)"', html):
        assert (published[0] / "reports" / link).exists()
    assert len(re.findall(r'<th scope="row"><a href="[^"]+/report.html"', html)) == 2


@pytest.mark.parametrize("folder", [f"{NAME}/{PERIOD}", "across/2021-2024"])
@pytest.mark.parametrize("audience", ["bewoners", "gemeente"])
def test_a_page_for_an_audience_is_one_good_file_too(published: Any, folder: str, audience: str) -> None:
    html = (published[0] / "reports" / folder / f"{audience}.html").read_text(encoding="utf-8")
    assert outside_requests(html) == []
    assert html.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert {"bewoners": "voor bewoners", "gemeente": "voor de gemeente"}[audience] in html.partition("</title>")[0]


def test_the_whole_report_has_nothing_that_is_for_one_audience_alone(published: Any) -> None:
    html = (published[0] / "reports" / "across" / "2021-2024" / "report.html").read_text(encoding="utf-8")
    assert "Waar je over kunt praten" not in html
    assert "Vragen voor het gesprek" not in html


def test_what_was_released_lies_ready_in_a_folder_per_audience(published: Any) -> None:
    folder = published[0] / "reports" / "released"
    assert {one.parent.name for one in folder.glob("bewoners/*/report.html")} == {NAME, "across"}
    page = published[0] / "reports" / NAME / PERIOD / "bewoners.html"
    assert (folder / "bewoners" / NAME / "report.html").read_bytes() == page.read_bytes()
    assert (folder / "openbaar" / "across" / "report.ipynb").exists()


# Again


def test_a_second_time_nothing_changes_unless_forced(quick: Path) -> None:
    assert publishing.make(job(quick)).status == "published"
    before = files_of(job(quick).folder)
    assert publishing.make(job(quick)) == Outcome(NAME, PERIOD, "nl", "unchanged", 0.0)
    assert files_of(job(quick).folder) == before
    assert publishing.make(job(quick), force=True).status == "published"
    assert json.loads(files_of(job(quick).folder)["run.json"])["inputs"] == json.loads(before["run.json"])["inputs"]


@pytest.mark.parametrize("change", ["notebook", "settings", "estimates", "outlines", "language"])
def test_whatever_a_report_rests_on_makes_it_out_of_date(quick: Path, change: str) -> None:
    first, _ = composing._inputs(job(quick), composing._content(job(quick)))
    analysed, lang = quick / "data" / "processed" / "analysed", "nl"
    if change == "notebook":
        own_notebook(quick, GOOD.format(title="twee"))
    elif change == "settings":
        (quick / "bt.toml").write_text("[gates]\nmin_n = 31\n", encoding="utf-8")
    elif change == "language":
        lang = "en"
    else:
        import geopandas as gpd

        read = gpd.read_parquet if change == "outlines" else pd.read_parquet
        table = read(analysed / f"{change}.parquet")
        table.iloc[::-1].to_parquet(analysed / f"{change}.parquet", index=False)
    second, _ = composing._inputs(job(quick, lang), composing._content(job(quick, lang)))
    assert first != second


def test_a_fingerprint_tells_nothing_of_the_files_that_a_collective_delivered(quick: Path) -> None:
    first, _ = composing._inputs(job(quick), composing._content(job(quick)))
    path = quick / "data" / "processed" / "analysed" / "sources.parquet"
    sources = pd.read_parquet(path)
    delivered = sources["collective_id"].ne("")
    assert delivered.any()
    sources.assign(sha256=sources["sha256"].mask(delivered, "c" * 64)).to_parquet(path, index=False)
    second, _ = composing._inputs(job(quick), composing._content(job(quick)))
    assert second == first


def test_a_page_that_was_thrown_away_is_made_again(quick: Path) -> None:
    publishing.make(job(quick))
    (job(quick).folder / "report.html").unlink()
    assert publishing.make(job(quick)).status == "published"


def test_a_damaged_run_json_counts_as_never_made(quick: Path) -> None:
    publishing.make(job(quick))
    (job(quick).folder / "run.json").write_text("{", encoding="utf-8")
    assert publishing.make(job(quick)).status == "published"


def test_another_language_has_a_folder_of_its_own(quick: Path) -> None:
    assert job(quick, "en").folder == job(quick).folder / "en"
    assert publishing.make(job(quick, "en")).status == "published"
    assert '<html lang="en">' in (job(quick).folder / "en" / "report.html").read_text(encoding="utf-8")
    assert not (job(quick).folder / "report.html").exists()


# Failing


def test_a_failure_leaves_the_last_good_report_and_is_named(quick: Path) -> None:
    publishing.make(job(quick))
    before = files_of(job(quick).folder)
    own_notebook(quick, f"raise ValueError('no figures in {quick} <script>')")
    (done,) = report.publish(Workspace(quick), Settings(), [NAME])
    assert done.status == "failed"
    assert re.fullmatch(r"cell \d+: ValueError: no figures in \. <script>", done.error)
    after = files_of(job(quick).folder)
    assert json.loads(after.pop("failure.json"))["error"] == done.error
    assert after == before
    index = (quick / "reports" / "index.html").read_text(encoding="utf-8")
    assert "Niet gelukt" in index
    assert "&lt;script&gt;" in index
    assert f'href="{NAME}/{PERIOD}/report.html"' in index
    own_notebook(quick, GOOD.format(title="weer goed"))
    report.publish(Workspace(quick), Settings(), [NAME])
    assert "failure.json" not in files_of(job(quick).folder)
    assert "Niet gelukt" not in (quick / "reports" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("from bt_analysis.pages.html import Html\nHtml('<h1>x</h1><script>alert(1)</script>')", "outside itself"),
        ("1", "shows no title"),
    ],
)
def test_a_page_that_may_not_be_published_is_a_failure(quick: Path, cell: str, expected: str) -> None:
    own_notebook(quick, cell)
    failed = publishing.make(job(quick))
    assert failed.status == "failed"
    assert expected in failed.error
    assert not (job(quick).folder / "report.html").exists()


def test_one_failure_does_not_keep_the_others(quick: Path) -> None:
    own_notebook(quick, "if collective_id == 'energie-01':\n    raise ValueError('no')\n" + GOOD.format(title="x"))
    done = report.publish(Workspace(quick), Settings(), [NAME, "huis-01"])
    assert [one.status for one in done] == ["failed", "published"]


def test_a_process_that_is_ended_from_outside_fails_alone(demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "make", _ended_when_it_is_energie)
    done = report.publish(Workspace(demo_copy), Settings(), [NAME, "huis-01", "stoep-01"], jobs=2)
    assert {one.name: one.status for one in done} == {NAME: "failed", "huis-01": "published", "stoep-01": "published"}
    assert "ended from outside" in done[0].error


def _ended_when_it_is_energie(one: Job, **_: bool) -> Outcome:
    if one.name == NAME:
        os.kill(os.getpid(), signal.SIGKILL)
    return Outcome(one.name, one.period, one.lang, "published", 0.1)


def _mistaken(one: Job, **_: bool) -> Outcome:
    raise KeyError(one.name)


def test_a_mistake_that_nobody_foresaw_is_a_failure_too(demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "make", _mistaken)
    (done,) = report.publish(Workspace(demo_copy), Settings(), [NAME])
    assert (done.status, done.error) == ("failed", f"KeyError: '{NAME}'")


# What is asked


def names(root: Path, *asked: str, period: str | None = None, lang: str = "nl") -> list[tuple[str, str]]:
    return [(one.name, one.period) for one in report._jobs(Workspace(root), list(asked), period, lang)]


def test_all_collectives_and_the_cross_domain_report_by_default(built_demo: Path) -> None:
    asked = names(built_demo)
    assert len(asked) == 9  # 8 collectives + 1
    assert asked[-1] == ("across", "2021-2024")
    assert (NAME, PERIOD) in asked


def test_a_name_twice_is_one_report(built_demo: Path) -> None:
    assert names(built_demo, NAME, NAME, "across", "across") == [(NAME, PERIOD), ("across", "2021-2024")]


def test_a_period_picks_those_that_have_it(built_demo: Path) -> None:
    assert names(built_demo, NAME, period="2022") == [(NAME, "2022")]
    assert names(built_demo, period="2022") == [(NAME, "2022")]  # the others began in 2023


@pytest.mark.parametrize(
    ("asked", "period", "lang", "message"),
    [
        (["nobody"], None, "nl", "no collective 'nobody' was built; there are: .*energie-01"),
        (["../energie-01"], None, "nl", "no collective '../energie-01' was built"),
        (
            [NAME],
            "2019",
            "nl",
            "no figures of energie-01 for period '2019'; there are: 2021, 2022, 2023, 2024, 2021-2024",
        ),
        ([NAME], "../../x", "nl", "no figures of energie-01 for period"),
        (["across"], "2022", "nl", "no figures of across for period '2022'; there are: 2021-2024"),
        ([], "1999", "nl", "for period '1999'"),
        ([NAME], None, "fr", "language 'fr' is not there; expected one of nl, en"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(
    built_demo: Path, asked: list[str], period: str | None, lang: str, message: str
) -> None:
    with pytest.raises(ReportError, match=message):
        report.publish(Workspace(built_demo), Settings(), asked, period=period, lang=lang)
    assert not (built_demo / "reports").exists()


def test_a_workspace_that_was_not_built_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="Run: bt build"):
        report.publish(Workspace(tmp_path), Settings())
