"""Keeping quiet: nothing is heard inside, everything outside, whatever happens."""

import os
import sys

import pytest

from bt_analysis.methods.silence import silence


def test_nothing_is_heard_inside_and_everything_outside(capfd: pytest.CaptureFixture[str]) -> None:
    sys.stdout.write("before\n")
    with silence():
        os.write(1, b"as compiled code does\n")
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "before\nafter\n"


def test_a_mistake_inside_gives_the_output_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="mistake"), silence():
        raise ValueError("mistake")
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "after\n"


def test_without_an_output_it_works_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: int) -> int:
        raise OSError("bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    with silence():
        done = True
    assert done
