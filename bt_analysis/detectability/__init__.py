"""Can it be seen here? Estimates in, the same estimates with their gate out.

A gate that closes is no error: it is an estimate whose answer is a sentence instead of a figure. :func:`set_gates`
works before disclosure control, on what each estimate rests on; :func:`see` after it, on nothing but what is published.
"""

from bt_analysis.detectability.gates import (
    FIGURES,
    OF_CHANGE,
    OF_WAVES,
    PEOPLE,
    REFUSALS,
    RESERVATIONS,
    WHOLE_AREA,
    set_gates,
)  # fmt: skip
from bt_analysis.detectability.seeing import see

__all__ = [
    "FIGURES",
    "OF_CHANGE",
    "OF_WAVES",
    "PEOPLE",
    "REFUSALS",
    "RESERVATIONS",
    "WHOLE_AREA",
    "see",
    "set_gates",
]
