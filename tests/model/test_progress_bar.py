"""The progress bar on a terminal, in the first second, and elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from tests.model.machines.two_phase import TwoPhase
from zokio.model import Progress, ProgressBar, check


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


HALF = Progress(states=1_000, frontier=500, depth=3, seconds=2.0)


def test_nothing_is_written_in_the_first_second() -> None:
    terminal = Terminal()
    with ProgressBar("Peterson", terminal) as bar:
        bar(Progress(states=10, frontier=5, depth=1, seconds=0.9))
    assert terminal.getvalue() == ""


def test_nothing_is_written_to_a_file() -> None:
    file = io.StringIO()
    with ProgressBar("Peterson", file) as bar:
        bar(HALF)
    assert file.getvalue() == ""


def test_the_bar_shows_the_part_that_is_expanded() -> None:
    terminal = Terminal()
    ProgressBar("Peterson", terminal)(HALF)
    assert terminal.getvalue() == (
        "\rPeterson [##########..........] 1,000 states, 500 waiting, depth 3, 2 s"
    )


def test_the_bar_is_drawn_again_only_after_a_while() -> None:
    terminal = Terminal()
    bar = ProgressBar("Peterson", terminal)
    bar(HALF)
    once = terminal.getvalue()
    bar(Progress(states=1_001, frontier=500, depth=3, seconds=2.05))
    assert terminal.getvalue() == once
    bar(Progress(states=2, frontier=0, depth=3, seconds=2.2))
    lines = terminal.getvalue().split("\r")
    assert lines[2].startswith("Peterson [####################] 2 states")
    assert len(lines[2]) == len(lines[1])


def test_the_line_is_wiped_at_the_end() -> None:
    terminal = Terminal()
    with ProgressBar("Peterson", terminal) as bar:
        bar(HALF)
    _, shown, blank, rest = terminal.getvalue().split("\r")
    assert (blank, rest) == (" " * len(shown), "")


def test_standard_error_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar = ProgressBar("Peterson")
    assert bar.stream is sys.stderr


def test_check_accepts_the_bar() -> None:
    terminal = Terminal()
    with ProgressBar("TwoPhase", terminal) as bar:
        assert check(TwoPhase(), progress=bar).outcome == "holds"
