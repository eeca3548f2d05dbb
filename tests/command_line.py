"""Runs ``bt`` in the process of a test, and looks at what it left."""

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bt_analysis import cli


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit status and what it printed."""

    code: int
    out: str
    err: str


Bt = Callable[..., Ran]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Bt]:
    """Give what runs `bt`; afterwards logging is as it was."""
    monkeypatch.delenv("BT_WORKSPACE", raising=False)
    monkeypatch.delenv("BT_CBS_URL", raising=False)
    handlers, level = list(logging.root.handlers), logging.root.level

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["bt", *map(str, words)])
        try:
            cli.main()
            code: Any = 0
        except SystemExit as end:
            code = end.code or 0
        told = capsys.readouterr()
        return Ran(int(code), told.out, told.err)

    yield run
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def is_one_line(ran: Ran, *pieces: str) -> None:
    """A mistake is one line on stderr that starts with our name, and no traceback."""
    assert ran.err.startswith("bt: "), ran.err
    assert ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err + ran.out
    for piece in pieces:
        assert piece in ran.err
