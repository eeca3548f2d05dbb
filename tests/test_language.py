"""Language: figures and dates as readers write them, and an English text for every Dutch sentence, and no other."""

import ast
import datetime as dt
import re
import string
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from babel.messages.pofile import read_po

from bt_analysis import indicators
from bt_analysis.dashboard import page, parts, reply, talk_words
from bt_analysis.language import LANGUAGES, Language
from bt_analysis.pages import (
    audiences,
    behind,
    brief,
    change,
    chapters,
    codes,
    cooperation_words,
    everyone,
    experiment_card,
    figure_list,
    give_and_take,
    input_words,
    known,
    ledger,
    lessons,
    limits,
    measurements,
    pattern_words,
    publication,
    questions,
    released,
    response,
    shared,
    shared_words,
    similar,
    theory_words,
    trial_words,
    value_inputs,
    verdicts,
    where,
)

PACKAGE = Path(__file__).resolve().parents[1] / "bt_analysis"
NL, EN = Language("nl"), Language("en")
# Words of these tables are looked up by a code, so no call of say() shows them.
TABLES_OF_WORDS: tuple[Mapping[Any, str], ...] = (
    codes.DOMAINS, codes.GROUPS, codes.GROUP_TYPES, codes.TABLES, codes.URBANITY, codes.REASONS, codes.METHODS,
    codes.QUESTIONS, codes.N_UNITS, codes.N_UNITS_ONE, codes.ABOUT,
    cooperation_words.SCALES, cooperation_words.STATES, cooperation_words.PARTIES, cooperation_words.SIDES,
    cooperation_words.CONDITIONS, cooperation_words.GROUP_TYPES,
    talk_words.AGES, talk_words.BODIES, talk_words.OUTCOMES, talk_words.TOLD, talk_words.DUE, talk_words.KINDS,
    talk_words.FORMS, talk_words.REPLIES, talk_words.ROLES, reply.LABELS, page.SECTIONS,
    parts.EXPERIMENT, parts.NOT_YET,
    codes.VERDICTS, codes.RANGES, measurements.POPULATIONS, measurements.COMPARISONS,
    verdicts.MOVED, change.MUCH, verdicts.REFUSED, change.SMALL, change.RESERVED, verdicts.AREAS,
    where.STANDING_OUT, *(dict(enumerate(both)) for both in known.NOT_ASKED.values()),
    similar.FEATURES, similar.LEFT_OUT,
    ledger.CASHABLE, value_inputs.STATUSES,
    response.KINDS, response.WHOSE, pattern_words.REASONS,
    give_and_take.FORMS, dict(enumerate(give_and_take.BURDEN)),
    input_words.TILES, input_words.PARTS, input_words.VARIABLES,
    shared_words.KINDS, shared_words.POPULATIONS, shared_words.DESIGNS, shared_words.GROUPS,
    shared_words.REASONS_LEFT, shared.SIGNS, {"": shared_words.MODERATOR, "urbanity": shared_words.URBANITY},
    experiment_card.FIELDS, experiment_card.COMPARISONS, experiment_card.STATUSES,
    theory_words.STATUSES, theory_words.NODE_TYPES, theory_words.SHORT, theory_words.DIRECTIONS, theory_words.DESIGNS,
    theory_words.KINDS, brief.SAID, behind.TITLES, figure_list.TITLES,
    experiment_card.DECLARED, experiment_card.CARDS, experiment_card.EVENTS, experiment_card.ASKED_BY,
    lessons.VALENCES, lessons.COUNTED,
    trial_words.OUTCOMES, trial_words.SPREADS, trial_words.DECLARED, trial_words.CARDS,
    trial_words.KINDS, questions.STATUSES, questions.GROUPS, questions.WHY, questions.SIZES,
    chapters.TITLES, limits.CHANGES, everyone.DETAILS,
    audiences.TITLES, publication.LEVELS, publication.READERS, released.KINDS, released.ABOUT, released.MORE,
)  # fmt: skip


# What these say is no sentence of a report: English for whoever runs bt, and both languages written side by side.
ELSEWHERE = frozenset({"terminal", "cli", "dictionary", "sources"})


# Figures and dates


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [
        (0, 0, "0", "0"),
        (1234, 0, "1.234", "1,234"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (12.5, 1, "12,5", "12.5"),
        (3, 1, "3,0", "3.0"),  # a decimal that is asked for is shown
        (0.05, 1, "0,1", "0.1"),
        (-4.2, 0, "-4", "-4"),
        (-0.04, 1, "0,0", "0.0"),  # never "-0,0"
        (999.95, 1, "1.000,0", "1,000.0"),
    ],
)
def test_numbers(value: float, decimals: int, dutch: str, english: str) -> None:
    assert NL.number(value, decimals) == dutch
    assert EN.number(value, decimals) == english


