"""What a collective typed: on a page in English every such text says that it is Dutch; on a Dutch page nothing does."""

import copy
import os
import pickle
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from markupsafe import escape

from bt_analysis.dashboard import agenda, parts, talk
from bt_analysis.dashboard import page as pages
from bt_analysis.language import Language, Marked, joined
from bt_analysis.pages import content as report
from bt_analysis.pages.html import Html, cell, render, text
from tests.talk_cases import CARD, TRIAL, content, inputs, rows
from tests.test_dashboard_agenda import ASKED, CHOICE, LESSON, REPLY
from tests.test_dashboard_parts import EVENT

NL, EN = Language("nl"), Language("en")
HOSTILE = '<script>window.__hit=1</script> & "x" {0} {{ 7*7 }}'
VOID = {"br", "hr", "img", "input", "meta", "link", "col"}
TYPED = {
    "lessons": ["context", "mechanism", "outcome", "for_whom"],
    "coop_gaps": ["civiel_quote", "other_quote"],
    "input_fates": ["text"],
    "interests": ["interests"],
    "judgements": ["rival"],
    "obstacles": ["how"],
    "replies": ["reply_text"],
    "savings": ["outcome"],
    "tradeoffs": ["option_a", "option_b"],
    "trials": ["question", "problem", "change_tried", "mechanism_expected", "change_of_mind", "ended_with"],
    "experiments": ["question", "change_of_mind", "success_signal", "stop_signal"],
    "experiment_events": ["text"],
}
"""Table → columns with sentences of people; names of activities, areas and organisations are names in any language."""
WITH_ENGLISH = {"arrows": ["mechanism", "assumption"], "research_questions": ["text"]}
"""The same of what is typed or stands in a register with its English."""


