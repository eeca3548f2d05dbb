"""Side by side: pieces of work in; their answers in the same order out, each made in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Protocol, TypeVar

from bt_analysis.engine import forks
from bt_analysis.running import PipelineError
from bt_analysis.settings import Settings

_STEP_S = 7_200.0
"""Seconds after which a piece is given up; one of 50 collectives takes about a minute."""

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


class Tell(Protocol):
    """Hears how far long work is."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Hear that of so many collectives so many are done."""


def in_order(
    work: Callable[[Any], Answer],
    pieces: Sequence[Piece],
    sizes: Sequence[int],
    settings: Settings,
    told: tuple[str, Tell | None],
    pack: Callable[[Piece], Any] | None = None,
) -> list[Answer]:
    """Do pieces of work, each in a process of its own when there are several.

    Parameters
    ----------
    work : callable
        A function of a module, or a partial of one.
    pieces : sequence
        What to do.
    sizes : sequence of int
        How many collectives each is about.
    settings : Settings
        ``report.jobs``: how many at the same time.
    told : tuple of str and callable
        What is done, and who hears how far it is.
    pack : callable, optional
        Makes of a piece what ``work`` is given, when it is its turn.

    Returns
    -------
    list
        Answers, in the order of the pieces.

    Raises
    ------
    PipelineError
        When a process was ended from outside, or took too long.
    """
    if len(pieces) < 2:
        return [work(pack(piece) if pack else piece) for piece in pieces]
    what, tell = told
    found: dict[int, Answer] = {}

    def say_how_far() -> None:
        if tell is not None:
            tell(what, sum(sizes[at] for at in found), sum(sizes))

    say_how_far()
    limits, workers = forks.Limits(step_s=_STEP_S), settings.report.jobs
    each = forks.each(work, range(len(pieces)), workers, limits, lambda at: pack(pieces[at]) if pack else pieces[at])
    with closing(each):
        for number, answer in each:
            if isinstance(answer, forks.EndedError | forks.TookTooLongError):
                what_to_do = "expected it to end by itself. Run it again; report.jobs = 1 takes least."
                raise PipelineError(f"{answer}; {what_to_do}")
            if isinstance(answer, BaseException):
                raise answer
            found[number] = answer
            say_how_far()
    return [found[number] for number in range(len(pieces))]
