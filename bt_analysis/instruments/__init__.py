"""Instruments: questionnaires with their versions, how answers become scores, and what may stand side by side."""

from bt_analysis.instruments.comparing import NotComparable, comparable
from bt_analysis.instruments.definitions import Instrument
from bt_analysis.instruments.measures import table
from bt_analysis.instruments.registry import RegistryError, get, load
from bt_analysis.instruments.scoring import AnswerError, NotVerified, Scores, TooFewError, alpha, score

__all__ = [
    "AnswerError", "Instrument", "NotComparable", "NotVerified", "RegistryError", "Scores", "TooFewError", "alpha",
    "comparable", "get", "load", "score", "table",
]  # fmt: skip
