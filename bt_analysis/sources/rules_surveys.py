"""Rules about surveys: how many were asked and answered, and whether an answer is one that its question has."""

from __future__ import annotations

from bt_analysis.instruments import waves
from bt_analysis.sources.delivered import Delivered, Rule

_ANSWER = ("wave_id", "respondent_key", "item_code", "answer")


def asked(delivered: Delivered) -> None:
    """Check that those who answered and those who refused are not more than were asked.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["survey_wave"]
    total = table["responded_n"] + table["refused_n"]
    # Too many who answered are told already.
    wrong = (total > table["invited_n"]) & (table["responded_n"] <= table["invited_n"])
    values = {"total": total, "other": "invited_n", "limit": table["invited_n"]}
    delivered.tell("sum_above", "survey_wave", "refused_n", wrong, columns="responded_n, refused_n", **values)


def answers(delivered: Delivered) -> None:
    """Check that an answer is a code that the instrument of its item has; the answer itself is not repeated.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["response_item"]
    wrong = waves.wrong_answers(table).reindex(table.index)
    values = {"item": table["item_code"], "options": wrong["expected"], "instrument": wrong["instrument_id"]}
    delivered.tell("wrong_answer", "response_item", "answer", wrong["expected"].notna(), got="", **values)


def respondents(delivered: Delivered) -> None:
    """Check that a wave has no more respondents than there are people.

    Parameters
    ----------
    delivered : Delivered
        The package.
    """
    table = delivered.tables["survey_wave"]
    found = waves.too_many(table, delivered.tables["response_item"]).reindex(table.index)
    values = {"people": found["people"], "limit": table["frame_n"]}
    delivered.tell("too_many_respondents", "survey_wave", "frame_n", found["people"].notna(), **values)


RULES = (
    Rule(asked, {"survey_wave": ("invited_n", "responded_n", "refused_n")}),
    Rule(answers, {"response_item": _ANSWER}),
    Rule(respondents, {"survey_wave": ("wave_id", "frame_n"), "response_item": _ANSWER}),
)
