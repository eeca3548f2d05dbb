"""Reports of a built demo as a resident reads them: no code, no long sentence, and easy to read in every section."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bt_analysis.methods import readability
from bt_analysis.pages import (
    appendix,
    change,
    claim_sentences,
    collective,
    content,
    cooperation,
    inputs,
    ledger,
    lessons,
    value,
)
from bt_analysis.pages.content import Content
from tests.html_text import groups_of, rows_of, text_of

CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[a-z_]+:[a-z_]+\b|\bbt-|[a-z]>[a-z]")
"""What a code looks like: snake_case, a kind and a value with : between, an id of a question, a direction."""

MAIN = (
    collective.in_short, collective.together, collective.neighbourhood, change.section, lessons.section,
    inputs.section, cooperation.section, value.section, ledger.in_short, collective.unknown,
)  # fmt: skip
"""Sections in words of the main part, in order."""

EASY, MOST_WORDS = 60, 25


def reports(workspace: Path) -> Iterator[tuple[str, Content]]:
    """Return the newest report of each collective."""
    for name, periods in content.periods(workspace).items():
        if name != "across":
            yield name, content.of_collective(workspace, name, periods[-1], "nl")


def passages(html: str) -> list[str]:
    """Return paragraphs and points of a section that are sentences; tables, tiles and heads stay out."""
    html = re.sub(r"<table.*?</table>|<ul class=\"tiles\">.*?</ul>|<h[34].*?</h[34]>", "", html, flags=re.DOTALL)
    found = [text_of(one) for _, one in re.findall(r"<(p|li)\b[^>]*>(.*?)</\1>", html, flags=re.DOTALL)]
    return [one for one in found if len(one.split()) > 3]


def sentences_of(passage: str) -> list[str]:
    return re.split(r"(?<=[.?!:;])\s+", passage)


def test_a_code_is_recognised() -> None:
    for code in ("experiments_n", "verandering:deelnemers", "back>front", "bt-3"):
        assert CODE.search(f"dit is {code} hier")
    for plain in ("Aardgas per woning, jaar: 2019", "wie naar wie: alles samen", "65 jaar of ouder", "m³"):
        assert not CODE.search(plain)


def test_no_figure_of_a_built_report_shows_a_code(built_demo: Path) -> None:
    for name, report in reports(built_demo):
        listed = appendix.figures(report)
        shown = [cell for row in rows_of(listed) for cell in row] + groups_of(listed)
        assert not [one for one in shown if CODE.search(one)], name


def test_no_claim_of_a_built_report_shows_a_code(built_demo: Path) -> None:
    for name, report in reports(built_demo):
        said = [claim_sentences.sentence(report, row) for _, row in report.estimates.iterrows()]
        assert not [one for one in said if CODE.search(one)], name


def test_every_number_that_leads_somewhere_leads_to_a_line(built_demo: Path) -> None:
    for name, report in reports(built_demo):
        listed = appendix.figures(report)
        for section in MAIN:
            for claim in re.findall(r'href="#c-(\w+)"', section(report)):
                assert f'id="c-{claim}"' in listed, (name, section.__module__, claim)


@pytest.mark.parametrize("section", MAIN, ids=lambda one: f"{one.__module__.rpartition('.')[2]}.{one.__name__}")
def test_a_section_reads_easily_and_has_no_long_sentence(built_demo: Path, section: Any) -> None:
    scores: list[float] = []
    for _, report in reports(built_demo):
        for passage in passages(section(report)):
            assert max(len(one.split()) for one in sentences_of(passage)) <= MOST_WORDS, passage
            scores.append(readability.score(passage))
    if scores:
        assert pd.Series(scores).mean() >= EASY


def test_nothing_is_said_twice_in_a_section(built_demo: Path) -> None:
    for name, report in reports(built_demo):
        for section in MAIN:
            found = passages(section(report))
            assert len(found) == len(set(found)), (name, section.__module__)