class Spoken(HTMLParser):
    """Reads a page as a voice does: each text with the language that it is read in."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang, self.open, self.texts = [lang], [""], list[tuple[str, str]]()
        self.drawn = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        self.open.append(tag)
        self.lang.append(dict(attrs).get("lang") or self.lang[-1])
        self.drawn += tag in ("svg", "style")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag
        self.lang.pop()
        self.drawn -= tag in ("svg", "style")

    def handle_data(self, data: str) -> None:
        # A drawing holds names of blocks and activities; what it says in sentences is in the reader's language.
        if not self.drawn:
            self.texts.append((self.lang[-1], " ".join(data.split())))


def spoken(html: str, lang: str = "en") -> list[tuple[str, str]]:
    """Return the language and the words of every text of a page."""
    reader = Spoken(lang)
    reader.feed(html)
    reader.close()
    return reader.texts


def typed_of(here: report.Content) -> Iterator[str]:
    """Give every sentence that people typed and that a report may show."""
    tables = {**here.learned, "experiments": here.experiments, "experiment_events": here.experiment_events}
    for name, columns in {**TYPED, **WITH_ENGLISH}.items():
        table = tables.get(name, pd.DataFrame())
        for column in [one for one in columns if one in table]:
            own = table[table[column].ne(table[f"{column}_en"])] if f"{column}_en" in table else table.iloc[:0]
            yield from (table if name in TYPED else table.drop(own.index))[column].dropna().astype(str)


# One text


def test_a_typed_text_is_marked_for_readers_of_another_language_only() -> None:
    assert type(NL.typed("Te heet")) is str
    made = EN.typed("Te heet")
    assert made == "Te heet"
    assert isinstance(made, Marked)
    assert made.html == '<span lang="nl">Te heet</span>'
    assert [type(EN.typed(one)) for one in ("", "  ")] == [str, str]


def test_what_somebody_translated_is_not_marked() -> None:
    assert type(EN.typed("Te heet", "Too hot")) is str
    assert EN.typed("Te heet", "Too hot") == "Too hot"
    assert NL.typed("Te heet", "Too hot") == "Te heet"
    # The same words in both: nobody translated them.
    assert isinstance(EN.typed("Te heet", "Te heet"), Marked)


def test_a_sentence_keeps_the_marks_of_what_is_filled_in() -> None:
    said = EN.say("Om over te praten: hoe nodigen we {group} uit?", group=EN.typed("huurders & buren"))
    assert said == "To talk about: how do we invite huurders & buren?"
    assert escape(said) == 'To talk about: how do we invite <span lang="nl">huurders &amp; buren</span>?'
    assert type(EN.say("Om over te praten: hoe nodigen we {group} uit?", group="tenants")) is str


def test_a_list_keeps_the_marks_of_its_parts() -> None:
    made = joined(" < ", ["a & b", EN.typed("c")])
    assert made == "a & b < c"
    assert escape(made) == 'a &amp; b &lt; <span lang="nl">c</span>'
    assert type(joined(", ", iter(["a", "b"]))) is str
    assert joined(", ", []) == ""


def test_a_mark_in_a_mark_stays_one() -> None:
    within = EN.say("Om over te praten: hoe nodigen we {group} uit?", group=EN.typed("x"))
    assert str(escape(joined(" ", [within, "y"]))).count("<span") == 1


def test_what_forgets_the_marks_is_plain_text_and_escaped() -> None:
    made = f"{EN.typed(HOSTILE)}!"
    assert type(made) is str
    assert "<" not in escape(made)
    assert "span" not in made


def test_hostile_text_is_as_dead_with_a_mark_as_without() -> None:
    for made in (EN.typed(HOSTILE), EN.say("Om over te praten: hoe nodigen we {group} uit?", group=EN.typed(HOSTILE))):
        html = str(render("sections/paragraph.html.j2", EN, id="x", words=made))
        assert "<script" not in html
        assert HOSTILE in " ".join(words for _, words in spoken(html)) or HOSTILE in str(made)
        assert html.count("<span") == 1


def test_cells_and_sections_take_marked_texts() -> None:
    assert cell(EN.typed("Te heet"))["text"] == "Te heet"
    assert '<span lang="nl">Te heet</span>' in text(EN, "", points=[EN.typed("Te heet")])
    assert cell(3)["text"] == "3"
    # A piece of a page is no text of a cell.
    assert type(cell(Html("<b>x</b>"))["text"]) is str


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - what this test wrote itself
def test_a_copy_keeps_its_marks(copied: Any) -> None:
    made = copied(EN.typed("Te <heet>"))
    assert (str(made), made.html) == ("Te <heet>", '<span lang="nl">Te &lt;heet&gt;</span>')


# Whole reports


def test_every_typed_text_of_an_english_report_says_that_it_is_dutch(published_demo: Path) -> None:
    found = sorted((published_demo / "reports").glob("*/*/en/*.html"))
    assert len(found) >= 3
    seen = 0
    for path in found:
        name, period = path.parts[-4:-2]
        here = (
            report.of_all(published_demo, "en")
            if name == "across"
            else report.of_collective(published_demo, name, period, "en")
        )
        typed = {" ".join(one.split()).rstrip(". ") for one in typed_of(here)}
        typed = {one for one in typed if len(one.split()) > 2}
        said = spoken(path.read_text(encoding="utf-8"))
        assert [words for lang, words in said if lang != "nl" and any(one in words for one in typed)] == [], path
        seen += sum(lang == "nl" and any(one in words for one in typed) for lang, words in said)
        assert not any("<span" in words for _, words in said), path
    assert seen > 20


def test_the_sentences_of_claims_are_dutch_in_an_english_report(published_demo: Path) -> None:
    (path,) = (published_demo / "reports" / "energie-01").glob("*/en/report.html")
    said = spoken(path.read_text(encoding="utf-8"))
    claims = pd.read_csv(path.parent / "claims.csv")["plain_nl"]
    told = {words: lang for lang, words in said}
    assert {told[" ".join(one.split())] for one in claims} == {"nl"}


def test_a_dutch_report_marks_nothing(published_demo: Path) -> None:
    for path in (published_demo / "reports").glob("*/*/report.html"):
        assert not re.search(r'<span lang="|&lt;span', path.read_text(encoding="utf-8")), path


# The dashboard


@pytest.fixture
def everything(page: Any) -> report.Content:
    """Give a test a collective with a text of every kind that the dashboard shows, for readers of English."""
    return content(
        page,
        lang="en",
        input_fates=inputs({"text": "Een bankje bij de vijver", "waited_days": 1200},
                           {"text": "Een veilige oversteek", "fate": "uitgesteld", "outcome": "uitgesteld"}),
        experiments=rows(CARD, {"question": "Wordt de straat koeler?"}),
        experiment_events=rows(EVENT, {"text": "Grotere potten op de stoep"}),
        trials=rows(TRIAL, {}),
        replies=rows(REPLY, {"reply_text": "Het is meer dan dat."}),
        tradeoffs=rows(CHOICE, {"option_a": "Parkeerplaatsen houden", "option_b": "Meer bomen planten"}),
        lessons=rows(LESSON, {}),
        research_questions=rows(ASKED, {"text_en": ASKED["text"]}),
    )  # fmt: skip


DASHBOARD = (
    "Een bankje bij de vijver", "Een veilige oversteek", "Wordt de straat koeler?", "Grotere potten op de stoep",
    "Bomen in potten", "Het wordt koeler", "Niemand geeft water", "Even warm", "Het is meer dan dat.",
    "Parkeerplaatsen houden", "Meer bomen planten", "Folders in de bus", "Niemand las ze", "Er kwam niemand",
    "Helpt water?",
)  # fmt: skip


def test_every_typed_text_of_the_dashboard_says_that_it_is_dutch(everything: report.Content) -> None:
    asked = agenda.questions(everything)
    html = "".join(
        [parts.due(everything), parts.decisions(everything), parts.experiments(everything),
         parts.open_rows(everything, talk.still_open(everything)), pages.agenda_form(everything),
         pages.agenda_page(everything, asked)]
    )  # fmt: skip
    html = re.sub(r"<!DOCTYPE.*?<body", "<body", html, flags=re.DOTALL).replace("</html>", "")
    said = spoken(html)
    for one in DASHBOARD:
        langs = {lang for lang, words in said if one in words}
        assert langs == {"nl"}, one
    assert not any("<span" in words for _, words in said)


def test_files_of_the_agenda_hold_plain_words(everything: report.Content) -> None:
    for one in agenda.questions(everything):
        assert "<" not in one.text + one.because
    dutch = replace(everything, language=NL)
    assert [type(one.text) for one in agenda.questions(dutch)] == [str] * len(agenda.questions(dutch))


@pytest.mark.skipif(not os.environ.get("BT_FULL"), reason="every report in English: at full count")
def test_the_cross_domain_report_is_among_those_that_were_read(published_demo: Path) -> None:
    assert list((published_demo / "reports" / "across").glob("*/en/report.html"))
