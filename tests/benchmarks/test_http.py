"""The HTTP benchmark refuses what was not answered well, and compares round by round."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.http import Round, main, report, understood

GOOD = "  22617 requests in 3.05s, 3.00MB read\nRequests/sec:   7403.32\n"


def test_the_figures_of_wrk_are_understood() -> None:
    assert understood(GOOD) == (22_617, 7403.32)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        GOOD + "  Non-2xx or 3xx responses: 1\n",
        GOOD + "  Socket errors: connect 0, read 1, write 0, timeout 0\n",
    ],
)
def test_figures_of_a_load_that_was_not_answered_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="answered"):
        understood(bad)


def test_the_ratio_is_that_of_the_rounds() -> None:
    rounds = {
        "zokio": [Round(30, 10), Round(10, 10), Round(20, 10)],
        "uvicorn": [Round(10, 20), Round(10, 20), Round(10, 40)],
    }
    assert report(rounds).endswith("zokio / uvicorn: 2.00, by CPU 2.00")


def test_without_wrk_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main([]) == 3
    assert "wrk is not installed" in capsys.readouterr().out
