"""What is made of a report once, and a report that is at hand for whoever reads it again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bt_analysis import notebooks
from bt_analysis.language import Language
from bt_analysis.pages import at_hand, claims, content, export, stored
from bt_analysis.pages.content import Content
from bt_analysis.pages.once import once
from bt_analysis.publishing import Job, composing


@once
def counted(report: Content, group: str = "", *, twice: bool = False) -> list[str]:
    """Give a new list each time it is really made."""
    return [report.period, group] * (2 if twice else 1)


# Once


def test_the_same_question_has_the_same_answer_and_another_has_its_own(page: Any) -> None:
    report = page.content()
    assert counted(report) is counted(report)
    assert counted(report, "a") is counted(report, "a") is not counted(report, "b")
    assert counted(report, "a", twice=True) == [report.period, "a"] * 2
    assert counted(report, "a") == [report.period, "a"]


def test_another_report_begins_with_nothing(page: Any) -> None:
    report = page.content()
    made = counted(report)
    other = replace(report, period="2031")
    assert counted(other) == ["2031", ""]
    assert counted(report) is made
    assert not replace(report).made


def test_a_function_keeps_its_name_and_what_is_said_of_it() -> None:
    assert counted.__name__ == "counted"
    assert counted.__doc__ == "Give a new list each time it is really made."


def test_a_mistake_is_not_remembered(page: Any) -> None:
    tried = []

    @once
    def mistaken(report: Content) -> str:
        tried.append(report.period)
        raise ValueError("no")

    report = page.content()
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            mistaken(report)
    assert len(tried) == 2


def test_who_gets_the_claims_of_a_report_may_change_what_he_got(page: Any) -> None:
    report = page.content({})
    first = claims.register(report, "tuin")
    kept = first.copy()
    first.loc[:, "plain_nl"] = "anders"
    assert claims.register(report, "tuin").equals(kept)
    assert set(claims.register(report, "straat")["report_id"]) == {f"straat-{report.period}"}


# At hand


def test_a_report_is_at_hand_only_for_the_same_question(page: Any) -> None:
    report, here = page.content(), Path("here")
    asked = (here, "tuin", "2024", "nl")
    with at_hand.keep(report, asked):
        assert content.of_collective("here", "tuin", "2024", "nl") is report
        for other in ((Path("elsewhere"), *asked[1:]), (here, "", "", "nl"), (*asked[:3], "en")):
            assert at_hand.find(other) is None
    assert at_hand.find(asked) is None


def test_a_report_is_put_away_also_after_a_mistake(page: Any) -> None:
    asked = (Path("here"), "", "", "nl")
    with pytest.raises(ValueError, match="no"), at_hand.keep(page.content(), asked):
        raise ValueError("no")
    assert at_hand.find(asked) is None


def test_the_report_of_all_is_at_hand_too(page: Any) -> None:
    report = page.content()
    with at_hand.keep(report, (Path("here"), "", "", "en")):
        assert content.of_all("here", "en") is report


def test_a_workspace_that_is_read_again_is_read_anew(built_demo: Path) -> None:
    first = content.of_collective(built_demo, "energie-01", "2021-2024", "nl")
    second = content.of_collective(built_demo, "energie-01", "2021-2024", "nl")
    assert first is not second
    assert first.estimates.equals(second.estimates)


def test_making_a_report_reads_each_table_once_and_makes_its_claims_once(
    built_demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    registered: list[str] = []
    own_read, own_register = stored.read, claims._register

    def reading(workspace: Any, name: str, filters: Any = None) -> Any:
        read.append(name)
        return own_read(workspace, name, filters)

    def registering(report: Content, name: str, questions: Any) -> Any:
        registered.append(name)
        return own_register(report, name, questions)

    monkeypatch.setattr(stored, "read", reading)
    monkeypatch.setattr(claims, "_register", registering)

    def executed(_: Path, parameters: dict[str, str], __: int) -> Any:
        # As a notebook does in the process of its report.
        report = content.of_collective(
            parameters["workspace"], parameters["collective_id"], parameters["period"], parameters["lang"]
        )
        return claims.appendix(report, parameters["collective_id"])

    monkeypatch.setattr(notebooks, "execute", executed)
    monkeypatch.setattr(composing, "_pages", lambda *_: {})
    monkeypatch.setattr(composing, "_portable", lambda shown, _: str(shown))
    made = composing.compose(Job(built_demo.resolve(), "energie-01", "2021-2024", "nl"))
    assert made.outcome.status == "published", made.outcome.error
    assert len(read) == len(set(read)), sorted({one for one in read if read.count(one) > 1})
    assert registered == ["energie-01"]
    first = made.files["claims.csv"].decode().splitlines()[1].split(",")[0]
    assert first in made.files["report.ipynb"].decode()


# Export


def test_the_page_is_what_the_exporter_of_nbconvert_makes(published_demo: Path) -> None:
    """Only space between elements and the order of attributes, which a browser does not see, may differ."""
    import nbformat
    from bs4 import BeautifulSoup
    from nbconvert import HTMLExporter

    # Of a collective: that of all has cells which are for one audience only, and which the exporter alone would show.
    path = next(iter(sorted(published_demo.glob("reports/energie-01/*/report.ipynb"))))
    notebook = nbformat.read(path, 4)  # type: ignore[no-untyped-call]
    frame = export.frame("De Tuin", Language("nl"), synthetic=True)
    templates = Path(export.__file__).parents[1] / "templates"
    theirs = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="report", extra_template_basedirs=[str(templates)], exclude_input=True
    )
    whole, _ = theirs.from_notebook_node(notebook, resources={"page": frame})
    ours = export.export(notebook, frame)
    assert str(BeautifulSoup(ours, "html.parser")) == whole
    assert "<img" not in ours
    assert "jp-" not in ours.split("<main>")[1]
