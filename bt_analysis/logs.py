"""The log of runs that nobody watches: what they tell in; logs/bt-run.log of the workspace out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler

from bt_analysis.settings import LogSettings, Workspace

FILE = "bt-run.log"
"""Name of the newest log; earlier ones have a number behind it."""

TOLD = logging.getLogger(f"{__name__}.told")
"""What is said to a person; written down only while a log is kept."""
TOLD.setLevel(logging.INFO)
TOLD.propagate = False  # it was printed already
TOLD.addHandler(logging.NullHandler())

_KB = 1024
_FORM = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z")


class _Log(RotatingFileHandler):
    """A file that is left alone from the moment that it cannot be written: a run does not fail for want of a log."""

    def __init__(self, workspace: Workspace, settings: LogSettings, refused: Callable[[OSError], None]) -> None:
        self._refused = refused
        workspace.logs.mkdir(parents=True, exist_ok=True)
        size = settings.file_kb * _KB
        super().__init__(workspace.logs / FILE, maxBytes=size, backupCount=settings.files, encoding="utf-8")
        self.setFormatter(_FORM)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        problem = sys.exception()
        if not isinstance(problem, OSError):
            super().handleError(record)
            return
        self.addFilter(lambda _: False)
        self._refused(problem)


@contextmanager
def kept(workspace: Workspace, settings: LogSettings, refused: Callable[[OSError], None]) -> Iterator[None]:
    """Keep a log of what is told, and of warnings of libraries, with the time of each.

    Parameters
    ----------
    workspace : Workspace
        Held by this run: two runs may not write into one log.
    settings : LogSettings
        Size of a file and how many are kept.
    refused : callable
        Told once when the log cannot be written; the run goes on without it.

    Yields
    ------
    None
        While it is kept.
    """
    try:
        log = _Log(workspace, settings, refused)
    except OSError as problem:
        refused(problem)
        yield
        return
    loggers = (TOLD, logging.getLogger())
    for logger in loggers:
        logger.addHandler(log)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(log)
        log.close()
