"""Pages of all collectives for one audience: what they ask, what they leave out, and that they fit on their paper."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from bt_analysis.analysis.learning import made
from bt_analysis.language import Language
from bt_analysis.pages import export, for_readers
from tests.browser import Visits
from tests.html_text import text_of
from tests.notebook_cells import shown
from tests.test_export import shows as showing
from tests.test_learned_in_short import ALL, figure

OBSTACLE = {"question": "obstacles", "indicator_id": "obstacles_n", "group_type": "hindernis_publiek"}


def lesson(number: int, valence: str) -> dict[str, Any]:
    return {
        "lesson_id": f"les-{number}", "collective_id": "tuin", "domain": "welzijn", "valence": valence,
        "context": f"plek {number}", "mechanism": "samen", "outcome": "groen", "text_shown": True,
        "recorded_on": pd.Timestamp("2024-01-01"),
    }  # fmt: skip


def told(page: Any, write: Any, *rows: dict[str, Any], **given: Any) -> str:
    """Return what a page says, of estimates of all collectives together."""
    return text_of(write(page.content(*(ALL | row for row in rows), **given)))


def lessons_of(*valences: str) -> dict[str, Any]:
    rows = [lesson(number, valence) for number, valence in enumerate(valences)]
    return {"learned": {"lessons": made(rows, "lessons")}}


# What they say


@pytest.mark.parametrize("write", [for_readers.residents, for_readers.municipality])
def test_a_page_begins_with_whom_it_is_for_and_who_is_not_in_it(page: Any, write: Any) -> None:
    found = told(page, write)
    assert found.startswith(
        ("Deze bladzijde is voor bewoners.", "Deze twee bladzijden zijn voor gemeenten en koepels.")
    )
    assert "Wie niet mee wilde doen is niet bijgehouden." in found
    assert found.endswith("We zeggen niet wie beter is: elke buurt is anders.")


@pytest.mark.parametrize("write", [for_readers.for_residents, for_readers.for_municipality])
def test_without_any_collective_there_is_no_end(page: Any, write: Any) -> None:
    assert write(page.content(collectives=page.collectives())) == ""


@pytest.mark.parametrize(
    ("open_", "gate", "expected"),
    [
        (21, "ok", "Op 21 ideeën kwam nog geen antwoord. Wie geeft dat, en wanneer?"),
        (1, "ok", "Op 1 idee kwam nog geen antwoord. Wie geeft dat, en wanneer?"),
        (0, "ok", ""),
        (21, "onderdrukt", ""),
    ],
)
def test_government_is_asked_about_what_got_no_answer_as_far_as_that_is_shown(
    page: Any, open_: int, gate: str, expected: str
) -> None:
    found = told(page, for_readers.for_municipality, figure("inputs", "inputs_unanswered_n", open_, gate=gate))
    assert expected in found
    assert ("kwam nog geen antwoord" in found) is bool(expected)


@pytest.mark.parametrize(("open_", "asked"), [(3, True), (0, False)])
def test_residents_are_told_to_ask_only_when_something_waits(page: Any, open_: int, asked: bool) -> None:
    found = told(page, for_readers.for_residents, figure("inputs", "inputs_unanswered_n", open_))
    assert ("wacht nog op een antwoord?" in found) is asked
    assert "Klopt er iets niet? Zeg het." in found  # their own word always has a place


@pytest.mark.parametrize(
    ("counts", "asked"),
    [
        ({"regels": 4, "geld": 2}, "regels (4 keer)"),
        ({"regels": 2, "geld": 2}, ""),  # as often: neither is the most
        ({"regels": 1}, ""),  # once is no pattern
        ({}, ""),
    ],
)
def test_government_is_asked_about_what_was_named_most(page: Any, counts: dict[str, int], asked: str) -> None:
    rows = [OBSTACLE | {"group_value": kind, "value": n} for kind, n in counts.items()]
    found = text_of(for_readers.for_municipality(page.content(*({"collective_id": ""} | row for row in rows))))
    assert asked in found
    assert ("noemden collectieven het vaakst" in found) is bool(asked)


@pytest.mark.parametrize(
    ("valences", "failed", "worked"),
    [
        (["werkte_niet"] * 5 + ["werkte"] * 5, 3, 3),
        (["schade", "werkte"], 1, 1),
        (["werkte"] * 2, 0, 2),
    ],
)
def test_failures_take_as_much_room_as_successes(page: Any, valences: list[str], failed: int, worked: int) -> None:
    html = for_readers.for_residents(page.content(**lessons_of(*valences)))
    wrong, _, right = html.partition("Lessen van wat werkte, of deels werkte")
    assert (wrong.count("<section>"), right.count("<section>")) == (failed, worked)
    assert ("Niemand schreef op wat niet werkte. Dat wil niet zeggen dat alles lukte." in html) is not failed


def test_what_nobody_keeps_is_said_in_a_sentence(page: Any) -> None:
    assert "Lessen zijn nog niet bijgehouden." in told(page, for_readers.for_residents)
    assert "Wat er met inbreng gebeurde is nog niet bijgehouden." in told(page, for_readers.brought_in)
    assert "Belemmeringen zijn nog niet bijgehouden." in told(page, for_readers.both_worlds)


# On paper


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize(("audience", "sheets"), [("bewoners", 1), ("gemeente", 2)])
def test_a_page_fits_on_its_paper(built_demo: Path, visit: Visits, audience: str, sheets: int, lang: str) -> None:
    pieces = shown("report_across.ipynb", audience, workspace=str(built_demo), lang=lang)
    notebook = showing("".join(pieces))
    notebook.cells[1].metadata["tags"] = ["summary"]
    html = export.export(notebook, export.frame("x", Language(lang), synthetic=True), audience)
    printed = PdfReader(io.BytesIO(visit.html(html).page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == sheets