def test_numbers_without_decimals_by_default() -> None:
    assert NL.number(12.4) == "12"


def test_dates_in_words() -> None:
    assert NL.date(dt.date(2023, 1, 4)) == "4 januari 2023"
    assert EN.date(dt.date(2023, 1, 4)) == "4 January 2023"
    assert NL.date(pd.Timestamp("2024-12-31")) == "31 december 2024"


# Sentences


def test_dutch_is_said_as_it_is_written() -> None:
    assert NL.say("Er waren {n} activiteiten.", n="3") == "Er waren 3 activiteiten."


def test_english_is_looked_up() -> None:
    assert EN.say("Er waren {n} activiteiten.", n="3") == "There were 3 activities."


def test_a_sentence_without_translation_stays_dutch() -> None:
    assert EN.say("Dit staat nergens.") == "Dit staat nergens."


def test_braces_in_what_is_filled_in_stay_as_they_are() -> None:
    assert NL.say("werkgebied: {names}", names="{7*7} {0.__class__}") == "werkgebied: {7*7} {0.__class__}"


def test_a_value_that_is_missing_is_no_blank() -> None:
    with pytest.raises(KeyError, match="n"):
        NL.say("Er waren {n} activiteiten.", m="3")


def test_languages_are_dutch_and_english() -> None:
    assert LANGUAGES == ("nl", "en")
    with pytest.raises(ValueError, match=r"'fr' is not there; expected one of nl, en"):
        Language("fr")


# Every sentence of the package, and every translation


def sentences_in_python(source: str) -> Iterator[str]:
    """Yield the first argument of every say("…"), also both arms of a choice between two sentences."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) == "say" and node.args:
            first = node.args[0]
            for text in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def sentences_in_template(source: str) -> list[str]:
    """Return the first argument of every say("…") of a template."""
    return [found[1] or found[2] for found in re.finditer(r"""say\((?:"([^"]+)"|'([^']+)')""", source)]


def said() -> dict[str, str]:
    """Return every Dutch sentence a report can hold → where it stands."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if not ELSEWHERE & {path.stem, path.parent.name}:
            found |= dict.fromkeys(sentences_in_python(path.read_text(encoding="utf-8")), path.name)
    for path in sorted((PACKAGE / "templates").rglob("*.j2")):
        found |= dict.fromkeys(sentences_in_template(path.read_text(encoding="utf-8")), path.name)
    for table in TABLES_OF_WORDS:
        found |= {str(text): "a table of words" for text in table.values()}
    return found


def translations() -> dict[str, str]:
    with (resources.files("bt_analysis") / "locale" / "en.po").open("rb") as stream:
        return {str(message.id): str(message.string) for message in read_po(stream) if message.id}


def filled_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_sentences_are_found_in_python() -> None:
    source = 'say("a " "b", n=1)\nlanguage.say("c" if more else "d")\nself.say("e")\nsaid("f")\nsay(row["code"], TABLE)'
    assert set(sentences_in_python(source)) == {"a b", "c", "d", "e"}


def test_sentences_are_found_in_templates() -> None:
    assert sentences_in_template("""{{ say("a 'b'") }} {{ say('c') }} {{ say(name) }}""") == ["a 'b'", "c"]


def test_every_sentence_has_an_english_text() -> None:
    english = translations()
    without = {text: place for text, place in said().items() if not english.get(text)}
    assert not without, f"add these to locale/en.po: {without}"


def test_no_translation_is_left_over() -> None:
    unused = set(translations()) - set(said())
    assert not unused, f"nobody says these any more; take them out of locale/en.po: {sorted(unused)}"


def test_translations_fill_in_the_same() -> None:
    wrong = {dutch: english for dutch, english in translations().items() if filled_in(dutch) != filled_in(english)}
    assert not wrong


def test_translations_are_not_their_own_dutch() -> None:
    # A word may be the same in both languages; a sentence that is was forgotten.
    same = [dutch for dutch, english in translations().items() if dutch == english and len(dutch.split()) > 3]
    assert not same


def test_reasons_read_on_after_the_word_dat_and_have_no_full_stop() -> None:
    for reason in codes.REASONS.values():
        assert reason[0].islower()
        assert not reason.endswith(".")


def test_every_indicator_has_a_label_in_both_languages() -> None:
    for indicator in indicators.load().values():
        assert indicator.label_nl, indicator.id
        assert indicator.label_en, indicator.id
